/* pay_prepare.c — prepares a run: goes once through a county's answers, in the order of rule and
 * subject, and writes what is owed less what was paid; of whom the run before settled, only what is
 * owed since.  One transaction: the county is locked, so nothing changes meanwhile.
 * Parts: pay_before.c (what there is), pay_put.c (what is written).
 * Read first: subject_pay(), subjects_walk(), store_pay_prepare(). */
#include "base/sort.h"
#include "store/about.h"
#include "store/pay_preparing.h"

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
                    "facts or rules changed since the decisions were made: decide again") ||
               fail_zh(error, "核定以后情况或规定又变了，请重新核定");
    if (d->p->month < least || d->p->month > most || d->p->since < least ||
        d->p->since > d->p->month)
        return fail(error, FAIL_INPUT,
                    "only months that are decided can be paid, from the first to the run's own") ||
               fail_zh(error, "只能发放已核定的月份，从最早核定的月份到本批次的月份");
    d->run.decided = base;
    d->run.policy = policy;
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

static const OwedPiece *piece_at(const Preparing *d, Month m)
{
    for (guint i = 0; i < d->pieces->len; i++) {
        const OwedPiece *p = &g_array_index(d->pieces, OwedPiece, i);

        if (m >= p->from && m < p->until)
            return p;
    }
    return NULL;
}

static int64_t yes_fen(const OwedPiece *p)
{
    return p != NULL && p->outcome == TRUTH_YES ? p->fen : 0;
}

int64_t prepare_fen(const Preparing *d, Month m)
{
    return yes_fen(piece_at(d, m));
}

static PayTown *town_of(Preparing *d)
{
    int32_t at = d->p->town != NULL ? d->p->town(d->p->user, d->rule->rule, d->subject) : -1;
    gpointer key = GINT_TO_POINTER(at + 1);
    guint there = GPOINTER_TO_UINT(g_hash_table_lookup(d->town_at, key));

    if (there == 0) {
        const PayTown t = {.rule = d->rule->rule, .town = at >= 0 ? d->p->towns[at] : STR("")};

        g_array_append_val(d->towns, t);
        there = d->towns->len;
        g_hash_table_insert(d->town_at, key, GUINT_TO_POINTER(there));
    }
    return &g_array_index(d->towns, PayTown, there - 1);
}

/* The run's month, against the one before: where the ledger begins there is none. */
static void outcome_count(Preparing *d)
{
    const OwedPiece *now = piece_at(d, d->p->month), *last = piece_at(d, d->p->month - 1);
    const PayChange c = {.rule = d->rule->rule,
                         .subject = d->subject,
                         .before = yes_fen(last),
                         .fen = yes_fen(now),
                         .outcome = now != NULL ? now->outcome : TRUTH_NO};

    d->sum->yes += c.outcome == TRUTH_YES;
    d->sum->unknown += c.outcome == TRUTH_UNKNOWN;
    d->sum->judgement += c.outcome == TRUTH_PERSON;
    if (c.fen > 0) {
        PayTown *t = town_of(d);

        t->roll_persons++;
        t->roll_fen += c.fen;
    }
    if (c.before != c.fen && d->p->month > d->sum->since)
        g_array_append_val(d->changes, c);
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

static int moved_how(const Preparing *d)
{
    return d->any_moved ? GPOINTER_TO_INT(g_hash_table_lookup(d->moved, &d->subject)) : MOVED_NOT;
}

/* Of who moved: the ledger of the county where she lived in the month. */
Month prepare_begin(const Preparing *d, Month m)
{
    bool moved = moved_how(d) != MOVED_NOT && d->p->lived != NULL;

    return !moved ? d->sum->since
                  : pay_begin_of(d->begins, d->p->lived(d->p->user, d->rule->rule, d->subject, m),
                                 d->sum->since);
}

static bool has_begun(void *user, Month m)
{
    return m >= prepare_begin(user, m);
}

/* The first month that may be owed to the subject at hand. */
Month prepare_since(const Preparing *d)
{
    return moved_how(d) != MOVED_NOT ? pay_begin_least(d->begins, d->sum->since) : d->sum->since;
}

/* What it comes to since a month, against what was paid: into `owed`. */
static int64_t owed_since(Preparing *d, Month since, int hold)
{
    const OwedAsk ask = {.since = since,
                         .month = d->p->month,
                         .decided = d->run.decided,
                         .pieces = (const OwedPiece *)(const void *)d->pieces->data,
                         .n_pieces = d->pieces->len,
                         .paid = (const PaidLine *)(const void *)d->paid->data,
                         .n_paid = d->paid->len,
                         .held = hold != HOLD_NONE,
                         .payee = d->to_payee ? payee_of : NULL,
                         .begun = moved_how(d) != MOVED_NOT ? has_begun : NULL,
                         .user = d};
    int64_t open = 0;

    g_array_set_size(d->owed, 0);
    pay_owed(&ask, d->owed, &open);
    return open;
}

static void lines_keep(Preparing *d, int hold)
{
    PayTown *town = d->owed->len > 0 ? town_of(d) : NULL;

    if (d->owed->len == 0)
        return;
    if (d->to_payee && d->owed->len > 1)
        g_array_sort(d->owed, line_order);
    *(hold == HOLD_NONE ? &town->persons : &town->held_persons) += 1;
    for (guint i = 0; i < d->owed->len; i++) {
        const LineRow row = {d->subject, g_array_index(d->owed, OwedLine, i), hold};

        *(hold == HOLD_NONE ? &town->fen : &town->held_fen) += row.line.fen;
        line_count(d->sum, &row.line, hold, d->p->month);
        g_array_append_val(d->lines, row);
    }
}

G_STATIC_ASSERT(HOLD_FACT == 3 && HOLD_JUDGEMENT == 5); /* as in pay_line_held */

/* Of the run's month it is not known yet, or for a person to say: a line without an amount, so that
 * nobody who is asked about is missing from the run.  What she is owed comes when it is known. */
static void wait_keep(Preparing *d)
{
    const OwedPiece *p = piece_at(d, d->p->month);
    LineRow row = {.subject = d->subject, .line = {.month = d->p->month}};

    if (p == NULL || p->outcome == TRUTH_YES || p->outcome == TRUTH_NO)
        return;
    row.line.decided = p->run;
    row.hold = p->outcome == TRUTH_PERSON ? HOLD_JUDGEMENT : HOLD_FACT;
    g_array_append_val(d->lines, row);
}

static void rest_keep(Preparing *d, int64_t subject)
{
    const PayChange rest = {.rule = d->rule->rule, .subject = subject};

    g_array_append_val(d->rests, rest);
}

/* All months, against all that was paid. */
static bool subject_whole(Preparing *d, bool lines_there, GError **error)
{
    /* The county that took it in answers for all of it; so does the record that it went into. */
    if (moved_how(d) == MOVED_FROM_HERE || g_hash_table_contains(d->sames->led, &d->subject))
        return true;
    if (!before_lines(d, lines_there, error))
        return false;
    int hold = hold_of(d);
    int64_t open = owed_since(d, prepare_since(d), hold);

    if (hold == HOLD_NONE && noticed_waits(d))
        open = owed_since(d, prepare_since(d), hold = HOLD_NOTICE);
    d->sum->open_fen += open;
    d->sum->persons += hold == HOLD_NONE && d->owed->len > 0;
    lines_keep(d, hold);
    if (hold != HOLD_NONE || open > 0)
        rest_keep(d, d->subject);
    return true;
}

/* Settled by the run before, and nothing happened since: what it is owed for the months after. */
static void subject_after(Preparing *d)
{
    if (d->base.month >= d->p->month)
        return;
    owed_since(d, d->base.month + 1, HOLD_NONE);
    d->sum->persons += d->owed->len > 0;
    lines_keep(d, HOLD_NONE);
}

static bool subject_pay(Preparing *d, bool touched, bool lines_there, GError **error)
{
    outcome_count(d);
    if (!d->base.fine || touched || g_hash_table_contains(d->holds, &d->subject) ||
        moved_how(d) != MOVED_NOT || g_hash_table_contains(d->sames->twins, &d->subject) ||
        noticed_after(d)) {
        if (!subject_whole(d, lines_there, error))
            return false;
    } else {
        subject_after(d);
    }
    wait_keep(d);
    return true;
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
    if (third >= 0)
        bind_int(c->st, 3, third);
    return cursor_next(d, c, error);
}

/* Its live answers; touched: one of them, or one that is gone, is of a later run of decisions. */
static bool answers_read(Preparing *d, Cursor *c, bool *touched, GError **error)
{
    g_array_set_size(d->pieces, 0);
    while (c->row && c->subject == d->subject) {
        const OwedPiece p = {column_int(c->st, 1), column_int(c->st, 2), column_int(c->st, 3),
                             column_int64(c->st, 4), column_int64(c->st, 5)};
        int64_t gone = column_int64(c->st, 6);

        if (gone == SEQ_OPEN)
            g_array_append_val(d->pieces, p);
        *touched =
            *touched || p.run > d->base.decided || (gone != SEQ_OPEN && gone > d->base.decided);
        if (!cursor_next(d, c, error))
            return false;
    }
    return true;
}

static bool lines_read(Preparing *d, Cursor *c, GError **error)
{
    g_array_set_size(d->paid, 0);
    while (c->row && c->subject == d->subject) {
        int64_t payee = column_int64(c->st, 3);
        const PaidLine p = {column_int(c->st, 1), pay_led(d->sames, payee), column_int64(c->st, 4)};

        if (before_counts(d, column_int64(c->st, 2), payee, d->subject))
            g_array_append_val(d->paid, p);
        if (!cursor_next(d, c, error))
            return false;
    }
    return true;
}

static bool rest_next(const Preparing *d, int64_t *ret)
{
    bool there = d->base.at < d->base.rest->len;

    if (there)
        *ret = g_array_index(d->base.rest, int64_t, d->base.at);
    return there;
}

/* The next subject with answers, with lines, or left by the run before. */
static bool subject_next(Preparing *d, const Cursor *answers, const Cursor *lines, bool *ret_left)
{
    int64_t rest = 0;
    bool left = rest_next(d, &rest), any = left;

    if (left)
        d->subject = rest;
    if (answers->row && (!any || answers->subject < d->subject)) {
        d->subject = answers->subject;
        any = true;
    }
    if (lines->row && (!any || lines->subject < d->subject)) {
        d->subject = lines->subject;
        any = true;
    }
    *ret_left = left && rest == d->subject;
    while (rest_next(d, &rest) && rest == d->subject)
        d->base.at++;
    return any;
}

static bool subjects_walk(Preparing *d, GError **error)
{
    static const Sql of_answers =
        SQL("SELECT subject,from_month,until_month,outcome,fen,run,gone FROM decision WHERE "
            "county=?1 AND rule=?2 AND from_month<=?3 ORDER BY subject,from_month,run,gone");
    static const Sql of_lines = SQL(
        "SELECT subject,month,run,payee,fen FROM pay_line WHERE county=?1 AND rule=?2 AND hold=0 "
        "AND run IN (SELECT run FROM pay_sum WHERE county=?1 AND rule=?2) "
        "ORDER BY subject,month,run,payee");
    Cursor answers = {0}, lines = {0};
    bool touched = false;

    if (!cursor_open(d, of_answers, d->p->month, &answers, error) ||
        (!d->base.fine && d->base.run != 0 && !cursor_open(d, of_lines, -1, &lines, error)))
        return false;
    while (subject_next(d, &answers, &lines, &touched)) {
        bool there = lines.row && lines.subject == d->subject;

        if (!answers_read(d, &answers, &touched, error) || !lines_read(d, &lines, error) ||
            !subject_pay(d, touched, !d->base.fine || there, error))
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
                STR_ARG(d->s->model->rules[r->rule]->name), s->yes, r->yes) ||
           fail_zh(error,
                   "“%.*s”存的核定结果与现有情况不符（存有 %" G_GINT64_FORMAT
                   " 人享受，按情况应为 %" G_GINT64_FORMAT " 人）：没有发放，请管理员核验数据库",
                   STR_ARG(d->s->model->rules[r->rule]->label.zh), s->yes, r->yes);
}

static bool rule_prepare(Preparing *d, GError **error)
{
    const Rule *rule = d->s->model->rules[d->rule->rule];

    d->sum = &d->run.sums[d->run.n_sums++];
    *d->sum = (PaySum){.rule = d->rule->rule};
    d->to_payee = rule->to != NULL && d->p->payee != NULL;
    g_array_set_size(d->lines, 0);
    g_hash_table_remove_all(d->town_at);
    rest_keep(d, 0); /* the list is whole */
    return before_rule(d, error) && subjects_walk(d, error) && counts_check(d, error) &&
           put_lines(d, error);
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
                 other) ||
            fail_zh(error,
                    "第 %" G_GINT64_FORMAT " 号发放批次还没有办完：请先登记银行回盘，或者退回",
                    other));
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
    sort_rows(all, d->p->n_rules, sizeof *all, number_order);
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
        !before_read(d, error) || !run_number(d, error))
        return false;
    d->run.county = d->p->county;
    d->run.programme = arena_str(d->arena, d->p->programme);
    d->run.prepared_by = arena_str(d->arena, d->p->actor);
    d->run.month = d->p->month;
    d->run.state = PAY_PREPARED;
    d->run.sums = arena_many(d->arena, PaySum, d->p->n_rules + 1);
    if (!rules_prepare(d, error))
        return false;
    return d->p->dry || put_run(d, error);
}

static void preparing_clear(Preparing *d)
{
    uint8_t unused[SM3_SIZE];
    GArray *const lists[] = {d->pieces, d->paid, d->owed, d->lines, d->rests, d->towns, d->changes};

    if (d->digest.hash != NULL)
        line_digest_end(&d->digest, unused);
    before_clear(d);
    g_hash_table_unref(d->town_at);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_array_unref(lists[i]);
}

static Preparing preparing_new(Store *s, const PayPlan *p, Arena *a)
{
    Preparing d = {.w = s->work, .s = s, .p = p, .arena = a};

    d.town_at = g_hash_table_new(NULL, NULL);
    d.pieces = g_array_new(FALSE, FALSE, sizeof(OwedPiece));
    d.paid = g_array_new(FALSE, FALSE, sizeof(PaidLine));
    d.owed = g_array_new(FALSE, FALSE, sizeof(OwedLine));
    d.lines = g_array_new(FALSE, FALSE, sizeof(LineRow));
    d.rests = g_array_new(FALSE, FALSE, sizeof(PayChange));
    d.changes = g_array_new(FALSE, FALSE, sizeof(PayChange));
    d.towns = g_array_new(FALSE, FALSE, sizeof(PayTown));
    line_digest_begin(&d.digest);
    return d;
}

bool store_pay_prepare(Store *s, const PayPlan *p, Arena *a, PayRun *ret, GError **error)
{
    Preparing d = preparing_new(s, p, a);
    bool ok;

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
