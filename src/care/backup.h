/* backup.h — copies that leave the machine, and a database put back from one.
 * In: a database that others may be writing; the public key of who may open the copy.  Out: one
 * sealed file.  Back: a database that is proved from its first entry to its last before it takes
 * any place.  The key file of the database is never in it.  Start: care_backup(), care_restore().
 */
#ifndef ANLAO_CARE_BACKUP_H
#define ANLAO_CARE_BACKUP_H

#include "care/care.h"

/* Makes `path` (0400, the secret half) and `path`.pub; refuses existing ones. */
bool recipient_create(const char *path, GError **error);
bool recipient_public(const char *path, uint8_t to[65], GError **error); /* of `path`.pub */
/* What stands in such files; parsed, or false. */
bool recipient_parse(Str text, const char *head, uint8_t *to, size_t n);

/* An entry says that a copy was made, for whom, before it is begun.  `path` must be free. */
bool care_backup(Care *c, const Session *s, const char *uri, const char *path,
                 const char *recipient, uint64_t *ret_bytes, GError **error);

typedef struct RestoreRequest {
    const char *path, *secret, *uri; /* the copy, the file with the recipient's secret, the place */
    const char *seal;                /* a seal that must stand in it, or NULL */
    Str reason; /* the written decision, where it cannot be shown that nothing newer was known */
    Str actor;  /* who does it: local:USER */
} RestoreRequest;

typedef struct RestoreReport {
    Str made;         /* when the copy was made, as it says itself */
    uint64_t entries; /* of the journal, all proved */
    unsigned incarnation;
    uint64_t lost;        /* entries that the database in its place had beyond the copy */
    Str lost_words, kept; /* of which counties; what the old file is called now, or empty */
    Str left_out;         /* care_left_out(), of an import that was interrupted in the copy */
} RestoreReport;
/* What both restoring and rebuilding end with: the plain SQLite file at `plain` is proved, gets a
 * new incarnation, and takes the place; it is gone afterwards.  `from` says what it was made of. */
bool care_put_in_place(const RestoreRequest *r, const char *plain, const char *from, Arena *a,
                       RestoreReport *ret, GError **error);
void leftovers_remove(const char *plain); /* such a file, and what a database has beside it */
bool care_restore(const RestoreRequest *r, Arena *a, RestoreReport *ret, GError **error);

#endif
