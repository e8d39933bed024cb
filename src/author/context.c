/* context.c — reads the words before the cursor backwards.
 * Read first: context_codes(). */
#include "author/context.h"

#include "declare/grammar.h"

#define NONE SIZE_MAX

static bool opens(int kind)
{
    return kind == TK_LB || kind == TK_LP || kind == TK_LK;
}

static bool closes(int kind)
{
    return kind == TK_RB || kind == TK_RP || kind == TK_RK;
}

static bool is_word(const Token *t)
{
    return t->kind == TK_ID || keyword_text(t->kind) != NULL;
}

static const Token *at(const Context *c, size_t i)
{
    return &c->tokens[i];
}

/* The innermost bracket that is open before token `i`; NONE: none. */
static size_t open_before(const Context *c, size_t i)
{
    size_t depth = 0;
    while (i-- > c->from) {
        if (closes(at(c, i)->kind))
            depth++;
        else if (opens(at(c, i)->kind) && depth-- == 0)
            return i;
    }
    return NONE;
}

/* The bracket that the closing one at `i` closes. */
static size_t match_before(const Context *c, size_t i)
{
    return open_before(c, i);
}

/* ---- entities at hand */

static const Entity *subject_of(const Context *c)
{
    if (c->from == c->n)
        return NULL;
    int first = at(c, c->from)->kind;
    if ((first == TK_DERIVE || first == TK_ENTITY || first == TK_EXTEND) && c->from + 1 < c->n)
        return model_entity(c->model, at(c, c->from + 1)->text);
    for (size_t i = c->from + 1; i + 1 < c->n; i++) {
        int k = at(c, i)->kind;
        const Entity *e =
            k == TK_FOR || k == TK_OF ? model_entity(c->model, at(c, i + 1)->text) : NULL;
        if (e != NULL)
            return e;
    }
    return NULL;
}

/* count(E where …: the records that are counted around the cursor. */
static const Entity *counted_of(const Context *c)
{
    for (size_t open = open_before(c, c->n); open != NONE; open = open_before(c, open)) {
        size_t i = open + 1;
        if (at(c, open)->kind != TK_LP)
            continue;
        if (i < c->n && at(c, i)->kind == TK_KNOWN)
            i++;
        const Entity *e = i < c->n ? model_entity(c->model, at(c, i)->text) : NULL;
        if (e != NULL)
            return e;
    }
    for (size_t i = c->n; i-- > c->from;)
        if (at(c, i)->kind == TK_LATEST && i + 1 < c->n)
            return model_entity(c->model, at(c, i + 1)->text);
    return NULL;
}

/* Of `home = facility { … }` in an example, the entity of `home`. */
static const Entity *named_record(const Context *c, Str name)
{
    for (size_t i = c->from; i + 2 < c->n; i++)
        if (is_word(at(c, i)) && str_equal(at(c, i)->text, name) && at(c, i + 1)->kind == TK_EQ)
            return model_entity(c->model, at(c, i + 2)->text);
    return NULL;
}

Context context_make(const Model *m, const Token *tokens, size_t n)
{
    Context c = {.model = m, .tokens = tokens, .n = n};
    size_t depth = 0;
    for (size_t i = 0; i < n; i++) {
        depth += opens(tokens[i].kind);
        depth -= closes(tokens[i].kind) && depth > 0;
        if (tokens[i].kind == TK_LOST)
            depth = 0;
        if (tokens[i].kind != TK_END || depth > 0)
            continue;
        c.before = c.from;
        c.from = i + 1;
    }
    c.subject = subject_of(&c);
    c.counted = counted_of(&c);
    return c;
}

/* ---- paths */

typedef struct Meaning { /* of a path: a field's or param's type, or an entity itself */
    const Type *type;
    const Entity *entity;
    const Enum *of;
} Meaning;

static const Entity *type_entity(const Type *t)
{
    return t->kind == KIND_REF ? t->to : NULL;
}

static const Enum *type_enum(const Type *t)
{
    return t != NULL && (t->kind == KIND_ENUM || t->kind == KIND_SET) ? t->of : NULL;
}

static Meaning field_meaning(const Field *f)
{
    return (Meaning){&f->type, type_entity(&f->type), NULL};
}

static Meaning first_meaning(const Context *c, Str word)
{
    const Entity *const at_hand[] = {context_record(c), c->counted, c->subject};
    for (size_t i = 0; i < G_N_ELEMENTS(at_hand); i++) {
        const Field *f = at_hand[i] != NULL ? entity_field(at_hand[i], word) : NULL;
        if (f != NULL)
            return field_meaning(f);
    }
    const Entity *record = named_record(c, word);
    const Param *p = model_param(c->model, word);
    if (record != NULL)
        return (Meaning){NULL, record, NULL};
    if (p != NULL)
        return (Meaning){&p->type, NULL, NULL};
    if (str_is(word, "this"))
        return (Meaning){NULL, c->subject, NULL};
    return (Meaning){NULL, model_entity(c->model, word), model_enum(c->model, word)};
}

/* The first word of the path that ends with token `last`. */
static size_t path_first(const Context *c, size_t last)
{
    while (last >= c->from + 2 && at(c, last - 1)->kind == TK_DOT && is_word(at(c, last - 2)))
        last -= 2;
    return last;
}

static Meaning path_meaning(const Context *c, size_t first, size_t last)
{
    Meaning m = first_meaning(c, at(c, first)->text);
    for (size_t i = first + 2; i <= last; i += 2) {
        const Field *f = m.entity != NULL ? entity_field(m.entity, at(c, i)->text) : NULL;
        if (f == NULL)
            return (Meaning){0};
        m = field_meaning(f);
    }
    return m;
}

void context_dot(const Context *c, const Entity **ret_entity, const Enum **ret_enum)
{
    *ret_entity = NULL;
    *ret_enum = NULL;
    if (c->n < c->from + 2 || !is_word(at(c, c->n - 2)))
        return;
    Meaning m = path_meaning(c, path_first(c, c->n - 2), c->n - 2);
    *ret_entity = m.entity;
    *ret_enum = m.entity == NULL ? m.of : NULL;
}

/* ---- codes */

/* The type of what ends before token `i`: a path, or a param with its index. */
static const Enum *left_enum(const Context *c, size_t i)
{
    if (i-- == c->from)
        return NULL;
    if (at(c, i)->kind == TK_RK) {
        i = match_before(c, i);
        const Param *p =
            i != NONE && i > c->from ? model_param(c->model, at(c, i - 1)->text) : NULL;
        return p != NULL ? type_enum(&p->type) : NULL;
    }
    if (!is_word(at(c, i)))
        return NULL;
    /* param x : set of ability = … */
    bool typed = i > c->from && (at(c, i - 1)->kind == TK_COLON || at(c, i - 1)->kind == TK_OF);
    if (typed)
        return model_enum(c->model, at(c, i)->text);
    return type_enum(path_meaning(c, path_first(c, i), i).type);
}

/* x[a, b: the enum of the index at the cursor. */
static const Enum *index_enum(const Context *c, size_t open)
{
    const Param *p = open > c->from ? model_param(c->model, at(c, open - 1)->text) : NULL;
    size_t which = 0, depth = 0;
    for (size_t i = open + 1; i < c->n; i++) {
        depth += opens(at(c, i)->kind);
        depth -= closes(at(c, i)->kind) && depth > 0;
        which += depth == 0 && at(c, i)->kind == TK_COMMA;
    }
    return p != NULL && which < p->n_index && !p->index[which].is_region ? p->index[which].of
                                                                         : NULL;
}

static bool compares(int kind)
{
    return kind == TK_EQ || kind == TK_NE || kind == TK_LT || kind == TK_LE || kind == TK_GT ||
           kind == TK_GE || kind == TK_IN;
}

/* Behind an operator that ends with token `i`-1. */
static const Enum *operator_enum(const Context *c, size_t i)
{
    if (i == c->from)
        return NULL;
    int kind = at(c, i - 1)->kind;
    if (compares(kind) || kind == TK_HAS)
        return left_enum(c, i - 1);
    if ((kind == TK_ANY || kind == TK_ALL) && i >= c->from + 2 && at(c, i - 2)->kind == TK_HAS)
        return left_enum(c, i - 2);
    return NULL;
}

/* case x { a: …: the arms name its codes. */
static const Enum *arm_enum(const Context *c, size_t brace)
{
    size_t first = brace > c->from && is_word(at(c, brace - 1)) ? path_first(c, brace - 1) : NONE;
    bool arm = at(c, c->n - 1)->kind == TK_LB || at(c, c->n - 1)->kind == TK_END ||
               at(c, c->n - 1)->kind == TK_COMMA;
    if (first == NONE || first == c->from || at(c, first - 1)->kind != TK_CASE || !arm)
        return NULL;
    return type_enum(path_meaning(c, first, brace - 1).type);
}

/* In an example: `economy ` or `economy {a, `. */
static const Enum *fact_enum(const Context *c, size_t word)
{
    const Entity *e = context_record(c);
    const Field *f = e != NULL && word != NONE ? entity_field(e, at(c, word)->text) : NULL;
    return f != NULL ? type_enum(&f->type) : NULL;
}

const Entity *context_record(const Context *c)
{
    if (c->from == c->n || at(c, c->from)->kind != TK_EXAMPLE)
        return NULL;
    for (size_t open = open_before(c, c->n); open != NONE; open = open_before(c, open)) {
        const Entity *e = open > c->from && at(c, open)->kind == TK_LB
                              ? model_entity(c->model, at(c, open - 1)->text)
                              : NULL;
        if (e != NULL)
            return e;
    }
    return NULL;
}

const Enum *context_codes(const Context *c)
{
    if (c->from == c->n)
        return NULL;
    size_t open = open_before(c, c->n), end = c->n;
    const Token *last = at(c, c->n - 1);
    const Enum *e = operator_enum(c, c->n);
    if (e != NULL)
        return e;
    if (open != NONE && at(c, open)->kind == TK_LK)
        return index_enum(c, open);
    bool listed = last->kind == TK_COMMA || opens(last->kind) || last->kind == TK_PIPE;
    if (open != NONE && at(c, open)->kind == TK_LP && listed)
        return operator_enum(c, open);
    if (open != NONE && at(c, open)->kind == TK_LB) {
        e = arm_enum(c, open);
        if (e == NULL && listed)
            e = fact_enum(c, open > c->from ? open - 1 : NONE);
        if (e == NULL && is_word(last))
            e = fact_enum(c, c->n - 1);
        return e;
    }
    /* param x : set of y = a, b, */
    while (listed && end > c->from && !compares(at(c, end - 1)->kind))
        end--;
    return listed && end > c->from ? operator_enum(c, end) : NULL;
}
