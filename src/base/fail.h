/* fail.h — how a function says that it could not: bool result, GError last.
 * A person's mistake in a document or file is a Diag (diag.h), not an error. */
#ifndef ANLAO_BASE_FAIL_H
#define ANLAO_BASE_FAIL_H

#include <glib.h>
#include <stdbool.h>

typedef enum FailCode {
    FAIL_INPUT = 1, /* exit status 1: the input or the rules are at fault */
    FAIL_USAGE,     /* exit status 2: wrong call */
    FAIL_SYSTEM,    /* exit status 3: disk, database, memory */
    FAIL_RIGHT,     /* the session may not do this */
    FAIL_ABSENT,    /* no such record, page, rule */
    FAIL_CONFLICT,  /* changed by somebody else meanwhile; read again */
    FAIL_BUSY,      /* try again later */
} FailCode;

#define FAIL_DOMAIN fail_domain()
GQuark fail_domain(void);

/* Both return false, so that a failing line is one line.  `fail` sets *error (which may be NULL);
 * `fail_while` prefixes what the caller was doing: "loading pack x: could not read y". */
bool fail(GError **error, FailCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool fail_while(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same in Chinese, beside the message, for whoever reads a page: `fail(…) || fail_zh(error,
 * …)`. What the caller was doing is not put before it. */
bool fail_zh(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What is longer than LIMIT_MESSAGE loses its middle, in place. */
void message_cut(char *text);
const char *fail_in_chinese(const GError *error); /* NULL: it was said in English alone */
int fail_exit_status(const GError *error);        /* 1, 2 or 3; NULL gives 0 */

#endif
