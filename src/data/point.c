/* point.c — points of the earth, and the great circle between two; see point.h.
 * Angles are whole half-millionths of a degree, sines and the like whole numbers of 2^-60. */
#include "data/point.h"

#include <glib.h>
#include <stdio.h>

#include "base/decimal.h"

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UWide;

#define ONE          (INT64_C(1) << 60)
#define HALF_PI      INT64_C(1811004864519280711) /* of ONE */
#define RADIUS_MM    INT64_C(6371008800)
#define HALF_UNITS   INT64_C(2000000) /* half-millionths of a degree in one */
#define LATITUDE_UP  (INT64_C(90) * POINT_DEGREE)
#define LONGITUDE_BY INT64_C(1000000000) /* more than any latitude that was made positive */

int64_t point_make(int32_t longitude, int32_t latitude)
{
    return longitude * LONGITUDE_BY + latitude + LATITUDE_UP;
}

void point_split(int64_t point, int32_t *ret_longitude, int32_t *ret_latitude)
{
    int64_t rest = point % LONGITUDE_BY, whole = point / LONGITUDE_BY;

    if (rest < 0) { /* longitudes west of Greenwich */
        rest += LONGITUDE_BY;
        whole--;
    }
    *ret_longitude = (int32_t)CLAMP(whole, -180 * POINT_DEGREE, 180 * POINT_DEGREE);
    *ret_latitude = (int32_t)(MIN(rest, 2 * LATITUDE_UP) - LATITUDE_UP);
}

/* ---- text */

static PointFault read_degrees(Str text, int most, int32_t *ret)
{
    Decimal d;

    if (!decimal_parse(str_trim(text), &d) || d.scale > 6)
        return POINT_NO_NUMBER;
    int64_t by = power_of_ten(6u - d.scale), bound = (int64_t)most * POINT_DEGREE / by;

    if (d.mantissa < -bound || d.mantissa > bound)
        return POINT_BEYOND;
    *ret = (int32_t)(d.mantissa * by);
    return POINT_VALID;
}

PointFault point_parse(Str text, int64_t *ret_point)
{
    const char *comma = text.len > 0 ? memchr(text.at, ',', text.len) : NULL;
    int32_t longitude, latitude;

    if (comma == NULL)
        return POINT_NOT_TWO;
    size_t first = (size_t)(comma - text.at);
    PointFault f = read_degrees((Str){text.at, first}, 180, &longitude);

    if (f == POINT_VALID)
        f = read_degrees((Str){comma + 1, text.len - first - 1}, 90, &latitude);
    if (f == POINT_VALID)
        *ret_point = point_make(longitude, latitude);
    return f;
}

char *point_format(int64_t point, char to[POINT_TEXT])
{
    int32_t at[2];
    char part[2][DECIMAL_TEXT];

    point_split(point, &at[0], &at[1]);
    for (int i = 0; i < 2; i++)
        decimal_format((Decimal){at[i], 6}, part[i]);
    (void)snprintf(to, POINT_TEXT, "%.14s,%.14s", part[0], part[1]);
    return to;
}

/* ---- the great circle */

static int64_t times(int64_t a, int64_t b)
{
    return (int64_t)((Wide)a * b >> 60);
}

/* Of x from 0 to a quarter of pi, by the series whose terms stand in `of`. */
static int64_t series(const int64_t *of, size_t n, int64_t square)
{
    int64_t sum = of[n - 1];

    for (size_t i = n - 1; i-- > 0;)
        sum = of[i] + times(sum, square);
    return sum;
}

static int64_t sine_of(int64_t x, bool co)
{
    static const int64_t sines[] = {ONE,
                                    -192153584101141163,
                                    9607679205057058,
                                    -228754266787073,
                                    3177142594265,
                                    -28883114493,
                                    185148170,
                                    -881658,
                                    3241,
                                    -9};
    static const int64_t cosines[] = {ONE,
                                      -576460752303423488,
                                      48038396025285291,
                                      -1601279867509510,
                                      28594283348384,
                                      -317714259426,
                                      2406926208,
                                      -13224869,
                                      55104,
                                      -180};
    int64_t square = times(x, x);

    return co ? series(cosines, G_N_ELEMENTS(cosines), square)
              : times(x, series(sines, G_N_ELEMENTS(sines), square));
}

/* The sine of an angle of 0 to 180 degrees, in half-millionths of one. */
static int64_t sine(int64_t angle)
{
    if (angle > 90 * HALF_UNITS)
        angle = 180 * HALF_UNITS - angle;
    bool co = angle > 45 * HALF_UNITS;
    int64_t x = co ? 90 * HALF_UNITS - angle : angle;

    return sine_of((int64_t)((Wide)x * HALF_PI / (90 * HALF_UNITS)), co);
}

/* The root of a number of 2^-120, as one of 2^-60. */
static int64_t root(UWide of)
{
    UWide r = (UWide)1 << 60, before;

    if (of == 0)
        return 0;
    do {
        before = r;
        r = (r + of / r) >> 1;
    } while (r < before);
    return (int64_t)before;
}

/* Of x from 0 to a half. */
static int64_t small_arc(int64_t x)
{
    static const int64_t terms[] = {ONE,
                                    192153584101141163,
                                    86469112845513523,
                                    51469710027091383,
                                    35027997101770524,
                                    25793343320394659,
                                    20006375267742011,
                                    16100368667849523,
                                    13318319670096113,
                                    11254369545782973,
                                    9673398585780126,
                                    8430768332666079,
                                    7433127413300593,
                                    6617812867967052,
                                    5941361552645297,
                                    5372779640617951,
                                    4889432987342662,
                                    4474447498500974,
                                    4115013652900670,
                                    3801250803522954,
                                    3525428336681959,
                                    3281420284586032,
                                    3064316215252309,
                                    2870138915765923,
                                    2695636422162808,
                                    2538126686122707,
                                    2395380083673861,
                                    2265529513481439};

    return times(x, series(terms, G_N_ELEMENTS(terms), times(x, x)));
}

/* The angle whose sine is x, 0 to ONE. */
static int64_t arc(int64_t x)
{
    return x <= ONE / 2 ? small_arc(x) : HALF_PI - 2 * small_arc(root((UWide)(ONE - x) << 59));
}

int64_t point_distance(int64_t a, int64_t b)
{
    int32_t east[2], north[2];

    point_split(a, &east[0], &north[0]);
    point_split(b, &east[1], &north[1]);
    /* Haversines: half the differences, so that near points lose nothing. */
    int64_t up = sine(ABS((int64_t)north[1] - north[0])), over = ABS((int64_t)east[1] - east[0]);
    int64_t across = sine(over);
    int64_t first = sine(90 * HALF_UNITS - 2 * ABS((int64_t)north[0]));
    int64_t second = sine(90 * HALF_UNITS - 2 * ABS((int64_t)north[1]));
    UWide square = (UWide)((Wide)across * across), narrow = (UWide)times(first, second);
    UWide h =
        (UWide)((Wide)up * up) + (square >> 60) * narrow + ((square & (ONE - 1)) * narrow >> 60);
    Wide twice = (Wide)2 * RADIUS_MM * arc(root(MIN(h, (UWide)1 << 120)));

    return (int64_t)((twice + (Wide)500 * ONE) / ((Wide)1000 * ONE));
}
