/* figures_index.c — figures told apart by codes and periods, of each record, and of regions as
 * records: semantics 29–31, 35, 36, 38, 39 as they concern figures. */
#include "figures_case.h"

#include "compile/figure.h"
#include "evaluate/figures.h"

static const char blocks[] =
    "# 一 设施 / Facilities\n\n```anlao\n"
    "enum region_level ordered \"级别\" { township \"乡镇\"; county \"县\"; city \"市\"; province "
    "\"省\" }\n"
    "enum home_kind \"类别\" { day_care \"日间照料\"; mutual_aid \"互助\"; residential \"养老院\" "
    "}\n"
    "extend home_kind { nursing_home \"护理院\" is residential }\n"
    "enum owner \"性质\" { public \"公办\"; private \"民办\" }\n"
    "entity region \"区划\" {\n"
    "  key code\n"
    "  code   text(12)     \"代码\" required unique\n"
    "  name   text(60)     \"名称\"\n"
    "  level  region_level \"级别\"\n"
    "  people int          \"人口\" dated range 0..2000000000\n"
    "}\n"
    "entity home \"机构\" {\n"
    "  place region\n"
    "  holds opened to closed\n"
    "  region    region    \"所在地\"\n"
    "  kind      home_kind \"类别\"\n"
    "  owner     owner     \"性质\"\n"
    "  operating bool      \"运营\"\n"
    "  beds      int       \"床位\" range 0..5000\n"
    "  opened    date      \"开放\"\n"
    "  closed    date      \"关闭\" open\n"
    "}\n"
    "entity bed \"床\" {\n"
    "  place home.region\n"
    "  home    home \"机构\"\n"
    "  nursing bool \"护理型\"\n"
    "}\n"
    "entity use \"支出\" {\n"
    "  place region\n"
    "  dated by paid\n"
    "  region region \"所在地\"\n"
    "  home   home   \"机构\"\n"
    "  paid   date   \"日期\"\n"
    "  kind   home_kind \"用途\"\n"
    "  amount money  \"金额\" range 0 yuan..100000000 yuan\n"
    "}\n"
    "param least_share by region, home_kind: share\n"
    "set least_share[360300, day_care] = 60%\n"
    "set least_share[360300, mutual_aid] = 50%\n"
    "set least_share[360300, residential] = 90%\n"
    "set least_share[360302, day_care] = 70%\n"
    "indicator homes stock by region, kind = count(home)\n"
    "indicator rate stock by region, kind = share(home where operating)\n"
    "indicator beds stock by region, kind, owner = sum(home.beds)\n"
    "indicator both stock by region, kind, case owner { public: owner.public; private: "
    "owner.private } = count(home)\n"
    "indicator known_homes stock by region, kind = count(known home where operating)\n"
    "indicator spent flow by region, kind, month = sum(use.amount)\n"
    "indicator lottery flow by region, year = share(use.amount where kind = day_care)\n"
    "indicator gap stock by region, kind = share(home where operating) - least_share[region, "
    "kind]\n"
    "indicator nursing_share stock by region = share(bed where nursing)\n"
    "indicator per_1000 stock by region = round(sum(home.beds) * 1000 / region.people, half_up, "
    "1)\n"
    "indicator people_below stock by region = sum(region.people where level = county)\n"
    "indicator served stock by region = share(region where level = county and exists(home))\n"
    "indicator crowded stock by region = count(region where level = county and\n"
    "  sum(home.beds) * 1000 >= people * 5)\n"
    "target nursing_share >= 50% of each home where owner = public on 2020-12-31\n"
    "target spent >= 1 yuan of each home in 2020\n"
    "target rate >= 50% on 2020-12-31 in each counties where people >= 1000\n"
    "param counties : regions = 360302, 360313\n"
    "```\n";

/* "value in low..high, n unknown" of one region and cell. */
static char *text_of(const Figure *f)
{
    GString *out = g_string_new(NULL);

    if (f->too_large)
        g_string_append(out, "too large");
    else if (f->param_unset)
        g_string_append(out, "unset");
    else if (f->fact_missing)
        g_string_append(out, "not recorded");
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

/* "day_care" or "day_care private"; "" and "*" are the whole. */
static size_t cell_of(const Indicator *i, const char *codes)
{
    int numbers[LIMIT_FIGURE_INDEXES] = {FIGURE_WHOLE, FIGURE_WHOLE, FIGURE_WHOLE};
    char **words = g_strsplit(codes, " ", -1);

    for (size_t k = 0; words[k] != NULL && *words[k] != '\0'; k++) {
        const Code *c = enum_code(i->index[k].of, str_of(words[k]));

        g_assert_true(c != NULL || g_str_equal(words[k], "*"));
        if (c != NULL)
            numbers[k] = (int)c->number;
    }
    g_strfreev(words);
    return indicator_cell(i, numbers);
}

static Figure figure_of(World *w, FigureProgram *p, size_t cell, const char *region,
                        const char *from, const char *on)
{
    g_autofree Figure *all = g_new0(Figure, p->n_cells * w->regions->n);
    g_autoptr(GError) error = NULL;

    figures_evaluate(p, w->data, world_day(from), world_day(on), all, &error);
    g_assert_no_error(error);
    return all[cell * w->regions->n + (size_t)region_row(w->regions, str_of(region))];
}

static void flow(World *w, const char *indicator, const char *codes, const char *region,
                 const char *from, const char *on, const char *expected)
{
    const Indicator *i = model_indicator(w->m, str_of(indicator));
    const CompileOptions o = {.data = w->data, .regions = w->regions};
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(i);
    g_autoptr(FigureProgram) p = figure_program_new(w->m, i, &o, &error);

    g_assert_no_error(error);
    Figure f = figure_of(w, p, cell_of(i, codes), region, from, on);
    g_autofree char *got = text_of(&f);

    g_assert_cmpstr(got, ==, expected);
}

static void stock(World *w, const char *indicator, const char *codes, const char *region,
                  const char *expected)
{
    flow(w, indicator, codes, region, "2020-12-31", "2020-12-31", expected);
}

static World *some_homes(void)
{
    World *w = world_new(blocks);

    world_records(w, "home",
                  "region,kind,owner,operating,beds,opened,closed\n"
                  "360302,day_care,public,yes,10,2019-01-01,\n"
                  "360302,day_care,private,yes,20,2019-01-01,\n"
                  "360302,day_care,private,no,30,2019-01-01,\n"
                  "360302,mutual_aid,public,no,40,2019-01-01,\n"
                  "360313,mutual_aid,public,yes,50,2019-01-01,\n"
                  "360313,nursing_home,private,yes,60,2019-01-01,\n"
                  "360313,residential,private,,70,2019-01-01,\n"
                  "360313,day_care,public,yes,80,2019-01-01,2020-06-30\n");
    return w;
}

/* 日间照料、互助各算各的：两类的率不相加，也不平均。 */
static void test_35_codes(void)
{
    g_autoptr(World) w = some_homes();

    stock(w, "rate", "day_care", "360302", "6667 (2 of 3)");
    stock(w, "rate", "mutual_aid", "360302", "0 (0 of 1)");
    stock(w, "rate", "", "360302", "5000 (2 of 4)");
    stock(w, "rate", "mutual_aid", "360300", "5000 (1 of 2)");
    stock(w, "rate", "day_care", "360313", "no case any"); /* the only one has closed */
    stock(w, "homes", "day_care", "360313", "0");
}

/* 各类之和就是合计；较窄的类别算在较宽的里面，合计里只算一次。 */
static void test_35_totals(void)
{
    g_autoptr(World) w = some_homes();

    stock(w, "homes", "day_care", "360300", "3");
    stock(w, "homes", "mutual_aid", "360300", "2");
    stock(w, "homes", "residential", "360300", "2");
    stock(w, "homes", "nursing_home", "360300", "1");
    stock(w, "homes", "", "360300", "7");
    stock(w, "beds", "day_care public", "360300", "10");
    stock(w, "beds", "day_care private", "360300", "50");
    stock(w, "beds", "day_care", "360300", "60");
    stock(w, "beds", "* private", "360300", "180");
    stock(w, "beds", "* public", "360300", "100");
    stock(w, "beds", "residential private", "360300", "130");
    stock(w, "beds", "", "360300", "280");
    stock(w, "both", "day_care public", "360302", "1"); /* an expression tells them apart too */
}

/* 类别没填：哪一类都可能，合计里却是一定的。 */
static void test_29_unknown_codes(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region,kind,owner,operating,beds,opened\n"
                  "360302,day_care,public,yes,10,2019-01-01\n"
                  "360302,,public,yes,20,2019-01-01\n"
                  ",mutual_aid,,yes,40,2019-01-01\n");
    stock(w, "homes", "day_care", "360302", "1 in 1..2, 1 unknown");
    stock(w, "homes", "mutual_aid", "360302", "0 in 0..2, 2 unknown");
    stock(w, "homes", "mutual_aid", "360000", "1 in 1..2, 1 unknown");
    stock(w, "homes", "", "360302", "2 in 2..3, 1 unknown");
    stock(w, "homes", "", "360000", "3");
    stock(w, "beds", "mutual_aid private", "360000", "0 in 0..40, 1 unknown");
    stock(w, "beds", "mutual_aid", "360000", "40 in 40..60, 1 unknown");
    stock(w, "beds", "* public", "360000", "30 in 30..70, 1 unknown");
    stock(w, "rate", "mutual_aid", "360302", "no case any, 2 unknown");
    stock(w, "rate", "day_care", "360302", "10000, 1 unknown (1 of 1)");
}

static void test_30_empty(void)
{
    g_autoptr(World) w = world_new(blocks);

    stock(w, "homes", "day_care", "360302", "0");
    stock(w, "rate", "day_care", "360302", "no case any");
    stock(w, "served", "", "360300", "0 (0 of 3)"); /* there are regions, and no homes in them */
    flow(w, "spent", "day_care", "360302", "2020-01-01", "2020-12-31", "0");
}

static void test_31_known_rows(void)
{
    g_autoptr(World) w = some_homes();

    stock(w, "known_homes", "residential", "360313", "1, 1 unknown");
    stock(w, "known_homes", "nursing_home", "360313", "1");
}

/* 流量逐月相加就是全年；存量没有月份（不能写，见 declare 的测试）。 */
static void test_35_periods(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "use",
                  "region,paid,kind,amount\n"
                  "360302,2020-01-31,day_care,100.50\n"
                  "360302,2020-02-01,day_care,200\n"
                  "360302,2020-02-29,mutual_aid,1\n"
                  "360313,2020-12-31,day_care,400\n"
                  "360313,2021-01-01,day_care,800\n"
                  "360313,,day_care,5\n");
    flow(w, "spent", "day_care", "360302", "2020-01-01", "2020-01-31", "10050");
    flow(w, "spent", "", "360302", "2020-02-01", "2020-02-29", "20100");
    flow(w, "spent", "day_care", "360302", "2020-01-01", "2020-12-31", "30050");
    flow(w, "spent", "", "360300", "2020-01-01", "2020-12-31", "70150 in 70150..70650, 1 unknown");
    flow(w, "lottery", "", "360302", "2020-01-01", "2020-12-31", "9967 (30050 of 30150)");
}

/* 分母不为零的份额逐级重新算：既不相加也不平均。 */
static void test_35_shares(void)
{
    g_autoptr(World) w = some_homes();

    stock(w, "rate", "", "360302", "5000 (2 of 4)");
    stock(w, "rate", "", "360313", "10000 in 6667..10000, 1 unknown (2 of 2)");
    stock(w, "rate", "", "360300", "6667 in 5714..7143, 1 unknown (4 of 6)");
}

/* 各地各类自己的标准。 */
static void test_35_param_by_code(void)
{
    g_autoptr(World) w = some_homes();

    stock(w, "gap", "day_care", "360302", "-333");
    stock(w, "gap", "mutual_aid", "360302", "-5000");
    stock(w, "gap", "mutual_aid", "360313", "5000");
    stock(w, "gap", "", "360302", "unset any"); /* there is no standard of all kinds together */
}

/* ---- of each record */

static const Target *target_of(World *w, const char *indicator)
{
    for (size_t i = 0; i < w->m->n_targets; i++)
        if (str_is(w->m->targets[i]->indicator->name, indicator))
            return w->m->targets[i];
    g_assert_not_reached();
}

/* "1: 5000 (1 of 2); 3?: …" by row number. */
static char *each_text(World *w, const char *indicator, const char *from, const char *on)
{
    const CompileOptions o = {.data = w->data, .regions = w->regions};
    g_autoptr(GError) error = NULL;
    g_autoptr(FigureProgram) p = figure_program_each(w->m, target_of(w, indicator), &o, &error);
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(EachFigure));
    GString *out = g_string_new(NULL);

    g_assert_no_error(error);
    figures_evaluate_each(p, w->data, world_day(from), world_day(on), 0, all, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < all->len; i++) {
        const EachFigure *e = &g_array_index(all, EachFigure, i);
        g_autofree char *text = text_of(&e->figure);

        g_string_append_printf(out, "%s%zu%s: %s", i > 0 ? "; " : "", e->row + 1,
                               e->there == TRUTH_YES ? "" : "?", text);
    }
    return g_string_free(out, FALSE);
}

/* 每所公办机构各自的护理型床位占比。 */
static void test_38_each_record(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home",
                  "region,owner,opened,closed\n"
                  "360302,public,2019-01-01,\n"
                  "360302,private,2019-01-01,\n"
                  "360313,public,2019-01-01,2020-06-30\n"
                  "360313,,2019-01-01,\n"
                  "360313,public,2019-01-01,\n");
    world_records(w, "bed", "home,nursing\n1,yes\n1,no\n2,yes\n4,yes\n1,\n");
    g_autofree char *got = each_text(w, "nursing_share", "2020-12-31", "2020-12-31");

    g_assert_cmpstr(
        got, ==, "1: 5000 in 3333..6667, 1 unknown (1 of 2); 4?: 10000 (1 of 1); 5: no case any");
}

/* 床属于谁没填：可能是任何一所的。 */
static void test_29_each_record(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home", "region,owner,opened\n360302,public,2019-01-01\n");
    world_records(w, "bed", "home,nursing\n1,yes\n1,yes\n,no\n");
    g_autofree char *got = each_text(w, "nursing_share", "2020-12-31", "2020-12-31");

    g_assert_cmpstr(got, ==, "1: 10000 in 6667..10000, 1 unknown (2 of 2)");
}

static void test_38_each_record_flow(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home", "region,owner,opened\n360302,public,2019-01-01\n360302,,2019-01-01\n");
    world_records(w, "use",
                  "region,home,paid,kind,amount\n"
                  "360302,1,2020-05-01,day_care,3\n"
                  "360302,1,2021-05-01,day_care,4\n"
                  "360313,2,2020-06-01,day_care,5\n");
    g_autofree char *got = each_text(w, "spent", "2020-01-01", "2020-12-31");

    g_assert_cmpstr(got, ==, "1: 300; 2: 500");
}

/* 成千上万所机构也一样：分批算。 */
static void test_38_many_records(void)
{
    g_autoptr(World) w = world_new(blocks);
    g_autoptr(GString) homes = g_string_new("region,owner,opened\n");
    g_autoptr(GString) beds = g_string_new("home,nursing\n");
    const size_t n = 20000;

    for (size_t i = 1; i <= n; i++) {
        g_string_append(homes, "360302,public,2019-01-01\n");
        g_string_append_printf(beds, "%zu,%s\n", n + 1 - i, i % 2 == 0 ? "yes" : "no");
    }
    world_records(w, "home", homes->str);
    world_records(w, "bed", beds->str);
    const CompileOptions o = {.data = w->data, .regions = w->regions};
    g_autoptr(FigureProgram) p = figure_program_each(w->m, target_of(w, "nursing_share"), &o, NULL);
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(EachFigure));

    g_assert_true(figures_evaluate_each(p, w->data, world_day("2020-12-31"),
                                        world_day("2020-12-31"), 0, all, NULL));
    g_assert_cmpuint(all->len, ==, n);
    for (guint i = 0; i < all->len; i++)
        g_assert_cmpint(g_array_index(all, EachFigure, i).figure.value, ==,
                        (n - i) % 2 == 0 ? 10000 : 0);
}

/* ---- regions as records */

/* 人口记在哪里就是哪里的，不从下面加上来。 */
static void test_39_fields(void)
{
    g_autoptr(World) w = some_homes();

    world_records(w, "region",
                  "code,level,people@2019-01-01,people@2020-07-01\n"
                  "360313,county,40000,50000\n"
                  "360302,county,,20000\n"
                  "999999,county,,1\n");
    stock(w, "per_1000", "", "360302", "50"); /* 100 beds for 20,000 people: 5.0 */
    stock(w, "per_1000", "", "360313", "36");
    stock(w, "per_1000", "", "360300", "not recorded any, 1 unknown");
    flow(w, "per_1000", "", "360302", "2020-06-30", "2020-06-30", "not recorded any, 1 unknown");
    stock(w, "people_below", "", "360300", "70000");
    stock(w, "people_below", "", "360302", "20000");
    flow(w, "people_below", "", "360300", "2020-06-30", "2020-06-30", "40000 any, 1 unknown");
}

/* 级别和上级来自行政区划表，没有另外登记也在。 */
static void test_39_regions(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home", "region,kind,beds,opened\n360302,day_care,10,2019-01-01\n");
    stock(w, "served", "", "360300", "3333 (1 of 3)"); /* of the city itself and its two counties */
    stock(w, "served", "", "360302", "10000 (1 of 1)");
    stock(w, "served", "", "360313", "0 (0 of 1)");
}

/* 在没填所在地的机构面前，哪个县都可能有；条件里的不确定就是这个地方的不确定。 */
static void test_39_doubt(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "home", "region,kind,beds,opened\n,day_care,10,2019-01-01\n");
    world_records(w, "region", "code,people@2019-01-01\n360302,1000\n");
    stock(w, "served", "", "360302", "no case in 0..10000, 1 unknown");
    stock(w, "crowded", "", "360302", "0 in 0..1, 1 unknown");
    stock(w, "crowded", "", "360300", "0 in 0..2, 2 unknown");
}

static void test_38_regions_where(void)
{
    g_autoptr(World) w = world_new(blocks);
    const CompileOptions o = {.data = w->data, .regions = w->regions};

    world_records(w, "region", "code,people@2019-01-01\n360302,1000\n");
    g_autoptr(FigureProgram) p = figure_program_where(w->m, target_of(w, "rate"), &o, NULL);
    Figure a = figure_of(w, p, 0, "360302", "2020-12-31", "2020-12-31");
    Figure b = figure_of(w, p, 0, "360313", "2020-12-31", "2020-12-31");

    g_assert_cmpint(a.low, ==, 1);
    g_assert_cmpint(b.low, ==, 0);
    g_assert_cmpint(b.high, ==, 1); /* its people are not recorded */
}

/* ---- what does not fit */

static const char large[] =
    "# 一 钱 / Money\n\n```anlao\n"
    "entity purse \"钱\" {\n"
    "  place region\n"
    "  region region \"所在地\"\n"
    "  amount money \"数\"\n"
    "  pieces int \"张\"\n"
    "}\n"
    "indicator all stock by region = sum(purse.amount)\n"
    "indicator average stock by region = mean(purse.amount)\n"
    "indicator square stock by region = sum(purse.pieces) * sum(purse.pieces)\n"
    "```\n";

/* 和装不下六十四位，就是错，从不给一个错的数；装得下的照旧。 */
static void test_too_large(void)
{
    g_autoptr(World) w = world_new(large);

    world_records(w, "purse",
                  "region,amount,pieces\n"
                  "360302,90000000000000000.00,4000000000\n"
                  "360313,90000000000000000.00,3000000000\n");
    stock(w, "all", "", "360302", "9000000000000000000");
    stock(w, "all", "", "360300", "too large any");
    stock(w, "average", "", "360300", "9000000000000000000");
    stock(w, "square", "", "360302", "too large any");
    stock(w, "square", "", "360313", "9000000000000000000");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } all[] = {
        {"/semantics/29/unknown-code", test_29_unknown_codes},
        {"/semantics/29/each-record", test_29_each_record},
        {"/semantics/30/figures", test_30_empty},
        {"/semantics/31/figures", test_31_known_rows},
        {"/semantics/35/codes", test_35_codes},
        {"/semantics/35/totals", test_35_totals},
        {"/semantics/35/periods", test_35_periods},
        {"/semantics/35/shares", test_35_shares},
        {"/semantics/35/param-by-code", test_35_param_by_code},
        {"/semantics/38/each-record", test_38_each_record},
        {"/semantics/38/each-record-flow", test_38_each_record_flow},
        {"/semantics/38/many-records", test_38_many_records},
        {"/semantics/38/regions-where", test_38_regions_where},
        {"/semantics/39/fields", test_39_fields},
        {"/semantics/39/regions", test_39_regions},
        {"/semantics/39/doubt", test_39_doubt},
        {"/figures/too-large", test_too_large},
    };

    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_test_add_func(all[i].name, all[i].test);
    return g_test_run();
}
