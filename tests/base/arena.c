/* Memory that dies together: alignment, zeroes, the order of clean-ups, and the end of memory. */
#include "base/arena.h"

#include <string.h>
#include <sys/wait.h>

static GString *order;
static char *self;

static void note(void *what)
{
    g_string_append(order, what);
}

static void note_and_register(void *a)
{
    g_string_append(order, "again ");
    arena_on_free(a, note, (char *)"last");
}

static void clean_ups_run_in_reverse_order(void)
{
    order = g_string_new(NULL);
    Arena *a = arena_new();
    arena_on_free(a, note, (char *)"first ");
    arena_on_free(a, note, (char *)"second ");
    arena_on_free(a, note, (char *)"third ");
    arena_free(a);
    g_assert_cmpstr(order->str, ==, "third second first ");
    g_string_free(order, TRUE);
}

static void a_clean_up_may_register_another(void)
{
    order = g_string_new(NULL);
    Arena *a = arena_new();
    arena_on_free(a, note_and_register, a);
    arena_free(a);
    g_assert_cmpstr(order->str, ==, "again last");
    g_string_free(order, TRUE);
}

static void clean_ups_still_see_the_memory(void)
{
    order = g_string_new(NULL);
    Arena *a = arena_new();
    arena_on_free(a, note, arena_dup(a, "谢坊", 6));
    arena_free(a);
    g_assert_cmpstr(order->str, ==, "谢坊");
    g_string_free(order, TRUE);
}

static void pieces_are_zeroed_and_aligned(void)
{
    g_autoptr(Arena) a = arena_new();
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4000, 4096, 5000, 1u << 20, 3u << 20, 7};
    for (unsigned round = 0; round < 20; round++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            uint8_t *p = arena_alloc(a, sizes[i]);
            g_assert_cmpuint((uintptr_t)p % 16, ==, 0);
            for (size_t k = 0; k < sizes[i]; k++)
                if (p[k] != 0)
                    g_error("byte %zu of %zu is not zero", k, sizes[i]);
            memset(p, 0xA5, sizes[i]); /* a later piece that overlaps would show it */
        }
}

static void pieces_do_not_overlap(void)
{
    g_autoptr(Arena) a = arena_new();
    char *texts[1000];
    for (int i = 0; i < 1000; i++)
        texts[i] = arena_printf(a, "elder %d", i);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *want = g_strdup_printf("elder %d", i);
        g_assert_cmpstr(texts[i], ==, want);
    }
}

static void size_counts_what_was_handed_out(void)
{
    g_autoptr(Arena) a = arena_new();
    arena_alloc(a, 100);
    arena_alloc(a, 28);
    g_assert_cmpuint(arena_size(a), ==, 128);
}

static void texts_are_copied_with_a_nul_behind(void)
{
    g_autoptr(Arena) a = arena_new();
    char bytes[] = "芦溪县x";
    Str copy = arena_str(a, (Str){bytes, 9});
    bytes[0] = '?';
    g_assert_cmpuint(copy.len, ==, 9);
    g_assert_cmpstr(copy.at, ==, "芦溪县");
    g_assert_cmpstr(arena_dup(a, NULL, 0), ==, "");
    g_assert_cmpstr(arena_str(a, (Str){NULL, 0}).at, ==, "");
}

static void long_text_is_printed_whole(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *tail = g_strnfill(10000, 'x');
    char *text = arena_printf(a, "%d %s", 7, tail);
    g_assert_cmpuint(strlen(text), ==, 10002);
    g_assert_true(g_str_has_suffix(text, tail));
    /* 255 and 256 bytes lie on both sides of the small buffer inside. */
    for (int n = 250; n < 260; n++)
        g_assert_cmpuint(strlen(arena_printf(a, "%.*s", n, tail)), ==, n);
}

static void nothing_to_free_is_allowed(void)
{
    arena_free(NULL);
}

static void impossible_request(void)
{
    g_autoptr(Arena) a = arena_new();
    arena_array(a, SIZE_MAX / 2, 4);
}

static void out_of_memory_ends_with_status_3(void)
{
    g_autofree char *words = NULL, *out = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    char *call[] = {self, (char *)"-p", (char *)"/arena/subprocess/impossible", NULL};
    g_assert_true(
        g_spawn_sync(NULL, call, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &words, &status, &error));
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 3);
    g_assert_cmpstr(words, ==, "anlao: error: out of memory\n");
}

int main(int argc, char **argv)
{
    self = argv[0];
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/arena/clean-ups run in reverse order", clean_ups_run_in_reverse_order);
    g_test_add_func("/arena/a clean-up may register another", a_clean_up_may_register_another);
    g_test_add_func("/arena/clean-ups still see the memory", clean_ups_still_see_the_memory);
    g_test_add_func("/arena/pieces are zeroed and aligned", pieces_are_zeroed_and_aligned);
    g_test_add_func("/arena/pieces do not overlap", pieces_do_not_overlap);
    g_test_add_func("/arena/size counts what was handed out", size_counts_what_was_handed_out);
    g_test_add_func("/arena/texts are copied with a nul behind",
                    texts_are_copied_with_a_nul_behind);
    g_test_add_func("/arena/long text is printed whole", long_text_is_printed_whole);
    g_test_add_func("/arena/nothing to free is allowed", nothing_to_free_is_allowed);
    g_test_add_func("/arena/subprocess/impossible", impossible_request);
    g_test_add_func("/arena/out of memory ends with status 3", out_of_memory_ends_with_status_3);
    return g_test_run();
}
