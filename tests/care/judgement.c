/* judgement.c — semantics 54: who decides and upon what, the ceiling when it is recorded, and what
 * the living document shows while it is open. */
#include "house.h"

static const char document[] =
    "---\ndocument: more\ntitle: 救助\ntitle en: Help\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n"
    "# 一 救助 / Help\n\n```anlao\n"
    "param factor \"倍数\" : decimal(2)\n"
    "set factor = 10 from 2020-01-01\n"
    "judgement help \"救助金额\" / \"help\" of elder by county needs minutes, photos\n"
    "  gives money ceiling round(factor * income, down, 2)\n"
    "judgement hard \"特别困难\" / \"hardship\" of elder by city needs minutes gives bool\n"
    "judgement part of elder by county needs minutes gives share 20%..40%\n"
    "benefit helped \"困难救助\" / \"help for hardship\" {\n"
    "  for elder\n  every month on last day\n  when income < 1000 yuan\n  pay help\n"
    "  round half_up to 1 fen\n}\n"
    "```\n\n# 二 别的 / Other\n\n```anlao\n"
    "judgement praised of elder by county needs minutes gives bool\n```\n";

static bool decide(House *h, const Session *s, RecordKey key, const char *field, const char *text,
                   const char *reason, const char **ret_fault)
{
    const FieldEdit edit = {.field = house_field(h, "elder", field), .text = str_of(text)};
    RecordEdit r = {.entity = house_entity(h, "elder"),
                    .key = key,
                    .fields = &edit,
                    .n_fields = 1,
                    .reason = str_of(reason)};
    FieldFault *faults = NULL;
    size_t n = 0;
    g_autoptr(GError) error = NULL;
    bool done = record_save(h->care, s, &r, h->arena, &key, &faults, &n, &error);

    *ret_fault = n > 0 ? faults[0].en.at : error != NULL ? error->message : "";
    return done;
}

static void test_recorded(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    const Session *town = house_session(h, "town1", "town", "990302101", 0);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const char *fault;

    house_save(h, h->local, "elder", key, "income", "300", NULL);
    g_assert_false(decide(h, town, key, "help", "500", "会议纪要3号", &fault));
    g_assert_nonnull(strstr(fault, "is for the office of the county to decide"));
    g_assert_false(decide(h, clerk, key, "help", "500", "", &fault));
    g_assert_nonnull(strstr(fault, "upon which papers (minutes, photos)"));
    g_assert_false(decide(h, clerk, key, "help", "3000.01", "会议纪要3号", &fault));
    g_assert_cmpstr(fault, ==, "must not be above its ceiling of 3,000.00 yuan");
    g_assert_false(decide(h, clerk, key, "hard", "yes", "会议纪要3号", &fault)); /* the city's */
    g_assert_false(decide(h, clerk, key, "part", "41%", "会议纪要3号", &fault));
    g_assert_cmpstr(fault, ==, "is not between 20% and 40%");
    g_assert_true(decide(h, clerk, key, "help", "3000", "会议纪要3号", &fault));
    /* who decided, and upon what, stands in the record's history */
    HistoryLine *lines = NULL;
    size_t n = 0;
    g_autoptr(GError) error = NULL;

    record_history(h->care, clerk, house_entity(h, "elder"), key, 10, h->arena, &lines, &n, &error);
    g_assert_no_error(error);
    bool found = false;

    for (size_t i = 0; i < n; i++)
        found = found ||
                (str_is(lines[i].actor, "clerk1") && str_is(lines[i].reason.zh, "会议纪要3号"));
    g_assert_true(found);
}

/* Of a new record the ceiling is that of what it will be; unknown, nothing can be decided yet. */
static void test_ceiling_unknown(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const char *fault;

    g_assert_false(decide(h, clerk, key, "help", "1", "会议纪要3号", &fault)); /* no income */
    g_assert_nonnull(strstr(fault, "the ceiling is not known yet"));
}

static const ClauseItem *item_of(const DocumentView *v, size_t clause, DeclarationKind kind)
{
    for (size_t i = 0; i < v->clauses[clause].n_items; i++)
        if (v->clauses[clause].items[i].kind == kind)
            return &v->clauses[clause].items[i];
    g_assert_not_reached();
}

static void test_living_document(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    g_autoptr(GError) error = NULL;
    const Session *clerk = house_session(h, "clerk1", "clerk", "990302", 0);
    const Document *d = model_document(h->care->model, STR("more"));
    RecordKey first = house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey second = house_elder(h, "乙某", "990302102", house_number(h, 2));
    RecordKey third = house_elder(h, "丙某", "990302102", house_number(h, 3));
    const char *fault;
    DocumentView v;
    Month month = month_of(care_today(h->care));

    house_save(h, h->local, "elder", first, "income", "300", NULL);
    house_save(h, h->local, "elder", second, "income", "400", NULL);
    house_save(h, h->local, "elder", third, "income", "500", NULL);
    g_assert_true(decide(h, clerk, third, "help", "60", "会议纪要4号", &fault));
    document_view(h->care, h->local, d, ROW_NONE, month, h->arena, &v, &error);
    g_assert_no_error(error);
    g_assert_cmpint(v.clauses[0].state, ==, CLAUSE_RUNNING);
    g_assert_true(v.clauses[0].judged);
    g_assert_true(v.clauses[1].judged);
    g_assert_cmpuint(v.judged, ==, 2);
    const ClauseItem *benefit = item_of(&v, 0, DECLARES_BENEFIT);

    g_assert_cmpuint(benefit->judgement, ==, 2);
    g_assert_cmpuint(benefit->yes, ==, 1);
    g_assert_cmpint(benefit->sum, ==, 6000);
    g_assert_cmpint(benefit->most, ==, 300000 + 400000); /* beside the sum */
    const ClauseItem *judged = item_of(&v, 0, DECLARES_JUDGEMENT);

    g_assert_cmpuint(judged->judgement, ==, 2);
    g_assert_cmpuint(judged->yes, ==, 1);
    g_assert_true(str_is(judged->who.zh, "县区主管部门"));
    g_assert_true(judged->waiting == benefit->what);
    g_assert_null(item_of(&v, 1, DECLARES_JUDGEMENT)->waiting); /* no rule rests on it */
}

/* ☐ who decides, upon which papers, up to what. */
static void test_explained(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    g_autoptr(GError) error = NULL;
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    Explanation x;
    bool found = false;

    house_save(h, h->local, "elder", key, "income", "300", NULL);
    decision_explain(h->care, h->local, model_rule(h->care->model, STR("helped")), key,
                     month_of(care_today(h->care)), h->arena, &x, &error);
    g_assert_no_error(error);
    g_assert_cmpint(x.outcome, ==, TRUTH_PERSON);
    g_assert_true(x.has_most);
    g_assert_cmpint(x.most, ==, 300000);
    g_assert_cmpuint(x.n_missing, ==, 1);
    g_assert_true(x.missing[0].is_judgement);
    for (size_t i = 0; i < x.n_lines; i++)
        found = found || (x.lines[i].truth == TRUTH_PERSON &&
                          str_find(x.lines[i].zh,
                                   STR("救助金额须由县区主管部门认定，凭minutes、photos")) >= 0 &&
                          str_find(x.lines[i].zh, STR("最高 3,000.00 元")) >= 0);
    for (size_t i = 0; !found && i < x.n_lines; i++)
        g_test_message("%.*s", STR_ARG(x.lines[i].zh));
    g_assert_true(found);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/judgement/recorded", test_recorded);
    g_test_add_func("/care/judgement/ceiling-unknown", test_ceiling_unknown);
    g_test_add_func("/care/judgement/living-document", test_living_document);
    g_test_add_func("/care/judgement/explained", test_explained);
    return g_test_run();
}
