/* nodes.c — see nodes.h.  Read first: node_receive(), county_take(). */
#include "care/nodes.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "care/inbox.h"
#include "care/inside.h"
#include "care/keys.h"
#include "care/ranges.h"
#include "care/signed.h"
#include "compile/compile.h"
#include "store/backup.h"
#include "store/copies.h"

#include <glib/gstdio.h>

void node_mark(Care *c, char to[NODE_MARK + 1])
{
    uint8_t key[SM2_PUBLIC];
    keys_node_public(c->keys, key);
    mark_of(key, to);
}

bool node_other(Care *c, uint32_t node, int32_t county, GError **error)
{
    return node != store_facts(c->store)->node ||
           fail(error, FAIL_INPUT,
                "the node of county %d has the same number as this one (%u), so their records "
                "could not be told apart: it is made with \"anlao init --node N\"",
                county, node);
}

/* ---- what comes ---------------------------------------------------------------------------- */

typedef struct Receiving {
    Care *care;
    const Session *session;
    Str trust;
    Arena *arena;
    Replay *replay;
    CopyRow *copies;
    size_t n_copies;
    GArray *counties; /* NodeCounty */
} Receiving;

static const CopyRow *copy_of(const Receiving *r, int32_t county)
{
    return copy_find(r->copies, r->n_copies, county);
}

/* A county is let in once, by a person who has compared the key. */
static bool let_in(Receiving *r, const CopyRow *row, GError **error)
{
    char mark[NODE_MARK + 1];
    mark_of(row->key, mark);
    if (!node_other(r->care, row->node, row->county, error))
        return false;
    for (size_t i = 0; i < r->n_copies; i++)
        if (r->copies[i].node == row->node &&
            (r->copies[i].home != row->home || memcmp(r->copies[i].key, row->key, SM2_PUBLIC) != 0))
            return fail(error, FAIL_INPUT,
                        "county %d says that it is kept by node %u, and so is county %d under "
                        "another key: one of them has to be made anew with a number of its own",
                        row->county, row->node, r->copies[i].county);
    if (r->trust.len == 0)
        return fail(error, FAIL_INPUT,
                    "county %d is not known here; its node signs with key %s: ask there whether "
                    "that is so (\"anlao exchange status\"), then receive with --trust %s",
                    row->county, mark, mark);
    if (!str_is(r->trust, mark))
        return fail(error, FAIL_INPUT, "county %d is signed with key %s, not %.*s", row->county,
                    mark, STR_ARG(r->trust));
    return store_put_copy(r->care->store, row, r->session->account, STR("exchange"), error) &&
           store_copies(r->care->store, r->arena, &r->copies, &r->n_copies, error);
}

/* Made-up people and real ones never stand in one register. */
static bool base_fits(Receiving *r, const StoreBase *base, Arena *a, GError **error)
{
    bool own = store_facts(r->care->store)->demo;
    StoreFacts theirs = {.demo = own};
    if (!base_facts(base, a, &theirs, error))
        return false;
    if (theirs.demo != own)
        return fail(error, FAIL_INPUT,
                    own ? "this is a demonstration: it takes no real people"
                        : "its people are made up, for a demonstration: they do not come in here");
    return base_same_numbers(r->care->store, base, error);
}

static bool sender_check(Receiving *r, const RangeFile *f, const RangeHead *h, Str payload,
                         Arena *a, GError **error)
{
    const CopyRow *known = copy_of(r, f->county);
    CopyRow row = {.county = h->county, .home = h->home, .node = h->node, .place = h->place};
    StoreBase base;
    memcpy(row.key, h->key, SM2_PUBLIC);
    if (range_base(payload, &base) && !base_fits(r, &base, a, error))
        return false;
    if (known == NULL)
        return let_in(r, &row, error);
    if (known->node != h->node || known->home != h->home ||
        memcmp(known->key, h->key, SM2_PUBLIC) != 0)
        return fail(error, FAIL_INPUT, "\"%s\" is not signed by the node that keeps county %d",
                    f->path, f->county);
    return true;
}

static bool file_take(Receiving *r, const RangeFile *f, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    RangeHead h;
    Str payload;
    return range_file_read(f->path, a, &h, &payload, error) &&
           sender_check(r, f, &h, payload, a, error) &&
           (replay_range(r->replay, &h, payload, error) || fail_while(error, "\"%s\"", f->path));
}

static int64_t seq_of(Receiving *r, int32_t county)
{
    StoreHead *heads;
    size_t n;
    if (copy_of(r, county) == NULL || !store_heads(r->care->store, r->arena, &heads, &n, NULL))
        return 0;
    for (size_t i = 0; i < n; i++)
        if (heads[i].county == county)
            return heads[i].seq;
    return 0;
}

/* What was received once is what the county's past was: a file that ends with another entry in its
 * place shows a journal that was changed, cut and written on, or another node's. */
static bool witness(Receiving *r, const RangeFile *f, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    StoreHead end = {.county = f->county, .seq = f->to};
    RangeHead h;
    bool is = false;
    Str payload;
    if (!range_file_read(f->path, a, &h, &payload, error))
        return false;
    memcpy(end.link, h.link, SM3_SIZE);
    return store_has_entry(r->care->store, &end, &is, error) &&
           (is || fail(error, FAIL_INPUT,
                       "\"%s\" ends with another entry %" G_GINT64_FORMAT
                       " than the one that was received before: that history is not the county's",
                       f->path, f->to));
}

/* Files of one county in order; what is here already is passed over. */
static void county_take(Receiving *r, const RangeFile *files, guint n)
{
    NodeCounty c = {.county = files[0].county, .fault = STR("")};
    int64_t before = seq_of(r, c.county), to = before;
    for (guint i = 0; i < n && c.gap == 0 && c.fault.len == 0; i++) {
        g_autoptr(GError) why = NULL;
        if (files[i].to <= to) {
            if (i + 1 == n && !witness(r, &files[i], &why))
                c.fault = arena_str(r->arena, str_of(why->message));
            continue;
        }
        if (files[i].from > to + 1) {
            c.gap = to + 1;
            c.to = files[i].from - 1;
        } else if (file_take(r, &files[i], &why)) {
            to = files[i].to;
        } else {
            c.fault = arena_str(r->arena, str_of(why->message));
        }
    }
    const CopyRow *known = copy_of(r, c.county);
    c.seq = seq_of(r, c.county);
    c.fresh = c.seq - before;
    if (known != NULL) {
        c.node = known->node;
        c.place = known->place;
        mark_of(known->key, c.mark);
    }
    g_array_append_val(r->counties, c);
}

/* The node's own county says how its records are declared: it comes first. */
static guint files_of(const GArray *files, guint from)
{
    guint n = 1;
    while (from + n < files->len && g_array_index(files, RangeFile, from + n).county ==
                                        g_array_index(files, RangeFile, from).county)
        n++;
    return n;
}

/* ---- who asked to be let in (inbox.h) ---- */

static void county_named(Receiving *r, const CopyRow *row)
{
    NodeCounty c = {.county = row->county, .node = row->node, .place = row->place};
    c.fault = STR("");
    c.seq = seq_of(r, row->county);
    mark_of(row->key, c.mark);
    g_array_append_val(r->counties, c);
}

static bool card_let_in(Receiving *r, const char *path, GError **error)
{
    char mark[NODE_MARK + 1];
    NodeCard card;
    Str text;
    if (!file_read(r->arena, path, LIMIT_REQUEST_BODY, &text, error) ||
        !card_read(text, r->arena, &card, error))
        return fail_while(error, "\"%s\"", path);
    mark_of(card.key, mark);
    if (!str_is(r->trust, mark))
        return true;
    for (size_t i = 0; i < card.n; i++) {
        CopyRow row = {.county = card.counties[i], .home = card.home, .node = card.node};
        row.place = card.place;
        memcpy(row.key, card.key, SM2_PUBLIC);
        if (copy_of(r, row.county) != NULL)
            continue; /* of whom: asked with each range */
        if (!let_in(r, &row, error))
            return false;
        county_named(r, &row);
    }
    g_unlink(path);
    return true;
}

static bool cards_let_in(Receiving *r, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (r->trust.len == 0)
        return true;
    if (!file_list(r->arena, folder, CARD_ENDING, paths, error))
        return false;
    for (guint i = 0; i < paths->len; i++)
        if (!card_let_in(r, paths->pdata[i], error))
            return false;
    return true;
}

static void hand_over(GArray *from, Arena *a, NodeCounty **ret, size_t *ret_n)
{
    *ret = arena_list(a, from, ret_n);
}

bool node_receive(Care *c, const Session *s, const char *folder, Str trust, Arena *a,
                  NodeCounty **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) files = g_array_new(FALSE, TRUE, sizeof(RangeFile)),
                      counties = g_array_new(FALSE, TRUE, sizeof(NodeCounty));
    Receiving r = {.care = c, .session = s, .trust = trust, .arena = a, .counties = counties};
    if (!session_may(s, MAY_ACCOUNT_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" receives nothing from other nodes",
                    s->role->word);
    if (!range_files(a, folder, files, error) ||
        !store_copies(c->store, a, &r.copies, &r.n_copies, error) ||
        !cards_let_in(&r, folder, error))
        return fail_while(error, "receiving from \"%s\"", folder);
    r.replay = replay_new_copy(c->store);
    for (guint i = 0; i < files->len;) {
        guint n = files_of(files, i);
        county_take(&r, &g_array_index(files, RangeFile, i), n);
        i += n;
    }
    replay_free(r.replay);
    hand_over(counties, a, ret, ret_n);
    return true;
}

static bool is_below(const Care *c, const Session *s, Str place)
{
    int32_t region = region_row(c->regions, place);
    return s->facility == 0 &&
           region_in(c->regions, region != ROW_NONE ? region : c->place, s->region);
}

bool node_status(Care *c, const Session *s, Arena *a, NodeCounty **ret, size_t *ret_n,
                 GError **error)
{
    CopyRow *rows;
    size_t n;
    *ret_n = 0;
    if (!store_copies(c->store, a, &rows, &n, error))
        return false;
    *ret = arena_many(a, NodeCounty, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!is_below(c, s, rows[i].place))
            continue;
        (*ret)[*ret_n] = (NodeCounty){.county = rows[i].county,
                                      .node = rows[i].node,
                                      .place = rows[i].place,
                                      .seq = rows[i].seq,
                                      .fault = STR("")};
        mark_of(rows[i].key, (*ret)[*ret_n].mark);
        ++*ret_n;
    }
    return true;
}

/* ---- counting ------------------------------------------------------------------------------ */

static bool counts_put(Care *c, const StoreHead *h, Arena *a, GString *to, GError **error)
{
    HeldCount *list;
    size_t n;
    if (!store_counts(c->store, h->county, a, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        g_autofree char *digest = hex_of(list[i].digest, SM3_SIZE);
        if (list[i].records > 0)
            g_string_append_printf(to, "%d %" G_GINT64_FORMAT " %.*s %" G_GUINT64_FORMAT " %s\n",
                                   h->county, h->seq, STR_ARG(list[i].entity), list[i].records,
                                   digest);
    }
    return true;
}

bool node_counts(Care *c, Arena *a, Str *ret, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    StoreHead *heads;
    CopyRow *copies;
    size_t n, n_copies;
    signed_begin(c, COUNTS_HEAD, text);
    if (!store_heads(c->store, a, &heads, &n, error) ||
        !store_copies(c->store, a, &copies, &n_copies, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (copy_find(copies, n_copies, heads[i].county) == NULL &&
            !counts_put(c, &heads[i], a, text, error))
            return false;
    if (!signed_end(c, text, error))
        return false;
    *ret = arena_str(a, (Str){text->str, text->len});
    return true;
}

typedef struct Line {
    int32_t county;
    int64_t seq;
    Str entity, digest;
    uint64_t records;
} Line;

static bool line_read(Str text, Line *ret)
{
    int64_t county = 0, records = 0;
    Line l = {0};
    if (!signed_number(&text, &county) || county > INT32_MAX || !signed_number(&text, &l.seq) ||
        text.at == NULL)
        return false;
    l.county = (int32_t)county;
    l.entity = str_cut(&text, ' ');
    if (!signed_number(&text, &records) || text.len != 2 * SM3_SIZE)
        return false;
    l.records = (uint64_t)records;
    l.digest = text;
    *ret = l;
    return true;
}

/* The list is whole, and of the node whose key it names. */
static bool list_open(Str list, uint8_t key[SM2_PUBLIC], Str *ret_lines, GError **error)
{
    return signed_open(list, COUNTS_HEAD, key, ret_lines) ||
           fail(error, FAIL_INPUT, "it is not a whole list of counts, or not as it was signed");
}

static bool line_compare(Care *c, const Line *l, int64_t seq, Arena *a, GArray *to, GError **error)
{
    HeldCount *list;
    size_t n;
    NodeDifference d = {.county = l->county,
                        .entity = arena_str(a, l->entity),
                        .there = l->records,
                        .seq_here = seq,
                        .seq_there = l->seq};
    bool same = false;
    if (!store_counts(c->store, l->county, a, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!str_equal(list[i].entity, l->entity))
            continue;
        g_autofree char *digest = hex_of(list[i].digest, SM3_SIZE);
        d.here = list[i].records;
        same = d.here == d.there && str_is(l->digest, digest);
    }
    if (!same)
        g_array_append_val(to, d);
    return true;
}

bool node_reconcile(Care *c, Str list, Arena *a, NodeDifference **ret, size_t *ret_n,
                    uint64_t *ret_compared, GError **error)
{
    g_autoptr(GArray) to = g_array_new(FALSE, TRUE, sizeof(NodeDifference));
    uint8_t key[SM2_PUBLIC];
    CopyRow *copies;
    size_t n;
    Str lines;
    *ret_compared = 0;
    if (!list_open(list, key, &lines, error) || !store_copies(c->store, a, &copies, &n, error))
        return false;
    while (lines.len > 0) {
        const CopyRow *copy = NULL;
        Line l;
        if (!line_read(str_cut(&lines, '\n'), &l))
            return fail(error, FAIL_INPUT, "a line of the list cannot be read");
        for (size_t i = 0; i < n; i++)
            copy = copies[i].county == l.county ? &copies[i] : copy;
        if (copy == NULL || memcmp(copy->key, key, SM2_PUBLIC) != 0)
            return fail(error, FAIL_INPUT,
                        "county %d of the list is not kept by the node that signed it", l.county);
        if (str_is(l.entity, "region")) /* places are the master's own */
            continue;
        ++*ret_compared;
        if (!line_compare(c, &l, copy->seq, a, to, error))
            return false;
    }
    *ret = arena_list(a, to, ret_n);
    return true;
}
