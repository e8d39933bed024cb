/* post.c — posts that documents declare: an account can hold one, at the level it is for, and then
 * sees, writes and reveals what the declaration says, in its own region, and nothing else. */
#include "care/people.h"

#include "house.h"

static const char posts[] =
    "---\n"
    "document: house-posts\ntitle: 岗位\ntitle en: Posts\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-model, house-place\n"
    "---\n\n# 岗位 / Posts\n\n"
    "```anlao\n"
    "enum paper \"材料\" / \"paper\" { minutes \"会议纪要\" / \"minutes\" }\n"
    "role visitor \"探访员\" / \"visitor\" of township sees elder, assessment writes assessment\n"
    "role checker \"核查员\" / \"checker\" of county sees assessment\n"
    "role numbers \"核号员\" / \"numbers\" of county sees elder writes elder reveals id_number\n"
    "role judge \"认定员\" / \"judge\" of county sees elder writes elder\n"
    "role matron \"护士长\" / \"matron\" of facility sees facility, stay\n"
    "role porter \"门卫\" / \"porter\" of county\n"
    "judgement hardship \"困难\" / \"hardship\" of elder by judge needs minutes gives bool\n"
    "```\n";

static House *posts_house(void)
{
    return house_new_with(false, posts);
}

static int give(House *h, const char *name, const char *role, const char *region)
{
    g_autoptr(GError) error = NULL;
    Str made;
    AccountEdit edit = {.is_new = true,
                        .name = str_of(name),
                        .shown = STR("某某"),
                        .role = str_of(role),
                        .region = str_of(region),
                        .password = PASSWORD_MADE};
    return account_put(h->care, h->local, &edit, h->arena, &made, &error) ? 0 : error->code;
}

/* A post of a county is given in a county, not in its town or its city. */
static void test_given_at_its_level(void)
{
    g_autoptr(House) h = posts_house();
    g_assert_cmpint(give(h, "a", "checker", "990302"), ==, 0);
    g_assert_cmpint(give(h, "b", "checker", "990302101"), ==, FAIL_INPUT);
    g_assert_cmpint(give(h, "c", "checker", "990300"), ==, FAIL_INPUT);
    g_assert_cmpint(give(h, "d", "visitor", "990302101"), ==, 0);
    g_assert_cmpint(give(h, "e", "nobody", "990302"), ==, FAIL_INPUT);
    g_assert_cmpint(give(h, "f", "matron", "990302"), ==, FAIL_INPUT); /* in no facility */
    g_assert_cmpint(give(h, "g", "clerk", "990302"), ==, 0);
}

static int seen(House *h, const Session *s, const char *entity, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Record *r;
    return record_get(h->care, s, house_entity(h, entity), key, 0, h->arena, &r, &error)
               ? 0
               : error->code;
}

static int listed(House *h, const Session *s, const char *entity, uint64_t *ret)
{
    g_autoptr(GError) error = NULL;
    ListQuery q = {.entity = house_entity(h, entity), .region = ROW_NONE, .page_rows = 50};
    ListResult list = {0};
    bool fine = record_list(h->care, s, &q, h->arena, &list, &error);
    *ret = list.all;
    return fine ? 0 : error->code;
}

static RecordKey assess(House *h, const char *elder, const char *number)
{
    return house_save(h, h->local, "assessment", (RecordKey){0}, "elder", elder, "assessment_no",
                      number, "assessed_at", "2020-01-05", "level", "mild", NULL);
}

/* Two registers of its own town; no third one, no other town, and no benefits. */
static void test_sees_what_it_says(void)
{
    g_autoptr(House) h = posts_house();
    RecordKey near = house_elder(h, "东甲", "990302101", house_number(h, 1));
    RecordKey far = house_elder(h, "西乙", "990302102", house_number(h, 2));
    RecordKey home = house_save(h, h->local, "facility", (RecordKey){0}, "facility_no", "S1",
                                "name", "东院", "region", "990302101", NULL);
    const Session *s = house_session(h, "v", "visitor", "990302101", 0);
    EntityCount *counts;
    size_t n;
    uint64_t all;
    g_assert_cmpint(seen(h, s, "elder", near), ==, 0);
    g_assert_cmpint(seen(h, s, "elder", far), ==, FAIL_RIGHT);
    g_assert_cmpint(seen(h, s, "facility", home), ==, FAIL_RIGHT);
    g_assert_cmpint(listed(h, s, "elder", &all), ==, 0);
    g_assert_cmpuint(all, ==, 1);
    g_assert_cmpint(listed(h, s, "facility", &all), ==, FAIL_RIGHT);
    g_assert_cmpint(listed(h, s, "stay", &all), ==, FAIL_RIGHT);
    g_assert_true(care_counts(h->care, s, h->arena, &counts, &n, NULL));
    g_assert_cmpuint(n, ==, 2);
    g_assert_false(session_may(s, MAY_MONEY_READ));
    g_assert_false(session_may(s, MAY_EXPORT));
    g_assert_false(session_may(s, MAY_IMPORT));
}

/* It writes assessments, not the elders it sees; who only reads writes nothing. */
static void test_writes_what_it_says(void)
{
    g_autoptr(House) h = posts_house();
    RecordKey elder = house_elder(h, "东甲", "990302101", house_number(h, 1));
    const Session *s = house_session(h, "v", "visitor", "990302101", 0);
    const Session *reads = house_session(h, "c", "checker", "990302", 0);
    const char *field;
    RecordKey a = assess(h, house_number(h, 1), "A1");
    house_save(h, s, "assessment", a, "level", "severe", NULL);
    g_assert_cmpint(house_refused(h, s, "elder", elder, &field, "name", "东丁", NULL), ==,
                    FAIL_RIGHT);
    g_assert_cmpint(house_refused(h, s, "facility", (RecordKey){0}, &field, "facility_no", "S2",
                                  "name", "某院", "region", "990302101", NULL),
                    ==, FAIL_RIGHT);
    g_assert_cmpint(house_refused(h, reads, "assessment", a, &field, "level", "mild", NULL), ==,
                    FAIL_RIGHT);
    g_assert_cmpint(seen(h, reads, "assessment", a), ==, 0);
    g_assert_cmpint(seen(h, reads, "elder", elder), ==, FAIL_RIGHT);
}

static int revealed(House *h, const Session *s, const char *field, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Str text;
    return record_reveal(h->care, s, house_field(h, "elder", field), key, STR("核对身份证明材料"),
                         h->arena, &text, &error)
               ? 0
               : error->code;
}

/* The number that the declaration names, not the telephone beside it. */
static void test_reveals_what_it_says(void)
{
    g_autoptr(House) h = posts_house();
    RecordKey elder = house_elder(h, "东甲", "990302101", house_number(h, 1));
    house_save(h, h->local, "elder", elder, "phone", "0799-0123456", NULL);
    const Session *numbers = house_session(h, "n", "numbers", "990302", 0);
    const Session *visitor = house_session(h, "v", "visitor", "990302101", 0);
    const Session *elsewhere = house_session(h, "m", "numbers", "990313", 0);
    g_assert_cmpint(revealed(h, numbers, "id_number", elder), ==, 0);
    g_assert_cmpint(revealed(h, numbers, "phone", elder), ==, FAIL_RIGHT);
    g_assert_cmpint(revealed(h, visitor, "id_number", elder), ==, FAIL_RIGHT);
    g_assert_cmpint(revealed(h, elsewhere, "id_number", elder), ==, FAIL_RIGHT);
}

static int decided(House *h, const Session *s, RecordKey elder)
{
    g_autoptr(GError) error = NULL;
    const FieldEdit field = {house_field(h, "elder", "hardship"), STR("yes"), 0};
    RecordEdit edit = {.entity = house_entity(h, "elder"),
                       .key = elder,
                       .fields = &field,
                       .n_fields = 1,
                       .reason = STR("会议纪要一号")};
    FieldFault *faults;
    RecordKey key;
    size_t n;
    return record_save(h->care, s, &edit, h->arena, &key, &faults, &n, &error) ? 0 : error->code;
}

/* Another post of the same level that may write the record does not decide in its place. */
static void test_decides_what_is_its_own(void)
{
    g_autoptr(House) h = posts_house();
    RecordKey elder = house_elder(h, "东甲", "990302101", house_number(h, 1));
    g_assert_cmpint(decided(h, house_session(h, "n", "numbers", "990302", 0), elder), ==,
                    FAIL_INPUT);
    g_assert_cmpint(decided(h, house_session(h, "j", "judge", "990302", 0), elder), ==, 0);
}

/* Whom no declaration gives anything may nothing: neither see, write nor reveal, nor even try. */
static void test_nobody_by_default(void)
{
    g_autoptr(House) h = posts_house();
    RecordKey elder = house_elder(h, "张某", "990302101", house_number(h, 1));
    const Session *s = house_session(h, "men", "porter", "990302", 0);
    const char *fault;
    uint64_t n;
    g_assert_cmpint(seen(h, s, "elder", elder), !=, 0);
    g_assert_cmpint(listed(h, s, "elder", &n), !=, 0);
    g_assert_false(session_may(s, MAY_PERSON_READ));
    g_assert_false(session_may(s, MAY_PERSON_WRITE));
    g_assert_false(session_may(s, MAY_REVEAL));
    g_assert_false(session_sees(s, house_entity(h, "elder")));
    g_assert_false(session_writes(s, house_entity(h, "elder")));
    g_assert_cmpint(house_refused(h, s, "elder", elder, &fault, "name", "李某", NULL), !=, 0);
    /* Who sees assessments alone sees no elder. */
    s = house_session(h, "he", "checker", "990302", 0);
    g_assert_true(session_sees(s, house_entity(h, "assessment")));
    g_assert_false(session_sees(s, house_entity(h, "elder")));
    g_assert_false(session_may(s, MAY_PERSON_WRITE));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/59/nobody-by-default", test_nobody_by_default);
    g_test_add_func("/post/given-at-its-level", test_given_at_its_level);
    g_test_add_func("/post/sees-what-it-says", test_sees_what_it_says);
    g_test_add_func("/post/writes-what-it-says", test_writes_what_it_says);
    g_test_add_func("/post/reveals-what-it-says", test_reveals_what_it_says);
    g_test_add_func("/post/decides-what-is-its-own", test_decides_what_is_its_own);
    return g_test_run();
}
