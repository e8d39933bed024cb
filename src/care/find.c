/* find.c — a record by what people call it: the text form of its id, or the entity's key. */
#include "base/identifier.h"
#include "care/care.h"
#include "care/same.h"

bool record_find(Care *c, const Session *s, const Entity *e, Str text, RecordKey *ret,
                 GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    RecordKey key = {0};
    bool found = false;
    g_autofree char *room = g_malloc(text.len + 1);
    const Str narrow = str_utf8_narrow(text, room); /* as Chinese keyboards may write it */
    if (id_parse(narrow, &key.id)) {
        int64_t row = working_row(w, e, key.id);
        found = row != ROW_NONE;
        if (found && w->data->batches[e->number]->counties != NULL)
            key.county = w->data->batches[e->number]->counties[row];
    }
    if (!found && key.id != 0) /* the number of one that went into another leads there */
        found = record_led(c, e, key.id, &key, NULL);
    if (!found && e->key != NULL && !e->key->secret)
        found = store_find(c->store, e->key, text, &key, NULL) ||
                store_find(c->store, e->key, narrow, &key, NULL);
    if (!found)
        return fail(error, FAIL_ABSENT,
                    "there is no %.*s \"%.*s\"; give its number as lists show it, or its %.*s",
                    STR_ARG(e->name), STR_ARG(text),
                    STR_ARG(e->key != NULL ? e->key->name : STR("number")));
    *ret = key;
    return scope_allows(c, w, s, e, key, error);
}
