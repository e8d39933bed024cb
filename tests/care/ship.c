/* ship.c — files of ranges: many small ones become one, what a database says of itself goes along
 * when it changes, whoever else can write into the folder cannot add to it. */
#include "../store/database.h"
#include "house.h"

#include "base/file.h"
#include "base/limits.h"
#include "care/access.h"
#include "care/ranges.h"
#include "care/rebuild.h"
#include "care/ship.h"
#include "store/backup.h"

#include <glib/gstdio.h>

typedef struct Place {
    House *house;
    char *folder;
} Place;

static Place place_new(void)
{
    Place p = {.house = house_new(true)};

    p.folder = g_build_filename(p.house->folder, "second", NULL);
    g_assert_cmpint(g_mkdir(p.folder, 0700), ==, 0);
    return p;
}

static void turn(Care *care, Shipping *s)
{
    g_autoptr(GError) error = NULL;

    ship_turn(s, &error);
    g_assert_no_error(error);
    ShipState state;

    g_assert_true(care_ship_state(care, &state));
    g_assert_true(state.ok);
    g_assert_cmpint(state.behind, ==, 0);
}

static guint files(const Place *p, int32_t county)
{
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(RangeFile));
    guint n = 0;

    g_assert_true(range_files(p->house->arena, p->folder, all, NULL));
    for (guint i = 0; i < all->len; i++)
        n += g_array_index(all, RangeFile, i).county == county;
    return n;
}

/* Rebuilds beside, verified by rebuilding; the heads it ends with, but for the entry that says so.
 */
static void rebuilt(Place *p, const char *name)
{
    House *h = p->house;
    g_autofree char *path = g_build_filename(h->folder, name, NULL);
    g_autofree char *uri = g_strconcat("sqlite:", path, NULL);
    g_autoptr(GError) error = NULL;
    const RestoreRequest r = {.path = p->folder,
                              .uri = uri,
                              .reason = STR("the machine is gone"),
                              .actor = STR("local:li")};
    RestoreReport report;
    StoreHead *was, *is;
    size_t n, m;

    care_rebuild(&r, h->arena, &report, &error);
    g_assert_no_error(error);
    g_assert_true(store_heads(h->care->store, h->arena, &was, &n, NULL));
    g_assert_true(store_peek_heads(uri, h->arena, &is, &m, NULL));
    g_assert_cmpuint(n, ==, m);
    for (size_t i = 0; i < n; i++) {
        bool own = is[i].county == store_facts(h->care->store)->home_county;

        g_assert_cmpint(is[i].seq, ==, was[i].seq + own);
    }
}

static void test_many_files(void)
{
    Place p = place_new();
    Shipping *s = ship_new(p.house->care, p.folder);
    guint most = 0;

    for (int i = 0; i < 70; i++) {
        house_elder(p.house, "甲某", "990302101", NULL);
        turn(p.house->care, s);
        most = MAX(most, files(&p, 990302));
    }
    g_assert_cmpuint(most, >, 50);
    g_assert_cmpuint(files(&p, 990302), <, 20);
    rebuilt(&p, "many.db");
    ship_free(s);
    /* Another process goes on where the first was. */
    s = ship_new(p.house->care, p.folder);
    house_elder(p.house, "乙某", "990302101", NULL);
    turn(p.house->care, s);
    rebuilt(&p, "more.db");
    ship_free(s);
    house_free(p.house);
    g_free(p.folder);
}

/* Somebody looks, and nobody writes for the rest of the day: minutes later that is in the second
 * place, too, once. */
static void test_looks_alone(void)
{
    Place p = place_new();
    House *h = p.house;
    Shipping *s = ship_new(h->care, p.folder);
    g_autoptr(GError) error = NULL;
    const int64_t start = clock_now_us();
    RecordKey key = house_elder(h, "甲某", "990302101", NULL);
    Record *r;

    turn(h->care, s);
    g_assert_true(
        record_get(h->care, h->local, house_entity(h, "elder"), key, 0, h->arena, &r, &error));
    g_assert_true(access_flush(h->care, &error));
    turn(h->care, s);
    const int64_t entries = database_ask(h->uri, "SELECT count(*) FROM journal");
    clock_fix(start + (int64_t)LIMIT_LOOKS_UNSHIPPED * G_USEC_PER_SEC * 2);
    ship_turn(s, &error); /* says so in the journal */
    g_assert_no_error(error);
    turn(h->care, s);
    turn(h->care, s);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM journal"), ==, entries + 1);
    rebuilt(&p, "looks.db");
    g_autofree char *uri = g_strdup_printf("sqlite:%s/looks.db", h->folder);
    g_assert_cmpint(database_ask(uri, "SELECT count(*) FROM access"), ==, 1);
    clock_fix(-1);
    ship_free(s);
    house_free(h);
    g_free(p.folder);
}

/* Signed by a key of one's own, a range says what it likes: it is not this node's. */
static void test_forged(void)
{
    Place p = place_new();
    House *h = p.house;
    Shipping *s = ship_new(h->care, p.folder);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(RangeFile));
    const uint8_t secret[KEY_SIZE] = {9};
    const char *path = NULL;
    RangeHead head;
    Str payload;

    house_elder(h, "甲某", "990302101", NULL);
    turn(p.house->care, s);
    ship_free(s);
    g_assert_true(range_files(h->arena, p.folder, all, NULL));
    for (guint i = 0; i < all->len; i++)
        if (g_array_index(all, RangeFile, i).county == 990302)
            path = g_array_index(all, RangeFile, i).path;
    g_assert_nonnull(path);
    g_assert_true(range_file_read(path, h->arena, &head, &payload, NULL));
    sm2_public(secret, head.key);
    g_autoptr(GString) message = g_string_new(NULL), whole = g_string_new(NULL);

    range_message(&head, message);
    g_assert_true(sm2_sign(secret, (Str){message->str, message->len}, head.signature,
                           &head.signature_len, NULL));
    range_write(&head, payload, whole);
    g_assert_true(file_write(path, (Str){whole->str, whole->len}, NULL));
    g_autofree char *db = g_build_filename(h->folder, "forged.db", NULL);
    g_autofree char *uri = g_strconcat("sqlite:", db, NULL);
    const RestoreRequest r = {
        .path = p.folder, .uri = uri, .reason = STR("the machine is gone"), .actor = STR("x")};
    RestoreReport report;

    g_assert_false(care_rebuild(&r, h->arena, &report, &error));
    g_assert_nonnull(strstr(error->message, "is signed by another key than"));
    g_assert_false(g_file_test(db, G_FILE_TEST_EXISTS));
    house_free(h);
    g_free(p.folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/ship/many_files", test_many_files);
    g_test_add_func("/care/ship/looks_alone", test_looks_alone);
    g_test_add_func("/care/ship/forged", test_forged);
    return g_test_run();
}
