/* pages.c — blocks of any size can be written to their end, and given back. */
#include "base/pages.h"

#include <glib.h>
#include <string.h>

static void test_sizes(void)
{
    static const size_t sizes[] = {0, 1, 4096, (4u << 20) - 1, (4u << 20) + 12345};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        char *p = pages_new(sizes[i]);

        g_assert_nonnull(p);
        g_assert_cmpuint((guintptr)p % 64, ==, 0);
        memset(p, 7, sizes[i]);
        g_assert_true(sizes[i] == 0 || p[sizes[i] - 1] == 7);
        pages_free(p);
    }
    pages_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/pages/sizes", test_sizes);
    return g_test_run();
}
