/* link_account.c — what is kept in a ledger: what goes in and out, limits, purpose.
 * Start: link_accounts(). */
#include "declare/follow.h"

typedef struct Keeping {
    Linker *l;
    const Declaration *d;
    Account *a;
    const Node *items;
    Type type; /* of an amount */
} Keeping;

static const struct {
    const char *word;
    AccountUnit unit;
    Kind kind;
} units[] = {{"yuan", ACCOUNT_YUAN, KIND_MONEY},
             {"hours", ACCOUNT_HOURS, KIND_HOURS},
             {"nights", ACCOUNT_NIGHTS, KIND_INT}};

static bool account_unit(Keeping *x, const Token *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (str_is(word->text, units[i].word)) {
            x->a->unit = units[i].unit;
            x->type = type_of_kind(units[i].kind);
            return true;
        }
    Diag *d = diag_error(x->l->diags, word->pos,
                         "an account is in yuan, hours or nights, not '%.*s'", STR_ARG(word->text));
    diag_hint(x->l->diags, d, "each unit has its own ledger");
    return false;
}

static void account_holder(Keeping *x, const Token *word)
{
    const Name *name = word_name(x->l, word);
    if (name != NULL && name->kind == NAME_ENTITY)
        x->a->holder = name->what;
    else if (name == NULL || name->kind != NAME_BROKEN)
        x->a->level = link_level(x->l, word, "an account of a place");
}

/* ---- what goes in and out */

static bool is_amount(const Keeping *x, const Field *f)
{
    return f->type.kind == x->type.kind && f->type.unit == x->type.unit && !f->dated;
}

static bool flow_amount(Keeping *x, const Node *path, Flow *f)
{
    const Entity *e = f->entity;
    if (path_length(path) == 2) {
        Str word = path_word(path, 1);
        f->amount = field_said(x->l, e, word, path->at.pos);
        if (f->amount != NULL && is_amount(x, f->amount))
            return true;
        if (linker_damaged(x->l, e))
            return false;
        Diag *d =
            diag_error(x->l->diags, node_pos(path), "'%.*s' is no undated field of %.*s that is %s",
                       STR_ARG(word), STR_ARG(e->name), type_words(x->l->scratch, &x->type));
        if (f->amount == NULL)
            hint_fields(x->l, d, e, word);
        return false;
    }
    for (size_t i = 0; i < e->n_fields; i++) {
        if (!is_amount(x, e->fields[i]))
            continue;
        if (f->amount != NULL) {
            Diag *d =
                diag_error(x->l->diags, node_pos(path), "%.*s has '%.*s' and '%.*s'",
                           STR_ARG(e->name), STR_ARG(f->amount->name), STR_ARG(e->fields[i]->name));
            diag_hint(x->l->diags, d, "say which: %.*s.%.*s", STR_ARG(e->name),
                      STR_ARG(f->amount->name));
            return false;
        }
        f->amount = e->fields[i];
    }
    if (f->amount != NULL || (x->a->unit == ACCOUNT_NIGHTS && e->end != NULL) ||
        linker_damaged(x->l, e))
        return true;
    diag_error(x->l->diags, node_pos(path), "%.*s has no undated field that is %s",
               STR_ARG(e->name), type_words(x->l->scratch, &x->type));
    return false;
}

/* What an account follows is decided when the event is written, from the event alone: no other
 * record, no param and no day can change it later without a write of its own. */
static bool is_recorded(const Expr *e)
{
    return e->kind == EXPR_FIELD && e->n_path == 1 && !e->outer && e->path[0]->compute == NULL &&
           e->path[0]->judgement == NULL;
}

static bool is_own(const Expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_TRUTH:
    case EXPR_CODE:
    case EXPR_SET:
        return true;
    case EXPR_FIELD:
        return is_recorded(e) && !kind_is_text(e->type.kind) && e->type.kind != KIND_REGION;
    case EXPR_KNOWN:
        return is_recorded(e->a);
    case EXPR_NOT:
    case EXPR_RESCALE:
        return is_own(e->a);
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
    case EXPR_IN:
    case EXPR_HAS_ANY:
    case EXPR_HAS_ALL:
        return is_own(e->a) && is_own(e->b);
    case EXPR_BETWEEN:
        return is_own(e->a) && is_own(e->b) && is_own(e->c);
    default:
        return false;
    }
}

static bool flow_where(Keeping *x, const Node *n, Flow *f)
{
    Scope s = {.l = x->l, .subject = f->entity, .may_know = true, .rule = true};
    if (n == NULL)
        return true;
    f->where = link_condition(&s, n);
    if (f->where == NULL || is_own(f->where))
        return f->where != NULL;
    Diag *d = diag_error(x->l->diags, node_pos(n),
                         "what moves on an account is decided by the event's own recorded fields");
    diag_hint(x->l->diags, d, "no references, params, computed fields or days: record it there");
    return false;
}

/* Who gives and who gets may both be records of the holder. */
static bool flow_holder(Keeping *x, const Node *n, Flow *f)
{
    const Field *found = NULL;
    for (size_t i = 0; n->b == NULL && i < f->entity->n_fields; i++) {
        const Field *r = f->entity->fields[i];
        if (r->type.kind != KIND_REF || r->type.to != x->a->holder)
            continue;
        if (found != NULL) {
            Diag *d =
                diag_error(x->l->diags, node_pos(n->a),
                           "%.*s refers to %.*s by '%.*s' and by '%.*s'", STR_ARG(f->entity->name),
                           STR_ARG(x->a->holder->name), STR_ARG(found->name), STR_ARG(r->name));
            diag_hint(x->l->diags, d, "say which: by %.*s", STR_ARG(found->name));
            return false;
        }
        found = r;
    }
    f->by = link_reference(x->l, f->entity, x->a->holder, n->b == NULL ? NULL : &n->b->at,
                           node_pos(n->a));
    return f->by != NULL;
}

static bool flow_record(Keeping *x, const Node *n, Flow *f)
{
    Linker *l = x->l;
    const Node *path = n->a;
    if (path_length(path) > 2) {
        diag_error(l->diags, node_pos(path), "an entity, its amount, or a benefit is needed here");
        return false;
    }
    if (!flow_amount(x, path, f) || !flow_where(x, n->c, f))
        return false;
    if (x->a->holder == NULL || (f->entity == x->a->holder && n->b == NULL))
        return true;
    if (!flow_holder(x, n, f))
        return false;
    if (!f->by->dated)
        return true;
    diag_error(l->diags, node_pos(path), "'%.*s' of %.*s is dated: whose account would it be",
               STR_ARG(f->by->name), STR_ARG(f->entity->name));
    return false;
}

static bool read_flow(Keeping *x, const Node *n, Flow *f)
{
    Linker *l = x->l;
    const Node *path = n->a;
    const Name *name = word_name(l, &path->at);
    *f = (Flow){0};
    if (name != NULL && name->kind == NAME_RULE && node_is_word(path)) {
        f->rule = name->what;
        if (f->rule->kind == RULE_BENEFIT && x->a->unit == ACCOUNT_YUAN) {
            bool fits = x->a->holder == NULL || f->rule->subject == NULL ||
                        f->rule->subject == x->a->holder;
            if (!fits)
                diag_error(l->diags, node_pos(path), "'%.*s' is paid for %.*s, not for %.*s",
                           STR_ARG(f->rule->name), STR_ARG(f->rule->subject->name),
                           STR_ARG(x->a->holder->name));
            return fits;
        }
        diag_error(l->diags, node_pos(path),
                   f->rule->kind == RULE_BENEFIT ? "'%.*s' is money: the account is not in yuan"
                                                 : "'%.*s' is a check: it moves nothing",
                   STR_ARG(f->rule->name));
        return false;
    }
    Token word = path->at;
    f->entity = name_need(l, &word, NAME_ENTITY, "an entity or a benefit");
    return f->entity != NULL && flow_record(x, n, f);
}

static void account_flows(Keeping *x, NodeKind kind, const char *word, Flow **to, size_t *n)
{
    const Node *item = item_once(x->l, x->items, kind, word);
    if (item == NULL)
        return;
    *to = arena_many(x->l->keep, Flow, list_length(item->a));
    for (const Node *p = list_first(item->a); p != NULL; p = p->next)
        if (read_flow(x, p, &(*to)[*n]))
            ++*n;
}

/* ---- limits, purpose, settling */

/* Nothing is nothing in every unit: `0..1500 hours`. */
static const Expr *account_bound(Keeping *x, const Node *n)
{
    Scope s = {.l = x->l, .rule = true};
    if (n->kind == AST_NUMBER && n->at.number == 0 && n->at.measure == MEASURE_NONE)
        return expr_new(&s, EXPR_NUMBER, n->at.pos, x->type);
    return link_as(&s, n, &x->type, "the limit");
}

/* Whoever spends says for what: by a field of that enum. */
static void flow_purpose(Keeping *x, const Node *n, Flow *f)
{
    for (size_t i = 0; f->entity != NULL && i < f->entity->n_fields; i++) {
        const Field *own = f->entity->fields[i];
        if (own->type.of == x->a->purpose_of && own->type.kind == KIND_ENUM &&
            own->compute == NULL && !own->dated)
            f->purpose = own;
    }
    if (f->purpose != NULL || f->entity == NULL || linker_damaged(x->l, f->entity))
        return;
    Diag *d = diag_error(x->l->diags, n->at.pos, "%.*s does not say what it is spent for",
                         STR_ARG(f->entity->name));
    diag_hint(x->l->diags, d, "an undated field of enum '%.*s'", STR_ARG(x->a->purpose_of->name));
}

static void account_purpose(Keeping *x, const Node *n)
{
    const Node *paths[] = {n->a};
    const Enum *e = enum_of_codes(x->l, paths, 1);
    if (e == NULL)
        return;
    x->a->purpose_of = e;
    x->a->purpose = code_find(e, path_word(n->a, path_length(n->a) - 1));
    for (size_t i = 0; i < x->a->n_out; i++)
        flow_purpose(x, n, &x->a->out[i]);
}

static void account_settles(Keeping *x, const Node *n)
{
    const Param *p = name_need(x->l, &n->a->at, NAME_PARAM, "a param");
    if (p != NULL && p->n_regions == 0)
        diag_error(x->l->diags, n->a->at.pos, "param '%.*s' is no list of regions",
                   STR_ARG(p->name));
    x->a->settle = p;
}

static void link_account(Linker *l, const Declaration *d)
{
    Keeping x = {.l = l, .d = d, .a = d->made, .items = d->node->d};
    const Node *n;
    head_fill(l, d, &x.a->name, &x.a->label, &x.a->home);
    x.a->wording.leave = leave_of(l, item_once(l, x.items, AST_LEAVE, "may be amended by"));
    account_holder(&x, &d->node->b->at);
    if (!account_unit(&x, &d->node->c->at))
        return;
    account_flows(&x, AST_FLOWS_IN, "in", &x.a->in, &x.a->n_in);
    account_flows(&x, AST_FLOWS_OUT, "out", &x.a->out, &x.a->n_out);
    if (list_find(x.items, AST_FLOWS_IN) == NULL && !d->damaged) {
        Diag *g = diag_error(l->diags, d->node->at.pos, "nothing goes into account '%.*s'",
                             STR_ARG(x.a->name));
        diag_hint(l->diags, g, "'in' and an entity, entity.amount or a benefit");
    }
    if ((n = item_once(l, x.items, AST_LIMIT, "limit")) != NULL) {
        x.a->low = account_bound(&x, n->a->a);
        x.a->high = n->a->b != NULL ? account_bound(&x, n->a->b) : NULL;
    }
    if ((n = item_once(l, x.items, AST_ONLY_FOR, "only for")) != NULL)
        account_purpose(&x, n);
    if ((n = item_once(l, x.items, AST_SETTLE, "settle between")) != NULL)
        account_settles(&x, n);
}

void link_accounts(Linker *l)
{
    Model *m = l->model;
    m->accounts = arena_many(l->keep, Account *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_ACCOUNT || d->made == NULL)
            continue;
        link_account(l, d);
        ((Account *)d->made)->number = (unsigned)m->n_accounts;
        m->accounts[m->n_accounts++] = d->made;
    }
}
