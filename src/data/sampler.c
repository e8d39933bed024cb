/* sampler.c — see sampler.h. */
#include "data/sampler.h"

#include "base/sort.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_LEAST 64

Sampler sampler_of(DigestKind kind, Str seed)
{
    Sampler s = {.kind = kind};
    digest_hex(kind, seed, s.seed);
    return s;
}

/* The last decimal digit of a number of 256 bits, and the number without it. */
static unsigned take_digit(uint32_t words[8])
{
    uint64_t rest = 0;
    for (size_t i = 0; i < 8; i++) {
        uint64_t n = rest << 32 | words[i];
        words[i] = (uint32_t)(n / 10);
        rest = n % 10;
    }
    return (unsigned)rest;
}

static bool is_nothing(const uint32_t words[8])
{
    uint32_t any = 0;
    for (size_t i = 0; i < 8; i++)
        any |= words[i];
    return any == 0;
}

static void number_of(const uint8_t bytes[DIGEST_SIZE], uint32_t words[8])
{
    for (size_t i = 0; i < 8; i++)
        words[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 |
                   (uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
}

void sampler_ticket(const Sampler *s, Str name, char to[TICKET_TEXT])
{
    size_t seed = DIGEST_TEXT - 1, n = 0;
    g_autofree char *text = g_malloc(seed + name.len + 1);
    uint8_t bytes[DIGEST_SIZE];
    uint32_t words[8];
    memcpy(text, s->seed, seed);
    if (name.len > 0)
        memcpy(text + seed, name.at, name.len);
    digest(s->kind, text, seed + name.len, bytes);
    number_of(bytes, words);
    while (n < DIGITS_LEAST || !is_nothing(words))
        to[n++] = (char)('0' + take_digit(words));
    to[n] = '\0';
}

static int by_ticket(const void *a, const void *b)
{
    const Ticket *x = a, *y = b;
    int order = strcmp(x->digits, y->digits);
    if (order != 0)
        return order;
    return x->at < y->at ? -1 : x->at > y->at;
}

void sampler_order(const Sampler *s, const Str *names, size_t n, Ticket *to)
{
    for (size_t i = 0; i < n; i++) {
        to[i].at = i;
        sampler_ticket(s, names[i], to[i].digits);
    }
    sort_rows(to, n, sizeof *to, by_ticket);
}
