/* figure_param.c — a param in an indicator: its value for every place, and for every code of the
 * figure where it is looked up by one.  Start: figure_param(). */
#include "compile/figure_build.h"
#include "compile/param.h"

/* How the indexes of a param are given. */
typedef struct Lookup {
    int64_t codes[4];
    int index[4];   /* the indicator's index that gives the code, or -1 */
    int32_t region; /* a named one; ROW_NONE: the figure's own */
    bool by_cell;
} Lookup;

static int date_order(gconstpointer a, gconstpointer b)
{
    const Date *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static bool read_lookup(FigureBuilder *b, const Expr *e, Lookup *to)
{
    *to = (Lookup){.index = {-1, -1, -1, -1}, .region = ROW_NONE};
    for (size_t i = 0; i < e->n_args && i < 4; i++) {
        const Expr *x = e->args[i];

        if (e->param->index[i].is_region) {
            if (x->kind == EXPR_REGION)
                to->region = region_row(b->options->regions, x->text);
            else if (x->kind == EXPR_FIELD && x->n_path > 0)
                return figure_fault(b, "a param is looked up by a field of a record");
        } else if (x->kind == EXPR_CODE) {
            to->codes[i] = x->number;
        } else if (x->kind == EXPR_INDEX && x->number > 0) {
            to->index[i] = (int)x->number - 1;
            to->by_cell = true;
        } else {
            return figure_fault(b, "a param's index is not one of its codes");
        }
    }
    return true;
}

/* False: the cell is of several codes, none of which is the param's. */
static bool cell_codes(const FigureBuilder *b, const Lookup *l, size_t cell, int64_t codes[4])
{
    int own[LIMIT_FIGURE_INDEXES];

    indicator_codes(b->indicator, cell, own);
    for (size_t i = 0; i < 4; i++) {
        codes[i] = l->index[i] >= 0 ? own[l->index[i]] : l->codes[i];
        if (l->index[i] >= 0 && own[l->index[i]] == FIGURE_WHOLE)
            return false;
    }
    return true;
}

static bool fill_cell(FigureBuilder *b, const ParamWorld *w, const Expr *e, const Lookup *l,
                      const int64_t codes[4], Date day, int64_t *value, uint8_t *known)
{
    const RegionTree *t = b->options->regions;

    for (size_t i = 0; i <= t->n; i++) {
        int32_t region = l->region != ROW_NONE ? l->region : i < t->n ? (int32_t)i : ROW_NONE;
        ParamAnswer x = param_at(w, e->param, region, codes, day);

        if (x.fault)
            return figure_fault(b, "the value of a param does not fit its decimals");
        known[i] = x.known;
        value[i] = x.known ? x.value : 0;
    }
    return true;
}

static bool fill_slice(FigureBuilder *b, const ParamWorld *w, const Expr *e, const Lookup *l,
                       FigureSlice *to)
{
    size_t places = b->options->regions->n + 1, cells = l->by_cell ? b->to->n_cells : 1;

    to->value = arena_many(b->to->arena, int64_t, places * cells);
    to->known = arena_many(b->to->arena, uint8_t, places * cells);
    for (size_t cell = 0; cell < cells; cell++) {
        int64_t codes[4] = {0};

        if (cell_codes(b, l, cell, codes))
            fill_cell(b, w, e, l, codes, to->from, to->value + cell * places,
                      to->known + cell * places);
    }
    return b->error == NULL;
}

uint32_t figure_param(FigureBuilder *b, const Expr *e)
{
    const CompileOptions *o = b->options;
    ParamWorld w = param_world(b->model, o);
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(Date));
    Date first = DATE_MIN;
    FigureParam to = {.name = arena_dup(b->to->arena, e->param->name.at, e->param->name.len),
                      .scale = e->type.scale};
    Lookup lookup;

    if (!read_lookup(b, e, &lookup) || b->error != NULL)
        return STEP_FAULT;
    to.by_cell = lookup.by_cell;
    g_array_append_val(days, first);
    param_days(&w, e->param, days);
    g_array_sort(days, date_order);
    to.slices = arena_many(b->to->arena, FigureSlice, days->len);
    for (guint i = 0; i < days->len; i++) {
        to.slices[i].from = g_array_index(days, Date, i);
        if (!fill_slice(b, &w, e, &lookup, &to.slices[i]))
            return STEP_FAULT;
    }
    to.n_slices = days->len;
    g_array_append_val(b->params, to);
    return figure_add(b, (FigureStep){.op = FIGURE_PARAM, .number = b->params->len - 1});
}
