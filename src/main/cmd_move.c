/* cmd_move.c — anlao move: records that go on in another county. */
#include "base/identifier.h"
#include "care/move.h"
#include "format/json.h"
#include "main/main.h"

typedef struct Asked {
    char *reason, *to, *on;
    Date since;
} Asked;

static const char *const usage =
    "needs list, ask ENTITY KEY --to CODE --on DATE --reason TEXT, or accept, refuse, back NUMBER "
    "--reason TEXT";

static Str code_of(const Care *care, int32_t region)
{
    return region != ROW_NONE ? care_regions(care)->code[region] : STR("");
}

static void print_json(const Care *care, const MoveLine *list, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char id[ID_TEXT], day[DATE_TEXT];
    json_put_object(&j, NULL);
    json_put_array(&j, "moves");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "number", str_of(id_format(list[i].key.id, id)));
        json_put_str(&j, "entity", list[i].entity->name);
        json_put_str(&j, "record", str_of(id_format(list[i].subject.id, id)));
        json_put_str(&j, "title", list[i].title);
        json_put_str(&j, "from", code_of(care, list[i].from));
        json_put_str(&j, "to", code_of(care, list[i].to));
        json_put_str(&j, "since", str_of(date_format(list[i].since, day)));
        json_put_bool(&j, "incoming", list[i].incoming);
        json_put_bool(&j, "stuck", list[i].stuck);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static bool list_them(const Common *c, Care *care, const Session *s, Arena *a, GError **error)
{
    MoveLine *list = NULL;
    size_t n = 0;
    char id[ID_TEXT], day[DATE_TEXT];
    if (!move_list(care, s, a, &list, &n, error))
        return false;
    if (c->json) {
        print_json(care, list, n);
        return true;
    }
    for (size_t i = 0; i < n; i++)
        printf("%s  %.*s  %.*s -> %.*s from %s  %s\n", id_format(list[i].key.id, id),
               STR_ARG(list[i].title), STR_ARG(code_of(care, list[i].from)),
               STR_ARG(code_of(care, list[i].to)), date_format(list[i].since, day),
               list[i].stuck      ? "accepted, and its number was entered anew meanwhile: correct "
                                    "that, then accept once more"
               : list[i].incoming ? "to be accepted"
                                  : "waits for the other county");
    printf("%zu moves\n", n);
    return true;
}

static bool ask_it(const Common *c, Care *care, const Session *s, const Asked *o, GError **error)
{
    RecordKey key;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[1]));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[1]);
    if (!record_find(care, s, e, str_of(c->rest[2]), &key, error) ||
        !move_ask(care, s, e, key, str_of(o->to), o->since, str_of(o->reason), NULL, error))
        return false;
    printf("asked for; the other county has to accept it\n");
    return true;
}

static bool decide_it(const Common *c, Care *care, const Session *s, const Asked *o, GError **error)
{
    RecordKey move = {0}, to;
    MoveVerdict v = strcmp(c->rest[0], "accept") == 0   ? MOVE_ACCEPT
                    : strcmp(c->rest[0], "refuse") == 0 ? MOVE_REFUSE
                                                        : MOVE_TAKE_BACK;
    if (!id_parse(str_of(c->rest[1]), &move.id))
        return fail(error, FAIL_INPUT, "\"%s\" is no number of a move", c->rest[1]);
    if (!move_decide(care, s, move, v, str_of(o->reason), &to, NULL, error))
        return false;
    printf("%s\n", v == MOVE_ACCEPT ? "moved" : v == MOVE_REFUSE ? "refused" : "taken back");
    return true;
}

static bool move_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    if (strcmp(c->rest[0], "list") == 0)
        return list_them(c, care, session, a, error);
    return strcmp(c->rest[0], "ask") == 0 ? ask_it(c, care, session, o, error)
                                          : decide_it(c, care, session, o, error);
}

int command_move(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why, for the journal", "TEXT"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &o.to, "the new place", "CODE"},
        {"on", 0, 0, G_OPTION_ARG_STRING, &o.on, "the first day there", "DATE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "move", argc, argv, own))
        return 2;
    const char *verb = c.n_rest > 0 ? c.rest[0] : "";
    bool list = strcmp(verb, "list") == 0, ask = strcmp(verb, "ask") == 0;
    bool decide =
        strcmp(verb, "accept") == 0 || strcmp(verb, "refuse") == 0 || strcmp(verb, "back") == 0;
    if ((!list && !ask && !decide) ||
        c.n_rest != (list  ? 1u
                     : ask ? 3u
                           : 2u) ||
        (ask && (o.to == NULL || o.on == NULL)))
        return wrong_usage("move", "%s", usage);
    if (ask && !parse_day("move", o.on, &o.since))
        return 2;
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!move_it(&c, &o, a, &error))
        return finish(error);
    return 0;
}
