/* store.c — the public functions; the kind of database is chosen by the address. */
#include "store/writing.h"

#include "base/identifier.h"

#define ID_BLOCK_FIRST 256
#define ID_BLOCK_MOST  16384 /* a dead process wastes at most these; the counter has 40 bits */

static const StoreKind *const kinds[] = {&sqlite_kind, &postgres_kind};

static const StoreKind *kind_of(const char *uri, const char **ret_where, GError **error)
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
    const StoreKind *k = kind_of(uri, &where, error);

    return k != NULL && k->is_free(where, error);
}

char *store_shown(const char *uri)
{
    const char *where = NULL;
    const StoreKind *k = kind_of(uri, &where, NULL);

    return k != NULL ? k->shown(where) : g_strndup(uri, strcspn(uri, ":/@"));
}

bool store_create(const char *uri, const Model *m, const StoreFacts *facts, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = kind_of(uri, &where, error);

    if (facts->home_county <= 0)
        return fail(error, FAIL_INPUT, "a database needs the county number of its own office");
    return k != NULL && k->is_free(where, error) && k->create(where, m, facts, error);
}

bool store_open(const char *uri, const Model *m, Store **ret, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = kind_of(uri, &where, error);

    return k != NULL && sql_open(k, where, m, ret, error);
}

void store_close(Store *s)
{
    if (s != NULL)
        sql_close(s);
}

bool store_peek(const char *uri, Arena *a, StoreFacts *ret, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = kind_of(uri, &where, error);

    return k != NULL && sql_peek(k, where, a, ret, NULL, NULL, error);
}

bool store_peek_documents(const char *uri, Arena *a, DocumentFile **ret, size_t *ret_n,
                          GError **error)
{
    const char *where = NULL;
    const StoreKind *k = kind_of(uri, &where, error);
    StoreFacts facts;

    return k != NULL && sql_peek(k, where, a, &facts, ret, ret_n, error);
}

bool store_policy_documents(Store *s, int64_t version, Arena *a, DocumentFile **ret, size_t *ret_n,
                            GError **error)
{
    return sql_documents(s, version, a, ret, ret_n, error);
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

bool store_watermark(Store *s, int64_t *ret_seq, GError **error)
{
    return sql_watermark(s, ret_seq, error);
}

bool store_record(Store *s, const Entity *e, RecordKey key, Arena *a, Record **ret, GError **error)
{
    return sql_records(s, e, &key, 1, a, ret, error);
}

bool store_records(Store *s, const Entity *e, const RecordKey *keys, size_t n, Arena *a,
                   Record **ret, GError **error)
{
    return sql_records(s, e, keys, n, a, ret, error);
}

bool store_periods(Store *s, const Field *f, RecordKey key, Arena *a, Fact **ret, size_t *ret_n,
                   GError **error)
{
    return sql_periods(s, f, key, a, ret, ret_n, error);
}

bool store_ever_referred(Store *s, const Field *f, RecordKey key, Arena *a, int64_t **ret,
                         size_t *ret_n, GError **error)
{
    return sql_ever_referred(s, f, key, a, ret, ret_n, error);
}

bool store_all_decisions(Store *s, Arena *a, DecisionRow **ret, size_t *ret_n, GError **error)
{
    return sql_all_decisions(s, a, ret, ret_n, error);
}

bool store_search(Store *s, const Entity *e, Str words, size_t most, Arena *a, RecordKey **ret,
                  size_t *ret_n, GError **error)
{
    return sql_search(s, e, words, most, a, ret, ret_n, error);
}

bool store_find(Store *s, const Field *f, Str text, RecordKey *ret, GError **error)
{
    return sql_find(s, f, text, ret, error);
}

bool store_find_blind(Store *s, const Field *f, int32_t county, const uint8_t blind[SM3_SIZE],
                      RecordKey *ret, GError **error)
{
    return sql_find_blind(s, f, county, blind, ret, error);
}

bool store_sealed(Store *s, const Field *f, RecordKey key, Arena *a, Str *ret, GError **error)
{
    return sql_sealed(s, f, key, a, ret, error);
}

bool store_history(Store *s, const Entity *e, RecordKey key, size_t most, Arena *a,
                   JournalEntry **ret, size_t *ret_n, GError **error)
{
    return sql_history(s, e, key, most, a, ret, ret_n, error);
}

bool store_decisions(Store *s, Month month, const RecordKey *subject, Arena *a, DecisionRow **ret,
                     size_t *ret_n, GError **error)
{
    return sql_decisions(s, month, subject, a, ret, ret_n, error);
}

bool store_decide_state(Store *s, Date before, Arena *a, DecideState *ret, GError **error)
{
    return sql_decide_state(s, before, a, ret, error);
}

bool store_run(Store *s, int64_t run, Arena *a, DecideRun *ret, GError **error)
{
    return sql_run(s, run, a, ret, error);
}

bool store_accounts(Store *s, Arena *a, AccountRow **ret, size_t *ret_n, GError **error)
{
    return sql_accounts(s, a, ret, ret_n, error);
}

bool store_verify(Store *s, Arena *a, VerifyReport *ret, GError **error)
{
    return sql_verify(s, a, ret, error);
}

/* ---- writing (write.h) ------------------------------------------------------------------- */

bool store_write(Store *s, const Change *changes, size_t n, ChangeAnswer *answers, GError **error)
{
    return sql_write(s, changes, n, answers, error);
}

bool store_write_chunk(Store *s, const Change *changes, size_t n, ChangeAnswer *answers,
                       GError **error)
{
    return sql_write_chunk(s, changes, n, answers, error);
}

bool store_put_policy(Store *s, const PolicyPut *put, int64_t *ret_version, GError **error)
{
    return sql_put_policy(s, put, ret_version, error);
}

bool store_write_decisions(Store *s, const DecisionRun *run, DecisionAnswer *ret, GError **error)
{
    return sql_write_decisions(s, run, ret, error);
}

bool store_import_begin(Store *s, Str name, int64_t *ret_import, GError **error)
{
    return sql_import_begin(s, name, ret_import, error);
}

bool store_import_stage(Store *s, int64_t import, const Change *changes, size_t n, GError **error)
{
    return sql_import_stage(s, import, changes, n, error);
}

bool store_import_commit(Store *s, int64_t import, GError **error)
{
    return sql_import_commit(s, import, error);
}

bool store_import_drop(Store *s, int64_t import, GError **error)
{
    return sql_import_drop(s, import, error);
}

bool store_import_recover(Store *s, uint64_t *ret_finished, GError **error)
{
    return sql_import_recover(s, ret_finished, error);
}
