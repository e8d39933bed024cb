/* postgres_put.c — rows that go out in one statement with others of the same text.
 * What is put (conn.h) is held back, its values copied.  It goes out, in the order in which the
 * statements began to hold, before anything that could see that it is not there yet: a question,
 * a statement about its table, the end of the transaction.  A row alone costs the server three
 * times what it costs among many, and us as much.  Read first: pg_put(), pg_held_send(). */
#include "store/postgres.h"

#define PARAMS_MOST 4096 /* of one statement: the protocol ends at 65535, the gain much earlier */
#define ROWS_MOST   512
static const unsigned narrower[PUT_WIDTHS] = {ROWS_MOST, 32, 4}; /* widths, where they are fewer */

/* The rows of the widest statement: a power of two. */
static unsigned widest(int n_params)
{
    unsigned most = 1;

    while (most < ROWS_MOST && most * 2 * (unsigned)MAX(n_params, 1) <= PARAMS_MOST)
        most *= 2;
    return most;
}

static PgHeld *held_of(PgStatement *st)
{
    if (st->held == NULL) {
        st->held = g_new0(PgHeld, 1);
        st->held->arena = arena_new();
        st->held->params = g_array_new(FALSE, FALSE, sizeof(PgParam));
        st->held->most = widest(st->n_params);
    }
    return st->held;
}

static void held_clear(PgHeld *h)
{
    arena_free(h->arena);
    h->arena = arena_new();
    g_array_set_size(h->params, 0);
    h->rows = 0;
}

void pg_held_free(PgStatement *st)
{
    PgHeld *h = st->held;

    if (h == NULL)
        return;
    if (h->rows > 0)
        g_ptr_array_remove(st->conn->holding, st);
    for (size_t i = 0; i < G_N_ELEMENTS(h->wide); i++) {
        if (h->wide[i] != NULL)
            pg_finalize(&h->wide[i]->base);
    }
    g_array_unref(h->params);
    arena_free(h->arena);
    g_free(h);
    st->held = NULL;
}

void pg_held_drop(PgConn *c)
{
    for (guint i = 0; i < c->holding->len; i++)
        held_clear(((PgStatement *)c->holding->pdata[i])->held);
    g_ptr_array_set_size(c->holding, 0);
}

/* ---- the text for many rows -------------------------------------------------------------- */

/* One row's list of values: from its bracket to behind the one that closes it. */
static const char *values_end(const char *at)
{
    int depth = 0;

    for (; *at != '\0'; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth == 0)
            return at + 1;
    }
    return at;
}

static void row_text(GString *to, const char *from, const char *end, unsigned first)
{
    while (from < end) {
        if (*from == '$') {
            g_string_append_printf(to, "$%u", first + (unsigned)strtoul(from + 1, NULL, 10));
            for (from++; g_ascii_isdigit(*from);)
                from++;
        } else {
            g_string_append_c(to, *from++);
        }
    }
}

static char *wide_text(const PgStatement *st, unsigned rows)
{
    const char *from = strstr(st->text, " VALUES(") + strlen(" VALUES");
    const char *end = values_end(from);
    GString *to = g_string_new_len(st->text, from - st->text);

    for (unsigned i = 0; i < rows; i++) {
        if (i > 0)
            g_string_append_c(to, ',');
        row_text(to, from, end, i * (unsigned)st->n_params);
    }
    g_string_append(to, end);
    return g_string_free(to, FALSE);
}

static PgStatement *wide_of(PgStatement *st, size_t i, unsigned rows)
{
    PgStatement *wide = st->held->wide[i];

    if (wide == NULL) {
        wide = g_new0(PgStatement, 1);
        wide->base.methods = st->base.methods;
        wide->conn = st->conn;
        wide->text = wide_text(st, rows);
        wide->n_params = st->n_params * (int)rows;
        wide->params = g_new0(PgParam, wide->n_params + 1);
        st->held->wide[i] = wide;
    }
    return wide;
}

/* ---- holding and sending ----------------------------------------------------------------- */

static bool rows_send(PgConn *c, PgStatement *st, GError **error)
{
    PgHeld *h = st->held;
    unsigned width = h->most, n = (unsigned)st->n_params;
    size_t kind = 0;
    bool ok = true;

    for (unsigned at = 0; ok && at < h->rows;) {
        while (width > h->rows - at) {
            kind++;
            width = kind < PUT_WIDTHS ? MIN(h->most, narrower[kind]) : 1;
        }
        PgStatement *to = width > 1 ? wide_of(st, kind, width) : st;

        memcpy(to->params, &g_array_index(h->params, PgParam, at * n), width * n * sizeof(PgParam));
        ok = pg_execute(c, to, SENT_DONE, error);
        at += width;
    }
    held_clear(h);
    return ok;
}

bool pg_held_send(PgConn *c, const char *table, GError **error)
{
    bool ok = true, any = table == NULL;

    for (guint i = 0; i < c->holding->len && !any; i++)
        any = g_str_equal(((PgStatement *)c->holding->pdata[i])->table, table);
    if (!any || c->holding->len == 0)
        return true;
    for (guint i = 0; i < c->holding->len; i++) {
        PgStatement *st = c->holding->pdata[i];

        if (ok)
            ok = rows_send(c, st, error);
        else
            held_clear(st->held);
    }
    g_ptr_array_set_size(c->holding, 0);
    if (ok && !c->lost)
        PQflush(c->pg); /* the server writes while we go on */
    return ok;
}

static void param_keep(Arena *a, PgParam *p)
{
    if (p->at == NULL || p->type == 0)
        return;
    char *at = arena_alloc(a, (size_t)p->length + 1);

    if (p->length > 0)
        memcpy(at, p->at, (size_t)p->length);
    p->at = at;
}

bool pg_put(Conn *base, Statement *with, GError **error)
{
    PgConn *c = pg_of(base);
    PgStatement *st = (PgStatement *)(void *)with;

    if (!c->begun || c->lost || st->table == NULL || strstr(st->text, " VALUES(") == NULL)
        return pg_done(base, with, error);
    g_assert(strstr(st->text, "DO UPDATE") == NULL); /* would meet a row twice */
    PgHeld *h = held_of(st);

    if (h->rows == 0)
        g_ptr_array_add(c->holding, st);
    g_array_append_vals(h->params, st->params, (guint)st->n_params);
    for (int i = 0; i < st->n_params; i++)
        param_keep(h->arena, &g_array_index(h->params, PgParam,
                                            h->rows * (unsigned)st->n_params + (unsigned)i));
    h->rows++;
    if (h->rows < h->most)
        return true;
    return pg_held_send(c, NULL, error) && (c->sent->len < SENT_MOST || pg_settle(base, error));
}
