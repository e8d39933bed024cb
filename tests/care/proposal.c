/* proposal.c — four eyes: what is declared `checked` changes when a second person says so, whatever
 * the door; the fact comes with the approval, not before. */
#include "house.h"

#include "base/identifier.h"
#include "care/proposal.h"

static const char more_text[] =
    "---\n"
    "document: house-more\ntitle: 账户\ntitle en: Accounts\nlayer: model\nin force: 2019-01-01\n"
    "builds on: house-model\n"
    "---\n\n# 账户 / Accounts\n\n"
    "```anlao\n"
    "extend elder {\n"
    "  account text(32) \"账户\" / \"account\" secret checked\n"
    "  payee text(8) \"领款人\" / \"payee\" checked\n"
    "  way living \"方式\" / \"way\" dated checked\n"
    "}\n"
    "```\n";

typedef struct Desk {
    House *h;
    const Session *clerk, *reviewer, *other;
    RecordKey key;
} Desk;

static Desk desk_new(void)
{
    Desk d = {.h = house_new_with(false, more_text)};
    d.clerk = house_session(d.h, "jing", "clerk", "990302", 0);
    d.reviewer = house_session(d.h, "fu", "review", "990302", 0);
    d.other = house_session(d.h, "yi", "review", "990313", 0);
    d.key = house_save(d.h, d.clerk, "elder", (RecordKey){0}, "name", "甲某", "born", "1940-05-01",
                       "residence", "990302101", "account", "0001112223", NULL);
    return d;
}

static char *text_of(Desk *d, const char *field)
{
    g_autoptr(GError) error = NULL;
    const Field *f = house_field(d->h, "elder", field);
    Record *r = NULL;
    record_get(d->h->care, d->h->local, f->entity, d->key, 0, d->h->arena, &r, &error);
    g_assert_no_error(error);
    Str s = value_text(d->h->care, f, r->facts[f->index].value, false, d->h->arena);
    return arena_dup(d->h->arena, s.at, s.len);
}

static size_t waiting(Desk *d, const Session *s, ProposalLine *ret)
{
    g_autoptr(GError) error = NULL;
    ProposalLine *list;
    size_t n;
    proposal_list(d->h->care, s, d->h->arena, &list, &n, &error);
    g_assert_no_error(error);
    if (n > 0)
        *ret = list[0];
    return n;
}

static int decide(Desk *d, const Session *s, RecordKey key, ProposalVerdict v)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    proposal_decide(d->h->care, s, key, v, STR("已电话核实"), &said, &error);
    g_assert_true((said.zh != NULL) == (error != NULL && error->code == FAIL_INPUT));
    return error != NULL ? error->code : 0;
}

/* A form of the clerk's, with a reason somebody can be asked about. */
static G_GNUC_NULL_TERMINATED void change(Desk *d, ...)
{
    g_autoptr(GError) error = NULL;
    FieldEdit edits[4];
    RecordEdit edit = {.entity = house_entity(d->h, "elder"),
                       .key = d->key,
                       .fields = edits,
                       .reason = STR("本人到窗口申请")};
    const char *name;
    va_list args;
    va_start(args, d);
    while ((name = va_arg(args, const char *)) != NULL) {
        FieldEdit *e = &edits[edit.n_fields++];
        *e = (FieldEdit){.field = house_field(d->h, "elder", name)};
        e->text = str_of(va_arg(args, const char *));
        if (e->field->dated)
            date_make(2019, 1, 1, &e->since);
    }
    va_end(args);
    record_save(d->h->care, d->clerk, &edit, d->h->arena, &d->key, NULL, NULL, &error);
    g_assert_no_error(error);
}

static void test_two(void)
{
    Desk d = desk_new();
    g_autoptr(House) h = d.h;
    ProposalLine line;
    const char *field;

    /* entered with the record: no change */
    g_assert_cmpstr(text_of(&d, "account"), ==, "********23");
    /* the account waits, the rest of the form is saved */
    change(&d, "account", "0009998887", "beds", "2", "way", "alone", NULL);
    g_assert_cmpstr(text_of(&d, "account"), ==, "********23");
    g_assert_cmpstr(text_of(&d, "way"), ==, "");
    g_assert_cmpstr(text_of(&d, "beds"), ==, "2");
    /* the form once more asks once */
    change(&d, "account", "0009998887", "way", "alone", NULL);
    g_assert_cmpuint(waiting(&d, d.reviewer, &line), ==, 1);
    g_assert_cmpuint(waiting(&d, d.other, &line), ==, 0); /* another county's */
    g_assert_cmpuint(waiting(&d, d.clerk, &line), ==, 1);
    g_assert_true(line.mine);
    g_assert_cmpuint(line.n_fields, ==, 2);
    g_assert_true(str_is(line.fields[0].then_zh, "********87"));
    g_assert_cmpint(decide(&d, d.clerk, line.key, PROPOSAL_APPROVE), ==, FAIL_INPUT);
    g_assert_cmpint(decide(&d, d.other, line.key, PROPOSAL_APPROVE), ==, FAIL_RIGHT);
    g_assert_cmpint(decide(&d, d.reviewer, line.key, PROPOSAL_TAKE_BACK), ==, FAIL_RIGHT);
    g_assert_cmpint(decide(&d, d.reviewer, line.key, PROPOSAL_APPROVE), ==, 0);
    g_assert_cmpstr(text_of(&d, "account"), ==, "********87");
    g_assert_cmpstr(text_of(&d, "way"), ==, "独居");
    g_assert_cmpint(decide(&d, d.reviewer, line.key, PROPOSAL_REFUSE), ==, FAIL_INPUT); /* done */
    /* a reason is asked for beside the field when the form gives none */
    const FieldEdit edit = {.field = house_field(h, "elder", "payee"), .text = STR("乙某")};
    const RecordEdit r = {
        .entity = house_entity(h, "elder"), .key = d.key, .fields = &edit, .n_fields = 1};
    FieldFault *faults;
    size_t n;
    RecordKey key;
    g_assert_false(record_save(h->care, d.clerk, &r, h->arena, &key, &faults, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    /* what could not be approved is said at once */
    g_assert_cmpint(
        house_refused(h, d.clerk, "elder", d.key, &field, "payee", "一个太长太长的名字", NULL), ==,
        FAIL_INPUT);
    g_assert_cmpstr(field, ==, "payee");
    g_assert_cmpuint(waiting(&d, d.reviewer, &line), ==, 0);
}

static void test_refused(void)
{
    Desk d = desk_new();
    g_autoptr(House) h = d.h;
    g_autoptr(GError) error = NULL;
    ProposalLine line;
    VerifyReport report;

    change(&d, "payee", "乙某", NULL);
    g_assert_cmpuint(waiting(&d, d.reviewer, &line), ==, 1);
    g_assert_cmpint(decide(&d, d.reviewer, line.key, PROPOSAL_REFUSE), ==, 0);
    g_assert_cmpstr(text_of(&d, "payee"), ==, "");
    change(&d, "payee", "乙某", NULL);
    g_assert_cmpuint(waiting(&d, d.clerk, &line), ==, 1);
    g_assert_cmpint(decide(&d, d.clerk, line.key, PROPOSAL_TAKE_BACK), ==, 0);
    g_assert_cmpuint(waiting(&d, d.clerk, &line), ==, 0);
    /* another door does not lead around it */
    const WriteField f = {house_field(h, "elder", "payee"), VALUE_TEXT(STR("丙某")), DATE_MIN,
                          DATE_MAX};
    const WriteRequest r = {.kind = WRITE_CORRECT,
                            .entity = house_entity(h, "elder"),
                            .key = d.key,
                            .expected = -1,
                            .fields = &f,
                            .n_fields = 1,
                            .reason = STR("更正登记")};
    WriteAnswer answer;
    g_assert_false(care_write(h->care, h->local, &r, h->arena, &answer, NULL, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);
    g_assert_cmpstr(text_of(&d, "payee"), ==, "");
    g_assert_true(store_verify(h->care->store, h->arena, &report, &error));
    g_assert_true(report.ok);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/proposal/two", test_two);
    g_test_add_func("/care/proposal/refused", test_refused);
    return g_test_run();
}
