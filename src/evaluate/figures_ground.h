/* figures_ground.h — the tallies of one aggregate, for all places and cells at once.
 * Rows are tallied where they lie, then added up: narrower codes to wider ones, codes to the whole,
 * places up the tree.  A row of unknown place or code is in doubt in each of them, but sure in what
 * holds all others.  Start: ground_new(), ground_rows(). */
#ifndef ANLAO_EVALUATE_FIGURES_GROUND_H
#define ANLAO_EVALUATE_FIGURES_GROUND_H

#include "evaluate/figures_rows.h"

typedef struct Ground {
    const FigureProgram *program;
    size_t cells; /* of the program; 1 where the aggregate is counted whole */
    size_t
        places;  /* regions; one more place holds the rows of unknown place until they are added */
    Tally *sure; /* [cell][place]; before adding up position 0 of an index holds unknown codes */
    Tally
        *doubt; /* rows of which something is unknown, as rows that are perhaps there; NULL: none */
} Ground;

Ground *ground_new(const FigureProgram *p, const FigureAggregate *a);
void ground_rows(Ground *g, const Facts *f); /* all rows, and adds them up */
void ground_free(Ground *g);
static inline const Tally *ground_tally(const Ground *g, size_t cell, size_t place)
{
    return &g->sure[(g->cells == 1 ? 0 : cell) * (g->places + 1) + place];
}

#endif
