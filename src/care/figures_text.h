/* figures_text.h — an indicator that was amended or ended: each region's figure by the text that
 * is in force in it on the day (semantics 49).
 * In: an indicator, a Dataset.  Out: figures by cell and region.  Start: figures_by_text(). */
#ifndef ANLAO_CARE_FIGURES_TEXT_H
#define ANLAO_CARE_FIGURES_TEXT_H

#include "compile/figure.h"
#include "evaluate/figures.h"

/* Figures of the period from..on (of a stock: of the day `on`), n_cells * regions of them, freed by
 * g_free().  The text of a period is that of its last day; where it has ended there is no case. */
bool figures_by_text(const Model *m, const Indicator *i, const CompileOptions *o, Date from,
                     Date on, Figure **ret, GError **error);
/* One of them: of a cell and a region; the others are not computed. */
bool figure_by_text(const Model *m, const Indicator *i, const CompileOptions *o, size_t cell,
                    int32_t region, Date from, Date on, Figure *ret, GError **error);
/* The text in force on a day in the indicator's whole place; NULL: it has ended. */
const Indicator *indicator_text(const Indicator *i, Date on);

#endif
