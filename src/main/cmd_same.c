/* cmd_same.c — anlao same: records that may be one person; that they are, or are not. */
#include "base/identifier.h"
#include "care/same.h"
#include "compile/compile.h"
#include "format/json.h"
#include "main/main.h"

typedef struct Asked {
    char *reason, *region;
    int most;
} Asked;

static const char *const usage = "needs list ENTITY, or apart, merge ENTITY ONE OTHER, or undo "
                                 "ENTITY GONE, with --reason";

static void print_json(const Alike *list, size_t n, uint64_t all)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char id[ID_TEXT];
    json_put_object(&j, NULL);
    json_put_int(&j, "all", (int64_t)all);
    json_put_array(&j, "pairs");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "one", str_of(id_format(list[i].a.id, id)));
        json_put_str(&j, "other", str_of(id_format(list[i].b.id, id)));
        json_put_str(&j, "one_title", list[i].a_title);
        json_put_str(&j, "other_title", list[i].b_title);
        json_put_int(&j, "score", list[i].score);
        json_put_array(&j, "reasons");
        for (size_t k = 0; k < list[i].n_reasons; k++) {
            json_put_object(&j, NULL);
            json_put_str(&j, "text_zh", str_of(list[i].reasons[k].zh));
            json_put_str(&j, "text_en", str_of(list[i].reasons[k].en));
            json_put_int(&j, "points", list[i].reasons[k].points);
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

static void print_words(const Alike *list, size_t n, uint64_t all)
{
    char one[ID_TEXT], other[ID_TEXT];
    for (size_t i = 0; i < n; i++) {
        printf("%3d  %s %.*s · %s %.*s", list[i].score, id_format(list[i].a.id, one),
               STR_ARG(list[i].a_title), id_format(list[i].b.id, other), STR_ARG(list[i].b_title));
        for (size_t k = 0; k < list[i].n_reasons; k++)
            printf("%s%s %+d", k == 0 ? "  (" : ", ", list[i].reasons[k].en,
                   list[i].reasons[k].points);
        printf("%s\n", list[i].n_reasons > 0 ? ")" : "");
    }
    printf("%zu of %" G_GUINT64_FORMAT " pairs\n", n, all);
}

static bool list_them(const Common *c, Care *care, const Session *s, const Entity *e,
                      const Asked *o, Arena *a, GError **error)
{
    int32_t region = ROW_NONE;
    Alike *list = NULL;
    size_t n = 0;
    uint64_t all = 0;
    if (o->region != NULL) {
        region = region_row(care_regions(care), str_of(o->region));
        if (region == ROW_NONE)
            return fail(error, FAIL_INPUT, "there is no region \"%s\"", o->region);
    }
    if (!alike_list(care, s, e, region, o->most > 0 ? (size_t)o->most : 100, a, &list, &n, &all,
                    error))
        return false;
    if (c->json)
        print_json(list, n, all);
    else
        print_words(list, n, all);
    return true;
}

static bool merge_them(const Common *c, Care *care, const Session *s, const Entity *e,
                       const Asked *o, Arena *a, GError **error)
{
    bool undo = strcmp(c->rest[0], "undo") == 0, apart = strcmp(c->rest[0], "apart") == 0;
    RecordKey one = {0}, other = {0};
    MergeReport r = {0};
    if (undo) {
        int64_t gone;
        if (!id_parse(str_of(c->rest[2]), &gone))
            return fail(error, FAIL_INPUT, "\"%s\" is no number of a record", c->rest[2]);
        if (!record_unmerge(care, s, e, gone, str_of(o->reason), a, &r, error))
            return false;
        printf("parted: %zu facts and %zu references taken back, %zu left as they are now\n",
               r.filled, r.referred, r.kept);
        if (r.withdrawn > 0)
            printf("%zu facts that waited for a second person wait no more\n", r.withdrawn);
        if (r.asked > 0)
            printf("%zu facts were approved by a second person meanwhile and still stand: taking "
                   "them back waits for another one\n",
                   r.asked);
        return true;
    }
    if (!record_find(care, s, e, str_of(c->rest[2]), &one, error) ||
        !record_find(care, s, e, str_of(c->rest[3]), &other, error))
        return false;
    if (apart) {
        if (!alike_apart(care, s, e, one, other, str_of(o->reason), error))
            return false;
        printf("noted: they are two\n");
        return true;
    }
    if (!record_merge(care, s, e, one, other, str_of(o->reason), a, &r, error))
        return false;
    printf("merged: %zu facts went over, %zu records refer to the one that stays\n", r.filled,
           r.referred);
    if (r.asked > 0)
        printf("%zu facts take two persons: they wait for another one\n", r.asked);
    return true;
}

static bool same_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[1]));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[1]);
    return strcmp(c->rest[0], "list") == 0 ? list_them(c, care, session, e, o, a, error)
                                           : merge_them(c, care, session, e, o, a, error);
}

int command_same(int argc, char **argv)
{
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why, for the journal", "TEXT"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &o.region, "this region and all below", "CODE"},
        {"most", 0, 0, G_OPTION_ARG_INT, &o.most, "at most so many pairs", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "same", argc, argv, own))
        return 2;
    size_t needs = c.n_rest == 0                     ? 0
                   : strcmp(c.rest[0], "list") == 0  ? 2
                   : strcmp(c.rest[0], "undo") == 0  ? 3
                   : strcmp(c.rest[0], "merge") == 0 ? 4
                   : strcmp(c.rest[0], "apart") == 0 ? 4
                                                     : 0;
    if (needs == 0 || c.n_rest != needs)
        return wrong_usage("same", "%s", usage);
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!same_it(&c, &o, a, &error))
        return finish(error);
    return 0;
}
