/* score_notice.h — who was scored is told how, may answer for as long as the document says
 * (`within`), and an objection is decided by somebody else than who told it and who entered it.
 * In: a session, a record of its scope, a score with `within`.  Out: one notice at a time a record
 * and score, journalled; the states below.  A score that counts `at` a state of the procedure waits
 * for it: the step there is not taken before who was scored was heard.  Start: score_tell(),
 * score_answer(), score_decide(), score_book(). */
#ifndef ANLAO_CARE_SCORE_NOTICE_H
#define ANLAO_CARE_SCORE_NOTICE_H

#include "care/page_api.h"
#include "care/said.h"
#include "care/score.h"

typedef enum ScoreNoticeState {
    SCORE_TOLD,       /* may be answered */
    SCORE_OBJECTED,   /* somebody has to decide */
    SCORE_AGAIN,      /* the objection was right: it is scored and told again */
    SCORE_STANDS,     /* it was not */
    SCORE_AGREED,     /* the answer was: agreed */
    SCORE_SILENT,     /* the time to answer is over, nothing came */
    SCORE_TAKEN_BACK, /* by who told it, or another one took its place */
    SCORE_NOTICE_STATES
} ScoreNoticeState;
extern const char *const score_notice_words[SCORE_NOTICE_STATES]; /* told objected … back */
bool score_notice_parse(Str word, unsigned *ret_kind);            /* a bit of it */

typedef struct ScoreNotice {
    RecordKey key; /* its own number */
    const Score *score;
    RecordKey record;
    int32_t region; /* in which the record lies; ROW_NONE: not known */
    ScoreNoticeState state;
    Date told, until;  /* the day it was told; the last one on which it may be answered */
    int64_t points;    /* as told, at the scale of Score.points */
    const Code *grade; /* which they reach; NULL: none */
    bool changed;      /* the record comes to other points by now */
    Str how, by;       /* how it was handed over; account */
    bool is_answered;
    Date answered;
    Str answer, answered_by; /* words; empty: agreed without words */
    bool is_decided;
    Date decided;
    Str outcome, decided_by; /* why; of what was taken back, too */
    int64_t seq;
} ScoreNotice;

/* The grade that so many points reach, before it counts, too; NULL: none. */
const Code *score_grade(const Score *s, int64_t points);

/* `on`: the day it was handed over, 0 today; `how`: to whom and how.  `said`: why not. */
bool score_tell(Care *c, const Session *s, const Score *score, RecordKey record, Date on, Str how,
                RecordKey *ret, Said *said, GError **error);
/* Who works in what was scored (a session of one facility), or a clerk for it.  `on`: the day the
 * answer came, 0 today; `words` may be empty where it agrees. */
bool score_answer(Care *c, const Session *s, RecordKey notice, Date on, bool agrees, Str words,
                  Said *said, GError **error);
bool score_decide(Care *c, const Session *s, RecordKey notice, bool stands, Str reason, Said *said,
                  GError **error);
bool score_take_back(Care *c, const Session *s, RecordKey notice, Str reason, Said *said,
                     GError **error);

/* Those about one record, newest first. */
bool score_notices(Care *c, const Session *s, const Entity *e, RecordKey record, Date on, Arena *a,
                   ScoreNotice **ret, size_t *ret_n, GError **error);

typedef struct ScoreQuery {
    Date on;        /* 0: today */
    int32_t region; /* ROW_NONE: the session's scope */
    Str only;       /* name of the score; empty: all */
    unsigned kinds; /* bits of ScoreNoticeState; 0: what waits: told, objected, again */
    size_t page, page_rows;
} ScoreQuery;
typedef struct ScoreBook {
    Date on;
    uint64_t counts[SCORE_NOTICE_STATES]; /* of all that is asked for, whatever its state */
    ScoreNotice *lines;                   /* objections first, then by the last day to answer */
    size_t n_lines;
    uint64_t total;
} ScoreBook;
bool score_book(Care *c, const Session *s, const ScoreQuery *q, Arena *a, ScoreBook *ret,
                GError **error);
bool score_book_json(Care *c, const Session *s, const ScoreBook *b, GString *out, GError **error);
/* How one record was scored, and what was told of it. */
bool score_record_json(Care *c, const Session *s, const ScoreView *scores, size_t n,
                       const ScoreBook *notices, GString *out, GError **error);

#endif
