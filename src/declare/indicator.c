/* indicator.c — small questions about indicators and what they count.
 * Not here: how they are read (link_figure.c). */
#include "declare/model.h"

bool entity_is_region(const Entity *e)
{
    return e->place == NULL && str_is(e->name, "region");
}

const Field *entity_reference(const Entity *from, const Entity *to)
{
    const Field *found = NULL;
    for (size_t i = 0; i < from->n_fields; i++) {
        const Field *f = from->fields[i];
        if (f->type.kind != KIND_REF || f->type.to != to)
            continue;
        if (found != NULL)
            return NULL;
        found = f;
    }
    return found;
}

size_t indicator_cells(const Indicator *i)
{
    size_t n = 1;
    for (size_t k = 0; k < i->n_index; k++)
        n *= i->index[k].of->n_codes + 1;
    return n;
}

size_t indicator_cell(const Indicator *i, const int *codes)
{
    size_t cell = 0;
    for (size_t k = 0; k < i->n_index; k++)
        cell = cell * (i->index[k].of->n_codes + 1) + (size_t)(codes[k] + 1);
    return cell;
}

void indicator_codes(const Indicator *i, size_t cell, int *ret_codes)
{
    for (size_t k = i->n_index; k-- > 0;) {
        size_t n = i->index[k].of->n_codes + 1;
        ret_codes[k] = (int)(cell % n) - 1;
        cell /= n;
    }
}

/* Whether an expression is a sum of counts and sums, each times a fixed number. */
static bool adds_up(const Expr *e)
{
    switch (e->kind) {
    case EXPR_AGGREGATE:
        return e->aggregate->kind == AGGREGATE_COUNT || e->aggregate->kind == AGGREGATE_SUM;
    case EXPR_ADD:
    case EXPR_SUB:
        return adds_up(e->a) && adds_up(e->b);
    case EXPR_MUL:
        return (e->a->kind == EXPR_NUMBER && adds_up(e->b)) ||
               (e->b->kind == EXPR_NUMBER && adds_up(e->a));
    case EXPR_DIV:
        return e->b->kind == EXPR_NUMBER && adds_up(e->a);
    case EXPR_RESCALE:
    case EXPR_NEG:
        return adds_up(e->a);
    default:
        return false;
    }
}

bool indicator_adds_up(const Indicator *i)
{
    return i->value != NULL && adds_up(i->value);
}
