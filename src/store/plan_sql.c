/* plan_sql.c — SQL made from names of the Plan, and from nothing else.
 * Columns always come in one order: county, id, seq, state, known, then of each field value
 * (references: county, id), since, until, known, blind.  row.c binds and reads in that order. */
#include "store/plan_sql.h"

#include "base/limits.h"

void sql_quote(GString *to, const char *name)
{
    g_string_append_c(to, '"');
    g_string_append(to, name);
    g_string_append_c(to, '"');
}

static void column(GString *to, const char *name)
{
    if (name == NULL)
        return;
    g_string_append_c(to, ',');
    sql_quote(to, name);
}

static void field_columns(GString *to, const FieldPlan *f)
{
    column(to, f->county);
    column(to, f->value);
    column(to, f->since);
    column(to, f->until);
    column(to, f->known);
    column(to, f->blind);
}

static Sql keep(Arena *a, GString *text)
{
    Sql sql = {arena_dup(a, text->str, text->len)};

    g_string_free(text, TRUE);
    return sql;
}

static void parameters(GString *to, int n)
{
    g_string_append(to, ") VALUES(?1");
    for (int i = 2; i <= n; i++)
        g_string_append_printf(to, ",?%d", i);
    g_string_append_c(to, ')');
}

static Sql sql_insert(Arena *a, const TablePlan *t)
{
    GString *s = g_string_new("INSERT INTO ");

    sql_quote(s, t->table);
    g_string_append(s, "(county,id,seq,state,known");
    for (size_t i = 0; i < t->n_fields; i++)
        field_columns(s, &t->fields[i]);
    parameters(s, SYSTEM_COLUMNS + t->columns);
    return keep(a, s);
}

static void assign(GString *to, const char *name, int *at)
{
    if (name == NULL)
        return;
    column(to, name);
    g_string_append_printf(to, "=?%d", (*at)++);
}

static Sql sql_update(Arena *a, const TablePlan *t)
{
    GString *s = g_string_new("UPDATE ");
    int at = SYSTEM_COLUMNS + 1;

    sql_quote(s, t->table);
    g_string_append(s, " SET seq=?3,state=?4,known=?5");
    for (size_t i = 0; i < t->n_fields; i++) {
        const FieldPlan *f = &t->fields[i];

        assign(s, f->county, &at);
        assign(s, f->value, &at);
        assign(s, f->since, &at);
        assign(s, f->until, &at);
        assign(s, f->known, &at);
        assign(s, f->blind, &at);
    }
    g_string_append(s, " WHERE county=?1 AND id=?2");
    return keep(a, s);
}

static Sql sql_select(Arena *a, const TablePlan *t, const char *behind)
{
    GString *s = g_string_new("SELECT county,id,seq,state,known");

    for (size_t i = 0; i < t->n_fields; i++)
        field_columns(s, &t->fields[i]);
    g_string_append(s, " FROM ");
    sql_quote(s, t->table);
    g_string_append(s, behind);
    return keep(a, s);
}

static Sql sql_one(Arena *a, const char *before, const char *table, const char *behind)
{
    GString *s = g_string_new(before);

    sql_quote(s, table);
    g_string_append(s, behind);
    return keep(a, s);
}

/* ---- E_was: county, id, known, gone, undated fields -------------------------------------- */

static int was_columns(GString *to, const TablePlan *t)
{
    int n = 4;

    g_string_append(to, "county,id,known,gone");
    for (size_t i = 0; i < t->n_fields; i++) {
        const FieldPlan *f = &t->fields[i];

        if (f->dated)
            continue;
        column(to, f->county);
        column(to, f->value);
        n += 1 + f->link;
    }
    return n;
}

/* "IN (?2,?3,…)" */
static void in_many(GString *to, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(to, "%s?%u", i > 0 ? "," : " IN (", i + 2);
    g_string_append_c(to, ')');
}

/* Of LIMIT_GROUP_CHANGES records of one county. */
static const char *of_many(Arena *a)
{
    GString *s = g_string_new(" WHERE county=?1 AND id");

    in_many(s, LIMIT_GROUP_CHANGES);
    return keep(a, s).text;
}

/* A question for each of FIND_MANY values, put together.  Of a list (IN) SQLite goes through all of
 * a county, and so does PostgreSQL while it has no statistics of the table. */
static Sql sql_find_many(Arena *a, const TablePlan *t, const FieldPlan *f)
{
    GString *s = g_string_new(NULL);

    for (unsigned i = 0; i < FIND_MANY; i++) {
        g_string_append(s, i > 0 ? " UNION ALL SELECT id," : "SELECT id,");
        sql_quote(s, f->value);
        g_string_append(s, " FROM ");
        sql_quote(s, t->table);
        g_string_append(s, " WHERE county=?1 AND state=0 AND ");
        sql_quote(s, f->value);
        g_string_append_printf(s, "=?%u", i + 2);
    }
    return keep(a, s);
}

/* `question`, which ends where the id of one belongs, for LIMIT_GROUP_CHANGES records of one
 * county. For PostgreSQL alone, which asks ahead.  OFFSET 0 has it look up each of them: of a list
 * it makes a walk through all of the county while it has no statistics of the table, and these
 * tables are empty after an import and grow with each change. */
static Sql sql_ahead(Arena *a, const GString *question, const char *order)
{
    GString *s = g_string_new("SELECT p.* FROM (VALUES (CAST(?2 AS INTEGER))");

    for (unsigned i = 1; i < LIMIT_GROUP_CHANGES; i++)
        g_string_append_printf(s, ",(?%u)", i + 2);
    g_string_append_printf(s, ") AS k(id), LATERAL (%sk.id OFFSET 0) AS p ORDER BY %s",
                           question->str, order);
    return keep(a, s);
}

static Sql sql_was_ahead(Arena *a, const TablePlan *t)
{
    g_autoptr(GString) s = g_string_new("SELECT ");

    was_columns(s, t);
    g_string_append(s, " FROM ");
    sql_quote(s, t->was);
    g_string_append(s, " WHERE county=?1 AND id=");
    return sql_ahead(a, s, "p.id,p.known");
}

static Sql sql_period_ahead(Arena *a, const FieldPlan *f, const char *columns)
{
    g_autoptr(GString) s = g_string_new(columns);

    sql_quote(s, f->table);
    g_string_append(s, " WHERE county=?1 AND id=");
    return sql_ahead(a, s, "p.id,p.since,p.known");
}

static Sql sql_rows_ahead(Arena *a, const TablePlan *t)
{
    g_autoptr(GString) s = g_string_new(sql_select(a, t, " WHERE county=?1 AND id=").text);

    return sql_ahead(a, s, "p.id");
}

static void plan_sql_was(Arena *a, TablePlan *t)
{
    GString *insert = g_string_new("INSERT INTO "), *read = g_string_new("SELECT ");
    GString *scan = g_string_new("SELECT ");

    sql_quote(insert, t->was);
    g_string_append_c(insert, '(');
    parameters(insert, was_columns(insert, t));
    was_columns(read, t);
    was_columns(scan, t);
    t->was_ahead = sql_was_ahead(a, t);
    g_string_append(read, " FROM ");
    sql_quote(read, t->was);
    g_string_append(read, " WHERE county=?1 AND id=?2 ORDER BY known");
    g_string_append(scan, " FROM ");
    sql_quote(scan, t->was);
    g_string_append(scan, " ORDER BY county,id,known");
    t->was_insert = keep(a, insert);
    t->was_read = keep(a, read);
    t->was_scan = keep(a, scan);
}

/* ---- E_x: county, id, since, until, value_county, value, known, gone --------------------- */

static Sql sql_tail_find(Arena *a, const TablePlan *t, const FieldPlan *f)
{
    GString *s = g_string_new("SELECT e.id,e.");

    sql_quote(s, f->value);
    g_string_append(s, " FROM tail d CROSS JOIN ");
    sql_quote(s, t->table);
    g_string_append(s, " e WHERE d.county=?1 AND d.field=?2 AND d.key_id=?3 AND d.tail=?4 "
                       "AND e.county=d.county AND e.id=d.id ORDER BY d.id LIMIT ?5");
    return keep(a, s);
}

static Sql sql_tail_still(Arena *a, const TablePlan *t, const FieldPlan *f)
{
    GString *s = g_string_new("SELECT ");

    sql_quote(s, f->value);
    g_string_append(s, " FROM ");
    sql_quote(s, t->table);
    g_string_append(s, " WHERE county=?1 AND id=?2");
    return keep(a, s);
}

static void plan_sql_field(Arena *a, const TablePlan *t, FieldPlan *f)
{
    const char *link = f->link ? "value_county" : "0";
    const char *columns =
        arena_printf(a, "SELECT county,id,since,until,%s,value,known,gone FROM ", link);

    if (f->index != NULL) {
        GString *s = g_string_new("SELECT id FROM ");

        sql_quote(s, t->table);
        g_string_append(s, " WHERE county=?1 AND ");
        sql_quote(s, f->value);
        g_string_append(s, "=?2 AND state=0 ORDER BY id LIMIT 1");
        f->find = keep(a, s);
        f->find_many = sql_find_many(a, t, f);
    }
    if (f->tail) {
        f->tail_find = sql_tail_find(a, t, f);
        f->tail_still = sql_tail_still(a, t, f);
    }
    if (!f->dated)
        return;
    f->period_insert = sql_one(a, "INSERT INTO ", f->table,
                               f->link ? "(county,id,since,until,value_county,value,known,gone) "
                                         "VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"
                                       : "(county,id,since,until,value,known,gone) "
                                         "VALUES(?1,?2,?3,?4,?6,?7,?8)");
    f->period_gone = sql_one(a, "UPDATE ", f->table,
                             " SET gone=?5 WHERE county=?1 AND id=?2 AND since=?3 AND known=?4");
    f->period_read =
        sql_one(a, columns, f->table, " WHERE county=?1 AND id=?2 ORDER BY since,known");
    f->period_ahead = sql_period_ahead(a, f, columns);
    f->period_scan = sql_one(a, columns, f->table, " ORDER BY county,id,since,known");
}

static Sql sql_gram_scan(Arena *a, const TablePlan *t)
{
    GString *s = g_string_new("SELECT id");

    for (size_t i = 0; i < t->n_fields; i++) {
        if (t->fields[i].gram)
            column(s, t->fields[i].value);
    }
    g_string_append(s, " FROM ");
    sql_quote(s, t->table);
    g_string_append(s, " WHERE county=?1 AND seq>=?2 AND state=0 ORDER BY id");
    return keep(a, s);
}

static Sql sql_gram_texts(Arena *a, const TablePlan *t)
{
    GString *s = g_string_new("SELECT g.gram,g.id");

    for (size_t i = 0; i < t->n_fields; i++) {
        if (!t->fields[i].gram)
            continue;
        g_string_append(s, ",t.");
        sql_quote(s, t->fields[i].value);
    }
    g_string_append(s, " FROM gram g CROSS JOIN ");
    sql_quote(s, t->table);
    g_string_append(s, " t WHERE g.county=?1 AND g.entity=?2 AND (g.gram,g.id)>(?3,?4) AND "
                       "g.gram<?5 AND t.county=g.county AND t.id=g.id "
                       "ORDER BY g.gram,g.id LIMIT ?6");
    return keep(a, s);
}

void plan_sql(Arena *a, TablePlan *t)
{
    t->gram_texts = sql_gram_texts(a, t);
    t->gram_scan = sql_gram_scan(a, t);
    t->insert = sql_insert(a, t);
    t->update = sql_update(a, t);
    t->read = sql_select(a, t, " WHERE county=?1 AND id=?2");
    t->read_many = sql_select(a, t, of_many(a));
    t->read_ahead = sql_rows_ahead(a, t);
    t->scan = sql_select(a, t, " ORDER BY county,id");
    t->state = sql_one(a, "SELECT state FROM ", t->table, " WHERE county=?1 AND id=?2");
    plan_sql_was(a, t);
    for (size_t i = 0; i < t->n_fields; i++)
        plan_sql_field(a, t, &t->fields[i]);
}

/* As sql_find_many(). */
static Sql sql_blinds(Arena *a, const char *table)
{
    GString *s = g_string_new(NULL);

    for (int i = 0; i < FIND_MANY; i++)
        g_string_append_printf(
            s,
            "%sSELECT id,blind FROM %s WHERE county=?1 AND field=?%d AND key_id=?%d AND blind=?%d",
            i > 0 ? " UNION ALL " : "", table, FIND_MANY + 2, FIND_MANY + 3, i + 2);
    return keep(a, s);
}

void plan_sql_identity(Arena *a, Plan *p)
{
    p->identity_many = sql_blinds(a, "identity");
    p->recent_many = sql_blinds(a, "identity_recent");
}
