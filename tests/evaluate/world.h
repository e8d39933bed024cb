/* world.h — a made-up Model, rules and records from a seed: unknown cells, values that change,
 * references, spans, places.  Start: world_new(), world_rule(). */
#ifndef ANLAO_TESTS_EVALUATE_WORLD_H
#define ANLAO_TESTS_EVALUATE_WORLD_H

#include "make.h"

typedef struct World {
    GRand *rand;
    Make *k;
    Dataset *d;
    Enum *level, *kind, *economy;
    Entity *person, *home, *visit;
    Field *born, *died, *place, *ability, *econ, *income, *flag, *at, *moved, *score;
    Field *home_kind, *home_beds, *home_point, *point, *home_place, *home_open, *home_built;
    Field *visit_who, *visit_on, *visit_score, *visit_ok, *visit_begun, *visit_ended;
    Field *approved, *granted, *part, *visit_fine; /* judgements: bool, money, share; bool */
    Param *least_age, *rate, *local, *low, *group, *share;
    Table *amount;
    int aggregates; /* depth left: an aggregate inside an aggregate is enough */
    int facts;      /* above 0: what is compared or denied, where no judgement may stand */
    const Entity *scope, *outer;
} World;

World *world_new(guint32 seed, size_t persons, double unknown, double changing);
void world_free(World *w);
Rule *world_rule(World *w, const char *name, int depth);
/* Exceptions, readings of each other, groups: world_groups.c. */
void world_relate(World *w, Rule **rules, size_t n, int depth);
Expr *world_money(World *w, int depth);
Expr *world_condition(World *w, int depth);
Expr *world_number(World *w, int depth);
Expr *world_leaf(World *w); /* a condition on one fact */
Expr *world_aggregate(World *w, AggregateKind kind, int depth);
/* world_rows.c */
Expr *world_compared_quotient(World *w, int depth);
Expr *world_compared_spell(World *w, int depth);
Expr *world_rounded(World *w, int depth);

#endif
