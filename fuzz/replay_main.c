/* replay_main.c — gives a fuzz target every file of its corpus, once.
 * In: folders or files as arguments.  Out: TAP; a crash ends the program, and the last line it
 * printed names the file. */
#include "base/file.h"
#include "base/limits.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay(const char *path, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str bytes;
    if (!file_read(a, path, LIMIT_DOCUMENT_BYTES, &bytes, error))
        return false;
    /* Exactly as long as the input is: a read beyond it is then seen by the sanitizer. */
    g_autofree uint8_t *copy = g_malloc(bytes.len > 0 ? bytes.len : 1);
    memcpy(copy, bytes.at, bytes.len);
    LLVMFuzzerTestOneInput(copy, bytes.len);
    return true;
}

static bool collect(Arena *a, const char *path, GPtrArray *files, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return file_list(a, path, "", files, error);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        g_ptr_array_add(files, (char *)path);
    return true; /* a target may have no corpus yet */
}

int main(int argc, char **argv)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    bool ok = true;
    for (int i = 1; i < argc && ok; i++)
        ok = collect(a, argv[i], files, &error);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    puts("ok 1 - no bytes at all");
    for (guint i = 0; i < files->len && ok; i++) {
        const char *path = g_ptr_array_index(files, i);
        printf("# %s\n", path);
        fflush(stdout);
        ok = replay(path, &error);
        if (ok)
            printf("ok %u - %s\n", i + 2, path);
    }
    if (!ok)
        printf("Bail out! %s\n", error->message);
    else
        printf("1..%u\n", files->len + 1);
    return ok ? 0 : 1;
}
