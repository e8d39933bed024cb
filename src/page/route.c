/* route.c — from an address to a page: language, session, permission, forged forms.
 * Read first: serve_request().  The order there is the order of refusals. */
#include "page/route.h"

#include "care/consent.h"
#include "page/ask.h"
#include "page/forgery.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/sign.h"

#define ROUTE(method, path, function, may, why) ROUTE_CHECK(path, may, why);
#include "page/routes.def"
#undef ROUTE

const Route routes[] = {
#define ROUTE(method, path, function, may, why) {ROUTE_##method, path, function, MAY_##may, why},
#include "page/routes.def"
#undef ROUTE
};
const size_t n_routes = G_N_ELEMENTS(routes);

#define YEAR_SECONDS 31536000

/* Addresses that take files: what lies with a record, sealed scans of a paper, lists to be
 * imported, what a bank answered. */
static const struct {
    const char *begin, *end;
} file_addresses[] = {
    {"/records/", "/files"}, {"/papers/", "/scans"}, {"/imports", "/imports"}, {"/pay/", "/reply"}};

static bool takes_files(Str path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(file_addresses); i++)
        if (str_starts(path, str_of(file_addresses[i].begin)) &&
            str_ends(path, str_of(file_addresses[i].end)))
            return true;
    return false;
}

size_t route_body_most(const HttpRequest *r, void *context)
{
    Str rest = r->target, path = str_cut(&rest, '?');
    (void)context;
    return str_is(r->method, "POST") && takes_files(path) ? LIMIT_FILE_BYTES + LIMIT_REQUEST_BODY
                                                          : LIMIT_REQUEST_BODY;
}

/* What a pattern that does not fit had taken is gone: the next one begins with no arguments. */
static bool path_fits(const char *pattern, Str path, Str arguments[ROUTE_ARGUMENTS])
{
    Str want = str_of(pattern);
    size_t n = 0;
    for (size_t i = 0; i < ROUTE_ARGUMENTS; i++)
        arguments[i] = STR("");
    if (path.len > 1 && path.at[path.len - 1] == '/')
        return false;
    while (want.len > 0 && path.len > 0) {
        Str a = str_cut(&want, '/'), b = str_cut(&path, '/');
        if (a.len > 0 && a.at[0] == ':') {
            if (b.len == 0 || n == ROUTE_ARGUMENTS)
                return false;
            arguments[n++] = b;
        } else if (!str_equal(a, b)) {
            return false;
        }
    }
    return want.len == 0 && path.len == 0;
}

const Route *route_find(RouteMethod method, Str path, Str arguments[ROUTE_ARGUMENTS],
                        bool *ret_known)
{
    *ret_known = false;
    for (size_t i = 0; i < n_routes; i++) {
        if (!path_fits(routes[i].path, path, arguments))
            continue;
        *ret_known = true;
        if (routes[i].method == method)
            return &routes[i];
    }
    return NULL;
}

/* ---- what the request says about the reader ---- */

static void take_language(Req *q)
{
    Str asked = fields_get(&q->query, "lang"), kept = fields_get(&q->cookies, "anlao_lang");
    bool asks = str_is(asked, "zh") || str_is(asked, "en");
    q->lang = str_is(asks ? asked : kept, "en") ? LANG_EN : LANG_ZH;
    if (asks)
        page_set_cookie(q, "anlao_lang", asked, YEAR_SECONDS, false);
}

static void take_size(Req *q)
{
    Str asked = fields_get(&q->query, "size"), kept = fields_get(&q->cookies, "anlao_size");
    bool asks = str_is(asked, "s") || str_is(asked, "m") || str_is(asked, "l");
    Str size = asks ? asked : kept;
    q->size = str_is(size, "l") ? SIZE_LARGE : str_is(size, "m") ? SIZE_MIDDLE : SIZE_SMALL;
    if (asks)
        page_set_cookie(q, "anlao_size", asked, YEAR_SECONDS, false);
}

/* Behind a proxy of ours the person's address is the last one it wrote. */
static Str client_of(const Req *q)
{
    const HttpRequest *r = q->http;
    bool trusted = false;
    for (char *const *p = q->site->proxies; p != NULL && *p != NULL; p++)
        trusted = trusted || strcmp(*p, r->peer) == 0;
    Str forwarded = trusted ? http_header(r, "X-Forwarded-For") : STR("");
    Str last = STR("");
    while (forwarded.len > 0)
        last = str_trim(str_cut(&forwarded, ','));
    return last.len > 0 && last.len < 64 ? last : str_of(r->peer);
}

static bool read_request(Req *q, GError **error)
{
    const HttpRequest *r = q->http;
    Str query = STR("");
    if (!address_parse(q->arena, r->target, &q->path, &query, error) ||
        !fields_parse(q->arena, query, &q->query, error) ||
        !cookies_parse(q->arena, http_header(r, "Cookie"), &q->cookies, error))
        return false;
    q->post = str_is(r->method, "POST");
    q->client = client_of(q);
    q->token = fields_get(&q->cookies, session_cookie(q->site));
    if (q->token.len > 0)
        q->session = session_find(q->care, q->token, q->arena);
    take_language(q);
    take_size(q);
    return true;
}

/* ---- refusals ---- */

static void ask_to_sign_in(Req *q)
{
    bool expired = q->token.len > 0;
    bool api = str_starts(q->path, STR("/api/"));
    if (q->post && !api && sign_in_keep(q))
        return;
    if (q->post || api) {
        page_refuse_as(q, 401, expired ? KEY("error_expired") : KEY("error_unsigned"),
                       expired ? KEY("error_expired_text") : KEY("error_unsigned_text"));
        return;
    }
    g_autoptr(GString) to = g_string_new(expired ? "/sign-in?expired=1" : "/sign-in");
    bool home = q->path.len == 1;
    if (!home) {
        g_string_append(to, expired ? "&to=" : "?to=");
        address_escape(to, q->http->target);
    }
    page_redirect(q, (Str){to->str, to->len});
}

/* What nodes send carries a signature instead of a form's proof (node.c); as no browser sends such
 * a body to another site unasked, none can be made to. */
static bool is_node(const Req *q)
{
    return str_starts(str_of(q->route->path), STR("/node/")) &&
           str_is(http_header(q->http, "Content-Type"), "application/octet-stream");
}

static bool may_post(Req *q, GError **error)
{
    Str type = http_header(q->http, "Content-Type");
    Str plain = str_trim(str_cut(&type, ';'));
    bool file =
        str_is(plain, "multipart/form-data") && q->post && takes_files(str_of(q->route->path));
    if (!file && !str_is(plain, "application/x-www-form-urlencoded")) {
        page_refuse_as(q, 415, KEY("error_type"), KEY("error_type_text"));
        return false;
    }
    bool read = file ? multipart_parse(q->arena, http_header(q->http, "Content-Type"),
                                       q->http->body, &q->form, &q->upload, error)
                     : fields_parse(q->arena, q->http->body, &q->form, error);
    if (!read) {
        page_refuse(q, *error);
        return false;
    }
    if (!forgery_refused(q))
        return true;
    page_refuse_as(q, 403, KEY("error_forged"), KEY("error_forged_text"));
    return false;
}

/* Of the site a person's family has her file, its own password and the way out; what of the file is
 * the consent's. */
static bool kin_may(const Req *q)
{
    static const char *const open[] = {
        "/", "/sign-out", "/password", "/records/:entity", "/records/:entity/:key", NULL};
    for (size_t i = 0; open[i] != NULL; i++)
        if (strcmp(q->route->path, open[i]) == 0)
            return true;
    return !session_is_kin(q->session);
}

static bool may_enter(Req *q)
{
    if (q->route->may == MAY_PUBLIC)
        return true;
    if (q->session == NULL) {
        ask_to_sign_in(q);
        return false;
    }
    if (session_may(q->session, q->route->may) && kin_may(q))
        return true;
    page_refuse_as(q, 403, KEY("error_right"), KEY("error_right_text"));
    return false;
}

/* Another region than the one asked for is no answer; none asked for is one's own. */
static bool region_is_there(Req *q)
{
    Str code = fields_get(&q->query, "region");
    if (q->session == NULL || code.len == 0 || region_coded(q, code) != ROW_NONE)
        return true;
    page_refuse_as(q, 404, KEY("error_region"), KEY("error_region_text"));
    return false;
}

static bool find_route(Req *q)
{
    bool known = false;
    Str method = q->http->method;
    if (str_is(method, "GET") || str_is(method, "HEAD") || q->post)
        q->route = route_find(q->post ? ROUTE_POST : ROUTE_GET, q->path, q->arguments, &known);
    else
        known = true;
    if (q->route != NULL) {
        q->http->label = q->route->path;
        return true;
    }
    if (known)
        page_refuse_as(q, 405, KEY("error_method"), KEY("error_method_text"));
    else
        page_refuse_as(q, 404, KEY("error_absent"), KEY("error_absent_text"));
    return false;
}

static void serve_request(Req *q)
{
    g_autoptr(GError) error = NULL;
    if (!read_request(q, &error)) {
        page_refuse(q, error);
        return;
    }
    if (!find_route(q) || !may_enter(q) || !region_is_there(q))
        return;
    if (q->post && !is_node(q) && !may_post(q, &error))
        return;
    if (!q->route->show(q, &error))
        page_refuse(q, error);
}

void route_handle(HttpRequest *r, unsigned worker, void *context)
{
    const Site *site = context;
    (void)worker;
    Req q = {.http = r, .arena = r->arena, .site = site, .care = site->care, .path = STR("/")};
    serve_request(&q);
}

/* Styles and scripts, from memory. */
bool route_quick(HttpRequest *r, void *context)
{
    const Site *site = context;
    Str target = r->target, path = str_cut(&target, '?');
    if (!str_starts(path, STR("/static/")))
        return false;
    const Asset *asset = assets_by_address(site->assets, path);
    bool reads = str_is(r->method, "GET") || str_is(r->method, "HEAD");
    r->label = "/static";
    if (asset == NULL || !reads)
        http_answer(r, reads ? 404 : 405, "text/plain; charset=utf-8", STR("no such file\n"));
    else
        http_answer(r, 200, asset->type, asset->bytes);
    page_headers(r);
    http_answer_header(r, "Cache-Control",
                       asset != NULL ? STR("public, max-age=31536000, immutable")
                                     : STR("no-store"));
    return true;
}
