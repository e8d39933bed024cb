/* parser.h — the three functions lemon makes; it declares none of them itself. */
#ifndef ANLAO_DECLARE_PARSER_H
#define ANLAO_DECLARE_PARSER_H

#include "declare/ast.h"

void *declarationAlloc(void *(*allocate)(size_t));
void declarationFree(void *parser, void (*release)(void *));
void declaration(void *parser, int kind, Token token, Reader *r);

#endif
