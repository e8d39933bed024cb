/* link_combine.c — groups of benefits that exclude each other (semantics 41).
 * Out: Combine, in the order of documents, and for each rule the groups it is a member of.
 * Not here: which rule reads which (check_phase.c).  Start: link_combines(). */
#include "declare/link.h"

#include "base/limits.h"

typedef struct Grouping {
    Linker *l;
    const Declaration *d;
    Combine *group;
} Grouping;

static const char *cycle_words(Cycle c)
{
    static const char *const words[] = {
        [CYCLE_MONTH] = "every month", [CYCLE_YEAR] = "every year", [CYCLE_ONCE] = "once"};
    return words[c];
}

/* ---- members */

static bool fits_first(Grouping *g, const Rule *r, const Token *word)
{
    const Rule *first = g->group->members[0];
    if (r->subject != first->subject) {
        diag_error(g->l->diags, word->pos, "'%.*s' is for %.*s, but '%.*s' for %.*s",
                   STR_ARG(r->name), STR_ARG(r->subject->name), STR_ARG(first->name),
                   STR_ARG(first->subject->name));
        return false;
    }
    if (r->cycle == first->cycle)
        return true;
    diag_error(g->l->diags, word->pos, "'%.*s' falls due %s, but '%.*s' %s", STR_ARG(r->name),
               cycle_words(r->cycle), STR_ARG(first->name), cycle_words(first->cycle));
    return false;
}

/* A wider document's benefit may lose in this group: that needs its leave, unless it comes first
 * whatever happens. */
static bool may_lose(Grouping *g, const Rule *r, const Token *word)
{
    const Departure x = {.document = g->d->home.document,
                         .pos = word->pos,
                         .what = "a group with",
                         .name = r->name,
                         .of = r->home,
                         .leave = r->leave};
    bool safe = g->group->kind == COMBINE_ALL ||
                (g->group->kind == COMBINE_FIRST && g->group->n_members == 0);
    return safe || leave_needed(g->l, &x);
}

static bool is_member(Grouping *g, const Rule *r, const Token *word)
{
    if (r->kind != RULE_BENEFIT) {
        diag_error(g->l->diags, word->pos, "'%.*s' is a check: only benefits are combined",
                   STR_ARG(r->name));
        return false;
    }
    if (r->subject == NULL)
        return false;
    for (size_t i = 0; i < g->group->n_members; i++)
        if (g->group->members[i] == r) {
            diag_error(g->l->diags, word->pos, "'%.*s' stands twice", STR_ARG(r->name));
            return false;
        }
    if (g->group->kind == COMBINE_HIGHEST && r->pay == NULL && !linker_damaged(g->l, r)) {
        Diag *d =
            diag_error(g->l->diags, word->pos, "'%.*s' has no amount to compare", STR_ARG(r->name));
        diag_hint(g->l->diags, d, "'first' goes by the order named, 'chosen' by a recorded choice");
        return false;
    }
    return (g->group->n_members == 0 || fits_first(g, r, word)) && may_lose(g, r, word);
}

static bool group_members(Grouping *g)
{
    const Node *names = g->d->node->a;
    size_t named = list_length(names);
    if (named > LIMIT_GROUP_MEMBERS) {
        diag_error(g->l->diags, g->d->node->at.pos, "a group of more than %u benefits",
                   LIMIT_GROUP_MEMBERS);
        return false;
    }
    g->group->members = arena_many(g->l->keep, const Rule *, named);
    for (const Node *n = list_first(names); n != NULL; n = n->next) {
        const Rule *r = name_need(g->l, &n->at, NAME_RULE, "a benefit");
        if (r != NULL && is_member(g, r, &n->at))
            g->group->members[g->group->n_members++] = r;
    }
    if (named < 2)
        diag_error(g->l->diags, g->d->node->at.pos, "a group has two members at least");
    return named >= 2 && g->group->n_members == named;
}

static bool group_kind(Grouping *g)
{
    static const char *const words[] = {[COMBINE_ALL] = "all",
                                        [COMBINE_HIGHEST] = "highest",
                                        [COMBINE_FIRST] = "first",
                                        [COMBINE_CHOSEN] = "chosen"};
    const Token *t = &g->d->node->b->at;
    Str all[G_N_ELEMENTS(words)];
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        all[i] = str_of(words[i]);
        if (!str_equal(t->text, all[i]))
            continue;
        g->group->kind = (CombineKind)i;
        return true;
    }
    Diag *d =
        diag_error(g->l->diags, t->pos, "benefits are not combined by '%.*s'", STR_ARG(t->text));
    diag_nearest(g->l->diags, d, t->text, all, G_N_ELEMENTS(all));
    if (d->hint == NULL)
        diag_hint(g->l->diags, d, "'all', 'highest', 'first' or 'chosen'");
    return false;
}

/* ---- the recorded choice: a code for each member, called like it */

static bool names_members(const Combine *c, const Field *f)
{
    if (f->type.kind != KIND_ENUM)
        return false;
    for (size_t i = 0; i < c->n_members; i++)
        if (code_find(f->type.of, c->members[i]->name) == NULL)
            return false;
    return true;
}

static const Field *find_choice(Grouping *g)
{
    const Entity *e = g->group->members[0]->subject;
    const Field *found = NULL;
    size_t n = 0;
    for (size_t i = 0; i < e->n_fields; i++)
        if (names_members(g->group, e->fields[i])) {
            found = e->fields[i];
            n++;
        }
    if (n == 1)
        return found;
    if (linker_damaged(g->l, e))
        return NULL;
    Diag *d = diag_error(g->l->diags, g->d->node->b->at.pos,
                         n == 0 ? "no field of %.*s records which of these was chosen"
                                : "more than one field of %.*s could record what was chosen",
                         STR_ARG(e->name));
    diag_hint(g->l->diags, d,
              n == 0 ? "it needs a field of an enum whose codes are called like the benefits"
                     : "add 'by FIELD'");
    return NULL;
}

static const Field *named_choice(Grouping *g, const Token *word)
{
    const Entity *e = g->group->members[0]->subject;
    const Field *f = word_field(g->l, e, word);
    if (f != NULL && names_members(g->group, f))
        return f;
    if (linker_damaged(g->l, e))
        return NULL;
    Diag *d = diag_error(g->l->diags, word->pos,
                         f == NULL ? "'%.*s' is not a field of %.*s"
                                   : "'%.*s' of %.*s has no code for each of these benefits",
                         STR_ARG(word->text), STR_ARG(e->name));
    if (f == NULL)
        hint_fields(g->l, d, e, word->text);
    else
        diag_hint(g->l->diags, d, "its enum needs codes called like the benefits");
    return NULL;
}

static bool group_choice(Grouping *g)
{
    Combine *c = g->group;
    const Node *by = item_once(g->l, g->d->node->c, AST_BY, "by");
    if (c->kind != COMBINE_CHOSEN) {
        if (by != NULL)
            diag_error(g->l->diags, by->at.pos, "only what is chosen is so by a field");
        return by == NULL;
    }
    c->by = by != NULL ? named_choice(g, &by->a->at) : find_choice(g);
    if (c->by == NULL)
        return false;
    c->codes = arena_many(g->l->keep, int64_t, c->n_members);
    for (size_t i = 0; i < c->n_members; i++)
        c->codes[i] = code_find(c->by->type.of, c->members[i]->name)->number;
    return true;
}

/* ---- all together */

static void group_period(Grouping *g)
{
    const Document *doc = g->d->home.document;
    const Node *from = item_once(g->l, g->d->node->c, AST_FROM, "from");
    const Node *until = item_once(g->l, g->d->node->c, AST_UNTIL, "until");
    Combine *c = g->group;
    c->from = from == NULL ? doc->from : (Date)from->at.number;
    c->until = until == NULL ? doc->until : (Date)until->at.number;
    if (c->from < doc->from && from->a == NULL)
        diag_error(g->l->diags, from->at.pos, "this begins before its document is in force");
    if (c->until < c->from)
        diag_error(g->l->diags, g->d->node->at.pos, "this ends before it begins");
}

static void link_combine(Linker *l, Declaration *d)
{
    Grouping g = {.l = l, .d = d, .group = d->made};
    group_period(&g);
    if (!group_kind(&g) || !group_members(&g) || !group_choice(&g))
        return;
    g.group->home = d->home;
    g.group->home.pos = d->node->at.pos;
    g.group->number = (unsigned)l->model->n_combines;
    l->model->combines[l->model->n_combines++] = g.group;
}

static void rule_groups(Linker *l)
{
    const Model *m = l->model;
    size_t *n = arena_many(l->scratch, size_t, m->n_rules + 1);
    for (size_t i = 0; i < m->n_combines; i++)
        for (size_t k = 0; k < m->combines[i]->n_members; k++)
            n[m->combines[i]->members[k]->number]++;
    for (size_t i = 0; i < m->n_rules; i++)
        m->rules[i]->groups = arena_many(l->keep, const Combine *, n[i] + 1);
    for (size_t i = 0; i < m->n_combines; i++)
        for (size_t k = 0; k < m->combines[i]->n_members; k++) {
            Rule *r = m->rules[m->combines[i]->members[k]->number];
            r->groups[r->n_groups++] = m->combines[i];
        }
}

void link_combines(Linker *l)
{
    Model *m = l->model;
    m->combines = arena_many(l->keep, Combine *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].node->kind == AST_COMBINE)
            link_combine(l, &l->declarations[i]);
    if (m->n_combines > 0)
        rule_groups(l);
}
