/* region.c — the tree of places as numbers, from the Model's region rows.
 * In: RegionRow in document order.  Out: RegionTree, rows as in Model.regions.  The managing region
 * is the parent where there is one: who runs a place answers for it. */
#include "compile/compile.h"

int32_t region_row(const RegionTree *t, Str code)
{
    size_t low = 0, high = t->n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_compare(code, t->code[t->by_code[middle]]);

        if (order == 0)
            return t->by_code[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return ROW_NONE;
}

static int compare_codes(const void *a, const void *b, void *tree)
{
    const RegionTree *t = tree;

    return str_compare(t->code[*(const int32_t *)a], t->code[*(const int32_t *)b]);
}

static void order_codes(RegionTree *t)
{
    for (size_t i = 0; i < t->n; i++)
        t->by_code[i] = (int32_t)i;
    g_qsort_with_data(t->by_code, (gint)t->n, sizeof *t->by_code, compare_codes, t);
}

/* Following parents must end; a ring (refused by linking) is cut at its first row. */
static void cut_rings(RegionTree *t)
{
    for (size_t i = 0; i < t->n; i++) {
        int32_t up = t->parent[i];

        for (size_t steps = 0; up != ROW_NONE && up != (int32_t)i && steps < t->n; steps++)
            up = t->parent[up];
        if (up != ROW_NONE)
            t->parent[i] = ROW_NONE;
    }
}

typedef struct Kin { /* children as lists: first child of a row, next child of the same parent */
    int32_t *first, *next, *top;
} Kin;

static Kin kin_of(Arena *a, const RegionTree *t)
{
    Kin k = {arena_many(a, int32_t, t->n + 1), arena_many(a, int32_t, t->n + 1), NULL};

    for (size_t i = 0; i <= t->n; i++)
        k.first[i] = k.next[i] = ROW_NONE;
    for (size_t i = t->n; i-- > 0;) {
        int32_t *head = &k.first[t->parent[i] == ROW_NONE ? (int32_t)t->n : t->parent[i]];

        k.next[i] = *head;
        *head = (int32_t)i;
    }
    return k;
}

/* Pre-order without recursion: down to the first child, else on to the next of the nearest kin. */
static void number_tree(RegionTree *t, const Kin *k)
{
    int32_t at = k->first[t->n], position = 0;

    while (at != ROW_NONE) {
        t->by_order[position] = at;
        t->order[at] = position++;
        if (k->first[at] != ROW_NONE) {
            at = k->first[at];
            continue;
        }
        while (at != ROW_NONE) {
            t->last[at] = position - 1;
            if (k->next[at] != ROW_NONE) {
                at = k->next[at];
                break;
            }
            at = t->parent[at];
        }
    }
}

RegionTree *region_tree_new(Arena *a, const Model *m)
{
    RegionTree *t = arena_new_of(a, RegionTree);

    t->n = m->n_regions;
    t->parent = arena_many(a, int32_t, t->n + 1);
    t->order = arena_many(a, int32_t, t->n + 1);
    t->last = arena_many(a, int32_t, t->n + 1);
    t->by_order = arena_many(a, int32_t, t->n + 1);
    t->county = arena_many(a, int32_t, t->n + 1);
    t->code = arena_many(a, Str, t->n + 1);
    t->level = arena_many(a, Str, t->n + 1);
    t->by_code = arena_many(a, int32_t, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        t->code[i] = m->regions[i].code;
        t->level[i] = m->regions[i].level;
    }
    order_codes(t);
    for (size_t i = 0; i < t->n; i++) {
        const RegionRow *r = &m->regions[i];
        Str up = r->managing.len > 0 ? r->managing : r->parent;

        t->parent[i] = up.len > 0 ? region_row(t, up) : ROW_NONE;
    }
    cut_rings(t);
    Kin k = kin_of(a, t);

    number_tree(t, &k);
    for (int32_t i = 0; i < (int32_t)t->n; i++) { /* a township's county is its managing one's */
        int32_t at = i;

        while (at != ROW_NONE && m->regions[at].county == 0)
            at = t->parent[at];
        t->county[i] = at != ROW_NONE ? m->regions[at].county : 0;
    }
    return t;
}
