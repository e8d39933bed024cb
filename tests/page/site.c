/* site.c — the whole site without a socket and without a store: every page in both languages with
 * poison for values, and everything that must be refused.  Run with ANLAO_HOME = the folder with
 * web/. */
#include "base/identifier.h"
#include "page/route.h"
#include "site_case.h"

static Care care;
static Site site;

void answered_clear(Answered *a)
{
    g_free(a->body);
    g_free(a->location);
    g_free(a->cookies);
    g_free(a->disposition);
}

static void add_header(HttpRequest *r, const char *name, const char *value)
{
    if (value != NULL)
        r->headers.pairs[r->headers.n++] = (FieldPair){str_of(name), str_of(value)};
}

Answered ask(const Asked *q)
{
    g_autoptr(Arena) a = arena_new();
    HttpRequest r = {.arena = a,
                     .number = 1,
                     .method = str_of(q->method),
                     .peer = "127.0.0.1",
                     .peer_loopback = true};
    r.target = str_of(q->target);
    r.headers.pairs = arena_many(a, FieldPair, 8);
    add_header(&r, "Host", "127.0.0.1:8080");
    add_header(&r, "Origin", q->origin);
    add_header(&r, "Content-Type", q->type != NULL ? q->type : "application/x-www-form-urlencoded");
    add_header(&r, "Cookie",
               arena_printf(a, "anlao_lang=%s; anlao_visit=%s; anlao_session=%s",
                            q->lang != NULL ? q->lang : "zh", "0123456789abcdef0123456789abcdef",
                            q->token != NULL ? q->token : ""));
    r.body = str_of(arena_printf(a, "csrf=%s&%s", q->csrf != NULL ? q->csrf : "",
                                 q->form != NULL ? q->form : ""));
    if (q->body != NULL)
        r.body = str_of(q->body);
    route_handle(&r, 0, &site);
    Answered to = {.status = r.answer.status,
                   .body = g_strndup(r.answer.body.at, r.answer.body.len)};
    GString *cookies = g_string_new(NULL);
    for (size_t i = 0; i < r.answer.n_headers; i++) {
        if (str_is(r.answer.headers[i].name, "Location"))
            to.location = g_strdup(r.answer.headers[i].value.at);
        if (str_is(r.answer.headers[i].name, "Content-Disposition"))
            to.disposition = g_strdup(r.answer.headers[i].value.at);
        if (str_is(r.answer.headers[i].name, "Set-Cookie"))
            g_string_append_printf(cookies, "%s\n", r.answer.headers[i].value.at);
    }
    to.cookies = g_string_free(cookies, FALSE);
    if (r.fault != NULL)
        g_test_message("%s %s: %s", q->method, q->target, r.fault);
    return to;
}

const char *token_of(const char *role)
{
    static char token[TOKEN_TEXT];
    int left = 0;
    g_assert_true(session_sign_in(&care, str_of(role), STR(PASSWORD), STR(""), token, &left, NULL));
    return token;
}

char *below(const char *path)
{
    return g_strdup_printf("/records/elder/%s%s", stand_in_key(), path);
}

typedef struct Visited {
    const char *role, *target;
} Visited;

/* In both languages: no value stands unescaped. */
static void pages_hold(const Visited *pages, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int en = 0; en < 2; en++) {
            const char *token = pages[i].role != NULL ? token_of(pages[i].role) : "";
            g_auto(Answered) got = ASK(.method = "GET", .target = pages[i].target, .token = token,
                                       .lang = en ? "en" : "zh");
            bool json = str_starts(str_of(pages[i].target), STR("/api")) || got.body[0] == '{';
            bool absent = strcmp(pages[i].target, "/nothing-here") == 0;
            g_test_message("%s as %s: %u", pages[i].target, pages[i].role, got.status);
            g_assert_cmpuint(got.status, ==, absent ? 404 : 200);
            g_assert_null(strstr(got.body, "<\""));
            g_assert_true(json || strstr(got.body, "'&>") == NULL);
            g_assert_true(json || strstr(got.body, en ? "lang=\"en\"" : "lang=\"zh-CN\"") != NULL);
        }
}

/* Files on their way to be imported, and what was found. */
static void import_pages(void)
{
    char id[ID_TEXT];
    g_autofree char *sent = g_strdup_printf("/imports/360302-%s", id_format(1, id));
    g_autofree char *going = g_strdup_printf("/imports/360302-%s", id_format(2, id));
    g_autofree char *ended = g_strdup_printf("/imports/360302-%s", id_format(3, id));
    const Visited pages[] = {
        {"clerk", "/search?q=%3C%22%27%26%3E"},
        {"clerk", "/imports"},
        {"clerk", sent},
        {"clerk", going},
        {"clerk", ended},
        {"clerk", "/api/search?q=lxy"},
    };
    pages_hold(pages, G_N_ELEMENTS(pages));
    /* rows that are in no file of rejected ones are told of, beside the file of the others */
    g_auto(Answered) done = ASK(.method = "GET", .target = ended, .token = token_of("clerk"));
    g_assert_nonnull(strstr(done.body, "另有 3 行在写入时被退回"));
    g_assert_nonnull(strstr(done.body, "/rejected\""));
    g_auto(Answered) not_yet = ASK(.method = "GET", .target = going, .token = token_of("clerk"));
    g_assert_null(strstr(not_yet.body, "写入时被退回"));
}

/* A merge undone whose account was approved meanwhile leads to the record, which says what waits
 * for a second person. */
static void parted(void)
{
    g_autofree char *target = below("/unmerge"), *record = below("?saved=1");
    g_autofree char *form = g_strdup_printf("gone=%s&reason=approved+meanwhile", stand_in_key());
    g_auto(Answered) got = ASK(.method = "POST", .target = target, .token = token_of("clerk"),
                               .origin = ORIGIN, .csrf = SESSION, .form = form);
    g_assert_cmpuint(got.status, ==, 303);
    g_assert_cmpstr(got.location, ==, record);
    g_auto(Answered) shown = ASK(.method = "GET", .target = record, .token = token_of("clerk"));
    g_assert_nonnull(strstr(shown.body, "有 2 项变更待复核"));
}

static void every_page(void)
{
    g_autofree char *one = below(""), *edit = below("/edit"), *why = below("/why/allowance"),
                    *history = below("/history"), *around = below("/around"),
                    *reveal = below("/reveal/f15");
    reveal[strlen(reveal) - 3] = '\0';
    g_autofree char *secret = g_strdup_printf("%sf%d", reveal, KIND_CITIZEN_ID);
    g_autofree char *pair = g_strdup_printf("/alike/elder/%s/%s", stand_in_key(), stand_in_key());
    const Visited pages[] = {
        {"clerk", "/"},
        {"admin", "/"},
        {"clerk", "/policies"},
        {"clerk", "/policies/plan?month=2020-06&region=360302"},
        {"clerk", "/progress?year=2020&on=2020-09-30&indicator=beds"},
        {"clerk", "/tasks?state=overdue&page=2"},
        {"village", "/tasks"},
        {"clerk", "/procedures?only=steps&state=begun&by=%3C%22%27%26%3E"},
        {"clerk", "/duties?state=open"},
        {"policy", "/duties"},
        {"clerk", "/alerts?state=unknown&only=fire"},
        {"clerk", "/alerts/360302/homes?on=2020-06-22"},
        {"clerk", "/scores?state=objected"},
        {"clerk", "/records"},
        {"clerk", "/records/elder?q=%3C%22%27%26%3E&f_f10=alone&rule=allowance&outcome=unknown"},
        {"village", "/records/visit?by=elder&page=2"},
        {"clerk", one},
        {"village", one},
        {"clerk", edit},
        {"clerk", "/records/visit/new"},
        {"clerk", why},
        {"audit", history},
        {"clerk", around},
        {"clerk", "/alike/elder?region=360302"},
        {"clerk", "/moves"},
        {"clerk", "/changes"},
        {"clerk", "/exchange"},
        {"clerk", pair},
        {"clerk", secret},
        {"clerk", "/nothing-here"},
        {"clerk", "/api/figures"},
        {"clerk", "/api/documents/plan"},
        {"clerk", "/api/records/elder"},
        {NULL, "/sign-in?to=/records"},
        {NULL, "/sign-in?expired=1"},
        {NULL, "/health"},
    };
    pages_hold(pages, G_N_ELEMENTS(pages));
}

static void strangers_sign_in_first(void)
{
    g_auto(Answered) page = ASK(.method = "GET", .target = "/records/elder?q=%E7%A7%80");
    g_assert_cmpuint(page.status, ==, 303);
    g_assert_cmpstr(page.location, ==, "/sign-in?to=%2Frecords%2Felder%3Fq%3D%25E7%25A7%2580");
    g_auto(Answered) old = ASK(.method = "GET", .target = "/records", .token = "x");
    g_assert_cmpstr(old.location, ==, "/sign-in?expired=1&to=%2Frecords");
    g_auto(Answered) api = ASK(.method = "GET", .target = "/api/figures");
    g_assert_cmpuint(api.status, ==, 401);
    g_assert_cmpint(api.body[0], ==, '{');
    g_auto(Answered) late = ASK(.method = "POST", .target = "/records/elder/new", .token = "x",
                                .origin = ORIGIN, .csrf = SESSION, .form = "f_name=x");
    g_assert_cmpuint(late.status, ==, 401);
    g_assert_cmpuint(care.saves, ==, 0);
    /* What was typed waits in the sign-in form; what another site or a password form sent does not.
     */
    g_assert_nonnull(strstr(late.body, "name=\"kept_f_name\" value=\"x\""));
    g_assert_null(strstr(late.body, "kept_csrf"));
    g_auto(Answered) foreign = ASK(.method = "POST", .target = "/records/elder/new", .token = "x",
                                   .origin = "http://evil.example", .form = "f_name=x");
    g_assert_cmpuint(foreign.status, ==, 401);
    g_assert_null(strstr(foreign.body, "kept_f_name"));
    g_auto(Answered) secret = ASK(.method = "POST", .target = "/password", .token = "x",
                                  .origin = ORIGIN, .form = "old=geheim&fresh=geheim2");
    g_assert_cmpuint(secret.status, ==, 401);
    g_assert_null(strstr(secret.body, "geheim"));
}

static char *visit_token(void)
{
    g_auto(Answered) form = ASK(.method = "GET", .target = "/sign-in");
    const char *at = strstr(form.body, "name=\"csrf\" value=\"");
    g_assert_nonnull(at);
    return g_strndup(at + strlen("name=\"csrf\" value=\""), 64);
}

static void signing_in(void)
{
    g_autofree char *token = visit_token();
    g_auto(Answered) good =
        ASK(.method = "POST", .target = "/sign-in", .origin = ORIGIN, .csrf = token,
            .form = "account=clerk&password=" PASSWORD "&to=/records");
    g_assert_cmpuint(good.status, ==, 303);
    g_assert_cmpstr(good.location, ==, "/records");
    g_assert_nonnull(strstr(good.cookies, "anlao_session=00token"));
    g_assert_nonnull(strstr(good.cookies, "HttpOnly; SameSite=Strict"));
    g_auto(Answered) away =
        ASK(.method = "POST", .target = "/sign-in", .origin = ORIGIN, .csrf = token,
            .form = "account=clerk&password=" PASSWORD "&to=//evil.example/");
    g_assert_cmpstr(away.location, ==, "/");
    g_auto(Answered) wrong = ASK(.method = "POST", .target = "/sign-in", .origin = ORIGIN,
                                 .csrf = token, .form = "account=clerk&password=x");
    g_assert_cmpuint(wrong.status, ==, 403);
    g_assert_null(strstr(wrong.cookies, "anlao_session"));
    g_assert_nonnull(strstr(wrong.body, "还可再试 3 次"));
    g_auto(Answered) locked = ASK(.method = "POST", .target = "/sign-in", .origin = ORIGIN,
                                  .csrf = token, .form = "account=locked&password=x");
    g_assert_cmpuint(locked.status, ==, 429);
    g_auto(Answered) forged = ASK(.method = "POST", .target = "/sign-in", .origin = ORIGIN,
                                  .csrf = "0", .form = "account=clerk&password=" PASSWORD);
    g_assert_cmpuint(forged.status, ==, 403);
    g_assert_null(strstr(forged.cookies, "anlao_session"));
}

static void forgeries(void)
{
    g_autofree char *edit = below("/edit");
    const char *form = "request=00112233445566778899aabbccddeeff&seq=5&f_name=x";
    const struct {
        const char *origin, *csrf, *type;
        unsigned status;
    } tries[] = {
        {NULL, SESSION, NULL, 403},
        {"http://evil.example", SESSION, NULL, 403},
        {"null", SESSION, NULL, 403},
        {"https://127.0.0.1:8080", SESSION, NULL, 403},
        {ORIGIN ".evil.example", SESSION, NULL, 403},
        {ORIGIN, NULL, NULL, 403},
        {ORIGIN, "csrf-of-this-sessio", NULL, 403},
        {ORIGIN, "csrf-of-this-sessionX", NULL, 403},
        {ORIGIN, SESSION, "application/json", 415},
        {ORIGIN, SESSION, "multipart/form-data; boundary=x", 415},
        {ORIGIN, SESSION, "text/plain", 415},
    };
    care.saves = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got = ASK(.method = "POST", .target = edit, .token = token_of("clerk"),
                                   .origin = tries[i].origin, .csrf = tries[i].csrf, .form = form,
                                   .type = tries[i].type);
        g_test_message("%zu: %u", i, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
    }
    g_assert_cmpuint(care.saves, ==, 0);
    g_auto(Answered) out = ASK(.method = "POST", .target = "/sign-out", .token = token_of("clerk"),
                               .origin = "http://evil.example", .csrf = SESSION);
    g_assert_cmpuint(out.status, ==, 403);
}

static void saving(void)
{
    g_autofree char *edit = below("/edit"), *saved = below("?saved=1");
    const char *const start = "request=00112233445566778899aabbccddeeff&seq=5&";
    care = (Care){0};
    g_autofree char *change = g_strdup_printf("%sf_name=%s&f_f11=left", start, "%E6%9D%8E");
    g_auto(Answered) good = ASK(.method = "POST", .target = edit, .token = token_of("clerk"),
                                .origin = ORIGIN, .csrf = SESSION, .form = change);
    g_assert_cmpuint(good.status, ==, 303);
    g_assert_cmpstr(good.location, ==, saved);
    g_assert_cmpuint(care.saves, ==, 1);
    g_assert_cmpstr(care.saved_name, ==, "李");
    g_assert_cmpstr(care.saved_set, ==, "left");
    g_autofree char *empty = g_strdup_printf("%sf_name=", start);
    g_auto(Answered) fault = ASK(.method = "POST", .target = edit, .token = token_of("clerk"),
                                 .origin = ORIGIN, .csrf = SESSION, .form = empty);
    g_assert_cmpuint(fault.status, ==, 422);
    g_assert_nonnull(strstr(fault.body, "id=\"f_name_fault\""));
    g_assert_null(strstr(fault.body, "<\""));
    g_autofree char *no_number = g_strdup("f_name=x");
    g_auto(Answered) bare = ASK(.method = "POST", .target = edit, .token = token_of("clerk"),
                                .origin = ORIGIN, .csrf = SESSION, .form = no_number);
    g_assert_cmpuint(bare.status, ==, 400);
    care.conflict = true;
    g_auto(Answered) late = ASK(.method = "POST", .target = edit, .token = token_of("clerk"),
                                .origin = ORIGIN, .csrf = SESSION, .form = change);
    g_assert_cmpuint(late.status, ==, 409);
    g_assert_cmpuint(care.saves, ==, 1);
    g_assert_nonnull(strstr(late.body, "value=\"李\"")); /* as typed */
    g_assert_nonnull(strstr(late.body, "id=\"f_name_fault\""));
    care.conflict = false;
}

#define FORM_TYPE "multipart/form-data; boundary=b"

static char *upload_of(const char *csrf, const char *name, const char *bytes)
{
    return g_strdup_printf("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
                           "--b\r\nContent-Disposition: form-data; name=\"reason\"\r\n\r\n"
                           "残疾证扫描件\r\n--b\r\nContent-Disposition: form-data; "
                           "name=\"file\"; filename=\"%s\"\r\n\r\n%s\r\n--b--\r\n",
                           csrf, name, bytes);
}

/* A form with a file: only at its own address, with the session's proof, and never shown inside. */
static void files(void)
{
    g_autofree char *to = below("/files"), *edit = below("/edit");
    g_autofree char *one =
        g_strdup_printf("/records/elder/%s/files/%s", stand_in_key(), stand_in_key());
    g_autofree char *pdf = upload_of(SESSION, "残疾证.pdf", "%PDF-1.4 %%EOF"),
                    *page = upload_of(SESSION, "x.pdf", "<html><script>"),
                    *none = upload_of(SESSION, "", ""), *forged = upload_of("x", "a.pdf", "%PDF-");
    const struct {
        const char *role, *target, *body;
        unsigned status;
    } tries[] = {
        {"clerk", to, pdf, 303},    {"clerk", to, page, 422},          {"clerk", to, none, 400},
        {"clerk", to, forged, 403}, {"clerk", to, "--b garbage", 400}, {"audit", to, pdf, 403},
        {"clerk", edit, pdf, 415},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "POST", .target = tries[i].target, .token = token_of(tries[i].role),
                .origin = ORIGIN, .type = FORM_TYPE, .body = tries[i].body);
        g_test_message("%s %s: %u", tries[i].role, tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_null(strstr(got.body, "<\""));
    }
    g_auto(Answered) got = ASK(.method = "GET", .target = one, .token = token_of("clerk"));
    g_assert_cmpuint(got.status, ==, 200);
    g_assert_true(g_str_has_prefix(got.body, "%PDF-"));
    /* the name is poison: escaped, and ending as what it is */
    g_assert_true(g_str_has_prefix(got.disposition, "attachment; filename*=UTF-8''"));
    g_assert_true(g_str_has_suffix(got.disposition, ".pdf"));
    g_assert_null(strpbrk(got.disposition + strlen("attachment; filename*=UTF-8''"), "\"<>&; "));
}

static void permissions(void)
{
    g_autofree char *edit = below("/edit"), *history = below("/history"),
                    *reveal = g_strdup_printf("/records/elder/%s/reveal/f%d", stand_in_key(),
                                              KIND_CITIZEN_ID),
                    *why = below("/why/allowance");
    const struct {
        const char *role, *target;
        unsigned status;
    } tries[] = {
        {"leader", edit, 403},
        {"clerk", history, 403},
        {"village", reveal, 403},
        {"village", why, 403},
        {"admin", "/tasks", 403},
        {"policy", "/procedures", 403},
        {"policy", "/alerts", 403},
        {"clerk", "/alerts/360302/homes", 200},
        {"policy", "/alerts/360302/homes", 403},
        {"clerk", "/alerts/360302/fire", 404},
        {"clerk", "/alerts/x/homes", 404},
        {"clerk", "/alerts/360302/homes?on=1999-01-01", 404},
        {"admin", "/records", 403},
        {"admin", "/records/elder", 403},
        {"admin", "/api/records/elder", 403},
        {"audit", history, 200},
        {"clerk", reveal, 200},
        {"clerk", "/records/nothing", 404},
        {"clerk", "/records/elder/1-1", 404},
        {"clerk", "/policies/nothing", 404},
        {"clerk", "/records/elder/x/why/allowance", 404},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "GET", .target = tries[i].target, .token = token_of(tries[i].role));
        g_test_message("%s %s: %u", tries[i].role, tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
    }
    g_auto(Answered) wrong = ASK(.method = "DELETE", .target = "/", .token = token_of("clerk"));
    g_assert_cmpuint(wrong.status, ==, 405);
    g_auto(Answered) other = ASK(.method = "POST", .target = "/progress",
                                 .token = token_of("clerk"), .origin = ORIGIN, .csrf = SESSION);
    g_assert_cmpuint(other.status, ==, 405);
}

/* A step needs a form of this site, its number, a state of the procedure; then care decides.  So
 * does what is told of a score. */
static void steps(void)
{
    g_autofree char *step = below("/step"), *tell = below("/scores/star");
    g_autofree char *notice = g_strdup_printf("/scores/%s", stand_in_key());
    const char *const good = "request=00112233445566778899aabbccddeeff&seq=5&to=over";
    const struct {
        const char *role, *csrf, *target, *form;
        unsigned status;
    } tries[] = {{"clerk", NULL, step, good, 403},
                 {"admin", SESSION, step, good, 403},
                 {"clerk", SESSION, step, good, 404}, /* the elder has no procedure */
                 {NULL, SESSION, step, good, 401},
                 {"clerk", SESSION, tell, "on=2020-06-18&how=x", 303},
                 {"clerk", SESSION, tell, "on=yesterday&how=x", 400},
                 {"clerk", SESSION, notice, "what=objects&text=x", 422},
                 {"clerk", SESSION, notice, "what=stands&text=x", 303},
                 {"clerk", SESSION, notice, "what=back&text=x", 303},
                 {"clerk", SESSION, notice, "what=nothing", 400}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        const char *token = tries[i].role != NULL ? token_of(tries[i].role) : NULL;
        g_auto(Answered) got = ASK(.method = "POST", .target = tries[i].target, .token = token,
                                   .origin = ORIGIN, .csrf = tries[i].csrf, .form = tries[i].form);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_true(got.status != 422 || strstr(got.body, "&lt;&quot;") != NULL);
    }
}

/* A draft is checked for policy staff alone; what it holds comes back as text. */
static void drafts(void)
{
    const char *const address = "/api/documents/check", *const form = "text=%3Cb%3E%E5%AE%89";
    const struct {
        const char *role, *csrf;
        unsigned status;
    } tries[] = {{"clerk", SESSION, 403},
                 {"admin", SESSION, 403},
                 {"policy", NULL, 403},
                 {"policy", SESSION, 200},
                 {NULL, NULL, 401}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        const char *token = tries[i].role != NULL ? token_of(tries[i].role) : NULL;
        g_auto(Answered) got = ASK(.method = "POST", .target = address, .token = token,
                                   .origin = ORIGIN, .csrf = tries[i].csrf, .form = form);
        g_assert_cmpuint(got.status, ==, tries[i].status);
    }
    g_auto(Answered) good = ASK(.method = "POST", .target = address, .token = token_of("policy"),
                                .origin = ORIGIN, .csrf = SESSION, .form = form);
    g_assert_nonnull(strstr(good.body, "\"line\":3,\"column\":4,\"length\":5"));
    g_assert_nonnull(strstr(good.body, "安"));
    g_assert_null(strchr(good.body, '<'));
    g_auto(Answered) busy = ASK(.method = "POST", .target = address, .token = token_of("policy"),
                                .origin = ORIGIN, .csrf = SESSION, .form = "text=busy");
    g_assert_cmpuint(busy.status, ==, 503);
    g_assert_cmpint(busy.body[0], ==, '{');
}

/* A list is saved by a form of who may export; a link alone takes nothing out. */
static void saved_lists(void)
{
    const char *const address = "/exports/elder?region=360302";
    const struct {
        const char *role, *csrf, *form;
        unsigned status;
    } tries[] = {{"clerk", SESSION, "format=csv", 200},
                 {"clerk", NULL, "format=csv", 403},
                 {"clerk", SESSION, "format=doc", 400},
                 {"village", SESSION, "format=csv", 403},
                 {"audit", SESSION, "format=csv", 403}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "POST", .target = address, .token = token_of(tries[i].role),
                .origin = ORIGIN, .csrf = tries[i].csrf, .form = tries[i].form);
        g_test_message("%s %s: %u", tries[i].role, tries[i].form, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        if (i == 0)
            g_assert_cmpstr(got.body, ==, "name\n");
    }
    g_auto(Answered) link = ASK(.method = "GET", .target = address, .token = token_of("clerk"));
    g_assert_cmpuint(link.status, ==, 405);
    g_auto(Answered) clerk =
        ASK(.method = "GET", .target = "/records/elder", .token = token_of("clerk"));
    g_assert_nonnull(strstr(clerk.body, "action=\"/exports/elder"));
    g_auto(Answered) village =
        ASK(.method = "GET", .target = "/records/elder", .token = token_of("village"));
    g_assert_null(strstr(village.body, "/exports/"));
}

/* What if: for policy staff and leaders; the form comes back with what was asked, and what would
 * come of it. */
static void what_if(void)
{
    const struct {
        const char *role, *target;
        unsigned status;
    } tries[] = {{"leader", "/what-if", 200},
                 {"policy", "/what-if", 200},
                 {"clerk", "/what-if", 403},
                 {"admin", "/what-if/rate", 403},
                 {"leader", "/what-if/rate", 200},
                 {"leader", "/what-if/nothing", 404},
                 {"leader", "/what-if/rate?v0=240&month=2020-06&until=2020-08", 200}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "GET", .target = tries[i].target, .token = token_of(tries[i].role));
        g_test_message("%s %s: %u", tries[i].role, tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
    }
    g_auto(Answered) form =
        ASK(.method = "GET", .target = "/what-if/rate", .token = token_of("leader"));
    g_assert_null(strstr(form.body, "id=\"effect\""));
    g_auto(Answered) good =
        ASK(.method = "GET", .target = "/what-if/rate?v0=240&lang=en", .token = token_of("leader"));
    static const char *const shown[] = {"value=\"240\"", "id=\"effect\"", "+4.00",
                                        "/records/elder/", ">not asked</td>"};
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
        g_assert_nonnull(strstr(good.body, shown[i]));
    g_assert_null(strstr(good.body, POISON));
    g_auto(Answered) bad =
        ASK(.method = "GET", .target = "/what-if/rate?v0=bad", .token = token_of("leader"));
    g_assert_nonnull(strstr(bad.body, "role=\"alert\""));
    g_assert_null(strstr(bad.body, "id=\"effect\""));
}

/* As of now, and as it was decided: the stored answer stands on both. */
static void as_decided(void)
{
    g_autofree char *now = below("/why/allowance?lang=en"),
                    *then = below("/why/allowance?as=decided&lang=en"), *file = below("?lang=en");
    g_auto(Answered) today = ASK(.method = "GET", .target = now, .token = token_of("clerk"));
    g_assert_cmpuint(today.status, ==, 200);
    g_assert_nonnull(strstr(today.body, "As decided (run 4, policy 2):"));
    g_assert_nonnull(strstr(today.body, "123.00"));
    g_assert_nonnull(strstr(today.body, "as=decided"));
    g_assert_nonnull(strstr(today.body, "can supply it"));
    g_assert_nonnull(strstr(today.body, "Where each value came from"));
    g_assert_null(strstr(today.body, "see it as of now"));
    g_auto(Answered) decided = ASK(.method = "GET", .target = then, .token = token_of("clerk"));
    g_assert_cmpuint(decided.status, ==, 200);
    g_assert_nonnull(strstr(decided.body, "see it as of now"));
    g_assert_nonnull(strstr(decided.body, "by now:"));
    g_auto(Answered) record = ASK(.method = "GET", .target = file, .token = token_of("clerk"));
    g_assert_nonnull(strstr(record.body, "as decided: 987.65"));
}

static void effect_of_a_draft(void)
{
    const char *const address = "/api/documents/effect";
    const struct {
        const char *role, *csrf;
        unsigned status;
    } tries[] = {{"clerk", SESSION, 403}, {"policy", NULL, 403}, {"policy", SESSION, 200}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "POST", .target = address, .token = token_of(tries[i].role),
                .origin = ORIGIN, .csrf = tries[i].csrf, .form = "text=x&month=2020-06");
        g_assert_cmpuint(got.status, ==, tries[i].status);
    }
    g_auto(Answered) good = ASK(.method = "POST", .target = address, .token = token_of("policy"),
                                .origin = ORIGIN, .csrf = SESSION, .form = "text=x&month=2020-06");
    g_assert_nonnull(strstr(good.body, "\"errors\":0"));
    g_assert_nonnull(strstr(good.body, "\"from\":\"2020-06\""));
    g_assert_nonnull(strstr(good.body, "\"difference_fen\":400"));
    g_assert_null(strchr(good.body, '<'));
    g_auto(Answered) bad = ASK(.method = "POST", .target = address, .token = token_of("policy"),
                               .origin = ORIGIN, .csrf = SESSION, .form = "set=bad");
    g_assert_nonnull(strstr(bad.body, "\"errors\":1"));
    g_assert_nonnull(strstr(bad.body, "\"computed\":false"));
    g_assert_null(strchr(bad.body, '<'));
    g_auto(Answered) busy = ASK(.method = "POST", .target = address, .token = token_of("policy"),
                                .origin = ORIGIN, .csrf = SESSION, .form = "text=busy");
    g_assert_cmpuint(busy.status, ==, 503);
}

/* Accounts are the administrator's; a password is everybody's own.  What was made is shown on the
 * answer alone. */
static void accounts_and_passwords(void)
{
    const struct {
        const char *role, *target, *form;
        unsigned status;
    } tries[] = {{"admin", "/accounts", NULL, 200},
                 {"clerk", "/accounts", NULL, 403},
                 {"admin", "/accounts/-new", NULL, 200},
                 {"admin", "/accounts/nobody", NULL, 404},
                 {"admin", "/accounts/-new", "name=new&person=x&role=town&region=1&do=save", 200},
                 {"admin", "/accounts/-new", "name=taken&person=x&role=town&region=1&do=save", 409},
                 {"clerk", "/accounts/town", "do=password", 403},
                 {"clerk", "/password", NULL, 200},
                 {"clerk", "/password", "old=wrong&fresh=abcdefghij&again=abcdefghij", 400},
                 {"clerk", "/password", "old=right&fresh=abcdefghij&again=abcdefghik", 400},
                 {"clerk", "/password", "old=right&fresh=abcdefghij&again=abcdefghij", 303}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = tries[i].form != NULL ? "POST" : "GET", .target = tries[i].target,
                .token = token_of(tries[i].role), .origin = ORIGIN,
                .csrf = tries[i].form != NULL ? SESSION : NULL, .form = tries[i].form);
        g_test_message("%s %s: %u", tries[i].role, tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_null(strstr(got.body, POISON));
    }
    g_auto(Answered) reset =
        ASK(.method = "POST", .target = "/accounts/town", .token = token_of("admin"),
            .origin = ORIGIN, .csrf = SESSION, .form = "do=password");
    g_assert_nonnull(strstr(reset.body, "made-password"));
    g_auto(Answered) again =
        ASK(.method = "GET", .target = "/accounts/town", .token = token_of("admin"));
    g_assert_null(strstr(again.body, "made-password"));
}

static void language_and_size(void)
{
    g_auto(Answered) got =
        ASK(.method = "GET", .target = "/?lang=en&size=l", .token = token_of("clerk"));
    g_assert_nonnull(strstr(got.body, "<html lang=\"en\" class=\"size-l\">"));
    g_assert_nonnull(strstr(got.cookies, "anlao_lang=en;"));
    g_assert_nonnull(strstr(got.cookies, "anlao_size=l;"));
    g_auto(Answered) bad =
        ASK(.method = "GET", .target = "/?lang=xx&size=%22", .token = token_of("clerk"));
    g_assert_nonnull(strstr(bad.body, "<html lang=\"zh-CN\" class=\"size-s\">"));
    g_assert_null(strstr(bad.cookies, "anlao_lang"));
}

static void routes_are_distinct(void)
{
    for (size_t i = 0; i < n_routes; i++)
        for (size_t k = i + 1; k < n_routes; k++)
            g_assert_false(routes[i].method == routes[k].method &&
                           strcmp(routes[i].path, routes[k].path) == 0);
    Str arguments[ROUTE_ARGUMENTS] = {{0}};
    bool known = false;
    const Route *r = route_find(ROUTE_GET, STR("/records/elder/new"), arguments, &known);
    g_assert_cmpstr(r->path, ==, "/records/:entity/new");
    g_assert_null(route_find(ROUTE_GET, STR("/records/"), arguments, &known));
    g_assert_null(route_find(ROUTE_GET, STR("/records//x"), arguments, &known));
    g_assert_null(route_find(ROUTE_GET, STR("/records/elder/x/y/z/w"), arguments, &known));
    g_assert_false(known);
    /* What addresses that were tried before had taken does not stay for the next one. */
    for (size_t i = 0; i < ROUTE_ARGUMENTS; i++)
        g_assert_cmpuint(arguments[i].len, ==, 0);
    r = route_find(ROUTE_GET, STR("/papers/N1/xlsx"), arguments, &known);
    g_assert_true(r != NULL && str_is(arguments[0], "N1") && arguments[1].len == 0);
}

/* Everybody reads what is public, nobody draws without signing in. */
static void public_pages(void)
{
    const struct {
        const char *target;
        unsigned status;
    } tries[] = {{"/public", 200},
                 {"/public?lang=en", 200},
                 {"/public/notices/places", 200},
                 {"/public/notices/none", 404},
                 {"/public/notices/places/csv", 200},
                 {"/public/notices/places/json", 200},
                 {"/public/notices/places/exe", 404},
                 {"/public/draws/R1", 200},
                 {"/public/draws/R1/receipt", 200},
                 {"/public/draws/R2", 404},
                 {"/draws", 303},
                 {"/draws/R1", 303}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got = ASK(.method = "GET", .target = tries[i].target);
        g_test_message("%s: %u", tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_null(strstr(got.body, POISON));
    }
    g_auto(Answered) held = ASK(.method = "GET", .target = "/draws/R1", .token = token_of("clerk"));
    g_assert_cmpuint(held.status, ==, 200);
    g_assert_null(strstr(held.body, POISON));
    g_auto(Answered) told =
        ASK(.method = "POST", .target = "/draws", .token = token_of("clerk"), .origin = ORIGIN,
            .csrf = SESSION, .form = "draw=inspection&public_on=2020-06-23&what=x");
    g_assert_cmpuint(told.status, ==, 400);
    g_assert_nonnull(strstr(told.body, "role=\"alert\""));
    g_assert_null(strstr(told.body, POISON));
}

/* Who takes note of an alert goes on where she was in the list; a day at fault keeps what she
 * wrote. */
static void alert_forms(void)
{
    char id[ID_TEXT];
    g_autofree char *day = g_strdup_printf(
        "check=fire&record=360302-%s&until=2020-10-09&reason=已约复查", id_format(7, id));
    g_autofree char *none = g_strdup_printf(
        "check=fire&record=360302-%s&until=2020-10-99&reason=已约复查", id_format(7, id));
    const struct {
        const char *form, *holds;
        unsigned status;
    } tries[] = {{day, "/alerts?state=no&done=1", 303},
                 {none, "action=\"/alerts?state=no\"", 400},
                 {none, "value=\"2020-10-99\"", 400},
                 {none, "value=\"已约复查\"", 400}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "POST", .target = "/alerts?state=no&done=1", .token = token_of("clerk"),
                .origin = ORIGIN, .csrf = SESSION, .form = tries[i].form);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_nonnull(strstr(got.location != NULL ? got.location : got.body, tries[i].holds));
    }
}

/* What falls due every so often stands on its page, among the duties, and on the first page of whom
 * it is for. */
static void recurring_pages(void)
{
    static const struct {
        const char *target, *lang, *says[3];
    } pages[] = {
        {"/draws", "zh", {"按期要办的", "逾期", "那次没有办"}},
        {"/draws", "en", {"Due every so often", "overdue", "missed on"}},
        {"/exchange", "zh", {"按期要办的", "没有收到：", "没有给："}},
        {"/exchange", "en", {"Due every so often", "not received yet:", "not given yet:"}},
        {"/duties", "zh", {"按期要办的", "下次", "href=\"/exchange\""}},
        {"/duties", "en", {"Due every so often", "next", "href=\"/draws\""}},
        {"/", "zh", {"逾期", "待办", "<a href=\"/exchange\"><span><span class=\"chip kind-no\">"}},
        {"/",
         "en",
         {"overdue", "due", "<a href=\"/draws\"><span><span class=\"chip kind-late\">"}}};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_auto(Answered) got = ASK(.method = "GET", .target = pages[i].target,
                                   .token = token_of("clerk"), .lang = pages[i].lang);
        g_assert_cmpuint(got.status, ==, 200);
        for (size_t k = 0; k < 3; k++)
            if (strstr(got.body, pages[i].says[k]) == NULL)
                g_error("%s (%s) does not say \"%s\"", pages[i].target, pages[i].lang,
                        pages[i].says[k]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    const char *home = g_getenv("ANLAO_HOME");
    g_autofree char *web = g_build_filename(home != NULL ? home : ".", "web", NULL);
    stand_in_make();
    site.care = &care;
    if (!site_load(&site, web, &error)) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    g_test_set_nonfatal_assertions();
    g_test_add_func("/page/site/routes", routes_are_distinct);
    g_test_add_func("/page/site/pages", every_page);
    g_test_add_func("/page/site/recurring", recurring_pages);
    g_test_add_func("/page/site/imports", import_pages);
    g_test_add_func("/page/site/parted", parted);
    g_test_add_func("/page/site/strangers", strangers_sign_in_first);
    g_test_add_func("/page/site/signing-in", signing_in);
    g_test_add_func("/page/site/forgeries", forgeries);
    g_test_add_func("/page/site/saving", saving);
    g_test_add_func("/page/site/permissions", permissions);
    g_test_add_func("/page/site/files", files);
    g_test_add_func("/page/site/steps", steps);
    g_test_add_func("/page/site/drafts", drafts);
    g_test_add_func("/page/site/what if", what_if);
    g_test_add_func("/page/site/effect", effect_of_a_draft);
    g_test_add_func("/page/site/accounts", accounts_and_passwords);
    g_test_add_func("/page/site/as decided", as_decided);
    g_test_add_func("/page/site/language", language_and_size);
    g_test_add_func("/page/site/saved-lists", saved_lists);
    g_test_add_func("/page/site/public", public_pages);
    g_test_add_func("/page/site/alert-forms", alert_forms);
    site_forms_tests();
    site_money_tests();
    int failed = g_test_run();
    site_clear(&site);
    return failed;
}
