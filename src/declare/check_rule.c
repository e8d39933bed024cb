/* check_rule.c — what a rule may not do, once everything is linked: pay less than nothing, depend
 * on what it calls alike, stand without an example.  Start: check_rules(). */
#include "declare/interval.h"
#include "declare/link.h"
#include "declare/roots.h"

/* ---- pay >= 0 */

static void check_amount(Linker *l, const Rule *r, const Expr *pay, GHashTable *memo)
{
    if (pay == NULL)
        return;
    Interval i = interval_of(pay, memo);
    if (i.has_low && i.low >= 0)
        return;
    Diag *d =
        diag_error(l->diags, pay->pos, "'%.*s' might pay less than nothing", STR_ARG(r->name));
    diag_hint(l->diags, d, "write max(0 yuan, …), or give the fields it reads a range");
}

static void check_pay(Linker *l, const Rule *r, GHashTable *memo)
{
    for (size_t i = 0; r->versions != NULL && i < r->versions->n; i++)
        if (r->versions->list[i].rule != NULL)
            check_amount(l, r, r->versions->list[i].rule->pay, memo);
    if (r->versions == NULL)
        check_amount(l, r, r->pay, memo);
    for (size_t i = 0; i < r->n_exceptions; i++)
        check_amount(l, r, r->exceptions[i]->pay, memo);
}

/* ---- shares are weighed by what is not below nothing */

typedef struct Weighing {
    Linker *l;
    GHashTable *memo, *seen;
} Weighing;

static void visit_weight(const Expr *e, void *context)
{
    Weighing *w = context;
    if (!expr_is_quotient(e) || e->aggregate->kind != AGGREGATE_SHARE ||
        e->aggregate->value == NULL || !g_hash_table_add(w->seen, (gpointer)e))
        return;
    Interval i = interval_of(e->aggregate->value, w->memo);
    if (i.has_low && i.low >= 0)
        return;
    Diag *d = diag_error(w->l->diags, e->aggregate->value->pos,
                         "what a share is weighed by might be below nothing");
    diag_hint(w->l->diags, d, "give the field a range: 'range 0..'");
}

static void visit_weights(const Root *r, void *context)
{
    expr_walk(r->expr, visit_weight, context);
}

static void check_weights(Linker *l, GHashTable *memo)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Weighing w = {.l = l, .memo = memo, .seen = seen};
    model_roots(l->model, visit_weights, &w);
}

/* ---- alike */

typedef struct Alike {
    const Rule *rule;
    GPtrArray *open;  /* of const Field *: computed fields still to look into */
    GPtrArray *rules; /* looked into: itself, those it reads, other members of its groups */
    GHashTable *met;
    GHashTable *from; /* field → the computed field that reads it, or itself */
    const Field *now; /* the computed field being looked into; NULL: the rule itself */
} Alike;

static void alike_reads(Alike *a, const Field *f)
{
    if (g_hash_table_contains(a->from, f))
        return;
    g_hash_table_insert(a->from, (gpointer)f, (gpointer)(a->now != NULL ? a->now : f));
    if (f->compute != NULL)
        g_ptr_array_add(a->open, (gpointer)f);
}

static void alike_rule(Alike *a, const Rule *r)
{
    if (g_hash_table_add(a->met, (gpointer)r))
        g_ptr_array_add(a->rules, (gpointer)r);
}

static void alike_visit(const Expr *e, void *context)
{
    for (size_t i = 0; i < e->n_path; i++)
        alike_reads(context, e->path[i]);
    if (e->kind == EXPR_OUTCOME)
        alike_rule(context, e->rule);
}

/* What decides whether another member of its groups is paid decides about this one too. */
static void alike_look(Alike *a, const Rule *r)
{
    rule_walk(r, alike_visit, a);
    if (r->once_on != NULL) /* on which day it falls due */
        alike_reads(a, r->once_on);
    if (r->home.document->place.len > 0 &&
        rule_place(r) != NULL) /* whether it is for them at all */
        expr_walk(rule_place(r), alike_visit, a);
    for (size_t i = 0; i < r->n_groups; i++) {
        const Combine *c = r->groups[i];
        if (c->by != NULL)
            alike_reads(a, c->by);
        for (size_t k = 0; k < c->n_members && c->kind != COMBINE_ALL; k++)
            alike_rule(a, c->members[k]);
    }
}

static void alike_report(Linker *l, const Alike *a, const Field *f)
{
    const Field *via = g_hash_table_lookup(a->from, f);
    Diag *d =
        diag_error(l->diags, a->rule->home.pos, "'%.*s' depends on %.*s.%.*s, which it calls alike",
                   STR_ARG(a->rule->name), STR_ARG(f->entity->name), STR_ARG(f->name));
    if (via != f)
        diag_hint(l->diags, d, "through %.*s.%.*s", STR_ARG(via->entity->name), STR_ARG(via->name));
}

static void check_alike(Linker *l, const Rule *r)
{
    if (r->n_alike == 0)
        return;
    Alike a = {.rule = r, .open = g_ptr_array_new(), .from = g_hash_table_new(NULL, NULL)};
    a.rules = g_ptr_array_new();
    a.met = g_hash_table_new(NULL, NULL);
    alike_rule(&a, r);
    for (guint i = 0; i < a.rules->len; i++)
        alike_look(&a, a.rules->pdata[i]);
    for (guint i = 0; i < a.open->len; i++) {
        a.now = a.open->pdata[i];
        expr_walk(a.now->compute, alike_visit, &a);
    }
    for (size_t i = 0; i < r->n_alike; i++)
        if (g_hash_table_contains(a.from, r->alike[i]))
            alike_report(l, &a, r->alike[i]);
    g_ptr_array_free(a.open, TRUE);
    g_ptr_array_free(a.rules, TRUE);
    g_hash_table_destroy(a.met);
    g_hash_table_destroy(a.from);
}

/* ---- examples */

static bool shown_in(const Model *m, const Document *d, const Rule *r)
{
    for (size_t i = 0; i < m->n_examples; i++)
        for (size_t j = 0; m->examples[i]->home.document == d && j < m->examples[i]->n_expects; j++)
            if (m->examples[i]->expects[j].rule == r)
                return true;
    return false;
}

/* What stands for a rule shows a case of its own, in its own document. */
static void check_amended_examples(Linker *l, const Rule *r)
{
    for (size_t i = 1; r->versions != NULL && i < r->versions->n; i++) {
        const Version *v = &r->versions->list[i];
        if (v->rule != NULL && !shown_in(l->model, v->home.document, r))
            diag_warning(l->diags, v->home.pos, "the amendment of '%.*s' has no example",
                         STR_ARG(r->name));
    }
}

static void check_examples(Linker *l)
{
    const Model *m = l->model;
    bool *shown = arena_many(l->scratch, bool, m->n_rules + m->n_region_checks);
    for (size_t i = 0; i < m->n_examples; i++)
        for (size_t j = 0; j < m->examples[i]->n_expects; j++)
            if (m->examples[i]->expects[j].rule != NULL)
                shown[m->examples[i]->expects[j].rule->number] = true;
    for (size_t i = 0; i < m->n_rules; i++)
        if (!shown[i])
            diag_warning(l->diags, m->rules[i]->home.pos, "'%.*s' has no example",
                         STR_ARG(m->rules[i]->name));
    for (size_t i = 0; i < m->n_region_checks; i++)
        if (!shown[m->region_checks[i]->number])
            diag_warning(l->diags, m->region_checks[i]->home.pos, "'%.*s' has no example",
                         STR_ARG(m->region_checks[i]->name));
    for (size_t i = 0; i < m->n_rules; i++)
        check_amended_examples(l, m->rules[i]);
    for (size_t i = 0; i < m->n_region_checks; i++)
        check_amended_examples(l, m->region_checks[i]);
}

void check_rules(Linker *l)
{
    g_autoptr(GHashTable) memo = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (size_t i = 0; i < l->model->n_rules; i++) {
        check_pay(l, l->model->rules[i], memo);
        check_alike(l, l->model->rules[i]);
    }
    check_weights(l, memo);
    if (l->diags->errors == 0) /* an example that could not be read would be missed */
        check_examples(l);
}
