/* follow_tasks.c — who must be visited, asked, assessed by when.
 * In: tasks of the documents, the working set.  Out: counts by state, and the lines of a page.
 * Read first: follow_tasks(), followed_get(). */
#include "care/follow_index.h"
#include "care/inside.h"

/* One task on its way to a page. */
typedef struct Taking {
    const Task *task;
    const Followed *followed;
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

static Followed *followed_compute(const Following *f, const Task *t, GError **error)
{
    Followed *x = g_new0(Followed, 1);
    const CompileOptions options = following_options(f);
    x->arena = arena_new();
    x->program = task_program_new(f->care->model, t, &options,
                                  work_calendar_new(x->arena, f->care->model), error);
    if (x->program != NULL &&
        working_places(f->care, f->working, t->subject, f->on, &x->places, error) &&
        evaluate_task(x->program, f->working->data, f->on, NULL, x->arena, &x->rows, error)) {
        x->index = arena_new_of(x->arena, TaskIndex);
        index_make(x->index, f->care->regions, x->places, x->rows.list, x->rows.n, x->arena);
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

/* Which rows of an entity the session may see and asks for: by region; inside a facility, or of
 * what has no place, record by record. */
static bool query_of(const Following *f, const Entity *e, IndexQuery *ret, bool *ret_any,
                     GError **error)
{
    const FollowQuery *q = f->query;
    Scope scope;
    uint8_t *rows;
    const int32_t *places;
    size_t n;
    *ret =
        (IndexQuery){.region = f->region, .home = f->care->place, .placed = f->region != ROW_NONE};
    *ret_any = session_sees(f->session, e);
    ret->kinds = kinds_of(q);
    ret->from = f->on;
    ret->until = q->ahead > 0 ? f->on + (Date)q->ahead : f->on - 1;
    if (!*ret_any)
        return true;
    if (!scope_of(f->session, e, MAY_PERSON_READ, &scope, error))
        return false;
    if (scope.facility != 0 || scope.everywhere) {
        if (!following_rows(f, e, &rows, &places, &n, error))
            return false;
        ret->only = rows;
        ret->region = ROW_NONE;
        ret->placed = false;
        return true;
    }
    const RegionTree *t = f->care->regions;
    bool narrower =
        f->region != ROW_NONE && scope.region != ROW_NONE && region_in(t, f->region, scope.region);
    bool wider = f->region == ROW_NONE ||
                 (scope.region != ROW_NONE && region_in(t, scope.region, f->region));
    *ret_any = scope.region != ROW_NONE && (narrower || wider);
    ret->region = narrower ? f->region : scope.region;
    return true;
}

static bool take_task(const Following *f, const Task *t, TaskQueue *queue, size_t number,
                      TaskSum *sum, Taking *x, uint64_t *total, GError **error)
{
    IndexQuery query;
    bool any;
    *x = (Taking){.task = t};
    *sum = (TaskSum){.task = t};
    if (!followed_get(f, t, &x->followed, error) || !query_of(f, t->subject, &query, &any, error))
        return false;
    if (any)
        *total +=
            queue_add(queue, f->care->regions, x->followed->index, number, &query, sum->counts);
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

static void line_fill(const Following *f, const Taking *x, const TaskRow *r, TaskLine *to)
{
    *to = (TaskLine){.task = x->task,
                     .key = key_of_row(f->working, x->task->subject, r->row),
                     .region = x->followed->places[r->row],
                     .state = r->state,
                     .has_due = r->has_due,
                     .has_last = r->has_last,
                     .missed = r->missed,
                     .over = r->over,
                     .sooner = r->sooner,
                     .due = r->due,
                     .last = r->last,
                     .count = r->count};
    if (r->state == TASK_ESTABLISH && r->missing_of < 0)
        event_missing(f, x, to);
    else if (r->state == TASK_ESTABLISH)
        missing_facts(x->followed->program->subject, (size_t)r->missing_of, r->missing, f->arena,
                      &to->missing, &to->n_missing);
}

static bool take_all(const Following *f, TaskBook *ret, TaskQueue *queue, Taking *all,
                     GError **error)
{
    const Model *m = f->care->model;
    ret->sums = arena_array(f->arena, m->n_tasks + 1, sizeof *ret->sums);
    for (size_t i = 0; i < m->n_tasks; i++) {
        const Task *t = m->tasks[i];
        if (!following_by(f, &t->by) || !following_only(f, t->name))
            continue;
        size_t n = ret->n_sums++;
        if (!take_task(f, t, queue, n, &ret->sums[n], &all[n], &ret->total, error))
            return false;
        if (t->wording.of != NULL && all[n].followed->rows.n == 0)
            ret->n_sums--; /* another text of it holds */
    }
    return true;
}

bool follow_tasks(Care *c, const Session *s, const FollowQuery *q, Arena *a, TaskBook *ret,
                  GError **error)
{
    g_autoptr(Working) w = NULL;
    Following f;
    size_t from;
    Taking *all = arena_many(a, Taking, c->model->n_tasks + 1);
    TaskQueue *queue = queue_new(a);
    *ret = (TaskBook){0};
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !following_begin(&f, c, w, s, q, a, error) || !take_all(&f, ret, queue, all, error))
        return fail_while(error, "listing tasks");
    ret->on = f.on;
    following_page(q, ret->total, &from, &ret->n_lines);
    ret->lines = arena_array(a, ret->n_lines + 1, sizeof *ret->lines);
    for (size_t i = 0; i < from + ret->n_lines; i++) {
        const TaskRow *row;
        size_t task;
        if (!queue_next(queue, &task, &row))
            break;
        if (i >= from)
            line_fill(&f, &all[task], row, &ret->lines[i - from]);
    }
    return true;
}
