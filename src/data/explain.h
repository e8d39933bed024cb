/* explain.h — why: lines of sentence, truth, source.  compile makes the words, evaluate the truths,
 * page prints. */
#ifndef ANLAO_DATA_EXPLAIN_H
#define ANLAO_DATA_EXPLAIN_H

#include "base/arena.h"
#include "base/date.h"
#include "data/kind.h"

typedef struct ExplainLine {
    unsigned depth; /* 0 = the decision, 1 = its conditions, … */
    Str zh, en;     /* "年龄 79 岁，不满 80 岁" / "age 79, under 80" */
    Truth truth;
    Str source_zh, source_en; /* where the value came from: field with its since, param with clause,
                                 or empty */
} ExplainLine;

typedef struct MissingFact {
    Str name;             /* elder.born, or the param's name */
    Str zh, en;           /* its label */
    bool is_param;        /* a place must set it; else a fact somebody must supply */
    bool is_judgement;    /* a person must decide it */
    Str who_zh, who_en;   /* who can supply, set or decide it; where it is looked for (care) */
    Str clause, document; /* of a param: where it is declared */
} MissingFact;
static inline const char *missing_kind(const MissingFact *m)
{
    return m->is_param ? "param" : m->is_judgement ? "judgement" : "fact";
}

/* How far a condition that fails is from holding; the order in which they are told: what needs
 * nobody, what needs least of somebody, what needs another fact, what nothing helps. */
typedef enum NearKind {
    NEAR_TIME,   /* time alone reaches it: by days */
    NEAR_NUMBER, /* a number: by its distance to the bound, as a share of the bound */
    NEAR_RANK,   /* a code of an ordered enum: by ranks */
    NEAR_ONE,    /* another code, flag, place, record: by how many facts have to be others */
    NEAR_NEVER,  /* nobody can change it: an age that is passed, a day that is over */
    NEAR_KINDS
} NearKind;
extern const char *const near_words[NEAR_KINDS];

typedef struct NearChange {
    NearKind kind;
    int64_t distance; /* within its kind */
    Str zh, en;       /* the condition with its value, and how far it is */
    Date on;          /* NEAR_TIME: the day on which it holds */
} NearChange;

/* A recorded fact or a param that the answer rests on, and where it came from. */
typedef struct ExplainFact {
    Str name;   /* elder.born; the param's name */
    Str zh, en; /* its label */
    Str value_zh, value_en;
    bool known, is_param;
    Date since;      /* of a dated fact; else DATE_MIN */
    int64_t seq, at; /* the journal entry that recorded it; 0: none found */
    Str by, role_zh, role_en, via, kind, reason; /* of that entry; role empty: no account now */
    Str document, clause; /* of a param: which set it; of a computed field: which declares it */
} ExplainFact;

/* What one fund pays of the amount. */
typedef struct ExplainFund {
    Str name, zh, en; /* its code and label */
    bool known;       /* false: it pays up to what is left in it, which the pay run settles */
    int64_t amount;   /* fen */
} ExplainFund;

typedef struct Explanation {
    Str rule, document, clause; /* identifiers and clause number */
    Str label_zh, label_en;
    Str subject, key; /* entity, and what people call the record */
    Date on;
    Truth outcome;
    bool has_amount;
    int64_t amount; /* fen */
    bool has_most;  /* a person judges: up to so much */
    int64_t most;   /* fen */
    ExplainLine *lines;
    size_t n_lines;
    MissingFact *missing;
    size_t n_missing;
    ExplainFund *funds; /* of an amount that is paid; n_funds 0: the rule names none */
    size_t n_funds;
    Str cure_zh, cure_en; /* of a check that fails: what to do about it; else empty */
    bool has_change;      /* time alone will change the answer */
    Date change_on;
    Str change_zh, change_en; /* "2028-03-12 满90岁" */
    Truth change_to;
    NearChange *nearest; /* of a no: conditions that fail, the nearest first */
    size_t n_nearest;
    ExplainFact *facts; /* filled in by care */
    size_t n_facts;
} Explanation;

#endif
