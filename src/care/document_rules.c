/* document_rules.c — beside a clause: what its benefits, checks and judgements come to this month.
 * In: decisions of the working set.  Out: counts, sums, what is missing, what waits for a person.
 * Start: view_rule(), view_judgement(). */
#include "base/limits.h"
#include "base/sort.h"
#include "care/document_inside.h"
#include "care/param_text.h"
#include "care/region_check.h"

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
    sort_rows(all, found, sizeof *all, by_count);
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
        if (r->highest != NULL && r->highest[row] >= 0)
            item->most += r->highest[row];
        item->unbounded += r->highest != NULL && r->highest[row] < 0;
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

/* Which rows of an entity are shown: those in the region by `place`, of a home its own; bytes,
 * g_free. */
static bool rows_shown(const Viewing *v, const Entity *e, const Expr *place, uint8_t **ret,
                       GError **error)
{
    size_t rows = working_rows(v->working, e);
    g_autofree uint8_t *shown = g_new0(uint8_t, rows + 1);
    const int32_t *places = NULL;
    memset(shown, v->session->facility == 0, rows); /* a home counts its own people only */
    if (v->session->facility != 0 &&
        !scope_rows(v->care, v->working, v->session, e, v->on, shown, error))
        return false;
    if (v->region != v->care->place && place != NULL &&
        !working_places_by(v->care, v->working, e, place, v->on, &places, error))
        return false;
    for (size_t i = 0; places != NULL && i < rows; i++)
        if (places[i] == ROW_NONE || !region_in(v->care->regions, places[i], v->region))
            shown[i] = 0;
    *ret = g_steal_pointer(&shown);
    return true;
}

/* Of an amended rule only those for whom this version holds at the end of the month. */
static bool rows_of_version(const Viewing *v, const Rule *rule, const ClauseItem *item,
                            uint8_t *shown, GError **error)
{
    const int32_t *places = NULL;
    size_t rows = working_rows(v->working, rule->subject);
    if (item->versions == NULL)
        return true;
    if (rule_place(rule) != NULL && !working_places_by(v->care, v->working, rule->subject,
                                                       rule_place(rule), v->on, &places, error))
        return false;
    for (size_t i = 0; i < rows; i++) {
        int32_t place = places != NULL ? places[i] : ROW_NONE;
        shown[i] &= version_at(item->versions, v->care->regions, place, v->on) == item->version;
    }
    return true;
}

/* Of a check of regions, those in the region that the session sees. */
static bool view_region_check(const Viewing *v, const Rule *check, ClauseItem *item, GError **error)
{
    const RegionTree *t = v->care->regions;
    g_autofree uint8_t *outcome = g_new0(uint8_t, t->n + 1);
    if (!region_checks(v->care, v->working, check, v->on, outcome, error))
        return false;
    for (size_t i = 0; i < t->n; i++) {
        bool shown = region_in(t, (int32_t)i, v->region) &&
                     region_check_seen(v->care, v->session, (int32_t)i) &&
                     (item->versions == NULL ||
                      version_at(item->versions, t, (int32_t)i, v->on) == item->version);
        item->yes += shown && outcome[i] == TRUTH_YES;
        item->no += shown && outcome[i] == TRUTH_NO;
        item->unknown += shown && outcome[i] == TRUTH_UNKNOWN;
    }
    return true;
}

bool view_rule(const Viewing *v, const Rule *rule, ClauseItem *item, GError **error)
{
    if (rule->asked != NULL)
        return view_region_check(v, rule, item, error);
    g_autoptr(Decided) d = NULL;
    g_autofree uint8_t *shown = NULL;
    uint64_t counts[LIMIT_RULE_INPUTS] = {0};
    size_t k = 0;
    if (!decided_get(v->care, v->working, rule->subject, v->month, &d, error) ||
        !rows_shown(v, rule->subject, rule_place(rule), &shown, error) ||
        !rows_of_version(v, rule, item, shown, error))
        return false;
    while (k < d->n_rules && d->rules[k] != rule)
        k++;
    if (k == d->n_rules)
        return true;
    for (size_t i = 0, rows = working_rows(v->working, rule->subject); i < rows; i++)
        if (shown[i] != 0)
            count_row(&d->results->list[k], i, item, counts);
    fill_missing(v, d, k, counts, item);
    return true;
}

/* ---- judgements */

/* Bit of the judgement among what the output may lack; 0: it does not read it. */
static uint64_t bit_of(const Decided *d, size_t k, const Judgement *j)
{
    const ProgramOutput *o = &d->program->outputs[k];
    uint64_t bits = 0;
    for (size_t i = 0; i < o->n_inputs; i++)
        if (d->program->inputs[o->inputs[i]].origin == j->field)
            bits |= UINT64_C(1) << i;
    return bits;
}

/* Records that some rule would decide if only this were judged; each once. */
static void mark_waiting(const Decided *d, size_t k, const Judgement *j, uint8_t *rows, size_t n,
                         ClauseItem *item)
{
    const Result *r = &d->results->list[k];
    uint64_t bits = bit_of(d, k, j);
    for (size_t i = 0; bits != 0 && i < n; i++) {
        if (rows[i] == 0 || r->outcome[i] != TRUTH_PERSON || (result_missing(r, i) & bits) == 0)
            continue;
        item->judgement += rows[i] == 1;
        rows[i] = 2;
        if (item->waiting == NULL)
            item->waiting = d->rules[k];
    }
}

static void ceiling_words(const Viewing *v, const Judgement *j, ClauseItem *item)
{
    const Field *f = j->field;
    if (f->has_range && f->type.kind != KIND_BOOL) {
        item->most_zh = value_text(v->care, f, VALUE_NUM(f->high), false, v->arena);
        item->most_en = value_text(v->care, f, VALUE_NUM(f->high), true, v->arena);
    } else if (j->ceiling != NULL && j->ceiling->kind == EXPR_PARAM) {
        item->most_zh = j->ceiling->param->label.zh;
        item->most_en = j->ceiling->param->label.en;
    }
}

bool view_judgement(const Viewing *v, const Judgement *j, ClauseItem *item, GError **error)
{
    g_autoptr(Decided) d = NULL;
    g_autofree uint8_t *shown = NULL;
    size_t rows = working_rows(v->working, j->entity);
    const Batch *b = v->working->data->batches[j->entity->number];
    const Column *c =
        b != NULL && j->field->index < b->n_columns ? b->columns[j->field->index] : NULL;
    int64_t value;
    judgement_words(v->arena, v->care->model, j, &item->who, &item->papers);
    ceiling_words(v, j, item);
    if (!decided_get(v->care, v->working, j->entity, v->month, &d, error) ||
        !rows_shown(v, j->entity, j->entity->place, &shown, error))
        return false;
    for (size_t i = 0; c != NULL && i < rows; i++)
        item->yes += shown[i] != 0 && column_at(c, i, v->on, &value);
    for (size_t k = 0; k < d->n_rules; k++)
        mark_waiting(d, k, j, shown, rows, item);
    return true;
}
