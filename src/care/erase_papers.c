/* erase_papers.c — papers about others in which an erased person stands: rosters, ledgers, lists of
 * a pay run.  Found by what they say; only what is hers goes (format/paper.h, paper_erase()).
 * Read first: erase_papers_read(). */
#include "care/erase_inside.h"
#include "care/keys.h"
#include "care/record.h"
#include "format/paper.h"

#define NAMESAKES_LOOKED 200u /* found by the words of a name; most are called otherwise */

typedef struct Known {
    GArray *sure, *names, *hints; /* of Str */
    bool *alone;
} Known;

static void word_add(GArray *to, Str word)
{
    for (guint i = 0; i < to->len; i++)
        if (str_equal(g_array_index(to, Str, i), word))
            return;
    if (word.len > 0)
        g_array_append_val(to, word);
}

/* What no other may have; of a secret the text as lists show it, too. */
static bool unique_add(Erasing *x, Known *k, const Field *f, const Record *r, GError **error)
{
    Value v = r->facts[f->index].value;
    Str sealed;
    if (!f->unique || !v.known || !kind_is_text(f->type.kind))
        return true;
    if (f->secret && (!store_sealed(x->care->store, f, r->key, x->arena, &sealed, error) ||
                      !keys_unseal(x->care->keys, f, r->key.id, sealed, x->arena, &v.text, error)))
        return false;
    word_add(k->sure, v.text);
    if (f->secret)
        word_add(k->hints, secret_masked(f, v.text, x->arena));
    return true;
}

static bool is_title(const Field *f)
{
    for (size_t i = 0; i < f->entity->n_title; i++)
        if (f->entity->title[i] == f)
            return !f->secret && kind_is_text(f->type.kind);
    return false;
}

/* Names she had before stand on papers of then. */
static bool past_add(Erasing *x, Known *k, RecordKey key, GError **error)
{
    JournalEntry *lines;
    size_t n;
    if (!store_history(x->care->store, x->entity, key, SIZE_MAX, x->arena, &lines, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < lines[i].n_fields; j++) {
            const struct JournalField *of = &lines[i].fields[j];
            const Value values[] = {of->before, of->after};
            for (size_t v = 0; v < G_N_ELEMENTS(values); v++) {
                if (values[v].known && is_title(of->field))
                    word_add(k->names, values[v].text);
                else if (values[v].known && of->field->unique && !of->field->secret &&
                         kind_is_text(of->field->type.kind))
                    word_add(k->sure, values[v].text);
            }
        }
    return true;
}

static bool known_read(Erasing *x, Known *k, GError **error)
{
    for (guint i = 0; i < x->parts->len; i++) {
        const ErasePart *p = &g_array_index(x->parts, ErasePart, i);
        Record *r;
        if (p->hangs)
            continue;
        if (!store_record(x->care->store, p->entity, p->key, x->arena, &r, error))
            return false;
        for (size_t f = 0; f < p->entity->n_fields; f++) {
            const Field *field = p->entity->fields[f];
            const Value v = r->facts[f].value;
            if (field->compute == NULL && is_title(field) && v.known)
                word_add(k->names, v.text);
            if (field->compute == NULL && !unique_add(x, k, field, r, error))
                return false;
        }
        if (!past_add(x, k, p->key, error))
            return false;
    }
    return true;
}

static bool is_part(const Erasing *x, const Entity *e, int64_t id)
{
    for (guint i = 0; i < x->parts->len; i++) {
        const ErasePart *p = &g_array_index(x->parts, ErasePart, i);
        if (p->entity == e && p->key.id == id)
            return true;
    }
    return false;
}

/* Nobody else on the books is called so. */
static bool alone_ask(Erasing *x, Str name, bool *ret, GError **error)
{
    RecordKey *keys;
    size_t n;
    *ret = false;
    if (!store_search(x->care->store, x->entity, name, NAMESAKES_LOOKED, x->arena, &keys, &n,
                      error))
        return false;
    *ret = n < NAMESAKES_LOOKED;
    for (size_t i = 0; i < n && *ret; i++) {
        Record *r;
        if (is_part(x, x->entity, keys[i].id))
            continue;
        if (!store_record(x->care->store, x->entity, keys[i], x->arena, &r, error))
            return false;
        for (size_t t = 0; t < x->entity->n_title; t++) {
            const Value v = r->facts[x->entity->title[t]->index].value;
            *ret = *ret && !(is_title(x->entity->title[t]) && v.known && str_equal(v.text, name));
        }
    }
    return true;
}

static bool paper_change(Erasing *x, const PaperNames *who, IssueRow *row, GString *unsure,
                         GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    PaperSheet sheet;
    bool perhaps = true;
    size_t n = 0;
    if (str_is(row->kind, "paper")) {
        if (!paper_parse(row->content, x->arena, &sheet, error))
            return fail_while(error, "reading paper \"%.*s\"", STR_ARG(row->number));
        n = paper_erase(&sheet, who, care_today(x->care), x->arena, &perhaps);
    }
    if (perhaps)
        g_string_append_printf(unsure, "%s%.*s", unsure->len > 0 ? ", " : "", STR_ARG(row->number));
    if (n == 0)
        return true;
    paper_print(&sheet, text);
    row->content = arena_str(x->arena, (Str){text->str, text->len});
    g_array_append_vals(x->papers, row, 1);
    x->report->papers++;
    return true;
}

static bool papers_change(Erasing *x, const Known *k, GError **error)
{
    g_autoptr(GString) unsure = g_string_new(NULL);
    g_autoptr(GArray) words = g_array_copy(k->sure);
    const PaperNames who = {.sure = (const Str *)(const void *)k->sure->data,
                            .names = (const Str *)(const void *)k->names->data,
                            .hints = (const Str *)(const void *)k->hints->data,
                            .alone = k->alone,
                            .n_sure = k->sure->len,
                            .n_names = k->names->len,
                            .n_hints = k->hints->len};
    IssueRow *rows;
    size_t n;
    g_array_append_vals(words, k->names->data, k->names->len);
    if (!store_issued_naming(x->care->store, (const Str *)(const void *)words->data, words->len,
                             x->arena, &rows, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const Entity *e = model_entity(x->care->model, rows[i].entity);
        if (e != NULL && is_part(x, e, rows[i].record))
            continue; /* a paper about her goes with her */
        if (!paper_change(x, &who, &rows[i], unsure, error))
            return false;
    }
    x->report->unsure = arena_str(x->arena, str_of(unsure->str));
    return true;
}

bool erase_papers_read(Erasing *x, GError **error)
{
    Known k = {g_array_new(FALSE, FALSE, sizeof(Str)), g_array_new(FALSE, FALSE, sizeof(Str)),
               g_array_new(FALSE, FALSE, sizeof(Str)), NULL};
    bool ok = known_read(x, &k, error);
    k.alone = arena_many(x->arena, bool, k.names->len + 1);
    for (guint i = 0; ok && i < k.names->len; i++)
        ok = alone_ask(x, g_array_index(k.names, Str, i), &k.alone[i], error);
    ok = ok && papers_change(x, &k, error);
    g_array_unref(k.sure);
    g_array_unref(k.names);
    g_array_unref(k.hints);
    return ok;
}

Erasure erase_papers_of(const Erasing *x, int32_t county)
{
    const IssueRow *rows = (const IssueRow *)(const void *)x->papers->data;
    size_t from = 0, n = 0;
    while (from < x->papers->len && rows[from].county != county)
        from++;
    while (from + n < x->papers->len && rows[from + n].county == county)
        n++;
    return (Erasure){rows + from, n};
}
