/* publish.c — what the public sees, when, and how it is masked; and when a notice is over. */
#include "house.h"

#include "base/identifier.h"
#include "care/notice.h"
#include "care/publish_inside.h"

static const char document[] =
    "---\ndocument: more\ntitle: 公示\ntitle en: Notices\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n"
    "# 一 公示 / Notices\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\" }\n"
    "param notice_days : days = 7 days\n"
    "entity grant \"补助\" / \"grant\" {\n place elder.residence\n key number\n title number\n"
    " number text(9) \"编号\" unique\n elder elder \"老年人\" required\n"
    " amount money \"金额\" / \"amount\"\n}\n"
    "procedure granting \"办理\" / \"granting\" of grant {\n"
    " state applied \"已申请\" / \"applied\", granted \"拟批准\" / \"granted\"\n"
    " applied -> granted by civil_affairs\n granted -> applied by civil_affairs\n}\n"
    "publish new_grants \"新增公示\" / \"new grants\" of grant at granted where amount > 0 yuan "
    "for "
    "notice_days { elder.name masked, elder.id_number masked, elder.residence, amount }\n"
    "publish all_grants \"全部\" / \"all\" of grant where amount > 0 yuan { number }\n"
    "entity notice_objection \"异议\" / \"objection\" {\n place region\n dated by raised_on\n"
    " title notice\n notice text(48) \"公示\" required\n record text(60) \"对象\" required\n"
    " region region \"地区\" required\n raised_on date \"日期\" required\n"
    " closed_on date \"答复\"\n upheld bool \"成立\"\n}\n"
    "```\n";

static Date day(const char *text)
{
    Date d;
    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static RecordKey grant(House *h, const char *elder, const char *number, const char *amount)
{
    RecordKey who = house_elder(h, elder, "990302101", house_number(h, 7));
    char id[ID_TEXT];
    RecordKey key = house_save(h, h->local, "grant", (RecordKey){0}, "number", number, "elder",
                               id_format(who.id, id), "amount", amount, "state", "applied", NULL);
    g_autoptr(GError) error = NULL;
    FieldFault *faults;
    size_t n;
    const FieldEdit step = {house_field(h, "grant", "state"), STR("granted"), day("2020-06-01")};
    RecordEdit edit = {.entity = house_entity(h, "grant"), .key = key, .fields = &step};
    edit.n_fields = 1;
    record_save(h->care, h->local, &edit, h->arena, &key, &faults, &n, &error);
    g_assert_no_error(error);
    return key;
}

static const Publish *named(House *h, const char *name)
{
    const Publish *p = publish_named(care_model(h->care), str_of(name));
    g_assert_nonnull(p);
    return p;
}

static char *shown(House *h, const char *name, const char *on)
{
    g_autoptr(GError) error = NULL;
    GString *to = g_string_new(NULL);
    const Publish *p = named(h, name);
    PublicBook b;
    publication_read(h->care, p, day(on), false, 0, 0, h->arena, &b, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < b.n_lines; i++) {
        for (size_t k = 0; k < p->n_fields; k++)
            g_string_append_printf(to, "%s%.*s", k > 0 ? "|" : "", STR_ARG(b.lines[i].cells[k]));
        g_string_append_c(to, '\n');
    }
    return g_string_free(to, FALSE);
}

static void assert_shown(House *h, const char *name, const char *on, const char *want)
{
    g_autofree char *have = shown(h, name, on);
    g_assert_cmpstr(have, ==, want);
}

static void assert_state(House *h, RecordKey key, const char *on, const char *want)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Working) w = NULL;
    NoticeStanding s;
    working_get(h->care, &w, &error);
    g_assert_no_error(error);
    notice_standing(h->care, w, named(h, "new_grants"), key, day(on), h->arena, &s, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(notice_words[s.state], ==, want);
}

/* Seven days from the day of the decision: the 1st to the 7th; name and number are masked. */
static void test_days(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = grant(h, "黎细秀", "G1", "80");
    g_autofree char *seen = shown(h, "new_grants", "2020-06-01");
    g_assert_nonnull(strstr(seen, "黎*秀|"));
    g_assert_null(strstr(seen, "细"));
    g_assert_null(strstr(seen, house_number(h, 7)));
    g_assert_nonnull(strstr(seen, "*"));
    g_assert_nonnull(strstr(seen, "|东镇|80.00\n"));
    assert_shown(h, "new_grants", "2020-05-31", "");
    assert_shown(h, "new_grants", "2020-06-07", seen);
    assert_shown(h, "new_grants", "2020-06-08", "");
    assert_state(h, key, "2020-05-31", "none");
    assert_state(h, key, "2020-06-07", "up");
    assert_state(h, key, "2020-06-08", "closed");
}

/* Without a state it stands there as long as its condition holds. */
static void test_as_long(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = grant(h, "黎细秀", "G1", "80");
    assert_shown(h, "all_grants", "2020-06-18", "G1\n");
    house_save(h, h->local, "grant", key, "amount", "0", NULL);
    assert_shown(h, "all_grants", "2020-06-18", "");
}

static RecordKey object(House *h, const char *number, const char *raised)
{
    return house_save(h, h->local, "notice_objection", (RecordKey){0}, "notice", "new_grants",
                      "record", number, "region", "990302101", "raised_on", raised, NULL);
}

/* An objection keeps the notice open until it is answered; one that was right closes it never. */
static void test_objections(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = grant(h, "黎细秀", "G1", "80"), objection;
    bool closed = true;
    g_autoptr(GError) error = NULL;
    object(h, "G2", "2020-06-02"); /* of another grant */
    object(h, "G1", "2020-05-30"); /* before it stood there */
    object(h, "G1", "2020-06-08"); /* too late */
    assert_state(h, key, "2020-06-08", "closed");
    objection = object(h, "G1", "2020-06-05");
    assert_state(h, key, "2020-06-04", "up"); /* as of that day nobody had objected */
    assert_state(h, key, "2020-06-08", "objected");
    notice_closed(h->care, named(h, "new_grants"), key, day("2020-06-18"), h->arena, &closed,
                  &error);
    g_assert_no_error(error);
    g_assert_false(closed);
    house_save(h, h->local, "notice_objection", objection, "closed_on", "2020-06-10", "upheld",
               "no", NULL);
    assert_state(h, key, "2020-06-09", "objected");
    assert_state(h, key, "2020-06-10", "closed");
    house_save(h, h->local, "notice_objection", objection, "upheld", "yes", NULL);
    assert_state(h, key, "2020-06-18", "upheld");
}

static void test_masks(void)
{
    g_autoptr(Arena) a = arena_new();
    const Field name = {.type = {.kind = KIND_TEXT}}, phone = {.type = {.kind = KIND_PHONE}};
    static const char *const names[][2] = {{"", ""},
                                           {"甲", "*"},
                                           {"张三", "张*"},
                                           {"黎细秀", "黎*秀"},
                                           {"欧阳细秀", "欧**秀"},
                                           {"某某镇甲村三组", "某******"}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        Str have = text_masked(&name, str_of(names[i][0]), a);
        g_assert_true(str_is(have, names[i][1]));
    }
    g_assert_true(str_is(text_masked(&phone, STR("10300000021"), a), "103******21"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/publish/days", test_days);
    g_test_add_func("/publish/as-long", test_as_long);
    g_test_add_func("/publish/objections", test_objections);
    g_test_add_func("/publish/masks", test_masks);
    return g_test_run();
}
