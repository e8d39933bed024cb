/* cases_facts.c — what a rule reads, as the records and facts of a case.
 * Paths become records the subject refers to, aggregates records that refer to it; a computed field
 * becomes what it is made of, or stands as a fact of its own where that would hide what is asked.
 * Not here: which values the facts take (cases_values.c).  Read first: plan_read(), walk(). */
#include "care/cases_inside.h"

#include "declare/interval.h"

/* Computed fields are taken apart this deep, and into no more facts than a reader can follow. */
#define DEPTH 4u
#define PARTS 6u

typedef struct Walk {
    Plan *p;
    size_t slot;
    unsigned depth, counted; /* inside computed fields, inside aggregates */
    bool alone;              /* the condition reads nothing but this */
} Walk;

static void walk(Walk w, const Expr *e);

/* ---- slots and facts */

static Str slot_name(const Plan *p, const Entity *e)
{
    size_t same = 0;
    for (guint i = 0; i < p->slots->len; i++)
        same += slot_at(p, i)->entity == e;
    if (same == 0)
        return e->name;
    return str_of(arena_printf(p->arena, "%.*s_%zu", STR_ARG(e->name), same + 1));
}

static size_t fact_of(Plan *p, size_t slot, const Field *field)
{
    for (guint i = 0; i < p->facts->len; i++)
        if (fact_at(p, i)->slot == slot && fact_at(p, i)->field == field)
            return i;
    Fact f = {.slot = slot, .field = field};
    g_array_append_val(p->facts, f);
    return p->facts->len - 1;
}

static size_t slot_add(Plan *p, Part s)
{
    s.name = slot_name(p, s.entity);
    s.count = SLOT_NONE;
    g_array_append_val(p->slots, s);
    return p->slots->len - 1;
}

/* The record a reference of the slot's leads to. */
static size_t slot_referred(Plan *p, size_t parent, const Field *by)
{
    size_t ref = fact_of(p, parent, by);
    for (guint i = 0; i < p->slots->len; i++) {
        const Part *s = slot_at(p, i);
        if (s->parent == parent && s->by == by && s->counted == NULL)
            return i;
    }
    size_t made = slot_add(p, (Part){.entity = by->type.to, .parent = parent, .by = by});
    fact_at(p, ref)->fixed = true;
    return made;
}

/* Records that refer to the slot's and are counted. */
static size_t slot_counted(Plan *p, size_t parent, const Aggregate *a)
{
    for (guint i = 0; i < p->slots->len; i++) {
        const Part *s = slot_at(p, i);
        if (s->parent == parent && s->counted != NULL && s->by == a->by && s->entity == a->of)
            return i;
    }
    size_t made = slot_add(p, (Part){.entity = a->of, .parent = parent, .by = a->by, .counted = a});
    Fact count = {.slot = made};
    g_array_append_val(p->facts, count);
    slot_at(p, made)->count = p->facts->len - 1;
    return made;
}

/* ---- computed fields */

typedef struct Parts {
    GHashTable *seen;
    unsigned facts;
    bool counts, deep;
} Parts;

static void add_parts(const Expr *e, void *context)
{
    Parts *x = context;
    x->counts = x->counts || e->kind == EXPR_AGGREGATE;
    for (size_t i = 0; i < e->n_path; i++) {
        const Field *f = e->path[i];
        if (!g_hash_table_add(x->seen, (gpointer)f))
            continue;
        if (f->compute == NULL)
            x->facts++;
        else if (g_hash_table_size(x->seen) < 64)
            expr_walk(f->compute, add_parts, x);
        else
            x->deep = true;
    }
}

bool plan_expands(const Plan *p, const Field *f, bool alone)
{
    (void)p;
    Parts x = {.seen = g_hash_table_new(NULL, NULL)};
    expr_walk(f->compute, add_parts, &x);
    g_hash_table_destroy(x.seen);
    if (x.deep || x.facts > PARTS)
        return false;
    return !x.counts || (alone && f->type.kind == KIND_BOOL);
}

/* ---- codes and numbers that are named */

static void name_number(Plan *p, Kind kind, int64_t number)
{
    for (guint i = 0; i < p->constants->len; i++) {
        const Constant *c = &g_array_index(p->constants, Constant, i);
        if (c->kind == kind && c->number == number)
            return;
    }
    Constant c = {kind, number};
    g_array_append_val(p->constants, c);
}

static uint64_t codes_named(const Expr *b)
{
    uint64_t bits = 0;
    if (b == NULL)
        return 0;
    if (b->kind == EXPR_CODE && b->number < 64)
        return UINT64_C(1) << b->number;
    if (b->kind == EXPR_SET)
        return (uint64_t)b->number;
    if (b->kind == EXPR_UNION)
        return codes_named(b->a) | codes_named(b->b);
    if (b->kind != EXPR_PARAM)
        return 0;
    for (size_t i = 0; i < b->param->n_values; i++)
        bits |= b->type.kind == KIND_SET ? (uint64_t)b->param->values[i].number
                                         : UINT64_C(1) << (b->param->values[i].number & 63);
    return bits;
}

/* The fact a comparison is about: a field reached from the slot; SLOT_NONE: it is not one. */
static size_t fact_meant(Walk w, const Expr *e)
{
    size_t slot = w.slot;
    while (e != NULL && e->kind == EXPR_RESCALE)
        e = e->a;
    if (e == NULL || e->kind != EXPR_FIELD || e->outer)
        return SLOT_NONE;
    for (size_t i = 0; i + 1 < e->n_path; i++)
        slot = slot_referred(w.p, slot, e->path[i]);
    const Field *f = e->path[e->n_path - 1];
    if (f->compute != NULL && plan_expands(w.p, f, w.alone))
        return SLOT_NONE;
    return fact_of(w.p, slot, f);
}

static void name_codes(Walk w, const Expr *a, const Expr *b)
{
    uint64_t bits = codes_named(b);
    size_t fact = bits == 0 ? SLOT_NONE : fact_meant(w, a);
    if (fact == SLOT_NONE)
        return;
    bool ordered = a->type.kind == KIND_ENUM && a->type.of->ordered;
    fact_at(w.p, fact)->named |= ordered ? bits | bits << 1 | bits >> 1 : bits;
}

/* ---- what is not made of others */

/* What only has a meaning around it: the outer record, the index of a param's default. */
static void find_bound(const Expr *e, void *context)
{
    if ((e->kind == EXPR_FIELD && e->outer) || e->kind == EXPR_INDEX)
        *(bool *)context = true;
}

static void atom_add(Walk w, const Expr *e)
{
    bool bound = false;
    expr_walk(e, find_bound, &bound);
    if (bound)
        return; /* it can not be asked by itself */
    for (guint i = 0; i < w.p->atoms->len; i++) {
        const Atom *x = &g_array_index(w.p->atoms, Atom, i);
        if (x->expr == e && x->slot == w.slot)
            return;
    }
    Atom a = {e, w.slot};
    g_array_append_val(w.p->atoms, a);
}

static Expr *compared(Plan *p, ExprKind kind, const Expr *a, const Expr *b)
{
    Expr *e = arena_new_of(p->arena, Expr);
    e->kind = kind;
    e->type = (Type){.kind = KIND_BOOL, .is_truth = true};
    e->pos = a->pos;
    e->a = a;
    e->b = b;
    e->size = a->size + b->size + 1;
    return e;
}

static void bound_add(Walk w, const Expr *axis, const struct TableAxis *of, int64_t bound)
{
    Expr *number = arena_new_of(w.p->arena, Expr);
    if (bound == INT64_MIN || bound == INT64_MAX || bound <= of->low)
        return;
    number->kind = of->type.kind == KIND_DATE ? EXPR_DATE : EXPR_NUMBER;
    number->type = axis->type;
    number->pos = axis->pos;
    number->number = bound;
    number->size = 1;
    name_number(w.p, of->type.kind, bound);
    atom_add(w, compared(w.p, EXPR_GE, axis, number));
}

/* Where one row of a table ends and the next begins is a limit, too. */
static void walk_table(Walk w, const Expr *e)
{
    const Table *t = e->table;
    for (size_t i = 0; i < e->n_args; i++) {
        const struct TableAxis *axis = &t->axis[i];
        walk(w, e->args[i]);
        size_t fact = axis->type.kind == KIND_ENUM ? fact_meant(w, e->args[i]) : SLOT_NONE;
        for (size_t r = 0; r < t->n_rows; r++) {
            const TableCell *c = &t->cells[r * t->n_axes + i];
            if (c->any)
                continue;
            if (fact != SLOT_NONE)
                fact_at(w.p, fact)->named |= c->codes;
            if (axis->type.kind == KIND_ENUM || axis->type.kind == KIND_BOOL)
                continue;
            bound_add(w, e->args[i], axis, c->low);
            if (c->high < INT64_MAX)
                bound_add(w, e->args[i], axis, c->high + 1);
        }
    }
}

static void walk_param(Walk w, const Expr *e)
{
    const Param *p = e->param;
    for (size_t i = 0, k = 0; i < e->n_args; i++) {
        walk(w, e->args[i]);
        if (p->index[i].is_region)
            continue;
        size_t fact = fact_meant(w, e->args[i]);
        for (size_t v = 0; v < p->n_values && fact != SLOT_NONE; v++)
            fact_at(w.p, fact)->named |= UINT64_C(1) << (p->values[v].codes[k] & 63);
        k++;
    }
    for (size_t v = 0; v < p->n_values && p->type.kind != KIND_SET && p->type.kind != KIND_ENUM;
         v++)
        name_number(w.p, p->type.kind, p->values[v].number);
    if (p->otherwise != NULL && w.depth < DEPTH) {
        Walk inside = w;
        inside.depth++;
        walk(inside, p->otherwise);
    }
}

/* Of a computed field of another record the atoms are that record's. */
static void walk_field(Walk w, const Expr *e)
{
    Walk at = w;
    if (e->outer) {
        const Part *s = slot_at(w.p, w.slot);
        at.slot = s->parent == SLOT_NONE ? w.slot : s->parent;
    }
    for (size_t i = 0; i + 1 < e->n_path; i++)
        at.slot = slot_referred(w.p, at.slot, e->path[i]);
    const Field *f = e->path[e->n_path - 1];
    if (f->compute != NULL && w.depth < DEPTH && plan_expands(w.p, f, w.alone)) {
        at.depth++;
        walk(at, f->compute);
        return;
    }
    fact_of(w.p, at.slot, f);
    if (f->type.kind == KIND_BOOL && !e->outer)
        atom_add(w, e);
}

static void walk_aggregate(Walk w, const Expr *e)
{
    const Aggregate *a = e->aggregate;
    if (a->by == NULL || w.counted > 0)
        return; /* records of a place, records of records: more than a case can show */
    Walk inside = w;
    inside.slot = slot_counted(w.p, w.slot, a);
    inside.counted++;
    walk(inside, a->where);
    walk(inside, a->value);
    walk(w, a->otherwise);
    if (a->kind == AGGREGATE_EXISTS)
        atom_add(w, e);
}

/* References are compared by who they lead to. */
static void walk_references(Walk w, const Expr *e)
{
    const Expr *const sides[] = {e->a, e->b};
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        size_t fact = fact_meant(w, sides[i]);
        if (fact == SLOT_NONE)
            continue;
        slot_referred(w.p, fact_at(w.p, fact)->slot, fact_at(w.p, fact)->field);
        fact_at(w.p, fact)->fixed = false;
    }
}

static bool is_leaf(const Expr *e)
{
    switch (e->kind) {
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
    case EXPR_BETWEEN:
    case EXPR_IN:
    case EXPR_IN_REGION:
    case EXPR_HAS_ANY:
    case EXPR_HAS_ALL:
    case EXPR_KNOWN:
    case EXPR_REACHED:
        return true;
    default:
        return false;
    }
}

static void walk(Walk w, const Expr *e)
{
    if (e == NULL)
        return;
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
        name_number(w.p, e->type.kind, e->number);
        return;
    case EXPR_FIELD:
        walk_field(w, e);
        return;
    case EXPR_PARAM:
        walk_param(w, e);
        return;
    case EXPR_TABLE:
        walk_table(w, e);
        return;
    case EXPR_AGGREGATE:
        walk_aggregate(w, e);
        return;
    case EXPR_MIN:
    case EXPR_MAX:
        atom_add(w, compared(w.p, EXPR_GE, e->a, e->b));
        break;
    case EXPR_REACHED:
    case EXPR_ENTERED:
        if (fact_meant(w, e->a) != SLOT_NONE && e->number < 64)
            fact_at(w.p, fact_meant(w, e->a))->named |= UINT64_C(1) << e->number;
        break;
    default:
        break;
    }
    if (is_leaf(e)) {
        atom_add(w, e);
        name_codes(w, e->a, e->b);
        name_codes(w, e->b, e->a);
        if (e->kind == EXPR_BETWEEN)
            name_codes(w, e->a, e->c);
        if (e->a != NULL && e->a->type.kind == KIND_REF)
            walk_references(w, e);
    }
    walk(w, e->a);
    walk(w, e->b);
    walk(w, e->c);
    for (size_t i = 0; i < e->n_args; i++)
        walk(w, e->args[i]);
}

/* ---- all of a rule */

static void find_fields(const Expr *e, void *context)
{
    for (size_t i = 0; i < e->n_path; i++)
        g_hash_table_add(context, (gpointer)e->path[i]);
}

/* Whether a condition reads one field of its own and nothing else. */
static bool reads_one(const Expr *e)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    expr_walk(e, find_fields, seen);
    return g_hash_table_size(seen) <= 1;
}

static void walk_root(Plan *p, const Expr *e)
{
    walk((Walk){.p = p, .alone = reads_one(e)}, e);
}

/* Days on which the records are there, and the place in which the rule holds. */
static void sound_records(Plan *p)
{
    for (guint i = 0; i < p->slots->len; i++) {
        const Part *s = slot_at(p, i);
        const Field *const days[] = {s->entity->begin, s->entity->event_day};
        for (size_t k = 0; k < G_N_ELEMENTS(days); k++) {
            guint before = p->facts->len;
            size_t fact = days[k] == NULL ? SLOT_NONE : fact_of(p, i, days[k]);
            if (fact != SLOT_NONE && p->facts->len > before)
                fact_at(p, fact)->fixed = true;
        }
    }
    const Expr *place = p->rule->subject->place;
    if (place != NULL && p->rule->home.document->place.len > 0) {
        guint before = p->facts->len;
        size_t slot = 0;
        for (size_t i = 0; i + 1 < place->n_path; i++)
            slot = slot_referred(p, slot, place->path[i]);
        size_t fact = fact_of(p, slot, place->path[place->n_path - 1]);
        if (fact >= before)
            fact_at(p, fact)->fixed = true;
    }
    if (p->rule->subject->end != NULL)
        fact_of(p, 0, p->rule->subject->end);
}

/* A reference that is compared may lead to another's record: that one says what its own would. */
static void share_facts(Plan *p, const Fact *ref)
{
    size_t own = SLOT_NONE;
    for (guint i = 0; i < p->slots->len; i++)
        if (slot_at(p, i)->parent == ref->slot && slot_at(p, i)->by == ref->field &&
            slot_at(p, i)->counted == NULL)
            own = i;
    for (guint i = 0; i < p->slots->len && own != SLOT_NONE; i++) {
        if (i == own || i == ref->slot || slot_at(p, i)->entity != ref->field->type.to)
            continue;
        for (guint k = 0, n = p->facts->len; k < n; k++) {
            guint before = p->facts->len;
            const Field *field = fact_at(p, k)->slot == own ? fact_at(p, k)->field : NULL;
            if (field != NULL && field->type.kind != KIND_REF && fact_of(p, i, field) >= before)
                fact_at(p, before)->fixed = true;
        }
    }
}

void plan_read(Plan *p)
{
    const Rule *r = p->rule;
    slot_add(p, (Part){.entity = r->subject, .parent = SLOT_NONE});
    walk_root(p, r->when);
    walk_root(p, r->require);
    walk_root(p, r->start_after);
    walk_root(p, r->start_of);
    walk_root(p, r->pay);
    if (r->once_on != NULL)
        fact_of(p, 0, r->once_on);
    sound_records(p);
    for (guint i = 0, n = p->facts->len; i < n; i++) {
        const Fact ref = *fact_at(p, i);
        if (ref.field != NULL && ref.field->type.kind == KIND_REF && !ref.fixed)
            share_facts(p, &ref);
    }
}
