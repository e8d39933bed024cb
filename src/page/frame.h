/* frame.h — what stands around every page: head, navigation, language, size, who is signed in.
 * In: a page's own View.  Out: the answer. */
#ifndef ANLAO_PAGE_FRAME_H
#define ANLAO_PAGE_FRAME_H

#include "page/site.h"
#include "page/views.h"

/* Fills in the frame, renders, answers.  Fails when the view holds an undeclared name. */
bool page_show(Req *q, ViewId page, unsigned status, View *v, GError **error);
/* After a change: 303 to an address of this site. */
bool page_redirect(Req *q, Str address);
bool page_json(Req *q, unsigned status, Str text);
void page_answer(Req *q, const char *type, Str body); /* a file; the body lives in the arena */
void page_set_cookie(Req *q, const char *name, Str value, int max_age, bool strict);
/* Headers that every answer carries. */
void page_headers(HttpRequest *r);

/* The page that says why not; `error` decides which. */
void page_refuse(Req *q, const GError *error);
void page_refuse_as(Req *q, unsigned status, const char *title_key, const char *text_key);

#endif
