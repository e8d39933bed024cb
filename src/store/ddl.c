/* ddl.c — the only place that makes tables.  Names come from the Plan, which checked them. */
#include "store/ddl.h"

static const struct FixedTable {
    const char *name, *columns;
} fixed_tables[] = {
#define TABLE(name, columns) {#name, columns},
#define RESERVED(name)
#include "store/tables.def"
#undef TABLE
#undef RESERVED
};

static void fixed_ddl(GString *to, const struct FixedTable *t)
{
    g_string_append(to, "CREATE TABLE ");
    sql_quote(to, t->name);
    g_string_append_printf(to, "(%s) STRICT, WITHOUT ROWID;\n", t->columns);
}

static const char *sql_type(const FieldPlan *f)
{
    return f->secret ? "BLOB" : kind_facts[f->field->type.kind].sql;
}

static void column(GString *to, const char *name, const char *type)
{
    if (name == NULL)
        return;
    g_string_append(to, ", ");
    sql_quote(to, name);
    g_string_append_printf(to, " %s", type);
}

static void value_ddl(GString *to, const FieldPlan *f)
{
    column(to, f->county, "INTEGER");
    column(to, f->value, sql_type(f));
}

static void entity_ddl(GString *to, const TablePlan *t)
{
    g_string_append(to, "CREATE TABLE ");
    sql_quote(to, t->table);
    g_string_append(to, "(county INTEGER NOT NULL, id INTEGER NOT NULL, seq INTEGER NOT NULL, "
                        "state INTEGER NOT NULL, known INTEGER NOT NULL");
    for (size_t i = 0; i < t->n_fields; i++) {
        const FieldPlan *f = &t->fields[i];

        value_ddl(to, f);
        column(to, f->since, "INTEGER");
        column(to, f->until, "INTEGER");
        column(to, f->known, "INTEGER");
        column(to, f->blind, "BLOB");
    }
    g_string_append(to, ", PRIMARY KEY (county, id)) STRICT, WITHOUT ROWID;\n");
}

static void was_ddl(GString *to, const TablePlan *t)
{
    g_string_append(to, "CREATE TABLE ");
    sql_quote(to, t->was);
    g_string_append(to, "(county INTEGER NOT NULL, id INTEGER NOT NULL, known INTEGER NOT NULL, "
                        "gone INTEGER NOT NULL");
    for (size_t i = 0; i < t->n_fields; i++) {
        if (!t->fields[i].dated)
            value_ddl(to, &t->fields[i]);
    }
    g_string_append(to, ", PRIMARY KEY (county, id, known)) STRICT, WITHOUT ROWID;\n");
}

static void periods_ddl(GString *to, const FieldPlan *f)
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

static void index_ddl(GString *to, const TablePlan *t, const FieldPlan *f)
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

char *ddl_text(const Plan *p)
{
    GString *to = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(fixed_tables); i++)
        fixed_ddl(to, &fixed_tables[i]);
    g_string_append(to, "CREATE INDEX journal_record ON journal(county, entity, id, seq);\n");
    g_string_append(to, "CREATE INDEX due_day ON due(day);\n"
                        "CREATE INDEX transfer_from ON transfer(county, from_id, seq);\n"
                        "CREATE INDEX transfer_to ON transfer(county, to_id, seq);\n"
                        "CREATE UNIQUE INDEX pay_run_open ON pay_run(county, programme) "
                        "WHERE state BETWEEN 1 AND 5;\n"
                        "CREATE UNIQUE INDEX pay_hold_open ON pay_hold(county, subject, kind) "
                        "WHERE closed_seq = 0;\n");
    for (size_t i = 0; i < p->n_tables; i++) {
        const TablePlan *t = &p->tables[i];

        entity_ddl(to, t);
        was_ddl(to, t);
        for (size_t j = 0; j < t->n_fields; j++) {
            periods_ddl(to, &t->fields[j]);
            index_ddl(to, t, &t->fields[j]);
        }
    }
    return g_string_free(to, FALSE);
}

bool ddl_create(Conn *c, const Plan *p, GError **error)
{
    g_autofree char *tables = ddl_text(p);

    return conn_script(c, tables, error) || fail_while(error, "making tables");
}
