/* read.c — single records, periods, look-ups, accounts: on a reader, as of its snapshot. */
#include "base/limits.h"
#include "base/sort.h"
#include "store/writing.h"

static Fact fact_of(const FieldPlan *f, const Slot *s, int64_t known, Arena *a)
{
    Cell kept = f->secret ? s->value : cell_keep(a, s->value);
    Fact fact = {value_of_cell(f, kept), DATE_MIN, DATE_MAX, known};

    if (f->dated) {
        fact.since = s->since;
        fact.until = s->until;
        fact.known_at = s->known;
    }
    return fact;
}

static Record *record_of(const Row *r, Arena *a)
{
    const Entity *e = r->plan->entity;
    Record *record = arena_new_of(a, Record);

    record->key = r->key;
    record->seq = r->seq;
    record->ended = r->state != STATE_LIVE;
    record->n_facts = e->n_fields;
    record->facts = arena_many(a, Fact, e->n_fields + 1);
    for (size_t i = 0; i < e->n_fields; i++) {
        int at = r->plan->of_index[i];

        if (at >= 0)
            record->facts[i] = fact_of(&r->plan->fields[at], &r->slots[at], r->known, a);
    }
    return record;
}

/* A key whose county is 0 is looked for in every county. */
bool key_complete(Conn *c, const TablePlan *t, RecordKey *key, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    Statement *st = NULL;
    int64_t state = -1;

    if (key->county != 0)
        return true;
    if (!counties_of(c, counties, error))
        return false;
    for (guint i = 0; i < counties->len; i++) {
        int32_t county = g_array_index(counties, int32_t, i);

        if (!conn_statement(c, t->state, &st, error))
            return false;
        bind_int(st, 1, county);
        bind_int(st, 2, key->id);
        if (!conn_number(c, st, -1, &state, error))
            return false;
        if (state >= 0 && (key->county == 0 || state == STATE_LIVE))
            key->county = county; /* one that left lives in another county */
        if (state == STATE_LIVE)
            return true;
    }
    return true;
}

/* Asked as the `nth` of several. */
static bool record_ask(Conn *c, const TablePlan *t, RecordKey key, size_t nth, Statement **ret,
                       GError **error)
{
    if (!conn_statement_nth(c, t->read, nth, ret, error))
        return false;
    bind_int(*ret, 1, key.county);
    bind_int(*ret, 2, key.id);
    return conn_ask(c, *ret, error);
}

static bool record_take(Conn *c, Row *r, Statement *st, Arena *a, Record **ret, GError **error)
{
    bool row = false;

    if (!conn_step(c, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(r->plan->entity->name));
    row_from(st, r, a);
    statement_reset(st);
    *ret = record_of(r, a);
    return true;
}

static bool record_read(Conn *c, Row *r, RecordKey key, Arena *a, Record **ret, GError **error)
{
    Statement *st = NULL;

    return key_complete(c, r->plan, &key, error) && record_ask(c, r->plan, key, 0, &st, error) &&
           record_take(c, r, st, a, ret, error);
}

/* As many as are asked at once: over a connection they wait once together. */
static bool records_read(Conn *c, Row *r, const RecordKey *keys, size_t n, Arena *a, Record **ret,
                         GError **error)
{
    RecordKey *whole = arena_many(a, RecordKey, n);
    Statement **asked = arena_many(a, Statement *, n);
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++) {
        whole[i] = keys[i];
        ok = key_complete(c, r->plan, &whole[i], error);
    }
    for (size_t i = 0; ok && i < n; i++)
        ok = record_ask(c, r->plan, whole[i], i, &asked[i], error);
    for (size_t i = 0; ok && i < n; i++)
        ok = record_take(c, r, asked[i], a, &ret[i], error);
    return ok;
}

bool store_records(Store *s, const Entity *e, const RecordKey *keys, size_t n, Arena *a,
                   Record **ret, GError **error)
{
    Row *r = row_new(a, &s->plan->tables[e->number]);
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    c->looks_up = true;
    ok = n < 2 || conn_begin(c, error); /* many records: one snapshot */
    for (size_t i = 0, most = conn_asks(c); ok && i < n; i += most)
        ok = records_read(c, r, keys + i, MIN(most, n - i), a, ret + i, error);
    reader_give(s, c);
    return ok;
}

/* ---- many --------------------------------------------------------------------------------- */

typedef struct ManyRead {
    Conn *conn;
    Row *row;
    const RecordKey *keys;
    size_t n;
    Arena *arena;
    SealedRecord *to;
} ManyRead;

static SealedRecord sealed_of(const Row *r, Arena *a)
{
    Str *sealed = arena_many(a, Str, r->plan->entity->n_fields + 1);

    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const FieldPlan *f = &r->plan->fields[i];

        if (f->secret && !f->hidden)
            sealed[f->field->index] = r->slots[i].value.text; /* kept in the arena by row_from() */
    }
    return (SealedRecord){record_of(r, a), sealed};
}

/* Of the keys from `from` on those of its county, as many as one statement asks for; *ret_end is
 * behind the last of them.  The last one fills what is left of the list. */
static bool county_read(ManyRead *m, size_t from, size_t *ret_end, GError **error)
{
    size_t i = from;
    Statement *st = NULL;
    bool ok = conn_statement(m->conn, m->row->plan->read_many, &st, error);

    if (!ok)
        return false;
    bind_int(st, 1, m->keys[from].county);
    for (int k = 0; k < (int)LIMIT_GROUP_CHANGES; k++) {
        bind_int(st, k + 2, m->keys[i].id);
        if (i + 1 < m->n && k + 1 < (int)LIMIT_GROUP_CHANGES &&
            m->keys[i + 1].county == m->keys[from].county)
            i++;
    }
    *ret_end = i + 1;
    while (conn_next(m->conn, st, &ok, error)) {
        row_from(st, m->row, m->arena);
        for (i = from; i < *ret_end; i++) {
            if (m->keys[i].id == m->row->key.id)
                m->to[i] = sealed_of(m->row, m->arena);
        }
    }
    return ok;
}

bool store_sealed_records(Store *s, const Entity *e, const RecordKey *keys, size_t n, Arena *a,
                          SealedRecord *ret, GError **error)
{
    ManyRead m = {.row = row_new(a, &s->plan->tables[e->number]),
                  .keys = keys,
                  .n = n,
                  .arena = a,
                  .to = ret};
    bool ok = n == 0 || reader_take(s, &m.conn, error);

    memset(ret, 0, n * sizeof *ret);
    if (!ok || n == 0)
        return ok;
    ok = conn_begin(m.conn, error);
    for (size_t at = 0; ok && at < n;)
        ok = county_read(&m, at, &at, error);
    reader_give(s, m.conn);
    return ok;
}

/* ---- periods ----------------------------------------------------------------------------- */

static int fact_order(const void *a, const void *b)
{
    const Fact *x = a, *y = b;

    return x->since < y->since ? -1 : x->since > y->since;
}

static bool periods_read(Conn *c, const FieldPlan *f, Row *r, RecordKey key, Arena *a, Fact **ret,
                         size_t *ret_n, GError **error)
{
    size_t at = (size_t)(f - r->plan->fields), n = 0;
    bool found = false;
    Fact *facts = NULL;

    if (!key_complete(c, r->plan, &key, error) || !row_load(c, r, key, a, &found, error))
        return false;
    if (!found)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(r->plan->entity->name));
    slot_open(&r->slots[at], a);
    facts = arena_many(a, Fact, r->slots[at].n_pieces + 1);
    for (size_t i = 0; i < r->slots[at].n_pieces; i++) {
        const Piece *p = &r->slots[at].pieces[i];

        if (p->gone == SEQ_OPEN)
            facts[n++] = (Fact){value_of_cell(f, p->value), p->since, p->until, p->known};
    }
    sort_rows(facts, n, sizeof *facts, fact_order);
    *ret = facts;
    *ret_n = n;
    return true;
}

/* An undated field gives its one value. */
static bool value_as_period(Conn *c, const FieldPlan *f, Row *r, RecordKey key, Arena *a,
                            Fact **ret, size_t *ret_n, GError **error)
{
    Record *record = NULL;

    if (!record_read(c, r, key, a, &record, error))
        return false;
    *ret = &record->facts[f->field->index];
    *ret_n = (*ret)->value.known ? 1 : 0;
    return true;
}

bool store_periods(Store *s, const Field *field, RecordKey key, Arena *a, Fact **ret, size_t *ret_n,
                   GError **error)
{
    const FieldPlan *f = plan_field(s->plan, field);
    Conn *c = NULL;
    bool ok = false;

    *ret = NULL;
    *ret_n = 0;
    if (f == NULL)
        return true; /* a computed field has no history of its own */
    if (!reader_take(s, &c, error))
        return false;
    Row *r = row_new(a, &s->plan->tables[field->entity->number]);

    ok = conn_begin(c, error) && (f->dated ? periods_read(c, f, r, key, a, ret, ret_n, error)
                                           : value_as_period(c, f, r, key, a, ret, ret_n, error));
    reader_give(s, c);
    return ok;
}

/* ---- look-ups ---------------------------------------------------------------------------- */

typedef struct Lookup {
    const FieldPlan *plan;
    const uint8_t *blind; /* under `key`; or */
    int64_t key;
    Str text;
    int64_t field;  /* of identities */
    int32_t county; /* 0: all are asked */
} Lookup;

static bool lookup_in(Conn *c, const Lookup *l, int32_t county, int64_t *ret_id, GError **error)
{
    Statement *st = NULL;

    if (l->blind != NULL)
        return identity_holder(c, county, l->field, l->key, l->blind, ret_id, error);
    if (!conn_statement(c, l->plan->find, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_str(st, 2, l->text);
    return conn_number(c, st, 0, ret_id, error);
}

static bool lookup(Conn *c, const Lookup *l, RecordKey *ret, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    const Field *field = l->plan->field;
    int64_t id = 0;

    if (l->county != 0)
        g_array_append_val(counties, l->county);
    else if (!counties_of(c, counties, error))
        return false;
    for (guint i = 0; i < counties->len; i++) {
        int32_t county = g_array_index(counties, int32_t, i);

        if (!lookup_in(c, l, county, &id, error))
            return false;
        if (id != 0) {
            *ret = (RecordKey){county, id};
            return true;
        }
    }
    return fail(error, FAIL_ABSENT, "no %.*s has this %.*s", STR_ARG(field->entity->name),
                STR_ARG(field->name));
}

static bool find(Store *s, const Lookup *l, RecordKey *ret, GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = conn_begin(c, error) && lookup(c, l, ret, error);
    reader_give(s, c);
    return ok;
}

bool store_find(Store *s, const Field *field, Str text, RecordKey *ret, GError **error)
{
    const FieldPlan *f = plan_field(s->plan, field);

    if (f == NULL || f->index == NULL || !kind_is_text(field->type.kind))
        return fail(error, FAIL_USAGE, "records cannot be found by field \"%.*s\"",
                    STR_ARG(field->name));
    return find(s, &(Lookup){.plan = f, .text = text}, ret, error);
}

bool store_find_blind(Store *s, const Field *field, int32_t county, int64_t key,
                      const uint8_t blind[SM3_SIZE], RecordKey *ret, GError **error)
{
    const FieldPlan *f = plan_field(s->plan, field);

    if (f == NULL || !f->blinded)
        return fail(error, FAIL_USAGE, "field \"%.*s\" has no blind index", STR_ARG(field->name));
    return find(s,
                &(Lookup){.plan = f,
                          .county = county,
                          .blind = blind,
                          .key = key,
                          .field = identity_field(&s->plan->tables[field->entity->number], f)},
                ret, error);
}

bool store_sealed(Store *s, const Field *field, RecordKey key, Arena *a, Str *ret, GError **error)
{
    const FieldPlan *f = plan_field(s->plan, field);
    Record *record = NULL;
    Conn *c = NULL;

    if (f == NULL || !f->secret)
        return fail(error, FAIL_USAGE, "field \"%.*s\" is not secret", STR_ARG(field->name));
    Row *r = row_new(a, &s->plan->tables[field->entity->number]);

    if (!reader_take(s, &c, error))
        return false;
    bool ok = record_read(c, r, key, a, &record, error);

    reader_give(s, c);
    if (ok)
        *ret = r->slots[f - r->plan->fields].value.text; /* kept in the arena by row_from() */
    return ok;
}

uint64_t link_mark(const uint8_t link[SM3_SIZE])
{
    uint64_t mark;

    memcpy(&mark, link, sizeof mark);
    return mark;
}

uint64_t moment_of(const KnownAt *known, size_t n)
{
    uint64_t moment = 0;

    for (size_t i = 0; i < n; i++)
        moment += link_mark(known[i].link);
    return moment;
}

static bool heads_sum(Store *s, Conn *c, int64_t *ret_seq, uint64_t *ret_moment, GError **error)
{
    static const Sql sql = SQL("SELECT seq,schema,program,link FROM head");
    Statement *st = NULL;
    bool ok;

    *ret_seq = 0;
    *ret_moment = 0;
    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        Str link = column_str(st, 3);

        *ret_seq += column_int64(st, 0);
        *ret_moment += link.len == SM3_SIZE ? link_mark((const uint8_t *)link.at) : 0;
        generation_is_ours(s, column_int64(st, 1), column_int64(st, 2));
    }
    return ok;
}

static bool heads_look(Store *s, int64_t *ret_seq, uint64_t *ret_moment, GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = heads_sum(s, c, ret_seq, ret_moment, error);
    reader_give(s, c);
    return ok;
}

bool store_watermark(Store *s, int64_t *ret_seq, GError **error)
{
    uint64_t moment;

    return heads_look(s, ret_seq, &moment, error);
}

bool store_moment(Store *s, uint64_t *ret, GError **error)
{
    int64_t seq;

    return heads_look(s, &seq, ret, error);
}

/* ---- references, now and once ------------------------------------------------------------ */

static void end_add(GArray *to, Cell c)
{
    if (c.type == CELL_NONE)
        return;
    for (guint i = 0; i < to->len; i++) {
        if (g_array_index(to, int64_t, i) == c.num)
            return;
    }
    g_array_append_val(to, c.num);
}

static void ends_of(const Row *r, size_t at, GArray *to)
{
    const Slot *s = &r->slots[at];

    end_add(to, s->value);
    for (size_t i = 0; i < s->n_pieces; i++)
        end_add(to, s->pieces[i].value);
    for (size_t i = 0; i < r->n_was; i++)
        end_add(to, r->was[i].cells[at]);
}

bool store_ever_referred(Store *s, const Field *field, RecordKey key, Arena *a, int64_t **ret,
                         size_t *ret_n, GError **error)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(int64_t));
    const FieldPlan *f = plan_field(s->plan, field);
    Conn *c = NULL;
    bool found = false;

    if (f == NULL || !f->link)
        return fail(error, FAIL_USAGE, "field \"%.*s\" refers to nothing", STR_ARG(field->name));
    Row *r = row_new(a, &s->plan->tables[field->entity->number]);

    if (!reader_take(s, &c, error))
        return false;
    bool ok = row_load(c, r, key, a, &found, error);

    reader_give(s, c);
    if (ok && found)
        ends_of(r, (size_t)(f - r->plan->fields), to);
    *ret = arena_list(a, to, ret_n);
    return ok;
}

/* ---- accounts ---------------------------------------------------------------------------- */

static AccountRow account_from(Statement *st, Arena *a)
{
    AccountRow row = {.id = column_int64(st, 0)};
    Str *texts[] = {&row.name, &row.role, &row.region, &row.facility, &row.shown, &row.password};

    for (int i = 0; i < 6; i++)
        *texts[i] = arena_str(a, column_str(st, 1 + i));
    row.disabled = column_int(st, 7) != 0;
    return row;
}

static bool accounts_read(Conn *c, Arena *a, GArray *rows, GError **error)
{
    static const Sql sql = SQL("SELECT id,name,role,region,facility,shown,password,disabled "
                               "FROM sign_in ORDER BY name");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        AccountRow account = account_from(st, a);

        g_array_append_val(rows, account);
    }
    return ok;
}

bool store_accounts(Store *s, Arena *a, AccountRow **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(AccountRow));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = accounts_read(c, a, rows, error);
    reader_give(s, c);
    if (ok)
        *ret = arena_list(a, rows, ret_n);
    return ok;
}
