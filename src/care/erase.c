/* erase.c — see erase.h.  One transaction a record: a county's journal says it of its own, and the
 * record itself goes last, so that who was interrupted does the same again.
 * Read first: record_erase_by_law(), parts_gather(). */
#include "care/erase_inside.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/inside.h"
#include "care/session.h"
#include "store/copies.h"
#include "store/import_job.h"
#include "store/keys.h"

/* ---- what goes along ----------------------------------------------------------------------- */

static void part_add(Erasing *x, const Entity *e, RecordKey key, bool hangs)
{
    const ErasePart p = {e, key, hangs};
    for (guint i = 0; i < x->parts->len; i++) {
        const ErasePart *have = &g_array_index(x->parts, ErasePart, i);
        if (have->key.id == key.id && have->key.county == key.county)
            return;
    }
    g_array_append_val(x->parts, p);
}

/* In every county where it stands, or stood before it moved on. */
static bool stands_add(Erasing *x, int64_t id, GError **error)
{
    const CareInside *in = care_inside(x->care);
    for (size_t i = 0; i < in->n_counties; i++) {
        g_autoptr(GError) why = NULL;
        const RecordKey key = {in->counties[i], id};
        Record *r;
        if (store_record(x->care->store, x->entity, key, x->arena, &r, &why))
            part_add(x, x->entity, key, false);
        else if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return true;
}

static bool merged_add(Erasing *x, int64_t stays, GError **error)
{
    Docket *list;
    size_t n;
    if (!store_dockets_of(x->care->store, DOCKET_MERGE, x->entity, stays, x->arena, &list, &n,
                          error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (list[i].state == DOCKET_OPEN && list[i].other.id == stays &&
            !stands_add(x, list[i].subject, error))
            return false;
    return true;
}

static bool is_kept(const Entity *e, Str keep)
{
    while (keep.len > 0) {
        size_t n = 0;
        while (n < keep.len && keep.at[n] != ' ' && keep.at[n] != ',')
            n++;
        if (str_equal((Str){keep.at, n}, e->name))
            return true;
        keep = (Str){keep.at + MIN(n + 1, keep.len), keep.len - MIN(n + 1, keep.len)};
    }
    return false;
}

/* Records whose place leads over it: as what goes along in a move. */
static bool hanging_add(Erasing *x, ErasePart p, Str keep, GError **error)
{
    const Model *m = x->care->model;
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];
        const Field *by = e->place != NULL && e->place->n_path > 1 ? e->place->path[0] : NULL;
        RecordKey *keys;
        size_t n;
        if (by == NULL || by->type.to != p.entity || is_kept(e, keep))
            continue;
        if (!store_hanging(x->care->store, by, p.key.id, x->arena, &keys, &n, error))
            return false;
        for (size_t k = 0; k < n; k++)
            part_add(x, e, keys[k], true);
    }
    return true;
}

static bool parts_gather(Erasing *x, const EraseAsk *ask, GError **error)
{
    if (ask->key.county != 0)
        part_add(x, x->entity, ask->key, false); /* its own county says it last */
    if (!stands_add(x, ask->key.id, error))
        return false;
    if (x->parts->len == 0)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(x->entity->name));
    for (guint i = 0; !x->again && i < x->parts->len; i++) {
        const ErasePart p = g_array_index(x->parts, ErasePart, i);
        if ((!p.hangs && !merged_add(x, p.key.id, error)) || !hanging_add(x, p, ask->keep, error))
            return false;
    }
    return true;
}

static bool keep_check(const Model *m, Str keep, GError **error)
{
    while (keep.len > 0) {
        size_t n = 0;
        while (n < keep.len && keep.at[n] != ' ' && keep.at[n] != ',')
            n++;
        if (n > 0 && model_entity(m, (Str){keep.at, n}) == NULL)
            return fail(error, FAIL_INPUT, "there is no entity \"%.*s\" to keep", (int)n, keep.at);
        keep = (Str){keep.at + MIN(n + 1, keep.len), keep.len - MIN(n + 1, keep.len)};
    }
    return true;
}

/* ---- erasing ------------------------------------------------------------------------------- */

/* Parts that other nodes keep are emptied there; their ranges bring it here. */
static bool copies_out(Erasing *x, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    CopyRow *copies;
    size_t n;
    if (!store_copies(x->care->store, x->arena, &copies, &n, error))
        return false;
    for (guint i = x->parts->len; i > 0; i--) {
        const ErasePart *p = &g_array_index(x->parts, ErasePart, i - 1);
        const CopyRow *c = copy_find(copies, n, p->key.county);
        if (c == NULL)
            continue;
        g_autofree char *name = g_strdup_printf("%d (node %u)", c->county, c->node);
        if (strstr(names->str, name) == NULL)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
        g_array_remove_index(x->parts, i - 1);
    }
    x->report->elsewhere = arena_str(x->arena, str_of(names->str));
    return x->parts->len > 0 ||
           fail(error, FAIL_RIGHT, "it is kept by another node, which erases it: %s", names->str);
}

/* Papers of a county in which nothing else of her stands. */
static bool papers_apart(Erasing *x, GError **error)
{
    const int32_t last = g_array_index(x->parts, ErasePart, 0).key.county;
    int32_t done = 0;
    for (guint i = 0; i < x->papers->len; i++) {
        const int32_t county = g_array_index(x->papers, IssueRow, i).county;
        const Erasure papers = erase_papers_of(x, county);
        int64_t seq;
        if (county == done || county == last)
            continue;
        done = county;
        if (!care_erase(x->care, x->session, NULL, (RecordKey){county, 0}, x->reason, &papers, &seq,
                        error))
            return false;
    }
    return true;
}

static bool parts_erase(Erasing *x, GError **error)
{
    for (guint i = x->parts->len; i > 0; i--) {
        const ErasePart *p = &g_array_index(x->parts, ErasePart, i - 1);
        const Erasure papers = erase_papers_of(x, p->key.county);
        if (!care_erase(x->care, x->session, p->entity, p->key, x->reason, i == 1 ? &papers : NULL,
                        &x->report->seq, error))
            return false;
        x->report->with += i > 1;
    }
    return true;
}

static bool erase_all(Erasing *x, const EraseAsk *ask, GError **error)
{
    const Field *const *path = x->entity->place != NULL ? x->entity->place->path : NULL;
    bool hangs = x->again && path != NULL && x->entity->place->n_path > 1;
    return parts_gather(x, ask, error) && copies_out(x, error) &&
           (hangs || erase_papers_read(x, error)) && papers_apart(x, error) &&
           parts_erase(x, error) &&
           /* What was sent to be imported lies sealed: nobody knows who stands in it. */
           store_import_jobs_forget(x->care->store, INT64_MAX, error);
}

/* ---- asking -------------------------------------------------------------------------------- */

static bool refers_count(Erasing *x, RecordKey key, GError **error)
{
    const Model *m = x->care->model;
    for (size_t i = 0; i < m->n_entities; i++)
        for (size_t k = 0; k < m->entities[i]->n_fields; k++) {
            const Field *by = m->entities[i]->fields[k];
            RecordKey *keys;
            size_t n;
            if (by->type.kind != KIND_REF || by->type.to != x->entity || by->compute != NULL)
                continue;
            if (!store_hanging(x->care->store, by, key.id, x->arena, &keys, &n, error))
                return false;
            x->report->referring += n;
        }
    return true;
}

static bool words_fine(Str text, const char *what, GError **error)
{
    if (!str_utf8_valid(text, NULL) || str_utf8_length(text) < REASON_LEAST)
        return fail(error, FAIL_INPUT, "say %s, in %u characters or more", what, REASON_LEAST);
    if (!str_utf8_printable(text) || str_utf8_length(text) > LIMIT_REASON)
        return fail(
            error, FAIL_INPUT,
            "%s is too long, or holds a line end, control character or mark that nobody sees",
            what);
    return !text_holds_citizen_id(text) ||
           fail(error, FAIL_INPUT, "%s holds a citizen number, which would stay: leave it out",
                what);
}

static bool machine_check(const Session *s, GError **error)
{
    return session_is_machine(s) ||
           fail(error, FAIL_RIGHT, "records are erased on the machine itself, by nobody's account");
}

bool erase_by_law(Care *c, const Session *s, const EraseAsk *ask, Str reason, bool again, Arena *a,
                  EraseReport *ret, GError **error)
{
    Erasing x = {.care = c,
                 .session = s,
                 .entity = ask->entity,
                 .arena = a,
                 .reason = reason,
                 .again = again,
                 .parts = g_array_new(FALSE, FALSE, sizeof(ErasePart)),
                 .papers = g_array_new(FALSE, FALSE, sizeof(IssueRow)),
                 .report = ret};
    *ret = (EraseReport){0};
    bool ok =
        machine_check(s, error) && erase_all(&x, ask, error) && refers_count(&x, ask->key, error);
    g_array_unref(x.parts);
    g_array_unref(x.papers);
    return ok || fail_while(error, "erasing");
}

Str erase_wipe(Care *c, Arena *a)
{
    g_autoptr(GError) kept = NULL;
    return store_wipe(c->store, &kept) ? STR("") : arena_str(a, str_of(kept->message));
}

bool record_erase_by_law(Care *c, const Session *s, const EraseAsk *ask, Arena *a, EraseReport *ret,
                         GError **error)
{
    const Str order = str_trim(ask->order), why = str_trim(ask->why);
    if (!machine_check(s, error) || !words_fine(order, "who ordered it", error) ||
        !words_fine(why, "why, and under which law", error) ||
        !keep_check(c->model, ask->keep, error))
        return false;
    const char *reason = arena_printf(a, "ordered by %.*s: %.*s", STR_ARG(order), STR_ARG(why));
    if (!erase_by_law(c, s, ask, str_of(reason), false, a, ret, error))
        return false;
    ret->wipe_why = erase_wipe(c, a);
    return true;
}
