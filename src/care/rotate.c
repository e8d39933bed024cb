/* rotate.c — new keys while others write.  Steps, each in force by itself:
 *   begin   a new key file beside the old one; new data keys under it, in one transaction with
 *           its check value; the file takes its name.  From here on every writer seals with the new
 *           key and writes both indexes (store/keys.h: generation).
 *   sweep   records that are still sealed with another key, chunk by chunk, until none is left
 *   switch  the new index is the one that is asked
 *   leave   rows of the old index go, then its key, then what can still be read of them in the file
 * Read first: keyring_rotate(). */
#include "care/keyring_inside.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "care/account.h"
#include "care/inside.h"
#include "care/seal.h"
#include "care/write.h"

#define SWEEP_ROWS 200u  /* in one commit: the county is locked for some 20 ms */
#define LEAVE_ROWS 5000u /* index rows in one commit */

typedef struct Rotating {
    Care *c;
    const Session *by;
    RotateReport *report;
    RotateSeen seen;
    void *with;
} Rotating;

static bool put(const Rotating *r, const Keys *file, const DataKey *keys, size_t n,
                int64_t generation, bool begins, const AccountRow *check, const char *reason,
                GError **error)
{
    g_autoptr(Arena) a = arena_new();
    KeyRow *rows;
    if (!keyring_rows(file, keys, n, a, &rows, error))
        return false;
    const KeysPut p = {.generation = generation,
                       .rows = rows,
                       .n = n,
                       .begins = begins,
                       .check = check,
                       .actor = r->by->account,
                       .via = r->by->via,
                       .reason = str_of(reason)};
    return store_put_keys(r->c->store, &p, error);
}

/* ---- begin --------------------------------------------------------------------------------- */

static size_t next_set(const Rotating *r, int suite, DataKey keys[DATA_KEYS_MOST], size_t n)
{
    int64_t index = 0;
    for (size_t i = 0; i < n; i++) {
        if (!keys[i].blind)
            keys[i].state = KEY_OLD;
        index = keys[i].blind ? MAX(index, keys[i].number) : index;
    }
    keys_new(r->c->keys, false, 0, (SecretSuite)suite, KEY_CURRENT, &keys[n++]);
    keys_new(r->c->keys, true, index + 1, (SecretSuite)suite, KEY_NEXT, &keys[n++]);
    return n;
}

static bool file_begin(const Rotating *r, int suite, const char *path, Keys **ret, GError **error)
{
    (void)r;
    if (g_unlink(path) != 0 && errno != ENOENT) /* one that never came into force */
        return fail(error, FAIL_SYSTEM, "could not remove \"%s\": %s", path, g_strerror(errno));
    return keys_create_for(path, (SecretSuite)suite, error) && keys_open(path, ret, error);
}

static bool file_place(const Rotating *r, const char *path, GError **error)
{
    const char *to = care_inside(r->c)->key_path;
    if (g_rename(path, to) == 0)
        return true;
    /* Whoever read the new keys meanwhile has moved it already (keyring.c). */
    return (errno == ENOENT && g_file_test(to, G_FILE_TEST_EXISTS)) ||
           fail(error, FAIL_SYSTEM,
                "the new key file is in force, but could not take its name: %s; move \"%s\" to "
                "\"%s\"",
                g_strerror(errno), path, to);
}

static bool begin(const Rotating *r, int suite, Arena *a, GError **error)
{
    g_autofree char *path = keyring_next_path(r->c);
    g_autoptr(Keys) next = NULL;
    DataKey keys[DATA_KEYS_MOST + 2];
    AccountRow check;
    int64_t generation;
    Str unused;
    size_t n = keys_all(r->c->keys, keys, &generation);
    if (n + 2 > DATA_KEYS_MOST)
        return fail(error, FAIL_SYSTEM, "%u keys are kept already: no more can be added",
                    DATA_KEYS_MOST);
    if (suite == 0)
        suite = (int)keys_suite(r->c->keys);
    /* The last word of the node's old key. */
    if (!care_seal(r->c, a, &unused, error) || !file_begin(r, suite, path, &next, error) ||
        !account_keys_row(r->c, next, a, &check, error))
        return false;
    n = next_set(r, suite, keys, n);
    bool done = put(r, next, keys, n, generation, true, &check, "rotation begun", error);
    explicit_bzero(keys, sizeof keys);
    if (!done)
        return false;
    keys_take(r->c->keys, next);
    return file_place(r, path, error) && keyring_refresh(r->c, NULL, error);
}

/* ---- sweep --------------------------------------------------------------------------------- */

/* The next index value of what it says now; nothing where the field has no index. */
static bool reseal_of(const Rotating *r, const Field *f, RecordKey key, Str was, Arena *a,
                      ResealField *ret, GError **error)
{
    Str plain;
    *ret = (ResealField){.field = f, .was = was};
    if (!keys_unseal(r->c->keys, f, key.id, was, a, &plain, error) ||
        !keys_seal(r->c->keys, f, key.id, plain, a, &ret->sealed, error))
        return false;
    char digits[32];
    size_t n;
    if (f->found && phone_digits(plain, digits, &n))
        ret->next_tail = keys_tail_next(r->c->keys, f, key.county, (Str){digits, n});
    explicit_bzero(digits, sizeof digits);
    ret->has_next = f->unique && keys_blind_next(r->c->keys, f, key.county, plain, ret->next);
    explicit_bzero((char *)plain.at, plain.len);
    return true;
}

static bool row_reseal(const Rotating *r, const Entity *e, const SealedRow *row, Arena *a,
                       Reseal *ret, GError **error)
{
    uint32_t current = keys_current(r->c->keys);
    ResealField *fields = arena_many(a, ResealField, e->n_fields + 1);
    size_t secret = 0;
    *ret = (Reseal){.entity = e, .key = row->key, .fields = fields};
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (!f->secret || f->compute != NULL)
            continue;
        Str was = row->sealed[secret++];
        if (was.len == 0 || secret_key_number(was) == current)
            continue;
        if (!reseal_of(r, f, row->key, was, a, &fields[ret->n++], error))
            return fail_while(error, "sealing \"%.*s\" anew", STR_ARG(f->name));
    }
    return true;
}

static bool chunk_sweep(const Rotating *r, const Entity *e, RecordKey *at, bool *ret_more,
                        GError **error)
{
    g_autoptr(Arena) a = arena_new();
    SealedRow *rows;
    size_t n, left = 0;
    if (!store_sealed_after(r->c->store, e, *at, SWEEP_ROWS, a, &rows, &n, error))
        return false;
    Reseal *list = arena_many(a, Reseal, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!row_reseal(r, e, &rows[i], a, &list[left], error))
            return false;
        left += list[left].n > 0;
    }
    *ret_more = n > 0;
    if (n > 0)
        *at = rows[n - 1].key;
    if (left == 0)
        return true;
    if (!care_reseal(r->c, r->by, list, left, error))
        return false;
    r->report->records += left;
    if (r->seen != NULL)
        r->seen(r->with, r->report->records);
    return true;
}

static bool has_secrets(const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->secret && e->fields[i]->compute == NULL)
            return true;
    return false;
}

static bool pass(const Rotating *r, GError **error)
{
    const Model *m = r->c->model;
    for (size_t i = 0; i < m->n_entities; i++) {
        RecordKey at = {0, 0};
        bool more = has_secrets(m->entities[i]);
        while (more)
            if (!chunk_sweep(r, m->entities[i], &at, &more, error))
                return false;
    }
    return true;
}

/* Whoever writes meanwhile seals with the new key already, so a pass that finds nothing is the
 * last. */
static bool sweep(const Rotating *r, GError **error)
{
    uint64_t before;
    do {
        before = r->report->records;
        if (!pass(r, error))
            return fail_while(error, "sealing records anew (what was done stays: run it again)");
    } while (r->report->records > before);
    return true;
}

/* ---- switch, leave ------------------------------------------------------------------------- */

static const DataKey *blind_in(const DataKey *keys, size_t n, int state)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].blind && keys[i].state == state)
            return &keys[i];
    return NULL;
}

static bool exchange(const Rotating *r, GError **error)
{
    DataKey keys[DATA_KEYS_MOST];
    int64_t generation;
    size_t n = keys_all(r->c->keys, keys, &generation);
    for (size_t i = 0; i < n; i++)
        if (keys[i].blind)
            keys[i].state = keys[i].state == KEY_NEXT ? KEY_CURRENT : KEY_LEAVING;
    bool done =
        put(r, r->c->keys, keys, n, generation, false, NULL, "all records are sealed anew", error);
    explicit_bzero(keys, sizeof keys);
    return done && keyring_refresh(r->c, NULL, error);
}

static bool leave(const Rotating *r, GError **error)
{
    DataKey keys[DATA_KEYS_MOST];
    int64_t generation, gone = 1;
    size_t n = keys_all(r->c->keys, keys, &generation), kept = 0;
    const DataKey *old = blind_in(keys, n, KEY_LEAVING);
    bool done = true;
    while (done && old != NULL && gone > 0) {
        done = store_identity_leave(r->c->store, old->number, LEAVE_ROWS, &gone, error);
        r->report->index += done ? (uint64_t)gone : 0;
    }
    for (size_t i = 0; i < n; i++)
        if (!keys[i].blind || keys[i].state != KEY_LEAVING)
            keys[kept++] = keys[i];
    done = done && (old == NULL || put(r, r->c->keys, keys, kept, generation, false, NULL,
                                       "rotation ended", error));
    explicit_bzero(keys, sizeof keys);
    return done && keyring_refresh(r->c, NULL, error);
}

static void wipe(const Rotating *r, Arena *a)
{
    g_autoptr(GError) why = NULL;
    r->report->wiped = store_wipe(r->c->store, &why);
    r->report->wipe_why = why != NULL ? arena_str(a, str_of(why->message)) : STR("");
}

bool keyring_rotate(Care *c, const Session *s, int suite, RotateSeen seen, void *with, Arena *a,
                    RotateReport *ret, GError **error)
{
    const Rotating r = {c, s, ret, seen, with};
    DataKey keys[DATA_KEYS_MOST];
    int64_t generation;
    Str unused;
    *ret = (RotateReport){0};
    if (!session_may(s, MAY_ACCOUNT_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not change keys", s->role->word);
    if (!keyring_refresh(c, NULL, error))
        return false;
    size_t n = keys_all(c->keys, keys, &generation);
    bool moving = blind_in(keys, n, KEY_NEXT) != NULL;
    bool leaving = blind_in(keys, n, KEY_LEAVING) != NULL;
    explicit_bzero(keys, sizeof keys);
    ret->resumed = moving || leaving;
    if (!ret->resumed && !begin(&r, suite, a, error))
        return fail_while(error, "changing the keys");
    if ((!leaving && (!sweep(&r, error) || !exchange(&r, error))) || !leave(&r, error) ||
        !care_seal(c, a, &unused, error))
        return fail_while(error, "changing the keys");
    wipe(&r, a);
    return true;
}
