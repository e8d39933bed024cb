/* journal.c — canonical bytes of bodies and headers, digests and links. */
#include "store/journal.h"

#define BODY_VERSION 1

enum BodyFlag { BODY_DATED = 1, BODY_BLIND = 2, BODY_BEFORE = 4 };

const char *change_word(ChangeKind k)
{
    static const char *const words[] = {
        [CHANGE_CREATE] = "create", [CHANGE_SET] = "change",      [CHANGE_CORRECT] = "correct",
        [CHANGE_END] = "end",       [CHANGE_ACCOUNT] = "account", [CHANGE_NOTE] = "note",
        [CHANGE_DECIDE] = "decide", [CHANGE_REVIVE] = "revive",   [CHANGE_LEAVE] = "leave",
        [CHANGE_DOCKET] = "docket", [CHANGE_LEDGER] = "ledger",   [CHANGE_ISSUE] = "issue",
        [CHANGE_RESEAL] = "reseal", [CHANGE_PAY] = "pay",         [CHANGE_ERASE] = "erase",
    };
    g_assert((size_t)k < G_N_ELEMENTS(words));
    return words[k];
}

void entry_digest(Sm3 *hash, const uint8_t salt[SALT_SIZE], Str body, uint8_t to[SM3_SIZE])
{
    sm3_reset(hash);
    sm3_add(hash, salt, SALT_SIZE);
    sm3_add(hash, body.at, body.len);
    sm3_end(hash, to);
}

void entry_header(Bytes *scratch, const uint8_t before[SM3_SIZE], const Entry *e)
{
    bytes_put(scratch, before, SM3_SIZE);
    bytes_int(scratch, e->county);
    bytes_int(scratch, e->seq);
    bytes_int(scratch, e->at);
    bytes_str(scratch, e->actor);
    bytes_str(scratch, e->via);
    bytes_str(scratch, e->kind);
    bytes_int(scratch, e->entity);
    bytes_int(scratch, e->id);
    bytes_int(scratch, e->model);
    bytes_str(scratch, e->has_row ? (Str){(const char *)e->row, SM3_SIZE} : (Str){NULL, 0});
    bytes_put(scratch, e->digest, SM3_SIZE);
}

void entry_link(Sm3 *hash, Bytes *scratch, const uint8_t before[SM3_SIZE], Entry *e)
{
    bytes_reset(scratch);
    entry_header(scratch, before, e);
    sm3_reset(hash);
    sm3_add(hash, scratch->at, scratch->len);
    sm3_end(hash, e->link);
}

void body_begin(Bytes *b, ChangeKind kind, Str reason, size_t n_fields)
{
    bytes_reset(b);
    bytes_byte(b, BODY_VERSION);
    bytes_byte(b, (uint8_t)kind);
    bytes_str(b, reason);
    bytes_uint(b, n_fields);
}

void body_field(Bytes *b, const BodyField *f)
{
    int flags = (f->dated ? BODY_DATED : 0) | (f->has_blind ? BODY_BLIND : 0) |
                (f->before.type != CELL_NONE ? BODY_BEFORE : 0);

    bytes_uint(b, f->number);
    bytes_byte(b, (uint8_t)flags);
    if (f->dated) {
        bytes_int(b, f->since);
        bytes_int(b, f->until);
    }
    if (f->before.type != CELL_NONE)
        bytes_cell(b, f->before);
    bytes_cell(b, f->after);
    if (f->has_blind)
        bytes_put(b, f->blind, sizeof f->blind);
}

void body_account(Bytes *b, const AccountRow *a)
{
    bytes_str(b, a->name);
    bytes_str(b, a->role);
    bytes_str(b, a->region);
    bytes_str(b, a->facility);
    bytes_str(b, a->shown);
    bytes_str(b, a->password);
    bytes_byte(b, a->disabled);
}

bool body_read(Str bytes, Body *ret)
{
    Reader r = reader_of(bytes);
    uint8_t version = reader_byte(&r), kind = reader_byte(&r);
    Body body = {.kind = (ChangeKind)kind, .reason = reader_str(&r)};

    body.n_fields = reader_uint(&r);
    body.fields = r;
    if (r.bad || version != BODY_VERSION || kind > CHANGE_LAST)
        return false;
    *ret = body;
    return true;
}

bool body_next(Body *b, BodyField *ret)
{
    BodyField f = {.number = reader_uint(&b->fields), .since = DATE_MIN, .until = DATE_MAX};
    uint8_t flags = reader_byte(&b->fields);

    f.dated = (flags & BODY_DATED) != 0;
    f.has_blind = (flags & BODY_BLIND) != 0;
    if (f.dated) {
        f.since = (Date)reader_int(&b->fields);
        f.until = (Date)reader_int(&b->fields);
    }
    if ((flags & BODY_BEFORE) != 0)
        f.before = reader_cell(&b->fields);
    f.after = reader_cell(&b->fields);
    if (f.has_blind) {
        const uint8_t *blind = reader_raw(&b->fields, SM3_SIZE);

        if (blind != NULL)
            memcpy(f.blind, blind, SM3_SIZE);
    }
    if (b->fields.bad)
        return false;
    *ret = f;
    return true;
}

bool body_read_account(Body *b, AccountRow *ret)
{
    AccountRow a = {.name = reader_str(&b->fields)};

    a.role = reader_str(&b->fields);
    a.region = reader_str(&b->fields);
    a.facility = reader_str(&b->fields);
    a.shown = reader_str(&b->fields);
    a.password = reader_str(&b->fields);
    a.disabled = reader_byte(&b->fields) != 0;
    if (b->fields.bad)
        return false;
    *ret = a;
    return true;
}

bool body_read_docket(Body *b, Docket *ret, Str *ret_stored)
{
    Reader *r = &b->fields;
    Docket d = {.kind = (DocketKind)reader_uint(r)};

    d.state = (DocketState)reader_uint(r);
    (void)reader_int(r);
    d.subject = reader_int(r);
    d.other.county = (int32_t)reader_int(r);
    d.other.id = reader_int(r);
    d.by = reader_str(r);
    d.decided_by = reader_str(r);
    d.hash = reader_str(r);
    d.body = reader_str(r);
    *ret_stored = reader_str(r);
    if (r->bad)
        return false;
    *ret = d;
    return true;
}

void account_digest(Bytes *scratch, Sm3 *hash, int32_t county, int64_t seq, const AccountRow *a,
                    uint8_t to[SM3_SIZE])
{
    bytes_reset(scratch);
    bytes_uint(scratch, ENTITY_ACCOUNT);
    bytes_int(scratch, county);
    bytes_int(scratch, a->id);
    bytes_int(scratch, seq);
    body_account(scratch, a);
    sm3_reset(hash);
    sm3_add(hash, scratch->at, scratch->len);
    sm3_end(hash, to);
}

bool journal_holds(Conn *c, int32_t county, int64_t seq, const uint8_t link[SM3_SIZE], bool *ret,
                   GError **error)
{
    static const Sql sql = SQL("SELECT link FROM journal WHERE county=?1 AND seq=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, seq);
    if (!conn_step(c, st, &row, error))
        return false;
    *ret = false;
    if (row) {
        Str stored = column_str(st, 0);

        *ret = stored.len == SM3_SIZE && memcmp(stored.at, link, SM3_SIZE) == 0;
        statement_reset(st);
    }
    return true;
}

KnownAt known_from(Statement *st)
{
    KnownAt k = {column_int(st, 0), column_int64(st, 1), {0}};
    Str link = column_str(st, 2);

    if (link.len == sizeof k.link)
        memcpy(k.link, link.at, sizeof k.link);
    return k;
}

bool known_equal(const KnownAt *a, const KnownAt *b)
{
    return a->county == b->county && a->seq == b->seq &&
           memcmp(a->link, b->link, sizeof a->link) == 0;
}

bool journals_hold(Conn *c, const KnownAt *known, size_t n, int32_t *ret_other, GError **error)
{
    static const uint8_t none[SM3_SIZE];
    bool holds = true;

    *ret_other = 0;
    for (size_t i = 0; i < n && holds; i++) {
        const KnownAt *k = &known[i];

        if (k->seq > 0 && memcmp(k->link, none, sizeof none) != 0 &&
            !journal_holds(c, k->county, k->seq, k->link, &holds, error))
            return false;
        *ret_other = holds ? 0 : k->county;
    }
    return true;
}
