/* oracle.c — the semantics as written.  See oracle.h. */
#include "oracle_inside.h"

#include <math.h>

#include "data/point.h"

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

static bool open_truth(const Seen *s)
{
    return s->value == TRUTH_UNKNOWN || s->value == TRUTH_PERSON;
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
    if (c == NULL || at->row >= b->rows || !column_at(c, at->row, at->day, &v)) {
        for (size_t i = 0; at->o->fill != NULL && at->o->filled[i] != NULL; i++) {
            if (at->o->filled[i] == f)
                return known(at->o->fill[i]);
        }
        return unknown(one(oracle_id(at->o->m, INPUT_FIELD, f)));
    }
    return known(v);
}

Seen oracle_field(const At *at, const Field *f)
{
    Seen s;

    At plain = *at;

    if (f->compute == NULL)
        return recorded(at, f);
    plain.place = NULL;
    s = oracle_see(&plain, f->compute);
    if (!is_truth(f->compute))
        return s;
    return open_truth(&s) ? unknown(s.lacks) : known(s.value == TRUTH_YES);
}

static Seen path(const At *at, const Expr *e)
{
    At here = e->outer ? *at->outer : *at;
    for (int64_t i = 0; e->outer && i < e->number; i++)
        here = *here.outer;
    for (size_t i = 0; i + 1 < e->n_path; i++) {
        Seen s = oracle_field(&here, e->path[i]);
        if (!s.known)
            return s;
        if (s.value < 0) /* a reference to nothing: what is asked of it is missing */
            return unknown(one(oracle_id(at->o->m, INPUT_FIELD, e->path[i + 1])));
        here.entity = e->path[i + 1]->entity;
        here.row = (size_t)s.value;
    }
    return oracle_field(&here, e->path[e->n_path - 1]);
}

Seen oracle_truth(const At *at, const Expr *e)
{
    Seen s = oracle_see(at, e);
    if (is_truth(e))
        return s;
    return s.known ? holds(s.value != 0) : doubtful(at, s.lacks);
}

Seen oracle_worth(const At *at, const Expr *e)
{
    Seen s = oracle_see(at, e);
    if (!is_truth(e))
        return s;
    return open_truth(&s) ? unknown(s.lacks) : known(s.value == TRUTH_YES);
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
        Seen s = oracle_worth(at, e->args[i]);
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
        Seen s = oracle_worth(at, at->place != NULL ? at->place : at->entity->place);
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
        Seen s = oracle_worth(at, e->args[i]);
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
    Seen x = oracle_truth(at, e->a), y;
    if (e->kind == EXPR_NOT)
        return truth(truth_not((Truth)x.value), x.lacks);
    y = oracle_truth(at, e->b);
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

static bool surely_less(const Range *x, const Range *y, bool or_equal)
{
    Wide128 a = x->high.over * y->low.under, b = y->low.over * x->high.under;

    if (x->open[1] || y->open[0])
        return false;
    return or_equal ? a <= b : a < b;
}

/* Semantics 29: known if every pair of numbers between the bounds gives the same answer. */
static bool settled_by_bounds(ExprKind k, const Range *x, const Range *y, Seen *ret)
{
    bool yes = false, no = false;

    switch (k) {
    case EXPR_LT:
    case EXPR_LE:
        yes = surely_less(x, y, k == EXPR_LE);
        no = surely_less(y, x, k == EXPR_LT);
        break;
    case EXPR_GT:
    case EXPR_GE:
        yes = surely_less(y, x, k == EXPR_GE);
        no = surely_less(x, y, k == EXPR_GT);
        break;
    case EXPR_EQ:
    case EXPR_NE:
        yes = k == EXPR_NE && (surely_less(x, y, false) || surely_less(y, x, false));
        no = k == EXPR_EQ && (surely_less(x, y, false) || surely_less(y, x, false));
        break;
    default:
        return false;
    }
    *ret = holds(yes);
    return yes || no;
}

static bool compared_exactly(ExprKind k, const Range *x, const Range *y)
{
    Wide128 a = x->low.over * y->low.under, b = y->low.over * x->low.under;

    return compared(k, a < b ? -1 : a > b, 0);
}

static Seen compare_sides(const At *at, ExprKind k, const Expr *a, const Expr *b)
{
    Seen x = oracle_worth(at, a), y = oracle_worth(at, b), z;
    Range p = oracle_range(at, a, &x), q = oracle_range(at, b, &y);

    if (!x.known || !y.known) {
        if (!settled_by_bounds(k, &p, &q, &z))
            z = truth(TRUTH_UNKNOWN, join(x.lacks, y.lacks));
    } else if (k == EXPR_IN_REGION) {
        z = holds(region_in(at->o->regions, (int32_t)x.value, (int32_t)y.value));
    } else if (k >= EXPR_EQ && k <= EXPR_GE) {
        z = holds(compared_exactly(k, &p, &q));
    } else {
        z = holds(compared(k, x.value, y.value));
    }
    z = oracle_while(at, a, z);
    return oracle_while(at, b, z);
}

static Seen comparison(const At *at, const Expr *e)
{
    return compare_sides(at, e->kind, e->a, e->b);
}

static Seen between(const At *at, const Expr *e)
{
    Seen low = compare_sides(at, EXPR_GE, e->a, e->b);
    Seen high = compare_sides(at, EXPR_LE, e->a, e->c);

    return truth(truth_and((Truth)low.value, (Truth)high.value), join(low.lacks, high.lacks));
}

static Seen branch(const At *at, const Expr *whole, const Expr *e)
{
    return is_truth(whole) ? oracle_truth(at, e) : oracle_worth(at, e);
}

static bool settled(const Expr *e, const Seen *s)
{
    return s->known && !(is_truth(e) && open_truth(s));
}

static Seen pick(const At *at, const Expr *e, Seen c, Seen x, Seen y)
{
    if (c.value == TRUTH_YES || c.value == TRUTH_NO)
        return c.value == TRUTH_YES ? x : y;
    if (settled(e, &x) && settled(e, &y) && x.value == y.value)
        return x;
    Lacks lacks = join(c.lacks, join(x.lacks, y.lacks));
    return is_truth(e) ? doubtful(at, lacks) : unknown(lacks);
}

/* Semantics 49: the last that is in force on the day, in the place of the record. */
Seen oracle_version_holds(const At *at, const Version *x)
{
    Seen in;

    if (at->day < x->from || at->day > x->until)
        return holds(false);
    if (x->narrower && oracle_in_place(at, x->home.document,
                                       at->place != NULL ? at->place : at->entity->place, &in))
        return in;
    return holds(true);
}

static Seen version(const At *at, const Expr *e, size_t i)
{
    if (i == 0)
        return branch(at, e, e->args[0]);
    if (e->versions->list[i].ends) /* nobody is there to read it */
        return version(at, e, i - 1);
    return pick(at, e, oracle_version_holds(at, &e->versions->list[i]), branch(at, e, e->args[i]),
                version(at, e, i - 1));
}

static Seen choice(const At *at, const Expr *e, size_t i)
{
    if (e->kind == EXPR_IF)
        return pick(at, e, oracle_truth(at, e->a), branch(at, e, e->b), branch(at, e, e->c));
    if (i + 1 == e->n_args)
        return branch(at, e, e->args[i]);
    return pick(at, e, oracle_truth(at, e->args[i]), branch(at, e, e->args[i + 1]),
                choice(at, e, i + 2));
}

/* ---- numbers and dates ------------------------------------------------------------------------
 */

int64_t oracle_rounded(Wide128 over, Wide128 under, Rounding how)
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

/* Metres in floating point, which rules do without: the chord through the sphere, then its arc. */
static int64_t metres(int64_t a, int64_t b)
{
    const long double unit = acosl(-1) / 180 / POINT_DEGREE, radius = 6371008.8L;
    int32_t east[2], north[2];
    long double chord = 0;

    point_split(a, &east[0], &north[0]);
    point_split(b, &east[1], &north[1]);
    for (int axis = 0; axis < 3; axis++) {
        long double side[2];

        for (int i = 0; i < 2; i++)
            side[i] = axis == 2   ? sinl(north[i] * unit)
                      : axis == 1 ? cosl(north[i] * unit) * sinl(east[i] * unit)
                                  : cosl(north[i] * unit) * cosl(east[i] * unit);
        chord += (side[0] - side[1]) * (side[0] - side[1]);
    }
    return (int64_t)floorl(2 * radius * asinl(sqrtl(chord) / 2) + 0.5L);
}

static Seen arithmetic(const At *at, const Expr *e)
{
    Seen x = oracle_worth(at, e->a), y = e->b != NULL ? oracle_worth(at, e->b) : known(at->day);
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
    case EXPR_DISTANCE:
        return known(metres(x.value, y.value));
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
    const Expr *of = e->a->kind == EXPR_MUL ? e->a->a : e->a;

    if (expr_is_quotient(of)) { /* a share, or one times a number */
        x = oracle_worth(at, of);
        y = of == e->a ? known(1) : oracle_worth(at, e->a->b);
        if (!x.known || !y.known)
            return unknown(join(x.lacks, y.lacks));
        Frac f = oracle_range(at, of, &x).low;

        return known(oracle_rounded(f.over * y.value * power_of_ten(e->type.scale),
                                    f.under * power_of_ten(of->type.scale), (Rounding)e->number));
    }

    if (e->a->kind != EXPR_DIV) {
        x = oracle_worth(at, e->a);
        if (!x.known)
            return x;
        return known(oracle_rounded(x.value, power_of_ten(e->a->type.scale - e->type.scale),
                                    (Rounding)e->number));
    }
    x = oracle_worth(at, e->a->a);
    y = oracle_worth(at, e->a->b);
    if (!x.known || !y.known)
        return unknown(join(x.lacks, y.lacks));
    g_assert(y.value != 0);
    return known(
        oracle_rounded((Wide128)x.value * power_of_ten(e->type.scale + e->a->b->type.scale),
                       (Wide128)y.value * power_of_ten(e->a->a->type.scale), (Rounding)e->number));
}

/* ---- aggregates -------------------------------------------------------------------------------
 */

Seen oracle_present(const At *at)
{
    const Entity *e = at->entity;
    Seen all = holds(true);

    if (e->begin != NULL) {
        Seen s = oracle_field(at, e->begin);

        all = s.known ? holds(s.value <= at->day) : truth(TRUTH_UNKNOWN, s.lacks);
    }
    if (e->end != NULL) {
        Seen s = oracle_field(at, e->end), t;

        if (s.known)
            t = holds(e->end_counts ? at->day <= s.value : at->day < s.value);
        else
            t = e->end->open ? holds(true) : truth(TRUTH_UNKNOWN, s.lacks);
        all = truth(truth_and((Truth)all.value, (Truth)t.value), join(all.lacks, t.lacks));
    }
    return all;
}

Seen oracle_see(const At *at, const Expr *e)
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
        Seen s = oracle_see(at, e->a);
        return holds(settled(e->a, &s));
    }
    case EXPR_IF:
    case EXPR_CASE:
        return choice(at, e, 0);
    case EXPR_ROUND:
        return round_seen(at, e);
    case EXPR_AGGREGATE:
        return oracle_aggregate(at, e);
    case EXPR_SINCE:
        return oracle_since(at, e);
    case EXPR_GENERAL:
        return oracle_see(at, e->a);
    case EXPR_VERSION:
        return version(at, e, e->n_args - 1);
    case EXPR_OUTCOME:
        return oracle_outcome(at, e);
    default:
        return is_truth(e) ? comparison(at, e) : arithmetic(at, e);
    }
}

void oracle_begin(Oracle *o)
{
    oracle_forget();
    for (size_t i = 0; i < o->m->n_entities; i++) {
        const Entity *e = o->m->entities[i];

        for (size_t k = 0; k < e->n_fields; k++) {
            if (e->fields[k]->judgement != NULL)
                o->judged = join(o->judged, one(oracle_id(o->m, INPUT_FIELD, e->fields[k])));
        }
    }
}

Seen oracle_value(const Oracle *o, const Expr *e, const Entity *entity, size_t row, Date day)
{
    At at = {.o = o, .entity = entity, .row = row, .day = day};

    return oracle_see(&at, e);
}
