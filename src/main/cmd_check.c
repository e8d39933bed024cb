/* cmd_check.c — anlao check: compiles documents, runs their examples, prints all diagnostics. */
#include "base/chinese.h"
#include "base/limits.h"
#include "care/documents.h"
#include "care/examples.h"
#include "declare/use.h"
#include "format/json.h"
#include "main/cases.h"
#include "main/main.h"

#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

typedef struct CheckCount {
    size_t documents, rules, examples;
} CheckCount;

static void json_diags(JsonWriter *j, const Diags *ds)
{
    g_autoptr(Arena) a = arena_new();
    json_put_array(j, "diagnostics");
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        json_put_object(j, NULL);
        json_put_str(j, "file", str_of(d->pos.source != NULL ? d->pos.source->name : ""));
        json_put_int(j, "line", d->pos.line);
        json_put_int(j, "column", d->pos.column);
        json_put_str(j, "severity", d->severity == DIAG_ERROR ? STR("error") : STR("warning"));
        json_put_str(j, "text", str_of(d->text));
        json_put_str(j, "text_zh", str_of(in_chinese(a, d->text)));
        json_put_str(j, "hint", str_of(d->hint));
        json_put_str(j, "hint_zh", str_of(d->hint != NULL ? in_chinese(a, d->hint) : NULL));
        json_put_end(j);
    }
    json_put_end(j);
}

static void print_json(const Diags *ds, const CheckCount *n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_int(&j, "errors", ds->errors);
    json_put_int(&j, "warnings", ds->warnings);
    json_put_int(&j, "documents", (int64_t)n->documents);
    json_put_int(&j, "rules", (int64_t)n->rules);
    json_put_int(&j, "examples", (int64_t)n->examples);
    json_diags(&j, ds);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

/* What all stacks together come to: a document that several of them rest on counts once. */
typedef struct Checking {
    Diags *diags;
    GHashTable *seen;  /* names of documents of earlier stacks */
    GPtrArray *models; /* their documents are what the diagnoses point into */
    GPtrArray *found;  /* of Diags */
    CheckCount n;
} Checking;

static bool is_new(const void *context, const Document *d)
{
    const Checking *c = context;
    g_autofree char *name = g_strndup(d->name.at, d->name.len);
    return !g_hash_table_contains(c->seen, name);
}

static void count_new(Checking *c, const Model *m)
{
    for (size_t i = 0; i < m->n_rules; i++)
        c->n.rules += is_new(c, m->rules[i]->home.document);
    for (size_t i = 0; i < m->n_region_checks; i++)
        c->n.rules += is_new(c, m->region_checks[i]->home.document);
    for (size_t i = 0; i < m->n_documents; i++) {
        const Document *d = m->documents[i];
        c->n.documents += g_hash_table_add(c->seen, g_strndup(d->name.at, d->name.len));
    }
}

static void check_stack(void *context, const char *place, Model *m, Diags *diags)
{
    Checking *c = context;
    (void)place;
    if (m != NULL) {
        c->n.examples += examples_run(m, is_new, c, diags);
        count_new(c, m);
        g_ptr_array_add(c->models, m);
    }
    diags_merge(c->diags, diags);
    g_ptr_array_add(c->found, diags);
}

static void free_model(gpointer m)
{
    model_unref(m);
}

static void free_diags(gpointer ds)
{
    diags_free(ds);
}

static void report(const Checking *c, bool json, bool english)
{
    if (json) {
        print_json(c->diags, &c->n);
        return;
    }
    print_diags_in(c->diags, english);
    fprintf(stderr,
            either(english, "%u 处错误，%u 处注意；%zu 份文件，%zu 条规则，%zu 个示例\n",
                   "%u errors, %u warnings; %zu documents, %zu rules, %zu examples\n"),
            c->diags->errors, c->diags->warnings, c->n.documents, c->n.rules, c->n.examples);
}

/* Only who has seen the documents of all places can say that nothing uses a field. */
static void check_use(Checking *c)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Diags *ds = diags_new();
    for (guint i = 0; i < c->models->len; i++)
        use_collect(c->models->pdata[i], names);
    for (guint i = 0; i < c->models->len; i++)
        use_report(c->models->pdata[i], names, ds);
    diags_merge(c->diags, ds);
    g_ptr_array_add(c->found, ds);
}

/* Named documents, or those of a place, are one stack; else all stacks of the folder. */
static bool check_all(Checking *c, const Common *common, const char *place, GError **error)
{
    if (place == NULL && common->n_rest == 0)
        return packs_each(common->packs, check_stack, c, error);
    Diags *ds = diags_new();
    g_autoptr(GError) why = NULL;
    Model *m = place != NULL && common->n_rest == 0
                   ? model_read_packs(common->packs, place, ds, &why)
                   : documents_read(common->packs, common->rest, common->n_rest, ds, &why);
    bool read = why == NULL || ds->errors > 0;
    if (!read)
        g_propagate_error(error, g_steal_pointer(&why));
    check_stack(c, place, m, ds);
    return read;
}

/* The cases of one rule instead of the summary; what is wrong with the documents comes first. */
static int print_rule_cases(const Checking *k, const Common *c, const char *rule, gboolean examples)
{
    GError *error = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    if (k->diags->errors > 0) {
        print_diags(k->diags);
        return 1;
    }
    CasesAs as = c->json ? CASES_JSON : examples ? CASES_EXAMPLES : CASES_TABLE;
    if (!cases_of_models(k->models, rule, as, out, &error))
        return finish(error);
    print_out(out);
    return 0;
}

/* The command fills some tens of megabytes and ends: in pages of 4 KB their first touch takes a
 * third of its time.  So all of it is taken from one heap, whose next stretch is asked for in large
 * pages.  A wish: where that can't be, it goes on as it is. */
static void begin_in_huge_pages(void)
{
    const size_t heap = (size_t)64 << 20, page = (size_t)2 << 20;
    if (mallopt(M_ARENA_MAX, 1) == 0 || mallopt(M_MMAP_MAX, 0) == 0 ||
        mallopt(M_TRIM_THRESHOLD, INT_MAX) == 0)
        return;
    char *whole = malloc(heap); /* not touched: nothing is taken yet */
    if (whole == NULL)
        return;
    char *first = whole + (page - (uintptr_t)whole % page);
    (void)madvise(first, heap - page, MADV_HUGEPAGE);
    free(whole);
}

int command_check(int argc, char **argv)
{
    Common c;
    char *place = NULL, *rule = NULL, *lang = NULL;
    gboolean examples = FALSE;
    const GOptionEntry own[] = {
        {"place", 0, 0, G_OPTION_ARG_STRING, &place, "the documents in force there", "CODE"},
        {"cases", 0, 0, G_OPTION_ARG_STRING, &rule,
         "edge persons of a rule with their outcomes, to sign off", "RULE"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &lang, "language of what is said", "en|zh"},
        {"examples", 0, 0, G_OPTION_ARG_NONE, &examples, "with --cases: as example blocks", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    begin_in_huge_pages();
    if (!common_parse(&c, "check", argc, argv, own))
        return 2;
    GError *error = NULL;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) models = g_ptr_array_new_with_free_func(free_model);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_diags);
    Checking k = {.diags = ds, .seen = seen, .models = models, .found = found};
    if (examples && rule == NULL)
        return wrong_usage("check", "--examples goes with --cases RULE");
    bool english;
    if (!lang_given("check", lang, &english))
        return 2;
    if (!check_all(&k, &c, place, &error))
        return finish(error);
    if (rule != NULL)
        return print_rule_cases(&k, &c, rule, examples);
    if (place == NULL && c.n_rest == 0 && ds->errors == 0)
        check_use(&k);
    report(&k, c.json, english);
    return ds->errors > 0 ? 1 : 0;
}
