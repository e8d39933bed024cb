/* http.c — raw sockets against a running server: every way to be read in two ways is refused, and
 * the second request hidden inside a first is never executed. */
#include "page/http.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static Http *server;
static gint handled, hidden; /* atomic */

static void answer(HttpRequest *r, unsigned worker, void *context)
{
    (void)worker, (void)context;
    g_atomic_int_inc(&handled);
    if (str_starts(r->target, STR("/hidden")))
        g_atomic_int_inc(&hidden);
    if (str_is(r->target, "/slow"))
        g_usleep(300000);
    const char *text = arena_printf(r->arena, "%.*s %.*s %zu", STR_ARG(r->method),
                                    STR_ARG(r->target), r->body.len);
    http_answer(r, 200, "text/plain; charset=utf-8", str_of(text));
    http_answer_header(r, "X-Content-Type-Options", STR("nosniff"));
}

static int connect_to(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(server))};
    struct timeval wait = {3, 0};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    g_assert_cmpint(connect(s, (struct sockaddr *)&to, sizeof to), ==, 0);
    return s;
}

/* Sends bytes, reads until the other end closes or is silent for a moment. */
static char *talk(const char *bytes, size_t n, bool *ret_closed)
{
    int s = connect_to();
    GString *got = g_string_new(NULL);
    char piece[4096];
    ssize_t len;
    struct timeval wait = {0, 400000};
    (void)!write(s, bytes, n);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    while ((len = read(s, piece, sizeof piece)) > 0)
        g_string_append_len(got, piece, len);
    *ret_closed = len == 0 || errno == ECONNRESET;
    close(s);
    return g_string_free(got, FALSE);
}

static unsigned answers_in(const char *text)
{
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, "HTTP/1.1 ")) != NULL; at++)
        n++;
    return n;
}

static void refused(const char *name, const char *bytes, size_t n)
{
    bool closed = false;
    gint before = g_atomic_int_get(&handled);
    g_autofree char *got = talk(bytes, n, &closed);
    g_test_message("%s: %s", name, got);
    g_assert_true(closed);
    g_assert_null(strstr(got, "HTTP/1.1 200"));
    g_assert_cmpint(g_atomic_int_get(&handled), ==, before);
    g_assert_cmpint(g_atomic_int_get(&hidden), ==, 0);
}

#define HIDDEN              "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
#define REFUSED(name, text) refused(name, "" text "", sizeof(text) - 1)

static void test_hostile(void)
{
    REFUSED("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n"
                           "Content-Length: 0\r\n\r\n" HIDDEN);
    REFUSED("length and chunked", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN);
    REFUSED("blank before the colon", "POST / HTTP/1.1\r\nHost: a\r\n"
                                      "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" HIDDEN);
    REFUSED("a name like a length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length-: 3\r\n\r\nabc");
    REFUSED("unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n");
    REFUSED("plus in a length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +6\r\n\r\nabcdef");
    REFUSED("ten gigabytes", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n");
    REFUSED("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    REFUSED("no host", "GET / HTTP/1.1\r\nAccept: x\r\n\r\n");
    REFUSED("no host, old", "GET / HTTP/1.0\r\n\r\n");
    REFUSED("NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED("NUL in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n");
    REFUSED("NUL in the last header", "GET / HTTP/1.1\r\nX: a\r\nHost: a\0b\r\n\r\n");
    REFUSED("NUL in the address", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED("bare CR", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n");
    REFUSED("bare LF", "GET / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n");
    REFUSED("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n");
    REFUSED("whole address", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED("no colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n");
    REFUSED("bare LF after the line", "GET / HTTP/1.1\nHost: a\r\n\r\n");
}

static void test_long_headers(void)
{
    bool closed = false;
    g_autoptr(GString) many = g_string_new("GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 150; i++)
        g_string_append_printf(many, "X-%d: 1\r\n", i);
    g_string_append(many, "\r\n");
    refused("150 headers", many->str, many->len);
    g_autoptr(GString) wide = g_string_new("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    for (int i = 0; i < 64 << 10; i++)
        g_string_append_c(wide, 'x');
    g_string_append(wide, "\r\n\r\n");
    g_autofree char *got = talk(wide->str, wide->len, &closed);
    g_assert_null(strstr(got, "HTTP/1.1 200"));
}

static char *ask(const char *text)
{
    bool closed = false;
    return talk(text, strlen(text), &closed);
}

static void test_good(void)
{
    g_autofree char *get = ask("GET /x?y=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    g_assert_nonnull(strstr(get, "HTTP/1.1 200"));
    g_assert_nonnull(strstr(get, "GET /x?y=1 0"));
    g_autofree char *post = ask("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                                "Connection: close\r\n\r\nhello");
    g_assert_nonnull(strstr(post, "POST /x 5"));
    g_autofree char *chunks = ask("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                                  "Connection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    g_assert_nonnull(strstr(chunks, "POST /x 5"));
    g_autofree char *head = ask("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    g_assert_nonnull(strstr(head, "HTTP/1.1 200"));
    g_assert_null(strstr(head, "HEAD /x"));
    g_assert_nonnull(strstr(head, "Content-Length: 9"));
    g_autofree char *two = ask("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n"
                               "Connection: close\r\n\r\n");
    g_assert_cmpuint(answers_in(two), ==, 2);
    g_autofree char *blank = ask("GET /1 HTTP/1.1\r\nHost: a\r\nX:\r\nY: \r\n"
                                 "Connection: close\r\n\r\n");
    g_assert_nonnull(strstr(blank, "HTTP/1.1 "));
}

static void test_long_body(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n",
                    LIMIT_REQUEST_BODY + 10);
    for (unsigned i = 0; i < LIMIT_REQUEST_BODY + 10; i++)
        g_string_append_c(text, 'x');
    g_string_append(text, "\r\n0\r\n\r\n");
    bool closed = false;
    gint before = g_atomic_int_get(&handled);
    g_autofree char *got = talk(text->str, text->len, &closed);
    g_assert_null(strstr(got, "HTTP/1.1 200"));
    g_assert_cmpint(g_atomic_int_get(&handled), ==, before);
}

static size_t body_most(const HttpRequest *r, void *context)
{
    (void)context;
    return str_is(r->target, "/file") ? 4 * LIMIT_REQUEST_BODY : LIMIT_REQUEST_BODY;
}

/* Large bodies: where they are expected, and only so many at once. */
static void test_uploads(void)
{
    static const char head[] = "POST /file HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n"
                               "Connection: close\r\n\r\n";
    g_autoptr(GString) text = g_string_new(head);
    int waiting[LIMIT_UPLOADS];
    bool closed = false;
    for (unsigned i = 0; i < 2000000; i++)
        g_string_append_c(text, 'x');
    g_autofree char *one = talk(text->str, text->len, &closed);
    g_assert_nonnull(strstr(one, "POST /file 2000000"));
    for (unsigned i = 0; i < LIMIT_UPLOADS; i++) {
        waiting[i] = connect_to();
        g_assert_cmpint(write(waiting[i], head, sizeof head - 1), ==, sizeof head - 1);
    }
    g_usleep(100000);
    g_autofree char *more = talk(head, sizeof head - 1, &closed);
    g_assert_nonnull(strstr(more, "HTTP/1.1 503"));
    g_autofree char *small = ask("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                                 "Connection: close\r\n\r\nhello");
    g_assert_nonnull(strstr(small, "POST /x 5"));
    for (unsigned i = 0; i < LIMIT_UPLOADS; i++)
        close(waiting[i]);
    g_usleep(200000);
    g_autofree char *again = talk(text->str, text->len, &closed);
    g_assert_nonnull(strstr(again, "POST /file 2000000"));
}

static gpointer slow(gpointer data)
{
    (void)data;
    return ask("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
}

/* One slow answer holds up nobody. */
static void test_slow(void)
{
    GThread *t = g_thread_new("slow", slow, NULL);
    g_usleep(50000);
    gint64 from = g_get_monotonic_time();
    g_autofree char *quick = ask("GET /q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    g_assert_nonnull(strstr(quick, "200"));
    g_assert_cmpint(g_get_monotonic_time() - from, <, 150000);
    g_autofree char *late = g_thread_join(t);
    g_assert_nonnull(strstr(late, "GET /slow"));
}

static void test_addresses(void)
{
    HttpOptions o = {.listen = "0.0.0.0:0", .handler = answer};
    GError *error = NULL;
    g_assert_null(http_start(&o, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_USAGE);
    g_assert_nonnull(strstr(error->message, "--behind-proxy"));
    g_clear_error(&error);
    o.listen = "no address";
    g_assert_null(http_start(&o, &error));
    g_clear_error(&error);
    o.listen = "0.0.0.0:0";
    o.behind_proxy = true;
    Http *h = http_start(&o, &error);
    g_assert_no_error(error);
    http_stop(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    HttpOptions o = {.listen = "127.0.0.1:0", .handler = answer, .body_most = body_most};
    GError *error = NULL;
    server = http_start(&o, &error);
    g_assert_no_error(error);
    g_test_add_func("/page/http/good", test_good);
    g_test_add_func("/page/http/hostile", test_hostile);
    g_test_add_func("/page/http/long-headers", test_long_headers);
    g_test_add_func("/page/http/long-body", test_long_body);
    g_test_add_func("/page/http/uploads", test_uploads);
    g_test_add_func("/page/http/slow", test_slow);
    g_test_add_func("/page/http/addresses", test_addresses);
    int failed = g_test_run();
    http_stop(server);
    return failed;
}
