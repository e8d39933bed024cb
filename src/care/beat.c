/* beat.c — see beat.h. */
#include "care/beat.h"

struct Beat {
    GThread *thread;
    GMutex lock;
    GCond wake;
    bool stop; /* guarded by `lock` */
    unsigned seconds;
    BeatEach each;
    BeatFailed failed;
    void *with;
};

static void turn(Beat *b)
{
    g_autoptr(GError) why = NULL;
    if (!b->each(b->with, &why) && b->failed != NULL)
        b->failed(b->with, why);
}

static gpointer beat_thread(gpointer with)
{
    Beat *b = with;
    for (;;) {
        gint64 until = g_get_monotonic_time() + b->seconds * G_TIME_SPAN_SECOND;
        g_mutex_lock(&b->lock);
        while (!b->stop && g_cond_wait_until(&b->wake, &b->lock, until))
            continue;
        bool stop = b->stop;
        g_mutex_unlock(&b->lock);
        turn(b);
        if (stop)
            return NULL;
    }
}

Beat *beat_new(const char *name, unsigned seconds, BeatEach each, BeatFailed failed, void *with)
{
    Beat *b = g_new0(Beat, 1);
    g_mutex_init(&b->lock);
    g_cond_init(&b->wake);
    b->seconds = seconds;
    b->each = each;
    b->failed = failed;
    b->with = with;
    b->thread = g_thread_new(name, beat_thread, b);
    return b;
}

void beat_free(Beat *b)
{
    if (b == NULL)
        return;
    g_mutex_lock(&b->lock);
    b->stop = true;
    g_cond_broadcast(&b->wake);
    g_mutex_unlock(&b->lock);
    g_thread_join(b->thread);
    g_mutex_clear(&b->lock);
    g_cond_clear(&b->wake);
    g_free(b);
}
