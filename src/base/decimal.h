/* decimal.h — exact decimals: a whole mantissa and a number of decimals.  No binary floating point.
 */
#ifndef ANLAO_BASE_DECIMAL_H
#define ANLAO_BASE_DECIMAL_H

#include "base/str.h"

typedef struct Decimal {
    int64_t mantissa;
    uint8_t scale; /* value = mantissa / 10^scale; 0..DECIMAL_SCALE_MAX */
} Decimal;

#define DECIMAL_SCALE_MAX 9

typedef enum Rounding {
    ROUND_HALF_UP,
    ROUND_DOWN,
    ROUND_UP
} Rounding; /* half up = away from zero */

bool decimal_parse(Str text,
                   Decimal *ret_value); /* -12.50; no exponent, no blanks; false on overflow */
#define DECIMAL_TEXT 32
char *decimal_format(Decimal d, char to[DECIMAL_TEXT]); /* trailing zeros kept as given by scale */
char *money_format(int64_t fen, char to[DECIMAL_TEXT]); /* 93,460.00 */
bool money_parse(Str text, int64_t *ret_fen); /* yuan: 200, 200.5, 1,234.00; at most two decimals */
int64_t power_of_ten(unsigned n);             /* n <= 18 */
bool checked_add(int64_t a, int64_t b, int64_t *ret_sum); /* false on overflow, as the next three */
bool checked_sub(int64_t a, int64_t b, int64_t *ret_difference);
bool checked_mul(int64_t a, int64_t b, int64_t *ret_product);
bool round_divide(int64_t a, int64_t b, Rounding how,
                  int64_t *ret_quotient); /* b > 0, else false */

#endif
