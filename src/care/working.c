/* working.c — the hot columns in memory: loaded once, then kept up with the journals.
 * In: the moment of the store and the entries behind it, whoever wrote them.  Out: immutable
 * Working sets with references counted.  Few records that were written are patched into a copy;
 * else, and when one comes or goes, everything is loaded anew.  Read first: working_get(),
 * refresh(). */
#include "base/clock.h"
#include "care/decide.h"
#include "care/figures.h"
#include "care/follow_inside.h"
#include "care/inside.h"
#include "care/publish_inside.h"

#define LOAD_DEAR_US (200 * 1000) /* a load that takes longer is not repeated at once */
#define LOAD_SHARE   4            /* at most a quarter of the time goes into loading */

typedef struct SharedBatch { /* batches no write touched belong to several sets */
    int refs;                /* atomic */
    Batch *batch;
} SharedBatch;

/* What is computed from the facts, and kept: sets that show the same facts share it. */
typedef struct Derived {
    int refs; /* atomic */
    GMutex lock;
    GHashTable *results, *figures, *followed, *published;
    Views *views;
} Derived;

typedef struct WorkingInside {
    Working w; /* first */
    SharedBatch **batches;
    size_t n_batches;
    RowIndex *index; /* per entity */
    Derived *derived;
    Working *root; /* the set with the same facts that `derived` was computed from; or NULL */
} WorkingInside;

static WorkingInside *inside(Working *w)
{
    return (WorkingInside *)w;
}

Views *working_views(Working *w)
{
    return inside(w)->derived->views;
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

static Derived *derived_new(const Model *m)
{
    Derived *r = g_new0(Derived, 1);
    r->refs = 1;
    g_mutex_init(&r->lock);
    r->results = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, decided_unref);
    r->figures = g_hash_table_new_full(figure_key_hash, figure_key_equal, g_free, g_free);
    r->followed = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, followed_unref);
    r->published = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, published_free);
    r->views = views_new(m);
    return r;
}

static void derived_unref(Derived *r)
{
    if (!g_atomic_int_dec_and_test(&r->refs))
        return;
    g_hash_table_unref(r->results);
    g_hash_table_unref(r->figures);
    g_hash_table_unref(r->followed);
    g_hash_table_unref(r->published);
    views_free(r->views);
    g_mutex_clear(&r->lock);
    g_free(r);
}

static void derived_take(WorkingInside *in, Derived *r)
{
    in->derived = r;
    in->w.lock = &r->lock;
    in->w.results = r->results;
    in->w.figures = r->figures;
    in->w.followed = r->followed;
    in->w.published = r->published;
}

/* old: the set it follows, or NULL.  known: copied; its sum is the watermark. */
static Working *working_new(const Working *old, SharedBatch **batches, size_t n,
                            const KnownAt *known, size_t n_known)
{
    WorkingInside *in = g_new0(WorkingInside, 1);
    in->w.refs = 1;
    in->w.data = dataset_new(n);
    in->w.data->known = g_memdup2(known, n_known * sizeof *known);
    in->w.data->n_known = n_known;
    for (size_t i = 0; i < n_known; i++)
        in->w.watermark += known[i].seq;
    in->w.moment = moment_of(known, n_known);
    in->batches = batches;
    in->n_batches = n;
    in->index = g_new0(RowIndex, n + 1);
    for (size_t i = 0; i < n; i++) {
        in->w.data->batches[i] = batches[i] != NULL ? batches[i]->batch : NULL;
        in->index[i] = index_of(old, (unsigned)i, in->w.data->batches[i]);
    }
    return &in->w;
}

void working_unref(Working *w)
{
    if (w == NULL || !g_atomic_int_dec_and_test(&w->refs))
        return;
    WorkingInside *in = inside(w);
    derived_unref(in->derived); /* before the batches their programs read */
    for (size_t i = 0; i < in->n_batches; i++) {
        w->data->batches[i] = NULL; /* shared: not the dataset's to free */
        shared_unref(in->batches[i]);
        g_atomic_rc_box_release(in->index[i].slots);
    }
    dataset_free(w->data);
    working_unref(in->root);
    g_free(in->batches);
    g_free(in->index);
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

void working_wrote(Care *c)
{
    CareInside *in = care_inside(c);
    g_mutex_lock(&in->wrote_lock);
    in->unseen++;
    g_mutex_unlock(&in->wrote_lock);
}

/* How many writes of ours nobody has looked for yet, less those that are seen now. */
static uint64_t unseen(Care *c, uint64_t seen)
{
    CareInside *in = care_inside(c);
    g_mutex_lock(&in->wrote_lock);
    in->unseen -= seen;
    uint64_t n = in->unseen;
    g_mutex_unlock(&in->wrote_lock);
    return n;
}

/* ---- newer sets */

static bool load_all(Care *c, Working **ret, GError **error)
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
    *ret = working_new(NULL, batches, n, data->known, data->n_known);
    derived_take(inside(*ret), derived_new(c->model));
    dataset_free(data);
    in->loaded_us = clock_monotonic_us();
    in->load_took_us = in->loaded_us - start;
    return true;
}

/* `fresh`: batches made anew, taken; NULL: as they were. */
static Working *next_set(const Working *old, size_t n, Batch **fresh, const News *news)
{
    SharedBatch **batches = g_new0(SharedBatch *, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool same = fresh == NULL || fresh[i] == NULL;
        batches[i] = same ? ((const WorkingInside *)old)->batches[i] : shared_new(fresh[i]);
        if (same && batches[i] != NULL)
            g_atomic_int_inc(&batches[i]->refs);
    }
    return working_new(old, batches, n, news->heads, news->n_heads);
}

/* Entries about no record: who looked, who signed in, what was paid.  The facts are the same. */
static Working *same_facts(Care *c, Working *old, const News *news)
{
    WorkingInside *from = inside(old);
    Working *w = next_set(old, c->model->n_entities, NULL, news);
    g_atomic_int_inc(&from->derived->refs);
    derived_take(inside(w), from->derived);
    inside(w)->root = working_ref(from->root != NULL ? from->root : old);
    links_along(old, w, news);
    return w;
}

static bool patch(Care *c, Working *old, const News *news, Working **ret, GError **error)
{
    size_t n = c->model->n_entities;
    g_autofree Batch **fresh = g_new0(Batch *, n + 1);
    bool fits;
    *ret = NULL;
    if (!working_patch(c, old, news, fresh, &fits, error))
        return fail_while(error, "taking up what was written");
    if (!fits)
        return true;
    *ret = next_set(old, n, fresh, news);
    derived_take(inside(*ret), derived_new(c->model));
    links_along(old, *ret, news);
    decided_follow(old, *ret, news);
    followed_along(c, old, *ret, news);
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

/* *ret NULL: it has to be loaded; *ret_wrong: at once. */
static bool follow(Care *c, Working *old, Working **ret, bool *ret_wrong, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    News news;
    *ret = NULL;
    *ret_wrong = false;
    if (!store_news(c->store, old->data->known, old->data->n_known, NEWS_MOST, a, &news, error))
        return fail_while(error, "looking for what was written");
    *ret_wrong = news.other;
    if (news.too_much)
        return true;
    if (news.n > 0)
        return patch(c, old, &news, ret, error);
    *ret = same_facts(c, old, &news);
    return true;
}

static bool refresh(Care *c, Working **ret, GError **error)
{
    g_autoptr(Working) old = newest(c);
    Working *fresh = NULL;
    uint64_t ours = unseen(c, 0); /* all of these are in the journals by now */
    bool wrong = false;
    *ret = NULL;
    if (old != NULL && !follow(c, old, &fresh, &wrong, error))
        return false;
    bool keep = fresh == NULL && old != NULL && !wrong && ours == 0 && load_again_soon(c);
    if (fresh == NULL && !keep && !load_all(c, &fresh, error))
        return false;
    /* First shown, then no longer waited for: whoever finds nothing unseen sees its own writes. */
    if (fresh != NULL) {
        put_in_force(c, fresh);
        unseen(c, ours);
    }
    *ret = fresh != NULL ? fresh : working_ref(old);
    return true;
}

bool working_get(Care *c, Working **ret, GError **error)
{
    CareInside *in = care_inside(c);
    uint64_t moment;
    *ret = NULL;
    g_autoptr(Working) w = newest(c);
    if (w != NULL && !store_moment(c->store, &moment, error))
        return false;
    if (w != NULL && moment == w->moment) {
        *ret = g_steal_pointer(&w);
        return true;
    }
    /* Whose own write is not shown yet waits; the others take what is there. */
    if (w == NULL || unseen(c, 0) > 0)
        g_mutex_lock(&in->load_lock);
    else if (!g_mutex_trylock(&in->load_lock)) {
        *ret = newest(c); /* perhaps a newer one than a moment ago, with what was just written */
        return true;
    }
    bool fine = refresh(c, ret, error);
    g_mutex_unlock(&in->load_lock);
    return fine;
}
