/* draft.c — what is wrong in a document that is being written, among those in force.
 * The texts in force are those of the running Model: no file is read, and no path of the machine is
 * named in an answer.  Read first: draft_check(). */
#include "base/limits.h"
#include "care/account.h"
#include "care/examples.h"
#include "care/suppose.h"

#define DRAFT "draft" /* what messages call the text */

typedef struct Drafting {
    Arena *arena;
    const Model *model;
    Diags *diags;
    DraftCheck *ret;
} Drafting;

static bool is_draft(const Source *source)
{
    return source != NULL && strcmp(source->name, DRAFT) == 0;
}

static bool of_draft(const void *context, const Document *d)
{
    (void)context;
    return is_draft(d->source);
}

static void count(const Drafting *d)
{
    d->ret->examples = examples_run(d->model, of_draft, NULL, d->diags);
    for (size_t i = 0; i < d->model->n_rules; i++)
        d->ret->rules += is_draft(d->model->rules[i]->home.document->source);
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
    size_t n = 0;
    *ret = (DraftCheck){0};
    if (!session_may(s, MAY_POLICY_DRAFT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not draft documents", s->role->word);
    if (!session_draft_allowed(c, s, error))
        return false;
    if (text.len > LIMIT_DOCUMENT_BYTES)
        return fail(error, FAIL_INPUT, "a document is at most %u MB long",
                    LIMIT_DOCUMENT_BYTES >> 20);
    ret->document = suppose_name(a, text);
    DocumentFile *files = arena_many(a, DocumentFile, c->model->n_documents + 1);
    files[n++] = (DocumentFile){DRAFT, text};
    suppose_rest(c, &ret->document, 1, a, files, &n);
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read(files, n, ds);
    Drafting d = {a, m, ds, ret};
    if (m != NULL)
        count(&d);
    list_diags(&d);
    return true;
}
