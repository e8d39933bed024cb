/* stand_in_scores.c — one score and one notice of it, for pages without a store, in poison words.
 */
#include "care/score_notice.h"
#include "stand_in.h"

static const Str words = {POISON, 5};
static Code grades[] = {{.name = {"good", 4}, .label = {{POISON, 5}, {POISON, 5}}}};
static ScoreItem item = {.name = {"fire", 4}, .label = {{POISON, 5}, {POISON, 5}}, .most = 4000};
static const Field points = {.type = {.kind = KIND_DECIMAL, .scale = 2}};
static const Expr time_to_answer;
static Score score = {.name = {"star", 4},
                      .label = {{POISON, 5}, {POISON, 5}},
                      .items = &item,
                      .n_items = 1,
                      .answer = &time_to_answer,
                      .points = &points};

const char *const score_notice_words[SCORE_NOTICE_STATES] = {
    [SCORE_TOLD] = "told",       [SCORE_OBJECTED] = "objected", [SCORE_AGAIN] = "again",
    [SCORE_STANDS] = "stands",   [SCORE_AGREED] = "agreed",     [SCORE_SILENT] = "silent",
    [SCORE_TAKEN_BACK] = "back",
};

Score **stand_in_scores(const Entity *scored)
{
    static Score *all[1] = {&score};
    score.entity = scored;
    return all;
}

bool score_notice_parse(Str word, unsigned *ret_kind)
{
    *ret_kind = 1u << SCORE_OBJECTED;
    return str_is(word, "objected");
}

bool score_views(Care *c, const Session *s, const Entity *e, RecordKey record, Date on, Arena *a,
                 ScoreView **ret, size_t *ret_n, GError **error)
{
    static const Need need = {.name = {"file", 4}, .label = {{POISON, 5}, {POISON, 5}}};
    const Document *d = care_model(c)->documents[0];
    (void)s, (void)record, (void)error;
    score.home = (Home){.document = d, .clause = d->clauses[1]};
    score.entity = e;
    *ret = arena_new_of(a, ScoreView);
    *ret_n = 1;
    **ret = (ScoreView){.score = &score, .has_points = true, .has_until = true, .until = on};
    (*ret)->items = arena_new_of(a, ScoreItemView);
    *(*ret)->items = (ScoreItemView){.item = &item, .known = true, .worth = 3000, .n_lacking = 1};
    (*ret)->items->lacking = arena_new_of(a, const Need *);
    (*ret)->items->lacking[0] = &need;
    return true;
}

static ScoreNotice notice_of(const Entity *e, ScoreNoticeState state, Date on)
{
    ScoreNotice x = {.key = {360302, 9}, .score = &score, .record = {360302, 7}, .state = state};
    score.entity = e;
    x.region = 0;
    x.told = x.until = x.answered = x.decided = on;
    x.grade = &grades[0];
    x.changed = x.is_answered = x.is_decided = true;
    x.how = x.by = x.answer = x.answered_by = x.outcome = x.decided_by = words;
    return x;
}

bool score_notices(Care *c, const Session *s, const Entity *e, RecordKey record, Date on, Arena *a,
                   ScoreNotice **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)record, (void)error;
    *ret = arena_many(a, ScoreNotice, 1);
    *ret_n = 1;
    **ret = notice_of(e, SCORE_TOLD, on);
    (*ret)->by = s->account; /* may be taken back */
    return true;
}

bool score_book(Care *c, const Session *s, const ScoreQuery *q, Arena *a, ScoreBook *ret,
                GError **error)
{
    (void)s, (void)q, (void)error;
    *ret = (ScoreBook){.on = care_today(c), .n_lines = 1, .total = 1};
    ret->counts[SCORE_OBJECTED] = 1;
    ret->lines = arena_many(a, ScoreNotice, 1);
    ret->lines[0] =
        notice_of(model_entity(care_model(c), STR("elder")), SCORE_OBJECTED, care_today(c));
    return true;
}

bool score_tell(Care *c, const Session *s, const Score *x, RecordKey record, Date on, Str how,
                RecordKey *ret, Said *said, GError **error)
{
    (void)c, (void)s, (void)x, (void)record, (void)on, (void)how, (void)ret, (void)said;
    (void)error;
    return true;
}

bool score_answer(Care *c, const Session *s, RecordKey notice, Date on, bool agrees, Str text,
                  Said *said, GError **error)
{
    (void)c, (void)s, (void)notice, (void)on, (void)text;
    return agrees || say_no(said, error, POISON, POISON);
}

bool score_decide(Care *c, const Session *s, RecordKey notice, bool stands, Str reason, Said *said,
                  GError **error)
{
    (void)c, (void)s, (void)notice, (void)stands, (void)reason, (void)said, (void)error;
    return true;
}

bool score_take_back(Care *c, const Session *s, RecordKey notice, Str reason, Said *said,
                     GError **error)
{
    (void)c, (void)s, (void)notice, (void)reason, (void)said, (void)error;
    return true;
}
