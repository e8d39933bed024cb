/* cmd_erase.c — anlao erase: a record's values, out of everything, as a law demands; what was
 * erased as a list, and that list once more after an older copy was put back. */
#include "base/identifier.h"
#include "care/erase.h"
#include "main/main.h"

typedef struct Asked {
    char *order, *reason, *keep, *again, *to;
    gboolean list;
} Asked;

static bool care_for(const Common *c, Arena *a, Care **ret, const Session **ret_session,
                     GError **error)
{
    return open_stored(c, true, ret, error) &&
           session_local(*ret, str_of(c->as), a, ret_session, error);
}

/* By its number also what is off the books, or left. */
static bool find_it(const Common *c, Care *care, const Session *s, EraseAsk *ask, GError **error)
{
    const Str key = str_of(c->rest[1]);
    ask->entity = model_entity(care_model(care), str_of(c->rest[0]));
    if (ask->entity == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[0]);
    g_autoptr(GError) why = NULL;
    if (record_find(care, s, ask->entity, key, &ask->key, &why) || id_parse(key, &ask->key.id))
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static void note(const char *text, Str of)
{
    if (of.len > 0)
        fprintf(stderr, "note: %s%.*s\n", text, STR_ARG(of));
}

static void tell(const Common *c, const EraseReport *r)
{
    if (c->json)
        printf("{\"seq\":%" G_GINT64_FORMAT ",\"with\":%" G_GUINT64_FORMAT
               ",\"papers\":%" G_GUINT64_FORMAT ",\"referring\":%" G_GUINT64_FORMAT
               ",\"wiped\":%s}\n",
               r->seq, r->with, r->papers, r->referring, r->wipe_why.len == 0 ? "true" : "false");
    else
        printf("erased, with %" G_GUINT64_FORMAT
               " records that were one with it or hung on it, and "
               "from %" G_GUINT64_FORMAT " papers; entry %" G_GINT64_FORMAT
               " says who ordered it and why\n",
               r->with, r->papers, r->seq);
    if (r->referring > 0)
        fprintf(stderr,
                "note: %" G_GUINT64_FORMAT " records still refer to it; their own words may speak "
                "of it\n",
                r->referring);
    note("papers that still hold its name, because another has it, too, or because they prove a "
         "draw; "
         "look at them: ",
         r->unsure);
    note("a part of it is kept by other nodes; erase it there: ", r->elsewhere);
    note("", r->wipe_why);
}

static bool erase_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *s;
    EraseAsk ask = {.order = str_of(o->order),
                    .why = str_of(o->reason),
                    .keep = str_of(o->keep != NULL ? o->keep : "")};
    EraseReport r;
    if (!care_for(c, a, &care, &s, error) || !find_it(c, care, s, &ask, error) ||
        !record_erase_by_law(care, s, &ask, a, &r, error))
        return false;
    tell(c, &r);
    return true;
}

static bool list_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    const Session *s;
    ErasedLine *lines;
    size_t n;
    if (!care_for(c, a, &care, &s, error) || !erased_list(care, s, a, &lines, &n, error))
        return false;
    erased_print(lines, n, text);
    if (o->to != NULL && !g_file_set_contents(o->to, text->str, (gssize)text->len, error))
        return false;
    if (o->to == NULL)
        print_out(text);
    return true;
}

static bool again_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autofree char *text = NULL;
    gsize len = 0;
    const Session *s;
    ErasedLine *lines;
    AgainReport r;
    size_t n;
    if (!g_file_get_contents(o->again, &text, &len, error) ||
        !erased_parse((Str){text, len}, a, &lines, &n, error) ||
        !care_for(c, a, &care, &s, error) || !erased_again(care, s, lines, n, a, &r, error))
        return false;
    if (c->json)
        printf("{\"done\":%" G_GUINT64_FORMAT ",\"absent\":%" G_GUINT64_FORMAT
               ",\"unknown\":%" G_GUINT64_FORMAT ",\"wiped\":%s}\n",
               r.done, r.absent, r.unknown, r.wipe_why.len == 0 ? "true" : "false");
    else
        printf("%" G_GUINT64_FORMAT " records erased again; %" G_GUINT64_FORMAT
               " of the list are empty or not here\n",
               r.done, r.absent);
    if (!c->json && r.unknown > 0)
        printf("%" G_GUINT64_FORMAT " of these are of an entity that no document here declares: "
               "once it is in force, the list is to be given again\n",
               r.unknown);
    note("", r.wipe_why);
    return true;
}

int command_erase(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"ordered-by", 0, 0, G_OPTION_ARG_STRING, &o.order, "who ordered it", "WHO"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why, and under which law", "TEXT"},
        {"keep", 0, 0, G_OPTION_ARG_STRING, &o.keep,
         "entities that hang on it and that the law has kept", "ENTITY,…"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &o.list, "what was erased", NULL},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &o.to, "the list as a file", "FILE"},
        {"again", 0, 0, G_OPTION_ARG_FILENAME, &o.again, "erase again what a list names", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "erase", argc, argv, own))
        return 2;
    const bool plain = c.n_rest == 2 && o.order != NULL && o.reason != NULL && o.to == NULL;
    const bool other = c.n_rest == 0 && o.order == NULL && o.reason == NULL && o.keep == NULL;
    if ((o.list || o.again != NULL) ? !other || (o.list && o.again != NULL) : !plain)
        return wrong_usage("erase", "needs an entity, a key, --ordered-by and --reason; or --list "
                                    "[--to FILE], or --again FILE");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    bool ok = o.list            ? list_it(&c, &o, a, &error)
              : o.again != NULL ? again_it(&c, &o, a, &error)
                                : erase_it(&c, &o, a, &error);
    return ok ? 0 : finish(error);
}
