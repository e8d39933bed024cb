/* session_door.c — what stands before the password check: cheap limits that keep the dear one idle.
 * In: an account name, a network address, the time.  Out: let through, or FAIL_BUSY in words.
 * Never an account alone is locked, else anybody could lock out a colleague.  Read first:
 * door_knock(). */
#include "care/account.h"

#include <arpa/inet.h>

#define SECOND_US      INT64_C(1000000)
#define TOKENS         30 /* a bureau behind one address signs in within a few minutes */
#define TOKEN_EVERY_US (2 * SECOND_US)
#define LOCK_US        (5 * 60 * SECOND_US)
#define FORGET_US      (15 * 60 * SECOND_US)
#define VISITORS_MOST  20000u /* remembered at once */

typedef struct Visitor { /* an address, or a pair of account and network */
    int64_t seen_us, locked_until_us;
    int tokens, failures;
} Visitor;

struct Door {
    GMutex lock;
    GHashTable *visitors; /* text → Visitor */
};

Door *door_new(void)
{
    Door *d = g_new0(Door, 1);
    g_mutex_init(&d->lock);
    d->visitors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return d;
}

void door_free(Door *d)
{
    if (d == NULL)
        return;
    g_hash_table_unref(d->visitors);
    g_mutex_clear(&d->lock);
    g_free(d);
}

/* 192.0.2.7 → 192.0.2.0/24, 2001:db8::7 → 2001:db8::/64: who holds one address there holds all. */
static char *network_of(Str address, bool v4_whole)
{
    g_autofree char *text = g_strndup(address.at, MIN(address.len, INET6_ADDRSTRLEN));
    uint8_t bytes[16] = {0};
    char shown[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET, text, bytes) == 1) {
        bytes[3] = v4_whole ? bytes[3] : 0;
        return g_strdup(inet_ntop(AF_INET, bytes, shown, sizeof shown));
    }
    if (inet_pton(AF_INET6, text, bytes) == 1) {
        memset(bytes + 8, 0, 8);
        return g_strdup(inet_ntop(AF_INET6, bytes, shown, sizeof shown));
    }
    return g_strdup(text);
}

static char *address_key(Str address)
{
    g_autofree char *network = network_of(address, true);
    return g_strconcat("address ", network, NULL);
}

static char *pair_key(Str account, Str address)
{
    g_autofree char *network = network_of(address, false);
    return g_strdup_printf("pair %s %.*s", network, (int)MIN(account.len, ACCOUNT_NAME_MOST),
                           account.len > 0 ? account.at : "");
}

static gboolean visitor_stale(gpointer key, gpointer value, gpointer now)
{
    const Visitor *v = value;
    int64_t now_us = *(const int64_t *)now;
    (void)key;
    return v->locked_until_us <= now_us && now_us - v->seen_us > FORGET_US;
}

static gboolean visitor_unlocked(gpointer key, gpointer value, gpointer now)
{
    (void)key;
    return ((const Visitor *)value)->locked_until_us <= *(const int64_t *)now;
}

/* Takes the key. */
static Visitor *visitor_of(Door *d, char *key, int64_t now_us)
{
    Visitor *v = g_hash_table_lookup(d->visitors, key);
    if (v != NULL && visitor_stale(NULL, v, &now_us))
        *v = (Visitor){.seen_us = now_us, .tokens = TOKENS};
    if (v != NULL) {
        g_free(key);
        return v;
    }
    if (g_hash_table_size(d->visitors) >= VISITORS_MOST)
        g_hash_table_foreach_remove(d->visitors, visitor_stale, &now_us);
    if (g_hash_table_size(d->visitors) >= VISITORS_MOST)
        g_hash_table_foreach_remove(d->visitors, visitor_unlocked, &now_us);
    v = g_new0(Visitor, 1);
    *v = (Visitor){.seen_us = now_us, .tokens = TOKENS};
    g_hash_table_insert(d->visitors, key, v);
    return v;
}

static bool token_take(Visitor *v, int64_t now_us)
{
    int64_t passed = MAX(now_us - v->seen_us, 0) / TOKEN_EVERY_US;
    v->tokens = (int)MIN((int64_t)v->tokens + passed, TOKENS);
    v->seen_us = passed > 0 || v->tokens == TOKENS ? now_us : MIN(v->seen_us, now_us);
    if (v->tokens == 0)
        return false;
    v->tokens--;
    return true;
}

/* A try counts from when it begins, so that many at once are no more than one after the other. */
static bool try_begin(Visitor *v, int64_t now_us)
{
    if (v->locked_until_us > now_us)
        return false;
    v->seen_us = now_us;
    if (v->failures < DOOR_TRIES) {
        v->failures++;
        return true;
    }
    v->failures = 0;
    v->locked_until_us = now_us + LOCK_US;
    return false;
}

bool door_knock(Door *d, Str account, Str address, int64_t now_us, GError **error)
{
    g_mutex_lock(&d->lock);
    bool token = token_take(visitor_of(d, address_key(address), now_us), now_us);
    bool begun = token && try_begin(visitor_of(d, pair_key(account, address), now_us), now_us);
    g_mutex_unlock(&d->lock);
    if (!token)
        return fail(error, FAIL_BUSY, "too many sign-ins from this address; try again in a minute");
    if (!begun)
        return fail(error, FAIL_BUSY,
                    "this account was refused %d times from this network; try again in %d minutes",
                    DOOR_TRIES, (int)(LOCK_US / SECOND_US / 60));
    return true;
}

int door_refuse(Door *d, Str account, Str address, int64_t now_us)
{
    g_mutex_lock(&d->lock);
    Visitor *v = visitor_of(d, pair_key(account, address), now_us);
    int left = MAX(DOOR_TRIES - v->failures, 0);
    if (left == 0) {
        v->locked_until_us = now_us + LOCK_US;
        v->failures = 0;
    }
    g_mutex_unlock(&d->lock);
    return left;
}

void door_open(Door *d, Str account, Str address)
{
    char *key = pair_key(account, address);
    g_mutex_lock(&d->lock);
    g_hash_table_remove(d->visitors, key);
    g_mutex_unlock(&d->lock);
    g_free(key);
}
