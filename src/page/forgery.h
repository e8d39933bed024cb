/* forgery.h — forms that some other site made a browser send are refused, before anything changes.
 * Two walls: where the form came from (Origin), and a token only our page could hold.  A signed-in
 * form carries the session's token; the sign-in form one that belongs to a cookie of its own. */
#ifndef ANLAO_PAGE_FORGERY_H
#define ANLAO_PAGE_FORGERY_H

#include "page/site.h"

bool forgery_refused(const Req *q);
/* Whether a page of this server sent it. */
bool forgery_origin_ours(const Req *q);
/* For the sign-in form: sets the cookie when there is none; the token goes into the form. */
Str forgery_visit_token(Req *q);
const char *session_cookie(const Site *site);

#endif
