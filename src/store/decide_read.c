/* decide_read.c — answers of a month, and what has to be known to bring them up to date.
 * Rules have the numbers of the Model outside, stored numbers inside; what is stored about rules of
 * an earlier policy is passed over.  Start: store_decisions(), store_decide_state(). */
#include "store/decide.h"

#include "base/sort.h"

static int64_t rule_stored(const Store *s, unsigned number)
{
    return numbering_find(s->numbering, STR("rule"), s->model->rules[number]->name);
}

/* ---- rules ------------------------------------------------------------------------------- */

typedef struct RuleMap {
    int *numbers; /* stored number → number in the Model, -1 */
    int64_t n;
} RuleMap;

static RuleMap rule_map(const Store *s, Arena *a)
{
    const Model *m = s->model;
    RuleMap map = {NULL, 0};

    for (size_t i = 0; i < m->n_rules; i++)
        map.n = MAX(map.n, rule_stored(s, (unsigned)i) + 1);
    map.numbers = arena_many(a, int, (size_t)map.n + 1);
    for (int64_t i = 0; i < map.n; i++)
        map.numbers[i] = -1;
    for (size_t i = 0; i < m->n_rules; i++) {
        int64_t stored = rule_stored(s, (unsigned)i);

        if (stored >= 0)
            map.numbers[stored] = (int)i;
    }
    return map;
}

static bool rule_of(const RuleMap *map, int64_t stored, unsigned *ret)
{
    if (stored < 0 || stored >= map->n || map->numbers[stored] < 0)
        return false;
    *ret = (unsigned)map->numbers[stored];
    return true;
}

/* ---- answers ----------------------------------------------------------------------------- */

typedef struct Asking {
    const Store *s;
    Conn *conn;
    Month month;
    const RecordKey *subject;
    RuleMap rules;
    GArray *to;
} Asking;

static bool decisions_step(Asking *q, Statement *st, int32_t county, GError **error)
{
    bool row = false;

    for (;;) {
        unsigned rule;

        if (!conn_step(q->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        if (!rule_of(&q->rules, column_int64(st, 0), &rule))
            continue;
        DecisionRow d = {.rule = rule,
                         .subject = {county, column_int64(st, 1)},
                         .from = column_int(st, 2),
                         .until = column_int(st, 3),
                         .outcome = (uint8_t)column_int(st, 4),
                         .amount = column_int64(st, 5),
                         .missing = (uint64_t)column_int64(st, 6),
                         .run = column_int64(st, 7)};

        g_array_append_val(q->to, d);
    }
}

static bool county_all(Asking *q, int32_t county, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,from_month,until_month,outcome,fen,missing,run FROM decision "
            "WHERE county=?1 AND gone=?2 AND from_month<=?3 AND until_month>?3 "
            "ORDER BY rule,subject,from_month");
    Statement *st = NULL;

    if (!conn_scan(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, SEQ_OPEN);
    bind_int(st, 3, q->month);
    return decisions_step(q, st, county, error);
}

static bool county_subject(Asking *q, int32_t county, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,from_month,until_month,outcome,fen,missing,run FROM decision "
            "WHERE county=?1 AND rule=?4 AND subject=?5 AND gone=?2 AND from_month<=?3 "
            "AND until_month>?3 ORDER BY from_month");
    Statement *st = NULL;

    for (int64_t rule = 0; rule < q->rules.n; rule++) {
        if (q->rules.numbers[rule] < 0)
            continue;
        if (!conn_statement(q->conn, sql, &st, error))
            return false;
        bind_int(st, 1, county);
        bind_int(st, 2, SEQ_OPEN);
        bind_int(st, 3, q->month);
        bind_int(st, 4, rule);
        bind_int(st, 5, q->subject->id);
        if (!decisions_step(q, st, county, error))
            return false;
    }
    return true;
}

static bool decided_months(Conn *c, DecideState *ret, GError **error)
{
    static const Sql sql = SQL("SELECT max(id),min(first_month),max(month) FROM run");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error) || !conn_step(c, st, &row, error))
        return false;
    if (row) {
        ret->any = !column_is_null(st, 0);
        ret->run = column_int64(st, 0);
        ret->first = column_int(st, 1);
        ret->last = column_int(st, 2);
        statement_reset(st);
    }
    return true;
}

static bool ask(Asking *q, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    DecideState state = {0};

    q->conn->deadline = 0; /* a million answers are not a page */
    if (!conn_begin(q->conn, error) || !decided_months(q->conn, &state, error) ||
        !counties_of(q->conn, counties, error))
        return false;
    if (!state.any || q->month < state.first || q->month > state.last)
        return true;
    for (guint i = 0; i < counties->len; i++) {
        int32_t county = g_array_index(counties, int32_t, i);

        if (q->subject != NULL && q->subject->county != 0 && q->subject->county != county)
            continue;
        if (!(q->subject != NULL ? county_subject : county_all)(q, county, error))
            return false;
    }
    return true;
}

bool store_decisions(Store *s, Month month, const RecordKey *subject, Arena *a, DecisionRow **ret,
                     size_t *ret_n, GError **error)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(DecisionRow));
    Asking q = {.s = s, .month = month, .subject = subject, .to = to};
    bool ok = reader_take(s, &q.conn, error);

    if (!ok)
        return false;
    q.rules = rule_map(s, a);
    ok = ask(&q, error);
    reader_give(s, q.conn);
    if (ok)
        *ret = arena_list(a, to, ret_n);
    return ok;
}

static int row_order(const void *a, const void *b)
{
    const DecisionRow *x = a, *y = b;

    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->subject.county != y->subject.county)
        return x->subject.county < y->subject.county ? -1 : 1;
    if (x->subject.id != y->subject.id)
        return x->subject.id < y->subject.id ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static bool live_read(Asking *q, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,from_month,until_month,outcome,fen,missing,run FROM decision "
            "WHERE county=?1 AND gone=?2 ORDER BY rule,subject,from_month");
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));

    q->conn->deadline = 0;
    if (!conn_begin(q->conn, error) || !counties_of(q->conn, counties, error))
        return false;
    for (guint i = 0; i < counties->len; i++) {
        int32_t county = g_array_index(counties, int32_t, i);
        Statement *st = NULL;

        if (!conn_scan(q->conn, sql, &st, error))
            return false;
        bind_int(st, 1, county);
        bind_int(st, 2, SEQ_OPEN);
        if (!decisions_step(q, st, county, error))
            return false;
    }
    return true;
}

bool store_all_decisions(Store *s, Arena *a, DecisionRow **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(DecisionRow));
    Asking q = {.s = s, .to = to};
    bool ok = reader_take(s, &q.conn, error);

    if (!ok)
        return false;
    q.rules = rule_map(s, a);
    ok = live_read(&q, error);
    reader_give(s, q.conn);
    if (!ok)
        return false;
    *ret = arena_list(a, to, ret_n);
    sort_rows(*ret, to->len, sizeof **ret, row_order);
    return true;
}

/* ---- what is stale, what is due ---------------------------------------------------------- */

typedef struct Stating {
    const Store *s;
    Conn *conn;
    Arena *arena;
    RuleMap rules;
    DecideState *to;
} Stating;

static bool marks_read(Stating *q, GError **error)
{
    static const Sql sql = SQL("SELECT county,entity,subject,field,from_month FROM stale "
                               "ORDER BY county,entity,subject,field");
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(StaleMark));
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    while (conn_next(q->conn, st, &ok, error)) {
        const TablePlan *t = plan_numbered(q->s->plan, column_int64(st, 1));
        StaleMark m = {.key = {column_int(st, 0), column_int64(st, 2)}, .from = column_int(st, 4)};

        if (t == NULL)
            continue;
        const FieldPlan *f = table_numbered(t, (uint64_t)column_int64(st, 3));

        m.entity = t->entity;
        m.field = f != NULL ? f->field : NULL;
        g_array_append_val(all, m);
    }
    if (!ok)
        return false;
    q->to->marks = arena_list(q->arena, all, &q->to->n_marks);
    return true;
}

static bool stale_rules_read(Stating *q, GError **error)
{
    static const Sql sql = SQL("SELECT rule,place,from_month FROM stale_rule ORDER BY rule,place");
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(StaleRule));
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    for (;;) {
        StaleRule r = {0};

        if (!conn_step(q->conn, st, &row, error))
            return false;
        if (!row)
            break;
        if (!rule_of(&q->rules, column_int64(st, 0), &r.rule))
            continue;
        r.place = arena_str(q->arena, column_str(st, 1));
        r.from = column_int(st, 2);
        g_array_append_val(all, r);
    }
    q->to->rules = arena_list(q->arena, all, &q->to->n_rules);
    return true;
}

static int due_order(const void *a, const void *b)
{
    const DueRow *x = a, *y = b;

    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->subject.county != y->subject.county)
        return x->subject.county < y->subject.county ? -1 : 1;
    return x->subject.id < y->subject.id ? -1 : x->subject.id > y->subject.id;
}

static bool dues_read(Stating *q, Date before, GError **error)
{
    static const Sql sql = SQL("SELECT county,rule,subject,day FROM due WHERE day<?1 OR subject=0");
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(DueRow));
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, before);
    while (conn_next(q->conn, st, &ok, error)) {
        DueRow d = {.subject = {column_int(st, 0), column_int64(st, 2)}, .day = column_int(st, 3)};

        if (!rule_of(&q->rules, column_int64(st, 1), &d.rule))
            continue;
        if (d.subject.id == 0)
            q->to->whole[d.rule] = d.day;
        else
            g_array_append_val(all, d);
    }
    if (!ok)
        return false;
    q->to->dues = arena_list(q->arena, all, &q->to->n_dues);
    sort_rows(q->to->dues, q->to->n_dues, sizeof(DueRow), due_order);
    return true;
}

static bool state_read(Stating *q, Date before, GError **error)
{
    size_t n = q->s->model->n_rules;

    q->conn->deadline = 0;
    q->to->whole = arena_many(q->arena, Date, n + 1);
    for (size_t i = 0; i < n; i++)
        q->to->whole[i] = DATE_MIN;
    return conn_begin(q->conn, error) && decided_months(q->conn, q->to, error) &&
           marks_read(q, error) && stale_rules_read(q, error) && dues_read(q, before, error);
}

bool store_decide_state(Store *s, Date before, Arena *a, DecideState *ret, GError **error)
{
    DecideState state = {0};
    Stating q = {.s = s, .arena = a, .to = &state};
    bool ok = reader_take(s, &q.conn, error);

    if (!ok)
        return false;
    q.rules = rule_map(s, a);
    ok = state_read(&q, before, error);
    reader_give(s, q.conn);
    if (ok)
        *ret = state;
    return ok;
}

/* ---- one run ----------------------------------------------------------------------------- */

static bool run_read(Conn *c, int64_t run, Arena *a, DecideRun *to, GError **error)
{
    static const Sql sql = SQL("SELECT county,seq,at,policy FROM run WHERE id=?1 ORDER BY county");
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(KnownAt));
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, run);
    while (conn_next(c, st, &ok, error)) {
        KnownAt k = {column_int(st, 0), column_int64(st, 1), {0}};

        to->at = column_int64(st, 2);
        to->policy = column_int64(st, 3);
        g_array_append_val(known, k);
    }
    if (!ok)
        return false;
    to->run = run;
    to->known = arena_list(a, known, &to->n_known);
    return known->len > 0 ||
           fail(error, FAIL_ABSENT, "there is no run %" G_GINT64_FORMAT " of decisions", run);
}

bool store_run(Store *s, int64_t run, Arena *a, DecideRun *ret, GError **error)
{
    DecideRun r = {0};
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = run_read(c, run, a, &r, error);
    reader_give(s, c);
    if (ok)
        *ret = r;
    return ok;
}
