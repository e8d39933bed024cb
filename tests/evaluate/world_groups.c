/* world_groups.c — rules that have to do with each other, from a seed: exceptions, rules that read
 * what others pay, groups.  Each rule gets a level; it reads lower ones and shares groups with its
 * own.  Start: world_relate(). */
#include "world.h"

static int below(World *w, int n)
{
    return g_rand_int_range(w->rand, 0, n);
}

static bool chance(World *w, double p)
{
    return g_rand_double(w->rand) < p;
}

static Date some_day(World *w)
{
    return day_of("2019-12-01") + below(w, 300);
}

static Document *some_document(World *w)
{
    Document *d = arena_new_of(w->k->a, Document);

    d->name = STR("beside");
    if (chance(w, 0.4))
        d->place = w->k->m->regions[below(w, (int)w->k->m->n_regions)].code;
    return d;
}

/* ---- exceptions -------------------------------------------------------------------------------
 */

static Expr *general(World *w, const Rule *r)
{
    Expr *e = e_new(w->k, EXPR_GENERAL, r->pay->type);

    e->a = r->pay;
    return e;
}

static Expr *replaced(World *w, const Rule *r, int depth)
{
    Make *k = w->k;

    switch (below(w, 4)) {
    case 0:
        return e_money(k, below(w, 20000));
    case 1:
        if (r->pay->type.scale == 2)
            return e_value(k, EXPR_MUL, general(w, r), e_param(k, w->share, NULL, NULL));
        return general(w, r);
    case 2:
        return e_value(k, EXPR_MAX, general(w, r), general(w, r));
    default:
        return e_value(k, EXPR_MAX, world_money(w, depth), e_money(k, 0));
    }
}

static void except(World *w, Rule *r, int depth)
{
    size_t n = (size_t)below(w, 3);

    r->exceptions = arena_many(w->k->a, const Exception *, 3);
    for (size_t i = 0; i < n; i++) {
        Exception *x = arena_new_of(w->k->a, Exception);

        x->of = r;
        x->when = world_condition(w, depth);
        x->pay = replaced(w, r, depth);
        x->from = chance(w, 0.3) ? some_day(w) : DATE_MIN;
        x->until = chance(w, 0.3) ? some_day(w) : DATE_MAX;
        x->home.document = some_document(w);
        r->exceptions[r->n_exceptions++] = x;
    }
}

/* ---- what later documents say in their place ---------------------------------------------------
 */

static const Expr *versioned(World *w, const Versions *v, const Expr *first, bool truth, int depth)
{
    Expr *e = e_new(w->k, EXPR_VERSION, first->type);

    e->versions = v;
    e->args = arena_many(w->k->a, const Expr *, v->n);
    e->args[e->n_args++] = first;
    for (size_t i = 1; i < v->n; i++) {
        const Expr *x = truth ? world_condition(w, depth)
                              : e_value(w->k, EXPR_MAX, world_money(w, depth), e_money(w->k, 0));

        if (!truth && x->type.scale < first->type.scale) {
            Expr *finer = e_new(w->k, EXPR_RESCALE, first->type);

            finer->a = x;
            x = finer;
        }
        e->args[e->n_args++] = v->list[i].ends ? e->args[i - 1] : x;
    }
    return e;
}

static void amend(World *w, Rule *r, int depth)
{
    Versions *v = arena_new_of(w->k->a, Versions);
    size_t n = 1 + (size_t)below(w, 3);

    v->list = arena_many(w->k->a, Version, n + 1);
    v->list[v->n++] = (Version){.home = r->home, .from = r->from, .until = r->until};
    for (size_t i = 0; i < n; i++) {
        Version x = {.home.document = some_document(w), .from = some_day(w), .until = DATE_MAX};

        x.ends = chance(w, 0.3);
        x.narrower = x.home.document->place.len > 0;
        if (chance(w, 0.3))
            x.until = x.from + below(w, 100);
        v->list[v->n++] = x;
    }
    if (r->when != NULL)
        r->when = versioned(w, v, r->when, true, depth);
    if (r->pay != NULL && r->pay->type.scale >= 2)
        r->pay = versioned(w, v, r->pay, false, depth);
    r->versions = v;
    r->until = versions_until(v, DATE_MAX);
}

/* ---- readings ---------------------------------------------------------------------------------
 */

static void read_other(World *w, Rule *by, const Rule *of)
{
    Make *k = w->k;
    Expr *paid = e_new(k, EXPR_OUTCOME, type_of(KIND_MONEY));

    paid->rule = of;
    paid->number = below(w, 2);
    by->reads[by->n_reads++] = of;
    if (by->pay != NULL && by->pay->type.scale == 2 && chance(w, 0.7)) {
        Expr *less = e_value(k, EXPR_SUB, by->pay, paid);

        by->pay = e_value(k, EXPR_MAX, less, e_money(k, 0));
    } else {
        Expr *more = e_truth(k, EXPR_LE, paid, e_money(k, below(w, 20000)));

        by->when = by->when != NULL ? e_truth(k, EXPR_AND, by->when, more) : more;
    }
}

static void read_some(World *w, Rule **rules, size_t n, size_t i)
{
    rules[i]->reads = arena_many(w->k->a, const Rule *, n);
    for (size_t k = 0; k < n; k++)
        if (rules[k]->level < rules[i]->level && rules[k]->pay != NULL && chance(w, 0.6) &&
            (rules[k]->cycle == CYCLE_MONTH || rules[k]->cycle == rules[i]->cycle))
            read_other(w, rules[i], rules[k]);
}

/* ---- groups -----------------------------------------------------------------------------------
 */

static bool fits(const Combine *c, const Rule *r)
{
    const Rule *first = c->n_members > 0 ? c->members[0] : r;

    return first->level == r->level && first->cycle == r->cycle &&
           (c->kind != COMBINE_HIGHEST || r->pay != NULL);
}

static void make_group(World *w, Rule **rules, size_t n)
{
    Combine *c = arena_new_of(w->k->a, Combine);
    size_t start = (size_t)below(w, (int)n);

    c->kind = (CombineKind)below(w, 4);
    c->members = arena_many(w->k->a, const Rule *, n);
    c->codes = arena_many(w->k->a, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        const Rule *r = rules[(start + i) % n];

        if (!fits(c, r) || c->n_members == 3)
            continue;
        c->codes[c->n_members] = (int64_t)c->n_members;
        c->members[c->n_members++] = r;
    }
    if (c->n_members < 2)
        return;
    c->by = c->kind == COMBINE_CHOSEN ? w->ability : NULL;
    c->from = chance(w, 0.2) ? some_day(w) : DATE_MIN;
    c->until = chance(w, 0.2) ? some_day(w) : DATE_MAX;
    c->home.document = some_document(w);
    c->number = (unsigned)w->k->m->n_combines;
    w->k->m->combines[w->k->m->n_combines++] = c;
    for (size_t i = 0; i < c->n_members; i++) {
        Rule *r = rules[0] + 0;

        for (size_t k = 0; k < n; k++)
            r = rules[k] == c->members[i] ? rules[k] : r;
        r->groups[r->n_groups++] = c;
    }
}

static void find_nodes(World *w, Rule **rules, size_t n)
{
    const Model *m = w->k->m;

    for (size_t i = 0; i < n; i++)
        rules[i]->node = rules[i]->number;
    for (size_t turn = 0; turn < n; turn++)
        for (size_t i = 0; i < m->n_combines; i++)
            for (size_t k = 0; k < m->combines[i]->n_members; k++)
                for (size_t j = 0; j < n; j++) {
                    const Combine *c = m->combines[i];

                    if (rules[j] == c->members[k])
                        rules[j]->node = MIN(rules[j]->node, c->members[0]->node);
                    if (rules[j] == c->members[0])
                        rules[j]->node = MIN(rules[j]->node, c->members[k]->node);
                }
}

void world_relate(World *w, Rule **rules, size_t n, int depth)
{
    w->k->m->combines = arena_many(w->k->a, Combine *, 4);
    w->scope = w->person;
    /* The oracle looks at all visits for each person and day: of many it would not come to an end.
     */
    w->aggregates = w->d->batches[w->person->number]->rows < 100;
    for (size_t i = 0; i < n; i++) {
        rules[i]->groups = arena_many(w->k->a, const Combine *, 4);
        rules[i]->level = (unsigned)below(w, 3);
        if (chance(w, 0.7)) /* more that can be grouped */
            rules[i]->cycle = CYCLE_MONTH;
    }
    for (size_t i = 0; i < n && w->aggregates; i++)
        if (chance(w, 0.4))
            amend(w, rules[i], depth);
    for (size_t i = 0; i < n; i++)
        read_some(w, rules, n, i);
    for (size_t i = 0; i < n; i++)
        if (rules[i]->pay != NULL && chance(w, 0.4))
            except(w, rules[i], depth);
    for (int i = below(w, 4); i > 0; i--)
        make_group(w, rules, n);
    find_nodes(w, rules, n);
}
