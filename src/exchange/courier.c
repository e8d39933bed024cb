/* courier.c — see courier.h.  Read first: courier_send(), county_send(). */
#include "exchange/courier.h"

#include "base/limits.h"
#include "care/abroad.h"

#define PIECE      (LIMIT_REQUEST_BODY / 2)
#define TURNS_MOST 4u /* the other node stood elsewhere than it said: asked anew */

typedef struct Carrying {
    Care *care;
    Wire *wire;
    Arena *arena;
    CourierCounty *counties;
    size_t n;
    InboxCounty *there; /* as it said last */
    size_t n_there;
} Carrying;

/* ---- how far it is there ------------------------------------------------------------------- */

static bool county_read(const json_t *o, InboxCounty *to, GError **error)
{
    int64_t county = 0;
    Str link;
    *to = (InboxCounty){0};
    if (!json_need_int(o, "county", &county, error) ||
        !json_need_bool(o, "known", &to->known, error) ||
        !json_need_int(o, "seq", &to->seq, error) || !json_need_str(o, "link", &link, error))
        return false;
    to->county = (int32_t)county;
    return (to->seq >= 0 && hex_parse(link, to->link, SM3_SIZE)) ||
           fail(error, FAIL_INPUT, "the answer is not one of a node");
}

static bool hello(Carrying *x, GError **error)
{
    json_t *o = NULL, *list = NULL;
    Str card;
    if (!card_write(x->care, x->arena, &card, error) ||
        !wire_post(x->wire, "/node/hello", card, &o, error))
        return false;
    bool ok = json_need_array(o, "counties", &list, error);
    x->n_there = ok ? json_array_size(list) : 0;
    x->there = arena_many(x->arena, InboxCounty, x->n_there + 1);
    for (size_t i = 0; ok && i < x->n_there; i++)
        ok = county_read(json_array_get(list, i), &x->there[i], error);
    json_decref(o);
    return ok;
}

static const InboxCounty *there_of(const Carrying *x, int32_t county)
{
    for (size_t i = 0; i < x->n_there; i++)
        if (x->there[i].county == county)
            return &x->there[i];
    return NULL;
}

/* ---- sending ------------------------------------------------------------------------------- */

typedef struct Parcel { /* one range on its way */
    int32_t county;
    int64_t from, to;
    Str text;
    uint8_t digest[SM3_SIZE];
} Parcel;

typedef struct Taken {
    bool whole;
    size_t have;
    int64_t seq;
} Taken;

static bool piece_send(Carrying *x, const Parcel *p, size_t at, Taken *ret, GError **error)
{
    g_autofree char *digest = hex_of(p->digest, SM3_SIZE);
    g_autofree char *target = g_strdup_printf("/node/counties/%d/%" G_GINT64_FORMAT
                                              "-%" G_GINT64_FORMAT "?at=%zu&size=%zu&sm3=%s",
                                              p->county, p->from, p->to, at, p->text.len, digest);
    const Str bytes = {p->text.at + at, MIN(p->text.len - at, (size_t)PIECE)};
    json_t *o = NULL;
    int64_t have = 0;
    if (!wire_post(x->wire, target, bytes, &o, error))
        return false;
    bool ok = json_need_bool(o, "whole", &ret->whole, error) &&
              json_need_int(o, "have", &have, error) && json_need_int(o, "seq", &ret->seq, error);
    json_decref(o);
    ret->have = (size_t)have;
    return ok && ((have >= 0 && (ret->whole || ret->have < p->text.len)) ||
                  fail(error, FAIL_INPUT, "the answer is not one of a node"));
}

/* The other node says where to go on; one that never moves is given up. */
static bool parcel_send(Carrying *x, const Parcel *p, int64_t *ret_seq, GError **error)
{
    size_t at = 0;
    for (unsigned still = 0; still < TURNS_MOST;) {
        Taken t = {0};
        if (!piece_send(x, p, at, &t, error))
            return false;
        if (t.whole) {
            *ret_seq = t.seq;
            return true;
        }
        still = t.have > at ? 0 : still + 1;
        at = t.have;
    }
    return fail(error, FAIL_SYSTEM, "the other node keeps nothing of what it is sent");
}

static bool county_send(Carrying *x, CourierCounty *c, GError **error)
{
    while (c->there < c->seq) {
        g_autoptr(Arena) a = arena_new();
        Parcel p = {.county = c->county, .from = c->there + 1};
        int64_t seq = 0;
        if (!abroad_range(x->care, c->county, p.from, a, &p.to, &p.text, error))
            return false;
        if (p.to < p.from)
            return true;
        sm3(p.text.at, p.text.len, p.digest);
        if (!parcel_send(x, &p, &seq, error))
            return fail_while(error,
                              "entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " of county %d",
                              p.from, p.to, c->county);
        if (seq <= c->there)
            return fail(error, FAIL_CONFLICT, "the other node took nothing of county %d",
                        c->county);
        c->sent += seq - c->there;
        c->there = seq;
    }
    return true;
}

static bool all_send(Carrying *x, GError **error)
{
    if (!hello(x, error))
        return false;
    for (size_t i = 0; i < x->n; i++) {
        const InboxCounty *t = there_of(x, x->counties[i].county);
        x->counties[i].known = t != NULL && t->known;
        x->counties[i].there = t != NULL ? t->seq : 0;
    }
    for (size_t i = 0; i < x->n; i++)
        if (x->counties[i].known &&
            (!abroad_same(x->care, there_of(x, x->counties[i].county), error) ||
             !county_send(x, &x->counties[i], error)))
            return false;
    return true;
}

static bool all_known(const Carrying *x, GError **error)
{
    char mark[NODE_MARK + 1];
    node_mark(x->care, mark);
    for (size_t i = 0; i < x->n; i++)
        if (!x->counties[i].known)
            return fail(error, FAIL_INPUT,
                        "county %d is not known there yet: this node signs with key %s; tell them, "
                        "and let them receive with --trust %s",
                        x->counties[i].county, mark, mark);
    return true;
}

bool courier_send(Care *c, const WireOptions *o, Arena *a, CourierCounty **ret, size_t *ret_n,
                  GError **error)
{
    g_autoptr(Wire) wire = NULL;
    AbroadCounty *own;
    Carrying x = {.care = c, .arena = a};
    *ret_n = 0;
    if (!wire_new(c, o, &wire, error) || !abroad_counties(c, a, &own, &x.n, error))
        return false;
    x.wire = wire;
    x.counties = arena_many(a, CourierCounty, x.n + 1);
    for (size_t i = 0; i < x.n; i++)
        x.counties[i] = (CourierCounty){.county = own[i].county, .seq = own[i].seq};
    *ret = x.counties;
    *ret_n = x.n;
    for (unsigned turn = 1;; turn++) {
        GError *why = NULL;
        if (all_send(&x, &why))
            return all_known(&x, error);
        if (turn == TURNS_MOST || !g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT)) {
            g_propagate_error(error, why);
            return fail_while(error, "sending to \"%s\"", o->url);
        }
        g_error_free(why);
    }
}

/* ---- counting ------------------------------------------------------------------------------ */

/* What lies here lies, seen from the other node, there. */
static bool difference_read(const json_t *o, Arena *a, NodeDifference *to, GError **error)
{
    int64_t county = 0, here = 0, there = 0;
    Str entity;
    *to = (NodeDifference){0};
    if (!json_need_int(o, "county", &county, error) ||
        !json_need_str(o, "entity", &entity, error) || !json_need_int(o, "here", &there, error) ||
        !json_need_int(o, "there", &here, error) ||
        !json_need_int(o, "seq_here", &to->seq_there, error) ||
        !json_need_int(o, "seq_there", &to->seq_here, error))
        return false;
    to->county = (int32_t)county;
    to->entity = arena_str(a, entity);
    to->here = (uint64_t)here;
    to->there = (uint64_t)there;
    return true;
}

bool courier_reconcile(Care *c, const WireOptions *o, Arena *a, NodeDifference **ret, size_t *ret_n,
                       uint64_t *ret_compared, GError **error)
{
    g_autoptr(Wire) wire = NULL;
    json_t *answer = NULL, *list = NULL;
    int64_t compared = 0;
    Str counts;
    if (!node_counts(c, a, &counts, error) || !wire_new(c, o, &wire, error) ||
        !wire_post(wire, "/node/counts", counts, &answer, error))
        return false;
    bool ok = json_need_int(answer, "compared", &compared, error) &&
              json_need_array(answer, "differ", &list, error);
    *ret_compared = (uint64_t)compared;
    *ret_n = ok ? json_array_size(list) : 0;
    *ret = arena_many(a, NodeDifference, *ret_n + 1);
    for (size_t i = 0; ok && i < *ret_n; i++)
        ok = difference_read(json_array_get(list, i), a, &(*ret)[i], error);
    json_decref(answer);
    return ok;
}
