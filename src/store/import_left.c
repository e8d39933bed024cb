/* import_left.c — imports that nobody is at: their process died, or they broke off.
 * In: what import.c staged and marked.  Out: committed ones are finished, the others dropped, and
 * what had to be left out is told.  At the start of a process, and again while it serves: a
 * database server takes a moment to notice that a client is gone, and until then the import looks
 * like somebody's.  Read first: store_import_recover(), left_is_free(). */
#include "store/import_inside.h"

/* For the server to notice that a client died: it ends its statement first. */
#define GONE_WAIT_US 500000
#define GONE_LOOK_US 20000

typedef struct Left {
    int64_t id, state;
    Str owner;
} Left;

static bool imports_left(Store *s, Arena *a, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT id,state,owner FROM import WHERE state<2 ORDER BY id");
    Statement *st = NULL;
    Conn *c = NULL;

    if (!reader_take(s, &c, error))
        return false;
    bool ok = conn_statement(c, sql, &st, error);

    while (ok && conn_next(c, st, &ok, error)) {
        Left left = {column_int64(st, 0), column_int64(st, 1), arena_str(a, column_str(st, 2))};

        g_array_append_val(to, left);
    }
    reader_give(s, c);
    return ok;
}

/* A committed import of our own that no thread of ours is at broke off: it is taken up again. */
static bool is_ours_and_idle(Store *s, const Left *l, bool *ret, GError **error)
{
    char own[64];

    *ret = false;
    if (l->state != IMPORT_COMMITTED)
        return true;
    if (!conn_owner(s->writer, own, sizeof own, error))
        return false;
    *ret = str_is(l->owner, own);
    for (guint i = 0; i < s->staging->len; i++)
        *ret = *ret && g_array_index(s->staging, int64_t, i) != l->id;
    return true;
}

static bool left_is_free(Store *s, const Left *l, bool *ret, GError **error)
{
    bool lives = false;

    g_mutex_lock(&s->writing);
    bool ok = conn_owner_lives(s->writer, l->owner, &lives, error) &&
              (!lives || is_ours_and_idle(s, l, ret, error));
    g_mutex_unlock(&s->writing);
    *ret = ok && (!lives || *ret);
    return ok;
}

/* Half of an import is not to be seen by whoever starts behind a crash. */
static bool left_wait(Store *s, const Left *l, int64_t until, bool *ret, GError **error)
{
    for (;;) {
        if (!left_is_free(s, l, ret, error))
            return false;
        if (*ret || l->state != IMPORT_COMMITTED || g_get_monotonic_time() >= until)
            return true;
        g_usleep(GONE_LOOK_US);
    }
}

static bool left_finish(Store *s, const Left *l, int64_t until, GArray *finished, GError **error)
{
    Rolling r = {.import = l->id};
    bool is_free = false;

    if (!left_wait(s, l, until, &is_free, error))
        return false;
    if (!is_free) /* somebody is at it */
        return true;
    if (l->state == IMPORT_STAGING)
        return store_import_drop(s, l->id, error);
    bool ok = import_roll(s, &r, error);

    g_free(r.why);
    if (ok)
        g_array_append_val(finished, l->id);
    return ok;
}

static bool holds(const GArray *ids, int64_t id)
{
    for (guint i = 0; i < ids->len; i++) {
        if (g_array_index(ids, int64_t, i) == id)
            return true;
    }
    return false;
}

/* Rows that were left out, and nobody was told; versions before left the rows themselves.  `only`:
 * of these imports; NULL: of all. */
static bool refused_read(Conn *c, const GArray *only, GArray *imports, GString *words,
                         GError **error)
{
    static const Sql sql =
        SQL("SELECT r.import,i.name,r.n,r.change FROM import_row r JOIN import i "
            "ON i.id=r.import WHERE i.state=2 ORDER BY r.import,r.n");
    Statement *st = NULL;
    int64_t last = 0;
    size_t n = 0;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    for (; conn_next(c, st, &ok, error); n++) {
        Reader r = reader_of(column_str(st, 3));
        int64_t import = column_int64(st, 0), row = column_int64(st, 2);

        if (only != NULL && !holds(only, import))
            continue;
        Str name = column_str(st, 1);
        bool told = reader_byte(&r) == IMPORT_REFUSED_ROW;
        Str why = reader_str(&r);

        if (import != last) {
            g_array_append_val(imports, import);
            g_string_append_printf(words,
                                   "%simport \"%.*s\" was interrupted and is finished; rows "
                                   "were left out:",
                                   last != 0 ? "\n" : "", STR_ARG(name));
            n = 0;
        }
        last = import;
        if (n < IMPORT_REFUSED_SAID)
            g_string_append_printf(words, "%s row %" G_GINT64_FORMAT ": %.*s", n > 0 ? ";" : "",
                                   row + 1, STR_ARG(told && !r.bad ? why : STR("not known")));
        else if (n == IMPORT_REFUSED_SAID)
            g_string_append(words, "; and more: import the file again to see all");
    }
    return ok;
}

static bool refused_tell(Store *s, const GArray *only, Arena *a, Str *ret_words, GError **error)
{
    g_autoptr(GArray) imports = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GString) words = g_string_new(NULL);

    g_mutex_lock(&s->writing);
    bool ok = refused_read(s->writer, only, imports, words, error);

    g_mutex_unlock(&s->writing);
    for (guint i = 0; ok && i < imports->len; i++)
        import_refused_forget(s, g_array_index(imports, int64_t, i));
    if (ok && imports->len > 0)
        *ret_words = arena_str(a, (Str){words->str, words->len});
    return ok;
}

Str store_left_out(const Store *s)
{
    return s->left_out;
}

bool store_import_recover(Store *s, bool at_start, Arena *a, Str *ret_words, GError **error)
{
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(Left)),
                      finished = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(Arena) own = arena_new();
    int64_t until = at_start ? g_get_monotonic_time() + GONE_WAIT_US : 0; /* for all of them */
    bool ok = imports_left(s, own, left, error);

    *ret_words = (Str){NULL, 0};
    for (guint i = 0; ok && i < left->len; i++)
        ok = left_finish(s, &g_array_index(left, Left, i), until, finished, error);
    if (!ok || (!at_start && finished->len == 0))
        return ok;
    /* What another process has just finished is told by that one. */
    return refused_tell(s, at_start ? NULL : finished, a, ret_words, error);
}
