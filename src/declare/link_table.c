/* link_table.c — decision tables: axes from the block, rows from the Markdown table behind it.
 * Out: Table with one cell per row and axis, bounds inclusive in the axis type's storage units.
 * Not here: gaps and overlaps (check_table.c).  Start: link_tables(). */
#include "declare/grammar.h"
#include "declare/link.h"

/* Beyond this a table is data, and finding its gaps takes long. */
#define TABLE_ROWS 1000u

typedef struct Cells {
    Linker *l;
    Table *t;
    const struct TableAxis *axis;
    Span span;
    const Token *tokens;
    size_t n, at;
} Cells;

/* ---- axes */

static bool may_be_axis(Linker *l, const Node *n, const Type *t)
{
    switch (t->kind) {
    case KIND_BOOL:
    case KIND_INT:
    case KIND_DECIMAL:
    case KIND_MONEY:
    case KIND_AREA:
    case KIND_SHARE:
    case KIND_HOURS:
    case KIND_DATE:
    case KIND_ENUM:
        return true;
    default:
        diag_error(l->diags, n->at.pos, "a table can not be asked by %s",
                   type_words(l->scratch, t));
        return false;
    }
}

static void axis_bounds(Linker *l, struct TableAxis *a, const Node *range)
{
    Scope s = {.l = l};
    a->low = INT64_MIN;
    a->high = INT64_MAX;
    if (a->type.kind == KIND_BOOL || a->type.kind == KIND_ENUM) {
        a->low = 0;
        a->high = a->type.kind == KIND_BOOL ? 1 : (int64_t)a->type.of->n_codes - 1;
        if (range != NULL)
            diag_error(l->diags, range->at.pos, "%s has no range",
                       type_words(l->scratch, &a->type));
        return;
    }
    if (range == NULL)
        return;
    const Expr *low = link_as(&s, range->a, &a->type, "the range");
    const Expr *high = link_as(&s, range->b, &a->type, "the range");
    if (low == NULL || high == NULL || !constant_need(l, low, &a->low) ||
        !constant_need(l, high, &a->high))
        return;
    a->has_range = true;
    if (a->high < a->low)
        diag_error(l->diags, range->at.pos, "the range is empty: its end lies below its beginning");
}

static bool link_axes(Linker *l, Table *t, const Node *axes)
{
    bool fine = true;
    for (const Node *n = list_first(axes); n != NULL; n = n->next) {
        if (t->n_axes == G_N_ELEMENTS(t->axis)) {
            diag_error(l->diags, n->at.pos, "a table has at most %zu axes", G_N_ELEMENTS(t->axis));
            return false;
        }
        struct TableAxis *a = &t->axis[t->n_axes];
        for (size_t i = 0; i < t->n_axes; i++)
            if (str_equal(t->axis[i].name, n->at.text)) {
                diag_error(l->diags, n->at.pos, "axis '%.*s' stands twice", STR_ARG(n->at.text));
                fine = false;
            }
        a->name = n->at.text;
        a->type.kind = KIND_N;
        if (!link_type(l, n->a, &a->type) || !may_be_axis(l, n->a, &a->type))
            fine = false;
        else
            axis_bounds(l, a, n->b);
        if (a->type.kind == KIND_ENUM && a->type.of->n_codes > 64) {
            diag_error(l->diags, n->a->at.pos, "this enum has too many codes for a table");
            fine = false;
        }
        t->n_axes++;
    }
    return fine;
}

/* ---- cells */

static bool cell_ends(const Cells *c)
{
    return c->at == c->n;
}

static bool cell_error(Cells *c, const char *text, const char *hint)
{
    Diag *d = diag_error(c->l->diags, c->span.pos, "%s", text);
    if (hint != NULL)
        diag_hint(c->l->diags, d, "%s", hint);
    return false;
}

/* One literal at the cursor, in the axis type's storage units. */
static bool cell_value(Cells *c, int64_t *ret)
{
    Scope s = {.l = c->l};
    Node number = {.kind = AST_NUMBER}, minus = {.kind = AST_MINUS, .a = &number};
    bool negative = !cell_ends(c) && c->tokens[c->at].kind == TK_MINUS;
    if (negative)
        minus.at = c->tokens[c->at++];
    if (cell_ends(c))
        return cell_error(c, "a value is missing in this cell", NULL);
    number.at = c->tokens[c->at++];
    switch (number.at.kind) {
    case TK_NUMBER:
        break;
    case TK_DATE:
        number.kind = AST_DATE;
        break;
    case TK_ID:
        number.kind = AST_PATH;
        break;
    default:
        return cell_error(c, "a value is needed in this cell", NULL);
    }
    const char *what = arena_printf(c->l->scratch, "'%.*s'", STR_ARG(c->axis->name));
    const Expr *e = link_as(&s, negative ? &minus : &number, &c->axis->type, what);
    if (e == NULL || !constant_need(c->l, e, ret))
        return false;
    if (c->axis->type.kind == KIND_BOOL)
        *ret = *ret == TRUTH_YES;
    return true;
}

static bool cell_bound(Cells *c, TableCell *to)
{
    int kind = c->tokens[c->at++].kind;
    int64_t v;
    if (!cell_value(c, &v))
        return false;
    switch (kind) {
    case TK_GE:
        to->low = MAX(to->low, v);
        return true;
    case TK_GT:
        to->low = MAX(to->low, v == INT64_MAX ? v : v + 1);
        return true;
    case TK_LE:
        to->high = MIN(to->high, v);
        return true;
    default:
        to->high = MIN(to->high, v == INT64_MIN ? v : v - 1);
        return true;
    }
}

static bool is_whole(const Type *t)
{
    return t->kind == KIND_INT || t->kind == KIND_DATE;
}

static bool cell_ordered(Cells *c, TableCell *to)
{
    to->low = INT64_MIN;
    to->high = INT64_MAX;
    int first = c->tokens[0].kind;
    if (first == TK_GE || first == TK_GT || first == TK_LE || first == TK_LT) {
        while (true) {
            int k = cell_ends(c) ? 0 : c->tokens[c->at].kind;
            if (k != TK_GE && k != TK_GT && k != TK_LE && k != TK_LT)
                return cell_error(c, "a comparison is needed here", "as in '>= 80, < 90'");
            if (!cell_bound(c, to))
                return false;
            if (cell_ends(c))
                break;
            if (c->tokens[c->at++].kind != TK_COMMA)
                return cell_error(c, "comparisons are parted by a comma", "as in '>= 80, < 90'");
        }
    } else {
        if (!cell_value(c, &to->low))
            return false;
        to->high = to->low;
        if (!cell_ends(c) && c->tokens[c->at].kind == TK_DOTS) {
            if (!is_whole(&c->axis->type))
                return cell_error(c, "'a..b' leaves a gap between this row and the next",
                                  "write '>= a, < b': the next row begins where this one ends");
            c->at++;
            if (!cell_value(c, &to->high))
                return false;
        }
    }
    if (!cell_ends(c))
        return cell_error(c, "this cell holds more than one condition",
                          "a value, 'a..b', or comparisons with commas");
    if (to->high < to->low)
        return cell_error(c, "no value fits this cell", NULL);
    return true;
}

static bool cell_codes(Cells *c, TableCell *to)
{
    const Enum *e = c->axis->type.of;
    for (; c->at < c->n; c->at++) {
        const Token *word = &c->tokens[c->at];
        const Code *code = word_code(c->l, e, word);
        if (code == NULL) {
            if (linker_damaged(c->l, e))
                return false;
            Diag *d = diag_error(c->l->diags, word->pos, "'%.*s' is no code of %.*s",
                                 STR_ARG(word->text), STR_ARG(e->name));
            hint_codes(c->l, d, e, word->text);
            return false;
        }
        to->codes |= code_bits(e, code);
        if (c->at + 1 < c->n && c->tokens[++c->at].kind != TK_COMMA)
            return cell_error(c, "codes are parted by commas", NULL);
    }
    return true;
}

static bool read_cell(Linker *l, Table *t, size_t axis, Span span, TableCell *to)
{
    Cells c = {.l = l, .t = t, .axis = &t->axis[axis], .span = span};
    if (span.text.len == 0)
        return cell_error(&c, "this cell is empty", "write 'any' where every value fits");
    if (str_is(span.text, "any")) {
        to->any = true;
        return true;
    }
    unsigned said = l->diags->errors;

    c.tokens = tokens_read(l->keep, l->scratch, l->diags, span, &c.n);
    if (c.n == 0)
        return said < l->diags->errors ? false
                                       : cell_error(&c, "this cell holds only a comment",
                                                    "write 'any' where every value fits");
    return c.axis->type.kind == KIND_ENUM ? cell_codes(&c, to) : cell_ordered(&c, to);
}

/* ---- rows */

static bool read_result(Linker *l, Table *t, Span span, size_t row)
{
    if (str_is(span.text, "unset")) {
        t->unset[row] = true;
        return true;
    }
    if (span.text.len == 0) {
        Diag *d = diag_error(l->diags, span.pos, "this row has no result");
        diag_hint(l->diags, d, "write 'unset' where the place must fill it");
        return false;
    }
    Scope s = {.l = l};
    const Node *n = parse_expression(l->keep, l->scratch, l->diags, span);
    const Expr *e = n == NULL ? NULL : link_as(&s, n, &t->type, "the result");
    if (e == NULL || !constant_need(l, e, &t->results[row]))
        return false;
    if (t->type.kind == KIND_BOOL)
        t->results[row] = t->results[row] == TRUTH_YES;
    return true;
}

/* `else` in the first cell: the other conditions are left empty. */
static bool read_else(Linker *l, Table *t, const SheetRow *r, bool last)
{
    t->has_else = true;
    if (!last)
        diag_error(l->diags, r->cells[0].pos, "'else' stands in the last row");
    for (size_t i = 1; i < t->n_axes; i++)
        if (r->cells[i].text.len > 0 && !str_is(r->cells[i].text, "any") &&
            !str_is(r->cells[i].text, "else"))
            diag_error(l->diags, r->cells[i].pos, "beside 'else' no cell holds a condition");
    for (size_t i = 0; i < t->n_axes; i++)
        t->cells[t->n_rows * t->n_axes + i].any = true;
    return last;
}

static bool read_row(Linker *l, Table *t, const SheetRow *r, const size_t *order, bool last)
{
    bool fine = true;
    if (r->n_cells != t->n_axes + 1) {
        diag_error(l->diags, r->pos, "this row has %zu cells, the table %zu", r->n_cells,
                   t->n_axes + 1);
        return false;
    }
    if (str_is(r->cells[0].text, "else"))
        fine = read_else(l, t, r, last);
    else
        for (size_t i = 0; i < t->n_axes; i++)
            fine &=
                read_cell(l, t, order[i], r->cells[i], &t->cells[t->n_rows * t->n_axes + order[i]]);
    return read_result(l, t, r->cells[t->n_axes], t->n_rows) && fine;
}

/* Which axis each column of the table stands for. */
static bool read_heads(Linker *l, const Table *t, const SheetRow *head, size_t *order)
{
    if (head->n_cells != t->n_axes + 1) {
        diag_error(l->diags, head->pos,
                   "table '%.*s' needs %zu columns: its axes and, last, the result",
                   STR_ARG(t->name), t->n_axes + 1);
        return false;
    }
    unsigned seen = 0;
    Str names[6];
    for (size_t i = 0; i < t->n_axes; i++)
        names[i] = t->axis[i].name;
    for (size_t i = 0; i < t->n_axes; i++) {
        size_t a = 0;
        while (a < t->n_axes && !str_equal(names[a], head->cells[i].text))
            a++;
        if (a < t->n_axes && !(seen & 1u << a)) {
            seen |= 1u << a;
            order[i] = a;
            continue;
        }
        Diag *d = diag_error(l->diags, head->cells[i].pos, "'%.*s' is no axis of table '%.*s'",
                             STR_ARG(head->cells[i].text), STR_ARG(t->name));
        diag_nearest(l->diags, d, head->cells[i].text, names, t->n_axes);
        return false;
    }
    return true;
}

static void read_rows(Linker *l, Table *t, const Sheet *s)
{
    size_t order[6], rows = s->n_rows - 1;
    if (!read_heads(l, t, &s->rows[0], order))
        return;
    if (rows == 0)
        diag_error(l->diags, s->pos, "table '%.*s' has no rows", STR_ARG(t->name));
    if (rows > TABLE_ROWS) {
        diag_error(l->diags, s->pos, "a table has at most %u rows", TABLE_ROWS);
        return;
    }
    t->cells = arena_many(l->keep, TableCell, rows * t->n_axes);
    t->results = arena_many(l->keep, int64_t, rows);
    t->unset = arena_many(l->keep, bool, rows);
    bool fine = true;
    for (size_t i = 1; i <= rows; i++) {
        fine &= read_row(l, t, &s->rows[i], order, i == rows);
        t->n_rows++;
    }
    if (!fine) /* what could not be read would look like a gap */
        linker_damage(l, t);
}

static void link_table(Linker *l, Declaration *d)
{
    Table *t = d->made;
    const Node *n = d->node;
    t->name = n->at.text;
    t->label = link_label(l, n->c, t->name);
    t->home = d->home;
    t->home.pos = n->at.pos;
    t->leave = leave_of(l, n->d);
    bool axes = link_axes(l, t, n->a);
    bool type = link_type(l, n->b, &t->type);
    if (type && (kind_is_text(t->type.kind) || t->type.kind == KIND_REF ||
                 t->type.kind == KIND_REGION || t->type.kind == KIND_MOMENT)) {
        diag_error(l->diags, n->b->at.pos, "a table can not give %s",
                   type_words(l->scratch, &t->type));
        type = false;
    }
    if (!type)
        t->type = (Type){.kind = KIND_N};
    if (!axes)
        t->type.kind = KIND_N;
    if (d->sheet == NULL) {
        diag_error(l->diags, n->at.pos, "the rows of table '%.*s' must follow its block",
                   STR_ARG(t->name));
        linker_damage(l, t);
        return;
    }
    d->sheet->used = true;
    if (axes && type)
        read_rows(l, t, d->sheet);
}

void link_tables(Linker *l)
{
    Model *m = l->model;
    m->tables = arena_many(l->keep, Table *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        Declaration *of =
            d->node->kind == AST_TABLE ? d : declaration_amending(l, d, AST_TABLE, sizeof(Table));
        if (of == NULL || of->made == NULL)
            continue;
        link_table(l, of);
        ((Table *)d->made)->number = (unsigned)m->n_tables;
        m->tables[m->n_tables++] = d->made;
    }
}
