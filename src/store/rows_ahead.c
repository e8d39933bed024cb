/* rows_ahead.c — the records a group of changes is about, read in one go.
 * A record is a row, what stands in a table for each dated field, and its earlier versions: some
 * twenty questions.  Over a connection each of them waits once; asked for all records of the group
 * at once, and ahead of the lock of the county, they all wait once together.  What one change was
 * given no other gets: it is read anew, as the change before has left it.
 * Read first: rows_ahead_ask(), rows_ahead_fetch(), row_ahead_take(). */
#include "base/limits.h"
#include "store/writing.h"

typedef struct AheadKey {
    const TablePlan *plan;
    RecordKey key;
} AheadKey;

typedef struct Asked { /* records of one entity in one county */
    const TablePlan *plan;
    int32_t county;
    int64_t ids[LIMIT_GROUP_CHANGES];
    size_t n;
} Asked;

static guint key_hash(gconstpointer of)
{
    const AheadKey *k = of;
    uint64_t h = ((uint64_t)k->key.id ^ (uint64_t)k->key.county << 40 ^ k->plan->number) *
                 UINT64_C(0x9e3779b97f4a7c15);

    return (guint)(h >> 32);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    const AheadKey *x = a, *y = b;

    return x->plan == y->plan && x->key.county == y->key.county && x->key.id == y->key.id;
}

void rows_ahead_start(Writing *w)
{
    w->ahead = g_hash_table_new(key_hash, key_equal);
    w->asked = g_array_new(FALSE, FALSE, sizeof(Asked));
}

void rows_ahead_end(Writing *w)
{
    g_hash_table_unref(w->ahead);
    g_array_unref(w->asked);
}

void rows_ahead_forget(Writing *w)
{
    g_hash_table_remove_all(w->ahead);
    g_array_set_size(w->asked, 0);
    w->taken = NULL;
}

/* ---- asking ------------------------------------------------------------------------------ */

static bool looks_at_a_record(const Writing *w, const Change *c)
{
    bool of_kind = c->kind == CHANGE_SET || c->kind == CHANGE_CORRECT || c->kind == CHANGE_END ||
                   c->kind == CHANGE_LEAVE || c->kind == CHANGE_REVIVE;

    return of_kind && c->entity != NULL && c->entity->number < w->s->plan->n_tables;
}

static void asked_add(Writing *w, const TablePlan *t, RecordKey key)
{
    Asked *a = NULL;

    for (guint i = 0; i < w->asked->len && a == NULL; i++) {
        Asked *old = &g_array_index(w->asked, Asked, i);

        if (old->plan == t && old->county == key.county)
            a = old;
    }
    if (a == NULL) {
        const Asked fresh = {.plan = t, .county = key.county};

        g_array_append_val(w->asked, fresh);
        a = &g_array_index(w->asked, Asked, w->asked->len - 1);
    }
    for (size_t i = 0; i < a->n; i++) {
        if (a->ids[i] == key.id)
            return;
    }
    a->ids[a->n++] = key.id;
}

static bool ask(Writing *w, Sql sql, const Asked *a, GError **error)
{
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, a->county);
    for (size_t i = 0; i < LIMIT_GROUP_CHANGES; i++)
        bind_int(st, (int)i + 2,
                 i < a->n ? a->ids[i] : 0); /* no record has 0; none is asked twice */
    return conn_ask(w->conn, st, error);
}

static bool ask_all(Writing *w, const Asked *a, GError **error)
{
    const TablePlan *t = a->plan;
    bool ok = ask(w, t->read_ahead, a, error);

    for (size_t i = 0; ok && i < t->n_fields; i++)
        ok = !t->fields[i].dated || ask(w, t->fields[i].period_ahead, a, error);
    return ok && ask(w, t->was_ahead, a, error);
}

void rows_ahead_add(Writing *w, const Change *c)
{
    if (looks_at_a_record(w, c))
        asked_add(w, &w->s->plan->tables[c->entity->number],
                  (RecordKey){change_county(w, c), c->key.id});
}

/* The same statements cannot be asked twice at once: of each entity the first county. */
static void asked_once_each(Writing *w)
{
    for (guint i = w->asked->len; i > 1; i--) {
        bool again = false;

        for (guint j = 0; j + 1 < i; j++)
            again = again || g_array_index(w->asked, Asked, j).plan ==
                                 g_array_index(w->asked, Asked, i - 1).plan;
        if (again)
            g_array_remove_index(w->asked, i - 1);
    }
}

bool rows_ahead_ask(Writing *w, GError **error)
{
    bool ok = true;

    asked_once_each(w);
    for (guint i = 0; ok && i < w->asked->len; i++)
        ok = ask_all(w, &g_array_index(w->asked, Asked, i), error);
    return ok;
}

/* ---- fetching ---------------------------------------------------------------------------- */

static Row *row_of(Writing *w, const TablePlan *t, int32_t county, int64_t id)
{
    const AheadKey key = {t, {county, id}};

    return g_hash_table_lookup(w->ahead, &key);
}

static bool fetch_rows(Writing *w, const TablePlan *t, GError **error)
{
    Statement *st = NULL;
    bool ok = conn_statement(w->conn, t->read_ahead, &st, error);

    if (!ok)
        return false;
    while (conn_next(w->conn, st, &ok, error)) {
        AheadKey *key = arena_new_of(w->arena, AheadKey);
        Row *r = row_new(w->arena, t);

        row_from(st, r, w->arena);
        *key = (AheadKey){t, r->key};
        g_hash_table_insert(w->ahead, key, r);
    }
    return ok;
}

static bool fetch_periods(Writing *w, const TablePlan *t, size_t at, GError **error)
{
    Statement *st = NULL;
    bool ok = conn_statement(w->conn, t->fields[at].period_ahead, &st, error);

    if (!ok)
        return false;
    while (conn_next(w->conn, st, &ok, error)) {
        Row *r = row_of(w, t, column_int(st, 0), column_int64(st, 1));

        if (r != NULL)
            slot_add(&r->slots[at], w->arena, piece_from(st, &t->fields[at], w->arena));
    }
    return ok;
}

static bool fetch_was(Writing *w, const TablePlan *t, GError **error)
{
    Statement *st = NULL;
    bool ok = conn_statement(w->conn, t->was_ahead, &st, error);

    if (!ok)
        return false;
    while (conn_next(w->conn, st, &ok, error)) {
        Row *r = row_of(w, t, column_int(st, 0), column_int64(st, 1));

        if (r != NULL)
            row_add_was(r, w->arena, was_from(st, t, w->arena));
    }
    return ok;
}

bool rows_ahead_fetch(Writing *w, GError **error)
{
    bool ok = true;

    for (guint i = 0; ok && i < w->asked->len; i++) {
        const TablePlan *t = g_array_index(w->asked, Asked, i).plan;

        ok = fetch_rows(w, t, error);
        for (size_t k = 0; ok && k < t->n_fields; k++)
            ok = !t->fields[k].dated || fetch_periods(w, t, k, error);
        ok = ok && fetch_was(w, t, error);
    }
    g_array_set_size(w->asked, 0);
    return ok;
}

/* ---- one change -------------------------------------------------------------------------- */

void row_ahead_take(Writing *w, const TablePlan *t, RecordKey key)
{
    const AheadKey of = {t, key};

    w->taken = g_hash_table_lookup(w->ahead, &of);
    if (w->taken != NULL)
        g_hash_table_remove(w->ahead, &of);
}

bool row_ahead_load(Writing *w, Row *r, RecordKey key, bool *ret_found, GError **error)
{
    const Row *from = w->taken;

    w->taken = NULL;
    if (from == NULL || from->plan != r->plan || from->key.id != key.id ||
        from->key.county != key.county)
        return row_load(w->conn, r, key, w->arena, ret_found, error);
    Slot *slots = r->slots;

    memcpy(slots, from->slots, r->plan->n_fields * sizeof *slots);
    *r = *from;
    r->slots = slots;
    *ret_found = true;
    return true;
}
