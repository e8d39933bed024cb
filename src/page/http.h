/* http.h — requests in, answers out, over libmicrohttpd: one epoll thread reads and writes, a pool
 * of workers makes the answers (suspend and resume), so a slow page never holds up another.
 * In: bytes of a socket, through guard.h.  Out: HttpRequest to a handler; its answer to the socket.
 * Not here: addresses of the site, sessions, languages (route.h).  Start: http_start(). */
#ifndef ANLAO_PAGE_HTTP_H
#define ANLAO_PAGE_HTTP_H

#include "base/arena.h"
#include "base/fail.h"
#include "page/fields.h"

#define HTTP_ANSWER_HEADERS 16u

typedef struct HttpAnswer {
    unsigned status;
    const char *type; /* Content-Type */
    Str body;         /* lives as long as the request's arena, or for ever */
    FieldPair headers[HTTP_ANSWER_HEADERS];
    size_t n_headers;
} HttpAnswer;

typedef struct HttpRequest {
    Arena *arena; /* dies when the answer has been sent */
    uint64_t number;
    Str method;
    Str target; /* address and query as they came */
    Fields headers;
    Str body;
    const char *peer; /* the other end's network address, without port */
    bool peer_loopback;
    int64_t started_us;
    const char *label; /* for the log: the route, never the address itself */
    const char *fault; /* for the log: why it failed */
    HttpAnswer answer;
} HttpRequest;

/* Called on a worker; must fill r->answer. */
typedef void (*HttpHandler)(HttpRequest *r, unsigned worker, void *context);
/* Called on the reading thread when no body is expected: true when it has answered from memory. */
typedef bool (*HttpQuick)(HttpRequest *r, void *context);
/* How many bytes a request's body may have; NULL: LIMIT_REQUEST_BODY. */
typedef size_t (*HttpBodyMost)(const HttpRequest *r, void *context);
/* Called when an answer has been sent or the connection was lost. */
typedef void (*HttpDone)(const HttpRequest *r, void *context);

typedef struct HttpOptions {
    const char *listen; /* 127.0.0.1:8080, [::1]:8080; port 0 takes a free one */
    bool behind_proxy;  /* an address that others reach is refused without it */
    unsigned workers;   /* 0: 4 */
    HttpHandler handler;
    HttpQuick quick; /* or NULL */
    HttpBodyMost body_most;
    HttpDone done; /* or NULL */
    void *context;
} HttpOptions;

typedef struct Http Http;

Http *http_start(const HttpOptions *options, GError **error);
unsigned http_port(const Http *h);
/* No new connections; what was begun is answered (at most 10 s); then all threads end. */
void http_stop(Http *h);

Str http_header(const HttpRequest *r, const char *name); /* without case; empty when absent */
void http_answer(HttpRequest *r, unsigned status, const char *type, Str body);
void http_answer_header(HttpRequest *r, const char *name, Str value);

#endif
