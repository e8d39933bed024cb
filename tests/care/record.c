/* record.c — saving, reading, revealing: faults change nothing, conflicts are said, repeats are
 * answered, secrets stay masked. */
#include "house.h"

#include "base/identifier.h"
#include "care/import.h"

static Record *get(House *h, const Session *s, const char *entity, RecordKey key, Date on)
{
    g_autoptr(GError) error = NULL;
    Record *r = NULL;
    record_get(h->care, s, house_entity(h, entity), key, on, h->arena, &r, &error);
    g_assert_no_error(error);
    return r;
}

static Value value_of(House *h, const Record *r, const char *entity, const char *field)
{
    return r->facts[house_field(h, entity, field)->index].value;
}

static void assert_text(House *h, const Record *r, const char *entity, const char *field,
                        const char *text)
{
    const Field *f = house_field(h, entity, field);
    Str shown = value_text(h->care, f, r->facts[f->index].value, false, h->arena);
    g_autofree char *got = g_strndup(shown.at, shown.len);
    g_assert_cmpstr(got, ==, text);
}

static int64_t watermark(House *h)
{
    int64_t seq;
    g_assert_true(store_watermark(h->care->store, &seq, NULL));
    return seq;
}

static void test_save_and_read(void)
{
    g_autoptr(House) h = house_new(false);
    const char *number = house_number(h, 1);
    RecordKey key =
        house_save(h, h->local, "elder", (RecordKey){0}, "name", "甲某", "residence", "990302101",
                   "born", "1940年5月1日", "id_number", number, "phone", "13900000042", "living",
                   "独居、empty_nest", "income", "1,234.50", NULL);
    g_assert_cmpint(key.county, ==, 990302);
    Record *r = get(h, h->local, "elder", key, 0);
    assert_text(h, r, "elder", "name", "甲某");
    assert_text(h, r, "elder", "residence", "东镇");
    assert_text(h, r, "elder", "born", "1940-05-01");
    assert_text(h, r, "elder", "living", "独居、空巢");
    assert_text(h, r, "elder", "income", "1,234.50");
    /* storage.md: first four and last one character, never more */
    char masked[19];
    assert_text(h, r, "elder", "id_number", identifier_mask(str_of(number), masked));
    assert_text(h, r, "elder", "phone", "*********42");
    g_assert_false(value_of(h, r, "elder", "ability").known); /* nobody assessed */

    house_save(h, h->local, "assessment", (RecordKey){0}, "elder", number, "assessed_at",
               "2020-01-05", "level", "severe", NULL);
    r = get(h, h->local, "elder", key, 0);
    assert_text(h, r, "elder", "ability", "重度");
    Date before;
    date_make(2019, 12, 31, &before);
    r = get(h, h->local, "elder", key, before);
    g_assert_false(value_of(h, r, "elder", "ability").known);
}

static void test_faults(void)
{
    g_autoptr(House) h = house_new(false);
    RecordKey none = {0}, key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const char *field;
    int64_t before = watermark(h);

    static const char *const wrong[][3] = {
        {"born", "1940-02-30", "born"},
        {"id_number", "990399194005010011", "id_number"},
        {"residence", "没有的镇", "residence"},
        {"residence", "西镇", "residence"}, /* two towns are called so */
        {"name", "九个字的名字太长了些", "name"},
        {"living", "alone|rich", "living"},
        {"income", "100000.01", "income"},
        {"beds", "11", "beds"},
        {"phone", "abc", "phone"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        int code = house_refused(h, h->local, "elder", key, &field, wrong[i][0], wrong[i][1],
                                 "file_no", "F1", NULL);
        g_assert_cmpint(code, ==, FAIL_INPUT);
        g_assert_cmpstr(field, ==, wrong[i][2]);
    }
    g_assert_cmpint(house_refused(h, h->local, "elder", none, &field, "name", "乙某", NULL), ==,
                    FAIL_INPUT); /* what is required is missing */
    g_assert_cmpint(house_refused(h, h->local, "elder", key, &field, "name", "", NULL), ==,
                    FAIL_INPUT);
    g_assert_cmpstr(field, ==, "name");
    g_assert_cmpint(house_refused(h, h->local, "elder", key, &field, "died", "1939-01-01", NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpstr(field, ==, "died");
    g_assert_cmpint(house_refused(h, h->local, "stay", none, &field, "elder", "0", "facility", "无",
                                  "moved_in", "2020-01-01", NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpint(watermark(h), ==, before); /* nothing was written, not even in part */
    g_assert_false(value_of(h, get(h, h->local, "elder", key, 0), "elder", "file_no").known);
}

/* Nobody is born tomorrow, or three hundred years ago; the number says when its holder was born. */
/* As the form shows it and sends it back. */
static char *number_masked(House *h, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    const Field *f = house_field(h, "elder", "id_number");
    Record *r = NULL;
    record_get(h->care, h->local, f->entity, key, 0, h->arena, &r, &error);
    g_assert_no_error(error);
    Str s = value_text(h->care, f, r->facts[f->index].value, false, h->arena);
    return g_strndup(s.at, s.len);
}

static void test_birth(void)
{
    g_autoptr(House) h = house_new(false);
    static const struct {
        const char *born, *number, *field;
    } births[] = {{"2999-01-01", NULL, "born"},
                  {"1700-01-01", NULL, "born"},
                  {"1940-05-02", "number", "id_number"}};
    for (size_t i = 0; i < G_N_ELEMENTS(births); i++) {
        const char *field = NULL;
        g_assert_cmpint(house_refused(h, h->local, "elder", (RecordKey){0}, &field, "name", "甲某",
                                      "residence", "990302101", "born", births[i].born,
                                      births[i].number != NULL ? "id_number" : "name",
                                      births[i].number != NULL ? house_number(h, 1) : "甲某", NULL),
                        ==, FAIL_INPUT);
        g_assert_cmpstr(field, ==, births[i].field);
    }
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1)); /* both: 1940-05-01 */
    /* and of one on the books, whose number stays as it is: left out, masked, or typed again */
    g_autofree char *mask = number_masked(h, key);
    const char *const same[] = {NULL, mask, house_number(h, 1)};
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        const char *told = NULL;
        g_assert_cmpint(house_refused(h, h->local, "elder", key, &told, "born", "1941-05-01",
                                      same[i] != NULL ? "id_number" : NULL, same[i], NULL),
                        ==, FAIL_INPUT);
        g_assert_cmpstr(told, ==, "born");
    }
    house_save(h, h->local, "elder", key, "born", "1940-05-01", "beds", "2", NULL);
    /* to the day */
    Date oldest = date_add_months(care_today(h->care), -12 * (int)LIMIT_AGE);
    char text[2][DATE_TEXT];
    const char *field = NULL;
    date_format(oldest, text[0]);
    date_format(oldest - 1, text[1]);
    house_save(h, h->local, "elder", (RecordKey){0}, "name", "乙某", "residence", "990302101",
               "born", text[0], NULL);
    g_assert_cmpint(house_refused(h, h->local, "elder", (RecordKey){0}, &field, "name", "丙某",
                                  "residence", "990302101", "born", text[1], NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpstr(field, ==, "born");
}

static const char counted[] =
    "---\ndocument: more\ntitle: 计数\ntitle en: Counts\nlayer: model\nin force: 2019-01-01\n"
    "builds on: house-model\n---\n\n# 一 计数 / Counts\n\n```anlao\n"
    "extend elder { debts money \"欠费\" / \"debts\"; stairs int \"台阶\" / \"stairs\"\n"
    "  degrees int \"室温\" / \"degrees\" range -40..60 }\n```\n";

/* Amounts and counts are none or more, unless the document gives a range that says otherwise. */
static void test_negative(void)
{
    g_autoptr(House) h = house_new_with(false, counted);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    static const char *const names[] = {"debts", "stairs"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *field = NULL;
        g_assert_cmpint(house_refused(h, h->local, "elder", key, &field, names[i], "-1", NULL), ==,
                        FAIL_INPUT);
        g_assert_cmpstr(field, ==, names[i]);
        house_save(h, h->local, "elder", key, names[i], "0", NULL);
    }
    house_save(h, h->local, "elder", key, "degrees", "-12", NULL);
}

static void test_unique(void)
{
    g_autoptr(House) h = house_new(false);
    const char *number = house_number(h, 1), *field;
    RecordKey none = {0};

    house_elder(h, "甲某", "990302101", number);
    for (int county = 0; county < 2; county++) { /* in its own county and in another */
        int code = house_refused(h, h->local, "elder", none, &field, "name", "乙某", "born",
                                 "1940-05-01", "residence", county ? "990313101" : "990302102",
                                 "id_number", number, NULL);
        g_assert_cmpint(code, ==, FAIL_INPUT);
        g_assert_cmpstr(field, ==, "id_number");
    }
    g_autofree char *names = house_list(h, h->local, "elder", NULL, NULL);
    g_assert_cmpstr(names, ==, "甲某");
}

static bool save_one(House *h, RecordKey *key, const char *field, const char *text,
                     int64_t expected, const uint8_t request[16], GError **error)
{
    const FieldEdit edit = {.field = house_field(h, "elder", field), .text = str_of(text)};
    RecordEdit r = {.entity = house_entity(h, "elder"),
                    .key = *key,
                    .expected = expected,
                    .fields = &edit,
                    .n_fields = 1};
    if (request != NULL)
        memcpy(r.request, request, 16);
    return record_save(h->care, h->local, &r, h->arena, key, NULL, NULL, error);
}

static void test_conflict(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    int64_t seen = get(h, h->local, "elder", key, 0)->seq;

    g_assert_true(save_one(h, &key, "beds", "1", seen, NULL, &error));
    g_assert_false(save_one(h, &key, "beds", "2", seen, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
    assert_text(h, get(h, h->local, "elder", key, 0), "elder", "beds", "1");
}

static void test_repeated(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const uint8_t request[16] = {1, 2, 3};
    FieldEdit edits[] = {
        {house_field(h, "elder", "name"), STR("甲某"), 0},
        {house_field(h, "elder", "born"), STR("1940-05-01"), 0},
        {house_field(h, "elder", "residence"), STR("990302101"), 0},
        {house_field(h, "elder", "id_number"), str_of(house_number(h, 1)), 0},
    };
    RecordEdit r = {.entity = house_entity(h, "elder"), .fields = edits, .n_fields = 4};
    memcpy(r.request, request, 16);
    RecordKey first, second;

    g_assert_true(record_save(h->care, h->local, &r, h->arena, &first, NULL, NULL, &error));
    int64_t after = watermark(h);
    g_assert_true(record_save(h->care, h->local, &r, h->arena, &second, NULL, NULL, &error));
    g_assert_cmpint(first.id, ==, second.id);
    g_assert_cmpint(watermark(h), ==, after);

    /* the answer to a change outlives the process */
    const uint8_t other[16] = {4};
    g_assert_true(save_one(h, &first, "beds", "3", 0, other, &error));
    after = watermark(h);
    house_close(h);
    house_open(h);
    g_assert_true(save_one(h, &first, "beds", "3", 0, other, &error));
    g_assert_cmpint(watermark(h), ==, after);
}

static void test_unchanged(void)
{
    g_autoptr(House) h = house_new(false);
    const char *number = house_number(h, 1);
    RecordKey key =
        house_save(h, h->local, "elder", (RecordKey){0}, "name", "甲某", "born", "1940-05-01",
                   "residence", "990302101", "id_number", number, "phone", "13900000042", NULL);
    int64_t before = watermark(h);
    char masked[19];

    /* a form sent back as it was shown, masks included, changes nothing */
    house_save(h, h->local, "elder", key, "name", " 甲某 ", "born", "1940/5/1", "residence", "东镇",
               "id_number", identifier_mask(str_of(number), masked), "phone", "*********42", NULL);
    g_assert_cmpint(watermark(h), ==, before);
    house_save(h, h->local, "elder", key, "phone", "", NULL);
    g_assert_cmpint(watermark(h), ==, before + 1);
    g_assert_false(value_of(h, get(h, h->local, "elder", key, 0), "elder", "phone").known);
}

static void test_dated(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const Field *residence = house_field(h, "elder", "residence");
    Date march, april;
    Fact *periods;
    size_t n;

    date_make(2020, 3, 1, &march);
    date_make(2020, 4, 1, &april);
    const FieldEdit edit = {residence, STR("990302102"), march};
    const RecordEdit r = {.entity = residence->entity, .key = key, .fields = &edit, .n_fields = 1};
    g_assert_true(record_save(h->care, h->local, &r, h->arena, &key, NULL, NULL, &error));
    g_assert_true(
        record_periods(h->care, h->local, residence, key, h->arena, &periods, &n, &error));
    g_assert_cmpuint(n, ==, 2);
    assert_text(h, get(h, h->local, "elder", key, march - 1), "elder", "residence", "东镇");
    assert_text(h, get(h, h->local, "elder", key, april), "elder", "residence", "西镇");
    /* nobody lived anywhere before she was born */
    const FieldEdit early = {residence, STR("990302101"), -20000};
    RecordEdit bad = r;
    bad.fields = &early;
    FieldFault *faults;
    g_assert_false(record_save(h->care, h->local, &bad, h->arena, &key, &faults, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(faults[0].field == residence);
}

static void test_move_to_other_county(void)
{
    g_autoptr(House) h = house_new(false);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    g_assert_cmpint(house_refused(h, h->local, "elder", key, NULL, "residence", "990313101", NULL),
                    ==, FAIL_INPUT);
}

static void test_reveal(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Field *number = house_field(h, "elder", "id_number");
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    const Session *town = house_session(h, "town", "town", "990302101", 0);
    const Session *other = house_session(h, "other", "clerk", "990313", 0);
    Str plain = STR("");
    HistoryLine *lines;
    size_t n;
    int64_t before = watermark(h);

    g_assert_false(record_reveal(h->care, clerk, number, key, STR("看"), h->arena, &plain, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);
    g_assert_false(
        record_reveal(h->care, town, number, key, STR("核对号码"), h->arena, &plain, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    g_assert_false(
        record_reveal(h->care, other, number, key, STR("核对号码"), h->arena, &plain, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    g_assert_cmpuint(plain.len, ==, 0);
    g_assert_cmpint(watermark(h), ==, before);

    g_assert_true(
        record_reveal(h->care, clerk, number, key, STR("核对号码"), h->arena, &plain, &error));
    g_assert_true(str_is(plain, house_number(h, 1)));
    g_assert_cmpint(watermark(h), ==, before + 1);
    g_assert_true(
        record_history(h->care, clerk, number->entity, key, 10, h->arena, &lines, &n, &error));
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(str_is(lines[0].kind, "note"));
    g_assert_true(str_is(lines[0].actor, "clerk"));
    g_assert_true(str_is(lines[0].reason.zh, "核对号码"));
    for (size_t i = 0; i < lines[1].n_fields; i++)
        if (lines[1].fields[i].field == number)
            g_assert_true(str_is(lines[1].fields[i].after_zh, "已变更"));
}

static void test_search(void)
{
    g_autoptr(House) h = house_new(false);
    ListQuery q = {.region = ROW_NONE};
    house_elder(h, "张三丰", "990302101", house_number(h, 1));
    house_elder(h, "李三丰", "990302102", house_number(h, 2));
    RecordKey key = house_elder(h, "王五", "990313101", house_number(h, 3));
    house_save(h, h->local, "assessment", (RecordKey){0}, "elder", house_number(h, 3),
               "assessed_at", "2020-01-05", "level", "mild", NULL);

    q.words = STR("三丰");
    g_autofree char *both = house_list(h, h->local, "elder", &q, NULL);
    g_assert_cmpstr(both, ==, "张三丰 李三丰"); /* by place, then by name */
    int64_t before = watermark(h);
    q.words = str_of(house_number(h, 3));
    g_autofree char *one = house_list(h, h->local, "elder", &q, NULL);
    g_assert_cmpstr(one, ==, "王五");
    g_assert_cmpint(watermark(h), ==, before + 1); /* looking up by number is journalled */
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    g_autofree char *nobody = house_list(h, clerk, "elder", &q, NULL);
    g_assert_cmpstr(nobody, ==, "");
    char id[ID_TEXT];
    q.words = str_of(id_format(key.id, id));
    g_autofree char *by_id = house_list(h, h->local, "elder", &q, NULL);
    g_assert_cmpstr(by_id, ==, "王五");
    q.words = STR("王五");
    g_autofree char *assessed = house_list(h, h->local, "assessment", &q, NULL);
    g_assert_cmpstr(assessed, ==, "王五 · 2020-01-05");
    q.words = (Str){NULL, 0};
    q.filters[0] = (ListFilter){.field = house_field(h, "elder", "ability"), .number = 1};
    q.n_filters = 1;
    g_autofree char *mild = house_list(h, h->local, "elder", &q, NULL);
    g_assert_cmpstr(mild, ==, "王五");
    q.filters[0] = (ListFilter){.field = house_field(h, "elder", "ability"), .unknown = true};
    ListResult found;
    q.entity = house_entity(h, "elder");
    g_assert_true(record_list(h->care, h->local, &q, h->arena, &found, NULL));
    g_assert_cmpuint(found.total, ==, 2);
    g_assert_cmpuint(found.all, ==, 3);
}

static char *found_names(House *h, const Session *s, const char *words)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    const Field *name = house_field(h, "elder", "name");
    ListResult r;
    record_search(h->care, s, name->entity, str_of(words), 20, h->arena, &r, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < r.n; i++)
        g_string_append_printf(names, "%s%.*s", i > 0 ? " " : "",
                               STR_ARG(r.rows[i].facts[name->index].value.text));
    g_assert_cmpuint(r.n, ==, r.total);
    return g_strdup(names->str);
}

static void assert_found(House *h, const Session *s, const char *words, const char *want)
{
    g_autofree char *got = found_names(h, s, words);
    if (strcmp(got, want) != 0)
        g_error("\"%s\" finds \"%s\", not \"%s\"", words, got, want);
}

static const char found_document[] =
    "---\ndocument: house-found\ntitle: 检索\nlayer: model\nin force: 2019-01-01\n"
    "builds on: house-model\n---\n\n# 检索 / Search\n\n小名也要找得到。\n\n> Nicknames are "
    "found.\n\n"
    "```anlao\nextend elder {\n"
    "  nickname text(8) \"小名\" / \"nickname\" found because \"检索 / for searching\"\n"
    "  next_phone phone \"子女电话\" / \"children's telephone\" secret found because \"检索 / for "
    "searching\"\n}\n```\n";

/* The caller says 细妹, not her card name; or her son's number; the clerk types half a name. */
static void test_remembered(void)
{
    g_autoptr(House) h = house_new_with(false, found_document);
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    RecordKey li = house_elder(h, "李秀英", "990302101", house_number(h, 1));
    RecordKey wang = house_elder(h, "王细秀", "990313101", house_number(h, 2));
    house_elder(h, "曾国英", "990302102", house_number(h, 3));
    house_save(h, h->local, "elder", li, "nickname", "细妹", "phone", "0799-0123456", NULL);
    house_save(h, h->local, "elder", wang, "nickname", "细妹", "next_phone", "13900003456", NULL);

    assert_found(h, h->local, "细妹", "李秀英 王细秀");
    assert_found(h, h->local, "ximei", "李秀英 王细秀");
    assert_found(h, h->local, "zengguoying", "曾国英");
    assert_found(h, h->local, "zgy", "曾国英");
    assert_found(h, clerk, "细妹", "李秀英"); /* her county alone */
    assert_found(h, clerk, "wangxixiu", "");
    assert_found(h, clerk, house_number(h, 2), "");
    assert_found(h, clerk, house_number(h, 1), "李秀英");

    int64_t before = watermark(h);
    assert_found(h, h->local, "3456", "李秀英 王细秀");
    g_assert_cmpint(watermark(h), ==, before + 1); /* one look, however many telephones */
    assert_found(h, h->local, "123456", "李秀英");
    assert_found(h, h->local, "0799 0123456", "李秀英");
    assert_found(h, h->local, "+86 139-0000-3456", "王细秀");
    assert_found(h, h->local, "008613900003456", "王细秀");
    assert_found(h, h->local, "(0799)0123456", "李秀英");
    assert_found(h, h->local, "0799.0123456", "李秀英");
    assert_found(h, h->local, "139.0000.3456", "王细秀");
    assert_found(h, h->local, "１３９·００００·３４５６", "王细秀");
    assert_found(h, h->local, "456", "");
    assert_found(h, h->local, "923456", "");
    assert_found(h, clerk, "13900003456", "");
    /* what she once had is not hers any more */
    house_save(h, h->local, "elder", li, "phone", "0799-0120000", NULL);
    assert_found(h, h->local, "3456", "王细秀");
    assert_found(h, h->local, "0000", "李秀英");
}

/* A county has thousands of a name, or of two first letters; who works for one town of it finds the
 * two who live there, in the search and in the list. */
static void test_namesakes(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new("姓名,出生日期,常住地\n");
    g_autofree char *path = NULL;
    const Session *town = house_session(h, "town", "town", "990302102", 0);
    const ImportOptions o = {0};
    ImportReport in;
    ListQuery q = {.entity = house_entity(h, "elder"), .region = ROW_NONE};
    ListResult list;
    for (unsigned i = 0; i <= SEARCH_COUNTED; i++)
        g_string_append(text, "李秀英,1940-05-01,990302101\n");
    g_string_append(text, "李秀英,1940-05-01,990302102\n李秀英,1940-05-01,990302102\n");
    house_write(h, "many.csv", text->str, &path);
    care_import(h->care, h->local, q.entity, path, &o, h->arena, &in, &error);
    g_assert_no_error(error);
    static const char *const words[] = {"李秀英", "秀英", "李", "lxy", "lixiuying"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        assert_found(h, town, words[i], "李秀英 李秀英");
        q.words = str_of(words[i]);
        g_assert_true(record_list(h->care, town, &q, h->arena, &list, NULL));
        g_assert_cmpuint(list.total, ==, 2);
    }
}

/* ---- many desks at once ---- */

#define DESKS 8
#define EACH  25

typedef struct Desk {
    House *house;
    const Session *session;
    RecordKey key;
    unsigned number;
} Desk;

static void *desk_run(void *with)
{
    const Desk *d = with;
    const Entity *e = house_entity(d->house, "elder");
    for (unsigned i = 0; i < EACH; i++) {
        g_autoptr(Arena) a = arena_new();
        g_autoptr(GError) error = NULL;
        const FieldEdit beds = {.field = entity_field(e, STR("beds")),
                                .text = str_of(arena_printf(a, "%u", i % 2 + 1))};
        RecordEdit edit = {.entity = e, .key = d->key, .expected = -1};
        RecordKey saved;
        size_t n;
        edit.fields = &beds;
        edit.n_fields = 1;
        record_save(d->house->care, d->session, &edit, a, &saved, NULL, &n, &error);
        g_assert_no_error(error);
    }
    return NULL;
}

/* Nobody waits until all that the others write can be seen: each change took 200 ms then. */
static void test_desks(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    Desk desks[DESKS];
    GThread *threads[DESKS];
    Record *r;
    for (unsigned i = 0; i < DESKS; i++) {
        g_autofree char *name = g_strdup_printf("甲%u", i);
        desks[i] = (Desk){h, clerk, house_elder(h, name, "990302101", house_number(h, i)), i};
    }
    int64_t start = g_get_monotonic_time();
    for (unsigned i = 0; i < DESKS; i++)
        threads[i] = g_thread_new("desk", desk_run, &desks[i]);
    for (unsigned i = 0; i < DESKS; i++)
        g_thread_join(threads[i]);
    double seconds = (double)(g_get_monotonic_time() - start) / 1e6;
    g_test_message("%u changes in %.2f s", DESKS * EACH, seconds);
    g_assert_cmpfloat(seconds, <, 10); /* it was 40, on any machine */
    for (unsigned i = 0; i < DESKS; i++) {
        g_assert_true(record_get(h->care, clerk, house_entity(h, "elder"), desks[i].key, 0,
                                 h->arena, &r, &error));
        g_assert_cmpint(r->facts[house_field(h, "elder", "beds")->index].value.num, ==,
                        (EACH - 1) % 2 + 1);
    }
}

/* Whose region the record left is refused by what is written, not by what was in memory. */
static void test_moved_away(void)
{
    g_autoptr(House) h = house_new(false);
    const Session *town = house_session(h, "town", "town", "990302101", 0);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const char *field;
    house_save(h, town, "elder", key, "beds", "1", NULL);
    house_save(h, h->local, "elder", key, "residence", "990302102", NULL);
    g_assert_cmpint(house_refused(h, town, "elder", key, &field, "beds", "2", NULL), ==,
                    FAIL_RIGHT);
}

/* One desk looks so many people up, and no more. */
static void test_looked_up(void)
{
    g_autoptr(House) h = house_new_with(false, found_document);
    g_autoptr(GError) error = NULL;
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    ListResult r;
    bool fine = true;
    int times = 0;
    house_elder(h, "李秀英", "990302101", house_number(h, 1));
    for (; fine && times < 100; times++)
        fine = record_search(h->care, clerk, house_entity(h, "elder"), STR("3456"), 20, h->arena,
                             &r, &error);
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    g_assert_cmpint(times, ==, 61);
}

static void test_sees_own_write(void)
{
    g_autoptr(House) h = house_new(false);
    /* the patched working set and one loaded anew say the same */
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("甲%02u", i);
        RecordKey key = house_elder(h, name, i % 2 ? "990302101" : "990313101", house_number(h, i));
        if (i % 3 == 0)
            house_save(h, h->local, "elder", key, "beds", "10", "living", "alone", "income",
                       "70000", NULL);
        uint64_t all;
        g_autofree char *now = house_list(h, h->local, "elder", NULL, &all);
        g_assert_cmpuint(all, ==, i + 1);
        g_assert_nonnull(strstr(now, name));
    }
    ListQuery q = {.region = ROW_NONE, .n_filters = 1};
    q.filters[0] = (ListFilter){.field = house_field(h, "elder", "living"), .number = 0};
    g_autofree char *patched = house_list(h, h->local, "elder", &q, NULL);
    house_close(h);
    house_open(h);
    q.filters[0].field = house_field(h, "elder", "living");
    g_autofree char *loaded = house_list(h, h->local, "elder", &q, NULL);
    g_assert_cmpstr(patched, ==, loaded);
    g_assert_cmpuint(strlen(patched), >, 0);
}

/* Looking people up by number has a pace: who tries numbers one after the other is stopped. */
static void test_lookup_pace(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    ListQuery q = {.entity = house_entity(h, "elder"), .region = ROW_NONE};
    ListResult found;
    unsigned passed = 0;

    house_elder(h, "甲某", "990302101", house_number(h, 1));
    q.words = str_of(house_number(h, 2));
    clock_fix(clock_now_us());
    while (passed < 1000 && record_list(h->care, h->local, &q, h->arena, &found, &error))
        passed++;
    clock_fix(-1);
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    g_assert_cmpuint(passed, ==, 60);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/record/save_and_read", test_save_and_read);
    g_test_add_func("/care/record/faults", test_faults);
    g_test_add_func("/care/record/birth", test_birth);
    g_test_add_func("/care/record/negative", test_negative);
    g_test_add_func("/care/record/unique", test_unique);
    g_test_add_func("/care/record/conflict", test_conflict);
    g_test_add_func("/care/record/repeated", test_repeated);
    g_test_add_func("/care/record/unchanged", test_unchanged);
    g_test_add_func("/care/record/dated", test_dated);
    g_test_add_func("/care/record/move_to_other_county", test_move_to_other_county);
    g_test_add_func("/care/record/reveal", test_reveal);
    g_test_add_func("/care/record/search", test_search);
    g_test_add_func("/care/record/remembered", test_remembered);
    g_test_add_func("/care/record/namesakes", test_namesakes);
    g_test_add_func("/care/record/looked-up", test_looked_up);
    g_test_add_func("/care/record/desks", test_desks);
    g_test_add_func("/care/record/moved-away", test_moved_away);
    g_test_add_func("/care/record/lookup_pace", test_lookup_pace);
    g_test_add_func("/care/record/sees_own_write", test_sees_own_write);
    return g_test_run();
}
