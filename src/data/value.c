/* value.c — when two values are the same value. */
#include "data/value.h"

/* Two unknowns are equal here: nothing changed.  Rules never compare this way (semantics 22). */
bool value_equal(Kind k, Value a, Value b)
{
    if (a.known != b.known)
        return false;
    if (!a.known)
        return true;
    if (kind_is_text(k) || k == KIND_REGION)
        return str_equal(a.text, b.text);
    return a.num == b.num;
}
