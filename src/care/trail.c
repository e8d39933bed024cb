/* trail.c — see trail.h.  In: dockets of merges and arrivals.  Read first: record_trail(). */
#include "care/trail.h"

#include "care/care.h"
#include "care/move.h"
#include "care/record.h"
#include "care/same.h"
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

bool merges_into(Care *c, const Session *s, const Entity *e, RecordKey stays, Arena *a,
                 MergeLine **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    Docket *list;
    size_t n;
    *ret_n = 0;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, stays, error) ||
        !store_dockets_of(c->store, DOCKET_MERGE, e, stays.id, a, &list, &n, error))
        return false;
    *ret = arena_many(a, MergeLine, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (list[i].state != DOCKET_OPEN || list[i].other.id != stays.id)
            continue;
        MergeLine *to = &(*ret)[(*ret_n)++];
        Record *gone;
        *to = (MergeLine){.entity = e,
                          .gone = {list[i].key.county, list[i].subject},
                          .stays = stays,
                          .by = list[i].by,
                          .at = list[i].at};
        if (!store_record(c->store, e, to->gone, a, &gone, error) ||
            !title_of(c, w, s, e, stays, 0, a, &to->stays_title, error))
            return false;
        const Field *title = e->n_title > 0 ? e->title[0] : NULL;
        if (title != NULL && !title->secret && title->compute == NULL)
            to->gone_title = value_text(c, title, gone->facts[title->index].value, false, a);
    }
    return true;
}
