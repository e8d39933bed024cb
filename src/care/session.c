/* session.c — who is at the other end: signing in, finding the session of a cookie, leaving.
 * In: names, passwords, tokens.  Out: Sessions copied into the caller's arena.  Kept in memory
 * only, by the SM3 of the token: who reads this process's memory or a log finds no cookie. Read
 * first: session_sign_in(), session_find(). */
#include "care/session.h"

#include "base/clock.h"
#include "base/limits.h"
#include "care/account.h"
#include "care/inside.h"
#include "care/keys.h"

#include <unistd.h>

#define MINUTE_US    (INT64_C(60) * 1000 * 1000)
#define IDLE_US      (30 * MINUTE_US)
#define WHOLE_US     (12 * 60 * MINUTE_US)
#define LOOK_US      (MINUTE_US / 2) /* an account closed elsewhere is noticed within this */
#define WAITING_MOST 12              /* at the password check, two of them being checked */

typedef struct SignedIn {
    uint8_t hash[SM3_SIZE];     /* of the token; the key */
    AccountRow row;             /* texts in `arena` */
    uint8_t password[SM3_SIZE]; /* digest of its hash: another password ends the session */
    Arena *arena;
    int64_t began_us, used_us, looked_us;
    unsigned looked_change; /* accounts_changed when the account was looked at */
} SignedIn;

/* What one account may do only so often: so many at once, and one more every so often. */
typedef struct Pace {
    char mark; /* before the account's name in the table */
    int most;
    int64_t every_us;
} Pace;

static const Pace lookup_pace = {'n', 60, MINUTE_US / 6}; /* people by number */
static const Pace elsewhere_pace = {'e', LIMIT_IMPORT_ELSEWHERE,
                                    24 * 60 * MINUTE_US / LIMIT_IMPORT_ELSEWHERE}; /* by a file */
static const Pace draft_pace = {'d', 30, MINUTE_US / 60}; /* drafts: as one types */

typedef struct Left {
    int left;
    int64_t filled_us;
} Left;

struct Sessions {
    GMutex lock;
    GHashTable *by_hash; /* SignedIn.hash → SignedIn */
    GHashTable *paces;   /* mark and account name → Left */
    Door *door;
    int waiting;           /* atomic */
    Arena *accounts_arena; /* all accounts as last read; read again every half minute */
    const AccountRow *accounts;
    size_t n_accounts;
    int64_t accounts_us;
    unsigned accounts_change; /* accounts_changed when they were read */
};

static guint hash_hash(gconstpointer key)
{
    guint h;
    memcpy(&h, key, sizeof h);
    return h;
}

static gboolean hash_equal(gconstpointer a, gconstpointer b)
{
    return bytes_equal(a, b, SM3_SIZE);
}

static void signed_in_free(gpointer what)
{
    SignedIn *in = what;
    arena_free(in->arena);
    explicit_bzero(in, sizeof *in);
    g_free(in);
}

struct Sessions *sessions_new(void)
{
    struct Sessions *all = g_new0(struct Sessions, 1);
    g_mutex_init(&all->lock);
    all->by_hash = g_hash_table_new_full(hash_hash, hash_equal, NULL, signed_in_free);
    all->paces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    all->door = door_new();
    return all;
}

void sessions_free(struct Sessions *all)
{
    if (all == NULL)
        return;
    g_hash_table_unref(all->by_hash);
    g_hash_table_unref(all->paces);
    door_free(all->door);
    arena_free(all->accounts_arena);
    g_mutex_clear(&all->lock);
    g_free(all);
}

static bool expired(const SignedIn *in, int64_t now_us)
{
    return now_us - in->used_us > IDLE_US || now_us - in->began_us > WHOLE_US;
}

static gboolean expired_row(gpointer key, gpointer value, gpointer now)
{
    (void)key;
    return expired(value, *(const int64_t *)now);
}

/* Room for one more: the expired go, then the one idle longest. */
static void make_room(GHashTable *by_hash, int64_t now_us)
{
    if (g_hash_table_size(by_hash) < LIMIT_SESSIONS)
        return;
    g_hash_table_foreach_remove(by_hash, expired_row, &now_us);
    if (g_hash_table_size(by_hash) < LIMIT_SESSIONS)
        return;
    GHashTableIter iter;
    gpointer key, value, oldest = NULL;
    int64_t used = INT64_MAX;
    g_hash_table_iter_init(&iter, by_hash);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (((SignedIn *)value)->used_us < used) {
            used = ((SignedIn *)value)->used_us;
            oldest = key;
        }
    g_hash_table_remove(by_hash, oldest);
}

static AccountRow row_copy(Arena *a, const AccountRow *from)
{
    AccountRow row = *from;
    row.name = arena_str(a, from->name);
    row.role = arena_str(a, from->role);
    row.region = arena_str(a, from->region);
    row.facility = arena_str(a, from->facility);
    row.shown = arena_str(a, from->shown);
    row.password = (Str){NULL, 0}; /* not needed again, so not kept */
    return row;
}

void session_begin(Care *c, const AccountRow *row, int64_t now_us, char token[TOKEN_TEXT])
{
    SignedIn *in = g_new0(SignedIn, 1);
    uint8_t secret[32];
    random_bytes(secret, sizeof secret);
    keys_text(secret, token);
    explicit_bzero(secret, sizeof secret);
    sm3(token, TOKEN_TEXT - 1, in->hash);
    in->arena = arena_new();
    in->row = row_copy(in->arena, row);
    sm3(row->password.at, row->password.len, in->password);
    in->began_us = in->used_us = in->looked_us = now_us;
    in->looked_change = (unsigned)g_atomic_int_get(&care_inside(c)->accounts_changed);
    g_mutex_lock(&c->sessions->lock);
    make_room(c->sessions->by_hash, now_us);
    g_hash_table_insert(c->sessions->by_hash, in->hash, in);
    g_mutex_unlock(&c->sessions->lock);
}

/* The same work for every name, known or not. */
static bool password_right(Care *c, const AccountRow *row, Str password, GError **error)
{
    bool may =
        row != NULL && !row->disabled && row->password.len > 0 && password.len <= PASSWORD_MOST;
    g_autofree char *encoded = may ? g_strndup(row->password.at, row->password.len) : NULL;
    if (g_atomic_int_add(&c->sessions->waiting, 1) >= WAITING_MOST) {
        g_atomic_int_add(&c->sessions->waiting, -1);
        return fail(error, FAIL_BUSY, "too many people are signing in; try again in a moment");
    }
    password.len = MIN(password.len, PASSWORD_MOST);
    bool right = password_matches(password, encoded);
    g_atomic_int_add(&c->sessions->waiting, -1);
    return right || fail(error, FAIL_RIGHT, "this name and password do not belong together");
}

bool session_prove(Care *c, Str account, Str password, Str address, Arena *a,
                   const AccountRow **ret, int *ret_tries_left, GError **error)
{
    int64_t now_us = clock_now_us();
    const AccountRow *row = NULL;
    Session session;
    GError *why = NULL;
    if (!door_knock(c->sessions->door, account, address, now_us, error) ||
        !account_find(c, account, a, &row, error))
        return false;
    if (row != NULL && !account_session(c, row, &session))
        row = NULL;
    if (password_right(c, row, password, &why)) {
        door_open(c->sessions->door, account, address);
        *ret = row;
        return true;
    }
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT)) {
        int left = door_refuse(c->sessions->door, account, address, now_us);
        if (ret_tries_left != NULL)
            *ret_tries_left = left;
    }
    g_propagate_error(error, why);
    return false;
}

bool session_sign_in(Care *c, Str account, Str password, Str address, char token[TOKEN_TEXT],
                     int *ret_tries_left, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const AccountRow *row;
    if (!session_prove(c, account, password, address, a, &row, ret_tries_left, error))
        return false;
    session_begin(c, row, clock_now_us(), token);
    return true;
}

/* Reads all accounts anew when one was changed here, or half a minute has passed. */
static bool accounts_look(Care *c, int64_t now_us)
{
    struct Sessions *all = c->sessions;
    unsigned change = (unsigned)g_atomic_int_get(&care_inside(c)->accounts_changed);
    if (all->accounts_arena != NULL && now_us - all->accounts_us < LOOK_US &&
        change == all->accounts_change)
        return true;
    Arena *fresh = arena_new();
    AccountRow *rows;
    size_t n;
    if (!store_accounts(c->store, fresh, &rows, &n, NULL)) {
        arena_free(fresh);
        return false;
    }
    arena_free(all->accounts_arena);
    all->accounts_arena = fresh;
    all->accounts = rows;
    all->n_accounts = n;
    all->accounts_us = now_us;
    all->accounts_change = change;
    return true;
}

Str session_person(Care *c, Str account, Arena *a)
{
    struct Sessions *all = c->sessions;
    Str shown = STR("");
    g_mutex_lock(&all->lock);
    bool there = accounts_look(c, clock_now_us());
    for (size_t i = 0; there && i < all->n_accounts; i++)
        if (str_equal(all->accounts[i].name, account))
            shown = arena_str(a, all->accounts[i].shown);
    g_mutex_unlock(&all->lock);
    return shown;
}

/* Whether the account still is what it was when the session began; a changed role counts at once.
 */
static bool look_again(Care *c, SignedIn *in, int64_t now_us)
{
    const struct Sessions *all = c->sessions;
    if (!accounts_look(c, now_us))
        return false;
    if (in->looked_us == all->accounts_us && in->looked_change == all->accounts_change)
        return true;
    const AccountRow *row = NULL;
    for (size_t i = 0; i < all->n_accounts && row == NULL; i++)
        if (all->accounts[i].id == in->row.id)
            row = &all->accounts[i];
    if (row == NULL || row->disabled)
        return false;
    uint8_t password[SM3_SIZE];
    sm3(row->password.at, row->password.len, password);
    if (!bytes_equal(password, in->password, SM3_SIZE))
        return false;
    Arena *fresh = arena_new();
    in->row = row_copy(fresh, row);
    arena_free(in->arena);
    in->arena = fresh;
    in->looked_us = all->accounts_us;
    in->looked_change = all->accounts_change;
    return true;
}

static Session *session_copy(Care *c, const SignedIn *in, Arena *a)
{
    Session *s = arena_new_of(a, Session);
    char proof[KEYS_PROOF_TEXT];
    AccountRow *row = arena_new_of(a, AccountRow);
    *row = row_copy(a, &in->row);
    if (!account_session(c, row, s))
        return NULL;
    keys_proof(c->keys, in->hash, proof);
    s->csrf = arena_str(a, str_of(proof));
    s->via = STR("web");
    return s;
}

const Session *session_find(Care *c, Str token, Arena *a)
{
    uint8_t hash[SM3_SIZE];
    int64_t now_us = clock_now_us();
    Session *s = NULL;
    if (token.len != TOKEN_TEXT - 1)
        return NULL;
    sm3(token.at, token.len, hash);
    g_mutex_lock(&c->sessions->lock);
    SignedIn *in = g_hash_table_lookup(c->sessions->by_hash, hash);
    if (in != NULL && !expired(in, now_us) && look_again(c, in, now_us)) {
        in->used_us = MAX(in->used_us, now_us);
        s = session_copy(c, in, a);
    }
    if (in != NULL && s == NULL)
        g_hash_table_remove(c->sessions->by_hash, hash);
    g_mutex_unlock(&c->sessions->lock);
    return s;
}

void session_end(Care *c, Str token)
{
    uint8_t hash[SM3_SIZE];
    if (token.len != TOKEN_TEXT - 1)
        return;
    sm3(token.at, token.len, hash);
    g_mutex_lock(&c->sessions->lock);
    g_hash_table_remove(c->sessions->by_hash, hash);
    g_mutex_unlock(&c->sessions->lock);
}

bool session_csrf_matches(const Session *s, Str given)
{
    return s != NULL && s->csrf.len > 0 && given.len == s->csrf.len &&
           bytes_equal(s->csrf.at, given.at, given.len);
}

/* Who holds the machine, the database and the key file can do everything but release money; all of
 * it is journalled under the name of the system's user. */
static const RoleFacts machine_role = {"machine",
                                       "本机管理员",
                                       "administrator of this machine",
                                       "city",
                                       ((1u << RIGHT_BITS) - 1) & ~MAY_PAY,
                                       NULL};

bool session_local(Care *c, Str account, Arena *a, const Session **ret, GError **error)
{
    Session *s = arena_new_of(a, Session);
    const char *user = g_get_user_name();
    const AccountRow *row = NULL;
    Str via = str_of(arena_printf(a, "cli:%s", user));
    if (account.len == 0) {
        Str name = str_of(arena_printf(a, "local:%s", user));
        *s = (Session){.account = name,
                       .shown = name,
                       .role = &machine_role,
                       .region = c->place,
                       .via = STR("cli")};
        *ret = s;
        return true;
    }
    if (!account_find(c, account, a, &row, error))
        return false;
    if (row == NULL || row->disabled || !account_session(c, row, s))
        return fail(error, FAIL_INPUT, "there is no account \"%.*s\", or it is closed",
                    STR_ARG(account));
    s->via = via;
    *ret = s;
    return true;
}

bool session_is_machine(const Session *s)
{
    return s->role == &machine_role;
}

static bool pace_takes(Care *c, const Session *s, const Pace *p)
{
    int64_t now_us = clock_now_us();
    g_autofree char *name = g_strdup_printf("%c%.*s", p->mark, STR_ARG(s->account));
    g_mutex_lock(&c->sessions->lock);
    Left *l = g_hash_table_lookup(c->sessions->paces, name);
    if (l == NULL) {
        l = g_new0(Left, 1);
        *l = (Left){p->most, now_us};
        g_hash_table_insert(c->sessions->paces, g_steal_pointer(&name), l);
    }
    int64_t more = MAX(now_us - l->filled_us, 0) / p->every_us;
    l->left = (int)MIN((int64_t)l->left + more, p->most);
    l->filled_us += more * p->every_us;
    bool allowed = l->left > 0;
    l->left -= allowed;
    g_mutex_unlock(&c->sessions->lock);
    return allowed;
}

bool session_lookup_allowed(Care *c, const Session *s, GError **error)
{
    return pace_takes(c, s, &lookup_pace) ||
           fail(error, FAIL_BUSY, "too many people looked up by number; try again in a minute");
}

bool session_elsewhere_allowed(Care *c, const Session *s, GError **error)
{
    return pace_takes(c, s, &elsewhere_pace) ||
           fail(error, FAIL_BUSY,
                "more than %u people of your files are registered outside your region, so nothing "
                "of this one is taken: it may be another county's list; who works on both takes it",
                LIMIT_IMPORT_ELSEWHERE);
}

bool session_draft_allowed(Care *c, const Session *s, GError **error)
{
    return pace_takes(c, s, &draft_pace) ||
           fail(error, FAIL_BUSY, "too many drafts checked at once; try again in some seconds");
}
