/* plain.c — the twelve rules of policy.md for one month, written out by hand: nothing of Anlao in
 * it.  Prints per rule: name yes no unknown sum checksum.
 * Usage: plain people.csv YYYY-MM
 * Unknown is -1 throughout; dates are year × 10000 + month × 100 + day. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NO, UNKNOWN, YES, OUTSIDE };

typedef struct Person {
    int born, died, ability, pension, economy, living, care, disability, residence, setting;
    long income;
    int special;
} Person;

typedef struct Sum {
    const char *name;
    uint64_t yes, no, unknown, checksum;
    int64_t sum;
} Sum;

static Sum sums[12] = {
    {.name = "old_age_allowance"},
    {.name = "pension_supplement"},
    {.name = "nursing_allowance"},
    {.name = "dibao_top_up"},
    {.name = "tekun_living"},
    {.name = "tekun_care"},
    {.name = "visits"},
    {.name = "disability_care"},
    {.name = "disability_living"},
    {.name = "meals"},
    {.name = "special_family"},
    {.name = "operating_subsidy"},
};

static int first_day, last_day, days; /* of the month */

static int and2(int a, int b)
{
    return a < b ? a : b; /* no < unknown < yes */
}

static int or2(int a, int b)
{
    return a > b ? a : b;
}

static int if_known(int value, int truth)
{
    return value < 0 ? UNKNOWN : truth ? YES : NO;
}

/* Born on 29 February: a year is complete on the month's last day. */
static int birthday(int born, int year)
{
    int day = born % 100, month = born / 100 % 100;
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return year * 10000 + month * 100 + (month == 2 && day == 29 && !leap ? 28 : day);
}

static int age(const Person *p, int on)
{
    int years = on / 10000 - p->born / 10000;

    if (p->born < 0)
        return -1;
    return birthday(p->born, on / 10000) > on ? years - 1 : years;
}

static int at_least(const Person *p, int years, int on)
{
    return if_known(p->born, age(p, on) >= years);
}

static int has(int set, int bits)
{
    return if_known(set, (set & bits) != 0);
}

static int one_of(int code, int bits)
{
    return if_known(code, code >= 0 && (bits >> code & 1) != 0);
}

/* Condition and amount of rule r on a day; amount -1: unknown. */
static int rule(const Person *p, int r, int on, long *pay)
{
    static const long nursing[] = {0, 6000, 8000, 15000, 20000}, share[] = {0, 20, 80};
    int needy = has(p->economy, 1 | 2 | 8), old = 0, a;
    long standard;

    *pay = 0;
    switch (r) {
    case 0:
        a = age(p, on);
        *pay = a < 0 ? -1 : a < 80 ? 0 : a < 90 ? 5000 : a < 95 ? 10000 : a < 100 ? 20000 : 50000;
        return at_least(p, 80, on);
    case 1:
        *pay = 1500;
        return and2(if_known(p->pension, p->pension == 0), at_least(p, 65, on));
    case 2:
        *pay = p->ability < 0 ? -1 : nursing[p->ability];
        return and2(needy, one_of(p->ability, 30));
    case 3:
        standard = p->residence < 0 ? -1 : p->residence == 0 ? 101400 : 71500;
        *pay = standard < 0 || p->income < 0 ? -1 : standard > p->income ? standard - p->income : 0;
        return and2(has(p->economy, 1 | 4), p->income < 0        ? UNKNOWN
                                            : p->income < 120000 ? YES
                                                                 : NO);
    case 4:
        *pay = p->residence < 0 ? -1 : p->residence == 0 ? 101400 : 71500;
        return has(p->economy, 2);
    case 5:
        *pay = p->care < 0 ? -1 : 168000 * share[p->care] / 100;
        return and2(has(p->economy, 2), at_least(p, 60, on));
    case 6:
        *pay = 1;
        return and2(at_least(p, 70, on), or2(or2(has(p->living, 7), one_of(p->ability, 24)),
                                             if_known(p->special, p->special)));
    case 7:
        *pay = p->disability < 0 ? -1 : p->disability == 4 ? 10000 : 8000;
        return if_known(p->disability, p->disability >= 3);
    case 8:
        *pay = 6000;
        return and2(if_known(p->disability, p->disability >= 2), needy);
    case 9:
        *pay = 4500;
        old = and2(at_least(p, 60, on), if_known(p->born, age(p, on) <= 120));
        return and2(and2(old, if_known(p->setting, p->setting == 0)),
                    or2(needy, has(p->living, 1)));
    case 10:
        *pay = p->ability < 0 ? -1 : p->ability >= 3 ? 30000 : 12000;
        return and2(if_known(p->special, p->special), at_least(p, 60, on));
    default:
        *pay = p->ability < 0 ? -1 : p->ability >= 3 ? 20000 : 10000;
        return and2(if_known(p->setting, p->setting == 2), one_of(p->ability, 30));
    }
}

/* Is the person there that day?  Unknown when born is unknown and not dead before. */
static int there(const Person *p, int on)
{
    if (p->died > 0 && p->died < on)
        return NO;
    return if_known(p->born, p->born <= on);
}

static int outcome_on(const Person *p, int r, int on, long *pay, int *when)
{
    int t = there(p, on);

    *when = NO;
    if (t == NO)
        return OUTSIDE;
    *when = rule(p, r, on, pay);
    if (t == UNKNOWN)
        return *when = UNKNOWN;
    if (*when == YES && *pay < 0)
        return UNKNOWN;
    return *when == YES && *pay == 0 ? NO : *when;
}

static int any_day(const Person *p, int r, long *pay)
{
    int outcome = OUTSIDE, when = NO;

    for (int on = last_day; on >= first_day; on--) {
        int o = outcome_on(p, r, on, pay, &when);

        if (o != OUTSIDE && when != NO)
            return o;
        if (o != OUTSIDE)
            outcome = NO;
        /* Nothing but death, birth and age moves: a month without them needs one look. */
        if (o != OUTSIDE && r != 9)
            break;
    }
    return outcome;
}

static int each_day(const Person *p, int r, long *pay)
{
    int outcome = OUTSIDE, when = NO;
    long total = 0, one = 0;

    for (int on = first_day; on <= last_day; on++) {
        int o = outcome_on(p, r, on, &one, &when);

        if (o == YES)
            total += one;
        if (o == UNKNOWN || outcome == OUTSIDE || (o == YES && outcome == NO))
            outcome = outcome == UNKNOWN ? UNKNOWN : o == OUTSIDE ? outcome : o;
    }
    *pay = (2 * total + days) / (2 * days);
    return outcome == YES && *pay == 0 ? NO : outcome;
}

static void person(const Person *p, uint64_t row)
{
    static const char modes[] = "afalleaaaafe"; /* any, first, last, each */

    for (int r = 0; r < 12; r++) {
        long pay = 0;
        int when = NO, o;

        if (modes[r] == 'a')
            o = any_day(p, r, &pay);
        else if (modes[r] == 'e')
            o = each_day(p, r, &pay);
        else
            o = outcome_on(p, r, modes[r] == 'f' ? first_day : last_day, &pay, &when);
        sums[r].yes += o == YES;
        sums[r].no += o == NO;
        sums[r].unknown += o == UNKNOWN;
        if (o == YES) {
            sums[r].sum += r == 6 ? 0 : pay;
            sums[r].checksum += (row + 1) * (uint64_t)pay;
        }
    }
}

/* ---- CSV --------------------------------------------------------------------------------------
 */

static char *cell(char **rest)
{
    char *at = *rest, *end = at + strcspn(at, ",\r\n");

    *rest = *end == ',' ? end + 1 : end;
    *end = '\0';
    return at;
}

static int date(char **rest)
{
    const char *at = cell(rest);

    if (*at == '\0')
        return -1;
    return (int)(strtol(at, NULL, 10) * 10000 + strtol(at + 5, NULL, 10) * 100 +
                 strtol(at + 8, NULL, 10));
}

static int code_of(const char *text, size_t n, const char *const *codes)
{
    for (int i = 0; codes[i] != NULL; i++) {
        if (strlen(codes[i]) == n && strncmp(text, codes[i], n) == 0)
            return i;
    }
    return -1;
}

static int code(char **rest, const char *const *codes)
{
    const char *at = cell(rest);

    return *at == '\0' ? -1 : code_of(at, strlen(at), codes);
}

static int set(char **rest, const char *const *codes)
{
    const char *at = cell(rest);
    int bits = 0;

    if (*at == '\0' || *at == '-')
        return *at == '\0' ? -1 : 0;
    while (*at != '\0') {
        size_t n = strcspn(at, "|");

        bits |= 1 << code_of(at, n, codes);
        at += n + (at[n] == '|');
    }
    return bits;
}

static long money(char **rest)
{
    char *at = cell(rest), *point;

    if (*at == '\0')
        return -1;
    point = strchr(at, '.');
    return strtol(at, NULL, 10) * 100 + strtol(point + 1, NULL, 10);
}

static void read_person(char *line, Person *p)
{
    static const char *const abilities[] = {"intact", "mild", "moderate", "severe", "total", NULL};
    static const char *const pensions[] = {"resident", "employee", "none", NULL};
    static const char *const economies[] = {"dibao", "tekun", "low_income", "poor", NULL};
    static const char *const livings[] = {"alone", "empty_nest", "left_behind", NULL};
    static const char *const cares[] = {"full", "partial", "unable", NULL};
    static const char *const disabilities[] = {"sound", "four", "three", "two", "one", NULL};
    static const char *const residences[] = {"urban", "rural", NULL};
    static const char *const settings[] = {"home", "public_home", "private_home", NULL};
    static const char *const bools[] = {"no", "yes", NULL};
    char *rest = line;

    cell(&rest);
    p->born = date(&rest);
    p->died = date(&rest);
    p->ability = code(&rest, abilities);
    p->pension = code(&rest, pensions);
    p->economy = set(&rest, economies);
    p->living = set(&rest, livings);
    p->care = code(&rest, cares);
    p->disability = code(&rest, disabilities);
    p->residence = code(&rest, residences);
    p->setting = code(&rest, settings);
    p->income = money(&rest);
    p->special = code(&rest, bools);
}

static void set_month(const char *month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = (int)strtol(month, NULL, 10), m = (int)strtol(month + 5, NULL, 10);

    days = lengths[m - 1] + (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
    first_day = y * 10000 + m * 100 + 1;
    last_day = y * 10000 + m * 100 + days;
}

int main(int argc, char **argv)
{
    FILE *in = argc == 3 ? fopen(argv[1], "r") : NULL;
    char *line = NULL;
    size_t size = 0;
    Person p;

    if (in == NULL)
        return 2;
    set_month(argv[2]);
    if (getline(&line, &size, in) < 0)
        return 1;
    for (uint64_t row = 0; getline(&line, &size, in) > 0; row++) {
        read_person(line, &p);
        person(&p, row);
    }
    for (int r = 0; r < 12; r++)
        printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRIu64 "\n", sums[r].name,
               sums[r].yes, sums[r].no, sums[r].unknown, sums[r].sum, sums[r].checksum & INT64_MAX);
    free(line);
    return fclose(in);
}
