/* replay_money.c — entries whose bodies hold a digest: answers, pay runs, moves of the ledger,
 * papers.  What they wrote stands beside them in the range, and is held against that digest.
 * Read first: replay_decide(), replay_pay(). */
#include "store/decide.h"
#include "store/issue_inside.h"
#include "store/pay_inside.h"
#include "store/replay_inside.h"

static bool damaged(const Shipped *x, GError **error)
{
    return replay_fail(&x->e, error, "what stands beside it in the range is damaged");
}

/* A rule's stored number by its name; names stay for ever. */
static bool rule_number(Replay *p, const Shipped *x, Str name, int64_t *ret, GError **error)
{
    *ret = numbering_find(p->s->numbering, STR("rule"), name);
    return *ret >= 0 ||
           replay_fail(&x->e, error, "the database has no number for the rule \"%.*s\"",
                       STR_ARG(name));
}

/* ---- answers ------------------------------------------------------------------------------- */

static bool answer_insert(Replay *p, const Shipped *x, int64_t run, int64_t rule, Reader *r,
                          GError **error)
{
    static const Sql sql = SQL("INSERT INTO decision(county,rule,subject,from_month,until_month,"
                               "outcome,fen,missing,run,gone) "
                               "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
    Statement *st = NULL;

    if (!conn_statement(p->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, x->e.county);
    bind_int(st, 2, rule);
    for (int i = 3; i < 9; i++)
        bind_int(st, i, reader_int(r));
    bind_int(st, 9, run);
    bind_int(st, 10, SEQ_OPEN);
    return !r->bad ? conn_done(p->w->conn, st, error) : damaged(x, error);
}

static bool answer_supersede(Replay *p, const Shipped *x, int64_t run, int64_t rule, Reader *r,
                             GError **error)
{
    static const Sql sql = SQL("UPDATE decision SET gone=?6 WHERE county=?1 AND rule=?2 "
                               "AND subject=?3 AND from_month=?4 AND run=?5 AND gone=?7");
    Statement *st = NULL;

    if (!conn_statement(p->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, x->e.county);
    bind_int(st, 2, rule);
    for (int i = 3; i < 6; i++)
        bind_int(st, i, reader_int(r));
    bind_int(st, 6, run);
    bind_int(st, 7, SEQ_OPEN);
    return !r->bad ? conn_done(p->w->conn, st, error) : damaged(x, error);
}

static bool answers_apply(Replay *p, const Shipped *x, int64_t run, GError **error)
{
    Reader r = reader_of(x->beside);
    int64_t rule = -1;
    bool ok = true;

    while (ok && r.at != r.end) {
        switch (reader_byte(&r)) {
        case 'r':
            ok = rule_number(p, x, reader_str(&r), &rule, error);
            break;
        case 'n':
            ok = answer_insert(p, x, run, rule, &r, error);
            break;
        case 'g':
            ok = answer_supersede(p, x, run, rule, &r, error);
            break;
        default:
            return damaged(x, error);
        }
    }
    return ok;
}

static bool run_insert(Replay *p, const Shipped *x, const RunSaid *said, GError **error)
{
    static const Sql sql = SQL("INSERT INTO run(county,id,kind,first_month,month,policy,engine,seq,"
                               "at) VALUES(?1,?2,'decide',?3,?4,?5,?6,?7,?8)");
    Statement *st = NULL;

    if (!conn_statement(p->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, x->e.county);
    bind_int(st, 2, said->run);
    bind_int(st, 3, said->first);
    bind_int(st, 4, said->last);
    bind_int(st, 5, said->policy);
    bind_str(st, 6, STR(ENGINE));
    bind_int(st, 7, said->seq);
    bind_int(st, 8, x->e.at);
    return conn_done(p->w->conn, st, error);
}

bool replay_decide(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    uint8_t digest[SM3_SIZE];
    RunSaid said;

    (void)h;
    if (!body_read_run(b, &said))
        return replay_fail(&x->e, error, "its body is damaged");
    sm3(x->beside.at, x->beside.len, digest);
    if (memcmp(digest, said.digest, SM3_SIZE) != 0)
        return replay_fail(&x->e, error, "the answers beside it are not those it gave");
    return answers_apply(p, x, said.run, error) && run_insert(p, x, &said, error);
}

/* ---- ledger -------------------------------------------------------------------------------- */

static bool transfer_read(Reader *r, LedgerTransfer *ret)
{
    LedgerTransfer t = {.id = reader_int(r)};

    (void)reader_int(r); /* the unit is that of its accounts */
    t.state = (TransferState)reader_int(r);
    t.from = reader_int(r);
    t.to = reader_int(r);
    t.amount = reader_int(r);
    t.of = reader_int(r);
    *ret = t;
    return !r->bad;
}

/* The same move again; it must say the same. */
static bool move_replay(Replay *p, const Shipped *x, Reader body, Reader *beside, GError **error)
{
    Reader r = body;
    LedgerMove m = {.county = x->e.county, .n_accounts = reader_uint(&r)};
    g_autofree LedgerAccount *accounts = NULL;
    g_autoptr(GArray) transfers = g_array_new(FALSE, FALSE, sizeof(LedgerTransfer));
    LedgerTransfer t;
    Bytes again = {0};

    if (r.bad || m.n_accounts > LIMIT_LEDGER_MOVE)
        return replay_fail(&x->e, error, "its body is damaged");
    accounts = g_new0(LedgerAccount, m.n_accounts + 1);
    for (size_t i = 0; i < m.n_accounts; i++) {
        if (!body_read_ledger_account(&r, &accounts[i]))
            return replay_fail(&x->e, error, "its body is damaged");
    }
    while (r.at != r.end && transfer_read(&r, &t))
        g_array_append_val(transfers, t);
    m.accounts = accounts;
    m.transfers = (const LedgerTransfer *)(const void *)transfers->data;
    m.n_transfers = transfers->len;
    const uint8_t *key = m.n_transfers > 0 ? reader_raw(beside, sizeof m.key) : m.key;

    if (r.bad || key == NULL)
        return damaged(x, error);
    memcpy(m.key, key, sizeof m.key);
    m.first_part = m.n_transfers > 0 ? reader_uint(beside) : 0;
    if (beside->bad || m.first_part > INT32_MAX)
        return damaged(x, error);
    bool ok = ledger_move(p->w, &m, x->e.seq, &again, error);

    if (ok &&
        (again.len != (size_t)(body.end - body.at) || memcmp(again.at, body.at, again.len) != 0))
        ok = replay_fail(&x->e, error, "replayed, it moved something else");
    bytes_free(&again);
    return ok;
}

bool replay_ledger(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    Reader beside = reader_of(x->beside);

    (void)h;
    return move_replay(p, x, b->fields, &beside, error);
}

/* ---- pay runs ------------------------------------------------------------------------------ */

static bool run_make(Replay *p, const Shipped *x, Reader *r, Str *ret_digest, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_run(county,id,programme,month,state,decided,policy,seq,digest,"
            "prepared_by) VALUES(?1,?2,?3,?4,1,?5,?6,?7,?8,?9)");
    Str programme = reader_str(r);
    Statement *st = NULL;

    if (!conn_statement(p->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, x->e.county);
    bind_int(st, 2, x->e.id);
    bind_str(st, 3, programme);
    for (int i = 4; i < 7; i++)
        bind_int(st, i, reader_int(r));
    bind_int(st, 7, x->e.seq);
    *ret_digest = reader_str(r);
    bind_bytes(st, 8, ret_digest->at, ret_digest->len);
    bind_str(st, 9, x->e.actor);
    return !r->bad ? conn_done(p->w->conn, st, error) : damaged(x, error);
}

static bool sums_make(Replay *p, const Shipped *x, Reader *r, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_sum(county,run,rule,since,subjects,yes,no,unknown,judgement,lines,"
            "persons,month_fen,late_fen,back_fen,held_lines,held_fen,open_fen) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)");
    Statement *st = NULL;
    int64_t rule = 0;

    while (reader_byte(r) == 1) {
        if (!rule_number(p, x, reader_str(r), &rule, error) ||
            !conn_statement(p->w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, x->e.county);
        bind_int(st, 2, x->e.id);
        bind_int(st, 3, rule);
        for (int i = 4; i < 18; i++)
            bind_int(st, i, reader_int(r));
        if (r->bad)
            return damaged(x, error);
        if (!conn_done(p->w->conn, st, error))
            return false;
    }
    return true;
}

/* subject, month, payee, fen, decided, hold: in the order in which they are hashed. */
static bool line_make(Replay *p, const Shipped *x, int64_t rule, Reader *r, GError **error)
{
    static const Sql sql = SQL("INSERT INTO pay_line(county,rule,run,subject,month,payee,fen,"
                               "decided,hold) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    Statement *st = NULL;

    if (!conn_statement(p->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, x->e.county);
    bind_int(st, 2, rule);
    bind_int(st, 3, x->e.id);
    for (int i = 4; i < 10; i++)
        bind_int(st, i, reader_int(r));
    return !r->bad ? conn_done(p->w->conn, st, error) : damaged(x, error);
}

/* 'u': whom the run left; 'c': whose amount is another (rest_digest_add(), change_digest_add()). */
static bool behind_make(Replay *p, const Shipped *x, uint8_t what, Reader *r, GError **error)
{
    static const Sql rest = SQL("INSERT INTO pay_rest(county,run,rule,subject) "
                                "VALUES(?1,?2,?3,?4)"),
                     change = SQL("INSERT INTO pay_change(county,run,rule,subject,before,fen,"
                                  "outcome) VALUES(?1,?2,?3,?4,?5,?6,?7)");
    Statement *st = NULL;
    int64_t rule = 0;

    if (!rule_number(p, x, reader_str(r), &rule, error) ||
        !conn_statement(p->w->conn, what == 'u' ? rest : change, &st, error))
        return false;
    bind_int(st, 1, x->e.county);
    bind_int(st, 2, x->e.id);
    bind_int(st, 3, rule);
    for (int i = 4; i < (what == 'u' ? 5 : 8); i++)
        bind_int(st, i, reader_int(r));
    return !r->bad ? conn_done(p->w->conn, st, error) : damaged(x, error);
}

static bool lines_make(Replay *p, const Shipped *x, Str text, Str digest, GError **error)
{
    Reader r = reader_of(text);
    uint8_t hash[SM3_SIZE];
    int64_t rule = -1;
    bool ok = true;

    sm3(text.at, text.len, hash);
    if (digest.len != SM3_SIZE || memcmp(hash, digest.at, SM3_SIZE) != 0)
        return replay_fail(&x->e, error, "the lines beside it are not those that were prepared");
    while (ok && r.at != r.end) {
        uint8_t what = reader_byte(&r);

        ok = what == 'r'                  ? rule_number(p, x, reader_str(&r), &rule, error)
             : what == 'l'                ? line_make(p, x, rule, &r, error)
             : what == 'u' || what == 'c' ? behind_make(p, x, what, &r, error)
                                          : damaged(x, error);
    }
    return ok;
}

static bool towns_make(Replay *p, const Shipped *x, Reader *r, GError **error)
{
    int64_t rule = 0;

    while (reader_byte(r) == 1) {
        PayTown t = {0};

        if (!rule_number(p, x, reader_str(r), &rule, error))
            return false;
        t.persons = reader_int(r);
        t.fen = reader_int(r);
        t.held_persons = reader_int(r);
        t.held_fen = reader_int(r);
        t.roll_persons = reader_int(r);
        t.roll_fen = reader_int(r);
        t.town = reader_str(r);
        if (r->bad)
            return damaged(x, error);
        if (!pay_town_put(p->w, x->e.county, x->e.id, rule, &t, error))
            return false;
    }
    return true;
}

static bool prepared(Replay *p, const Shipped *x, Reader *r, GError **error)
{
    Str digest;

    return run_make(p, x, r, &digest, error) && sums_make(p, x, r, error) &&
           lines_make(p, x, reader_str(r), digest, error) && towns_make(p, x, r, error);
}

static bool returns_make(Replay *p, const Shipped *x, Reader *r, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO pay_return(county,run,receiver,subject,fen,stopped,reason,"
            "seq) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
    Statement *st = NULL;

    while (reader_byte(r) == 1) {
        if (!conn_statement(p->w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, x->e.county);
        bind_int(st, 2, x->e.id);
        for (int i = 3; i < 6; i++)
            bind_int(st, i, reader_int(r));
        bind_int(st, 6, reader_byte(r));
        bind_str(st, 7, reader_str(r));
        bind_int(st, 8, x->e.seq);
        if (r->bad)
            return damaged(x, error);
        if (!conn_done(p->w->conn, st, error))
            return false;
    }
    return true;
}

static bool run_move_on(Replay *p, const Shipped *x, PayState to, GError **error)
{
    static const Sql sql = SQL("UPDATE pay_run SET state=?3, reviewed_by=CASE WHEN ?3=2 THEN ?4 "
                               "ELSE reviewed_by END, approved_by=CASE WHEN ?3=3 THEN ?4 ELSE "
                               "approved_by END WHERE county=?1 AND id=?2");
    Statement *st = NULL;

    G_STATIC_ASSERT(PAY_REVIEWED == 2 && PAY_APPROVED == 3);
    if (to == PAY_PREPARED)
        return true;
    if (!conn_statement(p->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, x->e.county);
    bind_int(st, 2, x->e.id);
    bind_int(st, 3, to);
    bind_str(st, 4, x->e.actor);
    return conn_done(p->w->conn, st, error);
}

/* "pay run 3 refused: REASON" says what the step gave as its reason. */
static Str reason_of(Str words)
{
    for (size_t i = 0; i + 1 < words.len; i++) {
        if (words.at[i] == ':' && words.at[i + 1] == ' ')
            return (Str){words.at + i + 2, words.len - i - 2};
    }
    return STR("");
}

static bool run_check(Replay *p, const Shipped *x, GError **error)
{
    uint8_t digest[SM3_SIZE];
    bool found = false;

    if (!pay_run_digest(p->w->conn, x->e.county, x->e.id, &p->w->scratch, p->w->hash, &found,
                        digest, error))
        return false;
    return memcmp(digest, x->e.row, SM3_SIZE) == 0 ||
           replay_fail(&x->e, error, "replayed, the pay run is not as it was written");
}

static bool step_replay(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    Reader beside = reader_of(x->beside);
    PayState to = (PayState)reader_int(&b->fields);
    const PayStep step = {.county = x->e.county,
                          .run = x->e.id,
                          .to = to,
                          .actor = x->e.actor,
                          .reason = to == PAY_PREPARED ? STR("") : reason_of(b->reason)};

    return (to != PAY_PREPARED || prepared(p, x, &beside, error)) && run_move_on(p, x, to, error) &&
           returns_make(p, x, &beside, error) && pay_step_insert(p->w, h, &step, error) &&
           move_replay(p, x, b->fields, &beside, error) && run_check(p, x, error);
}

static bool hold_replay(Replay *p, const Shipped *x, Body *b, GError **error)
{
    PayHoldRow row = {.county = x->e.county, .id = x->e.id, .subject = reader_int(&b->fields)};
    uint8_t digest[SM3_SIZE];

    row.kind = (PayHold)reader_int(&b->fields);
    uint8_t did = reader_byte(&b->fields);

    if (did == HOLD_ERASED) {
        body_read_hold(&b->fields, &row);
        if (b->fields.bad)
            return damaged(x, error);
    } else if (did == HOLD_CLOSED) {
        if (!pay_hold_read(p->w, x->e.county, x->e.id, &row, error))
            return false;
        row.closed_by = x->e.actor;
        row.outcome = b->reason;
        row.closed_at = x->e.at;
        row.closed_seq = x->e.seq;
    } else {
        row.reason = b->reason;
        row.opened_by = x->e.actor;
        row.closed_by = row.outcome = STR("");
        row.opened_at = x->e.at;
        row.opened_seq = x->e.seq;
    }
    if (!pay_hold_put(p->w, &row, error))
        return false;
    pay_hold_digest(&row, &p->w->scratch, p->w->hash, digest);
    return memcmp(digest, x->e.row, SM3_SIZE) == 0 ||
           replay_fail(&x->e, error, "replayed, the hold is not as it was written");
}

bool replay_pay(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    uint8_t what = reader_byte(&b->fields);

    return what == 's'   ? step_replay(p, h, x, b, error)
           : what == 'h' ? hold_replay(p, x, b, error)
                         : replay_fail(&x->e, error, "its body is damaged");
}

/* ---- papers -------------------------------------------------------------------------------- */

bool replay_issue(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    Reader r = reader_of(x->beside);
    IssueRow row = {.county = x->e.county, .id = x->e.id, .record = reader_int(&r)};
    Str *texts[] = {&row.kind,  &row.number, &row.name,   &row.entity, &row.place,
                    &row.actor, &row.type,   &row.digest, &row.content};
    uint8_t digest[SM3_SIZE];

    (void)h;
    (void)b;
    row.day = (Date)reader_int(&r);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = reader_str(&r);
    if (r.bad)
        return damaged(x, error);
    issue_digest(&p->w->scratch, p->w->hash, x->e.seq, &row, digest);
    if (memcmp(digest, x->e.row, SM3_SIZE) != 0)
        return replay_fail(&x->e, error, "the paper beside it is not the one that was issued");
    return issue_put(p->w, &row, x->e.seq, true, error);
}
