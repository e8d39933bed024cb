/* run_funds.c — which fund pays which part of a month's sum (semantics 53).
 * Shares are taken of each record's amount and summed; of funds that pay one after the other the
 * first pays the month's sum up to what is left in it, as its param says for the document's place.
 * Start: run_funds(). */
#include "care/run.h"

#include "compile/param.h"

typedef struct Funding {
    const Run *run;
    const Rule *rule;
    const Result *result;
    const CompileOptions *options;
    const Model *model;
    Month month;
    GArray *all;   /* of RunFund */
    int64_t *sums; /* per version of the rule: what is paid by it */
} Funding;

static const Rule *version_rule(const Rule *r, size_t i)
{
    return r->versions != NULL && i < r->versions->n ? r->versions->list[i].rule : r;
}

static size_t versions_of(const Rule *r)
{
    return r->versions != NULL ? r->versions->n : 1;
}

bool rule_names_funds(const Rule *r)
{
    for (size_t i = 0; i < versions_of(r); i++)
        if (version_rule(r, i) != NULL && version_rule(r, i)->n_funds > 0)
            return true;
    return false;
}

/* Parts of each record are rounded by themselves: their amounts are needed. */
bool rule_shares_funds(const Rule *r)
{
    for (size_t i = 0; i < versions_of(r); i++)
        if (version_rule(r, i) != NULL && version_rule(r, i)->n_funds > 1 &&
            (r->versions != NULL || !funds_in_sequence(r)))
            return true;
    return r->versions != NULL && rule_names_funds(r);
}

static RunFund *fund_of(Funding *f, Str name)
{
    for (guint i = 0; i < f->all->len; i++)
        if (str_equal(g_array_index(f->all, RunFund, i).name, name))
            return &g_array_index(f->all, RunFund, i);
    RunFund made = {.name = name, .known = true};
    g_array_append_val(f->all, made);
    return &g_array_index(f->all, RunFund, f->all->len - 1);
}

static bool add_parts(Funding *f, const Rule *r, const int64_t *balances, int64_t amount,
                      GError **error)
{
    g_autofree int64_t *parts = g_new0(int64_t, r->n_funds + 1);
    bool known = fund_parts(r, balances, amount, parts);
    for (size_t i = 0; i < r->n_funds; i++) {
        RunFund *to = fund_of(f, r->funds[i].fund);
        to->known = to->known && known;
        if (known && !checked_add(to->fen, parts[i], &to->fen))
            return fail(error, FAIL_INPUT, "rule %.*s: what fund %.*s pays does not fit 64 bits",
                        STR_ARG(r->name), STR_ARG(to->name));
    }
    return true;
}

/* Where each record lies on the month's last day; versions of one place need it not. */
static bool find_places(Funding *f, Batch **ret, GError **error)
{
    const Expr *place = rule_place(f->rule);
    bool narrower = false;
    *ret = NULL;
    for (size_t i = 0; i < versions_of(f->rule) && f->rule->versions != NULL; i++)
        narrower |= f->rule->versions->list[i].narrower;
    if (!narrower || place == NULL)
        return true;
    const Output output = {.kind = OUTPUT_EXPR, .expr = place};
    g_autoptr(Program) p = program_new(f->model, f->rule->subject, &output, 1, f->options, error);
    *ret = batch_new("places", f->run->data->batches[f->rule->subject->number]->rows, 1);
    return p != NULL &&
           evaluate_column(p, f->run->data, 0, month_last(f->month), NULL, *ret, 0, error);
}

static size_t row_version(const Funding *f, const Batch *places, size_t row)
{
    int64_t at = ROW_NONE;
    if (f->rule->versions == NULL)
        return 0;
    if (places != NULL && !column_at(places->columns[0], row, month_last(f->month), &at))
        at = ROW_NONE;
    /* Paid in this month, but no longer in force at its end: by what was in force before. */
    for (Date day = month_last(f->month); day >= month_first(f->month); day--) {
        size_t i = version_at(f->rule->versions, f->run->regions, (int32_t)at, day);
        if (i < f->rule->versions->n)
            return i;
    }
    return 0;
}

static bool add_rows(Funding *f, GError **error)
{
    g_autoptr(Batch) places = NULL;
    size_t rows = f->run->data->batches[f->rule->subject->number]->rows;
    if (!find_places(f, &places, error))
        return false;
    for (size_t row = 0; row < rows; row++) {
        int64_t amount = f->result->outcome[row] == TRUTH_YES ? result_amount(f->result, row) : 0;
        size_t i = amount > 0 ? row_version(f, places, row) : 0;
        const Rule *r = version_rule(f->rule, i);
        if (amount == 0 || r == NULL)
            continue;
        f->sums[i] += amount; /* their sum fits: it is the rule's */
        if (!funds_in_sequence(r) && !add_parts(f, r, NULL, amount, error))
            return false;
    }
    return true;
}

/* What is left in each fund in the place of the document, -1: unset. */
static int64_t *balances_of(const Funding *f, const Rule *r)
{
    const ParamWorld w = {.model = f->model,
                          .regions = f->run->regions,
                          .changes = f->options->changes,
                          .n_changes = f->options->n_changes};
    int64_t *all = g_new0(int64_t, r->n_funds + 1);
    Str place = r->home.document->place;
    int32_t row = place.len > 0 ? region_row(f->run->regions, place) : ROW_NONE;
    for (size_t i = 0; i < r->n_funds; i++) {
        const Param *p = r->funds[i].balance;
        int64_t at[5] = {row};
        ParamAnswer x = {0};
        if (p != NULL)
            x = param_at(&w, p, row, at, month_last(f->month));
        all[i] = x.known ? x.value : -1;
    }
    return all;
}

static bool add_sequences(Funding *f, GError **error)
{
    for (size_t i = 0; i < versions_of(f->rule); i++) {
        const Rule *r = version_rule(f->rule, i);
        if (r == NULL || !funds_in_sequence(r))
            continue;
        g_autofree int64_t *balances = balances_of(f, r);
        if (!add_parts(f, r, balances, f->sums[i], error))
            return false;
    }
    return true;
}

bool run_funds(const Run *run, const Model *m, RunPart *part, size_t k,
               const CompileOptions *options, Month month, GError **error)
{
    const Rule *rule = part->rules[k];
    Funding f = {.run = run,
                 .rule = rule,
                 .result = &part->results->list[k],
                 .options = options,
                 .model = m,
                 .month = month};
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(RunFund));
    g_autofree int64_t *sums = g_new0(int64_t, versions_of(rule) + 1);
    f.all = all;
    f.sums = sums;
    sums[0] = f.result->sum;
    for (size_t i = 0; i < versions_of(rule); i++)
        for (size_t j = 0; version_rule(rule, i) != NULL && j < version_rule(rule, i)->n_funds; j++)
            fund_of(&f, version_rule(rule, i)->funds[j].fund);
    bool by_rows = rule_shares_funds(rule);
    if (by_rows)
        sums[0] = 0;
    else if (rule->n_funds == 1 && !add_parts(&f, rule, NULL, f.result->sum, error))
        return false;
    if ((by_rows && !add_rows(&f, error)) || !add_sequences(&f, error))
        return false;
    part->n_funds[k] = all->len;
    part->funds[k] = arena_many(run->arena, RunFund, all->len + 1);
    memcpy(part->funds[k], all->data, all->len * sizeof(RunFund));
    return true;
}
