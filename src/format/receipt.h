/* receipt.h — the public record of a random draw, as text that anybody can check.
 * Two parts.  The list is made and published before the seed exists: who may be drawn, in which
 * class and how many of each, who may be sent, who may not go where, which public value will make
 * the seed, and what was promised (digests of secrets of those who watch).  The result follows when
 * the public value is known.  Whoever changes the list, the seed or the order of the result changes
 * a digest that was public before.
 *
 * A line is a word and cells, parted by tabs, in a fixed order; lines end in LF; the digest of the
 * list is that of all bytes above its line (`head -n N FILE | sha256sum`), and of the receipt
 * likewise.
 *
 *   anlao-draw  1                       each     2
 *   number      0F3K…                   public   2020-06-23  体彩排列五第20166期
 *   draw        NAME  TITLE             commit   WHO  DIGEST
 *   document    NAME  CLAUSE            class    NAME  ALL  TAKE
 *   place       CODE  NAME              of       ID  CLASS  NAME        rising by ID
 *   listed      2020-06-18              with     ID  NAME               rising by ID
 *   method      sha256 | sm3            bar      WITH  OF
 *                                       list     DIGEST
 *   value       WHAT CAME OUT           taken    ID  CLASS  TICKET  WITH…   in the order drawn
 *   dice        DIGITS                  short    ID  HOW MANY ARE LACKING
 *   reveal      WHO  SECRET             receipt  DIGEST
 *   seed        LIST:VALUE:DICE:SECRET…
 *
 * Start: receipt_verify(), receipt_draw(). */
#ifndef ANLAO_FORMAT_RECEIPT_H
#define ANLAO_FORMAT_RECEIPT_H

#include "base/arena.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/fail.h"

typedef struct ReceiptCommit {
    Str who, digest; /* digest of `secret`, hexadecimal */
    Str secret;      /* empty until it is revealed */
} ReceiptCommit;

typedef struct ReceiptClass {
    Str name;
    uint64_t all, take;
} ReceiptClass;

typedef struct ReceiptName {
    Str id, class, name; /* class: of what is drawn; empty of those who are sent */
} ReceiptName;

typedef struct ReceiptBar {
    Str with, of; /* ids */
} ReceiptBar;

typedef struct ReceiptTaken {
    size_t of; /* index */
    Str ticket;
    size_t *with; /* indexes */
    size_t n_with;
} ReceiptTaken;

typedef struct Receipt {
    Str number, draw, title, document, clause, place, place_name;
    Date listed;
    DigestKind method;
    unsigned each; /* sent to each; 0: nobody */
    Date public_on;
    Str public_what; /* the value that will be public on that day */
    ReceiptCommit *commits;
    size_t n_commits;
    ReceiptClass *classes;
    size_t n_classes;
    ReceiptName *of, *with;
    size_t n_of, n_with;
    ReceiptBar *bars;
    size_t n_bars;
    Str list; /* digest of the list */
    /* when it was drawn */
    bool drawn;
    Str value, dice, seed;
    ReceiptTaken *taken;
    size_t n_taken;
    Str digest; /* of the whole receipt */
} Receipt;

/* Text of one cell: printable (base/str.h), not empty where `needed`, not too long. */
bool receipt_cell_fine(Str text, bool needed);

/* Orders the list, counts its classes' members and sets `list`; fails where two have one id, a
 * class is unknown or asks for more than it has. */
bool receipt_close_list(Receipt *r, Arena *a, GError **error);
/* Takes the public value, the dice (digits, may be empty) and the secrets (in the order of commits;
 * each must fit its digest), and draws. */
bool receipt_draw(Receipt *r, Str value, Str dice, const Str *secrets, size_t n_secrets, Arena *a,
                  GError **error);
void receipt_print(const Receipt *r, GString *to); /* the list alone until it is drawn */

/* Reads the text and nothing more; `name` is what messages call it. */
bool receipt_parse(Str text, const char *name, Arena *a, Receipt *ret, GError **error);
/* Reads it and makes it again from what it says of itself: FAIL_INPUT with what does not fit. */
bool receipt_again(Str text, const char *name, Arena *a, Receipt *ret, GError **error);
/* Whether the seed can not have existed when the list was published.  A day is the finest that a
 * list says, so the value has to be of a later one. */
bool receipt_day_fine(Date listed, Date public_on, GError **error);
/* Both. */
bool receipt_verify(Str text, const char *name, Arena *a, Receipt *ret, GError **error);

#endif
