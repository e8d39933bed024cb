/* cmd_simulate.c — anlao simulate: what a change of params or documents would cost, and whom it
 * would touch.  Nothing is written. */
#include "base/decimal.h"
#include "base/file.h"
#include "base/limits.h"
#include "care/simulate.h"
#include "main/main.h"

#define MOVERS 10

typedef struct Asked {
    const char *month, *until;
    char **sets, **with;
    gboolean by_region;
    WhatIf what;
    bool fine; /* what is supposed compiles */
} Asked;

/* ---- as words ---------------------------------------------------------------------------------
 */

static const char *money(int64_t fen, char to[DECIMAL_TEXT])
{
    return money_format(fen, to);
}

static void print_sums(int64_t before, int64_t after)
{
    char a[DECIMAL_TEXT], b[DECIMAL_TEXT], d[DECIMAL_TEXT];
    printf("%18s %18s %s%s yuan\n", money(before, a), money(after, b), after >= before ? "+" : "",
           money(after - before, d));
}

static void print_moves(const SimulateMove *moves, bool with_money)
{
    static const char *const words[] = {[SIMULATE_GAINS] = "gain",
                                        [SIMULATE_LOSES] = "lose",
                                        [SIMULATE_TURNS_UNKNOWN] = "become unknown",
                                        [SIMULATE_TURNS_JUDGEMENT] = "wait for a person"};
    char text[DECIMAL_TEXT];
    for (size_t i = 0; i < SIMULATE_TURNS; i++) {
        if (moves[i].count == 0)
            continue;
        printf("    %-18s %10" G_GUINT64_FORMAT, words[i], moves[i].count);
        if (with_money)
            printf("  %s%s yuan", moves[i].difference >= 0 ? "+" : "",
                   money(moves[i].difference, text));
        putchar('\n');
    }
}

static void print_side(const char *word, const SimulateSide *s)
{
    printf("    %-7s yes %" G_GUINT64_FORMAT ", no %" G_GUINT64_FORMAT
           ", unknown %" G_GUINT64_FORMAT ", waiting for a person %" G_GUINT64_FORMAT "\n",
           word, s->yes, s->no, s->unknown, s->judgement);
}

static void print_counts(const SimulateRule *r)
{
    static const char *const how[] = {
        [SIMULATE_CHANGED] = "", [SIMULATE_NEW] = ", new", [SIMULATE_GONE] = ", gone"};
    printf("%.*s (%.*s %.*s%s)\n", STR_ARG(r->name), STR_ARG(r->document), STR_ARG(r->clause),
           how[r->how]);
    print_side("before", &r->all.before);
    print_side("after", &r->all.after);
}

static void print_rule(const SimulateRule *r)
{
    print_counts(r);
    if (r->kind == RULE_BENEFIT) {
        printf("    %-7s", "sum");
        print_sums(r->all.before.sum, r->all.after.sum);
    }
    print_moves(r->all.turns, r->kind == RULE_BENEFIT);
}

static const char *outcome_word(bool asked, Truth outcome)
{
    return asked ? truth_word(outcome) : "not asked";
}

static void print_region_check(const Care *care, const SimulateRegionCheck *x)
{
    printf("check of regions ");
    print_counts(&x->rule);
    if (x->n_changes == 0)
        printf("    in no region does it come out otherwise\n");
    for (size_t i = 0; i < x->n_changes; i++) {
        const SimulateChange *c = &x->changes[i];
        const RegionRow *row = &care_model(care)->regions[c->region];
        char from[DATE_TEXT], until[DATE_TEXT];
        printf("    %.*s %.*s  %s", STR_ARG(row->code), STR_ARG(row->name),
               month_format(c->from, from));
        if (c->until != c->from)
            printf("..%s", month_format(c->until, until));
        printf("  %s, then %s\n", outcome_word(c->asked_before, c->before),
               outcome_word(c->asked_after, c->after));
    }
}

static void print_periods(const Simulation *s)
{
    char month[DATE_TEXT];
    for (size_t i = 0; i < s->n_months && s->n_months > 1; i++) {
        printf("%-12s", month_format(s->months[i].from, month));
        print_sums(s->months[i].before, s->months[i].after);
    }
    for (size_t i = 0; i < s->n_years && s->n_months > 1; i++) {
        printf("%-12d", date_ymd(month_first(s->years[i].from)).year);
        print_sums(s->years[i].before, s->years[i].after);
    }
}

static bool moves(const SimulateRegion *r)
{
    uint64_t any = 0;
    for (size_t i = 0; i < SIMULATE_TURNS; i++)
        any += r->turns[i].count;
    return any > 0;
}

/* Where nothing moves is left out. */
static void print_regions(const Care *care, const Simulation *s)
{
    for (size_t i = 0; i < s->n_regions; i++) {
        const SimulateRegion *r = &s->regions[i];
        const RegionRow *row = &care_model(care)->regions[r->region];
        if (r->depth > 0 && !moves(r))
            continue;
        printf("%*s%.*s %.*s", (int)r->depth * 2, "", STR_ARG(row->code), STR_ARG(row->name));
        print_sums(r->before, r->after);
        print_moves(r->turns, true);
    }
}

static void print_movers(const Simulation *s)
{
    if (!s->may_list && s->moved > 0)
        printf("%" G_GUINT64_FORMAT " records change; which ones is outside your rights\n",
               s->moved);
    for (size_t i = 0; i < s->n_movers; i++) {
        const SimulateMover *m = &s->movers[i];
        printf("  %.*s %.*s", STR_ARG(m->entity->name), STR_ARG(m->name));
        print_sums(m->before, m->after);
    }
}

static void print_words(const Care *care, const Simulation *s, bool by_region)
{
    if (s->n_rules + s->n_region_checks == 0)
        printf("no rule says anything else in these months\n");
    for (size_t i = 0; i < s->n_rules; i++)
        print_rule(&s->rules[i]);
    for (size_t i = 0; i < s->n_region_checks; i++)
        print_region_check(care, &s->region_checks[i]);
    if (s->n_rules > 0)
        print_periods(s);
    if (by_region)
        print_regions(care, s);
    print_movers(s);
}

static void print_json(const Care *care, const Simulation *s, bool by_region)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    simulation_json(care, &j, s, by_region);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

/* ---- all of it --------------------------------------------------------------------------------
 */

static bool read_drafts(Asked *q, Arena *a, GError **error)
{
    size_t n = q->with != NULL ? g_strv_length(q->with) : 0;
    DocumentFile *files = arena_many(a, DocumentFile, n + 1);
    for (size_t i = 0; i < n; i++) {
        files[i].name = q->with[i];
        if (!file_read(a, q->with[i], LIMIT_DOCUMENT_BYTES, &files[i].text, error))
            return fail_while(error, "reading \"%s\"", q->with[i]);
    }
    q->what.drafts = files;
    q->what.n_drafts = n;
    return true;
}

static void list_sets(Asked *q, Arena *a)
{
    size_t n = q->sets != NULL ? g_strv_length(q->sets) : 0;
    Str *all = arena_many(a, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        all[i] = str_of(q->sets[i]);
    q->what.sets = all;
    q->what.n_sets = n;
}

static bool simulate_it(const Common *c, Asked *q, Diags *ds, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Care) care = NULL;
    const Session *session;
    Simulation s;
    list_sets(q, a);
    if (!read_drafts(q, a, error) || !open_stored(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error) ||
        !simulate(care, session, &q->what, ds, a, &s, error))
        return false;
    q->fine = s.computed;
    if (c->json)
        print_json(care, &s, q->by_region);
    else if (s.computed)
        print_words(care, &s, q->by_region);
    print_diags(ds); /* some point into the texts of `a` */
    return true;
}

static int usage_wrong(Common *c, Asked *q)
{
    if (!parse_month("simulate", q->month, &q->what.from))
        return 2;
    q->what.until = q->what.from;
    if (q->until != NULL && !parse_month("simulate", q->until, &q->what.until))
        return 2;
    if (q->sets == NULL && q->with == NULL)
        return wrong_usage("simulate", "needs --set PARAM=VALUE or --with DOCUMENT");
    return c->n_rest > 0 ? wrong_usage("simulate", "\"%s\" is no option", c->rest[0]) : 0;
}

int command_simulate(int argc, char **argv)
{
    Common c;
    Asked q = {.what = {.region = ROW_NONE, .movers = MOVERS}};
    char *month = NULL, *until = NULL, *by = NULL;
    const GOptionEntry own[] = {
        {"month", 0, 0, G_OPTION_ARG_STRING, &month, "the first month", "YYYY-MM"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &until, "the last month", "YYYY-MM"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &q.sets, "a value, as behind `set`",
         "PARAM=VALUE"},
        {"with", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &q.with, "a document, new or changed", "FILE"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &by, "region: counties and towns", "region"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "simulate", argc, argv, own))
        return 2;
    if (by != NULL && strcmp(by, "region") != 0)
        return wrong_usage("simulate", "--by takes \"region\"");
    q.month = month;
    q.until = until;
    q.by_region = by != NULL;
    int wrong = usage_wrong(&c, &q);
    if (wrong != 0)
        return wrong;
    GError *error = NULL;
    g_autoptr(Diags) ds = diags_new();
    simulate_it(&c, &q, ds, &error);
    return error != NULL ? finish(error) : q.fine ? 0 : 1;
}
