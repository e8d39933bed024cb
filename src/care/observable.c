/* observable.c — which statements have an effect that a user can observe.
 * What is read or changed by others is followed along the mentions of the Model: an arrow leads
 * from the statement in which a word stands to the statement that declares what it names. Read
 * first: statements_seen(). */
#include "care/observable.h"

#include "base/sort.h"
#include "care/follow.h"
#include "declare/catalogue.h"

/* From the statement with a word to the one that declares what the word names. */
typedef struct Arrow {
    uint32_t from, to;
    bool own; /* the word is what the statement speaks of: the param of a set, the entity of an
                 extend */
} Arrow;

typedef struct Seeing {
    const Model *m;
    bool *seen;
    Arrow *arrows;
    size_t n;
} Seeing;

static void arrows_make(Seeing *s, Arena *a)
{
    const Model *m = s->m;
    s->arrows = arena_array(a, m->n_mentions + 1, sizeof *s->arrows);
    for (size_t i = 0; i < m->n_mentions; i++) {
        const Statement *from = model_statement_at(m, m->mentions[i].pos);
        const Statement *to = model_statement_at(m, m->mentions[i].of);
        if (from == NULL || to == NULL || from == to)
            continue;
        s->arrows[s->n++] = (Arrow){.from = (uint32_t)(from - m->statements),
                                    .to = (uint32_t)(to - m->statements),
                                    .own = pos_same(m->mentions[i].pos, from->home.pos)};
    }
}

static bool has_target(const Model *m, const Indicator *i)
{
    for (size_t k = 0; k < m->n_targets; k++)
        if (m->targets[k]->indicator == i && m->targets[k]->n_values > 0)
            return true;
    return false;
}

static bool is_aimed(const Model *m, const Statement *s)
{
    const Duty *d = s->kind == DECLARES_DUTY ? s->what : NULL;
    DutyRegister of;
    if (d != NULL && (d->done.entity != NULL || duty_register(m, &of)))
        return true;
    for (size_t i = 0; d != NULL && i < d->n_measured; i++)
        if (has_target(m, d->measured[i]))
            return true;
    return false;
}

/* A list that narrower places are compared with is seen by itself; a table is asked by rules. */
static bool is_compared(const Model *m, const Statement *s)
{
    return s->kind == DECLARES_TABLE && model_catalogue(m, s->name) != NULL;
}

static Seen seen_of(const Model *m, size_t i)
{
    return observables[m->statements[i].kind].seen;
}

/* One round along all arrows; true while something was added. */
static bool follow(Seeing *s)
{
    bool added = false;
    for (size_t i = 0; i < s->n; i++) {
        const Arrow *x = &s->arrows[i];
        bool reads = s->seen[x->from] && seen_of(s->m, x->to) == SEEN_READ;
        bool with = x->own && s->seen[x->to] && seen_of(s->m, x->from) == SEEN_WITH;
        if (reads && !s->seen[x->to])
            added = s->seen[x->to] = true;
        if (with && !s->seen[x->from])
            added = s->seen[x->from] = true;
    }
    return added;
}

const bool *statements_seen(const Model *m, Arena *a)
{
    Seeing s = {.m = m, .seen = arena_array(a, m->n_statements + 1, sizeof(bool))};
    g_autoptr(Arena) scratch = arena_new();
    for (size_t i = 0; i < m->n_statements; i++)
        s.seen[i] = seen_of(m, i) == SEEN_ITSELF || is_compared(m, &m->statements[i]) ||
                    (seen_of(m, i) == SEEN_AIMED && is_aimed(m, &m->statements[i]));
    arrows_make(&s, scratch);
    while (follow(&s))
        continue;
    return s.seen;
}

static int by_order(const void *a, const void *b)
{
    const Statement *x = *(const Statement *const *)a, *y = *(const Statement *const *)b;
    unsigned first = observables[x->kind].order, second = observables[y->kind].order;
    if (first != second)
        return first < second ? -1 : 1;
    return x < y ? -1 : x > y;
}

const Statement **clause_statements(const Model *m, const Clause *c, Arena *a, size_t *ret_n)
{
    size_t from = model_statements_from(m, c->pos), to = from;
    while (to < m->n_statements && m->statements[to].home.clause == c)
        to++;
    const Statement **all = arena_array(a, to - from + 1, sizeof *all);
    *ret_n = 0;
    for (size_t i = from; i < to; i++)
        if (observables[m->statements[i].kind].seen != SEEN_APART)
            all[(*ret_n)++] = &m->statements[i];
    sort_rows(all, *ret_n, sizeof *all, by_order);
    return all;
}

/* What it speaks of has a label. */
static Label amended_label(const Model *m, const Statement *s)
{
    if (s->what == NULL)
        return (Label){s->name, s->name};
    switch (s->of) {
    case DECLARES_BENEFIT:
    case DECLARES_CHECK:
        return ((const Rule *)s->what)->label;
    case DECLARES_PARAM:
        return ((const Param *)s->what)->label;
    case DECLARES_EXCEPTION:
        return ((const Exception *)s->what)->label;
    case DECLARES_TABLE:
        return ((const Table *)s->what)->label;
    case DECLARES_TARGET:
    case DECLARES_INDICATOR:
        return model_indicator(m, s->name)->label;
    case DECLARES_TASK:
        return ((const Task *)s->what)->label;
    case DECLARES_DUTY:
        return ((const Duty *)s->what)->label;
    case DECLARES_HOLD:
        return ((const Hold *)s->what)->label;
    default:
        return (Label){s->name, s->name};
    }
}

Label statement_label(const Model *m, const Statement *s)
{
    const Entity *e = model_entity(m, s->name);
    const Enum *codes = model_enum(m, s->name);
    if (s->label.zh.len > 0)
        return s->label;
    switch (s->kind) {
    case DECLARES_ENDS:
    case DECLARES_AMEND:
        return amended_label(m, s);
    case DECLARES_SET:
    case DECLARES_DELEGATE:
        if (model_catalogue(m, s->name) != NULL)
            return model_catalogue(m, s->name)->label;
        return model_param(m, s->name)->label;
    case DECLARES_EXTEND:
        return e != NULL ? e->label : codes->label;
    case DECLARES_TARGET:
        return model_indicator(m, s->name)->label;
    case DECLARES_REGIONS:
        return (Label){str_of(observables[s->kind].zh), str_of(observables[s->kind].en)};
    default:
        return (Label){s->name, s->name};
    }
}

ClauseState clause_state(const Model *m, const bool *seen, const Statement *const *of, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (seen[of[i] - m->statements])
            return CLAUSE_RUNNING;
    return n > 0 ? CLAUSE_DECLARED : CLAUSE_MISSING;
}
