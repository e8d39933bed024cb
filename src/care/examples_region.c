/* examples_region.c — cases of checks of regions that stand in the documents: of one region, and of
 * all at once, which must agree.  Start: example_region_check(). */
#include "care/examples.h"

#include "care/figures_text.h"
#include "care/region_check.h"
#include "compile/compile.h"
#include "compile/figure.h"

typedef struct Asking {
    const Model *model;
    CompileOptions options;
    const RegionCheck *check;
    size_t cell;
    int32_t region;
    Date from, on;
} Asking;

static bool program_at(const Asking *q, FigureProgram *p, size_t cell, Figure *ret, GError **error)
{
    g_autofree Figure *all = g_new0(Figure, p->n_cells + 1);
    bool fine =
        figures_evaluate_in(p, q->options.data, (size_t)q->region, q->on, q->on, all, error);
    *ret = all[cell];
    return fine;
}

static bool meant(const Asking *q, Truth *ret, GError **error)
{
    Figure f;
    *ret = TRUTH_YES;
    if (q->check->asks.each_where == NULL)
        return true;
    g_autoptr(FigureProgram) p =
        figure_program_where(q->model, &q->check->asks, &q->options, error);
    if (p == NULL || !program_at(q, p, 0, &f, error))
        return false;
    *ret = region_check_meant(&f);
    return true;
}

static bool judge(const Asking *q, uint8_t *ret, GError **error)
{
    const Expr *value = q->check->value.value;
    Figure f, v;
    Truth there;
    if (!meant(q, &there, error) || !figure_by_text(q->model, q->check->asks.indicator, &q->options,
                                                    q->cell, q->region, q->from, q->on, &f, error))
        return false;
    if (value != NULL) {
        g_autoptr(FigureProgram) p =
            figure_program_value(q->model, &q->check->asks, value, &q->options, error);
        if (p == NULL || !program_at(q, p, q->cell, &v, error))
            return false;
    }
    *ret = OUTCOME_OUTSIDE;
    if (there != TRUTH_NO)
        *ret = (uint8_t)region_check_judge(q->check, there, &f, value != NULL ? &v : NULL);
    return true;
}

bool example_region_outcome(const ExampleRoom *room, const ExampleExpect *x, const Dataset *data,
                            uint8_t *ret, GError **error)
{
    int32_t region = region_row(room->regions, x->region);
    const Rule *text =
        region == ROW_NONE ? NULL : region_check_text(x->rule, room->regions, region, x->day);
    *ret = OUTCOME_OUTSIDE;
    if (text == NULL)
        return true;
    const Asking q = {.model = room->model,
                      .options = {.data = data, .regions = room->regions, .memo = room->params},
                      .check = text->asked,
                      .cell = indicator_cell(text->asked->asks.indicator, text->asked->value.codes),
                      .region = region,
                      .from = region_check_from(text->asked, x->day),
                      .on = x->day};
    return judge(&q, ret, error);
}

/* The same of all regions at once. */
static bool outcome_among_all(const ExampleRoom *room, const ExampleExpect *x, const Dataset *data,
                              uint8_t *ret, GError **error)
{
    const CompileOptions o = {.data = data, .regions = room->regions, .memo = room->params};
    g_autofree uint8_t *all = g_new0(uint8_t, room->regions->n + 1);
    int32_t region = region_row(room->regions, x->region);
    if (!region_checks_by(room->model, &o, x->rule, x->day, all, error))
        return false;
    *ret = region != ROW_NONE ? all[region] : OUTCOME_OUTSIDE;
    return true;
}

void example_region_check(const ExampleRoom *room, const Example *example, const ExampleExpect *x,
                          const Dataset *data, Diags *diags)
{
    g_autoptr(GError) error = NULL;
    uint8_t one, many;
    const char *got = NULL;
    if (!example_region_outcome(room, x, data, &one, &error) ||
        !outcome_among_all(room, x, data, &many, &error))
        got = error->message;
    else if (one != many)
        got = "different answers for one region and for all (this is a fault of the program)";
    else if (one == OUTCOME_OUTSIDE && x->outcome != TRUTH_NO)
        got =
            "no outcome: the region is outside the check's place, its 'when', or its time in force";
    else if (one != OUTCOME_OUTSIDE && one != x->outcome)
        got = truth_word((Truth)one);
    if (got == NULL)
        return;
    Diag *d = diag_error(diags, x->pos, "example \"%.*s\" does not hold: it gives %s",
                         STR_ARG(example->title), got);
    diag_hint(diags, d, "correct the rule, or the example");
}
