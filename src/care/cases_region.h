/* cases_region.h — edge cases of a check of regions, and the one record of a rule that they are
 * made of. */
#ifndef ANLAO_CARE_CASES_REGION_H
#define ANLAO_CARE_CASES_REGION_H

#include "base/fail.h"
#include "care/example_data.h"

/* The first case of a rule about records, in a month: one for which it holds; *ret NULL: there is
 * none.  A rule without conditions holds for any (cases.c). */
bool case_of_rule(const Model *m, const ExampleRoom *room, const Rule *rule, Month month, Arena *a,
                  const Example **ret, GError **error);
/* ---- cases_region.c: of a check of regions */
bool cases_of_region(const Model *m, const ExampleRoom *room, const Rule *check, Arena *a,
                     GArray *cases, GError **error);

#endif
