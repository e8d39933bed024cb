/* link_entity.c — entities and their fields.
 * In: entity, extend and derive declarations.  Out: Entity and Field, every type resolved; then, in
 * a second pass, the expressions of computed fields.  Start: link_entities(), link_computed(). */
#include "declare/link.h"

#include "base/limits.h"
#include "declare/grammar.h"

const Field *entity_field(const Entity *e, Str name)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (str_equal(e->fields[i]->name, name))
            return e->fields[i];
    for (size_t i = 0; i < e->n_fields; i++)
        if (str_equal(e->fields[i]->stored, name) && name.len > 0)
            return e->fields[i];
    return NULL;
}

void hint_fields(Linker *l, Diag *d, const Entity *e, Str word)
{
    Str all[LIMIT_FIELDS];
    if (hint_added_field(l, d, e, word))
        return;
    for (size_t i = 0; i < e->n_fields; i++)
        all[i] = field_word(e->fields[i]);
    diag_nearest(l->diags, d, word, all, e->n_fields);
}

/* ---- fields */

/* One that the new one can not stand beside, if there is any; else any of that word. */
static Field *field_twice(const Linker *l, const Entity *e, Str word, const Home *home)
{
    Field *other = NULL;
    for (size_t i = 0; i < e->n_fields; i++) {
        if (!str_equal(field_word(e->fields[i]), word))
            continue;
        other = e->fields[i];
        if (!added_apart(l, &other->home, home) || other->stored.len == 0)
            break;
    }
    return other;
}

/* Two places add one word: in a node of both they are told apart by their documents. */
static void field_called_by_place(Field *f)
{
    f->word = field_word(f);
    f->name = f->stored;
}

Field *field_add(Linker *l, Entity *e, const Token *name, const Home *home)
{
    Field *twice = field_twice(l, e, name->text, home);
    if (twice != NULL && (twice->stored.len == 0 || !added_apart(l, &twice->home, home))) {
        Diag *d = diag_error(l->diags, name->pos, "'%.*s' is already a field of %.*s",
                             STR_ARG(name->text), STR_ARG(e->name));
        diag_hint(l->diags, d, "in %s, line %u", twice->home.pos.source->name,
                  twice->home.pos.line);
        return NULL;
    }
    if (str_is(name->text, "id") || str_is(name->text, "this") || str_is(name->text, "day")) {
        diag_error(l->diags, name->pos, "'%.*s' can not be the name of a field",
                   STR_ARG(name->text));
        return NULL;
    }
    if (e->n_fields == LIMIT_FIELDS) {
        diag_error(l->diags, name->pos, "an entity has at most %u fields", LIMIT_FIELDS);
        return NULL;
    }
    Field *f = arena_new_of(l->keep, Field);
    f->name = name->text;
    f->stored = added_name(l, home->document, e->home.document, f->name);
    f->entity = e;
    if (twice != NULL) {
        field_called_by_place(twice);
        field_called_by_place(f);
    }
    f->index = (unsigned)e->n_fields;
    f->home = *home;
    f->home.pos = name->pos;
    e->fields[e->n_fields++] = f;
    return f;
}

static void field_range(Linker *l, Field *f, const Node *range)
{
    Scope s = {.l = l};
    switch (f->type.kind) {
    case KIND_INT:
    case KIND_DECIMAL:
    case KIND_MONEY:
    case KIND_AREA:
    case KIND_SHARE:
    case KIND_HOURS:
    case KIND_DATE:
        break;
    default:
        diag_error(l->diags, range->at.pos, "%s has no range", type_words(l->scratch, &f->type));
        return;
    }
    Expr *low = link_as(&s, range->a, &f->type, "the range");
    Expr *high = link_as(&s, range->b, &f->type, "the range");
    if (low == NULL || high == NULL || !constant_need(l, low, &f->low) ||
        !constant_need(l, high, &f->high))
        return;
    if (f->high < f->low)
        diag_error(l->diags, range->at.pos, "the range is empty: its end lies below its beginning");
    f->has_range = true;
}

static void field_attribute(Linker *l, Field *f, const Node *a)
{
    bool *flag = NULL;
    if (a->kind == AST_BECAUSE) {
        f->reason = a->at.text;
        return;
    }
    switch (a->at.kind) {
    case TK_REQUIRED:
        flag = &f->required;
        break;
    case TK_DATED:
        flag = &f->dated;
        break;
    case TK_SECRET:
        flag = &f->secret;
        break;
    case TK_UNIQUE:
        flag = &f->unique;
        break;
    case TK_OPEN:
        flag = &f->open;
        break;
    case TK_CHECKED:
        flag = &f->checked;
        break;
    case TK_FOUND:
        flag = &f->found;
        break;
    case TK_RANGE:
        field_range(l, f, a->a);
        return;
    default:
        return; /* = EXPR: link_computed */
    }
    if (*flag)
        diag_warning(l->diags, a->at.pos, "'%.*s' stands twice", STR_ARG(a->at.text));
    *flag = true;
}

static const Node *field_expression(const Node *field)
{
    for (const Node *a = list_first(field->c); a != NULL; a = a->next)
        if (a->at.kind == TK_EQ)
            return a;
    return NULL;
}

static void field_check(Linker *l, const Field *f, const Node *n)
{
    bool computed = field_expression(n) != NULL;
    if (computed && f->checked)
        diag_error(l->diags, n->at.pos,
                   "'%.*s' is computed: nobody changes it, so nobody can check a change",
                   STR_ARG(f->name));
    if (computed && (f->required || f->dated || f->unique || f->open || f->has_range)) {
        Diag *d = diag_error(l->diags, n->at.pos,
                             "'%.*s' is computed: nobody enters it, so it can not be required, "
                             "dated, unique, open or ranged",
                             STR_ARG(f->name));
        diag_hint(l->diags, d, "only 'secret' goes with '='");
    }
    if (f->found &&
        (computed || !kind_is_text(f->type.kind) || (f->secret && f->type.kind != KIND_PHONE)))
        diag_error(l->diags, n->at.pos,
                   "only texts that are entered can be found, of secret ones telephones alone");
    if (f->secret && !kind_is_text(f->type.kind))
        diag_error(l->diags, n->at.pos, "only texts and numbers of persons can be secret");
    if (f->open && f->type.kind != KIND_DATE)
        diag_error(l->diags, n->at.pos, "only a day can be open");
    if (f->type.kind == KIND_SET && f->type.of->n_codes > LIMIT_CODES)
        diag_error(l->diags, n->at.pos, "an enum of more than %u codes can not be used in a set",
                   LIMIT_CODES);
}

static void add_field(Linker *l, Entity *e, const Node *n, const Declaration *d)
{
    Field *f = field_add(l, e, &n->at, &d->home);
    if (f == NULL)
        return;
    f->label = link_label(l, n->b, f->name);
    if (!link_type(l, n->a, &f->type)) {
        linker_damage(l, e);
        f->type = type_of_kind(KIND_BOOL);
        e->n_fields--; /* its uses are not reported: the entity is damaged */
        return;
    }
    for (const Node *a = list_first(n->c); a != NULL; a = a->next)
        field_attribute(l, f, a);
    field_check(l, f, n);
}

/* ---- what an entity says of itself */

static const Field *need_field(Linker *l, const Entity *e, const Token *word)
{
    const Field *f = word_field(l, e, word);
    if (f != NULL || linker_damaged(l, e))
        return f;
    Diag *d = diag_error(l->diags, word->pos, "'%.*s' is not a field of %.*s", STR_ARG(word->text),
                         STR_ARG(e->name));
    hint_fields(l, d, e, word->text);
    return NULL;
}

static const Field *need_field_of(Linker *l, const Entity *e, const Token *word, Kind kind)
{
    const Field *f = need_field(l, e, word);
    if (f == NULL || f->type.kind == kind)
        return f;
    Type want = type_of_kind(kind);
    diag_error(l->diags, word->pos, "'%.*s' is %s, but %s is needed here", STR_ARG(word->text),
               type_words(l->scratch, &f->type), type_words(l->scratch, &want));
    return NULL;
}

static void entity_span(Linker *l, Entity *e, const Node *n)
{
    e->begin = need_field_of(l, e, &n->a->at, KIND_DATE);
    e->end = need_field_of(l, e, &n->c->at, KIND_DATE);
    e->end_counts = n->b->at.kind == TK_THROUGH;
    if (e->begin == NULL || e->end == NULL) {
        e->begin = e->end = NULL;
        return;
    }
    if (e->begin == e->end)
        diag_error(l->diags, n->c->at.pos, "a span begins and ends with two different fields");
    if (e->begin->open)
        diag_error(l->diags, n->a->at.pos, "only the end of a span may be open");
    if (!e->end->open) {
        Diag *d = diag_error(l->diags, n->c->at.pos, "'%.*s' ends the span and is not marked open",
                             STR_ARG(e->end->name));
        diag_hint(l->diags, d,
                  "write '%.*s date \"…\" open': without it a record whose end is not "
                  "known yet would be unknown",
                  STR_ARG(e->end->name));
    }
}

static void entity_fields_of(Linker *l, const Entity *e, const Node *names, const Field ***to,
                             size_t *n)
{
    *to = arena_many(l->keep, const Field *, list_length(names));
    for (const Node *m = list_first(names); m != NULL; m = m->next) {
        const Field *f = need_field(l, e, &m->at);
        if (f != NULL)
            (*to)[(*n)++] = f;
    }
}

static void entity_event(Linker *l, Entity *e, const Node *n)
{
    e->event_day = need_field_of(l, e, &n->a->at, KIND_DATE);
}

static void entity_key(Linker *l, Entity *e, const Node *n)
{
    if (list_length(n->a) != 1)
        diag_error(l->diags, n->at.pos, "a key is one field");
    e->key = need_field(l, e, &list_first(n->a)->at);
    if (e->key != NULL && (e->key->secret || e->key->dated))
        diag_error(l->diags, n->a->at.pos, "a secret or dated field can not be the key");
}

static void entity_items(Linker *l, Entity *e, const Node *items)
{
    const Node *n;
    if ((n = item_once(l, items, AST_HOLDS, "holds")) != NULL)
        entity_span(l, e, n);
    if ((n = item_once(l, items, AST_DATED_BY, "dated by")) != NULL)
        entity_event(l, e, n);
    if ((n = item_once(l, items, AST_KEY, "key")) != NULL)
        entity_key(l, e, n);
    if ((n = item_once(l, items, AST_TITLE, "title")) != NULL)
        entity_fields_of(l, e, n->a, &e->title, &e->n_title);
    if ((n = item_once(l, items, AST_LISTED, "list")) != NULL)
        entity_fields_of(l, e, n->a, &e->list, &e->n_list);
}

/* Only the end of a span may be open: elsewhere an absent day is unknown (semantics 11). */
static void entity_check_open(Linker *l, const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (!f->open || f == e->end || f == e->begin || linker_damaged(l, e))
            continue;
        Diag *d = diag_error(l->diags, f->home.pos, "'%.*s' is open but does not end the span",
                             STR_ARG(f->name));
        diag_hint(l->diags, d, "only the end named by 'holds' may be open");
    }
}

/* Without `title` the first text names a record; without `list` the title and what follows it. */
static void entity_defaults(Linker *l, Entity *e)
{
    if (e->n_title == 0 && e->n_fields > 0) {
        e->title = arena_many(l->keep, const Field *, 1);
        e->title[0] = e->fields[0];
        for (size_t i = e->n_fields; i-- > 0;)
            if (e->fields[i]->type.kind == KIND_TEXT && !e->fields[i]->secret)
                e->title[0] = e->fields[i];
        e->n_title = 1;
    }
    if (e->n_list > 0)
        return;
    e->list = arena_many(l->keep, const Field *, e->n_title + 6);
    for (size_t i = 0; i < e->n_title; i++)
        e->list[e->n_list++] = e->title[i];
    for (size_t i = 0, more = 0; i < e->n_fields && more < 5; i++) {
        bool named = e->fields[i]->secret;
        for (size_t j = 0; j < e->n_title; j++)
            named |= e->title[j] == e->fields[i];
        if (!named) {
            e->list[e->n_list++] = e->fields[i];
            more++;
        }
    }
}

static void entity_place(Linker *l, Entity *e, const Node *items)
{
    const Node *n = item_once(l, items, AST_PLACE, "place");
    if (n == NULL)
        return;
    Scope s = {.l = l, .subject = e};
    Type region = type_of_kind(KIND_REGION);
    if (path_length(n->a) > LIMIT_PLACE_PATH)
        diag_error(l->diags, node_pos(n->a),
                   "a place is a field, or one that at most %u references lead to",
                   LIMIT_PLACE_PATH - 1);
    else
        e->place = link_as(&s, n->a, &region, "a place");
}

static Entity *extended(const Linker *l, const Declaration *d)
{
    if (d->node->kind == AST_ENTITY)
        return d->made;
    return d->node->kind == AST_EXTEND ? name_of(l, d->node->at.text, NAME_ENTITY) : NULL;
}

static const Node *declared_items(const Declaration *d)
{
    return d->node->kind == AST_ENTITY ? d->node->b : d->node->a;
}

/* Records of the wider document's other users do not have it. */
static void refuse_required(Linker *l, const Node *field)
{
    for (const Node *a = list_first(field->c); a != NULL; a = a->next)
        if (a->at.kind == TK_REQUIRED)
            diag_error(l->diags, a->at.pos, "an added field can not be required");
}

static void add_fields(Linker *l, const Declaration *d)
{
    Entity *e = extended(l, d);
    for (const Node *n = list_first(declared_items(d)); n != NULL && e != NULL; n = n->next) {
        if (n->kind == AST_FIELD)
            add_field(l, e, n, d);
        if (d->node->kind == AST_EXTEND && n->kind == AST_CODE)
            diag_error(l->diags, n->at.pos, "'%.*s' has no type", STR_ARG(n->at.text));
        else if (d->node->kind == AST_EXTEND && n->kind != AST_FIELD && n->kind != AST_SHOWS)
            diag_error(l->diags, n->at.pos,
                       "an addition to an entity holds only fields, and what it 'shows'");
        else if (d->node->kind == AST_EXTEND && n->kind == AST_FIELD)
            refuse_required(l, n);
    }
    if (d->damaged && e != NULL)
        linker_damage(l, e);
}

static void add_derived(Linker *l, Declaration *d)
{
    const Node *n = d->node;
    Entity *e = name_need(l, &n->at, NAME_ENTITY, "an entity");
    if (e == NULL)
        return;
    Field *f = field_add(l, e, &n->a->at, &d->home);
    if (f == NULL)
        return;
    f->label = link_label(l, n->b, f->name);
    if (n->a->a != NULL && leave_level(l, n->a->a->a))
        f->leave = n->a->a->a->at.text;
    if (link_type(l, n->c, &f->type)) {
        d->made = f;
        return;
    }
    e->n_fields--;
    linker_damage(l, e);
}

void link_entities(Linker *l)
{
    Model *m = l->model;
    m->entities = arena_many(l->keep, Entity *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        Entity *e = d->node->kind == AST_ENTITY ? d->made : NULL;
        if (e == NULL)
            continue;
        e->name = d->node->at.text;
        e->stored = added_name(l, d->home.document, NULL, e->name);
        e->label = link_label(l, d->node->a, e->name);
        e->home = d->home;
        e->fields = arena_many(l->keep, Field *, LIMIT_FIELDS);
        e->number = (unsigned)m->n_entities;
        m->entities[m->n_entities++] = e;
    }
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_EXTEND && name_of(l, d->node->at.text, NAME_ENUM) == NULL)
            name_need_thing(l, &d->node->at);
        add_fields(l, d);
        if (d->node->kind == AST_DERIVE)
            add_derived(l, d);
        if (d->node->kind == AST_JUDGEMENT && d->made != NULL)
            add_judged(l, d);
    }
    add_state_fields(l);
    add_score_fields(l);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_ENTITY && d->made != NULL)
            entity_items(l, d->made, d->node->b);
    }
    add_seen_fields(l);
    for (size_t i = 0; i < m->n_entities; i++) {
        entity_check_open(l, m->entities[i]);
        entity_defaults(l, m->entities[i]);
        if (m->entities[i]->n_fields == 0 && !linker_damaged(l, m->entities[i]))
            diag_error(l->diags, m->entities[i]->home.pos, "entity '%.*s' has no fields",
                       STR_ARG(m->entities[i]->name));
    }
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_ENTITY && d->made != NULL)
            entity_place(l, d->made, d->node->b);
    }
}

/* ---- computed fields */

static void compute(Linker *l, Field *f, const Node *expression)
{
    Scope s = {.l = l, .subject = f->entity};
    const char *what =
        arena_printf(l->scratch, "%.*s.%.*s", STR_ARG(f->entity->name), STR_ARG(f->name));
    if (kind_is_text(f->type.kind) || f->type.kind == KIND_MOMENT || f->type.kind == KIND_POINT) {
        diag_error(l->diags, f->home.pos, "%s can not be computed",
                   type_words(l->scratch, &f->type));
        return;
    }
    f->compute = link_as(&s, expression, &f->type, what);
}

void link_computed(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_DERIVE && d->made != NULL)
            compute(l, d->made, d->node->d);
        Entity *e = extended(l, d);
        if (e == NULL)
            continue;
        for (const Node *n = list_first(declared_items(d)); n != NULL; n = n->next) {
            const Node *a = n->kind == AST_FIELD ? field_expression(n) : NULL;
            Field *f = a == NULL ? NULL : (Field *)field_said(l, e, n->at.text, n->at.pos);
            /* Of two fields of one name only the first is in the entity. */
            if (f != NULL && f->home.pos.line == n->at.pos.line && f->compute == NULL)
                compute(l, f, a->a);
        }
    }
    link_seen(l);
}
