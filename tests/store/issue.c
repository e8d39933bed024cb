/* issue.c — what left the office is kept as it was: written once, read back, and whoever changes it
 * by hand or takes it away is found. */
#include "base/limits.h"
#include "fixture.h"

static IssueRow row_of(Fixture *f, const char *number, const char *content)
{
    return (IssueRow){.id = store_new_id(f->store),
                      .kind = STR("paper"),
                      .number = str_of(number),
                      .name = STR("roster"),
                      .entity = STR("elder"),
                      .record = 7,
                      .place = STR("360302"),
                      .day = day("2020-06-18"),
                      .actor = STR("li"),
                      .type = STR("text/plain"),
                      .digest = STR("ab12"),
                      .content = str_of(content)};
}

static Draft *issue(Fixture *f, const IssueRow *row)
{
    Draft *d = draft_new(f->arena, CHANGE_ISSUE, NULL, (RecordKey){COUNTY, row->id});
    d->change.issue = row;
    return d;
}

static size_t find(Fixture *f, IssueQuery q, IssueRow **ret)
{
    g_autoptr(GError) error = NULL;
    size_t n;
    store_issued(f->store, &q, f->arena, ret, &n, &error);
    g_assert_no_error(error);
    return n;
}

static void test_kept(void)
{
    Fixture *f = fixture_new();
    IssueRow first = row_of(f, "P1", "花名册\n"), second = row_of(f, "P2", "zweite"), *found;
    second.day++;
    write_ok(f->store, issue(f, &first));
    write_ok(f->store, issue(f, &second));
    g_assert_cmpuint(find(f, (IssueQuery){.content = true}, &found), ==, 2);
    g_assert_true(str_is(found[0].number, "P2")); /* newest first */
    g_assert_true(str_is(found[1].content, "花名册\n"));
    g_assert_cmpint(found[1].county, ==, COUNTY);
    g_assert_cmpuint(find(f, (IssueQuery){.number = STR("P1")}, &found), ==, 1);
    g_assert_cmpuint(found[0].content.len, ==, 0);
    g_assert_cmpint(found[0].day, ==, day("2020-06-18"));
    g_assert_cmpuint(find(f, (IssueQuery){.entity = STR("elder"), .record = 8}, &found), ==, 0);
    g_assert_cmpuint(find(f, (IssueQuery){.id = second.id}, &found), ==, 1);
    assert_verified(f->store);
    fixture_free(f);
}

/* LIMIT_ISSUED_BYTES */
static void test_refused(void)
{
    Fixture *f = fixture_new();
    IssueRow none = row_of(f, "P1", ""), long_one = row_of(f, "P2", "x"),
             same = row_of(f, "P3", "x");
    g_autofree char *content = g_strnfill(LIMIT_ISSUED_BYTES + 1, 'x');
    long_one.content = (Str){content, LIMIT_ISSUED_BYTES + 1};
    write_refused(f->store, issue(f, &none), FAIL_INPUT, "content");
    write_refused(f->store, issue(f, &long_one), FAIL_INPUT, "content");
    write_ok(f->store, issue(f, &same));
    write_refused(f->store, issue(f, &same), FAIL_CONFLICT, NULL);
    assert_verified(f->store);
    fixture_free(f);
}

static void tampered(const char *sql, const char *words)
{
    Fixture *f = fixture_new();
    IssueRow row = row_of(f, "P1", "花名册");
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    VerifyReport r;
    write_ok(f->store, issue(f, &row));
    assert_verified(f->store);
    store_close(f->store);
    f->store = NULL;
    tamper(f, sql);
    fixture_reopen(f);
    g_assert_true(store_verify(f->store, a, &r, &error));
    if (r.ok || strstr(r.first_fault.at, words) == NULL)
        g_error("after %s: \"%.*s\" does not say \"%s\"", sql, STR_ARG(r.first_fault), words);
    fixture_free(f);
}

static void test_tampered(void)
{
    tampered("UPDATE issued SET number='P9'", "not as entry");
    tampered("UPDATE issued SET digest='00'", "not as entry");
    tampered("UPDATE issued SET day=day+1", "not as entry");
    tampered("DELETE FROM issued", "missing");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/issue/kept", test_kept);
    g_test_add_func("/issue/refused", test_refused);
    g_test_add_func("/issue/tampered", test_tampered);
    return g_test_run();
}
