/* backup.c — seals a copy for its recipient, and proves one before it takes the place of anything.
 * The plain copy stands beside the database while this runs, readable by its owner alone, and is
 * removed in any case.  Read first: care_backup(), restore_proved(). */
#include "care/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/envelope.h"
#include "base/file.h"
#include "care/seal.h"
#include "care/write.h"
#include "store/backup.h"
#include "store/import_job.h"

#define SECRET_HEAD    "anlao recipient 1"
#define PUBLIC_HEAD    "anlao recipient public 1"
#define RECIPIENT_MOST 1024u /* bytes of such a file */
#define COPY_PIECE     (256u << 10)

/* ---- recipients ---------------------------------------------------------------------------- */

bool recipient_parse(Str text, const char *head, uint8_t *to, size_t n)
{
    return str_is(str_trim(str_cut(&text, '\n')), head) && text.at != NULL &&
           hex_parse(str_trim(str_cut(&text, '\n')), to, n) && str_trim(text).len == 0;
}

static bool file_new(const char *path, const char *head, const uint8_t *bytes, size_t n,
                     mode_t mode, GError **error)
{
    g_autofree char *hex = hex_of(bytes, n), *text = g_strdup_printf("%s\n%s\n", head, hex);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return fail(error, FAIL_INPUT, "could not make \"%s\": %s", path, g_strerror(errno));
    size_t len = strlen(text);
    bool ok = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    int why = errno;
    close(fd);
    explicit_bzero(text, len);
    explicit_bzero(hex, 2 * n);
    if (!ok)
        g_unlink(path);
    return ok || fail(error, FAIL_SYSTEM, "could not write \"%s\": %s", path, g_strerror(why));
}

bool recipient_create(const char *path, GError **error)
{
    g_autofree char *public_path = g_strconcat(path, ".pub", NULL);
    uint8_t secret[KEY_SIZE], public[SM2_PUBLIC];
    random_bytes(secret, sizeof secret);
    sm2_public(secret, public);
    bool ok = file_new(path, SECRET_HEAD, secret, sizeof secret, 0400, error);
    explicit_bzero(secret, sizeof secret);
    if (ok && !file_new(public_path, PUBLIC_HEAD, public, sizeof public, 0444, error)) {
        g_unlink(path);
        ok = false;
    }
    return ok;
}

static bool recipient_read(const char *path, const char *head, const char *what, uint8_t *to,
                           size_t n, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str text;
    if (!file_read(a, path, RECIPIENT_MOST, &text, error))
        return false;
    bool ok = recipient_parse(text, head, to, n);
    explicit_bzero((char *)text.at, text.len);
    return ok || fail(error, FAIL_INPUT,
                      "\"%s\" is not the %s of a recipient; \"anlao keys "
                      "recipient FILE\" makes both",
                      path, what);
}

bool recipient_public(const char *path, uint8_t to[SM2_PUBLIC], GError **error)
{
    return recipient_read(path, PUBLIC_HEAD, "public key (FILE.pub)", to, SM2_PUBLIC, error);
}

/* ---- out ------------------------------------------------------------------------------------ */

static bool file_seal(int from, EnvelopeWriter *w, uint64_t *ret_bytes, GError **error)
{
    g_autofree char *piece = g_malloc(COPY_PIECE);
    *ret_bytes = 0;
    for (;;) {
        ssize_t n = read(from, piece, COPY_PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(error, FAIL_SYSTEM, "could not read the copy: %s", g_strerror(errno));
        if (n == 0)
            return envelope_end(w, error);
        *ret_bytes += (uint64_t)n;
        if (!envelope_put(w, piece, (size_t)n, error))
            return false;
    }
}

static bool seal_to(int from, const char *path, const uint8_t to[SM2_PUBLIC], Str about,
                    uint64_t *ret_bytes, GError **error)
{
    g_autoptr(EnvelopeWriter) w = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, FAIL_INPUT, "could not make \"%s\": %s", path, g_strerror(errno));
    bool ok = envelope_begin(fd, to, about, &w, error) && file_seal(from, w, ret_bytes, error);
    if (close(fd) != 0 && ok)
        ok = fail(error, FAIL_SYSTEM, "could not write \"%s\": %s", path, g_strerror(errno));
    if (!ok)
        g_unlink(path);
    return ok || fail_while(error, "writing \"%s\"", path);
}

/* Beside it first: a copy that is not whole never has its name. */
static bool seal_file(const char *plain, const char *path, const uint8_t to[SM2_PUBLIC], Str about,
                      uint64_t *ret_bytes, GError **error)
{
    g_autofree char *making = g_strconcat(path, ".making", NULL);
    int from = open(plain, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail(error, FAIL_SYSTEM, "could not open \"%s\": %s", plain, g_strerror(errno));
    g_unlink(making);
    bool ok = seal_to(from, making, to, about, ret_bytes, error);
    close(from);
    if (ok && g_rename(making, path) != 0) {
        fail(error, FAIL_SYSTEM, "could not write \"%s\": %s", path, g_strerror(errno));
        g_unlink(making);
        ok = false;
    }
    return ok;
}

bool care_backup(Care *c, const Session *s, const char *uri, const char *path,
                 const char *recipient, uint64_t *ret_bytes, GError **error)
{
    g_autofree char *plain = store_beside(uri, ".backup"), *reason = NULL, *about = NULL;
    uint8_t to[SM2_PUBLIC], hash[SM3_SIZE];
    char at[MOMENT_TEXT];
    if (!session_may(s, MAY_ACCOUNT_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not make copies", s->role->word);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return fail(error, FAIL_INPUT, "there is already a file \"%s\"", path);
    if (!recipient_public(recipient, to, error))
        return false;
    sm3(to, sizeof to, hash);
    g_autofree char *hex = hex_of(hash, 8);
    reason = g_strdup_printf("backup sealed for recipient %s", hex);
    about = g_strdup_printf("backup of %.*s\nmade %s\n", STR_ARG(store_facts(c->store)->place),
                            moment_format(clock_now_us(), at));
    if (!care_note(c, s, NULL, (RecordKey){0}, NULL, str_of(reason), error) ||
        !store_copy_out(uri, c->model, plain, error))
        return fail_while(error, "making a backup");
    bool ok = seal_file(plain, path, to, str_of(about), ret_bytes, error);
    g_unlink(plain);
    return ok || fail_while(error, "making a backup");
}

/* ---- back ----------------------------------------------------------------------------------- */

static bool pieces_write(EnvelopeReader *r, int fd, GError **error)
{
    Str piece;
    for (;;) {
        if (!envelope_next(r, &piece, error))
            return false;
        if (piece.len == 0)
            return fsync(fd) == 0 ||
                   fail(error, FAIL_SYSTEM, "could not write: %s", g_strerror(errno));
        if (write(fd, piece.at, piece.len) != (ssize_t)piece.len)
            return fail(error, FAIL_SYSTEM, "could not write: %s", g_strerror(errno));
    }
}

static Str made_of(Str about, Arena *a)
{
    while (about.at != NULL) {
        Str line = str_cut(&about, '\n');
        if (str_starts(line, STR("made ")))
            return arena_str(a, (Str){line.at + 5, line.len - 5});
    }
    return STR("");
}

static bool unseal_file(const RestoreRequest *r, const char *plain, Arena *a, RestoreReport *ret,
                        GError **error)
{
    g_autoptr(EnvelopeReader) reader = NULL;
    uint8_t secret[KEY_SIZE];
    if (!recipient_read(r->secret, SECRET_HEAD, "secret key", secret, sizeof secret, error))
        return false;
    int from = open(r->path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return fail(error, FAIL_INPUT, "could not open \"%s\": %s", r->path, g_strerror(errno));
    g_unlink(plain);
    int to = open(plain, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok =
        to >= 0 || fail(error, FAIL_SYSTEM, "could not make \"%s\": %s", plain, g_strerror(errno));
    ok = ok && envelope_open(from, secret, &reader, error) && pieces_write(reader, to, error);
    explicit_bzero(secret, sizeof secret);
    if (ok)
        ret->made = made_of(envelope_about(reader), a);
    close(from);
    if (to >= 0)
        close(to);
    return ok || fail_while(error, "opening \"%s\"", r->path);
}

static bool model_of(const char *uri, Arena *a, Model **ret, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile *files;
    size_t n;
    if (!store_peek_documents(uri, a, &files, &n, error))
        return false;
    *ret = model_read(files, n, ds);
    return *ret != NULL || fail(error, FAIL_INPUT, "its documents do not compile");
}

static bool prove(Store *s, Arena *a, RestoreReport *ret, GError **error)
{
    VerifyReport v;
    if (!store_verify(s, a, &v, error))
        return false;
    ret->entries = v.entries;
    return v.ok ||
           fail(error, FAIL_INPUT, "it is not as it was written: %.*s", STR_ARG(v.first_fault));
}

/* What the database in its place knows and the copy does not. */
static bool lost_of(Store *s, const char *uri, Arena *a, bool *ret_known, RestoreReport *ret,
                    GError **error)
{
    g_autoptr(GString) words = g_string_new(NULL);
    g_autoptr(GError) why = NULL;
    StoreHead *old, *own;
    size_t n, m;
    *ret_known = store_peek_heads(uri, a, &old, &n, &why);
    if (!*ret_known)
        return true;
    if (!store_heads(s, a, &own, &m, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        int64_t have = 0;
        bool is = false;
        if (!store_has_entry(s, &old[i], &is, error))
            return false;
        for (size_t k = 0; k < m; k++)
            have = own[k].county == old[i].county ? own[k].seq : have;
        if (is)
            continue;
        uint64_t gone = old[i].seq > have ? (uint64_t)(old[i].seq - have) : 1;
        ret->lost += gone;
        g_string_append_printf(words, "%s%d: %" G_GINT64_FORMAT " instead of %" G_GINT64_FORMAT,
                               words->len > 0 ? ", " : "", old[i].county, have, old[i].seq);
    }
    ret->lost_words = arena_str(a, (Str){words->str, words->len});
    return true;
}

/* Every entry of the seal must stand in the copy; then it is known that nothing before was lost. */
static bool sealed(Store *s, const RestoreRequest *r, Arena *a, bool *ret_known, GError **error)
{
    SealReport report = {0};
    if (r->seal == NULL)
        return true;
    if (!seal_compare_store(s, r->seal, a, &report, error))
        return false;
    g_autofree char *words = seal_words(&report);
    *ret_known = true;
    return report.ok || fail(error, FAIL_INPUT, "it does not hold what was sealed: %s", words);
}

/* Either it can be shown that nothing newer was known, or somebody answers for it in writing. */
static bool decided(const RestoreRequest *r, bool known, const RestoreReport *ret, GError **error)
{
    if (!check_reason_kept(r->reason, NULL, error))
        return false;
    if ((known && ret->lost == 0) || str_utf8_length(str_trim(r->reason)) >= REASON_LEAST)
        return true;
    if (known)
        return fail(error, FAIL_INPUT,
                    "the database in its place holds %" G_GUINT64_FORMAT
                    " entries more than the copy (%.*s), which would be lost: say why with "
                    "--reason; nothing was replaced",
                    ret->lost, STR_ARG(ret->lost_words));
    return fail(error, FAIL_INPUT,
                "nothing shows that this is the newest copy: there is no database in its place to "
                "compare it with; name the newest seal with --seal, or say why with --reason");
}

static bool incarnate(Store *s, const RestoreRequest *r, const char *from, Arena *a,
                      RestoreReport *ret, GError **error)
{
    const char *reason =
        arena_printf(a, "restored from %s; lost: %.*s%s%.*s", from,
                     STR_ARG(ret->lost == 0 ? STR("nothing known") : ret->lost_words),
                     r->reason.len > 0 ? "; " : "", STR_ARG(r->reason));
    if (!store_new_incarnation(s, r->actor, STR("restore"), str_of(reason), error))
        return false;
    ret->incarnation = store_facts(s)->incarnation;
    return true;
}

/* All that has to hold of the plain copy; its file is closed again afterwards. */
static bool restore_proved(const RestoreRequest *r, const char *copy_uri, const Model *m,
                           const char *from, Arena *a, RestoreReport *ret, GError **error)
{
    g_autoptr(Store) s = NULL;
    bool known = false;
    if (!store_open(copy_uri, m, &s, error))
        return false;
    ret->left_out = arena_str(a, store_left_out(s));
    return prove(s, a, ret, error) && lost_of(s, r->uri, a, &known, ret, error) &&
           sealed(s, r, a, &known, error) && decided(r, known, ret, error) &&
           incarnate(s, r, from, a, ret, error);
}

void leftovers_remove(const char *plain)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = g_strconcat(plain, endings[i], NULL);
        g_unlink(path);
    }
}

bool care_put_in_place(const RestoreRequest *r, const char *plain, const char *from, Arena *a,
                       RestoreReport *ret, GError **error)
{
    g_autofree char *copy_uri = g_strconcat("sqlite:", plain, NULL), *kept = NULL;
    Model *m = NULL;
    bool ok = model_of(copy_uri, a, &m, error) &&
              restore_proved(r, copy_uri, m, from, a, ret, error) &&
              store_put_back(plain, m, r->uri, &kept, error);
    leftovers_remove(plain);
    if (m != NULL)
        model_unref(m);
    ret->kept = kept != NULL ? arena_str(a, str_of(kept)) : STR("");
    return ok;
}

bool care_restore(const RestoreRequest *r, Arena *a, RestoreReport *ret, GError **error)
{
    g_autofree char *plain = store_beside(r->uri, ".restoring");
    *ret = (RestoreReport){0};
    leftovers_remove(plain);
    bool ok = unseal_file(r, plain, a, ret, error) &&
              care_put_in_place(r, plain, arena_printf(a, "the backup of %.*s", STR_ARG(ret->made)),
                                a, ret, error);
    leftovers_remove(plain);
    return ok || fail_while(error, "restoring \"%s\"", r->path);
}
