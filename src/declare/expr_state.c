/* expr_state.c — `reached built` and `entered built`: what the states of a record say of its past.
 * In: a path whose last word is a state; the words before it are references.  Out: an expression
 * over the field `state`.  Not here: how the periods are read (evaluate/).  Start: link_reached().
 */
#include "declare/expr.h"

static const Entity *no_procedure(const Scope *s, const Node *n, const Entity *e)
{
    if (linker_damaged(s->l, e))
        return NULL;
    Diag *d = diag_error(s->l->diags, node_pos(n), "%.*s has no procedure, so it has no states",
                         STR_ARG(e->name));
    diag_hint(s->l->diags, d, "declare one: procedure … of %.*s { … }", STR_ARG(e->name));
    return NULL;
}

/* Follows the references before the state; `path` gets them and the field `state`. */
static Expr *state_field(const Scope *s, const Node *path, size_t from, const Entity *e, bool outer)
{
    size_t words = path_length(path);
    Expr *x = expr_new(s, EXPR_FIELD, node_pos(path), (Type){0});
    x->outer = outer;
    x->path = arena_many(s->l->keep, const Field *, words + 1);
    for (size_t i = from; i + 1 < words; i++) {
        Str word = path_word(path, i);
        const Field *f = field_said(s->l, e, word, path->at.pos);
        if (f == NULL || f->type.kind != KIND_REF) {
            if (!linker_damaged(s->l, e))
                diag_error(s->l->diags, node_pos(path), "'%.*s' is no reference of %.*s",
                           STR_ARG(word), STR_ARG(e->name));
            return NULL;
        }
        x->path[x->n_path++] = f;
        e = f->type.to;
    }
    if (e->procedure == NULL || e->procedure->state == NULL) {
        no_procedure(s, path, e);
        return NULL;
    }
    x->path[x->n_path++] = e->procedure->state;
    x->type = e->procedure->state->type;
    return x;
}

Expr *link_reached(const Scope *s, const Node *n)
{
    const Node *path = n->a;
    bool outer = str_is(path->at.text, "this") && path_length(path) > 1;
    const Entity *e = outer ? s->outer : s->subject;
    if (e == NULL) {
        diag_error(s->l->diags, node_pos(n), "there is no record here that could have a state");
        return NULL;
    }
    Expr *field = state_field(s, path, outer ? 1 : 0, e, outer);
    if (field == NULL)
        return NULL;
    const Enum *states = field->type.of;
    Str word = path_word(path, path_length(path) - 1);
    const Code *c = code_find(states, word);
    if (c == NULL) {
        if (linker_damaged(s->l, states))
            return NULL;
        const Procedure *p = field->path[field->n_path - 1]->entity->procedure;
        Diag *d = diag_error(s->l->diags, node_pos(path), "'%.*s' is no state of %.*s",
                             STR_ARG(word), STR_ARG(p->name));
        hint_codes(s->l, d, states, word);
        return NULL;
    }
    link_mention(s->l, node_pos(path), c->home.pos);
    bool reached = str_is(n->at.text, "reached");
    Expr *x = expr_new(s, reached ? EXPR_REACHED : EXPR_ENTERED, node_pos(n),
                       reached ? truth_type() : type_of_kind(KIND_DATE));
    x->a = field;
    x->procedure = field->path[field->n_path - 1]->entity->procedure;
    x->number = c - states->codes;
    return x;
}
