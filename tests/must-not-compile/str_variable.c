/* refused: expected */
/* STR() measures a literal; of a pointer it would give the size of the pointer */
#include "base/str.h"

Str try_it(const char *text);

Str try_it(const char *text)
{
#ifdef REMEDY
    return str_of(text);
#else
    return STR(text);
#endif
}
