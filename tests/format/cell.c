/* cell.c — what people write in a cell, and what it means. */
#include "format/cell.h"

static const CellCode living[] = {
    {{"alone", 5}, {"独居", 6}, {"alone", 5}},
    {{"empty_nest", 10}, {"空巢", 6}, {"empty nest", 10}},
    {{"left_behind", 11}, {"留守（长期）", 18}, {"left behind", 11}},
};

static bool resolve(void *with, Str text, int64_t *ret)
{
    (void)with;
    *ret = 7;
    return str_is(text, "360302") || str_is(text, "安源区");
}

static CellType type_of(Kind k)
{
    CellType t = {.kind = k};

    if (k == KIND_ENUM || k == KIND_SET) {
        t.codes = living;
        t.n_codes = G_N_ELEMENTS(living);
    }
    if (k == KIND_REGION || k == KIND_REF)
        t.resolve = resolve;
    return t;
}

/* The cell means what `written` says when a value is written; "" is unknown. */
static void means(CellType t, const char *cell, const char *written)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) out = g_string_new(NULL);
    CellFault fault = {NULL, NULL};
    Value v, again;
    bool read = cell_read(&t, str_of(cell), a, &v, &fault);

    if (!read)
        g_error("\"%s\": %s / %s", cell, fault.zh, fault.en);
    cell_write(&t, v, CELL_CODES, out);
    g_assert_cmpstr(out->str, ==, written);
    /* And what is written is read back as the same value, in all words. */
    for (CellWords w = CELL_CODES; w <= CELL_EN && t.kind != KIND_REF; w++) {
        g_string_truncate(out, 0);
        cell_write(&t, v, w, out);
        g_assert_true(cell_read(&t, (Str){out->str, out->len}, a, &again, &fault));
        g_assert_true(value_equal(t.kind, v, again));
    }
}

static void faulty(CellType t, const char *cell, const char *zh, const char *en)
{
    g_autoptr(Arena) a = arena_new();
    CellFault fault = {NULL, NULL};
    Value v;

    g_assert_false(cell_read(&t, str_of(cell), a, &v, &fault));
    g_assert_cmpstr(fault.zh, ==, zh);
    g_assert_cmpstr(fault.en, ==, en);
}

static void test_date(void)
{
    CellType t = type_of(KIND_DATE);

    means(t, "2020-01-05", "2020-01-05");
    means(t, "2020/1/5", "2020-01-05");
    means(t, "1943.5.1", "1943-05-01");
    means(t, "2020年1月5日", "2020-01-05");
    means(t, "2020 年 1 月 5 号", "2020-01-05");
    means(t, "２０２０－０１－０５", "2020-01-05");
    means(t, "19430501", "1943-05-01");
    means(t, "1943-05-01 00:00:00", "1943-05-01");
    means(t, " 1943-5-1　", "1943-05-01");
    means(t, "", "");
    means(t, "   ", "");
    faulty(t, "1943-02-30", "日历上没有这一天", "there is no such day");
    faulty(t, "19430230", "日历上没有这一天", "there is no such day");
    faulty(t, "15827", "像是电子表格的日期序号，不作猜测；请把该列设为日期或文本，如 1943-05-01",
           "looks like a day number of a spreadsheet, which is not guessed; format the column as "
           "date or text, such as 1943-05-01");
    faulty(t, "5/1/1943", "年份要写四位并放在最前，如 1943-05-01",
           "the year comes first, with four digits, such as 1943-05-01");
    faulty(t, "1943-05-01 08:30", "日期后面还有别的内容", "there is more behind the date");
    faulty(t, "1943年5月", "不是日期，应如 1943-05-01 或 1943年5月1日",
           "is not a date such as 1943-05-01");
    faulty(t, "1943/5-1", "不是日期，应如 1943-05-01 或 1943年5月1日",
           "is not a date such as 1943-05-01");
    faulty(t, "不详", "不是日期，应如 1943-05-01 或 1943年5月1日",
           "is not a date such as 1943-05-01");
    faulty(t, "-", "不是日期，应如 1943-05-01 或 1943年5月1日", "is not a date such as 1943-05-01");
}

static void test_month_and_moment(void)
{
    CellType m = type_of(KIND_MONTH), t = type_of(KIND_MOMENT);

    means(m, "2020-06", "2020-06");
    means(m, "2020年6月", "2020-06");
    means(m, "2020/6", "2020-06");
    means(m, "202006", "2020-06");
    faulty(m, "2020-13", "没有这个月份", "there is no such month");
    faulty(m, "2020-06-01", "不是月份，应如 2020-06", "is not a month such as 2020-06");
    means(t, "2020-01-05 08:30", "2020-01-05 08:30:00+08:00");
    means(t, "2020年1月5日 8:30:15.25", "2020-01-05 08:30:15.250000+08:00");
    means(t, "2020-01-05T00:30:00Z", "2020-01-05 08:30:00+08:00");
    means(t, "1969-12-31T23:59:59.999999+08:00", "1969-12-31 23:59:59.999999+08:00");
    faulty(t, "2020-01-05 24:00", "不是时刻，应如 2020-01-05 08:30",
           "is not a moment such as 2020-01-05 08:30");
}

static void test_money(void)
{
    CellType t = type_of(KIND_MONEY);

    means(t, "200", "200.00");
    means(t, "200.5", "200.50");
    means(t, "1,234.00", "1234.00");
    means(t, "¥ 200", "200.00");
    means(t, "￥200", "200.00");
    means(t, "２００元", "200.00");
    means(t, "-12.50", "-12.50");
    means(t, "200.500", "200.50");
    means(t, "92233720368547758.07", "92233720368547758.07");
    faulty(t, "200.505", "小数位数太多", "has too many decimals");
    faulty(t, "92233720368547758.08", "数太大", "the number is too large");
    faulty(t, "1,23", "“1,23”不是数", "\"1,23\" is not a number");
    faulty(t, "1.2万元", "“1.2万元”不是数", "\"1.2万元\" is not a number");
    faulty(t, "-", "“-”不是数", "\"-\" is not a number");
    faulty(t, ".5", "“.5”不是数", "\".5\" is not a number");
    faulty(t, "1.", "“1.”不是数", "\"1.\" is not a number");
    faulty(t, "--1", "“--1”不是数", "\"--1\" is not a number");
}

static void test_numbers(void)
{
    CellType i = type_of(KIND_INT), d = type_of(KIND_DECIMAL), s = type_of(KIND_SHARE);
    CellType ranged = {.kind = KIND_INT, .has_range = true, .low = 0, .high = 100};

    d.scale = 1;
    means(i, "12", "12");
    means(i, "12.0", "12"); /* as databases write whole numbers */
    means(i, "+12", "12");
    faulty(i, "12.5", "应为整数", "must be a whole number");
    means(d, "1.3", "1.3");
    means(d, "2", "2.0");
    means(s, "80%", "80%");
    means(s, "80.25％", "80.25%");
    means(s, "0.5 %", "0.5%");
    faulty(s, "0.8", "比例要写百分号，如 80%", "a share needs a per cent sign, such as 80%");
    faulty(s, "33.333%", "小数位数太多", "has too many decimals");
    faulty(ranged, "101", "不在 0 到 100 之间", "is not between 0 and 100");
    means(type_of(KIND_AREA), "150㎡", "150.00");
    means(type_of(KIND_AREA), "150.5 平方米", "150.50");
    means(type_of(KIND_AREA), "150m2", "150.00");
}

static void test_hours(void)
{
    CellType t = type_of(KIND_HOURS);

    means(t, "2", "2:00");
    means(t, "1.5", "1:30");
    means(t, "1:30", "1:30");
    means(t, "90分钟", "1:30");
    means(t, "1小时30分", "1:30");
    means(t, "2小时", "2:00");
    means(t, "0.2h", "0:12");
    faulty(t, "0.33", "时长不是整分钟", "is not a whole number of minutes");
    faulty(t, "1:75", "“1:75”不是数", "\"1:75\" is not a number");
}

static void test_point(void)
{
    CellType t = type_of(KIND_POINT);

    means(t, "113.85,27.62", "113.850000,27.620000");
    means(t, "１１３.８５，２７.６２", "113.850000,27.620000");
    means(t, "-0.5, -27", "-0.500000,-27.000000");
    means(t, "", "");
    faulty(t, "27.62,113.85", "没有这样的经纬度；先写经度、后写纬度",
           "no such longitude and latitude; the longitude stands first");
    faulty(t, "113.85", "应写作「经度,纬度」，例如 113.850000,27.620000",
           "is written longitude,latitude: 113.850000,27.620000");
    faulty(t, "东经113度,27", "经度和纬度是度数，最多六位小数",
           "longitude and latitude are degrees with at most six decimals");
}

static void test_words(void)
{
    CellType b = type_of(KIND_BOOL), e = type_of(KIND_ENUM), s = type_of(KIND_SET);

    means(b, "是", "yes");
    means(b, "YES", "yes");
    means(b, "True", "yes");
    means(b, "1", "yes");
    means(b, "否", "no");
    means(b, "0", "no");
    faulty(b, "有", "应为“是”或“否”", "must be yes or no");
    means(e, "alone", "alone");
    means(e, "独居", "alone");
    means(e, "empty nest", "empty_nest");
    means(e, "留守（长期）", "left_behind");
    faulty(e, "独处", "没有“独处”这个选项，是不是“独居”？",
           "there is no code \"独处\"; did you mean \"alone\"?");
    faulty(e, "-", "没有“-”这个选项", "there is no code \"-\"");
    means(s, "alone|empty_nest", "alone|empty_nest");
    means(s, "空巢、独居", "alone|empty_nest");
    means(s, "独居；留守（长期）；", "alone|left_behind");
    means(s, "-", "-"); /* none, and known to be */
    means(s, "－", "-");
    means(s, "", "");
    faulty(s, "alone|-", "没有“-”这个选项", "there is no code \"-\"");
    faulty(s, "|", "没有任何选项；“无”请写 -", "names nothing; write - for none");
}

static void test_texts(void)
{
    CellType t = {.kind = KIND_TEXT, .length = 3};

    means(t, " 欧阳锋 ", "欧阳锋");
    means(t, "Ａ１", "Ａ１"); /* a text stays as it is */
    faulty(t, "欧阳锋锋", "有 4 个字，最多 3 个", "has 4 characters, at most 3 are allowed");
    /* What nobody sees would keep a name from being found, or turn it round. */
    means(t, "欧\u200B阳\u202E锋\uFEFF", "欧阳锋");
    g_autoptr(Arena) a = arena_new();
    Value none = VALUE_NUM(0);
    CellFault fault;
    g_assert_true(cell_read(&t, STR("\u200B\u200E"), a, &none, &fault) && !none.known);
    means(type_of(KIND_TEXT), "\u00A0A001\u00A0", "A001");
    faulty(t, "a\x07", "含有控制字符 U+0007，请去掉",
           "holds the control character U+0007: leave it out");
    faulty(t, "甲\u2028乙", "含有控制字符 U+2028，请去掉",
           "holds the control character U+2028: leave it out");
    faulty(t,
           "甲\xC2\x85"
           "乙",
           "含有控制字符 U+0085，请去掉", "holds the control character U+0085: leave it out");
    means(t, "甲\u061C\u00AD\u200D乙\u2066丙\U000E0041", "甲乙丙");
    /* What belongs to a name stays. */
    means(t, "买·提", "买·提");
    means(t, "𠮷某", "𠮷某");
    means(t, "葛\U000E0100某", "葛\U000E0100某"); /* one form of its character */
    means(type_of(KIND_PHONE), "138 0799 1234", "13807991234");
    means(type_of(KIND_PHONE), "0799-6832100", "0799-6832100");
    means(type_of(KIND_PHONE), "138.0013.8000", "138-0013-8000");
    means(type_of(KIND_PHONE), "（0799）·123 4567", "(0799)-1234567");
    means(type_of(KIND_PHONE), "0799–1234567", "0799-1234567");
    faulty(type_of(KIND_PHONE), "13800138000.0", "不是电话号码", "is not a telephone number");
    faulty(type_of(KIND_PHONE), "1.38E+10",
           "电子表格已把长号码变成了近似数，末几位已丢失；请把该列设为文本后重新填写",
           "a spreadsheet has rounded this long number and lost its last digits; format the "
           "column as text and enter it again");
    faulty(type_of(KIND_PHONE), "无", "不是电话号码", "is not a telephone number");
}

/* File numbers and accounts are texts, too: two that were rounded look alike, and one would be
 * taken for the other. */
static void test_spoiled(void)
{
    static const char *const rounded[] = {"3.60301E+11", "6.217E+18", "4e+15", "３.6E+17", "1.E+3"};
    static const char *const errors[] = {"#N/A", " #REF! ", "#NAME?", "#DIV/0!", "#VALUE!"};
    static const char *const fine[] = {"2E5",      "E+17", "3.6E+", "3.6E+17号",
                                       "A3.6E+17", "#3",   "1+1"};
    CellType t = type_of(KIND_TEXT);

    for (size_t i = 0; i < G_N_ELEMENTS(rounded); i++)
        faulty(t, rounded[i],
               "电子表格已把长号码变成了近似数，末几位已丢失；请把该列设为文本后重新填写",
               "a spreadsheet has rounded this long number and lost its last digits; format the "
               "column as text and enter it again");
    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++)
        faulty(t, errors[i], "是电子表格的出错标记，不是内容；请改正公式或填写内容",
               "is what a spreadsheet shows where a formula failed, not what it should hold");
    for (size_t i = 0; i < G_N_ELEMENTS(fine); i++)
        means(t, fine[i], fine[i]);
}

static void test_identifiers(void)
{
    CellType t = type_of(KIND_CITIZEN_ID);

    means(t, "11010519491231002x", "11010519491231002X");
    means(t, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X");
    means(t, "\u202D11010519491231002X\u202C", "11010519491231002X"); /* pasted from a window */
    faulty(t, "110105194912310021", "校验位不符，号码有误", "wrong check digit");
    faulty(t, "1.10105E+17",
           "电子表格已把长号码变成了近似数，末几位已丢失；请把该列设为文本后重新填写",
           "a spreadsheet has rounded this long number and lost its last digits; format the "
           "column as text and enter it again");
    g_assert_cmpuint(strlen("11010519491231002X"), ==, 18);
}

static void test_references(void)
{
    CellType t = type_of(KIND_REGION);

    means(t, "安源区", "安源区");
    faulty(t, "安元区", "找不到“安元区”", "there is no \"安元区\"");
}

static void test_long_cells(void)
{
    g_autofree char *digits = g_strnfill(5000, '1');

    faulty(type_of(KIND_MONEY), digits, "内容太长", "is too long");
    faulty(type_of(KIND_DATE), digits, "内容太长", "is too long");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cell/date", test_date);
    g_test_add_func("/cell/month-and-moment", test_month_and_moment);
    g_test_add_func("/cell/money", test_money);
    g_test_add_func("/cell/numbers", test_numbers);
    g_test_add_func("/cell/hours", test_hours);
    g_test_add_func("/cell/point", test_point);
    g_test_add_func("/cell/words", test_words);
    g_test_add_func("/cell/texts", test_texts);
    g_test_add_func("/cell/spoiled", test_spoiled);
    g_test_add_func("/cell/identifiers", test_identifiers);
    g_test_add_func("/cell/references", test_references);
    g_test_add_func("/cell/long-cells", test_long_cells);
    return g_test_run();
}
