/* decimal.c — exact decimals and money.  Every overflow is an answer, never a wrong number. */
#include "base/decimal.h"

#include <string.h>

#define FEN_DECIMALS 2

bool checked_add(int64_t a, int64_t b, int64_t *ret_sum)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *ret_sum = sum;
    return true;
}

bool checked_sub(int64_t a, int64_t b, int64_t *ret_difference)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference))
        return false;
    *ret_difference = difference;
    return true;
}

bool checked_mul(int64_t a, int64_t b, int64_t *ret_product)
{
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *ret_product = product;
    return true;
}

bool round_divide(int64_t a, int64_t b, Rounding how, int64_t *ret_quotient)
{
    if (b <= 0)
        return false;
    int64_t quotient = a / b, rest = a % b;
    uint64_t left = rest < 0 ? 0 - (uint64_t)rest : (uint64_t)rest;
    bool away = false;
    switch (how) {
    case ROUND_HALF_UP:
        away = left >= (uint64_t)b - left;
        break;
    case ROUND_UP:
        away = left > 0;
        break;
    case ROUND_DOWN:
        break;
    }
    /* Where something is left over, b is at least 2 and one step more cannot overflow. */
    *ret_quotient = away ? quotient + (a < 0 ? -1 : 1) : quotient;
    return true;
}

int64_t power_of_ten(unsigned n)
{
    int64_t power = 1;
    for (n = n > 18 ? 18 : n; n > 0; n--)
        power *= 10;
    return power;
}

/* Adds a digit to a mantissa that is kept negative: the negative side reaches one further. */
static bool push_digit(int64_t *negative, char c)
{
    return c >= '0' && c <= '9' && checked_mul(*negative, 10, negative) &&
           checked_sub(*negative, c - '0', negative);
}

/* Moves the sign in front off `text`; true when it was a minus. */
static bool take_minus(Str *text)
{
    if (text->len == 0 || text->at[0] != '-')
        return false;
    *text = (Str){text->at + 1, text->len - 1};
    return true;
}

bool decimal_parse(Str text, Decimal *ret_value)
{
    bool minus = take_minus(&text);
    int64_t mantissa = 0;
    size_t point = text.len;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '.' && point == text.len && i > 0)
            point = i;
        else if (!push_digit(&mantissa, text.at[i]))
            return false;
    }
    size_t scale = point < text.len ? text.len - point - 1 : 0;
    if (text.len == 0 || point == text.len - 1 || scale > DECIMAL_SCALE_MAX)
        return false;
    if (!minus && !checked_sub(0, mantissa, &mantissa))
        return false;
    *ret_value = (Decimal){mantissa, (uint8_t)scale};
    return true;
}

/* Writes `value` from the back, with a point before the last `scale` digits and, where wanted, a
 * comma before every third of the others. */
static char *format_digits(int64_t value, unsigned scale, bool commas, char to[DECIMAL_TEXT])
{
    char back[DECIMAL_TEXT];
    size_t at = sizeof(back);
    back[--at] = '\0';
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    for (unsigned i = 0; i <= scale || left > 0; i++, left /= 10) {
        if (i == scale && scale > 0)
            back[--at] = '.';
        if (commas && i > scale && (i - scale) % 3 == 0)
            back[--at] = ',';
        back[--at] = (char)('0' + left % 10);
    }
    if (value < 0)
        back[--at] = '-';
    memcpy(to, back + at, sizeof(back) - at);
    return to;
}

char *decimal_format(Decimal d, char to[DECIMAL_TEXT])
{
    return format_digits(d.mantissa, d.scale < DECIMAL_SCALE_MAX ? d.scale : DECIMAL_SCALE_MAX,
                         false, to);
}

char *money_format(int64_t fen, char to[DECIMAL_TEXT])
{
    return format_digits(fen, FEN_DECIMALS, true, to);
}

/* Copies the text without its commas; refuses commas anywhere but before every third digit. */
static bool without_commas(Str text, char to[DECIMAL_TEXT], size_t *ret_len)
{
    size_t len = 0, group = 0;
    bool grouped = false, whole = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (whole && (c == ',' || c == '.')) {
            if (grouped ? group != 3 : c == ',' && (group < 1 || group > 3))
                return false;
            grouped = grouped || c == ',';
            whole = c == ',';
            group = 0;
            if (c == ',')
                continue;
        } else if (c != '-') {
            group++;
        }
        if (len == DECIMAL_TEXT)
            return false;
        to[len++] = c;
    }
    *ret_len = len;
    return !(grouped && whole) || group == 3;
}

bool money_parse(Str text, int64_t *ret_fen)
{
    char plain[DECIMAL_TEXT];
    size_t len;
    Decimal d;
    if (!without_commas(text, plain, &len) || !decimal_parse((Str){plain, len}, &d) ||
        d.scale > FEN_DECIMALS)
        return false;
    return checked_mul(d.mantissa, power_of_ten(FEN_DECIMALS - d.scale), ret_fen);
}
