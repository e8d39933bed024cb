/* slice.h — the registers of a slice of rows at once.
 * A Pass is what is asked of a Program on one day; `first` is the first day of the stretch that
 * ends on it, for finding rows in which something changes inside.  Twins are registers on `first`.
 * Start: pass_new(), slice_run(). */
#ifndef ANLAO_EVALUATE_SLICE_H
#define ANLAO_EVALUATE_SLICE_H

#include "evaluate/kernels.h"
#include "evaluate/run.h"

typedef struct Buffer {
    void *bytes;
    unsigned uses, size; /* pass_room() << size bytes */
    struct Buffer *next; /* free ones of a size */
} Buffer;

/* One register of a slice. */
typedef struct Lane {
    bool scalar; /* the same for all rows: one, one_missing */
    int width;   /* of value: 0 = 8 bits … 3 */
    int64_t one;
    uint64_t one_missing;
    const void *value;                      /* n values; NULL of a scalar */
    const void *missing;                    /* NULL: all known, or a scalar */
    const void *spread[4], *spread_missing; /* of a scalar: whole slices of it, once asked for */
    const uint8_t *changed; /* rows with recorded changes inside the stretch; NULL: none */
    Buffer *held[3];        /* of value, missing, changed; NULL: lent */
} Lane;

typedef struct Task {
    uint32_t step;
    uint32_t output; /* STEP_NONE: compute the step; else this output of the pass is complete */
    bool twin;
    uint32_t first_dead, n_dead; /* Pass.dead: registers nobody asks for afterwards */
} Task;

typedef struct Dead {
    uint32_t step;
    bool twin;
} Dead;

/* What of an output can change inside the stretch: steps compared with their twins, and dated
 * facts. */
typedef struct Watch {
    uint32_t *compare;
    size_t n_compare;
    uint32_t *recorded;
    size_t n_recorded;
} Watch;

typedef struct PassOutput {
    unsigned output, segment; /* number of the Program's output; of its stretches, this one */
    Date from;                /* first day of that */
    uint64_t flow;            /* what it can lack on the day, made here */
    bool watched;             /* a stretch of several days, all of which count */
    bool calendar;            /* watched for its own sake, whatever days count: due.c */
    Watch present, when, amount;
    Watch rest;   /* calendar: of require and once */
    Watch better; /* of when: what can have been better on an earlier day than on the last */
} PassOutput;

typedef struct Pass {
    Arena *arena;
    Run *r;
    Date first, day;
    unsigned level;          /* of its outputs */
    int doubt;               /* width of missing sets */
    uint64_t used;           /* bits an output can lack on this day: sets hold these only, packed */
    uint64_t *flow;          /* per step: what can be missing in it */
    const uint64_t **packed; /* per slot: its missing cells, packed */
    Task *tasks;
    size_t n_tasks;
    Dead *dead;
    PassOutput *outputs;
    size_t n_outputs;
    Lane *lanes[2]; /* per step; [1]: twins */
    Buffer *free[4];
    const void *zeros;  /* BATCH_STEP × 8 bytes */
    const void **spans; /* two per step, of twins too: bounds of whole periods, cuts as days */
    uint32_t *
        *below; /* per AGGREGATE, REACHED and ENTERED step: what the row driver computes for it */
    size_t *n_below;
    struct CountedRows **counted; /* per aggregate: its rows on this day */
    bool overflow;                /* in the slice at hand, or in what all rows share */
    bool overflow_always;
    size_t row, n; /* the slice */
} Pass;

/* wanted: outputs of the Program, with their watches made here when the stretch has several days.
 */
Pass *pass_new(Arena *a, Run *r, Date first, Date day, PassOutput *wanted, size_t n);
/* Called once an output's registers stand. */
typedef bool (*SliceDone)(void *user, Pass *p, const PassOutput *o, GError **error);
bool slice_run(Pass *p, size_t row, size_t n, SliceDone done, void *user, GError **error);

/* ---- registers (lane.c) */
uint64_t pass_pack(const Pass *p, uint64_t bits); /* sets in lanes are packed, others are not */
/* Of something missing never empty: what no output lacks has no bit of its own. */
uint64_t pass_mark(const Pass *p, uint64_t bits);
uint64_t pass_unpack(const Pass *p, uint64_t packed);
uint32_t batch_step(const Program *p, uint32_t step); /* the step that runs in its place */
Lane *lane_at(Pass *p, uint32_t step, bool twin);
const void *lane_value(Pass *p, Lane *l, int width, Buffer **temp); /* all rows, at a width */
const void *lane_missing(Pass *p, Lane *l);                         /* all rows; NULL: all known */
int lane_width(const Lane *l);
size_t pass_room(const Pass *p); /* rows of a buffer */
Buffer *buffer_new(Pass *p, int size);
void buffer_drop(Pass *p, Buffer *b);
void lane_share(Lane *to, const Lane *from);
void lane_drop(Pass *p, Lane *l);
void *lane_make(Pass *p, Lane *l, int width);
void lane_join(Pass *p, Lane *to, Lane *a, Lane *b); /* missing and changed of both */
void lane_join_changed(Pass *p, Lane *to, const Lane *a);
void *lane_own_missing(Pass *p, Lane *l); /* not shared, may be written; NULL stays NULL */
bool lane_unknown_row(const Pass *p, const Lane *l, size_t i, uint64_t *ret_missing);
int64_t lane_number(const Lane *l, size_t i);

/* ---- what changes inside the stretch (watch.c): masks of bytes are added to */
void watch_compared_rows(Pass *p, uint32_t step, uint8_t *mask);
bool watch_recorded_rows(Pass *p, const Watch *w, uint8_t *mask); /* false: none */
bool watch_changes(Pass *p, const Watch *w, uint8_t *mask);       /* mask is cleared first */

/* ---- steps (steps.c, load.c, take.c) */
void slice_step(Pass *p, const Task *t);
/* `known or` that is only asked whether it is before or behind a number all rows share: an end that
 * is open, mostly.  It is not computed then. */
bool compared_or(const Program *p, const Step *s);
void load_field(Pass *p, uint32_t step, Lane *to, bool twin);
void load_aggregate(Pass *p, uint32_t step, Lane *to, bool twin);
void load_by_row(Pass *p, uint32_t step, Lane *to, bool twin); /* with the row driver */
bool counted_at_once(const Step *s); /* an aggregate whose rows do not look at the outer record */
void load_counted(Pass *p, uint32_t step, Lane *to);
void load_outcome(Pass *p, uint32_t step, Lane *to);
void take_lookup(Pass *p, const Step *s, Lane *to, bool twin);
void take_interval(Pass *p, uint32_t step, Lane *to, bool twin);
bool interval_by_days(const Program *p, const Step *s); /* its span is not computed then */
void take_span(Pass *p, uint32_t step, Lane *to, bool twin);
void step_rows(Pass *p, const Step *s, Lane *to,
               bool twin); /* row by row, where nothing is faster */

#endif
