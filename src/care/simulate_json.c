/* simulate_json.c — a Simulation as `anlao simulate --json` and the API write it: one shape.
 * Start: simulation_json(). */
#include "base/identifier.h"
#include "care/simulate.h"

const char *const simulate_turn_words[SIMULATE_TURNS] = {
    [SIMULATE_GAINS] = "gain",
    [SIMULATE_LOSES] = "lose",
    [SIMULATE_TURNS_UNKNOWN] = "unknown",
    [SIMULATE_TURNS_JUDGEMENT] = "judgement",
};

static void put_side(JsonWriter *j, const char *key, const SimulateSide *s, bool money)
{
    json_put_object(j, key);
    json_put_uint(j, "yes", s->yes);
    json_put_uint(j, "no", s->no);
    json_put_uint(j, "unknown", s->unknown);
    json_put_uint(j, "judgement", s->judgement);
    if (money)
        json_put_int(j, "sum_fen", s->sum);
    json_put_end(j);
}

static void put_moves(JsonWriter *j, const SimulateMove *moves, bool money)
{
    for (size_t i = 0; i < SIMULATE_TURNS; i++) {
        json_put_object(j, simulate_turn_words[i]);
        json_put_uint(j, "count", moves[i].count);
        if (money)
            json_put_int(j, "difference_fen", moves[i].difference);
        json_put_end(j);
    }
}

static void put_cell(JsonWriter *j, const SimulateCell *c, bool money)
{
    put_side(j, "before", &c->before, money);
    put_side(j, "after", &c->after, money);
    if (money)
        json_put_int(j, "difference_fen", c->after.sum - c->before.sum);
    put_moves(j, c->turns, money);
}

static void put_place(const Care *c, JsonWriter *j, int32_t region)
{
    if (region == ROW_NONE) {
        json_put_null(j, "region");
        return;
    }
    json_put_str(j, "region", care_regions(c)->code[region]);
    json_put_str(j, "level", care_regions(c)->level[region]);
}

static void put_rule_months(JsonWriter *j, const Simulation *s, const SimulateRule *r, bool money)
{
    char month[DATE_TEXT];
    json_put_array(j, "months");
    for (size_t i = 0; i < s->n_months; i++) {
        json_put_object(j, NULL);
        json_put_str(j, "month", str_of(month_format(s->months[i].from, month)));
        put_cell(j, &r->months[i], money);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_rule_regions(const Care *c, JsonWriter *j, const Simulation *s,
                             const SimulateRule *r, bool money)
{
    json_put_array(j, "regions");
    for (size_t i = 0; i < s->n_regions; i++) {
        json_put_object(j, NULL);
        put_place(c, j, s->regions[i].region);
        put_cell(j, &r->regions[i], money);
        json_put_end(j);
    }
    json_put_end(j);
}

/* Begins an object that put_rule() or put_region_check() ends. */
static void put_rule_head(JsonWriter *j, const Simulation *s, const SimulateRule *r)
{
    static const char *const how[] = {
        [SIMULATE_CHANGED] = "changed", [SIMULATE_NEW] = "new", [SIMULATE_GONE] = "gone"};
    bool money = r->kind == RULE_BENEFIT;
    json_put_object(j, NULL);
    json_put_str(j, "rule", r->name);
    json_put_str(j, "kind", money ? STR("benefit") : STR("check"));
    json_put_str(j, "how", str_of(how[r->how]));
    json_put_str(j, "label_zh", r->label.zh);
    json_put_str(j, "label_en", r->label.en);
    json_put_str(j, "document", r->document);
    json_put_str(j, "clause", r->clause);
    json_put_str(j, "subject", r->subject->name);
    put_cell(j, &r->all, money);
    put_rule_months(j, s, r, money);
}

static void put_rule(const Care *c, JsonWriter *j, const Simulation *s, const SimulateRule *r,
                     bool by_region)
{
    put_rule_head(j, s, r);
    if (by_region)
        put_rule_regions(c, j, s, r, r->kind == RULE_BENEFIT);
    json_put_end(j);
}

static void put_outcome(JsonWriter *j, const char *key, bool asked, Truth outcome)
{
    if (asked)
        json_put_str(j, key, str_of(truth_word(outcome)));
    else
        json_put_null(j, key);
}

static void put_region_check(const Care *c, JsonWriter *j, const Simulation *s,
                             const SimulateRegionCheck *x)
{
    char month[DATE_TEXT];
    put_rule_head(j, s, &x->rule);
    json_put_array(j, "changes");
    for (size_t i = 0; i < x->n_changes; i++) {
        const SimulateChange *one = &x->changes[i];
        json_put_object(j, NULL);
        put_place(c, j, one->region);
        json_put_str(j, "from", str_of(month_format(one->from, month)));
        json_put_str(j, "until", str_of(month_format(one->until, month)));
        put_outcome(j, "before", one->asked_before, one->before);
        put_outcome(j, "after", one->asked_after, one->after);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

static void put_sums(JsonWriter *j, int64_t before, int64_t after)
{
    json_put_int(j, "before_fen", before);
    json_put_int(j, "after_fen", after);
    json_put_int(j, "difference_fen", after - before);
}

static void put_periods(JsonWriter *j, const Simulation *s)
{
    char text[DATE_TEXT];
    json_put_array(j, "months");
    for (size_t i = 0; i < s->n_months; i++) {
        json_put_object(j, NULL);
        json_put_str(j, "month", str_of(month_format(s->months[i].from, text)));
        put_sums(j, s->months[i].before, s->months[i].after);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_array(j, "years");
    for (size_t i = 0; i < s->n_years; i++) {
        json_put_object(j, NULL);
        json_put_int(j, "year", date_ymd(month_first(s->years[i].from)).year);
        json_put_str(j, "from", str_of(month_format(s->years[i].from, text)));
        json_put_str(j, "until", str_of(month_format(s->years[i].until, text)));
        put_sums(j, s->years[i].before, s->years[i].after);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_regions(const Care *c, JsonWriter *j, const Simulation *s)
{
    json_put_array(j, "regions");
    for (size_t i = 0; i < s->n_regions; i++) {
        const SimulateRegion *r = &s->regions[i];
        json_put_object(j, NULL);
        put_place(c, j, r->region);
        json_put_uint(j, "depth", r->depth);
        put_sums(j, r->before, r->after);
        put_moves(j, r->turns, true);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_movers(const Care *c, JsonWriter *j, const Simulation *s)
{
    char id[ID_TEXT];
    json_put_uint(j, "moved", s->moved);
    json_put_bool(j, "may_list", s->may_list);
    json_put_array(j, "movers");
    for (size_t i = 0; i < s->n_movers; i++) {
        const SimulateMover *m = &s->movers[i];
        json_put_object(j, NULL);
        json_put_str(j, "entity", m->entity->name);
        json_put_str(j, "key", str_of(id_format(m->key.id, id)));
        json_put_str(j, "name", m->name);
        put_place(c, j, m->region);
        put_sums(j, m->before, m->after);
        json_put_end(j);
    }
    json_put_end(j);
}

void simulation_json(const Care *c, JsonWriter *j, const Simulation *s, bool by_region)
{
    char month[DATE_TEXT];
    json_put_bool(j, "computed", s->computed);
    if (!s->computed)
        return;
    json_put_str(j, "region", care_regions(c)->code[s->region]);
    json_put_str(j, "from", str_of(month_format(s->months[0].from, month)));
    json_put_str(j, "until", str_of(month_format(s->months[s->n_months - 1].from, month)));
    json_put_seconds(j, "evaluate_seconds", s->seconds);
    json_put_uint(j, "rules_unchanged", s->same);
    json_put_array(j, "rules");
    for (size_t i = 0; i < s->n_rules; i++)
        put_rule(c, j, s, &s->rules[i], by_region);
    json_put_end(j);
    json_put_array(j, "region_checks");
    for (size_t i = 0; i < s->n_region_checks; i++)
        put_region_check(c, j, s, &s->region_checks[i]);
    json_put_end(j);
    put_periods(j, s);
    if (by_region)
        put_regions(c, j, s);
    put_movers(c, j, s);
}
