/* semantics_records.c — numbered rules of the semantics about the records of one: shares, means,
 * different values, periods, spells. */
#include "case.h"

#define HOME                                                                                       \
    "enum kind { nursing; plain }\n"                                                               \
    "entity home {\n  holds opened to closed\n  opened date\n  closed date open\n"                 \
    "  quiet bool dated\n  kind kind dated\n}\n"                                                   \
    "entity bed {\n  home home\n  kind kind\n  area int range 0..100\n  free bool\n}\n"            \
    "entity visit {\n  dated by on_day\n  home home\n  on_day date\n  seen bool\n"                 \
    "  time hours range 0 hours..24 hours\n}\n"

static Case *homes(const char *more)
{
    g_autofree char *text = g_strconcat(HOME, more, NULL);

    return case_new(text);
}

/* Some line of the explanation says it, in one of the languages. */
static void told(const Explanation *x, const char *words)
{
    for (size_t i = 0; i < x->n_lines; i++) {
        if (str_find(x->lines[i].zh, str_of(words)) >= 0 ||
            str_find(x->lines[i].en, str_of(words)) >= 0)
            return;
        g_test_message("%.*s / %.*s", STR_ARG(x->lines[i].zh), STR_ARG(x->lines[i].en));
    }
    g_error("not told: %s", words);
}

/* 34: a share is the rows that fit of all rows, compared exactly: two of three is more than 66 %
 * and less than 67 %, and no number of decimals is it. */
static void test_34_share(void)
{
    g_autoptr(Case) c =
        homes("derive home.a : bool = share(bed where kind = nursing) > 66.66%\n"
              "derive home.b : bool = share(bed where kind = nursing) < 66.67%\n"
              "derive home.c : bool = share(bed where kind = nursing) = 66.67%\n"
              "derive home.d : share = round(share(bed where kind = nursing), down, 4)\n"
              "derive home.e : bool = 66.67% > share(bed where kind = nursing)");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 kind=nursing");
    case_record(c, "bed", "home=0 kind=nursing");
    case_record(c, "bed", "home=0 kind=plain");
    case_field(c, "home.a", 0, "2020-06-30", "yes");
    case_field(c, "home.b", 0, "2020-06-30", "yes");
    case_field(c, "home.c", 0, "2020-06-30", "no");
    case_field(c, "home.d", 0, "2020-06-30", "0.6666");
    case_field(c, "home.e", 0, "2020-06-30", "yes");
}

/* 34: `sum` weighs by a field; `of` says of which records. */
static void test_34_weighed(void)
{
    g_autoptr(Case) c = homes(
        "derive home.a : share = round(share(sum bed.area where kind = nursing), half_up, 4)\n"
        "derive home.b : share =\n"
        "  round(share(bed where kind = nursing of free), half_up, 4)");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 kind=nursing area=30 free=yes");
    case_record(c, "bed", "home=0 kind=plain area=10 free=yes");
    case_record(c, "bed", "home=0 kind=nursing area=0 free=no");
    case_field(c, "home.a", 0, "2020-06-30", "0.7500");
    case_field(c, "home.b", 0, "2020-06-30", "0.5000");
}

/* 34: a mean, and how many different values there are. */
static void test_34_mean_distinct(void)
{
    g_autoptr(Case) c =
        homes("derive home.a : decimal(1) = round(mean(bed.area), half_up, 1)\n"
              "derive home.b : int = count(distinct bed.area where kind = nursing)\n"
              "derive home.c : bool = mean(bed.area where kind = nursing) >= 10.5");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 kind=nursing area=10");
    case_record(c, "bed", "home=0 kind=nursing area=10");
    case_record(c, "bed", "home=0 kind=nursing area=12");
    case_record(c, "bed", "home=0 kind=plain area=15");
    case_field(c, "home.a", 0, "2020-06-30", "11.8");
    case_field(c, "home.b", 0, "2020-06-30", "2");
    case_field(c, "home.c", 0, "2020-06-30", "yes");
}

/* 29: what is unknown of some beds need not matter. */
static void test_29_share_bounds(void)
{
    g_autoptr(Case) c = homes("derive home.a : bool = share(bed where kind = nursing) >= 50%\n"
                              "derive home.b : bool = share(bed where kind = nursing) >= 70%\n"
                              "derive home.c : bool = share(bed where kind = nursing) >= 80%\n"
                              "derive home.d : int = count(distinct bed.kind)\n"
                              "derive home.e : bool = count(distinct bed.kind) <= 2");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 kind=nursing");
    case_record(c, "bed", "home=0 kind=nursing");
    case_record(c, "bed", "home=0 kind=plain");
    case_record(c, "bed", "home=0");
    case_field(c, "home.a", 0, "2020-06-30", "yes");
    case_field(c, "home.b", 0, "2020-06-30", "unknown bed.kind");
    case_field(c, "home.c", 0, "2020-06-30", "no");
    case_field(c, "home.d", 0, "2020-06-30", "unknown bed.kind");
    case_field(c, "home.e", 0, "2020-06-30", "unknown bed.kind");
}

/* 29: the least of what is sure cannot be more, whatever else is there. */
static void test_29_least_bounds(void)
{
    g_autoptr(Case) c = homes("derive home.a : bool = min(bed.area where free) <= 10\n"
                              "derive home.b : bool = max(bed.area where free) <= 10");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 area=8 free=yes");
    case_record(c, "bed", "home=0 area=12");
    case_field(c, "home.a", 0, "2020-06-30", "yes");
    case_field(c, "home.b", 0, "2020-06-30", "unknown bed.free");
}

/* 29: a bound that is open on one side still decides on the other: whatever the beds of unknown
 * size measure, the largest has 50 m² or more and the smallest 50 or less. */
static void test_29_open_bound_decides(void)
{
    g_autoptr(Case) c = homes("derive home.a : bool = max(bed.area else 0) < 42\n"
                              "derive home.b : bool = min(bed.area else 0) > 60\n"
                              "derive home.c : bool = sum(bed.area) <= 49\n"
                              "derive home.d : bool = max(bed.area else 0) < 60\n"
                              "derive home.e : bool = 42 > max(bed.area else 0)");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 area=50");
    case_record(c, "bed", "home=0");
    case_field(c, "home.a", 0, "2020-06-30", "no");
    case_field(c, "home.b", 0, "2020-06-30", "no");
    case_field(c, "home.c", 0, "2020-06-30", "no");
    case_field(c, "home.d", 0, "2020-06-30", "unknown bed.area");
    case_field(c, "home.e", 0, "2020-06-30", "no");
}

/* 30: a share with nothing below the line is no case, unless `else` says what it is. */
static void test_30_share_of_nothing(void)
{
    g_autoptr(Case) c = homes("derive home.a : bool = share(bed where free) >= 50%\n"
                              "derive home.b : bool = share(bed where free else 100%) >= 50%\n"
                              "derive home.c : bool = mean(bed.area) < 5\n"
                              "derive home.d : int = round(mean(bed.area else 7), down, 0)\n"
                              "derive home.e : bool = share(sum bed.area where free) < 50%");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=1 free=yes area=0");
    case_field(c, "home.a", 0, "2020-06-30", "unknown bed");
    case_field(c, "home.b", 0, "2020-06-30", "yes");
    case_field(c, "home.c", 0, "2020-06-30", "unknown bed");
    case_field(c, "home.d", 0, "2020-06-30", "7");
    case_field(c, "home.e", 1, "2020-06-30", "unknown bed");
}

/* 31: unknown rows left out on purpose, with their number. */
static void test_31_left_out(void)
{
    g_autoptr(Case) c = homes("check c of home {\n  require count(known bed where free) >= 1\n"
                              "  cure \"空床\" / \"free beds\"\n}\n"
                              "check s of home {\n  require share(known bed where free) >= 40%\n"
                              "  cure \"空床\" / \"free beds\"\n}");
    Explanation x;

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 free=yes");
    case_record(c, "bed", "home=0 free=no");
    case_record(c, "bed", "home=0");
    case_record(c, "bed", "home=0");
    case_expect(c, "c", 0, "2020-06", "yes");
    case_expect(c, "s", 0, "2020-06", "yes");
    case_explain(c, "c", 0, "2020-06", &x);
    told(&x, "另有 2 条信息不全没有计入");
    case_explain(c, "s", 0, "2020-06", &x);
    told(&x, "2 more left out: facts are missing");
}

/* 31: a row that counts, but whose value nobody knows, is left out of a sum of what is known. */
static void test_31_left_out_of_a_sum(void)
{
    g_autoptr(Case) c = homes("check k of home {\n  require sum(known bed.area where free) = 50\n"
                              "  cure \"空床\" / \"free beds\"\n}\n"
                              "check s of home {\n  require sum(bed.area where free) = 50\n"
                              "  cure \"空床\" / \"free beds\"\n}");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "bed", "home=0 free=yes area=50");
    case_record(c, "bed", "home=0 free=yes");
    case_record(c, "bed", "home=0 area=20");
    case_expect(c, "k", 0, "2020-06", "yes");
    case_expect(c, "s", 0, "2020-06", "unknown bed.free bed.area");
}

/* 34, 9: the month, quarter or year that holds the day; what lies ahead does not count. */
static void test_34_in_a_period(void)
{
    g_autoptr(Case) c = homes("derive home.m : hours = sum(visit.time in month where seen)\n"
                              "derive home.q : int = count(visit in quarter)\n"
                              "derive home.y : int = count(distinct visit.seen in year)");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "visit", "home=0 on_day=2020-05-31 seen=yes time=120");
    case_record(c, "visit", "home=0 on_day=2020-06-10 seen=yes time=60");
    case_record(c, "visit", "home=0 on_day=2020-06-20 seen=no time=60");
    case_record(c, "visit", "home=0 on_day=2019-12-31 seen=yes time=60");
    case_field(c, "home.m", 0, "2020-06-09", "0");
    case_field(c, "home.m", 0, "2020-06-10", "60");
    case_field(c, "home.m", 0, "2020-07-01", "0");
    case_field(c, "home.q", 0, "2020-06-30", "3");
    case_field(c, "home.q", 0, "2020-07-01", "0");
    case_field(c, "home.y", 0, "2020-06-09", "1");
    case_field(c, "home.y", 0, "2020-06-20", "2");
}

/* An event of unknown day may be of the month, or not. */
static void test_34_in_an_unknown_month(void)
{
    g_autoptr(Case) c = homes("derive home.m : int = count(visit in month)\n"
                              "derive home.n : bool = count(visit in month) >= 1");

    case_record(c, "home", "opened=2019-01-01");
    case_record(c, "visit", "home=0 on_day=2020-06-10");
    case_record(c, "visit", "home=0");
    case_field(c, "home.m", 0, "2020-06-30", "unknown visit.on_day");
    case_field(c, "home.n", 0, "2020-06-30", "yes");
}

#define SPELL                                                                                      \
    "check c of home {\n  require months(since(quiet), day) >= 3\n  cure \"静\" / \"quiet\"\n}\n"

/* 18: the spell that reaches the day; a break ends it. */
static void test_18_spell(void)
{
    g_autoptr(Case) c = homes(SPELL "derive home.a : bool = since(quiet) <= 2020-03-01\n"
                                    "derive home.b : bool = months(since(quiet), day) < 3");

    case_record(c, "home",
                "opened=2019-01-01 quiet=no,yes@2019-06-15,no@2020-02-01,yes@2020-03-01");
    case_field(c, "home.a", 0, "2020-04-01", "yes");
    case_field(c, "home.a", 0, "2019-07-01", "yes");
    case_field(c, "home.b", 0, "2020-05-31", "yes");
    case_field(c, "home.b", 0, "2020-06-01", "no");
    case_expect(c, "c", 0, "2020-05", "no");
    case_expect(c, "c", 0, "2020-06", "yes");
}

/* 18: where the condition does not hold, what is compared with its first day is no. */
static void test_18_no_spell(void)
{
    g_autoptr(Case) c = homes(SPELL "derive home.b : bool = months(since(quiet), day) < 3");
    Explanation x;

    case_record(c, "home", "opened=2019-01-01 quiet=yes,no@2020-02-01");
    case_field(c, "home.b", 0, "2020-02-15", "no");
    case_expect(c, "c", 0, "2020-01", "yes");
    case_expect(c, "c", 0, "2020-02", "no");
    case_explain(c, "c", 0, "2020-02", &x);
    told(&x, "当日不成立");
}

/* 18: days on which it is unknown give two first days; a comparison is known where both agree. */
static void test_18_two_starts(void)
{
    g_autoptr(Case) c = homes(SPELL);

    case_record(c, "home", "opened=2019-01-01 quiet=no,?@2019-10-01,yes@2020-01-01");
    case_record(c, "home", "opened=2019-01-01 quiet=yes,?@2020-01-01,yes@2020-02-01");
    case_expect(c, "c", 0, "2019-11", "no"); /* whenever it began */
    case_expect(c, "c", 0, "2020-01", "unknown home.quiet");
    case_expect(c, "c", 0, "2020-03", "unknown home.quiet");
    case_expect(c, "c", 0, "2020-04", "yes");
    /* One unknown month in a long spell: it may have begun behind it. */
    case_expect(c, "c", 1, "2019-12", "yes");
    case_expect(c, "c", 1, "2020-03", "unknown home.quiet");
    case_expect(c, "c", 1, "2020-05", "yes");
}

/* 18: a record's spell begins with the record. */
static void test_18_the_record_itself(void)
{
    g_autoptr(Case) c = homes(SPELL);

    case_record(c, "home", "opened=2020-03-01 quiet=yes");
    case_expect(c, "c", 0, "2020-05", "no");
    case_expect(c, "c", 0, "2020-06", "yes");
}

/* 18: of a record it refers to, and the day on which it becomes long enough. */
static void test_18_of_another(void)
{
    g_autoptr(Case) c = homes("benefit b { for bed\n every month on last day\n"
                              "  when months(since(home.kind = nursing), day) >= 12 }");

    case_record(c, "home", "opened=2015-01-01 kind=plain,nursing@2019-08-15");
    case_record(c, "bed", "home=0");
    case_expect(c, "b", 0, "2020-07", "no");
    case_change(c, "b", 0, "2020-07", "2020-08-15 yes");
    case_expect(c, "b", 0, "2020-08", "yes");
}

/* ---- 45: once per key ------------------------------------------------------------------------ */

#define SITES                                                                                      \
    "enum star ordered { one_star; two_star; three_star }\n"                                       \
    "entity site {\n  name int\n}\n"                                                               \
    "entity home {\n  site site dated\n  owner int\n}\n"                                           \
    "entity grading {\n  home home\n  site site\n  graded_on date\n  star star\n}\n"               \
    "entity award {\n  dated by awarded_on\n  site site\n  grading grading\n"                      \
    "  awarded_on date\n  star star\n}\n"                                                          \
    "param star_amount by star : money { one_star: 0 yuan; two_star: 100 yuan;\n"                  \
    "  three_star: 300 yuan }\n"
#define ONCE(key, more)                                                                            \
    SITES "benefit b {\n  for grading\n  once per " key " on graded_on against award" more         \
          "\n  when star >= two_star\n  pay star_amount[star]\n}"

/* The first claim of an address is paid; a later one is not, whoever claims it. */
static void test_45_once(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", ""));
    Explanation x;

    case_record(c, "site", "name=1");
    case_record(c, "site", "name=2");
    case_record(c, "home", "site=0 owner=1");
    case_record(c, "home", "site=0 owner=2");
    case_record(c, "grading", "home=0 site=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "home=1 site=0 graded_on=2020-03-20 star=three_star");
    case_record(c, "grading", "home=1 site=1 graded_on=2020-03-20 star=three_star");
    case_expect(c, "b", 0, "2020-03", "yes 100.00");
    case_expect(c, "b", 1, "2020-03", "no");
    case_expect(c, "b", 2, "2020-03", "yes 300.00");
    case_explain(c, "b", 1, "2020-03", &x);
    told(&x, "同一site有更早的申领，以先者为准");
}

/* An award that was made before, imported or paid, settles it; one that refers to an earlier claim
 * is of that claim's day. */
static void test_45_awarded(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", ""));
    Explanation x;

    case_record(c, "site", "name=1");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2020-03-20 star=two_star");
    case_record(c, "award", "site=0 grading=0 awarded_on=2020-03-31 star=two_star");
    case_expect(c, "b", 0, "2020-03", "yes 100.00"); /* its own award changes nothing */
    case_expect(c, "b", 1, "2020-03", "no");
    case_explain(c, "b", 1, "2020-03", &x);
    told(&x, "同一site此前已经得过这项奖补");
}

/* A claim that comes to nothing stands in nobody's way. */
static void test_45_no_claim(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", ""));

    case_record(c, "site", "name=1");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=one_star");
    case_record(c, "grading", "site=0 graded_on=2020-03-20 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2018-03-20 star=two_star"); /* before the rule */
    case_expect(c, "b", 0, "2020-03", "no");
    case_expect(c, "b", 1, "2020-03", "yes 100.00");
}

/* Two claims of one day: a person has to say which. */
static void test_45_two_claims(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", ""));
    Explanation x;

    case_record(c, "site", "name=1");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=three_star");
    case_expect(c, "b", 0, "2020-03", "unknown award");
    case_explain(c, "b", 1, "2020-03", &x);
    told(&x, "当天有两份申领");
}

/* Of three claims of one day the one that got the award is settled; the others have its award
 * against them. */
static void test_45_settled_among_three(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", ""));

    case_record(c, "site", "name=1");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=three_star");
    case_record(c, "award", "site=0 grading=1 awarded_on=2020-03-31 star=two_star");
    case_expect(c, "b", 1, "2020-03", "yes 100.00");
    case_expect(c, "b", 0, "2020-03", "unknown award");
    case_expect(c, "b", 2, "2020-03", "unknown award");
}

/* An address nobody entered can not be compared. */
static void test_45_no_key(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", ""));

    case_record(c, "site", "name=1");
    case_record(c, "grading", "graded_on=2020-03-10 star=two_star");
    case_expect(c, "b", 0, "2020-03", "unknown grading.site");
}

/* The key over a reference: the address of the home that was graded. */
static void test_45_key_of_the_home(void)
{
    g_autoptr(Case) c = case_new(ONCE("home.site", ""));

    case_record(c, "site", "name=1");
    case_record(c, "home", "site=0 owner=1");
    case_record(c, "home", "site=0 owner=2");
    case_record(c, "grading", "home=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "home=1 graded_on=2020-03-20 star=three_star");
    case_expect(c, "b", 0, "2020-03", "yes 100.00");
    case_expect(c, "b", 1, "2020-03", "no");
}

/* Upgrades are paid again, compared with the latest award before. */
static void test_45_again(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", " again if star > award.star"));

    case_record(c, "site", "name=1");
    case_record(c, "site", "name=2");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2020-05-10 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2020-06-10 star=three_star");
    case_record(c, "award", "site=0 grading=0 awarded_on=2020-03-31 star=two_star");
    case_record(c, "grading", "site=1 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "site=1 graded_on=2020-05-10 star=three_star");
    case_expect(c, "b", 0, "2020-03", "yes 100.00");
    case_expect(c, "b", 1, "2020-05", "no");
    case_expect(c, "b", 2, "2020-06", "yes 300.00");
    case_expect(c, "b", 3, "2020-03", "yes 100.00");
}

/* What an upgrade is compared with is not known while the earlier claim is not settled. */
static void test_45_again_unsettled(void)
{
    g_autoptr(Case) c = case_new(ONCE("site", " again if star > award.star"));
    Explanation x;

    case_record(c, "site", "name=1");
    case_record(c, "grading", "site=0 graded_on=2020-03-10 star=two_star");
    case_record(c, "grading", "site=0 graded_on=2020-05-10 star=three_star");
    case_expect(c, "b", 0, "2020-03", "yes 100.00");
    case_explain(c, "b", 1, "2020-05", &x);
    g_assert_cmpint(x.outcome, ==, TRUTH_UNKNOWN);
    told(&x, "更早的申领尚未办结");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/18/spell", test_18_spell);
    g_test_add_func("/semantics/18/no-spell", test_18_no_spell);
    g_test_add_func("/semantics/18/two-starts", test_18_two_starts);
    g_test_add_func("/semantics/18/the-record-itself", test_18_the_record_itself);
    g_test_add_func("/semantics/18/of-another-record", test_18_of_another);
    g_test_add_func("/semantics/29/share-bounds", test_29_share_bounds);
    g_test_add_func("/semantics/29/least-bounds", test_29_least_bounds);
    g_test_add_func("/semantics/29/open-bound-decides", test_29_open_bound_decides);
    g_test_add_func("/semantics/30/share-of-nothing", test_30_share_of_nothing);
    g_test_add_func("/semantics/31/left-out-and-told", test_31_left_out);
    g_test_add_func("/semantics/31/left-out-of-a-sum", test_31_left_out_of_a_sum);
    g_test_add_func("/semantics/34/share", test_34_share);
    g_test_add_func("/semantics/34/weighed-and-based", test_34_weighed);
    g_test_add_func("/semantics/34/mean-and-distinct", test_34_mean_distinct);
    g_test_add_func("/semantics/34/in-a-period", test_34_in_a_period);
    g_test_add_func("/semantics/34/in-an-unknown-month", test_34_in_an_unknown_month);
    g_test_add_func("/semantics/45/once", test_45_once);
    g_test_add_func("/semantics/45/awarded-before", test_45_awarded);
    g_test_add_func("/semantics/45/what-comes-to-nothing", test_45_no_claim);
    g_test_add_func("/semantics/45/two-claims", test_45_two_claims);
    g_test_add_func("/semantics/45/settled-among-three", test_45_settled_among_three);
    g_test_add_func("/semantics/45/no-key", test_45_no_key);
    g_test_add_func("/semantics/45/key-over-a-reference", test_45_key_of_the_home);
    g_test_add_func("/semantics/45/again-if-better", test_45_again);
    g_test_add_func("/semantics/45/again-waits-for-the-earlier", test_45_again_unsettled);
    return g_test_run();
}
