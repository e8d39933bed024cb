/* refused: needs a permission and a reason */
/* A page that nobody was given a right to is a page for everybody: it must say so (PUBLIC). */
#include "page/route.h"

ROUTE_CHECK("/records", NOTHING, "find a record of my region");
