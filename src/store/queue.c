/* queue.c — who writes when: callers queue, a leader commits for all that wait, and a thread of its
 * own brings the log back into the file.  Read first: sqlite_write(), group_run(). */
#include "store/writing.h"

#include "base/limits.h"

#define DEFER_GRAMS_FROM  200   /* changes: below, grams are kept at once */
#define CHECKPOINT_FRAMES 4000  /* 16 MB of log: the thread begins to copy it back */
#define CHECKPOINT_FORCED 60000 /* 240 MB: the writer waits until the log is copied */

typedef struct Waiting { /* one call */
    const Change *changes;
    size_t n, next; /* next: first change not handed to a group yet */
    ChangeAnswer *answers;
    bool done, failed;
    GError *error;
    struct Waiting *behind;
} Waiting;

struct Queue {
    GMutex lock;
    GCond moved;
    Waiting *first, **last;
    bool led; /* somebody is committing a group */
};

struct Checkpointer {
    GThread *thread;
    GMutex lock;
    GCond wake;
    bool stop;
    int frames; /* of the log after the last commit */
    Conn *conn;
};

/* ---- groups ------------------------------------------------------------------------------ */

typedef struct Part { /* changes of one call inside a group */
    Waiting *of;
    size_t from, n;
} Part;

/* Takes at most LIMIT_GROUP_CHANGES changes off the queue; lock held. */
static size_t group_take(struct Queue *q, Part *parts)
{
    size_t n_parts = 0, room = LIMIT_GROUP_CHANGES;

    while (q->first != NULL && room > 0) {
        Waiting *w = q->first;
        size_t n = MIN(room, w->n - w->next);

        parts[n_parts++] = (Part){w, w->next, n};
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

    if (!conn_run(w->conn, begin, error))
        return false;
    if (change_apply(w, c, answer, &why))
        return conn_run(w->conn, keep, error);
    if (failure_ends_all(why) || !conn_is_in_transaction(w->conn)) {
        g_propagate_error(error, why);
        return false;
    }
    *answer = (ChangeAnswer){.error = why};
    return conn_run(w->conn, undo, error) && conn_run(w->conn, keep, error);
}

static bool parts_apply(Writing *w, const Part *parts, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        const Part *p = &parts[i];

        if (p->from == 0)
            writing_new_call(w);
        for (size_t j = p->from; j < p->from + p->n; j++) {
            if (!change_in_savepoint(w, &p->of->changes[j], &p->of->answers[j], error))
                return false;
        }
    }
    return true;
}

static bool group_run(SqliteStore *s, const Part *parts, size_t n, GError **error)
{
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && !parts_apply(s->work, parts, n, error)) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

static void part_fail(const Part *p, const GError *why)
{
    Waiting *w = p->of;

    for (size_t i = p->from; i < p->from + p->n; i++) {
        g_clear_error(&w->answers[i].error);
        w->answers[i] = (ChangeAnswer){0};
    }
    if (!w->failed)
        w->error = g_error_copy(why);
    w->failed = true;
}

/* Leads one group; the queue's lock is held before and after. */
static void queue_lead(SqliteStore *s, struct Queue *q)
{
    g_autoptr(GError) why = NULL;
    Part parts[LIMIT_GROUP_CHANGES];
    size_t n = group_take(q, parts);
    bool ok = false;

    q->led = true;
    g_mutex_unlock(&q->lock);
    ok = group_run(s, parts, n, &why);
    g_mutex_lock(&q->lock);
    q->led = false;
    for (size_t i = 0; i < n; i++) {
        if (!ok)
            part_fail(&parts[i], why);
        if (parts[i].from + parts[i].n == parts[i].of->n)
            parts[i].of->done = true;
    }
    g_cond_broadcast(&q->moved);
}

bool sqlite_write(Store *store, const Change *changes, size_t n, ChangeAnswer *answers,
                  GError **error)
{
    SqliteStore *s = SQLITE_STORE(store);
    struct Queue *q = s->queue;
    Waiting me = {.changes = changes, .n = n, .answers = answers};

    if (n == 0)
        return true;
    memset(answers, 0, n * sizeof *answers);
    g_mutex_lock(&q->lock);
    *q->last = &me;
    q->last = &me.behind;
    while (!me.done) {
        if (q->led)
            g_cond_wait(&q->moved, &q->lock);
        else
            queue_lead(s, q);
    }
    g_mutex_unlock(&q->lock);
    if (me.failed)
        g_propagate_error(error, me.error);
    return !me.failed;
}

/* ---- chunks ------------------------------------------------------------------------------ */

static bool chunk_apply(Writing *w, const Change *changes, size_t n, ChangeAnswer *answers,
                        GError **error)
{
    for (size_t i = 0; i < n; i++) {
        ChangeAnswer answer = {0};

        if (!change_apply(w, &changes[i], &answer, error))
            return fail_while(error, "change %zu of %zu", i + 1, n);
        if (answers != NULL)
            answers[i] = answer;
    }
    return true;
}

bool sqlite_write_chunk(Store *store, const Change *changes, size_t n, ChangeAnswer *answers,
                        GError **error)
{
    SqliteStore *s = SQLITE_STORE(store);
    bool ok = false;

    if (n > LIMIT_IMPORT_CHUNK)
        return fail(error, FAIL_USAGE, "a chunk has at most %u changes", LIMIT_IMPORT_CHUNK);
    if (answers != NULL)
        memset(answers, 0, n * sizeof *answers);
    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok) {
        s->work->defer_grams = n >= DEFER_GRAMS_FROM;
        ok = chunk_apply(s->work, changes, n, answers, error);
        if (ok)
            ok = writing_commit(s->work, error);
        else
            writing_abort(s->work);
    }
    g_mutex_unlock(&s->writing);
    if (!ok && answers != NULL)
        memset(answers, 0, n * sizeof *answers);
    return ok;
}

/* ---- checkpoints ------------------------------------------------------------------------- */

static int committed(void *with, sqlite3 *db, const char *name, int frames)
{
    struct Checkpointer *k = with;

    (void)db;
    (void)name;
    g_mutex_lock(&k->lock);
    k->frames = frames;
    if (frames >= CHECKPOINT_FRAMES)
        g_cond_broadcast(&k->wake);
    while (frames >= CHECKPOINT_FORCED && k->frames >= CHECKPOINT_FORCED && !k->stop)
        g_cond_wait(&k->wake, &k->lock);
    g_mutex_unlock(&k->lock);
    return SQLITE_OK;
}

static gpointer checkpoint_thread(gpointer with)
{
    struct Checkpointer *k = with;
    int done_at = 0;

    g_mutex_lock(&k->lock);
    while (!k->stop) {
        if (k->frames < CHECKPOINT_FRAMES || k->frames == done_at) {
            done_at = k->frames < CHECKPOINT_FRAMES ? 0 : done_at;
            g_cond_wait(&k->wake, &k->lock);
            continue;
        }
        done_at = k->frames;
        g_mutex_unlock(&k->lock);
        /* A failure is no harm: the log is the truth, and the next commit wakes us again. */
        sqlite3_wal_checkpoint_v2(k->conn->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        g_mutex_lock(&k->lock);
        if (k->frames >= CHECKPOINT_FORCED && k->frames == done_at) {
            k->frames = 0; /* the writer that waits may go on */
            g_cond_broadcast(&k->wake);
        }
    }
    g_mutex_unlock(&k->lock);
    return NULL;
}

bool queue_start(SqliteStore *s, GError **error)
{
    struct Checkpointer *k = g_new0(struct Checkpointer, 1);

    s->queue = g_new0(struct Queue, 1);
    s->queue->last = &s->queue->first;
    g_mutex_init(&s->queue->lock);
    g_cond_init(&s->queue->moved);
    if (!conn_open(s->path, CONN_WRITER, &k->conn, error)) {
        g_free(k);
        return false;
    }
    s->checkpointer = k;
    g_mutex_init(&k->lock);
    g_cond_init(&k->wake);
    k->thread = g_thread_new("checkpoint", checkpoint_thread, k);
    sqlite3_wal_hook(s->writer->db, committed, k);
    return true;
}

void queue_stop(SqliteStore *s)
{
    struct Checkpointer *k = s->checkpointer;

    if (k != NULL) {
        g_mutex_lock(&k->lock);
        k->stop = true;
        g_cond_broadcast(&k->wake);
        g_mutex_unlock(&k->lock);
        g_thread_join(k->thread);
        conn_close(k->conn);
        g_mutex_clear(&k->lock);
        g_cond_clear(&k->wake);
        g_free(k);
        s->checkpointer = NULL;
    }
    if (s->queue != NULL) {
        g_mutex_clear(&s->queue->lock);
        g_cond_clear(&s->queue->moved);
        g_free(s->queue);
        s->queue = NULL;
    }
}
