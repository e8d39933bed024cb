/* lexer.re — the bytes of a fenced block become tokens.
 * In: a copy of the block that ends in NUL (re2c looks at the limit only there).  Out: tokens whose
 * texts lie in the document itself.  A NUL inside is reported, not obeyed.  Start: lexer_next(). */
#include "declare/grammar.h"
#include "declare/lexer.h"
#include "declare/token.h"

Token lexer_next(Lexer *x)
{
    const unsigned char *YYMARKER;
again:
    x->start = x->cursor;
    /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYCURSOR = "x->cursor";
        re2c:define:YYLIMIT = "x->limit";
        re2c:yyfill:enable = 0;
        re2c:eof = 0;

        digit = [0-9];
        name = [a-z] [a-z0-9_]*;
        far = [\x80-\U0010FFFF];

        $ { return lexer_token(x, 0); }
        [ \t\r]+ { goto again; }
        "#" [^\n\x00]* { goto again; }
        "\n" { Token t = lexer_token(x, TK_END); lexer_line(x); return t; }
        ";" { return lexer_token(x, TK_END); }

        digit{4} "-" digit{2} "-" digit{2} { return lexer_date(x); }
        digit{4} "-" digit{2} { return lexer_month(x); }
        digit{2} "-" digit{2} { return lexer_month_day(x); }
        digit+ ("." digit+)? { return lexer_number(x); }
        digit+ [A-Z] [0-9A-Z]* { return lexer_token(x, TK_CODE); }
        digit+ [A-Za-z_] [0-9A-Za-z_]* { return lexer_glued(x); }
        name { return lexer_word(x); }
        [A-Za-z_] [A-Za-z0-9_]* { return lexer_upper(x); }
        "\"" ([^"\\\n\x00] | "\\" [^\n\x00])* "\"" { return lexer_string(x); }
        "\"" { return lexer_open_string(x); }

        "{" { return lexer_token(x, TK_LB); }
        "}" { return lexer_token(x, TK_RB); }
        "(" { return lexer_token(x, TK_LP); }
        ")" { return lexer_token(x, TK_RP); }
        "[" { return lexer_token(x, TK_LK); }
        "]" { return lexer_token(x, TK_RK); }
        "," { return lexer_token(x, TK_COMMA); }
        ":" { return lexer_token(x, TK_COLON); }
        "." { return lexer_token(x, TK_DOT); }
        ".." { return lexer_token(x, TK_DOTS); }
        "=" { return lexer_token(x, TK_EQ); }
        "!=" { return lexer_token(x, TK_NE); }
        "<" { return lexer_token(x, TK_LT); }
        "<=" { return lexer_token(x, TK_LE); }
        ">" { return lexer_token(x, TK_GT); }
        ">=" { return lexer_token(x, TK_GE); }
        "+" { return lexer_token(x, TK_PLUS); }
        "-" { return lexer_token(x, TK_MINUS); }
        "*" { return lexer_token(x, TK_STAR); }
        "/" { return lexer_token(x, TK_SLASH); }
        "%" { return lexer_token(x, TK_PERCENT); }
        "|" { return lexer_token(x, TK_PIPE); }
        "->" { return lexer_token(x, TK_ARROW); }

        "==" | "&&" | "||" | "!" | "<>" | "..." { return lexer_foreign(x); }
        far+ { if (lexer_far_blanks(x)) goto again; return lexer_far(x); }
        [\x00-\x7f] { lexer_stray(x); goto again; }
        * { lexer_stray(x); goto again; }
    */
}
