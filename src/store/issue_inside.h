/* issue_inside.h — issued papers between write.c, verify_rows.c and issue.c. */
#ifndef ANLAO_STORE_ISSUE_INSIDE_H
#define ANLAO_STORE_ISSUE_INSIDE_H

#include "store/issue.h"
#include "store/writing.h"

/* CHANGE_ISSUE: the row and its entry. */
bool issue_change(Writing *w, const Change *c, Head *h, GError **error);
/* The row as it is now, and its entry: new, or emptied by law. */
bool issue_entry(Writing *w, const Change *c, Head *h, const IssueRow *x, bool by_law,
                 GError **error);
/* SM3 of a row with all its content, as the digest of a record's row. */
void issue_digest(Bytes *scratch, Sm3 *hash, int64_t seq, const IssueRow *x, uint8_t to[SM3_SIZE]);
#define ISSUE_COLUMNS                                                                              \
    "county,id,kind,number,name,entity,record,place,day,actor,type,digest,content,seq"
/* `over`: what stands there of it may be written over, as by law alone. */
bool issue_put(Writing *w, const IssueRow *x, int64_t seq, bool over, GError **error);
IssueRow issue_from(Statement *st); /* a row of these columns; borrowed */

#endif
