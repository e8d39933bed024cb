/* decision.h — decisions as they are stored and handed over: answers, what is stale, what is due,
 * runs. Plain data; store.h reads it, write.h writes it. */
#ifndef ANLAO_STORE_DECISION_H
#define ANLAO_STORE_DECISION_H

#include "data/batch.h"
#include "data/record.h"
#include "declare/model.h"

/* Decisions: one row per change of answer; an answer `no` that was never anything else has no row.
 */
typedef struct DecisionRow {
    unsigned rule; /* number in the Model; stored by name */
    RecordKey subject;
    Month from, until; /* until: exclusive; DATE_MAX = open */
    uint8_t outcome;   /* Truth */
    int64_t amount;
    uint64_t missing; /* what for: bits over the names of the rule's inputs, sorted */
    int64_t run;      /* read: the run that decided it */
} DecisionRow;

/* The calendar: from `day` on the answer may be another; subject id 0: everybody's. */
typedef struct DueRow {
    unsigned rule;
    RecordKey subject;
    Date day;
} DueRow;

/* A fact that changed since decisions were made on it. */
typedef struct StaleMark {
    const Entity *entity;
    const Field *field; /* NULL: the record came or went */
    RecordKey key;
    Month from; /* least month it can matter in */
} StaleMark;

/* A rule that says something else since decisions were made by it. */
typedef struct StaleRule {
    unsigned rule;
    Str place;
    Month from;
} StaleRule;

/* What has to be known to bring decisions up to date.  Read after the facts: marks of facts that
 * are newer stay for the next time. */
typedef struct DecideState {
    bool any; /* months first .. last are decided */
    Month first, last;
    int64_t run; /* the newest */
    StaleMark *marks;
    size_t n_marks;
    StaleRule *rules;
    size_t n_rules;
    DueRow *dues; /* days before `before`, of one subject each; by rule, county, id */
    size_t n_dues;
    Date *whole; /* per rule of the Model: everybody is due; DATE_MIN: never decided */
} DecideState;
/* A run of decisions: what it knew, and the rules it went by. */
typedef struct DecideRun {
    int64_t run, at, policy; /* policy: version */
    KnownAt *known;
    size_t n_known;
} DecideRun;
/* Answers decided anew.  Everybody's of a rule, from a month on; or one subject's. */
typedef struct DecisionWhole {
    unsigned rule;
    Month from;
} DecisionWhole;
typedef struct DecisionPair {
    unsigned rule;
    RecordKey subject;
    Month from;
} DecisionPair;

/* Months first .. last are decided then, with those decided before.  Rows say the answers from each
 * `from` on, what they leave out is no; the last of a subject is open (until DATE_MAX).  Dues
 * replace those of the same rules and subjects.  Lists are sorted by rule, county, id, then month.
 */
typedef struct DecisionRun {
    int64_t base; /* DecideState.run: nobody else decided since */
    Month first, last;
    const KnownAt *known; /* the facts that were seen: marks up to there are done with */
    size_t n_known;
    const DecisionWhole *whole;
    size_t n_whole;
    const DecisionPair *pairs;
    size_t n_pairs;
    const DecisionRow *rows;
    size_t n_rows;
    const DueRow *dues;
    size_t n_dues;
    Str actor, via;
} DecisionRun;

typedef struct DecisionAnswer {
    int64_t run;      /* 0: nothing changed, no month is new, and nothing was journalled */
    uint64_t changed; /* rules and subjects whose answer changed in some month */
    size_t entries;   /* journal entries written: one a county */
} DecisionAnswer;
/* Another policy, put in force by a command that says so. */
typedef struct PolicyPut {
    const Model *model; /* the same schema as the store's */
    Str actor, via, reason;
    /* what its rules say otherwise than those in force before, and from which month */
    struct PolicyRule {
        Str rule, place;
        Month from;
    } * rules;
    size_t n_rules;
} PolicyPut;

#endif
