/* cases_inside.h — what the files that make edge cases share.
 * A case is a choice of one value for each fact the rule reads; facts stand in slots, which are the
 * records of a case: the subject, what it refers to, what refers to it. */
#ifndef ANLAO_CARE_CASES_INSIDE_H
#define ANLAO_CARE_CASES_INSIDE_H

#include "care/cases.h"
#include "care/example_data.h"

#define SLOT_NONE SIZE_MAX

typedef struct CaseValue {
    bool known, none; /* as ExampleValue */
    bool absent;      /* not written at all: an open end, a judgement that waits */
    int64_t number;
    Str text;
    Date from;         /* with `later`: the first day of the other value */
    const void *later; /* const CaseValue *: what it changes to, or NULL */
} CaseValue;

typedef struct Part {
    const Entity *entity;
    Str name;
    size_t parent;            /* SLOT_NONE: the subject */
    const Field *by;          /* a child's reference to its parent; NULL: the parent refers to it */
    const Aggregate *counted; /* of children: what counts them */
    size_t count;             /* of children: the fact that says how many there are */

} Part;

typedef struct Fact {
    size_t slot;
    const Field *field; /* NULL: how many records of the slot there are */
    GArray *values;     /* of CaseValue; the first is what it is when nothing is asked of it */
    GArray *grid;       /* of int64_t: where limits are looked for; NULL: of no size */
    uint64_t named;     /* codes the rule names */
    bool fixed;         /* only there so that the records are sound: never varied */
} Fact;

typedef struct Atom { /* a condition that is not made of others */
    const Expr *expr;
    size_t slot;
} Atom;

typedef struct Plan {
    Arena *arena;
    const Model *model;
    const Rule *rule;
    const ExampleRoom *room;
    Month month;
    Date day;          /* on which conditions are asked */
    GArray *slots;     /* of Part */
    GArray *facts;     /* of Fact */
    GArray *atoms;     /* of Atom */
    GArray *constants; /* of Constant: numbers the rule compares with */
} Plan;

typedef struct Constant {
    Kind kind;
    int64_t number; /* storage units */
} Constant;

/* One case, tried. */
typedef struct Trial {
    uint16_t *choice; /* a value per fact */
    Month month;
    uint8_t outcome;
    int64_t amount;
    Str missing, missing_one;
    uint8_t *truths;    /* per atom: Truth, TRUTH_NOT_ASKED */
    uint64_t signature; /* of outcome and truths */
} Trial;

#define TRUTH_NOT_ASKED 9

static inline Fact *fact_at(const Plan *p, size_t i)
{
    return &g_array_index(p->facts, Fact, i);
}

static inline Part *slot_at(const Plan *p, size_t i)
{
    return &g_array_index(p->slots, Part, i);
}

static inline const CaseValue *value_at(const Plan *p, const Trial *t, size_t fact)
{
    return &g_array_index(fact_at(p, fact)->values, CaseValue, t->choice[fact]);
}

/* ---- cases_facts.c: slots, facts, atoms */
void plan_read(Plan *p);
/* Whether a computed field stands in a case as what it is made of. */
bool plan_expands(const Plan *p, const Field *f, bool alone);
/* ---- cases_values.c: what each fact may be */
void plan_values(Plan *p);
void plan_month(Plan *p);
size_t fact_add_value(Fact *f, CaseValue v); /* its index; the same value is not added twice */
/* ---- cases_try.c */
Trial *trial_new(const Plan *p, const Trial *like);
bool trials_run(const Plan *p, Trial *const *all, size_t n, GError **error);
const Example *trial_example(const Plan *p, const Trial *t);
/* Whether the record a fact stands in is there at all. */
bool trial_has(const Plan *p, const Trial *t, size_t fact);
/* ---- cases_search.c */
/* A case in which all the rule asks for holds, or as much of it as can: the first; then others in
 * which other parts of the rule decide. */
bool plan_bases(Plan *p, GPtrArray *bases, GError **error);
/* Values of a fact between which something changes, in pairs below, above; the others as in `base`.
 */
bool plan_limits(Plan *p, const Trial *base, size_t fact, GArray *limits, GError **error);

#endif
