/* copy.h — what the kinds of database share when one is copied into another. */
#ifndef ANLAO_STORE_COPY_H
#define ANLAO_STORE_COPY_H

#include "store/methods.h"

/* Makes the Model's tables in `to` and fills them with what `from` holds at one moment, in one
 * transaction; a table or column that `to` lacks is an error, nothing is left out. */
bool tables_copy(Conn *from, Conn *to, const Model *m, GError **error);
/* store.c: the kind an address names, and what stands behind its scheme. */
const StoreKind *store_kind(const char *uri, const char **ret_where, GError **error);

/* sqlite_backup.c */
bool sqlite_copy_out(const char *where, const Model *m, const char *path, GError **error);
bool sqlite_put_back(const char *path, const Model *m, const char *where, char **ret_kept,
                     GError **error);
bool sqlite_wipe(const char *where, GError **error);
/* An empty file of our own; what stood there is gone. */
bool sqlite_file_begin(const char *path, GError **error);

#endif
