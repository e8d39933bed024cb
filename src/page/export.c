/* export.c — the list as a file: what the address says, as a workbook or CSV, to be saved.
 * A form, not a link: taking records out is written into the journal. */
#include "care/export.h"

#include "base/file.h"
#include "base/limits.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define FILE_BYTES (LIMIT_PAGE_EXPORT * 4096u) /* a record has some 300 bytes */

static const char *const types[] = {
    [EXPORT_CSV] = "text/csv; charset=utf-8",
    [EXPORT_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    [EXPORT_JSON] = "application/json; charset=utf-8",
};

/* elder-2020-06-18.xlsx; words of the model are plain letters. */
static void name_file(Req *q, const Entity *e, Str format)
{
    char day[DATE_TEXT];
    date_format(care_today(q->care), day);
    http_answer_header(q->http, "Content-Disposition",
                       str_of(arena_printf(q->arena, "attachment; filename=\"%.*s-%s.%.*s\"",
                                           STR_ARG(e->name), day, STR_ARG(format))));
}

/* The file is made on disk first, so that nobody gets half of one; the name is taken away at
 * once. */
static bool spool(Req *q, ExportQuery *query, Str *ret, GError **error)
{
    g_autofree char *path = NULL;
    ExportReport report;
    int fd = g_file_open_tmp("anlao-export-XXXXXX", &path, error);
    if (fd < 0)
        return false;
    close(fd);
    query->path = path;
    bool fine = care_export(q->care, q->session, query, q->arena, &report, error) &&
                file_read(q->arena, path, FILE_BYTES, ret, error);
    (void)g_unlink(path);
    return fine;
}

bool export_do(Req *q, GError **error)
{
    const Entity *e = NULL;
    ExportQuery query = {.most = LIMIT_PAGE_EXPORT, .english = q->lang == LANG_EN};
    Str format = fields_get(&q->form, "format"), body;
    if (!req_entity(q, q->arguments[0], &e, error))
        return false;
    if (!export_format_parse(format, &query.format))
        return fail(error, FAIL_INPUT, "a list is saved as csv, xlsx or json");
    if (!list_query_read(q, e, &query.list, error) || !spool(q, &query, &body, error))
        return false;
    page_answer(q, types[query.format], body);
    name_file(q, e, format);
    return true;
}
