/* record_read.c — one record, its title, its periods, its children.
 * In: a key.  Out: Records as on a day, computed fields filled, secrets masked.  Every way in asks
 * scope_allows() first.  Read first: record_get(), record_fill(). */
#include "base/identifier.h"
#include "base/limits.h"
#include "care/access.h"
#include "care/consent_inside.h"
#include "care/keys.h"
#include "care/record.h"

#define TITLE_DEPTH 2 /* an assessment is titled by its elder, and that one by a name */

/* ---- secrets */

Str secret_masked(const Field *f, Str plain, Arena *a)
{
    char to[19];
    size_t n = str_utf8_length(plain), shown = n >= 6 ? 2 : 0;
    if (f->type.kind == KIND_CITIZEN_ID || f->type.kind == KIND_CREDIT_CODE)
        return arena_str(a, str_of(identifier_mask(plain, to)));
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        Str before = plain;
        (void)str_utf8_next(&plain);
        if (i + shown < n)
            g_string_append_c(text, '*');
        else
            g_string_append_len(text, before.at, (gssize)(before.len - plain.len));
    }
    return arena_str(a, (Str){text->str, text->len});
}

static bool fill_secret(Care *c, const Field *f, Record *r, Filling filling, Arena *a,
                        GError **error)
{
    Value *v = &r->facts[f->index].value;
    Str sealed, plain;
    if (!v->known)
        return true;
    if (filling == FILL_LIST) {
        v->text = STR("******");
        return true;
    }
    if (!store_sealed(c->store, f, r->key, a, &sealed, error) ||
        !keys_unseal(c->keys, f, r->key.id, sealed, a, &plain, error))
        return fail_while(error, "reading \"%.*s\"", STR_ARG(f->name));
    v->text = secret_masked(f, plain, a);
    return true;
}

/* ---- days */

static bool holds_on(Date since, Date until, Date on)
{
    return since <= on && (on < until || until == DATE_MAX);
}

/* The period of an in-memory column that holds on a day. */
static bool column_period(const Column *c, size_t row, Date on, Period *ret)
{
    size_t low = 0, high = c->n_periods;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c->periods[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < c->n_periods && c->periods[low].row == row; low++)
        if (holds_on(c->periods[low].since, c->periods[low].until, on)) {
            *ret = c->periods[low];
            return true;
        }
    return false;
}

/* The latest period does not hold on the day: an earlier one may. */
static bool fill_dated(Care *c, Working *w, const Field *f, Record *r, int64_t row, Date on,
                       Arena *a, GError **error)
{
    Fact *fact = &r->facts[f->index];
    const Batch *b = working_batch(w, f->entity);
    const Column *col = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
    Fact *periods;
    size_t n;
    Period p;
    if (!fact->value.known || holds_on(fact->since, fact->until, on))
        return true;
    if (col != NULL && col->since != NULL && row != ROW_NONE && !kind_is_text(f->type.kind)) {
        bool found = column_period(col, (size_t)row, on, &p);
        *fact = (Fact){.value = found && p.known ? working_value(c, w, f, p.value) : VALUE_UNKNOWN,
                       .since = found ? p.since : DATE_MIN,
                       .until = found ? p.until : DATE_MAX};
        return true;
    }
    if (!store_periods(c->store, f, r->key, a, &periods, &n, error))
        return false;
    *fact = (Fact){.value = VALUE_UNKNOWN, .since = DATE_MIN, .until = DATE_MAX};
    for (size_t i = 0; i < n; i++)
        if (holds_on(periods[i].since, periods[i].until, on))
            *fact = periods[i];
    return true;
}

static bool in_list(const Entity *e, const Field *f)
{
    for (size_t i = 0; i < e->n_list; i++)
        if (e->list[i] == f)
            return true;
    for (size_t i = 0; i < e->n_title; i++)
        if (e->title[i] == f)
            return true;
    return false;
}

static bool fill_computed(Care *c, Working *w, const Field *f, Record *r, int64_t row, Date on,
                          Filling filling, Arena *a, GError **error)
{
    Fact *fact = &r->facts[f->index];
    const Column *col;
    *fact = (Fact){.value = VALUE_UNKNOWN, .since = DATE_MIN, .until = DATE_MAX};
    if (row == ROW_NONE || (filling == FILL_LIST && !in_list(f->entity, f)))
        return true;
    if (filling == FILL_WHOLE)
        return working_computed(c, w, f, (size_t)row, on, &fact->value, error);
    if (!working_column(c, w, f, on, a, &col, error))
        return false;
    if (col != NULL && column_known(col, (size_t)row))
        fact->value = working_value(c, w, f, column_get(col, (size_t)row));
    return true;
}

bool record_fill(Care *c, Working *w, const Entity *e, Record *r, Date on, Filling filling,
                 Arena *a, GError **error)
{
    int64_t row = working_row(w, e, r->key.id);
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        bool fine = true;
        if (f->compute != NULL)
            fine = fill_computed(c, w, f, r, row, on, filling, a, error);
        else if (f->dated)
            fine = fill_dated(c, w, f, r, row, on, a, error);
        if (fine && f->secret)
            fine = fill_secret(c, f, r, filling, a, error);
        if (!fine)
            return false;
    }
    return true;
}

bool record_rows(Care *c, Working *w, const Entity *e, const uint32_t *rows, size_t n, Date on,
                 Filling filling, Arena *a, Record **ret, GError **error)
{
    const Batch *b = working_batch(w, e);
    RecordKey *keys = arena_many(a, RecordKey, n + 1);
    Record **found = arena_many(a, Record *, n + 1);
    Record *list = arena_many(a, Record, n + 1);
    for (size_t i = 0; i < n; i++)
        keys[i] = (RecordKey){b->counties != NULL ? b->counties[rows[i]] : 0, b->ids[rows[i]]};
    if (n > 0 && !store_records(c->store, e, keys, n, a, found, error))
        return fail_while(error, "reading a page of \"%.*s\"", STR_ARG(e->name));
    for (size_t i = 0; i < n; i++) {
        if (!record_fill(c, w, e, found[i], on, filling, a, error))
            return false;
        list[i] = *found[i];
    }
    *ret = list;
    return true;
}

/* ---- one record */

bool record_get(Care *c, const Session *s, const Entity *e, RecordKey key, Date on, Arena *a,
                Record **ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    Record *r;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, key, error) ||
        !store_record(c->store, e, key, a, &r, error))
        return false;
    if (r->ended)
        return fail(error, FAIL_ABSENT, "this %.*s was taken off the books", STR_ARG(e->name));
    if (!access_note(c, s, e, r->key, "look", error) ||
        !record_fill(c, w, e, r, on != 0 ? on : care_today(c), FILL_WHOLE, a, error))
        return false;
    consent_mask(c, w, s, e, r);
    *ret = r;
    return true;
}

static bool title_part(Care *c, Working *w, const Session *s, const Field *f, Value v,
                       unsigned depth, Arena *a, Str *ret, GError **error)
{
    RecordKey to = {0, v.num};
    if (f->type.kind == KIND_REF && v.known && depth < TITLE_DEPTH &&
        scope_allows(c, w, s, f->type.to, to, NULL))
        return title_of(c, w, s, f->type.to, to, depth + 1, a, ret, error);
    *ret = value_text(c, f, v, false, a);
    return true;
}

bool title_of(Care *c, Working *w, const Session *s, const Entity *e, RecordKey key, unsigned depth,
              Arena *a, Str *ret, GError **error)
{
    Record *r;
    char id[ID_TEXT];
    g_autoptr(GString) text = g_string_new(NULL);
    if (!store_record(c->store, e, key, a, &r, error))
        return false;
    for (size_t i = 0; i < e->n_title; i++) {
        const Field *f = e->title[i];
        Str part = STR("");
        if (f->secret)
            continue;
        if (f->compute == NULL &&
            !title_part(c, w, s, f, r->facts[f->index].value, depth, a, &part, error))
            return false;
        if (text->len > 0 && part.len > 0)
            g_string_append(text, " · ");
        g_string_append_len(text, part.at, (gssize)part.len);
    }
    if (text->len == 0)
        g_string_append(text, id_format(r->key.id, id));
    *ret = arena_str(a, (Str){text->str, text->len});
    return true;
}

/* A record outside the scope has no name here, only its number: what refers to it may be seen, the
 * person behind it may not. */
bool title_seen(Care *c, Working *w, const Session *s, const Entity *e, RecordKey key, Arena *a,
                Str *ret, GError **error)
{
    g_autoptr(GError) why = NULL;
    char id[ID_TEXT];
    if (scope_allows(c, w, s, e, key, &why))
        return title_of(c, w, s, e, key, 0, a, ret, error);
    if (!g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *ret = arena_str(a, str_of(id_format(key.id, id)));
    return true;
}

bool record_allowed(Care *c, const Session *s, const Entity *e, RecordKey key, GError **error)
{
    g_autoptr(Working) w = NULL;
    return working_get(c, &w, error) && scope_allows(c, w, s, e, key, error);
}

bool record_title(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a, Str *ret,
                  GError **error)
{
    g_autoptr(Working) w = NULL;
    return working_get(c, &w, error) && title_seen(c, w, s, e, key, a, ret, error);
}

bool record_periods(Care *c, const Session *s, const Field *f, RecordKey key, Arena *a, Fact **ret,
                    size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    Str sealed, plain;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, f->entity, key, error) ||
        !store_periods(c->store, f, key, a, ret, ret_n, error))
        return false;
    if (!consent_whole(c, w, s, f->entity)) {
        *ret_n = 0;
        return true;
    }
    if (!f->secret || *ret_n == 0)
        return true;
    /* Of a secret the present value can be masked; earlier ones are said to have been, no more. */
    for (size_t i = 0; i + 1 < *ret_n; i++)
        (*ret)[i].value.text = STR("******");
    if (!store_sealed(c->store, f, key, a, &sealed, error))
        return false;
    if (sealed.len > 0) {
        if (!keys_unseal(c->keys, f, key.id, sealed, a, &plain, error))
            return false;
        (*ret)[*ret_n - 1].value.text = secret_masked(f, plain, a);
    }
    return true;
}

/* ---- children */

typedef struct Child {
    int64_t day, id;
    uint32_t row;
} Child;

static int newest_first(gconstpointer a, gconstpointer b)
{
    const Child *x = a, *y = b;
    if (x->day != y->day)
        return x->day > y->day ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

static const Column *day_column(const Entity *e, const Batch *b)
{
    const Field *f = e->event_day != NULL ? e->event_day : e->begin;
    return f != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
}

static void collect_children(Care *c, Working *w, const Session *s, const Field *by, int64_t parent,
                             GArray *to)
{
    const Entity *e = by->entity;
    const Batch *b = working_batch(w, e);
    const Column *ref = b != NULL && by->index < b->n_columns ? b->columns[by->index] : NULL;
    for (size_t i = 0; ref != NULL && i < b->rows; i++) {
        if (!column_known(ref, i) || column_get(ref, i) != parent ||
            !scope_row(c, w, s, e, i, care_today(c)))
            continue;
        const Column *day = day_column(e, b);
        Child child = {INT64_MIN, b->ids[i], (uint32_t)i};
        if (day != NULL && column_known(day, i))
            child.day = column_get(day, i);
        g_array_append_val(to, child);
    }
    g_array_sort(to, newest_first);
}

bool record_children(Care *c, const Session *s, const Entity *child, const Field *by,
                     RecordKey parent, size_t most, Arena *a, ListResult *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Child));
    *ret = (ListResult){0};
    if (by->entity != child || by->type.kind != KIND_REF)
        return fail(error, FAIL_USAGE, "\"%.*s\" is no reference of \"%.*s\"", STR_ARG(by->name),
                    STR_ARG(child->name));
    Scope scope;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, by->type.to, parent, error) ||
        !scope_of(s, child, MAY_PERSON_READ, &scope, error))
        return false;
    collect_children(c, w, s, by, working_row(w, by->type.to, parent.id), found);
    ret->total = ret->all = found->len;
    ret->n = MIN((size_t)found->len, MIN(most, LIMIT_PAGE_ROWS));
    uint32_t *rows = arena_many(a, uint32_t, ret->n + 1);
    for (size_t i = 0; i < ret->n; i++)
        rows[i] = g_array_index(found, Child, i).row;
    return record_rows(c, w, child, rows, ret->n, care_today(c), FILL_LIST, a, &ret->rows, error);
}
