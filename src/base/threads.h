/* threads.h — independent pieces of work, on all processors at once. */
#ifndef ANLAO_BASE_THREADS_H
#define ANLAO_BASE_THREADS_H

#include <stddef.h>

/* Calls work(context, i) once for each i below n and returns when all are done.  They are handed
 * out in order, one by one, to as many threads as there are processors, the calling one among them:
 * the longest should come first.  What two of them write must not be the same. */
void threads_each(size_t n, void (*work)(void *context, size_t i), void *context);

#endif
