/* link_need.c — what must be given with a record before a step, or for points to count.
 * Start: link_need(). */
#include "declare/follow.h"

/* A code of the one set of the entity that has it: needs form, where papers is a set of papers. */
static bool need_code(const Scope *s, const Node *n, const Field **ret_field, const Code **ret_code)
{
    const Entity *e = s->subject;
    *ret_field = NULL;
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        const Code *c = f->type.kind == KIND_SET ? code_find(f->type.of, n->at.text) : NULL;
        if (c == NULL)
            continue;
        if (*ret_field != NULL) {
            diag_error(s->l->diags, n->at.pos, "'%.*s' may stand in '%.*s' and in '%.*s'",
                       STR_ARG(n->at.text), STR_ARG((*ret_field)->name), STR_ARG(f->name));
            return false;
        }
        *ret_field = f;
        *ret_code = c;
    }
    if (*ret_field != NULL || linker_damaged(s->l, e))
        return *ret_field != NULL;
    Diag *d = diag_error(s->l->diags, n->at.pos,
                         "'%.*s' is neither a field of %.*s nor a code of one of its sets",
                         STR_ARG(n->at.text), STR_ARG(e->name));
    hint_fields(s->l, d, e, n->at.text);
    return false;
}

static Expr *field_expr(const Scope *s, const Node *n, const Field *f)
{
    Expr *e = expr_new(s, EXPR_FIELD, n->at.pos, f->type);
    e->path = arena_many(s->l->keep, const Field *, 1);
    e->path[0] = f;
    e->n_path = 1;
    return e;
}

bool link_need(const Scope *s, const Node *n, Need *ret)
{
    const Field *f = word_field(s->l, s->subject, &n->at);
    const Code *c = NULL;
    if (f == NULL && !need_code(s, n, &f, &c))
        return false;
    if (c != NULL)
        link_mention(s->l, n->at.pos, c->home.pos);
    Expr *field = field_expr(s, n, f), *given = field;
    if (c != NULL) {
        Expr *set = expr_new(s, EXPR_SET, n->at.pos, f->type);
        set->number = (int64_t)code_bits(f->type.of, c);
        given = expr_of2(s, EXPR_HAS_ANY, n->at.pos, truth_type(), field, set);
    } else if (f->type.kind != KIND_BOOL) {
        given = expr_new(s, EXPR_KNOWN, n->at.pos, truth_type());
        given->a = field;
    }
    *ret = (Need){n->at.text, c != NULL ? c->label : f->label, given};
    return true;
}
