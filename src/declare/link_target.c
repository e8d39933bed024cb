/* link_target.c — values to reach: in words, or as a table by region and year.
 * Out: Target.values, one per region and period.  Printed totals are verified and the wrong cell is
 * named.  Start: link_targets(). */
#include "declare/expr.h"

typedef struct Aiming {
    Linker *l;
    const Declaration *d;
    Target *t;
    GArray *values; /* of TargetValue */
} Aiming;

static Date last_day(int year)
{
    Date d = DATE_MAX;
    date_make(year, 12, 31, &d);
    return d;
}

/* ---- in words */

static bool is_year(const Token *t)
{
    return t->kind == TK_NUMBER && t->scale == 0 && t->measure == MEASURE_NONE &&
           t->number >= 1900 && t->number <= 2999 && t->text.len == 4;
}

static bool period_of(Aiming *a, const Node *n, TargetValue *v)
{
    Linker *l = a->l;
    if (!a->t->indicator->flow) {
        Diag *d = diag_error(l->diags, n->at.pos, "'%.*s' is a stock: its target names a day",
                             STR_ARG(a->t->indicator->name));
        diag_hint(l->diags, d, "write 'on %.*s-12-31'",
                  STR_ARG((n->a != NULL ? n->a : n)->at.text));
        return false;
    }
    if (n->a != NULL && !is_year(&n->a->at)) {
        diag_error(l->diags, n->a->at.pos, "a year is needed here");
        return false;
    }
    v->year_from = (int)n->at.number;
    v->year_to = n->a == NULL ? v->year_from : (int)n->a->at.number;
    v->due = last_day(v->year_to);
    if (v->year_to < v->year_from)
        diag_error(l->diags, n->at.pos, "this period ends before it begins");
    return true;
}

static bool day_of(Aiming *a, const Node *n, TargetValue *v)
{
    if (n->at.kind != TK_DATE) {
        diag_error(a->l->diags, n->at.pos, "a day with its year is needed here");
        return false;
    }
    if (a->t->indicator->flow) {
        Diag *d = diag_error(a->l->diags, n->at.pos, "'%.*s' is a flow: its target names a period",
                             STR_ARG(a->t->indicator->name));
        diag_hint(a->l->diags, d, "write 'in 2020' or 'in 2020..2022'");
        return false;
    }
    v->due = (Date)n->at.number;
    v->year_from = v->year_to = date_ymd(v->due).year;
    return true;
}

typedef struct Clauses {
    const Node *when, *region, *each;
} Clauses;

static void keep_once(Aiming *a, const Node **to, const Node *n, const char *what)
{
    if (*to != NULL)
        diag_error(a->l->diags, n->at.pos, "this target says its %s twice", what);
    *to = n;
}

static Clauses sort_clauses(Aiming *a, const Node *list)
{
    Clauses c = {NULL, NULL, NULL};
    for (const Node *n = list_first(list); n != NULL; n = n->next) {
        if (n->kind == AST_IN_EACH)
            keep_once(a, &c.each, n, "places");
        else if (n->kind == AST_IN && !is_year(&n->at))
            keep_once(a, &c.region, n, "place");
        else
            keep_once(a, &c.when, n, "day or period");
    }
    return c;
}

static void add_each(Aiming *a, const Node *n, TargetValue v)
{
    const Param *p = name_need(a->l, &n->at, NAME_PARAM, "a param");
    if (p == NULL)
        return;
    if (p->n_regions == 0) {
        diag_error(a->l->diags, n->at.pos, "param '%.*s' is no list of regions", STR_ARG(p->name));
        return;
    }
    a->t->each = true;
    a->t->each_of = p;
    for (size_t i = 0; i < p->n_regions; i++) {
        v.region = p->regions[i];
        g_array_append_val(a->values, v);
    }
}

static bool own_place(Aiming *a, TargetValue *v)
{
    v->region = a->d->home.document->place;
    if (v->region.len > 0)
        return true;
    Diag *d =
        diag_error(a->l->diags, a->d->node->at.pos, "this target does not say for which place");
    diag_hint(a->l->diags, d, "this document holds everywhere: add 'in REGION' or 'in each …'");
    return false;
}

static void target_in_words(Aiming *a)
{
    const Node *n = a->d->node;
    Clauses c = sort_clauses(a, n->c);
    TargetValue v = {.pos = n->at.pos};
    Scope s = {.l = a->l};
    const char *what = arena_printf(a->l->scratch, "'%.*s'", STR_ARG(a->t->indicator->name));
    const Expr *e = link_as(&s, n->b, &a->t->indicator->type, what);
    if (e == NULL || !constant_need(a->l, e, &v.number))
        return;
    if (c.when == NULL) {
        Diag *d = diag_error(a->l->diags, n->at.pos, "this target does not say when");
        diag_hint(a->l->diags, d, a->t->indicator->flow ? "add 'in 2020'" : "add 'on 2020-12-31'");
        return;
    }
    if (!(c.when->kind == AST_IN ? period_of(a, c.when, &v) : day_of(a, c.when, &v)))
        return;
    if (c.each != NULL) {
        add_each(a, c.each, v);
        return;
    }
    bool placed = c.region == NULL
                      ? own_place(a, &v)
                      : link_region(a->l, c.region->at.pos, c.region->at.text, &v.region);
    if (placed)
        g_array_append_val(a->values, v);
}

/* ---- as a table */

typedef struct Annex {
    Aiming *a;
    const Sheet *sheet;
    int *years; /* per column; 0: total */
    size_t columns;
    bool adds;       /* sums over regions and years make sense */
    int64_t *sums;   /* per column, of the rows above */
    int first, last; /* years */
    int month, day;  /* of the due day */
    bool damaged;    /* a cell could not be read: sums say nothing */
} Annex;

static bool annex_heads(Annex *x)
{
    const SheetRow *head = &x->sheet->rows[0];
    Linker *l = x->a->l;
    x->columns = head->n_cells;
    x->years = arena_many(l->scratch, int, x->columns);
    x->sums = arena_many(l->scratch, int64_t, x->columns);
    for (size_t i = 1; i < x->columns; i++) {
        Str cell = head->cells[i].text;
        if (str_is(cell, "total") || str_is(cell, "合计")) {
            if (x->a->t->indicator->flow && x->adds)
                continue;
            diag_error(l->diags, head->cells[i].pos, "'%.*s' is no flow: its years do not add up",
                       STR_ARG(x->a->t->indicator->name));
            return false;
        }
        int year = 0;
        for (size_t k = 0; k < cell.len && cell.len == 4; k++)
            year = g_ascii_isdigit(cell.at[k]) ? year * 10 + (cell.at[k] - '0') : 99999;
        if (year < 1900 || year > 2999) {
            diag_error(l->diags, head->cells[i].pos, "'%.*s' is no year and not 'total'",
                       STR_ARG(cell));
            return false;
        }
        for (size_t k = 1; k < i; k++)
            if (x->years[k] == year)
                diag_error(l->diags, head->cells[i].pos, "year %d stands twice", year);
        x->years[i] = year;
        x->first = x->first == 0 ? year : MIN(x->first, year);
        x->last = MAX(x->last, year);
    }
    return true;
}

static bool annex_cell(Annex *x, Span cell, int64_t *ret)
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

static Date annex_due(const Annex *x, int year)
{
    Date d = last_day(year);
    if (!x->a->t->indicator->flow)
        date_make(year, x->month, x->day, &d);
    return d;
}

static void annex_value(Annex *x, Str region, size_t column, int64_t number, Pos pos)
{
    int year = x->years[column];
    TargetValue v = {.region = region, .number = number, .pos = pos, .is_total = year == 0};
    v.year_from = year == 0 ? x->first : year;
    v.year_to = year == 0 ? x->last : year;
    v.due = annex_due(x, v.year_to);
    g_array_append_val(x->a->values, v);
}

static bool annex_row_place(Annex *x, Span cell, bool *ret_total, Str *ret_region)
{
    Linker *l = x->a->l;
    Str place = x->a->d->home.document->place;
    *ret_total = str_is(cell.text, "total") || str_ends(cell.text, STR("合计"));
    if (*ret_total) {
        *ret_region = place;
        if (place.len == 0)
            diag_error(l->diags, cell.pos, "this document has no place that a total could be of");
        return place.len > 0;
    }
    if (!link_region(l, cell.pos, cell.text, ret_region))
        return false;
    if (place.len > 0 && l->model->n_regions > 0 && !region_lies_in(l->model, *ret_region, place)) {
        diag_error(l->diags, cell.pos, "%.*s does not lie in this document's place",
                   STR_ARG(cell.text));
        return false;
    }
    return true;
}

static void annex_row(Annex *x, const SheetRow *row)
{
    bool total = false;
    Str region;
    if (row->n_cells != x->columns) {
        diag_error(x->a->l->diags, row->pos, "this row has %zu cells, the table %zu", row->n_cells,
                   x->columns);
        x->damaged = true;
        return;
    }
    if (!annex_row_place(x, row->cells[0], &total, &region)) {
        x->damaged = true;
        return;
    }
    int64_t across = 0;
    for (size_t i = 1; i < x->columns; i++) {
        int64_t number;
        Span cell = row->cells[i];
        if (cell.text.len == 0 || !annex_cell(x, cell, &number))
            continue;
        if (x->years[i] != 0)
            checked_add(across, number, &across);
        else if (number != across && !x->damaged)
            wrong_sum(x, cell, across, "years");
        if (total && x->adds && number != x->sums[i] && !x->damaged)
            wrong_sum(x, cell, x->sums[i], "rows above");
        if (!total)
            checked_add(x->sums[i], number, &x->sums[i]);
        annex_value(x, region, i, number, cell.pos);
    }
}

static bool annex_by(Aiming *a)
{
    const Node *names = a->d->node->d;
    const Node *first = list_first(names);
    if (list_length(names) == 2 && str_is(first->at.text, "region") &&
        str_is(first->next->at.text, "year"))
        return true;
    diag_error(a->l->diags, first->at.pos, "a table of targets is 'by region, year'");
    return false;
}

static void target_as_table(Aiming *a)
{
    const Node *n = a->d->node;
    Clauses c = sort_clauses(a, n->c);
    Annex x = {.a = a, .sheet = a->d->sheet, .month = 12, .day = 31};
    if (!annex_by(a))
        return;
    if (c.when != NULL && c.when->at.kind == TK_MONTHDAY) {
        x.month = (int)(c.when->at.number / 100);
        x.day = (int)(c.when->at.number % 100);
    } else if (c.when != NULL || c.region != NULL || c.each != NULL) {
        diag_error(a->l->diags, n->at.pos, "places and years stand in the table");
    }
    if (a->d->sheet == NULL) {
        diag_error(a->l->diags, n->at.pos, "the table of this target must follow its block");
        return;
    }
    a->d->sheet->used = true;
    const Type *t = &a->t->indicator->type;
    x.adds = dimension_of(t) != DIMENSION_SHARE && t->kind != KIND_DECIMAL;
    if (!annex_heads(&x))
        return;
    for (size_t i = 1; i < x.sheet->n_rows; i++)
        annex_row(&x, &x.sheet->rows[i]);
}

/* ---- all together */

static Compare comparison_of(int kind)
{
    switch (kind) {
    case TK_GE:
        return COMPARE_GE;
    case TK_GT:
        return COMPARE_GT;
    case TK_LE:
        return COMPARE_LE;
    case TK_LT:
        return COMPARE_LT;
    default:
        return COMPARE_EQ;
    }
}

static void link_target(Linker *l, Declaration *d)
{
    const Indicator *i = name_need(l, &d->node->at, NAME_INDICATOR, "an indicator");
    if (i == NULL || i->type.kind == KIND_N)
        return;
    Target *t = arena_new_of(l->keep, Target);
    t->indicator = i;
    t->compare = comparison_of(d->node->a->at.kind);
    t->home = d->home;
    t->home.pos = d->node->at.pos;
    g_autoptr(GArray) values = g_array_new(FALSE, TRUE, sizeof(TargetValue));
    Aiming a = {.l = l, .d = d, .t = t, .values = values};
    if (d->node->b != NULL)
        target_in_words(&a);
    else
        target_as_table(&a);
    t->n_values = values->len;
    t->values = arena_many(l->keep, TargetValue, t->n_values);
    if (t->n_values > 0)
        memcpy(t->values, values->data, t->n_values * sizeof(TargetValue));
    t->number = (unsigned)l->model->n_targets;
    l->model->targets[l->model->n_targets++] = t;
    d->made = t;
}

void link_targets(Linker *l)
{
    l->model->targets = arena_many(l->keep, Target *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_TARGET)
            link_target(l, &l->declarations[i]);
}
