/* oracle.c — the semantics as written.  See oracle.h. */
#include "oracle.h"

__extension__ typedef __int128 Wide128;

typedef struct At {
    const Oracle *o;
    const Entity *entity;
    size_t row;
    Date day;
    const struct At *outer;
} At;

static Seen see(const At *at, const Expr *e);

unsigned oracle_id(const Model *m, InputKind kind, const void *origin)
{
    const Field *f = origin;
    switch (kind) {
    case INPUT_FIELD:
        return f->entity->number * 32 + f->index;
    case INPUT_PARAM:
        return 400 + ((const Param *)origin)->number;
    case INPUT_TABLE:
        return 440 + ((const Table *)origin)->number;
    case INPUT_RECORDS:
        break;
    }
    (void)m;
    return 480 + ((const Entity *)origin)->number;
}

static Lacks one(unsigned id)
{
    Lacks l = {{0}};
    l.bits[id / 64] |= UINT64_C(1) << id % 64;
    return l;
}

static Lacks join(Lacks a, Lacks b)
{
    for (int i = 0; i < ORACLE_WORDS; i++)
        a.bits[i] |= b.bits[i];
    return a;
}

static Seen known(int64_t v)
{
    return (Seen){.known = true, .value = v};
}

static Seen unknown(Lacks l)
{
    return (Seen){.lacks = l};
}

static Seen truth(Truth t, Lacks l)
{
    Seen s = {.known = true, .value = t};
    if (t == TRUTH_UNKNOWN)
        s.lacks = l;
    return s;
}

static Seen holds(bool b)
{
    return known(b ? TRUTH_YES : TRUTH_NO);
}

static bool is_truth(const Expr *e)
{
    return e->type.is_truth;
}

/* ---- fields -----------------------------------------------------------------------------------
 */

static Seen recorded(const At *at, const Field *f)
{
    const Batch *b = at->o->d->batches[f->entity->number];
    const Column *c = b != NULL ? b->columns[f->index] : NULL;
    int64_t v = 0;
    if (c == NULL || at->row >= b->rows || !column_at(c, at->row, at->day, &v))
        return unknown(one(oracle_id(at->o->m, INPUT_FIELD, f)));
    return known(v);
}

static Seen field(const At *at, const Field *f)
{
    Seen s;

    if (f->compute == NULL)
        return recorded(at, f);
    s = see(at, f->compute);
    if (!is_truth(f->compute))
        return s;
    return s.value == TRUTH_UNKNOWN ? unknown(s.lacks) : known(s.value == TRUTH_YES);
}

static Seen path(const At *at, const Expr *e)
{
    At here = e->outer ? *at->outer : *at;
    for (size_t i = 0; i + 1 < e->n_path; i++) {
        Seen s = field(&here, e->path[i]);
        if (!s.known)
            return s;
        if (s.value < 0) /* a reference to nothing: what is asked of it is missing */
            return unknown(one(oracle_id(at->o->m, INPUT_FIELD, e->path[i + 1])));
        here.entity = e->path[i + 1]->entity;
        here.row = (size_t)s.value;
    }
    return field(&here, e->path[e->n_path - 1]);
}

static Seen as_truth(const At *at, const Expr *e)
{
    Seen s = see(at, e);
    if (is_truth(e))
        return s;
    return s.known ? holds(s.value != 0) : truth(TRUTH_UNKNOWN, s.lacks);
}

static Seen as_value(const At *at, const Expr *e)
{
    Seen s = see(at, e);
    if (!is_truth(e))
        return s;
    return s.value == TRUTH_UNKNOWN ? unknown(s.lacks) : known(s.value == TRUTH_YES);
}

/* ---- params and tables ------------------------------------------------------------------------
 */

static bool codes_equal(const Param *p, const ParamValue *v, const int64_t *index)
{
    size_t k = 0;
    for (size_t i = 0; i < p->n_index; i++) {
        if (!p->index[i].is_region && v->codes[k++] != index[i])
            return false;
    }
    return true;
}

static int32_t place_of(const Oracle *o, const ParamValue *v)
{
    if (v->region.len > 0)
        return region_row(o->regions, v->region);
    if (v->home.document->place.len > 0)
        return region_row(o->regions, v->home.document->place);
    return ROW_NONE;
}

static Seen param(const At *at, const Expr *e)
{
    const Param *p = e->param;
    int64_t index[4] = {0};
    int32_t region = ROW_NONE;
    Lacks lacks = {{0}};
    bool ok = true, placed = false, indexed = false;
    for (size_t i = 0; i < e->n_args; i++) {
        Seen s = as_value(at, e->args[i]);
        ok = ok && s.known;
        lacks = join(lacks, s.lacks);
        index[i] = s.value;
        if (p->index[i].is_region) {
            region = (int32_t)s.value;
            indexed = placed = true;
        }
    }
    for (size_t i = 1; i < p->n_values; i++)
        placed = placed || place_of(at->o, &p->values[i]) != place_of(at->o, &p->values[0]);
    if (placed && !indexed) { /* semantics 47: places below have set their own */
        Seen s = as_value(at, at->entity->place);
        ok = ok && s.known;
        lacks = join(lacks, s.lacks);
        region = (int32_t)s.value;
    }
    if (!ok)
        return unknown(lacks);
    for (;; region = at->o->regions->parent[region]) {
        const ParamValue *best = NULL;
        for (size_t i = 0; i < p->n_values; i++) {
            const ParamValue *v = &p->values[i];
            if ((!placed || place_of(at->o, v) == region) && codes_equal(p, v, index) &&
                v->since <= at->day && at->day <= v->until &&
                (best == NULL || v->since >= best->since))
                best = v;
        }
        if (best != NULL) {
            if (!best->certain || (p->floor != NULL && best->number < p->floor->number))
                return unknown(one(oracle_id(at->o->m, INPUT_PARAM, p)));
            return known(best->number);
        }
        if (region == ROW_NONE || !placed)
            break;
    }
    if (p->otherwise != NULL)
        return known(p->otherwise->number);
    return unknown(one(oracle_id(at->o->m, INPUT_PARAM, p)));
}

static Seen table(const At *at, const Expr *e)
{
    const Table *t = e->table;
    int64_t v[6] = {0};
    Lacks lacks = {{0}};
    bool ok = true;
    for (size_t i = 0; i < e->n_args; i++) {
        Seen s = as_value(at, e->args[i]);
        ok = ok && s.known;
        lacks = join(lacks, s.lacks);
        v[i] = s.value;
    }
    if (!ok)
        return unknown(lacks);
    for (size_t r = 0; r < t->n_rows; r++) {
        bool fits = true;
        for (size_t i = 0; i < t->n_axes; i++) {
            const TableCell *c = &t->cells[r * t->n_axes + i];
            if (c->any)
                continue;
            fits = fits && (t->axis[i].type.kind == KIND_ENUM ? (c->codes >> v[i] & 1) != 0
                                                              : v[i] >= c->low && v[i] <= c->high);
        }
        if (!fits)
            continue;
        if (t->unset[r])
            break;
        return known(t->results[r]);
    }
    return unknown(one(oracle_id(at->o->m, INPUT_TABLE, t)));
}

/* ---- conditions -------------------------------------------------------------------------------
 */

static Seen logic(const At *at, const Expr *e)
{
    Seen x = as_truth(at, e->a), y;
    if (e->kind == EXPR_NOT)
        return truth(truth_not((Truth)x.value), x.lacks);
    y = as_truth(at, e->b);
    return truth(e->kind == EXPR_AND ? truth_and((Truth)x.value, (Truth)y.value)
                                     : truth_or((Truth)x.value, (Truth)y.value),
                 join(x.lacks, y.lacks));
}

static bool compared(ExprKind k, int64_t x, int64_t y)
{
    switch (k) {
    case EXPR_EQ:
        return x == y;
    case EXPR_NE:
        return x != y;
    case EXPR_LT:
        return x < y;
    case EXPR_LE:
        return x <= y;
    case EXPR_GT:
        return x > y;
    case EXPR_GE:
        return x >= y;
    case EXPR_IN:
        return ((uint64_t)y >> x & 1) != 0;
    case EXPR_HAS_ANY:
        return (x & y) != 0;
    case EXPR_HAS_ALL:
        return (x & y) == y;
    default:
        g_assert_not_reached();
    }
}

static Seen comparison(const At *at, const Expr *e)
{
    Seen x = as_value(at, e->a), y = as_value(at, e->b);
    if (!x.known || !y.known)
        return truth(TRUTH_UNKNOWN, join(x.lacks, y.lacks));
    if (e->kind == EXPR_IN_REGION)
        return holds(region_in(at->o->regions, (int32_t)x.value, (int32_t)y.value));
    return holds(compared(e->kind, x.value, y.value));
}

static Seen between(const At *at, const Expr *e)
{
    Seen x = as_value(at, e->a), l = as_value(at, e->b), h = as_value(at, e->c);
    Truth low = !x.known || !l.known ? TRUTH_UNKNOWN : x.value >= l.value ? TRUTH_YES : TRUTH_NO;
    Truth high = !x.known || !h.known ? TRUTH_UNKNOWN : x.value <= h.value ? TRUTH_YES : TRUTH_NO;
    Lacks lacks = x.lacks;
    if (low == TRUTH_UNKNOWN)
        lacks = join(lacks, l.lacks);
    if (high == TRUTH_UNKNOWN)
        lacks = join(lacks, h.lacks);
    return truth(truth_and(low, high), lacks);
}

static Seen branch(const At *at, const Expr *whole, const Expr *e)
{
    return is_truth(whole) ? as_truth(at, e) : as_value(at, e);
}

static bool settled(const Expr *e, const Seen *s)
{
    return s->known && !(is_truth(e) && s->value == TRUTH_UNKNOWN);
}

static Seen pick(const Expr *e, Seen c, Seen x, Seen y)
{
    if (c.value == TRUTH_YES || c.value == TRUTH_NO)
        return c.value == TRUTH_YES ? x : y;
    if (settled(e, &x) && settled(e, &y) && x.value == y.value)
        return x;
    Lacks lacks = join(c.lacks, join(x.lacks, y.lacks));
    return is_truth(e) ? truth(TRUTH_UNKNOWN, lacks) : unknown(lacks);
}

static Seen choice(const At *at, const Expr *e, size_t i)
{
    if (e->kind == EXPR_IF)
        return pick(e, as_truth(at, e->a), branch(at, e, e->b), branch(at, e, e->c));
    if (i + 1 == e->n_args)
        return branch(at, e, e->args[i]);
    return pick(e, as_truth(at, e->args[i]), branch(at, e, e->args[i + 1]), choice(at, e, i + 2));
}

/* ---- numbers and dates ------------------------------------------------------------------------
 */

static int64_t rounded(Wide128 over, Wide128 under, Rounding how)
{
    bool minus = (over < 0) != (under < 0);
    Wide128 x = over < 0 ? -over : over, y = under < 0 ? -under : under, q = x / y, rest = x % y;
    if (rest != 0 && (how == ROUND_UP || (how == ROUND_HALF_UP && rest * 2 >= y)))
        q++;
    return (int64_t)(minus ? -q : q);
}

static int64_t completed(ExprKind k, Date a, Date b)
{
    return k == EXPR_DAYS ? b - a : k == EXPR_MONTHS ? date_months(a, b) : date_years(a, b);
}

static Seen arithmetic(const At *at, const Expr *e)
{
    Seen x = as_value(at, e->a), y = e->b != NULL ? as_value(at, e->b) : known(at->day);
    if (!x.known || !y.known)
        return unknown(join(x.lacks, y.lacks));
    switch (e->kind) {
    case EXPR_ADD:
        return known(x.value + y.value);
    case EXPR_SUB:
        return known(x.value - y.value);
    case EXPR_MUL:
        return known(x.value * y.value);
    case EXPR_MIN:
        return known(MIN(x.value, y.value));
    case EXPR_MAX:
        return known(MAX(x.value, y.value));
    case EXPR_UNION:
        return known(x.value | y.value);
    case EXPR_RESCALE:
        return known(x.value * power_of_ten(e->type.scale - e->a->type.scale));
    case EXPR_NEG:
        return known(-x.value);
    case EXPR_DATE_ADD:
        return known(
            e->b->type.unit == UNIT_DAYS
                ? x.value + y.value
                : date_add_months((Date)x.value,
                                  (int32_t)y.value * (e->b->type.unit == UNIT_YEARS ? 12 : 1)));
    default:
        return known(completed(e->kind, (Date)x.value, (Date)y.value));
    }
}

static Seen round_seen(const At *at, const Expr *e)
{
    Seen x, y;

    if (e->a->kind != EXPR_DIV) {
        x = as_value(at, e->a);
        if (!x.known)
            return x;
        return known(
            rounded(x.value, power_of_ten(e->a->type.scale - e->type.scale), (Rounding)e->number));
    }
    x = as_value(at, e->a->a);
    y = as_value(at, e->a->b);
    if (!x.known || !y.known)
        return unknown(join(x.lacks, y.lacks));
    g_assert(y.value != 0);
    return known(rounded((Wide128)x.value * power_of_ten(e->type.scale + e->a->b->type.scale),
                         (Wide128)y.value * power_of_ten(e->a->a->type.scale),
                         (Rounding)e->number));
}

/* ---- aggregates -------------------------------------------------------------------------------
 */

static Seen present_at(const At *at)
{
    const Entity *e = at->entity;
    Seen all = holds(true);

    if (e->begin != NULL) {
        Seen s = field(at, e->begin);

        all = s.known ? holds(s.value <= at->day) : truth(TRUTH_UNKNOWN, s.lacks);
    }
    if (e->end != NULL) {
        Seen s = field(at, e->end), t;

        if (s.known)
            t = holds(e->end_counts ? at->day <= s.value : at->day < s.value);
        else
            t = e->end->open ? holds(true) : truth(TRUTH_UNKNOWN, s.lacks);
        all = truth(truth_and((Truth)all.value, (Truth)t.value), join(all.lacks, t.lacks));
    }
    return all;
}

typedef struct Row {
    Truth counts;
    Lacks why;
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
    Seen none = g->otherwise != NULL ? as_value(at, g->otherwise)
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
        return sure > 0 ? holds(true) : maybe == 0 ? holds(false) : truth(TRUTH_UNKNOWN, why);
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
    return g->otherwise != NULL ? as_value(at, g->otherwise)
                                : unknown(one(oracle_id(at->o->m, INPUT_RECORDS, g->of)));
}

static Seen aggregate(const At *at, const Expr *e)
{
    const Aggregate *g = e->aggregate;
    const Batch *b = at->o->d->batches[g->of->number];
    Row *rows = g_new0(Row, b != NULL ? b->rows + 1 : 1);
    size_t n = 0;

    for (size_t i = 0; b != NULL && i < b->rows; i++) {
        At in = {at->o, g->of, i, at->day, at};
        Seen ref = field(&in, g->by), there, where = holds(true);
        Row *r = &rows[n];

        if (!ref.known || ref.value != (int64_t)at->row)
            continue;
        there = present_at(&in);
        if (g->where != NULL)
            where = as_truth(&in, g->where);
        r->counts = truth_and((Truth)there.value, (Truth)where.value);
        r->why = join(there.lacks, where.lacks);
        if (r->counts == TRUTH_NO || (r->counts == TRUTH_UNKNOWN && g->known_only))
            continue;
        if (r->counts == TRUTH_YES)
            r->why = (Lacks){{0}};
        if (g->value != NULL)
            r->value = as_value(&in, g->value);
        if (g->kind == AGGREGATE_LATEST) {
            r->on = field(&in, g->of->event_day);
            if (r->on.known && r->on.value > at->day)
                continue;
        }
        n++;
    }
    Seen s = g->kind == AGGREGATE_LATEST ? latest_row(at, e, rows, n) : fold_rows(at, e, rows, n);

    g_free(rows);
    return s;
}

static Seen see(const At *at, const Expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_CODE:
    case EXPR_SET:
    case EXPR_TRUTH:
        return known(e->number);
    case EXPR_REGION:
        return known(region_row(at->o->regions, e->text));
    case EXPR_DAY:
        return known(at->day);
    case EXPR_FIELD:
        return path(at, e);
    case EXPR_PARAM:
        return param(at, e);
    case EXPR_TABLE:
        return table(at, e);
    case EXPR_NOT:
    case EXPR_AND:
    case EXPR_OR:
        return logic(at, e);
    case EXPR_BETWEEN:
        return between(at, e);
    case EXPR_KNOWN: {
        Seen s = see(at, e->a);
        return holds(settled(e->a, &s));
    }
    case EXPR_IF:
    case EXPR_CASE:
        return choice(at, e, 0);
    case EXPR_ROUND:
        return round_seen(at, e);
    case EXPR_AGGREGATE:
        return aggregate(at, e);
    default:
        return is_truth(e) ? comparison(at, e) : arithmetic(at, e);
    }
}

Seen oracle_value(const Oracle *o, const Expr *e, const Entity *entity, size_t row, Date day)
{
    At at = {o, entity, row, day, NULL};

    return see(&at, e);
}

/* ---- rules ------------------------------------------------------------------------------------
 */

static Seen presence(const At *at, const Rule *r)
{
    Seen s = present_at(at), place, in;
    const Document *d = r->home.document;

    if (d->place.len == 0 || at->entity->place == NULL)
        return s;
    place = as_value(at, at->entity->place);
    in = place.known ? holds(region_in(at->o->regions, (int32_t)place.value,
                                       region_row(at->o->regions, d->place)))
                     : truth(TRUTH_UNKNOWN, place.lacks);
    return truth(truth_and((Truth)s.value, (Truth)in.value), join(s.lacks, in.lacks));
}

static Seen late(const At *at, const Expr *date, int months)
{
    Seen s;

    if (date == NULL)
        return holds(true);
    s = as_value(at, date);
    if (!s.known)
        return truth(TRUTH_UNKNOWN, s.lacks);
    return holds(month_of(at->day) >= month_of((Date)s.value) + months);
}

static Seen when_at(const At *at, const Rule *r)
{
    Seen w = r->when != NULL ? as_truth(at, r->when) : holds(true);
    Seen a = late(at, r->start_after, 1), b = late(at, r->start_of, 0);

    w = truth(truth_and((Truth)a.value, (Truth)w.value), join(a.lacks, w.lacks));
    return truth(truth_and((Truth)b.value, (Truth)w.value), join(b.lacks, w.lacks));
}

typedef struct Day {
    OracleMonth m; /* amount unrounded */
    bool when_no;
} Day;

static Day day_at(const Oracle *o, const Rule *r, size_t row, Date day)
{
    At at = {o, r->subject, row, day, NULL};
    Seen there = presence(&at, r), when = when_at(&at, r), pay;
    Day d = {.m.outcome = OUTCOME_OUTSIDE, .when_no = true};

    if (there.value == TRUTH_NO)
        return d;
    d.when_no = when.value == TRUTH_NO && there.value == TRUTH_YES;
    d.m.outcome = there.value == TRUTH_YES ? (uint8_t)when.value : TRUTH_UNKNOWN;
    d.m.lacks = join(there.lacks, when.lacks);
    if (d.m.outcome != TRUTH_YES || r->pay == NULL)
        return d;
    pay = as_value(&at, r->pay);
    if (!pay.known) {
        d.m.outcome = TRUTH_UNKNOWN;
        d.m.lacks = pay.lacks;
    } else if (pay.value <= 0) {
        d.m.outcome = TRUTH_NO;
    } else {
        d.m.amount = pay.value;
    }
    return d;
}

static void finish(const Rule *r, OracleMonth *m, Wide128 over, int64_t under)
{
    if (m->outcome != TRUTH_YES) {
        m->amount = 0;
    } else if (r->pay != NULL) {
        m->amount = rounded(over, under, r->round);
        if (m->amount == 0)
            m->outcome = TRUTH_NO;
    }
}

static int64_t fen_of(const Rule *r)
{
    return r->pay != NULL ? power_of_ten(r->pay->type.scale - 2) : 1;
}

OracleMonth oracle_day(const Oracle *o, const Rule *r, size_t row, Date day)
{
    Day d = day_at(o, r, row, day);

    finish(r, &d.m, d.m.amount, fen_of(r));
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
    finish(r, &m, over, fen_of(r) * month_days(month));
    return m;
}

static OracleMonth any_day(const Oracle *o, const Rule *r, size_t row, Month month)
{
    OracleMonth m = {.outcome = OUTCOME_OUTSIDE};
    Date last = MIN(month_last(month), r->until), first = MAX(month_first(month), r->from);

    for (Date day = last; day >= first; day--) {
        Day d = day_at(o, r, row, day);

        if (d.m.outcome != OUTCOME_OUTSIDE && !d.when_no) {
            finish(r, &d.m, d.m.amount, fen_of(r));
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
    At at = {o, r->subject, row, last, NULL};
    Seen s = field(&at, r->once_on);

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
