/* rebuild.c — see rebuild.h.  Read first: care_rebuild(). */
#include "care/rebuild.h"

#include "base/clock.h"
#include "care/ranges.h"
#include "store/backup.h"
#include "store/replay.h"

typedef struct Rebuild {
    Arena *arena;
    const char *folder;
    GArray *files; /* RangeFile: those that are needed, the node's own county first */
    const char *first;
    uint8_t key[SM2_PUBLIC];
    uint32_t node;
    Str place;
    int32_t home;
    int64_t at;       /* of the newest range */
    const char *base; /* file with the newest words of the database about itself */
} Rebuild;

/* ---- which files --------------------------------------------------------------------------- */

/* One node, one place, one key: whoever can write into the folder cannot add to it. */
static bool same_node(Rebuild *b, const char *path, const RangeHead *h, GError **error)
{
    if (b->first == NULL) {
        b->first = path;
        b->node = h->node;
        b->home = h->home;
        b->place = h->place;
        memcpy(b->key, h->key, SM2_PUBLIC);
    }
    if (h->node != b->node || h->home != b->home || !str_equal(h->place, b->place))
        return fail(error, FAIL_INPUT, "\"%s\" is of another node than \"%s\"", path, b->first);
    return memcmp(h->key, b->key, SM2_PUBLIC) == 0 ||
           fail(error, FAIL_INPUT, "\"%s\" is signed by another key than \"%s\"", path, b->first);
}

/* Every file is read once before anything is made: what is wrong is said at once. */
static bool file_look(Rebuild *b, const RangeFile *f, GError **error)
{
    g_autoptr(Arena) own = arena_new();
    RangeHead h;
    Str payload;
    if (!range_file_read(f->path, own, &h, &payload, error))
        return false;
    h.place = arena_str(b->arena, h.place);
    b->at = MAX(b->at, h.at);
    if (h.base && h.county == h.home)
        b->base = f->path;
    return same_node(b, f->path, &h, error);
}

/* Files that follow on each other, each as long as there is one; what lies inside another one is
 * not needed. */
static bool files_choose(Rebuild *b, const GArray *all, GError **error)
{
    int64_t to = 0;
    int32_t county = 0;
    for (guint i = 0; i < all->len; i++) {
        const RangeFile *f = &g_array_index(all, RangeFile, i);
        if (f->county != county) {
            county = f->county;
            to = 0;
        }
        if (f->to <= to)
            continue;
        if (f->from > to + 1)
            return fail(error, FAIL_INPUT,
                        "entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                        " of county %d are missing: no file in \"%s\" holds them",
                        to + 1, f->from - 1, county, b->folder);
        if (!file_look(b, f, error))
            return false;
        to = f->to;
        g_array_append_val(b->files, *f);
    }
    if (b->files->len == 0)
        return fail(error, FAIL_INPUT, "\"%s\" holds no ranges of a journal", b->folder);
    return b->base != NULL ||
           fail(error, FAIL_INPUT,
                "\"%s\" holds nothing of the node's own county (%d), so it is not known what the "
                "database is made of",
                b->folder, b->home);
}

/* ---- making it ----------------------------------------------------------------------------- */

static bool model_of(const StoreBase *base, Arena *a, Model **ret, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile *files;
    size_t n;
    if (!base_documents(base, a, &files, &n, error))
        return false;
    *ret = model_read(files, n, ds);
    return *ret != NULL || fail(error, FAIL_INPUT, "the documents in force do not compile");
}

static bool file_replay(Replay *p, const RangeFile *f, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    RangeHead h;
    Str payload;
    return range_file_read(f->path, a, &h, &payload, error) &&
           (replay_range(p, &h, payload, error) || fail_while(error, "\"%s\"", f->path));
}

static bool county_turn(Rebuild *b, Replay *p, bool own, GError **error)
{
    for (guint i = 0; i < b->files->len; i++) {
        const RangeFile *f = &g_array_index(b->files, RangeFile, i);
        if ((f->county == b->home) == own && !file_replay(p, f, error))
            return false;
    }
    return true;
}

static bool replay_all(Rebuild *b, const char *uri, const Model *m, GError **error)
{
    g_autoptr(Store) s = NULL;
    if (!store_open(uri, m, &s, error))
        return false;
    g_autoptr(Replay) p = replay_new(s);
    return county_turn(b, p, true, error) && county_turn(b, p, false, error) &&
           replay_end(p, error);
}

static bool make(Rebuild *b, const char *plain, GError **error)
{
    g_autofree char *uri = g_strconcat("sqlite:", plain, NULL);
    g_autoptr(Arena) a = arena_new();
    StoreBase base;
    RangeHead h;
    Model *m = NULL;
    Str payload;
    if (!range_file_read(b->base, a, &h, &payload, error))
        return false;
    if (!range_base(payload, &base))
        return fail(error, FAIL_INPUT, "\"%s\": what the database says of itself is damaged",
                    b->base);
    bool ok = model_of(&base, a, &m, error) && store_create_from(uri, m, &base, error) &&
              replay_all(b, uri, m, error);
    if (m != NULL)
        model_unref(m);
    return ok;
}

bool care_rebuild(const RestoreRequest *r, Arena *a, RestoreReport *ret, GError **error)
{
    g_autofree char *plain = store_beside(r->uri, ".rebuilding");
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(RangeFile)),
                      files = g_array_new(FALSE, TRUE, sizeof(RangeFile));
    Rebuild b = {.arena = a, .folder = r->path, .files = files};
    char at[MOMENT_TEXT];
    *ret = (RestoreReport){0};
    if (!range_files(a, r->path, all, error) || !files_choose(&b, all, error))
        return fail_while(error, "rebuilding from \"%s\"", r->path);
    ret->made = str_of(arena_printf(a, "%s", moment_format(b.at, at)));
    leftovers_remove(plain);
    bool ok = make(&b, plain, error) &&
              care_put_in_place(r, plain,
                                arena_printf(a, "ranges shipped until %.*s", STR_ARG(ret->made)), a,
                                ret, error);
    leftovers_remove(plain);
    return ok || fail_while(error, "rebuilding from \"%s\"", r->path);
}
