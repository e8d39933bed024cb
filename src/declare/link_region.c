/* link_region.c — region tables become the tree of places.
 * In: the Markdown tables behind `regions`.  Out: Model.regions, parents before children.
 * Not here: which documents hold for a place (packs.c).  Start: link_regions(). */
#include "declare/link.h"
#include "declare/region.h"

typedef enum Column {
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_NAME_EN,
    COLUMN_LEVEL,
    COLUMN_PARENT,
    COLUMN_MANAGING,
    COLUMN_COUNTY,
    COLUMN_SINCE,
    COLUMN_UNTIL,
    COLUMN_N
} Column;

static const char *const columns[COLUMN_N] = {"code",     "name",   "name en", "level", "parent",
                                              "managing", "county", "since",   "until"};

typedef struct RegionSheet {
    Diags *diags;
    const Home *home;
    int at[COLUMN_N]; /* index of the cell, or -1 */
} RegionSheet;

static bool sheet_header(RegionSheet *t, const Sheet *s)
{
    Str all[COLUMN_N];
    for (Column c = 0; c < COLUMN_N; c++) {
        t->at[c] = -1;
        all[c] = str_of(columns[c]);
    }
    bool fine = true;
    for (size_t i = 0; i < s->rows[0].n_cells; i++) {
        const Span *cell = &s->rows[0].cells[i];
        Column c = 0;
        while (c < COLUMN_N && !str_equal(all[c], cell->text))
            c++;
        if (c < COLUMN_N && t->at[c] < 0) {
            t->at[c] = (int)i;
            continue;
        }
        fine = false;
        Diag *d = diag_error(t->diags, cell->pos, "a region table has no column '%.*s'",
                             STR_ARG(cell->text));
        diag_nearest(t->diags, d, cell->text, all, COLUMN_N);
    }
    for (Column c = COLUMN_CODE; c <= COLUMN_LEVEL; c++) {
        if (t->at[c] >= 0 || c == COLUMN_NAME_EN)
            continue;
        diag_error(t->diags, s->rows[0].pos, "a region table needs the column '%s'", columns[c]);
        fine = false;
    }
    return fine;
}

static Span sheet_cell(const RegionSheet *t, const SheetRow *row, Column c)
{
    if (t->at[c] < 0 || (size_t)t->at[c] >= row->n_cells)
        return (Span){{"", 0}, row->pos};
    return row->cells[t->at[c]];
}

static bool is_region_code(Str s)
{
    if (s.len < 2 || s.len > 12 || !g_ascii_isdigit(s.at[0]))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!g_ascii_isdigit(s.at[i]) && !g_ascii_isupper(s.at[i]))
            return false;
    return true;
}

static void cell_date(RegionSheet *t, Span cell, Date *to)
{
    if (cell.text.len > 0 && !date_parse(cell.text, to))
        diag_error(t->diags, cell.pos, "'%.*s' is no day", STR_ARG(cell.text));
}

static void cell_county(RegionSheet *t, Span cell, int32_t *to)
{
    int64_t n = 0;
    bool fine = cell.text.len <= 9;
    for (size_t i = 0; i < cell.text.len && fine; i++) {
        fine = g_ascii_isdigit(cell.text.at[i]);
        n = n * 10 + (cell.text.at[i] - '0');
    }
    if (!fine)
        diag_error(t->diags, cell.pos, "a county number is a whole number of at most 9 digits");
    *to = fine ? (int32_t)n : 0;
}

static bool sheet_row(RegionSheet *t, const SheetRow *row, RegionRow *to)
{
    Span code = sheet_cell(t, row, COLUMN_CODE);
    if (!is_region_code(code.text)) {
        Diag *d = diag_error(t->diags, code.pos, "'%.*s' is no region code", STR_ARG(code.text));
        diag_hint(t->diags, d, "2 to 12 digits and capital letters, beginning with a digit");
        return false;
    }
    to->code = code.text;
    to->name = sheet_cell(t, row, COLUMN_NAME).text;
    to->name_en = sheet_cell(t, row, COLUMN_NAME_EN).text;
    to->level = sheet_cell(t, row, COLUMN_LEVEL).text;
    to->parent = sheet_cell(t, row, COLUMN_PARENT).text;
    to->managing = sheet_cell(t, row, COLUMN_MANAGING).text;
    if (to->name.len == 0)
        diag_error(t->diags, code.pos, "region %.*s has no name", STR_ARG(to->code));
    if (to->level.len == 0)
        diag_error(t->diags, code.pos, "region %.*s has no level", STR_ARG(to->code));
    to->since = DATE_MIN;
    to->until = DATE_MAX;
    cell_date(t, sheet_cell(t, row, COLUMN_SINCE), &to->since);
    cell_date(t, sheet_cell(t, row, COLUMN_UNTIL), &to->until);
    cell_county(t, sheet_cell(t, row, COLUMN_COUNTY), &to->county);
    to->home = *t->home;
    to->home.pos = code.pos;
    return true;
}

void regions_read(Diags *diags, const Home *home, const Sheet *sheet, GArray *to)
{
    RegionSheet t = {.diags = diags, .home = home};
    if (!sheet_header(&t, sheet))
        return;
    for (size_t i = 1; i < sheet->n_rows; i++) {
        const SheetRow *row = &sheet->rows[i];
        if (row->n_cells > sheet->rows[0].n_cells)
            diag_error(diags, row->pos, "this row has more cells than the header");
        RegionRow r = {0};
        if (sheet_row(&t, row, &r))
            g_array_append_val(to, r);
    }
}

/* ---- the tree */

static const RegionRow *row_by_code(const Linker *l, Str code)
{
    const RegionRow *r = name_of(l, code, NAME_REGION);
    return r != NULL && str_equal(r->code, code) ? r : NULL;
}

static void need_region(Linker *l, const RegionRow *r, Str code, const char *column)
{
    if (code.len == 0 || row_by_code(l, code) != NULL)
        return;
    diag_error(l->diags, r->home.pos, "%s %.*s of %.*s is no region of a region table", column,
               STR_ARG(code), STR_ARG(r->code));
}

/* 0 not seen, 1 on the way up, 2 in the tree.  Walks up without recursion: a chain of parents may
 * be as long as the table. */
static bool place_row(Linker *l, RegionRow *rows, size_t i, uint8_t *state, GArray *order)
{
    g_autoptr(GArray) way = g_array_new(FALSE, FALSE, sizeof(size_t));
    while (state[i] == 0) {
        state[i] = 1;
        g_array_append_val(way, i);
        const RegionRow *up = row_by_code(l, rows[i].parent);
        if (up == NULL)
            break;
        i = (size_t)(up - rows);
        if (state[i] == 1) {
            diag_error(l->diags, rows[i].home.pos, "region %.*s lies in itself",
                       STR_ARG(rows[i].code));
            return false;
        }
    }
    for (guint k = way->len; k-- > 0;) {
        size_t at = g_array_index(way, size_t, k);
        state[at] = 2;
        g_array_append_val(order, at);
    }
    return true;
}

static void name_regions(Linker *l, RegionRow *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        name_add(l, rows[i].code, NAME_REGION, rows[i].home.pos, &rows[i]);
    /* A name of two places names neither: the code does. */
    for (size_t i = 0; i < n; i++)
        if (rows[i].name.len > 0 && name_find(l->model, rows[i].name) == NULL) {
            Name *name = arena_new_of(l->keep, Name);
            *name = (Name){rows[i].name, NAME_REGION, rows[i].home.pos, &rows[i]};
            g_hash_table_replace(l->model->names, &name->text, name);
        } else if (rows[i].name.len > 0 && !str_equal(rows[i].name, rows[i].code)) {
            Name *name = name_find(l->model, rows[i].name);
            if (name->kind == NAME_REGION)
                name->what = NULL;
        }
}

static void place_rows(Linker *l, RegionRow *rows, size_t n)
{
    uint8_t *state = arena_alloc(l->scratch, n + 1);
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (size_t i = 0; i < n; i++)
        if (state[i] == 0 && !place_row(l, rows, i, state, order))
            return;
    RegionRow *sorted = arena_many(l->keep, RegionRow, n);
    for (size_t i = 0; i < n; i++)
        sorted[i] = rows[g_array_index(order, size_t, i)];
    /* Names point at rows: move them along. */
    for (size_t i = 0; i < n; i++)
        name_find(l->model, sorted[i].code)->what = &sorted[i];
    for (size_t i = 0; i < n; i++) {
        Name *name = name_find(l->model, sorted[i].name);
        if (name != NULL && name->kind == NAME_REGION && name->what != NULL &&
            str_equal(((const RegionRow *)name->what)->code, sorted[i].code))
            name->what = &sorted[i];
    }
    l->model->regions = sorted;
    l->model->n_regions = n;
}

/* A code that stands twice was reported when it was named; the first row is kept. */
static size_t drop_twice(Linker *l, RegionRow *rows, size_t n)
{
    size_t kept = 0;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < n; i++) {
        char *code = arena_dup(l->scratch, rows[i].code.at, rows[i].code.len);
        if (!g_hash_table_add(seen, code))
            diag_error(l->diags, rows[i].home.pos, "region %s stands twice", code);
        else
            rows[kept++] = rows[i];
    }
    return kept;
}

void link_regions(Linker *l)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(RegionRow));
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_REGIONS)
            continue;
        if (d->sheet == NULL) {
            diag_error(l->diags, d->node->at.pos, "a table must follow 'regions'");
            continue;
        }
        d->sheet->used = true;
        regions_read(l->diags, &d->home, d->sheet, found);
    }
    size_t n = drop_twice(l, (RegionRow *)(void *)found->data, found->len);
    if (n == 0)
        return;
    RegionRow *rows = arena_many(l->scratch, RegionRow, n);
    memcpy(rows, found->data, n * sizeof *rows);
    name_regions(l, rows, n);
    for (size_t i = 0; i < n; i++) {
        need_region(l, &rows[i], rows[i].parent, "parent");
        need_region(l, &rows[i], rows[i].managing, "managing region");
    }
    place_rows(l, rows, n);
}

bool link_region(Linker *l, Pos pos, Str text, Str *ret_code)
{
    const Name *name = name_find(l->model, text);
    if (name != NULL && name->kind == NAME_REGION) {
        const RegionRow *r = name->what;
        if (r == NULL) {
            diag_error(l->diags, pos, "two regions are called '%.*s': write the code",
                       STR_ARG(text));
            return false;
        }
        link_mention(l, pos, name->pos);
        *ret_code = r->code;
        return true;
    }
    if (l->model->n_regions == 0 && is_region_code(text)) {
        *ret_code = text;
        return true;
    }
    Diag *d =
        diag_error(l->diags, pos, "there is no region '%.*s' in the region tables", STR_ARG(text));
    if (l->diags->list->len >= LIMIT_DIAGS)
        return false;
    Str *all = arena_many(l->scratch, Str, l->model->n_regions * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->model->n_regions; i++) {
        all[n++] = l->model->regions[i].code;
        all[n++] = l->model->regions[i].name;
    }
    diag_nearest(l->diags, d, text, all, n);
    return false;
}

bool region_lies_in(const Model *m, Str region, Str in)
{
    for (size_t steps = 0; steps <= m->n_regions; steps++) {
        if (str_equal(region, in))
            return true;
        const RegionRow *r = model_region(m, region);
        if (r == NULL || r->parent.len == 0)
            return false;
        region = r->parent;
    }
    return false;
}
