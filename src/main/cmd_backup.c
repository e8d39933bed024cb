/* cmd_backup.c — anlao backup, anlao restore: a sealed copy out while others write, and back. */
#include "care/backup.h"
#include "format/json.h"
#include "main/main.h"

static bool backup_it(const Common *c, const char *to, uint64_t *ret_bytes, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    const Session *session;
    return open_stored(c, false, &care, error) &&
           session_local(care, str_of(c->as), a, &session, error) &&
           care_backup(care, session, c->db, c->rest[0], to, ret_bytes, error);
}

int command_backup(int argc, char **argv)
{
    Common c;
    char *to = NULL;
    uint64_t bytes = 0;
    const GOptionEntry own[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &to, "public key of who may open it", "FILE.pub"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "backup", argc, argv, own))
        return 2;
    if (c.n_rest != 1 || to == NULL)
        return wrong_usage("backup", "needs the name of the copy, and --to a recipient's public "
                                     "key (\"anlao keys recipient FILE\" makes one)");
    GError *error = NULL;
    if (!backup_it(&c, to, &bytes, &error))
        return finish(error);
    if (c.json)
        printf("{\"file\":\"%s\",\"bytes\":%" G_GUINT64_FORMAT "}\n", c.rest[0], bytes);
    else
        printf("backup of %" G_GUINT64_FORMAT " bytes in \"%s\"; the key file of the database is "
               "not in it\n",
               bytes, c.rest[0]);
    return 0;
}

static void print_restored(const RestoreReport *r, bool json)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "made", r->made);
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
    printf("restored the backup of %.*s: %" G_GUINT64_FORMAT " entries, all proved; incarnation "
           "%u\n",
           STR_ARG(r->made), r->entries, r->incarnation);
    if (r->lost > 0)
        printf("lost: %.*s\n", STR_ARG(r->lost_words));
    if (r->kept.len > 0)
        printf("the database that was there is \"%.*s\" now\n", STR_ARG(r->kept));
}

int command_restore(int argc, char **argv)
{
    Common c;
    char *with = NULL, *reason = NULL, *seal = NULL;
    const GOptionEntry own[] = {
        {"with", 0, 0, G_OPTION_ARG_FILENAME, &with, "secret key of the recipient", "FILE"},
        {"seal", 0, 0, G_OPTION_ARG_FILENAME, &seal, "the newest seal, which must stand in it",
         "FILE"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, "why, where entries would be lost", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "restore", argc, argv, own))
        return 2;
    if (c.n_rest != 1 || with == NULL)
        return wrong_usage("restore", "needs a copy, and --with the secret key of its recipient");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    RestoreReport report;
    RestoreRequest r = {
        .path = c.rest[0], .secret = with, .uri = c.db, .seal = seal, .reason = str_of(reason)};
    r.actor = str_of(arena_printf(a, "local:%s", g_get_user_name()));
    if (!care_restore(&r, a, &report, &error))
        return finish(error);
    say_left_out(report.left_out);
    print_restored(&report, c.json);
    return 0;
}
