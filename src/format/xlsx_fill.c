/* xlsx_fill.c — the text of one sheet with values put into it.  Rows and cells are found by their
 * tags; what is not touched is copied as it stands, so nothing a program wrote there is lost.
 * Not here: the archive (xlsx_copy.c).  Read first: xlsx_fill_sheet(). */
#include "format/xlsx_fill.h"

#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MOST 16384u
#define ROWS_MOST    1048576u

bool xlsx_address(Str text, unsigned *ret_column, unsigned *ret_row)
{
    size_t i = 0;
    *ret_column = *ret_row = 0;
    for (; i < text.len && g_ascii_isupper(text.at[i]) && *ret_column <= COLUMNS_MOST; i++)
        *ret_column = *ret_column * 26 + (unsigned)(text.at[i] - 'A') + 1;
    bool fine = i > 0 && i < text.len && text.at[i] != '0';
    for (; fine && i < text.len; i++) {
        fine = g_ascii_isdigit(text.at[i]) && *ret_row <= ROWS_MOST;
        *ret_row = *ret_row * 10 + (unsigned)(text.at[i] - '0');
    }
    return fine && *ret_column <= COLUMNS_MOST && *ret_row <= ROWS_MOST;
}

static void put_address(GString *to, unsigned column, unsigned row)
{
    char letters[4];
    size_t n = 0;
    for (; column > 0 && n < sizeof letters; column = (column - 1) / 26)
        letters[n++] = (char)('A' + (column - 1) % 26);
    while (n > 0)
        g_string_append_c(to, letters[--n]);
    g_string_append_printf(to, "%u", row);
}

/* ---- tags */

static bool bad(GError **error, const char *what)
{
    return fail(error, FAIL_INPUT,
                "the blank sheet can not be filled: %s; open it and save it again "
                "as .xlsx",
                what);
}

/* Length of the tag that begins at `at` (which is '<'); 0: it does not end. */
static size_t tag_length(Str xml, size_t at)
{
    char quote = '\0';
    for (size_t i = at; i < xml.len; i++) {
        char c = xml.at[i];
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i + 1 - at;
    }
    return 0;
}

/* Value of an attribute in a tag; at NULL: it has none. */
static Str attribute(Str tag, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 1; i + n + 2 < tag.len; i++) {
        if (tag.at[i - 1] != ' ' || memcmp(tag.at + i, name, n) != 0 || tag.at[i + n] != '=')
            continue;
        char quote = tag.at[i + n + 1];
        const char *from = tag.at + i + n + 2;
        const char *to = memchr(from, quote, tag.len - (size_t)(from - tag.at));
        if ((quote == '"' || quote == '\'') && to != NULL)
            return (Str){from, (size_t)(to - from)};
    }
    return (Str){NULL, 0};
}

static bool is_tag(Str xml, size_t at, const char *name)
{
    size_t n = strlen(name);
    if (at + n + 1 >= xml.len || xml.at[at] != '<' || memcmp(xml.at + at + 1, name, n) != 0)
        return false;
    char behind = xml.at[at + 1 + n];
    return behind == ' ' || behind == '>' || behind == '/';
}

static bool closes_itself(Str tag)
{
    return tag.len >= 2 && tag.at[tag.len - 2] == '/';
}

/* ---- the sheet taken apart */

typedef struct SheetCell {
    unsigned column;
    Str text; /* with its tags */
} SheetCell;

typedef struct SheetRow {
    unsigned row;
    Str text; /* as it stands */
    Str open; /* its first tag */
    GArray *cells;
} SheetRow;

static void row_clear(gpointer with)
{
    g_array_unref(((SheetRow *)with)->cells);
}

/* What begins at `at` up to and with its end tag; 0: it does not end. */
static size_t element_length(Str xml, size_t at, const char *end)
{
    size_t tag = tag_length(xml, at);
    if (tag == 0 || closes_itself((Str){xml.at + at, tag}))
        return tag;
    Str rest = {xml.at + at + tag,
                xml.len - at - tag}; /* behind it: its quotes may hold anything */
    ptrdiff_t found = str_find(rest, str_of(end));
    return found < 0 ? 0 : tag + (size_t)found + strlen(end);
}

static bool read_cells(SheetRow *r, GError **error)
{
    Str xml = {r->text.at + r->open.len, r->text.len - r->open.len};
    unsigned last = 0;
    for (size_t i = 0; i < xml.len;) {
        unsigned row;
        SheetCell c;
        if (!is_tag(xml, i, "c")) {
            i++;
            continue;
        }
        size_t n = element_length(xml, i, "</c>"), tag = tag_length(xml, i);
        if (n == 0)
            return bad(error, "a cell does not end");
        c.text = (Str){xml.at + i, n};
        if (!xlsx_address(attribute((Str){xml.at + i, tag}, "r"), &c.column, &row) ||
            row != r->row || c.column <= last)
            return bad(error, "its cells do not say where they are");
        last = c.column;
        g_array_append_val(r->cells, c);
        i += n;
    }
    return true;
}

static bool read_rows(Str xml, GArray *rows, GError **error)
{
    unsigned last = 0;
    for (size_t i = 0; i < xml.len;) {
        unsigned long number;
        if (!is_tag(xml, i, "row")) {
            if (i + 1 < xml.len && xml.at[i] == '<' && xml.at[i + 1] == '!')
                return bad(error, "its rows hold what no office program writes");
            i++;
            continue;
        }
        size_t n = element_length(xml, i, "</row>"), tag = tag_length(xml, i);
        if (n == 0)
            return bad(error, "a row does not end");
        SheetRow r = {.text = {xml.at + i, n}, .open = {xml.at + i, tag}};
        Str at = attribute(r.open, "r");
        g_autofree char *digits = g_strndup(at.at != NULL ? at.at : "", MIN(at.len, 8));
        number = strtoul(digits, NULL, 10);
        if (number == 0 || number > ROWS_MOST || number <= last)
            return bad(error, "its rows do not say where they are");
        r.row = last = (unsigned)number;
        r.cells = g_array_new(FALSE, FALSE, sizeof(SheetCell));
        g_array_append_val(rows, r);
        if (!read_cells(&g_array_index(rows, SheetRow, rows->len - 1), error))
            return false;
        i += n;
    }
    return true;
}

/* ---- and put together */

static const SheetRow *row_of(const GArray *rows, unsigned row)
{
    for (guint i = 0; i < rows->len; i++)
        if (g_array_index(rows, SheetRow, i).row == row)
            return &g_array_index(rows, SheetRow, i);
    return NULL;
}

static const SheetCell *cell_of(const SheetRow *r, unsigned column)
{
    for (guint i = 0; r != NULL && i < r->cells->len; i++)
        if (g_array_index(r->cells, SheetCell, i).column == column)
            return &g_array_index(r->cells, SheetCell, i);
    return NULL;
}

static Str style_of(const SheetCell *c)
{
    return c != NULL ? attribute((Str){c->text.at, tag_length(c->text, 0)}, "s") : (Str){NULL, 0};
}

static void put_escaped(GString *to, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '<')
            g_string_append(to, "&lt;");
        else if (c == '>')
            g_string_append(to, "&gt;");
        else if (c == '&')
            g_string_append(to, "&amp;");
        else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
            g_string_append_c(to, c);
    }
}

static void put_value(GString *to, const XlsxValue *v, Str style)
{
    g_string_append(to, "<c r=\"");
    put_address(to, v->column, v->row);
    g_string_append_c(to, '"');
    if (style.at != NULL)
        g_string_append_printf(to, " s=\"%.*s\"", STR_ARG(style));
    if (v->text.len == 0) {
        g_string_append(to, "/>");
    } else if (v->number) {
        g_string_append(to, "><v>");
        put_escaped(to, v->text);
        g_string_append(to, "</v></c>");
    } else {
        g_string_append(to, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        put_escaped(to, v->text);
        g_string_append(to, "</t></is></c>");
    }
}

static int by_place(const void *a, const void *b)
{
    const XlsxValue *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

typedef struct Merging {
    const GArray *rows;
    const XlsxValue *values;
    size_t n, at;
    GString *to;
    GError **error;
} Merging;

static bool has_formula(const SheetCell *c)
{
    return str_find(c->text, STR("<f>")) >= 0 || str_find(c->text, STR("<f ")) >= 0 ||
           str_find(c->text, STR("<f/")) >= 0;
}

static bool put_one(Merging *m, const SheetCell *there)
{
    const XlsxValue *v = &m->values[m->at++];
    Str style = style_of(there);
    if (there != NULL && has_formula(there))
        return fail(m->error, FAIL_INPUT,
                    "the cell in column %u, row %u of the blank sheet holds a formula; it is not "
                    "written over",
                    v->column, v->row);
    if (style.at == NULL && v->like != 0)
        style = style_of(cell_of(row_of(m->rows, v->like), v->column));
    put_value(m->to, v, style);
    return true;
}

/* The cells of a row and the values for it, in the order of columns. */
static bool put_row(Merging *m, unsigned row, const SheetRow *r)
{
    if (r == NULL)
        g_string_append_printf(m->to, "<row r=\"%u\">", row);
    else if (closes_itself(r->open))
        g_string_append_printf(m->to, "%.*s>", (int)r->open.len - 2, r->open.at);
    else
        g_string_append_len(m->to, r->open.at, (gssize)r->open.len);
    for (guint i = 0; r != NULL && i < r->cells->len; i++) {
        const SheetCell *c = &g_array_index(r->cells, SheetCell, i);
        while (m->at < m->n && m->values[m->at].row == row && m->values[m->at].column < c->column)
            if (!put_one(m, NULL))
                return false;
        if (m->at < m->n && m->values[m->at].row == row && m->values[m->at].column == c->column) {
            if (!put_one(m, c))
                return false;
        } else {
            g_string_append_len(m->to, c->text.at, (gssize)c->text.len);
        }
    }
    while (m->at < m->n && m->values[m->at].row == row)
        if (!put_one(m, NULL))
            return false;
    g_string_append(m->to, "</row>");
    return true;
}

static bool put_rows(Merging *m)
{
    for (guint i = 0; i < m->rows->len; i++) {
        const SheetRow *r = &g_array_index(m->rows, SheetRow, i);
        while (m->at < m->n && m->values[m->at].row < r->row)
            if (!put_row(m, m->values[m->at].row, NULL))
                return false;
        if (m->at < m->n && m->values[m->at].row == r->row) {
            if (!put_row(m, r->row, r))
                return false;
        } else {
            g_string_append_len(m->to, r->text.at, (gssize)r->text.len);
        }
    }
    while (m->at < m->n)
        if (!put_row(m, m->values[m->at].row, NULL))
            return false;
    return true;
}

/* Where the rows begin and end; `<sheetData/>` has none. */
static bool find_data(Str xml, Str *ret_before, Str *ret_rows, Str *ret_after, GError **error)
{
    ptrdiff_t at = str_find(xml, STR("<sheetData"));
    if (at < 0)
        return bad(error, "it has no cells");
    size_t tag = tag_length(xml, (size_t)at);
    Str open = {xml.at + at, tag};
    Str rest = {xml.at + at + tag, xml.len - (size_t)at - tag};
    *ret_before = (Str){xml.at, (size_t)at};
    if (tag > 0 && closes_itself(open)) {
        *ret_rows = (Str){rest.at, 0};
        *ret_after = rest;
        return true;
    }
    ptrdiff_t end = str_find(rest, STR("</sheetData>"));
    if (tag == 0 || end < 0)
        return bad(error, "its cells do not end");
    *ret_rows = (Str){rest.at, (size_t)end};
    size_t behind = (size_t)end + strlen("</sheetData>");
    *ret_after = (Str){rest.at + behind, rest.len - behind};
    return true;
}

static bool values_fine(const XlsxValue *sorted, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        const XlsxValue *v = &sorted[i];
        if (v->column == 0 || v->column > COLUMNS_MOST || v->row == 0 || v->row > ROWS_MOST)
            return fail(error, FAIL_INPUT, "there is no cell in column %u, row %u", v->column,
                        v->row);
        if (i > 0 && by_place(&sorted[i - 1], v) == 0)
            return fail(error, FAIL_INPUT, "two values for the cell in column %u, row %u",
                        v->column, v->row);
    }
    return true;
}

bool xlsx_fill_sheet(Str xml, const XlsxValue *values, size_t n, GString *to, GError **error)
{
    g_autofree XlsxValue *sorted = g_memdup2(values, n * sizeof *values);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(SheetRow));
    Str before = {0}, data = {0}, after = {0};
    g_array_set_clear_func(rows, row_clear);
    if (n > 0)
        sort_rows(sorted, n, sizeof *sorted, by_place);
    if (!values_fine(sorted, n, error) || !find_data(xml, &before, &data, &after, error) ||
        !read_rows(data, rows, error))
        return false;
    Merging m = {rows, sorted, n, 0, to, error};
    g_string_append_len(to, before.at, (gssize)before.len);
    g_string_append(to, "<sheetData>");
    if (!put_rows(&m))
        return false;
    g_string_append(to, "</sheetData>");
    g_string_append_len(to, after.at, (gssize)after.len);
    return true;
}
