/* link_amend.c — `amend` and `end`: what a document says in place of an earlier declaration, whole
 * (semantics 49).  From its day on and in its place the new one holds, before that day and
 * elsewhere the old one.
 * Out: Rule.versions, and in a rule's expressions EXPR_VERSION.  Not here: leave (leave.c), what a
 * rule may say (link_rule.c).  Start: link_amendments(). */
#include "declare/ruling.h"

#include "base/limits.h"

typedef struct Amendment {
    const Declaration *d;
    Rule *of;     /* a rule … */
    Field *field; /* … or a computed field */
    Version v;
    Str leave; /* what the new declaration gives leave to */
    unsigned depth;
} Amendment;

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
    case AST_TABLE:
        return "let a param choose between two tables, or 'set' params that it reads";
    case AST_TARGET:
    case AST_INDICATOR:
        return "declare one of your own: both are shown";
    case AST_ENUM:
    case AST_ENTITY:
        return "'extend' adds to it; nothing that is recorded is taken away";
    default:
        return "benefits, checks and computed fields are amended";
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

/* ---- by whom, and from when -------------------------------------------------------------------
 */

static bool same_issuer(const Document *a, const Document *b)
{
    return a->issued.len == 0 || b->issued.len == 0 || str_equal(a->issued, b->issued);
}

/* Whether a document may depart from this declaration: a narrower place by leave, its own place by
 * a later document of the same issuer. */
static bool may_depart(Linker *l, const Amendment *a, const Home *from, Str name, Str leave)
{
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

static bool in_time(Linker *l, const Amendment *a, const Version *old, Str name)
{
    char day[DATE_TEXT], own[DATE_TEXT];
    bool peer = str_equal(a->d->home.document->place, old->home.document->place);
    if (a->v.from > old->until) {
        Diag *d =
            diag_error(l->diags, a->d->node->at.pos, "'%.*s' ended on %s: there is nothing to %s",
                       STR_ARG(name), date_format(old->until, day), a->v.ends ? "end" : "amend");
        diag_hint(l->diags, d, "a rule that begins anew has a name of its own");
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

/* ---- reading ----------------------------------------------------------------------------------
 */

static bool read_rule(Linker *l, Declaration *whole, Amendment *a)
{
    Rule *now = arena_new_of(l->keep, Rule);
    a->of = amended_rule(l, whole->node);
    ruling_read(l, whole, now); /* its own mistakes are reported, whatever it stands for */
    bool pays = whole->node->kind == AST_BENEFIT && list_find(whole->node->b, AST_PAY) != NULL;
    if (a->of == NULL || now->subject == NULL || !same_type(l, a->of, now, pays))
        return false;
    now->number = a->of->number;
    a->leave = now->leave;
    a->v.rule = now;
    a->v.from = now->from;
    a->v.until = now->until;
    return true;
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
    a->field = f;
    a->v.from = whole->home.document->from;
    a->v.until = whole->home.document->until;
    return a->v.value != NULL;
}

static bool read_end(Linker *l, const Declaration *d, Amendment *a)
{
    a->of = name_need(l, &d->node->at, NAME_RULE, "a benefit or check");
    a->v.ends = true;
    ruling_period(l, d, d->node->a, &a->v.from, &a->v.until);
    return a->of != NULL && a->of->subject != NULL && !linker_damaged(l, a->of);
}

static bool read_amendment(Linker *l, Declaration *d, Amendment *a)
{
    *a = (Amendment){.d = d, .v.home = d->home};
    a->v.home.pos = d->node->at.pos;
    if (d->node->kind == AST_ENDS)
        return read_end(l, d, a);
    Declaration whole = *d;
    whole.node = d->node->a;
    whole.made = NULL;
    if (whole.node->kind == AST_BENEFIT || whole.node->kind == AST_CHECK)
        return read_rule(l, &whole, a);
    if (whole.node->kind == AST_DERIVE)
        return read_field(l, &whole, a);
    Diag *g = diag_error(l->diags, d->node->at.pos, "this kind of declaration is not amended");
    diag_hint(l->diags, g, "%s", instead_of(whole.node->kind));
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
    uintptr_t p = (uintptr_t)(a->of != NULL ? (const void *)a->of : a->field);
    uintptr_t q = (uintptr_t)(b->of != NULL ? (const void *)b->of : b->field);
    if (p != q)
        return p < q ? -1 : 1;
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
static bool check_twice(Linker *l, const Amendment *all, size_t at, Str name)
{
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
static bool check_leave(Linker *l, const Amendment *all, size_t at, Str name)
{
    char day[DATE_TEXT], before[DATE_TEXT];
    const Amendment *a = &all[at];
    for (size_t i = 0; i < at; i++) {
        const Version *w = &all[i].v;
        bool meet = w->from <= a->v.until && a->v.from <= w->until && all[i].depth < a->depth;
        if (!meet || (place_of(&all[i]).len > 0 &&
                      !region_lies_in(l->model, place_of(a), place_of(&all[i]))))
            continue;
        if (a->v.from >= w->from && !w->ends) {
            if (!may_depart(l, a, &w->home, name, all[i].leave))
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

static const Home *first_home(const Amendment *a)
{
    return a->of != NULL ? &a->of->home : &a->field->home;
}

static Version first_version(Linker *l, const Amendment *a)
{
    Version v = {.home = *first_home(a)};
    if (a->of == NULL) {
        v.value = a->field->compute;
        v.from = DATE_MIN;
        v.until = DATE_MAX;
        return v;
    }
    Rule *copy = arena_new_of(l->keep, Rule);
    *copy = *a->of;
    v.rule = copy;
    v.from = a->of->from;
    v.until = a->of->until;
    return v;
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
    Expr *e = expr_new(&s, EXPR_VERSION, v->list[0].home.pos, first->type);
    e->versions = v;
    e->args = arena_many(l->keep, const Expr *, v->n);
    for (size_t i = 0; i < v->n; i++) {
        const Expr *own = v->list[i].ends ? e->args[i - 1] : part(&v->list[i]);
        e->args[e->n_args++] = own != NULL ? own : without;
        scale = MAX(scale, e->args[i]->type.scale);
    }
    for (size_t i = 0; i < v->n; i++)
        if (e->args[i]->type.scale < scale)
            e->args[i] = expr_rescale(&s, (Expr *)e->args[i], scale);
    e->type.scale = scale;
    e->size = 1;
    for (size_t i = 0; i < v->n; i++)
        e->size += e->args[i]->size;
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

static bool is_narrower(const Linker *l, Str place, Str of)
{
    return place.len > 0 && !str_equal(place, of) &&
           (of.len == 0 || region_lies_in(l->model, place, of));
}

static Str field_name(const Linker *l, const Field *f)
{
    return str_of(arena_printf(l->keep, "%.*s.%.*s", STR_ARG(f->entity->name), STR_ARG(f->name)));
}

static void seal(Linker *l, const Amendment *all, size_t n)
{
    Versions *v = arena_new_of(l->keep, Versions);
    Rule *r = all[0].of;
    v->list = arena_many(l->keep, Version, n + 1);
    v->list[v->n++] = first_version(l, &all[0]);
    for (size_t i = 0; i < n; i++) {
        Version x = all[i].v;
        x.narrower = is_narrower(l, x.home.document->place, v->list[0].home.document->place);
        v->list[v->n++] = x;
    }
    if (r != NULL) {
        v->name = r->name;
        into_rule(l, r, v);
        return;
    }
    Field *f = all[0].field;
    v->name = field_name(l, f);
    f->compute = joined(l, v, value_of, NULL);
}

static void link_group(Linker *l, Amendment *all, size_t n)
{
    const Amendment *a = &all[0];
    Version first = first_version(l, a);
    Str leave = a->of != NULL ? a->of->leave : a->field->leave;
    Str name = a->of != NULL ? a->of->name : field_name(l, a->field);
    bool fine = true;
    if (n > LIMIT_AMENDMENTS) {
        diag_error(l->diags, all[LIMIT_AMENDMENTS].v.home.pos,
                   "'%.*s' is amended more than %u times", STR_ARG(name), LIMIT_AMENDMENTS);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        bool may = may_depart(l, &all[i], &first.home, name, leave) &&
                   (a->of == NULL || in_time(l, &all[i], &first, name));
        fine &= may && check_twice(l, all, i, name) && check_leave(l, all, i, name);
    }
    if (fine)
        seal(l, all, n);
}

void link_amendments(Linker *l)
{
    Amendment *all = arena_many(l->scratch, Amendment, l->n_declarations + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_AMEND && d->node->kind != AST_ENDS)
            continue;
        if (!read_amendment(l, d, &all[n]))
            continue;
        const Home *of = first_home(&all[n]);
        all[n].depth = MAX(depth_of(l->model, d->home.document->place),
                           depth_of(l->model, of->document->place));
        d->made = all[n].of != NULL ? (void *)all[n].of : (void *)all[n].field;
        n++;
    }
    qsort(all, n, sizeof *all, by_thing_depth_day);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1;
             to < n && all[to].of == all[from].of && all[to].field == all[from].field;)
            to++;
        link_group(l, all + from, to - from);
    }
}
