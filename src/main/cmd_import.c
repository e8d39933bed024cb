/* cmd_import.c — anlao import: a file of records; rejected rows come back with reasons. */
#include "base/limits.h"
#include "care/import_jobs.h"
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
    json_put_uint(&j, "skipped", r->skipped);
    json_put_uint(&j, "remarked", r->remarked);
    json_put_uint(&j, "untold", r->untold);
    json_put_array(&j, "reasons");
    for (size_t i = 0; i < r->n_reasons; i++) {
        json_put_object(&j, NULL);
        json_put_uint(&j, "rows", r->reasons[i].rows);
        json_put_str(&j, "reason", r->reasons[i].text);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_array(&j, "notes");
    for (size_t i = 0; i < r->n_notes; i++) {
        json_put_object(&j, NULL);
        json_put_uint(&j, "line", r->notes[i].line);
        json_put_str(&j, "note", r->notes[i].text);
        json_put_end(&j);
    }
    json_put_end(&j);
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
    for (size_t i = 0; i < r->n_reasons; i++)
        printf("  %" G_GUINT64_FORMAT " × %.*s\n", r->reasons[i].rows, STR_ARG(r->reasons[i].text));
    for (size_t i = 0; i < r->n_notes; i++)
        printf("line %zu: %.*s\n", r->notes[i].line, STR_ARG(r->notes[i].text));
    if (r->rejected_path.len > 0)
        printf("the rejected rows with their reasons: %.*s\n", STR_ARG(r->rejected_path));
    if (r->untold > 0)
        printf("%" G_GUINT64_FORMAT " more rows were refused while they were written, and are not "
               "in that file, which takes %u of them; they are counted as if they were in: mend "
               "what it holds, then send the whole file again\n",
               r->untold, LIMIT_IMPORT_REFUSED);
}

typedef struct Columns {
    char **maps; /* "HEADER=FIELD"; NULL: none */
    char *profile, *keep;
} Columns;

/* "联系方式=phone"; nothing behind the sign: the column is not taken. */
static bool map_of(const char *text, ImportMap *to, GError **error)
{
    const char *sign = strrchr(text, '=');
    if (sign == NULL || sign == text)
        return fail(error, FAIL_USAGE, "--map takes HEADER=FIELD, not \"%s\"", text);
    *to = (ImportMap){{text, (size_t)(sign - text)}, str_of(sign + 1)};
    return true;
}

/* What is said now goes before what is kept of the sender. */
static bool read_columns(Care *care, const Session *s, const Entity *e, const Columns *columns,
                         Arena *a, ImportOptions *o, GError **error)
{
    size_t said = columns->maps != NULL ? g_strv_length(columns->maps) : 0, n = 0;
    ImportProfile *profiles = NULL;
    const ImportProfile *kept = NULL;
    if (columns->profile != NULL && !import_profiles(care, s, e, a, &profiles, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (str_is(profiles[i].name, columns->profile))
            kept = &profiles[i];
    if (columns->profile != NULL && kept == NULL)
        return fail(error, FAIL_INPUT, "nothing is kept of the sender \"%s\"; keep it with --keep",
                    columns->profile);
    ImportMap *map = arena_many(a, ImportMap, said + (kept != NULL ? kept->n_map : 0) + 1);
    for (size_t i = 0; i < said; i++)
        if (!map_of(columns->maps[i], &map[i], error))
            return false;
    if (kept != NULL)
        memcpy(map + said, kept->map, kept->n_map * sizeof *map);
    o->map = map;
    o->n_map = said + (kept != NULL ? kept->n_map : 0);
    return columns->keep == NULL ||
           import_profile_keep(care, s, e, str_of(columns->keep), map, o->n_map, a, error);
}

static bool import_it(const Common *c, const Columns *columns, ImportOptions *options, Arena *a,
                      ImportReport *ret, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    if (!open_care(c, false, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[0]));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[0]);
    if (!read_columns(care, session, e, columns, a, options, error))
        return false;
    bool fine = care_import(care, session, e, c->rest[1], options, a, ret, error);
    progress_done();
    return fine;
}

int command_import(int argc, char **argv)
{
    Common c;
    gboolean made_up = FALSE, dry_run = FALSE, all = FALSE;
    Columns columns = {NULL, NULL, NULL};
    char *sheet = NULL;
    const GOptionEntry own[] = {
        {"made-up", 0, 0, G_OPTION_ARG_NONE, &made_up, "the file holds made-up people", NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "say what would happen, write nothing",
         NULL},
        {"all-sheets", 0, 0, G_OPTION_ARG_NONE, &all, "of a workbook, with the same columns", NULL},
        {"map", 0, 0, G_OPTION_ARG_STRING_ARRAY, &columns.maps, "what a column is", "HEADER=FIELD"},
        {"profile", 0, 0, G_OPTION_ARG_STRING, &columns.profile, "columns as kept of a sender",
         "SENDER"},
        {"keep", 0, 0, G_OPTION_ARG_STRING, &columns.keep, "keep --map for a sender", "SENDER"},
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
    ImportOptions options = {.made_up = made_up,
                             .dry_run = dry_run,
                             .sheet = sheet,
                             .all_sheets = all,
                             .progress = show_share};
    if (!import_it(&c, &columns, &options, a, &report, &error))
        return finish(error);
    if (c.json)
        print_json(&report);
    else
        print_words(&report);
    return 0;
}
