/* session.c — signing in: wrong passwords, locks, expiry, forgery, accounts that change. */
#include "care/session.h"
#include "base/limits.h"
#include "house.h"

#define MINUTE (INT64_C(60) * 1000 * 1000)

static int sign_in(House *h, const char *name, const char *password, const char *address,
                   char token[TOKEN_TEXT], int *left)
{
    g_autoptr(GError) error = NULL;
    if (session_sign_in(h->care, str_of(name), str_of(password), str_of(address), token, left,
                        &error))
        return 0;
    g_assert_true(error->domain == FAIL_DOMAIN);
    return error->code;
}

static void test_wrong(void)
{
    g_autoptr(House) h = house_new(false);
    char token[TOKEN_TEXT];
    int left = -1;

    house_session(h, "town", "town", "990302101", 0);
    g_assert_cmpint(sign_in(h, "town", "wrong", "192.0.2.1", token, &left), ==, FAIL_RIGHT);
    g_assert_cmpint(left, ==, DOOR_TRIES - 1);
    g_assert_cmpint(sign_in(h, "nobody", "wrong", "192.0.2.1", token, &left), ==, FAIL_RIGHT);
    g_assert_cmpint(left, ==, DOOR_TRIES - 1);
    g_assert_cmpint(sign_in(h, "#keys", "", "192.0.2.1", token, &left), ==, FAIL_RIGHT);
    g_assert_cmpint(sign_in(h, "town", HOUSE_PASSWORD, "192.0.2.1", token, &left), ==, 0);
    g_assert_cmpuint(strlen(token), ==, TOKEN_TEXT - 1);
    g_assert_null(session_find(h->care, STR("short"), h->arena));
    token[5] = token[5] == 'A' ? 'B' : 'A';
    g_assert_null(session_find(h->care, str_of(token), h->arena));
}

/* Pages name the person beside the account; who was renamed has the new name. */
static void test_person(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    AccountRow row = {.name = STR("zhang"),
                      .role = STR("clerk"),
                      .region = STR("990302"),
                      .shown = STR("张经办"),
                      .password = STR("x")};
    g_assert_true(account_save(h->care, h->local, &row, &error));
    g_assert_true(str_is(session_person(h->care, STR("zhang"), h->arena), "张经办"));
    g_assert_cmpuint(session_person(h->care, STR("nobody"), h->arena).len, ==, 0);
    const AccountRow *there;
    account_find(h->care, STR("zhang"), h->arena, &there, &error);
    AccountRow renamed = *there;
    renamed.shown = STR("张科长");
    account_save(h->care, h->local, &renamed, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(session_person(h->care, STR("zhang"), h->arena), "张科长"));
}

/* Two accounts that look alike in a log, a name that turns its line round. */
static void test_names_that_are_seen(void)
{
    g_autoptr(House) h = house_new(false);
    static const struct {
        const char *name, *shown;
        bool fine;
    } cases[] = {
        {"zhang", "买买提·艾力", true},   {"zhang\u200B", "张经办", false},
        {"\u202Egnahz", "张经办", false}, {"li", "李\u202E某", false},
        {"li", "李某\n王某", false},      {"li", "李某\u2028王某", false},
        {"li", "李\u200D某", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        AccountRow row = {.name = str_of(cases[i].name),
                          .role = STR("clerk"),
                          .region = STR("990302"),
                          .shown = str_of(cases[i].shown),
                          .password = STR("x")};
        g_assert_true(account_save(h->care, h->local, &row, &error) == cases[i].fine);
        if (!cases[i].fine)
            g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
        g_assert_true(cases[i].fine || strstr(fail_in_chinese(error), "看不见") != NULL);
    }
}

static void test_lock(void)
{
    g_autoptr(House) h = house_new(false);
    char token[TOKEN_TEXT];
    int left = -1;
    int64_t now = clock_now_us();

    house_session(h, "town", "town", "990302101", 0);
    clock_fix(now);
    for (int i = 0; i < DOOR_TRIES; i++)
        g_assert_cmpint(sign_in(h, "town", "wrong", "198.51.100.7", token, &left), ==, FAIL_RIGHT);
    g_assert_cmpint(left, ==, 0);
    /* the pair of account and network is locked, the right password too */
    g_assert_cmpint(sign_in(h, "town", HOUSE_PASSWORD, "198.51.100.99", token, &left), ==,
                    FAIL_BUSY);
    /* nobody else is: neither the account elsewhere nor another account here */
    g_assert_cmpint(sign_in(h, "town", HOUSE_PASSWORD, "203.0.113.5", token, &left), ==, 0);
    g_assert_cmpint(sign_in(h, "other", "wrong", "198.51.100.7", token, &left), ==, FAIL_RIGHT);
    clock_fix(now + 6 * MINUTE);
    g_assert_cmpint(sign_in(h, "town", HOUSE_PASSWORD, "198.51.100.7", token, &left), ==, 0);
    clock_fix(-1);
}

static void test_address(void)
{
    g_autoptr(Door) d = door_new();
    g_autoptr(GError) error = NULL;
    int64_t now = 1000 * MINUTE;
    unsigned passed = 0;

    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("name%u", i);
        passed += door_knock(d, str_of(name), STR("2001:db8::7"), now, NULL);
    }
    g_assert_cmpuint(passed, ==, 30);
    /* the same network, another address of it */
    g_assert_false(door_knock(d, STR("x"), STR("2001:db8::8"), now, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    g_assert_true(door_knock(d, STR("x"), STR("2001:db8:1::8"), now, NULL));
    g_assert_true(door_knock(d, STR("x"), STR("2001:db8::8"), now + MINUTE, NULL));
}

static void test_expiry(void)
{
    g_autoptr(House) h = house_new(false);
    char token[TOKEN_TEXT];
    int64_t now = clock_now_us();

    house_session(h, "town", "town", "990302101", 0);
    clock_fix(now);
    g_assert_cmpint(sign_in(h, "town", HOUSE_PASSWORD, "192.0.2.1", token, NULL), ==, 0);
    clock_fix(now + 29 * MINUTE);
    g_assert_nonnull(session_find(h->care, str_of(token), h->arena));
    clock_fix(now + 58 * MINUTE);
    g_assert_nonnull(session_find(h->care, str_of(token), h->arena));
    clock_fix(now + 89 * MINUTE);
    g_assert_null(session_find(h->care, str_of(token), h->arena));
    clock_fix(now + 60 * MINUTE);
    g_assert_null(session_find(h->care, str_of(token), h->arena)); /* gone is gone */

    clock_fix(now);
    g_assert_cmpint(sign_in(h, "town", HOUSE_PASSWORD, "192.0.2.1", token, NULL), ==, 0);
    for (int minutes = 20; minutes < 12 * 60; minutes += 20) {
        clock_fix(now + minutes * MINUTE);
        g_assert_nonnull(session_find(h->care, str_of(token), h->arena));
    }
    clock_fix(now + (12 * 60 + 1) * MINUTE);
    g_assert_null(session_find(h->care, str_of(token), h->arena));
    clock_fix(-1);
}

/* One more than there is room for ends the one that was idle longest, and no other. */
static void test_room(void)
{
    g_autoptr(House) h = house_new(false);
    char first[TOKEN_TEXT], second[TOKEN_TEXT], token[TOKEN_TEXT];
    const AccountRow *row;
    int64_t now = clock_now_us();

    house_session(h, "town", "town", "990302101", 0);
    g_assert_true(account_find(h->care, STR("town"), h->arena, &row, NULL));
    clock_fix(now);
    session_begin(h->care, row, now - 2, first);
    session_begin(h->care, row, now - 1, second);
    for (unsigned i = 3; i < LIMIT_SESSIONS; i++) /* house_session() signed in, too */
        session_begin(h->care, row, now, token);
    g_assert_nonnull(session_find(h->care, str_of(token), h->arena));
    g_assert_nonnull(session_find(h->care, str_of(first), h->arena)); /* used now, so not idle */
    session_begin(h->care, row, now, token);
    g_assert_nonnull(session_find(h->care, str_of(token), h->arena));
    g_assert_nonnull(session_find(h->care, str_of(first), h->arena));
    g_assert_null(session_find(h->care, str_of(second), h->arena));
    clock_fix(-1);
}

static void test_forgery(void)
{
    g_autoptr(House) h = house_new(false);
    const Session *a = house_session(h, "a", "town", "990302101", 0);
    const Session *b = house_session(h, "b", "town", "990302101", 0);

    g_assert_true(session_csrf_matches(a, a->csrf));
    g_assert_false(session_csrf_matches(a, b->csrf));
    g_assert_false(session_csrf_matches(a, STR("")));
    g_assert_false(session_csrf_matches(h->local, STR(""))); /* no form belongs to a command line */
}

static void test_changed_account(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    char token[TOKEN_TEXT];
    const AccountRow *row;

    house_session(h, "a", "clerk", "990302", 0);
    g_assert_cmpint(sign_in(h, "a", HOUSE_PASSWORD, "192.0.2.1", token, NULL), ==, 0);
    house_session(h, "a", "leader", "990302", 0);
    const Session *s = session_find(h->care, str_of(token), h->arena);
    g_assert_nonnull(s);
    g_assert_false(session_may(s, MAY_PERSON_WRITE));
    g_assert_true(session_may(s, MAY_PERSON_READ | MAY_MONEY_READ));
    g_assert_false(session_may(s, MAY_NOTHING));

    account_find(h->care, STR("a"), h->arena, &row, &error);
    AccountRow closed = *row;
    closed.disabled = true;
    account_save(h->care, h->local, &closed, &error);
    g_assert_no_error(error);
    g_assert_null(session_find(h->care, str_of(token), h->arena));
    g_assert_cmpint(sign_in(h, "a", HOUSE_PASSWORD, "192.0.2.1", token, NULL), ==, FAIL_RIGHT);
}

static void test_first_admin(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    Str password;
    char token[TOKEN_TEXT];
    const DemoAccount *demo;

    g_assert_false(
        account_first_admin(h->care, STR("admin"), STR("short"), h->arena, &password, &error));
    g_clear_error(&error);
    g_assert_true(account_first_admin(h->care, STR("admin"), STR(""), h->arena, &password, &error));
    g_assert_cmpuint(password.len, >=, 16);
    g_autofree char *text = g_strndup(password.at, password.len);
    g_assert_cmpint(sign_in(h, "admin", text, "192.0.2.1", token, NULL), ==, 0);
    g_assert_false(
        account_first_admin(h->care, STR("admin2"), STR(""), h->arena, &password, &error));
    g_clear_error(&error);
    g_assert_false(care_make_demo_accounts(h->care, &error));
    g_assert_cmpuint(care_demo_accounts(h->care, h->arena, &demo), ==, 0);
}

static void test_demo_accounts(void)
{
    g_autoptr(House) h = house_new(true);
    g_autoptr(GError) error = NULL;
    const DemoAccount *list;
    size_t n, facility = 0;

    g_assert_cmpint(care_today(h->care), ==, 18431); /* it stands at its own day */
    care_make_demo_accounts(h->care, &error);
    g_assert_no_error(error);
    n = care_demo_accounts(h->care, h->arena, &list);
    for (size_t i = 0; i < n_role_facts; i++)
        facility += strcmp(role_facts[i].level, "facility") == 0;
    g_assert_cmpuint(n, ==, n_role_facts - facility); /* no facility yet: no post in one */
    house_save(h, h->local, "facility", (RecordKey){0}, "name", "安颐", "region", "990302101",
               NULL);
    care_make_demo_accounts(h->care, &error);
    g_assert_no_error(error);
    n = care_demo_accounts(h->care, h->arena, &list);
    g_assert_cmpuint(n, ==, n_role_facts);
    for (size_t i = 0; i < n; i++) {
        char token[TOKEN_TEXT];
        g_autofree char *name = g_strndup(list[i].name.at, list[i].name.len);
        g_autofree char *password = g_strndup(list[i].password.at, list[i].password.len);
        g_assert_cmpint(sign_in(h, name, password, "192.0.2.1", token, NULL), ==, 0);
        const Session *s = session_find(h->care, str_of(token), h->arena);
        Str level = h->care->regions->level[s->region];
        if (strcmp(s->role->level, "facility") == 0)
            g_assert_cmpint(s->facility, !=, 0);
        else
            g_assert_true(str_is(level, s->role->level));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/session/wrong", test_wrong);
    g_test_add_func("/care/session/person", test_person);
    g_test_add_func("/care/names-that-are-seen", test_names_that_are_seen);
    g_test_add_func("/care/session/lock", test_lock);
    g_test_add_func("/care/session/address", test_address);
    g_test_add_func("/care/session/expiry", test_expiry);
    g_test_add_func("/care/session/room", test_room);
    g_test_add_func("/care/session/forgery", test_forgery);
    g_test_add_func("/care/session/changed_account", test_changed_account);
    g_test_add_func("/care/session/first_admin", test_first_admin);
    g_test_add_func("/care/session/demo_accounts", test_demo_accounts);
    return g_test_run();
}
