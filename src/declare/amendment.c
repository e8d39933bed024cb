/* amendment.c — `amend` and `end`, whatever they are about: who may, from when, and in which order
 * the texts hold (semantics 49).  From its day on and in its place the new one holds, before that
 * day and elsewhere the old one.  Not here: what each kind makes of it (link_amend.c,
 * amend_whole.c).  Start: amendments_done(). */
#include "declare/amendment.h"

#include "base/limits.h"
#include "base/sort.h"
#include "declare/grammar.h"

Amendment amendment_of(const Declaration *d)
{
    const Document *doc = d->home.document;
    Amendment a = {.d = d, .v = {.home = d->home, .from = doc->from, .until = doc->until}};
    a.v.home.pos = d->node->at.pos;
    a.v.ends = d->node->kind == AST_ENDS;
    return a;
}

Str leave_of(Linker *l, const Node *leave)
{
    return leave != NULL && leave_level(l, leave->a) ? leave->a->at.text : STR("");
}

/* ---- what is amended --------------------------------------------------------------------------
 */

static NodeKind kind_of_name(const Name *n)
{
    switch (n->kind) {
    case NAME_RULE:
        return AST_BENEFIT;
    case NAME_ENUM:
        return AST_ENUM;
    case NAME_ENTITY:
        return AST_ENTITY;
    case NAME_PARAM:
        return AST_PARAM;
    case NAME_TABLE:
        return AST_TABLE;
    case NAME_EXCEPTION:
        return AST_EXCEPTION;
    case NAME_INDICATOR:
        return AST_INDICATOR;
    case NAME_DUTY:
        return AST_DUTY;
    case NAME_TASK:
        return AST_TASK;
    case NAME_ROLE:
        return AST_ROLE;
    case NAME_PROCEDURE:
        return AST_PROCEDURE;
    case NAME_ACCOUNT:
        return AST_ACCOUNT;
    case NAME_DRAW:
        return AST_DRAW;
    case NAME_SCORE:
        return AST_SCORE;
    case NAME_PUBLISH:
        return AST_PUBLISH;
    case NAME_PAPER:
        return AST_PAPER;
    default:
        return AST_NAME; /* of something that does not end */
    }
}

NodeKind amended_kind(const Linker *l, const Declaration *d)
{
    const Node *n = d->node;
    if (n->kind == AST_AMEND)
        return n->a->kind;
    if (n->b != NULL)
        return n->b->at.kind == TK_TARGET     ? AST_TARGET
               : n->b->at.kind == TK_EXCHANGE ? AST_EXCHANGE
                                              : AST_HOLD;
    const Name *name = name_find(l->model, n->at.text);
    return name == NULL ? AST_N : kind_of_name(name);
}

Declaration *declaration_amending(Linker *l, Declaration *d, NodeKind kind, size_t size)
{
    if (d->node->kind != AST_AMEND || d->node->a->kind != kind)
        return NULL;
    Declaration *inside = arena_new_of(l->scratch, Declaration);
    *inside = *d;
    inside->node = d->node->a;
    inside->made = d->made = arena_alloc(l->keep, size);
    return inside;
}

/* ---- by whom, and from when -------------------------------------------------------------------
 */

static bool same_issuer(const Document *a, const Document *b)
{
    return a->issued.len == 0 || b->issued.len == 0 || str_equal(a->issued, b->issued);
}

/* Whether a document may depart from this declaration: a narrower place by leave, its own place by
 * a later document of the same issuer. */
static bool may_depart(Linker *l, const Amendment *a, const Home *from, Str leave)
{
    Str name = a->of.name;
    const Document *doc = a->d->home.document, *of = from->document;
    const Departure x = {.document = doc,
                         .pos = a->d->node->at.pos,
                         .what = a->v.ends ? "to end" : "to amend",
                         .name = name,
                         .of = *from,
                         .leave = leave};
    if (doc == of) {
        Diag *g = diag_error(l->diags, x.pos, "'%.*s' is of this document: change it there",
                             STR_ARG(name));
        diag_hint(l->diags, g, "it stands in line %u", from->pos.line);
        return false;
    }
    if (str_equal(doc->place, of->place) && !same_issuer(doc, of)) {
        Diag *g = diag_error(l->diags, x.pos, "%s '%.*s' is for who issued %.*s", x.what,
                             STR_ARG(name), STR_ARG(of->name));
        diag_hint(l->diags, g, "it is 'issued by: %.*s', this document by %.*s",
                  STR_ARG(of->issued), STR_ARG(doc->issued));
        return false;
    }
    return leave_needed(l, &x);
}

static bool in_time(Linker *l, const Amendment *a)
{
    const Amended *old = &a->of;
    Str name = old->name;
    char day[DATE_TEXT], own[DATE_TEXT];
    bool peer = str_equal(a->d->home.document->place, old->home.document->place);
    if (a->v.from > old->until) {
        Diag *d =
            diag_error(l->diags, a->d->node->at.pos, "'%.*s' ended on %s: there is nothing to %s",
                       STR_ARG(name), date_format(old->until, day), a->v.ends ? "end" : "amend");
        diag_hint(l->diags, d, "what begins anew has a name of its own");
        return false;
    }
    if (a->v.from > old->from || (!peer && a->v.from == old->from))
        return true;
    Diag *d = diag_error(l->diags, a->d->node->at.pos, "'%.*s' begins on %s, this %s on %s",
                         STR_ARG(name), date_format(old->from, day),
                         a->v.ends ? "ends it" : "amends it", date_format(a->v.from, own));
    diag_hint(l->diags, d,
              "only what is in force already is amended or ended: write 'from %s', or later",
              date_format(old->from + (peer ? 1 : 0), day));
    return false;
}

/* ---- one after the other ----------------------------------------------------------------------
 */

static unsigned depth_of(const Model *m, Str place)
{
    unsigned depth = 0;
    const RegionRow *r = place.len == 0 ? NULL : model_region(m, place);
    for (; r != NULL && depth <= m->n_regions; depth++)
        r = r->parent.len == 0 ? NULL : model_region(m, r->parent);
    return depth;
}

static int by_thing_depth_day(const void *x, const void *y)
{
    const Amendment *a = x, *b = y;
    if (a->of.thing != b->of.thing)
        return (uintptr_t)a->of.thing < (uintptr_t)b->of.thing ? -1 : 1;
    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    if (a->v.from != b->v.from)
        return a->v.from < b->v.from ? -1 : 1;
    return str_compare(a->v.home.document->name, b->v.home.document->name);
}

static Str place_of(const Amendment *a)
{
    return a->d->home.document->place;
}

/* Two of one place that begin on one day: nothing says which holds. */
static bool check_twice(Linker *l, const Amendment *all, size_t at)
{
    Str name = all[at].of.name;
    char day[DATE_TEXT];
    for (size_t i = 0; i < at; i++) {
        if (all[i].v.from != all[at].v.from || !str_equal(place_of(&all[i]), place_of(&all[at])))
            continue;
        Diag *d = diag_error(l->diags, all[at].v.home.pos, "'%.*s' is amended twice from %s on",
                             STR_ARG(name), date_format(all[at].v.from, day));
        diag_hint(l->diags, d, "the other one is in %s, line %u", all[i].v.home.pos.source->name,
                  all[i].v.home.pos.line);
        return false;
    }
    return true;
}

/* A narrower amendment needs the leave of whatever holds in the wider place while it does. */
static bool check_leave(Linker *l, const Amendment *all, size_t at)
{
    Str name = all[at].of.name;
    char day[DATE_TEXT], before[DATE_TEXT];
    const Amendment *a = &all[at];
    for (size_t i = 0; i < at; i++) {
        const Version *w = &all[i].v;
        bool meet = w->from <= a->v.until && a->v.from <= w->until && all[i].depth < a->depth;
        if (!meet || (place_of(&all[i]).len > 0 &&
                      !region_lies_in(l->model, place_of(a), place_of(&all[i]))))
            continue;
        if (a->v.from >= w->from && !w->ends) {
            if (!may_depart(l, a, &w->home, all[i].leave))
                return false;
        } else if (w->ends || all[i].leave.len == 0) {
            Diag *d = diag_error(l->diags, a->v.home.pos, "from %s on '%.*s' %s, by %.*s",
                                 date_format(w->from, day), STR_ARG(name),
                                 w->ends ? "has ended" : "may not be amended here",
                                 STR_ARG(w->home.document->name));
            diag_hint(l->diags, d, "say 'until %s'", date_format(w->from - 1, before));
            return false;
        }
    }
    return true;
}

/* ---- all together -----------------------------------------------------------------------------
 */

static bool is_narrower(const Linker *l, Str place, Str of)
{
    return place.len > 0 && !str_equal(place, of) &&
           (of.len == 0 || region_lies_in(l->model, place, of));
}

static Versions *versions_of(Linker *l, const Amendment *all, size_t n)
{
    const Amended *of = &all[0].of;
    Versions *v = arena_new_of(l->keep, Versions);
    v->name = of->name;
    v->list = arena_many(l->keep, Version, n + 1);
    v->list[v->n++] = (Version){.home = of->home, .from = of->from, .until = of->until};
    for (size_t i = 0; i < n; i++) {
        Version x = all[i].v;
        x.narrower = is_narrower(l, x.home.document->place, of->home.document->place);
        v->list[v->n++] = x;
    }
    return v;
}

static void link_group(Linker *l, Amendment *all, size_t n, SealVersions seal)
{
    bool fine = true;
    if (n > LIMIT_AMENDMENTS) {
        diag_error(l->diags, all[LIMIT_AMENDMENTS].v.home.pos,
                   "'%.*s' is amended more than %u times", STR_ARG(all[0].of.name),
                   LIMIT_AMENDMENTS);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const Amended *of = &all[i].of;
        bool may =
            may_depart(l, &all[i], &of->home, of->leave) && (of->always || in_time(l, &all[i]));
        fine &= may && check_twice(l, all, i) && check_leave(l, all, i);
    }
    if (fine)
        seal(l, all, n, versions_of(l, all, n));
}

void amendments_done(Linker *l, Amendment *all, size_t n, SealVersions seal)
{
    for (size_t i = 0; i < n; i++)
        all[i].depth = MAX(depth_of(l->model, place_of(&all[i])),
                           depth_of(l->model, all[i].of.home.document->place));
    sort_rows(all, n, sizeof *all, by_thing_depth_day);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && all[to].of.thing == all[from].of.thing;)
            to++;
        link_group(l, all + from, to - from, seal);
    }
}
