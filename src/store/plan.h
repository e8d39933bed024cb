/* plan.h — what a Model is called in a database: names of tables and columns, stored numbers, SQL.
 * In: a frozen Model and the numbers stored in table `naming`.  Out: a Plan, immutable.  All SQL
 * that is not a literal is made here, from names that are checked again.  Not here: running it
 * (conn.h), making the tables (ddl.c).
 *
 * Entity E with fields x: tables E, E_x for each dated field, E_was; columns x, and for dated ones
 * x_since, x_until, x_known, for references x_county, x_id, for secret unique ones x_blind.  Where
 * two names would be the same the later gets "_" behind it: tables of the store first, then
 * entities, then E_was, then E_x; inside a table made columns before plain ones; each in the order
 * of stored numbers, whatever the order of the documents.
 *
 * Hidden are entities and fields that the documents no longer declare, or declare otherwise, but
 * that records may hold: they keep their tables and columns, so that a record is digested as it
 * was written, and nobody reads them. */
#ifndef ANLAO_STORE_PLAN_H
#define ANLAO_STORE_PLAN_H

#include "base/fail.h"
#include "declare/model.h"
#include "store/conn.h"

#define SEQ_OPEN INT64_MAX /* `gone` of what still holds */

/* Stored numbers: "owner" and name → number. */
typedef struct Numbering Numbering;
Numbering *numbering_new(void);
void numbering_free(Numbering *n);
void numbering_add(Numbering *n, Str owner, Str name, int64_t number);
int64_t numbering_find(const Numbering *n, Str owner, Str name); /* -1: none */
/* The stored number; a new one, one above the owner's greatest, is added when there is none. */
int64_t numbering_give(Numbering *n, Str owner, Str name);
/* The same number under another name; nothing when there is none of the old name. */
void numbering_rename(Numbering *n, Str owner, Str from, Str to);
/* The same number under another owner, too. */
void numbering_move(Numbering *n, Str owner, Str from, Str owner_to, Str to);
/* Numbers everything of the Model that has none yet, in document order. */
void numbering_model(Numbering *n, const Model *m);
typedef void (*NumberingEach)(void *with, const char *owner, const char *name, int64_t number);
void numbering_each(const Numbering *n, NumberingEach each, void *with); /* sorted */

#define ENTITY_NONE     0 /* an entry about no record */
#define ENTITY_ACCOUNT  1
#define ENTITY_PAY_RUN  2
#define ENTITY_PAY_HOLD 3
#define ENTITY_DOCKET   5
#define ENTITY_ISSUED   7
#define ENTITY_FIRST    16

typedef struct CodePlan {
    const Enum *of;
    int64_t *stored; /* by code number */
    int *code;       /* by stored number; -1 = none */
    size_t n_stored;
    bool same; /* code numbers and stored numbers are equal */
} CodePlan;

typedef struct FieldPlan {
    const Field *field;
    unsigned number;   /* stored; order of columns and of canonical bytes */
    const char *value; /* column; of a reference its x_id */
    const char *county, *since, *until, *known, *blind; /* columns, or NULL */
    int at;                /* first column among the fields' columns; see columns_of() */
    int columns;           /* how many it has */
    const CodePlan *codes; /* ENUM, SET */
    bool link, dated, secret, blinded;
    bool title, gram, tail; /* of the record's title; found by its text; by its last digits */
    bool hidden;            /* `field` says its kind alone, and belongs to no Model */
    const char *table;      /* E_x */
    Sql period_insert, period_gone, period_read, period_ahead, period_scan; /* on E_x */
    const char *index; /* unique or look-up index, or NULL */
    bool index_unique;
    Sql find;       /* by value in one county */
    Sql find_many;  /* FIND_MANY values: id, value */
    Sql tail_still; /* what the field of a record holds */
    Sql tail_find;  /* ids and what the field holds, by last digits */
} FieldPlan;

typedef struct TablePlan {
    const Entity *entity;
    unsigned number;
    bool hidden; /* `entity` says its name alone, and belongs to no Model */
    const char *table, *was;
    FieldPlan *fields; /* stored ones, sorted by number */
    size_t n_fields;
    int *of_index; /* field->index → position in fields; -1 = not stored (computed) */
    int columns;   /* of all fields together */
    bool has_gram;
    Sql insert, update, read, scan, state; /* on E; order: county, id, seq, state, known, fields */
    Sql was_insert, was_read, was_scan;    /* on E_was: undated fields */
    /* The same of LIMIT_GROUP_CHANGES records of one county at once; _ahead: rows_ahead.c alone. */
    Sql read_many, read_ahead, was_ahead;
    Sql gram_scan;  /* id and title texts of a county's live records changed at or after a seq */
    Sql gram_texts; /* gram, id, title texts of those behind (gram, id), before another gram */
} TablePlan;

typedef struct Plan {
    Arena *arena;
    TablePlan *tables; /* by entity->number; hidden ones behind them */
    size_t n_tables;   /* without the hidden ones */
    size_t n_all;
    GHashTable *by_number;          /* stored entity number → TablePlan */
    Sql identity_many, recent_many; /* id, blind of FIND_MANY blinds; then field and key */
} Plan;

#define FIND_MANY 64 /* looked for in one statement */

#define SYSTEM_COLUMNS 5 /* county, id, seq, state, known */

/* `kept`: lines of a schema text (declare/schema.h) that say what is hidden; may be empty.  A field
 * that was replaced by one of the same name is called NAME#NUMBER there. */
bool plan_new(const Model *m, const Numbering *n, const char *kept, Plan **ret, GError **error);
void plan_free(Plan *p);
const FieldPlan *plan_field(const Plan *p, const Field *f); /* NULL: not stored */
const TablePlan *plan_numbered(const Plan *p, int64_t number);
const FieldPlan *table_numbered(const TablePlan *t, uint64_t number);

/* What table `identity` calls a field: unlike field numbers, unique over all entities. */
int64_t identity_field(const TablePlan *t, const FieldPlan *f);

Cell cell_of_value(const FieldPlan *f, Value v);
Value value_of_cell(const FieldPlan *f, Cell c); /* secrets: known without value */
void sql_quote(GString *to, const char *name);

#endif
