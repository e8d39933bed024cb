/* Text as a pointer and a length: comparing, trimming, cutting, UTF-8 and near words. */
#include "base/str.h"

#include <glib.h>

static void assert_str(Str got, const char *want)
{
    g_autofree char *text = g_strndup(got.at != NULL ? got.at : "", got.len);
    g_assert_cmpstr(text, ==, want);
}

static void texts_compare_by_bytes(void)
{
    g_assert_true(str_equal(STR("安源区"), str_of("安源区")));
    g_assert_true(str_equal((Str){NULL, 0}, STR("")));
    g_assert_true(str_is(STR("elder"), "elder"));
    g_assert_false(str_is(STR("elder"), "elders"));
    g_assert_false(str_equal(STR("a\0b"), STR("a\0c"))); /* a NUL decides nothing */
    g_assert_cmpint(str_compare(STR("b"), STR("ab")), >, 0);
    g_assert_cmpint(str_compare(STR("ab"), STR("abc")), <, 0);
    g_assert_cmpint(str_compare(STR("Z"), STR("a")), <, 0); /* collation C */
    g_assert_cmpint(str_compare(STR("z"), STR("\xE5\xAE\x89")), <, 0);
    g_assert_cmpint(str_compare(STR(""), (Str){NULL, 0}), ==, 0);
}

static void beginnings_and_ends(void)
{
    g_assert_true(str_starts(STR("sqlite:a.db"), STR("sqlite:")));
    g_assert_false(str_starts(STR("sql"), STR("sqlite:")));
    g_assert_true(str_ends(STR("pingxiang.md"), STR(".md")));
    g_assert_false(str_ends(STR("md"), STR(".md")));
    g_assert_true(str_starts(STR("x"), STR("")) && str_ends((Str){NULL, 0}, STR("")));
    g_assert_cmpint(str_find(STR("a=b=c"), STR("=")), ==, 1);
    g_assert_cmpint(str_find(STR("abc"), STR("x")), ==, -1);
    g_assert_cmpint(str_find(STR("abc"), STR("")), ==, 0);
    g_assert_cmpint(str_find((Str){NULL, 0}, STR("x")), ==, -1);
}

static void trimming_takes_full_width_blanks(void)
{
    assert_str(str_trim(STR("  王 小明 \t\r\n")), "王 小明");
    assert_str(str_trim(STR("\u3000 王\u3000小明\u3000")), "王\u3000小明");
    assert_str(str_trim(STR("\u00a0A\u00a01\u00a0 ")), "A\u00a01"); /* copied from a web page */
    assert_str(str_trim(STR(" \u3000 \u00a0")), "");
    assert_str(str_trim((Str){NULL, 0}), "");
}

static void cutting_shows_where_the_line_ends(void)
{
    Str rest = STR("a,,c,");
    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "");
    assert_str(str_cut(&rest, ','), "c");
    g_assert_nonnull(rest.at); /* an empty last piece is still a piece */
    assert_str(str_cut(&rest, ','), "");
    g_assert_null(rest.at);
    assert_str(str_cut(&rest, ','), "");
}

static void utf8_that_is_refused(void)
{
    static const struct {
        const char *what;
        Str text;
        size_t bad; /* the first bad byte */
    } cases[] = {
        {"a NUL inside", {"ab\0c", 4}, 2},
        {"a lone continuation", {"a\x80", 2}, 1},
        {"an overlong slash", {"\xC0\xAF", 2}, 0},
        {"an overlong NUL", {"\xC0\x80", 2}, 0},
        {"an overlong form of 3", {"\xE0\x9F\xBF", 3}, 0},
        {"an overlong form of 4", {"\xF0\x8F\xBF\xBF", 4}, 0},
        {"a surrogate", {"x\xED\xA0\x80", 4}, 1},
        {"the last surrogate", {"\xED\xBF\xBF", 3}, 0},
        {"above U+10FFFF", {"\xF4\x90\x80\x80", 4}, 0},
        {"no such first byte", {"\xF8\x88\x80\x80\x80", 5}, 0},
        {"cut off after 1 of 3", {"\xE5", 1}, 0},
        {"cut off after 2 of 3", {"安\xE5\xAE", 5}, 3},
        {"GBK text", {"\xB0\xB2\xD4\xB4", 4}, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t bad = 99;
        g_test_message("%s", cases[i].what);
        g_assert_false(str_utf8_valid(cases[i].text, &bad));
        g_assert_cmpuint(bad, ==, cases[i].bad);
    }
    g_assert_false(str_utf8_valid(STR("\xFF"), NULL));
}

static void utf8_that_is_accepted(void)
{
    static const struct {
        Str text;
        size_t code_points;
    } cases[] = {
        {{NULL, 0}, 0},
        {{"elder", 5}, 5},
        {{"芦溪县宣风镇", 18}, 6},
        {{"\xEF\xBF\xBF", 3}, 1},             /* U+FFFF */
        {{"\xF0\x90\x80\x80", 4}, 1},         /* U+10000 */
        {{"\xF4\x8F\xBF\xBF", 4}, 1},         /* U+10FFFF */
        {{"\xED\x9F\xBF\xEE\x80\x80", 6}, 2}, /* on both sides of the surrogates */
        {{"𠮷", 4}, 1},                       /* a family name outside the first plane */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(str_utf8_valid(cases[i].text, NULL));
        g_assert_cmpuint(str_utf8_length(cases[i].text), ==, cases[i].code_points);
    }
}

/* What a list shows is what is in it. */
static void texts_that_can_be_shown(void)
{
    static const struct {
        const char *text, *seen; /* NULL: the same */
        bool control;
    } cases[] = {
        {"登记错了人", NULL, false},
        {"买买提·艾力", NULL, false},
        {"𠮷某、䶮某", NULL, false},
        {"葛\U000E0100城", NULL, false},           /* a form of one ideograph */
        {"☎\uFE0F 已通知", NULL, false},           /* a picture */
        {"\u0646\u0645\u200C\u0627", NULL, false}, /* letters kept apart */
        {"\u1828\u180E\u1820", NULL, false},       /* Mongolian */
        {"", NULL, false},
        {"登记\u200B错了", "登记错了", false},
        {"登记\u200D错了", "登记错了", false},
        {"登记\u202E错了\u202C", "登记错了", false},
        {"登记\u2066错了\u2069", "登记错了", false},
        {"\uFEFF登记\u00AD错了\u061C", "登记错了", false},
        {"a\uFE0F", "a", false}, /* chooses no form of a letter */
        {"葛\U000E0100\U000E0101", "葛\U000E0100", false},
        {"ok\U000E0041", "ok", false},
        {"\u3164", "", false},
        {"一行\u2028二行", NULL, true},
        {"一行\u2029二行", NULL, true},
        {"一行\n二行", NULL, true},
        {"\x1b[2K", NULL, true},
        {"\xC2\x85", NULL, true},
        {"\x7f", NULL, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Str text = str_of(cases[i].text);
        g_autofree char *to = g_malloc(text.len + 1);
        bool hides = cases[i].seen != NULL;
        g_test_message("%s", cases[i].text);
        g_assert_true(str_utf8_hides(text) == hides);
        g_assert_true(str_utf8_printable(text) == (!hides && !cases[i].control));
        g_assert_true(str_is(str_utf8_seen(text, to), hides ? cases[i].seen : cases[i].text));
    }
    g_assert_false(str_utf8_printable(STR("\xFF")));
}

static void code_points_one_by_one(void)
{
    Str rest = STR("a安\xFF𠮷");
    g_assert_cmphex(str_utf8_next(&rest), ==, 'a');
    g_assert_cmphex(str_utf8_next(&rest), ==, 0x5B89);
    g_assert_cmphex(str_utf8_next(&rest), ==, 0xFFFD);
    g_assert_cmphex(str_utf8_next(&rest), ==, 0x20BB7);
    g_assert_cmphex(str_utf8_next(&rest), ==, 0);
    g_assert_cmpuint(rest.len, ==, 0);
}

static void words_that_are_near(void)
{
    static const struct {
        const char *a, *b;
        size_t most, distance;
    } cases[] = {
        {"ownership", "ownership", 2, 0},
        {"onwership", "ownership", 2, 1},
        {"owership", "ownership", 2, 1},
        {"ownerships", "ownership", 2, 1},
        {"0wnership", "ownership", 2, 1},
        {"ownrshp", "ownership", 2, 2},
        {"bed", "ownership", 2, 3},
        {"", "abc", 5, 3},
        {"abc", "", 5, 3},
        {"安源去", "安源区", 1, 1},
        {"上栗县", "栗上县", 1, 1},
        {"kitten", "sitting", 5, 3},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s - %s", cases[i].a, cases[i].b);
        g_assert_cmpuint(str_edit_distance(str_of(cases[i].a), str_of(cases[i].b), cases[i].most),
                         ==, cases[i].distance);
    }
    g_autofree char *long_word = g_strnfill(65, 'a');
    g_assert_cmpuint(str_edit_distance(str_of(long_word), STR("aa"), 3), ==, 4);
    g_assert_cmpuint(str_edit_distance(str_of(long_word), str_of(long_word), 3), ==, 0);
}

static void hash_is_fnv_1a(void)
{
    g_assert_cmphex(str_hash(STR("")), ==, 0x811c9dc5);
    g_assert_cmphex(str_hash(STR("a")), ==, 0xe40c292c);
    g_assert_cmphex(str_hash(STR("foobar")), ==, 0xbf9cf968);
}

static void whole_numbers_alone(void)
{
    int64_t n = 0;
    g_assert_true(str_whole(STR("9223372036854775807"), 0, INT64_MAX, &n) && n == INT64_MAX);
    g_assert_true(str_whole(STR("-3"), -3, 3, &n) && n == -3);
    static const char *const not_whole[] = {
        "", " 1", "1 ", "1x", "０", "4", "9223372036854775808", "000000000000000000000001"};
    for (size_t i = 0; i < G_N_ELEMENTS(not_whole); i++)
        g_assert_false(str_whole(str_of(not_whole[i]), -3, 3, &n));
    Str rest = STR("12 of node 3");
    g_assert_true(str_cut_whole(&rest, INT32_MAX, &n) && n == 12);
    g_assert_true(str_is(rest, " of node 3"));
    g_assert_false(str_cut_whole(&rest, INT32_MAX, &n));
    g_assert_true(str_is(rest, " of node 3"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/str/texts compare by bytes", texts_compare_by_bytes);
    g_test_add_func("/str/beginnings and ends", beginnings_and_ends);
    g_test_add_func("/str/trimming takes full-width blanks", trimming_takes_full_width_blanks);
    g_test_add_func("/str/cutting shows where the line ends", cutting_shows_where_the_line_ends);
    g_test_add_func("/str/utf-8 that is refused", utf8_that_is_refused);
    g_test_add_func("/str/utf-8 that is accepted", utf8_that_is_accepted);
    g_test_add_func("/str/code points one by one", code_points_one_by_one);
    g_test_add_func("/str/texts that can be shown", texts_that_can_be_shown);
    g_test_add_func("/str/words that are near", words_that_are_near);
    g_test_add_func("/str/hash is fnv-1a", hash_is_fnv_1a);
    g_test_add_func("/str/whole numbers alone", whole_numbers_alone);
    return g_test_run();
}
