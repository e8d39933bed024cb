/* touching.c — marks and calendar become records to be decided; see touching.h.
 * A changed fact is followed over references to the records whose rules read it.  A reference that
 * was corrected leads to whom it referred before, too. */
#include "care/touching.h"

#include "evaluate/touched.h"

/* One rule's records beyond this share of all are cheaper decided for everybody, a slice at a time.
 */
#define ONES_SHARE 8
#define ONES_LEAST 2000u

typedef struct Finding {
    Anew *a;
    Touching *to;
    Arena *arena;
    const StaleMark *mark;
    Month from;
} Finding;

/* ---- from one mark ----------------------------------------------------------------------------
 */

/* What begins to matter later is in the calendar from now on: so the last month is asked again. */
static Month month_within(const Touching *t, Month month)
{
    return CLAMP(month, t->first, t->last);
}

static void one_add(Finding *f, uint32_t rule, int64_t row, RecordKey key, Month from)
{
    /* It went to another county: here it is gone, there it has a mark of its own. */
    if (row != ROW_NONE && anew_key(f->a, (size_t)row).county != key.county)
        row = ROW_NONE;
    const TouchedOne one = {rule, row, key, month_within(f->to, from)};
    g_array_append_val(f->to->ones, one);
}

static void rows_add(Finding *f, const GArray *touched)
{
    for (guint i = 0; i < touched->len; i++) {
        const Touched *t = &g_array_index(touched, Touched, i);
        if (t->row < working_rows(f->a->working, f->a->entity))
            one_add(f, t->output, t->row, anew_key(f->a, t->row), f->from);
    }
}

static void everybody(Finding *f, const Reach *r)
{
    for (size_t i = 0; i < r->n_outputs; i++)
        f->to->whole[r->outputs[i]] =
            MIN(f->to->whole[r->outputs[i]], month_within(f->to, f->from));
}

static const Entity *entity_numbered(const Finding *f, unsigned number)
{
    return f->a->care->model->entities[number];
}

/* Along the record's own reference, to all it ever referred to. */
static bool along_ever(Finding *f, const Reach *r, GArray *touched, GError **error)
{
    const Field *ref = entity_numbered(f, r->hops[0].entity)->fields[r->hops[0].column];
    int64_t *ids;
    size_t n;
    if (!store_ever_referred(f->a->care->store, ref, f->mark->key, f->arena, &ids, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        int64_t row = working_row(f->a->working, ref->type.to, ids[i]);
        if (row != ROW_NONE)
            touched_by_way(r, f->a->working->data, 1, (size_t)row, touched);
    }
    return true;
}

/* Whether the reference may once have led elsewhere: it was changed itself, or its record is gone.
 */
static bool led_elsewhere(const Finding *f, const Reach *r, int64_t row)
{
    const Field *field = f->mark->field;
    return r->n_hops > 0 && !r->hops[0].back &&
           (row == ROW_NONE || (field != NULL && field->index == r->hops[0].column));
}

static bool way_follow(Finding *f, const Reach *r, int64_t row, GArray *touched, GError **error)
{
    if (led_elsewhere(f, r, row))
        return along_ever(f, r, touched, error);
    if (row != ROW_NONE)
        touched_by_way(r, f->a->working->data, 0, (size_t)row, touched);
    else if (r->n_hops >
             0) /* who referred to what is gone refers to nothing now: nobody knows who */
        everybody(f, r);
    return true;
}

/* The record's own rules, when it came, went or its own facts changed. */
static void own_rules(Finding *f, int64_t row)
{
    if (f->mark->entity != f->a->entity || f->mark->field != NULL)
        return;
    for (uint32_t k = 0; k < f->a->n_rules; k++)
        one_add(f, k, row, f->mark->key, f->from);
}

static bool mark_follow(Finding *f, GError **error)
{
    const StaleMark *m = f->mark;
    unsigned column = m->field != NULL ? m->field->index : REACH_RECORD;
    int64_t row = working_row(f->a->working, m->entity, m->key.id);
    size_t n;
    const Reach *ways = reach_of(f->a->reach, m->entity->number, column, &n);
    g_autoptr(GArray) touched = g_array_new(FALSE, FALSE, sizeof(Touched));
    for (size_t i = 0; i < n; i++)
        if (!way_follow(f, &ways[i], row, touched, error))
            return false;
    rows_add(f, touched);
    own_rules(f, row);
    return true;
}

static bool marks_follow(Finding *f, const DecideState *state, GError **error)
{
    for (size_t i = 0; i < state->n_marks; i++) {
        f->mark = &state->marks[i];
        f->from = f->mark->from;
        if (!mark_follow(f, error))
            return false;
    }
    return true;
}

/* ---- rules and calendar -----------------------------------------------------------------------
 */

static int64_t output_of(const Anew *a, unsigned rule)
{
    for (size_t k = 0; k < a->n_rules; k++)
        if (a->rules[k]->number == rule)
            return (int64_t)k;
    return -1;
}

static void rules_due(Finding *f, const DecideState *state)
{
    Touching *to = f->to;
    for (size_t k = 0; k < f->a->n_rules; k++) {
        Date day = state->whole[f->a->rules[k]->number];
        bool never = day == DATE_MIN || !state->any || to->first < state->first;
        if (never)
            to->whole[k] = to->first;
        else if (day <= month_last(to->last))
            to->whole[k] = month_within(to, month_of(day));
    }
    for (size_t i = 0; i < state->n_rules; i++) {
        int64_t k = output_of(f->a, state->rules[i].rule);
        if (k >= 0)
            to->whole[k] = MIN(to->whole[k], month_within(to, state->rules[i].from));
    }
}

static void records_due(Finding *f, const DecideState *state)
{
    for (size_t i = 0; i < state->n_dues; i++) {
        const DueRow *d = &state->dues[i];
        int64_t k = output_of(f->a, d->rule);
        if (k < 0)
            continue;
        int64_t row = working_row(f->a->working, f->a->entity, d->subject.id);
        one_add(f, (uint32_t)k, row, d->subject, month_of(d->day));
    }
}

/* ---- each once --------------------------------------------------------------------------------
 */

static int one_order(gconstpointer a, gconstpointer b)
{
    const TouchedOne *x = a, *y = b;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->key.county != y->key.county)
        return x->key.county < y->key.county ? -1 : 1;
    if (x->key.id != y->key.id)
        return x->key.id < y->key.id ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static TouchedOne *one_at(const GArray *ones, guint i)
{
    return &g_array_index(ones, TouchedOne, i);
}

/* The earliest month of each. */
static void ones_once(GArray *ones)
{
    guint kept = 0;
    g_array_sort(ones, one_order);
    for (guint i = 0; i < ones->len; i++) {
        const TouchedOne *last = kept > 0 ? one_at(ones, kept - 1) : NULL;
        if (last == NULL || last->rule != one_at(ones, i)->rule ||
            last->key.county != one_at(ones, i)->key.county ||
            last->key.id != one_at(ones, i)->key.id)
            *one_at(ones, kept++) = *one_at(ones, i);
    }
    g_array_set_size(ones, kept);
}

static void many_are_all(const Anew *a, Touching *t)
{
    size_t most = MAX(working_rows(a->working, a->entity) / ONES_SHARE, ONES_LEAST);
    for (guint i = 0; i < t->ones->len;) {
        uint32_t rule = one_at(t->ones, i)->rule;
        Month from = MONTH_NEVER;
        guint end = i;
        for (; end < t->ones->len && one_at(t->ones, end)->rule == rule; end++)
            from = MIN(from, one_at(t->ones, end)->from);
        if (end - i > most)
            t->whole[rule] = MIN(t->whole[rule], from);
        i = end;
    }
}

static void drop_covered(Touching *t)
{
    guint kept = 0;
    for (guint i = 0; i < t->ones->len; i++) {
        const TouchedOne *one = one_at(t->ones, i);
        if (one->from < t->whole[one->rule])
            *one_at(t->ones, kept++) = *one;
    }
    g_array_set_size(t->ones, kept);
}

bool touching_find(Anew *a, const DecideState *state, Month first, Month last, Touching *ret,
                   GError **error)
{
    g_autoptr(Arena) arena = arena_new();
    Finding f = {.a = a, .to = ret, .arena = arena};
    *ret = (Touching){.first = first, .last = last, .whole = g_new(Month, a->n_rules + 1)};
    ret->ones = g_array_new(FALSE, FALSE, sizeof(TouchedOne));
    for (size_t k = 0; k < a->n_rules; k++)
        ret->whole[k] = MONTH_NEVER;
    rules_due(&f, state);
    records_due(&f, state);
    if (state->any && !marks_follow(&f, state, error)) {
        touching_clear(ret);
        return false;
    }
    ones_once(ret->ones);
    many_are_all(a, ret);
    drop_covered(ret);
    return true;
}

void touching_clear(Touching *t)
{
    g_free(t->whole);
    if (t->ones != NULL)
        g_array_unref(t->ones);
    *t = (Touching){0};
}
