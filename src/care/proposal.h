/* proposal.h — four eyes: a change of a field that is declared `checked` waits until another person
 * approves it; only then it is a fact (storage.md: change requests).
 * In: what was typed into a form, by one; a verdict with a reason, by another.  Out: a queue, and
 * the change in one transaction with the approval.  Persons are counted, not posts: nobody approves
 * the own change.  Entering a new record is no change.  Start: proposal_make(), proposal_decide().
 */
#ifndef ANLAO_CARE_PROPOSAL_H
#define ANLAO_CARE_PROPOSAL_H

#include "care/page_api.h"
#include "care/said.h"

typedef struct ProposalField {
    const Field *field;
    Str now_zh, now_en, then_zh, then_en; /* secrets masked; empty: unknown */
    Date since;
} ProposalField;

typedef struct ProposalLine {
    RecordKey key; /* its own */
    const Entity *entity;
    RecordKey subject;
    Str title, by, reason;
    int64_t at;
    bool mine; /* to be taken back, not to be approved */
    ProposalField *fields;
    size_t n_fields;
} ProposalLine;

/* Those that wait in the session's scope, oldest first. */
bool proposal_list(Care *c, const Session *s, Arena *a, ProposalLine **ret, size_t *ret_n,
                   GError **error);
/* How many wait about one record. */
bool proposal_count(Care *c, const Session *s, const Entity *e, RecordKey key, size_t *ret,
                    GError **error);
typedef enum ProposalVerdict {
    PROPOSAL_APPROVE,
    PROPOSAL_REFUSE,
    PROPOSAL_TAKE_BACK
} ProposalVerdict;
bool proposal_decide(Care *c, const Session *s, RecordKey proposal, ProposalVerdict verdict,
                     Str reason, Said *said, GError **error);

#endif
