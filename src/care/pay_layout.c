/* pay_layout.c — see pay_layout.h. */
#include "care/pay_layout.h"

#include "base/file.h"
#include "base/pages.h"
#include "care/pay.h"
#include "declare/catalogue.h"
#include "format/csv_text.h"

/* ---- what the documents say ------------------------------------------------------------------ */

static const CatalogueVersion *version_of(const Care *c, const Catalogue *list, int32_t county,
                                          Date day)
{
    const RegionTree *t = c->regions;
    for (int32_t at = pay_county_region(c, county); at != ROW_NONE; at = t->parent[at]) {
        const CatalogueVersion *v = catalogue_own(list, t->code[at], day);
        if (v != NULL)
            return v;
    }
    return catalogue_own(list, STR(""), day);
}

static size_t column_named(const Catalogue *list, const char *name)
{
    size_t i = 0;
    while (i < list->n_columns && !str_is(list->columns[i].name, name))
        i++;
    return i;
}

static bool separator_read(Str says, char *ret)
{
    static const struct {
        const char *word;
        char sign;
    } signs[] = {{"comma", ','}, {"tab", '\t'}, {"bar", '|'}, {"semicolon", ';'}};
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (str_is(says, signs[i].word)) {
            *ret = signs[i].sign;
            return true;
        }
    return false;
}

/* A setting, or false: it is a column. */
static bool setting_read(PayLayout *l, Str part, Str says, bool *ret_fine)
{
    *ret_fine = true;
    if (str_is(part, "separator"))
        *ret_fine = separator_read(says, &l->separator);
    else if (str_is(part, "encoding")) {
        l->encoding = says;
        *ret_fine = str_is(says, "utf-8") || str_is(says, "gb18030");
    } else if (str_is(part, "header"))
        l->header = str_is(says, "yes") || str_is(says, "有");
    else if (str_is(part, "success"))
        l->success = says;
    else if (str_is(part, "failed"))
        l->failed = says;
    else
        return false;
    return true;
}

static bool row_read(PayLayout *l, const CatalogueRow *row, const size_t at[3], Arena *a,
                     GError **error)
{
    const CatalogueCell *place = &row->cells[at[1]];
    Str part = arena_str(a, row->cells[at[0]].text), says = arena_str(a, row->cells[at[2]].text);
    bool fine;
    if (setting_read(l, part, says, &fine))
        return fine ||
               fail(error, FAIL_INPUT, "the layout says \"%.*s\" of %.*s", STR_ARG(says),
                    STR_ARG(part)) ||
               fail_zh(error, "版式里“%.*s”的写法“%.*s”不认识", STR_ARG(part), STR_ARG(says));
    if (place->text.len == 0)
        return true; /* a column that this bank does not want */
    if (place->number < 1 || place->number > (int64_t)LAYOUT_COLUMNS ||
        l->columns[place->number - 1].part.len > 0)
        return fail(error, FAIL_INPUT, "the layout puts \"%.*s\" where nothing can stand",
                    STR_ARG(part)) ||
               fail_zh(error, "版式把“%.*s”放在不能放的位置", STR_ARG(part));
    l->columns[place->number - 1] = (LayoutColumn){part, says};
    l->n_columns = MAX(l->n_columns, (size_t)place->number);
    return true;
}

bool pay_layout(const Care *c, Str list, int32_t county, Date day, Arena *a, PayLayout *ret,
                GError **error)
{
    const Catalogue *of = model_catalogue(c->model, list);
    const CatalogueVersion *v = of != NULL ? version_of(c, of, county, day) : NULL;
    *ret = (PayLayout){.separator = ',', .encoding = STR("utf-8"), .header = true};
    if (v == NULL)
        return fail(error, FAIL_INPUT, "no document says how \"%.*s\" looks: declare the list",
                    STR_ARG(list)) ||
               fail_zh(error, "没有文件规定“%.*s”的版式，请先在文件里列出", STR_ARG(list));
    const size_t at[3] = {column_named(of, "part"), column_named(of, "place"),
                          column_named(of, "says")};
    if (at[0] == of->n_columns || at[1] == of->n_columns || at[2] == of->n_columns)
        return fail(error, FAIL_INPUT, "the list \"%.*s\" needs the columns part, place, says",
                    STR_ARG(list)) ||
               fail_zh(error, "列表“%.*s”须有 part、place、says 三列", STR_ARG(list));
    for (size_t i = 0; i < v->n_rows; i++)
        if (!row_read(ret, &v->rows[i], at, a, error))
            return fail_while(error, "reading the list \"%.*s\"", STR_ARG(list));
    for (size_t i = 0; i < ret->n_columns; i++)
        if (ret->columns[i].part.len == 0)
            return fail(error, FAIL_INPUT, "the list \"%.*s\" leaves column %zu out", STR_ARG(list),
                        i + 1) ||
                   fail_zh(error, "列表“%.*s”缺第 %zu 列", STR_ARG(list), i + 1);
    return ret->n_columns > 0 ||
           fail(error, FAIL_INPUT, "the list \"%.*s\" has no column", STR_ARG(list)) ||
           fail_zh(error, "列表“%.*s”没有列", STR_ARG(list));
}

size_t layout_column(const PayLayout *l, const char *part)
{
    for (size_t i = 0; i < l->n_columns; i++)
        if (str_is(l->columns[i].part, part))
            return i;
    return SIZE_MAX;
}

bool layout_word(Str words, Str word)
{
    Str one;
    while (catalogue_word(&words, &one))
        if (str_equal(one, word))
            return true;
    return false;
}

/* ---- writing --------------------------------------------------------------------------------- */

bool layout_open(const PayLayout *l, const char *path, const char *name, LayoutWriter *ret,
                 GError **error)
{
    *ret = (LayoutWriter){.layout = l, .is_book = g_str_has_suffix(path, ".xlsx")};
    if (ret->is_book && !sheet_writer_open(path, name, &ret->book, error))
        return false;
    if (!ret->is_book) {
        ret->text = g_string_new(NULL);
        ret->path = g_strdup(path);
    }
    for (size_t i = 0; l->header && i < l->n_columns; i++) {
        if (ret->is_book)
            sheet_head(&ret->book, l->columns[i].head);
        else
            layout_cell(ret, l->columns[i].head);
    }
    if (l->header)
        layout_end_row(ret);
    return true;
}

/* Quoted only where it has to be; what a spreadsheet would run gets an apostrophe (format/csv.h).
 */
void layout_cell(LayoutWriter *w, Str text)
{
    if (w->is_book) {
        sheet_text(&w->book, text);
        return;
    }
    const char marks[] = {w->layout->separator, '"', '\n', '\r', '\0'};
    g_autofree char *cell = g_strndup(text.at, text.len);
    bool quoted = strpbrk(cell, marks) != NULL;
    if (w->begun)
        g_string_append_c(w->text, w->layout->separator);
    w->begun = true;
    if (quoted)
        g_string_append_c(w->text, '"');
    if (cell[0] != '\0' && (strchr("=+@\t\r", cell[0]) != NULL ||
                            (cell[0] == '-' && !g_ascii_isdigit(cell[1]) && cell[1] != '\0')))
        g_string_append_c(w->text, '\'');
    for (const char *c = cell; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(w->text, '"');
        g_string_append_c(w->text, *c);
    }
    if (quoted)
        g_string_append_c(w->text, '"');
}

void layout_end_row(LayoutWriter *w)
{
    if (w->is_book)
        sheet_end_row(&w->book);
    else
        g_string_append_c(w->text, '\n');
    w->begun = false;
}

bool layout_close(LayoutWriter *w, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize n = 0;
    if (w->is_book)
        return sheet_writer_close(&w->book, error);
    if (str_is(w->layout->encoding, "utf-8"))
        return g_file_set_contents(w->path, w->text->str, (gssize)w->text->len, error);
    bytes = g_convert(w->text->str, (gssize)w->text->len, "GB18030", "UTF-8", NULL, &n, error);
    return bytes != NULL && g_file_set_contents(w->path, bytes, (gssize)n, error);
}

void layout_clear(LayoutWriter *w)
{
    if (w->is_book)
        sheet_writer_clear(&w->book);
    if (w->text != NULL)
        g_string_free(w->text, TRUE);
    g_free(w->path);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Commas and tabs the reader tells itself; another sign becomes a tab once the bytes are text. */
bool layout_read(const PayLayout *l, const char *path, Sheet *ret, GError **error)
{
    CsvText text;
    if (l->separator == ',' || l->separator == '\t' || g_str_has_suffix(path, ".xlsx"))
        return sheet_open(path, NULL, ret, error);
    if (!csv_text_load(path, &text, error))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == l->separator)
            text.at[i] = '\t';
    *ret = (Sheet){.csv = csv_read((Str){text.at, text.len}, path, error)};
    pages_free(text.at);
    return ret->csv != NULL;
}
