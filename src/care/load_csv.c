/* load_csv.c — CSV with a header of field names → columns.
 * In: files, one per entity, and files of changes (key, from, value).  Out: a Dataset, references
 * resolved. An empty cell is unknown; a column that is not there is unknown for all.  Read first:
 * load_records(). */
#include "care/load_csv.h"

#include "base/limits.h"
#include "care/cell_type.h"
#include "format/csv.h"

typedef struct Pile { /* one column while its file is read */
    const Field *field;
    CellType type;
    GArray *numbers; /* int64_t */
    GByteArray *known;
    GPtrArray *texts; /* REF: char *, resolved when all files are read */
} Pile;

typedef struct Loading {
    const Model *model;
    const RegionTree *regions;
    Diags *diags;
    Arena *arena;      /* texts of references and keys */
    GHashTable **rows; /* per entity: key text → row + 1 */
    size_t *n_rows;
    Pile **piles;     /* per entity: one per field, unused ones with field NULL */
    GArray **changes; /* per (entity) of Change */
    GPtrArray **keys; /* per entity: char * */
} Loading;

typedef struct ChangeCell {
    const Field *field;
    Period period;
    const char *reference; /* REF: text of the value */
} ChangeCell;

static Pos pos_at(const Source *source, const CsvReader *r, size_t column)
{
    return (Pos){.source = source, .line = (uint32_t)csv_line(r), .column = (uint32_t)column + 1};
}

static void cell_wrong(Loading *l, const Source *s, const CsvReader *r, size_t column, Str name,
                       const char *why)
{
    diag_error(l->diags, pos_at(s, r, column), "%.*s: %s", STR_ARG(name), why);
}

/* Header cells → piles; the column of keys, or SIZE_MAX. */
static bool match_header(Loading *l, const Entity *e, const Source *s, const CsvReader *r,
                         const Str *names, size_t n, Pile **columns, size_t *ret_key)
{
    bool fine = true;
    *ret_key = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        const Field *f = field_of_header(e, names[i]);
        if (f != NULL && f == e->key)
            *ret_key = i;
        if (f != NULL) {
            columns[i] = &l->piles[e->number][f->index];
            columns[i]->field = f;
            cell_type_of(f, l->regions, l->arena, &columns[i]->type);
        } else if (str_is(names[i], "key") || str_is(names[i], "id")) {
            *ret_key = i;
        } else {
            Diag *d = diag_error(l->diags, pos_at(s, r, i), "\"%.*s\" is not a field of %.*s",
                                 STR_ARG(names[i]), STR_ARG(e->name));
            g_autofree Str *known = g_new0(Str, e->n_fields + 1);
            for (size_t k = 0; k < e->n_fields; k++)
                known[k] = e->fields[k]->name;
            diag_nearest(l->diags, d, names[i], known, e->n_fields);
            fine = false;
        }
    }
    return fine;
}

static void pile_begin(Pile *p)
{
    if (p->numbers != NULL || p->texts != NULL)
        return;
    if (p->field->type.kind == KIND_REF || kind_is_text(p->field->type.kind))
        p->texts = g_ptr_array_new();
    else
        p->numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    p->known = g_byte_array_new();
}

/* Texts are kept only as references: rules read no other text but whether it is known. */
static bool pile_add(Loading *l, Pile *p, Str cell, CellFault *fault)
{
    static const uint8_t yes = 1, no = 0;
    int64_t number = 0;
    Value v = VALUE_UNKNOWN;
    if (p->texts != NULL) {
        Str text = str_trim(cell);
        g_ptr_array_add(p->texts, text.len > 0 ? arena_dup(l->arena, text.at, text.len) : NULL);
        g_byte_array_append(p->known, text.len > 0 ? &yes : &no, 1);
        return true;
    }
    bool fine = cell_read(&p->type, cell, l->arena, &v, fault);
    if (fine && v.known)
        number = v.num;
    g_array_append_val(p->numbers, number);
    g_byte_array_append(p->known, fine && v.known ? &yes : &no, 1);
    return fine;
}

static void remember_key(Loading *l, const Entity *e, const Source *s, const CsvReader *r, Str key,
                         size_t row)
{
    char *text =
        key.len > 0 ? arena_dup(l->arena, key.at, key.len) : arena_printf(l->arena, "%zu", row + 1);
    g_ptr_array_add(l->keys[e->number], text);
    if (!g_hash_table_insert(l->rows[e->number], text, GSIZE_TO_POINTER(row + 1)))
        diag_error(l->diags, pos_at(s, r, 0), "the key \"%s\" stands in this file twice", text);
}

static bool load_records(Loading *l, const CsvSource *source, GError **error)
{
    const Entity *e = source->entity;
    Source *s = arena_new_of(l->diags->arena, Source);
    *s = (Source){.name = arena_dup(l->diags->arena, source->path, strlen(source->path))};
    g_autoptr(CsvReader) r = csv_open(source->path, error);
    const Str *names, *cells;
    size_t n, have, key;
    if (r == NULL || !csv_header(r, &names, &n, error))
        return fail_while(error, "reading %s", source->path);
    g_autofree Pile **columns = g_new0(Pile *, n + 1);
    if (!match_header(l, e, s, r, names, n, columns, &key))
        return true; /* said as diagnostics */
    for (size_t i = 0; i < n; i++)
        if (columns[i] != NULL)
            pile_begin(columns[i]);
    GError *bad = NULL;
    while (csv_next(r, &cells, &have, &bad)) {
        remember_key(l, e, s, r, key != SIZE_MAX ? str_trim(cells[key]) : STR(""),
                     l->n_rows[e->number]++);
        for (size_t i = 0; i < n; i++) {
            CellFault fault = {0};
            if (columns[i] != NULL && !pile_add(l, columns[i], cells[i], &fault))
                cell_wrong(l, s, r, i, names[i], fault.en);
        }
    }
    if (bad != NULL) {
        g_propagate_error(error, bad);
        return fail_while(error, "reading %s", source->path);
    }
    return true;
}

static size_t column_named(const Str *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(names[i], name))
            return i;
    return SIZE_MAX;
}

static void add_change(Loading *l, const CsvSource *source, const Source *s, const CsvReader *r,
                       const CellType *type, const Str *cells, const size_t at[3])
{
    const Field *f = source->field;
    ChangeCell c = {.field = f, .period = {.until = DATE_MAX}};
    g_autofree char *key = g_strndup(str_trim(cells[at[0]]).at, str_trim(cells[at[0]]).len);
    size_t row = GPOINTER_TO_SIZE(g_hash_table_lookup(l->rows[f->entity->number], key));
    if (row == 0) {
        cell_wrong(l, s, r, at[0], STR("key"), "no record has this key");
        return;
    }
    c.period.row = (uint32_t)row - 1;
    if (!date_parse(str_trim(cells[at[1]]), &c.period.since)) {
        cell_wrong(l, s, r, at[1], STR("from"), "is no day; write it as 2020-06-30");
        return;
    }
    Value v = VALUE_UNKNOWN;
    CellFault fault = {0};
    if (f->type.kind == KIND_REF) {
        Str text = str_trim(cells[at[2]]);
        c.reference = text.len > 0 ? arena_dup(l->arena, text.at, text.len) : NULL;
    } else if (!cell_read(type, cells[at[2]], l->arena, &v, &fault)) {
        cell_wrong(l, s, r, at[2], STR("value"), fault.en);
        return;
    }
    c.period.known = v.known;
    c.period.value = v.num;
    g_array_append_val(l->changes[f->entity->number], c);
}

static bool load_changes(Loading *l, const CsvSource *source, GError **error)
{
    Source *s = arena_new_of(l->diags->arena, Source);
    *s = (Source){.name = arena_dup(l->diags->arena, source->path, strlen(source->path))};
    g_autoptr(CsvReader) r = csv_open(source->path, error);
    const Str *names, *cells;
    size_t n, have;
    if (r == NULL || !csv_header(r, &names, &n, error))
        return fail_while(error, "reading %s", source->path);
    const size_t at[3] = {column_named(names, n, "key"), column_named(names, n, "from"),
                          column_named(names, n, "value")};
    if (at[0] == SIZE_MAX || at[1] == SIZE_MAX || at[2] == SIZE_MAX)
        return fail(error, FAIL_INPUT,
                    "%s: a file of changes needs the columns key, from and value", source->path);
    CellType type;
    cell_type_of(source->field, l->regions, l->arena, &type);
    GError *bad = NULL;
    while (csv_next(r, &cells, &have, &bad))
        add_change(l, source, s, r, &type, cells, at);
    if (bad != NULL) {
        g_propagate_error(error, bad);
        return fail_while(error, "reading %s", source->path);
    }
    return true;
}

/* Row of the record that a reference names; ROW_NONE with a diagnostic when there is none. */
static int64_t resolve(Loading *l, const Field *f, const char *text, size_t row)
{
    size_t found = GPOINTER_TO_SIZE(g_hash_table_lookup(l->rows[f->type.to->number], text));
    if (found == 0)
        diag_error(
            l->diags, (Pos){0}, "%.*s row %zu: %.*s refers to the %.*s \"%s\", which is in no file",
            STR_ARG(f->entity->name), row + 1, STR_ARG(f->name), STR_ARG(f->type.to->name), text);
    return (int64_t)found - 1;
}

static void build_plain(Loading *l, Batch *b, const Pile *p)
{
    const Field *f = p->field;
    if (kind_is_text(f->type.kind)) { /* only whether it is known matters to rules */
        Str *texts = arena_many(b->arena, Str, b->rows + 1);
        for (size_t i = 0; i < b->rows; i++)
            texts[i] = str_of(p->texts->pdata[i]);
        column_set_texts(b, batch_add(b, f->index, f->type.kind, PHYSICAL_TEXT, false), texts);
        return;
    }
    Column *c = batch_add(b, f->index, f->type.kind, kind_facts[f->type.kind].physical, false);
    for (size_t i = 0; i < b->rows; i++) {
        int64_t value = 0;
        if (p->known->data[i] == 0)
            continue;
        value = p->texts != NULL ? resolve(l, f, p->texts->pdata[i], i)
                                 : g_array_index(p->numbers, int64_t, i);
        if (f->type.kind != KIND_REF || value != ROW_NONE)
            column_set(c, i, value);
    }
    column_finish(b, c);
}

/* A plain column holds from the beginning, changes come on top. */
static void build_dated(Loading *l, Batch *b, const Field *f, const Pile *p)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Period));
    for (size_t i = 0; p->field != NULL && i < b->rows; i++) {
        if (p->known->data[i] == 0)
            continue;
        Period x = {.row = (uint32_t)i, .since = DATE_MIN, .until = DATE_MAX, .known = true};
        x.value = p->texts != NULL ? resolve(l, f, p->texts->pdata[i], i)
                                   : g_array_index(p->numbers, int64_t, i);
        g_array_append_val(all, x);
    }
    const GArray *changes = l->changes[f->entity->number];
    for (guint i = 0; i < changes->len; i++) {
        ChangeCell *c = &g_array_index(changes, ChangeCell, i);
        if (c->field != f)
            continue;
        if (c->reference != NULL) {
            c->period.value = resolve(l, f, c->reference, c->period.row);
            c->period.known = c->period.value != ROW_NONE;
        }
        g_array_append_val(all, c->period);
    }
    Column *column = batch_add(b, f->index, f->type.kind, kind_facts[f->type.kind].physical, true);
    column_set_periods(b, column, (const Period *)(const void *)all->data, all->len);
    column_finish(b, column);
}

static bool has_changes(const Loading *l, const Field *f)
{
    const GArray *changes = l->changes[f->entity->number];
    for (guint i = 0; i < changes->len; i++)
        if (g_array_index(changes, ChangeCell, i).field == f)
            return true;
    return false;
}

static Batch *build_batch(Loading *l, const Entity *e)
{
    Batch *b = batch_new(e->name.at, l->n_rows[e->number], e->n_fields);
    b->keys = arena_many(b->arena, Str, b->rows + 1);
    for (size_t i = 0; i < b->rows; i++) {
        const char *key = l->keys[e->number]->pdata[i];
        b->keys[i] = arena_str(b->arena, str_of(key));
    }
    for (size_t f = 0; f < e->n_fields; f++) {
        const Pile *p = &l->piles[e->number][f];
        if (has_changes(l, e->fields[f]))
            build_dated(l, b, e->fields[f], p);
        else if (p->field != NULL)
            build_plain(l, b, p);
    }
    return b;
}

static void loading_begin(Loading *l)
{
    size_t n = l->model->n_entities;
    l->arena = arena_new();
    l->rows = g_new0(GHashTable *, n);
    l->n_rows = g_new0(size_t, n);
    l->piles = g_new0(Pile *, n);
    l->changes = g_new0(GArray *, n);
    l->keys = g_new0(GPtrArray *, n);
    for (size_t e = 0; e < n; e++) {
        l->rows[e] = g_hash_table_new(g_str_hash, g_str_equal);
        l->piles[e] = g_new0(Pile, l->model->entities[e]->n_fields + 1);
        l->changes[e] = g_array_new(FALSE, FALSE, sizeof(ChangeCell));
        l->keys[e] = g_ptr_array_new();
    }
}

static void loading_end(Loading *l)
{
    for (size_t e = 0; e < l->model->n_entities; e++) {
        g_hash_table_unref(l->rows[e]);
        for (size_t f = 0; f < l->model->entities[e]->n_fields; f++) {
            Pile *p = &l->piles[e][f];
            g_clear_pointer(&p->numbers, g_array_unref);
            g_clear_pointer(&p->known, g_byte_array_unref);
            g_clear_pointer(&p->texts, g_ptr_array_unref);
        }
        g_free(l->piles[e]);
        g_array_unref(l->changes[e]);
        g_ptr_array_unref(l->keys[e]);
    }
    g_free(l->rows);
    g_free(l->n_rows);
    g_free(l->piles);
    g_free(l->changes);
    g_free(l->keys);
    arena_free(l->arena);
}

Dataset *load_csv(const Model *m, const RegionTree *regions, const CsvSource *sources, size_t n,
                  Diags *diags, GError **error)
{
    Loading l = {.model = m, .regions = regions, .diags = diags};
    Dataset *d = NULL;
    bool fine = true;
    loading_begin(&l);
    for (size_t i = 0; fine && i < n; i++)
        fine = sources[i].field != NULL || load_records(&l, &sources[i], error);
    for (size_t i = 0; fine && i < n; i++)
        fine = sources[i].field == NULL || load_changes(&l, &sources[i], error);
    if (fine && diags->errors == 0) {
        d = dataset_new(m->n_entities);
        for (size_t e = 0; e < m->n_entities; e++)
            d->batches[e] = build_batch(&l, m->entities[e]);
    }
    loading_end(&l);
    if (diags->errors > 0)
        g_clear_pointer(&d, dataset_free);
    return d;
}
