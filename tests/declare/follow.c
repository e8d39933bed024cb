/* Tasks, procedures and their like as declared: the hard clauses compile as they stand, and become
 * what they say.  Documents: hard/. */
#include "fixture.h"

#include "base/file.h"

static void add(Arena *a, DocumentFile *to, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("HARD"), file, NULL);
    to->name = file;
    if (!file_read(a, path, 1 << 20, &to->text, &error))
        g_error("%s", error->message);
}

static Model *hard_clauses(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    DocumentFile files[2];
    add(a, &files[0], "model.md");
    add(a, &files[1], "clauses.md");
    Model *m = model_read(files, 2, ds);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(ds->list->pdata[i], out);
    g_assert_cmpstr(out->str, ==, "");
    g_assert_nonnull(m);
    return m;
}

static char *printed(const Expr *e)
{
    GString *s = g_string_new(NULL);
    expr_print(e, s);
    return g_string_free(s, FALSE);
}

static void assert_printed(const Expr *e, const char *want)
{
    g_autofree char *have = printed(e);
    g_assert_cmpstr(have, ==, want);
}

static unsigned state(const Procedure *p, const char *name)
{
    return enum_code(p->states, str_of(name))->number;
}

static void a_procedure_gives_its_entity_a_dated_state(void)
{
    g_autoptr(Model) m = hard_clauses();
    const Procedure *p = model_procedure(m, STR("four_steps"));
    const Field *f = entity_field(model_entity(m, STR("building_project")), STR("state"));
    g_assert_true(f == p->state && f->dated && f->type.of == p->states);
    g_assert_true(f->entity->procedure == p);
    g_assert_cmpuint(p->states->n_codes, ==, 5);
    g_assert_cmpuint(p->n_steps, ==, 4);
    g_assert_true(p->facts[0].first && p->facts[4].last);
    g_assert_true(str_is(p->states->label.zh, "四同步进度"));
    g_assert_true(p->steps[2].by.list[0].agency ==
                  enum_code(model_enum(m, STR("agency")), STR("housing")));
    g_assert_true(p->steps[0].by.list[0].role == model_role(m, STR("builder")));
    g_autofree char *schema = model_schema_text(m);
    g_assert_nonnull(strstr(schema, "field building_project.hard-clauses/state "
                                    "enum hard-clauses/four_steps_state dated\n"));
    g_assert_nonnull(
        strstr(schema, "field facility.hard-clauses/star_rating_points int computed\n"));
}

/* semantics 3: what a state says of those before it. */
static void a_state_tells_which_were_before_it(void)
{
    g_autoptr(Model) m = hard_clauses();
    const Procedure *p = model_procedure(m, STR("four_steps"));
    unsigned built = state(p, "built");
    g_assert_cmpuint(p->facts[built].implied, ==, 0x1c); /* built, accepted, handed over */
    g_assert_cmpuint(p->facts[built].open, ==, 0);
    const Hold *h = m->holds[1];
    g_assert_true(h->by == entity_field(model_entity(m, STR("estate_title")), STR("project")));
    assert_printed(h->condition, "reached built and not reached handed_over");
    g_assert_cmpuint(h->state, ==, 1);
    assert_printed(m->holds[0]->cure.parts[0], "area_due - care_area");
}

/* A way around a state, and a way back. */
static void branches_leave_the_past_open(void)
{
    g_autoptr(Model) m = fixture_model(
        "role clerk of elder sees elder writes elder\nenum region_level { county }\n"
        "procedure p of elder {\n  state draft, asked, checked, returned, decided, lost\n"
        "  draft -> asked by clerk\n  asked -> checked by clerk\n  asked -> decided by clerk\n"
        "  checked -> decided by clerk\n  asked -> returned by clerk\n  returned -> draft by "
        "clerk\n"
        "  checked -> lost by clerk\n}\nderive elder.past : bool = reached checked");
    const Procedure *p = m->procedures[0];
    const StateFacts *checked = &p->facts[2], *asked = &p->facts[1];
    g_assert_cmpuint(checked->implied, ==, 1 << 2 | 1 << 5); /* itself, lost */
    g_assert_cmpuint(checked->open, ==, 1 << 4);             /* decided: perhaps */
    g_assert_cmpuint(asked->implied, ==, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5);
    g_assert_cmpuint(asked->open, ==, 0); /* an item begins as a draft: nothing was before */
    g_assert_true(p->facts[0].first && !p->facts[1].first);
}

static void steps_say_who_when_and_how_many(void)
{
    g_autoptr(Model) m = hard_clauses();
    const Procedure *p = model_procedure(m, STR("contest"));
    g_assert_true(p->yearly && p->year_from == 2021 && p->year_to == 2023);
    const ProcedureStep *apply = &p->steps[0], *recommend = &p->steps[1], *recognise = &p->steps[4];
    g_assert_cmpint(apply->deadline, ==, DEADLINE_YEARLY);
    g_assert_cmpint(apply->month * 100 + apply->day, ==, 1031);
    g_assert_cmpuint(apply->n_needs, ==, 4);
    assert_printed(apply->needs[0].given, "papers has any (form)");
    assert_printed(recommend->needs[2].given, "known site_visit");
    g_assert_cmpuint(recommend->limits[0].least, ==, 1);
    g_assert_cmpuint(recommend->limits[0].most, ==, 3);
    g_assert_true(str_is(recommend->limits[0].level->name, "city"));
    g_assert_cmpuint(recognise->limits[0].least, ==, 0);
    g_assert_cmpint(recognise->limits[0].period, ==, PERIOD_YEAR);
    assert_printed(recognise->after, "announce_days");
    const Procedure *q = model_procedure(m, STR("admission"));
    assert_printed(q->orders[0].by[1], "applied_at");
    assert_printed(q->steps[0].guard, "facility.free_beds > 0");
}

static void tasks_say_how_often(void)
{
    g_autoptr(Model) m = hard_clauses();
    const Task *visiting = model_task(m, STR("visiting")), *first = m->tasks[2];
    g_assert_cmpint(visiting->cycle, ==, TASK_ROLLING);
    assert_printed(visiting->every, "visit_interval[risk]");
    assert_printed(visiting->done.where, "outcome = seen");
    g_assert_true(str_is(visiting->done.by->name, "elder"));
    g_assert_cmpint(m->tasks[1]->cycle, ==, TASK_PERIOD);
    g_assert_cmpuint(m->tasks[1]->most, ==, 2);
    g_assert_cmpint(m->tasks[1]->period, ==, PERIOD_QUARTER);
    assert_printed(m->tasks[1]->entry, "half");
    g_assert_cmpint(first->cycle, ==, TASK_ONCE);
    assert_printed(first->within, "10 working days");
    g_assert_cmpuint(first->by.n, ==, 2);
    const Duty *yearly = m->duties[0], *quarter = m->duties[1];
    g_assert_true(yearly->until_month == 3 && yearly->until_day == 31);
    g_assert_cmpint(quarter->period, ==, PERIOD_QUARTER);
    assert_printed(quarter->within, "10 working days");
}

static void the_others_are_what_they_say(void)
{
    g_autoptr(Model) m = hard_clauses();
    const Account *hours = m->accounts[1], *award = m->accounts[0];
    g_assert_true(str_is(hours->in[0].amount->name, "time") && hours->n_out == 2);
    g_assert_cmpint(hours->low->number, ==, 0);
    assert_printed(hours->high, "hours_cap");
    g_assert_cmpuint(hours->settle->n_regions, ==, 2);
    g_assert_true(str_is(award->level->name, "county") &&
                  str_is(award->in[0].rule->name, "contest_award"));
    g_assert_true(str_is(award->purpose->name, "elderly_care"));
    const Draw *draw = m->draws[0];
    g_assert_cmpuint(draw->count, ==, 2);
    g_assert_true(str_is(draw->bars[0].relation->name, "conflict"));
    g_assert_true(str_is(draw->bars[0].a->name, "inspector") &&
                  str_is(draw->bars[0].b->name, "facility"));
    assert_printed(draw->bars[1].condition, "region != this.region");
    assert_printed(draw->take, "share_by_credit[credit]");
    const Publish *pub = m->publications[0];
    g_assert_true(pub->fields[0].masked && pub->n_fields == 4 && pub->period == PERIOD_MONTH);
    const Paper *paper = m->papers[0];
    g_assert_true(paper->n_cells == 2 && paper->rows[0].n_columns == 3);
    assert_printed(paper->rows[0].where, "reached admitted");
    const Exchange *x = m->exchanges[0];
    g_assert_true(str_is(x->name, "elder.death") && x->n_take == 2 && x->with.n == 2);
    g_assert_true(str_is(x->prefer.agency->name, "police"));
    const Role *r = model_role(m, STR("county_office"));
    g_assert_true(r->n_reveals == 1 && str_is(r->agencies[0]->name, "civil_affairs"));
}

/* semantics 59: `by` names a role or an agency; who is not named may not. */
static void nobody_by_default(void)
{
    g_autoptr(Model) m = hard_clauses();
    const Role *worker = model_role(m, STR("grid_worker"));
    g_assert_cmpuint(worker->n_agencies, ==, 0);
    g_assert_cmpuint(worker->n_reveals, ==, 0);
    g_assert_cmpuint(worker->n_writes, ==, 1);
    for (size_t i = 0; i < m->n_procedures; i++)
        for (size_t k = 0; k < m->procedures[i]->n_steps; k++)
            g_assert_cmpuint(m->procedures[i]->steps[k].by.n, >, 0);
}

/* What stands behind `by` is a role or an agency, and a step without it is nobody's: refused. */
static void only_who_is_declared(void)
{
    static const struct {
        const char *step, *said;
    } all[] = {
        {"asked -> come by civil_affairs", ""},
        {"asked -> come by visitors", "'visitors' is neither a role nor an agency"},
        {"asked -> come", "nobody may take this step"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(Diags) ds = diags_new();
        g_autofree char *lines =
            g_strdup_printf("entity call { place elder.residence; elder elder \"老人\" }\n"
                            "procedure calls of call {\n  %s\n}",
                            all[i].step);
        g_autoptr(Model) m = fixture_read(lines, ds);
        g_autofree char *text = fixture_diagnoses(ds);
        g_assert_cmpint(m != NULL, ==, all[i].said[0] == '\0');
        if (m == NULL)
            g_assert_nonnull(strstr(text, all[i].said));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/follow/state", a_procedure_gives_its_entity_a_dated_state);
    g_test_add_func("/follow/before", a_state_tells_which_were_before_it);
    g_test_add_func("/follow/branches", branches_leave_the_past_open);
    g_test_add_func("/follow/steps", steps_say_who_when_and_how_many);
    g_test_add_func("/follow/tasks", tasks_say_how_often);
    g_test_add_func("/semantics/59/who", nobody_by_default);
    g_test_add_func("/semantics/59/only-who-is-declared", only_who_is_declared);
    g_test_add_func("/follow/others", the_others_are_what_they_say);
    return g_test_run();
}
