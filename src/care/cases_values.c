/* cases_values.c — which values each fact of a case may take, and the month it is asked in.
 * Codes and sets take those that the rule names and one it does not; numbers and days a grid
 * between which limits are looked for, and later what the search finds of interest. Read first:
 * plan_values(). */
#include "care/cases_inside.h"

#include "base/decimal.h"
#include "base/identifier.h"

#include "compile/compile.h"

#define YEARS_BACK 115 /* of days: nobody is older */
#define COUNT_MOST 12  /* records of one kind in a case */

static bool value_same(const CaseValue *a, const CaseValue *b)
{
    return a->known == b->known && a->none == b->none && a->absent == b->absent &&
           a->number == b->number && str_equal(a->text, b->text) && a->from == b->from &&
           a->later == b->later;
}

size_t fact_add_value(Fact *f, CaseValue v)
{
    if (v.text.at == NULL)
        v.text = STR("");
    for (guint i = 0; i < f->values->len; i++)
        if (value_same(&g_array_index(f->values, CaseValue, i), &v))
            return i;
    g_array_append_val(f->values, v);
    return f->values->len - 1;
}

static void add_number(Fact *f, int64_t number)
{
    fact_add_value(f, (CaseValue){.known = true, .number = number});
}

static void add_text(Fact *f, Str text)
{
    fact_add_value(f, (CaseValue){.known = true, .text = text});
}

/* ---- codes and sets */

static void add_codes(Fact *f)
{
    const Enum *e = f->field->type.of;
    size_t n = MIN(e->n_codes, 64);
    /* One that is not named first: it is what a record is that the rule does not mean. */
    for (size_t i = 0; i < n; i++)
        if ((f->named >> i & 1) == 0) {
            add_number(f, (int64_t)i);
            break;
        }
    for (size_t i = 0; i < n; i++)
        if (f->named >> i & 1)
            add_number(f, (int64_t)i);
    for (size_t i = 0; i < n; i++)
        add_number(f, (int64_t)i);
}

static void add_sets(Fact *f)
{
    const Enum *e = f->field->type.of;
    size_t n = MIN(e->n_codes, 63);
    uint64_t all = (UINT64_C(1) << n) - 1, named = f->named & all, other = all & ~named;
    fact_add_value(f, (CaseValue){.known = true, .none = true});
    for (size_t i = 0; i < n; i++)
        if (named >> i & 1)
            add_number(f, (int64_t)(UINT64_C(1) << i));
    if (other != 0)
        add_number(f, (int64_t)(other & -other));
    if ((named & (named - 1)) == 0)
        return;
    add_number(f, (int64_t)named);
    for (size_t i = 0; i < n; i++)
        if (named >> i & 1)
            add_number(f, (int64_t)(named & ~(UINT64_C(1) << i)));
}

/* ---- places */

static bool is_place_of(const Plan *p, const Fact *f)
{
    const Expr *place = p->rule->subject->place;
    return place != NULL && f->field == place->path[place->n_path - 1];
}

static void add_region(const Plan *p, Fact *f, Str code)
{
    Str place = p->rule->home.document->place;
    const RegionTree *t = p->room->regions;
    int32_t row = region_row(t, code), in = region_row(t, place);
    if (row == ROW_NONE ||
        (is_place_of(p, f) && place.len > 0 && (in == ROW_NONE || !region_in(t, row, in))))
        return; /* there the rule does not hold */
    add_text(f, code);
}

typedef struct Regions {
    const Plan *p;
    Fact *f;
} Regions;

/* Places that the rule names, and those that have a value of their own of a param it reads. */
static void add_regions_of(const Expr *e, void *context)
{
    const Regions *x = context;
    if (e->kind == EXPR_REGION)
        add_region(x->p, x->f, e->text);
    for (size_t i = 0; e->kind == EXPR_PARAM && i < e->param->n_values; i++)
        if (e->param->values[i].region.len > 0)
            add_region(x->p, x->f, e->param->values[i].region);
    if (e->kind == EXPR_PARAM)
        expr_walk(e->param->otherwise, add_regions_of, context);
}

static void add_regions(Plan *p, Fact *f)
{
    const RegionTree *t = p->room->regions;
    Str place = p->rule->home.document->place;
    Regions x = {p, f};
    int32_t in = place.len > 0 ? region_row(t, place) : ROW_NONE;
    /* The deepest first place of the document: a township rather than a city. */
    int32_t deepest = ROW_NONE;
    for (size_t i = 0; i < t->n; i++) {
        int32_t row = t->by_order[i];
        bool leaf = t->order[row] == t->last[row];
        if (deepest == ROW_NONE && leaf && (in == ROW_NONE || region_in(t, row, in)))
            deepest = row;
    }
    if (deepest != ROW_NONE)
        add_text(f, t->code[deepest]);
    const Expr *const roots[] = {p->rule->when, p->rule->require, p->rule->pay};
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++)
        expr_walk(roots[i], add_regions_of, &x);
    bool outside = is_place_of(p, f) || in == ROW_NONE;
    for (size_t i = 0; i < t->n && !outside; i++)
        if (!region_in(t, (int32_t)i, in)) {
            add_text(f, t->code[i]);
            outside = true;
        }
    if (f->values->len == 0 && t->n == 0)
        add_text(f, STR("360000"));
}

/* ---- texts, which are known or not */

static Str citizen_number(Arena *a)
{
    char *text = arena_printf(a, "11010119400101001?");
    text[17] = citizen_id_digit(text);
    return str_of(text);
}

static Str credit_number(Arena *a)
{
    char *text = arena_printf(a, "91110000MA000000A?");
    text[17] = credit_code_digit(text);
    return str_of(text);
}

static void add_texts(Plan *p, Fact *f)
{
    switch (f->field->type.kind) {
    case KIND_CITIZEN_ID:
        add_text(f, citizen_number(p->arena));
        break;
    case KIND_CREDIT_CODE:
        add_text(f, credit_number(p->arena));
        break;
    case KIND_PHONE:
        add_text(f, STR("13800000000"));
        break;
    default:
        add_text(f, STR("甲"));
        break;
    }
}

/* ---- numbers and days: where limits are looked for */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void grid_add(Fact *f, int64_t number)
{
    int64_t low = f->field != NULL && f->field->has_range ? f->field->low : INT64_MIN;
    int64_t high = f->field != NULL && f->field->has_range ? f->field->high : INT64_MAX;
    if (number >= low && number <= high)
        g_array_append_val(f->grid, number);
}

static void grid_sort(Fact *f)
{
    guint kept = 0;
    g_array_sort(f->grid, by_number);
    for (guint i = 0; i < f->grid->len; i++) {
        int64_t x = g_array_index(f->grid, int64_t, i);
        if (kept == 0 || g_array_index(f->grid, int64_t, kept - 1) != x)
            g_array_index(f->grid, int64_t, kept++) = x;
    }
    g_array_set_size(f->grid, kept);
}

static void grid_days(const Plan *p, Fact *f)
{
    for (int y = -2; y <= YEARS_BACK; y++)
        grid_add(f, date_add_months(p->day, -12 * y));
    for (int m = -3; m <= 24; m++)
        grid_add(f, date_add_months(p->day, -m));
    for (int d = -2; d <= 2; d++)
        grid_add(f, p->day + d);
    grid_add(f, month_first(p->month));
    grid_add(f, month_first(p->month) + 14);
}

static void grid_numbers(Fact *f, int64_t unit)
{
    static const int64_t steps[] = {0,   1,    2,    3,    4,    5,     6,     7,   8,   9,
                                    10,  11,   12,   15,   20,   25,    30,    40,  50,  60,
                                    80,  100,  120,  150,  180,  200,   250,   300, 400, 500,
                                    700, 1000, 1500, 2000, 5000, 10000, 100000};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        grid_add(f, steps[i] * unit);
    if (f->field->has_range) {
        grid_add(f, f->field->low);
        grid_add(f, f->field->high);
    }
}

/* Numbers of the rule and their nearest neighbours, where a limit most likely is. */
static void grid_constants(const Plan *p, Fact *f, Kind kind, unsigned scale)
{
    for (guint i = 0; i < p->constants->len; i++) {
        const Constant *c = &g_array_index(p->constants, Constant, i);
        int64_t by = c->kind == KIND_INT && kind != KIND_INT ? power_of_ten(scale) : 1, number;
        bool fits = c->kind == kind || (c->kind == KIND_INT && kind != KIND_DATE);
        if (!fits || !checked_mul(c->number, by, &number) || number > INT32_MAX ||
            number < INT32_MIN)
            continue;
        for (int d = -1; d <= 1; d++)
            grid_add(f, number + d);
    }
}

static void make_grid(const Plan *p, Fact *f)
{
    Kind kind = f->field->type.kind;
    unsigned scale = kind == KIND_HOURS ? 0 : kind_scale(kind);
    if (kind == KIND_DECIMAL)
        scale = f->field->type.scale;
    f->grid = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (kind == KIND_DATE)
        grid_days(p, f);
    else
        grid_numbers(f, kind == KIND_SHARE ? 100 : kind == KIND_HOURS ? 60 : power_of_ten(scale));
    grid_constants(p, f, kind, scale);
    grid_sort(f);
}

/* What is there through its last day is a life, what ends before it a contract. */
static int months_before(const Entity *e)
{
    return e->end_counts ? 70 * 12 + 2 : 14;
}

static void add_first_number(const Plan *p, Fact *f)
{
    if (f->field->type.kind != KIND_DATE)
        add_number(f, f->field->has_range ? MAX(f->field->low, 0) : 0);
    else if (f->field == p->rule->once_on)
        add_number(f, p->day);
    else if (f->field == slot_at(p, f->slot)->entity->begin)
        add_number(f, date_add_months(p->day, -months_before(slot_at(p, f->slot)->entity)));
    else
        add_number(f, p->day - 10);
}

/* ---- all of a fact */

static void count_values(const Plan *p, Fact *f)
{
    add_number(f, 0);
    add_number(f, 1);
    add_number(f, 2);
    if (slot_at(p, f->slot)->counted->kind != AGGREGATE_COUNT)
        return;
    for (guint i = 0; i < p->constants->len; i++) {
        const Constant *c = &g_array_index(p->constants, Constant, i);
        for (int64_t n = c->number - 1; n <= c->number + 1; n++)
            if (c->kind == KIND_INT && n >= 0 && n <= COUNT_MOST)
                add_number(f, n);
    }
}

/* The record a reference leads to, and others of its kind it might lead to. */
static void add_references(const Plan *p, Fact *f)
{
    for (guint i = 0; i < p->slots->len; i++) {
        const Part *s = slot_at(p, i);
        if (s->parent == f->slot && s->by == f->field && s->counted == NULL)
            add_text(f, s->name);
    }
    for (guint i = 0; i < p->slots->len && !f->fixed; i++)
        if (slot_at(p, i)->entity == f->field->type.to && i != f->slot)
            add_text(f, slot_at(p, i)->name);
}

static void fill_kind(Plan *p, Fact *f)
{
    switch (f->field->type.kind) {
    case KIND_BOOL:
        add_number(f, 0);
        add_number(f, 1);
        break;
    case KIND_ENUM:
        add_codes(f);
        break;
    case KIND_SET:
        add_sets(f);
        break;
    case KIND_REGION:
        add_regions(p, f);
        break;
    case KIND_REF:
        add_references(p, f);
        break;
    case KIND_TEXT:
    case KIND_CITIZEN_ID:
    case KIND_CREDIT_CODE:
    case KIND_PHONE:
        add_texts(p, f);
        break;
    default:
        add_first_number(p, f);
        if (!f->fixed)
            make_grid(p, f);
        break;
    }
}

static void fill_fact(Plan *p, Fact *f)
{
    f->values = g_array_new(FALSE, TRUE, sizeof(CaseValue));
    if (f->field == NULL) {
        count_values(p, f);
        return;
    }
    const Entity *e = slot_at(p, f->slot)->entity;
    if (f->field == e->end) { /* not yet; inside the month; before it */
        fact_add_value(f, (CaseValue){.absent = true});
        if (f->slot == 0 && p->rule->cycle == CYCLE_MONTH) {
            add_number(f, month_first(p->month) + 14);
            add_number(f, month_first(p->month) - 1);
        }
        if (f->slot != 0) { /* the rule asks for it */
            add_first_number(p, f);
            make_grid(p, f);
        }
        return;
    }
    fill_kind(p, f);
    if (f->fixed)
        return;
    fact_add_value(f, f->field->judgement != NULL ? (CaseValue){.absent = true} : (CaseValue){0});
}

void plan_values(Plan *p)
{
    for (guint i = 0; i < p->facts->len; i++)
        fill_fact(p, fact_at(p, i));
}

/* ---- the month */

typedef struct Days {
    GHashTable *seen;
    Date latest;
} Days;

static void latest_day(const Expr *e, void *context)
{
    Days *x = context;
    for (size_t i = 0; i < e->n_path; i++)
        if (e->path[i]->compute != NULL && g_hash_table_add(x->seen, (gpointer)e->path[i]))
            expr_walk(e->path[i]->compute, latest_day, x);
    for (size_t i = 1; e->kind == EXPR_VERSION && i < e->versions->n; i++)
        if (!e->versions->list[i].ends)
            x->latest = MAX(x->latest, e->versions->list[i].from);
    if (e->kind != EXPR_PARAM || !g_hash_table_add(x->seen, (gpointer)e->param))
        return;
    for (size_t i = 0; i < e->param->n_values; i++)
        if (e->param->values[i].certain && e->param->values[i].since < DATE_MAX)
            x->latest = MAX(x->latest, e->param->values[i].since);
    expr_walk(e->param->otherwise, latest_day, x);
}

/* The first whole month in which all values that the rule reads are in force. */
void plan_month(Plan *p)
{
    const Rule *r = p->rule;
    Days x = {.seen = g_hash_table_new(NULL, NULL), .latest = r->from};
    const Expr *const roots[] = {r->when, r->require, r->pay, r->start_after, r->start_of};
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++)
        expr_walk(roots[i], latest_day, &x);
    g_hash_table_destroy(x.seen);
    p->month = month_of(x.latest);
    if (month_first(p->month) < x.latest)
        p->month++;
    while (month_last(p->month) > r->until && month_first(p->month) > r->from)
        p->month--;
    while (r->cycle == CYCLE_YEAR && (int)date_ymd(month_first(p->month)).month != r->year_month)
        p->month++;
    p->day = month_last(p->month);
    if (r->cycle == CYCLE_ONCE)
        p->day = month_first(p->month) + 14;
    else if (r->cycle == CYCLE_YEAR)
        p->day = MIN(month_first(p->month) + r->year_day - 1, month_last(p->month));
    else if (r->kind == RULE_BENEFIT && r->governing == GOVERN_FIRST_DAY)
        p->day = month_first(p->month);
}
