/* migrate_ddl.c — from the tables of one Plan to those of another.  Tables and columns are only
 * ever added; what exists may have to make room for a name (plan.h), and indexes come and go.
 * Read first: ddl_between(). */
#include "store/ddl.h"
#include "store/migrate_inside.h"

/* Parts in the order in which they run.  Names change in two steps, over names that nothing can
 * have, for one may become free only when another has changed. */
typedef struct Between {
    GString *indexes_gone, *tables_away, *tables_back, *columns_away, *columns_back, *made,
        *indexes;
    unsigned names;
} Between;

static void table_rename(Between *b, const char *from, const char *to)
{
    if (from == NULL || to == NULL || g_str_equal(from, to))
        return;
    g_string_append_printf(b->tables_away, "ALTER TABLE \"%s\" RENAME TO \"_%u\";\n", from,
                           ++b->names);
    g_string_append_printf(b->tables_back, "ALTER TABLE \"_%u\" RENAME TO \"%s\";\n", b->names, to);
}

static void column_rename(Between *b, const char *table, const char *from, const char *to)
{
    if (from == NULL || to == NULL || g_str_equal(from, to))
        return;
    g_string_append_printf(b->columns_away, "ALTER TABLE \"%s\" RENAME COLUMN \"%s\" TO \"_%u\";\n",
                           table, from, ++b->names);
    g_string_append_printf(b->columns_back, "ALTER TABLE \"%s\" RENAME COLUMN \"_%u\" TO \"%s\";\n",
                           table, b->names, to);
}

static void field_rename(Between *b, const TablePlan *t, const FieldPlan *was, const FieldPlan *f)
{
    table_rename(b, was->table, f->table);
    column_rename(b, t->table, was->value, f->value);
    column_rename(b, t->table, was->county, f->county);
    column_rename(b, t->table, was->since, f->since);
    column_rename(b, t->table, was->until, f->until);
    column_rename(b, t->table, was->known, f->known);
    column_rename(b, t->table, was->blind, f->blind);
    if (f->dated)
        return;
    column_rename(b, t->was, was->value, f->value);
    column_rename(b, t->was, was->county, f->county);
}

static bool same_index(const FieldPlan *was, const FieldPlan *f)
{
    return g_strcmp0(was->index, f->index) == 0 && was->index_unique == f->index_unique;
}

static void field_between(Between *b, const TablePlan *before, const TablePlan *t,
                          const FieldPlan *f)
{
    const FieldPlan *was = table_numbered(before, f->number);

    if (was == NULL) {
        ddl_add_field(b->made, t, f);
        ddl_periods(b->made, f);
        ddl_index(b->indexes, t, f);
        return;
    }
    field_rename(b, t, was, f);
    if (same_index(was, f))
        return;
    if (was->index != NULL)
        g_string_append_printf(b->indexes_gone, "DROP INDEX \"%s\";\n", was->index);
    ddl_index(b->indexes, t, f);
}

static void table_between(Between *b, const Plan *from, const TablePlan *t)
{
    const TablePlan *before = plan_numbered(from, t->number);

    if (before == NULL) {
        ddl_entity(b->made, t);
        ddl_was(b->made, t);
        for (size_t i = 0; i < t->n_fields; i++) {
            ddl_periods(b->made, &t->fields[i]);
            ddl_index(b->indexes, t, &t->fields[i]);
        }
        return;
    }
    table_rename(b, before->table, t->table);
    table_rename(b, before->was, t->was);
    for (size_t i = 0; i < t->n_fields; i++)
        field_between(b, before, t, &t->fields[i]);
}

char *ddl_between(const Plan *from, const Plan *to)
{
    Between b = {0};
    GString **parts[] = {&b.indexes_gone, &b.tables_away, &b.tables_back, &b.columns_away,
                         &b.columns_back, &b.made,        &b.indexes};
    GString *all = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        *parts[i] = g_string_new(NULL);
    for (size_t i = 0; i < to->n_all; i++)
        table_between(&b, from, &to->tables[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_string_append_len(all, (*parts[i])->str, (gssize)(*parts[i])->len);
        g_string_free(*parts[i], TRUE);
    }
    return g_string_free(all, FALSE);
}
