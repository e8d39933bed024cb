/* catalogue.c — how the list of one place compares with that of a wider one.
 * Start: catalogue_compare(). */
#include "declare/catalogue.h"

#include "declare/link.h"

#include "base/decimal.h"

const Catalogue *model_catalogue(const Model *m, Str name)
{
    const Name *n = name_find(m, name);
    return n != NULL && n->kind == NAME_CATALOGUE ? n->what : NULL;
}

/* ---- which versions are compared */

const CatalogueVersion *catalogue_own(const Catalogue *c, Str place, Date day)
{
    for (size_t i = 0; i < c->n_versions; i++) {
        const CatalogueVersion *v = c->versions[i];
        if (str_equal(v->place, place) && v->since <= day && day <= v->until)
            return v;
    }
    return NULL;
}

const CatalogueVersion *catalogue_wider(const Model *m, const CatalogueVersion *own, Date day)
{
    Str place = own->place;
    for (size_t steps = 0; place.len > 0 && steps <= m->n_regions; steps++) {
        const RegionRow *r = model_region(m, place);
        place = r == NULL ? (Str){"", 0} : r->parent;
        const CatalogueVersion *v = catalogue_own(own->of, place, day);
        if (v != NULL)
            return v;
    }
    return place.len > 0 ? catalogue_own(own->of, (Str){"", 0}, day) : NULL;
}

/* ---- words of a text that is a set: 独居、空巢, alone; empty nest */

bool catalogue_word(Str *rest, Str *ret_word)
{
    static const char *const signs[] = {"、", "，", "；", ",", ";"};
    while (rest->len > 0) {
        size_t at = rest->len, behind = rest->len;
        for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
            ptrdiff_t found = str_find(*rest, str_of(signs[i]));
            if (found >= 0 && (size_t)found < at) {
                at = (size_t)found;
                behind = at + strlen(signs[i]);
            }
        }
        *ret_word = str_trim((Str){rest->at, at});
        *rest = (Str){rest->at + behind, rest->len - behind};
        if (ret_word->len > 0)
            return true;
    }
    return false;
}

static bool has_word(Str text, Str word)
{
    Str one;
    while (catalogue_word(&text, &one))
        if (str_equal(one, word))
            return true;
    return false;
}

static bool has_all_words(Str text, Str words)
{
    Str one;
    while (catalogue_word(&words, &one))
        if (!has_word(text, one))
            return false;
    return true;
}

/* ---- one cell */

static bool is_text(const CatalogueCell *c)
{
    return kind_is_text(c->type.kind);
}

static Fit fit_of(bool kept, bool more)
{
    return !kept ? FIT_LESS : more ? FIT_MORE : FIT_KEPT;
}

/* Numbers of one type may have been written with different scales. */
static bool in_order(const CatalogueCell *a, const CatalogueCell *b, int *ret_order)
{
    int64_t x = a->number, y = b->number;
    uint8_t scale = MAX(a->type.scale, b->type.scale);
    if (is_text(a) || is_text(b) || a->type.kind != b->type.kind || a->type.unit != b->type.unit ||
        a->type.of != b->type.of ||
        !checked_mul(x, power_of_ten((unsigned)(scale - a->type.scale)), &x) ||
        !checked_mul(y, power_of_ten((unsigned)(scale - b->type.scale)), &y))
        return false;
    *ret_order = (x > y) - (x < y);
    return true;
}

static Fit superset(const CatalogueCell *wider, const CatalogueCell *own)
{
    if (is_text(wider) || is_text(own))
        return fit_of(has_all_words(own->text, wider->text),
                      !has_all_words(wider->text, own->text));
    uint64_t asked = (uint64_t)wider->number, has = (uint64_t)own->number;
    return fit_of((asked & ~has) == 0, (has & ~asked) != 0);
}

static Fit cell_fit(Comparator how, const CatalogueCell *wider, const CatalogueCell *own)
{
    int order;
    if (how == COMPARATOR_SHOWN || how == COMPARATOR_KEY || wider->text.len == 0)
        return FIT_NONE;
    if (own->text.len == 0)
        return FIT_UNKNOWN;
    if (how == COMPARATOR_SUPERSET)
        return superset(wider, own);
    if (how == COMPARATOR_SAME && is_text(wider))
        return str_equal(wider->text, own->text) ? FIT_KEPT : FIT_LESS;
    if (!in_order(own, wider, &order))
        return FIT_UNKNOWN;
    if (how == COMPARATOR_SAME)
        return order == 0 ? FIT_KEPT : FIT_LESS;
    if (how == COMPARATOR_AT_MOST)
        order = -order;
    return fit_of(order >= 0, order > 0);
}

/* ---- items */

static Str key_of(const CatalogueVersion *v, const CatalogueRow *r)
{
    return r->cells[v->of->key].text;
}

static const CatalogueRow *find_item(const CatalogueVersion *v, Str key)
{
    for (size_t i = 0; i < v->n_rows; i++)
        if (str_equal(key_of(v, &v->rows[i]), key))
            return &v->rows[i];
    return NULL;
}

static void fill_fit(CatalogueFit *f, const Catalogue *c, Arena *a)
{
    f->cells = arena_many(a, Fit, c->n_columns);
    f->fit = f->own == NULL ? FIT_MISSING : f->wider == NULL ? FIT_MORE : FIT_KEPT;
    for (size_t i = 0; i < c->n_columns && f->own != NULL && f->wider != NULL; i++) {
        f->cells[i] = cell_fit(c->columns[i].comparator, &f->wider->cells[i], &f->own->cells[i]);
        f->fit = MAX(f->fit, f->cells[i]);
    }
}

CatalogueFit *catalogue_compare(const CatalogueVersion *wider, const CatalogueVersion *own,
                                Arena *a, size_t *ret_n)
{
    CatalogueFit *all = arena_many(a, CatalogueFit, wider->n_rows + own->n_rows);
    size_t n = 0;
    for (size_t i = 0; i < wider->n_rows; i++) {
        all[n].wider = &wider->rows[i];
        all[n++].own = find_item(own, key_of(wider, &wider->rows[i]));
    }
    for (size_t i = 0; i < own->n_rows; i++)
        if (find_item(wider, key_of(own, &own->rows[i])) == NULL)
            all[n++].own = &own->rows[i];
    for (size_t i = 0; i < n; i++)
        fill_fit(&all[i], own->of, a);
    *ret_n = n;
    return all;
}

/* ---- words */

static Label label_make(Arena *a, const GString *zh, const GString *en)
{
    return (Label){str_of(arena_dup(a, zh->str, zh->len)), str_of(arena_dup(a, en->str, en->len))};
}

static void put_word(GString *to, const char *before, Str word)
{
    g_string_append_printf(to, "%s%.*s", to->len > 0 ? before : "", STR_ARG(word));
}

static void put_codes(const Enum *e, uint64_t bits, GString *zh, GString *en)
{
    for (; bits != 0; bits &= bits - 1) {
        const Code *c = &e->codes[__builtin_ctzll(bits)];
        put_word(zh, "、", c->label.zh);
        put_word(en, ", ", c->label.en);
    }
}

/* 30 yuan is 30元: the sign of the unit in Chinese. */
static void put_number(const CatalogueCell *c, GString *zh, GString *en)
{
    static const struct {
        const char *sign, *zh;
    } units[] = {{" yuan", "元"}, {" m2", "平方米"},   {" hours", "小时"}, {" minutes", "分钟"},
                 {" days", "天"}, {" months", "个月"}, {" years", "年"}};
    number_print(&c->type, c->number, en);
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_has_suffix(en->str, units[i].sign)) {
            g_string_append_len(zh, en->str, (gssize)(en->len - strlen(units[i].sign)));
            g_string_append(zh, units[i].zh);
            return;
        }
    g_string_append(zh, en->str);
}

Label catalogue_cell_words(const CatalogueCell *c, Arena *a)
{
    g_autoptr(GString) zh = g_string_new(NULL);
    g_autoptr(GString) en = g_string_new(NULL);
    if (c->text.len == 0 || kind_is_text(c->type.kind))
        return (Label){c->text, c->text};
    if (c->type.kind == KIND_SET)
        put_codes(c->type.of, (uint64_t)c->number, zh, en);
    else if (c->type.kind == KIND_ENUM)
        put_codes(c->type.of, UINT64_C(1) << (c->number & 63), zh, en);
    else
        put_number(c, zh, en);
    return label_make(a, zh, en);
}

static Label lacking(const CatalogueCell *wider, const CatalogueCell *own, Arena *a)
{
    g_autoptr(GString) zh = g_string_new(NULL);
    g_autoptr(GString) en = g_string_new(NULL);
    Str rest = wider->text, word;
    if (!is_text(wider) && !is_text(own))
        put_codes(wider->type.of, (uint64_t)wider->number & ~(uint64_t)own->number, zh, en);
    else
        while (catalogue_word(&rest, &word))
            if (!has_word(own->text, word)) {
                put_word(zh, "、", word);
                put_word(en, ", ", word);
            }
    g_string_prepend(zh, "少了");
    g_string_prepend(en, "lacks ");
    return label_make(a, zh, en);
}

Label catalogue_words(const CatalogueFit *f, const Catalogue *c, size_t column, Arena *a)
{
    static const struct {
        const char *zh, *en;
    } ways[] = {[COMPARATOR_AT_LEAST] = {"低于", "is below"},
                [COMPARATOR_AT_MOST] = {"高于", "is above"},
                [COMPARATOR_SAME] = {"不同于", "differs from"}};
    if (f->wider == NULL || f->own == NULL || f->cells[column] < FIT_UNKNOWN)
        return (Label){STR(""), STR("")};
    const CatalogueCell *wider = &f->wider->cells[column], *own = &f->own->cells[column];
    Comparator how = c->columns[column].comparator;
    Label x = catalogue_cell_words(wider, a), y = catalogue_cell_words(own, a);
    if (own->text.len == 0)
        return (Label){str_of(arena_printf(a, "没有写（%.*s）", STR_ARG(x.zh))),
                       str_of(arena_printf(a, "not stated (%.*s)", STR_ARG(x.en)))};
    if (how == COMPARATOR_SUPERSET && f->cells[column] == FIT_LESS)
        return lacking(wider, own, a);
    if (f->cells[column] == FIT_LESS)
        return (Label){
            str_of(arena_printf(a, "%.*s%s%.*s", STR_ARG(y.zh), ways[how].zh, STR_ARG(x.zh))),
            str_of(arena_printf(a, "%.*s %s %.*s", STR_ARG(y.en), ways[how].en, STR_ARG(x.en)))};
    return (Label){
        str_of(arena_printf(a, "%.*s与%.*s不好比", STR_ARG(y.zh), STR_ARG(x.zh))),
        str_of(arena_printf(a, "%.*s and %.*s can not be compared", STR_ARG(y.en), STR_ARG(x.en)))};
}
