/* keys.c — the key file, and what its keys are used for.
 * The file is text, a name and 64 digits a line; each use has a key of its own, and from the blind
 * master each county's key is derived.  Read first: keys_open(), keys_blind(). */
#include "care/keys.h"

#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_BYTES 4096
#define KEY_FILE_HEAD  "anlao keys 1"

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
    uint8_t key[KEY_SIZE];
} CountyKey;

struct Keys { /* a page of its own, locked */
    uint8_t of[KEY_USES][KEY_SIZE];
    uint32_t number; /* of the secret key: in every sealed text */
    GMutex lock;     /* guards the next two */
    size_t n_counties;
    CountyKey counties[COUNTY_KEYS];
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

static GString *keys_written(void)
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
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    if (fd < 0 && errno == EEXIST)
        return fail(error, FAIL_INPUT,
                    "key file \"%s\" exists already; keys are never overwritten: what they sealed "
                    "could not be read again",
                    path);
    if (fd < 0)
        return fail(error, FAIL_SYSTEM, "could not make key file \"%s\": %s", path,
                    g_strerror(errno));
    GString *text = keys_written();
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
        return fail(error, FAIL_INPUT,
                    "could not open key file \"%s\": %s; without its keys the database's secrets "
                    "cannot be read",
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
    return str_trim(text).len == 0;
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
    k->number = number_of(k->of[KEY_SECRET]);
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

bool keys_seal(const Keys *k, const Field *f, int64_t id, Str plain, Arena *a, Str *ret,
               GError **error)
{
    char with[2 * LIMIT_NAME + 32];
    return keys_seal_about(k, about(f, id, with), plain, a, ret, error);
}

bool keys_seal_about(const Keys *k, Str with, Str plain, Arena *a, Str *ret, GError **error)
{
    Sealed sealed;
    if (!secret_seal(k->of[KEY_SECRET], k->number, with, plain, &sealed, error))
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
    size_t len;
    if (secret_key_number(sealed) != k->number)
        return fail(error, FAIL_SYSTEM,
                    "a secret was sealed with keys that are not in this key "
                    "file");
    if (!secret_open(k->of[KEY_SECRET], with, sealed, &plain, &len, error))
        return false;
    *ret = arena_str(a, (Str){plain, len});
    wipe(plain, len);
    g_free(plain);
    return true;
}

static void county_key(const Keys *k, int32_t county, uint8_t to[KEY_SIZE])
{
    char name[32];
    int n = g_snprintf(name, sizeof name, "county %d", county);
    G_STATIC_ASSERT(SM3_SIZE == KEY_SIZE);
    hmac_sm3(k->of[KEY_BLIND], name, (size_t)n, to);
}

/* Deriving costs as much as matching: a county's key is kept beside the master it comes from. */
static void county_key_kept(const Keys *keys, int32_t county, uint8_t to[KEY_SIZE])
{
    Keys *k = (Keys *)keys; /* what it says does not change by being kept */
    g_mutex_lock(&k->lock);
    size_t i = 0;
    while (i < k->n_counties && k->counties[i].county != county)
        i++;
    if (i < k->n_counties) {
        memcpy(to, k->counties[i].key, KEY_SIZE);
    } else {
        county_key(k, county, to);
        if (i < COUNTY_KEYS) {
            k->counties[i].county = county;
            memcpy(k->counties[i].key, to, KEY_SIZE);
            k->n_counties++;
        }
    }
    g_mutex_unlock(&k->lock);
}

void keys_blind(const Keys *k, const Field *f, int32_t county, Str plain, uint8_t to[SM3_SIZE])
{
    uint8_t own[KEY_SIZE];
    county_key_kept(k, county, own);
    g_autofree char *text = g_strdup_printf("%.*s.%.*s=%.*s", STR_ARG(f->entity->name),
                                            STR_ARG(f->name), STR_ARG(plain));
    hmac_sm3(own, text, strlen(text), to);
    wipe(own, sizeof own);
    wipe(text, strlen(text));
}

void keys_proof(const Keys *k, const uint8_t token_hash[SM3_SIZE], char to[KEYS_PROOF_TEXT])
{
    uint8_t mac[SM3_SIZE];
    hmac_sm3(k->of[KEY_SESSION], token_hash, SM3_SIZE, mac);
    keys_text(mac, to);
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
