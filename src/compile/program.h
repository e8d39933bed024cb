/* program.h — what is decided, as flat steps: plain data that evaluate/ runs over a Dataset.
 * In: nothing; compile.c fills it.  Out: read by evaluate/ and by whoever prints or explains.
 * Not here: the Model (pointers to it are `const void *origin`, which only compile/ and its callers
 * look into).  Read first: Program, Step, RuleOutput.
 *
 * One step computes one register; the register's number is the step's number, operands come before
 * their users.  Every register holds, for one record and one day, a value or "unknown"; conditions
 * hold a Truth.  What is unknown carries the set of inputs that made it so: bits of `Input.bit`. */
#ifndef ANLAO_COMPILE_PROGRAM_H
#define ANLAO_COMPILE_PROGRAM_H

#include "base/arena.h"
#include "base/date.h"
#include "data/kind.h"
#include "data/region.h"

#define STEP_NONE UINT32_MAX
/* Days a Program may be asked about: ranges of ages and spans are proven for these. */
#define DAY_LOW  ((Date)-25567) /* 1900-01-01 */
#define DAY_HIGH ((Date)84004)  /* 2199-12-31 */

/* ---- what each step does (ops.def has the names and the law of unknowns) ----------------------
 */

typedef enum Op {
#define OP(name, word, law) OP_##name,
#include "compile/ops.def"
#undef OP
    OP_N
} Op;

/* How unknown operands make the result unknown. */
typedef enum OpLaw {
    LAW_LEAF,   /* reads a fact, a param, a constant, the day */
    LAW_STRICT, /* any unknown operand makes it unknown */
    LAW_TRUTH,  /* semantics 21 */
    LAW_CHOICE, /* semantics 22: the branches that can still apply */
    LAW_NEVER,  /* known whatever the operands are */
} OpLaw;

typedef struct OpFacts {
    const char *word;
    OpLaw law;
} OpFacts;
extern const OpFacts op_facts[OP_N];

/* How a register moves while the days of a month pass and no recorded fact or param changes. */
typedef enum Drift {
    DRIFT_STILL, /* does not look at the day */
    DRIFT_UP,    /* never falls (a condition: never goes from yes towards no) */
    DRIFT_DOWN,
    DRIFT_FREE, /* looks at the day in any way */
} Drift;

typedef struct Step {
    Op op;
    Physical physical; /* of the register; truths are I8 */
    bool is_truth;
    bool uniform;     /* the same for all records on one day */
    bool changes;     /* what it reads may have recorded changes: dated fields, params, records */
    bool checked;     /* 64-bit arithmetic that may overflow */
    uint8_t scale;    /* decimals of the value */
    Drift drift;      /* see above */
    uint32_t a, b, c; /* operand steps or STEP_NONE */
    uint32_t args, n_args; /* LOOKUP, AGGREGATE: more operands, Program.args[args ..] */
    int64_t number;        /* constant, factor, code, bits, rounding: see ops.def */
    int64_t number_b;      /* second constant */
    uint32_t input;        /* FIELD, LOOKUP, AGGREGATE: Program.inputs, or STEP_NONE */
    uint32_t slot;    /* LOOKUP: Program.slots; INTERVAL: Program.cuts; AGGREGATE: .aggregates */
    uint32_t instead; /* the batch driver runs this equal step in its place, or STEP_NONE */
    unsigned entity, column; /* FIELD: batch and column; STEP a is the record's row or STEP_NONE */
    int64_t low, high;       /* known values lie between; low > high: never known */
    uint64_t reads;          /* inputs below this step, as bits */
    uint64_t lacks;          /* FIELD: the bit that says it is missing itself */
    const void *origin;      /* Expr it comes from, or NULL (span, territory, conversion) */
} Step;

/* ---- what can be missing ----------------------------------------------------------------------
 */

typedef enum InputKind {
    INPUT_FIELD,   /* a fact: somebody must supply it */
    INPUT_PARAM,   /* a place must set it (or it stands below its floor) */
    INPUT_TABLE,   /* a result the document leaves unset */
    INPUT_RECORDS, /* there is no such record (semantics 30, 32) */
} InputKind;

typedef struct Input {
    InputKind kind;
    const char *name;        /* elder.born; the param, the table; the entity whose record lacks */
    unsigned bit;            /* in missing sets of steps (registers, not outputs) */
    const void *origin;      /* Field (the last of the path), Param, Table or Entity */
    const void *const *path; /* FIELD: Fields from the subject on */
    size_t n_path;
    bool counted;           /* a field of records that an aggregate runs over */
    bool judged;            /* FIELD: a person has not decided yet (semantics 54) */
    unsigned entity, field; /* FIELD: where it stands; RECORDS: entity */
} Input;

/* ---- params and tables: dense cells -----------------------------------------------------------
 */

/* Cells in force on from[i] <= day < from[i + 1].  A step's cell is the sum of operand × stride;
 * a region operand's stride is that of the first index. */
typedef struct SlotSlice {
    Date from;
    void *value;       /* n_cells of the slot's physical */
    uint64_t *missing; /* per cell: bits of what is missing; NULL = nothing */
} SlotSlice;

typedef struct Slot {
    const char *name;
    Physical physical;
    bool is_truth;
    SlotSlice *slices; /* the first from DATE_MIN */
    size_t n_slices;
    size_t n_cells;
    int32_t strides[6]; /* of the step's args */
    int32_t sizes[6];
    size_t n_axes;
    int64_t fixed[6]; /* codes that are the same for all records */
    unsigned free;    /* bit per index that is an operand instead */
    int64_t low, high;
    const void *origin; /* Param or Table; NULL for a territory */
} Slot;

/* INTERVAL: the register is the number of cuts that are <= the operand. */
typedef struct Cuts {
    int64_t *at; /* rising */
    size_t n;
} Cuts;

/* ---- aggregates over records that refer to this one -------------------------------------------
 */

typedef enum Gather {
    GATHER_COUNT,
    GATHER_EXISTS,
    GATHER_SUM,
    GATHER_MIN,
    GATHER_MAX,
    GATHER_LATEST,
    GATHER_SHARE, /* rows with `above` of those with `where`, weighed by the value */
    GATHER_MEAN,
    GATHER_DISTINCT,
    GATHER_SINCE, /* no rows: the record itself on earlier days; where: the condition */
} Gather;

/* A comparison with a number can be known while the number is not (semantics 29). */
typedef enum Bound {
    BOUND_EXACT,
    BOUND_LOW,
    BOUND_HIGH,
    BOUND_LEFT_OUT /* how many rows in doubt were left out (semantics 31) */
} Bound;

/* Shares and means need not end. */
typedef enum QuotientPart {
    QUOTIENT_FLOOR, /* the greatest number of the step's scale that is not above it … */
    QUOTIENT_CEILING,
    QUOTIENT_OVER, /* above the line … */
    QUOTIENT_UNDER,
} QuotientPart;

/* The steps of `body` are over the counted record; OUTER steps read the outer record's registers:
 * number = which of the AGGREGATE step's args.  Bits of missing inputs are those of the outermost
 * program. */
typedef struct AggregateStep {
    Gather kind;
    Bound bound;
    QuotientPart part;
    uint8_t up;          /* quotients: decimals of the step beyond those of the value */
    bool never_negative; /* the value is a field whose declared range starts at 0 or above */
    bool known_only;
    unsigned entity;      /* of the counted records */
    unsigned reference;   /* column that refers to the outer record */
    struct Program *body; /* one output: present, when = where, amount = value, once = event day */
    uint32_t present;     /* in body: truth, span of the record; STEP_NONE = always there */
    uint32_t where;       /* in body: truth; STEP_NONE = all */
    uint32_t above;       /* in body: SHARE: truth */
    uint32_t at; /* column: each row is looked at on that day of its own; STEP_NONE: on the day */
    uint32_t value;     /* in body; STEP_NONE for count and exists */
    uint32_t event_day; /* in body: LATEST; STEP_NONE else */
    uint32_t otherwise; /* in the outer program: `else V`, or STEP_NONE */
    uint64_t nothing;   /* missing bits when there is no record */
} AggregateStep;

/* ---- outputs ----------------------------------------------------------------------------------
 */

typedef enum ProgramOutputKind {
    PROGRAM_RULE,  /* outcome, amount */
    PROGRAM_CHECK, /* outcome of `require` where `when` holds */
    PROGRAM_VALUE, /* a field or an expression on a day */
} ProgramOutputKind;

typedef enum RuleDays { /* which days of the month count (semantics 15–17) */
                        RULE_FIRST_DAY,
                        RULE_LAST_DAY,
                        RULE_ANY_DAY,
                        RULE_EACH_DAY,
                        RULE_YEAR_DAY, /* month, day below */
                        RULE_ONCE_DAY, /* on the day in step `once` */
} RuleDays;

typedef struct ProgramOutput {
    ProgramOutputKind kind;
    const char *name; /* of the rule; entity.field; "expression" */
    uint32_t root;    /* VALUE: the register; RULE and CHECK: same as `outcome` */
    bool is_truth;    /* VALUE: the register holds a Truth */
    Kind value_kind;  /* VALUE: what it is; BOOL also of a Truth */
    /* rules */
    uint32_t present; /* truth: span, territory; no = outside.  STEP_NONE = always */
    uint32_t when;    /* truth, late start included; STEP_NONE = yes */
    uint32_t amount;  /* fen × 10^(scale - 2); STEP_NONE = a yes without amount */
    uint32_t require; /* checks: truth */
    uint32_t outcome; /* the condition that decides first: when, else require, else STEP_NONE */
    uint32_t once;    /* ONCE_DAY: date */
    uint32_t most;    /* the amount if all open judgements were decided as high as they may; of the
                         amount's scale; STEP_NONE: none are read */
    uint64_t judged;  /* bits of judgements: where nothing else is missing a person judges */
    uint32_t *cures;  /* checks: registers of the cure's parts, in order of Rule.cure_parts */
    size_t n_cures;
    uint32_t *excepted; /* truths: whether each exception holds, in the order they are asked */
    size_t n_excepted;
    uint32_t *versions; /* truths: whether each version is in force here, were there none behind it;
                           STEP_NONE: the first, or always */
    size_t n_versions;
    bool once_open; /* ONCE_DAY: an absent date means not yet */
    RuleDays days;
    int month, day;   /* YEAR_DAY */
    Date from, until; /* in force, both days included */
    bool has_round;
    Rounding round;
    int32_t territory; /* region row; ROW_NONE: everywhere */
    uint32_t *inputs;  /* Program.inputs that this output reads: missing set bit i is inputs[i] */
    size_t n_inputs;   /* at most LIMIT_RULE_INPUTS */
    uint32_t *steps;   /* all steps this output needs, rising */
    size_t n_steps;
    uint32_t *present_steps; /* those that `present` needs, rising */
    size_t n_present_steps;
    /* benefits among themselves: an output that has to do with no other needs none */
    unsigned level;  /* above those of the outputs it reads */
    bool shared;     /* its month waits for the groups, or others read it */
    uint32_t *needs; /* outputs its net rests on, itself among them, by level */
    size_t n_needs;
    uint32_t *groups; /* Program.groups that are applied for it, in their order */
    size_t n_groups;
    const void *origin; /* Rule, Field or Expr */
} ProgramOutput;

/* ---- benefits among themselves (semantics 40–42) ----------------------------------------------
 */

typedef enum GroupKind { GROUP_ALL, GROUP_HIGHEST, GROUP_FIRST, GROUP_CHOSEN } GroupKind;

/* Members' months become what is left of them beside each other. */
typedef struct ProgramGroup {
    GroupKind kind;
    uint32_t *members; /* outputs in the order named; all of one level */
    int64_t *codes;    /* chosen: what `choice` holds where a member is */
    size_t n_members;
    uint32_t choice;  /* value, or STEP_NONE */
    uint32_t applies; /* truth: the record lies in the group's place; STEP_NONE: all members do */
    uint32_t *steps;  /* all steps these two need, rising */
    size_t n_steps;
    Date from, until; /* in force: asked on the month's last day */
    unsigned level;
    const void *origin; /* Combine */
} ProgramGroup;

/* Which register an expression of the Model became.  `record`: the register that holds the row of
 * the record it is about; STEP_NONE: the subject itself. */
typedef struct StepOf {
    const void *expr;
    uint32_t record;
    uint32_t step;
} StepOf;

typedef struct Program {
    Arena *arena;
    unsigned entity;
    const char *entity_name;
    Step *steps;
    size_t n_steps;
    uint32_t *args;
    Input *inputs;
    size_t n_inputs;
    Slot *slots;
    size_t n_slots;
    Cuts *cuts;
    size_t n_cuts;
    AggregateStep *aggregates;
    size_t n_aggregates;
    ProgramOutput *outputs;
    size_t n_outputs, n_all; /* behind those asked for stand others that they need */
    ProgramGroup *groups;    /* in the order in which they are applied */
    size_t n_groups;
    unsigned n_levels;
    StepOf *origins; /* sorted by (expr, record) */
    size_t n_origins;
    const RegionTree *regions; /* borrowed from the options; NULL without places */
} Program;

/* STEP_NONE when the expression has no register of its own in this program. */
uint32_t program_step_of(const Program *p, const void *expr, uint32_t record);
/* The slice of a slot in force on a day. */
const SlotSlice *slot_slice(const Slot *s, Date day);

#endif
