/* oracle_rows.c — aggregates as the semantics say them: every way of filling the unknowns is tried
 * where that is what the rule says.  See oracle.h. */
#include "oracle_inside.h"

typedef struct Row {
    Truth counts, above; /* above: the line of a share */
    Lacks why, unsure;
    Seen value, on;
} Row;

/* Whether a row that only may count could change what the sure rows give. */
static bool row_moves(const Aggregate *g, const Row *r, int64_t sure, bool any, int64_t best)
{
    if (g->kind == AGGREGATE_SUM)
        return !r->value.known || r->value.value != 0;
    return sure == 0 || !r->value.known || !any ||
           (g->kind == AGGREGATE_MIN ? r->value.value < best : r->value.value > best);
}

/* Every way of filling: rows that only may count are in or out; unknown values are anything. */
static Seen fold_rows(const At *at, const Expr *e, const Row *rows, size_t n)
{
    const Aggregate *g = e->aggregate;
    Seen none = g->otherwise != NULL ? oracle_worth(at, g->otherwise)
                                     : unknown(one(oracle_id(at->o->m, INPUT_RECORDS, g->of)));
    int64_t sure = 0, maybe = 0, best = 0;
    bool open = false, any = false;
    Lacks why = {{0}}, doubt = {{0}};

    for (size_t i = 0; i < n; i++) {
        const Row *r = &rows[i];

        if (r->counts != TRUTH_YES) {
            maybe++;
            why = join(why, r->why);
            continue;
        }
        sure++;
        if (g->value == NULL)
            continue;
        if (!r->value.known) {
            open = true;
            doubt = join(doubt, r->value.lacks);
        } else if (g->kind == AGGREGATE_SUM) {
            best += r->value.value;
        } else {
            best = !any                       ? r->value.value
                   : g->kind == AGGREGATE_MIN ? MIN(best, r->value.value)
                                              : MAX(best, r->value.value);
            any = true;
        }
    }
    if (g->kind == AGGREGATE_COUNT)
        return maybe == 0 ? known(sure) : unknown(why);
    if (g->kind == AGGREGATE_EXISTS)
        return sure > 0 ? holds(true) : maybe == 0 ? holds(false) : doubtful(at, why);
    if (g->kind != AGGREGATE_SUM && sure == 0 && maybe == 0)
        return none;
    bool same = !open && (sure > 0 || g->kind == AGGREGATE_SUM || none.known);

    if (g->kind != AGGREGATE_SUM && sure == 0) {
        doubt = join(doubt, none.lacks);
        best = none.value;
    }
    for (size_t i = 0; i < n; i++) {
        const Row *r = &rows[i];
        if (r->counts == TRUTH_YES || !row_moves(g, r, sure, any, best))
            continue;
        if (sure > 0 || g->kind == AGGREGATE_SUM || !r->value.known || r->value.value != best)
            same = false;
        doubt = join(doubt, join(r->why, r->value.lacks));
    }
    return same ? known(best) : unknown(doubt);
}

static Seen latest_row(const At *at, const Expr *e, const Row *rows, size_t n)
{
    const Aggregate *g = e->aggregate;
    const Row *last = NULL;
    Lacks doubt = {{0}};
    bool unclear = false;

    for (size_t i = 0; i < n; i++) {
        if (rows[i].counts == TRUTH_YES && rows[i].on.known &&
            (last == NULL || rows[i].on.value > last->on.value))
            last = &rows[i];
    }
    for (size_t i = 0; i < n; i++) {
        const Row *r = &rows[i];

        if (r == last)
            continue;
        if (last != NULL && r->on.known &&
            (r->on.value < last->on.value ||
             (r->on.value == last->on.value && r->value.known && last->value.known &&
              r->value.value == last->value.value)))
            continue;
        unclear = true;
        doubt = join(doubt, join(r->why, join(r->value.lacks, r->on.lacks)));
        if (r->counts == TRUTH_YES && r->on.known) /* two of one day */
            doubt = join(doubt, join(last->value.lacks,
                                     one(oracle_id(at->o->m, INPUT_FIELD, g->of->event_day))));
    }
    if (unclear)
        return unknown(doubt);
    if (last != NULL)
        return last->value;
    return g->otherwise != NULL ? oracle_worth(at, g->otherwise)
                                : unknown(one(oracle_id(at->o->m, INPUT_RECORDS, g->of)));
}

/* Days of one calendar month, quarter or year are told apart by its number. */
static int period_of(Date day, int months)
{
    Ymd ymd = date_ymd(day);

    return (ymd.year * 12 + ymd.month - 1) / months;
}

/* Semantics 9: what has not happened yet on the day does not count. */
static Seen in_period(const At *in, const Aggregate *g, Seen there)
{
    Seen on, happened;

    if (g->period == AGGREGATE_ALWAYS)
        return there;
    on = oracle_field(in, g->of->event_day);
    happened = on.known ? holds(on.value <= in->day && period_of((Date)on.value, (int)g->period) ==
                                                           period_of(in->day, (int)g->period))
                        : truth(TRUTH_UNKNOWN, on.lacks);
    return truth(truth_and((Truth)there.value, (Truth)happened.value),
                 join(there.lacks, happened.lacks));
}

/* Whose records they are: those that refer to this one, or to the one it leads to. */
static Seen referred(const At *at, const Aggregate *g)
{
    return g->to != NULL ? oracle_see(at, g->to) : known((int64_t)at->row);
}

/* Semantics 45: another claim is looked at on its own day. */
static Date own_day(const At *in, const Aggregate *g)
{
    Seen own = g->at != NULL ? oracle_field(in, g->at) : known(in->day);

    return own.known ? (Date)own.value : in->day;
}

static size_t list_rows(const At *at, const Expr *e, Row *rows)
{
    const Aggregate *g = e->aggregate;
    const Batch *b = at->o->d->batches[g->of->number];
    Seen target = referred(at, g);
    size_t n = 0;

    for (size_t i = 0; b != NULL && i < b->rows; i++) {
        At in = {.o = at->o, .entity = g->of, .row = i, .day = at->day, .outer = at};
        Seen ref = oracle_field(&in, g->by), there, where = holds(true);
        Row *r = &rows[n];

        if (!ref.known || ref.value != target.value)
            continue;
        in.day = own_day(&in, g);
        there = in_period(&in, g, oracle_present(&in));
        r->above = TRUTH_YES;
        r->unsure = (Lacks){{0}};
        if (g->kind == AGGREGATE_SHARE) {
            Seen above = oracle_truth(&in, g->where);

            r->above = (Truth)above.value;
            r->unsure = above.lacks;
        }
        if ((g->kind == AGGREGATE_SHARE ? g->base : g->where) != NULL)
            where = oracle_truth(&in, g->kind == AGGREGATE_SHARE ? g->base : g->where);
        r->counts = truth_and((Truth)there.value, (Truth)where.value);
        r->why = join(there.lacks, where.lacks);
        if (r->counts == TRUTH_NO)
            continue;
        if (r->counts == TRUTH_YES)
            r->why = (Lacks){{0}};
        r->value = g->value != NULL ? oracle_worth(&in, g->value) : known(1);
        if (g->known_only && (r->counts != TRUTH_YES || !r->value.known ||
                              (r->above != TRUTH_YES && r->above != TRUTH_NO)))
            continue; /* whatever of it is unknown */
        if (g->kind == AGGREGATE_LATEST) {
            r->on = oracle_field(&in, g->of->event_day);
            if (r->on.known && r->on.value > at->day)
                continue;
        }
        n++;
    }
    return n;
}

static Row *rows_for(const At *at, const Expr *e)
{
    const Batch *b = at->o->d->batches[e->aggregate->of->number];

    return g_new0(Row, b != NULL ? b->rows + 1 : 1);
}

/* Of a count or sum; false: of anything else. */
static bool bounds(const At *at, const Expr *e, int64_t *low, int64_t *high, bool open[2])
{
    const Aggregate *g = e->aggregate;
    Row *rows;
    size_t n;

    if (e->kind != EXPR_AGGREGATE || g->known_only ||
        (g->kind != AGGREGATE_COUNT && g->kind != AGGREGATE_SUM))
        return false;
    if (!referred(at, g).known)
        return false;
    rows = rows_for(at, e);
    n = list_rows(at, e, rows);
    for (size_t i = 0; i < n; i++) {
        bool sure = rows[i].counts == TRUTH_YES;
        int64_t v = g->kind == AGGREGATE_COUNT ? 1 : rows[i].value.value;

        if (g->kind == AGGREGATE_SUM && !rows[i].value.known) {
            open[0] = open[1] = true;
            continue;
        }
        *low += sure ? v : MIN(v, 0);
        *high += sure ? v : MAX(v, 0);
    }
    g_free(rows);
    return true;
}

/* ---- every way of filling ---------------------------------------------------------------------
 */

/* Rows that may be in or out, or on either side of a line, in all combinations. */
typedef struct Fill {
    const Aggregate *g;
    const Row *rows;
    size_t n;
    Wide128 sum, all; /* above the line and in all; of a mean the number of rows */
    int64_t values[64];
    size_t n_values;
    bool unvalued; /* some row that counts has no known value */
    size_t n_unvalued;
    /* what came out */
    Frac low, high;
    bool some, none;
} Fill;

static void came_out(Fill *f, Frac x)
{
    if (!f->some || x.over * f->low.under < f->low.over * x.under)
        f->low = x;
    if (!f->some || x.over * f->high.under > f->high.over * x.under)
        f->high = x;
    f->some = true;
}

static int64_t different(const Fill *f)
{
    int64_t n = 0;

    for (size_t i = 0; i < f->n_values; i++) {
        size_t k = 0;

        while (k < i && f->values[k] != f->values[i])
            k++;
        n += k == i;
    }
    return n;
}

static int64_t extreme(const Fill *f)
{
    int64_t x = f->values[0];

    for (size_t i = 1; i < f->n_values; i++)
        x = f->g->kind == AGGREGATE_MIN ? MIN(x, f->values[i]) : MAX(x, f->values[i]);
    return x;
}

static void filled(Fill *f)
{
    switch (f->g->kind) {
    case AGGREGATE_DISTINCT:
        came_out(f, (Frac){MAX(different(f), f->n_unvalued > 0), 1});
        came_out(f, (Frac){different(f) + (int64_t)f->n_unvalued, 1});
        return;
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        if (f->n_values > 0)
            came_out(f, (Frac){extreme(f), 1});
        else
            f->none = true;
        return;
    default:
        if (f->all > 0)
            came_out(f, (Frac){f->sum, f->all});
        else
            f->none = true;
    }
}

static void fill_from(Fill *f, size_t i);

static void with_row(Fill *f, size_t i, bool above)
{
    const Row *r = &f->rows[i];
    Fill before = *f;
    int64_t v = r->value.value;

    if (!r->value.known) {
        f->n_unvalued++;
    } else {
        f->values[f->n_values++] = v;
        f->sum += above ? v : 0;
        f->all += f->g->kind == AGGREGATE_SHARE ? v : 1;
    }
    fill_from(f, i + 1);
    before.low = f->low;
    before.high = f->high;
    before.some = f->some;
    before.none = f->none;
    *f = before;
}

static void fill_from(Fill *f, size_t i)
{
    if (i == f->n) {
        filled(f);
        return;
    }
    if (f->rows[i].counts != TRUTH_YES)
        fill_from(f, i + 1);
    if (f->rows[i].above != TRUTH_NO)
        with_row(f, i, true);
    if (f->rows[i].above != TRUTH_YES)
        with_row(f, i, false);
}

/* What is missing of the rows of which something is. */
static Lacks doubts(const Aggregate *g, const Row *rows, size_t n)
{
    Lacks all = {{0}};

    for (size_t i = 0; i < n; i++) {
        const Row *r = &rows[i];
        bool same = false;

        if (g->kind == AGGREGATE_SHARE && r->value.known && r->value.value == 0)
            continue; /* what weighs nothing moves nothing */
        /* A row whose value another one surely has adds none. */
        for (size_t k = 0; g->kind == AGGREGATE_DISTINCT && r->value.known && k < n; k++)
            same = same || (rows[k].counts == TRUTH_YES && rows[k].value.known &&
                            rows[k].value.value == r->value.value);
        if (!same)
            all = join(all, join(r->why, join(r->unsure, r->value.lacks)));
    }
    return all;
}

/* Between what it lies; exact: whether that is one number, else what is missing. */
static Range quotient(const At *at, const Expr *e, const Row *rows, size_t n, Seen *exact)
{
    const Aggregate *g = e->aggregate;
    Fill f = {.g = g, .rows = rows, .n = n};
    Seen none = g->otherwise != NULL ? oracle_worth(at, g->otherwise)
                                     : unknown(one(oracle_id(at->o->m, INPUT_RECORDS, g->of)));
    unsigned up = e->type.scale - (g->kind == AGGREGATE_MEAN ? g->value->type.scale : 0);
    bool open = false;
    Lacks why = doubts(g, rows, n);
    Range r = {.open = {true, true}};

    g_assert_cmpuint(n, <, 64);
    fill_from(&f, 0);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].value.known)
            continue;
        open = true;
        if (g->kind != AGGREGATE_SHARE)
            continue;
        /* Its weight may be nothing, or more than all others together. */
        if (rows[i].above != TRUTH_NO)
            came_out(&f, (Frac){1, 1});
        if (rows[i].above != TRUTH_YES)
            came_out(&f, (Frac){0, 1});
    }
    *exact = unknown(why);
    if (open && g->kind == AGGREGATE_MEAN)
        return r;
    if (f.none && !none.known) {
        exact->lacks = join(why, none.lacks);
        return r;
    }
    if (f.none)
        came_out(&f, (Frac){none.value, (Wide128)power_of_ten(up)});
    f.low.over *= power_of_ten(up);
    f.high.over *= power_of_ten(up);
    r = (Range){.low = f.low, .high = f.high};
    if (f.low.over * f.high.under == f.high.over * f.low.under)
        *exact = known(0);
    return r;
}

static Range least_or_most(const At *at, const Expr *e, const Row *rows, size_t n)
{
    const Aggregate *g = e->aggregate;
    Fill f = {.g = g, .rows = rows, .n = n};
    bool known_row = false, sure = false, unvalued = false;
    Range r = {.open = {true, true}};

    for (size_t i = 0; i < n; i++) {
        bool counts = rows[i].counts == TRUTH_YES;

        sure = sure || counts;
        known_row = known_row || (counts && rows[i].value.known);
        unvalued = unvalued || !rows[i].value.known;
    }
    fill_from(&f, 0);
    if (!sure) {
        Seen none = g->otherwise != NULL ? oracle_worth(at, g->otherwise) : unknown((Lacks){{0}});

        if (!none.known || unvalued)
            return r;
        came_out(&f, (Frac){none.value, 1});
    } else if (!known_row) {
        return r;
    }
    r = (Range){.low = f.low, .high = f.high};
    r.open[g->kind == AGGREGATE_MIN ? 0 : 1] = unvalued;
    return r;
}

static Seen distinct(const Row *rows, size_t n, const Aggregate *g, Range *ret)
{
    Fill f = {.g = g, .rows = rows, .n = n};

    fill_from(&f, 0);
    *ret = (Range){.low = f.low, .high = f.high};
    return f.low.over == f.high.over ? known((int64_t)f.low.over) : unknown(doubts(g, rows, n));
}

Seen oracle_aggregate(const At *at, const Expr *e)
{
    const Aggregate *g = e->aggregate;
    Seen target = referred(at, g);
    Row *rows = rows_for(at, e);
    size_t n = list_rows(at, e, rows);
    Range range;
    Seen s;

    if (!target.known) {
        g_free(rows);
        return e->type.is_truth ? doubtful(at, target.lacks) : unknown(target.lacks);
    }
    if (expr_is_quotient(e))
        (void)quotient(at, e, rows, n, &s);
    else if (g->kind == AGGREGATE_DISTINCT)
        s = distinct(rows, n, g, &range);
    else
        s = g->kind == AGGREGATE_LATEST ? latest_row(at, e, rows, n) : fold_rows(at, e, rows, n);
    g_free(rows);
    return s;
}

static Range range_of_rows(const At *at, const Expr *e)
{
    const Aggregate *g = e->aggregate;
    Range r = {.open = {true, true}};
    Seen s;

    if (!referred(at, g).known)
        return r;
    Row *rows = rows_for(at, e);
    size_t n = list_rows(at, e, rows);

    if (expr_is_quotient(e))
        r = quotient(at, e, rows, n, &s);
    else if (g->kind == AGGREGATE_DISTINCT)
        (void)distinct(rows, n, g, &r);
    else
        r = least_or_most(at, e, rows, n);
    g_free(rows);
    return r;
}

Range oracle_range(const At *at, const Expr *e, const Seen *s)
{
    Range r = {{s->value, 1}, {s->value, 1}, {!s->known, !s->known}};
    int64_t low = 0, high = 0;
    bool open[2] = {false, false};
    const Aggregate *g = e->aggregate;

    if (oracle_spell_range(at, e, &r))
        return r;
    if (e->kind == EXPR_AGGREGATE && !(g->known_only && !expr_is_quotient(e)) &&
        (expr_is_quotient(e) ||
         (!s->known &&
          (g->kind == AGGREGATE_DISTINCT || g->kind == AGGREGATE_MIN || g->kind == AGGREGATE_MAX))))
        return range_of_rows(at, e);
    if (!s->known && bounds(at, e, &low, &high, open))
        r = (Range){{low, 1}, {high, 1}, {open[0], open[1]}};
    return r;
}
