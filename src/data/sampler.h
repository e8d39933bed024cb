/* sampler.h — a random order that anybody can make again: Rivest's consistent sampler (2018).
 * Each name gets a ticket, a fraction between 0 and 1 that depends on the seed and the name alone;
 * who is drawn are those with the smallest tickets.  So taking names off the list moves no other
 * name, and each class of a list is drawn by the same rule.
 *
 *   ticket = "0." and the decimal digits of H(hex(H(seed)) name), the last digit first,
 *            with at least 64 digits; H is SHA-256 (as published) or SM3
 *
 * Tickets are compared as text.  In: seed, names.  Out: their order. */
#ifndef ANLAO_DATA_SAMPLER_H
#define ANLAO_DATA_SAMPLER_H

#include "base/digest.h"

#define TICKET_TEXT 80 /* 78 digits at most, without the "0.", and NUL */

typedef struct Ticket {
    char digits[TICKET_TEXT];
    size_t at; /* index of its name */
} Ticket;

typedef struct Sampler {
    DigestKind kind;
    char seed[DIGEST_TEXT]; /* hexadecimal digest of the seed */
} Sampler;

Sampler sampler_of(DigestKind kind, Str seed);
void sampler_ticket(const Sampler *s, Str name, char to[TICKET_TEXT]);
/* `to` gets a ticket per name, the one drawn first in front; names with equal tickets (a collision
 * of the hash, or the same name twice) go by their place in the list. */
void sampler_order(const Sampler *s, const Str *names, size_t n, Ticket *to);

#endif
