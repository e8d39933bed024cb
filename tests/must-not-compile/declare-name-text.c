/* refused: incompatible type for argument 2 */
/* names are looked up by pointer and length: no hidden NUL decides where one ends */
#include "declare/model.h"

const Entity *try_it(const Model *m);

const Entity *try_it(const Model *m)
{
#ifdef REMEDY
    return model_entity(m, STR("elder"));
#else
    return model_entity(m, "elder");
#endif
}
