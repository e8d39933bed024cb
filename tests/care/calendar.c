/* calendar.c — three years, day by day, of the documents as they are in packs/: every deadline,
 * recurrence and expiry stands in the lists on its day, once, and not the day before. */
#include "house.h"

#include "base/identifier.h"
#include "care/alert_ack.h"
#include "care/follow.h"
#include "care/import.h"
#include "care/publish.h"
#include "care/score_notice.h"

/* What a place may set and these leave open, so that every clock there is runs. */
static const char more[] =
    "---\ndocument: calendar\ntitle: 日历\ntitle en: Calendar\nlayer: place\nplace: 610400\n"
    "in force: 2024-11-01\nbuilds on: xianyang-2024, home-grades-2018, credit-list-2019\n---\n\n"
    "# 1 当地定的 / What the place sets\n\n```anlao\n"
    "set seen_asked[610400] = yes\nset seen_days[610400] = 90 days\n"
    "set seek_days[610400] = 10 days\nset watch_interval[focused] = 7 days\n"
    "set watch_interval[general_round] = 7 days\nset answer_time[610400] = 5 working days\n"
    "hold claiming.claim_approved \"近期没有见到\" / \"not seen lately\" of elder while unseen\n"
    "publish referred \"转办公示\" / \"referred\" of referral for 7 days { topic, owner }\n"
    "check rating_over \"等级过期\" / \"rating over\" of rating_case {\n when known certified_on\n"
    " require home_rating_until >= day\n cure \"等级到 {home_rating_until}\" / \"good until "
    "{home_rating_until}\"\n}\n```\n";

static House *place_new(const char *code, Date day)
{
    return house_of_packs(code, day, NULL);
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

/* ---- proof of life, what it holds up, what is sooner, notices, ratings, notes of alerts */

static void look_at_sought(Walk *w)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .kinds = ~0u, .only = STR("seek_unseen")};
    TaskBook b;
    ProcedureBook p;
    char due[DATE_TEXT] = "-";
    g_assert_true(follow_tasks(w->h->care, w->h->local, &q, w->arena, &b, &error));
    for (size_t i = 0; i < b.n_lines; i++) {
        date_format(b.lines[i].due, due);
        say(w, "seek %s %s", b.lines[i].state == TASK_OVERDUE ? "overdue" : "due", due);
    }
    q.only = STR("claiming");
    q.kinds = 0;
    g_assert_true(follow_procedures(w->h->care, w->h->local, &q, w->arena, &p, &error));
    for (size_t i = 0; p.n_lines > 0 && i < p.lines[0].n_steps; i++)
        if (str_is(p.lines[0].steps[i].to->name, "claim_approved") && w->on >= day_of("2024-11-22"))
            say(w, p.lines[0].steps[i].n_holds > 0 ? "held" : "may be approved");
}

/* Seen in November, told of in February, assessed in April, seen in September. */
static void test_alive(void)
{
    House *h = house_of_packs("610400", day_of("2026-12-31"), more);
    import(h, "elder",
           "file_no,name,born,sex,residence,residence.since\n"
           "E1,甲某,1955-01-01,female,610402,2020-01-01\n");
    import(h, "visit",
           "elder,visited_on,visitor,means,outcome,findings\n"
           "E1,2024-11-15,grid_worker,at_home,seen,-\n"
           "E1,2025-02-10,grid_worker,by_phone,by_relative,-\n"
           "E1,2025-09-01,grid_worker,by_phone,spoken,-\n");
    import(h, "assessor", "certificate_no,name,region,qualified_on\nC1,乙某,610402,2020-01-01\n");
    import(h, "assessment",
           "elder,assessment_no,assessed_at,reason,assessor,valid_until\n"
           "E1,P1,2025-04-20,regular,C1,2027-04-19\n");
    import(h, "benefit_claim",
           "elder,benefit_name,begun_on,notice_until,approved_no,objected,objected.since,state,"
           "state.since\n"
           "E1,高龄津贴,2024-11-05,2024-11-20,批1,no,2024-11-05,claim_noticed,2024-11-10\n");
    g_autofree char *told = walk(h, "2024-11-01", "2026-12-31", look_at_sought);
    g_assert_cmpstr(told, ==,
                    "2024-11-01 seek due 2024-11-11\n" /* nobody ever saw her */
                    "2024-11-12 seek overdue 2024-11-11\n"
                    "2024-11-22 may be approved\n"
                    "2025-02-14 seek due 2025-02-24\n" /* 90 days after the visit */
                    "2025-02-14 held\n"
                    "2025-02-25 seek overdue 2025-02-24\n"
                    "2025-04-20 may be approved\n" /* the assessment shows her */
                    "2025-07-20 seek due 2025-07-30\n"
                    "2025-07-20 held\n"
                    "2025-07-31 seek overdue 2025-07-30\n"
                    "2025-09-01 may be approved\n"
                    "2025-12-01 seek due 2025-12-11\n"
                    "2025-12-01 held\n"
                    "2025-12-12 seek overdue 2025-12-11\n");
    house_free(h);
}

static void look_at_visits(Walk *w)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .kinds = ~0u, .only = STR("visiting")};
    TaskBook b;
    g_assert_true(follow_tasks(w->h->care, w->h->local, &q, w->arena, &b, &error));
    for (size_t i = 0; i < b.n_lines; i++) {
        char due[DATE_TEXT];
        say(w, "%s %s%s", b.lines[i].state == TASK_OVERDUE ? "overdue" : "done",
            date_format(b.lines[i].due, due), b.lines[i].sooner ? " sooner" : "");
    }
}

/* A flood of three weeks: seven days instead of thirty-one, not before it began. */
static void test_sooner(void)
{
    House *h = house_of_packs("610400", day_of("2026-12-31"), more);
    import(h, "elder",
           "file_no,name,born,sex,residence,residence.since,living,living.since,economy,"
           "economy.since\n"
           "E1,甲某,1930-01-01,female,610402,2020-01-01,alone,2020-01-01,tekun,2020-01-01\n");
    import(h, "visit",
           "elder,visited_on,visitor,means,outcome,findings\n"
           "E1,2025-06-20,grid_worker,at_home,seen,-\n"
           "E1,2025-07-06,grid_worker,at_home,seen,-\n");
    import(h, "watch_period",
           "region,kind,from_day,to_day\n610400,flood,2025-07-01,2025-07-21\n"
           "610403,heat,2025-06-01,2025-12-31\n");
    g_autofree char *told = walk(h, "2025-06-20", "2025-08-10", look_at_visits);
    g_assert_cmpstr(told, ==,
                    "2025-06-20 done 2025-07-21\n"
                    "2025-07-01 done 2025-07-01 sooner\n"
                    "2025-07-02 overdue 2025-07-01 sooner\n"
                    "2025-07-06 done 2025-07-13 sooner\n"
                    "2025-07-14 overdue 2025-07-13 sooner\n"
                    "2025-07-22 done 2025-08-06\n"
                    "2025-08-07 overdue 2025-08-06\n");
    house_free(h);
}

static void look_at_expiries(Walk *w)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = STR("rating_over")};
    AlertBook b;
    PublicBook p;
    const Publish *what = publish_named(care_model(w->h->care), STR("referred"));
    g_assert_true(publication_read(w->h->care, what, w->on, true, 0, 0, w->arena, &p, &error));
    if (p.total > 0)
        say(w, "notice up");
    g_assert_true(follow_alerts(w->h->care, w->h->local, &q, w->arena, &b, &error));
    for (size_t i = 0; i < b.n_lines; i++) {
        ScoreView *s;
        size_t n;
        g_assert_true(score_views(w->h->care, w->h->local, b.lines[i].check->subject,
                                  b.lines[i].key, w->on, w->arena, &s, &n, &error));
        say(w, "%s", b.lines[i].ack != NULL ? "noted" : "open");
    }
}

static void look_at_rating(Walk *w)
{
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(w->h, "rating_case");
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .kinds = ~0u, .only = STR("rating_over")};
    AlertBook b;
    ScoreView *s;
    size_t n;
    g_assert_true(follow_alerts(w->h->care, w->h->local, &q, w->arena, &b, &error));
    g_assert_cmpuint(b.n_lines, ==, 1);
    g_assert_true(
        score_views(w->h->care, w->h->local, e, b.lines[0].key, w->on, w->arena, &s, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    say(w, "%.*s %s", STR_ARG(s[0].grade->name), s[0].expired ? "expired" : "good");
}

/* A rating of three years, a notice of seven days, an alert somebody takes note of for a month. */
static void test_expiries(void)
{
    House *h = house_of_packs("610400", day_of("2026-12-31"), more);
    g_autoptr(GError) error = NULL;
    Said said;
    import(h, "facility",
           "facility_no,name,kind,region,setting,ownership,opened_on\n"
           "F1,和乐老年公寓,residential_home,610402,urban,private,2015-01-01\n");
    import(h, "rating_case",
           "facility,checked_on,certified_on,environment_points,equipment_points,operation_points,"
           "service_points,proved_parts\n"
           "F1,2023-06-01,2023-09-16,100,110,120,480,environment_part|equipment_part|"
           "operation_part|service_part\n");
    import(h, "elder",
           "file_no,name,born,sex,residence,residence.since\n"
           "E1,甲某,1955-01-01,female,610402,2020-01-01\n");
    import(h, "visit",
           "elder,visited_on,visitor,means,outcome,findings\n"
           "E1,2025-03-01,grid_worker,at_home,seen,hazard_topic\n");
    const FollowQuery visits = {.region = ROW_NONE, .kinds = ~0u, .only = STR("refer_findings")};
    TaskBook tasks;
    char id[ID_TEXT];
    g_assert_true(follow_tasks(h->care, h->local, &visits, h->arena, &tasks, &error));
    g_assert_cmpuint(tasks.n_lines, ==, 1);
    house_save(h, h->local, "referral", (RecordKey){0, 0}, "visit",
               id_format(tasks.lines[0].key.id, id), "topic", "hazard_topic", "owner",
               "civil_affairs", "raised_on", "2025-03-03", "answer_by", "2025-03-20", NULL);
    const FollowQuery q = {.region = ROW_NONE, .only = STR("rating_over")};
    AlertBook b;
    g_assert_true(follow_alerts(h->care, h->local, &q, h->arena, &b, &error));
    g_assert_cmpuint(b.n_lines, ==, 1);
    g_assert_true(alert_acknowledge(h->care, h->local, b.lines[0].check, b.lines[0].key,
                                    day_of("2027-01-15"), STR("等复评结果"), &said, &error));
    g_autofree char *rated = walk(h, "2024-11-01", "2026-12-31", look_at_rating);
    g_assert_cmpstr(rated, ==, "2024-11-01 four_star good\n2026-09-16 four_star expired\n");
    g_autofree char *told = walk(h, "2025-03-01", "2025-03-31", look_at_expiries);
    g_assert_cmpstr(told, ==, "2025-03-03 notice up\n");
    g_autofree char *last = walk(h, "2025-03-09", "2025-03-11", look_at_expiries);
    g_assert_cmpstr(last, ==, "2025-03-09 notice up\n"); /* its seventh day */
    g_autofree char *later = walk(h, "2027-01-10", "2027-01-20", look_at_expiries);
    g_assert_cmpstr(later, ==, "2027-01-10 noted\n2027-01-16 open\n");
    house_free(h);
}

static void look_at_told(Walk *w)
{
    g_autoptr(GError) error = NULL;
    const ScoreQuery q = {.on = w->on, .region = ROW_NONE, .kinds = ~0u};
    ScoreBook b;
    g_assert_true(score_book(w->h->care, w->h->local, &q, w->arena, &b, &error));
    for (size_t i = 0; i < b.n_lines; i++)
        say(w, "%s", score_notice_words[b.lines[i].state]);
}

/* A rating is told on the same Tuesday: ten working days, among them both Saturdays that are worked
 * around the feast, end on Monday 2 March. */
static void test_told(void)
{
    House *h = house_of_packs("610400", day_of("2026-12-31"), more);
    g_autoptr(GError) error = NULL;
    RecordKey key, notice;
    ListResult list;
    const ListQuery q = {.entity = house_entity(h, "rating_case"), .region = ROW_NONE};
    import(h, "facility",
           "facility_no,name,kind,region,setting,ownership,opened_on\n"
           "F1,和乐老年公寓,residential_home,610402,urban,private,2015-01-01\n");
    import(h, "rating_case",
           "facility,checked_on,environment_points,equipment_points,operation_points,"
           "service_points,proved_parts\n"
           "F1,2026-02-01,100,110,120,480,environment_part|equipment_part|operation_part|"
           "service_part\n");
    g_assert_true(record_list(h->care, h->local, &q, h->arena, &list, &error));
    key = list.rows[0].key;
    g_assert_true(score_tell(h->care, h->local, care_model(h->care)->scores[0], key,
                             day_of("2026-02-10"), STR("当面交院长"), &notice, NULL, &error));
    g_autofree char *told = walk(h, "2026-02-10", "2026-12-31", look_at_told);
    g_assert_cmpstr(told, ==, "2026-02-10 told\n2026-03-03 silent\n");
    house_free(h);
}

static void look_at_answer(Walk *w)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = STR("credit_listing")};
    ProcedureBook b;
    char due[DATE_TEXT];
    g_assert_true(follow_procedures(w->h->care, w->h->local, &q, w->arena, &b, &error));
    for (size_t i = 0; i < b.n_lines; i++)
        if (b.lines[i].steps[0].has_due)
            say(w, "answer %s %s", b.lines[i].steps[0].overdue ? "overdue" : "by",
                date_format(b.lines[i].steps[0].due, due));
}

/* Told on Tuesday 10 February 2026: three days, the worked Saturday before the feast, and the
 * Tuesday after it are five working days. */
static void test_working_days(void)
{
    House *h = house_of_packs("610400", day_of("2026-12-31"), more);
    import(h, "facility",
           "facility_no,name,kind,region,setting,ownership,opened_on\n"
           "F1,和乐老年公寓,residential_home,610402,urban,private,2015-01-01\n");
    import(h, "credit_case",
           "facility,ground,opened_on,noticed_on,state,state.since\n"
           "F1,subsidy_cheated,2026-02-02,2026-02-10,notice_given,2026-02-10\n");
    g_autofree char *told = walk(h, "2026-02-01", "2026-03-05", look_at_answer);
    g_assert_cmpstr(told, ==,
                    "2026-02-10 answer by 2026-02-24\n2026-02-25 answer overdue 2026-02-24\n");
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
    if (b.lines[0].is.has_missed)
        date_format(b.lines[0].is.missed, missed);
    say(w, "%s, due %s, missed %s", words[b.lines[0].is.state], date_format(b.lines[0].is.due, due),
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
    g_test_add_func("/calendar/proof of life", test_alive);
    g_test_add_func("/calendar/sooner", test_sooner);
    g_test_add_func("/calendar/expiries", test_expiries);
    g_test_add_func("/calendar/told", test_told);
    g_test_add_func("/calendar/working days", test_working_days);
    g_test_add_func("/calendar/targets", test_targets);
    g_test_add_func("/calendar/yearly duty", test_yearly_duty);
    g_test_add_func("/calendar/contest", test_contest);
    return g_test_run();
}
