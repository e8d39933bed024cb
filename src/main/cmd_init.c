/* cmd_init.c — anlao init: a database for a place, its keys, its first administrator. */
#include "care/account.h"
#include "care/begin.h"
#include "care/demo.h"
#include "care/keys.h"
#include "care/places.h"
#include "compile/compile.h"
#include "main/main.h"

#include <unistd.h>

#define NODE_MOST 32767 /* 15 bits of each id */

static bool create_store(const Common *c, const Model *m, const char *place, bool demo, int node,
                         GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const char *maker = arena_printf(a, "local:%s", g_get_user_name());
    RegionTree *regions = region_tree_new(a, m);
    int32_t at = region_row(regions, str_of(place));
    if (at == ROW_NONE)
        return fail(error, FAIL_INPUT, "the documents know no place with the code \"%s\"", place);
    StoreFacts facts = {
        .place = str_of(place), .demo = demo, .demo_day = DATE_MAX, .node = (uint32_t)node};
    facts.maker = str_of(maker);
    facts.home_county = regions->county[at];
    memcpy(facts.schema_hash, m->schema_hash, SM3_SIZE);
    g_autofree char *profile = g_strdup_printf("%s/demo/%s.tsv", c->packs, place);
    if (demo && !demo_day(profile, &facts.demo_day, error))
        return false;
    return store_create(c->db, m, &facts, error);
}

/* The key comes after the database: one that was left alone could belong to another. */
static bool make_database(const Common *c, const Model *m, const char *place, bool demo, int node,
                          SecretSuite suite, GError **error)
{
    g_autofree char *keys = keys_path(c->db, NULL);
    g_autoptr(GError) taken = NULL;
    Begun begun;
    if (store_is_free(c->db, &taken)) {
        if (g_file_test(keys, G_FILE_TEST_EXISTS))
            return keys_create_for(keys, suite, error); /* says why not */
        return create_store(c, m, place, demo, node, error) && keys_create_for(keys, suite, error);
    }
    if (!database_begun(c->db, place, &begun, NULL) || !begun.unfinished) {
        g_propagate_error(error, g_steal_pointer(&taken));
        return false;
    }
    fprintf(stderr, "an init that was interrupted is finished\n");
    return !begun.untouched || g_file_test(keys, G_FILE_TEST_EXISTS) ||
           keys_create_for(keys, suite, error);
}

static bool first_account(const Common *c, bool from_stdin, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    Str made;
    if (!open_stored(c, false, &care, error) || !care_fill_places(care, error))
        return false;
    if (care_is_demo(care))
        return care_make_demo_accounts(care, error);
    g_autofree char *password =
        from_stdin || isatty(STDIN_FILENO)
            ? password_ask("password of the administrator (empty: make one): ")
            : g_strdup("");
    if (!account_first_admin(care, STR("admin"), str_of(password), a, &made, error))
        return false;
    if (made.len > 0)
        printf("administrator: admin\npassword, shown this once: %.*s\n", STR_ARG(made));
    return true;
}

int command_init(int argc, char **argv)
{
    Common c;
    char *place = NULL, *cipher = NULL;
    gboolean demo = FALSE, from_stdin = FALSE;
    int node = 0;
    const GOptionEntry own[] = {
        {"place", 0, 0, G_OPTION_ARG_STRING, &place, "region code", "CODE"},
        {"cipher", 0, 0, G_OPTION_ARG_STRING, &cipher, "what seals secrets (default aes)",
         "aes|sm4"},
        {"demo", 0, 0, G_OPTION_ARG_NONE, &demo, "marked for ever as made up", NULL},
        {"node", 0, 0, G_OPTION_ARG_INT, &node,
         "its number among nodes that exchange, given by the master (default 0: the master)", "N"},
        {"password-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin,
         "read the administrator's password", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "init", argc, argv, own))
        return 2;
    if (place == NULL)
        return wrong_usage("init", "needs --place");
    if (node < 0 || node > NODE_MOST)
        return wrong_usage("init", "--node takes 0 to %d", NODE_MOST);
    int suite = cipher != NULL ? suite_of(cipher) : SUITE_AES;
    if (suite == 0)
        return wrong_usage("init", "--cipher takes aes or sm4");
    GError *error = NULL;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read_packs(c.packs, place, ds, &error);
    if (error != NULL)
        return finish(error);
    if (m == NULL) {
        print_diags(ds);
        return 1;
    }
    if (!make_database(&c, m, place, demo, node, (SecretSuite)suite, &error) ||
        !first_account(&c, from_stdin, &error))
        return finish(error);
    g_autofree char *shown = store_shown(c.db);
    fprintf(stderr, "made %s for %s with %zu documents\n", shown, place, m->n_documents);
    return 0;
}
