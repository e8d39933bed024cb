/* chinese.c — finds the sentence a text was made from, and says it in Chinese.
 * A diagnosis is made where its mistake is found, with a format the compiler checks; so the table
 * is asked with the finished text: each English format is a pattern, its conversions are holes.
 * Of several that fit, the one with the most words of its own is it.  Start: in_chinese(). */
#include "base/chinese.h"

#include <string.h>

#define HOLES      8     /* conversions of one sentence */
#define STEPS_MOST 20000 /* of fitting one: a text with many quotes could take for ever */
#define DEEP       3     /* phrases in phrases */

static const struct {
    const char *english, *chinese;
} sentences[] = {
#define SAID(english, chinese)   {english, chinese},
#define PIECES(english, chinese) {english, chinese},
#include "base/diagnoses.def"
#undef PIECES
#undef SAID
};

typedef struct Hole {
    Str text;
    bool phrase; /* %s: may be words of ours; %.*s is a word of the document */
} Hole;

typedef struct Fit {
    Hole holes[HOLES];
    size_t n, literal; /* holes; bytes that are the sentence's own */
    unsigned steps;
} Fit;

/* The conversion at `%`: its letter, and where the pattern goes on. */
static char conversion(const char **at, bool *ret_phrase)
{
    const char *p = *at + 1;
    *ret_phrase = *p == 's';
    while (strchr(".*0123456789lz", *p) != NULL && *p != '\0')
        p++;
    *at = *p != '\0' ? p + 1 : p;
    return *p;
}

static bool hole_may_hold(char letter, const char *at, size_t len)
{
    const char *of = letter == 'x'   ? "0123456789abcdef"
                     : letter == 'X' ? "0123456789ABCDEF"
                                     : "-0123456789";
    if (letter == 's')
        return true;
    if (letter == 'c')
        return len <= 1;
    for (size_t i = 0; i < len; i++)
        if (strchr(of, at[i]) == NULL)
            return false;
    return true;
}

static bool fits(const char *pattern, const char *text, Fit *f)
{
    for (; *pattern != '\0'; pattern++, text++) {
        bool percent = pattern[0] == '%' && pattern[1] == '%';
        if (f->steps == 0)
            return false;
        f->steps--;
        if (*pattern == '%' && !percent)
            break;
        if (*pattern != *text)
            return false;
        pattern += percent;
        f->literal++;
    }
    if (*pattern == '\0' || f->n == HOLES)
        return *pattern == '\0' && *text == '\0';
    Hole *h = &f->holes[f->n++];
    char letter = conversion(&pattern, &h->phrase);
    size_t n = f->n, literal = f->literal, most = 0;
    while (text[most] != '\0' && hole_may_hold(letter, text, most + 1))
        most++;
    for (size_t i = 0; i <= most && f->steps > 0; i++) {
        size_t len = h->phrase ? most - i : i; /* a phrase may hold words of the sentence */
        h->text = (Str){text, len};
        if (fits(pattern, text + len, f))
            return true;
        f->n = n;
        f->literal = literal;
    }
    return false;
}

/* Of sentences with the same words the one that takes phrases for what they are. */
static size_t rank(const Fit *f)
{
    size_t phrases = 0;
    for (size_t i = 0; i < f->n; i++)
        phrases += f->holes[i].phrase;
    return f->literal * (HOLES + 1) + phrases;
}

static const char *find(const char *english, Fit *ret)
{
    const char *found = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++) {
        const char *pattern = sentences[i].english;
        if (*pattern != '%' && *pattern != *english)
            continue;
        Fit f = {.steps = STEPS_MOST};
        if (!fits(pattern, english, &f) || (found != NULL && rank(&f) <= rank(ret)))
            continue;
        *ret = f;
        found = sentences[i].chinese;
    }
    return found;
}

static void put_chinese(GString *to, Str english, unsigned depth);

static void put_sentence(GString *to, const char *chinese, const Fit *f, unsigned depth)
{
    for (const char *at = chinese; *at != '\0'; at++) {
        bool place = at[0] == '{' && g_ascii_isdigit(at[1]) && at[2] == '}';
        size_t i = place ? (size_t)(at[1] - '1') : 0;
        if (!place || i >= f->n) {
            g_string_append_c(to, *at);
            continue;
        }
        if (f->holes[i].phrase)
            put_chinese(to, f->holes[i].text, depth + 1);
        else
            g_string_append_len(to, f->holes[i].text.at, (gssize)f->holes[i].text.len);
        at += 2;
    }
}

static void put_chinese(GString *to, Str english, unsigned depth)
{
    g_autofree char *whole = g_strndup(english.at, english.len);
    Fit f;
    const char *chinese = depth < DEEP ? find(whole, &f) : NULL;
    if (chinese != NULL)
        put_sentence(to, chinese, &f, depth);
    else
        g_string_append(to, whole);
}

const char *in_chinese(Arena *a, const char *english)
{
    g_autoptr(GString) to = g_string_new(NULL);
    put_chinese(to, str_of(english), 0);
    return arena_dup(a, to->str, to->len);
}

bool has_chinese(const char *english)
{
    Fit f;
    return find(english, &f) != NULL;
}
