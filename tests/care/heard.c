/* heard.c — who was scored is told how and how long she may answer; an objection is decided by
 * somebody else; the score counts only when she was heard.
 * LAW issue 5: items with evidence, grades, expiry, notice and answer. */
#include "house.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/follow.h"
#include "care/score_notice.h"

static const char document[] =
    "---\ndocument: more\ntitle: 评分\ntitle en: Scores\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 评分 / Scores\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\" }\n"
    "enum credit ordered \"信用\" { poor \"差\" / \"poor\"; good \"好\" / \"good\" }\n"
    "entity rating \"评价\" / \"rating\" {\n place facility.region\n dated by rated_on\n"
    " title facility, rated_on\n facility facility \"机构\" / \"home\" required\n"
    " rated_on date \"日期\" / \"rated on\" required\n"
    " fire int \"消防\" / \"fire\" range 0..40\n care int \"照护\" / \"care\" range 0..60\n}\n"
    "role clerk \"经办人\" / \"clerk\" of county for civil_affairs sees rating writes rating\n"
    "param answer_time \"申辩期限\" / \"time to answer\" by region : working_days\n"
    "set answer_time[990302] = 5 working days from 2019-01-01\n"
    "set answer_time[990313] = 300 working days from 2019-01-01\n"
    "procedure rating_steps \"评价办理\" / \"rating\" of rating {\n"
    " state scored \"已评\" / \"scored\", final \"作数\" / \"final\"\n"
    " scored -> final by civil_affairs\n}\n"
    "score credit_of \"信用评分\" / \"credit\" of rating at final for 2 years "
    "within answer_time[facility.region] {\n"
    " item fire \"消防\" / \"fire\" 40\n item care \"照护\" / \"care\" 60\n"
    " grade good >= 70\n grade poor else\n}\n"
    "score plain \"内部打分\" / \"internal\" of rating { item care \"照护\" / \"care\" 60 }\n"
    "table working_day(day: date range 2019-01-01..2020-12-31) -> bool\n```\n\n"
    "| day | works |\n| --- | --- |\n| 2020-06-25..2020-06-27 | no |\n| 2020-06-28 | yes |\n| else "
    "| unset |\n";

typedef struct Rated {
    House *h;
    const Session *clerk, *second, *review, *home, *audit;
    RecordKey key, far_key; /* a rating in District A, one in B */
    const Score *score;
} Rated;

static Rated rated(House *h)
{
    Rated x = {.h = h};
    x.clerk = house_session(h, "li", "clerk", "990302", 0);
    x.second = house_session(h, "wu", "clerk", "990302", 0);
    x.review = house_session(h, "sun", "review", "990302", 0);
    x.audit = house_session(h, "chen", "audit", "990302", 0);
    RecordKey a = house_save(h, h->local, "facility", (RecordKey){0, 0}, "name", "安颐老年公寓",
                             "region", "990302101", NULL);
    RecordKey b = house_save(h, h->local, "facility", (RecordKey){0, 0}, "name", "和乐老年公寓",
                             "region", "990313101", NULL);
    x.home = house_session(h, "yuan", "home", "990302101", a.id);
    char id[ID_TEXT];
    x.key = house_save(h, h->local, "rating", (RecordKey){0, 0}, "facility", id_format(a.id, id),
                       "rated_on", "2020-06-01", "fire", "30", "care", "45", NULL);
    x.far_key = house_save(h, h->local, "rating", (RecordKey){0, 0}, "facility",
                           id_format(b.id, id), "rated_on", "2020-06-01", "fire", "30", NULL);
    x.score = h->care->model->scores[0];
    g_assert_true(str_is(x.score->name, "credit_of"));
    return x;
}

static Date day(const char *text)
{
    Date d;
    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static void said(const char *have, const char *want)
{
    if (strstr(have, want) == NULL)
        g_error("said \"%s\", not \"%s\"", have, want);
}

static RecordKey tell(const Rated *x, const Session *s, const char *on, const char *how,
                      const char *want)
{
    g_autoptr(GError) error = NULL;
    Said why = {NULL, NULL};
    RecordKey key = {0, 0};
    bool done =
        score_tell(x->h->care, s, x->score, x->key, day(on), str_of(how), &key, &why, &error);
    said(done ? "done" : error->message, want);
    return key;
}

static void answer(const Rated *x, const Session *s, RecordKey notice, const char *on,
                   const char *words, const char *want)
{
    g_autoptr(GError) error = NULL;
    bool agrees = strcmp(words, "agrees") == 0;
    bool done = score_answer(x->h->care, s, notice, day(on), agrees,
                             agrees ? STR("") : str_of(words), NULL, &error);
    said(done ? "done" : error->message, want);
}

static void decide(const Rated *x, const Session *s, RecordKey notice, bool stands,
                   const char *reason, const char *want)
{
    g_autoptr(GError) error = NULL;
    bool done = score_decide(x->h->care, s, notice, stands, str_of(reason), NULL, &error);
    said(done ? "done" : error->message, want);
}

static ScoreNotice newest(const Rated *x, const char *on)
{
    ScoreNotice *list;
    size_t n;
    g_autoptr(GError) error = NULL;
    score_notices(x->h->care, x->clerk, x->score->entity, x->key, day(on), x->h->arena, &list, &n,
                  &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, >, 0);
    return list[0];
}

static void finish(const Rated *x, const char *on, const char *want)
{
    const Entity *e = x->score->entity;
    StepEdit edit = {.entity = e, .key = x->key, .since = day(on)};
    FieldFault *faults = NULL;
    size_t n = 0;
    g_autoptr(GError) error = NULL;
    edit.to = enum_code(e->procedure->states, STR("final"))->number;
    bool done = follow_step(x->h->care, x->clerk, &edit, x->h->arena, &faults, &n, &error);
    said(n > 0 ? faults[0].en.at : error != NULL ? error->message : "done", want);
    g_assert_cmpint(done, ==, strcmp(want, "done") == 0);
}

/* Five working days from Thursday the 18th: 19, 22, 23, 24, and Sunday the 28th, which is worked
 * after the Dragon Boat Festival. */
static void test_told(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    Rated x = rated(h);
    tell(&x, x.audit, "2020-06-18", "当面交院长", "does not write");
    tell(&x, x.clerk, "2020-06-19", "当面交院长", "not given in advance");
    tell(&x, x.clerk, "2020-05-31", "", "say who was told");
    g_autofree char *long_text = g_strnfill(LIMIT_NOTICE_WORDS + 1, 'x');
    tell(&x, x.clerk, "2020-06-18", long_text, "in 4 to 200 characters");
    RecordKey notice = tell(&x, x.clerk, "2020-06-18", "当面交院长", "done"),
              twice = tell(&x, x.clerk, "2020-06-18", "当面交院长", "done");
    g_assert_cmpint(twice.id, ==, notice.id); /* the same form sent twice tells once */
    ScoreNotice n = newest(&x, "2020-06-18");
    g_assert_cmpint(n.key.id, ==, notice.id);
    g_assert_cmpint(n.until, ==, day("2020-06-28"));
    g_assert_cmpint(n.points, ==, 75);
    g_assert_true(str_is(n.grade->name, "good")); /* told before it counts */
    g_assert_cmpint(n.state, ==, SCORE_TOLD);
    g_assert_cmpint(newest(&x, "2020-06-28").state, ==, SCORE_TOLD); /* the last day */
    g_assert_cmpint(newest(&x, "2020-06-29").state, ==, SCORE_SILENT);
    finish(&x, "2020-06-18", "“credit” was not told, or who was scored may still answer");

    /* Told anew the same day: the first one gives way. */
    tell(&x, x.clerk, "2020-06-18", "邮寄送达", "done");
    g_autoptr(GError) error = NULL;
    ScoreNotice *list;
    size_t count;
    g_assert_true(score_notices(h->care, x.clerk, x.score->entity, x.key, day("2020-06-18"),
                                h->arena, &list, &count, &error));
    g_assert_cmpuint(count, ==, 2);
    g_assert_cmpint(list[0].state, ==, SCORE_TOLD);
    g_assert_cmpint(list[1].state, ==, SCORE_TAKEN_BACK);
}

/* Nothing came in time: the score stands, and counts. */
static void test_silent(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    Rated x = rated(h);
    finish(&x, "2020-06-18", "was not told");
    RecordKey notice = tell(&x, x.clerk, "2020-06-10", "挂号信送达", "done");
    g_assert_cmpint(newest(&x, "2020-06-18").until, ==, day("2020-06-17"));
    answer(&x, x.clerk, notice, "2020-06-18", "消防得分有误", "the time to answer is over");
    tell(&x, x.clerk, "2020-06-18", "再送一次", "told already");
    finish(&x, "2020-06-18", "done");
}

/* She objects in time, the clerk enters her letter a day late; somebody else decides. */
static void test_objection(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    Rated x = rated(h);
    RecordKey notice = tell(&x, x.clerk, "2020-06-10", "挂号信送达", "done");
    answer(&x, x.audit, notice, "2020-06-17", "消防材料漏看了", "does not answer for others");
    answer(&x, x.second, notice, "2020-06-09", "消防材料漏看了", "between the day of the notice");
    answer(&x, x.second, notice, "2020-06-17", "", "say what the objection is");
    decide(&x, x.review, notice, true, "没有异议也来处理", "no objection to decide");
    answer(&x, x.second, notice, "2020-06-17", "消防材料漏看了", "done");
    answer(&x, x.second, notice, "2020-06-17", "再说一遍", "answered already");
    g_assert_cmpint(newest(&x, "2020-06-18").state, ==, SCORE_OBJECTED);
    finish(&x, "2020-06-18", "may still answer");
    tell(&x, x.clerk, "2020-06-18", "再送一次", "objection to the last notice");
    decide(&x, x.clerk, notice, true, "材料确实没有", "somebody else decides");
    decide(&x, x.second, notice, true, "材料确实没有", "somebody else decides");
    decide(&x, x.review, notice, false, "补", "in 4 to 200");
    decide(&x, x.review, notice, false, "补看材料，重新评分", "done");
    g_assert_cmpint(newest(&x, "2020-06-18").state, ==, SCORE_AGAIN);
    finish(&x, "2020-06-18", "was not told");

    /* Scored again, told again, agreed to. */
    house_save(h, h->local, "rating", x.key, "fire", "40", NULL);
    g_assert_true(newest(&x, "2020-06-18").changed);
    notice = tell(&x, x.clerk, "2020-06-18", "当面交院长", "done");
    g_assert_false(newest(&x, "2020-06-18").changed);
    answer(&x, x.home, notice, "2020-06-18", "agrees", "done"); /* the home's own manager */
    g_assert_cmpint(newest(&x, "2020-06-18").state, ==, SCORE_AGREED);
    /* Points that were changed since are not those that were told. */
    house_save(h, h->local, "rating", x.key, "care", "60", NULL);
    finish(&x, "2020-06-18", "was not told");
    house_save(h, h->local, "rating", x.key, "care", "45", NULL);
    finish(&x, "2020-06-18", "done");
}

static void test_stands(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    Rated x = rated(h);
    g_autoptr(GError) error = NULL;
    RecordKey notice = tell(&x, x.clerk, "2020-06-18", "当面交院长", "done");
    g_assert_false(score_take_back(h->care, x.second, notice, STR("送错了人"), NULL, &error));
    said(error->message, "only who told it");
    g_clear_error(&error);
    g_assert_true(score_take_back(h->care, x.clerk, notice, STR("送错了人"), NULL, &error));
    notice = tell(&x, x.clerk, "2020-06-18", "当面交院长", "done");
    answer(&x, x.home, notice, "2020-06-18", "照护扣分过重", "done");
    decide(&x, x.review, notice, true, "扣分有现场记录", "done");
    ScoreNotice n = newest(&x, "2020-06-18");
    g_assert_cmpint(n.state, ==, SCORE_STANDS);
    g_assert_true(str_is(n.outcome, "扣分有现场记录") && str_is(n.decided_by, "sun"));
    g_assert_true(str_is(n.answer, "照护扣分过重") && str_is(n.answered_by, "yuan"));
    finish(&x, "2020-06-18", "done");
}

/* No time set, a calendar that ends, nothing to tell, a score nobody is told of. */
static void test_cannot(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    Rated x = rated(h);
    Rated far = x;
    far.key = x.far_key;
    tell(&far, h->local, "2020-06-18", "当面交院长", "no points");
    house_save(h, h->local, "rating", far.key, "care", "10", NULL);
    tell(&far, h->local, "2020-06-18", "当面交院长", "calendar of working days");
    tell(&far, x.clerk, "2020-06-18", "当面交院长", "outside your region");
    Rated plain = x;
    plain.score = h->care->model->scores[1];
    tell(&plain, x.clerk, "2020-06-18", "当面交院长", "does not say that anybody is told");
    g_autofree char *unset = g_strdup(document);
    char *line = strstr(unset, "set answer_time[990302]");
    memset(line, ' ', strcspn(line, "\n"));
    house_write(h, "packs/more.md", unset, NULL);
    house_put_in_force(h);
    Rated anew = x;
    anew.score = h->care->model->scores[0];
    anew.clerk = house_session(h, "he", "clerk", "990302", 0);
    tell(&anew, anew.clerk, "2020-06-18", "当面交院长", "how long she may answer is not set");
}

static ScoreBook book(const Rated *x, const Session *s, const char *on, unsigned kinds)
{
    g_autoptr(GError) error = NULL;
    const ScoreQuery q = {.on = day(on), .region = ROW_NONE, .kinds = kinds};
    ScoreBook b;
    score_book(x->h->care, s, &q, x->h->arena, &b, &error);
    g_assert_no_error(error);
    return b;
}

static void test_book(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    Rated x = rated(h);
    RecordKey a = tell(&x, x.clerk, "2020-06-18", "当面交院长", "done");
    ScoreBook b = book(&x, x.clerk, "2020-06-18", 0);
    g_assert_cmpuint(b.total, ==, 1);
    g_assert_cmpuint(b.counts[SCORE_TOLD], ==, 1);
    const Session *other = house_session(h, "wang", "clerk", "990313", 0);
    g_assert_cmpuint(book(&x, other, "2020-06-18", 0).total, ==, 0);
    g_assert_cmpuint(book(&x, other, "2020-06-18", 0).counts[SCORE_TOLD], ==, 0);
    answer(&x, x.home, a, "2020-06-18", "照护扣分过重", "done");
    b = book(&x, x.review, "2020-06-18", 1u << SCORE_OBJECTED);
    g_assert_cmpuint(b.total, ==, 1);
    decide(&x, x.review, a, true, "扣分有现场记录", "done");
    b = book(&x, x.review, "2020-06-18", 0);
    g_assert_cmpuint(b.total, ==, 0);
    g_assert_cmpuint(b.counts[SCORE_STANDS], ==, 1);
    g_autoptr(GString) json = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    b = book(&x, x.review, "2020-06-18", 1u << SCORE_STANDS);
    g_assert_true(score_book_json(h->care, x.review, &b, json, &error));
    said(json->str, "\"state\":\"stands\",\"points\":\"75\",\"grade\":\"good\"");
    said(json->str, "\"told\":\"2020-06-18\",\"until\":\"2020-06-28\"");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/heard/told", test_told);
    g_test_add_func("/heard/silent", test_silent);
    g_test_add_func("/heard/objection", test_objection);
    g_test_add_func("/heard/stands", test_stands);
    g_test_add_func("/heard/cannot", test_cannot);
    g_test_add_func("/heard/book", test_book);
    return g_test_run();
}
