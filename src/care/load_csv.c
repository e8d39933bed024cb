/* load_csv.c — CSV with a header of field names → columns.
 * In: files, one per entity, and files of changes (key, from, value).  Out: a Dataset, references
 * resolved. An empty cell is unknown; a column that is not there is unknown for all.  Read first:
 * load_records(). */
#include "care/load_csv.h"

#include "base/limits.h"
#include "base/pages.h"
#include "care/cell_type.h"
#include "care/key_index.h"
#include "compile/ops.h"
#include "format/cell_quick.h"
#include "format/csv.h"

/* Rows are gathered here before they go to their columns: two dozen places of memory that are
 * written to in turn keep throwing each other out of the nearest cache. */
#define FRESH 64u

typedef struct Pile { /* one column while its file is read */
    const Field *field;
    CellType type;
    CellQuick *quick; /* NULL: texts */
    Physical physical;
    void *value; /* as a column holds it */
    uint8_t *known;
    Str *texts; /* REF: resolved when all files are read, until then in their files' texts */
    int64_t fresh[FRESH]; /* of the last rows */
    uint8_t fresh_known[FRESH];
} Pile;

typedef struct Records { /* of one entity */
    Pile *piles;         /* one per field, those without a column with field NULL */
    size_t rows, room;
    KeyIndex *keys;
    uint32_t lines[KEYS_WAIT]; /* of the last rows */
    GArray *changes;           /* of ChangeCell */
} Records;

typedef struct Loading {
    const Model *model;
    const RegionTree *regions;
    Diags *diags;
    Arena *arena;       /* cell types, texts of changed references */
    Records *records;   /* per entity */
    GPtrArray *readers; /* open until the end: cells point into their texts */
} Loading;

typedef struct ChangeCell {
    const Field *field;
    Period period;
    Str reference; /* REF: text of the value */
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
            columns[i] = &l->records[e->number].piles[f->index];
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

static bool is_reference(const Pile *p)
{
    return p->field->type.kind == KIND_REF;
}

static void pile_begin(Loading *l, Pile *p)
{
    Kind kind = p->field->type.kind;

    if (p->known != NULL)
        return;
    p->physical = kind_is_text(kind) ? PHYSICAL_I8 : kind_facts[kind].physical;
    if (kind != KIND_REF && !kind_is_text(kind))
        p->quick = cell_quick_new(l->arena, &p->type);
}

/* Rows behind those there are unknown until they are read. */
static void *more(void *old, size_t bytes, size_t room)
{
    char *to = pages_new(room);

    if (bytes > 0)
        memcpy(to, old, bytes);
    pages_free(old);
    return to;
}

static void pile_grow(Pile *p, size_t rows, size_t room)
{
    size_t size = physical_size(p->physical);

    p->value = more(p->value, rows * size, (room + 1) * size);
    p->known = more(p->known, rows, room + 1);
    memset((char *)p->value + rows * size, 0, (room + 1 - rows) * size);
    memset(p->known + rows, 0, room + 1 - rows);
    if (is_reference(p))
        p->texts = more(p->texts, rows * sizeof(Str), (room + 1) * sizeof(Str));
}

/* As many rows more as the file seems to have. */
static void records_grow(Records *to, size_t n_fields, double share)
{
    size_t guess = share > 0 ? (size_t)((double)to->rows / share * 1.02) : 0;
    size_t room = MAX(guess, to->room + to->room / 2 + 1000);

    for (size_t i = 0; i < n_fields; i++) {
        if (to->piles[i].field != NULL)
            pile_grow(&to->piles[i], to->rows, room);
    }
    key_index_expect(to->keys, room);
    to->room = room;
}

static void pile_put(Pile *p, size_t row, int64_t number, bool known)
{
    switch (p->physical) {
    case PHYSICAL_I8:
        ((int8_t *)p->value)[row] = (int8_t)number;
        break;
    case PHYSICAL_I32:
        ((int32_t *)p->value)[row] = (int32_t)number;
        break;
    default:
        ((int64_t *)p->value)[row] = number;
    }
    p->known[row] = known;
}

/* Blanks are rare: mostly there is nothing to trim. */
static Str trimmed(Str s)
{
    if (s.len > 0 && s.at[0] > ' ' && s.at[s.len - 1] > ' ')
        return s;
    return str_trim(s);
}

/* Texts are kept only as references: rules read of no other text more than whether it is known. */
static bool pile_add(Pile *p, size_t row, Str cell, CellFault *fault)
{
    int64_t number = 0;
    bool known = false;

    if (p->quick == NULL) {
        Str text = trimmed(cell);

        if (is_reference(p))
            p->texts[row] = text;
        pile_put(p, row, 0, text.len > 0);
        return true;
    }
    if (!cell_quick(p->quick, cell, &number, &known, fault))
        return false;
    p->fresh[row % FRESH] = number;
    p->fresh_known[row % FRESH] = known;
    return true;
}

/* The rows from `row` on, which begin a new lot. */
static void pile_settle(Pile *p, size_t row, size_t n)
{
    memcpy(p->known + row, p->fresh_known, n);
    for (size_t i = 0; p->physical == PHYSICAL_I8 && i < n; i++)
        ((int8_t *)p->value)[row + i] = (int8_t)p->fresh[i];
    for (size_t i = 0; p->physical == PHYSICAL_I32 && i < n; i++)
        ((int32_t *)p->value)[row + i] = (int32_t)p->fresh[i];
    if (p->physical >= PHYSICAL_I64)
        memcpy((int64_t *)p->value + row, p->fresh, n * sizeof p->fresh[0]);
}

static void settle_piles(Pile **columns, size_t n, size_t rows)
{
    size_t row = (rows - 1) / FRESH * FRESH;

    for (size_t i = 0; rows > 0 && i < n; i++) {
        if (columns[i] != NULL && columns[i]->quick != NULL)
            pile_settle(columns[i], row, rows - row);
    }
}

static void key_twice(Loading *l, const Records *to, const Source *s, size_t row)
{
    Pos pos = {.source = s, .line = to->lines[row % KEYS_WAIT], .column = 1};
    Str key = key_index_key(to->keys, row);

    diag_error(l->diags, pos, "the key \"%.*s\" stands in this file twice", STR_ARG(key));
}

static void remember_key(Loading *l, Records *to, const Source *s, const CsvReader *r, Str key)
{
    char number[24];
    size_t twice;

    if (key.len == 0) {
        g_snprintf(number, sizeof number, "%zu", to->rows + 1);
        key = str_of(number);
    }
    twice = key_index_add(to->keys, key);
    if (twice != SIZE_MAX)
        key_twice(l, to, s, twice);
    to->lines[to->rows % KEYS_WAIT] = (uint32_t)csv_line(r);
}

static void settle_keys(Loading *l, Records *to, const Source *s)
{
    for (size_t row; (row = key_index_settle(to->keys)) != SIZE_MAX;)
        key_twice(l, to, s, row);
}

static void read_rows(Loading *l, const Entity *e, const Source *s, CsvReader *r, const Str *names,
                      Pile **columns, size_t n, size_t key, GError **error)
{
    Records *to = &l->records[e->number];
    const Str *cells;
    size_t have;

    while (csv_next(r, &cells, &have, error)) {
        if (to->rows == to->room)
            records_grow(to, e->n_fields, csv_share(r));
        remember_key(l, to, s, r, key != SIZE_MAX ? trimmed(cells[key]) : STR(""));
        for (size_t i = 0; i < n; i++) {
            CellFault fault;

            if (columns[i] != NULL && !pile_add(columns[i], to->rows, cells[i], &fault))
                cell_wrong(l, s, r, i, names[i], fault.en);
        }
        if (++to->rows % FRESH == 0)
            settle_piles(columns, n, to->rows);
    }
    if (to->rows % FRESH != 0)
        settle_piles(columns, n, to->rows);
    settle_keys(l, to, s);
}

static CsvReader *open_file(Loading *l, const CsvSource *source, Source *s, GError **error)
{
    CsvReader *r = csv_open(source->path, error);

    *s = (Source){.name = arena_dup(l->diags->arena, source->path, strlen(source->path))};
    if (r != NULL)
        g_ptr_array_add(l->readers, r);
    return r;
}

static bool load_records(Loading *l, const CsvSource *source, GError **error)
{
    const Entity *e = source->entity;
    Records *to = &l->records[e->number];
    Source *s = arena_new_of(l->diags->arena, Source);
    CsvReader *r = open_file(l, source, s, error);
    const Str *names;
    size_t n, key;
    GError *bad = NULL;

    if (r == NULL || !csv_header(r, &names, &n, error))
        return fail_while(error, "reading %s", source->path);
    g_autofree Pile **columns = g_new0(Pile *, n + 1);
    if (!match_header(l, e, s, r, names, n, columns, &key))
        return true; /* said as diagnostics */
    for (size_t i = 0; i < n; i++)
        if (columns[i] != NULL)
            pile_begin(l, columns[i]);
    for (size_t i = 0; i < e->n_fields; i++) /* of an earlier file too */
        if (to->piles[i].field != NULL)
            pile_grow(&to->piles[i], to->piles[i].value != NULL ? to->rows : 0, to->room);
    read_rows(l, e, s, r, names, columns, n, key, &bad);
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
    Records *to = &l->records[f->entity->number];
    int64_t row = key_index_find(to->keys, str_trim(cells[at[0]]));
    if (row == ROW_NONE) {
        cell_wrong(l, s, r, at[0], STR("key"), "no record has this key");
        return;
    }
    c.period.row = (uint32_t)row;
    if (!date_parse(str_trim(cells[at[1]]), &c.period.since)) {
        cell_wrong(l, s, r, at[1], STR("from"), "is no day; write it as 2020-06-30");
        return;
    }
    Value v = VALUE_UNKNOWN;
    CellFault fault = {0};
    if (f->type.kind == KIND_REF) {
        Str text = str_trim(cells[at[2]]);
        c.reference = text;
    } else if (!cell_read(type, cells[at[2]], l->arena, &v, &fault)) {
        cell_wrong(l, s, r, at[2], STR("value"), fault.en);
        return;
    }
    c.period.known = v.known;
    c.period.value = v.num;
    g_array_append_val(to->changes, c);
}

static bool load_changes(Loading *l, const CsvSource *source, GError **error)
{
    Source *s = arena_new_of(l->diags->arena, Source);
    CsvReader *r = open_file(l, source, s, error);
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
static int64_t resolve(Loading *l, const Field *f, Str text, size_t row)
{
    int64_t found = key_index_find(l->records[f->type.to->number].keys, text);

    if (found == ROW_NONE)
        diag_error(l->diags, (Pos){0},
                   "%.*s row %zu: %.*s refers to the %.*s \"%.*s\", which is in no file",
                   STR_ARG(f->entity->name), row + 1, STR_ARG(f->name), STR_ARG(f->type.to->name),
                   STR_ARG(text));
    return found;
}

static void resolve_pile(Loading *l, Pile *p, size_t rows)
{
    Str last = {NULL, 0};
    int64_t found = ROW_NONE;

    for (size_t i = 0; i < rows; i++) {
        if (p->known[i] == 0)
            continue;
        /* Neighbours often refer to the same. */
        if (found == ROW_NONE || !str_equal(last, p->texts[i]))
            found = resolve(l, p->field, p->texts[i], i);
        last = p->texts[i];
        pile_put(p, i, MAX(found, 0), found != ROW_NONE);
    }
}

static void build_plain(Batch *b, Pile *p)
{
    Column *c = batch_take(b, p->field->index, p->field->type.kind, p->physical,
                           g_steal_pointer(&p->value), g_steal_pointer(&p->known));

    column_finish(b, c);
}

/* A plain column holds from the beginning, changes come on top. */
static void build_dated(Loading *l, Batch *b, const Field *f, const Pile *p)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Period));
    const GArray *changes = l->records[f->entity->number].changes;

    for (size_t i = 0; p->field != NULL && i < b->rows; i++) {
        Period x = {.row = (uint32_t)i, .since = DATE_MIN, .until = DATE_MAX, .known = true};

        if (p->known[i] == 0)
            continue;
        x.value = physical_get(p->physical, p->value, i);
        g_array_append_val(all, x);
    }
    for (guint i = 0; i < changes->len; i++) {
        ChangeCell *c = &g_array_index(changes, ChangeCell, i);

        if (c->field != f)
            continue;
        if (c->reference.len > 0) {
            c->period.value = resolve(l, f, c->reference, c->period.row);
            c->period.known = c->period.value != ROW_NONE;
        }
        g_array_append_val(all, c->period);
    }
    Column *column = batch_add(b, f->index, f->type.kind, kind_facts[f->type.kind].physical, true);

    column_set_periods(b, column, (const Period *)(const void *)all->data, all->len);
    column_finish(b, column);
}

static bool has_changes(const Records *r, const Field *f)
{
    for (guint i = 0; i < r->changes->len; i++)
        if (g_array_index(r->changes, ChangeCell, i).field == f)
            return true;
    return false;
}

static Batch *build_batch(Loading *l, const Entity *e)
{
    Records *r = &l->records[e->number];
    Batch *b = batch_new(e->name.at, r->rows, e->n_fields);

    for (size_t f = 0; f < e->n_fields; f++) {
        Pile *p = &r->piles[f];

        if (p->field != NULL && r->rows > 0 && is_reference(p))
            resolve_pile(l, p, r->rows);
        if (has_changes(r, e->fields[f]))
            build_dated(l, b, e->fields[f], p);
        else if (p->field != NULL)
            build_plain(b, p);
    }
    return b;
}

static Dataset *build(Loading *l)
{
    const Model *m = l->model;
    Dataset *d = dataset_new(m->n_entities);

    for (size_t e = 0; e < m->n_entities; e++)
        d->batches[e] = build_batch(l, m->entities[e]);
    /* Only now: until here references were looked up by them. */
    for (size_t e = 0; e < m->n_entities; e++)
        key_index_give(l->records[e].keys, d->batches[e]);
    return d;
}

static void close_reader(void *what)
{
    csv_free(what);
}

static void loading_begin(Loading *l)
{
    size_t n = l->model->n_entities;

    l->arena = arena_new();
    l->records = g_new0(Records, n + 1);
    l->readers = g_ptr_array_new_with_free_func(close_reader);
    for (size_t e = 0; e < n; e++) {
        l->records[e].piles = g_new0(Pile, l->model->entities[e]->n_fields + 1);
        l->records[e].changes = g_array_new(FALSE, FALSE, sizeof(ChangeCell));
        l->records[e].keys = key_index_new();
    }
}

static void loading_end(Loading *l)
{
    for (size_t e = 0; e < l->model->n_entities; e++) {
        Records *r = &l->records[e];

        for (size_t f = 0; f < l->model->entities[e]->n_fields; f++) {
            pages_free(r->piles[f].value);
            pages_free(r->piles[f].known);
            pages_free(r->piles[f].texts);
        }
        g_free(r->piles);
        g_array_unref(r->changes);
        key_index_free(r->keys);
    }
    g_free(l->records);
    g_ptr_array_unref(l->readers);
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
    if (fine && diags->errors == 0)
        d = build(&l);
    loading_end(&l);
    if (diags->errors > 0)
        g_clear_pointer(&d, dataset_free);
    return d;
}
