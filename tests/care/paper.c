/* paper.c — papers about a record: what stands on them, who issues them, and that they stay. */
#include "house.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/import.h"
#include "care/looks.h"
#include "care/paper.h"
#include "care/places.h"

/* Nights since the first of the month that holds the day. */
#define NIGHTS "days(max(moved_in, 2000-01-01 + months(2000-01-01, day)), "

static const char document[] =
    "---\ndocument: more\ntitle: 文书\ntitle en: Papers\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n"
    "# 一 文书 / Papers\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政局\" / \"civil affairs\" }\n"
    "param rate \"标准\" / \"rate\" : money = 80 yuan\n"
    "entity payment \"发放\" / \"payment\" {\n place elder.residence\n dated by paid_on\n"
    " title elder, paid_on\n elder elder \"老年人\" required\n paid_on date \"日期\" required\n"
    " amount money \"金额\" / \"amount\"\n note text(80) \"备注\"\n}\n"
    "role clerk \"经办人\" / \"clerk\" of county for civil_affairs sees elder, payment writes "
    "payment\n"
    "role town \"乡镇\" / \"town\" of township sees elder\n"
    "paper statement \"发放明细表\" / \"statement\" of elder {\n cell \"B2\" name\n"
    " cell \"B3\" id_number\n cell \"B4\" rate\n cell \"B5\" day\n"
    " rows \"A8\" of payment where amount > 50 yuan { paid_on, amount, note, elder }\n"
    " by civil_affairs\n}\n"
    "benefit aged \"高龄津贴\" / \"allowance\" {\n for elder\n every month on last day\n"
    " when age(born) >= 80\n pay 80 yuan\n}\n"
    "benefit poor \"困难补贴\" / \"hardship\" {\n for elder\n every month on last day\n"
    " when income < 500 yuan\n pay 50 yuan\n}\n"
    "task calling \"回访\" / \"calling\" of elder every 30 days by clerk done by payment\n"
    "example \"一\" {\n e = elder { name \"甲\"; born 1930-01-01; residence 990302101; income 100 "
    "yuan }\n"
    " in 2020-06 gives aged\n in 2020-06 gives poor\n}\n"
    "paper place_list \"地方名单\" / \"list of a place\" of region {\n"
    " cell \"B2\" name\n cell \"B3\" count(elder) \"人数\"\n"
    " rows \"A5\" of elder gives aged by township { name, age(born) sum \"年龄\", income sum }\n"
    " rows \"A20\" of elder unknown poor { name }\n"
    " rows \"A30\" of elder gives calling { name }\n"
    " rows \"A40\" of payment in month { elder.name, amount }\n"
    " by civil_affairs\n}\n"
    "paper shares \"占比\" / \"shares\" of region {\n"
    " cell \"B2\" share(sum payment.amount in year where amount > 50 yuan) \"本年大额占比\"\n"
    " cell \"B3\" count(payment in month) \"本月笔数\"\n"
    " cell \"B4\" count(payment) \"累计笔数\"\n"
    " rows \"A5\" of figures in quarter { count(payment) \"笔数\", count(elder) \"人数\" }\n"
    " by civil_affairs\n}\n"
    "paper residents \"在住名册\" / \"residents\" of facility {\n cell \"B2\" name\n"
    " rows \"A5\" of stay { elder, elder.name, elder.born, moved_in }\n by civil_affairs\n}\n"
    "paper nights \"床日台账\" / \"bed-nights\" of facility {\n"
    " rows \"A5\" of stay { elder.name, " NIGHTS "day + 1 days) sum \"床日\" / \"nights\" }\n"
    " rows \"A50\" of stay in month where moved_out <= day { elder.name, " NIGHTS
    "moved_out) sum \"床日\" / \"nights\" }\n by civil_affairs\n}\n"
    "```\n";

static void pay(House *h, RecordKey elder, const char *on, const char *amount, const char *note)
{
    char id[ID_TEXT];
    house_save(h, h->local, "payment", (RecordKey){0}, "elder", id_format(elder.id, id), "paid_on",
               on, "amount", amount, "note", note, NULL);
}

static const Paper *statement(House *h)
{
    const Paper *p = paper_named(care_model(h->care), STR("statement"));
    g_assert_nonnull(p);
    return p;
}

static Str cell(const PaperSheet *p, size_t row, size_t column)
{
    return p->tables[0].cells[row * p->tables[0].n_columns + column];
}

static void test_sheet(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    RecordKey elder = house_elder(h, "黎细秀", "990302101", house_number(h, 3));
    RecordKey other = house_elder(h, "张桂英", "990302101", house_number(h, 4));
    PaperSheet p;
    int64_t fen;
    pay(h, elder, "2020-05-10", "80", "一\n二");
    pay(h, elder, "2020-06-10", "1234.5", "");
    pay(h, elder, "2020-06-11", "50", "too little");
    pay(h, other, "2020-06-10", "80", "another's");
    paper_preview(h->care, h->local, statement(h), elder, 0, h->arena, &p, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(p.number.len, ==, 0);
    g_assert_true(str_is(p.title, "发放明细表"));
    g_assert_true(str_is(p.entries[0].text, "黎细秀"));
    g_assert_true(str_find(p.entries[1].text, STR("****")) >= 0); /* masked */
    g_assert_true(str_is(p.entries[2].text, "80.00"));
    g_assert_true(str_is(p.entries[2].label, "标准"));
    g_assert_true(str_is(p.entries[3].text, "2020-06-18"));
    g_assert_cmpuint(p.tables[0].n_rows, ==, 2);
    g_assert_true(paper_sum(&p.tables[0], 1, &fen));
    g_assert_cmpint(fen, ==, 131450);
    for (size_t i = 0; i < 2; i++) {
        g_assert_true(str_find(cell(&p, i, 2), STR("\n")) < 0);
        g_assert_true(str_is(cell(&p, i, 3), "黎细秀"));
    }
}

/* What was issued stays, whatever happens to the record. */
static void test_issued(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    RecordKey elder = house_elder(h, "黎细秀", "990302101", house_number(h, 3));
    PaperSheet p;
    PaperFound found;
    IssuedPaper *list;
    size_t n;
    VerifyReport v;
    paper_issue(h->care, h->local, statement(h), elder, 0, h->arena, &p, &error);
    g_assert_no_error(error);
    house_save(h, h->local, "elder", elder, "name", "黎秀", NULL);
    paper_find(h->care, h->local, p.number, h->arena, &found, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(found.sheet.entries[0].text, "黎细秀"));
    g_assert_true(str_equal(found.sheet.digest, p.digest));
    g_assert_cmpint(found.key.id, ==, elder.id);
    paper_list(h->care, h->local, found.entity, elder, h->arena, &list, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(str_equal(list[0].number, p.number));
    store_verify(h->care->store, h->arena, &v, &error);
    g_assert_no_error(error);
    g_assert_true(v.ok);
}

static void test_rights(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) none = NULL, outside = NULL, absent = NULL;
    RecordKey elder = house_elder(h, "黎细秀", "990302101", house_number(h, 3));
    const Session *town = house_session(h, "dong", "town", "990302101", 0);
    const Session *far = house_session(h, "nan", "clerk", "990313", 0);
    PaperSheet p;
    PaperFound found;
    g_assert_false(paper_issue(h->care, town, statement(h), elder, 0, h->arena, &p, &none));
    g_assert_error(none, FAIL_DOMAIN, FAIL_RIGHT);
    g_assert_true(paper_preview(h->care, town, statement(h), elder, 0, h->arena, &p, NULL, NULL));
    g_assert_true(paper_issue(h->care, h->local, statement(h), elder, 0, h->arena, &p, NULL));
    /* A form sent twice issues once, on either database. */
    PaperSheet one, two;
    g_assert_true(paper_issue_once(h->care, h->local, statement(h), elder, STR("form"), h->arena,
                                   &one, NULL));
    g_assert_true(paper_issue_once(h->care, h->local, statement(h), elder, STR("form"), h->arena,
                                   &two, NULL));
    g_assert_true(str_equal(one.number, two.number) && !str_equal(one.number, p.number));
    g_assert_false(paper_find(h->care, far, p.number, h->arena, &found, &outside));
    g_assert_error(outside, FAIL_DOMAIN, FAIL_RIGHT);
    g_assert_false(paper_find(h->care, town, STR("X"), h->arena, &found, &absent));
    g_assert_error(absent, FAIL_DOMAIN, FAIL_ABSENT);
}

/* ---- many rows, long names */

static void pay_many(House *h, unsigned n)
{
    g_autoptr(GString) csv = g_string_new("elder,paid_on,amount,note\n");
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    const ImportOptions o = {.made_up = true};
    ImportReport r;
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(
            csv, "F1,2020-06-%02u,80,某某街道某某社区某某小组某某巷某某号某某单元%u\n", i % 18 + 1,
            i);
    house_write(h, "many.csv", csv->str, &path);
    care_import(h->care, h->local, house_entity(h, "payment"), path, &o, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.accepted, ==, n);
}

static void test_many(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    RecordKey elder = house_elder(h, "欧阳某某·某某某", "990302101", house_number(h, 3));
    PaperSheet p;
    int64_t fen;
    house_save(h, h->local, "elder", elder, "file_no", "F1", NULL);
    pay_many(h, 300);
    paper_preview(h->care, h->local, statement(h), elder, 0, h->arena, &p, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(p.tables[0].n_rows, ==, 300);
    g_assert_true(paper_sum(&p.tables[0], 1, &fen));
    g_assert_cmpint(fen, ==, 300 * 8000);
    pay_many(h, LIMIT_PAPER_ROWS - 300);
    paper_issue(h->care, h->local, statement(h), elder, 0, h->arena, &p, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(p.tables[0].n_rows, ==, LIMIT_PAPER_ROWS);
    pay_many(h, 1);
    g_assert_false(
        paper_preview(h->care, h->local, statement(h), elder, 0, h->arena, &p, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "10000"));
}

/* ---- a place: who lies in it, for whom a rule gives something, who is to be called */

static void test_place(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    PaperSheet p;
    RecordKey place;
    RecordKey old = house_elder(h, "黎细秀", "990302101", house_number(h, 3));
    RecordKey young = house_elder(h, "张桂英", "990302102", house_number(h, 4));
    RecordKey far = house_elder(h, "刘生财", "990313101", house_number(h, 5));
    care_fill_places(h->care, &error);
    g_assert_no_error(error);
    house_save(h, h->local, "elder", old, "id_number", "", "born", "1930-01-01", "income", "600",
               NULL);
    house_save(h, h->local, "elder", young, "id_number", "", "born", "1955-01-01", NULL);
    house_save(h, h->local, "elder", far, "id_number", "", "born", "1930-01-01", NULL);
    pay(h, old, "2020-06-10", "80", "");
    pay(h, old, "2020-05-10", "80", "");
    pay(h, far, "2020-06-10", "80", "");
    record_find(h->care, h->local, house_entity(h, "region"), STR("990302"), &place, &error);
    g_assert_no_error(error);
    paper_preview(h->care, h->local, paper_named(care_model(h->care), STR("place_list")), place, 0,
                  h->arena, &p, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(p.entries[1].text, "2"));
    const PaperTable *t = &p.tables[0];
    Decimal years;
    g_assert_cmpuint(t->n_rows, ==, 1); /* of this county, eighty */
    g_assert_true(str_is(t->cells[0], "黎细秀") && str_is(t->cells[1], "90"));
    g_assert_cmpuint(t->n_groups, ==, 1);
    g_assert_true(paper_total(t, 1, 0, 1, &years) && years.mantissa == 90);
    g_assert_cmpuint(p.tables[1].n_rows, ==, 1); /* her income is not recorded */
    g_assert_true(str_is(p.tables[1].cells[0], "张桂英"));
    g_assert_cmpuint(p.tables[2].n_rows, ==, 1); /* nobody called her in thirty days */
    g_assert_true(str_is(p.tables[2].cells[0], "张桂英"));
    g_assert_cmpuint(p.tables[3].n_rows, ==, 1); /* of June alone */
}

/* ---- figures: of the period they say, or that their list says */

static const char *figure_cell(const PaperTable *t, const char *row, const char *column, Arena *a)
{
    for (size_t r = 0; r < t->n_rows; r++)
        for (size_t k = 0; k < t->n_columns; k++)
            if (str_is(t->cells[r * t->n_columns], row) && str_is(t->columns[k].label, column))
                return arena_printf(a, "%.*s", STR_ARG(t->cells[r * t->n_columns + k]));
    g_error("no %s of %s", column, row);
}

/* Of 2020 there are 100, 50 and 50 yuan, a hundred of them in one payment; of the year before one
 * of 1,000, which is no matter of a paper about this year.  Today is the 18th of June. */
static void test_period(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    PaperSheet p;
    RecordKey place, old = house_elder(h, "黎细秀", "990302101", house_number(h, 3)),
                     far = house_elder(h, "刘生财", "990313101", house_number(h, 5));
    care_fill_places(h->care, &error);
    g_assert_no_error(error);
    pay(h, old, "2019-06-10", "1000", "");
    pay(h, old, "2020-02-10", "100", "");
    pay(h, old, "2020-05-10", "50", "");
    pay(h, old, "2020-06-10", "50", "");
    pay(h, far, "2020-06-10", "500", "");
    record_find(h->care, h->local, house_entity(h, "region"), STR("990302"), &place, &error);
    g_assert_no_error(error);
    const Paper *shares = paper_named(care_model(h->care), STR("shares"));
    paper_preview(h->care, h->local, shares, place, 0, h->arena, &p, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(p.entries[0].text, "50.00%"));
    g_assert_true(str_is(p.entries[1].text, "1"));
    g_assert_true(str_is(p.entries[2].text, "4")); /* so far, as it says */
    const PaperTable *t = &p.tables[0];
    g_assert_cmpstr(figure_cell(t, "笔数", "本期", h->arena), ==, "2");
    g_assert_cmpstr(figure_cell(t, "笔数", "上期", h->arena), ==, "1");
    g_assert_cmpstr(figure_cell(t, "人数", "本期", h->arena), ==, "1");
    /* On the last day of the year before, it is a paper about that year. */
    paper_preview(h->care, h->local, shares, place, care_today(h->care) - 170, h->arena, &p, NULL,
                  &error);
    g_assert_no_error(error);
    g_assert_true(str_is(p.entries[0].text, "100.00%"));
    g_assert_true(str_is(p.entries[1].text, "0"));
    g_assert_true(str_is(p.entries[2].text, "1"));
}

/* ---- a reference that leads out of one's region */

static bool stands_on(const PaperSheet *p, const char *words)
{
    g_autoptr(GString) text = g_string_new(NULL);
    paper_print(p, text);
    return strstr(text->str, words) != NULL;
}

/* An elder of the next county lives in a home of this one: the home's county may print that
 * somebody is there since when, and neither her name nor her birthday. */
static void test_outside(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    const Session *here = house_session(h, "bei", "review", "990313", 0);
    RecordKey near = house_elder(h, "黎细秀", "990313101", house_number(h, 3)),
              far = house_elder(h, "刘生财", "990302101", house_number(h, 4));
    char home[ID_TEXT], a[ID_TEXT], b[ID_TEXT];
    const Paper *p = paper_named(care_model(h->care), STR("residents"));
    PaperSheet sheet;
    house_save(h, h->local, "elder", far, "id_number", "", "born", "1931-02-03", NULL);
    RecordKey key = house_save(h, h->local, "facility", (RecordKey){0}, "name", "敬老院", "region",
                               "990313101", NULL);
    id_format(key.id, home);
    house_save(h, h->local, "stay", (RecordKey){0}, "elder", id_format(near.id, a), "facility",
               home, "moved_in", "2020-05-01", NULL);
    house_save(h, h->local, "stay", (RecordKey){0}, "elder", id_format(far.id, b), "facility", home,
               "moved_in", "2020-05-02", NULL);
    paper_preview(h->care, here, p, key, 0, h->arena, &sheet, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sheet.tables[0].n_rows, ==, 2);
    g_assert_true(stands_on(&sheet, "黎细秀") && stands_on(&sheet, "2020-05-02"));
    g_assert_true(stands_on(&sheet, b)); /* her number, as on the pages */
    g_assert_false(stands_on(&sheet, "刘生财"));
    g_assert_false(stands_on(&sheet, "1931-02-03"));
    paper_preview(h->care, h->local, p, key, 0, h->arena, &sheet, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(stands_on(&sheet, "刘生财") && stands_on(&sheet, "1931-02-03"));
}

/* ---- who looked at a paper, who took it along */

static bool line_is(const LookLine *x, const char *what, const char *actor, const char *detail)
{
    return str_is(x->what, what) && str_is(x->actor, actor) &&
           (str_find(x->detail.zh, str_of(detail)) >= 0 ||
            str_find(x->detail.en, str_of(detail)) >= 0);
}

static void moved(House *h, RecordKey facility, RecordKey elder, const char *in, const char *out)
{
    char whose[ID_TEXT], where[ID_TEXT];
    RecordKey key =
        house_save(h, h->local, "stay", (RecordKey){0}, "elder", id_format(elder.id, whose),
                   "facility", id_format(facility.id, where), "moved_in", in, NULL);
    if (out != NULL)
        house_save(h, h->local, "stay", key, "moved_out", out, NULL);
}

/* On 18 June: the nights of the month alone, that of the day itself among them; who is there, and
 * who was there on a day of the month and left. */
static void test_spans_of_a_period(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) have = g_string_new(NULL);
    static const struct {
        const char *name, *in, *out;
    } stays[] = {{"一直在", "2020-05-01", NULL},         {"十日来", "2020-06-10", NULL},
                 {"五日走", "2020-05-20", "2020-06-05"}, {"一日走", "2020-04-01", "2020-06-01"},
                 {"今天来", "2020-06-18", NULL},         {"今天走", "2020-06-17", "2020-06-18"},
                 {"要走的", "2020-06-16", "2020-06-30"}};
    RecordKey facility = house_save(h, h->local, "facility", (RecordKey){0}, "name", "某院",
                                    "region", "990302101", NULL);
    PaperSheet p;
    for (size_t i = 0; i < G_N_ELEMENTS(stays); i++)
        moved(h, facility,
              house_elder(h, stays[i].name, "990302101", house_number(h, (unsigned)i + 1)),
              stays[i].in, stays[i].out);
    paper_preview(h->care, h->local, paper_named(care_model(h->care), STR("nights")), facility, 0,
                  h->arena, &p, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(p.n_tables, ==, 2);
    for (size_t k = 0; k < p.n_tables; k++) {
        const PaperTable *t = &p.tables[k];
        for (size_t i = 0; i < t->n_rows; i++)
            g_string_append_printf(have, "%.*s %.*s; ", STR_ARG(t->cells[i * t->n_columns]),
                                   STR_ARG(t->cells[i * t->n_columns + 1]));
    }
    g_assert_cmpstr(have->str, ==, "要走的 3; 今天来 1; 十日来 9; 一直在 18; 今天走 1; 五日走 4; ");
}

/* A paper shows what the file shows: who previews it, opens it again or takes it along as a
 * workbook stands in the list a person is given. */
static void test_looks(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    const Session *wang = house_session(h, "wang", "review", "990302", 0),
                  *town = house_session(h, "dong", "town", "990302101", 0);
    RecordKey elder = house_elder(h, "黎细秀", "990302101", house_number(h, 3));
    LookLine *lines;
    PaperSheet p;
    PaperFound found;
    VerifyReport v;
    size_t n;
    /* the address of a page has no county */
    paper_preview(h->care, town, statement(h), (RecordKey){0, elder.id}, 0, h->arena, &p, NULL,
                  &error);
    g_assert_no_error(error);
    paper_issue(h->care, h->local, statement(h), elder, 0, h->arena, &p, &error);
    g_assert_no_error(error);
    paper_find(h->care, wang, p.number, h->arena, &found, &error);
    g_assert_no_error(error);
    paper_taken(h->care, wang, &found.sheet, found.entity, found.key, h->arena, &error);
    g_assert_no_error(error);
    record_lookers(h->care, wang, house_entity(h, "elder"), elder, 9, h->arena, &lines, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 3);
    g_assert_true(line_is(&lines[0], "taken", "wang", "statement"));
    g_assert_true(line_is(&lines[1], "paper", "wang", "发放明细表"));
    g_assert_true(line_is(&lines[2], "paper", "dong", "发放明细表"));
    store_verify(h->care->store, h->arena, &v, &error);
    g_assert_no_error(error);
    g_assert_true(v.ok);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/paper/sheet", test_sheet);
    g_test_add_func("/paper/issued", test_issued);
    g_test_add_func("/paper/rights", test_rights);
    g_test_add_func("/paper/many", test_many);
    g_test_add_func("/paper/place", test_place);
    g_test_add_func("/paper/period", test_period);
    g_test_add_func("/care/paper/spans-of-a-period", test_spans_of_a_period);
    g_test_add_func("/paper/outside", test_outside);
    g_test_add_func("/paper/looks", test_looks);
    return g_test_run();
}
