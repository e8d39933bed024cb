/* oracle_month.c — rules as written: every day of a month looked at one by one.  See oracle.h. */
#include "oracle_inside.h"

/* false: it holds everywhere, or the record has no place. */
bool oracle_in_place(const At *at, const Document *d, const Expr *where, Seen *ret)
{
    Seen place;

    if (d->place.len == 0 || where == NULL)
        return false;
    place = oracle_worth(at, where);
    *ret = place.known ? holds(region_in(at->o->regions, (int32_t)place.value,
                                         region_row(at->o->regions, d->place)))
                       : truth(TRUTH_UNKNOWN, place.lacks);
    return true;
}

/* Whether anything holds for it: what was declared, unless something narrower or later ended it. */
static Seen versioned(const At *at, const Versions *v)
{
    Seen any = holds(at->day >= v->list[0].from && at->day <= v->list[0].until);

    for (size_t i = 1; i < v->n; i++) {
        Seen x = oracle_version_holds(at, &v->list[i]);
        Truth t = (Truth)x.value;

        any = v->list[i].ends
                  ? truth(truth_and((Truth)any.value, truth_not(t)), join(any.lacks, x.lacks))
                  : truth(truth_or((Truth)any.value, t), join(any.lacks, x.lacks));
    }
    return any;
}

static Seen presence(const At *at, const Rule *r)
{
    Seen s = oracle_present(at), in;

    if (r->versions != NULL) {
        Seen v = versioned(at, r->versions);
        s = truth(truth_and((Truth)s.value, (Truth)v.value), join(s.lacks, v.lacks));
    }
    if (!oracle_in_place(at, r->home.document, rule_place(r), &in))
        return s;
    return truth(truth_and((Truth)s.value, (Truth)in.value), join(s.lacks, in.lacks));
}

static Seen late(const At *at, const Expr *date, int months)
{
    Seen s;

    if (date == NULL)
        return holds(true);
    s = oracle_worth(at, date);
    if (!s.known)
        return truth(TRUTH_UNKNOWN, s.lacks);
    return holds(month_of(at->day) >= month_of((Date)s.value) + months);
}

static Seen when_at(const At *at, const Rule *r)
{
    Seen w = r->when != NULL ? oracle_truth(at, r->when) : holds(true);
    Seen a = late(at, r->start_after, 1), b = late(at, r->start_of, 0);

    w = truth(truth_and((Truth)a.value, (Truth)w.value), join(a.lacks, w.lacks));
    return truth(truth_and((Truth)b.value, (Truth)w.value), join(b.lacks, w.lacks));
}

/* ---- what a day pays, at the finest scale of the amount and its exceptions */

unsigned oracle_scale(const Rule *r)
{
    unsigned scale = r->pay->type.scale;

    for (size_t i = 0; i < r->n_exceptions; i++)
        scale = MAX(scale, r->exceptions[i]->pay->type.scale);
    return scale;
}

static Seen amount_at(const At *at, const Rule *r, const Expr *pay)
{
    Seen s = oracle_worth(at, pay);

    s.value *= power_of_ten(oracle_scale(r) - pay->type.scale);
    return s;
}

static Seen excepted(const At *at, const Exception *x)
{
    Seen when = oracle_truth(at, x->when), in;

    if (at->day < x->from || at->day > x->until)
        return holds(false);
    if (!str_equal(x->home.document->place, x->of->home.document->place) &&
        oracle_in_place(at, x->home.document, at->place != NULL ? at->place : at->entity->place,
                        &in))
        return truth(truth_and((Truth)in.value, (Truth)when.value), join(in.lacks, when.lacks));
    return when;
}

/* Semantics 44, from the i-th exception on. */
static Seen pay_at(const At *at, const Rule *r, size_t i)
{
    Seen holds, here, further;

    if (i == r->n_exceptions)
        return amount_at(at, r, r->pay);
    holds = excepted(at, r->exceptions[i]);
    if (holds.value == TRUTH_NO)
        return pay_at(at, r, i + 1);
    here = amount_at(at, r, r->exceptions[i]->pay);
    if (holds.value == TRUTH_YES)
        return here;
    further = pay_at(at, r, i + 1);
    if (here.known && further.known && here.value == further.value)
        return here;
    return unknown(join(holds.lacks, join(here.lacks, further.lacks)));
}

typedef struct Day {
    OracleMonth m; /* amount unrounded */
    bool when_no;
} Day;

static Day day_at(const Oracle *o, const Rule *r, size_t row, Date day)
{
    At at = {.o = o, .entity = r->subject, .row = row, .day = day, .place = r->place};
    Seen there = presence(&at, r), when = when_at(&at, r), pay;
    Day d = {.m.outcome = OUTCOME_OUTSIDE, .when_no = true};

    if (there.value == TRUTH_NO)
        return d;
    d.when_no = when.value == TRUTH_NO && there.value == TRUTH_YES;
    d.m.outcome = there.value == TRUTH_YES ? (uint8_t)when.value : TRUTH_UNKNOWN;
    d.m.lacks = join(there.lacks, when.lacks);
    if (d.m.outcome == TRUTH_UNKNOWN && judged_only(o, &d.m.lacks)) /* of what another rule pays */
        d.m.outcome = TRUTH_PERSON;
    if ((d.m.outcome != TRUTH_YES && d.m.outcome != TRUTH_PERSON) || r->pay == NULL)
        return d;
    pay = pay_at(&at, r, 0);
    if (!pay.known) {
        d.m.lacks = join(d.m.lacks, pay.lacks);
        d.m.outcome = judged_only(o, &d.m.lacks) ? TRUTH_PERSON : TRUTH_UNKNOWN;
    } else if (d.m.outcome == TRUTH_PERSON) {
        return d;
    } else if (pay.value <= 0) {
        d.m.outcome = TRUTH_NO;
    } else {
        d.m.amount = pay.value;
    }
    return d;
}

static void finish(const Oracle *o, const Rule *r, OracleMonth *m, Wide128 over, int64_t under)
{
    for (int i = 0; m->outcome == TRUTH_UNKNOWN && i < ORACLE_WORDS; i++)
        m->lacks.bits[i] &= ~o->judged.bits[i]; /* facts first */
    if (m->outcome != TRUTH_YES) {
        m->amount = 0;
    } else if (r->pay != NULL) {
        m->amount = oracle_rounded(over, under, r->round);
        if (m->amount == 0)
            m->outcome = TRUTH_NO;
    }
}

static int64_t fen_of(const Rule *r)
{
    return r->pay != NULL ? power_of_ten(oracle_scale(r) - 2) : 1;
}

OracleMonth oracle_day(const Oracle *o, const Rule *r, size_t row, Date day)
{
    Day d = day_at(o, r, row, day);

    finish(o, r, &d.m, d.m.amount, fen_of(r));
    return d.m;
}

static OracleMonth each_day(const Oracle *o, const Rule *r, size_t row, Month month)
{
    static const int ranks[] = {1, 4, 3, 2, 0};
    OracleMonth m = {.outcome = OUTCOME_OUTSIDE};
    Wide128 over = 0;

    for (Date day = month_first(month); day <= month_last(month); day++) {
        Day d = {.m.outcome = OUTCOME_OUTSIDE};

        if (day >= r->from && day <= r->until)
            d = day_at(o, r, row, day);
        if (ranks[d.m.outcome] > ranks[m.outcome])
            m.outcome = d.m.outcome;
        m.lacks = join(m.lacks, d.m.lacks);
        over += d.m.amount;
    }
    finish(o, r, &m, over, fen_of(r) * month_days(month));
    return m;
}

static OracleMonth any_day(const Oracle *o, const Rule *r, size_t row, Month month)
{
    OracleMonth m = {.outcome = OUTCOME_OUTSIDE};
    Date last = MIN(month_last(month), r->until), first = MAX(month_first(month), r->from);

    for (Date day = last; day >= first; day--) {
        Day d = day_at(o, r, row, day);

        if (d.m.outcome != OUTCOME_OUTSIDE && !d.when_no) {
            finish(o, r, &d.m, d.m.amount, fen_of(r));
            return d.m;
        }
        if (d.m.outcome != OUTCOME_OUTSIDE)
            m.outcome = TRUTH_NO;
    }
    return m;
}

static OracleMonth once(const Oracle *o, const Rule *r, size_t row, Month month)
{
    OracleMonth m = {.outcome = OUTCOME_OUTSIDE};
    Date first = MAX(month_first(month), r->from), last = MIN(month_last(month), r->until);
    At at = {.o = o, .entity = r->subject, .row = row, .day = last};
    Seen s = oracle_field(&at, r->once_on);

    if (first > last)
        return m;
    if (s.known)
        return s.value >= first && s.value <= last ? oracle_day(o, r, row, (Date)s.value) : m;
    if (!r->once_on->open && day_at(o, r, row, last).m.outcome != OUTCOME_OUTSIDE) {
        m.outcome = TRUTH_UNKNOWN;
        m.lacks = s.lacks;
    }
    return m;
}

OracleMonth oracle_month(const Oracle *o, const Rule *r, size_t row, Month month)
{
    Date day = month_last(month);

    if (r->cycle == CYCLE_ONCE)
        return once(o, r, row, month);
    if (r->cycle == CYCLE_YEAR) {
        if (date_ymd(day).month != r->year_month)
            return (OracleMonth){.outcome = OUTCOME_OUTSIDE};
        day = MIN(month_first(month) + r->year_day - 1, day);
    } else if (r->governing == GOVERN_EACH_DAY) {
        return each_day(o, r, row, month);
    } else if (r->governing == GOVERN_ANY_DAY) {
        return any_day(o, r, row, month);
    } else if (r->governing == GOVERN_FIRST_DAY) {
        day = month_first(month);
    }
    if (day < r->from || day > r->until)
        return (OracleMonth){.outcome = OUTCOME_OUTSIDE};
    return oracle_day(o, r, row, day);
}

/* Every open judgement at its least and at its most: sums and products are greatest at a corner. */
bool oracle_most(const Oracle *o, const Rule *r, size_t row, Date day, int64_t *ret)
{
    const Field *open[8] = {NULL};
    int64_t low[8], high[8], fill[8];
    bool some = false;
    size_t n = 0;

    for (size_t i = 0; i < r->subject->n_fields; i++) {
        const Field *f = r->subject->fields[i];

        if (f->judgement == NULL)
            continue;
        low[n] = f->low;
        high[n] = f->type.kind == KIND_BOOL       ? 1
                  : f->judgement->ceiling != NULL ? f->judgement->ceiling->number
                                                  : f->high;
        open[n++] = f;
    }
    for (unsigned corner = 0; corner < 1u << n; corner++) {
        Oracle filled = *o;
        At at = {.o = &filled, .entity = r->subject, .row = row, .day = day, .place = r->place};

        for (size_t i = 0; i < n; i++)
            fill[i] = (corner >> i & 1) != 0 ? high[i] : low[i];
        filled.fill = fill;
        filled.filled = open;
        Seen s = pay_at(&at, r, 0);

        if (!s.known)
            return false;
        *ret = some ? MAX(*ret, s.value) : s.value;
        some = true;
    }
    return some;
}
