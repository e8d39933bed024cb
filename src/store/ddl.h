/* ddl.h — the tables of a database, from tables.def and a Plan. */
#ifndef ANLAO_STORE_DDL_H
#define ANLAO_STORE_DDL_H

#include "store/methods.h"

/* Makes all tables in the transaction the connection is in.  Only CONN_CREATE may. */
bool ddl_create(Conn *c, const Plan *p, GError **error);
/* The same as text, for people. */
char *ddl_text(const Plan *p); /* g_free */
/* What is not made from the Model, a statement a line: kept in `about`, so that a later program
 * knows what it finds.  g_free. */
char *ddl_fixed(void);

/* Single statements, for migrations.  Each of these appends nothing where there is nothing. */
void ddl_entity(GString *to, const TablePlan *t);
void ddl_was(GString *to, const TablePlan *t);
void ddl_periods(GString *to, const FieldPlan *f); /* E_x of a dated field */
void ddl_index(GString *to, const TablePlan *t, const FieldPlan *f);
void ddl_add_field(GString *to, const TablePlan *t, const FieldPlan *f);

#endif
