/* erase.c — what is erased by law stands nowhere in the files of the database, and the chain still
 * verifies.
 * LAW storage 3: a body may be erased by law; the digest stays, an entry says who ordered it. */
#include "house.h"

#include "../store/database.h"
#include "base/identifier.h"
#include "care/attach.h"
#include "care/erase.h"
#include "care/paper.h"
#include "care/places.h"
#include "care/score_notice.h"
#include "format/paper.h"

static bool files_hold(const House *h, const char *text)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};

    for (size_t i = 0; h->file != NULL && i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = g_strconcat(h->file, endings[i], NULL), *bytes = NULL;
        gsize n = 0;

        if (g_file_get_contents(path, &bytes, &n, NULL) &&
            memmem(bytes, n, text, strlen(text)) != NULL)
            return true;
    }
    if (h->file != NULL)
        return false;
    g_autoptr(GPtrArray) tables =
        database_rows(h->uri, "SELECT tablename FROM pg_tables WHERE schemaname=current_schema()");
    for (guint i = 0; i < tables->len; i++) {
        g_autofree char *sql =
            g_strdup_printf("SET bytea_output='escape'; SELECT count(*) FROM \"%s\" AS r "
                            "WHERE position('%s' IN CAST(r AS text))>0",
                            ((char **)tables->pdata[i])[0], text);

        if (database_ask(h->uri, sql) > 0)
            return true;
    }
    return false;
}

static void erase_her(House *h, const Entity *e, RecordKey key, EraseReport *ret)
{
    g_autoptr(GError) error = NULL;
    const EraseAsk ask = {.entity = e,
                          .key = key,
                          .order = STR("区数据局 2026-11 号"),
                          .why = STR("个人信息保护法第四十七条")};
    record_erase_by_law(h->care, h->local, &ask, h->arena, ret, &error);
    g_assert_no_error(error);
}

static int refused(House *h, const Session *s, RecordKey key, const char *order, const char *why,
                   const char *keep)
{
    g_autoptr(GError) error = NULL;
    const EraseAsk ask = {.entity = house_entity(h, "elder"),
                          .key = key,
                          .order = str_of(order),
                          .why = str_of(why),
                          .keep = str_of(keep)};
    EraseReport r;
    g_assert_false(record_erase_by_law(h->care, s, &ask, h->arena, &r, &error));
    g_assert_nonnull(error);
    return error->code;
}

static bool sound(House *h, Str *ret_fault)
{
    VerifyReport v;

    g_assert_true(store_verify(h->care->store, h->arena, &v, NULL));
    *ret_fault = v.first_fault;
    return v.ok;
}

/* Many others, so that pages were split and moved before. */
static RecordKey fill(House *h)
{
    RecordKey key = {0};

    for (unsigned i = 0; i < 120; i++) {
        RecordKey k = house_save(h, h->local, "elder", (RecordKey){0}, "name",
                                 i == 60 ? "QQgoneQ" : "甲某某", "residence", "990302101", "born",
                                 "1940-05-01", "id_number", house_number(h, i + 1), NULL);
        key = i == 60 ? k : key;
    }
    house_save(h, h->local, "elder", key, "name", "QQpastQ", NULL);
    house_save(h, h->local, "elder", key, "name", "QQgoneQ", NULL);
    return key;
}

static void test_nowhere(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    RecordKey key = fill(h), found;
    JournalEntry *lines;
    EraseReport r;
    size_t n;
    Str words;

    g_assert_true(files_hold(h, "QQgoneQ"));
    g_assert_true(files_hold(h, "QQpastQ"));
    g_assert_true(sound(h, &words));
    erase_her(h, e, key, &r);
    g_assert_cmpuint(r.wipe_why.len, ==, 0);
    if (!sound(h, &words))
        g_error("%.*s", STR_ARG(words));
    g_assert_false(files_hold(h, "QQgoneQ"));
    g_assert_false(files_hold(h, "QQpastQ"));

    /* not found any more, by name or by number; the number is free again */
    g_assert_false(record_find(h->care, h->local, e, STR("QQgoneQ"), &found, NULL));
    g_assert_false(find_secret(h->care, house_field(h, "elder", "id_number"),
                               str_of(house_number(h, 61)), &found, NULL));
    house_elder(h, "乙某", "990302101", house_number(h, 61));

    /* the history says that it was, and nothing of what it was */
    g_assert_true(store_history(h->care->store, e, key, 50, h->arena, &lines, &n, &error));
    g_assert_cmpuint(n, >=, 4);
    g_assert_true(str_is(lines[0].kind, "erase"));
    g_assert_nonnull(
        memmem(lines[0].reason.at, lines[0].reason.len, "第四十七条", strlen("第四十七条")));
    for (size_t i = 1; i < n; i++) {
        g_assert_cmpuint(lines[i].n_fields, ==, 0);
        g_assert_true(str_is(lines[i].reason, "erased by law"));
    }
    house_close(h);
    house_open(h);
    g_assert_true(sound(h, &words));
    g_assert_false(files_hold(h, "QQgoneQ"));
}

static const char card_text[] =
    "---\ndocument: more\ntitle: 文书\ntitle en: Papers\nlayer: model\nin force: 2019-01-01\n"
    "builds on: house-model\n---\n\n# 一 文书 / Papers\n\n```anlao\n"
    "extend elder { payee text(8) \"领款人\" / \"payee\" checked }\n"
    "paper card \"明白卡\" / \"card\" of elder { cell \"B2\" name }\n```\n";

static void put_file(House *h, const Entity *e, RecordKey key, const char *name, const char *bytes)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    RecordKey file;

    file_put(h->care, h->local, e, key, str_of(name), str_of(bytes), STR("身份证明"), &file, &said,
             &error);
    g_assert_no_error(error);
}

/* Files that lie with her, the scan of a paper, papers about her, a change that waits: they go,
 * too, and what another person has of the same stays. */
static void test_beside(void)
{
    g_autoptr(House) h = house_new_with(false, card_text);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    const Paper *p = paper_named(care_model(h->care), STR("card"));
    RecordKey key = house_elder(h, "QQgoneQ", "990302101", house_number(h, 1)),
              other = house_elder(h, "乙某", "990302101", house_number(h, 2));
    FieldEdit payee = {.field = house_field(h, "elder", "payee"), .text = STR("女儿")};
    RecordEdit edit = {.entity = e,
                       .key = key,
                       .fields = &payee,
                       .n_fields = 1,
                       .reason = STR("QQreasonQ 到窗口申请")};
    Said said = {NULL, NULL};
    PaperFound found, again;
    PaperSheet sheet;
    EraseReport r;
    FileLine *files;
    size_t n;
    Str words;

    put_file(h, e, key, "QQfileQ.pdf", "%PDF-1.4\nQQinsideQ one\n%%EOF\n");
    put_file(h, e, key, "both.pdf", "%PDF-1.4\nboth\n%%EOF\n");
    put_file(h, e, other, "both.pdf", "%PDF-1.4\nboth\n%%EOF\n");
    paper_issue(h->care, h->local, p, key, 0, h->arena, &sheet, &error);
    g_assert_no_error(error);
    g_assert_true(paper_find(h->care, h->local, sheet.number, h->arena, &found, &error));
    g_assert_true(paper_scan(h->care, h->local, &found, STR("QQscanQ.pdf"),
                             STR("%PDF-1.4\nscan\n%%EOF\n"), STR("签字盖章后扫描"), &said, &error));
    record_save(h->care, house_session(h, "jing", "clerk", "990302", 0), &edit, h->arena, &key,
                NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM content"), ==, 3);
    g_assert_true(sound(h, &words));

    erase_her(h, e, key, &r);
    if (!sound(h, &words))
        g_error("%.*s", STR_ARG(words));
    static const char *const gone[] = {"QQgoneQ", "QQfileQ", "QQscanQ", "QQreasonQ"};
    for (size_t i = 0; i < G_N_ELEMENTS(gone); i++)
        if (files_hold(h, gone[i]))
            g_error("%s is still there", gone[i]);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM content"), ==, 1);
    g_assert_true(file_lines(h->care, h->local, e, other, h->arena, &files, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    g_assert_false(paper_find(h->care, h->local, sheet.number, h->arena, &again, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
    house_close(h);
    house_open(h);
    g_assert_true(sound(h, &words));
}

/* Who takes a body away without the entry that says so is found as before; so is one who says it of
 * another record. */
static void test_not_otherwise(void)
{
    g_autoptr(House) h = house_new(false);
    RecordKey key = fill(h);
    EraseReport r;
    Str words;

    erase_her(h, house_entity(h, "elder"), key, &r);
    g_autofree char *sql = g_strdup_printf(
        "DELETE FROM journal_body WHERE county=%d AND seq=(SELECT max(seq) FROM journal WHERE "
        "kind='create' AND county=%d)",
        key.county, key.county);
    database_tamper(h->uri, sql);
    g_assert_false(sound(h, &words));
    g_assert_nonnull(
        memmem(words.at, words.len, "its body is missing", strlen("its body is missing")));
}

static void test_refused(void)
{
    g_autoptr(House) h = house_new(false);
    const Session *clerk = house_session(h, "li", "clerk", "990302", 0);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));

    g_assert_cmpint(refused(h, clerk, key, "区数据局", "第四十七条", ""), ==, FAIL_RIGHT);
    g_assert_cmpint(refused(h, h->local, key, "", "第四十七条", ""), ==, FAIL_INPUT);
    g_assert_cmpint(refused(h, h->local, key, "区数据局", house_number(h, 1), ""), ==, FAIL_INPUT);
    g_assert_cmpint(refused(h, h->local, key, "区数据局", "第四十七条", "nothing_such"), ==,
                    FAIL_INPUT);
    key.id++;
    g_assert_cmpint(refused(h, h->local, key, "区数据局", "第四十七条", ""), ==, FAIL_ABSENT);
}

static const char scored_text[] =
    "---\ndocument: more\ntitle: 评分\ntitle en: Scores\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 评分 / Scores\n\n```anlao\n"
    "enum credit ordered \"信用\" { poor \"差\" / \"poor\"; good \"好\" / \"good\" }\n"
    "entity rating \"评价\" / \"rating\" {\n place elder.residence\n dated by rated_on\n"
    " title elder, rated_on\n elder elder \"老年人\" / \"elder\" required\n"
    " rated_on date \"日期\" / \"rated on\" required\n"
    " care int \"照护\" / \"care\" range 0..60\n}\n"
    "param answer_time \"申辩期限\" / \"time to answer\" by region : days\n"
    "set answer_time[990302] = 5 days from 2019-01-01\n"
    "score credit_of \"信用评分\" / \"credit\" of rating within answer_time[elder.residence] {\n"
    " item care \"照护\" / \"care\" 60\n grade good >= 40\n grade poor else\n}\n"
    "paper roster \"名册\" / \"roster\" of region { rows \"A5\" of elder { name, born } }\n```\n";

/* Who was scored was told how, and answered; she stands on a roster beside another one. */
static void test_told(void)
{
    g_autoptr(House) h = house_new_with(false, scored_text);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    RecordKey key = house_elder(h, "QQgoneQ", "990302101", house_number(h, 1)), notice, rating;
    char id[ID_TEXT];
    EraseReport r;
    Str words;

    house_elder(h, "QQgoneQs", "990302101", house_number(h, 2));
    rating = house_save(h, h->local, "rating", (RecordKey){0}, "elder", id_format(key.id, id),
                        "rated_on", "2020-06-01", "care", "45", NULL);
    g_assert_true(score_tell(h->care, h->local, h->care->model->scores[0], rating, 0,
                             STR("QQhowQ 当面告知"), &notice, NULL, &error));
    score_answer(h->care, h->local, notice, 0, false, STR("QQanswerQ 不是这样"), NULL, &error);
    g_assert_no_error(error);
    g_assert_true(files_hold(h, "QQhowQ") && files_hold(h, "QQanswerQ"));
    erase_her(h, e, key, &r);
    g_assert_cmpuint(r.with, ==, 1);
    if (!sound(h, &words))
        g_error("%.*s", STR_ARG(words));
    g_assert_false(files_hold(h, "QQhowQ"));
    g_assert_false(files_hold(h, "QQanswerQ"));
    g_assert_true(files_hold(h, "QQgoneQs")); /* her neighbour */
}

static Str roster_of(House *h, const char *number, Str *ret_digest)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    PaperFound found;

    paper_find(h->care, h->local, str_of(number), h->arena, &found, &error);
    g_assert_no_error(error);
    paper_print(&found.sheet, text);
    *ret_digest = paper_digest(&found.sheet);
    return arena_str(h->arena, (Str){text->str, text->len});
}

static const char *roster_issue(House *h, Str *ret_digest)
{
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "region");
    RecordKey place;
    PaperSheet sheet;

    record_find(h->care, h->local, e, STR("990302"), &place, &error);
    g_assert_no_error(error);
    paper_issue(h->care, h->local, paper_named(care_model(h->care), STR("roster")), place, 0,
                h->arena, &sheet, &error);
    g_assert_no_error(error);
    *ret_digest = sheet.digest;
    return arena_printf(h->arena, "%.*s", STR_ARG(sheet.number));
}

static bool names(Str text, const char *word)
{
    return memmem(text.at, text.len, word, strlen(word)) != NULL;
}

/* A roster of a place keeps everybody else; one with a namesake on it is left, and named. */
static void test_rosters(void)
{
    g_autoptr(House) h = house_new_with(true, scored_text);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    RecordKey one = house_elder(h, "甲桂英", "990302101", house_number(h, 1)),
              two = house_elder(h, "乙桂英", "990302101", house_number(h, 2));
    EraseReport r;
    Str issued, digest, text, words;

    care_fill_places(h->care, &error);
    g_assert_no_error(error);
    house_elder(h, "乙桂英", "990302101", house_number(h, 3));
    house_elder(h, "丙甲桂英", "990302101", house_number(h, 4));
    const char *number = roster_issue(h, &issued);

    erase_her(h, e, one, &r);
    g_assert_cmpuint(r.papers, ==, 1);
    g_assert_cmpuint(r.unsure.len, ==, 0);
    text = roster_of(h, number, &digest);
    g_assert_true(str_equal(digest, issued));
    g_assert_true(names(text, "row\t（依法删除）\t（依法删除）\n"));
    g_assert_true(names(text, "丙甲桂英"));
    g_assert_false(names(text, "\t甲桂英"));
    g_assert_true(names(text, "erased\t"));
    erase_her(h, e, two, &r);
    g_assert_cmpuint(r.papers, ==, 0);
    g_assert_true(str_is(r.unsure, number));
    g_assert_true(names(roster_of(h, number, &digest), "乙桂英"));
    if (!sound(h, &words))
        g_error("%.*s", STR_ARG(words));
}

/* A copy of before an entity was declared does not keep the others of the list; and what is erased
 * leaves the files even when a later line cannot be read. */
static void test_again(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    char id[2][ID_TEXT];
    RecordKey one = house_save(h, h->local, "elder", (RecordKey){0}, "name", "QQoneQ", "residence",
                               "990302101", "born", "1940-05-01", NULL),
              two = house_save(h, h->local, "elder", (RecordKey){0}, "name", "QQtwoQ", "residence",
                               "990302101", "born", "1940-05-01", NULL);
    const ErasedLine lines[] = {
        {.entity = STR("later"), .id = str_of(id_format(two.id, id[1])), .reason = STR("依申请")},
        {.entity = STR("elder"),
         .id = str_of(id_format(one.id, id[0])),
         .reason = STR("依申请删除")},
        {.entity = STR("elder"), .id = STR("?"), .reason = STR("依申请")}};
    const ErasedLine next = {
        .entity = STR("elder"), .id = lines[0].id, .reason = STR("依申请删除")};
    const ErasedLine broken[] = {next, lines[2]};
    AgainReport r;

    erased_again(h->care, h->local, lines, 2, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.done, ==, 1);
    g_assert_cmpuint(r.absent, ==, 1);
    g_assert_cmpuint(r.unknown, ==, 1);
    g_assert_false(files_hold(h, "QQoneQ"));
    g_assert_false(erased_again(h->care, h->local, broken, 2, h->arena, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpuint(r.done, ==, 1);
    g_assert_false(files_hold(h, "QQtwoQ"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/erase/nowhere", test_nowhere);
    g_test_add_func("/erase/beside", test_beside);
    g_test_add_func("/erase/told", test_told);
    g_test_add_func("/erase/rosters", test_rosters);
    g_test_add_func("/erase/not_otherwise", test_not_otherwise);
    g_test_add_func("/erase/refused", test_refused);
    g_test_add_func("/erase/again", test_again);
    return g_test_run();
}
