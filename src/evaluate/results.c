/* results.c — what all rows come to: counts, fen, checksum, missing facts, and what is kept.
 * In: one row's outcome, or a slice's sums.  Out: Results.  Start: results_row(). */
#include "evaluate/results.h"

#include "base/pages.h"

static Physical bits_physical(size_t bits)
{
    return bits <= 8    ? PHYSICAL_I8
           : bits <= 16 ? PHYSICAL_I16
           : bits <= 32 ? PHYSICAL_I32
                        : PHYSICAL_I64;
}

/* Fen, and one more by rounding. */
static void plan_amounts(const Program *p, const ProgramOutput *o, bool fixed, Result *to)
{
    const Step *s = o->amount != STEP_NONE ? &p->steps[o->amount] : NULL;
    int64_t unit = s != NULL ? power_of_ten(s->scale - 2u) : 1;
    int64_t most = s != NULL ? s->high / unit : 0;

    to->amount_physical = physical_for(0, most < INT64_MAX ? most + 1 : most);
    to->amount_each = fixed && s != NULL ? s->low / unit : 0;
}

static void *carve(Results *r, size_t bytes)
{
    void *at = r->kept != NULL ? (char *)r->kept + r->kept_size : NULL;

    r->kept_size += (bytes + 63) & ~(size_t)63;
    return at;
}

/* Called twice: for the size, and with the memory. */
static void keep_rows(Results *r, const Program *p, size_t rows, Keep keep, const bool *fixed)
{
    r->kept_size = 0;
    for (size_t i = 0; i < r->n && keep != KEEP_SUMS; i++) {
        Result *to = &r->list[i];

        to->outcome = carve(r, rows);
        if (!fixed[to->output])
            to->amounts = carve(r, rows * physical_size(to->amount_physical));
        if (keep == KEEP_ALL)
            to->lacking = carve(r, rows * physical_size(to->lacking_physical));
        if (p->outputs[to->output].judged != 0 && p->outputs[to->output].amount != STEP_NONE)
            to->highest = carve(r, rows * sizeof *to->highest);
    }
}

static void take_memory(Results *r, const Program *p, size_t rows, Keep keep, const bool *fixed,
                        Results *again)
{
    keep_rows(r, p, rows, keep, fixed);
    if (again != NULL && again->kept_size >= r->kept_size) {
        r->kept = again->kept;
        again->kept = NULL;
    } else {
        r->kept = pages_new(r->kept_size);
    }
    keep_rows(r, p, rows, keep, fixed);
}

static void free_rows(void *what)
{
    pages_free(((Results *)what)->kept);
}

Results *results_new(const Program *p, size_t rows, Keep keep, const bool *fixed, Results *again)
{
    Arena *a = arena_new();
    Results *r = arena_new_of(a, Results);

    r->arena = a;
    r->rows = r->room = rows;
    r->list = arena_many(a, Result, p->n_all + 1);
    for (unsigned i = 0; i < p->n_all; i++) {
        const ProgramOutput *o = &p->outputs[i];
        Result *to = &r->list[r->n_all];

        if (o->kind == PROGRAM_VALUE)
            continue;
        r->n_all++;
        r->n += i < p->n_outputs;
        to->output = i;
        to->missing_count = arena_many(a, uint64_t, o->n_inputs + 1);
        plan_amounts(p, o, fixed[i], to);
        to->lacking_physical = bits_physical(o->n_inputs);
        if (keep != KEEP_SUMS && i < p->n_outputs && o->n_groups > 0)
            to->instead = arena_array(a, rows + 1, sizeof *to->instead);
    }
    arena_on_free(a, free_rows, r);
    if (keep != KEEP_SUMS)
        take_memory(r, p, rows, keep, fixed, again);
    results_free(again);
    return r;
}

static void *grown(Arena *a, const void *from, size_t rows, size_t room, size_t size)
{
    void *to = arena_column(a, room, size);

    memcpy(to, from, rows * size);
    return to;
}

void results_grow(Results *r, size_t rows)
{
    size_t room = rows > r->room ? rows + rows / 16 + 64 : r->room;

    for (size_t i = 0; rows > r->rows && i < r->n; i++) {
        Result *to = &r->list[i];

        if (to->outcome == NULL)
            continue;
        if (room > r->room)
            to->outcome = grown(r->arena, to->outcome, r->rows, room, 1);
        if (room > r->room && to->amounts != NULL)
            to->amounts =
                grown(r->arena, to->amounts, r->rows, room, physical_size(to->amount_physical));
        if (room > r->room && to->lacking != NULL)
            to->lacking =
                grown(r->arena, to->lacking, r->rows, room, physical_size(to->lacking_physical));
        if (room > r->room && to->highest != NULL)
            to->highest = grown(r->arena, to->highest, r->rows, room, sizeof *to->highest);
        if (room > r->room && to->instead != NULL)
            to->instead = grown(r->arena, to->instead, r->rows, room, sizeof *to->instead);
        if (to->instead != NULL)
            memset(to->instead + r->rows, 0, (rows - r->rows) * sizeof *to->instead);
        memset(to->outcome + r->rows, OUTCOME_OUTSIDE, rows - r->rows);
    }
    r->room = room;
    r->rows = MAX(r->rows, rows);
}

Results *results_part(Arena *a, const Program *p, const Results *whole)
{
    Results *r = arena_new_of(a, Results);

    *r = (Results){.arena = a,
                   .list = arena_many(a, Result, whole->n_all + 1),
                   .n = whole->n,
                   .n_all = whole->n_all};
    for (size_t i = 0; i < r->n_all; i++) {
        r->list[i] = whole->list[i];
        r->list[i].missing_count =
            arena_many(a, uint64_t, p->outputs[whole->list[i].output].n_inputs + 1);
    }
    return r;
}

static bool add_part(Result *to, const ProgramOutput *o, const Result *part, GError **error)
{
    to->records += part->records;
    to->yes += part->yes;
    to->no += part->no;
    to->unknown += part->unknown;
    to->judgement += part->judgement;
    to->unbounded += part->unbounded;
    to->displaced += part->displaced;
    to->checksum = (to->checksum + part->checksum) & INT64_MAX;
    for (size_t k = 0; k < o->n_inputs; k++)
        to->missing_count[k] += part->missing_count[k];
    if (!checked_add(to->sum, part->sum, &to->sum) || !checked_add(to->most, part->most, &to->most))
        return fail(error, FAIL_INPUT, "rule %s: the sum of all records does not fit 64 bits",
                    o->name);
    return true;
}

bool results_add_part(Results *to, const Program *p, const Results *part, GError **error)
{
    for (size_t i = 0; i < to->n; i++) {
        if (!add_part(&to->list[i], &p->outputs[to->list[i].output], &part->list[i], error))
            return false;
    }
    return true;
}

void results_free(Results *r)
{
    if (r != NULL)
        arena_free(r->arena);
}

bool results_add_sum(Result *to, const Run *r, const ProgramOutput *o, size_t row, int64_t fen,
                     GError **error)
{
    return checked_add(to->sum, fen, &to->sum) ||
           fail_row(r, o, row, "up to here the sum of all records does not fit 64 bits", error);
}

/* What a person judges is not part of the sum: its ceiling stands beside it. */
bool results_add_most(Result *to, const Run *r, const ProgramOutput *o, size_t row, bool known,
                      int64_t fen, GError **error)
{
    if (to->highest != NULL)
        to->highest[row] = o->amount == STEP_NONE ? 0 : known ? fen : -1;
    if (o->amount == STEP_NONE)
        return true;
    to->unbounded += !known;
    return !known || checked_add(to->most, fen, &to->most) ||
           fail_row(r, o, row, "up to here the sum of all ceilings does not fit 64 bits", error);
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

void result_keep_missing(Result *to, size_t row, uint64_t own)
{
    physical_set(to->lacking_physical, to->lacking, row, (int64_t)own);
}

static void keep_row(Result *to, size_t row, uint8_t outcome, int64_t fen, uint64_t own)
{
    to->outcome[row] = outcome;
    if (to->amounts != NULL)
        physical_set(to->amount_physical, to->amounts, row, fen);
    if (to->lacking != NULL)
        result_keep_missing(to, row, own);
}

static uint64_t counted(const ProgramOutput *o, uint8_t outcome, int64_t fen)
{
    return outcome != TRUTH_YES ? 0 : o->amount == STEP_NONE ? 1 : (uint64_t)fen;
}

void results_take_back(Result *to, const ProgramOutput *o, size_t row)
{
    uint8_t outcome = to->outcome[row];
    int64_t fen = result_amount(to, row);

    if (outcome == OUTCOME_OUTSIDE)
        return;
    to->records--;
    to->yes -= outcome == TRUTH_YES;
    to->no -= outcome == TRUTH_NO;
    to->unknown -= outcome == TRUTH_UNKNOWN;
    to->judgement -= outcome == TRUTH_PERSON;
    for (uint64_t own = result_missing(to, row); own != 0; own &= own - 1)
        to->missing_count[__builtin_ctzll(own)]--;
    to->checksum = (to->checksum - (row + 1) * counted(o, outcome, fen)) & INT64_MAX;
    to->sum -= fen;
    if (outcome == TRUTH_PERSON && to->highest != NULL && o->amount != STEP_NONE) {
        to->unbounded -= to->highest[row] < 0;
        to->most -= MAX(to->highest[row], 0);
    }
    if (to->instead != NULL && to->instead[row] != 0) {
        to->displaced--;
        to->instead[row] = 0;
    }
    keep_row(to, row, OUTCOME_OUTSIDE, 0, 0);
}

bool results_row(Result *to, const Run *r, const ProgramOutput *o, size_t row,
                 const MonthOutcome *m, GError **error)
{
    uint64_t own = outcome_lacks(r->p, o, m->outcome, m->missing);
    int64_t fen = m->outcome == TRUTH_YES ? m->amount : 0;

    if (to->outcome != NULL)
        keep_row(to, row, m->outcome, fen, own);
    if (m->outcome == OUTCOME_OUTSIDE)
        return true;
    count_outcome(to, m->outcome);
    results_missing(to, own);
    if (m->outcome == TRUTH_PERSON &&
        !results_add_most(to, r, o, row, m->most_known, m->most, error))
        return false;
    to->checksum = (to->checksum + (row + 1) * counted(o, m->outcome, fen)) & INT64_MAX;
    return results_add_sum(to, r, o, row, fen, error);
}

int64_t result_amount(const Result *r, size_t row)
{
    if (r->outcome[row] != TRUTH_YES)
        return 0;
    return r->amounts == NULL ? r->amount_each : physical_get(r->amount_physical, r->amounts, row);
}

uint64_t result_missing(const Result *r, size_t row)
{
    unsigned bits = 8u * (unsigned)physical_size(r->lacking_physical);

    if (r->lacking == NULL || (r->outcome[row] != TRUTH_UNKNOWN && r->outcome[row] != TRUTH_PERSON))
        return 0;
    return (uint64_t)physical_get(r->lacking_physical, r->lacking, row) & UINT64_MAX >> (64 - bits);
}

bool results_net_row(Result *to, const Run *r, const ProgramOutput *o, size_t row,
                     const Standing *x, GError **error)
{
    bool displaced = x->net.outcome == TRUTH_NO && x->raw.outcome != TRUTH_NO;

    to->displaced += displaced;
    if (to->instead != NULL && displaced)
        to->instead[row] = x->paid == STEP_NONE ? INSTEAD_NONE : (uint16_t)(x->paid + 1);
    return results_row(to, r, o, row, &x->net, error);
}
