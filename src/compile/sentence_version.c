/* sentence_version.c — why, where a later document stands for an earlier one: which version holds,
 * and since when there is none (semantics 20, 49).
 * Start: version_told(), version_rule(). */
#include "compile/sentence_words.h"

static const Both nobody = {{NULL, 0}, {NULL, 0}};

/* Whether the version is in force there, as the row driver saw it; where it did not look, by the
 * day alone. */
static Truth version_seen(const Telling *w, const Versions *v, size_t i)
{
    const Version *x = &v->list[i];
    uint32_t step = program_step_of(w->p, x, STEP_NONE);

    if (step != STEP_NONE && step < w->t->n_steps && w->t->steps[step].run)
        return (Truth)w->t->steps[step].value;
    if (w->t->day < x->from || w->t->day > x->until)
        return TRUTH_NO;
    return x->narrower ? TRUTH_UNKNOWN : TRUTH_YES;
}

size_t version_told(const Telling *w, const Versions *v, bool *ret_sure)
{
    *ret_sure = true;
    for (size_t i = v->n; i-- > 1;) {
        Truth t = version_seen(w, v, i);

        if (t == TRUTH_YES)
            return i;
        if (t != TRUTH_NO)
            *ret_sure = false;
    }
    return 0;
}

const Expr *version_part(const Telling *w, const Expr *e)
{
    bool sure;

    while (e != NULL && e->kind == EXPR_VERSION)
        e = e->args[version_told(w, e->versions, &sure)];
    return e;
}

const Rule *version_rule(const Telling *w, const Rule *r)
{
    bool sure;
    const Versions *v = r->versions;

    if (v == NULL)
        return r;
    const Rule *now = v->list[version_told(w, v, &sure)].rule;

    if (now == NULL) /* it has ended: what was before */
        return v->list[0].rule;
    Rule *as = arena_new_of(w->a, Rule); /* with all that others add to the rule */

    *as = *now;
    as->exceptions = r->exceptions;
    as->n_exceptions = r->n_exceptions;
    as->groups = r->groups;
    as->n_groups = r->n_groups;
    return as;
}

Home version_home(const Telling *w, const Versions *v, Home first)
{
    bool sure;

    return v != NULL ? v->list[version_told(w, v, &sure)].home : first;
}

static Said line(unsigned depth, Truth truth, Both text, Both source)
{
    return (Said){.depth = depth, .truth = truth, .text = text, .source = source};
}

bool version_line(const Telling *w, const Rule *r, Said *ret)
{
    bool sure = true;
    size_t i = r->versions != NULL ? version_told(w, r->versions, &sure) : 0;

    if (!sure) {
        *ret = line(1, TRUTH_UNKNOWN, say1(w, PHRASE_VERSION_OPEN, nobody), nobody);
        return true;
    }
    if (i == 0 || r->versions->list[i].ends)
        return false;
    *ret = line(1, TRUTH_YES, say1(w, PHRASE_AMENDED, sentence_date(w, r->versions->list[i].from)),
                sentence_citation(w, r->versions->list[0].home));
    return true;
}

/* Why nothing is in force on the day: it ended, or has not begun. */
bool version_absence(const Telling *w, const Rule *r, Said *ret)
{
    bool sure = true;
    size_t i = r->versions != NULL ? version_told(w, r->versions, &sure) : 0;
    const Version *x = i > 0 ? &r->versions->list[i] : NULL;
    Both source = sentence_citation(w, x != NULL ? x->home : r->home);

    if (x != NULL && x->ends && sure)
        *ret = line(1, TRUTH_NO, say1(w, PHRASE_ENDED, sentence_date(w, x->from)), source);
    else if (w->t->day > r->until)
        *ret = line(1, TRUTH_NO, say1(w, PHRASE_ENDED, sentence_date(w, r->until + 1)), source);
    else if (w->t->day < r->from)
        *ret = line(1, TRUTH_NO, say1(w, PHRASE_NOT_YET, sentence_date(w, r->from)), source);
    else
        return false;
    return true;
}

bool version_change(const Telling *w, const Rule *r, Both on, Both *ret)
{
    for (size_t i = 1; r->versions != NULL && i < r->versions->n; i++) {
        const Version *x = &r->versions->list[i];

        if (x->from != w->t->change_on && x->until + 1 != w->t->change_on)
            continue;
        *ret = say2(w, x->ends ? PHRASE_ENDS_ON : PHRASE_AMENDED_ON, on,
                    sentence_citation(w, x->home));
        return true;
    }
    return false;
}
