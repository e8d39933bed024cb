/* cmd_search.c — anlao search: records by what people remember of them. */
#include "base/identifier.h"
#include "format/json.h"
#include "main/main.h"

#define MOST 20

static void print_words(Care *care, const Entity *e, const ListResult *r, Arena *a)
{
    printf("%.*s: %" G_GUINT64_FORMAT "\n", STR_ARG(e->label.zh), r->total);
    for (size_t i = 0; i < r->n; i++) {
        char id[ID_TEXT];
        printf("%s", id_format(r->rows[i].key.id, id));
        for (size_t k = 0; k < e->n_list; k++) {
            const Field *f = e->list[k];
            if (f->type.kind != KIND_REF && f->index < r->rows[i].n_facts &&
                r->rows[i].facts[f->index].value.known)
                printf("  %.*s",
                       STR_ARG(value_text(care, f, r->rows[i].facts[f->index].value, false, a)));
        }
        printf("\n");
    }
}

static void put_json(JsonWriter *j, Care *care, const Session *s, const Entity *e,
                     const ListResult *r, Arena *a)
{
    json_put_object(j, NULL);
    json_put_str(j, "entity", e->name);
    json_put_uint(j, "total", r->total);
    json_put_array(j, "records");
    for (size_t i = 0; i < r->n; i++) {
        char id[ID_TEXT];
        Str title = STR("");
        json_put_object(j, NULL);
        json_put_str(j, "id", str_of(id_format(r->rows[i].key.id, id)));
        if (record_title(care, s, e, r->rows[i].key, a, &title, NULL))
            json_put_str(j, "title", title);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

static bool search_it(const Common *c, const char *in, int most, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    const Session *s;
    if (!open_care(c, true, &care, error) || !session_local(care, str_of(c->as), a, &s, error))
        return false;
    const Model *m = care_model(care);
    const Entity *only = in != NULL ? model_entity(m, str_of(in)) : NULL;
    if (in != NULL && only == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", in);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_array(&j, "found");
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];
        ListResult r;
        if (only != NULL ? e != only : e->begin == NULL || !session_sees(s, e))
            continue;
        if (!record_search(care, s, e, str_of(c->rest[0]), (size_t)most, a, &r, error))
            return false;
        if (r.total == 0 && only == NULL)
            continue;
        if (c->json)
            put_json(&j, care, s, e, &r, a);
        else
            print_words(care, e, &r, a);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    if (c->json)
        print_out(out);
    return true;
}

int command_search(int argc, char **argv)
{
    Common c;
    char *in = NULL;
    int most = MOST;
    const GOptionEntry own[] = {
        {"in", 0, 0, G_OPTION_ARG_STRING, &in, "one register alone", "ENTITY"},
        {"most", 0, 0, G_OPTION_ARG_INT, &most, "of each register (default 20)", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "search", argc, argv, own))
        return 2;
    if (c.n_rest != 1 || most < 1)
        return wrong_usage("search", "needs words to look for");
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    return search_it(&c, in, most, a, &error) ? 0 : finish(error);
}
