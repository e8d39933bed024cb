/* search.c — records by what people remember of them, inside one's scope.
 * In: a session, a register, words as typed.  Out: records, filled as lists show them.  Read first:
 * record_search(), search_meant().  The store finds texts and their readings (store/search.c);
 * numbers are matched here, under the keys. */
#include "care/search.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/account.h"
#include "care/consent_inside.h"
#include "care/keyring.h"
#include "care/keys.h"
#include "care/record.h"
#include "care/write.h"

#define TAILS_LOOKED 500 /* people of a county with the same four last digits */

typedef struct Meant {
    Care *care;
    Working *working;
    const Session *session;
    const Entity *entity;
    int32_t *counties; /* of the session's place */
    size_t n_counties; /* 0: all of them */
    Date on;
    size_t most;
    Arena *arena;
    GArray *to;
} Meant;

static void meant_add(const Meant *m, RecordKey key)
{
    if (m->to->len < m->most)
        g_array_append_val(m->to, key);
}

/* ---- which counties */

/* Whoever sees one county need not wait for the others' indexes. */
static void counties_of_session(Meant *m)
{
    const RegionTree *t = m->care->regions;
    const CareInside *in = care_inside(m->care);
    int32_t region = m->session->region;
    m->counties = arena_many(m->arena, int32_t, in->n_counties + 1);
    if (m->session->facility != 0 || region < 0 || (size_t)region >= t->n ||
        region == m->care->place)
        return;
    for (size_t k = 0; k < in->n_counties; k++) {
        bool inside = in->counties[k] == county_of_place(m->care, region);
        for (int32_t i = t->order[region]; !inside && i <= t->last[region]; i++)
            inside = t->county[t->by_order[i]] == in->counties[k];
        if (inside)
            m->counties[m->n_counties++] = in->counties[k];
    }
}

static bool is_seen(const Meant *m, int64_t id, Date day)
{
    int64_t row = working_row(m->working, m->entity, id);
    return row != ROW_NONE &&
           scope_row(m->care, m->working, m->session, m->entity, (size_t)row, day);
}

/* ---- citizen numbers */

/* Looking a person up by number is journalled and limited. */
static bool meant_by_number(const Meant *m, Str number, GError **error)
{
    const Entity *e = m->entity;
    char shown[19];
    RecordKey key;
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->type.kind != KIND_CITIZEN_ID || !f->secret || !f->unique)
            continue;
        Str what = str_of(arena_printf(m->arena, "looked up %.*s by number %s", STR_ARG(e->name),
                                       identifier_mask(number, shown)));
        g_autoptr(GError) why = NULL;
        if (!session_lookup_allowed(m->care, m->session, error) ||
            !care_note(m->care, m->session, NULL, (RecordKey){0}, NULL, what, error))
            return false;
        if (find_secret(m->care, f, number, &key, &why))
            meant_add(m, key);
        else if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return true;
}

/* ---- telephones */

static bool ends_with(const Meant *m, const Field *f, const TailRow *row, Str digits, bool *ret,
                      GError **error)
{
    Str plain;
    char own[32];
    size_t n;
    *ret = false;
    if (row->sealed.len == 0)
        return true;
    if (!keys_unseal(m->care->keys, f, row->key.id, row->sealed, m->arena, &plain, error))
        return false;
    *ret = phone_digits(plain, own, &n) && str_ends((Str){own, n}, digits);
    explicit_bzero(own, sizeof own);
    explicit_bzero((char *)plain.at, plain.len);
    return true;
}

static bool phone_in(const Meant *m, const Field *f, const int32_t *counties, size_t n, Str digits,
                     GError **error)
{
    TailIn *in = arena_many(m->arena, TailIn, n + 1);
    TailRow *rows;
    for (size_t k = 0; k < n; k++) {
        in[k].county = counties[k];
        in[k].tail = keys_tail(m->care->keys, f, counties[k], digits, &in[k].key);
    }
    if (!store_find_tails(m->care->store, f, in, n, TAILS_LOOKED, m->arena, &rows, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool fits;
        /* Who lies outside one's scope, or was taken off the books, is not even opened. */
        if (!is_seen(m, rows[i].key.id, care_today(m->care)))
            continue;
        if (!ends_with(m, f, &rows[i], digits, &fits, error))
            return false;
        if (fits)
            meant_add(m, rows[i].key);
    }
    return true;
}

static bool meant_by_phone(const Meant *m, Str digits, GError **error)
{
    const CareInside *in = care_inside(m->care);
    const int32_t *counties = m->n_counties > 0 ? m->counties : in->counties;
    size_t n = m->n_counties > 0 ? m->n_counties : in->n_counties;
    Str what =
        str_of(arena_printf(m->arena, "looked up %.*s by telephone", STR_ARG(m->entity->name)));
    bool noted = false;
    for (size_t i = 0; i < m->entity->n_fields; i++) {
        const Field *f = m->entity->fields[i];
        if (f->type.kind != KIND_PHONE || !f->secret || !f->found)
            continue;
        if (!noted && (!session_lookup_allowed(m->care, m->session, error) ||
                       !care_note(m->care, m->session, NULL, (RecordKey){0}, NULL, what, error)))
            return false;
        noted = true;
        if (!phone_in(m, f, counties, n, digits, error))
            return false;
    }
    return true;
}

/* ---- texts */

static bool has_text(const Entity *e)
{
    for (size_t i = 0; i < e->n_title; i++)
        if (kind_is_text(e->title[i]->type.kind) && !e->title[i]->secret)
            return true;
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->found && !e->fields[i]->secret)
            return true;
    return false;
}

static bool is_wanted(void *with, int64_t id)
{
    const Meant *m = with;
    return is_seen(m, id, m->on);
}

static bool meant_by_text(Meant *m, Str words, GError **error)
{
    SearchIn in = {.entity = m->entity,
                   .words = words,
                   .most = m->most,
                   .read = true,
                   .counties = m->counties,
                   .n_counties = m->n_counties,
                   .wanted = is_wanted,
                   .with = m};
    RecordKey *keys;
    Scope scope;
    size_t n;
    if (!has_text(m->entity))
        return true;
    /* Whoever sees all of the place need not be asked for each of them. */
    if (scope_of(m->session, m->entity, MAY_PERSON_READ, &scope, NULL) &&
        !session_is_kin(m->session) &&
        (scope.everywhere || (scope.facility == 0 && scope.region == m->care->place)))
        in.wanted = NULL;
    if (!store_search_in(m->care->store, &in, m->arena, &keys, &n, error))
        return fail_while(error, "searching");
    for (size_t i = 0; i < n; i++)
        meant_add(m, keys[i]);
    return true;
}

bool search_meant(Care *c, Working *w, const Session *s, const SearchMeant *of, Arena *a,
                  GArray *to, GError **error)
{
    const Entity *e = of->entity;
    const Str words = of->words;
    Meant m = {.care = c, .working = w, .session = s, .entity = e, .arena = a};
    const Str narrow = str_utf8_narrow(words, arena_many(a, char, words.len + 1));
    RecordKey key = {0};
    char number[19], digits[PHONE_MOST + 1];
    size_t n;
    m.on = of->on;
    m.most = of->most;
    m.to = to;
    counties_of_session(&m);
    if (citizen_id_check(words, number, NULL, NULL) == IDENTIFIER_VALID)
        return meant_by_number(&m, str_of(number), error);
    if (id_parse(narrow, &key.id))
        meant_add(&m, key);
    if (e->key != NULL && !e->key->secret && kind_is_text(e->key->type.kind) &&
        (store_find(c->store, e->key, words, &key, NULL) ||
         (!str_equal(words, narrow) && store_find(c->store, e->key, narrow, &key, NULL))))
        meant_add(&m, key);
    if (phone_read(words, digits, &n) && n >= TAIL_DIGITS &&
        !meant_by_phone(&m, (Str){digits, n}, error))
        return false;
    return meant_by_text(&m, words, error);
}

/* ---- for whoever asks */

static bool has_number(const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->secret && ((f->type.kind == KIND_CITIZEN_ID && f->unique) ||
                          (f->type.kind == KIND_PHONE && f->found)))
            return true;
    }
    return false;
}

/* Whom a record is called by; NULL: that part of its title is its own. */
static const Entity *called_by(const Field *title)
{
    return title->type.kind == KIND_REF && title->compute == NULL ? title->type.to : NULL;
}

bool search_has_number(const Entity *e)
{
    bool has = has_number(e);
    for (size_t i = 0; !has && i < e->n_title; i++)
        has = called_by(e->title[i]) != NULL && has_number(called_by(e->title[i]));
    return has;
}

/* The number of a record, or of whom it is called by. */
static bool is_number_of(Care *c, const Session *s, const Entity *e, Str words)
{
    RecordKey key;
    bool found = record_find(c, s, e, words, &key, NULL);
    for (size_t i = 0; !found && i < e->n_title; i++)
        found = called_by(e->title[i]) != NULL &&
                record_find(c, s, called_by(e->title[i]), words, &key, NULL);
    return found;
}

bool search_is_private(Care *c, const Session *s, const Entity *e, Str words)
{
    return text_holds_citizen_id(words) ||
           (text_may_be_number(words) && search_has_number(e) && !is_number_of(c, s, e, words));
}

bool record_search(Care *c, const Session *s, const Entity *e, Str words, size_t most, Arena *a,
                   ListResult *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    Date today = care_today(c);
    Scope unused;
    *ret = (ListResult){0};
    words = str_trim(words);
    if (!scope_of(s, e, MAY_PERSON_READ, &unused, error) || !working_get(c, &w, error))
        return false;
    if (!str_utf8_valid(words, NULL))
        return fail(error, FAIL_INPUT, "what was searched for is not valid text");
    if (words.len == 0 || working_batch(w, e) == NULL)
        return true;
    const SearchMeant of = {e, words, today, SEARCH_COUNTED};
    if (!search_meant(c, w, s, &of, a, keys, error))
        return false;
    most = MIN(most, LIMIT_PAGE_ROWS);
    uint32_t *rows = arena_many(a, uint32_t, most + 1);
    uint64_t *seen = arena_many(a, uint64_t, working_rows(w, e) / 64 + 1);
    for (guint i = 0; i < keys->len; i++) {
        int64_t row = working_row(w, e, g_array_index(keys, RecordKey, i).id);
        if (row == ROW_NONE || (seen[row / 64] >> row % 64 & 1) != 0 ||
            !scope_row(c, w, s, e, (size_t)row, today))
            continue;
        seen[row / 64] |= UINT64_C(1) << row % 64;
        if (ret->n < most)
            rows[ret->n++] = (uint32_t)row;
        ret->total++;
    }
    if (!record_rows(c, w, e, rows, ret->n, today, FILL_LIST, a, &ret->rows, error))
        return false;
    for (size_t i = 0; i < ret->n; i++)
        consent_mask(c, w, s, e, &ret->rows[i]);
    return true;
}
