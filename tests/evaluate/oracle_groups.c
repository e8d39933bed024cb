/* oracle_groups.c — benefits among themselves as written: each alone, then the groups in the order
 * of their documents (semantics 40–42).  See oracle.h. */
#include "oracle_inside.h"

static bool linked(const Rule *a, const Rule *b)
{
    return a == b || (a->node == b->node && a->n_groups > 0);
}

static OracleMonth alone(const Oracle *o, const Rule *r, size_t row, Date day, bool by_day)
{
    Oracle here = *o;

    here.by_day = by_day;
    if (!by_day)
        return oracle_month(&here, r, row, month_of(day));
    if (day < r->from || day > r->until)
        return (OracleMonth){.outcome = OUTCOME_OUTSIDE};
    return oracle_day(&here, r, row, day);
}

static OracleMonth nothing(void)
{
    return (OracleMonth){.outcome = TRUTH_NO};
}

static bool settled(const OracleMonth *m)
{
    return m->outcome == TRUTH_NO || m->outcome == OUTCOME_OUTSIDE;
}

static void highest(OracleMonth *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool beaten = false;

        for (size_t k = 0; k < n; k++)
            beaten = beaten ||
                     (k != i && all[k].outcome == TRUTH_YES &&
                      (all[k].amount > all[i].amount || (all[k].amount == all[i].amount && k < i)));
        /* Looked at together: who is beaten still beats others. */
        if (all[i].outcome == TRUTH_YES && beaten)
            all[i].lacks.bits[0] = UINT64_MAX;
    }
    for (size_t i = 0; i < n; i++)
        if (all[i].outcome == TRUTH_YES && all[i].lacks.bits[0] == UINT64_MAX)
            all[i] = nothing();
}

static bool waits(const OracleMonth *m)
{
    return m->outcome == TRUTH_UNKNOWN || m->outcome == TRUTH_PERSON;
}

static void first(OracleMonth *all, size_t n)
{
    for (size_t i = n; i-- > 0;) { /* from the end: those before are still as they were */
        bool yes = false, unknown = all[i].outcome == TRUTH_UNKNOWN;
        bool person = all[i].outcome == TRUTH_PERSON;
        Lacks lacks = waits(&all[i]) ? all[i].lacks : (Lacks){{0}};

        if (settled(&all[i]))
            continue;
        for (size_t k = 0; k < i; k++) {
            yes = yes || all[k].outcome == TRUTH_YES;
            unknown = unknown || all[k].outcome == TRUTH_UNKNOWN;
            person = person || all[k].outcome == TRUTH_PERSON;
            if (waits(&all[k]))
                lacks = join(lacks, all[k].lacks);
        }
        if (yes)
            all[i] = nothing();
        else if (unknown || person)
            all[i] =
                (OracleMonth){.outcome = unknown ? TRUTH_UNKNOWN : TRUTH_PERSON, .lacks = lacks};
    }
}

static void chosen(const At *at, const Combine *c, OracleMonth *all)
{
    Seen choice = oracle_field(at, c->by);

    for (size_t i = 0; i < c->n_members; i++) {
        if (settled(&all[i]))
            continue;
        if (choice.known && choice.value != c->codes[i]) {
            all[i] = nothing();
        } else if (!choice.known) {
            Lacks own = all[i].outcome == TRUTH_UNKNOWN ? all[i].lacks : (Lacks){{0}};

            all[i] = (OracleMonth){.outcome = TRUTH_UNKNOWN, .lacks = join(choice.lacks, own)};
        }
    }
}

/* Where all members lie in the group's place, it concerns whoever they concern. */
static bool wider_members(const At *at, const Combine *c)
{
    int32_t place = region_row(at->o->regions, c->home.document->place);

    for (size_t i = 0; i < c->n_members; i++) {
        Str own = c->members[i]->home.document->place;

        if (own.len == 0 || !region_in(at->o->regions, region_row(at->o->regions, own), place))
            return true;
    }
    return false;
}

static void group(const At *at, const Combine *c, OracleMonth *all)
{
    OracleMonth before[8];
    Seen in = holds(true);

    memcpy(before, all, c->n_members * sizeof *all);
    if (c->home.document->place.len > 0 && wider_members(at, c))
        oracle_in_place(at, c->home.document, at->entity->place, &in);
    if (at->day < c->from || at->day > c->until || in.value == TRUTH_NO)
        return;
    if (c->kind == COMBINE_HIGHEST)
        highest(all, c->n_members);
    else if (c->kind == COMBINE_FIRST)
        first(all, c->n_members);
    else if (c->kind == COMBINE_CHOSEN)
        chosen(at, c, all);
    for (size_t i = 0; in.value != TRUTH_YES && i < c->n_members; i++) {
        Lacks own = before[i].outcome == TRUTH_UNKNOWN ? before[i].lacks : (Lacks){{0}};
        Lacks now = all[i].outcome == TRUTH_UNKNOWN ? all[i].lacks : (Lacks){{0}};
        bool same = all[i].outcome == before[i].outcome && all[i].amount == before[i].amount &&
                    memcmp(&own, &now, sizeof own) == 0;

        if (!same)
            all[i] =
                (OracleMonth){.outcome = TRUTH_UNKNOWN, .lacks = join(in.lacks, join(own, now))};
    }
    for (size_t i = 0; i < c->n_members; i++)
        for (int k = 0; all[i].outcome == TRUTH_UNKNOWN && k < ORACLE_WORDS; k++)
            all[i].lacks.bits[k] &= ~at->o->judged.bits[k]; /* facts first */
}

static OracleMonth find(const Oracle *o, const Rule *r, size_t row, Date day, bool by_day,
                        bool net);

/* The groups that hang together, one after the other. */
static OracleMonth beside_others(const Oracle *o, const Rule *r, size_t row, Date day, bool by_day)
{
    const Model *m = o->m;
    OracleMonth *now = g_new0(OracleMonth, m->n_rules), all[8], is;
    At at = {.o = o, .entity = r->subject, .row = row, .day = day};

    for (size_t i = 0; i < m->n_rules; i++)
        if (linked(m->rules[i], r))
            now[i] = find(o, m->rules[i], row, day, by_day, false);
    for (size_t i = 0; i < m->n_combines; i++) {
        const Combine *c = m->combines[i];

        if (!linked(c->members[0], r))
            continue;
        for (size_t k = 0; k < c->n_members; k++)
            all[k] = now[c->members[k]->number];
        group(&at, c, all);
        for (size_t k = 0; k < c->n_members; k++)
            now[c->members[k]->number] = all[k];
    }
    is = now[r->number];
    g_free(now);
    return is;
}

static OracleMonth find(const Oracle *o, const Rule *r, size_t row, Date day, bool by_day, bool net)
{
    OracleFound *f = &o->found[r->number];

    if (f->row != row || f->day != day || f->by_day != by_day)
        *f = (OracleFound){.row = row, .day = day, .by_day = by_day};
    if (!f->have[net]) {
        OracleMonth is =
            net ? beside_others(o, r, row, day, by_day) : alone(o, r, row, day, by_day);

        f->have[net] = true;
        f->is[net] = is;
    }
    return f->is[net];
}

OracleMonth oracle_net(const Oracle *o, const Rule *r, size_t row, Date day, bool by_day)
{
    return find(o, r, row, by_day ? day : month_last(month_of(day)), by_day, true);
}

Seen oracle_outcome(const At *at, const Expr *e)
{
    Date day = at->o->by_day ? at->day : month_last(month_of(at->day));
    OracleMonth m = find(at->o, e->rule, at->row, day, at->o->by_day, e->number != 0);

    if (waits(&m))
        return unknown(m.lacks);
    return known(m.outcome == TRUTH_YES ? m.amount : 0);
}
