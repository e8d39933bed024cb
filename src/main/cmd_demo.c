/* cmd_demo.c — anlao demo: fills a demonstration database, decides its newest months, makes its
 * accounts. */
#include "care/account.h"
#include "care/decide.h"
#include "care/demo.h"
#include "main/main.h"

static bool fill(Care *care, const Common *c, unsigned elders, uint64_t seed, DemoReport *ret,
                 GError **error)
{
    Str place = care_regions(care)->code[care_place(care)];
    g_autofree char *name = g_strdup_printf("%.*s.tsv", STR_ARG(place));
    g_autofree char *profile = g_build_filename(c->packs, "demo", name, NULL);
    g_autofree char *stop = g_build_filename(c->packs, "demo", "stop-names.txt", NULL);
    return demo_fill(care, profile, stop, elders, seed, progress, ret, error);
}

static bool demo_make(const Common *c, unsigned elders, uint64_t seed, DemoReport *ret,
                      GError **error)
{
    g_autoptr(Care) care = NULL;
    if (!open_care(c, true, &care, error) || !fill(care, c, elders, seed, ret, error))
        return false;
    progress("accounts", 1, 5);
    if (!care_make_demo_accounts(care, error))
        return false;
    progress("draws, papers, files", 2, 5);
    if (!demo_acts(care, error))
        return fail_while(error, "making what offices did");
    g_autoptr(Arena) a = arena_new();
    DecideReport report;
    progress("decisions", 3, 5);
    const Session *session;
    const DecideWhat what = {.month = month_of(care_today(care))};
    bool fine = session_local(care, STR(""), a, &session, error) &&
                decide_month(care, session, &what, a, &report, error);
    progress("payments", 4, 5);
    fine = fine && demo_pay(care, error) && demo_run_papers(care, error);
    progress_done();
    return fine;
}

int command_demo(int argc, char **argv)
{
    Common c;
    int elders = 300000;
    gint64 seed = 1;
    const GOptionEntry own[] = {
        {"elders", 0, 0, G_OPTION_ARG_INT, &elders, "how many (default 300000)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "same seed, same data (default 1)", "S"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "demo", argc, argv, own))
        return 2;
    if (elders < 0 || elders > 20000000)
        return wrong_usage("demo", "--elders takes 0 to 20,000,000");
    GError *error = NULL;
    DemoReport report;
    if (!demo_make(&c, (unsigned)elders, (uint64_t)seed, &report, &error))
        return finish(error);
    fprintf(stderr, "made %" G_GUINT64_FORMAT " elders, %" G_GUINT64_FORMAT " records in %.1f s\n",
            report.elders, report.records, report.seconds);
    return 0;
}
