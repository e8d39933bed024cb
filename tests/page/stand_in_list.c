/* stand_in_list.c — a list of a place beside a wider one, every word of it poison; one item of each
 * verdict. */
#include "stand_in.h"

#include "declare/catalogue.h"

static Document document = {.title = {{POISON, 5}, {POISON, 5}}};
static CatalogueColumn columns[] = {
    {.name = {"item", 4}, .label = {{POISON, 5}, {POISON, 5}}, .comparator = COMPARATOR_KEY},
    {.name = {"group", 5}, .label = {{POISON, 5}, {POISON, 5}}, .comparator = COMPARATOR_SUPERSET}};
static CatalogueCell cells[] = {{.text = {POISON, 5}}, {.text = {POISON, 5}}};
static CatalogueRow row = {.cells = cells};
static CatalogueVersion wider, own, *versions[] = {&wider, &own};
static Catalogue catalogue = {.columns = columns,
                              .n_columns = G_N_ELEMENTS(columns),
                              .versions = versions,
                              .n_versions = G_N_ELEMENTS(versions)};

const Catalogue *model_catalogue(const Model *m, Str name)
{
    (void)name;
    own = wider = (CatalogueVersion){.of = &catalogue, .since = DATE_MIN, .until = DATE_MAX};
    own.home = (Home){.document = m->documents[0], .clause = m->documents[0]->clauses[1]};
    wider.home = (Home){.document = &document, .clause = m->documents[0]->clauses[0]};
    return &catalogue;
}

/* The own list is the wider one of the other, so that both ways are shown. */
const CatalogueVersion *catalogue_wider(const Model *m, const CatalogueVersion *v, Date day)
{
    (void)m, (void)day;
    return v == &own ? &wider : &own;
}

CatalogueFit *catalogue_compare(const CatalogueVersion *a, const CatalogueVersion *b, Arena *arena,
                                size_t *ret_n)
{
    (void)a, (void)b;
    CatalogueFit *all = arena_many(arena, CatalogueFit, FIT_MISSING + 1);
    for (Fit f = FIT_NONE; f <= FIT_MISSING; f++)
        all[f] = (CatalogueFit){f == FIT_MORE ? NULL : &row, f == FIT_MISSING ? NULL : &row, f,
                                arena_many(arena, Fit, G_N_ELEMENTS(columns))};
    *ret_n = FIT_MISSING + 1;
    return all;
}

Label catalogue_words(const CatalogueFit *f, const Catalogue *c, size_t column, Arena *a)
{
    (void)f, (void)c, (void)column, (void)a;
    return (Label){{POISON, 5}, {POISON, 5}};
}

Label catalogue_cell_words(const CatalogueCell *c, Arena *a)
{
    (void)a;
    return (Label){c->text, c->text};
}

const RegionRow *model_region(const Model *m, Str code_or_name)
{
    (void)m, (void)code_or_name;
    return NULL;
}
