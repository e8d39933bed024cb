/* keyring.c — see keyring.h.  Here: reading, making, the key file; rotate.c: rotation. */
#include "care/keyring.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "care/account.h"
#include "care/inside.h"
#include "care/keyring_inside.h"
#include "care/keys.h"
#include "care/session.h"
#include "store/keys.h"

/* ---- rows and keys ------------------------------------------------------------------------- */

/* Rows that this file cannot unwrap: *ret_n SIZE_MAX. */
static void rows_unwrap(const Keys *k, const KeyRow *rows, size_t n, DataKey to[DATA_KEYS_MOST],
                        size_t *ret_n)
{
    *ret_n = 0;
    for (size_t i = 0; i < n && *ret_n < DATA_KEYS_MOST; i++) {
        DataKey *d = &to[*ret_n];
        *d = (DataKey){.blind = str_is(rows[i].kind, "blind"),
                       .number = rows[i].number,
                       .suite = (SecretSuite)rows[i].suite,
                       .state = rows[i].state};
        if (!keys_unwrap(k, rows[i].wrapped, d)) {
            *ret_n = SIZE_MAX;
            return;
        }
        (*ret_n)++;
    }
}

bool keyring_rows(const Keys *k, const DataKey *keys, size_t n, Arena *a, KeyRow **ret,
                  GError **error)
{
    KeyRow *rows = arena_many(a, KeyRow, n + 1);
    for (size_t i = 0; i < n; i++) {
        rows[i] = (KeyRow){keys[i].blind ? STR("blind") : STR("secret"),
                           keys[i].number,
                           (int)keys[i].suite,
                           (KeyState)keys[i].state,
                           {NULL, 0}};
        if (!keys_wrap(k, &keys[i], a, &rows[i].wrapped, error))
            return false;
    }
    *ret = rows;
    return true;
}

static bool first_keys(Care *c, const Session *by, Arena *a, GError **error)
{
    DataKey keys[2];
    KeyRow *rows;
    SecretSuite suite = keys_suite(c->keys);
    keys_new(c->keys, false, 0, suite, KEY_CURRENT, &keys[0]);
    keys_new(c->keys, true, 1, suite, KEY_CURRENT, &keys[1]);
    bool done = keyring_rows(c->keys, keys, 2, a, &rows, error);
    explicit_bzero(keys, sizeof keys);
    const KeysPut put = {
        .rows = rows, .n = 2, .actor = by->account, .via = by->via, .reason = STR("first keys")};
    return done && store_put_keys(c->store, &put, error);
}

/* ---- the file ------------------------------------------------------------------------------ */

char *keyring_next_path(const Care *c)
{
    return g_strconcat(care_inside((Care *)c)->key_path, ".next", NULL);
}

/* What a rotation made and could not put in place yet, if it belongs to the database. */
static bool next_file_takes(Care *c, const KeyRow *rows, size_t n, DataKey to[DATA_KEYS_MOST],
                            size_t *ret_n)
{
    g_autofree char *path = keyring_next_path(c);
    const char *const paths[] = {care_inside(c)->key_path, path};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(Keys) other = NULL;
        if (!g_file_test(paths[i], G_FILE_TEST_EXISTS) || !keys_open(paths[i], &other, NULL))
            continue;
        rows_unwrap(other, rows, n, to, ret_n);
        if (*ret_n == SIZE_MAX)
            continue;
        keys_take(c->keys, other);
        if (i == 1)
            g_rename(path, paths[0]); /* where it cannot be, PATH.next is read again */
        return true;
    }
    return false;
}

/* One that seals, and one that indexes. */
static bool are_whole(const DataKey *keys, size_t n)
{
    bool seals = false, indexes = false;
    for (size_t i = 0; i < n; i++) {
        seals = seals || (!keys[i].blind && keys[i].state == KEY_CURRENT);
        indexes = indexes || (keys[i].blind && keys[i].state == KEY_CURRENT);
    }
    return seals && indexes;
}

static bool load(Care *c, Arena *a, int64_t *ret_generation, GError **error)
{
    DataKey keys[DATA_KEYS_MOST];
    KeyRow *rows;
    size_t n, have;
    if (!store_keys(c->store, a, &rows, &n, ret_generation, error))
        return fail_while(error, "reading the keys");
    if (*ret_generation == 0)
        return true;
    rows_unwrap(c->keys, rows, n, keys, &have);
    if (have == SIZE_MAX && !next_file_takes(c, rows, n, keys, &have))
        return fail(error, FAIL_INPUT,
                    "the key file does not belong to this database: its secrets were sealed with "
                    "other keys; if they were rotated on another machine, copy its key file here");
    bool whole = are_whole(keys, have);
    if (whole)
        keys_set(c->keys, *ret_generation, keys, have);
    explicit_bzero(keys, sizeof keys);
    return whole || fail(error, FAIL_SYSTEM, KEYS_GONE);
}

static bool ask(void *with)
{
    bool changed = false;
    return keyring_refresh(with, &changed, NULL) && changed;
}

bool keyring_open(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const Session *local;
    int64_t generation;
    if (!load(c, a, &generation, error))
        return false;
    if (!account_check_keys(c, error))
        return false;
    keys_on_missing(c->keys, ask, c);
    if (generation > 0)
        return true;
    return session_local(c, STR(""), a, &local, error) && first_keys(c, local, a, error) &&
           load(c, a, &generation, error);
}

bool keyring_refresh(Care *c, bool *ret_changed, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    int64_t now;
    if (ret_changed != NULL)
        *ret_changed = false;
    if (!store_keys_generation(c->store, &now, error))
        return false;
    if (now == keys_generation(c->keys))
        return true;
    if (ret_changed != NULL)
        *ret_changed = true;
    return load(c, a, &now, error);
}

bool keyring_list(Care *c, Arena *a, KeyFacts **ret, size_t *ret_n, GError **error)
{
    KeyRow *rows;
    int64_t generation;
    if (!store_keys(c->store, a, &rows, ret_n, &generation, error))
        return false;
    *ret = arena_many(a, KeyFacts, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (KeyFacts){str_is(rows[i].kind, "blind"), rows[i].number, rows[i].suite,
                               (int)rows[i].state};
    return true;
}
