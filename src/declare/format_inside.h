/* format_inside.h — what the parts of the formatter hand to each other: a block as pieces
 * (format_read.c), pieces with their lines (format_lines.c), lines with their columns
 * (format_align.c).  Only for these and format.c. */
#ifndef ANLAO_DECLARE_FORMAT_INSIDE_H
#define ANLAO_DECLARE_FORMAT_INSIDE_H

#include "declare/ast.h"

typedef struct Comment {
    Str text;     /* from # to the end of its line */
    bool alone;   /* on a line of its own */
    bool distant; /* an empty line stands before it */
} Comment;

/* One word or sign, and what the author put before it. */
typedef struct Piece {
    Str text; /* as written, quotes included */
    int kind; /* TK_…; a word of the language used as a name is TK_ID */
    int state;
    bool measure;                 /* the unit of the number before it */
    bool ends;                    /* an item ends before it, as written */
    bool newline, blank, distant; /* before it stands: a line end, any blank, an empty line */
    size_t comments, n_comments;  /* of the block's, between the piece before and this one */
    /* found by lines_make() */
    bool inside;    /* of some bracket */
    bool tight;     /* a brace of {a, b}: no blanks inside */
    bool semicolon; /* parts it from the item before it on one line */
    uint32_t pad;   /* blanks before it beyond the usual, for columns */
    uint32_t column;
} Piece;

typedef struct Pieces {
    Piece *list; /* one more, of kind 0, carries the comments at the end */
    size_t n;
    Comment *comments;
    size_t n_comments;
} Pieces;

typedef struct Line {
    size_t from, to; /* pieces; equal: an own comment alone */
    uint32_t indent;
    size_t under;           /* piece whose column is the indent instead; SIZE_MAX: none */
    size_t group;           /* number of the braces it is an item of; 0: a declaration */
    bool item;              /* begins an item */
    bool columns;           /* whose words stand in columns with those of its neighbours */
    bool distant;           /* an empty line goes before it */
    const Comment *comment; /* at its end */
} Line;

/* False when the block holds mistakes: `diags` has them. */
bool pieces_read(Arena *keep, Arena *scratch, Diags *diags, Span block, Pieces *ret);
GArray *lines_make(Pieces *p); /* of Line */
void lines_align(Pieces *p, GArray *lines);
bool piece_blank(const Pieces *p, size_t i); /* whether a blank stands between i - 1 and i */
uint32_t text_width(Str text);               /* wide signs count two */

#endif
