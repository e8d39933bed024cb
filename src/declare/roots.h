/* roots.h — every expression a Model holds, once, with what is known where it is asked.
 * Whoever adds a declaration with expressions adds them to roots.c: the checks of conditions and of
 * use see them from there. */
#ifndef ANLAO_DECLARE_ROOTS_H
#define ANLAO_DECLARE_ROOTS_H

#include "declare/model.h"

typedef struct Root {
    const Expr *expr;      /* never NULL */
    const Entity *subject; /* whose record it is asked of; NULL: a figure or a param */
    const Home *home;
    const Expr *given; /* holds wherever this one is asked (`when` of what is paid), or NULL */
    bool territory;    /* asked only of records in the document's place … */
    const Expr *place; /* … by this path; NULL: by their entity's */
} Root;

typedef void (*RootVisit)(const Root *r, void *context);
void model_roots(const Model *m, RootVisit visit, void *context);

#endif
