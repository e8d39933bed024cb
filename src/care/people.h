/* people.h — accounts as an administrator keeps them: who may sign in, in which post, where.
 * In: a session with the right, what to change.  Out: accounts changed and journalled; a password
 * that was made, to be shown this once.  Nobody changes the post of the own account: that takes
 * another administrator, or the machine's.  Not here: signing in (session.c).  Start:
 * account_list(), account_put(). */
#ifndef ANLAO_CARE_PEOPLE_H
#define ANLAO_CARE_PEOPLE_H

#include "care/page_api.h"

typedef struct AccountFacts {
    Str name, shown;
    const RoleFacts *role; /* NULL: a role there is no more */
    int32_t region;        /* ROW_NONE: a region there is no more */
    Str region_code;
    int64_t facility; /* 0: none */
    bool disabled;
} AccountFacts;

/* All accounts of the session's region, by name; needs ACCOUNT_WRITE. */
bool account_list(Care *c, const Session *s, Arena *a, AccountFacts **ret, size_t *ret_n,
                  GError **error);
/* FAIL_ABSENT when there is none of this name in the session's region. */
bool account_get(Care *c, const Session *s, Str name, Arena *a, AccountFacts *ret, GError **error);

typedef enum AccountPassword { PASSWORD_KEPT, PASSWORD_GIVEN, PASSWORD_MADE } AccountPassword;
typedef enum AccountState { STATE_KEPT, STATE_OPEN, STATE_CLOSED } AccountState;

/* What is to be; a text at NULL stays as it is. */
typedef struct AccountEdit {
    bool is_new;
    Str name, shown, role, region, facility; /* facility: key or id; empty: none */
    AccountPassword password;
    Str given;
    AccountState state;
} AccountEdit;
/* *ret_password: the one that was made, else empty. */
bool account_put(Care *c, const Session *s, const AccountEdit *edit, Arena *a, Str *ret_password,
                 GError **error);

/* One's own password; the old one is asked for again.  All sessions of the account end. */
bool account_own_password(Care *c, const Session *s, Str address, Str old, Str fresh,
                          GError **error);

/* Which roles there are: role_facts[], n_role_facts (page_api.h). */

#endif
