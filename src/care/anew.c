/* anew.c — month after month, what is new is kept: a row of answers goes on until another begins.
 * See anew.h. */
#include "care/anew.h"

#include "compile/compile.h"
#include "evaluate/due.h"

/* What is missing is stored as bits over the sorted names of a rule's inputs: a Program numbers
 * them as it happens to meet them. */
typedef struct Bits Bits;
struct Bits {
    uint8_t to[64];
};

/* ---- what is missing ------------------------------------------------------------------------- */

static const char *input_name(const Program *p, const ProgramOutput *o, size_t i)
{
    return p->inputs[o->inputs[i]].name;
}

/* The rank of each input's name among the names there are. */
static Bits bits_of(const Program *p, const ProgramOutput *o)
{
    Bits b = {{0}};
    for (size_t i = 0; i < o->n_inputs; i++) {
        g_autoptr(GHashTable) before = g_hash_table_new(g_str_hash, g_str_equal);
        for (size_t k = 0; k < o->n_inputs; k++)
            if (strcmp(input_name(p, o, k), input_name(p, o, i)) < 0)
                g_hash_table_add(before, (gpointer)input_name(p, o, k));
        b.to[i] = (uint8_t)g_hash_table_size(before);
    }
    return b;
}

static uint64_t bits_ranked(const Bits *b, uint64_t own)
{
    uint64_t ranked = 0;
    for (; own != 0; own &= own - 1)
        ranked |= UINT64_C(1) << b->to[__builtin_ctzll(own)];
    return ranked;
}

/* ---- programs ------------------------------------------------------------------------------ */

static Program *program_of(const Anew *a, const Rule *const *rules, size_t n, GError **error)
{
    g_autofree Output *outputs = g_new0(Output, n + 1);
    const CompileOptions options = {.data = a->working->data, .regions = a->care->regions};
    for (size_t i = 0; i < n; i++)
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = rules[i]};
    return program_new(a->care->model, a->entity, outputs, n, &options, error);
}

bool anew_new(Care *c, Working *w, const Entity *e, GArray *rows, GArray *dues, Anew **ret,
              GError **error)
{
    g_autoptr(Anew) a = g_new0(Anew, 1);
    *a = (Anew){.care = c, .working = w, .entity = e, .rows = rows, .dues = dues};
    a->rules = g_new0(const Rule *, c->model->n_rules + 1);
    for (size_t i = 0; i < c->model->n_rules; i++)
        if (c->model->rules[i]->subject == e && c->model->rules[i]->kind == RULE_BENEFIT)
            a->rules[a->n_rules++] = c->model->rules[i];
    if (a->n_rules > 0) {
        a->program = program_of(a, a->rules, a->n_rules, error);
        a->reach = a->program != NULL ? reach_new(a->program, error) : NULL;
        a->evaluation = a->reach != NULL ? evaluation_new(a->program, w->data, error) : NULL;
        if (a->evaluation == NULL)
            return fail_while(error, "deciding about \"%.*s\"", STR_ARG(e->name));
        a->bits = g_new0(Bits, a->n_rules);
        for (size_t k = 0; k < a->n_rules; k++)
            a->bits[k] = bits_of(a->program, &a->program->outputs[k]);
    }
    *ret = g_steal_pointer(&a);
    return true;
}

void anew_free(Anew *a)
{
    if (a == NULL)
        return;
    evaluation_free(a->evaluation);
    reach_free(a->reach);
    program_free(a->program);
    g_free(a->bits);
    g_free(a->rules);
    g_free(a);
}

RecordKey anew_key(const Anew *a, size_t row)
{
    const Batch *b = a->working->data->batches[a->entity->number];
    return (RecordKey){b->counties[row], b->ids[row]};
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool is_no(uint8_t outcome)
{
    return outcome == TRUTH_NO || outcome == OUTCOME_OUTSIDE;
}

static void row_open(Anew *a, const Rule *rule, RecordKey subject, Month month, const Answer *x,
                     const Bits *bits)
{
    const DecisionRow row = {.rule = rule->number,
                             .subject = subject,
                             .from = month,
                             .until = DATE_MAX,
                             .outcome = x->outcome,
                             .amount = x->outcome == TRUTH_YES ? x->amount : 0,
                             .missing = bits_ranked(bits, x->missing)};
    g_array_append_val(a->rows, row);
}

static void due_add(Anew *a, const Rule *rule, RecordKey subject, Date day)
{
    const DueRow due = {rule->number, subject, day};
    g_array_append_val(a->dues, due);
}

/* ---- everybody ------------------------------------------------------------------------------- */

typedef struct Whole {
    Anew *of;
    const Rule **rules;
    Month *from;
    uint8_t **skip;
    Bits *bits;
    size_t n;
    Program *program; /* of these rules alone */
    guint **open; /* per rule and row: number of its open row + 1; NULL when one month is decided */
    Results *before;
} Whole;

static Answer answer_of(const Result *r, size_t row)
{
    Answer x = {.outcome = r->outcome[row]};
    if (x.outcome == TRUTH_YES)
        x.amount = result_amount(r, row);
    if (x.outcome == TRUTH_UNKNOWN)
        x.missing = result_missing(r, row);
    return x;
}

static bool same_answer(const Result *x, const Result *y, size_t row)
{
    if (x->outcome[row] != y->outcome[row])
        return is_no(x->outcome[row]) && is_no(y->outcome[row]);
    if (x->outcome[row] == TRUTH_YES)
        return result_amount(x, row) == result_amount(y, row);
    return x->outcome[row] != TRUTH_UNKNOWN || result_missing(x, row) == result_missing(y, row);
}

static void rule_month(Whole *w, size_t k, const Result *now, const Result *before, Month month)
{
    Anew *a = w->of;
    size_t rows = working_rows(a->working, a->entity);
    for (size_t row = 0; row < rows; row++) {
        if ((before != NULL && same_answer(now, before, row)) ||
            (w->skip[k] != NULL && w->skip[k][row] != 0))
            continue;
        guint *open = w->open != NULL ? &w->open[k][row] : NULL;
        if (open != NULL && *open != 0)
            g_array_index(a->rows, DecisionRow, *open - 1).until = month;
        if (open != NULL)
            *open = 0;
        if (is_no(now->outcome[row]))
            continue;
        Answer x = answer_of(now, row);
        row_open(a, w->rules[k], anew_key(a, row), month, &x, &w->bits[k]);
        if (open != NULL)
            *open = a->rows->len;
    }
}

static bool whole_month(Whole *w, Month month, GError **error)
{
    const MonthOptions options = {.month = month, .keep = KEEP_ALL};
    Results *now = NULL;
    if (!evaluate_month_as(w->program, w->of->working->data, &options, &now, error))
        return false;
    for (size_t k = 0; k < w->n; k++)
        if (month >= w->from[k])
            rule_month(w, k, &now->list[k], month > w->from[k] ? &w->before->list[k] : NULL, month);
    results_free(w->before);
    w->before = now;
    return true;
}

static bool whole_dues(Whole *w, Month last, GError **error)
{
    Anew *a = w->of;
    g_autoptr(GArray) dues = g_array_new(FALSE, FALSE, sizeof(Due));
    g_autofree Date *days = g_new0(Date, w->n + 1);
    const RecordKey everybody = {store_facts(a->care->store)->home_county, 0};
    if (!evaluate_due(w->program, a->working->data, last, dues, days, error))
        return false;
    for (size_t k = 0; k < w->n; k++)
        due_add(a, w->rules[k], everybody, days[k]);
    for (guint i = 0; i < dues->len; i++) {
        const Due *d = &g_array_index(dues, Due, i);
        due_add(a, w->rules[d->output], anew_key(a, d->row), d->day);
    }
    return true;
}

static bool whole_run(Whole *w, Month last, GError **error)
{
    Month first = MONTH_NEVER;
    for (size_t k = 0; k < w->n; k++) {
        first = MIN(first, w->from[k]);
        w->bits[k] = bits_of(w->program, &w->program->outputs[k]);
    }
    size_t rows = working_rows(w->of->working, w->of->entity);
    w->open = first < last ? g_new0(guint *, w->n) : NULL;
    for (size_t k = 0; w->open != NULL && k < w->n; k++)
        w->open[k] = g_new0(guint, rows + 1);
    for (Month month = first; month <= last; month++)
        if (!whole_month(w, month, error))
            return false;
    return whole_dues(w, last, error);
}

static void whole_clear(Whole *w)
{
    for (size_t k = 0; w->open != NULL && k < w->n; k++)
        g_free(w->open[k]);
    g_free(w->open);
    results_free(w->before);
    program_free(w->program);
    g_free(w->rules);
    g_free(w->from);
    g_free(w->skip);
    g_free(w->bits);
}

bool anew_whole(Anew *a, const Month *from, Month last, uint8_t *const *skip, GError **error)
{
    Whole w = {.of = a,
               .rules = g_new0(const Rule *, a->n_rules + 1),
               .from = g_new0(Month, a->n_rules + 1),
               .skip = g_new0(uint8_t *, a->n_rules + 1),
               .bits = g_new0(Bits, a->n_rules + 1)};
    for (size_t i = 0; i < a->n_rules; i++) {
        if (from[i] > last)
            continue;
        w.rules[w.n] = a->rules[i];
        w.from[w.n] = from[i];
        w.skip[w.n++] = skip != NULL ? skip[i] : NULL;
    }
    bool fine = true;
    if (w.n > 0) {
        w.program = program_of(a, w.rules, w.n, error);
        fine = w.program != NULL && whole_run(&w, last, error);
    }
    whole_clear(&w);
    return fine || fail_while(error, "deciding about \"%.*s\"", STR_ARG(a->entity->name));
}

/* ---- one record ------------------------------------------------------------------------------ */

/* The next month in which the answer may be another than in this one; MONTH_NEVER: not up to
 * `last`. */
static Month month_next(const Anew *a, size_t rule, size_t row, Month month, Month last)
{
    Date before = month_first(last + 1);
    Date all = output_due(a->program, &a->program->outputs[rule], month);
    Date own = evaluation_due(a->evaluation, rule, row, month, before);
    Date day = MIN(all, own);
    return day < before ? month_of(day) : MONTH_NEVER;
}

static bool answers_equal(const Answer *x, const Answer *y)
{
    if (is_no(x->outcome) || is_no(y->outcome))
        return is_no(x->outcome) && is_no(y->outcome);
    return x->outcome == y->outcome && x->amount == y->amount && x->missing == y->missing;
}

bool anew_one(Anew *a, size_t rule, size_t row, Month from, Month last, Date whole, GError **error)
{
    RecordKey subject = anew_key(a, row);
    Answer before = {.outcome = TRUTH_NO}, now;
    guint open = 0;
    for (Month month = from; month <= last; month = month_next(a, rule, row, month, last)) {
        if (!evaluation_answer(a->evaluation, rule, row, month, &now, error))
            return false;
        if (answers_equal(&before, &now))
            continue;
        if (open != 0)
            g_array_index(a->rows, DecisionRow, open - 1).until = month;
        open = 0;
        if (!is_no(now.outcome)) {
            row_open(a, a->rules[rule], subject, month, &now, &a->bits[rule]);
            open = a->rows->len;
        }
        before = now;
    }
    Date day = whole > month_first(last + 1) ? evaluation_due(a->evaluation, rule, row, last, whole)
                                             : DATE_MAX;
    if (day < DATE_MAX)
        due_add(a, a->rules[rule], subject, day);
    return true;
}
