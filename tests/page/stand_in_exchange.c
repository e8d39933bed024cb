/* stand_in_exchange.c — files of other offices and the state of shipping, as pages ask for them. */
#include "care/inbox.h"
#include "care/nodes.h"
#include "care/ship_state.h"
#include "care/trade.h"

Label trade_who(const Who *who)
{
    return who->agency != NULL ? who->agency->label
           : who->role != NULL ? who->role->label
                               : (Label){{NULL, 0}, {NULL, 0}};
}

bool trade_with(const Exchange *x, Str word, const Who **ret)
{
    (void)x;
    (void)word;
    (void)ret;
    return false;
}

/* One that was compared and found nothing, one that was given. */
bool trade_list(Care *c, const Session *s, Arena *a, TradeBatch **ret, size_t *ret_n,
                GError **error)
{
    (void)c;
    (void)s;
    (void)error;
    *ret = arena_many(a, TradeBatch, 2);
    (*ret)[0] = (TradeBatch){.name = STR("elder.death"),
                             .who = STR("police"),
                             .letter = STR("公户〔2020〕3号"),
                             .file = STR("deaths.csv"),
                             .by = STR("jing"),
                             .dated = 18000,
                             .counts = {.rows = 13, .matched = 13}};
    (*ret)[1] = (TradeBatch){.name = STR("elder.death"),
                             .who = STR("finance"),
                             .letter = STR("<b>4</b>"),
                             .file = STR("out.csv"),
                             .by = STR("jing"),
                             .dated = 18000,
                             .out = true,
                             .counts = {.rows = 7}};
    *ret_n = 2;
    return true;
}

bool node_status(Care *c, const Session *s, Arena *a, NodeCounty **ret, size_t *ret_n,
                 GError **error)
{
    (void)c;
    (void)s;
    (void)error;
    *ret = arena_many(a, NodeCounty, 1);
    (*ret)[0] = (NodeCounty){.county = 360302, .node = 2, .place = STR("360302"), .seq = 57};
    *ret_n = 1;
    return true;
}

bool care_ship_state(Care *c, ShipState *ret)
{
    (void)c;
    (void)ret;
    return false;
}

/* ---- what other nodes send: nothing is taken */

bool inbox_guests(Care *c, Arena *a, InboxGuest **ret, size_t *ret_n, GError **error)
{
    (void)c;
    (void)error;
    *ret = arena_many(a, InboxGuest, 1);
    **ret = (InboxGuest){.place = STR("360313"), .node = 3, .mark = "95f8d8141ba0e8a5"};
    *ret_n = 1;
    return true;
}

bool inbox_caller(Care *c, const NodeCall *call, uint8_t key[SM2_PUBLIC], GError **error)
{
    (void)c;
    (void)call;
    (void)key;
    return fail(error, FAIL_RIGHT, "the request is not signed by a node");
}

bool inbox_hello(Care *c, const uint8_t key[SM2_PUBLIC], Str card, Arena *a, InboxCounty **ret,
                 size_t *ret_n, GError **error)
{
    (void)c, (void)key, (void)card, (void)a, (void)ret, (void)ret_n;
    return fail(error, FAIL_ABSENT, "nothing is taken");
}

bool inbox_piece(Care *c, const uint8_t key[SM2_PUBLIC], const InboxPiece *p, InboxAnswer *ret,
                 GError **error)
{
    (void)c, (void)key, (void)p, (void)ret;
    return fail(error, FAIL_ABSENT, "nothing is taken");
}

bool inbox_counts(Care *c, const uint8_t key[SM2_PUBLIC], Str list, Arena *a, NodeDifference **ret,
                  size_t *ret_n, uint64_t *ret_compared, GError **error)
{
    (void)c, (void)key, (void)list, (void)a, (void)ret, (void)ret_n, (void)ret_compared;
    return fail(error, FAIL_ABSENT, "nothing is taken");
}

bool signed_number(Str *line, int64_t *ret)
{
    (void)line;
    *ret = 0;
    return false;
}
