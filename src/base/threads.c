/* threads.c — independent pieces of work, on all processors at once.
 * Start: threads_each(). */
#include "base/threads.h"

#include <glib.h>

#define THREADS 64u /* at most */

typedef struct Pieces {
    void (*work)(void *context, size_t i);
    void *context;
    size_t n;
    gsize next;
} Pieces;

static gpointer take_some(gpointer with)
{
    Pieces *p = with;
    for (gsize i; (i = (gsize)g_atomic_pointer_add(&p->next, 1)) < p->n;)
        p->work(p->context, i);
    return NULL;
}

void threads_each(size_t n, void (*work)(void *context, size_t i), void *context)
{
    Pieces p = {.work = work, .context = context, .n = n};
    GThread *others[THREADS] = {NULL};
    size_t threads = MIN(CLAMP(g_get_num_processors(), 1, THREADS), n);
    for (size_t i = 1; i < threads; i++)
        others[i] = g_thread_new("pieces", take_some, &p);
    take_some(&p);
    for (size_t i = 1; i < threads; i++)
        g_thread_join(others[i]);
}
