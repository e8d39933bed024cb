/* load_rows.c — the rows of a table as they are now, into columns that grow.
 * In: one snapshot, or two that show the same.  Out: ids, values and periods in order of (county,
 * id).  Two connections read a large table from both its ends until they meet, each in a thread
 * of its own.  Texts of which only the presence matters are never sent: a bit stands for each.
 * Read first: load_now(), run_read(). */
#include "store/load.h"

#include "base/threads.h"

#define PAGE_ROWS   2000 /* of one statement: answers stay small, and the two readers can meet */
#define BITS_MOST   60   /* presences in one number */
#define CALL_MOST   100  /* arguments of a function; SQLite takes 127 */
#define PAGE_ROWS_S G_STRINGIFY(PAGE_ROWS)
#define SPAN        4294967296 /* a day has 32 bits */

/* ---- SQL --------------------------------------------------------------------------------- */

/* Where the numbers of a row stand: county and id, presences, undated fields; then of each dated
 * field its number, if it has one, its first day and its last day.  A database that gathers puts
 * them there by itself.  From another they come as columns, the two days as one, so that less is
 * sent.  Behind the columns of numbers come those of texts. */
typedef struct Layout {
    bool gathers;
    int bits, plain, seats; /* presences, those but the dated, all */
    int columns;            /* of numbers */
} Layout;

static bool is_number(const ColumnLoad *c)
{
    return !c->presence && c->physical != PHYSICAL_TEXT && c->plan->field->type.kind != KIND_REGION;
}

static void seats_give(TableLoad *t, Layout *to)
{
    int presences = 0, at = 0;

    for (size_t i = 0; i < t->n_columns; i++)
        presences += t->columns[i].presence;
    to->bits = (presences + BITS_MOST - 1) / BITS_MOST;
    to->plain = 2 + to->bits;
    presences = 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        ColumnLoad *c = &t->columns[i];

        if (c->presence)
            c->at = presences++;
        else if (is_number(c) && !c->plan->dated)
            c->at = to->plain++;
    }
    to->seats = to->columns = to->plain;
    for (size_t i = 0; i < t->n_columns; i++) {
        ColumnLoad *c = &t->columns[i];
        int own = c->plan->dated && is_number(c);

        if (own)
            c->at = to->seats;
        c->since_at = to->seats + own;
        to->seats += c->plan->dated ? own + 2 : 0;
        to->columns += c->plan->dated ? own + 1 : 0;
    }
    if (to->gathers)
        to->columns = (to->seats + CALL_MOST - 1) / CALL_MOST;
    at = to->columns;
    for (size_t i = 0; i < t->n_columns; i++) {
        if (!t->columns[i].presence && !is_number(&t->columns[i]))
            t->columns[i].at = at++;
    }
}

typedef struct Numbers { /* the columns of numbers, while they are written */
    GString *sql;
    const Layout *in;
    int n;
} Numbers;

static GString *number(Numbers *to)
{
    int n = to->n++;

    if (!to->in->gathers || n % CALL_MOST != 0)
        g_string_append(to->sql, n > 0 ? "," : "");
    else
        g_string_append_printf(to->sql, "%sgather(%d,", n > 0 ? ")," : "", n);
    return to->sql;
}

static void presences_sql(Numbers *to, const TableLoad *t)
{
    for (int k = 0; k < to->in->bits; k++) {
        GString *s = number(to);

        g_string_append_c(s, '0');
        for (size_t i = 0; i < t->n_columns; i++) {
            const ColumnLoad *c = &t->columns[i];

            if (!c->presence || c->at / BITS_MOST != k)
                continue;
            g_string_append(s, "+CASE WHEN ");
            sql_quote(s, c->plan->value);
            g_string_append_printf(s, " IS NULL THEN 0 ELSE %" G_GINT64_FORMAT " END",
                                   INT64_C(1) << c->at % BITS_MOST);
        }
    }
}

static void days_sql(Numbers *to, const FieldPlan *f)
{
    sql_quote(number(to), f->since);
    if (to->in->gathers)
        number(to);
    else
        g_string_append(to->sql, "*" G_STRINGIFY(SPAN) "+");
    sql_quote(to->sql, f->until);
}

static Date span_until(int64_t span)
{
    return (Date)(int32_t)(uint32_t)(uint64_t)span;
}

static Date span_since(int64_t span)
{
    return (Date)((span - span_until(span)) / SPAN);
}

static void numbers_sql(GString *s, const TableLoad *t, const Layout *in)
{
    Numbers to = {.sql = s, .in = in};

    g_string_append(number(&to), "county");
    g_string_append(number(&to), "id");
    presences_sql(&to, t);
    for (size_t i = 0; i < t->n_columns; i++) {
        if (is_number(&t->columns[i]) && !t->columns[i].plan->dated)
            sql_quote(number(&to), t->columns[i].plan->value);
    }
    for (size_t i = 0; i < t->n_columns; i++) {
        const ColumnLoad *c = &t->columns[i];

        if (c->plan->dated && is_number(c))
            sql_quote(number(&to), c->plan->value);
        if (c->plan->dated)
            days_sql(&to, c->plan);
    }
    g_string_append(s, in->gathers ? ")" : "");
}

/* Rows that come one by one need no pages: they are read as far as is wanted. */
static char *page_sql(const TableLoad *t, const Layout *in, bool down)
{
    GString *s = g_string_new("SELECT ");

    numbers_sql(s, t, in);
    for (size_t i = 0; i < t->n_columns; i++) {
        if (t->columns[i].presence || is_number(&t->columns[i]))
            continue;
        g_string_append_c(s, ',');
        sql_quote(s, t->columns[i].plan->value);
    }
    g_string_append(s, " FROM ");
    sql_quote(s, t->plan->table);
    /* SQLite has no index for "+state" alone, so the rows come in the order of their keys. */
    g_string_append(s, in->gathers ? " WHERE +state=0" : " WHERE state=0");
    if (!in->gathers)
        g_string_append(s, down ? " AND (county,id)<(?1,?2)" : " AND (county,id)>(?1,?2)");
    g_string_append(s, down ? " ORDER BY county DESC,id DESC" : " ORDER BY county,id");
    g_string_append(s, in->gathers ? "" : " LIMIT " PAGE_ROWS_S);
    return g_string_free(s, FALSE);
}

/* ---- rows -------------------------------------------------------------------------------- */

static bool key_before(RecordKey a, RecordKey b)
{
    return a.county != b.county ? a.county < b.county : a.id < b.id;
}

typedef struct Meeting { /* where two readers have come to */
    GMutex lock;
    RecordKey low, high; /* the last of the one that rises, of the one that falls */
} Meeting;

typedef struct Run { /* one reader of a table */
    Load *load;
    Conn *conn;
    TableLoad *to;
    const Layout *layout;
    Meeting *meeting; /* NULL: it reads alone */
    bool down;
    int64_t *numbers, *packed; /* of the present row; packed: as the columns come */
    uint8_t *known;            /* of what has no days */
    bool ok;
    GError *why;
} Run;

/* No value holds from 1970-01-01 to 1970-01-01: where both days are 0, there is none. */
static bool has_span(const int64_t *days)
{
    return (days[0] | days[1]) != 0;
}

/* *ret: what the column holds; false: it is not known. */
static bool cell_read(const Run *r, ColumnLoad *c, Statement *st, int64_t *ret)
{
    TableLoad *t = r->to;
    bool known;

    *ret = 0;
    if (c->presence)
        return (r->numbers[2 + c->at / BITS_MOST] >> c->at % BITS_MOST & 1) != 0;
    if (c->physical == PHYSICAL_TEXT) {
        known = !column_is_null(st, c->at);
        c->texts[t->rows] = known ? arena_str(t->texts, column_str(st, c->at)) : (Str){NULL, 0};
        return known;
    }
    if (c->plan->field->type.kind == KIND_REGION) {
        *ret = load_region(r->load, column_str(st, c->at));
        known = *ret != ROW_NONE;
        *ret = known ? *ret : 0;
        return known;
    }
    *ret = r->numbers[c->at];
    known = c->plan->dated ? has_span(&r->numbers[c->since_at]) : r->known[c->at] != 0;
    if (!known || c->plan->codes == NULL || c->plan->codes->same)
        return known;
    return load_value(r->load, c, (Cell){.type = CELL_INT, .num = *ret}, ret);
}

/* Most columns have open ends alone, and then none are kept. */
static void until_take(TableLoad *t, ColumnLoad *c, Date until)
{
    if (c->until == NULL && until != DATE_MAX)
        load_untils(c, t->rows, t->room);
    if (c->until != NULL)
        c->until[t->rows] = until;
}

static void cell_take(const Run *r, ColumnLoad *c, Statement *st)
{
    size_t row = r->to->rows;
    int64_t v;
    bool known = cell_read(r, c, st, &v);

    load_number(c, row, known ? v : 0);
    c->known[row] = known;
    if (c->plan->dated) {
        const int64_t *days = &r->numbers[c->since_at];

        c->since[row] = known ? (Date)days[0] : DATE_MIN;
        until_take(r->to, c, known ? (Date)days[1] : DATE_MAX);
    }
}

static void numbers_unpack(Run *r)
{
    const TableLoad *t = r->to;
    const int64_t *from = r->packed + r->layout->plain;

    memcpy(r->numbers, r->packed, (size_t)r->layout->plain * sizeof *r->numbers);
    for (size_t i = 0; i < t->n_columns; i++) {
        const ColumnLoad *c = &t->columns[i];

        if (!c->plan->dated)
            continue;
        if (is_number(c))
            r->numbers[c->at] = *from++;
        r->numbers[c->since_at] = span_since(*from);
        r->numbers[c->since_at + 1] = span_until(*from++);
    }
}

static void row_read(Run *r, Statement *st)
{
    TableLoad *t = r->to;

    if (!r->layout->gathers) {
        column_numbers(st, r->layout->columns, r->packed, r->known, r->layout->plain);
        numbers_unpack(r);
    }
    load_row(t, (RecordKey){(int32_t)r->numbers[0], r->numbers[1]});
    for (size_t i = 0; i < t->n_columns; i++)
        cell_take(r, &t->columns[i], st);
    t->rows++;
}

/* A database that sorts first gathers the numbers of all rows before it gives one: none may be
 * taken for another's. */
static bool is_next(const Run *r, RecordKey last, RecordKey key, GError **error)
{
    return (r->down ? key_before(key, last) : key_before(last, key)) ||
           fail(error, FAIL_SYSTEM, "the database does not give the rows of a table in order");
}

static bool page_read(Run *r, Statement *st, RecordKey *at, size_t *ret_n, GError **error)
{
    bool ok = true, gathers = r->layout->gathers;

    *ret_n = 0;
    if (!gathers) {
        bind_int(st, 1, at->county);
        bind_int(st, 2, at->id);
    }
    while ((!gathers || *ret_n < PAGE_ROWS) && conn_next(r->conn, st, &ok, error)) {
        row_read(r, st);
        (*ret_n)++;
        RecordKey key = {(int32_t)r->numbers[0], r->numbers[1]};

        if (!is_next(r, *at, key, error))
            return false;
        *at = key;
    }
    return ok;
}

/* Says how far this one is; true: the two have met. */
static bool have_met(const Run *r, RecordKey at)
{
    Meeting *m = r->meeting;

    if (m == NULL)
        return false;
    g_mutex_lock(&m->lock);
    *(r->down ? &m->high : &m->low) = at;
    bool met = !key_before(m->low, m->high);
    g_mutex_unlock(&m->lock);
    return met;
}

static bool pages_read(Run *r, GError **error)
{
    g_autofree char *sql = page_sql(r->to, r->layout, r->down);
    RecordKey at = r->down ? (RecordKey){INT32_MAX, INT64_MAX} : (RecordKey){INT32_MIN, INT64_MIN};
    Statement *st = NULL;
    size_t n = PAGE_ROWS;
    bool ok = conn_once(r->conn, sql, false, &st, error);

    while (ok && n == PAGE_ROWS) {
        ok = page_read(r, st, &at, &n, error);
        if (have_met(r, at))
            break;
    }
    statement_free(st);
    return ok;
}

static gpointer run_read(gpointer with)
{
    Run *r = with;
    size_t room = (size_t)r->layout->seats + 1;

    r->numbers = g_new0(int64_t, room);
    r->packed = g_new0(int64_t, room);
    r->known = g_new0(uint8_t, room);
    if (r->layout->gathers)
        conn_gather_into(r->conn, r->numbers, r->layout->seats, r->known, r->layout->plain);
    r->ok = pages_read(r, &r->why);
    if (r->layout->gathers)
        conn_gather_into(r->conn, NULL, 0, NULL, 0);
    g_free(r->numbers);
    g_free(r->packed);
    g_free(r->known);
    return NULL;
}

/* ---- two that met ------------------------------------------------------------------------ */

#define REVERSED(name, T)                                                                          \
    static void name(void *to, size_t at, const void *from, size_t n)                              \
    {                                                                                              \
        T *restrict t = (T *)to + at;                                                              \
        const T *restrict f = from;                                                                \
        for (size_t i = 0; i < n; i++)                                                             \
            t[i] = f[n - 1 - i];                                                                   \
    }
REVERSED(reversed_1, uint8_t)
REVERSED(reversed_2, uint16_t)
REVERSED(reversed_4, uint32_t)
REVERSED(reversed_8, uint64_t)

/* The first n of `from`, in falling order, behind the `rows` that are there; *to grows. */
static void append(void **to, size_t rows, const void *from, size_t n, size_t size)
{
    *to = g_realloc_n(*to, rows + n + 1, size);
    (size == 1   ? reversed_1
     : size == 2 ? reversed_2
     : size == 4 ? reversed_4
                 : reversed_8)(*to, rows, from, n);
}

static void column_join(ColumnLoad *c, ColumnLoad *down, size_t rows, size_t n)
{
    append(&c->value, rows, down->value, n, physical_size(c->physical));
    append((void **)&c->known, rows, down->known, n, sizeof *c->known);
    if (!c->plan->dated)
        return;
    append((void **)&c->since, rows, down->since, n, sizeof *c->since);
    if (c->until == NULL && down->until == NULL)
        return;
    if (c->until == NULL)
        load_untils(c, rows, rows);
    if (down->until == NULL)
        load_untils(down, n, n);
    append((void **)&c->until, rows, down->until, n, sizeof *c->until);
}

typedef struct Joining {
    TableLoad *to, *down;
    size_t n; /* rows of `down` */
} Joining;

static void join_one(void *with, size_t i)
{
    const Joining *j = with;

    column_join(&j->to->columns[i], &j->down->columns[i], j->to->rows, j->n);
}

/* What both have read, the falling one has read for nothing. */
static void tables_join(TableLoad *t, TableLoad *down)
{
    Joining joining = {t, down, 0};
    size_t n = down->rows;
    RecordKey last = {INT32_MIN, INT64_MIN};

    if (t->rows > 0)
        last = (RecordKey){t->counties[t->rows - 1], t->ids[t->rows - 1]};
    while (n > 0 && !key_before(last, (RecordKey){down->counties[n - 1], down->ids[n - 1]}))
        n--;
    if (n == 0)
        return;
    append((void **)&t->ids, t->rows, down->ids, n, sizeof *t->ids);
    append((void **)&t->counties, t->rows, down->counties, n, sizeof *t->counties);
    joining.n = n;
    threads_each(t->n_columns, join_one, &joining);
    t->rows += n;
    t->room = t->rows;
}

static bool both_read(Run *up, GError **error)
{
    TableLoad *t = up->to;
    TableLoad other = {.plan = t->plan, .n_columns = t->n_columns};
    Meeting meeting = {.low = {INT32_MIN, INT64_MIN}, .high = {INT32_MAX, INT64_MAX}};
    Run down = *up;

    other.columns = g_memdup2(t->columns, t->n_columns * sizeof *t->columns);
    down.to = &other;
    down.conn = up->load->second;
    down.down = true;
    g_mutex_init(&meeting.lock);
    up->meeting = down.meeting = &meeting;
    GThread *thread = g_thread_new("load", run_read, &down);

    run_read(up);
    g_thread_join(thread);
    g_mutex_clear(&meeting.lock);
    if (up->ok && down.ok)
        tables_join(t, &other);
    else if (!up->ok)
        g_propagate_error(error, g_steal_pointer(&up->why));
    else
        g_propagate_error(error, g_steal_pointer(&down.why));
    g_clear_error(&down.why);
    load_clear(&other);
    return up->ok && down.ok;
}

bool load_now(Load *l, TableLoad *t, bool few, GError **error)
{
    Layout layout = {.gathers = conn_gathers(l->conn)};
    Run run = {.load = l, .conn = l->conn, .to = t, .layout = &layout};

    seats_give(t, &layout);
    if (!few && l->second != NULL)
        return both_read(&run, error);
    run_read(&run);
    if (run.why != NULL)
        g_propagate_error(error, run.why);
    return run.ok;
}
