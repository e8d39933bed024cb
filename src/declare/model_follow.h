/* model_follow.h — what people have to do and may do: roles, tasks, procedures, holds, accounts,
 * draws, scores, publications, papers, exchanges.
 * Part of model.h, which includes it.
 * Start: Task, Procedure. */
/* Before the guard: model.h includes its parts in their order, whichever comes first. */
#include "declare/model.h"

#ifndef ANLAO_DECLARE_MODEL_FOLLOW_H
#define ANLAO_DECLARE_MODEL_FOLLOW_H

#include "data/period.h"

/* ---- who (semantics 59)
 * --------------------------------------------------------------------------------------- */

struct Role {
    Str name;
    Label label;
    const Code *level;    /* of enum region_level: a post for a region of that level … */
    const Entity *within; /* … or `of facility`: a post inside one record; the other is NULL */
    const Code **agencies;
    size_t n_agencies; /* `for A, B`: what is `by A` is this role's too */
    const Entity **sees, **writes;
    size_t n_sees, n_writes;
    const Field **reveals; /* secret fields */
    size_t n_reveals;
    Wording wording;
    unsigned number;
    Home home;
};

/* One name behind `by` or `with`: exactly one is set. */
typedef struct Who {
    const Role *role;
    const Code *agency;
    const Code *level; /* of enum region_level; exchanges only */
} Who;

typedef struct Whos {
    Who *list;
    size_t n;
} Whos;

/* ---- tasks and duties (semantics 58)
 * --------------------------------------------------------------------- */

typedef enum TaskCycle {
    TASK_ROLLING, /* every D: due D after it was last done, or after the condition began */
    TASK_PERIOD,  /* every month, 1..2 per quarter: as often in each period of the calendar */
    TASK_ONCE,
} TaskCycle;

/* What shows that a task or duty was done: records of events. */
typedef struct DoneBy {
    const Entity *entity; /* has a day (`dated by`) */
    const Field *by;   /* its reference to the subject; NULL for duties: what lies in the place */
    const Expr *where; /* in terms of the event, on its own day; NULL: every one */
} DoneBy;

/* during ENTITY where … every D: while one of its records holds in a place that has the subject in
 * it, the task is due after D if that is sooner. */
typedef struct Sooner {
    const Entity *entity; /* has a place and a span */
    const Expr *where;    /* in terms of it; NULL: each record */
    const Expr *every;    /* a duration in days or months, in terms of the subject */
    Pos pos;
} Sooner;

struct Task {
    Str name;
    Label label;
    const Entity *subject;
    TaskCycle cycle;
    const Expr *every; /* ROLLING: a duration, in terms of the subject */
    PeriodKind period;
    unsigned least, most; /* PERIOD: times in each */
    const Expr *entry;    /* PERIOD: who enters is due in it if at least this share of it is left */
    const Expr *within;   /* ONCE: from the day the condition began; NULL: no deadline */
    Whos by;
    DoneBy done;
    const Expr *when; /* NULL: every record */
    Sooner *sooner;   /* ROLLING */
    size_t n_sooner;
    Wording wording;
    unsigned number;
    Home home;
};

/* By what the interval is looked up where that is a code, such as a class of risk: the code of the
 * subject; NULL: by nothing of the kind. */
const Expr *task_class(const Task *t);

/* A task of the place or of an agency. */
struct Duty {
    Str name;
    Label label;
    Str *lead, *with; /* codes of enum agency */
    size_t n_lead, n_with;
    Date until;                 /* DATE_MAX: no deadline stated, or one in each period */
    PeriodKind period;          /* recurs; NONE: once */
    int until_month, until_day; /* every year until 12-31; 0: the end of the period */
    const Expr *within;         /* so long after the end of the period; NULL */
    DoneBy done;                /* entity NULL: nothing recorded shows it */
    Str needs;                  /* document, minutes, …: evidence; or empty */
    const Indicator **measured; /* measured by A, B in REGION */
    size_t n_measured;
    Str region; /* code; empty: the document's place */
    Wording wording;
    unsigned number;
    Home home;
};

/* ---- procedures and holds (semantics 56, 57, 60)
 * --------------------------------------------------------- */

/* A state is the code of its number in Procedure.states.  Sets of states are bits. */
typedef struct StateFacts {
    uint64_t next, after; /* states one step, or any number of steps, behind it */
    uint64_t implied;     /* states in which an item has certainly been in this one; itself too */
    uint64_t open;        /* states in which an item may have been in this one before */
    bool first, last;     /* items begin here; no step leads out */
} StateFacts;

typedef enum DeadlineKind {
    DEADLINE_NONE,
    DEADLINE_DATE,   /* until 2021-12-31 */
    DEADLINE_YEARLY, /* until 10-31 */
    DEADLINE_WITHIN, /* within 10 days of entering the state it leads from */
} DeadlineKind;

typedef struct Need { /* needs form: must be given before the step */
    Str name;
    Label label;
    const Expr *given; /* truth: given on yes */
} Need;

typedef struct StepLimit {
    unsigned least, most; /* items that take the step; least 0: no lower bound */
    const Code *level;    /* in each region of this level … */
    PeriodKind period;    /* … or in each period; the other is NULL, PERIOD_NONE */
} StepLimit;

typedef struct ProcedureStep {
    unsigned from, to; /* states */
    Whos by;
    const Expr *guard; /* passes on yes only; NULL: always */
    DeadlineKind deadline;
    Date until;
    int month, day;
    const Expr *within;
    const Expr *after; /* not before this long after entering `from`; NULL: at once */
    Need *needs;
    size_t n_needs;
    StepLimit *limits;
    size_t n_limits;
    unsigned version; /* of the texts of its procedure: it is for items that began under that one */
    Pos pos;
} ProcedureStep;

typedef struct StateOrder { /* order applied by rank, applied_at */
    unsigned state;
    const Expr **by;
    size_t n_by;
    unsigned version; /* it holds on the days of that text */
} StateOrder;

/* One text of a procedure that was amended: what differs beside its steps and orders. */
typedef struct ProcedureText {
    uint64_t firsts; /* states in which items begin */
    int year_from, year_to;
} ProcedureText;

struct Procedure {
    Str name;
    Label label;
    const Entity *entity;
    Enum *states;       /* P_state */
    const Field *state; /* the dated field `state` it gives the entity */
    StateFacts *facts;  /* one per state */
    ProcedureStep *steps;
    size_t n_steps;
    StateOrder *orders;
    size_t n_orders;
    bool yearly; /* every year …: each item belongs to the year in which it began */
    int year_from, year_to;
    /* An item ends under the text of the day on which it began (semantics 57): states are those of
     * all texts, steps say whose they are.  wording.of NULL: it never was amended or ended. */
    ProcedureText *texts; /* by version; those that end it are empty */
    Wording wording;
    unsigned number;
    Home home;
};

/* A text with {expression} parts in it. */
typedef struct Cure {
    Str zh, en;
    const Expr **parts; /* in order of first appearance; both languages use the same list */
    size_t n_parts;
} Cure;

/* Blocks entering a state while a condition is yes or unknown. */
struct Hold {
    Label label;
    const Procedure *procedure;
    unsigned state;
    const Entity *entity; /* whose condition it is */
    const Field *by;      /* NULL: the procedure's own entity; else its reference to `entity` */
    const Expr *condition;
    Cure cure; /* zh empty: none */
    Wording wording;
    unsigned number;
    Home home;
};

/* ---- accounts, draws, scores
 * ----------------------------------------------------------------------------- */

typedef enum AccountUnit { ACCOUNT_YUAN, ACCOUNT_HOURS, ACCOUNT_NIGHTS } AccountUnit;

typedef struct Flow {     /* what goes in or out: a benefit, or records of events */
    const Rule *rule;     /* or */
    const Entity *entity; /* … */
    const Field *amount;  /* NULL: the nights of the record's span */
    const Field *by;      /* its reference to the holder; NULL where a level holds, or it is one */
    const Expr *where;    /* over its own recorded fields alone; NULL: every one of them */
    const Field *purpose; /* out: what it is spent for, where the account is for one purpose only */
} Flow;

struct Account {
    Str name;
    Label label;
    const Entity *holder; /* or */
    const Code *level;    /* a level of regions */
    AccountUnit unit;
    Flow *in, *out;
    size_t n_in, n_out;
    const Expr *low, *high; /* limits of the balance, in terms of params; NULL: none */
    const Enum *purpose_of; /* only for a code; NULL: any purpose */
    const Code *purpose;
    const Param *settle; /* regions between which it is settled; NULL: none */
    Wording wording;
    unsigned number;
    Home home;
};

typedef struct DrawBar { /* who may not go where: a relation, or a condition */
    const Entity *relation;
    const Field *a, *b;    /* its references to the two */
    const Expr *condition; /* in terms of the one who is sent; `this` is what is drawn */
} DrawBar;

struct Draw {
    Str name;
    Label label;
    const Entity *of, *with; /* with: NULL when nobody is sent */
    unsigned count;          /* of `with` to each */
    const Expr *every;       /* NULL: when it is called for */
    PeriodKind period;       /* every month … instead */
    Whos by;
    const Expr *take;  /* SHARE in terms of the record: of its class; else a number of records */
    const Expr *where; /* from these only; NULL: all */
    DrawBar *bars;
    size_t n_bars;
    struct DrawGives { /* a record of this for each that is drawn; entity NULL: none */
        const Entity *entity;
        const Field *of;      /* refers to what is drawn */
        const Field **with;   /* `count` fields that refer to those who are sent */
        const Field *day;     /* on which it was drawn */
        const Field *receipt; /* text: number of the receipt; or NULL */
    } gives;
    Wording wording;
    unsigned number;
    Home home;
};

typedef struct ScoreItem {
    Str name;
    Label label;
    int64_t most; /* at the scale of Score.points */
    const Expr *value;
    Need *needs; /* evidence: without all of it the item comes to nothing */
    size_t n_needs;
    const Expr *counted; /* what it comes to: the value, or nothing */
    Pos pos;
} ScoreItem;

typedef struct ScoreGrade {
    const Code *code;
    int64_t least; /* at the scale of Score.points */
} ScoreGrade;

/* Gives its entity the computed fields NAME_points and, with grades, NAME_grade; NAME_until, the
 * last day of a score that is good for some time. */
struct Score {
    Str name;
    Label label;
    const Entity *entity;
    ScoreItem *items;
    size_t n_items;
    const Enum *grade_of;
    ScoreGrade *grades; /* falling */
    size_t n_grades;
    const Code *otherwise; /* grade … else; NULL: below the last no grade */
    int final;             /* there is no grade before this state was entered; -1: at once */
    const Expr *lasts;     /* from the day of the record, or of that state; NULL: always */
    const Expr *answer;    /* for so long who is told of it may answer; NULL: nobody is told */
    const Field *points, *grade, *until;
    const Expr *sum, *graded, *ends; /* what this text computes them by; NULL: no grades, always */
    Wording wording;
    unsigned number;
    Home home;
};

/* ---- what leaves the office
 * ------------------------------------------------------------------------------ */

typedef struct ShownField {
    const Expr *path;
    bool masked;
    Label label;
} ShownField;

struct Publish {
    Str name;
    Label label;
    const Entity *entity;
    int state;         /* entering this one publishes; -1: not by a state */
    const Expr *where; /* NULL: all */
    const Expr *lasts; /* NULL: as long as it holds */
    const Expr *every; /* NULL: at once */
    PeriodKind period;
    Whos by;
    ShownField *fields;
    size_t n_fields;
    Wording wording;
    unsigned number;
    Home home;
};

/* Lists that the program keeps itself and a paper may print: their words (paper_words.def). */
typedef enum PaperList {
    LIST_NONE, /* records */
#define PAPER_LIST(name) LIST_##name,
#define PAPER_WORD(list, word, kind, zh, en)
#include "declare/paper_words.def"
#undef PAPER_LIST
#undef PAPER_WORD
    LIST_BLANK /* empty lines, to be filled in by hand */
} PaperList;

typedef enum PaperWordIndex {
#define PAPER_LIST(name)
#define PAPER_WORD(list, word, kind, zh, en) PAPER_WORD_##list##_##word,
#include "declare/paper_words.def"
#undef PAPER_LIST
#undef PAPER_WORD
    PAPER_WORDS
} PaperWordIndex;

typedef enum PrintedKind {
    PRINTED_PATH,   /* a field along references: expr */
    PRINTED_VALUE,  /* computed: expr */
    PRINTED_FIGURE, /* of a region: figure */
    PRINTED_WORD,   /* of a list of the program: word */
    PRINTED_BLANK,  /* to be filled in by hand */
} PrintedKind;

typedef struct PaperPrinted { /* a cell, a column */
    PrintedKind kind;
    const Expr *expr;
    const Indicator *figure;
    PaperWordIndex word;
    Label label; /* empty zh: the field's own */
    bool masked, sum;
    Pos pos;
} PaperPrinted;

typedef struct PaperCell {
    Str at; /* B3 */
    PaperPrinted shown;
} PaperCell;

typedef struct PaperText { /* a paragraph with {…} in it */
    Str text;
    PaperPrinted *parts; /* as they stand in it */
    size_t n_parts;
} PaperText;

typedef enum PaperOutcome {
    OUTCOME_NOT_ASKED,
    OUTCOME_GIVES,
    OUTCOME_UNKNOWN,
    OUTCOME_JUDGED
} PaperOutcome;

typedef struct PaperRows {
    Str at;
    PaperList list;
    const Entity *of;       /* NULL: of a list, or empty lines */
    const Field *by;        /* its reference to the paper's record; NULL: what lies in its region */
    AggregatePeriod period; /* only events of the period that holds the day */
    PaperOutcome outcome;   /* only those for whom … */
    const Rule *rule;       /* … this rule says so … */
    const Task *task;       /* … or this is to be done */
    const Expr *where;
    const Expr *group;   /* by the codes or titles of this path; NULL … */
    int64_t group_level; /* … by the regions of this level; -1: not at all */
    PaperPrinted *columns;
    size_t n_columns;
    unsigned lines; /* of empty lines */
} PaperRows;

typedef struct PaperPage {
    unsigned size; /* 3, 4, 5 */
    bool across, both,
        large; /* crosswise; on both sides, each table a side of its own; large print */
} PaperPage;

struct Paper {
    Str name;
    Label label;
    const Entity *entity; /* NULL: about a pay run */
    Str sheet;            /* the blank file; empty: made plain */
    PaperPage page;
    Str numbered;     /* pattern of its own numbers, with {place}, {year}, {number}; empty: none */
    const Expr *when; /* may be issued only then; NULL: always */
    PaperText *texts; /* paragraphs of a letter */
    size_t n_texts;
    PaperCell *cells;
    size_t n_cells;
    PaperRows *rows;
    size_t n_rows;
    Whos by; /* who signs */
    Wording wording;
    unsigned number;
    Home home;
};

struct Exchange {
    Str name; /* elder.death */
    Label label;
    const Entity *entity;
    Whos with;
    const Field **take, **give, **key;
    size_t n_take, n_give, n_key;
    Who prefer; /* whose word counts where two differ; all NULL: ours */
    const Expr *every;
    PeriodKind period;
    Wording wording;
    unsigned number;
    Home home;
};

/* `table working_day(day: date range …) -> bool`: the days on which offices work or rest other than
 * by the day of the week; the range says for which days that is known. */
#define WORKING_DAY_TABLE "working_day"

#endif
