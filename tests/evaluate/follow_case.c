/* follow_case.c — see follow_case.h. */
#include "follow_case.h"

#include "compile/follow.h"
#include "evaluate/move.h"
#include "evaluate/task.h"

static const char head[] =
    "---\ndocument: case\ntitle: 例\nlayer: national\nin force: 2019-01-01\n---\n\n"
    "## 一 工作日 / Working days\n\n```anlao\n"
    "enum region_level ordered { township; county; city }\n"
    "enum agency { civil_affairs; housing }\n"
    "table working_day(day: date range 2020-01-01..2020-12-31) -> bool\n```\n\n"
    "| day | works |\n| --- | --- |\n| 2020-01-19 | yes |\n| 2020-01-24..2020-01-30 | no |\n"
    "| else | unset |\n\n## 二 例 / Case\n\n```anlao\n";

Case *follow_case(const char *blocks)
{
    g_autofree char *text = g_strconcat(head, blocks, "\n```\n", NULL);
    const char *texts[2] = {text, NULL};

    return case_of_documents(texts);
}

static Date date_at(const char *text)
{
    Date d = 0;

    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static CompileOptions options_of(Case *c)
{
    return (CompileOptions){.data = case_data(c), .regions = c->regions};
}

static void put_day(GString *to, const char *what, Date day)
{
    char text[DATE_TEXT];

    g_string_append_printf(to, " %s %s", what, date_format(day, text));
}

static void put_missing(GString *to, const Program *p, int output, uint64_t missing)
{
    g_string_append(to, " missing");
    if (output < 0) {
        g_string_append(to, " event");
        return;
    }
    const ProgramOutput *o = &p->outputs[output];

    for (size_t i = 0; i < o->n_inputs; i++)
        if ((missing >> i & 1) != 0)
            g_string_append_printf(to, " %s", p->inputs[o->inputs[i]].name);
}

static void put_task(GString *to, const TaskProgram *p, const TaskRow *x)
{
    static const char *const states[] = {"establish", "overdue", "due", "later", "done"};

    g_string_assign(to, states[x->state]);
    if (x->has_due)
        put_day(to, "due", x->due);
    if (x->has_last)
        put_day(to, "last", x->last);
    if (p->cycle == CYCLE_PERIOD)
        g_string_append_printf(to, " n %u", x->count);
    if (x->missed)
        g_string_append(to, " missed");
    if (x->over)
        g_string_append(to, " over");
    if (x->sooner)
        g_string_append(to, " sooner");
    if (x->state == TASK_ESTABLISH)
        put_missing(to, p->subject, x->missing_of, x->missing);
}

/* `visiting`: as first declared; `visiting#1`: as it was amended first. */
static const Task *task_said(const Model *m, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "#", 2);
    size_t version = parts[1] != NULL ? (size_t)g_ascii_strtoull(parts[1], NULL, 10) : 0;

    for (size_t i = 0; i < m->n_tasks; i++)
        if (str_is(m->tasks[i]->name, parts[0]) && m->tasks[i]->wording.version == version)
            return m->tasks[i];
    g_error("no task %s", name);
}

void follow_task(Case *c, const char *task, size_t row, const char *day, const char *expected)
{
    const Task *t = task_said(c->m, task);
    const CompileOptions o = options_of(c);
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    g_autoptr(TaskProgram) p = task_program_new(c->m, t, &o, work_calendar_new(a, c->m), &error);
    g_autoptr(GString) have = g_string_new("none");
    TaskRows rows;

    g_assert_no_error(error);
    bool fine = evaluate_task(p, case_data(c), date_at(day), NULL, a, &rows, &error);
    g_assert_no_error(error);
    g_assert_true(fine);
    for (size_t i = 0; i < rows.n; i++)
        if (rows.list[i].row == row)
            put_task(have, p, &rows.list[i]);
    g_assert_cmpstr(have->str, ==, expected);
}

static unsigned state_of(const Procedure *p, const char *name)
{
    const Code *code = enum_code(p->states, str_of(name));

    g_assert_nonnull(code);
    return code->number;
}

static void put_move(GString *to, const Procedure *p, const ProcedureProgram *program,
                     const MoveAnswer *m)
{
    const ProcedureStep *s = &p->steps[m->move];

    g_string_assign(to, truth_word(m->may));
    if (m->guard != TRUTH_YES)
        g_string_append_printf(to, " guard %s", truth_word(m->guard));
    for (size_t i = 0; i < s->n_needs; i++)
        if ((m->lacking >> i & 1) != 0)
            g_string_append_printf(to, " lacking %.*s", STR_ARG(s->needs[i].name));
    for (size_t i = 0; i < m->n_holds; i++)
        g_string_append_printf(to, " hold %s", truth_word(m->holds[i].truth));
    for (size_t i = 0; i < m->n_holds; i++)
        if (m->holds[i].truth == TRUTH_UNKNOWN && m->holds[i].missing != 0)
            put_missing(to, program->holds[m->holds[i].hold].of, 0, m->holds[i].missing);
    if (m->too_early)
        put_day(to, "early", m->not_before);
    if (m->has_due)
        put_day(to, "due", m->due);
    if (m->overdue)
        g_string_append(to, " overdue");
    if (m->wrong_year)
        g_string_append(to, " wrong year");
    if (m->full >= 0)
        g_string_append_printf(to, " full %u", m->taken);
}

typedef struct Followed {
    Arena *a;
    const Procedure *p;
    ProcedureProgram *program;
    ProcedureRun *run;
} Followed;

static Followed followed(Case *c, const char *procedure)
{
    Followed f = {.a = arena_new(), .p = model_procedure(c->m, str_of(procedure))};
    const CompileOptions o = options_of(c);
    GError *error = NULL;

    f.program = procedure_program_new(c->m, f.p, &o, work_calendar_new(f.a, c->m), &error);
    g_assert_no_error(error);
    f.run = procedure_run_new(f.program, case_data(c), &error);
    g_assert_no_error(error);
    return f;
}

static void followed_end(Followed *f)
{
    procedure_run_free(f->run);
    procedure_program_free(f->program);
    arena_free(f->a);
}

void follow_move(Case *c, const char *procedure, size_t row, const char *day, const char *to,
                 const char *expected)
{
    Followed f = followed(c, procedure);
    g_autoptr(GString) have = g_string_new("no step");
    GError *error = NULL;
    ItemAnswer item;
    bool fine = procedure_item(f.run, row, date_at(day), f.a, &item, &error);

    g_assert_no_error(error);
    g_assert_true(fine);
    for (size_t i = 0; i < item.n_moves; i++)
        if (f.p->steps[item.moves[i].move].to == state_of(f.p, to))
            put_move(have, f.p, f.program, &item.moves[i]);
    g_assert_cmpstr(have->str, ==, expected);
    followed_end(&f);
}

void follow_queue(Case *c, const char *procedure, const char *state, const char *day,
                  const char *expected)
{
    Followed f = followed(c, procedure);
    g_autoptr(GString) have = g_string_new(NULL);
    GError *error = NULL;
    QueuePlace *list;
    size_t n;
    bool fine =
        procedure_queue(f.run, state_of(f.p, state), date_at(day), NULL, f.a, &list, &n, &error);

    g_assert_no_error(error);
    g_assert_true(fine);
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(have, "%s%u", i > 0 ? " " : "", list[i].row);
        if (list[i].unsure)
            g_string_append_printf(have, "(%zu..%zu)", list[i].best, list[i].place);
    }
    g_assert_cmpstr(have->str, ==, expected);
    followed_end(&f);
}
