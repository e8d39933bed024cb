/* figures.h — indicators by region: aggregates over columns, rolled up the tree of places, with
 * their doubt. */
#ifndef ANLAO_EVALUATE_FIGURES_H
#define ANLAO_EVALUATE_FIGURES_H

#include "compile/figure_program.h"
#include "evaluate/evaluate.h"

/* All regions of the tree at once, for one indicator and period (stock: from == on).
 * out[regions->n].
 * stock: records whose span holds on the day; a record without a span but with an event day counts
 * from that day on.  flow: events whose day lies in from..on, each judged on its own day; one of
 * unknown day is in doubt.  A record of unknown place is in doubt in every place but the one that
 * holds all others. */
bool figures_evaluate(const FigureProgram *p, const Dataset *d, Date from, Date on, Figure *out,
                      GError **error);

#endif
