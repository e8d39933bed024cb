/* widget.h — the input of one field, made from the Model: every kind has one, unknown is always a
 * choice of its own and never the same as no.
 * In: a Field and the text it holds, as files write it (codes; sets joined by |, "-" for none).
 * Out: HTML.  The name of an input is f_FIELD, of a date from which it holds since_FIELD. */
#ifndef ANLAO_PAGE_WIDGET_H
#define ANLAO_PAGE_WIDGET_H

#include "page/html.h"
#include "page/words.h"

typedef struct WidgetOption {
    Str value, label;
} WidgetOption;

typedef struct Widget {
    const Field *field;
    const char *name;            /* f_born; also the id */
    Str text;                    /* what the input holds now */
    bool bad;                    /* marked, and described by NAME_fault */
    bool keeps;                  /* a secret that has a value: empty leaves it as it is */
    const WidgetOption *options; /* REF and REGION; NULL: typed */
    size_t n_options;
} Widget;

void widget_write(const Req *q, Html *h, const Widget *w);
/* Several inputs under one legend: radios and boxes. */
bool widget_is_group(const Field *f);
/* What a form sent for it, in the same writing as Widget.text; false: "none" with something else.
 */
bool widget_read(const Req *q, const Field *f, const char *name, Str *ret);
/* A value as that writing. */
Str widget_text(const Req *q, const Field *f, const Value *v);

#endif
