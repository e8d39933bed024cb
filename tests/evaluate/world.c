/* world.c — made-up Models, rules and records.  See world.h. */
#include "world.h"

#include "data/point.h"

static int below(World *w, int n)
{
    return g_rand_int_range(w->rand, 0, n);
}

static bool chance(World *w, double p)
{
    return g_rand_double(w->rand) < p;
}

/* ---- the Model --------------------------------------------------------------------------------
 */

static Field *make_judged(World *w, Entity *e, const char *name, Kind kind)
{
    Judgement *j = arena_new_of(w->k->a, Judgement);
    Field *f = make_field(w->k, e, name, kind);

    j->entity = e;
    j->field = f;
    f->judgement = j;
    return f;
}

static void make_judgements(World *w)
{
    w->approved = make_judged(w, w->person, "approved", KIND_BOOL);
    w->granted = make_judged(w, w->person, "granted", KIND_MONEY);
    w->part = make_judged(w, w->person, "part", KIND_SHARE);
    w->visit_fine = make_judged(w, w->visit, "fine", KIND_BOOL);
    if (chance(w, 0.7))
        ((Judgement *)(uintptr_t)w->granted->judgement)->ceiling = e_money(w->k, 50000);
    w->part->has_range = true;
    w->part->low = 2000;
    w->part->high = 4000;
}

static void make_entities(World *w)
{
    Make *k = w->k;

    w->level = make_enum(k, "level", 5);
    w->kind = make_enum(k, "kind", 3);
    w->economy = make_enum(k, "economy", 9);
    w->person = make_entity(k, "person");
    w->home = make_entity(k, "home");
    w->visit = make_entity(k, "visit");
    w->home_kind = make_code(k, w->home, "kind", w->kind, false);
    w->home_beds = make_field(k, w->home, "beds", KIND_INT);
    w->home_place = make_field(k, w->home, "place", KIND_REGION);
    w->home_open = make_field(k, w->home, "open", KIND_BOOL);
    w->home_built = make_field(k, w->home, "built", KIND_DATE);
    w->home_point = make_field(k, w->home, "point", KIND_POINT);
    w->point = make_field(k, w->person, "lives", KIND_POINT);
    w->born = make_field(k, w->person, "born", KIND_DATE);
    w->died = make_field(k, w->person, "died", KIND_DATE);
    w->place = make_field(k, w->person, "place", KIND_REGION);
    w->ability = make_code(k, w->person, "ability", w->level, false);
    w->econ = make_code(k, w->person, "economy", w->economy, true);
    w->income = make_field(k, w->person, "income", KIND_MONEY);
    w->flag = make_field(k, w->person, "flag", KIND_BOOL);
    w->at = make_ref(k, w->person, "at", w->home);
    w->moved = make_field(k, w->person, "moved", KIND_DATE);
    w->score = make_field(k, w->person, "score", KIND_INT);
    w->visit_who = make_ref(k, w->visit, "who", w->person);
    w->visit_on = make_field(k, w->visit, "on", KIND_DATE);
    w->visit_score = make_field(k, w->visit, "score", KIND_INT);
    w->visit_ok = make_field(k, w->visit, "ok", KIND_BOOL);
    w->visit_begun = make_field(k, w->visit, "begun", KIND_DATE);
    w->visit_ended = make_field(k, w->visit, "ended", KIND_DATE);
    make_judgements(w);
    w->visit->event_day = w->visit_on;
    if (chance(w, 0.5)) {
        w->visit->begin = w->visit_begun;
        w->visit->end = w->visit_ended;
        w->visit->end_counts = chance(w, 0.5);
        w->visit_ended->open = chance(w, 0.7);
    }
    w->person->begin = w->born;
    w->person->end = w->died;
    w->person->end_counts = chance(w, 0.7);
    w->died->open = chance(w, 0.8);
    w->home->place = e_field(k, w->home_place);
}

static const char *const change_days[] = {"2019-01-01", "2020-03-01", "2020-03-15",
                                          "2020-06-30", "2020-02-29", "2019-12-31"};

static Date change_day(World *w)
{
    return day_of(change_days[below(w, G_N_ELEMENTS(change_days))]);
}

static void make_params(World *w)
{
    Make *k = w->k;
    Type codes = type_of(KIND_SET);
    Document *city = arena_new_of(k->a, Document);

    codes.of = w->level;
    city->name = STR("city-2020");
    city->place = STR("r1");
    w->least_age = make_param(k, "least_age", type_number(0));
    make_value(k, w->least_age, 60 + below(w, 21), DATE_MIN);
    make_value(k, w->least_age, 60 + below(w, 21), change_day(w));
    w->rate = make_param(k, "rate", type_of(KIND_MONEY));
    w->rate->index[0].of = w->level;
    w->rate->n_index = 1;
    for (unsigned i = 0; i < w->level->n_codes; i++) {
        if (chance(w, 0.8))
            make_value(k, w->rate, below(w, 50000), change_day(w))->codes[0] = i;
        if (chance(w, 0.3))
            make_value(k, w->rate, below(w, 50000), change_day(w))->codes[0] = i;
    }
    if (chance(w, 0.5))
        w->rate->otherwise = e_money(k, 7777);
    if (chance(w, 0.3))
        w->rate->floor = e_money(k, 20000);
    w->local = make_param(k, "local", type_of(KIND_MONEY));
    w->local->index[0].is_region = true;
    w->local->n_index = 1;
    for (int i = 0; i < 4; i++) {
        ParamValue *v = make_value(k, w->local, 100 * below(w, 9), change_day(w));

        v->region = k->m->regions[below(w, (int)k->m->n_regions)].code;
        v->certain = chance(w, 0.8);
        if (chance(w, 0.2))
            v->until = v->since + 40;
    }
    w->low = make_param(k, "low", type_number(0));
    make_value(k, w->low, below(w, 10), DATE_MIN);
    if (chance(w, 0.6)) {
        ParamValue *v = make_value(k, w->low, below(w, 10), change_day(w));
        v->home.document = city;
    }
    w->group = make_param(k, "group", codes);
    make_value(k, w->group, below(w, 32), DATE_MIN);
    if (chance(w, 0.5))
        make_value(k, w->group, below(w, 32), change_day(w));
    w->share = make_param(k, "share", type_of(KIND_SHARE));
    if (chance(w, 0.8))
        make_value(k, w->share, below(w, 12000), chance(w, 0.5) ? DATE_MIN : change_day(w));
}

/* amount(age, level): bands of ages by groups of levels, some unset, else at the end. */
static void make_table(World *w)
{
    Table *t = arena_new_of(w->k->a, Table);
    int64_t low = INT64_MIN;
    size_t r = 0;

    t->name = STR("amount");
    t->type = type_of(KIND_MONEY);
    t->n_axes = 2;
    t->axis[0].type = type_number(0);
    t->axis[1].type = type_of(KIND_ENUM);
    t->axis[1].type.of = w->level;
    t->n_rows = 7;
    t->cells = arena_many(w->k->a, TableCell, 14);
    t->unset = arena_many(w->k->a, bool, 7);
    t->results = arena_many(w->k->a, int64_t, 7);
    for (int band = 0; band < 3; band++) {
        int64_t high = 59 + band * 10 + below(w, 10);

        for (int half = 0; half < 2; half++, r++) {
            t->cells[2 * r] = (TableCell){.low = low, .high = high};
            t->cells[2 * r + 1].codes = half == 0 ? 0x13 : 0x0c;
            t->results[r] = below(w, 300) * 100;
            t->unset[r] = chance(w, 0.1);
        }
        low = high + 1;
    }
    t->cells[2 * r].any = t->cells[2 * r + 1].any = true;
    t->results[r] = chance(w, 0.5) ? 0 : 12345;
    w->amount = t;
    g_ptr_array_add(w->k->tables, t);
}

/* ---- records ----------------------------------------------------------------------------------
 */

typedef int64_t (*Sample)(World *w);

static int64_t any_born(World *w)
{
    /* Birthdays pile up where months end. */
    static const char *const ends[] = {"1940-02-29", "1940-03-31", "1940-06-30",
                                       "1939-12-31", "1960-02-29", "1960-03-01"};

    if (chance(w, 0.2))
        return day_of(ends[below(w, G_N_ELEMENTS(ends))]);
    return day_of("1936-01-01") + below(w, 10000);
}

static int64_t any_day(World *w)
{
    return day_of("2019-10-01") + below(w, 420);
}

static int64_t any_late_day(World *w)
{
    return chance(w, 0.3) ? any_day(w) : day_of("2022-01-01") + below(w, 1000);
}

static int64_t any_region(World *w)
{
    return below(w, (int)w->k->m->n_regions);
}

static int64_t any_level(World *w)
{
    return below(w, 5);
}

static int64_t any_kind(World *w)
{
    return below(w, 3);
}

static int64_t any_economy(World *w)
{
    return below(w, 512);
}

static int64_t any_income(World *w)
{
    return below(w, 400000);
}

static int64_t any_bool(World *w)
{
    return below(w, 2);
}

static int64_t any_granted(World *w)
{
    return below(w, 500) * 100;
}

static int64_t any_part(World *w)
{
    return 2000 + below(w, 2001);
}

static int64_t any_score(World *w)
{
    return below(w, 300) - 100;
}

static int64_t any_beds(World *w)
{
    return below(w, 5) == 0 ? 0 : below(w, 200);
}

/* Mostly within some kilometres; some half way round, west and south of nothing too. */
static int64_t any_point(World *w)
{
    bool far = chance(w, 0.1);
    int reach = far ? 80 * POINT_DEGREE : 30000;

    int32_t east = below(w, 2 * reach) - reach, north = below(w, 2 * reach) - reach;

    return point_make(113850000 * !far + east, 27620000 * !far + north);
}

static int64_t any_home(World *w)
{
    return below(w, 7) - 1;
}

static int64_t any_person(World *w)
{
    return below(w, (int)w->d->batches[w->person->number]->rows);
}

static void add_column(World *w, Batch *b, const Field *f, Sample sample, double unknown,
                       double changing)
{
    Column *c =
        batch_add(b, f->index, f->type.kind, kind_facts[f->type.kind].physical, changing > 0);
    GArray *periods = g_array_new(FALSE, TRUE, sizeof(Period));

    for (size_t i = 0; i < b->rows; i++) {
        int n = changing > 0 && chance(w, changing) ? 1 + below(w, 3) : 0;

        if (changing <= 0 && !chance(w, unknown))
            column_set(c, i, sample(w));
        for (int j = 0; changing > 0 && j <= n; j++) {
            Period p = {.row = (uint32_t)i, .since = DATE_MIN, .until = DATE_MAX};

            if (j > 0 || chance(w, 0.1))
                p.since = (Date)any_day(w);
            if (chance(w, 0.1))
                p.until = p.since > DATE_MIN ? p.since + 1 + below(w, 40) : (Date)any_day(w);
            p.known = !chance(w, unknown);
            p.value = p.known ? sample(w) : 0;
            g_array_append_val(periods, p);
        }
    }
    if (changing > 0)
        column_set_periods(b, c, (const Period *)(const void *)periods->data, periods->len);
    g_array_free(periods, TRUE);
    column_finish(b, c);
}

/* Mostly; a column that is not there is unknown for all. */
static void may_have(World *w, Batch *b, const Field *f, Sample sample, double unknown,
                     double changing)
{
    if (unknown == 0 || !chance(w, 0.08))
        add_column(w, b, f, sample, unknown, changing);
}

static void make_records(World *w, size_t persons, double u, double c)
{
    Batch *p, *h, *v;

    w->d = make_data(w->k);
    p = make_batch(w->d, w->person, persons);
    h = make_batch(w->d, w->home, 6);
    v = make_batch(w->d, w->visit, persons * 2);
    add_column(w, p, w->born, any_born, u, 0);
    add_column(w, p, w->died, any_late_day, 0.7, 0);
    add_column(w, p, w->place, any_region, u, c);
    may_have(w, p, w->ability, any_level, u, c);
    may_have(w, p, w->econ, any_economy, u, c);
    may_have(w, p, w->income, any_income, u, 0);
    may_have(w, p, w->flag, any_bool, u, c);
    may_have(w, p, w->at, any_home, u, c);
    may_have(w, p, w->moved, any_day, u, 0);
    may_have(w, p, w->score, any_score, u, 0);
    may_have(w, p, w->approved, any_bool, 0.3 + u, c);
    may_have(w, p, w->granted, any_granted, 0.3 + u, c);
    may_have(w, p, w->part, any_part, 0.3 + u, 0);
    may_have(w, v, w->visit_fine, any_bool, 0.3 + u, c);
    may_have(w, h, w->home_kind, any_kind, u, 0);
    may_have(w, h, w->home_beds, any_beds, u, c);
    may_have(w, h, w->home_place, any_region, u, 0);
    may_have(w, h, w->home_open, any_bool, u, c);
    may_have(w, h, w->home_built, any_day, u, 0);
    may_have(w, h, w->home_point, any_point, u, 0);
    may_have(w, p, w->point, any_point, u, c);
    add_column(w, v, w->visit_who, any_person, u / 2, chance(w, 0.3) ? c : 0);
    may_have(w, v, w->visit_on, any_day, u, 0);
    may_have(w, v, w->visit_score, any_score, u, c);
    may_have(w, v, w->visit_ok, any_bool, u, 0);
    add_column(w, v, w->visit_begun, any_day, u, 0);
    add_column(w, v, w->visit_ended, any_late_day, 0.5, 0);
}

/* ---- expressions ------------------------------------------------------------------------------
 */

static Expr *world_date(World *w, int depth);

static bool on_person(const World *w)
{
    return w->scope == w->person;
}

static AggregatePeriod any_period(World *w)
{
    static const AggregatePeriod periods[] = {AGGREGATE_IN_MONTH, AGGREGATE_IN_QUARTER,
                                              AGGREGATE_IN_YEAR};

    return periods[below(w, 3)];
}

/* An aggregate over visits, its where and value in terms of the visit. */
Expr *world_aggregate(World *w, AggregateKind kind, int depth)
{
    Expr *value = NULL, *where = NULL;
    Type type = kind == AGGREGATE_EXISTS ? type_truth() : type_number(0);
    Expr *e;

    w->aggregates--;
    w->scope = w->visit;
    w->outer = w->person;
    if (chance(w, 0.7))
        where = world_condition(w, depth - 1);
    if (kind != AGGREGATE_COUNT && kind != AGGREGATE_EXISTS)
        value = chance(w, 0.7) ? e_field(w->k, w->visit_score) : world_number(w, 1);
    w->scope = w->person;
    w->outer = NULL;
    w->aggregates++;
    e = e_aggregate(w->k, kind, w->visit, w->visit_who, value, where, type);
    ((Aggregate *)(uintptr_t)e->aggregate)->known_only =
        kind != AGGREGATE_EXISTS && kind != AGGREGATE_LATEST && chance(w, 0.1);
    if (chance(w, 0.25))
        ((Aggregate *)(uintptr_t)e->aggregate)->period = any_period(w);
    if (kind >= AGGREGATE_MIN && kind != AGGREGATE_EXISTS && kind != AGGREGATE_DISTINCT &&
        chance(w, 0.6))
        ((Aggregate *)(uintptr_t)e->aggregate)->otherwise = e_number(w->k, below(w, 50));
    return e;
}

static Expr *number_leaf(World *w)
{
    Make *k = w->k;

    if (!on_person(w))
        return below(w, 2) == 0   ? e_field(k, w->visit_score)
               : below(w, 3) == 0 ? e_outer(k, w->score)
                                  : e_number(k, below(w, 100));
    switch (below(w, 6)) {
    case 0:
        return e_number(k, below(w, 100));
    case 1:
        return e_age(k, e_field(k, w->born));
    case 2:
        return e_field(k, w->score);
    case 3:
        return e_path(k, w->at, w->home_beds);
    case 4:
        return e_param(k, w->low, NULL, NULL);
    default:
        return e_param(k, w->least_age, NULL, NULL);
    }
}

/* Conditions and numbers below a comparison, a denial, a divisor or a look-up. */
static Expr *fact_number(World *w, int depth)
{
    w->facts++;
    Expr *e = world_number(w, depth);
    w->facts--;
    return e;
}

static Expr *fact_condition(World *w, int depth)
{
    w->facts++;
    Expr *e = world_condition(w, depth);
    w->facts--;
    return e;
}

static Expr *spans(World *w, int depth)
{
    static const ExprKind kinds[] = {EXPR_YEARS, EXPR_MONTHS, EXPR_DAYS};
    if (on_person(w) && chance(w, 0.3)) {
        Expr *far = e_new(w->k, EXPR_DISTANCE, type_number(0));

        far->a = e_field(w->k, w->point);
        far->b = e_path(w->k, w->at, w->home_point);
        return far;
    }
    Expr *a = world_date(w, depth - 1);
    Expr *b = chance(w, 0.6) ? e_day(w->k) : world_date(w, depth - 1);
    Expr *e = e_new(w->k, kinds[below(w, 3)], type_number(0));

    e->a = a;
    e->b = b;
    return e;
}

/* a over b, rounded; b never 0. */
static Expr *quotient(World *w, int depth)
{
    Make *k = w->k;
    Expr *b = e_value(k, EXPR_MAX, fact_number(w, depth - 1), e_number(k, 1));
    Expr *q = e_value(k, EXPR_DIV, world_number(w, depth - 1), b);

    return e_round(k, q, type_number(0), (Rounding)below(w, 3));
}

static Expr *level_case(World *w, int depth, bool money)
{
    Expr *e = e_new(w->k, EXPR_CASE, money ? type_of(KIND_MONEY) : type_number(0));
    bool covers = chance(w, 0.5);

    e->args = arena_many(w->k->a, const Expr *, 8);
    for (unsigned i = 0; i < 3; i++) {
        Expr *x = e_field(w->k, w->ability);

        e->args[e->n_args++] =
            i < 2 ? e_truth(w->k, EXPR_EQ, x, e_code(w->k, w->level, i))
                  : e_truth(w->k, EXPR_IN, x, e_codes(w->k, w->level, covers ? 0x1c : 4));
        e->args[e->n_args++] = money ? world_money(w, depth - 1) : world_number(w, depth - 1);
    }
    e->args[e->n_args++] = money ? world_money(w, depth - 1) : world_number(w, depth - 1);
    return e;
}

Expr *world_number(World *w, int depth)
{
    static const ExprKind kinds[] = {EXPR_ADD, EXPR_SUB, EXPR_MIN, EXPR_MAX};
    static const AggregateKind aggregates[] = {AGGREGATE_COUNT,  AGGREGATE_SUM,
                                               AGGREGATE_MIN,    AGGREGATE_MAX,
                                               AGGREGATE_LATEST, AGGREGATE_DISTINCT};
    Make *k = w->k;

    if (depth <= 0)
        return number_leaf(w);
    switch (below(w, 10)) {
    case 0:
        return spans(w, depth);
    case 1:
        return e_if(k, world_condition(w, depth - 1), world_number(w, depth - 1),
                    world_number(w, depth - 1));
    case 2:
        return on_person(w) ? level_case(w, depth - 1, false) : number_leaf(w);
    case 3:
        return on_person(w) && w->aggregates > 0
                   ? world_aggregate(w, aggregates[below(w, 6)], depth)
                   : number_leaf(w);
    case 5:
        if (!on_person(w) || w->aggregates == 0)
            return number_leaf(w);
        return world_rounded(w, depth);
    case 4:
        return depth < 3 ? e_value(k, EXPR_MUL, number_leaf(w), e_number(k, below(w, 7) - 2))
                         : quotient(w, depth);
    case 6:
        return number_leaf(w);
    default:
        return e_value(k, kinds[below(w, 4)], world_number(w, depth - 1),
                       world_number(w, depth - 1));
    }
}

static Expr *world_date(World *w, int depth)
{
    Make *k = w->k;

    if (depth > 0 && chance(w, 0.3)) {
        Expr *e = e_new(k, EXPR_DATE_ADD, type_of(KIND_DATE));
        Expr *n = e_number(k, below(w, 20) - 5);
        static const Unit units[] = {UNIT_DAYS, UNIT_MONTHS, UNIT_YEARS};

        n->type.unit = units[below(w, 3)];
        e->a = world_date(w, depth - 1);
        e->b = n;
        return e;
    }
    if (!on_person(w))
        return below(w, 4) == 0 ? e_outer(k, w->moved)
                                : e_field(k, below(w, 2) == 0 ? w->visit_on : w->visit_begun);
    switch (below(w, 5)) {
    case 0:
        return e_field(k, w->born);
    case 1:
        return e_day(k);
    case 2:
        return e_path(k, w->at, w->home_built);
    case 3:
        return e_date(k, (Date)any_day(w));
    default:
        return e_field(k, w->moved);
    }
}

Expr *world_money(World *w, int depth)
{
    static const ExprKind kinds[] = {EXPR_ADD, EXPR_SUB, EXPR_MIN, EXPR_MAX};
    Make *k = w->k;
    Expr *e;

    if (w->facts == 0 && chance(w, 0.12))
        return depth > 0 && chance(w, 0.5)
                   ? e_round(k,
                             e_value(k, EXPR_MUL, world_money(w, depth - 1), e_field(k, w->part)),
                             type_of(KIND_MONEY), (Rounding)below(w, 3))
                   : e_field(k, w->granted);
    switch (below(w, depth > 0 ? 9 : 5)) {
    case 0:
        return e_money(k, below(w, 40000));
    case 1:
        return e_field(k, w->income);
    case 2:
        return e_param(k, w->rate, chance(w, 0.8) ? e_field(k, w->ability) : e_code(k, w->level, 2),
                       NULL);
    case 3:
        return e_param(k, w->local,
                       chance(w, 0.7) ? e_field(k, w->place) : e_path(k, w->at, w->home_place),
                       NULL);
    case 4:
        e = e_new(k, EXPR_TABLE, type_of(KIND_MONEY));
        e->table = w->amount;
        e->args = arena_many(k->a, const Expr *, 2);
        e->args[0] = chance(w, 0.6) ? e_age(k, e_field(k, w->born)) : fact_number(w, 1);
        e->args[1] = e_field(k, w->ability);
        e->n_args = 2;
        return e;
    case 5:
        return e_if(k, world_condition(w, depth - 1), world_money(w, depth - 1),
                    world_money(w, depth - 1));
    case 6:
        return level_case(w, depth - 1, true);
    case 7:
        return e_round(
            k, e_value(k, EXPR_MUL, world_money(w, depth - 1), e_param(k, w->share, NULL, NULL)),
            type_of(KIND_MONEY), (Rounding)below(w, 3));
    default:
        return e_value(k, kinds[below(w, 4)], world_money(w, depth - 1), world_money(w, depth - 1));
    }
}

Expr *world_leaf(World *w)
{
    Make *k = w->k;

    if (w->facts == 0 && chance(w, 0.15))
        return e_field(k, on_person(w) ? w->approved : w->visit_fine);
    if (!on_person(w)) {
        switch (below(w, 4)) {
        case 0:
            return e_field(k, w->visit_ok);
        case 1:
            return e_truth(k, EXPR_LE, e_field(k, w->visit_on), e_day(k));
        case 2:
            return e_truth(k, EXPR_GE, e_field(k, w->visit_score), number_leaf(w));
        default:
            return e_truth(k, EXPR_LT, e_outer(k, w->moved), e_field(k, w->visit_on));
        }
    }
    switch (below(w, 8)) {
    case 0:
        return e_field(k, w->flag);
    case 1:
        return e_truth(k, EXPR_GE, e_age(k, e_field(k, w->born)),
                       chance(w, 0.5) ? e_number(k, 60 + below(w, 25))
                                      : e_param(k, w->least_age, NULL, NULL));
    case 2:
        return e_truth(k, EXPR_IN, e_field(k, w->ability),
                       chance(w, 0.5) ? e_codes(k, w->level, (uint64_t)below(w, 32))
                                      : e_param(k, w->group, NULL, NULL));
    case 3:
        return e_truth(k, chance(w, 0.5) ? EXPR_HAS_ANY : EXPR_HAS_ALL, e_field(k, w->econ),
                       e_codes(k, w->economy, (uint64_t)below(w, 512)));
    case 4: {
        Expr *r = e_new(k, EXPR_REGION, type_of(KIND_REGION));

        r->text = k->m->regions[below(w, (int)k->m->n_regions)].code;
        return e_truth(k, EXPR_IN_REGION, e_field(k, w->place),
                       chance(w, 0.7) ? r : e_path(k, w->at, w->home_place));
    }
    case 5:
        return e_path(k, w->at, w->home_open);
    case 6:
        return e_truth(k, EXPR_EQ, e_path(k, w->at, w->home_kind),
                       e_code(k, w->kind, (unsigned)below(w, 3)));
    default:
        return e_truth(k, EXPR_KNOWN, e_field(k, w->income), NULL);
    }
}

Expr *world_condition(World *w, int depth)
{
    static const ExprKind kinds[] = {EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE};
    static const AggregateKind bounded[] = {AGGREGATE_COUNT, AGGREGATE_SUM, AGGREGATE_MIN,
                                            AGGREGATE_MAX, AGGREGATE_DISTINCT};
    Make *k = w->k;
    Expr *e;

    if (depth <= 0)
        return world_leaf(w);
    switch (below(w, 13)) {
    case 0:
    case 1:
    case 2:
        return e_truth(k, EXPR_AND, world_condition(w, depth - 1), world_condition(w, depth - 1));
    case 3:
    case 4:
        return e_truth(k, EXPR_OR, world_condition(w, depth - 1), world_condition(w, depth - 1));
    case 5:
        return e_truth(k, EXPR_NOT, fact_condition(w, depth - 1), NULL);
    case 6:
        return e_truth(k, kinds[below(w, 6)], fact_number(w, depth - 1), fact_number(w, depth - 1));
    case 7:
        return e_truth(k, kinds[below(w, 6)], world_date(w, depth - 1), world_date(w, depth - 1));
    case 8:
        e = e_truth(k, EXPR_BETWEEN, fact_number(w, depth - 1), e_number(k, below(w, 80)));
        e->c = e_number(k, e->b->number + below(w, 30));
        return e;
    case 9:
        e = e_if(k, world_condition(w, depth - 1), world_condition(w, depth - 1),
                 world_condition(w, depth - 1));
        e->type = type_truth();
        return e;
    case 10:
        if (!on_person(w) || w->aggregates == 0)
            return world_leaf(w);
        if (chance(w, 0.5))
            return world_aggregate(w, AGGREGATE_EXISTS, depth);
        w->facts++;
        if (chance(w, 0.4)) {
            e = world_compared_quotient(w, depth);
            w->facts--;
            return e;
        }
        e = world_aggregate(w, bounded[below(w, 5)], depth);
        w->facts--;
        if (chance(w, 0.3))
            return e_truth(k, kinds[below(w, 6)], e_number(k, below(w, 100)), e);
        return e_truth(k, kinds[below(w, 6)], e, e_number(k, below(w, 4) * below(w, 30)));
    case 11:
        return on_person(w) && w->d->batches[w->person->number]->rows < 100 && chance(w, 0.4)
                   ? world_compared_spell(w, depth)
                   : world_leaf(w);
    default:
        return world_leaf(w);
    }
}

/* ---- rules ------------------------------------------------------------------------------------
 */

static void rule_days(World *w, Rule *r)
{
    int n = below(w, 12);

    r->governing = (Governing)(n % 4);
    if (n == 10) {
        r->cycle = CYCLE_YEAR;
        r->year_month = 1 + below(w, 12);
        r->year_day = 28 + below(w, 2);
    } else if (n == 11) {
        r->cycle = CYCLE_ONCE;
        r->once_on = w->moved;
    }
    if (chance(w, 0.15))
        r->from = (Date)any_day(w);
    if (chance(w, 0.15))
        r->until = (Date)any_day(w);
    if (chance(w, 0.15))
        r->start_after = world_date(w, 0);
    if (chance(w, 0.1))
        r->start_of = world_date(w, 0);
}

Rule *world_rule(World *w, const char *name, int depth)
{
    Make *k = w->k;
    Rule *r = make_rule(k, name, w->person);
    Expr *pay;

    w->scope = w->person;
    w->aggregates = 1;
    rule_days(w, r);
    if (chance(w, 0.95))
        r->when = world_condition(w, depth);
    if (chance(w, 0.85)) {
        pay = e_value(k, EXPR_MAX, world_money(w, depth), e_money(k, 0));
        if (chance(w, 0.3))
            pay = e_value(k, EXPR_MUL, pay, e_param(k, w->share, NULL, NULL));
        r->pay = pay;
        r->has_round = true;
        r->round = (Rounding)below(w, 3);
    }
    if (chance(w, 0.3))
        r->place = chance(w, 0.5) ? e_field(k, w->place) : e_path(k, w->at, w->home_place);
    if (chance(w, 0.5)) {
        Document *d = arena_new_of(k->a, Document);

        d->name = STR("placed");
        d->place = k->m->regions[below(w, (int)k->m->n_regions)].code;
        r->home.document = d;
    }
    return r;
}

World *world_new(guint32 seed, size_t persons, double unknown, double changing)
{
    static const int32_t parents[] = {-1, 0, 0, 1, 1, 2, 4};
    static const int32_t crossed[] = {-1, 0, 0, 1, 2, 1, 4};
    World *w = g_new0(World, 1);

    w->rand = g_rand_new_with_seed(seed);
    w->k = make_new();
    make_regions(w->k, chance(w, 0.5) ? parents : crossed, 7);
    make_entities(w);
    w->person->place =
        chance(w, 0.8) ? e_field(w->k, w->place) : e_path(w->k, w->at, w->home_place);
    make_params(w);
    make_table(w);
    make_records(w, persons, unknown, changing);
    return w;
}

void world_free(World *w)
{
    g_rand_free(w->rand);
    dataset_free(w->d);
    make_free(w->k);
    g_free(w);
}
