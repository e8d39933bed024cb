/* xlsx_write.c — a sheet out, row by row, in constant memory. */
#include "base/limits.h"
#include "format/xlsx.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define COLUMN_WIDTH 16 /* characters; a name, a date, an identity number in part */
#define SCALES       5  /* decimals of numbers that have a format of their own: 0..4 */

struct XlsxWriter {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head, *day, *numbers[SCALES];
    char *path, *beside;
    lxw_row_t row;
    lxw_col_t column, widest;
    lxw_error fault; /* the first one */
};

static const char *const number_formats[SCALES] = {"0", "0.0", "0.00", "0.000", "0.0000"};

static void formats_make(XlsxWriter *w)
{
    w->head = workbook_add_format(w->book);
    format_set_bold(w->head);
    format_set_bg_color(w->head, 0xE8EEF4);
    w->day = workbook_add_format(w->book);
    format_set_num_format(w->day, "yyyy-mm-dd");
    for (unsigned i = 0; i < SCALES; i++) {
        w->numbers[i] = workbook_add_format(w->book);
        format_set_num_format(w->numbers[i], number_formats[i]);
    }
}

XlsxWriter *xlsx_writer_open(const char *path, const char *sheet, GError **error)
{
    XlsxWriter *w = g_new0(XlsxWriter, 1);
    w->path = g_strdup(path);
    w->beside = g_strdup_printf("%s.%08x.part", path, g_random_int());
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = g_open(w->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) /* the library keeps what may read it */
        close(fd);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
    w->book = workbook_new_opt(w->beside, &options);
    w->sheet = w->book != NULL ? workbook_add_worksheet(w->book, sheet) : NULL;
    if (w->sheet != NULL) {
        formats_make(w);
        worksheet_set_column(w->sheet, 0, LIMIT_CSV_COLUMNS - 1, COLUMN_WIDTH, NULL);
        worksheet_freeze_panes(w->sheet, 1, 0);
        return w;
    }
    xlsx_writer_free(w);
    fail(error, FAIL_SYSTEM, "could not write \"%s\"", path);
    return NULL;
}

static void keep(XlsxWriter *w, lxw_error fault)
{
    if (w->fault == LXW_NO_ERROR)
        w->fault = fault;
    w->column++;
    w->widest = MAX(w->widest, w->column);
}

static void text_in(XlsxWriter *w, Str text, lxw_format *format)
{
    if (text.len == 0) {
        w->column++;
        return;
    }
    g_autofree char *copy = g_strndup(text.at, text.len);
    keep(w, worksheet_write_string(w->sheet, w->row, w->column, copy, format));
}

void xlsx_foot(XlsxWriter *w, Str text)
{
    g_autofree char *foot = g_strdup_printf("&C%.*s", STR_ARG(text));
    (void)worksheet_set_footer(w->sheet, foot); /* too long a text prints none */
}

void xlsx_head(XlsxWriter *w, Str text)
{
    text_in(w, text, w->head);
}

void xlsx_text(XlsxWriter *w, Str text)
{
    text_in(w, text, NULL);
}

void xlsx_number(XlsxWriter *w, int64_t value, unsigned scale)
{
    double by = 1;
    for (unsigned i = 0; i < scale; i++)
        by *= 10;
    keep(w, worksheet_write_number(w->sheet, w->row, w->column, (double)value / by,
                                   w->numbers[MIN(scale, SCALES - 1)]));
}

void xlsx_date(XlsxWriter *w, Date day)
{
    Ymd d = date_ymd(day);
    char text[DATE_TEXT];
    if (d.year < 1900) { /* spreadsheets know none before */
        xlsx_text(w, str_of(date_format(day, text)));
        return;
    }
    lxw_datetime at = {.year = d.year, .month = d.month, .day = d.day};
    keep(w, worksheet_write_datetime(w->sheet, w->row, w->column, &at, w->day));
}

void xlsx_end_row(XlsxWriter *w)
{
    w->row++;
    w->column = 0;
}

bool xlsx_writer_close(XlsxWriter *w, GError **error)
{
    if (w->row > 1 && w->widest > 0)
        worksheet_autofilter(w->sheet, 0, 0, w->row - 1, w->widest - 1);
    lxw_error closed = workbook_close(w->book);
    w->book = NULL;
    if (w->fault != LXW_NO_ERROR || closed != LXW_NO_ERROR) {
        lxw_error why = w->fault != LXW_NO_ERROR ? w->fault : closed;
        return fail(error, why == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? FAIL_INPUT : FAIL_SYSTEM,
                    "could not write \"%s\": %s", w->path, lxw_strerror(why));
    }
    if (g_rename(w->beside, w->path) != 0)
        return fail(error, FAIL_SYSTEM, "could not rename \"%s\" to \"%s\"", w->beside, w->path);
    g_clear_pointer(&w->beside, g_free);
    return true;
}

void xlsx_writer_free(XlsxWriter *w)
{
    if (w == NULL)
        return;
    if (w->book != NULL)
        (void)workbook_close(w->book);
    if (w->beside != NULL)
        (void)g_unlink(w->beside);
    g_free(w->beside);
    g_free(w->path);
    g_free(w);
}
