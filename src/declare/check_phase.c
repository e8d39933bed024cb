/* check_phase.c — which rule reads what another pays (semantics 40).
 * A rule is evaluated after those it reads; those of one group together: so a group is one node,
 * and nodes may not read each other in a circle.  Out: Rule.reads, node, level.
 * Start: check_phases(). */
#include "declare/link.h"

typedef struct Edge { /* of nodes */
    unsigned by, of;
    const Expr *expr;
} Edge;

typedef struct Phases {
    Linker *l;
    Rule *reader;    /* the rule being looked at */
    GArray *edges;   /* Edge */
    GPtrArray *read; /* const Rule *: by the rule at hand */
    unsigned *node;  /* per rule: another rule of its node, itself at the root */
} Phases;

/* ---- what a rule reads ------------------------------------------------------------------------
 */

static bool may_read(const Phases *p, const Expr *e)
{
    const Rule *by = p->reader, *of = e->rule;
    Linker *l = p->l;
    if (of->kind != RULE_BENEFIT) {
        diag_error(l->diags, e->pos, "'%.*s' is a check: it pays nothing", STR_ARG(of->name));
    } else if (of->pay == NULL) {
        if (!linker_damaged(l, of))
            diag_error(l->diags, e->pos, "'%.*s' has no amount", STR_ARG(of->name));
    } else if (of->subject != by->subject) {
        Diag *d =
            diag_error(l->diags, e->pos, "'%.*s' is for %.*s, but this is decided about %.*s",
                       STR_ARG(of->name), STR_ARG(of->subject->name), STR_ARG(by->subject->name));
        diag_hint(l->diags, d, "a rule reads what the same record is paid");
    } else if (by->kind == RULE_CHECK ? of->cycle != CYCLE_MONTH
                                      : of->cycle != CYCLE_MONTH && of->cycle != by->cycle) {
        Diag *d =
            diag_error(l->diags, e->pos, "'%.*s' does not fall due every month", STR_ARG(of->name));
        diag_hint(l->diags, d, "in most months there would be nothing to read");
    } else {
        return true;
    }
    return false;
}

static void visit(const Expr *e, void *context)
{
    Phases *p = context;
    if (e->kind != EXPR_OUTCOME || e->rule->subject == NULL || p->reader->subject == NULL ||
        g_ptr_array_find(p->read, e->rule, NULL) || !may_read(p, e))
        return;
    Edge edge = {p->reader->number, e->rule->number, e};
    g_array_append_val(p->edges, edge);
    g_ptr_array_add(p->read, (gpointer)e->rule);
}

static void find_reads(Phases *p, Rule *r)
{
    p->reader = r;
    g_ptr_array_set_size(p->read, 0);
    rule_walk(r, visit, p);
    r->n_reads = p->read->len;
    r->reads = arena_many(p->l->keep, const Rule *, r->n_reads);
    if (r->n_reads > 0)
        memcpy(r->reads, p->read->pdata, r->n_reads * sizeof *r->reads);
}

/* ---- nodes ------------------------------------------------------------------------------------
 */

static unsigned root_of(const Phases *p, unsigned rule)
{
    while (p->node[rule] != rule)
        rule = p->node[rule] = p->node[p->node[rule]];
    return rule;
}

static void find_nodes(Phases *p)
{
    const Model *m = p->l->model;
    for (unsigned i = 0; i < m->n_rules; i++)
        p->node[i] = i;
    for (size_t i = 0; i < m->n_combines; i++)
        for (size_t k = 1; k < m->combines[i]->n_members; k++) {
            unsigned a = root_of(p, m->combines[i]->members[0]->number),
                     b = root_of(p, m->combines[i]->members[k]->number);
            p->node[MAX(a, b)] = MIN(a, b);
        }
    for (unsigned i = 0; i < m->n_rules; i++)
        m->rules[i]->node = root_of(p, i);
    for (guint i = 0; i < p->edges->len; i++) {
        Edge *e = &g_array_index(p->edges, Edge, i);
        e->by = m->rules[e->by]->node;
        e->of = m->rules[e->of]->node;
    }
}

/* ---- levels -----------------------------------------------------------------------------------
 */

static int by_read(const void *a, const void *b)
{
    const Edge *x = a, *y = b;
    return x->of < y->of ? -1 : x->of > y->of;
}

/* A node is done when all that it reads are; those left over read each other in a circle. */
static void find_levels(Phases *p, unsigned *waits)
{
    Model *m = p->l->model;
    const Edge *edges = (const Edge *)(const void *)p->edges->data;
    unsigned *queue = arena_many(p->l->scratch, unsigned, m->n_rules + 1);
    unsigned *start = arena_many(p->l->scratch, unsigned, m->n_rules + 2);
    size_t done = 0, n = 0;
    g_array_sort(p->edges, by_read);
    for (guint i = 0; i < p->edges->len; i++) {
        waits[edges[i].by]++;
        start[edges[i].of + 1]++;
    }
    for (size_t i = 0; i < m->n_rules; i++)
        start[i + 1] += start[i];
    for (unsigned i = 0; i < m->n_rules; i++)
        if (m->rules[i]->node == i && waits[i] == 0)
            queue[n++] = i;
    for (; done < n; done++) {
        unsigned of = queue[done];
        for (unsigned k = start[of]; k < start[of + 1]; k++) {
            Rule *by = m->rules[edges[k].by];
            by->level = MAX(by->level, m->rules[of]->level + 1);
            if (--waits[edges[k].by] == 0)
                queue[n++] = edges[k].by;
        }
    }
    for (size_t i = 0; i < m->n_rules; i++)
        m->rules[i]->level = m->rules[m->rules[i]->node]->level;
}

/* ---- circles ----------------------------------------------------------------------------------
 */

/* Returns whether it is a group. */
static bool print_node(const Phases *p, unsigned node, GString *to)
{
    const Model *m = p->l->model;
    g_autoptr(GString) all = g_string_new(NULL);
    unsigned n = 0;
    for (size_t i = 0; i < m->n_rules; i++) {
        if (m->rules[i]->node != node)
            continue;
        g_string_append_printf(all, "%s%.*s", n > 0 ? ", " : "", STR_ARG(m->rules[i]->name));
        n++;
    }
    g_string_append_printf(to, n > 1 ? "(%s)" : "%s", all->str);
    return n > 1;
}

static void report(const Phases *p, const Edge *const *path, size_t n)
{
    g_autoptr(GString) s = g_string_new(NULL);
    bool grouped = false;
    for (size_t i = 0; i < n; i++) {
        grouped |= print_node(p, path[i]->by, s);
        g_string_append(s, " → ");
    }
    print_node(p, path[0]->by, s);
    Diag *d =
        diag_error(p->l->diags, path[0]->expr->pos, "what is paid rests on itself: %s", s->str);
    if (grouped)
        diag_hint(p->l->diags, d, "benefits of one group are decided together: none reads another");
}

/* From a node that waits, along what it waits for, until one comes again. */
static void find_circle(const Phases *p, const unsigned *waits, const Edge *const *one,
                        unsigned *seen, unsigned from)
{
    const Edge **path = arena_many(p->l->scratch, const Edge *, p->l->model->n_rules + 1);
    size_t n = 0;
    unsigned at = from;
    for (; seen[at] == 0 && waits[at] > 0; at = one[at]->of) {
        seen[at] = from + 1;
        path[n++] = one[at];
    }
    if (seen[at] != from + 1)
        return; /* it leads into a circle that was reported */
    size_t first = 0;
    while (path[first]->by != at)
        first++;
    report(p, path + first, n - first);
}

static void find_circles(const Phases *p, const unsigned *waits)
{
    const Model *m = p->l->model;
    const Edge **one = arena_many(p->l->scratch, const Edge *, m->n_rules + 1);
    unsigned *seen = arena_many(p->l->scratch, unsigned, m->n_rules + 1);
    for (guint i = 0; i < p->edges->len; i++) {
        const Edge *e = &g_array_index(p->edges, Edge, i);
        if (waits[e->of] > 0)
            one[e->by] = e;
    }
    for (unsigned i = 0; i < m->n_rules; i++)
        if (waits[i] > 0 && seen[i] == 0)
            find_circle(p, waits, one, seen, i);
}

void check_phases(Linker *l)
{
    const Model *m = l->model;
    Phases p = {.l = l,
                .edges = g_array_new(FALSE, FALSE, sizeof(Edge)),
                .read = g_ptr_array_new(),
                .node = arena_many(l->scratch, unsigned, m->n_rules + 1)};
    unsigned *waits = arena_many(l->scratch, unsigned, m->n_rules + 1);
    for (size_t i = 0; i < m->n_rules; i++)
        find_reads(&p, m->rules[i]);
    find_nodes(&p);
    find_levels(&p, waits);
    find_circles(&p, waits);
    g_array_free(p.edges, TRUE);
    g_ptr_array_free(p.read, TRUE);
}
