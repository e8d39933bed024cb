/* home.c — the first page: what the documents in force give and ask this month, in one's own
 * region.  Only what has data behind it; each number opens its records.
 * Read first: home_show(). */
#include "base/sort.h"
#include "care/consent.h"
#include "page/cells.h"
#include "page/figure.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define LAGGING_MOST 6u
#define CHECKS_SHOWN 8u /* the rest stands folded below */

typedef struct Entry { /* one rule with its place in a document */
    const ClauseItem *item;
    const Clause *clause;
    const Document *document;
} Entry;

typedef struct Home2 {
    View *v;
    GArray *entries;
    ViewList *documents;
    Month month;
    int32_t region;
} Home2;

/* ---- rules ---- */

typedef enum Shelf { SHELF_PAID, SHELF_RIGHTS, SHELF_CHECKS } Shelf;

static Shelf shelf_of(const ClauseItem *item)
{
    const Rule *r = item->what;
    return r->kind == RULE_CHECK ? SHELF_CHECKS : r->pay != NULL ? SHELF_PAID : SHELF_RIGHTS;
}

/* What asks for a person's eye first: alerts, then open cases; money by its sum. */
static gint by_weight(gconstpointer a, gconstpointer b)
{
    const ClauseItem *x = ((const Entry *)a)->item, *y = ((const Entry *)b)->item;
    if (shelf_of(x) != shelf_of(y))
        return shelf_of(x) < shelf_of(y) ? -1 : 1;
    bool checks = shelf_of(x) == SHELF_CHECKS;
    int64_t more[] = {checks ? (int64_t)x->no : x->sum, (int64_t)(checks ? x->unknown : x->yes)};
    int64_t less[] = {checks ? (int64_t)y->no : y->sum, (int64_t)(checks ? y->unknown : y->yes)};
    for (size_t i = 0; i < G_N_ELEMENTS(more); i++)
        if (more[i] != less[i])
            return more[i] < less[i] ? 1 : -1;
    return 0;
}

static size_t add_shelf(Req *q, const Home2 *h, Shelf shelf, const char *name)
{
    ViewList *list = view_list(h->v, name);
    ViewList *more = shelf == SHELF_CHECKS ? view_list(h->v, "checks_more") : NULL;
    size_t in_order = 0;
    for (guint i = 0; i < h->entries->len; i++) {
        const Entry *e = &g_array_index(h->entries, Entry, i);
        if (shelf_of(e->item) != shelf)
            continue;
        if (shelf == SHELF_CHECKS && e->item->no + e->item->unknown == 0) {
            in_order++;
            continue;
        }
        View *v = view_add(more != NULL && list->count >= CHECKS_SHOWN ? more : list);
        view_text(v, "label", label_of(q, e->item->label));
        view_text(v, "document", clause_label(q, e->clause));
        view_url(v, "link_url", clause_address(q, e->document, e->clause));
        fill_outcomes(q, v, e->item, h->month, h->region);
        if (shelf == SHELF_PAID)
            view_text(v, "sum", words_money(q, e->item->sum));
    }
    if (more != NULL && more->count > 0)
        view_text(h->v, "more_count", words_count(q, more->count));
    return shelf == SHELF_CHECKS ? in_order : list->count;
}

static void add_shelves(Req *q, const Home2 *h)
{
    g_array_sort(h->entries, by_weight);
    add_shelf(q, h, SHELF_PAID, "paid");
    view_text(h->v, "rights_count", words_count(q, add_shelf(q, h, SHELF_RIGHTS, "rights")));
    size_t in_order = add_shelf(q, h, SHELF_CHECKS, "checks");
    if (in_order > 0)
        view_text(h->v, "in_order", words_count(q, in_order));
}

/* Nothing decided and nothing asked: the rule has no records here. */
static bool has_cases(const ClauseItem *item)
{
    return item->yes + item->no + item->unknown + item->judgement > 0;
}

static bool add_document(Req *q, Home2 *h, const Document *d, GError **error)
{
    DocumentView dv;
    if (!document_view(q->care, q->session, d, h->region, h->month, q->arena, &dv, error))
        return false;
    for (size_t i = 0; i < dv.n_clauses; i++)
        for (size_t k = 0; k < dv.clauses[i].n_items; k++) {
            const ClauseItem *item = &dv.clauses[i].items[k];
            Entry e = {item, dv.clauses[i].clause, d};
            if (clause_item_rule(item) != NULL && has_cases(item))
                g_array_append_val(h->entries, e);
        }
    if (d->layer != LAYER_PLACE)
        return true;
    View *v = view_add(h->documents);
    view_text(v, "title", label_of(q, d->title));
    view_url(v, "link_url", clause_address(q, d, NULL));
    view_text(v, "running", words_count(q, dv.running));
    view_text(v, "declared", words_count(q, dv.declared));
    view_text(v, "missing", words_count(q, dv.missing));
    view_text(v, "total", words_count(q, dv.running + dv.declared + dv.missing));
    return true;
}

static bool has_rules(const Model *m, const Document *d)
{
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->home.document == d)
            return true;
    return d->layer == LAYER_PLACE;
}

static bool add_documents(Req *q, Home2 *h, GError **error)
{
    const Model *m = care_model(q->care);
    for (size_t i = m->n_documents; i-- > 0;) { /* the place's own first */
        const Document *d = m->documents[i];
        bool in_force = d->from <= care_today(q->care) && d->until >= care_today(q->care);
        if (in_force && has_rules(m, d) && !add_document(q, h, d, error))
            return false;
    }
    return true;
}

static void add_lagging(Req *q, ViewList *list, const TargetFigure *f)
{
    View *v = view_add(list);
    view_text(v, "label", figure_name(q, f->target->indicator, f->cell));
    view_text(v, "region", region_name(q, f->region));
    view_text(v, "value", target_done_text(q, f));
    view_text(v, "target", target_value_text(q, f));
    view_text(v, "due", words_date(q, f->value->due));
    if (!f->each)
        view_text(v, "unit", label_of(q, f->target->indicator->unit));
    fill_met(q, v, f);
}

static bool add_targets(Req *q, Home2 *h, GError **error)
{
    static const struct {
        Met met;
        const char *kind, *key;
    } kinds[] = {
        {MET_YES, "yes", KEY("met_yes")},
        {MET_NO, "no", KEY("met_no")},
        {MET_UNKNOWN, "unknown", KEY("outcome_unknown")},
        {MET_NOT_DUE, "open", KEY("met_not_due")},
    };
    TargetFigure *all = NULL;
    size_t n = 0, shown = 0;
    Date on = care_today(q->care);
    if (!figures_targets(q->care, q->session, NULL, h->region, on, q->arena, &all, &n, error))
        return false;
    ViewList *met = view_list(h->v, "met"), *lagging = view_list(h->v, "lagging");
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        uint64_t count = 0;
        for (size_t i = 0; i < n; i++)
            count += all[i].met == kinds[k].met;
        View *v = view_add(met);
        view_word(v, "kind", kinds[k].kind);
        view_text(v, "label", say(q, kinds[k].key));
        view_text(v, "count", words_count(q, count));
    }
    for (size_t i = 0; i < n && shown < LAGGING_MOST; i++)
        if (all[i].met == MET_NO) {
            add_lagging(q, lagging, &all[i]);
            shown++;
        }
    view_flag(h->v, "has_targets", n > 0);
    return true;
}

/* The registers with most records; all of them are a page of their own. */
#define REGISTERS_SHOWN 14

static int fullest_first(const void *a, const void *b)
{
    const EntityCount *x = a, *y = b;
    if (x->records != y->records)
        return x->records < y->records ? 1 : -1;
    return str_compare(x->entity->name, y->entity->name);
}

static bool add_counts(Req *q, Home2 *h, GError **error)
{
    EntityCount *counts = NULL;
    size_t n = 0;
    ViewList *list = view_list(h->v, "registers_count");
    if (!session_may(q->session, MAY_PERSON_READ))
        return true;
    if (!care_counts(q->care, q->session, q->arena, &counts, &n, error))
        return false;
    sort_rows(counts, n, sizeof *counts, fullest_first);
    for (size_t i = 0; i < n && i < REGISTERS_SHOWN && counts[i].records > 0; i++) {
        View *v = view_add(list);
        view_text(v, "label", label_of(q, counts[i].entity->label));
        view_text(v, "count", words_count(q, counts[i].records));
        view_url(v, "link_url",
                 str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(counts[i].entity->name))));
    }
    return true;
}

/* A relative has one file, and no office. */
static bool kin_home(Req *q, GError **error)
{
    const Entity *e;
    RecordKey key;
    return consent_elder(q->care, q->session, &e, &key, error) &&
           page_redirect(q, record_address(q, e, key, ""));
}

bool home_show(Req *q, GError **error)
{
    if (session_is_kin(q->session))
        return kin_home(q, error);
    View *v = view_new(q->arena);
    Home2 h = {.v = v, .month = req_month(q), .region = q->session->region};
    char text[DATE_TEXT];
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    h.entries = entries;
    h.documents = view_list(v, "documents");
    view_text(v, "page_title", say(q, "nav_home"));
    view_text(v, "month", words_month(q, h.month));
    view_word(v, "month_value", arena_printf(q->arena, "%s", month_format(h.month, text)));
    const Entity *elder = model_entity(care_model(q->care), STR("elder"));
    view_flag(v, "can_search", elder != NULL && session_sees(q->session, elder));
    view_flag(v, "has_registers", session_may(q->session, MAY_PERSON_READ));
    view_flag(v, "has_money", session_may(q->session, MAY_MONEY_READ));
    if (!fill_waiting(q, v, error) || !add_documents(q, &h, error) || !add_targets(q, &h, error) ||
        !add_counts(q, &h, error))
        return fail_while(error, "showing the first page");
    add_shelves(q, &h);
    return page_show(q, VIEW_PAGE_HOME, 200, v, error);
}
