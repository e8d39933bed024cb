/* types.c — type words become types, and types become words for messages.
 * Not here: whether two types go together (expr_unify.c). */
#include "declare/link.h"

Str underscores_to_blanks(Arena *a, Str name)
{
    char *copy = arena_dup(a, name.at, name.len);
    for (size_t i = 0; i < name.len; i++)
        if (copy[i] == '_')
            copy[i] = ' ';
    return (Str){copy, name.len};
}

Label link_label(Linker *l, const Node *label, Str name)
{
    Label out = {{NULL, 0}, {NULL, 0}};
    if (label != NULL) {
        out.zh = label->at.text;
        if (label->a != NULL)
            out.en = label->a->at.text;
    }
    if (out.en.len == 0)
        out.en = underscores_to_blanks(l->keep, name);
    if (out.zh.len == 0)
        out.zh = out.en;
    return out;
}

Type type_of_kind(Kind k)
{
    static const Unit units[KIND_N] = {
        [KIND_MONEY] = UNIT_YUAN, [KIND_AREA] = UNIT_M2, [KIND_HOURS] = UNIT_HOURS};
    return (Type){.kind = k, .unit = units[k], .scale = (uint8_t)kind_scale(k)};
}

static bool duration_word(Str word, Unit *ret_unit)
{
    static const struct {
        const char *word;
        Unit unit;
    } durations[] = {{"days", UNIT_DAYS},
                     {"months", UNIT_MONTHS},
                     {"years", UNIT_YEARS},
                     {"working_days", UNIT_WORKING_DAYS}};
    for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
        if (str_is(word, durations[i].word)) {
            *ret_unit = durations[i].unit;
            return true;
        }
    }
    return false;
}

static void hint_types(Linker *l, Diag *d, Str word)
{
    if (l->diags->list->len >= LIMIT_DIAGS)
        return; /* nobody reads it */
    GHashTableIter it;
    gpointer key, value;
    size_t n = 0;
    Str *all = arena_many(l->scratch, Str, g_hash_table_size(l->model->names) + KIND_N);
    for (Kind k = 0; k < KIND_N; k++)
        if (k != KIND_ENUM && k != KIND_SET && k != KIND_REF)
            all[n++] = str_of(kind_facts[k].word);
    g_hash_table_iter_init(&it, l->model->names);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        NameKind kind = ((const Name *)value)->kind;
        if (kind == NAME_ENUM || kind == NAME_ENTITY)
            all[n++] = *(const Str *)key;
    }
    diag_nearest(l->diags, d, word, all, n);
    if (d->hint == NULL)
        diag_hint(l->diags, d,
                  "a type is a kind (bool, int, money, date, …), an enum or an entity");
}

/* text(40), decimal(2): the number in the brackets. */
static bool link_length(Linker *l, const Node *n, Type *t)
{
    bool text = t->kind == KIND_TEXT;
    if (!text && t->kind != KIND_DECIMAL) {
        if (n->a != NULL)
            diag_error(l->diags, n->a->at.pos, "'%.*s' takes no number", STR_ARG(n->at.text));
        return n->a == NULL;
    }
    int64_t most = text ? 10000 : DECIMAL_SCALE_MAX;
    if (n->a == NULL) {
        Diag *d = diag_error(l->diags, n->at.pos,
                             text ? "text needs its greatest length"
                                  : "decimal needs the number of its decimals");
        diag_hint(l->diags, d, text ? "write text(40)" : "write decimal(2)");
        return false;
    }
    const Token *k = &n->a->at;
    if (k->scale != 0 || k->measure != MEASURE_NONE || k->number < 1 || k->number > most) {
        diag_error(l->diags, k->pos, "a whole number from 1 to %d is needed here", (int)most);
        return false;
    }
    if (text)
        t->length = (uint16_t)k->number;
    else
        t->scale = (uint8_t)k->number;
    return true;
}

static bool link_named_type(Linker *l, const Node *n, Type *t)
{
    const Name *name = word_name(l, &n->at);
    bool set = n->b != NULL;
    if (name != NULL && name->kind == NAME_BROKEN)
        return false;
    if (name != NULL && name->kind == NAME_ENUM) {
        t->kind = set ? KIND_SET : KIND_ENUM;
        t->of = name->what;
        return true;
    }
    if (name != NULL && name->kind == NAME_ENTITY && !set) {
        t->kind = KIND_REF;
        t->to = name->what;
        return true;
    }
    if (set) {
        name_need(l, &n->at, NAME_ENUM, "an enum");
        return false;
    }
    if (name != NULL) {
        diag_error(l->diags, n->at.pos, "'%.*s' is %s, not a type", STR_ARG(n->at.text),
                   name_kind_words(name->kind));
        return false;
    }
    Diag *d = diag_error(l->diags, n->at.pos, "there is no type '%.*s'", STR_ARG(n->at.text));
    if (str_is(n->at.text, "time"))
        diag_hint(l->diags, d, "a day with its hour is a 'moment', a length of time 'hours'");
    else
        hint_types(l, d, n->at.text);
    return false;
}

bool link_type(Linker *l, const Node *n, Type *ret_type)
{
    Type t = {0};
    Unit unit;
    if (n->b == NULL && duration_word(n->at.text, &unit)) {
        t = type_of_kind(KIND_INT);
        t.unit = unit;
        *ret_type = t;
        return link_length(l, n, ret_type);
    }
    for (Kind k = 0; k < KIND_N && n->b == NULL; k++) {
        if (k == KIND_ENUM || k == KIND_SET || k == KIND_REF ||
            !str_is(n->at.text, kind_facts[k].word))
            continue;
        t = type_of_kind(k);
        *ret_type = t;
        return link_length(l, n, ret_type);
    }
    if (!link_named_type(l, n, &t))
        return false;
    *ret_type = t;
    return link_length(l, n, &t);
}

const char *type_words(Arena *a, const Type *t)
{
    static const char *const words[KIND_N] = {
        [KIND_BOOL] = "yes or no",
        [KIND_INT] = "a plain number",
        [KIND_DECIMAL] = "a plain number",
        [KIND_MONEY] = "money",
        [KIND_AREA] = "an area",
        [KIND_SHARE] = "a share",
        [KIND_HOURS] = "hours",
        [KIND_DATE] = "a day",
        [KIND_MONTH] = "a month",
        [KIND_MOMENT] = "a moment",
        [KIND_REGION] = "a region",
        [KIND_POINT] = "a point",
        [KIND_TEXT] = "a text",
        [KIND_CITIZEN_ID] = "a citizen number",
        [KIND_CREDIT_CODE] = "a credit code",
        [KIND_PHONE] = "a telephone number",
    };
    if (t->kind == KIND_ENUM)
        return arena_printf(a, "a code of %.*s", STR_ARG(t->of->name));
    if (t->kind == KIND_SET)
        return arena_printf(a, "a set of %.*s", STR_ARG(t->of->name));
    if (t->kind == KIND_REF)
        return arena_printf(a, "a record of %.*s", STR_ARG(t->to->name));
    switch (t->unit) {
    case UNIT_DAYS:
        return "a number of days";
    case UNIT_MONTHS:
        return "a number of months";
    case UNIT_YEARS:
        return "a number of years";
    case UNIT_WORKING_DAYS:
        return "a number of working days";
    default:
        return words[t->kind];
    }
}

const Node *item_once(Linker *l, const Node *items, NodeKind kind, const char *word)
{
    const Node *found = NULL;
    for (const Node *n = list_first(items); n != NULL; n = n->next) {
        if (n->kind != kind)
            continue;
        if (found != NULL)
            diag_error(l->diags, n->at.pos, "'%s' stands twice", word);
        else
            found = n;
    }
    return found;
}
