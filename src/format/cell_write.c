/* cell_write.c — a value as the text of a cell, one writer per kind. */
#include "base/identifier.h"
#include "data/point.h"
#include "format/cell.h"

static void put_number(int64_t mantissa, unsigned scale, GString *to)
{
    char text[DECIMAL_TEXT];

    g_string_append(to, decimal_format((Decimal){mantissa, (uint8_t)scale}, text));
}

static void put_share(int64_t v, GString *to)
{
    size_t start = to->len;

    put_number(v, 2, to);
    if (g_str_has_suffix(to->str + start, ".00"))
        g_string_truncate(to, to->len - 3);
    else if (to->str[to->len - 1] == '0')
        g_string_truncate(to, to->len - 1);
    g_string_append_c(to, '%');
}

static void put_hours(int64_t v, GString *to)
{
    uint64_t minutes = v < 0 ? -(uint64_t)v : (uint64_t)v;

    g_string_append_printf(to, "%s%" G_GUINT64_FORMAT ":%02u", v < 0 ? "-" : "", minutes / 60,
                           (unsigned)(minutes % 60));
}

static void put_moment(int64_t v, GString *to)
{
    int64_t day_long = 86400 * CELL_SECOND, local = v + CELL_BEIJING * CELL_SECOND;
    int64_t day = local / day_long - (local % day_long < 0);
    int64_t rest = local - day * day_long;
    char text[DATE_TEXT];
    int seconds = (int)(rest / CELL_SECOND), micro = (int)(rest % CELL_SECOND);

    g_string_append_printf(to, "%s %02d:%02d:%02d", date_format((Date)day, text), seconds / 3600,
                           seconds / 60 % 60, seconds % 60);
    if (micro != 0)
        g_string_append_printf(to, ".%06d", micro);
    g_string_append(to, "+08:00");
}

static void put_code(const CellType *t, uint64_t code, CellWords words, GString *to)
{
    if (code >= t->n_codes) {
        g_string_append_printf(to, "#%" G_GUINT64_FORMAT, code);
        return;
    }
    const CellCode *c = &t->codes[code];
    Str s = words == CELL_ZH ? c->zh : words == CELL_EN ? c->en : c->name;

    if (s.len == 0)
        s = c->name;
    g_string_append_len(to, s.at, (gssize)s.len);
}

static void put_set(const CellType *t, uint64_t bits, CellWords words, GString *to)
{
    size_t start = to->len;

    for (unsigned i = 0; i < 64; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        if (to->len > start)
            g_string_append_c(to, '|');
        put_code(t, i, words, to);
    }
    if (bits == 0)
        g_string_append_c(to, '-');
}

static void put_id(int64_t id, GString *to)
{
    char text[ID_TEXT];

    g_string_append(to, id_format(id, text));
}

static void put_day(int64_t v, bool month, GString *to)
{
    char text[DATE_TEXT];

    g_string_append(to, month ? month_format((Month)v, text) : date_format((Date)v, text));
}

void cell_write(const CellType *t, Value v, CellWords words, GString *to)
{
    static const char *const truths[][2] = {
        [CELL_CODES] = {"no", "yes"}, [CELL_ZH] = {"否", "是"}, [CELL_EN] = {"no", "yes"}};

    if (!v.known)
        return;
    switch (t->kind) {
    case KIND_BOOL:
        g_string_append(to, truths[words][v.num != 0]);
        break;
    case KIND_INT:
    case KIND_DECIMAL:
        put_number(v.num, t->kind == KIND_DECIMAL ? t->scale : 0, to);
        break;
    case KIND_MONEY:
    case KIND_AREA:
        put_number(v.num, 2, to);
        break;
    case KIND_SHARE:
        put_share(v.num, to);
        break;
    case KIND_HOURS:
        put_hours(v.num, to);
        break;
    case KIND_DATE:
    case KIND_MONTH:
        put_day(v.num, t->kind == KIND_MONTH, to);
        break;
    case KIND_MOMENT:
        put_moment(v.num, to);
        break;
    case KIND_ENUM:
        put_code(t, (uint64_t)v.num, words, to);
        break;
    case KIND_SET:
        put_set(t, (uint64_t)v.num, words, to);
        break;
    case KIND_POINT:
        g_string_append(to, point_format(v.num, (char[POINT_TEXT]){0}));
        break;
    case KIND_REF:
        put_id(v.num, to);
        break;
    default:
        g_string_append_len(to, v.text.at != NULL ? v.text.at : "", (gssize)v.text.len);
    }
}
