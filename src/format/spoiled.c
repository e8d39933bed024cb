/* spoiled.c — see spoiled.h. */
#include "format/spoiled.h"

#include <glib.h>

static size_t digits_at(Str s, size_t from)
{
    size_t n = 0;

    while (from + n < s.len && g_ascii_isdigit(s.at[from + n]))
        n++;
    return n;
}

/* Perhaps a minus; digits, perhaps a point and more, E+ and at least one digit, and nothing else.
 */
bool spoiled_rounded(Str s)
{
    size_t sign = s.len > 0 && s.at[0] == '-', at = sign + digits_at(s, sign), power;

    if (at == sign)
        return false;
    if (at < s.len && s.at[at] == '.')
        at += 1 + digits_at(s, at + 1);
    if (at + 2 > s.len || (s.at[at] != 'E' && s.at[at] != 'e') || s.at[at + 1] != '+')
        return false;
    power = digits_at(s, at + 2);
    return power > 0 && at + 2 + power == s.len;
}

bool spoiled_error(Str s)
{
    static const char *const words[] = {
        "#N/A",    "#REF!",  "#VALUE!", "#NAME?",    "#DIV/0!",   "#NUM!",        "#NULL!",
        "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#GETTING_DATA"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (str_is(s, words[i]))
            return true;
    return false;
}
