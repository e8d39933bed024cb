/* xlsx.c — a sheet row by row: the parser stops at the end of each row and goes on when asked.
 * Read first: xlsx_next(), cell_close(). */
#include "format/xlsx.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "format/spoiled.h"
#include "format/xlsx_book.h"
#include "format/xlsx_merge.h"

#include <math.h>
#include <string.h>

#define TITLE_ROWS 10      /* above the header: heading, unit, date */
#define LOST       1e15    /* a spreadsheet keeps 15 digits of a number */
#define CELL_MOST  32767   /* characters of a cell; no spreadsheet holds more, or takes it back */
#define SHOWN      40      /* characters of a cell that is no number */
#define LAST_DAY   2958465 /* 9999-12-31, the last day spreadsheets know */

/* Cells without anything that somebody wrote: refused in every column that is looked at. */
#define NO_VALUE  "#N/A" /* a formula was saved without its value, or failed */
#define NO_NUMBER "#NUM!"

typedef struct Lone { /* a row of which one cell alone is filled */
    size_t row, column;
    char *text;
} Lone;

struct XlsxReader {
    XlsxParsing parsing; /* first, for xlsx_parser() */
    GString *bytes;
    char *name;
    XlsxZip *zip;
    XlsxBook book;
    bool last_piece, ended, broken, suspended;
    size_t given; /* bytes of texts in the rows so far */
    /* the row being read */
    GString *texts;
    struct {
        size_t from, len;
    } at[LIMIT_CSV_COLUMNS];
    Str cells[LIMIT_CSV_COLUMNS];
    size_t n, column, row, filled;
    bool row_done;
    GError *fault; /* the first one of the row */
    GError *ahead; /* of the row behind those of one cell */
    GPtrArray *lones;
    guint next_lone;
    /* the cell being read */
    GString *value;
    char type; /* n s i b e d t: number, shared, inline, bool, error, day, text of a formula */
    uint64_t style;
    unsigned hint;
    bool in_cell, in_value, formula;
    size_t width;
    GPtrArray *kept;
    Str *names;
    GArray *merges; /* XlsxMerge, by their first rows */
    guint next_merge;
    struct {
        uint32_t until; /* the last row that gets the text */
        GString *text;  /* NULL: never needed */
    } down[LIMIT_CSV_COLUMNS];
};

/* ---- faults */

static void letters_of(size_t column, char to[8])
{
    char back[8];
    size_t n = 0, i = 0;
    for (size_t c = column + 1; c > 0 && n < 7; c = (c - 1) / 26)
        back[n++] = (char)('A' + (c - 1) % 26);
    while (n > 0)
        to[i++] = back[--n];
    to[i] = '\0';
}

static void row_fault(XlsxReader *r, const char *zh, const char *en, ...) G_GNUC_PRINTF(2, 4)
    G_GNUC_PRINTF(3, 4);

/* Both texts have the same arguments. */
static void row_fault(XlsxReader *r, const char *zh, const char *en, ...)
{
    va_list args, again;
    char column[8];
    if (r->fault != NULL)
        return;
    letters_of(r->column, column);
    va_start(args, en);
    va_copy(again, args);
    g_autofree char *what = g_strdup_vprintf(en, args), *what_zh = g_strdup_vprintf(zh, again);
    va_end(again);
    va_end(args);
    (void)(fail(&r->fault, FAIL_INPUT, "%s:%s%zu: %s", r->name, column, r->row, what) ||
           fail_zh(&r->fault, "单元格 %s%zu %s", column, r->row, what_zh));
}

/* ---- numbers as people see them */

static void drop_zeros(char *text)
{
    size_t len = strlen(text);
    if (strchr(text, '.') == NULL)
        return;
    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[len - 1] = '\0';
}

static void plain_number(double x, GString *to)
{
    char text[64];
    if (fabs(x) >= LOST) { /* as it is shown, which every kind of cell refuses */
        g_string_append(to, g_ascii_formatd(text, sizeof text, "%.5E", x));
        return;
    }
    g_ascii_formatd(text, sizeof text, "%.15g", x);
    if (strchr(text, 'e') != NULL) {
        g_ascii_formatd(text, sizeof text, "%.15f", x);
        drop_zeros(text);
    }
    g_string_append(to, text);
}

/* Days count from 1899-12-31, but there they believe in 1900-02-29 (day 60). */
static bool day_of(const XlsxReader *r, double serial, Date *ret)
{
    Date origin;
    int32_t day = (int32_t)floor(serial);
    if (r->book.from_1904)
        return date_make(1904, 1, 1, &origin) && (*ret = origin + day, true);
    if (day == 60 || !date_make(1899, 12, 31, &origin))
        return false;
    *ret = origin + day - (day > 60);
    return true;
}

static void show_day(const XlsxReader *r, double serial, GString *to)
{
    char text[DATE_TEXT];
    Date day;
    int64_t seconds = (int64_t)llround((serial - floor(serial)) * 86400);
    if (serial < 0 || serial >= LAST_DAY + 1.0 || !day_of(r, serial, &day)) {
        g_string_append(to, NO_NUMBER);
        return;
    }
    if (seconds == 86400) {
        seconds = 0;
        day++;
    }
    if (serial >= 1)
        g_string_append(to, date_format(day, text));
    if (seconds == 0 && serial >= 1)
        return;
    g_string_append_printf(to, "%s%02d:%02d", serial >= 1 ? " " : "", (int)(seconds / 3600),
                           (int)(seconds / 60 % 60));
    if (seconds % 60 != 0)
        g_string_append_printf(to, ":%02d", (int)(seconds % 60));
}

static void show_elapsed(double serial, GString *to)
{
    if (serial < 0 || serial > LAST_DAY) {
        g_string_append(to, NO_NUMBER);
        return;
    }
    int64_t minutes = (int64_t)llround(serial * 1440);
    g_string_append_printf(to, "%" G_GINT64_FORMAT ":%02d", minutes / 60, (int)(minutes % 60));
}

static void show_zeros(double x, int zeros, GString *to)
{
    if (x < 0 || x != floor(x) || x >= LOST)
        plain_number(x, to);
    else
        g_string_append_printf(to, "%0*" G_GINT64_FORMAT, zeros, (int64_t)x);
}

/* A day of which people see the year, or year and month: what they do not see was filled in by the
 * program.  1945年3月 is no first of March. */
static void show_part(const XlsxReader *r, double serial, size_t len, GString *to)
{
    size_t from = to->len;
    show_day(r, serial, to);
    if (serial >= 1 && strcmp(to->str + from, NO_NUMBER) != 0)
        g_string_truncate(to, MIN(to->len, from + len));
}

static void show_number(XlsxReader *r, GString *to)
{
    char *end;
    double x = g_ascii_strtod(r->value->str, &end);
    XlsxStyle style = xlsx_book_style(&r->book, r->style);
    if (r->value->len == 0)
        return;
    if (end != r->value->str + r->value->len || !isfinite(x)) {
        g_autofree char *some =
            g_utf8_substring(r->value->str, 0, MIN(g_utf8_strlen(r->value->str, -1), SHOWN));
        row_fault(r, "的“%s”不是数字", "\"%s\" is no number", some);
        g_string_append_len(to, r->value->str, (gssize)r->value->len);
        return;
    }
    switch (style.show) {
    case SHOW_DATE:
        show_day(r, x, to);
        break;
    case SHOW_MONTH:
        show_part(r, x, strlen("1945-03"), to);
        break;
    case SHOW_YEAR:
        show_part(r, x, strlen("1945"), to);
        break;
    case SHOW_ELAPSED:
        show_elapsed(x, to);
        break;
    case SHOW_ZEROS:
        show_zeros(x, style.zeros, to);
        break;
    case SHOW_PERCENT:
        plain_number(x * 100, to);
        g_string_append_c(to, '%');
        break;
    default:
        plain_number(x, to);
    }
}

/* ---- cells */

static void show_shared(XlsxReader *r, GString *to)
{
    guint64 index;
    Str text;
    if (g_ascii_string_to_unsigned(r->value->str, 10, 0, G_MAXUINT32, &index, NULL) &&
        xlsx_book_text(&r->book, index, &text))
        g_string_append_len(to, text.at, (gssize)text.len);
    else
        row_fault(r, "的文字缺失，请重新保存工作簿",
                  "its text is missing; save the workbook again");
}

/* Of an error that is new to us it is enough that it is one. */
static void show_error(const XlsxReader *r, GString *to)
{
    Str word = {r->value->str, r->value->len};
    g_string_append(to, spoiled_error(word) ? r->value->str : NO_VALUE);
}

static void show_cell(XlsxReader *r, GString *to)
{
    switch (r->type) {
    case 's':
        show_shared(r, to);
        break;
    case 'b':
        g_string_append(to, r->value->str[0] == '1' ? "是" : "否");
        break;
    case 'e':
        show_error(r, to);
        break;
    case 'n':
        show_number(r, to);
        break;
    default:
        g_string_append_len(to, r->value->str, (gssize)r->value->len);
    }
}

static void cell_close(XlsxReader *r)
{
    size_t from = r->texts->len;
    if (r->column >= LIMIT_CSV_COLUMNS) {
        if (r->value->len > 0)
            row_fault(r, "超出了列数：一行最多 %u 列", "a row has at most %u cells",
                      LIMIT_CSV_COLUMNS);
        return;
    }
    if (r->value->len > 0)
        show_cell(r, r->texts);
    else if (r->formula && r->type != 't') /* "" as a formula's value is a text */
        g_string_append(r->texts, NO_VALUE);
    if (r->texts->len - from > LIMIT_CSV_CELL ||
        str_utf8_length((Str){r->texts->str + from, r->texts->len - from}) > CELL_MOST) {
        row_fault(r, "太长：最多 %u 个字", "is longer than %u characters", CELL_MOST);
        g_string_truncate(r->texts, from);
    }
    /* Where a program wrote a column twice the last one counts, as it does on the screen. */
    for (; r->n <= r->column; r->n++)
        r->at[r->n].from = r->at[r->n].len = 0;
    r->at[r->column].from = from;
    r->at[r->column].len = r->texts->len - from;
}

/* "AB12" → column 27. */
static size_t column_of(const char *reference, size_t otherwise)
{
    size_t column = 0, i = 0;
    if (reference == NULL)
        return otherwise;
    for (; g_ascii_isalpha(reference[i]) && i < 4; i++)
        column = column * 26 + (size_t)(g_ascii_toupper(reference[i]) - 'A') + 1;
    return i > 0 ? column - 1 : otherwise;
}

static char type_of(const char *type)
{
    static const struct {
        const char *word;
        char type;
    } types[] = {{"s", 's'},   {"inlineStr", 'i'}, {"b", 'b'}, {"e", 'e'},
                 {"str", 't'}, {"d", 'd'},         {"n", 'n'}};
    for (size_t i = 0; type != NULL && i < G_N_ELEMENTS(types); i++)
        if (strcmp(type, types[i].word) == 0)
            return types[i].type;
    return 'n';
}

static uint64_t unsigned_of(const char *text, uint64_t most, uint64_t otherwise)
{
    guint64 n;
    return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, most, &n, NULL) ? n : otherwise;
}

static void row_open(XlsxReader *r, const XML_Char **attributes)
{
    r->row = unsigned_of(xlsx_attribute(attributes, "r"), G_MAXUINT32, r->row + 1);
    r->n = 0;
    r->column = SIZE_MAX;
    g_string_truncate(r->texts, 0);
    g_clear_error(&r->fault);
}

static void element_start(void *with, const XML_Char *name, const XML_Char **attributes)
{
    XlsxReader *r = with;
    const char *local = xlsx_local(name);
    if (strcmp(local, "row") == 0)
        row_open(r, attributes);
    else if (strcmp(local, "c") == 0) {
        r->column = column_of(xlsx_attribute(attributes, "r"), r->column + 1);
        r->type = type_of(xlsx_attribute(attributes, "t"));
        r->style = unsigned_of(xlsx_attribute(attributes, "s"), G_MAXUINT32, 0);
        r->in_cell = true;
        r->formula = false;
        g_string_truncate(r->value, 0);
    } else if (strcmp(local, "rPh") == 0)
        r->hint++;
    r->formula = r->formula || (r->in_cell && strcmp(local, "f") == 0);
    r->in_value = r->in_cell && r->hint == 0 &&
                  (strcmp(local, "v") == 0 || (r->type == 'i' && strcmp(local, "t") == 0));
}

static void element_end(void *with, const XML_Char *name)
{
    XlsxReader *r = with;
    const char *local = xlsx_local(name);
    r->in_value = false;
    if (strcmp(local, "c") == 0 && r->in_cell) {
        cell_close(r);
        r->in_cell = false;
    } else if (strcmp(local, "rPh") == 0)
        r->hint -= r->hint > 0;
    else if (strcmp(local, "row") == 0) {
        r->row_done = true;
        XML_StopParser(r->parsing.parser, XML_TRUE);
    }
}

static void element_text(void *with, const XML_Char *text, int len)
{
    XlsxReader *r = with;
    if (r->in_value && r->value->len <= LIMIT_CSV_CELL) /* one more byte than is allowed */
        g_string_append_len(r->value, text, MIN(len, (int)LIMIT_CSV_CELL + 1));
}

/* ---- rows */

/* One piece of the sheet; the parser stops behind a row. */
static bool go_on(XlsxReader *r, GError **error)
{
    if (!r->suspended) {
        if (r->last_piece) {
            r->ended = true;
            return true;
        }
        if (!xlsx_part_feed(r->zip, r->parsing.parser, &r->last_piece, error))
            return false;
    } else if (XML_ResumeParser(r->parsing.parser) == XML_STATUS_ERROR)
        return xlsx_part_fault(r->zip, r->parsing.parser, error);
    XML_ParsingStatus status;
    XML_GetParsingStatus(r->parsing.parser, &status);
    r->suspended = status.parsing == XML_SUSPENDED;
    return true;
}

static size_t settle(XlsxReader *r)
{
    size_t filled = 0;
    for (size_t i = 0; i < r->n; i++) {
        r->cells[i] = (Str){r->texts->str + r->at[i].from, r->at[i].len};
        filled += r->at[i].len > 0;
    }
    return filled;
}

/* What stands in the first of several cells made one goes for those below it. */
static void fill_down(XlsxReader *r)
{
    for (; r->next_merge < r->merges->len; r->next_merge++) {
        const XlsxMerge *m = &g_array_index(r->merges, XlsxMerge, r->next_merge);
        if (m->from > r->row)
            break;
        if (m->column >= LIMIT_CSV_COLUMNS || m->from < r->row)
            continue;
        Str text = m->column < r->n ? r->cells[m->column] : STR("");
        if (r->down[m->column].text == NULL)
            r->down[m->column].text = g_string_new(NULL);
        g_string_truncate(r->down[m->column].text, 0);
        g_string_append_len(r->down[m->column].text, text.at, (gssize)text.len);
        r->down[m->column].until = m->to;
    }
    for (size_t i = 0; i < LIMIT_CSV_COLUMNS && r->merges->len > 0; i++) {
        if (r->down[i].text == NULL || r->down[i].until < r->row || r->down[i].text->len == 0)
            continue;
        for (; r->n <= i; r->n++)
            r->cells[r->n] = STR("");
        if (r->cells[i].len == 0)
            r->cells[i] = (Str){r->down[i].text->str, r->down[i].text->len};
    }
}

/* A text is held once, however many cells show it: a small file could have more to say than a disk
 * holds when its rows come back rejected. */
#define GIVEN_PER_BYTE 200u /* of the file; lists of people have some ten */
#define GIVEN_ALWAYS   (64u << 20)

static bool gives_too_much(XlsxReader *r, GError **error)
{
    r->given += r->texts->len;
    if (r->given <= MIN((size_t)LIMIT_XLSX_PART, r->bytes->len * GIVEN_PER_BYTE + GIVEN_ALWAYS))
        return false;
    r->ended = r->broken = true;
    (void)(fail(error, FAIL_INPUT, "%s: holds more text than any list of its size", r->name) ||
           fail_zh(error, "工作簿里的文字太多，请拆开再上传"));
    return true;
}

/* The next row with a filled cell or a fault; false at the end and with an error. */
static bool next_row(XlsxReader *r, GError **error)
{
    while (!r->ended) {
        r->row_done = false;
        if (!go_on(r, error)) {
            r->ended = r->broken = true;
            return false;
        }
        if (!r->row_done)
            continue;
        r->filled = settle(r);
        if (gives_too_much(r, error))
            return false;
        if (r->filled == 0 && r->fault == NULL)
            continue;
        fill_down(r);
        if (r->fault == NULL)
            return true;
        g_propagate_error(error, g_steal_pointer(&r->fault));
        return false;
    }
    return false;
}

static void keep_names(XlsxReader *r)
{
    r->names = g_new0(Str, r->n + 1);
    r->width = r->n;
    for (size_t i = 0; i < r->n; i++) {
        Str name = str_trim(r->cells[i]);
        char *copy = g_strndup(name.len > 0 ? name.at : "", name.len);
        g_ptr_array_add(r->kept, copy);
        r->names[i] = (Str){copy, name.len};
    }
    while (r->width > 0 && r->names[r->width - 1].len == 0)
        r->width--;
}

/* ---- rows of one cell: titles above the header, or a sheet of one column */

static void lone_free(gpointer data)
{
    Lone *l = data;
    g_free(l->text);
    g_free(l);
}

static void lone_keep(XlsxReader *r)
{
    Lone *l = g_new0(Lone, 1);
    while (r->cells[l->column].len == 0)
        l->column++;
    l->row = r->row;
    l->text = g_strndup(r->cells[l->column].at, r->cells[l->column].len);
    g_ptr_array_add(r->lones, l);
}

static void lone_again(XlsxReader *r)
{
    const Lone *l = g_ptr_array_index(r->lones, r->next_lone++);
    for (size_t i = 0; i < l->column; i++)
        r->cells[i] = STR("");
    r->cells[l->column] = str_of(l->text);
    r->n = l->column + 1;
    r->row = l->row;
}

/* Heading, unit, day: as many as there are.  Where no row of several cells follows, the first is
 * the header of its one column, and the others are its rows. */
bool xlsx_header(XlsxReader *r, const Str **ret_names, size_t *ret_n, GError **error)
{
    bool found = next_row(r, &r->ahead);
    while (found && r->filled == 1 && r->lones->len <= TITLE_ROWS) {
        lone_keep(r);
        found = next_row(r, &r->ahead);
    }
    if (r->ahead != NULL && (r->broken || r->lones->len == 0)) {
        g_propagate_error(error, g_steal_pointer(&r->ahead));
        return fail_while(error, "reading the header");
    }
    if (!found && r->lones->len == 0)
        return fail(error, FAIL_INPUT, "%s: sheet \"%s\" is empty", r->name, r->book.sheet) ||
               fail_zh(error, "工作表“%s”是空的", r->book.sheet);
    if (found && r->filled > 1)
        g_ptr_array_set_size(r->lones, 0);
    else if (found)
        lone_keep(r);
    if (r->lones->len > 0)
        lone_again(r);
    keep_names(r);
    *ret_names = r->names;
    *ret_n = r->width;
    return true;
}

/* What stands there goes with the reason: its row comes back with the header's columns alone. */
static bool beside_header(XlsxReader *r)
{
    for (size_t i = r->width; i < r->n; i++)
        if (r->width > 0 && r->cells[i].len > 0) {
            r->column = i;
            row_fault(r, "在表头各列之外：“%.*s”",
                      "\"%.*s\" stands beside the columns of the header", STR_ARG(r->cells[i]));
            return true;
        }
    return false;
}

bool xlsx_next(XlsxReader *r, const Str **ret_cells, size_t *ret_n, GError **error)
{
    GError *fault = NULL;
    *ret_cells = r->cells;
    *ret_n = 0;
    if (r->next_lone < r->lones->len)
        lone_again(r);
    else if (r->ahead != NULL) { /* it was said before a row could be handed over */
        g_propagate_error(error, g_steal_pointer(&r->ahead));
        return false;
    } else if (!next_row(r, &fault) && (fault == NULL || r->broken)) {
        if (fault != NULL)
            g_propagate_error(error, fault);
        return false;
    }
    if (fault == NULL && beside_header(r))
        fault = g_steal_pointer(&r->fault);
    *ret_n = r->width > 0 ? MIN(r->n, r->width) : r->n;
    for (size_t i = r->n; i < r->width; i++)
        r->cells[i] = STR("");
    if (fault == NULL)
        return true;
    g_propagate_error(error, fault);
    return false;
}

bool xlsx_broken(const XlsxReader *r)
{
    return r->broken;
}

size_t xlsx_line(const XlsxReader *r)
{
    return r->row;
}

double xlsx_share(const XlsxReader *r)
{
    uint64_t size = xlsx_part_size(r->zip);
    return size > 0 ? MIN(1.0, (double)xlsx_part_done(r->zip) / (double)size) : 1.0;
}

const char *xlsx_sheet(const XlsxReader *r)
{
    return r->book.sheet;
}

const GPtrArray *xlsx_sheets(const XlsxReader *r)
{
    return r->book.sheets;
}

/* ---- opening */

/* Old .xls files and workbooks with a password are another container. */
static bool is_other_container(Str bytes)
{
    return bytes.len >= 4 && memcmp(bytes.at, "\xD0\xCF\x11\xE0", 4) == 0;
}

static bool open_sheet(XlsxReader *r, const char *sheet, GError **error)
{
    Str bytes = {r->bytes->str, r->bytes->len};
    GError *fault = NULL;
    if (is_other_container(bytes))
        return fail(error, FAIL_INPUT,
                    "%s: is an old .xls workbook, or one with a password; save it as .xlsx "
                    "without a password, or as CSV",
                    r->name) ||
               fail_zh(error, "这是旧版 .xls 或带密码的工作簿，请另存为不带密码的 .xlsx 或 CSV");
    r->zip = xlsx_zip_open(bytes, r->name, error);
    if (r->zip == NULL || !xlsx_book_read(r->zip, sheet, r->name, &r->book, error))
        return false;
    /* What is damaged is told when the rows before it are read. */
    if (!xlsx_merges_read(r->zip, r->book.part, LIMIT_XLSX_PART, r->merges, &fault))
        g_clear_error(&fault);
    xlsx_parser(r, element_start, element_end, element_text);
    if (xlsx_part_open(r->zip, r->book.part, LIMIT_XLSX_PART, &fault))
        return true;
    if (fault == NULL)
        return fail(error, FAIL_INPUT, "%s: sheet \"%s\" is missing; save the workbook again",
                    r->name, r->book.sheet) ||
               fail_zh(error, "工作表“%s”找不到，请重新保存工作簿", r->book.sheet);
    g_propagate_error(error, fault);
    return false;
}

static XlsxReader *reader_of(GString *bytes, const char *sheet, const char *name, GError **error)
{
    XlsxReader *r = g_new0(XlsxReader, 1);
    r->bytes = bytes;
    r->name = g_strdup(name);
    r->texts = g_string_new(NULL);
    r->value = g_string_new(NULL);
    r->kept = g_ptr_array_new_with_free_func(g_free);
    r->merges = g_array_new(FALSE, FALSE, sizeof(XlsxMerge));
    r->lones = g_ptr_array_new_with_free_func(lone_free);
    if (open_sheet(r, sheet, error))
        return r;
    xlsx_free(r);
    return NULL;
}

XlsxReader *xlsx_read(Str bytes, const char *sheet, const char *name, GError **error)
{
    return reader_of(g_string_new_len(bytes.at, (gssize)bytes.len), sheet, name, error);
}

XlsxReader *xlsx_open(const char *path, const char *sheet, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str bytes;
    if (!file_read(a, path, LIMIT_XLSX_BYTES, &bytes, error))
        return NULL;
    return xlsx_read(bytes, sheet, path, error);
}

void xlsx_free(XlsxReader *r)
{
    if (r == NULL)
        return;
    if (r->parsing.parser != NULL)
        XML_ParserFree(r->parsing.parser);
    xlsx_book_clear(&r->book);
    xlsx_zip_close(r->zip);
    g_clear_error(&r->fault);
    g_clear_error(&r->ahead);
    g_string_free(r->bytes, TRUE);
    g_string_free(r->texts, TRUE);
    g_string_free(r->value, TRUE);
    g_ptr_array_unref(r->kept);
    g_array_unref(r->merges);
    g_ptr_array_unref(r->lones);
    for (size_t i = 0; i < LIMIT_CSV_COLUMNS; i++)
        if (r->down[i].text != NULL)
            g_string_free(r->down[i].text, TRUE);
    g_free(r->names);
    g_free(r->name);
    g_free(r);
}
