/* demo_pay.c — the demonstration's payments: the last months are paid, the newest is under way,
 * each county a step further; some payments came back, somebody's death was found late, some are
 * held. In: a demonstration whose people and accounts are there.  Read first: demo_pay(). */
#include "care/demo.h"
#include "care/pay_inside.h"

#define MONTHS_PAID   2                    /* before the newest */
#define ARRANGED      INT64_C(50000000000) /* fen in each fund of each county */
#define BACK_ONE_IN   150
#define LATE_DEATHS   3
#define HELD_BY_HAND  2
#define COUNTIES_MANY 20 /* a province's demonstration has the newest month alone */

typedef struct Paying {
    Care *care;
    Session clerk, review, leader, finance;
    Month month;
    Arena *arena;
} Paying;

static Session session_as(const Care *c, const char *role)
{
    const RoleFacts *roles;
    size_t n = care_roles(c, &roles);
    Session s = {.account = str_of(role),
                 .shown = str_of(role),
                 .via = STR("demo"),
                 .region = c->place,
                 .role = &roles[0]};
    for (size_t i = 0; i < n; i++)
        if (strcmp(roles[i].word, role) == 0)
            s.role = &roles[i];
    return s;
}

/* ---- money --------------------------------------------------------------------------------------
 */

static bool fund_add(Paying *p, int32_t county, Str fund, GError **error)
{
    static const uint8_t fresh[16];
    int32_t region = pay_county_region(p->care, county);
    if (region == ROW_NONE)
        return true;
    return pay_fund_add(p->care, &p->finance, p->care->regions->code[region], fund, ARRANGED,
                        STR("年度预算（演示）"), fresh, p->arena, error);
}

static bool county_funds(Paying *p, const PayRun *run, GError **error)
{
    g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!fund_add(p, run->county, FUND_UNSTATED, error))
        return false;
    for (size_t i = 0; i < run->n_sums; i++) {
        const Rule *r = p->care->model->rules[run->sums[i].rule];
        for (size_t k = 0; k < r->n_funds; k++) {
            Str fund = r->funds[k].fund;
            if (g_hash_table_add(done, g_strndup(fund.at, fund.len)) &&
                !fund_add(p, run->county, fund, error))
                return false;
        }
    }
    return true;
}

/* ---- a month ------------------------------------------------------------------------------------
 */

static bool step(Paying *p, const Session *by, int64_t run, PayState to, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    return pay_move_on(p->care, by, run, to, STR("演示"), a, error);
}

static bool steps_to(Paying *p, int64_t run, PayState last, GError **error)
{
    const struct {
        const Session *by;
        PayState to;
    } steps[] = {{&p->review, PAY_REVIEWED},
                 {&p->leader, PAY_APPROVED},
                 {&p->clerk, PAY_FINANCE},
                 {&p->finance, PAY_BANK}};
    for (size_t i = 0; i < G_N_ELEMENTS(steps) && steps[i].to <= last; i++)
        if (!step(p, steps[i].by, run, steps[i].to, error))
            return false;
    return true;
}

/* The bank sends some back; with nothing to pay it answers nothing. */
static bool reply(Paying *p, const PayRun *run, bool some_back, GError **error)
{
    static const Str reasons[] = {{"户名不符", 12}, {"账户冻结", 12}, {"卡未激活", 12}};
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(PayReturn));
    g_autoptr(Arena) a = arena_new();
    PayPayment *all;
    size_t n;
    uint64_t fresh;
    if (!store_pay_payments(p->care->store, run->county, run->id, a, &all, &n, error))
        return false;
    for (size_t i = BACK_ONE_IN / 2; some_back && i < n; i += BACK_ONE_IN) {
        const PayReturn r = {.receiver = all[i].receiver, .reason = reasons[i % 3]};
        if (!all[i].returned)
            g_array_append_val(back, r);
    }
    return pay_reply(p->care, &p->clerk, run->id, (const PayReturn *)(const void *)back->data,
                     back->len, a, &fresh, error);
}

static bool month_pay(Paying *p, Month month, Month since, bool newest, GError **error)
{
    static const PayState reached[] = {PAY_PREPARED, PAY_REVIEWED, PAY_APPROVED, PAY_BANK};
    const PayAsk ask = {.month = month, .since = since};
    PayRun *runs;
    size_t n;
    if (!pay_prepare(p->care, &p->clerk, &ask, p->arena, &runs, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (newest && month == since)
            continue; /* of a province: prepared, no more */
        if (month == since && !county_funds(p, &runs[i], error))
            return false;
        if (!steps_to(p, runs[i].id, newest ? reached[i % G_N_ELEMENTS(reached)] : PAY_BANK,
                      error) ||
            (!newest && !reply(p, &runs[i], month > since, error)))
            return fail_while(error, "paying run %" G_GINT64_FORMAT, runs[i].id);
    }
    return true;
}

/* ---- what was found late, what somebody holds --------------------------------------------------
 */

/* Of the first run that pays persons by themselves. */
static bool paid_persons(Paying *p, PayLine **ret, size_t *ret_n, GError **error)
{
    PayRun *runs;
    size_t n;
    *ret_n = 0;
    if (!pay_runs(p->care, &p->clerk, p->arena, &runs, &n, error))
        return false;
    for (size_t i = n; i-- > 0 && *ret_n == 0;) {
        const PayLinesAsk ask = {
            .county = runs[i].county, .run = runs[i].id, .held = 0, .most = 2000};
        if (!store_pay_lines(p->care->store, &ask, p->arena, ret, ret_n, error))
            return false;
    }
    return true;
}

static bool death_found(Paying *p, const PayLine *l, Date day, GError **error)
{
    static const WriteBy by = {{"demo", 4}, {"demo", 4}};
    const Entity *e = p->care->model->rules[l->rule]->subject;
    const WriteField died = {.field = e->end, .value = VALUE_NUM(day), .until = DATE_MAX};
    const WriteRequest r = {.kind = WRITE_SET,
                            .entity = e,
                            .key = l->subject,
                            .expected = -1,
                            .fields = &died,
                            .n_fields = 1};
    return e->end == NULL || e->end->dated || care_write_chunk(p->care, &by, &r, 1, error);
}

static bool hold_by_hand(Paying *p, const PayLine *l, GError **error)
{
    int64_t id;
    GError *why = NULL;
    const Entity *e = p->care->model->rules[l->rule]->subject;
    if (pay_hold_open(p->care, &p->clerk, e, l->subject, HOLD_DEATH,
                      STR("村里电话报去世，待核实（演示）"), p->arena, &id, &why) ||
        g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT)) {
        g_clear_error(&why);
        return true;
    }
    g_propagate_error(error, why);
    return false;
}

static bool surprises(Paying *p, GError **error)
{
    PayLine *lines;
    size_t n;
    if (!paid_persons(p, &lines, &n, error))
        return false;
    for (size_t i = 0; i < LATE_DEATHS && n > 40; i++)
        if (!death_found(p, &lines[(i + 1) * n / 8], month_first(p->month - MONTHS_PAID) + 8,
                         error))
            return fail_while(error, "a death found late");
    for (size_t i = 0; i < HELD_BY_HAND && n > 40; i++)
        if (!hold_by_hand(p, &lines[n / 2 + (i + 1) * n / 8], error))
            return fail_while(error, "a hold by hand");
    return true;
}

static bool has_benefits(const Model *m)
{
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->kind == RULE_BENEFIT)
            return true;
    return false;
}

bool demo_pay(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Paying p = {.care = c,
                .clerk = session_as(c, "clerk"),
                .review = session_as(c, "review"),
                .leader = session_as(c, "leader"),
                .finance = session_as(c, "finance"),
                .month = month_of(care_today(c)),
                .arena = a};
    size_t counties;
    pay_counties(c, &p.clerk, a, &counties);
    Month since = p.month - (counties > COUNTIES_MANY ? 0 : MONTHS_PAID);
    if (!has_benefits(c->model))
        return true;
    for (Month m = since; m <= p.month; m++) {
        if (m == p.month && m > since && !surprises(&p, error))
            return false;
        if (!month_pay(&p, m, since, m == p.month, error))
            return fail_while(error, "making the demonstration's payments");
    }
    return true;
}
