/* fields.c — queries, forms, cookies, addresses; and the guard, line by line. */
#include "page/fields.h"

#include "base/limits.h"
#include "page/guard.h"

static Str get(Arena *a, const char *text, const char *name)
{
    Fields f = {NULL, 0};
    g_autoptr(GError) error = NULL;
    if (!fields_parse(a, str_of(text), &f, &error))
        return STR("refused");
    return fields_get(&f, name);
}

static void forms(void)
{
    g_autoptr(Arena) a = arena_new();
    g_assert_true(str_is(get(a, "a=1&b=2", "b"), "2"));
    g_assert_true(str_is(get(a, "a=%E6%9D%8E+%2B", "a"), "李 +"));
    g_assert_true(str_is(get(a, "a=1&&b", "b"), ""));
    g_assert_true(str_is(get(a, "a=x=y", "a"), "x=y"));
    g_assert_true(str_is(get(a, "", "a"), ""));
    g_assert_true(str_is(get(a, "a=%", "a"), "refused"));
    g_assert_true(str_is(get(a, "a=%4", "a"), "refused"));
    g_assert_true(str_is(get(a, "a=%zz", "a"), "refused"));
    g_assert_true(str_is(get(a, "a=%00", "a"), "refused"));
    g_assert_true(str_is(get(a, "a=%ff", "a"), "refused"));
    Fields f = {NULL, 0};
    g_assert_true(fields_parse(a, STR("s=a&t=1&s=b"), &f, NULL));
    size_t at = 0, n = 0;
    Str value;
    while (fields_next(&f, STR("s"), &at, &value))
        n++;
    g_assert_cmpuint(n, ==, 2);
    g_autoptr(GString) many = g_string_new("a=1");
    for (unsigned i = 0; i < LIMIT_REQUEST_FIELDS; i++)
        g_string_append(many, "&a=1");
    g_assert_true(str_is(get(a, many->str, "a"), "refused"));
}

static void cookies(void)
{
    g_autoptr(Arena) a = arena_new();
    Fields f = {NULL, 0};
    g_assert_true(cookies_parse(a, STR("a=1; anlao_lang=en;x; b=c=d ;"), &f, NULL));
    g_assert_true(str_is(fields_get(&f, "anlao_lang"), "en"));
    g_assert_true(str_is(fields_get(&f, "b"), "c=d"));
    g_assert_true(!fields_has(&f, "x"));
    g_assert_false(cookies_parse(a, STR("a=\xff"), &f, NULL));
}

static void addresses(void)
{
    g_autoptr(Arena) a = arena_new();
    Str path, query;
    g_assert_true(address_parse(a, STR("/a/%E6%9D%8E?x=1?2"), &path, &query, NULL));
    g_assert_true(str_is(path, "/a/李"));
    g_assert_true(str_is(query, "x=1?2"));
    g_assert_true(address_parse(a, STR("/a+b"), &path, &query, NULL));
    g_assert_true(str_is(path, "/a+b"));
    g_assert_false(address_parse(a, STR("a"), &path, &query, NULL));
    g_assert_false(address_parse(a, STR("/a b"), &path, &query, NULL));
    g_assert_false(address_parse(a, STR("/%00"), &path, &query, NULL));
    Fields f = {NULL, 0};
    g_assert_true(fields_parse(a, STR("a=1&b=%E6%9D%8E&page=2&c="), &f, NULL));
    g_assert_true(str_is(query_with(a, &f, "page", STR("3")), "?a=1&b=%E6%9D%8E&page=3"));
    g_assert_true(str_is(query_with(a, &f, "page", STR("")), "?a=1&b=%E6%9D%8E"));
    g_assert_true(fields_parse(a, STR("a=1"), &f, NULL));
    g_assert_true(str_is(query_with(a, &f, "a", STR("")), "?"));
}

typedef struct Line {
    const char *name, *value;
} Line;

static unsigned guarded(const char *address, const Line *lines)
{
    Guard g;
    guard_init(&g);
    guard_address(&g, str_of(address));
    for (; lines->name != NULL; lines++)
        guard_header(&g, str_of(lines->name), str_of(lines->value));
    return guard_end(&g, 1000) ? 200 : g.status;
}

#define LINES(...) ((const Line[]){__VA_ARGS__, {NULL, NULL}})

static void guard_lines(void)
{
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"})), ==, 200);
    g_assert_cmpuint(guarded("/", LINES({"hOST", "a"}, {"Content-Length", "10"})), ==, 200);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"Transfer-Encoding", "Chunked"})), ==, 200);
    g_assert_cmpuint(guarded("/", LINES({"Accept", "a"})), ==, 400);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"host", "a"})), ==, 400);
    g_assert_cmpuint(guarded("/", LINES({"Host", ""})), ==, 400);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"Content-Length", "1001"})), ==, 413);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"Content-Length", ""})), ==, 400);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"Content-Length", "1 "})), ==, 400);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"Content-Length", "9999999999999999999"})),
                     ==, 413);
    g_assert_cmpuint(
        guarded("/", LINES({"Host", "a"}, {"Content-Length", "1"}, {"Content-Length", "1"})), ==,
        400);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"Content-LengthX", "1"})), ==, 400);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"X", "a\rb"})), ==, 400);
    g_assert_cmpuint(guarded("/", LINES({"Host", "a"}, {"X Y", "a"})), ==, 400);
    g_assert_cmpuint(guarded("//a", LINES({"Host", "a"})), ==, 200);
    g_assert_cmpuint(guarded("a", LINES({"Host", "a"})), ==, 400);
    g_assert_cmpuint(guarded("/a#b", LINES({"Host", "a"})), ==, 400);
    g_assert_cmpuint(guarded("/a%00", LINES({"Host", "a"})), ==, 400);
    g_autofree char *longer = g_strnfill(GUARD_ADDRESS_MOST, 'a');
    g_autofree char *path = g_strconcat("/", longer, NULL);
    g_assert_cmpuint(guarded(path, LINES({"Host", "a"})), ==, 414);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/page/fields/forms", forms);
    g_test_add_func("/page/fields/cookies", cookies);
    g_test_add_func("/page/fields/addresses", addresses);
    g_test_add_func("/page/guard/lines", guard_lines);
    return g_test_run();
}
