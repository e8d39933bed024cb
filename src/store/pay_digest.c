/* pay_digest.c — canonical bytes of runs, lines and holds. */
#include "store/pay_inside.h"

#define DIGEST_ROOM 16384 /* hashed at once: a call costs more than a line */

/* ---- lines ------------------------------------------------------------------------------- */

void line_digest_begin(LineDigest *d)
{
    *d = (LineDigest){.hash = sm3_new(), .rule = -1};
}

static void line_digest_flush(LineDigest *d, size_t room)
{
    if (d->bytes.len < room)
        return;
    sm3_add(d->hash, d->bytes.at, d->bytes.len);
    if (d->copy != NULL)
        bytes_put(d->copy, d->bytes.at, d->bytes.len);
    bytes_reset(&d->bytes);
}

void line_digest_add(LineDigest *d, int64_t rule, Str name, int64_t subject, const OwedLine *l,
                     int hold)
{
    if (rule != d->rule) {
        bytes_byte(&d->bytes, 'r');
        bytes_str(&d->bytes, name);
        d->rule = rule;
    }
    bytes_byte(&d->bytes, 'l');
    bytes_int(&d->bytes, subject);
    bytes_int(&d->bytes, l->month);
    bytes_int(&d->bytes, l->payee);
    bytes_int(&d->bytes, l->fen);
    bytes_int(&d->bytes, l->decided);
    bytes_int(&d->bytes, hold);
    d->lines++;
    line_digest_flush(d, DIGEST_ROOM);
}

void rest_digest_add(LineDigest *d, Str name, int64_t subject)
{
    bytes_byte(&d->bytes, 'u');
    bytes_str(&d->bytes, name);
    bytes_int(&d->bytes, subject);
    line_digest_flush(d, DIGEST_ROOM);
}

void change_digest_add(LineDigest *d, Str name, const PayChange *c)
{
    bytes_byte(&d->bytes, 'c');
    bytes_str(&d->bytes, name);
    bytes_int(&d->bytes, c->subject);
    bytes_int(&d->bytes, c->before);
    bytes_int(&d->bytes, c->fen);
    bytes_int(&d->bytes, c->outcome);
    line_digest_flush(d, DIGEST_ROOM);
}

void line_digest_end(LineDigest *d, uint8_t to[SM3_SIZE])
{
    line_digest_flush(d, 1);
    sm3_end(d->hash, to);
    sm3_free(d->hash);
    bytes_free(&d->bytes);
    d->hash = NULL;
}

/* ---- rows about a run -------------------------------------------------------------------- */

/* All columns of all rows, in order: numbers, texts and bytes told apart. */
static bool rows_put(Conn *c, Sql sql, int32_t county, int64_t run, Bytes *to, uint64_t *ret_rows,
                     GError **error)
{
    Statement *st = NULL;
    bool ok;

    *ret_rows = 0;
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, run);
    while (conn_next(c, st, &ok, error)) {
        ++*ret_rows;
        bytes_byte(to, 'w');
        for (int i = 0; i < column_count(st); i++) {
            Cell cell = column_cell(st, i);

            bytes_byte(to, (uint8_t)cell.type);
            if (cell.type == CELL_INT)
                bytes_int(to, cell.num);
            else if (cell.type != CELL_NONE)
                bytes_str(to, cell.text);
        }
    }
    return ok;
}

bool pay_run_digest(Conn *c, int32_t county, int64_t run, Bytes *scratch, Sm3 *hash,
                    bool *ret_found, uint8_t to[SM3_SIZE], GError **error)
{
    static const Sql of_run =
        SQL("SELECT programme,month,state,decided,policy,seq,digest,prepared_by,reviewed_by,"
            "approved_by FROM pay_run WHERE county=?1 AND id=?2");
    static const Sql parts[] = {
        SQL("SELECT rule,since,subjects,yes,no,unknown,judgement,lines,persons,month_fen,late_fen,"
            "back_fen,held_lines,held_fen,open_fen FROM pay_sum WHERE county=?1 AND run=?2 "
            "ORDER BY rule"),
        SQL("SELECT part,state,actor,at,reason,seq FROM pay_step WHERE county=?1 AND run=?2 "
            "ORDER BY part"),
        SQL("SELECT receiver,fen,stopped,reason,seq FROM pay_return WHERE county=?1 AND run=?2 "
            "AND subject=0 ORDER BY receiver"),
    };
    /* What runs of before do not have is no byte of theirs. */
    static const Sql later[] = {
        SQL("SELECT receiver,subject,fen,stopped,reason,seq FROM pay_return WHERE county=?1 AND "
            "run=?2 AND subject<>0 ORDER BY receiver,subject"),
        SQL("SELECT rule,town,roll_persons,roll_fen,persons,fen,held_persons,held_fen FROM "
            "pay_town WHERE county=?1 AND "
            "run=?2 ORDER BY rule,town"),
    };
    uint64_t rows = 0;

    bytes_reset(scratch);
    bytes_int(scratch, run);
    if (!rows_put(c, of_run, county, run, scratch, &rows, error))
        return false;
    *ret_found = rows > 0;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        bytes_byte(scratch, (uint8_t)('a' + i));
        if (!rows_put(c, parts[i], county, run, scratch, &rows, error))
            return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(later); i++) {
        size_t before = scratch->len;

        bytes_byte(scratch, (uint8_t)('A' + i));
        if (!rows_put(c, later[i], county, run, scratch, &rows, error))
            return false;
        if (rows == 0)
            scratch->len = before;
    }
    sm3_reset(hash);
    sm3_add(hash, scratch->at, scratch->len);
    sm3_end(hash, to);
    return true;
}

/* ---- holds ------------------------------------------------------------------------------- */

PayHoldRow pay_hold_from(Statement *st, Arena *a)
{
    return (PayHoldRow){.county = column_int(st, 0),
                        .id = column_int64(st, 1),
                        .subject = column_int64(st, 2),
                        .kind = (PayHold)column_int(st, 3),
                        .reason = arena_str(a, column_str(st, 4)),
                        .opened_by = arena_str(a, column_str(st, 5)),
                        .closed_by = arena_str(a, column_str(st, 6)),
                        .outcome = arena_str(a, column_str(st, 7)),
                        .opened_at = column_int64(st, 8),
                        .opened_seq = column_int64(st, 9),
                        .closed_at = column_int64(st, 10),
                        .closed_seq = column_int64(st, 11)};
}

void body_hold(Bytes *b, const PayHoldRow *h)
{
    bytes_str(b, h->opened_by);
    bytes_int(b, h->opened_at);
    bytes_int(b, h->opened_seq);
    bytes_str(b, h->closed_by);
    bytes_int(b, h->closed_at);
    bytes_int(b, h->closed_seq);
}

void body_read_hold(Reader *r, PayHoldRow *to)
{
    to->opened_by = reader_str(r);
    to->opened_at = reader_int(r);
    to->opened_seq = reader_int(r);
    to->closed_by = reader_str(r);
    to->closed_at = reader_int(r);
    to->closed_seq = reader_int(r);
    to->reason = to->outcome = STR("");
}

void pay_hold_digest(const PayHoldRow *h, Bytes *scratch, Sm3 *hash, uint8_t to[SM3_SIZE])
{
    const int64_t numbers[] = {h->id,         h->subject,   h->kind,      h->opened_at,
                               h->opened_seq, h->closed_at, h->closed_seq};
    const Str texts[] = {h->reason, h->opened_by, h->closed_by, h->outcome};

    bytes_reset(scratch);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        bytes_int(scratch, numbers[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        bytes_str(scratch, texts[i]);
    sm3_reset(hash);
    sm3_add(hash, scratch->at, scratch->len);
    sm3_end(hash, to);
}
