/* pay_files.c — files of a run on its page: the bank's out, its answer in, the request for funds.
 * Forms, not links: taking accounts out is written into the journal first. */
#include "base/file.h"
#include "base/limits.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/pay.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define BOOK_TYPE  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define BANK_BYTES (256u << 20) /* a million payments have some 100 bytes each */

/* A name that nobody else has; the ending says the kind of file. */
static char *spool_path(const char *ending, GError **error)
{
    g_autofree char *pattern = g_strdup_printf("anlao-pay-XXXXXX%s", ending);
    char *path = NULL;
    int fd = g_file_open_tmp(pattern, &path, error);
    if (fd < 0)
        return NULL;
    close(fd);
    return path;
}

static bool answer_file(Req *q, int64_t run, const char *path, const char *what, GError **error)
{
    Str body;
    bool fine = file_read(q->arena, path, BANK_BYTES, &body, error);
    if (!fine)
        return false;
    page_answer(q, BOOK_TYPE, body);
    http_answer_header(
        q->http, "Content-Disposition",
        str_of(arena_printf(q->arena, "attachment; filename=\"%s-%" G_GINT64_FORMAT ".xlsx\"", what,
                            run)));
    return true;
}

bool pay_bank_do(Req *q, GError **error)
{
    int64_t run = pay_run_asked(q), fen;
    uint64_t lines;
    GError *why = NULL;
    g_autofree char *path = spool_path(".xlsx", error);
    if (path == NULL)
        return false;
    bool made = pay_bank_file(q->care, q->session, run, path, q->arena, &lines, &fen, &why);
    bool fine = made && answer_file(q, run, path, "bank", error);
    (void)g_unlink(path);
    return made ? fine : pay_again(q, run, false, why, error);
}

bool pay_request_do(Req *q, GError **error)
{
    int64_t run = pay_run_asked(q);
    GError *why = NULL;
    g_autofree char *path = spool_path(".xlsx", error);
    if (path == NULL)
        return false;
    bool made = pay_request_file(q->care, q->session, run, path, q->arena, &why);
    bool fine = made && answer_file(q, run, path, "request", error);
    (void)g_unlink(path);
    return made ? fine : pay_again(q, run, false, why, error);
}

/* A workbook begins with PK; all else is read as text. */
static bool reply_spool(Req *q, char **ret, GError **error)
{
    Str bytes = q->upload.bytes;
    bool book = bytes.len > 2 && bytes.at[0] == 'P' && bytes.at[1] == 'K';
    *ret = spool_path(book ? ".xlsx" : ".csv", error);
    return *ret != NULL && g_file_set_contents(*ret, bytes.at, (gssize)bytes.len, error);
}

bool pay_reply_do(Req *q, GError **error)
{
    int64_t run = pay_run_asked(q);
    GError *why = NULL;
    g_autofree char *path = NULL;
    uint64_t returned = 0, fresh = 0;
    if (q->upload.bytes.at == NULL) {
        bool done = fail(&why, FAIL_INPUT, "no file was chosen") || fail_zh(&why, "没有选择文件");
        return pay_again(q, run, done, why, error);
    }
    if (!reply_spool(q, &path, error))
        return false;
    bool done = pay_reply_file(q->care, q->session, run, path, q->arena, &returned, &fresh, &why);
    (void)g_unlink(path);
    return pay_again(q, run, done, why, error);
}
