/* cmd_audit.c — anlao audit: all that a role may do, and the pages it can open; of a post that the
 * documents of a database declare, the registers too; and who looked at a person's file. */
#include "base/clock.h"
#include "care/looks.h"
#include "format/json.h"
#include "main/main.h"
#include "page/route.h"

typedef struct RightFacts {
    const char *word, *zh, *en;
    unsigned bit;
} RightFacts;

static const RightFacts rights[] = {
#define RIGHT(name, zh, en) {#name, zh, en, MAY_##name},
#include "care/rights.def"
#undef RIGHT
};

static const RoleFacts *role_named(const char *word)
{
    for (size_t i = 0; i < n_role_facts; i++)
        if (strcmp(role_facts[i].word, word) == 0)
            return &role_facts[i];
    return NULL;
}

static bool opens(const Route *r, const RoleFacts *role)
{
    return r->may == MAY_PUBLIC || (r->may & role->rights) == r->may;
}

static const char *method_of(const Route *r)
{
    return r->method == ROUTE_POST ? "POST" : "GET";
}

/* ---- posts of the documents: what their declarations say */

static void print_entities(const char *what, const Entity *const *list, size_t n)
{
    printf("%s:", what);
    for (size_t i = 0; i < n; i++)
        printf("%s %.*s", i > 0 ? "," : "", STR_ARG(list[i]->name));
    printf("%s\n", n == 0 ? " nothing" : "");
}

static void print_post(const Role *r)
{
    print_entities("sees", r->sees, r->n_sees);
    print_entities("writes", r->writes, r->n_writes);
    printf("reveals:");
    for (size_t i = 0; i < r->n_reveals; i++)
        printf("%s %.*s.%.*s", i > 0 ? "," : "", STR_ARG(r->reveals[i]->entity->name),
               STR_ARG(r->reveals[i]->name));
    printf("%s\n\n", r->n_reveals == 0 ? " nothing" : "");
}

static void json_entities(JsonWriter *j, const char *key, const Entity *const *list, size_t n)
{
    json_put_array(j, key);
    for (size_t i = 0; i < n; i++)
        json_put_str(j, NULL, list[i]->name);
    json_put_end(j);
}

static void json_post(JsonWriter *j, const Role *r, Arena *a)
{
    json_entities(j, "sees", r->sees, r->n_sees);
    json_entities(j, "writes", r->writes, r->n_writes);
    json_put_array(j, "reveals");
    for (size_t i = 0; i < r->n_reveals; i++)
        json_put_str(j, NULL,
                     str_of(arena_printf(a, "%.*s.%.*s", STR_ARG(r->reveals[i]->entity->name),
                                         STR_ARG(r->reveals[i]->name))));
    json_put_end(j);
}

/* ---- all of it */

static void print_words(const RoleFacts *role)
{
    printf("%s  %s / %s\nscope: its account's region (%s) and all below%s\n\n", role->word,
           role->zh, role->en, role->level,
           strcmp(role->level, "facility") == 0 ? ", and its facility alone" : "");
    if (role->post != NULL)
        print_post(role->post);
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++)
        printf("%s %-14s %s / %s\n", (role->rights & rights[i].bit) != 0 ? "yes" : " no",
               rights[i].word, rights[i].zh, rights[i].en);
    printf("\npages:\n");
    for (size_t i = 0; i < n_routes; i++)
        if (opens(&routes[i], role))
            printf("%-4s %-46s %s\n", method_of(&routes[i]), routes[i].path, routes[i].why);
}

static void print_json(const RoleFacts *role, Arena *a)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "role", str_of(role->word));
    json_put_str(&j, "label_zh", str_of(role->zh));
    json_put_str(&j, "label_en", str_of(role->en));
    json_put_str(&j, "level", str_of(role->level));
    json_put_array(&j, "rights");
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++)
        if ((role->rights & rights[i].bit) != 0)
            json_put_str(&j, NULL, str_of(rights[i].word));
    json_put_end(&j);
    if (role->post != NULL)
        json_post(&j, role->post, a);
    json_put_array(&j, "pages");
    for (size_t i = 0; i < n_routes; i++) {
        if (!opens(&routes[i], role))
            continue;
        json_put_object(&j, NULL);
        json_put_str(&j, "method", str_of(method_of(&routes[i])));
        json_put_str(&j, "path", str_of(routes[i].path));
        json_put_str(&j, "why", str_of(routes[i].why));
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

/* ---- who looked ---- */

#define LOOKS_MOST 100000u

static void print_looks(const LookLine *lines, size_t n, bool json)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char at[MOMENT_TEXT];
    json_put_object(&j, NULL);
    json_put_array(&j, "looks");
    for (size_t i = 0; i < n; i++) {
        moment_format(lines[i].at, at);
        json_put_object(&j, NULL);
        json_put_str(&j, "at", str_of(at));
        json_put_str(&j, "account", lines[i].actor);
        json_put_str(&j, "what", lines[i].what);
        json_put_str(&j, "detail", lines[i].detail.zh);
        json_put_bool(&j, "maybe", lines[i].maybe);
        json_put_end(&j);
        if (!json)
            printf("%s  %-20.*s %-8.*s %.*s%s\n", at, STR_ARG(lines[i].actor),
                   STR_ARG(lines[i].what), STR_ARG(lines[i].detail.zh),
                   lines[i].maybe ? " (of the register; perhaps not of this record)" : "");
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    if (json)
        print_out(out);
    else
        printf("%zu looks\n", n);
}

static bool looks_it(const Common *c, const char *entity, const char *key_text, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    const Session *s;
    LookLine *lines;
    RecordKey key;
    size_t n;
    if (!open_stored(c, true, &care, error) || !session_local(care, str_of(c->as), a, &s, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(entity));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", entity);
    if (!record_find(care, s, e, str_of(key_text), &key, error) ||
        !record_lookers(care, s, e, key, LOOKS_MOST, a, &lines, &n, error))
        return false;
    print_looks(lines, n, c->json);
    return true;
}

static void no_such_role(const Care *care, const char *word, GError **error)
{
    g_autoptr(GString) words = g_string_new(NULL);
    const RoleFacts *list = role_facts;
    size_t n = care != NULL ? care_roles(care, &list) : n_role_facts;
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(words, "%s%s", i > 0 ? ", " : "", list[i].word);
    fail(error, FAIL_INPUT, "there is no role \"%s\"; there are %s%s", word, words->str,
         care != NULL ? "" : ", and the posts of the documents, when --db names a database");
}

int command_audit(int argc, char **argv)
{
    Common c;
    Care *care = NULL;
    GError *error = NULL;
    char *person = NULL, *entity = NULL;
    const GOptionEntry own[] = {
        {"person", 0, 0, G_OPTION_ARG_STRING, &person, "who looked at this record", "KEY"},
        {"entity", 0, 0, G_OPTION_ARG_STRING, &entity, "of which register (default elder)",
         "ENTITY"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "audit", argc, argv, own))
        return 2;
    if (person != NULL && c.n_rest == 0) {
        GError *why = NULL;
        return looks_it(&c, entity != NULL ? entity : "elder", person, &why) ? 0 : finish(why);
    }
    if (c.n_rest != 1 || person != NULL)
        return wrong_usage("audit", "needs a role, or --person with a key");
    const RoleFacts *role = role_named(c.rest[0]);
    if (role == NULL && open_care(&c, false, &care, NULL))
        role = care_role(care, str_of(c.rest[0]));
    if (role == NULL)
        no_such_role(care, c.rest[0], &error);
    else if (c.json) {
        Arena *a = arena_new();
        print_json(role, a);
        arena_free(a);
    } else
        print_words(role);
    care_close(care);
    return finish(error);
}
