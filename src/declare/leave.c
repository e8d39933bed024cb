/* leave.c — who may depart from whose declarations (semantics 47, 49).
 * A document of a narrower place needs the wider one's leave, which names a level: places of that
 * level, and those between, may depart; places below it may not.  Start: leave_needed(). */
#include "declare/link.h"

bool region_below_level(const Model *m, Str region, Str level)
{
    const RegionRow *r = model_region(m, region);
    for (size_t steps = 0; r != NULL && steps <= m->n_regions; steps++) {
        r = r->parent.len == 0 ? NULL : model_region(m, r->parent);
        if (r != NULL && str_equal(r->level, level))
            return true;
    }
    return false;
}

bool leave_level(Linker *l, const Node *level)
{
    static const char *const usual[] = {"country", "province", "city",
                                        "county",  "township", "village"};
    Str *all = arena_many(l->scratch, Str, G_N_ELEMENTS(usual) + l->model->n_regions);
    size_t n = 0;
    for (; n < G_N_ELEMENTS(usual); n++)
        all[n] = str_of(usual[n]);
    for (size_t i = 0; i < l->model->n_regions; i++)
        all[n++] = l->model->regions[i].level;
    for (size_t i = 0; i < n; i++)
        if (str_equal(all[i], level->at.text))
            return true;
    Diag *d =
        diag_error(l->diags, level->at.pos, "there is no level '%.*s'", STR_ARG(level->at.text));
    diag_nearest(l->diags, d, level->at.text, all, n);
    return false;
}

static void hint_leave(Linker *l, const Departure *x, Diag *d)
{
    diag_hint(l->diags, d, "'may be amended by …' belongs into '%.*s' in %s, line %u",
              STR_ARG(x->name), x->of.pos.source->name, x->of.pos.line);
}

bool leave_needed(Linker *l, const Departure *x)
{
    Str own = x->of.document->place, place = x->document->place;
    if (place.len == 0 || str_equal(place, own) || l->model->n_regions == 0)
        return true;
    if (own.len > 0 && region_lies_in(l->model, own, place))
        return true; /* a wider place needs no leave of a narrower one */
    if (own.len > 0 && !region_lies_in(l->model, place, own)) {
        Diag *d =
            diag_error(l->diags, x->pos, "%s '%.*s' has no place here", x->what, STR_ARG(x->name));
        diag_hint(l->diags, d, "%.*s is a rule of %.*s, which has nothing to do with %.*s",
                  STR_ARG(x->name), STR_ARG(own), STR_ARG(place));
        return false;
    }
    if (x->leave.len == 0) {
        Diag *d = diag_error(l->diags, x->pos, "%s '%.*s' needs the leave of %.*s", x->what,
                             STR_ARG(x->name), STR_ARG(x->of.document->name));
        hint_leave(l, x, d);
        return false;
    }
    if (!region_below_level(l->model, place, x->leave))
        return true;
    Diag *d =
        diag_error(l->diags, x->pos, "'%.*s' may be amended by %.*s, and %.*s lies below that",
                   STR_ARG(x->name), STR_ARG(x->leave), STR_ARG(place));
    hint_leave(l, x, d);
    return false;
}
