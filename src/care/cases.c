/* cases.c — which cases of a rule people are shown: enough to see each part of it decide, and no
 * more. From the first case, in which all holds, one fact after the other is varied; where it
 * decides nothing there, from another case in which it does.  Read first: cases_make(), vary(). */
#include "care/cases_inside.h"
#include "care/cases_region.h"

#include <inttypes.h>

#include "evaluate/evaluate.h"

typedef struct Choosing {
    Plan *p;
    GPtrArray *bases;  /* of Trial */
    GArray *cases;     /* of EdgeCase */
    GPtrArray *trials; /* of Trial, one a case */
    GHashTable *seen;  /* facts and month → its number + 1 */
} Choosing;

/* ---- words */

static void put(GString *to, Str s)
{
    g_string_append_len(to, s.at, (gssize)s.len);
}

static void put_code(GString *to, const Code *c)
{
    put(to, c->label.zh);
    if (!str_equal(c->label.zh, c->name))
        g_string_append_printf(to, " %.*s", STR_ARG(c->name));
}

static void put_set(GString *to, const Enum *e, uint64_t bits)
{
    for (bool first = true; bits != 0; bits &= bits - 1, first = false) {
        if (!first)
            g_string_append(to, "、");
        put_code(to, &e->codes[__builtin_ctzll(bits)]);
    }
}

static void put_value(const Plan *p, GString *to, const Type *t, const CaseValue *v)
{
    const RegionRow *r = t->kind == KIND_REGION ? model_region(p->model, v->text) : NULL;
    if (v->absent)
        g_string_append(to, t->kind == KIND_DATE ? "还没有 not yet" : "未认定 open");
    else if (!v->known)
        g_string_append(to, "不详 unknown");
    else if (v->none)
        g_string_append(to, "无 none");
    else if (t->kind == KIND_BOOL)
        g_string_append(to, v->number != 0 ? "是 yes" : "否 no");
    else if (t->kind == KIND_ENUM)
        put_code(to, &t->of->codes[v->number]);
    else if (t->kind == KIND_SET)
        put_set(to, t->of, (uint64_t)v->number);
    else if (r != NULL)
        g_string_append_printf(to, "%.*s %.*s", STR_ARG(r->name), STR_ARG(r->code));
    else if (kind_is_text(t->kind) || t->kind == KIND_REGION || t->kind == KIND_REF)
        put(to, v->text);
    else
        number_print(t, v->number, to);
}

/* "出生日期 born = 1941-06-01"; of another record than the subject with its name before it. */
static void put_fact(const Plan *p, GString *to, const Fact *f, const CaseValue *v)
{
    const Part *s = slot_at(p, f->slot);
    if (f->field == NULL) {
        g_string_append_printf(to, "%.*s %.*s × %" PRId64, STR_ARG(s->entity->label.zh),
                               STR_ARG(s->name), v->number);
        return;
    }
    if (f->slot != 0)
        g_string_append_printf(to, "%.*s %.*s: ", STR_ARG(s->entity->label.zh), STR_ARG(s->name));
    g_string_append_printf(to, "%.*s %.*s = ", STR_ARG(f->field->label.zh),
                           STR_ARG(f->field->name));
    put_value(p, to, &f->field->type, v);
    if (v->later == NULL)
        return;
    char day[DATE_TEXT];
    g_string_append(to, " → ");
    put_value(p, to, &f->field->type, v->later);
    g_string_append_printf(to, " (%s)", date_format(v->from, day));
}

static Str keep(const Plan *p, const GString *s)
{
    return (Str){arena_dup(p->arena, s->str, s->len), s->len};
}

/* The facts in which a case differs from another; all of them from none. */
static Str differences(const Plan *p, const Trial *t, const Trial *from)
{
    g_autoptr(GString) s = g_string_new(NULL);
    char month[DATE_TEXT];
    for (guint i = 0; i < p->facts->len; i++) {
        const Fact *f = fact_at(p, i);
        if ((from != NULL && t->choice[i] == from->choice[i]) || !trial_has(p, t, i))
            continue;
        if (f->fixed && f->field->type.kind == KIND_REF)
            continue; /* that it refers to the other record goes without saying */
        if (s->len > 0)
            g_string_append(s, "；");
        put_fact(p, s, f, value_at(p, t, i));
    }
    if (from != NULL && t->month != from->month)
        g_string_append_printf(s, "月份 month = %s", month_format(t->month, month));
    return keep(p, s);
}

/* ---- one case more */

static char *trial_key(const Plan *p, const Trial *t)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < p->facts->len; i++)
        g_string_append_printf(s, "%d,", trial_has(p, t, i) ? t->choice[i] : -1);
    g_string_append_printf(s, "%d", t->month);
    return g_string_free(s, FALSE);
}

/* The case with these facts; SIZE_MAX: it is not shown yet. */
static size_t case_of(const Choosing *c, const Trial *t)
{
    g_autofree char *key = trial_key(c->p, t);
    return GPOINTER_TO_SIZE(g_hash_table_lookup(c->seen, key)) - 1;
}

/* SIZE_MAX: the same case stands there already. */
static size_t add_case(Choosing *c, CaseKind kind, Trial *t, const Trial *as, Str alike)
{
    if (case_of(c, t) != SIZE_MAX)
        return SIZE_MAX;
    EdgeCase x = {.kind = kind, .alike = alike, .as = as == NULL ? c->cases->len : case_of(c, as)};
    x.differs = differences(c->p, t, as);
    for (guint i = 0; i < c->p->facts->len && as != NULL; i++)
        if (t->choice[i] != as->choice[i] && fact_at(c->p, i)->field != NULL)
            x.of_days = fact_at(c->p, i)->field->type.kind == KIND_DATE;
    x.example = trial_example(c->p, t);
    x.month = t->month;
    x.outcome = t->outcome;
    x.amount = t->amount;
    x.missing = t->missing;
    x.missing_one = t->missing_one;
    g_array_append_val(c->cases, x);
    g_ptr_array_add(c->trials, t);
    g_hash_table_insert(c->seen, trial_key(c->p, t), GSIZE_TO_POINTER(c->cases->len));
    return c->cases->len - 1;
}

/* A case from which others differ is shown before them. */
static void need_base(Choosing *c, Trial *base)
{
    if (case_of(c, base) == SIZE_MAX)
        add_case(c, CASE_BASE, base, c->trials->len == 0 ? NULL : c->trials->pdata[0], STR(""));
}

static bool same_answer(const Trial *a, const Trial *b)
{
    return a->outcome == b->outcome && a->amount == b->amount && str_equal(a->missing, b->missing);
}

/* ---- codes, sets, numbers of records */

/* The case with each value of the fact, the other facts as in the base. */
static bool each_value(const Choosing *c, Trial *base, size_t fact, GPtrArray *to, GError **error)
{
    for (guint v = 0; v < fact_at(c->p, fact)->values->len; v++) {
        Trial *t = base;
        if (base->choice[fact] != v) {
            t = trial_new(c->p, base);
            t->choice[fact] = (uint16_t)v;
        }
        g_ptr_array_add(to, t);
    }
    return trials_run(c->p, (Trial *const *)(void *)to->pdata, to->len, error);
}

static size_t count_answers(const GPtrArray *all)
{
    size_t n = 0;
    for (guint i = 0; i < all->len; i++) {
        bool there = false;
        for (guint k = 0; k < i && !there; k++)
            there = same_answer(all->pdata[k], all->pdata[i]);
        n += !there;
    }
    return n;
}

static bool is_unknown(const Choosing *c, const Trial *t, size_t fact)
{
    const CaseValue *v = value_at(c->p, t, fact);
    return !v->known && !v->absent;
}

static bool is_named(const Choosing *c, const Trial *t, size_t fact)
{
    const Fact *f = fact_at(c->p, fact);
    const CaseValue *v = value_at(c->p, t, fact);
    if (f->field == NULL || !v->known)
        return false;
    if (f->field->type.kind == KIND_ENUM)
        return v->number < 64 && (f->named >> v->number & 1) != 0;
    return f->field->type.kind == KIND_SET && ((uint64_t)v->number & f->named) != 0;
}

/* Values listed beside one that comes to the same; of more only the number is said. */
#define ALIKE 6u

/* Other values of the fact that come to the same as this one. */
static Str alike(const Choosing *c, const GPtrArray *all, const Trial *t, size_t fact)
{
    g_autoptr(GString) s = g_string_new(NULL);
    const Fact *f = fact_at(c->p, fact);
    size_t n = 0;
    for (guint i = 0; i < all->len; i++) {
        const Trial *x = all->pdata[i];
        if (x == t || !same_answer(x, t) || is_unknown(c, x, fact) || f->field == NULL)
            continue;
        if (n++ >= ALIKE)
            continue;
        if (s->len > 0)
            g_string_append(s, "；");
        put_value(c->p, s, &f->field->type, value_at(c->p, x, fact));
    }
    if (n > ALIKE)
        g_string_append_printf(s, "…（%zu）", n);
    return keep(c->p, s);
}

/* How far a value is from that of the base: of sets the codes that differ, of records their number.
 */
static unsigned distance(const Choosing *c, const Trial *a, const Trial *base, size_t fact)
{
    const Fact *f = fact_at(c->p, fact);
    int64_t x = value_at(c->p, a, fact)->number, y = value_at(c->p, base, fact)->number;
    if (f->field == NULL)
        return (unsigned)(x > y ? x - y : y - x);
    if (f->field->type.kind == KIND_SET)
        return (unsigned)__builtin_popcountll((uint64_t)x ^ (uint64_t)y);
    return 0;
}

/* Whether the value is the one shown of all that give its answer: the nearest to the base, the
 * first of equals; of those that change nothing one that the rule names. */
static bool is_shown(const Choosing *c, const Trial *base, const GPtrArray *all, const Trial *t,
                     size_t fact)
{
    bool nothing = same_answer(t, base);
    if (nothing && !is_named(c, t, fact))
        return false;
    bool before = true;
    for (guint i = 0; i < all->len; i++) {
        const Trial *x = all->pdata[i];
        before = before && x != t;
        if (x == t || x == base || is_unknown(c, x, fact) || !same_answer(x, t) ||
            (nothing && !is_named(c, x, fact)))
            continue;
        unsigned dx = distance(c, x, base, fact), dt = distance(c, t, base, fact);
        if (dx < dt || (dx == dt && before))
            return false;
    }
    return true;
}

/* One case for each answer; when a record ends each way. */
static void add_answers(Choosing *c, Trial *base, const GPtrArray *all, size_t fact)
{
    const Field *field = fact_at(c->p, fact)->field;
    bool end = field != NULL && field == c->p->rule->subject->end;
    for (guint i = 0; i < all->len; i++) {
        Trial *t = all->pdata[i];
        if (t == base || is_unknown(c, t, fact))
            continue;
        if (end)
            add_case(c, CASE_VALUE, t, base, STR(""));
        else if (is_shown(c, base, all, t, fact))
            add_case(c, CASE_VALUE, t, base, alike(c, all, t, fact));
    }
}

static void add_unknown(Choosing *c, const Trial *base, const GPtrArray *all, size_t fact)
{
    for (guint i = 0; i < all->len; i++)
        if (is_unknown(c, all->pdata[i], fact))
            add_case(c, CASE_UNKNOWN, all->pdata[i], base, STR(""));
}

/* The base in which the fact makes most answers, the first of equals. */
static bool vary_values(Choosing *c, size_t fact, bool *ret_matters, Trial **ret_base,
                        GError **error)
{
    g_autoptr(GPtrArray) best = NULL;
    size_t most = 1;
    for (guint i = 0; i < c->bases->len; i++) {
        g_autoptr(GPtrArray) all = g_ptr_array_new();
        if (!each_value(c, c->bases->pdata[i], fact, all, error))
            return false;
        size_t n = count_answers(all);
        if (n <= most)
            continue;
        most = n;
        *ret_base = c->bases->pdata[i];
        g_clear_pointer(&best, g_ptr_array_unref);
        best = g_steal_pointer(&all);
    }
    *ret_matters = best != NULL;
    if (best == NULL)
        return true;
    if (fact_at(c->p, fact)->grid == NULL) {
        need_base(c, *ret_base);
        add_answers(c, *ret_base, best, fact);
        add_unknown(c, *ret_base, best, fact);
    }
    return true;
}

/* ---- numbers and days */

/* Which of two neighbours is the limit itself: where the comparison that turns would still be an
 * equality.  Of two answers without such a comparison the one in which the rule holds. */
static bool upper_is_limit(const Plan *p, const Trial *low, const Trial *high)
{
    for (guint i = 0; i < p->atoms->len; i++) {
        ExprKind kind = g_array_index(p->atoms, Atom, i).expr->kind;
        if (low->truths[i] == high->truths[i])
            continue;
        bool strict = kind == EXPR_GT || kind == EXPR_LT || kind == EXPR_NE;
        return (high->truths[i] == TRUTH_YES) != strict;
    }
    return high->outcome == TRUTH_YES;
}

static Trial *with(const Choosing *c, const Trial *base, size_t fact, int64_t number)
{
    Trial *t = trial_new(c->p, base);
    CaseValue v = {.known = true, .number = number};
    t->choice[fact] = (uint16_t)fact_add_value(fact_at(c->p, fact), v);
    return t;
}

static bool in_range(const Fact *f, int64_t number)
{
    return !f->field->has_range || (number >= f->field->low && number <= f->field->high);
}

/* The limit, and what lies next to it on both sides. */
static bool add_limit(Choosing *c, Trial *base, size_t fact, int64_t low, GError **error)
{
    static const CaseKind kinds[] = {CASE_BELOW, CASE_AT, CASE_ABOVE};
    Trial *two[] = {with(c, base, fact, low), with(c, base, fact, low + 1)}, *three[3];
    if (!trials_run(c->p, two, 2, error))
        return false;
    int64_t at = upper_is_limit(c->p, two[0], two[1]) ? low + 1 : low;
    for (int i = 0; i < 3; i++)
        three[i] = with(c, base, fact, at - 1 + i);
    if (!trials_run(c->p, three, 3, error))
        return false;
    need_base(c, base);
    for (int i = 0; i < 3; i++)
        if (in_range(fact_at(c->p, fact), at - 1 + i))
            add_case(c, kinds[i], three[i], base, STR(""));
    return true;
}

typedef struct Limit {
    int64_t low;  /* something changes between it and the next */
    Trial *base;  /* in which it does */
    bool answers; /* the answer changes, not only what leads to it */
} Limit;

static bool add_limits_of(Choosing *c, Trial *base, size_t fact, GArray *all, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (!plan_limits(c->p, base, fact, found, error))
        return false;
    for (guint i = 0; i < found->len; i++) {
        Limit x = {g_array_index(found, int64_t, i), base, false};
        bool there = false;
        for (guint k = 0; k < all->len && !there; k++)
            there = g_array_index(all, Limit, k).low == x.low;
        if (!there)
            g_array_append_val(all, x);
    }
    return true;
}

/* That a record is there at all is no limit of the rule. */
static bool only_ends(const Trial *a, const Trial *b)
{
    return (a->outcome == OUTCOME_OUTSIDE) != (b->outcome == OUTCOME_OUTSIDE) &&
           a->outcome != TRUTH_YES && b->outcome != TRUTH_YES;
}

/* Each limit is shown from a case in which the answer turns on it, where there is one. */
static bool choose_base(Choosing *c, size_t fact, Limit *x, bool *ret_drop, GError **error)
{
    *ret_drop = false;
    for (guint i = 0; i < c->bases->len && !x->answers; i++) {
        Trial *base = c->bases->pdata[i];
        Trial *two[] = {with(c, base, fact, x->low), with(c, base, fact, x->low + 1)};
        if (!trials_run(c->p, two, 2, error))
            return false;
        x->answers = !same_answer(two[0], two[1]) && !only_ends(two[0], two[1]);
        if (x->answers)
            x->base = base;
        *ret_drop = *ret_drop || only_ends(two[0], two[1]);
    }
    *ret_drop = *ret_drop && !x->answers;
    return true;
}

static int by_low(const void *a, const void *b)
{
    const Limit *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

/* Cases in which limits are looked for: more show no new ones. */
#define LOOKED_AT 6u

static bool vary_number(Choosing *c, size_t fact, Trial *decides, GError **error)
{
    g_autoptr(GArray) limits = g_array_new(FALSE, FALSE, sizeof(Limit));
    for (guint i = 0; i < c->bases->len && i < LOOKED_AT; i++)
        if (!add_limits_of(c, c->bases->pdata[i], fact, limits, error))
            return false;
    g_array_sort(limits, by_low);
    Trial *base = decides;
    for (guint i = 0; i < limits->len; i++) {
        Limit *x = &g_array_index(limits, Limit, i);
        bool drop;
        if (!choose_base(c, fact, x, &drop, error) ||
            (!drop && !add_limit(c, x->base, fact, x->low, error)))
            return false;
        if (x->answers && base == decides)
            base = x->base;
    }
    need_base(c, base);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    if (!each_value(c, base, fact, all, error))
        return false;
    add_unknown(c, base, all, fact);
    return true;
}

static bool vary(Choosing *c, size_t fact, GError **error)
{
    bool matters;
    Trial *base = c->bases->pdata[0];
    if (fact_at(c->p, fact)->fixed)
        return true;
    if (!vary_values(c, fact, &matters, &base, error))
        return false;
    if (!matters || fact_at(c->p, fact)->grid == NULL)
        return true;
    return vary_number(c, fact, base, error);
}

/* ---- time */

/* A value of the fact that is held on the days from the sixteenth. */
static Trial *changing(Choosing *c, const Trial *base, const Trial *other, size_t fact)
{
    CaseValue v = *value_at(c->p, base, fact), *then = arena_new_of(c->p->arena, CaseValue);
    *then = *value_at(c->p, other, fact);
    v.later = then;
    v.from = month_first(c->p->month) + 15;
    Trial *t = trial_new(c->p, base);
    t->choice[fact] = (uint16_t)fact_add_value(fact_at(c->p, fact), v);
    return t;
}

static bool later_of(Choosing *c, Trial *base, size_t fact, bool *ret_added, GError **error)
{
    const Fact *f = fact_at(c->p, fact);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    if (f->field == NULL || !f->field->dated || f->grid != NULL || f->fixed ||
        f->field->type.kind == KIND_REF)
        return true;
    if (!each_value(c, base, fact, all, error))
        return false;
    for (guint k = 0; k < all->len && !*ret_added; k++) {
        const Trial *other = all->pdata[k];
        if (!value_at(c->p, other, fact)->known || value_at(c->p, other, fact)->later != NULL ||
            same_answer(other, base))
            continue;
        Trial *t = changing(c, base, other, fact);
        if (!trials_run(c->p, &t, 1, error))
            return false;
        need_base(c, base);
        add_case(c, CASE_LATER, t, base, STR(""));
        *ret_added = true;
    }
    return true;
}

/* What changes inside the month, where the days of the month count (semantics 15, 16). */
static bool add_later(Choosing *c, GError **error)
{
    const Rule *r = c->p->rule;
    bool days = r->kind == RULE_BENEFIT && r->cycle == CYCLE_MONTH &&
                (r->governing == GOVERN_ANY_DAY || r->governing == GOVERN_EACH_DAY);
    bool added = !days;
    for (guint b = 0; b < c->bases->len && b < LOOKED_AT && !added; b++)
        for (guint i = 0; i < c->p->facts->len && !added; i++)
            if (!later_of(c, c->bases->pdata[b], i, &added, error))
                return false;
    return true;
}

typedef struct Months {
    const Plan *p;
    GArray *all; /* of Month */
    GHashTable *seen;
} Months;

static void add_month_of(Months *x, Date day)
{
    Month m = month_of(day);
    if (month_first(m) <= x->p->rule->from || m > x->p->month)
        return;
    g_array_append_val(x->all, m);
    m--;
    g_array_append_val(x->all, m);
}

static void add_months(const Expr *e, void *context)
{
    Months *x = context;
    for (size_t i = 1; e->kind == EXPR_VERSION && i < e->versions->n; i++)
        add_month_of(x, e->versions->list[i].from);
    if (e->kind != EXPR_PARAM || !g_hash_table_add(x->seen, (gpointer)e->param))
        return;
    for (size_t i = 0; i < e->param->n_values; i++)
        add_month_of(x, e->param->values[i].since);
    expr_walk(e->param->otherwise, add_months, context);
}

static int by_month(const void *a, const void *b)
{
    Month x = *(const Month *)a, y = *(const Month *)b;
    return (x > y) - (x < y);
}

/* The first case in other months, where a param had another value or another wording held. */
static bool add_months_of_params(Choosing *c, GError **error)
{
    Trial *base = c->bases->pdata[0];
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Month));
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Months x = {c->p, all, seen};
    const Trial *before = base;
    if (c->p->rule->cycle != CYCLE_MONTH)
        return true;
    expr_walk(c->p->rule->when, add_months, &x);
    expr_walk(c->p->rule->require, add_months, &x);
    expr_walk(c->p->rule->pay, add_months, &x);
    g_array_sort(all, by_month);
    for (guint i = all->len; i-- > 0;) {
        Trial *t = trial_new(c->p, base);
        t->month = g_array_index(all, Month, i);
        if (t->month == before->month)
            continue;
        if (!trials_run(c->p, &t, 1, error))
            return false;
        if (!same_answer(t, before) && t->outcome != OUTCOME_OUTSIDE)
            add_case(c, CASE_MONTH, t, base, STR(""));
        before = t;
    }
    return true;
}

/* ---- all together */

static void plan_free(Plan *p)
{
    for (guint i = 0; i < p->facts->len; i++) {
        g_array_free(fact_at(p, i)->values, TRUE);
        if (fact_at(p, i)->grid != NULL)
            g_array_free(fact_at(p, i)->grid, TRUE);
    }
    g_array_free(p->facts, TRUE);
    g_array_free(p->slots, TRUE);
    g_array_free(p->atoms, TRUE);
    g_array_free(p->constants, TRUE);
}

static bool choose(Choosing *c, GError **error)
{
    if (!plan_bases(c->p, c->bases, error))
        return false;
    need_base(c, c->bases->pdata[0]);
    for (guint i = 0; i < c->p->facts->len; i++)
        if (!vary(c, i, error))
            return false;
    return add_later(c, error) && add_months_of_params(c, error);
}

static void plan_make(Plan *p)
{
    p->slots = g_array_new(FALSE, TRUE, sizeof(Part));
    p->facts = g_array_new(FALSE, TRUE, sizeof(Fact));
    p->atoms = g_array_new(FALSE, TRUE, sizeof(Atom));
    p->constants = g_array_new(FALSE, TRUE, sizeof(Constant));
    plan_read(p);
    plan_month(p);
}

bool case_of_rule(const Model *m, const ExampleRoom *room, const Rule *rule, Month month, Arena *a,
                  const Example **ret, GError **error)
{
    Plan p = {.arena = a, .model = m, .rule = rule, .room = room};
    g_autoptr(GPtrArray) bases = g_ptr_array_new();
    *ret = NULL;
    plan_make(&p);
    p.month = month;
    p.day = month_last(month);
    plan_values(&p);
    bool any = rule->when == NULL && rule->require == NULL,
         good = any || plan_bases(&p, bases, error);
    const Trial *t = any ? trial_new(&p, NULL) : good ? bases->pdata[0] : NULL;
    if (t != NULL && (any || t->outcome == TRUTH_YES))
        *ret = trial_example(&p, t);
    plan_free(&p);
    return good;
}

static bool cases_of_rule(const Model *m, const ExampleRoom *room, const Rule *rule, Arena *a,
                          GArray *cases, GError **error)
{
    Plan p = {.arena = a, .model = m, .rule = rule, .room = room};
    plan_make(&p);
    plan_values(&p);
    g_autoptr(GPtrArray) bases = g_ptr_array_new(), trials = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Choosing c = {&p, bases, cases, trials, seen};
    bool good = choose(&c, error);
    plan_free(&p);
    return good;
}

bool cases_make(const Model *m, const Rule *rule, Arena *a, CaseSet *ret, GError **error)
{
    g_autoptr(ExampleRoom) room = example_room_new(m);
    g_autoptr(GArray) cases = g_array_new(FALSE, TRUE, sizeof(EdgeCase));
    bool good = rule->asked != NULL ? cases_of_region(m, room, rule, a, cases, error)
                                    : cases_of_rule(m, room, rule, a, cases, error);
    ret->rule = rule;
    ret->n_cases = cases->len;
    ret->cases = arena_list(a, cases, NULL);
    return good;
}
