/* What expressions become: their types and scales, and how they are printed back. */
#include "fixture.h"

static Str S(const char *text)
{
    return str_of(text);
}

static const Expr *computed(const Model *m, const char *entity, const char *field)
{
    const Entity *e = model_entity(m, S(entity));
    g_assert_nonnull(e);
    const Field *f = entity_field(e, S(field));
    g_assert_nonnull(f);
    return f->compute;
}

/* Each is printed as it was written: reading it again gives the same. */
static void expressions_are_printed_as_written(void)
{
    static const char *const conditions[] = {
        "age(born) >= 80",
        "born <= day",
        "ability in (mild, severe)",
        "ability >= mild",
        "ability between mild and severe",
        "economy has any (tekun, dibao)",
        "economy has all (tekun)",
        "economy has any poor",
        "residence in 360302",
        "not alone and (visits > 3 or visits = 0)",
        "not (alone or visits > 3)",
        "(alone or visits > 3) and visits < 9",
        "years(born, day) >= 80 years",
        "days(born, day) < 30 days",
        "born + 12 months <= day",
        "income > 1.5 * standard[residence]",
        "income >= rate[home]",
        "income between 100 yuan and 250.5 yuan",
        "share_of >= 33.33%",
        "exists(stay where fee > 10 yuan and from_day <= this.born)",
        "count(stay where facility.kind = home) > 2",
        "sum(stay.fee) > 0 yuan",
        "(latest stay.level where fee > 0 yuan else mild) = severe",
        "max(stay.fee where level = mild else 0 yuan) > 5 yuan",
        "if alone then visits > 3 else yes",
        "age(born) >= start_age",
        "amount(ability) > 5 yuan",
        "round(visits / 7 + visits / 3 * 2, half_up, 2) > 1",
        "-visits < -3",
        "visits - (3 - 2) > 0",
        "visits * (3 + 2) > 0",
        "round(income / 3, half_up, 2) > min(income, 5 yuan)",
        "case { alone: 1; else: 2 } = 1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(conditions); i++) {
        g_autofree char *lines = g_strdup_printf("derive elder.x : bool = %s", conditions[i]);
        g_autoptr(Model) m = fixture_model(lines);
        g_autoptr(GString) out = g_string_new(NULL);
        expr_print(computed(m, "elder", "x"), out);
        g_assert_cmpstr(out->str, ==, conditions[i]);
    }
}

static void the_reference_is_said_where_there_are_two(void)
{
    g_autoptr(Model) m = fixture_model(
        "derive facility.x : bool = if exists(stay by second) then (latest stay.level by second "
        "where fee > 0 yuan) = mild else no");
    g_autoptr(GString) out = g_string_new(NULL);
    expr_print(computed(m, "facility", "x"), out);
    g_assert_cmpstr(out->str, ==,
                    "if exists(stay by second) then (latest stay.level by second where "
                    "fee > 0 yuan) = mild else no");
}

static void codes_of_a_case_become_conditions(void)
{
    g_autoptr(Model) m =
        fixture_model("derive elder.x : int = case ability { intact: 1; mild, severe: 2 }");
    const Expr *e = computed(m, "elder", "x");
    g_assert_cmpint(e->kind, ==, EXPR_CASE);
    g_assert_cmpuint(e->n_args, ==, 4);
    g_assert_cmpint(e->args[0]->kind, ==, EXPR_EQ);
    g_assert_cmpint(e->args[2]->kind, ==, EXPR_OR);
    /* One x, asked three times. */
    g_assert_true(e->args[0]->a == e->args[2]->a->a);
}

/* 1.3 * money has three decimals; beside plain money the shorter is brought up by a node. */
static void scales_are_exact(void)
{
    g_autoptr(Model) m = fixture_model("derive elder.a : bool = 1.3 * income > rate[home]\n"
                                       "derive elder.b : money = round(income * 33.33%, down, 2)\n"
                                       "derive elder.d : decimal(2) = visits / 4\n"
                                       "derive elder.e : share = round(visits / 7, half_up, 4)");
    const Expr *a = computed(m, "elder", "a");
    g_assert_cmpint(a->a->kind, ==, EXPR_MUL);
    g_assert_cmpuint(a->a->type.scale, ==, 3);
    g_assert_cmpint(a->b->kind, ==, EXPR_RESCALE);
    g_assert_cmpuint(a->b->type.scale, ==, 3);
    const Expr *b = computed(m, "elder", "b");
    g_assert_cmpint(b->kind, ==, EXPR_ROUND);
    g_assert_cmpuint(b->a->type.scale, ==, 6);
    g_assert_cmpint(b->a->type.kind, ==, KIND_MONEY);
    g_assert_cmpint(b->number, ==, ROUND_DOWN);
    const Expr *d = computed(m, "elder", "d");
    g_assert_cmpint(d->kind, ==, EXPR_DIV);
    g_assert_cmpuint(d->type.scale, ==, 2);
    const Expr *e = computed(m, "elder", "e");
    g_assert_cmpint(e->type.kind, ==, KIND_SHARE);
    g_assert_cmpuint(e->a->type.scale, ==, 4);
}

static void a_scale_that_money_does_not_keep_is_refused(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = fixture_read("derive elder.c : money = income / 100 * 50", ds);
    g_autofree char *text = fixture_diagnoses(ds);
    g_assert_null(m);
    g_assert_cmpstr(text, ==, "12:26: elder.c keeps 2 decimals, but this may have 4\n");
}

static void literals_take_the_scale_beside_them(void)
{
    g_autoptr(Model) m = fixture_model("derive elder.a : bool = income * 1.5 > 200 yuan");
    const Expr *e = computed(m, "elder", "a");
    g_assert_cmpint(e->b->kind, ==, EXPR_NUMBER);
    g_assert_cmpint(e->b->number, ==, 200000);
    g_assert_cmpuint(e->b->type.scale, ==, 3);
}

static void a_whole_number_beside_a_duration_counts_it(void)
{
    g_autoptr(Model) m = fixture_model("derive elder.a : bool = months(born, day) >= 36");
    const Expr *e = computed(m, "elder", "a");
    g_assert_cmpint(e->b->type.unit, ==, UNIT_MONTHS);
}

/* A field of the subject comes first, then a code of the enum wanted, then the namespace. */
static void fields_come_before_codes(void)
{
    g_autoptr(Model) m = fixture_model("enum mood \"心情\" { alone; glad }\n"
                                       "extend elder { mood mood \"心情\" dated }\n"
                                       "derive elder.a : bool = mood = glad and alone\n"
                                       "derive elder.b : bool = mood = mood.alone");
    const Expr *a = computed(m, "elder", "a"), *b = computed(m, "elder", "b");
    g_assert_cmpint(a->a->b->kind, ==, EXPR_CODE);
    g_assert_cmpint(a->b->kind, ==, EXPR_FIELD);
    g_assert_cmpint(b->b->kind, ==, EXPR_CODE);
}

/* semantics 50: an added code counts as its wider one wherever that is named. */
static void added_codes_count_as_their_wider_code(void)
{
    g_autoptr(Model) m =
        fixture_model("extend ability { worse \"更重\" is severe }\n"
                      "extend kind { yihe \"颐和\" is home }\n"
                      "derive elder.a : bool = ability = severe\n"
                      "derive elder.b : bool = ability > severe\n"
                      "derive elder.c : bool = ability != severe\n"
                      "derive facility.d : bool = kind in (home)\n"
                      "derive facility.e : int = case kind { home: 1; station: 2 }\n"
                      "derive facility.f : int = case kind { home: 1; yihe: 2; station: 3 }");
    g_assert_cmpint(computed(m, "elder", "a")->kind, ==, EXPR_IN);
    g_assert_cmpint(computed(m, "elder", "a")->b->number, ==, 0xc);
    g_assert_cmpint(computed(m, "elder", "b")->b->number, ==, 3);
    g_assert_cmpint(computed(m, "elder", "c")->kind, ==, EXPR_NOT);
    const Enum *kind = model_enum(m, S("kind"));
    g_assert_cmpint(enum_code(kind, S("yihe"))->number, ==, 1);
    g_assert_true(enum_code(kind, S("颐和"))->wider == enum_code(kind, S("home")));
    g_assert_cmpint(computed(m, "facility", "d")->b->number, ==, 0x3);
    g_assert_cmpint(computed(m, "facility", "e")->args[0]->kind, ==, EXPR_IN);
    g_assert_cmpint(computed(m, "facility", "f")->args[0]->kind, ==, EXPR_EQ);
    /* The param has a value for it too. */
    const Param *rate = model_param(m, S("rate"));
    g_assert_cmpuint(rate->n_values, ==, 3);
}

static void regions_become_a_chain(void)
{
    g_autoptr(Model) m = fixture_model("derive elder.a : bool = residence in county_units\n"
                                       "derive elder.b : bool = residence in (360302, \"芦溪县\")\n"
                                       "derive elder.c : bool = region in 360302");
    const Expr *a = computed(m, "elder", "a"), *b = computed(m, "elder", "b");
    g_assert_cmpint(a->kind, ==, EXPR_OR);
    g_assert_cmpint(a->a->kind, ==, EXPR_IN_REGION);
    g_assert_true(str_is(b->b->b->text, "360323"));
    g_assert_true(str_is(computed(m, "elder", "c")->a->path[0]->name, "residence"));
}

static void aggregates_know_their_reference(void)
{
    g_autoptr(Model) m = fixture_model(
        "derive elder.a : int = count(stay where fee > this.income)\n"
        "derive facility.b : int = count(stay by second)\n"
        "indicator c \"丙\" stock by region = count(known elder where ability = severe)");
    const Aggregate *a = computed(m, "elder", "a")->aggregate;
    g_assert_true(str_is(a->by->name, "elder"));
    g_assert_true(a->where->b->outer);
    g_assert_true(str_is(computed(m, "facility", "b")->aggregate->by->name, "second"));
    const Aggregate *c = model_indicator(m, S("c"))->value->aggregate;
    g_assert_null(c->by);
    g_assert_true(c->known_only);
}

/* LAW semantics 25: an amount below nothing can not be. */
static void what_is_provably_not_below_nothing_may_be_paid(void)
{
    static const char *const amounts[] = {
        "50 yuan",
        "max(0 yuan, standard[residence] - income)",
        "rate[home] * 1.5",
        "standard[residence] * visits",
        "sum(stay.fee)",
        "rate[station] + 5 yuan - 5 yuan",
        "if alone then rate[home] else amount(ability)",
        "case ability { intact: 0 yuan; else: fee_of }",
        "min(rate[home], 300 yuan)",
        "100 yuan * count(stay)",
        "fee_of / 4",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(amounts); i++) {
        g_autofree char *lines = g_strdup_printf(
            "derive elder.fee_of : money = max(stay.fee else 0 yuan)\n"
            "benefit b \"乙\" { for elder; every month any day; pay %s; round up to 1 fen }\n"
            "example \"例\" { elder { born 1940-01-01 }; in 2020-06 unknown b }",
            amounts[i]);
        g_autoptr(Model) m = fixture_model(lines);
        g_assert_nonnull(m);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/expression/printed", expressions_are_printed_as_written);
    g_test_add_func("/expression/by", the_reference_is_said_where_there_are_two);
    g_test_add_func("/expression/case", codes_of_a_case_become_conditions);
    g_test_add_func("/expression/scales", scales_are_exact);
    g_test_add_func("/expression/scale-kept", a_scale_that_money_does_not_keep_is_refused);
    g_test_add_func("/expression/literals", literals_take_the_scale_beside_them);
    g_test_add_func("/expression/durations", a_whole_number_beside_a_duration_counts_it);
    g_test_add_func("/expression/look-up", fields_come_before_codes);
    g_test_add_func("/expression/wider", added_codes_count_as_their_wider_code);
    g_test_add_func("/expression/regions", regions_become_a_chain);
    g_test_add_func("/expression/aggregates", aggregates_know_their_reference);
    g_test_add_func("/expression/amounts", what_is_provably_not_below_nothing_may_be_paid);
    return g_test_run();
}
