/* link_judgement.c — what only a person may decide (semantics 54).
 * In: judgement declarations.  Out: a dated field of the entity, added with its other fields; then
 * who decides, upon which papers, up to what.  Not here: where a judgement may not be asked
 * (check_judgement.c).  Start: add_judged(), link_judgements(). */
#include "declare/follow.h"

/* ---- the field */

static bool judged_type(Linker *l, const Node *gives, Type *ret)
{
    if (!link_type(l, gives->a, ret))
        return false;
    if (ret->kind == KIND_BOOL || ret->kind == KIND_MONEY || ret->kind == KIND_SHARE)
        return true;
    diag_error(l->diags, node_pos(gives->a), "a judgement gives bool, money or share, not %s",
               type_words(l->scratch, ret));
    return false;
}

/* A share lies between its bounds, else between nothing and the whole. */
static void judged_range(Linker *l, Field *f, const Node *range)
{
    Scope s = {.l = l};
    if (range != NULL && f->type.kind != KIND_SHARE) {
        Diag *d = diag_error(l->diags, range->at.pos, "only a share lies between two numbers");
        diag_hint(l->diags, d, "money has a 'ceiling'");
        return;
    }
    if (f->type.kind != KIND_SHARE)
        return;
    f->has_range = true;
    f->high = 10000;
    if (range == NULL)
        return;
    Expr *low = link_as(&s, range->a, &f->type, "the share");
    Expr *high = link_as(&s, range->b, &f->type, "the share");
    if (low == NULL || high == NULL || !constant_need(l, low, &f->low) ||
        !constant_need(l, high, &f->high))
        return;
    if (f->low < 0 || f->high < f->low)
        diag_error(l->diags, range->at.pos, "no share lies between these bounds");
}

void add_judged(Linker *l, const Declaration *d)
{
    const Node *n = d->node, *gives = item_once(l, n->c, AST_DECIDES, "gives");
    Judgement *j = d->made;
    Entity *e = name_need(l, &n->b->at, NAME_ENTITY, "an entity");
    if (e == NULL)
        return;
    j->entity = e;
    if (gives == NULL && !d->damaged) {
        Diag *g = diag_error(l->diags, n->at.pos, "judgement '%.*s' does not say what it gives",
                             STR_ARG(n->at.text));
        diag_hint(l->diags, g, "add 'gives bool', 'gives money' or 'gives share'");
    }
    Type type;
    if (gives == NULL || !judged_type(l, gives, &type)) {
        linker_damage(l, e); /* its uses are not reported */
        return;
    }
    Field *f = field_add(l, e, &n->at, &d->home);
    if (f == NULL)
        return;
    f->label = link_label(l, n->a, f->name);
    f->type = type;
    f->dated = true;
    f->judgement = j;
    j->field = f;
    judged_range(l, f, gives->b);
}

/* ---- who, with which papers, up to what */

/* Words of the enum paper, which says how each is called; without it any word. */
static void papers(Linker *l, Judgement *j, const Node *names)
{
    const Enum *paper = name_of(l, STR("paper"), NAME_ENUM);
    j->needs = arena_many(l->keep, Str, list_length(names));
    for (const Node *m = list_first(names); m != NULL; m = m->next) {
        j->needs[j->n_needs++] = m->at.text;
        if (paper == NULL || code_find(paper, m->at.text) != NULL || linker_damaged(l, paper))
            continue;
        Diag *d = diag_error(l->diags, m->at.pos, "there is no paper '%.*s'", STR_ARG(m->at.text));
        hint_codes(l, d, paper, m->at.text);
        if (d->hint == NULL)
            diag_hint(l->diags, d, "add it: extend paper { %.*s \"…\" is … }", STR_ARG(m->at.text));
    }
}

static void judge(Linker *l, Judgement *j, const Node *n)
{
    (void)link_one_who(l, &n->a->at, true, &j->by);
    if (n->b != NULL)
        j->level = link_level(l, &n->b->at, "the level of an agency");
    if (n->b != NULL && j->by.agency == NULL && (j->by.role != NULL || j->by.level != NULL))
        diag_error(l->diags, n->b->at.pos, "only an agency has a level of its own");
    papers(l, j, n->c);
}

static void ceiling(Linker *l, Judgement *j, const Node *n)
{
    Scope s = {.l = l, .subject = j->entity, .rule = true};
    Type money = type_of_kind(KIND_MONEY);
    if (j->field->type.kind != KIND_MONEY) {
        diag_error(l->diags, n->at.pos, "only money has a ceiling");
        return;
    }
    j->ceiling = link_as(&s, n->a, &money, "the ceiling");
    Field *f = (Field *)j->field;
    if (j->ceiling != NULL && j->ceiling->kind == EXPR_NUMBER) {
        f->has_range = true; /* a form says it at once */
        f->high = j->ceiling->number;
    }
}

static void no_judge(Linker *l, const Declaration *d)
{
    Diag *g = diag_error(l->diags, d->node->at.pos, "judgement '%.*s' does not say by whom",
                         STR_ARG(d->node->at.text));
    diag_hint(l->diags, g, "'by AGENCY [LEVEL] needs PAPER, …' names who decides, upon what");
}

static void link_one(Linker *l, const Declaration *d)
{
    Judgement *j = d->made;
    const Node *items = d->node->c, *n;
    head_fill(l, d, &j->name, &j->label, &j->home);
    if ((n = item_once(l, items, AST_JUDGE, "by")) != NULL)
        judge(l, j, n);
    else if (!d->damaged)
        no_judge(l, d);
    if ((n = item_once(l, items, AST_CEILING, "ceiling")) != NULL && j->field != NULL)
        ceiling(l, j, n);
}

void link_judgements(Linker *l)
{
    Model *m = l->model;
    m->judgements = arena_many(l->keep, Judgement *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_JUDGEMENT || d->made == NULL)
            continue;
        link_one(l, d);
        ((Judgement *)d->made)->number = (unsigned)m->n_judgements;
        m->judgements[m->n_judgements++] = d->made;
    }
}
