/* identifier.c — check digits of national identifiers; record ids as text.
 * In: text as people type it.  Out: its canonical form and what is wrong with it. */
#include "base/identifier.h"

#include <glib.h>
#include <string.h>

#define IDENTIFIER_LENGTH 18
#define NODE_BITS         15
#define INCARNATION_BITS  8
#define COUNTER_BITS      40
#define ID_DIGITS         13

/* The alphabets of GB 32100 (no I, O, S, V, Z) and of Crockford's base 32 (no I, L, O, U). */
static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
static const char id_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const char *identifier_fault_text(IdentifierFault f)
{
    switch (f) {
    case IDENTIFIER_VALID:
        return "valid";
    case IDENTIFIER_BAD_LENGTH:
        return "wrong length, 18 characters are needed";
    case IDENTIFIER_BAD_CHAR:
        return "a character that cannot occur here";
    case IDENTIFIER_BAD_DATE:
        return "no such birthday";
    case IDENTIFIER_BAD_CHECK:
        return "wrong check digit";
    }
    return "unknown fault";
}

/* Full-width forms to ASCII, small letters to capitals. */
static uint32_t fold(uint32_t code)
{
    code = char_narrow(code);
    return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
}

/* What cannot be in an identifier becomes '?'; `to` is empty when the length is wrong. */
static IdentifierFault fold_text(Str text, char to[19])
{
    size_t n = 0;
    to[0] = '\0';
    while (text.len > 0 && n < IDENTIFIER_LENGTH) {
        uint32_t code = fold(str_utf8_next(&text));
        to[n++] = code > ' ' && code < 0x7F ? (char)code : '?';
    }
    bool fits = n == IDENTIFIER_LENGTH && text.len == 0;
    to[fits ? n : 0] = '\0';
    return !fits                     ? IDENTIFIER_BAD_LENGTH
           : strchr(to, '?') != NULL ? IDENTIFIER_BAD_CHAR
                                     : IDENTIFIER_VALID;
}

static int digit_of(const char *alphabet, char c)
{
    const char *at = c != '\0' ? strchr(alphabet, c) : NULL;
    return at != NULL ? (int)(at - alphabet) : -1;
}

/* GB 11643: weights are 2^(18-i) modulo 11, so the sum doubles from digit to digit. */
char citizen_id_digit(const char first17[17])
{
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        if (first17[i] < '0' || first17[i] > '9')
            return '?';
        sum = (sum + first17[i] - '0') * 2 % 11;
    }
    return "10X98765432"[sum];
}

/* GB 32100: weights are 3^(i-1) modulo 31. */
char credit_code_digit(const char first17[17])
{
    int sum = 0, weight = 1;
    for (int i = 0; i < 17; i++, weight = weight * 3 % 31) {
        int digit = digit_of(credit_alphabet, first17[i]);
        if (digit < 0)
            return '?';
        sum += digit * weight;
    }
    return credit_alphabet[(31 - sum % 31) % 31];
}

IdentifierFault citizen_id_check(Str text, char to[19], Date *ret_born, bool *ret_woman)
{
    IdentifierFault fault = fold_text(text, to);
    if (fault != IDENTIFIER_VALID)
        return fault;
    char check = citizen_id_digit(to);
    if (check == '?' || digit_of("0123456789X", to[17]) < 0)
        return IDENTIFIER_BAD_CHAR;
    char day[DATE_TEXT] = "....-..-..";
    memcpy(day, to + 6, 4);
    memcpy(day + 5, to + 10, 2);
    memcpy(day + 8, to + 12, 2);
    Date born;
    if (!date_parse(str_of(day), &born))
        return IDENTIFIER_BAD_DATE;
    if (check != to[17])
        return IDENTIFIER_BAD_CHECK;
    if (ret_born != NULL)
        *ret_born = born;
    if (ret_woman != NULL)
        *ret_woman = (to[16] - '0') % 2 == 0;
    return IDENTIFIER_VALID;
}

IdentifierFault credit_code_check(Str text, char to[19])
{
    IdentifierFault fault = fold_text(text, to);
    if (fault != IDENTIFIER_VALID)
        return fault;
    char check = credit_code_digit(to);
    if (check == '?' || digit_of(credit_alphabet, to[17]) < 0)
        return IDENTIFIER_BAD_CHAR;
    return check == to[17] ? IDENTIFIER_VALID : IDENTIFIER_BAD_CHECK;
}

char *identifier_mask(Str plain, char to[19])
{
    size_t n = plain.len < IDENTIFIER_LENGTH ? plain.len : IDENTIFIER_LENGTH;
    bool ascii = true;
    for (size_t i = 0; i < plain.len; i++)
        ascii = ascii && plain.at[i] > ' ' && plain.at[i] < 0x7F;
    memset(to, '*', n);
    to[n] = '\0';
    /* A text so short that it would be shown whole is hidden whole. */
    if (ascii && n > 5) {
        memcpy(to, plain.at, 4);
        to[n - 1] = plain.at[plain.len - 1];
    }
    return to;
}

/* The check character makes Σ digit·x^position zero in the field of 32 elements: every single wrong
 * character and every exchange of two characters is found, in the same alphabet. */
static int id_check_step(int sum, int digit)
{
    sum <<= 1;
    return (sum & 32 ? sum ^ 0x25 : sum) ^ digit;
}

char *id_format(int64_t id, char to[ID_TEXT])
{
    g_assert(id >= 0);
    int sum = 0;
    for (int i = 0; i < ID_DIGITS; i++) {
        int digit = (int)(id >> (5 * (ID_DIGITS - 1 - i)) & 31);
        sum = id_check_step(sum, digit);
        to[i] = id_alphabet[digit];
    }
    to[ID_DIGITS] = id_alphabet[id_check_step(sum, 0)];
    to[ID_DIGITS + 1] = '\0';
    return to;
}

/* Read as Crockford proposes: small letters count, I and L are 1, O is 0. */
static int id_digit(char c)
{
    c = (char)fold((uint8_t)c);
    c = c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
    return digit_of(id_alphabet, c);
}

bool id_parse(Str text, int64_t *ret_id)
{
    if (text.len != ID_DIGITS + 1)
        return false;
    int64_t id = 0;
    int sum = 0;
    for (int i = 0; i < ID_DIGITS; i++) {
        int digit = id_digit(text.at[i]);
        /* 13 digits have 65 bits, an id has 63. */
        if (digit < 0 || (i == 0 && digit > 7))
            return false;
        sum = id_check_step(sum, digit);
        id = id << 5 | digit;
    }
    if (id_digit(text.at[ID_DIGITS]) != id_check_step(sum, 0))
        return false;
    *ret_id = id;
    return true;
}

int64_t id_make(unsigned node, unsigned incarnation, uint64_t counter)
{
    g_assert(node < 1u << NODE_BITS && incarnation < 1u << INCARNATION_BITS &&
             counter < UINT64_C(1) << COUNTER_BITS);
    return (int64_t)node << (INCARNATION_BITS + COUNTER_BITS) |
           (int64_t)incarnation << COUNTER_BITS | (int64_t)counter;
}

unsigned id_node(int64_t id)
{
    return (unsigned)((uint64_t)id >> (INCARNATION_BITS + COUNTER_BITS));
}

static bool is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

static Str first_characters(Str text, size_t n)
{
    Str rest = text;
    while (rest.len > 0 && n-- > 0)
        str_utf8_next(&rest);
    return (Str){text.at, text.len - rest.len};
}

bool text_holds_citizen_id(Str text)
{
    char number[19];
    bool inside = false; /* of a longer number */
    while (text.len > 0) {
        Str from = text;
        bool digit = is_digit(fold(str_utf8_next(&text)));
        if (digit && !inside &&
            citizen_id_check(first_characters(from, IDENTIFIER_LENGTH), number, NULL, NULL) ==
                IDENTIFIER_VALID)
            return true;
        inside = digit;
    }
    return false;
}

bool phone_mark(uint32_t c)
{
    c = char_narrow(c);
    return (c != 0 && c < 0x80 && strchr(" -.()+", (int)c) != NULL) || c == 0xA0 || c == 0xB7 ||
           (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

/* +86, 0086, or 86 before one of eleven digits. */
static size_t country_of(const char *digits, size_t n, bool plus)
{
    if (strncmp(digits, "0086", 4) == 0)
        return 4;
    return strncmp(digits, "86", 2) == 0 && (plus || (n == 13 && digits[2] == '1')) ? 2 : 0;
}

bool phone_read(Str text, char to[PHONE_MOST + 1], size_t *ret_n)
{
    size_t n = 0;
    bool plus = false;
    to[0] = '\0';
    while (text.len > 0) {
        uint32_t c = char_narrow(str_utf8_next(&text));
        bool digit = is_digit(c);
        if ((!digit && !phone_mark(c)) || (digit && n == PHONE_MOST))
            return false;
        plus = plus || (c == '+' && n == 0);
        if (digit)
            to[n++] = (char)c;
        to[n] = '\0';
    }
    size_t country = country_of(to, n, plus);
    memmove(to, to + country, n - country + 1);
    *ret_n = n - country;
    return true;
}

bool text_may_be_number(Str text)
{
    size_t digits = 0;
    while (text.len > 0) {
        uint32_t c = fold(str_utf8_next(&text));
        if (g_unichar_isdigit(c))
            digits++;
        else if (c != 'X' && !phone_mark(c))
            return false;
    }
    return digits >= NUMBER_DIGITS;
}
