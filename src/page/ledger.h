/* ledger.h — what other pages show of declared accounts. */
#ifndef ANLAO_PAGE_LEDGER_H
#define ANLAO_PAGE_LEDGER_H

#include "page/site.h"
#include "page/view.h"

/* A box for each account the record holds. */
bool fill_accounts(Req *q, View *v, const Entity *e, RecordKey key, GError **error);

#endif
