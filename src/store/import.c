/* import.c — rows of an import, staged on disk before any of them counts.
 * staging: invisible, dropped when the process dies.  committed: applied in chunks, each with its
 * progress in one transaction, and rolled forward at the next start.  A row that can no longer be
 * applied (its number was taken meanwhile) is left out and told to who imports; the others go in.
 * Nothing of a row is kept behind but why it was left out, until that was told: should the process
 * die before, by the next start.
 * Read first: store_import_commit(), import_roll(). */
#include "store/import_inside.h"

#include "base/limits.h"
#include "store/flows.h"

#define CHANGE_VERSION 2    /* 1: without locks and tails */
#define MANY_ROWS      1000 /* of an import: what the database knew of their table is of no use */

/* ---- changes as bytes -------------------------------------------------------------------- */

static void field_put(Bytes *b, const FieldPlan *f, const FieldChange *fc)
{
    bytes_uint(b, f->number);
    bytes_byte(b, fc->value.known);
    bytes_int(b, fc->since);
    bytes_int(b, fc->until);
    bytes_cell(b, f->secret ? (Cell){.type = CELL_BYTES, .text = fc->sealed}
                            : cell_of_value(f, fc->value));
    bytes_byte(b, fc->has_blind);
    if (fc->has_blind)
        bytes_put(b, fc->blind, sizeof fc->blind);
    bytes_int(b, fc->lock);
    bytes_int(b, fc->tail);
}

static bool change_put(const Plan *p, Bytes *b, const Change *c, GError **error)
{
    bytes_reset(b);
    bytes_byte(b, CHANGE_VERSION);
    bytes_byte(b, (uint8_t)c->kind);
    bytes_uint(b, p->tables[c->entity->number].number);
    bytes_int(b, c->key.county);
    bytes_int(b, c->key.id);
    bytes_int(b, c->expected);
    bytes_str(b, c->actor);
    bytes_str(b, c->via);
    bytes_str(b, c->reason);
    bytes_put(b, c->request, sizeof c->request);
    bytes_uint(b, c->n_fields);
    for (size_t i = 0; i < c->n_fields; i++) {
        const FieldPlan *f = plan_field(p, c->fields[i].field);

        if (f == NULL)
            return fail(error, FAIL_INPUT, "\"%.*s\" cannot be written",
                        STR_ARG(c->fields[i].field->name));
        field_put(b, f, &c->fields[i]);
    }
    return true;
}

static bool field_get(const TablePlan *t, Reader *r, uint8_t version, FieldChange *ret)
{
    const FieldPlan *f = table_numbered(t, reader_uint(r));
    bool known = reader_byte(r) != 0;
    FieldChange fc = {.since = (Date)reader_int(r)};

    fc.until = (Date)reader_int(r);
    Cell cell = reader_cell(r);

    if (f == NULL || r->bad)
        return false;
    fc.field = f->field;
    fc.value = f->secret ? (Value){.known = known} : value_of_cell(f, cell);
    fc.value.known = known;
    if (f->secret)
        fc.sealed = cell.text;
    fc.has_blind = reader_byte(r) != 0;
    if (fc.has_blind) {
        const uint8_t *blind = reader_raw(r, SM3_SIZE);

        if (blind != NULL)
            memcpy(fc.blind, blind, SM3_SIZE);
    }
    if (version > 1) {
        fc.lock = reader_int(r);
        fc.tail = reader_int(r);
    }
    *ret = fc;
    return !r->bad;
}

static bool change_get(const Plan *p, Str bytes, Arena *a, Change *ret)
{
    Reader r = reader_of(bytes);
    uint8_t version = reader_byte(&r), kind = reader_byte(&r);
    const TablePlan *t = plan_numbered(p, (int64_t)reader_uint(&r));
    Change c = {.kind = (ChangeKind)kind, .key.county = (int32_t)reader_int(&r)};

    c.key.id = reader_int(&r);
    c.expected = reader_int(&r);
    c.actor = reader_str(&r);
    c.via = reader_str(&r);
    c.reason = reader_str(&r);
    const uint8_t *request = reader_raw(&r, sizeof c.request);

    if (request != NULL)
        memcpy(c.request, request, sizeof c.request);
    c.n_fields = reader_uint(&r);
    if (r.bad || version == 0 || version > CHANGE_VERSION || t == NULL || c.n_fields > bytes.len)
        return false;
    c.entity = t->entity;
    c.fields = arena_many(a, FieldChange, c.n_fields + 1);
    for (size_t i = 0; i < c.n_fields; i++) {
        if (!field_get(t, &r, version, &c.fields[i]))
            return false;
    }
    *ret = c;
    return true;
}

/* ---- staging ----------------------------------------------------------------------------- */

static bool import_state(Conn *c, int64_t import, int64_t *ret, GError **error)
{
    static const Sql sql = SQL("SELECT state FROM import WHERE id=?1" LOCKED);
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, import);
    if (!conn_number(c, st, -1, ret, error))
        return false;
    return *ret >= 0 || fail(error, FAIL_ABSENT, "there is no import %" G_GINT64_FORMAT, import);
}

static bool import_number(Writing *w, int64_t *ret, GError **error)
{
    static const Sql sql = SQL("INSERT INTO counter(name,next) VALUES('import',2) "
                               "ON CONFLICT(name) DO UPDATE SET next=counter.next+1"),
                     read = SQL("SELECT next-1 FROM counter WHERE name='import'");
    Statement *st = NULL;

    return conn_run(w->conn, sql, error) && conn_statement(w->conn, read, &st, error) &&
           conn_number(w->conn, st, 0, ret, error);
}

static bool import_row(Writing *w, Str name, int64_t *ret, GError **error)
{
    static const Sql sql = SQL("INSERT INTO import(id,name,owner,state,staged,applied,refused) "
                               "VALUES(?1,?2,?3,0,0,0,0)");
    Statement *st = NULL;
    char owner[64];

    if (!import_number(w, ret, error) || !conn_owner(w->conn, owner, sizeof owner, error) ||
        !conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, *ret);
    bind_str(st, 2, name);
    bind_str(st, 3, str_of(owner));
    return conn_done(w->conn, st, error);
}

static bool finish(Writing *w, bool ok, GError **error)
{
    if (!ok)
        writing_abort(w);
    return ok && writing_commit(w, error);
}

/* What is staged was sealed with the keys of now, and must still be when it is applied. */
static bool no_rotation(Writing *w, GError **error)
{
    return writing_keys(w, error) &&
           (w->keys.next == 0 ||
            fail(error, FAIL_BUSY,
                 "the keys are being changed: import when \"anlao keys rotate\" "
                 "has ended"));
}

bool store_import_begin(Store *s, Str name, int64_t *ret_import, GError **error)
{
    int64_t import = 0;
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error) &&
         finish(s->work,
                no_rotation(s->work, error) && identity_alone(s->work, error) &&
                    identity_forget_meanwhile(s->work, error) &&
                    import_row(s->work, name, &import, error),
                error);
    if (ok)
        g_array_append_val(s->staging, import);
    g_mutex_unlock(&s->writing);
    if (ok)
        *ret_import = import;
    return ok;
}

static bool rows_stage(Writing *w, int64_t import, const Change *changes, size_t n, GError **error)
{
    static const Sql count = SQL("UPDATE import SET staged=staged+?2 WHERE id=?1"),
                     staged = SQL("SELECT staged FROM import WHERE id=?1"),
                     sql = SQL("INSERT INTO import_row(import,n,change) VALUES(?1,?2,?3)");
    Statement *st = NULL;
    int64_t state = 0, first = 0;

    if (!import_state(w->conn, import, &state, error))
        return false;
    if (state != IMPORT_STAGING)
        return fail(error, FAIL_USAGE, "the import is committed already");
    if (!conn_statement(w->conn, staged, &st, error))
        return false;
    bind_int(st, 1, import);
    if (!conn_number(w->conn, st, 0, &first, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (changes[i].entity == NULL || changes[i].kind > CHANGE_END)
            return fail(error, FAIL_USAGE, "an import holds records only");
        if (!change_put(w->s->plan, &w->body, &changes[i], error) ||
            !conn_statement(w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, import);
        bind_int(st, 2, first + (int64_t)i);
        bind_bytes(st, 3, w->body.at, w->body.len);
        if (!conn_put(w->conn, st, error))
            return false;
    }
    if (!conn_statement(w->conn, count, &st, error))
        return false;
    bind_int(st, 1, import);
    bind_int(st, 2, (int64_t)n);
    return conn_done(w->conn, st, error);
}

bool store_import_stage(Store *s, int64_t import, const Change *changes, size_t n, GError **error)
{
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error) &&
         finish(s->work, rows_stage(s->work, import, changes, n, error), error);
    g_mutex_unlock(&s->writing);
    return ok;
}

/* ---- dropping ---------------------------------------------------------------------------- */

static bool import_delete(Writing *w, int64_t import, GError **error)
{
    static const Sql rows = SQL("DELETE FROM import_row WHERE import=?1"),
                     sql = SQL("DELETE FROM import WHERE id=?1");
    Statement *st = NULL;
    int64_t state = 0;

    if (!import_state(w->conn, import, &state, error))
        return false;
    if (state != IMPORT_STAGING)
        return fail(error, FAIL_USAGE, "the import is committed and cannot be dropped");
    if (!conn_statement(w->conn, rows, &st, error))
        return false;
    bind_int(st, 1, import);
    if (!conn_done(w->conn, st, error) || !conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, import);
    return conn_done(w->conn, st, error);
}

static void staging_forget(Store *s, int64_t import)
{
    for (guint i = s->staging->len; i > 0; i--) {
        if (g_array_index(s->staging, int64_t, i - 1) == import)
            g_array_remove_index_fast(s->staging, i - 1);
    }
}

bool store_import_drop(Store *s, int64_t import, GError **error)
{
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error) &&
         finish(s->work, import_delete(s->work, import, error), error);
    if (ok)
        staging_forget(s, import);
    g_mutex_unlock(&s->writing);
    return ok;
}

void imports_abandon(Store *s)
{
    while (s->staging->len > 0) {
        int64_t import = g_array_index(s->staging, int64_t, 0);

        store_import_drop(s, import, NULL); /* else the next start drops it */
        g_mutex_lock(&s->writing);
        staging_forget(s, import);
        g_mutex_unlock(&s->writing);
    }
}

/* ---- rolling forward --------------------------------------------------------------------- */

static bool rolling_read(Writing *w, Rolling *r, GError **error)
{
    static const Sql sql =
        SQL("SELECT applied,staged,refused FROM import WHERE id=?1 AND state=1" LOCKED);
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->import);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    r->applied = row ? column_int64(st, 0) : 0;
    r->staged = row ? column_int64(st, 1) : 0; /* no row: another process has finished it */
    r->refused = row ? column_int64(st, 2) : 0;
    if (row)
        statement_reset(st);
    return true;
}

static bool row_delete(Writing *w, int64_t import, int64_t n, GError **error)
{
    static const Sql sql = SQL("DELETE FROM import_row WHERE import=?1 AND n=?2");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, import);
    bind_int(st, 2, n);
    return conn_done(w->conn, st, error);
}

/* The next rows, at most a chunk. */
static bool rows_read(Writing *w, const Rolling *r, Change *to, size_t n, GError **error)
{
    static const Sql sql = SQL("SELECT n,change FROM import_row WHERE import=?1 AND n>=?2 AND n<?3 "
                               "ORDER BY n");
    Statement *st = NULL;
    bool row = false;
    size_t got = 0;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->import);
    bind_int(st, 2, r->applied);
    bind_int(st, 3, r->applied + (int64_t)n);
    for (;;) {
        if (!conn_step(w->conn, st, &row, error))
            return false;
        if (!row)
            break;
        if (got == n || column_int64(st, 0) != r->applied + (int64_t)got ||
            !change_get(w->s->plan, arena_str(w->arena, column_str(st, 1)), w->arena, &to[got])) {
            statement_reset(st);
            break;
        }
        got++;
    }
    return got == n || fail(error, FAIL_SYSTEM, "a staged row of the import is damaged");
}

static ImportRefused refused_row(int64_t n, const ChangeAnswer *answer, Arena *a)
{
    return (ImportRefused){
        .row = n, .refusal = answer->refusal, .why = arena_str(a, str_of(answer->error->message))};
}

/* In the place of the row, with the chunk: why it was left out. */
static bool row_leave_out(Writing *w, int64_t import, int64_t n, Str why, GError **error)
{
    static const Sql sql = SQL("UPDATE import_row SET change=?3 WHERE import=?1 AND n=?2");
    Statement *st = NULL;

    bytes_reset(&w->body);
    bytes_byte(&w->body, IMPORT_REFUSED_ROW);
    bytes_str(&w->body, why);
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, import);
    bind_int(st, 2, n);
    bind_bytes(st, 3, w->body.at, w->body.len);
    return conn_done(w->conn, st, error);
}

/* "row 3: why; row 7: why" */
static void why_add(char **why, int64_t n, Str words)
{
    g_autofree char *before = *why;

    *why = g_strdup_printf("%s%srow %" G_GINT64_FORMAT ": %.*s", before != NULL ? before : "",
                           before != NULL ? "; " : "", n + 1, STR_ARG(words));
}

static bool row_apply(Writing *w, Rolling *r, const Change *c, int64_t n, GError **error)
{
    ChangeAnswer answer = {0};

    if (!change_in_savepoint(w, c, &answer, error))
        return false;
    if (answer.error == NULL)
        return row_delete(w, r->import, n, error);
    r->refused++;
    if (r->list != NULL && r->list->len < LIMIT_IMPORT_REFUSED) {
        ImportRefused x = refused_row(n, &answer, r->arena);

        g_array_append_val(r->list, x);
    }
    if (r->refused <= IMPORT_REFUSED_SAID)
        why_add(&r->why, n, str_of(answer.error->message));
    bool ok = row_leave_out(w, r->import, n, str_of(answer.error->message), error);

    g_clear_error(&answer.error);
    return ok;
}

static bool progress_write(Writing *w, const Rolling *r, GError **error)
{
    static const Sql sql = SQL("UPDATE import SET applied=?2, refused=?3, state=?4 WHERE id=?1");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->import);
    bind_int(st, 2, r->applied);
    bind_int(st, 3, r->refused);
    bind_int(st, 4, r->applied >= r->staged ? IMPORT_DONE : IMPORT_COMMITTED);
    return conn_done(w->conn, st, error);
}

/* All rows sent ahead; should one of them fail, all are tried again one by one. */
static bool rows_apply_blindly(Writing *w, Rolling *r, const Change *changes, size_t n,
                               GError **error)
{
    static const Sql sql = SQL("DELETE FROM import_row WHERE import=?1 AND n>=?2 AND n<?3");
    int64_t end = r->applied + (int64_t)n;
    Statement *st = NULL;

    for (size_t i = 0; i < n; i++) {
        ChangeAnswer answer = {0};

        if (!change_apply(w, &changes[i], &answer, error))
            return false;
    }
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->import);
    bind_int(st, 2, r->applied);
    bind_int(st, 3, end);
    r->applied = end;
    return conn_done(w->conn, st, error);
}

static bool rows_apply(Writing *w, Rolling *r, const Change *changes, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++, r->applied++) {
        if (!row_apply(w, r, &changes[i], r->applied, error))
            return false;
    }
    return true;
}

static bool chunk_roll(Writing *w, Rolling *r, GError **error)
{
    size_t n = (size_t)MIN(r->staged - r->applied, LIMIT_IMPORT_CHUNK);
    Change *changes = arena_many(w->arena, Change, n + 1);
    bool meanwhile = false;

    w->defer_grams = true;
    w->import = r->import;
    if (!rows_read(w, r, changes, n, error) || !writing_lock_changes(w, changes, n, error) ||
        !identity_alone(w, error) || !identity_any_meanwhile(w, &meanwhile, error))
        return false;
    w->blindly = w->blindly && !meanwhile;
    r->entity = n > 0 ? changes[n - 1].entity : r->entity;
    return (w->blindly ? rows_apply_blindly : rows_apply)(w, r, changes, n, error) &&
           progress_write(w, r, error) &&
           (r->applied < r->staged || identity_forget_meanwhile(w, error));
}

/* The next chunk, in a transaction of its own.  *ret_more false: there is none. */
static bool roll_once(Store *s, Rolling *r, bool blindly, bool *ret_more, GError **error)
{
    bool ok = writing_begin(s->work, error);

    if (!ok)
        return false;
    s->work->blindly = blindly;
    ok = rolling_read(s->work, r, error);
    *ret_more = ok && r->staged > 0;
    return finish(s->work, ok && (!*ret_more || chunk_roll(s->work, r, error)), error);
}

static bool roll_next(Store *s, Rolling *r, bool *ret_more, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (s->writer->sends_ahead) {
        if (roll_once(s, r, true, ret_more, &why))
            return true;
        if (failure_ends_all(why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        s->work->again = true;
    }
    return roll_once(s, r, false, ret_more, error);
}

bool import_roll(Store *s, Rolling *r, GError **error)
{
    bool ok = true, more = true;

    while (ok && more) {
        g_mutex_lock(&s->writing);
        ok = roll_next(s, r, &more, error);
        g_mutex_unlock(&s->writing);
        more = more && r->applied < r->staged;
    }
    return ok;
}

/* ---- trying ------------------------------------------------------------------------------ */

bool store_import_asks(const Store *s, const Entity *e)
{
    bool asks = s->flows != NULL && s->flows->may_fail[e->number];

    for (size_t i = 0; i < e->n_fields; i++)
        asks = asks || (e->fields[i]->unique && !kind_is_text(e->fields[i]->type.kind));
    return asks;
}

static bool staged_read(Writing *w, int64_t import, int64_t *ret, GError **error)
{
    static const Sql sql = SQL("SELECT staged FROM import WHERE id=?1 AND state=0" LOCKED);
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, import);
    return conn_number(w->conn, st, 0, ret, error);
}

static bool rows_try(Writing *w, Rolling *r, size_t n, Arena *a, GArray *to, GError **error)
{
    Change *changes = arena_many(w->arena, Change, n + 1);

    w->defer_grams = true;
    w->import = r->import;
    w->blindly = false;
    if (!rows_read(w, r, changes, n, error) || !writing_lock_changes(w, changes, n, error) ||
        !identity_alone(w, error))
        return false;
    for (size_t i = 0; i < n; i++, r->applied++) {
        ChangeAnswer answer = {0};

        if (!change_in_savepoint(w, &changes[i], &answer, error))
            return false;
        if (answer.error == NULL)
            continue;
        ImportRefused x = refused_row(r->applied, &answer, a);

        g_clear_error(&answer.error);
        g_array_append_val(to, x);
    }
    return true;
}

bool store_import_try(Store *s, int64_t import, size_t most, Arena *a, ImportRefused **ret,
                      size_t *ret_n, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(ImportRefused));
    Rolling r = {.import = import};

    g_mutex_lock(&s->writing);
    bool ok = writing_begin(s->work, error);

    if (ok) {
        ok = staged_read(s->work, import, &r.staged, error);
        r.staged = MIN(r.staged, (int64_t)most);
        while (ok && r.applied < r.staged)
            ok = rows_try(s->work, &r, (size_t)MIN(r.staged - r.applied, LIMIT_IMPORT_CHUNK), a,
                          found, error);
        writing_abort(s->work);
    }
    g_mutex_unlock(&s->writing);
    *ret_n = found->len;
    *ret = arena_many(a, ImportRefused, found->len + 1);
    if (found->len > 0)
        memcpy(*ret, found->data, found->len * sizeof **ret);
    return ok;
}

static bool commit_mark(Writing *w, int64_t import, GError **error)
{
    static const Sql sql = SQL("UPDATE import SET state=1 WHERE id=?1"),
                     empty = SQL("UPDATE import SET state=2 WHERE id=?1 AND staged=0");
    Statement *st = NULL;
    int64_t state = 0;

    if (!import_state(w->conn, import, &state, error))
        return false;
    if (state != IMPORT_STAGING)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, import);
    if (!conn_done(w->conn, st, error) || !conn_statement(w->conn, empty, &st, error))
        return false;
    bind_int(st, 1, import);
    return conn_done(w->conn, st, error);
}

/* What fails here has cost no row; the database does it by itself, later. */
static void table_tidy(Store *s, const Rolling *r)
{
    Conn *c = NULL;

    if (s->kind->tidy == NULL || r->entity == NULL || r->applied < MANY_ROWS ||
        !reader_take(s, &c, NULL))
        return;
    (void)s->kind->tidy(c, &s->plan->tables[r->entity->number], NULL);
    reader_give(s, c);
}

void import_refused_forget(Store *s, int64_t import)
{
    static const Sql sql = SQL("DELETE FROM import_row WHERE import=?1");
    Statement *st = NULL;

    g_mutex_lock(&s->writing);
    if (conn_statement(s->writer, sql, &st, NULL)) {
        bind_int(st, 1, import);
        (void)conn_done(s->writer, st, NULL);
    }
    g_mutex_unlock(&s->writing);
}

bool store_import_commit(Store *s, int64_t import, Arena *a, ImportRefused **ret, size_t *ret_n,
                         int64_t *ret_more, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ImportRefused));
    Rolling r = {.import = import, .list = ret != NULL ? list : NULL, .arena = a};
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error) &&
         finish(s->work, commit_mark(s->work, import, error), error);
    g_mutex_unlock(&s->writing);
    bool marked = ok;

    ok = ok && import_roll(s, &r, error);
    if (marked) { /* should it have broken off, store_import_recover() takes it up */
        g_mutex_lock(&s->writing);
        staging_forget(s, import);
        g_mutex_unlock(&s->writing);
    }
    if (ok)
        table_tidy(s, &r);
    if (ok && r.refused > 0)
        import_refused_forget(s, import);
    if (ok && ret != NULL) {
        *ret_more = MAX(r.refused - (int64_t)list->len, 0);
        *ret = arena_list(a, list, ret_n);
    } else if (ok && r.refused > 0) {
        ok = fail(error, FAIL_CONFLICT,
                  "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                  " rows could not be applied, the others were; %s",
                  r.refused, r.staged, r.why != NULL ? r.why : "");
    }
    g_free(r.why);
    return ok;
}
