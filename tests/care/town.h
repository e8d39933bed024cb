/* town.h — a world to pay in: two counties of a city, elders, homes and stays, three benefits; what
 * happens there, and runs from end to end.  For pay.c and pay_random.c. */
#ifndef TESTS_CARE_TOWN_H
#define TESTS_CARE_TOWN_H

#include "house.h"

#include "care/pay.h"
#include "store/ledger.h"

#define SINCE ((Month)600) /* 2020-01 */

typedef struct Town {
    House *house;
    GRand *chance;
    Session clerk, review, leader, finance;
    GArray *elders, *facilities, *stays, *grants; /* RecordKey */
    GArray *gone;                                 /* RecordKey: went into another */
    GHashTable *twins;                            /* ids that were ever merged, int64_t */
    Month month;
    unsigned n;
    int floor, limit;
    const char *extra; /* behind the rules; NULL: nothing */
    const char *days;  /* how long a notice stands: = a value; empty: nobody set it */
} Town;

Session session_of(const House *h, const char *name, const char *role, const char *region);
Town town_new(guint32 seed);
/* One elder of 85 and nobody else; 80 yuan a month. */
Town one_elder(RecordKey *ret);
void town_free(Town *t);
int below(Town *t, int n);
/* Puts the rules in force as they stand in the town. */
void town_rules(Town *t);

/* ---- what happens */
const char *id_of(Town *t, RecordKey key);
RecordKey any_of(Town *t, const GArray *of);
void new_elder(Town *t);
void new_facility(Town *t);
/* Some are refused (moved out before moved in): then nothing happened. */
void set_text(Town *t, const char *entity, RecordKey key, const char *field, const char *text,
              Date since);
void something_happens(Town *t);
void rules_change(Town *t);
RecordKey doubt(Town *t, RecordKey elder, const char *kind);
void doubt_settle(Town *t, RecordKey d, const char *day);
/* Every notice that stands there stands there since long ago. */
void notices_age(Town *t);
/* Two of one county become one record; one becomes two again, unless it moved since. */
void merge_some(Town *t);
void unmerge_some(Town *t);
/* She goes on in the other county, from a day on. */
void move_over(Town *t, guint at, Date since);
void hold_somebody(Town *t);
void release_all(Town *t, int one_in); /* what was held by hand, and doubts */

/* ---- money */
void arrange(Town *t, const char *county, const char *fund);
PayRun run_now(Town *t, int64_t run);
/* One in each county where there is anybody. */
size_t prepare_all(Town *t, Month month, PayRun **ret);
PayRun prepare(Town *t, Month month); /* where there is one alone */
void move_on(Town *t, const Session *s, int64_t run, PayState to);
void step_reason_refused(Town *t, const Session *s, int64_t run, PayState to, const char *reason);
void move_refused(Town *t, const Session *s, int64_t run, PayState to, int code, const char *words);
void to_the_bank(Town *t, int64_t run);
/* One in so many payments comes back; the reply is booked, twice. */
void reply(Town *t, int64_t run, int one_in);

/* ---- what must hold */
void assert_replays(Town *t, int64_t run);
void assert_sound(Town *t);
/* What was paid to a record for a month by a benefit: neither held, refused nor returned. */
int64_t paid_for(const PayLine *lines, size_t n, unsigned rule, Month month);
typedef struct Balance {
    int64_t less, more; /* paid too little, too much */
} Balance;
Balance balance_all(Town *t, Month last);

/* A page says it in either language. */
static inline void assert_refused(const GError *error, FailCode code)
{
    g_assert_error(error, FAIL_DOMAIN, (int)code);
    g_assert_nonnull(fail_in_chinese(error));
}

#endif
