/* decide.h — runs of decisions: what the files that write, read and verify them share.
 * A run changes rows of `decision`: it supersedes some (their `gone` is its number) and inserts
 * others. The digest of its changes stands in its entry of each county's journal: canonical bytes
 * in the order of (rule, subject, month, run), so that a row that was changed, taken away or added
 * by hand is found for every month ever decided.  Read first: digest_row(). */
#ifndef ANLAO_STORE_DECIDE_H
#define ANLAO_STORE_DECIDE_H

#include "store/writing.h"

#define ENGINE "anlao 1"

/* One live or superseded row of `decision`. */
typedef struct AnswerRow {
    int64_t subject;
    Month from, until;
    int outcome;
    int64_t amount, missing, run;
} AnswerRow;

/* What a run's entry says, besides who and when. */
typedef struct RunSaid {
    int64_t run, policy, seq; /* seq: of the facts it knew */
    Month first, last;        /* all months decided when it was done */
    uint64_t inserted, superseded;
    uint8_t digest[SM3_SIZE];
} RunSaid;

/* The changes of one run in one county, as they are hashed. */
typedef struct RunDigest {
    Sm3 *hash;
    Bytes bytes;
    int64_t rule; /* the last one named */
    uint64_t inserted, superseded;
    Bytes *copy; /* gets the same bytes, where they are wanted; or NULL */
} RunDigest;

void digest_begin(RunDigest *d);
void digest_inserted(RunDigest *d, int64_t rule, Str name, const AnswerRow *a);
void digest_superseded(RunDigest *d, int64_t rule, Str name, const AnswerRow *a);
void digest_end(RunDigest *d, uint8_t to[SM3_SIZE]); /* and gives back what it held */

void body_run(Bytes *b, const RunSaid *r); /* behind body_begin(CHANGE_DECIDE, …) */
bool body_read_run(Body *b, RunSaid *ret);

#endif
