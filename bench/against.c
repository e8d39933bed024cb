/* against.c — one core against the hand-written loop over the same people. */
#include "bench.h"

static const Column *column_of(const Bench *b, const char *field)
{
    const Field *f = entity_field(b->entity, str_of(field));

    g_assert(f != NULL);
    return b->data->batches[b->entity->number]->columns[f->index];
}

static void days(const Bench *b, const char *field, int32_t otherwise, int32_t *to)
{
    const Column *c = column_of(b, field);

    for (size_t i = 0; i < c->rows; i++)
        to[i] = column_known(c, i) ? (int32_t)column_get(c, i) : otherwise;
}

static int8_t *codes(const Bench *b, const char *field, size_t n)
{
    const Column *c = column_of(b, field);
    int8_t *to = arena_array(b->arena, n, 1);

    for (size_t i = 0; i < c->rows; i++)
        to[i] = column_known(c, i) ? (int8_t)column_get(c, i) : LOOP_UNKNOWN;
    return to;
}

void loop_people(const Bench *b, LoopPeople *to)
{
    size_t n = b->data->batches[b->entity->number]->rows;

    *to = (LoopPeople){.n = n,
                       .born = arena_many(b->arena, int32_t, n),
                       .died = arena_many(b->arena, int32_t, n),
                       .income = arena_many(b->arena, int32_t, n)};
    days(b, "born", LOOP_NO_DAY, to->born);
    days(b, "died", LOOP_NEVER, to->died);
    days(b, "income", LOOP_UNKNOWN, to->income);
    to->ability = codes(b, "ability", n);
    to->pension = codes(b, "pension_kind", n);
    to->economy = codes(b, "economy", n);
    to->living = codes(b, "living", n);
    to->care = codes(b, "self_care", n);
    to->disability = codes(b, "disability", n);
    to->residence = codes(b, "residence_kind", n);
    to->setting = codes(b, "setting", n);
    to->special = codes(b, "special", n);
}

/* Row for row: the same outcome, the same fen. */
static bool compare(const Bench *b, const Results *r, const LoopPaid *paid, size_t n,
                    GError **error)
{
    static const uint8_t outcomes[] = {[LOOP_NO] = TRUTH_NO,
                                       [LOOP_NOT_KNOWN] = TRUTH_UNKNOWN,
                                       [LOOP_YES] = TRUTH_YES,
                                       [LOOP_OUTSIDE] = OUTCOME_OUTSIDE};

    for (size_t k = 0; k < r->n; k++) {
        const ProgramOutput *o = &b->program->outputs[r->list[k].output];

        for (size_t i = 0; i < n; i++) {
            int64_t fen = o->amount == STEP_NONE ? paid->outcome[k][i] == LOOP_YES
                                                 : result_amount(&r->list[k], i);

            if (r->list[k].outcome[i] != outcomes[paid->outcome[k][i]] || fen != paid->fen[k][i])
                return fail(error, FAIL_SYSTEM,
                            "%s, person %zu: the loop says %d %d, we say %d %" G_GINT64_FORMAT,
                            o->name, i + 1, paid->outcome[k][i], paid->fen[k][i],
                            r->list[k].outcome[i], fen);
        }
    }
    return true;
}

bool measure_loop(Bench *b, GError **error)
{
    LoopPeople p;
    LoopPaid paid;
    Times ratio = {.n = 0}, ours = {.n = 0}, theirs = {.n = 0};
    g_autoptr(Results) r = NULL;

    loop_people(b, &p);
    for (size_t k = 0; k < LOOP_RULES; k++) {
        paid.outcome[k] = arena_array(b->arena, p.n, 1);
        paid.fen[k] = arena_many(b->arena, int32_t, p.n);
    }
    for (int i = -1; i < ROUNDS; i++) { /* once to touch the memory */
        double start = processor_seconds(), middle, end;

        loop_month(&p, month_first(b->month), month_days(b->month), &paid);
        middle = processor_seconds();
        if (!bench_month(b, b->data, 1, &r, error))
            return false;
        end = processor_seconds();
        if (i < 0)
            continue;
        times_add(&ratio, (middle - start) / (end - middle));
        times_add(&theirs, middle - start);
        times_add(&ours, end - middle);
    }
    if (!compare(b, r, &paid, p.n, error))
        return false;
    only_said("month_seconds", times_median(&ours));
    only_said("loop_seconds", times_median(&theirs));
    at_least(b, "times_hand_written_loop", times_median(&ratio), 1);
    return true;
}
