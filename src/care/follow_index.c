/* follow_index.c — see follow_index.h.  Rows are sorted by place, class, state, day once a day; a
 * query takes the buckets of its region, in each the stretches it lists, and merges their heads. */
#include "care/follow_index.h"

const TaskState index_states[TASK_STATES] = {TASK_OVERDUE, TASK_DUE, TASK_ESTABLISH, TASK_LATER,
                                             TASK_DONE};

static unsigned rank_of(TaskState s)
{
    static const unsigned ranks[TASK_STATES] = {[TASK_OVERDUE] = 0,
                                                [TASK_DUE] = 1,
                                                [TASK_ESTABLISH] = 2,
                                                [TASK_LATER] = 3,
                                                [TASK_DONE] = 4};
    return ranks[s];
}

static Date due_of(const TaskRow *r)
{
    return r->has_due ? r->due : DATE_MAX;
}

/* ---- made once for a day ----------------------------------------------------------------------
 */

static int64_t order_of(const RegionTree *t, int32_t region)
{
    return region == ROW_NONE ? -1 : t->order[region];
}

static int by_place_and_urgency(const void *a, const void *b, void *with)
{
    const TaskRow *x = a, *y = b;
    const RegionTree *t = with;
    int64_t left = order_of(t, x->region), right = order_of(t, y->region);

    if (left != right)
        return left < right ? -1 : 1;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    if (x->state != y->state)
        return rank_of(x->state) < rank_of(y->state) ? -1 : 1;
    if (due_of(x) != due_of(y))
        return due_of(x) < due_of(y) ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void bucket_fill(TaskBucket *b, const TaskIndex *x, uint32_t first)
{
    uint32_t at = first;

    *b = (TaskBucket){
        .region = x->rows[first].region, .class = x->rows[first].class, .first = first};
    for (unsigned k = 0; k < TASK_STATES; k++) {
        while (at < x->n && x->rows[at].region == b->region && x->rows[at].class == b->class &&
               rank_of(x->rows[at].state) == k)
            at++;
        b->ends[k] = at;
    }
}

void index_make(TaskIndex *x, const RegionTree *t, TaskRow *rows, size_t n, Arena *a)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(TaskBucket));

    *x = (TaskIndex){.rows = rows, .n = n};
    if (n > 0)
        qsort_r(rows, n, sizeof *rows, by_place_and_urgency, (void *)(uintptr_t)t);
    for (uint32_t at = 0; at < n;) {
        TaskBucket b;
        bucket_fill(&b, x, at);
        at = b.ends[TASK_STATES - 1];
        g_array_append_val(list, b);
    }
    x->n_buckets = list->len;
    x->buckets = arena_list(a, list, NULL);
}

/* ---- asked ------------------------------------------------------------------------------------
 */

typedef struct Cursor { /* stretches of one bucket */
    const TaskIndex *x;
    size_t task;
    const uint8_t *only;
    unsigned rank; /* of the stretch at hand */
    uint32_t at[TASK_STATES], ends[TASK_STATES];
} Cursor;

struct TaskQueue {
    Arena *arena;
    GArray *list; /* of Cursor */
    size_t *heap; /* made when the first line is asked for */
    size_t n;
};

static void list_free(void *list)
{
    g_array_free(list, TRUE);
}

TaskQueue *queue_new(Arena *a)
{
    TaskQueue *q = arena_new_of(a, TaskQueue);

    q->arena = a;
    q->list = g_array_new(FALSE, FALSE, sizeof(Cursor));
    arena_on_free(a, list_free, q->list);
    return q;
}

/* The first row of a stretch that is due on the day or later. */
static uint32_t first_due(const TaskIndex *x, uint32_t low, uint32_t high, Date day)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (due_of(&x->rows[middle]) < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t count_only(const TaskIndex *x, const uint8_t *only, uint32_t from, uint32_t until)
{
    uint32_t n = 0;

    if (only == NULL)
        return until - from;
    for (uint32_t i = from; i < until; i++)
        n += only[x->rows[i].row] != 0;
    return n;
}

static uint64_t bucket_take(TaskQueue *q, const TaskIndex *x, const TaskBucket *b, size_t task,
                            const IndexQuery *query, uint64_t *counts)
{
    Cursor c = {.x = x, .task = task, .only = query->only};
    uint64_t listed = 0;

    if (query->class != 0 && query->class != b->class)
        return 0;
    for (unsigned k = 0; k < TASK_STATES; k++) {
        uint32_t from = k == 0 ? b->first : b->ends[k - 1], until = b->ends[k];
        counts[index_states[k]] += count_only(x, query->only, from, until);
        if ((query->kinds >> index_states[k] & 1) == 0) {
            bool some = query->until >= query->from;
            from = some ? first_due(x, from, until, query->from) : until;
            until = some ? first_due(x, from, until, query->until + 1) : until;
        }
        c.at[k] = from;
        c.ends[k] = until;
        listed += count_only(x, query->only, from, until);
    }
    if (listed > 0 && q != NULL)
        g_array_append_val(q->list, c);
    return listed;
}

/* Buckets stand in the order of the tree: the first one of an order or behind it. */
static size_t bucket_from(const TaskIndex *x, const RegionTree *t, int64_t order)
{
    size_t low = 0, high = x->n_buckets;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order_of(t, x->buckets[middle].region) < order)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t queue_add(TaskQueue *q, const RegionTree *t, const TaskIndex *x, size_t task,
                   const IndexQuery *query, uint64_t *ret_counts)
{
    bool all = query->region == ROW_NONE;
    bool nowhere = !query->placed &&
                   (all || (query->home != ROW_NONE && region_in(t, query->home, query->region)));
    size_t from = bucket_from(x, t, all ? 0 : t->order[query->region]), until = x->n_buckets;
    uint64_t listed = 0;

    if (!all)
        until = bucket_from(x, t, (int64_t)t->last[query->region] + 1);
    for (size_t i = 0; nowhere && i < x->n_buckets && x->buckets[i].region == ROW_NONE; i++)
        listed += bucket_take(q, x, &x->buckets[i], task, query, ret_counts);
    for (size_t i = from; i < until; i++)
        listed += bucket_take(q, x, &x->buckets[i], task, query, ret_counts);
    return listed;
}

uint64_t index_count(const RegionTree *t, const TaskIndex *x, const IndexQuery *query,
                     uint64_t *ret_counts)
{
    return queue_add(NULL, t, x, 0, query, ret_counts);
}

/* ---- merged -----------------------------------------------------------------------------------
 */

static bool is_shown(const Cursor *c, const TaskRow *r)
{
    return !r->dead && (c->only == NULL || c->only[r->row] != 0);
}

/* To the next row that is listed; false: there is none. */
static bool cursor_settle(Cursor *c)
{
    for (; c->rank < TASK_STATES; c->rank++)
        for (; c->at[c->rank] < c->ends[c->rank]; c->at[c->rank]++)
            if (is_shown(c, &c->x->rows[c->at[c->rank]]))
                return true;
    return false;
}

static Cursor *cursor_of(const TaskQueue *q, size_t i)
{
    return &g_array_index(q->list, Cursor, q->heap[i]);
}

/* By state, by the day they are due, by document, by record. */
static bool sooner(const Cursor *a, const Cursor *b)
{
    const TaskRow *x = &a->x->rows[a->at[a->rank]], *y = &b->x->rows[b->at[b->rank]];

    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (due_of(x) != due_of(y))
        return due_of(x) < due_of(y);
    if (a->task != b->task)
        return a->task < b->task;
    return x->row < y->row;
}

static void sink(TaskQueue *q, size_t i)
{
    for (size_t least = i;; i = least) {
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < q->n; child++)
            if (sooner(cursor_of(q, child), cursor_of(q, least)))
                least = child;
        if (least == i)
            return;
        size_t other = q->heap[i];
        q->heap[i] = q->heap[least];
        q->heap[least] = other;
    }
}

static void heap_make(TaskQueue *q)
{
    q->heap = arena_many(q->arena, size_t, q->list->len + 1);
    for (guint i = 0; i < q->list->len; i++)
        if (cursor_settle(&g_array_index(q->list, Cursor, i)))
            q->heap[q->n++] = i;
    for (size_t i = q->n / 2; i-- > 0;)
        sink(q, i);
}

bool queue_next(TaskQueue *q, size_t *ret_task, const TaskRow **ret)
{
    if (q->heap == NULL)
        heap_make(q);
    if (q->n == 0)
        return false;
    Cursor *c = cursor_of(q, 0);
    *ret_task = c->task;
    *ret = &c->x->rows[c->at[c->rank]];
    c->at[c->rank]++;
    if (!cursor_settle(c))
        q->heap[0] = q->heap[--q->n];
    sink(q, 0);
    return true;
}
