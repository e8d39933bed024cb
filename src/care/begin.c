/* begin.c — see begin.h. */
#include "care/begin.h"

#include "base/arena.h"
#include "store/store.h"

#define ENTRIES_MADE 2 /* of a database that was only just made: that it was, and its documents */

static bool nobody(Store *s, Arena *a, bool *ret, GError **error)
{
    AccountRow *rows;
    size_t n;
    if (!store_accounts(s, a, &rows, &n, error))
        return false;
    *ret = true;
    for (size_t i = 0; i < n; i++)
        *ret = *ret && str_starts(rows[i].name, STR("#")); /* no person's name begins so */
    return true;
}

bool database_begun(const char *uri, const char *place, Begun *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Store) s = NULL;
    StoreFacts facts;
    DocumentFile *files;
    size_t n;
    int64_t entries;
    *ret = (Begun){0};
    if (!store_peek(uri, a, &facts, error) || !store_peek_documents(uri, a, &files, &n, error))
        return false;
    g_autoptr(Model) m = model_read(files, n, ds);
    if (m == NULL || !str_is(facts.place, place))
        return true;
    if (!store_open(uri, m, &s, error) || !nobody(s, a, &ret->unfinished, error) ||
        !store_watermark(s, &entries, error))
        return false;
    ret->untouched = ret->unfinished && entries == ENTRIES_MADE;
    return true;
}
