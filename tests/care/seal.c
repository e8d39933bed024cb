/* seal.c — what a seal that was kept elsewhere says of a journal that is sound in itself: a tail
 * cut off, a history written anew, a seal that was changed.
 * LAW architecture 3: insiders can't rewrite the past either. */
#include "house.h"

#include "../store/database.h"
#include "base/file.h"
#include "base/limits.h"
#include "care/seal.h"
#include "store/seal.h"

#include <glib/gstdio.h>

static char *sealed(House *h, const char *name)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(h->folder, name, NULL);
    Str text;

    care_seal(h->care, h->arena, &text, &error);
    g_assert_no_error(error);
    g_assert_true(file_write(path, text, &error));
    return path;
}

static SealReport compared(House *h, const char *path)
{
    g_autoptr(GError) error = NULL;
    SealReport r;

    seal_compare(h->care, path, h->arena, &r, &error);
    g_assert_no_error(error);
    return r;
}

static const SealFinding *finding(const SealReport *r, int32_t county)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->findings[i].county == county)
            return &r->findings[i];
    }
    g_error("no finding for county %d", county);
}

static bool sound(House *h)
{
    VerifyReport v;

    g_assert_true(store_verify(h->care->store, h->arena, &v, NULL));
    return v.ok;
}

static void by_hand(House *h, const char *sql, ...)
{
    va_list args;
    va_start(args, sql);
    g_autofree char *text = g_strdup_vprintf(sql, args);
    va_end(args);
    database_run(h->uri, text);
}

/* Whoever can write the file takes the newest entries away, and all that they wrote. */
static void test_tail(void)
{
    g_autoptr(House) h = house_new(false);

    house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey last = house_elder(h, "乙某", "990302101", house_number(h, 2));
    g_autofree char *path = sealed(h, "today.seal"), *words = NULL;
    SealReport r = compared(h, path);
    int64_t seq = finding(&r, last.county)->seq;

    g_assert_true(r.ok && r.key_known);
    house_elder(h, "丙某", "990302101", house_number(h, 3)); /* it stays good when more comes */
    r = compared(h, path);
    g_assert_true(r.ok);
    g_remove(path);
    g_autofree char *newest = sealed(h, "today.seal");

    seq++;
    house_close(h);
    by_hand(h, "DELETE FROM elder WHERE seq=%" G_GINT64_FORMAT, seq);
    by_hand(h, "DELETE FROM journal WHERE county=%d AND seq=%" G_GINT64_FORMAT, last.county, seq);
    by_hand(h, "DELETE FROM journal_body WHERE county=%d AND seq=%" G_GINT64_FORMAT, last.county,
            seq);
    by_hand(h,
            "UPDATE head SET seq=%" G_GINT64_FORMAT ", link=(SELECT link FROM journal WHERE "
            "county=%d AND seq=%" G_GINT64_FORMAT ") WHERE county=%d",
            seq - 1, last.county, seq - 1, last.county);
    by_hand(h, "DELETE FROM seal");
    by_hand(h, "DELETE FROM identity_recent WHERE NOT EXISTS (SELECT 1 FROM elder e WHERE "
               "e.id=identity_recent.id)");
    house_open(h);
    g_assert_true(sound(h)); /* nothing inside shows it */
    r = compared(h, newest);
    g_assert_false(r.ok);
    g_assert_cmpint(finding(&r, last.county)->state, ==, SEAL_CUT);
    g_assert_cmpint(finding(&r, last.county)->ends, ==, seq - 1);
    words = seal_words(&r);
    g_assert_nonnull(strstr(words, "was cut off"));
    /* others come in the place of the cut ones */
    house_elder(h, "丁某", "990302101", house_number(h, 4));
    g_assert_true(sound(h));
    r = compared(h, newest);
    g_assert_cmpint(finding(&r, last.county)->state, ==, SEAL_OTHER);
    g_remove(newest);
}

static void test_forged(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = sealed(h, "s.seal"), *text = NULL, *words = NULL;
    gsize n = 0;
    SealReport r;

    g_assert_true(g_file_get_contents(path, &text, &n, NULL));
    char *at = strstr(text, "\nat ");
    at[4] = at[4] == '1' ? '2' : '1';
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    r = compared(h, path);
    g_assert_false(r.ok);
    words = seal_words(&r);
    g_assert_nonnull(strstr(words, "signature is not valid"));
    /* half a seal is none */
    text[n - 4] = '\0';
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_false(seal_compare(h->care, path, h->arena, &r, &error));
    g_assert_nonnull(strstr(error->message, "not a whole seal"));
    g_remove(path);
}

static bool lines_read(size_t n)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree Seal *seals = g_new0(Seal, n);
    SealFile file;

    for (size_t i = 0; i < n; i++)
        seals[i] = (Seal){.county = (int32_t)i + 1, .seq = 9, .signature_len = 70};
    seal_write(STR("990300"), seals, n, text);
    return seal_parse((Str){text->str, text->len}, a, &file) && file.n == n;
}

static void test_limit(void)
{
    g_assert_true(lines_read(1));
    g_assert_true(lines_read(LIMIT_SEAL_COUNTIES));
    g_assert_false(lines_read(LIMIT_SEAL_COUNTIES + 1));
}

/* The serving program writes the day's file, and again only when something is new. */
static void test_folder(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_build_filename(h->folder, "seals", NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    SealReport r;

    g_assert_false(care_seal_into(h->care, folder, &error)); /* there is none: said at once */
    g_clear_error(&error);
    g_mkdir(folder, 0700);
    for (int i = 0; i < 3; i++) {
        g_assert_true(care_seal_into(h->care, folder, &error));
        if (i == 1)
            house_elder(h, "甲某", "990302101", house_number(h, 1));
    }
    g_assert_true(file_list(h->arena, folder, ".seal", files, &error));
    g_assert_cmpuint(files->len, ==, 1);
    r = compared(h, files->pdata[0]);
    g_assert_true(r.ok);
    bool county = false;
    for (size_t i = 0; i < r.n; i++)
        county = county || r.findings[i].county != store_facts(h->care->store)->home_county;
    g_assert_true(county); /* the elder's county stands in it */
    g_remove(files->pdata[0]);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seal/tail", test_tail);
    g_test_add_func("/seal/forged", test_forged);
    g_test_add_func("/seal/limit", test_limit);
    g_test_add_func("/seal/folder", test_folder);
    return g_test_run();
}
