/* pay_before.c — what a run finds: runs that were refused, payments that came back, holds, records
 * that moved, and what was paid before.
 * A run says whom it left with something to come; everybody else is settled up to its month.  So
 * the next run reads the lines of those alone whose answer changed, who were left, or to whom
 * something happened since: a month costs what it pays, not what was ever paid.
 * Read first: base_find(). */
#include "store/pay_preparing.h"
#include "store/row.h"

G_STATIC_ASSERT(STATE_LIVE == 0 && STATE_LEFT == 2); /* as below in SQL */

/* ---- refused, sent back, held --------------------------------------------------------------- */

static guint return_hash(gconstpointer key)
{
    const PayReturn *r = key;
    uint64_t x = (uint64_t)(r->receiver ^ r->fen << 40 ^ r->subject << 1);

    return (guint)(x * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static gboolean return_equal(gconstpointer a, gconstpointer b)
{
    const PayReturn *x = a, *y = b;

    return x->receiver == y->receiver && x->fen == y->fen && x->subject == y->subject;
}

/* With `n` numbers bound. */
static bool rows_read(Preparing *d, Sql sql, int n, const int64_t *numbers,
                      void (*each)(Preparing *, Statement *), GError **error)
{
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    for (int i = 0; i < n; i++)
        bind_int(st, 1 + i, numbers[i]);
    while (conn_next(d->w->conn, st, &ok, error))
        each(d, st);
    return ok;
}

static void refused_add(Preparing *d, Statement *st)
{
    int64_t run = column_int64(st, 0);

    g_hash_table_add(d->refused, g_memdup2(&run, sizeof run));
}

static void returned_add(Preparing *d, Statement *st)
{
    const PayReturn key = {.fen = column_int64(st, 0),
                           .receiver = column_int64(st, 1),
                           .subject = column_int64(st, 2)};

    g_hash_table_add(d->returned, g_memdup2(&key, sizeof key));
}

/* Of several the first kind: a death before an account. */
static void hold_put(Preparing *d, int64_t subject, PayHold kind)
{
    int there = GPOINTER_TO_INT(g_hash_table_lookup(d->holds, &subject));

    if (there == 0 || there > (int)kind)
        g_hash_table_insert(d->holds, g_memdup2(&subject, sizeof subject),
                            GINT_TO_POINTER((int)kind));
}

static void hold_add(Preparing *d, Statement *st)
{
    hold_put(d, column_int64(st, 0), (PayHold)column_int(st, 1));
}

/* ---- records that went to another county ----------------------------------------------------- */

static void moved_put(Preparing *d, int64_t id, Moved how)
{
    g_hash_table_insert(d->moved, g_memdup2(&id, sizeof id), GINT_TO_POINTER((int)how));
    d->any_moved = true;
}

static void left_add(Preparing *d, Statement *st)
{
    int64_t id = column_int64(st, 1);

    if (column_int(st, 0) == d->p->county)
        moved_put(d, id, MOVED_FROM_HERE);
    else if (!g_hash_table_contains(d->moved, &id))
        moved_put(d, id, MOVED_ELSEWHERE);
}

static void came_add(Preparing *d, Statement *st)
{
    moved_put(d, column_int64(st, 1), MOVED_HERE);
}

static bool moved_rows(Preparing *d, const TablePlan *t, const char *where,
                       void (*each)(Preparing *, Statement *), GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT county,id FROM ");
    Statement *st = NULL;
    bool row = false, ok;

    sql_quote(sql, t->table);
    g_string_append(sql, where);
    if (!conn_once(d->w->conn, sql->str, true, &st, error))
        return false;
    while ((ok = conn_step(d->w->conn, st, &row, error)) && row)
        each(d, st);
    statement_free(st);
    return ok;
}

/* Those that left a county, and which of them are in this one now. */
static bool moved_of(Preparing *d, const Entity *e, GError **error)
{
    const TablePlan *t = &d->s->plan->tables[e->number];
    g_autoptr(GString) came = g_string_new(" WHERE state=0 AND county=");

    g_string_append_printf(came, "%d AND id IN (SELECT id FROM ", d->p->county);
    sql_quote(came, t->table);
    g_string_append(came, " WHERE state=2)");
    return moved_rows(d, t, " WHERE state=2", left_add, error) &&
           moved_rows(d, t, came->str, came_add, error);
}

/* Whoever left a county is paid by the one that took her in, for all months that are open: what the
 * first one paid counts there, and the first one neither pays nor takes back. */
static bool moved_read(Preparing *d, GError **error)
{
    static const Sql any = SQL("SELECT count(*) FROM docket WHERE kind=?1 AND state=?2");
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(d->w->conn, any, &st, error))
        return false;
    bind_int(st, 1, DOCKET_MOVE);
    bind_int(st, 2, DOCKET_DONE);
    if (!conn_number(d->w->conn, st, 0, &n, error))
        return false;
    for (size_t i = 0; n > 0 && i < d->p->n_rules; i++) {
        const Entity *e = d->s->model->rules[d->p->rules[i].rule]->subject;

        if (g_hash_table_add(done, (gpointer)e) && !moved_of(d, e, error))
            return false;
    }
    return true;
}

/* Whoever is held under one number is held under the other. */
static bool sames_read(Preparing *d, GError **error)
{
    GHashTableIter iter;
    gpointer gone;

    if (!pay_sames_read(d->w->conn, NULL, d->sames, error))
        return false;
    g_hash_table_iter_init(&iter, d->sames->led);
    while (g_hash_table_iter_next(&iter, &gone, NULL)) {
        gpointer kind = g_hash_table_lookup(d->holds, gone);

        if (kind != NULL)
            hold_put(d, pay_led(d->sames, *(const int64_t *)gone), (PayHold)GPOINTER_TO_INT(kind));
    }
    return true;
}

bool before_read(Preparing *d, GError **error)
{
    /* Numbers of runs are the database's, not the county's: the others' count for who moved. */
    static const Sql refused = SQL("SELECT id FROM pay_run WHERE state=0"),
                     returned = SQL("SELECT run,receiver,subject FROM pay_return"),
                     holds = SQL("SELECT subject,kind FROM pay_hold WHERE closed_seq=0 "
                                 "ORDER BY kind"); /* a hold follows who moves */

    d->refused = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    d->returned = g_hash_table_new_full(return_hash, return_equal, g_free, NULL);
    d->holds = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    d->moved = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    d->sames = pay_sames_new();
    d->begins = g_hash_table_new(NULL, NULL);
    d->runs = g_array_new(FALSE, FALSE, sizeof(RunOf));
    d->base.rest = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i < d->p->n_held; i++)
        hold_put(d, d->p->held[i].subject, d->p->held[i].kind);
    return rows_read(d, refused, 0, NULL, refused_add, error) &&
           rows_read(d, returned, 0, NULL, returned_add, error) &&
           rows_read(d, holds, 0, NULL, hold_add, error) && moved_read(d, error) &&
           sames_read(d, error);
}

void before_clear(Preparing *d)
{
    if (d->refused == NULL)
        return;
    g_hash_table_unref(d->refused);
    g_hash_table_unref(d->returned);
    g_hash_table_unref(d->holds);
    g_hash_table_unref(d->moved);
    pay_sames_free(d->sames);
    g_hash_table_unref(d->begins);
    g_array_unref(d->runs);
    g_array_unref(d->base.rest);
}

/* ---- the run before ---------------------------------------------------------------------------
 */

static bool since_find(Preparing *d, GError **error)
{
    g_hash_table_remove_all(d->begins);
    if (!pay_begins_read(d->w->conn, d->number, NULL, d->begins, error))
        return false;
    d->sum->since = MIN(pay_begin_of(d->begins, d->p->county, d->p->since), d->p->since);
    g_hash_table_insert(d->begins, GINT_TO_POINTER((int)d->p->county),
                        GINT_TO_POINTER((int)d->sum->since));
    return true;
}

static void run_add(Preparing *d, Statement *st)
{
    const RunOf r = {column_int(st, 0), column_int64(st, 1)};

    g_array_append_val(d->runs, r);
}

static void rest_add(Preparing *d, Statement *st)
{
    int64_t subject = column_int64(st, 0);

    d->base.fine = d->base.fine || subject == 0;
    if (subject != 0)
        g_array_append_val(d->base.rest, subject);
}

static int number_order(gconstpointer a, gconstpointer b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Refused after the newest was prepared, which counted it as paid. */
static bool refused_since(Preparing *d, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM pay_step WHERE county=?1 AND state=0 AND "
                               "seq>?2 AND run<?3");
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->base.seq);
    bind_int(st, 3, d->base.run);
    if (!conn_number(d->w->conn, st, 0, &n, error))
        return false;
    *ret = n > 0;
    return true;
}

static bool base_read(Preparing *d, Month *ret_since, GError **error)
{
    static const Sql sql =
        SQL("SELECT r.id,r.month,r.decided,r.seq,s.since,r.policy FROM pay_sum s JOIN pay_run r ON "
            "r.county=s.county AND r.id=s.run WHERE s.county=?1 AND s.rule=?2 AND r.state<>0 "
            "ORDER BY r.id DESC LIMIT 1");
    Statement *st = NULL;
    bool row = false;

    d->base.run = 0;
    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->number);
    if (!conn_step(d->w->conn, st, &row, error) || !row)
        return !row && (error == NULL || *error == NULL);
    d->base.run = column_int64(st, 0);
    d->base.month = column_int(st, 1);
    d->base.decided = column_int64(st, 2);
    d->base.seq = column_int64(st, 3);
    *ret_since = column_int(st, 4);
    d->base.policy = column_int64(st, 5);
    statement_reset(st);
    return true;
}

/* A run for an earlier month came after it: the newest is then no measure of what is settled. */
static bool beyond_base(Preparing *d, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM pay_sum s JOIN pay_run r ON "
                               "r.county=s.county AND r.id=s.run WHERE s.county=?1 AND s.rule=?2 "
                               "AND r.state<>0 AND r.month>?3");
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->p->county);
    bind_int(st, 2, d->number);
    bind_int(st, 3, d->base.month);
    if (!conn_number(d->w->conn, st, 0, &n, error))
        return false;
    *ret = n > 0;
    return true;
}

/* Only for the record itself: who is paid instead of it is no part of a stored answer, and may be
 * another without a trace there. */
static bool base_find(Preparing *d, GError **error)
{
    static const Sql rests = SQL("SELECT subject FROM pay_rest WHERE county=?1 AND run=?2 AND "
                                 "rule=?3"),
                     back = SQL("SELECT receiver FROM pay_return WHERE county=?1 AND seq>?2");
    Month since = 0;
    bool refused = false, beyond = false;

    d->base.fine = false;
    d->base.at = 0;
    g_array_set_size(d->base.rest, 0);
    if (!base_read(d, &since, error) || !refused_since(d, &refused, error) ||
        !beyond_base(d, &beyond, error))
        return false;
    if (d->base.run == 0 || d->to_payee || refused || beyond || since != d->sum->since ||
        d->base.month > d->p->month)
        return true;
    const int64_t of_base[] = {d->p->county, d->base.run, d->number},
                  since_then[] = {d->p->county, d->base.seq};

    return rows_read(d, rests, 3, of_base, rest_add, error) &&
           rows_read(d, back, 2, since_then, rest_add, error);
}

/* Who came from another county is asked about, whatever this one has of her: what she was paid
 * there may be too much.  So are both sides of a merge, and of one that was undone. */
static void asked_rest(Preparing *d)
{
    GHashTableIter iter;
    gpointer id, how;

    g_hash_table_iter_init(&iter, d->moved);
    while (g_hash_table_iter_next(&iter, &id, &how)) {
        if (GPOINTER_TO_INT(how) == MOVED_HERE)
            g_array_append_vals(d->base.rest, id, 1);
    }
    g_hash_table_iter_init(&iter, d->sames->twins);
    while (g_hash_table_iter_next(&iter, &id, &how)) {
        if (GPOINTER_TO_INT(how) == d->p->county)
            g_array_append_vals(d->base.rest, id, 1);
    }
    g_array_sort(d->base.rest, number_order);
}

bool before_rule(Preparing *d, GError **error)
{
    static const Sql runs = SQL("SELECT county,run FROM pay_sum WHERE rule=?1 ORDER BY run");

    g_array_set_size(d->runs, 0);
    if (!since_find(d, error) || !rows_read(d, runs, 1, &d->number, run_add, error) ||
        !base_find(d, error))
        return false;
    asked_rest(d);
    return true;
}

/* ---- lines ------------------------------------------------------------------------------------
 */

bool before_counts(const Preparing *d, int64_t run, int64_t payee, int64_t subject)
{
    PayReturn key = {.fen = run, .receiver = payee != 0 ? payee : subject};

    if (g_hash_table_contains(d->refused, &run) || g_hash_table_contains(d->returned, &key))
        return false;
    key.subject = subject;
    return payee == 0 || !g_hash_table_contains(d->returned, &key);
}

static bool run_lines(Preparing *d, const RunOf *r, int64_t subject, GError **error)
{
    static const Sql sql = SQL("SELECT month,payee,fen FROM pay_line WHERE county=?1 AND run=?2 "
                               "AND rule=?3 AND subject=?4 AND hold=0 ORDER BY month,payee");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->county);
    bind_int(st, 2, r->run);
    bind_int(st, 3, d->number);
    bind_int(st, 4, subject);
    while (conn_next(d->w->conn, st, &ok, error)) {
        int64_t payee = column_int64(st, 1);
        const PaidLine l = {column_int(st, 0), pay_led(d->sames, payee), column_int64(st, 2)};

        if (before_counts(d, r->run, payee, subject))
            g_array_append_val(d->paid, l);
    }
    return ok;
}

static int paid_order(gconstpointer a, gconstpointer b)
{
    const PaidLine *x = a, *y = b;

    return x->month < y->month ? -1 : x->month > y->month;
}

bool before_lines(Preparing *d, bool elsewhere_only, GError **error)
{
    bool moved = d->any_moved && g_hash_table_contains(d->moved, &d->subject);
    const GArray *gone = g_hash_table_lookup(d->sames->gone, &d->subject);

    for (guint i = 0; i < d->runs->len; i++) {
        const RunOf *r = &g_array_index(d->runs, RunOf, i);
        bool own = r->county == d->p->county;

        if ((own ? !elsewhere_only : moved) && !run_lines(d, r, d->subject, error))
            return false;
        for (guint k = 0; gone != NULL && k < gone->len; k++) {
            if (!run_lines(d, r, g_array_index(gone, int64_t, k), error))
                return false;
        }
    }
    if (d->paid->len > 1)
        g_array_sort(d->paid, paid_order);
    return true;
}
