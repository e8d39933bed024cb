/* cmd_cover.c — anlao cover: each clause of a list, running, declared or missing. */
#include "care/cover.h"
#include "format/json.h"
#include "main/main.h"

static void json_documents(JsonWriter *j, const Cover *c)
{
    json_put_array(j, "documents");
    for (size_t i = 0; i < c->n_documents; i++) {
        const CoverDocument *d = &c->documents[i];
        json_put_object(j, NULL);
        json_put_str(j, "document", d->name);
        json_put_uint(j, "clauses", d->clauses);
        for (unsigned k = 0; k < G_N_ELEMENTS(d->count); k++)
            json_put_uint(j, clause_state_words[k], d->count[k]);
        json_put_bool(j, "there", d->there);
        json_put_end(j);
    }
    json_put_end(j);
}

static void json_items(JsonWriter *j, const CoverClause *row, const char *key, bool seen_only)
{
    json_put_array(j, key);
    for (guint i = 0; i < row->items->len; i++) {
        const CoverItem *item = &g_array_index(row->items, CoverItem, i);
        g_autofree char *text =
            g_strdup_printf("%s %.*s", declaration_words[item->kind], STR_ARG(item->name));
        if (item->seen || !seen_only)
            json_put_str(j, NULL, str_of(text));
    }
    json_put_end(j);
}

static void json_clauses(JsonWriter *j, const Cover *c)
{
    json_put_array(j, "clauses");
    for (size_t i = 0; i < c->n_clauses; i++) {
        const CoverClause *row = &c->clauses[i];
        json_put_object(j, NULL);
        json_put_str(j, "document", row->document);
        json_put_str(j, "clause", row->clause);
        json_put_str(j, "state", str_of(clause_state_words[row->state]));
        json_put_str(j, "title_zh", row->title.zh);
        json_put_str(j, "title_en", row->title.en);
        json_items(j, row, "by", false);
        json_items(j, row, "seen", true);
        json_put_end(j);
    }
    json_put_end(j);
}

/* The table that decides, for those who print where a user sees what. */
static void json_kinds(JsonWriter *j)
{
    static const char *const seen[] = {
        [SEEN_ITSELF] = "itself", [SEEN_READ] = "read", [SEEN_WITH] = "with",
        [SEEN_AIMED] = "aimed",   [SEEN_NOT] = "not",   [SEEN_APART] = "apart"};
    json_put_array(j, "kinds");
    for (unsigned i = 0; i < DECLARATIONS; i++) {
        const Observable *o = &observables[i];
        json_put_object(j, NULL);
        json_put_str(j, "kind", str_of(declaration_words[i]));
        json_put_str(j, "label_zh", str_of(o->zh));
        json_put_str(j, "label_en", str_of(o->en));
        json_put_str(j, "seen", str_of(seen[o->seen]));
        json_put_str(j, "address", str_of(o->address));
        json_put_str(j, "sees_zh", str_of(o->sees_zh));
        json_put_str(j, "sees_en", str_of(o->sees_en));
        json_put_end(j);
    }
    json_put_end(j);
}

static void print_json(const Cover *c)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_documents(&j, c);
    json_clauses(&j, c);
    json_kinds(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void print_totals(const Cover *c, GString *out)
{
    size_t all[4] = {0};
    g_string_append_printf(out, "%-32s %8s %8s %8s %8s\n", "document", "clauses", "running",
                           "declared", "missing");
    for (size_t i = 0; i < c->n_documents; i++) {
        const CoverDocument *d = &c->documents[i];
        g_string_append_printf(out, "%-32.*s %8zu %8zu %8zu %8zu%s\n", STR_ARG(d->name), d->clauses,
                               d->count[0], d->count[1], d->count[2],
                               d->there ? "" : "   no such document in the packs");
        all[0] += d->clauses;
        for (unsigned k = 0; k < G_N_ELEMENTS(d->count); k++)
            all[k + 1] += d->count[k];
    }
    if (c->n_documents > 1)
        g_string_append_printf(out, "%-32s %8zu %8zu %8zu %8zu\n", "all", all[0], all[1], all[2],
                               all[3]);
}

/* What stands under a clause of which nothing comes yet, and what it waits for. */
static void print_waiting(const CoverClause *row, GString *out)
{
    for (guint i = 0; i < row->items->len; i++) {
        const CoverItem *item = &g_array_index(row->items, CoverItem, i);
        const Observable *o = &observables[item->kind];
        const char *why = o->seen == SEEN_READ    ? "nothing that is seen reads it"
                          : o->seen == SEEN_WITH  ? "what it changes is not seen"
                          : o->seen == SEEN_AIMED ? "no target measures it"
                                                  : o->sees_en;
        g_string_append_printf(out, "    %s %.*s: %s\n", declaration_words[item->kind],
                               STR_ARG(item->name), why);
    }
}

static void print_state(const Cover *c, ClauseState state, const char *title, GString *out)
{
    bool any = false;
    for (size_t i = 0; i < c->n_clauses; i++) {
        const CoverClause *row = &c->clauses[i];
        if (row->state != state)
            continue;
        if (!any)
            g_string_append_printf(out, "\n%s:\n", title);
        any = true;
        g_string_append_printf(out, "%.*s %.*s  ", STR_ARG(row->document), STR_ARG(row->clause));
        if (row->heading)
            g_string_append_printf(out, "%.*s / %.*s\n", STR_ARG(row->title.zh),
                                   STR_ARG(row->title.en));
        else
            g_string_append(out, "no heading with this number\n");
        print_waiting(row, out);
    }
}

int command_cover(int argc, char **argv)
{
    Common c;
    char *clauses = NULL;
    const GOptionEntry own[] = {
        {"clauses", 0, 0, G_OPTION_ARG_FILENAME, &clauses, "columns doc and clause", "FILE.tsv"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "cover", argc, argv, own))
        return 2;
    if (clauses == NULL)
        return wrong_usage("cover", "which clauses? name them with --clauses");
    g_autoptr(Arena) a = arena_new();
    GError *error = NULL;
    Cover cover;
    if (!cover_read(c.packs, clauses, c.rest, c.n_rest, a, &cover, &error))
        return finish(error);
    size_t missing = 0;
    for (size_t i = 0; i < cover.n_documents; i++)
        missing += cover.documents[i].count[CLAUSE_MISSING];
    if (c.json) {
        print_json(&cover);
        return missing > 0 ? 1 : 0;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    print_totals(&cover, out);
    print_state(&cover, CLAUSE_DECLARED, "declared, nothing comes of it yet", out);
    print_state(&cover, CLAUSE_MISSING, "missing", out);
    print_out(out);
    return missing > 0 ? 1 : 0;
}
