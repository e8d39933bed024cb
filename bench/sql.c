/* sql.c — against one statement in SQLite (in this process, in memory) and in PostgreSQL (a server
 * of our own, see tools/postgres.sh).  Both have the people as numbers; both keep a row per person.
 */
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

/* What a month gives beside the rows: of each benefit yes, no, unknown, sum and checksum. */
static char *totals_of(const Bench *b)
{
    GString *s = g_string_new("select ");

    for (size_t k = 0; k < b->program->n_outputs; k++) {
        const ProgramOutput *o = &b->program->outputs[k];
        const char *n = o->name;

        g_string_append_printf(s,
                               "%ssum(case when %s = 2 then 1 else 0 end), "
                               "sum(case when %s = 0 then 1 else 0 end), "
                               "sum(case when %s = 1 then 1 else 0 end), ",
                               k > 0 ? ", " : "", n, n, n);
        if (o->amount == STEP_NONE)
            g_string_append(s, "0, ");
        else
            g_string_append_printf(s, "sum(case when %s = 2 then %s_fen else 0 end), ", n, n);
        g_string_append_printf(
            s, "sum(case when %s = 2 then number * cast(%s_fen as bigint) else 0 end)", n, n);
    }
    g_string_append(s, " from paid");
    return g_string_free(s, FALSE);
}

/* FOLDER/who, as plain.c prints it. */
static bool write_totals(const Bench *b, const char *who, const char *row, GError **error)
{
    g_autofree char *path = g_build_filename(b->work, who, NULL), *own = g_strdup(row);
    g_auto(GStrv) cells = g_strsplit(g_strstrip(own), " ", -1);
    g_autoptr(GString) text = g_string_new(NULL);

    if (g_strv_length(cells) != b->program->n_outputs * 5)
        return fail(error, FAIL_SYSTEM, "%s gives no totals", who);
    for (size_t k = 0; k < b->program->n_outputs; k++)
        g_string_append_printf(text, "%s %s %s %s %s %s\n", b->program->outputs[k].name,
                               cells[5 * k], cells[5 * k + 1], cells[5 * k + 2], cells[5 * k + 3],
                               cells[5 * k + 4]);
    return g_file_set_contents(path, text->str, (gssize)text->len, error);
}

/* A statement takes seconds, a month some hundredths of one: as many months as there are rounds
 * stand beside each statement, and their median counts. */
static bool bench_months(const Bench *b, Results **again, double *ret_seconds, GError **error)
{
    Times months = {.n = 0};

    for (int i = 0; i < ROUNDS; i++) {
        double start = processor_seconds();

        if (!bench_month(b, b->data, 1, again, error))
            return false;
        times_add(&months, processor_seconds() - start);
    }
    *ret_seconds = times_median(&months);
    return true;
}

/* Seconds of the rows and of the totals, and how often a month fits into both, and into the first.
 */
typedef struct Against {
    Times rows, totals, both_ratio, rows_ratio;
} Against;

static void against_add(Against *t, double rows, double totals, double month)
{
    times_add(&t->rows, rows);
    times_add(&t->totals, totals);
    times_add(&t->both_ratio, (rows + totals) / month);
    times_add(&t->rows_ratio, rows / month);
}

/* A month gives rows and totals; the bound is on both, the rows alone are said beside it. */
static void against_say(Bench *b, const Against *t, const char *who, double bound)
{
    only_said(arena_printf(b->arena, "%s_rows_seconds", who), times_median(&t->rows));
    only_said(arena_printf(b->arena, "%s_totals_seconds", who), times_median(&t->totals));
    only_said(arena_printf(b->arena, "times_%s_rows_alone", who), times_median(&t->rows_ratio));
    at_least(b, arena_printf(b->arena, "times_%s", who), times_median(&t->both_ratio), bound);
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

static int add_row(void *user, int n, char **cells, char **names)
{
    (void)names;
    for (int i = 0; i < n; i++)
        g_string_append_printf(user, "%s ", cells[i] != NULL ? cells[i] : "");
    return 0;
}

static bool alternate_sqlite(Bench *b, sqlite3 *db, Against *t, GString *totals, GError **error)
{
    g_autofree char *create = g_strconcat("create table paid as ", b->statement, NULL);
    g_autofree char *sums = totals_of(b);
    g_autoptr(Results) r = NULL;

    for (int i = 0; i < ROUNDS; i++) {
        double start, middle, end, ours = 0;

        if (!run(db, "drop table if exists paid", error))
            return false;
        g_string_truncate(totals, 0);
        start = processor_seconds();
        if (!run(db, create, error))
            return false;
        middle = processor_seconds();
        if (sqlite3_exec(db, sums, add_row, totals, NULL) != SQLITE_OK)
            return fail(error, FAIL_SYSTEM, "SQLite: %s", sqlite3_errmsg(db));
        end = processor_seconds();
        if (!bench_months(b, &r, &ours, error))
            return false;
        against_add(t, middle - start, end - middle, ours);
    }
    return true;
}

bool measure_sqlite(Bench *b, GError **error)
{
    g_autoptr(GString) totals = g_string_new(NULL);
    Against t = {.rows = {.n = 0}};
    sqlite3 *db = NULL;
    bool good = sqlite3_open(":memory:", &db) == SQLITE_OK ||
                fail(error, FAIL_SYSTEM, "SQLite: %s", sqlite3_errmsg(db));

    good = good && fill(b, db, error) && alternate_sqlite(b, db, &t, totals, error) &&
           write_totals(b, "sqlite", totals->str, error);
    sqlite3_close(db);
    if (good)
        against_say(b, &t, "sqlite", 100);
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

/* What psql prints for a script, and what it says beside it. */
static bool psql(const Bench *b, const char *script, char **ret_out, char **ret_said,
                 GError **error)
{
    g_autofree char *path = g_build_filename(b->work, "script.sql", NULL);
    const char *command[] = {
        "psql", "-X",        "-q", "-A", "-t", "-F", " ", "-v", "ON_ERROR_STOP=1",
        "-d",   b->postgres, "-f", path, NULL};
    int status = 0;

    if (!g_file_set_contents(path, script, -1, error) ||
        !g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, ret_out,
                      ret_said, &status, error))
        return false;
    return status == 0 || fail(error, FAIL_SYSTEM, "psql: %s", *ret_said);
}

/* "!	1.5 s user, 0.2 s system, …" of each statement: what the server's process took. */
static unsigned server_seconds(const char *said, double *ret, unsigned room)
{
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    unsigned n = 0;

    for (size_t i = 0; lines[i] != NULL && n < room; i++) {
        const char *at = strchr(lines[i], '!');
        double user = 0, system = 0;

        if (at != NULL && sscanf(at, "! %lf s user, %lf s system", &user, &system) == 2)
            ret[n++] = user + system;
    }
    return n;
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
    g_autofree char *out = NULL, *said = NULL;

    return psql(b, script, &out, &said, error);
}

/* The statements are timed by the server: their own processor time, without the client's. */
static bool once_postgres(const Bench *b, const char *script, double seconds[2], char **ret_totals,
                          GError **error)
{
    g_autofree char *said = NULL;

    return psql(b, script, ret_totals, &said, error) &&
           (server_seconds(said, seconds, 2) == 2 ||
            fail(error, FAIL_SYSTEM, "the server does not say its times: %s", said));
}

bool measure_postgres(Bench *b, GError **error)
{
    g_autofree char *sums = totals_of(b);
    g_autofree char *script = g_strconcat("drop table if exists paid;\nset jit = off;\n"
                                          "set client_min_messages = log;\n"
                                          "set log_statement_stats = on;\n"
                                          "create unlogged table paid as ",
                                          b->statement, ";\n", sums, ";\n", NULL);
    g_autoptr(Results) r = NULL;
    Against t = {.rows = {.n = 0}};

    if (!fill_postgres(b, error))
        return false;
    for (int i = 0; i < ROUNDS; i++) {
        g_autofree char *totals = NULL;
        double seconds[2] = {0, 0}, ours = 0;

        if (!once_postgres(b, script, seconds, &totals, error) ||
            !bench_months(b, &r, &ours, error) ||
            (i == 0 && !write_totals(b, "postgres", totals, error)))
            return false;
        against_add(&t, seconds[0], seconds[1], ours);
    }
    against_say(b, &t, "postgresql", 50);
    return true;
}
