/* sampler.c — the published examples of Rivest's consistent sampler (github.com/ron-rivest/
 * consistent_sampler: docstrings of consistent_sampler.py), and whether it is fair. */
#include "data/sampler.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* first_fraction('AB-130', '01382438112797316654') */
static void test_first_fraction(void)
{
    Sampler s = sampler_of(DIGEST_SHA256, STR("01382438112797316654"));
    char ticket[TICKET_TEXT];
    sampler_ticket(&s, STR("AB-130"), ticket);
    g_assert_cmpstr(
        ticket, ==,
        "26299714122838008416507544297546663599715395525154425586041245287750224561854");
}

/* make_ticket_heap(['dog', 'cat', 'fish', 'goat'], 'xy()134!g2n') */
static void test_heap(void)
{
    static const Str names[] = {{"dog", 3}, {"cat", 3}, {"fish", 4}, {"goat", 4}};
    static const struct {
        const char *name, *ticket;
    } want[] = {
        {"cat", "24866413894129579898796850445568128508290132707747976039848637531569373309555"},
        {"dog", "33886035615681875183111698317327684455682722683976874746986356932751818935066"},
        {"goat", "49599842072022713663423753308080171636735689997237236247068925068573448764387"},
        {"fish", "74685932088827950509145941729789143204056041958068799542050396198792954500593"},
    };
    Sampler s = sampler_of(DIGEST_SHA256, STR("xy()134!g2n"));
    Ticket tickets[4];
    sampler_order(&s, names, 4, tickets);
    for (size_t i = 0; i < 4; i++) {
        g_assert_true(str_is(names[tickets[i].at], want[i].name));
        g_assert_cmpstr(tickets[i].digits, ==, want[i].ticket);
    }
}

/* Example X4 of test_consistent_sampler.py: six ballots, seed 314159. */
static void test_shuffle(void)
{
    static const Str names[] = {{"A-1", 3}, {"A-2", 3}, {"A-3", 3},
                                {"B-1", 3}, {"B-2", 3}, {"B-3", 3}};
    static const struct {
        const char *name, *ticket;
    } want[] = {{"B-2", "410310858090"}, {"B-3", "470960291255"},  {"A-3", "471438751218"},
                {"A-2", "567089805977"}, {"B-1", "9781715679015"}, {"A-1", "9828515724237"}};
    Sampler s = sampler_of(DIGEST_SHA256, STR("314159"));
    Ticket tickets[6];
    sampler_order(&s, names, 6, tickets);
    for (size_t i = 0; i < 6; i++) {
        g_assert_true(str_is(names[tickets[i].at], want[i].name));
        g_assert_true(g_str_has_prefix(tickets[i].digits, want[i].ticket));
    }
}

/* Taking names off the list moves no other. */
static void test_consistent(void)
{
    Str names[40], fewer[20];
    char text[40][8];
    Ticket all[40], some[20];
    Sampler s = sampler_of(DIGEST_SHA256, STR("314159"));
    for (int i = 0; i < 40; i++) {
        g_snprintf(text[i], sizeof text[i], "F%03d", i);
        names[i] = str_of(text[i]);
        if (i % 2 == 0)
            fewer[i / 2] = names[i];
    }
    sampler_order(&s, names, 40, all);
    sampler_order(&s, fewer, 20, some);
    for (size_t i = 0, k = 0; i < 40; i++)
        if (all[i].at % 2 == 0)
            g_assert_cmpuint(all[i].at, ==, 2 * some[k++].at);
}

/* Three of ten, 100,000 times: each is drawn as often as another.  The sum of squares has nine
 * degrees of freedom; it is above 27.88 once in a thousand such tests.  The seeds are fixed. */
static void chi_square(DigestKind kind)
{
    enum { NAMES = 10, TAKE = 3, DRAWS = 100000 };
    char text[NAMES][8];
    Str names[NAMES];
    uint64_t drawn[NAMES] = {0}, first[NAMES] = {0};
    Ticket tickets[NAMES];
    double sum = 0, sum_first = 0;
    for (int i = 0; i < NAMES; i++) {
        g_snprintf(text[i], sizeof text[i], "H%d", i);
        names[i] = str_of(text[i]);
    }
    for (int d = 0; d < DRAWS; d++) {
        g_autofree char *seed = g_strdup_printf("draw %d", d);
        Sampler s = sampler_of(kind, str_of(seed));
        sampler_order(&s, names, NAMES, tickets);
        first[tickets[0].at]++;
        for (int k = 0; k < TAKE; k++)
            drawn[tickets[k].at]++;
    }
    for (int i = 0; i < NAMES; i++) {
        double off = (double)drawn[i] - (double)DRAWS * TAKE / NAMES;
        double off_first = (double)first[i] - (double)DRAWS / NAMES;
        sum += off * off / ((double)DRAWS * TAKE / NAMES);
        sum_first += off_first * off_first / ((double)DRAWS / NAMES);
    }
    /* Without replacement the counts vary less: by (1 - TAKE / NAMES) * NAMES / (NAMES - 1). */
    sum /= (1 - (double)TAKE / NAMES) * NAMES / (NAMES - 1);
    g_test_message("%s: %.2f, the first alone %.2f", digest_words[kind], sum, sum_first);
    g_assert_cmpfloat(sum, <, 27.88);
    g_assert_cmpfloat(sum_first, <, 27.88);
    g_assert_cmpfloat(sum_first, >, 1.15); /* nor too even: below once in a thousand */
}

static void test_fair(void)
{
    chi_square(DIGEST_SHA256);
}

static void test_fair_sm3(void)
{
    chi_square(DIGEST_SM3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sampler/first-fraction", test_first_fraction);
    g_test_add_func("/sampler/heap", test_heap);
    g_test_add_func("/sampler/shuffle", test_shuffle);
    g_test_add_func("/sampler/consistent", test_consistent);
    g_test_add_func("/sampler/fair", test_fair);
    g_test_add_func("/sampler/fair-sm3", test_fair_sm3);
    return g_test_run();
}
