/* results.c — what all rows come to: counts, fen, checksum, missing facts.
 * In: one row's outcome, or a slice's sums.  Out: Results.  Start: results_row(). */
#include "evaluate/results.h"

Results *results_new(const Program *p, size_t rows, bool keep_rows)
{
    Arena *a = arena_new();
    Results *r = arena_new_of(a, Results);

    r->arena = a;
    r->list = arena_many(a, Result, p->n_outputs + 1);
    for (unsigned i = 0; i < p->n_outputs; i++) {
        const ProgramOutput *o = &p->outputs[i];
        Result *to = &r->list[r->n];

        if (o->kind == PROGRAM_VALUE)
            continue;
        r->n++;
        to->output = i;
        to->missing_count = arena_many(a, uint64_t, o->n_inputs + 1);
        if (!keep_rows)
            continue;
        to->outcome = arena_many(a, uint8_t, rows + 1);
        to->amount = arena_many(a, int64_t, rows + 1);
        to->missing = arena_many(a, uint64_t, rows + 1);
        memset(to->outcome, OUTCOME_OUTSIDE, rows);
    }
    return r;
}

void results_free(Results *r)
{
    if (r != NULL)
        arena_free(r->arena);
}

bool results_add_sum(Result *to, const ProgramOutput *o, int64_t fen, GError **error)
{
    if (!checked_add(to->sum, fen, &to->sum))
        return fail(error, FAIL_INPUT, "rule %s: the sum of all records does not fit 64 bits",
                    o->name);
    return true;
}

void results_missing(Result *to, uint64_t own)
{
    for (; own != 0; own &= own - 1)
        to->missing_count[__builtin_ctzll(own)]++;
}

static void count_outcome(Result *to, uint8_t outcome)
{
    to->records++;
    to->yes += outcome == TRUTH_YES;
    to->no += outcome == TRUTH_NO;
    to->unknown += outcome == TRUTH_UNKNOWN;
    to->judgement += outcome == TRUTH_PERSON;
}

bool results_row(Result *to, const Run *r, const ProgramOutput *o, size_t row,
                 const MonthOutcome *m, GError **error)
{
    uint64_t own = m->outcome == TRUTH_UNKNOWN ? own_bits(r->p, o, m->missing) : 0;
    int64_t fen = m->outcome == TRUTH_YES ? m->amount : 0;
    uint64_t counted = m->outcome != TRUTH_YES ? 0 : o->amount == STEP_NONE ? 1 : (uint64_t)fen;

    if (to->outcome != NULL) {
        to->outcome[row] = m->outcome;
        to->amount[row] = fen;
        to->missing[row] = own;
    }
    if (m->outcome == OUTCOME_OUTSIDE)
        return true;
    count_outcome(to, m->outcome);
    results_missing(to, own);
    to->checksum = (to->checksum + (row + 1) * counted) & INT64_MAX;
    return results_add_sum(to, o, fen, error);
}
