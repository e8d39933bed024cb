/* store.h — where facts live: reading, for everybody in care/.  Writing is in write.h, for
 * care/write.c alone. In: a Model (names of tables and columns come from it only).  Out: batches,
 * records, journal entries.  Everything is written once, over the narrow waist of conn.h; below it
 * lie the kinds of database.  Layouts: docs/architecture.md, "Records".  A Store may be used by
 * many threads: one writer, a reader each. */
#ifndef ANLAO_STORE_STORE_H
#define ANLAO_STORE_STORE_H

#include "base/crypto.h"
#include "base/fail.h"
#include "data/batch.h"
#include "data/record.h"
#include "data/region.h"
#include "declare/model.h"
#include "store/decision.h"

typedef struct Store Store;

typedef struct StoreFacts { /* what a database says of itself; kept in table `about` */
    Str place;              /* region code it was made for */
    bool demo;              /* made-up people: marked for ever */
    uint32_t node, incarnation;
    int32_t home_county; /* county number of the node's own office: accounts, policies */
    Date demo_day;       /* the business day a demonstration stands at; DATE_MAX = the clock's */
    uint8_t schema_hash[SM3_SIZE];
    Str maker;                    /* store_create() alone: who makes it; empty: the system */
    const struct StoreBase *base; /* store_create_from() alone: what it is made of */
} StoreFacts;

/* `uri`: sqlite:PATH or postgresql://USER@HOST/DATABASE.  Refuses an existing database.  Stores the
 * schema text, the documents and the policy. */
bool store_create(const char *uri, const Model *m, const StoreFacts *facts, GError **error);
/* Whether store_create() finds nothing in its way there. */
bool store_is_free(const char *uri, GError **error);
/* The address as messages may show it: without a password.  g_free. */
char *store_shown(const char *uri);
/* Fails with FAIL_INPUT and the difference in words when the schema differs from the Model's, and
 * when the Model is not the policy in force: opening changes nothing (store_put_policy() does). */
bool store_open(const char *uri, const Model *m, Store **ret, GError **error);
void store_close(Store *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)
/* Reads `about` and the documents without a Model: which place, which documents does this database
 * hold? */
bool store_peek(const char *uri, Arena *a, StoreFacts *ret, GError **error);
/* The same, and the documents of the policy in force, in the Model's order: what model_read()
 * needs.
 */
bool store_peek_documents(const char *uri, Arena *a, DocumentFile **ret, size_t *ret_n,
                          GError **error);
/* Those of an earlier policy; FAIL_ABSENT when there is none of that version.  Version 0: in force.
 */
bool store_policy_documents(Store *s, int64_t version, Arena *a, DocumentFile **ret, size_t *ret_n,
                            GError **error);
int64_t store_policy(const Store *s); /* version in force when it was opened */
const StoreFacts *store_facts(const Store *s);

/* The moment of the first entry of its own journal: of what was before, it was not told in time. */
bool store_began(Store *s, int64_t *ret_us, GError **error);

/* Ids: made without asking anyone; never reused (the counter is reserved in blocks).  0 when the
 * next block cannot be reserved (disk full); a change with id 0 is refused. */
int64_t store_new_id(Store *s);
bool store_try_new_id(Store *s, int64_t *ret_id, GError **error);

/* Everything rules and lists read: all live records of all entities, dated fields with all live
 * periods as known at `known_at` (0 = now; else an entry number, taken for each county's own
 * journal), references resolved to row numbers, regions to rows of the tree.  Of
 * secrets, and of texts of entities with 10,000 rows and more, columns say only whether they are
 * known.  ids and counties are set. */
bool store_load(Store *s, const RegionTree *regions, int64_t known_at, Dataset **ret,
                GError **error);
/* The same as known at an entry of each county; a county that is not named knew nothing. */
bool store_load_known(Store *s, const RegionTree *regions, const KnownAt *known, size_t n,
                      Dataset **ret, GError **error);
/* Before something is called written because it was read: what was read may not be on the disk yet.
 * True: it is. */
bool store_settle(Store *s, GError **error);
/* The sum of heads' seq: changes whenever anything was written. */
bool store_watermark(Store *s, int64_t *ret_seq, GError **error);
/* A number that is the same as long as the journals end with the same entries: also where a server
 * lost some and others were written in their place.  moment_of() is that of entries that are known.
 */
bool store_moment(Store *s, uint64_t *ret, GError **error);
uint64_t moment_of(const KnownAt *known, size_t n);

/* Records that were written since an entry of each county (one that is not named: since ever), by
 * any process, each once; and the heads of the same snapshot.  too_much: more than `most`, or one
 * was taken off the books, put back or carried away, or `other`: load everything.  other: the
 * journals no longer hold what was known, so that what was loaded was never so. */
typedef struct NewsRecord {
    const Entity *entity;
    RecordKey key;
} NewsRecord;
typedef struct News {
    NewsRecord *list;
    size_t n;
    bool too_much, other;
    KnownAt *heads;
    size_t n_heads;
} News;
bool store_news(Store *s, const KnownAt *known, size_t n_known, size_t most, Arena *a, News *ret,
                GError **error);

/* A key whose county is 0 is looked for in every county (a reference's Value holds the id alone).
 */
bool store_record(Store *s, const Entity *e, RecordKey key, Arena *a, Record **ret,
                  GError **error); /* FAIL_ABSENT */
bool store_records(Store *s, const Entity *e, const RecordKey *keys, size_t n, Arena *a,
                   Record **ret, GError **error);
/* All live periods of one dated field, oldest first. */
bool store_periods(Store *s, const Field *f, RecordKey key, Arena *a, Fact **ret, size_t *ret_n,
                   GError **error);
/* All records a reference field ever referred to, as known now or once, also of a record that was
 * taken off the books: ids, each once. */
bool store_ever_referred(Store *s, const Field *f, RecordKey key, Arena *a, int64_t **ret,
                         size_t *ret_n, GError **error);
/* Finds by the text of titles and of fields that are declared `found`: two or more characters of
 * it, or its first one.  At most `most`, of those that are `wanted`: where a county has thousands
 * of a name, who sees one town of it finds hers. */
typedef struct SearchIn {
    const Entity *entity;
    Str words;
    size_t most;
    bool read; /* letters may be pinyin: "lixiuying", "li xiu y", "lxy" */
    const int32_t *counties;
    size_t n_counties;                      /* 0: in all */
    bool (*wanted)(void *with, int64_t id); /* NULL: all are; called while the store is read */
    void *with;
} SearchIn;
bool store_search_in(Store *s, const SearchIn *in, Arena *a, RecordKey **ret, size_t *ret_n,
                     GError **error);
/* The same in all counties, never as pinyin. */
bool store_search(Store *s, const Entity *e, Str words, size_t most, Arena *a, RecordKey **ret,
                  size_t *ret_n, GError **error);
/* By the entity's key field or another text field that is unique; FAIL_ABSENT when there is none.
 */
bool store_find(Store *s, const Field *f, Str text, RecordKey *ret, GError **error);
/* The same for many texts: an id of 0 where there is none. */
bool store_find_many(Store *s, const Field *f, const Str *texts, size_t n, RecordKey *ret,
                     GError **error);
/* By the blind index of a secret unique field under one key, in one county (0: in any). */
bool store_find_blind(Store *s, const Field *f, int32_t county, int64_t key,
                      const uint8_t blind[SM3_SIZE], RecordKey *ret, GError **error);
/* The same for many, in one county: an id of 0 where there is none. */
bool store_find_blinds(Store *s, const Field *f, int32_t county, int64_t key,
                       const uint8_t (*blinds)[SM3_SIZE], size_t n, int64_t *ret_ids,
                       GError **error);
/* Records that have, or had, a secret telephone with these last digits (keys_tail()), of each of n
 * counties at most `most`, in the order of the counties and of their ids, with what the field holds
 * now (len 0: nothing). */
typedef struct TailIn {
    int32_t county;
    int64_t key, tail;
} TailIn;
typedef struct TailRow {
    RecordKey key;
    Str sealed;
} TailRow;
bool store_find_tails(Store *s, const Field *f, const TailIn *in, size_t n, size_t most, Arena *a,
                      TailRow **ret, size_t *ret_n, GError **error);
/* The sealed bytes of a secret field as stored; len 0 when unknown. */
bool store_sealed(Store *s, const Field *f, RecordKey key, Arena *a, Str *ret, GError **error);
/* A record and, by the index of their field, the sealed bytes of its secrets. */
typedef struct SealedRecord {
    const Record *record; /* NULL: there is none */
    const Str *sealed;
} SealedRecord;
/* Many of one entity, by whole keys, in one snapshot and with few questions. */
bool store_sealed_records(Store *s, const Entity *e, const RecordKey *keys, size_t n, Arena *a,
                          SealedRecord *ret, GError **error);

typedef struct JournalEntry {
    int32_t county;
    int64_t seq, at; /* at: microseconds UTC, as shown only */
    Str actor, via,
        kind; /* account name; web, cli, import, demo, system; create, change, correct, end, … */
    Str entity;
    int64_t id;
    Str reason;
    struct JournalField {
        const Field *field;
        Value before, after; /* secrets: known without value */
        Date since;
    } * fields;
    size_t n_fields;
} JournalEntry;

/* Newest first. */
bool store_history(Store *s, const Entity *e, RecordKey key, size_t most, Arena *a,
                   JournalEntry **ret, size_t *ret_n, GError **error);

/* Entries that say a record was erased by law, of all counties, oldest first; without fields. */
bool store_erasures(Store *s, Arena *a, JournalEntry **ret, size_t *ret_n, GError **error);

/* In force for a month, all subjects or one (subject NULL); none of a month that is not decided. */
bool store_decisions(Store *s, Month month, const RecordKey *subject, Arena *a, DecisionRow **ret,
                     size_t *ret_n, GError **error);

/* All answers in force, of all decided months; by rule, county, id, month. */
bool store_all_decisions(Store *s, Arena *a, DecisionRow **ret, size_t *ret_n, GError **error);

bool store_decide_state(Store *s, Date before, Arena *a, DecideState *ret, GError **error);

/* FAIL_ABSENT when there is none of that number. */
bool store_run(Store *s, int64_t run, Arena *a, DecideRun *ret, GError **error);

typedef struct AccountRow {
    int64_t id;
    Str name, role, region; /* sign-in name; role word; region code of its scope */
    Str facility;           /* id text of a facility for home managers, or empty */
    Str shown;              /* the person's name as shown */
    Str password;           /* argon2id encoded; empty: cannot sign in */
    bool disabled;
} AccountRow;
bool store_accounts(Store *s, Arena *a, AccountRow **ret, size_t *ret_n, GError **error);

typedef struct VerifyReport {
    bool ok;
    uint64_t entries;      /* journal entries walked */
    int32_t broken_county; /* 0 = none */
    int64_t broken_seq;    /* first broken entry */
    uint64_t rows, rows_differ, rows_missing,
        rows_extra;         /* records against the digest of their last entry */
    uint64_t files;         /* that lie with records */
    uint64_t looks;         /* who looked: their chains */
    uint64_t seals;         /* the newest of each county, their signatures checked */
    uint64_t runs, answers; /* runs of decisions and their rows against the digests */
    uint64_t accounts, transfers, ledger_differ; /* the ledger against its entries */
    uint64_t pay_runs, pay_lines, pay_differ;    /* pay runs against theirs */
    bool model_matches, database_sound;          /* the database's own index check */
    bool database_unchecked; /* PostgreSQL without amcheck: not looked at, no fault */
    Str first_fault;         /* in words, or empty */
} VerifyReport;
bool store_verify(Store *s, Arena *a, VerifyReport *ret, GError **error);
/* Numbers, bodies, digests, links and heads of the journal alone: for who measures it. */
bool store_verify_journal(Store *s, Arena *a, VerifyReport *ret, GError **error);

#endif
