/* text.h — every sentence of the site, once, in Chinese and English: web/texts.tsv.
 * In: rows of key, zh, en; {name} in a text stands for a value.  Out: texts by key.
 * Not here: labels of entities, fields and codes; those are the Model's. */
#ifndef ANLAO_PAGE_TEXT_H
#define ANLAO_PAGE_TEXT_H

#include "base/diag.h"
#include "base/limits.h"
#include "page/view.h"

typedef enum Lang { LANG_ZH, LANG_EN, LANG_N } Lang;

typedef struct TextPiece {
    bool is_name; /* the value of a name; else literal text */
    Str text;
} TextPiece;

typedef struct Text {
    Str key;
    Str plain[LANG_N]; /* as written */
    TextPiece *pieces[LANG_N];
    size_t n_pieces[LANG_N];
    bool used; /* by a template or a table of C; a test asks */
} Text;

typedef struct Texts Texts;

Texts *texts_parse(const Source *table, Diags *ds); /* what is wrong goes to ds */
void texts_free(Texts *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Texts, texts_free)
Text *texts_find(const Texts *t, Str key); /* NULL: no such text */
size_t texts_count(const Texts *t);
Text *texts_at(const Texts *t, size_t index);

/* For C: an unknown key ends the program; a test finds every key written in a source file. */
Str text_of(const Texts *t, Lang lang, const char *key);
/* With values: names are looked up in `values`. */
Str text_with(const Texts *t, Lang lang, const char *key, const View *values);

#endif
