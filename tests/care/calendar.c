/* calendar.c — three years, day by day, of the documents as they are in packs/: every deadline,
 * recurrence and expiry stands in the lists on its day, once, and not the day before. */
#include "house.h"

#include "care/follow.h"
#include "care/import.h"

/* A database of a place with the documents of packs/; nothing in it.  It stands at the last day. */
static House *place_new(const char *code, Date day)
{
    House *h = g_new0(House, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Diags) ds = diags_new();
    h->folder = g_dir_make_tmp("anlao-calendar-XXXXXX", &error);
    h->packs = g_strdup(g_getenv("PACKS"));
    h->file = g_build_filename(h->folder, "place.db", NULL);
    h->uri = g_strconcat("sqlite:", h->file, NULL);
    h->keys = g_build_filename(h->folder, "place.key", NULL);
    g_autoptr(Model) m = model_read_packs(h->packs, code, ds, &error);
    g_assert_no_error(error);
    const RegionRow *r = model_region(m, str_of(code));
    StoreFacts facts = {.place = str_of(code), .demo = true, .demo_day = day};
    facts.home_county = (int32_t)g_ascii_strtoll(r->code.at, NULL, 10);
    g_assert_true(keys_create(h->keys, &error) && store_create(h->uri, m, &facts, &error));
    g_assert_no_error(error);
    house_open(h);
    return h;
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
    g_assert_cmpuint(r.accepted, >, 0);
}

static Date day_of(const char *text)
{
    Date day;
    g_assert_true(date_parse(str_of(text), &day));
    return day;
}

/* ---- what happened when: the first day on which each thing was said, in the order of days */

typedef struct Walk {
    House *h;
    Date on;
    GHashTable *now, *before; /* what is said today, what was said yesterday */
    GString *told;            /* "2025-01-06 overdue visiting\n", as it began to be said */
    Arena *arena;             /* of the day */
} Walk;

static void say(Walk *w, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(Walk *w, const char *format, ...)
{
    va_list args;
    char day[DATE_TEXT];
    va_start(args, format);
    char *what = g_strdup_vprintf(format, args);
    va_end(args);
    if (g_hash_table_contains(w->now, what))
        g_error("%s says twice: %s", date_format(w->on, day), what);
    if (!g_hash_table_contains(w->before, what))
        g_string_append_printf(w->told, "%s %s\n", date_format(w->on, day), what);
    g_hash_table_add(w->now, what);
}

typedef void (*Look)(Walk *w);

static char *walk(House *h, const char *from, const char *to, Look look)
{
    Walk w = {.h = h, .told = g_string_new(NULL)};
    w.before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (w.on = day_of(from); w.on <= day_of(to); w.on++) {
        w.now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        w.arena = arena_new();
        look(&w);
        arena_free(w.arena);
        g_hash_table_destroy(w.before);
        w.before = w.now;
    }
    g_hash_table_destroy(w.before);
    return g_string_free(w.told, FALSE);
}

/* ---- tasks */

static void look_at_tasks(Walk *w)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .kinds = ~0u};
    TaskBook b;
    g_assert_true(follow_tasks(w->h->care, w->h->local, &q, w->arena, &b, &error));
    for (size_t i = 0; i < b.n_lines; i++) {
        static const char *const words[] = {"establish", "overdue", "due", "later", "done"};
        char due[DATE_TEXT] = "-";
        if (b.lines[i].has_due)
            date_format(b.lines[i].due, due);
        say(w, "%.*s %s %s", STR_ARG(b.lines[i].task->name), words[b.lines[i].state], due);
    }
}

/* A visit holds for 31 days, an inspection for a year; what is found is due by the day it says. */
static void test_tasks(void)
{
    House *h = place_new("610400", day_of("2026-12-31"));
    import(h, "elder",
           "file_no,name,born,sex,residence,residence.since,living,living.since,economy,"
           "economy.since\n"
           "E1,甲某,1930-01-01,female,610402,2020-01-01,alone,2020-01-01,tekun,2020-01-01\n");
    import(h, "visit",
           "elder,visited_on,visitor,means,outcome,findings\n"
           "E1,2024-12-05,grid_worker,at_home,seen,-\n"
           "E1,2024-12-20,grid_worker,by_phone,by_relative,-\n"
           "E1,2025-02-20,grid_worker,by_phone,spoken,-\n");
    import(h, "facility",
           "facility_no,name,kind,region,setting,ownership,opened_on\n"
           "F1,和乐老年公寓,residential_home,610402,urban,private,2015-01-01\n");
    import(h, "hazard",
           "facility,field,grade,found_on,cure_by\n"
           "F1,fire_field,minor_hazard,2025-04-01,2025-05-15\n");
    import(h, "inspection",
           "facility,inspected_on,kind,lead,fields,passed\n"
           "F1,2024-12-10,daily_check,civil_affairs,fire_field,yes\n");
    g_autofree char *told = walk(h, "2024-01-01", "2026-12-31", look_at_tasks);
    g_assert_cmpstr(told, ==,
                    "2024-10-25 visiting due 2024-11-25\n" /* the document comes into force */
                    "2024-10-25 yearly_inspection due 2025-10-25\n"
                    "2024-11-26 visiting overdue 2024-11-25\n"
                    "2024-12-05 visiting done 2025-01-05\n" /* a relative's word changes nothing */
                    "2024-12-10 yearly_inspection done 2025-12-10\n"
                    "2025-01-06 visiting overdue 2025-01-05\n"
                    "2025-02-20 visiting done 2025-03-23\n"
                    "2025-03-24 visiting overdue 2025-03-23\n"
                    "2025-04-01 recheck due 2025-05-15\n"
                    "2025-05-16 recheck overdue 2025-05-15\n"
                    "2025-12-11 yearly_inspection overdue 2025-12-10\n");
    house_free(h);
}

/* ---- targets */

static void look_at_targets(Walk *w)
{
    g_autoptr(GError) error = NULL;
    TargetFigure *all;
    size_t n;
    g_assert_true(figures_targets(w->h->care, w->h->local, NULL, ROW_NONE, w->on, w->arena, &all,
                                  &n, &error));
    for (size_t i = 0; i < n; i++) {
        const TargetFigure *f = &all[i];
        char due[DATE_TEXT];
        if (f->met == MET_NOT_DUE)
            continue;
        say(w, "%s %.*s %.*s[%zu] %.*s %s %d", date_format(f->value->due, due),
            STR_ARG(f->target->home.clause->number), STR_ARG(f->target->indicator->name), f->cell,
            STR_ARG(care_regions(w->h->care)->code[f->region]), f->each ? "each" : "",
            (int)f->target->compare); /* 1 to 2 meetings are two targets */
    }
}

/* How many figures fall due in the days from `from` on: all of them, as of the last day. */
static size_t due_from(House *h, const char *from, const char *to)
{
    g_autoptr(GError) error = NULL;
    TargetFigure *all;
    size_t n, count = 0;
    figures_targets(h->care, h->local, NULL, ROW_NONE, day_of(to), h->arena, &all, &n, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        count += all[i].value->due >= day_of(from) && all[i].value->due <= day_of(to);
    return count;
}

/* Each is decided first on the day it is due: that day stands twice in its line. */
static void targets_of(const char *code, const char *from, const char *to, size_t least)
{
    House *h = place_new(code, day_of(to));
    g_autofree char *told = walk(h, from, to, look_at_targets);
    g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
    size_t n = 0;
    for (size_t i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        bool before = strncmp(lines[i] + 11, from, 10) < 0; /* was due before the walk began */
        if (!before && strncmp(lines[i], lines[i] + 11, 10) != 0)
            g_error("%s: decided on another day than it is due", lines[i]);
        n += !before;
    }
    g_assert_cmpuint(n, ==, due_from(h, from, to));
    g_assert_cmpuint(n, >=, least);
    house_free(h);
}

/* 2024-12-31 and 2025-12-31 of Xianyang; every 31 December of Pingxiang; of Kaizhou and Wenshan. */
static void test_targets(void)
{
    targets_of("610400", "2024-01-01", "2026-12-31", 40);
    targets_of("360300", "2024-01-01", "2026-12-31", 3 * 14);
    targets_of("500154", "2024-01-01", "2026-12-31", 15);
}

/* ---- duties */

static void look_at_duties(Walk *w)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = STR("leading_group_meets")};
    DutyBook b;
    g_assert_true(follow_duties(w->h->care, w->h->local, &q, w->arena, &b, &error));
    g_assert_cmpuint(b.n_lines, ==, 1);
    static const char *const words[] = {"overdue", "open", "done", "unrecorded"};
    char due[DATE_TEXT], missed[DATE_TEXT] = "none";
    if (b.lines[0].has_missed)
        date_format(b.lines[0].missed, missed);
    say(w, "%s, due %s, missed %s", words[b.lines[0].state], date_format(b.lines[0].due, due),
        missed);
}

/* The leading group of Pingxiang meets every year: each year begins anew, a meeting ends it. */
static void test_yearly_duty(void)
{
    House *h = place_new("360300", day_of("2026-12-31"));
    import(h, "meeting",
           "region,kind,held_on\n360300,leading_group,2025-06-03\n360300,work_meeting,2026-02-01\n"
           "360300,leading_group,2026-12-31\n");
    g_autofree char *told = walk(h, "2024-01-01", "2026-12-31", look_at_duties);
    g_assert_cmpstr(told, ==,
                    "2024-01-01 open, due 2024-12-31, missed 2023-12-31\n"
                    "2025-01-01 open, due 2025-12-31, missed 2024-12-31\n"
                    "2025-06-03 done, due 2026-12-31, missed 2024-12-31\n"
                    "2026-01-01 open, due 2026-12-31, missed none\n"
                    "2026-12-31 done, due 2027-12-31, missed none\n");
    house_free(h);
}

/* ---- steps */

static void look_at_steps(Walk *w)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = STR("contest")};
    ProcedureBook b;
    g_assert_true(follow_procedures(w->h->care, w->h->local, &q, w->arena, &b, &error));
    for (size_t i = 0; i < b.n_lines; i++) {
        const ItemLine *item = &b.lines[i];
        const StepLine *s = &item->steps[0];
        char due[DATE_TEXT];
        g_assert_cmpuint(item->n_steps, ==, 1);
        g_assert_true(s->has_due && !s->wrong_year);
        say(w, "%.*s %d: %.*s %s %s", STR_ARG(item->state->name), date_ymd(item->since).year,
            STR_ARG(s->to->name), s->overdue ? "overdue" : "by", date_format(s->due, due));
    }
}

/* The contest of Shandong, 2021 to 2023: by 31 October, 10 November and 30 November of each year.
 */
static void test_contest(void)
{
    House *h = place_new("370000", day_of("2023-12-31"));
    g_autoptr(GString) rows = g_string_new("region,round,applied_on,state,state.since\n");
    g_autoptr(GString) want = g_string_new(NULL);
    for (int year = 2021; year <= 2023; year++) {
        g_string_append_printf(rows,
                               "370102,%d,%d-09-01,drafting,%d-09-01\n"
                               "370103,%d,%d-10-20,applied,%d-10-20\n"
                               "370104,%d,%d-11-05,recommended,%d-11-05\n",
                               year, year, year, year, year, year, year, year, year);
        g_string_append_printf(want,
                               "%d-09-01 drafting %d: applied by %d-10-31\n"
                               "%d-10-20 applied %d: recommended by %d-11-10\n"
                               "%d-11-01 drafting %d: applied overdue %d-10-31\n"
                               "%d-11-05 recommended %d: evaluated by %d-11-30\n"
                               "%d-11-11 applied %d: recommended overdue %d-11-10\n"
                               "%d-12-01 recommended %d: evaluated overdue %d-11-30\n",
                               year, year, year, year, year, year, year, year, year, year, year,
                               year, year, year, year, year, year, year);
    }
    import(h, "contest_entry", rows->str);
    g_autofree char *told = walk(h, "2021-08-06", "2023-12-31", look_at_steps);
    g_assert_cmpstr(told, ==, want->str);
    house_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/calendar/tasks", test_tasks);
    g_test_add_func("/calendar/targets", test_targets);
    g_test_add_func("/calendar/yearly duty", test_yearly_duty);
    g_test_add_func("/calendar/contest", test_contest);
    return g_test_run();
}
