/* pay_step.c — moves a run on, with the move of the ledger and the payments that came back; opens
 * and closes holds.  Not here: who may (care/pay.c).  Read first: store_pay_step(). */
#include "store/pay_inside.h"

bool pay_step_insert(Writing *w, const Head *h, const PayStep *step, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_step(county,run,part,state,actor,at,reason,seq) VALUES(?1,?2,"
            "(SELECT count(*) FROM pay_step WHERE county=?1 AND run=?2),?3,?4,?5,?6,?7)");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, step->county);
    bind_int(st, 2, step->run);
    bind_int(st, 3, step->to);
    bind_str(st, 4, step->actor);
    bind_int(st, 5, w->at);
    bind_str(st, 6, step->reason);
    bind_int(st, 7, h->seq + 1);
    return conn_done(w->conn, st, error);
}

bool pay_entry(Writing *w, Head *h, int64_t run, Str reason, const PayStep *by,
               const LedgerMove *move, GError **error)
{
    Entry e = {.actor = by->actor,
               .via = by->via,
               .kind = str_of(change_word(CHANGE_PAY)),
               .entity = ENTITY_PAY_RUN,
               .id = run,
               .has_row = true};
    bool found = false;

    body_begin(&w->body, CHANGE_PAY, reason, 0);
    bytes_byte(&w->body, 's');
    bytes_int(&w->body, by->to);
    if (move != NULL && !ledger_move(w, move, h->seq + 1, &w->body, error))
        return false;
    if (move == NULL)
        bytes_uint(&w->body, 0);
    return pay_run_digest(w->conn, by->county, run, &w->scratch, w->hash, &found, e.row, error) &&
           writing_append(w, h, &e, error);
}

/* ---- holds --------------------------------------------------------------------------------- */

bool pay_hold_read(Writing *w, int32_t county, int64_t id, PayHoldRow *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT " PAY_HOLD_COLUMNS " FROM pay_hold WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, id);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "there is no such hold") ||
               fail_zh(error, "没有这条停发记录");
    *ret = pay_hold_from(st, w->arena);
    statement_reset(st);
    return true;
}

bool pay_hold_put(Writing *w, const PayHoldRow *h, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_hold(county,id,subject,kind,reason,opened_by,closed_by,outcome,"
            "opened_at,opened_seq,closed_at,closed_seq) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,"
            "?12) ON CONFLICT(county,id) DO UPDATE SET reason=excluded.reason, "
            "closed_by=excluded.closed_by, "
            "outcome=excluded.outcome, closed_at=excluded.closed_at, "
            "closed_seq=excluded.closed_seq");
    const Str texts[] = {h->reason, h->opened_by, h->closed_by, h->outcome};
    const int64_t numbers[] = {h->opened_at, h->opened_seq, h->closed_at, h->closed_seq};
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_int(st, 2, h->id);
    bind_int(st, 3, h->subject);
    bind_int(st, 4, h->kind);
    for (int i = 0; i < 4; i++) {
        bind_str(st, 5 + i, texts[i]);
        bind_int(st, 9 + i, numbers[i]);
    }
    return conn_done(w->conn, st, error);
}

static bool hold_open_check(Writing *w, const PayHoldRow *h, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM pay_hold WHERE county=?1 AND subject=?2 AND "
                               "kind=?3 AND closed_seq=0");
    Statement *st = NULL;
    int64_t n = 0;

    if (h->id <= 0 || h->kind <= HOLD_NONE || h->kind >= HOLD_KINDS)
        return fail(error, FAIL_USAGE, "a hold needs an id and a kind");
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_int(st, 2, h->subject);
    bind_int(st, 3, h->kind);
    return conn_number(w->conn, st, 0, &n, error) &&
           (n == 0 ||
            fail(error, FAIL_CONFLICT, "this is held already, for the same kind of reason") ||
            fail_zh(error, "同一原因已经停发"));
}

static bool hold_apply(Writing *w, const PayHoldRow *h, Str via, GError **error)
{
    Head *head = writing_head(w, h->county, error);
    bool closes = h->closed_by.len > 0;
    PayHoldRow row = *h;
    Entry e = {.actor = closes ? h->closed_by : h->opened_by,
               .via = via,
               .kind = str_of(change_word(CHANGE_PAY)),
               .entity = ENTITY_PAY_HOLD,
               .id = h->id,
               .has_row = true};

    if (head == NULL)
        return false;
    if (!closes) {
        if (!hold_open_check(w, h, error))
            return false;
        row.opened_at = w->at;
        row.opened_seq = head->seq + 1;
        row.closed_at = row.closed_seq = 0;
    } else {
        if (!pay_hold_read(w, h->county, h->id, &row, error))
            return false;
        if (row.closed_seq != 0)
            return fail(error, FAIL_CONFLICT, "this hold was released already") ||
                   fail_zh(error, "这条停发已经解除");
        row.closed_by = h->closed_by;
        row.outcome = h->outcome;
        row.closed_at = w->at;
        row.closed_seq = head->seq + 1;
    }
    if (!pay_hold_put(w, &row, error))
        return false;
    pay_hold_digest(&row, &w->scratch, w->hash, e.row);
    body_begin(&w->body, CHANGE_PAY, closes ? row.outcome : row.reason, 0);
    bytes_byte(&w->body, 'h');
    bytes_int(&w->body, row.subject);
    bytes_int(&w->body, row.kind);
    bytes_byte(&w->body, closes ? HOLD_CLOSED : HOLD_OPENED);
    return writing_append(w, head, &e, error);
}

/* Who opened and closed it stands in the body, too: where the bodies before are gone nothing else
 * says so. */
bool pay_hold_blank(Writing *w, const Change *c, Head *h, int64_t id, GError **error)
{
    PayHoldRow row;
    Entry e = {.actor = c->actor,
               .via = c->via,
               .kind = str_of(change_word(CHANGE_PAY)),
               .entity = ENTITY_PAY_HOLD,
               .id = id,
               .has_row = true};

    if (!pay_hold_read(w, h->county, id, &row, error))
        return false;
    row.reason = row.outcome = STR("");
    if (!pay_hold_put(w, &row, error))
        return false;
    pay_hold_digest(&row, &w->scratch, w->hash, e.row);
    body_begin(&w->body, CHANGE_PAY, c->reason, 0);
    bytes_byte(&w->body, 'h');
    bytes_int(&w->body, row.subject);
    bytes_int(&w->body, row.kind);
    bytes_byte(&w->body, HOLD_ERASED);
    body_hold(&w->body, &row);
    return writing_append(w, h, &e, error);
}

/* ---- a step -------------------------------------------------------------------------------- */

typedef struct Stepping {
    Writing *w;
    const PayStep *step;
    Head *head;
    PayState state;
    Str prepared_by, reviewed_by;
} Stepping;

static bool run_read(Stepping *d, GError **error)
{
    static const Sql sql =
        SQL("SELECT state,prepared_by,reviewed_by FROM pay_run WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->step->county);
    bind_int(st, 2, d->step->run);
    if (!conn_step(d->w->conn, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "there is no pay run %" G_GINT64_FORMAT, d->step->run) ||
               fail_zh(error, "没有第 %" G_GINT64_FORMAT " 号发放批次", d->step->run);
    d->state = (PayState)column_int(st, 0);
    d->prepared_by = arena_str(d->w->arena, column_str(st, 1));
    d->reviewed_by = column_is_null(st, 2) ? STR("") : arena_str(d->w->arena, column_str(st, 2));
    statement_reset(st);
    return true;
}

/* From where to where, and who not. */
static bool step_check(const Stepping *d, GError **error)
{
    const PayStep *s = d->step;
    bool next = s->to == s->from + 1 && s->from >= PAY_PREPARED;
    bool refuse = s->to == PAY_REFUSED && s->from >= PAY_PREPARED && s->from <= PAY_BANK;
    bool again = s->from == PAY_BOOKED && s->to == PAY_BOOKED && s->n_returns > 0;

    if (!next && !refuse && !again)
        return fail(error, FAIL_CONFLICT, "pay run %" G_GINT64_FORMAT " is %s: it cannot become %s",
                    s->run, pay_state_word(d->state), pay_state_word(s->to)) ||
               fail_zh(error, "第 %" G_GINT64_FORMAT " 号发放批次现在不能办理这一步", s->run);
    if (d->state != s->from)
        return fail(error, FAIL_CONFLICT, "pay run %" G_GINT64_FORMAT " is %s, not %s: look again",
                    s->run, pay_state_word(d->state), pay_state_word(s->from)) ||
               fail_zh(error, "第 %" G_GINT64_FORMAT " 号发放批次的状态已经变了，请重新打开查看",
                       s->run);
    if (s->to != PAY_REVIEWED && s->to != PAY_APPROVED)
        return true;
    if (str_equal(s->actor, d->prepared_by))
        return fail(error, FAIL_RIGHT,
                    "who prepared a run neither reviews nor approves it: another person has to") ||
               fail_zh(error, "编制人不能复核或审批本批次，须由另一人办理");
    if (s->to == PAY_APPROVED && str_equal(s->actor, d->reviewed_by))
        return fail(error, FAIL_RIGHT,
                    "who reviewed a run does not approve it: another person has to") ||
               fail_zh(error, "复核人不能审批本批次，须由另一人办理");
    return true;
}

static bool run_update(Stepping *d, GError **error)
{
    static const Sql reviewed =
        SQL("UPDATE pay_run SET state=?3,reviewed_by=?4 WHERE county=?1 AND id=?2");
    static const Sql approved =
        SQL("UPDATE pay_run SET state=?3,approved_by=?4 WHERE county=?1 AND id=?2");
    static const Sql only = SQL("UPDATE pay_run SET state=?3 WHERE county=?1 AND id=?2");
    const PayStep *s = d->step;
    bool names = s->to == PAY_REVIEWED || s->to == PAY_APPROVED;
    Statement *st = NULL;

    if (!conn_statement(d->w->conn,
                        s->to == PAY_REVIEWED   ? reviewed
                        : s->to == PAY_APPROVED ? approved
                                                : only,
                        &st, error))
        return false;
    bind_int(st, 1, s->county);
    bind_int(st, 2, s->run);
    bind_int(st, 3, s->to);
    if (names)
        bind_str(st, 4, s->actor);
    return conn_done(d->w->conn, st, error);
}

/* ---- the gate before the bank ------------------------------------------------------------- */

typedef struct Gate {
    Stepping *of;
    GHashTable *held; /* record → reason */
    PaySames *sames;
    GHashTable *stop; /* PayReturn, by receiver and subject */
} Gate;

static guint stop_hash(gconstpointer key)
{
    const PayReturn *r = key;

    return (guint)((uint64_t)(r->receiver ^ r->subject << 1) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static gboolean stop_equal(gconstpointer a, gconstpointer b)
{
    const PayReturn *x = a, *y = b;

    return x->receiver == y->receiver && x->subject == y->subject;
}

static void held_add(Gate *g, int64_t subject, Str reason)
{
    if (!g_hash_table_contains(g->held, &subject))
        g_hash_table_insert(g->held, g_memdup2(&subject, sizeof subject),
                            g_strndup(reason.at, reason.len));
}

static bool held_read(Gate *g, GError **error)
{
    static const Sql sql = SQL("SELECT subject,reason FROM pay_hold WHERE closed_seq=0 "
                               "ORDER BY kind"); /* in whichever county: it follows who moves */
    const PayStep *s = g->of->step;
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(g->of->w->conn, sql, &st, error))
        return false;
    while (conn_next(g->of->w->conn, st, &ok, error))
        held_add(g, column_int64(st, 0), column_str(st, 1));
    if (!ok)
        return false;
    for (size_t i = 0; i < s->n_held; i++)
        held_add(g, s->held[i].subject, str_of(pay_hold_word(s->held[i].kind)));
    return pay_sames_read(g->of->w->conn, NULL, g->sames, error);
}

/* Held under her number, or under that of the record that hers went into; NULL: not. */
static const char *reason_of(const Gate *g, int64_t record)
{
    const char *reason = g_hash_table_lookup(g->held, &record);
    int64_t stays = pay_led(g->sames, record);

    return reason != NULL ? reason : g_hash_table_lookup(g->held, &stays);
}

/* A receiver who is held gets nothing; of one who is not, what it gets for whom is held stays. */
static void line_stop(Gate *g, int64_t subject, int64_t payee, int64_t fen)
{
    PayReturn key = {.receiver = payee != 0 ? payee : subject};
    const char *reason = reason_of(g, key.receiver);

    if (reason == NULL && payee != 0) {
        key.subject = subject;
        reason = reason_of(g, subject);
    }
    if (reason == NULL)
        return;
    PayReturn *r = g_hash_table_lookup(g->stop, &key);

    if (r == NULL) {
        r = g_memdup2(&key, sizeof key);
        r->reason = str_of(reason);
        g_hash_table_add(g->stop, r);
    }
    r->fen += fen;
}

static bool lines_stop(Gate *g, GError **error)
{
    static const Sql sql = SQL("SELECT subject,payee,fen FROM pay_line WHERE county=?1 AND run=?2 "
                               "AND hold=0");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(g->of->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, g->of->step->county);
    bind_int(st, 2, g->of->step->run);
    while (conn_next(g->of->w->conn, st, &ok, error))
        line_stop(g, column_int64(st, 0), column_int64(st, 1), column_int64(st, 2));
    return ok;
}

static bool return_insert(Stepping *d, const PayReturn *r, bool stopped, GError **error)
{
    static const Sql sql = SQL("INSERT INTO pay_return(county,run,receiver,subject,fen,stopped,"
                               "reason,seq) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->step->county);
    bind_int(st, 2, d->step->run);
    bind_int(st, 3, r->receiver);
    bind_int(st, 4, r->subject);
    bind_int(st, 5, r->fen);
    bind_int(st, 6, stopped);
    bind_str(st, 7, r->reason);
    bind_int(st, 8, d->head->seq + 1);
    return conn_done(d->w->conn, st, error);
}

/* Death gate: no file leaves with somebody in it who has a hold, whenever it was opened. */
static bool held_stop(Stepping *d, GError **error)
{
    Gate g = {.of = d,
              .held = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
              .sames = pay_sames_new(),
              .stop = g_hash_table_new_full(stop_hash, stop_equal, g_free, NULL)};
    GHashTableIter iter;
    gpointer what;
    bool ok = held_read(&g, error) && (g_hash_table_size(g.held) == 0 || lines_stop(&g, error));

    g_hash_table_iter_init(&iter, g.stop);
    while (ok && g_hash_table_iter_next(&iter, &what, NULL))
        ok = return_insert(d, what, true, error);
    g_hash_table_unref(g.stop);
    pay_sames_free(g.sames);
    g_hash_table_unref(g.held);
    return ok;
}

static bool returns_insert(Stepping *d, GError **error)
{
    for (size_t i = 0; i < d->step->n_returns; i++) {
        if (!return_insert(d, &d->step->returns[i], false, error))
            return false;
    }
    return true;
}

/* Who put the rules in force releases no money by them (storage.md, separated rights). */
static bool rights_check(Stepping *d, GError **error)
{
    static const Sql sql =
        SQL("SELECT j.actor FROM pay_run r JOIN policy p ON p.version=r.policy JOIN journal j ON "
            "j.county=?3 AND j.seq=p.seq WHERE r.county=?1 AND r.id=?2");
    bool forward = d->step->to > d->step->from;
    Statement *st = NULL;
    bool row = false;

    if (!forward)
        return true;
    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->step->county);
    bind_int(st, 2, d->step->run);
    bind_int(st, 3, d->w->s->facts.home_county);
    if (!conn_step(d->w->conn, st, &row, error))
        return false;
    bool same = row && str_equal(column_str(st, 0), d->step->actor);

    if (row)
        statement_reset(st);
    return !same ||
           fail(error, FAIL_RIGHT,
                "who put the rules in force releases no money by them: another person has "
                "to") ||
           fail_zh(error, "让规定生效的人不能放款，须由另一人办理");
}

/* What came back is held until somebody has mended the account. */
static bool returns_hold(Stepping *d, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM pay_hold WHERE county=?1 AND subject=?2 AND "
                               "kind=?3 AND closed_seq=0");

    for (size_t i = 0; i < d->step->n_returns; i++) {
        const PayReturn *r = &d->step->returns[i];
        const PayHoldRow h = {.county = d->step->county,
                              .id = r->hold,
                              .subject = r->receiver,
                              .kind = HOLD_RETURNED,
                              .reason = r->reason,
                              .opened_by = d->step->actor};
        Statement *st = NULL;
        int64_t n = 0;

        if (r->hold == 0)
            continue;
        if (!conn_statement(d->w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, h.county);
        bind_int(st, 2, h.subject);
        bind_int(st, 3, h.kind);
        if (!conn_number(d->w->conn, st, 0, &n, error) ||
            (n == 0 && !hold_apply(d->w, &h, d->step->via, error)))
            return false;
    }
    return true;
}

static bool step_all(Stepping *d, GError **error)
{
    const PayStep *s = d->step;
    g_autofree char *reason = NULL;

    d->head = writing_head(d->w, s->county, error);
    if (d->head == NULL || !run_read(d, error) || !step_check(d, error) || !rights_check(d, error))
        return false;
    reason = g_strdup_printf("pay run %" G_GINT64_FORMAT " %s%s%.*s", s->run, pay_state_word(s->to),
                             s->reason.len > 0 ? ": " : "", STR_ARG(s->reason));
    return run_update(d, error) && (s->to != PAY_BANK || held_stop(d, error)) &&
           returns_insert(d, error) && pay_step_insert(d->w, d->head, s, error) &&
           pay_entry(d->w, d->head, s->run, str_of(reason), s, s->move, error) &&
           returns_hold(d, error);
}

bool store_pay_step(Store *s, const PayStep *step, GError **error)
{
    Stepping d = {.w = s->work, .step = step};
    bool ok;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && !step_all(&d, error)) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

bool store_pay_hold(Store *s, const PayHoldRow *h, Str via, GError **error)
{
    bool ok;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && !hold_apply(s->work, h, via, error)) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}
