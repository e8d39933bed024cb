/* simulate_region.c — of a what-if: checks of regions, before and after, as on the last day of each
 * month.
 * In: the checks that differ.  Out: counts, and each region of which one comes out otherwise.
 * Start: simulate_region_checks(). */
#include "care/region_check.h"
#include "care/simulate_inside.h"

typedef struct Comparing {
    Simulating *x;
    const Rule *old, *now;   /* NULL: there is none */
    uint8_t *before, *after; /* [month][region] */
} Comparing;

static bool ask(const Comparing *c, const Model *m, const Rule *check, uint8_t *to, GError **error)
{
    const Simulating *x = c->x;
    const RegionTree *t = x->care->regions;
    const CompileOptions o = {.data = x->working->data, .regions = t};
    memset(to, OUTCOME_OUTSIDE, x->ret->n_months * t->n);
    for (size_t i = 0; check != NULL && i < x->ret->n_months; i++)
        if (!region_checks_by(m, &o, check, month_last(x->what->from + (Month)i), to + i * t->n,
                              error))
            return false;
    return true;
}

static SimulateChange change_of(int32_t region, Month month, uint8_t before, uint8_t after)
{
    SimulateChange x = {.region = region, .from = month, .until = month};
    x.asked_before = before != OUTCOME_OUTSIDE;
    x.asked_after = after != OUTCOME_OUTSIDE;
    x.before = x.asked_before ? (Truth)before : TRUTH_NO;
    x.after = x.asked_after ? (Truth)after : TRUTH_NO;
    return x;
}

/* Months in which it is the same two are one change. */
static void count_region(const Comparing *c, int32_t region, SimulateRule *to, GArray *changes)
{
    Simulating *x = c->x;
    size_t n = x->care->regions->n;
    for (size_t i = 0; i < x->ret->n_months; i++) {
        size_t at = i * n + (size_t)region;
        uint8_t before = c->before[at], after = c->after[at];
        simulate_count(x, &to->all, (Answer){.outcome = before}, (Answer){.outcome = after});
        simulate_count(x, &to->months[i], (Answer){.outcome = before}, (Answer){.outcome = after});
        if (before == after)
            continue;
        SimulateChange one = change_of(region, x->what->from + (Month)i, before, after);
        if (i > 0 && c->before[at - n] == before && c->after[at - n] == after)
            g_array_index(changes, SimulateChange, changes->len - 1).until = one.until;
        else
            g_array_append_val(changes, one);
    }
}

static bool compare(const Comparing *c, SimulateRegionCheck *to, GError **error)
{
    const Simulating *x = c->x;
    const RegionTree *t = x->care->regions;
    int32_t top = x->ret->region;
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(SimulateChange));
    if (!ask(c, x->care->model, c->old, c->before, error) ||
        !ask(c, x->next, c->now, c->after, error))
        return false;
    for (int32_t k = t->order[top]; k <= t->last[top]; k++)
        count_region(c, t->by_order[k], &to->rule, changes);
    to->changes = arena_list(x->arena, changes, &to->n_changes);
    return true;
}

bool simulate_region_checks(Simulating *x, GError **error)
{
    const PolicyDifference *d = &x->difference;
    size_t n = x->ret->n_months * x->care->regions->n;
    g_autofree uint8_t *before = g_new(uint8_t, n + 1);
    g_autofree uint8_t *after = g_new(uint8_t, n + 1);
    x->ret->region_checks = arena_many(x->arena, SimulateRegionCheck, d->n_region_checks + 1);
    for (size_t i = 0; i < d->n_region_checks; i++) {
        const PolicyRuleDifference *one = &d->region_checks[i];
        if (one->from > x->what->until)
            continue;
        SimulateRegionCheck *to = &x->ret->region_checks[x->ret->n_region_checks++];
        simulate_tell_rule(x, one, &to->rule);
        const Comparing c = {
            .x = x,
            .old = one->how == POLICY_NEW ? NULL : model_rule(x->care->model, to->rule.name),
            .now = one->how == POLICY_GONE ? NULL : model_rule(x->next, to->rule.name),
            .before = before,
            .after = after};
        if (!compare(&c, to, error))
            return fail_while(error, "simulating the check \"%.*s\"", STR_ARG(to->rule.name));
    }
    return true;
}
