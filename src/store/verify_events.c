/* verify_events.c — every record of an event has moved what its account's declaration says, and
 * nothing else: what each row wants is found anew and compared with the transfers under its key.
 * In: transfers, met in the order of their entries.  Start: verify_events(). */
#include "store/about.h"
#include "store/flows.h"
#include "store/verify.h"

#define ROWS_AT_ONCE 1000 /* texts of so many rows are held */

typedef struct EventKey {
    int32_t county;
    uint8_t request[16];
} EventKey;

typedef struct Noted { /* what stands under a key */
    EventKey key;      /* first member */
    LedgerTransfer t;  /* id 0: nothing, all was taken back */
} Noted;

struct Events {
    GHashTable *noted;  /* Noted by key */
    GHashTable *erased; /* int64_t: ids of records the law has emptied */
};

static guint event_hash(gconstpointer key)
{
    const EventKey *k = key;
    guint h = 0;

    memcpy(&h, k->request, sizeof h);
    return h ^ (guint)k->county;
}

static gboolean event_equal(gconstpointer a, gconstpointer b)
{
    const EventKey *x = a, *y = b;

    return x->county == y->county && memcmp(x->request, y->request, sizeof x->request) == 0;
}

struct Events *events_new(void)
{
    struct Events *e = g_new0(struct Events, 1);

    e->noted = g_hash_table_new_full(event_hash, event_equal, NULL, g_free);
    e->erased = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return e;
}

void events_free(struct Events *e)
{
    if (e == NULL)
        return;
    g_hash_table_unref(e->noted);
    g_hash_table_unref(e->erased);
    g_free(e);
}

void events_note(Verifying *v, int32_t county, Str request, const LedgerTransfer *t)
{
    EventKey key = {.county = county};
    Noted *n;

    if (request.len == sizeof key.request)
        memcpy(key.request, request.at, request.len);
    n = g_hash_table_lookup(v->events->noted, &key);
    if (n == NULL) {
        n = g_new0(Noted, 1);
        n->key = key;
        g_hash_table_add(v->events->noted, n);
    }
    if (t->state == TRANSFER_POSTED)
        n->t = *t;
    else if (t->state == TRANSFER_REVERSAL && t->of == n->t.id)
        n->t = (LedgerTransfer){0};
}

void events_erased(Verifying *v, int64_t entity, int64_t id)
{
    int64_t *key = g_new(int64_t, 1);

    (void)entity; /* ids are of one record whatever its entity */
    *key = id;
    g_hash_table_add(v->events->erased, key);
}

/* ---- one record -------------------------------------------------------------------------- */

static const LedgerTransfer *live_of(const Verifying *v, int32_t county, const uint8_t request[16])
{
    EventKey key = {.county = county};
    const Noted *n;

    memcpy(key.request, request, sizeof key.request);
    n = g_hash_table_lookup(v->events->noted, &key);
    return n != NULL && n->t.id != 0 ? &n->t : NULL;
}

/* Whose the holder's side of a transfer is. */
static bool is_of(const Verifying *v, int32_t county, const FlowPlan *p, const LedgerTransfer *t,
                  const char *owner)
{
    const LedgerAccount *a = ledger_tallied(v, county, p->in ? t->to : t->from);

    return a != NULL && str_equal(a->kind, p->account->name) && str_is(a->owner, owner);
}

static const char *wrong_with(const Verifying *v, const FlowPlan *p, const Row *r)
{
    const FlowWant want = flow_want(p, r);
    const LedgerTransfer *near, *far;
    uint8_t request[16];
    char between[24];

    flow_key(p, r->plan->number, r->key, request);
    near = live_of(v, r->key.county, request);
    if (want.amount == 0)
        return near == NULL ? NULL : "what it moved was not taken back";
    if (near == NULL)
        return "its transfer is missing";
    if (near->amount != want.amount)
        return "its transfer is of another amount";
    if (want.county == r->key.county)
        return is_of(v, want.county, p, near, want.owner) ? NULL : "its transfer is another's";
    between_text(want.county, between);
    far = live_of(v, want.county, request);
    if (far == NULL || far->amount != want.amount)
        return "its transfer in the other county is missing";
    return is_of(v, r->key.county, p, near, between) && is_of(v, want.county, p, far, want.owner)
               ? NULL
               : "its transfer is another's";
}

static void row_check(Verifying *v, const FlowPlan *p, const Row *r)
{
    const char *wrong;

    if (g_hash_table_contains(v->events->erased, &r->key.id))
        return;
    wrong = wrong_with(v, p, r);
    if (wrong == NULL)
        return;
    v->report->ledger_differ++;
    fault(v, "county %d, %.*s %" G_GINT64_FORMAT " and the account %.*s: %s", r->key.county,
          STR_ARG(r->plan->entity->name), r->key.id, STR_ARG(p->account->name), wrong);
}

static bool table_check(Verifying *v, const TablePlan *t, GError **error)
{
    const Flows *f = v->s->flows;
    g_autoptr(Arena) own = arena_new();
    Arena *texts = arena_new();
    Row *r = row_new(own, t);
    Statement *st = NULL;
    bool row = false, ok = conn_scan(v->conn, t->scan, &st, error);

    for (size_t n = 1; ok && (ok = conn_step(v->conn, st, &row, error)) && row; n++) {
        row_from(st, r, texts);
        for (size_t i = 0; i < f->n_of[t->entity->number]; i++)
            row_check(v, &f->of[t->entity->number][i], r);
        if (n % ROWS_AT_ONCE == 0) {
            arena_free(texts);
            texts = arena_new();
        }
    }
    arena_free(texts);
    return ok;
}

/* Whether a record is on the books, in whatever county it is now. */
static bool is_live(Verifying *v, const Entity *e, int64_t id, const GArray *counties, bool *ret,
                    GError **error)
{
    *ret = false;
    for (guint i = 0; !*ret && i < counties->len; i++) {
        Statement *st = NULL;
        int64_t state = -1;

        if (!conn_statement(v->conn, v->s->plan->tables[e->number].state, &st, error))
            return false;
        bind_int(st, 1, g_array_index(counties, int32_t, i));
        bind_int(st, 2, id);
        if (!conn_number(v->conn, st, -1, &state, error))
            return false;
        *ret = state == STATE_LIVE;
    }
    return true;
}

/* As paid_follow() has it: of who is off the books the account stays as it was. */
static bool paid_fault(Verifying *v, const FlowPlan *p, RecordKey key, const GArray *counties,
                       GError **error)
{
    const Entity *e = p->flow->rule->subject;
    bool live = true;

    if (p->account->holder != NULL && !is_live(v, e, key.id, counties, &live, error))
        return false;
    if (!live)
        return true;
    v->report->ledger_differ++;
    fault(v, "county %d, %.*s %" G_GINT64_FORMAT " and the account %.*s: not what was paid",
          key.county, STR_ARG(e->name), key.id, STR_ARG(p->account->name));
    return true;
}

static bool paid_check(Verifying *v, const FlowPlan *p, int32_t county, const GArray *counties,
                       GError **error)
{
    static const Sql sql = SQL(PAID_SQL);
    const Rule *rule = p->flow->rule;
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, numbering_find(v->s->numbering, STR("rule"), rule->name));
    for (;;) {
        const LedgerTransfer *t;
        uint8_t request[16];

        if (!conn_step(v->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        const RecordKey key = {county, column_int64(st, 0)};
        const int64_t fen = MAX(column_int64(st, 1), 0);

        flow_key(p, v->s->plan->tables[rule->subject->number].number, key, request);
        t = live_of(v, county, request);
        if ((t != NULL ? t->amount : 0) != fen && !paid_fault(v, p, key, counties, error))
            return false;
    }
}

/* While a booking has not reached the accounts yet, they are as of the one before. */
static bool paid_checks(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM about WHERE name='accounts_paid' AND "
                               "value=(SELECT CAST(count(*) AS TEXT) FROM pay_step WHERE state=6)");
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    Statement *st = NULL;
    int64_t brought = 0;

    if (v->s->flows->n_paid == 0)
        return true;
    if (!conn_statement(v->conn, sql, &st, error) ||
        !conn_number(v->conn, st, 0, &brought, error) || !counties_of(v->conn, counties, error))
        return false;
    for (guint i = 0; brought != 0 && i < counties->len; i++) {
        for (size_t k = 0; k < v->s->flows->n_paid; k++) {
            if (!paid_check(v, &v->s->flows->paid[k], g_array_index(counties, int32_t, i), counties,
                            error))
                return false;
        }
    }
    return true;
}

/* Under other declarations than the ledger was brought to last, nothing can be said. */
bool verify_events(Verifying *v, GError **error)
{
    Str done = {NULL, 0};

    if (!about_read(v->conn, v->arena, "accounts", &done, error))
        return false;
    if (v->s->flows == NULL || done.at == NULL || !str_is(done, v->s->flows->digest))
        return true;
    for (size_t i = 0; i < v->s->plan->n_tables; i++) {
        if (v->s->flows->n_of[i] > 0 && !table_check(v, &v->s->plan->tables[i], error))
            return false;
    }
    return paid_checks(v, error);
}
