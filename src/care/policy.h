/* policy.h — the documents in force, and others that may replace them.
 * A database runs by the documents that are stored in it.  Another folder of documents is compared
 * with them, and put in force by a command that says so, journalled under the name of who gave it.
 * Start: policy_compare(), policy_replace(). */
#ifndef ANLAO_CARE_POLICY_H
#define ANLAO_CARE_POLICY_H

#include "care/care.h"

typedef enum PolicyHow { POLICY_NEW, POLICY_CHANGED, POLICY_GONE } PolicyHow;

typedef struct PolicyDocument {
    Str name;
    PolicyHow how;
} PolicyDocument;

typedef struct PolicyRuleDifference {
    const Rule *rule; /* of the new Model; of the old one when it is gone */
    PolicyHow how;
    Month from; /* the first month whose answers may be others */
} PolicyRuleDifference;

typedef struct PolicyDifference {
    int64_t version; /* in force */
    bool same;       /* the very same documents */
    PolicyDocument *documents;
    size_t n_documents;
    PolicyRuleDifference *rules;
    size_t n_rules;
    PolicyRuleDifference *region_checks; /* of which nothing is stored: they are asked anew */
    size_t n_region_checks;
} PolicyDifference;

/* Between Models that declare other entities or fields: every rule counts as changed, for what it
 * reads may be another thing.  Of `old` NULL all of `next` is new. */
bool policy_between(const Model *old, const Model *next, Arena *a, PolicyDifference *ret,
                    GError **error);
/* FAIL_INPUT when `next` declares other entities, fields or codes: that needs a migration. */
bool policy_compare(Care *c, const Model *next, Arena *a, PolicyDifference *ret, GError **error);
/* Marks what was decided by rules that differ.  The Care goes on with the old documents: close it
 * and open it anew.  Needs POLICY_WRITE. */
bool policy_replace(Care *c, const Session *s, const Model *next, Str reason, Arena *a,
                    PolicyDifference *ret, GError **error);
/* The Model of an earlier policy, from the documents kept; version 0: in force. */
bool policy_model(Care *c, int64_t version, Model **ret, GError **error);
/* Whether two Models number entities, fields, codes and places alike, so that one's data can be
 * read by the other's programs. */
bool models_alike(const Model *a, const Model *b);

#endif
