/* group.c — many at once: threads of one process share commits, two stores share one file, a bad
 * change in a group harms nobody else. */
#include "fixture.h"

#include "base/limits.h"

#define THREADS 8
#define EACH    60

typedef struct Writer {
    Fixture *f;
    Store *s;
    int number, done, refused;
} Writer;

static gpointer write_many(gpointer with)
{
    Writer *w = with;
    g_autoptr(Arena) a = arena_new();

    for (int i = 0; i < EACH; i++) {
        g_autoptr(GError) error = NULL;
        Draft *d =
            draft_new(a, CHANGE_CREATE, w->f->elder, (RecordKey){COUNTY, store_new_id(w->s)});
        ChangeAnswer answer;

        draft_text(d, "name", "李秀英");
        /* Every tenth person is the same for all threads: one of them gets in. */
        g_snprintf(d->texts[0], sizeof d->texts[0], "%d-%d", i % 10 == 0 ? 0 : w->number, i);
        draft_secret(d, "id_number", d->texts[0]);
        if (!store_write(w->s, &d->change, 1, &answer, &error)) {
            g_assert_no_error(error);
            continue;
        }
        w->done += answer.done;
        w->refused += answer.error != NULL;
        if (answer.error != NULL)
            g_assert_error(answer.error, FAIL_DOMAIN, FAIL_CONFLICT);
        g_clear_error(&answer.error);
    }
    return NULL;
}

static void threads_run(Fixture *f, Store *const *stores, size_t n_stores)
{
    Writer writers[THREADS];
    GThread *threads[THREADS];
    int done = 0, refused = 0;

    for (int i = 0; i < THREADS; i++) {
        writers[i] = (Writer){f, stores[(size_t)i % n_stores], i + 1, 0, 0};
        threads[i] = g_thread_new("writer", write_many, &writers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        done += writers[i].done;
        refused += writers[i].refused;
    }
    g_assert_cmpint(done + refused, ==, THREADS * EACH);
    g_assert_cmpint(refused, ==, (THREADS - 1) * EACH / 10);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, done);
    assert_verified(f->store);
}

static void test_threads(void)
{
    Fixture *f = fixture_new();

    threads_run(f, &f->store, 1);
    fixture_free(f);
}

static void test_two_stores(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    Store *both[2] = {f->store, NULL};
    int64_t seen = 0, also = 0;

    g_assert_true(store_open(f->uri, f->model, &both[1], &error));
    threads_run(f, both, 2);
    g_assert_true(store_watermark(both[0], &seen, &error));
    g_assert_true(store_watermark(both[1], &also, &error));
    g_assert_cmpint(seen, ==, also);
    store_close(both[1]);
    fixture_free(f);
}

/* The same citizen in two counties at the same moment, by two processes: one of them gets in. */
static gpointer write_everywhere(gpointer with)
{
    Writer *w = with;
    g_autoptr(Arena) a = arena_new();

    for (int i = 0; i < EACH; i++) {
        g_autoptr(GError) error = NULL;
        bool other = (w->number + i) % 2 == 0;
        Elsewhere elsewhere = {.county = other ? COUNTY : OTHER};
        Draft *d = draft_new(a, CHANGE_CREATE, w->f->elder,
                             (RecordKey){other ? OTHER : COUNTY, store_new_id(w->s)});
        ChangeAnswer answer;

        draft_text(d, "name", "李秀英");
        g_snprintf(d->texts[0], sizeof d->texts[0], "%d", i);
        draft_secret(d, "id_number", d->texts[0]);
        FieldChange *number = &d->change.fields[d->change.n_fields - 1];

        /* Each county knows the number by another index. */
        number->blind[0] = other;
        memcpy(elsewhere.blind, number->blind, sizeof elsewhere.blind);
        elsewhere.blind[0] = !other;
        number->elsewhere = &elsewhere;
        number->n_elsewhere = 1;
        number->lock = i;
        g_assert_true(store_write(w->s, &d->change, 1, &answer, &error));
        w->done += answer.done;
        w->refused += answer.error != NULL;
        if (answer.error != NULL)
            g_assert_error(answer.error, FAIL_DOMAIN, FAIL_CONFLICT);
        g_clear_error(&answer.error);
    }
    return NULL;
}

static void test_two_counties(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Writer writers[THREADS];
    GThread *threads[THREADS];
    Store *both[2] = {f->store, NULL};
    int done = 0;

    g_assert_true(store_open(f->uri, f->model, &both[1], &error));
    for (int i = 0; i < THREADS; i++) {
        writers[i] = (Writer){f, both[i % 2], i / 2, 0, 0};
        threads[i] = g_thread_new("writer", write_everywhere, &writers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        done += writers[i].done;
        g_assert_cmpint(writers[i].done + writers[i].refused, ==, EACH);
    }
    g_assert_cmpint(done, ==, EACH);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, EACH);
    assert_verified(f->store);
    store_close(both[1]);
    fixture_free(f);
}

/* More changes than one group holds: good ones go in, bad ones are answered one by one. */
static void test_large_call(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    size_t n = LIMIT_GROUP_CHANGES * 3 + 7;
    g_autofree Change *changes = g_new0(Change, n);
    g_autofree ChangeAnswer *answers = g_new0(ChangeAnswer, n);

    for (size_t i = 0; i < n; i++) {
        Draft *d = draft_new(f->arena, CHANGE_CREATE, f->elder,
                             (RecordKey){COUNTY, store_new_id(f->store)});

        draft_text(d, "name", "王桂兰");
        if (i % 7 == 0)
            draft_on(d, "ability", 99, "2020-01-01");
        changes[i] = d->change;
    }
    g_assert_true(store_write(f->store, changes, n, answers, &error));
    for (size_t i = 0; i < n; i++) {
        g_assert_true(answers[i].done == (i % 7 != 0));
        g_assert_true((answers[i].error != NULL) == (i % 7 == 0));
        g_clear_error(&answers[i].error);
    }
    assert_verified(f->store);
    fixture_free(f);
}

/* A form's changes share its key: all of them are written, also where a group ends among them, and
 * none when it is sent again. */
static void test_one_key(void)
{
    enum { MANY = LIMIT_GROUP_CHANGES + 20 };
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Change changes[MANY];
    ChangeAnswer answers[MANY];

    for (int i = 0; i < MANY; i++) {
        Draft *d = draft_new(f->arena, CHANGE_CREATE, f->elder,
                             (RecordKey){COUNTY, store_new_id(f->store)});

        draft_text(d, "name", "王桂兰");
        d->change.request[0] = 7;
        changes[i] = d->change;
    }
    for (int again = 0; again < 2; again++) {
        g_assert_true(store_write(f->store, changes, MANY, answers, &error));
        for (int i = 0; i < MANY; i++)
            g_assert_true(answers[i].done && answers[i].repeated == again);
        g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, MANY);
    }
    assert_verified(f->store);
    fixture_free(f);
}

typedef struct Said { /* one change of a call, and how it is answered */
    Draft *draft;
    int code; /* 0: it is done */
} Said;

static void say(Said *to, Draft *d, int code)
{
    *to = (Said){d, code};
}

static Draft *named(Fixture *f, ChangeKind kind, RecordKey key, const char *name)
{
    Draft *d = draft_new(f->arena, kind, f->elder, key);

    if (name != NULL)
        draft_text(d, "name", name);
    return d;
}

static Draft *numbered(Fixture *f, RecordKey key, const char *name, const char *number)
{
    Draft *d = named(f, CHANGE_CREATE, key, name);

    draft_secret(d, "id_number", number);
    return d;
}

#define SAID 11

/* What follows in a call sees what stood before it, whatever became of the others. */
static void calls_say(Fixture *f, Said *to, const RecordKey *key, const RecordKey *fresh,
                      const char *number)
{
    Draft *stale = named(f, CHANGE_SET, key[1], "李建国");

    stale->change.expected = 1;
    say(&to[0], named(f, CHANGE_SET, key[0], NULL), 0);
    draft_on(to[0].draft, "ability", 2, "2020-01-01");
    say(&to[1], named(f, CHANGE_SET, key[0], NULL), 0); /* the same one once more */
    draft_on(to[1].draft, "ability", 3, "2020-07-01");
    say(&to[2], numbered(f, fresh[0], "陈桂香", "4"), 0);
    say(&to[3], named(f, CHANGE_SET, fresh[0], "陈桂芳"), 0); /* made a moment ago */
    say(&to[4], named(f, CHANGE_SET, (RecordKey){COUNTY, 77}, "无此人"), FAIL_ABSENT);
    say(&to[5], stale, FAIL_CONFLICT);
    say(&to[6], named(f, CHANGE_END, key[2], NULL), 0);
    say(&to[7], named(f, CHANGE_SET, key[2], "赵秀兰"), FAIL_CONFLICT); /* gone a moment ago */
    say(&to[8], numbered(f, fresh[1], "周玉珍", number),
        str_is(STR("1"), number) ? FAIL_CONFLICT : 0);
    say(&to[9], numbered(f, fresh[2], "吴德明", "3"), 0); /* free a moment ago */
    say(&to[10], named(f, CHANGE_SET, key[1], "李建华"), 0);
}

static void mixed_call(const char *number)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    RecordKey key[3], fresh[3];
    Said said[SAID];
    Change changes[SAID];
    ChangeAnswer answers[SAID];

    for (int i = 0; i < 3; i++) {
        g_autofree char *n = g_strdup_printf("%d", i + 1);

        key[i] = elder_new(f, "王桂英", n);
        fresh[i] = (RecordKey){COUNTY, store_new_id(f->store)};
    }
    calls_say(f, said, key, fresh, number);
    for (int i = 0; i < SAID; i++)
        changes[i] = said[i].draft->change;
    g_assert_true(store_write(f->store, changes, SAID, answers, &error));
    for (int i = 0; i < SAID; i++) {
        g_assert_true(answers[i].done == (said[i].code == 0));
        if (said[i].code != 0)
            g_assert_error(answers[i].error, FAIL_DOMAIN, said[i].code);
        g_clear_error(&answers[i].error);
    }
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder WHERE state=0"), ==,
                    str_is(STR("1"), number) ? 4 : 5);
    g_assert_cmpint(value_now(f->store, f->elder, key[0], "ability", f->arena).num, ==, 3);
    g_assert_true(str_is(value_now(f->store, f->elder, fresh[0], "name", f->arena).text, "陈桂芳"));
    g_assert_true(str_is(value_now(f->store, f->elder, key[1], "name", f->arena).text, "李建华"));
    assert_verified(f->store);
    fixture_free(f);
}

/* All that is refused is refused before anything is written; and one by the database itself. */
static void test_mixed_call(void)
{
    mixed_call("5");
    mixed_call("1");
}

/* A chunk is all or nothing. */
static void test_chunk(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree Change *changes = g_new0(Change, 100);
    Change too_many[1] = {{0}};

    elders_make(f, f->arena, changes, 100, 17);
    changes[60].fields[2].value.num = DATE_MAX + 1; /* born */
    g_assert_false(store_write_chunk(f->store, changes, 100, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "change 61 of 100"));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 0);
    g_clear_error(&error);
    changes[60].fields[2].value.num = 0;
    g_assert_true(store_write_chunk(f->store, changes, 100, NULL, &error));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 100);
    g_assert_false(store_write_chunk(f->store, too_many, LIMIT_IMPORT_CHUNK + 1, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_USAGE);
    assert_verified(f->store);
    fixture_free(f);
}

/* Readers see whole commits while a writer is at it. */
static gpointer read_many(gpointer with)
{
    Writer *w = with;

    while (g_atomic_int_get(&w->number) == 0) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Dataset) data = NULL;

        g_assert_true(store_load(w->s, w->f->regions, 0, &data, &error));
        if (data->batches[w->f->elder->number] != NULL)
            g_assert_cmpuint(data->batches[w->f->elder->number]->rows % 50, ==, 0);
        w->done++;
    }
    return NULL;
}

static void test_reader_beside_writer(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Writer reader = {f, f->store, 0, 0, 0};
    GThread *t = g_thread_new("reader", read_many, &reader);

    for (uint64_t i = 1; i <= 40; i++) {
        g_autoptr(Arena) a = arena_new();
        Change *changes = arena_many(a, Change, 50);

        elders_make(f, a, changes, 50, i * 7919);
        g_assert_true(store_write_chunk(f->store, changes, 50, NULL, &error));
    }
    g_atomic_int_set(&reader.number, 1);
    g_thread_join(t);
    g_assert_cmpint(reader.done, >, 0);
    assert_verified(f->store);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/group/threads", test_threads);
    g_test_add_func("/group/two-stores", test_two_stores);
    g_test_add_func("/group/two-counties", test_two_counties);
    g_test_add_func("/group/large-call", test_large_call);
    g_test_add_func("/group/one-key", test_one_key);
    g_test_add_func("/group/mixed-call", test_mixed_call);
    g_test_add_func("/group/chunk", test_chunk);
    g_test_add_func("/group/reader-beside-writer", test_reader_beside_writer);
    return g_test_run();
}
