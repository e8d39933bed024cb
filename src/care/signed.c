/* signed.c — see signed.h. */
#include "care/signed.h"

#include "base/limits.h"
#include "care/care.h"
#include "care/keys.h"
#include "store/backup.h"
#include "store/copies.h"

#define CARD_HEAD "anlao card 1"

void mark_of(const uint8_t key[SM2_PUBLIC], char to[NODE_MARK + 1])
{
    uint8_t digest[SM3_SIZE];
    sm3(key, SM2_PUBLIC, digest);
    g_autofree char *hex = hex_of(digest, NODE_MARK / 2);
    g_strlcpy(to, hex, NODE_MARK + 1);
}

void signed_begin(Care *c, const char *head, GString *to)
{
    uint8_t key[SM2_PUBLIC];
    keys_node_public(c->keys, key);
    g_autofree char *hex = hex_of(key, sizeof key);
    g_string_append_printf(to, "%s\nkey %s\n", head, hex);
}

bool signed_end(Care *c, GString *text, GError **error)
{
    uint8_t signature[SM2_SIGNATURE];
    size_t len = 0;
    if (!keys_node_sign(c->keys, (Str){text->str, text->len}, signature, &len, error))
        return false;
    g_autofree char *hex = hex_of(signature, len);
    g_string_append_printf(text, "signature %s\n", hex);
    return true;
}

bool signed_open(Str text, const char *head, uint8_t key[SM2_PUBLIC], Str *ret_lines)
{
    uint8_t signature[SM2_SIGNATURE];
    ssize_t at = str_find(text, STR("\nsignature "));
    Str signed_text = at >= 0 ? (Str){text.at, (size_t)at + 1} : (Str){NULL, 0};
    Str rest = signed_text,
        mark = at >= 0 ? (Str){text.at + at + 11, text.len - (size_t)at - 11} : (Str){NULL, 0};
    mark = str_trim(mark);
    size_t len = mark.len / 2;
    bool ok = at >= 0 && str_is(str_cut(&rest, '\n'), head) && rest.at != NULL &&
              str_is(str_cut(&rest, ' '), "key") && rest.at != NULL &&
              hex_parse(str_cut(&rest, '\n'), key, SM2_PUBLIC) && len <= SM2_SIGNATURE &&
              hex_parse(mark, signature, len) &&
              sm2_matches(key, signed_text, (Str){(const char *)signature, len});
    *ret_lines = rest.at != NULL ? rest : STR("");
    return ok;
}

bool signed_number(Str *line, int64_t *ret)
{
    return line->at != NULL && str_whole(str_cut(line, ' '), 0, INT64_MAX, ret);
}

/* ---- cards --------------------------------------------------------------------------------- */

bool card_write(Care *c, Arena *a, Str *ret, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const StoreFacts *own = store_facts(c->store);
    StoreHead *heads;
    CopyRow *copies;
    size_t n, n_copies;
    if (!store_heads(c->store, a, &heads, &n, error) ||
        !store_copies(c->store, a, &copies, &n_copies, error))
        return false;
    signed_begin(c, CARD_HEAD, text);
    g_string_append_printf(text, "node %u\nhome %d\nplace %.*s\n", own->node, own->home_county,
                           STR_ARG(own->place));
    for (size_t i = 0; i < n; i++)
        if (copy_find(copies, n_copies, heads[i].county) == NULL)
            g_string_append_printf(text, "county %d\n", heads[i].county);
    if (!signed_end(c, text, error))
        return false;
    *ret = arena_str(a, (Str){text->str, text->len});
    return true;
}

static bool card_line(Str line, const char *word, int64_t most, int64_t *ret)
{
    return str_is(str_cut(&line, ' '), word) && signed_number(&line, ret) && *ret <= most;
}

bool card_read(Str text, Arena *a, NodeCard *ret, GError **error)
{
    int64_t node = 0, home = 0, county = 0;
    Str lines = STR(""), place;
    *ret = (NodeCard){.counties = arena_many(a, int32_t, LIMIT_SEAL_COUNTIES)};
    bool ok = text.len <= LIMIT_REQUEST_BODY && signed_open(text, CARD_HEAD, ret->key, &lines) &&
              card_line(str_cut(&lines, '\n'), "node", UINT16_MAX, &node) &&
              card_line(str_cut(&lines, '\n'), "home", INT32_MAX, &home);
    if (ok) {
        place = str_cut(&lines, '\n');
        ok = str_is(str_cut(&place, ' '), "place") && place.len > 0 && place.len <= LIMIT_NAME;
        ret->place = ok ? arena_str(a, place) : STR("");
    }
    while (ok && lines.len > 0 && ret->n < LIMIT_SEAL_COUNTIES) {
        ok = card_line(str_cut(&lines, '\n'), "county", INT32_MAX, &county) && county > 0;
        ret->counties[ret->n++] = (int32_t)county;
    }
    ret->node = (uint32_t)node;
    ret->home = (int32_t)home;
    return (ok && lines.len == 0 && ret->n > 0) ||
           fail(error, FAIL_INPUT, "it is no card of a node, or not as it was signed");
}
