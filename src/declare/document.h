/* document.h — Markdown in, clauses and blocks out.
 * In: the bytes of one file.  Out: a Document with clauses and prose, and the fenced blocks with
 * the tables behind them, each with its exact place.  Not here: what a block says (parse.c). */
#ifndef ANLAO_DECLARE_DOCUMENT_H
#define ANLAO_DECLARE_DOCUMENT_H

#include "declare/model.h"
#include "declare/token.h"

typedef struct SheetRow {
    Span *cells; /* trimmed */
    size_t n_cells;
    Pos pos;
} SheetRow;

/* A Markdown table as written; row 0 is the header. */
typedef struct Sheet {
    SheetRow *rows;
    size_t n_rows;
    bool used;
    Pos pos;
} Sheet;

typedef struct Block {
    Span span;
    const Clause *clause;
    Sheet *sheet;     /* the table right behind it, or NULL */
    GArray *declared; /* of Declared (ast.h), once it is parsed (parsed.h) */
} Block;

typedef struct Reading { /* one document while it is read */
    Document *document;
    GArray *blocks;  /* of Block */
    Span *builds_on; /* names, not yet looked up */
    size_t n_builds_on;
    Pos place; /* where the header names it */
    bool usable;
} Reading;

/* Whether the last declaration of a block may have its rows in a table behind it. */
bool block_asks_table(Str text);
/* `keep` holds what the Model keeps, `scratch` what dies with the reading. */
Reading *document_read(Arena *keep, Arena *scratch, Diags *diags, const char *name, Str text);

/* The header alone: no clauses, no blocks. */
Reading *document_head(Arena *keep, Arena *scratch, Diags *diags, const char *name, Str text);

#endif
