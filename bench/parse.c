/* parse.c — from the bytes of a CSV file to numbers, and the whole command. */
#include "bench.h"

#include "care/cell_type.h"
#include "care/load_csv.h"
#include "format/cell_quick.h"
#include "format/csv.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

/* Every cell of every row becomes a number, which is thrown away. */
static bool parse(const Bench *b, Arena *a, uint64_t *ret_sum, GError **error)
{
    g_autoptr(CsvReader) r = csv_open(b->people, error);
    const Str *names, *cells;
    CellType types[64];
    CellQuick *quick[64] = {NULL};
    size_t n = 0, have;
    GError *why = NULL;

    if (r == NULL || !csv_header(r, &names, &n, error))
        return false;
    g_assert(n <= G_N_ELEMENTS(types));
    for (size_t i = 0; i < n; i++) {
        const Field *f = field_of_header(b->entity, names[i]);

        g_assert(f != NULL);
        cell_type_of(f, b->regions, a, &types[i]);
        quick[i] = cell_quick_new(a, &types[i]);
    }
    while (csv_next(r, &cells, &have, &why)) {
        for (size_t i = 0; i < n; i++) {
            int64_t number;
            bool known;
            CellFault fault;

            if (!cell_quick(quick[i], cells[i], &number, &known, &fault))
                return fail(error, FAIL_INPUT, "%s", fault.en);
            *ret_sum += (uint64_t)number + known;
        }
    }
    if (why != NULL)
        g_propagate_error(error, why);
    return why == NULL;
}

/* Beside it, without a bound of its own: the same file into columns, with keys and memory. */
static bool load(const Bench *b, double *ret_seconds, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    CsvSource source = {.entity = b->entity, .path = b->people};
    double start = processor_seconds();
    g_autoptr(Dataset) d = load_csv(b->model, b->regions, &source, 1, ds, error);

    *ret_seconds = processor_seconds() - start;
    return d != NULL;
}

bool measure_parse(Bench *b, GError **error)
{
    struct stat st;
    Times rate = {.n = 0}, loaded = {.n = 0};
    uint64_t sum = 0;
    double seconds = 0;

    if (stat(b->people, &st) != 0)
        return fail(error, FAIL_SYSTEM, "no file \"%s\"", b->people);
    for (int i = 0; i < ROUNDS; i++) {
        g_autoptr(Arena) a = arena_new();
        double start = processor_seconds();

        if (!parse(b, a, &sum, error))
            return false;
        times_add(&rate, (double)st.st_size / (processor_seconds() - start) / 1e6);
        if (!load(b, &seconds, error))
            return false;
        times_add(&loaded, (double)st.st_size / seconds / 1e6);
    }
    g_assert(sum != 0);
    only_said("loading_mb_a_second", times_median(&loaded));
    at_least(b, "parsing_mb_a_second", times_median(&rate), 300);
    return true;
}

/* Seconds that a process waited for a processor, while other work had it; it has ended, but is not
 * forgotten yet. */
static double waited(pid_t child)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/schedstat", child), *text = NULL;
    double ran = 0, waited_ns = 0;
    siginfo_t info;

    if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0 ||
        !g_file_get_contents(path, &text, NULL, NULL) ||
        sscanf(text, "%lf %lf", &ran, &waited_ns) != 2)
        return 0;
    return waited_ns / 1e9;
}

bool measure_command(Bench *b, const char *program, const char *policy, GError **error)
{
    g_autofree char *data = g_strconcat("elder=", b->people, NULL);
    char month[DATE_TEXT];
    char *arguments[] = {(char *)program,
                         (char *)"run",
                         (char *)policy,
                         (char *)"--data",
                         data,
                         (char *)"--month",
                         month_format(b->month, month),
                         NULL};
    Times wall = {.n = 0}, processor = {.n = 0};
    posix_spawn_file_actions_t quiet;

    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < ROUNDS; i++) {
        double start = wall_seconds(), away = 0;
        struct rusage used = {0};
        int status = -1;
        pid_t child;

        if (posix_spawn(&child, program, &quiet, NULL, arguments, environ) != 0)
            return fail(error, FAIL_SYSTEM, "could not run \"%s\"", program);
        away = waited(child);
        if (wait4(child, &status, 0, &used) != child || status != 0)
            return fail(error, FAIL_SYSTEM, "\"%s\" failed", program);
        times_add(&wall, wall_seconds() - start - away);
        times_add(&processor, (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                                  (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    }
    posix_spawn_file_actions_destroy(&quiet);
    only_said("whole_command_processor_seconds", times_median(&processor));
    at_most(b, "whole_command_seconds", times_median(&wall), 0.8);
    return true;
}
