/* Whole files in and out. */
#include "base/file.h"
#include "base/limits.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder; /* of this run */

static char *in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void assert_reads(const char *path, const char *want)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Str text = {NULL, 0};
    g_assert_true(file_read(a, path, 1 << 20, &text, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(text.at, ==, want);
    g_assert_cmpuint(text.len, ==, strlen(want));
}

static void what_is_written_is_read(void)
{
    g_autofree char *path = in_folder("pack.md");
    g_autoptr(GError) error = NULL;
    g_assert_true(file_write(path, STR("# 高龄津贴\n"), &error));
    g_assert_no_error(error);
    assert_reads(path, "# 高龄津贴\n");
    g_assert_true(file_write(path, STR("shorter"), &error));
    assert_reads(path, "shorter");
    g_assert_true(file_write(path, (Str){NULL, 0}, &error));
    assert_reads(path, "");
}

static void nothing_is_left_beside(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autofree char *path = in_folder("alone/x");
    g_autofree char *parent = g_path_get_dirname(path);
    g_mkdir(parent, 0700);
    g_assert_true(file_write(path, STR("x"), NULL));
    g_assert_true(file_write(path, STR("y"), NULL));
    g_assert_true(file_list(a, parent, "", paths, NULL));
    g_assert_cmpuint(paths->len, ==, 1);
    /* A folder of that name cannot be replaced; the failed attempt leaves nothing either. */
    g_autofree char *taken = in_folder("alone/taken");
    g_mkdir(taken, 0700);
    g_autoptr(GError) error = NULL;
    g_assert_false(file_write(taken, STR("z"), &error));
    g_assert_nonnull(error);
    g_assert_true(file_list(a, parent, "", paths, NULL));
    g_assert_cmpuint(paths->len, ==, 2);
}

static void a_file_of_the_limit_fits_one_byte_more_does_not(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *path = in_folder("limit");
    g_assert_true(file_write(path, STR("12345"), NULL));
    Str text = {NULL, 0};
    g_autoptr(GError) error = NULL;
    g_assert_true(file_read(a, path, 5, &text, &error));
    g_assert_cmpuint(text.len, ==, 5);
    g_assert_false(file_read(a, path, 4, &text, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpuint(text.len, ==, 5);
}

static void what_is_not_a_file_is_the_callers_mistake(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *absent = in_folder("absent");
    const char *cases[] = {absent, folder};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        Str text;
        g_assert_false(file_read(a, cases[i], 100, &text, &error));
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
        g_assert_nonnull(strstr(error->message, cases[i]));
    }
    g_autofree char *nowhere = in_folder("absent/file");
    g_autoptr(GError) error = NULL;
    g_assert_false(file_write(nowhere, STR("x"), &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

static void *fill_pipe(void *path)
{
    FILE *f = g_fopen(path, "w");
    for (int i = 0; f != NULL && i < 100000; i++)
        fputs("0123456789", f);
    if (f != NULL)
        fclose(f);
    return NULL;
}

static void a_pipe_is_read_to_its_end(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *path = in_folder("pipe");
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    GThread *writer = g_thread_new("writer", fill_pipe, path);
    Str text = {NULL, 0};
    g_assert_true(file_read(a, path, 1000000, &text, NULL));
    g_thread_join(writer);
    g_assert_cmpuint(text.len, ==, 1000000);
    g_assert_true(str_ends(text, STR("0123456789")));
    g_assert_true(file_read(a, "/dev/null", 10, &text, NULL));
    g_assert_cmpuint(text.len, ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_false(file_read(a, "/dev/zero", 100000, &text, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

static void an_open_descriptor_is_read_to_its_end(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Str text = {NULL, 0};
    int ends[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    g_assert_cmpint(write(ends[1], "12345", 5), ==, 5);
    close(ends[1]);
    g_assert_true(file_read_stream(a, ends[0], "standard input", 5, &text, &error));
    g_assert_true(str_is(text, "12345"));
    close(ends[0]);
    g_assert_cmpint(pipe(ends), ==, 0);
    g_assert_cmpint(write(ends[1], "12345", 5), ==, 5);
    close(ends[1]);
    g_assert_false(file_read_stream(a, ends[0], "standard input", 4, &text, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    close(ends[0]);
    g_clear_error(&error);
    g_assert_false(file_read_stream(a, ends[0], "standard input", 4, &text, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
}

static void files_are_listed_sorted_without_hidden_ones(void)
{
    static const char *const names[] = {"tree/b.md",     "tree/a.md",       "tree/z/c.md",
                                        "tree/z/no.txt", "tree/.hidden.md", "tree/.git/x.md"};
    g_autofree char *top = in_folder("tree");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = in_folder(names[i]);
        g_autofree char *parent = g_path_get_dirname(path);
        g_mkdir_with_parents(parent, 0700);
        g_assert_true(file_write(path, STR("x"), NULL));
    }
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(paths, (char *)"zzz before");
    g_assert_true(file_list(a, top, ".md", paths, &error));
    g_assert_cmpuint(paths->len, ==, 4);
    g_assert_cmpstr(g_ptr_array_index(paths, 0), ==, "zzz before");
    g_assert_true(g_str_has_suffix(g_ptr_array_index(paths, 1), "tree/a.md"));
    g_assert_true(g_str_has_suffix(g_ptr_array_index(paths, 2), "tree/b.md"));
    g_assert_true(g_str_has_suffix(g_ptr_array_index(paths, 3), "tree/z/c.md"));
    g_autofree char *absent = in_folder("absent");
    g_assert_false(file_list(a, absent, ".md", paths, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

/* A link to a folder above itself must not be followed for ever. */
static void a_circle_of_links_ends(void)
{
    g_autofree char *top = in_folder("circle"), *link = in_folder("circle/again");
    g_mkdir(top, 0700);
    g_assert_cmpint(symlink(".", link), ==, 0);
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(file_list(a, top, ".md", paths, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

static void folders_inside_folders_end_somewhere(void)
{
    g_autoptr(GString) name = g_string_new("deep");
    for (int i = 0; i < LIMIT_FOLDERS; i++)
        g_string_append(name, "/x");
    g_autofree char *top = in_folder("deep"), *last = in_folder(name->str);
    g_autofree char *file = g_build_filename(last, "a.md", NULL);
    g_mkdir_with_parents(last, 0700);
    g_assert_true(file_write(file, STR("x"), NULL));
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(file_list(a, top, ".md", paths, &error));
    g_assert_cmpuint(paths->len, ==, 1);
    g_autofree char *more = g_build_filename(last, "x", NULL);
    g_mkdir(more, 0700);
    g_assert_false(file_list(a, top, ".md", paths, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "nested too deep"));
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR) && !g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
            remove_tree(inner);
        g_remove(inner);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    folder = g_dir_make_tmp("anlao-file-XXXXXX", NULL);
    g_assert_nonnull(folder);
    g_test_add_func("/file/what is written is read", what_is_written_is_read);
    g_test_add_func("/file/nothing is left beside", nothing_is_left_beside);
    g_test_add_func("/file/a file of the limit fits, one byte more does not",
                    a_file_of_the_limit_fits_one_byte_more_does_not);
    g_test_add_func("/file/what is not a file is the caller's mistake",
                    what_is_not_a_file_is_the_callers_mistake);
    g_test_add_func("/file/a pipe is read to its end", a_pipe_is_read_to_its_end);
    g_test_add_func("/file/an open descriptor is read to its end",
                    an_open_descriptor_is_read_to_its_end);
    g_test_add_func("/file/files are listed sorted, without hidden ones",
                    files_are_listed_sorted_without_hidden_ones);
    g_test_add_func("/file/a circle of links ends", a_circle_of_links_ends);
    g_test_add_func("/file/folders inside folders end somewhere",
                    folders_inside_folders_end_somewhere);
    int status = g_test_run();
    remove_tree(folder);
    g_rmdir(folder);
    g_free(folder);
    return status;
}
