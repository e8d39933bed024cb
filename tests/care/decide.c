/* decide.c — stored decisions stay what a full run gives, whatever happens: facts come, change, are
 * corrected back in time and taken away, references lead elsewhere, rules and params change, months
 * pass and are skipped.  ANLAO_SEED and ANLAO_ROUNDS choose other and more rounds. */
#include "decide_documents.h"
#include "house.h"

#include "base/identifier.h"
#include "care/decide.h"
#include "evaluate/evaluate.h"

#include <glib/gstdio.h>

/* What a later document says in their place. */
static const char amend_text[] =
    "---\n"
    "document: house-amend\ntitle: 修改\ntitle en: Amended\nlayer: place\nplace: %s\n"
    "in force: 2020-%02d-11\nbuilds on: house-rules\n"
    "---\n\n# 一 修改 / Amended\n\n"
    "```anlao\n"
    "amend benefit old_age \"高龄\" / \"old age\" { for elder\n every month any day\n"
    "  from %s\n  when age(born) >= floor_age - 2\n  pay 90 yuan }\n"
    "%s"
    "```\n";

typedef struct Rules {
    int floor_age, limit, later_limit, month, rate, rate_month, local, count;
    bool extra;
    int amended, amend_month; /* 0: not, 1: one town, 2: everywhere, 3: and care ends */
    bool amend_early;         /* although issued later */
} Rules;

static char *amendment_of(const Rules *r)
{
    g_autofree char *from = g_strdup_printf("2020-%02d-%s", r->amend_early ? 1 : r->amend_month,
                                            r->amend_early ? "21 although issued later" : "16");
    return g_strdup_printf(amend_text, r->amended == 1 ? "990302101" : "990300", r->amend_month,
                           from, r->amended == 3 ? "end care until 2020-12-07\n" : "");
}

static char *rules_of(const Rules *r)
{
    return g_strdup_printf(rules_text, r->floor_age, r->limit, r->later_limit, r->month, r->rate,
                           r->rate_month, r->local, r->count,
                           r->extra ? "benefit extra \"补\" / \"extra\" { for elder\n"
                                      "  every month any day\n"
                                      "  when income < 100 yuan\n  pay 3 yuan }\n"
                                    : "");
}

typedef struct Town {
    House *house;
    GRand *rand;
    GArray *elders, *facilities, *stays, *assessments; /* RecordKey */
    Rules rules;
    Month month;
    unsigned n;
    uint64_t ones, whole;
} Town;

static const Rules first_rules = {80, 2000, 3000, 7, 400, 3, 60, 2, false, 0, 1, false};

static Town *town_new(guint32 seed)
{
    Town *t = g_new0(Town, 1);
    GArray **lists[] = {&t->elders, &t->facilities, &t->stays, &t->assessments};
    t->rules = first_rules;
    g_autofree char *rules = rules_of(&t->rules);
    t->house = house_new_of(model_text, house_place_text, rules);
    t->rand = g_rand_new_with_seed(seed);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        *lists[i] = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    month_parse(STR("2020-01"), &t->month);
    return t;
}

static void town_free(Town *t)
{
    g_array_unref(t->elders);
    g_array_unref(t->facilities);
    g_array_unref(t->stays);
    g_array_unref(t->assessments);
    g_rand_free(t->rand);
    house_free(t->house);
    g_free(t);
}

/* ---- what happens
 * -------------------------------------------------------------------------------- */

static int below(Town *t, int n)
{
    return g_rand_int_range(t->rand, 0, n);
}

static RecordKey any_of(Town *t, const GArray *list)
{
    return g_array_index(list, RecordKey, below(t, (int)list->len));
}

static Date some_day(Town *t)
{
    return month_first(t->month) + below(t, 700) - 500;
}

static const char *day_text(Town *t, Date day)
{
    char text[DATE_TEXT];
    return arena_dup(t->house->arena, date_format(day, text), DATE_TEXT - 1);
}

static Date birthday(Town *t)
{
    Date day;
    date_make(1928 + below(t, 15), 1 + below(t, 12), 1 + below(t, 28), &day);
    return day;
}

static const char *id_of(Town *t, RecordKey key)
{
    char id[ID_TEXT];
    return arena_dup(t->house->arena, id_format(key.id, id), strlen(id_format(key.id, id)));
}

static bool write_one(Town *t, const char *entity, RecordKey key, WriteKind kind,
                      const WriteField *fields, size_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    const WriteRequest r = {.kind = kind,
                            .entity = house_entity(t->house, entity),
                            .key = key,
                            .expected = -1,
                            .fields = fields,
                            .n_fields = n,
                            .reason = STR("测试")};
    WriteAnswer answer;
    FieldFault *faults;
    size_t n_faults;
    return care_write(t->house->care, t->house->local, &r, a, &answer, &faults, &n_faults, &error);
}

static void set_text(Town *t, const char *entity, RecordKey key, const char *field,
                     const char *text, Date since)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    const FieldEdit edit = {house_field(t->house, entity, field), str_of(text), since};
    const RecordEdit e = {.entity = house_entity(t->house, entity),
                          .key = key,
                          .expected = -1,
                          .fields = &edit,
                          .n_fields = 1,
                          .reason = STR("测试")};
    Record *now;
    RecordEdit checked = e;
    if (!record_get(t->house->care, t->house->local, e.entity, key, 0, a, &now, NULL))
        return;
    checked.expected = now->seq;
    record_save(t->house->care, t->house->local, &checked, a, &key, NULL, NULL, &error);
}

static const char *const towns[] = {"990302101", "990302102", "990313101"};

static void new_elder(Town *t)
{
    RecordKey key = house_save(t->house, t->house->local, "elder", (RecordKey){0}, "name",
                               arena_printf(t->house->arena, "甲%u", t->n++), "born",
                               day_text(t, birthday(t)), "residence", towns[below(t, 2)], NULL);
    g_array_append_val(t->elders, key);
}

static void new_facility(Town *t)
{
    RecordKey key =
        house_save(t->house, t->house->local, "facility", (RecordKey){0}, "name",
                   arena_printf(t->house->arena, "院%u", t->n++), "region", towns[below(t, 3)],
                   "ownership", below(t, 2) ? "private" : "public", NULL);
    g_array_append_val(t->facilities, key);
}

static void new_stay(Town *t)
{
    if (t->facilities->len == 0)
        new_facility(t);
    RecordKey key = house_save(
        t->house, t->house->local, "stay", (RecordKey){0}, "elder", id_of(t, any_of(t, t->elders)),
        "facility", id_of(t, any_of(t, t->facilities)), "moved_in", day_text(t, some_day(t)), NULL);
    g_array_append_val(t->stays, key);
}

static const char *const levels[] = {"intact", "mild", "severe", ""};

static void new_assessment(Town *t)
{
    Date day = some_day(t);
    RecordKey key =
        house_save(t->house, t->house->local, "assessment", (RecordKey){0}, "elder",
                   id_of(t, any_of(t, t->elders)), "assessed_at", day_text(t, day), "valid_until",
                   day_text(t, day + 30 + below(t, 400)), "level", levels[below(t, 4)], NULL);
    g_array_append_val(t->assessments, key);
}

static void change_elder(Town *t)
{
    static const char *const livings[] = {"alone", "empty_nest", "alone|empty_nest", "-", ""};
    static const char *const incomes[] = {"50", "1999.99", "2000", "2500", ""};
    RecordKey key = any_of(t, t->elders);
    switch (below(t, 7)) {
    case 0:
        set_text(t, "elder", key, "living", livings[below(t, 5)], some_day(t));
        break;
    case 1:
        set_text(t, "elder", key, "income", incomes[below(t, 5)], some_day(t));
        break;
    case 2:
        set_text(t, "elder", key, "born", day_text(t, birthday(t)), 0);
        break;
    case 3:
        set_text(t, "elder", key, "died", below(t, 2) ? day_text(t, some_day(t)) : "", 0);
        break;
    case 4:
        set_text(t, "elder", key, "applied", below(t, 4) ? day_text(t, some_day(t)) : "", 0);
        break;
    case 5:
        set_text(t, "elder", key, "graded_on", below(t, 4) ? day_text(t, some_day(t) + 200) : "",
                 0);
        break;
    default:
        set_text(t, "elder", key, "residence", towns[below(t, 2)], some_day(t));
    }
}

/* What was recorded for some days was wrong. */
static void correct_elder(Town *t)
{
    Date since = some_day(t);
    const WriteField field = {.field = house_field(t->house, "elder", "income"),
                              .value = {.known = below(t, 4) != 0, .num = below(t, 400000)},
                              .since = since,
                              .until = since + 1 + below(t, 200)};
    write_one(t, "elder", any_of(t, t->elders), WRITE_CORRECT, &field, 1);
}

static void change_others(Town *t)
{
    if (t->stays->len > 0 && below(t, 3) == 0) {
        RecordKey key = any_of(t, t->stays);
        if (below(t, 2) == 0)
            set_text(t, "stay", key, "elder", id_of(t, any_of(t, t->elders)), 0);
        else if (below(t, 2) == 0)
            set_text(t, "stay", key, "facility", id_of(t, any_of(t, t->facilities)), 0);
        else
            set_text(t, "stay", key, "moved_out", day_text(t, some_day(t) + 300), 0);
    } else if (t->assessments->len > 0 && below(t, 2) == 0) {
        RecordKey key = any_of(t, t->assessments);
        if (below(t, 2) == 0)
            set_text(t, "assessment", key, "level", levels[below(t, 4)], 0);
        else
            set_text(t, "assessment", key, "elder", id_of(t, any_of(t, t->elders)), 0);
    } else if (t->facilities->len > 0) {
        set_text(t, "facility", any_of(t, t->facilities), "ownership",
                 below(t, 3) ? below(t, 2) ? "private" : "public" : "", some_day(t));
    }
}

/* Made by mistake: taken off the books. */
static void end_something(Town *t)
{
    const struct {
        const char *entity;
        GArray *list;
    } all[] = {{"stay", t->stays}, {"assessment", t->assessments}, {"elder", t->elders}};
    int k = below(t, 3);
    GArray *list = all[k].list;
    if (list->len < 4)
        return;
    guint i = (guint)below(t, (int)list->len);
    if (write_one(t, all[k].entity, g_array_index(list, RecordKey, i), WRITE_END, NULL, 0))
        g_array_remove_index_fast(list, i);
}

static bool write_changed(Town *t, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(t->house->folder, name, NULL);
    g_autofree char *before = NULL;
    bool there = g_file_get_contents(path, &before, NULL, NULL);
    if (text == NULL)
        return there && g_remove(path) == 0;
    if (there && strcmp(before, text) == 0)
        return false;
    house_write(t->house, name, text, NULL);
    return true;
}

static void put_rules(Town *t)
{
    const Rules *r = &t->rules;
    g_autofree char *text = rules_of(r);
    g_autofree char *amendment = r->amended > 0 ? amendment_of(r) : NULL;
    bool rules = write_changed(t, "packs/more.md", text);
    if (write_changed(t, "packs/amend.md", amendment) || rules)
        house_put_in_force(t->house);
}

static void change_rules(Town *t)
{
    Rules *r = &t->rules;
    switch (below(t, 8)) {
    case 6:
    case 7:
        r->amended = below(t, 4);
        r->amend_month = 1 + below(t, 12);
        r->amend_early = below(t, 3) == 0;
        break;
    case 0:
        r->floor_age = 78 + below(t, 4);
        break;
    case 1:
        r->limit = 1000 + 500 * below(t, 4);
        break;
    case 2:
        r->later_limit = 2000 + 500 * below(t, 4);
        r->month = 1 + below(t, 12);
        break;
    case 3:
        r->rate = 300 + 100 * below(t, 3);
        r->rate_month = 1 + below(t, 9);
        break;
    case 4:
        r->local = 50 + below(t, 3);
        r->count = 1 + below(t, 3);
        break;
    default:
        r->extra = !r->extra;
    }
    put_rules(t);
}

static void merge_something(Town *t)
{
    if (t->elders->len >= 4)
        house_merge(t->house, t->elders, (guint)below(t, (int)t->elders->len),
                    any_of(t, t->elders));
}

static void something_happens(Town *t)
{
    int n = below(t, 21);
    if (t->elders->len < 6 || n < 2)
        new_elder(t);
    else if (n == 2)
        new_facility(t);
    else if (n < 5)
        new_stay(t);
    else if (n < 8)
        new_assessment(t);
    else if (n < 13)
        change_elder(t);
    else if (n < 15)
        correct_elder(t);
    else if (n < 18)
        change_others(t);
    else if (n == 18)
        end_something(t);
    else if (n == 20)
        merge_something(t);
    else
        change_rules(t);
}

/* ---- decisions
 * ----------------------------------------------------------------------------------- */

static DecideReport decide(Town *t, Month month, bool everything)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    const DecideWhat what = {.month = month, .everything = everything};
    DecideReport report;
    decide_month(t->house->care, t->house->local, &what, a, &report, &error);
    g_assert_no_error(error);
    return report;
}

static void assert_right(Town *t)
{
    g_autoptr(GError) error = NULL;
    DecideCheck check;
    decide_verify(t->house->care, &check, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(check.differ, ==, 0);
    g_assert_cmpuint(check.stale, ==, 0);
    g_assert_false(check.outdated);
}

static void assert_sound(Town *t)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    VerifyReport report;
    store_verify(t->house->care->store, a, &report, &error);
    g_assert_no_error(error);
    if (!report.ok)
        g_error("%.*s", STR_ARG(report.first_fault));
}

/* Outcomes that went along with our own writes are those of a full run over the set as it is now.
 */
static void assert_followed(Town *t, const Entity *e, Month month)
{
    g_autoptr(GError) error = NULL;
    Care *c = t->house->care;
    g_autoptr(Working) w = NULL;
    g_autoptr(Decided) d = NULL;
    g_autoptr(Results) all = NULL;
    g_assert_true(working_get(c, &w, &error));
    g_assert_true(decided_get(c, w, e, month, &d, &error));
    if (d->n_rules == 0 || working_rows(w, e) == 0)
        return;
    g_assert_true(evaluate_month(d->program, w->data, month, true, &all, &error));
    for (size_t k = 0; k < all->n; k++) {
        const Result *x = &all->list[k], *y = &d->results->list[k];
        for (size_t row = 0; row < working_rows(w, e); row++)
            if (x->outcome[row] != y->outcome[row] ||
                result_amount(x, row) != result_amount(y, row) ||
                result_missing(x, row) != result_missing(y, row))
                g_error("rule %.*s, row %zu: %d followed, %d in full", STR_ARG(d->rules[k]->name),
                        row, y->outcome[row], x->outcome[row]);
        g_assert_cmpint(x->sum, ==, y->sum);
        g_assert_cmpuint(x->yes, ==, y->yes);
        g_assert_cmpuint(x->no, ==, y->no);
        g_assert_cmpuint(x->unknown, ==, y->unknown);
        g_assert_cmpuint(x->checksum, ==, y->checksum);
    }
}

static void round_of(Town *t, unsigned i)
{
    int events = below(t, 4);
    for (int k = 0; k < events; k++) {
        something_happens(t);
        for (size_t e = 0; e < t->house->care->model->n_entities; e++)
            assert_followed(t, t->house->care->model->entities[e], t->month - below(t, 2));
    }
    if (i % 11 == 10) { /* another process */
        house_close(t->house);
        house_open(t->house);
    }
    int passed = below(t, 10);
    t->month += passed < 5 ? 0 : passed < 9 ? 1 : 3;
    DecideReport r = decide(t, below(t, 8) == 0 ? t->month - 1 : t->month, false);
    t->ones += r.ones;
    t->whole += r.whole;
    assert_right(t);
    if (i % 10 == 9) {
        r = decide(t, r.last, true);
        g_assert_cmpuint(r.changed, ==, 0); /* row by row the same */
        assert_right(t);
    }
}

static guint32 setting(const char *name, guint32 otherwise)
{
    const char *text = g_getenv(name);
    return text != NULL ? (guint32)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

static void test_at_random(void)
{
    guint32 seed = setting("ANLAO_SEED", 1), rounds = setting("ANLAO_ROUNDS", 200);
    Town *t = town_new(seed);
    for (guint32 i = 0; i < rounds; i++)
        round_of(t, i);
    assert_sound(t);
    g_test_message("%" G_GUINT64_FORMAT " single answers and %" G_GUINT64_FORMAT
                   " rules for everybody in %u rounds",
                   t->ones, t->whole, rounds);
    town_free(t);
}

/* ---- one thing at a time
 * ---------------------------------------------------------------------------- */

static Month month_at(const char *text)
{
    Month m;
    g_assert_true(month_parse(str_of(text), &m));
    return m;
}

static Date day_at(const char *text)
{
    Date d;
    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static int64_t fen_of(Town *t, RecordKey key, const char *rule, const char *month)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    DecisionRow *rows;
    size_t n;
    int64_t fen = 0;
    store_decisions(t->house->care->store, month_at(month), &key, a, &rows, &n, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        if (str_is(t->house->care->model->rules[rows[i].rule]->name, rule))
            fen = rows[i].outcome == TRUTH_YES ? rows[i].amount : -(int64_t)rows[i].outcome;
    return fen;
}

static RecordKey elder(Town *t, const char *born)
{
    return house_save(t->house, t->house->local, "elder", (RecordKey){0}, "name", "甲", "born",
                      born, "residence", towns[0], NULL);
}

/* Months that nobody decided when they came are decided on their own facts. */
static void test_skipped_months(void)
{
    Town *t = town_new(1);
    RecordKey key = elder(t, "1940-03-20");
    set_text(t, "elder", key, "living", "alone", day_at("2020-01-01"));
    set_text(t, "elder", key, "income", "500", day_at("2020-01-01"));
    set_text(t, "elder", key, "income", "9000", day_at("2020-04-01"));
    decide(t, month_at("2020-01"), false);
    decide(t, month_at("2020-08"), false);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-02"), ==, 0);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-03"), ==, 8000);
    g_assert_cmpint(fen_of(t, key, "living_aid", "2020-03"), ==, 19950);
    g_assert_cmpint(fen_of(t, key, "living_aid", "2020-04"), ==, 0);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-09"), ==, 0); /* nobody decided it */
    assert_right(t);
    /* And backwards. */
    decide(t, month_at("2019-10"), false);
    g_assert_cmpint(fen_of(t, key, "old_age", "2019-12"), ==, 0);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-08"), ==, 8000);
    assert_right(t);
    town_free(t);
}

/* A fact touches its own record's rules, and those over references to it; nothing else is looked
 * at. */
static void test_touches_only_its_own(void)
{
    Town *t = town_new(1);
    RecordKey keys[40];
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        keys[i] = elder(t, "1940-03-20");
    decide(t, month_at("2020-01"), false);
    DecideReport r = decide(t, month_at("2020-01"), false);
    g_assert_cmpuint(r.ones + r.whole, ==, 0);
    g_assert_cmpint(r.run, ==, 0);
    set_text(t, "elder", keys[7], "name", "乙", 0); /* no rule reads it */
    r = decide(t, month_at("2020-01"), false);
    g_assert_cmpuint(r.ones + r.whole, ==, 0);
    set_text(t, "elder", keys[7], "income", "100", day_at("2020-01-01"));
    r = decide(t, month_at("2020-01"), false);
    g_assert_cmpuint(r.ones, ==, 2); /* living_aid, award */
    house_save(t->house, t->house->local, "assessment", (RecordKey){0}, "elder", id_of(t, keys[7]),
               "assessed_at", "2019-12-01", "valid_until", "2020-05-31", "level", "severe", NULL);
    r = decide(t, month_at("2020-01"), false);
    g_assert_cmpuint(r.ones, ==, 1); /* care */
    g_assert_cmpint(fen_of(t, keys[7], "care", "2020-01"), ==, 30000);
    /* The assessment ends, and its elder alone is looked at; so are the birthdays of March. */
    r = decide(t, month_at("2020-02"), false);
    g_assert_cmpuint(r.ones, ==, 0);
    decide(t, month_at("2020-05"), false);
    r = decide(t, month_at("2020-06"), false);
    g_assert_cmpuint(r.ones, ==, 1);
    g_assert_cmpint(fen_of(t, keys[7], "care", "2020-06"), ==, -(int64_t)TRUTH_UNKNOWN);
    assert_right(t);
    town_free(t);
}

/* A param that is set anew from a day: decided from that month on, by the rules that read it. */
static void test_param_from_a_day(void)
{
    Town *t = town_new(1);
    RecordKey key = elder(t, "1940-03-20");
    set_text(t, "elder", key, "living", "alone", day_at("2020-01-01"));
    set_text(t, "elder", key, "income", "2200", day_at("2020-01-01"));
    decide(t, month_at("2020-05"), false);
    decide(t, month_at("2020-09"), false);
    g_assert_cmpint(fen_of(t, key, "living_aid", "2020-07"), ==, 29950);
    t->rules.later_limit = 2000;
    g_autofree char *text = rules_of(&t->rules);
    house_write(t->house, "packs/more.md", text, NULL);
    house_put_in_force(t->house);
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    DecideState state;
    store_decide_state(t->house->care->store, DATE_MIN, a, &state, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(state.n_rules, ==, 2);
    for (size_t i = 0; i < state.n_rules; i++)
        g_assert_cmpint(state.rules[i].from, ==, month_at("2020-07"));
    DecideReport r = decide(t, month_at("2020-09"), false);
    g_assert_cmpuint(r.whole, ==, 2);
    g_assert_cmpint(fen_of(t, key, "living_aid", "2020-07"), ==, 0);
    assert_right(t);
    town_free(t);
}

static void assert_from(Town *t, const char *month, size_t rules)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    DecideState state;
    store_decide_state(t->house->care->store, DATE_MIN, a, &state, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(state.n_rules, ==, rules);
    for (size_t i = 0; i < state.n_rules; i++)
        g_assert_cmpint(state.rules[i].from, ==, month_at(month));
}

/* Semantics 49: a past month keeps the rules it had; what the later document says is decided from
 * its month on, where it holds. */
static void test_amended_from_a_day(void)
{
    Town *t = town_new(1);
    RecordKey here = elder(t, "1941-03-20");
    RecordKey other = house_save(t->house, t->house->local, "elder", (RecordKey){0}, "name", "乙",
                                 "born", "1936-03-20", "residence", "990302102", NULL);
    decide(t, month_at("2020-01"), false);
    decide(t, month_at("2020-06"), false);
    t->rules.amended = 1;
    t->rules.amend_month = 4;
    put_rules(t);
    assert_from(t, "2020-04", 1);
    DecideReport r = decide(t, month_at("2020-06"), false);
    g_assert_cmpuint(r.whole, ==, 1);
    g_assert_cmpint(fen_of(t, here, "old_age", "2020-03"), ==, 0);
    g_assert_cmpint(fen_of(t, here, "old_age", "2020-04"), ==, 9000); /* 79 years old */
    g_assert_cmpint(fen_of(t, other, "old_age", "2020-04"), ==, 8000);
    assert_right(t);
    /* Who moves there has its rule from then on. */
    set_text(t, "elder", other, "residence", "990302101", day_at("2020-06-05"));
    decide(t, month_at("2020-06"), false);
    g_assert_cmpint(fen_of(t, other, "old_age", "2020-05"), ==, 8000);
    g_assert_cmpint(fen_of(t, other, "old_age", "2020-06"), ==, 9000);
    assert_right(t);
    town_free(t);
}

/* A document that is not in force yet changes decisions when its day comes, without a new fact. */
static void test_amended_in_time(void)
{
    Town *t = town_new(1);
    RecordKey key = elder(t, "1936-03-20");
    t->rules.amended = 3;
    t->rules.amend_month = 9;
    put_rules(t);
    house_save(t->house, t->house->local, "assessment", (RecordKey){0}, "elder", id_of(t, key),
               "assessed_at", "2019-12-01", "valid_until", "2021-12-31", "level", "severe", NULL);
    decide(t, month_at("2020-01"), false);
    decide(t, month_at("2020-08"), false);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-08"), ==, 8000);
    g_assert_cmpint(fen_of(t, key, "care", "2020-08"), ==, 40000);
    DecideReport r = decide(t, month_at("2020-09"), false);
    g_assert_cmpuint(r.ones + r.whole, >=, 2);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-09"), ==, 9000);
    g_assert_cmpint(fen_of(t, key, "care", "2020-09"), ==, 13333); /* ten days of thirty */
    decide(t, month_at("2020-12"), false);
    g_assert_cmpint(fen_of(t, key, "care", "2020-11"), ==, 0); /* no rule, no row */
    g_assert_cmpint(fen_of(t, key, "care", "2020-12"), ==,
                    30968); /* until the seventh it had ended */
    assert_right(t);
    town_free(t);
}

/* Semantics 19: although issued later, past months are owed anew. */
static void test_issued_later(void)
{
    Town *t = town_new(1);
    RecordKey key = elder(t, "1936-03-20");
    decide(t, month_at("2020-01"), false);
    decide(t, month_at("2020-06"), false);
    t->rules.amended = 2;
    t->rules.amend_month = 5;
    t->rules.amend_early = true;
    put_rules(t);
    assert_from(t, "2020-01", 1);
    decide(t, month_at("2020-06"), false);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-01"), ==, 9000);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-06"), ==, 9000);
    assert_right(t);
    /* And back: its document is taken away. */
    t->rules.amended = 0;
    put_rules(t);
    decide(t, month_at("2020-06"), false);
    g_assert_cmpint(fen_of(t, key, "old_age", "2020-03"), ==, 8000);
    assert_right(t);
    town_free(t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/decide/skipped_months", test_skipped_months);
    g_test_add_func("/care/decide/touches_only_its_own", test_touches_only_its_own);
    g_test_add_func("/care/decide/param_from_a_day", test_param_from_a_day);
    g_test_add_func("/semantics/49/decided-from-a-day", test_amended_from_a_day);
    g_test_add_func("/semantics/49/decided-in-time", test_amended_in_time);
    g_test_add_func("/semantics/19/issued-later", test_issued_later);
    g_test_add_func("/care/decide/at_random", test_at_random);
    return g_test_run();
}
