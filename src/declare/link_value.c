/* link_value.c — what params are: their own values and defaults, `set`, `delegate`.
 * Out: Param.values sorted by region, codes and day; Param.otherwise, floor, ceiling.
 * Not here: whether delegated values keep their bounds (check_bound.c).
 * Start: link_param_values(). */
#include "declare/link.h"

#include "base/sort.h"

/* A value for all codes of three large enums is a mistake. */
#define VALUES_MOST 20000u

typedef struct Setting {
    Linker *l;
    Param *p;
    const Declaration *d;
    ParamValue value; /* all but codes and number */
    Pos pos;
} Setting;

static void setting_tails(Setting *t, const Node *tails)
{
    const Document *doc = t->d->home.document;
    t->value.since = doc->from;
    t->value.until = doc->until;
    t->value.certain = true;
    t->value.source = (Str){"", 0};
    t->value.home = t->d->home;
    t->value.home.pos = t->pos;
    const Node *n;
    if ((n = item_once(t->l, tails, AST_FROM, "from")) != NULL)
        t->value.since = (Date)n->at.number;
    check_begin(t->l, doc, n, t->d->node->at.text);
    if ((n = item_once(t->l, tails, AST_UNTIL, "until")) != NULL)
        t->value.until = (Date)n->at.number;
    if ((n = item_once(t->l, tails, AST_SOURCE, "source")) != NULL)
        t->value.source = n->at.text;
    if ((n = item_once(t->l, tails, AST_UNSURE, "unsure")) != NULL)
        t->value.certain = false;
    bool own = list_find(tails, AST_FROM) != NULL || list_find(tails, AST_UNTIL) != NULL;
    if (own && t->value.until < t->value.since)
        diag_error(t->l->diags, t->pos, "this value ends before it begins");
}

static void check_number(Setting *t, const Expr *e, int64_t number)
{
    Kind k = t->p->type.kind;
    bool counted = k == KIND_MONEY || k == KIND_AREA || k == KIND_SHARE || k == KIND_HOURS;
    if (counted && number < 0)
        diag_error(t->l->diags, e->pos, "param '%.*s' is %s: it can not lie below nothing",
                   STR_ARG(t->p->name), type_words(t->l->scratch, &t->p->type));
}

/* One value for each code an index is not fixed to: codes[i] < 0 means every code. */
static void setting_add(Setting *t, const int64_t codes[4], int64_t number)
{
    GArray *to = t->l->values[t->p->number];
    const Enum *of[3];
    int64_t fixed[3];
    size_t n = 0, total = 1;
    for (size_t i = 0; i < t->p->n_index && n < 3; i++)
        if (!t->p->index[i].is_region) {
            of[n] = t->p->index[i].of;
            fixed[n] = codes[i];
            total *= fixed[n] < 0 ? of[n]->n_codes : 1;
            n++;
        }
    if (total + to->len > VALUES_MOST) {
        diag_error(t->l->diags, t->pos, "param '%.*s' gets more than %u values",
                   STR_ARG(t->p->name), VALUES_MOST);
        return;
    }
    for (size_t k = 0; k < total; k++) {
        size_t rest = k;
        ParamValue v = t->value;
        v.number = number;
        for (size_t i = n; i-- > 0;) {
            v.codes[i] = fixed[i] < 0 ? (int64_t)(rest % of[i]->n_codes) : fixed[i];
            rest /= fixed[i] < 0 ? of[i]->n_codes : 1;
        }
        g_array_append_val(to, v);
    }
}

/* ---- the declaration's own value */

static bool has_region(const Param *p)
{
    for (size_t i = 0; i < p->n_index; i++)
        if (p->index[i].is_region)
            return true;
    return false;
}

static void own_value(Setting *t, const Node *values)
{
    Scope s = {.l = t->l, .own = t->p};
    const char *what = arena_printf(t->l->scratch, "param '%.*s'", STR_ARG(t->p->name));
    Expr *e = link_values(&s, values->a, &t->p->type, what);
    int64_t number;
    if (e == NULL)
        return;
    if (!constant_value(t->l, e, NULL, &number)) {
        t->p->otherwise = e;
        return;
    }
    static const int64_t every[4] = {-1, -1, -1, -1};
    if (t->p->type.kind == KIND_BOOL)
        number = number == TRUTH_YES;
    check_number(t, e, number);
    setting_add(t, every, number);
}

static bool arm_index(Setting *t, const Node *label, size_t i, int64_t codes[4])
{
    const ParamIndex *x = &t->p->index[i];
    if (x->is_region) {
        bool literal =
            label->kind == AST_NUMBER || label->kind == AST_REGION || label->kind == AST_STRING;
        if (!literal)
            diag_error(t->l->diags, label->at.pos, "a region's code or name is needed here");
        return literal && link_region(t->l, label->at.pos, label->at.text, &t->value.region);
    }
    const Code *c = node_is_word(label) ? word_code(t->l, x->of, &label->at) : NULL;
    if (c == NULL && !linker_damaged(t->l, x->of)) {
        Diag *d = diag_error(t->l->diags, label->at.pos, "'%.*s' is no code of %.*s",
                             STR_ARG(label->at.text), STR_ARG(x->of->name));
        hint_codes(t->l, d, x->of, label->at.text);
    }
    if (c != NULL)
        codes[i] = c->number;
    return c != NULL;
}

/* The index whose codes the arms name: the only one, or the enum beside a region. */
static bool arms_index(Setting *t, const Node *arms, size_t *ret_index)
{
    size_t enums = 0;
    for (size_t i = 0; i < t->p->n_index; i++)
        if (!t->p->index[i].is_region) {
            *ret_index = i;
            enums++;
        }
    if (t->p->n_index == 1)
        *ret_index = 0;
    if (t->p->n_index == 1 || enums == 1)
        return t->p->index[*ret_index].is_region || t->p->index[*ret_index].of != NULL;
    if (t->p->n_index == 0)
        diag_error(t->l->diags, arms->at.pos, "param '%.*s' has no index: it takes one value",
                   STR_ARG(t->p->name));
    else
        diag_error(t->l->diags, arms->at.pos,
                   "param '%.*s' has several indexes: give its values with 'set'",
                   STR_ARG(t->p->name));
    return false;
}

static void arm_value(Setting *t, const Node *arm, size_t index)
{
    Scope s = {.l = t->l, .own = t->p};
    const char *what = arena_printf(t->l->scratch, "param '%.*s'", STR_ARG(t->p->name));
    Expr *e = link_as(&s, arm->b, &t->p->type, what);
    int64_t number;
    if (e == NULL || !constant_need(t->l, e, &number))
        return;
    if (t->p->type.kind == KIND_BOOL)
        number = number == TRUTH_YES;
    check_number(t, e, number);
    if (arm->a == NULL) {
        diag_error(t->l->diags, arm->at.pos, "values of a param have no 'else': name every code");
        return;
    }
    Str region = t->value.region;
    for (const Node *label = list_first(arm->a); label != NULL; label = label->next) {
        int64_t codes[4] = {-1, -1, -1, -1};
        t->value.home.pos = label->at.pos;
        t->value.region = region;
        if (arm_index(t, label, index, codes))
            setting_add(t, codes, number);
    }
    t->value.region = region;
}

static void param_own(Linker *l, const Declaration *d)
{
    Setting t = {.l = l, .p = d->made, .d = d, .pos = d->node->at.pos};
    const Node *values = list_find(d->node->d, AST_VALUES);
    const Node *arms = list_find(d->node->d, AST_ARMS);
    if (t.p->type.kind == KIND_N || param_lists_regions(t.p))
        return;
    for (size_t i = 0; i < t.p->n_index; i++)
        if (!t.p->index[i].is_region && t.p->index[i].of == NULL)
            return;
    setting_tails(&t, d->node->d);
    t.value.region = has_region(t.p) ? d->home.document->place : (Str){"", 0};
    size_t index = 0;
    if (values != NULL)
        own_value(&t, values);
    if (arms == NULL || !arms_index(&t, arms, &index))
        return;
    for (const Node *arm = list_first(arms->a); arm != NULL; arm = arm->next)
        arm_value(&t, arm, index);
}

/* ---- set */

static bool set_indexes(Setting *t, const Node *indexes, int64_t codes[4])
{
    size_t given = list_length(indexes), needed = t->p->n_index;
    bool whole = given == needed, without = has_region(t->p) && given + 1 == needed;
    if (!whole && !without) {
        diag_error(t->l->diags, t->pos, "param '%.*s' takes %zu index%s, not %zu",
                   STR_ARG(t->p->name), needed, needed == 1 ? "" : "es", given);
        return false;
    }
    const Node *label = list_first(indexes);
    t->value.region = has_region(t->p) ? t->d->home.document->place : (Str){"", 0};
    for (size_t i = 0; i < needed; i++) {
        if (!t->p->index[i].is_region && t->p->index[i].of == NULL)
            return false;
        if (without && t->p->index[i].is_region)
            continue;
        if (!arm_index(t, label, i, codes))
            return false;
        label = label->next;
    }
    return true;
}

static bool has_own_value(const Setting *t)
{
    const GArray *values = t->l->values[t->p->number];
    for (guint i = 0; i < values->len; i++)
        if (g_array_index(values, ParamValue, i).home.document == t->p->home.document)
            return true;
    return t->p->otherwise != NULL;
}

/* A narrower document needs the wider one's leave, unless that left the param open. */
static bool may_set(Setting *t)
{
    const Document *doc = t->d->home.document, *own = t->p->home.document;
    Linker *l = t->l;
    if (doc == own)
        return true;
    if (!has_region(t->p) && !str_equal(doc->place, own->place)) {
        Diag *d = diag_error(l->diags, t->pos,
                             "param '%.*s' is the same everywhere: a document of "
                             "one place can not set it",
                             STR_ARG(t->p->name));
        diag_hint(l->diags, d, "declare it 'by region'");
        return false;
    }
    if (doc->place.len > 0 && t->value.region.len > 0 && l->model->n_regions > 0 &&
        !region_lies_in(l->model, t->value.region, doc->place)) {
        diag_error(l->diags, t->pos, "region %.*s does not lie in this document's place %.*s",
                   STR_ARG(t->value.region), STR_ARG(doc->place));
        return false;
    }
    if (str_equal(doc->place, own->place) || !has_own_value(t))
        return true;
    if (t->p->delegated_to.len == 0) {
        Diag *d = diag_error(l->diags, t->pos, "param '%.*s' has a value and is not delegated",
                             STR_ARG(t->p->name));
        diag_hint(l->diags, d, "'delegate %.*s to …' belongs in %s", STR_ARG(t->p->name),
                  own->source->name);
        return false;
    }
    if (!region_below_level(l->model, t->value.region, t->p->delegated_to))
        return true;
    diag_error(l->diags, t->pos, "param '%.*s' is delegated to %.*s, and %.*s lies below that",
               STR_ARG(t->p->name), STR_ARG(t->p->delegated_to), STR_ARG(t->value.region));
    return false;
}

/* What stands in link_catalogue.c. */
static bool is_list(const Linker *l, const Declaration *d)
{
    return name_of(l, d->node->at.text, NAME_CATALOGUE) != NULL;
}

static void param_set(Linker *l, const Declaration *d)
{
    Setting t = {.l = l, .d = d, .pos = d->node->at.pos};
    if (is_list(l, d))
        return;
    t.p = name_need(l, &d->node->at, NAME_PARAM, "a param");
    if (t.p == NULL)
        return;
    if (param_lists_regions(t.p))
        diag_error(l->diags, t.pos, "'%.*s' is a list of regions: it is not set",
                   STR_ARG(t.p->name));
    if (d->node->b == NULL)
        diag_error(l->diags, t.pos, "'set %.*s' gives no value", STR_ARG(t.p->name));
    if (t.p->type.kind == KIND_N || param_lists_regions(t.p) || d->node->b == NULL)
        return;
    int64_t codes[4] = {-1, -1, -1, -1}, number;
    setting_tails(&t, d->node->c);
    if (!set_indexes(&t, d->node->a, codes) || !may_set(&t))
        return;
    Scope s = {.l = l};
    const char *what = arena_printf(l->scratch, "param '%.*s'", STR_ARG(t.p->name));
    Expr *e = link_values(&s, d->node->b, &t.p->type, what);
    if (e == NULL || !constant_need(l, e, &number))
        return;
    if (t.p->type.kind == KIND_BOOL)
        number = number == TRUTH_YES;
    check_number(&t, e, number);
    t.value.home.pos = t.pos;
    setting_add(&t, codes, number);
}

/* ---- end: from the day on no value is set in the place */

static void param_end(Linker *l, const Declaration *d)
{
    Setting t = {.l = l, .d = d, .pos = d->node->at.pos};
    const int64_t every[4] = {-1, -1, -1, -1};
    t.p = name_of(l, d->node->at.text, NAME_PARAM);
    if (param_lists_regions(t.p)) {
        diag_error(l->diags, t.pos, "'%.*s' is a list of regions: it does not end",
                   STR_ARG(t.p->name));
        return;
    }
    setting_tails(&t, d->node->a);
    t.value.region = has_region(t.p) ? d->home.document->place : (Str){"", 0};
    t.value.certain = false;
    if (d->home.document == t.p->home.document) {
        Diag *g = diag_error(l->diags, t.pos, "'%.*s' is of this document: change it there",
                             STR_ARG(t.p->name));
        diag_hint(l->diags, g, "it stands in line %u", t.p->home.pos.line);
        return;
    }
    for (size_t i = 0; i < t.p->n_index; i++)
        if (!t.p->index[i].is_region && t.p->index[i].of == NULL)
            return;
    if (t.p->type.kind != KIND_N && may_set(&t))
        setting_add(&t, every, 0);
}

/* ---- delegate */

static bool may_delegate(Linker *l, const Declaration *d, const Param *p)
{
    const Document *doc = d->home.document, *own = p->home.document;
    if (doc == own || str_equal(doc->place, own->place))
        return true;
    diag_error(l->diags, d->node->at.pos,
               "only a document of the place that declares '%.*s' can delegate it",
               STR_ARG(p->name));
    return false;
}

static void param_delegate(Linker *l, const Declaration *d)
{
    const Node *n = d->node;
    Param *p = is_list(l, d) ? NULL : name_need(l, &n->at, NAME_PARAM, "a param");
    if (p == NULL || !may_delegate(l, d, p))
        return;
    if (p->delegated_to.len > 0)
        diag_error(l->diags, n->at.pos, "param '%.*s' is delegated twice", STR_ARG(p->name));
    if (!has_region(p)) {
        Diag *g = diag_error(l->diags, n->at.pos,
                             "param '%.*s' is the same everywhere: no place could set it",
                             STR_ARG(p->name));
        diag_hint(l->diags, g, "declare it 'by region'");
    }
    leave_level(l, n->a);
    p->delegated_to = n->a->at.text;
    Scope s = {.l = l, .own = p};
    const Node *floor = item_once(l, n->b, AST_FLOOR, "floor");
    const Node *ceiling = item_once(l, n->b, AST_CEILING, "ceiling");
    if (p->type.kind == KIND_N || param_lists_regions(p))
        return;
    if (floor != NULL)
        p->floor = link_as(&s, floor->a, &p->type, "the floor");
    if (ceiling != NULL)
        p->ceiling = link_as(&s, ceiling->a, &p->type, "the ceiling");
}

/* ---- all together */

static int by_region_codes_day(const void *a, const void *b)
{
    const ParamValue *x = a, *y = b;
    int order = str_compare(x->region, y->region);
    for (size_t i = 0; i < G_N_ELEMENTS(x->codes) && order == 0; i++)
        order = (x->codes[i] > y->codes[i]) - (x->codes[i] < y->codes[i]);
    if (order == 0)
        order = (x->since > y->since) - (x->since < y->since);
    return order;
}

/* An addition to an enum without a value of its own has its wider code's. */
static void fill_narrower(GArray *values, const Param *p)
{
    size_t k = 0;
    for (size_t i = 0; i < p->n_index; i++) {
        if (p->index[i].is_region)
            continue;
        const Enum *e = p->index[i].of;
        for (size_t c = 0; c < e->n_codes; c++) {
            const Code *wider = e->codes[c].wider;
            bool own = wider == NULL;
            for (guint v = 0; v < values->len && !own; v++)
                own = g_array_index(values, ParamValue, v).codes[k] == (int64_t)c;
            for (guint v = 0, n = values->len; v < n && !own; v++) {
                ParamValue copy = g_array_index(values, ParamValue, v);
                if (copy.codes[k] != (int64_t)wider->number || n > VALUES_MOST)
                    continue;
                copy.codes[k] = (int64_t)c;
                g_array_append_val(values, copy);
            }
        }
        k++;
    }
}

static bool takes_place(const ParamValue *v, const ParamValue *of)
{
    return of->since >= v->since && of->since <= v->until && str_equal(v->region, of->region) &&
           memcmp(v->codes, of->codes, sizeof v->codes) == 0;
}

/* What if a value held from a day on: then nothing the same place sets later counts. */
static void drop_replaced(GArray *values)
{
    g_autoptr(GArray) supposed = g_array_new(FALSE, FALSE, sizeof(ParamValue));
    guint kept = 0;
    for (guint i = 0; i < values->len; i++) {
        const ParamValue *v = &g_array_index(values, ParamValue, i);
        if (v->home.document->supposed)
            g_array_append_val(supposed, *v);
    }
    for (guint i = 0; i < values->len; i++) {
        const ParamValue v = g_array_index(values, ParamValue, i);
        bool replaced = false;
        for (guint k = 0; k < supposed->len && !v.home.document->supposed; k++)
            replaced |= takes_place(&g_array_index(supposed, ParamValue, k), &v);
        if (!replaced)
            g_array_index(values, ParamValue, kept++) = v;
    }
    g_array_set_size(values, kept);
}

static bool any_supposed(const Linker *l)
{
    for (size_t i = 0; i < l->n_readings; i++)
        if (l->readings[i]->document->supposed)
            return true;
    return false;
}

static void param_values_done(Linker *l, Param *p)
{
    GArray *values = l->values[p->number];
    bool known = true;
    if (any_supposed(l))
        drop_replaced(values);
    for (size_t i = 0; i < p->n_index; i++)
        known &= p->index[i].is_region || p->index[i].of != NULL;
    if (known && values->len < VALUES_MOST)
        fill_narrower(values, p);
    if (values->len > 1)
        sort_rows(values->data, values->len, sizeof(ParamValue), by_region_codes_day);
    p->n_values = values->len;
    p->values = arena_many(l->keep, ParamValue, p->n_values);
    if (p->n_values > 0)
        memcpy(p->values, values->data, p->n_values * sizeof(ParamValue));
    for (size_t i = 1; i < p->n_values; i++) {
        if (by_region_codes_day(&p->values[i - 1], &p->values[i]) != 0)
            continue;
        const Pos *x = &p->values[i - 1].home.pos, *y = &p->values[i].home.pos;
        bool later = x->source == y->source && x->line > y->line;
        Diag *d = diag_error(l->diags, later ? *x : *y,
                             "param '%.*s' gets two values from the same day", STR_ARG(p->name));
        const Pos *first = later ? y : x;
        diag_hint(l->diags, d, "the other one is in %s, line %u", first->source->name, first->line);
    }
}

static void values_free(void *array)
{
    g_array_free(array, TRUE);
}

void link_param_values(Linker *l)
{
    for (size_t i = 0; i < l->model->n_params; i++) {
        l->values[i] = g_array_new(FALSE, TRUE, sizeof(ParamValue));
        arena_on_free(l->scratch, values_free, l->values[i]);
    }
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_PARAM && l->declarations[i].made != NULL)
            param_own(l, &l->declarations[i]);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_DELEGATE)
            param_delegate(l, &l->declarations[i]);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_SET)
            param_set(l, &l->declarations[i]);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_ENDS &&
            amended_kind(l, &l->declarations[i]) == AST_PARAM)
            param_end(l, &l->declarations[i]);
    for (size_t i = 0; i < l->model->n_params; i++)
        param_values_done(l, l->model->params[i]);
}
