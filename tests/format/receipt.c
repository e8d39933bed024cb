/* receipt.c — a draw, and everybody who would like to change it afterwards. */
#include "format/receipt.h"

#include <string.h>

#include "base/limits.h"

static Receipt list_of(Arena *a, unsigned homes, unsigned inspectors)
{
    Receipt r = {.number = STR("R1"),
                 .draw = STR("inspection"),
                 .title = STR("双随机抽查"),
                 .document = STR("a-city-2020"),
                 .clause = STR("二(六)16e"),
                 .place = STR("990302"),
                 .place_name = STR("甲区"),
                 .each = inspectors > 0 ? 2 : 0,
                 .public_what = STR("体彩排列五第20166期")};
    date_make(2020, 6, 18, &r.listed);
    date_make(2020, 6, 23, &r.public_on);
    r.classes = arena_many(a, ReceiptClass, 2);
    r.classes[0] = (ReceiptClass){.name = STR("5%"), .take = 1};
    r.classes[1] = (ReceiptClass){.name = STR("30%"), .take = 2};
    r.n_classes = 2;
    r.of = arena_many(a, ReceiptName, homes);
    r.with = arena_many(a, ReceiptName, inspectors + 1);
    for (unsigned i = homes; i > 0; i--) /* in any order */
        r.of[r.n_of++] = (ReceiptName){str_of(arena_printf(a, "F%02u", i)),
                                       i % 2 == 0 ? STR("5%") : STR("30%"), STR("某某老年公寓")};
    for (unsigned i = 0; i < inspectors; i++)
        r.with[r.n_with++] =
            (ReceiptName){.id = str_of(arena_printf(a, "I%u", i)), .name = STR("甲某")};
    return r;
}

static void watched(Receipt *r, Arena *a)
{
    char hex[DIGEST_TEXT];
    digest_hex(r->method, STR("井冈山 4711"), hex);
    r->commits = arena_many(a, ReceiptCommit, 1);
    r->commits[0] = (ReceiptCommit){.who = STR("监督员乙"), .digest = arena_str(a, str_of(hex))};
    r->n_commits = 1;
}

/* Home F01 and inspector I0 belong together. */
static GString *drawn(Arena *a)
{
    Receipt r = list_of(a, 12, 4);
    const Str secret = STR("井冈山 4711");
    GString *to = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    watched(&r, a);
    r.bars = arena_many(a, ReceiptBar, 12);
    for (unsigned i = 0; i < 12; i++)
        r.bars[r.n_bars++] = (ReceiptBar){STR("I0"), r.of[i].id};
    receipt_close_list(&r, a, &error);
    g_assert_no_error(error);
    receipt_draw(&r, STR("4 7 1 0 9"), STR("31662"), &secret, 1, a, &error);
    g_assert_no_error(error);
    receipt_print(&r, to);
    return to;
}

/* Each fault of a list in the words of who makes it. */
static void test_faults_in_chinese(void)
{
    g_autoptr(Arena) a = arena_new();
    const char *zh[] = {"出现两次", "的类别“x”没有列出", "名单里没有", "的回避写了两次"};
    for (size_t i = 0; i < G_N_ELEMENTS(zh); i++) {
        g_autoptr(GError) error = NULL;
        Receipt r = list_of(a, 12, 4);
        ReceiptClass *twice = arena_many(a, ReceiptClass, r.n_classes + 1);
        ReceiptBar bars[2] = {{STR("I0"), r.of[0].id}, {STR("I0"), r.of[0].id}};
        memcpy(twice, r.classes, r.n_classes * sizeof *twice);
        twice[r.n_classes] = twice[0];
        if (i == 0) {
            r.classes = twice;
            r.n_classes++;
        } else if (i == 1)
            r.of[0].class = STR("x");
        else {
            bars[0].with = i == 2 ? STR("I99") : bars[0].with;
            r.bars = bars;
            r.n_bars = 2;
        }
        g_assert_false(receipt_close_list(&r, a, &error));
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
        g_test_message("%s", fail_in_chinese(error));
        g_assert_nonnull(strstr(fail_in_chinese(error), zh[i]));
    }
}

static void assert_refused(const char *text, const char *words)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Receipt r;
    if (receipt_verify(str_of(text), "x.txt", a, &r, &error))
        g_error("accepted:\n%s", text);
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    if (words != NULL && strstr(error->message, words) == NULL)
        g_error("said \"%s\", not \"%s\"", error->message, words);
}

static void test_verifies(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = drawn(a), again = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Receipt r;
    receipt_verify((Str){text->str, text->len}, "x.txt", a, &r, &error);
    g_assert_no_error(error);
    receipt_print(&r, again);
    g_assert_cmpstr(again->str, ==, text->str);
    g_assert_cmpuint(r.n_taken, ==, 3);
    unsigned five = 0;
    for (size_t i = 0; i < 3; i++) {
        five += str_is(r.of[r.taken[i].of].class, "5%");
        g_assert_cmpuint(r.taken[i].n_with, ==, 2);
        for (size_t k = 0; k < 2; k++)
            g_assert_false(str_is(r.with[r.taken[i].with[k]].id, "I0"));
        g_assert_cmpuint(r.taken[i].with[0], !=, r.taken[i].with[1]);
    }
    g_assert_cmpuint(five, ==, 1); /* of each class as many as it says */
}

/* The list is public before anybody knows the value. */
static void test_list_alone(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Receipt r = list_of(a, 12, 4), read;
    receipt_close_list(&r, a, &error);
    g_assert_no_error(error);
    receipt_print(&r, text);
    receipt_verify((Str){text->str, text->len}, "x.txt", a, &read, &error);
    g_assert_no_error(error);
    g_assert_false(read.drawn);
    g_assert_true(str_equal(read.list, r.list));
}

/* Each byte changed, each line left out, each pair of lines exchanged: never accepted. */
static void test_changed(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = drawn(a);
    for (size_t i = 0; i < text->len; i++) {
        g_autofree char *other = g_strdup(text->str);
        other[i] = other[i] == '3' ? '4' : '3';
        assert_refused(other, NULL);
    }
    g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
    size_t n = g_strv_length(lines) - 1;
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GString) without = g_string_new(NULL), swapped = g_string_new(NULL);
        for (size_t k = 0; k < n; k++) {
            if (k != i)
                g_string_append_printf(without, "%s\n", lines[k]);
            size_t at = i + 1 < n && k == i ? i + 1 : i + 1 < n && k == i + 1 ? i : k;
            g_string_append_printf(swapped, "%s\n", lines[at]);
        }
        assert_refused(without->str, NULL);
        if (i + 1 < n)
            assert_refused(swapped->str, NULL);
    }
}

static char *replaced(const char *text, const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(text, from, 2);
    g_assert_nonnull(parts[1]);
    return g_strconcat(parts[0], to, parts[1], NULL);
}

static void test_says_what(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = drawn(a);
    g_autofree char *list = replaced(text->str, "of\tF02\t5%", "of\tF02\t30%");
    g_autofree char *inspector = replaced(text->str, "with\tI1", "with\tI9");
    g_auto(GStrv) people = g_strsplit(text->str, "with\tI1", 2);
    g_autofree char *fewer = g_strconcat(people[0], strchr(people[1], '\n') + 1, NULL);
    g_autofree char *seed = replaced(text->str, "value\t4 7 1 0 9", "value\t4 7 1 0 8");
    g_autofree char *secret = replaced(text->str, "reveal\t监督员乙\t井", "reveal\t监督员乙\t景");
    g_autofree char *behind = g_strconcat(text->str, "taken\tF01\t5%\t0.1\n", NULL);
    assert_refused(list, "the list was changed");
    assert_refused(inspector, "the list was changed"); /* who inspects is frozen, too */
    assert_refused(fewer, "the list was changed");
    assert_refused(seed, "is not what list and seed give");
    assert_refused(secret, "is not what was promised");
    assert_refused(behind, "nothing may stand behind");
    assert_refused("", "'anlao-draw' is needed here");
    assert_refused("anlao-draw\t2\n", "another version");
}

/* A value of the day on which the list was published may have been known before the list was. */
static void test_same_day(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    for (int days = -1; days <= 1; days++) {
        g_autoptr(GString) text = g_string_new(NULL);
        Receipt r = list_of(a, 12, 4);
        r.public_on = r.listed + days;
        g_assert_true(receipt_close_list(&r, a, &error));
        receipt_print(&r, text);
        if (days <= 0)
            assert_refused(text->str, "x.txt: the value that makes the seed is of 2020-06-1");
        else
            g_assert_true(receipt_verify(str_of(text->str), "x.txt", a, &r, &error));
        g_assert_true(receipt_draw(&r, STR("1"), STR(""), NULL, 0, a, &error));
        g_string_truncate(text, 0);
        receipt_print(&r, text);
        if (days <= 0)
            assert_refused(text->str, "Publish a list that names a value of a later day");
    }
}

static void test_refused_lists(void)
{
    g_autoptr(Arena) a = arena_new();
    Receipt r = list_of(a, 12, 4);
    g_autoptr(GError) twice = NULL, few = NULL, dice = NULL;
    r.of[3].id = r.of[4].id;
    g_assert_false(receipt_close_list(&r, a, &twice));
    g_assert_nonnull(strstr(twice->message, "stands in the list twice"));
    r = list_of(a, 3, 4);
    r.classes[0].take = 2; /* one home of that class */
    g_assert_false(receipt_close_list(&r, a, &few));
    g_assert_nonnull(strstr(few->message, "fewer members"));
    r = list_of(a, 12, 4);
    g_assert_true(receipt_close_list(&r, a, NULL));
    g_assert_false(receipt_draw(&r, STR("1"), STR("3x"), NULL, 0, a, &dice));
    g_assert_nonnull(strstr(dice->message, "digits alone"));
}

/* Where too few may be sent, the receipt says how many are lacking. */
static void test_short(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    Receipt r = list_of(a, 12, 1), read;
    g_autoptr(GError) error = NULL;
    receipt_close_list(&r, a, &error);
    receipt_draw(&r, STR("1"), STR(""), NULL, 0, a, &error);
    g_assert_no_error(error);
    receipt_print(&r, text);
    g_assert_nonnull(strstr(text->str, "short\t"));
    receipt_verify((Str){text->str, text->len}, "x.txt", a, &read, &error);
    g_assert_no_error(error);
}

/* LIMIT_RECEIPT_CELL, LIMIT_RECEIPT_EACH, LIMIT_RECEIPT_BYTES, LIMIT_RECEIPT_ROWS */
static void test_limits(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = drawn(a);
    g_autofree char *name = g_strnfill(LIMIT_RECEIPT_CELL + 1, 'n');
    g_autofree char *cell = g_strdup_printf("number\t%s\n", name);
    g_autofree char *long_cell = replaced(text->str, "number\tR1\n", cell);
    g_autofree char *each = replaced(text->str, "each\t2\n", "each\t17\n");
    g_autofree char *huge = g_strnfill(LIMIT_RECEIPT_BYTES + 1, '\n');
    g_autoptr(GString) rows = g_string_new("");
    for (unsigned i = 0; i <= LIMIT_RECEIPT_ROWS; i++)
        g_string_append_printf(rows, "with\t%06x\tn\n", i);
    g_autofree char *many = replaced(text->str, "with\tI0\t甲某\n", rows->str);
    g_assert_cmpuint(LIMIT_RECEIPT_EACH, ==, 16);
    assert_refused(long_cell, "a cell is too long");
    assert_refused(each, "a whole number is needed here");
    assert_refused(huge, "too long for a receipt");
    assert_refused(many, "too many lines");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/format/receipt/faults-in-chinese", test_faults_in_chinese);
    g_test_add_func("/receipt/verifies", test_verifies);
    g_test_add_func("/receipt/list-alone", test_list_alone);
    g_test_add_func("/receipt/changed", test_changed);
    g_test_add_func("/receipt/says-what", test_says_what);
    g_test_add_func("/receipt/same-day", test_same_day);
    g_test_add_func("/receipt/refused-lists", test_refused_lists);
    g_test_add_func("/receipt/short", test_short);
    g_test_add_func("/receipt/limits", test_limits);
    return g_test_run();
}
