/* publish_inside.h — when one record is up; for publish.c, notice.c, working.c and draw_fill.c. */
#ifndef ANLAO_CARE_PUBLISH_INSIDE_H
#define ANLAO_CARE_PUBLISH_INSIDE_H

#include "care/care.h"
#include "care/publish.h"

/* A name, number or telephone so that its owner knows it and nobody else: 张*, 王*秀, 138****21. */
Str text_masked(const Field *f, Str plain, Arena *a);

/* ---- for notice.c: when one record is up */

typedef struct PublishSpan {
    Truth shown; /* yes, no, unknown: on the day, its end left aside */
    bool has_from, has_until, forever;
    Date from, until;
} PublishSpan;

typedef struct Publishing Publishing;
Publishing *publishing_new(Care *c, Working *w, const Publish *p, Date on, GError **error);
void publishing_free(Publishing *x);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Publishing, publishing_free)
bool publishing_span(Publishing *x, size_t row, Arena *a, PublishSpan *ret, GError **error);

/* Kept with a working set (care.h `published`). */
void published_free(void *published);

#endif
