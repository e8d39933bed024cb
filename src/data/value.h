/* value.h — one value on its way: from a form, a file, a record, to a page. */
#ifndef ANLAO_DATA_VALUE_H
#define ANLAO_DATA_VALUE_H

#include "base/date.h"
#include "data/kind.h"

typedef struct Value {
    bool known;  /* false: unknown; the rest has no meaning */
    int64_t num; /* all kinds but texts; REF: record id; REGION: see text */
    Str text;    /* texts, REGION (its code); borrowed from the arena that made it */
} Value;

/* A value with its two times.  Undated fields: since DATE_MIN, until DATE_MAX. */
typedef struct Fact {
    Value value;
    Date since, until;
    int64_t known_at; /* seq of the county's journal; 0 when not from a store */
} Fact;

#define VALUE_UNKNOWN ((Value){false, 0, {NULL, 0}})
#define VALUE_NUM(n)  ((Value){true, (n), {NULL, 0}})
#define VALUE_TEXT(s) ((Value){true, 0, (s)})
bool value_equal(Kind k, Value a, Value b);

#endif
