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
    const Session *session; /* who it is for; NULL: everybody, references are numbers */
    const Entity *entity;   /* the record at hand: set by shown_text() */
    int64_t row;
    Record *record;
    bool outside; /* the session's scope does not hold it */
} Shown;

/* `row` of the entity the path begins at, which the session may see; empty where it is not
 * recorded. Of a record that a reference leads to and that lies outside the session's scope no
 * field is given, only its number where the field itself is the reference. */
bool shown_text(Shown *r, const Expr *path, size_t row, Str *ret, GError **error);

#endif
