/* range_base.c — what a database says of itself, as a range carries it: small tables, row by row,
 * by the names of their columns.  Start: base_read(), base_write(). */
#include "store/replay_inside.h"

#include "base/identifier.h"
#include "store/about.h"

/* In this order; of each every row.  Integers, texts and bytes. */
static const struct BaseTable {
    const char *name;
    Sql read;
    bool abroad; /* what another node needs */
} base_tables[] = {
    {"about", SQL("SELECT * FROM about ORDER BY name"), true},
    {"naming", SQL("SELECT * FROM naming ORDER BY owner,name"), true},
    {"policy", SQL("SELECT * FROM policy ORDER BY version"), false},
    {"document", SQL("SELECT * FROM document ORDER BY hash"), false},
    {"region", SQL("SELECT * FROM region ORDER BY code,since"), false},
    {"data_key", SQL("SELECT * FROM data_key ORDER BY kind,number"), false},
};

#define COLUMNS_MOST 16

/* ---- out ----------------------------------------------------------------------------------- */

static bool table_read(Conn *c, const struct BaseTable *t, Bytes *to, GError **error)
{
    Statement *st = NULL;
    bool row = false, first = true;

    bytes_str(to, str_of(t->name));
    if (!conn_statement(c, t->read, &st, error))
        return false;
    for (;; first = false) {
        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            break;
        int n = column_count(st);

        bytes_byte(to, first ? 2 : 1);
        if (first) {
            bytes_uint(to, (uint64_t)n);
            for (int i = 0; i < n; i++) {
                g_autofree char *name = conn_column_name(st, i);

                bytes_str(to, str_of(name));
            }
        }
        for (int i = 0; i < n; i++)
            bytes_cell(to, column_cell(st, i));
    }
    bytes_byte(to, 0);
    return true;
}

bool base_read(Conn *c, bool abroad, Bytes *to, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(base_tables); i++) {
        if (abroad && !base_tables[i].abroad) {
            bytes_str(to, str_of(base_tables[i].name));
            bytes_byte(to, 0);
        } else if (!table_read(c, &base_tables[i], to, error)) {
            return false;
        }
    }
    return true;
}

/* ---- rows ---------------------------------------------------------------------------------- */

typedef struct BaseRow {
    Str table, columns[COLUMNS_MOST];
    Cell cells[COLUMNS_MOST];
    size_t n;
} BaseRow;

typedef struct BaseWalk {
    Reader r;
    BaseRow row;
    size_t table; /* how many were begun */
    bool inside;
} BaseWalk;

static BaseWalk walk_of(const StoreBase *b)
{
    return (BaseWalk){.r = reader_of(b->tables)};
}

static void columns_read(BaseWalk *w)
{
    w->row.n = reader_uint(&w->r);
    if (w->row.n > COLUMNS_MOST)
        w->r.bad = true;
    for (size_t i = 0; i < w->row.n && !w->r.bad; i++)
        w->row.columns[i] = reader_str(&w->r);
}

/* The next row of all tables; false at the end, and where it is damaged. */
static bool walk_next(BaseWalk *w)
{
    for (;;) {
        if (!w->inside) {
            if (w->table == G_N_ELEMENTS(base_tables))
                return false;
            w->row.table = reader_str(&w->r);
            if (w->r.bad || !str_is(w->row.table, base_tables[w->table].name))
                break;
            w->table++;
            w->inside = true;
        }
        uint8_t what = reader_byte(&w->r);

        w->inside = what != 0;
        if (what == 2)
            columns_read(w);
        if (w->r.bad || what > 2)
            break;
        if (what == 0)
            continue;
        for (size_t i = 0; i < w->row.n; i++)
            w->row.cells[i] = reader_cell(&w->r);
        if (!w->r.bad)
            return true;
        break;
    }
    w->r.bad = true;
    return false;
}

static Cell cell_named(const BaseRow *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++) {
        if (str_is(r->columns[i], name))
            return r->cells[i];
    }
    return (Cell){0};
}

bool base_about(const StoreBase *b, const char *name, Str *ret)
{
    BaseWalk w = walk_of(b);

    while (walk_next(&w)) {
        if (str_is(w.row.table, "about") && str_is(cell_named(&w.row, "name").text, name)) {
            *ret = cell_named(&w.row, "value").text;
            return true;
        }
    }
    return false;
}

bool base_naming(const StoreBase *b, Numbering *to)
{
    BaseWalk w = walk_of(b);

    while (walk_next(&w)) {
        if (str_is(w.row.table, "naming"))
            numbering_add(to, cell_named(&w.row, "owner").text, cell_named(&w.row, "name").text,
                          cell_named(&w.row, "number").num);
    }
    return !w.r.bad;
}

static bool number_about(const StoreBase *b, const char *name, int64_t *ret)
{
    Str text;

    return base_about(b, name, &text) && str_whole(text, 0, INT32_MAX, ret);
}

bool base_facts(const StoreBase *b, Arena *a, StoreFacts *ret, GError **error)
{
    int64_t demo = 0, day = 0, node = 0, incarnation = 0, home = 0;
    Str place, hash;

    if (!base_about(b, "place", &place) || !base_about(b, "schema_hash", &hash) ||
        !hex_parse(hash, ret->schema_hash, SM3_SIZE) || !number_about(b, "demo", &demo) ||
        !number_about(b, "demo_day", &day) || !number_about(b, "node", &node) ||
        !number_about(b, "incarnation", &incarnation) || !number_about(b, "home_county", &home))
        return fail(error, FAIL_INPUT, "what the database says of itself is damaged");
    ret->place = arena_str(a, place);
    ret->demo = demo != 0;
    ret->demo_day = (Date)day;
    ret->node = (uint32_t)node;
    ret->incarnation = (uint32_t)incarnation;
    ret->home_county = (int32_t)home;
    return true;
}

/* ---- documents ----------------------------------------------------------------------------- */

static bool document_of(const StoreBase *b, Str hash, Arena *a, DocumentFile *ret)
{
    BaseWalk w = walk_of(b);

    while (walk_next(&w)) {
        if (!str_is(w.row.table, "document") || !str_equal(cell_named(&w.row, "hash").text, hash))
            continue;
        *ret = (DocumentFile){document_file(a, cell_named(&w.row, "name").text),
                              arena_str(a, cell_named(&w.row, "text").text)};
        return true;
    }
    return false;
}

bool base_documents(const StoreBase *b, Arena *a, DocumentFile **ret, size_t *ret_n, GError **error)
{
    BaseWalk w = walk_of(b);
    int64_t newest = 0;
    Str hashes = {NULL, 0};

    while (walk_next(&w)) {
        if (str_is(w.row.table, "policy") && cell_named(&w.row, "version").num > newest) {
            newest = cell_named(&w.row, "version").num;
            hashes = cell_named(&w.row, "documents").text;
        }
    }
    if (newest == 0)
        return fail(error, FAIL_INPUT, "what the database says of itself names no documents");
    *ret_n = hashes.len / SM3_SIZE;
    *ret = arena_many(a, DocumentFile, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++) {
        if (!document_of(b, (Str){hashes.at + i * SM3_SIZE, SM3_SIZE}, a, &(*ret)[i]))
            return fail(error, FAIL_INPUT, "a document that is in force is not among the ranges");
    }
    return true;
}

/* ---- back ---------------------------------------------------------------------------------- */

static char *insert_text(const BaseRow *r)
{
    GString *sql = g_string_new("INSERT INTO "), *values = g_string_new(NULL);
    g_autofree char *table = g_strndup(r->table.at, r->table.len);

    sql_quote(sql, table);
    for (size_t i = 0; i < r->n; i++) {
        g_autofree char *name = g_strndup(r->columns[i].at, r->columns[i].len);

        g_string_append(sql, i == 0 ? "(" : ",");
        sql_quote(sql, name);
        g_string_append_printf(values, "%s?%zu", i == 0 ? "" : ",", i + 1);
    }
    g_string_append_printf(sql, ") VALUES(%s)", values->str);
    g_string_free(values, TRUE);
    return g_string_free(sql, FALSE);
}

/* Column names come from a signed range, and are still not trusted. */
static bool names_sound(const BaseRow *r)
{
    for (size_t i = 0; i < r->n; i++) {
        for (size_t k = 0; k < r->columns[i].len; k++) {
            char c = r->columns[i].at[k];

            if (!g_ascii_islower(c) && c != '_')
                return false;
        }
    }
    return r->n > 0;
}

static bool row_write(Conn *c, const BaseRow *r, GError **error)
{
    g_autofree char *sql = names_sound(r) ? insert_text(r) : NULL;
    Statement *st = NULL;

    if (sql == NULL)
        return fail(error, FAIL_INPUT, "what the database says of itself is damaged");
    bool ok = conn_once(c, sql, false, &st, error);

    for (size_t i = 0; ok && i < r->n; i++)
        bind_cell(st, (int)i + 1, r->cells[i]);
    ok = ok && conn_done(c, st, error) && conn_settle(c, error);
    statement_free(st);
    return ok;
}

bool base_write(Conn *c, const StoreBase *b, GError **error)
{
    BaseWalk w = walk_of(b);

    while (walk_next(&w)) {
        if (!row_write(c, &w.row, error))
            return false;
    }
    return !w.r.bad || fail(error, FAIL_INPUT, "what the database says of itself is damaged");
}
