/* point.h — a place on the earth as one number, and how far two lie apart.
 * In: longitude and latitude as people write them, degrees with at most six decimals (0.11 m), of
 * the country's system CGCS2000 (WGS 84 is the same within a metre; the shifted GCJ-02 of street
 * maps is some 300 to 700 m off and must be converted before).  Out: whole metres.  No binary
 * floating point: the same on every machine. Start: point_parse(), point_distance(). */
#ifndef ANLAO_DATA_POINT_H
#define ANLAO_DATA_POINT_H

#include "base/str.h"

#define POINT_DEGREE 1000000  /* units of a longitude or latitude */
#define POINT_MOST   20015114 /* metres: half way round */

typedef enum PointFault {
    POINT_VALID,
    POINT_NOT_TWO,   /* not `longitude,latitude` */
    POINT_NO_NUMBER, /* one of them is no number of at most six decimals */
    POINT_BEYOND,    /* no such longitude or latitude */
} PointFault;

int64_t point_make(int32_t longitude, int32_t latitude); /* in POINT_DEGREE */
void point_split(int64_t point, int32_t *ret_longitude, int32_t *ret_latitude);

PointFault point_parse(Str text, int64_t *ret_point); /* 113.85,27.62 */
#define POINT_TEXT 32
char *point_format(int64_t point, char to[POINT_TEXT]); /* 113.850000,27.620000 */

/* Metres along the great circle of a sphere of radius 6,371,008.8 m (the earth's mean), rounded
 * half up.  The sphere differs from the earth's real shape by up to 0.56 %: 5 m in 900; the
 * computation itself by less than a millimetre for points less than 10,000 km apart. */
int64_t point_distance(int64_t a, int64_t b);

#endif
