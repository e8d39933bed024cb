/* once.c — once per key (semantics 45), with `again if`, over random documents and records: both
 * drivers agree with the oracle, which walks what linking made of the words; where every fact is
 * known, with the claims taken one after the other, as the sentence says it; where some are not,
 * what is said to be yes or no is so for every way of filling them.
 * ANLAO_SEED and ANLAO_WORLDS choose other and more worlds. */
#include "case.h"
#include "oracle.h"

#define CLAIMS 7
#define AWARDS 5
#define SITES  3
#define HOMES  4
#define FILLS  24

typedef struct Claim {
    int home, site, star, points;
    bool fine;
    Date on;
    bool known[4]; /* star, points, fine, on */
} Claim;

typedef struct Award {
    int site, claim, star; /* claim -1: imported */
    Date on;
    bool known[2]; /* star, on */
} Award;

typedef struct Sites { /* what the rule says, and what is recorded */
    GRand *rand;
    bool over_home, again, by_points, by_fine;
    int pays; /* 0: by star; 1: more when fine; 2: always the same */
    Date from, until;
    int site_of[HOMES];
    Claim claims[CLAIMS];
    Award awards[AWARDS];
    size_t n_claims, n_awards;
} Sites;

static int below(Sites *s, int n)
{
    return g_rand_int_range(s->rand, 0, n);
}

static bool chance(Sites *s, double p)
{
    return g_rand_double(s->rand) < p;
}

/* ---- the sentence, claim by claim -------------------------------------------------------------
 */

static int key_of(const Sites *s, const Claim *c)
{
    return s->over_home ? s->site_of[c->home] : c->site;
}

static int64_t amount_of(const Sites *s, const Claim *c)
{
    static const int64_t by_star[] = {0, 10000, 30000};

    if (s->pays == 2)
        return 5000;
    return s->pays == 1 && c->fine ? 20000 : by_star[c->star];
}

/* What `when` says of it, in the days of the rule. */
static bool fits(const Sites *s, const Claim *c)
{
    bool good = s->by_points ? c->points >= 10 : c->star >= 1;

    if (s->by_fine)
        good = good || c->fine;
    return good && c->on >= s->from && c->on <= s->until;
}

/* By itself, whatever others have claimed: one that comes to nothing is none. */
static bool claims_by_itself(const Sites *s, const Claim *c)
{
    return fits(s, c) && amount_of(s, c) > 0;
}

static const Award *award_for(const Sites *s, size_t claim)
{
    for (size_t i = 0; i < s->n_awards; i++)
        if (s->awards[i].claim == (int)claim)
            return &s->awards[i];
    return NULL;
}

/* An award is of the day it says, or of that of its claim. */
static bool award_is(const Sites *s, const Award *a, Date on, bool before)
{
    Date claimed = a->claim >= 0 ? s->claims[a->claim].on : a->on;

    return before ? a->on < on || claimed < on : a->on == on || claimed == on;
}

/* Whether awards let it through: no award before, or a better one than the latest. */
static Truth awards_let(const Sites *s, const Claim *c)
{
    const Award *last = NULL;
    bool two = false;

    for (size_t i = 0; i < s->n_awards; i++) {
        const Award *a = &s->awards[i];

        if (a->site != key_of(s, c) || !award_is(s, a, c->on, true) || a->on > c->on)
            continue;
        two = last != NULL && a->on == last->on  ? two || a->star != last->star
              : last == NULL || a->on > last->on ? false
                                                 : two;
        if (last == NULL || a->on > last->on)
            last = a;
    }
    /* One that was paid later for an earlier claim is before it all the same. */
    bool any = last != NULL;
    for (size_t i = 0; i < s->n_awards; i++)
        any = any || (s->awards[i].site == key_of(s, c) && award_is(s, &s->awards[i], c->on, true));
    if (!any)
        return TRUTH_YES;
    if (!s->again)
        return TRUTH_NO;
    if (last == NULL || two)
        return TRUTH_UNKNOWN;
    return c->star > last->star ? TRUTH_YES : TRUTH_NO;
}

/* A claim that may still come to an award. */
static Truth is_open(const Sites *s, size_t i)
{
    if (award_for(s, i) != NULL || !claims_by_itself(s, &s->claims[i]))
        return TRUTH_NO;
    return awards_let(s, &s->claims[i]);
}

static Truth others_let(const Sites *s, size_t at)
{
    const Claim *c = &s->claims[at];
    const Award *own = award_for(s, at);
    Truth earlier = TRUTH_NO, same = TRUTH_NO;

    for (size_t i = 0; i < s->n_claims; i++) {
        const Claim *x = &s->claims[i];

        if (i == at || key_of(s, x) != key_of(s, c))
            continue;
        if (x->on < c->on)
            earlier = truth_or(earlier, is_open(s, i));
        if (x->on == c->on)
            same = truth_or(same, is_open(s, i));
    }
    /* Of two that claim nobody says which; one that is settled, or claims nothing, is not in two.
     */
    if (own != NULL || !claims_by_itself(s, c))
        same = TRUTH_NO;
    for (size_t i = 0; i < s->n_awards; i++)
        if (&s->awards[i] != own && s->awards[i].site == key_of(s, c) &&
            award_is(s, &s->awards[i], c->on, false))
            same = TRUTH_YES;
    Truth let = same == TRUTH_NO ? TRUTH_YES : TRUTH_UNKNOWN;
    if (earlier == TRUTH_YES)
        let = truth_and(let, s->again ? TRUTH_UNKNOWN : TRUTH_NO);
    if (earlier == TRUTH_UNKNOWN)
        let = truth_and(let, TRUTH_UNKNOWN);
    return let;
}

static Truth sentence(const Sites *s, size_t at, int64_t *ret_amount)
{
    const Claim *c = &s->claims[at];

    *ret_amount = 0;
    if (!fits(s, c))
        return TRUTH_NO;
    Truth t = truth_and(awards_let(s, c), others_let(s, at));
    if (t == TRUTH_YES)
        *ret_amount = amount_of(s, c);
    return t == TRUTH_YES && *ret_amount == 0 ? TRUTH_NO : t; /* nothing is no */
}

/* Semantics 24: `when` comes before the amount, so that a claim to nothing may be unknown. */
static bool same_truth(const Sites *s, size_t at, Truth want, Truth have)
{
    bool nothing = amount_of(s, &s->claims[at]) == 0;

    return want == have || (nothing && want != TRUTH_YES && have != TRUTH_YES);
}

/* ---- random records ---------------------------------------------------------------------------
 */

/* Few days, so that they meet. */
static Date some_day(Sites *s)
{
    static const char *const days[] = {"2020-02-10", "2020-03-05", "2020-03-20", "2020-04-11",
                                       "2020-04-12"};

    return day_of(days[below(s, G_N_ELEMENTS(days))]);
}

static void fill_claim(Sites *s, Claim *c)
{
    c->star = below(s, 3);
    c->points = 5 * below(s, 5);
    c->fine = chance(s, 0.5);
    c->on = some_day(s);
}

static void fill_records(Sites *s, double unknown)
{
    s->n_claims = 2 + (size_t)below(s, CLAIMS - 1);
    for (size_t i = 0; i < HOMES; i++)
        s->site_of[i] = below(s, SITES);
    for (size_t i = 0; i < s->n_claims; i++) {
        Claim *c = &s->claims[i];

        c->home = below(s, HOMES);
        c->site = below(s, SITES);
        fill_claim(s, c);
        for (size_t k = 0; k < 4; k++)
            c->known[k] = !chance(s, unknown);
    }
    for (size_t n = (size_t)below(s, AWARDS + 1); s->n_awards < n;) {
        Award *a = &s->awards[s->n_awards];
        size_t claim = (size_t)below(s, (int)s->n_claims);
        bool own = chance(s, 0.7) && award_for(s, claim) == NULL;

        s->n_awards++;
        *a =
            (Award){.site = below(s, SITES), .claim = own ? (int)claim : -1, .known = {true, true}};
        a->star = below(s, 3);
        a->on = some_day(s);
        if (own) { /* made when it is paid: later, for its own key */
            a->site = key_of(s, &s->claims[claim]);
            a->star = s->claims[claim].star;
            a->on = s->claims[claim].on + 1 + below(s, 40);
        }
        for (size_t k = 0; k < 2; k++)
            a->known[k] = own || !chance(s, unknown);
    }
}

static Sites *sites_new(guint32 seed, double unknown)
{
    Sites *s = g_new0(Sites, 1);

    s->rand = g_rand_new_with_seed(seed);
    s->over_home = chance(s, 0.4);
    s->again = chance(s, 0.5);
    s->by_points = chance(s, 0.3);
    s->by_fine = chance(s, 0.3);
    s->pays = below(s, 3);
    s->from = day_of(chance(s, 0.7) ? "2019-01-01" : "2020-03-01");
    s->until = chance(s, 0.7) ? DATE_MAX : day_of("2020-04-11");
    fill_records(s, unknown);
    return s;
}

static void sites_free(Sites *s)
{
    g_rand_free(s->rand);
    g_free(s);
}

/* ---- as a document and records ----------------------------------------------------------------
 */

static Case *case_of_sites(const Sites *s)
{
    static const char *const pays[] = {"star_amount[star]",
                                       "if fine then 200 yuan else star_amount[star]", "50 yuan"};
    char from[DATE_TEXT], until[DATE_TEXT];
    g_autofree char *days =
        g_strdup_printf("%s%s%s%s", s->from > day_of("2019-01-01") ? " from " : "",
                        s->from > day_of("2019-01-01") ? date_format(s->from, from) : "",
                        s->until < DATE_MAX ? "\n until " : "",
                        s->until < DATE_MAX ? date_format(s->until, until) : "");
    g_autofree char *text = g_strdup_printf(
        "enum star ordered { one_star; two_star; three_star }\n"
        "entity site {\n name int\n}\nentity home {\n site site\n}\n"
        "entity grading {\n home home\n site site\n graded_on date\n star star\n"
        " points int\n fine bool\n}\n"
        "entity award {\n dated by awarded_on\n site site\n grading grading\n awarded_on date\n"
        " star star\n}\n"
        "param star_amount by star : money { one_star: 0 yuan; two_star: 100 yuan;"
        " three_star: 300 yuan }\n"
        "benefit b {\n for grading\n once per %s on graded_on against award%s\n%s\n"
        " when %s%s\n pay %s\n}\n",
        s->over_home ? "home.site" : "site", s->again ? " again if star > award.star" : "", days,
        s->by_points ? "points >= 10" : "star >= two_star", s->by_fine ? " or fine" : "",
        pays[s->pays]);

    return case_new(text);
}

static const char *const star_names[] = {"one_star", "two_star", "three_star"};

static void put(GString *to, bool known, const char *name, const char *value)
{
    if (known)
        g_string_append_printf(to, "%s%s=%s", to->len > 0 ? " " : "", name, value);
}

static void put_number(GString *to, bool known, const char *name, int n)
{
    g_autofree char *text = g_strdup_printf("%d", n);

    put(to, known, name, text);
}

static void record_all(Case *c, const Sites *s)
{
    char day[DATE_TEXT];

    for (int i = 0; i < SITES; i++)
        case_record(c, "site", "name=1");
    for (int i = 0; i < HOMES; i++) {
        g_autoptr(GString) to = g_string_new(NULL);

        put_number(to, true, "site", s->site_of[i]);
        case_record(c, "home", to->str);
    }
    for (size_t i = 0; i < s->n_claims; i++) {
        g_autoptr(GString) to = g_string_new(NULL);
        const Claim *x = &s->claims[i];

        put_number(to, true, "home", x->home);
        put_number(to, true, "site", x->site);
        put(to, x->known[0], "star", star_names[x->star]);
        put_number(to, x->known[1], "points", x->points);
        put(to, x->known[2], "fine", x->fine ? "yes" : "no");
        put(to, x->known[3], "graded_on", date_format(x->on, day));
        case_record(c, "grading", to->str);
    }
    for (size_t i = 0; i < s->n_awards; i++) {
        g_autoptr(GString) to = g_string_new(NULL);
        const Award *x = &s->awards[i];

        put_number(to, true, "site", x->site);
        put_number(to, x->claim >= 0, "grading", x->claim);
        put(to, x->known[0], "star", star_names[x->star]);
        put(to, x->known[1], "awarded_on", date_format(x->on, day));
        case_record(c, "award", to->str);
    }
}

/* ---- what the engine says ---------------------------------------------------------------------
 */

typedef struct Asked {
    const Sites *s;
    Case *c;
    const Rule *rule;
    Program *p;
    Evaluation *e;
    Oracle oracle;
    guint32 seed;
} Asked;

static Lacks lacks_of(const Asked *q, uint64_t own)
{
    const ProgramOutput *o = &q->p->outputs[0];
    Lacks l = {{0}};

    for (size_t i = 0; i < o->n_inputs; i++) {
        const Input *in = &q->p->inputs[o->inputs[i]];
        unsigned id = oracle_id(q->c->m, in->kind, in->origin);

        if ((own >> i & 1) != 0)
            l.bits[id / 64] |= UINT64_C(1) << id % 64;
    }
    return l;
}

static void differs(const Asked *q, const char *what, size_t row, int want, int64_t amount,
                    int have, int64_t has)
{
    const Sites *s = q->s;
    char day[DATE_TEXT];

    for (size_t i = 0; i < s->n_claims; i++)
        g_test_message("claim %zu key %d star %d points %d fine %d on %s award %d", i,
                       key_of(s, &s->claims[i]), s->claims[i].star, s->claims[i].points,
                       s->claims[i].fine, date_format(s->claims[i].on, day),
                       award_for(s, i) != NULL);
    for (size_t i = 0; i < s->n_awards; i++)
        g_test_message("award of %d for %d star %d on %s", s->awards[i].site, s->awards[i].claim,
                       s->awards[i].star, date_format(s->awards[i].on, day));
    g_test_message("again %d points %d fine %d pays %d", s->again, s->by_points, s->by_fine,
                   s->pays);
    g_error("%s: seed %u claim %zu: wanted %d %" G_GINT64_FORMAT ", got %d %" G_GINT64_FORMAT, what,
            q->seed, row, want, amount, have, has);
}

static void check_oracle(const Asked *q, size_t row, Month month, unsigned outcome, int64_t amount,
                         uint64_t missing, const char *driver)
{
    OracleMonth x = oracle_month(&q->oracle, q->rule, row, month);
    Lacks lacks = lacks_of(q, missing);
    bool same = x.outcome == outcome && x.amount == amount &&
                (outcome != TRUTH_UNKNOWN || memcmp(&x.lacks, &lacks, sizeof lacks) == 0);

    if (!same)
        differs(q, driver, row, x.outcome, x.amount, (int)outcome, amount);
}

/* Every way of filling what is unknown gives the same. */
static void check_fillings(const Asked *q, size_t row, unsigned outcome, int64_t amount)
{
    Sites filled = *q->s;

    if (outcome != TRUTH_YES && outcome != TRUTH_NO)
        return;
    for (int n = 0; n < FILLS; n++) {
        for (size_t i = 0; i < filled.n_claims; i++) {
            Claim *c = &filled.claims[i], any;

            fill_claim(&filled, &any);
            c->star = c->known[0] ? c->star : any.star;
            c->points = c->known[1] ? c->points : any.points;
            c->fine = c->known[2] ? c->fine : any.fine;
            c->on = c->known[3] ? c->on : any.on;
        }
        for (size_t i = 0; i < filled.n_awards; i++) {
            Award *a = &filled.awards[i];

            a->star = a->known[0] ? a->star : below(&filled, 3);
            a->on = a->known[1] ? a->on : some_day(&filled);
        }
        int64_t paid;
        Truth t = sentence(&filled, row, &paid);

        if (!same_truth(&filled, row, t, (Truth)outcome) || (t == TRUTH_YES && paid != amount))
            differs(q, "a way of filling", row, (int)t, paid, (int)outcome, amount);
    }
}

static void check_claim(Asked *q, size_t row, bool all_known)
{
    const Claim *c = &q->s->claims[row];
    Month month = month_of(c->on);
    g_autoptr(Results) all = NULL;
    g_autoptr(Arena) a = arena_new();
    GError *error = NULL;
    int64_t paid;
    Trace t;

    evaluate_month(q->p, q->c->d, month, true, &all, &error);
    g_assert_no_error(error);
    evaluation_row_month(q->e, 0, row, month, a, &t, &error);
    g_assert_no_error(error);
    const Result *b = &all->list[0];
    unsigned outcome = t.outside ? OUTCOME_OUTSIDE : t.outcome;

    check_oracle(q, row, month, outcome, t.amount, t.missing, "row driver");
    check_oracle(q, row, month, b->outcome[row], result_amount(b, row), result_missing(b, row),
                 "batch driver");
    if (outcome == OUTCOME_OUTSIDE || !c->known[3])
        return;
    check_fillings(q, row, outcome, t.amount);
    Truth want = sentence(q->s, row, &paid);
    if (all_known && (!same_truth(q->s, row, want, (Truth)outcome) || paid != t.amount))
        differs(q, "the sentence", row, (int)want, paid, (int)outcome, t.amount);
}

static void world(guint32 seed, double unknown)
{
    Sites *s = sites_new(seed, unknown);
    g_autoptr(Case) c = case_of_sites(s);
    Asked q = {.s = s, .c = c, .rule = model_rule(c->m, STR("b")), .seed = seed};
    Output output = {.kind = OUTPUT_RULE, .rule = q.rule};
    CompileOptions options = {.regions = c->regions};
    GError *error = NULL;

    record_all(c, s);
    options.data = case_data(c);
    q.p = program_new(c->m, q.rule->subject, &output, 1, &options, &error);
    g_assert_no_error(error);
    q.e = evaluation_new(q.p, c->d, &error);
    g_assert_no_error(error);
    q.oracle = (Oracle){.m = c->m, .d = c->d, .regions = c->regions};
    oracle_begin(&q.oracle);
    for (size_t i = 0; i < s->n_claims; i++)
        check_claim(&q, i, unknown == 0);
    evaluation_free(q.e);
    program_free(q.p);
    sites_free(s);
}

static guint32 setting(const char *name, guint32 otherwise)
{
    const char *text = g_getenv(name);

    return text != NULL ? (guint32)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

static void test_known(void)
{
    guint32 seed = setting("ANLAO_SEED", 1), worlds = setting("ANLAO_WORLDS", 120);

    for (guint32 i = 0; i < worlds; i++)
        world(seed + i, 0);
}

static void test_unknown(void)
{
    guint32 seed = setting("ANLAO_SEED", 5000), worlds = setting("ANLAO_WORLDS", 120);

    for (guint32 i = 0; i < worlds; i++)
        world(seed + i, i % 2 == 0 ? 0.1 : 0.3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/45/random-claims", test_known);
    g_test_add_func("/semantics/45/random-claims-with-unknowns", test_unknown);
    return g_test_run();
}
