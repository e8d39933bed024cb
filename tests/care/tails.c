/* tails.c — telephones that were recorded when no last digits were kept are found by them, after
 * the work was stopped anywhere, and nothing that can be read is kept of them. */
#include "house.h"

#include "../store/database.h"
#include "care/search.h"
#include "care/tails.h"
#include "store/keys.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY (TAILS_PIECE + 40)

static RecordKey with_phone(House *h, unsigned i)
{
    g_autofree char *name = g_strdup_printf("甲%u", i),
                    *phone = g_strdup_printf("139%08u", 10000 + i);
    return house_save(h, h->local, "elder", (RecordKey){0}, "name", name, "born", "1940-05-01",
                      "residence", i % 3 == 0 ? "990313101" : "990302101", "phone", phone, NULL);
}

/* As it is in a node that was made from a journal, or by a version that kept none. */
static void forget(House *h)
{
    database_run(h->uri, "DELETE FROM tail");
    database_run(h->uri, "DELETE FROM about WHERE name='tails'");
}

static int64_t rows(House *h)
{
    return database_ask(h->uri, "SELECT count(*) FROM tail");
}

/* What the rows say together. */
static int64_t sum(House *h)
{
    return database_ask(h->uri, "SELECT sum(tail % 1000003 + id % 1000033) FROM tail");
}

static uint64_t found(House *h, const char *digits)
{
    g_autoptr(GError) error = NULL;
    ListResult list;
    record_search(h->care, h->local, house_entity(h, "elder"), str_of(digits), 20, h->arena, &list,
                  &error);
    g_assert_no_error(error);
    return list.total;
}

static bool turn(House *h)
{
    g_autoptr(GError) error = NULL;
    bool more = false;
    tails_turn(h->care, &more, &error);
    g_assert_no_error(error);
    return more;
}

static unsigned turns(House *h)
{
    unsigned n = 0;
    while (turn(h))
        n++;
    return n;
}

static void test_filled(void)
{
    g_autoptr(House) h = house_new(false);
    for (unsigned i = 0; i < 12; i++)
        with_phone(h, i);
    house_elder(h, "无电话", "990302101", house_number(h, 1));
    int64_t before = sum(h);
    g_assert_cmpint(rows(h), ==, 12);
    g_assert_cmpuint(found(h, "0007"), ==, 1);
    forget(h);
    g_assert_cmpuint(found(h, "0007"), ==, 0);
    g_assert_cmpuint(turns(h), >, 0);
    g_assert_cmpint(rows(h), ==, 12);
    g_assert_cmpint(sum(h), ==, before); /* the very rows that are written with a record */
    g_assert_cmpuint(found(h, "0007"), ==, 1);
    g_assert_cmpuint(found(h, "13900010007"), ==, 1);
    /* full-width, as a Chinese keyboard writes digits, signs and blanks */
    g_assert_cmpuint(found(h, "０００７"), ==, 1);
    g_assert_cmpuint(found(h, "＋８６　１３９－０００１　０００７"), ==, 1);
    g_assert_cmpuint(found(h, "１３９０００１０００８"), ==, 1);
    g_assert_cmpuint(found(h, "１３９００010099"), ==, 0);
    /* done: nothing is looked at again, not by the next process either */
    database_run(h->uri, "DELETE FROM tail");
    g_assert_cmpuint(turns(h), ==, 0);
    house_close(h);
    house_open(h);
    g_assert_cmpuint(turns(h), ==, 0);
    g_assert_cmpint(rows(h), ==, 0);
    /* documents that have other fields found: from the beginning */
    database_run(h->uri, "UPDATE about SET value='99.1 done' WHERE name='tails'");
    g_assert_cmpuint(turns(h), >, 0);
    g_assert_cmpint(sum(h), ==, before);
}

/* Each county has a key of its own; all of them are asked at once. */
static void test_two_counties(void)
{
    g_autoptr(House) h = house_new(false);
    with_phone(h, 7);
    with_phone(h, 20007); /* in the other county, with the same end */
    const Session *desk = house_session(h, "zhao", "clerk", "990313", 0);
    g_autoptr(GError) error = NULL;
    ListResult list;
    g_assert_cmpuint(found(h, "0007"), ==, 2);
    g_assert_cmpuint(found(h, "30007"), ==, 1);
    record_search(h->care, desk, house_entity(h, "elder"), STR("0007"), 20, h->arena, &list,
                  &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list.total, ==, 1);
}

static void test_stopped(void)
{
    g_autoptr(House) h = house_new(false);
    for (unsigned i = 0; i < MANY; i++)
        with_phone(h, i);
    int64_t before = sum(h);
    forget(h);
    g_assert_true(turn(h));
    g_assert_cmpint(rows(h), ==, TAILS_PIECE); /* a piece, and where it ended */
    house_close(h);
    house_open(h);
    g_assert_cmpuint(turns(h), ==, 2); /* the rest, and that there is no more: not all again */
    g_assert_cmpint(rows(h), ==, MANY);
    g_assert_cmpint(sum(h), ==, before);
    /* a process that is killed at any moment leaves whole pieces */
    for (unsigned round = 0; round < 4; round++) {
        forget(h);
        house_close(h);
        pid_t child = fork();
        if (child == 0) {
            house_open(h);
            turns(h);
            _exit(0);
        }
        g_usleep(20000 + (gulong)g_test_rand_int_range(0, 60000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        house_open(h);
        g_assert_cmpint(rows(h) % MANY % TAILS_PIECE, ==, 0);
        turns(h);
        g_assert_cmpint(rows(h), ==, MANY);
        g_assert_cmpint(sum(h), ==, before);
    }
}

/* Between opening and writing she gets another telephone: the old one is not written. */
static void test_changed_meanwhile(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Field *phone = house_field(h, "elder", "phone");
    RecordKey key = with_phone(h, 1);
    TailsPiece p = {.last = key, .n = 1, .generation = keys_generation(h->care->keys)};
    TailFill list = {.field = phone, .key = key};
    int64_t unused;
    forget(h);
    g_assert_true(store_tails_at(h->care->store, &p.at, &error));
    g_assert_true(store_sealed(h->care->store, phone, key, h->arena, &list.sealed, &error));
    list.tail = keys_tail(h->care->keys, phone, key.county, STR("13900010001"), &unused);
    p.list = &list;
    house_save(h, h->local, "elder", key, "phone", "", NULL);
    g_assert_true(store_tails_fill(h->care->store, &p, &error));
    g_assert_cmpint(rows(h), ==, 0);
    /* of two processes the one that comes later does nothing */
    TailsAt at;
    house_save(h, h->local, "elder", key, "phone", "13900010001", NULL);
    g_assert_true(store_sealed(h->care->store, phone, key, h->arena, &list.sealed, &error));
    database_run(h->uri, "DELETE FROM tail");
    g_assert_true(store_tails_fill(h->care->store, &p, &error));
    g_assert_cmpint(rows(h), ==, 0);
    g_assert_true(store_tails_at(h->care->store, &at, &error));
    g_assert_cmpint(at.after.id, ==, key.id);
    /* under keys of another generation nothing is written */
    p.at = at;
    p.generation++;
    g_assert_false(store_tails_fill(h->care->store, &p, &error));
    g_assert_cmpint(error->code, ==, FAIL_CONFLICT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/tails/filled", test_filled);
    g_test_add_func("/care/tails/two-counties", test_two_counties);
    g_test_add_func("/care/tails/stopped", test_stopped);
    g_test_add_func("/care/tails/changed_meanwhile", test_changed_meanwhile);
    return g_test_run();
}
