/* examples.c — the cases that stand in the documents, run as tests.
 * In: a Model.  Out: diagnostics where an outcome differs from what the document says, or the two
 * drivers differ. Not here: records as columns (example_data.c).  Read first: expect_rule(). */
#include "care/examples.h"

#include "base/threads.h"
#include "care/example_data.h"
#include "care/figures_text.h"
#include "compile/compile.h"
#include "compile/figure.h"
#include "compile/param.h"
#include "evaluate/evaluate.h"
#include "evaluate/figures.h"

typedef struct ExampleRun {
    const ExampleRoom *room;
    const Example *example;
    Dataset *data;
    const size_t *row_of; /* record → row in its entity's batch */
    Diags *diags;
    const Rule *rule; /* of the last expectation, and its Program over these data */
    Program *program;
} ExampleRun;

static void print_number(GString *to, const Type *type, int64_t number)
{
    char text[DECIMAL_TEXT];
    if (type->kind == KIND_MONEY)
        g_string_append_printf(to, "%s yuan", money_format(number, text));
    else if (type->kind == KIND_ENUM && number >= 0 && (size_t)number < type->of->n_codes)
        g_string_append_printf(to, "%.*s", STR_ARG(type->of->codes[number].name));
    else if (type->kind == KIND_DATE)
        g_string_append(to, date_format((Date)number, text));
    else
        g_string_append(to,
                        decimal_format((Decimal){number, (uint8_t)kind_scale(type->kind)}, text));
}

static void fault(const ExampleRun *r, const ExampleExpect *x, const char *got)
{
    Diag *d = diag_error(r->diags, x->pos, "example \"%.*s\" does not hold: it gives %s",
                         STR_ARG(r->example->title), got);
    diag_hint(r->diags, d, "correct the rule, or the example");
}

static bool missing_named(const Program *p, uint64_t missing, Str name)
{
    const ProgramOutput *o = &p->outputs[0];
    for (size_t i = 0; i < o->n_inputs; i++)
        if ((missing >> i & 1) != 0 && str_is(name, p->inputs[o->inputs[i]].name))
            return true;
    return false;
}

static void compare_rule(const ExampleRun *r, const ExampleExpect *x, const Program *p,
                         Truth outcome, int64_t amount, uint64_t missing)
{
    g_autoptr(GString) got = g_string_new(truth_word(outcome));
    const Type money = {.kind = KIND_MONEY};
    if (outcome == TRUTH_YES && x->rule->pay != NULL) {
        g_string_append(got, ", ");
        print_number(got, &money, amount);
    }
    if (outcome != x->outcome || (x->has_number && amount != x->number))
        fault(r, x, got->str);
    else if (x->missing.len > 0 && !missing_named(p, missing, x->missing))
        fault(r, x, "unknown, but for another reason");
}

/* Expectations of one rule follow one another: it is compiled once for them.  NULL on error. */
static const Program *program_of(ExampleRun *r, const Rule *rule, GError **error)
{
    if (r->rule == rule && r->program != NULL)
        return r->program;
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions options = {
        .data = r->data, .regions = r->room->regions, .memo = r->room->params};
    program_free(r->program);
    r->program = program_new(r->room->model, rule->subject, &output, 1, &options, error);
    r->rule = rule;
    return r->program;
}

static void expect_rule(ExampleRun *r, const ExampleExpect *x)
{
    GError *error = NULL;
    const Program *p = program_of(r, x->rule, &error);
    g_autoptr(Results) results = NULL;
    Trace trace;
    Month month = x->is_month ? x->month : month_of(x->day);
    size_t row = r->row_of[x->record];
    if (p == NULL || !evaluate_month(p, r->data, month, true, &results, &error) ||
        !evaluate_row_month(p, r->data, 0, row, month, NULL, &trace, &error)) {
        fault(r, x, error->message);
        g_error_free(error);
        return;
    }
    const Result *all = &results->list[0];
    uint8_t outcome = all->outcome[row];
    int64_t amount = result_amount(all, row);
    if (trace.outside != (outcome == OUTCOME_OUTSIDE) ||
        (!trace.outside &&
         (trace.outcome != outcome || (outcome == TRUTH_YES && trace.amount != amount))))
        fault(
            r, x,
            "different answers for one person and for a million (this is a fault of the program)");
    if (outcome == OUTCOME_OUTSIDE && x->outcome != TRUTH_NO)
        fault(r, x,
              "no outcome: the record is outside the rule's place, its own span, or the rule's "
              "time in force");
    else if (outcome != OUTCOME_OUTSIDE)
        compare_rule(r, x, p, (Truth)outcome, amount, result_missing(all, row));
}

static void expect_field(const ExampleRun *r, const ExampleExpect *x)
{
    GError *error = NULL;
    const Output output = {.kind = OUTPUT_FIELD, .field = x->field};
    const CompileOptions options = {
        .data = r->data, .regions = r->room->regions, .memo = r->room->params};
    g_autoptr(Program) p =
        program_new(r->room->model, x->field->entity, &output, 1, &options, &error);
    g_autoptr(Batch) into =
        batch_new("example", r->data->batches[x->field->entity->number]->rows, 1);
    if (p == NULL || !evaluate_column(p, r->data, 0, x->day, NULL, into, 0, &error)) {
        fault(r, x, error->message);
        g_error_free(error);
        return;
    }
    size_t row = r->row_of[x->record];
    int64_t one = 0, many = column_get(into->columns[0], row);
    bool known = evaluate_value(p, r->data, 0, row, x->day, &one);
    if (known != column_known(into->columns[0], row) || (known && one != many)) {
        fault(
            r, x,
            "different answers for one person and for a million (this is a fault of the program)");
        return;
    }
    g_autoptr(GString) got = g_string_new(NULL);
    if (known)
        print_number(got, &x->field->type, one);
    else
        g_string_append(got, "unknown");
    if (known != x->has_number || (known && one != x->number))
        fault(r, x, got->str);
}

static void expect_indicator(const ExampleRun *r, const ExampleExpect *x)
{
    GError *error = NULL;
    Figure f;
    int32_t region = region_row(r->room->regions,
                                x->region.len > 0 ? x->region : r->example->home.document->place);
    if (region == ROW_NONE) {
        fault(r, x, "no figure: there is no such region");
        return;
    }
    const CompileOptions options = {
        .data = r->data, .regions = r->room->regions, .memo = r->room->params};
    Date from = x->indicator->flow ? x->from : x->day;
    if (!figure_by_text(r->room->model, x->indicator, &options, x->cell, region, from, x->day, &f,
                        &error)) {
        fault(r, x, error->message);
        g_error_free(error);
        return;
    }
    bool known = figure_known(&f), sure = known && f.low == f.high;
    g_autoptr(GString) got = g_string_new(f.no_case         ? "no case"
                                          : f.too_large     ? "a number that does not fit 64 bits"
                                          : !known || !sure ? "unknown "
                                                            : "");
    if (known)
        print_number(got, &x->indicator->type, f.value);
    if (sure != x->has_number || (sure && f.value != x->number))
        fault(r, x, got->str);
}

static void run_example(const ExampleRoom *room, const Example *x, Diags *diags)
{
    g_autoptr(ExampleData) d = example_data_new(room, &x, 1);
    ExampleRun r = {.room = room, .example = x, .diags = diags};
    r.data = d->data;
    r.row_of = d->row_of;
    for (size_t i = 0; i < x->n_expects; i++) {
        const ExampleExpect *e = &x->expects[i];
        if (e->rule != NULL && e->rule->asked != NULL)
            example_region_check(room, x, e, r.data, diags);
        else if (e->rule != NULL)
            expect_rule(&r, e);
        else if (e->field != NULL)
            expect_field(&r, e);
        else if (e->indicator != NULL)
            expect_indicator(&r, e);
        else if (e->task != NULL || e->procedure != NULL)
            example_follow(room, x, e, r.data, r.row_of[e->record], diags);
    }
    program_free(r.program);
}

/* ---- all of them, some on each processor */

#define AT_ONCE 16u /* examples in one piece of work: what a piece learns of params is its own */

typedef struct ExamplesRun {
    const ExampleRoom *room;
    const Example **list;
    guint n;
    Diags **found; /* by piece, so that it does not hang on the threads in which order they stand */
} ExamplesRun;

static void run_piece(void *context, size_t piece)
{
    const ExamplesRun *all = context;
    ExampleRoom room = *all->room;
    room.params = param_memo_new();
    all->found[piece] = diags_new();
    guint end = MIN((guint)(piece + 1) * AT_ONCE, all->n);
    for (guint i = (guint)piece * AT_ONCE; i < end; i++)
        run_example(&room, all->list[i], all->found[piece]);
    param_memo_free(room.params);
}

unsigned examples_run(const Model *m, ExampleWanted wanted, const void *context, Diags *diags)
{
    g_autofree const Example **list = g_new0(const Example *, m->n_examples + 1);
    ExamplesRun all = {.list = list};
    for (size_t i = 0; i < m->n_examples; i++)
        if (wanted == NULL || wanted(context, m->examples[i]->home.document))
            list[all.n++] = m->examples[i];
    if (all.n == 0)
        return 0;
    g_autoptr(ExampleRoom) room = example_room_new(m);
    guint pieces = (all.n + AT_ONCE - 1) / AT_ONCE;
    g_autofree Diags **found = all.found = g_new0(Diags *, pieces);
    all.room = room;
    threads_each(pieces, run_piece, &all);
    for (guint i = 0; i < pieces; i++) {
        diags_add(diags, found[i]);
        diags_free(found[i]);
    }
    return all.n;
}
