/* ast.h — what the grammar builds: nodes with their places, nothing looked up yet.
 * In: tokens.  Out: one tree a declaration.  Not here: what names mean (link*.c).
 * Start: parse_block(). */
#ifndef ANLAO_DECLARE_AST_H
#define ANLAO_DECLARE_AST_H

#include "declare/token.h"

/* Levels of a tree; whatever walks one may recurse this deep. */
#define AST_DEPTH 256

typedef enum NodeKind {
#define NODE(kind) AST_##kind,
#include "declare/nodes.def"
#undef NODE
    AST_N
} NodeKind;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    uint16_t depth;
    Token at;
    Node *a, *b, *c, *d; /* see nodes.def */
    Node *next;          /* in a list */
};

#define AST_EXPECTED 6

/* One run of the parser over one declaration. */
typedef struct Reader {
    Arena *arena;
    Node *result;
    bool failed, too_deep;
    Token where; /* the token at which it failed */
    int expected[AST_EXPECTED + 1];
    unsigned n_expected; /* more than AST_EXPECTED: too many to list */
    Diags *diags;
} Reader;

/* What the grammar's actions call. */
Node *ast_node(Reader *r, NodeKind kind, Token at, Node *a, Node *b);
Node *ast_node4(Reader *r, NodeKind kind, Token at, Node *a, Node *b, Node *c, Node *d);
Node *ast_list(Reader *r, Node *first);
Node *ast_add(Reader *r, Node *list, Node *member); /* NULL members are left out */
void ast_done(Reader *r, Node *result);
void ast_expected(Reader *r, int kind);
void ast_failed(Reader *r, Token where);
void ast_too_deep(Reader *r);

/* For those who read trees. */
Node *list_first(const Node *list); /* NULL list: NULL */
size_t list_length(const Node *list);
Node *list_find(const Node *list, NodeKind kind);
bool node_is_word(const Node *n); /* a path of one name */
Str path_word(const Node *path, size_t i);
size_t path_length(const Node *path);
Pos node_pos(const Node *n); /* of the whole expression: from its first to its last token */

/* One declaration as read. */
typedef struct Declared {
    Node *node;
    bool damaged;   /* items of it could not be read: what is missing is not reported again */
    int word;       /* the TK_ it begins with */
    Pos begin, end; /* its first and its last token */
} Declared;

/* Reads a block into declarations (appended to `to`, a GArray of Declared). */
void parse_block(Arena *keep, Arena *scratch, Diags *diags, Span span, GArray *to);
/* What part a token plays in its declaration. */
typedef struct Part {
    bool keyword; /* a word of the language, used as such */
    int state;    /* equal for tokens that begin items of one list */
} Part;
/* The parts of all tokens of a block, in their order; past a mistake of a declaration all zero. */
Part *parse_parts(Arena *scratch, const Token *tokens, size_t n);
/* What may stand behind these tokens of one declaration: its words of the language (TK_…), at most
 * `most`; and whether a name may. */
size_t parse_wanted(Arena *scratch, const Token *tokens, size_t n, int *ret_kinds, size_t most,
                    bool *ret_name);
/* Reads a piece of text (a cure's {…}) as one expression; NULL after an error. */
Node *parse_expression(Arena *keep, Arena *scratch, Diags *diags, Span span);

#endif
