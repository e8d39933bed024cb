/* import_ahead.c — whether the database knows what the next rows of a file say, and the records
 * they are about: asked for many at once.  Each row would ask for its key, its numbers and its
 * record, and wait; here a few hundred of them wait together. Read first: import_look_ahead(),
 * import_looked(). */
#include "care/import_inside.h"
#include "care/inside.h"
#include "care/keyring.h"
#include "care/keys.h"

typedef struct Wanted { /* texts of one column that were not looked for yet */
    const Field *field;
    Str *texts;
    RecordKey *found; /* id 0: nobody has it */
    size_t n;
} Wanted;

char *import_text_key(const Field *f, Str text)
{
    return g_strdup_printf("%u\n%.*s", f->index, STR_ARG(text));
}

static bool is_looked_for(const ImportColumn *col)
{
    const Field *f = col->field;
    return f != NULL && !col->is_since && kind_is_text(f->type.kind) &&
           (f->unique || (f == f->entity->key && !f->secret));
}

/* A cell that does not say a text is the row's fault, said when the row's turn comes. */
static bool text_of(ImportColumn *col, Str cell, Arena *a, Str *ret)
{
    Value v;
    CellFault fault;
    if (!str_utf8_valid(cell, NULL) ||
        (col->field->secret && memchr(cell.at, '*', cell.len) != NULL) ||
        !cells_read(&col->cells, cell, a, &v, &fault) || !v.known)
        return false;
    *ret = arena_str(a, v.text);
    return true;
}

static void gather(ImportColumn *col, size_t at, const ImportRow *rows, size_t n, Arena *a,
                   Wanted *to)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    *to = (Wanted){.field = col->field, .texts = arena_many(a, Str, n + 1)};
    for (size_t i = 0; i < n; i++) {
        Str text;
        if (at < rows[i].n && text_of(col, rows[i].cells[at], a, &text) &&
            g_hash_table_add(seen, import_text_key(col->field, text)))
            to->texts[to->n++] = text;
    }
    to->found = arena_many(a, RecordKey, to->n + 1);
}

/* Of one county, those that no county before it has.  *ret_one false: its key was exchanged in
 * between, so that the answers say nothing. */
static bool look_in_county(Import *in, Wanted *w, int32_t county, Arena *a, bool *ret_one,
                           GError **error)
{
    uint8_t(*blinds)[SM3_SIZE] = arena_alloc(a, (w->n + 1) * sizeof *blinds);
    size_t *of = arena_many(a, size_t, w->n + 1), n = 0;
    int64_t *ids = arena_many(a, int64_t, w->n + 1), key = 0;
    *ret_one = true;
    for (size_t i = 0; i < w->n; i++) {
        if (w->found[i].id != 0)
            continue;
        int64_t number = keys_blind(in->care->keys, w->field, county, w->texts[i], blinds[n]);
        *ret_one = *ret_one && (n == 0 || number == key);
        key = number;
        of[n++] = i;
    }
    if (!store_find_blinds(in->care->store, w->field, county, key,
                           (const uint8_t(*)[SM3_SIZE])blinds, n, ids, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (ids[i] != 0)
            w->found[of[i]] = (RecordKey){county, ids[i]};
    return true;
}

static bool look_secret(Import *in, Wanted *w, Arena *a, bool *ret_one, GError **error)
{
    const CareInside *care = care_inside(in->care);
    if (!import_counties(in, error))
        return false;
    const int32_t *counties = in->counties != NULL ? in->counties : care->counties;
    size_t n = in->counties != NULL ? in->n_counties : care->n_counties;
    bool one = true, changed = false;
    *ret_one = true;
    for (size_t k = 0; k < n; k++) {
        if (!look_in_county(in, w, counties[k], a, &one, error))
            return false;
        *ret_one = *ret_one && one;
    }
    if (!keyring_refresh(in->care, &changed, error))
        return false;
    *ret_one = *ret_one && !changed;
    return true;
}

static void keep(Import *in, const Wanted *w)
{
    for (size_t i = 0; i < w->n; i++) {
        RecordKey *key = g_new(RecordKey, 1);
        *key = w->found[i];
        g_hash_table_insert(in->looked, import_text_key(w->field, w->texts[i]), key);
    }
}

static void known_forget(Import *in)
{
    g_hash_table_remove_all(in->looked);
    if (in->known != NULL)
        g_hash_table_unref(in->known);
    arena_free(in->known_arena);
    in->known = g_hash_table_new(g_int64_hash, g_int64_equal);
    in->known_arena = arena_new();
}

static gint by_key(gconstpointer a, gconstpointer b)
{
    const RecordKey *x = a, *y = b;
    return x->county != y->county ? (x->county < y->county ? -1 : 1)
                                  : (x->id > y->id) - (x->id < y->id);
}

/* Two columns that lead to one record lead to it once. */
static RecordKey *found_keys(Import *in, size_t *ret_n)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    GHashTableIter i;
    gpointer key = NULL;
    g_hash_table_iter_init(&i, in->looked);
    while (g_hash_table_iter_next(&i, NULL, &key))
        if (((const RecordKey *)key)->id != 0)
            g_array_append_vals(all, key, 1);
    g_array_sort(all, by_key);
    RecordKey *keys = arena_list(in->known_arena, all, NULL);
    size_t n = 0;
    for (guint k = 0; k < all->len; k++)
        if (n == 0 || keys[n - 1].id != keys[k].id)
            keys[n++] = keys[k];
    *ret_n = n;
    return keys;
}

static bool read_known(Import *in, GError **error)
{
    size_t n = 0;
    RecordKey *keys = found_keys(in, &n);
    SealedRecord *all = arena_many(in->known_arena, SealedRecord, n + 1);
    if (!store_sealed_records(in->care->store, in->entity, keys, n, in->known_arena, all, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (all[i].record != NULL)
            g_hash_table_insert(in->known, &keys[i].id, &all[i]);
    return true;
}

bool import_look_ahead(Import *in, const ImportRow *rows, size_t n, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    known_forget(in);
    for (size_t i = 0; i < in->n_columns; i++) {
        Wanted w;
        bool says = true;
        if (!is_looked_for(&in->columns[i]))
            continue;
        gather(&in->columns[i], i, rows, n, a, &w);
        bool ok = w.field->secret
                      ? look_secret(in, &w, a, &says, error)
                      : store_find_many(in->care->store, w.field, w.texts, w.n, w.found, error);
        if (!ok)
            return false;
        if (says)
            keep(in, &w);
    }
    return read_known(in, error);
}

const RecordKey *import_looked(const Import *in, const WriteField *w)
{
    g_autofree char *key = import_text_key(w->field, w->value.text);
    return g_hash_table_lookup(in->looked, key);
}

const SealedRecord *import_known(const Import *in, RecordKey key)
{
    const SealedRecord *r = in->known != NULL ? g_hash_table_lookup(in->known, &key.id) : NULL;
    return r != NULL && r->record->key.county == key.county ? r : NULL;
}

void import_ahead_clear(Import *in)
{
    g_hash_table_unref(in->looked);
    if (in->known != NULL)
        g_hash_table_unref(in->known);
    arena_free(in->known_arena);
}
