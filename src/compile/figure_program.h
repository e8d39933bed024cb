/* figure_program.h — an indicator as plain data: programs for its aggregates, and the arithmetic
 * between them.
 * In: nothing; figure.c fills it.  Out: read by evaluate/figures.c.  Not here: how rows are summed
 * up the tree of places.  Read first: FigureAggregate, FigureStep.
 *
 * All numbers of the arithmetic are exact fractions with bounds; a truth is 0 or 1 with bounds. */
#ifndef ANLAO_COMPILE_FIGURE_PROGRAM_H
#define ANLAO_COMPILE_FIGURE_PROGRAM_H

#include "compile/program.h"
#include "data/region.h"

typedef enum FigureLeaf {
    FIGURE_COUNT,
    FIGURE_SUM,
    FIGURE_SHARE,
    FIGURE_MEAN,
    FIGURE_EXISTS,
    FIGURE_LEAST,
    FIGURE_GREATEST,
} FigureLeaf;

typedef struct FigureAggregate {
    FigureLeaf kind;
    unsigned entity;  /* batch number */
    Program *program; /* NULL: no fact of the records is looked at */
    /* Outputs of the program, -1 = none.  place: region row; where: a condition; value: what is
     * summed, or the weight of a share; begin, end: the record's span; event: its event day. */
    int place, where, value, begin, end, event;
    bool is_region;    /* the records are the places themselves: row i is region i */
    bool end_counts;   /* the end day still counts */
    bool end_open;     /* an absent end means not yet */
    bool known_only;   /* rows in doubt are left out of the bounds too, their number is kept */
    bool not_negative; /* no value can be below 0 */
    uint8_t scale;     /* decimals of the values */
} FigureAggregate;

typedef enum FigureOp {
    FIGURE_LEAF,   /* number: aggregate */
    FIGURE_NUMBER, /* number, scale */
    FIGURE_PARAM,  /* number: param */
    FIGURE_ELSE,   /* a; where there was nothing to compute it from, b */
    FIGURE_ADD,
    FIGURE_SUB,
    FIGURE_MUL,
    FIGURE_DIV,
    FIGURE_NEG,
    FIGURE_MIN,
    FIGURE_MAX,
    FIGURE_ROUND, /* a to `scale` decimals, number: Rounding */
    FIGURE_EQ,
    FIGURE_LT,
    FIGURE_LE,
    FIGURE_NOT,
    FIGURE_AND,
    FIGURE_OR,
    FIGURE_IF, /* a: condition, b, c */
} FigureOp;

typedef struct FigureStep { /* operands are results of earlier steps; the last step is the figure */
    FigureOp op;
    uint32_t a, b, c;
    int64_t number;
    uint8_t scale;
} FigureStep;

/* Values in force on from <= day, until the next slice: one per region, the last one for figures
 * of no region. */
typedef struct FigureSlice {
    Date from;
    int64_t *value;
    uint8_t *known;
} FigureSlice;

typedef struct FigureParam {
    const char *name;
    FigureSlice *slices; /* the first from DATE_MIN */
    size_t n_slices;
    uint8_t scale;
} FigureParam;

typedef struct FigureProgram {
    Arena *arena;
    unsigned indicator;
    const char *name;
    bool flow;
    uint8_t scale;             /* decimals of the result */
    const RegionTree *regions; /* borrowed from the options */
    FigureAggregate *aggregates;
    size_t n_aggregates;
    FigureStep *steps;
    size_t n_steps;
    FigureParam *params;
    size_t n_params;
} FigureProgram;

#endif
