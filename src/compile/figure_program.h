/* figure_program.h — an indicator as plain data: programs for its aggregates, and the arithmetic
 * between them.
 * In: nothing; figure.c fills it.  Out: read by evaluate/figures.c.  Not here: how rows are summed
 * up the tree of places.  Read first: FigureAggregate, FigureStep.
 *
 * All numbers of the arithmetic are exact fractions with bounds; a truth is 0 or 1 with bounds.
 * Figures of one region stand in cells: 0 is the whole, the others one code (or the whole) per
 * index, position 0 the whole and 1 + code else, the last index fastest. */
#ifndef ANLAO_COMPILE_FIGURE_PROGRAM_H
#define ANLAO_COMPILE_FIGURE_PROGRAM_H

#include "base/limits.h"
#include "compile/program.h"
#include "data/batch.h"
#include "data/region.h"

typedef enum FigureLeaf {
    FIGURE_COUNT,
    FIGURE_SUM,
    FIGURE_SHARE,
    FIGURE_MEAN,
    FIGURE_EXISTS,
    FIGURE_LEAST,
    FIGURE_GREATEST,
    FIGURE_DISTINCT,
} FigureLeaf;

/* A recorded fact that is the same on all days needs no program. */
#define FIGURE_COLUMN(index) (-2 - (int)(index))

typedef struct FigureAggregate {
    FigureLeaf kind;
    unsigned entity;  /* batch number */
    Program *program; /* NULL: no fact of the records is looked at */
    /* Outputs of the program, -1 = none; below that a column of the batch as it lies
     * (FIGURE_COLUMN).  place: region row; where: a condition; value: what is summed, or the weight
     * of a share; base: of which rows a share is; begin, end: the record's span; event: its event
     * day. */
    int place, where, base, value, begin, end, event;
    int index[LIMIT_FIGURE_INDEXES]; /* the row's code of each of the indicator's indexes */
    /* Of each record: what the row belongs to; `self`: the row is that record.  Else -1. */
    int group;
    bool self;
    uint32_t
        where_step;    /* instead of `where`: an earlier step, computed in each place; STEP_NONE */
    bool inner;        /* counted below another aggregate: whole, without the indexes */
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
    FIGURE_FIELD,  /* number: output of FigureProgram.region_fields */
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
    bool inner;        /* below a region that is counted: the same for all cells */
    bool not_negative; /* FIELD: no value can be below 0 */
} FigureStep;

/* Values in force on from <= day, until the next slice: one per region, the last one for figures
 * of no region; and so for each cell where the param is looked up by a code of the figure. */
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
    bool by_cell;
} FigureParam;

typedef struct FigureIndex { /* codes by which figures are told apart */
    unsigned codes;
    const int *wider; /* per code: the one it counts as too, or -1 */
} FigureIndex;

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
    FigureIndex index[LIMIT_FIGURE_INDEXES];
    size_t n_index;
    size_t n_cells;
    /* What is recorded of the places, where it is asked for: the dataset with its records of
     * regions in the order of the tree, and their fields. */
    Dataset *places;
    Batch *place_rows; /* of it */
    Program *region_fields;
    /* Of each record: those records, as if to be counted; else NULL.  There is one group per
     * record instead of one figure per region. */
    FigureAggregate *each;
} FigureProgram;

#endif
