/* migrate_trouble.c — a migration on a disk that is full or fails, at each of its writes. */
#include "models.h"

#include <sqlite3.h>

#include "shim.h"

static void fail_everywhere(int code, const char *words)
{
    Fixture *f = fixture_new();
    const Model *one = f->model, *two = model_other(f, 2), *is = one;
    bool through = false;
    int failures = 0;

    elders(f, 40);
    store_close(f->store);
    f->store = NULL;
    for (int n = 1; !through; n++) {
        g_autoptr(GError) error = NULL;
        const Model *to = is == one ? two : one;

        shim_fail_after(n, code);
        bool ok = migrate_closed(f, to, &error);

        through = !shim_has_failed();
        shim_fail_after(0, 0);
        const Model *now = state_of(f, one, two);

        if (ok) {
            g_assert_true(now == to);
        } else {
            failures++;
            g_assert_true(now == is);
            g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
            if (strstr(error->message, words) == NULL)
                g_error("\"%s\" does not say \"%s\"", error->message, words);
        }
        is = now;
    }
    g_assert_cmpint(failures, >, 3);
    f->model = (Model *)is;
    fixture_reopen(f);
    fixture_free(f);
}

static void test_disk_full(void)
{
    fail_everywhere(SQLITE_FULL, "the disk is full");
}

static void test_disk_fails(void)
{
    fail_everywhere(SQLITE_IOERR_WRITE, "disk I/O error");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    shim_install();
    g_test_add_func("/migrate-trouble/disk-full", test_disk_full);
    g_test_add_func("/migrate-trouble/disk-fails", test_disk_fails);
    return g_test_run();
}
