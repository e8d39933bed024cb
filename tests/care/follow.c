/* follow.c — tasks, steps, duties and alerts in the running system: within the rights of the
 * session, and steps only as their procedure allows. */
#include "house.h"

#include "care/attach.h"
#include "care/follow.h"
#include "care/import.h"

static const char document[] =
    "---\ndocument: more\ntitle: 任务\ntitle en: Tasks\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n"
    "# 一 任务 / Tasks\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\"; builders \"住建\" }\n"
    "entity visit \"探访\" / \"visit\" {\n place elder.residence\n dated by on\n title elder, on\n"
    " elder elder \"老年人\" required\n on date \"日期\" required\n seen bool \"见到\"\n}\n"
    "entity project \"项目\" / \"project\" {\n place region\n key number\n title name\n"
    " number text(9) \"编号\" unique\n name text(40) \"名称\" "
    "required\n"
    " region region \"所在地\" required\n area area \"面积\" / \"area\" dated\n"
    " plan bool \"图纸\" / \"plans\"\n rank int \"次序\"\n}\n"
    "role clerk \"经办人\" / \"clerk\" of county for civil_affairs sees project, elder, visit "
    "writes project, visit\n"
    "role town \"乡镇\" / \"town worker\" of township sees elder, visit writes visit\n"
    "param least \"下限\" / \"least\" : area = 150 m2\n"
    "task visiting \"探访\" / \"visiting\" of elder every 30 days by town done by visit where seen "
    "{\n"
    " when living has any (alone) }\n"
    "procedure steps \"四同步\" / \"steps\" of project {\n"
    " state planned \"已规划\" / \"planned\", built \"已建成\" / \"built\"\n"
    " state accepted \"已验收\" / \"accepted\", handed_over \"已移交\" / \"handed over\"\n"
    " order planned by rank\n"
    " planned -> built by civil_affairs needs plan\n"
    " built -> accepted by civil_affairs within 30 days\n"
    " accepted -> handed_over by builders\n}\n"
    "hold steps.accepted \"面积\" / \"area\" of project while area < least\n"
    "  cure \"还差 {least - area}\" / \"{least - area} short\"\n"
    "check small \"单处面积\" / \"size\" of project { require area >= least cure \"差 {least - "
    "area}\" / "
    "\"{least - area} short\" }\n"
    "duty report \"季报\" / \"report\" by civil_affairs every quarter within 10 days done by "
    "visit\n"
    "duty rules \"出台办法\" / \"rules\" by builders until 2020-05-31 needs document\n"
    "```\n";

/* The same with a register of reports. */
static const char reports[] =
    "# 二 报告 / Reports\n\n```anlao\n"
    "enum progress \"进展\" / \"progress\" { under_way \"在办\"; done \"完成\" }\n"
    "entity duty_report \"任务落实情况\" / \"report\" {\n place region\n dated by reported_on\n"
    " title duty\n list duty, agency\n"
    " duty text(64) \"任务\" required\n region region \"地区\" required\n"
    " agency agency \"单位\" required\n progress progress \"进展\" required\n"
    " reported_on date \"日期\" required\n}\n"
    "duty both \"两家的事\" / \"both\" by civil_affairs, builders until 2020-06-30\n"
    "duty yearly \"年年报\" / \"yearly\" by builders every year until 03-31\n```\n";

static void assert_said(const GError *error, const FieldFault *faults, size_t n, const char *want)
{
    const char *have = n > 0 ? faults[0].en.at : error != NULL ? error->message : "done";
    if (strstr(have, want) == NULL)
        g_error("said \"%s\", not \"%s\"", have, want);
}

typedef struct Try {
    House *h;
    const Session *s;
    RecordKey key;
    const char *to, *since, *reason;
    bool lift;
} Try;

/* "done", or what is said. */
static void step(const Try *t, const char *want)
{
    const Entity *e = house_entity(t->h, "project");
    StepEdit edit = {.entity = e, .key = t->key, .lift = t->lift};
    FieldFault *faults = NULL;
    size_t n = 0;
    g_autoptr(GError) error = NULL;
    edit.to = enum_code(e->procedure->states, str_of(t->to))->number;
    edit.reason = str_of(t->reason != NULL ? t->reason : "");
    g_assert_true(date_parse(str_of(t->since), &edit.since));
    bool done = follow_step(t->h->care, t->s, &edit, t->h->arena, &faults, &n, &error);
    g_assert_cmpint(done, ==, error == NULL);
    assert_said(error, faults, n, want);
}

static RecordKey project(House *h, const Session *s, const char *area)
{
    return house_save(h, s, "project", (RecordKey){0, 0}, "name", "某小区", "region", "990302101",
                      "area", area, "plan", "yes", NULL);
}

/* A record enters by hand where its procedure begins, today. */
static ItemLine item(House *h, const Session *s, RecordKey key)
{
    ItemLine line;
    bool is;
    g_autoptr(GError) error = NULL;
    g_assert_true(follow_item(h->care, s, house_entity(h, "project"), key, care_today(h->care),
                              h->arena, &is, &line, &error));
    g_assert_no_error(error);
    g_assert_true(is);
    return line;
}

static void test_steps(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    RecordKey key = project(h, clerk, "149.5");
    ItemLine line = item(h, clerk, key);
    g_assert_true(str_is(line.state->name, "planned"));
    g_assert_cmpint(line.since, ==, care_today(h->care));
    g_assert_cmpuint(line.n_steps, ==, 1);
    g_assert_true(line.steps[0].mine && line.steps[0].may == TRUTH_YES);
    step(&(Try){h, clerk, key, "accepted", "2020-06-18", NULL, false}, "no step leads from");
    step(&(Try){h, clerk, key, "built", "2020-06-19", NULL, false}, "not taken in advance");
    step(&(Try){h, clerk, key, "built", "2020-06-17", NULL, false}, "the step before was taken on");
    step(&(Try){h, clerk, key, "built", "2020-06-18", NULL, false}, "done");
    /* Held: the condition with its cure; unknown blocks as well. */
    step(&(Try){h, clerk, key, "accepted", "2020-06-18", NULL, false}, "held: area, 0.5 m² short");
    line = item(h, clerk, key);
    g_assert_cmpint(line.steps[0].may, ==, TRUTH_NO);
    g_assert_cmpuint(line.steps[0].n_holds, ==, 1);
    g_assert_cmpstr(line.steps[0].holds[0].cure_zh.at, ==, "还差 0.5 平方米");
    house_save(h, clerk, "project", key, "area", "150", NULL);
    step(&(Try){h, clerk, key, "accepted", "2020-06-18", NULL, false}, "done");
    /* Another office's step. */
    step(&(Try){h, clerk, key, "handed_over", "2020-06-18", NULL, false},
         "not for the role \"clerk\"");
    g_assert_true(str_is(item(h, clerk, key).state->name, "accepted"));
}

static void test_unknown_blocks(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    RecordKey key = house_save(h, clerk, "project", (RecordKey){0, 0}, "name", "某小区", "region",
                               "990302101", NULL);
    step(&(Try){h, clerk, key, "built", "2020-06-18", NULL, false}, "needs: plans");
    house_save(h, clerk, "project", key, "plan", "yes", NULL);
    step(&(Try){h, clerk, key, "built", "2020-06-18", NULL, false}, "done");
    step(&(Try){h, clerk, key, "accepted", "2020-06-18", NULL, false}, "(missing: area)");
}

/* Nothing but a step changes a state, whatever door it comes through. */
static void test_no_other_way(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    const char *field;
    RecordKey key = project(h, clerk, "200");
    g_assert_cmpint(house_refused(h, clerk, "project", (RecordKey){0, 0}, &field, "name", "乙",
                                  "region", "990302101", "state", "accepted", NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpstr(field, ==, "state");
    g_assert_cmpint(
        house_refused(h, clerk, "project", key, &field, "state", "built", "area", "160", NULL), ==,
        FAIL_INPUT);
    g_assert_cmpstr(field, ==, "state");
    const FieldEdit cleared = {.field = house_field(h, "project", "state"), .text = STR("")};
    const RecordEdit edit = {
        .entity = house_entity(h, "project"), .key = key, .fields = &cleared, .n_fields = 1};
    FieldFault *faults;
    size_t n;
    RecordKey saved;
    g_autoptr(GError) error = NULL;
    g_assert_false(record_save(h->care, clerk, &edit, h->arena, &saved, &faults, &n, &error));
    assert_said(error, faults, n, "a state is left by a step");
    /* An untouched state in a form is no step. */
    house_save(h, clerk, "project", key, "area", "160", NULL);
    g_assert_true(str_is(item(h, clerk, key).state->name, "planned"));
}

/* A file brings the states of what is new; what is on the books moves by its steps. */
static void test_import(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    ImportReport r;
    const ImportOptions o = {0};
    const Entity *e = house_entity(h, "project");
    house_write(h, "one.csv",
                "编号,名称,所在地,面积,四同步进度\nP1,甲小区,990302101,100,accepted\n", &path);
    g_assert_true(care_import(h->care, h->local, e, path, &o, h->arena, &r, &error));
    g_assert_cmpuint(r.accepted, ==, 1);
    house_write(h, "one.csv",
                "编号,名称,所在地,面积,四同步进度\nP1,甲小区,990302101,120,handed_over\n", NULL);
    g_assert_true(care_import(h->care, h->local, e, path, &o, h->arena, &r, &error));
    g_assert_cmpuint(r.changed, ==, 0);
    g_assert_cmpuint(r.rejected, ==, 1);
    house_write(h, "one.csv",
                "编号,名称,所在地,面积,四同步进度\nP1,甲小区,990302101,120,accepted\n", NULL);
    g_assert_true(care_import(h->care, h->local, e, path, &o, h->arena, &r, &error));
    g_assert_cmpuint(r.changed, ==, 1);
}

/* A hold is lifted in writing, by who has the right; what was written stands in the history. */
static void test_lift(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    const Session *leader = house_session(h, "leader1", "leader", "990300", 0);
    RecordKey key = project(h, clerk, "149");
    step(&(Try){h, clerk, key, "built", "2020-06-18", NULL, false}, "done");
    step(&(Try){h, clerk, key, "accepted", "2020-06-18", "市长办公会", true},
         "may not let a held step pass");
    step(&(Try){h, leader, key, "accepted", "2020-06-18", "", true}, "needs a reason in writing");
    step(&(Try){h, leader, key, "accepted", "2020-06-18", "市长办公会", false},
         "does not write records");
    step(&(Try){h, leader, key, "accepted", "2020-06-18", "市长办公会", true}, "done");
    HistoryLine *lines;
    size_t n;
    g_autoptr(GError) error = NULL;
    const Session *review = house_session(h, "review1", "review", "990302", 0);
    g_assert_true(record_history(h->care, review, house_entity(h, "project"), key, 1, h->arena,
                                 &lines, &n, &error));
    g_assert_true(str_is(lines[0].reason.zh, "市长办公会") && str_is(lines[0].actor, "leader1"));
}

static void test_books(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    const Session *other = house_session(h, "clerk2", "clerk", "990313", 0);
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.region = ROW_NONE};
    ProcedureBook p;
    AlertBook alerts;
    RecordKey first = project(h, clerk, "149"), second = project(h, clerk, "200");
    house_save(h, clerk, "project", second, "rank", "1", NULL);
    g_assert_true(follow_procedures(h->care, clerk, &q, h->arena, &p, &error));
    g_assert_cmpuint(p.n_lines, ==, 2);
    g_assert_cmpuint(p.sums[0].items[0], ==, 2);
    g_assert_true(p.lines[0].key.id == second.id && p.lines[0].place == 1);
    /* Without a rank it stands last, and could be first. */
    g_assert_true(p.lines[1].key.id == first.id && p.lines[1].place == 2 && p.lines[1].best == 1);
    g_assert_true(follow_procedures(h->care, other, &q, h->arena, &p, &error));
    g_assert_cmpuint(p.n_lines + p.sums[0].items[0], ==, 0);
    q.by = STR("builders");
    g_assert_true(follow_procedures(h->care, clerk, &q, h->arena, &p, &error));
    g_assert_cmpuint(p.n_lines, ==, 0); /* nothing waits for them */
    q.by = STR("builder");
    g_assert_false(follow_procedures(h->care, clerk, &q, h->arena, &p, &error));
    g_assert_nonnull(strstr(error->message, "no role or agency"));
    g_clear_error(&error);
    q.by = STR("");
    g_assert_true(follow_alerts(h->care, clerk, &q, h->arena, &alerts, &error));
    g_assert_cmpuint(alerts.n_lines, ==, 1);
    g_assert_true(alerts.lines[0].key.id == first.id);
    g_assert_cmpstr(alerts.lines[0].cure_en.at, ==, "1 m² short");
    g_assert_true(follow_alerts(h->care, other, &q, h->arena, &alerts, &error));
    g_assert_cmpuint(alerts.total, ==, 0);
}

static void test_tasks(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *town = house_session(h, "town1", "town", "990302101", 0);
    const Session *other = house_session(h, "town2", "town", "990302102", 0);
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.region = ROW_NONE};
    TaskBook book;
    RecordKey a = house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey b = house_elder(h, "乙某", "990302101", house_number(h, 2));
    g_autofree char *elder = g_strdup_printf("%" G_GINT64_FORMAT, a.id);
    (void)elder;
    house_save(h, h->local, "elder", a, "living", "alone", NULL);
    g_assert_true(follow_tasks(h->care, town, &q, h->arena, &book, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(book.n_lines, ==, 2);
    g_assert_true(book.lines[0].state == TASK_OVERDUE && book.lines[0].key.id == a.id);
    g_assert_true(book.lines[1].state == TASK_ESTABLISH && book.lines[1].key.id == b.id);
    g_assert_cmpstr(book.lines[1].missing[0].name.at, ==, "elder.living");
    g_assert_true(str_is(book.lines[1].missing[0].en, "living"));
    g_assert_cmpuint(book.sums[0].counts[TASK_OVERDUE], ==, 1);
    g_assert_true(follow_tasks(h->care, other, &q, h->arena, &book, &error));
    g_assert_cmpuint(book.total, ==, 0);
    q.by = STR("clerk");
    g_assert_true(follow_tasks(h->care, town, &q, h->arena, &book, &error));
    g_assert_cmpuint(book.n_sums, ==, 0);
    q = (FollowQuery){.region = ROW_NONE, .page_rows = 1, .page = 1};
    g_assert_true(follow_tasks(h->care, town, &q, h->arena, &book, &error));
    g_assert_true(book.n_lines == 1 && book.total == 2 && book.lines[0].key.id == b.id);
}

static const char classes[] =
    "---\ndocument: more\ntitle: 探访\ntitle en: Visits\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 探访 / Visits\n\n```anlao\n"
    "enum risk \"风险\" / \"risk\" { low \"一般\" / \"low\"; high \"高\" / \"high\" }\n"
    "extend elder { risk risk \"风险类别\" / \"class of risk\" }\n"
    "entity visit \"探访\" / \"visit\" {\n place elder.residence\n dated by on\n title elder, on\n"
    " elder elder \"老年人\" required\n on date \"日期\" required\n}\n"
    "role town \"乡镇\" / \"town worker\" of township sees elder, visit writes visit\n"
    "param visit_interval \"间隔\" by risk : days { low: 90 days; high: 7 days }\n"
    "task visiting \"探访\" / \"visiting\" of elder every visit_interval[risk] by town done by "
    "visit\n"
    "task greeting \"慰问\" / \"greeting\" of elder 1 per year by town due with 50% left "
    "done by visit\n```\n";

/* One class at a time, of the tasks that ask for it; whose class nobody recorded is in none. */
static void test_classes(void)
{
    g_autoptr(House) h = house_new_with(true, classes);
    const Session *town = house_session(h, "town1", "town", "990302101", 0);
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.region = ROW_NONE, .kinds = ~0u};
    TaskBook book;
    RecordKey high = house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey low = house_elder(h, "乙某", "990302101", house_number(h, 2));
    (void)house_elder(h, "丙某", "990302101", house_number(h, 3));
    house_save(h, h->local, "elder", high, "risk", "high", NULL);
    house_save(h, h->local, "elder", low, "risk", "low", NULL);
    g_assert_true(follow_tasks(h->care, town, &q, h->arena, &book, &error));
    g_assert_cmpuint(book.total, ==, 6);
    g_assert_cmpuint(book.n_sums, ==, 2);
    q.class = STR("high");
    g_assert_true(follow_class(h->care, q.class));
    g_assert_true(follow_tasks(h->care, town, &q, h->arena, &book, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(book.n_sums, ==, 1);
    g_assert_cmpuint(book.total, ==, 1);
    g_assert_cmpint(book.lines[0].key.id, ==, high.id);
    g_assert_true(str_is(book.lines[0].class->name, "high"));
    g_assert_cmpuint(book.sums[0].counts[book.lines[0].state], ==, 1);
    /* what is written afterwards goes along */
    house_save(h, h->local, "elder", low, "risk", "high", NULL);
    g_assert_true(follow_tasks(h->care, town, &q, h->arena, &book, &error));
    g_assert_cmpuint(book.total, ==, 2);
    q.class = STR("low");
    g_assert_true(follow_tasks(h->care, town, &q, h->arena, &book, &error));
    g_assert_cmpuint(book.total, ==, 0);
    g_assert_false(follow_class(h->care, STR("none")));
}

static void test_duties(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.region = ROW_NONE};
    DutyBook book;
    char day[DATE_TEXT];
    g_assert_true(follow_duties(h->care, clerk, &q, h->arena, &book, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(book.n_lines, ==, 2);
    /* The first quarter's report was due on 10 April; what rules came out nobody records. */
    g_assert_true(str_is(book.lines[0].duty->name, "report"));
    g_assert_cmpint(book.lines[0].is.state, ==, DUTY_OVERDUE);
    g_assert_cmpstr(date_format(book.lines[0].is.due, day), ==, "2020-04-10");
    g_assert_cmpint(book.lines[1].is.state, ==, DUTY_UNRECORDED);
    q.by = STR("clerk"); /* acts for civil affairs */
    g_assert_true(follow_duties(h->care, clerk, &q, h->arena, &book, &error));
    g_assert_cmpuint(book.n_lines, ==, 1);
}

static const DutyLine *duty_of(House *h, const Session *s, const char *name, const char *on)
{
    FollowQuery q = {.region = ROW_NONE, .only = str_of(name)};
    DutyBook *book = arena_new_of(h->arena, DutyBook);
    g_autoptr(GError) error = NULL;
    g_assert_true(date_parse(str_of(on), &q.on));
    g_assert_true(follow_duties(h->care, s, &q, h->arena, book, &error));
    g_assert_cmpuint(book->n_lines, ==, 1);
    return &book->lines[0];
}

static void report(House *h, const Session *s, const char *duty, const char *agency,
                   const char *progress, const char *on)
{
    house_save(h, s, "duty_report", (RecordKey){0, 0}, "duty", duty, "region", "990302", "agency",
               agency, "progress", progress, "reported_on", on, NULL);
}

/* What no record shows is done when all that lead it have reported so. */
static void test_reports(void)
{
    g_autofree char *text = g_strconcat(document, reports, NULL);
    g_autoptr(House) h = house_new_with(true, text);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    const char *field;
    char day[DATE_TEXT];
    g_assert_cmpint(duty_of(h, clerk, "both", "2020-06-18")->is.state, ==, DUTY_OPEN);
    report(h, clerk, "both", "civil_affairs", "done", "2020-06-10");
    report(h, clerk, "both", "builders", "under_way", "2020-06-11");
    const DutyLine *line = duty_of(h, clerk, "both", "2020-06-18");
    g_assert_true(line->by_reports && line->is.state == DUTY_OPEN && line->n_reported == 1);
    g_assert_cmpint(duty_of(h, clerk, "both", "2020-07-01")->is.state, ==, DUTY_OVERDUE);
    report(h, clerk, "both", "builders", "done", "2020-06-15");
    g_assert_cmpint(duty_of(h, clerk, "both", "2020-06-14")->is.state, ==, DUTY_OPEN);
    line = duty_of(h, clerk, "both", "2020-06-18");
    g_assert_true(line->is.state == DUTY_DONE && line->n_reported == 2);
    g_assert_cmpstr(date_format(line->is.done, day), ==, "2020-06-15");
    /* Those with records of their own are not done by a report. */
    report(h, clerk, "report", "civil_affairs", "done", "2020-04-05");
    g_assert_cmpint(duty_of(h, clerk, "report", "2020-06-18")->is.state, ==, DUTY_OVERDUE);
    g_assert_cmpint(house_refused(h, clerk, "duty_report", (RecordKey){0, 0}, &field, "duty",
                                  "no_such_duty", "region", "990302", "agency", "builders",
                                  "progress", "done", "reported_on", "2020-06-01", NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpstr(field, ==, "duty");
}

/* What needs a document is done when it is reported; that none was put with it is said. */
static void test_evidence(void)
{
    g_autofree char *text = g_strconcat(document, reports, NULL);
    g_autoptr(House) h = house_new_with(true, text);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    g_autoptr(GError) error = NULL;
    RecordKey file;
    Said said;
    g_assert_false(duty_of(h, clerk, "rules", "2020-06-18")->asks_files);
    RecordKey key =
        house_save(h, clerk, "duty_report", (RecordKey){0, 0}, "duty", "rules", "region", "990302",
                   "agency", "builders", "progress", "done", "reported_on", "2020-05-20", NULL);
    const DutyLine *line = duty_of(h, clerk, "rules", "2020-06-18");
    g_assert_true(line->is.state == DUTY_DONE && line->asks_files && line->n_files == 0);
    g_assert_true(file_attach(h->care, clerk, house_entity(h, "duty_report"), key, STR("办法.pdf"),
                              STR("%PDF-1.4\n1 0 obj\n%%EOF\n"), STR("印发的办法"), &file, &said,
                              &error));
    line = duty_of(h, clerk, "rules", "2020-06-18");
    g_assert_cmpuint(line->n_files, ==, 1);
    g_assert_true(file_take_away(h->care, clerk, house_entity(h, "duty_report"), key, file,
                                 STR("传错了文件"), &error));
    g_assert_cmpuint(duty_of(h, clerk, "rules", "2020-06-18")->n_files, ==, 0);
}

/* What recurs begins anew each year; a year that passed without it is said. */
static void test_yearly_reports(void)
{
    g_autofree char *text = g_strconcat(document, reports, NULL);
    g_autoptr(House) h = house_new_with(true, text);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    char day[DATE_TEXT];
    report(h, clerk, "yearly", "builders", "done", "2019-03-31");
    const DutyLine *line = duty_of(h, clerk, "yearly", "2020-03-31");
    g_assert_true(line->is.state == DUTY_OPEN && !line->is.has_missed);
    line = duty_of(h, clerk, "yearly", "2020-04-01");
    g_assert_true(line->is.state == DUTY_OVERDUE);
    line = duty_of(h, clerk, "yearly", "2021-01-01");
    g_assert_true(line->is.state == DUTY_OPEN && line->is.has_missed);
    g_assert_cmpstr(date_format(line->is.missed, day), ==, "2020-03-31");
    g_assert_cmpstr(date_format(line->is.due, day), ==, "2021-03-31");
}

/* A database that was made today, of documents of years ago: of no period before today is said that
 * it was missed. */
static void test_younger_than_its_documents(void)
{
    g_autofree char *text = g_strconcat(document, reports, NULL);
    g_autoptr(House) h = house_new_with(false, text);
    Date today = care_today(h->care);
    char day[DATE_TEXT];
    static const char *const recurring[] = {"report", "yearly"};
    for (size_t i = 0; i < G_N_ELEMENTS(recurring); i++) {
        const DutyLine *line = duty_of(h, h->local, recurring[i], date_format(today, day));
        g_assert_cmpint(line->is.state, ==, DUTY_OPEN);
        g_assert_false(line->is.has_missed);
        g_assert_cmpint(line->is.due, >=, today);
    }
    const DutyLine *once = duty_of(h, h->local, "both", date_format(today, day));
    g_assert_true(once->is.state == DUTY_UNRECORDED && once->is.before && once->is.has_due);
    report(h, h->local, "both", "civil_affairs", "done", "2020-06-10");
    once = duty_of(h, h->local, "both", date_format(today, day));
    g_assert_true(once->is.state == DUTY_UNRECORDED && once->n_reported == 1);
    report(h, h->local, "both", "builders", "done", "2020-06-10");
    once = duty_of(h, h->local, "both", date_format(today, day));
    g_assert_true(once->is.state == DUTY_DONE && !once->is.before);
}

/* A large register keeps no texts in memory: its reports are read, and count all the same. */
static void test_many_reports(void)
{
    g_autofree char *text = g_strconcat(document, reports, NULL), *path = NULL;
    g_autoptr(House) h = house_new_with(true, text);
    g_autoptr(GString) rows = g_string_new("duty,region,agency,progress,reported_on\n");
    g_autoptr(GError) error = NULL;
    const ImportOptions o = {.made_up = true};
    ImportReport r;
    for (int i = 0; i < 10050; i++)
        g_string_append_printf(rows, "%s,990302,%s,%s,2020-06-01\n", i % 2 == 0 ? "both" : "rules",
                               i % 3 == 0 ? "builders" : "civil_affairs",
                               i % 2 == 1 || i % 3 == 0 ? "under_way" : "done");
    g_string_append(rows, "rules,990302,builders,done,2020-05-30\n");
    house_write(h, "many.csv", rows->str, &path);
    care_import(h->care, h->local, house_entity(h, "duty_report"), path, &o, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.accepted, ==, 10051);
    house_close(h);
    house_open(h);
    g_autoptr(Working) w = NULL;
    const Field *f = house_field(h, "duty_report", "duty");
    g_assert_true(working_get(h->care, &w, &error));
    g_assert_cmpint(working_batch(w, f->entity)->columns[f->index]->physical, ==, PHYSICAL_I8);
    g_assert_cmpint(duty_of(h, h->local, "rules", "2020-06-18")->is.state, ==, DUTY_DONE);
    const DutyLine *both = duty_of(h, h->local, "both", "2020-06-18");
    g_assert_true(both->is.state == DUTY_OPEN && both->n_reported == 1);
}

/* Pages of a list are the list, in its order, whatever their size. */
static void test_pages(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.region = ROW_NONE, .kinds = 1u << TRUTH_NO | 1u << TRUTH_UNKNOWN};
    AlertBook all, page;
    for (int i = 0; i < 7; i++)
        project(h, clerk, i % 3 == 0 ? "149" : i % 3 == 1 ? "" : "160");
    g_assert_true(follow_alerts(h->care, clerk, &q, h->arena, &all, &error));
    g_assert_cmpuint(all.n_lines, ==, 5);
    g_assert_true(all.lines[2].truth == TRUTH_NO && all.lines[3].truth == TRUTH_UNKNOWN);
    for (size_t rows = 1; rows <= 6; rows++)
        for (size_t i = 0; i < all.n_lines; i++) {
            q.page_rows = rows;
            q.page = i / rows;
            g_assert_true(follow_alerts(h->care, clerk, &q, h->arena, &page, &error));
            g_assert_cmpuint(page.total, ==, 5);
            g_assert_cmpint(page.lines[i % rows].key.id, ==, all.lines[i].key.id);
        }
}

/* Reminders: a week before a step's day it is soon, the day after it is late. */
static void test_reminders(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    static const struct {
        const char *on;
        uint64_t soon, overdue;
    } days[] = {
        {"2020-07-10", 0, 0}, {"2020-07-11", 1, 0}, {"2020-07-18", 1, 0}, {"2020-07-19", 0, 1}};
    RecordKey key = project(h, clerk, "160");
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.region = ROW_NONE, .ahead = 7};
    ProcedureBook b;
    DutyBook d;
    step(&(Try){h, clerk, key, "built", "2020-06-18", NULL, false}, "done");
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        g_assert_true(date_parse(str_of(days[i].on), &q.on));
        g_assert_true(follow_procedures(h->care, clerk, &q, h->arena, &b, &error));
        g_assert_cmpuint(b.sums[0].soon, ==, days[i].soon);
        g_assert_cmpuint(b.sums[0].overdue, ==, days[i].overdue);
        g_assert_cmpuint(b.total, ==, days[i].soon + days[i].overdue);
    }
    q.by = STR("builders"); /* whose step it is not */
    g_assert_true(follow_procedures(h->care, clerk, &q, h->arena, &b, &error));
    g_assert_cmpuint(b.total, ==, 0);
    q = (FollowQuery){.region = ROW_NONE, .ahead = 7, .on = 18383}; /* 2020-05-01 */
    g_assert_true(follow_duties(h->care, clerk, &q, h->arena, &d, &error));
    g_assert_cmpuint(d.total, ==, 1); /* the report of the first quarter is late */
    g_assert_cmpuint(d.soon, ==, 1);  /* the rules are due within a month, not within a week */
    q.ahead = 30;
    g_assert_true(follow_duties(h->care, clerk, &q, h->arena, &d, &error));
    g_assert_cmpuint(d.total, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/follow/steps", test_steps);
    g_test_add_func("/follow/unknown blocks", test_unknown_blocks);
    g_test_add_func("/follow/no other way", test_no_other_way);
    g_test_add_func("/follow/import", test_import);
    g_test_add_func("/follow/lift", test_lift);
    g_test_add_func("/follow/books", test_books);
    g_test_add_func("/follow/tasks", test_tasks);
    g_test_add_func("/follow/classes", test_classes);
    g_test_add_func("/follow/duties", test_duties);
    g_test_add_func("/follow/reports", test_reports);
    g_test_add_func("/follow/evidence", test_evidence);
    g_test_add_func("/follow/yearly reports", test_yearly_reports);
    g_test_add_func("/care/follow/younger-than-its-documents", test_younger_than_its_documents);
    g_test_add_func("/follow/many reports", test_many_reports);
    g_test_add_func("/follow/pages", test_pages);
    g_test_add_func("/follow/reminders", test_reminders);
    return g_test_run();
}
