/* cmd_import.c — anlao import: a file of records; rejected rows come back with reasons. */
#include "care/import.h"
#include "format/json.h"
#include "main/main.h"

static void show_share(void *with, double share)
{
    (void)with;
    progress("of the file", (uint64_t)(share * 1000), 1000);
}

static void print_json(const ImportReport *r)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_uint(&j, "accepted", r->accepted);
    json_put_uint(&j, "changed", r->changed);
    json_put_uint(&j, "unchanged", r->unchanged);
    json_put_uint(&j, "rejected", r->rejected);
    if (r->rejected_path.len > 0)
        json_put_str(&j, "rejected_file", r->rejected_path);
    else
        json_put_null(&j, "rejected_file");
    json_put_str(&j, "encoding", r->encoding);
    json_put_seconds(&j, "seconds", r->seconds);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void print_words(const ImportReport *r)
{
    printf("accepted %" G_GUINT64_FORMAT ", changed %" G_GUINT64_FORMAT
           ", unchanged %" G_GUINT64_FORMAT ", rejected %" G_GUINT64_FORMAT " in %.1f s\n",
           r->accepted, r->changed, r->unchanged, r->rejected, r->seconds);
    if (r->rejected_path.len > 0)
        printf("the rejected rows with their reasons: %.*s\n", STR_ARG(r->rejected_path));
}

static bool import_it(const Common *c, const ImportOptions *options, Arena *a, ImportReport *ret,
                      GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    if (!open_care(c, false, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[0]));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[0]);
    bool fine = care_import(care, session, e, c->rest[1], options, a, ret, error);
    progress_done();
    return fine;
}

int command_import(int argc, char **argv)
{
    Common c;
    gboolean made_up = FALSE, dry_run = FALSE;
    g_autofree char *sheet = NULL;
    const GOptionEntry own[] = {
        {"made-up", 0, 0, G_OPTION_ARG_NONE, &made_up, "the file holds made-up people", NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "say what would happen, write nothing",
         NULL},
        {"sheet", 0, 0, G_OPTION_ARG_STRING, &sheet, "of a workbook; else its first one", "NAME"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "import", argc, argv, own))
        return 2;
    if (c.n_rest != 2)
        return wrong_usage("import", "needs an entity and a file");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    ImportReport report;
    const ImportOptions options = {
        .made_up = made_up, .dry_run = dry_run, .sheet = sheet, .progress = show_share};
    if (!import_it(&c, &options, a, &report, &error))
        return finish(error);
    if (c.json)
        print_json(&report);
    else
        print_words(&report);
    return 0;
}
