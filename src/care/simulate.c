/* simulate.c — what if: the rules that differ, by today's Program and by the changed one, over the
 * same columns, record by record.
 * In: the working set, a supposed Model (suppose.c).  Out: a Simulation.  Nothing is written.
 * Not here: checks of regions (simulate_region.c), words and shapes (simulate_json.c).  Read first:
 * simulate(), count_row(). */
#include "care/simulate.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/limits.h"
#include "care/account.h"
#include "care/decide.h"
#include "care/inside.h"
#include "care/simulate_inside.h"
#include "care/suppose.h"

#define REGION_DEPTH 2 /* of a city: counties and towns */

typedef struct Line { /* a rule that differs */
    SimulateRule *rule;
    const Rule *old, *now; /* NULL: there is none */
    size_t old_output, now_output;
    SimulateCell *cells; /* by region: of its own, later with all below */
} Line;

struct Part { /* those about one entity */
    const Entity *entity;
    Line *lines;
    size_t n;
    Program *before, *after; /* NULL: no rule */
    size_t rows;
    int64_t *sum_before, *sum_after; /* per row, over all months */
    uint8_t *turned;                 /* bit per SimulateTurn */
};

/* ---- which rules, and their Programs ----------------------------------------------------------
 */

static SimulateHow how_of(PolicyHow how)
{
    return how == POLICY_NEW ? SIMULATE_NEW : how == POLICY_GONE ? SIMULATE_GONE : SIMULATE_CHANGED;
}

void simulate_tell_rule(Simulating *x, const PolicyRuleDifference *d, SimulateRule *to)
{
    const Rule *r = d->rule;
    Arena *a = x->arena; /* a supposed Model is gone when the answer is read */
    *to = (SimulateRule){.name = arena_str(a, r->name),
                         .label = {arena_str(a, r->label.zh), arena_str(a, r->label.en)},
                         .kind = r->kind,
                         .how = how_of(d->how),
                         .subject = x->care->model->entities[r->subject->number]};
    if (r->home.document != NULL)
        to->document = arena_str(a, r->home.document->name);
    if (r->home.clause != NULL)
        to->clause = arena_str(a, r->home.clause->number);
    to->months = arena_many(a, SimulateCell, x->ret->n_months);
}

static Part *part_of(Simulating *x, const Entity *e)
{
    for (size_t i = 0; i < x->n_parts; i++)
        if (x->parts[i].entity == e)
            return &x->parts[i];
    Part *p = &x->parts[x->n_parts++];
    size_t rows = working_rows(x->working, e);
    *p = (Part){.entity = e,
                .lines = arena_many(x->arena, Line, x->ret->n_rules),
                .rows = rows,
                .sum_before = g_new0(int64_t, rows + 1),
                .sum_after = g_new0(int64_t, rows + 1),
                .turned = g_new0(uint8_t, rows + 1)};
    return p;
}

/* Those that differ in a month that is asked about. */
static bool find_rules(Simulating *x, GError **error)
{
    const PolicyDifference *d = &x->difference;
    const Model *m = x->care->model;
    if (!policy_compare(x->care, x->next, x->arena, &x->difference, error))
        return false;
    if (!models_alike(m, x->next))
        return fail(error, FAIL_INPUT,
                    "the documents number entities, codes or places otherwise than this database: "
                    "what they change is seen after a migration");
    x->ret->rules = arena_many(x->arena, SimulateRule, d->n_rules + 1);
    x->parts = arena_many(x->arena, Part, m->n_entities + 1);
    for (size_t i = 0; i < d->n_rules; i++)
        x->ret->n_rules += d->rules[i].from <= x->what->until;
    for (size_t i = 0, k = 0; i < d->n_rules; i++) {
        const PolicyRuleDifference *one = &d->rules[i];
        if (one->from > x->what->until)
            continue;
        SimulateRule *rule = &x->ret->rules[k++];
        simulate_tell_rule(x, one, rule);
        Part *p = part_of(x, rule->subject);
        p->lines[p->n++] =
            (Line){.rule = rule,
                   .old = one->how == POLICY_NEW ? NULL : model_rule(m, rule->name),
                   .now = one->how == POLICY_GONE ? NULL : model_rule(x->next, rule->name),
                   .cells = arena_many(x->arena, SimulateCell, x->care->regions->n)};
    }
    x->ret->same = x->next->n_rules;
    for (size_t i = 0; i < x->ret->n_rules; i++)
        x->ret->same -= x->ret->rules[i].how != SIMULATE_GONE;
    return true;
}

static bool make_program(Simulating *x, Part *p, bool after, Program **ret, GError **error)
{
    const Model *m = after ? x->next : x->care->model;
    const CompileOptions options = {.data = x->working->data, .regions = x->care->regions};
    g_autofree Output *outputs = g_new0(Output, p->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const Rule *rule = after ? p->lines[i].now : p->lines[i].old;
        *(after ? &p->lines[i].now_output : &p->lines[i].old_output) = n;
        if (rule != NULL)
            outputs[n++] = (Output){.kind = OUTPUT_RULE, .rule = rule};
    }
    *ret =
        n == 0 ? NULL : program_new(m, m->entities[p->entity->number], outputs, n, &options, error);
    return n == 0 || *ret != NULL ||
           fail_while(error, "compiling the rules about \"%.*s\"", STR_ARG(p->entity->name));
}

/* ---- record by record -------------------------------------------------------------------------
 */

static Answer answer_of(const Result *r, size_t row)
{
    Answer a = {.outcome = r != NULL ? r->outcome[row] : OUTCOME_OUTSIDE};
    if (a.outcome == TRUTH_YES)
        a.amount = result_amount(r, row);
    return a;
}

static void add(Simulating *x, int64_t *to, int64_t more)
{
    if (!checked_add(*to, more, to))
        x->too_large = true;
}

static void side_count(Simulating *x, SimulateSide *to, Answer s)
{
    to->yes += s.outcome == TRUTH_YES;
    to->no += s.outcome == TRUTH_NO;
    to->unknown += s.outcome == TRUTH_UNKNOWN;
    to->judgement += s.outcome == TRUTH_PERSON;
    add(x, &to->sum, s.amount);
}

static SimulateTurn turn_of(Answer before, Answer after)
{
    bool had = before.outcome == TRUTH_YES, has = after.outcome == TRUTH_YES;
    if (after.outcome == TRUTH_UNKNOWN && before.outcome != TRUTH_UNKNOWN)
        return SIMULATE_TURNS_UNKNOWN;
    if (after.outcome == TRUTH_PERSON && before.outcome != TRUTH_PERSON)
        return SIMULATE_TURNS_JUDGEMENT;
    if (after.amount > before.amount || (has && !had))
        return SIMULATE_GAINS;
    return after.amount < before.amount || (had && !has) ? SIMULATE_LOSES : NO_TURN;
}

SimulateTurn simulate_count(Simulating *x, SimulateCell *to, Answer before, Answer after)
{
    SimulateTurn turn = turn_of(before, after);
    side_count(x, &to->before, before);
    side_count(x, &to->after, after);
    if (turn != NO_TURN) {
        to->turns[turn].count++;
        add(x, &to->turns[turn].difference, after.amount - before.amount);
    }
    return turn;
}

/* Where a record counts: its place, or the whole where that is not known; ROW_NONE: outside of what
 * is asked about. */
static int32_t counted_at(const Simulating *x, int32_t place)
{
    if (place == ROW_NONE)
        place = x->care->place;
    return region_in(x->care->regions, place, x->ret->region) ? place : ROW_NONE;
}

static void count_line(Simulating *x, Part *p, Line *l, size_t month, const int32_t *places,
                       const Result *old, const Result *now)
{
    for (size_t row = 0; row < p->rows; row++) {
        Answer before = answer_of(old, row), after = answer_of(now, row);
        int32_t at = counted_at(x, places[row]);
        if (at == ROW_NONE ||
            (before.outcome == OUTCOME_OUTSIDE && after.outcome == OUTCOME_OUTSIDE))
            continue;
        SimulateTurn turn = simulate_count(x, &l->cells[at], before, after);
        simulate_count(x, &l->rule->months[month], before, after);
        add(x, &p->sum_before[row], before.amount);
        add(x, &p->sum_after[row], after.amount);
        if (turn != NO_TURN)
            p->turned[row] |= (uint8_t)(1 << turn);
    }
}

static bool run_side(const Program *p, const Dataset *d, Month month, Results **all, GError **error)
{
    const MonthOptions options = {.month = month, .keep = KEEP_AMOUNTS, .again = *all};
    *all = NULL;
    return p == NULL || evaluate_month_as(p, d, &options, all, error);
}

/* Paths of the Model in force are kept with the working set; a supposed one is gone soon. */
static bool places_of(Simulating *x, const Part *p, const Line *l, Date day, int32_t **own,
                      const int32_t **ret, GError **error)
{
    *own = NULL;
    if (l->old != NULL)
        return working_places_by(x->care, x->working, p->entity, rule_place(l->old), day, ret,
                                 error);
    *ret = *own = places_compute(x->care, x->working, p->entity, rule_place(l->now), day);
    return true;
}

static bool run_part_month(Simulating *x, Part *p, size_t month, Results **old, Results **now,
                           GError **error)
{
    Month at = x->what->from + (Month)month;
    if (!run_side(p->before, x->working->data, at, old, error) ||
        !run_side(p->after, x->working->data, at, now, error))
        return false;
    for (size_t k = 0; k < p->n; k++) {
        Line *l = &p->lines[k];
        const int32_t *places;
        g_autofree int32_t *own = NULL;
        if (!places_of(x, p, l, month_last(at), &own, &places, error))
            return false;
        count_line(x, p, l, month, places, l->old != NULL ? &(*old)->list[l->old_output] : NULL,
                   l->now != NULL ? &(*now)->list[l->now_output] : NULL);
    }
    return true;
}

static bool run_part(Simulating *x, Part *p, GError **error)
{
    g_autoptr(Results) old = NULL;
    g_autoptr(Results) now = NULL;
    if (!make_program(x, p, false, &p->before, error) ||
        !make_program(x, p, true, &p->after, error))
        return false;
    for (size_t i = 0; i < x->ret->n_months && p->rows > 0; i++)
        if (!run_part_month(x, p, i, &old, &now, error))
            return fail_while(error, "simulating \"%.*s\"", STR_ARG(p->entity->name));
    return true;
}

/* ---- sums by period and by place --------------------------------------------------------------
 */

static void tell_periods(Simulating *x)
{
    Simulation *s = x->ret;
    s->years = arena_many(x->arena, SimulatePeriod, s->n_months);
    for (size_t i = 0; i < s->n_months; i++) {
        SimulatePeriod *m = &s->months[i];
        *m = (SimulatePeriod){.from = x->what->from + (Month)i, .until = x->what->from + (Month)i};
        for (size_t k = 0; k < s->n_rules; k++) {
            add(x, &m->before, s->rules[k].months[i].before.sum);
            add(x, &m->after, s->rules[k].months[i].after.sum);
        }
        int year = date_ymd(month_first(m->from)).year;
        if (s->n_years == 0 || date_ymd(month_first(s->years[s->n_years - 1].from)).year != year)
            s->years[s->n_years++] = (SimulatePeriod){.from = m->from};
        SimulatePeriod *y = &s->years[s->n_years - 1];
        y->until = m->until;
        add(x, &y->before, m->before);
        add(x, &y->after, m->after);
    }
}

static void add_side(Simulating *x, SimulateSide *to, const SimulateSide *more)
{
    to->yes += more->yes;
    to->no += more->no;
    to->unknown += more->unknown;
    to->judgement += more->judgement;
    add(x, &to->sum, more->sum);
}

static void add_moves(Simulating *x, SimulateMove *to, const SimulateMove *more)
{
    for (size_t i = 0; i < SIMULATE_TURNS; i++) {
        to[i].count += more[i].count;
        add(x, &to[i].difference, more[i].difference);
    }
}

/* Each region gets what lies below it; the tree is in pre-order. */
static void roll_up(Simulating *x, SimulateCell *cells)
{
    const RegionTree *t = x->care->regions;
    for (size_t k = t->n; k-- > 0;) {
        int32_t at = t->by_order[k], up = t->parent[at];
        if (up == ROW_NONE)
            continue;
        add_side(x, &cells[up].before, &cells[at].before);
        add_side(x, &cells[up].after, &cells[at].after);
        add_moves(x, cells[up].turns, cells[at].turns);
    }
}

/* A record by its whole difference, in all months and by all rules. */
static SimulateTurn whole_turn(const Part *p, size_t row)
{
    int64_t difference = p->sum_after[row] - p->sum_before[row];
    uint8_t turned = p->turned[row];
    if (difference > 0)
        return SIMULATE_GAINS;
    if ((turned & 1 << SIMULATE_TURNS_UNKNOWN) != 0)
        return SIMULATE_TURNS_UNKNOWN;
    if ((turned & 1 << SIMULATE_TURNS_JUDGEMENT) != 0)
        return SIMULATE_TURNS_JUDGEMENT;
    if (difference < 0 || (turned & 1 << SIMULATE_LOSES) != 0)
        return SIMULATE_LOSES;
    return (turned & 1 << SIMULATE_GAINS) != 0 ? SIMULATE_GAINS : NO_TURN;
}

static bool count_records(Simulating *x, SimulateCell *cells, GError **error)
{
    Date day = month_last(x->what->until);
    for (size_t i = 0; i < x->n_parts; i++) {
        const Part *p = &x->parts[i];
        const int32_t *places;
        if (!working_places(x->care, x->working, p->entity, day, &places, error))
            return false;
        for (size_t row = 0; row < p->rows; row++) {
            SimulateTurn turn = p->turned[row] != 0 ? whole_turn(p, row) : NO_TURN;
            int32_t at = counted_at(x, places[row]);
            if (turn == NO_TURN || at == ROW_NONE)
                continue;
            cells[at].turns[turn].count++;
            add(x, &cells[at].turns[turn].difference, p->sum_after[row] - p->sum_before[row]);
            x->ret->moved += p->sum_after[row] != p->sum_before[row];
        }
    }
    return true;
}

static bool is_empty(const SimulateCell *c)
{
    uint64_t any = c->before.yes + c->after.yes + c->before.unknown + c->after.unknown +
                   c->before.judgement + c->after.judgement;
    for (size_t i = 0; i < SIMULATE_TURNS; i++)
        any += c->turns[i].count;
    return any == 0;
}

static unsigned depth_below(const RegionTree *t, int32_t region, int32_t top)
{
    unsigned depth = 0;
    for (; region != top && region != ROW_NONE; region = t->parent[region])
        depth++;
    return depth;
}

static bool tell_regions(Simulating *x, GError **error)
{
    const RegionTree *t = x->care->regions;
    Simulation *s = x->ret;
    SimulateCell *all = arena_many(x->arena, SimulateCell, t->n);
    if (!count_records(x, all, error))
        return false;
    for (size_t i = 0; i < x->n_parts; i++)
        for (size_t k = 0; k < x->parts[i].n; k++) {
            Line *l = &x->parts[i].lines[k];
            for (size_t r = 0; r < t->n; r++) {
                add_side(x, &all[r].before, &l->cells[r].before);
                add_side(x, &all[r].after, &l->cells[r].after);
            }
            roll_up(x, l->cells);
            l->rule->all = l->cells[s->region];
            l->rule->regions = arena_many(x->arena, SimulateCell, t->n);
        }
    roll_up(x, all);
    s->regions = arena_many(x->arena, SimulateRegion, t->n);
    for (int32_t k = t->order[s->region]; k <= t->last[s->region]; k++) {
        int32_t at = t->by_order[k];
        unsigned depth = depth_below(t, at, s->region);
        if (depth > REGION_DEPTH || (depth > 0 && is_empty(&all[at])))
            continue;
        SimulateRegion *to = &s->regions[s->n_regions];
        *to = (SimulateRegion){at, depth, all[at].before.sum, all[at].after.sum, {{0}}};
        memcpy(to->turns, all[at].turns, sizeof to->turns);
        for (size_t i = 0; i < x->n_parts; i++)
            for (size_t n = 0; n < x->parts[i].n; n++)
                x->parts[i].lines[n].rule->regions[s->n_regions] = x->parts[i].lines[n].cells[at];
        s->n_regions++;
    }
    return true;
}

/* ---- whose sums move most ---------------------------------------------------------------------
 */

typedef struct Mover {
    const Part *part;
    size_t row;
    uint64_t by; /* how far, up or down */
} Mover;

static uint64_t moved_by(const Part *p, size_t row)
{
    int64_t a = p->sum_before[row], b = p->sum_after[row];
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

/* Sorted, farthest first; of equals the earlier record. */
static void mover_keep(Mover *list, size_t *n, size_t most, Mover m)
{
    size_t at = *n;
    if (m.by == 0 || most == 0 || (at == most && list[at - 1].by >= m.by))
        return;
    if (at == most)
        at--;
    else
        (*n)++;
    for (; at > 0 && list[at - 1].by < m.by; at--)
        list[at] = list[at - 1];
    list[at] = m;
}

static bool find_movers(Simulating *x, Mover *list, size_t *n, GError **error)
{
    for (size_t i = 0; i < x->n_parts; i++) {
        const Part *p = &x->parts[i];
        g_autofree uint8_t *seen = g_new0(uint8_t, p->rows + 1);
        if (!scope_rows(x->care, x->working, x->session, p->entity, care_today(x->care), seen,
                        error))
            return false;
        for (size_t row = 0; row < p->rows; row++)
            if (seen[row] != 0)
                mover_keep(list, n, x->what->movers, (Mover){p, row, moved_by(p, row)});
    }
    return true;
}

static bool tell_movers(Simulating *x, GError **error)
{
    Simulation *s = x->ret;
    s->may_list = session_may(x->session, MAY_PERSON_READ);
    if (!s->may_list || x->what->movers == 0)
        return true;
    Mover *list = arena_many(x->arena, Mover, x->what->movers);
    if (!find_movers(x, list, &s->n_movers, error))
        return false;
    s->movers = arena_many(x->arena, SimulateMover, s->n_movers + 1);
    for (size_t i = 0; i < s->n_movers; i++) {
        const Part *p = list[i].part;
        const Batch *b = working_batch(x->working, p->entity);
        const int32_t *places;
        SimulateMover *to = &s->movers[i];
        if (!working_places(x->care, x->working, p->entity, month_last(x->what->until), &places,
                            error))
            return false;
        *to = (SimulateMover){.entity = p->entity,
                              .key = {.id = b->ids[list[i].row]},
                              .region = places[list[i].row],
                              .before = p->sum_before[list[i].row],
                              .after = p->sum_after[list[i].row]};
        if (b->counties != NULL)
            to->key.county = b->counties[list[i].row];
        if (!record_title(x->care, x->session, p->entity, to->key, x->arena, &to->name, error))
            return false;
    }
    return true;
}

/* ---- all of it --------------------------------------------------------------------------------
 */

static bool may_simulate(Care *c, const Session *s, const WhatIf *what, GError **error)
{
    if (!session_may(s, MAY_WHAT_IF | MAY_MONEY_READ) || s->facility != 0)
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not simulate", s->role->word);
    if (what->n_drafts > 0 && !session_may(s, MAY_POLICY_DRAFT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not draft documents", s->role->word);
    if (what->until < what->from || what->until - what->from >= (Month)LIMIT_WHAT_IF_MONTHS)
        return fail(error, FAIL_INPUT, "from the first month to the last are 1 to %u",
                    LIMIT_WHAT_IF_MONTHS);
    if (what->movers > LIMIT_WHAT_IF_MOVERS)
        return fail(error, FAIL_INPUT, "at most %u records are listed", LIMIT_WHAT_IF_MOVERS);
    int32_t region = what->region != ROW_NONE ? what->region : s->region;
    return region_in(c->regions, region, s->region) ||
           fail(error, FAIL_RIGHT, "this region lies outside yours");
}

static bool simulate_it(Simulating *x, GError **error)
{
    int64_t start;
    if (!find_rules(x, error))
        return false;
    start = clock_monotonic_us();
    for (size_t i = 0; i < x->n_parts; i++)
        if (!run_part(x, &x->parts[i], error))
            return false;
    x->ret->seconds = (double)(clock_monotonic_us() - start) / 1e6;
    tell_periods(x);
    if (!tell_regions(x, error) || !tell_movers(x, error) || !simulate_region_checks(x, error))
        return false;
    x->ret->computed = true;
    return !x->too_large || fail(error, FAIL_INPUT, "a sum does not fit 64 bits");
}

static void simulating_clear(Simulating *x)
{
    for (size_t i = 0; i < x->n_parts; i++) {
        Part *p = &x->parts[i];
        program_free(p->before);
        program_free(p->after);
        g_free(p->sum_before);
        g_free(p->sum_after);
        g_free(p->turned);
    }
    model_unref(x->next);
    working_unref(x->working);
}

bool simulate(Care *c, const Session *s, const WhatIf *what, Diags *ds, Arena *a, Simulation *ret,
              GError **error)
{
    Simulating x = {.care = c, .session = s, .what = what, .arena = a, .ret = ret};
    *ret = (Simulation){0};
    if (!may_simulate(c, s, what, error) || !session_draft_allowed(c, s, error) ||
        !suppose_model(c, what, ds, &x.next, error))
        return false;
    if (x.next == NULL)
        return true;
    ret->region = what->region != ROW_NONE ? what->region : s->region;
    ret->n_months = (size_t)(what->until - what->from) + 1;
    ret->months = arena_many(a, SimulatePeriod, ret->n_months);
    bool fine = working_get(c, &x.working, error) && simulate_it(&x, error);
    simulating_clear(&x);
    return fine;
}
