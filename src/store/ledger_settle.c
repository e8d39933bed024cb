/* ledger_settle.c — makes the ledger what its events come to: after accounts were declared over
 * events that are recorded already, or declared otherwise.  Events by chunks, each a transaction of
 * its own; what stands already is not moved again, so it can be stopped anywhere and run anew. What
 * was is posted as it was: an account that this leaves outside its limits gets back inside by what
 * moves next, and no further out.  Start: store_ledger_settle(), ledger_catch_up(). */
#include "store/about.h"
#include "store/flows.h"
#include "store/ledger_inside.h"

#define SETTLE_CHUNK 500 /* events in one transaction */

static bool keys_of(Store *s, const TablePlan *t, GArray *to, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT county,id FROM ");
    Statement *st = NULL;
    Conn *c = NULL;
    bool row = false, ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    sql_quote(sql, t->table);
    g_string_append(sql, " ORDER BY county,id");
    c->deadline = 0;
    ok = conn_begin(c, error) && conn_once(c, sql->str, true, &st, error);
    while (ok && (ok = conn_step(c, st, &row, error)) && row) {
        RecordKey key = {column_int(st, 0), column_int64(st, 1)};

        g_array_append_val(to, key);
    }
    statement_free(st);
    reader_give(s, c);
    return ok;
}

static bool event_settle(Writing *w, const TablePlan *t, const Change *c, GError **error)
{
    Row *r = w->rows[t->entity->number];
    bool found = false;

    return row_load(w->conn, r, c->key, w->arena, &found, error) &&
           (!found || flows_follow(w, c, r, error));
}

/* On the way out: the county locked first is the event's own, then whatever it moves. */
static bool chunk_settle(Writing *w, const TablePlan *t, const RecordKey *keys, size_t n,
                         uint64_t *moved, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    Change c = {.kind = CHANGE_SET,
                .entity = t->entity,
                .expected = -1,
                .settles = true,
                .actor = STR("system"),
                .via = STR("system"),
                .reason = STR("recorded before the account was declared as it is")};

    for (size_t i = 0; i < n; i++) {
        c.key = keys[i];
        g_array_append_val(counties, keys[i].county);
        if (!flows_counties(w, &c, counties, error))
            return false;
    }
    if (!writing_lock(w, counties, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        c.key = keys[i];
        w->entries = 0;
        if (!event_settle(w, t, &c, error))
            return fail_while(error, "posting what %.*s %" G_GINT64_FORMAT " says",
                              STR_ARG(t->entity->name), keys[i].id);
        *moved += w->entries > 0;
    }
    return true;
}

static bool table_settle(Store *s, const TablePlan *t, uint64_t *moved, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(RecordKey));

    if (!keys_of(s, t, keys, error))
        return false;
    for (guint i = 0; i < keys->len; i += SETTLE_CHUNK) {
        const RecordKey *first = &g_array_index(keys, RecordKey, i);
        uint64_t here = 0;
        bool ok = false;

        g_mutex_lock(&s->writing);
        ok = writing_begin(s->work, error);
        if (ok &&
            !chunk_settle(s->work, t, first, MIN(keys->len - i, SETTLE_CHUNK), &here, error)) {
            writing_abort(s->work);
            ok = false;
        }
        ok = ok && writing_commit(s->work, error);
        g_mutex_unlock(&s->writing);
        if (!ok)
            return false;
        *moved += here;
    }
    return true;
}

/* ---- what was paid ----------------------------------------------------------------------- */

typedef struct Paid {
    int64_t subject, fen;
} Paid;

static bool paid_read(Writing *w, int32_t county, int64_t rule, GArray *to, GError **error)
{
    static const Sql sql = SQL(PAID_SQL);
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, rule);
    while (conn_next(w->conn, st, &ok, error)) {
        Paid x = {column_int64(st, 0), column_int64(st, 1)};

        g_array_append_val(to, x);
    }
    return ok;
}

static bool paid_settle(Writing *w, const FlowPlan *p, int32_t county, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Paid));
    const Rule *rule = p->flow->rule;
    Change c = {.kind = CHANGE_SET,
                .entity = rule->subject,
                .key.county = county,
                .expected = -1,
                .settles = true,
                .actor = STR("system"),
                .via = STR("system"),
                .reason = STR("what was paid")};

    if (!paid_read(w, county, numbering_find(w->s->numbering, STR("rule"), rule->name), all, error))
        return false;
    for (guint i = 0; i < all->len; i++) {
        const Paid *x = &g_array_index(all, Paid, i);

        c.key.id = x->subject;
        if (!paid_follow(w, &c, p, x->fen, error))
            return false;
    }
    return true;
}

/* How often a reply was booked: while it is the same, nothing else was paid. */
static bool booked_count(Conn *c, char to[24], GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM pay_step WHERE state=6");
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(c, sql, &st, error) || !conn_number(c, st, 0, &n, error))
        return false;
    g_snprintf(to, 24, "%" G_GINT64_FORMAT, n);
    return true;
}

/* The holders of a benefit's subject may lie in any county: all are locked. */
static bool all_paid(Writing *w, GError **error)
{
    const Flows *f = w->s->flows;
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    char booked[24];

    g_array_append_vals(counties, w->counties->data, w->counties->len);
    if (!writing_lock(w, counties, error) || !booked_count(w->conn, booked, error))
        return false;
    for (guint i = 0; i < counties->len; i++) {
        for (size_t k = 0; k < f->n_paid; k++) {
            if (!paid_settle(w, &f->paid[k], g_array_index(counties, int32_t, i), error))
                return false;
        }
    }
    return about_write(w->conn, "accounts_paid", str_of(booked), error);
}

bool store_ledger_paid(Store *s, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str done = {NULL, 0};
    char booked[24];
    bool ok = false;

    if (s->flows->n_paid == 0)
        return true;
    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && about_read(s->work->conn, a, "accounts_paid", &done, error) &&
        booked_count(s->work->conn, booked, error) &&
        ((done.at != NULL && str_is(done, booked)) || all_paid(s->work, error))) {
        ok = writing_commit(s->work, error);
    } else if (ok) {
        writing_abort(s->work);
        ok = false;
    }
    g_mutex_unlock(&s->writing);
    return ok || fail_while(error, "bringing accounts to what was paid");
}

static bool digest_write(Store *s, GError **error)
{
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    /* Under other declarations what was paid is asked about again, too. */
    if (ok && (!about_write(s->work->conn, "accounts", str_of(s->flows->digest), error) ||
               !about_write(s->work->conn, "accounts_paid", STR(""), error))) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

bool store_ledger_settle(Store *s, uint64_t *ret_moved, GError **error)
{
    uint64_t moved = 0;

    for (size_t i = 0; i < s->plan->n_tables; i++) {
        if (s->flows->n_of[i] > 0 && !table_settle(s, &s->plan->tables[i], &moved, error))
            return fail_while(error, "bringing the ledger to what is recorded");
    }
    if (ret_moved != NULL)
        *ret_moved = moved;
    return digest_write(s, error);
}

bool ledger_catch_up(Store *s, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str done = {NULL, 0};

    if (!about_read(s->writer, a, "accounts", &done, error))
        return false;
    bool same = done.at == NULL ? s->flows->n == 0 && s->flows->n_paid == 0
                                : str_is(done, s->flows->digest);

    return (same || store_ledger_settle(s, NULL, error)) && store_ledger_paid(s, error);
}
