/* demo.h — made-up people, places and years for a demonstration database.
 * In: a seed, a number of elders, the profile of a place (packs/demo/CODE.tsv).  Out: records,
 * through the one write function.  Same seed, same data.  No real person: numbers carry the
 * unassigned county code 360399. */
#ifndef ANLAO_CARE_DEMO_H
#define ANLAO_CARE_DEMO_H

#include "care/care.h"

typedef struct DemoReport {
    uint64_t elders, records; /* records: of all kinds */
    double seconds;
} DemoReport;

typedef void DemoProgress(const char *what, uint64_t at, uint64_t of);

/* Refused (FAIL_INPUT) unless the database is marked as a demonstration and still empty. */
bool demo_fill(Care *c, const char *profile, const char *stop_names, unsigned elders, uint64_t seed,
               DemoProgress *progress, DemoReport *ret, GError **error);
/* What offices did with the records: draws, papers, files, look-alikes, changes and moves that
 * wait. */
bool demo_acts(Care *c, GError **error);
/* Pay runs of the last months, the newest under way; after people and accounts. */
bool demo_pay(Care *c, GError **error);
/* The papers about these runs. */
bool demo_run_papers(Care *c, GError **error);
/* The business day the profile stands at: `day` line; for init. */
bool demo_day(const char *profile, Date *ret, GError **error);

#endif
