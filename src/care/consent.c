/* consent.c — see consent.h.  Read first: consent_of(), consent_sees(). */
#include "care/consent_inside.h"

#include "care/inside.h"

static bool column_on(const Working *w, const Field *f, size_t row, Date day, int64_t *ret)
{
    const Batch *b = f != NULL ? working_batch(w, f->entity) : NULL;
    const Column *col = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
    return col != NULL && column_at(col, row, day, ret);
}

/* From its first day on, until its last; from the day of withdrawal no more. */
static bool holds(const Working *w, const Entity *e, size_t row, Date day)
{
    int64_t v;
    if (!column_on(w, entity_field(e, STR("from_day")), row, day, &v) || v > day)
        return false;
    if (column_on(w, entity_field(e, STR("until_day")), row, day, &v) && v <= day)
        return false;
    return !column_on(w, entity_field(e, STR("withdrawn_on")), row, day, &v) || v > day;
}

bool consent_of(const Care *c, const Working *w, const Session *s, Date day, Consent *ret)
{
    const Entity *e = model_entity(c->model, STR("consent"));
    const Field *elder = e != NULL ? entity_field(e, STR("elder")) : NULL;
    const Field *matters = e != NULL ? entity_field(e, STR("matters")) : NULL;
    int64_t set = 0;
    *ret = (Consent){.row = ROW_NONE, .elder_row = ROW_NONE};
    if (!session_is_kin(s) || elder == NULL || matters == NULL || elder->type.kind != KIND_REF ||
        matters->type.kind != KIND_SET)
        return false;
    ret->row = working_row(w, e, s->facility);
    if (ret->row == ROW_NONE || !holds(w, e, (size_t)ret->row, day) ||
        !column_on(w, elder, (size_t)ret->row, day, &ret->elder_row))
        return false;
    const Batch *b = working_batch(w, elder->type.to);
    if (b == NULL || ret->elder_row < 0 || (size_t)ret->elder_row >= b->rows)
        return false;
    ret->elder = elder->type.to;
    ret->elder_key.id = b->ids[ret->elder_row];
    ret->elder_key.county = b->counties != NULL ? b->counties[ret->elder_row] : 0;
    ret->matters = column_on(w, matters, (size_t)ret->row, day, &set) ? (uint64_t)set : 0;
    ret->of = matters->type.of;
    return true;
}

bool consent_names(const Consent *x, Str matter)
{
    for (size_t i = 0; i < x->of->n_codes; i++)
        if (str_equal(x->of->codes[i].name, matter))
            return (x->matters >> x->of->codes[i].number & 1) != 0;
    return false;
}

bool consent_sees(const Care *c, const Working *w, const Session *s, const Entity *e, size_t row,
                  Date day)
{
    Consent x;
    int64_t v;
    if (!consent_of(c, w, s, day, &x))
        return false;
    if (e == x.elder)
        return (int64_t)row == x.elder_row;
    if (str_is(e->name, "consent"))
        return (int64_t)row == x.row;
    if (!consent_names(&x, e->name))
        return false;
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->type.kind == KIND_REF && e->fields[i]->type.to == x.elder &&
            column_on(w, e->fields[i], row, day, &v) && v == x.elder_row)
            return true;
    return false;
}

bool consent_elder(Care *c, const Session *s, const Entity **ret, RecordKey *ret_key,
                   GError **error)
{
    g_autoptr(Working) w = NULL;
    Consent x;
    if (!working_get(c, &w, error))
        return false;
    if (!consent_of(c, w, s, care_today(c), &x))
        return fail(error, FAIL_RIGHT, "the consent this account hangs on holds no more");
    *ret = x.elder;
    *ret_key = x.elder_key;
    return true;
}

bool consent_whole(Care *c, const Working *w, const Session *s, const Entity *e)
{
    Consent x;
    return !session_is_kin(s) ||
           (consent_of(c, w, s, care_today(c), &x) && (e != x.elder || consent_names(&x, e->name)));
}

bool consent_opens(Care *c, const Session *s, const Entity *e)
{
    g_autoptr(Working) w = NULL;
    return !session_is_kin(s) || (working_get(c, &w, NULL) && consent_whole(c, w, s, e));
}

void consent_mask(Care *c, const Working *w, const Session *s, const Entity *e, Record *r)
{
    if (consent_whole(c, w, s, e))
        return;
    for (size_t i = 0; i < e->n_fields && i < r->n_facts; i++) {
        bool title = false;
        for (size_t k = 0; k < e->n_title; k++)
            title = title || e->title[k] == e->fields[i];
        if (!title)
            r->facts[i].value = VALUE_UNKNOWN;
    }
}
