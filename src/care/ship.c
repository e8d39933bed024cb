/* ship.c — see ship.h.  Read first: ship_turn(), county_ship(). */
#include "care/ship.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "care/inside.h"
#include "care/keys.h"
#include "care/ranges.h"
#include "care/write.h"
#include "store/access.h"
#include "store/backup.h"
#include "store/copies.h"
#include "store/range.h"

#define RANGE_ENTRIES 20000u     /* of one file; fewer where they are large */
#define SMALL_FILES   64u        /* small files of a county that become one */
#define SMALL_BYTES   (8u << 20) /* what is larger stays by itself */

typedef struct Lane { /* a county in the second place */
    int32_t county;
    int64_t to; /* entries up to this one are there */
    bool checked;
    GArray *files; /* RangeFile, in order */
} Lane;

struct Shipping {
    Care *care;
    char *folder;
    GPtrArray *lanes;  /* Lane * */
    int64_t base_mark; /* of what the database says of itself, as last shipped; -1: not yet */
    bool begun, abroad;
    GMutex lock;
    ShipState state; /* guarded by `lock` */
};

/* ---- the place ----------------------------------------------------------------------------- */

static void lane_free(void *what)
{
    Lane *l = what;
    g_array_unref(l->files);
    g_free(l);
}

Shipping *ship_new(Care *c, const char *folder)
{
    Shipping *s = g_new0(Shipping, 1);
    s->care = c;
    s->folder = g_strdup(folder);
    s->lanes = g_ptr_array_new_with_free_func(lane_free);
    s->base_mark = -1;
    g_mutex_init(&s->lock);
    g_strlcpy(s->state.why, "nothing was shipped yet", sizeof s->state.why);
    care_inside(c)->ship = s;
    return s;
}

Shipping *ship_new_abroad(Care *c, const char *folder)
{
    Shipping *s = ship_new(c, folder);
    s->abroad = true;
    return s;
}

void ship_free(Shipping *s)
{
    if (s == NULL)
        return;
    care_inside(s->care)->ship = NULL;
    g_ptr_array_unref(s->lanes);
    g_free(s->folder);
    g_mutex_clear(&s->lock);
    g_free(s);
}

static Lane *lane_of(Shipping *s, int32_t county)
{
    for (guint i = 0; i < s->lanes->len; i++) {
        Lane *l = s->lanes->pdata[i];
        if (l->county == county)
            return l;
    }
    Lane *l = g_new0(Lane, 1);
    l->county = county;
    l->files = g_array_new(FALSE, TRUE, sizeof(RangeFile));
    g_ptr_array_add(s->lanes, l);
    return l;
}

/* What is there already, by the names of files; gaps begin anew from there. */
static bool place_look(Shipping *s, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GArray) files = g_array_new(FALSE, TRUE, sizeof(RangeFile));
    if (!g_file_test(s->folder, G_FILE_TEST_IS_DIR))
        return fail(error, FAIL_SYSTEM, "the place for shipped ranges, \"%s\", is not there",
                    s->folder);
    if (!range_files(a, s->folder, files, error))
        return false;
    for (guint i = 0; i < files->len; i++) {
        RangeFile f = g_array_index(files, RangeFile, i);
        Lane *l = lane_of(s, f.county);
        f.path = NULL;
        if (f.from > l->to + 1 || f.to <= l->to)
            continue;
        l->to = f.to;
        g_array_append_val(l->files, f);
    }
    s->begun = true;
    return true;
}

static char *file_path(const Shipping *s, int32_t county, int64_t from, int64_t to)
{
    return g_strdup_printf("%s/%d/%012" G_GINT64_FORMAT "-%012" G_GINT64_FORMAT RANGE_ENDING,
                           s->folder, county, from, to);
}

/* The last file there must end with an entry of ours. */
static bool lane_check(Shipping *s, Lane *l, GError **error)
{
    if (l->checked || l->to == 0)
        return true;
    g_autoptr(Arena) a = arena_new();
    const RangeFile *last = &g_array_index(l->files, RangeFile, l->files->len - 1);
    g_autofree char *path = file_path(s, l->county, last->from, last->to);
    RangeHead h;
    bool is = false;
    Str payload;
    if (!range_file_read(path, a, &h, &payload, error))
        return false;
    StoreHead end = {h.county, h.to, {0}};
    memcpy(end.link, h.link, SM3_SIZE);
    if (!store_has_entry(s->care->store, &end, &is, error))
        return false;
    l->checked = is;
    return is || fail(error, FAIL_INPUT,
                      "\"%s\" ends with an entry that is not in this database: the place holds the "
                      "journal of another one, or of the time before a restore; name an empty "
                      "folder, and keep this one",
                      path);
}

/* ---- writing ------------------------------------------------------------------------------- */

bool range_sign(Care *c, RangeHead *h, Str payload, Arena *a, Str *ret, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL), whole = g_string_new(NULL);
    keys_node_public(c->keys, h->key);
    range_message(h, text);
    if (!keys_node_sign(c->keys, (Str){text->str, text->len}, h->signature, &h->signature_len,
                        error))
        return false;
    range_write(h, payload, whole);
    *ret = arena_str(a, (Str){whole->str, whole->len});
    return true;
}

static bool file_put(Shipping *s, RangeHead *h, Str payload, Arena *a, RangeFile *ret,
                     GError **error)
{
    g_autofree char *path = file_path(s, h->county, h->from, h->to);
    g_autofree char *folder = g_path_get_dirname(path);
    Str text;
    if (g_mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail(error, FAIL_SYSTEM, "could not make \"%s\": %s", folder, g_strerror(errno));
    *ret = (RangeFile){.county = h->county, .from = h->from, .to = h->to};
    if (!range_sign(s->care, h, payload, a, &text, error))
        return false;
    ret->bytes = text.len;
    return file_write(path, text, error);
}

static bool home(const Shipping *s, const Lane *l)
{
    return l->county == store_facts(s->care->store)->home_county;
}

/* Writes the entries from..to anew, as they are now; the old files go when the new ones are there.
 */
static bool files_anew(Shipping *s, Lane *l, guint first, guint n, GError **error)
{
    const RangeFile *old = &g_array_index(l->files, RangeFile, first);
    int64_t from = old->from, to = g_array_index(l->files, RangeFile, first + n - 1).to;
    g_autoptr(GArray) made = g_array_new(FALSE, TRUE, sizeof(RangeFile));
    while (from <= to) {
        g_autoptr(Arena) a = arena_new();
        RangeAsk ask = {l->county, from, (size_t)(to - from + 1), home(s, l), s->abroad};
        RangeHead h;
        RangeFile f;
        Str payload;
        if (!store_range(s->care->store, &ask, a, &h, &payload, error) ||
            !file_put(s, &h, payload, a, &f, error))
            return false;
        g_array_append_val(made, f);
        from = h.to + 1;
    }
    for (guint i = 0; i < n; i++) {
        RangeFile f = g_array_index(l->files, RangeFile, first + i);
        bool again = false;
        for (guint k = 0; k < made->len; k++) {
            const RangeFile *m = &g_array_index(made, RangeFile, k);
            again = again || (m->from == f.from && m->to == f.to);
        }
        g_autofree char *path = file_path(s, l->county, f.from, f.to);
        if (!again)
            g_unlink(path);
    }
    g_array_remove_range(l->files, first, n);
    g_array_insert_vals(l->files, first, made->data, made->len);
    return true;
}

/* A record that was erased by law is taken out of what left before, before it is said. */
static bool erased_clear(Shipping *s, Lane *l, const RangeHead *h, GError **error)
{
    for (guint i = 0; i < l->files->len; i++) {
        const RangeFile f = g_array_index(l->files, RangeFile, i);
        bool holds = false;
        for (size_t k = 0; k < h->n_erased && !holds; k++)
            holds = h->erased[k] >= f.from && h->erased[k] <= f.to;
        if (holds && !files_anew(s, l, i, 1, error))
            return false;
    }
    return true;
}

static bool small_join(Shipping *s, Lane *l, GError **error)
{
    guint n = 0;
    uint64_t bytes = 0;
    while (n < l->files->len) {
        const RangeFile *f = &g_array_index(l->files, RangeFile, l->files->len - 1 - n);
        if (f->bytes + bytes > SMALL_BYTES)
            break;
        bytes += f->bytes;
        n++;
    }
    return n < SMALL_FILES || files_anew(s, l, l->files->len - n, n, error);
}

/* What the database says of itself changed, and the range that says so was read before: its file is
 * written anew, with it. */
static bool base_again(Shipping *s, Lane *l, int64_t mark, GError **error)
{
    if (!home(s, l) || mark == s->base_mark || l->files->len == 0)
        return true;
    if (!files_anew(s, l, l->files->len - 1, 1, error))
        return false;
    s->base_mark = mark;
    return true;
}

/* ---- who looked ------------------------------------------------------------------------------ */

static bool is_copy(Shipping *s, int32_t county, Arena *a, bool *ret, GError **error)
{
    CopyRow *copies;
    size_t n;
    if (!store_copies(s->care->store, a, &copies, &n, error))
        return false;
    *ret = copy_find(copies, n, county) != NULL;
    return true;
}

/* Looks leave with the next entry; where none follows, one is written for them, so that the second
 * place is never further behind than this.  A county of another node gets its own from there. */
static bool looks_follow(Shipping *s, int32_t county, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const Session by = {.account = STR("anlao"), .via = STR("ship")};
    bool wait = false, copy = false;
    if (s->abroad)
        return true;
    return store_looks_wait(s->care->store, county,
                            clock_now_us() - (int64_t)LIMIT_LOOKS_UNSHIPPED * G_USEC_PER_SEC, &wait,
                            error) &&
           (!wait || is_copy(s, county, a, &copy, error)) &&
           (!wait || copy ||
            care_note(s->care, &by, NULL, (RecordKey){county, 0}, NULL,
                      STR("who looked, up to here"), error));
}

/* ---- a turn -------------------------------------------------------------------------------- */

static bool county_ship(Shipping *s, const StoreHead *head, GError **error)
{
    Lane *l = lane_of(s, head->county);
    int64_t mark = 0;
    if (!lane_check(s, l, error) || !store_base_mark(s->care->store, &mark, error))
        return false;
    while (l->to < head->seq) {
        g_autoptr(Arena) a = arena_new();
        RangeAsk ask = {l->county, l->to + 1, RANGE_ENTRIES, false, s->abroad};
        RangeHead h;
        RangeFile f;
        Str payload;
        ask.base = home(s, l) && mark != s->base_mark;
        if (!store_range(s->care->store, &ask, a, &h, &payload, error))
            return false;
        if (h.to < h.from)
            break;
        if (!erased_clear(s, l, &h, error) || !file_put(s, &h, payload, a, &f, error))
            return false;
        if (ask.base)
            s->base_mark = mark;
        g_array_append_val(l->files, f);
        l->to = h.to;
    }
    return base_again(s, l, mark, error) && small_join(s, l, error) &&
           looks_follow(s, head->county, error);
}

static bool all_ship(Shipping *s, int64_t *ret_behind, int64_t *ret_entries, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    StoreHead *heads;
    size_t n;
    bool ok = store_heads(s->care->store, a, &heads, &n, error);
    if (!ok)
        return false;
    ok = s->begun || place_look(s, error);
    for (size_t i = 0; i < n; i++) {
        ok = ok && county_ship(s, &heads[i], error);
        int64_t to = lane_of(s, heads[i].county)->to;
        *ret_behind += MAX(heads[i].seq - to, 0);
        *ret_entries += to;
    }
    return ok;
}

/* The same fault, also when it meets the next entries: names of ranges are numbers. */
static bool same_fault(const char *x, const char *y)
{
    while (*x != '\0' || *y != '\0') {
        while (g_ascii_isdigit(*x))
            x++;
        while (g_ascii_isdigit(*y))
            y++;
        if (*x != *y)
            return false;
        if (*x == '\0')
            return true;
        x++;
        y++;
    }
    return true;
}

bool ship_turn(Shipping *s, GError **error)
{
    g_autoptr(GError) why = NULL;
    int64_t behind = 0, entries = 0;
    bool ok = all_ship(s, &behind, &entries, &why);
    g_mutex_lock(&s->lock);
    bool again = !ok && same_fault(s->state.why, why->message);
    s->state.ok = ok;
    g_strlcpy(s->state.why, ok ? "" : why->message, sizeof s->state.why);
    s->state.done_us = ok ? clock_now_us() : s->state.done_us;
    s->state.behind = behind;
    s->state.entries = entries;
    g_mutex_unlock(&s->lock);
    if (ok)
        return true;
    if (again) /* said once, and on the health page all the time */
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return fail_while(error, "shipping to \"%s\"", s->folder);
}

bool care_ship_state(Care *c, ShipState *ret)
{
    Shipping *s = care_inside(c)->ship;
    if (s == NULL)
        return false;
    g_mutex_lock(&s->lock);
    *ret = s->state;
    g_mutex_unlock(&s->lock);
    return true;
}
