/* pay_scale.c — a county's pay runs by the size: twelve benefits (bench/policy.md), everybody at
 * first, then months in which some people's facts change.
 * ELDERS (50,000) sets the size, MONTHS (3) how many follow.  Times are the processor's, compared
 * within one run; a million and more is also held to the seconds and the memory that are promised
 * (docs/operations.md).  Prints each measurement. */
#include "../store/database.h"
#include "house.h"

#include "base/clock.h"
#include "base/limits.h"
#include "care/pay.h"
#include "care/write.h"

#include <sys/resource.h>

static const char regions_text[] =
    "---\n"
    "document: house-model\ntitle: 测试\ntitle en: Test\nlayer: model\nin force: 2018-01-01\n"
    "---\n\n# 地方 / Places\n\n"
    "```anlao\n"
    "enum region_level ordered \"级别\" / \"level\" {\n  township \"乡镇\" / \"township\"\n"
    "  county \"县区\" / \"county\"\n  city \"市\" / \"city\"\n}\n"
    "entity region \"区划\" / \"region\" {\n  key code\n  title name\n"
    "  code text(12) \"代码\" / \"code\" required unique\n"
    "  name text(60) \"名称\" / \"name\" required\n}\n"
    "```\n";

#define COUNTY  990302
#define FIRST   ((Month)605) /* 2020-06 */
#define CHANGED 50           /* one in so many has other facts each month */

typedef struct Scale {
    House *house;
    const Entity *elder;
    Session clerk, review, leader, finance;
    size_t elders;
    GArray *keys; /* int64_t */
    uint64_t chance;
    Arena *arena;
    WriteRequest *waiting;
    size_t n_waiting;
} Scale;

static uint64_t below(Scale *s, uint64_t n)
{
    uint64_t z = (s->chance += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % n;
}

static Session session_of(const House *h, const char *name, const char *role, const char *region)
{
    Session s = {.account = str_of(name), .shown = str_of(name), .via = STR("test")};
    for (size_t i = 0; i < n_role_facts; i++)
        if (g_str_equal(role_facts[i].word, role))
            s.role = &role_facts[i];
    s.region = ROW_NONE;
    for (size_t i = 0; i < h->care->regions->n; i++)
        if (str_is(h->care->regions->code[i], region))
            s.region = (int32_t)i;
    return s;
}

/* ---- people ------------------------------------------------------------------------------- */

static void flush(Scale *s)
{
    static const WriteBy by = {{"test", 4}, {"test", 4}};
    g_autoptr(GError) error = NULL;
    care_write_chunk(s->house->care, &by, s->waiting, s->n_waiting, &error);
    g_assert_no_error(error);
    s->n_waiting = 0;
    arena_free(s->arena);
    s->arena = arena_new();
}

static void field_set(Scale *s, WriteRequest *r, const char *name, int64_t value)
{
    WriteField *f = (WriteField *)&r->fields[r->n_fields++];
    *f = (WriteField){.field = house_field(s->house, "elder", name),
                      .value = VALUE_NUM(value),
                      .until = DATE_MAX,
                      .since = DATE_MIN};
}

/* One in fifty facts is missing. */
static void field_maybe(Scale *s, WriteRequest *r, const char *name, int64_t value)
{
    if (below(s, 50) > 0)
        field_set(s, r, name, value);
}

static int64_t set_of(Scale *s, unsigned n, unsigned per_cent)
{
    int64_t bits = 0;
    for (unsigned i = 0; i < n; i++)
        bits |= (int64_t)(below(s, 100) < per_cent) << i;
    return bits;
}

static WriteRequest *request_add(Scale *s, int64_t id, WriteKind kind)
{
    if (s->n_waiting == LIMIT_IMPORT_CHUNK)
        flush(s);
    WriteRequest *r = &s->waiting[s->n_waiting++];
    *r = (WriteRequest){.kind = kind,
                        .entity = s->elder,
                        .key = {COUNTY, id},
                        .expected = -1,
                        .fields = arena_many(s->arena, WriteField, 16)};
    return r;
}

static void person_add(Scale *s, unsigned number)
{
    static const uint8_t abilities[] = {0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, pensions[] = {0, 0, 0, 1, 2},
                         settings[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2},
                         disabilities[] = {0, 0, 0, 0, 0, 0, 1, 2, 3, 4};
    g_autoptr(GError) error = NULL;
    Date born;
    int64_t id;
    care_new_id(s->house->care, &id, &error);
    g_assert_no_error(error);
    g_array_append_val(s->keys, id);
    WriteRequest *r = request_add(s, id, WRITE_CREATE);
    date_make(1925 + (int)below(s, 38), 1 + (int)below(s, 12), 1 + (int)below(s, 28), &born);
    field_set(s, r, "number", number);
    field_maybe(s, r, "born", born);
    field_maybe(s, r, "ability", abilities[below(s, 10)]);
    field_maybe(s, r, "pension_kind", pensions[below(s, 5)]);
    field_maybe(s, r, "economy", set_of(s, 4, 6));
    field_maybe(s, r, "living", set_of(s, 3, 20));
    field_maybe(s, r, "self_care", (int64_t)below(s, 3));
    field_maybe(s, r, "disability", disabilities[below(s, 10)]);
    field_maybe(s, r, "residence_kind", (int64_t)below(s, 2));
    field_maybe(s, r, "setting", settings[below(s, 10)]);
    field_maybe(s, r, "income", (int64_t)below(s, 600000));
    field_maybe(s, r, "special", below(s, 40) == 0);
}

/* A month's changes: mostly incomes and levels, one in ten of them a death. */
static void month_change(Scale *s, Month month)
{
    static const char *const names[] = {"income", "ability", "setting"};
    for (size_t i = 0; i < s->elders / CHANGED; i++) {
        int64_t id = g_array_index(s->keys, int64_t, below(s, s->elders));
        WriteRequest *r = request_add(s, id, WRITE_SET);
        if (below(s, 10) == 0)
            field_set(s, r, "died", month_first(month) + (Date)below(s, 28));
        else
            field_set(s, r, names[i % 3],
                      i % 3 == 0 ? (int64_t)below(s, 600000) : (int64_t)below(s, 3));
    }
    flush(s);
}

static Scale scale_new(size_t elders)
{
    Scale s = {.elders = elders, .chance = 1, .keys = g_array_new(FALSE, FALSE, sizeof(int64_t))};
    g_autofree char *policy = NULL, *place = g_strdup(house_place_text);
    g_autoptr(GString) builds = g_string_new(place);
    g_assert_true(g_file_get_contents(g_getenv("BENCH_POLICY"), &policy, NULL, NULL));
    g_string_replace(builds, "builds on: house-model", "builds on: house-model, bench", 1);
    s.house = house_new_of(regions_text, builds->str, policy);
    s.elder = house_entity(s.house, "elder");
    s.clerk = session_of(s.house, "jing", "clerk", "990302");
    s.review = session_of(s.house, "fu", "review", "990302");
    s.leader = session_of(s.house, "shen", "leader", "990300");
    s.finance = session_of(s.house, "cai", "finance", "990302");
    s.arena = arena_new();
    s.waiting = g_new0(WriteRequest, LIMIT_IMPORT_CHUNK);
    for (unsigned i = 1; i <= elders; i++)
        person_add(&s, i);
    flush(&s);
    return s;
}

static void scale_free(Scale *s)
{
    g_array_unref(s->keys);
    arena_free(s->arena);
    g_free(s->waiting);
    house_free(s->house);
}

/* ---- runs --------------------------------------------------------------------------------- */

static double seconds(void)
{
    return (double)clock_monotonic_us() / 1e6;
}

/* Of the processor: what else the machine does is not counted. */
static double work(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double peak_mb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

static void moved(Scale *s, const Session *by, int64_t run, PayState to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    pay_move_on(s->house->care, by, run, to, STR(""), a, &error);
    g_assert_no_error(error);
}

typedef struct Spent {
    double wall, work;
} Spent;

static Spent spent_now(void)
{
    return (Spent){seconds(), work()};
}

static Spent spent_since(Spent begin)
{
    return (Spent){seconds() - begin.wall, work() - begin.work};
}

static void said(const Scale *s, const char *what, Spent x)
{
    g_test_message("%zu elders: %s in %.2f s, %.2f s of the processor, peak %.0f MB", s->elders,
                   what, x.wall, x.work, peak_mb());
}

static Spent month_pay(Scale *s, Month month)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    const PayAsk ask = {.month = month};
    PayRun *runs;
    size_t n;
    Spent begin = spent_now();
    pay_prepare(s->house->care, &s->clerk, &ask, a, &runs, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    said(s, "prepared", spent_since(begin));
    moved(s, &s->review, runs[0].id, PAY_REVIEWED);
    moved(s, &s->leader, runs[0].id, PAY_APPROVED);
    moved(s, &s->clerk, runs[0].id, PAY_FINANCE);
    moved(s, &s->finance, runs[0].id, PAY_BANK);
    moved(s, &s->clerk, runs[0].id, PAY_BOOKED);
    Spent all = spent_since(begin);
    said(s, "paid", all);
    g_assert_cmpint(pay_run_total(&runs[0]).lines, >, (int64_t)s->elders);
    PayHints hints; /* a page does not compare so many accounts */
    pay_hints(s->house->care, &s->clerk, runs[0].id, a, &hints, &error);
    g_assert_no_error(error);
    g_assert_true(hints.accounts_seen == (pay_run_total(&runs[0]).lines <= LIMIT_PAY_HINTS));
    return all;
}

typedef struct Course {
    Spent write, first, second, last; /* write: of the people themselves */
} Course;

static Course course_of(size_t elders, int months)
{
    g_autoptr(GError) error = NULL;
    static const uint8_t fresh[16];
    Course c;
    Spent begin = spent_now();
    Scale s = scale_new(elders);
    c.write = spent_since(begin);
    said(&s, "written", c.write);
    pay_fund_add(s.house->care, &s.finance, STR("990302"), STR("unstated"),
                 INT64_C(100000000000000), STR("年度预算"), fresh, s.house->arena, &error);
    g_assert_no_error(error);
    c.first = month_pay(&s, FIRST);
    for (int i = 1; i <= months; i++) {
        month_change(&s, FIRST + i);
        c.last = month_pay(&s, FIRST + i);
        if (i == 1)
            c.second = c.last;
    }
    scale_free(&s);
    return c;
}

static void at_most(const char *what, double value, double bound)
{
    g_test_message("%s: %.2f, at most %.2f", what, value, bound);
    if (value > bound)
        g_error("%s: %.2f, and no more than %.2f is good", what, value, bound);
}

/* A run costs less than it costs to write the people down; a month less than the first one, and the
 * third not more than the second; four times as many people take four times as long. */
static void test_scale(void)
{
    const char *size = g_getenv("ELDERS"), *many = g_getenv("MONTHS");
    size_t elders = size != NULL ? (size_t)g_ascii_strtoull(size, NULL, 10) : 50000;
    int months = many != NULL ? (int)g_ascii_strtoll(many, NULL, 10) : 3;
    Course quarter = course_of(elders / 4, months);
    double before = peak_mb();
    Course all = course_of(elders, months);
    at_most("first run, against writing the people", all.first.work / all.write.work, 1.5);
    at_most("second month, against the first", all.second.work / all.first.work, 1.0);
    at_most("last month, against the second", all.last.work / all.second.work, 1.5);
    at_most("first run of four times as many", all.first.work / quarter.first.work, 6);
    at_most("last month of four times as many", all.last.work / quarter.last.work, 6);
    if (elders < 1000000) {
        at_most("bytes of memory for a person more",
                (peak_mb() - before) * 1048576 / (double)(elders - elders / 4), 2000);
        return;
    }
    at_most("seconds of a first run of a million", all.first.work * 1e6 / (double)elders, 60);
    at_most("seconds of a month of a million", all.last.work * 1e6 / (double)elders, 30);
    at_most("MB a million", peak_mb() * 1e6 / (double)elders, 1024);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pay/scale", test_scale);
    return g_test_run();
}
