/* session.h — the table of sessions, for care/ alone (pages see page_api.h). */
#ifndef ANLAO_CARE_SESSION_H
#define ANLAO_CARE_SESSION_H

#include "care/care.h"

struct Sessions *sessions_new(void);
void sessions_free(struct Sessions *all);
/* What signing in does once the password was right. */
void session_begin(Care *c, const AccountRow *row, int64_t now_us, char token[TOKEN_TEXT]);
/* The account (in the arena) of a name and password, with the limits of the door: FAIL_RIGHT alike
 * for unknown names and wrong passwords, FAIL_BUSY.  *ret_tries_left may be NULL. */
bool session_prove(Care *c, Str account, Str password, Str address, Arena *a,
                   const AccountRow **ret, int *ret_tries_left, GError **error);
/* The administrator of the machine at its command line: no account, no limits, journalled. */
bool session_is_machine(const Session *s);

#endif
