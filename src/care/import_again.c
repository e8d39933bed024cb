/* import_again.c — rows that were refused while an import was applied: a number was taken since
 * they were looked at, an account had no more.  The file is read once more for their cells, so that
 * they can be handed back like any other rejected row; looked at again, most say themselves why.
 * Read first: import_again(). */
#include "base/limits.h"
#include "care/import_inside.h"
#include "care/ledger.h"
#include "care/note_words.h"
#include "format/sheet.h"

typedef struct Again {
    const ImportAgain *of;
    Arena *arena; /* of the row at hand */
    size_t next;  /* of the refused */
    size_t nth;   /* of the file's rows */
} Again;

static bool is_next(const Again *x)
{
    const ImportAgain *of = x->of;
    return x->next < of->n && of->seats[of->list[x->next].row] >> 1 == x->nth;
}

/* As the row would be answered now; else as the store said it. */
static bool reason_of(Again *x, const ImportRow *row, const ImportRefused *r, GString *why,
                      GError **error)
{
    Import *in = x->of->import;
    RowFate fate;
    WriteRequest unused;
    g_string_truncate(why, 0);
    if (r->refusal.account != NULL) {
        const Str words = refusal_words(x->arena, &r->refusal).zh;
        g_string_append_len(why, words.at, (gssize)words.len);
        return true;
    }
    g_hash_table_remove_all(in->taken); /* the row is not its own double */
    g_hash_table_remove_all(in->records);
    if (!import_look_ahead(in, row, 1, error) ||
        !import_row(in, row->cells, row->line, x->arena, &fate, &unused, why, error))
        return false;
    if (fate != ROW_REJECTED)
        g_string_printf(why, "没有写入：%.*s", STR_ARG(note_words(in->care, r->why, x->arena).zh));
    return true;
}

static bool row_back(Again *x, const Str *cells, size_t n, size_t line, GError **error)
{
    const ImportAgain *of = x->of;
    const ImportRefused *r = &of->list[x->next++];
    const size_t columns = of->import->n_columns;
    g_autoptr(GString) why = g_string_new(NULL);
    Str *kept = arena_many(x->arena, Str, MAX(n, columns) + 1);
    for (size_t i = 0; i < n; i++)
        kept[i] = arena_str(x->arena, cells[i]);
    for (size_t i = n; i < columns; i++)
        kept[i] = STR("");
    const ImportRow row = {kept, n, line, x->nth};
    bool ok =
        reason_of(x, &row, r, why, error) &&
        of->refused(of->with, kept, n, of->seats[r->row] & 1, (Str){why->str, why->len}, error);
    arena_free(x->arena);
    x->arena = arena_new();
    return ok;
}

static bool rows_back(Again *x, Sheet *sheet, GError **error)
{
    while (x->next < x->of->n) {
        const Str *cells;
        size_t n;
        GError *fault = NULL;
        if (!sheet_next(sheet, &cells, &n, &fault)) {
            bool ended = fault == NULL || sheet_broken(sheet);
            g_clear_error(&fault); /* it was said when the file was read */
            if (ended)
                return true;
            continue;
        }
        if (is_next(x) && !row_back(x, cells, n, sheet_line(sheet), error))
            return false;
        x->nth++;
    }
    return true;
}

static bool sheet_back(Again *x, const char *name, GPtrArray *names, GError **error)
{
    const ImportAgain *of = x->of;
    const Str *header;
    size_t n;
    Sheet sheet;
    if (!sheet_open(of->path, name, &sheet, error))
        return false;
    bool fine = sheet_header(&sheet, &header, &n, error);
    Str *own = arena_many(of->arena, Str, n + 1);
    for (size_t i = 0; fine && i < n; i++)
        own[i] = arena_str(of->arena, header[i]);
    const GPtrArray *all = sheet_names(&sheet);
    for (guint i = 1; names != NULL && all != NULL && i < all->len; i++)
        g_ptr_array_add(names, g_strdup(all->pdata[i]));
    if (fine) {
        import_columns_clear(of->import);
        fine = import_columns(of->import, of->import->options, own, n, of->arena, error);
    }
    fine = fine && rows_back(x, &sheet, error);
    sheet_close(&sheet);
    return fine;
}

/* What cannot be read twice (a pipe) is handed back by its reasons alone. */
static bool blank_back(Again *x, GError **error)
{
    for (const ImportAgain *of = x->of; x->next < of->n; x->next++) {
        const ImportRefused *r = &of->list[x->next];
        const uint32_t seat = of->seats[r->row];
        const Str said =
            r->refusal.account != NULL ? refusal_words(x->arena, &r->refusal).zh : r->why;
        const char *why =
            arena_printf(x->arena, "第%u行没有写入：%.*s", (seat >> 1) + 1, STR_ARG(said));
        if (!of->refused(of->with, NULL, 0, seat & 1, str_of(why), error))
            return false;
    }
    return true;
}

bool import_again(const ImportAgain *of, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Again x = {.of = of, .arena = arena_new()};
    bool whole = g_file_test(of->path, G_FILE_TEST_IS_REGULAR);
    const ImportOptions *o = of->import->options;
    bool ok = !whole || sheet_back(&x, o->sheet, o->all_sheets ? names : NULL, error);
    for (guint i = 0; ok && i < names->len; i++)
        ok = sheet_back(&x, names->pdata[i], NULL, error);
    ok = ok && blank_back(&x, error);
    arena_free(x.arena);
    return ok || fail_while(error, "handing back the rows that were refused; the others are in");
}
