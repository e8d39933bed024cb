/* node.c — what other nodes send (care/inbox.h).  Not for browsers: no session, no form; every
 * request is signed by a node's key, and answered in JSON. */
#include "care/inbox.h"
#include "format/json.h"
#include "page/frame.h"
#include "page/pages.h"

static void free_text(void *text)
{
    g_string_free(text, TRUE);
}

static JsonWriter begin(Req *q)
{
    GString *out = g_string_new(NULL);
    arena_on_free(q->arena, free_text, out);
    return json_begin(out);
}

static bool end(Req *q, unsigned status, JsonWriter *j)
{
    json_finish(j);
    return page_json(q, status, (Str){j->out->str, j->out->len});
}

/* In words: whoever sends has to know what is wrong, and is no stranger but for `hello`. */
static bool refuse(Req *q, const GError *why)
{
    static const struct {
        FailCode code;
        unsigned status;
    } ways[] = {{FAIL_INPUT, 422},
                {FAIL_RIGHT, 403},
                {FAIL_ABSENT, 404},
                {FAIL_CONFLICT, 409},
                {FAIL_BUSY, 503}};
    JsonWriter j = begin(q);
    unsigned status = 500;
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (g_error_matches(why, FAIL_DOMAIN, ways[i].code))
            status = ways[i].status;
    if (status == 500)
        q->http->fault = arena_printf(q->arena, "%s", why->message);
    json_put_object(&j, NULL);
    json_put_str(&j, "refused",
                 status == 500 ? STR("the system failed there; its keeper finds why in the log")
                               : str_of(why->message));
    json_put_end(&j);
    return end(q, status, &j);
}

static bool caller(Req *q, uint8_t key[SM2_PUBLIC], GError **error)
{
    const NodeCall call = {.method = q->http->method,
                           .target = q->http->target,
                           .key = http_header(q->http, "Anlao-Key"),
                           .at = http_header(q->http, "Anlao-At"),
                           .signature = http_header(q->http, "Anlao-Signature"),
                           .body = q->http->body};
    return inbox_caller(q->care, &call, key, error);
}

bool node_hello(Req *q, GError **error)
{
    g_autoptr(GError) why = NULL;
    uint8_t key[SM2_PUBLIC];
    InboxCounty *list;
    size_t n;
    (void)error;
    if (!caller(q, key, &why) ||
        !inbox_hello(q->care, key, q->http->body, q->arena, &list, &n, &why))
        return refuse(q, why);
    JsonWriter j = begin(q);
    json_put_object(&j, NULL);
    json_put_array(&j, "counties");
    for (size_t i = 0; i < n; i++) {
        g_autofree char *link = hex_of(list[i].link, SM3_SIZE);
        json_put_object(&j, NULL);
        json_put_int(&j, "county", list[i].county);
        json_put_bool(&j, "known", list[i].known);
        json_put_int(&j, "seq", list[i].seq);
        json_put_str(&j, "link", str_of(link));
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return end(q, 200, &j);
}

static bool number_of(Str text, int64_t *ret)
{
    return signed_number(&text, ret) && text.len == 0;
}

/* /node/counties/360302/58-5057?at=0&size=81234&sm3=… */
static bool piece_of(const Req *q, InboxPiece *to, GError **error)
{
    int64_t county = 0, at = 0, size = 0;
    Str to_text = q->arguments[1], from_text = str_cut(&to_text, '-');
    bool ok = number_of(q->arguments[0], &county) && county > 0 && county <= INT32_MAX &&
              number_of(from_text, &to->from) && number_of(to_text, &to->to) &&
              number_of(fields_get(&q->query, "at"), &at) &&
              number_of(fields_get(&q->query, "size"), &size) &&
              hex_parse(fields_get(&q->query, "sm3"), to->digest, SM3_SIZE);
    to->county = (int32_t)county;
    to->at = (size_t)at;
    to->size = (size_t)size;
    to->bytes = q->http->body;
    return ok || fail(error, FAIL_INPUT, "the address does not say which piece of what it is");
}

bool node_range(Req *q, GError **error)
{
    g_autoptr(GError) why = NULL;
    uint8_t key[SM2_PUBLIC];
    InboxPiece piece = {0};
    InboxAnswer answer;
    (void)error;
    if (!caller(q, key, &why) || !piece_of(q, &piece, &why) ||
        !inbox_piece(q->care, key, &piece, &answer, &why))
        return refuse(q, why);
    JsonWriter j = begin(q);
    json_put_object(&j, NULL);
    json_put_bool(&j, "whole", answer.whole);
    json_put_uint(&j, "have", answer.have);
    json_put_int(&j, "seq", answer.seq);
    json_put_end(&j);
    return end(q, 200, &j);
}

bool node_count(Req *q, GError **error)
{
    g_autoptr(GError) why = NULL;
    uint8_t key[SM2_PUBLIC];
    NodeDifference *list;
    uint64_t compared = 0;
    size_t n;
    (void)error;
    if (!caller(q, key, &why) ||
        !inbox_counts(q->care, key, q->http->body, q->arena, &list, &n, &compared, &why))
        return refuse(q, why);
    JsonWriter j = begin(q);
    json_put_object(&j, NULL);
    json_put_uint(&j, "compared", compared);
    json_put_array(&j, "differ"); /* "here" is where the list was held against what is kept */
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_int(&j, "county", list[i].county);
        json_put_str(&j, "entity", list[i].entity);
        json_put_uint(&j, "here", list[i].here);
        json_put_uint(&j, "there", list[i].there);
        json_put_int(&j, "seq_here", list[i].seq_here);
        json_put_int(&j, "seq_there", list[i].seq_there);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return end(q, 200, &j);
}
