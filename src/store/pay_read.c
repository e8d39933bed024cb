/* pay_read.c — runs, lines, payments, returns and holds as they are stored. */
#include "store/pay_asking.h"

/* ---- runs ---------------------------------------------------------------------------------- */

static Str text_of(const Asking *q, Statement *st, int at)
{
    return column_is_null(st, at) ? STR("") : arena_str(q->arena, column_str(st, at));
}

static bool runs_read(Asking *q, int32_t county, int64_t run, size_t most, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,id,programme,month,state,decided,policy,seq,prepared_by,reviewed_by,"
            "approved_by FROM pay_run WHERE (county=?1 OR ?1=CAST(0 AS INTEGER)) AND "
            "(id=?2 OR ?2=CAST(0 AS INTEGER)) ORDER BY id DESC LIMIT ?3");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, run);
    bind_int(st, 3, (int64_t)most);
    while (conn_next(q->conn, st, &ok, error)) {
        PayRun r = {.county = column_int(st, 0),
                    .id = column_int64(st, 1),
                    .programme = text_of(q, st, 2),
                    .month = column_int(st, 3),
                    .state = (PayState)column_int(st, 4),
                    .decided = column_int64(st, 5),
                    .policy = column_int64(st, 6),
                    .seq = column_int64(st, 7),
                    .prepared_by = text_of(q, st, 8),
                    .reviewed_by = text_of(q, st, 9),
                    .approved_by = text_of(q, st, 10)};

        g_array_append_val(q->to, r);
    }
    return ok;
}

static bool sums_read(Asking *q, PayRun *r, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,since,subjects,yes,no,unknown,judgement,lines,persons,month_fen,late_fen,"
            "back_fen,held_lines,held_fen,open_fen FROM pay_sum WHERE county=?1 AND run=?2 "
            "ORDER BY rule");
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(PaySum));
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->county);
    bind_int(st, 2, r->id);
    for (;;) {
        PaySum s = {0};

        if (!conn_step(q->conn, st, &row, error))
            return false;
        if (!row)
            break;
        int64_t *const numbers[] = {&s.subjects,  &s.yes,      &s.no,         &s.unknown,
                                    &s.judgement, &s.lines,    &s.persons,    &s.month_fen,
                                    &s.late_fen,  &s.back_fen, &s.held_lines, &s.held_fen,
                                    &s.open_fen};

        s.since = column_int(st, 1);
        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
            *numbers[i] = column_int64(st, 2 + (int)i);
        if (pay_rule_of(q, column_int64(st, 0), &s.rule))
            g_array_append_val(all, s);
    }
    r->sums = arena_list(q->arena, all, &r->n_sums);
    return true;
}

static bool steps_read(Asking *q, PayRun *r, GError **error)
{
    static const Sql sql = SQL("SELECT state,at,actor,reason,seq FROM pay_step WHERE county=?1 AND "
                               "run=?2 ORDER BY part"),
                     back = SQL("SELECT count(*),CAST(sum(fen) AS INTEGER) FROM pay_return WHERE "
                                "county=?1 AND run=?2");
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(PayStepRow));
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->county);
    bind_int(st, 2, r->id);
    for (;;) {
        if (!conn_step(q->conn, st, &row, error))
            return false;
        if (!row)
            break;
        const PayStepRow s = {.state = (PayState)column_int(st, 0),
                              .at = column_int64(st, 1),
                              .actor = text_of(q, st, 2),
                              .reason = text_of(q, st, 3),
                              .seq = column_int64(st, 4)};

        g_array_append_val(all, s);
    }
    r->steps = arena_list(q->arena, all, &r->n_steps);
    if (!conn_statement(q->conn, back, &st, error))
        return false;
    bind_int(st, 1, r->county);
    bind_int(st, 2, r->id);
    if (!conn_step(q->conn, st, &row, error))
        return false;
    r->returned = column_int64(st, 0);
    r->returned_fen = column_is_null(st, 1) ? 0 : column_int64(st, 1);
    statement_reset(st);
    return true;
}

bool store_pay_runs(Store *s, int32_t county, int64_t run, size_t most, Arena *a, PayRun **ret,
                    size_t *ret_n, GError **error)
{
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayRun), error))
        return false;
    bool ok = conn_begin(q.conn, error) && runs_read(&q, county, run, most, error);

    for (guint i = 0; ok && i < q.to->len; i++) {
        PayRun *r = &g_array_index(q.to, PayRun, i);

        ok = sums_read(&q, r, error) && steps_read(&q, r, error);
    }
    if (ok && run != 0 && q.to->len == 0)
        ok = fail(error, FAIL_ABSENT, "there is no pay run %" G_GINT64_FORMAT, run) ||
             fail_zh(error, "没有第 %" G_GINT64_FORMAT " 号发放批次", run);
    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}

/* ---- lines --------------------------------------------------------------------------------- */

#define LINE_COLUMNS                                                                               \
    "SELECT l.rule,l.subject,l.month,l.run,l.payee,l.fen,l.hold,l.decided,r.state,"                \
    "(SELECT count(*) FROM pay_return x WHERE x.county=l.county AND x.run=l.run AND x.receiver="   \
    "CASE WHEN l.payee=0 THEN l.subject ELSE l.payee END AND x.subject IN (0,l.subject)),"         \
    "l.county FROM pay_line l JOIN pay_run r ON r.county=l.county AND r.id=l.run "
#define LINE_FILTER                                                                                \
    "AND (?3=CAST(-1 AS INTEGER) OR (l.hold<>0)=(?3<>CAST(0 AS INTEGER))) AND "                    \
    "(?4=CAST(0 AS INTEGER) OR l.fen<0 OR l.month<r.month) AND "                                   \
    "(?7=CAST(0 AS INTEGER) OR l.fen<>0) "
#define LINE_SORT  "l.rule,l.subject,l.month,l.run,l.payee LIMIT ?5 OFFSET ?6"
#define LINE_ORDER "ORDER BY " LINE_SORT

static bool lines_step(Asking *q, Statement *st, GError **error)
{
    bool row = false;

    for (;;) {
        PayLine l;

        if (!conn_step(q->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        l = (PayLine){.subject = {column_int(st, 10), column_int64(st, 1)},
                      .month = column_int(st, 2),
                      .run = column_int64(st, 3),
                      .payee = column_int64(st, 4),
                      .fen = column_int64(st, 5),
                      .hold = (PayHold)column_int(st, 6),
                      .decided = column_int64(st, 7),
                      .state = (PayState)column_int(st, 8),
                      .returned = column_int64(st, 9) > 0};
        if (pay_rule_of(q, column_int64(st, 0), &l.rule))
            g_array_append_val(q->to, l);
    }
}

static bool lines_bind(Asking *q, const PayLinesAsk *ask, Sql sql, int64_t second, int64_t rule,
                       GError **error)
{
    Statement *st = NULL;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, rule >= 0 ? 0 : ask->county);
    bind_int(st, 2, second);
    bind_int(st, 3, ask->held);
    bind_int(st, 4, ask->late);
    bind_int(st, 5, (int64_t)MIN(ask->most, (size_t)INT64_MAX)); /* SIZE_MAX: all of them */
    bind_int(st, 6, ask->skip);
    bind_int(st, 7, ask->amounts);
    if (rule >= 0)
        bind_int(st, 8, rule);
    return lines_step(q, st, error);
}

/* One subject's by rule after rule, in the runs that pay it: of all counties where it ever was. */
static bool subject_lines(Asking *q, const PayLinesAsk *ask, GError **error)
{
    static const Sql sql =
        SQL(LINE_COLUMNS "JOIN pay_sum s ON s.county=l.county AND s.run=l.run AND "
                         "s.rule=l.rule WHERE s.rule=?8 AND l.subject=?2 AND "
                         "l.county>=?1 " LINE_FILTER LINE_ORDER);

    for (size_t i = 0; i < q->s->model->n_rules; i++) {
        Str name = q->s->model->rules[i]->name;
        int64_t rule = numbering_find(q->s->numbering, STR("rule"), name);

        if (!lines_bind(q, ask, sql, ask->subject, rule, error))
            return false;
    }
    return true;
}

bool store_pay_lines(Store *s, const PayLinesAsk *ask, Arena *a, PayLine **ret, size_t *ret_n,
                     GError **error)
{
    static const Sql sql =
        SQL(LINE_COLUMNS "WHERE l.county=?1 AND l.run=?2 " LINE_FILTER LINE_ORDER);
    /* Money first, then the many who wait. */
    static const Sql waiting_last =
        SQL(LINE_COLUMNS "WHERE l.county=?1 AND l.run=?2 " LINE_FILTER
                         "ORDER BY CASE WHEN l.fen=0 THEN 1 ELSE 0 END," LINE_SORT);
    const bool waits = ask->held != 0 && !ask->amounts;
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayLine), error))
        return false;
    bool ok = ask->subject != 0
                  ? subject_lines(&q, ask, error)
                  : lines_bind(&q, ask, waits ? waiting_last : sql, ask->run, -1, error);

    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}

/* ---- payments ------------------------------------------------------------------------------ */

/* Whole payments, and what was stopped of one for somebody it is paid for. */
static bool payments_read(Asking *q, int32_t county, int64_t run, bool parts, GError **error)
{
#define STOPPED                                                                                    \
    "EXISTS (SELECT 1 FROM pay_return x WHERE x.county=?1 AND x.run=?2 AND x.receiver=l.payee "    \
    "AND "                                                                                         \
    "x.subject=l.subject)"
    static const Sql
        whole = SQL("SELECT CASE WHEN payee=0 THEN subject ELSE payee END, "
                    "CAST(sum(fen) AS INTEGER), max(payee), rule, 0 FROM pay_line l "
                    "WHERE county=?1 AND run=?2 AND hold=0 AND (payee=0 OR NOT " STOPPED ") "
                    "GROUP BY CASE WHEN payee=0 THEN subject ELSE payee END, rule ORDER BY 1,4"),
        stopped = SQL("SELECT payee, CAST(sum(fen) AS INTEGER), max(payee), rule, subject FROM "
                      "pay_line l WHERE county=?1 AND run=?2 AND hold=0 AND payee<>0 AND " STOPPED
                      " GROUP BY payee, rule, subject ORDER BY 1,4,5");
#undef STOPPED
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(q->conn, parts ? stopped : whole, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, run);
    while (conn_next(q->conn, st, &ok, error)) {
        PayPayment p = {.receiver = column_int64(st, 0),
                        .fen = column_int64(st, 1),
                        .to_payee = column_int64(st, 2) != 0,
                        .returned = parts};

        if (pay_rule_of(q, column_int64(st, 3), &p.rule))
            g_array_append_val(q->to, p);
    }
    return ok;
}

static bool returns_read(Asking *q, int32_t county, int64_t run, GError **error)
{
    static const Sql sql = SQL("SELECT receiver,fen,stopped,reason,subject FROM pay_return WHERE "
                               "county=?1 AND run=?2 ORDER BY receiver,subject");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, run);
    while (conn_next(q->conn, st, &ok, error)) {
        const PayReturn r = {.receiver = column_int64(st, 0),
                             .subject = column_int64(st, 4),
                             .fen = column_int64(st, 1),
                             .stopped = column_int(st, 2) != 0,
                             .reason = text_of(q, st, 3)};

        g_array_append_val(q->to, r);
    }
    return ok;
}

bool store_pay_returns(Store *s, int32_t county, int64_t run, Arena *a, PayReturn **ret,
                       size_t *ret_n, GError **error)
{
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayReturn), error))
        return false;
    bool ok = returns_read(&q, county, run, error);

    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}

static int payment_order(gconstpointer a, gconstpointer b)
{
    const PayPayment *x = a, *y = b;

    if (x->receiver != y->receiver)
        return x->receiver < y->receiver ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* Those whose whole payment came back or was stopped. */
static void returned_mark(GArray *all, const PayReturn *back, size_t n)
{
    size_t k = 0;

    for (guint i = 0; n > 0 && i < all->len; i++) {
        PayPayment *p = &g_array_index(all, PayPayment, i);

        while (k < n && back[k].receiver < p->receiver)
            k++;
        p->returned =
            p->returned || (k < n && back[k].receiver == p->receiver && back[k].subject == 0);
    }
}

bool store_pay_payments(Store *s, int32_t county, int64_t run, Arena *a, PayPayment **ret,
                        size_t *ret_n, GError **error)
{
    PayReturn *back = NULL;
    size_t n_back = 0, parts = 0;
    Asking q;

    if (!store_pay_returns(s, county, run, a, &back, &n_back, error) ||
        !pay_asking_begin(&q, s, a, sizeof(PayPayment), error))
        return false;
    for (size_t i = 0; i < n_back; i++)
        parts += back[i].subject != 0;
    bool ok = conn_begin(q.conn, error) && payments_read(&q, county, run, false, error) &&
              (parts == 0 || payments_read(&q, county, run, true, error));

    if (ok) {
        if (parts > 0)
            g_array_sort(q.to, payment_order);
        returned_mark(q.to, back, n_back);
        *ret = arena_list(a, q.to, ret_n);
    }
    pay_asking_end(&q, s);
    return ok;
}

/* ---- holds --------------------------------------------------------------------------------- */

static bool holds_read(Asking *q, int32_t county, bool open_only, GError **error)
{
    static const Sql sql = SQL("SELECT " PAY_HOLD_COLUMNS " FROM pay_hold WHERE "
                               "(county=?1 OR ?1=CAST(0 AS INTEGER)) AND "
                               "(closed_seq=0 OR ?2=CAST(0 AS INTEGER)) "
                               "ORDER BY CASE WHEN closed_seq=0 THEN 0 ELSE 1 END,county,id");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, open_only);
    while (conn_next(q->conn, st, &ok, error)) {
        const PayHoldRow h = pay_hold_from(st, q->arena);

        g_array_append_val(q->to, h);
    }
    return ok;
}

bool store_pay_holds(Store *s, int32_t county, bool open_only, Arena *a, PayHoldRow **ret,
                     size_t *ret_n, GError **error)
{
    Asking q;

    if (!pay_asking_begin(&q, s, a, sizeof(PayHoldRow), error))
        return false;
    bool ok = holds_read(&q, county, open_only, error);

    if (ok)
        *ret = arena_list(a, q.to, ret_n);
    pay_asking_end(&q, s);
    return ok;
}
