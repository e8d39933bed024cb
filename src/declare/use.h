/* use.h — fields and entities that nothing uses, over all documents of a folder.
 * Only who has read all documents can say so: what one place does not use another may. */
#ifndef ANLAO_DECLARE_USE_H
#define ANLAO_DECLARE_USE_H

#include "declare/model.h"

/* Adds what the Model uses to `names` (of char *, freed by the table). */
void use_collect(const Model *m, GHashTable *names);
/* A warning for each of the Model's fields and entities that is not in `names`; they are added, so
 * that the next Model does not say it again. */
void use_report(const Model *m, GHashTable *names, Diags *diags);

#endif
