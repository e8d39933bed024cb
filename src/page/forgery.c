/* forgery.c — see forgery.h.  Tokens are compared in constant time. */
#include "page/forgery.h"

#include "page/frame.h"
#include "page/route.h"

#define VISIT_COOKIE "anlao_visit"
#define VISIT_TEXT   32u /* hex digits */

const char *session_cookie(const Site *site)
{
    return site->secure ? "__Host-anlao" : "anlao_session";
}

/* "https://host:port" of this very server. */
bool forgery_origin_ours(const Req *q)
{
    Str origin = http_header(q->http, "Origin"), host = http_header(q->http, "Host");
    Str scheme = q->site->secure ? STR("https://") : STR("http://");
    if (!str_starts(origin, scheme))
        return false;
    Str rest = {origin.at + scheme.len, origin.len - scheme.len};
    return rest.len == host.len && g_ascii_strncasecmp(rest.at, host.at, host.len) == 0;
}

static Str visit_token(const Req *q, Str cookie)
{
    uint8_t digest[SM3_SIZE];
    hmac_sm3(q->site->key, cookie.at, cookie.len, digest);
    g_autofree char *hex = hex_of(digest, sizeof digest);
    return arena_str(q->arena, str_of(hex));
}

static bool visit_good(Str cookie)
{
    for (size_t i = 0; i < cookie.len; i++)
        if (!g_ascii_isxdigit(cookie.at[i]))
            return false;
    return cookie.len == VISIT_TEXT;
}

Str forgery_visit_token(Req *q)
{
    Str cookie = fields_get(&q->cookies, VISIT_COOKIE);
    if (!visit_good(cookie)) {
        uint8_t bytes[VISIT_TEXT / 2];
        random_bytes(bytes, sizeof bytes);
        g_autofree char *hex = hex_of(bytes, sizeof bytes);
        cookie = arena_str(q->arena, str_of(hex));
        page_set_cookie(q, VISIT_COOKIE, cookie, -1, true);
    }
    return visit_token(q, cookie);
}

bool forgery_refused(const Req *q)
{
    Str given = fields_get(&q->form, "csrf");
    if (given.len == 0)
        given = http_header(q->http, "X-CSRF-Token");
    if (!forgery_origin_ours(q))
        return true;
    if (q->route->may != MAY_PUBLIC)
        return q->session == NULL || !session_csrf_matches(q->session, given);
    Str cookie = fields_get(&q->cookies, VISIT_COOKIE), want = visit_token(q, cookie);
    return !visit_good(cookie) || given.len != want.len ||
           !bytes_equal(given.at, want.at, want.len);
}
