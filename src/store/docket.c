/* docket.c — rows of `docket` and `content`: written inside a write transaction with their entry in
 * the journal, read on a reader.  Read first: docket_change(). */
#include "base/limits.h"
#include "store/writing.h"

const char *docket_word(DocketKind k)
{
    static const char *const words[] = {
        [DOCKET_NONE] = "docket",      [DOCKET_APART] = "apart",     [DOCKET_MERGE] = "merge",
        [DOCKET_PROPOSAL] = "propose", [DOCKET_MOVE] = "move",       [DOCKET_ARRIVAL] = "arrive",
        [DOCKET_FILE] = "file",        [DOCKET_CONSENT] = "consent", [DOCKET_ACK] = "ack",
        [DOCKET_BATCH] = "batch",      [DOCKET_SCORE] = "score",
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(words) == DOCKET_KINDS);
    g_assert((size_t)k < DOCKET_KINDS);
    return words[k];
}

/* ---- canonical bytes --------------------------------------------------------------------- */

void body_docket(Bytes *b, const Docket *d, int64_t entity)
{
    bytes_uint(b, d->kind);
    bytes_uint(b, d->state);
    bytes_int(b, entity);
    bytes_int(b, d->subject);
    bytes_int(b, d->other.county);
    bytes_int(b, d->other.id);
    bytes_str(b, d->by);
    bytes_str(b, d->decided_by);
    bytes_str(b, d->hash);
    bytes_str(b, d->body);
}

void docket_digest(Bytes *scratch, Sm3 *hash, const Docket *d, int64_t entity, uint8_t to[SM3_SIZE])
{
    bytes_reset(scratch);
    bytes_uint(scratch, ENTITY_DOCKET);
    bytes_int(scratch, d->key.county);
    bytes_int(scratch, d->key.id);
    bytes_int(scratch, d->seq);
    bytes_int(scratch, d->at);
    body_docket(scratch, d, entity);
    sm3_reset(hash);
    sm3_add(hash, scratch->at, scratch->len);
    sm3_end(hash, to);
}

/* ---- writing ----------------------------------------------------------------------------- */

typedef struct Standing { /* what stands there already */
    int64_t state, seq;   /* state -1: nothing */
    Str hash;             /* in the writer's arena */
} Standing;

static bool standing_read(Writing *w, RecordKey key, Standing *ret, GError **error)
{
    static const Sql sql = SQL("SELECT state,seq,hash FROM docket WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, key.county);
    bind_int(st, 2, key.id);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    *ret = (Standing){.state = -1, .hash = STR("")};
    if (row)
        *ret = (Standing){column_int64(st, 0), column_int64(st, 1),
                          arena_str(w->arena, column_str(st, 2))};
    statement_reset(st);
    return true;
}

bool docket_put(Writing *w, const Docket *d, int64_t entity, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO docket(county,id,seq,at,kind,state,entity,subject,other_county,other,"
            "made_by,decided_by,hash,body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14) "
            "ON CONFLICT(county,id) DO UPDATE SET seq=excluded.seq, at=excluded.at, "
            "state=excluded.state, decided_by=excluded.decided_by, hash=excluded.hash, "
            "body=excluded.body");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->key.county);
    bind_int(st, 2, d->key.id);
    bind_int(st, 3, d->seq);
    bind_int(st, 4, d->at);
    bind_int(st, 5, d->kind);
    bind_int(st, 6, d->state);
    bind_int(st, 7, entity);
    bind_int(st, 8, d->subject);
    bind_int(st, 9, d->other.county);
    bind_int(st, 10, d->other.id);
    bind_str(st, 11, d->by);
    bind_str(st, 12, d->decided_by);
    bind_bytes(st, 13, d->hash.at, d->hash.len);
    bind_bytes(st, 14, d->body.at, d->body.len);
    return conn_done(w->conn, st, error);
}

bool docket_blank(Writing *w, const Docket *d, int64_t entity, GError **error)
{
    static const Sql sql =
        SQL("DELETE FROM content WHERE county=?1 AND hash=?2 AND NOT EXISTS (SELECT 1 FROM docket "
            "WHERE county=?1 AND kind=?3 AND hash=?2)");
    Statement *st = NULL;
    Standing now;

    if (!standing_read(w, d->key, &now, error) || !docket_put(w, d, entity, error))
        return false;
    if (now.hash.len == 0)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->key.county);
    bind_bytes(st, 2, now.hash.at, now.hash.len);
    bind_int(st, 3, DOCKET_FILE);
    return conn_done(w->conn, st, error);
}

/* The same bytes are kept once in a county. */
bool content_put(Writing *w, int32_t county, const Content *c, GError **error)
{
    static const Sql sql = SQL("INSERT INTO content(county,hash,sealed) VALUES(?1,?2,?3) "
                               "ON CONFLICT(county,hash) DO NOTHING");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_bytes(st, 2, c->hash, sizeof c->hash);
    bind_bytes(st, 3, c->sealed.at, c->sealed.len);
    return conn_done(w->conn, st, error);
}

/* SM3 of what lies there, sealed: the journal covers it, so that it can be checked without keys. */
static bool content_digest(Writing *w, int32_t county, Str hash, uint8_t to[SM3_SIZE],
                           GError **error)
{
    static const Sql sql = SQL("SELECT sealed FROM content WHERE county=?1 AND hash=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_bytes(st, 2, hash.at, hash.len);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "there is no such file");
    Str sealed = column_str(st, 0);

    sm3(sealed.at, sealed.len, to);
    statement_reset(st);
    return true;
}

static bool file_keep(Writing *w, Docket *d, const Content *c, uint8_t stored[SM3_SIZE],
                      GError **error)
{
    if (d->kind != DOCKET_FILE)
        return true;
    if (d->hash.len != SM3_SIZE)
        return fail(error, FAIL_INPUT, "a file needs its address");
    if ((c != NULL && !content_put(w, d->key.county, c, error)) ||
        !content_digest(w, d->key.county, d->hash, stored, error))
        return false;
    return true;
}

/* The two sides of a move are in two journals, and two processes may be at them: what has arrived
 * does not go back, and what went back does not arrive. */
static bool move_check(Writing *w, const Docket *d, bool back, GError **error)
{
    static const Sql arrived = SQL("SELECT 1 FROM docket WHERE kind=?1 AND entity=?2 AND "
                                   "subject=?3 AND other=?4 LIMIT 1"),
                     stands = SQL("SELECT state FROM docket WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    int64_t found = back ? 0 : DOCKET_DONE; /* a move of another node may not be here */

    if (!back && d->kind != DOCKET_ARRIVAL)
        return true;
    if (!conn_statement(w->conn, back ? arrived : stands, &st, error))
        return false;
    bind_int(st, 1, back ? DOCKET_ARRIVAL : d->other.county);
    bind_int(st, 2, back ? w->s->plan->tables[d->entity->number].number : d->other.id);
    if (back) {
        bind_int(st, 3, d->subject);
        bind_int(st, 4, d->key.id);
    }
    if (!conn_number(w->conn, st, found, &found, error))
        return false;
    return found == (back ? 0 : DOCKET_DONE) ||
           fail(error, FAIL_CONFLICT,
                back ? "it has arrived in the other county" : "the move was taken back");
}

/* A live record of the county whose place leads over this one. */
static bool hangs_on(Writing *w, const FieldPlan *by, const TablePlan *t, const Docket *d,
                     bool *ret, GError **error)
{
    GString *sql = g_string_new("SELECT 1 FROM ");
    Statement *st = NULL;

    sql_quote(sql, t->table);
    g_string_append(sql, " WHERE county=?1 AND state=0 AND ");
    sql_quote(sql, by->value);
    g_string_append(sql, "=?2 LIMIT 1");
    bool ok = conn_once(w->conn, sql->str, false, &st, error);

    g_string_free(sql, TRUE);
    if (ok) {
        bind_int(st, 1, d->key.county);
        bind_int(st, 2, d->subject);
        ok = conn_step(w->conn, st, ret, error);
    }
    statement_free(st);
    return ok;
}

/* What was written about the record since those were gathered that leave with it: it would stay in
 * a county that has no place for it.  The county is locked, and they have left: none is added. */
static bool all_leave(Writing *w, const Docket *d, GError **error)
{
    const Plan *p = w->s->plan;

    for (size_t i = 0; d->kind == DOCKET_MOVE && d->state == DOCKET_DONE && i < p->n_tables; i++) {
        const Entity *e = p->tables[i].entity;
        const Field *by = e->place != NULL && e->place->n_path > 1 ? e->place->path[0] : NULL;
        const FieldPlan *f = by != NULL && by->type.to == d->entity ? plan_field(p, by) : NULL;
        bool stays = false;

        if (f != NULL && !hangs_on(w, f, &p->tables[i], d, &stays, error))
            return false;
        if (stays)
            return fail(error, FAIL_CONFLICT, "a %.*s was written about it meanwhile",
                        STR_ARG(e->name));
    }
    return true;
}

/* `read`: the entry that wrote it last when the writer read it. */
static bool docket_check(Writing *w, const Docket *d, int64_t read, GError **error)
{
    Standing now;

    if (d->kind <= DOCKET_NONE || d->kind >= DOCKET_KINDS || d->state >= DOCKET_STATES ||
        d->key.id <= 0 || d->entity == NULL || d->entity->number >= w->s->plan->n_tables)
        return fail(error, FAIL_INPUT, "not a fact about a record");
    if (!standing_read(w, d->key, &now, error))
        return false;
    int64_t before = now.state;

    if (d->kind == DOCKET_SCORE && before == DOCKET_OPEN)
        return now.seq == read || fail(error, FAIL_CONFLICT, "somebody wrote to this meanwhile");
    /* What was decided stays so; an accepted move that could not arrive is the one way back. */
    bool back = d->kind == DOCKET_MOVE && before == DOCKET_DONE && d->state == DOCKET_WITHDRAWN;

    if (before < 0 || back || (before == DOCKET_OPEN && d->state != DOCKET_OPEN) ||
        (before == DOCKET_OPEN && d->kind == DOCKET_MERGE))
        return move_check(w, d, back, error) && all_leave(w, d, error);
    return fail(error, FAIL_CONFLICT, "somebody decided on this already");
}

bool docket_entry(Writing *w, const Change *c, Head *h, const Docket *d, int64_t entity, Str stored,
                  GError **error)
{
    Entry e = {.actor = c->actor, .via = c->via, .entity = ENTITY_DOCKET, .has_row = true};

    e.kind = str_of(docket_word(d->kind));
    e.id = d->key.id;
    docket_digest(&w->scratch, w->hash, d, entity, e.row);
    body_begin(&w->body, CHANGE_DOCKET, c->reason, 0);
    body_docket(&w->body, d, entity);
    bytes_str(&w->body, stored);
    return writing_append(w, h, &e, error);
}

bool docket_change(Writing *w, const Change *c, Head *h, GError **error)
{
    Docket d = *c->docket;
    Str *texts[] = {&d.by, &d.decided_by, &d.hash, &d.body};
    uint8_t stored[SM3_SIZE] = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i]->at == NULL)
            *texts[i] = STR(""); /* nothing, not unknown */
    d.key.county = h->county;
    d.seq = h->seq + 1;
    d.at = w->at;
    if (!docket_check(w, &d, c->docket->seq, error) || !file_keep(w, &d, c->content, stored, error))
        return false;
    int64_t entity = w->s->plan->tables[d.entity->number].number;
    bool file = d.kind == DOCKET_FILE;

    return docket_put(w, &d, entity, error) &&
           docket_entry(w, c, h, &d, entity,
                        file ? (Str){(const char *)stored, sizeof stored} : (Str){NULL, 0}, error);
}

/* ---- reading ----------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
    "county,id,seq,at,kind,state,entity,subject,other_county,other,made_by,decided_by,hash,body"

Docket docket_from(Statement *st, const Plan *p, int64_t *ret_entity)
{
    Docket d = {.key = {column_int(st, 0), column_int64(st, 1)}, .seq = column_int64(st, 2)};
    const TablePlan *t = plan_numbered(p, column_int64(st, 6));

    d.at = column_int64(st, 3);
    d.kind = (DocketKind)column_int(st, 4);
    d.state = (DocketState)column_int(st, 5);
    d.entity = t != NULL ? t->entity : NULL;
    d.subject = column_int64(st, 7);
    d.other = (RecordKey){column_int(st, 8), column_int64(st, 9)};
    d.by = column_str(st, 10);
    d.decided_by = column_str(st, 11);
    d.hash = column_str(st, 12);
    d.body = column_str(st, 13);
    if (ret_entity != NULL)
        *ret_entity = column_int64(st, 6);
    return d;
}

static bool rows_read(Store *s, Conn *c, Statement *st, Arena *a, GArray *to, GError **error)
{
    bool ok;

    while (conn_next(c, st, &ok, error)) {
        Docket d = docket_from(st, s->plan, NULL);
        Str *texts[] = {&d.by, &d.decided_by, &d.hash, &d.body};

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            *texts[i] = arena_str(a, *texts[i]);
        if (d.entity != NULL && d.kind > DOCKET_NONE && d.kind < DOCKET_KINDS &&
            d.state < DOCKET_STATES)
            g_array_append_val(to, d);
    }
    return ok;
}

/* One question with up to three numbers; those that are negative are not bound. */
static bool rows_asked(Store *s, Sql sql, const int64_t numbers[3], Arena *a, Docket **ret,
                       size_t *ret_n, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Docket));
    Statement *st = NULL;
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = conn_statement(c, sql, &st, error);
    for (int i = 0; ok && i < 3; i++)
        if (numbers[i] >= 0)
            bind_int(st, i + 1, numbers[i]);
    ok = ok && rows_read(s, c, st, a, rows, error);
    reader_give(s, c);
    if (ok)
        *ret = arena_list(a, rows, ret_n);
    return ok;
}

bool store_docket(Store *s, RecordKey key, Arena *a, Docket *ret, GError **error)
{
    static const Sql sql = SQL("SELECT " COLUMNS " FROM docket WHERE county=?1 AND id=?2"),
                     any = SQL("SELECT " COLUMNS " FROM docket WHERE id=?1");
    Docket *rows = NULL;
    size_t n = 0;
    bool known = key.county > 0;
    const int64_t asked[3] = {known ? key.county : key.id, known ? key.id : -1, -1};

    if (!rows_asked(s, known ? sql : any, asked, a, &rows, &n, error))
        return false;
    if (n == 0)
        return fail(error, FAIL_ABSENT, "there is nothing of this number");
    *ret = rows[0];
    return true;
}

bool store_dockets(Store *s, DocketKind kind, DocketState state, Arena *a, Docket **ret,
                   size_t *ret_n, GError **error)
{
    static const Sql sql = SQL("SELECT " COLUMNS " FROM docket WHERE kind=?1 AND state=?2 "
                               "ORDER BY county,seq");
    const int64_t asked[3] = {kind, state, -1};

    return rows_asked(s, sql, asked, a, ret, ret_n, error);
}

bool store_dockets_of(Store *s, DocketKind kind, const Entity *e, int64_t id, Arena *a,
                      Docket **ret, size_t *ret_n, GError **error)
{
    static const Sql one = SQL("SELECT " COLUMNS " FROM docket WHERE entity=?1 AND (subject=?2 OR "
                               "other=?2) AND kind=?3 ORDER BY at,county,seq"),
                     all = SQL("SELECT " COLUMNS " FROM docket WHERE entity=?1 AND (subject=?2 OR "
                               "other=?2) ORDER BY at,county,seq");
    const int64_t asked[3] = {s->plan->tables[e->number].number, id,
                              kind != DOCKET_NONE ? (int64_t)kind : -1};

    return rows_asked(s, kind != DOCKET_NONE ? one : all, asked, a, ret, ret_n, error);
}

bool store_content(Store *s, int32_t county, const uint8_t hash[SM3_SIZE], Arena *a, Str *ret,
                   GError **error)
{
    static const Sql sql = SQL("SELECT sealed FROM content WHERE county=?1 AND hash=?2");
    Statement *st = NULL;
    Conn *c = NULL;
    bool row = false, ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = conn_statement(c, sql, &st, error);
    if (ok) {
        bind_int(st, 1, county);
        bind_bytes(st, 2, hash, SM3_SIZE);
        ok = conn_step(c, st, &row, error);
    }
    if (ok && row) {
        *ret = arena_str(a, column_str(st, 0));
        statement_reset(st);
    }
    reader_give(s, c);
    return ok && (row || fail(error, FAIL_ABSENT, "the file is not there"));
}

/* ---- moves ------------------------------------------------------------------------------- */

bool store_moves_unarrived(Store *s, Arena *a, Docket **ret, size_t *ret_n, GError **error)
{
    static const Sql sql =
        SQL("SELECT " COLUMNS " FROM docket WHERE kind=?1 AND state=?2 AND NOT EXISTS "
            "(SELECT 1 FROM docket a WHERE a.entity=docket.entity AND a.subject=docket.subject "
            "AND a.kind=?3 AND a.other=docket.id) ORDER BY county,seq");
    const int64_t asked[3] = {DOCKET_MOVE, DOCKET_DONE, DOCKET_ARRIVAL};

    return rows_asked(s, sql, asked, a, ret, ret_n, error);
}

static bool left_read(Store *s, Conn *c, const Docket *move, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT entity,id FROM journal WHERE county=?1 AND seq<?2 AND "
                               "seq>?3 AND kind='leave' AND at=?4 ORDER BY seq");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, move->key.county);
    bind_int(st, 2, move->seq);
    bind_int(st, 3, move->seq - LIMIT_IMPORT_CHUNK - 1);
    bind_int(st, 4, move->at);
    while (conn_next(c, st, &ok, error)) {
        const TablePlan *t = plan_numbered(s->plan, column_int64(st, 0));
        LeftRow left = {t != NULL ? t->entity : NULL, {move->key.county, column_int64(st, 1)}};

        if (left.entity != NULL)
            g_array_append_val(to, left);
    }
    return ok;
}

bool store_left_with(Store *s, const Docket *move, Arena *a, LeftRow **ret, size_t *ret_n,
                     GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(LeftRow));
    Conn *c = NULL;

    if (!reader_take(s, &c, error))
        return false;
    bool ok = left_read(s, c, move, rows, error);

    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, rows, ret_n);
    return true;
}
