/* follow_alerts.c — open checks: records that fail, and those that are not shown to be in order.
 * Read first: follow_alerts(). */
#include "care/decide.h"
#include "care/follow_inside.h"

/* One check with its outcomes, on its way to a page. */
typedef struct AlertOf {
    const Rule *check;
    const Decided *decided;
    size_t output, n; /* rows */
    const uint8_t *rows;
    const int32_t *places;
    uint64_t counts[4]; /* by Truth, in scope */
} AlertOf;

/* `--by`: checks about records that the role may mend. */
static bool mends(const Following *f, const Entity *e)
{
    const Role *r = model_role(f->care->model, f->query->by);
    if (f->query->by.len == 0)
        return true;
    for (size_t i = 0; r != NULL && i < r->n_writes; i++)
        if (r->writes[i] == e)
            return true;
    return false;
}

static void gather_check(AlertOf x, const Decided *d, size_t k, AlertSum *sum, GArray *all)
{
    const Result *r = &d->results->list[k];
    x.check = d->rules[k];
    x.decided = d;
    x.output = k;
    for (size_t i = 0; i < x.n; i++)
        if (x.rows[i] != 0 && r->outcome[i] != OUTCOME_OUTSIDE)
            x.counts[r->outcome[i] & 3]++;
    *sum = (AlertSum){x.check, x.counts[TRUTH_NO], x.counts[TRUTH_UNKNOWN], x.counts[TRUTH_YES]};
    g_array_append_val(all, x);
}

static bool gather_entity(const Following *f, const Entity *e, AlertBook *ret, GPtrArray *kept,
                          GArray *all, GError **error)
{
    AlertOf x = {0};
    Decided *d;
    uint8_t *rows;
    if (!mends(f, e))
        return true;
    if (!decided_get(f->care, f->working, e, month_of(f->on), &d, error))
        return false;
    g_ptr_array_add(kept, d);
    if (!following_rows(f, e, &rows, &x.places, &x.n, error))
        return false;
    x.rows = rows;
    for (size_t k = 0; k < d->n_rules; k++)
        if (d->rules[k]->kind == RULE_CHECK && following_only(f, d->rules[k]->name))
            gather_check(x, d, k, &ret->sums[ret->n_sums++], all);
    return true;
}

static gint by_document(gconstpointer a, gconstpointer b)
{
    const AlertOf *x = a, *y = b;
    return x->check->number < y->check->number ? -1 : x->check->number > y->check->number;
}

static bool line_fill(const Following *f, const AlertOf *x, size_t row, Truth truth, AlertLine *to,
                      GError **error)
{
    const Rule *r = x->check;
    Explanation why;
    Trace t;
    *to = (AlertLine){.check = r,
                      .key = key_of_row(f->working, r->subject, row),
                      .region = x->places[row],
                      .truth = truth};
    if (!evaluate_row_month(x->decided->program, f->working->data, x->output, row,
                            x->decided->month, f->arena, &t, error))
        return false;
    explain_rule(f->arena, f->care->model, r, x->decided->program, &t, &why);
    to->cure_zh = why.cure_zh;
    to->cure_en = why.cure_en;
    to->missing = why.missing;
    to->n_missing = why.n_missing;
    return true;
}

/* Lines of one check with one outcome that lie on the page: *at counts all lines before. */
static bool page_check(const Following *f, const AlertOf *x, Truth truth, uint64_t *at,
                       AlertBook *ret, size_t most, GError **error)
{
    uint64_t from = f->query->page_rows == 0 ? 0 : f->query->page * f->query->page_rows;
    const uint8_t *outcome = x->decided->results->list[x->output].outcome;
    if (*at + x->counts[truth] <= from) {
        *at += x->counts[truth];
        return true;
    }
    for (size_t i = 0; i < x->n && ret->n_lines < most; i++) {
        if (x->rows[i] == 0 || outcome[i] != truth || (*at)++ < from)
            continue;
        if (!line_fill(f, x, i, truth, &ret->lines[ret->n_lines++], error))
            return false;
    }
    return true;
}

/* What fails first, then what is not shown, then what is in order; each by document. */
static bool page_fill(const Following *f, const GArray *all, AlertBook *ret, GError **error)
{
    static const Truth order[] = {TRUTH_NO, TRUTH_UNKNOWN, TRUTH_PERSON, TRUTH_YES};
    unsigned kinds = f->query->kinds != 0 ? f->query->kinds : 1u << TRUTH_NO;
    uint64_t at = 0;
    size_t from, most;
    for (guint k = 0; k < all->len; k++)
        for (size_t o = 0; o < G_N_ELEMENTS(order); o++)
            if ((kinds >> order[o] & 1) != 0)
                ret->total += g_array_index(all, AlertOf, k).counts[order[o]];
    following_page(f->query, ret->total, &from, &most);
    ret->lines = arena_array(f->arena, most + 1, sizeof *ret->lines);
    for (size_t o = 0; o < G_N_ELEMENTS(order); o++)
        for (guint k = 0; k < all->len && ret->n_lines < most; k++)
            if ((kinds >> order[o] & 1) != 0 &&
                !page_check(f, &g_array_index(all, AlertOf, k), order[o], &at, ret, most, error))
                return false;
    return true;
}

bool follow_alerts(Care *c, const Session *s, const FollowQuery *q, Arena *a, AlertBook *ret,
                   GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(AlertOf));
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(decided_unref);
    Following f;
    *ret = (AlertBook){.sums = arena_array(a, c->model->n_rules + 1, sizeof *ret->sums)};
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !following_begin(&f, c, w, s, q, a, error))
        return fail_while(error, "listing alerts");
    ret->on = f.on;
    for (size_t e = 0; e < c->model->n_entities; e++)
        if (!gather_entity(&f, c->model->entities[e], ret, kept, all, error))
            return fail_while(error, "listing alerts");
    g_array_sort(all, by_document);
    return page_fill(&f, all, ret, error) || fail_while(error, "listing alerts");
}
