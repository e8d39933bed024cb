/* sqlite.h — connections of the SQLite kind, for sqlite.c and sqlite_file.c. */
#ifndef ANLAO_STORE_SQLITE_H
#define ANLAO_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/methods.h"

/* Every connection has an authorizer that refuses to change the schema unless it makes a database.
 */
bool sqlite_connect(const char *path, ConnUse use, Conn **ret, GError **error);
sqlite3 *sqlite_of(Conn *c);
void sqlite_folder_sync(const char *path); /* of the folder it lies in */

#endif
