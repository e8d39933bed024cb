/* serve.c — see serve.h.  The only file of page/ that logs. */
#include "page/serve.h"

#include "base/clock.h"
#include "page/route.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define OUTDATED_EVERY_MS                                                                          \
    1000 /* how often an idle process looks whether the database was migrated */

static void log_line(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void log_line(const char *format, ...)
{
    char at[MOMENT_TEXT];
    va_list args;
    va_start(args, format);
    g_autofree char *rest = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *line =
        g_strdup_printf("{\"at\":\"%s\",%s}\n", moment_format(clock_now_us(), at), rest);
    fputs(line, stderr);
}

/* Our own messages may quote a path; quotes, backslashes and control characters are left out. */
static char *plain(const char *text)
{
    GString *to = g_string_new(NULL);
    for (const char *c = text != NULL ? text : ""; *c != '\0'; c++)
        g_string_append_c(to, (unsigned char)*c < ' ' || *c == '"' || *c == '\\' ? ' ' : *c);
    return g_string_free(to, FALSE);
}

static void log_request(const HttpRequest *r, void *context)
{
    (void)context;
    bool trivial =
        r->label != NULL && (strcmp(r->label, "/static") == 0 || strcmp(r->label, "/health") == 0 ||
                             strcmp(r->label, "/metrics") == 0);
    if (trivial && r->answer.status < 400)
        return;
    g_autofree char *fault = plain(r->fault);
    g_autofree char *method = plain(r->method.at);
    log_line("\"request\":%" G_GUINT64_FORMAT ",\"method\":\"%s\",\"route\":\"%s\",\"status\":%u,"
             "\"bytes\":%zu,\"us\":%" G_GINT64_FORMAT "%s%s%s",
             r->number, method, r->label != NULL ? r->label : "none", r->answer.status,
             r->answer.body.len, clock_monotonic_us() - r->started_us,
             r->fault != NULL ? ",\"fault\":\"" : "", fault, r->fault != NULL ? "\"" : "");
}

/* The handler may run on any thread, so it only writes one byte; serve_site() waits for it. */
static int stop_pipe[2] = {-1, -1};

static void on_signal(int number)
{
    unsigned char byte = (unsigned char)number;
    int saved = errno;
    if (write(stop_pipe[1], &byte, 1) < 0) {
        /* full: somebody has asked before */
    }
    errno = saved;
}

static bool watch_signals(GError **error)
{
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return fail(error, FAIL_SYSTEM, "could not make a pipe: %s", g_strerror(errno));
    sigemptyset(&act.sa_mask);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
    return true;
}

/* The signal that came; 0: the database was migrated, so that this process is of no more use. */
static int wait_for_end(Care *care)
{
    unsigned char byte = 0;
    struct pollfd wait = {stop_pipe[0], POLLIN, 0};
    while (read(stop_pipe[0], &byte, 1) != 1) {
        if (poll(&wait, 1, OUTDATED_EVERY_MS) == 0 && care_is_outdated(care))
            return 0;
    }
    signal(SIGTERM, SIG_DFL); /* a second one ends it at once */
    signal(SIGINT, SIG_DFL);
    close(stop_pipe[0]);
    close(stop_pipe[1]);
    return byte;
}

static bool serve_site(Site *site, const ServeOptions *o, GError **error)
{
    HttpOptions http = {
        .listen = o->listen != NULL ? o->listen : "127.0.0.1:8080",
        .behind_proxy = o->behind_proxy,
        .workers = o->workers,
        .handler = route_handle,
        .quick = route_quick,
        .body_most = route_body_most,
        .done = log_request,
        .context = site,
    };
    if (o->behind_proxy && care_is_demo(site->care))
        return fail(error, FAIL_USAGE, "a demonstration database serves this machine only");
    if (!watch_signals(error))
        return false;
    Http *h = http_start(&http, error);
    if (h == NULL)
        return false;
    const char *colon = strrchr(http.listen, ':');
    log_line("\"event\":\"serving\",\"address\":\"http://%.*s:%u/\"", (int)(colon - http.listen),
             http.listen, http_port(h));
    printf("http://%.*s:%u/\n", (int)(colon - http.listen), http.listen, http_port(h));
    fflush(stdout);
    int signal_number = wait_for_end(site->care);
    log_line("\"event\":\"stopping\",\"signal\":%d", signal_number);
    http_stop(h);
    return signal_number != 0 ||
           fail(error, FAIL_SYSTEM,
                "the database has been migrated: start this program anew, or its newer version");
}

bool page_serve(Care *care, const ServeOptions *o, GError **error)
{
    Site site = {.care = care, .secure = o->behind_proxy};
    g_auto(GStrv) proxies = g_strsplit(o->proxies != NULL ? o->proxies : "127.0.0.1,::1", ",", 32);
    site.proxies = o->behind_proxy ? proxies : NULL;
    bool served = site_load(&site, o->web, error) && serve_site(&site, o, error);
    site_clear(&site);
    return served;
}
