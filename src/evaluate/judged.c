/* judged.c — rows of a slice that wait for a person's word only (semantics 21, 54): told apart from
 * unknown ones by what is missing, counted, and added up at their ceilings.
 * In: outcomes and registers of a slice.  Out: Result.  Start: judged_rows(). */
#include "evaluate/month_slice.h"

void judged_rows(MonthRun *m, Pass *p, const ProgramOutput *o)
{
    RowDoubts d = row_doubts(p, o);

    for (size_t i = 0; i < p->n; i++) {
        uint64_t lacks;

        if (m->outcome[i] != TRUTH_UNKNOWN)
            continue;
        lacks = row_lacks(p, &d, i);
        if (lacks != 0 && (lacks & ~d.judged) == 0)
            m->outcome[i] = TRUTH_PERSON;
    }
}

bool judged_most(Pass *p, const ProgramOutput *o, size_t i, int64_t *ret_most)
{
    uint64_t lacks = 0;

    *ret_most = 0;
    if (o->most == STEP_NONE || lane_unknown_row(p, lane_at(p, o->most, false), i, &lacks))
        return false;
    *ret_most = MAX(lane_number(lane_at(p, o->most, false), i), 0);
    return true;
}

static bool add_most(const MonthRun *m, Pass *p, RuleMonth *t, size_t i, Wide days, Wide under,
                     GError **error)
{
    int64_t most = 0, fen = 0;
    bool known =
        judged_most(p, t->o, i, &most) && month_settle(t->o, most * days, under, &fen, NULL);

    return results_add_most(t->to, m->r, t->o, p->row + i, known, fen, error);
}

/* Outputs that read judgements are few: their rows are looked at one by one. */
bool judged_count(MonthRun *m, Pass *p, RuleMonth *t, Wide days, Wide under, GError **error)
{
    RowDoubts d = row_doubts(p, t->o);

    for (size_t i = 0; i < p->n; i++) {
        uint64_t own;

        if (m->outcome[i] != TRUTH_UNKNOWN && m->outcome[i] != TRUTH_PERSON)
            continue;
        own = outcome_lacks(p->r->p, t->o, m->outcome[i], pass_unpack(p, row_lacks(p, &d, i)));
        results_missing(t->to, own);
        if (t->to->lacking != NULL)
            result_keep_missing(t->to, p->row + i, own);
        if (m->outcome[i] == TRUTH_PERSON && !add_most(m, p, t, i, days, under, error))
            return false;
    }
    return true;
}
