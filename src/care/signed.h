/* signed.h — short texts that one node sends to another, signed by the node's key: a first line
 * that says what it is, "key HEX", lines, "signature HEX" over all before it. Start:
 * signed_begin(), signed_open(). */
#ifndef ANLAO_CARE_SIGNED_H
#define ANLAO_CARE_SIGNED_H

#include "base/sm2.h"
#include "care/page_api.h"

/* The first two lines; the rest is appended by who calls. */
void signed_begin(Care *c, const char *head, GString *to);
bool signed_end(Care *c, GString *text, GError **error);
/* False: it is not such a text, not whole, or not as it was signed.  *ret_lines lies in the text.
 */
bool signed_open(Str text, const char *head, uint8_t key[SM2_PUBLIC], Str *ret_lines);
/* A whole number from 0 on; what stands before the next blank, or at the end. */
bool signed_number(Str *line, int64_t *ret);

#define NODE_MARK 16 /* digits by which people compare a key */
void mark_of(const uint8_t key[SM2_PUBLIC], char to[NODE_MARK + 1]);

/* Who says in which county's name it speaks, before anything is taken from it: the node, its place,
 * the counties it keeps. */
typedef struct NodeCard {
    uint32_t node;
    int32_t home;
    Str place;
    int32_t *counties;
    size_t n;
    uint8_t key[SM2_PUBLIC];
} NodeCard;
bool card_write(Care *c, Arena *a, Str *ret, GError **error);
/* FAIL_INPUT: no card, or not as it was signed. */
bool card_read(Str text, Arena *a, NodeCard *ret, GError **error);

#endif
