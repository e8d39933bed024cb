/* survey.c — the texts that are open, and what is wrong in the documents around them.
 * Read first: lsp_changed(), server_survey(), server_publish(). */
#include "author/frame.h"
#include "author/inside.h"

#include "base/chinese.h"
#include "base/limits.h"
#include "care/examples.h"

#include <string.h>

/* ---- open texts */

/* Whether a text is a document of ours: it lies in the packs, or its header names one. */
static bool is_ours(const Server *s, const OpenText *o)
{
    Str rest = str_of(o->text);
    if (s->packs != NULL) {
        g_autofree char *packs = g_canonicalize_filename(s->packs, NULL);
        size_t n = strlen(packs);
        if (strncmp(o->path, packs, n) == 0 && o->path[n] == '/')
            return true;
    }
    if (!str_is(str_trim(str_cut(&rest, '\n')), "---"))
        return false;
    while (rest.len > 0) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (str_is(line, "---"))
            return false;
        if (str_starts(line, STR("document:")))
            return true;
    }
    return false;
}

static char *path_of(const char *uri)
{
    g_autofree char *path = g_filename_from_uri(uri, NULL, NULL);
    return path != NULL ? g_canonicalize_filename(path, NULL) : g_strdup(uri);
}

OpenText *server_open(const Server *s, const char *path)
{
    for (guint i = 0; i < s->open->len; i++) {
        OpenText *o = s->open->pdata[i];
        if (strcmp(o->path, path) == 0)
            return o;
    }
    return NULL;
}

static void text_changed(Server *s, OpenText *o)
{
    bool was = o->ours;
    o->ours = is_ours(s, o);
    s->dirty |= o->ours || was;
}

static int64_t version_of(const json_t *document)
{
    const json_t *v = json_object_get(document, "version");
    return json_is_integer(v) ? json_integer_value(v) : 0;
}

void lsp_opened(Server *s, const json_t *params)
{
    const json_t *document =
        json_is_object(params) ? json_object_get(params, "textDocument") : NULL;
    const char *uri = json_text(document, "uri"), *text = json_text(document, "text");
    OpenText *o = param_open(s, params, NULL);
    if (uri == NULL || text == NULL || (o == NULL && s->open->len >= LIMIT_LSP_OPEN))
        return;
    if (o == NULL) {
        o = g_new0(OpenText, 1);
        o->uri = g_strdup(uri);
        o->path = path_of(uri);
        g_ptr_array_add(s->open, o);
    }
    g_free(o->text);
    o->text = g_strdup(text);
    o->version = version_of(document);
    text_changed(s, o);
}

/* One change: a range, or without one the whole text. */
static void change_apply(OpenText *o, const json_t *change)
{
    const char *text = json_text(change, "text");
    Range r;
    if (text == NULL)
        return;
    if (!json_is_object(json_object_get(change, "range"))) {
        g_free(o->text);
        o->text = g_strdup(text);
        return;
    }
    if (!param_range(change, "range", &r))
        return;
    Str whole = str_of(o->text);
    size_t from = text_offset(whole, r.from), to = text_offset(whole, r.to);
    if (to < from) {
        size_t swap = from;
        from = to;
        to = swap;
    }
    /* Longer than any document may be: it is refused as one, and need not grow further. */
    if (whole.len - (to - from) + strlen(text) > 2 * (size_t)LIMIT_DOCUMENT_BYTES)
        return;
    GString *made = g_string_sized_new(whole.len + strlen(text) + 1);
    g_string_append_len(made, whole.at, (gssize)from);
    g_string_append(made, text);
    g_string_append_len(made, whole.at + to, (gssize)(whole.len - to));
    g_free(o->text);
    o->text = g_string_free(made, FALSE);
}

void lsp_changed(Server *s, const json_t *params)
{
    OpenText *o = param_open(s, params, NULL);
    const json_t *changes = o != NULL ? json_object_get(params, "contentChanges") : NULL;
    if (o == NULL)
        return;
    for (size_t i = 0; i < json_array_size(changes); i++)
        change_apply(o, json_array_get(changes, i));
    o->version = version_of(json_object_get(params, "textDocument"));
    text_changed(s, o);
}

void lsp_closed(Server *s, const json_t *params)
{
    OpenText *o = param_open(s, params, NULL);
    if (o == NULL)
        return;
    s->dirty |= o->ours;
    g_ptr_array_remove(s->open, o);
}

/* A file on disk changed: it may be one of the stack. */
void lsp_saved(Server *s, const json_t *params)
{
    (void)params;
    s->dirty = true;
}

/* ---- the survey */

typedef struct Surveying {
    Server *server;
    GHashTable *seen; /* documents of earlier stacks: their examples ran */
} Surveying;

static bool is_new(const void *context, const Document *d)
{
    const Surveying *v = context;
    g_autofree char *name = g_strndup(d->name.at, d->name.len);
    return !g_hash_table_contains(v->seen, name);
}

static void stack_add(void *context, const char *place, Model *m, Diags *diags)
{
    Surveying *v = context;
    (void)place;
    if (m->whole) {
        examples_run(m, is_new, v, diags);
        for (size_t i = 0; i < m->n_documents; i++)
            g_hash_table_add(v->seen,
                             g_strndup(m->documents[i]->name.at, m->documents[i]->name.len));
    }
    Stack *k = g_new0(Stack, 1);
    k->model = m;
    k->diags = diags;
    g_ptr_array_add(v->server->stacks, k);
}

void server_survey(Server *s)
{
    if (!s->dirty)
        return;
    s->dirty = false;
    s->unpublished = true;
    g_ptr_array_set_size(s->stacks, 0);
    g_autofree DocumentFile *texts = g_new0(DocumentFile, s->open->len + 1);
    size_t n = 0;
    for (guint i = 0; i < s->open->len; i++) {
        const OpenText *o = s->open->pdata[i];
        if (o->ours)
            texts[n++] = (DocumentFile){o->path, str_of(o->text)};
    }
    if (n == 0)
        return;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Surveying v = {s, seen};
    g_autoptr(GError) error = NULL;
    /* Without their packs the texts are read alone: better than nothing. */
    if (!stacks_survey(s->packs, NULL, texts, n, stack_add, &v, &error))
        stacks_survey(NULL, NULL, texts, n, stack_add, &v, NULL);
}

const Document *server_document(Server *s, const OpenText *o, const Model **ret_model)
{
    server_survey(s);
    for (guint i = 0; i < s->stacks->len; i++) {
        const Stack *k = s->stacks->pdata[i];
        for (size_t d = 0; d < k->model->n_documents; d++)
            if (strcmp(k->model->documents[d]->source->name, o->path) == 0) {
                *ret_model = k->model;
                return k->model->documents[d];
            }
    }
    return NULL;
}

char *server_uri(const Server *s, const Source *source)
{
    g_autofree char *path = g_canonicalize_filename(source->name, NULL);
    const OpenText *o = server_open(s, source->name);
    if (o == NULL)
        o = server_open(s, path);
    if (o != NULL)
        return g_strdup(o->uri);
    return g_filename_to_uri(path, NULL, NULL);
}

/* ---- diagnoses in the editor */

static void put_diag(const Server *s, JsonWriter *j, const Diag *d)
{
    g_autoptr(Arena) a = arena_new();
    const char *said = s->chinese ? in_chinese(a, d->text) : d->text;
    const char *hint = d->hint != NULL && s->chinese ? in_chinese(a, d->hint) : d->hint;
    g_autofree char *text = hint != NULL ? g_strdup_printf("%s\n%s", said, hint) : g_strdup(said);
    json_put_object(j, NULL);
    json_range(j, "range", text_range(d->pos));
    json_put_int(j, "severity", d->severity == DIAG_ERROR ? 1 : 2);
    json_put_str(j, "source", STR("anlao"));
    json_put_str(j, "message", str_of(text));
    json_put_end(j);
}

/* uri → GPtrArray of Diag, each once, whatever number of stacks it was found in. */
static GHashTable *diags_by_uri(const Server *s)
{
    GHashTable *all =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < s->stacks->len; i++) {
        const Diags *ds = ((const Stack *)s->stacks->pdata[i])->diags;
        for (guint k = 0; k < ds->list->len; k++) {
            const Diag *d = ds->list->pdata[k];
            char *uri = d->pos.source != NULL ? server_uri(s, d->pos.source) : NULL;
            if (uri == NULL ||
                !g_hash_table_add(seen, g_strdup_printf("%s %u %u %s", uri, d->pos.line,
                                                        d->pos.column, d->text))) {
                g_free(uri);
                continue;
            }
            GPtrArray *list = g_hash_table_lookup(all, uri);
            if (list == NULL) {
                list = g_ptr_array_new();
                g_hash_table_insert(all, g_strdup(uri), list);
            }
            g_ptr_array_add(list, (gpointer)d);
            g_free(uri);
        }
    }
    return all;
}

static void publish_one(const Server *s, const char *uri, const GPtrArray *list, GString *to)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "jsonrpc", STR("2.0"));
    json_put_str(&j, "method", STR("textDocument/publishDiagnostics"));
    json_put_object(&j, "params");
    json_put_str(&j, "uri", str_of(uri));
    for (guint i = 0; i < s->open->len; i++) {
        const OpenText *o = s->open->pdata[i];
        if (strcmp(o->uri, uri) == 0)
            json_put_int(&j, "version", o->version);
    }
    json_put_array(&j, "diagnostics");
    for (guint i = 0; list != NULL && i < list->len; i++)
        put_diag(s, &j, list->pdata[i]);
    json_put_end(&j);
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    frame_write((Str){out->str, out->len}, to);
}

/* Every document with diagnoses, those that had some before, and what is open: an empty list says
 * that all is well. */
void server_publish(Server *s, GString *to)
{
    if (!s->unpublished)
        return;
    s->unpublished = false;
    g_autoptr(GHashTable) all = diags_by_uri(s);
    GHashTableIter it;
    gpointer uri, list;
    for (guint i = 0; i < s->open->len; i++) {
        const OpenText *o = s->open->pdata[i];
        if (o->ours)
            g_hash_table_add(s->published, g_strdup(o->uri));
    }
    g_hash_table_iter_init(&it, s->published);
    while (g_hash_table_iter_next(&it, &uri, NULL))
        if (!g_hash_table_contains(all, uri))
            publish_one(s, uri, NULL, to);
    g_hash_table_remove_all(s->published);
    g_hash_table_iter_init(&it, all);
    while (g_hash_table_iter_next(&it, &uri, &list)) {
        publish_one(s, uri, list, to);
        g_hash_table_add(s->published, g_strdup(uri));
    }
}
