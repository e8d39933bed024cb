/* figures_oracle.c — random indicators' figures against a plain reference: every way of filling the
 * unknown facts is tried, each region and code walked by itself.  Nothing is shared with compile/
 * or evaluate/ but the records. A figure's value is that of the rows that are certain; low and high
 * hold for every filling, and for counts, sums and shares they are reached.  Start: test_figures().
 */
#include "figures_case.h"

#include "compile/figure.h"
#include "evaluate/figures.h"

__extension__ typedef __int128 Wide;

#define HOMES_MOST   5
#define EVENTS_MOST  4
#define FACTS        6 /* of a home */
#define UNKNOWN_MOST 5
#define ANY          (-1)

/* ---- the world, in plain arrays */

enum { PLACE, KIND, OWNER, OK, BEDS, BEGUN }; /* facts of a home; of an event BEGUN is its day */

static const char *const regions[] = {"360000", "360300", "360302", "360313"};
static const int parents[] = {-1, 0, 1, 1};
static const char *const kinds[] = {"day", "night", "both"};
static const int wider_kind[] = {-1, -1, 1}; /* both is night */
static const char *const owners[] = {"public", "private"};
static const char *const begins[] = {"2019-01-01", "2020-03-01", "2021-01-01"};
static const int domain[FACTS] = {4, 3, 2, 2, 4, 3};

typedef struct Rec {
    int fact[FACTS]; /* ANY: not known */
} Rec;

typedef struct Town {
    Rec home[HOMES_MOST], event[EVENTS_MOST];
    size_t homes, events, unknown;
    World *w;
} Town;

static const char blocks[] =
    "# 一 / One\n\n```anlao\n"
    "enum region_level ordered \"级别\" { county \"县\"; city \"市\"; province \"省\" }\n"
    "enum kind \"类\" { day \"日\"; night \"夜\" }\n"
    "extend kind { both \"两\" is night }\n"
    "enum owner \"主\" { public \"公\"; private \"私\" }\n"
    "entity region \"区\" {\n"
    "  key code\n"
    "  code  text(12)     \"码\" required unique\n"
    "  level region_level \"级\"\n"
    "}\n"
    "entity home \"院\" {\n"
    "  place place\n  holds begun to ended\n"
    "  place region \"地\"\n  kind kind \"类\"\n  owner owner \"主\"\n  ok bool \"好\"\n"
    "  beds int \"床\" range 0..3\n  begun date \"始\"\n  ended date \"终\" open\n"
    "}\n"
    "entity event \"事\" {\n"
    "  place place\n  dated by begun\n"
    "  place region \"地\"\n  kind kind \"类\"\n  owner owner \"主\"\n  ok bool \"好\"\n"
    "  beds int \"床\" range 0..3\n  begun date \"日\"\n"
    "}\n"
    "indicator i0 stock by region, kind, owner = count(home)\n"
    "indicator i1 stock by region, kind, owner = count(home where ok and beds >= 2)\n"
    "indicator i2 stock by region, kind, owner = sum(home.beds where ok)\n"
    "indicator i3 stock by region, kind, owner = share(home where ok)\n"
    "indicator i4 stock by region, kind, owner = share(home.beds where ok)\n"
    "indicator i5 stock by region, kind, owner = 3 * sum(home.beds) - 2 * count(home where ok)\n"
    "indicator i6 stock by region, kind, owner =\n"
    "  round(100 * sum(home.beds where ok) / count(home), half_up, 1)\n"
    "indicator i7 flow by region, kind, owner, month = count(event where ok)\n"
    "indicator i8 flow by region, kind, owner, year = sum(event.beds)\n"
    "indicator i9 flow by region, kind, owner = share(event where beds >= 2)\n"
    "indicator i10 stock by region, kind, owner = round(mean(home.beds where ok), half_up, 2)\n"
    "indicator i11 stock by region = count(region where exists(home where ok))\n"
    "indicator i12 stock by region = share(region where level = county and sum(home.beds) >= 3)\n"
    "indicator i13 stock by region, kind, owner = count(distinct home.beds where ok)\n"
    "indicator i14 stock by region, kind, owner = share(home where ok of beds >= 2)\n"
    "target i3 >= 50% of each home where owner = public on 2020-06-30\n"
    "```\n";

/* Cells know `county` by the tables: rows 2 and 3. */
static bool is_county(int region)
{
    return region >= 2;
}

static bool lies_in(int place, int region)
{
    while (place >= 0 && place != region)
        place = parents[place];
    return place >= 0;
}

static bool counts_as(int kind, int wanted)
{
    while (kind >= 0 && kind != wanted)
        kind = wider_kind[kind];
    return wanted == ANY || kind >= 0;
}

/* ---- the reference: one filled town */

typedef struct Exact {
    bool none;
    Wide over, under;
} Exact;

typedef struct Cell {
    int region, kind, owner;
} Cell;

static bool there(const Rec *r, const Cell *c, bool event)
{
    bool day = event ? r->fact[BEGUN] == 1 : r->fact[BEGUN] <= 1; /* in 2020, begun by mid-2020 */

    return day && lies_in(r->fact[PLACE], c->region) && counts_as(r->fact[KIND], c->kind) &&
           (c->owner == ANY || r->fact[OWNER] == c->owner);
}

typedef struct Sums {
    int64_t rows, ok, beds, ok_beds, ok_two, two;
    unsigned ok_values; /* a bit per number of beds */
} Sums;

static Sums sums_of(const Rec *all, size_t n, const Cell *c, bool event)
{
    Sums s = {0};

    for (size_t i = 0; i < n; i++) {
        const int *f = all[i].fact;

        if (!there(&all[i], c, event))
            continue;
        s.rows++;
        s.ok += f[OK];
        s.beds += f[BEDS];
        s.ok_beds += f[OK] * f[BEDS];
        s.ok_two += f[OK] && f[BEDS] >= 2;
        s.two += f[BEDS] >= 2;
        s.ok_values |= f[OK] ? 1u << f[BEDS] : 0;
    }
    return s;
}

static Exact whole(int64_t n)
{
    return (Exact){.over = n, .under = 1};
}

static Exact quotient(int64_t a, int64_t b)
{
    return b == 0 ? (Exact){.none = true} : (Exact){.over = a, .under = b};
}

/* How many regions in this one fit, and of how many. */
static int64_t regions_in(const Town *t, int region, bool by_beds, int64_t *ret_all)
{
    int64_t n = 0;

    *ret_all = 0;
    for (int r = 0; r < 4; r++) {
        const Cell c = {r, ANY, ANY};
        Sums s = sums_of(t->home, t->homes, &c, false);

        if (!lies_in(r, region))
            continue;
        ++*ret_all;
        n += by_beds ? is_county(r) && s.beds >= 3 : s.ok > 0;
    }
    return n;
}

static Exact reference(const Town *t, unsigned indicator, const Cell *c)
{
    bool event = indicator >= 7 && indicator <= 9;
    Sums s = sums_of(event ? t->event : t->home, event ? t->events : t->homes, c, event);
    int64_t fit, all;

    switch (indicator) {
    case 0:
        return whole(s.rows);
    case 1:
        return whole(s.ok_two);
    case 2:
        return whole(s.ok_beds);
    case 3:
        return quotient(s.ok, s.rows);
    case 4:
        return quotient(s.ok_beds, s.beds);
    case 5:
        return whole(3 * s.beds - 2 * s.ok);
    case 6:
        return quotient(100 * s.ok_beds, s.rows);
    case 7:
        return whole(s.ok);
    case 8:
        return whole(s.beds);
    case 9:
        return quotient(s.two, s.rows);
    case 10:
        return quotient(s.ok_beds, s.ok);
    case 13:
        return whole(__builtin_popcount(s.ok_values));
    case 14:
        return quotient(s.ok_two, s.two);
    default:
        fit = regions_in(t, c->region, indicator == 12, &all);
        return indicator == 11 ? whole(fit) : quotient(fit, all);
    }
}

/* Half up, away from nothing. */
static int64_t rounded(Exact a, unsigned scale)
{
    Wide over = a.over, twice;

    for (unsigned i = 0; i < scale; i++)
        over *= 10;
    twice = 2 * (over < 0 ? -over : over) + a.under;
    return (int64_t)((over < 0 ? -1 : 1) * (twice / (2 * a.under)));
}

/* ---- every filling */

typedef struct Range {
    bool none; /* for some filling */
    bool some;
    int64_t low, high;
} Range;

static void widen(Range *r, Exact a, unsigned scale)
{
    if (a.none) {
        r->none = true;
        return;
    }
    int64_t n = rounded(a, scale);

    r->low = r->some ? MIN(r->low, n) : n;
    r->high = r->some ? MAX(r->high, n) : n;
    r->some = true;
}

/* The next unknown fact at or behind (list, row, fact), filled in turn with all it may be. */
static void fill(Town *t, size_t at, unsigned indicator, const Cell *c, unsigned scale, Range *to)
{
    size_t n = (t->homes + t->events) * FACTS;

    for (; at < n; at++) {
        size_t row = at / FACTS, fact = at % FACTS;
        Rec *r = row < t->homes ? &t->home[row] : &t->event[row - t->homes];

        if (r->fact[fact] != ANY)
            continue;
        for (int v = 0; v < domain[fact]; v++) {
            r->fact[fact] = v;
            fill(t, at + 1, indicator, c, scale, to);
        }
        r->fact[fact] = ANY;
        return;
    }
    widen(to, reference(t, indicator, c), scale);
}

#define NEEDS_OK   1u
#define NEEDS_BEDS 2u

/* Whether nothing that matters of a row is unknown: the value is of such rows. */
static bool certain(const Rec *r, const Cell *c, unsigned needs, bool event)
{
    Rec one = *r;
    bool maybe = false, sure = true;

    /* Its place, kind, owner and day, each filled. */
    for (int p = 0; p < 4; p++)
        for (int k = 0; k < 3; k++)
            for (int o = 0; o < 2; o++)
                for (int d = 0; d < 3; d++) {
                    const int values[] = {p, k, o};

                    for (int f = PLACE; f <= OWNER; f++)
                        one.fact[f] = r->fact[f] == ANY ? values[f] : r->fact[f];
                    one.fact[BEGUN] = r->fact[BEGUN] == ANY ? d : r->fact[BEGUN];
                    bool in = there(&one, c, event);

                    maybe = maybe || in;
                    sure = sure && in;
                }
    return maybe && sure && (!(needs & NEEDS_OK) || r->fact[OK] != ANY) &&
           (!(needs & NEEDS_BEDS) || r->fact[BEDS] != ANY);
}

static Sums certain_sums(const Town *t, const Cell *c, unsigned needs, bool event)
{
    const Rec *all = event ? t->event : t->home;
    Rec kept[HOMES_MOST];
    size_t n = 0;

    for (size_t i = 0; i < (event ? t->events : t->homes); i++)
        if (certain(&all[i], c, needs, event)) {
            kept[n] = all[i];
            for (int f = 0; f < FACTS; f++) /* what is unknown does not matter */
                kept[n].fact[f] = kept[n].fact[f] == ANY ? 0 : kept[n].fact[f];
            n++;
        }
    return sums_of(kept, n, c, event);
}

/* Each count and sum is of its own certain rows. */
static Exact of_certain(const Town *t, unsigned indicator, const Cell *c)
{
    bool event = indicator >= 7 && indicator <= 9;
    Sums none = certain_sums(t, c, 0, event);
    Sums ok = certain_sums(t, c, NEEDS_OK, event);
    Sums beds = certain_sums(t, c, NEEDS_BEDS, event);
    Sums both = certain_sums(t, c, NEEDS_OK | NEEDS_BEDS, event);

    switch (indicator) {
    case 0:
        return whole(none.rows);
    case 1:
        return whole(both.ok_two);
    case 2:
        return whole(both.ok_beds);
    case 3:
        return quotient(ok.ok, ok.rows);
    case 4:
        return quotient(both.ok_beds, both.beds);
    case 5:
        return whole(3 * beds.beds - 2 * ok.ok);
    case 6:
        return quotient(100 * both.ok_beds, none.rows);
    case 7:
        return whole(ok.ok);
    case 8:
        return whole(beds.beds);
    case 9:
        return quotient(beds.two, beds.rows);
    case 13:
        return whole(__builtin_popcount(both.ok_values));
    case 14:
        return quotient(both.ok_two, both.two);
    default:
        return quotient(both.ok_beds, both.ok);
    }
}

/* ---- random towns */

static void random_rows(GRand *rand, Rec *rows, size_t n, size_t *unknown)
{
    for (size_t i = 0; i < n; i++)
        for (int f = 0; f < FACTS; f++) {
            bool known = *unknown >= UNKNOWN_MOST || g_rand_int_range(rand, 0, 8) > 0;

            rows[i].fact[f] = known ? g_rand_int_range(rand, 0, domain[f]) : ANY;
            *unknown += !known;
        }
}

static void write_rows(Town *t, const char *entity, const Rec *rows, size_t n)
{
    g_autoptr(GString) csv = g_string_new("place,kind,owner,ok,beds,begun\n");
    static const char *const yes_no[] = {"no", "yes"};

    for (size_t i = 0; i < n; i++) {
        const int *f = rows[i].fact;

        g_string_append_printf(csv, "%s,%s,%s,%s,", f[PLACE] == ANY ? "" : regions[f[PLACE]],
                               f[KIND] == ANY ? "" : kinds[f[KIND]],
                               f[OWNER] == ANY ? "" : owners[f[OWNER]],
                               f[OK] == ANY ? "" : yes_no[f[OK]]);
        if (f[BEDS] != ANY)
            g_string_append_printf(csv, "%d", f[BEDS]);
        g_string_append_printf(csv, ",%s\n", f[BEGUN] == ANY ? "" : begins[f[BEGUN]]);
    }
    if (n > 0)
        world_records(t->w, entity, csv->str);
}

static void town_new(Town *t, guint32 seed)
{
    GRand *rand = g_rand_new_with_seed(seed);

    *t = (Town){.w = world_new(blocks)};
    t->homes = (size_t)g_rand_int_range(rand, 0, HOMES_MOST + 1);
    t->events = (size_t)g_rand_int_range(rand, 0, EVENTS_MOST + 1);
    random_rows(rand, t->home, t->homes, &t->unknown);
    random_rows(rand, t->event, t->events, &t->unknown);
    write_rows(t, "home", t->home, t->homes);
    write_rows(t, "event", t->event, t->events);
    g_rand_free(rand);
}

/* ---- figures against it */

/* Where a row's beds are unknown the program knows no ceiling, and where the same row is counted
 * twice it does not see that: there low and high only hold. */
static bool is_tight(unsigned indicator)
{
    return indicator == 0 || indicator == 3 || indicator == 7 || indicator == 14;
}

static void compare(const Town *t, guint32 seed, unsigned indicator, const Cell *c, const Figure *f,
                    unsigned scale)
{
    Range range = {0};
    Town filled = *t;
    char what[96];

    g_snprintf(what, sizeof what, "seed %u, i%u, %s, kind %d, owner %d", seed, indicator,
               regions[c->region], c->kind, c->owner);
    fill(&filled, 0, indicator, c, scale, &range);
    if (range.some && (f->low > range.low || f->high < range.high))
        g_error("%s: %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT " leaves out %" G_GINT64_FORMAT
                "..%" G_GINT64_FORMAT,
                what, f->low, f->high, range.low, range.high);
    if (range.none && range.some && (f->low != INT64_MIN || f->high != INT64_MAX))
        g_error("%s: may be nothing, and has a bound", what);
    if (!range.none && is_tight(indicator) && (f->low != range.low || f->high != range.high))
        g_error("%s: %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT " is wider than %" G_GINT64_FORMAT
                "..%" G_GINT64_FORMAT,
                what, f->low, f->high, range.low, range.high);
    if (f->unknown == 0 && (f->no_case ? range.some : range.none || f->value != range.low))
        g_error("%s: nothing is unknown, and the value is %" G_GINT64_FORMAT, what, f->value);
    if (indicator == 11 || indicator == 12)
        return;
    Exact sure = of_certain(t, indicator, c);

    if (sure.none != f->no_case || (!sure.none && rounded(sure, scale) != f->value))
        g_error("%s: the value is %" G_GINT64_FORMAT, what, f->value);
}

/* A region asked for alone has the figures it has among all. */
static void compare_alone(const FigureProgram *p, const Dataset *d, Date from, Date on,
                          const Figure *all, size_t n, size_t region)
{
    g_autofree Figure *own = g_new0(Figure, p->n_cells);

    g_assert_true(figures_evaluate_in(p, d, region, from, on, own, NULL));
    for (size_t cell = 0; cell < p->n_cells; cell++) {
        const Figure *a = &all[cell * n + region], *b = &own[cell];

        g_assert_cmpint(a->region, ==, b->region);
        g_assert_cmpint(a->cell, ==, b->cell);
        g_assert_cmpint(a->value, ==, b->value);
        g_assert_cmpint(a->low, ==, b->low);
        g_assert_cmpint(a->high, ==, b->high);
        g_assert_cmpint(a->unknown, ==, b->unknown);
        g_assert_cmpint(a->no_case, ==, b->no_case);
    }
}

static void compare_all(const Town *t, guint32 seed, unsigned indicator)
{
    World *w = t->w;
    g_autofree char *name = g_strdup_printf("i%u", indicator);
    const Indicator *i = model_indicator(w->m, str_of(name));
    const CompileOptions o = {.data = w->data, .regions = w->regions};
    g_autoptr(FigureProgram) p = figure_program_new(w->m, i, &o, NULL);
    g_autofree Figure *all = g_new0(Figure, p->n_cells * w->regions->n);
    Date on = world_day(i->flow ? "2020-12-31" : "2020-06-30");
    Date from = i->flow ? world_day("2020-01-01") : on;

    g_assert_true(figures_evaluate(p, w->data, from, on, all, NULL));
    compare_alone(p, w->data, from, on, all, w->regions->n, seed % w->regions->n);
    for (size_t cell = 0; cell < p->n_cells; cell++) {
        int codes[LIMIT_FIGURE_INDEXES] = {ANY, ANY, ANY};

        indicator_codes(i, cell, codes);
        for (int r = 0; r < 4; r++) {
            int32_t row = region_row(w->regions, str_of(regions[r]));
            const Cell c = {r, codes[0], codes[1]};

            compare(t, seed, indicator, &c, &all[cell * w->regions->n + (size_t)row],
                    i->type.scale);
        }
    }
}

static void test_figures(void)
{
    for (guint32 seed = 1; seed <= 300; seed++) {
        Town t;

        town_new(&t, seed);
        for (unsigned i = 0; i <= 14; i++)
            compare_all(&t, seed, i);
        world_free(t.w);
    }
}

/* Of each home by itself: a share of one, for it is the only row. */
static void test_each(void)
{
    for (guint32 seed = 1; seed <= 300; seed++) {
        Town t;

        town_new(&t, seed);
        const CompileOptions o = {.data = t.w->data, .regions = t.w->regions};
        g_autoptr(FigureProgram) p = figure_program_each(t.w->m, t.w->m->targets[0], &o, NULL);
        g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(EachFigure));
        Date on = world_day("2020-06-30");

        g_assert_true(figures_evaluate_each(p, t.w->data, on, on, 0, all, NULL));
        guint next = 0;

        for (size_t i = 0; i < t.homes; i++) {
            const int *f = t.home[i].fact;
            bool out = f[BEGUN] == 2 || f[OWNER] == 1;

            if (out)
                continue;
            g_assert_cmpuint(next, <, all->len);
            const EachFigure *e = &g_array_index(all, EachFigure, next++);

            g_assert_cmpuint(e->row, ==, i);
            g_assert_cmpint(e->there, ==,
                            f[BEGUN] == ANY || f[OWNER] == ANY ? TRUTH_UNKNOWN : TRUTH_YES);
            g_assert_cmpint(e->figure.no_case, ==, f[OK] == ANY || f[BEGUN] == ANY);
            if (!e->figure.no_case)
                g_assert_cmpint(e->figure.value, ==, f[OK] * 10000);
        }
        g_assert_cmpuint(next, ==, all->len);
        world_free(t.w);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/36/every-filling", test_figures);
    g_test_add_func("/semantics/38/each-by-itself", test_each);
    return g_test_run();
}
