/* follow_inside.h — what the follow_*.c files share. */
#ifndef ANLAO_CARE_FOLLOW_INSIDE_H
#define ANLAO_CARE_FOLLOW_INSIDE_H

#include "care/follow.h"
#include "care/inside.h"
#include "compile/follow.h"
#include "evaluate/move.h"
#include "evaluate/task.h"

/* A query as it is answered: its day, its region inside the session's scope. */
typedef struct Following {
    Care *care;
    Working *working;
    const Session *session;
    const FollowQuery *query;
    Arena *arena;
    Date on;
    int32_t region; /* ROW_NONE: everything the session sees */
    const WorkCalendar *calendar;
} Following;

/* Before this day nobody had to do anything here: the database is younger.  Of a demonstration,
 * whose years are made up: 0. */
bool following_began(const Following *f, Date *ret, GError **error);
/* Lists of records ask this first; duties are for all who read documents. */
bool following_may(const Session *s, GError **error);
bool following_begin(Following *f, Care *c, Working *w, const Session *s, const FollowQuery *q,
                     Arena *a, GError **error);
/* A byte per record: those of the entity that are asked for.  In the arena; *ret_n: rows. */
bool following_rows(const Following *f, const Entity *e, uint8_t **ret, const int32_t **ret_places,
                    size_t *ret_n, GError **error);
bool following_by(const Following *f, const Whos *by); /* the query asks for them */
bool following_only(const Following *f, Str name);     /* … and for this one */
/* Of `total` lines, those of the page. */
void following_page(const FollowQuery *q, size_t total, size_t *ret_from, size_t *ret_n);
RecordKey key_of_row(const Working *w, const Entity *e, size_t row);
/* What the bits of an output name, with labels. */
void missing_facts(const Program *p, size_t output, uint64_t missing, Arena *a, MissingFact **ret,
                   size_t *ret_n);
CompileOptions following_options(const Following *f);
/* A length of time that is the same for all records; `any`: one of their entities. */
typedef struct FollowTime {
    bool known;
    int64_t n;
    TimeUnit unit;
} FollowTime;
bool following_time(const Following *f, const Expr *e, const Entity *any, FollowTime *ret,
                    GError **error);
/* Of something that waits: due today or within so many days. */
bool following_soon(Date due, Date on, unsigned days);

/* A condition about a record, with its sentences: as a check of its own. */
typedef struct Condition {
    const Entity *entity;
    const Expr *expr;
    bool negated; /* it is asked to be no */
    Str name;
    Label label;
    Cure cure;
    Home home;
} Condition;
bool condition_explain(const Following *f, const Condition *x, size_t row, Explanation *ret,
                       Str *ret_cure_zh, Str *ret_cure_en, GError **error);

/* A task evaluated over all records on a day: kept with the working set (its `followed`), and taken
 * along to the next one with what was touched evaluated anew. */
typedef struct Followed {
    int refs; /* atomic */
    const Task *task;
    Date on;
    TaskProgram *program;
    Arena *arena;
    TaskRows rows; /* in the order of `index` */
    struct TaskIndex *index;
    uint32_t *at; /* per record: its row there, and one; 0: none */
    size_t n_at;
    /* since then: rows that stand no more, and those that stand for them */
    GArray *gone, *fresh; /* of TaskRow */
    struct TaskIndex *gone_index, *fresh_index;
    Arena *along; /* of these two */
    struct TaskReach *reach;
} Followed;
/* Lives as long as f->arena. */
bool followed_get(const Following *f, const Task *t, const Followed **ret, GError **error);
void followed_unref(void *followed);
/* The indexes of what is gone and fresh, made anew (follow_along.c). */
void followed_overlay(Followed *x, const RegionTree *t);

/* Steps out of the state of a row. */
bool item_line(const Following *f, const Procedure *p, const ProcedureProgram *program,
               ProcedureRun *run, size_t row, ItemLine *ret, GError **error);
#endif
