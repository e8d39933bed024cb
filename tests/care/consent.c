/* consent.c — a daughter far away: she sees what her mother agreed to, of her mother, as long as
 * that holds; not the neighbour, not what was not named, nothing once it was withdrawn. */
#include "care/consent_inside.h"
#include "care/ledger.h"
#include "care/paper.h"
#include "care/pay.h"
#include "care/people.h"
#include "care/proposal.h"
#include "care/score.h"

#include "house.h"

static const char consents[] =
    "---\n"
    "document: house-consent\ntitle: 同意\ntitle en: Consent\nlayer: model\n"
    "in force: 2019-01-01\nbuilds on: house-model\n"
    "---\n\n# 同意 / Consent\n\n本人同意才看得到。\n\n> Seen by consent.\n\n"
    "```anlao\n"
    "enum consent_matter \"事项\" / \"matter\" { elder \"档案\" / \"file\"; assessment \"评估\" / "
    "\"assessments\"; stay \"入住\" / \"stays\"; payments \"发放\" / \"payments\" }\n"
    "entity consent \"本人同意\" / \"consent\" {\n"
    "  place elder.residence\n  holds from_day to until_day\n  key consent_no\n  title consent_no\n"
    "  consent_no text(24) \"同意编号\" / \"consent number\" required unique\n"
    "  elder elder \"老年人\" / \"elder\" required\n"
    "  matters set of consent_matter \"事项\" / \"matters\" required\n"
    "  from_day date \"从\" / \"from\" required\n"
    "  until_day date \"到\" / \"until\" open\n"
    "  withdrawn_on date \"撤回\" / \"withdrawn\"\n"
    "}\n"
    "extend elder { payee text(8) \"领款人\" / \"payee\" checked }\n"
    "account nights \"床夜\" / \"bed-nights\" of elder in nights { in stay }\n"
    "score room \"居室\" / \"room\" of elder { item beds \"床\" / \"beds\" 10 }\n"
    "paper card \"明白卡\" / \"card\" of elder { cell \"B2\" name cell \"B3\" born }\n"
    "role family \"家属\" / \"family\" of consent sees elder, assessment, stay, consent\n"
    "```\n";

typedef struct Kin {
    House *house;
    RecordKey mother, neighbour, consent;
    const Session *daughter;
} Kin;

static const char *day_text(House *h, int more)
{
    char text[DATE_TEXT];
    return arena_printf(h->arena, "%s", date_format(care_today(h->care) + more, text));
}

static RecordKey assessed(House *h, unsigned n, const char *day)
{
    return house_save(h, h->local, "assessment", (RecordKey){0}, "elder", house_number(h, n),
                      "assessed_at", day, "level", "mild", NULL);
}

static Kin kin_new(const char *matters)
{
    Kin k = {.house = house_new_with(false, consents)};
    House *h = k.house;
    k.mother = house_elder(h, "甲某", "990302101", house_number(h, 1));
    k.neighbour = house_elder(h, "乙某", "990302101", house_number(h, 2));
    assessed(h, 1, "2020-01-05");
    assessed(h, 2, "2020-01-06");
    k.consent =
        house_save(h, h->local, "consent", (RecordKey){0}, "consent_no", "T1", "elder",
                   house_number(h, 1), "matters", matters, "from_day", day_text(h, -10), NULL);
    k.daughter = house_session(h, "daughter", "family", "990302", k.consent.id);
    return k;
}

static int seen(const Kin *k, const char *entity, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    House *h = k->house;
    Record *r;
    return record_get(h->care, k->daughter, house_entity(h, entity), key, 0, h->arena, &r, &error)
               ? 0
               : error->code;
}

static uint64_t listed(const Kin *k, const char *entity)
{
    g_autoptr(GError) error = NULL;
    House *h = k->house;
    ListQuery q = {.entity = house_entity(h, entity), .region = ROW_NONE, .page_rows = 50};
    ListResult list = {0};
    record_list(h->care, k->daughter, &q, h->arena, &list, &error);
    return error != NULL ? 1000 : list.total;
}

static void test_one_elder(void)
{
    Kin k = kin_new("elder、assessment");
    House *h = k.house;
    ListResult found;
    g_autoptr(GError) error = NULL;
    const Entity *e;
    RecordKey key;
    g_assert_true(session_is_kin(k.daughter));
    g_assert_true(consent_elder(h->care, k.daughter, &e, &key, &error));
    g_assert_cmpint(key.id, ==, k.mother.id);
    g_assert_cmpint(seen(&k, "elder", k.mother), ==, 0);
    g_assert_cmpint(seen(&k, "elder", k.neighbour), ==, FAIL_RIGHT);
    g_assert_cmpuint(listed(&k, "elder"), ==, 1);
    g_assert_cmpuint(listed(&k, "assessment"), ==, 1);
    g_assert_cmpuint(listed(&k, "stay"), ==, 0); /* not named */
    g_assert_cmpuint(listed(&k, "consent"), ==, 1);
    g_assert_true(record_search(h->care, k.daughter, e, STR("乙某"), 10, h->arena, &found, &error));
    g_assert_cmpuint(found.total, ==, 0);
    g_assert_cmpint(house_refused(h, k.daughter, "elder", k.mother, NULL, "beds", "2", NULL), ==,
                    FAIL_RIGHT);
    house_free(h);
}

/* Where the file is not named she knows her mother's name, which she knew before. */
static void test_name_alone(void)
{
    Kin k = kin_new("assessment");
    House *h = k.house;
    g_autoptr(GError) error = NULL;
    Record *r;
    g_assert_true(record_get(h->care, k.daughter, house_entity(h, "elder"), k.mother, 0, h->arena,
                             &r, &error));
    g_assert_true(str_is(r->facts[house_field(h, "elder", "name")->index].value.text, "甲某"));
    g_assert_false(r->facts[house_field(h, "elder", "born")->index].value.known);
    g_assert_false(r->facts[house_field(h, "elder", "residence")->index].value.known);
    g_assert_false(r->facts[house_field(h, "elder", "id_number")->index].value.known);
    Fact *periods;
    size_t n;
    g_assert_true(record_periods(h->care, k.daughter, house_field(h, "elder", "residence"),
                                 k.mother, h->arena, &periods, &n, &error));
    g_assert_cmpuint(n, ==, 0); /* nor where she lived before */
    ListQuery q = {.entity = house_entity(h, "elder"), .region = ROW_NONE, .page_rows = 5};
    ListResult list;
    q.filters[0] = (ListFilter){.field = house_field(h, "elder", "living"), .number = 0};
    q.n_filters = 1; /* nor by asking for one value after the other */
    g_assert_false(record_list(h->care, k.daughter, &q, h->arena, &list, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    q.n_filters = 0; /* or one number, or one place */
    q.words = STR("360302194006300028");
    g_assert_false(record_list(h->care, k.daughter, &q, h->arena, &list, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    house_free(h);
}

/* It holds from its first day to the day before its last; withdrawn, no more. */
static void test_ends(void)
{
    Kin k = kin_new("elder、assessment");
    House *h = k.house;
    house_save(h, h->local, "consent", k.consent, "until_day", day_text(h, 1), NULL);
    g_assert_cmpint(seen(&k, "elder", k.mother), ==, 0);
    house_save(h, h->local, "consent", k.consent, "until_day", day_text(h, 0), NULL);
    g_assert_cmpint(seen(&k, "elder", k.mother), ==, FAIL_RIGHT);
    g_assert_cmpuint(listed(&k, "assessment"), ==, 0);
    house_save(h, h->local, "consent", k.consent, "until_day", "", NULL);
    g_assert_cmpint(seen(&k, "elder", k.mother), ==, 0);
    house_save(h, h->local, "consent", k.consent, "withdrawn_on", day_text(h, 0), NULL);
    g_assert_cmpint(seen(&k, "elder", k.mother), ==, FAIL_RIGHT);
    house_save(h, h->local, "consent", k.consent, "withdrawn_on", "", "from_day", day_text(h, 1),
               NULL);
    g_assert_cmpint(seen(&k, "elder", k.mother), ==, FAIL_RIGHT); /* not yet */
    house_free(h);
}

static int paid(const Kin *k)
{
    g_autoptr(GError) error = NULL;
    House *h = k->house;
    PayLine *lines;
    size_t n;
    return pay_of_record(h->care, k->daughter, house_entity(h, "elder"), k->mother, h->arena,
                         &lines, &n, &error)
               ? 0
               : error->code;
}

/* What stands beside the file: papers, accounts, points, changes that wait. */
typedef struct Beside {
    int papers, preview, statement; /* FAIL_… */
    size_t accounts, scores, waiting;
} Beside;

static Beside beside(const Kin *k)
{
    House *h = k->house;
    const Entity *e = house_entity(h, "elder");
    const Session *s = k->daughter;
    const Paper *p = paper_named(care_model(h->care), STR("card"));
    GError *error[3] = {NULL};
    Beside b = {0};
    IssuedPaper *papers;
    LedgerBox *boxes;
    LedgerStatement t;
    ScoreView *scores;
    PaperSheet sheet;
    size_t n;
    paper_list(h->care, s, e, k->mother, h->arena, &papers, &n, &error[0]);
    paper_preview(h->care, s, p, k->mother, 0, h->arena, &sheet, NULL, &error[1]);
    ledger_last(h->care, s, e, k->mother, ledger_account_called(care_model(h->care), STR("nights")),
                3, h->arena, &t, &error[2]);
    b.papers = error[0] != NULL ? error[0]->code : 0;
    b.preview = error[1] != NULL ? error[1]->code : 0;
    b.statement = error[2] != NULL ? error[2]->code : 0;
    for (size_t i = 0; i < 3; i++)
        g_clear_error(&error[i]);
    g_assert_true(ledger_of_record(h->care, s, e, k->mother, h->arena, &boxes, &b.accounts, NULL));
    g_assert_true(score_views(h->care, s, e, k->mother, care_today(h->care), h->arena, &scores,
                              &b.scores, NULL));
    g_assert_true(proposal_count(h->care, s, e, k->mother, &b.waiting, NULL));
    return b;
}

/* Somebody asked for another payee, a card was issued; where the file is not named, neither that
 * nor how many hours or points there are is told. */
static void test_beside(void)
{
    Kin with = kin_new("elder"), without = kin_new("payments");
    for (int i = 0; i < 2; i++) {
        Kin *k = i == 0 ? &with : &without;
        House *h = k->house;
        g_autoptr(GError) error = NULL;
        FieldEdit payee = {.field = house_field(h, "elder", "payee"), .text = STR("女儿")};
        RecordEdit edit = {.entity = house_entity(h, "elder"),
                           .key = k->mother,
                           .fields = &payee,
                           .n_fields = 1,
                           .reason = STR("本人到窗口申请")};
        PaperSheet p;
        house_save(h, h->local, "elder", k->mother, "beds", "2", NULL);
        record_save(h->care, house_session(h, "jing", "clerk", "990302", 0), &edit, h->arena,
                    &k->mother, NULL, NULL, &error);
        g_assert_no_error(error);
        paper_issue(h->care, h->local, paper_named(care_model(h->care), STR("card")), k->mother, 0,
                    h->arena, &p, &error);
        g_assert_no_error(error);
    }
    Beside b = beside(&with);
    g_assert_true(b.papers == 0 && b.preview == 0 && b.statement == 0);
    g_assert_true(b.accounts == 1 && b.scores == 1 && b.waiting == 1);
    b = beside(&without);
    g_assert_cmpint(b.papers, ==, FAIL_RIGHT);
    g_assert_cmpint(b.preview, ==, FAIL_RIGHT);
    g_assert_cmpint(b.statement, ==, FAIL_RIGHT);
    g_assert_true(b.accounts == 0 && b.scores == 0 && b.waiting == 0);
    house_free(with.house);
    house_free(without.house);
}

static void test_payments(void)
{
    Kin with = kin_new("payments"), without = kin_new("elder");
    g_assert_cmpint(paid(&with), ==, 0);
    g_assert_cmpint(paid(&without), ==, FAIL_RIGHT);
    house_free(with.house);
    house_free(without.house);
}

/* An account of the family without a consent is none. */
static void test_account(void)
{
    Kin k = kin_new("elder");
    House *h = k.house;
    g_autoptr(GError) error = NULL;
    Str made;
    AccountEdit edit = {.is_new = true,
                        .name = STR("son"),
                        .shown = STR("某某"),
                        .role = STR("family"),
                        .region = STR("990302"),
                        .password = PASSWORD_MADE};
    g_assert_false(account_put(h->care, h->local, &edit, h->arena, &made, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);
    edit.facility = STR("T1");
    g_assert_true(account_put(h->care, h->local, &edit, h->arena, &made, &error));
    g_assert_no_error(error);
    house_free(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/consent/one-elder", test_one_elder);
    g_test_add_func("/care/consent/name-alone", test_name_alone);
    g_test_add_func("/care/consent/ends", test_ends);
    g_test_add_func("/care/consent/beside", test_beside);
    g_test_add_func("/care/consent/payments", test_payments);
    g_test_add_func("/care/consent/account", test_account);
    return g_test_run();
}
