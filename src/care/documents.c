/* documents.c — from names on a command line to the set of files that are compiled together.
 * In: paths or document names.  Out: a Model.  Only the front matter is read here, the rest is
 * declare/'s. */
#include "care/documents.h"

#include "base/file.h"
#include "base/limits.h"

typedef struct DocumentHead {
    const char *path;
    Str text, name, layer, builds_on;
    bool of_packs, wanted;
} DocumentHead;

typedef struct Shelf {
    Arena *arena;
    GArray *heads; /* of DocumentHead */
} Shelf;

static DocumentHead *head_at(const Shelf *s, guint i)
{
    return &g_array_index(s->heads, DocumentHead, i);
}

/* The value of one line of the front matter: "document: x". */
static Str front_value(Str text, Str key)
{
    Str rest = text;
    Str line = str_cut(&rest, '\n');
    if (!str_is(str_trim(line), "---"))
        return STR("");
    while (rest.len > 0) {
        line = str_trim(str_cut(&rest, '\n'));
        if (str_is(line, "---"))
            break;
        Str value = line;
        if (str_equal(str_trim(str_cut(&value, ':')), key))
            return str_trim(value);
    }
    return STR("");
}

static bool shelf_add(Shelf *s, const char *path, bool of_packs, bool wanted, GError **error)
{
    DocumentHead h = {.path = path, .of_packs = of_packs, .wanted = wanted};
    if (!file_read(s->arena, path, LIMIT_DOCUMENT_BYTES, &h.text, error))
        return false;
    h.name = front_value(h.text, STR("document"));
    h.layer = front_value(h.text, STR("layer"));
    h.builds_on = front_value(h.text, STR("builds on"));
    g_array_append_val(s->heads, h);
    return true;
}

static bool shelf_packs(Shelf *s, const char *packs, bool wanted, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (!file_list(s->arena, packs, ".md", paths, error))
        return false;
    for (guint i = 0; i < paths->len; i++)
        if (!shelf_add(s, paths->pdata[i], true, wanted, error))
            return false;
    return true;
}

static DocumentHead *shelf_find(const Shelf *s, Str name)
{
    for (guint i = 0; i < s->heads->len; i++)
        if (str_equal(head_at(s, i)->name, name))
            return head_at(s, i);
    return NULL;
}

/* Marks a named document: a document of the packs by name or by path, else a file of its own. */
static bool shelf_want(Shelf *s, const char *named, GError **error)
{
    g_autofree char *absolute = g_canonicalize_filename(named, NULL);
    for (guint i = 0; i < s->heads->len; i++) {
        DocumentHead *h = head_at(s, i);
        g_autofree char *other = g_canonicalize_filename(h->path, NULL);
        if (strcmp(absolute, other) == 0 || (h->of_packs && str_is(h->name, named))) {
            h->wanted = true;
            return true;
        }
    }
    if (g_file_test(named, G_FILE_TEST_IS_REGULAR))
        return shelf_add(s, arena_dup(s->arena, named, strlen(named)), false, true, error);
    return fail(error, FAIL_INPUT,
                "there is no document \"%s\": neither a file nor the name of one in the packs",
                named);
}

/* One more round of "builds on"; true while something was added. */
static bool shelf_widen(Shelf *s)
{
    bool added = false, rests_on_packs = false;
    for (guint i = 0; i < s->heads->len; i++) {
        DocumentHead *h = head_at(s, i);
        if (!h->wanted)
            continue;
        rests_on_packs = rests_on_packs || h->of_packs;
        for (Str rest = h->builds_on; rest.len > 0;) {
            DocumentHead *below = shelf_find(s, str_trim(str_cut(&rest, ',')));
            if (below != NULL && !below->wanted)
                below->wanted = added = true;
        }
    }
    for (guint i = 0; rests_on_packs && i < s->heads->len; i++) {
        DocumentHead *h = head_at(s, i);
        if (h->of_packs && !h->wanted && str_is(h->layer, "model"))
            h->wanted = added = true;
    }
    return added;
}

Model *documents_read(const char *packs, char **names, size_t n, Diags *diags, GError **error)
{
    g_autoptr(Arena) arena = arena_new();
    g_autoptr(GArray) heads = g_array_new(FALSE, FALSE, sizeof(DocumentHead));
    Shelf s = {arena, heads};
    bool have_packs = g_file_test(packs, G_FILE_TEST_IS_DIR);
    if (n == 0 && !have_packs) {
        fail(error, FAIL_INPUT, "there is no folder of documents at \"%s\"; name one with --packs",
             packs);
        return NULL;
    }
    if (have_packs && !shelf_packs(&s, packs, n == 0, error))
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!shelf_want(&s, names[i], error))
            return NULL;
    while (shelf_widen(&s))
        continue;
    g_autofree DocumentFile *files = g_new0(DocumentFile, heads->len + 1);
    size_t wanted = 0;
    for (guint i = 0; i < heads->len; i++)
        if (head_at(&s, i)->wanted)
            files[wanted++] = (DocumentFile){head_at(&s, i)->path, head_at(&s, i)->text};
    return model_read(files, wanted, diags);
}
