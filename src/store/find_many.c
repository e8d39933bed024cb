/* find_many.c — which records have these texts, or these numbers: many looked for at once.
 * As store_find() and store_find_blind() do it one by one.  Read first: store_find_many(). */
#include "store/writing.h"

typedef struct FindMany {
    Conn *conn;
    const FieldPlan *plan;
    const Str *texts;
    size_t n;
    int32_t county;
    RecordKey *found; /* of each text; id 0: not found yet */
} FindMany;

/* The texts from `from` on, at most FIND_MANY: the last one fills what is left of the list. */
static void texts_bind(Statement *st, int at, const Str *texts, size_t from, size_t n)
{
    for (size_t i = 0; i < FIND_MANY; i++)
        bind_str(st, at + (int)i, texts[MIN(from + i, n - 1)]);
}

/* Of the first county that has the text, the lowest number. */
static bool comes_before(RecordKey key, RecordKey found)
{
    return found.id == 0 || (found.county == key.county && key.id < found.id);
}

static bool county_find(FindMany *f, size_t from, GError **error)
{
    size_t end = MIN(f->n, from + FIND_MANY);
    Statement *st = NULL;
    bool ok = conn_statement(f->conn, f->plan->find_many, &st, error);

    if (!ok)
        return false;
    bind_int(st, 1, f->county);
    texts_bind(st, 2, f->texts, from, f->n);
    while (conn_next(f->conn, st, &ok, error)) {
        const RecordKey key = {f->county, column_int64(st, 0)};
        Str text = column_str(st, 1);

        for (size_t i = from; i < end; i++) {
            if (str_equal(f->texts[i], text) && comes_before(key, f->found[i]))
                f->found[i] = key;
        }
    }
    return ok;
}

static bool find_in_all(FindMany *f, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));

    if (!conn_begin(f->conn, error) || !counties_of(f->conn, counties, error))
        return false;
    for (guint i = 0; i < counties->len; i++) {
        f->county = g_array_index(counties, int32_t, i);
        for (size_t from = 0; from < f->n; from += FIND_MANY) {
            if (!county_find(f, from, error))
                return false;
        }
    }
    return true;
}

bool store_find_many(Store *s, const Field *field, const Str *texts, size_t n, RecordKey *ret,
                     GError **error)
{
    FindMany f = {.plan = plan_field(s->plan, field), .texts = texts, .n = n, .found = ret};

    memset(ret, 0, n * sizeof *ret);
    if (f.plan == NULL || f.plan->index == NULL || !kind_is_text(field->type.kind))
        return fail(error, FAIL_USAGE, "records cannot be found by field \"%.*s\"",
                    STR_ARG(field->name));
    if (n == 0)
        return true;
    if (!reader_take(s, &f.conn, error))
        return false;
    bool ok = find_in_all(&f, error);

    reader_give(s, f.conn);
    return ok;
}

/* ---- numbers by their blind index ---------------------------------------------------------- */

static bool blinds_in(Conn *c, Sql sql, const BlindMany *b, size_t from, GError **error)
{
    size_t end = MIN(b->n, from + FIND_MANY);
    Statement *st = NULL;
    bool ok = conn_statement(c, sql, &st, error);

    if (!ok)
        return false;
    bind_int(st, 1, b->county);
    for (size_t i = 0; i < FIND_MANY; i++)
        bind_bytes(st, 2 + (int)i, b->blinds[MIN(from + i, b->n - 1)], SM3_SIZE);
    bind_int(st, FIND_MANY + 2, b->field);
    bind_int(st, FIND_MANY + 3, b->key);
    while (conn_next(c, st, &ok, error)) {
        Str blind = column_str(st, 1);

        for (size_t i = from; i < end && blind.len == SM3_SIZE; i++) {
            if (memcmp(b->blinds[i], blind.at, SM3_SIZE) == 0)
                b->ids[i] = column_int64(st, 0);
        }
    }
    return ok;
}

bool blinds_find(Conn *c, const Plan *p, const BlindMany *b, GError **error)
{
    bool ok = true;

    for (size_t from = 0; ok && from < b->n; from += FIND_MANY)
        ok = blinds_in(c, p->identity_many, b, from, error) &&
             blinds_in(c, p->recent_many, b, from, error);
    return ok;
}

bool store_find_blinds(Store *s, const Field *field, int32_t county, int64_t key,
                       const uint8_t (*blinds)[SM3_SIZE], size_t n, int64_t *ret_ids,
                       GError **error)
{
    const FieldPlan *f = plan_field(s->plan, field);
    BlindMany b = {.county = county, .key = key, .blinds = blinds, .n = n, .ids = ret_ids};
    Conn *c = NULL;

    memset(ret_ids, 0, n * sizeof *ret_ids);
    if (f == NULL || !f->blinded)
        return fail(error, FAIL_USAGE, "field \"%.*s\" has no blind index", STR_ARG(field->name));
    b.field = identity_field(&s->plan->tables[field->entity->number], f);
    if (n == 0)
        return true;
    if (!reader_take(s, &c, error))
        return false;
    /* In one snapshot: they move from the one table to the other. */
    bool ok = conn_begin(c, error) && blinds_find(c, s->plan, &b, error);

    reader_give(s, c);
    return ok;
}
