/* cases_try.c — cases become records, and the engine decides them: many at once.
 * In: Trials, each a choice of values.  Out: outcome, amount, what is missing, and the truth of
 * each single condition on the day.  Read first: trials_run(), trial_example(). */
#include "care/cases_inside.h"

#include "compile/compile.h"
#include "evaluate/evaluate.h"

Trial *trial_new(const Plan *p, const Trial *like)
{
    Trial *t = arena_new_of(p->arena, Trial);
    t->choice = arena_many(p->arena, uint16_t, p->facts->len);
    t->truths = arena_many(p->arena, uint8_t, p->atoms->len);
    t->month = p->month;
    if (like != NULL) {
        memcpy(t->choice, like->choice, p->facts->len * sizeof *t->choice);
        t->month = like->month;
    }
    return t;
}

/* ---- records */

static size_t copies_below(const Plan *p, const Trial *t, size_t slot, unsigned depth);

/* Whether some record that is there refers to the slot's: the one whose reference made the slot, or
 * another that is compared with it. */
static bool referred(const Plan *p, const Trial *t, size_t slot, unsigned depth)
{
    const Part *s = slot_at(p, slot);
    bool made = true; /* by a reference that is no fact */
    for (guint i = 0; i < p->facts->len; i++) {
        const Fact *f = fact_at(p, i);
        if (f->field == NULL || f->field->type.kind != KIND_REF)
            continue;
        const CaseValue *v = value_at(p, t, i);
        made = made && !(f->slot == s->parent && f->field == s->by);
        if (v->known && str_equal(v->text, s->name) && f->slot != slot &&
            copies_below(p, t, f->slot, depth) > 0)
            return true;
    }
    return made && copies_below(p, t, s->parent, depth) > 0;
}

static size_t copies_below(const Plan *p, const Trial *t, size_t slot, unsigned depth)
{
    const Part *s = slot_at(p, slot);
    if (s->parent == SLOT_NONE)
        return 1;
    if (depth > p->slots->len) /* they refer to each other, and nobody else to them */
        return 0;
    if (s->counted == NULL)
        return referred(p, t, slot, depth + 1);
    return copies_below(p, t, s->parent, depth + 1) > 0 ? (size_t)value_at(p, t, s->count)->number
                                                        : 0;
}

/* How many records of the slot the case has. */
static size_t copies(const Plan *p, const Trial *t, size_t slot)
{
    return copies_below(p, t, slot, 0);
}

bool trial_has(const Plan *p, const Trial *t, size_t fact)
{
    const Fact *f = fact_at(p, fact);
    return copies(p, t, f->field == NULL ? slot_at(p, f->slot)->parent : f->slot) > 0;
}

static Str record_name(const Plan *p, size_t slot, size_t copy)
{
    Str name = slot_at(p, slot)->name;
    if (copy == 0)
        return name;
    return str_of(arena_printf(p->arena, "%.*s_n%zu", STR_ARG(name), copy + 1));
}

static void put_value(ExampleRecord *r, const Field *f, const CaseValue *v, Date since)
{
    ExampleValue *to = &r->values[r->n_values++];
    *to = (ExampleValue){.field = f, .known = v->known, .none = v->none, .number = v->number};
    to->text = v->text.at == NULL ? STR("") : v->text;
    to->since = since;
}

/* A reference to a record that this case has not: nobody knows where it leads. */
static CaseValue known_here(const Plan *p, const Trial *t, const Fact *f, const CaseValue *v)
{
    CaseValue shown = *v;
    if (f->field->type.kind != KIND_REF || !v->known)
        return shown;
    for (guint i = 0; i < p->slots->len; i++)
        if (str_equal(slot_at(p, i)->name, v->text) && copies(p, t, i) == 0)
            shown = (CaseValue){.known = false};
    return shown;
}

static void put_facts(const Plan *p, const Trial *t, size_t slot, ExampleRecord *r)
{
    const Part *s = slot_at(p, slot);
    if (s->counted != NULL) {
        CaseValue parent = {.known = true, .text = slot_at(p, s->parent)->name};
        put_value(r, s->by, &parent, DATE_MIN);
    }
    for (guint i = 0; i < p->facts->len; i++) {
        const Fact *f = fact_at(p, i);
        const CaseValue *v = value_at(p, t, i);
        if (f->slot != slot || f->field == NULL || v->absent)
            continue;
        CaseValue shown = known_here(p, t, f, v);
        put_value(r, f->field, &shown, DATE_MIN);
        if (v->later == NULL)
            continue;
        shown = known_here(p, t, f, v->later);
        put_value(r, f->field, &shown, v->from);
    }
}

const Example *trial_example(const Plan *p, const Trial *t)
{
    Example *x = arena_new_of(p->arena, Example);
    size_t n = 0;
    for (guint i = 0; i < p->slots->len; i++)
        n += copies(p, t, i);
    x->records = arena_many(p->arena, ExampleRecord, n);
    x->home = p->rule->home;
    for (guint i = 0; i < p->slots->len; i++)
        for (size_t k = 0, of = copies(p, t, i); k < of; k++) {
            ExampleRecord *r = &x->records[x->n_records++];
            r->entity = slot_at(p, i)->entity;
            r->name = record_name(p, i, k);
            r->values = arena_many(p->arena, ExampleValue, 2 * p->facts->len + 2);
            put_facts(p, t, i, r);
        }
    return x;
}

/* ---- many at once */

typedef struct Trying {
    const Plan *p;
    Trial *const *all;
    size_t n;
    ExampleData *data;
} Trying;

/* The row of a slot's first record in one case; SIZE_MAX: it has none. */
static size_t row_of(const Trying *x, size_t i, size_t slot)
{
    size_t at = 0;
    for (size_t k = 0; k < slot; k++)
        at += copies(x->p, x->all[i], k);
    if (copies(x->p, x->all[i], slot) == 0)
        return SIZE_MAX;
    return x->data->row_of[x->data->first[i] + at];
}

static void take_missing(const Trying *x, Trial *t, const Program *program, uint64_t bits)
{
    const ProgramOutput *o = &program->outputs[0];
    g_autoptr(GString) all = g_string_new(NULL);
    t->missing_one = STR("");
    for (size_t i = 0; i < o->n_inputs; i++) {
        const Input *in = &program->inputs[o->inputs[i]];
        if ((bits >> i & 1) == 0)
            continue;
        g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "", in->name);
        if (t->missing_one.len == 0 && in->kind != INPUT_RECORDS)
            t->missing_one = str_of(arena_dup(x->p->arena, in->name, strlen(in->name)));
    }
    t->missing = str_of(arena_dup(x->p->arena, all->str, all->len));
}

static bool run_month(const Trying *x, const Program *program, Month month, GError **error)
{
    g_autoptr(Results) results = NULL;
    if (!evaluate_month(program, x->data->data, month, true, &results, error))
        return false;
    const Result *r = &results->list[0];
    for (size_t i = 0; i < x->n; i++) {
        Trial *t = x->all[i];
        if (t->month != month)
            continue;
        size_t row = row_of(x, i, 0);
        t->outcome = r->outcome[row];
        t->amount = t->outcome == TRUTH_YES ? result_amount(r, row) : 0;
        bool lacks = t->outcome == TRUTH_UNKNOWN || t->outcome == TRUTH_PERSON;
        take_missing(x, t, program, lacks ? result_missing(r, row) : 0);
    }
    return true;
}

static bool is_new_month(const Trying *x, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (x->all[k]->month == x->all[i]->month)
            return false;
    return true;
}

static bool run_rule(const Trying *x, GError **error)
{
    const Output output = {.kind = OUTPUT_RULE, .rule = x->p->rule};
    const CompileOptions options = {
        .data = x->data->data, .regions = x->p->room->regions, .memo = x->p->room->params};
    g_autoptr(Program) program =
        program_new(x->p->model, x->p->rule->subject, &output, 1, &options, error);
    if (program == NULL)
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (is_new_month(x, i) && !run_month(x, program, x->all[i]->month, error))
            return false;
    return true;
}

/* All single conditions asked of the records of one slot. */
static bool run_atoms(const Trying *x, size_t slot, GError **error)
{
    const Plan *p = x->p;
    const Entity *e = slot_at(p, slot)->entity;
    g_autofree Output *outputs = g_new0(Output, p->atoms->len + 1);
    g_autofree size_t *which = g_new0(size_t, p->atoms->len + 1);
    size_t n = 0;
    for (guint i = 0; i < p->atoms->len; i++)
        if (g_array_index(p->atoms, Atom, i).slot == slot) {
            outputs[n].kind = OUTPUT_TRUTH;
            outputs[n].expr = g_array_index(p->atoms, Atom, i).expr;
            which[n++] = i;
        }
    size_t rows = x->data->data->batches[e->number]->rows;
    if (n == 0 || rows == 0)
        return true;
    const CompileOptions options = {
        .data = x->data->data, .regions = p->room->regions, .memo = p->room->params};
    g_autoptr(Program) program = program_new(p->model, e, outputs, n, &options, error);
    g_autoptr(Batch) into = batch_new("cases", rows, n);
    if (program == NULL)
        return false;
    for (size_t k = 0; k < n; k++)
        if (!evaluate_column(program, x->data->data, k, p->day, NULL, into, k, error))
            return false;
    for (size_t i = 0; i < x->n; i++) {
        size_t row = row_of(x, i, slot);
        for (size_t k = 0; k < n && row != SIZE_MAX; k++)
            x->all[i]->truths[which[k]] = (uint8_t)column_get(into->columns[k], row);
    }
    return true;
}

static uint64_t mixed(uint64_t h, uint64_t x)
{
    return (h ^ x) * UINT64_C(0x9E3779B97F4A7C15) + (h >> 29);
}

static void sign(const Plan *p, Trial *t)
{
    t->signature = mixed(1, t->outcome);
    for (guint i = 0; i < p->atoms->len; i++)
        t->signature = mixed(t->signature, t->truths[i]);
}

/* More at once would only need more memory. */
#define AT_ONCE 4096u

static bool run_some(const Plan *p, Trial *const *all, size_t n, GError **error)
{
    g_autofree const Example **list = g_new0(const Example *, n + 1);
    for (size_t i = 0; i < n; i++) {
        list[i] = trial_example(p, all[i]);
        memset(all[i]->truths, TRUTH_NOT_ASKED, p->atoms->len);
    }
    g_autoptr(ExampleData) data = example_data_new(p->room, list, n);
    const Trying x = {p, all, n, data};
    bool good = run_rule(&x, error);
    for (guint s = 0; s < p->slots->len && good; s++)
        good = run_atoms(&x, s, error);
    for (size_t i = 0; i < n && good; i++)
        sign(p, all[i]);
    return good;
}

bool trials_run(const Plan *p, Trial *const *all, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i += AT_ONCE)
        if (!run_some(p, all + i, MIN(n - i, AT_ONCE), error))
            return fail_while(error, "making cases of %.*s", STR_ARG(p->rule->name));
    return true;
}
