/* verify_decisions.c — stored answers against the digests that their runs left in the journal, for
 * every month ever decided.  In: the entries of runs, met while the chains were walked.  Each row
 * of `decision` is an insertion by one run and, when it is gone, a supersession by another: both
 * are hashed again in the order in which they were written.  Start: verify_decisions(). */
#include "store/decide.h"
#include "store/verify.h"

/* A run in one county: what its entry says, and what the rows say. */
typedef struct Told {
    int64_t run;
    int32_t county;
    int64_t entry, at; /* entry 0: the journal knows no such run */
    bool in_table;
    RunSaid said;
    RunDigest rows;
} Told;

struct Runs {
    GHashTable *told;  /* county and run → Told */
    GHashTable *names; /* stored number of a rule → its name */
};

static void told_free(void *what)
{
    Told *t = what;
    uint8_t unused[SM3_SIZE];

    digest_end(&t->rows, unused);
    g_free(t);
}

static guint told_hash(gconstpointer key)
{
    const Told *t = key;

    return (guint)((uint64_t)t->run * UINT64_C(0x9e3779b97f4a7c15) >> 32) ^ (guint)t->county;
}

static gboolean told_equal(gconstpointer a, gconstpointer b)
{
    const Told *x = a, *y = b;

    return x->run == y->run && x->county == y->county;
}

struct Runs *runs_new(void)
{
    struct Runs *r = g_new0(struct Runs, 1);

    r->told = g_hash_table_new_full(told_hash, told_equal, NULL, told_free);
    r->names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return r;
}

void runs_free(struct Runs *r)
{
    if (r == NULL)
        return;
    g_hash_table_unref(r->told);
    g_hash_table_unref(r->names);
    g_free(r);
}

static Told *told_of(struct Runs *r, int32_t county, int64_t run)
{
    const Told key = {.run = run, .county = county};
    Told *t = g_hash_table_lookup(r->told, &key);

    if (t != NULL)
        return t;
    t = g_new0(Told, 1);
    *t = key;
    digest_begin(&t->rows);
    g_hash_table_add(r->told, t);
    return t;
}

void verify_run_entry(Verifying *v, int32_t county, int64_t seq, int64_t at, Str body)
{
    Body b;
    RunSaid said;

    if (!body_read(body, &b) || b.kind != CHANGE_DECIDE || !body_read_run(&b, &said))
        return; /* the chain says what is wrong with a body */
    Told *t = told_of(v->runs, county, said.run);

    t->entry = seq;
    t->at = at;
    t->said = said;
}

/* ---- rows -------------------------------------------------------------------------------- */

static bool names_read(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT number,name FROM naming WHERE owner='rule'");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        int64_t number = column_int64(st, 0);
        Str name = column_str(st, 1);

        g_hash_table_insert(v->runs->names, g_memdup2(&number, sizeof number),
                            g_strndup(name.at, name.len));
    }
    return ok;
}

static Str name_of(const struct Runs *r, int64_t number)
{
    const char *name = g_hash_table_lookup(r->names, &number);

    return name != NULL ? str_of(name) : STR("");
}

static bool rows_hash(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,rule,subject,from_month,until_month,outcome,fen,missing,run,gone "
            "FROM decision ORDER BY county,rule,subject,from_month,run,gone");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        int32_t county = column_int(st, 0);
        int64_t rule = column_int64(st, 1), gone = column_int64(st, 9);
        AnswerRow a = {column_int64(st, 2), column_int(st, 3),   column_int(st, 4),
                       column_int(st, 5),   column_int64(st, 6), column_int64(st, 7),
                       column_int64(st, 8)};

        v->report->answers++;
        digest_inserted(&told_of(v->runs, county, a.run)->rows, rule, name_of(v->runs, rule), &a);
        if (gone != SEQ_OPEN)
            digest_superseded(&told_of(v->runs, county, gone)->rows, rule, name_of(v->runs, rule),
                              &a);
    }
    return ok;
}

/* ---- runs -------------------------------------------------------------------------------- */

static void told_fault(Verifying *v, const Told *t, const char *what)
{
    fault(v, "county %d, decisions of run %" G_GINT64_FORMAT ": %s", t->county, t->run, what);
}

static bool runs_read(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,id,first_month,month,policy,seq,at,kind FROM run ORDER BY county,id");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        Told *t = told_of(v->runs, column_int(st, 0), column_int64(st, 1));

        t->in_table = true;
        v->report->runs++;
        if (t->entry != 0 &&
            (t->said.first != column_int(st, 2) || t->said.last != column_int(st, 3) ||
             t->said.policy != column_int64(st, 4) || t->said.seq != column_int64(st, 5) ||
             t->at != column_int64(st, 6) || !str_is(column_str(st, 7), "decide")))
            told_fault(v, t, "its months, policy or facts are not those of its entry");
    }
    return ok;
}

static void told_check(Verifying *v, Told *t)
{
    uint64_t inserted = t->rows.inserted, superseded = t->rows.superseded;
    uint8_t digest[SM3_SIZE];

    digest_end(&t->rows, digest);
    digest_begin(&t->rows);
    if (t->entry == 0)
        told_fault(v, t, "no entry of the journal made it");
    else if (!t->in_table)
        told_fault(v, t, "the run is missing");
    else if (inserted < t->said.inserted || superseded < t->said.superseded)
        told_fault(v, t, "answers are missing, or no longer superseded");
    else if (inserted > t->said.inserted || superseded > t->said.superseded)
        told_fault(v, t, "there are answers it did not give, or did not supersede");
    else if (memcmp(digest, t->said.digest, sizeof digest) != 0)
        told_fault(v, t, "an answer is not the one it gave");
}

static int told_order(gconstpointer a, gconstpointer b)
{
    const Told *x = *(Told *const *)a, *y = *(Told *const *)b;

    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    return x->county < y->county ? -1 : x->county > y->county;
}

bool verify_decisions(Verifying *v, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    GHashTableIter iter;
    gpointer t;

    if (!names_read(v, error) || !rows_hash(v, error) || !runs_read(v, error))
        return false;
    g_hash_table_iter_init(&iter, v->runs->told);
    while (g_hash_table_iter_next(&iter, &t, NULL))
        g_ptr_array_add(all, t);
    g_ptr_array_sort(all, told_order);
    for (guint i = 0; i < all->len; i++)
        told_check(v, all->pdata[i]);
    return true;
}
