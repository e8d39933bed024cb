/* load.c — columns hold what the records say, field by field; now and as known at the last entry.
 */
#include "models.h"

static void compare_field(const Record *r, const Field *f, const Batch *b, size_t row,
                          const Dataset *all, const RegionTree *regions)
{
    const Column *c = b->columns[f->index];
    const Fact *fact = &r->facts[f->index];

    /* Of a secret a column says whether it is known, and nothing else. */
    g_assert_true(column_known(c, row) == fact->value.known);
    if (!fact->value.known)
        return;
    if (f->secret) {
        g_assert_cmpint(c->physical, ==, PHYSICAL_I8);
        g_assert_cmpint(column_get(c, row), ==, 0);
        return;
    }
    if (c->physical == PHYSICAL_TEXT)
        g_assert_true(str_equal(column_text(c, row), fact->value.text));
    else if (f->type.kind == KIND_REGION)
        g_assert_true(str_equal(regions->code[column_get(c, row)], fact->value.text));
    else if (f->type.kind == KIND_REF)
        g_assert_cmpint(all->batches[f->type.to->number]->ids[column_get(c, row)], ==,
                        fact->value.num);
    else
        g_assert_cmpint(column_get(c, row), ==, fact->value.num);
    if (f->dated) {
        g_assert_cmpint(c->since[row], ==, fact->since);
        g_assert_cmpint(c->until != NULL ? c->until[row] : DATE_MAX, ==, fact->until);
    }
}

static void compare_all(Fixture *f, const Dataset *d)
{
    for (size_t e = 0; e < d->n_batches; e++) {
        const Batch *b = d->batches[e];
        const Entity *entity = f->model->entities[e];

        for (size_t i = 0; b != NULL && i < b->rows; i++) {
            g_autoptr(Arena) a = arena_new();
            g_autoptr(GError) error = NULL;
            Record *r = NULL;

            store_record(f->store, entity, (RecordKey){b->counties[i], b->ids[i]}, a, &r, &error);
            g_assert_no_error(error);
            for (size_t j = 0; j < entity->n_fields; j++)
                compare_field(r, entity->fields[j], b, i, d, f->regions);
        }
    }
}

static Draft *changed(Fixture *f, RecordKey key, size_t i, RecordKey home)
{
    Draft *d = draft_new(f->arena, i % 2 ? CHANGE_SET : CHANGE_CORRECT, f->elder, key);

    draft_on(d, "ability", (int64_t)(i % 5), "2021-03-01");
    draft_on(d, "home", home.id, "2020-05-01");
    draft_text_on(d, "residence", "360313", "2022-01-01");
    if (i % 9 == 0)
        draft_unknown(d, "income", "2021-01-01");
    if (i % 4 == 0)
        draft_number(d, "height", (int64_t)i);
    draft_number(d, "residence_since", (int64_t)i);
    return d;
}

static Draft *visited(Fixture *f, RecordKey elder, int32_t county)
{
    Draft *d =
        draft_new(f->arena, CHANGE_CREATE, f->visit, (RecordKey){county, store_new_id(f->store)});

    draft_number(d, "elder", elder.id);
    draft_number(d, "day", day("2021-05-05"));
    draft_text(d, "note", "一切都好");
    return d;
}

/* 1,500 elders, a third of them changed later, some taken off the books, some visited. */
static void fill(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_autofree Change *elders = g_new0(Change, 1500);
    g_autofree Change *more = g_new0(Change, 1500);
    RecordKey homes[] = {facility_new(f, "A1", "安源养老院"), facility_new(f, "B2", "幸福院")};
    size_t n = 0;

    elders_make(f, f->arena, elders, 1500, 99);
    for (size_t i = 0; i < 1500; i += 3) {
        more[n++] = changed(f, elders[i].key, i, homes[i % 2])->change;
        if (i % 10 == 0)
            more[n++] = draft_new(f->arena, CHANGE_END, f->elder, elders[i].key)->change;
    }
    for (size_t i = 1; i < 1500; i += 50)
        more[n++] = visited(f, elders[i].key, i % 100 == 1 ? OTHER : COUNTY)->change;
    store_write_chunk(f->store, elders, 1500, NULL, &error);
    g_assert_no_error(error);
    store_write_chunk(f->store, more, n, NULL, &error);
    g_assert_no_error(error);
}

static void test_equal_to_records(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) now = NULL;
    g_autoptr(Dataset) known = NULL;

    fill(f);
    g_assert_true(store_load(f->store, f->regions, 0, &now, &error));
    compare_all(f, now);
    g_assert_true(store_load(f->store, f->regions, INT64_MAX - 1, &known, &error));
    compare_all(f, known);
    for (size_t e = 0; e < now->n_batches; e++)
        g_assert_cmpuint(now->batches[e]->rows, ==, known->batches[e]->rows);
    g_assert_true(str_is(now->batches[0]->keys[0], "A1"));
    assert_verified(f->store);
    fixture_free(f);
}

/* The two ways agree on every day, not only on the latest value. */
static void same_both_ways(const Fixture *f, const Dataset *now, const Dataset *known, Date step)
{
    g_assert_cmpuint(now->batches[1]->rows, ==, known->batches[1]->rows);
    for (size_t i = 0; i < now->batches[1]->rows; i++)
        g_assert_cmpint(now->batches[1]->ids[i], ==, known->batches[1]->ids[i]);
    for (size_t j = 0; j < f->elder->n_fields; j++) {
        const Column *a = now->batches[1]->columns[j], *b = known->batches[1]->columns[j];

        if (a == NULL || f->elder->fields[j]->secret)
            continue;
        for (size_t i = 0; i < a->rows; i++) {
            for (Date d = day("2019-12-01"); d < day("2022-03-01"); d += step) {
                int64_t x = 0, y = 0;
                bool has = a->physical == PHYSICAL_TEXT || column_at(a, i, d, &x);

                g_assert_true(has == (b->physical == PHYSICAL_TEXT || column_at(b, i, d, &y)));
                g_assert_true(!has || x == y);
            }
        }
    }
}

static void test_both_ways(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) now = NULL;
    g_autoptr(Dataset) known = NULL;

    fill(f);
    g_assert_true(store_load(f->store, f->regions, 0, &now, &error));
    g_assert_true(store_load(f->store, f->regions, INT64_MAX - 1, &known, &error));
    same_both_ways(f, now, known, 13);
    fixture_free(f);
}

/* More numbers than one call of a function takes (gather of conn.h), behind them texts and regions;
 * as many known as not, and what is not known has no days. */
static void test_wide(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) d = NULL;
    Model *m = model_fresh(f, 7);

    for (int i = 0; i < 80; i++)
        field_more(m, "elder", arena_printf(f->arena, "wide%d", i), KIND_INT)->dated = i % 3 != 0;
    model_sealed(m);
    migrated_to(f, m, "");
    for (int i = 0; i < 60; i++) {
        RecordKey key = elder_new(f, "李秀英", NULL);
        Draft *set = draft_new(f->arena, CHANGE_SET, f->elder, key);

        for (int k = i % 2; k < 80; k += 3 + i % 2) {
            const char *name = arena_printf(f->arena, "wide%d", k);

            if (k % 3 != 0)
                draft_on(set, name, i * 100 - k, "2020-01-01");
            else
                draft_number(set, name, i * 100 - k);
        }
        draft_text_on(set, "residence", "360313", "2022-01-01");
        write_ok(f->store, set);
    }
    g_assert_true(store_load(f->store, f->regions, 0, &d, &error));
    g_assert_cmpuint(d->batches[1]->rows, ==, 60);
    compare_all(f, d);
    fixture_free(f);
}

/* Enough people that their numbers move to the large table of identities, and that two connections
 * read them. */
static void test_many(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) d = NULL;
    g_autoptr(Dataset) known = NULL;
    Change first = {0};

    for (uint64_t chunk = 1; chunk <= 17; chunk++) {
        Arena *a = chunk == 1 ? f->arena : arena_new();
        Change *changes = arena_many(a, Change, 2000);

        elders_make(f, a, changes, 2000, chunk * 7919);
        g_assert_true(store_write_chunk(f->store, changes, 2000, NULL, &error));
        if (chunk == 1)
            first = changes[5];
        else
            arena_free(a);
    }
    g_assert_cmpint(ask(f, "SELECT count(*) FROM identity"), ==, 30000);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM identity_recent"), ==, 4000);
    Draft *twin =
        draft_new(f->arena, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});

    twin->fields[0] = first.fields[1]; /* id_number */
    twin->change.n_fields = 1;
    write_refused(f->store, twin, FAIL_CONFLICT, "has it");
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, first.key));
    write_ok(f->store, twin);
    g_assert_true(store_load(f->store, f->regions, 0, &d, &error));
    g_assert_cmpuint(d->batches[1]->rows, ==, 34000);
    /* Too many rows for texts: known, without what they say. */
    const Column *name = d->batches[1]->columns[field_of(f->elder, "name")->index];

    g_assert_cmpint(name->physical, ==, PHYSICAL_I8);
    g_assert_true(column_known(name, 0));
    g_assert_true(store_load(f->store, f->regions, INT64_MAX - 1, &known, &error));
    same_both_ways(f, d, known, 200);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_empty(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) d = NULL;

    g_assert_true(store_load(f->store, f->regions, 0, &d, &error));
    g_assert_cmpuint(d->n_batches, ==, 3);
    g_assert_null(d->batches[1]);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/load/equal-to-records", test_equal_to_records);
    g_test_add_func("/load/both-ways", test_both_ways);
    g_test_add_func("/load/wide", test_wide);
    g_test_add_func("/load/many", test_many);
    g_test_add_func("/load/empty", test_empty);
    return g_test_run();
}
