/* draw_inside.h — between draw.c and draw_fill.c. */
#ifndef ANLAO_CARE_DRAW_INSIDE_H
#define ANLAO_CARE_DRAW_INSIDE_H

#include "care/draw.h"
#include "care/inside.h"
#include "care/write.h"

typedef struct DrawFilling {
    Care *care;
    Working *working;
    const Session *session;
    const Draw *draw;
    int32_t region;
    Date on;
    Arena *arena;
    Receipt *to;
} DrawFilling;

/* Classes, those who may be drawn and sent, and bars, from the registers as on the day. */
bool draw_fill(DrawFilling *f, GError **error);
/* The records a finished draw gives that are not there yet. */
bool draw_records(Care *c, const DrawRound *x, Arena *a, WriteRequest **ret, size_t *ret_n,
                  GError **error);

#endif
