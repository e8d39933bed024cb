/* Drafts among the documents in force: whatever is wrong is said with its place, nothing is kept.
 */
#include "house.h"

#include "base/limits.h"

#define HEAD(name)                                                                                 \
    "---\ndocument: " name "\ntitle: 草案\nplace: 990300\nlayer: place\nin force: 2020-01-01\n"  \
    "---\n\n# 1 草案 / Draft\n\n```anlao\n"

static DraftCheck check(House *h, const Session *s, const char *text)
{
    g_autoptr(GError) error = NULL;
    DraftCheck c;
    g_assert_true(draft_check(h->care, s, str_of(text), h->arena, &c, &error));
    g_assert_no_error(error);
    return c;
}

static const Session *writer(House *h)
{
    return house_session(h, "writer", "policy", "990300", 0);
}

static void a_new_document_beside_those_in_force(void)
{
    g_autoptr(House) h = house_new(false);
    const Session *s = writer(h);
    DraftCheck good = check(h, s,
                            HEAD("draft-2020") "benefit aid \"补\" {\n  for elder\n  every month "
                                               "on last day\n  when age(born) >= 80\n}\n"
                                               "example \"例\" {\n  elder { name \"甲\"; born "
                                               "1930-01-01; residence 990302101 }\n"
                                               "  in 2020-06 gives aid\n}\n```\n");
    for (size_t i = 0; i < good.n; i++)
        g_test_message("%u: %.*s", good.list[i].line, STR_ARG(good.list[i].text));
    g_assert_cmpuint(good.errors, ==, 0);
    g_assert_true(str_is(good.document, "draft-2020"));
    g_assert_cmpuint(good.rules, ==, 1);
    g_assert_cmpuint(good.examples, ==, 1);
    g_assert_null(model_rule(care_model(h->care), STR("aid"))); /* nothing is in force by it */
}

static void mistakes_with_their_place(void)
{
    g_autoptr(House) h = house_new(false);
    const Session *s = writer(h);
    DraftCheck bad = check(h, s,
                           HEAD("draft-2020") "benefit aid \"补𠮷\" { for elder; every month on "
                                              "last day; when age(bron) >= 80 }\n```\n");
    g_assert_cmpuint(bad.errors, ==, 1);
    const DraftDiag *d = &bad.list[0];
    g_assert_true(d->own);
    g_assert_true(str_is(d->document, "draft-2020"));
    g_assert_cmpuint(d->line, ==, 12);
    g_assert_cmpuint(d->column, ==, 65);
    g_assert_cmpuint(d->length, ==, 4);
    g_assert_true(str_find(d->hint, STR("born")) >= 0);
    g_assert_cmpuint(bad.rules + bad.examples, ==, 0);
    /* An example that does not hold is a mistake of the draft too. */
    DraftCheck wrong = check(h, s,
                             HEAD("draft-2020") "check old \"老\" of elder {\n  require age(born) "
                                                ">= 80\n  cure \"x\"\n}\n"
                                                "example \"例\" {\n  elder { name \"甲\"; born "
                                                "2000-01-01; residence 990302101 }\n"
                                                "  in 2020-06 gives old\n}\n```\n");
    g_assert_cmpuint(wrong.errors, ==, 1);
}

/* The document of that name is replaced, and who rests on it is heard. */
static void a_draft_of_a_document_in_force(void)
{
    g_autoptr(House) h =
        house_new_with(false, HEAD("more-2020") "check dated of elder {\n  require known born\n  "
                                                "cure \"x\"\n}\n```\n");
    const Session *s = writer(h);
    Str text = {NULL, 0};
    for (size_t i = 0; i < care_model(h->care)->n_documents; i++)
        if (care_model(h->care)->documents[i]->layer == LAYER_MODEL)
            text = care_model(h->care)->documents[i]->text;
    g_autofree char *as_it_is = g_strndup(text.at, text.len);
    g_assert_cmpuint(check(h, s, as_it_is).errors, ==, 0);
    g_auto(GStrv) parts = g_strsplit(as_it_is, "born", -1);
    g_autofree char *renamed = g_strjoinv("birthday", parts);
    DraftCheck c = check(h, s, renamed);
    bool heard = false;
    for (size_t i = 0; i < c.n; i++) {
        heard |= !c.list[i].own && str_is(c.list[i].document, "more-2020");
        g_assert_true(str_find(c.list[i].document, STR("/")) < 0); /* no path of the machine */
    }
    g_assert_cmpuint(c.errors, >, 0);
    g_assert_true(heard);
}

static void texts_of_all_kinds(void)
{
    g_autoptr(House) h = house_new(false);
    const Session *s = writer(h);
    g_assert_cmpuint(check(h, s, "").errors, >, 0);
    g_assert_cmpuint(check(h, s, "没有头").errors, >, 0);
    DraftCheck nameless = check(h, s, "---\ntitle: x\n---\n");
    g_assert_cmpuint(nameless.errors, >, 0);
    g_assert_true(nameless.list[0].own);
    g_autoptr(GError) error = NULL;
    g_autofree char *much = g_strnfill(LIMIT_DOCUMENT_BYTES + 1, 'x');
    DraftCheck c;
    g_assert_false(draft_check(h->care, s, str_of(much), h->arena, &c, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    Str raw = {"---\n\xff\xfe", 6};
    g_clear_error(&error);
    g_assert_true(draft_check(h->care, s, raw, h->arena, &c, &error));
    g_assert_cmpuint(c.errors, >, 0);
}

static void who_may_and_how_often(void)
{
    g_autoptr(House) h = house_new(false);
    static const char *const others[] = {"clerk", "leader", "audit", "admin"};
    g_autoptr(GError) error = NULL;
    DraftCheck c;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        const Session *s = house_session(h, others[i], others[i], "990300", 0);
        g_assert_false(draft_check(h->care, s, STR("x"), h->arena, &c, &error));
        g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
        g_clear_error(&error);
    }
    const Session *s = writer(h);
    int64_t now_us = clock_now_us();
    clock_fix(now_us);
    for (int i = 0; i < 30; i++)
        check(h, s, "x");
    g_assert_false(draft_check(h->care, s, STR("x"), h->arena, &c, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    g_clear_error(&error);
    clock_fix(now_us + 1000 * 1000);
    check(h, s, "x"); /* one more every second */
    g_assert_false(draft_check(h->care, s, STR("x"), h->arena, &c, NULL));
    clock_fix(-1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/draft/new", a_new_document_beside_those_in_force);
    g_test_add_func("/draft/mistakes", mistakes_with_their_place);
    g_test_add_func("/draft/in force", a_draft_of_a_document_in_force);
    g_test_add_func("/draft/odd", texts_of_all_kinds);
    g_test_add_func("/draft/who", who_may_and_how_often);
    return g_test_run();
}
