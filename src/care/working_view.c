/* working_view.c — what is computed from a working set and kept with it: places, computed fields,
 * the order of lists.
 * In: a Working set and a day.  Out: arrays as long as the batch.  Read first: working_places(),
 * working_column(). */
#include "care/inside.h"
#include "compile/compile.h"
#include "evaluate/evaluate.h"

#define COLUMNS_KEPT 48u /* computed columns kept: a list's fields on a handful of days */

typedef struct ViewKey {
    const void *what; /* Entity or Field */
    Date day;
} ViewKey;

struct Views {
    GMutex lock;
    GHashTable *places;  /* ViewKey (Entity) → int32_t[] */
    GHashTable *columns; /* ViewKey (Field) → Batch of one column */
    GHashTable *orders;  /* Entity → uint32_t[] */
};

static guint view_hash(gconstpointer key)
{
    const ViewKey *k = key;
    return g_direct_hash(k->what) * 2654435761u ^ (guint)k->day;
}

static gboolean view_equal(gconstpointer a, gconstpointer b)
{
    const ViewKey *x = a, *y = b;
    return x->what == y->what && x->day == y->day;
}

static void free_batch(gpointer b)
{
    batch_free(b);
}

Views *views_new(const Model *m)
{
    Views *v = g_new0(Views, 1);
    (void)m;
    g_mutex_init(&v->lock);
    v->places = g_hash_table_new_full(view_hash, view_equal, g_free, g_free);
    v->columns = g_hash_table_new_full(view_hash, view_equal, g_free, free_batch);
    v->orders = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return v;
}

void views_free(Views *v)
{
    if (v == NULL)
        return;
    g_hash_table_unref(v->places);
    g_hash_table_unref(v->columns);
    g_hash_table_unref(v->orders);
    g_mutex_clear(&v->lock);
    g_free(v);
}

static gpointer view_find(Views *v, GHashTable *table, gconstpointer key)
{
    g_mutex_lock(&v->lock);
    gpointer found = g_hash_table_lookup(table, key);
    g_mutex_unlock(&v->lock);
    return found;
}

/* Of two threads that computed the same, the first one's stays: somebody may hold it already. */
static gpointer view_keep(Views *v, GHashTable *table, const ViewKey *key, gpointer made,
                          GDestroyNotify drop)
{
    g_mutex_lock(&v->lock);
    gpointer kept = g_hash_table_lookup(table, key);
    if (kept == NULL)
        g_hash_table_insert(table, g_memdup2(key, sizeof *key), made);
    g_mutex_unlock(&v->lock);
    if (kept == NULL)
        return made;
    drop(made);
    return kept;
}

bool working_places_by(Care *c, Working *w, const Entity *e, const Expr *place, Date day,
                       const int32_t **ret, GError **error)
{
    Views *v = working_views(w);
    const ViewKey key = {place == e->place ? (const void *)e : place, day};
    (void)error;
    int32_t *places = view_find(v, v->places, &key);
    if (places == NULL)
        places = view_keep(v, v->places, &key, places_compute(c, w, e, place, day), g_free);
    *ret = places;
    return true;
}

bool working_places(Care *c, Working *w, const Entity *e, Date day, const int32_t **ret,
                    GError **error)
{
    return working_places_by(c, w, e, e->place, day, ret, error);
}

/* ---- computed fields */

static Program *field_program(Care *c, const Working *w, const Field *f, GError **error)
{
    const Output output = {.kind = OUTPUT_FIELD, .field = f};
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    return program_new(c->model, f->entity, &output, 1, &options, error);
}

static bool column_compute(Care *c, const Working *w, const Field *f, Date day, Batch **ret,
                           GError **error)
{
    const Batch *rows = working_batch(w, f->entity);
    g_autoptr(Program) p = field_program(c, w, f, error);
    Batch *into = batch_new("computed", rows->rows, 1);
    if (p != NULL && evaluate_column(p, w->data, 0, day, NULL, into, 0, error)) {
        *ret = into;
        return true;
    }
    batch_free(into);
    return fail_while(error, "computing \"%.*s\"", STR_ARG(f->name));
}

static void free_with_arena(void *batch)
{
    batch_free(batch);
}

bool working_column(Care *c, Working *w, const Field *f, Date day, Arena *a, const Column **ret,
                    GError **error)
{
    const Batch *rows = working_batch(w, f->entity);
    Views *v = working_views(w);
    const ViewKey key = {f, day};
    Batch *b;
    *ret = rows != NULL && f->index < rows->n_columns ? rows->columns[f->index] : NULL;
    if (rows == NULL || *ret != NULL || f->compute == NULL)
        return true;
    b = view_find(v, v->columns, &key);
    if (b == NULL) {
        if (!column_compute(c, w, f, day, &b, error))
            return false;
        g_mutex_lock(&v->lock);
        bool room = g_hash_table_size(v->columns) < COLUMNS_KEPT;
        g_mutex_unlock(&v->lock);
        if (room)
            b = view_keep(v, v->columns, &key, b, free_batch);
        else
            arena_on_free(a, free_with_arena, b);
    }
    *ret = b->columns[0];
    return true;
}

Value working_value(const Care *c, const Working *w, const Field *f, int64_t n)
{
    Value v = VALUE_NUM(n);
    if (f->type.kind == KIND_REGION) {
        if (n < 0 || (size_t)n >= c->regions->n)
            return VALUE_UNKNOWN;
        v.text = c->regions->code[n];
    }
    if (f->type.kind == KIND_REF) {
        const Batch *to = working_batch(w, f->type.to);
        if (to == NULL || n < 0 || (size_t)n >= to->rows)
            return VALUE_UNKNOWN;
        v.num = to->ids[n];
    }
    return v;
}

bool working_computed(Care *c, Working *w, const Field *f, size_t row, Date day, Value *ret,
                      GError **error)
{
    Views *v = working_views(w);
    const ViewKey key = {f, day};
    const Batch *kept = view_find(v, v->columns, &key);
    int64_t n = 0;
    bool known;
    if (kept != NULL) {
        known = column_known(kept->columns[0], row);
        n = known ? column_get(kept->columns[0], row) : 0;
    } else {
        g_autoptr(Program) p = field_program(c, w, f, error);
        if (p == NULL)
            return fail_while(error, "computing \"%.*s\"", STR_ARG(f->name));
        known = evaluate_value(p, w->data, 0, row, day, &n);
    }
    *ret = known ? working_value(c, w, f, n) : VALUE_UNKNOWN;
    return true;
}

/* ---- the order of lists */

typedef struct Ranked {
    uint64_t key;
    uint32_t row;
} Ranked;

/* By key, rising, by one byte after the other; bytes that are the same everywhere cost one look. */
static void rank_sort(Ranked *list, size_t n)
{
    g_autofree Ranked *spare = g_new(Ranked, n + 1);
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t count[257] = {0};
        for (size_t i = 0; i < n; i++)
            count[(list[i].key >> shift & 255) + 1]++;
        if (n == 0 || count[(list[0].key >> shift & 255) + 1] == n)
            continue;
        for (size_t b = 0; b < 256; b++)
            count[b + 1] += count[b];
        for (size_t i = 0; i < n; i++)
            spare[count[list[i].key >> shift & 255]++] = list[i];
        memcpy(list, spare, n * sizeof *list);
    }
}

static uint32_t *order_newest(const Entity *e, const Batch *b)
{
    const Column *day = e->event_day != NULL ? b->columns[e->event_day->index] : NULL;
    Ranked *list = g_new(Ranked, b->rows + 1);
    uint32_t *order = g_new(uint32_t, b->rows + 1);
    for (size_t i = 0; i < b->rows; i++)
        list[i] = (Ranked){UINT64_MAX - (uint64_t)b->ids[i], (uint32_t)i};
    rank_sort(list, b->rows);
    for (size_t i = 0; day != NULL && i < b->rows; i++) {
        bool known = column_known(day, list[i].row);
        int64_t from_end = DATE_MAX - (known ? column_get(day, list[i].row) : DATE_MIN);
        list[i].key = (uint64_t)MAX(from_end, 0);
    }
    if (day != NULL)
        rank_sort(list, b->rows);
    for (size_t i = 0; i < b->rows; i++)
        order[i] = list[i].row;
    g_free(list);
    return order;
}

typedef struct TitleOrder {
    const Care *care;
    const Column *title;
    const int32_t *places;
} TitleOrder;

static int by_place_and_title(gconstpointer a, gconstpointer b, gpointer with)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const TitleOrder *o = with;
    int32_t px = o->places[x] == ROW_NONE ? INT32_MAX : o->care->regions->order[o->places[x]];
    int32_t py = o->places[y] == ROW_NONE ? INT32_MAX : o->care->regions->order[o->places[y]];
    if (px != py)
        return px < py ? -1 : 1;
    int text = str_compare(column_text(o->title, x), column_text(o->title, y));
    return text != 0 ? text : x < y ? -1 : x > y;
}

static const Column *title_in_memory(const Entity *e, const Batch *b)
{
    const Field *f = e->n_title > 0 ? e->title[0] : NULL;
    const Column *c = f != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
    return c != NULL && c->physical == PHYSICAL_TEXT && e->event_day == NULL ? c : NULL;
}

static bool order_make(Care *c, Working *w, const Entity *e, uint32_t **ret, GError **error)
{
    const Batch *b = working_batch(w, e);
    TitleOrder o = {c, title_in_memory(e, b), NULL};
    if (o.title == NULL) {
        *ret = order_newest(e, b);
        return true;
    }
    if (!working_places(c, w, e, care_today(c), &o.places, error))
        return false;
    uint32_t *order = g_new(uint32_t, b->rows + 1);
    for (size_t i = 0; i < b->rows; i++)
        order[i] = (uint32_t)i;
    g_qsort_with_data(order, (int)b->rows, sizeof *order, by_place_and_title, &o);
    *ret = order;
    return true;
}

bool working_order(Care *c, Working *w, const Entity *e, const uint32_t **ret, GError **error)
{
    Views *v = working_views(w);
    uint32_t *order = view_find(v, v->orders, e);
    if (order == NULL) {
        if (!order_make(c, w, e, &order, error))
            return false;
        g_mutex_lock(&v->lock);
        uint32_t *kept = g_hash_table_lookup(v->orders, e);
        if (kept == NULL)
            g_hash_table_insert(v->orders, (gpointer)e, order);
        g_mutex_unlock(&v->lock);
        if (kept != NULL) {
            g_free(order);
            order = kept;
        }
    }
    *ret = order;
    return true;
}
