/* fail.c — setting and reading errors. */
#include "base/fail.h"

GQuark fail_domain(void)
{
    return g_quark_from_static_string("anlao");
}

bool fail(GError **error, FailCode code, const char *format, ...)
{
    if (error == NULL)
        return false;
    va_list args;
    va_start(args, format);
    *error = g_error_new_valist(FAIL_DOMAIN, (gint)code, format, args);
    va_end(args);
    return false;
}

bool fail_while(GError **error, const char *format, ...)
{
    if (error == NULL || *error == NULL)
        return false;
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_prefix_error(error, "%s: ", what);
    return false;
}

int fail_exit_status(const GError *error)
{
    if (error == NULL)
        return 0;
    if (error->domain == G_OPTION_ERROR)
        return 2;
    if (error->domain != FAIL_DOMAIN)
        return 3;
    switch ((FailCode)error->code) {
    case FAIL_USAGE:
        return 2;
    case FAIL_SYSTEM:
    case FAIL_BUSY:
        return 3;
    case FAIL_INPUT:
    case FAIL_RIGHT:
    case FAIL_ABSENT:
    case FAIL_CONFLICT:
        return 1;
    }
    return 3;
}
