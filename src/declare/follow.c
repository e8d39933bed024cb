/* follow.c — who, how long, how often, which records: small readers of what people have to do.
 * Start: link_who(). */
#include "declare/follow.h"

#include "base/limits.h"

void head_fill(Linker *l, const Declaration *d, Str *name, Label *label, Home *home)
{
    *name = d->node->at.text;
    *label = link_label(l, d->node->a, *name);
    *home = d->home;
    home->pos = d->node->at.pos;
}

/* ---- who */

static const Enum *enum_named(const Linker *l, const char *name)
{
    return name_of(l, str_of(name), NAME_ENUM);
}

static const Code *code_in(Linker *l, const char *name, const Token *word)
{
    const Enum *e = enum_named(l, name);
    return e == NULL ? NULL : word_code(l, e, word);
}

static void no_one(Linker *l, const Token *word, bool levels)
{
    const Enum *agency = enum_named(l, "agency"), *level = enum_named(l, "region_level");
    if ((agency != NULL && linker_damaged(l, agency)) || l->diags->list->len >= LIMIT_DIAGS)
        return;
    size_t most = l->model->n_roles + 2 * (size_t)128, n = 0;
    Str *all = arena_many(l->scratch, Str, most);
    for (size_t i = 0; i < l->model->n_roles; i++)
        all[n++] = l->model->roles[i]->name;
    for (size_t i = 0; agency != NULL && i < agency->n_codes; i++)
        all[n++] = agency->codes[i].name;
    for (size_t i = 0; levels && level != NULL && i < level->n_codes; i++)
        all[n++] = level->codes[i].name;
    Diag *d = diag_error(l->diags, word->pos, "'%.*s' is neither a role nor an agency%s",
                         STR_ARG(word->text), levels ? " nor a level" : "");
    diag_nearest(l->diags, d, word->text, all, n);
    if (d->hint == NULL)
        diag_hint(l->diags, d, "declare it: role %.*s \"…\" of county", STR_ARG(word->text));
}

bool link_one_who(Linker *l, const Token *word, bool levels, Who *ret)
{
    const Name *name = word_name(l, word);
    *ret = (Who){.agency = code_in(l, "agency", word)};
    if (name != NULL && name->kind == NAME_ROLE)
        ret->role = name->what;
    if (levels)
        ret->level = code_in(l, "region_level", word);
    int hits = (ret->role != NULL) + (ret->agency != NULL) + (ret->level != NULL);
    if (hits == 1)
        return true;
    if (hits > 1)
        diag_error(l->diags, word->pos, "'%.*s' is more than one of role, agency and level",
                   STR_ARG(word->text));
    else if (name == NULL || name->kind != NAME_BROKEN)
        no_one(l, word, levels);
    return false;
}

Whos link_who(Linker *l, const Node *names, bool levels)
{
    Whos all = {.list = arena_many(l->keep, Who, list_length(names))};
    for (const Node *m = list_first(names); m != NULL; m = m->next) {
        Who who;
        if (!link_one_who(l, &m->at, levels, &who))
            continue;
        for (size_t i = 0; i < all.n; i++)
            if (memcmp(&all.list[i], &who, sizeof who) == 0)
                diag_error(l->diags, m->at.pos, "'%.*s' stands twice", STR_ARG(m->at.text));
        all.list[all.n++] = who;
    }
    return all;
}

const Code *link_level(Linker *l, const Token *word, const char *what)
{
    const Enum *e = enum_named(l, "region_level");
    if (e == NULL) {
        diag_error(l->diags, word->pos,
                   "%s needs the enum 'region_level', which no document declares", what);
        return NULL;
    }
    const Code *c = word_code(l, e, word);
    if (c != NULL || linker_damaged(l, e))
        return c;
    Diag *d = diag_error(l->diags, word->pos, "'%.*s' is no level of regions", STR_ARG(word->text));
    hint_codes(l, d, e, word->text);
    return NULL;
}

/* ---- how long, how often */

static const char *const period_words[] = {[PERIOD_NONE] = "",
                                           [PERIOD_MONTH] = "month",
                                           [PERIOD_QUARTER] = "quarter",
                                           [PERIOD_HALF_YEAR] = "half_year",
                                           [PERIOD_YEAR] = "year"};

PeriodKind period_of_word(Str word)
{
    for (size_t i = PERIOD_MONTH; i < G_N_ELEMENTS(period_words); i++)
        if (str_is(word, period_words[i]))
            return (PeriodKind)i;
    return PERIOD_NONE;
}

const Expr *link_duration(const Scope *s, const Node *n, const char *what)
{
    const Expr *e = link_expr(s, n, NULL);
    if (e == NULL)
        return NULL;
    Dimension d = dimension_of(&e->type);
    if (d == DIMENSION_HOURS || d >= DIMENSION_DAYS) {
        if (e->kind == EXPR_NUMBER && e->number <= 0) {
            diag_error(s->l->diags, e->pos, "%s is longer than nothing", what);
            return NULL;
        }
        return e;
    }
    Diag *g = diag_error(s->l->diags, e->pos, "%s is a length of time, this is %s", what,
                         words_of(s, &e->type));
    diag_hint(s->l->diags, g, "write '30 days', '3 months', '10 working days' or '24 hours'");
    return NULL;
}

void link_recurs(const Scope *s, const Node *n, const Expr **ret_every, PeriodKind *ret_period)
{
    *ret_every = NULL;
    *ret_period = node_is_word(n->a) && name_find(s->l->model, n->a->at.text) == NULL
                      ? period_of_word(n->a->at.text)
                      : PERIOD_NONE;
    if (*ret_period == PERIOD_NONE)
        *ret_every = link_duration(s, n->a, "'every'");
}

static bool whole(const Token *t, unsigned low)
{
    return t->scale == 0 && t->measure == MEASURE_NONE && t->number >= low &&
           t->number <= LIMIT_TIMES;
}

bool link_times(Linker *l, const Node *n, unsigned low, unsigned *ret_least, unsigned *ret_most)
{
    const Node *a = n->kind == AST_RANGE ? n->a : n, *b = n->kind == AST_RANGE ? n->b : n;
    if (!whole(&a->at, low) || !whole(&b->at, low)) {
        diag_error(l->diags, (whole(&a->at, low) ? b : a)->at.pos,
                   "a whole number from %u to %u is needed here", low, LIMIT_TIMES);
        return false;
    }
    *ret_least = (unsigned)a->at.number;
    *ret_most = (unsigned)b->at.number;
    if (*ret_most < *ret_least)
        diag_error(l->diags, n->at.pos, "the range is empty: its end lies below its beginning");
    return *ret_most >= *ret_least;
}

/* ---- which records */

static const Field *named_reference(Linker *l, const Entity *from, const Entity *to,
                                    const Token *word)
{
    const Field *f = word_field(l, from, word);
    if (f == NULL && !linker_damaged(l, from)) {
        Diag *d = diag_error(l->diags, word->pos, "'%.*s' is not a field of %.*s",
                             STR_ARG(word->text), STR_ARG(from->name));
        hint_fields(l, d, from, word->text);
    } else if (f != NULL && (f->type.kind != KIND_REF || f->type.to != to)) {
        diag_error(l->diags, word->pos, "'%.*s' does not refer to %.*s", STR_ARG(word->text),
                   STR_ARG(to->name));
        return NULL;
    }
    return f;
}

const Field *link_reference(Linker *l, const Entity *from, const Entity *to, const Token *word,
                            Pos pos)
{
    const Field *found = NULL;
    if (word != NULL)
        return named_reference(l, from, to, word);
    for (size_t i = 0; i < from->n_fields; i++) {
        const Field *f = from->fields[i];
        if (f->type.kind != KIND_REF || f->type.to != to)
            continue;
        if (found != NULL) {
            Diag *d = diag_error(l->diags, pos, "%.*s refers to %.*s by '%.*s' and by '%.*s'",
                                 STR_ARG(from->name), STR_ARG(to->name), STR_ARG(found->name),
                                 STR_ARG(f->name));
            diag_hint(l->diags, d, "say which: %.*s.%.*s", STR_ARG(from->name),
                      STR_ARG(found->name));
            return NULL;
        }
        found = f;
    }
    if (found == NULL && !linker_damaged(l, from))
        diag_error(l->diags, pos, "no field of %.*s refers to %.*s", STR_ARG(from->name),
                   STR_ARG(to->name));
    return found;
}

static bool done_has_day(Linker *l, const Node *n, const Entity *e)
{
    if (e->event_day != NULL || linker_damaged(l, e))
        return e->event_day != NULL;
    Diag *d = diag_error(l->diags, n->at.pos, "%.*s has no day on which something is done",
                         STR_ARG(e->name));
    diag_hint(l->diags, d, "say 'dated by FIELD' in the entity");
    return false;
}

bool link_done(Linker *l, const Node *n, const Entity *subject, DoneBy *ret)
{
    const Node *second = list_first(n->a->a);
    ret->entity = name_need(l, &n->at, NAME_ENTITY, "an entity");
    if (ret->entity == NULL || !done_has_day(l, n, ret->entity))
        return false;
    if (second != NULL && (second->next != NULL || subject == NULL)) {
        diag_error(l->diags, second->at.pos, "'done by' names an entity%s",
                   subject == NULL ? "" : ", and at most its reference");
        return false;
    }
    if (subject != NULL) {
        ret->by = link_reference(l, ret->entity, subject, second == NULL ? NULL : &second->at,
                                 node_pos(n->a));
        if (ret->by == NULL)
            return false;
    } else if (ret->entity->place == NULL && !linker_damaged(l, ret->entity)) {
        diag_error(l->diags, n->at.pos, "%.*s does not say its place", STR_ARG(ret->entity->name));
        return false;
    }
    Scope s = {.l = l, .subject = ret->entity, .may_know = true, .rule = true};
    if (n->b != NULL)
        ret->where = link_condition(&s, n->b);
    return n->b == NULL || ret->where != NULL;
}

void link_territory(Linker *l, const Declaration *d, const Entity *e)
{
    if (d->home.document->place.len == 0 || e->place != NULL || linker_damaged(l, e))
        return;
    Diag *g =
        diag_error(l->diags, d->node->at.pos, "%.*s does not say its place", STR_ARG(e->name));
    diag_hint(l->diags, g, "a rule of one place holds for records that lie there: add 'place …'");
}

const Expr *link_shown(const Scope *s, const Node *path)
{
    Scope names = *s;
    names.in_known = true; /* only names the field */
    names.rule = false;
    const Expr *e = link_path(&names, path, NULL);
    if (e == NULL || e->kind == EXPR_FIELD)
        return e;
    diag_error(s->l->diags, node_pos(path), "the field of a record is needed here");
    return NULL;
}

/* ---- codes without their enum */

static bool has_all(const Linker *l, const Enum *e, const Node *const *paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (code_said(l, e, path_word(paths[i], path_length(paths[i]) - 1), paths[i]->at.pos) ==
            NULL)
            return false;
    return true;
}

const Enum *enum_of_codes(Linker *l, const Node *const *paths, size_t n)
{
    const Enum *found = NULL;
    const Node *first = paths[0];
    Str code = path_word(first, path_length(first) - 1);
    if (path_length(first) == 2) {
        Token word = first->at;
        const Enum *e = name_need(l, &word, NAME_ENUM, "an enum");
        if (e == NULL || code_said(l, e, code, first->at.pos) != NULL || linker_damaged(l, e))
            return e;
        Diag *d = diag_error(l->diags, node_pos(first), "'%.*s' is no code of %.*s", STR_ARG(code),
                             STR_ARG(e->name));
        hint_codes(l, d, e, code);
        return NULL;
    }
    for (size_t i = 0; i < l->model->n_enums; i++) {
        const Enum *e = l->model->enums[i];
        if (!has_all(l, e, paths, n))
            continue;
        if (found != NULL) {
            Diag *d = diag_error(l->diags, node_pos(first), "'%.*s' is a code of %.*s and of %.*s",
                                 STR_ARG(code), STR_ARG(found->name), STR_ARG(e->name));
            diag_hint(l->diags, d, "say which: %.*s.%.*s", STR_ARG(found->name), STR_ARG(code));
            return NULL;
        }
        found = e;
    }
    if (found == NULL)
        diag_error(l->diags, node_pos(first),
                   n == 1 ? "'%.*s' is a code of no enum"
                          : "no enum has '%.*s' and the others as its codes",
                   STR_ARG(code));
    return found;
}
