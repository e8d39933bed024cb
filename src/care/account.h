/* account.h — who may sign in: accounts, and the limits at the door.
 * In: rows of the store, sign-in attempts.  Out: accounts, or words why not.  Not here: the
 * sessions themselves (session.c).  Start: account_first_admin(), care_make_demo_accounts(). */
#ifndef ANLAO_CARE_ACCOUNT_H
#define ANLAO_CARE_ACCOUNT_H

#include "care/care.h"

#define ACCOUNT_NAME_MOST  48u /* bytes of a sign-in name */
#define ACCOUNT_SHOWN_MOST 80u /* characters of the person's name */
#define PASSWORD_LEAST     10u /* characters */
#define PASSWORD_MOST      256u

/* NULL when there is none of that name.  In the arena. */
bool account_find(Care *c, Str name, Arena *a, const AccountRow **ret, GError **error);
/* Checks and writes an account, new or changed (id 0: new); needs ACCOUNT_WRITE unless `by` is the
 * machine's own administrator.  `row->password` is already hashed, or empty. */
bool account_save(Care *c, const Session *by, const AccountRow *row, GError **error);
/* Long enough, and text. */
bool account_password_fine(Str password, GError **error);
Str account_password_make(Arena *a); /* 100 bits, of characters that are not mistaken */
Str account_password_hash(Arena *a, Str password);
/* The one account a real database begins with: an administrator of the whole place.  An empty
 * password is made, and given back to be shown once (else *ret_password is empty).  Refused when
 * there is an account already. */
bool account_first_admin(Care *c, Str name, Str password, Arena *a, Str *ret_password,
                         GError **error);
/* One account per role with a published password; in demonstration databases only.  May be
 * repeated: makes what is missing (home managers need a facility). */
bool care_make_demo_accounts(Care *c, GError **error);
/* Session facts of an account; false when its role or region no longer exists. */
bool account_session(Care *c, const AccountRow *row, Session *ret);

/* The keys that belong to the database: written at the first start, compared at every other. */
bool account_check_keys(Care *c, GError **error);
/* The row that says which keys are the database's own, as it is for these. */
bool account_keys_row(Care *c, const Keys *k, Arena *a, AccountRow *ret, GError **error);

/* ---- the door: tokens per address, locks per pair of account and network ----------------------
 */

/* Wrong passwords of one account from one network before the pair is locked. */
#define DOOR_TRIES 5

typedef struct Door Door;
Door *door_new(void);
void door_free(Door *d);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Door, door_free)
/* Takes a token of the address; FAIL_BUSY when it has none left or the pair is locked. */
bool door_knock(Door *d, Str account, Str address, int64_t now_us, GError **error);
/* Gives how many tries are left. */
int door_refuse(Door *d, Str account, Str address, int64_t now_us);
void door_open(Door *d, Str account, Str address);

/* ---- counting what one account may do only so often -------------------------------------------
 */

/* Looking people up by number: FAIL_BUSY beyond a steady pace. */
bool session_lookup_allowed(Care *c, const Session *s, GError **error);
/* Another person of a file turned out to be registered outside the session's region (FAIL_BUSY). */
bool session_elsewhere_allowed(Care *c, const Session *s, GError **error);
/* The same for checking a draft, which reads all documents. */
bool session_draft_allowed(Care *c, const Session *s, GError **error);

#endif
