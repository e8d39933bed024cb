/* check_table.c — a table answers every question once: no gaps, no overlaps.
 * An overlap is found by pairs of rows; a gap by cutting the first axis at every bound and looking
 * for a gap of the remaining axes in each piece.  Start: check_tables(). */
#include "declare/link.h"

#include "base/sort.h"

/* Pieces looked at before a table counts as too complicated. */
#define PIECES 200000u

typedef struct Gaps {
    Linker *l;
    const Table *t;
    int64_t at[6], end[6]; /* the piece looked at: its first and last value on each axis */
    unsigned pieces;
} Gaps;

static bool is_codes(const struct TableAxis *a)
{
    return a->type.kind == KIND_ENUM;
}

static const TableCell *cell_at(const Table *t, size_t row, size_t axis)
{
    return &t->cells[row * t->n_axes + axis];
}

static void print_axis(const Gaps *g, size_t i, GString *to)
{
    const struct TableAxis *a = &g->t->axis[i];
    bool below = !is_codes(a) && g->at[i] == INT64_MIN, all = below && g->end[i] == INT64_MAX;
    g_string_append_printf(to, "%.*s ", STR_ARG(a->name));
    if (all) {
        g_string_append(to, "of any value");
        return;
    }
    g_string_append(to, below ? "<= " : "= ");
    number_print(&a->type, below ? g->end[i] : g->at[i], to);
}

static char *print_point(const Gaps *g)
{
    GString *s = g_string_new(NULL);
    for (size_t i = 0; i < g->t->n_axes; i++) {
        if (i > 0)
            g_string_append(s, ", ");
        print_axis(g, i, s);
    }
    char *text = arena_dup(g->l->scratch, s->str, s->len);
    g_string_free(s, TRUE);
    return text;
}

/* ---- overlaps */

/* What two cells have in common, clipped to the axis; false: nothing. */
static bool cells_meet(const struct TableAxis *a, const TableCell *x, const TableCell *y,
                       int64_t *ret_at, int64_t *ret_end)
{
    if (is_codes(a)) {
        uint64_t all =
            a->type.of->n_codes >= 64 ? UINT64_MAX : (UINT64_C(1) << a->type.of->n_codes) - 1;
        uint64_t both = (x->any ? all : x->codes) & (y->any ? all : y->codes);
        if (both == 0)
            return false;
        *ret_at = *ret_end = __builtin_ctzll(both);
        return true;
    }
    int64_t low = MAX(MAX(x->any ? INT64_MIN : x->low, y->any ? INT64_MIN : y->low), a->low);
    int64_t high = MIN(MIN(x->any ? INT64_MAX : x->high, y->any ? INT64_MAX : y->high), a->high);
    *ret_at = low;
    *ret_end = high;
    return low <= high;
}

static bool rows_meet(Gaps *g, size_t x, size_t y)
{
    for (size_t i = 0; i < g->t->n_axes; i++)
        if (!cells_meet(&g->t->axis[i], cell_at(g->t, x, i), cell_at(g->t, y, i), &g->at[i],
                        &g->end[i]))
            return false;
    return true;
}

static bool check_overlaps(Gaps *g, size_t rows, const Sheet *sheet)
{
    bool fine = true;
    for (size_t y = 1; y < rows; y++)
        for (size_t x = 0; x < y; x++) {
            if (!rows_meet(g, x, y))
                continue;
            Diag *d =
                diag_error(g->l->diags, sheet->rows[y + 1].pos,
                           "this row overlaps the one of line %u", sheet->rows[x + 1].pos.line);
            diag_hint(g->l->diags, d, "both hold for %s", print_point(g));
            fine = false;
            break;
        }
    return fine;
}

/* ---- gaps */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The first values of all pieces of an axis, as the rows cut it. */
static size_t cut_axis(const Gaps *g, size_t axis, const size_t *rows, size_t n, int64_t *to)
{
    const struct TableAxis *a = &g->t->axis[axis];
    size_t k = 0;
    if (is_codes(a)) {
        for (size_t i = 0; i < a->type.of->n_codes; i++)
            to[k++] = (int64_t)i;
        return k;
    }
    to[k++] = a->low;
    for (size_t i = 0; i < n; i++) {
        const TableCell *c = cell_at(g->t, rows[i], axis);
        if (c->any)
            continue;
        if (c->low > a->low && c->low <= a->high)
            to[k++] = c->low;
        if (c->high < a->high && c->high >= a->low)
            to[k++] = c->high + 1;
    }
    sort_rows(to, k, sizeof *to, by_value);
    size_t kept = 0;
    for (size_t i = 0; i < k; i++)
        if (i == 0 || to[i] != to[kept - 1])
            to[kept++] = to[i];
    return kept;
}

static bool covers(const struct TableAxis *a, const TableCell *c, int64_t v)
{
    if (c->any)
        return true;
    return is_codes(a) ? (c->codes >> v & 1) != 0 : c->low <= v && v <= c->high;
}

/* Whether some piece of axis.. is covered by none of the rows; g->at then lies in it. */
static bool find_gap(Gaps *g, size_t axis, const size_t *rows, size_t n)
{
    if (axis == g->t->n_axes)
        return n == 0;
    g_autofree int64_t *cuts = g_new(int64_t, 2 * n + 66);
    g_autofree size_t *left = g_new(size_t, n + 1);
    size_t pieces = cut_axis(g, axis, rows, n, cuts);
    for (size_t p = 0; p < pieces; p++) {
        if (++g->pieces > PIECES)
            return false;
        size_t k = 0;
        for (size_t i = 0; i < n; i++)
            if (covers(&g->t->axis[axis], cell_at(g->t, rows[i], axis), cuts[p]))
                left[k++] = rows[i];
        g->at[axis] = cuts[p];
        g->end[axis] = p + 1 < pieces ? cuts[p + 1] - 1 : g->t->axis[axis].high;
        if (find_gap(g, axis + 1, left, k))
            return true;
    }
    return false;
}

/* Whether the rows without 'else' leave something over; false when it is too much to look at. */
static bool has_gap(Gaps *g, size_t rows, bool *ret_gap)
{
    size_t *all = arena_many(g->l->scratch, size_t, rows + 1);
    for (size_t i = 0; i < rows; i++)
        all[i] = i;
    *ret_gap = find_gap(g, 0, all, rows);
    return g->pieces <= PIECES;
}

static void check_gaps(Gaps *g, size_t rows)
{
    bool gap;
    if (!has_gap(g, rows, &gap)) {
        diag_error(g->l->diags, g->t->home.pos, "table '%.*s' is too complicated to check",
                   STR_ARG(g->t->name));
        return;
    }
    if (!gap)
        return;
    Diag *d = diag_error(g->l->diags, g->t->home.pos, "table '%.*s' has a gap: no row holds for %s",
                         STR_ARG(g->t->name), print_point(g));
    diag_hint(g->l->diags, d, "add the row, or a last row 'else', or give the axis a range");
}

/* ---- rows nobody reaches */

static void check_row(Gaps *g, size_t row, const Sheet *sheet)
{
    static const TableCell any = {.any = true};
    for (size_t i = 0; i < g->t->n_axes; i++) {
        const struct TableAxis *a = &g->t->axis[i];
        if (cells_meet(a, cell_at(g->t, row, i), &any, &g->at[i], &g->end[i]))
            continue;
        Diag *d =
            diag_warning(g->l->diags, sheet->rows[row + 1].pos, "this row can never be reached");
        GString *s = g_string_new(NULL);
        number_print(&a->type, a->low, s);
        g_string_append(s, "..");
        number_print(&a->type, a->high, s);
        diag_hint(g->l->diags, d, "'%.*s' is %s", STR_ARG(a->name), s->str);
        g_string_free(s, TRUE);
        return;
    }
}

static void check_else(Gaps *g, size_t rows, const Sheet *sheet)
{
    bool gap;
    if (!has_gap(g, rows, &gap) || gap)
        return;
    Diag *d =
        diag_warning(g->l->diags, sheet->rows[rows + 1].pos, "this 'else' can never be reached");
    diag_hint(g->l->diags, d, "the rows above leave nothing over");
}

static void check_one(Linker *l, const Table *t, const Sheet *sheet)
{
    Gaps g = {.l = l, .t = t};
    size_t rows = t->n_rows - t->has_else;
    if (!check_overlaps(&g, rows, sheet))
        return;
    for (size_t i = 0; i < rows; i++)
        check_row(&g, i, sheet);
    if (t->has_else)
        check_else(&g, rows, sheet);
    else
        check_gaps(&g, rows);
}

void check_tables(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        bool amends = d->node->kind == AST_AMEND && d->node->a->kind == AST_TABLE;
        const Table *t = d->node->kind == AST_TABLE || amends ? d->made : NULL;
        if (t == NULL || t->type.kind == KIND_N || linker_damaged(l, t) || t->n_rows == 0)
            continue;
        check_one(l, t, d->sheet);
    }
}
