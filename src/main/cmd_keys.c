/* cmd_keys.c — anlao keys: the database's keys listed and changed, keys of who may open copies. */
#include "base/crypto.h"
#include "care/backup.h"
#include "care/keyring.h"
#include "main/main.h"

static const char *const suites[] = {[SUITE_AES] = "aes", [SUITE_SM4] = "sm4"};
static const char *const states[] = {"old", "current", "next", "leaving"}; /* KeyState */

int suite_of(const char *word)
{
    for (int i = SUITE_AES; i < SUITES_END; i++)
        if (strcmp(word, suites[i]) == 0)
            return i;
    return 0;
}

static int recipient(const char *path)
{
    GError *error = NULL;
    if (!recipient_create(path, &error))
        return finish(error);
    printf("%s      opens copies: keep it away from this machine\n%s.pub  seals them: \"anlao "
           "backup FILE --to %s.pub\"\n",
           path, path, path);
    return 0;
}

static void print_key(const KeyFacts *k, bool json, bool first)
{
    const char *suite = k->suite > 0 && k->suite < SUITES_END ? suites[k->suite] : "?";
    const char *state = k->state >= 0 && k->state < 4 ? states[k->state] : "?";
    if (json)
        printf("%s{\"kind\":\"%s\",\"number\":%" G_GINT64_FORMAT
               ",\"cipher\":\"%s\",\"state\":\"%s\"}",
               first ? "" : ",", k->blind ? "blind" : "secret", k->number, suite, state);
    else
        printf("%-8s %12" G_GINT64_FORMAT "  %s  %s\n", k->blind ? "index" : "secrets", k->number,
               k->blind ? "sm3" : suite, state);
}

static bool list(const Common *c, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    KeyFacts *keys;
    size_t n;
    if (!open_stored(c, false, &care, error) || !keyring_list(care, a, &keys, &n, error))
        return false;
    printf("%s", c->json ? "{\"keys\":[" : "");
    for (size_t i = 0; i < n; i++)
        print_key(&keys[i], c->json, i == 0);
    printf("%s", c->json ? "]}\n" : "");
    return true;
}

static void seen(void *with, uint64_t done)
{
    (void)with;
    progress("records sealed anew", done, done + 1);
}

static bool rotate(const Common *c, int suite, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    const Session *session;
    RotateReport r;
    bool done = open_stored(c, false, &care, error) &&
                session_local(care, str_of(c->as), a, &session, error) &&
                keyring_rotate(care, session, suite, seen, NULL, a, &r, error);
    progress_done();
    if (!done)
        return false;
    if (c->json)
        printf("{\"resumed\":%s,\"records\":%" G_GUINT64_FORMAT ",\"index\":%" G_GUINT64_FORMAT
               ",\"wiped\":%s}\n",
               r.resumed ? "true" : "false", r.records, r.index, r.wiped ? "true" : "false");
    else
        printf("%s: %" G_GUINT64_FORMAT " records sealed anew, %" G_GUINT64_FORMAT
               " index rows exchanged; the old key file opens nothing any more\n",
               r.resumed ? "a rotation that was begun is done" : "done", r.records, r.index);
    if (!r.wiped)
        fprintf(stderr, "note: %.*s\n", STR_ARG(r.wipe_why));
    return true;
}

int command_keys(int argc, char **argv)
{
    Common c;
    char *cipher = NULL;
    const GOptionEntry own[] = {
        {"cipher", 0, 0, G_OPTION_ARG_STRING, &cipher, "what seals from now on", "aes|sm4"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "keys", argc, argv, own))
        return 2;
    int suite = cipher != NULL ? suite_of(cipher) : 0;
    GError *error = NULL;
    if (cipher != NULL && suite == 0)
        return wrong_usage("keys", "--cipher takes aes or sm4");
    if (c.n_rest == 2 && strcmp(c.rest[0], "recipient") == 0)
        return recipient(c.rest[1]);
    if (c.n_rest == 1 && strcmp(c.rest[0], "list") == 0)
        return list(&c, &error) ? 0 : finish(error);
    if (c.n_rest == 1 && strcmp(c.rest[0], "rotate") == 0)
        return rotate(&c, suite, &error) ? 0 : finish(error);
    return wrong_usage("keys", "needs list, rotate, or recipient FILE");
}
