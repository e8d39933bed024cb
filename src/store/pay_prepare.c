/* pay_prepare.c — prepares a run: goes once through a county's answers and the lines of earlier
 * runs, both in the order of rule and subject, and writes what is owed less what was paid.
 * One transaction: the county is locked, so nothing changes meanwhile.  Read first:
 * subject_pay(), store_pay_prepare(). */
#include "store/about.h"
#include "store/pay_inside.h"

typedef struct LineRow {
    int64_t subject;
    OwedLine line;
    int hold;
} LineRow;

typedef struct Preparing {
    Writing *w;
    const Store *s;
    const PayPlan *p;
    Arena *arena;
    Head *head;
    GHashTable *refused;  /* runs: int64_t */
    GHashTable *returned; /* PayReturn by run (in `fen`) and receiver */
    GHashTable *holds;    /* record → PayHold + 1 */
    PayRun run;
    LineDigest digest;
    /* the rule and subject at hand */
    const PayRule *rule;
    int64_t number, subject;
    bool to_payee;
    PaySum *sum;
    GArray *pieces, *paid, *owed, *lines; /* OwedPiece, PaidLine, OwedLine, LineRow */
} Preparing;

/* ---- what was refused, sent back, or is held ----------------------------------------------- */

static guint return_hash(gconstpointer key)
{
    const PayReturn *r = key;

    return (guint)((uint64_t)(r->receiver ^ r->fen << 40) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static gboolean return_equal(gconstpointer a, gconstpointer b)
{
    const PayReturn *x = a, *y = b;

    return x->receiver == y->receiver && x->fen == y->fen;
}

static bool numbers_read(Preparing *d, Sql sql, int64_t with,
                         bool (*each)(Preparing *, Statement *), GError **error)
{
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    if (with != 0)
        bind_int(st, 2, with);
    for (;;) {
        if (!conn_step(d->w->conn, st, &row, error))
            return false;
        if (!row || !each(d, st))
            return true;
    }
}

static bool refused_add(Preparing *d, Statement *st)
{
    int64_t run = column_int64(st, 0);

    g_hash_table_add(d->refused, g_memdup2(&run, sizeof run));
    return true;
}

static bool returned_add(Preparing *d, Statement *st)
{
    const PayReturn key = {.fen = column_int64(st, 0), .receiver = column_int64(st, 1)};

    g_hash_table_add(d->returned, g_memdup2(&key, sizeof key));
    return true;
}

/* Of several the first kind: a death before an account. */
static bool hold_add(Preparing *d, Statement *st)
{
    int64_t subject = column_int64(st, 0);

    if (!g_hash_table_contains(d->holds, &subject))
        g_hash_table_insert(d->holds, g_memdup2(&subject, sizeof subject),
                            GINT_TO_POINTER(column_int(st, 1)));
    return true;
}

static bool past_read(Preparing *d, GError **error)
{
    static const Sql refused = SQL("SELECT id FROM pay_run WHERE county=?1 AND state=0"),
                     returned = SQL("SELECT run,receiver FROM pay_return WHERE county=?1"),
                     holds = SQL("SELECT subject,kind FROM pay_hold WHERE county=?1 AND "
                                 "closed_seq=0 ORDER BY kind");

    return numbers_read(d, refused, 0, refused_add, error) &&
           numbers_read(d, returned, 0, returned_add, error) &&
           numbers_read(d, holds, 0, hold_add, error);
}

/* ---- the decisions it rests on ------------------------------------------------------------- */

static bool number_of(Preparing *d, Sql sql, int64_t otherwise, int64_t *ret, GError **error)
{
    Statement *st = NULL;

    return conn_statement(d->w->conn, sql, &st, error) &&
           conn_number(d->w->conn, st, otherwise, ret, error);
}

static bool decisions_check(Preparing *d, GError **error)
{
    static const Sql run = SQL("SELECT max(id) FROM run"),
                     rules = SQL("SELECT count(*) FROM stale_rule"),
                     first = SQL("SELECT min(first_month) FROM run"),
                     last = SQL("SELECT max(month) FROM run"),
                     marks = SQL("SELECT count(*) FROM stale WHERE county=?1");
    int64_t base = 0, stale = 0, least = 0, most = 0, of_rules = 0, policy = 0;
    uint8_t hash[32];
    Statement *st = NULL;

    if (!number_of(d, run, 0, &base, error) || !number_of(d, rules, 0, &of_rules, error) ||
        !number_of(d, first, 0, &least, error) || !number_of(d, last, 0, &most, error) ||
        !conn_statement(d->w->conn, marks, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    if (!conn_number(d->w->conn, st, 0, &stale, error) ||
        !policy_now(d->w->conn, &policy, hash, error))
        return false;
    if (base == 0 || base != d->p->base || stale > 0 || of_rules > 0 || policy != d->s->policy)
        return fail(error, FAIL_CONFLICT,
                    "facts or rules changed since the decisions were made: decide again");
    if (d->p->month < least || d->p->month > most || d->p->since < least ||
        d->p->since > d->p->month)
        return fail(error, FAIL_INPUT,
                    "only months that are decided can be paid, from the first to the run's own");
    d->run.decided = base;
    d->run.policy = policy;
    return true;
}

static bool since_find(Preparing *d, GError **error)
{
    static const Sql sql = SQL("SELECT min(s.since) FROM pay_sum s JOIN pay_run r ON "
                               "r.county=s.county AND r.id=s.run WHERE s.county=?1 AND s.rule=?2 "
                               "AND r.state<>0");
    Statement *st = NULL;
    int64_t since = 0;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->number);
    if (!conn_number(d->w->conn, st, d->p->since, &since, error))
        return false;
    d->sum->since = (Month)MIN(since, (int64_t)d->p->since);
    return true;
}

/* ---- one subject --------------------------------------------------------------------------- */

static int64_t payee_of(void *user, Month m)
{
    Preparing *d = user;

    return d->p->payee(d->p->user, d->rule->rule, d->subject, m);
}

static int hold_of(Preparing *d)
{
    gpointer kind = g_hash_table_lookup(d->holds, &d->subject);

    if (kind != NULL || !d->to_payee)
        return GPOINTER_TO_INT(kind);
    int64_t payee = payee_of(d, d->p->month);

    if (payee == 0)
        return HOLD_FACT; /* nobody knows whom to pay */
    return GPOINTER_TO_INT(g_hash_table_lookup(d->holds, &payee));
}

static void outcome_count(Preparing *d)
{
    for (guint i = 0; i < d->pieces->len; i++) {
        const OwedPiece *p = &g_array_index(d->pieces, OwedPiece, i);

        if (d->p->month < p->from || d->p->month >= p->until)
            continue;
        d->sum->yes += p->outcome == TRUTH_YES;
        d->sum->unknown += p->outcome == TRUTH_UNKNOWN;
        d->sum->judgement += p->outcome == TRUTH_PERSON;
    }
}

static void line_count(PaySum *s, const OwedLine *l, int hold, Month month)
{
    s->lines++;
    if (hold != HOLD_NONE) {
        s->held_lines++;
        s->held_fen += l->fen;
    } else if (l->fen < 0) {
        s->back_fen -= l->fen;
    } else if (l->month == month) {
        s->month_fen += l->fen;
    } else {
        s->late_fen += l->fen;
    }
}

static int line_order(gconstpointer a, gconstpointer b)
{
    const OwedLine *x = a, *y = b;

    if (x->month != y->month)
        return x->month < y->month ? -1 : 1;
    return x->payee < y->payee ? -1 : x->payee > y->payee;
}

static void subject_pay(Preparing *d)
{
    int hold = hold_of(d);
    const OwedAsk ask = {.since = d->sum->since,
                         .month = d->p->month,
                         .decided = d->run.decided,
                         .pieces = (const OwedPiece *)(const void *)d->pieces->data,
                         .n_pieces = d->pieces->len,
                         .paid = (const PaidLine *)(const void *)d->paid->data,
                         .n_paid = d->paid->len,
                         .held = hold != HOLD_NONE,
                         .payee = d->to_payee ? payee_of : NULL,
                         .user = d};
    int64_t open = 0;

    outcome_count(d);
    g_array_set_size(d->owed, 0);
    pay_owed(&ask, d->owed, &open);
    d->sum->open_fen += open;
    d->sum->persons += hold == HOLD_NONE && d->owed->len > 0;
    if (d->to_payee && d->owed->len > 1)
        g_array_sort(d->owed, line_order);
    for (guint i = 0; i < d->owed->len; i++) {
        const LineRow row = {d->subject, g_array_index(d->owed, OwedLine, i), hold};

        line_count(d->sum, &row.line, hold, d->p->month);
        g_array_append_val(d->lines, row);
    }
}

/* ---- one rule ------------------------------------------------------------------------------ */

typedef struct Cursor {
    Statement *st;
    bool row;
    int64_t subject;
} Cursor;

static bool cursor_next(Preparing *d, Cursor *c, GError **error)
{
    if (!conn_step(d->w->conn, c->st, &c->row, error))
        return false;
    if (c->row)
        c->subject = column_int64(c->st, 0);
    return true;
}

static bool cursor_open(Preparing *d, Sql sql, int64_t third, Cursor *c, GError **error)
{
    if (!conn_scan(d->w->conn, sql, &c->st, error))
        return false;
    bind_int(c->st, 1, d->p->county);
    bind_int(c->st, 2, d->number);
    bind_int(c->st, 3, third);
    return cursor_next(d, c, error);
}

/* A line counts as paid unless it was held, its run refused, or its payment not made. */
static bool is_paid(Preparing *d, int64_t run, int64_t payee)
{
    const PayReturn key = {.fen = run, .receiver = payee != 0 ? payee : d->subject};

    return !g_hash_table_contains(d->refused, &run) && !g_hash_table_contains(d->returned, &key);
}

static bool subject_read(Preparing *d, Cursor *answers, Cursor *lines, GError **error)
{
    g_array_set_size(d->pieces, 0);
    g_array_set_size(d->paid, 0);
    while (answers->row && answers->subject == d->subject) {
        const OwedPiece p = {column_int(answers->st, 1), column_int(answers->st, 2),
                             column_int(answers->st, 3), column_int64(answers->st, 4),
                             column_int64(answers->st, 5)};

        g_array_append_val(d->pieces, p);
        if (!cursor_next(d, answers, error))
            return false;
    }
    while (lines->row && lines->subject == d->subject) {
        const PaidLine p = {column_int(lines->st, 1), column_int64(lines->st, 3),
                            column_int64(lines->st, 4)};

        if (is_paid(d, column_int64(lines->st, 2), p.payee))
            g_array_append_val(d->paid, p);
        if (!cursor_next(d, lines, error))
            return false;
    }
    return true;
}

static bool subjects_walk(Preparing *d, GError **error)
{
    static const Sql of_answers =
        SQL("SELECT subject,from_month,until_month,outcome,fen,run FROM decision WHERE county=?1 "
            "AND rule=?2 AND gone=9223372036854775807 AND from_month<=?3 "
            "ORDER BY subject,from_month");
    static const Sql of_lines =
        SQL("SELECT subject,month,run,payee,fen FROM pay_line WHERE county=?1 AND rule=?2 AND "
            "hold=?3 ORDER BY subject,month,run,payee");
    Cursor answers = {0}, lines = {0};

    if (!cursor_open(d, of_answers, d->p->month, &answers, error) ||
        !cursor_open(d, of_lines, HOLD_NONE, &lines, error))
        return false;
    while (answers.row || lines.row) {
        d->subject = !lines.row || (answers.row && answers.subject <= lines.subject)
                         ? answers.subject
                         : lines.subject;
        if (!subject_read(d, &answers, &lines, error))
            return false;
        subject_pay(d);
    }
    return true;
}

static bool lines_insert(Preparing *d, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_line(county,rule,subject,month,run,payee,fen,hold,decided) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    Str name = d->s->model->rules[d->rule->rule]->name;
    Statement *st = NULL;

    for (guint i = 0; i < d->lines->len; i++) {
        const LineRow *r = &g_array_index(d->lines, LineRow, i);

        line_digest_add(&d->digest, d->number, name, r->subject, &r->line, r->hold);
        if (d->p->dry)
            continue;
        if (!conn_statement(d->w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, d->p->county);
        bind_int(st, 2, d->number);
        bind_int(st, 3, r->subject);
        bind_int(st, 4, r->line.month);
        bind_int(st, 5, d->run.id);
        bind_int(st, 6, r->line.payee);
        bind_int(st, 7, r->line.fen);
        bind_int(st, 8, r->hold);
        bind_int(st, 9, r->line.decided);
        if (!conn_done(d->w->conn, st, error))
            return false;
    }
    return true;
}

/* The stored answers are those of the facts, or nothing is paid upon them. */
static bool counts_check(Preparing *d, GError **error)
{
    const PayRule *r = d->rule;
    PaySum *s = d->sum;

    s->subjects = r->subjects;
    s->no = s->subjects - s->yes - s->unknown - s->judgement;
    if (s->yes == r->yes && s->unknown == r->unknown && s->judgement == r->judgement && s->no >= 0)
        return true;
    return fail(error, FAIL_CONFLICT,
                "the stored answers of \"%.*s\" are not those of the facts (%" G_GINT64_FORMAT
                " yes stored, %" G_GINT64_FORMAT " by the facts): nothing is paid; run verify",
                STR_ARG(d->s->model->rules[r->rule]->name), s->yes, r->yes);
}

static bool rule_prepare(Preparing *d, GError **error)
{
    const Rule *rule = d->s->model->rules[d->rule->rule];

    d->sum = &d->run.sums[d->run.n_sums++];
    *d->sum = (PaySum){.rule = d->rule->rule};
    d->to_payee = rule->to != NULL && d->p->payee != NULL;
    g_array_set_size(d->lines, 0);
    return since_find(d, error) && subjects_walk(d, error) && counts_check(d, error) &&
           lines_insert(d, error);
}

/* ---- the run ------------------------------------------------------------------------------- */

static bool run_number(Preparing *d, GError **error)
{
    static const Sql sql = SQL("INSERT INTO counter(name,next) VALUES('pay_run',2) "
                               "ON CONFLICT(name) DO UPDATE SET next=counter.next+1"),
                     read = SQL("SELECT next-1 FROM counter WHERE name='pay_run'");

    return conn_run(d->w->conn, sql, error) && number_of(d, read, 0, &d->run.id, error);
}

static bool open_check(Preparing *d, GError **error)
{
    static const Sql sql = SQL("SELECT id FROM pay_run WHERE county=?1 AND programme=?2 AND "
                               "state BETWEEN 1 AND 5");
    Statement *st = NULL;
    int64_t other = 0;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_str(st, 2, d->p->programme);
    return conn_number(d->w->conn, st, 0, &other, error) &&
           (other == 0 || d->p->dry ||
            fail(error, FAIL_CONFLICT,
                 "run %" G_GINT64_FORMAT " of this programme is still open: book its reply, or "
                 "refuse it",
                 other));
}

static bool run_insert(Preparing *d, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_run(county,id,programme,month,state,decided,policy,seq,digest,"
            "prepared_by) VALUES(?1,?2,?3,?4,1,?5,?6,?7,?8,?9)");
    uint8_t digest[SM3_SIZE];
    Statement *st = NULL;

    line_digest_end(&d->digest, digest);
    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->run.id);
    bind_str(st, 3, d->p->programme);
    bind_int(st, 4, d->p->month);
    bind_int(st, 5, d->run.decided);
    bind_int(st, 6, d->run.policy);
    bind_int(st, 7, d->run.seq);
    bind_bytes(st, 8, digest, sizeof digest);
    bind_str(st, 9, d->p->actor);
    return conn_done(d->w->conn, st, error);
}

static bool sum_insert(Preparing *d, const PaySum *s, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_sum(county,run,rule,since,subjects,yes,no,unknown,judgement,lines,"
            "persons,month_fen,late_fen,back_fen,held_lines,held_fen,open_fen) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)");
    const int64_t numbers[] = {s->since,     s->subjects,   s->yes,      s->no,        s->unknown,
                               s->judgement, s->lines,      s->persons,  s->month_fen, s->late_fen,
                               s->back_fen,  s->held_lines, s->held_fen, s->open_fen};
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->run.id);
    bind_int(st, 3,
             numbering_find(d->s->numbering, STR("rule"), d->s->model->rules[s->rule]->name));
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        bind_int(st, 4 + (int)i, numbers[i]);
    return conn_done(d->w->conn, st, error);
}

static bool run_write(Preparing *d, GError **error)
{
    char month[DATE_TEXT];
    const PayStep step = {.county = d->p->county,
                          .run = d->run.id,
                          .to = PAY_PREPARED,
                          .actor = d->p->actor,
                          .via = d->p->via};
    g_autofree char *reason = g_strdup_printf("pay run %" G_GINT64_FORMAT " for %s prepared",
                                              d->run.id, month_format(d->p->month, month));

    d->run.seq = d->head->seq + 1;
    if (!run_insert(d, error))
        return false;
    for (size_t i = 0; i < d->run.n_sums; i++) {
        if (!sum_insert(d, &d->run.sums[i], error))
            return false;
    }
    return pay_step_insert(d->w, d->head, &step, error) &&
           pay_entry(d->w, d->head, d->run.id, str_of(reason), &step, NULL, error);
}

typedef struct Numbered {
    const PayRule *rule;
    int64_t number;
} Numbered;

static int number_order(gconstpointer a, gconstpointer b)
{
    const Numbered *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static bool rules_prepare(Preparing *d, GError **error)
{
    g_autofree Numbered *all = g_new(Numbered, d->p->n_rules + 1);
    const Model *m = d->s->model;

    for (size_t i = 0; i < d->p->n_rules; i++) {
        const PayRule *r = &d->p->rules[i];

        if (r->rule >= m->n_rules || m->rules[r->rule]->kind != RULE_BENEFIT)
            return fail(error, FAIL_USAGE, "only benefits are paid");
        all[i] =
            (Numbered){r, numbering_find(d->s->numbering, STR("rule"), m->rules[r->rule]->name)};
    }
    qsort(all, d->p->n_rules, sizeof *all, number_order);
    for (size_t i = 0; i < d->p->n_rules; i++) {
        d->rule = all[i].rule;
        d->number = all[i].number;
        if (!rule_prepare(d, error))
            return false;
    }
    return true;
}

static bool prepare_all(Preparing *d, GError **error)
{
    d->head = writing_head(d->w, d->p->county, error);
    if (d->head == NULL || !open_check(d, error) || !decisions_check(d, error) ||
        !past_read(d, error) || !run_number(d, error))
        return false;
    d->run.county = d->p->county;
    d->run.programme = arena_str(d->arena, d->p->programme);
    d->run.prepared_by = arena_str(d->arena, d->p->actor);
    d->run.month = d->p->month;
    d->run.state = PAY_PREPARED;
    d->run.sums = arena_many(d->arena, PaySum, d->p->n_rules + 1);
    if (!rules_prepare(d, error))
        return false;
    return d->p->dry || run_write(d, error);
}

static void preparing_clear(Preparing *d)
{
    uint8_t unused[SM3_SIZE];

    if (d->digest.hash != NULL)
        line_digest_end(&d->digest, unused);
    g_hash_table_unref(d->refused);
    g_hash_table_unref(d->returned);
    g_hash_table_unref(d->holds);
    g_array_unref(d->pieces);
    g_array_unref(d->paid);
    g_array_unref(d->owed);
    g_array_unref(d->lines);
}

bool store_pay_prepare(Store *s, const PayPlan *p, Arena *a, PayRun *ret, GError **error)
{
    Preparing d = {.w = s->work, .s = s, .p = p, .arena = a};
    bool ok;

    d.refused = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    d.returned = g_hash_table_new_full(return_hash, return_equal, g_free, NULL);
    d.holds = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    d.pieces = g_array_new(FALSE, FALSE, sizeof(OwedPiece));
    d.paid = g_array_new(FALSE, FALSE, sizeof(PaidLine));
    d.owed = g_array_new(FALSE, FALSE, sizeof(OwedLine));
    d.lines = g_array_new(FALSE, FALSE, sizeof(LineRow));
    line_digest_begin(&d.digest);
    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && (!prepare_all(&d, error) || p->dry)) {
        writing_abort(s->work);
        ok = p->dry && d.run.n_sums == p->n_rules && (error == NULL || *error == NULL);
    } else {
        ok = ok && writing_commit(s->work, error);
    }
    g_mutex_unlock(&s->writing);
    preparing_clear(&d);
    if (ok)
        *ret = d.run;
    return ok;
}
