/* cell.h — the text of one cell and its value, by kind.
 * In: what people write.  Out: a Value, or a sentence that says what is wrong with the cell.  Not
 * here: rows and files (csv.h), which records exist (the caller's `resolve`).
 *
 *   empty       unknown, for every kind; blanks at both ends never count
 *   date        2020-01-05 2020/1/5 2020.1.5 2020年1月5日 20200105; a day number of a spreadsheet
 * is refused, never guessed; a time of 00:00:00 behind it is allowed month       2020-01 2020/1
 * 2020年1月 202001 moment      2020-01-05 08:30[:00], Beijing time unless it ends in Z or +hh:mm
 *   money       yuan: 200 200.5 1,234.00 ¥200 200元; to the fen
 *   area        150 150.5 150m2 150㎡ 150平方米; to two decimals
 *   share       80% 80.25%; a number without % is refused: 0.8 and 80 are both written
 *   hours       2 1.5 1:30 2小时 90分钟 1小时30分; to the minute
 *   bool        是 否 yes no true false 1 0 y n
 *   enum        code, Chinese or English label
 *   set         codes or labels parted by | 、 ； ; or commas; `-` is the empty set
 *   point       113.85,27.62: longitude, then latitude, in degrees (CGCS2000)
 *   citizen_id, credit_code   check digits are checked
 *
 * Full-width digits and signs count as plain ones, except in text. */
#ifndef ANLAO_FORMAT_CELL_H
#define ANLAO_FORMAT_CELL_H

#include "base/arena.h"
#include "data/value.h"

#define CELL_SECOND  1000000LL           /* moments count microseconds */
#define CELL_BEIJING (int64_t)(8 * 3600) /* seconds ahead of UTC: the country has one zone */

typedef struct CellCode { /* its number is its index */
    Str name, zh, en;
} CellCode;

typedef struct CellType {
    Kind kind;
    uint8_t scale;   /* DECIMAL: its decimals */
    uint16_t length; /* TEXT: most characters; 0 = no limit */
    const CellCode *codes;
    size_t n_codes;
    /* What a text stands for: REF and REGION; for ENUM and SET only where `codes` is NULL. */
    bool (*resolve)(void *with, Str text, int64_t *ret_number);
    void *with;
    bool has_range;
    int64_t low, high; /* in the kind's storage units */
} CellType;

/* What is wrong, for the person who made the file: 「没有 1943-02-30 这一天」. */
typedef struct CellFault {
    const char *zh, *en; /* literals, or in the arena */
} CellFault;

typedef enum CellWords { CELL_CODES, CELL_ZH, CELL_EN } CellWords;

/* Text values borrow the cell, or the arena where their form changed (x of a citizen number, a
 * telephone's blanks).  REF: num is what `resolve` gave; REGION: num too, text is the cell. */
bool cell_read(const CellType *t, Str cell, Arena *a, Value *ret, CellFault *ret_fault);
/* Reads back as the same value, except that texts lose blanks at both ends.  REF: the number as an
 * id; a caller with better words writes them itself. */
void cell_write(const CellType *t, Value v, CellWords words, GString *to);

#endif
