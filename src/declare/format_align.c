/* format_align.c — columns: what belongs together stands under each other.
 * In a brace with one item a line, items that begin with a word of the language have what follows
 * it in one column (for, every, when, pay); items that begin with a name have their types and their
 * labels in columns.  `set` lines one after another have their = in one.  An empty line ends a run.
 * Start: lines_align(). */
#include "declare/format_inside.h"

#include "declare/grammar.h"

/* One long name does not push all others off the page, and words as long as `require` or `measured`
 * do not push for, when and pay. */
#define WIDEST      44u
#define WIDEST_WORD 5u

uint32_t text_width(Str text)
{
    uint32_t width = 0;
    while (text.len > 0)
        width += g_unichar_iswide(str_utf8_next(&text)) ? 2 : 1;
    return width;
}

/* Width of pieces from..to-1 of one line, blanks before `to` not counted. */
static uint32_t prefix_width(const Pieces *p, size_t from, size_t to)
{
    uint32_t width = 0;
    for (size_t i = from; i < to; i++)
        width += text_width(p->list[i].text) + p->list[i].pad +
                 (i > from ? piece_blank(p, i) + p->list[i].semicolon : 0);
    return width;
}

typedef enum Shape { SHAPE_NONE, SHAPE_WORD, SHAPE_NAME } Shape;

static Shape shape_of(const Pieces *p, const Line *line)
{
    const Piece *x = &p->list[line->from];
    if (line->to - line->from < 2 || !piece_blank(p, line->from + 1))
        return SHAPE_NONE;
    if (x->kind == TK_ID)
        return SHAPE_NAME;
    return g_ascii_islower(x->text.at[0]) ? SHAPE_WORD : SHAPE_NONE;
}

/* Where a column begins: a piece of the line, or 0 for none. */
typedef size_t (*Stop)(const Pieces *p, const Line *line);

static size_t second_piece(const Pieces *p, const Line *line)
{
    (void)p;
    return line->from + 1;
}

/* The type behind a field's name. */
static size_t type_piece(const Pieces *p, const Line *line)
{
    int kind = p->list[line->from + 1].kind;
    return kind == TK_ID || kind == TK_SET ? line->from + 1 : 0;
}

static bool is_of_type(int kind)
{
    return kind == TK_ID || kind == TK_SET || kind == TK_OF || kind == TK_LP || kind == TK_RP ||
           kind == TK_NUMBER;
}

static size_t label_piece(const Pieces *p, const Line *line)
{
    size_t i = line->from + 1;
    while (i < line->to && is_of_type(p->list[i].kind))
        i++;
    return i < line->to && p->list[i].kind == TK_STRING ? i : 0;
}

static size_t field_label(const Pieces *p, const Line *line)
{
    return type_piece(p, line) != 0 ? label_piece(p, line) : 0;
}

static size_t code_label(const Pieces *p, const Line *line)
{
    return type_piece(p, line) == 0 ? label_piece(p, line) : 0;
}

/* The = of a declaration that has no label before it: labels are of any length. */
static size_t equal_piece(const Pieces *p, const Line *line)
{
    int depth = 0;
    for (size_t i = line->from; i < line->to && p->list[i].kind != TK_STRING; i++) {
        int kind = p->list[i].kind;
        depth += (kind == TK_LB || kind == TK_LP || kind == TK_LK) -
                 (kind == TK_RB || kind == TK_RP || kind == TK_RK);
        if (kind == TK_EQ && depth == 0)
            return i;
    }
    return 0;
}

static void column_make(Pieces *p, const Line *const *run, size_t n, Stop stop, uint32_t most)
{
    uint32_t widest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = stop(p, run[i]);
        uint32_t width = at == 0 ? 0 : prefix_width(p, run[i]->from, at);
        if (width <= most)
            widest = MAX(widest, width);
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = stop(p, run[i]);
        uint32_t width = at == 0 ? widest : prefix_width(p, run[i]->from, at);
        if (width < widest)
            p->list[at].pad = widest - width;
    }
}

static void run_align(Pieces *p, const Line *const *run, size_t n)
{
    if (run[0]->group == 0) {
        column_make(p, run, n, equal_piece, WIDEST);
        return;
    }
    switch (shape_of(p, run[0])) {
    case SHAPE_WORD:
        column_make(p, run, n, second_piece, WIDEST_WORD);
        break;
    case SHAPE_NAME:
        column_make(p, run, n, type_piece, WIDEST);
        column_make(p, run, n, field_label, WIDEST);
        column_make(p, run, n, code_label, WIDEST);
        break;
    default:
        break;
    }
}

/* Whether the next item goes on with the run of this one. */
static bool run_goes_on(const Pieces *p, const Line *first, const Line *next)
{
    if (first->group != 0)
        return shape_of(p, first) == shape_of(p, next);
    const Piece *a = &p->list[first->from], *b = &p->list[next->from];
    return str_equal(a->text, b->text) && equal_piece(p, first) != 0 && equal_piece(p, next) != 0;
}

void lines_align(Pieces *p, GArray *lines)
{
    g_autofree bool *done = g_new0(bool, lines->len + 1);
    g_autofree const Line **run = g_new0(const Line *, lines->len + 1);
    const Line *all = (const Line *)(void *)lines->data;
    for (guint i = 0; i < lines->len; i++) {
        if (!all[i].columns || done[i])
            continue;
        size_t n = 0;
        for (guint k = i; k < lines->len; k++) {
            if (all[k].group != all[i].group)
                continue; /* of braces inside, or of an item that goes on */
            if (k > i && all[k].distant)
                break;
            if (!all[k].columns)
                continue;
            if (n > 0 && !run_goes_on(p, run[0], &all[k]))
                break;
            run[n++] = &all[k];
            done[k] = true;
        }
        run_align(p, run, n);
    }
}
