/* load.c — whole tables into columns.
 * In: a snapshot.  Out: a Dataset.  The way for "now" (load_rows.c) reads numbers straight from the
 * row into typed arrays; the way for a past state of knowledge (load_known.c) goes through whole
 * records.  References and regions become row numbers.  Read first: sql_load(), table_load(). */
#include "store/load.h"

#include "store/writing.h"

#define TEXT_ROWS   10000 /* entities with fewer rows carry their texts */
#define ALONE_MOST  30000 /* entries of a journal that one connection loads as fast as two */
#define CODE_DIGITS 18
#define SAME_TRIES  20 /* until two connections show the same: others write meanwhile */

/* ---- growing columns --------------------------------------------------------------------- */

static Physical physical_for(const FieldPlan *f)
{
    Kind k = f->field->type.kind;

    if (f->link)
        return PHYSICAL_I64; /* ids, until rows are known */
    if (k == KIND_ENUM && f->field->type.of != NULL && f->field->type.of->n_codes > 127)
        return PHYSICAL_I16;
    return kind_facts[k].physical;
}

static void load_columns(TableLoad *t, bool texts, const RegionTree *regions)
{
    t->columns = g_new0(ColumnLoad, t->plan->n_fields + 1);
    for (size_t i = 0; i < t->plan->n_fields; i++) {
        const FieldPlan *f = &t->plan->fields[i];
        ColumnLoad *c = &t->columns[t->n_columns];
        bool text = kind_is_text(f->field->type.kind);

        if (f->hidden || (f->field->type.kind == KIND_REGION && regions == NULL))
            continue;
        c->plan = f;
        c->position = i;
        c->presence = f->secret || (text && !texts);
        c->physical = c->presence ? PHYSICAL_I8 : physical_for(f);
        t->n_columns++;
    }
}

static void load_grow(TableLoad *t)
{
    t->room = t->room * 2 + 512;
    t->ids = g_renew(int64_t, t->ids, t->room);
    t->counties = g_renew(int32_t, t->counties, t->room);
    for (size_t i = 0; i < t->n_columns; i++) {
        ColumnLoad *c = &t->columns[i];

        if (c->physical == PHYSICAL_TEXT)
            c->texts = g_renew(Str, c->texts, t->room);
        else
            c->value = g_realloc_n(c->value, t->room, physical_size(c->physical));
        c->known = g_renew(uint8_t, c->known, t->room);
        if (c->plan->dated)
            c->since = g_renew(Date, c->since, t->room);
        if (c->until != NULL)
            c->until = g_renew(Date, c->until, t->room);
    }
}

void load_clear(TableLoad *t)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        ColumnLoad *c = &t->columns[i];

        g_free(c->value);
        g_free(c->texts);
        g_free(c->known);
        g_free(c->since);
        g_free(c->until);
        if (c->periods != NULL)
            g_array_unref(c->periods);
    }
    g_free(t->columns);
    g_free(t->ids);
    g_free(t->counties);
    g_free(t->map.ids);
    g_free(t->map.rows);
    arena_free(t->texts);
}

void load_row(TableLoad *t, RecordKey key)
{
    if (t->rows == t->room)
        load_grow(t);
    t->ids[t->rows] = key.id;
    t->counties[t->rows] = key.county;
}

void load_untils(ColumnLoad *c, size_t rows, size_t room)
{
    c->until = g_new(Date, room + 1);
    for (size_t i = 0; i < rows; i++)
        c->until[i] = DATE_MAX;
}

void load_number(ColumnLoad *c, size_t row, int64_t v)
{
    switch (c->physical) {
    case PHYSICAL_I8:
        ((int8_t *)c->value)[row] = (int8_t)v;
        break;
    case PHYSICAL_I16:
        ((int16_t *)c->value)[row] = (int16_t)v;
        break;
    case PHYSICAL_I32:
        ((int32_t *)c->value)[row] = (int32_t)v;
        break;
    case PHYSICAL_I64:
    case PHYSICAL_SET:
        ((int64_t *)c->value)[row] = v;
        break;
    case PHYSICAL_TEXT:
        break;
    }
}

/* ---- regions ----------------------------------------------------------------------------- */

/* 0: it is none, or too long. */
static int64_t code_number(Str code)
{
    int64_t n = 0;

    if (code.len == 0 || code.len > CODE_DIGITS || code.at[0] == '0')
        return 0;
    for (size_t i = 0; i < code.len; i++) {
        if (code.at[i] < '0' || code.at[i] > '9')
            return 0;
        n = n * 10 + (code.at[i] - '0');
    }
    return n;
}

static size_t code_seat(const CodeMap *m, int64_t number)
{
    size_t at = (size_t)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 32) & m->mask;

    while (m->codes[at] != 0 && m->codes[at] != number)
        at = (at + 1) & m->mask;
    return at;
}

int64_t load_region(const Load *l, Str code)
{
    int64_t number = code_number(code);
    gpointer row = NULL;

    if (number != 0) {
        size_t at = code_seat(&l->codes, number);

        return l->codes.codes[at] == number ? l->codes.rows[at] : ROW_NONE;
    }
    if (code.len == 0 || g_hash_table_size(l->codes.others) == 0)
        return ROW_NONE;
    g_autofree char *text = g_strndup(code.at, code.len);

    return g_hash_table_lookup_extended(l->codes.others, text, NULL, &row) ? GPOINTER_TO_INT(row)
                                                                           : ROW_NONE;
}

static void codes_make(CodeMap *m, const RegionTree *regions)
{
    size_t n = regions != NULL ? regions->n : 0, size = 16;

    while (size < n * 2)
        size *= 2;
    *m = (CodeMap){g_new0(int64_t, size), g_new0(int32_t, size), size - 1, NULL};
    m->others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < n; i++) {
        Str code = regions->code[i];
        int64_t number = code_number(code);
        size_t at = code_seat(m, number);

        if (number == 0) {
            g_hash_table_insert(m->others, g_strndup(code.at, code.len), GINT_TO_POINTER((int)i));
            continue;
        }
        m->codes[at] = number;
        m->rows[at] = (int32_t)i;
    }
}

static void codes_clear(CodeMap *m)
{
    g_free(m->codes);
    g_free(m->rows);
    g_hash_table_unref(m->others);
}

/* A stored value as the column holds it; false: unknown. */
bool load_value(const Load *l, const ColumnLoad *c, Cell cell, int64_t *ret)
{
    const FieldPlan *f = c->plan;

    *ret = 0;
    if (cell.type == CELL_NONE || c->presence)
        return cell.type != CELL_NONE;
    if (f->field->type.kind == KIND_REGION) {
        *ret = load_region(l, cell.text);
        return *ret != ROW_NONE;
    }
    if (f->codes != NULL && !f->codes->same) {
        Value v = value_of_cell(f, cell);

        *ret = v.num;
        return v.known;
    }
    *ret = cell.num;
    return true;
}

/* ---- rows -------------------------------------------------------------------------------- */

/* Live periods outside E.  Both sides are in order of (county, id). */
static bool periods_read(Load *l, TableLoad *t, ColumnLoad *c, GError **error)
{
    Statement *st = NULL;
    size_t row = 0;
    bool ok;

    c->periods = g_array_new(FALSE, FALSE, sizeof(Period));
    if (!conn_scan(l->conn, c->plan->period_scan, &st, error))
        return false;
    while (conn_next(l->conn, st, &ok, error)) {
        int32_t county = column_int(st, 0);
        int64_t id = column_int64(st, 1);
        Period p = {.since = column_int(st, 2), .until = column_int(st, 3)};

        if (column_int64(st, 7) != SEQ_OPEN)
            continue;
        while (row < t->rows &&
               (t->counties[row] < county || (t->counties[row] == county && t->ids[row] < id)))
            row++;
        if (row == t->rows || t->counties[row] != county || t->ids[row] != id)
            continue;
        p.row = (uint32_t)row;
        p.known = load_value(l, c, column_cell(st, 5), &p.value);
        g_array_append_val(c->periods, p);
    }
    return ok;
}

static bool table_few(Load *l, const TablePlan *plan, bool *ret, GError **error)
{
    g_autoptr(GString) s = g_string_new("SELECT count(*) FROM (SELECT 1 FROM ");
    Statement *st = NULL;
    int64_t rows = 0;
    bool ok = false;

    sql_quote(s, plan->table);
    g_string_append_printf(s, " WHERE state=0 LIMIT %d) AS few", TEXT_ROWS);
    ok = conn_once(l->conn, s->str, false, &st, error) && conn_number(l->conn, st, 0, &rows, error);
    statement_free(st);
    *ret = rows < TEXT_ROWS;
    return ok;
}

/* ---- as known when ----------------------------------------------------------------------- */

bool load_is_past(const Load *l)
{
    return l->known->all > 0 || l->known->each != NULL;
}

int64_t load_known_at(const Load *l, int32_t county)
{
    for (size_t i = 0; i < l->known->n_each; i++) {
        if (l->known->each[i].county == county)
            return l->known->each[i].seq;
    }
    return l->known->all;
}

static bool heads_read(const Load *l, Conn *c, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT county,seq,link FROM head ORDER BY county");
    Statement *st = NULL;
    bool ok;

    g_array_set_size(to, 0);
    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        KnownAt k = known_from(st);

        if (load_is_past(l))
            k = (KnownAt){k.county, MIN(k.seq, load_known_at(l, k.county)), {0}};
        g_array_append_val(to, k);
    }
    return ok;
}

static bool same_heads(const GArray *a, const GArray *b)
{
    const KnownAt *x = (const KnownAt *)(const void *)a->data,
                  *y = (const KnownAt *)(const void *)b->data;
    bool same = a->len == b->len;

    for (guint i = 0; same && i < a->len; i++)
        same = known_equal(&x[i], &y[i]);
    return same;
}

static bool is_large(const Load *l)
{
    int64_t entries = 0;

    for (guint i = 0; i < l->heads->len; i++)
        entries += g_array_index(l->heads, KnownAt, i).seq;
    return entries > ALONE_MOST;
}

/* All facts go through the journal: two snapshots that show the same heads show the same facts.
 * Of the two, now the one and now the other is taken anew. */
static bool second_begin(Load *l, GError **error)
{
    g_autoptr(GArray) heads = g_array_new(FALSE, FALSE, sizeof(KnownAt));

    for (unsigned i = 0; i < SAME_TRIES; i++) {
        Conn *c = i % 2 == 0 ? l->second : l->conn;

        conn_rollback(c);
        if (!conn_begin(c, error) || !heads_read(l, c, i % 2 == 0 ? heads : l->heads, error))
            return false;
        if (same_heads(heads, l->heads))
            return true;
    }
    return fail(error, FAIL_BUSY, "others write all the time");
}

/* Without a second one it only takes longer: but the first one may have lost its snapshot on the
 * way, or read the heads of it by half. */
static bool second_take(Store *s, Load *l, GError **error)
{
    if (load_is_past(l) || g_get_num_processors() < 2 || !is_large(l) ||
        !reader_take(s, &l->second, NULL))
        return true;
    l->second->deadline = 0;
    if (second_begin(l, NULL))
        return true;
    reader_give(s, l->second);
    l->second = NULL;
    conn_rollback(l->conn);
    return conn_begin(l->conn, error) && heads_read(l, l->conn, l->heads, error);
}

static bool table_load(Load *l, TableLoad *t, GError **error)
{
    bool few = false;

    if (!table_few(l, t->plan, &few, error))
        return false;
    load_columns(t, few, l->regions);
    t->texts = arena_new();
    if (load_is_past(l))
        return load_known(l, t, error);
    if (!load_now(l, t, few, error))
        return false;
    for (size_t i = 0; i < t->n_columns; i++) {
        ColumnLoad *c = &t->columns[i];

        if (c->plan->dated && c->physical != PHYSICAL_TEXT && !periods_read(l, t, c, error))
            return false;
    }
    return true;
}

/* ---- references to rows ------------------------------------------------------------------ */

static size_t id_seat(const IdMap *m, int64_t id)
{
    size_t at = (size_t)(((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15)) >> m->shift);

    while (m->rows[at] != ROW_NONE && m->ids[at] != id)
        at = (at + 1) & m->mask;
    return at;
}

static void map_make(IdMap *m, const TableLoad *t)
{
    unsigned bits = 4;

    while (((size_t)1 << bits) < t->rows * 2)
        bits++;
    m->mask = ((size_t)1 << bits) - 1;
    m->shift = 64 - bits;
    m->ids = g_new(int64_t, m->mask + 1);
    m->rows = g_new(int32_t, m->mask + 1);
    for (size_t i = 0; i <= m->mask; i++)
        m->rows[i] = ROW_NONE;
    for (size_t i = 0; i < t->rows; i++) {
        size_t at = id_seat(m, t->ids[i]);

        m->ids[at] = t->ids[i];
        m->rows[at] = (int32_t)i;
    }
}

static int32_t map_row(const IdMap *m, int64_t id)
{
    return m->rows[id_seat(m, id)];
}

static const IdMap *map_of(Load *l, const Entity *e)
{
    TableLoad *t = &l->tables[e->number];

    if (t->map.rows == NULL)
        map_make(&t->map, t);
    return &t->map;
}

/* A record that is no longer there leaves the reference unknown. */
static void link_to_rows(Load *l, TableLoad *t, ColumnLoad *c)
{
    const IdMap *m = map_of(l, c->plan->field->type.to);
    const int64_t *ids = c->value;
    int32_t *rows = g_new(int32_t, t->rows + 1);
    size_t kept = 0;

    for (size_t i = 0; i < t->rows; i++) {
        rows[i] = c->known[i] ? map_row(m, ids[i]) : 0;
        if (c->known[i] && rows[i] == ROW_NONE) {
            c->known[i] = 0;
            rows[i] = 0;
        }
    }
    g_free(c->value);
    c->value = rows;
    c->physical = PHYSICAL_I32;
    for (guint i = 0; c->periods != NULL && i < c->periods->len; i++) {
        Period p = g_array_index(c->periods, Period, i);

        p.value = p.known ? map_row(m, p.value) : 0;
        if (p.value != ROW_NONE)
            g_array_index(c->periods, Period, kept++) = p;
    }
    if (c->periods != NULL)
        g_array_set_size(c->periods, (guint)kept);
}

/* ---- into batches ------------------------------------------------------------------------ */

static void periods_give(Column *to, ColumnLoad *c)
{
    guint n = c->periods != NULL ? c->periods->len : 0;

    if (n == 0)
        return;
    to->periods = (Period *)(void *)g_array_free(g_steal_pointer(&c->periods), FALSE);
    to->n_periods = n;
}

/* The arrays that were filled become the column's; texts are laid side by side. */
static void column_give(Load *l, TableLoad *t, Batch *b, ColumnLoad *c)
{
    const Field *f = c->plan->field;
    bool own = c->physical != PHYSICAL_TEXT && !(load_is_past(l) && f->dated);
    Column *to = own ? batch_take(b, f->index, f->type.kind, c->physical,
                                  g_steal_pointer(&c->value), g_steal_pointer(&c->known))
                     : batch_add(b, f->index, f->type.kind, c->physical, f->dated);

    if (!own && c->physical != PHYSICAL_TEXT) {
        column_set_periods(b, to, (const Period *)(const void *)c->periods->data, c->periods->len);
    } else if (!own) {
        column_set_texts(b, to, c->texts);
        memcpy(to->known, c->known, t->rows);
    }
    if (f->dated && (own || c->physical == PHYSICAL_TEXT)) {
        g_free(to->since);
        g_free(to->until);
        to->since = g_renew(Date, g_steal_pointer(&c->since), t->rows + 1);
        to->until =
            c->until != NULL ? g_renew(Date, g_steal_pointer(&c->until), t->rows + 1) : NULL;
        periods_give(to, c);
    }
    column_finish(b, to);
}

static Str *keys_of(TableLoad *t, Batch *b)
{
    const Field *key = t->plan->entity->key;

    for (size_t i = 0; key != NULL && i < t->n_columns; i++) {
        const ColumnLoad *c = &t->columns[i];

        if (c->plan->field != key || c->physical != PHYSICAL_TEXT)
            continue;
        Str *keys = arena_many(b->arena, Str, t->rows + 1);

        for (size_t j = 0; j < t->rows; j++)
            keys[j] = arena_str(b->arena, c->texts[j]);
        return keys;
    }
    return NULL;
}

static Batch *batch_give(Load *l, TableLoad *t)
{
    Str name = t->plan->entity->name;
    g_autofree char *text = g_strndup(name.at, name.len);
    Batch *b = batch_new(text, t->rows, t->plan->entity->n_fields);

    b->ids = arena_many(b->arena, int64_t, t->rows + 1);
    b->counties = arena_many(b->arena, int32_t, t->rows + 1);
    memcpy(b->ids, t->ids, t->rows * sizeof *b->ids);
    memcpy(b->counties, t->counties, t->rows * sizeof *b->counties);
    for (size_t i = 0; i < t->n_columns; i++)
        column_give(l, t, b, &t->columns[i]);
    b->keys = keys_of(t, b);
    return b;
}

static Dataset *dataset_give(Load *l)
{
    Dataset *d = dataset_new(l->n_tables);

    for (size_t i = 0; i < l->n_tables; i++) {
        TableLoad *t = &l->tables[i];

        for (size_t j = 0; j < t->n_columns && t->rows > 0; j++) {
            if (t->columns[j].plan->link)
                link_to_rows(l, t, &t->columns[j]);
        }
    }
    for (size_t i = 0; i < l->n_tables; i++) {
        if (l->tables[i].rows > 0)
            d->batches[i] = batch_give(l, &l->tables[i]);
    }
    d->known = g_memdup2(l->heads->data, l->heads->len * sizeof *d->known);
    d->n_known = l->heads->len;
    return d;
}

bool sql_load(Store *s, const RegionTree *regions, const LoadKnown *known, Dataset **ret,
              GError **error)
{
    Load l = {.regions = regions, .known = known, .n_tables = s->plan->n_tables};
    bool ok = reader_take(s, &l.conn, error);

    if (!ok)
        return false;
    l.conn->deadline = 0; /* a whole county may take its time */
    codes_make(&l.codes, regions);
    l.tables = g_new0(TableLoad, l.n_tables + 1);
    l.heads = g_array_new(FALSE, FALSE, sizeof(KnownAt));
    ok = conn_begin(l.conn, error) && heads_read(&l, l.conn, l.heads, error) &&
         second_take(s, &l, error);
    for (size_t i = 0; ok && i < l.n_tables; i++) {
        l.tables[i].plan = &s->plan->tables[i];
        ok = table_load(&l, &l.tables[i], error);
    }
    reader_give(s, l.conn);
    if (l.second != NULL)
        reader_give(s, l.second);
    if (ok)
        *ret = dataset_give(&l);
    g_array_unref(l.heads);
    for (size_t i = 0; i < l.n_tables; i++)
        load_clear(&l.tables[i]);
    g_free(l.tables);
    codes_clear(&l.codes);
    return ok;
}
