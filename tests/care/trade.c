/* trade.c — files that were exchanged with other offices are no business of other regions: letter
 * numbers, file names and how many people were found are told to who works there, and above.
 * LAW issue 4, 7: export of what one may see. */
#include "house.h"

#include "care/trade.h"

static const char document[] =
    "---\ndocument: more\ntitle: 往来\ntitle en: Exchange\nlayer: model\nin force: 2019-01-01\n"
    "builds on: house-model\n---\n\n# 一 往来 / Exchange\n\n```anlao\n"
    "enum agency \"单位\" { police \"公安\" / \"police\" }\n"
    "exchange elder.list \"名单\" / \"list\" with police {\n  give name, born\n  key id_number\n}\n"
    "```\n";

static void give(House *h, const Session *s, const char *letter)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "given.csv", NULL);
    const TradeFile f = {.exchange = trade_named(h->care, STR("elder.list")),
                         .path = path,
                         .who = STR("police"),
                         .letter = str_of(letter)};
    uint64_t n;
    g_assert_nonnull(f.exchange);
    trade_give(h->care, s, &f, h->arena, &n, &error);
    g_assert_no_error(error);
}

static char *letters(House *h, const Session *s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) to = g_string_new(NULL);
    TradeBatch *list;
    size_t n;
    trade_list(h->care, s, h->arena, &list, &n, &error);
    g_assert_no_error(error);
    for (size_t i = n; i-- > 0;)
        g_string_append_printf(to, "%s%.*s", to->len > 0 ? " " : "", STR_ARG(list[i].letter));
    return arena_printf(h->arena, "%s", to->str);
}

static void test_regions(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    const Session *north = house_session(h, "bei", "clerk", "990302", 0),
                  *south = house_session(h, "nan", "clerk", "990313", 0),
                  *town = house_session(h, "zhen", "town", "990302101", 0),
                  *reviewer = house_session(h, "fu", "review", "990302", 0),
                  *leader = house_session(h, "shi", "leader", "990300", 0);
    house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey home = house_save(h, h->local, "facility", (RecordKey){0}, "name", "敬老院", "region",
                                "990302101", NULL);
    const Session *carer = house_session(h, "hu", "carer", "990302", home.id);
    give(h, north, "N1");
    give(h, south, "S1");
    give(h, h->local, "C1"); /* the city's own */
    g_assert_cmpstr(letters(h, north), ==, "N1");
    g_assert_cmpstr(letters(h, reviewer), ==, "N1");
    g_assert_cmpstr(letters(h, south), ==, "S1");
    g_assert_cmpstr(letters(h, town), ==, "");
    g_assert_cmpstr(letters(h, carer), ==, "");
    g_assert_cmpstr(letters(h, leader), ==, "N1 S1 C1");
}

/* Kept with the letter, in clear and for good: not with a citizen number in the name, nor is a file
 * of that name written. */
static void test_number_in_name(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("%s/甲某%s.csv", h->folder, house_number(h, 1));
    const TradeFile f = {.exchange = trade_named(h->care, STR("elder.list")),
                         .path = path,
                         .who = STR("police"),
                         .letter = STR("N1")};
    uint64_t n;
    g_assert_false(trade_give(h->care, h->local, &f, h->arena, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "holds a citizen number"));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/trade/regions", test_regions);
    g_test_add_func("/care/trade/number-in-name", test_number_in_name);
    return g_test_run();
}
