/* The frozen result: look-ups, numbers, hashes, the schema as text. */
#include "fixture.h"

#include <string.h>

#define HEAD(name, layer)                                                                          \
    "---\ndocument: " name "\ntitle: x\nlayer: " layer "\nin force: 2020-01-01\n"
#define BLOCK "---\n\n# 1 x\n\n```anlao\n"
#define END   "\n```\n"

static const char one[] = HEAD("one", "model") BLOCK
    "enum kind ordered \"类别\" { a \"甲\"; b \"乙\" }\n"
    "entity thing \"东西\" {\n  holds from_day to to_day\n  key code\n  code text(9) unique\n"
    "  from_day date required\n  to_day date open\n  kind kind dated\n  kinds set of kind\n"
    "  other thing\n  worth money secret_of_none\n}" END;

static const char thing[] = HEAD("one", "model") BLOCK
    "enum kind ordered \"类别\" { a \"甲\"; b \"乙\" / \"second\" }\n"
    "entity thing \"东西\" {\n  holds from_day to to_day\n  key code\n  code text(9) unique\n"
    "  from_day date required\n  to_day date open\n  kind kind dated\n  kinds set of kind\n"
    "  other thing\n  worth decimal(3)\n}" END;

static const char more[] =
    HEAD("two", "national") "builds on: one\n" BLOCK
                            "extend kind { c \"丙\" is a }\nextend thing { size int }\n"
                            "param p : money = 5 yuan" END;

static Model *read_files(const char *const *texts, size_t n)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile files[4];
    for (size_t i = 0; i < n; i++)
        files[i] = (DocumentFile){"x.md", str_of(texts[i])};
    return model_read(files, n, ds);
}

static void the_schema_is_text(void)
{
    const char *texts[] = {thing};
    g_autoptr(Model) m = read_files(texts, 1);
    g_autofree char *text = model_schema_text(m);
    const Enum *kind = model_enum(m, STR("kind"));
    g_autofree char *want = g_strdup_printf("code kind.a %d\ncode kind.b %d\n"
                                            "entity thing holds from_day to to_day key code\n"
                                            "enum kind ordered\n"
                                            "field thing.code text(9) unique\n"
                                            "field thing.from_day date required\n"
                                            "field thing.kind enum kind dated\n"
                                            "field thing.kinds set of kind\n"
                                            "field thing.other ref thing\n"
                                            "field thing.to_day date open\n"
                                            "field thing.worth decimal(3)\n",
                                            kind->codes[0].stable, kind->codes[1].stable);
    g_assert_cmpstr(text, ==, want);
}

/* Labels, prose and params are not structure: they never stop a start. */
static void only_structure_changes_the_schema_hash(void)
{
    g_auto(GStrv) parts = g_strsplit(thing, "东西", 2);
    g_autofree char *relabelled = g_strconcat(parts[0], "物品", parts[1], "\nprose\n", NULL);
    const char *a[] = {thing}, *b[] = {relabelled}, *c[] = {thing, more}, *d[] = {more, thing};
    g_autoptr(Model) ma = read_files(a, 1);
    g_autoptr(Model) mb = read_files(b, 1);
    g_autoptr(Model) mc = read_files(c, 2);
    g_autoptr(Model) md = read_files(d, 2);
    g_assert_cmpint(memcmp(ma->schema_hash, mb->schema_hash, 32), ==, 0);
    g_assert_cmpint(memcmp(ma->policy_hash, mb->policy_hash, 32), !=, 0);
    g_assert_cmpint(memcmp(ma->schema_hash, mc->schema_hash, 32), !=, 0);
    /* The order of the files does not matter. */
    g_assert_cmpint(memcmp(mc->schema_hash, md->schema_hash, 32), ==, 0);
    g_assert_cmpint(memcmp(mc->policy_hash, md->policy_hash, 32), ==, 0);
    g_assert_true(str_is(md->documents[0]->name, "one"));
}

static void what_differs_is_said_in_words(void)
{
    g_autofree char *text =
        schema_difference("entity a key x\nfield a.b int\nfield a.c date\n",
                          "code k.x 5\nentity a key x\nfield a.c date required\n");
    g_assert_cmpstr(text, ==,
                    "enum k: code x is new\nentity a: field b is gone\n"
                    "entity a: field c was 'date' and is 'date required'\n");
    g_autofree char *none = schema_difference("entity a\n", "entity a\n");
    g_assert_cmpstr(none, ==, "");
}

/* What is stored stays while the name stays, whatever is added around it. */
static void codes_keep_their_stored_number(void)
{
    const char *a[] = {thing}, *b[] = {thing, more};
    g_autoptr(Model) ma = read_files(a, 1);
    g_autoptr(Model) mb = read_files(b, 2);
    const Enum *x = model_enum(ma, STR("kind")), *y = model_enum(mb, STR("kind"));
    g_assert_cmpuint(y->n_codes, ==, 3);
    g_assert_cmpint(enum_code(x, STR("b"))->stable, ==, enum_code(y, STR("b"))->stable);
    /* An addition to an ordered enum stands behind what it counts as. */
    g_assert_cmpuint(enum_code(y, STR("c"))->number, ==, 1);
    g_assert_cmpuint(enum_code(y, STR("b"))->number, ==, 2);
}

static void things_are_found_by_name(void)
{
    const char *texts[] = {thing, more};
    g_autoptr(Model) m = read_files(texts, 2);
    const Entity *e = model_entity(m, STR("thing"));
    g_assert_cmpuint(e->n_fields, ==, 8);
    g_assert_cmpuint(entity_field(e, STR("size"))->index, ==, 7);
    g_assert_true(e->begin == entity_field(e, STR("from_day")));
    g_assert_false(e->end_counts);
    g_assert_null(model_entity(m, STR("kind")));
    g_assert_null(model_enum(m, STR("thing")));
    g_assert_nonnull(model_param(m, STR("p")));
    g_assert_null(model_rule(m, STR("p")));
    g_assert_null(model_region(m, STR("360300")));
    const Enum *kind = model_enum(m, STR("kind"));
    g_assert_true(enum_code(kind, STR("乙")) == enum_code(kind, STR("b")));
    g_assert_true(enum_code(kind, STR("second")) == enum_code(kind, STR("b")));
    g_assert_null(enum_code(kind, STR("third")));
    Model *again = model_ref(m);
    model_unref(again);
}

static void a_word_that_is_no_attribute_is_a_mistake(void)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile file = {"x.md", str_of(one)};
    g_autoptr(Model) m = model_read(&file, 1, ds);
    g_assert_null(m);
    g_autofree char *text = fixture_diagnoses(ds);
    g_assert_cmpstr(text, ==, "22:1: unexpected '}'\n");
}

static const ParamValue *value_of(const Model *m, const char *param, size_t i)
{
    const Param *p = model_param(m, str_of(param));
    g_assert_cmpuint(i, <, p->n_values);
    return &p->values[i];
}

static void values_of_params_are_sorted_with_their_days(void)
{
    g_autoptr(Model) m =
        fixture_model("set standard[360323] = 7 yuan from 2022-01-01\n"
                      "set standard[360302] = 6 yuan from 2022-01-01 source \"某文件\" unsure\n"
                      "set standard[360302] = 5 yuan from 2021-01-01 until 2021-12-31\n"
                      "param size by kind, ability : int = 3\n"
                      "param groups by region : set of ability\n"
                      "set groups[360302] = mild, severe\n"
                      "param open by kind : bool = { home: yes; station: no }");
    const ParamValue *a = value_of(m, "standard", 0), *b = value_of(m, "standard", 1);
    g_assert_cmpint(a->number, ==, 500);
    g_assert_cmpint(b->number, ==, 600);
    g_assert_true(str_is(b->source, "某文件"));
    g_assert_false(b->certain);
    g_assert_cmpint(date_ymd(a->until).year, ==, 2021);
    g_assert_cmpint(b->until, ==, DATE_MAX);
    g_assert_true(str_is(value_of(m, "standard", 2)->region, "360323"));
    g_assert_cmpuint(model_param(m, STR("size"))->n_values, ==, 6);
    g_assert_cmpint(value_of(m, "size", 5)->codes[0], ==, 1);
    g_assert_cmpint(value_of(m, "size", 5)->codes[1], ==, 2);
    g_assert_cmpint(value_of(m, "groups", 0)->number, ==, 6);
    g_assert_cmpint(value_of(m, "open", 0)->number, ==, 1);
    g_assert_cmpint(value_of(m, "open", 1)->number, ==, 0);
}

static void tables_keep_their_bounds(void)
{
    g_autoptr(Model) m =
        fixture_model("table t(level: ability, n: int, fee: money) -> share\n---\n"
                      "| n | level | fee | part |\n| --- | --- | --- | --- |\n"
                      "| 80..89 | mild, severe | >= 5 yuan, < 9.50 yuan | 12.5% |\n"
                      "| -3 | any | 7 yuan | unset |\n| else | | | 0% |\n");
    const Table *t = m->tables[1];
    g_assert_cmpuint(t->n_rows, ==, 3);
    g_assert_true(t->has_else);
    g_assert_cmpuint(t->cells[0].codes, ==, 6);
    g_assert_cmpint(t->cells[1].low, ==, 80);
    g_assert_cmpint(t->cells[1].high, ==, 89);
    g_assert_cmpint(t->cells[2].low, ==, 500);
    g_assert_cmpint(t->cells[2].high, ==, 949);
    g_assert_cmpint(t->results[0], ==, 1250);
    g_assert_true(t->unset[1]);
    g_assert_true(t->cells[3].any);
    g_assert_cmpint(t->cells[4].low, ==, -3);
    g_assert_true(t->cells[6].any && t->cells[7].any && t->cells[8].any);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/model/schema", the_schema_is_text);
    g_test_add_func("/model/hash", only_structure_changes_the_schema_hash);
    g_test_add_func("/model/difference", what_differs_is_said_in_words);
    g_test_add_func("/model/stable", codes_keep_their_stored_number);
    g_test_add_func("/model/names", things_are_found_by_name);
    g_test_add_func("/model/attribute", a_word_that_is_no_attribute_is_a_mistake);
    g_test_add_func("/model/params", values_of_params_are_sorted_with_their_days);
    g_test_add_func("/model/tables", tables_keep_their_bounds);
    return g_test_run();
}
