/* watch.c — rows in which something changes inside a stretch: registers that differ from those of
 * its first day, and recorded changes. In: a Pass's registers, what is watched.  Out: a byte per
 * row.  Start: watch_changes(). */
#include "evaluate/slice.h"

/* Unknown before and after, but for want of something else. */
static void missing_rows(Pass *p, Lane *now, Lane *then, uint8_t *mask)
{
    const void *x = lane_missing(p, now), *y = lane_missing(p, then);

    if (x != NULL || y != NULL)
        differ_lane[p->doubt](mask, x != NULL ? x : p->zeros, y != NULL ? y : p->zeros, p->n);
}

void watch_compared_rows(Pass *p, uint32_t step, uint8_t *mask)
{
    Lane *now = lane_at(p, step, false), *then = lane_at(p, step, true);
    int width = MAX(lane_width(now), lane_width(then));
    Buffer *t = NULL, *u = NULL;

    if (now->scalar && then->scalar) {
        if (now->one != then->one || now->one_missing != then->one_missing)
            memset(mask, 1, p->n);
        return;
    }
    differ_lane[width](mask, lane_value(p, now, width, &t), lane_value(p, then, width, &u), p->n);
    buffer_drop(p, t);
    buffer_drop(p, u);
    missing_rows(p, now, then, mask);
}

bool watch_recorded_rows(Pass *p, const Watch *w, uint8_t *mask)
{
    bool some = false;

    for (size_t i = 0; i < w->n_recorded; i++) {
        const Lane *l = lane_at(p, w->recorded[i], false);

        if (l->changed == NULL)
            continue;
        add_bytes(mask, l->changed, p->n);
        some = true;
    }
    return some;
}

/* false: nothing that is watched changes in this slice. */
bool watch_changes(Pass *p, const Watch *w, uint8_t *mask)
{
    bool some;

    memset(mask, 0, p->n);
    some = watch_recorded_rows(p, w, mask);
    for (size_t i = 0; i < w->n_compare; i++)
        watch_compared_rows(p, w->compare[i], mask);
    return some || (w->n_compare > 0 && any_nonzero(mask, p->n));
}
