/* trade.h — declared exchanges with other offices, by file (`exchange elder.death with police …`).
 * What comes is compared, never taken over: each row that says something new or something else
 * about a record waits for a person, with what we know, what the file says and whose word counts by
 * the document side by side; a file in which nothing was found is kept, too.  What somebody refused
 * once is not asked again.  What goes out has the declared fields alone, and is journalled before.
 * Not here: nodes of ours (nodes.h).  Start: trade_take(), trade_give(), trade_list(). */
#ifndef ANLAO_CARE_TRADE_H
#define ANLAO_CARE_TRADE_H

#include "care/page_api.h"

/* Of a declared exchange, by ENTITY.NAME; NULL: there is none. */
const Exchange *trade_named(const Care *c, Str name);
Label trade_who(const Who *who); /* what it is called */
/* Whether the word (code or label) is one of those it is declared with; *ret may be NULL. */
bool trade_with(const Exchange *x, Str word, const Who **ret);

typedef struct TradeFile { /* in or out */
    const Exchange *exchange;
    const char *path;
    Str who, letter; /* of which office; its letter's number */
    Date dated;      /* 0: today */
    Str reveal;      /* going out: the reason for secrets in full; empty: masked */
    bool made_up;    /* coming in: of a demonstration */
} TradeFile;

typedef struct TradeCounts {
    uint64_t rows;
    uint64_t matched; /* say what we say */
    uint64_t fresh;   /* say what we do not know */
    uint64_t conflict;
    uint64_t ignored; /* refused before, waits already, or could not be read */
    uint64_t absent;  /* no such record here */
} TradeCounts;

bool trade_take(Care *c, const Session *s, const TradeFile *f, Arena *a, TradeCounts *ret,
                GError **error);
bool trade_give(Care *c, const Session *s, const TradeFile *f, Arena *a, uint64_t *ret_records,
                GError **error);

typedef struct TradeBatch {   /* one file that came or went */
    const Exchange *exchange; /* NULL: it is declared no longer */
    Str name, who, letter, file, by;
    Date dated;
    int64_t at;
    bool out;
    uint8_t hash[32]; /* SM3 of the file */
    TradeCounts counts;
} TradeBatch;
/* Newest first, those the session may see: of its region and below, and what it sent itself. */
bool trade_list(Care *c, const Session *s, Arena *a, TradeBatch **ret, size_t *ret_n,
                GError **error);

/* Every file that came or went, whoever may read of it: of which exchange, with whom, for which
 * place, on which business day.  That there was one is no secret; letters and counts are. */
typedef struct TradeDay {
    Str name, who;
    int32_t region;
    bool out;
    Date day;
} TradeDay;
bool trade_days(Care *c, Arena *a, TradeDay **ret, size_t *ret_n, GError **error);

#endif
