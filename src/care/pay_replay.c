/* pay_replay.c — a past run again: from the facts and documents as known then, which must come to
 * its lines, and as known now, whose difference is what later runs correct. In: the run of
 * decisions it rested on, the lines before it, the holds of then.  Nothing is written.  Read first:
 * pay_replay(), rule_replay(). */
#include "care/pay_inside.h"

#include "care/policy.h"
#include "compile/compile.h"
#include "evaluate/evaluate.h"
#include "store/pay_owed.h"

/* What one rule says of some months, of all rows: as known then, or now. */
typedef struct Side {
    const Model *model;
    const Dataset *data;
    const RegionTree *regions;
    const Rule *rule;   /* NULL: there is none */
    Results **months;   /* the first one that may be owed … month */
    GHashTable *row_of; /* record id → row + 1, of the subject's batch */
} Side;

typedef struct Replaying {
    Care *care;
    Arena *arena;
    PayRun run;
    const PaySum *sum;
    Side then, now;
    GHashTable *holds; /* record → kind, as of then */
    PayPast *past;     /* of the rule: lines before, and the run's own */
    size_t n_past;
    PayBegins begins; /* of the rule, as of then */
    unsigned rule;    /* in the Model of then */
    int64_t row;
    PayReplay *ret;
} Replaying;

/* ---- both sides -------------------------------------------------------------------------------
 */

static size_t months_of(const Replaying *p)
{
    return (size_t)(p->run.month - p->begins.least + 1);
}

static void side_clear(Side *s, size_t n)
{
    for (size_t i = 0; s->months != NULL && i < n; i++)
        results_free(s->months[i]);
    g_free(s->months);
    s->months = NULL;
    if (s->row_of != NULL)
        g_hash_table_unref(s->row_of);
    s->row_of = NULL;
}

static void rows_index(Side *s)
{
    const Batch *b = s->data->batches[s->rule->subject->number];
    s->row_of = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (size_t i = 0; b != NULL && i < b->rows; i++)
        g_hash_table_insert(s->row_of, &b->ids[i], GSIZE_TO_POINTER(i + 1));
}

static bool side_evaluate(Side *s, Month since, size_t n, GError **error)
{
    if (s->rule == NULL)
        return true;
    const Output output = {.kind = OUTPUT_RULE, .rule = s->rule};
    const CompileOptions options = {.data = s->data, .regions = s->regions};
    g_autoptr(Program) p = program_new(s->model, s->rule->subject, &output, 1, &options, error);
    s->months = g_new0(Results *, n + 1);
    bool fine = p != NULL;
    for (size_t i = 0; fine && i < n; i++)
        fine = evaluate_month(p, s->data, since + (Month)i, true, &s->months[i], error);
    rows_index(s);
    return fine || fail_while(error, "recomputing \"%.*s\"", STR_ARG(s->rule->name));
}

static int64_t side_row(const Side *s, int64_t id)
{
    gpointer at = s->row_of != NULL ? g_hash_table_lookup(s->row_of, &id) : NULL;
    return at != NULL ? (int64_t)GPOINTER_TO_SIZE(at) - 1 : ROW_NONE;
}

/* Outside is no; the amount only of a yes. */
static OwedPiece side_answer(const Side *s, size_t at, int64_t row, Month m)
{
    OwedPiece p = {.from = m, .until = m + 1, .outcome = TRUTH_NO};
    if (row == ROW_NONE || s->months == NULL)
        return p;
    const Result *r = &s->months[at]->list[0];
    if (r->outcome[row] == OUTCOME_OUTSIDE)
        return p;
    p.outcome = r->outcome[row];
    p.fen = p.outcome == TRUTH_YES ? result_amount(r, (size_t)row) : 0;
    return p;
}

/* ---- one subject ------------------------------------------------------------------------------
 */

static int64_t payee_then(void *user, Month m)
{
    const Replaying *p = user;
    return pay_payee(p->then.model, p->then.data, p->rule, p->row, m);
}

static bool is_moved(const Replaying *p, int64_t subject)
{
    size_t low = 0, high = p->begins.n_moved;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->begins.moved[middle] < subject)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->begins.n_moved && p->begins.moved[low] == subject;
}

static bool begun_then(void *user, Month m)
{
    const Replaying *p = user;
    int32_t lived = pay_lived(p->then.regions, p->then.model, p->then.data, p->rule, p->row, m);
    for (size_t i = 0; i < p->begins.n; i++)
        if (p->begins.counties[i] == lived)
            return m >= p->begins.since[i];
    return m >= p->sum->since;
}

static bool held_then(const Replaying *p, int64_t subject, bool to_payee)
{
    if (g_hash_table_contains(p->holds, &subject))
        return true;
    if (!to_payee)
        return false;
    int64_t payee = payee_then((void *)p, p->run.month);
    return payee == 0 || g_hash_table_contains(p->holds, &payee);
}

/* The run's own lines of a subject, against those that come out. */
static void lines_compare(Replaying *p, const PayPast *own, size_t n, const GArray *owed, bool held)
{
    uint64_t same = 0;
    for (guint k = 0; k < owed->len; k++) {
        const OwedLine *l = &g_array_index(owed, OwedLine, k);
        size_t i = 0;
        while (i < n && (own[i].month != l->month || own[i].payee != l->payee))
            i++;
        same += i < n && own[i].fen == l->fen && (own[i].hold != HOLD_NONE) == held;
        p->ret->then_fen += held ? 0 : l->fen;
    }
    for (size_t i = 0; i < n; i++)
        p->ret->stored_fen += own[i].hold == HOLD_NONE ? own[i].fen : 0;
    p->ret->lines += n;
    p->ret->differ += (n - same) + (owed->len - same);
}

/* The line without an amount that the answer of the run's month leaves; HOLD_NONE: none. */
static int waits_then(const OwedPiece *last)
{
    return last->outcome == TRUTH_UNKNOWN  ? HOLD_FACT
           : last->outcome == TRUTH_PERSON ? HOLD_JUDGEMENT
                                           : HOLD_NONE;
}

static void subject_then(Replaying *p, int64_t subject, const PayPast *past, size_t n)
{
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(OwedPiece));
    g_autoptr(GArray) paid = g_array_new(FALSE, FALSE, sizeof(PaidLine));
    g_autoptr(GArray) owed = g_array_new(FALSE, FALSE, sizeof(OwedLine));
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(PayPast));
    bool to_payee = p->then.rule != NULL && p->then.rule->to != NULL;
    int64_t open = 0;
    p->row = side_row(&p->then, subject);
    for (size_t i = 0; i < months_of(p); i++) {
        const OwedPiece x = side_answer(&p->then, i, p->row, p->begins.least + (Month)i);
        g_array_append_val(pieces, x);
    }
    int waits = waits_then(&g_array_index(pieces, OwedPiece, pieces->len - 1));
    int waited = HOLD_NONE;
    bool moved = is_moved(p, subject);
    for (size_t i = 0; i < n; i++) {
        const PaidLine x = {past[i].month, past[i].payee, past[i].fen};
        if (past[i].own && past[i].fen == 0)
            waited = (int)past[i].hold;
        else if (past[i].own)
            g_array_append_val(own, past[i]);
        else
            g_array_append_val(paid, x);
    }
    bool held = held_then(p, subject, to_payee);
    /* Held by what records said on that day, or by a notice: the lines say so. */
    for (guint i = 0; i < own->len; i++)
        held = held || g_array_index(own, PayPast, i).hold != HOLD_NONE;
    const OwedAsk ask = {.since = moved ? p->begins.least : p->sum->since,
                         .month = p->run.month,
                         .pieces = (const OwedPiece *)(const void *)pieces->data,
                         .n_pieces = pieces->len,
                         .paid = (const PaidLine *)(const void *)paid->data,
                         .n_paid = paid->len,
                         .held = held,
                         .payee = to_payee ? payee_then : NULL,
                         .begun = moved ? begun_then : NULL,
                         .user = p};
    pay_owed(&ask, owed, &open);
    lines_compare(p, (const PayPast *)(const void *)own->data, own->len, owed, held);
    p->ret->lines += waited != HOLD_NONE;
    p->ret->differ += waits != waited;
}

/* Owed by what is known now, against what was owed by what was known then. */
static void subject_now(Replaying *p, int64_t subject)
{
    int64_t then = side_row(&p->then, subject), now = side_row(&p->now, subject);
    for (size_t i = (size_t)(p->sum->since - p->begins.least); i < months_of(p); i++) {
        Month m = p->begins.least + (Month)i;
        const OwedPiece a = side_answer(&p->then, i, then, m), b = side_answer(&p->now, i, now, m);
        p->ret->now_lines += a.fen != b.fen;
        if (b.fen > a.fen)
            p->ret->now_more_fen += b.fen - a.fen;
        else
            p->ret->now_less_fen += a.fen - b.fen;
    }
}

/* ---- one rule ---------------------------------------------------------------------------------
 */

static const PayPast *past_of(const Replaying *p, int64_t subject, size_t *ret_n)
{
    size_t low = 0, high = p->n_past;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->past[middle].subject < subject)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_n = 0;
    while (low + *ret_n < p->n_past && p->past[low + *ret_n].subject == subject)
        ++*ret_n;
    return p->past + low;
}

static void subjects_replay(Replaying *p)
{
    const Rule *rule = p->care->model->rules[p->sum->rule];
    const Batch *then = p->then.data->batches[rule->subject->number];
    const Batch *now = p->now.data->batches[rule->subject->number];
    for (size_t row = 0; then != NULL && row < then->rows; row++) {
        size_t n;
        if (then->counties[row] != p->run.county)
            continue;
        const PayPast *past = past_of(p, then->ids[row], &n);
        subject_then(p, then->ids[row], past, n);
        subject_now(p, then->ids[row]);
    }
    for (size_t row = 0; now != NULL && row < now->rows; row++)
        if (now->counties[row] == p->run.county && side_row(&p->then, now->ids[row]) == ROW_NONE)
            subject_now(p, now->ids[row]);
}

static bool rule_replay(Replaying *p, GError **error)
{
    const Rule *rule = p->care->model->rules[p->sum->rule];
    if (!store_pay_begins(p->care->store, &p->run, p->sum, p->arena, &p->begins, error))
        return false;
    size_t n = months_of(p);
    p->then.rule = model_rule(p->then.model, rule->name);
    p->now.rule = rule;
    p->rule = p->then.rule != NULL ? p->then.rule->number : 0;
    bool fine = store_pay_past(p->care->store, &p->run, p->sum->rule, p->arena, &p->past,
                               &p->n_past, error) &&
                side_evaluate(&p->then, p->begins.least, n, error) &&
                side_evaluate(&p->now, p->begins.least, n, error);
    if (fine)
        subjects_replay(p);
    side_clear(&p->then, n);
    side_clear(&p->now, n);
    return fine;
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static bool holds_read(Replaying *p, GError **error)
{
    PayHoldRow *all;
    size_t n;
    if (!store_pay_holds(p->care->store, p->run.county, false, p->arena, &all, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (all[i].opened_seq < p->run.seq &&
            (all[i].closed_seq == 0 || all[i].closed_seq > p->run.seq))
            g_hash_table_add(p->holds, &all[i].subject);
    return true;
}

static void model_free_later(void *model)
{
    model_unref(model);
}

static bool model_then(Replaying *p, GError **error)
{
    Model *m = NULL;
    p->then.model = p->care->model;
    p->then.regions = p->care->regions;
    if (p->run.policy == store_policy(p->care->store))
        return true;
    if (!policy_model(p->care, p->run.policy, &m, error))
        return false;
    arena_on_free(p->arena, model_free_later, m);
    p->then.model = m;
    p->then.regions = region_tree_new(p->arena, m);
    return models_alike(p->care->model, m) ||
           fail(error, FAIL_INPUT, "the documents of then number records otherwise than now");
}

static bool rules_replay(Replaying *p, GError **error)
{
    for (size_t i = 0; i < p->run.n_sums; i++) {
        p->sum = &p->run.sums[i];
        if (!rule_replay(p, error))
            return false;
    }
    return true;
}

/* Facts that changed no answer since it was decided leave no run of decisions, but may say who is
 * paid: of the run's own county everything counts that was there when it was prepared. */
static void known_at_run(const PayRun *run, const DecideRun *decided)
{
    for (size_t i = 0; i < decided->n_known; i++)
        if (decided->known[i].county == run->county)
            decided->known[i].seq = run->seq - 1;
}

bool pay_replay(Care *c, const Session *s, int64_t run, Arena *a, PayReplay *ret, GError **error)
{
    g_autoptr(GHashTable) holds = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(Working) w = NULL;
    Replaying p = {.care = c, .arena = a, .holds = holds, .ret = ret};
    Dataset *then = NULL;
    DecideRun decided;
    *ret = (PayReplay){.run = run};
    if (!pay_run_of(c, s, run, a, &p.run, error) || !holds_read(&p, error) ||
        !store_run(c->store, p.run.decided, a, &decided, error) || !model_then(&p, error) ||
        !working_get(c, &w, error))
        return false;
    known_at_run(&p.run, &decided);
    if (!store_load_known(c->store, p.then.regions, decided.known, decided.n_known, &then, error))
        return fail_while(error, "loading what was known then");
    p.then.data = then;
    p.now.model = c->model;
    p.now.data = w->data;
    p.now.regions = c->regions;
    bool fine = rules_replay(&p, error);
    dataset_free(then);
    return fine;
}
