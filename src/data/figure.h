/* figure.h — an indicator's value for one region and period, with its doubt. */
#ifndef ANLAO_DATA_FIGURE_H
#define ANLAO_DATA_FIGURE_H

#include "base/date.h"
#include "data/kind.h"

/* A bound before it is rounded to the indicator's scale, as above ÷ below in units of that scale.
 * below 0: the bound is open, or only its rounded number fits. */
typedef struct FigureExact {
    int64_t above, below;
} FigureExact;

typedef struct Figure {
    unsigned indicator; /* number in the Model */
    unsigned cell;      /* 0: the whole; else one of the codes it is told apart by */
    int32_t region;     /* row of the RegionTree */
    Date from, on;      /* flow: the period from..on; stock: from == on */
    bool no_case;       /* a share with nothing below the line: neither 0 nor 100 % */
    int64_t value;      /* over the known rows, in the indicator's scale */
    int64_t low, high;  /* every way of filling the unknowns lies between; equal when nothing is
                           unknown;  INT64_MIN and INT64_MAX: no bound */
    FigureExact exact_low, exact_high; /* for comparisons: 30.004 % is more than 30 % */
    int64_t numerator, denominator;    /* a share, mean or quotient over known rows: its lines, not
                                          added    over places; 0 ÷ 0 else */
    int64_t unknown, judged; /* rows not counted because a fact, or a person's word, is missing */
    bool param_unset;        /* a param it needs has no value: value has no meaning */
    bool fact_missing;       /* a fact of the region itself is not recorded: value has no meaning */
    bool too_large; /* it does not fit 64 bits: value has no meaning, and somebody must be told */
} Figure;

/* Whether there is a value at all. */
static inline bool figure_known(const Figure *f)
{
    return !f->no_case && !f->param_unset && !f->fact_missing && !f->too_large;
}

#endif
