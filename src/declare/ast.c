/* ast.c — makes and reads nodes; the grammar's actions call only what stands here.
 * Not here: the parser's run and its recovery (parse.c). */
#include "declare/ast.h"

static unsigned depth_of(const Node *n)
{
    return n == NULL ? 0 : n->depth;
}

Node *ast_node4(Reader *r, NodeKind kind, Token at, Node *a, Node *b, Node *c, Node *d)
{
    Node *n = arena_new_of(r->arena, Node);
    n->kind = kind;
    n->at = at;
    n->a = a;
    n->b = b;
    n->c = c;
    n->d = d;
    unsigned depth = MAX(MAX(depth_of(a), depth_of(b)), MAX(depth_of(c), depth_of(d))) + 1;
    if (depth > AST_DEPTH && !r->too_deep) {
        r->where = at;
        ast_too_deep(r);
    }
    n->depth = (uint16_t)MIN(depth, AST_DEPTH + 1);
    return n;
}

Node *ast_node(Reader *r, NodeKind kind, Token at, Node *a, Node *b)
{
    return ast_node4(r, kind, at, a, b, NULL, NULL);
}

Node *ast_list(Reader *r, Node *first)
{
    return ast_add(r, NULL, first);
}

/* A list keeps its last member, so that a long one is made in one pass. */
Node *ast_add(Reader *r, Node *list, Node *member)
{
    if (member == NULL)
        return list;
    if (list == NULL)
        list = ast_node(r, AST_LIST, member->at, NULL, NULL);
    if (list->b != NULL)
        list->b->next = member;
    else
        list->a = member;
    list->b = member;
    list->depth = MAX(list->depth, member->depth);
    return list;
}

void ast_done(Reader *r, Node *result)
{
    r->result = result;
}

void ast_expected(Reader *r, int kind)
{
    if (r->n_expected < AST_EXPECTED)
        r->expected[r->n_expected] = kind;
    r->n_expected++;
}

void ast_failed(Reader *r, Token where)
{
    r->failed = true;
    r->where = where;
}

void ast_too_deep(Reader *r)
{
    r->failed = r->too_deep = true;
}

Node *list_first(const Node *list)
{
    return list == NULL ? NULL : list->a;
}

size_t list_length(const Node *list)
{
    size_t n = 0;
    for (const Node *m = list_first(list); m != NULL; m = m->next)
        n++;
    return n;
}

Node *list_find(const Node *list, NodeKind kind)
{
    for (Node *m = list_first(list); m != NULL; m = m->next)
        if (m->kind == kind)
            return m;
    return NULL;
}

bool node_is_word(const Node *n)
{
    return n != NULL && n->kind == AST_PATH && n->a == NULL;
}

size_t path_length(const Node *path)
{
    return 1 + list_length(path->a);
}

Str path_word(const Node *path, size_t i)
{
    if (i == 0)
        return path->at.text;
    const Node *n = list_first(path->a);
    while (--i > 0)
        n = n->next;
    return n->at.text;
}

/* First and last token below a node; a node of another line does not widen the underline. */
static void widen(Pos *to, const Node *n)
{
    if (n == NULL || n->kind == AST_LIST) {
        for (const Node *m = list_first(n); m != NULL; m = m->next)
            widen(to, m);
        return;
    }
    const Pos *p = &n->at.pos;
    if (p->line == to->line && p->column > 0) {
        uint32_t from = MIN(p->column, to->column);
        uint32_t end = MAX(p->column + MAX(p->length, 1), to->column + MAX(to->length, 1));
        to->column = from;
        to->length = end - from;
    }
    widen(to, n->a);
    widen(to, n->b);
    widen(to, n->c);
    widen(to, n->d);
}

Pos node_pos(const Node *n)
{
    Pos p = n->at.pos;
    widen(&p, n);
    return p;
}
