/* observable.h — which clauses run: whether anything that a user can observe comes of what stands
 * under them.
 * In: a Model, the table observable.def.  Out: per statement yes or no; per clause a state.
 * Not here: what is shown of it (document.c).  Start: statements_seen(). */
#ifndef ANLAO_CARE_OBSERVABLE_H
#define ANLAO_CARE_OBSERVABLE_H

#include "declare/statement.h"

typedef enum Seen { SEEN_ITSELF, SEEN_READ, SEEN_WITH, SEEN_AIMED, SEEN_NOT, SEEN_APART } Seen;

typedef struct Observable {
    Seen seen;
    unsigned order;      /* on a page */
    const char *zh, *en; /* what the kind is called */
    const char *address; /* of the page on which it is seen */
    const char *sees_zh, *sees_en;
} Observable;

extern const Observable observables[DECLARATIONS]; /* by DeclarationKind */

typedef enum ClauseState { CLAUSE_RUNNING, CLAUSE_DECLARED, CLAUSE_MISSING } ClauseState;
extern const char *const clause_state_words[]; /* running, declared, missing */

/* Per statement of the Model, in its order: whether anything that a user can observe comes of it.
 * Lives in the arena. */
const bool *statements_seen(const Model *m, Arena *a);
/* The statements under one clause that say something of their own, in the order of pages; in the
 * arena. */
const Statement **clause_statements(const Model *m, const Clause *c, Arena *a, size_t *ret_n);
/* Its own label, or that of what it speaks of. */
Label statement_label(const Model *m, const Statement *s);
ClauseState clause_state(const Model *m, const bool *seen, const Statement *const *of, size_t n);

#endif
