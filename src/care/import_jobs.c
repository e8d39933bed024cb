/* import_jobs.c — see import_jobs.h.
 * Nothing of a file lies on a disk in clear: it is unsealed into memory that has no name, and read
 * from there.  Read first: import_job_new(), with_file(), import_job_turn(). */
#include "care/import_jobs.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "care/import_inside.h"
#include "care/keyring.h"
#include "care/keys.h"
#include "care/write.h"
#include "store/import_job.h"

#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define SHARE_EVERY_US  (G_USEC_PER_SEC)
#define NOTES_KEPT      200u                    /* no more are made of one file (import.h) */
#define REJECTED_BYTES  (LIMIT_FILE_BYTES * 4u) /* the same rows, with their reasons */
#define PROFILE_LETTERS 40u

static int32_t county_of_session(const Care *c, const Session *s)
{
    return county_of_place(c, s->region);
}

static Str about_of(RecordKey key, const char *what, Arena *a)
{
    return str_of(arena_printf(a, "import %s %d %" G_GINT64_FORMAT, what, key.county, key.id));
}

/* ---- options and report as text: a line each, words parted by tabs */

static Str options_text(const ImportJob *j, Arena *a)
{
    Str map = import_map_text(j->map, j->n_map, a);
    return str_of(arena_printf(a, "sheet\t%.*s\nmade_up\t%d\n\n%.*s", STR_ARG(j->sheet), j->made_up,
                               STR_ARG(map)));
}

static void options_read(Str text, Arena *a, ImportJob *to)
{
    while (text.len > 0) {
        Str line = str_cut(&text, '\n');
        if (line.len == 0)
            break;
        Str word = str_cut(&line, '\t');
        if (str_is(word, "sheet"))
            to->sheet = line;
        else if (str_is(word, "made_up"))
            to->made_up = str_is(line, "1");
    }
    import_map_read(text.at != NULL ? text : STR(""), a, &to->map, &to->n_map);
}

static void put_line(GString *to, const char *word, uint64_t n, Str text)
{
    g_autofree char *own = g_strndup(text.at, text.len);
    g_strdelimit(own, "\t\n\r", ' ');
    g_string_append_printf(to, "%s\t%" G_GUINT64_FORMAT "\t%s\n", word, n, own);
}

static Str report_text(const ImportReport *r, const GError *why, Arena *a)
{
    g_autoptr(GString) to = g_string_new(NULL);
    if (why != NULL)
        put_line(to, "fault", 0, str_of(why->message));
    if (fail_in_chinese(why) != NULL)
        put_line(to, "fault_zh", 0, str_of(fail_in_chinese(why)));
    put_line(to, "accepted", r->accepted, STR(""));
    put_line(to, "changed", r->changed, STR(""));
    put_line(to, "unchanged", r->unchanged, STR(""));
    put_line(to, "rejected", r->rejected, STR(""));
    put_line(to, "skipped", r->skipped, STR(""));
    put_line(to, "remarked", r->remarked, STR(""));
    put_line(to, "untold", r->untold, STR(""));
    for (size_t i = 0; i < r->n_reasons; i++)
        put_line(to, "reason", r->reasons[i].rows, r->reasons[i].text);
    for (size_t i = 0; i < r->n_notes; i++)
        put_line(to, "note", r->notes[i].line, r->notes[i].text);
    return arena_str(a, (Str){to->str, to->len});
}

static uint64_t number_of(Str text)
{
    g_autofree char *own = g_strndup(text.at, text.len);
    return g_ascii_strtoull(own, NULL, 10);
}

static void report_line(ImportJob *to, Str word, uint64_t n, Str text)
{
    ImportReport *r = &to->report;
    if (str_is(word, "fault"))
        to->fault = text;
    else if (str_is(word, "fault_zh"))
        to->fault_zh = text;
    else if (str_is(word, "accepted"))
        r->accepted = n;
    else if (str_is(word, "changed"))
        r->changed = n;
    else if (str_is(word, "unchanged"))
        r->unchanged = n;
    else if (str_is(word, "rejected"))
        r->rejected = n;
    else if (str_is(word, "skipped"))
        r->skipped = n;
    else if (str_is(word, "remarked"))
        r->remarked = n;
    else if (str_is(word, "untold"))
        r->untold = n;
    else if (str_is(word, "reason"))
        r->reasons[r->n_reasons++] = (ImportReason){n, text};
    else if (str_is(word, "note"))
        r->notes[r->n_notes++] = (ImportNote){(size_t)n, text};
}

static void report_read(Str text, Arena *a, ImportJob *to)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    to->report.reasons = arena_many(a, ImportReason, lines + 1);
    to->report.notes = arena_many(a, ImportNote, lines + 1);
    while (text.len > 0) {
        Str line = str_cut(&text, '\n');
        Str word = str_cut(&line, '\t'), n = str_cut(&line, '\t');
        report_line(to, word, number_of(n), line.at != NULL ? line : STR(""));
    }
}

/* ---- the file */

static bool read_from_memory(Str bytes, const char *name,
                             bool (*each)(const char *path, void *with, GError **error), void *with,
                             GError **error)
{
    char path[64];
    int fd = memfd_create("import", MFD_CLOEXEC);
    if (fd < 0)
        return fail(error, FAIL_SYSTEM, "no memory for the file: %s", g_strerror(errno));
    bool fine = true;
    for (size_t done = 0; fine && done < bytes.len;) {
        ssize_t n = write(fd, bytes.at + done, bytes.len - done);
        fine = n > 0 || errno == EINTR ||
               fail(error, FAIL_SYSTEM, "no memory for the file: %s", g_strerror(errno));
        done += n > 0 ? (size_t)n : 0;
    }
    GError *why = NULL;
    g_snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    fine = fine && each(path, with, &why);
    close(fd);
    if (why != NULL) { /* it speaks of the file by its name */
        g_auto(GStrv) parts = g_strsplit(why->message, path, -1);
        g_autofree char *said = g_strjoinv(name, parts);
        const char *zh = fail_in_chinese(why);
        fail(error, why->code, "%s", said);
        if (zh != NULL)
            fail_zh(error, "%s", zh);
        g_error_free(why);
    }
    return fine;
}

static bool with_file(Care *c, RecordKey key,
                      bool (*each)(const char *path, void *with, GError **error), void *with,
                      GError **error)
{
    g_autoptr(Arena) a = arena_new();
    ImportJobRow row;
    Str bytes;
    return store_import_job(c->store, key, a, &row, error) &&
           keys_unseal_about(c->keys, about_of(key, "file", a), row.sealed, a, &bytes, error) &&
           read_from_memory(bytes, arena_printf(a, "%.*s", STR_ARG(row.name)), each, with, error);
}

/* ---- sending */

bool import_job_new(Care *c, const Session *s, const Entity *e, Str name, Str bytes, bool made_up,
                    RecordKey *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const ImportOptions o = {.made_up = made_up};
    const char *path = arena_printf(a, "%.*s", STR_ARG(name));
    ImportJob job = {.entity = e, .made_up = made_up, .sheet = STR("")};
    if (!import_may(c, s, e, path, &o, error))
        return false;
    if (bytes.len == 0 || bytes.len > LIMIT_FILE_BYTES)
        return fail(error, FAIL_INPUT,
                    "the file has %zu bytes; a page takes 1 to %u, more takes \"anlao import\"",
                    bytes.len, LIMIT_FILE_BYTES) ||
               fail_zh(error, "文件有 %zu 字节；网页可传 1 至 %u 字节，更大的请管理员导入",
                       bytes.len, LIMIT_FILE_BYTES);
    int64_t now = clock_now_us(), id;
    ImportJobRow row = {.at = now, .account = s->account, .entity = e->name, .name = name};
    if (!store_import_jobs_forget(c->store, now - (int64_t)IMPORT_JOB_DAYS * 86400 * G_USEC_PER_SEC,
                                  error) ||
        !care_new_id(c, &id, error))
        return false;
    row.key = (RecordKey){county_of_session(c, s), id};
    row.options = options_text(&job, a);
    if (!keys_seal_about(c->keys, about_of(row.key, "file", a), bytes, a, &row.sealed, error) ||
        !store_import_job_put(c->store, &row, error))
        return fail_while(error, "keeping the file");
    *ret = row.key;
    return true;
}

/* ---- looking */

static bool job_of(const Care *c, const ImportJobRow *row, Arena *a, ImportJob *ret, GError **error)
{
    *ret = (ImportJob){.key = row->key, .at = row->at, .account = row->account, .name = row->name};
    ret->entity = model_entity(c->model, row->entity);
    ret->now = (ImportJobNow)row->state;
    ret->share = row->share;
    ret->has_rejected = row->rejected.len > 0;
    options_read(row->options, a, ret);
    report_read(row->report, a, ret);
    return ret->entity != NULL ||
           fail(error, FAIL_ABSENT, "there is no entity \"%.*s\" any more", STR_ARG(row->entity)) ||
           fail_zh(error, "登记簿“%.*s”已经没有了", STR_ARG(row->entity));
}

bool import_job_list(Care *c, const Session *s, Arena *a, ImportJob **ret, size_t *ret_n,
                     GError **error)
{
    ImportJobRow *rows;
    size_t n;
    *ret_n = 0;
    *ret = arena_many(a, ImportJob, IMPORT_JOBS_SHOWN + 1);
    if (!session_may(s, MAY_IMPORT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not import", s->role->word) ||
               fail_zh(error, "本岗位不能导入");
    if (!store_import_jobs(c->store, county_of_session(c, s), s->account, IMPORT_JOBS_SHOWN, a,
                           &rows, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        *ret_n += job_of(c, &rows[i], a, &(*ret)[*ret_n], NULL);
    return true;
}

bool import_job_find(Care *c, const Session *s, RecordKey key, Arena *a, ImportJob *ret,
                     GError **error)
{
    ImportJobRow row;
    key.county = county_of_session(c, s);
    if (!session_may(s, MAY_IMPORT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not import", s->role->word) ||
               fail_zh(error, "本岗位不能导入");
    if (!store_import_job(c->store, key, a, &row, error))
        return false;
    return (str_equal(row.account, s->account) ||
            fail(error, FAIL_ABSENT, "there is no such import") ||
            fail_zh(error, "没有这次导入")) &&
           job_of(c, &row, a, ret, error);
}

typedef struct Doing {
    Care *care;
    const Session *session;
    const ImportJob *job;
    ImportOptions options;
    Arena *arena;
    ImportLook *look;
    ImportReport *report;
    int64_t said_us;
} Doing;

static ImportOptions options_of(const ImportJob *job, Arena *a)
{
    ImportOptions o = {.map = job->map, .n_map = job->n_map, .made_up = job->made_up};
    o.name = arena_printf(a, "%.*s", STR_ARG(job->name));
    o.all_sheets = str_is(job->sheet, "*");
    if (job->sheet.len > 0 && !o.all_sheets)
        o.sheet = arena_printf(a, "%.*s", STR_ARG(job->sheet));
    return o;
}

static bool look_at_path(const char *path, void *with, GError **error)
{
    Doing *d = with;
    return import_look(d->care, d->session, d->job->entity, path, &d->options, d->arena, d->look,
                       error);
}

bool import_job_look(Care *c, const Session *s, const ImportJob *job, Arena *a, ImportLook *ret,
                     GError **error)
{
    Doing d = {.care = c, .session = s, .job = job, .arena = a, .look = ret};
    d.options = options_of(job, a);
    return with_file(c, job->key, look_at_path, &d, error);
}

/* Rejected rows go into a folder that only we can read, and are taken out of it at once. */
static bool import_path(const char *path, void *with, GError **error)
{
    Doing *d = with;
    return care_import(d->care, d->session, d->job->entity, path, &d->options, d->arena, d->report,
                       error);
}

/* A file of short rows, all of them rejected, becomes many times as long by its reasons.  What was
 * imported is imported all the same. */
static bool rejected_read(Doing *d, const char *path, Str *ret, GError **error)
{
    ImportReport *r = d->report;
    g_autoptr(GError) why = NULL;
    if (file_read(d->arena, path, REJECTED_BYTES, ret, &why))
        return true;
    if (!g_error_matches(why, FAIL_DOMAIN, FAIL_INPUT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *ret = STR("");
    if (r->n_notes >= NOTES_KEPT)
        r->n_notes--;
    r->notes[r->n_notes++] =
        (ImportNote){1, STR("退回的行连同原因太多，没有留下文件：请按原因改好原文件，再发一次")};
    return true;
}

static bool import_into(Doing *d, Str *ret_rejected, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("anlao-import-XXXXXX", error);
    *ret_rejected = STR("");
    if (folder == NULL)
        return false;
    bool book = g_str_has_suffix(d->options.name, ".xlsx");
    g_autofree char *to = g_build_filename(folder, book ? "rejected.xlsx" : "rejected.csv", NULL);
    d->options.rejected = to;
    bool fine = with_file(d->care, d->job->key, import_path, d, error);
    if (fine && d->report->rejected_path.len > 0)
        fine = rejected_read(d, to, ret_rejected, error);
    (void)g_unlink(to);
    (void)g_rmdir(folder);
    return fine;
}

bool import_job_try(Care *c, const Session *s, const ImportJob *job, Arena *a, ImportReport *ret,
                    GError **error)
{
    Doing d = {.care = c, .session = s, .job = job, .arena = a, .report = ret};
    Str unused;
    d.options = options_of(job, a);
    d.options.dry_run = true;
    return import_into(&d, &unused, error);
}

/* ---- doing */

bool import_job_confirm(Care *c, const Session *s, const ImportJob *job, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const ImportOptions o = options_of(job, a);
    ImportJobRow row;
    if (!import_may(c, s, job->entity, o.name, &o, error) ||
        !store_import_job(c->store, job->key, a, &row, error))
        return false;
    if (row.state != IMPORT_JOB_SENT || !str_equal(row.account, s->account))
        return fail(error, FAIL_CONFLICT, "this file is being imported already, or was") ||
               fail_zh(error, "这个文件正在导入，或已导入过");
    row.state = IMPORT_JOB_GOING;
    row.options = options_text(job, a);
    return store_import_job_put(c->store, &row, error);
}

static void say_share(void *with, double share)
{
    Doing *d = with;
    int64_t now = clock_monotonic_us();
    if (now - d->said_us < SHARE_EVERY_US)
        return;
    d->said_us = now;
    (void)store_import_job_share(d->care->store, d->job->key, (int)(share * 1000), NULL);
}

/* What went wrong is the job's result; only a store that cannot say so is a fault of the turn. */
static bool job_end(Care *c, ImportJobRow *row, const ImportReport *report, const GError *why,
                    Str rejected, Arena *a, GError **error)
{
    row->state = IMPORT_JOB_ENDED;
    row->share = 1000;
    row->report = report_text(report, why, a);
    row->sealed = STR(""); /* no longer needed */
    if (rejected.len > 0 && !keys_seal_about(c->keys, about_of(row->key, "rejected", a), rejected,
                                             a, &row->rejected, error))
        return false;
    return store_import_job_put(c->store, row, error);
}

static bool job_run(Care *c, ImportJobRow *row, Arena *a, GError **error)
{
    ImportReport report = {0};
    Doing d = {.care = c, .arena = a, .report = &report};
    GError *why = NULL;
    ImportJob job;
    Str rejected = STR("");
    bool fine =
        job_of(c, row, a, &job, &why) && session_local(c, row->account, a, &d.session, &why);
    if (fine) {
        d.job = &job;
        d.options = options_of(&job, a);
        d.options.progress = say_share;
        d.options.with = &d;
        fine = import_into(&d, &rejected, &why);
    }
    bool ended = fine || !g_error_matches(why, FAIL_DOMAIN, FAIL_SYSTEM);
    if (!ended) { /* the disk, the database: once more when they are back */
        g_propagate_error(error, why);
        return false;
    }
    ended = job_end(c, row, &report, why, rejected, a, error);
    g_clear_error(&why);
    return ended;
}

bool import_resume(Care *c, Arena *a, Str *ret_left_out, GError **error)
{
    return care_import_resume(c, a, ret_left_out, error) ||
           fail_while(error, "finishing an import that was interrupted");
}

bool import_job_turn(Care *c, bool *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    ImportJobRow row;
    RecordKey key;
    *ret = false;
    if (!store_import_job_take(c->store, &key, error))
        return false;
    if (key.id == 0)
        return true;
    *ret = true;
    return store_import_job(c->store, key, a, &row, error) && job_run(c, &row, a, error);
}

bool import_job_rejected(Care *c, const Session *s, const ImportJob *job, Arena *a, Str *ret,
                         GError **error)
{
    ImportJobRow row;
    (void)s; /* import_job_find() was asked with it */
    if (!store_import_job(c->store, job->key, a, &row, error))
        return false;
    if (row.rejected.len == 0)
        return fail(error, FAIL_ABSENT, "no row of this file was rejected") ||
               fail_zh(error, "这个文件没有被退回的行");
    return keys_unseal_about(c->keys, about_of(job->key, "rejected", a), row.rejected, a, ret,
                             error);
}

/* ---- columns of a sender */

bool import_profiles(Care *c, const Session *s, const Entity *e, Arena *a, ImportProfile **ret,
                     size_t *ret_n, GError **error)
{
    ImportMapRow *rows;
    size_t n;
    *ret_n = 0;
    if (!session_may(s, MAY_IMPORT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not import", s->role->word) ||
               fail_zh(error, "本岗位不能导入");
    if (!store_import_maps(c->store, county_of_session(c, s), e->name, a, &rows, &n, error))
        return false;
    *ret = arena_many(a, ImportProfile, n + 1);
    for (size_t i = 0; i < n; i++) {
        (*ret)[i].name = rows[i].name;
        import_map_read(rows[i].map, a, &(*ret)[i].map, &(*ret)[i].n_map);
    }
    *ret_n = n;
    return true;
}

bool import_profile_keep(Care *c, const Session *s, const Entity *e, Str name, const ImportMap *map,
                         size_t n, Arena *a, GError **error)
{
    name = str_trim(name);
    if (!session_may(s, MAY_IMPORT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not import", s->role->word) ||
               fail_zh(error, "本岗位不能导入");
    if (name.len == 0 || !str_utf8_printable(name) || str_utf8_length(name) > PROFILE_LETTERS)
        return fail(error, FAIL_INPUT, "a sender's name has 1 to %u characters", PROFILE_LETTERS) ||
               fail_zh(error, "来源名称须有 1 至 %u 个字符", PROFILE_LETTERS);
    const ImportMapRow row = {.county = county_of_session(c, s),
                              .entity = e->name,
                              .name = name,
                              .account = s->account,
                              .map = import_map_text(map, n, a),
                              .at = clock_now_us()};
    return store_import_map_put(c->store, &row, error);
}
