/* decide_write.c — writes a run of decisions: one row per change of answer.
 * In: for some rules everybody's answers from a month on, for others those of some subjects; what
 * is due when.  Out: rows superseded and inserted, marks taken away, an entry in every county's
 * journal with the digest of what was changed.  A row that stays as it was is not touched; a run
 * that changes nothing and decides no new month leaves no trace.  Read first: subject_splice(),
 * store_write_decisions(). */
#include "store/about.h"
#include "store/decide.h"

typedef struct Deciding {
    Writing *w;
    const Store *s;
    const DecisionRun *what;
    bool further; /* months are decided that were not */
    Month first, last;
    int64_t run; /* 0: no number taken yet */
    uint64_t changed;
    /* the county and rule at hand */
    int32_t county;
    RunDigest digest;
    unsigned rule;
    int64_t number;     /* of the rule, stored */
    GArray *old, *anew; /* AnswerRow */
} Deciding;

static int64_t rule_stored(const Store *s, unsigned number)
{
    return numbering_find(s->numbering, STR("rule"), s->model->rules[number]->name);
}

/* ---- rows -------------------------------------------------------------------------------- */

static bool run_number(Deciding *d, GError **error)
{
    static const Sql sql = SQL("INSERT INTO counter(name,next) VALUES('run',2) "
                               "ON CONFLICT(name) DO UPDATE SET next=counter.next+1"),
                     read = SQL("SELECT next-1 FROM counter WHERE name='run'");
    Statement *st = NULL;

    if (d->run != 0)
        return true;
    return conn_run(d->w->conn, sql, error) && conn_statement(d->w->conn, read, &st, error) &&
           conn_number(d->w->conn, st, 0, &d->run, error);
}

static bool answer_insert(Deciding *d, const AnswerRow *a, GError **error)
{
    static const Sql sql = SQL("INSERT INTO decision(county,rule,subject,from_month,until_month,"
                               "outcome,fen,missing,run,gone) "
                               "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
    Statement *st = NULL;

    if (!run_number(d, error) || !conn_statement(d->w->conn, sql, &st, error))
        return false;
    digest_inserted(&d->digest, d->number, d->s->model->rules[d->rule]->name, a);
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->number);
    bind_int(st, 3, a->subject);
    bind_int(st, 4, a->from);
    bind_int(st, 5, a->until);
    bind_int(st, 6, a->outcome);
    bind_int(st, 7, a->amount);
    bind_int(st, 8, a->missing);
    bind_int(st, 9, d->run);
    bind_int(st, 10, SEQ_OPEN);
    return conn_done(d->w->conn, st, error);
}

static bool answer_supersede(Deciding *d, const AnswerRow *a, GError **error)
{
    static const Sql sql = SQL("UPDATE decision SET gone=?6 WHERE county=?1 AND rule=?2 "
                               "AND subject=?3 AND from_month=?4 AND run=?5 AND gone=?7");
    Statement *st = NULL;

    if (!run_number(d, error) || !conn_statement(d->w->conn, sql, &st, error))
        return false;
    digest_superseded(&d->digest, d->number, d->s->model->rules[d->rule]->name, a);
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->number);
    bind_int(st, 3, a->subject);
    bind_int(st, 4, a->from);
    bind_int(st, 5, a->run);
    bind_int(st, 6, d->run);
    bind_int(st, 7, SEQ_OPEN);
    return conn_done(d->w->conn, st, error);
}

static AnswerRow answer_from(Statement *st)
{
    return (AnswerRow){column_int64(st, 0), column_int(st, 1),   column_int(st, 2),
                       column_int(st, 3),   column_int64(st, 4), column_int64(st, 5),
                       column_int64(st, 6)};
}

/* Live rows that reach the month, or end with the one before it: all subjects', or one's. */
static bool answers_read(Deciding *d, Month from, const int64_t *subject, GError **error)
{
    static const Sql all =
        SQL("SELECT subject,from_month,until_month,outcome,fen,missing,run FROM decision "
            "WHERE county=?1 AND rule=?2 AND gone=?3 AND until_month>=?4 "
            "ORDER BY subject,from_month");
    static const Sql one =
        SQL("SELECT subject,from_month,until_month,outcome,fen,missing,run FROM decision "
            "WHERE county=?1 AND rule=?2 AND subject=?5 AND gone=?3 AND until_month>=?4 "
            "ORDER BY from_month");
    Statement *st = NULL;
    bool ok;

    g_array_set_size(d->old, 0);
    if (subject != NULL ? !conn_statement(d->w->conn, one, &st, error)
                        : !conn_scan(d->w->conn, all, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->number);
    bind_int(st, 3, SEQ_OPEN);
    bind_int(st, 4, from);
    if (subject != NULL)
        bind_int(st, 5, *subject);
    while (conn_next(d->w->conn, st, &ok, error)) {
        AnswerRow a = answer_from(st);

        g_array_append_val(d->old, a);
    }
    return ok;
}

/* ---- one subject ------------------------------------------------------------------------- */

/* What is missing, and how much it would be, is no part of a no. */
static bool same(const AnswerRow *a, const AnswerRow *b)
{
    if (a->outcome != b->outcome || a->outcome == TRUTH_NO)
        return a->outcome == b->outcome;
    return a->amount == b->amount && a->missing == b->missing;
}

/* A no that was never anything else has no row; equal answers that follow each other are one. */
static void piece_add(GArray *to, AnswerRow a)
{
    AnswerRow *last = to->len > 0 ? &g_array_index(to, AnswerRow, to->len - 1) : NULL;

    if (a.from >= a.until || (last == NULL && a.outcome == TRUTH_NO))
        return;
    if (a.outcome == TRUTH_NO)
        a.amount = a.missing = 0;
    if (last != NULL && same(last, &a))
        last->until = a.until;
    else
        g_array_append_val(to, a);
}

static void gap_add(GArray *to, int64_t subject, Month from, Month until)
{
    piece_add(to,
              (AnswerRow){.subject = subject, .from = from, .until = until, .outcome = TRUTH_NO});
}

/* The subject's answers as they stand afterwards: what was before the month, the new ones, no
 * between. */
static void pieces_make(GArray *to, const AnswerRow *old, size_t n_old, int64_t subject, Month from,
                        const DecisionRow *rows, size_t n)
{
    g_array_set_size(to, 0);
    for (size_t i = 0; i < n_old && old[i].from < from; i++) {
        AnswerRow head = old[i];

        head.until = MIN(head.until, from);
        g_array_append_val(to, head); /* a no, too: it has something before it */
    }
    for (size_t i = 0; i < n; i++) {
        AnswerRow a = {subject,
                       rows[i].from,
                       rows[i].until,
                       rows[i].outcome,
                       rows[i].amount,
                       (int64_t)rows[i].missing,
                       0};

        gap_add(to, subject, from, a.from);
        piece_add(to, a);
        from = a.until;
    }
    gap_add(to, subject, from, DATE_MAX);
}

static bool is_kept(const AnswerRow *old, const AnswerRow *piece)
{
    return old->from == piece->from && old->until == piece->until && same(old, piece);
}

/* Puts the answers `rows` from the month on in the place of what is stored (`old`: live rows that
 * reach it or the month before).  Both kinds of change in the order of months: so they are hashed.
 */
static bool subject_splice(Deciding *d, const AnswerRow *old, size_t n_old, int64_t subject,
                           Month from, const DecisionRow *rows, size_t n, GError **error)
{
    size_t i = 0, k = 0;
    bool changed = false;

    pieces_make(d->anew, old, n_old, subject, from, rows, n);
    while (i < n_old || k < d->anew->len) {
        const AnswerRow *a = i < n_old ? &old[i] : NULL;
        const AnswerRow *b = k < d->anew->len ? &g_array_index(d->anew, AnswerRow, k) : NULL;

        if (a != NULL && b != NULL && is_kept(a, b)) {
            i++;
            k++;
            continue;
        }
        changed = true;
        if (b == NULL || (a != NULL && a->from <= b->from)) {
            if (!answer_supersede(d, a, error))
                return false;
            i++;
        } else {
            if (!answer_insert(d, b, error))
                return false;
            k++;
        }
    }
    d->changed += changed;
    return true;
}

/* ---- one rule in one county -------------------------------------------------------------- */

/* What was handed over about one rule and county. */
typedef struct Handed {
    const DecisionRow *rows;
    size_t n_rows;
    const DecisionPair *pairs;
    size_t n_pairs;
    bool whole; /* everybody, from a month on */
    Month from;
} Handed;

static size_t old_of(const Deciding *d, size_t at)
{
    const AnswerRow *a = (const AnswerRow *)(const void *)d->old->data;
    size_t n = 0;

    while (at + n < d->old->len && a[at + n].subject == a[at].subject)
        n++;
    return n;
}

static size_t rows_of(const Handed *h, size_t at)
{
    size_t n = 0;

    while (at + n < h->n_rows && h->rows[at + n].subject.id == h->rows[at].subject.id)
        n++;
    return n;
}

/* Everybody: those with rows and those with new answers, by subject. */
static bool whole_splice(Deciding *d, const Handed *h, Month least, GError **error)
{
    size_t i = 0, j = 0, p = 0;

    if (!answers_read(d, least, NULL, error))
        return false;
    while (i < d->old->len || j < h->n_rows) {
        const AnswerRow *old = (const AnswerRow *)(const void *)d->old->data + i;
        bool has_old = i < d->old->len && (j == h->n_rows || old->subject <= h->rows[j].subject.id);
        int64_t subject = has_old ? old->subject : h->rows[j].subject.id;
        size_t n_old = has_old ? old_of(d, i) : 0, n = 0, skip = 0;
        Month from = h->from;

        while (p < h->n_pairs && h->pairs[p].subject.id < subject)
            p++;
        if (p < h->n_pairs && h->pairs[p].subject.id == subject)
            from = MIN(from, h->pairs[p].from);
        if (j < h->n_rows && h->rows[j].subject.id == subject)
            n = rows_of(h, j);
        while (skip < n_old && old[skip].until < from)
            skip++;
        if (!subject_splice(d, old + skip, n_old - skip, subject, from, h->rows + j, n, error))
            return false;
        i += n_old;
        j += n;
    }
    return true;
}

static bool pairs_splice(Deciding *d, const Handed *h, GError **error)
{
    size_t j = 0;

    for (size_t p = 0; p < h->n_pairs; p++) {
        const DecisionPair *x = &h->pairs[p];
        size_t n = 0;

        while (j < h->n_rows && h->rows[j].subject.id < x->subject.id)
            j++;
        if (j < h->n_rows && h->rows[j].subject.id == x->subject.id)
            n = rows_of(h, j);
        if (!answers_read(d, x->from, &x->subject.id, error) ||
            !subject_splice(d, (const AnswerRow *)(const void *)d->old->data, d->old->len,
                            x->subject.id, x->from, h->rows + j, n, error))
            return false;
    }
    return true;
}

/* ---- the calendar ------------------------------------------------------------------------ */

static bool due_clear(Deciding *d, const int64_t *subject, GError **error)
{
    static const Sql all = SQL("DELETE FROM due WHERE county=?1 AND rule=?2"),
                     one = SQL("DELETE FROM due WHERE county=?1 AND rule=?2 AND subject=?3");
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, subject != NULL ? one : all, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->number);
    if (subject != NULL)
        bind_int(st, 3, *subject);
    return conn_done(d->w->conn, st, error);
}

static bool due_insert(Deciding *d, const DueRow *x, GError **error)
{
    static const Sql sql = SQL("INSERT INTO due(county,rule,subject,day) VALUES(?1,?2,?3,?4)");
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->number);
    bind_int(st, 3, x->subject.id);
    bind_int(st, 4, x->day);
    return conn_done(d->w->conn, st, error);
}

static int key_order(unsigned rule, RecordKey a, unsigned other, RecordKey b)
{
    if (rule != other)
        return rule < other ? -1 : 1;
    if (a.county != b.county)
        return a.county < b.county ? -1 : 1;
    return a.id < b.id ? -1 : a.id > b.id;
}

/* Those of the rule and county at hand. */
#define SECTION(list, total, at, n)                                                                \
    do {                                                                                           \
        size_t low = 0, high = (total);                                                            \
        const RecordKey least = {d->county, INT64_MIN};                                            \
        while (low < high) {                                                                       \
            size_t middle = (low + high) / 2;                                                      \
            if (key_order((list)[middle].rule, (list)[middle].subject, d->rule, least) < 0)        \
                low = middle + 1;                                                                  \
            else                                                                                   \
                high = middle;                                                                     \
        }                                                                                          \
        *(at) = (list) + low;                                                                      \
        *(n) = low;                                                                                \
        while (*(n) < (total) && (list)[*(n)].rule == d->rule &&                                   \
               (list)[*(n)].subject.county == d->county)                                           \
            ++*(n);                                                                                \
        *(n) -= low;                                                                               \
    } while (0)

static bool dues_write(Deciding *d, const Handed *h, GError **error)
{
    const DueRow *dues;
    size_t n;

    SECTION(d->what->dues, d->what->n_dues, &dues, &n);
    if (h->whole && !due_clear(d, NULL, error))
        return false;
    for (size_t i = 0; !h->whole && i < h->n_pairs; i++) {
        if (!due_clear(d, &h->pairs[i].subject.id, error))
            return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!due_insert(d, &dues[i], error))
            return false;
    }
    return true;
}

/* ---- a county ---------------------------------------------------------------------------- */

static Handed handed_of(const Deciding *d)
{
    const DecisionRun *r = d->what;
    Handed h = {0};

    SECTION(r->rows, r->n_rows, &h.rows, &h.n_rows);
    SECTION(r->pairs, r->n_pairs, &h.pairs, &h.n_pairs);
    for (size_t i = 0; i < r->n_whole; i++) {
        if (r->whole[i].rule != d->rule)
            continue;
        h.whole = true;
        h.from = r->whole[i].from;
    }
    return h;
}

static bool rule_decide(Deciding *d, GError **error)
{
    Handed h = handed_of(d);
    Month least = h.from;

    if (!h.whole)
        return pairs_splice(d, &h, error) && dues_write(d, &h, error);
    for (size_t i = 0; i < h.n_pairs; i++)
        least = MIN(least, h.pairs[i].from);
    return whole_splice(d, &h, least, error) && dues_write(d, &h, error);
}

static bool run_insert(Deciding *d, int64_t known, GError **error)
{
    static const Sql sql = SQL("INSERT INTO run(county,id,kind,first_month,month,policy,engine,seq,"
                               "at) VALUES(?1,?2,'decide',?3,?4,?5,?6,?7,?8)");
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, d->run);
    bind_int(st, 3, d->first);
    bind_int(st, 4, d->last);
    bind_int(st, 5, d->s->policy);
    bind_str(st, 6, STR(ENGINE));
    bind_int(st, 7, known);
    bind_int(st, 8, d->w->at);
    return conn_done(d->w->conn, st, error);
}

static int64_t known_of(const DecisionRun *r, int32_t county)
{
    for (size_t i = 0; i < r->n_known; i++) {
        if (r->known[i].county == county)
            return r->known[i].seq;
    }
    return 0;
}

static bool run_entry(Deciding *d, RunSaid *said, GError **error)
{
    Head *h = writing_head(d->w, d->county, error);
    Entry e = {
        .actor = d->what->actor, .via = d->what->via, .kind = str_of(change_word(CHANGE_DECIDE))};
    char first[DATE_TEXT], last[DATE_TEXT];
    g_autofree char *reason = NULL;

    if (h == NULL)
        return false;
    reason = g_strdup_printf("run %" G_GINT64_FORMAT " decided %s..%s: %" G_GUINT64_FORMAT
                             " answers new, %" G_GUINT64_FORMAT " superseded",
                             d->run, month_format(d->first, first), month_format(d->last, last),
                             said->inserted, said->superseded);
    body_begin(&d->w->body, CHANGE_DECIDE, str_of(reason), 0);
    body_run(&d->w->body, said);
    return writing_append(d->w, h, &e, error);
}

/* The run's row and entry: in every county, what it changed there or not. */
static bool run_close(Deciding *d, GError **error)
{
    RunSaid said = {.inserted = d->digest.inserted, .superseded = d->digest.superseded};

    said.seq = known_of(d->what, d->county);
    said.policy = d->s->policy;
    said.first = d->first;
    said.last = d->last;
    digest_end(&d->digest, said.digest);
    if (d->run == 0 && !d->further)
        return true;
    if (!run_number(d, error))
        return false;
    said.run = d->run;
    return run_insert(d, said.seq, error) && run_entry(d, &said, error);
}

static bool marks_clear(Deciding *d, GError **error)
{
    static const Sql sql = SQL("DELETE FROM stale WHERE county=?1 AND seq<=?2");
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->county);
    bind_int(st, 2, known_of(d->what, d->county));
    return conn_done(d->w->conn, st, error);
}

static bool county_decide(Deciding *d, const unsigned *rules, size_t n_rules, GError **error)
{
    for (size_t i = 0; i < n_rules; i++) {
        d->rule = rules[i];
        d->number = rule_stored(d->s, rules[i]);
        if (!rule_decide(d, error))
            return false;
    }
    return marks_clear(d, error);
}

/* ---- a run ------------------------------------------------------------------------------- */

typedef struct Numbered {
    unsigned rule;
    int64_t number;
} Numbered;

static int number_order(gconstpointer a, gconstpointer b)
{
    const Numbered *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static void rule_collect(const Deciding *d, uint8_t *seen, unsigned rule, GArray *to)
{
    Numbered x = {rule, rule_stored(d->s, rule)};

    if (seen[rule] != 0)
        return;
    seen[rule] = 1;
    g_array_append_val(to, x);
}

/* Rules that are decided about, in the order of their stored numbers. */
static unsigned *rules_of(const Deciding *d, size_t *ret_n)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Numbered));
    g_autofree uint8_t *seen = g_new0(uint8_t, d->s->model->n_rules + 1);

    for (size_t i = 0; i < d->what->n_whole; i++)
        rule_collect(d, seen, d->what->whole[i].rule, all);
    for (size_t i = 0; i < d->what->n_pairs; i++)
        rule_collect(d, seen, d->what->pairs[i].rule, all);
    g_array_sort(all, number_order);
    unsigned *rules = g_new(unsigned, all->len + 1);

    for (guint i = 0; i < all->len; i++)
        rules[i] = g_array_index(all, Numbered, i).rule;
    *ret_n = all->len;
    return rules;
}

static bool rule_check(const Store *s, unsigned rule, GError **error)
{
    if (rule < s->model->n_rules && rule_stored(s, rule) >= 0)
        return true;
    return fail(error, FAIL_USAGE, "there is no rule number %u", rule);
}

/* Answers about what another node keeps are left to it. */
static bool county_check(Writing *w, int32_t county, GError **error)
{
    for (guint i = 0; i < w->counties->len; i++) {
        if (g_array_index(w->counties, int32_t, i) == county)
            return true;
    }
    bool copy = false;

    return writing_is_copy(w, county, &copy, error) &&
           (copy || fail(error, FAIL_USAGE, "an answer is about a county without records"));
}

static bool handed_check(const Deciding *d, GError **error)
{
    const DecisionRun *r = d->what;

    for (size_t i = 0; i < r->n_whole; i++) {
        if (!rule_check(d->s, r->whole[i].rule, error))
            return false;
    }
    for (size_t i = 0; i < r->n_pairs; i++) {
        if (!rule_check(d->s, r->pairs[i].rule, error) ||
            !county_check(d->w, r->pairs[i].subject.county, error))
            return false;
    }
    for (size_t i = 0; i < r->n_rows; i++) {
        if (!rule_check(d->s, r->rows[i].rule, error) ||
            !county_check(d->w, r->rows[i].subject.county, error))
            return false;
        if (i > 0 && key_order(r->rows[i - 1].rule, r->rows[i - 1].subject, r->rows[i].rule,
                               r->rows[i].subject) > 0)
            return fail(error, FAIL_USAGE, "answers are not in order");
    }
    return true;
}

/* Nobody decided, and nobody put another policy in force, since the state was read. */
static bool state_check(Deciding *d, GError **error)
{
    static const Sql sql = SQL("SELECT max(id) FROM run"),
                     months = SQL("SELECT min(first_month),max(month) FROM run");
    Statement *st = NULL;
    int64_t base = 0, policy = 0;
    uint8_t hash[32];
    bool row = false;

    if (!conn_statement(d->w->conn, sql, &st, error) ||
        !conn_number(d->w->conn, st, 0, &base, error) ||
        !policy_now(d->w->conn, &policy, hash, error))
        return false;
    if (base != d->what->base)
        return fail(error, FAIL_CONFLICT, "somebody else decided meanwhile: decide again");
    if (policy != d->s->policy)
        return fail(error, FAIL_CONFLICT, "another policy was put in force meanwhile: start again");
    d->first = d->what->first;
    d->last = d->what->last;
    d->further = base == 0;
    if (base == 0)
        return true;
    if (!conn_statement(d->w->conn, months, &st, error) || !conn_step(d->w->conn, st, &row, error))
        return false;
    d->further = column_int(st, 0) > d->first || column_int(st, 1) < d->last;
    d->first = MIN(d->first, column_int(st, 0));
    d->last = MAX(d->last, column_int(st, 1));
    statement_reset(st);
    return true;
}

static bool rule_marks_clear(Deciding *d, GError **error)
{
    static const Sql sql = SQL("DELETE FROM stale_rule WHERE version<=?1");
    Statement *st = NULL;

    if (!conn_statement(d->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->s->policy);
    return conn_done(d->w->conn, st, error);
}

/* All counties first: whether there is a run at all shows in the last of them. */
static bool counties_decide(Deciding *d, const unsigned *rules, size_t n_rules, GError **error)
{
    guint n = d->w->counties->len;
    g_autofree RunDigest *digests = g_new0(RunDigest, n + 1);
    bool ok = true;

    for (guint i = 0; i < n; i++) {
        d->county = g_array_index(d->w->counties, int32_t, i);
        digest_begin(&d->digest);
        ok = ok && county_decide(d, rules, n_rules, error);
        digests[i] = d->digest;
    }
    for (guint i = 0; i < n; i++) {
        uint8_t unused[SM3_SIZE];

        d->county = g_array_index(d->w->counties, int32_t, i);
        d->digest = digests[i];
        if (ok)
            ok = run_close(d, error);
        else
            digest_end(&d->digest, unused);
    }
    return ok;
}

/* Facts that a server showed and lost decide nothing. */
static bool facts_check(Deciding *d, GError **error)
{
    int32_t other = 0;

    if (!journals_hold(d->w->conn, d->what->known, d->what->n_known, &other, error))
        return false;
    return other == 0 || fail(error, FAIL_BUSY,
                              "the database ended and lost entries of county %d that had not been "
                              "acknowledged, and it was decided by them: nothing was written, try "
                              "again",
                              other);
}

static bool decide_all(Deciding *d, GError **error)
{
    size_t n_rules = 0;
    g_autofree unsigned *rules = NULL;

    if (!facts_check(d, error) || !handed_check(d, error) || !state_check(d, error))
        return false;
    rules = rules_of(d, &n_rules);
    return counties_decide(d, rules, n_rules, error) && rule_marks_clear(d, error);
}

/* Counties that another node keeps are decided there. */
static bool copies_leave(Writing *w, GError **error)
{
    for (guint i = w->counties->len; i > 0; i--) {
        bool copy = false;

        if (!writing_is_copy(w, g_array_index(w->counties, int32_t, i - 1), &copy, error))
            return false;
        if (copy)
            g_array_remove_index(w->counties, i - 1);
    }
    return true;
}

bool store_write_decisions(Store *s, const DecisionRun *run, DecisionAnswer *ret, GError **error)
{
    Deciding d = {.w = s->work, .s = s, .what = run};
    bool ok = false;

    d.old = g_array_new(FALSE, FALSE, sizeof(AnswerRow));
    d.anew = g_array_new(FALSE, FALSE, sizeof(AnswerRow));
    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && (!copies_leave(s->work, error) || !writing_lock(s->work, s->work->counties, error) ||
               !decide_all(&d, error))) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    if (ok)
        *ret = (DecisionAnswer){d.run, d.changed, d.run != 0 ? s->work->counties->len : 0};
    g_mutex_unlock(&s->writing);
    g_array_unref(d.old);
    g_array_unref(d.anew);
    return ok;
}
