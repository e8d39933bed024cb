/* run.h — a Program over one Dataset, made ready: columns found, records that refer to others
 * listed.  Shared by the row driver and the batch driver; one thread at a time.
 * Start: run_new(), row_begin(), row_day(). */
#ifndef ANLAO_EVALUATE_RUN_H
#define ANLAO_EVALUATE_RUN_H

#include "compile/ops.h"
#include "data/links.h"
#include "evaluate/evaluate.h"

/* A register of one row: truths are always in `value`; unknown is missing != 0. */
typedef struct Reg {
    int64_t value;
    uint64_t missing; /* bits of the part's inputs */
    Date next;        /* first later day on which a recorded fact or param below it changes */
} Reg;

/* A row of an aggregate that only may count, or may be the latest. */
typedef struct Rival {
    Date day;
    bool dated;
    int64_t value;
    uint64_t missing, why; /* of the value; all that makes it doubtful */
} Rival;

/* The month, or the day, of an output that others rest on. */
typedef struct Standing Standing;

typedef struct Run Run;
struct Run {
    const Program *p;
    const Dataset *d;
    Run *outer;         /* of an aggregate's body: the run around */
    const Batch *batch; /* of the program's entity; NULL = no rows */
    size_t rows;
    const Column **columns;     /* per step: FIELD's column, NULL where nothing is known */
    Run **bodies;               /* per aggregate */
    const Links **links;        /* per aggregate, the Dataset's, once asked for */
    Arena *arena;               /* of the outermost run */
    const uint32_t *all;        /* of a body: all its steps */
    const uint32_t *outer_args; /* of a body: what its OUTER steps read */
    GArray *rivals;             /* of a body: rows that only may count */
    /* the row at hand */
    size_t row;
    Date day, limit; /* changes behind limit are of no interest */
    Reg *regs;
    bool overflow;                  /* some 64-bit result did not fit on this row */
    Standing *standing;             /* per output, of the row at hand */
    uint8_t *applied;               /* per group: whether it concerned that row, a Truth */
    const struct Standing **slices; /* per output, of the slice at hand: the batch driver's */
    /* Registers share operands: without these, looking at other days would take a path at a time.
     */
    uint64_t computed; /* counts row_compute() */
    Reg *then;         /* per step: its register on another day … */
    uint64_t *then_of; /* … for this `computed` and day */
    uint64_t *visited; /* per step: the last row_next() that came by */
    uint64_t visit;
};

bool run_new(Arena *a, const Program *p, const Dataset *d, Run **ret, GError **error);

struct Evaluation {
    Arena *arena;
    Run *run;
};
/* Rows that refer, or once referred, to each row of the outer entity. */
const Links *run_links(Run *r, uint32_t aggregate);

/* Computes the given steps for one row and day.  Regs of other steps keep what they held. */
void row_compute(Run *r, const uint32_t *steps, size_t n, size_t row, Date day, Date limit);
/* First day behind r->day, at most r->limit, on which the step may have another value; DATE_MAX
 * when there is none. */
Date row_next(Run *r, uint32_t step);
/* gather.c: an aggregate for the record at hand, and when it may change with the days. */
Reg row_aggregate(Run *r, const Step *s, uint64_t parent, Date day);
Date row_aggregate_next(Run *r, const Step *s);
/* spell.c: the first day of the spell of a condition that reaches the day. */
Reg row_spell(Run *r, const Step *s, uint64_t row, Date day);
/* The step's register on another day, recorded facts being those of r->day. */
Reg row_at(Run *r, uint32_t step, Date day);
uint64_t row_record(const Run *r, uint32_t step); /* row of a record register; UINT64_MAX: none */

/* What one day says of a rule. */
typedef struct DayOutcome {
    uint8_t outcome; /* Truth or OUTCOME_OUTSIDE */
    int64_t amount;  /* at the amount's scale; of a yes, or the most of what a person judges */
    bool most_known; /* of what a person judges: there is a ceiling, ProgramOutput.most */
    uint64_t missing;
    Date next; /* the outcome or amount may be another from then on; DATE_MAX: not before limit */
} DayOutcome;

DayOutcome row_day(Run *r, const ProgramOutput *o, size_t row, Date day, Date limit);
/* The same, outside where the rule is not in force. */
DayOutcome row_in_force(Run *r, const ProgramOutput *o, size_t row, Date day, Date limit);

typedef struct MonthOutcome {
    uint8_t outcome;
    int64_t amount;  /* fen, of a yes */
    int64_t most;    /* fen, of what a person judges … */
    bool most_known; /* … where there is a ceiling */
    uint64_t missing;
    Date day; /* the day that decided */
} MonthOutcome;

/* Semantics 21: what lacks nothing but judgements is for a person to judge. */
static inline bool only_judged(const ProgramOutput *o, uint64_t missing)
{
    return missing != 0 && (missing & ~o->judged) == 0;
}
struct Standing {
    MonthOutcome raw, net;
    Date next, raw_next; /* of a day: it may be another from then on; DATE_MAX of a month */
    uint32_t paid;       /* the output that is paid instead; STEP_NONE: none is */
};

/* The days of the month on which the output counts; false: none. */
bool month_days_of(const ProgramOutput *o, Month month, Date *ret_first, Date *ret_last);
bool row_on_day(Run *r, const ProgramOutput *o, size_t row, Date day, MonthOutcome *m,
                GError **error);
/* A day just asked, as if the month were like it: in fen. */
bool row_finish_day(Run *r, const ProgramOutput *o, size_t row, const DayOutcome *d,
                    MonthOutcome *m, GError **error);
bool row_month(Run *r, const ProgramOutput *o, size_t row, Month month, MonthOutcome *ret,
               GError **error);
/* ---- phase.c: rules that have to do with each other (semantics 40–42) */
/* The month of the row, net of the output's groups; r->standing then holds all it rests on. */
bool row_net(Run *r, const ProgramOutput *o, size_t row, Month month, MonthOutcome *ret,
             GError **error);
/* The same of one day: as if the month were like it. */
bool row_net_day(Run *r, const ProgramOutput *o, size_t row, Date day, Standing *ret,
                 GError **error);
/* row_in_force() for any output: net of its groups, in fen where it has to do with others.  again:
 * the call before was of an earlier day of this row and output. */
DayOutcome row_net_in_force(Run *r, const ProgramOutput *o, size_t row, Date day, Date limit,
                            bool again);

/* Each day: which of two days' outcomes is the month's. */
uint8_t month_worse_day(uint8_t a, uint8_t b);
/* over ÷ under fen, rounded as the rule says; fails where it would not end in whole fen. */
bool month_settle(const ProgramOutput *o, Wide over, Wide under, int64_t *ret_fen, GError **error);
Wide month_fen_scale(const Run *r, const ProgramOutput *o); /* units of the amount in one fen */
/* "rule old_age_allowance, elder P17: a number does not fit 64 bits" */
bool fail_row(const Run *r, const ProgramOutput *o, size_t row, const char *what, GError **error);
/* Bits of the part's inputs become bits of the output's own. */
uint64_t own_bits(const Program *p, const ProgramOutput *o, uint64_t missing);
/* What is said to be missing of an outcome: of an unknown one facts, not who might judge later. */
uint64_t outcome_lacks(const Program *p, const ProgramOutput *o, uint8_t outcome, uint64_t missing);

#endif
