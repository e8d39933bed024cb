/* cmd_policy.c — anlao policy: what the documents in a folder say otherwise than those in force;
 * puts them in force when it is told to. */
#include "care/policy.h"
#include "format/json.h"
#include "main/main.h"

static const char *const how_words[] = {
    [POLICY_NEW] = "new", [POLICY_CHANGED] = "changed", [POLICY_GONE] = "gone"};

static void rules_json(JsonWriter *j, const char *name, const PolicyRuleDifference *all, size_t n)
{
    char month[DATE_TEXT];
    json_put_array(j, name);
    for (size_t i = 0; i < n; i++) {
        json_put_object(j, NULL);
        json_put_str(j, "rule", all[i].rule->name);
        json_put_str(j, "how", str_of(how_words[all[i].how]));
        json_put_str(j, "from", str_of(month_format(all[i].from, month)));
        json_put_end(j);
    }
    json_put_end(j);
}

static void print_json(const PolicyDifference *d, bool put)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_int(&j, "in_force", d->version);
    json_put_bool(&j, "same", d->same);
    json_put_bool(&j, "put_in_force", put);
    json_put_array(&j, "documents");
    for (size_t i = 0; i < d->n_documents; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "document", d->documents[i].name);
        json_put_str(&j, "how", str_of(how_words[d->documents[i].how]));
        json_put_end(&j);
    }
    json_put_end(&j);
    rules_json(&j, "rules", d->rules, d->n_rules);
    rules_json(&j, "region_checks", d->region_checks, d->n_region_checks);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static const char *how_in(PolicyHow how, bool english)
{
    static const char *const zh[] = {
        [POLICY_NEW] = "新增", [POLICY_CHANGED] = "有改动", [POLICY_GONE] = "取消"};
    return either(english, zh[how], how_words[how]);
}

static void print_rules(const PolicyRuleDifference *all, size_t n, bool english, const char *zh,
                        const char *en)
{
    char month[DATE_TEXT];
    for (size_t i = 0; i < n; i++) {
        const Rule *r = all[i].rule;
        printf("%s", either(english, zh, en));
        if (!english)
            printf("%.*s（%.*s）", STR_ARG(r->label.zh), STR_ARG(r->name));
        else
            printf(" %.*s", STR_ARG(r->name));
        printf(either(english, "：%s，自 %s 起\n", ": %s, from %s\n"), how_in(all[i].how, english),
               month_format(all[i].from, month));
    }
}

static void print_words(const PolicyDifference *d, bool put, bool english)
{
    if (d->same) {
        printf(either(english, "现行的第 %" G_GINT64_FORMAT " 版就是这些文件\n",
                      "policy %" G_GINT64_FORMAT " in force is these documents\n"),
               d->version);
        return;
    }
    for (size_t i = 0; i < d->n_documents; i++)
        printf(either(english, "文件 %.*s：%s\n", "document %.*s: %s\n"),
               STR_ARG(d->documents[i].name), how_in(d->documents[i].how, english));
    print_rules(d->rules, d->n_rules, english, "规则 ", "rule");
    print_rules(d->region_checks, d->n_region_checks, english, "对各地的核查 ", "check of regions");
    printf(put ? either(english,
                        "第 %" G_GINT64_FORMAT
                        " 版已生效；请运行 anlao decide，重新认定受影响的月份\n",
                        "policy %" G_GINT64_FORMAT
                        " is in force; run \"anlao decide\" to bring decisions up to date\n")
               : either(english, "现行的仍是第 %" G_GINT64_FORMAT " 版；加 --put-in-force 才替换\n",
                        "policy %" G_GINT64_FORMAT " stays in force; --put-in-force replaces it\n"),
           d->version);
}

Model *read_packs(const Common *c, Care *care, Diags *ds, GError **error)
{
    Str place = care_regions(care)->code[care_place(care)];
    g_autofree char *code = g_strndup(place.at, place.len);
    return model_read_packs(c->packs, code, ds, error);
}

static bool policy_it(const Common *c, bool put, bool english, const char *reason, Diags *ds,
                      GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Care) care = NULL;
    g_autoptr(Model) next = NULL;
    const Session *session;
    PolicyDifference d;
    if (!open_stored(c, false, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    next = read_packs(c, care, ds, error);
    if (next == NULL || !policy_compare(care, next, a, &d, error))
        return false;
    put = put && !d.same;
    if (put && !policy_replace(care, session, next, str_of(reason), a, &d, error))
        return false;
    if (c->json)
        print_json(&d, put);
    else
        print_words(&d, put, english);
    return true;
}

int command_policy(int argc, char **argv)
{
    Common c;
    gboolean put = FALSE;
    char *reason = NULL, *lang = NULL;
    bool english;
    const GOptionEntry own[] = {
        {"put-in-force", 0, 0, G_OPTION_ARG_NONE, &put, "replace the documents in force", NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, "kept in the journal", "TEXT"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &lang, "language of what is said", "en|zh"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "policy", argc, argv, own) || !lang_given("policy", lang, &english))
        return 2;
    GError *error = NULL;
    g_autoptr(Diags) ds = diags_new();
    bool fine = policy_it(&c, put, english, reason, ds, &error);
    print_diags_in(ds, english);
    if (error != NULL)
        return finish(error);
    return fine ? 0 : 1;
}
