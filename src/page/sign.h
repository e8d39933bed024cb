/* sign.h — a form that came after its session had ended: what was typed stays while its writer
 * signs in again.  In: the refused request.  Out: the sign-in page, holding the form.  Start:
 * sign_in_keep(). */
#ifndef ANLAO_PAGE_SIGN_H
#define ANLAO_PAGE_SIGN_H

#include "page/site.h"

/* Answers with 401 and the sign-in page.  False without an answer: a form with files or passwords,
 * or one of another site, is not kept. */
bool sign_in_keep(Req *q);

#endif
