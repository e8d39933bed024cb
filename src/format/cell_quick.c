/* cell_quick.c — days and plain numbers are read eight characters at once; all else is remembered:
 * what cell_read() said of a text it need not be asked again.  Whatever looks unusual is left to
 * cell_read(), whose answer counts.  Start: cell_quick(). */
#include "format/cell_quick.h"

#define REMEMBERED 512u /* texts of a column; one more takes the place of another */
#define TEXT_MOST  24u  /* bytes of a text that is remembered */
#define DAYS_FROM  1800 /* years whose months are in a table */
#define DAYS_TO    2200

/* A text of up to 24 bytes as three words, which may overlap, and its length. */
typedef struct Text {
    uint64_t first, middle, last;
    size_t len;
} Text;

typedef struct Remembered {
    Text text; /* len 0: free */
    int64_t number;
} Remembered;

struct CellQuick {
    const CellType *type;
    Arena *arena;
    unsigned decimals; /* of a plain number; UINT_MAX: it is none */
    int64_t low, high; /* what is in range */
    Remembered *seen;
};

static int32_t month_starts[(DAYS_TO - DAYS_FROM) * 12 + 1]; /* days; the last one ends the table */

static void fill_months(void)
{
    static gsize done;
    Date first = 0;

    if (!g_once_init_enter(&done))
        return;
    for (int i = 0; i <= (DAYS_TO - DAYS_FROM) * 12; i++) {
        date_make(DAYS_FROM + i / 12, 1 + i % 12, 1, &first);
        month_starts[i] = first;
    }
    g_once_init_leave(&done, 1);
}

static unsigned decimals_of(const CellType *t)
{
    switch (t->kind) {
    case KIND_INT:
        return 0;
    case KIND_DECIMAL:
        return t->scale;
    case KIND_MONEY:
    case KIND_AREA:
        return 2;
    default:
        return UINT_MAX;
    }
}

CellQuick *cell_quick_new(Arena *a, const CellType *t)
{
    CellQuick *q = arena_new_of(a, CellQuick);

    fill_months();
    *q = (CellQuick){.type = t, .arena = a, .decimals = decimals_of(t)};
    q->low = t->has_range ? t->low : INT64_MIN;
    q->high = t->has_range ? t->high : INT64_MAX;
    q->seen = arena_many(a, Remembered, REMEMBERED);
    return q;
}

/* ---- digits -----------------------------------------------------------------------------------
 */

static uint64_t load_8(const char *at)
{
    uint64_t w;

    memcpy(&w, at, sizeof w);
    return GUINT64_FROM_LE(w);
}

static uint64_t load_4(const char *at)
{
    uint32_t w;

    memcpy(&w, at, sizeof w);
    return GUINT32_FROM_LE(w);
}

/* At most eight bytes, the first as the lowest. */
static uint64_t load_short(Str s)
{
    uint64_t w = 0;

    if (s.len == 8)
        return load_8(s.at);
    if (s.len >= 4)
        return load_4(s.at) | load_4(s.at + s.len - 4) << 8 * (s.len - 4);
    for (size_t i = 0; i < s.len; i++)
        w |= (uint64_t)(uint8_t)s.at[i] << 8 * i;
    return w;
}

/* At most eight characters as eight digits, zeros before them: 72 is 00000072. */
static uint64_t padded(Str s)
{
    unsigned before = 8 * (8 - (unsigned)s.len);

    return before == 0 ? load_8(s.at)
                       : load_short(s) << before | UINT64_C(0x3030303030303030) >> (64 - before);
}

static bool eight_digits(uint64_t w)
{
    uint64_t above = w + UINT64_C(0x4646464646464646), below = w - UINT64_C(0x3030303030303030);

    return ((above | below) & UINT64_C(0x8080808080808080)) == 0;
}

/* Pairs, then fours, then all: the first character is the lowest byte. */
static uint32_t value_of_eight(uint64_t w)
{
    w -= UINT64_C(0x3030303030303030);
    w = w * 10 + (w >> 8);
    w = (w & UINT64_C(0x000000FF000000FF)) * (100 + (UINT64_C(1000000) << 32)) +
        (w >> 16 & UINT64_C(0x000000FF000000FF)) * (1 + (UINT64_C(10000) << 32));
    return (uint32_t)(w >> 32);
}

static bool few_digits(Str s, int64_t *ret)
{
    uint64_t w = padded(s);

    *ret = value_of_eight(w);
    return eight_digits(w);
}

static bool digits(Str s, int64_t *ret)
{
    int64_t above = 0;

    if (s.len == 0 || s.len > 16)
        return false;
    if (s.len > 8) {
        if (!few_digits((Str){s.at, s.len - 8}, &above))
            return false;
        s = (Str){s.at + s.len - 8, 8};
    }
    if (!few_digits(s, ret))
        return false;
    *ret += above * 100000000;
    return true;
}

/* 1234, 1234.5, 1234.50: a few digits, a point, two more. */
static bool plain_number(const CellQuick *q, Str s, int64_t *ret)
{
    static const int64_t tens[] = {1, 10, 100};
    size_t part = 0;
    int64_t rest = 0;

    for (size_t n = 1; n <= 2 && s.len > n + 1; n++) {
        if (s.at[s.len - n - 1] == '.')
            part = n;
    }
    if (q->decimals >= G_N_ELEMENTS(tens) || part > q->decimals)
        return false;
    if (part > 0) {
        if (!digits((Str){s.at + s.len - part, part}, &rest))
            return false;
        s.len -= part + 1;
    }
    if (!digits(s, ret))
        return false;
    *ret = *ret * tens[q->decimals] + rest * tens[q->decimals - part];
    return true;
}

/* 1940-06-30 */
static bool plain_day(Str s, int64_t *ret)
{
    uint64_t w, year_month, day;
    int month;
    int32_t first;

    if (s.len != 10 || s.at[4] != '-' || s.at[7] != '-')
        return false;
    w = load_8(s.at); /* yyyy-mm- */
    year_month = (w & UINT64_C(0xFFFFFFFF)) << 16 | (w >> 40 & 0xFFFF) << 48 | UINT64_C(0x3030);
    day = (uint64_t)((uint8_t)s.at[8] | (uint64_t)(uint8_t)s.at[9] << 8) << 48 |
          UINT64_C(0x303030303030);
    if (!eight_digits(year_month) || !eight_digits(day))
        return false;
    uint32_t ym = value_of_eight(year_month), d = value_of_eight(day);

    month = (int)(ym / 100 - DAYS_FROM) * 12 + (int)(ym % 100) - 1;
    if (ym / 100 < DAYS_FROM || ym / 100 >= DAYS_TO || ym % 100 < 1 || ym % 100 > 12)
        return false;
    first = month_starts[month];
    *ret = first + (int32_t)d - 1;
    return d >= 1 && *ret < month_starts[month + 1];
}

/* ---- what was seen before ---------------------------------------------------------------------
 */

static Text text_of(Str s)
{
    Text t = {.len = s.len};

    if (s.len <= 8) {
        t.first = load_short(s);
        return t;
    }
    t.first = load_8(s.at);
    t.last = load_8(s.at + s.len - 8);
    if (s.len > 16)
        t.middle = load_8(s.at + 8);
    return t;
}

static bool same(const Text *a, const Text *b)
{
    return a->first == b->first && a->middle == b->middle && a->last == b->last && a->len == b->len;
}

static Remembered *place_of(const CellQuick *q, const Text *t)
{
    uint64_t h = (t->first ^ t->middle * 3 ^ t->last * UINT64_C(0x9E3779B97F4A7C15) ^ t->len) *
                 UINT64_C(0xD6E8FEB86659FD93);

    return &q->seen[h >> 55];
}

G_STATIC_ASSERT(REMEMBERED == 1u << (64 - 55));

/* ---- one cell ---------------------------------------------------------------------------------
 */

static bool ask(CellQuick *q, Str cell, int64_t *ret_number, bool *ret_known, CellFault *fault)
{
    Value v = VALUE_UNKNOWN;

    if (!cell_read(q->type, cell, q->arena, &v, fault))
        return false;
    *ret_known = v.known;
    *ret_number = v.known ? v.num : 0;
    return true;
}

static bool recall(CellQuick *q, Str cell, int64_t *ret_number, bool *ret_known, CellFault *fault)
{
    Text t = text_of(cell);
    Remembered *x = place_of(q, &t);

    if (same(&x->text, &t)) {
        *ret_number = x->number;
        *ret_known = true;
        return true;
    }
    if (!ask(q, cell, ret_number, ret_known, fault))
        return false;
    if (*ret_known)
        *x = (Remembered){t, *ret_number};
    return true;
}

bool cell_quick(CellQuick *q, Str cell, int64_t *ret_number, bool *ret_known, CellFault *fault)
{
    bool read = false;

    *ret_number = 0;
    *ret_known = false;
    if (cell.len == 0)
        return true;
    if (q->decimals != UINT_MAX)
        read = plain_number(q, cell, ret_number);
    else if (q->type->kind == KIND_DATE)
        read = plain_day(cell, ret_number);
    else if (cell.len <= TEXT_MOST)
        return recall(q, cell, ret_number, ret_known, fault);
    if (!read || *ret_number < q->low || *ret_number > q->high)
        return ask(q, cell, ret_number, ret_known, fault);
    *ret_known = true;
    return true;
}
