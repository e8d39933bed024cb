/* paper_view.c — one paper as a page that prints: the same function shows it before and after it is
 * issued, since what stands on it comes from its own text (format/paper.h).
 * Start: fill_sheet(). */
#include "format/capitals.h"
#include "page/cells.h"
#include "page/papers.h"
#include "page/policy.h"

static Str capitals(const Req *q, int64_t fen)
{
    g_autoptr(GString) to = g_string_new("大写：");
    capitals_money(fen, to);
    return arena_str(q->arena, (Str){to->str, to->len});
}

static void fill_entries(const Req *q, View *v, const PaperSheet *p)
{
    ViewList *l = view_list(v, "entries"), *texts = view_list(v, "texts");
    for (size_t i = 0; i < p->n_texts; i++)
        view_text(view_add(texts), "text", p->texts[i]);
    for (size_t i = 0; i < p->n_entries; i++) {
        const PaperEntry *e = &p->entries[i];
        View *row = view_add(l);
        int64_t fen;
        view_text(row, "label", e->label);
        view_text(row, "text", e->text);
        view_flag(row, "blank", e->kind == PAPER_BLANK);
        if (e->kind == PAPER_MONEY && money_parse(e->text, &fen))
            view_text(row, "capitals", capitals(q, fen));
    }
}

/* ---- heads of one or two lines */

static bool has_two_lines(const PaperTable *t)
{
    for (size_t k = 0; k < t->n_columns; k++)
        if (paper_head_above(t->columns[k].label).len > 0)
            return true;
    return false;
}

static void sheet_heads(View *v, const PaperTable *t)
{
    bool two = has_two_lines(t);
    ViewList *upper = view_list(v, "heads"), *lower = view_list(v, "lower");
    view_flag(v, "two", two);
    for (size_t k = 0, n; k < t->n_columns; k += n) {
        Str above = paper_head_above(t->columns[k].label);
        View *head = view_add(upper);
        for (n = 1; above.len > 0 && k + n < t->n_columns &&
                    str_equal(paper_head_above(t->columns[k + n].label), above);)
            n++;
        view_text(head, "label", above.len > 0 ? above : t->columns[k].label);
        view_int(head, "over", (int64_t)n);
        view_int(head, "down", two && above.len == 0 ? 2 : 1);
        view_flag(head, "sign", t->columns[k].kind == PAPER_BLANK && above.len == 0);
    }
    for (size_t k = 0; k < t->n_columns; k++) {
        if (paper_head_above(t->columns[k].label).len == 0)
            continue;
        View *head = view_add(lower);
        view_text(head, "label", paper_head_below(t->columns[k].label));
        view_flag(head, "sign", t->columns[k].kind == PAPER_BLANK);
    }
}

/* ---- rows */

static bool is_number(PaperKind k)
{
    return k == PAPER_MONEY || k == PAPER_NUMBER;
}

static void fill_cell(const Req *q, ViewList *cells, const PaperColumn *c, Str text)
{
    View *cell = view_add(cells);
    view_text(cell, "label", paper_head_below(c->label));
    view_text(cell, "text", text);
    view_flag(cell, "number", is_number(c->kind));
    const Indicator *i = c->kind == PAPER_CODE ? model_indicator(care_model(q->care), text) : NULL;
    if (i != NULL)
        view_url(cell, "code_url", clause_address(q, i->home.document, i->home.clause));
}

static void sheet_row(const Req *q, ViewList *rows, const PaperTable *t, size_t i, size_t rank)
{
    View *row = view_add(rows);
    ViewList *cells = view_list(row, "cells");
    view_int(row, "rank", (int64_t)rank);
    for (size_t k = 0; k < t->n_columns; k++)
        fill_cell(q, cells, &t->columns[k], t->cells[i * t->n_columns + k]);
}

static Str total_text(const Req *q, const PaperTable *t, size_t column, size_t from, size_t n)
{
    Decimal sum;
    char to[DECIMAL_TEXT];
    if (!paper_total(t, column, from, n, &sum))
        return STR("");
    bool money = t->columns[column].kind == PAPER_MONEY;
    return arena_str(q->arena,
                     str_of(money ? money_format(sum.mantissa, to) : decimal_format(sum, to)));
}

static void fill_total(const Req *q, ViewList *rows, const PaperTable *t, size_t from, size_t n,
                       const char *word)
{
    View *row = view_add(rows);
    ViewList *cells = view_list(row, "cells");
    if (!paper_has_total(t))
        return;
    view_text(row, "total", text_of(q->site->texts, LANG_ZH, word));
    for (size_t k = 0; k < t->n_columns; k++)
        fill_cell(q, cells, &t->columns[k], total_text(q, t, k, from, n));
}

static void fill_rows(const Req *q, View *v, const PaperTable *t)
{
    ViewList *rows = view_list(v, "rows");
    size_t from = 0;
    for (size_t i = 0; t->n_groups == 0 && i < t->n_rows; i++)
        sheet_row(q, rows, t, i, i + 1);
    for (size_t g = 0; g < t->n_groups; g++) {
        View *title = view_add(rows);
        size_t n = t->groups[g].n_rows;
        view_text(title, "group", t->groups[g].title);
        for (size_t i = from; i < from + n && i < t->n_rows; i++)
            sheet_row(q, rows, t, i, i - from + 1);
        if (paper_has_total(t))
            fill_total(q, rows, t, from, n, KEY("paper_part"));
        from += n;
    }
    if (paper_has_total(t))
        fill_total(q, rows, t, 0, t->n_rows, KEY("paper_whole"));
}

static void fill_sums(const Req *q, View *v, const PaperTable *t)
{
    ViewList *sums = view_list(v, "sums");
    for (size_t k = 0; t->n_rows > 0 && k < t->n_columns; k++) {
        int64_t fen;
        if (!paper_sum(t, k, &fen))
            continue;
        View *sum = view_add(sums);
        g_autoptr(GString) label = g_string_new(NULL);
        paper_head_put(label, t->columns[k].label);
        view_text(sum, "label", arena_str(q->arena, (Str){label->str, label->len}));
        view_text(sum, "capitals", capitals(q, fen));
    }
}

/* What stands around the paper's own words: in Chinese whatever language the page has, since a
 * paper is handed to an office or an elder. */
static void fill_lines(const Req *q, View *v)
{
    static const struct {
        const char *name, *key;
    } lines[] = {
        {"line_unit", KEY("paper_unit")},        {"line_about", KEY("paper_about")},
        {"line_when", KEY("paper_when")},        {"line_number", KEY("paper_number")},
        {"line_filled", KEY("paper_filled_by")}, {"line_checked", KEY("paper_checked")},
        {"line_head", KEY("paper_head")},        {"line_signs", KEY("paper_signs")},
        {"line_day", KEY("paper_day")},          {"line_basis", KEY("paper_basis")},
        {"line_printed", KEY("paper_printed")},  {"line_digest", KEY("paper_digest")},
        {"line_rank", KEY("paper_rank")},        {"line_none", KEY("paper_rows_none")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        view_text(v, lines[i].name, text_with(q->site->texts, LANG_ZH, lines[i].key, v));
}

void fill_sheet(const Req *q, View *v, const PaperSheet *p)
{
    const Document *of = model_document(care_model(q->care), p->document);
    ViewList *tables = view_list(v, "tables");
    view_text(v, "page_title", p->title);
    view_text(v, "number", p->number);
    view_text(v, "place", p->place_name);
    view_text(v, "document", of != NULL ? of->title.zh : p->document);
    view_text(v, "clause", p->clause);
    view_text(v, "about", p->about);
    view_text(v, "made", words_date(q, p->made));
    view_text(v, "actor", paper_filler(p));
    view_text(v, "signs", p->signs);
    view_text(v, "digest", p->number.len > 0 ? paper_digest(p) : STR(""));
    view_text(v, "printed", words_moment(q, g_get_real_time()));
    view_word(v, "paper_size",
              arena_printf(q->arena, "paper-a%u%s", p->format.size != 0 ? p->format.size : 4,
                           p->format.across ? "-across" : ""));
    view_flag(v, "both", p->format.both);
    view_flag(v, "large", p->format.large);
    view_flag(v, "is_letter", p->n_texts > 0);
    fill_lines(q, v);
    fill_entries(q, v, p);
    for (size_t i = 0; i < p->n_tables; i++) {
        View *t = view_add(tables);
        view_text(t, "title", p->tables[i].title);
        view_text(t, "count", words_count(q, p->tables[i].n_rows));
        view_int(t, "wide", (int64_t)p->tables[i].n_columns + 1);
        sheet_heads(t, &p->tables[i]);
        fill_rows(q, t, &p->tables[i]);
        fill_sums(q, t, &p->tables[i]);
    }
}
