/* scope.c — law 4: the one permission predicate.
 * In: a session, an entity, a working set.  Out: which rows it may see, as one answer for lists,
 * records, counts, children, history and reveals.  Default: nobody.
 * Read first: scope_of(), row_inside(). */
#include "care/scope_now.h"

#include "care/consent_inside.h"
#include "care/inside.h"
#include "compile/compile.h"

bool scope_of(const Session *s, const Entity *e, unsigned rights, Scope *ret, GError **error)
{
    *ret = (Scope){.region = ROW_NONE};
    if (s == NULL || !session_may(s, rights))
        return fail(error, FAIL_RIGHT, "the role \"%s\" may not do this",
                    s != NULL ? s->role->word : "nobody");
    if (!session_sees(s, e))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see \"%.*s\"", s->role->word,
                    STR_ARG(e->name));
    ret->everywhere = e->place == NULL;
    ret->region = s->region;
    ret->facility = s->facility;
    return true;
}

/* ---- places */

/* Follows `place` from one row: references first, a place last. */
static int32_t place_along(const Care *c, const Working *w, const Expr *place, size_t row, Date day)
{
    int64_t at = (int64_t)row;
    for (size_t i = 0; i < place->n_path; i++) {
        const Field *f = place->path[i];
        const Batch *b = working_batch(w, f->entity);
        const Column *col = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
        if (col == NULL || at < 0 || (size_t)at >= b->rows || !column_at(col, (size_t)at, day, &at))
            return ROW_NONE;
    }
    return at >= 0 && (size_t)at < c->regions->n ? (int32_t)at : ROW_NONE;
}

static int32_t place_of_row(const Care *c, const Working *w, const Entity *e, size_t row, Date day)
{
    return place_along(c, w, e->place, row, day);
}

int32_t place_row(const Care *c, const Working *w, const Entity *e, size_t row, Date day)
{
    return e->place != NULL && e->place->n_path > 0 ? place_of_row(c, w, e, row, day) : ROW_NONE;
}

int32_t *places_compute(const Care *c, const Working *w, const Entity *e, const Expr *place,
                        Date day)
{
    const Batch *b = working_batch(w, e);
    size_t rows = b != NULL ? b->rows : 0;
    int32_t *places = g_new(int32_t, rows + 1);
    for (size_t i = 0; i < rows; i++)
        places[i] =
            place != NULL && place->n_path > 0 ? place_along(c, w, place, i, day) : ROW_NONE;
    return places;
}

/* ---- facilities */

static bool is_facility(const Entity *e)
{
    return str_is(e->name, "facility");
}

static bool refers_at(const Working *w, const Field *f, size_t row, Date day, int64_t to)
{
    const Batch *b = working_batch(w, f->entity);
    const Column *c = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
    int64_t v;
    return c != NULL && column_at(c, row, day, &v) && v == to;
}

/* Whether a record exists on the day: its span, as far as it is known. */
static bool within_span(const Working *w, const Entity *e, size_t row, Date day)
{
    const Batch *b = working_batch(w, e);
    const Column *begin = e->begin != NULL ? b->columns[e->begin->index] : NULL;
    const Column *end = e->end != NULL ? b->columns[e->end->index] : NULL;
    int64_t v;
    if (begin != NULL && column_at(begin, row, day, &v) && v > day)
        return false;
    return end == NULL || !column_at(end, row, day, &v) || v > day || (e->end_counts && v == day);
}

static bool refers_to_facility(const Working *w, const Entity *e, size_t row, Date day,
                               int64_t facility)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->type.kind == KIND_REF && is_facility(f->type.to) &&
            refers_at(w, f, row, day, facility))
            return true;
    }
    return false;
}

/* A facility's manager sees the facility, what refers to it, and who is there by such a record
 * today: residents by their stay, not former ones. */
static bool linked_by(const Care *c, const Working *w, const Entity *e, size_t row, Date day,
                      int64_t facility)
{
    for (size_t k = 0; k < c->model->n_entities; k++) {
        const Entity *link = c->model->entities[k];
        const Batch *b = working_batch(w, link);
        if (b == NULL || (link->begin == NULL && !is_facility(link)))
            continue;
        for (size_t i = 0; i < link->n_fields; i++) {
            const Field *f = link->fields[i];
            if (f->type.kind != KIND_REF || f->type.to != e)
                continue;
            for (size_t r = 0; r < b->rows; r++)
                if (refers_at(w, f, r, day, (int64_t)row) && within_span(w, link, r, day) &&
                    (is_facility(link) ? (int64_t)r == facility
                                       : refers_to_facility(w, link, r, day, facility)))
                    return true;
        }
    }
    return false;
}

static bool in_facility(const Care *c, const Working *w, const Entity *e, size_t row, Date day,
                        int64_t facility)
{
    const Entity *entity = model_entity(c->model, STR("facility"));
    int64_t at = entity != NULL ? working_row(w, entity, facility) : ROW_NONE;
    if (at == ROW_NONE)
        return false;
    if (e == entity)
        return (int64_t)row == at;
    return refers_to_facility(w, e, row, day, at) || linked_by(c, w, e, row, day, at);
}

/* The same for all rows at once: records that link are walked, not asked for row by row. */
static void mark_linked(const Care *c, const Working *w, const Entity *e, Date day,
                        int64_t facility, uint8_t *rows)
{
    for (size_t k = 0; k < c->model->n_entities; k++) {
        const Entity *link = c->model->entities[k];
        const Batch *b = working_batch(w, link);
        if (b == NULL || (link->begin == NULL && !is_facility(link)))
            continue;
        for (size_t i = 0; i < link->n_fields; i++) {
            const Field *f = link->fields[i];
            const Column *col =
                f->type.kind == KIND_REF && f->type.to == e ? b->columns[f->index] : NULL;
            int64_t to;
            for (size_t r = 0; col != NULL && r < b->rows; r++)
                if ((is_facility(link) ? (int64_t)r == facility
                                       : refers_to_facility(w, link, r, day, facility)) &&
                    within_span(w, link, r, day) && column_at(col, r, day, &to) && to >= 0)
                    rows[to] = 1;
        }
    }
}

static void mark_facility(const Care *c, const Working *w, const Entity *e, Date day, int64_t id,
                          uint8_t *rows)
{
    const Entity *entity = model_entity(c->model, STR("facility"));
    int64_t at = entity != NULL ? working_row(w, entity, id) : ROW_NONE;
    const Batch *b = working_batch(w, e);
    memset(rows, 0, b->rows);
    if (at == ROW_NONE)
        return;
    if (e == entity) {
        rows[at] = 1;
        return;
    }
    for (size_t i = 0; i < b->rows; i++)
        rows[i] = refers_to_facility(w, e, i, day, at);
    mark_linked(c, w, e, day, at, rows);
}

/* ---- the predicate */

/* A record whose place is unknown is the whole place's business, nobody's below. */
static bool row_inside(const Care *c, const Scope *scope, int32_t place)
{
    if (scope->region == ROW_NONE)
        return false;
    return region_in(c->regions, place != ROW_NONE ? place : c->place, scope->region);
}

bool scope_row(Care *c, const Working *w, const Session *s, const Entity *e, size_t row, Date day)
{
    Scope scope;
    if (!scope_of(s, e, MAY_PERSON_READ, &scope, NULL))
        return false;
    if (session_is_kin(s))
        return consent_sees(c, w, s, e, row, day);
    if (scope.everywhere)
        return true;
    if (scope.facility != 0)
        return in_facility(c, w, e, row, day, scope.facility);
    return row_inside(c, &scope, place_of_row(c, w, e, row, day));
}

bool scope_rows(Care *c, Working *w, const Session *s, const Entity *e, Date day, uint8_t *rows,
                GError **error)
{
    Scope scope;
    const Batch *b = working_batch(w, e);
    const int32_t *places;
    if (session_may(s, MAY_PERSON_READ) && !session_sees(s, e)) {
        if (b != NULL) /* a list over several registers goes on without this one */
            memset(rows, 0, b->rows);
        return true;
    }
    if (!scope_of(s, e, MAY_PERSON_READ, &scope, error))
        return false;
    if (b == NULL)
        return true;
    if (session_is_kin(s)) {
        for (size_t i = 0; i < b->rows; i++)
            rows[i] = consent_sees(c, w, s, e, i, day);
        return true;
    }
    if (scope.everywhere) {
        memset(rows, 1, b->rows);
        return true;
    }
    if (scope.facility != 0) {
        mark_facility(c, w, e, day, scope.facility, rows);
        return true;
    }
    if (!working_places(c, w, e, day, &places, error))
        return false;
    if (scope.region == ROW_NONE) {
        memset(rows, 0, b->rows);
        return true;
    }
    const RegionTree *t = c->regions;
    int32_t first = t->order[scope.region], last = t->last[scope.region];
    uint8_t unknown = row_inside(c, &scope, ROW_NONE);
    for (size_t i = 0; i < b->rows; i++)
        rows[i] = places[i] == ROW_NONE
                      ? unknown
                      : t->order[places[i]] >= first && t->order[places[i]] <= last;
    return true;
}

bool scope_allows(Care *c, Working *w, const Session *s, const Entity *e, RecordKey key,
                  GError **error)
{
    Scope scope;
    if (!scope_of(s, e, MAY_PERSON_READ, &scope, error))
        return false;
    int64_t row = working_row(w, e, key.id);
    const Batch *b = working_batch(w, e);
    if (row == ROW_NONE ||
        (key.county != 0 && b->counties != NULL && b->counties[row] != key.county))
        return fail(error, FAIL_ABSENT, "there is no %.*s with this number", STR_ARG(e->name));
    if (!scope_row(c, w, s, e, (size_t)row, care_today(c)))
        return fail(error, FAIL_RIGHT, "this %.*s lies outside your region or facility",
                    STR_ARG(e->name));
    return true;
}

/* Where the record lies today, when a field of its own says so.  False: ask the working set. */
static bool place_of_record(const Care *c, const Entity *e, const Record *now, int32_t *ret)
{
    const Field *f = e->place->n_path == 1 ? e->place->path[0] : NULL;
    Date today = care_today(c);
    if (f == NULL || f->type.kind != KIND_REGION || f->compute != NULL || f->index >= now->n_facts)
        return false;
    const Fact *fact = &now->facts[f->index];
    if (f->dated && (fact->since > today || (fact->until <= today && fact->until != DATE_MAX)))
        return false;
    *ret = fact->value.known ? region_row(c->regions, fact->value.text) : ROW_NONE;
    return true;
}

bool scope_allows_now(Care *c, const Session *s, const Entity *e, const Record *now, GError **error)
{
    Scope scope;
    int32_t place;
    if (!scope_of(s, e, MAY_PERSON_READ, &scope, error))
        return false;
    if (now->ended)
        return fail(error, FAIL_ABSENT, "there is no %.*s with this number", STR_ARG(e->name));
    if (!scope.everywhere && scope.facility == 0 && place_of_record(c, e, now, &place))
        return row_inside(c, &scope, place) ||
               fail(error, FAIL_RIGHT, "this %.*s lies outside your region or facility",
                    STR_ARG(e->name));
    g_autoptr(Working) w = NULL;
    return working_get(c, &w, error) && scope_allows(c, w, s, e, now->key, error);
}
