/* journal.h — entries, their canonical bodies, and the chain.
 * digest = SM3(salt ‖ body); link = SM3(previous link ‖ header ‖ digest); header = county, seq, at,
 * actor, via, kind, entity, id, model, row.  Read first: entry_link(), body_of_change(). */
#ifndef ANLAO_STORE_JOURNAL_H
#define ANLAO_STORE_JOURNAL_H

#include "store/methods.h"

#define SALT_SIZE 16

typedef struct Entry {
    int32_t county;
    int64_t seq, at;
    Str actor, via, kind;
    int64_t entity, id, model;
    bool has_row;
    uint8_t row[SM3_SIZE], digest[SM3_SIZE], link[SM3_SIZE];
} Entry;

/* What one field's change says, in a body. */
typedef struct BodyField {
    uint64_t number;
    bool dated, has_blind;
    Date since, until;
    Cell before, after;
    uint8_t blind[SM3_SIZE];
} BodyField;

void entry_digest(Sm3 *hash, const uint8_t salt[SALT_SIZE], Str body, uint8_t to[SM3_SIZE]);
/* What a link is made of, added to `to`. */
void entry_header(Bytes *to, const uint8_t before[SM3_SIZE], const Entry *e);
/* Sets entry->link from the link before it. */
void entry_link(Sm3 *hash, Bytes *scratch, const uint8_t before[SM3_SIZE], Entry *e);

/* Body: version, kind, reason, account or fields. */
void body_begin(Bytes *b, ChangeKind kind, Str reason, size_t n_fields);
void body_field(Bytes *b, const BodyField *f);
void body_account(Bytes *b, const AccountRow *a);
void body_docket(Bytes *b, const Docket *d, int64_t entity);
void docket_digest(Bytes *scratch, Sm3 *hash, const Docket *d, int64_t entity,
                   uint8_t to[SM3_SIZE]);

/* SM3 of an account's row, as the digest of a record's row. */
void account_digest(Bytes *scratch, Sm3 *hash, int32_t county, int64_t seq, const AccountRow *a,
                    uint8_t to[SM3_SIZE]);

typedef struct Body {
    ChangeKind kind;
    Str reason;
    size_t n_fields;
    Reader fields;
} Body;
bool body_read(Str bytes, Body *ret); /* false: not a body of ours */
bool body_next(Body *b, BodyField *ret);
bool body_read_account(Body *b, AccountRow *ret);
/* Without key and entity; `stored`: SM3 of a file's sealed bytes, or empty. */
bool body_read_docket(Body *b, Docket *ret, Str *ret_stored);

/* Whether a county's journal has this entry: nothing before it is another one then, either. */
bool journal_holds(Conn *c, int32_t county, int64_t seq, const uint8_t link[SM3_SIZE], bool *ret,
                   GError **error);

/* Links are digests: any part of one tells it from others. */
uint64_t link_mark(const uint8_t link[SM3_SIZE]);
/* Of a row with county, seq and link. */
KnownAt known_from(Statement *st);
bool known_equal(const KnownAt *a, const KnownAt *b);
/* Whether all that was read then is still the journals' past: *ret_other, or 0, says of which
 * county it is not.  A server that was cut off may have lost what it had shown
 * (conn_commit_ahead()), and others have written in its place. */
bool journals_hold(Conn *c, const KnownAt *known, size_t n, int32_t *ret_other, GError **error);

const char *change_word(ChangeKind k); /* create change correct end … */

#endif
