/* sentence_seen.c — what the row driver saw of an expression.
 * A program folds and rewrites (an age of 80 becomes a date of birth), so that an expression may
 * have no register of its own any more; then it is computed again here from what was seen below it.
 * Start: seen_value(), seen_truth(). */
#include "base/decimal.h"
#include "compile/ops.h"
#include "compile/sentence_words.h"
#include "data/point.h"

static const Seen nothing = {.since = DATE_MIN};

static Seen seen_number(int64_t value, unsigned scale)
{
    return (Seen){.found = true, .known = true, .value = value, .scale = scale, .since = DATE_MIN};
}

static Seen unknown(void)
{
    return (Seen){.found = true, .since = DATE_MIN};
}

static const TraceStep *trace_of(const Telling *w, const Expr *e, const Step **ret)
{
    uint32_t step = program_step_of(w->p, e, STEP_NONE);

    if (step == STEP_NONE || step >= w->t->n_steps || !w->t->steps[step].run)
        return NULL;
    *ret = &w->p->steps[step];
    return &w->t->steps[step];
}

/* Both at one number of decimals; false: it does not fit. */
static bool level(Seen *x, Seen *y)
{
    unsigned scale = x->scale > y->scale ? x->scale : y->scale;
    bool fits = checked_mul(x->value, power_of_ten(scale - x->scale), &x->value) &&
                checked_mul(y->value, power_of_ten(scale - y->scale), &y->value);

    x->scale = scale;
    y->scale = scale;
    return fits;
}

static Seen both_seen(const Telling *w, const Expr *e, Seen *x, Seen *y)
{
    *x = seen_value(w, e->a);
    *y = seen_value(w, e->b);
    if (!x->found || !y->found)
        return nothing;
    return x->known && y->known ? seen_number(0, 0) : unknown();
}

static Seen seen_arithmetic(const Telling *w, const Expr *e)
{
    Seen x, y, r = both_seen(w, e, &x, &y);
    bool fits = true;

    if (!r.known)
        return r;
    if (e->kind == EXPR_MUL) {
        fits = checked_mul(x.value, y.value, &r.value);
        r.scale = x.scale + y.scale;
        return fits ? r : nothing;
    }
    if (!level(&x, &y))
        return nothing;
    r.scale = x.scale;
    if (e->kind == EXPR_ADD)
        fits = checked_add(x.value, y.value, &r.value);
    else if (e->kind == EXPR_SUB)
        fits = checked_sub(x.value, y.value, &r.value);
    else if (e->kind == EXPR_UNION)
        r.value = x.value | y.value;
    else
        r.value = (e->kind == EXPR_MIN) == (x.value < y.value) ? x.value : y.value;
    return fits ? r : nothing;
}

static Seen seen_dates(const Telling *w, const Expr *e)
{
    Seen x, y = seen_number(w->t->day, 0), r;

    if (e->kind == EXPR_AGE) {
        x = seen_value(w, e->a);
        r = !x.found ? nothing : x.known ? seen_number(0, 0) : unknown();
    } else {
        r = both_seen(w, e, &x, &y);
    }
    if (!r.known)
        return r;
    if (e->kind == EXPR_DISTANCE)
        return seen_number(point_distance(x.value, y.value), 0);
    Date a = (Date)x.value, b = (Date)y.value;
    int32_t months =
        (int32_t)y.value * (e->kind == EXPR_DATE_ADD && e->b->type.unit == UNIT_YEARS ? 12 : 1);

    if (e->kind == EXPR_AGE || e->kind == EXPR_YEARS)
        r.value = date_years(a, b);
    else if (e->kind == EXPR_MONTHS)
        r.value = date_months(a, b);
    else if (e->kind == EXPR_DAYS)
        r.value = (int64_t)b - a;
    else if (e->b->type.unit == UNIT_DAYS)
        r.value = x.value + y.value;
    else
        r.value = date_add_months(a, months);
    return r;
}

static Seen seen_choice(const Telling *w, const Expr *e)
{
    if (e->kind == EXPR_IF) {
        Truth t = seen_truth(w, e->a);

        return t == TRUTH_YES  ? seen_value(w, e->b)
               : t == TRUTH_NO ? seen_value(w, e->c)
                               : unknown();
    }
    for (size_t i = 0; i + 1 < e->n_args; i += 2) {
        Truth t = seen_truth(w, e->args[i]);

        if (t != TRUTH_NO)
            return t == TRUTH_YES ? seen_value(w, e->args[i + 1]) : unknown();
    }
    return e->n_args % 2 == 1 ? seen_value(w, e->args[e->n_args - 1]) : unknown();
}

/* One of the steps that gather the same rows as an aggregate, as far as it was run. */
static const TraceStep *gathered(const Telling *w, const Expr *e,
                                 bool (*fits)(const AggregateStep *), const Step **ret)
{
    uint32_t first = program_step_of(w->p, e, STEP_NONE);

    if (first == STEP_NONE || w->p->steps[first].op != OP_AGGREGATE)
        return NULL;
    const Program *body = w->p->aggregates[w->p->steps[first].slot].body;

    for (size_t i = 0; i < w->t->n_steps; i++) {
        const Step *s = &w->p->steps[i];

        if (!w->t->steps[i].run || s->op != OP_AGGREGATE ||
            w->p->aggregates[s->slot].body != body || !fits(&w->p->aggregates[s->slot]))
            continue;
        *ret = s;
        return &w->t->steps[i];
    }
    return NULL;
}

static bool is_whole(const AggregateStep *a)
{
    return a->bound == BOUND_EXACT && (a->part == QUOTIENT_FLOOR || a->part == QUOTIENT_CEILING);
}

static bool is_over(const AggregateStep *a)
{
    return a->bound == BOUND_EXACT && a->part == QUOTIENT_OVER;
}

static bool is_under(const AggregateStep *a)
{
    return a->bound == BOUND_EXACT && a->part == QUOTIENT_UNDER;
}

static bool is_left_out(const AggregateStep *a)
{
    return a->bound == BOUND_LEFT_OUT;
}

/* A share or a mean: as compared, or of what is above and below its line. */
static Seen seen_quotient(const Telling *w, const Expr *e)
{
    const Step *s = NULL, *over = NULL, *under = NULL;
    const TraceStep *t = gathered(w, e, is_whole, &s), *x, *y;

    if (t != NULL)
        return t->known ? seen_number(t->value, s->scale) : unknown();
    x = gathered(w, e, is_over, &over);
    y = gathered(w, e, is_under, &under);
    if (x == NULL || y == NULL)
        return nothing;
    if (!x->known || !y->known || y->value <= 0)
        return unknown();
    Wide up = (Wide)power_of_ten(w->p->aggregates[over->slot].up);

    return seen_number((int64_t)((Wide)x->value * up / y->value), e->type.scale);
}

int64_t seen_left_out(const Telling *w, const Expr *e)
{
    const Step *s = NULL;
    const TraceStep *t = e->kind == EXPR_AGGREGATE && e->aggregate->known_only
                             ? gathered(w, e, is_left_out, &s)
                             : NULL;

    return t != NULL && t->known ? t->value : 0;
}

static Seen seen_again(const Telling *w, const Expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_CODE:
    case EXPR_SET:
        return seen_number(e->number, e->type.scale);
    case EXPR_DAY:
        return seen_number(w->t->day, 0);
    case EXPR_REGION:
        return w->p->regions != NULL ? seen_number(region_row(w->p->regions, e->text), 0) : nothing;
    case EXPR_AGE:
    case EXPR_YEARS:
    case EXPR_MONTHS:
    case EXPR_DAYS:
    case EXPR_DATE_ADD:
    case EXPR_DISTANCE:
        return seen_dates(w, e);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_MIN:
    case EXPR_MAX:
    case EXPR_UNION:
        return seen_arithmetic(w, e);
    case EXPR_RESCALE:
        return seen_value(w, e->a);
    case EXPR_AGGREGATE:
        return expr_is_quotient(e) ? seen_quotient(w, e) : nothing;
    case EXPR_IF:
    case EXPR_CASE:
        return seen_choice(w, e);
    default:
        return nothing;
    }
}

Seen seen_value(const Telling *w, const Expr *e)
{
    const Step *step = NULL;
    const TraceStep *t = trace_of(w, e, &step);

    if (t == NULL)
        return seen_again(w, e);
    Seen s = {.found = true,
              .known = t->known,
              .value = t->value,
              .scale = step->scale,
              .since = t->since};

    if (step->is_truth) { /* a condition read as a value */
        s.known = t->value == TRUTH_YES || t->value == TRUTH_NO;
        s.value = t->value == TRUTH_YES;
    }
    return s;
}

bool seen_waits(const Telling *w, const Expr *e)
{
    const Step *step = NULL;
    const TraceStep *t = trace_of(w, e, &step);

    return t != NULL && lacks_only_judgements(w, t->missing);
}

static Truth truth_of(bool holds)
{
    return holds ? TRUTH_YES : TRUTH_NO;
}

static Truth seen_comparison(const Telling *w, const Expr *e)
{
    Seen x, y, r = both_seen(w, e, &x, &y);

    if (!r.known || !level(&x, &y))
        return TRUTH_UNKNOWN;
    switch (e->kind) {
    case EXPR_EQ:
        return truth_of(x.value == y.value);
    case EXPR_NE:
        return truth_of(x.value != y.value);
    case EXPR_LT:
        return truth_of(x.value < y.value);
    case EXPR_LE:
        return truth_of(x.value <= y.value);
    case EXPR_GT:
        return truth_of(x.value > y.value);
    case EXPR_GE:
        return truth_of(x.value >= y.value);
    case EXPR_IN:
        return truth_of(x.value >= 0 && x.value < 64 && ((uint64_t)y.value >> x.value & 1) != 0);
    case EXPR_HAS_ANY:
        return truth_of((x.value & y.value) != 0);
    case EXPR_HAS_ALL:
        return truth_of((x.value & y.value) == y.value);
    default:
        return TRUTH_UNKNOWN;
    }
}

static Truth seen_between(const Telling *w, const Expr *e)
{
    Seen x = seen_value(w, e->a), low = seen_value(w, e->b), high = seen_value(w, e->c), y = x;

    if (!x.known || !low.known || !high.known || !level(&x, &low) || !level(&y, &high))
        return TRUTH_UNKNOWN;
    return truth_of(low.value <= x.value && y.value <= high.value);
}

static Truth seen_truth_again(const Telling *w, const Expr *e)
{
    switch (e->kind) {
    case EXPR_TRUTH:
        return (Truth)e->number;
    case EXPR_NOT:
        return truth_not(seen_truth(w, e->a));
    case EXPR_AND:
        return truth_and(seen_truth(w, e->a), seen_truth(w, e->b));
    case EXPR_OR:
        return truth_or(seen_truth(w, e->a), seen_truth(w, e->b));
    case EXPR_KNOWN:
        return truth_of(seen_value(w, e->a).known);
    case EXPR_BETWEEN:
        return seen_between(w, e);
    case EXPR_FIELD:
    case EXPR_PARAM:
    case EXPR_IF:
    case EXPR_CASE: {
        Seen s = seen_value(w, e);
        return !s.known ? TRUTH_UNKNOWN : truth_of(s.value != 0);
    }
    default:
        return e->a != NULL && e->b != NULL ? seen_comparison(w, e) : TRUTH_UNKNOWN;
    }
}

Truth seen_truth(const Telling *w, const Expr *e)
{
    const Step *step = NULL;
    const TraceStep *t = trace_of(w, e, &step);

    if (t == NULL)
        return seen_truth_again(w, e);
    if (step->is_truth)
        return (Truth)t->value;
    if (t->known)
        return truth_of(t->value != 0);
    return lacks_only_judgements(w, t->missing) ? TRUTH_PERSON : TRUTH_UNKNOWN;
}
