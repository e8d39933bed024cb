/* people.c — who may sign in: made, changed, closed, by whom; and passwords. */
#include "care/people.h"

#include "house.h"

static int put(House *h, const Session *s, AccountEdit edit, Str *ret_made)
{
    g_autoptr(GError) error = NULL;
    Str made = STR("");
    bool fine = account_put(h->care, s, &edit, h->arena, &made, &error);
    if (ret_made != NULL)
        *ret_made = made;
    return fine ? 0 : error->code;
}

static AccountEdit fresh(const char *name, const char *role, const char *region)
{
    return (AccountEdit){.is_new = true,
                         .name = str_of(name),
                         .shown = STR("某某"),
                         .role = str_of(role),
                         .region = str_of(region),
                         .password = PASSWORD_MADE};
}

static int sign_in(House *h, Str name, Str password, char token[TOKEN_TEXT])
{
    g_autoptr(GError) error = NULL;
    return session_sign_in(h->care, name, password, STR("192.0.2.1"), token, NULL, &error)
               ? 0
               : error->code;
}

/* Made, signed in with, closed: the session ends; opened again with another password. */
static void test_life(void)
{
    g_autoptr(House) h = house_new(false);
    char token[TOKEN_TEXT];
    Str made, again;
    g_assert_cmpint(put(h, h->local, fresh("zhang", "town", "990302101"), &made), ==, 0);
    g_assert_cmpuint(made.len, >=, 20);
    g_assert_cmpint(put(h, h->local, fresh("zhang", "town", "990302101"), NULL), ==, FAIL_CONFLICT);
    g_assert_cmpint(sign_in(h, STR("zhang"), made, token), ==, 0);
    g_assert_nonnull(session_find(h->care, str_of(token), h->arena));
    g_assert_cmpint(
        put(h, h->local, (AccountEdit){.name = STR("zhang"), .state = STATE_CLOSED}, NULL), ==, 0);
    g_assert_null(session_find(h->care, str_of(token), h->arena));
    g_assert_cmpint(sign_in(h, STR("zhang"), made, token), ==, FAIL_RIGHT);
    g_assert_cmpint(
        put(h, h->local,
            (AccountEdit){.name = STR("zhang"), .state = STATE_OPEN, .password = PASSWORD_MADE},
            &again),
        ==, 0);
    g_assert_cmpint(sign_in(h, STR("zhang"), made, token), ==, FAIL_RIGHT);
    g_assert_cmpint(sign_in(h, STR("zhang"), again, token), ==, 0);
}

/* A new password ends the sessions that the old one began. */
static void test_reset_ends_sessions(void)
{
    g_autoptr(House) h = house_new(false);
    char token[TOKEN_TEXT];
    Str made;
    put(h, h->local, fresh("zhang", "town", "990302101"), &made);
    g_assert_cmpint(sign_in(h, STR("zhang"), made, token), ==, 0);
    put(h, h->local, (AccountEdit){.name = STR("zhang"), .password = PASSWORD_MADE}, NULL);
    g_assert_null(session_find(h->care, str_of(token), h->arena));
}

static void test_own_password(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    char token[TOKEN_TEXT];
    Str made;
    put(h, h->local, fresh("zhang", "town", "990302101"), &made);
    g_assert_cmpint(sign_in(h, STR("zhang"), made, token), ==, 0);
    const Session *s = session_find(h->care, str_of(token), h->arena);
    const struct {
        Str old, fresh;
        int code;
    } tries[] = {{STR("wrong wrong"), STR("long enough"), FAIL_RIGHT},
                 {made, STR("short"), FAIL_INPUT},
                 {made, made, FAIL_INPUT},
                 {made, STR("long enough"), 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        bool fine = account_own_password(h->care, s, STR("192.0.2.1"), tries[i].old, tries[i].fresh,
                                         &error);
        g_assert_cmpint(fine ? 0 : error->code, ==, tries[i].code);
        g_clear_error(&error);
    }
    g_assert_null(session_find(h->care, str_of(token), h->arena));
    g_assert_cmpint(sign_in(h, STR("zhang"), STR("long enough"), token), ==, 0);
}

/* Who manages accounts manages those of her own region, never her own post, and nobody else does.
 */
static void test_by_whom(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Session *county = house_session(h, "county-admin", "admin", "990302", 0);
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    AccountFacts *list;
    size_t n;
    g_assert_cmpint(put(h, clerk, fresh("a", "town", "990302101"), NULL), ==, FAIL_RIGHT);
    g_assert_cmpint(put(h, county, fresh("a", "town", "990302101"), NULL), ==, 0);
    g_assert_cmpint(put(h, county, fresh("b", "town", "990313101"), NULL), ==, FAIL_RIGHT);
    g_assert_cmpint(put(h, h->local, fresh("b", "town", "990313101"), NULL), ==, 0);
    g_assert_cmpint(
        put(h, county, (AccountEdit){.name = STR("b"), .password = PASSWORD_MADE}, NULL), ==,
        FAIL_ABSENT);
    g_assert_cmpint(
        put(h, county, (AccountEdit){.name = STR("county-admin"), .region = STR("990300")}, NULL),
        ==, FAIL_RIGHT);
    g_assert_cmpint(
        put(h, county, (AccountEdit){.name = STR("a"), .region = STR("990313101")}, NULL), ==,
        FAIL_RIGHT);
    g_assert_true(account_list(h->care, county, h->arena, &list, &n, &error));
    g_assert_cmpuint(n, ==, 3); /* a, clerk, county-admin */
    g_assert_true(str_is(list[0].name, "a"));
}

static void test_faults(void)
{
    g_autoptr(House) h = house_new(false);
    const struct {
        const char *name, *role, *region;
    } tries[] = {{"-new", "town", "990302101"}, {"#x", "town", "990302101"},
                 {"a b", "town", "990302101"},  {"", "town", "990302101"},
                 {"a", "boss", "990302101"},    {"a", "town", "1"},
                 {"a", "home", "990302101"}}; /* a post in a facility without one */
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++)
        g_assert_cmpint(
            put(h, h->local, fresh(tries[i].name, tries[i].role, tries[i].region), NULL), ==,
            FAIL_INPUT);
    AccountEdit given = fresh("a", "town", "990302101");
    given.password = PASSWORD_GIVEN;
    given.given = STR("short");
    g_assert_cmpint(put(h, h->local, given, NULL), ==, FAIL_INPUT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/life", test_life);
    g_test_add_func("/people/reset-ends-sessions", test_reset_ends_sessions);
    g_test_add_func("/people/own-password", test_own_password);
    g_test_add_func("/people/by-whom", test_by_whom);
    g_test_add_func("/people/faults", test_faults);
    return g_test_run();
}
