/* flush.c — what was committed ahead (conn.h) comes to the disk before it is answered.
 * A commit that waits for the disk holds the county's lock for as long, and nobody else writes the
 * county.  So groups are committed ahead, and what is waited for is a commit of its own, over a
 * connection beside the writer's, once for all groups that stand before it.  There are several:
 * what is written while the disk is at work is waited for over another one, so that it goes with
 * the disk's next turn.
 * It says something of a group only if no server ended in between, which would have lost the group
 * and known nothing of it: over a connection to the server of the writer's own, seen by that while
 * it was the one that wrote the group.  Over any other the entries are looked for first.
 * Read first: flusher_flush(). */
#include "base/clock.h"
#include "store/writing.h"

#define FLUSHERS         4
#define PREPARE_AGAIN_US 1000000 /* where there are no more connections to be had */

typedef struct Way {
    Conn *conn;     /* or NULL; of who set `busy` */
    bool busy;      /* this and the next are guarded by `lock` */
    uint64_t fits;  /* the number of the writer's connection to the same server; 0: not known */
    char owner[64]; /* the connection, in the server's words */
} Way;

struct Flusher {
    GMutex lock;
    Way ways[FLUSHERS];
    uint64_t writer;    /* the number of the writer's connection, guarded by `lock` */
    int64_t not_before; /* guarded by `writing` */
};

void flusher_start(Store *s)
{
    s->flusher = g_new0(struct Flusher, 1);
    g_mutex_init(&s->flusher->lock);
}

void flusher_stop(Store *s)
{
    struct Flusher *f = s->flusher;

    if (f == NULL)
        return;
    for (size_t i = 0; i < FLUSHERS; i++)
        conn_close(f->ways[i].conn);
    g_mutex_clear(&f->lock);
    g_free(f);
    s->flusher = NULL;
}

void ahead_clear(Ahead *a)
{
    if (a->heads != NULL)
        g_array_unref(a->heads);
    g_clear_error(&a->error);
}

/* ---- connections ------------------------------------------------------------------------- */

/* One that is free; with `fitting` only one that is known to reach the writer's server, without
 * only one that is not.  Lock held. */
static int way_take(struct Flusher *f, bool fitting)
{
    for (int i = 0; i < FLUSHERS; i++) {
        Way *way = &f->ways[i];

        if (!way->busy && (way->fits == f->writer) == fitting) {
            way->busy = true;
            return i;
        }
    }
    return -1;
}

static void way_give(struct Flusher *f, int at, uint64_t fits)
{
    g_mutex_lock(&f->lock);
    f->ways[at].busy = false;
    f->ways[at].fits = fits;
    g_mutex_unlock(&f->lock);
}

static bool way_is_sound(const Way *way)
{
    return way->conn != NULL && !conn_is_lost(way->conn);
}

/* Nothing is committed ahead for it from here on. */
static void way_close(Store *s, Way *way)
{
    conn_close(way->conn);
    way->conn = NULL;
    g_mutex_lock(&s->flusher->lock);
    way->fits = 0;
    g_mutex_unlock(&s->flusher->lock);
}

/* Another connection. */
static bool way_open(Store *s, Way *way, GError **error)
{
    way_close(s, way);
    return s->kind->connect(s->where, CONN_WRITER, &way->conn, error) &&
           conn_owner(way->conn, way->owner, sizeof way->owner, error);
}

/* It flushes, even if the standbys say nothing just now. */
static bool may_flush(const Way *way)
{
    return conn_flush(way->conn, NULL) || way->conn->unconfirmed;
}

/* An address may lead to several servers, and a second connection to another than the first; and a
 * server may not let us flush.  Of use is only one that has flushed since it was opened. */
static bool way_fits(Store *s, Way *way)
{
    bool lives = false;
    bool fits = (way_is_sound(way) || way_open(s, way, NULL)) &&
                (way->fits != 0 || may_flush(way)) &&
                conn_owner_lives(s->writer, str_of(way->owner), &lives, NULL) && lives;

    if (!fits)
        way_close(s, way);
    return fits;
}

static bool any_is_free(const struct Flusher *f)
{
    bool any = false;

    for (size_t i = 0; i < FLUSHERS && !any; i++)
        any = !f->ways[i].busy && f->ways[i].fits == f->writer;
    return any;
}

/* One more when all are in use.  While a standby is away, to open one would take as long as to
 * write does. */
void flusher_prepare(Store *s)
{
    struct Flusher *f = s->flusher;

    if (!conn_commits_ahead(s->writer) || conn_is_lost(s->writer) || s->writer->unconfirmed ||
        clock_monotonic_us() < f->not_before)
        return;
    g_mutex_lock(&f->lock);
    f->writer = s->writers;
    int at = any_is_free(f) ? -1 : way_take(f, false);

    g_mutex_unlock(&f->lock);
    if (at < 0)
        return;
    bool fits = way_fits(s, &f->ways[at]);

    if (!fits)
        f->not_before = clock_monotonic_us() + PREPARE_AGAIN_US;
    way_give(f, at, fits ? s->writers : 0);
}

uint64_t flusher_ready(Store *s)
{
    struct Flusher *f = s->flusher;
    bool any = false;

    g_mutex_lock(&f->lock);
    for (size_t i = 0; i < FLUSHERS && !any; i++)
        any = f->ways[i].fits == s->writers;
    g_mutex_unlock(&f->lock);
    return any ? s->writers : 0;
}

/* ---- flushing ---------------------------------------------------------------------------- */

int flusher_take(Store *s)
{
    struct Flusher *f = s->flusher;

    g_mutex_lock(&f->lock);
    int at = way_take(f, true);
    bool busy = false;

    for (size_t i = 0; i < FLUSHERS; i++)
        busy = busy || f->ways[i].busy;
    if (at < 0 && !busy) /* none of any use: one of them is opened */
        at = way_take(f, false);
    g_mutex_unlock(&f->lock);
    return at;
}

/* Whether no server can have ended since they were committed, if this connection has not. */
static bool saw_all(const Way *way, const Ahead *first)
{
    for (const Ahead *a = first; a != NULL; a = a->behind) {
        if (a->writer != way->fits)
            return false;
    }
    return way->conn != NULL;
}

/* What was lost with a server, was lost with the entries that others wrote behind it. */
static bool look(Conn *c, Ahead *a, GError **error)
{
    bool there = true;

    g_clear_error(&a->error);
    for (guint i = 0; there && i < a->heads->len; i++) {
        const Head *h = &g_array_index(a->heads, Head, i);

        if (h->seq > 0 && !journal_holds(c, h->county, h->seq, h->link, &there, error))
            return false;
    }
    if (!there)
        fail(&a->error, FAIL_SYSTEM,
             "the database ended before it was on its disk: nothing was written, try again");
    return true;
}

static bool look_and_flush(Store *s, Way *way, Ahead *first, GError **error)
{
    if (!way_is_sound(way) && !way_open(s, way, error))
        return false;
    for (Ahead *a = first; a != NULL; a = a->behind) {
        if (!look(way->conn, a, error))
            return false;
    }
    if (conn_flush(way->conn, error))
        return true;
    if (!way->conn->unconfirmed)
        way_close(s, way); /* it may be one that is not allowed to, also the next time */
    return false;
}

/* Patience with a standby is the connection's own. */
static bool flush_patiently(Store *s, Way *way, Ahead *first, GError **error)
{
    for (int i = 1;; i++) {
        g_autoptr(GError) why = NULL;

        if (look_and_flush(s, way, first, &why))
            return true;
        if (i == RENEW_TRIES || (way->conn != NULL && way->conn->unconfirmed)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        g_usleep(RENEW_WAIT_US);
    }
}

/* True: they are all where they should be.  Nobody ended in between, or it is looked for them. */
static bool flush_all(Store *s, Way *way, Ahead *first, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (saw_all(way, first)) {
        if (conn_flush(way->conn, &why))
            return true;
        if (way->conn->unconfirmed) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return flush_patiently(s, way, first, error);
}

static void all_unknown(Ahead *first, const GError *why)
{
    for (Ahead *a = first; a != NULL; a = a->behind) {
        g_clear_error(&a->error);
        fail(&a->error, FAIL_SYSTEM,
             "the database does not say whether what was written is on its disk, so it is not "
             "known whether it stays; %s; send the same again: what was written is not written "
             "twice",
             why->message);
    }
}

void flusher_flush(Store *s, int at, Ahead *first)
{
    Way *way = &s->flusher->ways[at];
    g_autoptr(GError) why = NULL;

    if (!flush_all(s, way, first, &why))
        all_unknown(first, why);
    way_give(s->flusher, at, way->fits);
}
