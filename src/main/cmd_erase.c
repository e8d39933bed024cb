/* cmd_erase.c — anlao erase: a record's values, out of everything, as a law demands. */
#include "care/erase.h"
#include "main/main.h"

typedef struct Asked {
    char *order, *reason;
} Asked;

static bool erase_it(const Common *c, const Asked *o, Arena *a, EraseReport *ret, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    RecordKey key;
    if (!open_stored(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[0]));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[0]);
    return record_find(care, session, e, str_of(c->rest[1]), &key, error) &&
           record_erase_by_law(care, session, e, key, str_of(o->order), str_of(o->reason), a, ret,
                               error);
}

int command_erase(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"ordered-by", 0, 0, G_OPTION_ARG_STRING, &o.order, "who ordered it", "WHO"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why, and under which law", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "erase", argc, argv, own))
        return 2;
    if (c.n_rest != 2 || o.order == NULL || o.reason == NULL)
        return wrong_usage("erase", "needs an entity, a key, --ordered-by and --reason");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    EraseReport r;
    if (!erase_it(&c, &o, a, &r, &error))
        return finish(error);
    if (c.json)
        printf("{\"seq\":%" G_GINT64_FORMAT ",\"referring\":%" G_GUINT64_FORMAT ",\"wiped\":%s}\n",
               r.seq, r.referring, r.wipe_why.len == 0 ? "true" : "false");
    else
        printf("erased; entry %" G_GINT64_FORMAT " says who ordered it and why\n", r.seq);
    if (r.referring > 0)
        fprintf(stderr,
                "note: %" G_GUINT64_FORMAT " records still refer to it; their own words may speak "
                "of it\n",
                r.referring);
    if (r.wipe_why.len > 0)
        fprintf(stderr, "note: %.*s\n", STR_ARG(r.wipe_why));
    return 0;
}
