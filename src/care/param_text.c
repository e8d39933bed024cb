/* param_text.c — what a param is, here and on this day.
 * In: the Model's dated values.  Out: words.  Not here: how rules resolve params (compile/params).
 * LAW semantics 7: a value set for a region holds below it, the nearest one upwards wins. */
#include "care/param_text.h"

static void set_text(const Type *type, uint64_t bits, bool english, GString *to)
{
    bool first = true;
    for (size_t i = 0; i < type->of->n_codes; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        Str label = english ? type->of->codes[i].label.en : type->of->codes[i].label.zh;
        g_string_append_printf(to, "%s%.*s", first ? "" : english ? ", " : "、", STR_ARG(label));
        first = false;
    }
    if (first)
        g_string_append(to, english ? "none" : "无");
}

static void trim_zeros(char *text)
{
    size_t n = strlen(text);
    if (strchr(text, '.') == NULL)
        return;
    while (n > 0 && text[n - 1] == '0')
        text[--n] = '\0';
    if (n > 0 && text[n - 1] == '.')
        text[n - 1] = '\0';
}

static void unit_text(const Type *type, bool english, GString *to)
{
    static const char *const words[][2] = {
        [UNIT_NONE] = {"", ""},
        [UNIT_YUAN] = {" 元", " yuan"},
        [UNIT_M2] = {" 平方米", " m²"},
        [UNIT_HOURS] = {" 分钟", " minutes"},
        [UNIT_DAYS] = {" 天", " days"},
        [UNIT_MONTHS] = {" 个月", " months"},
        [UNIT_YEARS] = {" 周岁", " years"},
        [UNIT_WORKING_DAYS] = {" 个工作日", " working days"},
    };
    g_string_append(to, words[type->unit][english]);
}

void number_text(const Type *type, int64_t number, bool english, GString *to)
{
    char text[DECIMAL_TEXT];
    switch (type->kind) {
    case KIND_ENUM:
        if (number >= 0 && (size_t)number < type->of->n_codes) {
            const Label *label = &type->of->codes[number].label;
            g_string_append_len(to, english ? label->en.at : label->zh.at,
                                (gssize)(english ? label->en.len : label->zh.len));
        }
        break;
    case KIND_SET:
        set_text(type, (uint64_t)number, english, to);
        break;
    case KIND_BOOL:
        g_string_append(to, number != 0 ? (english ? "yes" : "是") : (english ? "no" : "否"));
        break;
    case KIND_DATE:
        g_string_append(to, date_format((Date)number, text));
        break;
    case KIND_MONEY:
        g_string_append(to, money_format(number, text));
        unit_text(&(Type){.unit = UNIT_YUAN}, english, to);
        break;
    case KIND_SHARE:
        decimal_format((Decimal){number, 2}, text);
        trim_zeros(text);
        g_string_append_printf(to, "%s%%", text);
        break;
    default:
        decimal_format((Decimal){number, type->scale}, text);
        trim_zeros(text);
        g_string_append(to, text);
        unit_text(type, english, to);
    }
}

/* How far above `region` the value's own region stands; -1 when it does not hold here. */
static int distance(const RegionTree *t, const ParamValue *v, int32_t region)
{
    if (v->region.len == 0)
        return 1000;
    int steps = 0;
    for (int32_t at = region; at != ROW_NONE; at = t->parent[at], steps++)
        if (str_equal(t->code[at], v->region))
            return steps;
    return -1;
}

static bool codes_equal(const ParamValue *a, const ParamValue *b)
{
    return memcmp(a->codes, b->codes, sizeof a->codes) == 0;
}

/* The nearest value for the same codes, among those that hold on the day. */
static const ParamValue *nearest(const RegionTree *t, const Param *p, const ParamValue *like,
                                 int32_t region, Date day)
{
    const ParamValue *best = NULL;
    int least = 0;
    for (size_t i = 0; i < p->n_values; i++) {
        const ParamValue *v = &p->values[i];
        int far = distance(t, v, region);
        if (far < 0 || !v->certain || day < v->since || day > v->until || !codes_equal(v, like))
            continue;
        if (best == NULL || far < least || (far == least && v->since > best->since)) {
            best = v;
            least = far;
        }
    }
    return best;
}

static void code_names(const Param *p, const ParamValue *v, bool english, GString *to)
{
    size_t k = 0;
    for (size_t i = 0; i < p->n_index; i++) {
        if (p->index[i].is_region)
            continue;
        int64_t code = v->codes[k++];
        if (code >= 0 && (size_t)code < p->index[i].of->n_codes) {
            const Label *label = &p->index[i].of->codes[code].label;
            g_string_append_printf(to, "%.*s ", STR_ARG(english ? label->en : label->zh));
        }
    }
}

static void regions_text(const Model *m, const Param *p, bool english, GString *to)
{
    for (size_t i = 0; i < p->n_regions; i++) {
        const RegionRow *r = model_region(m, p->regions[i]);
        Str name = r == NULL ? p->regions[i] : english && r->name_en.len > 0 ? r->name_en : r->name;
        g_string_append_printf(to, "%s%.*s", i == 0 ? "" : english ? ", " : "、", STR_ARG(name));
    }
}

const ParamValue **param_in_force(const RegionTree *regions, const Param *p, int32_t region,
                                  Date day, Arena *a, size_t *ret_n)
{
    const ParamValue **all = arena_array(a, p->n_values + 1, sizeof *all);
    *ret_n = 0;
    for (size_t i = 0; i < p->n_values; i++)
        if (nearest(regions, p, &p->values[i], region, day) == &p->values[i])
            all[(*ret_n)++] = &p->values[i];
    return all;
}

void param_value_text(const Param *p, const ParamValue *v, bool english, GString *to)
{
    code_names(p, v, english, to);
    number_text(&p->type, v->number, english, to);
}

void param_text(const Model *m, const RegionTree *regions, const Param *p, int32_t region, Date day,
                Arena *a, ParamText *ret)
{
    *ret = (ParamText){.unset = true};
    g_autoptr(GString) zh = g_string_new(NULL);
    g_autoptr(GString) en = g_string_new(NULL);
    size_t n;
    const ParamValue **values = param_in_force(regions, p, region, day, a, &n);
    for (size_t i = 0; i < n; i++) {
        const ParamValue *v = values[i];
        g_string_append(zh, zh->len > 0 ? "；" : "");
        g_string_append(en, en->len > 0 ? "; " : "");
        param_value_text(p, v, false, zh);
        param_value_text(p, v, true, en);
        ret->unset = false;
        if (v->source.len > 0)
            ret->source = v->source;
    }
    if (p->n_regions > 0) {
        regions_text(m, p, false, zh);
        regions_text(m, p, true, en);
        ret->unset = false;
    }
    if (ret->unset && p->otherwise != NULL) {
        expr_print(p->otherwise, zh);
        g_string_append_len(en, zh->str, (gssize)zh->len);
        ret->unset = false;
    }
    ret->zh = arena_str(a, (Str){zh->str, zh->len});
    ret->en = arena_str(a, (Str){en->str, en->len});
}
