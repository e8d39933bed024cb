/* html.h — HTML written from C, for form widgets only (pages are templates).
 * html_lit takes a literal: a variable does not compile.  html_out escapes. */
#ifndef ANLAO_PAGE_HTML_H
#define ANLAO_PAGE_HTML_H

#include "base/arena.h"
#include "base/date.h"

typedef struct Html Html;

Html *html_new(Arena *a);
Str html_text(const Html *h);

#define html_lit(h, s) html_put_((h), "" s "", sizeof(s) - 1)
#define html_out(h, x)                                                                             \
    _Generic((x),                                                                                  \
        Str: html_str,                                                                             \
        const char *: html_word,                                                                   \
        char *: html_word,                                                                         \
        int64_t: html_int)((h), (x))

void html_put_(Html *h, const char *literal, size_t len); /* html_lit only */
void html_str(Html *h, Str text);
void html_word(Html *h, const char *text);
void html_int(Html *h, int64_t value);
void html_date(Html *h, Date day); /* 2020-06-18 */
void html_add(Html *h, const Html *part);
/* Prose of a clause only: HTML that the reader of documents made with raw HTML off (model.h). */
void html_prose(Html *h, Str safe);

/* The one escape of the site: & < > " ' become entities.  `to` grows. */
void html_escape(GString *to, Str text);

#endif
