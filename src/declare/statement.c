/* statement.c — what stands where, kept while names are linked.
 * In: declarations and the words that were looked up.  Out: the Model's statements and mentions, in
 * the order of the documents.  Start: statements_seal(). */
#include "declare/statement.h"

#include "base/sort.h"
#include "declare/link.h"

#include "declare/grammar.h"

/* ---- words that name something */

void link_mention(Linker *l, Pos pos, Pos of)
{
    Mention u = {pos, of};
    if (of.source != NULL && pos.source != NULL)
        g_array_append_val(l->mentions, u);
}

const Name *word_name(Linker *l, const Token *word)
{
    const Name *n = name_find(l->model, word->text);
    if (n != NULL)
        link_mention(l, word->pos, n->pos);
    return n;
}

const Field *word_field(Linker *l, const Entity *e, const Token *word)
{
    const Field *f = field_said(l, e, word->text, word->pos);
    if (f != NULL)
        link_mention(l, word->pos, f->home.pos);
    return f;
}

const Code *word_code(Linker *l, const Enum *e, const Token *word)
{
    const Code *c = code_said(l, e, word->text, word->pos);
    if (c != NULL)
        link_mention(l, word->pos, c->home.pos);
    return c;
}

/* ---- order */

static int compare_pos(const Pos *a, const Pos *b)
{
    if (a->source != b->source)
        return (uintptr_t)a->source < (uintptr_t)b->source ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static int compare_mentions(const void *a, const void *b)
{
    const Mention *x = a, *y = b;
    int order = compare_pos(&x->pos, &y->pos);
    return order != 0 ? order : compare_pos(&x->of, &y->of);
}

static int compare_statements(const void *a, const void *b)
{
    return compare_pos(&((const Statement *)a)->begin, &((const Statement *)b)->begin);
}

/* ---- statements */

static DeclarationKind kind_of(int token)
{
    switch (token) {
#define DECLARATION(word, text, items)                                                             \
    case TK_##word:                                                                                \
        return DECLARES_##word;
#include "declare/declarations.def"
#undef DECLARATION
    default:
        g_assert_not_reached();
    }
}

static const Node *label_of(const Node *n)
{
    const Node *const parts[] = {n->a, n->b, n->c, n->d};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i] != NULL && parts[i]->kind == AST_LABEL)
            return parts[i];
    return NULL;
}

/* What `amend` and `end` are about. */
static DeclarationKind kind_amended(const Linker *l, const Declaration *d)
{
    static const struct {
        NodeKind node;
        DeclarationKind kind;
    } kinds[] = {{AST_BENEFIT, DECLARES_BENEFIT},     {AST_CHECK, DECLARES_CHECK},
                 {AST_DERIVE, DECLARES_DERIVE},       {AST_TABLE, DECLARES_TABLE},
                 {AST_INDICATOR, DECLARES_INDICATOR}, {AST_TARGET, DECLARES_TARGET},
                 {AST_TASK, DECLARES_TASK},           {AST_DUTY, DECLARES_DUTY},
                 {AST_HOLD, DECLARES_HOLD},           {AST_PARAM, DECLARES_PARAM},
                 {AST_EXCEPTION, DECLARES_EXCEPTION}, {AST_ROLE, DECLARES_ROLE},
                 {AST_PROCEDURE, DECLARES_PROCEDURE}, {AST_ACCOUNT, DECLARES_ACCOUNT},
                 {AST_DRAW, DECLARES_DRAW},           {AST_SCORE, DECLARES_SCORE},
                 {AST_PUBLISH, DECLARES_PUBLISH},     {AST_PAPER, DECLARES_PAPER},
                 {AST_EXCHANGE, DECLARES_EXCHANGE}};
    NodeKind kind = amended_kind(l, d);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].node == kind)
            return kinds[i].kind;
    return kind_of(d->word);
}

/* What ends is called as it was declared. */
static const Node *label_said(const Linker *l, const Declaration *d)
{
    const Node *n = d->node;
    if (n->kind == AST_AMEND)
        return label_of(n->a);
    if (n->kind != AST_ENDS || d->made == NULL)
        return label_of(n);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *of = &l->declarations[i];
        if (of->made == d->made && of->node->kind != AST_ENDS && of->node->kind != AST_AMEND)
            return label_of(of->node);
    }
    return NULL;
}

static void statement_fill(Linker *l, const Declaration *d, Statement *to)
{
    const Node *n = d->node, *label = label_said(l, d);
    *to = (Statement){.kind = kind_of(d->word), .name = n->at.text, .what = d->made};
    bool amends = n->kind == AST_AMEND || n->kind == AST_ENDS;
    to->of = amends ? kind_amended(l, d) : to->kind;
    to->home = d->home;
    to->home.pos = n->at.pos;
    to->begin = d->begin;
    to->end = d->end;
    if (label != NULL)
        to->label = link_label(l, label, n->kind == AST_DERIVE ? n->a->at.text : to->name);
    if (n->kind == AST_DERIVE)
        to->name =
            str_of(arena_printf(l->keep, "%.*s.%.*s", STR_ARG(n->at.text), STR_ARG(n->a->at.text)));
    if (n->kind == AST_ENDS && n->b != NULL && n->b->a != NULL)
        to->name = str_of(
            arena_printf(l->keep, "%.*s.%.*s", STR_ARG(n->at.text), STR_ARG(n->b->a->at.text)));
    if (n->kind == AST_EXCHANGE || n->kind == AST_HOLD)
        to->name =
            str_of(arena_printf(l->keep, "%.*s.%.*s", STR_ARG(n->at.text), STR_ARG(n->a->at.text)));
    const Name *name = to->what == NULL ? name_find(l->model, n->at.text) : NULL;
    if (name != NULL)
        to->what = name->what;
}

static void mentions_seal(Linker *l)
{
    Model *m = l->model;
    const Mention *all = (const Mention *)(void *)l->mentions->data;
    g_array_sort(l->mentions, compare_mentions); /* there may be none */
    m->mentions = arena_many(l->keep, Mention, l->mentions->len);
    for (guint i = 0; i < l->mentions->len; i++)
        if (i == 0 || compare_mentions(&all[i], &all[i - 1]) != 0)
            m->mentions[m->n_mentions++] = all[i];
}

void statements_seal(Linker *l)
{
    Model *m = l->model;
    m->statements = arena_many(l->keep, Statement, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++)
        statement_fill(l, &l->declarations[i], &m->statements[m->n_statements++]);
    sort_rows(m->statements, m->n_statements, sizeof(Statement), compare_statements);
    mentions_seal(l);
}

/* ---- look-ups */

bool pos_same(Pos a, Pos b)
{
    return compare_pos(&a, &b) == 0;
}

bool pos_within(Pos word, Pos pos)
{
    return word.source == pos.source && word.line == pos.line && pos.column >= word.column &&
           pos.column <= word.column + MAX(word.length, 1u);
}

size_t model_statements_from(const Model *m, Pos pos)
{
    size_t low = 0, high = m->n_statements;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (compare_pos(&m->statements[mid].begin, &pos) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const Statement *model_statement_at(const Model *m, Pos pos)
{
    Pos behind = {pos.source, pos.line, pos.column + 1, 0};
    size_t i = model_statements_from(m, behind);
    return i > 0 && m->statements[i - 1].begin.source == pos.source ? &m->statements[i - 1] : NULL;
}

const Mention *model_mention_at(const Model *m, Pos pos)
{
    size_t low = 0, high = m->n_mentions;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (compare_pos(&m->mentions[mid].pos, &pos) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 && pos_within(m->mentions[low - 1].pos, pos) ? &m->mentions[low - 1] : NULL;
}
