/* ddl.h — the tables of a database, from tables.def and a Plan. */
#ifndef ANLAO_STORE_DDL_H
#define ANLAO_STORE_DDL_H

#include "store/methods.h"

/* Makes all tables in the transaction the connection is in.  Only CONN_CREATE may. */
bool ddl_create(Conn *c, const Plan *p, GError **error);
/* The same as text, for people. */
char *ddl_text(const Plan *p); /* g_free */

#endif
