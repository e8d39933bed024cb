/* due.c — a page of one's due list is found without looking at all of it: under 5 ms at five
 * million tasks (TASKS=5000000, in `make deep`); here at a twentieth, and not slower than at a
 * two-hundredth. LAW issue 5: due lists under 5 ms at 5 million tasks. */
#include "house.h"

#include "base/identifier.h"
#include "base/sort.h"
#include "care/follow.h"
#include "care/import.h"
#include "compile/compile.h"

#define TASKS_EACH 20
#define MOST_US    5000
#define TRIES      31

static char *documents(void)
{
    GString *s = g_string_new(
        "---\ndocument: more\ntitle: 任务\ntitle en: Tasks\nlayer: place\nplace: 990300\n"
        "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 任务 / Tasks\n\n```anlao\n"
        "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\" }\n"
        "entity visit \"探访\" / \"visit\" {\n place elder.residence\n dated by on\n"
        " title elder, on\n elder elder \"老年人\" required\n on date \"日期\" required\n"
        " kind int \"种类\"\n}\n"
        "role town \"乡镇\" / \"town worker\" of township sees elder, visit writes visit\n");
    for (int i = 0; i < TASKS_EACH; i++)
        g_string_append_printf(s,
                               "task t%d \"任务%d\" / \"task %d\" of elder every %d days by %s "
                               "done by visit where kind = %d\n",
                               i, i, i, 10 + i, i % 4 == 0 ? "town" : "civil_affairs", i);
    g_string_append(s, "```\n");
    return g_string_free(s, FALSE);
}

static void import(House *h, const char *entity, const char *text)
{
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    ImportReport r;
    const ImportOptions o = {.made_up = true};
    house_write(h, "in.csv", text, &path);
    care_import(h->care, h->local, house_entity(h, entity), path, &o, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.rejected, ==, 0);
}

/* As many elders as make that many tasks, in four towns; every third was visited lately. */
static House *with_tasks(uint64_t tasks)
{
    static const char *const towns[] = {"990302101", "990302102", "990313101", "990313102"};
    g_autofree char *text = documents();
    House *h = house_new_with(true, text);
    g_autoptr(GString) elders = g_string_new("file_no,name,born,residence,residence.since\n");
    g_autoptr(GString) visits = g_string_new("elder,on,kind\n");
    for (uint64_t i = 0; i < tasks / TASKS_EACH; i++) {
        g_string_append_printf(
            elders, "E%" G_GUINT64_FORMAT ",某%" G_GUINT64_FORMAT ",1940-01-01,%s,2019-01-01\n", i,
            i % 900, towns[i * 7 % 4]);
        if (i % 3 == 0)
            g_string_append_printf(visits, "E%" G_GUINT64_FORMAT ",2020-06-%02u,%u\n", i,
                                   (unsigned)(i % 17) + 1, (unsigned)(i % TASKS_EACH));
    }
    import(h, "elder", elders->str);
    import(h, "visit", visits->str);
    return h;
}

static TaskBook ask(House *h, const Session *s, const FollowQuery *q, Arena *a)
{
    TaskBook b;
    g_autoptr(GError) error = NULL;
    follow_tasks(h->care, s, q, a, &b, &error);
    g_assert_no_error(error);
    return b;
}

/* The middle of several, in microseconds. */
static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int64_t time_of(House *h, const Session *s, const FollowQuery *q)
{
    int64_t took[TRIES];
    for (int i = 0; i < TRIES; i++) {
        g_autoptr(Arena) a = arena_new();
        int64_t start = clock_monotonic_us();
        (void)ask(h, s, q, a);
        took[i] = clock_monotonic_us() - start;
    }
    sort_rows(took, TRIES, sizeof *took, by_number);
    return took[TRIES / 2];
}

typedef struct Times {
    int64_t town, county, city, agency, later;
} Times;

static Times measure(House *h, uint64_t tasks)
{
    const Session *town = house_session(h, "town1", "town", "990302101", 0);
    FollowQuery all = {.region = ROW_NONE, .page_rows = 50};
    FollowQuery county = all, agency = all, later = all;
    county.region = region_row(h->care->regions, STR("990302"));
    agency.by = STR("civil_affairs");
    later.page = 20;
    later.kinds = ~0u;
    g_autoptr(Arena) a = arena_new();
    int64_t start = clock_monotonic_us();
    TaskBook b = ask(h, h->local, &all, a);
    int64_t first = clock_monotonic_us() - start;
    uint64_t sum = 0;
    for (size_t i = 0; i < b.n_sums; i++)
        for (size_t k = 0; k < TASK_STATES; k++)
            sum += b.sums[i].counts[k];
    g_assert_cmpuint(sum, ==, tasks / TASKS_EACH * TASKS_EACH);
    g_assert_cmpuint(b.n_lines, ==, 50);
    Times t = {time_of(h, town, &all), time_of(h, h->local, &county), time_of(h, h->local, &all),
               time_of(h, h->local, &agency), time_of(h, h->local, &later)};
    g_test_message("%" G_GUINT64_FORMAT " tasks, made in %.3f s; a page of a town %.3f, a county "
                   "%.3f, the city %.3f, an agency %.3f, the twentieth page %.3f ms",
                   tasks, (double)first / 1e6, (double)t.town / 1e3, (double)t.county / 1e3,
                   (double)t.city / 1e3, (double)t.agency / 1e3, (double)t.later / 1e3);
    return t;
}

/* Counts of each state and the lines, as text. */
static char *shown_by(Care *c, const Session *who, const FollowQuery *q)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    TaskBook b;
    follow_tasks(c, who, q, a, &b, &error);
    g_assert_no_error(error);
    GString *s = g_string_new(NULL);
    for (size_t i = 0; i < b.n_sums; i++)
        for (size_t k = 0; k < TASK_STATES; k++)
            g_string_append_printf(s, "%" G_GUINT64_FORMAT " ", b.sums[i].counts[k]);
    g_string_append_printf(s, "of %" G_GUINT64_FORMAT, b.total);
    for (size_t i = 0; i < b.n_lines; i++)
        g_string_append_printf(s, "\n%.*s %" G_GINT64_FORMAT " %d %d",
                               STR_ARG(b.lines[i].task->name), b.lines[i].key.id, b.lines[i].state,
                               b.lines[i].due);
    return g_string_free(s, FALSE);
}

static char *shown(House *h, const FollowQuery *q)
{
    return shown_by(h->care, h->local, q);
}

/* After a visit is entered the next list is made from what it touches alone, and is the same as one
 * made anew. */
static void after_visits(House *h)
{
    FollowQuery q = {.region = ROW_NONE, .page_rows = 200, .kinds = ~0u};
    g_autoptr(Arena) a = arena_new();
    int64_t took[5];
    RecordKey keys[5];
    char id[ID_TEXT];
    {
        TaskBook b = ask(h, h->local, &q, a);
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
            keys[i] = b.lines[20 * i].key;
    }
    arena_free(g_steal_pointer(&a));
    for (size_t i = 0; i < G_N_ELEMENTS(took); i++) {
        g_autoptr(Working) w = NULL;
        g_autoptr(Arena) scratch = arena_new();
        if (i % 2 == 0)
            house_save(h, h->local, "visit", (RecordKey){0, 0}, "elder", id_format(keys[i].id, id),
                       "on", "2020-06-18", "kind", i == 0 ? "0" : "3", NULL);
        else
            house_save(h, h->local, "elder", keys[i], "residence",
                       keys[i].county == 990302 ? "990302102" : "990313102", NULL);
        g_assert_true(working_get(h->care, &w, NULL)); /* taken up, and the lists with it */
        g_assert_cmpuint(g_hash_table_size(w->followed), >=, TASKS_EACH);
        int64_t start = clock_monotonic_us();
        (void)ask(h, h->local, &q, scratch);
        took[i] = clock_monotonic_us() - start;
    }
    g_autofree char *along = shown(h, &q);
    house_close(h);
    house_open(h);
    g_autofree char *anew = shown(h, &q);
    g_assert_cmpstr(along, ==, anew);
    sort_rows(took, G_N_ELEMENTS(took), sizeof *took, by_number);
    g_test_message("a page after something was entered: %.3f ms", (double)took[2] / 1e3);
    g_assert_cmpint(took[2], <, MOST_US);
}

/* ---- lists that went along are those made anew, whatever was written */

static const char all_ways[] =
    "---\ndocument: more\ntitle: 任务\ntitle en: Tasks\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 任务 / Tasks\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\" }\n"
    "entity visit \"探访\" / \"visit\" {\n place elder.residence\n dated by on\n title elder, on\n"
    " elder elder \"老年人\" required\n on date \"日期\" required\n seen bool \"见到\"\n"
    " shows elder where seen\n}\n"
    "entity weather \"天气\" / \"weather\" {\n place region\n holds since to ends\n title since\n"
    " region region \"地区\" required\n since date \"开始\" required\n ends date \"结束\" open\n}\n"
    "entity finding \"发现\" / \"finding\" {\n place visit.elder.residence\n dated by on\n"
    " title on\n visit visit \"探访\" required\n on date \"日期\" required\n}\n"
    "task plain \"一\" / \"one\" of elder every 20 days by civil_affairs done by visit where seen "
    "{\n"
    " when living has any (alone)\n during weather every 5 days }\n"
    "task graded \"二\" / \"two\" of elder every (if ability = severe then 7 days else 30 days) by "
    "civil_affairs done by visit where elder.ability = severe or seen { when ability >= mild }\n"
    "task unseen \"三\" / \"three\" of elder every 10 days by civil_affairs done by visit where "
    "seen "
    "{\n when not known seen_on or seen_on + 30 days < day }\n"
    "task found \"四\" / \"four\" of visit once within 5 days by civil_affairs done by "
    "finding.visit {"
    "\n when not seen and elder.living has any (empty_nest) }\n"
    "task monthly \"五\" / \"five\" of elder every month by civil_affairs due with 50% left done "
    "by "
    "visit where seen\n```\n";

#define ELDERS 12
#define WRITES 60

typedef struct Random {
    House *h;
    RecordKey elders[ELDERS], visits[WRITES];
    unsigned n_visits;
    GRand *chance;
} Random;

static unsigned below(Random *r, unsigned n)
{
    return (unsigned)g_rand_int_range(r->chance, 0, (gint32)n);
}

static const char *id_of(Random *r, RecordKey key)
{
    char id[ID_TEXT];
    return arena_str(r->h->arena, str_of(id_format(key.id, id))).at;
}

static const char *some_day(Random *r)
{
    char day[DATE_TEXT];
    Date d = care_today(r->h->care) - (Date)below(r, 50);
    return arena_str(r->h->arena, str_of(date_format(d, day))).at;
}

static void write_visit(Random *r)
{
    static const char *const seen[] = {"yes", "no", ""};
    RecordKey of = r->elders[below(r, ELDERS)];
    RecordKey key = {0, 0};
    if (r->n_visits > 0 && below(r, 3) == 0)
        key = r->visits[below(r, r->n_visits)];
    RecordKey now = house_save(r->h, r->h->local, "visit", key, "elder", id_of(r, of), "on",
                               some_day(r), "seen", seen[below(r, 3)], NULL);
    if (key.id == 0)
        r->visits[r->n_visits++] = now;
}

static void write_something(Random *r)
{
    static const char *const living[] = {"alone", "empty_nest", "-", "alone|empty_nest"};
    static const char *const levels[] = {"intact", "mild", "severe"};
    static const char *const towns[] = {"990302101", "990302102"};
    const Session *s = r->h->local;
    RecordKey elder = r->elders[below(r, ELDERS)];
    switch (below(r, 8)) {
    case 0:
        house_save(r->h, s, "elder", elder, "living", living[below(r, 4)], NULL);
        return;
    case 1:
        house_save(r->h, s, "elder", elder, "residence", towns[below(r, 2)], NULL);
        return;
    case 2:
        house_save(r->h, s, "assessment", (RecordKey){0, 0}, "elder", id_of(r, elder),
                   "assessed_at", some_day(r), "level", levels[below(r, 3)], NULL);
        return;
    case 3:
        if (r->n_visits > 0)
            house_save(r->h, s, "finding", (RecordKey){0, 0}, "visit",
                       id_of(r, r->visits[below(r, r->n_visits)]), "on", some_day(r), NULL);
        return;
    case 4:
        if (below(r, 3) == 0)
            house_save(r->h, s, "weather", (RecordKey){0, 0}, "region", towns[below(r, 2)], "since",
                       some_day(r), NULL);
        return;
    default:
        write_visit(r);
    }
}

/* Where loading takes long, another process shows what it has for some moments more. */
static void catch_up(Care *other, uint64_t moment)
{
    g_autoptr(GError) error = NULL;
    for (;;) {
        g_autoptr(Working) w = NULL;
        g_assert_true(working_get(other, &w, &error));
        if (w->moment == moment)
            return;
        g_usleep(1000);
    }
}

static void test_along(void)
{
    const char *seed = g_getenv("SEED"); /* another history */
    Random r = {.h = house_new_with(true, all_ways)};
    const CareOptions o = {r.h->uri, r.h->packs, r.h->keys, false};
    const FollowQuery q = {.region = ROW_NONE, .kinds = ~0u};
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    Care *other;
    const Session *local;
    unsigned went = 0;
    r.chance = g_rand_new_with_seed(seed != NULL ? (guint32)g_ascii_strtoull(seed, NULL, 10) : 7);
    for (unsigned i = 0; i < ELDERS; i++)
        r.elders[i] = house_elder(r.h, "某人", "990302101", house_number(r.h, i));
    care_open(&o, &other, &error);
    g_assert_no_error(error);
    g_assert_true(session_local(other, STR(""), a, &local, &error));
    for (unsigned i = 0; i < WRITES; i++) {
        g_autoptr(Working) w = NULL;
        g_autofree char *before = shown(r.h, &q);
        write_something(&r);
        g_assert_true(working_get(r.h->care, &w, &error));
        went += g_hash_table_size(w->followed) > 0;
        g_autofree char *along = shown(r.h, &q);
        catch_up(other, w->moment);
        g_autofree char *anew = shown_by(other, local, &q);
        g_assert_cmpstr(along, ==, anew);
        g_assert_nonnull(before);
    }
    g_test_message("of %u lists %u went along", WRITES, went);
    g_assert_cmpuint(went, >, WRITES / 2);
    care_close(other);
    g_rand_free(r.chance);
    house_free(r.h);
}

static void test_pages(void)
{
    const char *said = g_getenv("TASKS");
    uint64_t tasks = said != NULL ? g_ascii_strtoull(said, NULL, 10) : 250000;
    House *few = with_tasks(tasks / 10), *many = with_tasks(tasks);
    Times a = measure(few, tasks / 10), b = measure(many, tasks);
    g_assert_cmpint(b.town, <, MOST_US);
    g_assert_cmpint(b.county, <, MOST_US);
    g_assert_cmpint(b.city, <, MOST_US);
    g_assert_cmpint(b.agency, <, MOST_US);
    g_assert_cmpint(b.later, <, MOST_US);
    g_assert_cmpint(b.city, <, 3 * a.city + 500);
    g_assert_cmpint(b.town, <, 3 * a.town + 500);
    after_visits(many);
    house_free(few);
    house_free(many);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/due/pages", test_pages);
    g_test_add_func("/due/along", test_along);
    return g_test_run();
}
