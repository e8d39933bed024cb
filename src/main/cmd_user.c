/* cmd_user.c — anlao user: accounts listed, made, changed, closed. */
#include "care/people.h"
#include "format/json.h"
#include "main/main.h"

typedef struct Asked {
    char *role, *region, *facility, *shown;
    gboolean from_stdin;
} Asked;

static const char *const usage =
    "needs list, or add, change, password, close or open with a sign-in name";

/* ---- list */

static Str region_words(const Care *care, const AccountFacts *f)
{
    return f->region != ROW_NONE ? care_model(care)->regions[f->region].name : f->region_code;
}

static void print_words(const Care *care, const AccountFacts *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%-20.*s %-10s %.*s %.*s  %.*s%s\n", STR_ARG(list[i].name),
               list[i].role != NULL ? list[i].role->word : "?", STR_ARG(list[i].region_code),
               STR_ARG(region_words(care, &list[i])), STR_ARG(list[i].shown),
               list[i].disabled ? "  (closed)" : "");
    printf("%zu accounts\n", n);
}

static void print_json(const AccountFacts *list, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_array(&j, "accounts");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "name", list[i].name);
        json_put_str(&j, "shown", list[i].shown);
        if (list[i].role != NULL)
            json_put_str(&j, "role", str_of(list[i].role->word));
        else
            json_put_null(&j, "role");
        json_put_str(&j, "region", list[i].region_code);
        json_put_bool(&j, "closed", list[i].disabled);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static bool list_all(const Common *c, Care *care, const Session *s, Arena *a, GError **error)
{
    AccountFacts *list;
    size_t n;
    if (!account_list(care, s, a, &list, &n, error))
        return false;
    if (c->json)
        print_json(list, n);
    else
        print_words(care, list, n);
    return true;
}

/* ---- change */

/* False: the word is none of ours. */
static bool edit_of(const char *verb, const char *name, const Asked *o, AccountEdit *ret)
{
    *ret = (AccountEdit){.name = str_of(name)};
    if (strcmp(verb, "add") == 0) {
        ret->is_new = true;
        ret->password = PASSWORD_MADE;
    } else if (strcmp(verb, "password") == 0)
        ret->password = PASSWORD_MADE;
    else if (strcmp(verb, "close") == 0)
        ret->state = STATE_CLOSED;
    else if (strcmp(verb, "open") == 0)
        ret->state = STATE_OPEN;
    else if (strcmp(verb, "change") != 0)
        return false;
    ret->role = str_of(o->role);
    ret->region = str_of(o->region);
    ret->facility = str_of(o->facility);
    ret->shown = str_of(o->shown);
    if (ret->is_new) {
        ret->shown = o->shown != NULL ? ret->shown : ret->name;
        ret->role = o->role != NULL ? ret->role : STR("");
        ret->region = o->region != NULL ? ret->region : STR("");
    }
    return true;
}

static bool change(Care *care, const Session *s, AccountEdit *edit, const Asked *o, Arena *a,
                   GError **error)
{
    Str made;
    g_autofree char *given = NULL;
    if (o->from_stdin && edit->password == PASSWORD_MADE) {
        given = password_ask("password: ");
        edit->password = PASSWORD_GIVEN;
        edit->given = str_of(given);
    }
    if (!account_put(care, s, edit, a, &made, error))
        return false;
    printf("account: %.*s\n", STR_ARG(edit->name));
    if (made.len > 0)
        printf("password, shown this once: %.*s\n", STR_ARG(made));
    return true;
}

static bool user_it(const Common *c, const Asked *o, AccountEdit *edit, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    if (!open_stored(c, edit != NULL && edit->facility.len > 0, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    return edit != NULL ? change(care, session, edit, o, a, error)
                        : list_all(c, care, session, a, error);
}

int command_user(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    AccountEdit edit;
    const GOptionEntry own[] = {
        {"role", 0, 0, G_OPTION_ARG_STRING, &o.role, "the post; `anlao audit ROLE` shows it",
         "ROLE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &o.region, "this region and all below", "CODE"},
        {"facility", 0, 0, G_OPTION_ARG_STRING, &o.facility, "of a post inside a facility", "KEY"},
        {"shown", 0, 0, G_OPTION_ARG_STRING, &o.shown, "the person's name", "TEXT"},
        {"password-stdin", 0, 0, G_OPTION_ARG_NONE, &o.from_stdin,
         "read the password instead of making one", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "user", argc, argv, own))
        return 2;
    bool list = c.n_rest == 1 && strcmp(c.rest[0], "list") == 0;
    if (!list && (c.n_rest != 2 || !edit_of(c.rest[0], c.rest[1], &o, &edit)))
        return wrong_usage("user", "%s", usage);
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    return user_it(&c, &o, list ? NULL : &edit, a, &error) ? 0 : finish(error);
}
