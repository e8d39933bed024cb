/* ledger.h — what other pages show of declared accounts. */
#ifndef ANLAO_PAGE_LEDGER_H
#define ANLAO_PAGE_LEDGER_H

#include "care/ledger.h"
#include "page/site.h"
#include "page/view.h"

/* A box for each account the record holds. */
bool fill_accounts(Req *q, View *v, const Entity *e, RecordKey key, GError **error);

/* For the other file about accounts (transfer.c). */
Str account_amount(const Req *q, const Account *x, int64_t n);
Str account_address(const Req *q, const Entity *e, RecordKey key, const Account *x,
                    const char *behind);
Str transfer_address(const Req *q, const Account *x); /* the form of a transfer by hand */
void fill_account_clause(const Req *q, View *v, const Account *x);

#endif
