/* write.c — applies one change: checks it, changes the record, keeps its history, journals it.
 * Runs inside a write transaction (writing.c); a failure leaves it to the caller to roll back.
 * Not here: rights and rules (care/), grouping (queue.c).  Read first: change_apply(). */
#include "store/erase.h"
#include "store/issue_inside.h"
#include "store/ledger_inside.h"
#include "store/writing.h"

static const uint8_t no_request[16];

bool failure_ends_all(const GError *error)
{
    return error == NULL || error->domain != FAIL_DOMAIN || error->code == FAIL_SYSTEM ||
           error->code == FAIL_BUSY;
}

/* ---- references -------------------------------------------------------------------------- */

static LinkSeen *link_seat(Writing *w, const Entity *to, int64_t id)
{
    uint64_t h = ((uint64_t)id ^ to->number) * UINT64_C(0x9e3779b97f4a7c15);

    return &w->seen[h >> 52 & (LINKS_SEEN - 1)];
}

/* Whether a live record stands in that county. */
static bool link_is_in(Writing *w, const Entity *to, int32_t county, int64_t id, bool *ret_is,
                       GError **error)
{
    Statement *st = NULL;
    int64_t state = -1;

    if (!conn_statement(w->conn, w->s->plan->tables[to->number].state, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, id);
    if (!conn_number(w->conn, st, -1, &state, error))
        return false;
    *ret_is = state == STATE_LIVE;
    return true;
}

/* Looks in the record's own county first, then in all others. */
bool link_find(Writing *w, const Entity *to, int32_t own, int64_t id, int32_t *ret, GError **error)
{
    bool there = false;
    int32_t county = own;

    if (!link_is_in(w, to, own, id, &there, error))
        return false;
    for (guint i = 0; !there && i < w->heads->len; i++) {
        county = g_array_index(w->heads, Head, i).county;
        if (!link_is_in(w, to, county, id, &there, error))
            return false;
    }
    for (guint i = 0; !there && i < w->counties->len; i++) {
        county = g_array_index(w->counties, int32_t, i);
        if (!link_is_in(w, to, county, id, &there, error))
            return false;
    }
    *ret = there ? county : 0;
    return true;
}

static bool link_resolve(Writing *w, const FieldPlan *f, int32_t own, Cell *c, GError **error)
{
    const Entity *to = f->field->type.to;
    LinkSeen *seat = link_seat(w, to, c->num);

    if (seat->to == to && seat->id == c->num) {
        c->county = seat->county;
        return true;
    }
    if (!link_find(w, to, own, c->num, &c->county, error))
        return false;
    if (c->county == 0)
        return fail(error, FAIL_INPUT, "field \"%.*s\" refers to no living %.*s",
                    STR_ARG(f->field->name), STR_ARG(to->name));
    *seat = (LinkSeen){to, c->num, c->county};
    return true;
}

/* ---- one value --------------------------------------------------------------------------- */

static bool value_bad(const FieldPlan *f, const char *why, GError **error)
{
    return fail(error, FAIL_INPUT, "field \"%.*s\" of %.*s: %s", STR_ARG(f->field->name),
                STR_ARG(f->field->entity->name), why);
}

static bool text_check(Writing *w, const FieldPlan *f, Str text, GError **error)
{
    size_t bad = 0;
    char code[64];

    if (!str_utf8_valid(text, &bad))
        return value_bad(f, "the text is not valid UTF-8", error);
    if (f->field->type.kind != KIND_REGION || w->s->regions == NULL)
        return true;
    if (text.len >= sizeof code)
        return value_bad(f, "there is no such region", error);
    memcpy(code, text.at, text.len);
    code[text.len] = '\0';
    if (!g_hash_table_contains(w->s->regions, code))
        return value_bad(f, "there is no such region", error);
    return true;
}

static bool number_check(const FieldPlan *f, int64_t n, GError **error)
{
    const Type *t = &f->field->type;

    if (t->kind == KIND_ENUM && t->of != NULL && (n < 0 || (size_t)n >= t->of->n_codes))
        return value_bad(f, "there is no such code", error);
    if (t->kind == KIND_SET && t->of != NULL && t->of->n_codes < 64 &&
        ((uint64_t)n >> t->of->n_codes) != 0)
        return value_bad(f, "there is no such code in the set", error);
    if (t->kind == KIND_DATE && (n < DATE_MIN || n > DATE_MAX))
        return value_bad(f, "there is no such day", error);
    if (t->kind == KIND_BOOL && n != 0 && n != 1)
        return value_bad(f, "neither yes nor no", error);
    return true;
}

static bool cell_make(Writing *w, const FieldPlan *f, const FieldChange *fc, int32_t county,
                      Cell *ret, GError **error)
{
    Kind k = f->field->type.kind;

    *ret = (Cell){0};
    if (!fc->value.known)
        return true;
    if (f->secret) {
        if (fc->sealed.len == 0)
            return value_bad(f, "a secret must come sealed", error);
        *ret = (Cell){.type = CELL_BYTES, .text = fc->sealed};
        return true;
    }
    if (kind_is_text(k) || k == KIND_REGION) {
        if (!text_check(w, f, fc->value.text, error))
            return false;
    } else if (!number_check(f, fc->value.num, error)) {
        return false;
    }
    *ret = cell_of_value(f, fc->value);
    return !f->link || link_resolve(w, f, county, ret, error);
}

static bool blind_apply(Writing *w, Row *r, const FieldPlan *f, Slot *s, const FieldChange *fc,
                        GError **error)
{
    if (s->has_blind && !identity_drop(w, r, f, s, error))
        return false;
    s->has_blind = fc->value.known && fc->has_blind;
    if (!s->has_blind)
        return true;
    memcpy(s->blind, fc->has_next ? fc->next : fc->blind, sizeof s->blind);
    return identity_elsewhere(w, r, f, fc, error) && identity_meanwhile(w, r, f, fc, error) &&
           identity_take(w, r, f, fc, error);
}

/* ---- one field --------------------------------------------------------------------------- */

/* A new or ended record is marked as a whole.  What is not dated holds on all days. */
static bool field_mark(Writing *w, const Change *c, const Row *r, const FieldPlan *f,
                       const BodyField *b, GError **error)
{
    Month from = month_of(f->dated ? b->since : DATE_MIN);

    if (c->kind == CHANGE_CREATE || (!f->dated && cell_equal(b->before, b->after)))
        return true;
    return stale_mark(w, r, f->number, from, error);
}

static bool dated_apply(Writing *w, const Change *c, Row *r, const FieldPlan *f, Slot *s,
                        BodyField *b, GError **error)
{
    const Date least = DATE_MIN, most = DATE_MAX;

    if (b->since < least || b->until > most || b->since >= b->until)
        return value_bad(f, "the period has no days", error);
    if (c->kind == CHANGE_CREATE && s->n_pieces == 0 && s->value.type == CELL_NONE) {
        s->value = b->after;
        s->since = b->since;
        s->until = b->until;
        s->known = r->seq;
        return true;
    }
    slot_open(s, w->arena);
    s->touched = true;
    b->before = slot_on(s, b->since);
    /* Semantics 12: a value holds until the next one; a correction replaces what it names. */
    if (c->kind != CHANGE_CORRECT && c->kind != CHANGE_REVIVE && b->until == DATE_MAX)
        b->until = slot_next(s, b->since);
    slot_hold(s, w->arena, b->since, b->until, b->after, r->seq);
    return true;
}

static bool field_apply(Writing *w, const Change *c, Row *r, const FieldChange *fc, GError **error)
{
    const FieldPlan *f = fc->field->entity == c->entity ? plan_field(w->s->plan, fc->field) : NULL;
    BodyField b = {.since = DATE_MIN, .until = DATE_MAX};

    if (f == NULL)
        return fail(error, FAIL_INPUT, "\"%.*s\" is not a field of %.*s that can be written",
                    STR_ARG(fc->field->name), STR_ARG(c->entity->name));
    Slot *s = &r->slots[f - r->plan->fields];

    if (!cell_make(w, f, fc, r->key.county, &b.after, error))
        return false;
    b.number = f->number;
    if (f->dated) {
        b.dated = true;
        b.since = fc->since;
        b.until = fc->until;
        if (!dated_apply(w, c, r, f, s, &b, error))
            return false;
    } else if (!cell_equal(s->value, b.after)) {
        b.before = s->value;
        if (c->kind != CHANGE_CREATE)
            row_supersede(r, w->arena, r->seq);
        s->value = b.after;
    } else {
        b.before = s->value;
    }
    if ((f->blinded && !blind_apply(w, r, f, s, fc, error)) ||
        (f->tail && !tail_add(w, r, f, fc, error)))
        return false;
    b.has_blind = f->blinded && s->has_blind;
    if (b.has_blind)
        memcpy(b.blind, s->blind, sizeof b.blind);
    body_field(&w->body, &b);
    return field_mark(w, c, r, f, &b, error);
}

static bool fields_apply(Writing *w, const Change *c, Row *r, GError **error)
{
    body_begin(&w->body, c->kind, c->reason, c->n_fields);
    for (size_t i = 0; i < c->n_fields; i++) {
        if (!field_apply(w, c, r, &c->fields[i], error))
            return false;
    }
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        if (r->slots[i].touched)
            slot_settle(&r->slots[i], w->arena, r->seq);
    }
    return true;
}

/* ---- records ----------------------------------------------------------------------------- */

bool append_record(Writing *w, const Change *c, const Row *r, Head *h, GError **error)
{
    Entry e = {.actor = c->actor, .via = c->via, .kind = str_of(change_word(c->kind))};

    e.entity = r->plan->number;
    e.id = r->key.id;
    e.has_row = true;
    row_digest(r, &w->scratch, w->hash, e.row);
    w->record_seq = h->seq + 1;
    return writing_append(w, h, &e, error);
}

static bool record_create(Writing *w, const Change *c, Row *r, Head *h, GError **error)
{
    row_clear(r);
    r->key = (RecordKey){h->county, c->key.id};
    r->seq = r->known = h->seq + 1;
    if (c->key.id <= 0)
        return fail(error, FAIL_INPUT, "a new %.*s needs an id", STR_ARG(c->entity->name));
    if (r->plan->has_gram && w->defer_grams && !grams_put_off(w, h, error))
        return false;
    if (!fields_apply(w, c, r, error))
        return false;
    if (!row_insert(w->conn, r, error) || !append_record(w, c, r, h, error) ||
        !stale_mark(w, r, 0, month_of(DATE_MIN), error))
        return false;
    return !r->plan->has_gram || w->defer_grams || grams_change(w, r, NULL, error);
}

static Cell *values_of(Writing *w, const Row *r)
{
    Cell *cells = arena_many(w->arena, Cell, r->plan->n_fields + 1);

    for (size_t i = 0; i < r->plan->n_fields; i++)
        cells[i] = r->slots[i].value;
    return cells;
}

static bool record_find(Writing *w, const Change *c, Row *r, GError **error)
{
    const RecordKey key = {change_county(w, c), c->key.id};
    bool found = false;

    if (!row_ahead_load(w, r, key, &found, error))
        return false;
    if (!found)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(c->entity->name));
    if (c->expected >= 0 && c->expected != r->seq)
        return fail(error, FAIL_CONFLICT, "this %.*s was changed by somebody else meanwhile",
                    STR_ARG(c->entity->name));
    if (c->kind == CHANGE_REVIVE)
        return r->state != STATE_LIVE ||
               fail(error, FAIL_CONFLICT, "this %.*s is on the books", STR_ARG(c->entity->name));
    if (r->state == STATE_LIVE)
        return true;
    return fail(error, FAIL_CONFLICT,
                r->state == STATE_LEFT ? "this %.*s went on in another county"
                                       : "this %.*s was taken off the books",
                STR_ARG(c->entity->name));
}

static bool record_change(Writing *w, const Change *c, Row *r, Head *h, GError **error)
{
    if (!record_find(w, c, r, error))
        return false;
    Cell *before = values_of(w, r);

    r->seq = h->seq + 1;
    if (!fields_apply(w, c, r, error))
        return false;
    return row_update(w->conn, r, error) && append_record(w, c, r, h, error) &&
           grams_change(w, r, before, error);
}

static bool record_end(Writing *w, const Change *c, Row *r, Head *h, GError **error)
{
    if (!record_find(w, c, r, error))
        return false;
    memset(w->seen, 0, sizeof w->seen); /* it is no longer something to refer to */
    r->seq = h->seq + 1;
    row_supersede(r, w->arena, r->seq);
    r->state = c->kind == CHANGE_LEAVE ? STATE_LEFT : STATE_ENDED;
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        if (r->slots[i].has_blind && !identity_drop(w, r, &r->plan->fields[i], &r->slots[i], error))
            return false;
        r->slots[i].has_blind = false;
    }
    body_begin(&w->body, c->kind, c->reason, 0);
    return row_update(w->conn, r, error) && append_record(w, c, r, h, error) &&
           stale_mark(w, r, 0, month_of(DATE_MIN), error) && grams_remove(w, r, error);
}

/* As it was when it went; what its secrets are known by comes with the change. */
static bool record_revive(Writing *w, const Change *c, Row *r, Head *h, GError **error)
{
    if (!record_find(w, c, r, error))
        return false;
    memset(w->seen, 0, sizeof w->seen);
    /* No version for the time between: as known then there was no such record. */
    r->seq = r->known = h->seq + 1;
    r->state = STATE_LIVE;
    return fields_apply(w, c, r, error) && row_update(w->conn, r, error) &&
           append_record(w, c, r, h, error) && stale_mark(w, r, 0, month_of(DATE_MIN), error) &&
           grams_change(w, r, NULL, error);
}

/* ---- accounts and notes ------------------------------------------------------------------ */

bool sign_in_put(Writing *w, const Head *h, const AccountRow *a, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO sign_in(county,id,name,role,region,facility,shown,password,disabled,seq) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) ON CONFLICT(county,id) DO UPDATE SET "
            "name=excluded.name, role=excluded.role, region=excluded.region, "
            "facility=excluded.facility, shown=excluded.shown, password=excluded.password, "
            "disabled=excluded.disabled, seq=excluded.seq");
    const Str texts[] = {a->name, a->role, a->region, a->facility, a->shown, a->password};
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_int(st, 2, a->id);
    for (int i = 0; i < 6; i++)
        bind_str(st, 3 + i, texts[i]);
    bind_int(st, 9, a->disabled);
    bind_int(st, 10, h->seq + 1);
    return conn_done(w->conn, st, error);
}

static bool account_change(Writing *w, const Change *c, Head *h, GError **error)
{
    Entry e = {.actor = c->actor, .via = c->via, .kind = str_of(change_word(c->kind))};

    if (c->account == NULL || c->account->name.len == 0 || c->account->id <= 0)
        return fail(error, FAIL_INPUT, "an account needs an id and a name");
    if (!sign_in_put(w, h, c->account, error))
        return false;
    e.entity = ENTITY_ACCOUNT;
    e.id = c->account->id;
    e.has_row = true;
    account_digest(&w->scratch, w->hash, h->county, h->seq + 1, c->account, e.row);
    body_begin(&w->body, c->kind, c->reason, 0);
    body_account(&w->body, c->account);
    return writing_append(w, h, &e, error);
}

/* Fields of a note are named, without values: what was revealed, not how it reads. */
static bool note_append(Writing *w, const Change *c, Head *h, GError **error)
{
    Entry e = {.actor = c->actor, .via = c->via, .kind = str_of(change_word(c->kind))};
    size_t named = 0;

    for (size_t i = 0; i < c->n_fields; i++)
        named += plan_field(w->s->plan, c->fields[i].field) != NULL;
    body_begin(&w->body, c->kind, c->reason, named);
    for (size_t i = 0; i < c->n_fields; i++) {
        const FieldPlan *f = plan_field(w->s->plan, c->fields[i].field);

        if (f != NULL)
            body_field(&w->body, &(BodyField){.number = f->number});
    }
    if (c->entity != NULL) {
        e.entity = w->s->plan->tables[c->entity->number].number;
        e.id = c->key.id;
    }
    return writing_append(w, h, &e, error);
}

/* ---- request keys ------------------------------------------------------------------------ */

/* Changes of one call may share a key: the first of them decides for all. */
static bool request_find(Writing *w, const Change *c, int32_t county, ChangeAnswer *answer,
                         GError **error)
{
    static const Sql sql = SQL("SELECT seq FROM request WHERE county=?1 AND key=?2");
    Statement *st = NULL;
    int64_t seq = -1;

    if (memcmp(c->request, no_request, sizeof no_request) == 0)
        return true;
    if (memcmp(c->request, w->request.key, sizeof w->request.key) == 0) {
        answer->repeated = w->request.repeated;
        answer->seq = w->request.seq;
        return true;
    }
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_bytes(st, 2, c->request, sizeof c->request);
    if (!conn_number(w->conn, st, -1, &seq, error))
        return false;
    answer->repeated = seq >= 0;
    answer->seq = seq;
    if (answer->repeated) {
        memcpy(w->request.key, c->request, sizeof w->request.key);
        w->request.seq = seq;
        w->request.repeated = true;
    }
    return true;
}

static bool request_keep(Writing *w, const Change *c, int32_t county, int64_t seq, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO request(county,key,seq,answer,at) VALUES(?1,?2,?3,1,?4)");
    Statement *st = NULL;

    if (memcmp(c->request, no_request, sizeof no_request) == 0 ||
        memcmp(c->request, w->request.key, sizeof w->request.key) == 0)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_bytes(st, 2, c->request, sizeof c->request);
    bind_int(st, 3, seq);
    bind_int(st, 4, w->at);
    if (!conn_put(w->conn, st, error))
        return false;
    memcpy(w->request.key, c->request, sizeof w->request.key);
    w->request.seq = seq;
    w->request.repeated = false;
    return true;
}

/* ---- the door ---------------------------------------------------------------------------- */

static bool record_dispatch(Writing *w, const Change *c, Row *r, Head *h, GError **error)
{
    switch (c->kind) {
    case CHANGE_CREATE:
        return record_create(w, c, r, h, error);
    case CHANGE_SET:
    case CHANGE_CORRECT:
        return record_change(w, c, r, h, error);
    case CHANGE_END:
    case CHANGE_LEAVE:
        return record_end(w, c, r, h, error);
    case CHANGE_REVIVE:
        return record_revive(w, c, r, h, error);
    case CHANGE_RESEAL:
        return record_reseal(w, c, r, h, error);
    case CHANGE_ERASE:
        return record_erase(w, c, r, h, error);
    default:
        return fail(error, FAIL_INPUT, "no such kind of change");
    }
}

static bool change_dispatch(Writing *w, const Change *c, Head *h, GError **error)
{
    Row *r = NULL;

    if (c->kind == CHANGE_ACCOUNT)
        return account_change(w, c, h, error);
    if (c->kind == CHANGE_LEDGER)
        return ledger_apply(w, c, h, error);
    if (c->kind == CHANGE_ISSUE)
        return issue_change(w, c, h, error);
    if (c->entity != NULL && (c->entity->number >= w->s->plan->n_tables ||
                              w->s->plan->tables[c->entity->number].entity != c->entity))
        return fail(error, FAIL_INPUT, "the change is about another Model");
    if (c->kind == CHANGE_NOTE)
        return note_append(w, c, h, error);
    if (c->kind == CHANGE_DOCKET)
        return c->docket != NULL ? docket_change(w, c, h, error)
                                 : fail(error, FAIL_INPUT, "nothing to write about a record");
    if (c->entity == NULL)
        return c->kind == CHANGE_ERASE && c->erasure != NULL
                   ? papers_named_erase(w, c, h, error)
                   : fail(error, FAIL_INPUT, "a change needs an entity");
    r = w->rows[c->entity->number];
    row_ahead_take(w, r->plan, (RecordKey){h->county, c->key.id});
    return record_dispatch(w, c, r, h, error) && flows_follow(w, c, r, error);
}
int32_t change_county(const Writing *w, const Change *c)
{
    bool home = c->kind == CHANGE_ACCOUNT || c->key.county == 0;

    if (c->kind == CHANGE_LEDGER)
        return c->ledger != NULL ? c->ledger->county : 0;
    return home ? w->s->facts.home_county : c->key.county;
}

static bool holds_secrets(const Change *c)
{
    bool any = false;

    for (size_t i = 0; i < c->n_fields; i++)
        any = any || c->fields[i].sealed.len > 0;
    return any;
}

static bool change_try(Writing *w, const Change *c, ChangeAnswer *answer, GError **error)
{
    const int32_t county = change_county(w, c);
    Head *h = writing_head(w, county, error);
    int64_t seq = 0;

    *answer = (ChangeAnswer){0};
    if (h == NULL || !(c->kind == CHANGE_LEDGER ? ledger_find(w, c, h, answer, error)
                                                : request_find(w, c, h->county, answer, error)))
        return false;
    if (answer->repeated) {
        answer->done = true;
        return true;
    }
    if (holds_secrets(c) && !writing_keys_match(w, c, error))
        return false;
    if (!change_dispatch(w, c, h, error))
        return false;
    h = writing_head(w, county, error); /* what moved on accounts may have locked another */
    if (h == NULL)
        return false;
    seq = w->record_seq > 0 ? w->record_seq : h->seq;
    if (!request_keep(w, c, county, seq, error) || (!w->blindly && !conn_settle(w->conn, error)))
        return false;
    answer->seq = seq;
    answer->entries = w->entries;
    answer->done = true;
    return true;
}

/* Whether the database refused a row for the sake of this field: it names the index, or the table
 * and its columns. */
static bool refused_for(const Writing *w, const TablePlan *t, const FieldPlan *f)
{
    g_autofree char *columns = g_strdup_printf(" %s.%s", t->table, f->value);

    return f->index_unique &&
           (g_str_equal(w->conn->refused, f->index) || g_str_has_suffix(w->conn->refused, columns));
}

/* PostgreSQL names the key first, and answers nothing more; SQLite names the index first. */
static bool id_is_taken(const Writing *w, const Change *c, const TablePlan *t)
{
    Statement *st = NULL;
    int64_t state = -1;

    if (c->kind != CHANGE_CREATE || !conn_statement(w->conn, t->state, &st, NULL))
        return false;
    bind_int(st, 1, change_county(w, c));
    bind_int(st, 2, c->key.id);
    return conn_number(w->conn, st, -1, &state, NULL) && state >= 0;
}

/* What a unique index or a key refused, in words. */
static bool refused(const Writing *w, const Change *c, GError **error)
{
    bool taken = false;
    const TablePlan *t = NULL;

    if (c->kind == CHANGE_DOCKET)
        return fail(error, FAIL_CONFLICT, "somebody else wrote this at the same moment");
    if (c->kind == CHANGE_ACCOUNT)
        return fail(error, FAIL_CONFLICT, "there is an account of that name already");
    t = &w->s->plan->tables[c->entity->number];
    taken = id_is_taken(w, c, t);
    for (size_t i = 0; i < t->n_fields && !taken; i++) {
        const FieldPlan *f = &t->fields[i];

        if (refused_for(w, t, f))
            return fail(error, FAIL_CONFLICT, "field \"%.*s\": another %.*s of this county has it",
                        STR_ARG(f->field->name), STR_ARG(t->entity->name));
    }
    return fail(error, FAIL_CONFLICT, "there is a %.*s of this id already",
                STR_ARG(t->entity->name));
}

bool change_apply(Writing *w, const Change *c, ChangeAnswer *answer, GError **error)
{
    size_t salts = w->salts_left;
    GError *why = NULL;

    w->conn->refused[0] = '\0';
    w->entries = 0;
    w->record_seq = 0;
    w->refusal = (LedgerRefusal){0};
    if (change_try(w, c, answer, &why))
        return true;
    w->salts_left = salts; /* of an entry that never was */
    if (why->code == FAIL_CONFLICT && w->conn->refused[0] != '\0' &&
        (c->kind == CHANGE_ACCOUNT || c->entity != NULL)) {
        g_error_free(why);
        return refused(w, c, error);
    }
    g_propagate_error(error, why);
    return false;
}
