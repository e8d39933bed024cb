/* shown.c — see shown.h. */
#include "care/shown.h"

#include "care/inside.h"
#include "care/record.h"

/* Along references to the record that has the last field; ROW_NONE: not recorded. */
static bool walk(Shown *r, const Expr *path, size_t row, int64_t *ret, GError **error)
{
    *ret = (int64_t)row;
    for (size_t i = 0; i + 1 < path->n_path && *ret != ROW_NONE; i++) {
        const Column *c;
        if (!working_column(r->care, r->working, path->path[i], r->on, r->arena, &c, error))
            return false;
        if (c == NULL || !column_at(c, (size_t)*ret, r->on, ret))
            *ret = ROW_NONE;
    }
    return true;
}

static bool take_record(Shown *r, const Entity *e, int64_t row, bool led, GError **error)
{
    uint32_t one = (uint32_t)row;
    if (r->entity == e && r->row == row)
        return true;
    /* Who chose the row asked for it; where a reference leads may lie outside the scope. */
    r->outside = led && r->session != NULL &&
                 !scope_row(r->care, r->working, r->session, e, (size_t)row, care_today(r->care));
    if (!record_rows(r->care, r->working, e, &one, 1, r->on, FILL_WHOLE, r->arena, &r->record,
                     error))
        return false;
    r->entity = e;
    r->row = row;
    return true;
}

bool shown_text(Shown *r, const Expr *path, size_t row, Str *ret, GError **error)
{
    const Field *f = path->path[path->n_path - 1];
    int64_t at;
    *ret = STR("");
    if (!walk(r, path, row, &at, error))
        return false;
    if (at == ROW_NONE)
        return true;
    if (!take_record(r, f->entity, at, path->n_path > 1, error))
        return false;
    if (r->outside) {
        *ret = kind_is_text(f->type.kind)
                   ? r->english ? STR("outside your region or facility") : STR("（不在您的范围内）")
                   : STR("");
        return true;
    }
    Value v = r->record->facts[f->index].value;
    if (!v.known)
        return true;
    if (f->type.kind == KIND_REF && r->session != NULL)
        return title_seen(r->care, r->working, r->session, f->type.to, (RecordKey){0, v.num},
                          r->arena, ret, error);
    *ret = value_text(r->care, f, v, r->english, r->arena);
    return true;
}
