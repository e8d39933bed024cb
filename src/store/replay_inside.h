/* replay_inside.h — what the files that ship and replay a journal share. */
#ifndef ANLAO_STORE_REPLAY_INSIDE_H
#define ANLAO_STORE_REPLAY_INSIDE_H

#include "store/replay.h"
#include "store/writing.h"

/* An entry as a range holds it; texts are borrowed from the payload. */
typedef struct Shipped {
    Entry e;
    bool has_body;
    const uint8_t *salt;
    Str body, beside; /* beside: what the body holds by its digest alone */
} Shipped;

struct Replay {
    Store *s;
    Writing *w;
    Arena *arena;
    bool all_copies; /* whatever comes is another node's */
    bool copy;       /* of a county that another node keeps: records and dockets alone */
    int64_t keys_at; /* when the own office's journal spoke of keys last */
    Row **rows;      /* one to work in for each table of the Plan, hidden ones too; or NULL */
};

void shipped_put(Bytes *to, const Shipped *x);
bool shipped_read(Reader *r, int32_t county, int64_t seq, Shipped *ret);

/* range_rows.c: what stands beside an entry's body; into *to, which is empty. */
typedef struct Beside {
    Conn *conn;
    Arena *arena;
    GHashTable *names; /* stored number of a rule → its name */
    Bytes bytes;
} Beside;
bool beside_read(Beside *b, const Entry *e, Str body, GError **error);

/* Says which entry, what is wrong with it; false. */
bool replay_fail(const Entry *e, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* replay_record.c; the head still stands at the entry before. */
bool replay_record(Replay *p, Head *h, const Shipped *x, Body *b, GError **error);
bool replay_docket(Replay *p, Head *h, const Shipped *x, Body *b, GError **error);
bool replay_account(Replay *p, Head *h, const Shipped *x, Body *b, GError **error);
/* copies.c: the office's journal says which counties another node keeps. */
bool replay_copied(Replay *p, Str words, GError **error);
/* replay_money.c */
bool replay_decide(Replay *p, Head *h, const Shipped *x, Body *b, GError **error);
bool replay_ledger(Replay *p, Head *h, const Shipped *x, Body *b, GError **error);
bool replay_pay(Replay *p, Head *h, const Shipped *x, Body *b, GError **error);
bool replay_issue(Replay *p, Head *h, const Shipped *x, Body *b, GError **error);

/* access.c: with a range of entries from..to go looks that were written behind entries
 * from-1..to-1; those behind the last entry go with the next one. */
bool access_ship(Conn *c, int32_t county, int64_t from, int64_t to, Bytes *out, GError **error);
bool access_replay(Writing *w, int32_t county, Reader *r, GError **error);

/* range_base.c */
bool base_read(Conn *c, bool abroad, Bytes *to, GError **error);
bool base_write(Conn *c, const StoreBase *b, GError **error);
bool base_naming(const StoreBase *b, Numbering *to);
bool base_about(const StoreBase *b, const char *name, Str *ret); /* borrowed; false: no such */

#endif
