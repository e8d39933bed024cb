/* working_patch.c — a copy of a batch in which some records stand as they are now.
 * In: the batches of a working set, keys of records that were written.  Out: new batches; the old
 * ones are never changed, others are reading them.  New records come behind the old rows, so that
 * row numbers elsewhere stay right.  Read first: working_patch(), patch_entity(). */
#include "care/inside.h"
#include "compile/compile.h"

typedef struct PatchedRow {
    RecordKey key;
    size_t row;
    Record *record;
} PatchedRow;

typedef struct PatchedEntity {
    const Entity *entity;
    PatchedRow *rows;
    size_t n, added; /* added: rows behind the old ones */
} PatchedEntity;

typedef struct Patch {
    Care *care;
    const Working *old;
    Arena *arena;
    PatchedEntity *entities; /* by entity number */
} Patch;

/* ---- which rows */

static bool patch_add(Patch *p, const NewsRecord *t)
{
    PatchedEntity *e = &p->entities[t->entity->number];
    const Batch *b = working_batch(p->old, t->entity);
    int64_t row = working_row(p->old, t->entity, t->key.id);
    if (b == NULL || b->ids == NULL || b->counties == NULL)
        return false;
    PatchedRow *to = &e->rows[e->n++];
    *to = (PatchedRow){.key = t->key};
    to->row = row != ROW_NONE ? (size_t)row : b->rows + e->added++;
    return store_record(p->care->store, t->entity, t->key, p->arena, &to->record, NULL) &&
           !to->record->ended;
}

static bool patch_collect(Patch *p, const News *news)
{
    for (size_t i = 0; i < news->n; i++) {
        PatchedEntity *to = &p->entities[news->list[i].entity->number];
        if (to->rows == NULL)
            *to = (PatchedEntity){.entity = news->list[i].entity,
                                  .rows = arena_many(p->arena, PatchedRow, news->n)};
        if (!patch_add(p, &news->list[i]))
            return false;
    }
    return true;
}

/* ---- values */

/* Row of a referred record in the set that is being made. */
static int64_t row_now(const Patch *p, const Entity *to, int64_t id)
{
    const PatchedEntity *e = &p->entities[to->number];
    for (size_t i = 0; i < e->n; i++)
        if (e->rows[i].key.id == id)
            return (int64_t)e->rows[i].row;
    return working_row(p->old, to, id);
}

/* The number a column holds; false: unknown there. */
static bool number_of(const Patch *p, const Field *f, Value v, int64_t *ret)
{
    *ret = v.known ? v.num : 0;
    if (!v.known)
        return false;
    if (kind_is_text(f->type.kind)) /* kept as no more than "is known" */
        *ret = 0;
    if (f->type.kind == KIND_REGION)
        *ret = region_row(p->care->regions, v.text);
    if (f->type.kind == KIND_REF)
        *ret = row_now(p, f->type.to, v.num);
    if ((f->type.kind == KIND_REGION || f->type.kind == KIND_REF) && *ret == ROW_NONE) {
        *ret = 0;
        return false;
    }
    return true;
}

static Physical physical_for(const Column *from, int64_t low, int64_t high)
{
    static const int64_t least[] = {INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN};
    static const int64_t most[] = {INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX};
    if (from->physical > PHYSICAL_I64)
        return from->physical;
    for (Physical p = from->physical; p < PHYSICAL_I64; p++)
        if (low >= least[p] && high <= most[p])
            return p;
    return PHYSICAL_I64;
}

/* What the patched records say of one field: the latest period each, and the earlier ones. */
typedef struct Fresh {
    Period *latest;  /* one per patched row; row, since, until, known, value */
    GArray *earlier; /* of Period */
    int64_t low, high;
} Fresh;

static void fresh_number(Fresh *f, const Period *p)
{
    if (!p->known)
        return;
    f->low = f->low > f->high ? p->value : MIN(f->low, p->value);
    f->high = MAX(f->high, p->value);
}

static bool fresh_field(const Patch *p, const PatchedEntity *e, const Field *field, Fresh *to,
                        GError **error)
{
    *to = (Fresh){.latest = arena_many(p->arena, Period, e->n + 1),
                  .earlier = g_array_new(FALSE, FALSE, sizeof(Period)),
                  .low = INT64_MAX,
                  .high = INT64_MIN};
    for (size_t i = 0; i < e->n; i++) {
        Fact *facts = &e->rows[i].record->facts[field->index];
        size_t n = 1;
        to->latest[i] = (Period){(uint32_t)e->rows[i].row, DATE_MIN, DATE_MAX, false, 0};
        if (field->dated && !store_periods(p->care->store, field, e->rows[i].record->key, p->arena,
                                           &facts, &n, error))
            return false;
        for (size_t k = 0; k < n; k++) {
            Period now = {
                .row = (uint32_t)e->rows[i].row, .since = facts[k].since, .until = facts[k].until};
            now.known = number_of(p, field, facts[k].value, &now.value);
            fresh_number(to, &now);
            if (k + 1 < n)
                g_array_append_val(to->earlier, now);
            else
                to->latest[i] = now;
        }
    }
    return true;
}

/* ---- columns */

static void copy_values(Column *to, const Column *from)
{
    if (to->physical == from->physical) {
        memcpy(to->value, from->value, from->rows * physical_size(from->physical));
    } else {
        for (size_t i = 0; i < from->rows; i++)
            column_set(to, i, column_get(from, i));
    }
    if (from->known != NULL)
        memcpy(to->known, from->known, from->rows);
    else
        memset(to->known, 1, from->rows);
    if (from->since != NULL)
        memcpy(to->since, from->since, from->rows * sizeof(Date));
    if (from->until != NULL)
        memcpy(to->until, from->until, from->rows * sizeof(Date));
}

static int by_row_and_since(gconstpointer a, gconstpointer b)
{
    const Period *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->since < y->since ? -1 : x->since > y->since;
}

static bool is_patched(const PatchedEntity *e, uint32_t row)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->rows[i].row == row)
            return true;
    return false;
}

static void merge_periods(Column *to, const Column *from, const PatchedEntity *e, Fresh *fresh)
{
    size_t n = 0, k = 0;
    g_array_sort(fresh->earlier, by_row_and_since);
    const Period *more = (const Period *)(const void *)fresh->earlier->data;
    to->periods = g_new0(Period, from->n_periods + fresh->earlier->len + 1);
    for (size_t i = 0; i < from->n_periods; i++) {
        const Period *p = &from->periods[i];
        while (k < fresh->earlier->len && by_row_and_since(&more[k], p) <= 0)
            to->periods[n++] = more[k++];
        if (!is_patched(e, p->row))
            to->periods[n++] = *p;
    }
    while (k < fresh->earlier->len)
        to->periods[n++] = more[k++];
    to->n_periods = n;
}

static void set_latest(Column *c, const Period *p)
{
    column_set(c, p->row, p->known ? p->value : 0);
    c->known[p->row] = p->known;
    if (c->since != NULL) {
        c->since[p->row] = p->since;
        c->until[p->row] = p->until;
    }
}

/* Columns without gaps or ends are read faster: they stay so. */
static void drop_full(Column *c, const Column *from, const Fresh *fresh, size_t n)
{
    bool all_known = from->known == NULL, all_open = from->until == NULL;
    for (size_t i = 0; i < n; i++) {
        all_known = all_known && fresh->latest[i].known;
        all_open = all_open && fresh->latest[i].until == DATE_MAX;
    }
    if (all_known)
        g_clear_pointer(&c->known, g_free);
    if (all_open && c->until != NULL)
        g_clear_pointer(&c->until, g_free);
}

static bool patch_numbers(const Patch *p, const PatchedEntity *e, const Field *f,
                          const Column *from, Batch *to, GError **error)
{
    Fresh fresh;
    bool fine = fresh_field(p, e, f, &fresh, error);
    if (fine) {
        bool any = fresh.low <= fresh.high;
        Physical physical = any ? physical_for(from, fresh.low, fresh.high) : from->physical;
        Column *c = batch_add(to, f->index, from->kind, physical, from->since != NULL);
        copy_values(c, from);
        for (size_t i = 0; i < e->n; i++)
            set_latest(c, &fresh.latest[i]);
        merge_periods(c, from, e, &fresh);
        bool had = from->low <= from->high;
        c->low = !any ? from->low : had ? MIN(from->low, fresh.low) : fresh.low;
        c->high = !any ? from->high : had ? MAX(from->high, fresh.high) : fresh.high;
        drop_full(c, from, &fresh, e->n);
    }
    g_array_unref(fresh.earlier);
    return fine;
}

static void patch_texts(const Patch *p, const PatchedEntity *e, const Field *f, const Column *from,
                        Batch *to)
{
    Str *texts = arena_many(p->arena, Str, to->rows + 1);
    for (size_t i = 0; i < from->rows; i++)
        if (column_known(from, i)) {
            texts[i] = column_text(from, i);
            if (texts[i].at == NULL)
                texts[i] = STR("");
        }
    for (size_t i = 0; i < e->n; i++) {
        Value v = e->rows[i].record->facts[f->index].value;
        texts[e->rows[i].row] = v.known ? (v.text.at != NULL ? v.text : STR("")) : (Str){NULL, 0};
    }
    Column *c = batch_add(to, f->index, from->kind, PHYSICAL_TEXT, from->since != NULL);
    column_set_texts(to, c, texts);
    for (size_t i = 0; c->since != NULL && i < to->rows; i++) {
        c->since[i] = i < from->rows ? from->since[i] : DATE_MIN;
        c->until[i] = i < from->rows && from->until != NULL ? from->until[i] : DATE_MAX;
    }
    for (size_t i = 0; c->since != NULL && i < e->n; i++) {
        const Fact *fact = &e->rows[i].record->facts[f->index];
        c->since[e->rows[i].row] = fact->since;
        c->until[e->rows[i].row] = fact->until;
    }
    column_finish(to, c);
}

/* ---- batches */

static void copy_keys(const Patch *p, const PatchedEntity *e, const Batch *old, Batch *to)
{
    to->ids = arena_many(to->arena, int64_t, to->rows + 1);
    to->counties = arena_many(to->arena, int32_t, to->rows + 1);
    memcpy(to->ids, old->ids, old->rows * sizeof *to->ids);
    memcpy(to->counties, old->counties, old->rows * sizeof *to->counties);
    if (old->keys != NULL) {
        to->keys = arena_many(to->arena, Str, to->rows + 1);
        for (size_t i = 0; i < old->rows; i++)
            to->keys[i] = arena_str(to->arena, old->keys[i]);
    }
    (void)p;
    for (size_t i = 0; i < e->n; i++) {
        const PatchedRow *r = &e->rows[i];
        const Field *key = e->entity->key;
        to->ids[r->row] = r->record->key.id;
        to->counties[r->row] = r->record->key.county;
        if (to->keys != NULL && key != NULL && !key->secret)
            to->keys[r->row] = arena_str(to->arena, r->record->facts[key->index].value.text);
    }
}

static bool patch_entity(const Patch *p, const PatchedEntity *e, Batch **ret, GError **error)
{
    const Batch *old = working_batch(p->old, e->entity);
    Batch *to = batch_new(old->name, old->rows + e->added, old->n_columns);
    copy_keys(p, e, old, to);
    for (size_t i = 0; i < e->entity->n_fields; i++) {
        const Field *f = e->entity->fields[i];
        const Column *from = f->index < old->n_columns ? old->columns[f->index] : NULL;
        if (from == NULL)
            continue;
        if (from->physical == PHYSICAL_TEXT)
            patch_texts(p, e, f, from, to);
        else if (!patch_numbers(p, e, f, from, to, error)) {
            batch_free(to);
            return false;
        }
    }
    *ret = to;
    return true;
}

bool working_patch(Care *c, const Working *old, const News *news, Batch **ret, bool *ret_fits,
                   GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Patch p = {c, old, a, arena_many(a, PatchedEntity, c->model->n_entities + 1)};
    *ret_fits = patch_collect(&p, news);
    for (size_t i = 0; *ret_fits && i < c->model->n_entities; i++) {
        if (p.entities[i].n > 0 && !patch_entity(&p, &p.entities[i], &ret[i], error)) {
            for (size_t k = 0; k < i; k++)
                g_clear_pointer(&ret[k], batch_free);
            return false;
        }
    }
    return true;
}
