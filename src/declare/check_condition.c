/* check_condition.c — conditions that can never hold, or always do.
 * Every expression of the Model is walked with what is known where it is asked: ranges of fields,
 * values of params on all days, the document's place, the conditions beside it.  What can not be
 * decided is passed over in silence.  Start: check_conditions(). */
#include "declare/domain.h"
#include "declare/link.h"
#include "declare/roots.h"

/* Steps for one expression; at the end of them nothing more is said about it. */
#define STEPS  4000u
#define BESIDE 16u /* conditions remembered to name the one that excludes another */

typedef struct Look {
    Linker *l;
    GHashTable *memo;
    unsigned budget;
    const Expr *beside[BESIDE];
    size_t n_beside;
    Domain *start;    /* what holds before any condition */
    GHashTable *made; /* conditions that linking made → what of them was written, or NULL */
    GHashTable *seen; /* expressions that stand in several places are looked at once */
} Look;

static void look(Look *k, const Expr *e, const Domain *base, const Domain *at);

/* ---- what is said */

typedef struct Stretch {
    Pos pos;
    uint32_t end;
} Stretch;

static void widen(const Expr *e, void *context)
{
    Stretch *s = context;
    if (e->pos.source != s->pos.source || e->pos.line != s->pos.line || e->pos.column == 0)
        return;
    s->pos.column = MIN(s->pos.column, e->pos.column);
    s->end = MAX(s->end, e->pos.column + MAX(e->pos.length, 1));
}

/* From its first word to its last, as far as they stand in one line. */
static Pos whole(const Expr *e)
{
    Stretch s = {e->pos, e->pos.column + MAX(e->pos.length, 1)};
    expr_walk(e, widen, &s);
    s.pos.length = s.end - s.pos.column;
    return s.pos;
}

static bool possible(const Domain *at, const Expr *e, bool truth)
{
    Domain d;
    domain_copy(&d, at);
    /* Twice: what stands last may decide an `or` that stands first. */
    return domain_assume(&d, e, truth) && (e->kind != EXPR_AND || domain_assume(&d, e, truth));
}

/* The condition beside it that alone excludes this one. */
static const Expr *excluder(const Look *k, const Expr *e)
{
    for (size_t i = k->n_beside; i-- > 0;) {
        Domain d;
        domain_copy(&d, k->start);
        if (domain_assume(&d, k->beside[i], true) && !domain_assume(&d, e, true))
            return k->beside[i];
    }
    return NULL;
}

static void hint_why(Look *k, Diag *d, const Expr *e)
{
    const Expr *other = possible(k->start, e, true) ? excluder(k, e) : NULL;
    if (other != NULL) {
        GString *s = g_string_new(NULL);
        expr_print(other, s);
        diag_hint(k->l->diags, d, "beside '%s'", s->str);
        g_string_free(s, TRUE);
        return;
    }
    g_autofree char *words = domain_words(k->start, e);
    if (words != NULL && !possible(k->start, e, true))
        diag_hint(k->l->diags, d, "%s", words);
}

static void say(Look *k, const Expr *e, const char *what)
{
    if (!g_hash_table_add(k->seen, (gpointer)e))
        return;
    Diag *d = diag_warning(k->l->diags, whole(e), "%s", what);
    hint_why(k, d, e);
}

static void say_always(Look *k, const Expr *e, const Domain *base)
{
    if (!g_hash_table_add(k->seen, (gpointer)e))
        return;
    Diag *d = diag_warning(k->l->diags, whole(e), "this always holds");
    g_autofree char *words = domain_words(base, e);
    if (words != NULL)
        diag_hint(k->l->diags, d, "%s", words);
}

/* ---- where conditions stand */

static void look_where(Look *k, const Aggregate *a)
{
    Domain fresh;
    domain_init(&fresh, k->l->model, k->memo, &k->budget);
    Domain *start = k->start;
    size_t n = k->n_beside;
    k->start = &fresh;
    k->n_beside = 0;
    look(k, a->where, &fresh, &fresh);
    Domain inside;
    domain_copy(&inside, &fresh);
    if (a->where == NULL || domain_assume(&inside, a->where, true))
        look(k, a->value, &inside, &inside);
    k->start = start;
    k->n_beside = n;
    look(k, a->otherwise, start, start);
}

static void remember(Look *k, const Expr *e)
{
    if (e->kind == EXPR_AND) {
        remember(k, e->a);
        remember(k, e->b);
    } else if (k->n_beside < BESIDE) {
        k->beside[k->n_beside++] = e;
    }
}

/* A branch is looked at with its condition known; one that is never reached was reported. */
static void look_branch(Look *k, const Expr *value, const Expr *condition, bool truth,
                        const Domain *at)
{
    Domain inside;
    domain_copy(&inside, at);
    size_t n = k->n_beside;
    if (!domain_assume(&inside, condition, truth))
        return;
    if (truth)
        remember(k, condition);
    look(k, value, &inside, &inside);
    k->n_beside = n;
}

static void look_case(Look *k, const Expr *e, const Domain *at)
{
    Domain left; /* what no arm so far has taken */
    domain_copy(&left, at);
    size_t i = 0;
    for (; i + 1 < e->n_args; i += 2) {
        const Expr *arm = e->args[i];
        if (!possible(&left, arm, true)) {
            say(k, arm, "this arm can never be reached");
        } else {
            look(k, arm, at, &left);
            look_branch(k, e->args[i + 1], arm, true, &left);
        }
        if (!domain_assume(&left, arm, false))
            break;
    }
    bool all = i + 1 < e->n_args; /* the arms so far leave nothing over */
    for (i += 2; all && i + 1 < e->n_args; i += 2)
        say(k, e->args[i], "this arm can never be reached");
    if (all && i < e->n_args)
        say(k, e->args[i], "this 'else' can never be reached");
    else if (!all && e->n_args % 2 == 1)
        look(k, e->args[e->n_args - 1], &left, &left);
}

static void look_and(Look *k, const Expr *e, const Domain *base, const Domain *at)
{
    Domain inside;
    domain_copy(&inside, at);
    size_t n = k->n_beside;
    look(k, e->a, base, at);
    if (!domain_assume(&inside, e->a, true))
        return;
    remember(k, e->a);
    look(k, e->b, base, &inside);
    k->n_beside = n;
}

static void look_below(Look *k, const Expr *e, const Domain *base, const Domain *at)
{
    switch (e->kind) {
    case EXPR_AND:
        look_and(k, e, base, at);
        return;
    case EXPR_IF:
        look(k, e->a, at, at);
        look_branch(k, e->b, e->a, true, at);
        look_branch(k, e->c, e->a, false, at);
        return;
    case EXPR_CASE:
        look_case(k, e, at);
        return;
    case EXPR_AGGREGATE:
        look_where(k, e->aggregate);
        return;
    case EXPR_SINCE: /* about days of which nothing is known here */
        return;
    default:
        look(k, e->a, base, at);
        look(k, e->b, base, at);
        look(k, e->c, base, at);
        for (size_t i = 0; i < e->n_args; i++)
            look(k, e->args[i], base, at);
    }
}

/* `at` is what is known here, `base` what was before the conditions beside this one: to say the
 * same twice is no mistake, to ask what is certain anyway is. */
static void look(Look *k, const Expr *e, const Domain *base, const Domain *at)
{
    if (e == NULL || k->budget == 0)
        return;
    if (g_hash_table_contains(k->made, e)) { /* nobody wrote it, but what it is paid again for */
        look(k, g_hash_table_lookup(k->made, e), base, at);
        return;
    }
    guint before = g_hash_table_size(k->seen);
    look_below(k, e, base, at);
    /* The part that is at fault was named: what holds it follows from that. */
    if (e->type.kind != KIND_BOOL || g_hash_table_size(k->seen) > before)
        return;
    bool yes = possible(at, e, true), no = possible(base, e, false);
    if (k->budget == 0)
        return;
    if (!yes)
        say(k, e, "this can never hold");
    else if (!no)
        say_always(k, e, base);
}

static void start_at(Look *k, const Root *r)
{
    const Entity *e = r->subject;
    const Expr *by = r->place != NULL ? r->place : e != NULL ? e->place : NULL;
    Str place = r->home->document->place;
    if (!r->territory || by == NULL || place.len == 0)
        return;
    k->start->terms[0] = (Term){.expr = by, .codes = UINT64_MAX, .in = place};
    k->start->n_terms = 1;
}

static void look_root(const Root *r, void *context)
{
    Look *k = context;
    Domain start;
    domain_init(&start, k->l->model, k->memo, &k->budget);
    k->budget = STEPS;
    k->start = &start;
    k->n_beside = 0;
    start_at(k, r);
    Domain given;
    domain_copy(&given, &start);
    if (r->given != NULL && !domain_assume(&given, r->given, true))
        return; /* it was said of `given` itself */
    if (r->given != NULL)
        remember(k, r->given);
    look(k, r->expr, &given, &given);
}

/* What `once per` comes to (link_once.c) → its `again if`. */
static void add_made(GHashTable *made, const Rule *r)
{
    if (r->once_free != NULL)
        g_hash_table_insert(made, (gpointer)r->once_free, (gpointer)r->once_again);
    for (size_t i = 0; r->versions != NULL && i < r->versions->n; i++)
        if (r->versions->list[i].rule != NULL && r->versions->list[i].rule != r &&
            r->versions->list[i].rule->versions == NULL)
            add_made(made, r->versions->list[i].rule);
}

void check_conditions(Linker *l)
{
    g_autoptr(GHashTable) made = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) memo = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < l->model->n_rules; i++)
        add_made(made, l->model->rules[i]);
    Look k = {.l = l, .memo = memo, .seen = seen, .made = made};
    model_roots(l->model, look_root, &k);
}
