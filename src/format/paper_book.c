/* paper_book.c — a paper as a workbook of its own, ready to print: title over all columns, heads of
 * two lines with their cells merged and repeated on each page, totals with their capitals, places
 * to sign, page numbers.  Read first: put_sheet(). */
#include "format/paper.h"

#include "base/limits.h"
#include "format/capitals.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define SCALES       5    /* formats of numbers: 0..4 decimals */
#define WIDTH_LEAST  8.0  /* characters of a column */
#define WIDTH_MOST   36.0 /* what is longer is broken into lines */
#define WIDTH_SIGNED 16.0 /* 30 mm: room for a name in ink, or a thumb */
#define SHEET_NAME   31   /* characters a spreadsheet allows */

typedef struct Book {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *title, *line, *body, *head, *cell, *day, *group, *total, *numbers[SCALES],
        *totals[SCALES];
    const PaperSheet *paper;
    lxw_row_t row;
    lxw_col_t wide; /* columns of the sheet */
    double widths[LIMIT_PAPER_COLUMNS + 3];
    lxw_row_t head_first, head_last; /* repeated on each page: of the longest table */
    size_t head_rows;
    lxw_error fault;
} Book;

/* ---- formats */

static lxw_format *format_new(Book *b, bool boxed, int align)
{
    lxw_format *f = workbook_add_format(b->book);
    format_set_align(f, (uint8_t)align);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    if (boxed) {
        format_set_border(f, LXW_BORDER_THIN);
        format_set_text_wrap(f);
    }
    return f;
}

static void formats_make(Book *b)
{
    static const char *const formats[SCALES] = {"0", "0.0", "#,##0.00", "0.000", "0.0000"};
    b->title = format_new(b, false, LXW_ALIGN_CENTER);
    format_set_bold(b->title);
    format_set_font_size(b->title, 18);
    b->line = format_new(b, false, LXW_ALIGN_LEFT);
    b->body = format_new(b, false, LXW_ALIGN_LEFT);
    format_set_text_wrap(b->body);
    b->head = format_new(b, true, LXW_ALIGN_CENTER);
    format_set_bold(b->head);
    b->cell = format_new(b, true, LXW_ALIGN_LEFT);
    b->group = format_new(b, true, LXW_ALIGN_LEFT);
    format_set_bold(b->group);
    b->total = format_new(b, true, LXW_ALIGN_CENTER);
    format_set_bold(b->total);
    b->day = format_new(b, true, LXW_ALIGN_CENTER);
    format_set_num_format(b->day, "yyyy-mm-dd");
    for (int i = 0; i < SCALES; i++) {
        b->numbers[i] = format_new(b, true, LXW_ALIGN_RIGHT);
        format_set_num_format(b->numbers[i], formats[i]);
        b->totals[i] = format_new(b, true, LXW_ALIGN_RIGHT);
        format_set_num_format(b->totals[i], formats[i]);
        format_set_bold(b->totals[i]);
    }
}

/* ---- cells */

static void keep(Book *b, lxw_error fault)
{
    if (b->fault == LXW_NO_ERROR)
        b->fault = fault;
}

/* Chinese signs take the room of two letters. */
static double width_of(Str text)
{
    double n = 1;
    while (text.len > 0)
        n += str_utf8_next(&text) < 0x2e80 ? 1 : 2;
    return n;
}

static void widen(Book *b, lxw_col_t column, Str text)
{
    if (column < G_N_ELEMENTS(b->widths))
        b->widths[column] = MAX(b->widths[column], MIN(width_of(text), WIDTH_MOST));
}

static void put(Book *b, lxw_col_t column, Str text, lxw_format *format)
{
    g_autofree char *copy = g_strndup(text.at != NULL ? text.at : "", text.len);
    keep(b, text.len > 0 ? worksheet_write_string(b->sheet, b->row, column, copy, format)
                         : worksheet_write_blank(b->sheet, b->row, column, format));
}

/* Over columns from..to, which may be one. */
static void put_over(Book *b, lxw_row_t last, lxw_col_t from, lxw_col_t to, Str text,
                     lxw_format *format)
{
    g_autofree char *copy = g_strndup(text.at != NULL ? text.at : "", text.len);
    if (from == to && last == b->row)
        put(b, from, text, format);
    else
        keep(b, worksheet_merge_range(b->sheet, b->row, from, last, to, copy, format));
}

static void put_line(Book *b, Str text, lxw_format *format)
{
    put_over(b, b->row, 0, (lxw_col_t)(b->wide - 1), text, format);
    b->row++;
}

static void put_number(Book *b, lxw_col_t column, Decimal d, lxw_format *const *formats)
{
    double by = 1;
    for (unsigned i = 0; i < d.scale; i++)
        by *= 10;
    keep(b, worksheet_write_number(b->sheet, b->row, column, (double)d.mantissa / by,
                                   formats[MIN(d.scale, SCALES - 1)]));
}

static void put_value(Book *b, lxw_col_t column, PaperKind kind, Str text)
{
    Decimal d;
    Date day;
    int64_t fen;
    if (kind == PAPER_MONEY && money_parse(text, &fen)) {
        put_number(b, column, (Decimal){fen, 2}, b->numbers);
    } else if (kind == PAPER_NUMBER && text.len < 16 && decimal_parse(text, &d)) {
        put_number(b, column, d, b->numbers);
    } else if (kind == PAPER_DATE && date_parse(text, &day) && date_ymd(day).year >= 1900) {
        Ymd at = date_ymd(day);
        lxw_datetime when = {.year = at.year, .month = at.month, .day = at.day};
        keep(b, worksheet_write_datetime(b->sheet, b->row, column, &when, b->day));
    } else {
        put(b, column, text, b->cell);
    }
    widen(b, column, text);
}

/* ---- heads */

static bool has_two_lines(const PaperTable *t)
{
    for (size_t k = 0; k < t->n_columns; k++)
        if (paper_head_above(t->columns[k].label).len > 0)
            return true;
    return false;
}

static void put_upper_heads(Book *b, const PaperTable *t)
{
    for (size_t k = 0; k < t->n_columns;) {
        Str above = paper_head_above(t->columns[k].label);
        size_t n = 1;
        while (above.len > 0 && k + n < t->n_columns &&
               str_equal(paper_head_above(t->columns[k + n].label), above))
            n++;
        if (above.len > 0)
            put_over(b, b->row, (lxw_col_t)(k + 1), (lxw_col_t)(k + n), above, b->head);
        else
            put_over(b, b->row + 1, (lxw_col_t)(k + 1), (lxw_col_t)(k + 1), t->columns[k].label,
                     b->head);
        k += n;
    }
}

static void put_heads(Book *b, const PaperTable *t)
{
    bool two = has_two_lines(t);
    lxw_row_t first = b->row;
    put_over(b, b->row + (two ? 1 : 0), 0, 0, STR("序号"), b->head);
    if (two) {
        put_upper_heads(b, t);
        b->row++;
    }
    for (size_t k = 0; k < t->n_columns; k++) {
        Str label = t->columns[k].label, below = paper_head_below(label);
        bool sign = t->columns[k].kind == PAPER_BLANK;
        if (!two || paper_head_above(label).len > 0)
            put(b, (lxw_col_t)(k + 1), below, b->head);
        widen(b, (lxw_col_t)(k + 1), below);
        b->widths[k + 1] = MAX(b->widths[k + 1], sign ? WIDTH_SIGNED : WIDTH_LEAST);
    }
    if (t->n_rows >= b->head_rows) {
        b->head_rows = t->n_rows;
        b->head_first = first;
        b->head_last = b->row;
    }
    b->row++;
}

/* ---- rows, totals */

static void put_total(Book *b, const PaperTable *t, size_t from, size_t n, Str word)
{
    Decimal sum;
    put(b, 0, word, b->total);
    for (size_t k = 0; k < t->n_columns; k++)
        if (paper_total(t, k, from, n, &sum))
            put_number(b, (lxw_col_t)(k + 1), sum, b->totals);
        else
            put(b, (lxw_col_t)(k + 1), STR(""), b->total);
    b->row++;
}

static void put_capitals(Book *b, const PaperTable *t)
{
    for (size_t k = 0; k < t->n_columns; k++) {
        int64_t fen;
        g_autoptr(GString) words = g_string_new(NULL);
        if (t->n_rows == 0 || !paper_sum(t, k, &fen))
            continue;
        paper_head_put(words, t->columns[k].label);
        g_string_append(words, "合计大写：");
        capitals_money(fen, words);
        put_line(b, (Str){words->str, words->len}, b->line);
    }
}

static void put_rows(Book *b, const PaperTable *t, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++) {
        put_number(b, 0, (Decimal){(int64_t)(i - from) + 1, 0}, b->numbers);
        for (size_t k = 0; k < t->n_columns; k++)
            put_value(b, (lxw_col_t)(k + 1), t->columns[k].kind, t->cells[i * t->n_columns + k]);
        b->row++;
    }
}

static void put_groups(Book *b, const PaperTable *t)
{
    size_t from = 0;
    for (size_t g = 0; g < t->n_groups; g++) {
        put_over(b, b->row, 0, (lxw_col_t)t->n_columns, t->groups[g].title, b->group);
        b->row++;
        put_rows(b, t, from, t->groups[g].n_rows);
        if (paper_has_total(t))
            put_total(b, t, from, t->groups[g].n_rows, STR("小计"));
        from += t->groups[g].n_rows;
    }
}

static void put_table(Book *b, const PaperTable *t, bool named)
{
    if (named)
        put_line(b, t->title, b->line);
    put_heads(b, t);
    if (t->n_groups > 0)
        put_groups(b, t);
    else
        put_rows(b, t, 0, t->n_rows);
    if (paper_has_total(t)) {
        put_total(b, t, 0, t->n_rows, STR("合计"));
        put_capitals(b, t);
    }
}

/* ---- a sheet */

static void put_top(Book *b)
{
    const PaperSheet *p = b->paper;
    char day[DATE_TEXT];
    g_autofree char *line =
        g_strdup_printf("填报单位：%.*s    填报时间：%s    %s%.*s", STR_ARG(p->place_name),
                        date_format(p->made, day), p->letter.len > 0 ? "文号：" : "编号：",
                        STR_ARG(p->letter.len > 0 ? p->letter : p->number));
    keep(b, worksheet_set_row(b->sheet, b->row, 30, NULL));
    put_line(b, p->title, b->title);
    put_line(b, str_of(line), b->line);
}

static void put_entries(Book *b)
{
    const PaperSheet *p = b->paper;
    for (size_t i = 0; i < p->n_texts; i++) {
        double lines = width_of(p->texts[i]) / (b->wide * 10.0) + 1;
        keep(b, worksheet_set_row(b->sheet, b->row, 18 * (double)(int)(lines + 0.99), NULL));
        put_line(b, p->texts[i], b->body);
    }
    for (size_t i = 0; i < p->n_entries; i++) {
        const PaperEntry *e = &p->entries[i];
        put(b, 0, e->label, b->head);
        widen(b, 0, e->label);
        if (b->wide > 2)
            put_over(b, b->row, 1, (lxw_col_t)(b->wide - 1), e->text, b->cell);
        else
            put_value(b, 1, e->kind, e->text);
        b->row++;
    }
}

static void put_foot(Book *b)
{
    const PaperSheet *p = b->paper;
    char day[DATE_TEXT];
    g_autofree char *line = g_strdup_printf(
        "填表人：%.*s    审核人：            负责人：            %.*s（盖章）    日期：%s",
        STR_ARG(paper_filler(p)), STR_ARG(p->signs), date_format(p->made, day));
    b->row++;
    put_line(b, str_of(line), b->line);
}

static void page_set(Book *b)
{
    static const uint8_t sizes[] = {[3] = 8, [4] = 9, [5] = 11}; /* as the format numbers them */
    const PaperFormat *f = &b->paper->format;
    g_autofree char *foot =
        g_strdup_printf("&L&8%.*s&C第 &P 页 共 &N 页&R&8打印时间 &D &T", STR_ARG(b->paper->number));
    worksheet_set_paper(b->sheet, sizes[f->size >= 3 && f->size <= 5 ? f->size : 4]);
    if (f->across)
        worksheet_set_landscape(b->sheet);
    worksheet_set_margins(b->sheet, 0.5, 0.5, 0.6, 0.7);
    worksheet_center_horizontally(b->sheet);
    worksheet_fit_to_pages(b->sheet, 1, 0);
    (void)worksheet_set_footer(b->sheet, foot);
    if (b->head_rows > 0)
        keep(b, worksheet_repeat_rows(b->sheet, b->head_first, b->head_last));
    keep(b, worksheet_print_area(b->sheet, 0, 0, b->row, (lxw_col_t)(b->wide - 1)));
    for (lxw_col_t k = 0; k < b->wide && k < G_N_ELEMENTS(b->widths); k++)
        keep(b, worksheet_set_column(b->sheet, k, k, MAX(b->widths[k], WIDTH_LEAST), NULL));
}

static void sheet_begin(Book *b, const char *name, size_t columns)
{
    b->sheet = workbook_add_worksheet(b->book, name);
    b->row = 0;
    b->head_rows = 0;
    b->wide = (lxw_col_t)MAX(columns + 1, 2);
    memset(b->widths, 0, sizeof b->widths);
}

static void put_sheet(Book *b)
{
    const PaperSheet *p = b->paper;
    size_t wide = 1;
    for (size_t i = 0; i < p->n_tables; i++)
        wide = MAX(wide, p->tables[i].n_columns);
    sheet_begin(b, "Sheet1", wide);
    if (b->sheet == NULL)
        return;
    put_top(b);
    put_entries(b);
    for (size_t i = 0; i < p->n_tables; i++)
        put_table(b, &p->tables[i], p->n_tables > 1);
    put_foot(b);
    page_set(b);
}

/* Sheets are called like their group, with what no sheet may be called left out; a number before
 * it makes two that are called alike differ. */
static void sheet_name(const PaperGroup *g, size_t number, char *to, size_t room)
{
    g_autoptr(GString) name = g_string_new(NULL);
    Str rest = g->title;
    g_string_append_printf(name, "%zu ", number);
    for (size_t n = name->len; rest.len > 0 && n < SHEET_NAME; n++) {
        uint32_t c = str_utf8_next(&rest);
        g_string_append_unichar(name, c < 0x80 && strchr("[]:*?/\\'", (int)c) != NULL ? ' ' : c);
    }
    g_strlcpy(to, name->str, room);
}

static void put_apart(Book *b, const PaperTable *t, size_t *number)
{
    size_t from = 0;
    for (size_t g = 0; g < t->n_groups; g++) {
        char name[4 * SHEET_NAME + 1];
        sheet_name(&t->groups[g], ++*number, name, sizeof name);
        sheet_begin(b, name, t->n_columns);
        if (b->sheet == NULL)
            return;
        put_top(b);
        put_line(b, t->groups[g].title, b->line);
        put_heads(b, t);
        put_rows(b, t, from, t->groups[g].n_rows);
        if (paper_has_total(t))
            put_total(b, t, from, t->groups[g].n_rows, STR("合计"));
        put_foot(b);
        page_set(b);
        from += t->groups[g].n_rows;
    }
}

static bool book_close(Book *b, const char *beside, const char *path, GError **error)
{
    bool made = b->sheet != NULL;
    lxw_error closed = workbook_close(b->book);
    lxw_error why = b->fault != LXW_NO_ERROR ? b->fault : closed;
    if (!made || why != LXW_NO_ERROR)
        return fail(error, FAIL_SYSTEM, "could not write \"%s\": %s", path, lxw_strerror(why));
    return g_rename(beside, path) == 0 ||
           fail(error, FAIL_SYSTEM, "could not rename \"%s\" to \"%s\"", beside, path);
}

bool paper_workbook(const PaperSheet *p, const char *path, bool apart, GError **error)
{
    Book b = {.paper = p};
    g_autofree char *beside = g_strdup_printf("%s.%08x.part", path, g_random_int());
    g_autofree char *folder = g_path_get_dirname(path);
    lxw_workbook_options options = {.tmpdir = folder};
    int fd = g_open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t number = 0;
    if (fd >= 0) /* the library keeps what may read it */
        close(fd);
    b.book = workbook_new_opt(beside, &options);
    if (b.book == NULL)
        return fail(error, FAIL_SYSTEM, "could not write \"%s\"", path);
    formats_make(&b);
    put_sheet(&b);
    for (size_t i = 0; apart && i < p->n_tables; i++)
        put_apart(&b, &p->tables[i], &number);
    bool fine = book_close(&b, beside, path, error);
    if (!fine)
        (void)g_unlink(beside);
    return fine;
}
