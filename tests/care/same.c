/* same.c — one person, one record: suggestions with reasons, two that are not one, merging and its
 * undoing, on both kinds of database. */
#include "house.h"

#include "base/identifier.h"
#include "care/proposal.h"
#include "care/same.h"

static Alike *suggested(House *h, const Session *s, size_t *ret_n)
{
    g_autoptr(GError) error = NULL;
    Alike *list = NULL;
    uint64_t all;
    alike_list(h->care, s, house_entity(h, "elder"), ROW_NONE, 50, h->arena, &list, ret_n, &all,
               &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all, ==, *ret_n);
    return list;
}

static RecordKey elder(House *h, const char *name, const char *born, const char *town,
                       const char *phone, const char *number)
{
    RecordKey none = {0};
    if (number != NULL)
        return house_save(h, h->local, "elder", none, "name", name, "born", born, "residence", town,
                          "phone", phone, "id_number", number, NULL);
    return house_save(h, h->local, "elder", none, "name", name, "born", born, "residence", town,
                      "phone", phone, NULL);
}

static void assert_sound(House *h)
{
    g_autoptr(GError) error = NULL;
    VerifyReport report;
    store_verify(h->care->store, h->arena, &report, &error);
    g_assert_no_error(error);
    if (!report.ok)
        g_error("%.*s", STR_ARG(report.first_fault));
}

static Record *get(House *h, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Record *r = NULL;
    record_get(h->care, h->local, house_entity(h, "elder"), key, 0, h->arena, &r, &error);
    g_assert_no_error(error);
    return r;
}

static char *text_of(House *h, RecordKey key, const char *field)
{
    const Field *f = house_field(h, "elder", field);
    Str s = value_text(h->care, f, get(h, key)->facts[f->index].value, false, h->arena);
    return arena_dup(h->arena, s.at, s.len);
}

/* The clerk sees why, with points that add up; what one finds to be two is not asked again. */
static void test_suggested(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    size_t n;
    RecordKey a = elder(h, "甲某", "1940-05-01", "990302101", "13900000042", NULL);
    RecordKey b = elder(h, "甲 某", "1940-05-01", "990302101", "139.0000.0042", house_number(h, 1));

    elder(h, "甲某", "1940-05-01", "990302102", "", house_number(h, 2)); /* another number than b */
    elder(h, "乙某", "1950-01-01", "990302101", "13900000042", NULL);    /* a child's telephone */
    Alike *list = suggested(h, h->local, &n);
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(list[0].a.id == a.id && list[0].b.id == b.id);
    g_assert_cmpint(list[0].score, ==, 40 + 30 + 10 + 25);
    int sum = 0;
    for (size_t i = 0; i < list[0].n_reasons; i++)
        sum += list[0].reasons[i].points;
    g_assert_cmpint(sum, ==, list[0].score);
    g_assert_cmpint(list[1].score, ==, 70); /* in two towns */
    /* one day wrong: still suggested in the same town; who has another number is another */
    elder(h, "丙某", "1941-03-12", "990302101", "", NULL);
    elder(h, "丙某", "1941-03-21", "990302101", "", NULL);
    suggested(h, h->local, &n);
    g_assert_cmpuint(n, ==, 3);

    g_assert_false(alike_apart(h->care, h->local, e, a, b, STR("不"), &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);
    alike_apart(h->care, h->local, e, b, a, STR("母女二人同名"), &error);
    g_assert_no_error(error);
    suggested(h, h->local, &n);
    g_assert_cmpuint(n, ==, 2);
    house_close(h);
    house_open(h); /* remembered */
    suggested(h, h->local, &n);
    g_assert_cmpuint(n, ==, 2);
    assert_sound(h);
}

/* One's own region only, on both sides; looking takes the right to write. */
static void test_scope(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    size_t n;
    MergeReport report;
    RecordKey a = elder(h, "甲某", "1940-05-01", "990302101", "", NULL);
    RecordKey b = elder(h, "甲某", "1940-05-01", "990313101", "", NULL);
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    const Session *audit = house_session(h, "audit", "audit", "990300", 0);

    suggested(h, h->local, &n);
    g_assert_cmpuint(n, ==, 1);
    suggested(h, clerk, &n);
    g_assert_cmpuint(n, ==, 0);
    g_assert_false(
        record_merge(h->care, clerk, e, b, a, STR("同一个人"), h->arena, &report, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    g_assert_false(
        record_merge(h->care, audit, e, b, a, STR("同一个人"), h->arena, &report, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    /* two counties: a move comes first */
    g_assert_false(
        record_merge(h->care, h->local, e, b, a, STR("同一个人"), h->arena, &report, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

typedef struct Two {
    RecordKey stays, gone, home, stay, assessment;
} Two;

static Two two_of_one(House *h)
{
    RecordKey none = {0};
    Two t;
    t.stays = house_save(h, h->local, "elder", none, "name", "甲某", "born", "1940-05-01",
                         "residence", "990302101", "income", "900", NULL);
    t.gone = house_save(h, h->local, "elder", none, "name", "甲某", "born", "1940-05-01",
                        "residence", "990302102", "living", "alone", "phone", "13900000042",
                        "id_number", house_number(h, 1), "file_no", "F7", "income", "1000", NULL);
    t.home = house_save(h, h->local, "facility", none, "name", "某院", "region", "990313101", NULL);
    char id[ID_TEXT];
    t.stay = house_save(h, h->local, "stay", none, "elder", id_format(t.gone.id, id), "facility",
                        "某院", "moved_in", "2020-01-05", NULL);
    t.assessment = house_save(h, h->local, "assessment", none, "elder", id_format(t.gone.id, id),
                              "assessed_at", "2020-01-05", "level", "severe", NULL);
    return t;
}

/* What the other knew comes over, what both knew stays; references turn, also those of another
 * county; the old number leads on; undone, all is as before. */
static void test_merge(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    Two t = two_of_one(h);
    MergeReport report;
    RecordKey led;
    char id[ID_TEXT];
    size_t n;

    g_assert_true(record_merge(h->care, h->local, e, t.gone, t.stays, STR("户籍核对为同一人"),
                               h->arena, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(report.referred, ==, 2);
    g_assert_cmpstr(text_of(h, t.stays, "income"), ==, "900.00");
    g_assert_cmpstr(text_of(h, t.stays, "residence"), ==, "东镇");
    g_assert_cmpstr(text_of(h, t.stays, "living"), ==, "独居");
    g_assert_cmpstr(text_of(h, t.stays, "phone"), ==, "*********42");
    g_assert_cmpstr(text_of(h, t.stays, "file_no"), ==, "F7");
    g_assert_cmpstr(text_of(h, t.stays, "ability"), ==, "重度");
    g_assert_true(record_find(h->care, h->local, e, str_of(id_format(t.gone.id, id)), &led, NULL));
    g_assert_cmpint(led.id, ==, t.stays.id);
    g_assert_true(find_secret(h->care, house_field(h, "elder", "id_number"),
                              str_of(house_number(h, 1)), &led, NULL));
    g_assert_cmpint(led.id, ==, t.stays.id);
    suggested(h, h->local, &n);
    g_assert_cmpuint(n, ==, 0);
    assert_sound(h);

    MergeLine *lines;
    g_assert_true(merges_into(h->care, h->local, e, t.stays, h->arena, &lines, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    /* changed since: stays with the one that was changed */
    house_save(h, h->local, "elder", t.stays, "phone", "13900000099", NULL);
    g_assert_true(record_unmerge(h->care, h->local, e, t.gone.id, STR("弄错了，是两个人"), h->arena,
                                 &report, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(report.kept, ==, 1);
    g_assert_cmpuint(report.referred, ==, 2);
    g_assert_cmpstr(text_of(h, t.stays, "living"), ==, "");
    g_assert_cmpstr(text_of(h, t.stays, "file_no"), ==, "");
    g_assert_cmpstr(text_of(h, t.stays, "phone"), ==, "*********99");
    g_assert_cmpstr(text_of(h, t.stays, "ability"), ==, "");
    g_assert_cmpstr(text_of(h, t.gone, "living"), ==, "独居");
    g_assert_cmpstr(text_of(h, t.gone, "phone"), ==, "*********42");
    g_assert_cmpstr(text_of(h, t.gone, "ability"), ==, "重度");
    g_assert_true(find_secret(h->care, house_field(h, "elder", "id_number"),
                              str_of(house_number(h, 1)), &led, NULL));
    g_assert_cmpint(led.id, ==, t.gone.id);
    assert_sound(h);
    /* once only */
    g_assert_false(record_unmerge(h->care, h->local, e, t.gone.id, STR("弄错了，是两个人"),
                                  h->arena, &report, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
}

static int64_t elder_of(House *h, RecordKey assessment)
{
    g_autoptr(GError) error = NULL;
    const Field *f = house_field(h, "assessment", "elder");
    Record *r;
    record_get(h->care, h->local, f->entity, assessment, 0, h->arena, &r, &error);
    g_assert_no_error(error);
    return r->facts[f->index].value.num;
}

/* One assessment was entered twice, then its elder, too; parted again, the assessment comes back to
 * the elder that is there: one of nobody would be in nobody's region. */
static void test_one_in_another(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder"), *of = house_entity(h, "assessment");
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    Two t = two_of_one(h);
    RecordKey none = {0};
    MergeReport report;
    char id[ID_TEXT];
    RecordKey second =
        house_save(h, h->local, "assessment", none, "elder", id_format(t.stays.id, id),
                   "assessed_at", "2020-01-05", "level", "severe", NULL);

    g_assert_true(record_merge(h->care, clerk, of, t.assessment, second, STR("同一份评估报告"),
                               h->arena, &report, &error));
    g_assert_true(record_merge(h->care, h->local, e, t.gone, t.stays, STR("户籍核对为同一人"),
                               h->arena, &report, &error));
    g_assert_true(record_unmerge(h->care, clerk, of, t.assessment.id, STR("是两份评估报告"),
                                 h->arena, &report, &error));
    g_assert_no_error(error);
    g_assert_cmpint(elder_of(h, t.assessment), ==, t.stays.id);
    g_assert_cmpint(elder_of(h, second), ==, t.stays.id);
    assert_sound(h);
    /* the elder parted as well: each has the assessment that was hers */
    g_assert_true(record_unmerge(h->care, h->local, e, t.gone.id, STR("弄错了，是两个人"), h->arena,
                                 &report, &error));
    g_assert_cmpint(elder_of(h, second), ==, t.stays.id);
    g_assert_cmpint(elder_of(h, t.assessment), ==, t.gone.id);
    assert_sound(h);
}

/* Days on which only one of them has something recorded are filled, others are not. */
static void test_dated(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Field *f = house_field(h, "elder", "residence");
    RecordKey none = {0};
    MergeReport report;
    Fact *facts;
    size_t n;
    Date march;

    date_make(2018, 3, 1, &march);
    RecordKey gone = house_elder(h, "甲某", "990302102", NULL);
    RecordKey stays = house_save(h, h->local, "elder", none, "name", "甲某", "born", "1940-05-01",
                                 "residence", "990302101", NULL);
    /* one is recorded from 2019 on, the other one from March before that */
    const FieldEdit edit = {f, STR("990302102"), march};
    const RecordEdit early = {
        .entity = f->entity, .key = gone, .fields = &edit, .n_fields = 1, .reason = STR("补录")};
    g_assert_true(record_save(h->care, h->local, &early, h->arena, &gone, NULL, NULL, &error));
    g_assert_true(record_merge(h->care, h->local, f->entity, gone, stays, STR("同一个人"), h->arena,
                               &report, &error));
    g_assert_no_error(error);
    g_assert_true(record_periods(h->care, h->local, f, stays, h->arena, &facts, &n, &error));
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpint(facts[0].since, ==, march);
    g_assert_cmpint(facts[0].until, ==, facts[1].since);
    g_assert_true(str_is(facts[0].value.text, "990302102"));
    g_assert_true(str_is(facts[1].value.text, "990302101"));
    assert_sound(h);
}

static const char account_text[] =
    "---\ndocument: house-more\ntitle: 账户\ntitle en: Accounts\nlayer: model\n"
    "in force: 2019-01-01\nbuilds on: house-model\n---\n\n# 账户 / Accounts\n\n"
    "```anlao\nextend elder {\n"
    "  account text(32) \"账户\" / \"account\" secret checked\n}\n```\n";

typedef struct Desk { /* one who merges, two who look at what takes two */
    House *h;
    const Session *clerk, *reviewer;
    RecordKey gone, stays;
} Desk;

static Desk desk_new(void)
{
    Desk d = {.h = house_new_with(false, account_text)};
    const RecordKey none = {0};
    d.clerk = house_session(d.h, "jing", "clerk", "990302", 0);
    d.reviewer = house_session(d.h, "fu", "review", "990302", 0);
    d.stays = house_save(d.h, d.clerk, "elder", none, "name", "甲某", "born", "1940-05-01",
                         "residence", "990302101", NULL);
    d.gone = house_save(d.h, d.clerk, "elder", none, "name", "甲某", "born", "1940-05-01",
                        "residence", "990302101", "account", "0001112223", NULL);
    return d;
}

static MergeReport desk_merge(Desk *d, bool undo)
{
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(d->h, "elder");
    MergeReport r;
    if (undo)
        record_unmerge(d->h->care, d->clerk, e, d->gone.id, STR("弄错了，是两个人"), d->h->arena,
                       &r, &error);
    else
        record_merge(d->h->care, d->clerk, e, d->gone, d->stays, STR("户籍核对为同一人"),
                     d->h->arena, &r, &error);
    g_assert_no_error(error);
    return r;
}

static size_t desk_waiting(Desk *d, RecordKey *ret)
{
    g_autoptr(GError) error = NULL;
    ProposalLine *list;
    size_t n;
    proposal_list(d->h->care, d->reviewer, d->h->arena, &list, &n, &error);
    g_assert_no_error(error);
    if (n > 0)
        *ret = list[0].key;
    return n;
}

static int desk_approve(Desk *d, RecordKey proposal)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    proposal_decide(d->h->care, d->reviewer, proposal, PROPOSAL_APPROVE, STR("已电话核实"), &said,
                    &error);
    return error != NULL ? error->code : 0;
}

/* An account waits for a second person, in the transaction that merges; the merge undone, nobody
 * can approve it any more: it is another person's. */
static void test_account_waits(void)
{
    Desk d = desk_new();
    g_autoptr(House) h = d.h;
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    RecordKey key = {0};
    Docket *merges, proposal;
    size_t n;

    g_assert_cmpuint(desk_merge(&d, false).asked, ==, 1);
    g_assert_cmpuint(desk_waiting(&d, &key), ==, 1);
    g_assert_cmpstr(text_of(h, d.stays, "account"), ==, "");
    store_dockets_of(h->care->store, DOCKET_MERGE, e, d.gone.id, h->arena, &merges, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    store_docket(h->care->store, key, h->arena, &proposal, &error);
    g_assert_no_error(error);
    g_assert_cmpint(proposal.at, ==, merges[0].at); /* one transaction */

    MergeReport r = desk_merge(&d, true);
    g_assert_cmpuint(r.withdrawn, ==, 1);
    g_assert_cmpuint(r.asked, ==, 0);
    g_assert_cmpuint(desk_waiting(&d, &key), ==, 0);
    g_assert_cmpint(desk_approve(&d, key), ==, FAIL_INPUT);
    g_assert_cmpstr(text_of(h, d.stays, "account"), ==, "");
    g_assert_cmpstr(text_of(h, d.gone, "account"), ==, "********23");
    assert_sound(h);
}

/* Approved before the merge is undone: that it goes again is asked of a second person, too; what
 * was changed since stays. */
static void test_account_approved(void)
{
    Desk d = desk_new();
    g_autoptr(House) h = d.h;
    RecordKey key = {0};

    desk_merge(&d, false);
    g_assert_cmpuint(desk_waiting(&d, &key), ==, 1);
    g_assert_cmpint(desk_approve(&d, key), ==, 0);
    g_assert_cmpstr(text_of(h, d.stays, "account"), ==, "********23");
    MergeReport r = desk_merge(&d, true);
    g_assert_cmpuint(r.asked, ==, 1);
    g_assert_cmpuint(r.withdrawn, ==, 0);
    g_assert_cmpuint(desk_waiting(&d, &key), ==, 1);
    g_assert_cmpstr(text_of(h, d.stays, "account"), ==, "********23");
    g_assert_cmpint(desk_approve(&d, key), ==, 0);
    g_assert_cmpstr(text_of(h, d.stays, "account"), ==, "");
    g_assert_cmpstr(text_of(h, d.gone, "account"), ==, "********23");
    assert_sound(h);
}

/* Refused, or another account approved since: nothing of the merge is left to take back. */
static void test_account_changed(void)
{
    Desk d = desk_new();
    g_autoptr(House) h = d.h;
    g_autoptr(GError) error = NULL;
    RecordKey key = {0};
    const FieldEdit edit = {.field = house_field(h, "elder", "account"), .text = STR("0009998887")};
    const RecordEdit form = {.entity = edit.field->entity,
                             .key = d.stays,
                             .fields = &edit,
                             .n_fields = 1,
                             .reason = STR("本人到窗口申请")};

    desk_merge(&d, false);
    g_assert_cmpuint(desk_waiting(&d, &key), ==, 1);
    g_assert_cmpint(desk_approve(&d, key), ==, 0);
    record_save(h->care, d.clerk, &form, h->arena, &d.stays, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(desk_waiting(&d, &key), ==, 1);
    g_assert_cmpint(desk_approve(&d, key), ==, 0);
    MergeReport r = desk_merge(&d, true);
    g_assert_cmpuint(r.asked + r.withdrawn, ==, 0);
    g_assert_cmpuint(r.kept, ==, 1);
    g_assert_cmpuint(desk_waiting(&d, &key), ==, 0);
    g_assert_cmpstr(text_of(h, d.stays, "account"), ==, "********87");
    assert_sound(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/same/suggested", test_suggested);
    g_test_add_func("/care/same/scope", test_scope);
    g_test_add_func("/care/same/merge", test_merge);
    g_test_add_func("/care/same/dated", test_dated);
    g_test_add_func("/care/same/one-in-another", test_one_in_another);
    g_test_add_func("/care/same/account-waits", test_account_waits);
    g_test_add_func("/care/same/account-approved", test_account_approved);
    g_test_add_func("/care/same/account-changed", test_account_changed);
    return g_test_run();
}
