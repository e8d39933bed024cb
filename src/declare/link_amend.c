/* link_amend.c — `amend` and `end` of rules and computed fields (semantics 49).
 * Out: Rule.versions, and in a rule's expressions EXPR_VERSION.  Not here: who may (amendment.c),
 * what a rule may say (link_rule.c), tables, figures, tasks (amend_whole.c).
 * Start: link_amendments(). */
#include "declare/amendment.h"

/* ---- what is amended --------------------------------------------------------------------------
 */

static const char *kind_words(NodeKind kind)
{
    switch (kind) {
    case AST_BENEFIT:
        return "a benefit";
    case AST_CHECK:
        return "a check";
    case AST_DERIVE:
        return "a computed field";
    default:
        return NULL;
    }
}

/* What other kinds have instead. */
static const char *instead_of(NodeKind kind)
{
    switch (kind) {
    case AST_PARAM:
        return "'set' gives it another value, from a day on";
    case AST_ENUM:
    case AST_ENTITY:
        return "'extend' adds to it; nothing that is recorded is taken away";
    case AST_ENDS:
        return "an 'end' stays as it is; its 'until' says when the text comes back";
    case AST_EXCEPTION:
        return "'end' stops it, and another exception says what holds then";
    case AST_COMBINE:
        return "say 'until' in the one group and 'from' in the other";
    case AST_ACCOUNT:
        return "what is in it was booked by its rules: 'end' it and open one of another name; a "
               "limit that changes is a param";
    case AST_EXCHANGE:
        return "the other side agreed to it as a whole: 'end' it and declare one of another name";
    case AST_JUDGEMENT:
        return "what was decided is a recorded fact: declare one of another name; a ceiling that "
               "changes is a param";
    default:
        return "'end' it, where it ends, and declare one of another name";
    }
}

static Rule *amended_rule(Linker *l, const Node *n)
{
    Rule *r = name_need(l, &n->at, NAME_RULE, n->kind == AST_CHECK ? "a check" : "a benefit");
    RuleKind kind = n->kind == AST_CHECK ? RULE_CHECK : RULE_BENEFIT;
    if (r == NULL || r->subject == NULL || linker_damaged(l, r))
        return NULL;
    if (r->kind == kind)
        return r;
    Diag *d =
        diag_error(l->diags, n->at.pos, "'%.*s' is %s: %s does not stand for it", STR_ARG(r->name),
                   r->kind == RULE_CHECK ? "a check" : "a benefit", kind_words(n->kind));
    diag_hint(l->diags, d, "one of the same kind, about the same records, may replace it");
    return NULL;
}

static Field *amended_field(Linker *l, const Node *n)
{
    const Entity *e = name_need(l, &n->at, NAME_ENTITY, "an entity");
    Field *f = e == NULL ? NULL : (Field *)word_field(l, e, &n->a->at);
    if (e == NULL || linker_damaged(l, e))
        return NULL;
    if (f != NULL && f->compute != NULL)
        return f;
    Diag *d = diag_error(l->diags, n->a->at.pos,
                         f == NULL ? "there is no computed field '%.*s.%.*s'"
                                   : "'%.*s.%.*s' is recorded: there is nothing to amend",
                         STR_ARG(e->name), STR_ARG(n->a->at.text));
    if (f == NULL)
        hint_fields(l, d, e, n->a->at.text);
    return NULL;
}

/* ---- of the same kind, subject and type -------------------------------------------------------
 */

static bool same_path(const Expr *a, const Expr *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->n_path != b->n_path)
        return false;
    for (size_t i = 0; i < a->n_path; i++)
        if (a->path[i] != b->path[i])
            return false;
    return true;
}

static bool refuse(Linker *l, const Rule *now, const char *what)
{
    Diag *d = diag_error(l->diags, now->home.pos, "this does not stand for '%.*s': %s",
                         STR_ARG(now->name), what);
    diag_hint(l->diags, d, "'end %.*s' and a rule of another name would say that",
              STR_ARG(now->name));
    return false;
}

static bool same_type(Linker *l, const Rule *old, const Rule *now, bool pays)
{
    if (now->subject != old->subject)
        return refuse(l, now, "it is about other records");
    if (!same_path(rule_place(old), rule_place(now)))
        return refuse(l, now, "it goes by another place ('in …')");
    if (old->kind == RULE_CHECK)
        return now->require != NULL && old->require != NULL;
    if (now->cycle != old->cycle || now->once_on != old->once_on ||
        now->year_month != old->year_month || now->year_day != old->year_day)
        return refuse(l, now, "it falls due on other days");
    if (now->cycle == CYCLE_MONTH && now->governing != old->governing)
        return refuse(l, now, "another day of the month decides");
    if (pays != (old->pay != NULL))
        return refuse(l, now, pays ? "it pays an amount" : "it pays no amount");
    if (pays && now->pay == NULL)
        return false; /* what it pays was reported */
    if (now->has_round && old->has_round && now->round != old->round)
        return refuse(l, now, "it is rounded another way, and a month is rounded once");
    return true;
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static Amended amended_by_rule(Rule *r)
{
    return (Amended){.thing = r,
                     .kind = AST_BENEFIT,
                     .name = r->name,
                     .leave = r->leave,
                     .home = r->home,
                     .from = r->from,
                     .until = r->until};
}

static bool read_rule(Linker *l, Declaration *whole, Amendment *a)
{
    Rule *now = arena_new_of(l->keep, Rule), *of = amended_rule(l, whole->node);
    ruling_read(l, whole, now); /* its own mistakes are reported, whatever it stands for */
    bool pays = whole->node->kind == AST_BENEFIT && list_find(whole->node->b, AST_PAY) != NULL;
    if (of == NULL || now->subject == NULL || !same_type(l, of, now, pays))
        return false;
    now->number = of->number;
    a->of = amended_by_rule(of);
    a->leave = now->leave;
    a->v.rule = now;
    a->v.from = now->from;
    a->v.until = now->until;
    return true;
}

static Str field_name(const Linker *l, const Field *f)
{
    return str_of(arena_printf(l->keep, "%.*s.%.*s", STR_ARG(f->entity->name), STR_ARG(f->name)));
}

static bool read_field(Linker *l, const Declaration *whole, Amendment *a)
{
    const Node *n = whole->node;
    Field *f = amended_field(l, n);
    Type type;
    if (f == NULL || !link_type(l, n->c, &type))
        return false;
    if (type.kind != f->type.kind || type.of != f->type.of || type.unit != f->type.unit ||
        type.scale != f->type.scale) {
        Diag *d = diag_error(
            l->diags, n->c->at.pos, "this does not stand for '%.*s.%.*s': that is %s",
            STR_ARG(f->entity->name), STR_ARG(f->name), type_words(l->scratch, &f->type));
        diag_hint(l->diags, d, "what is recorded and shown keeps its type");
        return false;
    }
    if (f->entity->place == NULL && whole->home.document->place.len > 0) {
        Diag *d = diag_error(l->diags, n->at.pos, "%.*s does not say its place",
                             STR_ARG(f->entity->name));
        diag_hint(l->diags, d, "what one place computes is for records that lie there");
        return false;
    }
    Scope s = {.l = l, .subject = f->entity};
    a->v.value = link_as(&s, n->d, &f->type, "what is computed");
    a->of = (Amended){.thing = f, .kind = AST_DERIVE, .leave = f->leave, .home = f->home};
    a->of.name = field_name(l, f);
    a->of.always = true;
    a->of.from = DATE_MIN;
    a->of.until = DATE_MAX;
    return a->v.value != NULL;
}

static bool read_end(Linker *l, const Declaration *d, Amendment *a)
{
    Rule *of = name_need(l, &d->node->at, NAME_RULE, "a benefit or check");
    ruling_period(l, d, d->node->a, &a->v.from, &a->v.until);
    if (of == NULL || of->subject == NULL || linker_damaged(l, of))
        return false;
    a->of = amended_by_rule(of);
    return true;
}

static bool read_amendment(Linker *l, Declaration *d, Amendment *a)
{
    *a = amendment_of(d);
    if (d->node->kind == AST_ENDS)
        return read_end(l, d, a);
    Declaration whole = *d;
    whole.node = d->node->a;
    whole.made = NULL;
    return whole.node->kind == AST_DERIVE ? read_field(l, &whole, a) : read_rule(l, &whole, a);
}

/* ---- into the rule ----------------------------------------------------------------------------
 */

typedef const Expr *(*PartOf)(const Version *v);

static const Expr *when_of(const Version *v)
{
    return v->rule->when;
}

static const Expr *pay_of(const Version *v)
{
    return v->rule->pay;
}

static const Expr *require_of(const Version *v)
{
    return v->rule->require;
}

static const Expr *after_of(const Version *v)
{
    return v->rule->start_after;
}

static const Expr *start_of(const Version *v)
{
    return v->rule->start_of;
}

static const Expr *value_of(const Version *v)
{
    return v->value;
}

Expr *versions_expr(Linker *l, const Versions *v, const Expr **args)
{
    const Scope s = {.l = l};
    Expr *e = expr_new(&s, EXPR_VERSION, v->list[0].home.pos, args[0]->type);
    e->versions = v;
    e->args = args;
    e->n_args = v->n;
    e->size = 1;
    for (size_t i = 0; i < v->n; i++)
        e->size += args[i]->size;
    return e;
}

/* One expression for all versions; NULL: none of them has any.  Where one has none, `without`
 * stands; where the rule ends, what was before. */
static const Expr *joined(Linker *l, const Versions *v, PartOf part, const Expr *without)
{
    const Scope s = {.l = l};
    const Expr *first = NULL;
    for (size_t i = 0; i < v->n && first == NULL; i++)
        first = v->list[i].ends ? NULL : part(&v->list[i]);
    if (first == NULL)
        return NULL;
    uint8_t scale = 0;
    const Expr **args = arena_many(l->keep, const Expr *, v->n);
    for (size_t i = 0; i < v->n; i++) {
        const Expr *own = v->list[i].ends ? args[i - 1] : part(&v->list[i]);
        args[i] = own != NULL ? own : without;
        scale = MAX(scale, args[i]->type.scale);
    }
    for (size_t i = 0; i < v->n; i++)
        if (args[i]->type.scale < scale)
            args[i] = expr_rescale(&s, (Expr *)args[i], scale);
    Expr *e = versions_expr(l, v, args);
    e->type = first->type;
    e->type.scale = scale;
    return e;
}

/* The cures' parts of all versions, one behind the other. */
static void join_cures(Linker *l, Rule *r, const Versions *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += v->list[i].rule != NULL ? v->list[i].rule->n_cure_parts : 0;
    r->cure_parts = arena_many(l->keep, const Expr *, n + 1);
    r->n_cure_parts = 0;
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; v->list[i].rule != NULL && k < v->list[i].rule->n_cure_parts; k++)
            r->cure_parts[r->n_cure_parts++] = v->list[i].rule->cure_parts[k];
}

/* All fields that some version calls alike. */
static void join_alike(Linker *l, Rule *r, const Versions *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += v->list[i].rule != NULL ? v->list[i].rule->n_alike : 0;
    r->alike = arena_many(l->keep, const Field *, n + 1);
    r->n_alike = 0;
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; v->list[i].rule != NULL && k < v->list[i].rule->n_alike; k++) {
            const Field *f = v->list[i].rule->alike[k];
            bool met = false;
            for (size_t j = 0; j < r->n_alike; j++)
                met |= r->alike[j] == f;
            if (!met)
                r->alike[r->n_alike++] = f;
        }
}

static Expr *constant_of(Linker *l, ExprKind kind, Pos pos, Type type, int64_t number)
{
    const Scope s = {.l = l};
    Expr *e = expr_new(&s, kind, pos, type);
    e->number = number;
    return e;
}

Date versions_until(const Versions *v, Date before)
{
    Date until = v->list[0].until;
    for (size_t i = 1; i < v->n; i++) {
        const Version *x = &v->list[i];
        if (x->from >= before)
            continue;
        if (!x->ends)
            until = MAX(until, x->until);
        else if (!x->narrower && x->until >= until)
            until = x->from - 1; /* what is narrower has no leave to go on (check_leave) */
    }
    return until;
}

static void into_rule(Linker *l, Rule *r, const Versions *v)
{
    static const Date long_ago = -25567; /* 1900-01-01 */
    const Expr *yes = constant_of(l, EXPR_TRUTH, r->home.pos, truth_type(), TRUTH_YES);
    const Expr *ago = constant_of(l, EXPR_DATE, r->home.pos, type_of_kind(KIND_DATE), long_ago);
    r->versions = v;
    r->when = joined(l, v, when_of, yes);
    r->pay = joined(l, v, pay_of, NULL);
    r->require = joined(l, v, require_of, NULL);
    r->start_after = joined(l, v, after_of, ago);
    r->start_of = joined(l, v, start_of, ago);
    for (size_t i = 1; i < v->n && !r->has_round; i++)
        if (v->list[i].rule != NULL && v->list[i].rule->has_round) {
            r->has_round = true;
            r->round = v->list[i].rule->round;
        }
    join_cures(l, r, v);
    join_alike(l, r, v);
    r->until = versions_until(v, DATE_MAX);
}

/* ---- all together -----------------------------------------------------------------------------
 */

static void seal_rule(Linker *l, const Amendment *all, size_t n, Versions *v)
{
    (void)n;
    if (all[0].of.kind == AST_DERIVE) {
        Field *f = all[0].of.thing;
        v->list[0].value = f->compute;
        f->compute = joined(l, v, value_of, NULL);
        return;
    }
    Rule *r = all[0].of.thing, *first = arena_new_of(l->keep, Rule);
    *first = *r;
    v->list[0].rule = first;
    into_rule(l, r, v);
}

/* What is amended and ended elsewhere (amend_whole.c, link_value.c; checks of regions too), and
 * what never is. */
static bool is_rule(Linker *l, const Declaration *d)
{
    NodeKind kind = amended_kind(l, d);
    if (region_check_said(l, d))
        return false;
    switch (kind) {
    case AST_BENEFIT:
    case AST_CHECK:
    case AST_DERIVE:
        return true;
    case AST_TABLE:
    case AST_INDICATOR:
    case AST_TARGET:
    case AST_TASK:
    case AST_DUTY:
    case AST_HOLD:
    case AST_ROLE:
    case AST_PROCEDURE:
    case AST_DRAW:
    case AST_SCORE:
    case AST_PUBLISH:
    case AST_PAPER:
        return false;
    case AST_N:
        return true; /* name_need() reports it */
    default:
        break;
    }
    if (d->node->kind == AST_ENDS &&
        (kind == AST_PARAM || kind == AST_EXCEPTION || kind == AST_ACCOUNT || kind == AST_EXCHANGE))
        return false;
    if (d->node->kind == AST_ENDS) {
        const Name *n = name_find(l->model, d->node->at.text);
        Diag *g = diag_error(l->diags, d->node->at.pos, "'%.*s' is %s: that does not end",
                             STR_ARG(n->text), name_kind_words(n->kind));
        diag_hint(
            l->diags, g, "%s",
            n->kind == NAME_JUDGEMENT
                ? "what was decided stays recorded: where nobody is to decide any more, 'end' "
                  "the rules that ask for it"
                : "what people do and are given ends; what is recorded stays");
        return false;
    }
    Diag *g = diag_error(l->diags, d->node->at.pos, "this kind of declaration is not amended");
    diag_hint(l->diags, g, "%s", instead_of(kind));
    return false;
}

void link_amendments(Linker *l)
{
    Amendment *all = arena_many(l->scratch, Amendment, l->n_declarations + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_AMEND && d->node->kind != AST_ENDS)
            continue;
        if (!is_rule(l, d) || !read_amendment(l, d, &all[n]))
            continue;
        d->made = all[n++].of.thing;
    }
    amendments_done(l, all, n, seal_rule);
}
