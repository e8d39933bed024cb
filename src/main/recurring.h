/* recurring.h — what documents ask for every so often, as commands say it: draws, exchanges.
 * Start: recurring_tell(), put_recurring(). */
#ifndef ANLAO_MAIN_RECURRING_H
#define ANLAO_MAIN_RECURRING_H

#include "care/follow.h"
#include "main/telling.h"

extern const char *const duty_words[DUTY_STATES][2]; /* 逾期, overdue … */

typedef struct RecurAsk { /* of `anlao draw due`, `anlao exchange due` */
    const Common *common;
    RecurKind what;
    const char *on, *region; /* NULL: today, everything the session sees */
    gboolean english;
} RecurAsk;
/* Ends with the command's status. */
int recurring_tell(const RecurAsk *ask, const char *command);

/* How many are late, open and done, below a heading; nothing where none is asked for. */
void put_recurring_sums(const Telling *t, const RecurBook *b);
/* Lines of a book, one each. */
void put_recurring(const Telling *t, const RecurBook *b);

#endif
