/* lexer.c — what a token holds: its place, its number, its text with escapes undone; and what is
 * said about bytes that are no token.
 * Not here: the patterns (lexer.re), line ends (layout.c). */
#include "declare/lexer.h"

#include "base/decimal.h"
#include "declare/grammar.h"

/* Asked of every word of every document, so their lengths are counted by the compiler. */
static const struct {
    Str text;
    int kind;
} words[] = {
#define WORD(token, text) {{text, sizeof(text) - 1}, TK_##token},
#include "declare/keywords.def"
#undef WORD
};

static const char *const texts[] = {
/* by kind of token */
#define WORD(token, text) [TK_##token] = text,
#include "declare/keywords.def"
#undef WORD
};

int keyword_of(Str word)
{
    size_t low = 0, high = G_N_ELEMENTS(words);
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = str_compare(word, words[mid].text);
        if (order == 0)
            return words[mid].kind;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return 0;
}

const char *keyword_text(int kind)
{
    return kind >= 0 && (size_t)kind < G_N_ELEMENTS(texts) ? texts[kind] : NULL;
}

static const struct {
    Str text;
    Measure measure;
} measures[] = {
    {{"yuan", 4}, MEASURE_YUAN},
    {{"fen", 3}, MEASURE_FEN},
    {{"m2", 2}, MEASURE_M2},
    {{"%", 1}, MEASURE_PERCENT},
    {{"hour", 4}, MEASURE_HOURS},
    {{"hours", 5}, MEASURE_HOURS},
    {{"minute", 6}, MEASURE_MINUTES},
    {{"minutes", 7}, MEASURE_MINUTES},
    {{"day", 3}, MEASURE_DAYS},
    {{"days", 4}, MEASURE_DAYS},
    {{"month", 5}, MEASURE_MONTHS},
    {{"months", 6}, MEASURE_MONTHS},
    {{"year", 4}, MEASURE_YEARS},
    {{"years", 5}, MEASURE_YEARS},
    {{"working_days", 12}, MEASURE_WORKING_DAYS},
};

const char *measure_word(size_t i)
{
    return i < G_N_ELEMENTS(measures) ? measures[i].text.at : NULL;
}

bool measure_of(Str word, Measure *ret_measure)
{
    for (size_t i = 0; i < G_N_ELEMENTS(measures); i++) {
        if (str_equal(word, measures[i].text)) {
            *ret_measure = measures[i].measure;
            return true;
        }
    }
    return false;
}

void lexer_start(Lexer *x, Arena *keep, Arena *scratch, Diags *diags, Span span)
{
    const char *copy = arena_dup(scratch, span.text.at, span.text.len);
    *x = (Lexer){.original = span.text.at,
                 .line = span.pos.line,
                 .column = span.pos.column,
                 .line_begins = true,
                 .source = span.pos.source,
                 .keep = keep,
                 .diags = diags};
    x->cursor = x->start = x->counted = x->copy = (const unsigned char *)copy;
    x->limit = x->cursor + span.text.len;
}

static uint32_t code_points(const unsigned char *from, const unsigned char *to)
{
    uint32_t n = 0;
    for (; from < to; from++)
        n += (*from & 0xC0) != 0x80;
    return n;
}

/* The place of start..cursor.  Columns are counted on from the last token, never from the line's
 * start: a line may be megabytes long. */
static Pos lexer_pos(Lexer *x)
{
    x->column += code_points(x->counted, x->start);
    x->counted = x->start;
    uint32_t length = code_points(x->start, x->cursor);
    return (Pos){x->source, x->line, x->column, length};
}

Token lexer_token(Lexer *x, int kind)
{
    Token t = {.kind = kind, .pos = lexer_pos(x), .first = x->line_begins};
    t.text = (Str){x->original + (x->start - x->copy), (size_t)(x->cursor - x->start)};
    x->line_begins = false;
    return t;
}

void lexer_line(Lexer *x)
{
    x->line++;
    x->column = 1;
    x->counted = x->cursor;
    x->line_begins = true;
}

Token lexer_word(Lexer *x)
{
    Token t = lexer_token(x, TK_ID);
    int keyword = keyword_of(t.text);
    if (keyword != 0)
        t.kind = keyword;
    if (t.text.len > LIMIT_NAME) {
        diag_error(x->diags, t.pos, "name is longer than %u characters", LIMIT_NAME);
        t.text.len = LIMIT_NAME;
    }
    return t;
}

Token lexer_date(Lexer *x)
{
    Token t = lexer_token(x, TK_DATE);
    Date d = 0;
    if (!date_parse(t.text, &d))
        diag_error(x->diags, t.pos, "there is no day %.*s", STR_ARG(t.text));
    t.number = d;
    return t;
}

Token lexer_month(Lexer *x)
{
    Token t = lexer_token(x, TK_YEARMONTH);
    Month m = 0;
    if (!month_parse(t.text, &m))
        diag_error(x->diags, t.pos, "there is no month %.*s", STR_ARG(t.text));
    t.number = m;
    return t;
}

Token lexer_month_day(Lexer *x)
{
    Token t = lexer_token(x, TK_MONTHDAY);
    const char *at = t.text.at;
    int month = (at[0] - '0') * 10 + at[1] - '0', day = (at[3] - '0') * 10 + at[4] - '0';
    Date d;
    /* 29 February is a day of some years only; a yearly rule needs one that every year has. */
    if (!date_make(2001, month, day, &d)) {
        Diag *e =
            diag_error(x->diags, t.pos, "there is no day %.*s in every year", STR_ARG(t.text));
        diag_hint(x->diags, e, "month-day, as in 12-31; to subtract, put blanks around the minus");
        t.kind = month > 12 || day > 31 ? TK_NUMBER : TK_MONTHDAY;
    }
    t.number = month * 100 + day;
    return t;
}

Token lexer_number(Lexer *x)
{
    Token t = lexer_token(x, TK_NUMBER);
    Decimal d = {0, 0};
    if (!decimal_parse(t.text, &d))
        diag_error(x->diags, t.pos, "number is too long");
    t.number = d.mantissa;
    t.scale = d.scale;
    return t;
}

Token lexer_glued(Lexer *x)
{
    Token t = lexer_token(x, TK_NUMBER);
    size_t digits = 0;
    while (digits < t.text.len && g_ascii_isdigit(t.text.at[digits]))
        digits++;
    Diag *e = diag_error(x->diags, t.pos, "number and word run together: '%.*s'", STR_ARG(t.text));
    diag_hint(x->diags, e, "write '%.*s %.*s'", (int)digits, t.text.at, (int)(t.text.len - digits),
              t.text.at + digits);
    return t;
}

Token lexer_string(Lexer *x)
{
    Token t = lexer_token(x, TK_STRING);
    Str raw = {t.text.at + 1, t.text.len - 2};
    t.text = raw;
    if (raw.len == 0 || memchr(raw.at, '\\', raw.len) == NULL)
        return t;
    char *to = arena_dup(x->keep, raw.at, raw.len);
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] == '\\') {
            i++;
            if (raw.at[i] != '"' && raw.at[i] != '\\')
                diag_error(x->diags, t.pos, "only \\\" and \\\\ may be escaped in a text");
        }
        to[n++] = raw.at[i];
    }
    to[n] = '\0';
    t.text = (Str){to, n};
    return t;
}

Token lexer_open_string(Lexer *x)
{
    while (x->cursor < x->limit && *x->cursor != '\n')
        x->cursor++;
    Token t = lexer_token(x, TK_STRING);
    diag_error(x->diags, t.pos, "text is not closed on its line");
    return t;
}

Token lexer_foreign(Lexer *x)
{
    static const struct {
        const char *text, *instead;
        int kind;
    } foreign[] = {{"==", "=", TK_EQ},   {"&&", "and", TK_AND}, {"||", "or", TK_OR},
                   {"!", "not", TK_NOT}, {"<>", "!=", TK_NE},   {"...", "..", TK_DOTS}};
    Token t = lexer_token(x, TK_EQ);
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
        if (!str_is(t.text, foreign[i].text))
            continue;
        Diag *e = diag_error(x->diags, t.pos, "'%.*s' is no operator", STR_ARG(t.text));
        diag_hint(x->diags, e, "write '%s'", foreign[i].instead);
        t.kind = foreign[i].kind;
    }
    return t;
}

Token lexer_upper(Lexer *x)
{
    Token t = lexer_token(x, TK_ID);
    Diag *e = diag_error(x->diags, t.pos, "'%.*s' is no name", STR_ARG(t.text));
    diag_hint(x->diags, e, "names are lower case: a-z, 0-9 and _, beginning with a letter");
    return t;
}

/* Signs of a Chinese keyboard, and what was meant. */
static const struct {
    uint32_t wide;
    const char *narrow;
    int kind;
} wide_signs[] = {
    {0xFF0C, ",", TK_COMMA},   {0xFF1A, ":", TK_COLON}, {0xFF1B, ";", TK_END},
    {0xFF08, "(", TK_LP},      {0xFF09, ")", TK_RP},    {0xFF1D, "=", TK_EQ},
    {0xFF05, "%", TK_PERCENT}, {0x2265, ">=", TK_GE},   {0x2264, "<=", TK_LE},
    {0x2260, "!=", TK_NE},     {0x00D7, "*", TK_STAR},  {0x3001, ",", TK_COMMA},
    {0xFF5B, "{", TK_LB},      {0xFF5D, "}", TK_RB},    {0x2014, "-", TK_MINUS},
    {0x2013, "..", TK_DOTS},   {0x3002, ".", TK_DOT},   {0xFF0E, ".", TK_DOT},
    {0xFF1E, ">", TK_GT},      {0xFF1C, "<", TK_LT},
};

/* “…”: the whole text, so that the next error is not about what stands in it. */
static Token lexer_wide_string(Lexer *x, Token t)
{
    Str rest = {t.text.at, (size_t)(x->limit - x->start)};
    Str line = str_cut(&rest, '\n');
    ptrdiff_t close = str_find(line, STR("\xE2\x80\x9D"));
    if (close > 0)
        x->cursor = x->start + close + 3;
    t = lexer_token(x, TK_STRING);
    Diag *e = diag_error(x->diags, t.pos, "texts stand in plain quotes");
    diag_hint(x->diags, e, "write \"…\"");
    return t;
}

/* A run of wide blanks is passed over, and reported once; false: it is something else. */
bool lexer_far_blanks(Lexer *x)
{
    Str rest = {x->original + (x->start - x->copy), (size_t)(x->cursor - x->start)};
    size_t blanks = 0;
    for (Str at = rest; at.len > 0; blanks = rest.len - at.len) {
        uint32_t c = str_utf8_next(&at);
        if (c != 0x3000 && c != 0x00A0)
            break;
    }
    if (blanks == 0)
        return false;
    x->cursor = x->start + blanks;
    Token t = lexer_token(x, TK_ID);
    Diag *e = diag_error(x->diags, t.pos, "a blank that is not of the language");
    diag_hint(x->diags, e, "write a plain blank");
    return true;
}

/* A run of characters beyond ASCII.  What was meant is put in its place, so that one slip is one
 * error. */
Token lexer_far(Lexer *x)
{
    Token t = lexer_token(x, TK_ID);
    Str rest = t.text;
    uint32_t first = str_utf8_next(&rest);
    if (first == 0x201C || first == 0x201D)
        return lexer_wide_string(x, t);
    for (size_t i = 0; i < G_N_ELEMENTS(wide_signs); i++) {
        if (wide_signs[i].wide != first)
            continue;
        x->cursor = x->start + (rest.at - t.text.at);
        t = lexer_token(x, wide_signs[i].kind);
        Diag *e =
            diag_error(x->diags, t.pos, "'%.*s' is not a sign of the language", STR_ARG(t.text));
        diag_hint(x->diags, e, "write the plain '%s'", wide_signs[i].narrow);
        return t;
    }
    Diag *e = diag_error(x->diags, t.pos, "'%.*s' stands outside a text", STR_ARG(t.text));
    diag_hint(x->diags, e, "put it in quotes: \"%.*s\"", STR_ARG(t.text));
    return t;
}

void lexer_stray(Lexer *x)
{
    Token t = lexer_token(x, TK_ID);
    unsigned char c = (unsigned char)t.text.at[0];
    if (c > ' ' && c < 0x7f)
        diag_error(x->diags, t.pos, "'%c' has no meaning here", c);
    else
        diag_error(x->diags, t.pos, "byte 0x%02x has no meaning here", c);
}
