/* cmd_file.c — anlao file: files that lie with a record: put, listed, got, taken away. */
#include "base/file.h"
#include "base/identifier.h"
#include "base/limits.h"
#include "care/attach.h"
#include "format/json.h"
#include "main/main.h"

#include <sys/stat.h>

typedef struct Asked {
    char *reason, *to;
} Asked;

static const char *const usage =
    "needs list ENTITY KEY, add ENTITY KEY FILE --reason TEXT, get ENTITY KEY NUMBER --to FILE, or "
    "remove ENTITY KEY NUMBER --reason TEXT";

static void print_json(const FileLine *list, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char id[ID_TEXT];
    json_put_object(&j, NULL);
    json_put_array(&j, "files");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "number", str_of(id_format(list[i].key.id, id)));
        json_put_str(&j, "name", list[i].name);
        json_put_int(&j, "bytes", (int64_t)list[i].bytes);
        json_put_str(&j, "type", str_of(file_kind_facts[list[i].kind].type));
        json_put_str(&j, "sm3", str_of(list[i].hash));
        json_put_str(&j, "by", list[i].by);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static bool list_them(const Common *c, Care *care, const Session *s, const Entity *e, RecordKey key,
                      Arena *a, GError **error)
{
    FileLine *list = NULL;
    size_t n = 0;
    char id[ID_TEXT];
    if (!file_lines(care, s, e, key, a, &list, &n, error))
        return false;
    if (c->json) {
        print_json(list, n);
        return true;
    }
    for (size_t i = 0; i < n; i++)
        printf("%s  %9" G_GUINT64_FORMAT "  %s  %.*s\n", id_format(list[i].key.id, id),
               list[i].bytes, list[i].hash, STR_ARG(list[i].name));
    printf("%zu files\n", n);
    return true;
}

static bool add_it(const Common *c, Care *care, const Session *s, const Entity *e, RecordKey key,
                   const Asked *o, Arena *a, GError **error)
{
    Str bytes;
    RecordKey file;
    char id[ID_TEXT];
    g_autofree char *name = g_path_get_basename(c->rest[3]);
    if (!file_read(a, c->rest[3], LIMIT_FILE_BYTES, &bytes, error) ||
        !file_attach(care, s, e, key, str_of(name), bytes, str_of(o->reason), &file, NULL, error))
        return false;
    printf("file %s\n", id_format(file.id, id));
    return true;
}

static bool get_it(Care *care, const Session *s, const Entity *e, RecordKey key, RecordKey file,
                   const Asked *o, Arena *a, GError **error)
{
    FileLine f;
    Str bytes;
    if (!file_get(care, s, e, key, file, a, &f, &bytes, error))
        return false;
    umask(077); /* a person's papers: for the owner's eyes */
    if (!g_file_set_contents_full(o->to, bytes.at, (gssize)bytes.len,
                                  G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
        return false;
    printf("%.*s: %zu bytes into \"%s\"\n", STR_ARG(f.name), bytes.len, o->to);
    return true;
}

static bool file_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    RecordKey key, file = {0};
    const char *verb = c->rest[0];
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[1]));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[1]);
    if (!record_find(care, session, e, str_of(c->rest[2]), &key, error))
        return false;
    if (strcmp(verb, "list") == 0)
        return list_them(c, care, session, e, key, a, error);
    if (strcmp(verb, "add") == 0)
        return add_it(c, care, session, e, key, o, a, error);
    if (!id_parse(str_of(c->rest[3]), &file.id))
        return fail(error, FAIL_INPUT, "\"%s\" is no number of a file", c->rest[3]);
    if (strcmp(verb, "get") == 0)
        return get_it(care, session, e, key, file, o, a, error);
    if (!file_take_away(care, session, e, key, file, str_of(o->reason), error))
        return false;
    printf("taken away\n");
    return true;
}

int command_file(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "what it is, or why, for the journal",
         "TEXT"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &o.to, "where to write it", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "file", argc, argv, own))
        return 2;
    const char *verb = c.n_rest > 0 ? c.rest[0] : "";
    bool get = strcmp(verb, "get") == 0, list = strcmp(verb, "list") == 0;
    bool known = get || list || strcmp(verb, "add") == 0 || strcmp(verb, "remove") == 0;
    if (!known || c.n_rest != (list ? 3u : 4u) || (get && o.to == NULL))
        return wrong_usage("file", "%s", usage);
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!file_it(&c, &o, a, &error))
        return finish(error);
    return 0;
}
