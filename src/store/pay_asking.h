/* pay_asking.h — one look at what is stored about payments, by a reader of its own. */
#ifndef ANLAO_STORE_PAY_ASKING_H
#define ANLAO_STORE_PAY_ASKING_H

#include "store/pay_inside.h"

typedef struct Asking {
    const Store *s;
    Conn *conn;
    Arena *arena;
    GHashTable *rules; /* stored number → number in the Model + 1 */
    GArray *to;
} Asking;

/* `size` of one entry of `to`.  pay_asking_end() whatever came of it. */
bool pay_asking_begin(Asking *q, Store *s, Arena *a, size_t size, GError **error);
void pay_asking_end(Asking *q, Store *s);
/* Number in the Model of a stored one; false: the documents no longer have it. */
bool pay_rule_of(const Asking *q, int64_t stored, unsigned *ret);

#endif
