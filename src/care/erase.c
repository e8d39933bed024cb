/* erase.c — see erase.h. */
#include "care/erase.h"

#include "base/identifier.h"
#include "care/session.h"
#include "care/write.h"
#include "store/keys.h"

static bool refers_count(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                         uint64_t *ret, GError **error)
{
    const Model *m = c->model;
    *ret = 0;
    for (size_t i = 0; i < m->n_entities; i++)
        for (size_t k = 0; k < m->entities[i]->n_fields; k++) {
            const Field *by = m->entities[i]->fields[k];
            ListResult r = {0};
            if (by->type.kind != KIND_REF || by->type.to != e || by->compute != NULL)
                continue;
            if (!record_children(c, s, m->entities[i], by, key, 1, a, &r, error))
                return false;
            *ret += r.total;
        }
    return true;
}

static bool words_fine(Str text, const char *what, GError **error)
{
    if (!str_utf8_valid(text, NULL) || str_utf8_length(text) < REASON_LEAST)
        return fail(error, FAIL_INPUT, "say %s, in %u characters or more", what, REASON_LEAST);
    return !text_holds_citizen_id(text) ||
           fail(error, FAIL_INPUT, "%s holds a citizen number, which would stay: leave it out",
                what);
}

bool record_erase_by_law(Care *c, const Session *s, const Entity *e, RecordKey key, Str order,
                         Str why, Arena *a, EraseReport *ret, GError **error)
{
    g_autoptr(GError) kept = NULL;
    *ret = (EraseReport){0};
    order = str_trim(order);
    why = str_trim(why);
    if (!session_is_machine(s))
        return fail(error, FAIL_RIGHT,
                    "records are erased on the machine itself, by nobody's "
                    "account");
    if (!words_fine(order, "who ordered it", error) ||
        !words_fine(why, "why, and under which law", error) || !locate(c, e, key.id, &key, error) ||
        !refers_count(c, s, e, key, a, &ret->referring, error))
        return false;
    const char *reason = arena_printf(a, "ordered by %.*s: %.*s", STR_ARG(order), STR_ARG(why));
    if (!care_erase(c, s, e, key, str_of(reason), &ret->seq, error))
        return fail_while(error, "erasing");
    if (!store_wipe(c->store, &kept))
        ret->wipe_why = arena_str(a, str_of(kept->message));
    return true;
}
