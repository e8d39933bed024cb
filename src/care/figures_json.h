/* figures_json.h — a figure as `anlao figures --json` and the API write it: one shape. */
#ifndef ANLAO_CARE_FIGURES_JSON_H
#define ANLAO_CARE_FIGURES_JSON_H

#include "care/page_api.h"
#include "format/json.h"

/* An object: indicator, region, index (codes, of a figure told apart by them), period, value or
 * null, doubt, target, met, and which of several do not meet it. */
void target_figure_json(const Care *c, JsonWriter *j, const TargetFigure *f);
/* The same without a target. */
void indicator_figure_json(const Care *c, JsonWriter *j, const Indicator *i, const Figure *f);
const char *compare_sign(Compare c); /* >= */
const char *met_word(Met m);         /* yes, no, unknown, not_due */
/* "2020", "2019..2021", "2020-06", "2020-12-31" */
#define PERIOD_TEXT 32
const char *target_period(const TargetFigure *f, char to[PERIOD_TEXT]);
/* Params without a value that a figure without a value rests on, in the order of its text; in the
 * arena.  None where it has a value, or lacks it for another reason. */
const Param **figure_unset(const Care *c, const Indicator *i, const Figure *f, Arena *a,
                           size_t *ret_n);
/* The same of the number that is to be reached. */
const Param **target_unset(const Care *c, const TargetFigure *f, Arena *a, size_t *ret_n);
/* "day_care", "day_care,for_profit"; empty of the whole. */
Str figure_codes(const Indicator *i, size_t cell, Arena *a);

#endif
