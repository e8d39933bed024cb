/* publish.h — what stands in public on a day: records that a `publish` names, the fields it names
 * of them, masked as it says.
 * In: the documents and the working set.  Out: finished texts.  This is the one way by which facts
 * leave without a session: nothing but what a `publish` declares, and never a secret in clear (the
 * compiler refuses one that is not masked; masking is done here).  What is over is not shown: the
 * day alone withdraws it.  Start: publication_read(). */
#ifndef ANLAO_CARE_PUBLISH_H
#define ANLAO_CARE_PUBLISH_H

#include "care/page_api.h"

/* NULL: none of that name. */
const Publish *publish_named(const Model *m, Str name);
/* The text of that name that is in force today in this place; NAME@DOCUMENT is that document's. */
const Publish *publish_found(const Care *c, Str name);
Str publish_address(const Care *c, const Publish *p, Arena *a); /* by what it is found */
/* Whether it puts up anything new today in this place: it was not amended, nor has it ended. */
bool publish_in_force(const Care *c, const Publish *p);

typedef struct PublicLine {
    RecordKey key;
    bool has_from, has_until;
    Date from, until; /* first and last day */
    Str *cells;       /* one per field of the publish; empty: not recorded */
} PublicLine;

typedef struct PublicBook {
    const Publish *what;
    Date on;
    PublicLine *lines; /* newest first */
    size_t n_lines;
    uint64_t total; /* before paging */
    uint64_t
        doubtful; /* records of which it is not known whether they are to be shown: they are not */
} PublicBook;

/* `on` 0: today; 0 rows: all of them. */
bool publication_read(Care *c, const Publish *p, Date on, bool english, size_t page, size_t rows,
                      Arena *a, PublicBook *ret, GError **error);
/* How many stand there today. */
bool publication_count(Care *c, const Publish *p, uint64_t *ret, GError **error);

#endif
