/* trade_words.c — files of a declared exchange where two counties of a node call what they add
 * alike: whose column it is the exchange says, and the column by itself where it has its full name
 * (semantics 50). */
#include "house.h"

#include "base/file.h"
#include "care/trade.h"

#include <string.h>

static const char model[] =
    "---\ndocument: house-model\ntitle: 测试\ntitle en: Test\nlayer: model\nin force: "
    "2019-01-01\n---\n\n"
    "# 档案 / Records\n\n```anlao\n"
    "enum region_level ordered \"级别\" / \"level\" {\n  township \"乡镇\" / \"township\"\n"
    "  county \"县区\" / \"county\"\n  city \"市\" / \"city\"\n}\n"
    "enum agency \"单位\" / \"agency\" { sports \"体育\" / \"sports\" }\n"
    "entity elder \"老年人\" / \"elder\" {\n  place residence\n  key file_no\n  title name\n"
    "  file_no text(24) \"档案编号\" / \"file number\" unique\n"
    "  name text(8) \"姓名\" / \"name\" required\n"
    "  residence region \"常住地\" / \"residence\" required\n}\n"
    "regions\n```\n\n"
    "| code | name | name en | level | parent | managing | county | since |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| 990300 | 某市 | Some City | city |  |  | 990300 |  |\n"
    "| 990302 | 甲区 | District A | county | 990300 |  | 990302 |  |\n"
    "| 990302101 | 东镇 | East | township | 990302 |  |  |  |\n"
    "| 990313 | 乙区 | District B | county | 990300 |  | 990313 |  |\n"
    "| 990313101 | 南镇 | South | township | 990313 |  |  |  |\n";

/* Both districts count merit, and both call it 积分; to each it is its own. */
#define DISTRICT(name, code, exchange)                                                             \
    "---\ndocument: " name "\ntitle: 补充\ntitle en: More\nlayer: place\nplace: " code             \
    "\nin force: 2019-01-01\nbuilds on: house-model\n---\n\n# 补充 / More\n\n```anlao\n"         \
    "extend elder { merit int \"积分\" / \"merit\" because \"兑换\" }\n"                       \
    "exchange elder." exchange " with sports { take merit; give merit; key file_no }\n```\n"

static House *both(void)
{
    House *h = house_new_of(model, DISTRICT("district-a", "990302", "runs"),
                            DISTRICT("district-b", "990313", "walks"));
    house_save(h, h->local, "elder", (RecordKey){0}, "file_no", "A1", "name", "甲某", "residence",
               "990302101", "district-a/merit", "5", NULL);
    house_save(h, h->local, "elder", (RecordKey){0}, "file_no", "B1", "name", "乙某", "residence",
               "990313101", "district-b/merit", "7", NULL);
    return h;
}

static TradeFile file_of(House *h, const char *exchange, const char *path)
{
    return (TradeFile){.exchange = trade_named(h->care, str_of(exchange)),
                       .path = path,
                       .who = STR("sports"),
                       .letter = STR("体函1号")};
}

/* "rows matched fresh conflict absent" of a file with one row, or the error. */
static char *taken(House *h, const char *exchange, const char *column, const char *row)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("档案编号,%s\n%s\n", column, row), *path = NULL;
    TradeCounts n;
    house_write(h, "in.csv", text, &path);
    TradeFile f = file_of(h, exchange, path);
    g_assert_nonnull(f.exchange);
    if (!trade_take(h->care, h->local, &f, h->arena, &n, &error))
        return g_strdup(error->message);
    return g_strdup_printf("%d row, %d agrees, %d new, %d in conflict", (int)n.rows, (int)n.matched,
                           (int)n.fresh, (int)n.conflict);
}

static void assert_taken(House *h, const char *exchange, const char *column, const char *row,
                         const char *want)
{
    g_autofree char *got = taken(h, exchange, column, row);
    g_assert_cmpstr(got, ==, want);
}

#define AGREES   "1 row, 1 agrees, 0 new, 0 in conflict"
#define CONFLICT "1 row, 0 agrees, 0 new, 1 in conflict"
#define IS_NEW   "1 row, 0 agrees, 1 new, 0 in conflict"

static void a_column_is_of_the_exchange_that_takes_it(void)
{
    g_autoptr(House) h = both();
    const char *columns[] = {"merit", "积分"};

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        assert_taken(h, "elder.runs", columns[i], "A1,5", AGREES);
        assert_taken(h, "elder.walks", columns[i], "B1,7", AGREES);
    }
    assert_taken(h, "elder.runs", "district-a/merit", "A1,5", AGREES);
    assert_taken(h, "elder.runs", "merit", "A1,6", CONFLICT);
    /* District B's merit of somebody in A: nobody knows it. */
    assert_taken(h, "elder.walks", "积分", "A1,6", IS_NEW);
}

/* The other district's column is not taken for one's own, whatever it is called. */
static void the_other_column_is_not_taken(void)
{
    g_autoptr(House) h = both();

    assert_taken(h, "elder.runs", "district-b/merit", "A1,6", AGREES);
    assert_taken(h, "elder.walks", "district-a/merit", "B1,6", AGREES);
}

/* Where a district's documents stand alone its word is enough; a file of the city's is read, too.
 */
static void the_full_name_is_known_everywhere(void)
{
    g_autoptr(House) h = house_new_of(model, DISTRICT("district-a", "990302", "runs"), NULL);

    house_save(h, h->local, "elder", (RecordKey){0}, "file_no", "A1", "name", "甲某", "residence",
               "990302101", "merit", "5", NULL);
    assert_taken(h, "elder.runs", "merit", "A1,5", AGREES);
    assert_taken(h, "elder.runs", "district-a/merit", "A1,5", AGREES);
    assert_taken(h, "elder.runs", "district-a/merit", "A1,6", CONFLICT);
}

static char *given(House *h, const char *exchange)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "out.csv", NULL);
    TradeFile f = file_of(h, exchange, path);
    uint64_t records;
    Str text;
    g_assert_true(trade_give(h->care, h->local, &f, h->arena, &records, &error));
    g_assert_no_error(error);
    g_assert_true(file_read(h->arena, path, 10000, &text, &error));
    return g_strndup(text.at, text.len);
}

/* What goes says whose it is where two are called alike: the other side may hold both. */
static void what_goes_says_whose_it_is(void)
{
    g_autoptr(House) h = both();
    g_autofree char *a = given(h, "elder.runs"), *b = given(h, "elder.walks");

    g_assert_nonnull(strstr(a, "district-a/merit"));
    g_assert_nonnull(strstr(a, ",5"));
    g_assert_null(strstr(a, ",7"));
    g_assert_nonnull(strstr(b, "district-b/merit"));
    g_assert_nonnull(strstr(b, ",7"));
    g_assert_null(strstr(b, ",5"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/semantics/50/column-of-its-exchange",
                    a_column_is_of_the_exchange_that_takes_it);
    g_test_add_func("/semantics/50/other-column", the_other_column_is_not_taken);
    g_test_add_func("/semantics/50/full-name", the_full_name_is_known_everywhere);
    g_test_add_func("/semantics/50/what-goes", what_goes_says_whose_it_is);
    return g_test_run();
}
