/* csv.c — any bytes as a CSV file: no crash, and what is read, written and read again is the same;
 * each cell also goes through the readers of all kinds, and back; whole columns are read as single
 * cells are. */
#include "format/csv.h"
#include "format/cell.h"
#include "format/cell_quick.h"

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

/* What reads columns says of each cell what reads single ones says. */
static void try_columns(Str text, Arena *a)
{
    static const Kind kinds[] = {KIND_INT,  KIND_DECIMAL, KIND_MONEY,
                                 KIND_DATE, KIND_ENUM,    KIND_SET};
    g_autoptr(CsvReader) r = csv_read(text, "columns", NULL);
    CellType types[G_N_ELEMENTS(kinds)];
    CellQuick *quick[G_N_ELEMENTS(kinds)];
    const Str *names, *cells;
    size_t n;

    if (r == NULL || !csv_header(r, &names, &n, NULL))
        return;
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        types[k] = (CellType){.kind = kinds[k], .scale = 2, .codes = codes, .n_codes = 2};
        quick[k] = cell_quick_new(a, &types[k]);
    }
    for (size_t rows = 0; rows < 8 && csv_next(r, &cells, &n, NULL); rows++) {
        for (size_t i = 0; i < MIN(n, 8) * G_N_ELEMENTS(kinds); i++) {
            size_t k = i % G_N_ELEMENTS(kinds);
            Str cell = cells[i / G_N_ELEMENTS(kinds)];
            CellFault fault = {NULL, NULL};
            Value v = VALUE_UNKNOWN;
            int64_t number = 0;
            bool known = false, read = cell_read(&types[k], cell, a, &v, &fault);

            must(cell_quick(quick[k], cell, &number, &known, &fault) == read);
            must(!read || (known == v.known && (!known || number == v.num)));
        }
    }
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
    try_columns((Str){(const char *)data, size}, a);

    g_autoptr(CsvReader) again = csv_read((Str){once->str, once->len}, "again", NULL);

    must(again != NULL && copy(again, twice, NULL));
    must(g_string_equal(once, twice));
    return 0;
}
