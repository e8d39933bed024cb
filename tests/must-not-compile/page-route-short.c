/* refused: requires 5 arguments */
#include "page/site.h"

#define ROUTE(method, path, function, may, why) bool function(Req *q, GError **error);
ROUTE(GET, "/records", list_show, PERSON_READ)
