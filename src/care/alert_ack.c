/* alert_ack.c — see alert_ack.h.  A docket's body: version, name of the check, last day, reason.
 * Read first: alert_acknowledge(). */
#include "care/alert_ack.h"

#include "base/limits.h"
#include "care/inside.h"
#include "care/region_check.h"
#include "care/write.h"
#include "compile/compile.h"
#include "evaluate/evaluate.h"
#include "store/bytes.h"

/* ---- the row */

static Str body_of(const AlertAck *x, Arena *a)
{
    Bytes b = {0};
    bytes_byte(&b, 1);
    bytes_str(&b, x->check);
    bytes_int(&b, x->until);
    bytes_str(&b, x->reason);
    Str kept = arena_str(a, (Str){(const char *)b.at, b.len});
    bytes_free(&b);
    return kept;
}

static bool ack_of(const Docket *d, AlertAck *ret)
{
    Reader r = reader_of(d->body);
    AlertAck x = {
        .key = d->key, .entity = d->entity, .record = d->subject, .by = d->by, .at = d->at};
    bool known = reader_byte(&r) == 1;
    x.check = reader_str(&r);
    x.until = (Date)reader_int(&r);
    x.reason = reader_str(&r);
    if (!known || r.bad)
        return false;
    *ret = x;
    return true;
}

bool alert_acks(Care *c, Arena *a, AlertAck **ret, size_t *ret_n, GError **error)
{
    Docket *all;
    size_t n;
    if (!store_dockets(c->store, DOCKET_ACK, DOCKET_OPEN, a, &all, &n, error))
        return fail_while(error, "reading who took note of alerts");
    *ret = arena_many(a, AlertAck, n + 1);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        if (ack_of(&all[i], &(*ret)[*ret_n]))
            (*ret_n)++;
    return true;
}

/* ---- whether there is anything to take note of */

static bool fails_today(Care *c, Working *w, const Rule *check, int64_t row, bool *ret,
                        GError **error)
{
    const Output output = {.kind = OUTPUT_RULE, .rule = check};
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    g_autoptr(Program) p = program_new(c->model, check->subject, &output, 1, &options, error);
    g_autoptr(Arena) a = arena_new();
    Trace t;
    if (p == NULL ||
        !evaluate_row_month(p, w->data, 0, (size_t)row, month_of(care_today(c)), a, &t, error))
        return false;
    *ret = t.outcome == TRUTH_NO;
    return true;
}

/* Of a check of regions: the place itself lies in the session's. */
static bool region_of_scope(Care *c, const Session *s, const Rule *check, RecordKey *key,
                            bool *ret_fails, GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(Arena) a = arena_new();
    uint8_t *outcome = arena_many(a, uint8_t, c->regions->n + 1);
    size_t at = 0;
    if (!session_may(s, MAY_PERSON_READ | MAY_PERSON_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" may not do this", s->role->word);
    if (!working_get(c, &w, error))
        return false;
    const RecordKey *keys = region_records(c, w, a);
    while (at < c->regions->n && keys[at].id != key->id)
        at++;
    if (at == c->regions->n || key->id == 0)
        return fail(error, FAIL_ABSENT, "there is no region with this number");
    if (!region_check_seen(c, s, (int32_t)at))
        return fail(error, FAIL_RIGHT, "this region lies outside your region");
    *key = keys[at];
    if (!region_checks(c, w, check, care_today(c), outcome, error))
        return false;
    *ret_fails = outcome[at] == TRUTH_NO;
    return true;
}

static bool of_scope(Care *c, const Session *s, const Rule *check, RecordKey *key, bool *ret_fails,
                     GError **error)
{
    if (check->asked != NULL)
        return region_of_scope(c, s, check, key, ret_fails, error);
    g_autoptr(Working) w = NULL;
    Scope scope;
    const Entity *e = check->subject;
    if (!scope_of(s, e, MAY_PERSON_READ | MAY_PERSON_WRITE, &scope, error) ||
        !working_get(c, &w, error) || !scope_allows(c, w, s, e, *key, error))
        return false;
    const Batch *b = working_batch(w, e);
    int64_t row = working_row(w, e, key->id);
    if (b->counties != NULL)
        key->county = b->counties[row];
    return fails_today(c, w, check, row, ret_fails, error);
}

/* The note there is about it: it gives way to a new one. */
static bool ack_find(Care *c, const Rule *check, RecordKey key, Arena *a, Docket *ret,
                     bool *ret_found, GError **error)
{
    Docket *all;
    size_t n;
    *ret_found = false;
    if (!store_dockets_of(c->store, DOCKET_ACK, check->subject, key.id, a, &all, &n, error))
        return false;
    for (size_t i = 0; i < n && !*ret_found; i++) {
        AlertAck x;
        *ret_found = all[i].subject == key.id && all[i].state == DOCKET_OPEN &&
                     ack_of(&all[i], &x) && str_equal(x.check, check->name);
        *ret = all[i];
    }
    return true;
}

static bool ack_write(Care *c, const Session *s, const Rule *check, RecordKey key,
                      const AlertAck *x, Arena *a, GError **error)
{
    Docket rows[2] = {{.kind = DOCKET_ACK, .entity = check->subject, .subject = key.id}};
    bool was;
    rows[0].key.county = key.county;
    rows[0].by = s->account;
    rows[0].body = body_of(x, a);
    if (!care_new_id(c, &rows[0].key.id, error) ||
        !ack_find(c, check, key, a, &rows[1], &was, error))
        return false;
    rows[1].state = DOCKET_WITHDRAWN;
    rows[1].decided_by = s->account;
    const WriteSet set = {.dockets = rows, .n_dockets = was ? 2 : 1, .reason = x->reason};
    return care_write_set(c, s, &set, error);
}

static bool may_be_noted(Care *c, Date until, Str reason, bool fails, Said *said, GError **error)
{
    Date today = care_today(c);
    if (!fails)
        return say_no(said, error, "这条记录今天没有这项预警", "this check does not fail today");
    if (str_utf8_length(reason) < REASON_LEAST || str_utf8_length(reason) > LIMIT_ACK_REASON)
        return say_no(
            said, error,
            "写明原因，" DIGITS_OF(REASON_LEAST) " 字以上、" DIGITS_OF(LIMIT_ACK_REASON) " 字以内",
            "say why, in " DIGITS_OF(REASON_LEAST) " to " DIGITS_OF(
                LIMIT_ACK_REASON) " characters");
    if (until < today || until > today + (Date)LIMIT_ACK_DAYS)
        return say_no(said, error, "日期从今天起，最长一年",
                      "until a day from today on, a year at most");
    return true;
}

bool alert_acknowledge(Care *c, const Session *s, const Rule *check, RecordKey key, Date until,
                       Str reason, Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const AlertAck x = {.check = check->name, .until = until, .reason = str_trim(reason)};
    bool fails;
    if (check->kind != RULE_CHECK)
        return fail(error, FAIL_INPUT, "\"%.*s\" is no check", STR_ARG(check->name));
    if (!of_scope(c, s, check, &key, &fails, error) ||
        !may_be_noted(c, until, x.reason, fails, said, error))
        return false;
    return ack_write(c, s, check, key, &x, a, error) ||
           fail_while(error, "taking note of an alert");
}
