/* draft.c — what is wrong in a document that is being written, among those in force.
 * The texts in force are those of the running Model: no file is read, and no path of the machine is
 * named in an answer.  Read first: draft_check(). */
#include "base/limits.h"
#include "care/account.h"
#include "care/care.h"
#include "care/examples.h"
#include "declare/document.h"

#define DRAFT "draft" /* what messages call the text */

typedef struct Drafting {
    Arena *arena;
    const Model *model;
    Diags *diags;
    DraftCheck *ret;
} Drafting;

/* The document the draft would take the place of; NULL: it is a new one. */
static const Document *replaced(const Care *c, Str name)
{
    return name.len > 0 ? model_document(c->model, name) : NULL;
}

static Str name_of_draft(Arena *a, Str text)
{
    g_autoptr(Diags) ignored = diags_new();
    g_autoptr(Arena) scratch = arena_new();
    return arena_str(a, document_head(scratch, scratch, ignored, DRAFT, text)->document->name);
}

static DocumentFile *files_with(const Care *c, Str name, Str text, Arena *a, size_t *ret_n)
{
    const Model *m = c->model;
    const Document *gone = replaced(c, name);
    DocumentFile *files = arena_many(a, DocumentFile, m->n_documents + 1);
    *ret_n = 0;
    for (size_t i = 0; i < m->n_documents; i++) {
        const Document *d = m->documents[i];
        const char *shown = arena_dup(a, d->name.at, d->name.len);
        if (d != gone)
            files[(*ret_n)++] = (DocumentFile){shown, d->text};
    }
    files[(*ret_n)++] = (DocumentFile){DRAFT, text};
    return files;
}

static bool is_draft(const Source *source)
{
    return source != NULL && strcmp(source->name, DRAFT) == 0;
}

static bool of_draft(const void *context, const Document *d)
{
    (void)context;
    return is_draft(&d->source);
}

static void count(const Drafting *d)
{
    d->ret->examples = examples_run(d->model, of_draft, NULL, d->diags);
    for (size_t i = 0; i < d->model->n_rules; i++)
        d->ret->rules += is_draft(&d->model->rules[i]->home.document->source);
}

static void list_diags(const Drafting *d)
{
    diags_sort(d->diags);
    DraftCheck *ret = d->ret;
    ret->errors = d->diags->errors;
    ret->warnings = d->diags->warnings;
    ret->list = arena_many(d->arena, DraftDiag, d->diags->list->len + 1);
    for (guint i = 0; i < d->diags->list->len; i++) {
        const Diag *from = d->diags->list->pdata[i];
        DraftDiag *to = &ret->list[ret->n++];
        bool own = is_draft(from->pos.source);
        Str other = str_of(from->pos.source != NULL ? from->pos.source->name : "");
        *to = (DraftDiag){.severity = from->severity,
                          .own = own,
                          .document = own ? ret->document : arena_str(d->arena, other),
                          .line = from->pos.line,
                          .column = from->pos.column,
                          .length = MAX(from->pos.length, 1),
                          .text = arena_str(d->arena, str_of(from->text)),
                          .hint = arena_str(d->arena, str_of(from->hint))};
    }
}

bool draft_check(Care *c, const Session *s, Str text, Arena *a, DraftCheck *ret, GError **error)
{
    size_t n;
    *ret = (DraftCheck){0};
    if (!session_may(s, MAY_POLICY_DRAFT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not draft documents", s->role->word);
    if (!session_draft_allowed(c, s, error))
        return false;
    if (text.len > LIMIT_DOCUMENT_BYTES)
        return fail(error, FAIL_INPUT, "a document is at most %u MB long",
                    LIMIT_DOCUMENT_BYTES >> 20);
    ret->document = name_of_draft(a, text);
    DocumentFile *files = files_with(c, ret->document, text, a, &n);
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read(files, n, ds);
    Drafting d = {a, m, ds, ret};
    if (m != NULL)
        count(&d);
    list_diags(&d);
    return true;
}
