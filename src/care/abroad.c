/* abroad.c — see abroad.h. */
#include "care/abroad.h"

#include "base/clock.h"
#include "care/inside.h"
#include "care/keys.h"
#include "care/ship.h"
#include "store/backup.h"
#include "store/copies.h"

#define RANGE_ENTRIES 5000u /* of one range: some MB, taken in a second or two */

bool abroad_counties(Care *c, Arena *a, AbroadCounty **ret, size_t *ret_n, GError **error)
{
    int32_t home = store_facts(c->store)->home_county;
    StoreHead *heads;
    CopyRow *copies;
    size_t n, n_copies;
    if (!store_heads(c->store, a, &heads, &n, error) ||
        !store_copies(c->store, a, &copies, &n_copies, error))
        return false;
    *ret = arena_many(a, AbroadCounty, n + 1);
    *ret_n = 0;
    for (unsigned others = 0; others < 2; others++)
        for (size_t i = 0; i < n; i++)
            if ((heads[i].county != home) == others &&
                copy_find(copies, n_copies, heads[i].county) == NULL)
                (*ret)[(*ret_n)++] = (AbroadCounty){heads[i].county, heads[i].seq};
    return true;
}

bool abroad_same(Care *c, const InboxCounty *there, GError **error)
{
    StoreHead end = {.county = there->county, .seq = there->seq};
    bool is = there->seq == 0;
    memcpy(end.link, there->link, SM3_SIZE);
    if (!is && !store_has_entry(c->store, &end, &is, error))
        return false;
    return is ||
           fail(error, FAIL_INPUT,
                "the other node holds another entry %" G_GINT64_FORMAT
                " of county %d than this one: a copy that was restored lost what was sent, or "
                "its journal was changed; find out which before anything is sent",
                there->seq, there->county);
}

bool abroad_range(Care *c, int32_t county, int64_t from, Arena *a, int64_t *ret_to, Str *ret_text,
                  GError **error)
{
    bool home = county == store_facts(c->store)->home_county;
    const RangeAsk ask = {county, from, RANGE_ENTRIES, home, true};
    RangeHead h;
    Str payload;
    if (!store_range(c->store, &ask, a, &h, &payload, error))
        return false;
    *ret_to = h.to;
    return h.to < h.from || range_sign(c, &h, payload, a, ret_text, error);
}

bool abroad_sign(Care *c, NodeCall *call, Arena *a, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    uint8_t key[SM2_PUBLIC], signature[SM2_SIGNATURE];
    size_t len = 0;
    keys_node_public(c->keys, key);
    call->at = str_of(arena_printf(a, "%" G_GINT64_FORMAT, clock_now_us()));
    node_call_message(call, text);
    if (!keys_node_sign(c->keys, (Str){text->str, text->len}, signature, &len, error))
        return false;
    g_autofree char *key_hex = hex_of(key, sizeof key), *hex = hex_of(signature, len);
    call->key = arena_str(a, str_of(key_hex));
    call->signature = arena_str(a, str_of(hex));
    return true;
}
