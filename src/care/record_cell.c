/* record_cell.c — what a text means as a value of a field: codes, places, records.
 * In: a field of the Model and a text.  Out: Values.  Not here: the forms of dates and numbers
 * (format/cell.c).  Read first: cells_init(), place_named(). */
#include "care/cells.h"

#include "base/identifier.h"
#include "care/write.h"
#include "compile/compile.h"

#define SAME_TITLE 40 /* records looked at for one of exactly that title */

/* ---- places */

static Str place_name(const Care *c, int32_t row)
{
    return c->model->regions[row].name;
}

/* Whether the text is the place's name with names of places above it before; some may be left out.
 */
static bool path_names(const Care *c, int32_t row, Str text)
{
    Str name = place_name(c, row);
    if (name.len == 0 || !str_ends(text, name))
        return false;
    Str rest = str_trim((Str){text.at, text.len - name.len});
    if (rest.len == 0)
        return true;
    for (int32_t up = c->regions->parent[row]; up != ROW_NONE; up = c->regions->parent[up])
        if (path_names(c, up, rest))
            return true;
    return false;
}

int32_t place_named(const Care *c, int32_t within, Str text)
{
    const RegionTree *t = c->regions;
    int32_t found = region_row(t, text);
    if (found != ROW_NONE)
        return found;
    for (int32_t k = t->order[within]; k <= t->last[within]; k++) {
        int32_t row = t->by_order[k];
        if (!path_names(c, row, text))
            continue;
        if (found != ROW_NONE)
            return ROW_NONE;
        found = row;
    }
    if (found == ROW_NONE && within != c->place)
        return place_named(c, c->place, text);
    return found;
}

/* ---- records */

static const Field *text_title(const Entity *e)
{
    for (size_t i = 0; i < e->n_title; i++)
        if (kind_is_text(e->title[i]->type.kind) && !e->title[i]->secret)
            return e->title[i];
    return NULL;
}

static int64_t record_titled(Care *c, const Entity *e, Str text)
{
    g_autoptr(Arena) a = arena_new();
    const Field *title = text_title(e);
    RecordKey *keys;
    Record **records = NULL;
    size_t n, same = 0;
    int64_t id = 0;
    if (title == NULL || !store_search(c->store, e, text, SAME_TITLE, a, &keys, &n, NULL))
        return 0;
    records = arena_many(a, Record *, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!store_record(c->store, e, keys[i], a, &records[i], NULL))
            return 0;
        Value v = records[i]->facts[title->index].value;
        if (v.known && str_equal(v.text, text)) {
            id = keys[i].id;
            same++;
        }
    }
    return same == 1 ? id : 0;
}

int64_t record_named(Care *c, const Entity *e, Str text)
{
    RecordKey key = {0};
    char number[19];
    if (id_parse(text, &key.id) && locate(c, e, key.id, &key, NULL))
        return key.id;
    if (e->key != NULL && !e->key->secret && store_find(c->store, e->key, text, &key, NULL))
        return key.id;
    if (citizen_id_check(text, number, NULL, NULL) == IDENTIFIER_VALID)
        for (size_t i = 0; i < e->n_fields; i++) {
            const Field *f = e->fields[i];
            if (f->type.kind == KIND_CITIZEN_ID && f->secret && f->unique &&
                find_secret(c, f, str_of(number), &key, NULL))
                return key.id;
        }
    return record_titled(c, e, text);
}

/* ---- cells */

static bool resolve_now(Cells *cells, Str text, int64_t *ret)
{
    const Field *f = cells->field;
    if (f->type.kind == KIND_REGION) {
        int32_t row = place_named(cells->care, cells->session->region, text);
        *ret = row;
        return row != ROW_NONE;
    }
    *ret = record_named(cells->care, f->type.to, text);
    return *ret != 0;
}

static bool resolve(void *with, Str text, int64_t *ret)
{
    Cells *cells = with;
    if (cells->seen == NULL)
        return resolve_now(cells, text, ret);
    g_autofree char *key = g_strndup(text.at, text.len);
    int64_t *seen = g_hash_table_lookup(cells->seen, key);
    if (seen == NULL) {
        int64_t number;
        seen = g_new(int64_t, 1);
        *seen = resolve_now(cells, text, &number) ? number : INT64_MIN;
        g_hash_table_insert(cells->seen, g_steal_pointer(&key), seen);
    }
    *ret = *seen;
    return *seen != INT64_MIN;
}

static const CellCode *codes_of(const Enum *e, Arena *a)
{
    CellCode *codes = arena_many(a, CellCode, e->n_codes + 1);
    for (size_t i = 0; i < e->n_codes; i++)
        codes[i] = (CellCode){e->codes[i].name, e->codes[i].label.zh, e->codes[i].label.en};
    return codes;
}

void cells_init(Cells *cells, Care *c, const Session *s, const Field *f, Arena *a, bool remember)
{
    const Type *t = &f->type;
    *cells = (Cells){.care = c, .session = s, .field = f, .arena = a};
    cells->type = (CellType){.kind = t->kind,
                             .scale = t->scale,
                             .length = t->length,
                             .has_range = f->has_range,
                             .low = f->low,
                             .high = f->high};
    if ((t->kind == KIND_ENUM || t->kind == KIND_SET) && t->of != NULL) {
        cells->type.codes = codes_of(t->of, a);
        cells->type.n_codes = t->of->n_codes;
    }
    if (t->kind == KIND_REF || t->kind == KIND_REGION) {
        cells->type.resolve = resolve;
        cells->type.with = cells;
        if (remember)
            cells->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    }
}

void cells_clear(Cells *cells)
{
    g_clear_pointer(&cells->seen, g_hash_table_unref);
}

/* What format/cell.c cannot know: how a place or a record may be named here. */
static void better_words(const Cells *cells, Str text, Arena *a, CellFault *fault)
{
    const Field *f = cells->field;
    Str shown = {text.at, MIN(text.len, 60)};
    while (shown.len > 0 && shown.len < text.len && (text.at[shown.len] & 0xc0) == 0x80)
        shown.len--;
    if (f->type.kind == KIND_REGION) {
        fault->zh = arena_printf(a, "没有“%.*s”这个地方，或有几处同名；请填代码，或从县区起写全名",
                                 STR_ARG(shown));
        fault->en = arena_printf(a,
                                 "there is no place \"%.*s\", or several; give its code, or its "
                                 "name from the county down",
                                 STR_ARG(shown));
        return;
    }
    const Label *key = f->type.to->key != NULL ? &f->type.to->key->label : NULL;
    fault->zh =
        arena_printf(a, "没有叫“%.*s”的%.*s，或有几条同名；请填%.*s", STR_ARG(shown),
                     STR_ARG(f->type.to->label.zh), STR_ARG(key != NULL ? key->zh : STR("记录号")));
    fault->en = arena_printf(a, "there is no %.*s \"%.*s\", or several; give its %.*s",
                             STR_ARG(f->type.to->label.en), STR_ARG(shown),
                             STR_ARG(key != NULL ? key->en : STR("record number")));
}

bool cells_read(Cells *cells, Str text, Arena *a, Value *ret, CellFault *ret_fault)
{
    const Type *t = &cells->field->type;
    Str trimmed = str_trim(text);
    if (!cell_read(&cells->type, text, a, ret, ret_fault)) {
        if (cells->type.resolve != NULL && trimmed.len > 0)
            better_words(cells, trimmed, a, ret_fault);
        return false;
    }
    if (ret->known && t->kind == KIND_REGION)
        ret->text = cells->care->regions->code[ret->num];
    return true;
}
