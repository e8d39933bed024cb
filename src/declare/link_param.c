/* link_param.c — params: their types and indexes, without values.
 * Not here: defaults, `set`, `delegate` (link_value.c).  Start: link_params(). */
#include "declare/link.h"

static void read_indexes(Linker *l, Param *p, const Node *names)
{
    for (const Node *n = list_first(names); n != NULL; n = n->next) {
        if (p->n_index == G_N_ELEMENTS(p->index)) {
            diag_error(l->diags, n->at.pos, "a param has at most %zu indexes",
                       G_N_ELEMENTS(p->index));
            return;
        }
        ParamIndex x = {.name = n->at.text, .is_region = str_is(n->at.text, "region")};
        for (size_t i = 0; i < p->n_index; i++)
            if (str_equal(p->index[i].name, x.name))
                diag_error(l->diags, n->at.pos, "index '%.*s' stands twice", STR_ARG(x.name));
        if (!x.is_region)
            x.of = name_need(l, &n->at, NAME_ENUM, "an enum");
        p->index[p->n_index++] = x;
    }
    size_t enums = 0;
    for (size_t i = 0; i < p->n_index; i++)
        enums += !p->index[i].is_region;
    if (enums > 3)
        diag_error(l->diags, p->home.pos, "a param has at most three enums as indexes");
}

/* `: regions = 360302, 3603J1`: a list of places, not a value. */
static void read_regions(Linker *l, Param *p, const Declaration *d)
{
    const Node *values = list_find(d->node->d, AST_VALUES);
    const Node *list = values == NULL ? NULL : values->a;
    p->regions = arena_many(l->keep, Str, list_length(list));
    for (const Node *n = list_first(list); n != NULL; n = n->next) {
        bool literal = n->kind == AST_NUMBER || n->kind == AST_REGION || n->kind == AST_STRING;
        if (!literal)
            diag_error(l->diags, n->at.pos, "a region's code or name is needed here");
        else if (link_region(l, n->at.pos, n->at.text, &p->regions[p->n_regions]))
            p->n_regions++;
    }
    if (list == NULL && !d->damaged)
        diag_error(l->diags, d->node->at.pos, "param '%.*s' lists no regions", STR_ARG(p->name));
    if (p->n_index > 0)
        diag_error(l->diags, d->node->at.pos, "a list of regions has no index");
}

static bool may_be_param(Linker *l, const Node *type, const Type *t)
{
    bool fine = !kind_is_text(t->kind) && t->kind != KIND_REF && t->kind != KIND_MOMENT &&
                t->kind != KIND_REGION && t->kind != KIND_POINT;
    if (!fine) {
        Diag *d =
            diag_error(l->diags, type->at.pos, "a param can not be %s", type_words(l->scratch, t));
        if (t->kind == KIND_REGION)
            diag_hint(l->diags, d, "a list of places is written ': regions = 360302, 360313'");
    }
    return fine;
}

void link_params(Linker *l)
{
    Model *m = l->model;
    m->params = arena_many(l->keep, Param *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_PARAM || d->made == NULL)
            continue;
        Param *p = d->made;
        const Node *because = list_find(d->node->d, AST_BECAUSE);
        p->name = d->node->at.text;
        p->label = link_label(l, d->node->a, p->name);
        p->home = d->home;
        p->home.pos = d->node->at.pos;
        p->reason = because == NULL ? (Str){"", 0} : because->at.text;
        p->number = (unsigned)m->n_params;
        m->params[m->n_params++] = p;
        read_indexes(l, p, d->node->b);
        const Node *type = d->node->c;
        p->type.kind = KIND_N;
        if (type->b == NULL && str_is(type->at.text, "regions")) {
            p->type = type_of_kind(KIND_REGION);
            read_regions(l, p, d);
        } else if (!link_type(l, type, &p->type) || !may_be_param(l, type, &p->type))
            p->type = (Type){.kind = KIND_N};
    }
    l->values = arena_many(l->scratch, GArray *, m->n_params);
}
