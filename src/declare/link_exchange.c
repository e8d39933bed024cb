/* link_exchange.c — what goes to and comes from which level or agency, and whose word counts.
 * Start: link_exchanges(). */
#include "declare/follow.h"

typedef struct Trading {
    Linker *l;
    const Declaration *d;
    Exchange *x;
} Trading;

static void trade_fields(Trading *t, NodeKind kind, const char *word, const Field ***to, size_t *n)
{
    const Node *item = item_once(t->l, t->d->node->d, kind, word);
    const Entity *e = t->x->entity;
    if (item == NULL)
        return;
    *to = arena_many(t->l->keep, const Field *, list_length(item->a));
    for (const Node *m = list_first(item->a); m != NULL; m = m->next) {
        /* `take` is also a draw's: there it holds expressions. */
        Str name = m->at.text;
        const Field *f =
            m->kind == AST_NAME || node_is_word(m) ? word_field(t->l, e, &m->at) : NULL;
        if (f != NULL && (kind != AST_TAKE || f->compute == NULL)) {
            (*to)[(*n)++] = f;
        } else if (f != NULL) {
            diag_error(t->l->diags, m->at.pos, "'%.*s' is computed: it can not come from elsewhere",
                       STR_ARG(name));
        } else if (!linker_damaged(t->l, e)) {
            Diag *d = diag_error(t->l->diags, m->at.pos, "'%.*s' is not a field of %.*s",
                                 STR_ARG(name), STR_ARG(e->name));
            hint_fields(t->l, d, e, name);
        }
    }
}

static void trade_prefer(Trading *t, const Node *n)
{
    Node list = {.kind = AST_LIST, .a = n->a, .b = n->a};
    Whos w = link_who(t->l, &list, true);
    if (w.n == 0)
        return;
    t->x->prefer = w.list[0];
    for (size_t i = 0; i < t->x->with.n; i++)
        if (memcmp(&t->x->with.list[i], &w.list[0], sizeof(Who)) == 0)
            return;
    Diag *d = diag_error(t->l->diags, n->a->at.pos, "'%.*s' takes no part in this exchange",
                         STR_ARG(n->a->at.text));
    diag_hint(t->l->diags, d, "without 'prefer' our own record counts");
}

static void link_exchange(Linker *l, const Declaration *d)
{
    Trading t = {l, d, d->made};
    const Node *n = d->node, *item;
    Token word = n->at;
    t.x->label = link_label(l, n->b, n->a->at.text);
    t.x->home = d->home;
    t.x->home.pos = n->at.pos;
    t.x->entity = name_need(l, &word, NAME_ENTITY, "an entity");
    t.x->with = link_who(l, n->c, true);
    if (t.x->entity == NULL)
        return;
    t.x->wording.leave = leave_of(l, item_once(l, n->d, AST_LEAVE, "may be amended by"));
    trade_fields(&t, AST_TAKE, "take", &t.x->take, &t.x->n_take);
    trade_fields(&t, AST_GIVE, "give", &t.x->give, &t.x->n_give);
    trade_fields(&t, AST_KEY, "key", &t.x->key, &t.x->n_key);
    if (list_find(n->d, AST_TAKE) == NULL && list_find(n->d, AST_GIVE) == NULL && !d->damaged)
        diag_error(l->diags, n->at.pos, "'%.*s' exchanges nothing", STR_ARG(t.x->name));
    if ((item = item_once(l, n->d, AST_PREFER, "prefer")) != NULL)
        trade_prefer(&t, item);
    if ((item = item_once(l, n->d, AST_RECURS, "every")) != NULL) {
        Scope s = {.l = l, .rule = true};
        link_recurs(&s, item, &t.x->every, &t.x->period);
    }
}

void link_exchanges(Linker *l)
{
    Model *m = l->model;
    m->exchanges = arena_many(l->keep, Exchange *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_EXCHANGE || d->made == NULL)
            continue;
        link_exchange(l, d);
        ((Exchange *)d->made)->number = (unsigned)m->n_exchanges;
        m->exchanges[m->n_exchanges++] = d->made;
    }
}
