/* documents.h — which files make up a Model when documents are named one by one (check DOC, run
 * DOC). */
#ifndef ANLAO_CARE_DOCUMENTS_H
#define ANLAO_CARE_DOCUMENTS_H

#include "declare/model.h"

/* `names`: paths of files, or names of documents in the packs folder.  Added to them: all that they
 * build on, and, when any of them rests on the packs, the entities of packs/model.  None named: all
 * documents of the packs. Returns the Model, or NULL with diagnostics or *error. */
Model *documents_read(const char *packs, char **names, size_t n, Diags *diags, GError **error);

#endif
