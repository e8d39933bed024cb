/* follow_case.h — tasks and procedures over the records of a Case, as one line of text.
 *
 *   follow_task(c, "visiting", 0, "2020-06-30", "overdue due 2020-05-30 last 2020-04-30");
 *   follow_move(c, "admission", 0, "2020-06-30", "offered", "unknown guard");
 */
#ifndef ANLAO_TESTS_EVALUATE_FOLLOW_CASE_H
#define ANLAO_TESTS_EVALUATE_FOLLOW_CASE_H

#include "case.h"

/* Blocks behind agencies, roles and a working calendar of January 2020. */
Case *follow_case(const char *blocks);
/* "none"; a state, then what it has of: due DAY, last DAY, n TIMES, missed, over, sooner, missing
 * NAMES. */
void follow_task(Case *c, const char *task, size_t row, const char *day, const char *expected);
/* The step into `to`: yes, no, unknown; then: guard, lacking NAMES, hold TRUTH, early DAY, due DAY,
 * overdue, full N.  "no step": its state has none. */
void follow_move(Case *c, const char *procedure, size_t row, const char *day, const char *to,
                 const char *expected);
/* Rows of a state in order: "2 0 1(1..3)": row, and where unsure its best place and its own. */
void follow_queue(Case *c, const char *procedure, const char *state, const char *day,
                  const char *expected);

#endif
