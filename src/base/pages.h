/* pages.h — memory for long columns, each cell of which is written before it is read.  Running out
 * of it ends the process as it does in an arena. */
#ifndef ANLAO_BASE_PAGES_H
#define ANLAO_BASE_PAGES_H

#include <stddef.h>

void *pages_new(size_t bytes); /* not zeroed; in huge pages where the machine has them */
void pages_free(void *pages);

#endif
