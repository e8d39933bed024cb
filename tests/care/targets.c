/* targets.c — figures against their targets as the running system answers: semantics 36–39.
 * The place is the house's; the figures stand in a document of its own. */
#include "house.h"

#include "care/figures_json.h"
#include "care/places.h"

static const char document[] =
    "---\n"
    "document: plan\ntitle: 计划\ntitle en: Plan\nlayer: place\nplace: 990300\n"
    "in force: 2019-07-01..2021-12-31\nbuilds on: house-model, house-place\n"
    "---\n\n# 一 指标 / Figures\n\n"
    "```anlao\n"
    "enum kind \"类别\" / \"kind\" { day_care \"日间照料\"; mutual_aid \"互助\" }\n"
    "extend region {\n"
    "  level  region_level \"级别\" / \"level\"\n"
    "  people int \"人口\" / \"people\" dated range 0..2000000000\n"
    "}\n"
    "extend facility {\n"
    "  kind kind \"类别\" / \"kind\"\n"
    "  running bool \"运营\" / \"running\"\n"
    "  public_owned bool \"公办\" / \"public\"\n"
    "}\n"
    "entity use \"支出\" / \"use\" {\n"
    "  place facility.region\n  dated by paid\n  title paid\n"
    "  facility facility \"设施\" / \"facility\" required\n"
    "  paid date \"日期\" / \"day\" required\n"
    "  elderly bool \"用于养老\" / \"for the elderly\"\n"
    "  amount money \"金额\" / \"amount\" range 0 yuan..100000000 yuan\n"
    "}\n"
    "param counties : regions = 990302, 990313\n"
    "param least by region : share\n"
    "set least[990300] = 80%\n"
    "set least[990302] = 60%\n"
    "set least[990313] = 55% from 2021-01-01\n"
    "param unset_share by region : share\n"
    "indicator rate \"运营率\" stock by region, kind = share(facility where running)\n"
    "indicator places \"处数\" in \"处\" / \"places\" stock by region = count(facility)\n"
    "indicator seen \"入住\" stock by region = count(stay)\n"
    "indicator spent \"用款\" flow by region = sum(use.amount)\n"
    "indicator lottery \"养老占比\" flow by region, year = share(use.amount where elderly)\n"
    "indicator per_1000 \"每千人\" stock by region\n"
    "  = round(count(facility) * 1000 / region.people, half_up, 1)\n"
    "target rate[day_care] >= 80% on 2020-12-31\n"
    "target rate = 100% in each (day_care, mutual_aid) on 2020-12-31\n"
    "target places >= 2 in each counties where exists(elder) on 2020-12-31\n"
    "target seen >= 1 of each facility where public_owned on 2020-12-31\n"
    "target lottery >= least[region] on 12-31 in each counties\n"
    "target lottery >= unset_share[region] in 2020\n"
    "target per_1000 >= 3.5 on 2020-12-31 in 990302\n"
    "target spent >= 100 yuan until 2020-12-31\n"
    "target places >= 4 until 2020-12-31\n"
    "target places > 2 in each (990302, 990313) on 2020-12-31\n"
    "target places >= 0 on 2020-12-31 in 990313\n"
    "```\n\n"
    "## 1 表 / Table\n\n"
    "```anlao\ntarget rate >= by kind, region on 2020-12-31\n```\n\n"
    "| kind | 甲区 | 990313 | 合计 |\n| --- | --- | --- | --- |\n"
    "| day_care | 50% | | 60% |\n| 互助 | | 0% | |\n\n"
    "## 2 表 / Table\n\n"
    "```anlao\ntarget places >= by region on 2020-12-31\n```\n\n"
    "| region | quota |\n| --- | --- |\n| 甲区 | 1 |\n| 乙区 | 2 |\n| 合计 | 3 |\n";

static Date day(const char *text)
{
    Date d = 0;
    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static RecordKey facility(House *h, const char *number, const char *region, const char *kind,
                          const char *running, const char *owned)
{
    return house_save(h, h->local, "facility", (RecordKey){0}, "facility_no", number, "name",
                      number, "region", region, "kind", kind, "running", running, "public_owned",
                      owned, NULL);
}

static void use(House *h, const char *of, const char *paid, const char *elderly, const char *amount)
{
    house_save(h, h->local, "use", (RecordKey){0}, "facility", of, "paid", paid, "elderly", elderly,
               "amount", amount, NULL);
}

static void put_failing(House *h, GString *to, const TargetFigure *f)
{
    static const char *const met[] = {"no", "unknown", "yes", "not due"};
    for (size_t k = 0; k < f->n_failing; k++) {
        const TargetFailing *x = &f->failing[k];
        int codes[LIMIT_FIGURE_INDEXES];
        g_string_append(to, k == 0 ? ": " : ", ");
        indicator_codes(f->target->indicator, x->cell, codes);
        if (x->entity != NULL)
            g_string_append_printf(to, "%.*s", STR_ARG(x->name));
        else if (x->cell > 0)
            g_string_append_printf(
                to, "%.*s", STR_ARG(f->target->indicator->index[0].of->codes[codes[0]].name));
        else
            g_string_append_printf(to, "%.*s", STR_ARG(h->care->regions->code[x->region]));
        g_string_append_printf(to, " %s", met[x->met]);
    }
    if (f->hidden > 0)
        g_string_append_printf(to, "; %" G_GUINT64_FORMAT " hidden", f->hidden);
}

/* One line a figure of the target that stands `nth` in the document: region, code, value, number,
 * met; of several how many, and which do not. */
static char *answer_for(House *h, const Session *s, size_t nth, const char *on)
{
    static const char *const met[] = {"no", "unknown", "yes", "not due"};
    static const char *const trends[] = {"", ", reached", ", on way", ", behind"};
    g_autoptr(GError) error = NULL;
    TargetFigure *all;
    size_t n;
    GString *to = g_string_new(NULL);
    figures_targets(h->care, s, NULL, ROW_NONE, day(on), h->arena, &all, &n, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++) {
        const TargetFigure *f = &all[i];
        if (f->target->number != nth)
            continue;
        g_string_append_printf(to, "%s%.*s", to->len > 0 ? "; " : "",
                               STR_ARG(h->care->regions->code[f->region]));
        if (f->cell > 0) {
            int codes[LIMIT_FIGURE_INDEXES];
            indicator_codes(f->target->indicator, f->cell, codes);
            g_string_append_printf(
                to, "[%.*s]", STR_ARG(f->target->indicator->index[0].of->codes[codes[0]].name));
        }
        if (figure_known(&f->figure))
            g_string_append_printf(to, " %" G_GINT64_FORMAT, f->figure.value);
        else
            g_string_append(to, " -");
        if (f->value->yearly)
            g_string_append_printf(to, " in %d", f->value->year_to);
        if (f->number_unset)
            g_string_append(to, " of ?");
        else
            g_string_append_printf(to, " of %" G_GINT64_FORMAT, f->value->number);
        g_string_append_printf(to, " %s%s", met[f->met], trends[f->trend]);
        if (f->each)
            g_string_append_printf(to, " (%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, f->reached,
                                   f->all);
        put_failing(h, to, f);
        if (f->each)
            g_string_append_c(to, ')');
    }
    return g_string_free(to, FALSE);
}

static void says(House *h, size_t nth, const char *on, const char *expected)
{
    g_autofree char *got = answer_for(h, h->local, nth, on);
    g_assert_cmpstr(got, ==, expected);
}

enum { /* in the order of the document */
       RATE_DAY_CARE,
       RATE_EACH,
       EACH_COUNTY,
       EACH_FACILITY,
       YEARLY,
       UNSET,
       PER_1000,
       SPENT,
       UNTIL,
       EACH_OF_TWO,
       ZERO,
       TABLE_KIND,
       TABLE_REGION
};

static House *furnished(void)
{
    House *h = house_new_with(true, document);
    facility(h, "F1", "990302", "day_care", "yes", "yes");
    facility(h, "F2", "990302", "day_care", "no", "yes");
    facility(h, "F3", "990302", "mutual_aid", "yes", "no");
    facility(h, "F4", "990313", "mutual_aid", "yes", "");
    house_elder(h, "甲", "990302101", house_number(h, 1));
    house_save(h, h->local, "stay", (RecordKey){0}, "elder", "甲", "facility", "F1", "moved_in",
               "2020-01-05", NULL);
    use(h, "F1", "2020-03-01", "yes", "60");
    use(h, "F1", "2020-04-01", "no", "40");
    use(h, "F4", "2020-05-01", "yes", "54");
    use(h, "F4", "2020-06-01", "no", "46");
    use(h, "F4", "2021-06-01", "yes", "10");
    return h;
}

/* 同一个指标：一类一个目标，各类各一个，再合在一起。 */
static void test_codes(void)
{
    g_autoptr(House) h = furnished();
    says(h, RATE_DAY_CARE, "2020-12-31", "990300[day_care] 5000 of 8000 no");
    says(h, RATE_EACH, "2020-12-31",
         "990300[day_care] 5000 of 10000 no; 990300[mutual_aid] 10000 of 10000 yes; "
         "990300 7500 of 10000 no (1 of 2: day_care no)");
    says(h, TABLE_KIND, "2020-12-31",
         "990302[day_care] 5000 of 5000 yes; 990300[day_care] 5000 of 6000 no; "
         "990313[mutual_aid] 10000 of 0 yes");
}

/* 没到日子就是没到日子，到了才有达没达标。 */
static void test_not_due(void)
{
    g_autoptr(House) h = furnished();
    says(h, RATE_DAY_CARE, "2020-12-30", "990300[day_care] 5000 of 8000 not due");
    says(h, ZERO, "2020-12-30", "990313 1 of 0 not due, reached");
    says(h, ZERO, "2020-12-31", "990313 1 of 0 yes"); /* 0 is a quota, an empty cell none */
    says(h, TABLE_REGION, "2020-12-31", "990302 3 of 1 yes; 990313 1 of 2 no; 990300 4 of 3 yes");
}

/* 各县区：哪些算，由条件定；不达标的列出来。 */
static void test_each_region(void)
{
    g_autoptr(House) h = furnished();
    says(h, EACH_COUNTY, "2020-12-31", "990302 3 of 2 yes; 990300 4 of 2 yes (1 of 1)");
    house_elder(h, "乙", "990313101", house_number(h, 2));
    says(h, EACH_COUNTY, "2020-12-31",
         "990302 3 of 2 yes; 990313 1 of 2 no; 990300 4 of 2 no (1 of 2: 990313 no)");
    says(h, EACH_OF_TWO, "2020-12-31",
         "990302 3 of 2 yes; 990313 1 of 2 no; 990300 4 of 2 no (1 of 2: 990313 no)");
}

/* 每所公办设施：不达标的按编号列出；是不是公办没填的，只是可能。 */
static void test_each_record(void)
{
    g_autoptr(House) h = furnished();
    says(h, EACH_FACILITY, "2020-12-31", "990300 1 of 1 no (1 of 3: F2 no, F4 unknown)");
    says(h, EACH_FACILITY, "2020-06-30", "990300 1 of 1 not due (1 of 3: F2 no, F4 unknown)");
    facility(h, "F5", "990313", "day_care", "yes", "no");
    says(h, EACH_FACILITY, "2020-12-31", "990300 1 of 1 no (1 of 3: F2 no, F4 unknown)");
}

/* 数目人人可见，名单只列自己看得见的。 */
static void test_rights(void)
{
    g_autoptr(House) h = furnished();
    const Session *s = house_session(h, "town", "town", "990313101", 0);
    g_autofree char *got = answer_for(h, s, EACH_FACILITY, "2020-12-31");
    g_assert_cmpstr(got, ==, "990300 1 of 1 no (1 of 3; 2 hidden)");
    const Session *b = house_session(h, "inspector", "inspect", "990313", 0);
    g_autofree char *seen = answer_for(h, b, EACH_FACILITY, "2020-12-31");
    g_assert_cmpstr(seen, ==, "990300 1 of 1 no (1 of 3: F4 unknown; 1 hidden)");
}

/* 每年年底，文件有效期内每年一次；标准各地自定，按到期那天的。 */
static void test_yearly(void)
{
    g_autoptr(House) h = furnished();
    says(h, YEARLY, "2019-12-31",
         "990302 - in 2019 of 6000 unknown; 990313 - in 2019 of 8000 unknown; "
         "990300 - in 2019 of 8000 unknown (0 of 2: 990302 unknown, 990313 unknown)");
    says(h, YEARLY, "2021-06-30",
         "990302 - in 2019 of 6000 unknown; 990313 - in 2019 of 8000 unknown; "
         "990300 - in 2019 of 8000 unknown (0 of 2: 990302 unknown, 990313 unknown); "
         "990302 6000 in 2020 of 6000 yes; 990313 5400 in 2020 of 8000 no; "
         "990300 5700 in 2020 of 8000 no (1 of 2: 990313 no); "
         "990302 - in 2021 of 6000 not due; 990313 10000 in 2021 of 5500 not due, reached; "
         "990300 10000 in 2021 of 8000 not due (1 of 2: 990302 unknown)");
}

static void test_yearly_ends(void)
{
    g_autoptr(House) h = furnished();
    g_autofree char *last = answer_for(h, h->local, YEARLY, "2021-12-31");
    g_autofree char *later = answer_for(h, h->local, YEARLY, "2025-12-31");
    g_assert_cmpstr(last, ==, later); /* the document has ended */
    g_assert_null(strstr(later, "2022"));
}

static void test_unset(void)
{
    g_autoptr(House) h = furnished();
    says(h, UNSET, "2020-12-31", "990300 5700 of ? unknown");
    says(h, UNSET, "2020-06-30", "990300 5700 of ? not due");
}

/* 每千人：人口是那个地方自己记的。 */
static void test_region_fact(void)
{
    g_autoptr(House) h = furnished();
    g_autoptr(GError) error = NULL;
    RecordKey place;
    const char *field;
    says(h, PER_1000, "2020-12-31", "990302 - of 35 unknown");
    care_fill_places(h->care, &error);
    g_assert_no_error(error);
    record_find(h->care, h->local, house_entity(h, "region"), STR("990302"), &place, &error);
    g_assert_no_error(error);
    house_save(h, h->local, "region", place, "people", "1000", NULL);
    says(h, PER_1000, "2020-12-31", "990302 30 of 35 no");
    /* What it is and where it lies stays the documents'; another county's people are not ours. */
    const Session *other = house_session(h, "other", "clerk", "990313", 0);
    g_assert_cmpint(house_refused(h, h->local, "region", place, &field, "name", "丙区", NULL), ==,
                    FAIL_RIGHT);
    g_assert_cmpint(house_refused(h, other, "region", place, &field, "people", "5", NULL), ==,
                    FAIL_RIGHT);
    g_assert_cmpint(house_refused(h, h->local, "region", (RecordKey){0}, &field, "code", "990314",
                                  "name", "丁区", NULL),
                    ==, FAIL_RIGHT);
}

/* 期限之前看进度：快了、正好、慢了。 */
static void test_trend(void)
{
    g_autoptr(House) h = furnished();
    says(h, SPENT, "2020-03-31", "990300 6000 of 10000 not due, on way");
    says(h, SPENT, "2020-02-29", "990300 0 of 10000 not due, behind");
    says(h, SPENT, "2020-06-30", "990300 20000 of 10000 not due, reached");
    says(h, SPENT, "2020-12-31", "990300 20000 of 10000 yes");
    says(h, UNTIL, "2020-06-30", "990300 4 of 4 not due, reached");
}

/* A figure without a value names the param that nobody has set: what is divided by, what says who
 * counts, what is to be reached. */
static void test_unset_named(void)
{
    g_autoptr(House) h = house_new_with(
        false,
        "---\ndocument: plan\ntitle: 计划\ntitle en: Plan\nlayer: place\nplace: 990300\n"
        "in force: 2019-01-01\nbuilds on: house-model, house-place\n---\n\n# 一 指标 / Figures\n\n"
        "```anlao\n"
        "param base \"基数\" / \"base\" by region : int\n"
        "param kinds \"类别\" / \"kinds\" by region : set of living\n"
        "param quota \"指标\" / \"quota\" by region : share\n"
        "param there \"有\" / \"there\" by region : int = 4\n"
        "indicator per_base stock by region = round(count(elder) * there[region] / base[region], "
        "half_up, 1)\n"
        "indicator among stock by region = share(elder where living has any kinds[residence])\n"
        "indicator nobody stock by region = share(stay where moved_in < 2019-01-01)\n"
        "target per_base >= 1 on 2020-12-31\n"
        "target among >= 50% on 2020-12-31\n"
        "target nobody >= 50% on 2020-12-31\n"
        "target nobody >= quota[region] on 2020-12-31\n"
        "```\n");
    static const char *const unset[] = {"base", "kinds", "", ""}, *const targets[] = {"", "", "",
                                                                                      "quota"};
    g_autoptr(GError) error = NULL;
    TargetFigure *all;
    size_t n;

    house_elder(h, "甲某", "990302101", house_number(h, 1));
    figures_targets(h->care, h->local, NULL, ROW_NONE, day("2020-12-31"), h->arena, &all, &n,
                    &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(unset));
    for (size_t i = 0; i < n; i++) {
        size_t n_unset, n_target;
        const Param **list =
            figure_unset(h->care, all[i].target->indicator, &all[i].figure, h->arena, &n_unset);
        const Param **target = target_unset(h->care, &all[i], h->arena, &n_target);

        g_assert_cmpuint(n_unset, ==, unset[i][0] != 0);
        g_assert_cmpuint(n_target, ==, targets[i][0] != 0);
        if (n_unset > 0)
            g_assert_true(str_is(list[0]->name, unset[i]));
        if (n_target > 0)
            g_assert_true(str_is(target[0]->name, targets[i]));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/semantics/36/not-due-before", test_not_due);
    g_test_add_func("/semantics/36/trend", test_trend);
    g_test_add_func("/semantics/36/number-not-set", test_unset);
    g_test_add_func("/semantics/37/every-year", test_yearly);
    g_test_add_func("/semantics/37/until-the-document-ends", test_yearly_ends);
    g_test_add_func("/semantics/38/each-code", test_codes);
    g_test_add_func("/semantics/38/each-region", test_each_region);
    g_test_add_func("/semantics/38/each-record", test_each_record);
    g_test_add_func("/semantics/38/rights", test_rights);
    g_test_add_func("/semantics/39/fact-of-a-region", test_region_fact);
    g_test_add_func("/semantics/36/unset-param-named", test_unset_named);
    return g_test_run();
}
