/* news.c — what was written since: the entries of the journals behind those that are known.
 * In: one entry of each county.  Out: the records that changed, each once, with the heads of the
 * same snapshot; or that too much changed to follow one by one, or that the journals are not those
 * that were read.  Read first: store_news(). */
#include "store/writing.h"

#define NEWS_LOOKED 4096 /* entries: many are about no record */

typedef struct Gathering {
    const Plan *plan;
    GArray *list; /* of NewsRecord */
    GHashTable *seen;
    size_t most;
    bool too_much, other;
} Gathering;

static bool is_one_of(Str kind, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_is(kind, words[i]))
            return true;
    }
    return false;
}

/* Of a kind that this program does not know, nobody knows what it changed. */
static void entry_take(Gathering *g, int32_t county, int64_t entity, int64_t id, Str kind)
{
    const char *const values[] = {change_word(CHANGE_CREATE), change_word(CHANGE_SET),
                                  change_word(CHANGE_CORRECT), change_word(CHANGE_RESEAL)},
                      *const nothing[] = {change_word(CHANGE_NOTE),   change_word(CHANGE_ACCOUNT),
                                          change_word(CHANGE_DOCKET), change_word(CHANGE_LEDGER),
                                          change_word(CHANGE_ISSUE),  change_word(CHANGE_DECIDE),
                                          change_word(CHANGE_PAY)};
    const TablePlan *t = entity >= ENTITY_FIRST ? plan_numbered(g->plan, entity) : NULL;

    if (is_one_of(kind, nothing, G_N_ELEMENTS(nothing)) || (t != NULL && t->hidden))
        return;
    g->too_much = g->too_much || t == NULL || !is_one_of(kind, values, G_N_ELEMENTS(values));
    if (g->too_much || !g_hash_table_add(g->seen, g_memdup2(&id, sizeof id)))
        return;
    const NewsRecord record = {t->entity, {county, id}};

    g_array_append_val(g->list, record);
    g->too_much = g->list->len > g->most;
}

static bool county_news(Conn *c, Gathering *g, int32_t county, int64_t after, int64_t head,
                        GError **error)
{
    static const Sql sql = SQL("SELECT entity,id,kind FROM journal WHERE county=?1 AND seq>?2 "
                               "AND seq<=?3 ORDER BY seq");
    Statement *st = NULL;
    bool ok;

    g->too_much = g->too_much || head - after > NEWS_LOOKED;
    if (g->too_much || head <= after)
        return true;
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, after);
    bind_int(st, 3, head);
    while (conn_next(c, st, &ok, error))
        entry_take(g, county, column_int64(st, 0), column_int64(st, 1), column_str(st, 2));
    return ok;
}

static bool heads_now(Conn *c, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT county,seq,link FROM head ORDER BY county");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        const KnownAt k = known_from(st);

        g_array_append_val(to, k);
    }
    return ok;
}

/* Entries of a journal that did not move are those that were read when the last one is. */
static bool past_check(Conn *c, Gathering *g, const KnownAt *known, size_t n, const GArray *heads,
                       GError **error)
{
    g_autoptr(GArray) asked = g_array_new(FALSE, FALSE, sizeof(KnownAt));
    int32_t other = 0;

    for (size_t i = 0; i < n; i++) {
        bool same = false;

        for (guint j = 0; j < heads->len && !same; j++)
            same = known_equal(&known[i], &g_array_index(heads, KnownAt, j));
        if (!same)
            g_array_append_val(asked, known[i]);
    }
    if (!journals_hold(c, (const KnownAt *)(const void *)asked->data, asked->len, &other, error))
        return false;
    g->other = other != 0;
    g->too_much = g->other;
    return true;
}

static int64_t known_of(const KnownAt *known, size_t n, int32_t county)
{
    for (size_t i = 0; i < n; i++) {
        if (known[i].county == county)
            return known[i].seq;
    }
    return 0;
}

static bool gather(Conn *c, Gathering *g, const KnownAt *known, size_t n, GArray *heads,
                   GError **error)
{
    if (!conn_begin(c, error) || !heads_now(c, heads, error) ||
        !past_check(c, g, known, n, heads, error))
        return false;
    for (guint i = 0; i < heads->len; i++) {
        const KnownAt *h = &g_array_index(heads, KnownAt, i);

        if (!county_news(c, g, h->county, known_of(known, n, h->county), h->seq, error))
            return false;
    }
    return true;
}

bool store_news(Store *s, const KnownAt *known, size_t n_known, size_t most, Arena *a, News *ret,
                GError **error)
{
    g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(KnownAt));
    g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(NewsRecord));
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Gathering g = {s->plan, list, seen, most, false, false};
    Conn *c = NULL;

    *ret = (News){0};
    if (!reader_take(s, &c, error))
        return false;
    bool ok = gather(c, &g, known, n_known, heads, error);

    reader_give(s, c);
    if (!ok)
        return false;
    *ret = (News){.too_much = g.too_much,
                  .other = g.other,
                  .n = g.too_much ? 0 : list->len,
                  .n_heads = heads->len};
    ret->list = arena_many(a, NewsRecord, ret->n + 1);
    ret->heads = arena_many(a, KnownAt, ret->n_heads + 1);
    if (ret->n > 0)
        memcpy(ret->list, list->data, ret->n * sizeof *ret->list);
    if (ret->n_heads > 0)
        memcpy(ret->heads, heads->data, ret->n_heads * sizeof *ret->heads);
    return true;
}
