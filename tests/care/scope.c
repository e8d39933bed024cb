/* scope.c — law 4: lists, counts, records, children, titles, history and reveals agree on who may
 * see what, for random records and random sessions; a town sees its own town only. */
#include "house.h"

#include "base/limits.h"
#include "care/import.h"

#define ELDERS   60
#define SESSIONS 30

static const char *const towns[] = {"990302101", "990302102", "990313101", "990313102"};
static const char *const regions[] = {"990300",    "990302",    "990313",
                                      "990302101", "990302102", "990313102"};
static const char *const roles[] = {"clerk", "town", "desk", "admin", "audit", "carer"};

typedef struct Town {
    RecordKey elders[ELDERS], assessments[ELDERS], facilities[4];
    unsigned town_of[ELDERS], home_of[ELDERS]; /* home: 4 = none */
} Town;

static void import_text(House *h, const char *entity, const GString *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    const ImportOptions o = {0};
    ImportReport r;
    house_write(h, "file.csv", text->str, &path);
    care_import(h->care, h->local, house_entity(h, entity), path, &o, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.rejected, ==, 0);
}

static RecordKey found(House *h, const char *entity, const char *field, const char *format,
                       unsigned i)
{
    g_autofree char *text = g_strdup_printf(format, i);
    RecordKey key;
    g_assert_true(
        store_find(h->care->store, house_field(h, entity, field), str_of(text), &key, NULL));
    return key;
}

static void fill(House *h, Town *t)
{
    g_autoptr(GString) homes = g_string_new("name,facility_no,region\n");
    g_autoptr(GString) elders = g_string_new("name,file_no,born,residence,id_number\n");
    g_autoptr(GString) assessments = g_string_new("elder,assessment_no,assessed_at,level\n");
    g_autoptr(GString) stays = g_string_new("elder,facility,moved_in,moved_out\n");
    for (unsigned i = 0; i < 4; i++)
        g_string_append_printf(homes, "院%u,S%u,%s\n", i, i, towns[i]);
    for (unsigned i = 0; i < ELDERS; i++) {
        t->town_of[i] = (unsigned)g_test_rand_int_range(0, 4);
        t->home_of[i] = (unsigned)g_test_rand_int_range(0, 5);
        g_string_append_printf(elders, "甲%02u,F%u,1940-05-01,%s,%s\n", i, i, towns[t->town_of[i]],
                               house_number(h, i));
        g_string_append_printf(assessments, "F%u,A%u,2020-01-05,mild\n", i, i);
        if (t->home_of[i] < 4)
            g_string_append_printf(stays, "F%u,S%u,2020-01-01,%s\n", i, t->home_of[i],
                                   i % 7 == 0 ? "2020-02-01" : "");
    }
    import_text(h, "facility", homes);
    import_text(h, "elder", elders);
    import_text(h, "assessment", assessments);
    import_text(h, "stay", stays);
    for (unsigned i = 0; i < 4; i++)
        t->facilities[i] = found(h, "facility", "facility_no", "S%u", i);
    for (unsigned i = 0; i < ELDERS; i++) {
        t->elders[i] = found(h, "elder", "file_no", "F%u", i);
        t->assessments[i] = found(h, "assessment", "assessment_no", "A%u", i);
    }
}

static bool sees(House *h, const Session *s, const char *entity, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Record *r;
    bool seen = record_get(h->care, s, house_entity(h, entity), key, 0, h->arena, &r, &error);
    if (!seen)
        g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    return seen;
}

static bool listed(House *h, const Session *s, const char *entity, RecordKey key, uint64_t *ret_all)
{
    g_autoptr(GError) error = NULL;
    ListQuery q = {.entity = house_entity(h, entity), .region = ROW_NONE, .page_rows = 200};
    ListResult list;
    *ret_all = 0;
    if (!record_list(h->care, s, &q, h->arena, &list, &error)) {
        g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
        return false;
    }
    *ret_all = list.all;
    g_assert_cmpuint(list.n, ==, list.all);
    for (size_t i = 0; i < list.n; i++)
        if (list.rows[i].key.id == key.id)
            return true;
    return false;
}

static uint64_t counted(House *h, const Session *s, const char *entity)
{
    EntityCount *counts;
    size_t n;
    g_assert_true(care_counts(h->care, s, h->arena, &counts, &n, NULL));
    for (size_t i = 0; i < n; i++)
        if (counts[i].entity == house_entity(h, entity))
            return counts[i].records;
    return 0;
}

static void check_elder(House *h, const Session *s, const Town *t, unsigned i)
{
    RecordKey key = t->elders[i];
    const Entity *elder = house_entity(h, "elder"), *assessment = house_entity(h, "assessment");
    bool seen = sees(h, s, "elder", key);
    HistoryLine *lines;
    ListResult children;
    Fact *facts;
    Str text;
    size_t n;
    uint64_t all;

    g_assert_cmpint(listed(h, s, "elder", key, &all), ==, seen);
    g_assert_cmpuint(counted(h, s, "elder"), ==, all);
    g_assert_cmpint(record_history(h->care, s, elder, key, 5, h->arena, &lines, &n, NULL), ==,
                    seen);
    g_assert_cmpint(record_periods(h->care, s, house_field(h, "elder", "residence"), key, h->arena,
                                   &facts, &n, NULL),
                    ==, seen);
    bool kids = record_children(h->care, s, assessment, house_field(h, "assessment", "elder"), key,
                                10, h->arena, &children, NULL);
    g_assert_cmpint(kids, ==, seen);
    bool assessment_seen = sees(h, s, "assessment", t->assessments[i]);
    if (kids)
        g_assert_cmpuint(children.n, ==, assessment_seen ? 1 : 0);
    g_assert_cmpint(listed(h, s, "assessment", t->assessments[i], &all), ==, assessment_seen);
    bool revealed = record_reveal(h->care, s, house_field(h, "elder", "id_number"), key,
                                  STR("范围测试"), h->arena, &text, NULL);
    g_assert_cmpint(revealed, ==, seen && session_may(s, MAY_REVEAL));
    g_assert_true(record_title(h->care, s, elder, key, h->arena, &text, NULL) ||
                  !session_may(s, MAY_PERSON_READ));
    if (session_may(s, MAY_PERSON_READ))
        g_assert_cmpint(str_starts(text, STR("甲")), ==, seen);
}

static bool expected(const Session *s, const char *region, const Town *t, unsigned i,
                     unsigned facility)
{
    if (!session_may(s, MAY_PERSON_READ))
        return false;
    if (s->facility != 0)
        return t->home_of[i] == facility && i % 7 != 0; /* who moved out is no longer theirs */
    return g_str_has_prefix(towns[t->town_of[i]], region) || strcmp(region, "990300") == 0;
}

static void test_random(void)
{
    g_autoptr(House) h = house_new(false);
    Town *t = g_new0(Town, 1);

    fill(h, t);
    for (unsigned k = 0; k < SESSIONS; k++) {
        const char *role = roles[g_test_rand_int_range(0, G_N_ELEMENTS(roles))];
        const char *region = regions[g_test_rand_int_range(0, G_N_ELEMENTS(regions))];
        unsigned home = (unsigned)g_test_rand_int_range(0, 4);
        bool carer = strcmp(role, "carer") == 0;
        g_autofree char *name = g_strdup_printf("s%u", k);
        const Session *s = house_session(h, name, role, region, carer ? t->facilities[home].id : 0);
        for (unsigned n = 0; n < 10; n++) {
            unsigned i = (unsigned)g_test_rand_int_range(0, ELDERS);
            check_elder(h, s, t, i);
            g_assert_cmpint(sees(h, s, "elder", t->elders[i]), ==, expected(s, region, t, i, home));
        }
        for (unsigned f = 0; f < 4; f++) {
            bool seen =
                carer ? f == home
                      : session_may(s, MAY_PERSON_READ) &&
                            (g_str_has_prefix(towns[f], region) || strcmp(region, "990300") == 0);
            g_assert_cmpint(sees(h, s, "facility", t->facilities[f]), ==, seen);
        }
        clock_fix(-1);
    }
    g_free(t);
}

/* A page has at most so many rows, whatever is asked for; the next page goes on behind them. */
static void test_page(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GString) csv = g_string_new("file_no,name,born,residence\n");
    g_autoptr(GError) error = NULL;
    ListQuery q = {.entity = house_entity(h, "elder"), .region = ROW_NONE, .page_rows = SIZE_MAX};
    ListResult list;

    for (unsigned i = 0; i <= LIMIT_PAGE_ROWS; i++)
        g_string_append_printf(csv, "F%u,甲%u,1940-01-01,990302101\n", i, i);
    import_text(h, "elder", csv);
    g_assert_true(record_list(h->care, h->local, &q, h->arena, &list, &error));
    g_assert_cmpuint(list.total, ==, LIMIT_PAGE_ROWS + 1);
    g_assert_cmpuint(list.n, ==, LIMIT_PAGE_ROWS);
    q.page = 1;
    g_assert_true(record_list(h->care, h->local, &q, h->arena, &list, &error));
    g_assert_cmpuint(list.n, ==, 1);
}

static void test_writes(void)
{
    g_autoptr(House) h = house_new(false);
    RecordKey own = house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey other = house_elder(h, "乙某", "990302102", house_number(h, 2));
    const Session *town = house_session(h, "town", "town", "990302101", 0);
    const Session *leader = house_session(h, "leader", "leader", "990300", 0);
    RecordKey none = {0};

    house_save(h, town, "elder", own, "beds", "1", NULL);
    g_assert_cmpint(house_refused(h, town, "elder", other, NULL, "beds", "1", NULL), ==,
                    FAIL_RIGHT);
    g_assert_cmpint(house_refused(h, leader, "elder", own, NULL, "beds", "2", NULL), ==,
                    FAIL_RIGHT);
    g_assert_cmpint(house_refused(h, town, "elder", own, NULL, "residence", "990302102", NULL), ==,
                    FAIL_RIGHT); /* out of her own sight: the county moves people */
    g_assert_cmpint(house_refused(h, town, "elder", none, NULL, "name", "丙某", "born",
                                  "1940-05-01", "residence", "990302102", NULL),
                    ==, FAIL_RIGHT);
    g_assert_cmpint(
        house_refused(h, h->local, "region", none, NULL, "code", "1", "name", "x", NULL), ==,
        FAIL_RIGHT); /* places come from documents */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/scope/random", test_random);
    g_test_add_func("/care/scope/page", test_page);
    g_test_add_func("/care/scope/writes", test_writes);
    return g_test_run();
}
