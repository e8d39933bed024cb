/* cases.h — anlao check --cases RULE: edge persons of a rule, for staff to sign off. */
#ifndef ANLAO_MAIN_CASES_H
#define ANLAO_MAIN_CASES_H

#include "base/fail.h"
#include "declare/model.h"

typedef enum CasesAs { CASES_TABLE, CASES_EXAMPLES, CASES_JSON } CasesAs;

/* The rule is looked for in each of the Models, which are stacks of several places. */
bool cases_of_models(const GPtrArray *models, const char *rule, CasesAs as, GString *out,
                     GError **error);

#endif
