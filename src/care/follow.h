/* follow.h — what is to be done, by whom, until when: tasks, procedures, duties, open checks; for
 * pages and the command line.  Read from the working set within the rights of the session: a record
 * outside its scope is neither listed nor counted.  Start: follow_tasks(), follow_procedures(). */
#ifndef ANLAO_CARE_FOLLOW_H
#define ANLAO_CARE_FOLLOW_H

#include "care/page_api.h"
#include "data/standing.h"

typedef struct FollowQuery {
    Date on;        /* 0: today */
    int32_t region; /* ROW_NONE: the session's scope */
    Str by;         /* a role or agency; empty: all */
    Str class; /* tasks: the code their interval is looked up by, a class of risk; empty: all */
    Str only;  /* name of the task, procedure, duty or check; empty: all */
    unsigned kinds; /* bits of TaskState, DutyState or Truth that are listed; 0: what waits */
    Str state;      /* procedures: items in this state only; empty: all that are not at an end */
    unsigned ahead; /* reminders.  Tasks: also what is done but due again within so many days;
                       procedures, duties: only what is overdue, or due within so many */
    size_t page, page_rows; /* page from 0; 0 rows: no limit */
} FollowQuery;

/* Whether a code is one that the interval of a task is looked up by. */
bool follow_class(const Care *c, Str code);
/* Whether a name is a role or agency of the documents. */
bool follow_who(const Care *c, Str name);
/* Whether the session's post is among those behind `by`. */
bool follow_may(const Care *c, const Session *s, const Whos *by);
/* Of several that lack the same fact, one: whether list[i] stands before among the first i. */
bool missing_before(const MissingFact *list, size_t i);
/* "县民政局、网格员" / "county office, grid worker". */
Label follow_names(const Whos *by, Arena *a);

/* ---- tasks */

typedef struct TaskLine {
    const Task *task;
    RecordKey key;
    int32_t region; /* ROW_NONE: not known */
    TaskState state;
    const Code *class; /* its interval is looked up by this; NULL: by nothing, or it is not known */
    bool has_due, has_last, missed, over;
    bool sooner; /* due sooner than usual, by what holds in its place */
    Date due, last;
    uint32_t count;
    MissingFact *missing; /* ESTABLISH: what is to be established */
    size_t n_missing;
} TaskLine;

typedef struct TaskSum {
    const Task *task;
    uint64_t counts[TASK_STATES];
} TaskSum;

typedef struct TaskBook {
    Date on;
    TaskSum *sums; /* in order of the documents */
    size_t n_sums;
    TaskLine *lines; /* overdue first, then by the day they are due */
    size_t n_lines;
    uint64_t total; /* lines before paging */
} TaskBook;
bool follow_tasks(Care *c, const Session *s, const FollowQuery *q, Arena *a, TaskBook *ret,
                  GError **error);

/* ---- procedures */

typedef struct HoldLine {
    const Hold *hold;
    Truth truth;          /* yes: it holds; unknown: that is not known, which blocks as well */
    Explanation why;      /* the condition with its values, what is missing */
    Str cure_zh, cure_en; /* may be empty */
} HoldLine;

typedef struct StepLine {
    const ProcedureStep *step;
    const Code *to;
    bool mine; /* the session's post may take it */
    Truth may; /* whoever it is: yes; no; unknown: facts are missing */
    bool has_guard;
    Explanation guard; /* where it is not yes */
    const Need **lacking;
    size_t n_lacking;
    HoldLine *holds;
    size_t n_holds;
    bool has_due, overdue, too_early, wrong_year;
    Date due, not_before;  /* not_before: of too_early; DATE_MIN: how long is not known */
    const StepLimit *full; /* the limit that is reached, or NULL */
    const Score *unheard;  /* it counts from this state, and who was scored was not heard yet */
    uint32_t taken;        /* items that took it, under its first limit */
} StepLine;

typedef struct ItemLine {
    const Procedure *procedure;
    RecordKey key;
    int32_t region;
    const Code *state; /* NULL: not begun */
    Date since;
    size_t place, best; /* in the queue of its state; 0: it has no order */
    StepLine *steps;
    size_t n_steps;
} ItemLine;

typedef struct ProcedureSum {
    const Procedure *procedure;
    uint64_t *items;        /* per state */
    uint64_t overdue, soon; /* items with a step that is; where `ahead` days are asked for */
} ProcedureSum;

typedef struct ProcedureBook {
    Date on;
    ProcedureSum *sums;
    size_t n_sums;
    ItemLine *lines; /* by procedure, by state, in the order of its queue */
    size_t n_lines;
    uint64_t total;
} ProcedureBook;
bool follow_procedures(Care *c, const Session *s, const FollowQuery *q, Arena *a,
                       ProcedureBook *ret, GError **error);
/* Where one record stands; *ret_is false: its entity has no procedure. */
bool follow_item(Care *c, const Session *s, const Entity *e, RecordKey key, Date on, Arena *a,
                 bool *ret_is, ItemLine *ret, GError **error);

typedef struct StepEdit {
    const Entity *entity;
    RecordKey key;
    unsigned to;      /* state */
    Date since;       /* 0: today */
    int64_t expected; /* seq shown; 0: whatever it is now */
    bool lift; /* let it pass although a hold blocks it; `reason` says why, and the right LIFT
                  is needed */
    Str reason;
    uint8_t request[16];
} StepEdit;
/* Takes a step: through record_save() and the one write function, which refuses what may not be. */
bool follow_step(Care *c, const Session *s, const StepEdit *edit, Arena *a, FieldFault **ret_faults,
                 size_t *ret_n_faults, GError **error);

/* ---- duties */

/* The register in which offices report on their duties: an entity `duty_report` of the documents
 * with a day, a place, a text `duty` (the duty's name), a code of enum agency `agency`, and a code
 * `progress` one of which is `done`.  A duty that no other record shows is done when all that lead
 * it have reported so (docs/language.md). */
typedef struct DutyRegister {
    const Entity *entity;
    const Field *duty, *agency, *progress;
    int64_t done; /* code of progress */
} DutyRegister;
bool duty_register(const Model *m, DutyRegister *ret); /* false: the documents have none */
const Duty *duty_named(const Model *m, Str name);      /* NULL: none */

typedef struct DutyLine {
    const Duty *duty;
    int32_t region;
    DutyAnswer is;
    bool by_reports;       /* its offices report on it (duty_report.h) … */
    size_t n_reported;     /* … so many of those that lead it have reported it done */
    bool asks_files;       /* it was reported done, and needs evidence … */
    size_t n_files;        /* … so many files lie with the reports */
    TargetFigure *targets; /* what it is measured by */
    size_t n_targets;
} DutyLine;

typedef struct DutyBook {
    Date on;
    uint64_t counts[DUTY_STATES];
    uint64_t soon;   /* open, and due within a month */
    DutyLine *lines; /* by the day they are due */
    size_t n_lines;
    uint64_t total;
} DutyBook;
bool follow_duties(Care *c, const Session *s, const FollowQuery *q, Arena *a, DutyBook *ret,
                   GError **error);

/* ---- what recurs: draws, and files exchanged with other offices, `every` so often */

typedef enum RecurKind { RECUR_DRAWS = 1, RECUR_EXCHANGES = 2, RECUR_ALL = 3 } RecurKind;

typedef struct RecurPart { /* of an exchange: a file out or in, with one of those it is with */
    const Who *who;
    bool out;
    DutyState state;
} RecurPart;

typedef struct RecurLine {
    const Draw *draw; /* or … */
    const Exchange *exchange;
    int32_t region; /* for it: an act for a place counts for all that lies in it, and all that lies
                       in a place have it when each part has */
    Label every;    /* 每季度, every quarter */
    DutyAnswer is;  /* OVERDUE: also where the period before passed with nothing done, and nothing
                       was done since */
    bool mine;      /* the session may do it, or a part that is not done */
    RecurPart *parts; /* of an exchange: what it takes and gives, with each */
    size_t n_parts;
} RecurLine;

typedef struct RecurBook {
    Date on;
    uint64_t counts[DUTY_STATES];
    RecurLine *lines; /* overdue first, then by the day they are due, done last */
    size_t n_lines;
} RecurBook;
/* `kinds`, `ahead`, `by`, `only`, `region`, `on` of the query as for duties. */
bool follow_recurring(Care *c, const Session *s, const FollowQuery *q, RecurKind what, Arena *a,
                      RecurBook *ret, GError **error);
Str recur_name(const RecurLine *l);
Label recur_label(const RecurLine *l);
const Home *recur_home(const RecurLine *l);
/* Whether a name is a draw or an exchange that recurs. */
bool recur_named(const Model *m, Str name);

/* ---- alerts: open checks */

typedef struct AlertLine {
    const Rule *check;
    RecordKey key;        /* of a region nobody recorded: number 0 */
    int32_t region;       /* where the record lies; of a check of regions the one it is about */
    Truth truth;          /* no: an alert; unknown: not shown to be in order */
    Str cure_zh, cure_en; /* with its values */
    MissingFact *missing;
    size_t n_missing;
    const struct AlertAck *ack; /* somebody took note of it (alert_ack.h); NULL: it is open */
} AlertLine;

typedef struct AlertSum {
    const Rule *check;
    uint64_t no, unknown, yes;
    uint64_t noted; /* of no: somebody took note of them */
} AlertSum;

typedef struct AlertBook {
    Date on;
    AlertSum *sums;
    size_t n_sums;
    AlertLine *lines; /* what is open, what is noted, what is not shown, …; by check */
    size_t n_lines;
    uint64_t total;
} AlertBook;
bool follow_alerts(Care *c, const Session *s, const FollowQuery *q, Arena *a, AlertBook *ret,
                   GError **error);

#endif
