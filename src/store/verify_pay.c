/* verify_pay.c — pay runs and holds against what the journal says of them last, and the lines of
 * each run against the digest that it holds.  Start: verify_pay(). */
#include "store/pay_inside.h"
#include "store/verify.h"

typedef struct Lined { /* a run's lines as they stand */
    int32_t county;
    int64_t run;
    bool seen;
    LineDigest rows;
} Lined;

static guint lined_hash(gconstpointer key)
{
    const Lined *l = key;

    return (guint)((uint64_t)l->run * UINT64_C(0x9e3779b97f4a7c15) >> 32) ^ (guint)l->county;
}

static gboolean lined_equal(gconstpointer a, gconstpointer b)
{
    const Lined *x = a, *y = b;

    return x->run == y->run && x->county == y->county;
}

static void lined_free(void *what)
{
    Lined *l = what;
    uint8_t unused[SM3_SIZE];

    line_digest_end(&l->rows, unused);
    g_free(l);
}

static Lined *lined_of(GHashTable *all, int32_t county, int64_t run)
{
    const Lined key = {.county = county, .run = run};
    Lined *l = g_hash_table_lookup(all, &key);

    if (l != NULL)
        return l;
    l = g_new0(Lined, 1);
    *l = key;
    line_digest_begin(&l->rows);
    g_hash_table_add(all, l);
    return l;
}

static void run_fault(Verifying *v, int32_t county, int64_t run, const char *what)
{
    v->report->pay_differ++;
    fault(v, "county %d, pay run %" G_GINT64_FORMAT ": %s", county, run, what);
}

static bool names_read(Verifying *v, GHashTable *names, GError **error)
{
    static const Sql sql = SQL("SELECT number,name FROM naming WHERE owner='rule'");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        int64_t number = column_int64(st, 0);
        Str name = column_str(st, 1);

        g_hash_table_insert(names, g_memdup2(&number, sizeof number), g_strndup(name.at, name.len));
    }
    return ok;
}

static Str name_of(GHashTable *names, int64_t rule)
{
    const char *name = g_hash_table_lookup(names, &rule);

    return name != NULL ? str_of(name) : STR("");
}

static bool lines_hash(Verifying *v, GHashTable *all, GHashTable *names, GError **error)
{
    static const Sql sql = SQL("SELECT county,rule,subject,month,run,payee,fen,hold,decided FROM "
                               "pay_line ORDER BY county,run,rule,subject,month,payee");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        int64_t rule = column_int64(st, 1);
        Str name = name_of(names, rule);
        const OwedLine line = {.month = column_int(st, 3),
                               .payee = column_int64(st, 5),
                               .fen = column_int64(st, 6),
                               .decided = column_int64(st, 8)};

        v->report->pay_lines++;
        line_digest_add(&lined_of(all, column_int(st, 0), column_int64(st, 4))->rows, rule, name,
                        column_int64(st, 2), &line, column_int(st, 7));
    }
    return ok;
}

/* Who is left by a run, or whose amount is another: behind its lines. */
static bool behind_hash(Verifying *v, GHashTable *all, GHashTable *names, bool changes,
                        GError **error)
{
    static const Sql of_rests = SQL("SELECT county,run,rule,subject FROM pay_rest ORDER BY "
                                    "county,run,rule,subject"),
                     of_changes = SQL("SELECT county,run,rule,subject,before,fen,outcome FROM "
                                      "pay_change ORDER BY county,run,rule,subject");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(v->conn, changes ? of_changes : of_rests, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        Lined *l = lined_of(all, column_int(st, 0), column_int64(st, 1));
        Str name = name_of(names, column_int64(st, 2));

        if (changes) {
            const PayChange c = {.subject = column_int64(st, 3),
                                 .before = column_int64(st, 4),
                                 .fen = column_int64(st, 5),
                                 .outcome = column_int(st, 6)};

            change_digest_add(&l->rows, name, &c);
        } else {
            rest_digest_add(&l->rows, name, column_int64(st, 3));
        }
    }
    return ok;
}

/* The run's own row, sums, steps and returns, against its last entry. */
static bool run_check(Verifying *v, int32_t county, int64_t run, GError **error)
{
    Last *l = last_of(&v->last, ENTITY_PAY_RUN, county, run);
    uint8_t digest[SM3_SIZE];
    bool found = false;

    if (!pay_run_digest(v->conn, county, run, &v->scratch, v->hash, &found, digest, error))
        return false;
    if (l == NULL) {
        run_fault(v, county, run, "no entry of the journal made it");
        return true;
    }
    l->seen = true;
    if (memcmp(l->row, digest, sizeof digest) != 0)
        run_fault(v, county, run, "its state, sums, steps or returns are not as they were written");
    return true;
}

typedef struct Stored {
    int32_t county;
    int64_t run;
    uint8_t digest[SM3_SIZE];
} Stored;

static bool runs_list(Verifying *v, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT county,id,digest FROM pay_run ORDER BY county,id");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    for (;;) {
        Stored s = {0};

        if (!conn_step(v->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        Str digest = column_str(st, 2);

        s.county = column_int(st, 0);
        s.run = column_int64(st, 1);
        if (digest.len == SM3_SIZE)
            memcpy(s.digest, digest.at, SM3_SIZE);
        g_array_append_val(to, s);
    }
}

static bool runs_check(Verifying *v, GHashTable *all, GError **error)
{
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(Stored));
    GHashTableIter iter;
    gpointer what;

    if (!runs_list(v, runs, error))
        return false;
    for (guint i = 0; i < runs->len; i++) {
        const Stored *s = &g_array_index(runs, Stored, i);
        Lined *l = lined_of(all, s->county, s->run);
        uint8_t digest[SM3_SIZE];

        line_digest_end(&l->rows, digest);
        line_digest_begin(&l->rows);
        l->seen = true;
        v->report->pay_runs++;
        if (memcmp(digest, s->digest, sizeof digest) != 0)
            run_fault(v, s->county, s->run, "its lines are not those that were prepared");
        if (!run_check(v, s->county, s->run, error))
            return false;
    }
    g_hash_table_iter_init(&iter, all);
    while (g_hash_table_iter_next(&iter, &what, NULL)) {
        const Lined *l = what;

        if (!l->seen)
            run_fault(v, l->county, l->run, "there are lines of a run that is not there");
    }
    return true;
}

static bool holds_check(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT " PAY_HOLD_COLUMNS " FROM pay_hold ORDER BY county,id");
    g_autoptr(Arena) a = arena_new();
    Statement *st = NULL;
    bool row = false;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    for (;;) {
        uint8_t digest[SM3_SIZE];

        if (!conn_step(v->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        const PayHoldRow h = pay_hold_from(st, a);
        Last *l = last_of(&v->last, ENTITY_PAY_HOLD, h.county, h.id);

        pay_hold_digest(&h, &v->scratch, v->hash, digest);
        if (l != NULL)
            l->seen = true;
        if (l != NULL && memcmp(l->row, digest, sizeof digest) == 0)
            continue;
        v->report->pay_differ++;
        fault(v, "county %d: a hold of payments is not as it was written", h.county);
    }
}

bool verify_pay(Verifying *v, GError **error)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(lined_hash, lined_equal, NULL, lined_free);
    g_autoptr(GHashTable) names =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);

    return names_read(v, names, error) && lines_hash(v, all, names, error) &&
           behind_hash(v, all, names, false, error) && behind_hash(v, all, names, true, error) &&
           runs_check(v, all, error) && holds_check(v, error);
}
