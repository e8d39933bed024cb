/* link_role.c — posts: for a region of which level or inside which record, for which agencies, and
 * what they see, write and reveal.  What a role does not say, it may not.  Start: link_roles(). */
#include "declare/follow.h"

/* A code of region_level, or an entity: then the post is inside one of its records. */
static void role_level(Linker *l, Role *r, const Token *word)
{
    const Name *name = word_name(l, word);
    if (name != NULL && name->kind == NAME_ENTITY)
        r->within = name->what;
    else
        r->level = link_level(l, word, "a role");
}

static void role_agencies(Linker *l, Role *r, const Node *n)
{
    const Enum *agency = name_of(l, STR("agency"), NAME_ENUM);
    if (agency == NULL) {
        diag_error(l->diags, n->at.pos, "there is no enum 'agency' whose work a role could do");
        return;
    }
    r->agencies = arena_many(l->keep, const Code *, list_length(n->a));
    for (const Node *m = list_first(n->a); m != NULL; m = m->next) {
        const Code *c = word_code(l, agency, &m->at);
        if (c != NULL) {
            r->agencies[r->n_agencies++] = c;
            continue;
        }
        if (linker_damaged(l, agency))
            continue;
        Diag *d = diag_error(l->diags, m->at.pos, "there is no agency '%.*s'", STR_ARG(m->at.text));
        hint_codes(l, d, agency, m->at.text);
    }
}

static void role_entities(Linker *l, const Node *n, const Entity ***to, size_t *count)
{
    *to = arena_many(l->keep, const Entity *, list_length(n->a));
    for (const Node *m = list_first(n->a); m != NULL; m = m->next) {
        const Entity *e = name_need(l, &m->at, NAME_ENTITY, "an entity");
        for (size_t i = 0; i < *count; i++)
            if ((*to)[i] == e)
                diag_error(l->diags, m->at.pos, "'%.*s' stands twice", STR_ARG(m->at.text));
        if (e != NULL)
            (*to)[(*count)++] = e;
    }
}

/* elder.id_number, or id_number where only one entity the role sees has it. */
static const Field *revealed(Linker *l, const Role *r, const Node *path)
{
    Str last = path_word(path, path_length(path) - 1);
    const Field *found = NULL;
    if (path_length(path) == 2) {
        Token word = path->at;
        const Entity *e = name_need(l, &word, NAME_ENTITY, "an entity");
        if (e == NULL)
            return NULL;
        found = field_said(l, e, last, path->at.pos);
        if (found == NULL && !linker_damaged(l, e)) {
            Diag *d = diag_error(l->diags, node_pos(path), "'%.*s' is not a field of %.*s",
                                 STR_ARG(last), STR_ARG(e->name));
            hint_fields(l, d, e, last);
        }
        return found;
    }
    for (size_t i = 0; i < r->n_sees; i++) {
        const Field *f = field_said(l, r->sees[i], last, path->at.pos);
        if (f == NULL || !f->secret)
            continue;
        if (found != NULL) {
            Diag *d =
                diag_error(l->diags, node_pos(path), "%.*s and %.*s have a secret '%.*s'",
                           STR_ARG(found->entity->name), STR_ARG(f->entity->name), STR_ARG(last));
            diag_hint(l->diags, d, "say whose: %.*s.%.*s", STR_ARG(found->entity->name),
                      STR_ARG(last));
            return NULL;
        }
        found = f;
    }
    if (found == NULL)
        diag_error(l->diags, node_pos(path), "nothing that '%.*s' sees has a secret '%.*s'",
                   STR_ARG(r->name), STR_ARG(last));
    return found;
}

static bool has_entity(const Entity *const *all, size_t n, const Entity *e)
{
    for (size_t i = 0; i < n; i++)
        if (all[i] == e)
            return true;
    return false;
}

static void role_reveals(Linker *l, Role *r, const Node *n)
{
    r->reveals = arena_many(l->keep, const Field *, list_length(n->a));
    for (const Node *p = list_first(n->a); p != NULL; p = p->next) {
        const Field *f = revealed(l, r, p);
        if (f == NULL)
            continue;
        link_mention(l, node_pos(p), f->home.pos);
        if (!f->secret)
            diag_error(l->diags, node_pos(p), "'%.*s' is no secret: who sees the record reads it",
                       STR_ARG(f->name));
        else if (!has_entity(r->sees, r->n_sees, f->entity))
            diag_error(l->diags, node_pos(p), "'%.*s' does not see %.*s", STR_ARG(r->name),
                       STR_ARG(f->entity->name));
        else
            r->reveals[r->n_reveals++] = f;
    }
}

static void link_role(Linker *l, const Declaration *d)
{
    Role *r = d->made;
    const Node *items = d->node->c, *n;
    head_fill(l, d, &r->name, &r->label, &r->home);
    role_level(l, r, &d->node->b->at);
    r->wording.leave = leave_of(l, item_once(l, items, AST_LEAVE, "may be amended by"));
    if ((n = item_once(l, items, AST_ACTS_FOR, "for")) != NULL)
        role_agencies(l, r, n);
    if ((n = item_once(l, items, AST_SEES, "sees")) != NULL)
        role_entities(l, n, &r->sees, &r->n_sees);
    if ((n = item_once(l, items, AST_WRITES, "writes")) != NULL)
        role_entities(l, n, &r->writes, &r->n_writes);
    if ((n = item_once(l, items, AST_REVEALS, "reveals")) != NULL)
        role_reveals(l, r, n);
    for (size_t i = 0; i < r->n_writes; i++) {
        if (has_entity(r->sees, r->n_sees, r->writes[i]))
            continue;
        Diag *g = diag_error(l->diags, d->node->at.pos, "'%.*s' writes %.*s but does not see it",
                             STR_ARG(r->name), STR_ARG(r->writes[i]->name));
        diag_hint(l->diags, g, "add it behind 'sees'");
    }
}

void link_roles(Linker *l)
{
    Model *m = l->model;
    m->roles = arena_many(l->keep, Role *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *x = &l->declarations[i];
        const Declaration *d =
            x->node->kind == AST_ROLE ? x : declaration_amending(l, x, AST_ROLE, sizeof(Role));
        if (d == NULL || d->made == NULL)
            continue;
        link_role(l, d);
        ((Role *)d->made)->number = (unsigned)m->n_roles;
        m->roles[m->n_roles++] = d->made;
    }
}
