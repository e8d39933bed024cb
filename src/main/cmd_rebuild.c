/* cmd_rebuild.c — anlao rebuild: a node from shipped ranges alone. */
#include "care/rebuild.h"
#include "format/json.h"
#include "main/main.h"

static void print_rebuilt(const RestoreReport *r, bool json)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "shipped_until", r->made);
    json_put_uint(&j, "entries", r->entries);
    json_put_uint(&j, "incarnation", r->incarnation);
    json_put_uint(&j, "lost", r->lost);
    json_put_str(&j, "lost_words", r->lost_words);
    json_put_str(&j, "kept", r->kept);
    json_put_end(&j);
    json_finish(&j);
    if (json) {
        print_out(out);
        return;
    }
    printf("rebuilt from ranges shipped until %.*s: %" G_GUINT64_FORMAT
           " entries, all replayed and proved; incarnation %u\n",
           STR_ARG(r->made), r->entries, r->incarnation);
    if (r->lost > 0)
        printf("lost: %.*s\n", STR_ARG(r->lost_words));
    if (r->kept.len > 0)
        printf("the database that was there is \"%.*s\" now\n", STR_ARG(r->kept));
    printf("next: \"anlao decide --month YYYY-MM\" asks again what stored decisions rest on\n");
}

int command_rebuild(int argc, char **argv)
{
    Common c;
    char *reason = NULL, *seal = NULL;
    const GOptionEntry own[] = {
        {"seal", 0, 0, G_OPTION_ARG_FILENAME, &seal, "the newest seal, which must stand in it",
         "FILE"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason,
         "why, where it cannot be shown that nothing newer was known", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "rebuild", argc, argv, own))
        return 2;
    if (c.n_rest != 1)
        return wrong_usage("rebuild", "needs the folder that \"serve --ship\" copied to");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    RestoreReport report;
    RestoreRequest r = {.path = c.rest[0], .uri = c.db, .seal = seal, .reason = str_of(reason)};
    r.actor = str_of(arena_printf(a, "local:%s", g_get_user_name()));
    if (!care_rebuild(&r, a, &report, &error))
        return finish(error);
    say_left_out(report.left_out);
    print_rebuilt(&report, c.json);
    return 0;
}
