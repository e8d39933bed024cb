/* reach.c — the index from facts to rules, read as sentences: which rules a changed field reaches,
 * over which references.  And params that change where only an aggregate looks at them. */
#include "compile/reach.h"
#include "case.h"

#define MODEL                                                                                      \
    "enum ability ordered { intact; mild; severe }\n"                                              \
    "enum ownership { public; private }\n"                                                         \
    "entity elder {\n holds born through died\n born date\n died date open\n flag bool\n"          \
    " ability ability = latest assessment.level where valid_until >= day\n}\n"                     \
    "entity assessment {\n dated by assessed_at\n elder elder\n assessed_at date\n"                \
    " valid_until date\n level ability\n}\n"                                                       \
    "entity facility { ownership ownership\n name text(20) }\n"                                    \
    "entity stay {\n holds moved_in to moved_out\n elder elder\n facility facility\n"              \
    " moved_in date\n moved_out date open\n}\n"                                                    \
    "param limit : int = 2\n"

static const Entity *entity_at(const Case *c, unsigned number)
{
    return c->m->entities[number];
}

static void print_fact(const Case *c, const Reach *r, const Program *p, GString *to)
{
    const Entity *e = entity_at(c, r->entity);

    g_string_append_printf(to, "%.*s", STR_ARG(e->name));
    if (r->column != REACH_RECORD)
        g_string_append_printf(to, ".%.*s", STR_ARG(e->fields[r->column]->name));
    for (size_t i = 0; i < r->n_hops; i++) {
        const Entity *of = entity_at(c, r->hops[i].entity);

        g_string_append_printf(to, " %s %.*s.%.*s", r->hops[i].back ? "<" : ">", STR_ARG(of->name),
                               STR_ARG(of->fields[r->hops[i].column]->name));
    }
    for (size_t i = 0; i < r->n_outputs; i++)
        g_string_append_printf(to, "%s%s", i == 0 ? ": " : ", ", p->outputs[r->outputs[i]].name);
    g_string_append_c(to, '\n');
}

/* All ways to the rules about an entity, one a line. */
static char *index_of(Case *c, const char *entity)
{
    const Entity *e = model_entity(c->m, str_of(entity));
    CompileOptions o = {.regions = c->regions};
    g_autofree Output *outputs = g_new0(Output, c->m->n_rules);
    GString *text = g_string_new(NULL);
    GError *error = NULL;
    size_t n = 0;

    for (size_t i = 0; i < c->m->n_rules; i++) {
        if (c->m->rules[i]->subject == e)
            outputs[n++] = (Output){.kind = OUTPUT_RULE, .rule = c->m->rules[i]};
    }
    g_autoptr(Program) p = program_new(c->m, e, outputs, n, &o, &error);

    g_assert_no_error(error);
    g_autoptr(ReachIndex) x = reach_new(p, &error);

    g_assert_no_error(error);
    for (size_t i = 0; i < x->n; i++)
        print_fact(c, &x->list[i], p, text);
    return g_string_free(text, FALSE);
}

/* Fields of the record itself, and of the records an aggregate runs over: those lead to their
 * elder. */
static void test_aggregates(void)
{
    g_autoptr(Case) c = case_new(MODEL "benefit aid { for elder\n every month on last day\n"
                                       " when ability >= mild\n pay 5 yuan }\n"
                                       "benefit plain { for elder\n every month on last day\n"
                                       " when flag }");
    g_autofree char *text = index_of(c, "elder");

    g_assert_cmpstr(text, ==,
                    "elder.born: aid, plain\n"
                    "elder.died: aid, plain\n"
                    "elder.flag: plain\n"
                    "assessment.elder > assessment.elder: aid\n"
                    "assessment.assessed_at > assessment.elder: aid\n"
                    "assessment.valid_until > assessment.elder: aid\n"
                    "assessment.level > assessment.elder: aid\n");
}

/* Over a reference, and over a reference and an aggregate behind it. */
static void test_references(void)
{
    g_autoptr(Case) c = case_new(MODEL "benefit bed { for stay\n every month each day\n"
                                       " when facility.ownership = private\n"
                                       "  and elder.ability = severe\n pay 30 yuan\n"
                                       " round half_up to 1 fen }");
    g_autofree char *text = index_of(c, "stay");

    g_assert_cmpstr(text, ==,
                    "elder < stay.elder: bed\n" /* taken off the books */
                    "assessment.elder > assessment.elder < stay.elder: bed\n"
                    "assessment.assessed_at > assessment.elder < stay.elder: bed\n"
                    "assessment.valid_until > assessment.elder < stay.elder: bed\n"
                    "assessment.level > assessment.elder < stay.elder: bed\n"
                    "facility.ownership < stay.facility: bed\n"
                    "facility < stay.facility: bed\n"
                    "stay.elder: bed\n"
                    "stay.facility: bed\n"
                    "stay.moved_in: bed\n"
                    "stay.moved_out: bed\n");
}

/* What counted records refer to: a facility reaches the elders who stay there. */
static void test_counted_references(void)
{
    g_autoptr(Case) c = case_new(MODEL "benefit guest { for elder\n every month on last day\n"
                                       " when exists(stay where facility.ownership = private) }");
    g_autofree char *text = index_of(c, "elder");

    g_assert_cmpstr(text, ==,
                    "elder.born: guest\n"
                    "elder.died: guest\n"
                    "facility.ownership < stay.facility > stay.elder: guest\n"
                    "facility < stay.facility > stay.elder: guest\n"
                    "stay.elder > stay.elder: guest\n"
                    "stay.facility > stay.elder: guest\n"
                    "stay.moved_in > stay.elder: guest\n"
                    "stay.moved_out > stay.elder: guest\n");
}

/* The past of a record is its own facts and those of the record it refers to. */
static void test_spell(void)
{
    g_autoptr(Case) c = case_new("entity home {\n quiet bool dated\n}\n"
                                 "entity bed {\n home home\n free bool dated\n}\n"
                                 "benefit b { for bed\n every month on last day\n"
                                 " when months(since(free and home.quiet), day) >= 3 }");
    g_autofree char *text = index_of(c, "bed");

    g_assert_cmpstr(text, ==,
                    "home.quiet < bed.home: b\n"
                    "home < bed.home: b\n"
                    "bed.home: b\n"
                    "bed.free: b\n");
}

/* An award reaches all claims of its site, and so does every other claim. */
static void test_once_per(void)
{
    g_autoptr(Case) c = case_new("entity site {\n name int\n}\n"
                                 "entity claim {\n site site\n made_on date\n good bool\n}\n"
                                 "entity award {\n dated by on_day\n site site\n claim claim\n"
                                 " on_day date\n}\n"
                                 "benefit b { for claim\n once per site on made_on against award\n"
                                 " when good }");
    g_autofree char *text = index_of(c, "claim");

    g_assert_nonnull(strstr(text, "award.on_day > award.site < claim.site: b\n"));
    g_assert_nonnull(strstr(text, "award.claim > award.claim > claim.site < claim.site: b\n"));
    g_assert_nonnull(strstr(text, "claim.good > claim.site < claim.site: b\n"));
    g_assert_nonnull(strstr(text, "claim.made_on > claim.site < claim.site: b\n"));
    g_assert_nonnull(strstr(text, "claim.good: b\n"));
}

/* A param that only the counted records look at cuts the month too (semantics 16). */
static void test_param_in_aggregate(void)
{
    g_autoptr(Case) c = case_new(MODEL "set limit = 4 from 2020-06-11\n"
                                       "set limit = 2 from 2020-06-21\n"
                                       "benefit few { for elder\n every month each day\n"
                                       " when count(assessment where months(assessed_at, day)"
                                       " >= limit * 1 months) = 1\n pay 30 yuan\n"
                                       " round half_up to 1 fen }");

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "assessment", "elder=0 assessed_at=2020-03-01 valid_until=2021-01-01");
    case_expect(c, "few", 0, "2020-05", "yes 30.00");
    case_expect(c, "few", 0, "2020-06", "yes 20.00");
    case_expect(c, "few", 0, "2020-07", "yes 30.00");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reach/aggregates", test_aggregates);
    g_test_add_func("/reach/references", test_references);
    g_test_add_func("/reach/counted-references", test_counted_references);
    g_test_add_func("/reach/spell", test_spell);
    g_test_add_func("/reach/once-per", test_once_per);
    g_test_add_func("/reach/param-in-aggregate", test_param_in_aggregate);
    return g_test_run();
}
