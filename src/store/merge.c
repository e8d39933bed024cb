/* merge.c — what a merge of two records has to know: who refers to one, and which titles are alike.
 * Whole tables are read: merges are rare, and an index on every reference is paid for at each
 * write. */
#include "store/writing.h"

/* ---- who refers to a record -------------------------------------------------------------- */

static void key_add(GArray *to, RecordKey key)
{
    for (guint i = 0; i < to->len; i++) {
        const RecordKey *have = &g_array_index(to, RecordKey, i);

        if (have->id == key.id && have->county == key.county)
            return;
    }
    g_array_append_val(to, key);
}

static bool keys_read(Conn *c, const char *sql, int64_t id, GArray *to, GError **error)
{
    Statement *st = NULL;
    bool row = false, ok = conn_once(c, sql, false, &st, error);

    if (!ok)
        return false;
    bind_int(st, 1, id);
    while ((ok = conn_step(c, st, &row, error)) && row) {
        RecordKey key = {column_int(st, 0), column_int64(st, 1)};

        key_add(to, key);
    }
    statement_free(st);
    return ok;
}

/* Names come from the Plan, which checked them. */
static char *current_sql(const TablePlan *t, const FieldPlan *f, bool live)
{
    GString *s = g_string_new("SELECT county,id FROM ");

    sql_quote(s, t->table);
    g_string_append(s, live ? " WHERE state=0 AND " : " WHERE ");
    sql_quote(s, f->value);
    g_string_append(s, "=?1 ORDER BY county,id");
    return g_string_free(s, FALSE);
}

static char *periods_sql(const TablePlan *t, const FieldPlan *f)
{
    GString *s = g_string_new("SELECT x.county,x.id FROM ");

    sql_quote(s, f->table);
    g_string_append(s, " x JOIN ");
    sql_quote(s, t->table);
    g_string_append_printf(s,
                           " e ON e.county=x.county AND e.id=x.id WHERE e.state=0 AND x.value=?1 "
                           "AND x.gone=%" G_GINT64_FORMAT " ORDER BY x.county,x.id",
                           SEQ_OPEN);
    return g_string_free(s, FALSE);
}

bool store_referrers(Store *s, const Field *by, int64_t to, Arena *a, RecordKey **ret,
                     size_t *ret_n, GError **error)
{
    const FieldPlan *f = plan_field(s->plan, by);
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    Conn *c = NULL;

    if (f == NULL || !f->link)
        return fail(error, FAIL_USAGE, "field \"%.*s\" refers to nothing", STR_ARG(by->name));
    const TablePlan *t = &s->plan->tables[by->entity->number];
    g_autofree char *current = current_sql(t, f, true),
                    *periods = f->dated ? periods_sql(t, f) : NULL;

    if (!reader_take(s, &c, error))
        return false;
    bool ok = keys_read(c, current, to, keys, error) &&
              (periods == NULL || keys_read(c, periods, to, keys, error));

    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, keys, ret_n);
    return true;
}

bool store_hanging(Store *s, const Field *by, int64_t to, Arena *a, RecordKey **ret, size_t *ret_n,
                   GError **error)
{
    const FieldPlan *f = plan_field(s->plan, by);
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    Conn *c = NULL;

    if (f == NULL || !f->link)
        return fail(error, FAIL_USAGE, "field \"%.*s\" refers to nothing", STR_ARG(by->name));
    g_autofree char *sql = current_sql(&s->plan->tables[by->entity->number], f, false);

    if (!reader_take(s, &c, error))
        return false;
    bool ok = keys_read(c, sql, to, keys, error);

    reader_give(s, c);
    if (ok)
        *ret = arena_list(a, keys, ret_n);
    return ok;
}

/* ---- titles ------------------------------------------------------------------------------ */

/* FNV-1a over what is left without blanks, of both widths; 0 stands for no text. */
static uint64_t text_hash(uint64_t h, Str s)
{
    while (s.len > 0) {
        uint32_t p = str_utf8_next(&s);

        if (p <= ' ' || p == 0x3000)
            continue;
        for (int shift = 0; shift < 24; shift += 8)
            h = (h ^ (p >> shift & 0xff)) * UINT64_C(0x100000001b3);
    }
    return h;
}

static char *titles_sql(const TablePlan *t, const FieldPlan *address)
{
    GString *s = g_string_new("SELECT county,id");

    if (address != NULL) {
        g_string_append_c(s, ',');
        sql_quote(s, address->value);
    } else {
        g_string_append(s, ",NULL");
    }
    for (size_t i = 0; i < t->n_fields; i++) {
        if (!t->fields[i].title)
            continue;
        g_string_append_c(s, ',');
        sql_quote(s, t->fields[i].value);
    }
    g_string_append(s, " FROM ");
    sql_quote(s, t->table);
    g_string_append(s, " WHERE state=0 ORDER BY county,id");
    return g_string_free(s, FALSE);
}

static TitleRow title_from(Statement *st)
{
    const uint64_t start = UINT64_C(0xcbf29ce484222325);
    TitleRow r = {.key = {column_int(st, 0), column_int64(st, 1)}};
    uint64_t h = start;

    if (!column_is_null(st, 2) && text_hash(start, column_str(st, 2)) != start)
        r.address = text_hash(start, column_str(st, 2));
    for (int i = 3; i < column_count(st); i++)
        if (!column_is_null(st, i))
            h = text_hash(h, column_str(st, i));
    r.title = h != start ? h : 0;
    return r;
}

static bool titles_read(Conn *c, const char *sql, GArray *to, GError **error)
{
    Statement *st = NULL;
    bool row = false;
    bool ok = conn_begin(c, error) && conn_once(c, sql, true, &st, error);

    while (ok && (ok = conn_step(c, st, &row, error)) && row) {
        TitleRow r = title_from(st);

        g_array_append_val(to, r);
    }
    statement_free(st);
    return ok;
}

bool store_title_hashes(Store *s, const Entity *e, const Field *address, Arena *a, TitleRow **ret,
                        size_t *ret_n, GError **error)
{
    const TablePlan *t = &s->plan->tables[e->number];
    const FieldPlan *of = address != NULL ? plan_field(s->plan, address) : NULL;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(TitleRow));
    g_autofree char *sql = titles_sql(t, of);
    Conn *c = NULL;

    if (!reader_take(s, &c, error))
        return false;
    bool ok = titles_read(c, sql, rows, error);

    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, rows, ret_n);
    return true;
}
