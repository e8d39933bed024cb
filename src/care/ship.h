/* ship.h — the journal copied to a second place while it is written: each second what is new, as
 * signed ranges (store/range.h), a file each: FOLDER/COUNTY/FROM-TO.range.  A file is whole or not
 * there.  What cannot be copied now is copied later: the place says how far it got.  Many small
 * files become one; what was erased by law is taken out of files that left before.
 * Back: rebuild.h.  Start: ship_new(), ship_turn(). */
#ifndef ANLAO_CARE_SHIP_H
#define ANLAO_CARE_SHIP_H

#include "care/care.h"
#include "care/ship_state.h"
#include "store/range.h"

#define SHIP_SECONDS 1

typedef struct Shipping Shipping;
/* The folder need not be there yet: that is said by each turn until it is. */
Shipping *ship_new(Care *c, const char *folder);
/* The same for another node: without accounts and keys. */
Shipping *ship_new_abroad(Care *c, const char *folder);
void ship_free(Shipping *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Shipping, ship_free)
/* Everything that is committed now.  FAIL_INPUT: the place holds another database's journal. */
bool ship_turn(Shipping *s, GError **error);

/* The head is filled in but for key and signature; signs it and gives the whole text. */
bool range_sign(Care *c, RangeHead *h, Str payload, Arena *a, Str *ret, GError **error);

#endif
