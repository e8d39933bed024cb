/* link_cure.c — texts that say what to do about it, with {expression} parts in them.
 * Start: link_cure(). */
#include "declare/follow.h"

static size_t cure_count(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == '{';
    return n;
}

/* Parts of both languages share one list, in the order in which each first appears. */
static void cure_text(Linker *l, const Token *t, CureText *c, Str *parts)
{
    Str text = t->text;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '{')
            continue;
        Str rest = {text.at + i + 1, text.len - i - 1};
        ptrdiff_t close = str_find(rest, STR("}"));
        Pos pos = t->pos;
        pos.column += 1 + (uint32_t)str_utf8_length((Str){text.at, i + 1});
        if (close < 0) {
            diag_error(l->diags, pos, "'{' is not closed in this text");
            return;
        }
        Str part = {rest.at, (size_t)close};
        pos.length = (uint32_t)str_utf8_length(part);
        bool known = false;
        for (size_t k = 0; k < c->n_parts; k++)
            known |= str_equal(parts[k], part);
        i += (size_t)close + 1;
        const Node *n =
            known ? NULL : parse_expression(l->keep, l->scratch, l->diags, (Span){part, pos});
        if (n == NULL)
            continue;
        parts[c->n_parts] = part;
        c->parts[c->n_parts++] = n;
    }
}

void link_cure_texts(Linker *l, const Node *n, CureText *ret)
{
    Token none = {.text = {"", 0}};
    const Token *en = n->a == NULL ? &none : &n->a->at;
    size_t most = cure_count(n->at.text) + cure_count(en->text);
    Str *parts = arena_many(l->scratch, Str, most);
    *ret = (CureText){.zh = n->at.text, .en = n->a == NULL ? n->at.text : en->text};
    ret->parts = arena_many(l->scratch, const Node *, most);
    cure_text(l, &n->at, ret, parts);
    cure_text(l, en, ret, parts);
}

void link_cure(const Scope *s, const Node *n, Cure *ret)
{
    CureText text;
    link_cure_texts(s->l, n, &text);
    *ret = (Cure){.zh = text.zh, .en = text.en};
    ret->parts = arena_many(s->l->keep, const Expr *, text.n_parts);
    for (size_t i = 0; i < text.n_parts; i++) {
        const Expr *e = link_expr(s, text.parts[i], NULL);
        if (e != NULL)
            ret->parts[ret->n_parts++] = e;
    }
}
