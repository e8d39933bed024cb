/* working.c — the hot columns in memory: loaded once, then kept up with what is written.
 * In: the store's watermark and what this process wrote itself.  Out: immutable Working sets with
 * references counted.  Our own writes are patched into a copy; what others wrote is loaded anew.
 * Read first: working_get(), refresh(). */
#include "base/clock.h"
#include "care/decide.h"
#include "care/figures.h"
#include "care/follow_inside.h"
#include "care/inside.h"
#include "care/publish_inside.h"

#define WAIT_US      (200 * 1000) /* for a write on its way to be settled */
#define LOAD_DEAR_US (200 * 1000) /* a load that takes longer is not repeated at once */
#define LOAD_SHARE   4            /* at most a quarter of the time goes into loading */

typedef struct SharedBatch { /* batches no write touched belong to several sets */
    int refs;                /* atomic */
    Batch *batch;
} SharedBatch;

typedef struct WorkingInside {
    Working w; /* first */
    SharedBatch **batches;
    size_t n_batches;
    RowIndex *index; /* per entity */
    Views *views;
} WorkingInside;

static WorkingInside *inside(Working *w)
{
    return (WorkingInside *)w;
}

Views *working_views(Working *w)
{
    return inside(w)->views;
}

Batch *working_batch(const Working *w, const Entity *e)
{
    return e->number < w->data->n_batches ? w->data->batches[e->number] : NULL;
}

/* ---- rows by id */

static size_t id_hash(int64_t id)
{
    return (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 24);
}

RowIndex row_index_new(const Batch *b)
{
    size_t size = 16;
    size_t rows = b != NULL && b->ids != NULL ? b->rows : 0;
    while (size < rows * 2)
        size *= 2;
    RowIndex x = {g_atomic_rc_box_alloc0(size * sizeof(uint32_t)), size - 1};
    for (size_t i = 0; i < rows; i++) {
        size_t at = id_hash(b->ids[i]) & x.mask;
        while (x.slots[at] != 0)
            at = (at + 1) & x.mask;
        x.slots[at] = (uint32_t)i + 1;
    }
    return x;
}

int64_t row_index_find(const RowIndex *x, const Batch *b, int64_t id)
{
    if (b == NULL || b->ids == NULL)
        return ROW_NONE;
    for (size_t at = id_hash(id) & x->mask; x->slots[at] != 0; at = (at + 1) & x->mask)
        if (b->ids[x->slots[at] - 1] == id)
            return (int64_t)x->slots[at] - 1;
    return ROW_NONE;
}

int64_t working_row(const Working *w, const Entity *e, int64_t id)
{
    const WorkingInside *in = (const WorkingInside *)w;
    return row_index_find(&in->index[e->number], working_batch(w, e), id);
}

/* ---- made and given back */

static SharedBatch *shared_new(Batch *b)
{
    SharedBatch *s = g_new0(SharedBatch, 1);
    s->refs = 1;
    s->batch = b;
    return s;
}

static void shared_unref(SharedBatch *s)
{
    if (s == NULL || !g_atomic_int_dec_and_test(&s->refs))
        return;
    batch_free(s->batch);
    g_free(s);
}

/* Rows never move in a set that follows another: they are the same when there are as many. */
static RowIndex index_of(const Working *old, unsigned entity, const Batch *b)
{
    const Batch *was = old != NULL ? old->data->batches[entity] : NULL;
    if (was == NULL || b == NULL || was->rows != b->rows)
        return row_index_new(b);
    RowIndex x = ((const WorkingInside *)old)->index[entity];
    g_atomic_rc_box_acquire(x.slots);
    return x;
}

/* old: the set it follows, or NULL.  known: taken; as many as there are counties with entries. */
static Working *working_new(Care *c, const Working *old, SharedBatch **batches, size_t n,
                            int64_t watermark, KnownAt *known, size_t n_known)
{
    WorkingInside *in = g_new0(WorkingInside, 1);
    in->w.refs = 1;
    in->w.watermark = watermark;
    in->w.data = dataset_new(n);
    in->w.data->known = known;
    in->w.data->n_known = n_known;
    in->batches = batches;
    in->n_batches = n;
    in->index = g_new0(RowIndex, n + 1);
    for (size_t i = 0; i < n; i++) {
        in->w.data->batches[i] = batches[i] != NULL ? batches[i]->batch : NULL;
        in->index[i] = index_of(old, (unsigned)i, in->w.data->batches[i]);
    }
    g_mutex_init(&in->w.lock);
    in->w.results = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, decided_unref);
    in->w.figures = g_hash_table_new_full(figure_key_hash, figure_key_equal, g_free, g_free);
    in->w.followed = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, followed_unref);
    in->w.published = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, published_free);
    in->views = views_new(c->model);
    return &in->w;
}

void working_unref(Working *w)
{
    if (w == NULL || !g_atomic_int_dec_and_test(&w->refs))
        return;
    WorkingInside *in = inside(w);
    g_hash_table_unref(w->results); /* before the batches their programs read */
    g_hash_table_unref(w->figures);
    g_hash_table_unref(w->followed);
    g_hash_table_unref(w->published);
    views_free(in->views);
    for (size_t i = 0; i < in->n_batches; i++) {
        w->data->batches[i] = NULL; /* shared: not the dataset's to free */
        shared_unref(in->batches[i]);
        g_atomic_rc_box_release(in->index[i].slots);
    }
    dataset_free(w->data);
    g_free(in->batches);
    g_free(in->index);
    g_mutex_clear(&w->lock);
    g_free(in);
}

static Working *working_ref(Working *w)
{
    if (w != NULL)
        g_atomic_int_inc(&w->refs);
    return w;
}

static Working *newest(Care *c)
{
    g_mutex_lock(&c->working_lock);
    Working *w = working_ref(c->working);
    g_mutex_unlock(&c->working_lock);
    return w;
}

static void put_in_force(Care *c, Working *w)
{
    g_mutex_lock(&c->working_lock);
    Working *old = c->working;
    c->working = working_ref(w);
    g_mutex_unlock(&c->working_lock);
    working_unref(old);
}

/* ---- what this process wrote */

void working_writing(Care *c)
{
    CareInside *in = care_inside(c);
    g_mutex_lock(&in->touched_lock);
    in->writing++;
    g_mutex_unlock(&in->touched_lock);
}

void working_wrote(Care *c, const Touched *done, size_t n)
{
    CareInside *in = care_inside(c);
    g_mutex_lock(&in->touched_lock);
    if (n > 0 && in->touched->len + n <= TOUCHED_MOST)
        g_array_append_vals(in->touched, done, (guint)n);
    else
        in->touched_all = in->touched_all || n > 0;
    in->writing--;
    g_cond_broadcast(&in->touched_done);
    g_mutex_unlock(&in->touched_lock);
}

/* What is known of the distance between a working set and the store, at one moment. */
typedef struct Distance {
    int64_t watermark;
    Touched touched[TOUCHED_MOST];
    size_t n;
    bool settled; /* no write of ours was on its way, so `watermark` and `touched` agree */
    bool all;     /* too much was written to follow */
} Distance;

/* With no write of ours on its way when it can be had in time: then every entry counted in the
 * watermark is ours and in `touched`, or somebody else's. */
static bool distance_take(Care *c, bool must_settle, Distance *d, GError **error)
{
    CareInside *in = care_inside(c);
    int64_t until = g_get_monotonic_time() + WAIT_US;
    g_mutex_lock(&in->touched_lock);
    while (in->writing > 0) {
        if (must_settle)
            g_cond_wait(&in->touched_done, &in->touched_lock);
        else if (!g_cond_wait_until(&in->touched_done, &in->touched_lock, until))
            break;
    }
    d->settled = in->writing == 0;
    d->all = in->touched_all;
    d->n = in->touched->len;
    if (d->n > 0)
        memcpy(d->touched, in->touched->data, d->n * sizeof(Touched));
    bool fine = store_watermark(c->store, &d->watermark, error);
    g_mutex_unlock(&in->touched_lock);
    return fine;
}

static void touched_drop(Care *c, size_t n, bool all)
{
    CareInside *in = care_inside(c);
    g_mutex_lock(&in->touched_lock);
    if (n > 0)
        g_array_remove_range(in->touched, 0, (guint)n);
    if (all)
        in->touched_all = false;
    g_mutex_unlock(&in->touched_lock);
}

/* ---- newer sets */

static bool load_all(Care *c, const Distance *d, Working **ret, GError **error)
{
    CareInside *in = care_inside(c);
    Dataset *data;
    int64_t start = clock_monotonic_us();
    if (!store_load(c->store, c->regions, 0, &data, error))
        return fail_while(error, "loading the records");
    size_t n = c->model->n_entities;
    SharedBatch **batches = g_new0(SharedBatch *, n + 1);
    for (size_t i = 0; i < n && i < data->n_batches; i++) {
        if (data->batches[i] != NULL)
            batches[i] = shared_new(data->batches[i]);
        data->batches[i] = NULL;
    }
    *ret = working_new(c, NULL, batches, n, d->watermark, g_steal_pointer(&data->known),
                       data->n_known);
    dataset_free(data);
    in->loaded_us = clock_monotonic_us();
    in->load_took_us = in->loaded_us - start;
    return true;
}

static KnownAt *known_of(KnownAt *all, size_t *n, int32_t county)
{
    for (size_t i = 0; i < *n; i++)
        if (all[i].county == county)
            return &all[i];
    all[*n] = (KnownAt){county, 0};
    return &all[(*n)++];
}

/* Each of our entries is the next of its county: nobody else wrote meanwhile. */
static KnownAt *known_after(Care *c, const Dataset *old, const Distance *d, size_t *ret_n)
{
    KnownAt *all = g_new0(KnownAt, old->n_known + d->n + 1);
    if (old->n_known > 0)
        memcpy(all, old->known, old->n_known * sizeof *all);
    *ret_n = old->n_known;
    for (size_t i = 0; i < d->n; i++) {
        int32_t county = d->touched[i].key.county;
        known_of(all, ret_n, county != 0 ? county : store_facts(c->store)->home_county)->seq++;
    }
    return all;
}

static bool patch(Care *c, Working *old, const Distance *d, Working **ret, GError **error)
{
    size_t n = c->model->n_entities;
    g_autofree Batch **fresh = g_new0(Batch *, n + 1);
    bool fits;
    *ret = NULL;
    if (!working_patch(c, old, d->touched, d->n, fresh, &fits, error))
        return fail_while(error, "taking up what was written");
    if (!fits)
        return true;
    SharedBatch **batches = g_new0(SharedBatch *, n + 1);
    for (size_t i = 0; i < n; i++) {
        batches[i] = fresh[i] != NULL ? shared_new(fresh[i]) : inside(old)->batches[i];
        if (fresh[i] == NULL && batches[i] != NULL)
            g_atomic_int_inc(&batches[i]->refs);
    }
    size_t n_known;
    KnownAt *known = known_after(c, old->data, d, &n_known);
    *ret = working_new(c, old, batches, n, old->watermark + (int64_t)d->n, known, n_known);
    decided_follow(old, *ret, d->touched, d->n);
    followed_along(c, old, *ret, d->touched, d->n);
    return true;
}

/* Loading a city takes a second or more: while others write steadily, a set a little old is better
 * than a server that does nothing but load. */
static bool load_again_soon(Care *c)
{
    const CareInside *in = care_inside(c);
    return in->load_took_us > LOAD_DEAR_US &&
           clock_monotonic_us() - in->loaded_us < LOAD_SHARE * in->load_took_us;
}

static bool refresh(Care *c, Working **ret, GError **error)
{
    g_autoptr(Working) old = newest(c);
    Working *fresh = NULL;
    Distance *d = g_new0(Distance, 1);
    bool fine = distance_take(c, old == NULL, d, error);
    bool ours = old != NULL && !d->all && d->watermark == old->watermark + (int64_t)d->n;
    bool keep = old != NULL && d->n == 0 && !d->all && (ours || !d->settled || load_again_soon(c));
    if (fine && !keep && old != NULL && !d->all && (ours || !d->settled))
        fine = patch(c, old, d, &fresh, error);
    bool loading = fine && !keep && fresh == NULL && (d->settled || old == NULL);
    if (loading)
        fine = load_all(c, d, &fresh, error);
    /* First shown, then no longer waited for: whoever finds nothing unseen sees its own writes. */
    if (fresh != NULL) {
        put_in_force(c, fresh);
        touched_drop(c, d->n, loading);
    }
    g_free(d);
    *ret = !fine ? NULL : fresh != NULL ? fresh : working_ref(old);
    return fine;
}

bool working_get(Care *c, Working **ret, GError **error)
{
    CareInside *in = care_inside(c);
    int64_t watermark;
    *ret = NULL;
    g_autoptr(Working) w = newest(c);
    if (w != NULL && !store_watermark(c->store, &watermark, error))
        return false;
    if (w != NULL && watermark == w->watermark) {
        *ret = g_steal_pointer(&w);
        return true;
    }
    g_mutex_lock(&in->touched_lock);
    bool unseen = in->touched->len > 0 || in->touched_all;
    g_mutex_unlock(&in->touched_lock);
    /* Whose own write is not shown yet waits; the others take what is there. */
    if (w == NULL || unseen)
        g_mutex_lock(&in->load_lock);
    else if (!g_mutex_trylock(&in->load_lock)) {
        *ret = newest(c); /* perhaps a newer one than a moment ago, with what was just written */
        return true;
    }
    bool fine = refresh(c, ret, error);
    g_mutex_unlock(&in->load_lock);
    return fine;
}
