/* range.c — the head of a range as text, and whole ranges read back.  See range.h. */
#include "store/range.h"

#include "base/limits.h"

#define RANGE_HEAD "anlao range 1"

/* ---- out ----------------------------------------------------------------------------------- */

void range_message(const RangeHead *h, GString *to)
{
    g_autofree char *before = hex_of(h->before, SM3_SIZE), *link = hex_of(h->link, SM3_SIZE),
                    *digest = hex_of(h->digest, SM3_SIZE), *key = hex_of(h->key, SM2_PUBLIC);

    g_string_append_printf(to,
                           RANGE_HEAD "\nplace %.*s\nnode %u %u\ncounty %d %d\nentries "
                                      "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                                      "\nbefore %s\nlink %s\nat %" G_GINT64_FORMAT
                                      "\nholds %s\npayload %zu %s\nkey %s\n",
                           STR_ARG(h->place), h->node, h->incarnation, h->county, h->home, h->from,
                           h->to, before, link, h->at, h->base ? "base" : "entries", h->bytes,
                           digest, key);
}

bool range_is_signed(const RangeHead *h)
{
    g_autoptr(GString) message = g_string_new(NULL);

    range_message(h, message);
    return sm2_matches(h->key, (Str){message->str, message->len},
                       (Str){(const char *)h->signature, h->signature_len});
}

void range_write(const RangeHead *h, Str payload, GString *to)
{
    g_autofree char *signature = hex_of(h->signature, h->signature_len);

    range_message(h, to);
    g_string_append_printf(to, "signature %s\n\n", signature);
    g_string_append_len(to, payload.at, (gssize)payload.len);
}

/* ---- back ---------------------------------------------------------------------------------- */

/* "WORD rest": the rest. */
static bool line(Str *text, const char *word, Str *ret)
{
    *ret = text->at != NULL ? str_cut(text, '\n') : (Str){NULL, 0};
    return ret->at != NULL && str_is(str_cut(ret, ' '), word) && ret->at != NULL;
}

/* "WORD number number" */
static bool two(Str *text, const char *word, int64_t least, int64_t most, int64_t to[2])
{
    Str rest;

    return line(text, word, &rest) && str_whole(str_cut(&rest, ' '), least, most, &to[0]) &&
           str_whole(rest, least, most, &to[1]);
}

static bool payload_line(Str *text, RangeHead *h)
{
    int64_t bytes = 0;
    Str rest;

    if (!line(text, "payload", &rest) ||
        !str_whole(str_cut(&rest, ' '), 0, (int64_t)LIMIT_RANGE_BYTES, &bytes) || rest.at == NULL ||
        !hex_parse(rest, h->digest, SM3_SIZE))
        return false;
    h->bytes = (size_t)bytes;
    return true;
}

static bool signature_line(Str *text, RangeHead *h)
{
    Str rest;

    if (!line(text, "signature", &rest))
        return false;
    h->signature_len = rest.len / 2;
    return h->signature_len > 0 && h->signature_len <= SM2_SIGNATURE &&
           hex_parse(rest, h->signature, h->signature_len);
}

bool range_head(Str text, Arena *a, RangeHead *ret, Str *ret_rest)
{
    RangeHead h = {0};
    int64_t node[2], county[2], entries[2];
    Str rest;

    if (!str_is(str_cut(&text, '\n'), RANGE_HEAD) || !line(&text, "place", &rest))
        return false;
    h.place = arena_str(a, rest);
    if (!two(&text, "node", 0, UINT32_MAX, node) || !two(&text, "county", 1, INT32_MAX, county) ||
        !two(&text, "entries", 0, INT64_MAX - 1, entries) || !line(&text, "before", &rest) ||
        !hex_parse(rest, h.before, SM3_SIZE) || !line(&text, "link", &rest) ||
        !hex_parse(rest, h.link, SM3_SIZE) || !line(&text, "at", &rest) ||
        !str_whole(rest, 0, INT64_MAX, &h.at) || !line(&text, "holds", &rest))
        return false;
    h.base = str_is(rest, "base");
    if ((!h.base && !str_is(rest, "entries")) || !payload_line(&text, &h) ||
        !line(&text, "key", &rest) || !hex_parse(rest, h.key, SM2_PUBLIC) ||
        !signature_line(&text, &h) || text.at == NULL || str_cut(&text, '\n').len != 0)
        return false;
    h.node = (uint32_t)node[0];
    h.incarnation = (uint32_t)node[1];
    h.county = (int32_t)county[0];
    h.home = (int32_t)county[1];
    h.from = entries[0];
    h.to = entries[1];
    *ret = h;
    *ret_rest = text.at != NULL ? text : STR("");
    return h.from >= 1 && h.to >= h.from;
}

bool range_parse(Str text, Arena *a, RangeHead *ret, Str *ret_payload, const char **ret_why)
{
    uint8_t digest[SM3_SIZE];
    Str payload;

    *ret_why = "it is not a range of a journal";
    if (!range_head(text, a, ret, &payload))
        return false;
    *ret_why = "it is cut off";
    if (payload.len < ret->bytes)
        return false;
    *ret_why = "it holds more than was written";
    if (payload.len > ret->bytes)
        return false;
    *ret_why = "it is not as it was written";
    sm3(payload.at, payload.len, digest);
    if (memcmp(digest, ret->digest, SM3_SIZE) != 0)
        return false;
    *ret_why = "its signature is not that of the key it names";
    if (!range_is_signed(ret))
        return false;
    *ret_payload = payload;
    return true;
}
