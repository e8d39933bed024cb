/* pay_book.c — what a clerk looks at before she signs: the month against the one before, by benefit
 * and by place; who is new, stopped, changed; of whom it is not known.
 * Read first: store_pay_rolls(). */
#include "store/pay_asking.h"

/* ---- what every look shares ------------------------------------------------------------------ */
static GHashTable *rules_numbered(const Store *s)
{
    GHashTable *map = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (size_t i = 0; i < s->model->n_rules; i++) {
        int64_t stored = numbering_find(s->numbering, STR("rule"), s->model->rules[i]->name);

        g_hash_table_insert(map, g_memdup2(&stored, sizeof stored), GUINT_TO_POINTER(i + 1));
    }
    return map;
}

/* A rule that the documents no longer have: its lines stay paid, under no name. */
bool pay_rule_of(const Asking *q, int64_t stored, unsigned *ret)
{
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(q->rules, &stored));

    *ret = at - 1;
    return at > 0;
}

bool pay_asking_begin(Asking *q, Store *s, Arena *a, size_t size, GError **error)
{
    *q = (Asking){.s = s, .arena = a};
    if (!reader_take(s, &q->conn, error))
        return false;
    q->conn->deadline = 0; /* a county's payments are not a page */
    q->rules = rules_numbered(s);
    q->to = g_array_new(FALSE, FALSE, (guint)size);
    return true;
}

void pay_asking_end(Asking *q, Store *s)
{
    reader_give(s, q->conn);
    g_hash_table_unref(q->rules);
    g_array_unref(q->to);
}

/* ---- the month against the one before ----------------------------------------------------------
 */

static PayRoll *roll_of(Asking *q, unsigned rule)
{
    for (guint i = 0; i < q->to->len; i++) {
        PayRoll *r = &g_array_index(q->to, PayRoll, i);

        if (r->rule == rule)
            return r;
    }
    const PayRoll fresh = {.rule = rule};

    g_array_append_val(q->to, fresh);
    return &g_array_index(q->to, PayRoll, q->to->len - 1);
}

typedef void RollRow(PayRoll *r, Statement *st);

static void rolled(PayRoll *r, Statement *st)
{
    r->roll = (struct PayCount){column_int64(st, 1), column_int64(st, 2)};
}

static void changed(PayRoll *r, Statement *st)
{
    struct PayCount *const to[] = {&r->fresh, &r->stopped, &r->changed};
    int64_t before = column_int64(st, 3), now = column_int64(st, 4);
    int kind = column_int(st, 1);

    *to[kind] = (struct PayCount){column_int64(st, 2), kind == PAY_SHOW_STOPPED ? before
                                                       : kind == PAY_SHOW_FRESH ? now
                                                                                : now - before};
}

static void held(PayRoll *r, Statement *st)
{
    r->held = (struct PayCount){column_int64(st, 1), column_int64(st, 2)};
}

static bool rolls_read(Asking *q, Sql sql, int32_t county, int64_t run, RollRow *each,
                       GError **error)
{
    Statement *st = NULL;
    bool ok;
    unsigned rule;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, run);
    while (conn_next(q->conn, st, &ok, error)) {
        if (pay_rule_of(q, column_int64(st, 0), &rule))
            each(roll_of(q, rule), st);
    }
    return ok;
}

#define CHANGE_KIND "CASE WHEN before=0 THEN 0 WHEN fen=0 THEN 1 ELSE 2 END" /* PayShow */

bool store_pay_rolls(Store *s, int32_t county, int64_t run, Arena *a, PayRoll **ret, size_t *ret_n,
                     GError **error)
{
    static const Sql of_towns =
        SQL("SELECT rule,CAST(sum(roll_persons) AS INTEGER),CAST(sum(roll_fen) AS INTEGER) FROM "
            "pay_town WHERE county=?1 AND run=?2 GROUP BY rule ORDER BY rule");
    static const Sql of_changes =
        SQL("SELECT rule," CHANGE_KIND ",count(*),CAST(sum(before) AS INTEGER),"
            "CAST(sum(fen) AS INTEGER) FROM pay_change WHERE county=?1 AND run=?2 "
            "GROUP BY rule," CHANGE_KIND);
    static const Sql of_held =
        SQL("SELECT l.rule,count(*),CAST(sum(l.fen) AS INTEGER) FROM pay_line l JOIN pay_run r ON "
            "r.county=l.county AND r.id=l.run WHERE l.county=?1 AND l.run=?2 AND l.hold<>0 AND "
            "l.fen<>0 AND l.month=r.month GROUP BY l.rule");
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayRoll), error))
        return false;
    bool ok = conn_begin(q.conn, error) && rolls_read(&q, of_towns, county, run, rolled, error) &&
              rolls_read(&q, of_changes, county, run, changed, error) &&
              rolls_read(&q, of_held, county, run, held, error);

    for (guint i = 0; ok && i < q.to->len; i++) {
        PayRoll *r = &g_array_index(q.to, PayRoll, i);

        r->last.persons = r->roll.persons - r->fresh.persons + r->stopped.persons;
        r->last.fen = r->roll.fen - r->fresh.fen + r->stopped.fen - r->changed.fen;
    }
    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}

/* ---- lists -------------------------------------------------------------------------------------
 */

static bool changes_read(Asking *q, Sql sql, const int64_t *numbers, int n, GError **error)
{
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    for (int i = 0; i < n; i++)
        bind_int(st, 1 + i, numbers[i]);
    for (;;) {
        PayChange c;

        if (!conn_step(q->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        c = (PayChange){.subject = column_int64(st, 1),
                        .before = column_int64(st, 2),
                        .fen = column_int64(st, 3),
                        .outcome = column_int(st, 4)};
        if (pay_rule_of(q, column_int64(st, 0), &c.rule))
            g_array_append_val(q->to, c);
    }
}

bool store_pay_changes(Store *s, int32_t county, int64_t run, PayShow show, int64_t skip,
                       size_t most, Arena *a, PayChange **ret, size_t *ret_n, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,before,fen,outcome FROM pay_change WHERE "
            "county=?1 AND run=?2 AND " CHANGE_KIND "=?3 ORDER BY rule,subject LIMIT ?4 OFFSET ?5");
    const int64_t numbers[] = {county, run, show, (int64_t)most, skip};
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayChange), error))
        return false;
    bool ok = changes_read(&q, sql, numbers, 5, error);

    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}

bool store_pay_waiting(Store *s, int32_t county, int64_t run, int64_t skip, size_t most, Arena *a,
                       PayChange **ret, size_t *ret_n, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,0,0,CASE WHEN hold=?3 THEN ?4 ELSE ?5 END FROM pay_line WHERE "
            "county=?1 AND run=?2 AND fen=0 ORDER BY subject,rule LIMIT ?6 OFFSET ?7");
    const int64_t numbers[] = {county,        run, HOLD_JUDGEMENT, TRUTH_PERSON, TRUTH_UNKNOWN,
                               (int64_t)most, skip};
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayChange), error))
        return false;
    bool ok = changes_read(&q, sql, numbers, 7, error);

    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}

static bool towns_read(Asking *q, int32_t county, int64_t run, GError **error)
{
    static const Sql sql =
        SQL("SELECT town,CAST(sum(roll_persons) AS INTEGER),CAST(sum(roll_fen) AS INTEGER),"
            "CAST(sum(persons) AS INTEGER),CAST(sum(fen) AS INTEGER),"
            "CAST(sum(held_persons) AS INTEGER),CAST(sum(held_fen) AS INTEGER) FROM pay_town "
            "WHERE county=?1 AND run=?2 GROUP BY town ORDER BY town");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, run);
    while (conn_next(q->conn, st, &ok, error)) {
        const PayTown t = {.town = arena_str(q->arena, column_str(st, 0)),
                           .roll_persons = column_int64(st, 1),
                           .roll_fen = column_int64(st, 2),
                           .persons = column_int64(st, 3),
                           .fen = column_int64(st, 4),
                           .held_persons = column_int64(st, 5),
                           .held_fen = column_int64(st, 6)};

        g_array_append_val(q->to, t);
    }
    return ok;
}

bool store_pay_towns(Store *s, int32_t county, int64_t run, Arena *a, PayTown **ret, size_t *ret_n,
                     GError **error)
{
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayTown), error))
        return false;
    bool ok = towns_read(&q, county, run, error);

    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}
