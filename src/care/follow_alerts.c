/* follow_alerts.c — open checks: records that fail, and those that are not shown to be in order.
 * Read first: follow_alerts(). */
#include "care/decide.h"
#include "care/follow_inside.h"

typedef struct AlertOf {
    const Rule *check;
    const Decided *decided;
    size_t output;
    size_t row;
    int32_t region;
    Truth truth;
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

static bool gather_check(const Following *f, const Decided *d, size_t k, AlertSum *sum,
                         GArray *lines, GError **error)
{
    const Rule *rule = d->rules[k];
    const Result *r = &d->results->list[k];
    unsigned kinds = f->query->kinds != 0 ? f->query->kinds : 1u << TRUTH_NO;
    const int32_t *places;
    uint8_t *rows;
    size_t n;
    *sum = (AlertSum){.check = rule};
    if (!following_rows(f, rule->subject, &rows, &places, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t outcome = rows[i] != 0 ? r->outcome[i] : OUTCOME_OUTSIDE;
        if (outcome == OUTCOME_OUTSIDE)
            continue;
        sum->no += outcome == TRUTH_NO;
        sum->unknown += outcome == TRUTH_UNKNOWN;
        sum->yes += outcome == TRUTH_YES;
        AlertOf line = {rule, d, k, i, places[i], (Truth)outcome};
        if ((kinds >> outcome & 1) != 0)
            g_array_append_val(lines, line);
    }
    return true;
}

static bool gather_entity(const Following *f, const Entity *e, AlertBook *ret, GPtrArray *kept,
                          GArray *lines, GError **error)
{
    Decided *d;
    if (!mends(f, e))
        return true;
    if (!decided_get(f->care, f->working, e, month_of(f->on), &d, error))
        return false;
    g_ptr_array_add(kept, d);
    for (size_t k = 0; k < d->n_rules; k++)
        if (d->rules[k]->kind == RULE_CHECK && following_only(f, d->rules[k]->name) &&
            !gather_check(f, d, k, &ret->sums[ret->n_sums++], lines, error))
            return false;
    return true;
}

static gint by_document(gconstpointer a, gconstpointer b)
{
    const AlertOf *x = a, *y = b;
    if (x->truth != y->truth)
        return x->truth == TRUTH_NO ? -1 : 1;
    if (x->check->number != y->check->number)
        return x->check->number < y->check->number ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static bool line_fill(const Following *f, const AlertOf *x, AlertLine *to, GError **error)
{
    const Rule *r = x->check;
    Explanation why;
    Trace t;
    *to = (AlertLine){.check = r,
                      .key = key_of_row(f->working, r->subject, x->row),
                      .region = x->region,
                      .truth = x->truth};
    if (!evaluate_row_month(x->decided->program, f->working->data, x->output, x->row,
                            x->decided->month, f->arena, &t, error))
        return false;
    explain_rule(f->arena, f->care->model, r, x->decided->program, &t, &why);
    to->cure_zh = why.cure_zh;
    to->cure_en = why.cure_en;
    to->missing = why.missing;
    to->n_missing = why.n_missing;
    return true;
}

bool follow_alerts(Care *c, const Session *s, const FollowQuery *q, Arena *a, AlertBook *ret,
                   GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(AlertOf));
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(decided_unref);
    Following f;
    size_t from;
    *ret = (AlertBook){.sums = arena_array(a, c->model->n_rules + 1, sizeof *ret->sums)};
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !following_begin(&f, c, w, s, q, a, error))
        return fail_while(error, "listing alerts");
    ret->on = f.on;
    for (size_t e = 0; e < c->model->n_entities; e++)
        if (!gather_entity(&f, c->model->entities[e], ret, kept, lines, error))
            return fail_while(error, "listing alerts");
    ret->total = lines->len;
    g_array_sort(lines, by_document);
    following_page(q, lines->len, &from, &ret->n_lines);
    ret->lines = arena_array(a, ret->n_lines + 1, sizeof *ret->lines);
    for (size_t i = 0; i < ret->n_lines; i++)
        if (!line_fill(&f, &g_array_index(lines, AlertOf, from + i), &ret->lines[i], error))
            return fail_while(error, "listing alerts");
    return true;
}
