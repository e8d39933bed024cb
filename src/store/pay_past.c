/* pay_past.c — what a past run found when it was prepared: the lines before it and its own, merges
 * and beginnings of ledgers as of then; for its replay (care/pay_replay.c).
 * Read first: store_pay_past(). */
#include "store/pay_asking.h"

G_STATIC_ASSERT(STATE_LEFT == 2); /* as below in SQL */

/* Lines of one rule in a county's runs up to one of them, its own and those that counted as paid
 * when it was prepared. */
#define PAST_FROM                                                                                  \
    "SELECT l.subject,l.payee,l.fen,l.month,l.hold,l.run FROM pay_sum m JOIN pay_line l ON "       \
    "l.county=m.county AND l.run=m.run AND l.rule=m.rule WHERE m.rule=?2 AND m.run<=?3 AND "
#define PAST_RECEIVER                                                                              \
    "x.receiver=CASE WHEN l.payee=0 THEN l.subject ELSE l.payee END AND x.subject IN "             \
    "(0,l.subject)"
#define PAST_OWN                                                                                   \
    "(l.run=?3 OR (l.run<?3 AND l.hold=0 AND NOT EXISTS (SELECT 1 FROM pay_step s WHERE "          \
    "s.county=l.county AND s.run=l.run AND s.state=0 AND s.seq<?4) AND NOT EXISTS (SELECT 1 FROM " \
    "pay_return x WHERE x.county=l.county AND x.run=l.run AND " PAST_RECEIVER " AND x.seq<?4)))"
/* Entries of another county are not numbered with ours: what was first is told by the clock. */
#define PAST_ELSEWHERE                                                                             \
    "(l.run<?3 AND l.hold=0 AND NOT EXISTS (SELECT 1 FROM pay_step s WHERE s.county=l.county AND " \
    "s.run=l.run AND s.state=0 AND s.at<?5) AND NOT EXISTS (SELECT 1 FROM pay_return x JOIN "      \
    "pay_step s ON s.county=x.county AND s.run=x.run AND s.seq=x.seq WHERE x.county=l.county AND " \
    "x.run=l.run AND " PAST_RECEIVER " AND s.at<?5))"
#define PAST_ORDER " ORDER BY l.subject,l.month,l.run,l.payee"

static bool any_moved(Asking *q, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM docket WHERE kind=?1 AND state=?2");
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, DOCKET_MOVE);
    bind_int(st, 2, DOCKET_DONE);
    if (!conn_number(q->conn, st, 0, &n, error))
        return false;
    *ret = n > 0;
    return true;
}

static bool past_read(Asking *q, const PayRun *run, unsigned rule, const PaySames *sames,
                      GError **error)
{
    static const Sql own = SQL(PAST_FROM "l.county=?1 AND " PAST_OWN PAST_ORDER),
                     all = SQL(PAST_FROM "((l.county=?1 AND " PAST_OWN
                                         ") OR (l.county<>?1 AND " PAST_ELSEWHERE "))" PAST_ORDER);
    Statement *st = NULL;
    bool ok, moved = false;

    if (!any_moved(q, &moved, error) || !conn_scan(q->conn, moved ? all : own, &st, error))
        return false;
    bind_int(st, 1, run->county);
    bind_int(st, 2, numbering_find(q->s->numbering, STR("rule"), q->s->model->rules[rule]->name));
    bind_int(st, 3, run->id);
    bind_int(st, 4, run->seq);
    if (moved)
        bind_int(st, 5, pay_run_at(run));
    while (conn_next(q->conn, st, &ok, error)) {
        const PayPast p = {.subject = pay_led(sames, column_int64(st, 0)),
                           .payee = pay_led(sames, column_int64(st, 1)),
                           .fen = column_int64(st, 2),
                           .month = column_int(st, 3),
                           .hold = (PayHold)column_int(st, 4),
                           .own = column_int64(st, 5) == run->id};

        g_array_append_val(q->to, p);
    }
    return ok;
}

static int past_order(gconstpointer a, gconstpointer b)
{
    const PayPast *x = a, *y = b;

    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return x->month < y->month ? -1 : x->month > y->month;
}

bool store_pay_past(Store *s, const PayRun *run, unsigned rule, Arena *a, PayPast **ret,
                    size_t *ret_n, GError **error)
{
    PaySames *sames;
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayPast), error))
        return false;
    sames = pay_sames_new();
    bool ok = conn_begin(q.conn, error) && pay_sames_read(q.conn, run, sames, error) &&
              past_read(&q, run, rule, sames, error);

    if (ok && g_hash_table_size(sames->led) > 0)
        g_array_sort(q.to, past_order);
    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_sames_free(sames);
    pay_asking_end(&q, s);
    return ok;
}

/* ---- where ledgers begin --------------------------------------------------------------------- */

static bool moved_read(Asking *q, const Entity *e, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT DISTINCT id FROM ");
    Statement *st = NULL;
    bool row = false, ok;

    sql_quote(sql, q->s->plan->tables[e->number].table);
    g_string_append(sql, " WHERE state=2 ORDER BY id");
    if (!conn_once(q->conn, sql->str, true, &st, error))
        return false;
    while ((ok = conn_step(q->conn, st, &row, error)) && row) {
        int64_t id = column_int64(st, 0);

        g_array_append_val(q->to, id);
    }
    statement_free(st);
    return ok;
}

static void begins_hand_over(GHashTable *begins, const PayRun *run, const PaySum *sum, Arena *a,
                             PayBegins *to)
{
    GHashTableIter iter;
    gpointer county, since;

    g_hash_table_insert(begins, GINT_TO_POINTER((int)run->county),
                        GINT_TO_POINTER((int)sum->since));
    to->least = pay_begin_least(begins, sum->since);
    to->counties = arena_many(a, int32_t, g_hash_table_size(begins));
    to->since = arena_many(a, Month, g_hash_table_size(begins));
    g_hash_table_iter_init(&iter, begins);
    while (g_hash_table_iter_next(&iter, &county, &since)) {
        to->counties[to->n] = (int32_t)GPOINTER_TO_INT(county);
        to->since[to->n++] = (Month)GPOINTER_TO_INT(since);
    }
}

bool store_pay_begins(Store *s, const PayRun *run, const PaySum *sum, Arena *a, PayBegins *ret,
                      GError **error)
{
    g_autoptr(GHashTable) begins = g_hash_table_new(NULL, NULL);
    const Rule *rule = s->model->rules[sum->rule];
    bool moved = false;
    Asking q;

    *ret = (PayBegins){.least = sum->since};
    if (!pay_asking_begin(&q, s, a, sizeof(int64_t), error))
        return false;
    bool ok = conn_begin(q.conn, error) && any_moved(&q, &moved, error);

    if (ok && moved)
        ok = moved_read(&q, rule->subject, error) &&
             pay_begins_read(q.conn, numbering_find(s->numbering, STR("rule"), rule->name), run,
                             begins, error);
    if (ok && q.to->len > 0) {
        begins_hand_over(begins, run, sum, a, ret);
        ret->moved = arena_list(a, q.to, &ret->n_moved);
    }
    pay_asking_end(&q, s);
    return ok;
}
