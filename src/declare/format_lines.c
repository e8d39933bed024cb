/* format_lines.c — where lines end, how far they are indented, where a blank stands.
 * A brace behind which the author went on to a new line holds one item a line; all others stay as
 * they are, and so do the line ends inside an item: a long one is cut where its author cut it.
 * Read first: lines_make(). */
#include "declare/format_inside.h"

#include "declare/grammar.h"

#define STEP 2u

typedef struct Open { /* a bracket that is open */
    int kind;
    bool block;      /* its items begin lines */
    bool each;       /* one item a line: braces of a declaration; records inside keep their lines */
    bool tight;      /* {a, b} of codes: no blanks inside */
    uint32_t indent; /* of the line it stands on */
    size_t first;    /* piece behind it */
    size_t item;     /* first piece of the item at work */
    size_t number;
} Open;

typedef struct Laying {
    Pieces *p;
    GArray *lines;
    GArray *open; /* of Open; the first stands for the block itself */
    size_t groups;
} Laying;

static bool opens(int kind)
{
    return kind == TK_LB || kind == TK_LP || kind == TK_LK;
}

static bool closes(int kind)
{
    return kind == TK_RB || kind == TK_RP || kind == TK_RK;
}

static Open *top(Laying *l)
{
    return &g_array_index(l->open, Open, l->open->len - 1);
}

static Line *last_line(Laying *l)
{
    return l->lines->len == 0 ? NULL : &g_array_index(l->lines, Line, l->lines->len - 1);
}

/* ---- blanks */

/* {a, b} of codes, or nothing at all. */
static bool is_set(const Pieces *p, size_t brace)
{
    size_t i = brace + 1;
    for (; i < p->n && (p->list[i].kind == TK_ID || p->list[i].kind == TK_COMMA); i++)
        if (p->list[i].ends)
            return false;
    return i < p->n && p->list[i].kind == TK_RB && !p->list[i].ends;
}

/* Braces of a declaration always have blanks inside; a set of codes has none. */
static void find_brackets(Pieces *p)
{
    g_autoptr(GArray) open = g_array_new(FALSE, TRUE, sizeof(size_t));
    for (size_t i = 0; i < p->n; i++) {
        Piece *x = &p->list[i];
        x->inside = open->len > 0;
        if (closes(x->kind) && open->len > 0) {
            x->tight = p->list[g_array_index(open, size_t, open->len - 1)].tight;
            g_array_set_size(open, open->len - 1);
        } else if (opens(x->kind)) {
            bool empty = p->list[i + 1].kind == TK_RB && p->list[i + 1].n_comments == 0;
            x->tight = x->kind == TK_LB && (empty || (open->len > 0 && is_set(p, i)));
            g_array_append_val(open, i);
        }
    }
}

static bool is_operand_end(int kind)
{
    return kind == TK_ID || kind == TK_NUMBER || kind == TK_STRING || kind == TK_DATE ||
           kind == TK_YEARMONTH || kind == TK_MONTHDAY || kind == TK_CODE || closes(kind);
}

/* -5 and 3 - 5; `income -5 yuan` is a name and its value, as its author's blanks say. */
static bool is_unary(const Pieces *p, size_t i)
{
    if (p->list[i].kind != TK_MINUS)
        return false;
    if (i == 0 || !(is_operand_end(p->list[i - 1].kind) || p->list[i - 1].measure))
        return true;
    return p->list[i].blank && !p->list[i + 1].blank;
}

static bool blank_after(const Pieces *p, size_t i)
{
    switch (p->list[i].kind) {
    case TK_LP:
    case TK_LK:
    case TK_DOT:
    case TK_DOTS:
        return false;
    case TK_LB:
        return !p->list[i].tight;
    case TK_MINUS:
        return !is_unary(p, i);
    default:
        return true;
    }
}

bool piece_blank(const Pieces *p, size_t i)
{
    const Piece *x = &p->list[i], *before = &p->list[i - 1];
    if (!blank_after(p, i - 1))
        return false;
    switch (x->kind) {
    case TK_COMMA:
    case TK_RP:
    case TK_RK:
    case TK_DOT:
    case TK_DOTS:
        return false;
    case TK_COLON: /* `age: int`, but `param x "…" : int`, as its author likes it */
        return !x->inside && x->blank;
    case TK_PERCENT:
        return before->kind != TK_NUMBER;
    case TK_LP:
    case TK_LK:
        return before->kind != TK_ID;
    case TK_RB:
        return !x->tight;
    default:
        return true;
    }
}

/* ---- lines */

static bool begins_item(Laying *l, size_t i)
{
    const Piece *x = &l->p->list[i];
    const Open *o = top(l);
    if (i == 0 || x->ends || i == o->first)
        return true;
    bool sign = closes(x->kind) || x->kind == TK_COMMA || x->kind == TK_ELSEARM;
    return o->kind == TK_LB && !sign && !o->tight && x->state == l->p->list[o->first].state;
}

static bool breaks_before(Laying *l, size_t i)
{
    const Piece *x = &l->p->list[i];
    const Open *o = top(l);
    if (i == 0 || x->n_comments > 0)
        return true;
    if (o->block && (i == o->first || (o->each && begins_item(l, i))))
        return true;
    if (x->kind == TK_RB)
        return o->block;
    return x->newline;
}

/* Of a list that goes on after a comma, the piece its first member begins with. */
static size_t list_first_piece(const Laying *l, size_t from, size_t i)
{
    const Piece *list = l->p->list;
    size_t depth = 0;
    while (--i > from) {
        depth = depth + closes(list[i].kind) - opens(list[i].kind);
        bool opener =
            list[i].kind == TK_EQ || list[i].kind == TK_COLON || keyword_text(list[i].kind) != NULL;
        if (depth == 0 && opener && list[i + 1].kind != TK_COMMA)
            return i + 1;
    }
    return from + 1;
}

#define FAR 400u /* pieces looked back for an `if` */

/* then and else of a choice that is cut into lines stand under their if. */
static size_t if_piece(const Laying *l, size_t from, size_t i)
{
    const Piece *list = l->p->list;
    size_t depth = 0, choices = 0, least = i > from + FAR ? i - FAR : from;
    if (list[i].kind != TK_THEN && list[i].kind != TK_ELSE)
        return SIZE_MAX;
    while (i-- > least) {
        if (opens(list[i].kind) && depth == 0)
            return SIZE_MAX;
        depth = depth + closes(list[i].kind) - opens(list[i].kind);
        if (depth > 0)
            continue;
        choices += list[i].kind == TK_ELSE;
        if (list[i].kind == TK_IF && choices-- == 0)
            return i;
    }
    return SIZE_MAX;
}

static uint32_t item_indent(const Open *o)
{
    return o->kind == 0 ? 0 : o->indent + STEP;
}

/* Whether the bracket is an item of its own line by line, or the whole block. */
static bool holds_items(const Open *o)
{
    return o->kind == 0 || o->block;
}

static void line_place(Laying *l, Line *line, size_t i)
{
    const Piece *x = &l->p->list[i];
    const Open *o = top(l);
    line->under = SIZE_MAX;
    line->group = o->number;
    line->item = holds_items(o) && begins_item(l, i) && !closes(x->kind);
    line->columns = line->item && o->each;
    if (closes(x->kind))
        line->indent = o->indent;
    else if (line->item || x->kind == 0)
        line->indent = item_indent(o);
    else if (!holds_items(o))
        line->indent = o->indent + STEP;
    else
        line->indent = item_indent(o) + STEP;
    if (line->item || i == 0)
        return;
    line->under = if_piece(l, o->item, i);
    if (!holds_items(o) || l->p->list[i - 1].kind != TK_COMMA)
        return;
    const Line *before = last_line(l);
    bool same_list = before->under != SIZE_MAX && before->group == o->number;
    line->under = same_list ? before->under : list_first_piece(l, o->item, i);
}

static void add_comments(Laying *l, size_t i)
{
    const Piece *x = &l->p->list[i];
    const Open *o = top(l);
    for (size_t k = 0; k < x->n_comments; k++) {
        const Comment *c = &l->p->comments[x->comments + k];
        Line *before = last_line(l);
        if (!c->alone && before != NULL) {
            before->comment = c;
            continue;
        }
        Line line = {.from = i, .to = i, .comment = c};
        line_place(l, &line, i);
        if (closes(x->kind) && o->block)
            line.indent = item_indent(o);
        line.distant = c->distant && !(i == o->first && k == 0);
        line.item = line.columns = false;
        line.under = SIZE_MAX;
        g_array_append_val(l->lines, line);
    }
}

static void enter(Laying *l, size_t i)
{
    const Piece *next = &l->p->list[i + 1];
    Open o = {.kind = l->p->list[i].kind, .indent = last_line(l)->indent, .first = i + 1};
    o.tight = l->p->list[i].tight;
    o.block = o.kind == TK_LB && (next->newline || next->n_comments > 0) &&
              (next->kind != TK_RB || next->n_comments > 0);
    o.each = o.block && l->open->len == 1;
    o.item = i + 1;
    o.number = o.block ? ++l->groups : 0;
    g_array_append_val(l->open, o);
}

static void lay_piece(Laying *l, size_t i)
{
    Piece *x = &l->p->list[i];
    const Open *o = top(l);
    bool breaks = breaks_before(l, i), item = begins_item(l, i), closing = closes(x->kind);
    add_comments(l, i);
    if (breaks) {
        Line line = {.from = i, .to = i};
        line_place(l, &line, i);
        line.distant = x->distant && !closing && (x->n_comments > 0 || i != o->first);
        g_array_append_val(l->lines, line);
    } else if (item && !closing && o->kind == TK_LB && i != o->first) {
        x->semicolon = true;
    }
    if (item)
        top(l)->item = i;
    if (closing && l->open->len > 1)
        g_array_set_size(l->open, l->open->len - 1);
    last_line(l)->to = i + 1;
    if (opens(x->kind))
        enter(l, i);
}

GArray *lines_make(Pieces *p)
{
    Laying l = {.p = p};
    find_brackets(p);
    l.lines = g_array_new(FALSE, TRUE, sizeof(Line));
    l.open = g_array_new(FALSE, TRUE, sizeof(Open));
    Open whole = {.block = true, .each = true};
    g_array_append_val(l.open, whole);
    for (size_t i = 0; i < p->n; i++)
        lay_piece(&l, i);
    add_comments(&l, p->n);
    g_array_free(l.open, TRUE);
    return l.lines;
}
