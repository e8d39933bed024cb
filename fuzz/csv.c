/* csv.c — any bytes as a CSV file: no crash, and what is read, written and read again is the same;
 * each cell also goes through the readers of all kinds, and back. */
#include "format/csv.h"
#include "format/cell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const CellCode codes[] = {
    {{"alone", 5}, {"独居", 6}, {"alone", 5}},
    {{"empty_nest", 10}, {"空巢", 6}, {"empty nest", 10}},
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void try_cell(Kind kind, Str cell, Arena *a)
{
    const CellType t = {.kind = kind, .scale = 2, .codes = codes, .n_codes = 2};
    g_autoptr(GString) out = g_string_new(NULL);
    CellFault fault = {NULL, NULL};
    Value v, again;

    if (!cell_read(&t, cell, a, &v, &fault)) {
        must(g_utf8_validate(fault.zh, -1, NULL) && g_utf8_validate(fault.en, -1, NULL));
        return;
    }
    cell_write(&t, v, CELL_ZH, out);
    must(cell_read(&t, (Str){out->str, out->len}, a, &again, &fault));
    must(value_equal(kind, v, again));
}

/* Writes all rows of `text` to `out`; true when none was faulty. */
static bool copy(CsvReader *r, GString *out, Arena *a)
{
    g_autoptr(CsvWriter) w = csv_writer_new(out, false);
    const Str *cells;
    bool whole = true;
    size_t n, rows = 0;

    for (;;) {
        g_autoptr(GError) error = NULL;

        if (!csv_next(r, &cells, &n, &error)) {
            if (error == NULL)
                return whole;
            whole = false;
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            for (Kind k = 0; a != NULL && k < KIND_N && rows < 8 && i < 8; k++)
                try_cell(k, cells[i], a);
            csv_cell(w, cells[i]);
        }
        csv_end_row(w);
        rows++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(CsvReader) r = csv_read((Str){(const char *)data, size}, "fuzz", NULL);
    g_autoptr(GString) once = g_string_new(NULL);
    g_autoptr(GString) twice = g_string_new(NULL);
    g_autoptr(Arena) a = arena_new();

    if (r == NULL)
        return 0;
    copy(r, once, a);

    g_autoptr(CsvReader) again = csv_read((Str){once->str, once->len}, "again", NULL);

    must(again != NULL && copy(again, twice, NULL));
    must(g_string_equal(once, twice));
    return 0;
}
