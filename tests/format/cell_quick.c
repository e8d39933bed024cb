/* cell_quick.c — the quick reader says what cell_read() says, of made-up cells of every kind, the
 * second time too. */
#include "format/cell_quick.h"

static const CellCode living[] = {
    {{"alone", 5}, {"独居", 6}, {"alone", 5}},
    {{"empty_nest", 10}, {"空巢", 6}, {"empty nest", 10}},
    {{"left_behind_for_long_years", 26}, {"留守（长期）", 18}, {"left behind", 11}},
    {{"a", 1}, {"无", 3}, {"none of these", 13}},
};

static bool resolve(void *with, Str text, int64_t *ret)
{
    (void)with;
    *ret = text.at[0] - '0';
    return text.len == 6;
}

static CellType type_of(Kind k)
{
    CellType t = {.kind = k, .scale = k == KIND_DECIMAL ? 1 : 0};

    if (k == KIND_ENUM || k == KIND_SET) {
        t.codes = living;
        t.n_codes = G_N_ELEMENTS(living);
    }
    if (k == KIND_REGION)
        t.resolve = resolve;
    return t;
}

static void agrees(CellQuick *q, const CellType *t, const char *cell)
{
    g_autoptr(Arena) a = arena_new();
    CellFault fault = {NULL, NULL}, other = {NULL, NULL};
    Value v = VALUE_UNKNOWN;
    int64_t number = 7;
    bool known = true, read = cell_read(t, str_of(cell), a, &v, &fault);

    if (cell_quick(q, str_of(cell), &number, &known, &other) != read)
        g_error("kind %d, \"%s\": read %d", t->kind, cell, read);
    if (!read) {
        g_assert_cmpstr(fault.zh, ==, other.zh);
        g_assert_cmpstr(fault.en, ==, other.en);
        return;
    }
    if (known != v.known || number != (v.known ? v.num : 0))
        g_error("kind %d, \"%s\": %d %" G_GINT64_FORMAT ", quick %d %" G_GINT64_FORMAT, t->kind,
                cell, v.known, v.num, known, number);
}

/* Cells people write, and what becomes of them when a finger slips. */
static const char *const cells[] = {
    "1940-06-30",
    "2020-02-29",
    "2019-02-29",
    "2020-13-01",
    "1799-12-31",
    "2200-01-01",
    "1900-01-00",
    "2020-04-31",
    "9999-12-31",
    "1940/6/30",
    "19400630",
    "0",
    "7",
    "72",
    "123",
    "1234",
    "12345",
    "1234567",
    "12345678",
    "123456789",
    "1234567890123456",
    "99999999999999999999",
    "-5",
    "+5",
    "1,234.50",
    "0.5",
    "12.",
    ".5",
    "1234.5",
    "1234.56",
    "12345678.99",
    "1234567890.12",
    "1.234",
    "200元",
    "¥200",
    "150m2",
    "80%",
    "1:30",
    "90分钟",
    "yes",
    "no",
    "是",
    "否",
    "TRUE",
    "n",
    "alone",
    "empty_nest",
    "独居",
    "alone|empty_nest",
    "独居、空巢",
    "left_behind_for_long_years",
    "-",
    "a",
    "a|alone",
    "360302",
    "2020-06",
    "2020年6月",
    "2020-06-30 08:30",
    "",
    " ",
    " 12 ",
    "1２",
    "12e3",
};

static char *slip(GRand *r, const char *cell)
{
    GString *s = g_string_new(cell);

    for (int n = g_rand_int_range(r, 0, 3); n > 0 && s->len > 0; n--) {
        gssize at = g_rand_int_range(r, 0, (int)s->len);
        char c = "0123456789-./ ,|%:ae"[g_rand_int_range(r, 0, 20)];

        if ((s->str[at] & 0x80) != 0)
            continue;
        if (g_rand_boolean(r))
            s->str[at] = c;
        else
            g_string_insert_c(s, at, c);
    }
    return g_string_free(s, FALSE);
}

static void test_agrees(void)
{
    GRand *r = g_rand_new_with_seed(4);

    for (Kind k = 0; k < KIND_N; k++) {
        g_autoptr(Arena) a = arena_new();
        CellType t = type_of(k);
        CellQuick *q;

        if (kind_is_text(k))
            continue;
        t.has_range = k == KIND_MONEY;
        t.low = 100;
        t.high = 100000000;
        q = cell_quick_new(a, &t);
        for (int i = 0; i < 20000; i++) {
            g_autofree char *cell =
                slip(r, cells[g_rand_int_range(r, 0, (int)G_N_ELEMENTS(cells))]);

            agrees(q, &t, cell);
        }
    }
    g_rand_free(r);
}

static void test_every_day(void)
{
    g_autoptr(Arena) a = arena_new();
    CellType t = type_of(KIND_DATE);
    CellQuick *q = cell_quick_new(a, &t);
    char cell[16];

    for (int y = 1795; y < 2205; y++) {
        for (int m = 0; m <= 13; m++) {
            for (int d = 27; d <= 32; d++) {
                g_snprintf(cell, sizeof cell, "%04d-%02d-%02d", y, m, d);
                agrees(q, &t, cell);
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/format/cell-quick/agrees", test_agrees);
    g_test_add_func("/format/cell-quick/every-day", test_every_day);
    return g_test_run();
}
