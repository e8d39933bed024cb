/* equal.c — one random sequence of operations (changes, runs of decisions, imports, policies,
 * migrations) on both kinds of database, with the same clock and the same entropy: the same
 * answers, the same errors word by word, and in the end the same tables, journal links included;
 * and the same again when the journal alone is replayed into an empty database.
 * $OPERATIONS says how many. */
#include "models.h"
#include "replayed.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/sort.h"

#define KINDS    2 /* SQLite, PostgreSQL */
#define KEYS     400
#define CALL     6 /* most changes of one call */
#define START_US INT64_C(1600000000000000)

/* ---- clock, entropy, chance -------------------------------------------------------------- */

static uint64_t entropy;

static uint64_t step(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static void fill(void *to, size_t n)
{
    uint8_t *bytes = to;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(step(&entropy) >> 32);
}

static void moment(int64_t number)
{
    clock_fix(START_US + number * 1000);
    entropy = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) | 1;
}

typedef struct Dice {
    uint64_t state;
} Dice;

static int64_t roll(Dice *d, int64_t below)
{
    return (int64_t)((step(&d->state) >> 16) % (uint64_t)below);
}

/* ---- operations -------------------------------------------------------------------------- */

typedef struct Known { /* what was made so far: the same on both */
    RecordKey keys[KEYS];
    const Entity *of[KEYS];
    size_t n;
} Known;

static RecordKey some(const Known *k, Dice *d)
{
    return k->n > 0 && roll(d, 30) != 0 ? k->keys[roll(d, (int64_t)k->n)]
                                        : (RecordKey){COUNTY, 123456 + roll(d, 9)};
}

static int32_t some_county(Dice *d)
{
    static const int32_t counties[] = {COUNTY, COUNTY, COUNTY, OTHER, OTHER, 0, 360399, -3};

    return counties[roll(d, G_N_ELEMENTS(counties))];
}

static const char *some_day(Dice *d)
{
    static const char *const days[] = {"2018-01-01", "2019-05-01", "2020-01-01",
                                       "2020-02-29", "2021-07-01", "2022-03-15"};

    return days[roll(d, G_N_ELEMENTS(days))];
}

static void elder_fields(Draft *x, const Known *k, Dice *d)
{
    static const char *const names[] = {"李秀英", "王桂兰", "张建国",
                                        "a\xff"
                                        "b",
                                        ""};

    if (roll(d, 2) == 0)
        draft_text(x, "name", names[roll(d, 60) == 0 ? 3 : roll(d, 3)]);
    if (roll(d, 3) == 0)
        draft_on(x, "ability", roll(d, 40) == 0 ? 77 : roll(d, 5), some_day(d));
    if (roll(d, 3) == 0)
        draft_span(x, "income", roll(d, 100000), "2019-03-01", "2020-08-01");
    if (roll(d, 5) == 0)
        draft_unknown(x, "income", some_day(d));
    if (roll(d, 4) == 0)
        draft_text_on(x, "residence", roll(d, 30) == 0 ? "999999" : "360302001", some_day(d));
    if (roll(d, 4) == 0)
        draft_on(x, "home", some(k, d).id, some_day(d));
    if (roll(d, 4) == 0)
        draft_number(x, "height", roll(d, 60) + 140);
    if (roll(d, 4) == 0) {
        g_snprintf(x->texts[30], sizeof x->texts[30], "number-%d", (int)roll(d, 300));
        draft_secret(x, "id_number", x->texts[30]);
    }
}

static void facility_fields(Draft *x, Dice *d)
{
    g_snprintf(x->texts[31], sizeof x->texts[31], "A%d", (int)roll(d, 120));
    draft_text(x, "code", x->texts[31]);
    draft_text_on(x, "name", "安源养老院", some_day(d));
}

static void visit_fields(Draft *x, const Known *k, Dice *d)
{
    draft_number(x, "elder", some(k, d).id);
    draft_number(x, "day", roll(d, 40) == 0 ? DATE_MAX + 5 : 18000 + roll(d, 900));
    draft_text(x, "note", "一切都好");
}

static void fields_of(const Fixture *f, Draft *x, const Known *k, Dice *d)
{
    if (x->change.entity == f->elder)
        elder_fields(x, k, d);
    else if (x->change.entity == f->facility)
        facility_fields(x, d);
    else
        visit_fields(x, k, d);
}

static Draft *account(const Fixture *f, Dice *d)
{
    Draft *x = draft_new(f->arena, CHANGE_ACCOUNT, NULL, (RecordKey){0, 0});
    AccountRow *row = arena_new_of(f->arena, AccountRow);

    g_snprintf(x->texts[0], sizeof x->texts[0], "user%d", (int)roll(d, 8));
    *row = (AccountRow){.id = 1000 + roll(d, 8), .name = str_of(x->texts[0]), .role = STR("clerk")};
    x->change.account = row;
    return x;
}

static Draft *existing(const Fixture *f, const Known *k, Dice *d)
{
    static const ChangeKind kinds[] = {CHANGE_SET,     CHANGE_SET,     CHANGE_SET,
                                       CHANGE_CORRECT, CHANGE_CORRECT, CHANGE_END};
    const Entity *e = f->elder;
    RecordKey key = some(k, d);
    Draft *x = NULL;

    for (size_t i = 0; i < k->n; i++) {
        if (k->keys[i].id == key.id && roll(d, 50) != 0)
            e = f->model->entities[k->of[i]->number];
    }
    x = draft_new(f->arena, kinds[roll(d, roll(d, 8) == 0 ? 6 : 5)], e, key);
    if (x->change.kind != CHANGE_END)
        fields_of(f, x, k, d);
    x->change.expected = roll(d, 6) == 0 ? roll(d, 50) : -1;
    return x;
}

/* The same dice give the same change, whichever database it is for. */
static Draft *operation(Fixture *f, const Known *k, Dice *d)
{
    const Entity *const entities[] = {f->elder, f->elder, f->elder, f->facility, f->visit};
    Draft *x = NULL;

    if (roll(d, 25) == 0)
        x = account(f, d);
    else if (roll(d, 25) == 0)
        x = draft_new(f->arena, CHANGE_NOTE, NULL, (RecordKey){some_county(d), 0});
    else if (roll(d, 5) < 2 || k->n == 0) {
        int64_t id = store_new_id(f->store);

        x = draft_new(f->arena, CHANGE_CREATE, entities[roll(d, G_N_ELEMENTS(entities))],
                      (RecordKey){some_county(d), roll(d, 40) == 0 ? some(k, d).id : id});
        fields_of(f, x, k, d);
    } else {
        x = existing(f, k, d);
    }
    if (roll(d, 6) == 0)
        x->change.request[3] = (uint8_t)(1 + roll(d, 250));
    x->change.reason = STR("by the dice");
    return x;
}

/* ---- calls ------------------------------------------------------------------------------- */

typedef struct Call {
    Draft *drafts[CALL];
    Change changes[CALL];
    ChangeAnswer answers[CALL];
    size_t n;
    bool chunk, ok;
    GError *error;
} Call;

static void call_make(Call *c, Fixture *f, const Known *k, Dice dice)
{
    *c = (Call){.n = (size_t)(1 + (roll(&dice, 5) == 0 ? roll(&dice, CALL - 1) : 0))};
    c->chunk = roll(&dice, 10) == 0;
    for (size_t i = 0; i < c->n; i++) {
        c->drafts[i] = operation(f, k, &dice);
        c->changes[i] = c->drafts[i]->change;
    }
}

static void call_run(Call *c, Fixture *f)
{
    if (c->chunk)
        c->ok = store_write_chunk(f->store, c->changes, c->n, c->answers, &c->error);
    else
        c->ok = store_write(f->store, c->changes, c->n, c->answers, &c->error);
}

static void errors_equal(const GError *a, const GError *b)
{
    g_assert_cmpint(a != NULL, ==, b != NULL);
    if (a == NULL)
        return;
    g_assert_cmpstr(a->message, ==, b->message);
    g_assert_cmpint(a->code, ==, b->code);
}

static void calls_equal(const Call *a, const Call *b)
{
    errors_equal(a->error, b->error);
    g_assert_cmpint(a->ok, ==, b->ok);
    for (size_t i = 0; i < a->n; i++) {
        errors_equal(a->answers[i].error, b->answers[i].error);
        g_assert_cmpint(a->answers[i].done, ==, b->answers[i].done);
        g_assert_cmpint(a->answers[i].repeated, ==, b->answers[i].repeated);
        g_assert_cmpint(a->answers[i].seq, ==, b->answers[i].seq);
    }
}

static void call_end(Call *c)
{
    for (size_t i = 0; i < c->n; i++)
        g_clear_error(&c->answers[i].error);
    g_clear_error(&c->error);
}

/* A record that names no county is the home county's. */
static void remember(Known *k, const Call *c, int32_t home)
{
    for (size_t i = 0; i < c->n; i++) {
        const Change *x = &c->changes[i];

        if (x->kind != CHANGE_CREATE || !c->answers[i].done || c->answers[i].repeated)
            continue;
        size_t at = k->n < KEYS ? k->n++ : (size_t)(x->key.id % KEYS);

        k->keys[at] = x->key;
        if (x->key.county == 0)
            k->keys[at].county = home;
        k->of[at] = x->entity;
    }
}

/* ---- whole works ------------------------------------------------------------------------- */

/* Runs of decisions, staged imports, policies and migrations, between the changes. */
typedef struct Work {
    bool ok;
    GError *error;
    int64_t said[4];
} Work;

typedef struct Declared { /* the Model both have, by number */
    uint8_t policy;
    int more; /* fields more than the fixture's */
} Declared;

static Model *model_declared(Fixture *f, const Declared *d)
{
    Model *m = model_fresh(f, d->policy);

    for (int i = 0; i < d->more; i++)
        field_more(m, "visit", arena_printf(f->arena, "more_%d", i), i % 2 ? KIND_INT : KIND_TEXT)
            ->dated = i % 3 == 0;
    model_sealed(m);
    return m;
}

static int by_key(const void *a, const void *b)
{
    const DecisionRow *x = a, *y = b;

    if (x->subject.county != y->subject.county)
        return x->subject.county < y->subject.county ? -1 : 1;
    return x->subject.id < y->subject.id ? -1 : x->subject.id > y->subject.id;
}

static void work_decide(Work *w, Fixture *f, const Known *k, Dice *d)
{
    Month month = (Month)(600 + roll(d, 6));
    const DecisionWhole whole[] = {{0, month}};
    DecisionRow *rows = arena_many(f->arena, DecisionRow, KEYS);
    DecisionRun run = {.first = month, .last = month + 2, .whole = whole, .n_whole = 1};
    DecisionAnswer answer = {0};
    DecideState state;

    for (size_t i = 0; i < k->n; i++) {
        if (!str_is(k->of[i]->name, "elder") || roll(d, 3) == 0)
            continue;
        rows[run.n_rows++] = (DecisionRow){.subject = k->keys[i],
                                           .outcome = TRUTH_YES,
                                           .amount = 1000 + roll(d, 3) * 500,
                                           .from = month,
                                           .until = DATE_MAX};
    }
    sort_rows(rows, run.n_rows, sizeof *rows, by_key);
    run.rows = rows;
    run.actor = run.via = STR("dice");
    w->ok = store_decide_state(f->store, DATE_MIN, f->arena, &state, &w->error);
    run.base = roll(d, 8) == 0 ? 0 : state.run;
    w->ok = w->ok && store_write_decisions(f->store, &run, &answer, &w->error);
    w->said[0] = answer.run;
    w->said[1] = (int64_t)answer.changed;
    w->said[2] = (int64_t)answer.entries;
    w->said[3] = state.run;
}

static void work_import(Work *w, Fixture *f, Dice *d)
{
    Change *changes = arena_many(f->arena, Change, 40);
    int64_t import = 0;
    bool drop = roll(d, 4) == 0;

    elders_make(f, f->arena, changes, 40, (uint64_t)roll(d, 1000) + 1);
    w->ok = store_import_begin(f->store, STR("list.csv"), &import, &w->error) &&
            store_import_stage(f->store, import, changes, 25, &w->error) &&
            store_import_stage(f->store, import, changes + 25, 15, &w->error) &&
            (drop ? store_import_drop(f->store, import, &w->error)
                  : store_import_commit(f->store, import, NULL, NULL, NULL, NULL, &w->error));
}

static void work_declare(Work *w, Fixture *f, const Declared *to, bool migrate)
{
    Model *m = model_declared(f, to);
    const PolicyPut put = {.model = m, .actor = STR("li"), .via = STR("cli")};
    Migration done = {0};

    if (migrate) {
        w->ok = migrate_to(f, m, "the dice want it", &done, &w->error);
        w->said[1] = (int64_t)done.n_changes;
        if (!w->ok || !done.nothing)
            return;
    }
    w->ok = store_put_policy(f->store, &put, &w->said[0], &w->error);
    if (!w->ok)
        return;
    f->model = m;
    f->facility = m->entities[0];
    f->elder = m->entities[1];
    f->visit = m->entities[2];
    fixture_reopen(f);
}

static void work_run(Work *w, Fixture *f, const Known *k, Declared *declared, Dice dice)
{
    int64_t what = roll(&dice, 8);

    *w = (Work){.ok = false};
    if (what < 4) {
        work_decide(w, f, k, &dice);
    } else if (what < 6) {
        work_import(w, f, &dice);
    } else {
        declared->policy++;
        declared->more = what == 7 ? (int)roll(&dice, 5) : declared->more;
        work_declare(w, f, declared, what == 7);
    }
}

static void works_equal(Work *a, Work *b)
{
    errors_equal(a->error, b->error);
    g_assert_cmpint(a->ok, ==, b->ok);
    for (size_t i = 0; i < G_N_ELEMENTS(a->said); i++)
        g_assert_cmpint(a->said[i], ==, b->said[i]);
    g_clear_error(&a->error);
    g_clear_error(&b->error);
}

/* The records remembered are of entities of the first database's present Model. */
static void known_follow(Known *k, const Fixture *f)
{
    for (size_t i = 0; i < k->n; i++)
        k->of[i] = f->model->entities[k->of[i]->number];
}

static void both_work(Fixture *const *f, Known *known, Declared *declared, int64_t number,
                      Dice dice)
{
    Declared after = *declared;
    Work works[KINDS];

    for (int i = 0; i < KINDS; i++) {
        after = *declared;
        moment(number);
        work_run(&works[i], f[i], known, &after, dice);
    }
    works_equal(&works[0], &works[1]);
    *declared = after;
    known_follow(known, f[0]);
}

/* ---- in the end -------------------------------------------------------------------------- */

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Rows as texts, in order. */
static GPtrArray *rows_of(const Fixture *f, const char *table)
{
    g_autofree char *sql = g_strdup_printf("SELECT * FROM \"%s\"", table);
    g_autoptr(GPtrArray) rows = database_rows(f->uri, sql);
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(texts, g_strjoinv("|", rows->pdata[i]));
    g_ptr_array_sort(texts, by_text);
    return texts;
}

/* All but `import`, which names the process. */
static void tables_equal(const Fixture *a, const Fixture *b)
{
    g_autoptr(GPtrArray) tables =
        database_rows(a->uri, "SELECT name FROM sqlite_master WHERE type='table' AND "
                              "name NOT IN ('import') ORDER BY name");

    g_assert_cmpuint(tables->len, >, 30);
    for (guint i = 0; i < tables->len; i++) {
        const char *name = ((char **)tables->pdata[i])[0];
        g_autoptr(GPtrArray) was = rows_of(a, name), is = rows_of(b, name);

        g_assert_cmpuint(was->len, ==, is->len);
        for (guint j = 0; j < was->len; j++)
            g_assert_cmpstr(was->pdata[j], ==, is->pdata[j]);
    }
}

static void searches_equal(Fixture *const *f)
{
    static const char *const words[] = {"李", "秀英", "王桂兰", "安源养老院"};

    for (size_t w = 0; w < G_N_ELEMENTS(words); w++) {
        RecordKey *found[KINDS];
        size_t n[KINDS];

        for (int i = 0; i < KINDS; i++)
            g_assert_true(store_search(f[i]->store, w == 3 ? f[i]->facility : f[i]->elder,
                                       str_of(words[w]), 100, f[i]->arena, &found[i], &n[i], NULL));
        g_assert_cmpuint(n[0], ==, n[1]);
        for (size_t i = 0; i < n[0]; i++) {
            g_assert_cmpint(found[0][i].county, ==, found[1][i].county);
            g_assert_cmpint(found[0][i].id, ==, found[1][i].id);
        }
    }
}

static void test_equal(void)
{
    const char *wanted = g_getenv("OPERATIONS");
    int64_t operations = wanted != NULL ? g_ascii_strtoll(wanted, NULL, 10) : 400;
    Dice dice = {(uint64_t)g_test_rand_int() << 20 | 1};
    Fixture *f[KINDS];
    Known known = {.n = 0};
    Declared declared = {.policy = 1};
    int64_t refused = 0;

    random_replace(fill);
    for (int i = 0; i < KINDS; i++) {
        moment(0);
        f[i] = fixture_new_on(i == 1);
    }
    for (int64_t done = 1, number = 1; done <= operations; number++) {
        Call calls[KINDS];

        step(&dice.state);
        for (int i = 0; i < KINDS; i++) {
            moment(number);
            call_make(&calls[i], f[i], &known, dice);
            call_run(&calls[i], f[i]);
        }
        calls_equal(&calls[0], &calls[1]);
        remember(&known, &calls[0], store_facts(f[0]->store)->home_county);
        done += (int64_t)calls[0].n;
        refused += calls[0].error != NULL || calls[0].answers[0].error != NULL;
        call_end(&calls[0]);
        call_end(&calls[1]);
        if (roll(&dice, 60) == 0)
            both_work(f, &known, &declared, ++number, dice);
    }
    g_assert_cmpint(refused, >, operations / 20); /* what is refused is compared, too */
    g_assert_cmpint(refused, <, operations / 10 * 8);
    if (operations >= 2000) { /* or the dice were loaded */
        g_assert_cmpint(ask(f[0], "SELECT count(*) FROM run"), >, 0);
        g_assert_cmpint(ask(f[0], "SELECT count(*) FROM journal WHERE via='migrate'"), >, 0);
        g_assert_cmpint(ask(f[0], "SELECT count(*) FROM elder"), >, 40);
    }
    searches_equal(f);
    tables_equal(f[0], f[1]);
    /* Each journal, replayed into an empty database of the other kind and of its own. */
    clock_fix(-1);
    for (int i = 0; i < KINDS; i++) {
        replayed_equal(f[i]->store, f[i]->model, f[i]->uri, f[i]->folder, i == 0,
                       (size_t)(1 + roll(&dice, 90)));
        replayed_equal(f[i]->store, f[i]->model, f[i]->uri, f[i]->folder, i == 1, 100000);
        assert_verified(f[i]->store);
        fixture_free(f[i]);
    }
    random_replace(NULL);
    clock_fix(-1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/equal/operations", test_equal);
    return g_test_run();
}
