/* view.h — what a template is filled with: a tree of texts, truths, lists and objects, all in the
 * request's arena.  Names are literals that live as long as the program.
 * A name that ends in _html takes finished HTML only (html.h), one that ends in _url takes an
 * address of this site only; everything else is escaped when it is printed.
 * Not here: templates (template.h), the names each page may use (views.def). */
#ifndef ANLAO_PAGE_VIEW_H
#define ANLAO_PAGE_VIEW_H

#include "base/arena.h"

typedef struct View View;         /* an object: names and their values */
typedef struct ViewList ViewList; /* objects in order */
struct Html;

typedef enum ViewKind {
    VIEW_TEXT,
    VIEW_HTML,
    VIEW_URL,
    VIEW_FLAG,
    VIEW_OBJECT,
    VIEW_LIST
} ViewKind;

typedef struct ViewNode {
    const char *name;
    ViewKind kind;
    bool flag;
    Str text; /* TEXT, HTML, URL */
    union {
        View *object;
        ViewList *list;
    } as;
    struct ViewNode *next;
} ViewNode;

struct View {
    Arena *arena;
    ViewNode *first, *last;
    View *next; /* in its list */
};

struct ViewList {
    Arena *arena;
    View *first, *last;
    size_t count;
};

View *view_new(Arena *a);
void view_text(View *v, const char *name, Str text); /* borrowed: lives as long as the arena */
void view_word(View *v, const char *name, const char *text); /* NULL is the empty text */
void view_int(View *v, const char *name, int64_t value);
void view_flag(View *v, const char *name, bool value);
/* An address of this site: begins with one slash, ? or #; anything else ends the program. */
void view_url(View *v, const char *name, Str address);
void view_html(View *v, const char *name, const struct Html *html);
View *view_object(View *v, const char *name);
ViewList *view_list(View *v, const char *name);
View *view_add(ViewList *l);

const ViewNode *view_find(const View *v, Str name);
/* Is `text` an address of this site that may stand in an href? */
bool view_address_local(Str text);

#endif
