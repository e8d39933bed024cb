/* What stands where: each declaration under its clause, and each word that names another. */
#include "declare/statement.h"

#include "fixture.h"

#include <string.h>

static const char head[] =
    "---\ndocument: one\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n\n"
    "# 1 甲 / First\n\n```anlao\n";
static const char lines[] = "enum kind \"类别\" { a \"甲\"; b \"乙\" }\n"       /* line 11 */
                            "entity thing \"东西\" {\n"                         /* 12 */
                            "  kind kind\n"                                     /* 13 */
                            "  size money range 0 yuan..100 yuan\n"             /* 14 */
                            "}\n"                                               /* 15 */
                            "```\n\n# 2 乙 / Second\n\n```anlao\n"              /* 16..20 */
                            "param most \"上限\" / \"most\" : money = 5 yuan\n" /* 21 */
                            "derive thing.large \"大\" : bool = size > most\n"  /* 22 */
                            "set most = 6 yuan from 2021-01-01\n"               /* 23 */
                            "```\n";

static Model *survey(const char *text, Diags *ds)
{
    g_autofree char *whole = g_strconcat(head, text, NULL);
    DocumentFile file = {"one.md", str_of(whole)};
    return model_survey(&file, 1, ds);
}

static Pos at(const Model *m, uint32_t line, uint32_t column)
{
    return (Pos){m->documents[0]->source, line, column, 1};
}

static void statements_in_the_order_of_the_document(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = survey(lines, ds);
    g_assert_true(m->whole);
    g_autoptr(GString) all = g_string_new(NULL);
    for (size_t i = 0; i < m->n_statements; i++) {
        const Statement *s = &m->statements[i];
        g_string_append_printf(all, "%.*s %s %.*s %.*s\n", STR_ARG(s->home.clause->number),
                               declaration_words[s->kind], STR_ARG(s->name), STR_ARG(s->label.en));
    }
    g_assert_cmpstr(all->str, ==,
                    "1 enum kind kind\n1 entity thing thing\n2 param most most\n"
                    "2 derive thing.large large\n2 set most \n");
    g_assert_true(m->statements[2].what == model_param(m, STR("most")));
    g_assert_true(m->statements[3].what ==
                  entity_field(model_entity(m, STR("thing")), STR("large")));
    g_assert_true(m->statements[4].what == m->statements[2].what);
    g_assert_true(model_statement_at(m, at(m, 13, 3)) == &m->statements[1]);
    g_assert_true(model_statement_at(m, at(m, 15, 1)) == &m->statements[1]);
    g_assert_null(model_statement_at(m, at(m, 10, 1)));
}

static void assert_mention(const Model *m, uint32_t line, uint32_t column, uint32_t of_line,
                           uint32_t of_column)
{
    const Mention *u = model_mention_at(m, at(m, line, column));
    g_assert_nonnull(u);
    g_assert_cmpuint(u->of.line, ==, of_line);
    g_assert_cmpuint(u->of.column, ==, of_column);
}

static void each_word_leads_to_what_it_names(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = survey(lines, ds);
    assert_mention(m, 13, 8, 11, 6);  /* the type of a field: the enum */
    assert_mention(m, 22, 8, 12, 8);  /* derive thing: the entity */
    assert_mention(m, 22, 35, 14, 3); /* size: the field */
    assert_mention(m, 22, 42, 21, 7); /* most: the param */
    assert_mention(m, 23, 5, 21, 7);
    g_assert_null(model_mention_at(m, at(m, 21, 8))); /* where it is declared it mentions nothing */
    g_assert_null(model_mention_at(m, at(m, 22, 21))); /* a label */
}

/* Somebody is typing: the declaration at work is broken, all others are there. */
static void what_could_be_read_is_there(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autofree char *text = g_strconcat(lines,
                                        "\n```anlao\nderive thing.next : bool = size > \n"
                                        "param other : set of kind = a\n```\n",
                                        NULL);
    g_autoptr(Model) m = survey(text, ds);
    g_assert_false(m->whole);
    g_assert_cmpuint(ds->errors, ==, 1);
    g_assert_cmpuint(m->n_statements, ==, 7);
    g_assert_cmpint(m->statements[5].kind, ==, DECLARES_DERIVE);
    g_assert_nonnull(model_param(m, STR("other")));
    assert_mention(m, 22, 42, 21, 7);
}

/* What a later document amends or ends is called as people know it. */
static void what_ends_has_its_label(void)
{
    static const char first[] =
        "---\ndocument: a\ntitle: x\nlayer: national\nin force: 2020-01-01\n---\n\n# 1 x\n\n"
        "```anlao\nentity elder { name text(40) \"姓名\"; born date \"生日\" }\n"
        "enum agency { police \"公安\" }\npaper card \"联系卡\" of elder { cell \"A1\" name }\n"
        "paper list \"名册\" of elder { cell \"A1\" name }\n"
        "exchange elder.life \"人口信息\" with police { take born; key name }\n```\n";
    static const char later[] =
        "---\ndocument: b\ntitle: x\nlayer: national\nin force: 2021-01-01\nbuilds on: a\n---\n\n"
        "# 1 x\n\n```anlao\namend paper card \"新联系卡\" of elder { cell \"A1\" born }\n"
        "end list\nend exchange elder.life\n```\n";
    static const char *const wanted[] = {"新联系卡", "名册", "人口信息"};
    const DocumentFile files[] = {{"a.md", str_of(first)}, {"b.md", str_of(later)}};
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read(files, G_N_ELEMENTS(files), ds);
    g_assert_nonnull(m);
    size_t n = 0;
    for (size_t i = 0; m != NULL && i < m->n_statements; i++)
        if (str_is(m->statements[i].home.document->name, "b"))
            g_assert_true(str_is(m->statements[i].label.zh, wanted[n++]));
    g_assert_cmpuint(n, ==, 3);
}

static void nothing_at_all(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_survey(NULL, 0, ds);
    g_assert_cmpuint(m->n_statements + m->n_mentions, ==, 0);
    DocumentFile file = {"one.md", STR("no header")};
    g_autoptr(Model) none = model_survey(&file, 1, ds);
    g_assert_false(none->whole);
    g_assert_null(model_statement_at(none, (Pos){NULL, 1, 1, 1}));
}

/* ---- stacks with texts that are not saved */

typedef struct Seen {
    unsigned stacks, errors, rules;
    bool has_draft, has_kaizhou;
} Seen;

static void look(void *context, const char *place, Model *m, Diags *diags)
{
    Seen *seen = context;
    (void)place;
    seen->stacks++;
    seen->errors += diags->errors;
    seen->rules += (unsigned)m->n_rules;
    seen->has_draft |= model_document(m, STR("draft-2025")) != NULL;
    seen->has_kaizhou |= model_document(m, STR("kaizhou-2024")) != NULL;
    model_unref(m);
    diags_free(diags);
}

static Seen surveyed(const char *place, const char *name, const char *text)
{
    Seen seen = {0};
    DocumentFile file = {name, str_of(text)};
    g_assert_true(stacks_survey(g_getenv("PACKS"), place, &file, text != NULL, look, &seen, NULL));
    return seen;
}

#define PLACE_HEAD(name, place)                                                                    \
    "---\ndocument: " name "\ntitle: x\nplace: " place "\nlayer: place\nin force: "                \
    "2025-01-01\n---\n"

static void unsaved_texts_stand_for_files(void)
{
    Seen as_saved = surveyed("360300", "x", NULL);
    g_assert_cmpuint(as_saved.stacks, ==, 1);
    g_assert_cmpuint(as_saved.errors, ==, 0);
    /* One more document: only the stack of its place is read. */
    Seen more = surveyed(NULL, "nowhere.md", PLACE_HEAD("draft-2025", "360300"));
    g_assert_cmpuint(more.stacks, ==, 1);
    g_assert_true(more.has_draft && !more.has_kaizhou);
    g_assert_cmpuint(more.rules, ==, as_saved.rules);
    g_assert_cmpuint(more.errors, ==, 0);
    /* By its path, and by its name: the saved document's rules are gone. */
    g_autofree char *path =
        g_build_filename(g_getenv("PACKS"), "places", "pingxiang-2020.md", NULL);
    Seen by_path = surveyed("360300", path, PLACE_HEAD("draft-2025", "360300"));
    g_assert_cmpuint(by_path.rules, <, as_saved.rules);
    Seen by_name = surveyed("360300", "draft", PLACE_HEAD("pingxiang-2020", "360300"));
    g_assert_cmpuint(by_name.rules, <, as_saved.rules);
    g_assert_false(by_name.has_draft);
}

static void a_text_of_the_model_is_in_every_stack(void)
{
    g_autofree char *path = g_build_filename(g_getenv("PACKS"), "model", "facility.md", NULL);
    Seen all = surveyed(NULL, "x", NULL), broken = surveyed(NULL, path, "no header");
    g_assert_cmpuint(broken.stacks, ==, all.stacks);
    g_assert_cmpuint(broken.errors, >=, broken.stacks);
}

static void without_packs_there_are_only_the_texts(void)
{
    Seen seen = {0};
    DocumentFile file = {"x", STR(PLACE_HEAD("draft-2025", "360300"))};
    g_assert_true(stacks_survey(NULL, NULL, &file, 1, look, &seen, NULL));
    g_assert_cmpuint(seen.stacks, ==, 1);
    g_assert_true(seen.has_draft);
    g_autoptr(GError) error = NULL;
    g_assert_false(stacks_survey("/nowhere/at/all", NULL, &file, 1, look, &seen, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/statement/in order", statements_in_the_order_of_the_document);
    g_test_add_func("/statement/mentions", each_word_leads_to_what_it_names);
    g_test_add_func("/statement/broken", what_could_be_read_is_there);
    g_test_add_func("/statement/what ends", what_ends_has_its_label);
    g_test_add_func("/statement/nothing", nothing_at_all);
    g_test_add_func("/stack/unsaved", unsaved_texts_stand_for_files);
    g_test_add_func("/stack/model", a_text_of_the_model_is_in_every_stack);
    g_test_add_func("/stack/no packs", without_packs_there_are_only_the_texts);
    return g_test_run();
}
