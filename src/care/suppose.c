/* suppose.c — what if: a text behind `set` becomes a document of one line, from the first day of
 * the month, issued by the place that may set the param; then everything is read as always.
 * In: texts.  Out: a Model, or diagnoses at the words that were given.  Not here: what it comes to
 * (simulate.c).  Read first: suppose_model(), set_document(). */
#include "care/suppose.h"

#include "base/decimal.h"
#include "base/limits.h"
#include "declare/document.h"
#include "declare/statement.h"

#define NAME  "what-if-" /* and a number: no document is called that */
#define BEGIN "set "

typedef struct Supposing {
    Care *care;
    const WhatIf *what;
    Arena *arena; /* of the diagnoses: their places point into it */
    DocumentFile *files;
    size_t n;
    Str *names; /* of the drafts */
} Supposing;

Str suppose_name(Arena *a, Str text)
{
    g_autoptr(Diags) ignored = diags_new();
    g_autoptr(Arena) scratch = arena_new();
    return arena_str(a, document_head(scratch, scratch, ignored, NAME, text)->document->name);
}

void suppose_rest(const Care *c, const Str *names, size_t n_names, Arena *a, DocumentFile *to,
                  size_t *n)
{
    const Model *m = c->model;
    for (size_t i = 0; i < m->n_documents; i++) {
        const Document *d = m->documents[i];
        bool gone = false;
        for (size_t k = 0; k < n_names; k++)
            gone |= str_equal(names[k], d->name);
        if (!gone)
            to[(*n)++] = (DocumentFile){arena_dup(a, d->name.at, d->name.len), d->text};
    }
}

/* ---- one value */

static bool plain_text(Str s, GError **error)
{
    if (s.len > LIMIT_WHAT_IF_TEXT)
        return fail(error, FAIL_INPUT, "a supposed value is at most %u bytes long",
                    LIMIT_WHAT_IF_TEXT);
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == '`')
            return fail(error, FAIL_INPUT,
                        "a supposed value is one line: operating_rate[full]=240 yuan");
    return true;
}

static bool has_region_index(const Param *p)
{
    for (size_t i = 0; i < p->n_index; i++)
        if (p->index[i].is_region)
            return true;
    return false;
}

/* A param by region is set by this place; one that is the same everywhere only by who declared it.
 */
static const Document *issuer(const Supposing *x, Str set)
{
    Str before = str_cut(&set, '=');
    const Param *p = model_param(x->care->model, str_trim(str_cut(&before, '[')));
    return p == NULL || has_region_index(p) ? NULL : p->home.document;
}

static Str set_document(const Supposing *x, size_t i)
{
    static const char *const layers[] = {[LAYER_MODEL] = "model",
                                         [LAYER_STANDARD] = "standard",
                                         [LAYER_NATIONAL] = "national",
                                         [LAYER_PLACE] = "place"};
    char day[DATE_TEXT];
    Str set = x->what->sets[i], place = x->care->regions->code[x->care->place];
    const Document *by = issuer(x, set);
    GString *t = g_string_new(NULL);
    if (by != NULL)
        place = by->place;
    g_string_printf(t, "---\ndocument: " NAME "%zu\ntitle: 假设\ntitle en: What if\n", i + 1);
    g_string_append_printf(t, "layer: %s\n", layers[by != NULL ? by->layer : LAYER_PLACE]);
    if (place.len > 0)
        g_string_append_printf(t, "place: %.*s\n", STR_ARG(place));
    g_string_append_printf(t, "in force: %s\n", date_format(month_first(x->what->from), day));
    g_string_append_printf(t, "---\n\n# 1 假设 / What if\n\n```anlao\n" BEGIN "%.*s\n```\n",
                           STR_ARG(set));
    Str text = arena_str(x->arena, (Str){t->str, t->len});
    g_string_free(t, TRUE);
    return text;
}

/* Which of the sets a document is; ROW_NONE: none of them. */
static int64_t set_of(const Supposing *x, const Source *source)
{
    Str name = str_of(source != NULL ? source->name : "");
    Decimal number;
    if (!str_starts(name, STR(NAME)) ||
        !decimal_parse((Str){name.at + strlen(NAME), name.len - strlen(NAME)}, &number))
        return ROW_NONE;
    return number.mantissa <= (int64_t)x->what->n_sets ? number.mantissa - 1 : ROW_NONE;
}

static uint32_t line_of_set(Str text)
{
    uint32_t line = 1;
    for (size_t i = 0; i < (size_t)str_find(text, STR("\n" BEGIN)) + 1; i++)
        line += text.at[i] == '\n';
    return line;
}

/* The reader wrote only what stands behind `set`: there his mistakes are shown. */
static void places_of_sets(const Supposing *x, Diags *ds)
{
    Source *sources = arena_many(x->arena, Source, x->what->n_sets + 1);
    for (size_t i = 0; i < x->what->n_sets; i++)
        sources[i] = (Source){"--set", arena_str(x->arena, x->what->sets[i])};
    for (guint i = 0; i < ds->list->len; i++) {
        Diag *d = ds->list->pdata[i];
        int64_t k = set_of(x, d->pos.source);
        if (k == ROW_NONE)
            continue;
        uint32_t before = strlen(BEGIN);
        bool own = d->pos.line == line_of_set(d->pos.source->text) && d->pos.column > before;
        d->pos = (Pos){&sources[k], 1, own ? d->pos.column - before : 1, own ? d->pos.length : 1};
    }
}

/* A value is one `set` and nothing behind it: who may not draft documents drafts none here. */
static void only_sets(const Supposing *x, const Model *m, Diags *ds)
{
    for (size_t i = 0; i < m->n_statements; i++) {
        const Statement *s = &m->statements[i];
        const Source *source = s->home.pos.source;
        if (set_of(x, source) == ROW_NONE ||
            (s->kind == DECLARES_SET && s->begin.line == line_of_set(source->text) &&
             s->begin.column == 1))
            continue;
        diag_error(ds, s->begin, "one value is set here, and nothing else is declared");
    }
}

/* ---- all of it */

static void model_free_later(void *model)
{
    model_unref(model);
}

static bool within_limits(const WhatIf *what, GError **error)
{
    if (what->n_sets > LIMIT_WHAT_IF_SETS || what->n_drafts > LIMIT_WHAT_IF_DRAFTS)
        return fail(error, FAIL_INPUT, "at most %u values and %u documents are supposed at once",
                    LIMIT_WHAT_IF_SETS, LIMIT_WHAT_IF_DRAFTS);
    if (what->n_sets + what->n_drafts == 0)
        return fail(error, FAIL_INPUT, "nothing is supposed: give a value or a document");
    for (size_t i = 0; i < what->n_sets; i++)
        if (!plain_text(what->sets[i], error))
            return false;
    for (size_t i = 0; i < what->n_drafts; i++)
        if (what->drafts[i].text.len > LIMIT_DOCUMENT_BYTES)
            return fail(error, FAIL_INPUT, "a document is at most %u MB long",
                        LIMIT_DOCUMENT_BYTES >> 20);
    return true;
}

static void list_files(Supposing *x)
{
    const WhatIf *what = x->what;
    size_t most = what->n_sets + what->n_drafts + x->care->model->n_documents;
    x->files = arena_many(x->arena, DocumentFile, most);
    x->names = arena_many(x->arena, Str, what->n_drafts + 1);
    for (size_t i = 0; i < what->n_sets; i++)
        x->files[x->n++] =
            (DocumentFile){arena_printf(x->arena, NAME "%zu", i + 1), set_document(x, i)};
    for (size_t i = 0; i < what->n_drafts; i++) {
        x->names[i] = suppose_name(x->arena, what->drafts[i].text);
        x->files[x->n++] = what->drafts[i];
    }
    suppose_rest(x->care, x->names, what->n_drafts, x->arena, x->files, &x->n);
}

bool suppose_model(Care *c, const WhatIf *what, Diags *ds, Model **ret, GError **error)
{
    Supposing x = {.care = c, .what = what, .arena = ds->arena};
    *ret = NULL;
    if (!within_limits(what, error))
        return false;
    list_files(&x);
    g_autoptr(Model) m = model_suppose(x.files, x.n, what->n_sets, ds);
    if (m != NULL)
        only_sets(&x, m, ds);
    places_of_sets(&x, ds);
    if (m != NULL && ds->errors == 0)
        *ret = g_steal_pointer(&m);
    else if (m != NULL)
        arena_on_free(ds->arena, model_free_later, g_steal_pointer(&m));
    return true;
}
