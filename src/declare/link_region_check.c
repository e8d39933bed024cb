/* link_region_check.c — checks of regions: a figure of each against a value (semantics 39, 55).
 * In: `check X of region`, once indicators are there.  Out: Rule.asked, Model.region_checks; what
 * amends one is a Rule of its own (amend_whole.c).  Start: link_region_checks(). */
#include "declare/follow.h"
#include "declare/ruling.h"
#include "declare/target.h"

static bool is_of_region(const Linker *l, const Node *n)
{
    const Entity *e = n->kind == AST_CHECK ? name_of(l, n->b->at.text, NAME_ENTITY) : NULL;
    return e != NULL && entity_is_region(e);
}

static const Rule *old_check(const Linker *l, const Declaration *d)
{
    const Rule *r = name_of(l, d->node->at.text, NAME_RULE);
    return r != NULL && r->asked != NULL ? r : NULL;
}

bool region_check_said(const Linker *l, const Declaration *d)
{
    const Node *n = d->node;
    if (n->kind == AST_AMEND)
        return is_of_region(l, n->a) || (n->a->kind == AST_CHECK && old_check(l, d) != NULL);
    if (n->kind == AST_ENDS)
        return n->b == NULL && old_check(l, d) != NULL;
    return is_of_region(l, n);
}

/* ---- what it asks */

/* Of a flow a check asks what there is so far of the period at hand: so it must have one. */
static bool has_period(const Ruling *r, const Indicator *i, Pos pos)
{
    if (!i->flow || i->period != FIGURE_ANY_PERIOD)
        return true;
    Diag *d = diag_error(r->l->diags, pos, "'%.*s' is a flow of any period: a check asks of one",
                         STR_ARG(i->name));
    diag_hint(r->l->diags, d, "let the indicator be by region, year (or month, or quarter)");
    return false;
}

static void no_figure(Ruling *r, const Node *n)
{
    if (entity_field(r->rule->subject, n->at.text) == NULL) {
        (void)name_need(r->l, &n->at, NAME_INDICATOR, "an indicator");
        return;
    }
    Diag *d = diag_error(r->l->diags, n->at.pos, "'%.*s' is a field, a figure is asked for here",
                         STR_ARG(n->at.text));
    diag_hint(r->l->diags, d, "'region.%.*s' is what is recorded of the region",
              STR_ARG(n->at.text));
}

/* lottery_share, operating_rate[day_care], or a figure of its own as on a paper about a region. */
static const Indicator *figure_asked(Ruling *r, const Node *n, const Indicator *like)
{
    bool word = node_is_word(n);
    const Name *name = word || n->kind == AST_INDEXED ? name_find(r->l->model, n->at.text) : NULL;
    if (word && name == NULL) {
        no_figure(r, n);
        return NULL;
    }
    if (name == NULL || name->kind != NAME_INDICATOR)
        return link_own_figure(r->l, n, &r->rule->home, like, AGGREGATE_ALWAYS);
    (void)word_name(r->l, &n->at);
    const Indicator *i = name->what;
    return i->type.kind != KIND_N ? i : NULL; /* it was reported there */
}

static bool is_comparison(const Node *n)
{
    int k = n->at.kind;
    return n->kind == AST_BINARY &&
           (k == TK_GE || k == TK_GT || k == TK_LE || k == TK_LT || k == TK_EQ);
}

static void asked_require(Ruling *r, RegionCheck *to)
{
    const Node *require = item_once(r->l, r->items, AST_REQUIRE, "require");
    if (require == NULL) {
        ruling_missing(r, "require", "'require CONDITION' is what a record must satisfy");
        return;
    }
    const Node *n = require->a;
    if (!is_comparison(n)) {
        Diag *d = diag_error(r->l->diags, node_pos(n),
                             "a check of regions compares one figure with a value");
        diag_hint(r->l->diags, d, "an indicator, then >=, >, <=, < or =, then a number or a param");
        return;
    }
    bool coded = n->a->kind == AST_INDEXED;
    const Indicator *i = figure_asked(r, n->a, NULL);
    if (i == NULL || !has_period(r, i, node_pos(n->a)))
        return;
    Aiming a = {.l = r->l, .d = r->d, .t = &to->asks, .by = {i->index, NULL, i->n_index}};
    to->asks.compare = target_comparison(n->at.kind);
    to->asks.indicator = i;
    to->value = target_value(n->b);
    if ((coded && !target_codes(&a, n->a->a, &to->value)) || !target_number(&a, n->b, &to->value))
        to->asks.indicator = NULL;
}

static void asked_when(Ruling *r, RegionCheck *to)
{
    const Node *when = item_once(r->l, r->items, AST_WHEN, "when");
    Aiming a = {.l = r->l, .d = r->d, .t = &to->asks};
    if (when != NULL)
        (void)target_where(&a, when->a);
}

/* ---- what would cure it */

static void cure_parts(Ruling *r, RegionCheck *to, const CureText *cure)
{
    to->parts = arena_many(r->l->keep, const Indicator *, cure->n_parts);
    for (size_t i = 0; i < cure->n_parts; i++) {
        const Indicator *part = figure_asked(r, cure->parts[i], to->asks.indicator);
        if (part == NULL)
            return;
        if (part->flow != to->asks.indicator->flow) {
            diag_error(r->l->diags, node_pos(cure->parts[i]),
                       "'%.*s' is of other days than what is asked: one is a stock, one a flow",
                       STR_ARG(part->name));
            return;
        }
        to->parts[to->n_parts++] = part;
    }
}

static void asked_cure(Ruling *r, RegionCheck *to)
{
    const Node *n = item_once(r->l, r->items, AST_CURE, "cure");
    CureText cure;
    if (n == NULL) {
        ruling_missing(r, "cure", "'cure \"…\" / \"…\"' tells people what to do about it");
        return;
    }
    link_cure_texts(r->l, n, &cure);
    r->rule->cure_zh = cure.zh;
    r->rule->cure_en = cure.en;
    if (to->asks.indicator != NULL)
        cure_parts(r, to, &cure);
}

/* ---- all of it */

static void refuse_foreign(Ruling *r)
{
    const Node *in = list_find(r->items, AST_PLACE);
    ruling_refuse_benefit(r);
    if (in != NULL)
        diag_error(r->l->diags, in->at.pos, "the place of a region is itself: no 'in' here");
}

void region_check_head(Linker *l, const Declaration *d, Rule *to)
{
    to->kind = RULE_CHECK;
    to->name = d->node->at.text;
    to->label = link_label(l, d->node->a, to->name);
    to->home = d->home;
    to->home.pos = d->node->at.pos;
    to->subject = name_need(l, &d->node->b->at, NAME_ENTITY, "an entity");
    to->asked = arena_new_of(l->keep, RegionCheck);
}

static void region_check_read(Linker *l, Declaration *d, Rule *to)
{
    Ruling r = {.l = l, .d = d, .rule = to, .items = d->node->c};
    RegionCheck *asked = (RegionCheck *)(uintptr_t)to->asked;
    asked->asks.home = to->home;
    ruling_period(l, d, r.items, &to->from, &to->until);
    refuse_foreign(&r);
    asked_when(&r, asked);
    asked_require(&r, asked);
    asked_cure(&r, asked);
    to->leave = leave_of(l, item_once(l, r.items, AST_LEAVE, "may be amended by"));
}

void link_region_checks(Linker *l)
{
    Model *m = l->model;
    m->region_checks = arena_many(l->keep, Rule *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (!region_check_said(l, d) || d->node->kind == AST_ENDS)
            continue;
        Declaration *amends = declaration_amending(l, d, AST_CHECK, sizeof(Rule));
        if (amends != NULL && is_of_region(l, amends->node)) {
            region_check_head(l, amends, amends->made);
            region_check_read(l, amends, amends->made);
        } else if (amends != NULL) {
            continue; /* of other records: refused where it is put beside the old one */
        } else if (d->made != NULL) {
            Rule *r = d->made;
            region_check_read(l, d, r);
            r->number = (unsigned)(m->n_rules + m->n_region_checks);
            m->region_checks[m->n_region_checks++] = r;
        }
    }
}
