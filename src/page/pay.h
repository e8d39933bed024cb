/* pay.h — lines of payments as pages show them. */
#ifndef ANLAO_PAGE_PAY_H
#define ANLAO_PAGE_PAY_H

#include "care/pay.h"
#include "page/site.h"

/* Month, amount, and what it is: paid, a supplement to `month`, taken back; or why it is not paid.
 */
/* pay.c, for the other files about payments */
int64_t pay_run_asked(const Req *q); /* of the address; 0: none */
/* The run's page again: moved on, or with what was wrong.  Takes the error. */
bool pay_again(Req *q, int64_t run, bool done, GError *why, GError **error);
bool pay_fault_is_systems(const GError *why);
unsigned pay_fault_status(const GError *why);
const char *pay_hold_key(PayHold h); /* of texts.tsv */
/* pay_book.c */
bool pay_fill_book(Req *q, View *v, const PayRun *r, GError **error);
bool pay_fill_changes(Req *q, View *v, const PayRun *r, const char *show, int64_t skip, size_t most,
                      bool *ret_more, GError **error);
/* Whom nobody saw lately: a page of them, with the day. */
bool pay_fill_unseen(Req *q, View *v, const PayRun *r, int64_t skip, size_t most, bool *ret_more,
                     GError **error);
void fill_pay_line(const Req *q, View *row, const PayLine *l, Month month);

#endif
