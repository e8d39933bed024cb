/* anew.h — answers decided anew: everybody's from a month on, month after month, or one record's;
 * and from when they may be others. In: a working set, an entity whose benefits are decided.  Out:
 * rows for the store, one per change of answer, and the calendar.  Not here: whose answers
 * (stale.c), writing them (decide.c). Start: anew_new(), anew_whole(), anew_one(). */
#ifndef ANLAO_CARE_ANEW_H
#define ANLAO_CARE_ANEW_H

#include "care/care.h"
#include "compile/reach.h"
#include "evaluate/evaluate.h"

#define MONTH_NEVER INT32_MAX

typedef struct Anew {
    Care *care;
    Working *working;
    const Entity *entity;
    const Rule **rules; /* benefits about it, in order of documents: output i is rules[i] */
    size_t n_rules;
    Program *program;
    ReachIndex *reach;
    Evaluation *evaluation;
    struct Bits *bits; /* per rule */
    GArray *rows;      /* DecisionRow */
    GArray *dues;      /* DueRow */
} Anew;

/* Rows and dues are added to the lists of whoever asks.  n_rules is 0 where there is no benefit. */
bool anew_new(Care *c, Working *w, const Entity *e, GArray *rows, GArray *dues, Anew **ret,
              GError **error);
void anew_free(Anew *a);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Anew, anew_free)

/* Everybody, by each rule from its own month (MONTH_NEVER: not by this one) up to `last`.  skip:
 * per rule, rows that are decided by themselves, or NULL. */
bool anew_whole(Anew *a, const Month *from, Month last, uint8_t *const *skip, GError **error);
/* One record by one rule.  whole: the day from which the rule is due for everybody. */
bool anew_one(Anew *a, size_t rule, size_t row, Month from, Month last, Date whole, GError **error);

RecordKey anew_key(const Anew *a, size_t row);

#endif
