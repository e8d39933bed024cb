/* paper.c — any bytes as the text of a paper, and as the blank sheet of a workbook.  Nothing
 * crashes; a paper that is accepted is printed as it came, and a sheet without values stays. */
#include "format/paper.h"
#include "format/xlsx_fill.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_paper(Str text, Arena *a)
{
    PaperSheet p;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) again = g_string_new(NULL);
    int64_t fen;
    if (!paper_parse(text, a, &p, &error)) {
        g_assert(error != NULL);
        return;
    }
    for (size_t i = 0; i < p.n_tables; i++)
        for (size_t k = 0; k < p.tables[i].n_columns; k++)
            (void)paper_sum(&p.tables[i], k, &fen);
    paper_print(&p, again);
    g_assert(str_equal((Str){again->str, again->len}, text));
}

static void as_sheet(Str text)
{
    static const XlsxValue values[] = {{.column = 1, .row = 1, .text = {"x", 1}},
                                       {.column = 2, .row = 3, .like = 1, .text = {"<&", 2}},
                                       {.column = 30, .row = 3, .number = true, .text = {"5", 1}}};
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) to = g_string_new(NULL);
    if (!xlsx_fill_sheet(text, values, G_N_ELEMENTS(values), to, &error))
        g_assert(error != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Arena) a = arena_new();
    Str text = {(const char *)data, size};
    if (size > (64u << 10))
        return 0;
    as_paper(text, a);
    as_sheet(text);
    return 0;
}
