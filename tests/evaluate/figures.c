/* figures.c — indicators over records: who counts where, on which day, and what doubt remains. */
#include "figures_case.h"

#include "compile/figure.h"
#include "evaluate/figures.h"

static const char blocks[] =
    "# 一 设施 / Facilities\n\n```anlao\n"
    "enum home_kind \"类别\" / \"kind\" { nursing \"护理型\" / \"nursing\"; other \"其他\" / "
    "\"other\" }\n"
    "entity home \"养老院\" / \"home\" {\n"
    "  place region\n"
    "  holds opened to closed\n"
    "  region region \"所在地\" / \"region\" dated\n"
    "  kind   home_kind \"类别\" / \"kind\"\n"
    "  beds   int \"床位\" / \"beds\" range 0..5000\n"
    "  income money \"收入\" / \"income\"\n"
    "  opened date \"开放\" / \"opened\"\n"
    "  closed date \"关闭\" / \"closed\" open\n"
    "}\n"
    "entity bed_change \"床位变动\" / \"bed change\" {\n"
    "  place home.region\n"
    "  dated by changed\n"
    "  home    home \"养老院\" / \"home\"\n"
    "  changed date \"日期\" / \"day\"\n"
    "  beds    int \"张数\" / \"beds\" range 0..5000\n"
    "}\n"
    "param people by region: int\n"
    "set people[360302] = 4000\n"
    "set people[360313] = 2000\n"
    "indicator homes \"机构数\" stock by region = count(home)\n"
    "indicator nursing_homes stock by region = count(home where kind = nursing)\n"
    "indicator beds stock by region = sum(home.beds)\n"
    "indicator nursing_share stock by region = share(home where kind = nursing)\n"
    "indicator mean_beds stock by region = round(mean(home.beds), half_up, 1)\n"
    "indicator quotient stock by region =\n"
    "  round(sum(home.beds where kind = nursing) / sum(home.beds), half_up, 4)\n"
    "indicator per_thousand stock by region = round(sum(home.beds) * 1000 / people[region], "
    "half_up, 1)\n"
    "indicator new_beds flow by region = sum(bed_change.beds)\n"
    "indicator income stock by region = sum(home.income)\n"
    "```\n";

/* "value [low..high] unknown n" of one region; "none" where there is no case. */
static char *figure_text(World *w, const char *indicator, const char *region, const char *from,
                         const char *on)
{
    const Indicator *i = model_indicator(w->m, str_of(indicator));
    const CompileOptions o = {.data = w->data, .regions = w->regions};
    g_autofree Figure *all = g_new0(Figure, w->regions->n);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(i);
    g_autoptr(FigureProgram) p = figure_program_new(w->m, i, &o, &error);

    g_assert_no_error(error);
    figures_evaluate(p, w->data, world_day(from), world_day(on), all, &error);
    g_assert_no_error(error);
    const Figure *f = &all[region_row(w->regions, str_of(region))];
    GString *out = g_string_new(NULL);

    if (f->param_unset)
        g_string_append(out, "unset");
    else if (f->no_case)
        g_string_append(out, "no case");
    else
        g_string_append_printf(out, "%" G_GINT64_FORMAT, f->value);
    if (f->low == INT64_MIN || f->high == INT64_MAX)
        g_string_append(out, " any");
    else if (f->low != f->high)
        g_string_append_printf(out, " in %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, f->low, f->high);
    if (f->unknown > 0)
        g_string_append_printf(out, ", %" G_GINT64_FORMAT " unknown", f->unknown);
    if (f->denominator > 0)
        g_string_append_printf(out, " (%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT ")", f->numerator,
                               f->denominator);
    return g_string_free(out, FALSE);
}

static void stock(World *w, const char *indicator, const char *region, const char *on,
                  const char *expected)
{
    g_autofree char *got = figure_text(w, indicator, region, on, on);

    g_assert_cmpstr(got, ==, expected);
}

static void flow(World *w, const char *indicator, const char *region, const char *from,
                 const char *on, const char *expected)
{
    g_autofree char *got = figure_text(w, indicator, region, from, on);

    g_assert_cmpstr(got, ==, expected);
}

static void test_count_and_roll_up(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region,kind,beds,opened,closed\n"
                  "360302,nursing,40,2019-01-01,\n"
                  "360302,other,60,2019-01-01,\n"
                  "360313,nursing,100,2019-01-01,\n"
                  "360313,,50,2019-01-01,\n"); /* kind not entered */
    stock(w, "homes", "360302", "2020-12-31", "2");
    stock(w, "homes", "360300", "2020-12-31", "4");
    stock(w, "homes", "360000", "2020-12-31", "4");
    stock(w, "nursing_homes", "360302", "2020-12-31", "1");
    stock(w, "nursing_homes", "360313", "2020-12-31", "1 in 1..2, 1 unknown");
    stock(w, "nursing_homes", "360300", "2020-12-31", "2 in 2..3, 1 unknown");
    stock(w, "beds", "360300", "2020-12-31", "250");
    stock(w, "nursing_share", "360302", "2020-12-31", "5000 (1 of 2)");
    /* Shares are never added: both lines are, then divided. */
    stock(w, "nursing_share", "360300", "2020-12-31", "6667 in 5000..7500, 1 unknown (2 of 3)");
    stock(w, "quotient", "360302", "2020-12-31", "4000 (40 of 100)");
}

/* 关闭的机构，关闭当天起不算。 */
static void test_span(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region,kind,beds,opened,closed\n"
                  "360302,other,40,2020-03-01,2020-12-31\n"
                  "360302,other,10,,\n" /* opening day not entered */
                  "360302,other,10,,2020-02-01\n");
    stock(w, "homes", "360302", "2020-02-29", "0 in 0..1, 1 unknown");
    stock(w, "homes", "360302", "2020-03-01", "1 in 1..2, 1 unknown");
    stock(w, "homes", "360302", "2020-12-30", "1 in 1..2, 1 unknown");
    stock(w, "homes", "360302", "2020-12-31", "0 in 0..1, 1 unknown");
    stock(w, "homes", "360302", "2020-01-31", "0 in 0..2, 2 unknown");
}

/* 年中迁址：前后各算各的地方。 */
static void test_moved(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region@2019-01-01,region@2020-07-01,kind,beds,opened\n"
                  "360302,360313,other,40,2019-01-01\n");
    stock(w, "homes", "360302", "2020-06-30", "1");
    stock(w, "homes", "360302", "2020-07-01", "0");
    stock(w, "homes", "360313", "2020-07-01", "1");
    stock(w, "homes", "360300", "2020-07-01", "1");
}

/* A home whose place is not entered lies somewhere in the province, and may lie in each county. */
static void test_unknown_place(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region,kind,beds,opened\n"
                  "360302,other,40,2019-01-01\n"
                  ",other,30,2019-01-01\n");
    stock(w, "homes", "360302", "2020-01-01", "1 in 1..2, 1 unknown");
    stock(w, "homes", "360313", "2020-01-01", "0 in 0..1, 1 unknown");
    stock(w, "homes", "360000", "2020-01-01", "2");
    stock(w, "beds", "360300", "2020-01-01", "40 in 40..70, 1 unknown");
    stock(w, "beds", "360000", "2020-01-01", "70");
}

static void test_unknown_value(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region,kind,beds,opened,income\n"
                  "360302,other,40,2019-01-01,100.50\n"
                  "360302,other,,2019-01-01,\n");
    stock(w, "beds", "360302", "2020-01-01", "40 any, 1 unknown");
    stock(w, "mean_beds", "360302", "2020-01-01", "400 any, 1 unknown (40 of 1)");
    stock(w, "income", "360302", "2020-01-01", "10050 any, 1 unknown");
    stock(w, "income", "360313", "2020-01-01", "0");
}

static void test_no_case(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home", "region,kind,beds,opened\n360302,other,0,2019-01-01\n");
    stock(w, "nursing_share", "360313", "2020-01-01", "no case any");
    stock(w, "nursing_share", "360302", "2020-01-01", "0 (0 of 1)");
    stock(w, "mean_beds", "360313", "2020-01-01", "no case any");
    stock(w, "quotient", "360302", "2020-01-01", "no case any"); /* nought divided by nought */
}

static void test_no_records(void)
{
    g_autoptr(World) w = world_new(blocks);

    stock(w, "homes", "360300", "2020-01-01", "0");
    stock(w, "beds", "360300", "2020-01-01", "0");
    stock(w, "nursing_share", "360300", "2020-01-01", "no case any");
}

/* 每千人床位：人口是各地自己填的。 */
static void test_param(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region,kind,beds,opened\n"
                  "360302,other,90,2019-01-01\n"
                  "360313,other,,2019-01-01\n");
    stock(w, "per_thousand", "360302", "2020-01-01", "225");
    stock(w, "per_thousand", "360313", "2020-01-01", "0 any, 1 unknown");
    stock(w, "per_thousand", "360300", "2020-01-01", "unset any, 1 unknown");
}

/* 新增床位：只数期内的，按当天所在地。 */
static void test_flow(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region@2019-01-01,region@2020-07-01,opened\n"
                  "360302,360313,2019-01-01\n"
                  "360302,360302,2019-01-01\n");
    world_records(w, "bed_change",
                  "home,changed,beds\n"
                  "1,2020-06-30,10\n"
                  "1,2020-07-01,20\n"
                  "2,2020-12-31,5\n"
                  "2,2021-01-01,7\n"
                  "2,2019-12-31,9\n");
    flow(w, "new_beds", "360302", "2020-01-01", "2020-12-31", "15");
    flow(w, "new_beds", "360313", "2020-01-01", "2020-12-31", "20");
    flow(w, "new_beds", "360300", "2020-01-01", "2020-12-31", "35");
    flow(w, "new_beds", "360300", "2019-01-01", "2021-12-31", "51");
}

static void test_flow_unknown_day(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home", "region,opened\n360302,2019-01-01\n");
    world_records(w, "bed_change", "home,changed,beds\n1,2020-06-30,10\n1,,5\n");
    flow(w, "new_beds", "360302", "2020-01-01", "2020-12-31", "10 in 10..15, 1 unknown");
    flow(w, "new_beds", "360313", "2020-01-01", "2020-12-31", "0");
}

/* Semantics 49: what counts is what a computed field is on that day, in that place. */
static void test_amended(void)
{
    static const char wide[] =
        "# 一 设施 / Facilities\n\n```anlao\n"
        "entity home \"养老院\" {\n  place region\n  region region \"所在地\"\n"
        "  beds int \"床位\" range 0..5000\n}\n"
        "derive home.large \"大型\" : bool = beds >= 100 may be amended by county\n"
        "indicator large_homes stock by region = count(home where large)\n"
        "indicator large_share stock by region = share(home where large)\n"
        "target large_homes >= 2 on 2020-12-31 in 360300\n"
        "```\n";
    static const char county[] =
        "---\ndocument: county\ntitle: 区\nlayer: place\nplace: 360302\nin force: "
        "2020-06-16\n---\n\n"
        "# 一 大型 / Large\n\n```anlao\namend derive home.large : bool = beds >= 50\n```\n";
    g_autoptr(World) w = world_new_over(wide, county);

    world_records(w, "home", "region,beds\n360302,60\n360302,120\n360313,60\n360302,\n");
    stock(w, "large_homes", "360302", "2020-06-15", "1 in 1..2, 1 unknown");
    stock(w, "large_homes", "360302", "2020-06-16", "2 in 2..3, 1 unknown");
    stock(w, "large_homes", "360313", "2020-06-16", "0");
    stock(w, "large_homes", "360300", "2020-06-15", "1 in 1..2, 1 unknown");
    stock(w, "large_homes", "360300", "2020-06-16", "2 in 2..3, 1 unknown");
    stock(w, "large_share", "360300", "2020-06-16", "6667 in 5000..7500, 1 unknown (2 of 3)");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/figures/count-and-roll-up", test_count_and_roll_up);
    g_test_add_func("/figures/span", test_span);
    g_test_add_func("/figures/moved", test_moved);
    g_test_add_func("/figures/unknown-place", test_unknown_place);
    g_test_add_func("/figures/unknown-value", test_unknown_value);
    g_test_add_func("/figures/no-case", test_no_case);
    g_test_add_func("/figures/no-records", test_no_records);
    g_test_add_func("/figures/param", test_param);
    g_test_add_func("/figures/flow", test_flow);
    g_test_add_func("/figures/flow-unknown-day", test_flow_unknown_day);
    g_test_add_func("/semantics/49/figures", test_amended);
    return g_test_run();
}
