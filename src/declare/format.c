/* format.c — prints laid-out blocks into their document, and makes sure that they still say the
 * same. A block whose reading would differ in any word, number or comment is left as it was: what
 * an author wrote is worth more than its looks.  Read first: format_document(). */
#include "declare/format.h"

#include "declare/document.h"
#include "declare/format_inside.h"

#include <string.h>

/* ---- printing */

static void print_blanks(GString *to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        g_string_append_c(to, ' ');
}

static void print_line(Pieces *p, const Line *line, GString *to)
{
    uint32_t column = line->under != SIZE_MAX ? p->list[line->under].column : line->indent;
    print_blanks(to, column);
    for (size_t i = line->from; i < line->to; i++) {
        Piece *x = &p->list[i];
        uint32_t blanks = i == line->from ? 0 : piece_blank(p, i) + x->pad;
        if (x->semicolon)
            g_string_append_c(to, ';');
        print_blanks(to, blanks);
        x->column = column + blanks + x->semicolon;
        column = x->column + text_width(x->text);
        g_string_append_len(to, x->text.at, (gssize)x->text.len);
    }
    if (line->comment == NULL)
        return;
    if (line->to > line->from)
        print_blanks(to, 2);
    g_string_append_len(to, line->comment->text.at, (gssize)line->comment->text.len);
}

static void print_lines(Pieces *p, const GArray *lines, const char *end, GString *to)
{
    for (guint i = 0; i < lines->len; i++) {
        const Line *line = &g_array_index(lines, Line, i);
        if (line->distant && i > 0)
            g_string_append(to, end);
        print_line(p, line, to);
        g_string_append(to, end);
    }
}

/* ---- the same reading */

static bool same_token(const Token *a, const Token *b)
{
    return a->kind == b->kind && str_equal(a->text, b->text) && a->number == b->number &&
           a->scale == b->scale && a->measure == b->measure;
}

static bool same_tree(const Node *a, const Node *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (a->kind != b->kind || !same_token(&a->at, &b->at))
            return false;
        if (a->kind == AST_LIST) {
            if (!same_tree(a->a, b->a))
                return false;
            continue;
        }
        if (!same_tree(a->a, b->a) || !same_tree(a->b, b->b) || !same_tree(a->c, b->c) ||
            !same_tree(a->d, b->d))
            return false;
    }
    return a == NULL && b == NULL;
}

static bool same_declarations(Arena *scratch, Span was, Span is)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GArray) before = g_array_new(FALSE, TRUE, sizeof(Declared));
    g_autoptr(GArray) after = g_array_new(FALSE, TRUE, sizeof(Declared));
    parse_block(scratch, scratch, ds, was, before);
    parse_block(scratch, scratch, ds, is, after);
    bool same = ds->errors == 0 && before->len == after->len;
    for (guint i = 0; same && i < before->len; i++)
        same = same_tree(g_array_index(before, Declared, i).node,
                         g_array_index(after, Declared, i).node);
    return same && block_asks_table(was.text) == block_asks_table(is.text);
}

static bool same_comments(const Pieces *a, const Pieces *b)
{
    bool same = a->n_comments == b->n_comments;
    for (size_t i = 0; same && i < a->n_comments; i++)
        same = str_equal(a->comments[i].text, b->comments[i].text);
    return same;
}

/* ---- a block, a document */

static const char *line_end(Str text)
{
    return str_find(text, STR("\r\n")) >= 0 ? "\r\n" : "\n";
}

static bool format_block(Span block, Diags *diags, GString *to)
{
    g_autoptr(Arena) scratch = arena_new();
    g_autoptr(GString) made = g_string_new(NULL);
    Pieces p, again;
    if (!pieces_read(scratch, scratch, diags, block, &p))
        return false;
    g_autoptr(GArray) lines = lines_make(&p);
    lines_align(&p, lines);
    print_lines(&p, lines, line_end(block.text), made);
    Span is = {{made->str, made->len}, block.pos};
    g_autoptr(Diags) ignored = diags_new();
    bool same = same_declarations(scratch, block, is) &&
                pieces_read(scratch, scratch, ignored, is, &again) && same_comments(&p, &again);
    if (!same)
        diag_warning(diags, block.pos,
                     "this block is left as it is: laid out anew it would read "
                     "otherwise");
    Str text = same ? is.text : block.text;
    g_string_append_len(to, text.at, (gssize)text.len);
    return true;
}

bool format_document(const char *name, Str text, Diags *diags, GString *to)
{
    g_autoptr(Arena) keep = arena_new();
    g_autoptr(GString) made = g_string_sized_new(text.len + 1024);
    unsigned before = diags->errors;
    Reading *r = document_read(keep, keep, diags, name, text);
    const Document *d = r->document;
    size_t at = 0;
    for (guint i = 0; r->usable && i < r->blocks->len; i++) {
        const Block *b = &g_array_index(r->blocks, Block, i);
        size_t from = (size_t)(b->span.text.at - d->text.at);
        g_string_append_len(made, d->text.at + at, (gssize)(from - at));
        format_block(b->span, diags, made);
        at = from + b->span.text.len;
    }
    bool fine = diags->errors == before;
    if (fine) {
        g_string_append_len(to, made->str, (gssize)made->len);
        g_string_append_len(to, d->text.at + at, (gssize)(d->text.len - at));
    }
    /* Diagnoses point into the document. */
    if (diags->list->len > 0)
        arena_on_free(diags->arena, (void (*)(void *))arena_free, g_steal_pointer(&keep));
    return fine;
}
