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
