/* link_hold.c — what blocks a state while a condition is yes or unknown (semantics 56).
 * The condition is about the record of the procedure, or about the one record it refers to.
 * Start: link_holds(). */
#include "declare/follow.h"

static bool hold_state(Linker *l, Hold *h, const Token *word)
{
    const Procedure *p = h->procedure;
    const Code *c = word_code(l, p->states, word);
    if (c != NULL) {
        h->state = c->number;
        return true;
    }
    if (linker_damaged(l, p->states))
        return false;
    Diag *d = diag_error(l->diags, word->pos, "'%.*s' is no state of %.*s", STR_ARG(word->text),
                         STR_ARG(p->name));
    hint_codes(l, d, p->states, word->text);
    return false;
}

static void hold_first(Linker *l, const Hold *h, const Token *word)
{
    if (!h->procedure->facts[h->state].first)
        return;
    Diag *d =
        diag_warning(l->diags, word->pos, "'%.*s' is where an item begins: nothing leads there",
                     STR_ARG(word->text));
    diag_hint(l->diags, d, "a hold blocks the steps into a state");
}

static void link_hold(Linker *l, const Declaration *d)
{
    Hold *h = d->made;
    const Node *n = d->node, *cure = list_find(n->d, AST_CURE);
    h->label = link_label(l, n->b, n->a->at.text);
    h->home = d->home;
    h->home.pos = n->at.pos;
    h->wording.leave = leave_of(l, list_find(n->d, AST_LEAVE));
    Token word = n->at;
    h->procedure = name_need(l, &word, NAME_PROCEDURE, "a procedure");
    h->entity = name_need(l, &n->c->at, NAME_ENTITY, "an entity");
    if (h->procedure == NULL || h->entity == NULL || h->procedure->entity == NULL ||
        !hold_state(l, h, &n->a->at))
        return;
    hold_first(l, h, &n->a->at);
    if (h->entity != h->procedure->entity)
        h->by = link_reference(l, h->procedure->entity, h->entity, NULL, n->c->at.pos);
    link_territory(l, d, h->entity);
    Scope s = {.l = l, .subject = h->entity, .rule = true};
    h->condition = link_condition(&s, list_find(n->d, AST_WHEN)->a);
    if (cure != NULL)
        link_cure(&s, cure, &h->cure);
}

void link_holds(Linker *l)
{
    Model *m = l->model;
    m->holds = arena_many(l->keep, Hold *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *x = &l->declarations[i];
        const Declaration *d =
            x->node->kind == AST_HOLD ? x : declaration_amending(l, x, AST_HOLD, sizeof(Hold));
        if (d == NULL)
            continue;
        link_hold(l, d);
        ((Hold *)d->made)->number = (unsigned)m->n_holds;
        m->holds[m->n_holds++] = d->made;
    }
}
