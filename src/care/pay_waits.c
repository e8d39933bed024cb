/* pay_waits.c — what many lines of a run wait for, said once before them: a param that no place has
 * set, a fact, a person's decision; for how many, and who can help.  As things stand now.
 * Read first: pay_waits(). */
#include "base/limits.h"
#include "care/follow_inside.h"
#include "care/pay_inside.h"
#include "compile/compile.h"
#include "evaluate/evaluate.h"

#define SOME 8u

typedef struct Group { /* one missing thing, of whichever benefits */
    const char *name;
    MissingFact what;     /* without clause and who can help */
    GHashTable *subjects; /* ids */
    uint64_t lines;
    PayChange some[SOME]; /* lines that wait for it, of several: one may be of who went elsewhere */
    unsigned n_some;
} Group;

typedef struct Grouping {
    Care *care;
    Working *working;
    Month month;
    Arena *arena;
    GHashTable *by_name; /* of Group */
    GPtrArray *groups;
    unsigned rule; /* whose lines are looked at */
    Program *program;
    Evaluation *evaluation;
} Grouping;

static void group_free(gpointer data)
{
    Group *g = data;
    g_hash_table_unref(g->subjects);
    g_free(g);
}

/* The input of the rule in whose place `bit` stands. */
static void group_add(Grouping *q, size_t bit, const PayChange *line)
{
    const char *name = q->program->inputs[q->program->outputs[0].inputs[bit]].name;
    Group *g = g_hash_table_lookup(q->by_name, name);
    if (g == NULL) {
        MissingFact *what;
        size_t n;
        missing_facts(q->program, 0, UINT64_C(1) << bit, q->arena, &what, &n);
        g = g_new0(Group, 1);
        *g = (Group){.name = arena_printf(q->arena, "%s", name), .what = what[0]};
        g->subjects = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
        g_hash_table_insert(q->by_name, (gpointer)g->name, g);
        g_ptr_array_add(q->groups, g);
    }
    bool other = g_hash_table_add(g->subjects, g_memdup2(&line->subject, sizeof line->subject));
    if (other && g->n_some < SOME)
        g->some[g->n_some++] = *line;
    g->lines++;
}

static bool line_look(Grouping *q, const PayChange *line, GError **error)
{
    int64_t row =
        working_row(q->working, q->care->model->rules[line->rule]->subject, line->subject);
    Answer x;
    if (row == ROW_NONE)
        return true;
    if (!evaluation_answer(q->evaluation, 0, (size_t)row, q->month, &x, error))
        return false;
    if (x.outcome != TRUTH_UNKNOWN && x.outcome != TRUTH_PERSON)
        return true;
    const ProgramOutput *o = &q->program->outputs[0];
    for (size_t i = 0; i < o->n_inputs && i < 64; i++)
        if (x.missing >> i & 1)
            group_add(q, i, line);
    return true;
}

static bool rule_look(Grouping *q, unsigned number, const PayChange *all, size_t n, GError **error)
{
    const Rule *rule = q->care->model->rules[number];
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions options = {.data = q->working->data, .regions = q->care->regions};
    g_autoptr(Program) p = program_new(q->care->model, rule->subject, &output, 1, &options, error);
    g_autoptr(Evaluation) e = p != NULL ? evaluation_new(p, q->working->data, error) : NULL;
    q->program = p;
    q->evaluation = e;
    bool fine = e != NULL;
    for (size_t i = 0; fine && i < n; i++)
        fine = all[i].rule != number || line_look(q, &all[i], error);
    return fine;
}

static int most_first(const void *a, const void *b)
{
    const Group *x = *(Group *const *)a, *y = *(Group *const *)b;
    guint nx = g_hash_table_size(x->subjects), ny = g_hash_table_size(y->subjects);
    return nx != ny ? (nx < ny ? 1 : -1) : strcmp(x->name, y->name);
}

/* Its label, its clause and who can help, as the explanation of one of its lines says them. */
static bool tell(Grouping *q, const Session *s, const Group *g, PayWait *ret, GError **error)
{
    bool told = false;
    *ret = (PayWait){.what = g->what,
                     .rule = g->some[0].rule,
                     .subjects = g_hash_table_size(g->subjects),
                     .lines = g->lines};
    for (unsigned k = 0; k < g->n_some && !told; k++) {
        g_autoptr(GError) why = NULL;
        const RecordKey key = {0, g->some[k].subject};
        Explanation x;
        if (!decision_explain(q->care, s, q->care->model->rules[g->some[k].rule], key, q->month,
                              q->arena, &x, &why)) {
            if (g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT) ||
                g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT))
                continue; /* who went elsewhere, or is not shown; without anybody what it is has to
                             do */
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        for (size_t i = 0; i < x.n_missing; i++)
            if (str_is(x.missing[i].name, g->name)) {
                ret->what = x.missing[i];
                told = true;
            }
    }
    return true;
}

/* What one alone lacks stands in her line. */
static bool tell_all(Grouping *q, const Session *s, PayWait **ret, size_t *ret_n, GError **error)
{
    g_ptr_array_sort(q->groups, most_first);
    *ret = arena_many(q->arena, PayWait, q->groups->len + 1);
    for (guint i = 0; i < q->groups->len; i++) {
        const Group *g = q->groups->pdata[i];
        if (g_hash_table_size(g->subjects) < 2)
            continue;
        if (!tell(q, s, g, &(*ret)[*ret_n], error))
            return false;
        (*ret_n)++;
    }
    return true;
}

bool pay_waits(Care *c, const Session *s, int64_t run, Arena *a, PayWait **ret, size_t *ret_n,
               bool *ret_more, GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);
    PayChange *all;
    PayRun r;
    size_t n;
    *ret_n = 0;
    *ret = NULL;
    *ret_more = false;
    if (!session_may(s, MAY_MONEY_READ | MAY_PERSON_READ))
        return true;
    if (!pay_run_of(c, s, run, a, &r, error) ||
        !store_pay_waiting(c->store, r.county, run, 0, LIMIT_PAY_HINTS + 1, a, &all, &n, error) ||
        !working_get(c, &w, error))
        return false;
    *ret_more = n > LIMIT_PAY_HINTS;
    Grouping q = {c, w, r.month, a, by_name, groups, 0, NULL, NULL};
    for (size_t i = 0; i < r.n_sums; i++)
        if ((r.sums[i].unknown > 0 || r.sums[i].judgement > 0) &&
            !rule_look(&q, r.sums[i].rule, all, MIN(n, LIMIT_PAY_HINTS), error))
            return fail_while(error, "looking for what the lines of a run wait for");
    return tell_all(&q, s, ret, ret_n, error);
}

/* ---- in words */

Label pay_wait_words(const PayWait *x, bool more, Arena *a)
{
    const MissingFact *m = &x->what;
    const char *least_zh = more ? "至少 " : "", *least_en = more ? "at least " : "";
    g_autoptr(GString) zh = g_string_new(NULL), en = g_string_new(NULL);
    g_string_append_printf(zh, "%s%" G_GUINT64_FORMAT " 个对象等“%.*s”（%.*s", least_zh,
                           x->subjects, STR_ARG(m->zh), STR_ARG(m->name));
    g_string_append_printf(en, "%s%" G_GUINT64_FORMAT " wait for \"%.*s\" (%.*s", least_en,
                           x->subjects, STR_ARG(m->en), STR_ARG(m->name));
    if (m->clause.len > 0) {
        g_string_append_printf(zh, "，%.*s %.*s", STR_ARG(m->document), STR_ARG(m->clause));
        g_string_append_printf(en, ", %.*s %.*s", STR_ARG(m->document), STR_ARG(m->clause));
    }
    g_string_append(zh, "）");
    g_string_append(en, ")");
    if (m->who_zh.len > 0) {
        g_string_append_printf(zh, "，由%.*s%s", STR_ARG(m->who_zh),
                               m->is_param       ? "设定"
                               : m->is_judgement ? "认定"
                                                 : "登记");
        g_string_append_printf(en, ", to be %s by %.*s",
                               m->is_param       ? "set"
                               : m->is_judgement ? "decided"
                                                 : "entered",
                               STR_ARG(m->who_en));
    }
    if (m->is_param) {
        g_string_append_printf(zh,
                               "：在本地文件里写 set %.*s = …，再运行 anlao policy --put-in-force",
                               STR_ARG(m->name));
        g_string_append_printf(en,
                               ": write \"set %.*s = …\" in a document of the place, then run "
                               "\"anlao policy --put-in-force\"",
                               STR_ARG(m->name));
    } else {
        g_string_append_printf(zh, "：在各人的档案页上，%s",
                               m->is_judgement ? "逐人认定" : "或用 anlao import 导入一份名册");
        g_string_append(en, m->is_judgement ? ": each on the page of the record"
                                            : ": on the page of each record, or with a file by "
                                              "\"anlao import\"");
    }
    return (Label){arena_str(a, (Str){zh->str, zh->len}), arena_str(a, (Str){en->str, en->len})};
}
