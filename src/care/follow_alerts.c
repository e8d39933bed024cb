/* follow_alerts.c — open checks: records that fail, and those that are not shown to be in order.
 * Read first: follow_alerts(). */
#include "care/alert_ack.h"
#include "care/decide.h"
#include "care/follow_inside.h"
#include "care/region_check.h"

/* In the order in which they are listed: what fails and nobody took note of, what somebody did, …
 */
typedef enum AlertKind {
    ALERT_OPEN,
    ALERT_NOTED,
    ALERT_UNKNOWN,
    ALERT_PERSON,
    ALERT_YES,
    ALERT_KINDS
} AlertKind;

static const Truth truths[ALERT_KINDS] = {TRUTH_NO, TRUTH_NO, TRUTH_UNKNOWN, TRUTH_PERSON,
                                          TRUTH_YES};

/* One check with its outcomes, on its way to a page. */
typedef struct AlertOf {
    const Rule *check;
    const Decided *decided; /* NULL: a check of regions, whose rows are the tree's */
    size_t output, n;       /* rows */
    const uint8_t *outcome; /* by row */
    const uint8_t *rows;
    const int32_t *places;
    const RecordKey *keys;        /* of regions */
    GHashTable *acks;             /* record id → AlertAck that holds; NULL: none */
    uint64_t counts[ALERT_KINDS]; /* in scope */
} AlertOf;

/* What all checks share. */
typedef struct Alerting {
    const Following *f;
    AlertBook *to;
    GPtrArray *kept; /* of Decided */
    GArray *all;     /* of AlertOf */
    AlertAck *acks;
    size_t n_acks;
} Alerting;

static void acks_free(void *acks)
{
    g_hash_table_destroy(acks);
}

/* Notes about one check that have not run out. */
static GHashTable *acks_of(const Alerting *x, const Rule *check)
{
    GHashTable *found = NULL;
    for (size_t i = 0; i < x->n_acks; i++) {
        AlertAck *ack = &x->acks[i];
        if (ack->entity != check->subject || ack->until < x->f->on ||
            !str_equal(ack->check, check->name))
            continue;
        if (found == NULL) {
            found = g_hash_table_new(g_int64_hash, g_int64_equal);
            arena_on_free(x->f->arena, acks_free, found);
        }
        g_hash_table_insert(found, &ack->record, ack);
    }
    return found;
}

static RecordKey key_at(const Following *f, const AlertOf *x, size_t row)
{
    return x->keys != NULL ? x->keys[row] : key_of_row(f->working, x->check->subject, row);
}

static const AlertAck *ack_of_row(const Following *f, const AlertOf *x, size_t row)
{
    RecordKey key = key_at(f, x, row);
    return x->acks == NULL ? NULL : g_hash_table_lookup(x->acks, &key.id);
}

static AlertKind kind_of_row(const Following *f, const AlertOf *x, size_t row, unsigned outcome)
{
    if (outcome == TRUTH_NO)
        return x->acks != NULL && ack_of_row(f, x, row) != NULL ? ALERT_NOTED : ALERT_OPEN;
    return outcome == TRUTH_YES       ? ALERT_YES
           : outcome == TRUTH_UNKNOWN ? ALERT_UNKNOWN
                                      : ALERT_PERSON;
}

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

static void gather_check(Alerting *g, AlertOf x)
{
    x.acks = acks_of(g, x.check);
    for (size_t i = 0; i < x.n; i++)
        if (x.rows[i] != 0 && x.outcome[i] != OUTCOME_OUTSIDE)
            x.counts[kind_of_row(g->f, &x, i, x.outcome[i])]++;
    g->to->sums[g->to->n_sums++] =
        (AlertSum){x.check, x.counts[ALERT_OPEN] + x.counts[ALERT_NOTED], x.counts[ALERT_UNKNOWN],
                   x.counts[ALERT_YES], x.counts[ALERT_NOTED]};
    g_array_append_val(g->all, x);
}

static bool gather_entity(Alerting *g, const Entity *e, GError **error)
{
    const Following *f = g->f;
    AlertOf x = {0};
    Decided *d;
    uint8_t *rows;
    if (!mends(f, e))
        return true;
    if (!decided_get(f->care, f->working, e, month_of(f->on), &d, error))
        return false;
    g_ptr_array_add(g->kept, d);
    if (!following_rows(f, e, &rows, &x.places, &x.n, error))
        return false;
    x.rows = rows;
    x.decided = d;
    for (size_t k = 0; k < d->n_rules; k++) {
        x.check = d->rules[k];
        x.output = k;
        x.outcome = d->results->list[k].outcome;
        if (x.check->kind == RULE_CHECK && following_only(f, x.check->name))
            gather_check(g, x);
    }
    return true;
}

/* ---- checks of regions: each is a row, and lies in itself */

static void regions_seen(const Following *f, AlertOf *to)
{
    uint8_t *rows = arena_many(f->arena, uint8_t, to->n + 1);
    int32_t *places = arena_many(f->arena, int32_t, to->n + 1);
    for (size_t i = 0; i < to->n; i++) {
        places[i] = (int32_t)i;
        rows[i] = region_check_seen(f->care, f->session, (int32_t)i) &&
                  (f->region == ROW_NONE || region_in(f->care->regions, (int32_t)i, f->region));
    }
    to->rows = rows;
    to->places = places;
}

static bool gather_regions(Alerting *g, GError **error)
{
    const Following *f = g->f;
    const Model *m = f->care->model;
    const Role *by = model_role(m, f->query->by);
    AlertOf x = {.n = f->care->regions->n};
    if (m->n_region_checks == 0)
        return true;
    regions_seen(f, &x);
    x.keys = region_records(f->care, f->working, f->arena);
    for (size_t i = 0; i < m->n_region_checks; i++) {
        uint8_t *outcome = arena_many(f->arena, uint8_t, x.n + 1);
        x.check = m->region_checks[i];
        x.outcome = outcome;
        if (!following_only(f, x.check->name) ||
            (f->query->by.len > 0 && !region_check_mends(by, x.check)))
            continue;
        if (!region_checks(f->care, f->working, x.check, f->on, outcome, error))
            return false;
        gather_check(g, x);
    }
    return true;
}

static gint by_document(gconstpointer a, gconstpointer b)
{
    const AlertOf *x = a, *y = b;
    return x->check->number < y->check->number ? -1 : x->check->number > y->check->number;
}

static bool region_line_fill(const Following *f, AlertLine *to, GError **error)
{
    Label cure = {STR(""), STR("")};
    bool fine =
        to->truth != TRUTH_NO || region_check_cure(f->care, f->working, to->check, to->region,
                                                   f->on, f->arena, &cure, error);
    to->cure_zh = cure.zh;
    to->cure_en = cure.en;
    return fine && (to->truth != TRUTH_UNKNOWN ||
                    region_check_missing(f->care, f->working, to->check, to->region, f->on,
                                         f->arena, &to->missing, &to->n_missing, error));
}

static bool line_fill(const Following *f, const AlertOf *x, size_t row, Truth truth, AlertLine *to,
                      GError **error)
{
    const Rule *r = x->check;
    Explanation why;
    Trace t;
    *to =
        (AlertLine){.check = r, .key = key_at(f, x, row), .region = x->places[row], .truth = truth};
    to->ack = truth == TRUTH_NO ? ack_of_row(f, x, row) : NULL;
    if (x->decided == NULL)
        return region_line_fill(f, to, error);
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

/* Lines of one check of one kind that lie on the page: *at counts all lines before. */
static bool page_check(const Following *f, const AlertOf *x, AlertKind kind, uint64_t *at,
                       AlertBook *ret, size_t most, GError **error)
{
    uint64_t from = f->query->page_rows == 0 ? 0 : f->query->page * f->query->page_rows;
    if (*at + x->counts[kind] <= from) {
        *at += x->counts[kind];
        return true;
    }
    for (size_t i = 0; i < x->n && ret->n_lines < most; i++) {
        if (x->rows[i] == 0 || x->outcome[i] == OUTCOME_OUTSIDE ||
            kind_of_row(f, x, i, x->outcome[i]) != kind || (*at)++ < from)
            continue;
        if (!line_fill(f, x, i, truths[kind], &ret->lines[ret->n_lines++], error))
            return false;
    }
    return true;
}

/* What fails first, then what is not shown, then what is in order; each by document. */
static bool page_fill(const Alerting *g, GError **error)
{
    const Following *f = g->f;
    AlertBook *ret = g->to;
    unsigned kinds = f->query->kinds != 0 ? f->query->kinds : 1u << TRUTH_NO;
    uint64_t at = 0;
    size_t from, most;
    for (guint k = 0; k < g->all->len; k++)
        for (size_t o = 0; o < ALERT_KINDS; o++)
            if ((kinds >> truths[o] & 1) != 0)
                ret->total += g_array_index(g->all, AlertOf, k).counts[o];
    following_page(f->query, ret->total, &from, &most);
    ret->lines = arena_array(f->arena, most + 1, sizeof *ret->lines);
    for (AlertKind o = 0; o < ALERT_KINDS; o++)
        for (guint k = 0; k < g->all->len && ret->n_lines < most; k++)
            if ((kinds >> truths[o] & 1) != 0 &&
                !page_check(f, &g_array_index(g->all, AlertOf, k), o, &at, ret, most, error))
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
    Alerting g = {.f = &f, .to = ret, .kept = kept, .all = all};
    *ret = (AlertBook){.sums = arena_array(a, c->model->n_rules + c->model->n_region_checks + 1,
                                           sizeof *ret->sums)};
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !following_begin(&f, c, w, s, q, a, error) || !alert_acks(c, a, &g.acks, &g.n_acks, error))
        return fail_while(error, "listing alerts");
    ret->on = f.on;
    for (size_t e = 0; e < c->model->n_entities; e++)
        if (!gather_entity(&g, c->model->entities[e], error))
            return fail_while(error, "listing alerts");
    if (!gather_regions(&g, error))
        return fail_while(error, "listing alerts");
    g_array_sort(all, by_document);
    return page_fill(&g, error) || fail_while(error, "listing alerts");
}
