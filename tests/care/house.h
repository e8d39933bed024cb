/* house.h — a small place with a city, two counties and four towns, in a folder of its own, for the
 * tests of care/. */
#ifndef TEST_HOUSE_H
#define TEST_HOUSE_H

#include "base/clock.h"
#include "care/account.h"
#include "care/inside.h"
#include "care/keys.h"
#include "care/policy.h"
#include "care/write.h"

typedef struct House {
    char *folder, *uri, *keys, *packs;
    char *file; /* NULL: on PostgreSQL, as $ANLAO_STORE says */
    Care *care;
    Arena *arena;
    const Session *local; /* the machine's administrator */
    unsigned desks;
} House;

House *house_new(bool demo);                            /* a new database, opened */
House *house_new_with(bool demo, const char *document); /* and one more document; NULL: none */
/* The same by documents of one's own: packs/model.md, packs/place.md, packs/more.md. */
House *house_new_of(const char *model, const char *place, const char *rules);
/* A demonstration of a place with the documents of $PACKS, and one more of its own (a document
 * "…" of layer place; NULL: none); nothing in it.  It stands at that day.  On SQLite. */
House *house_of_packs(const char *code, Date day, const char *text);
extern const char house_place_text[]; /* the places alone, building on document house-model */
/* Puts packs/ in force as it is now, and opens anew. */
void house_put_in_force(House *h);
void house_free(House *h);  /* removes the folder */
void house_close(House *h); /* as a process that ends */
void house_open(House *h);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free)

const Entity *house_entity(const House *h, const char *name);
const Field *house_field(const House *h, const char *entity, const char *field);
/* An account of a role for a region, and its session as after signing in.  `facility` may be 0. */
const Session *house_session(House *h, const char *name, const char *role, const char *region,
                             int64_t facility);
#define HOUSE_PASSWORD "correct horse battery"

/* Saves a record from name, text, name, text, …, NULL; fails the test when it cannot. */
RecordKey house_save(House *h, const Session *s, const char *entity, RecordKey key,
                     ...) G_GNUC_NULL_TERMINATED;
/* The same, for what must be refused: the fault beside `field` (or NULL) and the error's code. */
int house_refused(House *h, const Session *s, const char *entity, RecordKey key,
                  const char **ret_field, ...) G_GNUC_NULL_TERMINATED;
/* A made-up citizen number with a valid check digit; `n` below 1000. */
const char *house_number(House *h, unsigned n);
RecordKey house_elder(House *h, const char *name, const char *town, const char *number);

/* Two elders of the list were one person; or one that was made of two was two after all. */
void house_merge(House *h, GArray *elders, guint gone, RecordKey stays);

/* Names in the order a list shows them, joined by blanks. */
char *house_list(House *h, const Session *s, const char *entity, const ListQuery *query,
                 uint64_t *ret_all);
void house_write(const House *h, const char *name, const char *text, char **ret_path);

#endif
