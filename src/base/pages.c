/* pages.c — large blocks straight from the system.  A million rows of results are tens of
 * megabytes: in pages of 4 KB their first touch costs as much as computing them. */
#include "base/pages.h"

#include "base/arena.h"

#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

void *pages_new(size_t bytes)
{
    bool large = bytes >= 2 * HUGE_PAGE;
    void *memory = NULL;

    if (bytes > SIZE_MAX / 2 ||
        posix_memalign(&memory, large ? HUGE_PAGE : 64, bytes > 0 ? bytes : 1) != 0)
        out_of_memory();
    if (large) /* a wish, not a need */
        (void)madvise(memory, bytes & ~(HUGE_PAGE - 1), MADV_HUGEPAGE);
    return memory;
}

void pages_free(void *pages)
{
    free(pages);
}
