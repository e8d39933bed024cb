/* record_history.c — what happened to a record, and who saw what of it.
 * In: the journal.  Out: lines in words; secrets never, only that they changed.  A reveal is in the
 * journal before its value leaves.  Read first: record_history(), record_reveal(). */
#include "base/identifier.h"
#include "base/sort.h"
#include "care/access.h"
#include "care/keys.h"
#include "care/move.h"
#include "care/note_words.h"
#include "care/record.h"
#include "care/write.h"

static bool value_words(Care *c, Working *w, const Session *s, const Field *f, Value v,
                        bool english, Arena *a, Str *ret, GError **error)
{
    if (f->secret) {
        *ret = !v.known ? STR("") : english ? STR("changed") : STR("已变更");
        return true;
    }
    if (f->type.kind == KIND_REF && v.known) {
        g_autoptr(GError) why = NULL;
        RecordKey key = {0, v.num};
        if (scope_allows(c, w, s, f->type.to, key, &why) &&
            title_of(c, w, s, f->type.to, key, 0, a, ret, &why))
            return true;
        if (why->code == FAIL_SYSTEM || why->domain != FAIL_DOMAIN) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    *ret = value_text(c, f, v, english, a);
    return true;
}

static bool history_field(Care *c, Working *w, const Session *s, const struct JournalField *from,
                          Arena *a, struct HistoryField *to, GError **error)
{
    const Field *f = from->field;
    *to = (struct HistoryField){.field = f, .since = from->since};
    return value_words(c, w, s, f, from->before, false, a, &to->before_zh, error) &&
           value_words(c, w, s, f, from->before, true, a, &to->before_en, error) &&
           value_words(c, w, s, f, from->after, false, a, &to->after_zh, error) &&
           value_words(c, w, s, f, from->after, true, a, &to->after_en, error);
}

static int newest_first(const void *a, const void *b)
{
    const JournalEntry *x = a, *y = b;
    if (x->at != y->at)
        return x->at > y->at ? -1 : 1;
    return x->seq > y->seq ? -1 : x->seq < y->seq;
}

/* Its own county's journal, and those of the counties it came from. */
static bool entries_of(Care *c, const Entity *e, RecordKey key, size_t most, Arena *a,
                       JournalEntry **ret, size_t *ret_n, GError **error)
{
    int32_t *counties;
    size_t n_counties, n;
    if (!store_history(c->store, e, key, most, a, ret, &n, error) ||
        !moved_from(c, e, key.id, a, &counties, &n_counties, error))
        return false;
    for (size_t i = 0; i < n_counties; i++) {
        JournalEntry *more, *all;
        size_t n_more;
        if (!store_history(c->store, e, (RecordKey){counties[i], key.id}, most, a, &more, &n_more,
                           error))
            return false;
        all = arena_many(a, JournalEntry, n + n_more + 1);
        memcpy(all, *ret, n * sizeof *all);
        memcpy(all + n, more, n_more * sizeof *all);
        *ret = all;
        n += n_more;
    }
    if (n_counties > 0)
        sort_rows(*ret, n, sizeof **ret, newest_first);
    *ret_n = MIN(n, most);
    return true;
}

bool record_history(Care *c, const Session *s, const Entity *e, RecordKey key, size_t most,
                    Arena *a, HistoryLine **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    JournalEntry *entries;
    size_t n;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, key, error) ||
        !locate(c, e, key.id, &key, error) || !access_note(c, s, e, key, "history", error) ||
        !entries_of(c, e, key, most, a, &entries, &n, error))
        return false;
    HistoryLine *lines = arena_many(a, HistoryLine, n + 1);
    for (size_t i = 0; i < n; i++) {
        const JournalEntry *from = &entries[i];
        lines[i] = (HistoryLine){.seq = from->seq,
                                 .at = from->at,
                                 .actor = from->actor,
                                 .via = from->via,
                                 .kind = from->kind,
                                 .reason = note_words(c, from->reason, a),
                                 .n_fields = from->n_fields};
        lines[i].fields = arena_array(a, from->n_fields + 1, sizeof *lines[i].fields);
        for (size_t k = 0; k < from->n_fields; k++)
            if (!history_field(c, w, s, &from->fields[k], a, &lines[i].fields[k], error))
                return fail_while(error, "reading the history");
    }
    *ret = lines;
    *ret_n = n;
    return true;
}

bool may_reveal(const Session *s, Str reason, GError **error)
{
    reason = str_trim(reason);
    if (!session_may(s, MAY_REVEAL))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see full numbers", s->role->word);
    if (!str_utf8_valid(reason, NULL) || str_utf8_length(reason) < REASON_LEAST)
        return fail(error, FAIL_INPUT, "say why the full text is needed, in %u characters or more",
                    REASON_LEAST);
    return check_reason_kept(reason, NULL, error);
}

/* A reveal enters the main journal before the value leaves. */
bool record_reveal(Care *c, const Session *s, const Field *f, RecordKey key, Str reason, Arena *a,
                   Str *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    Str sealed, plain;
    reason = str_trim(reason);
    if (!may_reveal(s, reason, error))
        return false;
    if (!f->secret)
        return fail(error, FAIL_USAGE, "\"%.*s\" is not secret", STR_ARG(f->name));
    if (!session_reveals(s, f))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see \"%.*s\" in full",
                    s->role->word, STR_ARG(f->name));
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, f->entity, key, error))
        return false;
    const Batch *b = working_batch(w, f->entity);
    if (key.county == 0 && b->counties != NULL) /* the entry belongs into the record's journal */
        key.county = b->counties[working_row(w, f->entity, key.id)];
    if (!store_sealed(c->store, f, key, a, &sealed, error))
        return false;
    if (sealed.len == 0)
        return fail(error, FAIL_ABSENT, "\"%.*s\" is unknown here", STR_ARG(f->name));
    if (!keys_unseal(c->keys, f, key.id, sealed, a, &plain, error) ||
        !care_note(c, s, f->entity, key, f, reason, error))
        return fail_while(error, "revealing \"%.*s\"", STR_ARG(f->name));
    *ret = plain;
    return true;
}
