/* parse.c — runs the grammar over a block, declaration by declaration, and goes on after errors.
 * In: a block's text.  Out: trees.  An item that cannot be read is reported and left out, and the
 * rest of its declaration is read again without it.  Start: parse_block(). */
#include "declare/ast.h"

#include "declare/grammar.h"
#include "declare/parser.h"

/* One declaration is read at most this often: each faulty item costs one reading. */
#define READINGS 20

typedef struct Parse {
    Arena *arena;
    Diags *diags;
    void *parser;
    Token *tokens; /* all of the block */
    Token before;  /* the one fed before the faulty one */
    int first;     /* the kind of the word with which the declaration begins */
} Parse;

typedef struct Stretch { /* tokens of one declaration: from..to-1 */
    size_t from, to;
} Stretch;

static const char *const sign_texts[] = {
    [TK_COLON] = ":", [TK_COMMA] = ",",  [TK_DOT] = ".",     [TK_DOTS] = "..", [TK_EQ] = "=",
    [TK_NE] = "!=",   [TK_LT] = "<",     [TK_LE] = "<=",     [TK_GT] = ">",    [TK_GE] = ">=",
    [TK_PLUS] = "+",  [TK_MINUS] = "-",  [TK_STAR] = "*",    [TK_SLASH] = "/", [TK_LP] = "(",
    [TK_RP] = ")",    [TK_LB] = "{",     [TK_RB] = "}",      [TK_LK] = "[",    [TK_RK] = "]",
    [TK_PIPE] = "|",  [TK_ARROW] = "->", [TK_PERCENT] = "%",
};

static const char *token_words(int kind)
{
    switch (kind) {
    case 0:
        return "the end of the declaration";
    case TK_END:
        return "the end of the line";
    case TK_ID:
        return "a name";
    case TK_NUMBER:
        return "a number";
    case TK_STRING:
        return "a text in quotes";
    case TK_DATE:
        return "a day (2020-01-31)";
    case TK_YEARMONTH:
        return "a month (2020-01)";
    case TK_MONTHDAY:
        return "a month and day (12-31)";
    case TK_CODE:
        return "a region code";
    case TK_ELSEARM:
        return "else";
    case TK_DATEDBY:
        return "dated by";
    default:
        return keyword_text(kind) != NULL ? keyword_text(kind) : NULL;
    }
}

static char *token_shown(Arena *a, int kind)
{
    if (kind > 0 && (size_t)kind < G_N_ELEMENTS(sign_texts) && sign_texts[kind] != NULL)
        return arena_printf(a, "'%s'", sign_texts[kind]);
    const char *words = token_words(kind);
    if (words == NULL)
        return NULL;
    return keyword_text(kind) != NULL ? arena_printf(a, "'%s'", words)
                                      : arena_printf(a, "%s", words);
}

/* "expected 'when', 'pay' or '}'", when that list is short enough to help. */
static void hint_expected(Parse *p, const Reader *r, Diag *d)
{
    if (r->n_expected == 0 || r->n_expected > AST_EXPECTED)
        return;
    GString *s = g_string_new(NULL);
    for (unsigned i = 0; i < r->n_expected; i++) {
        char *shown = token_shown(p->arena, r->expected[i]);
        if (shown == NULL)
            continue;
        if (s->len > 0)
            g_string_append(s, i + 1 == r->n_expected ? " or " : ", ");
        g_string_append(s, shown);
    }
    if (s->len > 0)
        diag_hint(p->diags, d, "expected %s", s->str);
    g_string_free(s, TRUE);
}

static bool hint_unit(Parse *p, const Token *word, Diag *d)
{
    static const char *const all[] = {"yuan",    "fen",  "m2",     "hours",
                                      "minutes", "days", "months", "years"};
    Str units[G_N_ELEMENTS(all)];
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        units[i] = str_of(all[i]);
    diag_nearest(p->diags, d, word->text, units, G_N_ELEMENTS(units));
    return d->hint != NULL;
}

/* A word that should perhaps be another word of the language: the faulty one, or the one before it,
 * which may have been taken for a name. */
static bool hint_word(Parse *p, const Reader *r, Diag *d)
{
    static const char *const all[] = {
#define WORD(token, text) text,
#include "declare/keywords.def"
#undef WORD
    };
    Str words[G_N_ELEMENTS(all)];
    const Token *word = r->where.kind == TK_ID ? &r->where : &p->before;
    if (word->kind != TK_ID)
        return false;
    if (word == &r->where && p->before.kind == TK_NUMBER && hint_unit(p, word, d))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        words[i] = str_of(all[i]);
    diag_nearest(p->diags, d, word->text, words, G_N_ELEMENTS(words));
    if (d->hint != NULL && word == &p->before)
        diag_hint(p->diags, d, "'%.*s' is no word of the language: %s", STR_ARG(word->text),
                  d->hint);
    return d->hint != NULL;
}

/* A word the language does without: the faulty one, or the one before it. */
static bool hint_dropped(Parse *p, int declaration, const Token *word, Diag *d)
{
    static const struct {
        int declaration;
        const char *word, *hint;
    } all[] = {
#define DROPPED(declaration, word, hint) {declaration, word, hint},
#include "declare/dropped.def"
#undef DROPPED
    };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].declaration == declaration && str_is(word->text, all[i].word)) {
            diag_hint(p->diags, d, "%s", all[i].hint);
            return true;
        }
    return false;
}

static void report(Parse *p, const Reader *r, bool in_bracket)
{
    if (r->too_deep) {
        Diag *d = diag_error(p->diags, r->where.pos, "nested too deep");
        diag_hint(p->diags, d, "give parts of it names with 'derive', or use 'case'");
        return;
    }
    /* A bracket that is never closed was reported by layout.c. */
    if (r->where.kind == TK_LOST || (r->where.kind == 0 && in_bracket))
        return;
    Diag *d;
    if (r->where.kind == TK_END || r->where.kind == 0)
        d = diag_error(p->diags, r->where.pos, "this ends too early");
    else if (r->where.kind == TK_STRING)
        d = diag_error(p->diags, r->where.pos, "unexpected text in quotes");
    else
        d = diag_error(p->diags, r->where.pos, "unexpected '%.*s'", STR_ARG(r->where.text));
    if (p->before.kind == TK_AMEND && r->where.kind == TK_ID) {
        diag_hint(p->diags, d, "say what it is, and all of it: 'amend benefit %.*s { … }'",
                  STR_ARG(r->where.text));
        return;
    }
    if (hint_dropped(p, p->first, &r->where, d) || hint_dropped(p, p->first, &p->before, d) ||
        hint_word(p, r, d))
        return;
    bool name = false;
    for (unsigned i = 0; i < MIN(r->n_expected, AST_EXPECTED); i++)
        name |= r->expected[i] == TK_ID;
    if (name && keyword_text(r->where.kind) != NULL)
        diag_hint(p->diags, d, "'%s' is a word of the language: take another name",
                  keyword_text(r->where.kind));
    else
        hint_expected(p, r, d);
}

/* Feeds the tokens that are not dropped; returns the index of the faulty one, or `to`. */
static size_t run(Parse *p, Stretch s, const bool *dropped, Reader *r, int prefix)
{
    p->parser = declarationAlloc(g_malloc);
    if (prefix == 0) {
        bool amends = p->tokens[s.from].kind == TK_AMEND && s.to > s.from + 1;
        p->first = p->tokens[s.from + amends].kind;
    }
    if (prefix != 0)
        declaration(p->parser, prefix, p->tokens[s.from], r);
    size_t i = s.from;
    for (; i < s.to && !r->failed; i++) {
        if (dropped != NULL && dropped[i - s.from])
            continue;
        p->before = r->where;
        r->where = p->tokens[i];
        declaration(p->parser, p->tokens[i].kind, p->tokens[i], r);
        if (r->failed)
            break;
    }
    if (!r->failed) {
        Token end = {.pos = p->tokens[s.to].pos};
        r->where = end;
        declaration(p->parser, 0, end, r);
    }
    declarationFree(p->parser, g_free);
    return i;
}

/* Declarations whose braces hold items that can be left out one by one. */
static bool has_items(int kind)
{
    static const struct {
        int kind;
        bool items;
    } all[] = {
#define DECLARATION(token, text, items) {TK_##token, items},
#include "declare/declarations.def"
#undef DECLARATION
    };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].kind == kind)
            return all[i].items;
    return false;
}

/* Marks the item around token `at` as dropped: from the sign before it to the sign behind it, at
 * depth one.  False: the fault is not in an item. */
static bool drop_item(const Parse *p, Stretch s, size_t at, bool *dropped)
{
    bool amends = p->tokens[s.from].kind == TK_AMEND && s.to > s.from + 1;
    if (!has_items(p->tokens[s.from + amends].kind))
        return false;
    size_t from = s.from, to = s.to;
    int depth = 0;
    bool inside = false;
    for (size_t i = s.from; i < s.to; i++) {
        int k = p->tokens[i].kind;
        bool closes = k == TK_RB || k == TK_RP || k == TK_RK;
        if (closes && depth > 0)
            depth--;
        bool edge = (depth == 1 && k == TK_END) || (depth == 0 && closes);
        if (edge && i >= at) {
            to = i;
            break;
        }
        if (k == TK_LB || k == TK_LP || k == TK_LK) {
            edge = depth == 0 && k == TK_LB;
            depth++;
        }
        if (edge && i < at) {
            from = i + 1;
            inside = depth > 0;
        }
    }
    if (!inside || from >= to || at < from || at >= to)
        return false;
    bool news = false;
    for (size_t i = from; i < to; i++) {
        news |= !dropped[i - s.from];
        dropped[i - s.from] = true;
    }
    return news;
}

static bool ends_in_bracket(const Parse *p, Stretch s)
{
    int depth = 0;
    for (size_t i = s.from; i < s.to; i++) {
        int k = p->tokens[i].kind;
        depth +=
            (k == TK_LB || k == TK_LP || k == TK_LK) - (k == TK_RB || k == TK_RP || k == TK_RK);
    }
    return depth > 0;
}

/* The name of a declaration that could not be read: so that its uses are not reported as well. */
static Node *broken(Parse *p, Stretch s)
{
    if (s.to - s.from < 2)
        return NULL;
    if (p->tokens[s.from].kind == TK_AMEND) /* its name stands already */
        return NULL;
    Token name = p->tokens[s.from + 1];
    if (name.kind != TK_ID && keyword_text(name.kind) == NULL)
        return NULL;
    Reader r = {.arena = p->arena, .diags = p->diags};
    return ast_node(&r, AST_BROKEN, name, NULL, NULL);
}

static void parse_one(Parse *p, Stretch s, GArray *to)
{
    Token *first = &p->tokens[s.from];
    if (!token_declares(first->kind)) {
        Diag *d;
        if (first->kind == TK_LOST)
            return;
        if (first->kind != TK_ID && keyword_text(first->kind) == NULL) {
            diag_error(p->diags, first->pos, "a declaration begins with a word");
            return;
        }
        d = diag_error(p->diags, first->pos, "'%.*s' begins no declaration", STR_ARG(first->text));
        static const char *const words[] = {
#define DECLARATION(token, text, items) text,
#include "declare/declarations.def"
#undef DECLARATION
        };
        Str all[G_N_ELEMENTS(words)];
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
            all[i] = str_of(words[i]);
        if (!hint_dropped(p, 0, first, d))
            diag_nearest(p->diags, d, first->text, all, G_N_ELEMENTS(all));
        return;
    }
    bool *dropped = g_new0(bool, s.to - s.from + 1);
    Declared made = {.word = first->kind, .begin = first->pos, .end = p->tokens[s.to - 1].pos};
    bool open = ends_in_bracket(p, s);
    for (int n = 0; n < READINGS && made.node == NULL; n++) {
        Reader r = {.arena = p->arena, .diags = p->diags};
        size_t at = run(p, s, dropped, &r, 0);
        if (!r.failed) {
            made.node = r.result;
            break;
        }
        report(p, &r, open);
        made.damaged = true;
        if (!drop_item(p, s, at, dropped))
            break;
    }
    g_free(dropped);
    if (made.node == NULL)
        made.node = broken(p, s);
    if (made.node != NULL)
        g_array_append_val(to, made);
}

/* The declaration of a block that begins at token `from`. */
static Stretch stretch_at(const Token *tokens, size_t n, size_t from)
{
    int depth = 0;
    size_t i = from;
    for (; i < n; i++) {
        int k = tokens[i].kind;
        depth += (k == TK_LB || k == TK_LP || k == TK_LK);
        depth -= (k == TK_RB || k == TK_RP || k == TK_RK) && depth > 0;
        if (k == TK_LOST)
            depth = 0;
        if (k == TK_END && depth == 0)
            break;
    }
    return (Stretch){from, i};
}

static void parts_of(Parse *p, Stretch s, Part *to)
{
    Reader r = {.arena = p->arena};
    p->parser = declarationAlloc(g_malloc);
    for (size_t i = s.from; i < s.to && !r.failed; i++) {
        Taking t = declarationTakes(p->parser, p->tokens[i].kind);
        if (t.fits)
            to[i] = (Part){t.keyword && keyword_text(p->tokens[i].kind) != NULL, t.state};
        declaration(p->parser, p->tokens[i].kind, p->tokens[i], &r);
    }
    declarationFree(p->parser, g_free);
}

Part *parse_parts(Arena *scratch, const Token *tokens, size_t n)
{
    Parse p = {.arena = scratch, .tokens = (Token *)tokens};
    Part *parts = arena_many(scratch, Part, n + 1);
    for (size_t at = 0; at < n;) {
        Stretch s = stretch_at(tokens, n, at);
        parts_of(&p, s, parts);
        at = s.to + 1;
    }
    return parts;
}

/* Feeds all tokens, an item with a mistake left out; false: the mistake is in no item. */
static bool feed_all(Parse *p, Stretch s, bool *dropped)
{
    for (int n = 0; n < READINGS; n++) {
        Reader r = {.arena = p->arena};
        size_t i = s.from;
        p->parser = declarationAlloc(g_malloc);
        for (; i < s.to && !r.failed; i++)
            if (!dropped[i - s.from])
                declaration(p->parser, p->tokens[i].kind, p->tokens[i], &r);
        if (!r.failed)
            return true;
        declarationFree(p->parser, g_free);
        if (!drop_item(p, s, i - 1, dropped))
            break;
    }
    p->parser = NULL;
    return false;
}

size_t parse_wanted(Arena *scratch, const Token *tokens, size_t n, int *ret_kinds, size_t most,
                    bool *ret_name)
{
    static const int words[] = {
#define WORD(token, text) TK_##token,
#include "declare/keywords.def"
#undef WORD
    };
    Parse p = {.arena = scratch, .tokens = (Token *)tokens};
    bool *dropped = arena_many(scratch, bool, n + 1);
    size_t found = 0;
    *ret_name = false;
    if (!feed_all(&p, (Stretch){0, n}, dropped))
        return 0;
    *ret_name = declarationTakes(p.parser, TK_ID).fits;
    for (size_t i = 0; i < G_N_ELEMENTS(words) && found < most; i++) {
        Taking t = declarationTakes(p.parser, words[i]);
        bool arm = words[i] == TK_ELSE && declarationTakes(p.parser, TK_ELSEARM).fits;
        if ((t.fits && t.keyword) || arm)
            ret_kinds[found++] = words[i];
    }
    declarationFree(p.parser, g_free);
    return found;
}

void parse_block(Arena *keep, Arena *scratch, Diags *diags, Span span, GArray *to)
{
    g_autoptr(Arena) own = arena_new(); /* the trees hold copies of their tokens */
    Parse p = {.arena = scratch, .diags = diags};
    size_t n;
    p.tokens = tokens_read(keep, own, diags, span, &n);
    for (size_t at = 0; at < n;) {
        Stretch s = stretch_at(p.tokens, n, at);
        if (s.to > s.from)
            parse_one(&p, s, to);
        at = s.to + 1;
    }
}

Node *parse_expression(Arena *keep, Arena *scratch, Diags *diags, Span span)
{
    Parse p = {.arena = scratch, .diags = diags};
    size_t n;
    p.tokens = tokens_read(keep, scratch, diags, span, &n);
    Reader r = {.arena = scratch, .diags = diags};
    run(&p, (Stretch){0, n}, NULL, &r, TK_EXPRESSION);
    if (r.failed)
        report(&p, &r, false);
    return r.failed ? NULL : r.result;
}
