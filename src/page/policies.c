/* policies.c — the documents in force here, from the model down to the place. */
#include "page/ask.h"
#include "page/frame.h"
#include "page/pages.h"

static size_t rules_of(const Model *m, const Document *d)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_rules; i++)
        n += m->rules[i]->home.document == d;
    for (size_t i = 0; i < m->n_region_checks; i++)
        n += m->region_checks[i]->home.document == d;
    for (size_t i = 0; i < m->n_targets; i++)
        n += m->targets[i]->home.document == d;
    for (size_t i = 0; i < m->n_duties; i++)
        n += m->duties[i]->home.document == d;
    return n;
}

/* As the document's own page counts them: a heading that only gathers others is none. */
static size_t clauses_of(const Req *q, const Document *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_clauses; i++) {
        size_t says = 0;
        bool deeper = i + 1 < d->n_clauses && d->clauses[i + 1]->level > d->clauses[i]->level;
        if (deeper)
            clause_statements(care_model(q->care), d->clauses[i], q->arena, &says);
        n += !deeper || says > 0;
    }
    return n;
}

static int32_t region_of_code(const Req *q, Str code)
{
    const RegionTree *t = care_regions(q->care);
    for (size_t i = 0; i < t->n; i++)
        if (str_equal(t->code[i], code))
            return (int32_t)i;
    return -1;
}

static void add_document(Req *q, ViewList *list, const Document *d)
{
    View *v = view_add(list);
    view_text(v, "title", label_of(q, d->title));
    view_text(v, "number", d->number);
    view_text(v, "place", region_name(q, region_of_code(q, d->place)));
    view_text(v, "from", words_date(q, d->from));
    view_text(v, "until", words_date(q, d->until));
    view_flag(v, "future", d->from > care_today(q->care));
    view_url(v, "link_url", str_of(arena_printf(q->arena, "/policies/%.*s", STR_ARG(d->name))));
    view_text(v, "clauses", words_count(q, clauses_of(q, d)));
    view_text(v, "rules", words_count(q, rules_of(care_model(q->care), d)));
}

bool policies_show(Req *q, GError **error)
{
    static const struct {
        Layer layer;
        const char *key;
    } layers[] = {
        {LAYER_PLACE, KEY("layer_place")},
        {LAYER_NATIONAL, KEY("layer_national")},
        {LAYER_STANDARD, KEY("layer_standard")},
        {LAYER_MODEL, KEY("layer_model")},
    };
    const Model *m = care_model(q->care);
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_policies"));
    ViewList *list = view_list(v, "layers");
    for (size_t l = 0; l < G_N_ELEMENTS(layers); l++) {
        ViewList *documents = NULL;
        for (size_t i = 0; i < m->n_documents; i++) {
            if (m->documents[i]->layer != layers[l].layer)
                continue;
            if (documents == NULL) {
                View *layer = view_add(list);
                view_text(layer, "label", say(q, layers[l].key));
                documents = view_list(layer, "documents");
            }
            add_document(q, documents, m->documents[i]);
        }
    }
    return page_show(q, VIEW_PAGE_POLICIES, 200, v, error);
}
