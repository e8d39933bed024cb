/* pages.h — the functions named in routes.def, one per route.  Each answers, or says why not. */
#ifndef ANLAO_PAGE_PAGES_H
#define ANLAO_PAGE_PAGES_H

#include "page/site.h"

#define ROUTE(method, path, function, may, why) bool function(Req *q, GError **error);
#include "page/routes.def"
#undef ROUTE

#endif
