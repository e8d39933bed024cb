/* pay_prepare.c — prepares runs: decides first, counts outcomes from the facts, and has the store
 * go through answers and lines county by county.  Read first: pay_prepare(). */
#include "care/pay_inside.h"

#include "care/decide.h"
#include "care/pay_grant.h"

typedef struct Preparing {
    Care *care;
    Working *working;
    const Session *session;
    const PayAsk *ask;
    Arena *arena;
    int32_t *counties;
    size_t n_counties;
    PayRule *rules; /* n_rules for each county */
    bool *present;  /* counties with records that a benefit is about, alive or not */
    size_t n_rules;
    Grants *grants;
    PayAlike alike;
    GArray *drafts;         /* GrantDraft: who is new or changed and stands nowhere yet */
    GPtrArray *amounts;     /* Amounts */
    GError *trouble;        /* of a call from the store */
    const Entity *place_of; /* whose places were found last */
    const int32_t *places;
} Preparing;

/* ---- counties ---------------------------------------------------------------------------------
 */

int32_t pay_county_region(const Care *c, int32_t county)
{
    const RegionTree *t = c->regions;
    for (size_t i = 0; i < t->n; i++) {
        int32_t row = t->by_order[i];
        if (t->county[row] == county)
            return row;
    }
    return ROW_NONE;
}

bool pay_county_is_mine(Care *c, const Session *s, int32_t county, Arena *a)
{
    int32_t top = pay_county_region(c, county);
    (void)a;
    return s->facility == 0 &&
           (top == ROW_NONE ? s->region == c->place : region_in(c->regions, top, s->region));
}

int32_t *pay_counties(Care *c, const Session *s, Arena *a, size_t *ret_n)
{
    const CareInside *in = care_inside(c);
    int32_t *to = arena_many(a, int32_t, in->n_counties + 1);
    *ret_n = 0;
    for (size_t i = 0; i < in->n_counties; i++)
        if (pay_county_is_mine(c, s, in->counties[i], a))
            to[(*ret_n)++] = in->counties[i];
    return to;
}

/* ---- outcomes by the facts --------------------------------------------------------------------
 */

static size_t county_at(const Preparing *p, int32_t county)
{
    size_t i = 0;
    while (i < p->n_counties && p->counties[i] != county)
        i++;
    return i;
}

static void outcomes_count(Preparing *p, const Batch *b, const Result *r, size_t at)
{
    size_t last = p->n_counties;
    for (size_t row = 0; row < b->rows; row++) {
        size_t k = last < p->n_counties && p->counties[last] == b->counties[row]
                       ? last
                       : county_at(p, b->counties[row]);
        if (k < p->n_counties)
            p->present[k] = true;
        if (k == p->n_counties || r->outcome[row] == OUTCOME_OUTSIDE)
            continue;
        PayRule *to = &p->rules[k * p->n_rules + at];
        last = k;
        to->subjects++;
        to->yes += r->outcome[row] == TRUTH_YES;
        to->unknown += r->outcome[row] == TRUTH_UNKNOWN;
        to->judgement += r->outcome[row] == TRUTH_PERSON;
    }
}

static size_t rule_at(const Preparing *p, const Rule *rule)
{
    size_t i = 0;
    while (i < p->n_rules && p->rules[i].rule != rule->number)
        i++;
    return i;
}

static bool entity_count(Preparing *p, const Entity *e, GError **error)
{
    g_autoptr(Decided) d = NULL;
    const Batch *b = p->working->data->batches[e->number];
    bool any = false;
    for (size_t i = 0; i < p->n_rules; i++)
        any = any || p->care->model->rules[p->rules[i].rule]->subject == e;
    if (!any || b == NULL || b->rows == 0)
        return true;
    if (b->counties == NULL || !decided_get(p->care, p->working, e, p->ask->month, &d, error))
        return b->counties != NULL;
    for (size_t i = 0; i < d->n_rules; i++) {
        size_t at = rule_at(p, d->rules[i]);
        if (at < p->n_rules)
            outcomes_count(p, b, &d->results->list[i], at);
    }
    return true;
}

/* A benefit that gives no amount (a named visitor, priority in a home) is no matter of a pay run:
 * who waits for its answer would be a line of it without money. */
static bool is_asked(const Preparing *p, const Rule *r)
{
    return r->kind == RULE_BENEFIT && (r->pay != NULL || r->n_exceptions > 0) &&
           (p->ask->only.len == 0 || str_equal(r->name, p->ask->only));
}

static bool rules_list(Preparing *p, GError **error)
{
    const Model *m = p->care->model;
    for (size_t i = 0; i < m->n_rules; i++)
        p->n_rules += is_asked(p, m->rules[i]);
    if (p->n_rules == 0)
        return fail(error, FAIL_INPUT, "there is no benefit \"%.*s\" that pays in force here",
                    STR_ARG(p->ask->only)) ||
               fail_zh(error, "本地没有生效的待遇“%.*s”", STR_ARG(p->ask->only));
    p->rules = arena_array(p->arena, p->n_rules * (p->n_counties + 1), sizeof *p->rules);
    for (size_t k = 0; k < p->n_counties; k++) {
        size_t n = 0;
        for (size_t i = 0; i < m->n_rules; i++)
            if (is_asked(p, m->rules[i]))
                p->rules[k * p->n_rules + n++].rule = m->rules[i]->number;
    }
    return true;
}

/* ---- who is paid ------------------------------------------------------------------------------
 */

/* On the last day of the month on which the reference holds something. */
static int64_t ref_at(const Batch *b, const Field *f, int64_t row, Month month)
{
    const Column *col = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
    int64_t to = ROW_NONE;
    Date last = month_first(month + 1) - 1;
    if (col == NULL || row < 0 || (size_t)row >= b->rows)
        return ROW_NONE;
    for (Date day = last; day >= month_first(month); day--)
        if (column_at(col, (size_t)row, day, &to))
            return to;
    return ROW_NONE;
}

int64_t pay_payee(const Model *m, const Dataset *d, unsigned rule, int64_t row, Month month)
{
    const Rule *r = m->rules[rule];
    const Entity *e = r->subject;
    if (r->to == NULL || r->to->kind != EXPR_FIELD)
        return 0;
    for (size_t i = 0; i < r->to->n_path && row != ROW_NONE; i++) {
        const Field *f = r->to->path[i];
        row = ref_at(d->batches[e->number], f, row, month);
        e = f->type.to;
    }
    const Batch *b = e != NULL ? d->batches[e->number] : NULL;
    return row == ROW_NONE || b == NULL ? 0 : b->ids[row];
}

int32_t pay_lived(const RegionTree *t, const Model *m, const Dataset *d, unsigned rule, int64_t row,
                  Month month)
{
    const Expr *place = m->rules[rule]->subject->place;
    int64_t at = row;
    for (size_t i = 0; place != NULL && i < place->n_path; i++) {
        const Field *f = place->path[i];
        const Batch *b = d->batches[f->entity->number];
        const Column *col = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
        if (col == NULL || at < 0 || (size_t)at >= b->rows ||
            !column_at(col, (size_t)at, month_first(month), &at))
            return 0;
    }
    return place != NULL && place->n_path > 0 && at >= 0 && (size_t)at < t->n ? t->county[at] : 0;
}

static int32_t lived_now(void *user, unsigned rule, int64_t subject, Month m)
{
    const Preparing *p = user;
    const Entity *e = p->care->model->rules[rule]->subject;
    return pay_lived(p->care->regions, p->care->model, p->working->data, rule,
                     working_row(p->working, e, subject), m);
}

static int64_t payee_now(void *user, unsigned rule, int64_t subject, Month m)
{
    const Preparing *p = user;
    const Entity *e = p->care->model->rules[rule]->subject;
    return pay_payee(p->care->model, p->working->data, rule, working_row(p->working, e, subject),
                     m);
}

static bool closed_now(void *user, const PayGrant *g)
{
    Preparing *p = user;
    const GrantDraft draft = {.rule = p->care->model->rules[g->rule],
                              .subject = g->subject,
                              .fen = g->fen,
                              .since = g->since,
                              .changed = g->changed};
    GrantStanding s;
    g_autoptr(Arena) a = arena_new();
    if (p->trouble != NULL || !grant_asked(p->grants, &draft, a, &s, &p->trouble))
        return false;
    if (s.grant.id == 0)
        g_array_append_val(p->drafts, draft);
    return grant_is_closed(&s);
}

/* How many of those with an amount in the month before got which one in the month. */
typedef struct Amounts {
    unsigned rule;
    Month month;
    GHashTable *was, *both; /* int64_t → count; by amount before, and by both amounts */
} Amounts;

static int64_t amounts_key(int64_t was, int64_t fen)
{
    return (int64_t)((uint64_t)was * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)fen);
}

static void count_one(GHashTable *to, int64_t key)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(to, &key));
    g_hash_table_insert(to, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(n + 1));
}

static const Result *result_in(Preparing *p, const Rule *rule, Month m, Decided **keep)
{
    if (p->trouble != NULL ||
        !decided_get(p->care, p->working, rule->subject, m, keep, &p->trouble))
        return NULL;
    for (size_t i = 0; i < (*keep)->n_rules; i++)
        if ((*keep)->rules[i] == rule)
            return &(*keep)->results->list[i];
    return NULL;
}

static void amounts_count(Preparing *p, Amounts *to)
{
    g_autoptr(Decided) d = NULL, e = NULL;
    const Rule *rule = p->care->model->rules[to->rule];
    const Result *last = result_in(p, rule, to->month - 1, &d);
    const Result *now = last != NULL ? result_in(p, rule, to->month, &e) : NULL;
    const Batch *b = p->working->data->batches[rule->subject->number];
    for (size_t i = 0; now != NULL && b != NULL && i < b->rows; i++) {
        if (last->outcome[i] != TRUTH_YES || now->outcome[i] != TRUTH_YES)
            continue;
        int64_t was = result_amount(last, i);
        count_one(to->was, was);
        count_one(to->both, amounts_key(was, result_amount(now, i)));
    }
}

static void amounts_free(void *what)
{
    Amounts *x = what;
    g_hash_table_unref(x->was);
    g_hash_table_unref(x->both);
    g_free(x);
}

static Amounts *amounts_of(Preparing *p, unsigned rule, Month m)
{
    for (guint i = 0; i < p->amounts->len; i++) {
        Amounts *x = g_ptr_array_index(p->amounts, i);
        if (x->rule == rule && x->month == m)
            return x;
    }
    Amounts *x = g_new0(Amounts, 1);
    *x = (Amounts){.rule = rule, .month = m};
    x->was = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    x->both = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    amounts_count(p, x);
    g_ptr_array_add(p->amounts, x);
    return x;
}

/* Alone with her amount she tells nothing of the rule: her change stands in public. */
static bool for_all_now(void *user, unsigned rule, Month m, int64_t was, int64_t fen)
{
    Amounts *x = amounts_of(user, rule, m);
    int64_t both = amounts_key(was, fen);
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(x->was, &was));
    return n > 1 && 2 * GPOINTER_TO_UINT(g_hash_table_lookup(x->both, &both)) > n;
}

/* On the last day of the run's month. */
static int32_t town_now(void *user, unsigned rule, int64_t subject)
{
    Preparing *p = user;
    const Entity *e = p->care->model->rules[rule]->subject;
    int64_t row = working_row(p->working, e, subject);
    if (p->place_of != e) {
        p->place_of = e;
        p->places = NULL;
        if (p->trouble == NULL)
            working_places(p->care, p->working, e, month_first(p->ask->month + 1) - 1, &p->places,
                           &p->trouble);
    }
    return row != ROW_NONE && p->places != NULL ? p->places[row] : ROW_NONE;
}

/* ---- runs -------------------------------------------------------------------------------------
 */

static bool county_prepare(Preparing *p, size_t k, int64_t base, GArray *to, GError **error)
{
    PayRun run;
    PayPlan plan = {.county = p->counties[k],
                    .programme = p->ask->only,
                    .since = p->ask->since != 0 ? p->ask->since : p->ask->month,
                    .month = p->ask->month,
                    .base = base,
                    .rules = p->rules + k * p->n_rules,
                    .n_rules = p->n_rules,
                    .payee = payee_now,
                    .lived = lived_now,
                    .closed = closed_now,
                    .for_all = for_all_now,
                    .town = town_now,
                    .towns = p->care->regions->code,
                    .user = p,
                    .dry = p->ask->dry,
                    .actor = p->session->account,
                    .via = p->session->via};
    if (!p->present[k])
        return true;
    PayHeld *held;
    if (!pay_held(p->care, p->working, plan.county, care_today(p->care), &p->alike, p->arena, &held,
                  &plan.n_held, error))
        return false;
    plan.held = held;
    if (!care_write_pay_run(p->care, &plan, p->arena, &run, error))
        return fail_while(error, "county %d", p->counties[k]);
    if (p->trouble != NULL) {
        g_propagate_error(error, g_steal_pointer(&p->trouble));
        return false;
    }
    g_array_append_val(to, run);
    return true;
}

static bool prepare_once(Preparing *p, GArray *to, GError **error)
{
    const DecideWhat what = {.month = p->ask->month};
    Care *c = p->care;
    DecideReport report;
    DecideState state;
    if (!decide_month(c, p->session, &what, p->arena, &report, error) ||
        !store_decide_state(c->store, DATE_MIN, p->arena, &state, error) ||
        !working_get(c, &p->working, error) || !rules_list(p, error))
        return false;
    for (size_t e = 0; e < c->model->n_entities; e++)
        if (!entity_count(p, c->model->entities[e], error))
            return false;
    p->grants = grants_new(c, p->working, care_today(c), p->arena, error);
    if (p->grants == NULL || !pay_alike(c, p->arena, &p->alike, error))
        return false;
    for (size_t i = 0; i < p->n_rules * p->n_counties; i++)
        p->rules[i].noticed = grants_noticed(p->grants, c->model->rules[p->rules[i].rule]);
    for (size_t k = 0; k < p->n_counties; k++)
        if (!county_prepare(p, k, state.run, to, error))
            return false;
    return true;
}

/* Who is new and stands nowhere yet is put up with the run, or before it. */
static bool drafts_put_up(Preparing *p, GError **error)
{
    uint64_t made = 0;
    bool asked = !p->ask->dry || p->ask->grants;
    bool fine = !asked || grants_put_up(p->grants, p->session,
                                        (const GrantDraft *)(const void *)p->drafts->data,
                                        p->drafts->len, &made, error);
    if (p->ask->ret_grants != NULL)
        *p->ask->ret_grants = made;
    return fine;
}

static void once_clear(Preparing *p)
{
    grants_free(g_steal_pointer(&p->grants));
    working_unref(g_steal_pointer(&p->working));
    g_array_set_size(p->drafts, 0);
    g_ptr_array_set_size(p->amounts, 0);
    p->n_rules = 0;
    p->place_of = NULL;
}

/* Facts may change between deciding and preparing: then once more, for the counties that are left.
 */
#define PREPARE_TRIES 3

bool pay_prepare(Care *c, const Session *s, const PayAsk *ask, Arena *a, PayRun **ret,
                 size_t *ret_n, GError **error)
{
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(PayRun));
    Preparing p = {.care = c, .session = s, .ask = ask, .arena = a};
    bool fine = false;
    if (!session_may(s, ask->dry && !ask->grants ? MAY_MONEY_READ : MAY_PAY_PREPARE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not prepare pay runs",
                    s->role->word) ||
               fail_zh(error, "本岗位不能编制发放批次");
    p.counties = pay_counties(c, s, a, &p.n_counties);
    p.present = arena_array(a, p.n_counties + 1, sizeof *p.present);
    if (p.n_counties == 0)
        return fail(error, FAIL_RIGHT, "a pay run is a whole county's; your region is smaller") ||
               fail_zh(error, "发放批次按整个县区编制，您的辖区小于县区");
    p.drafts = g_array_new(FALSE, FALSE, sizeof(GrantDraft));
    p.amounts = g_ptr_array_new_with_free_func(amounts_free);
    for (int i = 1; !fine && i <= PREPARE_TRIES; i++) {
        g_autoptr(GError) why = NULL;
        fine = prepare_once(&p, runs, &why) && drafts_put_up(&p, &why);
        once_clear(&p);
        bool again = !fine && runs->len == 0 && i < PREPARE_TRIES &&
                     g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT) &&
                     strstr(why->message, "decide again") != NULL;
        if (!fine && !again) {
            g_propagate_error(error, g_steal_pointer(&why));
            break;
        }
    }
    g_array_unref(p.drafts);
    g_ptr_array_unref(p.amounts);
    if (!fine)
        return false;
    *ret = arena_list(a, runs, ret_n);
    return true;
}
