/* proposal.c — see proposal.h.  A docket's body: version, reason, fields by name; secrets sealed
 * for the record they are meant for, codes by their names: a later Model may number them otherwise.
 * Read first: proposal_make(), approve(). */
#include "care/proposal.h"

#include "base/limits.h"
#include "care/consent_inside.h"
#include "care/keys.h"
#include "care/proposal_inside.h"
#include "care/record.h"
#include "store/bytes.h"

/* ---- values as bytes */

static char *codes_text(const Field *f, int64_t n, Arena *a)
{
    const Enum *of = f->type.of;
    GString *s = g_string_new(NULL);
    for (size_t i = 0; i < of->n_codes; i++)
        if (f->type.kind == KIND_ENUM ? of->codes[i].number == n
                                      : ((uint64_t)n >> of->codes[i].number & 1) != 0)
            g_string_append_printf(s, "%s%.*s", s->len > 0 ? "|" : "", STR_ARG(of->codes[i].name));
    char *kept = arena_dup(a, s->str, s->len);
    g_string_free(s, TRUE);
    return kept;
}

static bool codes_read(const Field *f, Str text, int64_t *ret)
{
    *ret = 0;
    if (f->type.kind == KIND_SET && text.len == 0)
        return true;
    while (true) {
        bool last = str_find(text, STR("|")) < 0;
        const Code *c = enum_code(f->type.of, str_cut(&text, '|'));
        if (c == NULL)
            return false;
        if (f->type.kind == KIND_ENUM)
            *ret = c->number;
        else
            *ret |= INT64_C(1) << c->number;
        if (last)
            return true;
    }
}

static bool has_codes(const Field *f)
{
    return f->type.kind == KIND_ENUM || f->type.kind == KIND_SET;
}

static bool value_put(Care *c, const WriteField *w, int64_t id, Arena *a, Bytes *b, GError **error)
{
    Str text = w->value.text;
    if (!w->value.known)
        text = STR("");
    else if (has_codes(w->field))
        text = str_of(codes_text(w->field, w->value.num, a));
    else if (w->field->secret && !keys_seal(c->keys, w->field, id, text, a, &text, error))
        return false;
    bytes_str(b, field_stored(w->field));
    bytes_byte(b, w->value.known);
    bytes_int(b, has_codes(w->field) ? 0 : w->value.num);
    bytes_str(b, text);
    bytes_int(b, w->since);
    bytes_int(b, w->until);
    return true;
}

static bool body_of(Care *c, const WriteField *fields, size_t n, int64_t id, Str reason, Arena *a,
                    Str *ret, GError **error)
{
    Bytes b = {0};
    bytes_byte(&b, 1);
    bytes_str(&b, reason);
    bytes_uint(&b, n);
    bool fine = true;
    for (size_t i = 0; fine && i < n; i++)
        fine = value_put(c, &fields[i], id, a, &b, error);
    *ret = arena_str(a, (Str){(const char *)b.at, b.len});
    bytes_free(&b);
    return fine;
}

typedef struct Asked { /* a body that was read */
    Str reason;
    WriteField *fields;
    size_t n;
} Asked;

static bool value_take(Care *c, const Docket *d, Reader *r, Arena *a, WriteField *to,
                       GError **error)
{
    const Field *f = entity_field(d->entity, reader_str(r));
    *to = (WriteField){.field = f};
    to->value.known = reader_byte(r) != 0;
    to->value.num = reader_int(r);
    to->value.text = reader_str(r);
    to->since = (Date)reader_int(r);
    to->until = (Date)reader_int(r);
    if (r->bad || f == NULL)
        return fail(error, FAIL_CONFLICT,
                    "the documents have changed since: refuse it and enter it again");
    if (!to->value.known)
        return true;
    if (has_codes(f) && !codes_read(f, to->value.text, &to->value.num))
        return fail(error, FAIL_CONFLICT,
                    "a code is no more since the documents changed: refuse it and enter it again");
    return !f->secret ||
           keys_unseal(c->keys, f, d->subject, to->value.text, a, &to->value.text, error);
}

static bool asked_read(Care *c, const Docket *d, Arena *a, Asked *ret, GError **error)
{
    Reader r = reader_of(d->body);
    bool known = reader_byte(&r) == 1;
    ret->reason = reader_str(&r);
    uint64_t n = reader_uint(&r);
    if (!known || r.bad || n > LIMIT_FIELDS)
        return fail(error, FAIL_SYSTEM, "what was asked for is not readable");
    ret->fields = arena_many(a, WriteField, n + 1);
    for (ret->n = 0; ret->n < n; ret->n++)
        if (!value_take(c, d, &r, a, &ret->fields[ret->n], error))
            return false;
    return true;
}

/* ---- making */

static bool same_value(const WriteField *x, const WriteField *y)
{
    if (x->field != y->field || x->value.known != y->value.known || x->since != y->since)
        return false;
    bool text = kind_is_text(x->field->type.kind) || x->field->type.kind == KIND_REGION;
    return !x->value.known ||
           (text ? str_equal(x->value.text, y->value.text) : x->value.num == y->value.num);
}

/* A form sent twice asks once. */
static bool asked_before(Care *c, const Session *s, const Entity *e, int64_t id,
                         const WriteField *fields, size_t n, Arena *a, bool *ret, GError **error)
{
    Docket *list;
    size_t n_list;
    *ret = false;
    if (!store_dockets_of(c->store, DOCKET_PROPOSAL, e, id, a, &list, &n_list, error))
        return false;
    for (size_t i = 0; i < n_list && !*ret; i++) {
        Asked asked;
        if (list[i].state != DOCKET_OPEN || !str_equal(list[i].by, s->account) ||
            !asked_read(c, &list[i], a, &asked, NULL) || asked.n != n)
            continue;
        *ret = true;
        for (size_t k = 0; k < n; k++)
            *ret = *ret && same_value(&asked.fields[k], &fields[k]);
    }
    return true;
}

static bool asked_the_same(const Asked *asked, const WriteField *fields, size_t n)
{
    bool same = asked->n == n;
    for (size_t k = 0; same && k < n; k++) {
        WriteField then = fields[k];
        then.since = asked->fields[k].since;
        same = same_value(&asked->fields[k], &then);
    }
    return same;
}

bool proposal_asked(Care *c, const Entity *e, int64_t id, const WriteField *fields, size_t n,
                    Arena *a, bool *ret, GError **error)
{
    Docket *list;
    size_t n_list;
    *ret = false;
    if (!store_dockets_of(c->store, DOCKET_PROPOSAL, e, id, a, &list, &n_list, error))
        return false;
    for (size_t i = 0; i < n_list && !*ret; i++) {
        Asked asked;
        if ((list[i].state == DOCKET_OPEN || list[i].state == DOCKET_REFUSED) &&
            asked_read(c, &list[i], a, &asked, NULL))
            *ret = asked_the_same(&asked, fields, n);
    }
    return true;
}

bool proposal_docket(Care *c, const Session *s, const Record *before, const Entity *e,
                     const WriteField *fields, size_t n, Str reason, Arena *a, Docket *ret,
                     bool *ret_asked, GError **error)
{
    *ret = (Docket){.kind = DOCKET_PROPOSAL, .entity = e, .by = s->account};
    if (!asked_before(c, s, e, before->key.id, fields, n, a, ret_asked, error))
        return false;
    if (*ret_asked)
        return true;
    ret->key.county = before->key.county;
    ret->subject = before->key.id;
    return body_of(c, fields, n, before->key.id, reason, a, &ret->body, error) &&
           care_new_id(c, &ret->key.id, error);
}

bool proposal_make(Care *c, const Session *s, const Record *before, const Entity *e,
                   const WriteField *fields, size_t n, Str reason, Arena *a, GError **error)
{
    Docket d;
    bool asked = false;
    if (!proposal_docket(c, s, before, e, fields, n, reason, a, &d, &asked, error))
        return false;
    if (asked)
        return true;
    const WriteSet set = {.dockets = &d, .n_dockets = 1, .reason = reason};
    return care_write_set(c, s, &set, error) || fail_while(error, "asking for a second person");
}

/* ---- looking */

static bool field_line(Care *c, const Record *r, const WriteField *w, Arena *a, ProposalField *to,
                       GError **error)
{
    const Field *f = w->field;
    Value now = r->facts[f->index].value, then = w->value;
    Str sealed;
    *to = (ProposalField){.field = f, .since = f->dated ? w->since : DATE_MIN};
    if (f->secret && now.known) {
        if (!store_sealed(c->store, f, r->key, a, &sealed, error) ||
            !keys_unseal(c->keys, f, r->key.id, sealed, a, &now.text, error))
            return false;
        now.text = secret_masked(f, now.text, a);
    }
    if (f->secret && then.known)
        then.text = secret_masked(f, then.text, a);
    to->now_zh = f->secret ? (now.known ? now.text : STR("")) : value_text(c, f, now, false, a);
    to->now_en = f->secret ? to->now_zh : value_text(c, f, now, true, a);
    to->then_zh = f->secret ? (then.known ? then.text : STR("")) : value_text(c, f, then, false, a);
    to->then_en = f->secret ? to->then_zh : value_text(c, f, then, true, a);
    return true;
}

static bool line_of(Care *c, Working *w, const Session *s, const Docket *d, Arena *a,
                    ProposalLine *to, GError **error)
{
    Asked asked;
    Record *r;
    *to = (ProposalLine){.key = d->key,
                         .entity = d->entity,
                         .subject = {d->key.county, d->subject},
                         .by = d->by,
                         .at = d->at,
                         .mine = str_equal(d->by, s->account)};
    if (!title_of(c, w, s, d->entity, to->subject, 0, a, &to->title, error) ||
        !store_record(c->store, d->entity, to->subject, a, &r, error))
        return false;
    g_autoptr(GError) stale = NULL;
    if (!asked_read(c, d, a, &asked, &stale))
        return true; /* it can only be refused */
    to->reason = asked.reason;
    to->fields = arena_many(a, ProposalField, asked.n + 1);
    for (; to->n_fields < asked.n; to->n_fields++)
        if (!field_line(c, r, &asked.fields[to->n_fields], a, &to->fields[to->n_fields], error))
            return false;
    return true;
}

static bool may_look(const Session *s, const Docket *d)
{
    Scope scope;
    return scope_of(s, d->entity, MAY_PERSON_READ, &scope, NULL) &&
           (session_may(s, MAY_APPROVE) || str_equal(d->by, s->account));
}

bool proposal_list(Care *c, const Session *s, Arena *a, ProposalLine **ret, size_t *ret_n,
                   GError **error)
{
    g_autoptr(Working) w = NULL;
    Docket *list;
    size_t n;
    *ret_n = 0;
    if (!working_get(c, &w, error) ||
        !store_dockets(c->store, DOCKET_PROPOSAL, DOCKET_OPEN, a, &list, &n, error))
        return false;
    *ret = arena_many(a, ProposalLine, n + 1);
    for (size_t i = 0; i < n; i++) {
        const RecordKey key = {list[i].key.county, list[i].subject};
        if (!may_look(s, &list[i]) || !scope_allows(c, w, s, list[i].entity, key, NULL))
            continue;
        if (!line_of(c, w, s, &list[i], a, &(*ret)[*ret_n], error))
            return false;
        (*ret_n)++;
    }
    return true;
}

bool proposal_count(Care *c, const Session *s, const Entity *e, RecordKey key, size_t *ret,
                    GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Working) w = NULL;
    Docket *list;
    size_t n;
    *ret = 0;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, key, error))
        return false;
    if (!consent_whole(c, w, s, e)) /* what is said of her file is of her file */
        return true;
    if (!store_dockets_of(c->store, DOCKET_PROPOSAL, e, key.id, a, &list, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        *ret += list[i].state == DOCKET_OPEN;
    return true;
}

/* ---- deciding */

/* The same checks as when it was asked for: much may have happened since. */
static bool checked_again(Care *c, const WriteRequest *r, const Record *before, Arena *a,
                          Said *said, GError **error)
{
    Faults faults = {.arena = a};
    check_values(c, r, before, &faults);
    if (faults.n == 0 &&
        (!check_born_recorded(c, r, before, &faults, error) ||
         !check_references(c, r, &faults, error) || !check_taken(c, r, false, &faults, error)))
        return false;
    if (faults.n == 0)
        return true;
    const FieldFault *f = &faults.list[0];
    return say_no(said, error, "现在的档案不允许这样改了，请驳回后重新录入",
                  arena_printf(a,
                               "the record no longer allows it (%.*s: %.*s): refuse it and "
                               "enter it again",
                               STR_ARG(f->field->name), STR_ARG(f->en)));
}

static bool approve(Care *c, const Session *s, Docket *d, Str reason, Arena *a, Said *said,
                    GError **error)
{
    Asked asked;
    Record *before;
    const RecordKey key = {d->key.county, d->subject};
    if (!asked_read(c, d, a, &asked, error) ||
        !store_record(c->store, d->entity, key, a, &before, error))
        return false;
    const WriteRequest r = {.kind = WRITE_SET,
                            .entity = d->entity,
                            .key = key,
                            .expected = before->seq,
                            .fields = asked.fields,
                            .n_fields = asked.n,
                            .reason = reason};
    if (before->ended)
        return say_no(said, error, "档案已不在册", "the record is no longer on the books");
    if (!checked_again(c, &r, before, a, said, error))
        return false;
    d->state = DOCKET_DONE;
    const WriteSet set = {
        .requests = &r, .n_requests = 1, .dockets = d, .n_dockets = 1, .reason = reason};
    return care_write_set(c, s, &set, error);
}

static bool may_decide(Care *c, const Session *s, const Docket *d, ProposalVerdict verdict,
                       Said *said, GError **error)
{
    g_autoptr(Working) w = NULL;
    bool own = str_equal(d->by, s->account);
    const RecordKey key = {d->key.county, d->subject};
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, d->entity, key, error))
        return false;
    if (verdict == PROPOSAL_TAKE_BACK)
        return own || fail(error, FAIL_RIGHT, "only who asked for it takes it back");
    if (!session_may(s, MAY_APPROVE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not approve changes", s->role->word);
    return !own || say_no(said, error, "自己提交的变更要由另一个人复核",
                          "another person has to look at what you asked for");
}

bool proposal_decide(Care *c, const Session *s, RecordKey proposal, ProposalVerdict verdict,
                     Str reason, Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Docket d;
    reason = str_trim(reason);
    if (!store_docket(c->store, proposal, a, &d, error))
        return false;
    if (d.kind != DOCKET_PROPOSAL)
        return fail(error, FAIL_ABSENT, "there is no such change to approve");
    if (!may_decide(c, s, &d, verdict, said, error) || !check_reason(reason, error))
        return false;
    if (d.state != DOCKET_OPEN)
        return say_no(said, error, "这项变更已经办结", "this change was decided already");
    d.decided_by = s->account;
    if (verdict == PROPOSAL_APPROVE)
        return approve(c, s, &d, reason, a, said, error) || fail_while(error, "approving a change");
    d.state = verdict == PROPOSAL_REFUSE ? DOCKET_REFUSED : DOCKET_WITHDRAWN;
    const WriteSet set = {.dockets = &d, .n_dockets = 1, .reason = reason};
    return care_write_set(c, s, &set, error);
}
