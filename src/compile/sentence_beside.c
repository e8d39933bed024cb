/* sentence_beside.c — why, where other benefits had a say: groups and their members.
 * In: what a Trace says of groups.  Out: the decision's line, a line for each member.
 * Start: beside_decision(), beside_lines(). */
#include "compile/sentence_words.h"

#define OUTSIDE 4 /* as TraceMember has it */

static const Both nobody = {{NULL, 0}, {NULL, 0}};

static Both rule_label(const Rule *r)
{
    return both_label(r->label, r->name);
}

/* ---- the decision -----------------------------------------------------------------------------
 */

static const TraceMember *member_of(const TraceGroup *g, const Rule *r)
{
    for (size_t i = 0; i < g->n_members; i++) {
        if (g->members[i].origin == r)
            return &g->members[i];
    }
    return NULL;
}

/* The group in which `paid` stands beside the rule; without one, the last that has a choice. */
static const TraceGroup *deciding(const Trace *t, const Rule *paid)
{
    const TraceGroup *found = NULL;

    for (size_t i = 0; i < t->n_groups; i++) {
        const TraceGroup *g = &t->groups[i];
        const Combine *c = g->origin;

        if (g->applies == TRUTH_NO || c->kind == COMBINE_ALL)
            continue;
        if (paid != NULL ? member_of(g, paid) != NULL : c->kind == COMBINE_CHOSEN)
            return g;
        found = g;
    }
    return found;
}

static Both lost(const Telling *w, const Rule *r, const TraceGroup *g, Both label)
{
    const Rule *paid = w->t->instead;
    const Combine *c = g->origin;
    Both other = paid != NULL ? rule_label(paid) : nobody;
    bool open = w->t->raw_outcome != TRUTH_YES;

    if (paid == NULL)
        return say1(w, open ? PHRASE_NOT_BESIDE_CHOICE : PHRASE_CHOSEN_OTHER, label);
    if (open)
        return say2(w, PHRASE_NOT_BESIDE, label, other);
    if (c->kind == COMBINE_CHOSEN)
        return say2(w, PHRASE_NOT_CHOSEN, label, other);
    if (c->kind == COMBINE_FIRST)
        return say2(w, PHRASE_BEHIND, label, other);
    bool same = member_of(g, paid)->amount == member_of(g, r)->amount;

    return say2(w, same ? PHRASE_AS_MUCH : PHRASE_LESS, label, other);
}

static Both waits(const Telling *w, const TraceGroup *g, Both label)
{
    const Combine *c = g->origin;

    if (g->applies == TRUTH_UNKNOWN)
        return say1(w, PHRASE_WAITS_FOR_PLACE, label);
    return say1(w, c->kind == COMBINE_CHOSEN ? PHRASE_WAITS_FOR_CHOICE : PHRASE_WAITS_FOR, label);
}

bool beside_decision(const Telling *w, const Rule *r, Both label, Both *ret)
{
    const Trace *t = w->t;
    const TraceGroup *g = t->n_groups > 0 ? deciding(t, t->instead) : NULL;

    if (g == NULL || t->outside || t->raw_outcome == t->outcome || t->raw_outcome == TRUTH_NO)
        return false;
    *ret = t->outcome == TRUTH_NO ? lost(w, r, g, label) : waits(w, g, label);
    return true;
}

/* ---- members ----------------------------------------------------------------------------------
 */

static Said member_line(const Telling *w, const Combine *c, const TraceMember *m)
{
    const Rule *r = m->origin;
    Both label = rule_label(r), amount = sentence_money(w, m->amount);
    Said s = {.depth = 2, .truth = (Truth)m->net, .source = sentence_citation(w, r->home)};
    bool paid = m->net == TRUTH_YES, pays = r->pay != NULL;

    switch (m->raw) {
    case TRUTH_NO:
        s.text = say1(w, PHRASE_MEMBER_NO, label);
        break;
    case TRUTH_UNKNOWN:
        s.text =
            say1(w, c->kind == COMBINE_HIGHEST ? PHRASE_MEMBER_HIGHER : PHRASE_MEMBER_OPEN, label);
        break;
    case TRUTH_PERSON:
        s.text = say1(w, PHRASE_MEMBER_PERSON, label);
        break;
    default:
        if (m->net == TRUTH_UNKNOWN && pays)
            s.text = say2(w, PHRASE_MEMBER_WAITS, label, amount);
        else if (pays)
            s.text = say2(w, paid ? PHRASE_MEMBER_PAID : PHRASE_MEMBER_DROPPED, label, amount);
        else
            s.text = say1(w, paid ? PHRASE_MEMBER_KEPT : PHRASE_MEMBER_LOST, label);
    }
    return s;
}

Said *beside_lines(const Telling *w, size_t *ret_n)
{
    static const Phrase heads[] = {[COMBINE_ALL] = PHRASE_GROUP_ALL,
                                   [COMBINE_HIGHEST] = PHRASE_GROUP_HIGHEST,
                                   [COMBINE_FIRST] = PHRASE_GROUP_FIRST,
                                   [COMBINE_CHOSEN] = PHRASE_GROUP_CHOSEN};
    const Trace *t = w->t;
    size_t most = 0, n = 0;

    for (size_t i = 0; i < t->n_groups; i++)
        most += t->groups[i].n_members + 1;
    Said *all = arena_many(w->a, Said, most + 1);

    for (size_t i = 0; i < t->n_groups; i++) {
        const TraceGroup *g = &t->groups[i];
        const Combine *c = g->origin;

        if (g->applies == TRUTH_NO)
            continue;
        all[n++] = (Said){.depth = 1,
                          .truth = t->outcome == TRUTH_YES ? TRUTH_YES : t->outcome,
                          .text = say1(w, heads[c->kind], nobody),
                          .source = sentence_citation(w, c->home)};
        for (size_t k = 0; k < g->n_members; k++) {
            if (g->members[k].raw != OUTSIDE)
                all[n++] = member_line(w, c, &g->members[k]);
        }
    }
    *ret_n = n;
    return all;
}

/* ---- exceptions -------------------------------------------------------------------------------
 */

/* Its label; without one its condition. */
Both exception_name(const Telling *w, const Exception *x)
{
    return x->label.zh.len > 0 ? both_label(x->label, x->name) : sentence_term(w, x->when);
}
