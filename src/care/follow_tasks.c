/* follow_tasks.c — who must be visited, asked, assessed by when.
 * In: tasks of the documents, the working set.  Out: counts by state, and the lines of a page.
 * Read first: follow_tasks(), followed_get(). */
#include "care/follow_inside.h"

/* One task on its way to a page: its rows in the order of urgency, the ones in scope. */
typedef struct Taking {
    const Task *task;
    const Followed *followed;
    const int32_t *places;
    const uint8_t *rows; /* per record: in scope */
    size_t next;         /* of followed->rows: the next one that is listed; rows.n: none */
    uint64_t listed;
} Taking;

void followed_free(void *followed)
{
    Followed *x = followed;
    if (x == NULL)
        return;
    task_program_free(x->program);
    arena_free(x->arena);
    g_free(x);
}

/* Overdue first, then by the day they are due. */
static int rank_of(TaskState s)
{
    static const int ranks[] = {[TASK_OVERDUE] = 0,
                                [TASK_DUE] = 1,
                                [TASK_ESTABLISH] = 2,
                                [TASK_LATER] = 3,
                                [TASK_DONE] = 4};
    return ranks[s];
}

static int by_urgency(const void *a, const void *b)
{
    const TaskRow *x = a, *y = b;
    int order = rank_of(x->state) - rank_of(y->state);
    Date due = x->has_due ? x->due : DATE_MAX, other = y->has_due ? y->due : DATE_MAX;
    if (order != 0)
        return order;
    if (due != other)
        return due < other ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static Followed *followed_compute(const Following *f, const Task *t, GError **error)
{
    Followed *x = g_new0(Followed, 1);
    const CompileOptions options = following_options(f);
    x->arena = arena_new();
    x->program = task_program_new(f->care->model, t, &options,
                                  work_calendar_new(x->arena, f->care->model), error);
    if (x->program != NULL &&
        evaluate_task(x->program, f->working->data, f->on, NULL, x->arena, &x->rows, error)) {
        qsort(x->rows.list, x->rows.n, sizeof *x->rows.list, by_urgency);
        return x;
    }
    followed_free(x);
    return NULL;
}

bool followed_get(const Following *f, const Task *t, const Followed **ret, GError **error)
{
    int64_t key = (int64_t)t->number << 32 | (uint32_t)f->on;
    Working *w = f->working;
    g_mutex_lock(&w->lock);
    Followed *x = g_hash_table_lookup(w->followed, &key);
    if (x == NULL) {
        x = followed_compute(f, t, error);
        if (x != NULL)
            g_hash_table_insert(w->followed, g_memdup2(&key, sizeof key), x);
    }
    g_mutex_unlock(&w->lock);
    *ret = x;
    return x != NULL;
}

/* What waits: overdue, due, to be established. */
static unsigned kinds_of(const FollowQuery *q)
{
    return q->kinds != 0 ? q->kinds : 1u << TASK_OVERDUE | 1u << TASK_DUE | 1u << TASK_ESTABLISH;
}

static bool is_soon(const Following *f, const TaskRow *row)
{
    return f->query->ahead > 0 && row->has_due && row->due >= f->on &&
           row->due - f->on <= (Date)f->query->ahead;
}

static bool is_listed(const Following *f, const Taking *x, size_t i)
{
    const TaskRow *row = &x->followed->rows.list[i];
    return x->rows[row->row] != 0 &&
           ((kinds_of(f->query) >> row->state & 1) != 0 || is_soon(f, row));
}

static void take_next(const Following *f, Taking *x)
{
    do
        x->next++;
    while (x->next < x->followed->rows.n && !is_listed(f, x, x->next));
}

static bool take_task(const Following *f, const Task *t, TaskSum *sum, Taking *x, GError **error)
{
    uint8_t *rows;
    size_t n;
    *x = (Taking){.task = t, .next = SIZE_MAX};
    if (!followed_get(f, t, &x->followed, error) ||
        !following_rows(f, t->subject, &rows, &x->places, &n, error))
        return false;
    x->rows = rows;
    *sum = (TaskSum){.task = t};
    for (size_t i = 0; i < x->followed->rows.n; i++) {
        const TaskRow *row = &x->followed->rows.list[i];
        sum->counts[row->state] += rows[row->row] != 0;
        x->listed += is_listed(f, x, i);
    }
    take_next(f, x);
    return true;
}

/* What is to be established of an event that nobody judged: the fields its condition reads. */
static void event_missing(const Following *f, const Taking *x, TaskLine *to)
{
    const Program *p = x->followed->program->done.where;
    if (p == NULL)
        return;
    uint64_t all = UINT64_MAX;
    missing_facts(p, 0, all, f->arena, &to->missing, &to->n_missing);
}

static void line_fill(const Following *f, const Taking *x, TaskLine *to)
{
    const TaskRow *r = &x->followed->rows.list[x->next];
    *to = (TaskLine){.task = x->task,
                     .key = key_of_row(f->working, x->task->subject, r->row),
                     .region = x->places[r->row],
                     .state = r->state,
                     .has_due = r->has_due,
                     .has_last = r->has_last,
                     .missed = r->missed,
                     .over = r->over,
                     .due = r->due,
                     .last = r->last,
                     .count = r->count};
    if (r->state == TASK_ESTABLISH && r->missing_of < 0)
        event_missing(f, x, to);
    else if (r->state == TASK_ESTABLISH)
        missing_facts(x->followed->program->subject, (size_t)r->missing_of, r->missing, f->arena,
                      &to->missing, &to->n_missing);
}

static bool take_all(const Following *f, TaskBook *ret, Taking *all, GError **error)
{
    const Model *m = f->care->model;
    ret->sums = arena_array(f->arena, m->n_tasks + 1, sizeof *ret->sums);
    for (size_t i = 0; i < m->n_tasks; i++) {
        const Task *t = m->tasks[i];
        if (!following_by(f, &t->by) || !following_only(f, t->name))
            continue;
        size_t n = ret->n_sums++;
        if (!take_task(f, t, &ret->sums[n], &all[n], error))
            return false;
        ret->total += all[n].listed;
        if (t->wording.of != NULL && all[n].followed->rows.n == 0)
            ret->n_sums--; /* another text of it holds */
    }
    return true;
}

/* The task whose next line is the most urgent; tasks with the same go by their documents. */
static Taking *most_urgent(Taking *all, size_t n)
{
    Taking *best = NULL;
    for (size_t i = 0; i < n; i++) {
        Taking *x = &all[i];
        if (x->next >= x->followed->rows.n)
            continue;
        const TaskRow *row = &x->followed->rows.list[x->next];
        const TaskRow *other = best != NULL ? &best->followed->rows.list[best->next] : NULL;
        bool sooner = other == NULL || rank_of(row->state) < rank_of(other->state);
        if (!sooner && rank_of(row->state) == rank_of(other->state))
            sooner =
                (row->has_due ? row->due : DATE_MAX) < (other->has_due ? other->due : DATE_MAX);
        if (sooner)
            best = x;
    }
    return best;
}

bool follow_tasks(Care *c, const Session *s, const FollowQuery *q, Arena *a, TaskBook *ret,
                  GError **error)
{
    g_autoptr(Working) w = NULL;
    Following f;
    size_t from;
    Taking *all = arena_many(a, Taking, c->model->n_tasks + 1);
    *ret = (TaskBook){0};
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !following_begin(&f, c, w, s, q, a, error) || !take_all(&f, ret, all, error))
        return fail_while(error, "listing tasks");
    ret->on = f.on;
    following_page(q, ret->total, &from, &ret->n_lines);
    ret->lines = arena_array(a, ret->n_lines + 1, sizeof *ret->lines);
    for (size_t i = 0; i < from + ret->n_lines; i++) {
        Taking *x = most_urgent(all, ret->n_sums);
        if (i >= from)
            line_fill(&f, x, &ret->lines[i - from]);
        take_next(&f, x);
    }
    return true;
}
