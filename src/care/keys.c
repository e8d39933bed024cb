/* keys.c — the key file, and what its keys are used for.
 * The file is text, a name and 64 digits a line; each use has a key of its own, and from the blind
 * master each county's key is derived.  Read first: keys_open(), keys_blind(). */
#include "care/keys.h"

#include "base/file.h"
#include "base/limits.h"
#include "store/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_BYTES 4096
#define KEY_FILE_HEAD  "anlao keys 1"
#define SUITE_WORD     "suite sm4" /* a fifth line; without it: AES */

typedef enum KeyUse { KEY_SECRET, KEY_BLIND, KEY_SESSION, KEY_NODE, KEY_USES } KeyUse;

static const char *const key_words[KEY_USES] = {
    [KEY_SECRET] = "secret",
    [KEY_BLIND] = "blind",
    [KEY_SESSION] = "session",
    [KEY_NODE] = "node",
};

#define COUNTY_KEYS                                                                                \
    64u /* derived keys kept; a province has some 100 counties, a database a dozen */

typedef struct CountyKey {
    int32_t county;
    int64_t number; /* of the index key it comes from */
    uint8_t key[KEY_SIZE];
} CountyKey;

struct Keys {    /* pages of their own, locked */
    GMutex lock; /* guards all that follows */
    uint8_t of[KEY_USES][KEY_SIZE];
    SecretSuite suite;
    int64_t generation;
    size_t n_data;
    DataKey data[DATA_KEYS_MOST];
    size_t n_counties;
    CountyKey counties[COUNTY_KEYS];
    bool (*ask)(void *with);
    void *with;
};

/* A server's database lies in no folder of ours: its key is DATABASE.key in the current one. */
static char *server_key(const char *uri)
{
    size_t end = strcspn(uri, "?");
    g_autofree char *path = g_strndup(uri, end), *name = NULL;
    const char *cut = strrchr(path, '/');

    name = g_strdup(cut != NULL ? cut + 1 : "");
    if (name[0] == '\0' || strcspn(name, ":@=% ") != strlen(name))
        return g_strdup("anlao.key");
    return g_strconcat(name, ".key", NULL);
}

char *keys_path(const char *uri, const char *given)
{
    if (given != NULL)
        return g_strdup(given);
    const char *credentials = g_getenv("CREDENTIALS_DIRECTORY");
    if (credentials != NULL) {
        char *path = g_build_filename(credentials, "anlao.key", NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return path;
        g_free(path);
    }
    if (g_str_has_prefix(uri, "sqlite:"))
        return g_strconcat(uri + strlen("sqlite:"), ".key", NULL);
    return server_key(uri);
}

static void wipe(void *at, size_t n)
{
    explicit_bzero(at, n);
}

static GString *keys_written(SecretSuite suite)
{
    GString *text = g_string_sized_new(KEY_FILE_BYTES);
    g_string_append(text, KEY_FILE_HEAD "\n");
    for (size_t i = 0; i < KEY_USES; i++) {
        uint8_t key[KEY_SIZE];
        random_bytes(key, sizeof key);
        char *hex = hex_of(key, sizeof key);
        g_string_append_printf(text, "%s %s\n", key_words[i], hex);
        wipe(hex, strlen(hex));
        wipe(key, sizeof key);
        g_free(hex);
    }
    if (suite == SUITE_SM4)
        g_string_append(text, SUITE_WORD "\n");
    return text;
}

static bool write_whole(int fd, const char *at, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return fsync(fd) == 0;
}

bool keys_create(const char *path, GError **error)
{
    return keys_create_for(path, SUITE_AES, error);
}

bool keys_create_for(const char *path, SecretSuite suite, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    if (fd < 0 && errno == EEXIST)
        return fail(error, FAIL_INPUT,
                    "key file \"%s\" exists already; keys are never overwritten: what they sealed "
                    "could not be read again",
                    path);
    if (fd < 0)
        return fail(error, FAIL_SYSTEM, "could not make key file \"%s\": %s", path,
                    g_strerror(errno));
    GString *text = keys_written(suite);
    /* 0400 whatever the umask of the caller */
    bool done = fchmod(fd, 0400) == 0 && write_whole(fd, text->str, text->len);
    int why = errno;
    wipe(text->str, text->len);
    g_string_free(text, TRUE);
    close(fd);
    if (!done)
        unlink(path);
    return done ||
           fail(error, FAIL_SYSTEM, "could not write key file \"%s\": %s", path, g_strerror(why));
}

/* Opens the file and looks at its rights on the open file, so that it cannot be exchanged between.
 */
static bool file_open(const char *path, int *ret_fd, GError **error)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(
            error, FAIL_INPUT,
            "could not open key file \"%s\": %s; without its keys the database's secrets "
            "cannot be read: bring it back, or, where init was broken off, do the same init "
            "once more",
            path, g_strerror(errno));
    bool fine = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (fine && (st.st_mode & 07777) == 0400) {
        *ret_fd = fd;
        return true;
    }
    close(fd);
    if (!fine)
        return fail(error, FAIL_INPUT, "key file \"%s\" is not a plain file", path);
    return fail(error, FAIL_INPUT,
                "key file \"%s\" has mode %04o; it must be 0400, readable by its owner alone: "
                "chmod 0400 \"%s\"",
                path, (unsigned)st.st_mode & 07777, path);
}

static bool keys_parse(Str text, Keys *k)
{
    if (!str_is(str_trim(str_cut(&text, '\n')), KEY_FILE_HEAD))
        return false;
    for (size_t i = 0; i < KEY_USES; i++) {
        Str value = str_trim(str_cut(&text, '\n'));
        if (!str_is(str_cut(&value, ' '), key_words[i]) ||
            !hex_parse(str_trim(value), k->of[i], KEY_SIZE))
            return false;
    }
    Str rest = str_trim(text);
    k->suite = rest.len > 0 ? SUITE_SM4 : SUITE_AES;
    return rest.len == 0 || str_is(rest, SUITE_WORD);
}

bool keys_text_whole(Str text)
{
    Keys *k = g_new0(Keys, 1);
    bool whole = keys_parse(text, k);
    wipe(k, sizeof *k);
    g_free(k);
    return whole;
}

/* A page that is neither swapped nor dumped; on a machine that allows no locked memory the keys are
 * at least kept out of dumps. */
static Keys *keys_page(void)
{
    size_t size = MAX((size_t)sysconf(_SC_PAGESIZE), sizeof(Keys));
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    (void)mlock(page, size);
    (void)madvise(page, size, MADV_DONTDUMP);
    return page;
}

static void no_core_dumps(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* its search for leaks traces the process itself */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* The number says which key sealed a text; taken from the key, so that it cannot be mixed up. */
static uint32_t number_of(const uint8_t key[KEY_SIZE])
{
    static const char what[] = "anlao key number";
    uint8_t mac[SM3_SIZE];
    uint32_t number;
    hmac_sm3(key, what, sizeof what - 1, mac);
    memcpy(&number, mac, sizeof number);
    return number != 0 ? number : 1;
}

bool keys_open(const char *path, Keys **ret, GError **error)
{
    char text[KEY_FILE_BYTES];
    int fd = -1;
    if (!file_open(path, &fd, error))
        return false;
    ssize_t len = read(fd, text, sizeof text);
    int why = errno;
    close(fd);
    if (len < 0)
        return fail(error, FAIL_SYSTEM, "could not read key file \"%s\": %s", path,
                    g_strerror(why));
    no_core_dumps();
    Keys *k = keys_page();
    bool fine = k != NULL && keys_parse((Str){text, (size_t)len}, k);
    wipe(text, sizeof text);
    if (!fine) {
        keys_free(k);
        return fail(error, FAIL_INPUT, "\"%s\" is not a whole key file", path);
    }
    g_mutex_init(&k->lock);
    *ret = k;
    return true;
}

void keys_free(Keys *k)
{
    if (k == NULL)
        return;
    g_mutex_clear(&k->lock);
    wipe(k, sizeof *k);
    (void)munmap(k, MAX((size_t)sysconf(_SC_PAGESIZE), sizeof(Keys)));
}

void keys_check(const Keys *k, char to[KEYS_CHECK_TEXT])
{
    static const char what[] = "anlao key check";
    uint8_t all[KEY_USES][SM3_SIZE], mac[SM3_SIZE];
    for (size_t i = 0; i < KEY_USES; i++)
        hmac_sm3(k->of[i], what, sizeof what - 1, all[i]);
    sm3(all, sizeof all, mac);
    g_autofree char *hex = hex_of(mac, sizeof mac);
    memcpy(to, hex, KEYS_CHECK_TEXT);
}

/* What a sealed text is bound to: never county or row position, so that a move or a merge
 * re-encrypts nothing.  Names do not change while the data lives: renaming is a migration. */
static Str about(const Field *f, int64_t id, char to[2 * LIMIT_NAME + 32])
{
    int n = g_snprintf(to, 2 * LIMIT_NAME + 32, "%.*s %" G_GINT64_FORMAT " %.*s",
                       STR_ARG(f->entity->name), id, STR_ARG(f->name));
    return (Str){to, (size_t)n};
}

/* ---- data keys ---------------------------------------------------------------------------- */

/* What a Keys says is the same before and after; threads take turns in looking. */
static Keys *locked(const Keys *k)
{
    Keys *own = (Keys *)k;
    g_mutex_lock(&own->lock);
    return own;
}

SecretSuite keys_suite(const Keys *k)
{
    return k->suite;
}

void keys_new(const Keys *k, bool blind, int64_t number, SecretSuite suite, int state, DataKey *ret)
{
    (void)k;
    *ret = (DataKey){.blind = blind, .number = number, .suite = suite, .state = state};
    random_bytes(ret->key, sizeof ret->key);
    if (!blind)
        ret->number = number_of(ret->key);
}

static Str wrapped_about(const DataKey *d, char to[64])
{
    int n = g_snprintf(to, 64, "data key %s %" G_GINT64_FORMAT, d->blind ? "blind" : "secret",
                       d->number);
    return (Str){to, (size_t)n};
}

bool keys_wrap(const Keys *k, const DataKey *d, Arena *a, Str *ret, GError **error)
{
    const uint8_t *with = k->of[d->blind ? KEY_BLIND : KEY_SECRET];
    char about_text[64];
    Sealed sealed;
    if (!secret_seal_by(k->suite, with, number_of(with), wrapped_about(d, about_text),
                        (Str){(const char *)d->key, KEY_SIZE}, &sealed, error))
        return false;
    *ret = arena_str(a, (Str){(const char *)sealed.bytes, sealed.len});
    g_free(sealed.bytes);
    return true;
}

bool keys_unwrap(const Keys *k, Str wrapped, DataKey *d)
{
    char about_text[64], *plain;
    size_t len;
    if (!secret_open(k->of[d->blind ? KEY_BLIND : KEY_SECRET], wrapped_about(d, about_text),
                     wrapped, &plain, &len, NULL))
        return false;
    bool fine = len == KEY_SIZE;
    if (fine)
        memcpy(d->key, plain, KEY_SIZE);
    wipe(plain, len);
    g_free(plain);
    return fine;
}

void keys_set(Keys *k, int64_t generation, const DataKey *all, size_t n)
{
    g_assert(n <= DATA_KEYS_MOST);
    g_mutex_lock(&k->lock);
    wipe(k->data, sizeof k->data);
    wipe(k->counties, sizeof k->counties);
    k->n_counties = 0;
    if (n > 0)
        memcpy(k->data, all, n * sizeof *all);
    k->n_data = n;
    k->generation = generation;
    g_mutex_unlock(&k->lock);
}

size_t keys_all(const Keys *k, DataKey to[DATA_KEYS_MOST], int64_t *ret_generation)
{
    Keys *own = locked(k);
    size_t n = own->n_data;
    memcpy(to, own->data, n * sizeof *to);
    *ret_generation = own->generation;
    g_mutex_unlock(&own->lock);
    return n;
}

int64_t keys_generation(const Keys *k)
{
    Keys *own = locked(k);
    int64_t generation = own->generation;
    g_mutex_unlock(&own->lock);
    return generation;
}

void keys_take(Keys *k, Keys *other)
{
    g_mutex_lock(&k->lock);
    memcpy(k->of, other->of, sizeof k->of);
    k->suite = other->suite;
    g_mutex_unlock(&k->lock);
}

void keys_on_missing(Keys *k, bool (*ask)(void *with), void *with)
{
    k->ask = ask;
    k->with = with;
}

/* With the lock held. */
static const DataKey *data_find(const Keys *k, bool blind, int state, int64_t number)
{
    for (size_t i = 0; i < k->n_data; i++) {
        const DataKey *d = &k->data[i];
        if (d->blind == blind && (state < 0 || d->state == state) &&
            (number == 0 || d->number == number))
            return d;
    }
    return NULL;
}

static bool data_copy(const Keys *k, bool blind, int state, int64_t number, DataKey *ret)
{
    Keys *own = locked(k);
    const DataKey *d = data_find(own, blind, state, number);
    if (d != NULL)
        *ret = *d;
    g_mutex_unlock(&own->lock);
    return d != NULL;
}

uint32_t keys_current(const Keys *k)
{
    DataKey d;
    bool there = data_copy(k, false, KEY_CURRENT, 0, &d);
    wipe(d.key, sizeof d.key);
    return there ? (uint32_t)d.number : 0;
}

bool keys_seal(const Keys *k, const Field *f, int64_t id, Str plain, Arena *a, Str *ret,
               GError **error)
{
    char with[2 * LIMIT_NAME + 32];
    return keys_seal_about(k, about(f, id, with), plain, a, ret, error);
}

bool keys_seal_about(const Keys *k, Str with, Str plain, Arena *a, Str *ret, GError **error)
{
    Sealed sealed;
    DataKey d;
    if (!data_copy(k, false, KEY_CURRENT, 0, &d))
        return fail(error, FAIL_SYSTEM, "the database has no key to seal with");
    bool done = secret_seal_by(d.suite, d.key, (uint32_t)d.number, with, plain, &sealed, error);
    wipe(&d, sizeof d);
    if (!done)
        return false;
    *ret = arena_str(a, (Str){(const char *)sealed.bytes, sealed.len});
    g_free(sealed.bytes);
    return true;
}

bool keys_unseal(const Keys *k, const Field *f, int64_t id, Str sealed, Arena *a, Str *ret,
                 GError **error)
{
    char with[2 * LIMIT_NAME + 32];
    return keys_unseal_about(k, about(f, id, with), sealed, a, ret, error);
}

bool keys_unseal_about(const Keys *k, Str with, Str sealed, Arena *a, Str *ret, GError **error)
{
    char *plain;
    uint32_t number = secret_key_number(sealed);
    size_t len;
    DataKey d;
    if (number == 0)
        return fail(error, FAIL_SYSTEM, "a secret is not a sealed text");
    /* Another process may have changed the keys meanwhile. */
    if (!data_copy(k, false, -1, number, &d) &&
        (k->ask == NULL || !k->ask(k->with) || !data_copy(k, false, -1, number, &d)))
        return fail(error, FAIL_SYSTEM,
                    "a secret was sealed with a key that is not among those of this database");
    bool done = secret_open(d.key, with, sealed, &plain, &len, error);
    wipe(&d, sizeof d);
    if (!done)
        return false;
    *ret = arena_str(a, (Str){plain, len});
    wipe(plain, len);
    g_free(plain);
    return true;
}

/* ---- blind index --------------------------------------------------------------------------- */

static void county_key(const DataKey *d, int32_t county, uint8_t to[KEY_SIZE])
{
    char name[32];
    int n = g_snprintf(name, sizeof name, "county %d", county);
    G_STATIC_ASSERT(SM3_SIZE == KEY_SIZE);
    hmac_sm3(d->key, name, (size_t)n, to);
}

/* Deriving costs as much as matching: a county's key is kept beside the one it comes from. */
static int64_t county_key_kept(const Keys *keys, int state, int32_t county, uint8_t to[KEY_SIZE])
{
    Keys *k = locked(keys);
    const DataKey *d = data_find(k, true, state, 0);
    size_t i = 0;
    while (d != NULL && i < k->n_counties &&
           (k->counties[i].county != county || k->counties[i].number != d->number))
        i++;
    if (d != NULL && i < k->n_counties) {
        memcpy(to, k->counties[i].key, KEY_SIZE);
    } else if (d != NULL) {
        county_key(d, county, to);
        if (i < COUNTY_KEYS) {
            k->counties[i] = (CountyKey){.county = county, .number = d->number};
            memcpy(k->counties[i].key, to, KEY_SIZE);
            k->n_counties++;
        }
    }
    int64_t number = d != NULL ? d->number : 0;
    g_mutex_unlock(&k->lock);
    return number;
}

static int64_t blind_by(const Keys *k, int state, const Field *f, int32_t county, Str plain,
                        uint8_t to[SM3_SIZE])
{
    uint8_t own[KEY_SIZE];
    int64_t number = county_key_kept(k, state, county, own);
    if (number == 0)
        return 0;
    g_autofree char *text = g_strdup_printf("%.*s.%.*s=%.*s", STR_ARG(f->entity->name),
                                            STR_ARG(f->name), STR_ARG(plain));
    hmac_sm3(own, text, strlen(text), to);
    wipe(own, sizeof own);
    wipe(text, strlen(text));
    return number;
}

int64_t keys_blind(const Keys *k, const Field *f, int32_t county, Str plain, uint8_t to[SM3_SIZE])
{
    int64_t number = blind_by(k, KEY_CURRENT, f, county, plain, to);
    g_assert(number != 0); /* a database that is open has one */
    return number;
}

bool keys_blind_next(const Keys *k, const Field *f, int32_t county, Str plain, uint8_t to[SM3_SIZE])
{
    return blind_by(k, KEY_NEXT, f, county, plain, to) != 0;
}

/* County 0: of all of them. */
int64_t keys_lock(const Keys *k, const Field *f, Str plain)
{
    uint8_t any[SM3_SIZE];
    int64_t lock;
    keys_blind(k, f, 0, plain, any);
    memcpy(&lock, any, sizeof lock);
    return lock != 0 ? lock : 1;
}

/* ---- last digits --------------------------------------------------------------------------- */

bool phone_digits(Str phone, char to[32], size_t *ret_n)
{
    size_t n = 0;
    for (size_t i = 0; i < phone.len; i++) {
        if (phone.at[i] < '0' || phone.at[i] > '9')
            continue;
        if (n == 31)
            return false;
        to[n++] = phone.at[i];
    }
    to[n] = '\0';
    *ret_n = n;
    return n >= TAIL_DIGITS;
}

static int64_t tail_by(const Keys *k, int state, const Field *f, int32_t county, Str digits,
                       int64_t *ret_key)
{
    uint8_t mac[SM3_SIZE];
    int64_t tail;
    char text[16];
    int n = g_snprintf(text, sizeof text, "tail %.*s", (int)TAIL_DIGITS,
                       digits.at + digits.len - TAIL_DIGITS);
    *ret_key = blind_by(k, state, f, county, (Str){text, (size_t)n}, mac);
    memcpy(&tail, mac, sizeof tail);
    return *ret_key == 0 ? 0 : (tail & INT64_MAX) | 1;
}

int64_t keys_tail(const Keys *k, const Field *f, int32_t county, Str digits, int64_t *ret_key)
{
    return tail_by(k, KEY_CURRENT, f, county, digits, ret_key);
}

int64_t keys_tail_next(const Keys *k, const Field *f, int32_t county, Str digits)
{
    int64_t unused;
    return tail_by(k, KEY_NEXT, f, county, digits, &unused);
}

void keys_proof(const Keys *k, const uint8_t token_hash[SM3_SIZE], char to[KEYS_PROOF_TEXT])
{
    uint8_t mac[SM3_SIZE];
    hmac_sm3(k->of[KEY_SESSION], token_hash, SM3_SIZE, mac);
    keys_text(mac, to);
}

void keys_node_public(const Keys *k, uint8_t to[SM2_PUBLIC])
{
    sm2_public(k->of[KEY_NODE], to);
}

bool keys_node_sign(const Keys *k, Str message, uint8_t to[SM2_SIGNATURE], size_t *ret_len,
                    GError **error)
{
    return sm2_sign(k->of[KEY_NODE], message, to, ret_len, error);
}

void keys_text(const uint8_t bytes[32], char to[KEYS_PROOF_TEXT])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t n = 0;
    for (size_t bit = 0; bit < 256; bit += 6) {
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | (bit / 8 + 1 < 32 ? bytes[bit / 8 + 1] : 0);
        to[n++] = digits[pair >> (10 - bit % 8) & 63];
    }
    to[n] = '\0';
}
