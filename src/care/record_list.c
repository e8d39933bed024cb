/* record_list.c — finding records: in scope, by filters, words and outcomes, one page of them.
 * In: a ListQuery.  Out: the page's records, and how many there are in all.  A byte per row says
 * what still matches; every condition is one pass over a column.  Read first: record_list(). */
#include "base/limits.h"
#include "care/consent_inside.h"
#include "care/decide.h"
#include "care/record.h"
#include "care/search.h"
#include "care/write.h"

#define SEARCH_MOST 20000 /* records of one name; nobody pages further */
#define PAGE_ROWS   50

typedef struct Search {
    Care *care;
    Working *working;
    const Session *session;
    const ListQuery *query;
    const Batch *batch;
    Date on;
    Arena *arena;
    uint8_t *rows; /* 1: still matches */
} Search;

static uint64_t count_rows(const uint8_t *rows, size_t n)
{
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += rows[i];
    return count;
}

/* ---- filters */

static bool value_on(const Column *c, size_t row, Date on, int64_t *ret)
{
    if (c->since != NULL)
        return column_at(c, row, on, ret);
    *ret = column_get(c, row);
    return column_known(c, row);
}

static bool value_matches(const Search *s, const ListFilter *f, int64_t v)
{
    switch (f->field->type.kind) {
    case KIND_SET:
        return f->number >= 0 && f->number < 64 && ((uint64_t)v >> f->number & 1) != 0;
    case KIND_REGION:
        return v >= 0 && (size_t)v < s->care->regions->n && f->number >= 0 &&
               (size_t)f->number < s->care->regions->n &&
               region_in(s->care->regions, (int32_t)v, (int32_t)f->number);
    default:
        return v == f->number;
    }
}

static bool filter_apply(const Search *s, const ListFilter *asked, GError **error)
{
    ListFilter f = *asked;
    const Column *c;
    int64_t v;
    if (f.field->entity != s->query->entity)
        return fail(error, FAIL_USAGE, "\"%.*s\" is no field of \"%.*s\"", STR_ARG(f.field->name),
                    STR_ARG(s->query->entity->name));
    if (!working_column(s->care, s->working, f.field, s->on, s->arena, &c, error))
        return false;
    if (f.field->type.kind == KIND_REF)
        f.number = working_row(s->working, f.field->type.to, f.number);
    for (size_t i = 0; i < s->batch->rows; i++) {
        if (s->rows[i] == 0)
            continue;
        bool known = c != NULL && value_on(c, i, s->on, &v);
        s->rows[i] = f.unknown ? !known : known && value_matches(s, &f, v);
    }
    return true;
}

static bool region_apply(const Search *s, GError **error)
{
    const int32_t *places;
    const RegionTree *t = s->care->regions;
    const Entity *e = s->query->entity;
    /* The rows behind a rule's figure lie where the rule says. */
    const Expr *by = s->query->rule != NULL && s->query->rule->subject == e
                         ? rule_place(s->query->rule)
                         : e->place;
    if (s->query->region == ROW_NONE || by == NULL)
        return true;
    if (s->query->region < 0 || (size_t)s->query->region >= t->n)
        return fail(error, FAIL_USAGE, "there is no such region");
    if (!working_places_by(s->care, s->working, e, by, s->on, &places, error))
        return false;
    for (size_t i = 0; i < s->batch->rows; i++)
        s->rows[i] =
            s->rows[i] && places[i] != ROW_NONE && region_in(t, places[i], s->query->region);
    return true;
}

static bool outcome_apply(const Search *s, GError **error)
{
    const ListQuery *q = s->query;
    if (q->rule == NULL)
        return true;
    if (q->rule->kind == RULE_BENEFIT && !session_may(s->session, MAY_MONEY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see benefits",
                    s->session->role->word);
    g_autoptr(Decided) d = NULL;
    if (!decided_get(s->care, s->working, q->entity, q->month, &d, error))
        return false;
    size_t k = 0;
    while (k < d->n_rules && d->rules[k] != q->rule)
        k++;
    if (k == d->n_rules)
        return fail(error, FAIL_USAGE, "\"%.*s\" is not about \"%.*s\"", STR_ARG(q->rule->name),
                    STR_ARG(q->entity->name));
    const uint8_t *outcome = d->results->list[k].outcome;
    for (size_t i = 0; i < s->batch->rows; i++)
        s->rows[i] = s->rows[i] && outcome[i] == q->outcome;
    return true;
}

/* ---- words */

static void mark(const Search *s, const Entity *e, int64_t id, uint8_t *hits)
{
    int64_t row = working_row(s->working, e, id);
    if (row != ROW_NONE)
        hits[row] = 1;
}

static bool mark_own(const Search *s, const Entity *e, Str words, uint8_t *hits, GError **error)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    const SearchMeant of = {e, words, s->on, SEARCH_MOST};
    if (!search_meant(s->care, s->working, s->session, &of, s->arena, keys, error))
        return false;
    for (guint i = 0; i < keys->len; i++)
        mark(s, e, g_array_index(keys, RecordKey, i).id, hits);
    return true;
}

/* Records titled by another one (an assessment by its elder) are found by that one's name. */
static bool mark_by_reference(const Search *s, const Field *f, Str words, uint8_t *hits,
                              GError **error)
{
    const Batch *to = working_batch(s->working, f->type.to);
    const Column *c = s->batch->columns[f->index];
    if (to == NULL || c == NULL)
        return true;
    uint8_t *named = arena_alloc(s->arena, to->rows + 1);
    if (!mark_own(s, f->type.to, words, named, error))
        return false;
    uint8_t *seen =
        arena_alloc(s->arena, to->rows + 1); /* who is out of scope is not found by name */
    if (!scope_rows(s->care, s->working, s->session, f->type.to, s->on, seen, error))
        return false;
    for (size_t i = 0; i < s->batch->rows; i++) {
        int64_t row = column_known(c, i) ? column_get(c, i) : ROW_NONE;
        hits[i] |= row >= 0 && (size_t)row < to->rows && named[row] && seen[row];
    }
    return true;
}

static bool words_apply(const Search *s, GError **error)
{
    const Entity *e = s->query->entity;
    Str words = str_trim(s->query->words);
    if (words.len == 0)
        return true;
    if (!str_utf8_valid(words, NULL))
        return fail(error, FAIL_INPUT, "what was searched for is not valid text");
    uint8_t *hits = arena_alloc(s->arena, s->batch->rows + 1);
    if (!mark_own(s, e, words, hits, error))
        return false;
    for (size_t i = 0; i < e->n_title; i++)
        if (e->title[i]->type.kind == KIND_REF && e->title[i]->compute == NULL &&
            !mark_by_reference(s, e->title[i], words, hits, error))
            return false;
    for (size_t i = 0; i < s->batch->rows; i++)
        s->rows[i] &= hits[i];
    return true;
}

/* ---- the page */

static bool page_apply(const Search *s, ListResult *ret, GError **error)
{
    size_t want = s->query->page_rows > 0 ? MIN(s->query->page_rows, LIMIT_PAGE_ROWS) : PAGE_ROWS;
    size_t skip = s->query->page < SIZE_MAX / LIMIT_PAGE_ROWS ? s->query->page * want : SIZE_MAX;
    const uint32_t *order;
    size_t n = 0;
    if (skip >= ret->total)
        return true;
    if (!working_order(s->care, s->working, s->query->entity, &order, error))
        return false;
    uint32_t *rows = arena_many(s->arena, uint32_t, want + 1);
    for (size_t i = 0; i < s->batch->rows && n < want; i++) {
        if (s->rows[order[i]] == 0)
            continue;
        if (skip > 0)
            skip--;
        else
            rows[n++] = order[i];
    }
    ret->n = n;
    if (!record_rows(s->care, s->working, s->query->entity, rows, n, s->on, FILL_LIST, s->arena,
                     &ret->rows, error))
        return false;
    for (size_t i = 0; i < n; i++)
        consent_mask(s->care, s->working, s->session, s->query->entity, &ret->rows[i]);
    return true;
}

/* A byte per row says what matches; `ret` gets the counts. */
static bool search_all(Search *search, ListResult *ret, GError **error)
{
    const ListQuery *q = search->query;
    size_t rows = search->batch != NULL ? search->batch->rows : 0;
    Scope unused;
    search->rows = arena_alloc(search->arena, rows + 1);
    if (!scope_of(search->session, q->entity, MAY_PERSON_READ, &unused, error))
        return false;
    /* By asking for one value after the other she would learn what the consent does not name. */
    if (session_is_kin(search->session) &&
        ((q->region != ROW_NONE && q->region != search->session->region) || q->words.len > 0 ||
         q->rule != NULL))
        return fail(error, FAIL_RIGHT, "the role \"%s\" asks for no values",
                    search->session->role->word);
    for (size_t i = 0; session_is_kin(search->session) && i < q->n_filters; i++)
        if (q->filters[i].field->type.kind != KIND_REF)
            return fail(error, FAIL_RIGHT, "the role \"%s\" asks for no values",
                        search->session->role->word);
    if (!scope_rows(search->care, search->working, search->session, q->entity,
                    care_today(search->care), search->rows, error))
        return false;
    if (rows == 0)
        return true;
    ret->all = count_rows(search->rows, rows);
    if (!region_apply(search, error) || !words_apply(search, error) ||
        !outcome_apply(search, error))
        return false;
    for (size_t i = 0; i < q->n_filters && i < G_N_ELEMENTS(q->filters); i++)
        if (!filter_apply(search, &q->filters[i], error))
            return false;
    ret->total = count_rows(search->rows, rows);
    return true;
}

static Search search_of(Care *c, Working *w, const Session *s, const ListQuery *q, Arena *a)
{
    Date on = q->on != 0 ? q->on : care_today(c);
    return (Search){c, w, s, q, working_batch(w, q->entity), on, a, NULL};
}

bool record_list(Care *c, const Session *s, const ListQuery *q, Arena *a, ListResult *ret,
                 GError **error)
{
    g_autoptr(Working) w = NULL;
    *ret = (ListResult){0};
    if (!working_get(c, &w, error))
        return false;
    Search search = search_of(c, w, s, q, a);
    return search_all(&search, ret, error) && page_apply(&search, ret, error);
}

bool record_matches(Care *c, Working *w, const Session *s, const ListQuery *q, Arena *a,
                    uint32_t **ret_rows, size_t *ret_n, GError **error)
{
    Search search = search_of(c, w, s, q, a);
    ListResult counts = {0};
    const uint32_t *order;
    if (!search_all(&search, &counts, error))
        return false;
    uint32_t *rows = arena_many(a, uint32_t, counts.total + 1);
    size_t n = 0;
    if (counts.total > 0 && !working_order(c, w, q->entity, &order, error))
        return false;
    for (size_t i = 0; counts.total > 0 && i < search.batch->rows; i++)
        if (search.rows[order[i]] != 0)
            rows[n++] = order[i];
    *ret_rows = rows;
    *ret_n = n;
    return true;
}

bool care_counts(Care *c, const Session *s, Arena *a, EntityCount **ret, size_t *ret_n,
                 GError **error)
{
    g_autoptr(Working) w = NULL;
    const Model *m = c->model;
    EntityCount *list = arena_many(a, EntityCount, m->n_entities + 1);
    size_t n = 0;
    if (!working_get(c, &w, error))
        return false;
    for (size_t i = 0; i < m->n_entities; i++) {
        const Batch *b = working_batch(w, m->entities[i]);
        size_t rows = b != NULL ? b->rows : 0;
        Scope scope;
        if (!scope_of(s, m->entities[i], MAY_PERSON_READ, &scope, NULL))
            continue;
        g_autofree uint8_t *seen = g_malloc0(rows + 1);
        if (!scope_rows(c, w, s, m->entities[i], care_today(c), seen, error))
            return false;
        list[n++] = (EntityCount){m->entities[i], count_rows(seen, rows)};
    }
    *ret = list;
    *ret_n = n;
    return true;
}
