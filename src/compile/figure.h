/* figure.h — an indicator of the Model becomes a FigureProgram.
 * In: Model, Indicator, the options rules are compiled with (places are required).  Out: plain data
 * for evaluate/figures.h. */
#ifndef ANLAO_COMPILE_FIGURE_H
#define ANLAO_COMPILE_FIGURE_H

#include "compile/compile.h"
#include "compile/figure_program.h"
#include "data/figure.h"

/* NULL and *error when the indicator cannot be run.  Options with data: the program runs over that
 * Dataset. */
FigureProgram *figure_program_new(const Model *m, const Indicator *indicator,
                                  const CompileOptions *o, GError **error);
/* A target's value where it is no fixed number: a figure per region and cell. */
FigureProgram *figure_program_value(const Model *m, const Target *t, const Expr *value,
                                    const CompileOptions *o, GError **error);
/* `in each P where C`: 1 where the region counts, 0 where it does not. */
FigureProgram *figure_program_where(const Model *m, const Target *t, const CompileOptions *o,
                                    GError **error);
/* `of each ENTITY where C`: the indicator of each such record by itself. */
FigureProgram *figure_program_each(const Model *m, const Target *t, const CompileOptions *o,
                                   GError **error);
void figure_program_free(FigureProgram *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FigureProgram, figure_program_free)

/* Whether a target is met (semantics 36–38).  In the order pages know: no, unknown, yes, not due.
 */
typedef enum TargetMet { TARGET_NO, TARGET_UNKNOWN, TARGET_YES, TARGET_NOT_DUE } TargetMet;

/* By the figure's bounds: yes if met for every filling of the unknowns, no if for none.  `number`
 * is in the indicator's scale.  Before `due` it is not due, however the figure stands. */
TargetMet target_met(Compare how, int64_t number, const Figure *f, Date due, Date today);
/* Of `in each …`: met if every one is. */
TargetMet target_met_each(const TargetMet *each, size_t n);
const char *target_met_word(TargetMet m); /* yes, no, unknown, not_due: as in --json */

#endif
