/* import_inside.h — what import.c and import_row.c share. */
#ifndef ANLAO_CARE_IMPORT_INSIDE_H
#define ANLAO_CARE_IMPORT_INSIDE_H

#include "care/cells.h"
#include "care/import.h"
#include "care/write.h"

typedef struct ImportColumn {
    const Field *field; /* NULL: nothing is taken from it */
    bool is_since;      /* the day from which the field's value holds */
    bool is_remark;     /* looked at for what a person should change */
    bool is_number;     /* the record's, as an export gave it (record_number.h) */
    bool is_idle;       /* known to hold nothing */
    bool is_nameless;   /* nobody said what it is; until that was noted */
    Cells cells;
} ImportColumn;

typedef struct Import {
    Care *care;
    const Session *session;
    const Entity *entity;
    ImportColumn *columns;
    size_t n_columns;
    Date today;
    GHashTable *taken; /* "field\ntext" → line + 1: unique texts of rows taken from this file */
    size_t rows;       /* read so far */
    size_t elsewhere;  /* of them, registered outside the session's region */
    int32_t *counties; /* that hold records of the entity; NULL until it is worth knowing */
    size_t n_counties;
    const ImportOptions *options;
    GHashTable *records; /* ids of records changed by this file → line + 1 */
    GHashTable *looked;  /* "field\ntext" → RecordKey, id 0: nobody has it; of the next rows */
    GHashTable *known;   /* id → SealedRecord: those that were found */
    Arena *known_arena;  /* theirs */
} Import;

typedef struct ImportRow { /* read, and not taken yet */
    const Str *cells;
    size_t n, line;
    size_t nth; /* of all rows of the file, from 0 */
} ImportRow;

#define IMPORT_ROWS_AHEAD 256

/* import_ahead.c */
char *import_text_key(const Field *f, Str text); /* g_free */
/* Looks for what the rows say of themselves, at most IMPORT_ROWS_AHEAD, and reads the records that
 * have it; forgets the rows before. */
bool import_look_ahead(Import *in, const ImportRow *rows, size_t n, GError **error);
/* A record that was found, as it was then; NULL: it is to be asked for. */
const SealedRecord *import_known(const Import *in, RecordKey key);
void import_ahead_clear(Import *in);
/* import_row.c: which counties have such records at all: asked once, when the file turns out to be
 * long.  In a new database there is nothing to match with, in a county's own there is one. */
bool import_counties(Import *in, GError **error);
/* NULL: it was not looked for. */
const RecordKey *import_looked(const Import *in, const WriteField *w);

/* import_columns.c */
bool import_columns(Import *in, const ImportOptions *o, const Str *names, size_t n, Arena *a,
                    GError **error);
void import_columns_clear(Import *in);
const char *remark_word(Str text);    /* 已故, 外迁 …; NULL: nothing of the kind */
bool remark_is_end(const char *word); /* of both, that the record ends */
const char *row_is_total(const Str *cells, size_t n); /* 合计 …; NULL */
/* import.c: who may, and what kind of file into what kind of database. */
bool import_may(Care *c, const Session *s, const Entity *e, const char *path,
                const ImportOptions *o, GError **error);

typedef enum RowFate { ROW_NEW, ROW_CHANGED, ROW_SAME, ROW_REJECTED } RowFate;

/* One row becomes a request (texts in the arena), or a reason why not, in Chinese. */
bool import_row(Import *i, const Str *cells, size_t line, Arena *a, RowFate *ret_fate,
                WriteRequest *ret, GString *reason, GError **error);

bool row_has_key(const WriteRequest *r); /* something by which it is found when it comes again */

/* import_again.c: rows refused while the import was applied, each with its cells and why. */
typedef struct ImportAgain {
    Import *import;
    const char *path;
    const uint32_t *seats;     /* of all staged rows: nth of the file << 1 | new */
    const ImportRefused *list; /* in the order of staging */
    size_t n;
    Arena *arena; /* of columns */
    bool (*refused)(void *with, const Str *cells, size_t n, bool is_new, Str why, GError **error);
    void *with;
} ImportAgain;
bool import_again(const ImportAgain *of, GError **error);

#endif
