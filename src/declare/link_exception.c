/* link_exception.c — exceptions: what a benefit pays where a condition holds (semantics 44).
 * Out: Exception, and the order in which those of one benefit are looked at: conditions that can
 * hold together need a stated one.  Not here: whether an amount can lie below nothing
 * (check_rule.c).  Start: link_exceptions(). */
#include "declare/domain.h"
#include "declare/ruling.h"

#include "base/limits.h"

/* One month has one rounding, whichever of the amounts its days had. */
static void exception_round(Ruling *r, Exception *x)
{
    ruling_round(r, &x->has_round, &x->round);
    if (x->has_round && r->rule->has_round && x->round != r->rule->round) {
        Diag *d = diag_error(r->l->diags, item_once(r->l, r->items, AST_ROUND, "round")->at.pos,
                             "'%.*s' is rounded another way", STR_ARG(r->rule->name));
        diag_hint(r->l->diags, d, "a month is rounded once, on the sum of its days");
    }
    if (!x->has_round)
        return;
    r->rule->has_round = true;
    r->rule->round = x->round;
}

static void exception_items(Ruling *r, Exception *x)
{
    static const struct {
        NodeKind kind;
        const char *word;
    } foreign[] = {{AST_FOR, "for"},       {AST_TO, "to"},
                   {AST_ALIKE, "alike"},   {AST_FUND, "fund"},
                   {AST_CURE, "cure"},     {AST_REQUIRE, "require"},
                   {AST_ONCE, "once"},     {AST_EVERY_MONTH, "every month"},
                   {AST_LEAVE, "may be"},  {AST_EVERY_YEAR, "every year"},
                   {AST_MONTH_OF, "from"}, {AST_MONTH_AFTER, "from"}};
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
        ruling_refuse(r, foreign[i].kind, foreign[i].word, "an exception");
    const Node *when = item_once(r->l, r->items, AST_WHEN, "when");
    const Node *pay = item_once(r->l, r->items, AST_PAY, "pay");
    if (when != NULL)
        x->when = link_condition(&r->scope, when->a);
    exception_round(r, x);
    if (pay == NULL) {
        ruling_missing(r, "pay", "'pay general * 50%' or another amount: 'pay 0 yuan' is none");
        return;
    }
    r->scope.general = r->rule->pay;
    x->pay = ruling_pay(r, pay, r->rule->has_round);
}

static bool may_except(Linker *l, const Declaration *d, const Rule *of)
{
    const Departure x = {.document = d->home.document,
                         .pos = d->node->at.pos,
                         .what = "an exception to",
                         .name = of->name,
                         .of = of->home,
                         .leave = of->leave};
    if (of->kind != RULE_BENEFIT) {
        diag_error(l->diags, d->node->at.pos, "'%.*s' is a check: exceptions are for benefits",
                   STR_ARG(of->name));
        return false;
    }
    if (of->subject == NULL || (of->pay == NULL && linker_damaged(l, of)))
        return false;
    if (of->pay == NULL) {
        Diag *g = diag_error(l->diags, d->node->at.pos, "'%.*s' pays nothing to except from",
                             STR_ARG(of->name));
        diag_hint(l->diags, g, "an exception replaces an amount; conditions belong into 'when'");
        return false;
    }
    return leave_needed(l, &x);
}

static void link_exception(Linker *l, Declaration *d, const Node **before)
{
    const Node *n = d->node;
    Rule *of = name_need(l, &n->at, NAME_RULE, "a benefit");
    if (of == NULL || !may_except(l, d, of))
        return;
    Exception *x = d->made;
    Ruling r = {.l = l, .d = d, .rule = of, .items = n->d};
    r.scope = (Scope){.l = l, .subject = of->subject, .rule = true, .outcomes = true};
    x->of = of;
    x->name = n->a == NULL ? (Str){"", 0} : n->a->at.text;
    x->label = link_label(l, n->c, x->name);
    x->home = d->home;
    x->home.pos = n->at.pos;
    x->number = (unsigned)l->model->n_exceptions;
    ruling_period(l, d, n->d, &x->from, &x->until);
    exception_items(&r, x);
    if (x->when == NULL || x->pay == NULL)
        return;
    before[x->number] = n->b;
    l->model->exceptions[l->model->n_exceptions++] = x;
}

/* ---- their order ------------------------------------------------------------------------------
 */

typedef struct Ordering {
    Linker *l;
    Exception **all; /* of one benefit */
    size_t n;
    bool *first; /* first[i * n + k]: i is looked at before k */
} Ordering;

static void order_named(Ordering *o, size_t i, const Node *name)
{
    (void)word_name(o->l, &name->at);
    for (size_t k = 0; k < o->n; k++) {
        if (!str_equal(o->all[k]->name, name->at.text))
            continue;
        o->first[i * o->n + k] = true;
        return;
    }
    if (name_of(o->l, name->at.text, NAME_BROKEN) != NULL)
        return;
    Diag *d = diag_error(o->l->diags, name->at.pos, "'%.*s' has no exception '%.*s'",
                         STR_ARG(o->all[i]->of->name), STR_ARG(name->at.text));
    Str *names = arena_many(o->l->scratch, Str, o->n);
    size_t n = 0;
    for (size_t k = 0; k < o->n; k++)
        if (o->all[k]->name.len > 0 && k != i)
            names[n++] = o->all[k]->name;
    diag_nearest(o->l->diags, d, name->at.text, names, n);
}

/* What stands before something stands before all that comes after that. */
static bool close_order(Ordering *o)
{
    for (size_t via = 0; via < o->n; via++)
        for (size_t i = 0; i < o->n; i++)
            for (size_t k = 0; k < o->n; k++)
                if (o->first[i * o->n + via] && o->first[via * o->n + k])
                    o->first[i * o->n + k] = true;
    for (size_t i = 0; i < o->n; i++) {
        if (!o->first[i * o->n + i])
            continue;
        diag_error(o->l->diags, o->all[i]->home.pos, "'%.*s' stands before itself",
                   STR_ARG(o->all[i]->name));
        return false;
    }
    return true;
}

/* Steps for one pair of conditions; at the end of them they count as possible together. */
#define STEPS 4000u

/* Whether some record may meet both, looked at from both sides: the one may narrow the other. */
static bool together(const Linker *l, const Expr *a, const Expr *b)
{
    g_autoptr(GHashTable) memo = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    unsigned budget = STEPS;
    Domain d;
    domain_init(&d, l->model, memo, &budget);
    return domain_assume(&d, a, true) && domain_assume(&d, b, true) && domain_assume(&d, a, true);
}

static bool apart(const Linker *l, const Exception *a, const Exception *b)
{
    Str p = a->home.document->place, q = b->home.document->place;
    bool places = p.len > 0 && q.len > 0 && l->model->n_regions > 0 &&
                  !region_lies_in(l->model, p, q) && !region_lies_in(l->model, q, p);
    return places || a->until < b->from || b->until < a->from || !together(l, a->when, b->when) ||
           !together(l, b->when, a->when);
}

static void check_order(const Ordering *o)
{
    for (size_t i = 0; i < o->n; i++)
        for (size_t k = i + 1; k < o->n; k++) {
            const Exception *a = o->all[i], *b = o->all[k];
            if (o->first[i * o->n + k] || o->first[k * o->n + i] || apart(o->l, a, b))
                continue;
            Diag *d = diag_error(o->l->diags, b->home.pos,
                                 "two exceptions to '%.*s' may hold together, and no order is "
                                 "stated",
                                 STR_ARG(b->of->name));
            if (a->name.len > 0)
                diag_hint(o->l->diags, d,
                          "the other is in %s, line %u: 'before %.*s' would say which counts",
                          a->home.pos.source->name, a->home.pos.line, STR_ARG(a->name));
            else
                diag_hint(o->l->diags, d,
                          "the other is in %s, line %u: give it a name, and say 'before' it",
                          a->home.pos.source->name, a->home.pos.line);
        }
}

/* Those that nothing left stands before come first. */
static void list_in_order(const Ordering *o, Rule *r)
{
    bool *done = arena_many(o->l->scratch, bool, o->n);
    r->exceptions = arena_many(o->l->keep, const Exception *, o->n);
    while (r->n_exceptions < o->n) {
        for (size_t i = 0; i < o->n; i++) {
            bool ready = !done[i];
            for (size_t k = 0; k < o->n && ready; k++)
                ready = done[k] || !o->first[k * o->n + i];
            if (!ready)
                continue;
            r->exceptions[r->n_exceptions++] = o->all[i];
            done[i] = true;
            break;
        }
    }
}

static void order_exceptions(Linker *l, Rule *r, Exception **all, size_t n, const Node **before)
{
    Ordering o = {.l = l, .all = all, .n = n};
    if (n > LIMIT_EXCEPTIONS) {
        diag_error(l->diags, all[LIMIT_EXCEPTIONS]->home.pos, "'%.*s' has more than %u exceptions",
                   STR_ARG(r->name), LIMIT_EXCEPTIONS);
        return;
    }
    o.first = arena_many(l->scratch, bool, n *n);
    for (size_t i = 0; i < n; i++)
        for (const Node *b = list_first(before[all[i]->number]); b != NULL; b = b->next)
            order_named(&o, i, b);
    if (!close_order(&o))
        return;
    check_order(&o);
    list_in_order(&o, r);
}

void link_exceptions(Linker *l)
{
    Model *m = l->model;
    m->exceptions = arena_many(l->keep, Exception *, l->n_declarations);
    const Node **before = arena_many(l->scratch, const Node *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_EXCEPTION)
            link_exception(l, &l->declarations[i], before);
    size_t *start = arena_many(l->scratch, size_t, m->n_rules + 2);
    Exception **all = arena_many(l->scratch, Exception *, m->n_exceptions + 1);
    for (size_t i = 0; i < m->n_exceptions; i++)
        start[m->exceptions[i]->of->number + 2]++;
    for (size_t i = 2; i < m->n_rules + 2; i++)
        start[i] += start[i - 1];
    for (size_t i = 0; i < m->n_exceptions; i++)
        all[start[m->exceptions[i]->of->number + 1]++] = m->exceptions[i];
    for (size_t i = 0; i < m->n_rules; i++)
        if (start[i + 1] > start[i])
            order_exceptions(l, m->rules[i], all + start[i], start[i + 1] - start[i], before);
}
