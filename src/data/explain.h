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
    Str name;          /* elder.born, or the param's name */
    Str zh, en;        /* its label */
    bool is_param;     /* a place must set it; else a fact somebody must supply */
    bool is_judgement; /* a person must decide it */
} MissingFact;

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
    Str cure_zh, cure_en; /* of a check that fails: what to do about it; else empty */
    bool has_change;      /* time alone will change the answer */
    Date change_on;
    Str change_zh, change_en; /* "2028-03-12 满90岁" */
    Truth change_to;
} Explanation;

#endif
