/* merge.c — two records become one, and one becomes two again.
 * In: both, a reason.  Out: one transaction: what the one that goes knows and the other does not
 * goes over, who referred to it refers to the other, it is taken off the books; a docket keeps what
 * was done, so that it can be undone.  Facts that both have are not touched: the one that stays is
 * right until a person corrects it.  Read first: record_merge(), undo_facts(). */
#include "base/limits.h"
#include "care/keys.h"
#include "care/pay_inside.h"
#include "care/proposal_inside.h"
#include "care/record.h"
#include "care/same.h"
#include "care/write.h"
#include "store/bytes.h"

#define TRIES     3
#define HOPS_MOST 16 /* merges one after the other */

typedef struct Given { /* a fact that went over */
    const Field *field;
    Date since, until;
} Given;

typedef struct Moved { /* a reference that was turned */
    const Field *field;
    RecordKey key;
    Date since, until;
} Moved;

typedef struct Merging {
    Care *care;
    const Session *session;
    const Entity *entity;
    Arena *arena;
    Record *gone, *stays;
    Str reason;
    GArray *facts;    /* of WriteField: to the one that stays */
    GArray *checked;  /* of WriteField: wait for another person (proposal.h) */
    Docket proposal;  /* under which they wait, or are taken back; kind DOCKET_NONE: none */
    int64_t asked;    /* undoing: the id of the one that was made; 0: none */
    GArray *given;    /* of Given */
    GArray *moved;    /* of Moved */
    GArray *requests; /* of WriteRequest */
    GArray *led;      /* of Docket: undoing: merges that what comes back was turned by */
    MergeReport report;
} Merging;

static void merging_begin(Merging *m)
{
    m->facts = g_array_new(FALSE, FALSE, sizeof(WriteField));
    m->checked = g_array_new(FALSE, FALSE, sizeof(WriteField));
    m->given = g_array_new(FALSE, FALSE, sizeof(Given));
    m->moved = g_array_new(FALSE, FALSE, sizeof(Moved));
    m->requests = g_array_new(FALSE, FALSE, sizeof(WriteRequest));
    m->led = g_array_new(FALSE, FALSE, sizeof(Docket));
}

static void merging_end(Merging *m)
{
    g_array_unref(m->facts);
    g_array_unref(m->checked);
    g_array_unref(m->given);
    g_array_unref(m->moved);
    g_array_unref(m->requests);
    g_array_unref(m->led);
}

static void merging_again(Merging *m)
{
    merging_end(m);
    merging_begin(m);
    m->report = (MergeReport){0};
    m->proposal = (Docket){.kind = DOCKET_NONE};
}

/* ---- who may */

static bool may_merge(const Session *s, const Entity *e, GError **error)
{
    Scope scope;
    return scope_of(s, e, MAY_PERSON_READ | MAY_PERSON_WRITE, &scope, error) &&
           ((e->place != NULL && !entity_is_region(e) && s->facility == 0) ||
            fail(error, FAIL_RIGHT, "records of \"%.*s\" are not merged", STR_ARG(e->name)));
}

static bool in_scope(Merging *m, RecordKey key, Record **ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    return working_get(m->care, &w, error) &&
           scope_allows(m->care, w, m->session, m->entity, key, error) &&
           store_record(m->care->store, m->entity, key, m->arena, ret, error);
}

/* ---- facts that go over */

static bool plain_value(Care *c, const Field *f, RecordKey key, Arena *a, Value *v, GError **error)
{
    Str sealed;
    if (!f->secret || !v->known)
        return true;
    return store_sealed(c->store, f, key, a, &sealed, error) &&
           keys_unseal(c->keys, f, key.id, sealed, a, &v->text, error);
}

static bool give_fact(Merging *m, const Field *f, Value v, Date since, Date until, GError **error)
{
    const Given g = {f, since, until};
    if (!plain_value(m->care, f, m->gone->key, m->arena, &v, error))
        return false;
    const WriteField w = {f, v, since, until};
    if (f->checked) {
        g_array_append_val(m->checked, w);
        return true;
    }
    g_array_append_val(m->facts, w);
    g_array_append_val(m->given, g);
    m->report.filled++;
    return true;
}

/* What of [since, until) no period of the other covers. */
static bool give_gaps(Merging *m, const Field *f, const Fact *of, const Fact *have, size_t n,
                      GError **error)
{
    Date since = of->since;
    for (size_t i = 0; i < n && since < of->until; i++) {
        if (have[i].until <= since || !have[i].value.known)
            continue;
        if (have[i].since >= of->until)
            break;
        if (have[i].since > since && !give_fact(m, f, of->value, since, have[i].since, error))
            return false;
        since = MAX(since, have[i].until);
    }
    return since >= of->until || give_fact(m, f, of->value, since, of->until, error);
}

static bool give_dated(Merging *m, const Field *f, GError **error)
{
    Fact *theirs, *ours;
    size_t n_theirs, n_ours;
    Value begin =
        m->entity->begin != NULL ? m->stays->facts[m->entity->begin->index].value : VALUE_UNKNOWN;
    if (!store_periods(m->care->store, f, m->gone->key, m->arena, &theirs, &n_theirs, error) ||
        !store_periods(m->care->store, f, m->stays->key, m->arena, &ours, &n_ours, error))
        return false;
    for (size_t i = 0; i < n_theirs; i++) {
        Fact fact = theirs[i];
        if (begin.known && fact.since != DATE_MIN)
            fact.since = MAX(fact.since, (Date)begin.num); /* nothing held before she was born */
        if (fact.value.known && fact.since < fact.until &&
            !give_gaps(m, f, &fact, ours, n_ours, error))
            return false;
    }
    return true;
}

static bool give_facts(Merging *m, GError **error)
{
    for (size_t i = 0; i < m->entity->n_fields; i++) {
        const Field *f = m->entity->fields[i];
        const Value *v = &m->gone->facts[i].value;
        if (f->compute != NULL)
            continue;
        if (f->dated ? !give_dated(m, f, error)
                     : v->known && !m->stays->facts[i].value.known &&
                           !give_fact(m, f, *v, DATE_MIN, DATE_MAX, error))
            return false;
    }
    return true;
}

/* What two persons change is asked for, in the transaction that merges: an account that one person
 * alone could not enter does not come by a merge either, and the question is not lost with power.
 */
static bool ask_checked(Merging *m, GError **error)
{
    Docket d;
    bool asked = false;
    m->report.asked = m->checked->len;
    if (m->checked->len == 0)
        return true;
    if (!proposal_docket(m->care, m->session, m->stays, m->entity,
                         (const WriteField *)(const void *)m->checked->data, m->checked->len,
                         m->reason, m->arena, &d, &asked, error))
        return false;
    if (!asked) /* else it was asked for without the merge, and outlives it */
        m->proposal = d;
    return true;
}

/* ---- references that turn */

/* The fields of one record that refer to `from`, turned to `to`. */
static bool turn_field(Merging *m, const Field *f, RecordKey key, int64_t from, int64_t to,
                       GArray *fields, GError **error)
{
    Fact *periods;
    size_t n;
    if (!store_periods(m->care->store, f, key, m->arena, &periods, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const Fact *p = &periods[i];
        if (!p->value.known || p->value.num != from)
            continue;
        const Moved moved = {f, key, f->dated ? p->since : DATE_MIN,
                             f->dated ? p->until : DATE_MAX};
        const WriteField w = {f, VALUE_NUM(to), moved.since, moved.until};
        g_array_append_val(fields, w);
        g_array_append_val(m->moved, moved);
    }
    return true;
}

static bool turn_record(Merging *m, const Field *f, RecordKey key, int64_t from, int64_t to,
                        GError **error)
{
    g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(WriteField));
    Record *r;
    if (!store_record(m->care->store, f->entity, key, m->arena, &r, error))
        return false;
    if (r->ended || (f->entity == m->entity && key.id == from))
        return true;
    if (f->entity == m->entity && key.id == to)
        return say_no(&m->report.said, error, "其中一条档案里引用了另一条，请先更正",
                      "one of them names the other: clear that first");
    if (!turn_field(m, f, key, from, to, fields, error))
        return false;
    if (fields->len == 0)
        return true;
    WriteField *kept = arena_many(m->arena, WriteField, fields->len);
    memcpy(kept, fields->data, fields->len * sizeof *kept);
    const WriteRequest request = {.kind = WRITE_CORRECT,
                                  .entity = f->entity,
                                  .key = r->key,
                                  .expected = -1,
                                  .fields = kept,
                                  .n_fields = fields->len,
                                  .reason = m->reason};
    g_array_append_val(m->requests, request);
    m->report.referred++;
    return true;
}

static bool turn_all(Merging *m, int64_t from, int64_t to, GError **error)
{
    const Model *model = m->care->model;
    for (size_t i = 0; i < model->n_entities; i++)
        for (size_t k = 0; k < model->entities[i]->n_fields; k++) {
            const Field *f = model->entities[i]->fields[k];
            RecordKey *keys;
            size_t n;
            if (f->type.kind != KIND_REF || f->type.to != m->entity || f->compute != NULL)
                continue;
            if (!store_referrers(m->care->store, f, from, m->arena, &keys, &n, error))
                return false;
            for (size_t j = 0; j < n; j++)
                if (!turn_record(m, f, keys[j], from, to, error))
                    return false;
        }
    return true;
}

/* ---- what a docket keeps of it: version, facts, references, what waits for another person */

#define KEPT_PLAIN 1 /* without what waits */
#define KEPT_ASKED 2

static void given_put(Bytes *b, const Field *f, Date since, Date until)
{
    bytes_str(b, field_stored(f));
    bytes_int(b, since);
    bytes_int(b, until);
}

static Given given_take(const Merging *m, Reader *r)
{
    Given g = {.field = entity_field(m->entity, reader_str(r))};
    g.since = (Date)reader_int(r);
    g.until = (Date)reader_int(r);
    return g;
}

static Str kept_bytes(const Merging *m)
{
    Bytes b = {0};
    bool asks = m->proposal.kind != DOCKET_NONE;
    bytes_byte(&b, asks ? KEPT_ASKED : KEPT_PLAIN);
    bytes_uint(&b, m->given->len);
    for (guint i = 0; i < m->given->len; i++) {
        const Given *g = &g_array_index(m->given, Given, i);
        given_put(&b, g->field, g->since, g->until);
    }
    bytes_uint(&b, m->moved->len);
    for (guint i = 0; i < m->moved->len; i++) {
        const Moved *v = &g_array_index(m->moved, Moved, i);
        bytes_str(&b, v->field->entity->name);
        bytes_str(&b, field_stored(v->field));
        bytes_int(&b, v->key.county);
        bytes_int(&b, v->key.id);
        bytes_int(&b, v->since);
        bytes_int(&b, v->until);
    }
    if (asks) {
        bytes_int(&b, m->proposal.key.id);
        bytes_uint(&b, m->checked->len);
        for (guint i = 0; i < m->checked->len; i++) {
            const WriteField *w = &g_array_index(m->checked, WriteField, i);
            given_put(&b, w->field, w->since, w->until);
        }
    }
    Str kept = arena_str(m->arena, (Str){(const char *)b.at, b.len});
    bytes_free(&b);
    return kept;
}

/* What waits, or waited, is kept without its values: to take it back they need not be known. */
static void asked_read(Merging *m, Reader *r)
{
    m->asked = reader_int(r);
    for (uint64_t n = reader_uint(r); n > 0 && !r->bad; n--) {
        const Given g = given_take(m, r);
        const WriteField w = {g.field, VALUE_UNKNOWN, g.since, g.until};
        if (g.field != NULL)
            g_array_append_val(m->checked, w);
    }
}

/* A field that a later Model no longer has is passed over: there is nothing to take back. */
static bool kept_read(Merging *m, Str bytes, GError **error)
{
    Reader r = reader_of(bytes);
    int version = reader_byte(&r);
    bool known = version == KEPT_PLAIN || version == KEPT_ASKED;
    for (uint64_t n = reader_uint(&r); n > 0 && !r.bad; n--) {
        const Given g = given_take(m, &r);
        if (g.field != NULL)
            g_array_append_val(m->given, g);
    }
    for (uint64_t n = reader_uint(&r); n > 0 && !r.bad; n--) {
        const Entity *e = model_entity(m->care->model, reader_str(&r));
        Moved v = {.field = NULL};
        Str name = reader_str(&r);
        v.field = e != NULL ? entity_field(e, name) : NULL;
        v.key.county = (int32_t)reader_int(&r);
        v.key.id = reader_int(&r);
        v.since = (Date)reader_int(&r);
        v.until = (Date)reader_int(&r);
        if (v.field != NULL)
            g_array_append_val(m->moved, v);
    }
    if (version == KEPT_ASKED)
        asked_read(m, &r);
    return (known && !r.bad) || fail(error, FAIL_SYSTEM, "what the merge did is not readable");
}

/* ---- merging */

static bool merge_check(Merging *m, GError **error)
{
    if (m->gone->key.id == m->stays->key.id)
        return say_no(&m->report.said, error, "这是同一条档案", "it is one record already");
    if (m->gone->ended || m->stays->ended)
        return fail(error, FAIL_ABSENT, "one of them is not on the books");
    if (m->gone->key.county != m->stays->key.county)
        return say_no(&m->report.said, error, "两条档案分属两个县区，先办迁移，再合并",
                      "they lie in two counties: move one to the other county first");
    if (pay_doubt_open(m->care, m->entity, m->gone))
        return say_no(&m->report.said, error, "疑点未了结，不能合并掉：请先由两人了结",
                      "a doubt that still holds payments is settled by two, not merged away");
    return true;
}

static Docket merge_docket(const Merging *m, int64_t docket)
{
    return (Docket){.kind = DOCKET_MERGE,
                    .key = {m->gone->key.county, docket},
                    .entity = m->entity,
                    .subject = m->gone->key.id,
                    .other = m->stays->key,
                    .by = m->session->account,
                    .body = kept_bytes(m)};
}

static bool merge_write(Merging *m, int64_t docket, GError **error)
{
    const WriteRequest end = {.kind = WRITE_END,
                              .entity = m->entity,
                              .key = m->gone->key,
                              .expected = m->gone->seq,
                              .reason = m->reason},
                       fill = {.kind = WRITE_CORRECT,
                               .entity = m->entity,
                               .key = m->stays->key,
                               .expected = m->stays->seq,
                               .fields = (const WriteField *)m->facts->data,
                               .n_fields = m->facts->len,
                               .reason = m->reason};
    const Docket d[] = {merge_docket(m, docket), m->proposal};
    g_array_prepend_val(m->requests, fill);
    g_array_prepend_val(m->requests, end); /* its number is free before the other takes it */
    const WriteSet set = {.requests = (const WriteRequest *)m->requests->data,
                          .n_requests = m->requests->len,
                          .dockets = d,
                          .n_dockets = m->proposal.kind != DOCKET_NONE ? 2 : 1,
                          .settles = true,
                          .reason = m->reason};
    return care_write_set(m->care, m->session, &set, error);
}

static bool merge_once(Merging *m, RecordKey gone, RecordKey stays, int64_t docket, GError **error)
{
    return in_scope(m, gone, &m->gone, error) && in_scope(m, stays, &m->stays, error) &&
           merge_check(m, error) && give_facts(m, error) && ask_checked(m, error) &&
           turn_all(m, m->gone->key.id, m->stays->key.id, error) && merge_write(m, docket, error);
}

/* A reference that was written while we looked: turned as well, and kept with the others. */
static bool merge_late(Merging *m, int64_t docket, GError **error)
{
    guint before = m->moved->len;
    g_array_set_size(m->requests, 0);
    if (!turn_all(m, m->gone->key.id, m->stays->key.id, error))
        return false;
    if (m->moved->len == before)
        return true;
    const Docket d = merge_docket(m, docket);
    const WriteSet set = {.requests = (const WriteRequest *)m->requests->data,
                          .n_requests = m->requests->len,
                          .dockets = &d,
                          .n_dockets = 1,
                          .settles = true,
                          .reason = m->reason};
    return care_write_set(m->care, m->session, &set, error);
}

bool record_merge(Care *c, const Session *s, const Entity *e, RecordKey gone, RecordKey stays,
                  Str reason, Arena *a, MergeReport *ret, GError **error)
{
    Merging m = {.care = c, .session = s, .entity = e, .arena = a, .reason = str_trim(reason)};
    int64_t docket;
    if (!may_merge(s, e, error) || !check_reason(reason, error) || !care_new_id(c, &docket, error))
        return false;
    merging_begin(&m);
    bool done = false;
    for (int i = 0; !done && i < TRIES; i++) {
        g_autoptr(GError) why = NULL;
        merging_again(&m);
        done = merge_once(&m, gone, stays, docket, &why);
        if (!done && (i + 1 == TRIES || !g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT))) {
            g_propagate_error(error, g_steal_pointer(&why));
            break;
        }
    }
    done = done && merge_late(&m, docket, error);
    *ret = m.report;
    merging_end(&m);
    return done || fail_while(error, "merging two records");
}

/* ---- undoing */

static bool docket_of(Care *c, const Entity *e, int64_t gone, Arena *a, Docket *ret, GError **error)
{
    Docket *list;
    size_t n;
    if (!store_dockets_of(c->store, DOCKET_MERGE, e, gone, a, &list, &n, error))
        return false;
    for (size_t i = n; i-- > 0;)
        if (list[i].subject == gone && list[i].state == DOCKET_OPEN) {
            *ret = list[i];
            return true;
        }
    return fail(error, FAIL_ABSENT, "this %.*s went into no other", STR_ARG(e->name));
}

static Value value_then(const Fact *periods, size_t n, Date since, Date until)
{
    for (size_t i = 0; i < n; i++)
        if (periods[i].since <= since && until <= periods[i].until)
            return periods[i].value;
    return VALUE_UNKNOWN;
}

/* Whether the one that stays still has what it was given. */
static bool still_given(Merging *m, const Given *g, bool *ret, GError **error)
{
    Fact *theirs, *ours;
    size_t n_theirs, n_ours;
    if (!store_periods(m->care->store, g->field, m->gone->key, m->arena, &theirs, &n_theirs,
                       error) ||
        !store_periods(m->care->store, g->field, m->stays->key, m->arena, &ours, &n_ours, error))
        return false;
    Value x = value_then(theirs, n_theirs, g->since, g->until);
    Value y = value_then(ours, n_ours, g->since, g->until);
    if (!plain_value(m->care, g->field, m->gone->key, m->arena, &x, error) ||
        !plain_value(m->care, g->field, m->stays->key, m->arena, &y, error))
        return false;
    *ret =
        x.known && y.known &&
        (g->field->secret || kind_is_text(g->field->type.kind) || g->field->type.kind == KIND_REGION
             ? str_equal(x.text, y.text)
             : x.num == y.num);
    return true;
}

static bool undo_facts(Merging *m, GError **error)
{
    for (guint i = 0; i < m->given->len; i++) {
        const Given *g = &g_array_index(m->given, Given, i);
        bool still = false;
        if (!still_given(m, g, &still, error))
            return false;
        const WriteField w = {g->field, VALUE_UNKNOWN, g->since, g->until};
        if (still && !g->field->required)
            g_array_append_val(m->facts, w);
        else
            m->report.kept++;
        m->report.filled += still;
    }
    return true;
}

/* Approved already: what still stands of it is asked back, of two persons as it came.  A merge
 * undone by one person changes no account. */
static bool ask_back(Merging *m, GError **error)
{
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(WriteField));
    bool asked = false;
    for (guint i = 0; i < m->checked->len; i++) {
        const WriteField *w = &g_array_index(m->checked, WriteField, i);
        const Given g = {w->field, w->since, w->until};
        bool still = false;
        if (!still_given(m, &g, &still, error))
            return false;
        if (still && !w->field->required)
            g_array_append_vals(back, w, 1);
        else
            m->report.kept++;
    }
    m->report.asked = back->len;
    if (back->len == 0)
        return true;
    if (!proposal_docket(m->care, m->session, m->stays, m->entity,
                         (const WriteField *)(const void *)back->data, back->len, m->reason,
                         m->arena, &m->proposal, &asked, error))
        return false;
    if (asked)
        m->proposal.kind = DOCKET_NONE; /* it waits already */
    return true;
}

/* What waits for another person is taken back with the merge: it is not hers.  If somebody approves
 * it meanwhile, the store refuses to write this. */
static bool undo_asked(Merging *m, const Docket *of, GError **error)
{
    Docket d;
    if (m->asked == 0)
        return true;
    if (!store_docket(m->care->store, (RecordKey){of->key.county, m->asked}, m->arena, &d, error))
        return false;
    if (d.state == DOCKET_DONE)
        return ask_back(m, error);
    if (d.state != DOCKET_OPEN)
        return true;
    d.state = DOCKET_WITHDRAWN;
    d.decided_by = m->session->account;
    m->proposal = d;
    m->report.withdrawn = m->checked->len;
    return true;
}

static bool undo_reference(Merging *m, const Moved *v, GError **error)
{
    g_autoptr(GError) why = NULL;
    Record *r;
    Fact *periods;
    size_t n;
    if (!store_record(m->care->store, v->field->entity, (RecordKey){0, v->key.id}, m->arena, &r,
                      &why)) {
        if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        m->report.kept++;
        return true;
    }
    if (!store_periods(m->care->store, v->field, r->key, m->arena, &periods, &n, error))
        return false;
    Value now = value_then(periods, n, v->since, v->until);
    if (r->ended || !now.known || now.num != m->stays->key.id) {
        m->report.kept++;
        return true;
    }
    WriteField *back = arena_new_of(m->arena, WriteField);
    *back = (WriteField){v->field, VALUE_NUM(m->gone->key.id), v->since, v->until};
    const WriteRequest request = {.kind = WRITE_CORRECT,
                                  .entity = v->field->entity,
                                  .key = r->key,
                                  .expected = -1,
                                  .fields = back,
                                  .n_fields = 1,
                                  .reason = m->reason};
    g_array_append_val(m->requests, request);
    m->report.referred++;
    return true;
}

/* ---- what comes back with it */

/* Its numbers were free while it was gone. */
static bool number_back(Merging *m, const Field *f, GArray *to, GError **error)
{
    Value v = m->gone->facts[f->index].value;
    if (!plain_value(m->care, f, m->gone->key, m->arena, &v, error))
        return false;
    const WriteField w = {f, v, DATE_MIN, DATE_MAX};
    g_array_append_val(to, w);
    return true;
}

/* A merge of the record that it refers to, written again: undone, it gets its reference back. */
static bool led_note(Merging *m, Docket of, const Moved *moved, GError **error)
{
    Merging other = {.care = m->care, .entity = of.entity, .arena = m->arena};
    merging_begin(&other);
    for (guint i = 0; i < m->led->len; i++) /* another of its fields did so already */
        if (g_array_index(m->led, Docket, i).key.id == of.key.id) {
            of = g_array_index(m->led, Docket, i);
            g_array_remove_index(m->led, i);
            break;
        }
    bool done = kept_read(&other, of.body, error);
    if (done) {
        if (other.asked != 0)
            other.proposal = (Docket){.kind = DOCKET_PROPOSAL, .key = {0, other.asked}};
        g_array_append_vals(other.moved, moved, 1);
        of.body = kept_bytes(&other);
        g_array_append_val(m->led, of);
    }
    merging_end(&other);
    return done;
}

/* What it refers to may have gone into another while it was away: it refers to that one now. */
static bool reference_back(Merging *m, const Field *f, GArray *to, GError **error)
{
    Fact *periods;
    size_t n;
    if (!store_periods(m->care->store, f, m->gone->key, m->arena, &periods, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const Moved moved = {f, m->gone->key, f->dated ? periods[i].since : DATE_MIN,
                             f->dated ? periods[i].until : DATE_MAX};
        int64_t at = periods[i].value.known ? periods[i].value.num : 0;
        Docket d;
        for (int hop = 0; at != 0 && hop < HOPS_MOST; hop++) {
            g_autoptr(GError) why = NULL;
            if (!docket_of(m->care, f->type.to, at, m->arena, &d, &why)) {
                if (g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT))
                    break;
                g_propagate_error(error, g_steal_pointer(&why));
                return false;
            }
            if (!led_note(m, d, &moved, error))
                return false;
            at = d.other.id;
        }
        const WriteField w = {f, VALUE_NUM(at), moved.since, moved.until};
        if (at != 0 && at != periods[i].value.num)
            g_array_append_val(to, w);
    }
    return true;
}

static bool comes_back(Merging *m, GArray *to, GError **error)
{
    for (size_t i = 0; i < m->entity->n_fields; i++) {
        const Field *f = m->entity->fields[i];
        bool known = m->gone->facts[i].value.known;
        if (f->compute == NULL && f->type.kind == KIND_REF ? !reference_back(m, f, to, error)
            : f->secret && f->unique && known              ? !number_back(m, f, to, error)
                                                           : false)
            return false;
    }
    return true;
}

static bool undo_write(Merging *m, const Docket *of, const GArray *numbers, GError **error)
{
    const WriteRequest take = {.kind = WRITE_CORRECT,
                               .entity = m->entity,
                               .key = m->stays->key,
                               .expected = m->stays->seq,
                               .fields = (const WriteField *)m->facts->data,
                               .n_fields = m->facts->len,
                               .reason = m->reason},
                       revive = {.kind = WRITE_REVIVE,
                                 .entity = m->entity,
                                 .key = m->gone->key,
                                 .expected = m->gone->seq,
                                 .fields = (const WriteField *)numbers->data,
                                 .n_fields = numbers->len,
                                 .reason = m->reason};
    Docket undone = *of;
    undone.state = DOCKET_WITHDRAWN;
    undone.decided_by = m->session->account;
    g_array_prepend_val(m->led, undone);
    if (m->proposal.kind != DOCKET_NONE)
        g_array_append_val(m->led, m->proposal);
    g_array_prepend_val(m->requests, revive);
    g_array_prepend_val(m->requests, take);
    const WriteSet set = {.requests = (const WriteRequest *)m->requests->data,
                          .n_requests = m->requests->len,
                          .dockets = (const Docket *)m->led->data,
                          .n_dockets = m->led->len,
                          .settles = true,
                          .reason = m->reason};
    return care_write_set(m->care, m->session, &set, error);
}

static bool undo(Merging *m, const Docket *of, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(WriteField));
    const RecordKey gone = {of->key.county, of->subject};
    if (!in_scope(m, (RecordKey){0, of->other.id}, &m->stays, error) ||
        !store_record(m->care->store, m->entity, gone, m->arena, &m->gone, error))
        return false;
    if (m->stays->key.county != gone.county)
        return fail(error, FAIL_CONFLICT, "the merged record has moved to another county since");
    if (!kept_read(m, of->body, error) || !undo_facts(m, error) || !undo_asked(m, of, error) ||
        !comes_back(m, numbers, error))
        return false;
    for (guint i = 0; i < m->moved->len; i++)
        if (!undo_reference(m, &g_array_index(m->moved, Moved, i), error))
            return false;
    return undo_write(m, of, numbers, error);
}

bool record_unmerge(Care *c, const Session *s, const Entity *e, int64_t gone, Str reason, Arena *a,
                    MergeReport *ret, GError **error)
{
    Merging m = {.care = c, .session = s, .entity = e, .arena = a, .reason = str_trim(reason)};
    Docket d;
    if (!may_merge(s, e, error) || !check_reason(reason, error) ||
        !docket_of(c, e, gone, a, &d, error))
        return false;
    merging_begin(&m);
    bool done = undo(&m, &d, error);
    *ret = m.report;
    merging_end(&m);
    return done || fail_while(error, "undoing a merge");
}

/* ---- where a number leads */

bool record_led(Care *c, const Entity *e, int64_t id, RecordKey *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    int64_t at = id;
    for (int hop = 0; hop < HOPS_MOST; hop++) {
        Docket d;
        g_autoptr(GError) why = NULL;
        if (!docket_of(c, e, at, a, &d, &why)) {
            if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
                g_propagate_error(error, g_steal_pointer(&why));
                return false;
            }
            break;
        }
        at = d.other.id;
    }
    if (at == id)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(e->name));
    *ret = (RecordKey){0, at};
    return true;
}
