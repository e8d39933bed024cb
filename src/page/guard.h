/* guard.h — the wall in front of every request: what could be read in two ways is refused.
 * (RFC 9112 sections 5, 6, 11; libmicrohttpd 0.9.75 accepts most of it.)
 * In: method, raw address, header lines.  Out: good, or why not and with which status.
 * Nothing here knows libmicrohttpd.  Start: guard_header(), guard_end(). */
#ifndef ANLAO_PAGE_GUARD_H
#define ANLAO_PAGE_GUARD_H

#include "base/str.h"

typedef struct Guard {
    unsigned hosts, lengths, encodings;
    uint64_t length;     /* of the body, when lengths is 1 */
    const char *refused; /* NULL, or the first reason */
    unsigned status;     /* to answer with: 400, 413, 431, 501 */
} Guard;

#define GUARD_HEADERS_MOST 100u
#define GUARD_ADDRESS_MOST 8192u

void guard_init(Guard *g);
/* The address as it came, before any decoding. */
bool guard_address(Guard *g, Str raw);
bool guard_header(Guard *g, Str name, Str value);
/* After the last header: exactly one Host, not both kinds of length, no body that is too long. */
bool guard_end(Guard *g, uint64_t body_most);

#endif
