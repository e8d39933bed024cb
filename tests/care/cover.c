/* What makes a clause run: the table observable.def, followed along what reads what. */
#include "care/cover.h"

#include <glib/gstdio.h>

static char *folder;

#define HEAD                                                                                         \
    "---\ndocument: one\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n\n# 0 底\n\n"           \
    "```anlao\nenum agency \"单位\" { office \"局\" }\nentity thing \"东西\" {\n  place at\n  " \
    "key name\n"                                                                                     \
    "  name text(9) \"名\" required\n  size money \"数\" range 0 yuan..9 yuan\n"                   \
    "  at region \"处\" required\n  on_day date \"日\"\n  dated by on_day\n}\n```\n\n"

/* Writes the document with these clauses, and a list that names clause 1. */
static bool cover_text(const char *clauses, const char *list, Arena *a, Cover *ret, GError **error)
{
    g_autofree char *packs = g_build_filename(folder, "packs", NULL);
    g_autofree char *document = g_build_filename(packs, "one.md", NULL);
    g_autofree char *rows = g_build_filename(folder, "clauses.tsv", NULL);
    g_autofree char *text = g_strconcat(HEAD, clauses, NULL);
    g_mkdir(packs, 0700);
    g_assert_true(g_file_set_contents(document, text, -1, NULL));
    g_assert_true(g_file_set_contents(rows, list, -1, NULL));
    return cover_read(packs, rows, NULL, 0, a, ret, error);
}

/* The state of clause 1 of a document with these clauses. */
static const char *state_of(const char *clauses)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Cover c;
    if (!cover_text(clauses, "doc\tclause\none\t1\n", a, &c, &error)) {
        g_test_message("%s", error->message);
        return "does not compile";
    }
    g_assert_cmpuint(c.n_clauses, ==, 1);
    return clause_state_words[c.clauses[0].state];
}

#define BLOCK(number, text) "# " number " 甲\n\n```anlao\n" text "\n```\n\n"
#define CHECKED             BLOCK("2", "check small of thing {\n  require size <= most\n  cure \"x\"\n}")

static void what_is_seen_by_itself(void)
{
    g_assert_cmpstr(state_of(BLOCK("1", "indicator things \"数\" stock by region = count(thing)")),
                    ==, "running");
    g_assert_cmpstr(
        state_of(BLOCK("1", "check small of thing {\n  require size <= 5 yuan\n  cure \"x\"\n}")),
        ==, "running");
    g_assert_cmpstr(state_of(BLOCK("1", "derive thing.large : bool = size > 5 yuan")), ==,
                    "running");
    g_assert_cmpstr(state_of(BLOCK("1", "entity other \"另\" {\n  name text(9)\n}")), ==,
                    "running");
    g_assert_cmpstr(state_of(BLOCK("1", "extend thing {\n  colour int \"色\"\n}")), ==, "running");
}

/* A number that nothing works with is only a number on a page. */
static void a_param_runs_when_something_works_with_it(void)
{
    const char *alone = BLOCK("1", "param most \"限\" : money = 5 yuan");
    g_assert_cmpstr(state_of(alone), ==, "declared");
    g_assert_cmpstr(state_of(BLOCK("1", "param most \"限\" : money = 5 yuan") CHECKED), ==,
                    "running");
    /* Through another param, and without a value: then the check says what is missing. */
    g_assert_cmpstr(state_of(BLOCK("1", "param base \"底\" : money")
                                 BLOCK("3", "param most \"限\" : money = 2 * base") CHECKED),
                    ==, "running");
    /* Only an example reads it: that is a test, not an effect. */
    g_assert_cmpstr(state_of(BLOCK("1", "param most \"限\" : money = 5 yuan") BLOCK(
                        "2", "derive thing.large : bool = size > 5 yuan\n"
                             "example \"例\" {\n  t = thing { name \"a\"; size 6 yuan }\n"
                             "  on 2020-06-01 t.large = yes\n}")),
                    ==, "declared");
}

static void a_value_runs_with_its_param(void)
{
    g_assert_cmpstr(state_of(BLOCK("3", "param most \"限\" : money")
                                 BLOCK("1", "set most = 5 yuan from 2020-02-01") CHECKED),
                    ==, "running");
    g_assert_cmpstr(state_of(BLOCK("3", "param most \"限\" : money")
                                 BLOCK("1", "set most = 5 yuan from 2020-02-01")),
                    ==, "declared");
}

static void codes_run_with_a_register(void)
{
    g_assert_cmpstr(state_of(BLOCK("1", "enum colour \"色\" { red \"红\" }")), ==, "declared");
    g_assert_cmpstr(state_of(BLOCK("1", "enum colour \"色\" { red \"红\" }")
                                 BLOCK("2", "extend thing {\n  colour colour \"色\"\n}")),
                    ==, "running");
    g_assert_cmpstr(state_of(BLOCK("3", "enum colour \"色\" { red \"红\" }")
                                 BLOCK("1", "extend colour { pink \"粉\" is red }")),
                    ==, "declared");
}

/* What is due, what is handled and what holds it up have lists of their own. */
static void what_is_to_be_done_runs(void)
{
    const char *procedure = "procedure steps of thing { begun -> over by office }";
    g_autofree char *handled = g_strconcat("# 1 甲\n\n```anlao\n", procedure, "\n```\n\n", NULL);
    g_autofree char *held = g_strconcat(
        "# 2 乙\n\n```anlao\n", procedure, "\n```\n\n",
        BLOCK("1", "hold steps.over \"卡\" of thing while size > 5 yuan cure \"还不能\""), NULL);
    g_assert_cmpstr(state_of(handled), ==, "running");
    g_assert_cmpstr(state_of(held), ==, "running");
    g_assert_cmpstr(
        state_of(BLOCK("2", "entity look \"看\" {\n place thing.at\n dated by on_day\n"
                            " thing thing \"物\" required\n on_day date \"日\" required\n}")
                     BLOCK("1", "task looking of thing every 30 days by office done by look")),
        ==, "running");
}

/* A duty moves something when a record shows it done, when offices can report on it, or when
 * targets measure it. */
static void a_duty_runs_through_what_shows_it(void)
{
    const char *looked = BLOCK("1", "duty look \"看\" by office every year done by thing");
    g_assert_cmpstr(state_of(looked), ==, "running");
    const char *reported =
        BLOCK("2", "enum progress \"进展\" { begun \"在办\"; done \"完成\" }\n"
                   "entity duty_report \"报告\" {\n place at\n dated by on_day\n"
                   " duty text(64) \"任务\" required\n at region \"处\" required\n"
                   " agency agency \"单位\" required\n progress progress \"进展\" required\n"
                   " on_day date \"日\" required\n}")
            BLOCK("1", "duty look \"看\" by office until 2020-12-31");
    g_assert_cmpstr(state_of(reported), ==, "running");
    const char *duty = BLOCK("1", "duty look \"看\" by office until 2020-12-31");
    g_assert_cmpstr(state_of(duty), ==, "declared");
    const char *measured = BLOCK("2", "indicator things \"数\" stock by region = count(thing)")
        BLOCK("1", "duty look \"看\" by office measured by things");
    g_assert_cmpstr(state_of(measured), ==, "declared");
    g_autofree char *aimed =
        g_strconcat(measured, BLOCK("3", "target things >= 1 on 2020-12-31 in 360300"), NULL);
    g_assert_cmpstr(state_of(aimed), ==, "running");
}

static void what_says_nothing(void)
{
    g_assert_cmpstr(state_of("# 1 甲\n\n只有文字。\n"), ==, "missing");
    g_assert_cmpstr(state_of("# 2 乙\n"), ==, "missing");
    g_assert_cmpstr(state_of("# 1 甲\n\n## 1a 乙\n\n```anlao\nparam most : money\n```\n"), ==,
                    "missing");
    g_assert_cmpstr(state_of(BLOCK("2", "derive thing.large : bool = size > 5 yuan") BLOCK(
                        "1", "example \"例\" {\n  t = thing { name \"a\"; size 6 yuan }\n"
                             "  on 2020-06-01 t.large = yes\n}")),
                    ==, "missing");
}

/* Two headings of one number are one clause; what stands under it is listed once. */
static void everything_under_the_number(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Cover c;
    g_assert_true(cover_text(BLOCK("1", "param most \"限\" : money")
                                 BLOCK("1", "derive thing.large : bool = size > 5 yuan"),
                             "clause,doc\n1,one\n2,one\n1,other\n", a, &c, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(c.clauses[0].items->len, ==, 2);
    const CoverItem *first = &g_array_index(c.clauses[0].items, CoverItem, 0);
    g_assert_cmpint(first->kind, ==, DECLARES_PARAM);
    g_assert_false(first->seen);
    g_assert_true(g_array_index(c.clauses[0].items, CoverItem, 1).seen);
    g_assert_false(c.clauses[1].heading);
    g_assert_cmpuint(c.n_documents, ==, 2);
    g_assert_cmpuint(c.documents[0].count[CLAUSE_RUNNING], ==, 1);
    g_assert_cmpuint(c.documents[0].count[CLAUSE_MISSING], ==, 1);
    g_assert_false(c.documents[1].there);
}

/* Each kind says where it is seen; page/ checks that the address is one of the site. */
static void the_table_is_whole(void)
{
    for (unsigned i = 0; i < DECLARATIONS; i++) {
        const Observable *o = &observables[i];
        g_assert_cmpstr(o->zh, !=, "");
        g_assert_cmpstr(o->en, !=, "");
        g_assert_true(o->address[0] == '/');
        g_assert_true(o->seen == SEEN_APART || (o->sees_zh[0] != '\0' && o->sees_en[0] != '\0'));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    folder = g_dir_make_tmp("anlao-cover-XXXXXX", NULL);
    g_test_add_func("/cover/by itself", what_is_seen_by_itself);
    g_test_add_func("/cover/params", a_param_runs_when_something_works_with_it);
    g_test_add_func("/cover/values", a_value_runs_with_its_param);
    g_test_add_func("/cover/codes", codes_run_with_a_register);
    g_test_add_func("/cover/to be done", what_is_to_be_done_runs);
    g_test_add_func("/cover/duties", a_duty_runs_through_what_shows_it);
    g_test_add_func("/cover/nothing", what_says_nothing);
    g_test_add_func("/cover/one number", everything_under_the_number);
    g_test_add_func("/cover/table", the_table_is_whole);
    int status = g_test_run();
    g_autofree char *document = g_build_filename(folder, "packs", "one.md", NULL);
    g_autofree char *packs = g_build_filename(folder, "packs", NULL);
    g_autofree char *rows = g_build_filename(folder, "clauses.tsv", NULL);
    g_unlink(document);
    g_unlink(rows);
    g_rmdir(packs);
    g_rmdir(folder);
    return status;
}
