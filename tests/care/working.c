/* working.c — the working set follows what is written: a patched set says on every day what one
 * loaded anew says, whoever wrote meanwhile; who just wrote sees it. */
#include "house.h"

#include "../store/database.h"
#include "base/identifier.h"
#include "care/decide.h"
#include "care/figures.h"

#define WRITES  120
#define THREADS 4

static const char *const towns[] = {"990302101", "990302102"};

static bool save(House *h, Arena *a, RecordKey *key, const char *entity, const FieldEdit *edits,
                 size_t n, GError **error)
{
    const RecordEdit edit = {
        .entity = house_entity(h, entity), .key = *key, .fields = edits, .n_fields = n};
    return record_save(h->care, h->local, &edit, a, key, NULL, NULL, error);
}

/* What a row says of a field on a day, as comparable between two sets: ids instead of rows. */
static bool number_on(House *h, Working *w, const Field *f, int64_t row, Date day, int64_t *ret)
{
    const Column *c = working_batch(w, f->entity)->columns[f->index];
    if (c == NULL || c->physical == PHYSICAL_TEXT || !column_at(c, (size_t)row, day, ret))
        return false;
    if (f->type.kind == KIND_REF)
        *ret = working_value(h->care, w, f, *ret).num;
    return true;
}

static void compare_field(House *h, Working *a, Working *b, const Field *f, int64_t id)
{
    int64_t row_a = working_row(a, f->entity, id), row_b = working_row(b, f->entity, id);
    const Column *ca = working_batch(a, f->entity)->columns[f->index];
    const Column *cb = working_batch(b, f->entity)->columns[f->index];
    g_assert_cmpint(ca == NULL, ==, cb == NULL);
    if (ca == NULL)
        return;
    g_assert_cmpint(column_known(ca, (size_t)row_a), ==, column_known(cb, (size_t)row_b));
    if (ca->physical == PHYSICAL_TEXT) {
        g_assert_true(str_equal(column_text(ca, (size_t)row_a), column_text(cb, (size_t)row_b)));
        return;
    }
    for (Date day = 17000; day < 19000; day += 40) {
        int64_t x = 0, y = 0;
        bool known = number_on(h, a, f, row_a, day, &x);
        g_assert_cmpint(known, ==, number_on(h, b, f, row_b, day, &y));
        if (known)
            g_assert_cmpint(x, ==, y);
    }
    g_assert_true(ca->physical == PHYSICAL_SET || ca->low > ca->high ||
                  (ca->low <= cb->low && ca->high >= cb->high)); /* programs rest on it */
}

static void compare(House *h, Working *a, Working *b)
{
    const Model *m = h->care->model;
    g_assert_cmpint(a->watermark, ==, b->watermark);
    for (size_t e = 0; e < m->n_entities; e++) {
        const Batch *x = a->data->batches[e], *y = b->data->batches[e];
        g_assert_cmpuint(x != NULL ? x->rows : 0, ==, y != NULL ? y->rows : 0);
        for (size_t i = 0; x != NULL && i < x->rows; i++) {
            g_assert_cmpint(working_row(b, m->entities[e], x->ids[i]), !=, ROW_NONE);
            for (size_t k = 0; k < m->entities[e]->n_fields; k++)
                compare_field(h, a, b, m->entities[e]->fields[k], x->ids[i]);
        }
    }
}

static void compare_with_fresh(House *h)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Care) other = NULL;
    const CareOptions o = {h->uri, h->packs, h->keys, true};
    g_autoptr(Working) patched = NULL, loaded = NULL;
    g_assert_true(working_get(h->care, &patched, &error));
    care_open(&o, &other, &error);
    g_assert_no_error(error);
    g_assert_true(working_get(other, &loaded, &error));
    /* fields of the one Model index the columns of both: the documents are the same */
    compare(h, patched, loaded);
}

static Date random_day(void)
{
    return 17897 + g_test_rand_int_range(0, 500); /* from 2019-01-01 on */
}

static void change_something(House *h, GArray *elders, GArray *homes, unsigned i)
{
    g_autoptr(GError) error = NULL;
    static const char *const livings[] = {"alone", "empty_nest", "alone|empty_nest", "-", ""};
    static const char *const incomes[] = {"1", "30000", "0", "", "99999.99"};
    g_autofree char *name = g_strdup_printf("甲%u", i);
    unsigned n = elders->len;
    if (n < 3 || i % 4 == 0) {
        RecordKey key = house_elder(h, name, towns[i % 2], house_number(h, i));
        g_array_append_val(elders, key);
        return;
    }
    RecordKey key = g_array_index(elders, RecordKey, g_test_rand_int_range(0, (gint32)n));
    if (i % 7 == 1) {
        char id[ID_TEXT];
        RecordKey home = house_save(h, h->local, "facility", (RecordKey){0}, "name", name, "region",
                                    towns[i % 2], NULL);
        g_array_append_val(homes, home);
        house_save(h, h->local, "stay", (RecordKey){0}, "elder", id_format(key.id, id), "facility",
                   name, "moved_in", "2020-01-01", NULL);
        return;
    }
    const FieldEdit edits[] = {
        {house_field(h, "elder", "living"), str_of(livings[i % 5]), random_day()},
        {house_field(h, "elder", "income"), str_of(incomes[i % 5]), random_day()},
        {house_field(h, "elder", "residence"), str_of(towns[i % 2]), random_day()},
        {house_field(h, "elder", "beds"), str_of(i % 3 ? "7" : ""), 0},
    };
    g_autoptr(Arena) a = arena_new();
    save(h, a, &key, "elder", edits + i % 3, 2, &error);
    g_assert_no_error(error);
}

static void test_patched(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GArray) elders = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    g_autoptr(GArray) homes = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    for (unsigned i = 0; i < WRITES; i++) {
        change_something(h, elders, homes, i);
        if (i % 20 == 19)
            compare_with_fresh(h);
    }
}

static const char rules_document[] =
    "---\ndocument: house-rules\ntitle: 规则\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-model, house-place\n---\n\n# 一 规则 / Rules\n\n"
    "```anlao\n"
    "benefit old_age \"高龄\" / \"old age\" { for elder\n every month any day\n"
    "  when age(born) >= 80\n  pay 80 yuan }\n"
    "indicator people \"人数\" in \"人\" / \"people\" stock by region = count(elder)\n"
    "target people >= 2 on 2020-12-31\n"
    "```\n";

/* What a clerk sees: who is in the list, how many are counted, who has a right to the benefit. */
static void seen(House *h, const char *names, int64_t people, uint64_t entitled)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Working) w = NULL;
    g_autoptr(Decided) d = NULL;
    g_autofree char *list = house_list(h, h->local, "elder", NULL, NULL);
    TargetFigure *figures;
    size_t n;
    g_assert_cmpstr(list, ==, names);
    figures_targets(h->care, h->local, NULL, ROW_NONE, month_first(month_of(18622)), h->arena,
                    &figures, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpint(figures[0].figure.value, ==, people);
    g_assert_true(working_get(h->care, &w, &error));
    decided_get(h->care, w, house_entity(h, "elder"), month_of(18622), &d, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(d->n_rules, ==, 1);
    g_assert_cmpuint(d->results->list[0].yes, ==, entitled);
}

/* Another process records, corrects and takes off the books: lists, figures and decisions follow
 * its journal.  What was changed is patched in; only where a record goes is everything loaded. */
static void test_others_are_followed(void)
{
    g_autoptr(House) h = house_new_with(false, rules_document);
    House twin = *h;
    const CareInside *in = care_inside(h->care);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    seen(h, "甲某", 1, 1);
    int64_t loaded = in->loaded_us;
    house_open(&twin);
    RecordKey other = house_elder(&twin, "乙某", "990302101", house_number(&twin, 2));
    seen(h, "乙某 甲某", 2, 2);
    house_save(&twin, twin.local, "elder", key, "id_number", "", "born", "1960-05-01", NULL);
    seen(h, "乙某 甲某", 2, 1);
    house_save(&twin, twin.local, "elder", key, "name", "丙某", NULL);
    house_save(&twin, twin.local, "elder", other, "residence", "990302102", NULL);
    seen(h, "丙某 乙某", 2, 1);
    g_assert_cmpint(in->loaded_us, ==, loaded);
    compare_with_fresh(h);
    WriteRequest gone = {.kind = WRITE_END,
                         .entity = house_entity(&twin, "elder"),
                         .key = other,
                         .expected = -1,
                         .reason = STR("recorded twice")};
    g_autoptr(GError) error = NULL;
    FieldFault *faults;
    WriteAnswer answer;
    size_t n;
    care_write(twin.care, twin.local, &gone, twin.arena, &answer, &faults, &n, &error);
    g_assert_no_error(error);
    seen(h, "丙某", 1, 0);
    g_assert_cmpint(in->loaded_us, >, loaded);
    compare_with_fresh(h);
    house_close(&twin);
}

static void read_once(House *h, const char *digits)
{
    g_autoptr(GError) error = NULL;
    ListResult found;
    record_search(h->care, h->local, house_entity(h, "elder"), str_of(digits), 20, h->arena, &found,
                  &error);
    g_assert_no_error(error);
}

/* Who looks somebody up leaves an entry about no record: the facts are the same, and what was
 * computed from them stays, however often. */
static void test_same_facts(void)
{
    g_autoptr(House) h = house_new_with(false, rules_document);
    g_autoptr(GError) error = NULL;
    g_autoptr(Working) first = NULL;
    house_elder(h, "甲某", "990302101", house_number(h, 1));
    seen(h, "甲某", 1, 1);
    g_assert_true(working_get(h->care, &first, &error));
    for (unsigned i = 0; i < 5; i++) {
        g_autoptr(Working) w = NULL;
        read_once(h, "1234");
        g_assert_true(working_get(h->care, &w, &error));
        g_assert_cmpint(w->watermark, ==, first->watermark + i + 1);
        g_assert_true(w->results == first->results && w->figures == first->figures);
        g_assert_true(working_views(w) == working_views(first));
        g_assert_true(working_batch(w, house_entity(h, "elder")) ==
                      working_batch(first, house_entity(h, "elder")));
    }
    g_clear_pointer(&first, working_unref);
    seen(h, "甲某", 1, 1);
    house_elder(h, "乙某", "990302101", house_number(h, 2));
    seen(h, "乙某 甲某", 2, 2);
    compare_with_fresh(h);
}

static int64_t beds_shown(House *h, RecordKey elder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Working) w = NULL;
    int64_t beds = -1;
    g_assert_true(working_get(h->care, &w, &error));
    const Field *f = house_field(h, "elder", "beds");
    g_assert_true(number_on(h, w, f, working_row(w, f->entity, elder.id), 18000, &beds));
    return beds;
}

/* A server that was cut off comes back without an entry that was read, and with another one in its
 * place: as many entries as before, and yet nothing of what was shown holds. */
static void test_another_past(void)
{
    g_autoptr(House) h = house_new(false);
    RecordKey elder = house_elder(h, "甲某", "990302101", house_number(h, 1));
    house_save(h, h->local, "elder", elder, "beds", "7", NULL);
    g_assert_cmpint(beds_shown(h, elder), ==, 7);
    database_tamper(h->uri, "UPDATE elder SET beds=9");
    g_assert_cmpint(beds_shown(h, elder), ==, 7); /* the journals are the same */
    database_tamper(h->uri, "UPDATE journal SET link=zeroblob(32) WHERE EXISTS (SELECT 1 FROM head "
                            "WHERE head.county=journal.county AND head.seq=journal.seq)");
    database_tamper(h->uri, "UPDATE head SET link=zeroblob(32)");
    g_assert_cmpint(beds_shown(h, elder), ==, 9);
}

/* Another process writes: it is taken up, and our own next write is still patched right. */
static void test_others_write(void)
{
    g_autoptr(House) h = house_new(false);
    House twin = *h;
    uint64_t all;

    house_elder(h, "甲某", "990302101", house_number(h, 1));
    g_free(house_list(h, h->local, "elder", NULL, &all));
    house_open(&twin);
    house_elder(&twin, "乙某", "990302101", house_number(&twin, 2));
    house_elder(h, "丙某", "990302101", house_number(h, 3));
    g_free(house_list(h, h->local, "elder", NULL, &all));
    g_assert_cmpuint(all, ==, 3);
    g_free(house_list(&twin, twin.local, "elder", NULL, &all));
    g_assert_cmpuint(all, ==, 3);
    compare_with_fresh(h);
    house_close(&twin);
}

typedef struct Worker {
    House *house;
    unsigned number, failed;
} Worker;

static gpointer write_and_look(gpointer data)
{
    Worker *worker = data;
    House *h = worker->house;
    for (unsigned i = 0; i < 25; i++) {
        g_autoptr(Arena) a = arena_new();
        g_autofree char *name = g_strdup_printf("乙%u", worker->number * 100 + i);
        const FieldEdit edits[] = {
            {house_field(h, "elder", "name"), str_of(name), 0},
            {house_field(h, "elder", "born"), STR("1940-05-01"), 0},
            {house_field(h, "elder", "residence"), STR("990302101"), 18000},
        };
        RecordKey key = {0};
        Record *r;
        if (!save(h, a, &key, "elder", edits, 3, NULL) ||
            !record_get(h->care, h->local, house_entity(h, "elder"), key, 0, a, &r, NULL)) {
            worker->failed++;
            continue;
        }
        ListQuery q = {
            .entity = house_entity(h, "elder"), .region = ROW_NONE, .words = str_of(name)};
        ListResult list;
        worker->failed += !record_list(h->care, h->local, &q, a, &list, NULL) || list.total < 1;
    }
    return NULL;
}

static void test_many_at_once(void)
{
    g_autoptr(House) h = house_new(false);
    Worker workers[THREADS];
    GThread *threads[THREADS];
    uint64_t all;

    house_elder(h, "甲某", "990302101", house_number(h, 1));
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (Worker){h, i, 0};
        threads[i] = g_thread_new("writer", write_and_look, &workers[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
        g_assert_cmpuint(workers[i].failed, ==, 0);
    }
    g_free(house_list(h, h->local, "elder", NULL, &all));
    g_assert_cmpuint(all, ==, THREADS * 25 + 1);
    compare_with_fresh(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/working/patched", test_patched);
    g_test_add_func("/care/working/others_are_followed", test_others_are_followed);
    g_test_add_func("/care/working/same_facts", test_same_facts);
    g_test_add_func("/care/working/others_write", test_others_write);
    g_test_add_func("/care/working/another_past", test_another_past);
    g_test_add_func("/care/working/many_at_once", test_many_at_once);
    return g_test_run();
}
