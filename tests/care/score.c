/* score.c — how a record was scored: what evidence lacks, final at its state, good for a while; and
 * what of it falls due when.
 * LAW issue 5: items with evidence, grades, expiry, notice and answer. */
#include "house.h"

#include "care/follow.h"
#include "care/import.h"
#include "care/score.h"

static const char document[] =
    "---\ndocument: more\ntitle: 评分\ntitle en: Scores\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 评分 / Scores\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\" }\n"
    "enum credit ordered \"信用\" { poor \"差\" / \"poor\"; good \"好\" / \"good\" }\n"
    "entity rating \"评价\" / \"rating\" {\n place region\n dated by rated_on\n title rated_on\n"
    " region region \"所在地\" required\n rated_on date \"日期\" required\n"
    " fire int \"消防\" / \"fire\" range 0..40\n care int \"照护\" / \"care\" range 0..60\n"
    " fire_file bool \"消防材料\" / \"fire file\"\n visited_on date \"现场日期\" / \"visited on\"\n"
    " told_on date \"告知日\" / \"told on\"\n answer text(80) \"陈述申辩\" / \"answer\"\n}\n"
    "role clerk \"经办人\" / \"clerk\" of county for civil_affairs sees rating writes rating\n"
    "procedure rating_steps \"评价办理\" / \"rating\" of rating {\n"
    " state scored \"已评\" / \"scored\", told \"已告知\" / \"told\", final \"作数\" / \"final\"\n"
    " state repaired \"已修复\" / \"repaired\"\n"
    " scored -> told by civil_affairs needs told_on within 5 days\n"
    " told -> final by civil_affairs after 10 days\n"
    " final -> repaired by civil_affairs after 6 months\n}\n"
    "score credit_of \"信用评分\" / \"credit\" of rating at final for 2 years {\n"
    " item fire \"消防\" / \"fire\" 40 needs fire_file\n"
    " item care \"照护\" / \"care\" 60 needs visited_on\n"
    " grade good >= 70\n grade poor else\n}\n"
    "check rating_ends \"评分临近到期\" / \"about to end\" of rating {\n when known "
    "credit_of_until\n"
    " require credit_of_until > day + 1 months\n cure \"{credit_of_until} 到期\" / \"ends on "
    "{credit_of_until}\"\n}\n```\n";

static ScoreView view(House *h, RecordKey key, const char *on)
{
    ScoreView *all;
    size_t n = 0;
    Date day;
    g_autoptr(GError) error = NULL;
    g_assert_true(date_parse(str_of(on), &day));
    score_views(h->care, h->local, house_entity(h, "rating"), key, day, h->arena, &all, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    return all[0];
}

static void step(House *h, const Session *s, RecordKey key, const char *to, const char *since,
                 const char *want)
{
    const Entity *e = house_entity(h, "rating");
    StepEdit edit = {.entity = e, .key = key};
    FieldFault *faults = NULL;
    size_t n = 0;
    g_autoptr(GError) error = NULL;
    edit.to = enum_code(e->procedure->states, str_of(to))->number;
    g_assert_true(date_parse(str_of(since), &edit.since));
    bool done = follow_step(h->care, s, &edit, h->arena, &faults, &n, &error);
    const char *have = n > 0 ? faults[0].en.at : error != NULL ? error->message : "done";
    g_assert_true(done || error != NULL);
    if (strstr(have, want) == NULL)
        g_error("said \"%s\", not \"%s\"", have, want);
}

static void test_evidence(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "li", "clerk", "990302", 0);
    RecordKey key = house_save(h, clerk, "rating", (RecordKey){0, 0}, "region", "990302101",
                               "rated_on", "2020-05-01", "fire", "35", "care", "50", NULL);
    ScoreView v = view(h, key, "2020-06-18");
    g_assert_true(v.has_points && v.points == 0); /* nothing is shown: nothing counts */
    g_assert_cmpuint(v.items[0].n_lacking, ==, 1);
    g_assert_true(str_is(v.items[0].lacking[0]->label.en, "fire file"));
    g_assert_true(v.items[0].known && v.items[0].worth == 35);
    house_save(h, clerk, "rating", key, "fire_file", "yes", NULL);
    v = view(h, key, "2020-06-18");
    g_assert_true(v.points == 35 && v.items[0].n_lacking == 0 && v.items[1].n_lacking == 1);
    house_save(h, clerk, "rating", key, "fire_file", "no", "visited_on", "2020-05-02", NULL);
    v = view(h, key, "2020-06-18");
    g_assert_true(v.points == 50 && v.items[0].n_lacking == 1);
}

/* Told, ten days to answer, then final; two years from that day; repaired after six months. */
static void test_notice(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "li", "clerk", "990302", 0);
    RecordKey key = house_save(h, clerk, "rating", (RecordKey){0, 0}, "region", "990302101",
                               "rated_on", "2020-05-01", "fire", "35", "care", "50", "fire_file",
                               "yes", "visited_on", "2020-05-02", NULL);
    ScoreView v = view(h, key, "2020-06-18");
    g_assert_true(v.points == 85 && v.grade == NULL && !v.final && !v.has_until);
    step(h, clerk, key, "told", "2020-06-18", "needs: told on");
    house_save(h, clerk, "rating", key, "told_on", "2020-06-18", NULL);
    step(h, clerk, key, "told", "2020-06-18", "done");
    step(h, clerk, key, "final", "2020-06-18", "not before 2020-06-28");
    g_assert_true(view(h, key, "2020-06-18").grade == NULL);
}

static AlertBook ends(House *h, const char *on)
{
    FollowQuery q = {.region = ROW_NONE, .only = STR("rating_ends")};
    g_autoptr(GError) error = NULL;
    AlertBook b;
    g_assert_true(date_parse(str_of(on), &q.on));
    follow_alerts(h->care, h->local, &q, h->arena, &b, &error);
    g_assert_no_error(error);
    return b;
}

static void test_lasts(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    const ImportOptions o = {.made_up = true};
    ImportReport r;
    house_write(h, "in.csv",
                "region,rated_on,fire,care,fire_file,visited_on,told_on,state,state.since\n"
                "990302101,2019-05-01,35,50,yes,2019-05-02,2019-05-03,final,2019-06-01\n",
                &path);
    care_import(h->care, h->local, house_entity(h, "rating"), path, &o, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.accepted, ==, 1);
    AlertBook b = ends(h, "2021-05-10");
    g_assert_cmpuint(b.total, ==, 1);
    g_assert_true(ends(h, "2021-03-31").total == 0); /* two months before there is nothing to say */
    RecordKey key = b.lines[0].key;
    g_assert_true(view(h, key, "2019-05-31").grade == NULL);
    ScoreView v = view(h, key, "2019-06-01");
    g_assert_true(v.final && str_is(v.grade->name, "good") && v.has_until && !v.expired);
    g_assert_false(view(h, key, "2021-05-31").expired); /* the last of two years */
    g_assert_true(view(h, key, "2021-06-01").expired);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/score/evidence", test_evidence);
    g_test_add_func("/score/notice", test_notice);
    g_test_add_func("/score/lasts", test_lasts);
    return g_test_run();
}
