/* packs.c — which documents hold for a place, and reading them.
 * All of the model, standards and national layers; of the place layer those of the place itself, of
 * the places above and of those below it, by the region tables of all documents: codes of our own
 * have letters, so the digits alone do not say what lies where.
 * Start: model_read_packs(), packs_each(), stacks_survey(). */
#include "base/file.h"
#include "base/limits.h"
#include "base/threads.h"
#include "declare/parsed.h"
#include "declare/region.h"
#include "declare/statement.h"

#define STACKS_AT_ONCE 64u /* read before the first of them is visited */

typedef struct Scan {
    Arena *arena;
    const char *packs;   /* the folder */
    Diags *ignored;      /* what is wrong in documents that do not hold here is not reported */
    DocumentFile *files; /* of the folder, and behind them what is not saved there */
    bool *unsaved;       /* per file: its text is the caller's */
    const Reading **readings;
    Parsed **parsed; /* per file, once somebody needs all of it; then `readings` has its */
    guint n, room;
    GHashTable *parents; /* code → code of the parent, "" at the top */
} Scan;

static void scan_room(Scan *s, size_t n)
{
    s->files = arena_many(s->arena, DocumentFile, n + 1);
    s->unsaved = arena_many(s->arena, bool, n + 1);
    s->readings = arena_many(s->arena, const Reading *, n + 1);
    s->parsed = arena_many(s->arena, Parsed *, n + 1);
    s->room = (guint)n;
}

static bool scan_files(Scan *s, const char *packs, size_t more, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    s->packs = packs;
    if (!file_list(s->arena, packs, ".md", paths, error))
        return fail_while(error, "listing documents in \"%s\"", packs);
    scan_room(s, paths->len + more);
    for (; s->n < paths->len; s->n++) {
        const char *path = paths->pdata[s->n];
        s->files[s->n].name = path;
        if (!file_read(s->arena, path, LIMIT_DOCUMENT_BYTES, &s->files[s->n].text, error))
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

/* packs/places/pingxiang-2020.md → places/pingxiang-2020.md: the machine's folders are not part of
 * a document's name. */
static const char *in_folder(const char *packs, const char *path)
{
    size_t n = strlen(packs);
    while (n > 0 && G_IS_DIR_SEPARATOR(packs[n - 1]))
        n--;
    if (strncmp(path, packs, n) != 0)
        return path;
    while (G_IS_DIR_SEPARATOR(path[n]))
        n++;
    return path + n;
}

static void parse_file(void *scan, size_t i)
{
    Scan *s = scan;
    if (s->parsed[i] != NULL)
        return;
    s->parsed[i] = parsed_new(s->files[i].name, s->files[i].text);
    parsed_file(s->parsed[i], in_folder(s->packs, s->files[i].name));
    s->readings[i] = parsed_reading(s->parsed[i]);
}

/* What says for which places a document holds: its header, and its tables of regions. */
static void scan_document(Scan *s, guint i)
{
    const DocumentFile *f = &s->files[i];
    if (str_find(f->text, STR("\nregions")) >= 0)
        parse_file(s, i);
    else
        s->readings[i] = document_head(s->arena, s->arena, s->ignored, f->name, f->text);
}

/* ---- which hold */

static void scan_regions(Scan *s)
{
    for (guint i = 0; i < s->n; i++) {
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
    for (guint i = 0; i < s->room; i++)
        parsed_free(s->parsed[i]);
    g_hash_table_destroy(s->parents);
    diags_free(s->ignored);
    arena_free(s->arena);
}

static Parsed **choose_holding(Scan *s, const char *place, size_t *ret_n)
{
    Parsed **chosen = arena_many(s->arena, Parsed *, s->n + 1);
    *ret_n = 0;
    for (guint i = 0; i < s->n; i++) {
        if (!holds(s, s->readings[i], place))
            continue;
        parse_file(s, i);
        chosen[(*ret_n)++] = s->parsed[i];
    }
    return chosen;
}

static Model *read_holding(Scan *s, const char *place, Diags *diags, GError **error)
{
    size_t n = 0;
    Parsed **chosen = choose_holding(s, place, &n);
    Model *m = model_read_parsed(chosen, n, 0, diags);
    if (diags->errors == 0) {
        model_seal(m);
        return m;
    }
    model_unref(m);
    fail(error, FAIL_INPUT, "the documents have %u mistakes", diags->errors);
    return NULL;
}

static void scan_init(Scan *s)
{
    *s = (Scan){.arena = arena_new(), .ignored = diags_new()};
    s->parents = g_hash_table_new(g_str_hash, g_str_equal);
}

/* `whole`: all documents are needed, so each is read once, on all processors. */
static bool scan_packs(Scan *s, const char *packs, bool whole, GError **error)
{
    scan_init(s);
    if (!scan_files(s, packs, 0, error))
        return false;
    if (s->n == 0)
        return fail(error, FAIL_INPUT, "there are no documents in \"%s\"", packs);
    if (whole)
        threads_each(s->n, parse_file, s);
    for (guint i = 0; i < s->n && !whole; i++)
        scan_document(s, i);
    scan_regions(s);
    return true;
}

Model *model_read_packs(const char *packs, const char *place, Diags *diags, GError **error)
{
    Scan s;
    Model *m = NULL;
    if (scan_packs(&s, packs, false, error)) {
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
    for (guint i = 0; i < s->n; i++) {
        if (!s->readings[i]->usable || s->readings[i]->document->place.len == 0)
            continue;
        const char *other = code_key(s, s->readings[i]->document->place);
        bool same = strcmp(own, other) == 0;
        if (same ? i < at : lies_in(s, own, other))
            return false;
    }
    return true;
}

/* One stack on its way: chosen before, read on some thread, visited in its turn. */
typedef struct Stack {
    const char *place;
    Parsed **files;
    size_t n;
    Model *model;
    Diags *diags;
} Stack;

static void stack_read(void *stacks, size_t i)
{
    Stack *k = &((Stack *)stacks)[i];
    k->diags = diags_new();
    k->model = model_read_parsed(k->files, k->n, 0, k->diags);
    if (k->diags->errors > 0) {
        model_unref(k->model);
        k->model = NULL;
    }
}

static void stack_add(Scan *s, const char *place, GArray *to)
{
    Stack k = {.place = place};
    k.files = choose_holding(s, place, &k.n);
    g_array_append_val(to, k);
}

/* The stacks have nothing to do with each other, so many are read at once; not all, since whoever
 * visits them may have no need to keep them. */
static void visit_stacks(GArray *stacks, PacksVisit visit, void *context)
{
    for (guint i = 0; i < stacks->len; i += STACKS_AT_ONCE) {
        Stack *some = &g_array_index(stacks, Stack, i);
        size_t n = MIN(stacks->len - i, STACKS_AT_ONCE);
        threads_each(n, stack_read, some);
        for (size_t k = 0; k < n; k++)
            visit(context, some[k].place, some[k].model, some[k].diags);
    }
}

bool packs_each(const char *packs, PacksVisit visit, void *context, GError **error)
{
    Scan s;
    bool found = scan_packs(&s, packs, true, error);
    g_autoptr(GArray) stacks = g_array_new(FALSE, FALSE, sizeof(Stack));
    for (guint i = 0; found && i < s.n; i++)
        if (is_node(&s, i))
            stack_add(&s, code_key(&s, s.readings[i]->document->place), stacks);
    if (found && stacks->len == 0)
        stack_add(&s, NULL, stacks);
    visit_stacks(stacks, visit, context);
    scan_free(&s);
    return found;
}

/* ---- with texts that are not saved */

/* The file an unsaved text stands for: of its path, else of its document's name. */
static guint file_of(const Scan *s, const DocumentFile *u, Str name)
{
    g_autofree char *path = g_canonicalize_filename(u->name, NULL);
    for (guint i = 0; i < s->n; i++) {
        g_autofree char *other = g_canonicalize_filename(s->files[i].name, NULL);
        if (strcmp(path, other) == 0)
            return i;
    }
    for (guint i = 0; i < s->n && name.len > 0; i++)
        if (!s->unsaved[i] && str_equal(s->readings[i]->document->name, name))
            return i;
    return s->n;
}

static void scan_unsaved(Scan *s, const DocumentFile *u)
{
    Parsed *p = parsed_new(u->name, u->text);
    guint i = file_of(s, u, parsed_reading(p)->document->name);
    if (i == s->n)
        s->n++;
    parsed_free(s->parsed[i]);
    s->files[i] = *u;
    s->parsed[i] = p;
    s->readings[i] = parsed_reading(p);
    s->unsaved[i] = true;
}

static bool holds_unsaved(const Scan *s, const char *place)
{
    for (guint i = 0; i < s->n; i++)
        if (s->unsaved[i] && holds(s, s->readings[i], place))
            return true;
    return false;
}

static void survey_node(Scan *s, const char *place, PacksVisit visit, void *context)
{
    Diags *diags = diags_new();
    size_t n = 0;
    Parsed **chosen = choose_holding(s, place, &n);
    Model *m = model_read_parsed(chosen, n, 0, diags);
    visit(context, place, m, diags);
}

bool stacks_survey(const char *packs, const char *place, const DocumentFile *unsaved, size_t n,
                   PacksVisit visit, void *context, GError **error)
{
    Scan s;
    scan_init(&s);
    bool found = packs == NULL || scan_files(&s, packs, n, error), any = false;
    if (packs == NULL)
        scan_room(&s, n);
    for (guint i = 0; found && i < s.n; i++)
        scan_document(&s, i);
    for (size_t i = 0; found && i < n; i++)
        scan_unsaved(&s, &unsaved[i]);
    if (found)
        scan_regions(&s);
    for (guint i = 0; found && place == NULL && i < s.n; i++) {
        if (!is_node(&s, i))
            continue;
        any = true;
        const char *node = code_key(&s, s.readings[i]->document->place);
        if (n == 0 || holds_unsaved(&s, node))
            survey_node(&s, node, visit, context);
    }
    if (found && !any)
        survey_node(&s, place, visit, context);
    scan_free(&s);
    return found;
}
