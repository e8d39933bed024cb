/* tail.c — telephones found by their last digits: keyed numbers that say nothing without the key.
 * Many people share their last four digits, so nothing here is unique and a row that has become
 * wrong does no harm: it is looked at with the record.  Read first: tail_add(), store_find_tails().
 */
#include "store/writing.h"

static bool row_add(Writing *w, const Row *r, const FieldPlan *f, int64_t key, int64_t tail,
                    GError **error)
{
    static const Sql sql = SQL("INSERT INTO tail(county,field,key_id,tail,id) "
                               "VALUES(?1,?2,?3,?4,?5) ON CONFLICT DO NOTHING");
    Statement *st = NULL;

    if (tail == 0)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_int(st, 2, identity_field(r->plan, f));
    bind_int(st, 3, key);
    bind_int(st, 4, tail);
    bind_int(st, 5, r->key.id);
    return conn_put(w->conn, st, error);
}

bool tail_put(Writing *w, const Row *r, const FieldPlan *f, int64_t tail, int64_t next,
              GError **error)
{
    return row_add(w, r, f, w->keys.blind, tail, error) &&
           (w->keys.next == 0 || row_add(w, r, f, w->keys.next, next, error));
}

bool tail_add(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc, GError **error)
{
    if (!fc->value.known || fc->tail == 0)
        return true;
    return writing_keys(w, error) && tail_put(w, r, f, fc->tail, fc->next_tail, error);
}

bool tail_next(Writing *w, const Row *r, const FieldPlan *f, int64_t tail, GError **error)
{
    return row_add(w, r, f, w->keys.next, tail, error);
}

bool tails_remove(Writing *w, const Row *r, GError **error)
{
    static const Sql sql = SQL("DELETE FROM tail WHERE county=?1 AND field=?2 AND id=?3");
    Statement *st = NULL;

    for (size_t i = 0; i < r->plan->n_fields; i++) {
        if (!r->plan->fields[i].tail)
            continue;
        if (!conn_statement(w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, r->key.county);
        bind_int(st, 2, identity_field(r->plan, &r->plan->fields[i]));
        bind_int(st, 3, r->key.id);
        if (!conn_done(w->conn, st, error))
            return false;
    }
    return true;
}

/* One question of several: over a connection they wait once together. */
static bool tail_ask(Conn *c, Sql sql, int64_t field, const TailIn *in, size_t most, size_t nth,
                     Statement **ret, GError **error)
{
    if (!conn_statement_nth(c, sql, nth, ret, error))
        return false;
    bind_int(*ret, 1, in->county);
    bind_int(*ret, 2, field);
    bind_int(*ret, 3, in->key);
    bind_int(*ret, 4, in->tail);
    bind_int(*ret, 5, (int64_t)most);
    return conn_ask(c, *ret, error);
}

static bool tails_find(Conn *c, Sql sql, int64_t field, const TailIn *in, size_t n, size_t most,
                       Arena *a, GArray *to, GError **error)
{
    const size_t at_once = conn_asks(c);
    g_autofree Statement **asked = g_new0(Statement *, at_once);
    bool ok = true;

    for (size_t from = 0; ok && from < n; from += at_once) {
        size_t some = MIN(at_once, n - from);

        for (size_t i = 0; ok && i < some; i++)
            ok = tail_ask(c, sql, field, &in[from + i], most, i, &asked[i], error);
        for (size_t i = 0; ok && i < some; i++) {
            while (conn_next(c, asked[i], &ok, error)) {
                TailRow row = {{in[from + i].county, column_int64(asked[i], 0)},
                               arena_str(a, column_str(asked[i], 1))};

                g_array_append_val(to, row);
            }
        }
    }
    return ok;
}

bool store_find_tails(Store *s, const Field *f, const TailIn *in, size_t n, size_t most, Arena *a,
                      TailRow **ret, size_t *ret_n, GError **error)
{
    const FieldPlan *plan = plan_field(s->plan, f);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(TailRow));
    Conn *c = NULL;

    *ret_n = 0;
    if (plan == NULL || !plan->tail)
        return fail(error, FAIL_USAGE, "field \"%.*s\" is not found by last digits",
                    STR_ARG(f->name));
    if (!reader_take(s, &c, error))
        return false;
    bool ok =
        conn_begin(c, error) &&
        tails_find(c, plan->tail_find, identity_field(&s->plan->tables[f->entity->number], plan),
                   in, n, most, a, rows, error);

    reader_give(s, c);
    *ret = arena_list(a, rows, ret_n);
    return ok;
}
