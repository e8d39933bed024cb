/* refused: qsort_is_banned */
/* sorting a list of none, which has no address */
#include "base/sort.h"

void try_it(int *list, size_t n, int (*by)(const void *, const void *));

void try_it(int *list, size_t n, int (*by)(const void *, const void *))
{
#ifdef REMEDY
    sort_rows(list, n, sizeof *list, by);
#else
    qsort(list, n, sizeof *list, by);
#endif
}
