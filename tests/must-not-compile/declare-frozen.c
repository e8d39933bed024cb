/* refused: read-only object */
/* a Model is frozen: nobody changes what documents say */
#include "declare/model.h"

unsigned try_it(const Rule *rule);

unsigned try_it(const Rule *rule)
{
#ifdef REMEDY
    return rule->number;
#else
    rule->number = 0;
    return 0;
#endif
}
