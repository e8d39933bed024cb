/* example_data.c — records of examples as the columns a Program reads.
 * Read first: example_data_new(), fill_field(). */
#include "care/example_data.h"

#include "compile/compile.h"
#include "compile/param.h"

ExampleRoom *example_room_new(const Model *m)
{
    Arena *a = arena_new();
    ExampleRoom *r = arena_new_of(a, ExampleRoom);
    r->arena = a;
    r->model = m;
    r->regions = region_tree_new(a, m);
    r->params = param_memo_new();
    r->none = arena_many(a, Batch *, m->n_entities);
    for (size_t e = 0; e < m->n_entities; e++)
        r->none[e] = batch_new(m->entities[e]->name.at, 0, m->entities[e]->n_fields);
    return r;
}

void example_room_free(ExampleRoom *r)
{
    if (r == NULL)
        return;
    for (size_t e = 0; e < r->model->n_entities; e++)
        batch_free(r->none[e]);
    param_memo_free(r->params);
    arena_free(r->arena);
}

typedef struct Filling {
    const ExampleRoom *room;
    const Example *const *list;
    size_t n;
    ExampleData *to;
} Filling;

/* One value of one record, with the row it stands in. */
typedef void (*ValueVisit)(const Filling *f, size_t example, size_t row, const ExampleValue *v,
                           void *context);

static void each_value(const Filling *f, const Field *field, ValueVisit visit, void *context)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->list[i]->n_records; k++) {
            const ExampleRecord *r = &f->list[i]->records[k];
            for (size_t v = 0; r->entity == field->entity && v < r->n_values; v++)
                if (r->values[v].field == field)
                    visit(f, i, f->to->row_of[f->to->first[i] + k], &r->values[v], context);
        }
}

static size_t find_record(const Example *x, const Entity *to, Str name)
{
    for (size_t i = 0; i < x->n_records; i++)
        if (x->records[i].entity == to && str_equal(x->records[i].name, name))
            return i;
    return SIZE_MAX;
}

/* The value as a column holds it: references and regions become row numbers. */
static bool column_number(const Filling *f, size_t example, const ExampleValue *v, int64_t *ret)
{
    if (!v->known)
        return false;
    *ret = v->none ? 0 : v->number;
    if (v->field->type.kind == KIND_REF) {
        size_t record = find_record(f->list[example], v->field->type.to, v->text);
        if (record == SIZE_MAX)
            return false;
        *ret = (int64_t)f->to->row_of[f->to->first[example] + record];
    } else if (v->field->type.kind == KIND_REGION) {
        *ret = region_row(f->room->regions, v->text);
        return *ret != ROW_NONE;
    }
    return true;
}

static void take_text(const Filling *f, size_t example, size_t row, const ExampleValue *v,
                      void *context)
{
    (void)f;
    (void)example;
    if (v->known)
        ((Str *)context)[row] = v->text;
}

static void take_period(const Filling *f, size_t example, size_t row, const ExampleValue *v,
                        void *context)
{
    Period p = {.row = (uint32_t)row, .since = v->since, .until = DATE_MAX};
    p.known = column_number(f, example, v, &p.value);
    g_array_append_val((GArray *)context, p);
}

static void fill_texts(const Filling *f, const Field *field, Batch *b)
{
    Str *texts = arena_many(b->arena, Str, b->rows);
    each_value(f, field, take_text, texts);
    batch_add(b, field->index, field->type.kind, PHYSICAL_TEXT, false);
    column_set_texts(b, b->columns[field->index], texts);
}

static void fill_field(const Filling *f, const Field *field, Batch *b)
{
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(Period));
    bool dated = false;
    each_value(f, field, take_period, periods);
    if (periods->len == 0)
        return;
    if (kind_is_text(field->type.kind)) {
        fill_texts(f, field, b);
        return;
    }
    const Period *all = (const Period *)(const void *)periods->data;
    for (guint i = 0; i < periods->len; i++)
        dated = dated || all[i].since != DATE_MIN;
    Column *c =
        batch_add(b, field->index, field->type.kind, kind_facts[field->type.kind].physical, dated);
    for (guint i = 0; !dated && i < periods->len; i++)
        if (all[i].known)
            column_set(c, all[i].row, all[i].value);
    if (dated)
        column_set_periods(b, c, all, periods->len);
    column_finish(b, c);
}

/* Rows in the order of the examples; each entity's by itself. */
static size_t *number_rows(const Filling *f)
{
    size_t *rows = g_new0(size_t, f->room->model->n_entities + 1), at = 0;
    for (size_t i = 0; i < f->n; i++)
        at += f->list[i]->n_records;
    f->to->first = g_new0(size_t, f->n + 1);
    f->to->row_of = g_new0(size_t, at + 1);
    at = 0;
    for (size_t i = 0; i < f->n; i++) {
        f->to->first[i] = at;
        for (size_t k = 0; k < f->list[i]->n_records; k++)
            f->to->row_of[at++] = rows[f->list[i]->records[k].entity->number]++;
    }
    return rows;
}

ExampleData *example_data_new(const ExampleRoom *room, const Example *const *list, size_t n)
{
    const Model *m = room->model;
    ExampleData *d = g_new0(ExampleData, 1);
    const Filling f = {room, list, n, d};
    d->room = room;
    d->data = dataset_new(m->n_entities);
    g_autofree size_t *rows = number_rows(&f);
    for (size_t e = 0; e < m->n_entities; e++) {
        const Entity *entity = m->entities[e];
        if (rows[e] == 0) {
            d->data->batches[e] = room->none[e];
            continue;
        }
        Batch *b = batch_new(entity->name.at, rows[e], entity->n_fields);
        d->data->batches[e] = b;
        for (size_t k = 0; k < entity->n_fields; k++)
            fill_field(&f, entity->fields[k], b);
    }
    return d;
}

void example_data_free(ExampleData *d)
{
    if (d == NULL)
        return;
    for (size_t e = 0; e < d->room->model->n_entities; e++)
        if (d->data->batches[e] == d->room->none[e])
            d->data->batches[e] = NULL;
    dataset_free(d->data);
    g_free(d->first);
    g_free(d->row_of);
    g_free(d);
}
