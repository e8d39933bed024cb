/* schema.h — the schema of a Model as text, read back: what differs between two of them, and what
 * that means for records that are there.  In: texts of model_schema_text().  Out: changes, safe and
 * destructive apart; or a thin Model with nothing in it but what tables are made from.  Not here:
 * the tables (store/migrate.c).  Start: schema_compare().
 *
 * Safe is what no record and nobody who enters one can notice.  Destructive is the rest: what hides
 * something recorded, gives it another meaning, or refuses what was accepted.  Classes:
 * docs/operations.md, "Model changes". */
#ifndef ANLAO_DECLARE_SCHEMA_H
#define ANLAO_DECLARE_SCHEMA_H

#include "declare/model.h"

typedef struct SchemaField { /* "field elder.born date required" */
    Str entity, name, type;  /* type: as in a document: set of economy, text(40), ref facility */
    bool required, dated, secret, unique, open, computed, has_range;
    int64_t low, high;
} SchemaField;

bool schema_field_read(Str line, SchemaField *ret); /* false: no line of a field */
/* Whether values recorded for the one can be read as values of the other: the same kind, reference,
 * enum, unit, scale, history, secrecy. */
bool schema_same_form(const SchemaField *a, const SchemaField *b);

typedef enum SchemaWhat { SCHEMA_ENTITY, SCHEMA_FIELD, SCHEMA_ENUM, SCHEMA_CODE } SchemaWhat;

typedef enum SchemaStep {                  /* what becomes of what is recorded */
                          SCHEMA_STAYS,    /* it stays as it is */
                          SCHEMA_ADDED,    /* something new, unknown in all records */
                          SCHEMA_HIDDEN,   /* kept out of sight */
                          SCHEMA_REPLACED, /* the same name, but what was recorded is kept out of
                                              sight */
} SchemaStep;

typedef struct SchemaChange {
    SchemaWhat what;
    Str owner, member; /* elder, born; of entities and enums alone: elder, empty */
    Str before, after; /* whole lines; at NULL: there is none */
    SchemaStep step;
    bool destructive;
    Str words; /* what differs and what it means, in one line */
} SchemaChange;

/* In the order of the lines.  Texts are borrowed, words lie in the arena. */
void schema_compare(const char *stored, const char *now, Arena *a, SchemaChange **ret,
                    size_t *ret_n);
/* Entities with fields, keys and kinds: no titles, codes, places or rules.  An entity may have
 * lines of fields alone.  It dies with the arena. */
Model *schema_model(Arena *a, const char *text);
/* The type as far as it says how values are stored; false: no type of this program. */
bool schema_type_read(Str text, Type *ret);

#endif
