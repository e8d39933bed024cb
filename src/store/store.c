/* store.c — the public functions; the kind of database is chosen by the address. */
#include "store/migrate_inside.h"

#include "base/identifier.h"
#include "store/copy.h"

#define ID_BLOCK_FIRST 256
#define ID_BLOCK_MOST  16384 /* a dead process wastes at most these; the counter has 40 bits */

static const StoreKind *const kinds[] = {&sqlite_kind, &postgres_kind};

const StoreKind *store_kind(const char *uri, const char **ret_where, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_has_prefix(uri, kinds[i]->scheme) && uri[strlen(kinds[i]->scheme)] != '\0') {
            *ret_where = uri + strlen(kinds[i]->scheme);
            return kinds[i];
        }
    }
    /* What stands behind the scheme may hold a password. */
    fail(error, FAIL_USAGE,
         "database address \"%.*s…\" is not of the form sqlite:PATH or postgresql://…",
         (int)strcspn(uri, ":/@"), uri);
    return NULL;
}

bool store_is_free(const char *uri, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    return k != NULL && k->is_free(where, error);
}

char *store_shown(const char *uri)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, NULL);

    return k != NULL ? k->shown(where) : g_strndup(uri, strcspn(uri, ":/@"));
}

bool store_create(const char *uri, const Model *m, const StoreFacts *facts, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    if (facts->home_county <= 0)
        return fail(error, FAIL_INPUT, "a database needs the county number of its own office");
    return k != NULL && k->is_free(where, error) && k->create(where, m, facts, error);
}

bool store_open(const char *uri, const Model *m, Store **ret, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    return k != NULL && sql_open(k, where, m, ret, error);
}

bool store_migration(const char *uri, const Model *m, Arena *a, Migration *ret, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    return k != NULL && sql_migration(k, where, m, a, ret, error);
}

bool store_migrate(const char *uri, const PolicyPut *put, Arena *a, Migration *ret, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    return k != NULL && sql_migrate(k, where, put, a, ret, error);
}

bool store_is_outdated(Store *s)
{
    return g_atomic_int_get(&s->outdated) != 0;
}

void store_close(Store *s)
{
    if (s != NULL)
        sql_close(s);
}

bool store_peek(const char *uri, Arena *a, StoreFacts *ret, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    return k != NULL && sql_peek(k, where, a, ret, NULL, NULL, error);
}

bool store_peek_documents(const char *uri, Arena *a, DocumentFile **ret, size_t *ret_n,
                          GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);
    StoreFacts facts;

    return k != NULL && sql_peek(k, where, a, &facts, ret, ret_n, error);
}

int64_t store_policy(const Store *s)
{
    return s->policy;
}

const StoreFacts *store_facts(const Store *s)
{
    return &s->facts;
}

bool store_try_new_id(Store *s, int64_t *ret_id, GError **error)
{
    bool ok = true;

    g_mutex_lock(&s->ids);
    if (s->id_next == s->id_end) {
        int64_t first = 0, many = CLAMP(s->id_block * 2, ID_BLOCK_FIRST, ID_BLOCK_MOST);

        ok = sql_reserve(s, many, &first, error);
        if (ok) {
            s->id_next = first;
            s->id_end = first + many;
            s->id_block = many;
        }
    }
    if (ok)
        *ret_id = id_make(s->facts.node, s->facts.incarnation, (uint64_t)s->id_next++);
    g_mutex_unlock(&s->ids);
    return ok;
}

int64_t store_new_id(Store *s)
{
    g_autoptr(GError) error = NULL;
    int64_t id = 0;

    if (!store_try_new_id(s, &id, &error))
        return 0;
    return id;
}

bool store_load(Store *s, const RegionTree *regions, int64_t known_at, Dataset **ret,
                GError **error)
{
    return sql_load(s, regions, &(LoadKnown){.all = known_at}, ret, error);
}

bool store_load_known(Store *s, const RegionTree *regions, const KnownAt *known, size_t n,
                      Dataset **ret, GError **error)
{
    return sql_load(s, regions, &(LoadKnown){.each = known, .n_each = n}, ret, error);
}

bool store_record(Store *s, const Entity *e, RecordKey key, Arena *a, Record **ret, GError **error)
{
    return store_records(s, e, &key, 1, a, ret, error);
}
