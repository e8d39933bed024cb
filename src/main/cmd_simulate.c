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
    bool english, fine; /* fine: what is supposed compiles */
} Asked;

/* ---- as words: in Chinese, or in English ------------------------------------------------------
 */

static const char *money(int64_t fen, char to[DECIMAL_TEXT])
{
    return money_format(fen, to);
}

static void print_sums(int64_t before, int64_t after, bool english)
{
    char a[DECIMAL_TEXT], b[DECIMAL_TEXT], d[DECIMAL_TEXT];
    printf("%18s %18s %s%s%s\n", money(before, a), money(after, b), after >= before ? "+" : "",
           money(after - before, d), either(english, " 元", " yuan"));
}

static void print_moves(const SimulateMove *moves, bool with_money, bool english)
{
    static const char *const words[][2] = {
        [SIMULATE_GAINS] = {"得到或多得", "gain"},
        [SIMULATE_LOSES] = {"失去或少得", "lose"},
        [SIMULATE_TURNS_UNKNOWN] = {"变为待核实", "become unknown"},
        [SIMULATE_TURNS_JUDGEMENT] = {"变为待人工认定", "wait for a person"}};
    char text[DECIMAL_TEXT];
    for (size_t i = 0; i < SIMULATE_TURNS; i++) {
        if (moves[i].count == 0)
            continue;
        printf("    %-18s %10" G_GUINT64_FORMAT, words[i][english], moves[i].count);
        if (with_money)
            printf("  %s%s%s", moves[i].difference >= 0 ? "+" : "",
                   money(moves[i].difference, text), either(english, " 元", " yuan"));
        putchar('\n');
    }
}

static void print_side(const char *word, const SimulateSide *s, bool check, bool english)
{
    const char *zh = check ? "    %s  达标 %" G_GUINT64_FORMAT "，预警 %" G_GUINT64_FORMAT
                             "，未出示 %" G_GUINT64_FORMAT "，待人工认定 %" G_GUINT64_FORMAT "\n"
                           : "    %s  符合 %" G_GUINT64_FORMAT "，不符合 %" G_GUINT64_FORMAT
                             "，待核实 %" G_GUINT64_FORMAT "，待人工认定 %" G_GUINT64_FORMAT "\n";
    printf(either(english, zh,
                  "    %-7s yes %" G_GUINT64_FORMAT ", no %" G_GUINT64_FORMAT
                  ", unknown %" G_GUINT64_FORMAT ", waiting for a person %" G_GUINT64_FORMAT "\n"),
           word, s->yes, s->no, s->unknown, s->judgement);
}

static void print_counts(const SimulateRule *r, bool english)
{
    static const char *const how[][2] = {[SIMULATE_CHANGED] = {"", ""},
                                         [SIMULATE_NEW] = {"，新增", ", new"},
                                         [SIMULATE_GONE] = {"，取消", ", gone"}};
    bool check = r->kind == RULE_CHECK;
    if (!english)
        printf("%.*s ", STR_ARG(r->label.zh));
    printf("%.*s (%.*s %.*s%s)\n", STR_ARG(r->name), STR_ARG(r->document), STR_ARG(r->clause),
           how[r->how][english]);
    print_side(either(english, "现行", "before"), &r->all.before, check, english);
    print_side(either(english, "试算", "after"), &r->all.after, check, english);
}

static void print_rule(const SimulateRule *r, bool english)
{
    print_counts(r, english);
    if (r->kind == RULE_BENEFIT) {
        printf("    %-7s", either(english, "金额", "sum"));
        print_sums(r->all.before.sum, r->all.after.sum, english);
    }
    print_moves(r->all.turns, r->kind == RULE_BENEFIT, english);
}

static const char *outcome_word(bool asked, Truth outcome, bool english)
{
    static const char *const zh[] = {[TRUTH_NO] = "预警",
                                     [TRUTH_UNKNOWN] = "未出示",
                                     [TRUTH_PERSON] = "待人工认定",
                                     [TRUTH_YES] = "达标"};
    return asked ? either(english, zh[outcome], truth_word(outcome))
                 : either(english, "不核查", "not asked");
}

static void print_region_check(const Care *care, const SimulateRegionCheck *x, bool english)
{
    printf("%s", either(english, "对各地的核查 ", "check of regions "));
    print_counts(&x->rule, english);
    if (x->n_changes == 0)
        printf("%s", either(english, "    没有哪个地方的核查结果因此不同\n",
                            "    in no region does it come out otherwise\n"));
    for (size_t i = 0; i < x->n_changes; i++) {
        const SimulateChange *c = &x->changes[i];
        const RegionRow *row = &care_model(care)->regions[c->region];
        char from[DATE_TEXT], until[DATE_TEXT];
        printf("    %.*s %.*s  %s", STR_ARG(row->code), STR_ARG(row->name),
               month_format(c->from, from));
        if (c->until != c->from)
            printf("..%s", month_format(c->until, until));
        printf(either(english, "  原%s，现%s\n", "  %s, then %s\n"),
               outcome_word(c->asked_before, c->before, english),
               outcome_word(c->asked_after, c->after, english));
    }
}

static void print_periods(const Simulation *s, bool english)
{
    char month[DATE_TEXT];
    for (size_t i = 0; i < s->n_months && s->n_months > 1; i++) {
        printf("%-12s", month_format(s->months[i].from, month));
        print_sums(s->months[i].before, s->months[i].after, english);
    }
    for (size_t i = 0; i < s->n_years && s->n_months > 1; i++) {
        printf("%-12d", date_ymd(month_first(s->years[i].from)).year);
        print_sums(s->years[i].before, s->years[i].after, english);
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
static void print_regions(const Care *care, const Simulation *s, bool english)
{
    for (size_t i = 0; i < s->n_regions; i++) {
        const SimulateRegion *r = &s->regions[i];
        const RegionRow *row = &care_model(care)->regions[r->region];
        if (r->depth > 0 && !moves(r))
            continue;
        printf("%*s%.*s %.*s", (int)r->depth * 2, "", STR_ARG(row->code), STR_ARG(row->name));
        print_sums(r->before, r->after, english);
        print_moves(r->turns, true, english);
    }
}

static void print_movers(const Simulation *s, bool english)
{
    if (!s->may_list && s->moved > 0)
        printf(either(english, "共 %" G_GUINT64_FORMAT " 件变动；是谁的，本岗位不能看\n",
                      "%" G_GUINT64_FORMAT " records change; which ones is outside your rights\n"),
               s->moved);
    for (size_t i = 0; i < s->n_movers; i++) {
        const SimulateMover *m = &s->movers[i];
        Str entity = in_words(english, m->entity->label.zh, m->entity->name);
        printf("  %.*s %.*s", STR_ARG(entity), STR_ARG(m->name));
        print_sums(m->before, m->after, english);
    }
}

static void print_words(const Care *care, const Simulation *s, bool by_region, bool english)
{
    if (s->n_rules + s->n_region_checks == 0)
        printf("%s", either(english, "这几个月里没有哪条规则因此不同\n",
                            "no rule says anything else in these months\n"));
    for (size_t i = 0; i < s->n_rules; i++)
        print_rule(&s->rules[i], english);
    for (size_t i = 0; i < s->n_region_checks; i++)
        print_region_check(care, &s->region_checks[i], english);
    if (s->n_rules > 0)
        print_periods(s, english);
    if (by_region)
        print_regions(care, s, english);
    print_movers(s, english);
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
        print_words(care, &s, q->by_region, q->english);
    print_diags_in(ds, q->english); /* some point into the texts of `a` */
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
    char *month = NULL, *until = NULL, *by = NULL, *lang = NULL;
    const GOptionEntry own[] = {
        {"month", 0, 0, G_OPTION_ARG_STRING, &month, "the first month", "YYYY-MM"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &until, "the last month", "YYYY-MM"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &q.sets, "a value, as behind `set`",
         "PARAM=VALUE"},
        {"with", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &q.with, "a document, new or changed", "FILE"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &by, "region: counties and towns", "region"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &lang, "language of what is said", "en|zh"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "simulate", argc, argv, own) || !lang_given("simulate", lang, &q.english))
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
