/* paper.c — see paper.h. */
#include "format/paper.h"

#include <string.h>

#include "base/decimal.h"
#include "base/digest.h"
#include "base/limits.h"
#include "format/capitals.h"
#include "format/xlsx.h"
#include "format/xlsx_fill.h"

static const char *const kinds[PAPER_KINDS] = {"text", "money", "number", "date"};

Str paper_cell(Arena *a, Str text)
{
    char *to = arena_dup(a, text.at != NULL ? text.at : "", text.len);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)to[i] < 0x20 || to[i] == 0x7f)
            to[i] = ' ';
    return (Str){to, text.len};
}

/* ---- out */

static void print_table(const PaperTable *t, GString *to)
{
    g_string_append_printf(to, "rows\t%.*s\t%.*s\n", STR_ARG(t->at), STR_ARG(t->title));
    for (size_t i = 0; i < t->n_columns; i++)
        g_string_append_printf(to, "head\t%.*s\t%s\n", STR_ARG(t->columns[i].label),
                               kinds[t->columns[i].kind]);
    for (size_t i = 0; i < t->n_rows; i++) {
        g_string_append(to, "row");
        for (size_t k = 0; k < t->n_columns; k++)
            g_string_append_printf(to, "\t%.*s", STR_ARG(t->cells[i * t->n_columns + k]));
        g_string_append_c(to, '\n');
    }
}

static void print_all(const PaperSheet *p, GString *to)
{
    char day[DATE_TEXT];
    g_string_append(to, "anlao-paper\t1\n");
    g_string_append_printf(to, "number\t%.*s\n", STR_ARG(p->number));
    g_string_append_printf(to, "paper\t%.*s\t%.*s\n", STR_ARG(p->name), STR_ARG(p->title));
    g_string_append_printf(to, "document\t%.*s\t%.*s\n", STR_ARG(p->document), STR_ARG(p->clause));
    g_string_append_printf(to, "place\t%.*s\t%.*s\n", STR_ARG(p->place), STR_ARG(p->place_name));
    g_string_append_printf(to, "about\t%.*s\t%.*s\n", STR_ARG(p->key), STR_ARG(p->about));
    g_string_append_printf(to, "made\t%s\t%.*s\n", date_format(p->made, day), STR_ARG(p->actor));
    g_string_append_printf(to, "signs\t%.*s\n", STR_ARG(p->signs));
    for (size_t i = 0; i < p->n_entries; i++) {
        const PaperEntry *e = &p->entries[i];
        g_string_append_printf(to, "cell\t%.*s\t%.*s\t%s\t%.*s\n", STR_ARG(e->at),
                               STR_ARG(e->label), kinds[e->kind], STR_ARG(e->text));
    }
    for (size_t i = 0; i < p->n_tables; i++)
        print_table(&p->tables[i], to);
}

void paper_close(PaperSheet *p, Arena *a)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char hex[DIGEST_TEXT];
    print_all(p, text);
    digest_hex(DIGEST_SM3, (Str){text->str, text->len}, hex);
    p->digest = arena_str(a, str_of(hex));
}

void paper_print(const PaperSheet *p, GString *to)
{
    print_all(p, to);
    g_string_append_printf(to, "digest\t%.*s\n", STR_ARG(p->digest));
}

/* ---- in */

typedef struct Reading {
    Arena *arena;
    Str rest;
    size_t line;
    Str *cells;
    size_t n;
    GError **error;
} Reading;

static bool fault(const Reading *r, const char *what)
{
    return fail(r->error, FAIL_INPUT, "line %zu of the paper: %s", r->line, what);
}

/* False at the end, and *error stays NULL. */
static bool next_line(Reading *r)
{
    r->n = 0;
    ptrdiff_t end = str_find(r->rest, STR("\n"));
    if (end < 0)
        return false;
    r->line++;
    Str line = {r->rest.at, (size_t)end};
    r->rest = (Str){r->rest.at + end + 1, r->rest.len - (size_t)end - 1};
    while (line.at != NULL && r->n <= LIMIT_FIELDS)
        r->cells[r->n++] = str_cut(&line, '\t');
    return true;
}

static bool is_line(const Reading *r, const char *word, size_t n)
{
    return r->n == n + 1 && str_is(r->cells[0], word);
}

static bool read_kind(const Reading *r, Str word, PaperKind *ret)
{
    for (int i = 0; i < PAPER_KINDS; i++)
        if (str_is(word, kinds[i])) {
            *ret = (PaperKind)i;
            return true;
        }
    return fault(r, "no kind of cell");
}

static bool read_head(Reading *r, PaperSheet *p)
{
    struct {
        const char *word;
        Str *a, *b;
    } lines[] = {{"number", &p->number, NULL},
                 {"paper", &p->name, &p->title},
                 {"document", &p->document, &p->clause},
                 {"place", &p->place, &p->place_name},
                 {"about", &p->key, &p->about}};
    if (!next_line(r) || !is_line(r, "anlao-paper", 1) || !str_is(r->cells[1], "1"))
        return fault(r, "this is no paper of ours");
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        if (!next_line(r) || !is_line(r, lines[i].word, lines[i].b != NULL ? 2 : 1))
            return fault(r, "its head is not whole");
        *lines[i].a = r->cells[1];
        if (lines[i].b != NULL)
            *lines[i].b = r->cells[2];
    }
    if (!next_line(r) || !is_line(r, "made", 2) || !date_parse(r->cells[1], &p->made))
        return fault(r, "the day it was made is missing");
    p->actor = r->cells[2];
    if (!next_line(r) || !is_line(r, "signs", 1))
        return fault(r, "who signs is missing");
    p->signs = r->cells[1];
    return true;
}

typedef struct Lists {
    GArray *entries, *tables, *columns, *cells;
} Lists;

static void table_end(const Reading *r, Lists *l)
{
    if (l->tables->len == 0)
        return;
    PaperTable *t = &g_array_index(l->tables, PaperTable, l->tables->len - 1);
    if (t->columns != NULL || l->columns->len == 0)
        return;
    t->n_columns = l->columns->len;
    t->columns = arena_many(r->arena, PaperColumn, t->n_columns);
    memcpy(t->columns, l->columns->data, t->n_columns * sizeof *t->columns);
    t->n_rows = l->cells->len / t->n_columns;
    t->cells = arena_many(r->arena, Str, l->cells->len + 1);
    if (l->cells->len > 0)
        memcpy(t->cells, l->cells->data, l->cells->len * sizeof *t->cells);
    g_array_set_size(l->columns, 0);
    g_array_set_size(l->cells, 0);
}

static bool read_line(Reading *r, Lists *l)
{
    PaperEntry e = {0};
    PaperColumn c = {0};
    if (is_line(r, "cell", 4)) {
        e = (PaperEntry){.at = r->cells[1], .label = r->cells[2], .text = r->cells[4]};
        if (l->tables->len > 0 || !read_kind(r, r->cells[3], &e.kind))
            return fault(r, "a cell out of place");
        g_array_append_val(l->entries, e);
        return true;
    }
    if (is_line(r, "rows", 2)) {
        table_end(r, l);
        const PaperTable t = {.at = r->cells[1], .title = r->cells[2]};
        g_array_append_val(l->tables, t);
        return true;
    }
    if (is_line(r, "head", 2) && l->tables->len > 0 && l->cells->len == 0) {
        c.label = r->cells[1];
        if (!read_kind(r, r->cells[2], &c.kind))
            return false;
        g_array_append_val(l->columns, c);
        return true;
    }
    if (r->n < 2 || !str_is(r->cells[0], "row") || l->columns->len == 0 ||
        r->n != l->columns->len + 1)
        return fault(r, "a line out of place");
    g_array_append_vals(l->cells, r->cells + 1, (guint)(r->n - 1));
    return true;
}

static void lists_keep(Reading *r, Lists *l, PaperSheet *p)
{
    table_end(r, l);
    p->n_entries = l->entries->len;
    p->entries = arena_many(r->arena, PaperEntry, p->n_entries + 1);
    p->n_tables = l->tables->len;
    p->tables = arena_many(r->arena, PaperTable, p->n_tables + 1);
    if (p->n_entries > 0)
        memcpy(p->entries, l->entries->data, p->n_entries * sizeof *p->entries);
    if (p->n_tables > 0)
        memcpy(p->tables, l->tables->data, p->n_tables * sizeof *p->tables);
}

static bool read_body(Reading *r, Lists *l, PaperSheet *p)
{
    while (next_line(r)) {
        if (is_line(r, "digest", 1)) {
            p->digest = r->cells[1];
            return r->rest.len == 0 || fault(r, "nothing may stand behind the digest");
        }
        if (!read_line(r, l))
            return false;
    }
    return fault(r, "its digest is missing");
}

bool paper_parse(Str text, Arena *a, PaperSheet *ret, GError **error)
{
    Reading r = {.arena = a, .rest = text, .error = error};
    Lists l = {g_array_new(FALSE, FALSE, sizeof(PaperEntry)),
               g_array_new(FALSE, FALSE, sizeof(PaperTable)),
               g_array_new(FALSE, FALSE, sizeof(PaperColumn)),
               g_array_new(FALSE, FALSE, sizeof(Str))};
    r.cells = arena_many(a, Str, LIMIT_FIELDS + 2);
    *ret = (PaperSheet){0};
    bool fine = text.len > LIMIT_ISSUED_BYTES || !str_utf8_valid(text, NULL)
                    ? fail(error, FAIL_INPUT, "this is no paper: too long, or no text")
                    : read_head(&r, ret) && read_body(&r, &l, ret);
    if (fine) {
        Str said = ret->digest;
        lists_keep(&r, &l, ret);
        paper_close(ret, a);
        fine = str_equal(said, ret->digest) ||
               fail(error, FAIL_INPUT, "the paper is not what its digest says: it was changed");
    }
    g_array_unref(l.entries);
    g_array_unref(l.tables);
    g_array_unref(l.columns);
    g_array_unref(l.cells);
    return fine;
}

/* ---- totals, workbook */

bool paper_sum(const PaperTable *t, size_t column, int64_t *ret_fen)
{
    *ret_fen = 0;
    if (t->columns[column].kind != PAPER_MONEY)
        return false;
    for (size_t i = 0; i < t->n_rows; i++) {
        Str text = t->cells[i * t->n_columns + column];
        int64_t fen;
        if (text.len == 0)
            continue;
        if (!money_parse(text, &fen) || !checked_add(*ret_fen, fen, ret_fen))
            return false;
    }
    return true;
}

static void put_value(XlsxWriter *w, PaperKind kind, Str text)
{
    int64_t fen;
    Date day;
    if (kind == PAPER_MONEY && money_parse(text, &fen))
        xlsx_number(w, fen, 2);
    else if (kind == PAPER_DATE && date_parse(text, &day))
        xlsx_date(w, day);
    else
        xlsx_text(w, text);
}

static void put_totals(XlsxWriter *w, const PaperTable *t)
{
    for (size_t k = 0; k < t->n_columns; k++) {
        int64_t fen;
        g_autoptr(GString) words = g_string_new("合计大写：");
        if (!paper_sum(t, k, &fen))
            continue;
        capitals_money(fen, words);
        xlsx_text(w, STR("合计"));
        xlsx_text(w, t->columns[k].label);
        xlsx_number(w, fen, 2);
        xlsx_text(w, (Str){words->str, words->len});
        xlsx_end_row(w);
    }
}

static void put_table(XlsxWriter *w, const PaperTable *t)
{
    xlsx_text(w, STR("序号"));
    for (size_t k = 0; k < t->n_columns; k++)
        xlsx_text(w, t->columns[k].label);
    xlsx_end_row(w);
    for (size_t i = 0; i < t->n_rows; i++) {
        xlsx_number(w, (int64_t)i + 1, 0);
        for (size_t k = 0; k < t->n_columns; k++)
            put_value(w, t->columns[k].kind, t->cells[i * t->n_columns + k]);
        xlsx_end_row(w);
    }
    put_totals(w, t);
}

bool paper_workbook(const PaperSheet *p, const char *path, GError **error)
{
    g_autoptr(XlsxWriter) w = xlsx_writer_open(path, "Sheet1", error);
    g_autofree char *foot = g_strdup_printf("%.*s  %.*s", STR_ARG(p->number), STR_ARG(p->digest));
    if (w == NULL)
        return false;
    xlsx_foot(w, str_of(foot));
    xlsx_head(w, p->title);
    xlsx_end_row(w);
    for (size_t i = 0; i < p->n_entries; i++) {
        xlsx_text(w, p->entries[i].label);
        put_value(w, p->entries[i].kind, p->entries[i].text);
        xlsx_end_row(w);
    }
    for (size_t i = 0; i < p->n_tables; i++)
        put_table(w, &p->tables[i]);
    return xlsx_writer_close(w, error);
}

/* ---- into a blank sheet */

/* Yuan as digits alone; what is no amount stays a text. */
static XlsxValue value_of(Arena *a, PaperKind kind, Str text, unsigned column, unsigned row,
                          unsigned like)
{
    XlsxValue v = {.column = column, .row = row, .like = like, .text = text};
    Decimal d;
    int64_t fen;
    if (kind == PAPER_MONEY && money_parse(text, &fen)) {
        char to[DECIMAL_TEXT];
        v.text = arena_str(a, str_of(decimal_format((Decimal){fen, 2}, to)));
        v.number = true;
    } else if (kind == PAPER_NUMBER && decimal_parse(text, &d)) {
        v.number = true;
    }
    return v;
}

static bool table_values(Arena *a, const PaperTable *t, GArray *to, GError **error)
{
    unsigned column, row;
    if (!xlsx_address(t->at, &column, &row))
        return fail(error, FAIL_INPUT, "\"%.*s\" is no cell", STR_ARG(t->at));
    for (size_t i = 0; i < t->n_rows; i++)
        for (size_t k = 0; k < t->n_columns; k++) {
            XlsxValue v = value_of(a, t->columns[k].kind, t->cells[i * t->n_columns + k],
                                   column + (unsigned)k, row + (unsigned)i, row);
            g_array_append_val(to, v);
        }
    return true;
}

bool paper_fill_blank(const PaperSheet *p, const char *blank, const char *sheet, const char *path,
                      GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(XlsxValue));
    for (size_t i = 0; i < p->n_entries; i++) {
        const PaperEntry *e = &p->entries[i];
        unsigned column, row;
        if (!xlsx_address(e->at, &column, &row))
            return fail(error, FAIL_INPUT, "\"%.*s\" is no cell", STR_ARG(e->at));
        XlsxValue v = value_of(a, e->kind, e->text, column, row, 0);
        g_array_append_val(values, v);
    }
    for (size_t i = 0; i < p->n_tables; i++)
        if (!table_values(a, &p->tables[i], values, error))
            return false;
    return xlsx_fill(blank, sheet, (const XlsxValue *)(const void *)values->data, values->len, path,
                     error);
}
