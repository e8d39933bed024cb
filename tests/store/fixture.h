/* fixture.h — a small Model made by hand, a database in a folder of its own, and short ways to
 * write. Facility (key, unique code), elder (dated, secret, set, reference), visit (event). */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <glib.h>
#include <glib/gstdio.h>

#include "base/clock.h"
#include "data/region.h"
#include "database.h"
#include "store/write.h"

#define COUNTY 360302
#define OTHER  360313

typedef struct Fixture {
    Arena *arena;
    Model *model;
    RegionTree *regions;
    const Entity *facility, *elder, *visit;
    char *folder, *path, *uri; /* path: NULL on PostgreSQL */
    Store *store;
} Fixture;

Fixture *fixture_new(void); /* database made and opened, where $ANLAO_STORE says */
Fixture *fixture_new_on(bool postgres);
void fixture_free(Fixture *f); /* and its folder */
void fixture_reopen(Fixture *f);
/* Another Model: `extra` adds a field to elder (schema), `policy` another policy hash. */
Model *fixture_model(Arena *a, bool extra, uint8_t policy);
RegionTree *fixture_regions(Arena *a, const Model *m);

const Field *field_of(const Entity *e, const char *name);
Date day(const char *text);

/* Changes. */
typedef struct Draft {
    Change change;
    FieldChange fields[40];
    char texts[40][40];
} Draft;

Draft *draft_new(Arena *a, ChangeKind kind, const Entity *e, RecordKey key);
void draft_number(Draft *d, const char *field, int64_t n);
void draft_text(Draft *d, const char *field, const char *text);
void draft_on(Draft *d, const char *field, int64_t n, const char *since);
void draft_text_on(Draft *d, const char *field, const char *text, const char *since);
void draft_span(Draft *d, const char *field, int64_t n, const char *since, const char *until);
void draft_unknown(Draft *d, const char *field, const char *since);
void draft_secret(Draft *d, const char *field, const char *plain);

int64_t write_ok(Store *s, const Draft *d); /* the entry's seq */
/* The change is refused on its own, with the code. */
void write_refused(Store *s, const Draft *d, int code, const char *words);
RecordKey elder_new(Fixture *f, const char *name, const char *number);
RecordKey facility_new(Fixture *f, const char *code, const char *name);

Value value_now(Store *s, const Entity *e, RecordKey key, const char *field, Arena *a);
/* The field's value on a day as known at an entry, through store_load. */
bool value_known_at(Fixture *f, const Entity *e, RecordKey key, const char *field, const char *on,
                    int64_t known_at, int64_t *ret);
void assert_verified(Store *s);
/* SQL by hand, behind the program's back. */
void tamper(const Fixture *f, const char *sql);
int64_t ask(const Fixture *f, const char *sql);

/* Fills `n` drafts with made-up elders. */
void elders_make(Fixture *f, Arena *a, Change *to, size_t n, uint64_t seed);

#endif
