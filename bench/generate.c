/* generate.c — made-up people as CSV, from a seed: about 2 % of the cells are empty.
 * Usage: generate ROWS SEED > people.csv */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static unsigned below(unsigned n)
{
    return (unsigned)(next() % n);
}

static int days_in(unsigned year, unsigned month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29
                                                                               : days[month - 1];
}

static void comma(void)
{
    putchar(',');
}

static int empty(void)
{
    return below(50) == 0;
}

static void date(unsigned from, unsigned years)
{
    unsigned year = from + below(years), month = 1 + below(12);
    unsigned day = 1 + below((unsigned)days_in(year, month));

    printf("%04u-%02u-%02u", year, month, day);
}

static void code(const char *const *codes, unsigned n)
{
    if (!empty())
        fputs(codes[below(n)], stdout);
}

static void set(const char *const *codes, unsigned n, unsigned per_cent)
{
    const char *between = "";

    if (empty())
        return;
    for (unsigned i = 0; i < n; i++) {
        if (below(100) >= per_cent)
            continue;
        printf("%s%s", between, codes[i]);
        between = "|";
    }
    if (*between == '\0')
        putchar('-');
}

static void person(unsigned number)
{
    static const char *const abilities[] = {"intact", "intact", "intact",   "intact", "intact",
                                            "intact", "mild",   "moderate", "severe", "total"};
    static const char *const pensions[] = {"resident", "resident", "resident", "employee", "none"};
    static const char *const economies[] = {"dibao", "tekun", "low_income", "poor"};
    static const char *const livings[] = {"alone", "empty_nest", "left_behind"};
    static const char *const cares[] = {"full", "partial", "unable"};
    static const char *const disabilities[] = {"sound", "sound", "sound", "sound", "sound",
                                               "sound", "four",  "three", "two",   "one"};
    static const char *const residences[] = {"urban", "rural"};
    static const char *const settings[] = {"home", "home", "home", "home",        "home",
                                           "home", "home", "home", "public_home", "private_home"};

    printf("%u,", number);
    if (!empty())
        date(1918, 45);
    comma();
    if (below(25) == 0)
        date(2019, 3);
    comma();
    code(abilities, 10), comma();
    code(pensions, 5), comma();
    set(economies, 4, 6), comma();
    set(livings, 3, 20), comma();
    code(cares, 3), comma();
    code(disabilities, 10), comma();
    code(residences, 2), comma();
    code(settings, 10), comma();
    if (!empty())
        printf("%u.%02u", below(6000), below(100));
    comma();
    if (!empty())
        fputs(below(40) == 0 ? "yes" : "no", stdout);
    putchar('\n');
}

int main(int argc, char **argv)
{
    unsigned rows = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000000;

    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    puts("number,born,died,ability,pension_kind,economy,living,self_care,disability,"
         "residence_kind,setting,income,special");
    for (unsigned i = 1; i <= rows; i++)
        person(i);
    return fflush(stdout) != 0;
}
