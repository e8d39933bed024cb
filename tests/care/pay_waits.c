/* pay_waits.c — what many lines of a run wait for is said once: for how many, and who helps. */
#include "town.h"

static const char unset_text[] =
    "\n## 3 待设定 / To be set\n\n```anlao\n"
    "param winter_amount \"取暖补助标准\" / \"winter aid\" : money\n"
    "benefit winter \"取暖补助\" / \"winter aid\" { for elder\n every month on last day\n"
    "  when income < 10000 yuan\n  pay winter_amount\n  fund budget }\n```\n";

/* Five elders; of two nobody knows the income, and nobody has said how much aid in winter is.  The
 * run says both once: three wait for the amount, which the place sets, two for the income. */
static void test_what_many_wait_for(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    PayWait *all;
    size_t n;
    bool more;
    g_autoptr(GError) error = NULL;
    t.extra = unset_text;
    town_rules(&t);
    for (unsigned i = 0; i < 4; i++) {
        RecordKey one = house_save(h, h->local, "elder", (RecordKey){0}, "name", "王桂英", "born",
                                   "1935-03-01", "residence", "990302101", NULL);
        if (i < 3)
            set_text(&t, "elder", one, "income", "50", month_first(SINCE));
    }
    PayRun r = prepare(&t, SINCE);
    g_assert_true(pay_waits(h->care, &t.clerk, r.id, h->arena, &all, &n, &more, NULL));
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(str_is(all[0].what.name, "winter_amount") && all[0].what.is_param);
    g_assert_cmpuint(all[0].subjects, ==, 3);
    g_assert_cmpuint(all[0].lines, ==, 3);
    g_assert_true(str_is(all[0].what.clause, "3"));
    Label words = pay_wait_words(&all[0], more, h->arena);
    g_assert_nonnull(strstr(words.zh.at, "3 个对象等“取暖补助标准”（winter_amount，"));
    g_assert_nonnull(strstr(words.zh.at, "设定：在本地文件里写 set winter_amount = …"));
    g_assert_nonnull(strstr(words.en.at, "3 wait for \"winter aid\" (winter_amount, "));
    g_assert_nonnull(strstr(words.en.at, "anlao policy --put-in-force"));
    g_assert_true(str_is(all[1].what.name, "elder.income") && !all[1].what.is_param);
    g_assert_cmpuint(all[1].subjects, ==, 2);
    g_assert_cmpuint(all[1].lines, ==, 4); /* of the aid, and of the aid in winter */
    g_assert_false(more);
    /* Who sees sums alone is told nothing of single facts. */
    g_assert_true(pay_waits(h->care, &t.finance, r.id, h->arena, &all, &n, &more, NULL));
    g_assert_cmpuint(n, ==, 0);
    /* A post that sees the run, and none of its records, is told how many. */
    const Role post = {.name = STR("houses")};
    RoleFacts houses = *t.clerk.role;
    Session blind = t.clerk;
    houses.post = &post;
    blind.role = &houses;
    pay_waits(h->care, &blind, r.id, h->arena, &all, &n, &more, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(str_is(all[0].what.name, "winter_amount") && all[0].subjects == 3);
    g_assert_true(str_is(all[0].what.zh, "取暖补助标准") && all[0].what.is_param);
    town_free(&t);
}

/* The first who waited went to another county after the run was prepared: what is missing is told
 * by another one's line. */
static void test_the_first_went_elsewhere(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    Session here = session_of(h, "jing", "clerk", "990302");
    PayWait *all;
    size_t n;
    bool more;
    t.extra = unset_text;
    town_rules(&t);
    set_text(&t, "elder", li, "income", "50", month_first(SINCE));
    for (unsigned i = 0; i < 2; i++) {
        RecordKey one = house_save(h, h->local, "elder", (RecordKey){0}, "name", "王桂英", "born",
                                   "1935-03-01", "residence", "990302101", NULL);
        set_text(&t, "elder", one, "income", "50", month_first(SINCE));
    }
    PayRun r = prepare(&t, SINCE);
    move_over(&t, 0, month_first(SINCE + 1));
    g_autoptr(GError) error = NULL;
    pay_waits(h->care, &here, r.id, h->arena, &all, &n, &more, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(str_is(all[0].what.zh, "取暖补助标准"));
    town_free(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/pay/what-many-wait-for", test_what_many_wait_for);
    g_test_add_func("/care/pay/the-first-went-elsewhere", test_the_first_went_elsewhere);
    return g_test_run();
}
