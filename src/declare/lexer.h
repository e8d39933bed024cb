/* lexer.h — what the generated scanner calls for each kind of token; only lexer.re includes it. */
#ifndef ANLAO_DECLARE_LEXER_H
#define ANLAO_DECLARE_LEXER_H

#include "declare/token.h"

Token lexer_token(Lexer *x, int kind);
void lexer_line(Lexer *x);
Token lexer_date(Lexer *x);
Token lexer_month(Lexer *x);
Token lexer_month_day(Lexer *x);
Token lexer_number(Lexer *x);
Token lexer_glued(Lexer *x);
Token lexer_word(Lexer *x);
Token lexer_string(Lexer *x);
Token lexer_open_string(Lexer *x);
Token lexer_foreign(Lexer *x);
Token lexer_upper(Lexer *x);
Token lexer_far(Lexer *x);
bool lexer_far_blanks(Lexer *x);
void lexer_stray(Lexer *x);

#endif
