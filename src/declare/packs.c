/* packs.c — which documents hold for a place, and reading them.
 * All of the model, standards and national layers; of the place layer those of the place itself, of
 * the places above and of those below it, by the region tables of all documents: codes of our own
 * have letters, so the digits alone do not say what lies where.
 * Start: model_read_packs(), packs_each(). */
#include "declare/region.h"

#include "base/file.h"
#include "base/limits.h"

typedef struct Scan {
    Arena *arena;
    Diags *ignored; /* what is wrong in documents that do not hold here is not reported */
    GPtrArray *paths;
    DocumentFile *files;
    Reading **readings;
    GHashTable *parents; /* code → code of the parent, "" at the top */
} Scan;

static bool scan_files(Scan *s, const char *packs, GError **error)
{
    if (!file_list(s->arena, packs, ".md", s->paths, error))
        return fail_while(error, "listing documents in \"%s\"", packs);
    s->files = arena_many(s->arena, DocumentFile, s->paths->len);
    s->readings = arena_many(s->arena, Reading *, s->paths->len);
    for (guint i = 0; i < s->paths->len; i++) {
        const char *path = s->paths->pdata[i];
        s->files[i].name = path;
        if (!file_read(s->arena, path, LIMIT_DOCUMENT_BYTES, &s->files[i].text, error))
            return fail_while(error, "reading documents");
    }
    return true;
}

static char *code_key(const Scan *s, Str code)
{
    return arena_dup(s->arena, code.at == NULL ? "" : code.at, code.len);
}

static void scan_sheet(Scan *s, const Sheet *sheet)
{
    Home home = {0};
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(RegionRow));
    regions_read(s->ignored, &home, sheet, rows);
    for (guint i = 0; i < rows->len; i++) {
        const RegionRow *r = &g_array_index(rows, RegionRow, i);
        g_hash_table_insert(s->parents, code_key(s, r->code), code_key(s, r->parent));
    }
}

static void scan_regions(Scan *s)
{
    for (guint i = 0; i < s->paths->len; i++) {
        const DocumentFile *f = &s->files[i];
        s->readings[i] = document_read(s->arena, s->arena, s->ignored, f->name, f->text);
        const GArray *blocks = s->readings[i]->blocks;
        for (guint j = 0; j < blocks->len; j++) {
            const Block *b = &g_array_index(blocks, Block, j);
            if (b->sheet != NULL && str_ends(str_trim(b->span.text), STR("regions")))
                scan_sheet(s, b->sheet);
        }
    }
}

/* Whether `below` is `above` or lies in it. */
static bool lies_in(const Scan *s, const char *below, const char *above)
{
    guint steps = g_hash_table_size(s->parents) + 1;
    for (guint i = 0; below != NULL && *below != '\0' && i <= steps; i++) {
        if (strcmp(below, above) == 0)
            return true;
        below = g_hash_table_lookup(s->parents, below);
    }
    return false;
}

static bool holds(const Scan *s, const Reading *r, const char *place)
{
    const Document *d = r->document;
    if (place == NULL || !r->usable || d->place.len == 0)
        return true;
    const char *own = code_key(s, d->place);
    return lies_in(s, own, place) || lies_in(s, place, own);
}

static void scan_free(Scan *s)
{
    g_ptr_array_free(s->paths, TRUE);
    g_hash_table_destroy(s->parents);
    diags_free(s->ignored);
    arena_free(s->arena);
}

static Model *read_holding(Scan *s, const char *place, Diags *diags, GError **error)
{
    DocumentFile *chosen = arena_many(s->arena, DocumentFile, s->paths->len);
    size_t n = 0;
    for (guint i = 0; i < s->paths->len; i++)
        if (holds(s, s->readings[i], place))
            chosen[n++] = s->files[i];
    Model *m = model_read(chosen, n, diags);
    if (m == NULL)
        fail(error, FAIL_INPUT, "the documents have %u mistakes", diags->errors);
    return m;
}

static bool scan_packs(Scan *s, const char *packs, GError **error)
{
    *s = (Scan){.arena = arena_new(), .ignored = diags_new(), .paths = g_ptr_array_new()};
    s->parents = g_hash_table_new(g_str_hash, g_str_equal);
    if (!scan_files(s, packs, error))
        return false;
    if (s->paths->len == 0)
        return fail(error, FAIL_INPUT, "there are no documents in \"%s\"", packs);
    scan_regions(s);
    return true;
}

Model *model_read_packs(const char *packs, const char *place, Diags *diags, GError **error)
{
    Scan s;
    Model *m = NULL;
    if (scan_packs(&s, packs, error)) {
        if (place != NULL && !g_hash_table_contains(s.parents, place))
            fail(error, FAIL_INPUT, "no region table has the place \"%s\"", place);
        else
            m = read_holding(&s, place, diags, error);
    }
    scan_free(&s);
    return m;
}

/* Whether no other document's place lies above this one's, and none before it has the same. */
static bool is_node(const Scan *s, guint at)
{
    const Reading *r = s->readings[at];
    if (!r->usable || r->document->place.len == 0)
        return false;
    const char *own = code_key(s, r->document->place);
    for (guint i = 0; i < s->paths->len; i++) {
        if (!s->readings[i]->usable || s->readings[i]->document->place.len == 0)
            continue;
        const char *other = code_key(s, s->readings[i]->document->place);
        bool same = strcmp(own, other) == 0;
        if (same ? i < at : lies_in(s, own, other))
            return false;
    }
    return true;
}

static void visit_node(Scan *s, const char *place, PacksVisit visit, void *context)
{
    Diags *diags = diags_new();
    Model *m = read_holding(s, place, diags, NULL);
    visit(context, place, m, diags);
}

bool packs_each(const char *packs, PacksVisit visit, void *context, GError **error)
{
    Scan s;
    bool found = scan_packs(&s, packs, error), any = false;
    for (guint i = 0; found && i < s.paths->len; i++)
        if (is_node(&s, i)) {
            visit_node(&s, code_key(&s, s.readings[i]->document->place), visit, context);
            any = true;
        }
    if (found && !any)
        visit_node(&s, NULL, visit, context);
    scan_free(&s);
    return found;
}
