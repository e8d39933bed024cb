/* access.c — see access.h. */
#include "care/access.h"

#include "base/clock.h"
#include "base/limits.h"
#include "care/inside.h"
#include "care/note_words.h"
#include "care/paper.h"
#include "care/trail.h"
#include "care/write.h"
#include "store/access.h"

#define SAME_LOOK_US (60 * G_USEC_PER_SEC) /* a page that is loaded again is the same look */

struct Looks {
    GMutex lock; /* guards `waiting`; held for a moment */
    GMutex flushing;
    GArray *waiting; /* of AccessRow; texts are owned */
    int64_t process;
};

void access_begin(Care *c)
{
    struct Looks *l = g_new0(struct Looks, 1);
    g_mutex_init(&l->lock);
    g_mutex_init(&l->flushing);
    l->waiting = g_array_new(FALSE, TRUE, sizeof(AccessRow));
    l->process = (int64_t)(random_u64() >> 1);
    care_inside(c)->looks = l;
}

static void row_free(AccessRow *r)
{
    g_free((char *)r->actor.at);
    g_free((char *)r->what.at);
}

static void rows_drop(GArray *rows)
{
    for (guint i = 0; i < rows->len; i++)
        row_free(&g_array_index(rows, AccessRow, i));
    g_array_set_size(rows, 0);
}

void access_end(Care *c)
{
    struct Looks *l = care_inside(c)->looks;
    if (l == NULL)
        return;
    if (c->store != NULL)
        access_flush(c, NULL);
    rows_drop(l->waiting);
    g_array_unref(l->waiting);
    g_mutex_clear(&l->lock);
    g_mutex_clear(&l->flushing);
    g_free(l);
    care_inside(c)->looks = NULL;
}

/* With the lock held. */
static bool seen_just_now(const struct Looks *l, const AccessRow *r)
{
    for (guint i = l->waiting->len; i > 0 && i + 200 > l->waiting->len; i--) {
        const AccessRow *old = &g_array_index(l->waiting, AccessRow, i - 1);
        if (old->id == r->id && old->entity == r->entity && str_equal(old->what, r->what) &&
            str_equal(old->actor, r->actor) && r->at - old->at < SAME_LOOK_US)
            return true;
    }
    return false;
}

bool access_note(Care *c, const Session *s, const Entity *e, RecordKey key, const char *what,
                 GError **error)
{
    struct Looks *l = care_inside(c)->looks;
    AccessRow r = {.county = key.county,
                   .at = clock_now_us(),
                   .actor = s->account,
                   .what = str_of(what),
                   .entity = e,
                   .id = key.id};
    g_mutex_lock(&l->lock);
    bool room = l->waiting->len < LIMIT_LOOKS_WAITING;
    if (room && !seen_just_now(l, &r)) {
        r.actor.at = g_strndup(s->account.at, s->account.len);
        r.what.at = g_strndup(what, r.what.len);
        g_array_append_val(l->waiting, r);
    }
    g_mutex_unlock(&l->lock);
    return room || fail(error, FAIL_BUSY,
                        "the list of who looked cannot be written, so nothing may be shown: see "
                        "the disk or the database");
}

bool access_flush(Care *c, GError **error)
{
    struct Looks *l = care_inside(c)->looks;
    g_mutex_lock(&l->flushing);
    g_mutex_lock(&l->lock);
    guint n = l->waiting->len;
    g_autofree AccessRow *rows = g_memdup2(l->waiting->data, n * sizeof *rows);
    g_mutex_unlock(&l->lock);
    bool done = n == 0 || store_put_access(c->store, l->process, rows, n, error);
    if (done && n > 0) {
        g_mutex_lock(&l->lock);
        g_array_remove_range(l->waiting, 0, n);
        g_mutex_unlock(&l->lock);
        for (guint i = 0; i < n; i++)
            row_free(&rows[i]);
    }
    g_mutex_unlock(&l->flushing);
    return done || fail_while(error, "writing who looked");
}

/* ---- the list ------------------------------------------------------------------------------ */

/* A look at a paper says which: "paper NAME". */
static LookLine look_line(const Care *c, const AccessRow *r)
{
    LookLine line = {.at = r->at, .actor = r->actor, .what = r->what};
    Str rest = r->what, what = str_cut(&rest, ' ');
    const Paper *p = rest.len > 0 ? paper_named(c->model, rest) : NULL;
    if (rest.len > 0) {
        line.what = what;
        line.detail = p != NULL ? p->label : (Label){rest, rest};
    }
    return line;
}

/* What the journal notes of one record: a number in full, or a file, a paper, a statement that was
 * taken along. */
static void note_line(const Care *c, const JournalEntry *e, Arena *a, GArray *to)
{
    if (!str_is(e->kind, "note"))
        return;
    if (e->n_fields == 0) {
        LookLine taken = {.at = e->at,
                          .actor = e->actor,
                          .what = STR("taken"),
                          .detail = note_words(c, e->reason, a)};
        g_array_append_val(to, taken);
        return;
    }
    const Field *f = e->fields[0].field;
    LookLine line = {.at = e->at, .actor = e->actor, .what = STR("reveal")};
    line.detail =
        (Label){str_of(arena_printf(a, "%.*s: %.*s", STR_ARG(f->label.zh), STR_ARG(e->reason))),
                str_of(arena_printf(a, "%.*s: %.*s", STR_ARG(f->label.en), STR_ARG(e->reason)))};
    g_array_append_val(to, line);
}

/* Exports name the register, not each record; they stand in the office's own journal. */
static void export_line(const JournalEntry *e, GArray *to)
{
    if (!str_is(e->kind, "note"))
        return;
    LookLine line = {e->at, e->actor, STR("export"), {e->reason, e->reason}, true};
    g_array_append_val(to, line);
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const LookLine *x = a, *y = b;
    return x->at > y->at ? -1 : x->at < y->at;
}

static bool lines_under(Care *c, const Entity *e, RecordKey key, size_t most, Arena *a, GArray *to,
                        GError **error)
{
    AccessRow *rows;
    JournalEntry *notes;
    size_t n, m;
    if (!store_access_of(c->store, e, key, most, a, &rows, &n, error) ||
        !store_history(c->store, e, key, most, a, &notes, &m, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        LookLine line = look_line(c, &rows[i]);
        g_array_append_val(to, line);
    }
    for (size_t i = 0; i < m; i++)
        note_line(c, &notes[i], a, to);
    return true;
}

/* Whoever looked at her file, also where it lay before, and at what went into it. */
static bool lines_of(Care *c, const Entity *e, RecordKey key, size_t most, Arena *a, GArray *to,
                     GError **error)
{
    const RecordKey office = {store_facts(c->store)->home_county, 0};
    RecordKey *keys;
    JournalEntry *exports;
    size_t n, x;
    if (!record_trail(c, e, key, a, &keys, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!lines_under(c, e, keys[i], most, a, to, error))
            return false;
    if (!store_history(c->store, e, office, most, a, &exports, &x, error))
        return false;
    for (size_t i = 0; i < x; i++)
        export_line(&exports[i], to);
    g_array_sort(to, newest_first);
    return true;
}

bool record_lookers(Care *c, const Session *s, const Entity *e, RecordKey key, size_t most,
                    Arena *a, LookLine **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(LookLine));
    g_autoptr(Working) w = NULL;
    if (!session_may(s, MAY_REVEAL) && !session_may(s, MAY_JOURNAL_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see who looked", s->role->word);
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, key, error) ||
        !locate(c, e, key.id, &key, error) || !access_flush(c, error) ||
        !lines_of(c, e, key, most, a, lines, error))
        return false;
    *ret_n = MIN(lines->len, most);
    *ret = arena_many(a, LookLine, *ret_n + 1);
    if (*ret_n > 0)
        memcpy(*ret, lines->data, *ret_n * sizeof **ret);
    return true;
}
