/* cmd_lsp.c — anlao lsp: the language server over standard input and output.
 * Nothing else is written to standard output.  Read first: serve(). */
#include "author/frame.h"
#include "author/server.h"
#include "main/main.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define CHUNK (64u << 10)

/* Whether the editor has written more: then what can wait, waits. */
static bool more_is_waiting(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0;
}

static bool send_out(GString *out)
{
    Str rest = {out->str, out->len};
    while (rest.len > 0) {
        ssize_t n = write(STDOUT_FILENO, rest.at, rest.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        rest = (Str){rest.at + n, rest.len - (size_t)n};
    }
    g_string_truncate(out, 0);
    return true;
}

static void take_frames(Server *s, Frames *f, GString *out)
{
    for (int status; !server_ended(s, &status);) {
        g_autoptr(GError) error = NULL;
        Str message;
        if (frames_next(f, &message, &error))
            server_message(s, message, out);
        else if (error != NULL)
            server_malformed(s, error->message, out);
        else
            return;
    }
}

/* Until the editor says goodbye, its end of the pipe closes, or the stream is no stream of
 * messages. */
static int serve(Server *s)
{
    g_autoptr(Frames) f = frames_new();
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *bytes = g_malloc(CHUNK);
    int status = 1;
    while (!server_ended(s, &status) && !f->broken) {
        ssize_t n = read(STDIN_FILENO, bytes, CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        frames_add(f, (Str){bytes, (size_t)n});
        take_frames(s, f, out);
        if (!more_is_waiting())
            server_idle(s, out);
        if (!send_out(out))
            break;
    }
    send_out(out);
    return status;
}

int command_lsp(int argc, char **argv)
{
    Common c;
    gboolean stdio = FALSE;
    const GOptionEntry own[] = {
        {"stdio", 0, 0, G_OPTION_ARG_NONE, &stdio, "as editors say it; there is no other way",
         NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "lsp", argc, argv, own))
        return 2;
    if (c.n_rest > 0)
        return wrong_usage("lsp", "it takes no documents: the editor opens them");
    g_autoptr(Server) s = server_new(c.packs);
    return serve(s);
}
