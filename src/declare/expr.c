/* expr.c — literals, words and paths; and the one entrance to all expressions.
 * Not here: operators (expr_operator.c, expr_in.c), choices (expr_choice.c), calls (expr_call.c),
 * aggregates (expr_aggregate.c).  Start: link_expr(). */
#include "declare/expr.h"

#include "base/limits.h"

/* A program has at most LIMIT_RULE_STEPS; what is shared may be met several times. */
#define EXPR_SIZE (4u * LIMIT_RULE_STEPS)

Expr *expr_new(const Scope *s, ExprKind kind, Pos pos, Type type)
{
    Expr *e = arena_new_of(s->l->keep, Expr);
    e->kind = kind;
    e->pos = pos;
    e->type = type;
    return e;
}

Expr *expr_of2(const Scope *s, ExprKind kind, Pos pos, Type type, const Expr *a, const Expr *b)
{
    Expr *e = expr_new(s, kind, pos, type);
    e->a = a;
    e->b = b;
    return e;
}

Type truth_type(void)
{
    return (Type){.kind = KIND_BOOL, .is_truth = true};
}

const char *words_of(const Scope *s, const Type *t)
{
    return type_words(s->l->scratch, t);
}

const Node **group_members(const Scope *s, const Node *n, size_t *ret_n)
{
    size_t count = n->kind == AST_GROUP ? 1 + list_length(n->a) : 1;
    const Node **all = arena_many(s->l->scratch, const Node *, count);
    all[0] = n->kind == AST_GROUP ? n->b : n;
    size_t i = 1;
    for (const Node *m = n->kind == AST_GROUP ? list_first(n->a) : NULL; m != NULL; m = m->next)
        all[i++] = m;
    *ret_n = count;
    return all;
}

/* ---- literals */

typedef struct MeasureFacts {
    Kind kind;
    Unit unit;
    uint8_t scale;  /* of the mantissa */
    uint8_t shift;  /* decimals by which the written number is smaller: 30 % is 0.30 */
    int64_t factor; /* hours are kept as minutes */
    const char *too_fine;
} MeasureFacts;

static const MeasureFacts measure_facts[] = {
    [MEASURE_YUAN] = {KIND_MONEY, UNIT_YUAN, 2, 0, 1, "money has whole fen: two decimals at most"},
    [MEASURE_M2] = {KIND_AREA, UNIT_M2, 2, 0, 1, "an area has two decimals at most"},
    [MEASURE_PERCENT] = {KIND_SHARE, UNIT_NONE, 4, 2, 1, "a share has two decimals at most"},
    [MEASURE_HOURS] = {KIND_HOURS, UNIT_HOURS, 0, 0, 60, "hours end in whole minutes"},
    [MEASURE_MINUTES] = {KIND_HOURS, UNIT_HOURS, 0, 0, 1, "minutes are whole"},
    [MEASURE_DAYS] = {KIND_INT, UNIT_DAYS, 0, 0, 1, "days are whole"},
    [MEASURE_MONTHS] = {KIND_INT, UNIT_MONTHS, 0, 0, 1, "months are whole"},
    [MEASURE_YEARS] = {KIND_INT, UNIT_YEARS, 0, 0, 1, "years are whole"},
    [MEASURE_WORKING_DAYS] = {KIND_INT, UNIT_WORKING_DAYS, 0, 0, 1, "days are whole"},
};

static Expr *link_measured(const Scope *s, const Node *n)
{
    const Token *t = &n->at;
    const MeasureFacts *m = &measure_facts[t->measure];
    Expr *e = expr_new(s, EXPR_NUMBER, t->pos,
                       (Type){.kind = m->kind, .unit = m->unit, .scale = m->scale});
    int64_t number;
    if (!checked_mul(t->number, m->factor, &number)) {
        diag_error(s->l->diags, t->pos, "number is too large");
        return NULL;
    }
    int up = m->scale - m->shift - t->scale;
    int64_t power = power_of_ten((unsigned)ABS(up));
    if (up < 0 && number % power != 0) {
        diag_error(s->l->diags, t->pos, "%s", m->too_fine);
        return NULL;
    }
    if (up < 0)
        e->number = number / power;
    else if (!checked_mul(number, power, &e->number)) {
        diag_error(s->l->diags, t->pos, "number is too large");
        return NULL;
    }
    return e;
}

Expr *link_number(const Scope *s, const Node *n, const Type *want)
{
    const Token *t = &n->at;
    if (t->measure == MEASURE_FEN) {
        Diag *d = diag_error(s->l->diags, t->pos, "money is written in yuan");
        diag_hint(s->l->diags, d, "write '0.5 yuan' for 50 fen");
        return NULL;
    }
    if (t->measure != MEASURE_NONE)
        return link_measured(s, n);
    if (want != NULL && want->kind == KIND_REGION && t->scale == 0)
        return link_region_literal(s, n);
    Type type = type_of_kind(t->scale == 0 ? KIND_INT : KIND_DECIMAL);
    type.scale = t->scale;
    Expr *e = expr_new(s, EXPR_NUMBER, t->pos, type);
    e->number = t->number;
    return e;
}

Expr *link_region_literal(const Scope *s, const Node *n)
{
    Str code;
    if (!link_region(s->l, n->at.pos, n->at.text, &code))
        return NULL;
    Expr *e = expr_new(s, EXPR_REGION, n->at.pos, type_of_kind(KIND_REGION));
    e->text = code;
    return e;
}

Expr *expr_code(const Scope *s, const Enum *e, const Code *c, Pos pos)
{
    Expr *x = expr_new(s, EXPR_CODE, pos, (Type){.kind = KIND_ENUM, .of = e});
    x->number = c->number;
    return x;
}

static Expr *link_date(const Scope *s, const Node *n)
{
    Kind kind = n->kind == AST_DATE ? KIND_DATE : KIND_MONTH;
    Expr *e =
        expr_new(s, kind == KIND_DATE ? EXPR_DATE : EXPR_NUMBER, n->at.pos, type_of_kind(kind));
    e->number = n->at.number;
    return e;
}

Expr *link_codes(const Scope *s, const Node *n, const Enum *e)
{
    size_t count;
    const Node **members = group_members(s, n, &count);
    Expr *set = expr_new(s, EXPR_SET, node_pos(n), (Type){.kind = KIND_SET, .of = e});
    bool fine = true;
    if (e->n_codes > 64) {
        diag_error(s->l->diags, n->at.pos, "enum '%.*s' has too many codes for a set",
                   STR_ARG(e->name));
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const Code *c = node_is_word(members[i]) ? word_code(s->l, e, &members[i]->at) : NULL;
        if (c != NULL) {
            set->number |= (int64_t)code_bits(e, c);
            continue;
        }
        fine = false;
        if (linker_damaged(s->l, e))
            continue;
        Diag *d = diag_error(s->l->diags, members[i]->at.pos, "'%.*s' is no code of %.*s",
                             STR_ARG(members[i]->at.text), STR_ARG(e->name));
        if (node_is_word(members[i]))
            hint_codes(s->l, d, e, members[i]->at.text);
    }
    return fine ? set : NULL;
}

/* ---- words and paths */

static bool may_read(const Scope *s, const Field *f, Pos pos)
{
    if (f->secret && s->rule && !s->in_known) {
        Diag *d = diag_error(s->l->diags, pos, "'%.*s' is secret: a rule may not read it",
                             STR_ARG(f->name));
        diag_hint(s->l->diags, d, "derive a field from it that says only what the rule needs");
        return false;
    }
    if (kind_is_text(f->type.kind) && !s->in_known) {
        Diag *d = diag_error(s->l->diags, pos, "'%.*s' is %s: only 'known %.*s' can be asked of it",
                             STR_ARG(f->name), words_of(s, &f->type), STR_ARG(f->name));
        if (f->type.kind == KIND_TEXT)
            diag_hint(s->l->diags, d, "what rules compare is an enum");
        return false;
    }
    return true;
}

static void no_field(const Scope *s, const Entity *e, const Token *word)
{
    if (linker_damaged(s->l, e))
        return;
    Diag *d = diag_error(s->l->diags, word->pos, "'%.*s' is not a field of %.*s",
                         STR_ARG(word->text), STR_ARG(e->name));
    hint_fields(s->l, d, e, word->text);
}

static const Token *path_token(const Node *path, size_t i)
{
    if (i == 0)
        return &path->at;
    const Node *n = list_first(path->a);
    while (--i > 0)
        n = n->next;
    return &n->at;
}

const Token *path_second(const Node *path)
{
    return path_token(path, 1);
}

/* Words `at`.. of a path, from a record of `from`. */
Expr *link_field_path(const Scope *s, const Node *n, const Entity *from, size_t at, bool outer)
{
    size_t length = path_length(n) - at;
    Expr *e = expr_new(s, EXPR_FIELD, node_pos(n), (Type){0});
    e->path = arena_many(s->l->keep, const Field *, length);
    e->outer = outer;
    for (size_t i = 0; i < length; i++) {
        const Token *word = path_token(n, at + i);
        const Field *f = word_field(s->l, from, word);
        if (f == NULL) {
            no_field(s, from, word);
            return NULL;
        }
        e->path[e->n_path++] = f;
        e->type = f->type;
        if (i + 1 < length && f->type.kind != KIND_REF) {
            diag_error(s->l->diags, word->pos, "'%.*s' is %s, not a reference: nothing follows it",
                       STR_ARG(f->name), words_of(s, &f->type));
            return NULL;
        }
        from = f->type.to;
    }
    if (!may_read(s, e->path[length - 1], node_pos(n)))
        return NULL;
    return e;
}

/* Whether the word is an index of the param itself; *ret_expr is NULL when its enum is not there.
 */
static bool index_word(const Scope *s, const Node *n, Expr **ret_expr)
{
    for (size_t i = 0; s->own != NULL && i < s->own->n_index; i++) {
        const ParamIndex *x = &s->own->index[i];
        if (!str_equal(x->name, n->at.text))
            continue;
        Type t = x->is_region ? type_of_kind(KIND_REGION) : (Type){.kind = KIND_ENUM, .of = x->of};
        bool known = x->is_region || x->of != NULL;
        *ret_expr = known ? expr_new(s, EXPR_INDEX, n->at.pos, t) : NULL;
        if (known)
            (*ret_expr)->number = (int64_t)i;
        return true;
    }
    return false;
}

/* Words the language itself gives a meaning, after fields and codes. */
static Expr *own_word(const Scope *s, const Node *n)
{
    Str word = n->at.text;
    if (str_is(word, "day"))
        return expr_new(s, EXPR_DAY, n->at.pos, type_of_kind(KIND_DATE));
    if (str_is(word, "yes") || str_is(word, "no")) {
        Expr *e = expr_new(s, EXPR_TRUTH, n->at.pos, truth_type());
        e->number = str_is(word, "yes") ? TRUTH_YES : TRUTH_NO;
        return e;
    }
    if (str_is(word, "general") && s->general != NULL) {
        Expr *e = expr_new(s, EXPR_GENERAL, n->at.pos, s->general->type);
        e->a = s->general;
        return e;
    }
    if (str_is(word, "region") && (s->figure || s->lies_in))
        return expr_new(s, EXPR_INDEX, n->at.pos, type_of_kind(KIND_REGION));
    for (size_t k = 0; s->figure && s->by != NULL && k < s->by->n; k++)
        if (str_equal(word, s->by->index[k].name)) {
            Expr *e = expr_new(s, EXPR_INDEX, n->at.pos,
                               (Type){.kind = KIND_ENUM, .of = s->by->index[k].of});
            e->number = (int64_t)k + 1;
            return e;
        }
    const Expr *place = s->place != NULL ? s->place : s->subject != NULL ? s->subject->place : NULL;
    if (str_is(word, "region") && place != NULL) {
        Expr *e = expr_new(s, EXPR_FIELD, n->at.pos, type_of_kind(KIND_REGION));
        *e = *place;
        e->pos = n->at.pos;
        return e;
    }
    return NULL;
}

static void hint_anything(const Scope *s, Diag *d, const Type *want, Str word)
{
    Linker *l = s->l;
    if (l->diags->list->len >= LIMIT_DIAGS)
        return; /* nobody reads it */
    size_t most = g_hash_table_size(l->model->names) + 2 * 128, n = 0;
    Str *all = arena_many(l->scratch, Str, most);
    for (size_t i = 0; s->subject != NULL && i < s->subject->n_fields; i++)
        all[n++] = field_word(s->subject->fields[i]);
    for (size_t i = 0; want != NULL && want->of != NULL && i < want->of->n_codes; i++)
        all[n++] = want->of->codes[i].name;
    for (size_t i = 0; s->own != NULL && i < s->own->n_index; i++)
        all[n++] = s->own->index[i].name;
    GHashTableIter it;
    gpointer key, value;
    g_hash_table_iter_init(&it, l->model->names);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        NameKind kind = ((const Name *)value)->kind;
        if (kind == NAME_PARAM || kind == NAME_TABLE)
            all[n++] = *(const Str *)key;
    }
    diag_nearest(l->diags, d, word, all, n);
}

/* An enum that has this code, for a hint. */
static const Enum *enum_with(const Scope *s, Str code)
{
    for (size_t i = 0; i < s->l->model->n_enums; i++)
        if (code_find(s->l->model->enums[i], code) != NULL)
            return s->l->model->enums[i];
    return NULL;
}

/* Words that people bring along, and those of the record around an aggregate. */
static bool hint_meant(const Scope *s, Diag *d, Str word)
{
    if (s->outer != NULL && entity_field(s->outer, word) != NULL)
        diag_hint(s->l->diags, d, "'this.%.*s' is the outer record's", STR_ARG(word));
    else if (str_is(word, "today") || str_is(word, "now"))
        diag_hint(s->l->diags, d, "'day' is the day that is asked about: nothing else is time");
    return d->hint != NULL;
}

static bool is_states_of(const Entity *e, const Enum *of)
{
    return e != NULL && e->procedure != NULL && e->procedure->states == of;
}

static void no_word(const Scope *s, const Node *n, const Type *want)
{
    Linker *l = s->l;
    Str word = n->at.text;
    const Entity *e = s->subject;
    const Enum *of =
        want != NULL && (want->kind == KIND_ENUM || want->kind == KIND_SET) ? want->of : NULL;
    if ((e != NULL && linker_damaged(l, e)) || (of != NULL && linker_damaged(l, of)))
        return;
    const char *subject =
        e == NULL ? "" : arena_printf(l->scratch, "a field of %.*s", STR_ARG(e->name));
    const char *codes =
        of == NULL ? "a param" : arena_printf(l->scratch, "a code of %.*s", STR_ARG(of->name));
    Diag *d = e == NULL ? diag_error(l->diags, n->at.pos, "'%.*s' is not %s", STR_ARG(word), codes)
                        : diag_error(l->diags, n->at.pos, "'%.*s' is neither %s nor %s",
                                     STR_ARG(word), subject, codes);
    if (hint_meant(s, d, word))
        return;
    const Enum *other = enum_with(s, word);
    if (other == NULL)
        hint_anything(s, d, want, word);
    if (other != NULL && is_states_of(e, other))
        diag_hint(l->diags, d, "it is a state: 'state = %.*s', or 'reached %.*s'", STR_ARG(word),
                  STR_ARG(word));
    else if (other != NULL)
        diag_hint(l->diags, d, "it is a code of %.*s: compare it with a field of that enum",
                  STR_ARG(other->name));
}

static Expr *outcome_of_word(const Scope *s, const Node *n)
{
    Str name = n->at.text;
    Diag *d = diag_error(s->l->diags, n->at.pos, "'%.*s' is a rule, which has no value by itself",
                         STR_ARG(name));
    if (s->outcomes)
        diag_hint(s->l->diags, d,
                  "'raw %.*s' is what it pays by itself, 'net %.*s' what is left of that beside "
                  "others",
                  STR_ARG(name), STR_ARG(name));
    else
        diag_hint(s->l->diags, d, "only rules read what another rule pays");
    return NULL;
}

/* What another benefit pays in the month; whether it may be read is seen when all rules are linked
 * (check_phase.c). */
static Expr *link_outcome(const Scope *s, const Node *n)
{
    bool net = n->at.kind == TK_NET;
    if (!s->outcomes) {
        diag_error(s->l->diags, n->at.pos, "only rules read what another rule pays");
        return NULL;
    }
    const Rule *rule = name_need(s->l, &n->a->at, NAME_RULE, "a benefit");
    if (rule == NULL)
        return NULL;
    Expr *e = expr_new(s, EXPR_OUTCOME, node_pos(n), type_of_kind(KIND_MONEY));
    e->rule = rule;
    e->number = net;
    return e;
}

static Expr *named_word(const Scope *s, const Node *n, const Type *want)
{
    const Name *name = word_name(s->l, &n->at);
    if (name == NULL) {
        no_word(s, n, want);
        return NULL;
    }
    switch (name->kind) {
    case NAME_PARAM:
        return link_param_word(s, name->what, n);
    case NAME_BROKEN:
        return NULL;
    case NAME_TABLE: {
        Diag *d = diag_error(s->l->diags, n->at.pos, "table '%.*s' is asked without its arguments",
                             STR_ARG(n->at.text));
        diag_hint(s->l->diags, d, "write '%.*s(…)'", STR_ARG(n->at.text));
        return NULL;
    }
    case NAME_RULE:
        return outcome_of_word(s, n);
    default: {
        Diag *d = diag_error(s->l->diags, n->at.pos, "'%.*s' is %s, which has no value",
                             STR_ARG(n->at.text), name_kind_words(name->kind));
        if (name->kind == NAME_ENTITY)
            diag_hint(s->l->diags, d, "ask for its records: count(%.*s where …)",
                      STR_ARG(n->at.text));
        return NULL;
    }
    }
}

static Expr *link_word(const Scope *s, const Node *n, const Type *want)
{
    Str word = n->at.text;
    Expr *e;
    if (index_word(s, n, &e))
        return e;
    if (s->subject != NULL && field_said(s->l, s->subject, word, n->at.pos) != NULL)
        return link_field_path(s, n, s->subject, 0, false);
    if (want != NULL && (want->kind == KIND_ENUM || want->kind == KIND_SET)) {
        const Code *c = word_code(s->l, want->of, &n->at);
        if (c != NULL)
            return expr_code(s, want->of, c, n->at.pos);
        if (str_is(word, "none") && want->kind == KIND_SET)
            return expr_new(s, EXPR_SET, n->at.pos, *want);
    }
    e = own_word(s, n);
    return e != NULL ? e : named_word(s, n, want);
}

/* enum.code, said in full. */
static Expr *link_enum_path(const Scope *s, const Node *n, const Enum *e)
{
    const Token *word = path_token(n, 1);
    const Code *c = word_code(s->l, e, word);
    if (c != NULL && path_length(n) == 2)
        return expr_code(s, e, c, node_pos(n));
    Diag *d = diag_error(s->l->diags, word->pos, "'%.*s' is no code of %.*s", STR_ARG(word->text),
                         STR_ARG(e->name));
    hint_codes(s->l, d, e, word->text);
    return NULL;
}

Expr *link_path(const Scope *s, const Node *n, const Type *want)
{
    if (node_is_word(n))
        return link_word(s, n, want);
    Str first = n->at.text;
    if (str_is(first, "this")) {
        if (s->outer != NULL)
            return link_field_path(s, n, s->outer, 1, true);
        diag_error(s->l->diags, n->at.pos,
                   "'this' is the outer record: only the 'where' of an "
                   "aggregate over a record's own records has one");
        return NULL;
    }
    const Field *field = s->subject == NULL ? NULL : field_said(s->l, s->subject, first, n->at.pos);
    const Name *name = name_find(s->l->model, first);
    if (s->once != NULL && field == NULL && name != NULL && name->what == once_award(s->once) &&
        path_length(n) == 2)
        return link_award(s, n);
    /* The figure's own region is a record with fields. */
    if (s->figure && str_is(first, "region") && name != NULL && name->kind == NAME_ENTITY)
        return link_field_path(s, n, name->what, 1, false);
    /* A field is often called like its enum; nothing but a code can follow that. */
    if (name != NULL && name->kind == NAME_ENUM &&
        (field == NULL || field->type.kind != KIND_REF)) {
        link_mention(s->l, n->at.pos, name->pos);
        return link_enum_path(s, n, name->what);
    }
    if (field != NULL)
        return link_field_path(s, n, s->subject, 0, false);
    if (name != NULL && name->kind == NAME_BROKEN)
        return NULL;
    if (s->subject != NULL && (name == NULL || name->kind != NAME_ENTITY)) {
        no_field(s, s->subject, &n->at);
        return NULL;
    }
    Diag *d =
        diag_error(s->l->diags, node_pos(n), "no record of '%.*s' is at hand here", STR_ARG(first));
    if (name != NULL && name->kind == NAME_ENTITY && name->what == s->subject)
        diag_hint(s->l->diags, d, "it is the record asked about: leave '%.*s.' out",
                  STR_ARG(first));
    else if (name != NULL && name->kind == NAME_ENTITY)
        diag_hint(s->l->diags, d, "ask for its records: latest %.*s.… where …, count(%.*s where …)",
                  STR_ARG(first), STR_ARG(first));
    return NULL;
}

/* ---- the entrance */

static Expr *link_known(const Scope *s, const Node *n)
{
    if (!s->may_know) {
        Diag *d = diag_error(s->l->diags, n->at.pos,
                             "'known' has no place here: a missing fact would grant or refuse");
        diag_hint(s->l->diags, d, "it is for checks and indicators");
        return NULL;
    }
    Scope inner = *s;
    inner.in_known = true;
    const Expr *a = link_expr(&inner, n->a, NULL);
    if (a == NULL)
        return NULL;
    Expr *e = expr_new(s, EXPR_KNOWN, node_pos(n), truth_type());
    e->a = a;
    return e;
}

static Expr *link_minus(const Scope *s, const Node *n, const Type *want)
{
    Expr *a = link_expr(s, n->a, want);
    if (a == NULL)
        return NULL;
    if (dimension_of(&a->type) == DIMENSION_NOT) {
        diag_error(s->l->diags, n->at.pos, "%s has no minus", words_of(s, &a->type));
        return NULL;
    }
    if (a->kind == EXPR_NUMBER) {
        a->number = -a->number; /* literals are never negative before this */
        a->pos = node_pos(n);
        return a;
    }
    Expr *e = expr_new(s, EXPR_NEG, node_pos(n), a->type);
    e->a = a;
    return e;
}

static Expr *link_not(const Scope *s, const Node *n)
{
    const Expr *a = link_condition(s, n->a);
    if (a == NULL)
        return NULL;
    Expr *e = expr_new(s, EXPR_NOT, node_pos(n), truth_type());
    e->a = a;
    return e;
}

static Expr *link_group(const Scope *s, const Node *n, const Type *want)
{
    if (want != NULL && (want->kind == KIND_ENUM || want->kind == KIND_SET))
        return link_codes(s, n, want->of);
    Diag *d = diag_error(s->l->diags, n->at.pos, "a list has no place here");
    diag_hint(s->l->diags, d, "lists stand behind 'in', 'has any' and 'has all'");
    return NULL;
}

static Expr *link_string(const Scope *s, const Node *n, const Type *want)
{
    if (want != NULL && want->kind == KIND_REGION)
        return link_region_literal(s, n);
    Diag *d = diag_error(s->l->diags, n->at.pos, "a text has no meaning in an expression");
    diag_hint(s->l->diags, d, "what rules compare is an enum");
    return NULL;
}

/* Nodes as they are met when every use of a shared part is walked: choices inside choices would
 * double it at each level. */
static uint32_t expr_size(const Expr *e)
{
    if (e == NULL)
        return 0;
    Expr *own = (Expr *)e;
    if (own->size > 0)
        return own->size;
    uint64_t size = 1;
    size += expr_size(e->a);
    size += expr_size(e->b);
    size += expr_size(e->c);
    for (size_t i = 0; i < e->n_args; i++)
        size += expr_size(e->args[i]);
    if (e->aggregate != NULL) {
        size += expr_size(e->aggregate->value);
        size += expr_size(e->aggregate->where);
        size += expr_size(e->aggregate->base);
        size += expr_size(e->aggregate->otherwise);
        for (size_t i = 0; i < e->aggregate->n_index; i++)
            size += expr_size(e->aggregate->index[i]);
    }
    own->size = (uint32_t)MIN(size, EXPR_SIZE + 1);
    return own->size;
}

static Expr *link_kind(const Scope *s, const Node *n, const Type *want)
{
    switch (n->kind) {
    case AST_NUMBER:
        return link_number(s, n, want);
    case AST_DATE:
    case AST_YEARMONTH:
        return link_date(s, n);
    case AST_REGION:
        return link_region_literal(s, n);
    case AST_STRING:
        return link_string(s, n, want);
    case AST_PATH:
        return link_path(s, n, want);
    case AST_INDEXED:
        return link_indexed(s, n);
    case AST_CALL:
        return link_call(s, n, want);
    case AST_GROUP:
        return link_group(s, n, want);
    case AST_BINARY:
        return link_binary(s, n, want);
    case AST_BETWEEN:
        return link_between(s, n);
    case AST_HAS:
        return link_has(s, n);
    case AST_NOT:
        return link_not(s, n);
    case AST_MINUS:
        return link_minus(s, n, want);
    case AST_KNOWN:
        return link_known(s, n);
    case AST_REACHED:
        return link_reached(s, n);
    case AST_OUTCOME:
        return link_outcome(s, n);
    case AST_CHOICE:
        return link_choice(s, n, want);
    case AST_CASE:
        return link_case(s, n, want);
    default:
        diag_error(s->l->diags, n->at.pos, "this has no place in an expression");
        return NULL;
    }
}

static bool is_arithmetic(const Node *n)
{
    int k = n->at.kind;
    return n->kind == AST_BINARY &&
           (k == TK_PLUS || k == TK_MINUS || k == TK_STAR || k == TK_SLASH);
}

Expr *link_expr(const Scope *s, const Node *n, const Type *want)
{
    /* Only through sums, products and quotients does an exact quotient reach its round(). */
    Scope exact = *s;
    exact.in_round = s->in_round && is_arithmetic(n);
    exact.exact = s->in_round || s->compared;
    exact.spell = s->compared || s->spelled;
    exact.compared = exact.spelled = false;
    Expr *e = link_kind(&exact, n, want);
    if (e == NULL || expr_size(e) <= EXPR_SIZE)
        return e;
    Diag *d = diag_error(s->l->diags, n->at.pos, "this expression is too large");
    diag_hint(s->l->diags, d, "give its parts names with 'derive'");
    return NULL;
}

Expr *link_condition(const Scope *s, const Node *n)
{
    Type truth = truth_type();
    Expr *e = link_expr(s, n, &truth);
    if (e == NULL || e->type.kind == KIND_BOOL)
        return e;
    Diag *d =
        diag_error(s->l->diags, node_pos(n), "this is %s, not a yes or no", words_of(s, &e->type));
    if (e->type.kind == KIND_ENUM || e->type.kind == KIND_SET)
        diag_hint(s->l->diags, d, "compare it with a code, as in 'x %s %.*s'",
                  e->type.kind == KIND_ENUM ? "=" : "has", STR_ARG(e->type.of->codes[0].name));
    return NULL;
}
