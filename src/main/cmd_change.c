/* cmd_change.c — anlao change: changes that wait for a second person. */
#include "base/identifier.h"
#include "care/proposal.h"
#include "format/json.h"
#include "main/main.h"

typedef struct Asked {
    char *reason;
} Asked;

static void print_json(const ProposalLine *list, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char id[ID_TEXT];
    json_put_object(&j, NULL);
    json_put_array(&j, "changes");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "number", str_of(id_format(list[i].key.id, id)));
        json_put_str(&j, "entity", list[i].entity->name);
        json_put_str(&j, "record", str_of(id_format(list[i].subject.id, id)));
        json_put_str(&j, "title", list[i].title);
        json_put_str(&j, "by", list[i].by);
        json_put_str(&j, "reason", list[i].reason);
        json_put_array(&j, "fields");
        for (size_t k = 0; k < list[i].n_fields; k++) {
            json_put_object(&j, NULL);
            json_put_str(&j, "field", list[i].fields[k].field->name);
            json_put_str(&j, "now", list[i].fields[k].now_zh);
            json_put_str(&j, "then", list[i].fields[k].then_zh);
            json_put_end(&j);
        }
        json_put_end(&j);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static bool list_them(const Common *c, Care *care, const Session *s, Arena *a, GError **error)
{
    ProposalLine *list = NULL;
    size_t n = 0;
    char id[ID_TEXT];
    if (!proposal_list(care, s, a, &list, &n, error))
        return false;
    if (c->json) {
        print_json(list, n);
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        printf("%s  %.*s, asked for by %.*s: %.*s\n", id_format(list[i].key.id, id),
               STR_ARG(list[i].title), STR_ARG(list[i].by), STR_ARG(list[i].reason));
        for (size_t k = 0; k < list[i].n_fields; k++)
            printf("    %.*s: %.*s -> %.*s\n", STR_ARG(list[i].fields[k].field->name),
                   STR_ARG(list[i].fields[k].now_zh), STR_ARG(list[i].fields[k].then_zh));
    }
    printf(n == 1 ? "%zu change waits\n" : "%zu changes wait\n", n);
    return true;
}

static bool change_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    RecordKey key = {0};
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    if (strcmp(c->rest[0], "list") == 0)
        return list_them(c, care, session, a, error);
    ProposalVerdict v = strcmp(c->rest[0], "approve") == 0  ? PROPOSAL_APPROVE
                        : strcmp(c->rest[0], "refuse") == 0 ? PROPOSAL_REFUSE
                                                            : PROPOSAL_TAKE_BACK;
    if (!id_parse(str_of(c->rest[1]), &key.id))
        return fail(error, FAIL_INPUT, "\"%s\" is no number of a change", c->rest[1]);
    if (!proposal_decide(care, session, key, v, str_of(o->reason), NULL, error))
        return false;
    printf("%s\n", v == PROPOSAL_APPROVE  ? "approved"
                   : v == PROPOSAL_REFUSE ? "refused"
                                          : "taken back");
    return true;
}

int command_change(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why, for the journal", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "change", argc, argv, own))
        return 2;
    const char *verb = c.n_rest > 0 ? c.rest[0] : "";
    bool list = strcmp(verb, "list") == 0;
    bool decide =
        strcmp(verb, "approve") == 0 || strcmp(verb, "refuse") == 0 || strcmp(verb, "back") == 0;
    if ((!list && !decide) || c.n_rest != (list ? 1u : 2u))
        return wrong_usage("change", "needs list, or approve, refuse, back NUMBER --reason TEXT");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!change_it(&c, &o, a, &error))
        return finish(error);
    return 0;
}
