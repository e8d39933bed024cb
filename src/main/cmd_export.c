/* cmd_export.c — anlao export: records out, as CSV, XLSX or JSON. */
#include "care/export.h"

#include "base/clock.h"
#include "compile/compile.h"
#include "main/main.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Asked {
    char *format, *to, *reveal, *region, *words, *on;
    gboolean english;
} Asked;

static void show_share(void *with, double share)
{
    (void)with;
    progress("of the records", (uint64_t)(share * 1000), 1000);
}

/* Without --to the whole file is made first, then printed: nobody gets half an export. */
static bool print_file(const char *path, GError **error)
{
    char piece[65536];
    size_t n;
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        return fail(error, FAIL_SYSTEM, "could not read \"%s\" again", path);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        if (fwrite(piece, 1, n, stdout) != n)
            break;
    bool fine = !ferror(f) && fflush(stdout) == 0 && !ferror(stdout);
    fclose(f);
    return fine || fail(error, FAIL_SYSTEM, "could not print the export");
}

static bool read_query(Care *care, const Common *c, const Asked *o, ExportQuery *q, GError **error)
{
    q->list.entity = model_entity(care_model(care), str_of(c->rest[0]));
    if (q->list.entity == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[0]);
    q->list.region = ROW_NONE;
    if (o->region != NULL) {
        q->list.region = region_row(care_regions(care), str_of(o->region));
        if (q->list.region == ROW_NONE)
            return fail(error, FAIL_INPUT, "there is no region \"%s\"", o->region);
    }
    q->list.words = str_of(o->words);
    q->reveal = str_of(o->reveal);
    q->english = o->english;
    q->progress = show_share;
    return true;
}

static bool export_it(const Common *c, const Asked *o, ExportQuery *q, Arena *a, ExportReport *ret,
                      GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    g_autofree char *spool = NULL;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error) ||
        !read_query(care, c, o, q, error))
        return false;
    if (o->to == NULL) {
        int fd = g_file_open_tmp("anlao-export-XXXXXX", &spool, error);
        if (fd < 0)
            return false;
        close(fd);
    }
    q->path = o->to != NULL ? o->to : spool;
    bool fine = care_export(care, session, q, a, ret, error);
    progress_done();
    if (fine && spool != NULL)
        fine = print_file(spool, error);
    if (spool != NULL)
        (void)g_unlink(spool);
    return fine;
}

int command_export(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &o.format, "csv, xlsx or json", "FORMAT"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &o.to, "the file; else standard output", "FILE"},
        {"on", 0, 0, G_OPTION_ARG_STRING, &o.on, "dated fields as of this day", "DATE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &o.region, "this region and all below", "CODE"},
        {"words", 0, 0, G_OPTION_ARG_STRING, &o.words, "only what is called so", "TEXT"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &o.english, "English headers and labels", NULL},
        {"reveal", 0, 0, G_OPTION_ARG_STRING, &o.reveal, "secrets in full, and why", "REASON"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    ExportQuery q = {0};
    if (!common_parse(&c, "export", argc, argv, own))
        return 2;
    if (c.n_rest != 1)
        return wrong_usage("export", "needs an entity");
    if (!export_format_parse(str_of(o.format != NULL ? o.format : "csv"), &q.format))
        return wrong_usage("export", "--format is csv, xlsx or json");
    if (q.format == EXPORT_XLSX && o.to == NULL)
        return wrong_usage("export", "a workbook needs --to FILE");
    if (o.on != NULL && !parse_day("export", o.on, &q.list.on))
        return 2;
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    ExportReport report;
    umask(077); /* people's records: for the owner's eyes */
    if (!export_it(&c, &o, &q, a, &report, &error))
        return finish(error);
    if (o.to != NULL)
        printf("%" G_GUINT64_FORMAT " records into \"%s\" in %.1f s\n", report.records, o.to,
               report.seconds);
    return 0;
}
