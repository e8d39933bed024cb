/* capitals.c — see capitals.h. */
#include "format/capitals.h"

#include <stdbool.h>

static const char *const digits[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

/* 1 to 9,999.  `inner`: something stands before it, so noughts at its head are read. */
static void section(unsigned n, bool inner, GString *to)
{
    static const char *const units[] = {"仟", "佰", "拾", ""};
    unsigned part = 1000;
    bool nought = false;
    for (int i = 0; i < 4; i++, part /= 10) {
        unsigned digit = n / part % 10;
        if (digit == 0) {
            nought = inner;
            continue;
        }
        if (nought)
            g_string_append(to, digits[0]);
        g_string_append_printf(to, "%s%s", digits[digit], units[i]);
        inner = true;
        nought = false;
    }
}

/* Anything above nothing: 万 and 亿 are units of what stands before them, which may be as large. */
static void whole(uint64_t n, bool inner, GString *to)
{
    static const struct {
        uint64_t value;
        const char *unit;
    } units[] = {{UINT64_C(100000000), "亿"}, {10000, "万"}};
    for (int i = 0; i < 2; i++) {
        if (n < units[i].value)
            continue;
        whole(n / units[i].value, inner, to);
        g_string_append(to, units[i].unit);
        n %= units[i].value;
        inner = true;
        if (i == 0 && n >= 1000 && n < 10000)
            g_string_append(to, digits[0]); /* there is nothing of 万 between them */
    }
    if (n > 0)
        section((unsigned)n, inner, to);
}

void capitals_money(int64_t fen, GString *to)
{
    uint64_t n = fen < 0 ? UINT64_C(0) - (uint64_t)fen : (uint64_t)fen;
    uint64_t yuan = n / 100;
    unsigned jiao = (unsigned)(n / 10 % 10), cents = (unsigned)(n % 10);
    if (fen < 0)
        g_string_append(to, "负");
    if (yuan > 0 || n == 0) {
        if (yuan > 0)
            whole(yuan, false, to);
        else
            g_string_append(to, digits[0]);
        g_string_append(to, "元");
    }
    if (jiao > 0)
        g_string_append_printf(to, "%s角", digits[jiao]);
    else if (cents > 0 && yuan > 0)
        g_string_append(to, digits[0]);
    if (cents > 0)
        g_string_append_printf(to, "%s分", digits[cents]);
    else
        g_string_append(to, "整");
}
