/* range_rows.c — what stands beside an entry in a range, because its body holds it by a digest
 * alone: answers of a run of decisions, lines and sums of a pay run, what the bank sent back, the
 * key of a move of the ledger, a file, a paper.  Read back in replay_record.c and replay_money.c.
 * Start: beside_read(). */
#include "store/decide.h"
#include "store/issue_inside.h"
#include "store/pay_inside.h"
#include "store/replay_inside.h"

static Str name_of(const Beside *b, int64_t rule)
{
    const char *name = g_hash_table_lookup(b->names, &rule);

    return name != NULL ? str_of(name) : STR("");
}

/* ---- answers ------------------------------------------------------------------------------- */

/* The very bytes that were hashed when the run was written. */
static bool answers(Beside *b, const Entry *e, Body *body, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,from_month,until_month,outcome,fen,missing,run,gone "
            "FROM decision WHERE county=?1 AND (run=?2 OR gone=?2) "
            "ORDER BY rule,subject,from_month,run,gone");
    RunDigest d;
    RunSaid said;
    Statement *st = NULL;
    uint8_t digest[SM3_SIZE];
    bool row = false, ok = body_read_run(body, &said) && conn_scan(b->conn, sql, &st, error);

    if (!ok)
        return error != NULL && *error != NULL ? false
                                               : replay_fail(e, error, "its body is damaged");
    digest_begin(&d);
    d.copy = &b->bytes;
    bind_int(st, 1, e->county);
    bind_int(st, 2, said.run);
    while ((ok = conn_step(b->conn, st, &row, error)) && row) {
        int64_t rule = column_int64(st, 0);
        AnswerRow a = {column_int64(st, 1), column_int(st, 2),   column_int(st, 3),
                       column_int(st, 4),   column_int64(st, 5), column_int64(st, 6),
                       column_int64(st, 7)};

        if (a.run == said.run)
            digest_inserted(&d, rule, name_of(b, rule), &a);
        if (column_int64(st, 8) == said.run)
            digest_superseded(&d, rule, name_of(b, rule), &a);
    }
    digest_end(&d, digest);
    return ok;
}

/* ---- pay ----------------------------------------------------------------------------------- */

static bool run_row(Beside *b, const Entry *e, GError **error)
{
    static const Sql sql =
        SQL("SELECT programme,month,decided,policy,digest FROM pay_run WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(b->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->id);
    if (!conn_step(b->conn, st, &row, error))
        return false;
    if (!row)
        return replay_fail(e, error, "its pay run is missing");
    bytes_str(&b->bytes, column_str(st, 0));
    for (int i = 1; i < 4; i++)
        bytes_int(&b->bytes, column_int64(st, i));
    bytes_str(&b->bytes, column_str(st, 4));
    statement_reset(st);
    return true;
}

static bool sums(Beside *b, const Entry *e, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,since,subjects,yes,no,unknown,judgement,lines,persons,month_fen,late_fen,"
            "back_fen,held_lines,held_fen,open_fen FROM pay_sum WHERE county=?1 AND run=?2 "
            "ORDER BY rule");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(b->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->id);
    for (;;) {
        if (!conn_step(b->conn, st, &row, error))
            return false;
        bytes_byte(&b->bytes, row);
        if (!row)
            return true;
        bytes_str(&b->bytes, name_of(b, column_int64(st, 0)));
        for (int i = 1; i < column_count(st); i++)
            bytes_int(&b->bytes, column_int64(st, i));
    }
}

/* Whom it left, and whose amount is another: behind its lines, in the order of verify_pay.c. */
static bool behind_lines(Beside *b, const Entry *e, bool changes, LineDigest *to, GError **error)
{
    static const Sql of_rests = SQL("SELECT rule,subject FROM pay_rest WHERE county=?1 AND run=?2 "
                                    "ORDER BY rule,subject"),
                     of_changes = SQL("SELECT rule,subject,before,fen,outcome FROM pay_change "
                                      "WHERE county=?1 AND run=?2 ORDER BY rule,subject");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(b->conn, changes ? of_changes : of_rests, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->id);
    while (conn_next(b->conn, st, &ok, error)) {
        Str name = name_of(b, column_int64(st, 0));

        if (changes) {
            const PayChange c = {.subject = column_int64(st, 1),
                                 .before = column_int64(st, 2),
                                 .fen = column_int64(st, 3),
                                 .outcome = column_int(st, 4)};

            change_digest_add(to, name, &c);
        } else {
            rest_digest_add(to, name, column_int64(st, 1));
        }
    }
    return ok;
}

static bool lines(Beside *b, const Entry *e, GError **error)
{
    static const Sql sql = SQL("SELECT rule,subject,month,payee,fen,hold,decided FROM pay_line "
                               "WHERE county=?1 AND run=?2 ORDER BY rule,subject,month,payee");
    Bytes copy = {0};
    LineDigest d;
    Statement *st = NULL;
    uint8_t digest[SM3_SIZE];
    bool row = false, ok = conn_scan(b->conn, sql, &st, error);

    if (!ok)
        return false;
    line_digest_begin(&d);
    d.copy = &copy;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->id);
    while ((ok = conn_step(b->conn, st, &row, error)) && row) {
        int64_t rule = column_int64(st, 0);
        const OwedLine line = {.month = column_int(st, 2),
                               .payee = column_int64(st, 3),
                               .fen = column_int64(st, 4),
                               .decided = column_int64(st, 6)};

        line_digest_add(&d, rule, name_of(b, rule), column_int64(st, 1), &line, column_int(st, 5));
    }
    ok = ok && behind_lines(b, e, false, &d, error) && behind_lines(b, e, true, &d, error);
    line_digest_end(&d, digest);
    bytes_str(&b->bytes, (Str){(const char *)copy.at, copy.len});
    bytes_free(&copy);
    return ok;
}

static bool towns(Beside *b, const Entry *e, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,persons,fen,held_persons,held_fen,roll_persons,roll_fen,"
            "town FROM pay_town WHERE county=?1 AND run=?2 ORDER BY rule,town");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(b->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->id);
    for (;;) {
        if (!conn_step(b->conn, st, &row, error))
            return false;
        bytes_byte(&b->bytes, row);
        if (!row)
            return true;
        bytes_str(&b->bytes, name_of(b, column_int64(st, 0)));
        for (int i = 1; i < 7; i++)
            bytes_int(&b->bytes, column_int64(st, i));
        bytes_str(&b->bytes, column_str(st, 7));
    }
}

static bool returns(Beside *b, const Entry *e, GError **error)
{
    static const Sql sql = SQL("SELECT receiver,subject,fen,stopped,reason FROM pay_return WHERE "
                               "county=?1 AND run=?2 AND seq=?3 ORDER BY receiver,subject");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(b->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->id);
    bind_int(st, 3, e->seq);
    for (;;) {
        if (!conn_step(b->conn, st, &row, error))
            return false;
        bytes_byte(&b->bytes, row);
        if (!row)
            return true;
        for (int i = 0; i < 3; i++)
            bytes_int(&b->bytes, column_int64(st, i));
        bytes_byte(&b->bytes, column_int64(st, 3) != 0);
        bytes_str(&b->bytes, column_str(st, 4));
    }
}

/* ---- ledger -------------------------------------------------------------------------------- */

/* The key under which a move was made: a repeat of it, however late, is known as one. */
static bool move_key(Beside *b, const Entry *e, Reader move, GError **error)
{
    static const Sql sql = SQL("SELECT request,part FROM transfer WHERE county=?1 AND id=?2");
    uint64_t n = reader_uint(&move);
    Statement *st = NULL;
    LedgerAccount unused;
    bool row = false;

    for (uint64_t i = 0; i < n && body_read_ledger_account(&move, &unused); i++)
        continue;
    if (move.bad || move.at == move.end)
        return true;
    if (!conn_statement(b->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, reader_int(&move));
    if (!conn_step(b->conn, st, &row, error))
        return false;
    if (!row)
        return replay_fail(e, error, "its transfer is missing");
    bytes_put(&b->bytes, column_str(st, 0).at, column_str(st, 0).len);
    bytes_uint(&b->bytes, (uint64_t)column_int64(st, 1));
    statement_reset(st);
    return true;
}

static bool pay(Beside *b, const Entry *e, Body *body, GError **error)
{
    if (reader_byte(&body->fields) != 's')
        return true;
    int64_t to = reader_int(&body->fields);

    if (to == PAY_PREPARED &&
        (!run_row(b, e, error) || !sums(b, e, error) || !lines(b, e, error) || !towns(b, e, error)))
        return false;
    return returns(b, e, error) && move_key(b, e, body->fields, error);
}

/* ---- files and papers ---------------------------------------------------------------------- */

static bool file(Beside *b, const Entry *e, Body *body, GError **error)
{
    static const Sql sql = SQL("SELECT sealed FROM content WHERE county=?1 AND hash=?2");
    Statement *st = NULL;
    Docket d;
    Str stored;
    bool row = false;

    if (!body_read_docket(body, &d, &stored) || d.kind != DOCKET_FILE || d.hash.len == 0)
        return true;
    if (!conn_statement(b->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_bytes(st, 2, d.hash.at, d.hash.len);
    if (!conn_step(b->conn, st, &row, error) || !row)
        return row || error == NULL || *error == NULL; /* a file that is gone: the replay says so */
    bytes_str(&b->bytes, column_str(st, 0));
    statement_reset(st);
    return true;
}

static bool paper(Beside *b, const Entry *e, GError **error)
{
    static const Sql sql = SQL("SELECT " ISSUE_COLUMNS " FROM issued WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(b->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->id);
    if (!conn_step(b->conn, st, &row, error))
        return false;
    if (!row)
        return replay_fail(e, error, "what it issued is missing");
    const IssueRow x = issue_from(st);
    const Str texts[] = {x.kind,  x.number, x.name,   x.entity, x.place,
                         x.actor, x.type,   x.digest, x.content};

    bytes_int(&b->bytes, x.record);
    bytes_int(&b->bytes, x.day);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        bytes_str(&b->bytes, texts[i]);
    statement_reset(st);
    return true;
}

bool beside_read(Beside *b, const Entry *e, Str bytes, GError **error)
{
    Body body;

    bytes_reset(&b->bytes);
    if (!body_read(bytes, &body))
        return replay_fail(e, error, "its body is damaged");
    switch (body.kind) {
    case CHANGE_DECIDE:
        return answers(b, e, &body, error);
    case CHANGE_PAY:
        return pay(b, e, &body, error);
    case CHANGE_LEDGER:
        return move_key(b, e, body.fields, error);
    case CHANGE_DOCKET:
        return file(b, e, &body, error);
    case CHANGE_ISSUE:
        return paper(b, e, error);
    default:
        return true;
    }
}
