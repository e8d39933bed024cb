/* link_annex.c — a Markdown table of values to reach: by region, year, or by a further index.
 * In: the table behind a target.  Out: one value per cell.  Printed totals are verified and the
 * wrong cell is named; an empty cell is no quota, 0 is one.  Start: target_as_table(). */
#include "declare/target.h"

/* What a row or a column stands for. */
typedef enum AxisKind { AXIS_NONE, AXIS_REGION, AXIS_CODE, AXIS_YEAR } AxisKind;

typedef struct Axis {
    AxisKind kind;
    size_t index; /* AXIS_CODE: of the indicator's indexes */
} Axis;

typedef struct Head { /* one row or column */
    bool total;
    Str region;
    int code, year;
} Head;

typedef struct Annex {
    Aiming *a;
    const Sheet *sheet;
    Axis rows, columns;
    Clauses clauses;
    TargetValue base; /* what the clauses say: a day, a place */
    Head *heads;      /* per column */
    size_t n;
    bool adds;       /* sums over regions, codes and years make sense */
    int64_t *sums;   /* per column, of the rows above */
    int first, last; /* years */
    int month, day;  /* of the due day */
    bool damaged;    /* a cell could not be read: sums say nothing */
} Annex;

/* ---- axes */

static bool read_axis(Annex *x, const Node *n, Axis *ret)
{
    const Indicator *i = x->a->t->indicator;
    *ret = (Axis){AXIS_NONE, 0};
    if (str_is(n->at.text, "region"))
        ret->kind = AXIS_REGION;
    else if (str_is(n->at.text, "year"))
        ret->kind = AXIS_YEAR;
    for (size_t k = 0; k < i->n_index && ret->kind == AXIS_NONE; k++)
        if (str_equal(i->index[k].name, n->at.text))
            *ret = (Axis){AXIS_CODE, k};
    if (ret->kind != AXIS_NONE)
        return true;
    diag_error(x->a->l->diags, n->at.pos,
               "a table of targets is by region, year or an index of the indicator");
    return false;
}

static bool read_axes(Annex *x)
{
    const Node *names = x->a->d->node->d, *first = list_first(names);
    bool one = list_length(names) == 1;
    if (list_length(names) > 2) {
        diag_error(x->a->l->diags, first->at.pos,
                   "a table has rows and columns: two words at most");
        return false;
    }
    if (!read_axis(x, first, &x->rows) || (!one && !read_axis(x, first->next, &x->columns)))
        return false;
    if (x->rows.kind != x->columns.kind ||
        (x->rows.kind == AXIS_CODE && x->rows.index != x->columns.index))
        return true;
    diag_error(x->a->l->diags, first->next->at.pos, "rows and columns say the same");
    return false;
}

static bool has_axis(const Annex *x, AxisKind kind)
{
    return x->rows.kind == kind || x->columns.kind == kind;
}

/* What the table does not say stands in clauses, and nothing twice. */
static bool read_clauses(Annex *x)
{
    Linker *l = x->a->l;
    const Node *n = x->a->d->node, *when = x->clauses.when;
    bool years = has_axis(x, AXIS_YEAR);
    if (years && when != NULL && when->kind == AST_ON && when->at.kind == TK_MONTHDAY) {
        x->month = (int)(when->at.number / 100);
        x->day = (int)(when->at.number % 100);
        when = NULL;
    }
    bool twice = (years && when != NULL) || (has_axis(x, AXIS_REGION) && x->clauses.region != NULL);
    if (twice || x->clauses.places != NULL || x->clauses.codes != NULL || x->clauses.of != NULL)
        diag_error(l->diags, n->at.pos, "places and years stand in the table");
    x->base = target_value(n);
    if (!years && when == NULL) {
        diag_error(l->diags, n->at.pos, "this target does not say when");
        return false;
    }
    return (years || target_when(x->a, when, &x->base)) &&
           (has_axis(x, AXIS_REGION) || target_place(x->a, x->clauses.region, &x->base));
}

/* ---- heads of rows and columns */

static bool is_total(Str s)
{
    return str_is(s, "total") || str_ends(s, STR("合计"));
}

static bool total_fits(Annex *x, const Axis *axis, Span cell, Head *h)
{
    Linker *l = x->a->l;
    const Indicator *i = x->a->t->indicator;
    if (axis->kind == AXIS_YEAR && !(i->flow && x->adds)) {
        diag_error(l->diags, cell.pos, "'%.*s' is no flow: its years do not add up",
                   STR_ARG(i->name));
        return false;
    }
    h->region = x->a->d->home.document->place;
    if (axis->kind != AXIS_REGION || h->region.len > 0)
        return true;
    diag_error(l->diags, cell.pos, "this document has no place that a total could be of");
    return false;
}

static bool head_region(Annex *x, Span cell, Head *h)
{
    Linker *l = x->a->l;
    Str place = x->a->d->home.document->place;
    if (!link_region(l, cell.pos, cell.text, &h->region))
        return false;
    if (place.len == 0 || l->model->n_regions == 0 || region_lies_in(l->model, h->region, place))
        return true;
    diag_error(l->diags, cell.pos, "%.*s does not lie in this document's place",
               STR_ARG(cell.text));
    return false;
}

static bool head_code(Annex *x, const Axis *axis, Span cell, Head *h)
{
    Linker *l = x->a->l;
    const Enum *e = x->a->t->indicator->index[axis->index].of;
    const Code *c = enum_code(e, cell.text);
    if (c != NULL) {
        h->code = (int)c->number;
        return true;
    }
    Diag *d = diag_error(l->diags, cell.pos, "'%.*s' is no code of %.*s and not 'total'",
                         STR_ARG(cell.text), STR_ARG(e->name));
    hint_codes(l, d, e, cell.text);
    return false;
}

static bool head_year(Annex *x, Span cell, Head *h)
{
    for (size_t k = 0; k < cell.text.len && cell.text.len == 4; k++)
        h->year = g_ascii_isdigit(cell.text.at[k]) ? h->year * 10 + (cell.text.at[k] - '0') : 99999;
    if (h->year >= 1900 && h->year <= 2999)
        return true;
    diag_error(x->a->l->diags, cell.pos, "'%.*s' is no year and not 'total'", STR_ARG(cell.text));
    return false;
}

static bool read_head(Annex *x, const Axis *axis, Span cell, Head *h)
{
    *h = (Head){.total = axis->kind != AXIS_NONE && is_total(cell.text),
                .region = STR(""),
                .code = FIGURE_WHOLE};
    if (h->total)
        return total_fits(x, axis, cell, h);
    switch (axis->kind) {
    case AXIS_REGION:
        return head_region(x, cell, h);
    case AXIS_CODE:
        return head_code(x, axis, cell, h);
    case AXIS_YEAR:
        return head_year(x, cell, h);
    default:
        return true; /* the only column of values has any head */
    }
}

static bool same_head(const Head *a, const Head *b)
{
    return a->total == b->total && a->year == b->year && a->code == b->code &&
           str_equal(a->region, b->region);
}

static void years_of(Annex *x, const Head *h)
{
    if (h->year == 0)
        return;
    x->first = x->first == 0 ? h->year : MIN(x->first, h->year);
    x->last = MAX(x->last, h->year);
}

/* Years are known before any value is: a total is of all of them. */
static bool read_heads(Annex *x)
{
    const SheetRow *head = &x->sheet->rows[0];
    Linker *l = x->a->l;
    x->n = head->n_cells;
    x->heads = arena_many(l->scratch, Head, x->n);
    x->sums = arena_many(l->scratch, int64_t, x->n);
    if (x->columns.kind == AXIS_NONE && x->n != 2) {
        diag_error(l->diags, head->pos, "a table by one word has two columns");
        return false;
    }
    for (size_t i = 1; i < x->n; i++) {
        if (!read_head(x, &x->columns, head->cells[i], &x->heads[i]))
            return false;
        years_of(x, &x->heads[i]);
        for (size_t k = 1; k < i; k++)
            if (same_head(&x->heads[k], &x->heads[i]))
                diag_error(l->diags, head->cells[i].pos, "'%.*s' stands twice",
                           STR_ARG(head->cells[i].text));
    }
    for (size_t i = 1; i < x->sheet->n_rows && x->rows.kind == AXIS_YEAR; i++) {
        Head h = {0};
        if (!is_total(x->sheet->rows[i].cells[0].text) &&
            head_year(x, x->sheet->rows[i].cells[0], &h))
            years_of(x, &h);
    }
    return true;
}

/* ---- cells */

static bool read_number(Annex *x, Span cell, int64_t *ret)
{
    Linker *l = x->a->l;
    Scope s = {.l = l};
    const char *what = arena_printf(l->scratch, "'%.*s'", STR_ARG(x->a->t->indicator->name));
    const Node *n = parse_expression(l->keep, l->scratch, l->diags, cell);
    const Expr *e = n == NULL ? NULL : link_as(&s, n, &x->a->t->indicator->type, what);
    if (e != NULL && constant_need(l, e, ret))
        return true;
    x->damaged = true;
    return false;
}

static void wrong_sum(const Annex *x, Span cell, int64_t sum, const char *of)
{
    GString *s = g_string_new(NULL);
    number_print(&x->a->t->indicator->type, sum, s);
    diag_error(x->a->l->diags, cell.pos, "this total is not the sum of the %s, which is %s", of,
               s->str);
    g_string_free(s, TRUE);
}

static void apply_head(const Annex *x, const Axis *axis, const Head *h, TargetValue *v)
{
    if (axis->kind == AXIS_REGION)
        v->region = h->region;
    if (axis->kind == AXIS_CODE)
        v->codes[axis->index] = h->code;
    if (axis->kind != AXIS_YEAR)
        return;
    v->year_from = h->total ? x->first : h->year;
    v->year_to = h->total ? x->last : h->year;
    v->is_total = h->total;
    v->from = target_day_in(v->year_from, 1, 1);
    v->due = x->a->t->indicator->flow ? target_year_end(v->year_to)
                                      : target_day_in(v->year_to, x->month, x->day);
}

static void add_value(Annex *x, const Head *row, const Head *column, int64_t number, Pos pos)
{
    TargetValue v = x->base;
    apply_head(x, &x->rows, row, &v);
    apply_head(x, &x->columns, column, &v);
    v.number = number;
    v.pos = pos;
    g_array_append_val(x->a->values, v);
}

static const char *axis_words(const Axis *axis)
{
    return axis->kind == AXIS_YEAR ? "years" : axis->kind == AXIS_REGION ? "places" : "codes";
}

static void read_row(Annex *x, const SheetRow *row)
{
    Head head;
    if (row->n_cells != x->n) {
        diag_error(x->a->l->diags, row->pos, "this row has %zu cells, the table %zu", row->n_cells,
                   x->n);
        x->damaged = true;
        return;
    }
    if (!read_head(x, &x->rows, row->cells[0], &head)) {
        x->damaged = true;
        return;
    }
    int64_t across = 0;
    for (size_t i = 1; i < x->n; i++) {
        int64_t number;
        Span cell = row->cells[i];
        const Head *column = &x->heads[i];
        if (cell.text.len == 0 || !read_number(x, cell, &number))
            continue;
        if (!column->total)
            checked_add(across, number, &across);
        else if (x->adds && number != across && !x->damaged)
            wrong_sum(x, cell, across, axis_words(&x->columns));
        if (head.total && x->adds && number != x->sums[i] && !x->damaged)
            wrong_sum(x, cell, x->sums[i], "rows above");
        if (!head.total)
            checked_add(x->sums[i], number, &x->sums[i]);
        add_value(x, &head, column, number, cell.pos);
    }
}

void target_as_table(Aiming *a)
{
    const Node *n = a->d->node;
    Annex x = {.a = a, .sheet = a->d->sheet, .month = 12, .day = 31};
    x.clauses = target_clauses(a, n->c);
    if (a->d->sheet != NULL)
        a->d->sheet->used = true;
    if (n->a->a != NULL) {
        diag_error(a->l->diags, n->at.pos, "codes stand in the table");
        return;
    }
    if (!read_axes(&x) || !read_clauses(&x))
        return;
    if (a->d->sheet == NULL) {
        diag_error(a->l->diags, n->at.pos, "the table of this target must follow its block");
        return;
    }
    const Type *t = &a->t->indicator->type;
    x.adds = dimension_of(t) != DIMENSION_SHARE && t->kind != KIND_DECIMAL;
    if (!read_heads(&x))
        return;
    for (size_t i = 1; i < x.sheet->n_rows; i++)
        read_row(&x, &x.sheet->rows[i]);
}
