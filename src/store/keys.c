/* keys.c — see keys.h.  One row of `data_key` with kind '' numbers the set. */
#include "store/keys.h"

#include "base/sort.h"
#include "store/about.h"
#include "store/verify.h"

/* ---- reading ------------------------------------------------------------------------------- */

static bool rows_read(Conn *c, Arena *a, GArray *to, int64_t *ret_generation, GError **error)
{
    static const Sql sql =
        SQL("SELECT kind,number,suite,state,wrapped FROM data_key ORDER BY kind,number");
    Statement *st = NULL;
    bool ok;

    *ret_generation = 0;
    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        KeyRow k = {arena_str(a, column_str(st, 0)), column_int64(st, 1), column_int(st, 2),
                    (KeyState)column_int(st, 3), arena_str(a, column_str(st, 4))};

        if (k.kind.len == 0)
            *ret_generation = column_int64(st, 3);
        else
            g_array_append_val(to, k);
    }
    return ok;
}

bool store_keys(Store *s, Arena *a, KeyRow **ret, size_t *ret_n, int64_t *ret_generation,
                GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(KeyRow));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = rows_read(c, a, rows, ret_generation, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, rows, ret_n);
    return true;
}

static bool generation_of(Conn *c, Sql sql, int64_t *ret, GError **error)
{
    Statement *st = NULL;

    return conn_statement(c, sql, &st, error) && conn_number(c, st, 0, ret, error);
}

static const Sql generation_sql = SQL("SELECT state FROM data_key WHERE kind='' AND number=0");

bool store_keys_generation(Store *s, int64_t *ret, GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = generation_of(c, generation_sql, ret, error);
    reader_give(s, c);
    return ok;
}

/* ---- what a writer needs ------------------------------------------------------------------- */

static bool active_read(Conn *c, Sql sql, ActiveKeys *ret, GError **error)
{
    ActiveKeys k = {.read = true};
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        Str kind = column_str(st, 0);
        int64_t number = column_int64(st, 1), state = column_int64(st, 2);

        if (kind.len == 0)
            k.generation = state;
        else if (str_is(kind, "blind") && state == KEY_CURRENT)
            k.blind = number;
        else if (str_is(kind, "blind") && state == KEY_NEXT)
            k.next = number;
    }
    if (!ok)
        return false;
    *ret = k;
    return true;
}

/* The set stays as it is until the transaction ends. */
bool writing_keys(Writing *w, GError **error)
{
    static const Sql lock = SQL("SELECT state FROM data_key WHERE kind='' AND number=0" SHARED);
    int64_t generation = 0;
    Statement *st = NULL;

    if (w->keys.read)
        return true;
    /* A statement of its own: one that waits for the lock would not see keys that are new. */
    return conn_statement(w->conn, lock, &st, error) &&
           conn_number(w->conn, st, 0, &generation, error) && keys_active(w->conn, &w->keys, error);
}

bool keys_active(Conn *c, ActiveKeys *ret, GError **error)
{
    static const Sql sql = SQL("SELECT kind,number,state FROM data_key");

    return active_read(c, sql, ret, error);
}

bool writing_keys_match(Writing *w, const Change *c, GError **error)
{
    if (!writing_keys(w, error))
        return false;
    return (c->keys == w->keys.generation || (c->keys == 0 && w->keys.next == 0)) ||
           fail(error, FAIL_CONFLICT, "the keys were changed meanwhile: send it again");
}

/* ---- changing the set ---------------------------------------------------------------------- */

static void key_bytes(Bytes *b, const KeyRow *k)
{
    bytes_str(b, k->kind);
    bytes_int(b, k->number);
    bytes_int(b, k->suite);
    bytes_int(b, k->state);
    bytes_str(b, k->wrapped);
}

static int by_kind_and_number(const void *a, const void *b)
{
    const KeyRow *x = a, *y = b;
    int order = str_compare(x->kind, y->kind);

    return order != 0 ? order : x->number < y->number ? -1 : x->number > y->number;
}

/* What the journal says of the set: nothing can be told from it. */
static char *set_words(int64_t generation, const KeyRow *rows, size_t n)
{
    g_autofree KeyRow *sorted = g_memdup2(rows, n * sizeof *rows);
    uint8_t digest[SM3_SIZE];
    Bytes b = {0};

    if (n > 0)
        sort_rows(sorted, n, sizeof *sorted, by_kind_and_number);
    for (size_t i = 0; i < n; i++)
        key_bytes(&b, &sorted[i]);
    sm3(b.at, b.len, digest);
    bytes_free(&b);
    g_autofree char *hex = hex_of(digest, sizeof digest);
    return g_strdup_printf("keys %" G_GINT64_FORMAT ": %s", generation, hex);
}

static bool row_put(Conn *c, const KeyRow *k, int64_t seq, GError **error)
{
    static const Sql sql = SQL("INSERT INTO data_key(kind,number,suite,state,wrapped,seq) "
                               "VALUES(?1,?2,?3,?4,?5,?6)");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_str(st, 1, k->kind);
    bind_int(st, 2, k->number);
    bind_int(st, 3, k->suite);
    bind_int(st, 4, k->state);
    bind_bytes(st, 5, k->wrapped.at != NULL ? k->wrapped.at : "", k->wrapped.len);
    bind_int(st, 6, seq);
    return conn_done(c, st, error);
}

/* The row that numbers the set is kept: writers hold it, and are waited for. */
static bool generation_put(Conn *c, int64_t before, int64_t seq, GError **error)
{
    static const Sql sql = SQL("UPDATE data_key SET state=?1,seq=?2 WHERE kind='' AND number=0");
    const KeyRow first = {STR(""), 0, 0, (KeyState)1, STR("")};
    Statement *st = NULL;

    if (before == 0)
        return row_put(c, &first, seq, error);
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, before + 1);
    bind_int(st, 2, seq);
    return conn_done(c, st, error);
}

static bool no_import(Conn *c, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM import WHERE state<2");
    int64_t n = 0;

    if (!generation_of(c, sql, &n, error))
        return false;
    return n == 0 || fail(error, FAIL_BUSY,
                          "an import is under way, sealed with the keys of now: wait until it is "
                          "done, then rotate");
}

/* Where the journal speaks of keys, first ones are no first ones: those that sealed everything were
 * taken away, and making others would hide it and put an end to every secret. */
static bool are_first(Writing *w, GError **error)
{
    static const Sql sql = SQL("SELECT b.body FROM journal j JOIN journal_body b ON "
                               "b.county=j.county AND b.seq=j.seq WHERE j.county=?1 AND "
                               "j.entity=0 AND j.kind='note' ORDER BY j.seq");
    Statement *st = NULL;
    bool any = false, ok;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, w->s->facts.home_county);
    while (conn_next(w->conn, st, &ok, error)) {
        Body body;

        any = any || (body_read(column_str(st, 0), &body) && str_starts(body.reason, STR("keys ")));
    }
    return ok && (!any || fail(error, FAIL_SYSTEM, KEYS_GONE));
}

static bool set_put(Writing *w, const KeysPut *put, GError **error)
{
    static const Sql lock = SQL("SELECT state FROM data_key WHERE kind='' AND number=0" LOCKED),
                     clear = SQL("DELETE FROM data_key WHERE kind<>''");
    const PolicyPut by = {.actor = put->actor, .via = put->via};
    int64_t before = 0;
    ChangeAnswer unused;

    if (!generation_of(w->conn, lock, &before, error))
        return false;
    if (before != put->generation)
        return fail(error, FAIL_CONFLICT, "somebody else changed the keys meanwhile");
    if (before == 0 && !are_first(w, error))
        return false;
    if (put->begins && !no_import(w->conn, error))
        return false;
    g_autofree char *words = set_words(before + 1, put->rows, put->n);
    g_autofree char *reason = g_strdup_printf("%s; %.*s", words, STR_ARG(put->reason));
    if (!policy_note(w, &by, reason, error))
        return false;
    int64_t seq = writing_head(w, w->s->facts.home_county, NULL)->seq;
    bool ok = generation_put(w->conn, before, seq, error) && conn_run(w->conn, clear, error);

    for (size_t i = 0; ok && i < put->n; i++)
        ok = row_put(w->conn, &put->rows[i], seq, error);
    if (!ok || put->check == NULL)
        return ok;
    const Change check = {.kind = CHANGE_ACCOUNT,
                          .key = {w->s->facts.home_county, put->check->id},
                          .expected = -1,
                          .actor = put->actor,
                          .via = put->via,
                          .account = put->check};
    return change_apply(w, &check, &unused, error);
}

bool store_put_keys(Store *s, const KeysPut *put, GError **error)
{
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && (writing_head(s->work, s->facts.home_county, error) == NULL ||
               !set_put(s->work, put, error))) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

/* ---- verify -------------------------------------------------------------------------------- */

bool verify_keys(Verifying *v, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(KeyRow));
    int64_t generation = 0;

    if (!rows_read(v->conn, v->arena, rows, &generation, error))
        return false;
    if (generation == 0 && rows->len == 0 && v->keys_said == NULL)
        return true;
    g_autofree char *words = set_words(generation, (const KeyRow *)(void *)rows->data, rows->len);
    if (v->keys_said == NULL || !g_str_has_prefix(v->keys_said, words)) {
        v->report->model_matches = false;
        fault(v, "the stored keys are not those that the journal speaks of");
    }
    return true;
}

/* ---- moving from one to the next ----------------------------------------------------------- */

static char *sealed_sql(const TablePlan *t)
{
    GString *sql = g_string_new("SELECT county,id");

    for (size_t i = 0; i < t->entity->n_fields; i++) {
        int at = t->of_index[i];

        if (at < 0 || !t->fields[at].secret)
            continue;
        g_string_append_c(sql, ',');
        sql_quote(sql, t->fields[at].value);
    }
    g_string_append(sql, " FROM ");
    sql_quote(sql, t->table);
    g_string_append(sql, " WHERE (county,id)>(?1,?2) ORDER BY county,id LIMIT ?3");
    return g_string_free(sql, FALSE);
}

static bool sealed_read(Conn *c, const TablePlan *t, RecordKey after, size_t most, Arena *a,
                        GArray *to, GError **error)
{
    g_autofree char *sql = sealed_sql(t);
    Statement *st = NULL;
    bool row = false, ok = conn_once(c, sql, false, &st, error);

    if (ok) {
        bind_int(st, 1, after.county);
        bind_int(st, 2, after.id);
        bind_int(st, 3, (int64_t)most);
    }
    while (ok) {
        ok = conn_step(c, st, &row, error);
        if (!ok || !row)
            break;
        int n = column_count(st) - 2;
        SealedRow r = {{column_int(st, 0), column_int64(st, 1)}, arena_many(a, Str, n + 1)};

        for (int i = 0; i < n; i++)
            r.sealed[i] = arena_str(a, column_str(st, 2 + i));
        g_array_append_val(to, r);
    }
    statement_free(st);
    return ok;
}

bool store_sealed_after(Store *s, const Entity *e, RecordKey after, size_t most, Arena *a,
                        SealedRow **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(SealedRow));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = sealed_read(c, &s->plan->tables[e->number], after, most, a, rows, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, rows, ret_n);
    return true;
}

static bool reseal_field(Writing *w, Row *r, const FieldChange *fc, GError **error)
{
    const FieldPlan *f = plan_field(w->s->plan, fc->field);
    Slot *s = &r->slots[f - r->plan->fields];
    BodyField b = {.number = f->number,
                   .since = DATE_MIN,
                   .until = DATE_MAX,
                   .after = {.type = CELL_BYTES, .text = fc->sealed}};

    s->value = b.after;
    if (f->blinded && s->has_blind && fc->has_next) {
        if (!identity_add(w, r, f, w->keys.next, fc->next, error))
            return false;
        memcpy(s->blind, fc->next, SM3_SIZE);
    }
    if (f->tail && !tail_next(w, r, f, fc->next_tail, error))
        return false;
    b.has_blind = f->blinded && s->has_blind;
    if (b.has_blind)
        memcpy(b.blind, s->blind, SM3_SIZE);
    body_field(&w->body, &b);
    return true;
}

/* What somebody else changed meanwhile is sealed with the new key already. */
static bool still_is(const Writing *w, const Row *r, const FieldChange *fc)
{
    const FieldPlan *f = plan_field(w->s->plan, fc->field);
    const Slot *s = f != NULL ? &r->slots[f - r->plan->fields] : NULL;

    return s != NULL && s->value.type == CELL_BYTES && str_equal(s->value.text, fc->was);
}

/* The value stays what it was, since when it was: only its seal is another one. */
bool record_reseal(Writing *w, const Change *c, Row *r, Head *h, GError **error)
{
    bool found = false;
    size_t n = 0;

    if (!row_load(w->conn, r, (RecordKey){h->county, c->key.id}, w->arena, &found, error))
        return false;
    for (size_t i = 0; found && i < c->n_fields; i++)
        n += still_is(w, r, &c->fields[i]);
    if (n == 0)
        return true;
    body_begin(&w->body, c->kind, c->reason, n);
    for (size_t i = 0; i < c->n_fields; i++) {
        if (still_is(w, r, &c->fields[i]) && !reseal_field(w, r, &c->fields[i], error))
            return false;
    }
    return row_update(w->conn, r, error) && append_record(w, c, r, h, error);
}

/* Of tails likewise: they have no other way to be told apart than by all they say. */
static bool tails_leave(Writing *w, int64_t number, size_t most, int64_t *gone, GError **error)
{
    static const Sql find = SQL("SELECT county,field,tail,id FROM tail WHERE key_id=?1 LIMIT ?2"),
                     drop = SQL("DELETE FROM tail WHERE county=?1 AND field=?2 AND key_id=?3 "
                                "AND tail=?4 AND id=?5");
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, 4 * sizeof(int64_t));
    Statement *st = NULL;
    bool row = true;

    if (!conn_statement(w->conn, find, &st, error))
        return false;
    bind_int(st, 1, number);
    bind_int(st, 2, (int64_t)most);
    while (row) {
        if (!conn_step(w->conn, st, &row, error))
            return false;
        int64_t cells[4] = {0};

        for (int i = 0; row && i < 4; i++)
            cells[i] = column_int64(st, i);
        if (row)
            g_array_append_val(rows, cells);
    }
    for (guint i = 0; i < rows->len; i++) {
        const int64_t *cells = (const int64_t *)(const void *)rows->data + 4 * i;

        if (!conn_statement(w->conn, drop, &st, error))
            return false;
        bind_int(st, 1, cells[0]);
        bind_int(st, 2, cells[1]);
        bind_int(st, 3, number);
        bind_int(st, 4, cells[2]);
        bind_int(st, 5, cells[3]);
        if (!conn_done(w->conn, st, error))
            return false;
    }
    *gone += rows->len;
    return true;
}

static bool leave(Writing *w, int64_t number, size_t most, int64_t *ret_gone, GError **error)
{
    static const Sql find[] = {
        SQL("SELECT county,field,blind FROM identity WHERE key_id=?1 LIMIT ?2"),
        SQL("SELECT county,field,blind FROM identity_recent WHERE key_id=?1 LIMIT ?2")};
    static const Sql drop[] = {
        SQL("DELETE FROM identity WHERE county=?1 AND field=?2 AND key_id=?3 AND blind=?4"),
        SQL("DELETE FROM identity_recent WHERE county=?1 AND field=?2 AND key_id=?3 AND "
            "blind=?4")};
    typedef struct Gone {
        int32_t county;
        int64_t field;
        uint8_t blind[SM3_SIZE];
    } Gone;
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(Gone));
    Statement *st = NULL;
    bool ok;

    *ret_gone = 0;
    for (size_t k = 0; k < G_N_ELEMENTS(find); k++) {
        g_array_set_size(rows, 0);
        if (!conn_statement(w->conn, find[k], &st, error))
            return false;
        bind_int(st, 1, number);
        bind_int(st, 2, (int64_t)most);
        while (conn_next(w->conn, st, &ok, error)) {
            Gone g = {column_int(st, 0), column_int64(st, 1), {0}};
            Str blind = column_str(st, 2);

            memcpy(g.blind, blind.at, MIN(blind.len, sizeof g.blind));
            g_array_append_val(rows, g);
        }
        if (!ok)
            return false;
        for (guint i = 0; i < rows->len; i++) {
            const Gone *g = &g_array_index(rows, Gone, i);

            if (!conn_statement(w->conn, drop[k], &st, error))
                return false;
            bind_int(st, 1, g->county);
            bind_int(st, 2, g->field);
            bind_int(st, 3, number);
            bind_bytes(st, 4, g->blind, sizeof g->blind);
            if (!conn_done(w->conn, st, error))
                return false;
        }
        *ret_gone += rows->len;
    }
    return tails_leave(w, number, most, ret_gone, error);
}

bool store_identity_leave(Store *s, int64_t number, size_t most, int64_t *ret_gone, GError **error)
{
    g_mutex_lock(&s->writing);
    bool ok = writing_begin(s->work, error);

    if (ok && !leave(s->work, number, most, ret_gone, error)) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

bool store_wipe(Store *s, GError **error)
{
    return s->kind->wipe(s->where, error);
}
