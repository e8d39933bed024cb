/* table.c — any text as the table behind a declaration.
 * Input: a digit for the declaration (see kinds[]), then Markdown.  A decision table that is
 * accepted answers each combination of its axes by exactly one row, and the same in both drivers.
 */
#include "care/examples.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char head[] =
    "---\ndocument: one\ntitle: x\nplace: 360300\nlayer: place\nin force: 2019-01-01\n---\n\n# 1 "
    "x\n\n"
    "```anlao\nenum kind ordered { a; b; c }\n"
    "entity thing {\n  place at\n  dated by born\n  at region required\n  born date required\n  k "
    "kind\n"
    "  n int range -5..5\n  m money range 0 yuan..3 yuan\n  d decimal(1) range -1..1\n  y bool\n}\n"
    "indicator things stock by region = count(thing)\n"
    "indicator births flow by region = count(thing where k = a)\n```\n\n```anlao\n";

static const struct {
    const char *declared, *used;
} kinds[] = {
    {"table t(n: int range -5..5) -> money", "derive thing.x : money = t(n)"},
    {"table t(k: kind, n: int range -5..5) -> int", "derive thing.x : int = t(k, n)"},
    {"table t(m: money range 0 yuan..3 yuan, k: kind) -> kind", "derive thing.x : kind = t(m, k)"},
    {"table t(d: decimal(1) range -1..1, y: bool) -> money", "derive thing.x : money = t(d, y)"},
    {"target births >= by region, year", ""},
    {"target things >= by region, year on 12-31", ""},
    {"regions", ""},
};

static const char records[] =
    "example \"x\" {\n  q = thing { at 360300; born 2019-01-01; k a; n 3; m 1.5 yuan; d 0.5; y yes "
    "}\n"
    "  v = thing { at 360300; born 2019-01-01 }\n"
    "  p = thing { at 360300; born 2019-01-01; k c; n -5; m 3 yuan; d -1; y no }\n"
    "  on 2020-06-15 q.x = unknown\n  on 2020-06-15 v.x = unknown\n  on 2020-06-15 p.x = "
    "unknown\n}\n";

static bool cell_takes(const TableCell *c, const Type *t, int64_t v)
{
    if (c->any)
        return true;
    return t->kind == KIND_ENUM ? (c->codes >> v & 1) != 0 : c->low <= v && v <= c->high;
}

static unsigned rows_for(const Table *t, const int64_t *values)
{
    unsigned n = 0;
    size_t rows = t->n_rows - t->has_else; /* the last row takes what the others leave */
    for (size_t r = 0; r < rows; r++) {
        bool takes = true;
        for (size_t a = 0; a < t->n_axes; a++)
            takes = takes && cell_takes(&t->cells[r * t->n_axes + a], &t->axis[a].type, values[a]);
        n += takes;
    }
    return n;
}

static void axis_bounds(const struct TableAxis *a, int64_t *low, int64_t *high)
{
    bool codes = a->type.kind == KIND_ENUM;
    *low = codes ? 0 : a->type.kind == KIND_BOOL ? 0 : a->low;
    *high = codes ? (int64_t)a->type.of->n_codes - 1 : a->type.kind == KIND_BOOL ? 1 : a->high;
}

/* Every combination of at most two axes; ranges here are short. */
static void must_cover(const Table *t)
{
    int64_t low[2] = {0, 0}, high[2] = {0, 0};
    for (size_t a = 0; a < t->n_axes && a < 2; a++)
        axis_bounds(&t->axis[a], &low[a], &high[a]);
    for (int64_t x = low[0]; x <= high[0]; x++)
        for (int64_t y = low[1]; y <= high[1]; y++) {
            const int64_t values[] = {x, y};
            unsigned n = rows_for(t, values);
            if (n > 1 || (n == 0 && !t->has_else))
                g_error("%u rows for %d, %d", n, (int)x, (int)y);
        }
}

static void run_examples(const Model *m)
{
    g_autoptr(Diags) ds = diags_new();
    examples_run(m, NULL, NULL, ds);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        if (strstr(d->text, "fault of the program") != NULL)
            g_error("%s", d->text);
    }
}

static Model *model_of(size_t kind, Str table)
{
    g_autoptr(GString) text = g_string_new(head);
    g_string_append_printf(text, "%s\n```\n\n", kinds[kind].declared);
    g_string_append_len(text, table.at, (gssize)table.len);
    g_string_append_printf(text, "\n\n# 2 y\n\n```anlao\n%s\n%s```\n", kinds[kind].used,
                           kinds[kind].used[0] != '\0' ? records : "");
    g_autoptr(Diags) ds = diags_new();
    DocumentFile file = {"fuzz.md", {text->str, text->len}};
    Model *m = model_read(&file, 1, ds);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        if (g_str_has_prefix(d->text, "something in these documents can not be read"))
            g_error("%s", d->text);
    }
    return m;
}

/* A declaration whose own document did not compile would let everything pass. */
static void kinds_must_compile(void)
{
    static const char *const plain[] = {"| n | x |\n|---|---|\n| any | 1 yuan |\n",
                                        "| k | n | x |\n|---|---|---|\n| any | any | 1 |\n",
                                        "| m | k | x |\n|---|---|---|\n| any | any | a |\n",
                                        "| d | y | x |\n|---|---|---|\n| any | any | unset |\n",
                                        "| region | 2020 |\n|---|---|\n| 360300 | 1 |\n",
                                        "| region | 2020 |\n|---|---|\n| 360300 | 1 |\n",
                                        "| code | name | name en | level | parent | managing | "
                                        "county | since |\n|-|-|-|-|-|-|-|-|\n"
                                        "| 360300 | 甲 | A | city | | | 360300 | |\n"};
    static bool done;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && !done; i++) {
        g_autoptr(Model) m = model_of(i, str_of(plain[i]));
        if (m == NULL)
            g_error("declaration %zu does not compile", i + 1);
    }
    done = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kinds_must_compile();
    size_t kind = size > 0 ? (size_t)data[0] - '1' : SIZE_MAX;
    if (kind >= G_N_ELEMENTS(kinds) || size > 8000)
        return 0;
    g_autoptr(Model) m = model_of(kind, (Str){(const char *)data + 1, size - 1});
    if (m == NULL)
        return 0;
    for (size_t i = 0; i < m->n_tables; i++)
        must_cover(m->tables[i]);
    run_examples(m);
    return 0;
}
