/* link_example.c — examples: records, and what is decided about them.
 * Out: Example, its values in storage units.  Not here: running them (care/examples.c).
 * Start: link_examples(). */
#include "declare/expr.h"

#include "base/identifier.h"
#include "data/point.h"

/* An example is read by people; more records than this are data. */
#define RECORDS 500u

typedef struct Sketch {
    Linker *l;
    const Declaration *d;
    Example *x;
    bool elsewhere; /* names a place that is not of this model: the example is left out */
} Sketch;

/* ---- values */

static bool value_error(Sketch *s, const Node *n, const Field *f)
{
    diag_error(s->l->diags, node_pos(n), "'%.*s' is %s, but this is not", STR_ARG(f->name),
               type_words(s->l->scratch, &f->type));
    return false;
}

static bool value_region(Sketch *s, Pos pos, Str text, Str *to)
{
    const Document *doc = s->d->home.document;
    /* A document that holds everywhere may draw its examples from one place: they are run where
     * that place is known. */
    if (doc->layer != LAYER_PLACE && s->l->model->n_regions > 0 &&
        model_region(s->l->model, text) == NULL) {
        s->elsewhere = true;
        *to = text;
        return true;
    }
    return link_region(s->l, pos, text, to);
}

static bool value_text(Sketch *s, const Node *n, const Field *f, ExampleValue *v)
{
    char folded[19];
    Date born;
    bool woman;
    IdentifierFault fault = IDENTIFIER_VALID;
    if (n->kind != AST_STRING && !(n->kind == AST_NUMBER && f->type.kind != KIND_TEXT))
        return value_error(s, n, f);
    v->text = n->at.text;
    if (f->type.kind == KIND_CITIZEN_ID)
        fault = citizen_id_check(v->text, folded, &born, &woman);
    else if (f->type.kind == KIND_CREDIT_CODE)
        fault = credit_code_check(v->text, folded);
    if (fault != IDENTIFIER_VALID)
        diag_error(s->l->diags, n->at.pos, "this number is not valid: %s",
                   identifier_fault_text(fault));
    if (f->type.kind == KIND_TEXT && str_utf8_length(v->text) > f->type.length)
        diag_error(s->l->diags, n->at.pos, "'%.*s' holds at most %u characters", STR_ARG(f->name),
                   f->type.length);
    return true;
}

static const Code *value_code(Sketch *s, const Field *f, const Node *word)
{
    const Enum *e = f->type.of;
    const Code *c = word_code(s->l, e, &word->at);
    if (c == NULL && !linker_damaged(s->l, e)) {
        Diag *d = diag_error(s->l->diags, word->at.pos, "'%.*s' is no code of %.*s",
                             STR_ARG(word->at.text), STR_ARG(e->name));
        hint_codes(s->l, d, e, word->at.text);
    }
    return c;
}

static bool value_codes(Sketch *s, const Node *n, const Field *f, ExampleValue *v)
{
    if (n->kind != AST_CODES)
        return value_error(s, n, f);
    const Node *first = list_first(n->a);
    if (f->type.kind == KIND_SET && first->next == NULL && str_is(first->at.text, "none")) {
        v->none = true;
        return true;
    }
    if (f->type.kind == KIND_ENUM && first->next != NULL) {
        diag_error(s->l->diags, first->next->at.pos, "'%.*s' holds one code", STR_ARG(f->name));
        return false;
    }
    for (const Node *word = first; word != NULL; word = word->next) {
        const Code *c = value_code(s, f, word);
        if (c == NULL)
            return false;
        if (f->type.kind == KIND_ENUM)
            v->number = c->number;
        else if (c->number < 64)
            v->number |= (int64_t)(UINT64_C(1) << c->number);
    }
    return true;
}

static bool value_bool(Sketch *s, const Node *n, const Field *f, ExampleValue *v)
{
    const Node *first = n->kind == AST_CODES ? list_first(n->a) : NULL;
    if (first == NULL || first->next != NULL)
        return value_error(s, n, f);
    v->number = str_is(first->at.text, "yes") || str_is(first->at.text, "true");
    if (v->number == 0 && !str_is(first->at.text, "no") && !str_is(first->at.text, "false")) {
        Diag *d = diag_error(s->l->diags, first->at.pos, "'%.*s' is yes or no", STR_ARG(f->name));
        diag_hint(s->l->diags, d, "write 'yes' or 'no'");
        return false;
    }
    return true;
}

/* A reference is given by the name of another record of the example. */
static bool value_record(Sketch *s, const Node *n, const Field *f, ExampleValue *v)
{
    const Node *first = n->kind == AST_CODES ? list_first(n->a) : NULL;
    if (first == NULL || first->next != NULL)
        return value_error(s, n, f);
    v->text = first->at.text;
    for (size_t i = 0; i < s->x->n_records; i++) {
        const ExampleRecord *r = &s->x->records[i];
        if (!str_equal(r->name, v->text))
            continue;
        if (r->entity == f->type.to)
            return true;
        diag_error(s->l->diags, first->at.pos, "'%.*s' refers to %.*s, but '%.*s' is %.*s",
                   STR_ARG(f->name), STR_ARG(f->type.to->name), STR_ARG(r->name),
                   STR_ARG(r->entity->name));
        return false;
    }
    Diag *d = diag_error(s->l->diags, first->at.pos, "this example has no record '%.*s'",
                         STR_ARG(v->text));
    Str *all = arena_many(s->l->scratch, Str, s->x->n_records);
    for (size_t i = 0; i < s->x->n_records; i++)
        all[i] = s->x->records[i].name;
    diag_nearest(s->l->diags, d, v->text, all, s->x->n_records);
    return false;
}

static bool value_number(Sketch *s, const Node *n, const Field *f, ExampleValue *v)
{
    Scope scope = {.l = s->l};
    const char *what = arena_printf(s->l->scratch, "'%.*s'", STR_ARG(f->name));
    if (n->kind == AST_CODES)
        return value_error(s, n, f);
    const Expr *e = link_as(&scope, n, &f->type, what);
    if (e == NULL || !constant_need(s->l, e, &v->number))
        return false;
    if (f->has_range && (v->number < f->low || v->number > f->high)) {
        diag_error(s->l->diags, node_pos(n), "this lies outside the range of '%.*s'",
                   STR_ARG(f->name));
        return false;
    }
    return true;
}

/* "113.85,27.62" */
static bool value_point(Sketch *s, const Node *n, const Field *f, ExampleValue *v)
{
    if (n->kind != AST_STRING)
        return value_error(s, n, f);
    if (point_parse(n->at.text, &v->number) == POINT_VALID)
        return true;
    Diag *d = diag_error(s->l->diags, n->at.pos, "this is no point");
    diag_hint(s->l->diags, d, "write the longitude, then the latitude: \"113.85,27.62\"");
    return false;
}

static bool is_word(const Node *n, const char *word)
{
    const Node *first = n->kind == AST_CODES ? list_first(n->a) : NULL;
    return first != NULL && first->next == NULL && str_is(first->at.text, word);
}

static bool read_value(Sketch *s, const Node *n, const Field *f, ExampleValue *v)
{
    v->field = f;
    v->pos = node_pos(n);
    v->known = !is_word(n, "unknown");
    v->text = (Str){"", 0};
    if (!v->known)
        return true;
    switch (f->type.kind) {
    case KIND_TEXT:
    case KIND_CITIZEN_ID:
    case KIND_CREDIT_CODE:
    case KIND_PHONE:
        return value_text(s, n, f, v);
    case KIND_ENUM:
    case KIND_SET:
        return value_codes(s, n, f, v);
    case KIND_BOOL:
        return value_bool(s, n, f, v);
    case KIND_POINT:
        return value_point(s, n, f, v);
    case KIND_REF:
        return value_record(s, n, f, v);
    case KIND_REGION:
        if (n->kind != AST_NUMBER && n->kind != AST_REGION && n->kind != AST_STRING)
            return value_error(s, n, f);
        return value_region(s, n->at.pos, n->at.text, &v->text);
    default:
        return value_number(s, n, f, v);
    }
}

/* ---- records */

static void read_facts(Sketch *s, ExampleRecord *r, const Node *facts)
{
    r->values = arena_many(s->l->keep, ExampleValue, list_length(facts));
    for (const Node *n = list_first(facts); n != NULL; n = n->next) {
        const Field *f = word_field(s->l, r->entity, &n->at);
        ExampleValue v = {.since = DATE_MIN};
        if (f == NULL) {
            if (linker_damaged(s->l, r->entity))
                continue;
            Diag *d = diag_error(s->l->diags, n->at.pos, "'%.*s' is not a field of %.*s",
                                 STR_ARG(n->at.text), STR_ARG(r->entity->name));
            hint_fields(s->l, d, r->entity, n->at.text);
            continue;
        }
        if (n->b != NULL) {
            v.since = (Date)n->b->at.number;
            if (!f->dated && f->compute == NULL)
                diag_error(s->l->diags, n->b->at.pos, "'%.*s' is not dated", STR_ARG(f->name));
        }
        for (size_t i = 0; i < r->n_values; i++)
            if (r->values[i].field == f && r->values[i].since == v.since)
                diag_error(s->l->diags, n->at.pos, "'%.*s' stands twice", STR_ARG(f->name));
        if (read_value(s, n->a, f, &v))
            r->values[r->n_values++] = v;
    }
}

static void name_record(Sketch *s, const Node *n)
{
    ExampleRecord *r = &s->x->records[s->x->n_records];
    r->entity = name_need(s->l, &n->at, NAME_ENTITY, "an entity");
    if (r->entity == NULL)
        return;
    r->name = n->a != NULL ? n->a->at.text : n->at.text;
    for (size_t i = 0; i < s->x->n_records; i++)
        if (str_equal(s->x->records[i].name, r->name)) {
            Diag *d = diag_error(s->l->diags, n->at.pos, "two records are called '%.*s'",
                                 STR_ARG(r->name));
            diag_hint(s->l->diags, d, "give one a name: a = %.*s { … }", STR_ARG(n->at.text));
        }
    s->x->n_records++;
}

/* ---- what is expected */

/* The record meant: the one named, or the only one of the entity. */
static bool find_record(Sketch *s, const Node *of, const Entity *e, Pos pos, size_t *ret)
{
    size_t found = 0;
    for (size_t i = 0; i < s->x->n_records; i++) {
        const ExampleRecord *r = &s->x->records[i];
        bool fits = of == NULL ? r->entity == e : str_equal(r->name, of->at.text);
        if (!fits)
            continue;
        found++;
        *ret = i;
        if (r->entity != e) {
            diag_error(s->l->diags, of->at.pos, "'%.*s' is %.*s, but this is decided about %.*s",
                       STR_ARG(r->name), STR_ARG(r->entity->name), STR_ARG(e->name));
            return false;
        }
    }
    if (found == 1)
        return true;
    if (of != NULL) {
        diag_error(s->l->diags, of->at.pos, "this example has no record '%.*s'",
                   STR_ARG(of->at.text));
    } else {
        Diag *d = diag_error(s->l->diags, pos, "this example has %s %.*s",
                             found == 0 ? "no" : "more than one", STR_ARG(e->name));
        if (found > 1)
            diag_hint(s->l->diags, d, "say which: … of NAME");
    }
    return false;
}

static Str missing_text(Sketch *s, const Node *paths)
{
    GString *t = g_string_new(NULL);
    for (const Node *p = list_first(paths); p != NULL; p = p->next) {
        if (t->len > 0)
            g_string_append(t, ", ");
        for (size_t i = 0; i < path_length(p); i++)
            g_string_append_printf(t, "%s%.*s", i > 0 ? "." : "", STR_ARG(path_word(p, i)));
        const Entity *e = name_of(s->l, p->at.text, NAME_ENTITY);
        bool param = name_of(s->l, p->at.text, NAME_PARAM) != NULL && path_length(p) == 1;
        bool table = name_of(s->l, p->at.text, NAME_TABLE) != NULL && path_length(p) == 1;
        if (param || table)
            continue;
        if (e == NULL || path_length(p) != 2)
            diag_error(s->l->diags, node_pos(p),
                       "what is missing is a field as 'elder.born', a "
                       "param or a table");
        else if (field_said(s->l, e, path_word(p, 1), p->at.pos) == NULL &&
                 !linker_damaged(s->l, e)) {
            Diag *d = diag_error(s->l->diags, node_pos(p), "'%.*s' is not a field of %.*s",
                                 STR_ARG(path_word(p, 1)), STR_ARG(e->name));
            hint_fields(s->l, d, e, path_word(p, 1));
        }
    }
    Str text = arena_str(s->l->keep, (Str){t->str, t->len});
    g_string_free(t, TRUE);
    return text;
}

static Truth verb_truth(int kind)
{
    return kind == TK_NOT         ? TRUTH_NO
           : kind == TK_UNKNOWN   ? TRUTH_UNKNOWN
           : kind == TK_JUDGEMENT ? TRUTH_PERSON
                                  : TRUTH_YES;
}

static bool expect_amount(Sketch *s, const Node *value, const Type *t, const char *what,
                          ExampleExpect *x)
{
    Scope scope = {.l = s->l};
    if (value->a->kind == AST_CODES) {
        diag_error(s->l->diags, node_pos(value->a), "%s is a number", what);
        return false;
    }
    const Expr *e = link_as(&scope, value->a, t, what);
    x->has_number = e != NULL && constant_need(s->l, e, &x->number);
    return x->has_number;
}

/* `of 360302`; else the document's place. */
static bool expect_region(Sketch *s, const Node *n, ExampleExpect *x)
{
    const Node *of = item_once(s->l, n->c, AST_OF, "of");
    x->region = s->d->home.document->place;
    if (of != NULL)
        return value_region(s, of->at.pos, of->at.text, &x->region);
    if (x->region.len == 0)
        diag_error(s->l->diags, n->b->at.pos, "of which region? add 'of REGION'");
    return x->region.len > 0;
}

/* A check of regions is asked of one, on a day or at the end of a month. */
static bool expect_region_check(Sketch *s, const Node *n, ExampleExpect *x)
{
    const Node *value = item_once(s->l, n->c, AST_VALUE, "=");
    const Node *missing = item_once(s->l, n->c, AST_MISSING, "missing");
    if (value != NULL)
        diag_error(s->l->diags, value->at.pos, "'%.*s' gives no amount", STR_ARG(x->rule->name));
    if (missing != NULL || n->at.kind == TK_JUDGEMENT)
        diag_error(s->l->diags, missing != NULL ? missing->at.pos : n->at.pos,
                   "a figure gives, does not, or is unknown: nothing more is expected of it");
    return value == NULL && missing == NULL && n->at.kind != TK_JUDGEMENT && expect_region(s, n, x);
}

static bool expect_rule(Sketch *s, const Node *n, ExampleExpect *x)
{
    const Rule *rule = name_need(s->l, &n->b->at, NAME_RULE, "a benefit or check");
    if (rule == NULL || rule->subject == NULL)
        return false;
    const Node *value = item_once(s->l, n->c, AST_VALUE, "=");
    const Node *missing = item_once(s->l, n->c, AST_MISSING, "missing");
    x->rule = rule;
    x->outcome = verb_truth(n->at.kind);
    if (rule->asked != NULL)
        return expect_region_check(s, n, x);
    if (!find_record(s, item_once(s->l, n->c, AST_OF, "of"), rule->subject, n->at.pos, &x->record))
        return false;
    if (missing != NULL && x->outcome != TRUTH_UNKNOWN && x->outcome != TRUTH_PERSON)
        diag_error(s->l->diags, missing->at.pos,
                   "only what is unknown, or a person's, misses something");
    else if (missing != NULL)
        x->missing = missing_text(s, missing->a);
    if (value == NULL)
        return true;
    if (rule->pay == NULL || x->outcome != TRUTH_YES) {
        diag_error(s->l->diags, value->at.pos,
                   rule->pay == NULL ? "'%.*s' gives no amount" : "only 'gives' has an amount",
                   STR_ARG(rule->name));
        return false;
    }
    Type money = type_of_kind(KIND_MONEY);
    return expect_amount(s, value, &money, "the amount", x);
}

static bool expect_field(Sketch *s, const Node *n, ExampleExpect *x)
{
    size_t k = 0;
    while (k < s->x->n_records && !str_equal(s->x->records[k].name, n->b->at.text))
        k++;
    if (k == s->x->n_records) {
        diag_error(s->l->diags, n->b->at.pos, "this example has no record '%.*s'",
                   STR_ARG(n->b->at.text));
        return false;
    }
    const Entity *e = s->x->records[k].entity;
    const Field *f = field_said(s->l, e, path_word(n->b, 1), n->b->at.pos);
    if (f == NULL || path_length(n->b) != 2) {
        Diag *d = diag_error(s->l->diags, node_pos(n->b), "'%.*s' is not a field of %.*s",
                             STR_ARG(path_word(n->b, 1)), STR_ARG(e->name));
        hint_fields(s->l, d, e, path_word(n->b, 1));
        return false;
    }
    if (kind_is_text(f->type.kind) || f->type.kind == KIND_REF || f->type.kind == KIND_REGION) {
        diag_error(s->l->diags, node_pos(n->b), "%s is not expected in examples",
                   type_words(s->l->scratch, &f->type));
        return false;
    }
    ExampleValue v = {0};
    if (!read_value(s, list_find(n->c, AST_VALUE)->a, f, &v))
        return false;
    x->field = f;
    x->record = k;
    x->outcome = v.known ? TRUTH_YES : TRUTH_UNKNOWN;
    x->has_number = v.known;
    x->number = v.number;
    return true;
}

/* operating_rate[day_care]: a code per index, the whole where fewer are given. */
static bool expect_cell(Sketch *s, const Node *n, const Indicator *i, size_t *ret)
{
    int codes[LIMIT_FIGURE_INDEXES];
    size_t k = 0;
    for (size_t j = 0; j < LIMIT_FIGURE_INDEXES; j++)
        codes[j] = FIGURE_WHOLE;
    const Node *first = n->kind == AST_INDEXED ? list_first(n->a) : NULL;
    for (const Node *word = first; word != NULL; word = word->next, k++) {
        const Code *c =
            k < i->n_index ? code_said(s->l, i->index[k].of, word->at.text, word->at.pos) : NULL;
        if (c == NULL) {
            diag_error(s->l->diags, word->at.pos, "'%.*s' is no code by which '%.*s' is told apart",
                       STR_ARG(word->at.text), STR_ARG(i->name));
            return false;
        }
        codes[k] = (int)c->number;
    }
    *ret = indicator_cell(i, codes);
    return true;
}

static bool expect_indicator(Sketch *s, const Node *n, ExampleExpect *x)
{
    const Node *value = list_find(n->c, AST_VALUE);
    const Indicator *i = name_need(s->l, &n->b->at, NAME_INDICATOR, "an indicator");
    if (i == NULL || i->type.kind == KIND_N || !expect_cell(s, n->b, i, &x->cell))
        return false;
    x->indicator = i;
    if (!expect_region(s, n, x))
        return false;
    if (is_word(value->a, "unknown")) {
        x->outcome = TRUTH_UNKNOWN;
        return true;
    }
    x->outcome = TRUTH_YES;
    return expect_amount(s, value, &i->type, "the figure", x);
}

/* ---- tasks and steps */

/* `= overdue` or the day by which it is due. */
static bool expect_standing(Sketch *s, const Node *value, ExampleExpect *x)
{
    static const char *const words[] = {"due", "overdue", "done", "later"};
    Scope scope = {.l = s->l};
    Type date = type_of_kind(KIND_DATE);
    const Node *first = value->a->kind == AST_CODES ? list_first(value->a->a) : NULL;
    for (size_t i = 0; first != NULL && x->task != NULL && i < G_N_ELEMENTS(words); i++)
        if (str_is(first->at.text, words[i]) && first->next == NULL)
            x->standing = first->at.text;
    if (x->standing.len > 0)
        return true;
    if (value->a->kind != AST_CODES) {
        const Expr *e = link_as(&scope, value->a, &date, "the day by which it is due");
        x->has_number = e != NULL && constant_need(s->l, e, &x->number);
        return x->has_number;
    }
    diag_error(s->l->diags, node_pos(value->a),
               x->task != NULL ? "a task is due, overdue, done or later, or due by a day"
                               : "a step is due by a day");
    return false;
}

static bool expect_details(Sketch *s, const Node *n, const Entity *subject, ExampleExpect *x)
{
    const Node *value = item_once(s->l, n->c, AST_VALUE, "=");
    const Node *missing = item_once(s->l, n->c, AST_MISSING, "missing");
    x->outcome = verb_truth(n->at.kind);
    if (n->at.kind == TK_JUDGEMENT) {
        diag_error(s->l->diags, n->at.pos, "nobody judges a task or step: gives, not or unknown");
        return false;
    }
    if (!find_record(s, item_once(s->l, n->c, AST_OF, "of"), subject, n->at.pos, &x->record))
        return false;
    if (missing != NULL && x->outcome != TRUTH_UNKNOWN)
        diag_error(s->l->diags, missing->at.pos, "only what is unknown misses something");
    else if (missing != NULL)
        x->missing = missing_text(s, missing->a);
    return value == NULL || expect_standing(s, value, x);
}

static bool expect_step(Sketch *s, const Node *n, ExampleExpect *x)
{
    const Procedure *p = name_need(s->l, &n->b->at, NAME_PROCEDURE, "a procedure");
    if (p == NULL || p->entity == NULL || p->state == NULL)
        return false;
    const Node *word = list_first(n->b->a);
    const Code *c = word->next == NULL ? word_code(s->l, p->states, &word->at) : NULL;
    if (c == NULL) {
        Diag *d = diag_error(s->l->diags, word->at.pos, "'%.*s' is no state of %.*s",
                             STR_ARG(word->at.text), STR_ARG(p->name));
        hint_codes(s->l, d, p->states, word->at.text);
        return false;
    }
    x->procedure = p;
    x->state = c->number;
    return expect_details(s, n, p->entity, x);
}

static bool expect_followed(Sketch *s, const Node *n, ExampleExpect *x)
{
    if (!node_is_word(n->b))
        return expect_step(s, n, x);
    x->task = name_need(s->l, &n->b->at, NAME_TASK, "a task");
    return x->task->subject != NULL && expect_details(s, n, x->task->subject, x);
}

static bool is_followed(const Linker *l, const Node *path)
{
    return !node_is_word(path) || name_of(l, path->at.text, NAME_TASK) != NULL;
}

/* The month of a rule, the day of a field or stock, the year of a flow. */
static bool read_moment(Sketch *s, const Node *n, ExampleExpect *x)
{
    const Node *w = n->a;
    if (w->at.kind == TK_DATE) {
        x->day = x->from = (Date)w->at.number;
        if (x->indicator == NULL || !x->indicator->flow)
            return true;
        diag_error(s->l->diags, w->at.pos, "'%.*s' is a flow: write 'in 2020' or 'in 2020-06'",
                   STR_ARG(x->indicator->name));
        return false;
    }
    if (w->at.kind == TK_YEARMONTH) {
        x->is_month = true;
        x->month = (Month)w->at.number;
        x->day = month_last(x->month);
        x->from = month_first(x->month);
        if (x->rule != NULL || (x->indicator != NULL && x->indicator->flow))
            return true;
        bool followed = x->task != NULL || x->procedure != NULL;
        diag_error(s->l->diags, w->at.pos, "a month decides rules; a %s needs %s",
                   followed           ? "task or step"
                   : x->field != NULL ? "field"
                                      : "figure",
                   followed ? "a day" : "a day, or a year for a flow");
        return false;
    }
    bool year = w->at.number >= 1900 && w->at.number <= 2999 && w->at.scale == 0;
    if (x->indicator == NULL || !x->indicator->flow || !year) {
        diag_error(s->l->diags, w->at.pos,
                   year ? "only a flow is expected of a whole year"
                        : "a month (2020-01) or a year is needed here");
        return false;
    }
    return date_make((int)w->at.number, 1, 1, &x->from) &&
           date_make((int)w->at.number, 12, 31, &x->day);
}

static void read_expect(Sketch *s, const Node *n)
{
    ExampleExpect x = {.pos = n->at.pos, .region = {"", 0}, .missing = {"", 0}};
    bool fine;
    x.standing = (Str){"", 0};
    if (n->at.kind != TK_EQ && is_followed(s->l, n->b))
        fine = expect_followed(s, n, &x);
    else if (n->at.kind != TK_EQ)
        fine = expect_rule(s, n, &x);
    else if (n->b->kind == AST_PATH && path_length(n->b) > 1)
        fine = expect_field(s, n, &x);
    else
        fine = expect_indicator(s, n, &x);
    if (fine && read_moment(s, n, &x))
        s->x->expects[s->x->n_expects++] = x;
}

/* ---- all together */

static bool link_example(Linker *l, const Declaration *d, Example *x)
{
    Sketch s = {.l = l, .d = d, .x = x};
    size_t n = list_length(d->node->a);
    unsigned before = l->diags->errors;
    x->title = d->node->at.text;
    x->home = d->home;
    x->home.pos = d->node->at.pos;
    if (n > RECORDS) {
        diag_error(l->diags, x->home.pos, "an example has at most %u lines", RECORDS);
        return true;
    }
    x->records = arena_many(l->keep, ExampleRecord, n);
    x->expects = arena_many(l->keep, ExampleExpect, n);
    for (const Node *i = list_first(d->node->a); i != NULL; i = i->next)
        if (i->kind == AST_RECORD)
            name_record(&s, i);
    size_t k = 0;
    for (const Node *i = list_first(d->node->a); i != NULL; i = i->next)
        if (i->kind == AST_RECORD && name_of(l, i->at.text, NAME_ENTITY) != NULL)
            read_facts(&s, &x->records[k++], i->b);
    for (const Node *i = list_first(d->node->a); i != NULL; i = i->next)
        if (i->kind == AST_EXPECT)
            read_expect(&s, i);
    if (x->n_expects == 0 && !d->damaged && l->diags->errors == before)
        diag_error(l->diags, x->home.pos, "this example expects nothing");
    return !s.elsewhere;
}

void link_examples(Linker *l)
{
    Model *m = l->model;
    m->examples = arena_many(l->keep, Example *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_EXAMPLE)
            continue;
        Example *x = arena_new_of(l->keep, Example);
        if (link_example(l, d, x))
            m->examples[m->n_examples++] = x;
        else
            diag_warning(l->diags, x->home.pos,
                         "this example is left out: its places are not of "
                         "this model");
    }
}
