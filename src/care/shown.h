/* shown.h — a field along a path of references, as text: for what is published and printed.
 * Each record is read once for all its fields.  Secrets come masked (record.h). */
#ifndef ANLAO_CARE_SHOWN_H
#define ANLAO_CARE_SHOWN_H

#include "care/care.h"

typedef struct Shown {
    Care *care;
    Working *working;
    Arena *arena;
    Date on;
    bool english;
    const Session *session; /* for titles of records that are referred to; NULL: their number */
    const Entity *entity;   /* the record at hand: set by shown_text() */
    int64_t row;
    Record *record;
} Shown;

/* `row` of the entity the path begins at; empty where it is not recorded. */
bool shown_text(Shown *r, const Expr *path, size_t row, Str *ret, GError **error);

#endif
