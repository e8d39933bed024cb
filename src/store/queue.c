/* queue.c — who writes when: callers queue, a leader commits for all that wait, and where a commit
 * does not wait for the disk, one of those it committed for waits for all of them (flush.c) while
 * the next leads.  Read first: store_write(), group_run(). */
#include "store/flows.h"
#include "store/writing.h"

#include "base/limits.h"

#define DEFER_GRAMS_FROM 200 /* changes: below, grams are kept at once */

typedef struct Waiting { /* one call */
    const Change *changes;
    size_t n, next; /* next: first change not handed to a group yet */
    size_t answered;
    ChangeAnswer *answers;
    RequestSeen request; /* of the changes that are written */
    bool done, failed;
    GError *error;
    GCond moved; /* it is done, or it is its turn to lead or to flush */
    struct Waiting *behind;
} Waiting;

typedef struct Part { /* changes of one call inside a group */
    Waiting *of;
    size_t from, n;
    RequestSeen request; /* behind it */
} Part;

typedef struct Group {
    Ahead ahead; /* first: a list of these is a list of groups */
    Part parts[LIMIT_GROUP_CHANGES];
    size_t n;
} Group;

struct Queue {
    GMutex lock;
    Waiting *first, **last;
    Ahead *written, **written_last; /* committed, not known to be on the disk */
    bool led;                       /* somebody is committing a group */
    bool begun;                     /* a group was led before */
};

/* ---- groups ------------------------------------------------------------------------------ */

/* Takes calls off the queue, at most LIMIT_GROUP_CHANGES changes: whole ones, unless one is larger
 * than any group; lock held. */
static size_t group_take(struct Queue *q, Part *parts)
{
    size_t n_parts = 0, room = LIMIT_GROUP_CHANGES;

    while (q->first != NULL && room > 0) {
        Waiting *w = q->first;
        size_t n = MIN(w->n - w->next, LIMIT_GROUP_CHANGES);

        if (n_parts > 0 && n > room)
            break;
        parts[n_parts++] = (Part){.of = w, .from = w->next, .n = n};
        w->next += n;
        room -= n;
        if (w->next < w->n)
            break;
        q->first = w->behind;
        if (q->first == NULL)
            q->last = &q->first;
    }
    return n_parts;
}

bool change_in_savepoint(Writing *w, const Change *c, ChangeAnswer *answer, GError **error)
{
    static const Sql begin = SQL("SAVEPOINT change"), keep = SQL("RELEASE change"),
                     undo = SQL("ROLLBACK TO change");
    GError *why = NULL;

    writing_keep(w);
    if (!conn_run(w->conn, begin, error))
        return false;
    if (change_apply(w, c, answer, &why))
        return conn_run(w->conn, keep, error);
    if (failure_ends_all(why) || !conn_is_in_transaction(w->conn)) {
        g_propagate_error(error, why);
        return false;
    }
    *answer = (ChangeAnswer){.error = why, .refusal = w->refusal};
    writing_restore(w);
    return conn_run(w->conn, undo, error) && conn_run(w->conn, keep, error);
}

static bool parts_lock(Writing *w, const Part *parts, size_t n, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));

    for (size_t i = 0; i < n; i++) {
        for (size_t j = parts[i].from; j < parts[i].from + parts[i].n; j++) {
            int32_t county = change_county(w, &parts[i].of->changes[j]);

            g_array_append_val(counties, county);
            rows_ahead_add(w, &parts[i].of->changes[j]);
            if (!flows_counties(w, &parts[i].of->changes[j], counties, error))
                return false;
        }
    }
    return writing_lock_ahead(w, counties, error);
}

/* Without a savepoint: one that fails before it has written anything fails alone, like any other;
 * after that it takes the group with it, which is then done again with savepoints. */
static bool change_alone(Writing *w, const Change *c, ChangeAnswer *answer, GError **error)
{
    uint64_t written = w->conn->written, failed = w->conn->failed;
    GError *why = NULL;

    writing_keep(w);
    if (change_apply(w, c, answer, &why))
        return true;
    if (failure_ends_all(why) || w->conn->written != written || w->conn->failed != failed) {
        g_propagate_error(error, why);
        return false;
    }
    *answer = (ChangeAnswer){.error = why, .refusal = w->refusal};
    writing_restore(w);
    return true;
}

static bool parts_apply(Writing *w, Part *parts, size_t n, GError **error)
{
    if (!parts_lock(w, parts, n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        Part *p = &parts[i];

        w->request = p->of->request; /* of a call that began in the group before */
        for (size_t j = p->from; j < p->from + p->n; j++) {
            if (!(w->blindly ? change_alone : change_in_savepoint)(w, &p->of->changes[j],
                                                                   &p->of->answers[j], error))
                return false;
        }
        p->request = w->request;
    }
    return true;
}

/* Of a call over several groups the first one holds the key of its request: what follows must not
 * stay where that was lost. */
static bool holds_piece(const Group *g)
{
    bool piece = false;

    for (size_t i = 0; i < g->n; i++)
        piece = piece || g->parts[i].n < g->parts[i].of->n;
    return piece;
}

static bool group_apply(Writing *w, Group *g, bool blindly, GError **error)
{
    w->blindly = blindly;
    if (parts_apply(w, g->parts, g->n, error))
        return holds_piece(g) ? writing_commit(w, error)
                              : writing_commit_ahead(w, &g->ahead, error);
    writing_abort(w);
    return false;
}

static void answers_clear(const Part *p)
{
    Waiting *w = p->of;

    for (size_t i = p->from; i < p->from + p->n; i++) {
        g_clear_error(&w->answers[i].error);
        w->answers[i] = (ChangeAnswer){0};
    }
}

/* Once more, each change in a savepoint. */
static bool group_again(Store *s, int32_t county, Group *g, GError **error)
{
    for (size_t i = 0; i < g->n; i++)
        answers_clear(&g->parts[i]);
    s->work->again = true;
    return writing_begin_in(s->work, county, error) && group_apply(s->work, g, false, error);
}

/* Sent ahead as a whole first: a group that nothing is wrong with, as nearly all are. */
static bool group_run(Store *s, int32_t county, Group *g, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool ahead = s->writer->sends_ahead;

    if (group_apply(s->work, g, ahead, &why))
        return true;
    if (ahead && !failure_ends_all(why))
        return group_again(s, county, g, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static void part_fail(const Part *p, const GError *why)
{
    Waiting *w = p->of;

    answers_clear(p);
    if (!w->failed)
        w->error = g_error_copy(why);
    w->failed = true;
}

/* All of its changes are in groups. */
static bool is_taken(const Waiting *w)
{
    return w->next == w->n;
}

/* The end of a group; lock held.  Groups may end in another order than they were written in. */
static void group_answer(Group *g)
{
    for (size_t i = 0; i < g->n; i++) {
        const Part *p = &g->parts[i];

        if (g->ahead.error != NULL)
            part_fail(p, g->ahead.error);
        p->of->answered += p->n;
        p->of->done = p->of->answered == p->of->n;
        if (p->of->done)
            g_cond_signal(&p->of->moved);
    }
    ahead_clear(&g->ahead);
    g_free(g);
}

/* ---- turns ------------------------------------------------------------------------------- */

/* Lock held.  Whose changes are written flushes, whose are not leads: so the one goes on beside the
 * other.  Calls whose last changes are not written yet will flush when they are. */
static void wake_next(struct Queue *q)
{
    if (!q->led && q->first != NULL)
        g_cond_signal(&q->first->moved);
    for (const Ahead *a = q->written; a != NULL; a = a->behind) {
        const Group *g = (const Group *)(const void *)a;

        for (size_t i = 0; i < g->n; i++) {
            if (is_taken(g->parts[i].of)) {
                g_cond_signal(&g->parts[i].of->moved);
                return;
            }
        }
    }
}

static void group_written(struct Queue *q, Group *g)
{
    if (g->ahead.error != NULL || g->ahead.writer == 0) {
        group_answer(g);
        return;
    }
    *q->written_last = &g->ahead;
    q->written_last = &g->ahead.behind;
}

/* Leads one group; the queue's lock is held before and after.  The group is taken when it is its
 * turn to write: while others write, it grows. */
static void queue_lead(Store *s, struct Queue *q)
{
    Group *g = g_new0(Group, 1);
    GError **why = &g->ahead.error;
    const int32_t county = change_county(s->work, &q->first->changes[q->first->next]);
    bool first = !q->begun;

    q->led = q->begun = true;
    g_mutex_unlock(&q->lock);
    g_mutex_lock(&s->writing);
    if (!first) /* who writes once only needs no second connection */
        flusher_prepare(s);
    bool ok = writing_begin_in(s->work, county, why);

    g_mutex_lock(&q->lock);
    g->n = group_take(q, g->parts);
    g_mutex_unlock(&q->lock);
    ok = ok && group_run(s, county, g, why);
    for (size_t i = 0; ok && i < g->n; i++)
        g->parts[i].of->request = g->parts[i].request;
    g_mutex_unlock(&s->writing);
    g_mutex_lock(&q->lock);
    q->led = false;
    group_written(q, g);
    wake_next(q);
}

/* All that is written by now; the queue's lock is held before and after. */
static void queue_flush(Store *s, struct Queue *q, int way)
{
    Ahead *first = q->written;

    q->written = NULL;
    q->written_last = &q->written;
    g_mutex_unlock(&q->lock);
    flusher_flush(s, way, first);
    g_mutex_lock(&q->lock);
    while (first != NULL) {
        Group *g = (Group *)(void *)first;

        first = first->behind;
        group_answer(g);
    }
    wake_next(q);
}

bool store_write(Store *s, const Change *changes, size_t n, ChangeAnswer *answers, GError **error)
{
    struct Queue *q = s->queue;
    Waiting me = {.changes = changes, .n = n, .answers = answers};
    int way = -1;

    if (n == 0)
        return true;
    memset(answers, 0, n * sizeof *answers);
    g_cond_init(&me.moved);
    g_mutex_lock(&q->lock);
    *q->last = &me;
    q->last = &me.behind;
    while (!me.done) {
        if (!is_taken(&me) && !q->led)
            queue_lead(s, q);
        else if (is_taken(&me) && q->written != NULL && (way = flusher_take(s)) >= 0)
            queue_flush(s, q, way);
        else
            g_cond_wait(&me.moved, &q->lock);
    }
    g_mutex_unlock(&q->lock);
    g_cond_clear(&me.moved);
    if (me.failed)
        g_propagate_error(error, me.error);
    return !me.failed;
}

/* ---- chunks ------------------------------------------------------------------------------ */

static bool is_optional(const Writing *w, const Change *c)
{
    return c->optional && !w->blindly && c->entity != NULL && w->s->flows != NULL &&
           c->entity->number < w->s->plan->n_tables && w->s->flows->may_fail[c->entity->number];
}

static bool chunk_apply(Writing *w, const Change *changes, size_t n, ChangeAnswer *answers,
                        GError **error)
{
    for (size_t i = 0; i < n; i++) {
        ChangeAnswer answer = {0};

        if (is_optional(w, &changes[i])) {
            if (!change_in_savepoint(w, &changes[i], &answer, error))
                return false;
            g_clear_error(&answer.error);
        } else if (!change_apply(w, &changes[i], &answer, error)) {
            return fail_while(error, "change %zu of %zu", i + 1, n);
        }
        if (answers != NULL)
            answers[i] = answer;
    }
    return true;
}

static bool chunk_write(Store *s, const Change *changes, size_t n, ChangeAnswer *answers,
                        bool blindly, GError **error)
{
    Writing *w = s->work;

    if (answers != NULL)
        memset(answers, 0, n * sizeof *answers);
    if (!writing_begin(w, error))
        return false;
    w->defer_grams = n >= DEFER_GRAMS_FROM;
    w->blindly = blindly;
    if (writing_lock_changes(w, changes, n, error) && chunk_apply(w, changes, n, answers, error))
        return writing_commit(w, error);
    writing_abort(w);
    return false;
}

bool store_write_chunk(Store *s, const Change *changes, size_t n, ChangeAnswer *answers,
                       GError **error)
{
    bool ok = false, again = false;

    if (n > LIMIT_IMPORT_CHUNK)
        return fail(error, FAIL_USAGE, "a chunk has at most %u changes", LIMIT_IMPORT_CHUNK);
    g_mutex_lock(&s->writing);
    if (s->writer->sends_ahead) {
        g_autoptr(GError) why = NULL;

        ok = chunk_write(s, changes, n, answers, true, &why);
        again = !ok && !failure_ends_all(why); /* once more, to say which change and why */
        if (!ok && !again)
            g_propagate_error(error, g_steal_pointer(&why));
    }
    s->work->again = again;
    if (!s->writer->sends_ahead || again)
        ok = chunk_write(s, changes, n, answers, false, error);
    g_mutex_unlock(&s->writing);
    if (!ok && answers != NULL)
        memset(answers, 0, n * sizeof *answers);
    return ok;
}

void queue_start(Store *s)
{
    s->queue = g_new0(struct Queue, 1);
    s->queue->last = &s->queue->first;
    s->queue->written_last = &s->queue->written;
    g_mutex_init(&s->queue->lock);
}

void queue_stop(Store *s)
{
    if (s->queue == NULL)
        return;
    g_mutex_clear(&s->queue->lock);
    g_free(s->queue);
    s->queue = NULL;
}
