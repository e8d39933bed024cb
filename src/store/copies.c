/* copies.c — see copies.h. */
#include "store/copies.h"

#include "store/about.h"
#include "store/replay_inside.h"
#include "store/stream.h"
#include "store/verify.h"

static char *copy_words(const CopyRow *c)
{
    g_autofree char *key = hex_of(c->key, SM2_PUBLIC);

    return g_strdup_printf("copy %d of node %u, office %d, place %.*s, key %s", c->county, c->node,
                           c->home, STR_ARG(c->place), key);
}

static CopyRow copy_from(Statement *st, Arena *a)
{
    CopyRow c = {.county = column_int(st, 0),
                 .node = (uint32_t)column_int64(st, 1),
                 .home = column_int(st, 2),
                 .place = arena_str(a, column_str(st, 3)),
                 .seq = column_int64(st, 5)};
    Str key = column_str(st, 4);

    if (key.len == SM2_PUBLIC)
        memcpy(c.key, key.at, SM2_PUBLIC);
    return c;
}

static bool copies_read(Conn *conn, Arena *a, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT c.county,c.node,c.home,c.place,c.key,coalesce(h.seq,0) FROM copied c "
            "LEFT JOIN head h ON h.county=c.county ORDER BY c.county");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(conn, sql, &st, error))
        return false;
    while (conn_next(conn, st, &ok, error)) {
        CopyRow c = copy_from(st, a);

        g_array_append_val(to, c);
    }
    return ok;
}

bool store_copies(Store *s, Arena *a, CopyRow **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(CopyRow));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = copies_read(c, a, rows, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, rows, ret_n);
    return true;
}

const CopyRow *copy_find(const CopyRow *rows, size_t n, int32_t county)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].county == county)
            return &rows[i];
    }
    return NULL;
}

/* ---- writing ------------------------------------------------------------------------------- */

static const Sql copied_sql = SQL("SELECT count(*) FROM copied WHERE county=?1");

bool copy_ask(Writing *w, int32_t county, GError **error)
{
    Statement *st = NULL;

    if (!conn_statement(w->conn, copied_sql, &st, error))
        return false;
    bind_int(st, 1, county);
    return conn_ask(w->conn, st, error);
}

bool writing_is_copy(Writing *w, int32_t county, bool *ret, GError **error)
{
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(w->conn, copied_sql, &st, error))
        return false;
    bind_int(st, 1, county);
    if (!conn_number(w->conn, st, 0, &n, error))
        return false;
    *ret = n > 0;
    return true;
}

static bool is_free(Writing *w, const CopyRow *c, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM journal WHERE county=?1");
    Statement *st = NULL;
    int64_t n = 0;
    bool copy = false;

    if (!writing_is_copy(w, c->county, &copy, error) || !conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, c->county);
    if (!conn_number(w->conn, st, 0, &n, error))
        return false;
    if (copy)
        return fail(error, FAIL_CONFLICT, "county %d is kept by another node already", c->county);
    return n == 0 || fail(error, FAIL_CONFLICT,
                          "county %d has entries that were written here: it cannot be another "
                          "node's",
                          c->county);
}

static bool copy_insert(Writing *w, const CopyRow *c, GError **error)
{
    static const Sql sql = SQL("INSERT INTO copied(county,node,home,place,key) "
                               "VALUES(?1,?2,?3,?4,?5)");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, c->county);
    bind_int(st, 2, c->node);
    bind_int(st, 3, c->home);
    bind_str(st, 4, c->place);
    bind_bytes(st, 5, c->key, SM2_PUBLIC);
    return conn_done(w->conn, st, error);
}

bool store_put_copy(Store *s, const CopyRow *c, Str actor, Str via, GError **error)
{
    const PolicyPut by = {.actor = actor, .via = via};
    g_autofree char *words = copy_words(c);
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && (!is_free(s->work, c, error) || !copy_insert(s->work, c, error) ||
               !policy_note(s->work, &by, words, error))) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

/* ---- replaying ----------------------------------------------------------------------------- */

/* The number behind `word`, up to what follows it. */
static bool number_behind(Str *rest, const char *word, int64_t *ret)
{
    if (!str_starts(*rest, str_of(word)))
        return false;
    *rest = (Str){rest->at + strlen(word), rest->len - strlen(word)};
    return str_cut_whole(rest, INT32_MAX, ret);
}

/* What copy_words() says, and nothing else. */
static bool copy_said(Str words, CopyRow *to)
{
    int64_t county = 0, node = 0, home = 0;
    Str rest = words, place, key;

    if (!number_behind(&rest, "copy ", &county) || !number_behind(&rest, " of node ", &node) ||
        !number_behind(&rest, ", office ", &home) || !str_starts(rest, STR(", place ")))
        return false;
    rest = (Str){rest.at + 8, rest.len - 8};
    place = str_cut(&rest, ',');
    if (rest.at == NULL || !str_starts(rest, STR(" key ")))
        return false;
    key = (Str){rest.at + 5, rest.len - 5};
    *to = (CopyRow){.county = (int32_t)county, .home = (int32_t)home, .node = (uint32_t)node};
    to->place = place;
    return hex_parse(key, to->key, SM2_PUBLIC);
}

bool replay_copied(Replay *p, Str words, GError **error)
{
    CopyRow c;
    bool there = false;

    if (!copy_said(words, &c))
        return true;
    return writing_is_copy(p->w, c.county, &there, error) &&
           (there || copy_insert(p->w, &c, error));
}

Replay *replay_new_copy(Store *s)
{
    Replay *p = replay_new(s);

    p->all_copies = true;
    return p;
}

typedef struct Same {
    const Numbering *here;
    char *first; /* that differs */
} Same;

static void same_one(void *with, const char *owner, const char *name, int64_t number)
{
    Same *s = with;
    int64_t here = numbering_find(s->here, str_of(owner), str_of(name));

    if (g_str_equal(owner, "rule") || here == number || s->first != NULL)
        return;
    s->first = here < 0 ? g_strdup_printf("%s \"%s\" is not known here", owner, name)
                        : g_strdup_printf("%s \"%s\" has number %" G_GINT64_FORMAT
                                          " there and %" G_GINT64_FORMAT " here",
                                          owner, name, number, here);
}

bool base_same_numbers(Store *s, const StoreBase *b, GError **error)
{
    Numbering *theirs = numbering_new();
    Same same = {.here = s->numbering};
    bool ok = base_naming(b, theirs) ||
              fail(error, FAIL_INPUT, "what the node says of itself is damaged");

    numbering_each(theirs, same_one, &same);
    if (ok && same.first != NULL)
        ok = fail(error, FAIL_INPUT,
                  "the node declares its records otherwise (%s): bring both to the same documents "
                  "with \"anlao migrate\", then receive again",
                  same.first);
    g_free(same.first);
    numbering_free(theirs);
    return ok;
}

/* ---- counting ------------------------------------------------------------------------------ */

static bool table_count(Conn *c, const TablePlan *t, int32_t county, HeldCount *to, GError **error)
{
    g_autoptr(Stream) stream = NULL;
    Sm3 *all = sm3_new(), *one = sm3_new();
    Bytes scratch = {0};
    const Row *r = NULL;
    uint64_t loose = 0;
    bool ok = stream_open(c, t, &stream, error);

    while (ok && (ok = stream_next(stream, &r, &loose, error)) && r != NULL) {
        uint8_t digest[SM3_SIZE];

        if (r->key.county != county || r->state != STATE_LIVE)
            continue;
        row_digest(r, &scratch, one, digest);
        sm3_add(all, &r->key.id, sizeof r->key.id);
        sm3_add(all, digest, sizeof digest);
        to->records++;
    }
    sm3_end(all, to->digest);
    sm3_free(all);
    sm3_free(one);
    bytes_free(&scratch);
    return ok;
}

bool store_counts(Store *s, int32_t county, Arena *a, HeldCount **ret, size_t *ret_n,
                  GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    c->deadline = 0;
    *ret = arena_many(a, HeldCount, s->plan->n_tables + 1);
    *ret_n = s->plan->n_tables;
    ok = conn_begin(c, error);
    for (size_t i = 0; ok && i < s->plan->n_tables; i++) {
        (*ret)[i] = (HeldCount){.entity = s->plan->tables[i].entity->name};
        ok = table_count(c, &s->plan->tables[i], county, &(*ret)[i], error);
    }
    reader_give(s, c);
    return ok;
}

/* ---- verify -------------------------------------------------------------------------------- */

bool verify_copies_begin(Verifying *v, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(CopyRow));

    if (!copies_read(v->conn, v->arena, rows, error))
        return false;
    v->copies = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    v->copies_said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < rows->len; i++) {
        const CopyRow *c = &g_array_index(rows, CopyRow, i);

        g_hash_table_insert(v->copies, GINT_TO_POINTER(c->county), copy_words(c));
    }
    return true;
}

bool verify_is_copy(const Verifying *v, int32_t county)
{
    return g_hash_table_contains(v->copies, GINT_TO_POINTER(county));
}

/* Nobody makes a county of ours another node's behind the program's back, and so exempts it. */
void verify_copies(Verifying *v)
{
    GHashTableIter i;
    gpointer county = NULL, words = NULL;
    guint rows = g_hash_table_size(v->copies), said = g_hash_table_size(v->copies_said);

    g_hash_table_iter_init(&i, v->copies);
    while (g_hash_table_iter_next(&i, &county, &words)) {
        if (!g_hash_table_contains(v->copies_said, words))
            fault(v, "county %d is said to be another node's, and no entry says so",
                  GPOINTER_TO_INT(county));
    }
    if (rows < said)
        fault(v, "the journal speaks of %u counties of other nodes, there are %u", said, rows);
}
