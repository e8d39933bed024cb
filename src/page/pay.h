/* pay.h — lines of payments as pages show them. */
#ifndef ANLAO_PAGE_PAY_H
#define ANLAO_PAGE_PAY_H

#include "care/pay.h"
#include "page/site.h"

/* Month, amount, and what it is: paid, a supplement to `month`, taken back; or why it is not paid.
 */
void fill_pay_line(const Req *q, View *row, const PayLine *l, Month month);

#endif
