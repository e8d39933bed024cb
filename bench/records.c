/* records.c — how fast records come in, are found, loaded, verified and changed; each bound a line
 * (bench.h).  Usage: records URI people.csv [bare] | records URI writers  (changes alone, of a
 * PostgreSQL that was measured before).  $ANLAO_SLOW_SYNC: slow_sync.c.
 * The database is a new demonstration one.  Times are processor seconds of this process alone:
 * other work on the machine does not count; only changes by many writers at once are told by the
 * clock. `bare`: against a prepared insert of the same columns and indexes into SQLite.  `again`:
 * only loading, finding and walking the journal, in a database that holds people already.  Read
 * first: main().  Status 1: a bound is not held. */
#include "bench.h"

#include "base/clock.h"
#include "care/import.h"
#include "care/inside.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK         2000 /* rows of one transaction, as an import has them */
#define MILLION       1e6
#define SEARCHES      200
#define CLIENTS       64
#define WARM_SECONDS  1 /* not measured: each client connects once, which is not a change */
#define WRITE_SECONDS 4
#define SYNC_US       5000 /* added to each sync: a disk of a county office */

typedef struct Records {
    Bench *bench;
    const char *uri, *csv;
    bool postgres;
    double rows;
    Care *care;
    const Session *session;
} Records;

/* ---- a slower disk ---------------------------------------------------------------------- */

static bool
    slow_syncs; /* SQLite reaches fdatasync() through us, a PostgreSQL through slow_sync.c */

int fdatasync(int fd)
{
    if (__atomic_load_n(&slow_syncs, __ATOMIC_RELAXED))
        g_usleep(SYNC_US);
    return (int)syscall(SYS_fdatasync, fd);
}

static bool syncs_slow_down(bool slow, GError **error)
{
    const char *file = g_getenv("ANLAO_SLOW_SYNC");

    __atomic_store_n(&slow_syncs, slow, __ATOMIC_RELAXED);
    if (file != NULL && !slow)
        unlink(file);
    return file == NULL || !slow || g_file_set_contents(file, "", 0, error);
}

/* ---- coming in --------------------------------------------------------------------------- */

static bool open_it(Records *r, GError **error)
{
    const CareOptions o = {.uri = r->uri, .load = false};

    return care_open(&o, &r->care, error) &&
           session_local(r->care, STR(""), r->bench->arena, &r->session, error);
}

static const Entity *elder_of(const Records *r)
{
    return model_entity(care_model(r->care), STR("elder"));
}

static bool search(Records *r, const char *words, ListResult *ret, GError **error)
{
    return record_search(r->care, r->session, elder_of(r), str_of(words), 20, r->bench->arena, ret,
                         error);
}

/* What the server does by itself within minutes of an import, and operators before people begin to
 * work (docs/operations.md): what is measured is the work, not this. */
static bool server_tidy(const Records *r, GError **error)
{
    static const char *const words[] = {"VACUUM (ANALYZE)", "CHECKPOINT"};
    PGconn *pg = r->postgres ? PQconnectdb(r->uri) : NULL;
    bool ok = true;

    for (size_t i = 0; ok && pg != NULL && i < G_N_ELEMENTS(words); i++) {
        PGresult *res = PQexec(pg, words[i]);

        ok = PQresultStatus(res) == PGRES_COMMAND_OK ||
             fail(error, FAIL_SYSTEM, "%s: %s", words[i], PQerrorMessage(pg));
        PQclear(res);
    }
    PQfinish(pg);
    return ok;
}

/* Validation, sealing, blind index, journal, and the index of names, which is made behind it. */
static bool measure_import(Records *r, double *ret_seconds, GError **error)
{
    const ImportOptions o = {.made_up = true};
    double start = processor_seconds(), imported;
    ImportReport report;
    RecordKey *keys;
    size_t n;

    if (!care_import(r->care, r->session, elder_of(r), r->csv, &o, r->bench->arena, &report, error))
        return false;
    imported = processor_seconds() - start;
    if (!store_search(r->care->store, elder_of(r), STR("王"), 1, r->bench->arena, &keys, &n, error))
        return false;
    *ret_seconds = processor_seconds() - start;
    r->rows = (double)report.accepted;
    only_said(r->postgres ? "postgresql_import_rows_a_second" : "import_rows_a_second",
              r->rows / *ret_seconds);
    only_said(r->postgres ? "postgresql_import_without_names" : "import_without_names",
              r->rows / imported);
    return true;
}

/* ---- a bare insert ----------------------------------------------------------------------- */

/* Rows in the order they came; the index of names as it is filled at best, by its key. */
static const struct {
    const char *name, *order;
} bare_tables[] = {
    {"elder", "id"}, {"identity", "id"}, {"tail", "id"}, {"gram", "county,entity,gram,id"}};

static bool sqlite_ok(sqlite3 *db, int code, GError **error)
{
    return code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW ||
           fail(error, FAIL_SYSTEM, "SQLite: %s", sqlite3_errmsg(db));
}

static int run_made(void *with, int n, char **cells, char **names)
{
    sqlite3 *to = with;

    (void)n, (void)names;
    return cells[0] == NULL ? 0 : sqlite3_exec(to, cells[0], NULL, NULL, NULL);
}

/* Tables and indexes as they are in the database. */
static bool bare_make(sqlite3 *from, sqlite3 *to, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bare_tables); i++) {
        g_autofree char *sql =
            g_strdup_printf("SELECT sql FROM sqlite_master WHERE tbl_name='%s' ORDER BY type DESC",
                            bare_tables[i].name);

        if (!sqlite_ok(from, sqlite3_exec(from, sql, run_made, to, NULL), error))
            return false;
    }
    return sqlite_ok(to,
                     sqlite3_exec(to,
                                  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                  "PRAGMA cache_size=-65536",
                                  NULL, NULL, NULL),
                     error);
}

/* Rows of one chunk; what they hold is read before the clock runs. */
static bool bare_chunk(sqlite3 *to, sqlite3_stmt *insert, GPtrArray *cells, int columns,
                       double *seconds, GError **error)
{
    double start = processor_seconds();
    bool ok = sqlite_ok(to, sqlite3_exec(to, "BEGIN IMMEDIATE", NULL, NULL, NULL), error);

    for (guint i = 0; ok && i < cells->len; i++) {
        sqlite3_bind_value(insert, (int)(i % (guint)columns) + 1, cells->pdata[i]);
        if ((i + 1) % (guint)columns == 0)
            ok = sqlite_ok(to, sqlite3_step(insert), error) &&
                 sqlite_ok(to, sqlite3_reset(insert), error);
    }
    ok = ok && sqlite_ok(to, sqlite3_exec(to, "COMMIT", NULL, NULL, NULL), error);
    *seconds += processor_seconds() - start;
    g_ptr_array_set_size(cells, 0);
    return ok;
}

static bool bare_table(sqlite3 *from, sqlite3 *to, const char *table, const char *order,
                       double *seconds, GError **error)
{
    g_autofree char *read = g_strdup_printf("SELECT * FROM %s ORDER BY %s", table, order);
    g_autoptr(GString) write = g_string_new(NULL);
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)sqlite3_value_free);
    sqlite3_stmt *rows = NULL, *insert = NULL;
    bool ok = sqlite_ok(from, sqlite3_prepare_v2(from, read, -1, &rows, NULL), error);
    int columns = ok ? sqlite3_column_count(rows) : 0;

    g_string_printf(write, "INSERT INTO %s VALUES(", table);
    for (int i = 0; i < columns; i++)
        g_string_append(write, i > 0 ? ",?" : "?");
    g_string_append_c(write, ')');
    ok = ok && sqlite_ok(to, sqlite3_prepare_v2(to, write->str, -1, &insert, NULL), error);
    while (ok && sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < columns; i++)
            g_ptr_array_add(cells, sqlite3_value_dup(sqlite3_column_value(rows, i)));
        if (cells->len >= (guint)columns * CHUNK)
            ok = bare_chunk(to, insert, cells, columns, seconds, error);
    }
    ok = ok && bare_chunk(to, insert, cells, columns, seconds, error);
    sqlite3_finalize(rows);
    sqlite3_finalize(insert);
    return ok;
}

static bool measure_bare(Records *r, double ours, GError **error)
{
    const char *path = r->uri + strlen("sqlite:");
    g_autofree char *bare = g_strconcat(path, ".bare", NULL);
    sqlite3 *from = NULL, *to = NULL;
    double seconds = 0;
    bool ok = sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_open(bare, &to) == SQLITE_OK && bare_make(from, to, error);

    for (size_t i = 0; ok && i < G_N_ELEMENTS(bare_tables); i++)
        ok = bare_table(from, to, bare_tables[i].name, bare_tables[i].order, &seconds, error);
    sqlite3_close(from);
    sqlite3_close(to);
    only_said("bare_insert_rows_a_second", r->rows / seconds);
    at_least(r->bench, "import_of_bare_insert", seconds / ours, 0.25);
    return ok;
}

/* ---- loading, finding, verifying --------------------------------------------------------- */

/* Of the arrays of a batch; what the sorted lists and results kept with the set take comes on top.
 */
static double column_bytes(const Column *c)
{
    double bytes = (double)c->n_periods * sizeof(Period);

    if (c->physical == PHYSICAL_TEXT)
        bytes += (double)c->rows * sizeof(uint32_t) + ((const uint32_t *)c->value)[c->rows];
    else
        bytes += (double)c->rows * (double)physical_size(c->physical);
    bytes += c->known != NULL ? (double)c->rows : 0;
    bytes += c->since != NULL ? (double)c->rows * sizeof(Date) : 0;
    return bytes + (c->until != NULL ? (double)c->rows * sizeof(Date) : 0);
}

static double batch_bytes(const Batch *b)
{
    double bytes = (double)b->rows * (sizeof *b->ids + sizeof *b->counties);

    for (size_t i = 0; i < b->n_columns; i++)
        bytes += b->columns[i] != NULL ? column_bytes(b->columns[i]) : 0;
    return bytes;
}

/* A process that starts: all people in memory, for a million of them.  The bound is one of the
 * clock: two processors may share the work, and a database of its own process works, too. */
static bool measure_load(Records *r, GError **error)
{
    g_autoptr(Working) w = NULL;
    double start = processor_seconds(), clock = wall_seconds();

    if (!working_get(r->care, &w, error))
        return false;
    double seconds = processor_seconds() - start, on_clock = wall_seconds() - clock;
    const Batch *b = w->data->batches[elder_of(r)->number];

    if (b == NULL)
        return fail(error, FAIL_INPUT, "there are no people in this database");
    r->rows = (double)b->rows;
    only_said(r->postgres ? "postgresql_load_processor_seconds" : "load_processor_seconds",
              seconds * MILLION / r->rows);
    only_said("working_set_bytes_a_person", batch_bytes(b) / r->rows);
    at_most(r->bench, r->postgres ? "postgresql_load_seconds" : "load_seconds",
            on_clock * MILLION / r->rows, r->postgres ? 3 : 1.5);
    return true;
}

static gint by_seconds(gconstpointer a, gconstpointer b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double median_ms(GArray *seconds)
{
    g_array_sort(seconds, by_seconds);
    return seconds->len > 0 ? g_array_index(seconds, double, seconds->len / 2) * 1000 : 0;
}

/* Looking into telephones is journalled first and limited to so many a minute: that entry is
 * committed by another thread, so its sync is not in the time of ours. */
#define TELEPHONES 20

static bool measure_word(Records *r, const char *word, double *ret_ms, GError **error)
{
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) clock = g_array_new(FALSE, FALSE, sizeof(double));
    int times = g_ascii_isdigit(word[0]) ? TELEPHONES : SEARCHES;

    for (int i = 0; i < times; i++) {
        double start = thread_seconds(), from = wall_seconds();
        ListResult found;

        if (!search(r, word, &found, error))
            return false;
        double took = thread_seconds() - start, passed = wall_seconds() - from;

        g_array_append_val(own, took);
        g_array_append_val(clock, passed);
    }
    *ret_ms = median_ms(own);
    only_said(arena_printf(r->bench->arena, "search_%s_clock_ms", word), median_ms(clock));
    only_said(arena_printf(r->bench->arena, "search_%s_ms", word), *ret_ms);
    return true;
}

static bool measure_search(Records *r, GError **error)
{
    static const char *const words[] = {"王桂英",      "秀英",    "王",       "欧阳冬梅",
                                        "wangguiying", "xiuying", "wgy",      "liuj",
                                        "B00000777",   "lixy",    "lxiuying", "10234"};
    double worst = 0, ms = 0;
    ListResult found;

    if (!search(r, words[0], &found, error)) /* the index of names may be due */
        return false;
    for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
        if (!measure_word(r, words[k], &ms, error))
            return false;
        worst = MAX(worst, ms);
    }
    at_most(r->bench, r->postgres ? "postgresql_search_ms" : "search_ms", worst, 2);
    return true;
}

/* Two millions of the journal alone: numbers, bodies, digests, links, heads. */
static bool measure_journal(Records *r, GError **error)
{
    VerifyReport report = {0};
    double start = processor_seconds();

    if (!store_verify_journal(r->care->store, r->bench->arena, &report, error))
        return false;
    double seconds = processor_seconds() - start;

    if (report.first_fault.len > 0)
        return fail(error, FAIL_SYSTEM, "%.*s", STR_ARG(report.first_fault));
    at_most(r->bench, r->postgres ? "postgresql_verify_journal_seconds" : "verify_journal_seconds",
            seconds * 2 * MILLION / (double)report.entries, 10);
    return true;
}

static bool measure_verify(Records *r, GError **error)
{
    double start = processor_seconds();
    VerifyReport report;

    if (!store_verify(r->care->store, r->bench->arena, &report, error))
        return false;
    double seconds = processor_seconds() - start;

    if (report.first_fault.len > 0)
        return fail(error, FAIL_SYSTEM, "%.*s", STR_ARG(report.first_fault));
    at_most(r->bench,
            r->postgres ? "postgresql_verify_everything_seconds" : "verify_everything_seconds",
            seconds * MILLION / r->rows, 60);
    return true;
}

/* ---- many writers ------------------------------------------------------------------------ */

typedef struct Writer {
    Records *records;
    const RecordKey *keys;
    size_t n_keys;
    unsigned number;
    int64_t from_us, until_us; /* changes that begin between are measured */
    GArray *us;                /* of each change, int64_t */
    bool failed;
} Writer;

static bool change_one(Writer *w, unsigned i, Arena *a, GError **error)
{
    Records *r = w->records;
    const Entity *e = elder_of(r);
    const FieldEdit field = {.field = entity_field(e, STR("address")),
                             .text = str_of(arena_printf(a, "%u号 %u", w->number, i))};
    RecordEdit edit = {.entity = e, .fields = &field, .n_fields = 1, .expected = -1};
    FieldFault *faults;
    RecordKey saved;
    size_t n;

    edit.key = w->keys[(w->number * 7919 + i * 64) % w->n_keys];
    edit.reason = STR("bench: the address");
    return record_save(r->care, r->session, &edit, a, &saved, &faults, &n, error);
}

static void *writer_run(void *with)
{
    Writer *w = with;

    for (unsigned i = 0; !w->failed && clock_monotonic_us() < w->until_us; i++) {
        g_autoptr(Arena) a = arena_new();
        g_autoptr(GError) error = NULL;
        int64_t start = clock_monotonic_us();

        w->failed = !change_one(w, i, a, &error);
        int64_t took = clock_monotonic_us() - start;

        if (start >= w->from_us)
            g_array_append_val(w->us, took);
        if (w->failed)
            fprintf(stderr, "%s\n", error->message);
    }
    return NULL;
}

static gint by_length(gconstpointer a, gconstpointer b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* All changes of this process, by length. */
static GArray *write_for_a_while(Records *r, unsigned clients, unsigned first, GError **error)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Writer *writers = g_new0(Writer, clients);
    GThread **threads = g_new0(GThread *, clients);
    RecordKey *keys = NULL;
    size_t n = 0;
    int64_t from = clock_monotonic_us() + WARM_SECONDS * G_USEC_PER_SEC,
            until = from + WRITE_SECONDS * G_USEC_PER_SEC;

    if (!store_search(r->care->store, elder_of(r), STR("王"), 4000, r->bench->arena, &keys, &n,
                      error) ||
        n == 0)
        clients = 0;
    for (unsigned i = 0; i < clients; i++) {
        writers[i] = (Writer){r, keys, n, first + i, from, until, NULL, false};
        writers[i].us = g_array_new(FALSE, FALSE, sizeof(int64_t));
        threads[i] = g_thread_new("writer", writer_run, &writers[i]);
    }
    for (unsigned i = 0; i < clients; i++) {
        g_thread_join(threads[i]);
        if (writers[i].us->len > 0)
            g_array_append_vals(all, writers[i].us->data, writers[i].us->len);
        g_array_unref(writers[i].us);
    }
    g_array_sort(all, by_length);
    g_free(writers);
    g_free(threads);
    return all;
}

/* What is not measured by the clock took processor time, too. */
static double processor_us_a_change(double start, const GArray *all)
{
    double changes = (double)all->len * (WARM_SECONDS + WRITE_SECONDS) / WRITE_SECONDS;

    return (processor_seconds() - start) * 1e6 / MAX(1, changes);
}

static void say_writers(Records *r, double changes, double p99_us, double least)
{
    at_least(r->bench, r->postgres ? "postgresql_changes_a_second" : "changes_a_second",
             changes / WRITE_SECONDS, least);
    at_most(r->bench, r->postgres ? "postgresql_change_p99_ms" : "change_p99_ms", p99_us / 1000,
            50);
}

static bool measure_writers(Records *r, GError **error)
{
    double start = processor_seconds();

    if (!syncs_slow_down(true, error))
        return false;
    GArray *all = write_for_a_while(r, CLIENTS, 0, error);

    only_said("change_processor_us", processor_us_a_change(start, all));
    syncs_slow_down(false, NULL);
    if (all->len > 0)
        say_writers(r, all->len, (double)g_array_index(all, int64_t, all->len * 99 / 100), 2000);
    g_array_unref(all);
    return *error == NULL;
}

/* Another process on the same county: what it did comes through a pipe. */
static pid_t other_process(const char *program, const char *uri, int *ret_from)
{
    int ends[2];

    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork();

    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl(program, program, uri, "writer", NULL);
        _exit(3);
    }
    close(ends[1]);
    *ret_from = ends[0];
    return child;
}

static bool measure_two(Records *r, const char *program, GError **error)
{
    int from = -1, status = 0;
    double others = 0, others_p99 = 0;
    pid_t child = other_process(program, r->uri, &from);
    g_autoptr(GIOChannel) channel = child > 0 ? g_io_channel_unix_new(from) : NULL;
    g_autofree char *line = NULL;

    /* It says "ready" once it is open, and begins with us. */
    if (channel == NULL ||
        g_io_channel_read_line(channel, &line, NULL, NULL, error) != G_IO_STATUS_NORMAL)
        return fail(error, FAIL_SYSTEM, "the second process does not begin");
    if (!syncs_slow_down(true, error))
        return false;
    double start = processor_seconds();
    GArray *all = write_for_a_while(r, CLIENTS / 2, 0, error);
    g_autofree char *said = NULL;

    if (g_io_channel_read_line(channel, &said, NULL, NULL, NULL) == G_IO_STATUS_NORMAL)
        (void)sscanf(said, "%lf %lf", &others, &others_p99);
    only_said("postgresql_change_processor_us", processor_us_a_change(start, all));
    waitpid(child, &status, 0);
    syncs_slow_down(false, NULL);
    if (all->len > 0)
        say_writers(r, all->len + others,
                    MAX(others_p99, (double)g_array_index(all, int64_t, all->len * 99 / 100)),
                    3000);
    g_array_unref(all);
    return *error == NULL && (status == 0 || fail(error, FAIL_SYSTEM, "the second process failed"));
}

static bool measure_writers_alone(Records *r, const char *program, GError **error)
{
    g_autoptr(Working) w = NULL;

    return open_it(r, error) && working_get(r->care, &w, error) && measure_two(r, program, error);
}

static int writer_only(Records *r)
{
    GError *error = NULL;

    if (!open_it(r, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    g_autoptr(Working) w = NULL;

    if (!working_get(r->care, &w, &error))
        return 1;
    printf("ready\n");
    fflush(stdout);
    GArray *all = write_for_a_while(r, CLIENTS / 2, 1000, &error);

    printf("%u %" G_GINT64_FORMAT "\n", all->len,
           all->len > 0 ? g_array_index(all, int64_t, all->len * 99 / 100) : 0);
    fflush(stdout);
    g_array_unref(all);
    care_close(r->care);
    return error != NULL;
}

/* ---- all of it --------------------------------------------------------------------------- */

static bool measure(Records *r, bool bare, const char *program, GError **error)
{
    double ours = 0;

    if (!open_it(r, error) || !measure_import(r, &ours, error) ||
        (bare && !measure_bare(r, ours, error)))
        return false;
    care_close(r->care);
    r->care = NULL;
    return server_tidy(r, error) && open_it(r, error) && measure_load(r, error) &&
           measure_search(r, error) && measure_journal(r, error) && measure_verify(r, error) &&
           (r->postgres ? measure_two(r, program, error) : measure_writers(r, error));
}

int main(int argc, char **argv)
{
    Bench b = {.arena = arena_new(), .held = true};
    Records r = {.bench = &b};
    GError *error = NULL;

    if (argc < 3)
        return 2;
    r.uri = argv[1];
    r.csv = argv[2];
    r.postgres = g_str_has_prefix(r.uri, "postgresql:");
    if (strcmp(argv[2], "writer") == 0)
        return writer_only(&r);
    bool good = strcmp(argv[2], "writers") == 0 ? measure_writers_alone(&r, argv[0], &error)
                : strcmp(argv[2], "again") == 0
                    ? open_it(&r, &error) && measure_load(&r, &error) &&
                          measure_search(&r, &error) && measure_journal(&r, &error)
                    : measure(&r, argc > 3, argv[0], &error);

    if (error != NULL)
        fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    if (r.care != NULL)
        care_close(r.care);
    arena_free(b.arena);
    return good && b.held ? 0 : 1;
}
