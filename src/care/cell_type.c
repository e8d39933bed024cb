/* cell_type.c — how the cells of a declared field read: from the Model to the plain data that
 * format/ knows. */
#include "care/cell_type.h"

#include "compile/compile.h"

const Field *field_of_header(const Entity *e, Str header)
{
    Str name = str_trim(header);
    const Field *f = entity_field(e, name), *found = NULL;
    /* In full, as it is exchanged, what a place adds is called everywhere. */
    for (size_t i = 0; name.len > 0 && f == NULL && i < e->n_fields; i++)
        f = str_equal(field_stored(e->fields[i]), name) ? e->fields[i] : NULL;
    for (size_t i = 0; name.len > 0 && f == NULL && i < e->n_fields; i++) {
        const Field *x = e->fields[i];
        if (!str_equal(x->label.zh, name) && !str_equal(x->label.en, name))
            continue;
        if (found != NULL && found->word.len > 0)
            return NULL; /* two places call what they add so: its name says whose */
        found = found == NULL ? x : found;
        f = x->word.len == 0 ? x : NULL;
    }
    return f != NULL ? f : found;
}

static bool resolve_region(void *with, Str text, int64_t *ret_number)
{
    *ret_number = region_row(with, text);
    return *ret_number != ROW_NONE;
}

static const CellCode *codes_of(const Enum *e, Arena *a)
{
    CellCode *codes = arena_many(a, CellCode, e->n_codes + 1);
    for (size_t i = 0; i < e->n_codes; i++) {
        const Code *c = &e->codes[i];
        /* What two places add by one word is called by its name alone. */
        bool two = c->word.len > 0;
        codes[i] = (CellCode){c->name, two ? c->name : c->label.zh, two ? c->name : c->label.en};
    }
    return codes;
}

void cell_type_of(const Field *f, const RegionTree *regions, Arena *a, CellType *ret)
{
    *ret = (CellType){.kind = f->type.kind,
                      .scale = f->type.scale,
                      .length = f->type.length,
                      .has_range = f->has_range,
                      .low = f->low,
                      .high = f->high};
    if (f->type.of != NULL) {
        ret->codes = codes_of(f->type.of, a);
        ret->n_codes = f->type.of->n_codes;
    }
    if (f->type.kind == KIND_REGION) {
        ret->resolve = resolve_region;
        ret->with = (void *)regions;
    }
}
