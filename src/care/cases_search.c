/* cases_search.c — cases in which the parts of a rule decide, and the limits between them.
 * A case is bettered one fact at a time until all that the rule asks for holds; from there every
 * change that makes a condition decide in a new way leads to another case.  Limits are found by
 * halving between two values that give different answers, all of them at once.
 * Read first: plan_bases(), plan_limits(). */
#include "care/cases_inside.h"

#define BEAM    6u  /* cases that are bettered side by side */
#define ROUNDS  14u /* of bettering: a rule of so many facts nobody reads */
#define BASES   20u /* cases from which others differ */
#define AMOUNTS 6u  /* of them because another amount is paid */
#define PER_RUN 10u /* values of one fact that a scan keeps */
#define LIMITS  6u  /* of one fact in one case */

/* ---- how much of a condition holds */

static int atom_truth(const Plan *p, const Trial *t, const Expr *e, size_t slot)
{
    for (guint i = 0; i < p->atoms->len; i++) {
        const Atom *a = &g_array_index(p->atoms, Atom, i);
        if (a->expr == e && a->slot == slot)
            return t->truths[i];
    }
    return TRUTH_NOT_ASKED;
}

static size_t slot_below(const Plan *p, size_t parent, const Field *by, bool counted)
{
    for (guint i = 0; i < p->slots->len; i++) {
        const Part *s = slot_at(p, i);
        if (s->parent == parent && s->by == by && (s->counted != NULL) == counted)
            return i;
    }
    return SLOT_NONE;
}

static double holds(const Plan *p, const Trial *t, const Expr *e, size_t slot, bool want);

static double holds_both(const Plan *p, const Trial *t, const Expr *e, size_t slot, bool want)
{
    double a = holds(p, t, e->a, slot, want), b = holds(p, t, e->b, slot, want);
    bool all = (e->kind == EXPR_AND) == want;
    return all ? (a + b) / 2 : MAX(a, b);
}

/* A computed field holds as far as what it is made of does. */
static double holds_field(const Plan *p, const Trial *t, const Expr *e, size_t slot, bool want)
{
    const Field *f = e->path[e->n_path - 1];
    for (size_t i = 0; i + 1 < e->n_path && slot != SLOT_NONE; i++)
        slot = slot_below(p, slot, e->path[i], false);
    return f->compute == NULL || slot == SLOT_NONE ? 0 : holds(p, t, f->compute, slot, want);
}

static double holds_exists(const Plan *p, const Trial *t, const Expr *e, size_t slot, bool want)
{
    size_t child = slot_below(p, slot, e->aggregate->by, true);
    if (child == SLOT_NONE || !want)
        return 0;
    bool some = value_at(p, t, slot_at(p, child)->count)->number > 0;
    return some ? 0.4 + 0.4 * holds(p, t, e->aggregate->where, child, true) : 0.2;
}

/* 0 not at all, 1 it is as wanted. */
static double holds(const Plan *p, const Trial *t, const Expr *e, size_t slot, bool want)
{
    if (e == NULL)
        return want;
    if (e->kind == EXPR_NOT)
        return holds(p, t, e->a, slot, !want);
    if (e->kind == EXPR_AND || e->kind == EXPR_OR)
        return holds_both(p, t, e, slot, want);
    int truth = atom_truth(p, t, e, slot);
    if (truth == (want ? TRUTH_YES : TRUTH_NO))
        return 1;
    if (e->kind == EXPR_FIELD && truth == TRUTH_NOT_ASKED)
        return holds_field(p, t, e, slot, want);
    if (e->kind == EXPR_AGGREGATE && e->aggregate->kind == AGGREGATE_EXISTS)
        return holds_exists(p, t, e, slot, want);
    return truth == TRUTH_UNKNOWN || truth == TRUTH_PERSON ? 0.1 : 0;
}

static double score(const Plan *p, const Trial *t)
{
    const Rule *r = p->rule;
    double s = holds(p, t, r->when, 0, true) + holds(p, t, r->require, 0, true);
    return t->outcome == TRUTH_YES ? s + 2 : t->outcome == TRUTH_UNKNOWN ? s + 0.05 : s;
}

/* ---- one fact changed */

static void add_changes(const Plan *p, const Trial *base, GPtrArray *to)
{
    for (guint f = 0; f < p->facts->len; f++)
        for (guint v = 0; v < fact_at(p, f)->values->len && !fact_at(p, f)->fixed; v++) {
            if (base->choice[f] == v)
                continue;
            Trial *t = trial_new(p, base);
            t->choice[f] = (uint16_t)v;
            g_ptr_array_add(to, t);
        }
}

static bool run_array(const Plan *p, const GPtrArray *all, GError **error)
{
    return trials_run(p, (Trial *const *)(void *)all->pdata, all->len, error);
}

/* Keeps the best of both, the earlier of equals. */
static void keep_best(const Plan *p, GPtrArray *beam, const GPtrArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        Trial *t = found->pdata[i];
        guint at = beam->len;
        while (at > 0 && score(p, beam->pdata[at - 1]) < score(p, t))
            at--;
        bool there = false;
        for (guint k = 0; k < beam->len && !there; k++)
            there = memcmp(((Trial *)beam->pdata[k])->choice, t->choice,
                           p->facts->len * sizeof *t->choice) == 0;
        if (there || at >= BEAM)
            continue;
        g_ptr_array_insert(beam, (gint)at, t);
        if (beam->len > BEAM)
            g_ptr_array_set_size(beam, BEAM);
    }
}

/* The case in which most of the rule holds. */
static bool best_case(const Plan *p, Trial *start, Trial **ret, GError **error)
{
    g_autoptr(GPtrArray) beam = g_ptr_array_new();
    bool good = trials_run(p, &start, 1, error);
    double best = good ? score(p, start) : 0;
    g_ptr_array_add(beam, start);
    for (unsigned round = 0, still = 0; good && round < ROUNDS && still < 3; round++) {
        g_autoptr(GPtrArray) found = g_ptr_array_new();
        for (guint i = 0; i < beam->len; i++)
            add_changes(p, beam->pdata[i], found);
        good = run_array(p, found, error);
        if (good)
            keep_best(p, beam, found);
        Trial *first = beam->pdata[0];
        still = score(p, first) > best ? 0 : still + 1;
        best = score(p, first);
        if (first->outcome == TRUTH_YES && holds(p, first, p->rule->when, 0, true) >= 1)
            break;
    }
    *ret = beam->pdata[0];
    return good;
}

/* ---- limits */

typedef struct Gap { /* two values with different answers */
    int64_t low, high;
    uint64_t low_signature, high_signature;
} Gap;

static Trial *with_number(const Plan *p, const Trial *base, size_t fact, int64_t number)
{
    Trial *t = trial_new(p, base);
    CaseValue v = {.known = true, .number = number};
    t->choice[fact] = (uint16_t)fact_add_value(fact_at(p, fact), v);
    return t;
}

/* Halves all gaps until nothing lies between their ends. */
static bool close_gaps(const Plan *p, const Trial *base, size_t fact, GArray *gaps, GArray *limits,
                       GError **error)
{
    while (gaps->len > 0) {
        g_autoptr(GPtrArray) middles = g_ptr_array_new();
        guint values = fact_at(p, fact)->values->len;
        g_autoptr(GArray) next = g_array_new(FALSE, FALSE, sizeof(Gap));
        for (guint i = 0; i < gaps->len; i++) {
            const Gap *g = &g_array_index(gaps, Gap, i);
            g_ptr_array_add(middles, with_number(p, base, fact, g->low + (g->high - g->low) / 2));
        }
        if (!run_array(p, middles, error))
            return false;
        g_array_set_size(fact_at(p, fact)->values, values); /* they were only asked */
        for (guint i = 0; i < gaps->len; i++) {
            Gap g = g_array_index(gaps, Gap, i);
            uint64_t middle = ((Trial *)middles->pdata[i])->signature;
            int64_t at = g.low + (g.high - g.low) / 2;
            if (g.high - g.low <= 1) {
                g_array_append_val(limits, g.low);
                continue;
            }
            Gap below = {g.low, at, g.low_signature, middle};
            Gap above = {at, g.high, middle, g.high_signature};
            if (below.low_signature != below.high_signature)
                g_array_append_val(next, below);
            if (above.low_signature != above.high_signature)
                g_array_append_val(next, above);
        }
        g_array_set_size(gaps, 0);
        g_array_append_vals(gaps, next->data, MIN(next->len, LIMITS));
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Asks the whole grid; `runs` gets one value from the middle of each run of equal answers. */
static bool scan(const Plan *p, const Trial *base, size_t fact, GArray *gaps, GArray *runs,
                 GError **error)
{
    Fact *f = fact_at(p, fact);
    guint values = f->values->len;
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (guint i = 0; i < f->grid->len; i++)
        g_ptr_array_add(all, with_number(p, base, fact, g_array_index(f->grid, int64_t, i)));
    if (!run_array(p, all, error))
        return false;
    g_array_set_size(f->values, values);
    for (guint i = 0, from = 0; i < all->len; i++) {
        const Trial *t = all->pdata[i], *next = i + 1 < all->len ? all->pdata[i + 1] : NULL;
        if (next != NULL && next->signature == t->signature)
            continue;
        guint middle = from + (i - from) / 2;
        g_array_append_val(runs, g_array_index(f->grid, int64_t, middle));
        from = i + 1;
        if (next == NULL)
            break;
        Gap g = {g_array_index(f->grid, int64_t, i), g_array_index(f->grid, int64_t, i + 1),
                 t->signature, next->signature};
        g_array_append_val(gaps, g);
    }
    return true;
}

bool plan_limits(Plan *p, const Trial *base, size_t fact, GArray *limits, GError **error)
{
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(Gap));
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(int64_t));
    if (!scan(p, base, fact, gaps, runs, error))
        return false;
    g_array_set_size(gaps, MIN(gaps->len, LIMITS));
    if (!close_gaps(p, base, fact, gaps, limits, error))
        return false;
    g_array_sort(limits, by_number);
    return true;
}

/* Numbers and days of interest as the other facts stand become values to choose from. */
static bool add_runs(Plan *p, const Trial *base, GError **error)
{
    for (guint i = 0; i < p->facts->len; i++) {
        if (fact_at(p, i)->grid == NULL || fact_at(p, i)->values->len > 4 * PER_RUN)
            continue;
        g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(Gap));
        g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(int64_t));
        if (!scan(p, base, i, gaps, runs, error))
            return false;
        for (guint k = 0; k < runs->len && k < PER_RUN; k++) {
            /* The latest days first: a person just old enough before one of a hundred. */
            guint at = fact_at(p, i)->field->type.kind == KIND_DATE ? runs->len - 1 - k : k;
            CaseValue v = {.known = true, .number = g_array_index(runs, int64_t, at)};
            fact_add_value(fact_at(p, i), v);
        }
    }
    return true;
}

/* ---- cases in which other parts decide */

static uint64_t element(const Trial *t, guint atom)
{
    return (uint64_t)t->outcome << 32 | (uint64_t)t->truths[atom] << 24 | atom;
}

/* What is paid is news, too; some amounts are enough where each income gives another. */
static bool is_new_amount(const Trial *t, GHashTable *seen, unsigned *left)
{
    gpointer key = (gpointer)(uintptr_t)(UINT64_C(1) << 62 | (uint64_t)t->amount);
    if (t->outcome != TRUTH_YES || *left == 0 || !g_hash_table_add(seen, key))
        return false;
    --*left;
    return true;
}

/* Whether some condition is here, with this outcome, as in no case before. */
static bool is_news(const Plan *p, const Trial *t, GHashTable *seen, bool add)
{
    bool news = false;
    for (guint i = 0; i < p->atoms->len; i++) {
        if (t->truths[i] == TRUTH_UNKNOWN || t->truths[i] == TRUTH_NOT_ASKED)
            continue;
        gpointer key = (gpointer)(uintptr_t)(element(t, i) + 1);
        news = news || !g_hash_table_contains(seen, key);
        if (add)
            g_hash_table_add(seen, key);
    }
    return news;
}

static bool explore(const Plan *p, GPtrArray *bases, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    unsigned left = AMOUNTS;
    for (guint i = 0; i < bases->len; i++) {
        is_news(p, bases->pdata[i], seen, true);
        is_new_amount(bases->pdata[i], seen, &left);
    }
    for (guint at = 0; at < bases->len && bases->len < BASES; at++) {
        g_autoptr(GPtrArray) found = g_ptr_array_new();
        add_changes(p, bases->pdata[at], found);
        if (!run_array(p, found, error))
            return false;
        /* First those in which the rule still holds: other ways to the same end. */
        for (int pass = 0; pass < 2; pass++)
            for (guint i = 0; i < found->len && bases->len < BASES; i++) {
                Trial *t = found->pdata[i];
                if ((pass == 0) != (t->outcome == TRUTH_YES))
                    continue;
                bool news = is_news(p, t, seen, true);
                if (is_new_amount(t, seen, &left) || news)
                    g_ptr_array_add(bases, t);
            }
    }
    return true;
}

bool plan_bases(Plan *p, GPtrArray *bases, GError **error)
{
    Trial *start = trial_new(p, NULL), *best;
    if (!add_runs(p, start, error) || !best_case(p, start, &best, error))
        return false;
    /* What a limit is may hang on the other facts: look again where the rule holds, and once more
     * try to better the case with what was found. */
    if (!add_runs(p, best, error) || !best_case(p, best, &best, error))
        return false;
    g_ptr_array_add(bases, best);
    return explore(p, bases, error);
}
