/* fixture.h — documents made from a few lines, for the tests beside it. */
#ifndef ANLAO_TESTS_DECLARE_FIXTURE_H
#define ANLAO_TESTS_DECLARE_FIXTURE_H

#include "declare/model.h"

/* Reads mistakes/with/base.md and one more document that consists of a block with these lines;
 * what follows a line "---" is Markdown behind the block.  NULL when there are mistakes: they are
 * in `diags`. */
Model *fixture_read(const char *lines, Diags *diags);
/* As above, where there must be none. */
Model *fixture_model(const char *lines);
/* All diagnoses, one line each: LINE:COL: text */
char *fixture_diagnoses(const Diags *diags);

#endif
