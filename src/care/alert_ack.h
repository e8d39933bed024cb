/* alert_ack.h — somebody took note of an alert: who, why, and until when it need not be looked at.
 * In: a session, a check that fails for a record of its scope today.  Out: one note a record and
 * check, journalled; a later one takes its place.  It mends nothing: the alert stays one, and is
 * open again the day after.  Start: alert_acknowledge(). */
#ifndef ANLAO_CARE_ALERT_ACK_H
#define ANLAO_CARE_ALERT_ACK_H

#include "care/page_api.h"
#include "care/said.h"

typedef struct AlertAck {
    RecordKey key; /* its own number */
    const Entity *entity;
    int64_t record; /* id */
    Str check;
    Date until; /* the last day on which it holds */
    Str by, reason;
    int64_t at; /* as shown only */
} AlertAck;

/* `said`: why not (FAIL_INPUT): nothing fails, no reason, too long. */
bool alert_acknowledge(Care *c, const Session *s, const Rule *check, RecordKey key, Date until,
                       Str reason, Said *said, GError **error);
/* Those of the documents in force, of all records, whether they hold or have run out. */
bool alert_acks(Care *c, Arena *a, AlertAck **ret, size_t *ret_n, GError **error);

#endif
