/* cover.c — reads a list of clauses and looks each one up in the stacks of documents.
 * A document on which several places rest is met in several stacks, where more or less may come of
 * it: a clause runs when it does in one of them.
 * Read first: cover_read(), cover_stack(). */
#include "care/cover.h"

#include "base/limits.h"
#include "format/csv.h"

typedef struct Covering {
    Arena *arena;
    const char *path;
    char *const *named;
    size_t n_named;
    GArray *clauses, *documents; /* of CoverClause, CoverDocument */
    GHashTable *index;           /* "document\tclause" → number of the row + 1 */
    GString *faults;             /* of documents that do not compile */
} Covering;

static void array_free(void *array)
{
    g_array_free(array, TRUE);
}

static void table_free(void *table)
{
    g_hash_table_destroy(table);
}

static GArray *array_new(Arena *a, size_t size)
{
    GArray *made = g_array_new(FALSE, TRUE, (guint)size);
    arena_on_free(a, array_free, made);
    return made;
}

static char *row_key(Arena *a, Str document, Str clause)
{
    return arena_printf(a, "%.*s\t%.*s", STR_ARG(document), STR_ARG(clause));
}

/* ---- the file */

/* Which column has the name; more than one, or none, is a fault. */
static bool column_of(const Covering *c, const Str *names, size_t n, const char *name, size_t *ret,
                      GError **error)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (str_is(names[i], name)) {
            *ret = i;
            found++;
        }
    if (found == 1)
        return true;
    return fail(error, FAIL_INPUT, "file \"%s\" has %s column \"%s\"", c->path,
                found == 0 ? "no" : "more than one", name);
}

static CoverDocument *document_of(Covering *c, Str name)
{
    for (guint i = 0; i < c->documents->len; i++) {
        CoverDocument *d = &g_array_index(c->documents, CoverDocument, i);
        if (str_equal(d->name, name))
            return d;
    }
    CoverDocument made = {.name = arena_str(c->arena, name)};
    g_array_append_val(c->documents, made);
    return &g_array_index(c->documents, CoverDocument, c->documents->len - 1);
}

static bool is_named(const Covering *c, Str document)
{
    for (size_t i = 0; i < c->n_named; i++)
        if (str_is(document, c->named[i]))
            return true;
    return c->n_named == 0;
}

static bool row_add(Covering *c, size_t line, Str document, Str clause, GError **error)
{
    if (document.len == 0 || clause.len == 0)
        return fail(error, FAIL_INPUT, "%s:%zu: a row needs a document and a clause", c->path,
                    line);
    char *key = row_key(c->arena, document, clause);
    if (g_hash_table_contains(c->index, key))
        return fail(error, FAIL_INPUT, "%s:%zu: clause %.*s of %.*s stands twice", c->path, line,
                    STR_ARG(clause), STR_ARG(document));
    if (g_hash_table_size(c->index) == LIMIT_CLAUSES)
        return fail(error, FAIL_INPUT, "file \"%s\" has more than %u clauses", c->path,
                    LIMIT_CLAUSES);
    CoverClause row = {.document = document_of(c, document)->name,
                       .clause = arena_str(c->arena, clause),
                       .state = CLAUSE_MISSING};
    row.items = array_new(c->arena, sizeof(CoverItem));
    guint at = 0; /* of rows that are not asked for only the key is kept */
    if (is_named(c, document)) {
        g_array_append_val(c->clauses, row);
        at = c->clauses->len;
    }
    g_hash_table_insert(c->index, key, GUINT_TO_POINTER(at));
    return true;
}

static bool file_rows(Covering *c, GError **error)
{
    g_autoptr(CsvReader) r = csv_open(c->path, error);
    const Str *cells;
    size_t n, document, clause;
    if (r == NULL || !csv_header(r, &cells, &n, error))
        return false;
    if (!column_of(c, cells, n, "doc", &document, error) ||
        !column_of(c, cells, n, "clause", &clause, error))
        return false;
    GError *why = NULL;
    while (csv_next(r, &cells, &n, &why))
        if (!row_add(c, csv_line(r), str_trim(cells[document]), str_trim(cells[clause]), error))
            return false;
    if (why != NULL) {
        g_propagate_error(error, why);
        return false;
    }
    if (g_hash_table_size(c->index) == 0)
        return fail(error, FAIL_INPUT, "file \"%s\" lists no clauses", c->path);
    return true;
}

/* A document that was asked for and has no row is a slip of the pen, not a covered document. */
static bool named_are_there(const Covering *c, GError **error)
{
    for (size_t i = 0; i < c->n_named; i++) {
        bool there = false;
        for (guint k = 0; k < c->clauses->len && !there; k++)
            there = str_is(g_array_index(c->clauses, CoverClause, k).document, c->named[i]);
        if (!there)
            return fail(error, FAIL_INPUT, "file \"%s\" has no clause of a document \"%s\"",
                        c->path, c->named[i]);
    }
    return true;
}

/* ---- the documents */

static void item_add(Covering *c, CoverClause *row, const Statement *s, bool seen)
{
    for (guint i = 0; i < row->items->len; i++) {
        CoverItem *item = &g_array_index(row->items, CoverItem, i);
        if (item->kind != s->kind || !str_equal(item->name, s->name))
            continue;
        item->seen |= seen;
        return;
    }
    CoverItem made = {s->kind, arena_str(c->arena, s->name), seen};
    g_array_append_val(row->items, made);
}

static void clause_add(Covering *c, const Model *m, const bool *seen, const Clause *clause)
{
    g_autoptr(Arena) scratch = arena_new();
    size_t n;
    const char *key = row_key(scratch, clause->document->name, clause->number);
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(c->index, key));
    if (at == 0)
        return;
    CoverClause *row = &g_array_index(c->clauses, CoverClause, at - 1);
    const Statement **all = clause_statements(m, clause, scratch, &n);
    ClauseState state = clause_state(m, seen, all, n);
    if (state < row->state)
        row->state = state;
    if (!row->heading)
        row->title =
            (Label){arena_str(c->arena, clause->title.zh), arena_str(c->arena, clause->title.en)};
    row->heading = true;
    for (size_t i = 0; i < n; i++)
        item_add(c, row, all[i], seen[all[i] - m->statements]);
}

static void stack_add(Covering *c, const Model *m)
{
    g_autoptr(Arena) scratch = arena_new();
    const bool *seen = statements_seen(m, scratch);
    for (size_t i = 0; i < m->n_documents; i++) {
        const Document *d = m->documents[i];
        for (guint k = 0; k < c->documents->len; k++) {
            CoverDocument *listed = &g_array_index(c->documents, CoverDocument, k);
            listed->there |= str_equal(listed->name, d->name);
        }
        for (size_t k = 0; k < d->n_clauses; k++)
            clause_add(c, m, seen, d->clauses[k]);
    }
}

static void cover_stack(void *context, const char *place, Model *m, Diags *diags)
{
    Covering *c = context;
    (void)place;
    if (m != NULL)
        stack_add(c, m);
    for (guint i = 0; m == NULL && i < diags->list->len; i++)
        diag_print(diags->list->pdata[i], c->faults);
    model_unref(m);
    diags_free(diags);
}

static void count(Covering *c, Cover *ret)
{
    for (guint i = 0; i < c->clauses->len; i++) {
        const CoverClause *row = &g_array_index(c->clauses, CoverClause, i);
        CoverDocument *d = document_of(c, row->document);
        d->clauses++;
        d->count[row->state]++;
    }
    for (guint i = 0; i < c->documents->len;) {
        if (g_array_index(c->documents, CoverDocument, i).clauses == 0)
            g_array_remove_index(c->documents, i);
        else
            i++;
    }
    *ret = (Cover){.clauses = (CoverClause *)(void *)c->clauses->data,
                   .n_clauses = c->clauses->len,
                   .documents = (CoverDocument *)(void *)c->documents->data,
                   .n_documents = c->documents->len};
}

bool cover_read(const char *packs, const char *path, char *const *named, size_t n_named, Arena *a,
                Cover *ret, GError **error)
{
    Covering c = {.arena = a, .path = path, .named = named, .n_named = n_named};
    c.clauses = array_new(a, sizeof(CoverClause));
    c.documents = array_new(a, sizeof(CoverDocument));
    c.index = g_hash_table_new(g_str_hash, g_str_equal);
    arena_on_free(a, table_free, c.index);
    g_autoptr(GString) faults = g_string_new(NULL);
    c.faults = faults;
    if (!file_rows(&c, error) || !named_are_there(&c, error) ||
        !packs_each(packs, cover_stack, &c, error))
        return fail_while(error, "covering clauses");
    if (faults->len > 0)
        return fail(error, FAIL_INPUT, "the documents do not compile\n%s", faults->str);
    count(&c, ret);
    return true;
}
