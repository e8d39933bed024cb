/* Places as editors count them against bytes and our own columns. */
#include "author/text.h"

/* 一 has three bytes and one unit, 𠮷 four bytes and two units. */
static const char sample[] = "ab\r\n一𠮷c\n\n末";

static void assert_place(size_t offset, uint32_t line, uint32_t unit)
{
    Str text = str_of(sample);
    Place p = text_place(text, offset);
    g_assert_cmpuint(p.line, ==, line);
    g_assert_cmpuint(p.unit, ==, unit);
    g_assert_cmpuint(text_offset(text, p), ==, offset);
}

static void there_and_back(void)
{
    assert_place(0, 0, 0);
    assert_place(2, 0, 2);
    assert_place(4, 1, 0);
    assert_place(7, 1, 1);  /* behind 一 */
    assert_place(11, 1, 3); /* behind 𠮷 */
    assert_place(12, 1, 4);
    assert_place(13, 2, 0);
    assert_place(14, 3, 0);
    assert_place(17, 3, 1);
}

static void what_lies_outside(void)
{
    Str text = str_of(sample), none = {NULL, 0};
    g_assert_cmpuint(text_offset(text, (Place){0, 99}), ==, 2);  /* before the line's end */
    g_assert_cmpuint(text_offset(text, (Place){99, 0}), ==, 17); /* the text's end */
    g_assert_cmpuint(text_offset(text, (Place){99, 99}), ==, 17);
    g_assert_cmpuint(text_offset(text, (Place){1, 2}), ==, 7); /* inside a pair: before it */
    g_assert_cmpuint(text_offset(none, (Place){1, 2}), ==, 0);
    g_assert_cmpuint(text_place(text, 999).line, ==, 3);
    g_assert_cmpuint(text_place(none, 5).unit, ==, 0);
}

static void assert_range(Pos pos, uint32_t from, uint32_t to)
{
    Range r = text_range(pos);
    g_assert_cmpuint(r.from.line, ==, pos.line - 1);
    g_assert_cmpuint(r.from.unit, ==, from);
    g_assert_cmpuint(r.to.unit, ==, to);
}

static void our_columns(void)
{
    const Source source = {"x.md", str_of(sample)};
    assert_range((Pos){&source, 2, 1, 1}, 0, 1);
    assert_range((Pos){&source, 2, 2, 1}, 1, 3);
    assert_range((Pos){&source, 2, 3, 0}, 3, 4); /* no length is one */
    assert_range((Pos){&source, 2, 1, 99}, 0, 4);
    assert_range((Pos){&source, 1, 9, 1}, 2, 2); /* behind the line: its end */
    assert_range((Pos){&source, 3, 1, 1}, 0, 0);
    Pos back = text_pos(&source, (Place){1, 3});
    g_assert_cmpuint(back.line, ==, 2);
    g_assert_cmpuint(back.column, ==, 3);
    g_assert_cmpuint(text_range((Pos){0}).to.unit, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/text/there and back", there_and_back);
    g_test_add_func("/text/outside", what_lies_outside);
    g_test_add_func("/text/columns", our_columns);
    return g_test_run();
}
