/* case.h — a rule as a document says it, records as a line of cells, and what a month gives: tests
 * that read like cases.  Every expectation is asked of the batch driver and of the row driver.
 *
 *   case_record(c, "elder", "born=1940-06-30 economy=dibao|tekun ability=mild,severe@2020-06-16");
 *   case_expect(c, "old_age_allowance", 0, "2020-06", "yes 50.00");
 *
 * Cells: codes, sets with | (none = the empty set), dates, yuan, numbers, yes and no, region codes,
 * references by row number; a field that is not written is unknown.  `a,b@DAY` holds a until the
 * day before DAY, then b; `?` is unknown; `a@DAY..DAY` holds from the one to the other. */
#ifndef ANLAO_TESTS_EVALUATE_CASE_H
#define ANLAO_TESTS_EVALUATE_CASE_H

#include "compile/compile.h"
#include "data/batch.h"
#include "evaluate/evaluate.h"

typedef struct Case {
    Arena *a;
    Model *m;
    RegionTree *regions;
    GPtrArray *records; /* CaseRecord, in order */
    Dataset *d;         /* made when first asked */
    ParamChange changes[8];
    size_t n_changes;
} Case;

/* Blocks of one national document in force from 2019-01-01; faults end the test. */
Case *case_new(const char *blocks);
/* Whole documents, NULL at the end. */
Case *case_of_documents(const char *const *texts);
void case_free(Case *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Case, case_free)
void case_record(Case *c, const char *entity, const char *cells);
const Dataset *case_data(Case *c); /* made when first asked: no record may be added then */
/* "yes 50.00", "yes", "no", "outside", "unknown elder.born elder.ability" (exactly these),
 * "judgement elder.help up to 2,000.00". */
void case_expect(Case *c, const char *rule, size_t row, const char *month, const char *expected);
/* A field on a day: "7", "yes", a code, "unknown …". */
void case_field(Case *c, const char *field, size_t row, const char *day, const char *expected);
/* The next change of the rule as seen in a month: "2028-03-12 yes", or "never". */
void case_change(Case *c, const char *rule, size_t row, const char *month, const char *expected);
/* The explanation of a rule for a row and month. */
void case_explain(Case *c, const char *rule, size_t row, const char *month, Explanation *ret);
/* The error a month of the rule gives. */
char *case_error(Case *c, const char *rule, const char *month);

#endif
