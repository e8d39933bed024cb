/* access.c — the list a person is given of who looked at her file.
 * LAW storage, operations: reads are journalled in a chain per process, a reveal before the value
 * leaves. */
#include "house.h"

#include "../store/database.h"
#include "../store/replayed.h"
#include "base/limits.h"
#include "care/access.h"
#include "care/move.h"
#include "care/note_words.h"
#include "care/same.h"

static size_t looks(House *h, const Session *s, RecordKey key, LookLine **ret)
{
    g_autoptr(GError) error = NULL;
    size_t n = 0;

    record_lookers(h->care, s, house_entity(h, "elder"), key, 100, h->arena, ret, &n, &error);
    g_assert_no_error(error);
    return n;
}

static void look(House *h, const Session *s, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Record *r;

    record_get(h->care, s, house_entity(h, "elder"), key, 0, h->arena, &r, &error);
    g_assert_no_error(error);
}

/* What the program wrote is read in Chinese, and in English where the page is English; what a
 * person wrote is hers. */
static void test_words(void)
{
    g_autoptr(House) h = house_new(false);
    static const struct {
        const char *said, *zh;
    } notes[] = {
        {"file read: 身份证.pdf", "打开文件：身份证.pdf"},
        {"erased by law", "已依法删除"},
        {"ordered by 区数据局 2026-11 号: 第四十七条", "区数据局 2026-11 号决定：第四十七条"},
        {"paper card 000A taken along", "带走“card 000A”"},
        {"paper roster 000B of pay run 7 taken along", "带走发放批次7的“roster 000B”"},
        {"looked at paper roster of pay run 7", "查看发放批次7的“roster”"},
        {"scan of paper 000A read", "打开文书000A的扫描件"},
        {"statement of account hours taken along, 3 moves", "带走账户“hours”的明细，3笔"},
        {"补办社保卡", "补办社保卡"},
        {"file read", "file read"},
        {"", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        Label l = note_words(h->care, str_of(notes[i].said), h->arena);
        g_autofree char *zh = g_strndup(l.zh.at, l.zh.len), *en = g_strndup(l.en.at, l.en.len);
        g_assert_cmpstr(zh, ==, notes[i].zh);
        g_assert_cmpstr(en, ==, notes[i].said);
    }
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    LookLine *lines;
    g_assert_true(care_note(h->care, h->local, house_entity(h, "elder"), key, NULL,
                            STR("file read: 身份证.pdf"), NULL));
    g_assert_cmpuint(looks(h, h->local, key, &lines), ==, 1);
    g_assert_true(str_is(lines[0].detail.zh, "打开文件：身份证.pdf"));
    g_assert_true(str_is(lines[0].detail.en, "file read: 身份证.pdf"));
}

static void test_list(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Session *li = house_session(h, "li", "clerk", "990302", 0),
                  *wang = house_session(h, "wang", "review", "990302", 0),
                  *village = house_session(h, "chen", "village", "990302101", 0);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1)),
              other = house_elder(h, "乙某", "990302101", house_number(h, 2));
    HistoryLine *history;
    LookLine *lines;
    Str plain;
    size_t n = 0;

    look(h, li, key);
    look(h, li, key); /* the page again: the same look */
    look(h, village, key);
    look(h, li, other);
    g_assert_true(record_history(h->care, wang, house_entity(h, "elder"), key, 10, h->arena,
                                 &history, &n, &error));
    g_assert_true(record_reveal(h->care, li, house_field(h, "elder", "id_number"), key,
                                STR("补办社保卡"), h->arena, &plain, &error));
    n = looks(h, li, key, &lines);
    g_assert_cmpuint(n, ==, 4);
    g_assert_true(str_is(lines[0].what, "reveal") && str_is(lines[0].actor, "li"));
    g_assert_nonnull(
        memmem(lines[0].detail.zh.at, lines[0].detail.zh.len, "补办社保卡", strlen("补办社保卡")));
    g_assert_true(str_is(lines[1].what, "history") && str_is(lines[1].actor, "wang"));
    g_assert_true(str_is(lines[2].actor, "chen") && str_is(lines[3].actor, "li"));
    g_assert_cmpuint(looks(h, wang, other, &lines), ==, 1);

    /* not for everybody, and not beyond one's own region */
    g_assert_false(record_lookers(h->care, village, house_entity(h, "elder"), key, 9, h->arena,
                                  &lines, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    const Session *far = house_session(h, "zhao", "clerk", "990313", 0);
    g_assert_false(record_lookers(h->care, far, house_entity(h, "elder"), key, 9, h->arena, &lines,
                                  &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);

    /* it is all there after a restart, and verify looks at it */
    look(h, li, other);
    house_close(h);
    house_open(h);
    VerifyReport v;
    g_assert_true(store_verify(h->care->store, h->arena, &v, &error));
    g_assert_true(v.ok);
    g_assert_cmpuint(v.looks, >=, 4);
    g_assert_cmpuint(looks(h, h->local, key, &lines), ==, 4);
}

/* The list is of the person: what was seen of her before she went to another county, and of the
 * second file that turned out to be hers. */
static void test_where_it_lay_before(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    const Session *li = house_session(h, "li", "clerk", "990302", 0),
                  *far = house_session(h, "zhao", "clerk", "990313", 0),
                  *wang = house_session(h, "wang", "review", "990313", 0);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1)),
              twin = house_elder(h, "甲某", "990302101", house_number(h, 2)), to;
    MergeReport merged;
    LookLine *lines;
    MoveLine *moves;
    Date since;
    Str plain;
    size_t n;

    look(h, li, twin);
    look(h, li, key);
    g_assert_true(record_reveal(h->care, li, house_field(h, "elder", "id_number"), key,
                                STR("补办社保卡"), h->arena, &plain, &error));
    g_assert_true(record_merge(h->care, li, e, twin, key, STR("同一个人，登记了两次"), h->arena,
                               &merged, &error));
    g_assert_cmpuint(looks(h, li, key, &lines), ==, 3);
    date_make(2020, 3, 1, &since);
    g_assert_true(
        move_ask(h->care, li, e, key, STR("990313101"), since, STR("户口迁到乙区"), NULL, &error));
    g_assert_true(move_list(h->care, far, h->arena, &moves, &n, &error) && n == 1);
    g_assert_true(
        move_decide(h->care, far, moves[0].key, MOVE_ACCEPT, STR("材料齐全"), &to, NULL, &error));
    look(h, far, to);
    n = looks(h, wang, to, &lines);
    g_assert_cmpuint(n, ==, 4);
    g_assert_true(str_is(lines[0].actor, "zhao"));
    g_assert_true(str_is(lines[1].what, "reveal") && str_is(lines[1].actor, "li"));
}

/* When they cannot be written, nothing is shown any more. */
static void test_limit(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    Record *r;

    for (unsigned i = 0; i < LIMIT_LOOKS_WAITING; i++)
        g_assert_true(
            access_note(h->care, h->local, e, (RecordKey){990302, 1000 + i}, "file", NULL));
    g_assert_false(record_get(h->care, h->local, e, key, 0, h->arena, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    g_clear_error(&error);
    g_assert_true(access_flush(h->care, &error));
    g_assert_true(record_get(h->care, h->local, e, key, 0, h->arena, &r, &error));
}

/* ---- shipped with the journal */

static char *rebuilt(House *h, const Ranges *r)
{
    g_autoptr(GError) error = NULL;
    char *uri = database_new(h->folder, "rebuilt", database_on_postgres());

    ranges_replay(r, care_model(h->care), uri, &error);
    g_assert_no_error(error);
    return uri;
}

static char *lookers(const char *uri)
{
    g_autoptr(GPtrArray) rows =
        database_rows(uri, "SELECT county,process,n,at,actor,entity,id,what,link FROM access "
                           "ORDER BY county,process,n");
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < rows->len; i++) {
        g_autofree char *row = g_strjoinv("|", rows->pdata[i]);
        g_string_append_printf(all, "%s\n", row);
    }
    return g_strdup(all->str);
}

/* Who looked goes along with the journal: a database that is built anew from what was shipped says
 * the same, and a look that was changed on the way is found. */
static void test_shipped(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Session *li = house_session(h, "li", "clerk", "990302", 0),
                  *zhao = house_session(h, "zhao", "clerk", "990313", 0);
    RecordKey one = house_elder(h, "甲某", "990302101", house_number(h, 1)),
              two = house_elder(h, "乙某", "990313101", house_number(h, 2));

    for (int i = 0; i < 3; i++) { /* looks and entries in turn, by two processes */
        look(h, li, one);
        look(h, zhao, two);
        g_assert_true(access_flush(h->care, &error));
        look(h, h->local, one);
        house_close(h);
        house_open(h);
        house_save(h, h->local, "elder", one, "beds", i == 1 ? "2" : "3", NULL);
        house_save(h, h->local, "elder", two, "beds", i == 1 ? "2" : "3", NULL);
        li = house_session(h, "li", "clerk", "990302", 0);
        zhao = house_session(h, "zhao", "clerk", "990313", 0);
    }
    g_autofree char *here = lookers(h->uri);
    Ranges *r = ranges_of(h->care->store, 3);
    g_autofree char *uri = rebuilt(h, r), *there = lookers(uri);
    g_assert_cmpstr(here, ==, there);
    g_assert_nonnull(strstr(there, "|li|"));
    g_assert_nonnull(strstr(there, "|zhao|"));
    ranges_free(r);

    Store *s = NULL;
    VerifyReport v;
    g_assert_true(store_open(uri, care_model(h->care), &s, &error));
    g_assert_true(store_verify(s, h->arena, &v, &error));
    g_assert_true(v.ok);
    g_assert_cmpuint(v.looks, ==, 9);
    store_close(s);
    database_drop(uri);

    /* the last looks of a chain cut off: what was written together is not there to its end */
    database_tamper(h->uri,
                    "DELETE FROM access WHERE actor='zhao' AND n=(SELECT max(n) FROM access "
                    "WHERE actor='zhao')");
    g_assert_true(store_verify(h->care->store, h->arena, &v, &error));
    g_assert_false(v.ok);
    g_assert_nonnull(g_strstr_len(v.first_fault.at, (gssize)v.first_fault.len, "was taken away"));
}

/* On the way somebody else's name is put in the place of who looked. */
static void test_shipped_changed(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Session *li = house_session(h, "looker", "clerk", "990302", 0);
    RecordKey one = house_elder(h, "甲某", "990302101", house_number(h, 1));

    look(h, li, one);
    g_assert_true(access_flush(h->care, &error));
    house_save(h, h->local, "elder", one, "beds", "2", NULL);
    Ranges *r = ranges_of(h->care->store, 1000);
    for (guint i = 0; i < r->payloads->len; i++) {
        GString *p = g_ptr_array_index(r->payloads, i);
        char *last = NULL; /* accounts have the name, too: the look comes last */
        for (size_t k = 0; k + 6 <= p->len; k++)
            last = memcmp(p->str + k, "looker", 6) == 0 ? p->str + k : last;
        if (last != NULL && g_array_index(r->heads, RangeHead, i).county == one.county)
            memcpy(last, "walker", 6);
    }
    g_autofree char *uri = database_new(h->folder, "rebuilt", database_on_postgres());
    g_assert_false(ranges_replay(r, care_model(h->care), uri, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "look 1 of process"));
    ranges_free(r);
    database_drop(uri);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/access/list", test_list);
    g_test_add_func("/access/where_it_lay_before", test_where_it_lay_before);
    g_test_add_func("/access/words", test_words);
    g_test_add_func("/access/limit", test_limit);
    g_test_add_func("/access/shipped", test_shipped);
    g_test_add_func("/access/shipped-changed", test_shipped_changed);
    return g_test_run();
}
