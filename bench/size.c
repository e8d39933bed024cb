/* size.c — memory a person, time per row from few people to many, and two threads. */
#include "bench.h"

#include "base/pages.h"

#include <pthread.h>

/* ---- memory ----------------------------------------------------------------------------------
 */

/* The most this process has held since the last call, and what it holds now, in bytes. */
static bool resident(double *ret_now, double *ret_most)
{
    g_autofree char *text = NULL;
    const char *now, *most;
    FILE *reset;

    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
        return false;
    now = strstr(text, "VmRSS:");
    most = strstr(text, "VmHWM:");
    *ret_now = now != NULL ? g_ascii_strtod(now + 6, NULL) * 1024 : 0;
    *ret_most = most != NULL ? g_ascii_strtod(most + 6, NULL) * 1024 : 0;
    reset = fopen("/proc/self/clear_refs", "w");
    if (reset == NULL)
        return false;
    fputs("5", reset);
    return fclose(reset) == 0;
}

bool measure_memory(Bench *b, GError **error)
{
    MonthOptions o = {.month = b->month, .keep = KEEP_ALL, .threads = 1};
    size_t rows = b->data->batches[b->entity->number]->rows;
    double before = 0, most = 0, after = 0;
    g_autoptr(Results) r = NULL;

    if (!resident(&before, &most) || !evaluate_month_as(b->program, b->data, &o, &r, error) ||
        !resident(&after, &most))
        return *error == NULL ? fail(error, FAIL_SYSTEM, "no /proc to ask for memory") : false;
    at_most(b, "bytes_a_person", (most - before) / (double)rows, 128);
    return true;
}

/* ---- few people and many ---------------------------------------------------------------------
 */

static Column *repeated(const Bench *b, Batch *to, unsigned index, size_t rows)
{
    const Column *from = b->data->batches[b->entity->number]->columns[index];
    size_t size = physical_size(from->physical);
    char *value = pages_new((rows + 1) * size);
    uint8_t *known = from->known != NULL ? pages_new(rows + 1) : NULL;

    for (size_t at = 0; at < rows; at += from->rows) {
        size_t n = MIN(from->rows, rows - at);

        memcpy(value + at * size, from->value, n * size);
        if (known != NULL)
            memcpy(known + at, from->known, n);
    }
    Column *c = batch_take(to, index, from->kind, from->physical, value, known);

    column_finish(to, c);
    return c;
}

Dataset *bench_people(const Bench *b, size_t rows)
{
    const Batch *from = b->data->batches[b->entity->number];
    Dataset *d = dataset_new(b->model->n_entities);
    Batch *to = batch_new(from->name, rows, from->n_columns);

    d->batches[b->entity->number] = to;
    for (unsigned i = 0; i < from->n_columns; i++) {
        if (from->columns[i] != NULL)
            repeated(b, to, i, rows);
    }
    return d;
}

bool measure_scale(Bench *b, GError **error)
{
    static const size_t sizes[] = {100000, 1000000, 10000000};
    Dataset *data[G_N_ELEMENTS(sizes)];
    Results *again[G_N_ELEMENTS(sizes)] = {NULL};
    Times ratio = {.n = 0}, largest = {.n = 0};
    bool good = true;

    for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++)
        data[k] = bench_people(b, sizes[k]);
    for (int i = -1; good && i < ROUNDS; i++) {
        double least = 0, most = 0, each = 0;

        for (size_t k = 0; good && k < G_N_ELEMENTS(sizes); k++) {
            double start = processor_seconds();
            size_t times = 1000000 / MIN(sizes[k], 1000000);

            for (size_t n = 0; good && n < times; n++)
                good = bench_month(b, data[k], 1, &again[k], error);
            each = (processor_seconds() - start) / (double)(times * sizes[k]);
            least = k == 0 ? each : MIN(least, each);
            most = MAX(most, each);
        }
        if (i >= 0) {
            times_add(&ratio, most / least);
            times_add(&largest, each * 1e9);
        }
    }
    for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
        results_free(again[k]);
        dataset_free(data[k]);
    }
    if (!good)
        return false;
    only_said("nanoseconds_a_person_of_10_million", times_median(&largest));
    at_most(b, "row_time_100_thousand_to_10_million", times_median(&ratio), 1.5);
    return true;
}

/* ---- two threads ------------------------------------------------------------------------------
 */

typedef struct Copy {
    char *from, *to;
    size_t n;
} Copy;

static void *copy(void *user)
{
    const Copy *c = user;

    memcpy(c->to, c->from, c->n);
    return NULL;
}

/* Both halves copied, by one thread or by two. */
static void copied(Copy halves[2], unsigned threads)
{
    pthread_t other;
    bool started = threads > 1 && pthread_create(&other, NULL, copy, &halves[1]) == 0;

    copy(&halves[0]);
    if (started)
        pthread_join(other, NULL);
    else
        copy(&halves[1]);
}

/* Of work that this thread and perhaps one more have done since: how long it takes where nothing
 * else runs, the one that took longer. */
typedef struct Since {
    double all, own;
} Since;

static Since since_now(void)
{
    return (Since){processor_seconds(), thread_seconds()};
}

static double since(Since begin)
{
    double all = processor_seconds() - begin.all, own = thread_seconds() - begin.own;

    return MAX(own, all - own);
}

static bool months(const Bench *b, unsigned threads, Results **again, double *ret, GError **error)
{
    Since begin = since_now();
    bool good = bench_month(b, b->data, threads, again, error);

    *ret = since(begin);
    return good;
}

static double copies_of(Copy halves[2], unsigned threads)
{
    Since begin = since_now();

    copied(halves, threads);
    return since(begin);
}

/* Where memory is what both wait for, two threads cannot be much faster than two that copy: then
 * four fifths of what copying gains are asked for. */
bool measure_threads(Bench *b, GError **error)
{
    size_t half = (size_t)64 << 20;
    g_autoptr(Results) again = NULL;
    Times ratio = {.n = 0}, copies = {.n = 0};
    Copy halves[2];

    for (int i = 0; i < 2; i++) {
        halves[i] = (Copy){pages_new(half), pages_new(half), half};
        memset(halves[i].from, 1, half);
        memset(halves[i].to, 1, half);
    }
    for (int i = -1; i < ROUNDS; i++) {
        double one = 0, two = 0, alone;

        if (!months(b, 1, &again, &one, error) || !months(b, 2, &again, &two, error))
            return false;
        alone = copies_of(halves, 1);
        if (i < 0)
            continue;
        times_add(&ratio, one / two);
        times_add(&copies, alone / copies_of(halves, 2));
    }
    for (int i = 0; i < 2; i++) {
        pages_free(halves[i].from);
        pages_free(halves[i].to);
    }
    only_said("two_threads_copying_times_one", times_median(&copies));
    at_least(b, "two_threads_times_one", times_median(&ratio),
             MIN(1.7, 0.8 * times_median(&copies)));
    return true;
}
