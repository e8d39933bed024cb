/* sort.h — rows in order.  qsort() asks for an address even of no rows, and a list of none has
 * none: undefined, and a compiler may take the address for there from then on. */
#ifndef ANLAO_BASE_SORT_H
#define ANLAO_BASE_SORT_H

#include <stddef.h>
#include <stdlib.h>

/* n rows of `size` bytes each; rows may be NULL when n is 0.  Which of equal ones is first is not
 * said. */
static inline void sort_rows(void *rows, size_t n, size_t size,
                             int (*by)(const void *, const void *))
{
    if (n > 1)
        (qsort)(rows, n, size, by);
}

#endif
