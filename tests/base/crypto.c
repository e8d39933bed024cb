/* Published vectors of SM3 and HMAC-SM3 (GM/T 0004, GB/T 15852.2); sealed secrets; passwords. */
#include "base/crypto.h"

#include <string.h>

static void assert_hex(const uint8_t *got, size_t n, const char *want)
{
    g_autofree char *text = hex_of(got, n);
    g_assert_cmpstr(text, ==, want);
}

static void sm3_vectors(void)
{
    static const struct {
        const char *piece;
        int times;
        const char *hash;
    } cases[] = {
        {"abc", 1, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
        {"abcd", 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
        {"", 0, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"},
    };
    g_autoptr(Sm3) h = sm3_new();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) whole = g_string_new(NULL);
        uint8_t at_once[SM3_SIZE], in_pieces[SM3_SIZE];
        sm3_reset(h);
        for (int k = 0; k < cases[i].times; k++) {
            g_string_append(whole, cases[i].piece);
            sm3_add(h, cases[i].piece, strlen(cases[i].piece));
        }
        sm3_end(h, in_pieces);
        sm3(whole->str, whole->len, at_once);
        assert_hex(at_once, SM3_SIZE, cases[i].hash);
        assert_hex(in_pieces, SM3_SIZE, cases[i].hash);
    }
}

/* Texts of all lengths around the ends of blocks, in an order that leaves lanes idle, as OpenSSL
 * hashes them one by one. */
static void many_texts_are_hashed_as_one_by_one(void)
{
    enum { MANY = 700 };
    static const size_t counts[] = {0, 1, 2, 7, 8, 9, 17, 250, MANY};
    g_autofree uint8_t *bytes = g_malloc(20000);
    g_autofree uint8_t(*got)[SM3_SIZE] = g_malloc_n(MANY, SM3_SIZE);
    Str texts[MANY];
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (int i = 0; i < 20000; i++)
        bytes[i] = (uint8_t)g_rand_int(rand);
    for (size_t k = 0; k < G_N_ELEMENTS(counts); k++) {
        size_t n = counts[k];

        for (size_t i = 0; i < n; i++) {
            size_t len = i < 300 ? i : (size_t)g_rand_int_range(rand, 0, i % 50 == 0 ? 9000 : 700);

            texts[i] = (Str){(const char *)bytes + g_rand_int_range(rand, 0, 10000), len};
        }
        sm3_many(texts, n, got);
        for (size_t i = 0; i < n; i++) {
            uint8_t want[SM3_SIZE];

            sm3(texts[i].at, texts[i].len, want);
            g_assert_true(memcmp(got[i], want, sizeof want) == 0);
        }
    }
}

/* The published key is shorter than ours; HMAC fills keys with zeroes, so it is the same key. */
static void hmac_sm3_vector(void)
{
    uint8_t key[KEY_SIZE] = "key", other[KEY_SIZE] = "kez", to[SM3_SIZE];
    for (int twice = 0; twice < 2; twice++) {
        hmac_sm3(key, "abc", 3, to);
        assert_hex(to, SM3_SIZE,
                   "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393");
        hmac_sm3(other, "abc", 3, to);
        g_autofree char *text = hex_of(to, SM3_SIZE);
        g_assert_false(g_str_has_prefix(text, "28e63256"));
    }
}

static void *hash_many(void *unused)
{
    (void)unused;
    uint8_t to[SM3_SIZE];
    for (int i = 0; i < 2000; i++) {
        sm3("abc", 3, to);
        if (to[0] != 0x66 || to[31] != 0xe0)
            return (void *)"wrong";
    }
    return NULL;
}

static void threads_hash_side_by_side(void)
{
    GThread *threads[8];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("hash", hash_many, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_assert_null(g_thread_join(threads[i]));
}

static const uint8_t key[KEY_SIZE] = "a key of just thirty-two bytes..";

static Str sealed_str(const Sealed *s)
{
    return (Str){(const char *)s->bytes, s->len};
}

/* SM4-CTR and HMAC-SM3: one format, told apart by its second byte. */
static void the_other_suite_opens_and_is_bound(void)
{
    static const uint8_t wrong[KEY_SIZE] = {2};
    static const char *const plains[] = {"", "3", "36030219400630001X"};
    for (size_t i = 0; i < G_N_ELEMENTS(plains); i++) {
        Sealed sealed;
        char *plain;
        g_assert_true(
            secret_seal_by(SUITE_SM4, key, 7, STR("elder/1/3"), str_of(plains[i]), &sealed, NULL));
        Str text = {(const char *)sealed.bytes, sealed.len};
        g_assert_cmpint(sealed.bytes[1], ==, SUITE_SM4);
        g_assert_cmpuint(secret_key_number(text), ==, 7);
        g_assert_true(secret_open(key, STR("elder/1/3"), text, &plain, NULL, NULL));
        g_assert_cmpstr(plain, ==, plains[i]);
        g_free(plain);
        g_assert_false(secret_open(wrong, STR("elder/1/3"), text, &plain, NULL, NULL));
        g_assert_false(secret_open(key, STR("elder/2/3"), text, &plain, NULL, NULL));
        for (size_t k = 0; k < sealed.len; k++) {
            sealed.bytes[k] ^= 1;
            g_assert_false(secret_open(key, STR("elder/1/3"), text, &plain, NULL, NULL));
            sealed.bytes[k] ^= 1;
        }
        text.len--;
        g_assert_false(secret_open(key, STR("elder/1/3"), text, &plain, NULL, NULL));
        g_free(sealed.bytes);
    }
}

static void a_secret_opens_with_key_and_place(void)
{
    static const char *const plains[] = {"11010519491231002X", "", "江西省萍乡市安源区"};
    for (size_t i = 0; i < G_N_ELEMENTS(plains); i++) {
        Sealed sealed;
        char *plain = NULL;
        size_t len = 99;
        g_autoptr(GError) error = NULL;
        g_assert_true(secret_seal(key, 7, STR("elder/1/3"), str_of(plains[i]), &sealed, &error));
        g_assert_cmpuint(sealed.len, ==, 1 + 1 + 4 + 12 + strlen(plains[i]) + 16);
        g_assert_cmpuint(secret_key_number(sealed_str(&sealed)), ==, 7);
        g_assert_true(
            secret_open(key, STR("elder/1/3"), sealed_str(&sealed), &plain, &len, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(plain, ==, plains[i]);
        g_assert_cmpuint(len, ==, strlen(plains[i]));
        g_free(plain);
        g_free(sealed.bytes);
    }
}

static void the_layout_is_as_written_down(void)
{
    Sealed sealed;
    g_assert_true(secret_seal(key, 0x01020304, STR(""), STR("x"), &sealed, NULL));
    assert_hex(sealed.bytes, 6, "010101020304");
    g_free(sealed.bytes);
}

static bool opens(const uint8_t k[KEY_SIZE], Str about, Str sealed)
{
    char *plain = NULL;
    size_t len;
    g_autoptr(GError) error = NULL;
    bool ok = secret_open(k, about, sealed, &plain, &len, &error);
    g_assert_true(ok == (error == NULL) && ok == (plain != NULL));
    g_free(plain);
    return ok;
}

static void whatever_is_changed_it_stays_shut(void)
{
    Sealed sealed;
    uint8_t other[KEY_SIZE];
    memcpy(other, key, KEY_SIZE);
    other[31] ^= 1;
    g_assert_true(secret_seal(key, 7, STR("elder/1/3"), STR("360302"), &sealed, NULL));
    Str whole = sealed_str(&sealed);
    g_assert_true(opens(key, STR("elder/1/3"), whole));
    g_assert_false(opens(other, STR("elder/1/3"), whole));
    g_assert_false(opens(key, STR("elder/2/3"), whole)); /* moved to another person */
    g_assert_false(opens(key, STR(""), whole));
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        sealed.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (opens(key, STR("elder/1/3"), whole))
            g_error("bit %zu does not matter", bit);
        sealed.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < sealed.len; len++)
        g_assert_false(opens(key, STR("elder/1/3"), (Str){whole.at, len}));
    g_assert_true(opens(key, STR("elder/1/3"), whole));
    g_free(sealed.bytes);
}

static void two_seals_of_one_text_differ(void)
{
    Sealed a, b;
    g_assert_true(secret_seal(key, 7, STR("p"), STR("360302"), &a, NULL));
    g_assert_true(secret_seal(key, 7, STR("p"), STR("360302"), &b, NULL));
    g_assert_cmpuint(a.len, ==, b.len);
    g_assert_false(bytes_equal(a.bytes, b.bytes, a.len));
    g_free(a.bytes);
    g_free(b.bytes);
}

static void fill_sevens(void *to, size_t n)
{
    memset(to, 7, n);
}

static void random_bytes_are_random_but_in_tests(void)
{
    g_assert_cmpuint(random_u64(), !=, random_u64());
    random_replace(fill_sevens);
    g_assert_cmphex(random_u64(), ==, G_GUINT64_CONSTANT(0x0707070707070707));
    random_replace(NULL);
    g_assert_cmpuint(random_u64(), !=, random_u64());
}

static void hex_goes_both_ways(void)
{
    uint8_t bytes[3] = {0};
    g_assert_true(hex_parse(STR("00fFa5"), bytes, 3));
    assert_hex(bytes, 3, "00ffa5");
    g_assert_false(hex_parse(STR("00ffa"), bytes, 3));
    g_assert_false(hex_parse(STR("00ffa57"), bytes, 3));
    g_assert_false(hex_parse(STR("00ff"), bytes, 3));
    g_assert_false(hex_parse(STR("00ffg5"), bytes, 3));
    g_assert_false(hex_parse(STR("0x00ff"), bytes, 3));
    assert_hex(bytes, 3, "00ffa5"); /* a refused text changes nothing */
}

static void passwords(void)
{
    g_autofree char *hash = password_hash(STR("安老 2020!"));
    g_autofree char *again = password_hash(STR("安老 2020!"));
    g_assert_true(g_str_has_prefix(hash, "$argon2id$v=19$m=47104,t=1,p=1$"));
    g_assert_cmpstr(hash, !=, again);
    g_assert_true(password_matches(STR("安老 2020!"), hash));
    g_assert_false(password_matches(STR("安老 2020"), hash));
    g_assert_false(password_matches(STR(""), hash));
    g_assert_false(password_matches(STR("x"), "plain text"));
    g_assert_false(password_matches(STR("x"), ""));
}

static void an_unknown_name_costs_as_much(void)
{
    g_autofree char *hash = password_hash(STR("x"));
    gint64 begin = g_get_monotonic_time();
    g_assert_false(password_matches(STR("y"), hash));
    gint64 known = g_get_monotonic_time() - begin;
    begin = g_get_monotonic_time();
    g_assert_false(password_matches(STR("y"), NULL));
    gint64 unknown = g_get_monotonic_time() - begin;
    /* The machine may be busy; a missing hash would take next to nothing. */
    g_assert_cmpint(unknown, >, known / 10);
}

static void *check_password(void *hash)
{
    return password_matches(STR("x"), hash) ? NULL : (void *)"no";
}

static void a_crowd_at_the_door_waits(void)
{
    g_autofree char *hash = password_hash(STR("x"));
    GThread *threads[6];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("door", check_password, hash);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_assert_null(g_thread_join(threads[i]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/crypto/sm3 vectors", sm3_vectors);
    g_test_add_func("/crypto/many texts are hashed as one by one",
                    many_texts_are_hashed_as_one_by_one);
    g_test_add_func("/crypto/hmac-sm3 vector", hmac_sm3_vector);
    g_test_add_func("/crypto/threads hash side by side", threads_hash_side_by_side);
    g_test_add_func("/crypto/the other suite opens and is bound",
                    the_other_suite_opens_and_is_bound);
    g_test_add_func("/crypto/a secret opens with key and place", a_secret_opens_with_key_and_place);
    g_test_add_func("/crypto/the layout is as written down", the_layout_is_as_written_down);
    g_test_add_func("/crypto/whatever is changed it stays shut", whatever_is_changed_it_stays_shut);
    g_test_add_func("/crypto/two seals of one text differ", two_seals_of_one_text_differ);
    g_test_add_func("/crypto/random bytes are random but in tests",
                    random_bytes_are_random_but_in_tests);
    g_test_add_func("/crypto/hex goes both ways", hex_goes_both_ways);
    g_test_add_func("/crypto/passwords", passwords);
    g_test_add_func("/crypto/an unknown name costs as much", an_unknown_name_costs_as_much);
    g_test_add_func("/crypto/a crowd at the door waits", a_crowd_at_the_door_waits);
    return g_test_run();
}
