/* xlsx_copy.c — a workbook copied part by part, one sheet filled on the way.  Other parts are taken
 * over packed as they are.  Read first: xlsx_fill(). */
#include "format/xlsx_fill.h"

#include "base/file.h"
#include "base/limits.h"
#include "format/xlsx_book.h"

#include <glib/gstdio.h>
#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <string.h>

#define PIECE 65536u

typedef struct Copying {
    unzFile from;
    zipFile to;
    const char *name, *part; /* part: of the sheet that is filled */
    const XlsxValue *values;
    size_t n;
    bool found;
    GError **error;
} Copying;

static bool broken(const Copying *c)
{
    return fail(c->error, FAIL_INPUT, "%s: is damaged; save it again as .xlsx", c->name);
}

static bool unwritten(const Copying *c)
{
    return fail(c->error, FAIL_SYSTEM, "could not write the filled copy of %s", c->name);
}

static zip_fileinfo info_of(const unz_file_info64 *from)
{
    zip_fileinfo to = {0};
    to.dosDate = from->dosDate;
    to.internal_fa = from->internal_fa;
    to.external_fa = from->external_fa;
    return to;
}

static bool read_part(const Copying *c, size_t most, GString *to)
{
    g_autofree char *piece = g_malloc(PIECE);
    int n;
    while ((n = unzReadCurrentFile(c->from, piece, PIECE)) > 0) {
        if (to->len + (size_t)n > most)
            return fail(c->error, FAIL_INPUT, "%s: its sheet is too large to be filled", c->name);
        g_string_append_len(to, piece, n);
    }
    return n == 0 || broken(c);
}

static bool write_part(const Copying *c, const GString *text)
{
    size_t at = 0;
    while (at < text->len) {
        unsigned n = (unsigned)MIN(text->len - at, (size_t)PIECE);
        if (zipWriteInFileInZip(c->to, text->str + at, n) != ZIP_OK)
            return unwritten(c);
        at += n;
    }
    return true;
}

static bool fill_part(Copying *c, const char *name, const unz_file_info64 *info)
{
    g_autoptr(GString) xml = g_string_new(NULL), filled = g_string_new(NULL);
    const zip_fileinfo as = info_of(info);
    if (unzOpenCurrentFile(c->from) != UNZ_OK)
        return broken(c);
    bool read = read_part(c, LIMIT_XLSX_SMALL_PART, xml);
    if (unzCloseCurrentFile(c->from) != UNZ_OK && read)
        return broken(c);
    if (!read || !xlsx_fill_sheet((Str){xml->str, xml->len}, c->values, c->n, filled, c->error))
        return false;
    if (zipOpenNewFileInZip64(c->to, name, &as, NULL, 0, NULL, 0, NULL, Z_DEFLATED,
                              Z_DEFAULT_COMPRESSION, 0) != ZIP_OK)
        return unwritten(c);
    return write_part(c, filled) && (zipCloseFileInZip(c->to) == ZIP_OK || unwritten(c));
}

static bool copy_part(const Copying *c, const char *name, const unz_file_info64 *info)
{
    const zip_fileinfo as = info_of(info);
    g_autoptr(GString) packed = g_string_new(NULL);
    int method, level;
    if (unzOpenCurrentFile2(c->from, &method, &level, 1) != UNZ_OK)
        return broken(c);
    bool read = read_part(c, LIMIT_XLSX_BYTES, packed);
    (void)unzCloseCurrentFile(c->from);
    if (!read)
        return false;
    if (zipOpenNewFileInZip2_64(c->to, name, &as, NULL, 0, NULL, 0, NULL, method, level, 1, 0) !=
            ZIP_OK ||
        !write_part(c, packed) ||
        zipCloseFileInZipRaw64(c->to, info->uncompressed_size, info->crc) != ZIP_OK)
        return unwritten(c);
    return true;
}

static bool copy_all(Copying *c)
{
    char name[512];
    int more = unzGoToFirstFile(c->from);
    for (; more == UNZ_OK; more = unzGoToNextFile(c->from)) {
        unz_file_info64 info;
        if (unzGetCurrentFileInfo64(c->from, &info, name, sizeof name, NULL, 0, NULL, 0) !=
                UNZ_OK ||
            info.size_filename >= sizeof name || (info.flag & 1) != 0)
            return broken(c);
        bool sheet = g_ascii_strcasecmp(name, c->part) == 0;
        c->found = c->found || sheet;
        if (!(sheet ? fill_part(c, name, &info) : copy_part(c, name, &info)))
            return false;
    }
    return (more == UNZ_END_OF_LIST_OF_FILE && c->found) || broken(c);
}

/* Which part holds the sheet. */
static bool find_sheet(const char *from, const char *sheet, char **ret_part, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str bytes;
    XlsxBook book = {0};
    if (!file_read(a, from, LIMIT_XLSX_BYTES, &bytes, error))
        return false;
    XlsxZip *z = xlsx_zip_open(bytes, from, error);
    if (z == NULL)
        return false;
    bool fine = xlsx_book_read(z, sheet, from, &book, error);
    if (fine)
        *ret_part = g_strdup(book.part);
    xlsx_book_clear(&book);
    xlsx_zip_close(z);
    return fine;
}

static bool copy_into(Copying *c, const char *from, const char *beside)
{
    c->from = unzOpen64(from);
    c->to = c->from != NULL ? zipOpen64(beside, APPEND_STATUS_CREATE) : NULL;
    bool fine = c->from == NULL ? broken(c) : c->to == NULL ? unwritten(c) : copy_all(c);
    if (c->from != NULL)
        unzClose(c->from);
    if (c->to != NULL && zipClose(c->to, NULL) != ZIP_OK && fine)
        fine = unwritten(c);
    return fine;
}

bool xlsx_fill(const char *from, const char *sheet, const XlsxValue *values, size_t n,
               const char *to, GError **error)
{
    g_autofree char *part = NULL;
    g_autofree char *beside = g_strdup_printf("%s.%08x.part", to, g_random_int());
    if (!find_sheet(from, sheet, &part, error))
        return false;
    Copying c = {.name = from, .part = part, .values = values, .n = n, .error = error};
    bool fine = copy_into(&c, from, beside);
    if (fine && g_rename(beside, to) != 0)
        fine = fail(error, FAIL_SYSTEM, "could not write \"%s\"", to);
    if (!fine)
        (void)g_unlink(beside);
    return fine;
}
