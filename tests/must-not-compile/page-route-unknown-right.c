/* refused: MAY_EVERYTHING */
#include "page/route.h"

ROUTE_CHECK("/records", EVERYTHING, "find a record of my region");
