/* threads.c — each piece of work is done once, whatever their number. */
#include "base/threads.h"

#include <glib.h>

static void note(void *context, size_t i)
{
    g_atomic_int_inc(&((gint *)context)[i]);
}

static void each_is_done_once(void)
{
    for (size_t n = 0; n < 300; n += n < 5 ? 1 : 59) {
        g_autofree gint *times = g_new0(gint, n + 1);
        threads_each(n, note, times);
        for (size_t i = 0; i < n; i++)
            g_assert_cmpint(times[i], ==, 1);
        g_assert_cmpint(times[n], ==, 0);
    }
}

typedef struct Meeting {
    GMutex lock;
    GCond other;
    int here;
} Meeting;

/* Comes back when two are there, or after a minute. */
static void meet(void *context, size_t i)
{
    Meeting *m = context;
    (void)i;
    gint64 until = g_get_monotonic_time() + G_TIME_SPAN_MINUTE;
    g_mutex_lock(&m->lock);
    m->here++;
    g_cond_broadcast(&m->other);
    while (m->here < 2 && g_cond_wait_until(&m->other, &m->lock, until))
        continue;
    g_mutex_unlock(&m->lock);
}

static void two_are_done_at_once(void)
{
    Meeting m = {.here = 0};
    if (g_get_num_processors() < 2) {
        g_test_skip("one processor only");
        return;
    }
    g_mutex_init(&m.lock);
    g_cond_init(&m.other);
    gint64 begin = g_get_monotonic_time();
    threads_each(2, meet, &m);
    g_assert_cmpint(m.here, ==, 2);
    g_assert_cmpint(g_get_monotonic_time() - begin, <, G_TIME_SPAN_MINUTE);
    g_cond_clear(&m.other);
    g_mutex_clear(&m.lock);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/threads/each-once", each_is_done_once);
    g_test_add_func("/threads/at-once", two_are_done_at_once);
    return g_test_run();
}
