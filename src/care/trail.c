/* trail.c — see trail.h.  In: dockets of merges and arrivals.  Read first: record_trail(). */
#include "care/trail.h"

#include "care/care.h"
#include "care/move.h"
#include "store/docket.h"

static bool is_known(const GArray *keys, RecordKey key)
{
    for (guint i = 0; i < keys->len; i++) {
        const RecordKey *have = &g_array_index(keys, RecordKey, i);
        if (have->id == key.id && have->county == key.county)
            return true;
    }
    return false;
}

static void add(GArray *keys, RecordKey key)
{
    if (!is_known(keys, key))
        g_array_append_val(keys, key);
}

static bool add_counties(Care *c, const Entity *e, RecordKey of, Arena *a, GArray *keys,
                         GError **error)
{
    int32_t *counties;
    size_t n;
    if (!moved_from(c, e, of.id, a, &counties, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        add(keys, (RecordKey){counties[i], of.id});
    return true;
}

static bool add_merged(Care *c, const Entity *e, RecordKey of, Arena *a, GArray *keys,
                       GError **error)
{
    Docket *list;
    size_t n;
    if (!store_dockets_of(c->store, DOCKET_MERGE, e, of.id, a, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (list[i].state == DOCKET_OPEN && list[i].other.id == of.id)
            add(keys, (RecordKey){list[i].key.county, list[i].subject});
    return true;
}

bool record_trail(Care *c, const Entity *e, RecordKey key, Arena *a, RecordKey **ret, size_t *ret_n,
                  GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    add(keys, key);
    for (guint i = 0; i < keys->len; i++) {
        const RecordKey of = g_array_index(keys, RecordKey, i);
        if (!add_counties(c, e, of, a, keys, error) || !add_merged(c, e, of, a, keys, error))
            return false;
    }
    *ret = arena_list(a, keys, ret_n);
    return true;
}
