/* version.c — what is amended: which version is in force on the day, in the place of the record
 * (semantics 9, 48, 49).
 * In: EXPR_VERSION, Rule.versions.  Out: steps that choose.  Start: lower_version(). */
#include "compile/build.h"

static uint32_t both(Builder *b, uint32_t x, uint32_t y)
{
    if (x == STEP_NONE || y == STEP_NONE)
        return x == STEP_NONE ? y : x;
    return step_of(b, OP_AND, x, y);
}

static Date before(const Builder *b)
{
    const CompileOptions *o = b->shared->options;

    return o->has_before ? o->before : DATE_MAX;
}

bool version_counts(const Builder *b, const Versions *v, size_t i)
{
    return v->list[i].from < before(b);
}

uint32_t version_holds(Scope s, const Versions *v, size_t i)
{
    const Version *x = &v->list[i];
    uint32_t holds = lower_in_force(s.b, x->from, x->until);
    int32_t within;

    if (x->narrower)
        holds = lower_rule_place(s, x->home.document, holds, &within);
    StepOf origin = {x, s.record, holds}; /* explanations ask for it */

    g_array_append_val(s.b->origins, origin);
    return holds;
}

/* Where it has ended stands what was before: nobody is there to read it. */
uint32_t lower_version(Scope s, const Expr *e, Lowered part)
{
    const Versions *v = e->versions;
    uint32_t x = part(s, e->args[0]);

    for (size_t i = 1; i < v->n && s.b->shared->error == NULL; i++) {
        bool ended = v->list[i].ends && e->args[i] == e->args[i - 1]; /* a table is a gap then */

        if (ended || !version_counts(s.b, v, i))
            continue;
        uint32_t own = part(s, e->args[i]);
        unsigned scale = MAX(step_at(s.b, own)->scale, step_at(s.b, x)->scale);

        if (scale > 0) { /* truths have none */
            own = step_scaled(s.b, own, scale);
            x = step_scaled(s.b, x, scale);
        }
        x = step_if(s.b, version_holds(s, v, i), own, x);
    }
    return x;
}

/* Outside of what any version holds for there is no rule (semantics 20). */
uint32_t lower_versions_present(Scope s, const Rule *r, uint32_t present, Date *ret_until)
{
    const Versions *v = r->versions;
    const Version *first = &v->list[0];
    Date until = versions_until(v, before(s.b));
    uint32_t there = STEP_NONE;

    *ret_until = until;
    if (first->from > r->from || first->until < until)
        there = lower_in_force(s.b, first->from, first->until);
    for (size_t i = 1; i < v->n; i++) {
        const Version *x = &v->list[i];

        if (!version_counts(s.b, v, i) || x->from > until || (!x->ends && there == STEP_NONE))
            continue;
        uint32_t holds = version_holds(s, v, i);

        if (!x->ends)
            there = step_of(s.b, OP_OR, holds, there);
        else
            there = both(s.b, there, step_of(s.b, OP_NOT, holds, STEP_NONE));
    }
    return both(s.b, present, there);
}

/* The text of this version is the one in force: it is, and none that stands behind it. */
uint32_t lower_wording(Scope s, const Wording *x, uint32_t present)
{
    const Versions *v = x->of;

    if (x->version > 0)
        present = both(s.b, present, version_holds(s, v, x->version));
    for (size_t i = x->version + 1; i < v->n; i++)
        present = both(s.b, present, step_of(s.b, OP_NOT, version_holds(s, v, i), STEP_NONE));
    return present;
}

bool wording_at(const Wording *s, const RegionTree *t, int32_t region, Date day)
{
    return s->of == NULL || version_at(s->of, t, region, day) == s->version;
}

bool version_reaches(const Version *x, const RegionTree *t, int32_t region)
{
    if (!x->narrower)
        return true;
    int32_t place = t != NULL ? region_row(t, x->home.document->place) : ROW_NONE;

    return region != ROW_NONE && place != ROW_NONE && region_in(t, region, place);
}

size_t version_at(const Versions *v, const RegionTree *t, int32_t region, Date day)
{
    for (size_t i = v->n; i-- > 0;) {
        const Version *x = &v->list[i];

        if (version_reaches(x, t, region) && day >= x->from && day <= x->until)
            return x->ends ? v->n : i;
    }
    return v->n;
}
