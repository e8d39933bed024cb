/* build.h — a Program while it is being made: steps are added, equal ones found again, constants
 * folded, ranges proven.  Start: step_add(), lower(). */
#ifndef ANLAO_COMPILE_BUILD_H
#define ANLAO_COMPILE_BUILD_H

#include "compile/compile.h"
#include "compile/ops.h"

/* What a program shares with the bodies of its aggregates. */
typedef struct Shared {
    Arena *arena;
    const Model *model;
    const CompileOptions *options;
    GArray *inputs; /* Input */
    unsigned part;  /* first input of the current part: outputs of one part share 64 bits */
    unsigned depth; /* of computed fields and aggregates, against runaway recursion */
    GError *error;  /* the first fault; building goes on with dummies */
    bool full;      /* the fault is one of size: a part of its own may have room */
    const struct Plan *plan; /* phase.c: which output is which rule */
} Shared;

typedef struct Builder {
    Shared *shared;
    struct Builder *outer; /* of an aggregate's body */
    uint32_t outer_record; /* in outer: the record the aggregate belongs to */
    const Entity *outer_entity, *entity;
    GArray *outer_args; /* uint32_t: registers of outer that the body reads */
    GArray *steps, *args, *slots, *cuts, *aggregates, *origins;
    uint32_t *same; /* open hash of step numbers + 1 */
    size_t n_same;
    uint32_t first, first_slot; /* equal ones are looked for from here on: start of the part */
} Builder;

/* Whose fields bare names are. */
typedef struct Scope {
    Builder *b;
    const Entity *entity;
    uint32_t record;   /* register with its row; STEP_NONE: the subject */
    const Expr *place; /* of a rule with a place of its own; NULL: the entity's */
} Scope;

void builder_init(Builder *b, Shared *shared, const Entity *entity);
void builder_clear(Builder *b);
void builder_new_part(Builder *b);
Step *step_at(const Builder *b, uint32_t number);
bool build_fault(Builder *b, const char *format, ...) G_GNUC_PRINTF(2, 3); /* false; first wins */

uint32_t step_add(Builder *b, Step s); /* op, operands, numbers, slot, origin given; rest proven */
uint32_t step_number(Builder *b, int64_t n, unsigned scale);
uint32_t step_truth(Builder *b, Truth t);
uint32_t step_of(Builder *b, Op op, uint32_t x, uint32_t y);
uint32_t step_with(Builder *b, Op op, uint32_t x, uint32_t y, unsigned scale);
uint32_t step_if(Builder *b, uint32_t condition, uint32_t yes, uint32_t no);
uint32_t step_scaled(Builder *b, uint32_t x, unsigned scale); /* to a greater scale, exactly */
uint32_t step_nothing(Builder *b, uint64_t missing, unsigned scale);
bool step_is_number(const Builder *b, uint32_t x, int64_t *ret_number);
void step_prove(Builder *b, Step *s); /* range.c: range, drift, uniformity of a step */

uint32_t input_field(Builder *b, const Field *f, uint32_t record);
uint64_t input_bit(Builder *b, InputKind kind, const void *origin, const char *name);

/* lower.c */
uint32_t lower_value(Scope s, const Expr *e);
uint32_t lower_truth(Scope s, const Expr *e);
uint32_t lower_field(Scope s, const Field *f);  /* value; bool fields as bool */
uint32_t lower_highest(Scope s, const Expr *e); /* ceiling.c: open judgements at their highest */
uint32_t lower_arithmetic(Scope s, const Expr *e);
uint32_t lower_round(Scope s, const Expr *e);
uint32_t lower_aggregate(Scope s, const Expr *e);
/* Between which bounds an AGGREGATE step's values lie; value: the step of its body, or NULL. */
void aggregate_prove(const Builder *b, const AggregateStep *a, const Step *value, Step *s);
bool has_bounds(const Expr *e); /* a number over records */
/* The same rows gathered once more: the least, or the most, it can be. */
uint32_t lower_bound_of(Scope s, const Expr *e, Bound bound);
/* Of a share or mean also: which part of it, and at which scale. */
uint32_t lower_quotient(Scope s, const Expr *e, Bound bound, QuotientPart part, unsigned scale);
unsigned quotient_scale(const Expr *e); /* of OVER ÷ UNDER */
/* The spell a condition has held: its first day, exact or as it may be. */
uint32_t lower_since(Scope s, const Expr *e, Bound bound);
uint32_t lower_compared(Scope s, Op op, const Expr *x, const Expr *y); /* compared.c */
uint32_t lower_day(Scope s);
uint32_t step_date_add(Scope s, uint32_t date, const Expr *span);
uint32_t step_compared(Builder *b, Op op, uint32_t x, uint32_t y); /* brought to one scale */
uint32_t lower_param(Scope s, const Expr *e);
uint32_t lower_table(Scope s, const Expr *e);
uint32_t lower_in_region(Scope s, const Expr *e);
uint32_t lower_territory(Scope s, uint32_t region, const int32_t *within, size_t n);
const Expr *scope_place(Scope s); /* the region params without one are looked up by; or NULL */
uint32_t lower_present(Scope s);  /* the record's own span; STEP_NONE: always there */
uint32_t lower_rule_place(Scope s, const Document *d, uint32_t present, int32_t *ret_territory);

/* version.c: what is amended (semantics 49) */
typedef uint32_t (*Lowered)(Scope s, const Expr *e);
uint32_t lower_version(Scope s, const Expr *e, Lowered part);
uint32_t version_holds(Scope s, const Versions *v, size_t i);       /* a truth; STEP_NONE: always */
bool version_counts(const Builder *b, const Versions *v, size_t i); /* not left out */
uint32_t lower_wording(Scope s, const Wording *x, uint32_t present);
uint32_t lower_versions_present(Scope s, const Rule *r, uint32_t present, Date *ret_until);

/* rule.c */
bool output_build(Builder *b, const Output *o, ProgramOutput *to);
uint32_t *steps_below(Builder *b, const uint32_t *roots, size_t n, size_t *ret_n); /* rising */
uint32_t lower_in_force(Builder *b, Date from, Date until); /* lookup.c: a truth */

/* phase.c: outputs that rest on each other are built together, in one part, by level. */
typedef struct Plan {
    Output *all; /* those asked for, then those that they need */
    size_t n_asked, n;
    uint32_t *of_rule; /* per rule of the Model: its output + 1, or 0 */
    uint32_t *order;   /* outputs in the order in which they are built */
    size_t *end;       /* per place in `order`: where what is built together with it ends */
    ProgramOutput *made;
    GArray *groups; /* ProgramGroup */
} Plan;
void plan_make(Arena *a, const Model *m, const Output *outputs, size_t n, Plan *ret);
void plan_clear(Plan *plan);
uint32_t lower_outcome(Scope s, const Expr *e);
/* What was built together is tied together: groups, inputs, needs. */
void plan_tie(Builder *b, const Plan *plan, const uint32_t *list, size_t n);

/* compile.c: what was built becomes a Program's own arrays */
void builder_freeze(Builder *b, Program *p);

#endif
