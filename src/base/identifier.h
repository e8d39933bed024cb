/* identifier.h — check digits of national identifiers, and the text form of record ids.
 * GB 11643 (citizen number), GB 32100 (unified social credit code). */
#ifndef ANLAO_BASE_IDENTIFIER_H
#define ANLAO_BASE_IDENTIFIER_H

#include "base/date.h"

typedef enum IdentifierFault {
    IDENTIFIER_VALID,
    IDENTIFIER_BAD_LENGTH,
    IDENTIFIER_BAD_CHAR,
    IDENTIFIER_BAD_DATE,
    IDENTIFIER_BAD_CHECK,
} IdentifierFault;

/* Upper-cases x and folds full-width digits first; `to` gets 18 bytes and NUL, or nothing when the
 * length is wrong.  ret_born and ret_woman may be NULL and are set only when valid. */
IdentifierFault citizen_id_check(Str text, char to[19], Date *ret_born, bool *ret_woman);
IdentifierFault credit_code_check(Str text, char to[19]);
/* Whether a text holds a citizen number that passes its check, in full-width digits, too: such a
 * text must not be kept in clear. */
bool text_holds_citizen_id(Str text);
/* What people write between the digits of a telephone: a blank, a dash, a dot, a bracket, a plus;
 * in every width.  Whoever reads telephones asks here. */
bool phone_mark(uint32_t c);
/* The digits of a telephone, or of its end, without the code of the country.  False: something else
 * stands in it, or more than PHONE_MOST digits. */
#define PHONE_MOST 20u
bool phone_read(Str text, char to[PHONE_MOST + 1], size_t *ret_n);
/* A telephone, the end of one, or a citizen number that may be mistyped: digits and what people
 * write between them. */
#define NUMBER_DIGITS 4u
bool text_may_be_number(Str text);
char citizen_id_digit(const char first17[17]);
char credit_code_digit(const char first17[17]);
const char *identifier_fault_text(IdentifierFault f); /* "wrong check digit" */
/* Shown as the first 4 and the last 1 character, never more; 5 characters or fewer are all hidden.
 */
char *identifier_mask(Str plain, char to[19]);

/* Record ids: node 15 bits, incarnation 8, counter 40.  Text is 13 base-32 characters (Crockford)
 * and a check character: JavaScript loses digits above 2^53. */
#define ID_TEXT 15
char *id_format(int64_t id, char to[ID_TEXT]);
bool id_parse(Str text, int64_t *ret_id);
#define ID_INCARNATION_MOST 255u
int64_t id_make(unsigned node, unsigned incarnation, uint64_t counter);
unsigned id_node(int64_t id); /* which made it */

#endif
