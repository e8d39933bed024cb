/* search.c — finding people by what one remembers of a name, records by what their file says. */
#include <sqlite3.h>

#include "models.h"
#include "store/methods.h"

static size_t hits(Fixture *f, const Entity *e, const char *words, size_t most)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    RecordKey *keys = NULL;
    size_t n = 0;

    g_assert_true(store_search(f->store, e, str_of(words), most, a, &keys, &n, &error));
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        g_assert_cmpint(keys[i].county, ==, COUNTY);
    return n;
}

static void test_characters(void)
{
    Fixture *f = fixture_new();

    elder_new(f, "李秀英", NULL);
    elder_new(f, "李英秀", NULL);
    elder_new(f, "王秀英", NULL);
    elder_new(f, "欧阳秀", NULL);
    g_assert_cmpuint(hits(f, f->elder, "秀英", 50), ==, 2);
    g_assert_cmpuint(hits(f, f->elder, "李秀英", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->elder, " 李 秀英 ", 50), ==, 1);
    /* One character is a beginning, not anywhere. */
    g_assert_cmpuint(hits(f, f->elder, "李", 50), ==, 2);
    g_assert_cmpuint(hits(f, f->elder, "秀", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "赵", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "赵四", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "李", 1), ==, 1);
    fixture_free(f);
}

static void test_letters(void)
{
    Fixture *f = fixture_new();

    facility_new(f, "A1", "Sunny Home 安源养老院");
    facility_new(f, "B2", "ABCBC");
    g_assert_cmpuint(hits(f, f->facility, "sunny", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->facility, "NNY HO", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->facility, "养老", 50), ==, 1);
    /* Its bigrams are all there, the word is not. */
    g_assert_cmpuint(hits(f, f->facility, "cbcb", 50), ==, 0);
    /* As a Chinese keyboard writes them, in what is asked and in what is recorded. */
    facility_new(f, "C3", "ＬＹ２０２０ 号院");
    g_assert_cmpuint(hits(f, f->facility, "ＳＵＮｎｙ", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->facility, "ly2020", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->facility, "２０２０", 50), ==, 1);
    fixture_free(f);
}

static void test_renamed_and_ended(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, key);

    draft_text(d, "name", "李淑芬");
    write_ok(f->store, d);
    g_assert_cmpuint(hits(f, f->elder, "秀英", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "淑芬", 50), ==, 1);
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, key));
    g_assert_cmpuint(hits(f, f->elder, "淑芬", 50), ==, 0);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram"), ==, 0);
    fixture_free(f);
}

/* Large chunks put the grams off; what is changed meanwhile must come out right. */
static void test_put_off(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree Change *changes = g_new0(Change, 1000);

    elders_make(f, f->arena, changes, 1000, 5);
    changes[7].fields[0].value.text = STR("诸葛孔明");
    changes[8].fields[0].value.text = STR("诸葛孔明");
    changes[9].fields[0].value.text = STR("诸葛孔明");
    g_assert_true(store_write_chunk(f->store, changes, 1000, NULL, &error));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram"), ==, 0);
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, changes[8].key);

    draft_text(d, "name", "司马懿");
    write_ok(f->store, d);
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, changes[9].key));
    g_assert_cmpuint(hits(f, f->elder, "孔明", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->elder, "司马", 50), ==, 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram_due"), ==, 0);
    /* The end of the process settles what no search asked for. */
    elders_make(f, f->arena, changes, 1000, 6);
    g_assert_true(store_write_chunk(f->store, changes, 1000, NULL, &error));
    fixture_reopen(f);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram_due"), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "李", 5000), >, 100);
    fixture_free(f);
}

/* ---- as it is read ----------------------------------------------------------------------- */

static size_t reads(Fixture *f, const Entity *e, const char *words)
{
    const SearchIn in = {.entity = e, .words = str_of(words), .most = 50, .read = true};
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    RecordKey *keys = NULL;
    size_t n = 0;

    g_assert_true(store_search_in(f->store, &in, a, &keys, &n, &error));
    g_assert_no_error(error);
    return n;
}

static void test_pinyin(void)
{
    Fixture *f = fixture_new();
    RecordKey first = elder_new(f, "李秀英", NULL);

    elder_new(f, "李晓勇", NULL);
    elder_new(f, "张秀英", NULL);
    elder_new(f, "吕芳", NULL);
    elder_new(f, "西安", NULL);
    elder_new(f, "仙女", NULL);
    elder_new(f, "阿不都·买买提", NULL);
    facility_new(f, "A1", "安源区福泰养老院");
    g_assert_cmpuint(reads(f, f->elder, "lixiuying"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "Li Xiu Ying"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "lixiu"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "li x"), ==, 2);    /* still being typed */
    g_assert_cmpuint(reads(f, f->elder, "xiuying"), ==, 2); /* the given name alone */
    g_assert_cmpuint(reads(f, f->elder, "lxy"), ==, 2);
    g_assert_cmpuint(reads(f, f->elder, "LXY"), ==, 2);
    g_assert_cmpuint(reads(f, f->elder, "zhangxy"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "zhxy"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "lxiuying"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "chxy"), ==, 0);
    g_assert_cmpuint(reads(f, f->elder, "lvfang"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "lüfang"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "xian"), ==, 2); /* one character or two */
    g_assert_cmpuint(reads(f, f->elder, "xi'an"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "abudu"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "abudumaimaiti"), ==, 1); /* past the dot */
    g_assert_cmpuint(reads(f, f->facility, "futai"), ==, 1);
    g_assert_cmpuint(reads(f, f->facility, "ayqft"), ==, 1);
    g_assert_cmpuint(reads(f, f->facility, "yanglaoyuan"), ==, 1);
    g_assert_cmpuint(reads(f, f->elder, "lixiuyingg"), ==, 0);
    g_assert_cmpuint(reads(f, f->elder, "秀英"), ==, 2);
    g_assert_cmpuint(hits(f, f->elder, "lixiuying", 50), ==, 0); /* only where it was asked for */

    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, first);
    draft_text(d, "name", "王淑芬");
    write_ok(f->store, d);
    g_assert_cmpuint(reads(f, f->elder, "lixiuying"), ==, 0);
    g_assert_cmpuint(reads(f, f->elder, "wangshufen"), ==, 1);
    fixture_free(f);
}

/* Family names are read as their families read them; other readings are not wrong. */
/* More than are looked at at once, with others between that are not read so. */
static void test_pages_of_readings(void)
{
    static const char *const names[] = {"李秀英", "李晓勇", "刘秀云", "王秀英", "罗新阳"};
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree Change *changes = g_new0(Change, 1500);
    const SearchIn in = {.entity = f->elder, .words = STR("lxiuy"), .most = 5000, .read = true};
    RecordKey *keys = NULL;
    size_t n = 0;

    elders_make(f, f->arena, changes, 1500, 5);
    for (size_t i = 0; i < 1500; i++)
        changes[i].fields[0].value.text = str_of(names[i % G_N_ELEMENTS(names)]);
    g_assert_true(store_write_chunk(f->store, changes, 1500, NULL, &error));
    g_assert_true(store_search_in(f->store, &in, f->arena, &keys, &n, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 600); /* 李秀英 and 刘秀云 */
    fixture_free(f);
}

/* Who is called so comes before who has it somewhere in the name, however many are asked for. */
static void test_order_of_readings(void)
{
    Fixture *f = fixture_new();
    RecordKey inside = elder_new(f, "张秀英", NULL), whole = elder_new(f, "秀英", NULL), *keys;
    SearchIn in = {.entity = f->elder, .words = STR("xiuying"), .most = 50, .read = true};
    size_t n = 0;

    g_assert_true(store_search_in(f->store, &in, f->arena, &keys, &n, NULL));
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpint(keys[0].id, ==, whole.id);
    g_assert_cmpint(keys[1].id, ==, inside.id);
    in.most = 1;
    g_assert_true(store_search_in(f->store, &in, f->arena, &keys, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpint(keys[0].id, ==, whole.id);
    fixture_free(f);
}

static void test_readings(void)
{
    static const char *const names[][3] = {
        {"曾国英", "zengguoying", "zgy"},  {"单雄信", "shanxiongxin", "sxx"},
        {"仇英兰", "qiuyinglan", "qyl"},   {"解小妹", "xiexiaomei", "xxm"},
        {"查良英", "zhaliangying", "zly"}, {"区桂兰", "ouguilan", "ogl"},
        {"尉迟恭", "yuchigong", "ycg"},    {"万俟卨", "moqixie", "mqx"},
        {"朴金花", "piaojinhua", "pjh"},   {"盖小花", "gexiaohua", "gxh"},
        {"任长英", "renchangying", "rcy"}, {"覃秀兰", "qinxiulan", "qxl"},
        {"乐桂香", "yueguixiang", "ygx"},  {"缪春香", "miaochunxiang", "mcx"},
        {"谌细秀", "shenxixiu", "sxx"},    {"谌细秀", "chenxixiu", "cxx"},
    };
    Fixture *f = fixture_new();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (i == 0 || strcmp(names[i][0], names[i - 1][0]) != 0)
            elder_new(f, names[i][0], NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (reads(f, f->elder, names[i][1]) != 1 || reads(f, f->elder, names[i][2]) == 0)
            g_error("%s is not found as %s and %s", names[i][0], names[i][1], names[i][2]);
    }
    fixture_free(f);
}

/* A database that was made when nothing was read: its index is made anew when it is opened. */
static void test_older_index(void)
{
    Fixture *f = fixture_new();

    elder_new(f, "李秀英", NULL);
    database_run(f->uri, "DELETE FROM gram WHERE gram > 4611686018427387904");
    database_run(f->uri, "DELETE FROM about WHERE name='grams'");
    g_assert_cmpuint(reads(f, f->elder, "lixiuying"), ==, 0);
    fixture_reopen(f);
    g_assert_cmpuint(reads(f, f->elder, "lixiuying"), ==, 1);
    g_assert_cmpuint(hits(f, f->elder, "秀英", 50), ==, 1);
    fixture_free(f);
}

/* ---- many at once ------------------------------------------------------------------------- */

/* A key that two records have leads to the older one, whether it is asked alone or among others. */
static void test_many_as_one(void)
{
    Fixture *f = fixture_new();
    Model *m = model_fresh(f, 8);
    Str texts[150];
    RecordKey found[150];
    size_t n = G_N_ELEMENTS(texts);

    field_in(m, "facility", "code")->unique = false;
    migrated_to(f, m, "two offices number alike");
    for (size_t i = 0; i < n; i++) {
        texts[i] = str_of(arena_printf(f->arena, "A%zu", i));
        if (i % 4 != 0)
            facility_new(f, texts[i].at, "幸福院");
        if (i % 8 == 1)
            facility_new(f, texts[i].at, "安源养老院");
    }
    const Field *code = field_of(f->facility, "code");

    g_assert_true(store_find_many(f->store, code, texts, n, found, NULL));
    for (size_t i = 0; i < n; i++) {
        RecordKey alone = {0};

        g_assert_true(store_find(f->store, code, texts[i], &alone, NULL) == (i % 4 != 0));
        g_assert_cmpint(found[i].id, ==, alone.id);
        g_assert_cmpint(found[i].county, ==, alone.county);
    }
    fixture_free(f);
}

static void assert_same_fact(const Fact *a, const Fact *b)
{
    g_assert_true(a->value.known == b->value.known);
    g_assert_cmpint(a->value.num, ==, b->value.num);
    g_assert_true(str_equal(a->value.text, b->value.text));
    g_assert_cmpint(a->since, ==, b->since);
    g_assert_cmpint(a->until, ==, b->until);
    g_assert_cmpint(a->known_at, ==, b->known_at);
}

static void assert_as_alone(Fixture *f, Arena *a, RecordKey key, const SealedRecord *got)
{
    g_autoptr(GError) error = NULL;
    Record *alone = NULL;

    if (!store_record(f->store, f->elder, key, a, &alone, &error)) {
        g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
        g_assert_null(got->record);
        return;
    }
    g_assert_cmpint(got->record->key.id, ==, key.id);
    g_assert_cmpint(got->record->key.county, ==, key.county);
    g_assert_cmpint(got->record->seq, ==, alone->seq);
    g_assert_true(got->record->ended == alone->ended);
    for (size_t i = 0; i < f->elder->n_fields; i++) {
        Str sealed;

        assert_same_fact(&got->record->facts[i], &alone->facts[i]);
        if (!f->elder->fields[i]->secret)
            continue;
        g_assert_true(store_sealed(f->store, f->elder->fields[i], key, a, &sealed, NULL));
        g_assert_true(str_equal(got->sealed[i], sealed));
    }
}

/* Records read many at once are those read alone, secrets as well: of two counties, ended ones, one
 * asked for twice, and some that are nowhere. */
static void test_many_read_as_one(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Change *elders = arena_many(f->arena, Change, 170);
    RecordKey keys[173];
    SealedRecord got[G_N_ELEMENTS(keys)];
    size_t n = 0;

    elders_make(f, f->arena, elders, 170, 11);
    for (size_t i = 0; i < 170; i++) {
        elders[i].key.county = i < 60 || i % 3 == 0 ? COUNTY : OTHER;
        elders[i].n_fields -= i % 4; /* not all know everything */
        keys[n++] = elders[i].key;
    }
    keys[n++] = elders[3].key;
    keys[n++] = (RecordKey){COUNTY, 12345};
    keys[n++] = (RecordKey){OTHER, elders[3].key.id};
    store_write_chunk(f->store, elders, 170, NULL, &error);
    g_assert_no_error(error);
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, keys[7]));
    g_assert_true(store_sealed_records(f->store, f->elder, keys, n, f->arena, got, NULL));
    for (size_t i = 0; i < n; i++)
        assert_as_alone(f, f->arena, keys[i], &got[i]);
    g_assert_nonnull(got[170].record);
    g_assert_null(got[171].record);
    g_assert_null(got[172].record);
    g_assert_true(store_sealed_records(f->store, f->elder, keys, 0, f->arena, got, NULL));
    fixture_free(f);
}

/* SQLite goes to each record by an index, and does not walk through its county. */
/* A page of records is asked for at once: each comes as itself, and of a page that fails nothing is
 * taken for an answer to what is asked next. */
static void test_page_of_records(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Change *elders = arena_many(f->arena, Change, 90);
    RecordKey keys[90];
    Record *got[90], *alone = NULL;

    elders_make(f, f->arena, elders, 90, 3);
    g_assert_true(store_write_chunk(f->store, elders, 90, NULL, &error));
    for (size_t i = 0; i < 90; i++)
        keys[i] = elders[(i * 37) % 90].key;
    keys[11].county = 0; /* looked for in all */
    for (int again = 0; again < 2; again++) {
        g_assert_true(store_records(f->store, f->elder, keys, 90, f->arena, got, &error));
        for (size_t i = 0; i < 90; i++)
            g_assert_cmpint(got[i]->key.id, ==, keys[i].id);
        const RecordKey kept = keys[40];

        keys[40].id = 12345;
        g_assert_false(store_records(f->store, f->elder, keys, 90, f->arena, got, &error));
        g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
        g_clear_error(&error);
        keys[40] = kept;
        g_assert_true(store_record(f->store, f->elder, keys[70], f->arena, &alone, &error));
        g_assert_cmpint(alone->key.id, ==, keys[70].id);
    }
    fixture_free(f);
}

static void assert_looks(sqlite3 *db, Sql sql, const char *by)
{
    g_autofree char *text = g_strconcat("EXPLAIN QUERY PLAN ", sql.text, NULL);
    sqlite3_stmt *st = NULL;
    int looks = 0;

    g_assert_cmpint(sqlite3_prepare_v2(db, text, -1, &st, NULL), ==, SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(st, 3);

        if (strstr(step, "SCAN") != NULL ||
            (strstr(step, "SEARCH") != NULL && strstr(step, by) == NULL))
            g_error("\"%s\" is: %s", sql.text, step);
        looks += strstr(step, by) != NULL;
    }
    g_assert_cmpint(looks, >, 0);
    sqlite3_finalize(st);
}

static void test_many_by_index(void)
{
    Fixture *f = fixture_new();
    const TablePlan *elder = &f->store->plan->tables[f->elder->number];
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
    assert_looks(db, plan_field(f->store->plan, field_of(f->facility, "code"))->find_many,
                 "AND code=?)");
    assert_looks(db, f->store->plan->identity_many, "AND blind=?)");
    assert_looks(db, f->store->plan->recent_many, "AND blind=?)");
    assert_looks(db, elder->read_many, "AND id=?)");
    sqlite3_close(db);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/search/characters", test_characters);
    g_test_add_func("/search/letters", test_letters);
    g_test_add_func("/search/renamed-and-ended", test_renamed_and_ended);
    g_test_add_func("/search/put-off", test_put_off);
    g_test_add_func("/search/pinyin", test_pinyin);
    g_test_add_func("/search/readings", test_readings);
    g_test_add_func("/search/pages of readings", test_pages_of_readings);
    g_test_add_func("/search/order of readings", test_order_of_readings);
    g_test_add_func("/search/older-index", test_older_index);
    g_test_add_func("/search/many as one", test_many_as_one);
    g_test_add_func("/search/many read as one", test_many_read_as_one);
    g_test_add_func("/search/page of records", test_page_of_records);
    if (!database_on_postgres())
        g_test_add_func("/search/many by index", test_many_by_index);
    return g_test_run();
}
