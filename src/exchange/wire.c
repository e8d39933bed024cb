/* wire.c — see wire.h. */
#include "exchange/wire.h"

#include <curl/curl.h>

#include "base/clock.h"
#include "base/limits.h"
#include "care/abroad.h"

#define CONNECT_SECONDS 20L
#define WHOLE_SECONDS   600L /* a large range is taken before it is answered */
#define WAIT_MOST_US    (8 * G_USEC_PER_SEC)

struct Wire {
    Care *care;
    CURL *curl;
    char *url, *ca;
    unsigned seconds;
    char why[CURL_ERROR_SIZE];
};

static bool on_this_machine(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
           strcmp(host, "[::1]") == 0;
}

/* Nothing but scheme and host: the address that is signed is the one the node sees. */
static bool url_check(const char *url, GError **error)
{
    g_autofree char *scheme = NULL, *host = NULL, *path = NULL, *query = NULL;
    CURLU *u = curl_url();
    bool ok = u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;
    char *part = NULL;
    const struct {
        CURLUPart what;
        char **to;
    } parts[] = {{CURLUPART_SCHEME, &scheme},
                 {CURLUPART_HOST, &host},
                 {CURLUPART_PATH, &path},
                 {CURLUPART_QUERY, &query}};
    for (size_t i = 0; ok && i < G_N_ELEMENTS(parts); i++)
        if (curl_url_get(u, parts[i].what, &part, 0) == CURLUE_OK) {
            *parts[i].to = g_strdup(part);
            curl_free(part);
        }
    curl_url_cleanup(u);
    if (!ok || host == NULL || scheme == NULL || query != NULL ||
        (path != NULL && strcmp(path, "/") != 0))
        return fail(error, FAIL_USAGE, "\"%s\" is no address of a node: https://HOST[:PORT]", url);
    if (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && on_this_machine(host)))
        return true;
    return fail(error, FAIL_USAGE,
                "\"%s\": people's records go over https only (plain http to this very machine)",
                url);
}

bool wire_new(Care *c, const WireOptions *o, Wire **ret, GError **error)
{
    static gsize once;
    if (g_once_init_enter(&once)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&once, 1);
    }
    if (!url_check(o->url, error))
        return false;
    Wire *w = g_new0(Wire, 1);
    size_t len = strlen(o->url);
    w->care = c;
    w->url = g_strndup(o->url, len - (o->url[len - 1] == '/'));
    w->ca = g_strdup(o->ca);
    w->seconds = o->seconds > 0 ? o->seconds : WIRE_SECONDS;
    w->curl = curl_easy_init();
    *ret = w;
    if (w->curl != NULL)
        return true;
    wire_free(w);
    *ret = NULL;
    return fail(error, FAIL_SYSTEM, "libcurl could not be started");
}

void wire_free(Wire *w)
{
    if (w == NULL)
        return;
    if (w->curl != NULL)
        curl_easy_cleanup(w->curl);
    g_free(w->url);
    g_free(w->ca);
    g_free(w);
}

/* ---- one try ------------------------------------------------------------------------------- */

static size_t take_answer(char *bytes, size_t one, size_t n, void *to)
{
    GString *text = to;
    if (text->len + one * n > LIMIT_REQUEST_BODY)
        return 0;
    g_string_append_len(text, bytes, (gssize)(one * n));
    return one * n;
}

static struct curl_slist *headers_of(const NodeCall *call)
{
    const struct {
        const char *name;
        Str value;
    } all[] = {{"Anlao-Key", call->key},
               {"Anlao-At", call->at},
               {"Anlao-Signature", call->signature},
               {"Content-Type", STR("application/octet-stream")}};
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *line = g_strdup_printf("%s: %.*s", all[i].name, STR_ARG(all[i].value));
        list = curl_slist_append(list, line);
    }
    return list;
}

static CURLcode perform(Wire *w, const NodeCall *call, const char *address, GString *answer,
                        long *ret_status)
{
    CURL *h = w->curl;
    struct curl_slist *headers = headers_of(call);
    curl_easy_reset(h); /* connections stay */
    w->why[0] = '\0';
    curl_easy_setopt(h, CURLOPT_URL, address);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(h, CURLOPT_TIMEOUT, WHOLE_SECONDS);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, w->why);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, call->body.at);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, answer);
    if (w->ca != NULL)
        curl_easy_setopt(h, CURLOPT_CAINFO, w->ca);
    CURLcode code = curl_easy_perform(h);
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, ret_status);
    curl_slist_free_all(headers);
    return code;
}

/* Certificates do not become right by asking again. */
static bool may_pass(CURLcode code, long status)
{
    if (code != CURLE_OK)
        return code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_CACERT_BADFILE &&
               code != CURLE_URL_MALFORMAT && code != CURLE_WRITE_ERROR;
    return status == 429 || status >= 500;
}

static bool refused(long status, const char *words, GError **error)
{
    static const struct {
        long status;
        FailCode code;
    } ways[] = {{400, FAIL_INPUT},
                {403, FAIL_RIGHT},
                {404, FAIL_ABSENT},
                {409, FAIL_CONFLICT},
                {422, FAIL_INPUT}};
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (ways[i].status == status)
            return fail(error, ways[i].code, "it was refused there: %s", words);
    return fail(error, FAIL_SYSTEM, "the answer was %ld: %s", status, words);
}

static bool answer_read(long status, const GString *text, json_t **ret, GError **error)
{
    g_autoptr(GError) why = NULL;
    json_t *o = json_read((Str){text->str, text->len}, &why);
    Str words = STR("not in the words of a node; is it one, and does it take anything over HTTP?");
    if (o != NULL && status == 200) {
        *ret = o;
        return true;
    }
    if (o != NULL)
        (void)json_need_str(o, "refused", &words, NULL);
    g_autofree char *said = g_strndup(words.at, words.len);
    if (o != NULL)
        json_decref(o);
    return refused(status == 200 ? 400 : status, said, error);
}

/* False and *ret_again: it may go better in a moment. */
static bool once(Wire *w, const char *target, Str body, json_t **ret, bool *ret_again,
                 GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) answer = g_string_new(NULL);
    g_autofree char *address = g_strconcat(w->url, target, NULL);
    NodeCall call = {.method = STR("POST"), .target = str_of(target), .body = body};
    long status = 0;
    *ret_again = false;
    if (!abroad_sign(w->care, &call, a, error))
        return false;
    CURLcode code = perform(w, &call, address, answer, &status);
    *ret_again = may_pass(code, status);
    if (code != CURLE_OK)
        return fail(error, FAIL_SYSTEM, "%s: %s", w->url,
                    w->why[0] != '\0' ? w->why : curl_easy_strerror(code));
    return answer_read(status, answer, ret, error) || fail_while(error, "%s", w->url);
}

bool wire_post(Wire *w, const char *target, Str body, json_t **ret, GError **error)
{
    int64_t until = clock_monotonic_us() + w->seconds * (int64_t)G_USEC_PER_SEC,
            wait = G_USEC_PER_SEC / 4;
    for (;;) {
        GError *why = NULL;
        bool again;
        if (once(w, target, body, ret, &again, &why))
            return true;
        if (!again || clock_monotonic_us() + wait > until) {
            g_propagate_error(error, why);
            return false;
        }
        g_error_free(why);
        g_usleep((gulong)wait);
        wait = MIN(wait * 2, WAIT_MOST_US);
    }
}
