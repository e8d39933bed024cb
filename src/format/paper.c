/* paper.c — see paper.h. */
#include "format/paper.h"

#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "format/xlsx_fill.h"

static const char *const kinds[PAPER_KINDS] = {"text", "money", "number", "date", "blank", "code"};

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
        g_string_append_printf(to, "head\t%.*s\t%s%s\n", STR_ARG(t->columns[i].label),
                               kinds[t->columns[i].kind], t->columns[i].sum ? "\tsum" : "");
    for (size_t i = 0, group = 0, end = 0; i < t->n_rows; i++) {
        for (; group < t->n_groups && end <= i; group++) {
            const PaperGroup *g = &t->groups[group];
            g_string_append_printf(to, "group\t%.*s\t%zu\n", STR_ARG(g->title), g->n_rows);
            end += g->n_rows;
        }
        g_string_append(to, "row");
        for (size_t k = 0; k < t->n_columns; k++)
            g_string_append_printf(to, "\t%.*s", STR_ARG(t->cells[i * t->n_columns + k]));
        g_string_append_c(to, '\n');
    }
}

/* What most papers have none of. */
static void print_form(const PaperSheet *p, GString *to)
{
    const PaperFormat *f = &p->format;
    if ((f->size != 0 && f->size != 4) || f->across || f->both || f->large)
        g_string_append_printf(to, "page\ta%u%s%s%s\n", f->size != 0 ? f->size : 4,
                               f->across ? " across" : "", f->both ? " both" : "",
                               f->large ? " large" : "");
    if (p->letter.len > 0)
        g_string_append_printf(to, "letter\t%.*s\n", STR_ARG(p->letter));
    for (size_t i = 0; i < p->n_texts; i++)
        g_string_append_printf(to, "text\t%.*s\n", STR_ARG(p->texts[i]));
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
    g_string_append_printf(to, "made\t%s\t%.*s", date_format(p->made, day), STR_ARG(p->actor));
    if (p->person.len > 0)
        g_string_append_printf(to, "\t%.*s", STR_ARG(p->person));
    g_string_append_c(to, '\n');
    g_string_append_printf(to, "signs\t%.*s\n", STR_ARG(p->signs));
    print_form(p, to);
    for (size_t i = 0; i < p->n_entries; i++) {
        const PaperEntry *e = &p->entries[i];
        g_string_append_printf(to, "cell\t%.*s\t%.*s\t%s\t%.*s\n", STR_ARG(e->at),
                               STR_ARG(e->label), kinds[e->kind], STR_ARG(e->text));
    }
    for (size_t i = 0; i < p->n_tables; i++)
        print_table(&p->tables[i], to);
    if (p->erased != 0)
        g_string_append_printf(to, "erased\t%s\t%.*s\n", date_format(p->erased, day),
                               STR_ARG(p->issued));
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
    if (!next_line(r) || (!is_line(r, "made", 2) && !is_line(r, "made", 3)) ||
        !date_parse(r->cells[1], &p->made))
        return fault(r, "the day it was made is missing");
    p->actor = r->cells[2];
    if (is_line(r, "made", 3))
        p->person = r->cells[3];
    if (!next_line(r) || !is_line(r, "signs", 1))
        return fault(r, "who signs is missing");
    p->signs = r->cells[1];
    return true;
}

typedef struct Lists {
    GArray *texts, *entries, *tables, *columns, *cells, *groups;
} Lists;

static void *kept(const Reading *r, GArray *list)
{
    void *to = arena_list(r->arena, list, NULL);
    g_array_set_size(list, 0);
    return to;
}

static void table_end(const Reading *r, Lists *l)
{
    if (l->tables->len == 0)
        return;
    PaperTable *t = &g_array_index(l->tables, PaperTable, l->tables->len - 1);
    if (t->columns != NULL || l->columns->len == 0)
        return;
    t->n_columns = l->columns->len;
    t->n_rows = l->cells->len / t->n_columns;
    t->n_groups = l->groups->len;
    t->columns = kept(r, l->columns);
    t->cells = kept(r, l->cells);
    t->groups = kept(r, l->groups);
}

static bool read_head_cell(Reading *r, Lists *l)
{
    PaperColumn c = {.label = r->cells[1], .sum = r->n == 4};
    if (l->tables->len == 0 || l->cells->len > 0 || (c.sum && !str_is(r->cells[3], "sum")) ||
        !read_kind(r, r->cells[2], &c.kind))
        return fault(r, "a head out of place");
    g_array_append_val(l->columns, c);
    return true;
}

static bool read_group(Reading *r, Lists *l)
{
    PaperGroup g = {.title = r->cells[1]};
    Decimal n;
    if (l->columns->len == 0 || !decimal_parse(r->cells[2], &n) || n.scale != 0 || n.mantissa < 0)
        return fault(r, "a group out of place");
    g.n_rows = (size_t)n.mantissa;
    g_array_append_val(l->groups, g);
    return true;
}

static bool read_page(const Reading *r, PaperSheet *p)
{
    Str rest = r->cells[1];
    p->format = (PaperFormat){0};
    while (rest.at != NULL) {
        Str word = str_cut(&rest, ' ');
        if (word.len == 2 && word.at[0] == 'a' && word.at[1] >= '3' && word.at[1] <= '5')
            p->format.size = (unsigned)(word.at[1] - '0');
        else if (str_is(word, "across"))
            p->format.across = true;
        else if (str_is(word, "both"))
            p->format.both = true;
        else if (str_is(word, "large"))
            p->format.large = true;
        else
            return fault(r, "no such page");
    }
    return true;
}

/* Lines between the head and the cells. */
static bool read_form(Reading *r, Lists *l, PaperSheet *p, bool *ret_is)
{
    *ret_is = r->n == 2 && l->entries->len == 0 && l->tables->len == 0;
    if (*ret_is && str_is(r->cells[0], "page"))
        return read_page(r, p);
    if (*ret_is && str_is(r->cells[0], "letter"))
        p->letter = r->cells[1];
    else if (*ret_is && str_is(r->cells[0], "text"))
        g_array_append_val(l->texts, r->cells[1]);
    else
        *ret_is = false;
    return true;
}

static bool read_line(Reading *r, Lists *l)
{
    PaperEntry e = {0};
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
    if (is_line(r, "head", 2) || is_line(r, "head", 3))
        return read_head_cell(r, l);
    if (is_line(r, "group", 2))
        return read_group(r, l);
    if (r->n < 2 || !str_is(r->cells[0], "row") || l->columns->len == 0 ||
        r->n != l->columns->len + 1)
        return fault(r, "a line out of place");
    g_array_append_vals(l->cells, r->cells + 1, (guint)(r->n - 1));
    return true;
}

static void lists_keep(Reading *r, Lists *l, PaperSheet *p)
{
    table_end(r, l);
    p->n_texts = l->texts->len;
    p->n_entries = l->entries->len;
    p->n_tables = l->tables->len;
    p->texts = kept(r, l->texts);
    p->entries = kept(r, l->entries);
    p->tables = kept(r, l->tables);
}

static bool read_body(Reading *r, Lists *l, PaperSheet *p)
{
    while (next_line(r)) {
        if (is_line(r, "erased", 2) && p->erased == 0 && date_parse(r->cells[1], &p->erased)) {
            p->issued = r->cells[2];
            continue;
        }
        if (is_line(r, "digest", 1)) {
            p->digest = r->cells[1];
            return r->rest.len == 0 || fault(r, "nothing may stand behind the digest");
        }
        bool form;
        if (!read_form(r, l, p, &form) || (!form && !read_line(r, l)))
            return false;
    }
    return fault(r, "its digest is missing");
}

bool paper_parse(Str text, Arena *a, PaperSheet *ret, GError **error)
{
    Reading r = {.arena = a, .rest = text, .error = error};
    Lists l = {g_array_new(FALSE, FALSE, sizeof(Str)),
               g_array_new(FALSE, FALSE, sizeof(PaperEntry)),
               g_array_new(FALSE, FALSE, sizeof(PaperTable)),
               g_array_new(FALSE, FALSE, sizeof(PaperColumn)),
               g_array_new(FALSE, FALSE, sizeof(Str)),
               g_array_new(FALSE, FALSE, sizeof(PaperGroup))};
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
    GArray *const lists[] = {l.texts, l.entries, l.tables, l.columns, l.cells, l.groups};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_array_unref(lists[i]);
    return fine;
}

/* ---- totals, heads */

static bool is_number(PaperKind k)
{
    return k == PAPER_MONEY || k == PAPER_NUMBER;
}

static bool is_added(const PaperTable *t, size_t column)
{
    bool said = false;
    for (size_t k = 0; k < t->n_columns; k++)
        said |= t->columns[k].sum;
    return is_number(t->columns[column].kind) &&
           (said ? t->columns[column].sum : t->columns[column].kind == PAPER_MONEY);
}

static bool cell_number(PaperKind kind, Str text, Decimal *ret)
{
    int64_t fen;
    if (kind != PAPER_MONEY)
        return decimal_parse(text, ret);
    if (!money_parse(text, &fen))
        return false;
    *ret = (Decimal){fen, 2};
    return true;
}

static bool add_to(Decimal *sum, Decimal x)
{
    for (; sum->scale < x.scale; sum->scale++)
        if (!checked_mul(sum->mantissa, 10, &sum->mantissa))
            return false;
    for (; x.scale < sum->scale; x.scale++)
        if (!checked_mul(x.mantissa, 10, &x.mantissa))
            return false;
    return checked_add(sum->mantissa, x.mantissa, &sum->mantissa);
}

bool paper_total(const PaperTable *t, size_t column, size_t row, size_t n, Decimal *ret)
{
    *ret = (Decimal){0, t->columns[column].kind == PAPER_MONEY ? 2 : 0};
    if (!is_added(t, column))
        return false;
    for (size_t i = row; i < row + n; i++) {
        Str text = t->cells[i * t->n_columns + column];
        Decimal x;
        bool nothing = text.len == 0 || str_is(text, "?") || str_is(text, "—");
        if (!nothing && (!cell_number(t->columns[column].kind, text, &x) || !add_to(ret, x)))
            return false;
    }
    return true;
}

bool paper_sum(const PaperTable *t, size_t column, int64_t *ret_fen)
{
    Decimal sum;
    bool fine =
        t->columns[column].kind == PAPER_MONEY && paper_total(t, column, 0, t->n_rows, &sum);
    *ret_fen = fine ? sum.mantissa : 0;
    return fine;
}

bool paper_has_total(const PaperTable *t)
{
    Decimal sum;
    for (size_t k = 0; k < t->n_columns; k++)
        if (paper_total(t, k, 0, t->n_rows, &sum))
            return t->n_rows > 0;
    return false;
}

Str paper_head_above(Str label)
{
    ptrdiff_t at = str_find(label, STR("|"));
    return at < 0 ? (Str){"", 0} : (Str){label.at, (size_t)at};
}

Str paper_head_below(Str label)
{
    ptrdiff_t at = str_find(label, STR("|"));
    return at < 0 ? label : (Str){label.at + at + 1, label.len - (size_t)at - 1};
}

void paper_head_put(GString *to, Str label)
{
    Str above = paper_head_above(label), below = paper_head_below(label);
    g_string_append_len(to, above.at, (gssize)above.len);
    g_string_append_len(to, below.at, (gssize)below.len);
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
