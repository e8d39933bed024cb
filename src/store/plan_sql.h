/* plan_sql.h — the SQL of one entity's tables, from its Plan. */
#ifndef ANLAO_STORE_PLAN_SQL_H
#define ANLAO_STORE_PLAN_SQL_H

#include "store/plan.h"

void plan_sql(Arena *a, TablePlan *t);
void plan_sql_identity(Arena *a, Plan *p);

#endif
