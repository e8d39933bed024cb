/* refused: format */
/* words of a failure that do not fit their values */
#include "base/fail.h"

bool try_it(GError **error, const char *path);

bool try_it(GError **error, const char *path)
{
#ifdef REMEDY
    return fail(error, FAIL_INPUT, "could not read \"%s\"", path);
#else
    return fail(error, FAIL_INPUT, "could not read \"%d\"", path);
#endif
}
