/* cell_type.c — how the cells of a declared field read: from the Model to the plain data that
 * format/ knows. */
#include "care/cell_type.h"

#include "compile/compile.h"

const Field *field_of_header(const Entity *e, Str header)
{
    Str name = str_trim(header);
    for (size_t i = 0; i < e->n_fields; i++)
        if (str_equal(e->fields[i]->name, name))
            return e->fields[i];
    for (size_t i = 0; name.len > 0 && i < e->n_fields; i++)
        if (str_equal(e->fields[i]->label.zh, name) || str_equal(e->fields[i]->label.en, name))
            return e->fields[i];
    return NULL;
}

static bool resolve_region(void *with, Str text, int64_t *ret_number)
{
    *ret_number = region_row(with, text);
    return *ret_number != ROW_NONE;
}

static const CellCode *codes_of(const Enum *e, Arena *a)
{
    CellCode *codes = arena_many(a, CellCode, e->n_codes + 1);
    for (size_t i = 0; i < e->n_codes; i++)
        codes[i] = (CellCode){e->codes[i].name, e->codes[i].label.zh, e->codes[i].label.en};
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
