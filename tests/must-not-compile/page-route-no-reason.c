/* refused: needs a permission and a reason */
#include "page/route.h"

ROUTE_CHECK("/records", PERSON_READ, "because");
