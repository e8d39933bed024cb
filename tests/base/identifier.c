/* Citizen numbers, credit codes and record ids.  The numbers are the standards' own examples or
 * made up: births before 1900, regions ending in 99. */
#include "base/identifier.h"

#include <glib.h>
#include <string.h>

typedef struct Case {
    const char *value;
    IdentifierFault fault;
    const char *note;
} Case;

static void citizen_numbers(void)
{
    static const Case cases[] = {
        {"11010519491231002X", IDENTIFIER_VALID, "example of GB 11643"},
        {"440524188001010014", IDENTIFIER_VALID, "example of GB 11643"},
        {"11010519491231002x", IDENTIFIER_VALID, "a small x counts"},
        {"１１０１０５１９４９１２３１００２Ｘ", IDENTIFIER_VALID, "full-width characters"},
        {"110105194912310021", IDENTIFIER_BAD_CHECK, "digit for X"},
        {"11010519491331002X", IDENTIFIER_BAD_DATE, "month 13"},
        {"1101051949123100", IDENTIFIER_BAD_LENGTH, "16 characters"},
        {"110105491231002", IDENTIFIER_BAD_LENGTH, "the old form of 15"},
        {"11010519491231002X0", IDENTIFIER_BAD_LENGTH, "19 characters"},
        {"", IDENTIFIER_BAD_LENGTH, "empty"},
        {"360302189802290015", IDENTIFIER_BAD_DATE, "29 February 1898: check right, day wrong"},
        {"360302189602290029", IDENTIFIER_VALID, "29 February 1896"},
        {"500154189912310138", IDENTIFIER_VALID, "made up"},
        {"370102188806304564", IDENTIFIER_VALID, "made up"},
        {"1101051949123100 X", IDENTIFIER_BAD_CHAR, "a blank inside"},
        {"1X010519491231002X", IDENTIFIER_BAD_CHAR, "X before the end"},
        {"11010519491231002Y", IDENTIFIER_BAD_CHAR, "no such check character"},
        {"11010519491231002男", IDENTIFIER_BAD_CHAR, "no character of a number"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char to[19];
        Date born;
        bool woman;
        g_test_message("%s (%s)", cases[i].value, cases[i].note);
        g_assert_cmpint(citizen_id_check(str_of(cases[i].value), to, &born, &woman), ==,
                        cases[i].fault);
        g_assert_cmpuint(strlen(to), ==, cases[i].fault == IDENTIFIER_BAD_LENGTH ? 0 : 18);
    }
}

static void birthday_and_sex_of_a_citizen_number(void)
{
    char to[19], text[DATE_TEXT];
    Date born = 0;
    bool woman = false;
    citizen_id_check(STR("11010519491231002x"), to, &born, &woman);
    g_assert_cmpstr(to, ==, "11010519491231002X");
    g_assert_cmpstr(date_format(born, text), ==, "1949-12-31");
    g_assert_true(woman);
    citizen_id_check(STR("440524188001010014"), to, &born, &woman);
    g_assert_cmpstr(date_format(born, text), ==, "1880-01-01");
    g_assert_false(woman);
    /* What is not valid says nothing about the person. */
    g_assert_cmpint(citizen_id_check(STR("110105194912310021"), to, &born, &woman), ==,
                    IDENTIFIER_BAD_CHECK);
    g_assert_cmpstr(date_format(born, text), ==, "1880-01-01");
    g_assert_cmpint(citizen_id_check(STR("11010519491231002X"), to, NULL, NULL), ==,
                    IDENTIFIER_VALID);
}

static void credit_codes(void)
{
    static const Case cases[] = {
        {"91350100M000100Y43", IDENTIFIER_VALID, "example of GB 32100"},
        {"91350100m000100y43", IDENTIFIER_VALID, "small letters"},
        {"91350100M000100Y44", IDENTIFIER_BAD_CHECK, ""},
        {"91350100M000100I43", IDENTIFIER_BAD_CHAR, "I is not in the alphabet"},
        {"91350100M000100Y4", IDENTIFIER_BAD_LENGTH, "17 characters"},
        {"52360399MJX0T00K1M", IDENTIFIER_VALID, "made up"},
        {"126104994Y00T00L3R", IDENTIFIER_VALID, "made up"},
        {"91370199MAT0E0TA2U", IDENTIFIER_VALID, "made up"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char to[19];
        g_test_message("%s (%s)", cases[i].value, cases[i].note);
        g_assert_cmpint(credit_code_check(str_of(cases[i].value), to), ==, cases[i].fault);
    }
}

/* A check digit exists to find the two commonest slips of a typist. */
static void every_single_slip_is_found(void)
{
    static const char good[] = "11010519491231002X";
    char to[19];
    for (size_t i = 0; i < 17; i++)
        for (char c = '0'; c <= '9'; c++) {
            char wrong[19];
            memcpy(wrong, good, sizeof(good));
            wrong[i] = c;
            g_assert_true((c == good[i]) ==
                          (citizen_id_check(str_of(wrong), to, NULL, NULL) == IDENTIFIER_VALID));
        }
    g_assert_cmpint(citizen_id_digit(good), ==, 'X');
    g_assert_cmpint(citizen_id_digit("1101051949123100A"), ==, '?');
    g_assert_cmpint(credit_code_digit("91350100M000100Y4"), ==, '3');
    g_assert_cmpint(credit_code_digit("91350100M000100I4"), ==, '?');
}

static void masks_show_five_characters_at_most(void)
{
    static const struct {
        const char *plain, *shown;
    } cases[] = {
        {"11010519491231002X", "1101*************X"},
        {"13800001234", "1380******4"},
        {"123456", "1234*6"},
        {"12345", "*****"},
        {"1", "*"},
        {"", ""},
        {"王小明", "*********"},
        {"1234567890123456789012345", "1234*************5"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char to[19];
        g_assert_cmpstr(identifier_mask(str_of(cases[i].plain), to), ==, cases[i].shown);
    }
}

static const int64_t ids[] = {
    0,
    1,
    31,
    32,
    1099511627775,
    1099511627776,
    281474976710655,
    281474976710656,
    G_MAXINT64,
    INT64_C(0x0123456789ABCDEF),
};

static void ids_round_trip(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        char text[ID_TEXT];
        int64_t again = -1;
        id_format(ids[i], text);
        g_assert_cmpuint(strlen(text), ==, 14);
        g_assert_true(id_parse(str_of(text), &again));
        g_assert_cmpint(again, ==, ids[i]);
        g_autofree char *small = g_ascii_strdown(text, -1);
        g_assert_true(id_parse(str_of(small), &again));
        g_assert_cmpint(again, ==, ids[i]);
    }
    char text[ID_TEXT];
    g_assert_cmpstr(id_format(0, text), ==, "00000000000000");
    g_assert_cmpstr(id_format(1, text), ==, "00000000000012");
    g_assert_cmpint(id_make(0, 0, 1), ==, 1);
    g_assert_cmpint(id_make(0, 1, 0), ==, INT64_C(1) << 40);
    g_assert_cmpint(id_make(1, 0, 0), ==, INT64_C(1) << 48);
    g_assert_cmpint(id_make(32767, 255, (UINT64_C(1) << 40) - 1), ==, G_MAXINT64);
}

static bool id_reads(const char *text)
{
    int64_t id;
    return id_parse(str_of(text), &id);
}

static void a_wrong_id_is_found(void)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (size_t n = 0; n < G_N_ELEMENTS(ids); n++) {
        char text[ID_TEXT];
        id_format(ids[n], text);
        for (int i = 0; i < 14; i++) {
            char right = text[i];
            for (const char *c = alphabet; *c != '\0'; c++) {
                text[i] = *c;
                g_assert_true(id_reads(text) == (*c == right));
            }
            text[i] = right;
            for (int j = i + 1; j < 14; j++) {
                char a = text[i], b = text[j];
                text[i] = b;
                text[j] = a;
                g_assert_true(id_reads(text) == (a == b));
                text[i] = a;
                text[j] = b;
            }
        }
    }
}

static void texts_that_are_no_ids(void)
{
    static const char *const cases[] = {
        "",
        "0",
        "0000000000000",
        "000000000000000",
        "0000000000000U",
        "G0000000000000",
        "-0000000000000",
        " 0000000000000",
        "00000000000０",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_false(id_reads(cases[i]));
    g_assert_true(id_reads("OOOOOOOOOOOOIZ") == id_reads("0000000000001Z"));
    g_assert_true(id_reads("ooooooooooool2"));
}

static void test_numbers_in_texts(void)
{
    g_assert_true(text_holds_citizen_id(STR("核对 11010519491231002X 的证件")));
    g_assert_true(text_holds_citizen_id(STR("360302189602290029")));
    g_assert_false(
        text_holds_citizen_id(STR("核对 110105194912310021 的证件"))); /* wrong check digit */
    g_assert_false(text_holds_citizen_id(STR("批次 9110105194912310020001")));
    g_assert_false(text_holds_citizen_id(STR("核对证件")));
}

/* As Chinese keyboards write digits: three bytes each. */
static void test_full_width_numbers_in_texts(void)
{
    g_assert_true(text_holds_citizen_id(STR("１１０１０５１９４９１２３１００２Ｘ")));
    g_assert_true(text_holds_citizen_id(STR("１１０１０５１９４９１２３１００２ｘ")));
    g_assert_true(text_holds_citizen_id(STR("核对１１０１０５19491231002X的证件")));
    g_assert_true(text_holds_citizen_id(STR("核对３６０３０２１８９６０２２９００２９")));
    g_assert_false(text_holds_citizen_id(STR("１１０１０５１９４９１２３１００２１")));
    g_assert_false(text_holds_citizen_id(STR("批次９110105194912310020001")));
    g_assert_false(text_holds_citizen_id(STR("９11010519491231002X")));
    g_assert_false(text_holds_citizen_id(STR("１１０１０５１９４９１２３１００２")));
    g_assert_false(text_holds_citizen_id(STR("")));
}

/* One number, as it is written in a register, on a card, on a Chinese keyboard. */
static void test_telephones(void)
{
    static const struct {
        const char *text, *digits; /* NULL: it is none */
    } cases[] = {
        {"0799-1234567", "07991234567"},
        {"0799.1234567", "07991234567"},
        {"（０７９９）１２３４５６７", "07991234567"},
        {"138.0013.8000", "13800138000"},
        {"138·0013·8000", "13800138000"},
        {"138\u00A00013\u20118000", "13800138000"},
        {"138–0013—8000", "13800138000"},
        {"＋86 138 0013 8000", "13800138000"},
        {"(+86)138 0013 8000", "13800138000"},
        {"008613800138000", "13800138000"},
        {"86-138-0013-8000", "13800138000"},
        {"8613800", "8613800"}, /* the end of one */
        {"8000", "8000"},
        {"", ""},
        {"+852 2345 6789", "85223456789"},
        {"123456789012345678901", NULL}, /* PHONE_MOST and one */
        {"1380013800a", NULL},
        {"138/0013", NULL},
        {"转 8000", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char digits[PHONE_MOST + 1];
        size_t n = 99;
        g_test_message("%s", cases[i].text);
        g_assert_true(phone_read(str_of(cases[i].text), digits, &n) == (cases[i].digits != NULL));
        if (cases[i].digits == NULL)
            continue;
        g_assert_cmpstr(digits, ==, cases[i].digits);
        g_assert_cmpuint(n, ==, strlen(digits));
        g_assert_true(text_may_be_number(str_of(cases[i].text)) == (n >= NUMBER_DIGITS));
    }
    g_assert_true(text_may_be_number(STR("110105.19491231.002x")));
    g_assert_false(text_may_be_number(STR("芦溪 8000")));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/identifier/citizen numbers", citizen_numbers);
    g_test_add_func("/identifier/birthday and sex of a citizen number",
                    birthday_and_sex_of_a_citizen_number);
    g_test_add_func("/identifier/credit codes", credit_codes);
    g_test_add_func("/identifier/every single slip is found", every_single_slip_is_found);
    g_test_add_func("/identifier/masks show five characters at most",
                    masks_show_five_characters_at_most);
    g_test_add_func("/identifier/ids round-trip", ids_round_trip);
    g_test_add_func("/identifier/a wrong id is found", a_wrong_id_is_found);
    g_test_add_func("/identifier/texts that are no ids", texts_that_are_no_ids);
    g_test_add_func("/identifier/in-texts", test_numbers_in_texts);
    g_test_add_func("/identifier/in-texts-full-width", test_full_width_numbers_in_texts);
    g_test_add_func("/identifier/telephones", test_telephones);
    return g_test_run();
}
