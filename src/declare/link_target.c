/* link_target.c — values to reach, in words.
 * Out: Target.values, one per region, code and period.  Not here: tables (link_annex.c).
 * Start: link_targets(). */
#include "declare/target.h"

/* ---- days and periods */

Date target_year_end(int year)
{
    return target_day_in(year, 12, 31);
}

Date target_day_in(int year, int month, int day)
{
    Date d = DATE_MAX;
    while (!date_make(year, month, day, &d) && day > 1)
        day--;
    return d;
}

bool target_is_year(const Token *t)
{
    return t->kind == TK_NUMBER && t->scale == 0 && t->measure == MEASURE_NONE &&
           t->number >= 1900 && t->number <= 2999 && t->text.len == 4;
}

/* First day of the month, quarter or year of a day, as the indicator says. */
static Date period_start(FigurePeriod p, Date day)
{
    Ymd ymd = date_ymd(day);
    int month = p == FIGURE_YEAR      ? 1
                : p == FIGURE_QUARTER ? (ymd.month - 1) / 3 * 3 + 1
                                      : ymd.month;
    return target_day_in(ymd.year, month, 1);
}

/* in 2020, in 2019..2021, in 2020-06 */
static bool when_period(Aiming *a, const Node *n, TargetValue *v)
{
    Linker *l = a->l;
    if (!a->t->indicator->flow) {
        Diag *d = diag_error(l->diags, n->at.pos, "'%.*s' is a stock: its target names a day",
                             STR_ARG(a->t->indicator->name));
        const Token *last = n->a != NULL ? &n->a->at : &n->at;
        char day[DATE_TEXT];
        if (last->kind == TK_YEARMONTH)
            date_format(month_last((Month)last->number), day);
        else
            g_snprintf(day, sizeof day, "%.*s-12-31", STR_ARG(last->text));
        diag_hint(l->diags, d, "write 'on %s'", day);
        return false;
    }
    if (n->at.kind == TK_YEARMONTH) {
        v->from = month_first((Month)n->at.number);
        v->due = month_last((Month)n->at.number);
        v->year_from = v->year_to = date_ymd(v->due).year;
        return true;
    }
    if (n->a != NULL && !target_is_year(&n->a->at)) {
        diag_error(l->diags, n->a->at.pos, "a year is needed here");
        return false;
    }
    v->year_from = (int)n->at.number;
    v->year_to = n->a == NULL ? v->year_from : (int)n->a->at.number;
    v->from = target_day_in(v->year_from, 1, 1);
    v->due = target_year_end(v->year_to);
    if (v->year_to < v->year_from)
        diag_error(l->diags, n->at.pos, "this period ends before it begins");
    return true;
}

/* on 12-31: every year from the document's begin until its end. */
static bool when_yearly(Aiming *a, const Node *n, TargetValue *v)
{
    const Document *doc = a->d->home.document;
    v->yearly = true;
    v->month = (int)(n->at.number / 100);
    v->day = (int)(n->at.number % 100);
    v->year_from = date_ymd(doc->from).year;
    if (target_day_in(v->year_from, v->month, v->day) < doc->from)
        v->year_from++;
    v->year_to = doc->until == DATE_MAX ? YEAR_OPEN : date_ymd(doc->until).year;
    if (v->year_to != YEAR_OPEN && target_day_in(v->year_to, v->month, v->day) > doc->until)
        v->year_to--;
    v->due = target_day_in(v->year_from, v->month, v->day);
    if (v->year_from <= v->year_to)
        return true;
    diag_error(a->l->diags, n->at.pos, "this document is in force on no %02d-%02d", v->month,
               v->day);
    return false;
}

/* on 2020-12-31, until 2020-12-31, on 12-31 */
static bool when_day(Aiming *a, const Node *n, TargetValue *v)
{
    const Indicator *i = a->t->indicator;
    a->t->until = n->kind == AST_UNTIL;
    if (n->at.kind == TK_MONTHDAY) {
        if (!when_yearly(a, n, v))
            return false;
    } else {
        v->due = (Date)n->at.number;
        v->year_from = v->year_to = date_ymd(v->due).year;
    }
    if (!i->flow)
        return true;
    if (i->period != FIGURE_ANY_PERIOD) {
        v->from = period_start(i->period, v->due);
        return true;
    }
    if (a->t->until && a->d->home.document->from <= v->due) {
        v->from = a->d->home.document->from;
        v->year_from = date_ymd(v->from).year;
        return true;
    }
    Diag *d = diag_error(a->l->diags, n->at.pos, "'%.*s' is a flow: its target names a period",
                         STR_ARG(i->name));
    diag_hint(a->l->diags, d,
              "write 'in 2020' or 'in 2020..2022', or let the indicator be by region, year");
    return false;
}

bool target_when(Aiming *a, const Node *n, TargetValue *v)
{
    return n->kind == AST_IN ? when_period(a, n, v) : when_day(a, n, v);
}

/* ---- clauses */

static void keep_once(Aiming *a, const Node **to, const Node *n, const char *what)
{
    if (*to != NULL)
        diag_error(a->l->diags, n->at.pos, "this target says its %s twice", what);
    *to = n;
}

/* in each (a, b): codes are words, places are not. */
static bool lists_codes(const Node *n)
{
    const Node *first = list_first(n->b);
    return first != NULL && node_is_word(first);
}

Clauses target_clauses(Aiming *a, const Node *list)
{
    Clauses c = {NULL, NULL, NULL, NULL, NULL, NULL};
    for (const Node *n = list_first(list); n != NULL; n = n->next) {
        bool period = n->kind == AST_IN && (target_is_year(&n->at) || n->at.kind == TK_YEARMONTH);
        if (n->kind == AST_IN_EACH && lists_codes(n))
            keep_once(a, &c.codes, n, "codes");
        else if (n->kind == AST_IN_EACH)
            keep_once(a, &c.places, n, "places");
        else if (n->kind == AST_OF_EACH)
            keep_once(a, &c.of, n, "records");
        else if (n->kind == AST_IN && !period)
            keep_once(a, &c.region, n, "place");
        else if (n->kind == AST_LEAVE)
            keep_once(a, &c.leave, n, "leave");
        else
            keep_once(a, &c.when, n, "day or period");
    }
    if (c.places != NULL && c.region != NULL)
        diag_error(a->l->diags, c.region->at.pos, "this target says its place twice");
    return c;
}

/* ---- codes */

bool target_code(Aiming *a, const Token *word, TargetValue *v)
{
    const Indicator *i = a->t->indicator;
    const Enum *last = NULL;
    for (size_t k = 0; k < i->n_index; k++) {
        const Code *c = code_said(a->l, i->index[k].of, word->text, word->pos);
        if (v->codes[k] != FIGURE_WHOLE)
            continue;
        last = i->index[k].of;
        if (c == NULL)
            continue;
        v->codes[k] = (int)c->number;
        return true;
    }
    Diag *d = diag_error(a->l->diags, word->pos, "'%.*s' is no code by which '%.*s' is told apart",
                         STR_ARG(word->text), STR_ARG(i->name));
    if (last != NULL)
        hint_codes(a->l, d, last, word->text);
    else if (i->n_index == 0)
        diag_hint(a->l->diags, d, "the indicator is by region alone");
    return false;
}

bool target_codes(Aiming *a, const Node *list, TargetValue *v)
{
    const Indicator *i = a->t->indicator;
    size_t given = list_length(list), k = 0;
    if (given > i->n_index) {
        diag_error(a->l->diags, list_first(list)->at.pos, "'%.*s' has %zu index%s beside region",
                   STR_ARG(i->name), i->n_index, i->n_index == 1 ? "" : "es");
        return false;
    }
    for (const Node *n = list_first(list); n != NULL; n = n->next, k++) {
        const Enum *e = i->index[k].of;
        const Code *c = code_said(a->l, e, n->at.text, n->at.pos);
        if (c == NULL) {
            Diag *d = diag_error(a->l->diags, n->at.pos, "'%.*s' is no code of %.*s",
                                 STR_ARG(n->at.text), STR_ARG(e->name));
            hint_codes(a->l, d, e, n->at.text);
            return false;
        }
        v->codes[k] = (int)c->number;
    }
    return true;
}

/* ---- places */

bool target_place(Aiming *a, const Node *region, TargetValue *v)
{
    if (region != NULL)
        return link_region(a->l, region->at.pos, region->at.text, &v->region);
    v->region = a->d->home.document->place;
    if (v->region.len > 0)
        return true;
    Diag *d =
        diag_error(a->l->diags, a->d->node->at.pos, "this target does not say for which place");
    diag_hint(a->l->diags, d, "this document holds everywhere: add 'in REGION' or 'in each …'");
    return false;
}

static bool each_listed(Aiming *a, const Node *n, GArray *regions)
{
    bool fine = true;
    for (const Node *m = list_first(n->b); m != NULL; m = m->next) {
        Str code;
        bool place = m->kind == AST_NUMBER || m->kind == AST_REGION || m->kind == AST_STRING;
        if (!place)
            diag_error(a->l->diags, node_pos(m), "a code or name of a region is needed here");
        if (!place || !link_region(a->l, m->at.pos, m->at.text, &code))
            fine = false;
        else
            g_array_append_val(regions, code);
    }
    return fine;
}

bool target_where(Aiming *a, const Node *where)
{
    const Entity *e = name_of(a->l, STR("region"), NAME_ENTITY);
    if (where == NULL)
        return true;
    if (e == NULL) {
        diag_error(a->l->diags, node_pos(where), "no document says what is recorded of a region");
        return false;
    }
    Scope s = {.l = a->l, .subject = e, .lies_in = true, .may_know = true, .rule = true};
    a->t->each_where = link_condition(&s, where);
    return a->t->each_where != NULL;
}

static bool target_places(Aiming *a, const Node *n, GArray *regions)
{
    a->t->each = true;
    if (n->b != NULL)
        return each_listed(a, n, regions);
    const Param *p = name_need(a->l, &n->at, NAME_PARAM, "a param");
    if (p == NULL)
        return false;
    if (p->n_regions == 0) {
        diag_error(a->l->diags, n->at.pos, "param '%.*s' is no list of regions", STR_ARG(p->name));
        return false;
    }
    a->t->each_of = p;
    g_array_append_vals(regions, p->regions, (guint)p->n_regions);
    return target_where(a, n->a);
}

/* ---- of each record */

/* Each counted record must be the one at hand, or refer to it by one field. */
static bool counts_of(Aiming *a, const Expr *e)
{
    const Entity *of = e->kind == EXPR_AGGREGATE ? e->aggregate->of : NULL;
    const Entity *to = a->t->of;
    bool fine = true;
    if (of != NULL && (of == to || entity_reference(of, to) != NULL))
        return true;
    if (of != NULL) {
        diag_error(a->l->diags, a->d->node->at.pos,
                   "'%.*s' counts %.*s, which does not refer to one %.*s by one field",
                   STR_ARG(a->t->indicator->name), STR_ARG(of->name), STR_ARG(to->name));
        return false;
    }
    if (e->kind == EXPR_FIELD) {
        diag_error(a->l->diags, a->d->node->at.pos,
                   "'%.*s' reads a fact of the region: it is no figure of one %.*s",
                   STR_ARG(a->t->indicator->name), STR_ARG(to->name));
        return false;
    }
    const Expr *const parts[] = {e->a, e->b, e->c};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        fine = (parts[i] == NULL || counts_of(a, parts[i])) && fine;
    return fine;
}

static bool of_each(Aiming *a, const Node *n)
{
    const Entity *e = name_need(a->l, &n->at, NAME_ENTITY, "an entity");
    Scope s = {.l = a->l, .subject = e, .may_know = true, .rule = true};
    if (e == NULL)
        return false;
    a->t->of = e;
    if (e->place == NULL && !linker_damaged(a->l, e)) {
        Diag *d =
            diag_error(a->l->diags, n->at.pos, "%.*s does not say its place", STR_ARG(e->name));
        if (entity_is_region(e))
            diag_hint(a->l->diags, d, "write 'in each' and a param of regions");
        return false;
    }
    if (n->a != NULL && (a->t->of_where = link_condition(&s, n->a)) == NULL)
        return false;
    return counts_of(a, a->t->indicator->value);
}

/* ---- the value */

/* What runs targets knows arithmetic over params and the region's own facts. */
static bool number_part(Aiming *a, const Expr *e, bool *ret_fixed)
{
    bool fine = true;
    switch (e->kind) {
    case EXPR_NUMBER:
        return true;
    case EXPR_PARAM:
    case EXPR_FIELD:
        *ret_fixed = false;
        return true;
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MIN:
    case EXPR_MAX:
    case EXPR_NEG:
    case EXPR_RESCALE:
    case EXPR_ROUND: {
        const Expr *const parts[] = {e->a, e->b};
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
            fine = (parts[i] == NULL || number_part(a, parts[i], ret_fixed)) && fine;
        return fine;
    }
    default:
        diag_error(a->l->diags, e->pos,
                   "the value of a target is a number, a param, or arithmetic between them");
        return false;
    }
}

bool target_number(Aiming *a, const Node *n, TargetValue *v)
{
    Scope s = {.l = a->l, .figure = true, .by = &a->by, .rule = true};
    const char *what = arena_printf(a->l->scratch, "'%.*s'", STR_ARG(a->t->indicator->name));
    const Expr *e = link_as(&s, n, &a->t->indicator->type, what);
    bool fixed = true;
    if (e == NULL || !number_part(a, e, &fixed))
        return false;
    if (fixed)
        return constant_need(a->l, e, &v->number);
    v->value = e;
    return true;
}

/* ---- in words, all together */

TargetValue target_value(const Node *n)
{
    TargetValue v = {.region = STR(""), .pos = n->at.pos};
    for (size_t k = 0; k < LIMIT_FIGURE_INDEXES; k++)
        v.codes[k] = FIGURE_WHOLE;
    return v;
}

/* The value for each code of `in each (a, b)`, or as it is. */
static void add_codes(Aiming *a, const Node *codes, TargetValue v)
{
    if (codes == NULL) {
        g_array_append_val(a->values, v);
        return;
    }
    a->t->each = true;
    for (const Node *n = list_first(codes->b); n != NULL; n = n->next) {
        TargetValue one = v;
        if (!node_is_word(n))
            diag_error(a->l->diags, node_pos(n), "a code is needed here");
        else if (target_code(a, &n->at, &one))
            g_array_append_val(a->values, one);
    }
}

static void add_values(Aiming *a, const Clauses *c, TargetValue v)
{
    g_autoptr(GArray) regions = g_array_new(FALSE, FALSE, sizeof(Str));
    if (c->places == NULL) {
        if (target_place(a, c->region, &v))
            add_codes(a, c->codes, v);
        return;
    }
    if (!target_places(a, c->places, regions))
        return;
    for (guint i = 0; i < regions->len; i++) {
        v.region = g_array_index(regions, Str, i);
        add_codes(a, c->codes, v);
    }
}

static void target_in_words(Aiming *a)
{
    const Node *n = a->d->node;
    Clauses c = target_clauses(a, n->c);
    TargetValue v = target_value(n);
    bool fine = target_codes(a, n->a->a, &v) && target_number(a, n->b, &v);
    if (c.when == NULL) {
        Diag *d = diag_error(a->l->diags, n->at.pos, "this target does not say when");
        diag_hint(a->l->diags, d, a->t->indicator->flow ? "add 'in 2020'" : "add 'on 2020-12-31'");
        return;
    }
    if (c.of != NULL)
        fine = of_each(a, c.of) && fine;
    if (target_when(a, c.when, &v) && fine)
        add_values(a, &c, v);
}

Compare target_comparison(int token)
{
    switch (token) {
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
    t->compare = target_comparison(d->node->a->at.kind);
    t->home = d->home;
    t->home.pos = d->node->at.pos;
    t->wording.leave = leave_of(l, list_find(d->node->c, AST_LEAVE));
    g_autoptr(GArray) values = g_array_new(FALSE, TRUE, sizeof(TargetValue));
    Aiming a = {.l = l, .d = d, .t = t, .values = values, .by = {i->index, NULL, i->n_index}};
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
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        Declaration *of = d->node->kind == AST_TARGET
                              ? d
                              : declaration_amending(l, d, AST_TARGET, sizeof(Target));
        if (of == NULL)
            continue;
        of->made = NULL;
        link_target(l, of);
        d->made = of->made;
    }
}
