/* follow_tasks.c — who must be visited, asked, assessed by when.
 * In: tasks of the documents, the working set.  Out: counts by state, and the lines of a page.
 * Read first: follow_tasks(), followed_get(). */
#include "care/follow_index.h"
#include "care/inside.h"
#include "evaluate/task_fresh.h"

/* One task on its way to a page. */
typedef struct Taking {
    const Task *task;
    const Followed *followed;
} Taking;

void followed_unref(void *followed)
{
    Followed *x = followed;
    if (x == NULL || !g_atomic_int_dec_and_test(&x->refs))
        return;
    task_program_free(x->program);
    task_reach_free(x->reach);
    arena_free(x->arena);
    arena_free(x->along);
    g_array_free(x->gone, TRUE);
    g_array_free(x->fresh, TRUE);
    g_free(x->at);
    g_free(x);
}

static bool rows_place(const Following *f, Followed *x, GError **error)
{
    const int32_t *places;
    x->index = arena_new_of(x->arena, TaskIndex);
    x->n_at = working_rows(f->working, x->task->subject);
    x->at = g_new0(uint32_t, x->n_at + 1);
    if (!working_places(f->care, f->working, x->task->subject, f->on, &places, error))
        return false;
    for (size_t i = 0; i < x->rows.n; i++)
        x->rows.list[i].region = places[x->rows.list[i].row];
    index_make(x->index, f->care->regions, x->rows.list, x->rows.n, x->arena);
    for (size_t i = 0; i < x->rows.n; i++)
        x->at[x->rows.list[i].row] = (uint32_t)i + 1;
    followed_overlay(x, f->care->regions);
    return true;
}

static Followed *followed_compute(const Following *f, const Task *t, GError **error)
{
    Followed *x = g_new0(Followed, 1);
    const CompileOptions options = following_options(f);
    *x = (Followed){.refs = 1, .task = t, .on = f->on, .arena = arena_new()};
    x->gone = g_array_new(FALSE, FALSE, sizeof(TaskRow));
    x->fresh = g_array_new(FALSE, FALSE, sizeof(TaskRow));
    x->program = task_program_new(f->care->model, t, &options,
                                  work_calendar_new(x->arena, f->care->model), error);
    if (x->program != NULL &&
        evaluate_task(x->program, f->working->data, f->on, NULL, x->arena, &x->rows, error) &&
        rows_place(f, x, error))
        return x;
    followed_unref(x);
    return NULL;
}

bool followed_get(const Following *f, const Task *t, const Followed **ret, GError **error)
{
    int64_t key = (int64_t)t->number << 32 | (uint32_t)f->on;
    Working *w = f->working;
    g_mutex_lock(w->lock);
    Followed *x = g_hash_table_lookup(w->followed, &key);
    if (x == NULL) {
        x = followed_compute(f, t, error);
        if (x != NULL)
            g_hash_table_insert(w->followed, g_memdup2(&key, sizeof key), x);
    }
    if (x != NULL) {
        g_atomic_int_inc(&x->refs);
        arena_on_free(f->arena, followed_unref, x);
    }
    g_mutex_unlock(w->lock);
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

/* As first evaluated, less what stands no more, and what stands for it. */
static uint64_t take_rows(const RegionTree *t, const Followed *x, TaskQueue *queue, size_t number,
                          const IndexQuery *query, uint64_t *counts)
{
    uint64_t gone[TASK_STATES] = {0};
    uint64_t listed = queue_add(queue, t, x->index, number, query, counts);
    listed -= index_count(t, x->gone_index, query, gone);
    for (size_t i = 0; i < TASK_STATES; i++)
        counts[i] -= gone[i];
    return listed + queue_add(queue, t, x->fresh_index, number, query, counts);
}

static const Code *class_of(const Task *t, Str name)
{
    const Expr *by = task_class(t);
    return by != NULL ? enum_code(by->type.of, name) : NULL;
}

bool follow_class(const Care *c, Str code)
{
    for (size_t i = 0; i < c->model->n_tasks; i++)
        if (class_of(c->model->tasks[i], code) != NULL)
            return true;
    return false;
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
    if (f->query->class.len > 0)
        query.class = (uint16_t)(class_of(t, f->query->class)->number + 1);
    if (any)
        *total += take_rows(f->care->regions, x->followed, queue, number, &query, sum->counts);
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
                     .region = r->region,
                     .state = r->state,
                     .has_due = r->has_due,
                     .has_last = r->has_last,
                     .missed = r->missed,
                     .over = r->over,
                     .sooner = r->sooner,
                     .due = r->due,
                     .last = r->last,
                     .count = r->count};
    if (r->class > 0)
        to->class = &task_class(x->task)->type.of->codes[r->class - 1];
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
        if (!following_by(f, &t->by) || !following_only(f, t->name) ||
            (f->query->class.len > 0 && class_of(t, f->query->class) == NULL))
            continue;
        size_t n = ret->n_sums++;
        if (!take_task(f, t, queue, n, &ret->sums[n], &all[n], &ret->total, error))
            return false;
        if (t->wording.of != NULL && all[n].followed->rows.n + all[n].followed->fresh->len == 0)
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
