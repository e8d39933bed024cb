/* backup.h — a database as one moment, copied out while others write, and put back.
 * In: a database.  Out: one SQLite file that holds all of it, whatever kind it came from; nothing
 * here is sealed or proved: care/backup.c does both.  Start: store_copy_out(). */
#ifndef ANLAO_STORE_BACKUP_H
#define ANLAO_STORE_BACKUP_H

#include "store/store.h"

/* Makes `path` (0600; what stood there is gone), a file of its own without a log beside it. */
bool store_copy_out(const char *uri, const Model *m, const char *path, GError **error);
/* The file takes the place of the database: whole, or what was there stands.  Of SQLite nobody may
 * have it open (FAIL_BUSY); the old file is kept, *ret_kept says as what (NULL: there was none;
 * g_free).  In PostgreSQL the place must be empty. */
bool store_put_back(const char *path, const Model *m, const char *uri, char **ret_kept,
                    GError **error);
/* Where a file may be made beside the database, or for a server's in the current folder; g_free. */
char *store_beside(const char *uri, const char *ending);

typedef struct StoreHead { /* the newest entry of a county */
    int32_t county;
    int64_t seq;
    uint8_t link[SM3_SIZE];
} StoreHead;
bool store_heads(Store *s, Arena *a, StoreHead **ret, size_t *ret_n, GError **error);
/* The same without a Model. */
bool store_peek_heads(const char *uri, Arena *a, StoreHead **ret, size_t *ret_n, GError **error);
/* Whether this very entry stands in the journal. */
bool store_has_entry(Store *s, const StoreHead *h, bool *ret, GError **error);

/* Ids made from here on differ from all that were lost; the reason goes into the journal of the
 * node's own office. */
bool store_new_incarnation(Store *s, Str actor, Str via, Str reason, GError **error);

#endif
