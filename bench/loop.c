/* loop.c — see loop.h. */
#include "loop.h"

#include <time.h>

#define LAST(a, b)  ((a) > (b) ? (a) : (b))
#define FIRST(a, b) ((a) < (b) ? (a) : (b))

enum { AGE_60, AGE_65, AGE_70, AGE_80, AGE_90, AGE_95, AGE_100, AGE_121, AGES };

/* Who was born later is not that old yet, on each day of the month. */
typedef struct Cuts {
    int32_t born[31][AGES];
} Cuts;

static int32_t day_of(int year, int month, int day)
{
    struct tm t = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = 12};

    return (int32_t)((timegm(&t) - 12 * 3600) / 86400);
}

static void make_cuts(Cuts *c, int32_t first, int days)
{
    static const int ages[AGES] = {60, 65, 70, 80, 90, 95, 100, 121};

    for (int d = 0; d < days; d++) {
        time_t at = (time_t)(first + d) * 86400;
        struct tm t;

        gmtime_r(&at, &t);
        for (int k = 0; k < AGES; k++) {
            int year = t.tm_year + 1900 - ages[k], month = t.tm_mon + 1, day = t.tm_mday;
            int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

            /* On 28 February those born on the 29th are a year older, too, unless it comes yet. */
            if (month == 2 && day == 29 && !leap)
                day = 28;
            else if (month == 2 && day == 28 && leap && (t.tm_year + 1900) % 4 != 0)
                day = 29;
            c->born[d][k] = day_of(year, month, day);
        }
    }
}

static inline int both(int a, int b)
{
    return FIRST(a, b); /* no < unknown < yes */
}

static inline int either(int a, int b)
{
    return LAST(a, b);
}

static inline int truth(int known, int holds)
{
    return known ? (holds ? LOOP_YES : LOOP_NO) : LOOP_NOT_KNOWN;
}

/* fen below 0: unknown; an amount of nothing is no. */
static inline void put(LoopPaid *to, int rule, size_t i, int when, int32_t fen)
{
    if (when == LOOP_YES)
        when = fen < 0 ? LOOP_NOT_KNOWN : fen == 0 ? LOOP_NO : LOOP_YES;
    to->outcome[rule][i] = (uint8_t)when;
    to->fen[rule][i] = when == LOOP_YES ? fen : 0;
}

static void all_of(LoopPaid *to, size_t i, uint8_t outcome)
{
    for (int r = 0; r < LOOP_RULES; r++) {
        to->outcome[r][i] = outcome;
        to->fen[r][i] = 0;
    }
}

/* Of whom it is not known whether they were born: only those surely dead are outside. */
static void born_unknown(LoopPaid *to, size_t i, int gone_on_last)
{
    all_of(to, i, LOOP_NOT_KNOWN);
    if (gone_on_last)
        to->outcome[3][i] = to->outcome[4][i] = LOOP_OUTSIDE;
}

/* SIZE: one loop, as fused as it can be: that is what is measured against. */
void loop_month(const LoopPeople *p, int32_t first, int days, LoopPaid *to)
{
    static const int32_t nursing[] = {0, 6000, 8000, 15000, 20000};
    static const int32_t care[] = {0, 33600, 134400}, standard[] = {101400, 71500};
    int32_t last = first + days - 1;
    Cuts cuts;

    make_cuts(&cuts, first, days);
    for (size_t i = 0; i < p->n; i++) {
        int32_t born = p->born[i], died = p->died[i], income = p->income[i];
        int ability = p->ability[i], economy = p->economy[i], living = p->living[i];
        int disability = p->disability[i], residence = p->residence[i], setting = p->setting[i];

        if (died < first || born > last) {
            all_of(to, i, LOOP_OUTSIDE);
            continue;
        }
        if (born == LOOP_NO_DAY) {
            born_unknown(to, i, died < last);
            continue;
        }
        int32_t end = FIRST(died, last), begin = LAST(born, first); /* there from … to */
        const int32_t *at_end = cuts.born[end - first], *at_first = cuts.born[0];
        int needy = truth(economy >= 0, economy & 11);
        int special = truth(p->special[i] >= 0, p->special[i]);
        int32_t level = residence < 0 ? -1 : standard[residence];
        int32_t pay;

        pay = born > at_end[AGE_90]    ? 5000
              : born > at_end[AGE_95]  ? 10000
              : born > at_end[AGE_100] ? 20000
                                       : 50000;
        put(to, 0, i, born <= at_end[AGE_80] ? LOOP_YES : LOOP_NO, pay);
        put(to, 1, i,
            born > first ? LOOP_OUTSIDE
                         : both(truth(p->pension[i] >= 0, p->pension[i] == 0),
                                born <= at_first[AGE_65] ? LOOP_YES : LOOP_NO),
            1500);
        put(to, 2, i, both(needy, truth(ability >= 0, ability > 0)),
            ability < 0 ? -1 : nursing[ability]);
        pay = level < 0 || income < 0 ? -1 : level > income ? level - income : 0;
        put(to, 3, i,
            died < last
                ? LOOP_OUTSIDE
                : both(truth(economy >= 0, economy & 5), truth(income >= 0, income < 120000)),
            pay);
        put(to, 4, i, died < last ? LOOP_OUTSIDE : truth(economy >= 0, economy & 2), level);
        /* The days on which somebody is 60: all, or from the birthday on. */
        int64_t n = end - begin + 1;
        if (born > at_first[AGE_60]) {
            for (n = 0; n < end - begin + 1 && born <= cuts.born[end - first - n][AGE_60]; n++)
                ;
        }
        pay = p->care[i] < 0 ? -1 : (int32_t)((2 * care[p->care[i]] * n + days) / (2 * days));
        put(to, 5, i, n > 0 ? truth(economy >= 0, economy & 2) : LOOP_NO, pay);
        put(to, 6, i,
            both(born <= at_end[AGE_70] ? LOOP_YES : LOOP_NO,
                 either(either(truth(living >= 0, living), truth(ability >= 0, ability > 2)),
                        special)),
            1);
        put(to, 7, i, truth(disability >= 0, disability > 2), disability == 4 ? 10000 : 8000);
        put(to, 8, i, both(truth(disability >= 0, disability > 1), needy), 6000);
        put(to, 9, i,
            born <= at_end[AGE_60] && born > at_first[AGE_121]
                ? both(truth(setting >= 0, setting == 0),
                       either(needy, truth(living >= 0, living & 1)))
                : LOOP_NO,
            4500);
        pay = ability < 0 ? -1 : ability > 2 ? 30000 : 12000;
        put(to, 10, i,
            born > first ? LOOP_OUTSIDE
                         : both(special, born <= at_first[AGE_60] ? LOOP_YES : LOOP_NO),
            pay);
        n = end - begin + 1;
        pay = ability < 0 ? -1
                          : (int32_t)((2 * (ability > 2 ? 20000 : 10000) * n + days) / (2 * days));
        put(to, 11, i, both(truth(setting >= 0, setting == 2), truth(ability >= 0, ability > 0)),
            pay);
    }
}
