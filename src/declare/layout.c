/* layout.c — which line ends count, which number has which unit, and which words are words of the
 * language here: what the grammar could not see with one token ahead.
 * In: raw tokens (lexer.re).  Out: the array the parser is fed.  Start: tokens_read(). */
#include "declare/grammar.h"
#include "declare/token.h"

/* A block people read; the longest in our documents has some 2,000. */
#define TOKENS 100000u

typedef struct Layout {
    Diags *diags;
    GArray *out;                     /* of Token */
    uint8_t open[LIMIT_NESTING + 1]; /* the bracket of each depth */
    unsigned depth, beyond;          /* beyond: brackets opened deeper than the limit, dropped */
    int declaration;                 /* keyword the current declaration began with */
    Pos opened;                      /* its first bracket */
} Layout;

bool token_declares(int kind)
{
    switch (kind) {
#define DECLARATION(token, text, items) case TK_##token:
#include "declare/declarations.def"
#undef DECLARATION
        return true;
    default:
        return false;
    }
}

/* After these an item goes on, whatever the line does. */
static bool goes_on_after(int kind)
{
    switch (kind) {
    case TK_COMMA:
    case TK_COLON:
    case TK_DOT:
    case TK_DOTS:
    case TK_EQ:
    case TK_NE:
    case TK_LT:
    case TK_LE:
    case TK_GT:
    case TK_GE:
    case TK_PLUS:
    case TK_MINUS:
    case TK_STAR:
    case TK_SLASH:
    case TK_PIPE:
    case TK_ARROW:
    case TK_LP:
    case TK_LK:
    case TK_LB:
    case TK_AND:
    case TK_OR:
    case TK_NOT:
    case TK_IN:
    case TK_IF:
    case TK_THEN:
    case TK_ELSE:
    case TK_WHERE:
    case TK_BETWEEN:
    case TK_HAS:
    case TK_END:
        return true;
    default:
        return false;
    }
}

/* A step of a procedure goes on with these. */
static bool step_goes_on(int kind)
{
    switch (kind) {
    case TK_BY:
    case TK_GUARD:
    case TK_UNTIL:
    case TK_WITHIN:
    case TK_AFTER:
    case TK_NEEDS:
    case TK_LIMIT:
        return true;
    default:
        return false;
    }
}

/* Words that go on with the declaration of the line above. */
bool token_goes_on(int kind)
{
    switch (kind) {
    case TK_BECAUSE:
    case TK_SOURCE:
    case TK_FLOOR:
    case TK_CEILING:
    case TK_WITH:
    case TK_UNTIL:
    case TK_NEEDS:
    case TK_GIVES:
    case TK_MEASURED:
    case TK_BY:
    case TK_FROM:
    case TK_UNSURE:
    case TK_EVERY:
    case TK_ONCE:
    case TK_DUE:
    case TK_DONE:
    case TK_SEES:
    case TK_WRITES:
    case TK_REVEALS:
    case TK_WHILE:
    case TK_CURE:
    case TK_ON:
    case TK_IN:
    case TK_OF:
    case TK_WHEN:
    case TK_BEFORE:
    case TK_MAY:
        return true;
    default:
        return false;
    }
}

/* A line that begins with one of these goes on from the line above.  Inside braces not `in`, `not`,
 * `on`: items of examples begin with them. */
static bool goes_on_before(const Layout *y, int kind)
{
    if (y->depth == 1 && y->declaration == TK_PROCEDURE && step_goes_on(kind))
        return true;
    switch (kind) {
    case TK_COMMA:
    case TK_DOT:
    case TK_DOTS:
    case TK_EQ:
    case TK_NE:
    case TK_LT:
    case TK_LE:
    case TK_GT:
    case TK_GE:
    case TK_PLUS:
    case TK_MINUS:
    case TK_STAR:
    case TK_SLASH:
    case TK_PIPE:
    case TK_ARROW:
    case TK_AND:
    case TK_OR:
    case TK_THEN:
    case TK_ELSE:
    case TK_WHERE:
    case TK_BETWEEN:
    case TK_HAS:
    case TK_RB:
    case TK_RP:
    case TK_RK:
    case TK_END:
        return true;
    default:
        return y->depth == 0 && token_goes_on(kind);
    }
}

static Token *token_at(Layout *y, size_t i)
{
    return &g_array_index(y->out, Token, i);
}

static Token *layout_last(Layout *y)
{
    return y->out->len == 0 ? NULL : token_at(y, y->out->len - 1);
}

/* Opens or closes a bracket; false: the token is dropped. */
static bool layout_bracket(Layout *y, const Token *t)
{
    bool opens = t->kind == TK_LB || t->kind == TK_LP || t->kind == TK_LK;
    bool closes = t->kind == TK_RB || t->kind == TK_RP || t->kind == TK_RK;
    if (opens && y->depth == LIMIT_NESTING) {
        if (y->beyond++ == 0)
            diag_error(y->diags, t->pos, "nested deeper than %u", LIMIT_NESTING);
        return false;
    }
    if (closes && y->beyond > 0) {
        y->beyond--;
        return false;
    }
    if (opens) {
        if (y->depth == 0)
            y->opened = t->pos;
        y->open[++y->depth] = (uint8_t)t->kind;
    }
    /* A closing bracket of another kind closes what is open: the parser says what it expected. */
    if (closes && y->depth > 0)
        y->depth--;
    return true;
}

/* A declaration word at the start of an unindented line, with a name behind it. */
static bool begins_declaration(const Token *t)
{
    bool named = t[1].kind == TK_ID || keyword_text(t[1].kind) != NULL ||
                 (t->kind == TK_EXAMPLE && t[1].kind == TK_STRING);
    return t->first && t->pos.column == 1 && token_declares(t->kind) && named;
}

/* A declaration word at the start of an unindented line inside a bracket: the bracket was never
 * closed.  Without this one lost `}` would swallow the rest of the block. */
static void layout_unclosed(Layout *y, const Token *t)
{
    if (y->depth == 0 || !begins_declaration(t))
        return;
    diag_error(y->diags, y->opened, "this bracket is not closed before the next declaration");
    y->depth = y->beyond = 0;
    Token end = *t;
    end.kind = TK_LOST;
    g_array_append_val(y->out, end);
    end.kind = TK_END;
    g_array_append_val(y->out, end);
}

/* `10 working days` is a unit of its own: the two words become one. */
static Token *working_days(Layout *y, Measure m)
{
    guint n = y->out->len;
    Token *last = layout_last(y);
    if (m != MEASURE_DAYS || n < 2 || last->first || !str_is(last->text, "working"))
        return NULL;
    Token *number = token_at(y, n - 2);
    if (number->kind != TK_NUMBER || number->measure != MEASURE_NONE)
        return NULL;
    g_array_set_size(y->out, n - 1);
    return number;
}

/* 200 yuan, 30 %: one token with its unit. */
static bool layout_measure(Layout *y, const Token *t)
{
    Token *last = layout_last(y);
    Measure m;
    if (last != NULL && !t->first && t->kind != TK_STRING && measure_of(t->text, &m) &&
        working_days(y, m) != NULL) {
        last = layout_last(y);
        last->measure = MEASURE_WORKING_DAYS;
        last->pos.length = t->pos.column + t->pos.length - last->pos.column;
        return true;
    }
    if (last == NULL || last->kind != TK_NUMBER || last->measure != MEASURE_NONE || t->first ||
        !measure_of(t->text, &m) || t->kind == TK_STRING)
        return false;
    last->measure = m;
    last->pos.length = t->pos.column + t->pos.length - last->pos.column;
    return true;
}

static bool is_word(int kind)
{
    return kind == TK_ID || keyword_text(kind) != NULL;
}

/* Words that stand between two operands: what is before them is a name. */
static bool is_operator(int kind)
{
    return kind == TK_AND || kind == TK_OR || kind == TK_NOT || kind == TK_IN || kind == TK_IF ||
           kind == TK_THEN || kind == TK_ELSE || kind == TK_CASE || kind == TK_WHERE ||
           kind == TK_HAS || kind == TK_BETWEEN || kind == TK_BY;
}

/* `place a.b` and the like end with their line; a field of that name goes on with its label or
 * attributes. */
static bool directive_ends(const Token *t)
{
    if (!is_word(t[1].kind))
        return false;
    size_t i = 2;
    while ((t[i].kind == TK_DOT || t[i].kind == TK_COMMA)) {
        i++;
        while (t[i].kind == TK_END)
            i++;
        if (!is_word(t[i].kind))
            return false;
        i++;
    }
    return t[i].kind == TK_END || t[i].kind == TK_RB || t[i].kind == 0;
}

/* Words that mean something only before certain neighbours are names elsewhere. */
static void layout_word(Layout *y, Token *t)
{
    const Token *last = layout_last(y);
    bool item = last != NULL && (last->kind == TK_END || last->kind == TK_LB);
    bool entity = y->declaration == TK_ENTITY || y->declaration == TK_EXTEND;
    switch (t->kind) {
    case TK_ELSE:
        if (t[1].kind == TK_COLON)
            t->kind = TK_ELSEARM;
        break;
    case TK_LATEST:
    case TK_REACHED:
    case TK_ENTERED:
        if (!is_word(t[1].kind))
            t->kind = TK_ID;
        break;
    case TK_SUM: /* behind a column of a paper: it is added up */
        if (y->declaration == TK_PAPER && y->depth == 2 && last != NULL &&
            (is_word(last->kind) || last->kind == TK_RP || last->kind == TK_RK))
            break;
        G_GNUC_FALLTHROUGH;
    case TK_DISTINCT:
        if (last == NULL || last->kind != TK_LP || t[1].kind != TK_ID)
            t->kind = TK_ID;
        break;
    case TK_RAW:
    case TK_NET:
        if (!is_word(t[1].kind) || is_operator(t[1].kind))
            t->kind = TK_ID;
        break;
    case TK_PLACE:
    case TK_TITLE:
    case TK_LIST:
    case TK_KEY:
        if (y->declaration == TK_EXCHANGE && y->depth == 1 && is_word(t[1].kind))
            break;
        if (y->declaration == TK_TABLE && y->depth == 0 && is_word(t[1].kind))
            break; /* table NAME key ITEM { … } */
        if (!(entity && y->depth == 1 && item && directive_ends(t)))
            t->kind = TK_ID;
        break;
    case TK_HOLDS:
        if (!(entity && y->depth == 1 && is_word(t[1].kind) &&
              (t[2].kind == TK_THROUGH || t[2].kind == TK_TO)))
            t->kind = TK_ID;
        break;
    case TK_SHOWS: /* a field of that name goes on with its label or attributes */
        if (!(entity && y->depth == 1 && item && is_word(t[1].kind) &&
              (t[2].kind == TK_END || t[2].kind == TK_RB || t[2].kind == TK_ON ||
               t[2].kind == TK_WHERE)))
            t->kind = TK_ID;
        break;
    case TK_DATED:
        if (t[1].kind == TK_BY)
            t->kind = TK_DATEDBY;
        break;
    default:
        break;
    }
}

/* Whether a run of line ends and `;` before `next` ends an item. */
static bool layout_keeps_end(Layout *y, bool written, const Token *next)
{
    const Token *last = layout_last(y);
    if (last == NULL || last->kind == TK_END)
        return false;
    if (y->depth == 0 && begins_declaration(next))
        return true;
    if (goes_on_after(last->kind))
        return false;
    /* A `;` always counts; a line end is a blank inside ( ) and [ ]. */
    if (written)
        return true;
    if (y->depth > 0 && y->open[y->depth] != TK_LB)
        return false;
    if (next->kind == TK_ELSE && next[1].kind == TK_COLON)
        return true;
    return !goes_on_before(y, next->kind);
}

/* Takes a run of line ends and `;` at once; returns its length. */
static size_t layout_ends(Layout *y, const Token *t)
{
    size_t n = 0;
    bool written = false;
    for (; t[n].kind == TK_END; n++)
        written |= t[n].text.at[0] != '\n';
    if (layout_keeps_end(y, written, &t[n]))
        g_array_append_val(y->out, *t);
    return n;
}

static void layout_one(Layout *y, Token *t)
{
    layout_unclosed(y, t);
    if (layout_measure(y, t) || !layout_bracket(y, t))
        return;
    const Token *last = layout_last(y);
    /* What stands behind `amend` is laid out as that declaration is. */
    if (y->depth == 0 && (last == NULL || last->kind == TK_END || last->kind == TK_AMEND))
        y->declaration = t->kind;
    layout_word(y, t);
    g_array_append_val(y->out, *t);
}

Token *tokens_read(Arena *keep, Arena *scratch, Diags *diags, Span span, size_t *ret_n)
{
    Lexer x;
    lexer_start(&x, keep, scratch, diags, span);
    /* Seldom is a word shorter than four bytes with its blank: the arrays need not grow. */
    guint about = (guint)MIN(span.text.len / 4, TOKENS) + 8;
    g_autoptr(GArray) raw = g_array_sized_new(FALSE, TRUE, sizeof(Token), about);
    Token t;
    do {
        t = lexer_next(&x);
        if (raw->len == TOKENS && t.kind != 0) {
            diag_error(diags, t.pos, "block is longer than %u words", TOKENS);
            t.kind = 0;
        }
        g_array_append_val(raw, t);
    } while (t.kind != 0);
    /* Looking ahead reads at most a few tokens past the end. */
    g_array_set_size(raw, raw->len + 4);
    Layout y = {.diags = diags};
    y.out = g_array_sized_new(FALSE, TRUE, sizeof(Token), raw->len);
    for (Token *at = &g_array_index(raw, Token, 0); at->kind != 0;) {
        if (at->kind == TK_END)
            at += layout_ends(&y, at);
        else
            layout_one(&y, at++);
    }
    if (y.depth > 0)
        diag_error(diags, y.opened, "this bracket is not closed");
    *ret_n = y.out->len;
    Token *tokens = arena_many(scratch, Token, y.out->len + 1);
    if (y.out->len > 0)
        memcpy(tokens, y.out->data, y.out->len * sizeof(Token));
    tokens[y.out->len].pos = t.pos;
    g_array_free(y.out, TRUE);
    return tokens;
}
