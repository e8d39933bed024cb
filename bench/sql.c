/* sql.c — against one statement in SQLite (in this process, in memory) and in PostgreSQL (a server
 * of our own, see postgres.sh).  Both have the people as numbers; both keep a row per person. */
#include "bench.h"

#include <sqlite3.h>

#define TABLE                                                                                      \
    "person (number int primary key, born int, died int, ability smallint, pension smallint, "     \
    "economy smallint, living smallint, care smallint, disability smallint, residence smallint, "  \
    "setting smallint, income int, special smallint)"
#define COLUMNS 13

/* 20200630; 0: unknown, or not yet. */
static int64_t day_number(int32_t day, int32_t none)
{
    Ymd d = date_ymd(day == none ? 0 : day);

    return day == none ? LOOP_UNKNOWN : d.year * 10000 + d.month * 100 + d.day;
}

static void person(const LoopPeople *p, size_t i, int64_t cells[COLUMNS])
{
    const int64_t all[COLUMNS] = {(int64_t)i + 1,
                                  day_number(p->born[i], LOOP_NO_DAY),
                                  day_number(p->died[i], LOOP_NEVER),
                                  p->ability[i],
                                  p->pension[i],
                                  p->economy[i],
                                  p->living[i],
                                  p->care[i],
                                  p->disability[i],
                                  p->residence[i],
                                  p->setting[i],
                                  p->income[i],
                                  p->special[i]};

    memcpy(cells, all, sizeof all);
}

/* Per benefit: name yes no unknown sum checksum, as plain.c prints them. */
static char *check_of(const Bench *b)
{
    GString *s = g_string_new(NULL);

    for (size_t k = 0; k < b->program->n_outputs; k++) {
        const ProgramOutput *o = &b->program->outputs[k];

        g_string_append_printf(
            s,
            "select '%s', sum(case when %s = 2 then 1 else 0 end), "
            "sum(case when %s = 0 then 1 else 0 end), sum(case when %s = 1 then 1 else 0 end), "
            "%s, sum(case when %s = 2 then number * cast(%s_fen as bigint) else 0 end) from "
            "paid;\n",
            o->name, o->name, o->name, o->name,
            o->amount == STEP_NONE
                ? "0"
                : arena_printf(b->arena, "sum(case when %s = 2 then %s_fen else 0 end)", o->name,
                               o->name),
            o->name, o->name);
    }
    return g_string_free(s, FALSE);
}

/* ---- SQLite -----------------------------------------------------------------------------------
 */

static bool run(sqlite3 *db, const char *sql, GError **error)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           fail(error, FAIL_SYSTEM, "SQLite: %s", sqlite3_errmsg(db));
}

static bool fill(const Bench *b, sqlite3 *db, GError **error)
{
    LoopPeople p;
    sqlite3_stmt *insert = NULL;
    bool good = run(db,
                    "pragma journal_mode = off; pragma synchronous = off;"
                    "pragma temp_store = memory; pragma cache_size = -4000000;"
                    "create table " TABLE " without rowid; begin",
                    error);

    loop_people(b, &p);
    good = good && sqlite3_prepare_v2(db, "insert into person values (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                                      -1, &insert, NULL) == SQLITE_OK;
    for (size_t i = 0; good && i < p.n; i++) {
        int64_t cells[COLUMNS];

        person(&p, i, cells);
        for (int k = 0; k < COLUMNS; k++) {
            if (cells[k] == LOOP_UNKNOWN)
                sqlite3_bind_null(insert, k + 1);
            else
                sqlite3_bind_int64(insert, k + 1, cells[k]);
        }
        good = sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK;
    }
    sqlite3_finalize(insert);
    return good && run(db, "commit", error);
}

static int write_row(void *user, int n, char **cells, char **names)
{
    (void)names;
    for (int i = 0; i < n; i++)
        fprintf(user, "%s%c", cells[i] != NULL ? cells[i] : "", i + 1 < n ? ' ' : '\n');
    return 0;
}

static bool write_sqlite(const Bench *b, sqlite3 *db, GError **error)
{
    g_autofree char *path = g_build_filename(b->work, "sqlite", NULL), *check = check_of(b);
    FILE *to = fopen(path, "w");
    bool good = to != NULL && sqlite3_exec(db, check, write_row, to, NULL) == SQLITE_OK;

    if (to != NULL)
        good = fclose(to) == 0 && good;
    return good || fail(error, FAIL_SYSTEM, "SQLite: %s", sqlite3_errmsg(db));
}

static bool alternate_sqlite(Bench *b, sqlite3 *db, GError **error)
{
    g_autofree char *create = g_strconcat("create table paid as ", b->statement, NULL);
    g_autoptr(Results) r = NULL;
    Times ratio = {.n = 0}, theirs = {.n = 0};

    if (!bench_month(b, b->data, 1, &r, error))
        return false;
    for (int i = 0; i < ROUNDS; i++) {
        double start, middle, end;

        if (!run(db, "drop table if exists paid", error))
            return false;
        start = processor_seconds();
        if (!run(db, create, error))
            return false;
        middle = processor_seconds();
        if (!bench_month(b, b->data, 1, &r, error))
            return false;
        end = processor_seconds();
        times_add(&theirs, middle - start);
        times_add(&ratio, (middle - start) / (end - middle));
    }
    only_said("sqlite_seconds", times_median(&theirs));
    at_least(b, "times_sqlite", times_median(&ratio), 100);
    return write_sqlite(b, db, error);
}

bool measure_sqlite(Bench *b, GError **error)
{
    sqlite3 *db = NULL;
    bool good = sqlite3_open(":memory:", &db) == SQLITE_OK ||
                fail(error, FAIL_SYSTEM, "SQLite: %s", sqlite3_errmsg(db));

    good = good && fill(b, db, error) && alternate_sqlite(b, db, error);
    sqlite3_close(db);
    return good;
}

/* ---- PostgreSQL -------------------------------------------------------------------------------
 */

static char *write_people(const Bench *b, GError **error)
{
    char *path = g_build_filename(b->work, "person.tsv", NULL);
    FILE *to = fopen(path, "w");
    LoopPeople p;

    if (to == NULL) {
        fail(error, FAIL_SYSTEM, "could not write \"%s\"", path);
        return path;
    }
    loop_people(b, &p);
    for (size_t i = 0; i < p.n; i++) {
        int64_t cells[COLUMNS];

        person(&p, i, cells);
        for (int k = 0; k < COLUMNS; k++) {
            if (cells[k] == LOOP_UNKNOWN)
                fputs("\\N", to);
            else
                fprintf(to, "%" G_GINT64_FORMAT, cells[k]);
            putc(k + 1 < COLUMNS ? '\t' : '\n', to);
        }
    }
    if (fclose(to) != 0)
        fail(error, FAIL_SYSTEM, "could not write \"%s\"", path);
    return path;
}

/* What psql prints for a script. */
static char *psql(const Bench *b, const char *script, GError **error)
{
    g_autofree char *path = g_build_filename(b->work, "script.sql", NULL);
    const char *command[] = {
        "psql", "-X",        "-q", "-A",    "-t", "-F",       " ",  "-v", "ON_ERROR_STOP=1",
        "-h",   b->postgres, "-U", "bench", "-d", "postgres", "-f", path, NULL};
    char *out = NULL, *err = NULL;
    int status = 0;

    if (!g_file_set_contents(path, script, -1, error) ||
        !g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                      &status, error))
        return NULL;
    if (status != 0) {
        fail(error, FAIL_SYSTEM, "psql: %s", err);
        g_clear_pointer(&out, g_free);
    } else if (strstr(script, "log_statement_stats") != NULL) {
        g_free(out);
        return err;
    }
    g_free(err);
    return out;
}

/* "! 1.5 s user, 0.2 s system, …" of the last statement: what the server's process took. */
static double server_seconds(const char *said)
{
    const char *at = strstr(said, "s user, ");
    double user = 0, system = 0;

    for (const char *next = at; next != NULL; next = strstr(next + 1, " s user, ")) {
        const char *line = next;

        while (line > said && line[-1] != '\n')
            line--;
        if (strchr(line, '[') == NULL || strchr(line, '[') > next)
            sscanf(line, "!%lf s user, %lf", &user, &system);
    }
    return user + system;
}

static bool fill_postgres(const Bench *b, GError **error)
{
    GError *why = NULL;
    g_autofree char *path = write_people(b, &why);
    g_autofree char *script = g_strdup_printf(
        "create unlogged table " TABLE ";\n\\copy person from '%s'\nvacuum analyze person;\n",
        path);

    if (why != NULL) {
        g_propagate_error(error, why);
        return false;
    }
    g_autofree char *said = psql(b, script, error);

    return said != NULL;
}

bool measure_postgres(Bench *b, GError **error)
{
    g_autofree char *create = g_strconcat("drop table if exists paid;\nset jit = off;\n"
                                          "set client_min_messages = log;\n"
                                          "set log_statement_stats = on;\n"
                                          "create unlogged table paid as ",
                                          b->statement, ";\n", NULL);
    g_autofree char *check = check_of(b), *path = g_build_filename(b->work, "postgres", NULL);
    g_autoptr(Results) r = NULL;
    Times ratio = {.n = 0}, theirs = {.n = 0};

    if (!fill_postgres(b, error) || !bench_month(b, b->data, 1, &r, error))
        return false;
    for (int i = 0; i < ROUNDS; i++) {
        g_autofree char *said = psql(b, create, error);
        double seconds = said != NULL ? server_seconds(said) : 0, start = processor_seconds();

        if (said == NULL || !bench_month(b, b->data, 1, &r, error))
            return false;
        times_add(&theirs, seconds);
        times_add(&ratio, seconds / (processor_seconds() - start));
    }
    only_said("postgresql_seconds", times_median(&theirs));
    at_least(b, "times_postgresql", times_median(&ratio), 50);
    g_autofree char *sums = psql(b, check, error);

    return sums != NULL && g_file_set_contents(path, sums, -1, error);
}
