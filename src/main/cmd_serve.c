/* cmd_serve.c — anlao serve: the web pages and the API. */
#include "care/access.h"
#include "care/beat.h"
#include "care/import_jobs.h"
#include "care/inbox.h"
#include "care/policy.h"
#include "care/seal.h"
#include "care/ship.h"
#include "care/tails.h"
#include "care/warm.h"
#include "main/main.h"
#include "page/serve.h"

/* Before anything is served: whoever restarts with --put-in-force means it. */
static bool put_in_force(const Common *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Care) care = NULL;
    const Session *session;
    PolicyDifference d;
    if (!open_stored(c, false, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    g_autoptr(Model) next = read_packs(c, care, ds, error);
    print_diags(ds);
    if (next == NULL || !policy_compare(care, next, a, &d, error))
        return false;
    if (d.same)
        return true;
    if (!policy_replace(care, session, next, STR("serve --put-in-force"), a, &d, error))
        return false;
    fprintf(stderr, "policy %" G_GINT64_FORMAT " is in force\n", d.version);
    return true;
}

/* Who edits documents and restarts would wait for their effect in vain. */
static void note_other_documents(const Common *c, Care *care)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    PolicyDifference d;
    if (!g_file_test(c->packs, G_FILE_TEST_IS_DIR))
        return;
    g_autoptr(Model) next = read_packs(c, care, ds, NULL);
    if (next == NULL || !policy_compare(care, next, a, &d, NULL) || !d.same)
        fprintf(stderr,
                "note: the documents in \"%s\" are not those in force; \"anlao policy\" shows what "
                "differs\n",
                c->packs);
}

#define RESUME_EACH 10 /* turns of one second */
#define TAILS_TURNS 4  /* pieces a second: at most a twentieth of a processor */

/* What goes on beside the pages. */
typedef struct Beside {
    Care *care;
    const char *seal; /* folder, or NULL */
    Shipping *ship;   /* or NULL */
    bool tails_done;
    unsigned import_turns;
} Beside;

static bool seal_turn(void *with, GError **error)
{
    const Beside *b = with;
    return care_seal_into(b->care, b->seal, error);
}

static bool looks_turn(void *with, GError **error)
{
    const Beside *b = with;
    return access_flush(b->care, error);
}

static bool ship_once(void *with, GError **error)
{
    const Beside *b = with;
    return ship_turn(b->ship, error);
}

static bool interrupted_resume(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str left_out;
    bool done = import_resume(c, a, &left_out, error);
    say_left_out(left_out);
    return done;
}

/* Files that were sent by the page; also those of a process that ended before they were in. */
static bool imports_turn(void *with, GError **error)
{
    Beside *b = with;
    bool more = true;
    if (b->import_turns++ % RESUME_EACH == 0 && !interrupted_resume(b->care, error))
        return false;
    while (more)
        if (!import_job_turn(b->care, &more, error))
            return false;
    return true;
}

/* Once done it is done; documents that have another telephone found come with a new start. */
static bool tails_beside(void *with, GError **error)
{
    Beside *b = with;
    bool more = !b->tails_done;
    for (unsigned i = 0; more && i < TAILS_TURNS; i++) {
        g_autoptr(GError) why = NULL;
        if (!tails_turn(b->care, &more, &why)) {
            if (g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT))
                return true; /* keys are being changed: the next turn has the new ones */
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    b->tails_done = !more;
    return true;
}

static void turn_failed(void *with, const GError *why)
{
    (void)with;
    fprintf(stderr, "anlao: %s\n", why->message);
}

static bool serve_beside(Beside *b, const ServeOptions *o, GError **error)
{
    Beat *seal = b->seal != NULL ? beat_new("seal", SEAL_SECONDS, seal_turn, turn_failed, b) : NULL;
    Beat *ship = b->ship != NULL ? beat_new("ship", SHIP_SECONDS, ship_once, turn_failed, b) : NULL;
    Beat *looks = beat_new("looks", 1, looks_turn, turn_failed, b);
    Beat *imports = beat_new("imports", 1, imports_turn, turn_failed, b);
    Beat *tails = beat_new("tails", 1, tails_beside, turn_failed, b);
    bool served = page_serve(b->care, o, error);
    beat_free(tails);
    beat_free(imports);
    beat_free(looks);
    beat_free(ship);
    beat_free(seal);
    return served;
}

/* Folders that people name. */
typedef struct Folders {
    char *seal, *ship, *exchange;
} Folders;

static bool serve_it(const Common *c, bool put, const Folders *f, const ServeOptions *o,
                     GError **error)
{
    g_autoptr(Care) care = NULL;
    if ((put && !put_in_force(c, error)) || !open_care(c, true, &care, error))
        return false;
    note_other_documents(c, care);
    g_autoptr(Shipping) shipping = f->ship != NULL ? ship_new(care, f->ship) : NULL;
    g_autoptr(Inbox) inbox = f->exchange != NULL ? inbox_new(care, f->exchange) : NULL;
    Beside beside = {.care = care, .seal = f->seal, .ship = shipping};
    /* A folder that cannot be written to is said before anything is served. */
    if (f->seal != NULL && !care_seal_into(care, f->seal, error))
        return false;
    return care_warm(care, error) && serve_beside(&beside, o, error);
}

int command_serve(int argc, char **argv)
{
    Common c;
    ServeOptions o = {.listen = "127.0.0.1:8080"};
    Folders f = {NULL};
    char *listen = NULL, *web = NULL, *proxies = NULL;
    gboolean behind = FALSE, put = FALSE;
    int workers = 0;
    const GOptionEntry own[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &listen, "default 127.0.0.1:8080", "ADDRESS:PORT"},
        {"web", 0, 0, G_OPTION_ARG_FILENAME, &web, "folder of pages", "FOLDER"},
        {"behind-proxy", 0, 0, G_OPTION_ARG_NONE, &behind, "a proxy in front speaks TLS", NULL},
        {"proxies", 0, 0, G_OPTION_ARG_STRING, &proxies, "its addresses, by commas", "ADDRESSES"},
        {"seal", 0, 0, G_OPTION_ARG_FILENAME, &f.seal, "folder, on another machine, for seals",
         "FOLDER"},
        {"ship", 0, 0, G_OPTION_ARG_FILENAME, &f.ship,
         "folder, on another machine, for the journal: each second what is new", "FOLDER"},
        {"exchange", 0, 0, G_OPTION_ARG_FILENAME, &f.exchange,
         "folder for what other nodes send over HTTP; without it nothing is taken", "FOLDER"},
        {"workers", 0, 0, G_OPTION_ARG_INT, &workers, "threads that answer (default 4)", "N"},
        {"put-in-force", 0, 0, G_OPTION_ARG_NONE, &put,
         "first put the documents of --packs in force, if they are others", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "serve", argc, argv, own))
        return 2;
    if (workers < 0 || workers > 64)
        return wrong_usage("serve", "--workers takes 1 to 64");
    g_autofree char *share = share_path("web");
    o.listen = listen != NULL ? listen : o.listen;
    o.web = web != NULL ? web : share;
    o.behind_proxy = behind;
    o.proxies = proxies;
    o.workers = (unsigned)workers;
    GError *error = NULL;
    return serve_it(&c, put, &f, &o, &error) ? 0 : finish(error);
}
