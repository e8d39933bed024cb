/* methods.h — the one table of functions a kind of store fills; store.c calls nothing else.
 * A kind of store embeds Store as its first member. */
#ifndef ANLAO_STORE_METHODS_H
#define ANLAO_STORE_METHODS_H

#include "store/write.h"

/* As known when: now, at one entry number of every county, or at one of each. */
typedef struct LoadKnown {
    int64_t all; /* 0: now */
    const KnownAt *each;
    size_t n_each;
} LoadKnown;

typedef struct StoreMethods {
    const char *scheme; /* "sqlite:" */
    bool (*create)(const char *where, const Model *m, const StoreFacts *facts, GError **error);
    bool (*open)(const char *where, const Model *m, Store **ret, GError **error);
    void (*close)(Store *s);
    bool (*peek)(const char *where, Arena *a, StoreFacts *ret, DocumentFile **ret_documents,
                 size_t *ret_n, GError **error);
    bool (*reserve)(Store *s, int64_t many, int64_t *ret_first, GError **error);

    bool (*load)(Store *s, const RegionTree *regions, const LoadKnown *known, Dataset **ret,
                 GError **error);
    bool (*watermark)(Store *s, int64_t *ret_seq, GError **error);
    bool (*records)(Store *s, const Entity *e, const RecordKey *keys, size_t n, Arena *a,
                    Record **ret, GError **error);
    bool (*periods)(Store *s, const Field *f, RecordKey key, Arena *a, Fact **ret, size_t *ret_n,
                    GError **error);
    bool (*ever_referred)(Store *s, const Field *f, RecordKey key, Arena *a, int64_t **ret,
                          size_t *ret_n, GError **error);
    bool (*all_decisions)(Store *s, Arena *a, DecisionRow **ret, size_t *ret_n, GError **error);
    bool (*search)(Store *s, const Entity *e, Str words, size_t most, Arena *a, RecordKey **ret,
                   size_t *ret_n, GError **error);
    bool (*find)(Store *s, const Field *f, Str text, RecordKey *ret, GError **error);
    bool (*find_blind)(Store *s, const Field *f, int32_t county, const uint8_t blind[SM3_SIZE],
                       RecordKey *ret, GError **error);
    bool (*sealed)(Store *s, const Field *f, RecordKey key, Arena *a, Str *ret, GError **error);
    bool (*history)(Store *s, const Entity *e, RecordKey key, size_t most, Arena *a,
                    JournalEntry **ret, size_t *ret_n, GError **error);
    bool (*decisions)(Store *s, Month month, const RecordKey *subject, Arena *a, DecisionRow **ret,
                      size_t *ret_n, GError **error);
    bool (*documents)(Store *s, int64_t version, Arena *a, DocumentFile **ret, size_t *ret_n,
                      GError **error);
    int64_t (*policy)(const Store *s);
    bool (*put_policy)(Store *s, const PolicyPut *put, int64_t *ret_version, GError **error);
    bool (*decide_state)(Store *s, Date before, Arena *a, DecideState *ret, GError **error);
    bool (*run)(Store *s, int64_t run, Arena *a, DecideRun *ret, GError **error);
    bool (*accounts)(Store *s, Arena *a, AccountRow **ret, size_t *ret_n, GError **error);
    bool (*verify)(Store *s, Arena *a, VerifyReport *ret, GError **error);

    bool (*write)(Store *s, const Change *changes, size_t n, ChangeAnswer *answers, GError **error);
    bool (*write_chunk)(Store *s, const Change *changes, size_t n, ChangeAnswer *answers,
                        GError **error);
    bool (*write_decisions)(Store *s, const DecisionRun *run, DecisionAnswer *ret, GError **error);
    bool (*import_begin)(Store *s, Str name, int64_t *ret_import, GError **error);
    bool (*import_stage)(Store *s, int64_t import, const Change *changes, size_t n, GError **error);
    bool (*import_commit)(Store *s, int64_t import, GError **error);
    bool (*import_drop)(Store *s, int64_t import, GError **error);
    bool (*import_recover)(Store *s, uint64_t *ret_finished, GError **error);
} StoreMethods;

struct Store {
    const StoreMethods *methods;
    Model *model;
    StoreFacts facts;
    Arena *arena; /* owns the texts of facts */
    /* ids reserved and not given out yet */
    GMutex ids;
    int64_t id_next, id_end, id_block;
};

extern const StoreMethods sqlite_methods;

#endif
