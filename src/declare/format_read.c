/* format_read.c — a block becomes pieces: every word and sign as written, with the comments and
 * line ends between them, and what the grammar makes of it. Read first: pieces_read(). */
#include "declare/format_inside.h"

#include "declare/grammar.h"

typedef struct Reading2 {
    Lexer lexer;
    Span block;
    const Token *tokens; /* as the parser gets them */
    const Part *parts;
    size_t at;
    GArray *pieces, *comments;
    const char *end; /* of the last piece or line end */
    unsigned lines;  /* line ends since the last piece or comment */
    bool fresh;      /* nothing stands on this line yet */
    bool newline;    /* a line end since the last piece */
    size_t first_comment;
} Reading2;

/* What stands between two tokens is blanks, and at most one comment, which runs to the line's end.
 */
static void read_gap(Reading2 *r, const char *to)
{
    const char *hash = memchr(r->end, '#', (size_t)(to - r->end));
    if (hash == NULL)
        return;
    Str text = {hash, (size_t)(to - hash)};
    while (text.len > 0 && text.at[text.len - 1] == '\r')
        text.len--;
    Comment c = {.text = text, .alone = r->fresh};
    c.distant = r->lines > 1 && (r->pieces->len > 0 || r->comments->len > 0);
    g_array_append_val(r->comments, c);
    r->lines = 0;
}

static void read_end(Reading2 *r, bool line)
{
    r->lines += line;
    r->newline |= line;
    r->fresh |= line;
}

static Piece piece_of(Reading2 *r, const Token *t, Str raw, bool blank)
{
    Piece p = {.text = raw, .kind = t->kind, .newline = r->newline, .blank = blank || r->newline};
    p.distant = r->lines > 1 && (r->pieces->len > 0 || r->comments->len > r->first_comment);
    p.comments = r->first_comment;
    p.n_comments = r->comments->len - r->first_comment;
    size_t at = r->at;
    while (r->tokens[at].kind == TK_END)
        at++;
    const Token *read = &r->tokens[at];
    /* The unit of a number is no token of its own. */
    p.measure = read->pos.line != t->pos.line || read->pos.column != t->pos.column;
    if (p.measure || read->kind == 0)
        return p;
    p.ends = at > r->at;
    r->at = at;
    const Part *part = &r->parts[r->at++];
    p.state = part->state;
    p.kind = part->keyword || keyword_text(read->kind) == NULL ? read->kind : TK_ID;
    return p;
}

static void read_piece(Reading2 *r, const Token *t, Str raw, bool blank)
{
    Piece p = piece_of(r, t, raw, blank);
    g_array_append_val(r->pieces, p);
    r->first_comment = r->comments->len;
    r->lines = 0;
    r->newline = r->fresh = false;
}

static void read_all(Reading2 *r)
{
    Token t;
    do {
        t = lexer_next(&r->lexer);
        const char *start = r->lexer.original + (r->lexer.start - r->lexer.copy);
        Str raw = {start, (size_t)(r->lexer.cursor - r->lexer.start)};
        bool blank = start > r->end;
        read_gap(r, start);
        if (t.kind == TK_END)
            read_end(r, raw.at[0] == '\n');
        else
            read_piece(r, &t, raw, blank);
        r->end = start + raw.len;
    } while (t.kind != 0);
}

static bool block_parses(Arena *keep, Arena *scratch, Diags *diags, Span block)
{
    g_autoptr(GArray) declared = g_array_new(FALSE, TRUE, sizeof(Declared));
    unsigned before = diags->errors;
    parse_block(keep, scratch, diags, block, declared);
    return diags->errors == before;
}

bool pieces_read(Arena *keep, Arena *scratch, Diags *diags, Span block, Pieces *ret)
{
    g_autoptr(Diags) ignored = diags_new(); /* the second reading finds nothing new */
    size_t n;
    if (!block_parses(keep, scratch, diags, block))
        return false;
    Reading2 r = {.block = block, .end = block.text.at, .fresh = true};
    r.tokens = tokens_read(keep, scratch, ignored, block, &n);
    r.parts = parse_parts(scratch, r.tokens, n);
    r.pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
    r.comments = g_array_new(FALSE, TRUE, sizeof(Comment));
    lexer_start(&r.lexer, keep, scratch, ignored, block);
    read_all(&r);
    ret->n = r.pieces->len - 1;
    ret->list = arena_many(scratch, Piece, r.pieces->len);
    memcpy(ret->list, r.pieces->data, r.pieces->len * sizeof(Piece));
    ret->list[ret->n].kind = 0;
    ret->n_comments = r.comments->len;
    ret->comments = arena_many(scratch, Comment, r.comments->len + 1);
    if (r.comments->len > 0)
        memcpy(ret->comments, r.comments->data, r.comments->len * sizeof(Comment));
    g_array_free(r.pieces, TRUE);
    g_array_free(r.comments, TRUE);
    return true;
}
