/* link_rule.c — benefits and checks.
 * Out: Rule, every expression typed.  Not here: whether an amount can lie below nothing, what
 * `alike` forbids, whether there is an example (check_rule.c).  Start: link_rules(). */
#include "declare/follow.h"
#include "declare/ruling.h"

/* ---- what both have */

void check_begin(Linker *l, const Document *doc, const Node *from, Str name)
{
    char day[DATE_TEXT];
    bool early = from != NULL && (Date)from->at.number < doc->from;
    if (early && from->a == NULL) {
        Diag *g = diag_error(l->diags, from->at.pos,
                             "'%.*s' begins before its document is in force", STR_ARG(name));
        diag_hint(l->diags, g,
                  "past months would be owed anew: where that is meant, 'from %s although issued "
                  "later'",
                  date_format((Date)from->at.number, day));
    } else if (!early && from != NULL && from->a != NULL) {
        Diag *g = diag_warning(l->diags, from->a->at.pos,
                               "'%.*s' does not begin before its document", STR_ARG(name));
        diag_hint(l->diags, g, "'although issued later' says nothing here");
    }
}

void ruling_period(Linker *l, const Declaration *d, const Node *items, Date *to_from,
                   Date *to_until)
{
    const Document *doc = d->home.document;
    Str name = d->node->at.text;
    const Node *from = item_once(l, items, AST_FROM, "from");
    const Node *until = item_once(l, items, AST_UNTIL, "until");
    *to_from = from == NULL ? doc->from : (Date)from->at.number;
    *to_until = until == NULL ? doc->until : (Date)until->at.number;
    check_begin(l, doc, from, name);
    if (*to_until < *to_from)
        diag_error(l->diags, d->node->at.pos, "'%.*s' ends before it begins", STR_ARG(name));
}

/* A rule of a place holds for the records that lie in it (semantics 48): by their own place, or by
 * the one the rule names (`in household_register`). */
static void rule_territory(Ruling *r)
{
    const Entity *e = r->rule->subject;
    const Node *own = item_once(r->l, r->items, AST_PLACE, "in");
    Type region = type_of_kind(KIND_REGION);
    if (own != NULL) {
        const Expr *place = link_as(&r->scope, own->a, &region, "the place of a rule");
        if (place != NULL && place->kind != EXPR_FIELD)
            diag_error(r->l->diags, node_pos(own->a), "the place of a rule is a recorded field");
        else if (place != NULL)
            r->rule->place = r->scope.place = place;
        return;
    }
    if (r->d->home.document->place.len == 0 || e->place != NULL || linker_damaged(r->l, e))
        return;
    Diag *d = diag_error(r->l->diags, r->d->node->at.pos, "%.*s does not say its place",
                         STR_ARG(e->name));
    diag_hint(r->l->diags, d,
              "a rule of one place holds for records that lie there: add 'place …'");
}

static void rule_when(Ruling *r)
{
    const Node *when = item_once(r->l, r->items, AST_WHEN, "when");
    if (when != NULL)
        r->rule->when = link_condition(&r->scope, when->a);
}

/* Leave for places of a level to depart from it (semantics 49). */
static void rule_leave(Ruling *r)
{
    const Node *n = item_once(r->l, r->items, AST_LEAVE, "may be amended by");
    if (n != NULL && leave_level(r->l, n->a))
        r->rule->leave = n->a->at.text;
}

void ruling_refuse(Ruling *r, NodeKind kind, const char *word, const char *where)
{
    const Node *n = list_find(r->items, kind);
    if (n != NULL)
        diag_error(r->l->diags, n->at.pos, "'%s' has no place in %s", word, where);
}

void ruling_missing(Ruling *r, const char *word, const char *hint)
{
    if (r->d->damaged)
        return;
    Diag *d = diag_error(r->l->diags, r->d->node->at.pos, "'%.*s' does not say '%s'",
                         STR_ARG(r->rule->name), word);
    bool amends = r->d->word == TK_AMEND; /* there are no patches of parts (semantics 49) */
    diag_hint(r->l->diags, d, "%s", amends ? "an amendment says the whole of it anew" : hint);
}

/* ---- when a benefit falls due */

static void read_governing(Ruling *r, const Node *n)
{
    static const struct {
        const char *word;
        Governing governing;
    } words[] = {{"first", GOVERN_FIRST_DAY},
                 {"last", GOVERN_LAST_DAY},
                 {"any", GOVERN_ANY_DAY},
                 {"each", GOVERN_EACH_DAY}};
    r->rule->cycle = CYCLE_MONTH;
    if (n->a == NULL) {
        Diag *d =
            diag_error(r->l->diags, n->at.pos, "'every month' does not say which day decides");
        diag_hint(r->l->diags, d, "add 'on first day', 'on last day', 'any day' or 'each day'");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (str_is(n->a->at.text, words[i].word)) {
            r->rule->governing = words[i].governing;
            return;
        }
    }
    Diag *d = diag_error(r->l->diags, n->a->at.pos, "'on %.*s day' is no day that decides",
                         STR_ARG(n->a->at.text));
    diag_hint(r->l->diags, d, "'on first day' or 'on last day'");
}

static const Field *need_date_field(Ruling *r, const Token *word)
{
    const Entity *e = r->rule->subject;
    if (e == NULL)
        return NULL;
    const Field *f = word_field(r->l, e, word);
    if (f == NULL && !linker_damaged(r->l, e)) {
        Diag *d = diag_error(r->l->diags, word->pos, "'%.*s' is not a field of %.*s",
                             STR_ARG(word->text), STR_ARG(e->name));
        hint_fields(r->l, d, e, word->text);
    } else if (f != NULL && f->type.kind != KIND_DATE) {
        diag_error(r->l->diags, word->pos, "'%.*s' is %s, not a day", STR_ARG(word->text),
                   type_words(r->l->scratch, &f->type));
        return NULL;
    }
    return f;
}

static void benefit_cycle(Ruling *r)
{
    const Node *month = item_once(r->l, r->items, AST_EVERY_MONTH, "every month");
    const Node *year = item_once(r->l, r->items, AST_EVERY_YEAR, "every year");
    const Node *once = item_once(r->l, r->items, AST_ONCE, "once");
    if ((month != NULL) + (year != NULL) + (once != NULL) > 1)
        diag_error(r->l->diags, r->d->node->at.pos,
                   "'%.*s' says more than one of 'every month', 'every year' and 'once'",
                   STR_ARG(r->rule->name));
    if (month != NULL) {
        read_governing(r, month);
    } else if (year != NULL) {
        r->rule->cycle = CYCLE_YEAR;
        r->rule->year_month = (int)(year->at.number / 100);
        r->rule->year_day = (int)(year->at.number % 100);
    } else if (once != NULL) {
        r->rule->cycle = CYCLE_ONCE;
        r->rule->once_on = need_date_field(r, &once->a->at);
    } else {
        ruling_missing(r, "every",
                       "'every month on last day', 'every year on 12-31' or 'once on …'");
    }
}

static void benefit_start(Ruling *r)
{
    const Node *after = item_once(r->l, r->items, AST_MONTH_AFTER, "from month after");
    const Node *of = item_once(r->l, r->items, AST_MONTH_OF, "from month of");
    Type date = type_of_kind(KIND_DATE);
    if (after != NULL)
        r->rule->start_after = link_as(&r->scope, after->a, &date, "the start");
    if (of != NULL)
        r->rule->start_of = link_as(&r->scope, of->a, &date, "the start");
    if (after != NULL && of != NULL)
        diag_error(r->l->diags, of->at.pos, "a benefit starts by one day only");
    if ((after != NULL || of != NULL) && r->rule->cycle != CYCLE_MONTH)
        diag_error(r->l->diags, (after != NULL ? after : of)->at.pos,
                   "only what is paid every month has a first month");
}

/* ---- what a benefit pays */

void ruling_round(Ruling *r, bool *ret_has, Rounding *ret_round)
{
    static const char *const words[] = {
        [ROUND_HALF_UP] = "half_up", [ROUND_DOWN] = "down", [ROUND_UP] = "up"};
    const Node *n = item_once(r->l, r->items, AST_ROUND, "round");
    if (n == NULL)
        return;
    const Token *unit = &n->a->at;
    if (unit->measure != MEASURE_FEN || unit->number != 1 || unit->scale != 0)
        diag_error(r->l->diags, unit->pos, "amounts are rounded to 1 fen");
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (str_is(n->at.text, words[i])) {
            *ret_has = true;
            *ret_round = (Rounding)i;
            return;
        }
    }
    diag_error(r->l->diags, n->at.pos, "the direction is half_up, up or down");
}

static void pay_needs_round(Ruling *r, const Expr *pay, bool has_round)
{
    bool daily = r->rule->cycle == CYCLE_MONTH && r->rule->governing == GOVERN_EACH_DAY;
    if (has_round || r->d->damaged)
        return;
    Diag *d = NULL;
    if (pay->type.scale > 2)
        d = diag_error(r->l->diags, pay->pos, "this amount may not end in whole fen");
    else if (daily)
        d = diag_error(r->l->diags, pay->pos, "a day's share of a month may not end in whole fen");
    if (d != NULL)
        diag_hint(r->l->diags, d, "add 'round half_up to 1 fen', or down or up");
}

/* NULL after it has reported why. */
const Expr *ruling_pay(Ruling *r, const Node *n, bool has_round)
{
    Type money = type_of_kind(KIND_MONEY);
    Expr *pay = link_expr(&r->scope, n->a, &money);
    if (pay == NULL)
        return NULL;
    if (pay->type.kind != KIND_MONEY) {
        expr_as(&r->scope, pay, &money, "what is paid");
        return NULL;
    }
    pay_needs_round(r, pay, has_round);
    return pay->type.scale < 2 ? expr_rescale(&r->scope, pay, 2) : pay;
}

static void benefit_pay(Ruling *r)
{
    const Node *n = item_once(r->l, r->items, AST_PAY, "pay");
    if (n != NULL) {
        r->rule->pay = ruling_pay(r, n, r->rule->has_round);
        return;
    }
    ruling_refuse(r, AST_ROUND, "round", "a benefit without 'pay'");
    ruling_refuse(r, AST_FUND, "fund", "a benefit without 'pay'");
}

static void benefit_to(Ruling *r)
{
    const Node *n = item_once(r->l, r->items, AST_TO, "to");
    if (n == NULL)
        return;
    const Expr *e = link_path(&r->scope, n->a, NULL);
    if (e == NULL)
        return;
    if (e->kind != EXPR_FIELD || (e->type.kind != KIND_REF && e->type.kind != KIND_REGION))
        diag_error(r->l->diags, node_pos(n->a), "the payee is a record this one refers to");
    else
        r->rule->to = e;
}

static void benefit_alike(Ruling *r)
{
    const Node *n = item_once(r->l, r->items, AST_ALIKE, "alike");
    if (n == NULL)
        return;
    Scope s = r->scope;
    s.in_known = true; /* only names the field */
    s.rule = false;
    r->rule->alike = arena_many(r->l->keep, const Field *, list_length(n->a));
    for (const Node *p = list_first(n->a); p != NULL; p = p->next) {
        const Expr *e = link_path(&s, p, NULL);
        if (e != NULL && e->kind == EXPR_FIELD)
            r->rule->alike[r->rule->n_alike++] = e->path[e->n_path - 1];
        else if (e != NULL)
            diag_error(r->l->diags, node_pos(p), "'alike' names fields");
    }
}

static bool fund_known(Ruling *r, const Token *name)
{
    const Enum *e = name_of(r->l, STR("fund"), NAME_ENUM);
    if (e == NULL || word_code(r->l, e, name) != NULL || linker_damaged(r->l, e))
        return true;
    Diag *d = diag_error(r->l->diags, name->pos, "'%.*s' is no fund", STR_ARG(name->text));
    hint_codes(r->l, d, e, name->text);
    return false;
}

/* What is left in a fund is the param FUND_balance, until the ledger keeps it. */
static const Param *fund_balance(Ruling *r, const Node *p)
{
    Str name = str_of(arena_printf(r->l->scratch, "%.*s_balance", STR_ARG(p->at.text)));
    const Param *balance = name_of(r->l, name, NAME_PARAM);
    if (!str_is(p->c->at.text, "its") || !str_is(p->d->at.text, "balance")) {
        Diag *d = diag_error(r->l->diags, p->c->at.pos, "a fund pays up to its balance");
        diag_hint(r->l->diags, d, "'fund %.*s up to its balance, then …'", STR_ARG(p->at.text));
        return NULL;
    }
    if (balance == NULL) {
        Diag *d = diag_error(r->l->diags, p->at.pos, "nothing says what is left in '%.*s'",
                             STR_ARG(p->at.text));
        diag_hint(r->l->diags, d, "'param %.*s by region : money', set by the place that pays",
                  STR_ARG(name));
        return NULL;
    }
    link_mention(r->l, p->d->at.pos, balance->home.pos);
    bool by_region = balance->n_index == 1 && balance->index[0].is_region;
    if (balance->type.kind == KIND_MONEY && (balance->n_index == 0 || by_region))
        return balance;
    diag_error(r->l->diags, p->at.pos, "'%.*s' is no amount of money, for a place at most",
               STR_ARG(name));
    return NULL;
}

static bool fund_part(Ruling *r, const Node *p, FundPart *to)
{
    Type share = type_of_kind(KIND_SHARE);
    const Expr *e = p->a == NULL ? NULL : link_as(&r->scope, p->a, &share, "a fund's part");
    *to = (FundPart){.fund = p->at.text, .share = e != NULL ? e->number : -1};
    if (p->c != NULL)
        to->balance = fund_balance(r, p);
    return fund_known(r, &p->at) && (p->a == NULL || e != NULL) &&
           (p->c == NULL || to->balance != NULL);
}

/* One after the other: each but the last up to what is left in it. */
static void check_sequence(Ruling *r, const Node *n)
{
    const Rule *rule = r->rule;
    for (size_t i = 0; i < rule->n_funds; i++) {
        const FundPart *p = &rule->funds[i];
        bool last = i + 1 == rule->n_funds;
        if (p->share < 0 && (p->balance != NULL) == !last)
            continue;
        Diag *d = diag_error(r->l->diags, n->at.pos,
                             p->share >= 0 ? "funds pay parts, or one after the other: not both"
                             : last        ? "nothing pays what is left when '%.*s' is empty"
                                           : "'%.*s' pays all: nothing is left for the next",
                             STR_ARG(p->fund));
        diag_hint(r->l->diags, d, "'fund a up to its balance, then b'");
        return;
    }
}

static void check_parts(Ruling *r, const Node *n)
{
    const Rule *rule = r->rule;
    int64_t sum = 0;
    size_t rests = 0;
    for (size_t i = 0; i < rule->n_funds; i++) {
        rests += rule->funds[i].share < 0;
        sum += rule->funds[i].share < 0 ? 0 : MIN(rule->funds[i].share, 100000);
    }
    if (rests > 1)
        diag_error(r->l->diags, n->at.pos, "only one fund can pay the rest");
    else if (sum > 10000 || (rests == 0 && sum != 10000))
        diag_error(r->l->diags, n->at.pos, "the parts of the funds do not make 100%%");
    else if (rests == 1 && rule->funds[rule->n_funds - 1].share != -1)
        diag_error(r->l->diags, n->at.pos, "the fund that pays the rest stands last");
}

static void benefit_funds(Ruling *r)
{
    const Node *n = item_once(r->l, r->items, AST_FUND, "fund");
    if (n == NULL)
        return;
    size_t count = list_length(n->a);
    bool in_sequence = false;
    r->rule->funds = arena_many(r->l->keep, FundPart, count);
    for (const Node *p = list_first(n->a); p != NULL; p = p->next) {
        FundPart part;
        in_sequence |= p->c != NULL;
        if (!fund_part(r, p, &part))
            continue;
        for (size_t i = 0; i < r->rule->n_funds; i++)
            if (str_equal(r->rule->funds[i].fund, part.fund))
                diag_error(r->l->diags, p->at.pos, "fund '%.*s' stands twice", STR_ARG(part.fund));
        r->rule->funds[r->rule->n_funds++] = part;
    }
    if (r->rule->n_funds < count)
        return;
    if (in_sequence)
        check_sequence(r, n);
    else
        check_parts(r, n);
}

static void link_benefit(Ruling *r)
{
    const Node *subject = item_once(r->l, r->items, AST_FOR, "for");
    r->rule->kind = RULE_BENEFIT;
    ruling_refuse(r, AST_REQUIRE, "require", "a benefit");
    ruling_refuse(r, AST_CURE, "cure", "a benefit");
    if (subject == NULL) {
        ruling_missing(r, "for", "'for ENTITY' names the records it is decided about");
        return;
    }
    r->rule->subject = name_need(r->l, &subject->a->at, NAME_ENTITY, "an entity");
    r->scope.subject = r->rule->subject;
    if (r->rule->subject == NULL)
        return;
    rule_territory(r);
    benefit_cycle(r);
    benefit_start(r);
    rule_when(r);
    ruling_round(r, &r->rule->has_round, &r->rule->round);
    benefit_pay(r);
    const Node *once = list_find(r->items, AST_ONCE);
    if (once != NULL && once->b != NULL)
        link_once(r, once);
    benefit_to(r);
    benefit_alike(r);
    benefit_funds(r);
    rule_leave(r);
}

/* ---- checks */

static void check_cure(Ruling *r)
{
    const Node *n = item_once(r->l, r->items, AST_CURE, "cure");
    if (n == NULL) {
        ruling_missing(r, "cure", "'cure \"…\" / \"…\"' tells people what to do about it");
        return;
    }
    Cure cure;
    link_cure(&r->scope, n, &cure);
    r->rule->cure_zh = cure.zh;
    r->rule->cure_en = cure.en;
    r->rule->cure_parts = cure.parts;
    r->rule->n_cure_parts = cure.n_parts;
}

void ruling_refuse_benefit(Ruling *r)
{
    static const struct {
        NodeKind kind;
        const char *word;
    } foreign[] = {{AST_FOR, "for"},
                   {AST_TO, "to"},
                   {AST_EVERY_MONTH, "every month"},
                   {AST_PAY, "pay"},
                   {AST_ROUND, "round"},
                   {AST_EVERY_YEAR, "every year"},
                   {AST_ALIKE, "alike"},
                   {AST_FUND, "fund"},
                   {AST_ONCE, "once"},
                   {AST_MONTH_OF, "from month of"},
                   {AST_MONTH_AFTER, "from month after"}};
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
        ruling_refuse(r, foreign[i].kind, foreign[i].word, "a check");
}

static void link_check(Ruling *r)
{
    r->rule->kind = RULE_CHECK;
    ruling_refuse_benefit(r);
    r->rule->subject = name_need(r->l, &r->d->node->b->at, NAME_ENTITY, "an entity");
    r->scope.subject = r->rule->subject;
    r->scope.may_know = true;
    if (r->rule->subject == NULL)
        return;
    rule_territory(r);
    rule_when(r);
    const Node *require = item_once(r->l, r->items, AST_REQUIRE, "require");
    if (require == NULL)
        ruling_missing(r, "require", "'require CONDITION' is what a record must satisfy");
    else
        r->rule->require = link_condition(&r->scope, require->a);
    check_cure(r);
    rule_leave(r);
}

void ruling_read(Linker *l, Declaration *d, Rule *to)
{
    bool benefit = d->node->kind == AST_BENEFIT;
    Ruling r = {.l = l, .d = d, .rule = to};
    r.items = benefit ? d->node->b : d->node->c;
    r.scope = (Scope){.l = l, .rule = true, .outcomes = true};
    to->name = d->node->at.text;
    to->label = link_label(l, d->node->a, to->name);
    to->home = d->home;
    to->home.pos = d->node->at.pos;
    ruling_period(l, d, r.items, &to->from, &to->until);
    if (benefit)
        link_benefit(&r);
    else
        link_check(&r);
}

void link_rules(Linker *l)
{
    Model *m = l->model;
    m->rules = arena_many(l->keep, Rule *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if ((d->node->kind != AST_BENEFIT && d->node->kind != AST_CHECK) || d->made == NULL)
            continue;
        Rule *rule = d->made;
        if (region_check_said(l, d)) { /* the rest of it asks figures: link_region_checks() */
            region_check_head(l, d, rule);
            continue;
        }
        rule->number = (unsigned)m->n_rules;
        m->rules[m->n_rules++] = rule;
        ruling_read(l, d, rule);
    }
}
