/* figures.h — indicators by region: aggregates over columns, rolled up the tree of places, with
 * their doubt. */
#ifndef ANLAO_EVALUATE_FIGURES_H
#define ANLAO_EVALUATE_FIGURES_H

#include "compile/figure_program.h"
#include "evaluate/evaluate.h"

/* All regions of the tree and all cells at once, for one indicator and period (stock: from == on).
 * out[n_cells][regions->n]: the whole first.
 * stock: records whose span holds on the day; a record without a span but with an event day counts
 * from that day on.  flow: events whose day lies in from..on, each judged on its own day; one of
 * unknown day is in doubt.  A record of unknown place is in doubt in every place but the one that
 * holds all others. */
bool figures_evaluate(const FigureProgram *p, const Dataset *d, Date from, Date on, Figure *out,
                      GError **error);

/* The same of one region alone, all cells: out[n_cells]. */
bool figures_evaluate_in(const FigureProgram *p, const Dataset *d, size_t region, Date from,
                         Date on, Figure *out, GError **error);

/* Of each record (figure_program_each): one entry per record that is, or may be, one of those. */
typedef struct EachFigure {
    size_t row;
    Truth there;   /* yes, or in doubt: its span or the condition */
    int32_t place; /* ROW_NONE: not known where */
    Figure figure; /* of cell `cell` */
} EachFigure;
bool figures_evaluate_each(const FigureProgram *p, const Dataset *d, Date from, Date on,
                           size_t cell, GArray *to, GError **error);

#endif
