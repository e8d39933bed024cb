/* telling.h — one answer of a command about work that waits, in Chinese or English: who asks, of
 * which database, and what is printed of it.  Start: telling(). */
#ifndef ANLAO_MAIN_TELLING_H
#define ANLAO_MAIN_TELLING_H

#include "main/main.h"

typedef struct Telling {
    const Common *common;
    Care *care;
    const Session *session;
    const void *asked; /* the command's own options */
    bool english;
    Arena *arena;
    GString *out; /* printed when all went well */
} Telling;

/* Opens, signs in, finds the region by its code (NULL: all that the session sees), and prints what
 * `act` put into `out`. */
typedef bool (*TellingAct)(const Telling *t, GError **error);
typedef struct TellingAsk {
    const Common *common;
    const void *asked;
    const char *region;
    int32_t *ret_region;
    bool english;
} TellingAsk;
bool telling(const TellingAsk *ask, TellingAct act, GError **error);

const char *words(const Telling *t, const char *zh, const char *en);
Str label_in(const Telling *t, Label l);
/* "截至 2020-06-18，共列 12 条，只显示前 10 条" */
void put_head(const Telling *t, Date on, uint64_t total, size_t shown);
void put_count(const Telling *t, const char *const word[2], uint64_t n); /* word: zh, en */

#endif
