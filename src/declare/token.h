/* token.h — the words of a fenced block, each with its place.
 * In: the text of one block.  Out: an array of tokens in which line ends are already END or gone.
 * Not here: what they mean together (grammar.y).  Start: tokens_read(). */
#ifndef ANLAO_DECLARE_TOKEN_H
#define ANLAO_DECLARE_TOKEN_H

#include "base/date.h"
#include "base/diag.h"
#include "base/limits.h"

typedef enum Measure { /* the unit as written behind a number */
                       MEASURE_NONE,
                       MEASURE_YUAN,
                       MEASURE_FEN,
                       MEASURE_M2,
                       MEASURE_PERCENT,
                       MEASURE_HOURS,
                       MEASURE_MINUTES,
                       MEASURE_DAYS,
                       MEASURE_MONTHS,
                       MEASURE_YEARS,
                       MEASURE_WORKING_DAYS,
} Measure;

typedef struct Token {
    int kind; /* TK_… of grammar.h */
    Pos pos;
    Str text;       /* as written; of a string: its content, escapes undone */
    int64_t number; /* number: mantissa; date, month: their day or month; month-day: month * 100 +
                       day */
    uint8_t scale, measure;
    bool first; /* first word of its line */
} Token;

/* Where a piece of a document stands: its text, and the place of its first byte. */
typedef struct Span {
    Str text;
    Pos pos;
} Span;

typedef struct Lexer {
    const unsigned char *cursor, *limit, *start, *copy; /* a copy that ends in NUL */
    const char *original;         /* the byte of the document that `copy` is of */
    const unsigned char *counted; /* columns are counted up to here */
    uint32_t line, column;
    bool line_begins;
    const Source *source;
    Arena *keep; /* texts with escapes undone */
    Diags *diags;
} Lexer;

void lexer_start(Lexer *x, Arena *keep, Arena *scratch, Diags *diags, Span span);
/* The next token, TK_END for each line end and `;`, kind 0 at the end.  What is no token at all is
 * reported and passed over. */
Token lexer_next(Lexer *x);

/* Tokens of a block with the line ends that end an item as TK_END, units joined to their numbers,
 * and the words that depend on their neighbours told apart.  The array lives in `scratch`, texts in
 * the document or in `keep`. */
Token *tokens_read(Arena *keep, Arena *scratch, Diags *diags, Span span, size_t *ret_n);

int keyword_of(Str word);           /* TK_…, or 0 */
const char *keyword_text(int kind); /* NULL when it is no keyword */
bool measure_of(Str word, Measure *ret_measure);
bool token_declares(int kind);      /* begins a declaration */
bool token_goes_on(int kind);       /* at the start of a line, goes on with the declaration above */
const char *measure_word(size_t i); /* the units, one by one; NULL behind the last */

#endif
