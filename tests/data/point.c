/* point.c — longitude and latitude as one number, and metres between two points. */
#include "data/point.h"

#include <glib.h>
#include <math.h>

static int64_t at(const char *text)
{
    int64_t p = 0;
    g_assert_cmpint(point_parse(str_of(text), &p), ==, POINT_VALID);
    return p;
}

static void check_text(const char *text, const char *again)
{
    char to[POINT_TEXT];
    g_assert_cmpstr(point_format(at(text), to), ==, again);
    g_assert_cmpint(at(again), ==, at(text));
}

static void test_text(void)
{
    check_text("113.85,27.62", "113.850000,27.620000");
    check_text(" 113.850001 , 27.62 ", "113.850001,27.620000");
    check_text("0,0", "0.000000,0.000000");
    check_text("-0.000001,-90", "-0.000001,-90.000000");
    check_text("-180,90", "-180.000000,90.000000");
    check_text("180,-0.5", "180.000000,-0.500000");
}

static void test_faults(void)
{
    static const struct {
        const char *text;
        PointFault fault;
    } cases[] = {
        {"", POINT_NOT_TWO},
        {"113.85", POINT_NOT_TWO},
        {"113.85 27.62", POINT_NOT_TWO},
        {"113.85,", POINT_NO_NUMBER},
        {"113.85,27.62,3", POINT_NO_NUMBER},
        {"113.8500001,27.62", POINT_NO_NUMBER}, /* seven decimals say more than a point holds */
        {"1e2,27", POINT_NO_NUMBER},
        {"27.62,113.85", POINT_BEYOND}, /* latitude first */
        {"180.000001,27", POINT_BEYOND},
        {"113,-90.000001", POINT_BEYOND},
        {"9000000000,27", POINT_BEYOND},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t p = 7;
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(point_parse(str_of(cases[i].text), &p), ==, cases[i].fault);
        g_assert_cmpint(p, ==, 7);
    }
}

/* By hand: a degree of the meridian is 2 × 3.14159265 × 6,371,008.8 m / 360 = 111,195.08 m. */
static void test_known(void)
{
    g_assert_cmpint(point_distance(at("113.85,27.62"), at("113.85,27.62")), ==, 0);
    g_assert_cmpint(point_distance(at("113.85,27.62"), at("113.85,28.62")), ==, 111195);
    g_assert_cmpint(point_distance(at("113.85,27.62"), at("113.85,27.628098")), ==, 900);
    g_assert_cmpint(point_distance(at("113.85,27.62"), at("113.85,27.628099")), ==, 901);
    g_assert_cmpint(point_distance(at("113.85,27.62"), at("113.86,27.62")), ==, 985);
    g_assert_cmpint(point_distance(at("179.9,0"), at("-179.9,0")), ==, 22239);
    g_assert_cmpint(point_distance(at("0,90"), at("0,-90")), ==, POINT_MOST);
    g_assert_cmpint(point_distance(at("0,0"), at("180,0")), ==, POINT_MOST);
    /* A pole is one place, whatever its longitude. */
    g_assert_cmpint(point_distance(at("10,90"), at("-120,90")), ==, 0);
}

static long double metres(int32_t east, int32_t north, int32_t to_east, int32_t to_north)
{
    const long double unit = acosl(-1) / 180 / POINT_DEGREE;
    long double up = sinl((to_north - north) * unit / 2);
    long double across = sinl(((long double)to_east - east) * unit / 2);
    long double h = up * up + cosl(north * unit) * cosl(to_north * unit) * across * across;
    return 2 * 6371008.8L * asinl(sqrtl(h));
}

static void check_pair(int32_t east, int32_t north, int32_t to_east, int32_t to_north)
{
    int64_t a = point_make(east, north), b = point_make(to_east, to_north);
    long double want = metres(east, north, to_east, to_north);
    g_assert_cmpint(point_distance(a, b), ==, (int64_t)floorl(want + 0.5L));
    g_assert_cmpint(point_distance(b, a), ==, (int64_t)floorl(want + 0.5L));
}

/* Beside the floating point that rules may not use: the same metre, near and far. */
static void test_beside_floats(void)
{
    for (int i = 0; i < 20000; i++) {
        int32_t east = g_test_rand_int_range(73 * POINT_DEGREE, 135 * POINT_DEGREE);
        int32_t north = g_test_rand_int_range(18 * POINT_DEGREE, 54 * POINT_DEGREE);
        int reach = 1 << (i % 24);
        check_pair(east, north, east + g_test_rand_int_range(-reach, reach + 1),
                   north + g_test_rand_int_range(-reach, reach + 1));
    }
    for (int i = 0; i < 2000;
         i++) /* all over the earth, but for the last kilometres half way round */
        check_pair(g_test_rand_int_range(-180 * POINT_DEGREE, 0),
                   g_test_rand_int_range(-90 * POINT_DEGREE, 0),
                   g_test_rand_int_range(0, 170 * POINT_DEGREE) - 180 * POINT_DEGREE,
                   g_test_rand_int_range(0, 80 * POINT_DEGREE));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/point/text", test_text);
    g_test_add_func("/point/faults", test_faults);
    g_test_add_func("/point/known", test_known);
    g_test_add_func("/point/beside-floats", test_beside_floats);
    return g_test_run();
}
