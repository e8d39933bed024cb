/* document.c — the living document: beside each clause what its declarations do right now.
 * In: the working set, a document, a region and a month.  Out: DocumentView.
 * Read first: document_view(); which clauses run: observable.h. */
#include "base/limits.h"
#include "care/decide.h"
#include "care/figures.h"
#include "care/param_text.h"

typedef struct Viewing {
    Care *care;
    Working *working;
    const Session *session;
    int32_t region;
    Month month;
    Date on;
    Arena *arena;
} Viewing;

/* "elder.born" or a param's name, with its label. */
static void missing_label(const Model *m, Str name, bool is_param, struct ClauseMissing *to)
{
    to->name = to->zh = to->en = name;
    to->is_param = is_param;
    const Label *label = NULL;
    Str rest = name;
    Str entity = str_cut(&rest, '.');
    if (is_param) {
        const Param *p = model_param(m, name);
        label = p != NULL ? &p->label : NULL;
    } else if (model_entity(m, entity) != NULL) {
        const Field *f = entity_field(model_entity(m, entity), rest);
        label = f != NULL ? &f->label : NULL;
    }
    if (label != NULL && label->zh.len > 0) {
        to->zh = label->zh;
        to->en = label->en;
    }
}

static int by_count(const void *a, const void *b)
{
    const struct ClauseMissing *x = a, *y = b;
    return x->count < y->count ? 1 : x->count > y->count ? -1 : str_compare(x->name, y->name);
}

static void fill_missing(const Viewing *v, const Decided *d, size_t k, const uint64_t *counts,
                         ClauseItem *item)
{
    const ProgramOutput *o = &d->program->outputs[k];
    struct ClauseMissing *all = arena_array(v->arena, o->n_inputs + 1, sizeof *all);
    size_t found = 0;
    for (size_t i = 0; i < o->n_inputs; i++) {
        const Input *input = &d->program->inputs[o->inputs[i]];
        if (counts[i] == 0)
            continue;
        missing_label(v->care->model, arena_str(v->arena, str_of(input->name)),
                      input->kind == INPUT_PARAM, &all[found]);
        all[found++].count = counts[i];
    }
    qsort(all, found, sizeof *all, by_count);
    item->missing = all;
    item->n_missing = MIN(found, 5);
}

static void count_row(const Result *r, size_t row, ClauseItem *item, uint64_t *counts)
{
    switch (r->outcome[row]) {
    case TRUTH_YES:
        item->yes++;
        item->sum += result_amount(r, row);
        break;
    case TRUTH_NO:
        item->no++;
        break;
    case TRUTH_PERSON:
        item->judgement++;
        break;
    case TRUTH_UNKNOWN:
        item->unknown++;
        for (uint64_t bits = result_missing(r, row); bits != 0; bits &= bits - 1)
            counts[__builtin_ctzll(bits)]++;
        break;
    default:
        break; /* outside: no outcome */
    }
}

static bool view_rule(const Viewing *v, const Rule *rule, ClauseItem *item, GError **error)
{
    g_autoptr(Decided) d = NULL;
    const int32_t *places = NULL;
    if (!decided_get(v->care, v->working, rule->subject, v->month, &d, error))
        return false;
    if (v->region != v->care->place && rule->subject->place != NULL &&
        !working_places(v->care, v->working, rule->subject, v->on, &places, error))
        return false;
    size_t k = 0;
    while (k < d->n_rules && d->rules[k] != rule)
        k++;
    if (k == d->n_rules)
        return true;
    uint64_t counts[LIMIT_RULE_INPUTS] = {0};
    g_autofree uint8_t *seen = NULL;
    if (v->session->facility != 0) { /* a home counts its own people only */
        seen = g_new0(uint8_t, working_rows(v->working, rule->subject) + 1);
        if (!scope_rows(v->care, v->working, v->session, rule->subject, v->on, seen, error))
            return false;
    }
    for (size_t i = 0, rows = working_rows(v->working, rule->subject); i < rows; i++) {
        bool inside = places == NULL ||
                      (places[i] != ROW_NONE && region_in(v->care->regions, places[i], v->region));
        if (inside && (seen == NULL || seen[i] != 0))
            count_row(&d->results->list[k], i, item, counts);
    }
    fill_missing(v, d, k, counts, item);
    return true;
}

static bool view_indicator(const Viewing *v, const Indicator *i, ClauseItem *item, GError **error)
{
    const Figure *all;
    Date from = i->flow ? figures_period_start(i, v->on) : v->on;
    size_t n = indicator_cells(i);
    if (!figures_of(v->care, v->working, i, from, v->on, &all, error))
        return false;
    item->figure = all[v->region];
    item->cells = arena_array(v->arena, n, sizeof *item->cells);
    for (size_t cell = 1; cell < n; cell++)
        item->cells[item->n_cells++] = all[cell * v->care->regions->n + (size_t)v->region];
    return true;
}

static bool view_target(const Viewing *v, const Target *t, ClauseItem *item, GError **error)
{
    TargetFigure *all;
    size_t n;
    if (!figures_targets(v->care, v->session, t->indicator, v->region, v->on, v->arena, &all, &n,
                         error))
        return false;
    item->targets = arena_array(v->arena, n + 1, sizeof *item->targets);
    for (size_t i = 0; i < n; i++)
        if (all[i].target == t)
            item->targets[item->n_targets++] = all[i];
    return true;
}

/* What a duty is measured by: the district's targets of those indicators. */
static bool view_duty(const Viewing *v, const Duty *duty, ClauseItem *item, GError **error)
{
    int32_t region = duty->region.len > 0 ? region_row(v->care->regions, duty->region) : v->region;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(TargetFigure));
    for (size_t k = 0; k < duty->n_measured && region != ROW_NONE; k++) {
        TargetFigure *all;
        size_t n;
        if (!figures_targets(v->care, v->session, duty->measured[k], region, v->on, v->arena, &all,
                             &n, error)) {
            g_array_free(found, TRUE);
            return false;
        }
        for (size_t i = 0; i < n; i++)
            if (all[i].region == region)
                g_array_append_val(found, all[i]);
    }
    item->n_targets = found->len;
    item->targets = arena_array(v->arena, found->len + 1, sizeof *item->targets);
    if (found->len > 0)
        memcpy(item->targets, found->data, found->len * sizeof *item->targets);
    g_array_free(found, TRUE);
    return true;
}

static void view_param(const Viewing *v, const Param *p, ClauseItem *item)
{
    ParamText text;
    param_text(v->care->model, v->care->regions, p, v->region, v->on, v->arena, &text);
    item->unset = text.unset;
    item->value_zh = text.zh;
    item->value_en = text.en;
    item->source = text.source;
}

static bool view_item(const Viewing *v, ClauseItem *item, GError **error)
{
    switch (item->kind) {
    case DECLARES_BENEFIT:
    case DECLARES_CHECK:
        return view_rule(v, item->what, item, error);
    case DECLARES_INDICATOR:
        return view_indicator(v, item->what, item, error);
    case DECLARES_TARGET:
        return view_target(v, item->what, item, error);
    case DECLARES_DUTY:
        return view_duty(v, item->what, item, error);
    case DECLARES_PARAM:
        view_param(v, item->what, item);
        return true;
    default:
        return true;
    }
}

static bool view_clause(const Viewing *v, const Clause *clause, ClauseView *to, GError **error)
{
    const Model *m = v->care->model;
    size_t n;
    const Statement **all = clause_statements(m, clause, v->arena, &n);
    *to = (ClauseView){.clause = clause, .items = arena_array(v->arena, n + 1, sizeof *to->items)};
    to->n_items = n;
    to->state = clause_state(m, v->care->seen, all, n);
    for (size_t i = 0; i < n; i++) {
        to->items[i] = (ClauseItem){.kind = all[i]->kind,
                                    .what = all[i]->what,
                                    .name = all[i]->name,
                                    .label = statement_label(m, all[i])};
        if (!view_item(v, &to->items[i], error))
            return fail_while(error, "clause %.*s", STR_ARG(clause->number));
    }
    return true;
}

/* A heading with headings below it and no words of its own is a part, not a clause to be counted.
 */
static bool is_part(const Document *d, size_t i)
{
    bool deeper = i + 1 < d->n_clauses && d->clauses[i + 1]->level > d->clauses[i]->level;
    return deeper;
}

bool document_view(Care *c, const Session *s, const Document *d, int32_t region, Month month,
                   Arena *a, DocumentView *ret, GError **error)
{
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see the documents", s->role->word);
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    Date on = month_last(month) < care_today(c) ? month_last(month) : care_today(c);
    Viewing v = {c, w, s, region == ROW_NONE ? c->place : region, month, on, a};
    if (v.on < month_first(month))
        v.on = month_first(month);
    *ret = (DocumentView){.document = d, .n_clauses = d->n_clauses};
    ret->clauses = arena_array(a, d->n_clauses + 1, sizeof *ret->clauses);
    for (size_t i = 0; i < d->n_clauses; i++) {
        ClauseView *clause = &ret->clauses[i];
        if (!view_clause(&v, d->clauses[i], clause, error))
            return fail_while(error, "document %.*s", STR_ARG(d->name));
        if (is_part(d, i) && clause->n_items == 0)
            continue;
        ret->running += clause->state == CLAUSE_RUNNING;
        ret->declared += clause->state == CLAUSE_DECLARED;
        ret->missing += clause->state == CLAUSE_MISSING;
    }
    return true;
}
