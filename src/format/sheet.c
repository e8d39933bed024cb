/* sheet.c — the two kinds of files behind one set of functions. */
#include "format/sheet.h"

#include <stdio.h>
#include <string.h>

/* Zip archives begin with PK; old workbooks and those with a password with D0 CF 11 E0. */
static bool is_workbook(const char *path)
{
    unsigned char first[4] = {0};
    FILE *f = g_str_has_suffix(path, ".xlsx") || g_file_test(path, G_FILE_TEST_IS_REGULAR)
                  ? fopen(path, "rbe")
                  : NULL;
    if (f == NULL)
        return false; /* pipes are CSV; what is not there is said by csv_open() */
    size_t n = fread(first, 1, sizeof first, f);
    fclose(f);
    return n == 4 &&
           (memcmp(first, "PK\x03\x04", 4) == 0 || memcmp(first, "\xD0\xCF\x11\xE0", 4) == 0);
}

bool sheet_open(const char *path, const char *name, Sheet *ret, GError **error)
{
    *ret = (Sheet){0};
    if (is_workbook(path))
        ret->xlsx = xlsx_open(path, name, error);
    else if (name != NULL)
        return fail(error, FAIL_USAGE, "\"%s\" is no workbook and has no sheet \"%s\"", path, name);
    else
        ret->csv = csv_open(path, error);
    return ret->xlsx != NULL || ret->csv != NULL;
}

void sheet_close(Sheet *s)
{
    csv_free(s->csv);
    xlsx_free(s->xlsx);
    *s = (Sheet){0};
}

bool sheet_header(Sheet *s, const Str **ret_names, size_t *ret_n, GError **error)
{
    return s->xlsx != NULL ? xlsx_header(s->xlsx, ret_names, ret_n, error)
                           : csv_header(s->csv, ret_names, ret_n, error);
}

bool sheet_next(Sheet *s, const Str **ret_cells, size_t *ret_n, GError **error)
{
    return s->xlsx != NULL ? xlsx_next(s->xlsx, ret_cells, ret_n, error)
                           : csv_next(s->csv, ret_cells, ret_n, error);
}

bool sheet_broken(const Sheet *s)
{
    return s->xlsx != NULL && xlsx_broken(s->xlsx);
}

size_t sheet_line(const Sheet *s)
{
    return s->xlsx != NULL ? xlsx_line(s->xlsx) : csv_line(s->csv);
}

double sheet_share(const Sheet *s)
{
    return s->xlsx != NULL ? xlsx_share(s->xlsx) : csv_share(s->csv);
}

const GPtrArray *sheet_names(const Sheet *s)
{
    return s->xlsx != NULL ? xlsx_sheets(s->xlsx) : NULL;
}

const char *sheet_encoding(const Sheet *s)
{
    return s->xlsx != NULL ? "XLSX" : csv_encoding(s->csv);
}

bool sheet_writer_open(const char *path, const char *name, SheetWriter *ret, GError **error)
{
    *ret = (SheetWriter){0};
    if (g_str_has_suffix(path, ".xlsx"))
        ret->xlsx = xlsx_writer_open(path, name, error);
    else
        ret->csv = csv_writer_open(path, true, error);
    return ret->xlsx != NULL || ret->csv != NULL;
}

void sheet_head(SheetWriter *w, Str text)
{
    if (w->xlsx != NULL)
        xlsx_head(w->xlsx, text);
    else
        csv_cell(w->csv, text);
}

void sheet_text(SheetWriter *w, Str text)
{
    if (w->xlsx != NULL)
        xlsx_text(w->xlsx, text);
    else
        csv_cell(w->csv, text);
}

void sheet_end_row(SheetWriter *w)
{
    if (w->xlsx != NULL)
        xlsx_end_row(w->xlsx);
    else
        csv_end_row(w->csv);
}

bool sheet_writer_close(SheetWriter *w, GError **error)
{
    return w->xlsx != NULL ? xlsx_writer_close(w->xlsx, error) : csv_writer_close(w->csv, error);
}

void sheet_writer_clear(SheetWriter *w)
{
    if (w->csv != NULL)
        csv_writer_free(w->csv);
    xlsx_writer_free(w->xlsx);
    *w = (SheetWriter){0};
}
