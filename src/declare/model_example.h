/* model_example.h — examples: tests that stand in the documents.  Part of model.h, which includes
 * it. */
/* Before the guard: model.h includes its parts in their order, whichever comes first. */
#include "declare/model.h"

#ifndef ANLAO_DECLARE_MODEL_EXAMPLE_H
#define ANLAO_DECLARE_MODEL_EXAMPLE_H

typedef struct ExampleValue {
    const Field *field;
    bool known, none; /* `unknown`; `none` = the empty set */
    int64_t number;
    Str text;   /* texts; name of the referred example record; region code */
    Date since; /* DATE_MIN unless `from D` */
    Pos pos;
} ExampleValue;

typedef struct ExampleRecord {
    const Entity *entity;
    Str name; /* as given, or the entity's name */
    ExampleValue *values;
    size_t n_values;
} ExampleRecord;

typedef struct ExampleExpect {
    bool is_month;
    Month month;                /* in 2020-06 */
    Date day;                   /* on 2020-06-30 */
    Truth outcome;              /* gives = yes, not = no, unknown, judgement */
    const Rule *rule;           /* or */
    const Field *field;         /* a computed field: `elder.level = severe` */
    const Indicator *indicator; /* or an indicator [of region] */
    size_t cell;                /* of the indicator */
    Date from;                  /* of a flow: first day of its period, `day` is the last */
    const Task *task;           /* or what is due for a record: gives = to be done now */
    const Procedure *procedure; /* or a step into `state`: gives = it may be taken */
    unsigned state;
    Str standing; /* task: due, overdue, done, later; empty: not asked */
    Str region;
    size_t record; /* which record */
    bool has_number;
    int64_t number; /* fen; storage units of the field or indicator; day by which it is due */
    Str missing; /* unknown … missing elder.born: must be among the missing; empty: not asked */
    Pos pos;
} ExampleExpect;

struct Example {
    Str title;
    ExampleRecord *records;
    size_t n_records;
    ExampleExpect *expects;
    size_t n_expects;
    Home home;
};

#endif
