/* writing.h — one write transaction: heads of the counties, the change being applied, the journal.
 * begin, apply changes, commit: what was applied and not committed never was.  The caller holds
 * the writer's mutex.  Who groups changes stands in queue.c. */
#ifndef ANLAO_STORE_WRITING_H
#define ANLAO_STORE_WRITING_H

#include "store/journal.h"

#define LINKS_SEEN 4096 /* references found in this transaction; a cache, power of two */
/* A server that is started again takes a moment: how often, and after what time it is asked. */
#define RENEW_TRIES   10
#define RENEW_WAIT_US 500000

typedef struct Head {
    int32_t county;
    int64_t seq;
    uint8_t link[SM3_SIZE];
    bool changed, grams_put_off;
    bool own; /* it was looked that no other node keeps it */
} Head;

/* The request key of the change before, for calls that share one. */
typedef struct RequestSeen {
    uint8_t key[16];
    int64_t seq;
    bool repeated;
} RequestSeen;

typedef struct LinkSeen {
    const Entity *to;
    int64_t id;
    int32_t county;
} LinkSeen;

typedef struct ActiveKeys { /* keys.h; all 0: there are none, and index rows have key 0 */
    bool read;
    int64_t generation, blind, next; /* next 0: no rotation is under way */
} ActiveKeys;

typedef struct Writing {
    Store *s;
    Conn *conn;
    Arena *arena; /* of this transaction */
    int64_t at;
    GArray *heads;    /* of Head: the counties that are locked */
    GArray *kept;     /* heads as they were before the change at hand */
    GArray *counties; /* int32_t: all that have a head */
    Sm3 *hash;
    Bytes body, scratch;
    Arena *rows_arena;
    Row **rows; /* one to work in per entity */
    uint8_t salts[4096];
    size_t salts_left;
    LinkSeen seen[LINKS_SEEN];
    int64_t recent; /* identities taken since they were counted; -1 = count them first */
    bool blindly;   /* changes are sent ahead: what is wrong with one is said at the end, unnamed */
    bool again;     /* the next transaction does anew what the last one failed to do */
    bool defer_grams; /* large chunk: search.c catches up later */
    int64_t import;   /* being applied; 0: none */
    int others_open;  /* whether other imports are on their way; -1 = look first */
    int decided;      /* whether there are decisions to be marked as stale; -1 = look first */
    RequestSeen request, request_before;
    uint32_t entries;      /* made by the change at hand */
    int64_t record_seq;    /* entry of its record; 0: it is about none */
    LedgerRefusal refusal; /* why an account refused it */
    GHashTable *ahead;     /* rows_ahead.c: records read before their change; in `arena` */
    GArray *asked;
    const Row *taken; /* of them, for the change at hand; or NULL */
    ActiveKeys keys;  /* once read: as they stay until the end of the transaction */
} Writing;

Writing *writing_new(Store *s, Conn *c);
void writing_free(Writing *w);
bool writing_begin(Writing *w, GError **error);
/* The same, behind all that write the county in this way: waits here, not for the head. */
bool writing_begin_in(Writing *w, int32_t county, GError **error);
/* The same, and makes all tables: only on a connection for CONN_CREATE. */
bool writing_begin_with_tables(Writing *w, GError **error);
bool writing_commit(Writing *w, GError **error);
/* flush.c — a transaction that everybody sees and that may not be on the disk yet.  Nothing of it
 * is answered before flusher_flush() says that it is. */
typedef struct Ahead {
    uint64_t writer; /* number of the connection that wrote it; 0: it is on the disk */
    GArray *heads;   /* of Head: the ends of its counties' journals; NULL with 0 */
    GError *error;   /* flusher_flush(): why it cannot be answered */
    struct Ahead *behind;
} Ahead;
#define WRITER_LOST UINT64_MAX /* while it committed; another one has seen that it did */
bool writing_commit_ahead(Writing *w, Ahead *ret, GError **error);
void ahead_clear(Ahead *a);

void flusher_start(Store *s);
void flusher_stop(Store *s);
/* Before a transaction, by who writes: sees to it that there are connections to flush over. */
void flusher_prepare(Store *s);
/* Before a commit, by who writes: number of the writer's connection when the commit can be one
 * that is waited for later; or 0. */
uint64_t flusher_ready(Store *s);
int flusher_take(Store *s); /* a way to flush over; -1: all are in use */
/* Waits until these are on the disk; sets the error of those that are not there for certain. */
void flusher_flush(Store *s, int way, Ahead *first);
void writing_abort(Writing *w);

/* write.c.  False: the error says why; the caller rolls back to before the change. */
bool change_apply(Writing *w, const Change *c, ChangeAnswer *answer, GError **error);
int32_t change_county(const Writing *w, const Change *c); /* whose journal it goes to */
/* Whether the failure is the store's own, so that the whole transaction must end. */
bool failure_ends_all(const GError *error);

/* The head of a county, which is locked with it until the transaction ends.  NULL: error. */
Head *writing_head(Writing *w, int32_t county, GError **error);
/* Locks counties in the order of their numbers, so that two processes never wait for each other:
 * first thing in a transaction that may write more than one.  The list is sorted. */
bool writing_lock(Writing *w, GArray *counties, GError **error);
/* The same, with what rows_ahead_add() was told of. */
bool writing_lock_ahead(Writing *w, GArray *counties, GError **error);
bool writing_lock_changes(Writing *w, const Change *changes, size_t n, GError **error);
/* Before a savepoint, and after going back to it: what is known in memory goes back too. */
void writing_keep(Writing *w);
void writing_restore(Writing *w);
/* Appends an entry with the body in w->body; sets seq, digest, link, and moves the head on. */
bool writing_append(Writing *w, Head *h, Entry *e, GError **error);
/* The same for an entry that is complete, with its body (salt NULL: it is gone). */
bool writing_put(Writing *w, Head *h, const Entry *e, const uint8_t *salt, Str body,
                 GError **error);

/* rows_ahead.c: records of a group's changes, asked before the county is locked, fetched behind. */
void rows_ahead_start(Writing *w);
void rows_ahead_end(Writing *w);
void rows_ahead_forget(Writing *w);
void rows_ahead_add(Writing *w, const Change *c);
bool rows_ahead_ask(Writing *w, GError **error);
bool rows_ahead_fetch(Writing *w, GError **error);
/* Before a change, what was read of its record; row_ahead_load() gives it, or reads. */
void row_ahead_take(Writing *w, const TablePlan *t, RecordKey key);
bool row_ahead_load(Writing *w, Row *r, RecordKey key, bool *ret_found, GError **error);

/* stale.c: whether anything is decided at all. */
bool decided_ask(Writing *w, GError **error);
bool decided_fetch(Writing *w, GError **error);

/* copies.c: whether another node keeps the county. */
bool writing_is_copy(Writing *w, int32_t county, bool *ret, GError **error);
bool copy_ask(Writing *w, int32_t county, GError **error); /* ahead */

/* identity.c */
/* Under every active index key. */
bool identity_take(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc,
                   GError **error);
bool identity_add(Writing *w, const Row *r, const FieldPlan *f, int64_t key,
                  const uint8_t blind[SM3_SIZE], GError **error);
bool identity_drop_under(Writing *w, const Row *r, const FieldPlan *f, const Slot *s, int64_t key,
                         GError **error); /* one of its rows */
bool identity_drop(Writing *w, const Row *r, const FieldPlan *f, const Slot *s, GError **error);
/* Nobody of another county has it, also not one who is being written at this moment. */
bool identity_elsewhere(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc,
                        GError **error);
/* Who has it in a county: 0 = nobody. */
bool identity_holder(Conn *c, int32_t county, int64_t field, int64_t key,
                     const uint8_t blind[SM3_SIZE], int64_t *ret_id, GError **error);
/* find_many.c: the same for many under one key; ids as they were where nobody has it. */
typedef struct BlindMany {
    int32_t county;
    int64_t field, key;
    const uint8_t (*blinds)[SM3_SIZE];
    size_t n;
    int64_t *ids;
} BlindMany;
bool blinds_find(Conn *c, const Plan *p, const BlindMany *b, GError **error);
/* Imports and forms that bring one number into two counties at once (PostgreSQL; SQLite has one
 * writer): an import waits for forms that are being written, they for a chunk of it. */
bool identity_alone(Writing *w, GError **error);
/* Before rows of an import are applied: whether any number was taken meanwhile. */
bool identity_any_meanwhile(Writing *w, bool *ret, GError **error);
/* Of one number: left for imports on their way; of an import's own row FAIL_CONFLICT when another
 * county has it by now. */
bool identity_meanwhile(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc,
                        GError **error);
bool identity_forget_meanwhile(Writing *w, GError **error); /* when no import is on its way */
bool identity_settle(Writing *w, GError **error); /* moves recent ones over when they are many */

/* write.c: the county in which a live record stands, its own first; 0: in none. */
bool link_find(Writing *w, const Entity *to, int32_t own, int64_t id, int32_t *ret, GError **error);
/* ledger_follow.c: what the record as it is now moves on accounts; and the counties whose ledgers a
 * change may move, to be locked with its own. */
bool flows_follow(Writing *w, const Change *c, const Row *r, GError **error);
bool ledger_catch_up(Store *s, GError **error); /* at start: ledger_settle.c */
bool flows_counties(Writing *w, const Change *c, GArray *to, GError **error);

/* tail.c: the last digits of a telephone, under every active index key. */
bool tail_add(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc, GError **error);
bool tail_put(Writing *w, const Row *r, const FieldPlan *f, int64_t tail, int64_t next,
              GError **error); /* writing_keys() first */
bool tail_next(Writing *w, const Row *r, const FieldPlan *f, int64_t tail, GError **error);
bool tails_remove(Writing *w, const Row *r, GError **error); /* slowly: by law alone */

/* docket.c */
bool docket_put(Writing *w, const Docket *d, int64_t entity, GError **error);
/* The same of one that the law has emptied: the file it spoke of goes, unless another needs it. */
bool docket_blank(Writing *w, const Docket *d, int64_t entity, GError **error);
/* Its entry; `stored`: SM3 of the file as it is stored, or empty. */
bool docket_entry(Writing *w, const Change *c, Head *h, const Docket *d, int64_t entity, Str stored,
                  GError **error);
bool content_put(Writing *w, int32_t county, const Content *c, GError **error);
bool docket_change(Writing *w, const Change *c, Head *h, GError **error);
Docket docket_from(Statement *st, const Plan *p, int64_t *ret_entity); /* borrowed from the row */
/* keys.c */
bool writing_keys(Writing *w, GError **error); /* reads them, once in a transaction */
/* Whether the change was prepared under them: FAIL_CONFLICT. */
bool writing_keys_match(Writing *w, const Change *c, GError **error);
bool keys_active(Conn *c, ActiveKeys *ret, GError **error);
bool record_reseal(Writing *w, const Change *c, Row *r, Head *h, GError **error);
/* write.c: an entry about a record, with the body in w->body and the digest of its row. */
bool append_record(Writing *w, const Change *c, const Row *r, Head *h, GError **error);

/* write.c: one row of sign_in, as of the entry behind the head. */
bool sign_in_put(Writing *w, const Head *h, const AccountRow *a, GError **error);

/* search.c.  Grams of the title texts of one record; `titles` by position in the plan's fields. */
bool grams_change(Writing *w, const Row *r, const Cell *before, GError **error);
bool grams_remove(Writing *w, const Row *r, GError **error);
bool grams_put_off(Writing *w, Head *h, GError **error); /* entries from the next one on */
bool grams_settle(Store *s, GError **error);             /* what was put off; takes the writer */
bool grams_check(Store *s,
                 GError **error); /* at start: all anew where other fields are found now */

/* stale.c: decisions that rest on the record's field (0: on the record) are stale from the month
 * on. */
bool stale_mark(Writing *w, const Row *r, unsigned field, Month from, GError **error);

/* policy.c */
bool policy_put_in_force(Writing *w, const PolicyPut *put, GError **error);

/* A change that fails on its own leaves its error in the answer; false: the transaction must end.
 */
bool change_in_savepoint(Writing *w, const Change *c, ChangeAnswer *answer, GError **error);
void queue_start(Store *s);
void queue_stop(Store *s);

/* import.c */
void imports_abandon(Store *s);
/* Whether a head is of the generation that was opened; if not the store is outdated from here on.
 */
bool generation_is_ours(Store *s, int64_t schema, int64_t program);
/* open.c, about.c */
bool writer_renew(Store *s, GError **error); /* another connection for the writer */
bool sql_open(const StoreKind *kind, const char *where, const Model *m, Store **ret,
              GError **error);
void sql_close(Store *s);
bool sql_peek(const StoreKind *kind, const char *where, Arena *a, StoreFacts *ret,
              DocumentFile **ret_documents, size_t *ret_n, GError **error);
bool sql_reserve(Store *s, int64_t many, int64_t *ret_first, GError **error);
/* read.c, history.c, load.c, search.c, decide_read.c, decide_write.c, verify.c: as in store.h */
bool sql_load(Store *s, const RegionTree *regions, const LoadKnown *known, Dataset **ret,
              GError **error);
/* read.c: completes a key whose county is 0; it stays 0 when no county has the id. */
bool key_complete(Conn *c, const TablePlan *t, RecordKey *key, GError **error);
bool counties_of(Conn *c, GArray *to, GError **error); /* int32_t, ascending */

#endif
