/* figure_build.h — a FigureProgram while it is being made (figure.c, figure_param.c). */
#ifndef ANLAO_COMPILE_FIGURE_BUILD_H
#define ANLAO_COMPILE_FIGURE_BUILD_H

#include "compile/figure.h"

typedef struct FigureBuilder {
    const Model *model;
    const CompileOptions *options;
    CompileOptions ordered; /* the options, with regions in the order of the tree */
    const Indicator *indicator;
    FigureProgram *to;
    GArray *aggregates, *steps, *params;
    GArray *fields;       /* Output: of the region's record */
    const Entity *record; /* below a region: the expression is about its record; else NULL */
    const Entity *each;   /* of each record; else NULL */
    GError *error;        /* the first fault */
} FigureBuilder;

#define STEP_FAULT 0u /* after a fault numbers of steps do not matter */

uint32_t figure_fault(FigureBuilder *b, const char *what);
uint32_t figure_add(FigureBuilder *b, FigureStep s);
uint32_t figure_param(FigureBuilder *b, const Expr *e); /* figure_param.c */

#endif
