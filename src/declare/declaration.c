/* declaration.c — the words of declarations.def as data. */
#include "declare/statement.h"

const char *const declaration_words[DECLARATIONS] = {
#define DECLARATION(token, text, items) text,
#include "declare/declarations.def"
#undef DECLARATION
};
