/* policy_list.c — a list of a place beside the wider one: item by item, with the verdict in words.
 * Under the wider document's clause: how the lists of the places below fare.
 * Read first: add_list(). */
#include "page/policy.h"

#include "page/frame.h"
#include "page/html.h"
#include "page/pages.h"

typedef struct Showing {
    Req *q;
    const Catalogue *c;
    const CatalogueVersion *own, *wider;
    Date day;
} Showing;

static const struct {
    const char *mark, *kind, *key;
} fits[] = {
    [FIT_NONE] = {"✓", "yes", KEY("list_kept")},
    [FIT_KEPT] = {"✓", "yes", KEY("list_kept")},
    [FIT_MORE] = {"✓", "yes", KEY("list_more")},
    [FIT_UNKNOWN] = {"?", "unknown", KEY("list_unsaid")},
    [FIT_LESS] = {"▼", "no", KEY("list_less")},
    [FIT_MISSING] = {"▼", "no", KEY("list_missing")},
};

static Str place_name(const Req *q, const CatalogueVersion *v)
{
    const RegionRow *r = v->place.len > 0 ? model_region(care_model(q->care), v->place) : NULL;
    if (r == NULL)
        return label_of(q, v->home.document->title);
    return q->lang == LANG_EN && r->name_en.len > 0 ? r->name_en : r->name;
}

/* What is compared, in the order of the columns: 独居、空巢；5元 */
static Str row_text(const Showing *s, const CatalogueRow *r)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; r != NULL && i < s->c->n_columns; i++) {
        Str text = label_of(s->q, catalogue_cell_words(&r->cells[i], s->q->arena));
        if (i == s->c->key || text.len == 0)
            continue;
        if (to->len > 0)
            g_string_append(to, s->q->lang == LANG_EN ? "; " : "；");
        g_string_append_len(to, text.at, (gssize)text.len);
    }
    return (Str){arena_dup(s->q->arena, to->str, to->len), to->len};
}

static Str fit_text(const Showing *s, const CatalogueFit *f)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < s->c->n_columns; i++) {
        Str text = label_of(s->q, catalogue_words(f, s->c, i, s->q->arena));
        if (text.len == 0)
            continue;
        if (to->len > 0)
            g_string_append(to, s->q->lang == LANG_EN ? "; " : "；");
        Str column = label_of(s->q, s->c->columns[i].label);
        g_string_append_printf(to, "%.*s%s%.*s", STR_ARG(column), s->q->lang == LANG_EN ? " " : "",
                               STR_ARG(text));
    }
    return (Str){arena_dup(s->q->arena, to->str, to->len), to->len};
}

static void add_row(const Showing *s, ViewList *rows, const CatalogueFit *f)
{
    View *v = view_add(rows);
    const CatalogueRow *named = f->wider != NULL ? f->wider : f->own;
    view_text(v, "item", named->cells[s->c->key].text);
    view_text(v, "own", row_text(s, f->own));
    view_flag(v, "compared", s->wider != NULL);
    view_text(v, "wider", row_text(s, f->wider));
    view_word(v, "mark", fits[f->fit].mark);
    view_word(v, "kind", fits[f->fit].kind);
    view_text(v, "word",
              say(s->q, f->wider == NULL && s->wider != NULL ? KEY("list_own") : fits[f->fit].key));
    view_text(v, "words", fit_text(s, f));
}

static void add_rows(const Showing *s, ViewList *rows)
{
    size_t n;
    const CatalogueVersion nothing = {.of = s->c};
    const CatalogueFit *all =
        catalogue_compare(s->wider != NULL ? s->wider : &nothing, s->own, s->q->arena, &n);
    for (size_t i = 0; i < n; i++)
        add_row(s, rows, &all[i]);
}

/* The lists of the places below that are compared with this one. */
static void add_below(const Showing *s, ViewList *list)
{
    const Model *m = care_model(s->q->care);
    for (size_t i = 0; i < s->c->n_versions; i++) {
        const CatalogueVersion *x = s->c->versions[i];
        if (s->day < x->since || s->day > x->until || catalogue_wider(m, x, s->day) != s->own)
            continue;
        size_t n, worse = 0, unsaid = 0;
        const CatalogueFit *all = catalogue_compare(s->own, x, s->q->arena, &n);
        for (size_t k = 0; k < n; k++) {
            worse += all[k].fit >= FIT_LESS;
            unsaid += all[k].fit == FIT_UNKNOWN;
        }
        View *v = view_add(list);
        view_text(v, "place", place_name(s->q, x));
        view_url(v, "place_url", clause_address(s->q, x->home.document, x->home.clause));
        Fit fit = worse > 0 ? FIT_LESS : unsaid > 0 ? FIT_UNKNOWN : FIT_KEPT;
        view_word(v, "mark", fits[fit].mark);
        view_word(v, "kind", fits[fit].kind);
        view_text(v, "word", say(s->q, fits[fit].key));
        view_text(v, "count", words_count(s->q, worse + unsaid));
        view_flag(v, "some", worse + unsaid > 0);
    }
}

static const CatalogueVersion *version_here(const Catalogue *c, const Clause *clause)
{
    for (size_t i = 0; i < c->n_versions; i++)
        if (c->versions[i]->home.clause == clause)
            return c->versions[i];
    return NULL;
}

bool add_list(Req *q, View *to, const ClauseItem *item, const Clause *clause, Date day)
{
    const Catalogue *c = model_catalogue(care_model(q->care), item->name);
    Showing s = {.q = q, .c = c, .day = day};
    s.own = c != NULL ? version_here(c, clause) : NULL;
    if (s.own == NULL)
        return false;
    s.wider = catalogue_wider(care_model(q->care), s.own, day);
    View *v = view_object(to, "list");
    view_text(v, "label", label_of(q, item->label));
    view_text(v, "own_name", place_name(q, s.own));
    if (s.wider != NULL) {
        view_text(v, "wider_name", place_name(q, s.wider));
        view_url(v, "wider_url", clause_address(q, s.wider->home.document, s.wider->home.clause));
    }
    view_flag(v, "compared", s.wider != NULL);
    add_rows(&s, view_list(v, "rows"));
    add_below(&s, view_list(v, "below"));
    return true;
}
