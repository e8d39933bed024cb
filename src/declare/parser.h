/* parser.h — the three functions lemon makes; it declares none of them itself. */
#ifndef ANLAO_DECLARE_PARSER_H
#define ANLAO_DECLARE_PARSER_H

#include "declare/ast.h"

void *declarationAlloc(void *(*allocate)(size_t));
void declarationFree(void *parser, void (*release)(void *));
void declaration(void *parser, int kind, Token token, Reader *r);

/* What the parser would do with a token next. */
typedef struct Taking {
    bool fits;    /* it may stand here */
    bool keyword; /* as the word of the language that it is; false: as a name */
    int state;    /* in which it is taken: the same for the first word of each item of a list */
} Taking;
Taking declarationTakes(void *parser, int token);

#endif
