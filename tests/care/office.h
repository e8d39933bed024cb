/* office.h — an office of two districts with a time bank and bed-nights: declared accounts as
 * ledger.c and ledger_hand.c meet them. */
#ifndef TESTS_CARE_OFFICE_H
#define TESTS_CARE_OFFICE_H

#include "house.h"

#include "care/ledger.h"

typedef struct Office {
    House *h;
    const Session *clerk, *other, *reviewer;
    const Account *bank;
    RecordKey wang, li;
} Office;

Office office_new(void);
char *office_id(House *h, RecordKey key);
RecordKey office_saved(Office *o, RecordKey elder, const char *hours, const char *sure);
RecordKey office_spent(Office *o, const Session *s, RecordKey elder, const char *place,
                       const char *hours);
LedgerBox office_box(Office *o, RecordKey elder);
LedgerStatement office_statement(Office *o, RecordKey elder);
void office_sound(Office *o);

#endif
