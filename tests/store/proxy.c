/* proxy.c — see proxy.h.  One thread for each connection; COMMIT is known by its text with the
 * NUL behind it: READ COMMITTED is another.  A flush ends with one, too. */
#include "proxy.h"

#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME ".s.PGSQL.5432"

static int cut;     /* atomic: ProxyCut */
static int refuses; /* atomic: nobody gets through */
static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    g_strlcpy(a.sun_path, path, sizeof a.sun_path);
    return a;
}

static struct sockaddr_un behind; /* the server */

typedef struct Wire {
    int client, server;
} Wire;

static bool pass(int from, int to, char *bytes, ssize_t *ret_n)
{
    *ret_n = read(from, bytes, 65536);
    return *ret_n > 0 && (to < 0 || write(to, bytes, (size_t)*ret_n) == *ret_n);
}

/* The server's answer is heard, and goes no further. */
static void swallow(const Wire *w, char *bytes, ssize_t n)
{
    struct pollfd p = {.fd = w->server, .events = POLLIN};

    if (write(w->server, bytes, (size_t)n) == n && poll(&p, 1, 5000) > 0)
        pass(w->server, -1, bytes, &n);
}

/* False: the wire is cut. */
static bool from_client(const Wire *w, char *bytes)
{
    ssize_t n = read(w->client, bytes, 65536);
    int how = g_atomic_int_get(&cut);

    bool flush = how == PROXY_BEFORE_FLUSH || how == PROXY_NO_FLUSH;
    const char *word = flush ? "pg_logical_emit_message" : "COMMIT";

    if (n <= 0)
        return false;
    if (how == PROXY_SOUND || memmem(bytes, (size_t)n, word, strlen(word) + !flush) == NULL)
        return write(w->server, bytes, (size_t)n) == n;
    g_atomic_int_set(&cut, PROXY_SOUND);
    g_atomic_int_set(&refuses, how == PROXY_FOR_GOOD || how == PROXY_NO_FLUSH);
    if (how == PROXY_AFTER_COMMIT || how == PROXY_FOR_GOOD)
        swallow(w, bytes, n);
    return false;
}

static gpointer wire_run(gpointer with)
{
    g_autofree Wire *w = with;
    g_autofree char *bytes = g_malloc(65536);
    bool open = true;

    while (open) {
        struct pollfd both[2] = {{.fd = w->client, .events = POLLIN},
                                 {.fd = w->server, .events = POLLIN}};
        ssize_t n = 0;

        if (poll(both, 2, -1) < 0)
            break;
        if (both[1].revents != 0)
            open = pass(w->server, w->client, bytes, &n);
        if (open && both[0].revents != 0)
            open = from_client(w, bytes);
    }
    close(w->client);
    close(w->server);
    return NULL;
}

static gpointer listen_run(gpointer with)
{
    int door = GPOINTER_TO_INT(with);
    struct sockaddr_un to = behind;

    for (;;) {
        Wire *w = g_new0(Wire, 1);

        w->client = accept(door, NULL, NULL);
        w->server = socket(AF_UNIX, SOCK_STREAM, 0);
        if (g_atomic_int_get(&refuses) ||
            connect(w->server, (struct sockaddr *)&to, sizeof to) != 0) {
            close(w->client);
            close(w->server);
            g_free(w);
            continue;
        }
        g_thread_unref(g_thread_new("wire", wire_run, w));
    }
    return NULL;
}

void proxy_start(const char *folder, const char *server)
{
    g_autofree char *path = g_build_filename(folder, SOCKET_NAME, NULL);
    g_autofree char *behind_path = g_build_filename(server, SOCKET_NAME, NULL);
    struct sockaddr_un here = address_of(path);
    int door = socket(AF_UNIX, SOCK_STREAM, 0);

    behind = address_of(behind_path);
    g_assert_cmpint(bind(door, (struct sockaddr *)&here, sizeof here), ==, 0);
    g_assert_cmpint(listen(door, 16), ==, 0);
    g_thread_unref(g_thread_new("door", listen_run, GINT_TO_POINTER(door)));
}

void proxy_cut(ProxyCut how)
{
    g_atomic_int_set(&refuses, 0);
    g_atomic_int_set(&cut, how);
}
