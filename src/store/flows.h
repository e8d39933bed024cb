/* flows.h — what a record of an event moves on declared accounts, from its own row alone: no other
 * record, no param and no day, so that `verify` finds it again from the row.
 * In: the Model's accounts, the Plan.  Out: whose account, how much, under which key.  Not here:
 * moving it (ledger_follow.c).  Read first: flow_want(). */
#ifndef ANLAO_STORE_FLOWS_H
#define ANLAO_STORE_FLOWS_H

#include "store/ledger.h"
#include "store/methods.h"

typedef struct FlowPlan {
    const Account *account;
    const Flow *flow;
    bool in;
    unsigned nth;        /* among those of its account, side and entity */
    const char *counter; /* owner of the other side: in:EVENT */
} FlowPlan;

typedef struct Flows {
    Arena *arena;
    FlowPlan **of; /* by entity->number: its flows */
    size_t *n_of;
    FlowPlan *paid; /* of benefits: what was paid for a record */
    size_t n_paid;
    bool *may_fail;                /* by entity->number: has flows, or refers to what has */
    size_t n;                      /* of records, all together */
    char digest[2 * SM3_SIZE + 1]; /* of what is declared, limits left out */
} Flows;

Flows *flows_new(const Model *m, const Plan *p);
void flows_free(Flows *f);

typedef struct FlowWant {
    int64_t amount; /* 0: nothing moves */
    int64_t id;     /* of who holds it; 0: the county */
    int32_t county; /* whose ledger it is in */
    char owner[24];
} FlowWant;
/* What the row as it is wants moved. */
FlowWant flow_want(const FlowPlan *p, const Row *r);
/* Of what was paid for a record of the rule's subject, `where` it lies. */
FlowWant flow_paid(const FlowPlan *p, RecordKey where, int64_t fen);
/* Whether it is spent for the account's purpose. */
bool flow_purpose_kept(const FlowPlan *p, const Row *r);
/* Of the rows of `transfer` that follow from one event by one flow; in another county than the
 * event's, too.  What moved to another county is another event. */
void flow_key(const FlowPlan *p, int64_t entity, RecordKey event, uint8_t to[16]);

/* What was paid by a rule, all runs together: subject, fen.  ?1 county, ?2 rule. */
#define PAID_SQL                                                                                   \
    "SELECT l.subject,CAST(sum(CASE WHEN EXISTS (SELECT 1 FROM pay_return x WHERE "                \
    "x.county=l.county AND x.run=l.run AND x.receiver=CASE WHEN l.payee=0 THEN l.subject ELSE "    \
    "l.payee END AND x.subject IN (0,l.subject)) THEN 0 ELSE l.fen END) AS INTEGER) FROM "         \
    "pay_line l JOIN pay_run r ON "                                                                \
    "r.county=l.county AND r.id=l.run WHERE l.county=?1 AND l.rule=?2 AND l.hold=0 AND "           \
    "r.state=6 GROUP BY l.subject ORDER BY l.subject"

#define OWNER_BETWEEN "between:"
void between_text(int32_t county, char to[24]);

#endif
