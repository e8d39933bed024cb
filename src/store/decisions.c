/* decisions.c — answers of rules: one row per change of answer.
 * Derived data: no journal.  A superseded row gets the number of the run that superseded it in
 * `gone`; what remains of its months is inserted again with the run that decided them.
 * Read first: subject_decide(), sqlite_write_decisions(). */
#include "store/writing.h"

#define ENGINE "anlao 1"

typedef struct Deciding {
    Writing *w;
    const SqliteStore *s;
    Month month;
    int64_t run, rule; /* rule: stored number */
    int32_t county;
    uint64_t changed;
} Deciding;

typedef struct Answer { /* a live row */
    int64_t subject;
    Month from, until;
    int outcome;
    int64_t amount, missing, run;
} Answer;

static int64_t rule_stored(const SqliteStore *s, unsigned number)
{
    return numbering_find(s->numbering, STR("rule"), s->base.model->rules[number]->name);
}

/* ---- rows -------------------------------------------------------------------------------- */

static bool answer_insert(Deciding *d, const Answer *a, GError **error)
{
    static const Sql sql = SQL("INSERT INTO decision(county,rule,subject,from_month,until_month,"
                               "outcome,fen,missing,run,gone) "
                               "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
    sqlite3_stmt *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->rule);
    bind_int(st, 3, a->subject);
    bind_int(st, 4, a->from);
    bind_int(st, 5, a->until);
    bind_int(st, 6, a->outcome);
    bind_int(st, 7, a->amount);
    bind_int(st, 8, a->missing);
    bind_int(st, 9, a->run);
    bind_int(st, 10, SEQ_OPEN);
    return conn_done(d->w->conn, st, error);
}

static bool answer_supersede(Deciding *d, const Answer *a, GError **error)
{
    static const Sql sql = SQL("UPDATE decision SET gone=?6 WHERE county=?1 AND rule=?2 "
                               "AND subject=?3 AND from_month=?4 AND run=?5 AND gone=?7");
    sqlite3_stmt *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->rule);
    bind_int(st, 3, a->subject);
    bind_int(st, 4, a->from);
    bind_int(st, 5, a->run);
    bind_int(st, 6, d->run);
    bind_int(st, 7, SEQ_OPEN);
    return conn_done(d->w->conn, st, error);
}

static bool answers_read(Deciding *d, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT subject,from_month,until_month,outcome,fen,missing,run FROM decision "
            "WHERE county=?1 AND rule=?2 AND gone=?3 AND until_month>?4 "
            "ORDER BY subject,from_month");
    sqlite3_stmt *st = NULL;
    bool row = false;

    g_array_set_size(to, 0);
    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->rule);
    bind_int(st, 3, SEQ_OPEN);
    bind_int(st, 4, d->month);
    for (;;) {
        if (!conn_step(d->w->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        Answer a = {sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1),
                    sqlite3_column_int(st, 2),   sqlite3_column_int(st, 3),
                    sqlite3_column_int64(st, 4), sqlite3_column_int64(st, 5),
                    sqlite3_column_int64(st, 6)};

        g_array_append_val(to, a);
    }
}

/* ---- one subject ------------------------------------------------------------------------- */

static bool same(const Answer *a, const DecisionRow *b)
{
    int outcome = b != NULL ? b->outcome : TRUTH_NO;

    if (a->outcome != outcome || outcome == TRUTH_NO)
        return a->outcome == outcome;
    return a->amount == b->amount && a->missing == (int64_t)b->missing;
}

/* Replaces the subject's live rows `old` (those that reach the month or later) by the answer `now`
 * (NULL: no) from the month on. */
static bool subject_decide(Deciding *d, const Answer *old, size_t n_old, int64_t subject,
                           const DecisionRow *now, GError **error)
{
    Answer fresh = {subject, d->month, DATE_MAX, TRUTH_NO, 0, 0, d->run};
    bool was = false;

    if (n_old == 1 && old->from <= d->month && old->until == DATE_MAX && same(old, now))
        return true;
    if (now != NULL) {
        fresh.outcome = now->outcome;
        fresh.amount = now->amount;
        fresh.missing = (int64_t)now->missing;
    }
    if (n_old == 0 && fresh.outcome == TRUTH_NO)
        return true;
    for (size_t i = 0; i < n_old; i++) {
        Answer before = old[i];

        if (!answer_supersede(d, &before, error))
            return false;
        if (before.from >= d->month)
            continue;
        before.until = d->month;
        was = true;
        if (!answer_insert(d, &before, error))
            return false;
    }
    d->changed++;
    /* A no that was never anything else has no row. */
    return (fresh.outcome == TRUTH_NO && !was) || answer_insert(d, &fresh, error);
}

static size_t same_subject(const GArray *old, size_t from)
{
    const Answer *a = (const Answer *)(const void *)old->data;
    size_t to = from + 1;

    while (to < old->len && a[to].subject == a[from].subject)
        to++;
    return to - from;
}

/* Merges the live rows of one rule and county with the new answers, both by subject. */
static bool county_decide(Deciding *d, const GArray *old, const DecisionRow *rows, size_t n,
                          GError **error)
{
    const Answer *a = (const Answer *)(const void *)old->data;
    size_t i = 0, j = 0;

    while (i < old->len || j < n) {
        bool has_old = i < old->len && (j == n || a[i].subject <= rows[j].subject.id);
        bool has_new = j < n && (i >= old->len || rows[j].subject.id <= a[i].subject);
        size_t many = has_old ? same_subject(old, i) : 0;
        int64_t subject = has_old ? a[i].subject : rows[j].subject.id;

        if (!subject_decide(d, has_old ? a + i : NULL, many, subject, has_new ? rows + j : NULL,
                            error))
            return false;
        i += many;
        j += has_new;
    }
    return true;
}

/* ---- a run ------------------------------------------------------------------------------- */

static bool run_number(Writing *w, int64_t *ret, GError **error)
{
    static const Sql sql = SQL("INSERT INTO counter(name,next) VALUES('run',2) "
                               "ON CONFLICT(name) DO UPDATE SET next=next+1"),
                     read = SQL("SELECT next-1 FROM counter WHERE name='run'");
    sqlite3_stmt *st = NULL;

    return conn_run(w->conn, sql, error) && conn_statement(w->conn, read, &st, error) &&
           conn_number(w->conn, st, 0, ret, error);
}

static bool run_write(Deciding *d, GError **error)
{
    static const Sql sql = SQL("INSERT INTO run(county,id,kind,month,policy,engine,seq,at) "
                               "VALUES(?1,?2,'decide',?3,?4,?5,?6,?7)");
    const Head *h = writing_head(d->w, d->county, error);
    sqlite3_stmt *st = NULL;

    if (h == NULL || !conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->run);
    bind_int(st, 3, d->month);
    bind_int(st, 4, d->s->policy);
    bind_str(st, 5, STR(ENGINE));
    bind_int(st, 6, h->seq);
    bind_int(st, 7, d->w->at);
    return conn_done(d->w->conn, st, error);
}

static int row_order(const void *a, const void *b)
{
    const DecisionRow *x = a, *y = b;

    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->subject.county != y->subject.county)
        return x->subject.county < y->subject.county ? -1 : 1;
    return x->subject.id < y->subject.id ? -1 : x->subject.id > y->subject.id;
}

static DecisionRow *rows_sorted(const DecisionRow *rows, size_t n)
{
    DecisionRow *sorted = g_memdup2(rows, n * sizeof *rows);

    for (size_t i = 1; i < n; i++) {
        if (row_order(&sorted[i - 1], &sorted[i]) > 0) {
            qsort(sorted, n, sizeof *sorted, row_order);
            break;
        }
    }
    return sorted;
}

/* The rows of one rule and county. */
static const DecisionRow *rows_of(const DecisionRow *rows, size_t n, unsigned rule, int32_t county,
                                  size_t *ret_n)
{
    size_t low = 0, high = n, end = 0;
    const DecisionRow key = {.rule = rule, .subject = {county, INT64_MIN}};

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (row_order(&rows[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    end = low;
    while (end < n && rows[end].rule == rule && rows[end].subject.county == county)
        end++;
    *ret_n = end - low;
    return rows + low;
}

static bool decide_county(Deciding *d, const DecisionRow *rows, size_t n, const unsigned *rules,
                          size_t n_rules, GError **error)
{
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(Answer));

    if (!run_write(d, error))
        return false;
    for (size_t i = 0; i < n_rules; i++) {
        size_t many = 0;
        const DecisionRow *own = rows_of(rows, n, rules[i], d->county, &many);

        d->rule = rule_stored(d->s, rules[i]);
        if (!answers_read(d, old, error) || !county_decide(d, old, own, many, error))
            return false;
    }
    return true;
}

static bool rows_check(const SqliteStore *s, const DecisionRow *rows, size_t n,
                       const unsigned *rules, size_t n_rules, GError **error)
{
    const Writing *w = s->work;

    for (size_t i = 0; i < n_rules; i++) {
        if (rules[i] >= s->base.model->n_rules || rule_stored(s, rules[i]) < 0)
            return fail(error, FAIL_USAGE, "there is no rule number %u", rules[i]);
    }
    for (size_t i = 0; i < n; i++) {
        bool there = false;

        if (i > 0 && rows[i].subject.county == rows[i - 1].subject.county)
            continue;
        for (guint j = 0; j < w->counties->len; j++)
            there = there || g_array_index(w->counties, int32_t, j) == rows[i].subject.county;
        if (!there)
            return fail(error, FAIL_USAGE, "an answer is about a county without records");
    }
    return true;
}

static bool decide_all(Deciding *d, const DecisionRow *rows, size_t n, const unsigned *rules,
                       size_t n_rules, GError **error)
{
    if (!rows_check(d->s, rows, n, rules, n_rules, error) || !run_number(d->w, &d->run, error))
        return false;
    for (guint i = 0; i < d->w->counties->len; i++) {
        d->county = g_array_index(d->w->counties, int32_t, i);
        if (!decide_county(d, rows, n, rules, n_rules, error))
            return false;
    }
    return true;
}

bool sqlite_write_decisions(Store *store, Month month, const DecisionRow *rows, size_t n,
                            const unsigned *rules, size_t n_rules, uint64_t *ret_changed,
                            GError **error)
{
    SqliteStore *s = SQLITE_STORE(store);
    Deciding d = {.w = s->work, .s = s, .month = month};
    g_autofree DecisionRow *sorted = rows_sorted(rows, n);
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && !decide_all(&d, sorted, n, rules, n_rules, error)) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    if (ok && ret_changed != NULL)
        *ret_changed = d.changed;
    return ok;
}

/* ---- reading ----------------------------------------------------------------------------- */

typedef struct Asking {
    const SqliteStore *s;
    Conn *conn;
    Month month;
    const RecordKey *subject;
    int *rules; /* stored number → number in the Model, -1 */
    int64_t n_rules;
    GArray *to;
} Asking;

static void rules_map(Asking *q, Arena *a)
{
    const Model *m = q->s->base.model;

    for (size_t i = 0; i < m->n_rules; i++)
        q->n_rules = MAX(q->n_rules, rule_stored(q->s, (unsigned)i) + 1);
    q->rules = arena_many(a, int, (size_t)q->n_rules + 1);
    for (int64_t i = 0; i < q->n_rules; i++)
        q->rules[i] = -1;
    for (size_t i = 0; i < m->n_rules; i++) {
        int64_t stored = rule_stored(q->s, (unsigned)i);

        if (stored >= 0)
            q->rules[stored] = (int)i;
    }
}

static bool decisions_step(Asking *q, sqlite3_stmt *st, int32_t county, GError **error)
{
    bool row = false;

    for (;;) {
        if (!conn_step(q->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        int64_t rule = sqlite3_column_int64(st, 0);

        if (rule < 0 || rule >= q->n_rules || q->rules[rule] < 0)
            continue; /* of an earlier policy */
        DecisionRow d = {(unsigned)q->rules[rule],
                         {county, sqlite3_column_int64(st, 1)},
                         sqlite3_column_int(st, 2),
                         sqlite3_column_int(st, 3),
                         (uint8_t)sqlite3_column_int(st, 4),
                         sqlite3_column_int64(st, 5),
                         (uint64_t)sqlite3_column_int64(st, 6)};

        g_array_append_val(q->to, d);
    }
}

static bool county_all(Asking *q, int32_t county, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,from_month,until_month,outcome,fen,missing FROM decision "
            "WHERE county=?1 AND gone=?2 AND from_month<=?3 AND until_month>?3 "
            "ORDER BY rule,subject,from_month");
    sqlite3_stmt *st = NULL;

    if (!conn_statement(q->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, SEQ_OPEN);
    bind_int(st, 3, q->month);
    return decisions_step(q, st, county, error);
}

static bool county_subject(Asking *q, int32_t county, GError **error)
{
    static const Sql sql =
        SQL("SELECT rule,subject,from_month,until_month,outcome,fen,missing FROM decision "
            "WHERE county=?1 AND rule=?4 AND subject=?5 AND gone=?2 AND from_month<=?3 "
            "AND until_month>?3 ORDER BY from_month");
    sqlite3_stmt *st = NULL;

    for (int64_t rule = 0; rule < q->n_rules; rule++) {
        if (q->rules[rule] < 0)
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

static bool ask(Asking *q, GError **error)
{
    static const Sql begin = SQL("BEGIN");
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));

    q->conn->deadline = 0; /* a million answers are not a page */
    if (!conn_run(q->conn, begin, error) || !counties_of(q->conn, counties, error))
        return false;
    for (guint i = 0; i < counties->len; i++) {
        int32_t county = g_array_index(counties, int32_t, i);

        if (q->subject != NULL && q->subject->county != 0 && q->subject->county != county)
            continue;
        if (!(q->subject != NULL ? county_subject : county_all)(q, county, error))
            return false;
    }
    return true;
}

bool sqlite_decisions(Store *store, Month month, const RecordKey *subject, Arena *a,
                      DecisionRow **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(DecisionRow));
    SqliteStore *s = SQLITE_STORE(store);
    Asking q = {.s = s, .month = month, .subject = subject, .to = to};
    bool ok = reader_take(s, &q.conn, error);

    if (!ok)
        return false;
    rules_map(&q, a);
    ok = ask(&q, error);
    reader_give(s, q.conn);
    if (ok) {
        *ret_n = to->len;
        *ret = arena_many(a, DecisionRow, to->len + 1);
        if (to->len > 0)
            memcpy(*ret, to->data, to->len * sizeof **ret);
    }
    return ok;
}

bool sqlite_decided_month(Store *store, bool *ret_any, Month *ret_month, int64_t *ret_watermark,
                          GError **error)
{
    static const Sql sql = SQL("SELECT month FROM run WHERE kind='decide' "
                               "ORDER BY id DESC,county LIMIT 1"),
                     at = SQL("SELECT sum(seq) FROM run WHERE kind='decide' AND id="
                              "(SELECT max(id) FROM run WHERE kind='decide')");
    SqliteStore *s = SQLITE_STORE(store);
    sqlite3_stmt *st = NULL;
    int64_t month = INT64_MIN;
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = conn_statement(c, sql, &st, error) && conn_number(c, st, INT64_MIN, &month, error) &&
         conn_statement(c, at, &st, error) && conn_number(c, st, 0, ret_watermark, error);
    reader_give(s, c);
    if (ok) {
        *ret_any = month != INT64_MIN;
        *ret_month = *ret_any ? (Month)month : 0;
    }
    return ok;
}
