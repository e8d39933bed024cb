/* follow_tasks.c — who must be visited, asked, assessed by when.
 * In: tasks of the documents, the working set.  Out: counts by state, and the lines of a page.
 * Read first: follow_tasks(), followed_get(). */
#include "care/follow_inside.h"

typedef struct LineOf { /* one row of one task, before it becomes a line */
    const Task *task;
    const Followed *followed;
    const TaskRow *row;
    int32_t region;
} LineOf;

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
        evaluate_task(x->program, f->working->data, f->on, NULL, x->arena, &x->rows, error))
        return x;
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

static bool gather_task(const Following *f, const Task *t, TaskSum *sum, GArray *lines,
                        GError **error)
{
    const Followed *x;
    const int32_t *places;
    uint8_t *rows;
    size_t n;
    if (!followed_get(f, t, &x, error) || !following_rows(f, t->subject, &rows, &places, &n, error))
        return false;
    *sum = (TaskSum){.task = t};
    for (size_t i = 0; i < x->rows.n; i++) {
        const TaskRow *row = &x->rows.list[i];
        if (rows[row->row] == 0)
            continue;
        sum->counts[row->state]++;
        LineOf line = {t, x, row, places[row->row]};
        if ((kinds_of(f->query) >> row->state & 1) != 0 || is_soon(f, row))
            g_array_append_val(lines, line);
    }
    return true;
}

static int rank_of(TaskState s)
{
    static const int ranks[] = {[TASK_OVERDUE] = 0,
                                [TASK_DUE] = 1,
                                [TASK_ESTABLISH] = 2,
                                [TASK_LATER] = 3,
                                [TASK_DONE] = 4};
    return ranks[s];
}

static gint by_urgency(gconstpointer a, gconstpointer b)
{
    const LineOf *x = a, *y = b;
    int order = rank_of(x->row->state) - rank_of(y->row->state);
    Date due = x->row->has_due ? x->row->due : DATE_MAX;
    Date other = y->row->has_due ? y->row->due : DATE_MAX;
    if (order != 0)
        return order;
    if (due != other)
        return due < other ? -1 : 1;
    if (x->task->number != y->task->number)
        return x->task->number < y->task->number ? -1 : 1;
    return x->row->row < y->row->row ? -1 : x->row->row > y->row->row;
}

/* What is to be established of an event that nobody judged: the fields its condition reads. */
static void event_missing(const Following *f, const LineOf *x, TaskLine *to)
{
    const Program *p = x->followed->program->done.where;
    if (p == NULL)
        return;
    uint64_t all = UINT64_MAX;
    missing_facts(p, 0, all, f->arena, &to->missing, &to->n_missing);
}

static void line_fill(const Following *f, const LineOf *x, TaskLine *to)
{
    const TaskRow *r = x->row;
    *to = (TaskLine){.task = x->task,
                     .key = key_of_row(f->working, x->task->subject, r->row),
                     .region = x->region,
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

static bool gather_all(const Following *f, TaskBook *ret, GArray *lines, GError **error)
{
    const Model *m = f->care->model;
    ret->sums = arena_array(f->arena, m->n_tasks + 1, sizeof *ret->sums);
    for (size_t i = 0; i < m->n_tasks; i++) {
        const Task *t = m->tasks[i];
        if (!following_by(f, &t->by) || !following_only(f, t->name))
            continue;
        if (!gather_task(f, t, &ret->sums[ret->n_sums++], lines, error))
            return false;
    }
    return true;
}

bool follow_tasks(Care *c, const Session *s, const FollowQuery *q, Arena *a, TaskBook *ret,
                  GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LineOf));
    Following f;
    size_t from;
    *ret = (TaskBook){0};
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !following_begin(&f, c, w, s, q, a, error) || !gather_all(&f, ret, lines, error))
        return fail_while(error, "listing tasks");
    ret->on = f.on;
    ret->total = lines->len;
    g_array_sort(lines, by_urgency);
    following_page(q, lines->len, &from, &ret->n_lines);
    ret->lines = arena_array(a, ret->n_lines + 1, sizeof *ret->lines);
    for (size_t i = 0; i < ret->n_lines; i++)
        line_fill(&f, &g_array_index(lines, LineOf, from + i), &ret->lines[i]);
    return true;
}
