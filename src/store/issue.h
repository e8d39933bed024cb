/* issue.h — what left the office: lists and receipts of draws, printed papers, kept as they were.
 * Each has a number and a digest, is journalled with the digest of its row (verify finds one that
 * was changed or taken away), and is never changed: what was wrong is issued anew under another
 * number. */
#ifndef ANLAO_STORE_ISSUE_H
#define ANLAO_STORE_ISSUE_H

#include "store/store.h"

typedef struct IssueRow {
    int32_t county;
    int64_t id;     /* of store_new_id() */
    Str kind;       /* draw-list, draw-receipt, paper */
    Str number;     /* printed on it; list and receipt of one draw share it */
    Str name;       /* of the declaration */
    Str entity;     /* it is about a record of this entity; or empty */
    int64_t record; /* … this one; 0: about none */
    Str place;      /* region code */
    Date day;       /* business day */
    Str actor;
    Str type;   /* text/plain, text/html, application/… */
    Str digest; /* printed on it or published with it: hexadecimal */
    Str content;
} IssueRow;

/* Papers about others in which an erased record was named, with what they say from now on. */
typedef struct Erasure {
    const IssueRow *papers; /* of the change's county */
    size_t n_papers;
} Erasure;

typedef struct IssueQuery {
    Str kind, number, name; /* empty: any */
    Str entity;
    int64_t record; /* 0: any */
    int64_t id;     /* 0: any */
    bool content;   /* with it; else left empty */
    size_t most;    /* 0: 1,000 */
} IssueQuery;

/* Of a kind: name, place and day alone, each once; in that order. */
bool store_issued_days(Store *s, Str kind, Arena *a, IssueRow **ret, size_t *ret_n, GError **error);

/* Newest first. */
bool store_issued(Store *s, const IssueQuery *q, Arena *a, IssueRow **ret, size_t *ret_n,
                  GError **error);

/* What a request issued in a county, with its content; *ret NULL: nothing yet. */
bool store_issued_by(Store *s, int32_t county, const uint8_t request[16], Arena *a, IssueRow **ret,
                     GError **error);

/* All in which one of the words stands, with their content; those that the law has emptied not. */
bool store_issued_naming(Store *s, const Str *words, size_t n, Arena *a, IssueRow **ret,
                         size_t *ret_n, GError **error);

#endif
