/* observable_facts.c — the table observable.def as data; pages show its words. */
#include "care/observable.h"

enum { /* the order of the lines of the table */
#define OBSERVABLE(token, seen, zh, en, address, sees_zh, sees_en) ORDER_##token,
#include "care/observable.def"
#undef OBSERVABLE
       ORDERS
};
_Static_assert((int)ORDERS == (int)DECLARATIONS,
               "a declaration without a line in care/observable.def");

const Observable observables[DECLARATIONS] = {
#define OBSERVABLE(token, seen, zh, en, address, sees_zh, sees_en)                                 \
    [DECLARES_##token] = {SEEN_##seen, ORDER_##token, zh, en, address, sees_zh, sees_en},
#include "care/observable.def"
#undef OBSERVABLE
};

const char *const clause_state_words[] = {
    [CLAUSE_RUNNING] = "running", [CLAUSE_DECLARED] = "declared", [CLAUSE_MISSING] = "missing"};
