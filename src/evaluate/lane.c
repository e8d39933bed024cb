/* lane.c — registers of a slice: their buffers, lent, shared and given back.
 * A register may lie in the column itself, or be another register under a second name; buffers are
 * counted, so that the few in use stay in the nearest cache.  Start: lane_value(). */
#include "evaluate/slice.h"

uint32_t batch_step(const Program *p, uint32_t step)
{
    while (p->steps[step].instead != STEP_NONE)
        step = p->steps[step].instead;
    return step;
}

/* A register that does not look at the day is the same on the stretch's first day. */
Lane *lane_at(Pass *p, uint32_t step, bool twin)
{
    step = batch_step(p->r->p, step);
    return &p->lanes[twin && p->r->p->steps[step].drift != DRIFT_STILL][step];
}

uint64_t pass_pack(const Pass *p, uint64_t bits)
{
    uint64_t packed = 0;
    unsigned k = 0;

    for (uint64_t left = p->used; left != 0; left &= left - 1, k++) {
        if ((bits & left & -left) != 0)
            packed |= UINT64_C(1) << k;
    }
    return packed;
}

uint64_t pass_mark(const Pass *p, uint64_t bits)
{
    uint64_t packed = pass_pack(p, bits);

    return packed | (packed == 0 && bits != 0);
}

uint64_t pass_unpack(const Pass *p, uint64_t packed)
{
    uint64_t bits = 0;

    for (uint64_t left = p->used; left != 0 && packed != 0; left &= left - 1, packed >>= 1) {
        if ((packed & 1) != 0)
            bits |= left & -left;
    }
    return bits;
}

/* Of few records no slice is longer than they are. */
size_t pass_room(const Pass *p)
{
    return MIN((p->r->rows + 63) / 64 * 64, BATCH_STEP);
}

Buffer *buffer_new(Pass *p, int size)
{
    Buffer *b = p->free[size];

    if (b != NULL) {
        p->free[size] = b->next;
    } else {
        b = arena_new_of(p->arena, Buffer);
        b->bytes = arena_array(p->arena, pass_room(p), (size_t)1 << size);
        b->size = (unsigned)size;
    }
    b->uses = 1;
    return b;
}

void buffer_drop(Pass *p, Buffer *b)
{
    if (b == NULL || --b->uses > 0)
        return;
    b->next = p->free[b->size];
    p->free[b->size] = b;
}

void lane_share(Lane *to, const Lane *from)
{
    *to = *from;
    for (int i = 0; i < 3; i++) {
        if (to->held[i] != NULL)
            to->held[i]->uses++;
    }
}

void lane_drop(Pass *p, Lane *l)
{
    for (int i = 0; i < 3; i++) {
        buffer_drop(p, l->held[i]);
        l->held[i] = NULL;
    }
}

/* A new register with room for its values. */
void *lane_make(Pass *p, Lane *l, int width)
{
    *l = (Lane){.width = width};
    l->held[0] = buffer_new(p, width);
    l->value = l->held[0]->bytes;
    return l->held[0]->bytes;
}

int lane_width(const Lane *l)
{
    return l->scalar ? (int)physical_for(l->one, l->one) : l->width;
}

const void *lane_value(Pass *p, Lane *l, int width, Buffer **temp)
{
    *temp = NULL;
    if (l->scalar) {
        if (l->spread[width] == NULL) {
            void *all = arena_array(p->arena, pass_room(p), (size_t)1 << width);

            lane_spread(all, width, l->one, pass_room(p));
            l->spread[width] = all;
        }
        return l->spread[width];
    }
    if (l->width == width)
        return l->value;
    *temp = buffer_new(p, width);
    lane_widen((*temp)->bytes, width, l->value, l->width, p->n);
    return (*temp)->bytes;
}

const void *lane_missing(Pass *p, Lane *l)
{
    if (!l->scalar || l->one_missing == 0)
        return l->scalar ? NULL : l->missing;
    if (l->spread_missing == NULL) {
        void *all = arena_array(p->arena, pass_room(p), (size_t)1 << p->doubt);

        lane_spread(all, p->doubt, (int64_t)l->one_missing, pass_room(p));
        l->spread_missing = all;
    }
    return l->spread_missing;
}

static void share_part(Lane *to, int part, const Lane *from)
{
    to->held[part] = from->held[part];
    if (to->held[part] != NULL)
        to->held[part]->uses++;
}

static void join_missing(Pass *p, Lane *to, Lane *a, Lane *b)
{
    const void *x = lane_missing(p, a), *y = lane_missing(p, b);

    if (x == NULL || y == NULL) {
        to->missing = x == NULL ? y : x;
        if (to->missing != NULL)
            share_part(to, 1, x == NULL ? b : a);
        return;
    }
    if (x == y) {
        to->missing = x;
        share_part(to, 1, a);
        return;
    }
    to->held[1] = buffer_new(p, p->doubt);
    join_bytes(to->held[1]->bytes, x, y, p->n << p->doubt);
    to->missing = to->held[1]->bytes;
}

void lane_join_changed(Pass *p, Lane *to, const Lane *a)
{
    if (a->changed == NULL)
        return;
    if (to->changed == NULL) {
        to->changed = a->changed;
        share_part(to, 2, a);
        return;
    }
    Buffer *b = buffer_new(p, 0);

    join_bytes(b->bytes, to->changed, a->changed, p->n);
    buffer_drop(p, to->held[2]);
    to->held[2] = b;
    to->changed = b->bytes;
}

void lane_join(Pass *p, Lane *to, Lane *a, Lane *b)
{
    join_missing(p, to, a, b);
}

/* Before a missing set is written to: nobody else may hold it. */
void *lane_own_missing(Pass *p, Lane *l)
{
    Buffer *b;

    if (l->missing == NULL)
        return NULL;
    if (l->held[1] != NULL && l->held[1]->uses == 1)
        return l->held[1]->bytes;
    b = buffer_new(p, p->doubt);
    memcpy(b->bytes, l->missing, p->n << p->doubt);
    buffer_drop(p, l->held[1]);
    l->held[1] = b;
    l->missing = b->bytes;
    return b->bytes;
}

bool lane_unknown_row(const Pass *p, const Lane *l, size_t i, uint64_t *ret_missing)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};
    uint64_t mask = p->doubt == 3 ? UINT64_MAX : (UINT64_C(1) << (8 << p->doubt)) - 1;

    if (l->scalar)
        *ret_missing = l->one_missing;
    else
        *ret_missing =
            l->missing == NULL ? 0 : (uint64_t)physical_get(sizes[p->doubt], l->missing, i) & mask;
    return *ret_missing != 0;
}

int64_t lane_number(const Lane *l, size_t i)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};

    return l->scalar ? l->one : physical_get(sizes[l->width], l->value, i);
}
