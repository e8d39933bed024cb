/* schema.c — what a difference between two schemas means for records that are there: the table of
 * docs/operations.md, "Model changes", a row each. */
#include "declare/schema.h"

#include <glib.h>

static const struct Case {
    const char *before, *after; /* a line, or "" */
    bool destructive;
    SchemaStep step;
} cases[] = {
    {"", "entity elder key name", false, SCHEMA_ADDED},
    {"", "field elder.born date", false, SCHEMA_ADDED},
    {"", "field elder.born date required", false, SCHEMA_ADDED}, /* the entity is new, too */
    {"", "code ability.mild 7", false, SCHEMA_ADDED},
    {"", "enum ability ordered", false, SCHEMA_ADDED},
    {"", "field elder.age int computed", false, SCHEMA_ADDED},
    {"field elder.age int computed", "", false, SCHEMA_HIDDEN},
    {"field elder.age int computed", "field elder.age years computed", false, SCHEMA_STAYS},
    {"enum ability", "", false, SCHEMA_HIDDEN},
    {"field a.b text(20)", "field a.b text(40)", false, SCHEMA_STAYS},
    {"field a.b int range 0..5", "field a.b int range -1..5", false, SCHEMA_STAYS},
    {"field a.b int range 0..5", "field a.b int", false, SCHEMA_STAYS},
    {"field a.b int required unique", "field a.b int", false, SCHEMA_STAYS},

    {"entity elder", "", true, SCHEMA_HIDDEN},
    {"field elder.born date", "", true, SCHEMA_HIDDEN},
    {"code ability.mild 7", "", true, SCHEMA_HIDDEN},
    {"field a.b text(40)", "field a.b text(20)", true, SCHEMA_STAYS},
    {"field a.b text(40)", "field a.b phone", true, SCHEMA_STAYS},
    {"field a.b int range 0..5", "field a.b int range 0..4", true, SCHEMA_STAYS},
    {"field a.b int", "field a.b int range 0..4", true, SCHEMA_STAYS},
    {"field a.b int", "field a.b int required", true, SCHEMA_STAYS},
    {"field a.b int", "field a.b int unique", true, SCHEMA_STAYS},
    {"field a.b date", "field a.b date open", true, SCHEMA_STAYS},
    {"field a.b int", "field a.b money", true, SCHEMA_REPLACED},
    {"field a.b months", "field a.b years", true, SCHEMA_REPLACED},
    {"field a.b decimal(2)", "field a.b decimal(3)", true, SCHEMA_REPLACED},
    {"field a.b enum x", "field a.b set of x", true, SCHEMA_REPLACED},
    {"field a.b ref x", "field a.b ref y", true, SCHEMA_REPLACED},
    {"field a.b int", "field a.b int dated", true, SCHEMA_REPLACED},
    {"field a.b text(9)", "field a.b text(9) secret", true, SCHEMA_REPLACED},
    {"field a.b text(9) secret", "field a.b text(9) secret unique", true, SCHEMA_REPLACED},
    {"field a.b int", "field a.b int computed", true, SCHEMA_REPLACED},
    {"field a.b int computed", "field a.b int", true, SCHEMA_ADDED},
    {"entity a key b", "entity a key c", true, SCHEMA_STAYS},
    {"enum a", "enum a ordered", true, SCHEMA_STAYS},
    {"code a.b 5 is c", "code a.b 5 is d", true, SCHEMA_STAYS},
    {"field a.b tomorrows_type", "field a.b int", true, SCHEMA_REPLACED},
    {"field a.b int tomorrows_word", "field a.b int", true, SCHEMA_REPLACED},
};

static void each_difference_has_a_class(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Arena) a = arena_new();
        SchemaChange *changes = NULL;
        size_t n = 0;

        schema_compare(cases[i].before, cases[i].after, a, &changes, &n);
        g_assert_cmpuint(n, ==, 1);
        if (changes[0].destructive != cases[i].destructive || changes[0].step != cases[i].step)
            g_error("'%s' to '%s': %.*s", cases[i].before, cases[i].after,
                    STR_ARG(changes[0].words));
        schema_compare(cases[i].after, cases[i].after, a, &changes, &n);
        g_assert_cmpuint(n, ==, 0);
    }
}

/* A field that is required from the first is one thing, in an entity that has records another. */
static void required_of_what_is_there(void)
{
    g_autoptr(Arena) a = arena_new();
    SchemaChange *changes = NULL;
    size_t n = 0;

    schema_compare("entity a\n", "entity a\nfield a.b int required\n", a, &changes, &n);
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(changes[0].destructive);
    g_assert_true(str_is(changes[0].words,
                         "entity a: field b is new: required, also of records that lack it"));
}

static void a_schema_is_read_back(void)
{
    static const char text[] =
        "code x.one 5\nentity elder holds born through died key file_no\n"
        "enum x\nfield elder.died date open\nfield elder.file_no text(24) unique\n"
        "field elder.kinds set of x dated\nfield elder.worth decimal(3)\n"
        "field lost.phone#14 phone secret unique range -5..7\n"
        "not a line\n\n";
    g_autoptr(Arena) a = arena_new();
    const Model *m = schema_model(a, text);
    const Entity *elder = m->entities[0];
    SchemaField f;

    g_assert_cmpuint(m->n_entities, ==, 2);
    g_assert_true(str_is(elder->name, "elder"));
    g_assert_cmpuint(elder->n_fields, ==, 4);
    g_assert_true(elder->key == elder->fields[1]);
    g_assert_cmpint(elder->fields[2]->type.kind, ==, KIND_SET);
    g_assert_true(elder->fields[2]->dated);
    g_assert_cmpuint(elder->fields[3]->type.scale, ==, 3);
    g_assert_true(str_is(m->entities[1]->fields[0]->name, "phone#14"));
    g_assert_true(
        schema_field_read(STR("field lost.phone#14 phone secret unique range -5..7"), &f));
    g_assert_true(f.secret && f.unique && f.has_range && f.low == -5 && f.high == 7);
    g_assert_false(schema_field_read(STR("field a.b int range 5"), &f));
    g_assert_false(schema_field_read(STR("field a.b"), &f));
    g_assert_false(schema_field_read(STR("field"), &f));
    g_assert_false(schema_field_read(STR(""), &f));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema/classes", each_difference_has_a_class);
    g_test_add_func("/schema/required", required_of_what_is_there);
    g_test_add_func("/schema/read-back", a_schema_is_read_back);
    return g_test_run();
}
