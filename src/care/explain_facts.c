/* explain_facts.c — where each value of an answer came from: the entry of the journal that recorded
 * it, when, by which post, how; of a param the document that set it.
 * In: a Program and its Trace.  Out: Explanation.facts.  Who it was by name is for those who may
 * read the journal.  Start: explain_facts(). */
#include "base/limits.h"
#include "care/account.h"
#include "care/explain_inside.h"
#include "care/param_text.h"

#define ENTRIES_MOST 500 /* of one record: what is older is told without its entry */

/* ---- which entry */

static bool known_then(const Explaining *x, const JournalEntry *e)
{
    bool any = false;
    for (size_t i = 0; i < x->data->n_known; i++) {
        const KnownAt *k = &x->data->known[i];
        if (k->county == e->county)
            return e->seq <= k->seq;
        any = true;
    }
    return !any || !x->past;
}

/* The newest entry, of those known, that gave the field a value that holds from the same day. */
static const JournalEntry *entry_of(const Explaining *x, const Field *f, const ExplainFact *fact,
                                    const JournalEntry *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!known_then(x, &all[i]))
            continue;
        for (size_t k = 0; k < all[i].n_fields; k++) {
            const struct JournalField *j = &all[i].fields[k];
            bool same = str_equal(j->field->name, f->name) &&
                        str_equal(j->field->entity->name, f->entity->name);
            if (same && (!f->dated || fact->since == DATE_MIN || j->since == fact->since))
                return &all[i];
        }
    }
    return NULL;
}

static bool tell_entry(const Explaining *x, const JournalEntry *e, ExplainFact *to, GError **error)
{
    const AccountRow *account;
    to->seq = e->seq;
    to->at = e->at;
    to->via = e->via;
    to->kind = e->kind;
    if (session_may(x->session, MAY_JOURNAL_READ)) {
        to->by = e->actor;
        to->reason = e->reason;
    }
    if (!account_find(x->care, e->actor, x->arena, &account, error))
        return false;
    const RoleFacts *role = account != NULL ? care_role(x->care, account->role) : NULL;
    if (role != NULL) {
        to->role_zh = str_of(role->zh);
        to->role_en = str_of(role->en);
    }
    return true;
}

static Str shown(const Explaining *x, const Field *f, int64_t number, bool english)
{
    g_autoptr(GString) s = g_string_new(NULL);
    const RegionRow *r =
        f->type.kind == KIND_REGION && number >= 0 && (size_t)number < x->model->n_regions
            ? &x->model->regions[number]
            : NULL;
    if (r != NULL)
        return english && r->name_en.len > 0 ? r->name_en : r->name;
    if (f->secret || kind_is_text(f->type.kind) || f->type.kind == KIND_REF)
        return english ? STR("recorded") : STR("已登记");
    number_text(&f->type, number, english, s);
    return arena_str(x->arena, (Str){s->str, s->len});
}

/* ---- facts */

static bool may_see(const Explaining *x, const Entity *e, RecordKey key)
{
    g_autoptr(Working) w = NULL;
    return working_get(x->care, &w, NULL) && scope_allows(x->care, w, x->session, e, key, NULL);
}

/* The record a step reads: the one at hand, or where a reference leads. */
static bool key_of(const Explaining *x, const Step *s, RecordKey *ret)
{
    const Batch *b = x->data->batches[s->entity];
    int64_t row = s->a == STEP_NONE ? (int64_t)x->trace->row : x->trace->steps[s->a].value;
    if (b == NULL || b->ids == NULL || row < 0 || (size_t)row >= b->rows)
        return false;
    *ret = (RecordKey){b->counties != NULL ? b->counties[row] : 0, b->ids[row]};
    return true;
}

static bool tell_fact(const Explaining *x, const Step *s, const TraceStep *seen, ExplainFact *to,
                      GError **error)
{
    const Field *f = x->model->entities[s->entity]->fields[s->column];
    const Entity *e = x->care->model->entities[s->entity];
    JournalEntry *all;
    RecordKey key;
    size_t n;
    *to = (ExplainFact){.name = str_of(arena_printf(x->arena, "%.*s.%.*s", STR_ARG(f->entity->name),
                                                    STR_ARG(f->name))),
                        .zh = f->label.zh,
                        .en = f->label.en,
                        .since = seen->since,
                        .known = true,
                        .value_zh = shown(x, f, seen->value, false),
                        .value_en = shown(x, f, seen->value, true)};
    if (!key_of(x, s, &key) || !may_see(x, e, key))
        return true;
    if (!store_history(x->care->store, e, key, ENTRIES_MOST, x->arena, &all, &n, error))
        return fail_while(error, "looking for who recorded \"%.*s\"", STR_ARG(to->name));
    const JournalEntry *entry = entry_of(x, f, to, all, n);
    return entry == NULL || tell_entry(x, entry, to, error);
}

/* ---- params and tables */

/* The document whose value it is: one in force that day; else that which declares the param. */
static void tell_source(const Explaining *x, const Param *p, int64_t number, ExplainFact *to)
{
    const Home *home = &p->home;
    for (size_t k = 0; k < p->n_values; k++)
        if (p->values[k].number == number && p->values[k].since <= x->trace->day &&
            x->trace->day <= p->values[k].until) {
            home = &p->values[k].home;
            to->since = p->values[k].since;
        }
    if (home->document != NULL)
        to->document = home->document->name;
    if (home->clause != NULL)
        to->clause = home->clause->number;
}

static void tell_looked_up(const Explaining *x, const Step *s, const TraceStep *seen,
                           ExplainFact *to)
{
    const Slot *slot = &x->program->slots[s->slot];
    const Param *p = model_param(x->model, str_of(slot->name));
    const Table *t = p == NULL ? model_table(x->model, str_of(slot->name)) : NULL;
    int64_t number = s->is_truth ? seen->value == TRUTH_YES : seen->value;
    g_autoptr(GString) zh = g_string_new(NULL);
    g_autoptr(GString) en = g_string_new(NULL);
    *to = (ExplainFact){.name = arena_str(x->arena, str_of(slot->name)),
                        .since = DATE_MIN,
                        .known = true,
                        .is_param = true};
    if (p == NULL && t == NULL)
        return;
    to->zh = p != NULL ? p->label.zh : t->label.zh;
    to->en = p != NULL ? p->label.en : t->label.en;
    number_text(p != NULL ? &p->type : &t->type, number, false, zh);
    number_text(p != NULL ? &p->type : &t->type, number, true, en);
    to->value_zh = arena_str(x->arena, (Str){zh->str, zh->len});
    to->value_en = arena_str(x->arena, (Str){en->str, en->len});
    if (p != NULL) {
        tell_source(x, p, number, to);
        return;
    }
    to->document = t->home.document != NULL ? t->home.document->name : (Str){NULL, 0};
    to->clause = t->home.clause != NULL ? t->home.clause->number : (Str){NULL, 0};
}

/* ---- computed fields of the record itself */

static void tell_computed(const Explaining *x, const Field *f, const TraceStep *seen, bool truth,
                          ExplainFact *to)
{
    int64_t number = truth ? seen->value == TRUTH_YES : seen->value;
    *to = (ExplainFact){.name = str_of(arena_printf(x->arena, "%.*s.%.*s", STR_ARG(f->entity->name),
                                                    STR_ARG(f->name))),
                        .zh = f->label.zh,
                        .en = f->label.en,
                        .since = DATE_MIN,
                        .known = true,
                        .value_zh = shown(x, f, number, false),
                        .value_en = shown(x, f, number, true)};
    if (f->home.document != NULL)
        to->document = f->home.document->name;
    if (f->home.clause != NULL)
        to->clause = f->home.clause->number;
}

static void computed_facts(const Explaining *x, Explanation *to)
{
    const Entity *e = x->model->entities[x->program->entity];
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        uint32_t step =
            f->compute != NULL ? program_step_of(x->program, f->compute, STEP_NONE) : STEP_NONE;
        if (step == STEP_NONE || step >= x->trace->n_steps || !x->trace->steps[step].run)
            continue;
        const TraceStep *seen = &x->trace->steps[step];
        bool truth = x->program->steps[step].is_truth;
        bool known = truth ? seen->value == TRUTH_YES || seen->value == TRUTH_NO : seen->known;
        if (known)
            tell_computed(x, f, seen, truth, &to->facts[to->n_facts++]);
    }
}

/* ---- all of it */

static bool is_fact(const Explaining *x, const Step *s)
{
    return s->op == OP_FIELD &&
           x->model->entities[s->entity]->fields[s->column]->type.kind != KIND_REF;
}

static bool is_param(const Explaining *x, const Step *s)
{
    return s->op == OP_LOOKUP && x->program->slots[s->slot].origin != NULL;
}

/* Read twice, told once. */
static bool told_before(const Explanation *to)
{
    const ExplainFact *last = &to->facts[to->n_facts];
    for (size_t i = 0; i < to->n_facts; i++)
        if (str_equal(to->facts[i].name, last->name) &&
            str_equal(to->facts[i].value_zh, last->value_zh) && to->facts[i].seq == last->seq)
            return true;
    return false;
}

bool explain_facts(const Explaining *x, Explanation *to, GError **error)
{
    const ProgramOutput *o = &x->program->outputs[0];
    size_t fields = x->model->entities[x->program->entity]->n_fields;
    to->facts = arena_many(x->arena, ExplainFact, o->n_steps + fields + 1);
    to->n_facts = 0;
    for (size_t i = 0; i < o->n_steps; i++) {
        const Step *s = &x->program->steps[o->steps[i]];
        if (o->steps[i] >= x->trace->n_steps || (!is_fact(x, s) && !is_param(x, s)))
            continue;
        const TraceStep *seen = &x->trace->steps[o->steps[i]];
        ExplainFact *fact = &to->facts[to->n_facts];
        if (!seen->run || !seen->known)
            continue;
        if (s->op == OP_LOOKUP)
            tell_looked_up(x, s, seen, fact);
        else if (!tell_fact(x, s, seen, fact, error))
            return false;
        to->n_facts += !told_before(to);
    }
    computed_facts(x, to);
    return true;
}
