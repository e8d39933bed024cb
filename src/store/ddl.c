/* ddl.c — the only place that makes tables.  Names come from the Plan, which checked them. */
#include "store/ddl.h"

static const struct FixedTable {
    const char *name, *columns;
} fixed_tables[] = {
#define TABLE(name, columns) {#name, columns},
#define INDEX(name, on)
#define INDEX_ONE(name, on)
#define RESERVED(name)
#include "store/tables.def"
#undef TABLE
#undef INDEX
#undef INDEX_ONE
#undef RESERVED
};

static const char *const fixed_indexes[] = {
#define TABLE(name, columns)
#define INDEX(name, on)     "CREATE INDEX " #name " ON " on ";\n",
#define INDEX_ONE(name, on) "CREATE UNIQUE INDEX " #name " ON " on ";\n",
#define RESERVED(name)
#include "store/tables.def"
#undef TABLE
#undef INDEX
#undef INDEX_ONE
#undef RESERVED
};

char *ddl_fixed(void)
{
    GString *to = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(fixed_tables); i++)
        g_string_append_printf(to, "CREATE TABLE \"%s\"(%s) STRICT, WITHOUT ROWID;\n",
                               fixed_tables[i].name, fixed_tables[i].columns);
    for (size_t i = 0; i < G_N_ELEMENTS(fixed_indexes); i++)
        g_string_append(to, fixed_indexes[i]);
    return g_string_free(to, FALSE);
}

static const char *sql_type(const FieldPlan *f)
{
    return f->secret ? "BLOB" : kind_facts[f->field->type.kind].sql;
}

/* `before` stands in front of each column: ", " inside a table that is made. */
static void column(GString *to, const char *before, const char *name, const char *type)
{
    if (name == NULL)
        return;
    g_string_append(to, before);
    sql_quote(to, name);
    g_string_append_printf(to, " %s", type);
}

static void value_ddl(GString *to, const char *before, const FieldPlan *f)
{
    column(to, before, f->county, "INTEGER");
    column(to, before, f->value, sql_type(f));
}

static void field_ddl(GString *to, const char *before, const FieldPlan *f)
{
    value_ddl(to, before, f);
    column(to, before, f->since, "INTEGER");
    column(to, before, f->until, "INTEGER");
    column(to, before, f->known, "INTEGER");
    column(to, before, f->blind, "BLOB");
}

void ddl_entity(GString *to, const TablePlan *t)
{
    g_string_append(to, "CREATE TABLE ");
    sql_quote(to, t->table);
    g_string_append(to, "(county INTEGER NOT NULL, id INTEGER NOT NULL, seq INTEGER NOT NULL, "
                        "state INTEGER NOT NULL, known INTEGER NOT NULL");
    for (size_t i = 0; i < t->n_fields; i++)
        field_ddl(to, ", ", &t->fields[i]);
    g_string_append(to, ", PRIMARY KEY (county, id)) STRICT, WITHOUT ROWID;\n");
}

void ddl_was(GString *to, const TablePlan *t)
{
    g_string_append(to, "CREATE TABLE ");
    sql_quote(to, t->was);
    g_string_append(to, "(county INTEGER NOT NULL, id INTEGER NOT NULL, known INTEGER NOT NULL, "
                        "gone INTEGER NOT NULL");
    for (size_t i = 0; i < t->n_fields; i++) {
        if (!t->fields[i].dated)
            value_ddl(to, ", ", &t->fields[i]);
    }
    g_string_append(to, ", PRIMARY KEY (county, id, known)) STRICT, WITHOUT ROWID;\n");
}

void ddl_periods(GString *to, const FieldPlan *f)
{
    if (!f->dated)
        return;
    g_string_append(to, "CREATE TABLE ");
    sql_quote(to, f->table);
    g_string_append(to, "(county INTEGER NOT NULL, id INTEGER NOT NULL, since INTEGER NOT NULL, "
                        "until INTEGER NOT NULL");
    if (f->link)
        g_string_append(to, ", value_county INTEGER");
    g_string_append_printf(to,
                           ", value %s, known INTEGER NOT NULL, gone INTEGER NOT NULL, "
                           "PRIMARY KEY (county, id, since, known)) STRICT, WITHOUT ROWID;\n",
                           sql_type(f));
}

void ddl_index(GString *to, const TablePlan *t, const FieldPlan *f)
{
    if (f->index == NULL)
        return;
    g_string_append(to, f->index_unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    sql_quote(to, f->index);
    g_string_append(to, " ON ");
    sql_quote(to, t->table);
    g_string_append(to, "(county, ");
    sql_quote(to, f->value);
    g_string_append(to, ") WHERE state = 0;\n");
}

/* One statement a column: SQLite adds no more at once. */
static void add_columns(GString *to, const char *table, const GString *columns)
{
    g_auto(GStrv) each = g_strsplit(columns->str, "\n", -1);

    for (size_t i = 0; each[i] != NULL; i++) {
        if (each[i][0] == '\0')
            continue;
        g_string_append(to, "ALTER TABLE ");
        sql_quote(to, table);
        g_string_append_printf(to, " ADD COLUMN %s;\n", each[i]);
    }
}

void ddl_add_field(GString *to, const TablePlan *t, const FieldPlan *f)
{
    g_autoptr(GString) now = g_string_new(NULL), was = g_string_new(NULL);

    field_ddl(now, "\n", f);
    add_columns(to, t->table, now);
    if (!f->dated)
        value_ddl(was, "\n", f);
    add_columns(to, t->was, was);
}

char *ddl_text(const Plan *p)
{
    g_autofree char *fixed = ddl_fixed();
    GString *to = g_string_new(fixed);

    for (size_t i = 0; i < p->n_tables; i++) {
        const TablePlan *t = &p->tables[i];

        ddl_entity(to, t);
        ddl_was(to, t);
        for (size_t j = 0; j < t->n_fields; j++) {
            ddl_periods(to, &t->fields[j]);
            ddl_index(to, t, &t->fields[j]);
        }
    }
    return g_string_free(to, FALSE);
}

bool ddl_create(Conn *c, const Plan *p, GError **error)
{
    g_autofree char *tables = ddl_text(p);

    return conn_script(c, tables, error) || fail_while(error, "making tables");
}
