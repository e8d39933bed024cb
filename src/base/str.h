/* str.h — text is a pointer and a length; no hidden NUL decides where input ends.
 * A Str borrows its bytes; whoever owns them says how long they live.  Start: STR(), str_equal().
 */
#ifndef ANLAO_BASE_STR_H
#define ANLAO_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Str {
    const char *at; /* UTF-8 unless a comment says otherwise; may be NULL when len is 0 */
    size_t len;     /* bytes */
} Str;

#define STR(lit) ((Str){"" lit "", sizeof(lit) - 1})
/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, ((s).at != NULL ? (s).at : "")

Str str_of(const char *text); /* NULL gives the empty text */
bool str_equal(Str a, Str b);
bool str_is(Str a, const char *b);
int str_compare(Str a, Str b); /* byte order, as collation C */
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
Str str_trim(Str s); /* ASCII blanks, U+00A0 and U+3000 at both ends */
/* Next piece; *rest is what follows it, with `at` NULL once the last piece is taken:
 * for (Str rest = line; rest.at != NULL;) { Str cell = str_cut(&rest, ','); … } */
Str str_cut(Str *rest, char separator);
ptrdiff_t str_find(Str s, Str piece); /* byte offset, or -1 */
/* All of it one whole number in digits, a sign before them allowed, and within the bounds. */
bool str_whole(Str s, int64_t least, int64_t most, int64_t *ret);
/* The digits at the beginning, which are cut off; false: there are none, or too many. */
bool str_cut_whole(Str *rest, int64_t most, int64_t *ret);
uint32_t str_hash(Str s);                    /* FNV-1a; not for adversarial keys */
bool str_utf8_valid(Str s, size_t *ret_bad); /* refuses NUL, surrogates, overlong forms */
size_t str_utf8_length(Str s);               /* code points of valid UTF-8 */
/* Valid, on one line, without control characters and marks that nobody sees: what a list on a
 * screen can show, and shows as it is. */
bool str_utf8_printable(Str s);
/* A character that says nothing to who reads it, or turns round what she reads: zero-width blanks
 * and joiners, direction, byte order, tags, letters without a form.  Behind `before` (0: nothing)
 * some belong: what joins letters of the scripts that are written joined, and what chooses among
 * the forms of one ideograph. */
bool char_hidden(uint32_t before, uint32_t code);
/* C0, C1, and the line ends that are none of ASCII's. */
bool char_control(uint32_t code);
uint32_t str_utf8_control(Str s); /* the first but those that lay a text out, \t \n \r; 0: none */
bool str_utf8_hides(Str s);       /* holds a hidden one */
/* Without the hidden ones, which come along with what is pasted; `to` has room for s.len bytes. */
Str str_utf8_seen(Str s, char *to);
/* Full-width forms, which Chinese keyboards give, as ASCII; `to` has room for s.len bytes. */
Str str_utf8_narrow(Str s, char *to);
uint32_t char_narrow(uint32_t code);
uint32_t str_utf8_next(Str *rest); /* next code point; 0 at the end; U+FFFD for a bad byte */
/* For "did you mean": code points put in, left out, changed or exchanged; most + 1 when above. */
size_t str_edit_distance(Str a, Str b, size_t most);

#endif
