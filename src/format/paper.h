/* paper.h — what stands on a printed paper, as text: the same whether it is shown, printed, put
 * into a workbook, or looked up years later by its number.
 *
 *   anlao-paper  1                      cell   ADDRESS  LABEL  KIND  TEXT
 *   number       0F3K… or empty         rows   ADDRESS  TITLE
 *   paper        NAME  TITLE            head   LABEL  KIND           one per column
 *   document     NAME  CLAUSE           row    TEXT…                 as many as heads
 *   place        CODE  NAME             digest SM3 of all above
 *   about        KEY   TITLE
 *   made         DAY   ACTOR
 *   signs        WHO                    group  TITLE  ROWS           before its rows
 *   page         a3 across both large   (left out: a4 upright, on one side)
 *   letter       民告〔2020〕3号         (left out: it has no number of its own)
 *   text         PARAGRAPH              as many as there are
 *
 *   erased       DAY  SM3 as issued     (behind all others: the law took something out since)
 *
 * Cells are parted by tabs, lines end in LF.  KIND says how a program reads the text: text, money
 * (yuan with two decimals and thousands cut), number, date, blank (to be written on by hand), code
 * (of an indicator).  `head` with `sum` behind its KIND is added up; where no head says so, all
 * money is.  A label with | has two lines: what stands before it is the head of its neighbours too.
 * Start: paper_print(), paper_parse(); the workbook is made in paper_book.c. */
#ifndef ANLAO_FORMAT_PAPER_H
#define ANLAO_FORMAT_PAPER_H

#include "base/arena.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/fail.h"

typedef enum PaperKind {
    PAPER_TEXT,
    PAPER_MONEY,
    PAPER_NUMBER,
    PAPER_DATE,
    PAPER_BLANK,
    PAPER_CODE,
    PAPER_KINDS
} PaperKind;

typedef struct PaperEntry { /* a single cell */
    Str at, label, text;
    PaperKind kind;
} PaperEntry;

typedef struct PaperColumn {
    Str label;
    PaperKind kind;
    bool sum;
} PaperColumn;

typedef struct PaperGroup { /* so many rows, of one village, one class */
    Str title;
    size_t n_rows;
} PaperGroup;

typedef struct PaperFormat {
    unsigned size; /* 3, 4, 5: A4 */
    bool across, both, large;
} PaperFormat;

typedef struct PaperTable {
    Str at, title;
    PaperColumn *columns;
    size_t n_columns;
    Str *cells; /* n_rows * n_columns */
    size_t n_rows;
    PaperGroup *groups; /* their rows are all rows, in order; none: not grouped */
    size_t n_groups;
} PaperTable;

typedef struct PaperSheet {
    Str number, name, title, document, clause, place, place_name, key, about, actor, signs;
    Str person; /* what the actor is called; empty: of papers that do not say it */
    Date made;
    PaperFormat format;
    Str letter; /* its own number; empty: none */
    Str *texts;
    size_t n_texts;
    PaperEntry *entries;
    size_t n_entries;
    PaperTable *tables;
    size_t n_tables;
    Date erased; /* when the law took something out; 0: nothing */
    Str issued;  /* then: its digest as it was issued */
    Str digest;  /* set by paper_close() */
} PaperSheet;

/* Who filled it in: the person, or the account. */
static inline Str paper_filler(const PaperSheet *p)
{
    return p->person.len > 0 ? p->person : p->actor;
}

/* A value as one cell: what would break a line becomes a blank. */
Str paper_cell(Arena *a, Str text);
/* Sets the digest; afterwards nothing may be changed. */
void paper_close(PaperSheet *p, Arena *a);
void paper_print(const PaperSheet *p, GString *to);
/* The digest that stands on the paper people have. */
static inline Str paper_digest(const PaperSheet *p)
{
    return p->erased != 0 ? p->issued : p->digest;
}
/* Reads it back; FAIL_INPUT where it is none, or not what its digest says. */
bool paper_parse(Str text, Arena *a, PaperSheet *ret, GError **error);

/* By what a person is known on papers about others: what she alone has (its keys, numbers); what
 * others may be called, too, which counts where `alone` or beside a `hint` (a masked number). */
typedef struct PaperNames {
    const Str *sure, *names, *hints;
    const bool *alone; /* of each name: nobody else is called so */
    size_t n_sure, n_names, n_hints;
} PaperNames;
/* Takes her out, as a law demands: her rows keep money and numbers alone.  How many cells;
 * *ret_unsure where a name was left because it may be another's.  Closes it where there were any.
 */
size_t paper_erase(PaperSheet *p, const PaperNames *who, Date day, Arena *a, bool *ret_unsure);

/* Fen of all money in a column; false: none of its cells is money, or the sum is too large. */
bool paper_sum(const PaperTable *t, size_t column, int64_t *ret_fen);
/* Of `n` rows from `row` on, money (scale 2) or numbers that are to be added up; false: this column
 * is not, one of its cells is no number, or the sum is too large.  ? (not known) and — (no number)
 * count as nothing. */
bool paper_total(const PaperTable *t, size_t column, size_t row, size_t n, Decimal *ret);
/* Whether a total row stands under the table: something is added up. */
bool paper_has_total(const PaperTable *t);
/* The upper line of a head: what stands before |, empty where there is none; the lower line. */
Str paper_head_above(Str label);
Str paper_head_below(Str label);
void paper_head_put(GString *to, Str label); /* both lines in one: 上月|金额 as 上月金额 */
/* Into the blank sheet of an upper office, cell by cell; all else stays as it is (xlsx_fill.h). */
bool paper_fill_blank(const PaperSheet *p, const char *blank, const char *sheet, const char *path,
                      GError **error);
/* As a workbook of its own: title, cells, tables, totals, foot; ready to print.  `apart`: each
 * group of the tables on a sheet of its own. */
bool paper_workbook(const PaperSheet *p, const char *path, bool apart, GError **error);

#endif
