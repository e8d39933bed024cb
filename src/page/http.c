/* http.c — libmicrohttpd with our guard.  The life of a request: see_address() makes it, handle()
 * gets its headers (guard), its body, then queues it; a worker answers and resumes the connection;
 * handle() sends; forget() frees.  Traps: docs of libmicrohttpd on suspend; bare CR, LF and NUL in
 * headers are hidden by 0.9.75 and found by lines_joined(). */
#include "page/http.h"

#include "base/clock.h"
#include "base/limits.h"
#include "page/guard.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MOST 1000u
#define QUEUE_MOST       512u
#define TIMEOUT_SECONDS  30u
#define HEADER_BYTES     (32u << 10)
#define DRAIN_US         (10 * G_USEC_PER_SEC)

struct Http {
    HttpOptions options;
    struct MHD_Daemon *daemon;
    GThread **workers;
    GAsyncQueue *queue;
    unsigned port;
    gint stopping; /* atomic */
    gint waiting;  /* atomic: queued or being answered */
    uint64_t count;
    unsigned uploads; /* bodies above LIMIT_REQUEST_BODY being held; the reading thread's own */
};

typedef enum Stage { STAGE_NEW, STAGE_BODY, STAGE_ANSWERED } Stage;

typedef struct Exchange {
    HttpRequest r;
    Http *http;
    struct MHD_Connection *connection;
    Stage stage;
    GByteArray *body;
    bool too_long, is_upload;
    size_t body_most;
    const char *raw; /* the address in the connection's own buffer, to check what follows it */
    size_t raw_len;
} Exchange;

/* ---- answers ---- */

Str http_header(const HttpRequest *r, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < r->headers.n; i++) {
        Str have = r->headers.pairs[i].name;
        if (have.len == n && g_ascii_strncasecmp(have.at, name, n) == 0)
            return r->headers.pairs[i].value;
    }
    return STR("");
}

void http_answer(HttpRequest *r, unsigned status, const char *type, Str body)
{
    r->answer.status = status;
    r->answer.type = type;
    r->answer.body = body;
}

void http_answer_header(HttpRequest *r, const char *name, Str value)
{
    g_assert(r->answer.n_headers < HTTP_ANSWER_HEADERS);
    for (size_t i = 0; i < value.len; i++)
        g_assert((unsigned char)value.at[i] >= ' ' && value.at[i] != 0x7f);
    r->answer.headers[r->answer.n_headers++] =
        (FieldPair){str_of(name), arena_str(r->arena, value)};
}

static enum MHD_Result send_answer(Exchange *x)
{
    const HttpAnswer *a = &x->r.answer;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        a->body.len, (void *)(uintptr_t)a->body.at, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    if (a->type != NULL)
        MHD_add_response_header(response, "Content-Type", a->type);
    for (size_t i = 0; i < a->n_headers; i++)
        MHD_add_response_header(response, a->headers[i].name.at, a->headers[i].value.at);
    enum MHD_Result sent = MHD_queue_response(x->connection, a->status, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result send_short(Exchange *x, unsigned status, const char *why)
{
    http_answer(&x->r, status, "text/plain; charset=utf-8", str_of(why));
    http_answer_header(&x->r, "Connection", STR("close"));
    x->stage = STAGE_ANSWERED;
    return send_answer(x);
}

/* ---- reading ---- */

static void *see_address(void *http, const char *uri, struct MHD_Connection *connection)
{
    Exchange *x = g_new0(Exchange, 1);
    x->http = http;
    x->connection = connection;
    x->r.arena = arena_new();
    x->r.started_us = clock_monotonic_us();
    x->r.number = ++x->http->count; /* one thread only */
    x->raw = uri;
    x->raw_len = strlen(uri);
    x->r.target = arena_str(x->r.arena, (Str){uri, x->raw_len});
    return x;
}

static enum MHD_Result take_header(void *exchange, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    Exchange *x = exchange;
    (void)kind;
    if (x->r.headers.n == GUARD_HEADERS_MOST)
        return MHD_NO;
    x->r.headers.pairs[x->r.headers.n++] =
        (FieldPair){{name, name_len}, {value != NULL ? value : "", value_len}};
    return MHD_YES;
}

/* libmicrohttpd 0.9.75 ends a line at CR LF, but also at a bare CR or LF, and a text at NUL.  Its
 * names and values are pieces of one buffer, so a proper line end leaves exactly two bytes between
 * them: anything else was one of those, or a folded line.  Version 1 refuses them itself. */
static bool lines_joined(const Exchange *x, const char *version)
{
    if (MHD_get_version() == NULL || MHD_get_version()[0] != '0')
        return true;
    if (version != x->raw + x->raw_len + 1)
        return false;
    const char *end = version + strlen(version);
    for (size_t i = 0; i < x->r.headers.n; i++) {
        const FieldPair *p = &x->r.headers.pairs[i];
        if (p->name.at != end + 2)
            return false;
        end = p->value.at + p->value.len;
    }
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return size != NULL && (size_t)(end + 4 - (x->raw - x->r.method.len - 1)) == size->header_size;
}

static void take_peer(Exchange *x)
{
    char text[INET6_ADDRSTRLEN] = "?";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *peer = info != NULL ? info->client_addr : NULL;
    if (peer != NULL && peer->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)peer;
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
        x->r.peer_loopback = (ntohl(in->sin_addr.s_addr) >> 24) == 127;
    } else if (peer != NULL && peer->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)peer;
        inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
        x->r.peer_loopback = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
    }
    x->r.peer = arena_dup(x->r.arena, text, strlen(text));
}

static enum MHD_Result begin(Exchange *x, const char *method, const char *version)
{
    x->r.method = arena_str(x->r.arena, str_of(method));
    x->r.headers.pairs = arena_many(x->r.arena, FieldPair, GUARD_HEADERS_MOST);
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, take_header, x);
    int all = MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, NULL, NULL);
    Guard g;
    guard_init(&g);
    if (all < 0 || (size_t)all != x->r.headers.n)
        return send_short(x, 431, "too many headers\n");
    if (!lines_joined(x, version))
        return send_short(x, 400, "a line of the request does not end as lines do\n");
    guard_address(&g, x->r.target);
    for (size_t i = 0; i < x->r.headers.n; i++)
        guard_header(&g, x->r.headers.pairs[i].name, x->r.headers.pairs[i].value);
    const HttpOptions *o = &x->http->options;
    x->body_most = o->body_most != NULL ? o->body_most(&x->r, o->context) : LIMIT_REQUEST_BODY;
    if (!guard_end(&g, x->body_most))
        return send_short(x, g.status, arena_printf(x->r.arena, "%s\n", g.refused));
    if (x->body_most > LIMIT_REQUEST_BODY) {
        if (x->http->uploads >= LIMIT_UPLOADS)
            return send_short(x, 503, "too many files are being sent, try again shortly\n");
        x->http->uploads++;
        x->is_upload = true;
    }
    take_peer(x);
    x->body = g_byte_array_new();
    x->stage = STAGE_BODY;
    return MHD_YES;
}

static enum MHD_Result take_body(Exchange *x, const char *data, size_t *len)
{
    if (x->body->len + *len > x->body_most)
        x->too_long = true;
    else
        g_byte_array_append(x->body, (const guint8 *)data, (guint)*len);
    *len = 0;
    return x->too_long ? MHD_NO : MHD_YES;
}

static enum MHD_Result queue_up(Exchange *x)
{
    Http *h = x->http;
    x->r.body = (Str){(const char *)x->body->data, x->body->len};
    if (h->options.quick != NULL && h->options.quick(&x->r, h->options.context)) {
        x->stage = STAGE_ANSWERED;
        return send_answer(x);
    }
    if (g_atomic_int_get(&h->stopping) || g_atomic_int_get(&h->waiting) >= (gint)QUEUE_MOST)
        return send_short(x, 503, "too busy, try again shortly\n");
    g_atomic_int_inc(&h->waiting);
    x->stage = STAGE_ANSWERED; /* when the connection is resumed */
    MHD_suspend_connection(x->connection);
    g_async_queue_push(h->queue, x);
    return MHD_YES;
}

static enum MHD_Result handle(void *http, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *len, void **exchange)
{
    Exchange *x = *exchange;
    (void)http, (void)connection, (void)url;
    if (x == NULL)
        return MHD_NO;
    if (x->stage == STAGE_NEW)
        return begin(x, method, version);
    if (x->stage == STAGE_BODY && *len > 0)
        return take_body(x, data, len);
    if (x->stage == STAGE_BODY)
        return queue_up(x);
    return send_answer(x);
}

static void forget(void *http, struct MHD_Connection *connection, void **exchange,
                   enum MHD_RequestTerminationCode how)
{
    Exchange *x = *exchange;
    Http *h = http;
    (void)connection, (void)how;
    if (x == NULL)
        return;
    *exchange = NULL;
    if (h->options.done != NULL && x->r.peer != NULL)
        h->options.done(&x->r, h->options.context);
    if (x->body != NULL)
        g_byte_array_unref(x->body);
    if (x->is_upload)
        h->uploads--;
    arena_free(x->r.arena);
    g_free(x);
}

/* ---- workers ---- */

typedef struct Worker {
    Http *http;
    unsigned number;
} Worker;

static gpointer work(gpointer data)
{
    g_autofree Worker *w = data;
    Http *h = w->http;
    for (;;) {
        gpointer next = g_async_queue_pop(h->queue);
        if (next == h)
            return NULL; /* the sign to end */
        Exchange *x = next;
        h->options.handler(&x->r, w->number, h->options.context);
        if (x->r.answer.status == 0)
            http_answer(&x->r, 500, "text/plain; charset=utf-8", STR("no answer\n"));
        MHD_resume_connection(x->connection);
        g_atomic_int_add(&h->waiting, -1);
    }
}

/* ---- start and stop ---- */

static bool cut_address(const char *listen, char host[64], unsigned *ret_port, GError **error)
{
    const char *colon = strrchr(listen, ':');
    char *end = NULL;
    guint64 port = colon != NULL ? g_ascii_strtoull(colon + 1, &end, 10) : 0;
    if (colon == NULL || end == colon + 1 || *end != '\0' || port > 65535)
        return fail(error, FAIL_USAGE, "address \"%s\" is not ADDRESS:PORT", listen);
    size_t n = (size_t)(colon - listen);
    if (n >= 2 && listen[0] == '[' && listen[n - 1] == ']') {
        listen++;
        n -= 2;
    }
    if (n == 0 || n >= 64)
        return fail(error, FAIL_USAGE, "address \"%s\" names no network address", listen);
    memcpy(host, listen, n);
    host[n] = '\0';
    *ret_port = (unsigned)port;
    return true;
}

/* The address to bind to, and whether only this machine reaches it. */
static bool parse_listen(const char *listen, struct sockaddr_storage *to, bool *ret_loopback,
                         GError **error)
{
    char host[64];
    unsigned port = 0;
    if (!cut_address(listen, host, &port, error))
        return false;
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)to;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)to;
    memset(to, 0, sizeof *to);
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &in->sin_addr) ==
        1) {
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)port);
        *ret_loopback = (ntohl(in->sin_addr.s_addr) >> 24) == 127;
        return true;
    }
    if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)port);
        *ret_loopback = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
        return true;
    }
    return fail(error, FAIL_USAGE, "\"%s\" is not a network address", host);
}

static bool start_daemon(Http *h, GError **error)
{
    struct sockaddr_storage at;
    bool loopback = false;
    if (!parse_listen(h->options.listen, &at, &loopback, error))
        return false;
    if (!loopback && !h->options.behind_proxy)
        return fail(error, FAIL_USAGE,
                    "%s can be reached by other machines: only behind a proxy that speaks TLS, and "
                    "then with --behind-proxy",
                    h->options.listen);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (at.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    h->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, h, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_URI_LOG_CALLBACK,
        see_address, h, MHD_OPTION_NOTIFY_COMPLETED, forget, h, MHD_OPTION_CONNECTION_LIMIT,
        CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
    if (h->daemon == NULL)
        return fail(error, FAIL_SYSTEM, "could not listen on %s: the address is taken or refused",
                    h->options.listen);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    h->port = info != NULL ? info->port : 0;
    return true;
}

Http *http_start(const HttpOptions *options, GError **error)
{
    Http *h = g_new0(Http, 1);
    h->options = *options;
    h->options.workers = options->workers > 0 ? options->workers : 4;
    h->queue = g_async_queue_new();
    if (!start_daemon(h, error)) {
        g_async_queue_unref(h->queue);
        g_free(h);
        return NULL;
    }
    h->workers = g_new0(GThread *, h->options.workers);
    for (unsigned i = 0; i < h->options.workers; i++) {
        Worker *w = g_new0(Worker, 1);
        *w = (Worker){h, i};
        h->workers[i] = g_thread_new("page", work, w);
    }
    return h;
}

unsigned http_port(const Http *h)
{
    return h->port;
}

void http_stop(Http *h)
{
    if (h == NULL)
        return;
    g_atomic_int_set(&h->stopping, 1);
    MHD_socket listening = MHD_quiesce_daemon(h->daemon);
    int64_t until = clock_monotonic_us() + DRAIN_US;
    while (g_atomic_int_get(&h->waiting) > 0 && clock_monotonic_us() < until)
        g_usleep(2000);
    for (unsigned i = 0; i < h->options.workers; i++)
        g_async_queue_push(h->queue, h);
    for (unsigned i = 0; i < h->options.workers; i++)
        g_thread_join(h->workers[i]);
    MHD_stop_daemon(h->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
    g_async_queue_unref(h->queue);
    g_free(h->workers);
    g_free(h);
}
