/* capitals.c — amounts as a cashier writes them, and read back digit by digit. */
#include "format/capitals.h"

#include <string.h>

static const struct {
    int64_t fen;
    const char *text;
} amounts[] = {
    {0, "零元整"},
    {1, "壹分"},
    {10, "壹角整"},
    {50, "伍角整"},
    {11, "壹角壹分"},
    {100, "壹元整"},
    {101, "壹元零壹分"},
    {110, "壹元壹角整"},
    {1000, "壹拾元整"},
    {32504, "叁佰贰拾伍元零肆分"},
    {140950, "壹仟肆佰零玖元伍角整"},
    {168032, "壹仟陆佰捌拾元叁角贰分"},
    {600714, "陆仟零柒元壹角肆分"},
    {1640902, "壹万陆仟肆佰零玖元零贰分"},
    {10700053, "壹拾万柒仟元伍角叁分"},
    {10008000, "壹拾万零捌拾元整"},
    {65808000, "陆拾伍万捌仟零捌拾元整"}, /* people.md 2.5 */
    {100100000, "壹佰万壹仟元整"},
    {1000000000, "壹仟万元整"},
    {2000030000, "贰仟万零叁佰元整"},
    {10000000000, "壹亿元整"},
    {10000000100, "壹亿零壹元整"},
    {10000100000, "壹亿零壹仟元整"},
    {10001000000, "壹亿零壹万元整"},
    {10010000000, "壹亿零壹拾万元整"},
    {100000000000000, "壹万亿元整"},
    {-8000, "负捌拾元整"},
    {-1, "负壹分"},
    {INT64_MAX, "玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分"},
    {INT64_MIN, "负玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零捌分"},
};

static void test_amounts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(amounts); i++) {
        g_autoptr(GString) to = g_string_new(NULL);
        capitals_money(amounts[i].fen, to);
        g_assert_cmpstr(to->str, ==, amounts[i].text);
    }
}

/* What the capitals say, by the value of each word. */
static uint64_t read_back(const char *text)
{
    static const char *const digits = "零壹贰叁肆伍陆柒捌玖";
    static const char *const units = "拾佰仟";
    uint64_t whole = 0, section = 0, digit = 0, fen = 0;
    for (; *text != '\0'; text += 3) {
        g_autofree char *word = g_strndup(text, 3);
        const char *d = strstr(digits, word), *u = strstr(units, word);
        if (d != NULL) {
            digit = (uint64_t)(d - digits) / 3;
        } else if (u != NULL) {
            static const uint64_t values[] = {10, 100, 1000};
            section += digit * values[(u - units) / 3];
            digit = 0;
        } else if (strcmp(word, "万") == 0) {
            whole += (section + digit) * 10000;
            section = digit = 0;
        } else if (strcmp(word, "亿") == 0) {
            whole = (whole + section + digit) * 100000000;
            section = digit = 0;
        } else if (strcmp(word, "元") == 0) {
            fen += (whole + section + digit) * 100;
            whole = section = digit = 0;
        } else if (strcmp(word, "角") == 0) {
            fen += digit * 10;
            digit = 0;
        } else if (strcmp(word, "分") == 0) {
            fen += digit;
            digit = 0;
        } else {
            g_assert_cmpstr(word, ==, "整");
        }
    }
    return fen;
}

static void assert_read(uint64_t fen)
{
    g_autoptr(GString) to = g_string_new(NULL);
    capitals_money((int64_t)fen, to);
    g_assert_cmpuint(read_back(to->str), ==, fen);
    g_assert_null(strstr(to->str, "零零"));
    g_assert_null(strstr(to->str, "零万"));
    g_assert_null(strstr(to->str, "零元零"));
}

static void test_read_back(void)
{
    for (uint64_t fen = 1; fen < 2200000; fen += 7)
        assert_read(fen);
    for (uint64_t power = 1; power < UINT64_C(1000000000000000000); power *= 10)
        for (uint64_t near = 0; near < 12; near++)
            assert_read(power + near * (power / 10) + near);
    for (int i = 0; i < 100000; i++)
        assert_read(((uint64_t)(uint32_t)g_random_int() << 27 ^ g_random_int()) >> (i % 40));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capitals/amounts", test_amounts);
    g_test_add_func("/capitals/read-back", test_read_back);
    return g_test_run();
}
