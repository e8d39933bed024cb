/* session.h — the table of sessions, for care/ alone (pages see page_api.h). */
#ifndef ANLAO_CARE_SESSION_H
#define ANLAO_CARE_SESSION_H

#include "care/care.h"

struct Sessions *sessions_new(void);
void sessions_free(struct Sessions *all);
/* The administrator of the machine at its command line: no account, no limits, journalled. */
bool session_is_machine(const Session *s);

#endif
