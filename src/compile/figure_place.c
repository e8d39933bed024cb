/* figure_place.c — records of regions, brought into the order of the tree.
 * In: the Model's region tables, recorded rows in any order.  Out: a batch with one row per region.
 * Read first: figure_places(). */
#include "compile/figure_place.h"

typedef struct Gathering {
    const Model *m;
    const Entity *entity;
    const RegionTree *tree;
    const Batch *recorded; /* NULL: nothing is */
    int32_t *row_of;       /* per region: its recorded row, or ROW_NONE */
    Batch *to;
} Gathering;

/* ---- which row is which place */

static guint code_hash(gconstpointer key)
{
    const Str *s = key;
    guint h = 5381;

    for (size_t i = 0; i < s->len; i++)
        h = h * 33 + (guchar)s->at[i];
    return h;
}

static gboolean code_equal(gconstpointer a, gconstpointer b)
{
    return str_equal(*(const Str *)a, *(const Str *)b);
}

static void find_rows(Gathering *g)
{
    const Field *code = entity_field(g->entity, STR("code"));
    const Column *c =
        g->recorded != NULL && code != NULL ? g->recorded->columns[code->index] : NULL;
    g_autoptr(GHashTable) regions = g_hash_table_new(code_hash, code_equal);

    for (size_t i = 0; i < g->tree->n; i++)
        g->row_of[i] = ROW_NONE;
    if (c == NULL || c->physical != PHYSICAL_TEXT)
        return;
    for (size_t i = 0; i < g->tree->n; i++)
        g_hash_table_insert(regions, &g->tree->code[i], GSIZE_TO_POINTER(i + 1));
    for (size_t i = 0; i < g->recorded->rows; i++) {
        Str text = column_known(c, i) ? column_text(c, i) : STR("");
        size_t at = GPOINTER_TO_SIZE(g_hash_table_lookup(regions, &text));

        if (at > 0)
            g->row_of[at - 1] = (int32_t)i;
    }
}

/* ---- what the region tables say */

static bool table_text(const RegionRow *r, Str field, Str *ret)
{
    if (str_is(field, "code"))
        *ret = r->code;
    else if (str_is(field, "name"))
        *ret = r->name;
    else if (str_is(field, "name_en"))
        *ret = r->name_en;
    else
        return false;
    return ret->len > 0;
}

static bool table_number(const Gathering *g, const RegionRow *r, const Field *f, int64_t *ret)
{
    const Code *level;

    if (f->type.kind == KIND_REGION) {
        bool parent = str_is(f->name, "parent"), managing = str_is(f->name, "managing_region");

        *ret = parent     ? region_row(g->tree, r->parent)
               : managing ? region_row(g->tree, r->managing)
                          : ROW_NONE;
        return *ret != ROW_NONE;
    }
    if (f->type.kind != KIND_ENUM || !str_is(f->name, "level"))
        return false;
    level = enum_code(f->type.of, r->level);
    *ret = level != NULL ? (int64_t)level->number : 0;
    return level != NULL;
}

/* ---- fields */

static void gather_texts(Gathering *g, const Field *f, const Column *c)
{
    g_autofree Str *texts = g_new0(Str, g->tree->n + 1);

    for (size_t i = 0; i < g->tree->n; i++) {
        int32_t row = g->row_of[i];

        if (c != NULL && row != ROW_NONE && column_known(c, (size_t)row))
            texts[i] = column_text(c, (size_t)row);
        else if (!table_text(&g->m->regions[i], f->name, &texts[i]))
            texts[i] = (Str){NULL, 0};
    }
    batch_add(g->to, f->index, f->type.kind, PHYSICAL_TEXT, false);
    column_set_texts(g->to, g->to->columns[f->index], texts);
}

/* What one place's record says last, or the region table from the beginning. */
static void add_latest(const Gathering *g, const Field *f, const Column *c, size_t region,
                       GArray *to)
{
    int32_t row = g->row_of[region];
    Period p = {.row = (uint32_t)region, .since = DATE_MIN, .until = DATE_MAX, .known = true};

    if (c == NULL || row == ROW_NONE || (c->since == NULL && !column_known(c, (size_t)row))) {
        if (table_number(g, &g->m->regions[region], f, &p.value))
            g_array_append_val(to, p);
        return;
    }
    p.known = column_known(c, (size_t)row);
    p.value = p.known ? column_get(c, (size_t)row) : 0;
    if (c->since != NULL)
        p.since = c->since[row];
    if (c->until != NULL)
        p.until = c->until[row];
    g_array_append_val(to, p);
}

static void add_earlier(const Gathering *g, const Column *c, GArray *to)
{
    g_autofree int32_t *region_of = g_new(int32_t, c->rows + 1);

    for (size_t i = 0; i < c->rows; i++)
        region_of[i] = ROW_NONE;
    for (size_t i = 0; i < g->tree->n; i++)
        if (g->row_of[i] != ROW_NONE)
            region_of[g->row_of[i]] = (int32_t)i;
    for (size_t k = 0; k < c->n_periods; k++) {
        Period p = c->periods[k];

        if (region_of[p.row] == ROW_NONE)
            continue;
        p.row = (uint32_t)region_of[p.row];
        g_array_append_val(to, p);
    }
}

static void gather_numbers(Gathering *g, const Field *f, const Column *c)
{
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(Period));
    bool dated = c != NULL && c->since != NULL;
    Physical physical =
        kind_is_text(f->type.kind) ? PHYSICAL_I8 : kind_facts[f->type.kind].physical;
    Column *to;

    if (dated)
        add_earlier(g, c, periods);
    for (size_t i = 0; i < g->tree->n; i++)
        add_latest(g, f, c, i, periods);
    if (periods->len == 0)
        return;
    to = batch_add(g->to, f->index, f->type.kind, physical, dated);
    for (guint i = 0; !dated && i < periods->len; i++) {
        const Period *p = &g_array_index(periods, Period, i);

        column_set(to, p->row, p->value);
    }
    if (dated)
        column_set_periods(g->to, to, &g_array_index(periods, Period, 0), periods->len);
    column_finish(g->to, to);
}

Batch *figure_places(const Model *m, const Entity *region, const Dataset *d, const RegionTree *t)
{
    const Batch *recorded =
        d != NULL && region->number < d->n_batches ? d->batches[region->number] : NULL;
    Gathering g = {.m = m, .entity = region, .tree = t, .recorded = recorded};

    g.row_of = g_new(int32_t, t->n + 1);
    g.to = batch_new("region", t->n, region->n_fields);
    find_rows(&g);
    for (size_t i = 0; i < region->n_fields; i++) {
        const Field *f = region->fields[i];
        const Column *c =
            recorded != NULL && f->index < recorded->n_columns ? recorded->columns[f->index] : NULL;

        /* A secret's text is nowhere in memory: its column says only whether it is known. */
        if (kind_is_text(f->type.kind) && (c == NULL || c->physical == PHYSICAL_TEXT))
            gather_texts(&g, f, c);
        else if (f->compute == NULL || c != NULL)
            gather_numbers(&g, f, c);
    }
    g_free(g.row_of);
    return g.to;
}
