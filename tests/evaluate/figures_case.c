/* figures_case.c — documents and CSV become a Model and a Dataset.  See figures_case.h. */
#include "figures_case.h"

#include "format/cell.h"
#include "format/csv.h"

static const char head[] =
    "---\ndocument: test-2020\ntitle: 测试办法\ntitle en: Test measures\nlayer: place\n"
    "place: 360300\nin force: 2019-01-01\n---\n\n# 0 地方 / Places\n\n```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | managing | county | since |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| 360000 | 江西省 | Jiangxi | province | | | 360000 | |\n"
    "| 360300 | 萍乡市 | Pingxiang | city | 360000 | | 360300 | |\n"
    "| 360302 | 安源区 | Anyuan | county | 360300 | | 360302 | |\n"
    "| 360313 | 湘东区 | Xiangdong | county | 360300 | | 360313 | |\n\n";

World *world_new(const char *blocks)
{
    return world_new_over(blocks, NULL);
}

World *world_new_over(const char *blocks, const char *later)
{
    World *w = g_new0(World, 1);
    g_autofree char *text = g_strconcat(head, blocks, NULL);
    g_autoptr(Diags) diags = diags_new();
    const DocumentFile files[] = {{"test.md", str_of(text)},
                                  {"later.md", str_of(later != NULL ? later : "")}};

    w->a = arena_new();
    w->m = model_read(files, later != NULL ? 2 : 1, diags);
    if (w->m == NULL) {
        g_autoptr(GString) out = g_string_new(NULL);

        for (guint i = 0; i < diags->list->len; i++)
            diag_print(g_ptr_array_index(diags->list, i), out);
        g_error("%s", out->str);
    }
    w->regions = region_tree_new(w->a, w->m);
    w->data = dataset_new(w->m->n_entities);
    return w;
}

void world_free(World *w)
{
    if (w == NULL)
        return;
    dataset_free(w->data);
    model_unref(w->m);
    arena_free(w->a);
    g_free(w);
}

Date world_day(const char *text)
{
    Date d = 0;

    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static bool resolve_region(void *with, Str text, int64_t *ret)
{
    const World *w = with;

    *ret = region_row(w->regions, text);
    return *ret != ROW_NONE;
}

static bool resolve_row(void *with, Str text, int64_t *ret)
{
    (void)with;
    *ret = g_ascii_strtoll(text.at, NULL, 10) - 1;
    return *ret >= 0;
}

static CellType cell_type(World *w, const Field *f)
{
    CellType t = {.kind = f->type.kind, .scale = f->type.scale, .with = w};
    const Enum *of = f->type.of;

    t.resolve = t.kind == KIND_REGION ? resolve_region : t.kind == KIND_REF ? resolve_row : NULL;
    if (of != NULL) {
        CellCode *codes = arena_many(w->a, CellCode, of->n_codes);

        for (size_t i = 0; i < of->n_codes; i++)
            codes[i] = (CellCode){of->codes[i].name, of->codes[i].label.zh, of->codes[i].label.en};
        t.codes = codes;
        t.n_codes = of->n_codes;
    }
    return t;
}

static int64_t read_cell(World *w, const CellType *t, Str cell, bool *ret_known)
{
    CellFault fault = {NULL, NULL};
    Value v;

    if (!cell_read(t, cell, w->a, &v, &fault))
        g_error("\"%.*s\": %s", STR_ARG(cell), fault.en);
    *ret_known = v.known;
    return v.num;
}

/* All rows of a field: one column, or one per day from which its values hold. */
static void add_field(World *w, Batch *b, const Field *f, GPtrArray *rows, const Str *names,
                      size_t width)
{
    CellType t = cell_type(w, f);
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(Period));
    g_autofree Str *texts = g_new0(Str, b->rows + 1);
    bool dated = false;

    for (size_t c = 0; c < width; c++) {
        Str day = names[c], name = str_cut(&day, '@');
        Date since = DATE_MIN;

        if (!str_equal(name, f->name))
            continue;
        dated = date_parse(day, &since) || dated;
        for (guint r = 0; r < rows->len; r++) {
            Str cell = ((const Str *)g_ptr_array_index(rows, r))[c];
            Period p = {.row = r, .since = since, .until = DATE_MAX};

            texts[r] = cell.len > 0 ? cell : (Str){NULL, 0};
            if (!kind_is_text(t.kind))
                p.value = read_cell(w, &t, cell, &p.known);
            g_array_append_val(periods, p);
        }
    }
    if (periods->len == 0)
        return;
    Column *column = batch_add(b, f->index, t.kind, kind_facts[t.kind].physical, dated);

    if (kind_is_text(t.kind))
        column_set_texts(b, column, texts);
    for (guint i = 0; !dated && !kind_is_text(t.kind) && i < periods->len; i++) {
        const Period *p = &g_array_index(periods, Period, i);

        if (p->known)
            column_set(column, p->row, p->value);
    }
    if (dated)
        column_set_periods(b, column, &g_array_index(periods, Period, 0), periods->len);
    column_finish(b, column);
}

void world_records(World *w, const char *entity, const char *csv)
{
    const Entity *e = model_entity(w->m, str_of(entity));
    g_autoptr(CsvReader) reader = csv_read(str_of(csv), entity, NULL);
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    const Str *names, *cells;
    size_t width, n;

    g_assert_nonnull(e);
    g_assert_true(csv_header(reader, &names, &width, NULL));
    while (csv_next(reader, &cells, &n, NULL)) {
        Str *row = arena_many(w->a, Str, width);

        for (size_t i = 0; i < width; i++)
            row[i] = arena_str(w->a, cells[i]);
        g_ptr_array_add(rows, row);
    }
    Batch *b = batch_new(entity, rows->len, e->n_fields);

    for (size_t i = 0; i < e->n_fields; i++)
        add_field(w, b, e->fields[i], rows, names, width);
    w->data->batches[e->number] = b;
}
