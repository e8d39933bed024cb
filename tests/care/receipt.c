/* receipt.c — decisions as they were made, where each value came from, and who can supply what is
 * missing. */
#include "care/receipt.h"

#include "base/identifier.h"
#include "care/decide.h"
#include "house.h"

#define HEAD                                                                                       \
    "---\ndocument: rules\ntitle: 补\ntitle en: Aid\nlayer: place\nplace: 990300\n"               \
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 补 / Aid\n\n```anlao\n"

#define RULES(rate)                                                                                  \
    HEAD "param line \"低收入线\" / \"line\" : money = 500 yuan\n"                               \
         "param rate \"标准\" / \"rate\" by region : money\n"                                      \
         "delegate rate to county\nset rate[990302] = " rate "\n"                                    \
         "enum agency { civil \"民政\" / \"civil affairs\" }\n"                                    \
         "judgement hard \"困难\" / \"hard\" of elder by county needs minutes gives bool\n"        \
         "benefit aid \"补助\" / \"aid\" {\n  for elder\n  every month on last day\n"              \
         "  when income < line\n  pay rate[residence]\n}\n"                                          \
         "benefit help \"帮扶\" / \"help\" {\n  for elder\n  every month on last day\n"            \
         "  when hard\n  pay 10 yuan\n}\n"                                                           \
         "benefit named \"有档\" / \"named\" {\n  for elder\n  every month on last day\n"          \
         "  when ability = severe\n  pay 10 yuan\n}\n"                                               \
         "check young \"年纪\" / \"age\" of elder {\n  require age(born) < 100\n  cure \"x\"\n}\n" \
         "```\n"

static Month june(void)
{
    Month m = 0;
    g_assert_true(month_parse(STR("2020-06"), &m));
    return m;
}

static void decide(House *h)
{
    g_autoptr(GError) error = NULL;
    const DecideWhat what = {.month = june()};
    DecideReport report;
    decide_month(h->care, h->local, &what, h->arena, &report, &error);
    g_assert_no_error(error);
}

static Receipt receipt_of(House *h, const Session *s, const char *rule, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Receipt r;
    decision_receipt(h->care, s, model_rule(h->care->model, str_of(rule)), key, june(), true,
                     h->arena, &r, &error);
    g_assert_no_error(error);
    return r;
}

static RecordKey person(House *h, const char *town, const char *income)
{
    RecordKey key = house_save(h, h->local, "elder", (RecordKey){0}, "name", "甲某", "born",
                               "1940-01-01", "residence", town, NULL);
    if (income != NULL)
        house_save(h, h->local, "elder", key, "income", income, NULL);
    return key;
}

/* A fact is corrected afterwards: what was decided stays explained by what was known. */
static void as_known_then(void)
{
    g_autoptr(House) h = house_new_with(false, RULES("100 yuan"));
    RecordKey key = person(h, "990302101", "300");
    decide(h);
    Receipt r = receipt_of(h, h->local, "aid", key);
    g_assert_true(r.decided && r.recomputed && r.agrees && r.same);
    g_assert_cmpuint(r.n_differences, ==, 0);
    house_save(h, h->local, "elder", key, "income", "900", NULL);
    r = receipt_of(h, h->local, "aid", key);
    g_assert_true(r.agrees);
    g_assert_cmpint(r.outcome, ==, TRUTH_YES);
    g_assert_cmpint(r.amount, ==, 10000);
    g_assert_cmpint(r.then.outcome, ==, TRUTH_YES);
    g_assert_cmpint(r.then.amount, ==, 10000);
    g_assert_false(r.same);
    g_assert_false(r.other_policy);
    g_assert_cmpint(r.now.outcome, ==, TRUTH_NO);
    g_assert_cmpuint(r.n_differences, >=, 1);
    g_assert_true(str_find(r.differences[0].then_zh, STR("300.00 元")) >= 0);
    g_assert_true(str_find(r.differences[0].now_zh, STR("900.00 元")) >= 0);
    decide(h); /* decided anew: the new answer has a receipt of its own */
    r = receipt_of(h, h->local, "aid", key);
    g_assert_true(r.agrees && r.same);
    g_assert_cmpint(r.outcome, ==, TRUTH_NO);
}

/* Other documents are in force: those of then are read again. */
static void by_the_documents_of_then(void)
{
    g_autoptr(House) h = house_new_with(false, RULES("100 yuan"));
    RecordKey key = person(h, "990302101", "300");
    decide(h);
    house_write(h, "packs/more.md", RULES("150 yuan"), NULL);
    house_put_in_force(h);
    Receipt r = receipt_of(h, h->local, "aid", key);
    g_assert_true(r.other_policy && r.agrees);
    g_assert_cmpint(r.policy, ==, 1);
    g_assert_cmpint(r.then.amount, ==, 10000);
    g_assert_cmpint(r.now.amount, ==, 15000);
    g_assert_false(r.same);
    g_assert_cmpuint(r.n_differences, >=, 1);
    decide(h);
    r = receipt_of(h, h->local, "aid", key);
    g_assert_true(r.agrees && r.same && !r.other_policy);
    g_assert_cmpint(r.amount, ==, 15000);
}

/* A no that was never anything else has no row: the newest run is its receipt. */
static void a_no_without_a_row(void)
{
    g_autoptr(House) h = house_new_with(false, RULES("100 yuan"));
    RecordKey key = person(h, "990302101", "501");
    Receipt r = receipt_of(h, h->local, "aid", key);
    g_assert_false(r.decided); /* nobody decided yet */
    g_assert_false(r.outside_now);
    decide(h);
    r = receipt_of(h, h->local, "aid", key);
    g_assert_true(r.decided && r.agrees && r.same);
    g_assert_cmpint(r.outcome, ==, TRUTH_NO);
    g_assert_cmpint(r.run, >, 0);
    g_assert_cmpuint(r.then.n_nearest, ==, 1);
    r = receipt_of(h, h->local, "young", key);
    g_assert_false(r.decided); /* checks are not stored */
    RecordKey later = person(h, "990302101", "100");
    r = receipt_of(h, h->local, "aid", later); /* nobody knew of her then */
    g_assert_true(r.outside_then && r.agrees);
    g_assert_false(r.same);
}

static void what_is_stored(void)
{
    g_autoptr(House) h = house_new_with(false, RULES("100 yuan"));
    g_autoptr(GError) error = NULL;
    RecordKey key = person(h, "990302101", "300");
    StoredAnswer *all;
    size_t n;
    decide(h);
    decision_stored(h->care, h->local, house_entity(h, "elder"), key, june(), h->arena, &all, &n,
                    &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 3); /* yes, waits, unknown; every one a row */
    g_assert_true(str_is(all[0].rule->name, "aid"));
    g_assert_cmpint(all[0].amount, ==, 10000);
    const Session *village = house_session(h, "village", "village", "990302101", 0);
    g_assert_false(decision_stored(h->care, village, house_entity(h, "elder"), key, june(),
                                   h->arena, &all, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
}

/* ---- who can supply it */

static const MissingFact *missing(const Explanation *x, const char *name)
{
    for (size_t i = 0; i < x->n_missing; i++)
        if (str_is(x->missing[i].name, name))
            return &x->missing[i];
    g_test_message("%s is not missing", name);
    g_assert_not_reached();
}

static void who_supplies(void)
{
    g_autoptr(House) h = house_new_with(false, RULES("100 yuan"));
    RecordKey key = person(h, "990302101", NULL), other = person(h, "990313101", "300");
    decide(h);
    Receipt r = receipt_of(h, h->local, "aid", key);
    const MissingFact *m = missing(&r.then, "elder.income");
    g_assert_true(str_find(m->who_zh, STR("县区经办人、乡镇民政干部")) == 0);
    g_assert_true(str_find(m->who_zh, STR("领导")) < 0); /* reads, does not write */
    g_assert_true(str_find(m->who_en, STR("county clerk, town worker")) == 0);
    r = receipt_of(h, h->local, "aid", other); /* its county has not set the rate */
    m = missing(&r.then, "rate");
    g_assert_true(m->is_param);
    g_assert_true(str_is(m->who_zh, "县区"));
    g_assert_true(str_is(m->document, "rules"));
    g_assert_true(str_is(m->clause, "一"));
    r = receipt_of(h, h->local, "help", key);
    m = missing(&r.then, "elder.hard");
    g_assert_true(m->is_judgement);
    g_assert_true(str_is(m->who_zh, "县区主管部门"));
}

/* Where a document declares who writes a record, those are named, and from whom it is exchanged. */
static void who_as_declared(void)
{
    g_autoptr(House) h = house_new_with(
        false, HEAD "enum agency { police \"公安\" / \"police\" }\n"
                    "role registrar \"登记员\" / \"registrar\" of county sees elder writes elder\n"
                    "exchange elder.income with police { take income  every month }\n"
                    "benefit aid \"补助\" / \"aid\" {\n  for elder\n  every month on last day\n"
                    "  when income < 500 yuan\n  pay 1 yuan\n}\n```\n");
    RecordKey key = person(h, "990302101", NULL);
    Receipt r = receipt_of(h, h->local, "aid", key);
    const MissingFact *m = missing(&r.now, "elder.income");
    g_assert_true(str_is(m->who_zh, "登记员、公安（交换）"));
    g_assert_true(str_is(m->who_en, "registrar, police (exchanged)"));
}

/* ---- where it came from */

static const ExplainFact *fact(const Explanation *x, const char *name)
{
    for (size_t i = 0; i < x->n_facts; i++)
        if (str_is(x->facts[i].name, name))
            return &x->facts[i];
    g_test_message("no fact %s", name);
    g_assert_not_reached();
}

static void sources(void)
{
    g_autoptr(House) h = house_new_with(false, RULES("100 yuan"));
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    const Session *review = house_session(h, "review1", "review", "990302", 0);
    RecordKey key = person(h, "990302101", "300");
    decide(h);
    house_save(h, clerk, "elder", key, "income", "200", NULL);
    Receipt r = receipt_of(h, review, "aid", key);
    const ExplainFact *now = fact(&r.now, "elder.income"), *then = fact(&r.then, "elder.income");
    g_assert_true(str_is(now->value_zh, "200.00 元"));
    g_assert_true(str_is(now->role_zh, "县区经办人"));
    g_assert_true(str_is(now->by, "clerk1")); /* a reviewer reads the journal */
    g_assert_true(str_is(now->reason, "测试"));
    g_assert_cmpint(now->at, >, 0);
    g_assert_true(str_is(then->value_zh, "300.00 元"));
    g_assert_cmpint(then->seq, <, now->seq); /* an entry that was known then */
    const ExplainFact *rate = fact(&r.now, "rate");
    g_assert_true(rate->is_param);
    g_assert_true(str_is(rate->document, "rules"));
    g_assert_true(str_is(rate->value_en, "100.00 yuan"));
    r = receipt_of(h, clerk, "aid", key);
    g_assert_cmpuint(fact(&r.now, "elder.income")->by.len, ==, 0); /* the post, not the name */
    g_assert_true(str_is(fact(&r.now, "elder.income")->role_en, "county clerk"));
}

/* A computed value names the document and clause that declare it. */
static void computed(void)
{
    g_autoptr(House) h = house_new_with(false, RULES("100 yuan"));
    RecordKey key = person(h, "990302101", NULL);
    char id[ID_TEXT];
    house_save(h, h->local, "assessment", (RecordKey){0}, "elder", id_format(key.id, id),
               "assessed_at", "2020-01-01", "level", "severe", NULL);
    Receipt r = receipt_of(h, h->local, "named", key);
    g_assert_cmpint(r.now.outcome, ==, TRUTH_YES);
    const ExplainFact *f = fact(&r.now, "elder.ability");
    g_assert_true(str_is(f->value_zh, "重度"));
    g_assert_true(str_is(f->document, "house-model"));
    g_assert_true(str_is(f->clause, "档案"));
    g_assert_cmpint(f->seq, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/receipt/known then", as_known_then);
    g_test_add_func("/receipt/documents of then", by_the_documents_of_then);
    g_test_add_func("/receipt/no", a_no_without_a_row);
    g_test_add_func("/receipt/stored", what_is_stored);
    g_test_add_func("/receipt/who", who_supplies);
    g_test_add_func("/receipt/who/declared", who_as_declared);
    g_test_add_func("/receipt/sources", sources);
    g_test_add_func("/receipt/computed", computed);
    return g_test_run();
}
