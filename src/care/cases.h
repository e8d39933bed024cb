/* cases.h — edge persons of a rule, made from the rule itself, for staff to sign off.
 * In: a Model and one of its rules.  Out: cases: one in which all holds, and others that differ
 * from an earlier one in one fact: each limit at, just below and just above, each fact unknown,
 * each code that matters; with outcome and amount as the engine decides them.  The same model, the
 * same cases. Start: cases_make(), cases_print(). */
#ifndef ANLAO_CARE_CASES_H
#define ANLAO_CARE_CASES_H

#include "base/date.h"
#include "base/fail.h"
#include "declare/model.h"
#include "format/json.h"

/* Why a case stands there. */
typedef enum CaseKind {
    CASE_BASE,    /* from which others differ */
    CASE_AT,      /* exactly at a limit */
    CASE_BELOW,   /* the nearest value on its one side */
    CASE_ABOVE,   /* … and on the other */
    CASE_VALUE,   /* another code, another number of records */
    CASE_UNKNOWN, /* the fact is not known */
    CASE_LATER,   /* the fact changes inside the month */
    CASE_MONTH,   /* another month: a param has changed */
} CaseKind;

typedef struct EdgeCase {
    CaseKind kind;
    bool of_days;           /* the limit is a day */
    size_t as;              /* index of the case it differs from; its own: a base */
    Str differs;            /* "出生日期 born = 1941-06-01"; all facts of the first case */
    Str alike;              /* other values that come to the same, or empty */
    const Example *example; /* its records; no expectation */
    Month month;
    uint8_t outcome; /* Truth or OUTCOME_OUTSIDE */
    int64_t amount;  /* fen */
    Str missing;     /* elder.born, rate: what is missing; empty when nothing is */
    Str missing_one; /* one of them that an example may name, or empty */
    Str region;      /* of a check of regions: which is asked; else empty */
} EdgeCase;

typedef struct CaseSet {
    const Rule *rule;
    EdgeCase *cases;
    size_t n_cases;
} CaseSet;

/* False: the rule can not be run. Everything lives in the arena. */
bool cases_make(const Model *m, const Rule *rule, Arena *a, CaseSet *ret, GError **error);
void cases_print(const CaseSet *s, GString *to);          /* a table in both languages */
void cases_print_examples(const CaseSet *s, GString *to); /* `example` blocks */
void cases_print_json(const CaseSet *s, JsonWriter *j);   /* one object */

#endif
