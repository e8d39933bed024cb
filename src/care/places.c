/* places.c — records of entity `region` from the places that the documents declare. */
#include "care/places.h"

#include "base/limits.h"
#include "compile/compile.h"

typedef struct PlaceFields {
    const Field *code, *name, *name_en, *level, *parent, *managing;
} PlaceFields;

static void add(WriteField *fields, size_t *n, const Field *f, Value value, Date since)
{
    if (f != NULL && value.known)
        fields[(*n)++] = (WriteField){
            .field = f, .value = value, .since = f->dated ? since : DATE_MIN, .until = DATE_MAX};
}

static Value text_or_unknown(Str s)
{
    return s.len > 0 ? VALUE_TEXT(s) : VALUE_UNKNOWN;
}

static void place_request(const RegionRow *r, const PlaceFields *f, const Entity *e, int32_t county,
                          int64_t id, Arena *a, WriteRequest *to)
{
    WriteField *fields = arena_many(a, WriteField, 6);
    size_t n = 0;
    add(fields, &n, f->code, text_or_unknown(r->code), 0);
    add(fields, &n, f->name, text_or_unknown(r->name), 0);
    add(fields, &n, f->name_en, text_or_unknown(r->name_en), 0);
    const Code *level = f->level != NULL && f->level->type.of != NULL
                            ? enum_code(f->level->type.of, r->level)
                            : NULL;
    add(fields, &n, f->level, level != NULL ? VALUE_NUM(level->number) : VALUE_UNKNOWN, 0);
    add(fields, &n, f->parent, text_or_unknown(r->parent), r->since);
    add(fields, &n, f->managing, text_or_unknown(r->managing), r->since);
    *to = (WriteRequest){.kind = WRITE_CREATE,
                         .entity = e,
                         .key = {county, id},
                         .expected = -1,
                         .fields = fields,
                         .n_fields = n,
                         .reason = STR("places declared in the documents")};
}

/* Recorded by an `init` that was interrupted. */
static bool is_recorded(Care *c, const PlaceFields *f, const RegionRow *r)
{
    RecordKey key;
    return f->code != NULL && store_find(c->store, f->code, r->code, &key, NULL);
}

bool care_fill_places(Care *c, GError **error)
{
    static const WriteBy by = {{"init", 4}, {"system", 6}};
    const Model *m = c->model;
    const Entity *e = model_entity(m, STR("region"));
    if (e == NULL)
        return true;
    const PlaceFields f = {
        entity_field(e, STR("code")),    entity_field(e, STR("name")),
        entity_field(e, STR("name_en")), entity_field(e, STR("level")),
        entity_field(e, STR("parent")),  entity_field(e, STR("managing_region"))};
    g_autoptr(Arena) a = arena_new();
    for (size_t from = 0; from < m->n_regions; from += LIMIT_IMPORT_CHUNK) {
        size_t most = MIN(m->n_regions - from, LIMIT_IMPORT_CHUNK), n = 0;
        WriteRequest *requests = arena_many(a, WriteRequest, most);
        for (size_t i = 0; i < most; i++) {
            int64_t id;
            if (is_recorded(c, &f, &m->regions[from + i]))
                continue;
            if (!care_new_id(c, &id, error))
                return false;
            place_request(&m->regions[from + i], &f, e, store_facts(c->store)->home_county, id, a,
                          &requests[n++]);
        }
        if (n > 0 && !care_write_chunk(c, &by, requests, n, error))
            return fail_while(error, "recording places");
    }
    return true;
}

static bool declared(const Field *f)
{
    static const char *const names[] = {"code",  "name",   "name_en",
                                        "level", "parent", "managing_region"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (str_is(f->name, names[i]))
            return true;
    return false;
}

bool place_may_write(const Care *c, int32_t within, const WriteRequest *r, const Record *before,
                     CellFault *ret)
{
    const Field *code = entity_field(r->entity, STR("code"));
    if (before == NULL || code == NULL || r->kind != WRITE_SET) {
        *ret = (CellFault){"地方由文件规定，不在这里增减", "places come from the documents"};
        return false;
    }
    for (size_t i = 0; i < r->n_fields; i++)
        if (declared(r->fields[i].field)) {
            *ret = (CellFault){"地方的名称、级别和隶属由文件规定",
                               "what a place is and where it lies comes from the documents"};
            return false;
        }
    int32_t place = region_row(c->regions, before->facts[code->index].value.text);
    if (place != ROW_NONE && region_in(c->regions, place, within))
        return true;
    *ret = (CellFault){"不在您的辖区内", "this place lies outside your region"};
    return false;
}
