/* make.c — Models by hand.  See make.h. */
#include "make.h"

Make *make_new(void)
{
    Make *k = g_new0(Make, 1);

    k->a = arena_new();
    k->m = arena_new_of(k->a, Model);
    k->m->arena = k->a;
    k->entities = g_ptr_array_new();
    k->enums = g_ptr_array_new();
    k->params = g_ptr_array_new();
    k->tables = g_ptr_array_new();
    k->rules = g_ptr_array_new();
    k->document = arena_new_of(k->a, Document);
    k->document->name = STR("test-2020");
    k->document->from = DATE_MIN;
    k->document->until = DATE_MAX;
    return k;
}

void make_free(Make *k)
{
    g_ptr_array_unref(k->entities);
    g_ptr_array_unref(k->enums);
    g_ptr_array_unref(k->params);
    g_ptr_array_unref(k->tables);
    g_ptr_array_unref(k->rules);
    arena_free(k->a);
    g_free(k);
}

/* As linking leaves them: by region, codes, day; what stood first stays first. */
static void sort_values(Param *p)
{
    for (size_t i = 1; i < p->n_values; i++)
        for (size_t k = i; k > 0; k--) {
            ParamValue *x = &p->values[k - 1], *y = &p->values[k], keep = *x;
            int order = str_compare(x->region, y->region);

            for (size_t c = 0; c < G_N_ELEMENTS(x->codes) && order == 0; c++)
                order = (x->codes[c] > y->codes[c]) - (x->codes[c] < y->codes[c]);
            if (order < 0 || (order == 0 && x->since <= y->since))
                break;
            *x = *y;
            *y = keep;
        }
}

const Model *make_model(Make *k)
{
    Model *m = k->m;

    m->entities = (Entity **)k->entities->pdata;
    m->n_entities = k->entities->len;
    m->enums = (Enum **)k->enums->pdata;
    m->n_enums = k->enums->len;
    m->params = (Param **)k->params->pdata;
    m->n_params = k->params->len;
    for (size_t i = 0; i < m->n_params; i++)
        sort_values(m->params[i]);
    m->tables = (Table **)k->tables->pdata;
    m->n_tables = k->tables->len;
    m->rules = (Rule **)k->rules->pdata;
    m->n_rules = k->rules->len;
    return m;
}

Type type_of(Kind k)
{
    return (Type){.kind = k, .scale = (uint8_t)kind_scale(k)};
}

Type type_number(unsigned scale)
{
    return (Type){.kind = scale == 0 ? KIND_INT : KIND_DECIMAL, .scale = (uint8_t)scale};
}

Type type_truth(void)
{
    return (Type){.kind = KIND_BOOL, .is_truth = true};
}

Enum *make_enum(Make *k, const char *name, unsigned codes)
{
    Enum *e = arena_new_of(k->a, Enum);

    e->name = str_of(name);
    e->ordered = true;
    e->codes = arena_many(k->a, Code, codes);
    e->n_codes = codes;
    e->number = k->enums->len;
    for (unsigned i = 0; i < codes; i++) {
        e->codes[i].name = str_of(arena_printf(k->a, "%s%u", name, i));
        e->codes[i].number = i;
    }
    g_ptr_array_add(k->enums, e);
    return e;
}

Entity *make_entity(Make *k, const char *name)
{
    Entity *e = arena_new_of(k->a, Entity);

    e->name = str_of(name);
    e->number = k->entities->len;
    e->fields = arena_many(k->a, Field *, 32);
    g_ptr_array_add(k->entities, e);
    return e;
}

Field *make_field(Make *k, Entity *e, const char *name, Kind kind)
{
    Field *f = arena_new_of(k->a, Field);

    g_assert(e->n_fields < 32);
    f->name = str_of(name);
    f->type = type_of(kind);
    f->entity = e;
    f->index = (unsigned)e->n_fields;
    e->fields[e->n_fields++] = f;
    return f;
}

Field *make_code(Make *k, Entity *e, const char *name, const Enum *of, bool set)
{
    Field *f = make_field(k, e, name, set ? KIND_SET : KIND_ENUM);

    f->type.of = of;
    return f;
}

Field *make_ref(Make *k, Entity *e, const char *name, const Entity *to)
{
    Field *f = make_field(k, e, name, KIND_REF);

    f->type.to = to;
    return f;
}

void make_regions(Make *k, const int32_t *parents, size_t n)
{
    Model *m = k->m;

    m->regions = arena_many(k->a, RegionRow, n);
    m->n_regions = n;
    for (size_t i = 0; i < n; i++) {
        m->regions[i].code = str_of(arena_printf(k->a, "r%zu", i));
        m->regions[i].until = DATE_MAX;
        if (parents[i] >= 0)
            m->regions[i].parent = m->regions[parents[i]].code;
    }
}

Param *make_param(Make *k, const char *name, Type type)
{
    Param *p = arena_new_of(k->a, Param);

    p->name = str_of(name);
    p->type = type;
    p->number = k->params->len;
    p->values = arena_many(k->a, ParamValue, 64);
    p->home.document = k->document;
    g_ptr_array_add(k->params, p);
    return p;
}

ParamValue *make_value(Make *k, Param *p, int64_t number, Date since)
{
    ParamValue *v = &p->values[p->n_values++];

    g_assert(p->n_values <= 64);
    v->number = number;
    v->since = since;
    v->until = DATE_MAX;
    v->certain = true;
    v->home.document = k->document;
    return v;
}

Rule *make_rule(Make *k, const char *name, const Entity *subject)
{
    Rule *r = arena_new_of(k->a, Rule);

    r->name = str_of(name);
    r->subject = subject;
    r->from = DATE_MIN;
    r->until = DATE_MAX;
    r->number = k->rules->len;
    r->home.document = k->document;
    g_ptr_array_add(k->rules, r);
    return r;
}

/* ---- expressions ------------------------------------------------------------------------------
 */

Expr *e_new(Make *k, ExprKind kind, Type t)
{
    Expr *e = arena_new_of(k->a, Expr);

    e->kind = kind;
    e->type = t;
    return e;
}

Expr *e_number(Make *k, int64_t n)
{
    Expr *e = e_new(k, EXPR_NUMBER, type_number(0));

    e->number = n;
    return e;
}

Expr *e_money(Make *k, int64_t fen)
{
    Expr *e = e_new(k, EXPR_NUMBER, type_of(KIND_MONEY));

    e->number = fen;
    return e;
}

Expr *e_date(Make *k, Date d)
{
    Expr *e = e_new(k, EXPR_DATE, type_of(KIND_DATE));

    e->number = d;
    return e;
}

Expr *e_codes(Make *k, const Enum *of, uint64_t bits)
{
    Expr *e = e_new(k, EXPR_SET, type_of(KIND_SET));

    e->type.of = of;
    e->number = (int64_t)bits;
    return e;
}

Expr *e_code(Make *k, const Enum *of, unsigned code)
{
    Expr *e = e_new(k, EXPR_CODE, type_of(KIND_ENUM));

    e->type.of = of;
    e->number = code;
    return e;
}

static Expr *path(Make *k, const Field *const *fields, size_t n)
{
    Expr *e = e_new(k, EXPR_FIELD, fields[n - 1]->type);

    e->path = arena_many(k->a, const Field *, n);
    memcpy(e->path, fields, n * sizeof *fields);
    e->n_path = n;
    return e;
}

Expr *e_field(Make *k, const Field *f)
{
    return path(k, &f, 1);
}

Expr *e_path(Make *k, const Field *f, const Field *g)
{
    const Field *both[2] = {f, g};

    return path(k, both, 2);
}

Expr *e_outer(Make *k, const Field *f)
{
    Expr *e = path(k, &f, 1);

    e->outer = true;
    return e;
}

Expr *e_day(Make *k)
{
    return e_new(k, EXPR_DAY, type_of(KIND_DATE));
}

static Expr *with(Expr *e, const Expr *a, const Expr *b)
{
    e->a = a;
    e->b = b;
    return e;
}

Expr *e_truth(Make *k, ExprKind kind, const Expr *a, const Expr *b)
{
    return with(e_new(k, kind, type_truth()), a, b);
}

Expr *e_value(Make *k, ExprKind kind, const Expr *a, const Expr *b)
{
    Type t = a->type;

    if (kind == EXPR_MUL)
        t.scale = (uint8_t)(a->type.scale + b->type.scale);
    return with(e_new(k, kind, t), a, b);
}

Expr *e_age(Make *k, const Expr *born)
{
    return with(e_new(k, EXPR_AGE, type_number(0)), born, NULL);
}

Expr *e_if(Make *k, const Expr *c, const Expr *a, const Expr *b)
{
    Expr *e = e_new(k, EXPR_IF, a->type);

    e->a = c;
    e->b = a;
    e->c = b;
    return e;
}

Expr *e_param(Make *k, const Param *p, const Expr *i, const Expr *j)
{
    Expr *e = e_new(k, EXPR_PARAM, p->type);

    e->param = p;
    e->args = arena_many(k->a, const Expr *, 2);
    if (i != NULL)
        e->args[e->n_args++] = i;
    if (j != NULL)
        e->args[e->n_args++] = j;
    return e;
}

Expr *e_round(Make *k, const Expr *a, Type to, Rounding how)
{
    Expr *e = e_new(k, EXPR_ROUND, to);

    e->number = how;
    e->a = a;
    return e;
}

Expr *e_aggregate(Make *k, AggregateKind kind, const Entity *of, const Field *by, const Expr *value,
                  const Expr *where, Type type)
{
    Expr *e = e_new(k, EXPR_AGGREGATE, type);
    Aggregate *g = arena_new_of(k->a, Aggregate);

    g->kind = kind;
    g->of = of;
    g->by = by;
    g->value = value;
    g->where = where;
    e->aggregate = g;
    return e;
}

/* ---- data -------------------------------------------------------------------------------------
 */

Date day_of(const char *text)
{
    Date d = 0;
    bool good = date_parse(str_of(text), &d);

    g_assert_true(good);
    return d;
}

Month month_at(const char *text)
{
    Month m = 0;
    bool good = month_parse(str_of(text), &m);

    g_assert_true(good);
    return m;
}

Dataset *make_data(Make *k)
{
    return dataset_new(k->entities->len);
}

Batch *make_batch(Dataset *d, const Entity *e, size_t rows)
{
    char *name = g_strndup(e->name.at, e->name.len);
    Batch *b = batch_new(name, rows, 32);

    g_free(name);
    d->batches[e->number] = b;
    return b;
}

Column *fill(Batch *b, const Field *f, const int64_t *values)
{
    Column *c = batch_add(b, f->index, f->type.kind, kind_facts[f->type.kind].physical, false);

    for (size_t i = 0; i < b->rows; i++) {
        if (values[i] != UNKNOWN)
            column_set(c, i, values[i]);
    }
    column_finish(b, c);
    return c;
}
