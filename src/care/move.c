/* move.c — see move.h.
 * Accepting: first A lets the record and what hangs on it go (one transaction, the move is done
 * there), then B takes them in (one transaction, with the arrival).  A crash between leaves an
 * accepted move without arrival: the next start takes it in from what A still holds, which nobody
 * can change any more.  When B cannot take it in, A has it back.
 * Read first: move_decide(), take_in(). */
#include "care/move.h"

#include "base/limits.h"
#include "care/keys.h"
#include "care/record.h"
#include "care/write.h"
#include "compile/compile.h"
#include "store/bytes.h"

#define ROUNDS     3                        /* somebody writes about it meanwhile, and again */
#define PARTS_MOST (LIMIT_IMPORT_CHUNK - 1) /* records that go together, and the docket */

typedef struct Moving {
    Care *care;
    const Session *session;
    Docket docket;
    Str place, reason; /* of who asked */
    Date since;
    Arena *arena;
    GArray *parts; /* of Part: the record first */
} Moving;

typedef struct Part {
    const Entity *entity;
    Record *record;
} Part;

/* ---- the docket's body: version, place, since, reason */

static Str body_of(Str place, Date since, Str reason, Arena *a)
{
    Bytes b = {0};
    bytes_byte(&b, 1);
    bytes_str(&b, place);
    bytes_int(&b, since);
    bytes_str(&b, reason);
    Str kept = arena_str(a, (Str){(const char *)b.at, b.len});
    bytes_free(&b);
    return kept;
}

static bool body_into(Moving *m, GError **error)
{
    Reader r = reader_of(m->docket.body);
    bool known = reader_byte(&r) == 1;
    m->place = reader_str(&r);
    m->since = (Date)reader_int(&r);
    m->reason = reader_str(&r);
    return (known && !r.bad) || fail(error, FAIL_SYSTEM, "what the move says is not readable");
}

/* ---- asking */

/* The field a record's own place stands in; NULL: it lies where another record lies. */
static const Field *place_field(const Entity *e)
{
    return e->place != NULL && e->place->n_path == 1 ? e->place->path[0] : NULL;
}

static bool has_open_move(Care *c, const Entity *e, int64_t id, Arena *a, bool *ret, GError **error)
{
    Docket *list;
    size_t n;
    *ret = false;
    if (!store_dockets_of(c->store, DOCKET_MOVE, e, id, a, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        *ret = *ret || list[i].state == DOCKET_OPEN;
    return true;
}

static bool ask_check(Care *c, const Session *s, const Entity *e, RecordKey *key, Str place,
                      Date since, Arena *a, Said *said, GError **error)
{
    g_autoptr(Working) w = NULL;
    Scope scope;
    Record *r;
    bool open;
    int32_t to = region_row(c->regions, place);
    const Field *f = place_field(e);
    if (!scope_of(s, e, MAY_PERSON_READ | MAY_PERSON_WRITE, &scope, error) ||
        !working_get(c, &w, error) || !scope_allows(c, w, s, e, *key, error) ||
        !store_record(c->store, e, (RecordKey){0, key->id}, a, &r, error))
        return false;
    *key = r->key;
    if (f == NULL || entity_is_region(e))
        return say_no(said, error, "这类档案没有自己的地方，不能单独迁移",
                      "such a record has no place of its own to move from");
    if (to == ROW_NONE)
        return say_no(said, error, "没有这个地方", "there is no such place");
    if (county_of_place(c, to) == key->county)
        return say_no(said, error, "还在本县区内：直接更正所在地即可",
                      "it stays in this county: correct its place, no move is needed");
    if (since <= DATE_MIN || since > care_today(c) ||
        (f->dated && r->facts[f->index].value.known && since <= r->facts[f->index].since))
        return say_no(said, error, "迁出日期应晚于现在这个所在地的起始日，且不晚于今天",
                      "the day must lie after the present place began, and not after today");
    if (!has_open_move(c, e, key->id, a, &open, error))
        return false;
    return !open || say_no(said, error, "已经提交过迁出，等对方接收",
                           "a move was asked for already; the other county has to accept it");
}

bool move_ask(Care *c, const Session *s, const Entity *e, RecordKey key, Str place, Date since,
              Str reason, Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Docket d = {.kind = DOCKET_MOVE, .entity = e, .by = s->account};
    reason = str_trim(reason);
    if (!check_reason(reason, error) || !ask_check(c, s, e, &key, place, since, a, said, error) ||
        !care_new_id(c, &d.key.id, error))
        return false;
    d.key.county = key.county;
    d.subject = key.id;
    d.other.county = county_of_place(c, region_row(c->regions, place));
    d.body = body_of(place, since, reason, a);
    const WriteSet set = {.dockets = &d, .n_dockets = 1, .reason = reason};
    return care_write_set(c, s, &set, error) || fail_while(error, "asking for a move");
}

/* ---- what goes along */

static bool part_add(Moving *m, const Entity *e, RecordKey key, GError **error)
{
    Part p = {.entity = e};
    for (guint i = 0; i < m->parts->len; i++)
        if (g_array_index(m->parts, Part, i).record->key.id == key.id)
            return true;
    if (!store_record(m->care->store, e, key, m->arena, &p.record, error))
        return false;
    if (m->parts->len >= PARTS_MOST)
        return fail(error, FAIL_INPUT, "more than %u records hang on it", PARTS_MOST);
    g_array_append_val(m->parts, p);
    return true;
}

/* Records whose place leads over one of those that go. */
static bool parts_of(Moving *m, guint at, GError **error)
{
    const Part p = g_array_index(m->parts, Part, at);
    const Model *model = m->care->model;
    for (size_t i = 0; i < model->n_entities; i++) {
        const Entity *e = model->entities[i];
        const Field *by = e->place != NULL && e->place->n_path > 1 ? e->place->path[0] : NULL;
        RecordKey *keys;
        size_t n;
        if (by == NULL || by->type.to != p.entity)
            continue;
        if (!store_referrers(m->care->store, by, p.record->key.id, m->arena, &keys, &n, error))
            return false;
        for (size_t k = 0; k < n; k++)
            if (keys[k].county == m->docket.key.county && !part_add(m, e, keys[k], error))
                return false;
    }
    return true;
}

static bool parts_gather(Moving *m, GError **error)
{
    const RecordKey key = {m->docket.key.county, m->docket.subject};
    if (!part_add(m, m->docket.entity, key, error))
        return false;
    for (guint i = 0; i < m->parts->len; i++)
        if (!parts_of(m, i, error))
            return false;
    return true;
}

/* ---- A lets go */

static bool let_go(Moving *m, GError **error)
{
    WriteRequest *r = arena_many(m->arena, WriteRequest, m->parts->len + 1);
    Docket d = m->docket;
    for (guint i = 0; i < m->parts->len; i++) {
        const Part *p = &g_array_index(m->parts, Part, i);
        r[i] = (WriteRequest){.kind = WRITE_LEAVE,
                              .entity = p->entity,
                              .key = p->record->key,
                              .expected = p->record->seq,
                              .reason = m->reason};
    }
    d.state = DOCKET_DONE;
    d.decided_by = m->session->account;
    const WriteSet set = {.requests = r,
                          .n_requests = m->parts->len,
                          .dockets = &d,
                          .n_dockets = 1,
                          .settles = true,
                          .reason = m->reason};
    return care_write_set(m->care, m->session, &set, error);
}

/* ---- B takes in */

static bool field_add(Moving *m, const Part *p, const Field *f, Value v, Date since, Date until,
                      GArray *to, GError **error)
{
    Str sealed;
    if (f->secret &&
        (!store_sealed(m->care->store, f, p->record->key, m->arena, &sealed, error) ||
         !keys_unseal(m->care->keys, f, p->record->key.id, sealed, m->arena, &v.text, error)))
        return false;
    const WriteField w = {f, v, since, until};
    g_array_append_val(to, w);
    return true;
}

/* Every period that holds; of the place of the record itself up to the day, then the new one. */
static bool periods_add(Moving *m, const Part *p, const Field *f, bool back, GArray *to,
                        GError **error)
{
    bool place = p->entity == m->docket.entity && f == place_field(p->entity) &&
                 p->record->key.id == m->docket.subject;
    Fact *facts;
    size_t n;
    const WriteField none = {f, VALUE_UNKNOWN, DATE_MIN, DATE_MAX};
    if (!store_periods(m->care->store, f, p->record->key, m->arena, &facts, &n, error))
        return false;
    if (back)
        g_array_append_val(to, none); /* what was known there before gives way */
    for (size_t i = 0; i < n; i++) {
        Date until = place ? MIN(facts[i].until, m->since) : facts[i].until;
        if (facts[i].value.known && facts[i].since < until &&
            !field_add(m, p, f, facts[i].value, facts[i].since, until, to, error))
            return false;
    }
    return !place || field_add(m, p, f, VALUE_TEXT(m->place), m->since, DATE_MAX, to, error);
}

static bool undated_add(Moving *m, const Part *p, const Field *f, Value v, bool back, GArray *to,
                        GError **error)
{
    const WriteField none = {f, VALUE_UNKNOWN, DATE_MIN, DATE_MAX};
    if (v.known)
        return field_add(m, p, f, v, DATE_MIN, DATE_MAX, to, error);
    if (back)
        g_array_append_val(to, none);
    return true;
}

static bool fields_of(Moving *m, const Part *p, bool back, WriteRequest *r, GError **error)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(WriteField));
    for (size_t i = 0; i < p->entity->n_fields; i++) {
        const Field *f = p->entity->fields[i];
        Value v = p->record->facts[i].value;
        if (f->compute != NULL)
            continue;
        if (!f->dated && f == place_field(p->entity) && p->entity == m->docket.entity &&
            p->record->key.id == m->docket.subject)
            v = VALUE_TEXT(m->place);
        if (f->dated ? !periods_add(m, p, f, back, to, error)
                     : !undated_add(m, p, f, v, back, to, error))
            return false;
    }
    r->fields = arena_list(m->arena, to, NULL);
    r->n_fields = to->len;
    return true;
}

/* A county that had the record once has it again: under the number it kept. */
static bool was_here(Moving *m, const Part *p, int32_t county, bool *ret, GError **error)
{
    g_autoptr(GError) why = NULL;
    Record *old;
    const RecordKey key = {county, p->record->key.id};
    *ret = store_record(m->care->store, p->entity, key, m->arena, &old, &why);
    if (*ret || g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT))
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool take_in(Moving *m, GError **error)
{
    WriteRequest *r = arena_many(m->arena, WriteRequest, m->parts->len + 1);
    Docket d = {.kind = DOCKET_ARRIVAL,
                .state = DOCKET_DONE,
                .entity = m->docket.entity,
                .subject = m->docket.subject,
                .other = m->docket.key,
                .by = m->session->account,
                .body = m->docket.body};
    int32_t county = m->docket.other.county;
    for (guint i = 0; i < m->parts->len; i++) {
        const Part *p = &g_array_index(m->parts, Part, i);
        r[i] = (WriteRequest){.kind = WRITE_CREATE,
                              .entity = p->entity,
                              .key = {county, p->record->key.id},
                              .expected = -1,
                              .reason = m->reason};
        bool back;
        if (!was_here(m, p, county, &back, error) || !fields_of(m, p, back, &r[i], error))
            return false;
        if (back)
            r[i].kind = WRITE_REVIVE;
    }
    if (!care_new_id(m->care, &d.key.id, error))
        return false;
    d.key.county = county;
    const WriteSet set = {.requests = r,
                          .n_requests = m->parts->len,
                          .dockets = &d,
                          .n_dockets = 1,
                          .settles = true,
                          .reason = m->reason};
    return care_write_set(m->care, m->session, &set, error);
}

/* ---- A has it back */

static bool numbers_of(Moving *m, const Part *p, WriteRequest *r, GError **error)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(WriteField));
    for (size_t i = 0; i < p->entity->n_fields; i++) {
        const Field *f = p->entity->fields[i];
        Value v = p->record->facts[i].value;
        if (f->secret && f->unique && v.known &&
            !field_add(m, p, f, v, DATE_MIN, DATE_MAX, to, error))
            return false;
    }
    r->fields = arena_list(m->arena, to, NULL);
    r->n_fields = to->len;
    return true;
}

static bool go_back(Moving *m, GError **error)
{
    WriteRequest *r = arena_many(m->arena, WriteRequest, m->parts->len + 1);
    Docket d = m->docket;
    for (guint i = 0; i < m->parts->len; i++) {
        const Part *p = &g_array_index(m->parts, Part, i);
        r[i] = (WriteRequest){.kind = WRITE_REVIVE,
                              .entity = p->entity,
                              .key = p->record->key,
                              .expected = -1,
                              .reason = m->reason};
        if (!numbers_of(m, p, &r[i], error))
            return false;
    }
    d.state = DOCKET_WITHDRAWN;
    d.decided_by = m->session->account;
    const WriteSet set = {.requests = r,
                          .n_requests = m->parts->len,
                          .dockets = &d,
                          .n_dockets = 1,
                          .settles = true,
                          .reason = m->reason};
    return care_write_set(m->care, m->session, &set, error);
}

/* ---- deciding */

bool (*move_between)(int side);

static bool has_arrived(const Moving *m, bool *ret, GError **error)
{
    Docket *list;
    size_t n;
    *ret = false;
    if (!store_dockets_of(m->care->store, DOCKET_ARRIVAL, m->docket.entity, m->docket.subject,
                          m->arena, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        *ret = *ret || list[i].other.id == m->docket.key.id;
    return true;
}

static bool is_refused(const GError *why)
{
    return g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT) ||
           g_error_matches(why, FAIL_DOMAIN, FAIL_INPUT);
}

/* Another process may do it at the same moment: who opens the database takes a move that is under
 * way for one that a crash left.  Only what B refused goes back; a lost connection may hide that it
 * was done, then the next start finds the arrival.  What neither arrives nor goes back (its number
 * was entered anew meanwhile) stays accepted, and is accepted once more when that is cleared. */
static bool bring_in(Moving *m, GError **error)
{
    g_autoptr(GError) lost = NULL;
    bool arrived = false;
    GError *why = NULL;
    if (take_in(m, &why))
        return true;
    if (has_arrived(m, &arrived, &lost) && arrived) {
        g_error_free(why);
        return true;
    }
    if (lost == NULL && is_refused(why))
        go_back(m, &lost);
    if (lost != NULL)
        g_prefix_error(&why, "%s; ", lost->message);
    g_propagate_error(error, why);
    return fail_while(error, "taking the record in");
}

static bool passed(int side, GError **error)
{
    return move_between == NULL || move_between(side) ||
           fail(error, FAIL_SYSTEM, "stopped between the two sides");
}

/* Whatever was written to it, or about it, since it was gathered goes along as well. */
static bool gathered_let_go(Moving *m, GError **error)
{
    for (int round = 1;; round++) {
        g_autoptr(GError) why = NULL;
        g_array_set_size(m->parts, 0);
        if (parts_gather(m, &why) && passed(0, &why) && let_go(m, &why))
            return true;
        if (round == ROUNDS || !g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
}

static bool accept(Moving *m, GError **error)
{
    return gathered_let_go(m, error) && passed(1, error) && bring_in(m, error);
}

/* All that A let go with it; the record itself first. */
static bool left_gather(Moving *m, GError **error)
{
    LeftRow *left;
    size_t n;
    if (!part_add(m, m->docket.entity, (RecordKey){m->docket.key.county, m->docket.subject},
                  error) ||
        !store_left_with(m->care->store, &m->docket, m->arena, &left, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!part_add(m, left[i].entity, left[i].key, error))
            return false;
    return true;
}

static bool close_docket(Moving *m, DocketState state, Str reason, GError **error)
{
    Docket d = m->docket;
    d.state = state;
    d.decided_by = m->session->account;
    const WriteSet set = {.dockets = &d, .n_dockets = 1, .reason = reason};
    return care_write_set(m->care, m->session, &set, error);
}

/* Who gets it decides, and that is another person than who asked, also where one desk works for
 * both counties (four eyes); who asked may take it back. */
static bool may_decide(Moving *m, MoveVerdict verdict, Said *said, GError **error)
{
    const Session *s = m->session;
    Care *c = m->care;
    Scope scope;
    int32_t to = region_row(c->regions, m->place);
    if (!scope_of(s, m->docket.entity, MAY_PERSON_READ | MAY_PERSON_WRITE, &scope, error))
        return false;
    if (verdict == MOVE_TAKE_BACK) {
        g_autoptr(Working) w = NULL;
        const RecordKey key = {0, m->docket.subject};
        return working_get(c, &w, error) && scope_allows(c, w, s, m->docket.entity, key, error);
    }
    if (to == ROW_NONE)
        return say_no(said, error, "要迁入的地方已不存在", "the place it goes to is no more");
    if (s->facility != 0 || !region_in(c->regions, to, s->region))
        return fail(error, FAIL_RIGHT, "the place it goes to lies outside your region");
    return !str_equal(m->docket.by, s->account) ||
           say_no(said, error, "自己提交的迁移要由另一个人接收；不再需要的可以撤回",
                  "another person has to accept what you asked for; what is no longer wanted can "
                  "be taken back");
}

bool move_decide(Care *c, const Session *s, RecordKey move, MoveVerdict verdict, Str reason,
                 RecordKey *ret, Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Moving m = {.care = c, .session = s, .arena = a};
    reason = str_trim(reason);
    if (!store_docket(c->store, move, a, &m.docket, error) || !body_into(&m, error))
        return false;
    if (m.docket.kind != DOCKET_MOVE)
        return fail(error, FAIL_ABSENT, "there is no such move");
    if (!may_decide(&m, verdict, said, error) || !check_reason(reason, error))
        return false;
    bool arrived = false;
    const bool again = verdict == MOVE_ACCEPT && m.docket.state == DOCKET_DONE;
    if (again && !has_arrived(&m, &arrived, error))
        return false;
    if (m.docket.state != DOCKET_OPEN && (!again || arrived))
        return say_no(said, error, "这件迁移已经办结", "this move was decided already");
    *ret = (RecordKey){m.docket.other.county, m.docket.subject};
    m.reason = reason;
    if (verdict != MOVE_ACCEPT)
        return close_docket(&m, verdict == MOVE_REFUSE ? DOCKET_REFUSED : DOCKET_WITHDRAWN, reason,
                            error);
    m.parts = g_array_new(FALSE, FALSE, sizeof(Part));
    bool done = again ? left_gather(&m, error) && bring_in(&m, error) : accept(&m, error);
    g_array_unref(m.parts);
    return done || fail_while(error, "moving a record");
}

/* ---- after a crash */

static bool finish_one(Care *c, const Session *s, const Docket *move, Arena *a, GError **error)
{
    Moving m = {.care = c, .session = s, .arena = a, .docket = *move};
    g_autoptr(GError) why = NULL;
    if (!body_into(&m, error))
        return false;
    m.parts = g_array_new(FALSE, FALSE, sizeof(Part));
    bool done = left_gather(&m, &why) && bring_in(&m, &why);
    g_array_unref(m.parts);
    /* Work goes on: it went back, or move_list() shows it. */
    if (done || is_refused(why))
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool moves_finish(Care *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const Session *s;
    Docket *list;
    size_t n;
    if (!session_local(c, STR(""), a, &s, error) ||
        !store_moves_unarrived(c->store, a, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!finish_one(c, s, &list[i], a, error))
            return fail_while(error, "finishing a move between counties");
    return true;
}

/* ---- looking */

static bool line_of(Care *c, Working *w, const Session *s, const Docket *d, Arena *a, MoveLine *ret,
                    bool *ret_shown, GError **error)
{
    Moving m = {.care = c, .docket = *d};
    Record *r;
    Scope scope;
    const RecordKey key = {d->key.county, d->subject};
    g_autoptr(GError) refused = NULL;
    *ret_shown = false;
    if (!scope_of(s, d->entity, MAY_PERSON_READ, &scope, NULL))
        return true;
    if (!body_into(&m, error) || !store_record(c->store, d->entity, key, a, &r, error))
        return false;
    *ret = (MoveLine){.key = d->key, .entity = d->entity, .subject = key, .by = d->by};
    ret->reason = m.reason;
    ret->to = region_row(c->regions, m.place);
    ret->since = m.since;
    ret->at = d->at;
    const Field *f = place_field(d->entity);
    ret->from = f != NULL && r->facts[f->index].value.known
                    ? region_row(c->regions, r->facts[f->index].value.text)
                    : ROW_NONE;
    const Field *title = d->entity->n_title > 0 ? d->entity->title[0] : NULL;
    if (title != NULL && !title->secret && title->compute == NULL)
        ret->title = value_text(c, title, r->facts[title->index].value, false, a);
    ret->incoming = s->facility == 0 && ret->to != ROW_NONE &&
                    region_in(c->regions, ret->to, s->region) && !str_equal(d->by, s->account) &&
                    scope_of(s, d->entity, MAY_PERSON_WRITE, &scope, NULL);
    *ret_shown = ret->incoming || scope_allows(c, w, s, d->entity, key, &refused);
    return true;
}

static bool lines_add(Care *c, Working *w, const Session *s, const Docket *list, size_t n, Arena *a,
                      MoveLine *to, size_t *ret_n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        bool shown;
        if (!line_of(c, w, s, &list[i], a, &to[*ret_n], &shown, error))
            return false;
        to[*ret_n].stuck = list[i].state == DOCKET_DONE;
        *ret_n += shown;
    }
    return true;
}

bool move_list(Care *c, const Session *s, Arena *a, MoveLine **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    Docket *open, *stuck;
    size_t n_open, n_stuck;
    *ret_n = 0;
    if (!working_get(c, &w, error) ||
        !store_dockets(c->store, DOCKET_MOVE, DOCKET_OPEN, a, &open, &n_open, error) ||
        !store_moves_unarrived(c->store, a, &stuck, &n_stuck, error))
        return false;
    *ret = arena_many(a, MoveLine, n_open + n_stuck + 1);
    return lines_add(c, w, s, open, n_open, a, *ret, ret_n, error) &&
           lines_add(c, w, s, stuck, n_stuck, a, *ret, ret_n, error);
}

bool moved_from(Care *c, const Entity *e, int64_t id, Arena *a, int32_t **ret, size_t *ret_n,
                GError **error)
{
    Docket *list;
    size_t n;
    *ret_n = 0;
    if (!store_dockets_of(c->store, DOCKET_ARRIVAL, e, id, a, &list, &n, error))
        return false;
    *ret = arena_many(a, int32_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool there = false;
        for (size_t k = 0; k < *ret_n; k++)
            there = there || (*ret)[k] == list[i].other.county;
        if (!there && list[i].subject == id)
            (*ret)[(*ret_n)++] = list[i].other.county;
    }
    return true;
}
