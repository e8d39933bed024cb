/* plan.c — names and numbers of a Model in a database.  Read first: plan_new(), table_name_all().
 * The SQL texts are made in plan_sql.c. */
#include "store/plan.h"

#include "base/limits.h"
#include "base/sort.h"
#include "declare/schema.h"
#include "store/plan_sql.h"

#define NAME_MOST 50

/* ---- names ------------------------------------------------------------------------------- */

static const char *const closed_names[] = {
#define TABLE(name, columns) #name,
#define INDEX(name, on)      #name,
#define INDEX_ONE(name, on)  #name,
#define RESERVED(name)       #name,
#include "store/tables.def"
#undef TABLE
#undef INDEX
#undef INDEX_ONE
#undef RESERVED
};

static bool name_ok(Str s)
{
    if (s.len == 0 || s.len > LIMIT_NAME || !g_ascii_islower(s.at[0]))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];

        if (!g_ascii_islower(c) && !g_ascii_isdigit(c) && c != '_')
            return false;
    }
    return true;
}

/* PostgreSQL cuts names at 63 bytes, and adds "_pkey" for the key of a table. */
static const char *name_short(Arena *a, const char *name)
{
    g_autofree char *hash = NULL;

    if (strlen(name) <= NAME_MOST)
        return name;
    hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    return arena_printf(a, "%.*s_%.8s", NAME_MOST - 9, name, hash);
}

/* `wanted`, with as many "_" behind it as it takes to be the only one. */
static const char *name_take(Arena *a, GHashTable *taken, const char *wanted)
{
    const char *name = wanted;

    if (g_str_has_prefix(name, "sqlite_") || g_str_has_prefix(name, "pg_"))
        name = arena_printf(a, "e_%s", name);
    name = name_short(a, name);
    while (g_hash_table_contains(taken, name))
        name = arena_printf(a, "%s_", name);
    g_hash_table_add(taken, (gpointer)name);
    return name;
}

static const char *made(Arena *a, GHashTable *taken, Str name, const char *suffix)
{
    return name_take(a, taken, arena_printf(a, "%.*s_%s", STR_ARG(name), suffix));
}

/* ---- fields ------------------------------------------------------------------------------ */

/* Without the document that adds it before it, and without the number behind it: what it was called
 * when records held it. */
static Str word_of(Str name)
{
    Str word = str_cut(&name, '#');
    ptrdiff_t at = str_find(word, STR("/"));

    return at < 0 ? word : (Str){word.at + at + 1, word.len - (size_t)at - 1};
}

static Str field_name(const FieldPlan *f)
{
    return word_of(f->field->name);
}

static void field_name_made(Arena *a, GHashTable *taken, FieldPlan *f)
{
    Str name = field_name(f);

    if (f->dated) {
        f->since = made(a, taken, name, "since");
        f->until = made(a, taken, name, "until");
        f->known = made(a, taken, name, "known");
    }
    if (f->link) {
        f->county = made(a, taken, name, "county");
        f->value = made(a, taken, name, "id");
    }
    if (f->blinded)
        f->blind = made(a, taken, name, "blind");
}

static void field_columns(Arena *a, TablePlan *t)
{
    static const char *const system[] = {
        "county",   "id",   "seq",  "state", "known", /* ours; then PostgreSQL's */
        "tableoid", "xmin", "cmin", "xmax",  "cmax",  "ctid"};
    g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < G_N_ELEMENTS(system); i++)
        g_hash_table_add(taken, (gpointer)system[i]);
    for (size_t i = 0; i < t->n_fields; i++)
        field_name_made(a, taken, &t->fields[i]);
    for (size_t i = 0; i < t->n_fields; i++) {
        FieldPlan *f = &t->fields[i];

        Str name = field_name(f);

        if (f->value == NULL)
            f->value = name_take(a, taken, arena_dup(a, name.at, name.len));
        f->at = t->columns;
        f->columns = 1 + f->link + (f->dated ? 3 : 0) + f->blinded;
        t->columns += f->columns;
    }
}

static CodePlan *codes_new(Arena *a, const Numbering *n, const Enum *e)
{
    CodePlan *c = arena_new_of(a, CodePlan);
    const char *owner = arena_printf(a, "enum %.*s", STR_ARG(enum_stored(e)));

    c->of = e;
    c->same = true;
    c->stored = arena_many(a, int64_t, e->n_codes + 1);
    for (size_t i = 0; i < e->n_codes; i++) {
        c->stored[i] = numbering_find(n, str_of(owner), code_stored(&e->codes[i]));
        c->same = c->same && c->stored[i] == (int64_t)i;
        c->n_stored = MAX(c->n_stored, (size_t)(c->stored[i] + 1));
    }
    c->code = arena_many(a, int, c->n_stored + 1);
    for (size_t i = 0; i <= c->n_stored; i++)
        c->code[i] = -1;
    for (size_t i = 0; i < e->n_codes; i++) {
        if (c->stored[i] >= 0)
            c->code[c->stored[i]] = (int)i;
    }
    return c;
}

static bool is_title(const Entity *e, const Field *f)
{
    for (size_t i = 0; i < e->n_title; i++) {
        if (e->title[i] == f)
            return true;
    }
    return false;
}

static bool field_plan(Arena *a, const Numbering *n, const char *owner, const Field *field,
                       FieldPlan *f, GError **error)
{
    int64_t number = numbering_find(n, str_of(owner), field_stored(field));

    f->field = field;
    if (!name_ok(field_name(f)) || number < 0)
        return fail(error, FAIL_INPUT, "field \"%.*s\" of %s has no name or number to store by",
                    STR_ARG(field->name), owner);
    f->number = (unsigned)number;
    f->dated = field->dated;
    f->secret = field->secret;
    f->link = field->type.kind == KIND_REF;
    f->blinded = field->secret && field->unique;
    f->title = kind_is_text(field->type.kind) && !field->secret && is_title(field->entity, field);
    f->gram = f->title || (kind_is_text(field->type.kind) && !field->secret && field->found);
    f->tail = field->secret && field->found;
    f->index_unique = field->unique && !field->secret;
    if ((field->type.kind == KIND_ENUM || field->type.kind == KIND_SET) && field->type.of != NULL)
        f->codes = codes_new(a, n, field->type.of);
    return true;
}

static int field_order(const void *a, const void *b)
{
    const FieldPlan *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static bool fields_plan(Plan *p, const Numbering *n, const Entity *e, bool hidden, TablePlan *t,
                        GError **error)
{
    const char *owner = arena_printf(p->arena, "entity %.*s", STR_ARG(entity_stored(e)));

    for (size_t i = 0; i < e->n_fields; i++) {
        FieldPlan *f = &t->fields[t->n_fields];

        if (e->fields[i]->compute != NULL)
            continue;
        if (!field_plan(p->arena, n, owner, e->fields[i], f, error))
            return false;
        f->hidden = hidden;
        t->has_gram = t->has_gram || f->gram;
        t->n_fields++;
    }
    return true;
}

/* `kept`: its hidden fields, or NULL. */
static bool table_plan(Plan *p, const Numbering *n, const Entity *e, const Entity *kept,
                       TablePlan *t, GError **error)
{
    int64_t number = numbering_find(n, STR("entity"), entity_stored(e));
    size_t n_kept = kept != NULL ? kept->n_fields : 0;

    if (!name_ok(word_of(e->name)) || number < ENTITY_FIRST ||
        (!t->hidden && e->n_fields > LIMIT_FIELDS))
        return fail(error, FAIL_INPUT, "entity \"%.*s\" cannot be stored: name, number or size",
                    STR_ARG(e->name));
    if (e->n_fields + n_kept > LIMIT_FIELDS_KEPT)
        return fail(error, FAIL_INPUT,
                    "entity \"%.*s\": %zu fields and %zu that records once held are more than a "
                    "table takes; the most are %u",
                    STR_ARG(e->name), e->n_fields, n_kept, LIMIT_FIELDS_KEPT);
    t->entity = e;
    t->number = (unsigned)number;
    t->fields = arena_many(p->arena, FieldPlan, e->n_fields + n_kept + 1);
    t->of_index = arena_many(p->arena, int, e->n_fields + 1);
    if (!fields_plan(p, n, e, t->hidden, t, error) ||
        (kept != NULL && !fields_plan(p, n, kept, true, t, error)))
        return false;
    sort_rows(t->fields, t->n_fields, sizeof *t->fields, field_order);
    for (size_t i = 0; i < e->n_fields; i++)
        t->of_index[i] = -1;
    for (size_t i = 0; i < t->n_fields; i++) {
        if (!t->fields[i].hidden)
            t->of_index[t->fields[i].field->index] = (int)i;
    }
    field_columns(p->arena, t);
    g_hash_table_insert(p->by_number, GUINT_TO_POINTER(t->number), t);
    return true;
}

static int table_order(const void *a, const void *b)
{
    const TablePlan *const *x = a, *const *y = b;

    return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

static void table_name_sides(Arena *a, GHashTable *taken, TablePlan *t)
{
    for (size_t j = 0; j < t->n_fields; j++) {
        FieldPlan *f = &t->fields[j];
        const char *name =
            arena_printf(a, "%.*s_%.*s", STR_ARG(word_of(t->entity->name)), STR_ARG(field_name(f)));

        if (f->dated)
            f->table = name_take(a, taken, name);
        if (!f->hidden && (f->index_unique || (f->field == t->entity->key && !f->secret)))
            f->index = name_take(a, taken, arena_printf(a, "%s_index", name));
    }
}

static void table_name_all(Plan *p)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);
    Arena *a = p->arena;
    TablePlan **order = arena_many(a, TablePlan *, p->n_all + 1);

    for (size_t i = 0; i < G_N_ELEMENTS(closed_names); i++)
        g_hash_table_add(taken, (gpointer)closed_names[i]);
    for (size_t i = 0; i < p->n_all; i++)
        order[i] = &p->tables[i];
    sort_rows(order, p->n_all, sizeof *order, table_order);
    for (size_t i = 0; i < p->n_all; i++) {
        Str name = word_of(order[i]->entity->name);

        order[i]->table = name_take(a, taken, arena_dup(a, name.at, name.len));
    }
    for (size_t i = 0; i < p->n_all; i++)
        order[i]->was = made(a, taken, word_of(order[i]->entity->name), "was");
    for (size_t i = 0; i < p->n_all; i++)
        table_name_sides(a, taken, order[i]);
}

static const Entity *entity_named(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_entities; i++) {
        if (str_equal(entity_stored(m->entities[i]), name))
            return m->entities[i];
    }
    return NULL;
}

static bool tables_plan(Plan *p, const Model *m, const Numbering *n, const Model *kept,
                        GError **error)
{
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];

        g_assert(e->number == i);
        if (!table_plan(p, n, e, entity_named(kept, entity_stored(e)), &p->tables[p->n_all++],
                        error))
            return false;
    }
    for (size_t i = 0; i < kept->n_entities; i++) {
        TablePlan *t = &p->tables[p->n_all];

        if (entity_named(m, kept->entities[i]->name) != NULL)
            continue;
        t->hidden = true;
        p->n_all++;
        if (!table_plan(p, n, kept->entities[i], NULL, t, error))
            return false;
    }
    return true;
}

bool plan_new(const Model *m, const Numbering *n, const char *kept, Plan **ret, GError **error)
{
    Arena *a = arena_new();
    Plan *p = arena_new_of(a, Plan);
    const Model *hidden = schema_model(a, kept);

    p->arena = a;
    p->tables = arena_many(a, TablePlan, m->n_entities + hidden->n_entities + 1);
    p->n_tables = m->n_entities;
    p->by_number = g_hash_table_new(NULL, NULL);
    if (!tables_plan(p, m, n, hidden, error)) {
        plan_free(p);
        return false;
    }
    table_name_all(p);
    for (size_t i = 0; i < p->n_all; i++)
        plan_sql(a, &p->tables[i]);
    plan_sql_identity(a, p);
    *ret = p;
    return true;
}

void plan_free(Plan *p)
{
    if (p == NULL)
        return;
    g_hash_table_unref(p->by_number);
    arena_free(p->arena);
}

const FieldPlan *plan_field(const Plan *p, const Field *f)
{
    const TablePlan *t = &p->tables[f->entity->number];
    int i = t->entity == f->entity ? t->of_index[f->index] : -1;

    return i >= 0 ? &t->fields[i] : NULL;
}

const TablePlan *plan_numbered(const Plan *p, int64_t number)
{
    return g_hash_table_lookup(p->by_number, GINT_TO_POINTER((int)number));
}

const FieldPlan *table_numbered(const TablePlan *t, uint64_t number)
{
    size_t low = 0, high = t->n_fields;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (t->fields[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->n_fields && t->fields[low].number == number ? &t->fields[low] : NULL;
}

int64_t identity_field(const TablePlan *t, const FieldPlan *f)
{
    return (int64_t)t->number << 16 | f->number;
}

/* ---- values and cells -------------------------------------------------------------------- */

static int64_t bits_map(const CodePlan *c, int64_t bits, bool to_stored)
{
    uint64_t from = (uint64_t)bits, to = 0;

    if (c == NULL || c->same)
        return bits;
    for (unsigned i = 0; from != 0 && i < 64; i++, from >>= 1) {
        int64_t n = -1;

        if ((from & 1) == 0)
            continue;
        if (to_stored)
            n = i < c->of->n_codes ? c->stored[i] : -1;
        else
            n = i < c->n_stored ? c->code[i] : -1;
        if (n >= 0 && n < 64)
            to |= UINT64_C(1) << n;
    }
    return (int64_t)to;
}

Cell cell_of_value(const FieldPlan *f, Value v)
{
    Kind k = f->field->type.kind;

    if (!v.known)
        return (Cell){0};
    if (kind_is_text(k) || k == KIND_REGION)
        return (Cell){.type = CELL_TEXT, .text = v.text};
    if (k == KIND_ENUM && f->codes != NULL)
        return (Cell){.type = CELL_INT, .num = f->codes->stored[v.num]};
    if (k == KIND_SET)
        return (Cell){.type = CELL_INT, .num = bits_map(f->codes, v.num, true)};
    return (Cell){.type = f->link ? CELL_LINK : CELL_INT, .num = v.num};
}

Value value_of_cell(const FieldPlan *f, Cell c)
{
    Value v = {.known = c.type != CELL_NONE};

    if (!v.known || f->secret)
        return v;
    v.text = c.text;
    v.num = c.num;
    if (f->field->type.kind == KIND_ENUM && f->codes != NULL) {
        bool there = c.num >= 0 && (size_t)c.num < f->codes->n_stored;

        v.num = there ? f->codes->code[c.num] : -1;
        v.known = v.num >= 0;
    }
    if (f->field->type.kind == KIND_SET)
        v.num = bits_map(f->codes, c.num, false);
    return v;
}
