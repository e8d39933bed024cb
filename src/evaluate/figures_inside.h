/* figures_inside.h — the arithmetic of one figure, once its aggregates are tallied: shared by
 * figures.c (all places) and figures_each.c (each record). */
#ifndef ANLAO_EVALUATE_FIGURES_INSIDE_H
#define ANLAO_EVALUATE_FIGURES_INSIDE_H

#include "data/figure.h"
#include "evaluate/figures_tally.h"

/* Where one figure is computed. */
typedef struct Spot {
    const FigureProgram *program;
    const Tally **tallies;       /* per aggregate */
    const Column *const *fields; /* per output of region_fields */
    size_t region;               /* whose params and fields; regions->n: of none */
    size_t cell;
    Date on;
    Interval *results; /* of step s: results[s * stride] */
    size_t stride;
} Spot;

/* A step whose number grew beyond 128 bits is `huge`, and so is all that rests on it. */
void spot_step(const Spot *at, size_t step);
/* The last step as a Figure; indicator, region, cell and days are given. */
void spot_figure(const Spot *at, Figure *to);

#endif
