/* score_notice.c — see score_notice.h.  A docket's body: version, name of the score, days, points,
 * how it was told; what was answered; what was decided.  Read first: score_tell(), state_of(). */
#include "care/score_notice.h"

#include "base/limits.h"
#include "care/score_inside.h"
#include "care/write.h"
#include "compile/follow.h"
#include "evaluate/evaluate.h"
#include "store/bytes.h"

const char *const score_notice_words[SCORE_NOTICE_STATES] = {
    [SCORE_TOLD] = "told",       [SCORE_OBJECTED] = "objected", [SCORE_AGAIN] = "again",
    [SCORE_STANDS] = "stands",   [SCORE_AGREED] = "agreed",     [SCORE_SILENT] = "silent",
    [SCORE_TAKEN_BACK] = "back",
};

bool score_notice_parse(Str word, unsigned *ret_kind)
{
    for (unsigned i = 0; i < SCORE_NOTICE_STATES; i++)
        if (str_is(word, score_notice_words[i])) {
            *ret_kind = 1u << i;
            return true;
        }
    return false;
}

const Code *score_grade(const Score *s, int64_t points)
{
    for (size_t i = 0; i < s->n_grades; i++)
        if (points >= s->grades[i].least)
            return s->grades[i].code;
    return s->otherwise;
}

/* ---- the row */

typedef enum AnswerKind { ANSWER_NONE, ANSWER_AGREES, ANSWER_OBJECTS } AnswerKind;

static Str body_of(const ScoreNotice *x, AnswerKind answer, Arena *a)
{
    Bytes b = {0};
    bytes_byte(&b, 1);
    bytes_str(&b, x->score->name);
    bytes_int(&b, x->told);
    bytes_int(&b, x->until);
    bytes_int(&b, x->points);
    bytes_str(&b, x->how);
    bytes_byte(&b, (uint8_t)answer);
    bytes_int(&b, x->answered);
    bytes_str(&b, x->answer);
    bytes_str(&b, x->answered_by);
    bytes_int(&b, x->decided);
    bytes_str(&b, x->outcome);
    Str kept = arena_str(a, (Str){(const char *)b.at, b.len});
    bytes_free(&b);
    return kept;
}

/* Its first text: labels and grades are those of all of them. */
static const Score *score_named(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_scores; i++)
        if (str_equal(m->scores[i]->name, name) && m->scores[i]->points != NULL)
            return m->scores[i];
    return NULL;
}

static ScoreNoticeState state_of(DocketState state, AnswerKind answer, Date until, Date on)
{
    switch (state) {
    case DOCKET_DONE:
        return answer == ANSWER_OBJECTS ? SCORE_STANDS : SCORE_AGREED;
    case DOCKET_REFUSED:
        return SCORE_AGAIN;
    case DOCKET_WITHDRAWN:
        return SCORE_TAKEN_BACK;
    default:
        return answer == ANSWER_OBJECTS ? SCORE_OBJECTED : until < on ? SCORE_SILENT : SCORE_TOLD;
    }
}

/* False: written by another version of the program, or the score is none of the documents' any
 * more. */
bool score_notice_of(const Care *c, const Docket *d, Date on, ScoreNotice *ret)
{
    Reader r = reader_of(d->body);
    bool known = reader_byte(&r) == 1;
    ScoreNotice x = {.key = d->key, .record = {d->key.county, d->subject}, .by = d->by};
    x.score = score_named(c->model, reader_str(&r));
    x.told = (Date)reader_int(&r);
    x.until = (Date)reader_int(&r);
    x.points = reader_int(&r);
    x.how = reader_str(&r);
    AnswerKind answer = (AnswerKind)reader_byte(&r);
    x.answered = (Date)reader_int(&r);
    x.answer = reader_str(&r);
    x.answered_by = reader_str(&r);
    x.decided = (Date)reader_int(&r);
    x.outcome = reader_str(&r);
    if (!known || r.bad || x.score == NULL || x.score->entity != d->entity)
        return false;
    x.region = ROW_NONE;
    x.seq = d->seq;
    x.grade = score_grade(x.score, x.points);
    x.state = state_of(d->state, answer, x.until, on);
    x.is_answered = answer != ANSWER_NONE;
    x.is_decided = d->decided_by.len > 0;
    x.decided_by = d->decided_by;
    *ret = x;
    return true;
}

static AnswerKind answer_of(const ScoreNotice *x)
{
    return !x->is_answered            ? ANSWER_NONE
           : x->state == SCORE_AGREED ? ANSWER_AGREES
                                      : ANSWER_OBJECTS;
}

/* The newest about the record that was not taken back. */
static bool notice_newest(Care *c, const Score *s, RecordKey record, Date on, Arena *a,
                          ScoreNotice *ret, bool *ret_found, GError **error)
{
    Docket *all;
    size_t n;
    *ret_found = false;
    if (!store_dockets_of(c->store, DOCKET_SCORE, s->entity, record.id, a, &all, &n, error))
        return fail_while(error, "reading what was told of a score");
    for (size_t i = n; i-- > 0 && !*ret_found;)
        *ret_found = all[i].subject == record.id && all[i].state != DOCKET_WITHDRAWN &&
                     score_notice_of(c, &all[i], on, ret) && str_equal(ret->score->name, s->name);
    return true;
}

static bool settled_on(const ScoreNotice *x, Date on)
{
    return (x->state == SCORE_SILENT && x->until < on) ||
           (x->state == SCORE_AGREED && x->answered <= on) ||
           (x->state == SCORE_STANDS && x->decided <= on);
}

static bool is_heard(Care *c, const ScoreView *v, RecordKey record, Date on, Arena *a, bool *ret,
                     GError **error)
{
    ScoreNotice x;
    bool found;
    *ret = false;
    if (!notice_newest(c, v->score, record, on, a, &x, &found, error))
        return false;
    *ret = found && v->has_points && v->points == x.points && settled_on(&x, on);
    return true;
}

bool score_unheard(Care *c, Working *w, const Entity *e, RecordKey record, unsigned state, Date on,
                   const Score **ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    int64_t row = working_row(w, e, record.id);
    *ret = NULL;
    for (size_t i = 0; row != ROW_NONE && i < c->model->n_scores && *ret == NULL; i++) {
        const Score *s = c->model->scores[i];
        ScoreView v;
        bool there, heard = true;
        if (s->entity != e || s->answer == NULL || s->final != (int)state)
            continue;
        if (!score_view(c, w, s, (size_t)row, on, a, &v, &there, error) ||
            (there && !is_heard(c, &v, record, on, a, &heard, error)))
            return false;
        if (!heard)
            *ret = s;
    }
    return true;
}

/* ---- telling */

typedef struct Telling {
    Care *care;
    const Session *session;
    Working *working;
    Arena *arena;
    ScoreNotice x;
    Said *said;
} Telling;

#define WORDS_ZH DIGITS_OF(REASON_LEAST) " 字以上、" DIGITS_OF(LIMIT_NOTICE_WORDS) " 字以内"
#define WORDS_EN DIGITS_OF(REASON_LEAST) " to " DIGITS_OF(LIMIT_NOTICE_WORDS) " characters"

static bool words_fit(Str text, size_t least)
{
    size_t n = str_utf8_length(text);
    return n >= least && n <= LIMIT_NOTICE_WORDS && str_utf8_valid(text, NULL);
}

static bool in_scope(Care *c, Working *w, const Session *s, const Entity *e, unsigned rights,
                     RecordKey record, GError **error)
{
    Scope scope;
    return scope_of(s, e, rights, &scope, error) && scope_allows(c, w, s, e, record, error);
}

/* The last day on which it may be answered: by the text of the day on which it was told. */
static bool until_of(Telling *t, size_t row, GError **error)
{
    const Score *s = t->x.score;
    const Output o = {.kind = OUTPUT_EXPR, .expr = s->answer};
    const CompileOptions options = {.data = t->working->data, .regions = t->care->regions};
    g_autoptr(Program) p = program_new(t->care->model, s->entity, &o, 1, &options, error);
    int64_t n;
    if (p == NULL)
        return false;
    if (!evaluate_value(p, t->working->data, 0, row, t->x.told, &n))
        return say_no(t->said, error, "多久之内可以陈述申辩还没有设定，请先由本地设定参数",
                      "how long she may answer is not set: the place sets the param first");
    return time_add(t->x.told, n, time_unit_of(&s->answer->type),
                    work_calendar_new(t->arena, t->care->model), &t->x.until) ||
           say_no(t->said, error, "工作日历还没有到那一天，请先补上节假日安排",
                  "the calendar of working days does not go that far: add the holidays first");
}

static bool points_of(Telling *t, size_t row, GError **error)
{
    ScoreView v;
    bool there;
    if (!score_view(t->care, t->working, t->x.score, row, t->x.told, t->arena, &v, &there, error))
        return false;
    if (!there || !v.has_points)
        return say_no(t->said, error, "那一天得分还没有算出来，不能告知",
                      "there are no points on that day: nothing to tell");
    t->x.points = v.points;
    return true;
}

/* What was told before: an answer is not lost by telling anew. */
static bool before_fits(Telling *t, const ScoreNotice *before, GError **error)
{
    if (before->state == SCORE_OBJECTED)
        return say_no(t->said, error, "上次告知的异议还没有处理，请先处理",
                      "the objection to the last notice is to be decided first");
    if (t->x.told < before->told)
        return say_no(t->said, error, "不能早于上一次告知", "not before the last notice");
    bool same = t->x.points == before->points && settled_on(before, care_today(t->care));
    return !same || say_no(t->said, error, "这个得分已经告知，答复也处理完了",
                           "this score was told already, and who was scored was heard");
}

static bool tell_write(Telling *t, const ScoreNotice *before, RecordKey *ret, GError **error)
{
    const Session *s = t->session;
    bool gives_way =
        before != NULL && (before->state == SCORE_TOLD || before->state == SCORE_SILENT);
    Docket rows[2] = {{0}}, *made = &rows[gives_way];
    *made = (Docket){.kind = DOCKET_SCORE, .entity = t->x.score->entity, .by = s->account};
    made->subject = t->x.record.id;
    made->key.county = t->x.record.county;
    made->body = body_of(&t->x, ANSWER_NONE, t->arena);
    if (!care_new_id(t->care, &made->key.id, error) ||
        (gives_way && !store_docket(t->care->store, before->key, t->arena, &rows[0], error)))
        return false;
    if (gives_way) {
        rows[0].state = DOCKET_WITHDRAWN;
        rows[0].decided_by = s->account;
    }
    const WriteSet set = {.dockets = rows, .n_dockets = 1 + gives_way, .reason = t->x.how};
    *ret = made->key;
    return care_write_set(t->care, s, &set, error);
}

/* The same form sent twice tells once. */
static bool is_same(const ScoreNotice *x, const ScoreNotice *before)
{
    return before->state == SCORE_TOLD && before->told == x->told && before->until == x->until &&
           before->points == x->points && str_equal(before->how, x->how);
}

static bool tell(Telling *t, RecordKey *ret, GError **error)
{
    const Entity *e = t->x.score->entity;
    const Batch *b = working_batch(t->working, e);
    int64_t row = working_row(t->working, e, t->x.record.id);
    ScoreNotice before;
    bool found;
    if (row == ROW_NONE)
        return fail(error, FAIL_ABSENT, "there is no such record");
    if (b->counties != NULL)
        t->x.record.county = b->counties[row];
    if (t->x.told > care_today(t->care))
        return say_no(t->said, error, "不能登记以后的日期", "a notice is not given in advance");
    if (!words_fit(t->x.how, REASON_LEAST))
        return say_no(t->said, error, "写明告知了谁、怎样送达，" WORDS_ZH,
                      "say who was told and how, in " WORDS_EN);
    if (!points_of(t, (size_t)row, error) || !until_of(t, (size_t)row, error) ||
        !notice_newest(t->care, t->x.score, t->x.record, care_today(t->care), t->arena, &before,
                       &found, error))
        return false;
    if (found && is_same(&t->x, &before)) {
        *ret = before.key;
        return true;
    }
    return (!found || before_fits(t, &before, error)) &&
           tell_write(t, found ? &before : NULL, ret, error);
}

bool score_tell(Care *c, const Session *s, const Score *score, RecordKey record, Date on, Str how,
                RecordKey *ret, Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Working) w = NULL;
    Telling t = {.care = c, .session = s, .arena = a, .said = said};
    t.x = (ScoreNotice){.score = score, .record = record, .how = str_trim(how)};
    t.x.told = on != 0 ? on : care_today(c);
    if (score->answer == NULL)
        return say_no(said, error, "文件没有规定这项评分要告知",
                      "the document does not say that anybody is told of this score");
    if (!session_writes(s, score->entity))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not write \"%.*s\"", s->role->word,
                    STR_ARG(score->entity->name));
    if (!working_get(c, &w, error) ||
        !in_scope(c, w, s, score->entity, MAY_PERSON_READ | MAY_PERSON_WRITE, record, error))
        return false;
    t.working = w;
    return tell(&t, ret, error) || fail_while(error, "telling of a score");
}

/* ---- answering, deciding */

typedef struct Notice { /* one that is written again */
    Docket row;
    ScoreNotice x;
} Notice;

static bool notice_read(Care *c, const Session *s, RecordKey key, unsigned rights, Arena *a,
                        Notice *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!store_docket(c->store, key, a, &ret->row, error))
        return false;
    if (ret->row.kind != DOCKET_SCORE || !score_notice_of(c, &ret->row, care_today(c), &ret->x))
        return fail(error, FAIL_ABSENT, "there is no such notice of a score");
    return working_get(c, &w, error) &&
           in_scope(c, w, s, ret->row.entity, rights, ret->x.record, error);
}

static bool notice_write(Care *c, const Session *s, Notice *n, AnswerKind answer, Str reason,
                         Arena *a, GError **error)
{
    n->row.body = body_of(&n->x, answer, a);
    const WriteSet set = {.dockets = &n->row, .n_dockets = 1, .reason = reason};
    return care_write_set(c, s, &set, error);
}

static bool may_answer(Care *c, const Notice *n, bool agrees, Said *said, GError **error)
{
    const ScoreNotice *x = &n->x;
    bool open = x->state == SCORE_TOLD || x->state == SCORE_SILENT;
    if (!open)
        return say_no(said, error, "已经答复过，或者告知已收回",
                      "it was answered already, or taken back");
    if (x->answered < x->told || x->answered > care_today(c))
        return say_no(said, error, "答复日期在告知当天到今天之间",
                      "the answer came between the day of the notice and today");
    if (x->answered > x->until)
        return say_no(said, error, "陈述申辩期限已过", "the time to answer is over");
    return words_fit(x->answer, agrees ? 0 : REASON_LEAST) ||
           say_no(said, error, "写明异议是什么，" WORDS_ZH,
                  "say what the objection is, in " WORDS_EN);
}

bool score_answer(Care *c, const Session *s, RecordKey notice, Date on, bool agrees, Str words,
                  Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Notice n;
    if (!notice_read(c, s, notice, MAY_PERSON_READ, a, &n, error))
        return false;
    if (s->facility == 0 && !(session_may(s, MAY_PERSON_WRITE) && session_writes(s, n.row.entity)))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not answer for others", s->role->word);
    n.x.answered = on != 0 ? on : care_today(c);
    n.x.answer = str_trim(words);
    n.x.answered_by = s->account;
    if (!may_answer(c, &n, agrees, said, error))
        return false;
    if (agrees)
        n.row.state = DOCKET_DONE;
    return notice_write(c, s, &n, agrees ? ANSWER_AGREES : ANSWER_OBJECTS,
                        str_utf8_length(n.x.answer) >= REASON_LEAST ? n.x.answer : STR("agreed"), a,
                        error) ||
           fail_while(error, "answering a notice");
}

bool score_decide(Care *c, const Session *s, RecordKey notice, bool stands, Str reason, Said *said,
                  GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Notice n;
    if (!notice_read(c, s, notice, MAY_PERSON_READ | MAY_APPROVE, a, &n, error))
        return false;
    if (n.x.state != SCORE_OBJECTED)
        return say_no(said, error, "没有待处理的异议", "there is no objection to decide");
    if (str_equal(s->account, n.x.by) || str_equal(s->account, n.x.answered_by))
        return say_no(said, error, "异议要由告知人、登记人以外的人处理",
                      "somebody else decides than who told it and who entered the objection");
    n.x.outcome = str_trim(reason);
    n.x.decided = care_today(c);
    if (!words_fit(n.x.outcome, REASON_LEAST))
        return say_no(said, error, "写明理由，" WORDS_ZH, "say why, in " WORDS_EN);
    n.row.state = stands ? DOCKET_DONE : DOCKET_REFUSED;
    n.row.decided_by = s->account;
    return notice_write(c, s, &n, ANSWER_OBJECTS, n.x.outcome, a, error) ||
           fail_while(error, "deciding on an objection");
}

bool score_take_back(Care *c, const Session *s, RecordKey notice, Str reason, Said *said,
                     GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Notice n;
    if (!notice_read(c, s, notice, MAY_PERSON_READ | MAY_PERSON_WRITE, a, &n, error))
        return false;
    if (!str_equal(s->account, n.x.by))
        return fail(error, FAIL_RIGHT, "only who told it takes it back");
    if (n.x.state != SCORE_TOLD)
        return say_no(said, error, "已经答复、期满或收回，不能再收回",
                      "it was answered, its time is over, or it was taken back");
    n.x.outcome = str_trim(reason);
    n.x.decided = care_today(c);
    if (!words_fit(n.x.outcome, REASON_LEAST))
        return say_no(said, error, "写明理由，" WORDS_ZH, "say why, in " WORDS_EN);
    n.row.state = DOCKET_WITHDRAWN;
    n.row.decided_by = s->account;
    return notice_write(c, s, &n, answer_of(&n.x), n.x.outcome, a, error) ||
           fail_while(error, "taking a notice back");
}

/* ---- looking */

bool score_notice_now(Care *c, Working *w, Date on, Arena *a, ScoreNotice *x, GError **error)
{
    const Model *m = c->model;
    int64_t row = working_row(w, x->score->entity, x->record.id);
    if (row == ROW_NONE)
        return true;
    x->region = place_row(c, w, x->score->entity, (size_t)row, on);
    for (size_t i = 0; i < m->n_scores; i++) {
        ScoreView v;
        bool there;
        if (m->scores[i]->points != x->score->points)
            continue;
        if (!score_view(c, w, m->scores[i], (size_t)row, on, a, &v, &there, error))
            return false;
        if (there)
            x->changed = !v.has_points || v.points != x->points;
    }
    return true;
}

bool score_notices(Care *c, const Session *s, const Entity *e, RecordKey record, Date on, Arena *a,
                   ScoreNotice **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    Docket *all;
    size_t n;
    *ret_n = 0;
    if (!working_get(c, &w, error) || !in_scope(c, w, s, e, MAY_PERSON_READ, record, error) ||
        !store_dockets_of(c->store, DOCKET_SCORE, e, record.id, a, &all, &n, error))
        return false;
    *ret = arena_many(a, ScoreNotice, n + 1);
    for (size_t i = n; i-- > 0;) {
        ScoreNotice *x = &(*ret)[*ret_n];
        if (all[i].subject != record.id || !score_notice_of(c, &all[i], on, x))
            continue;
        if (!score_notice_now(c, w, on, a, x, error))
            return false;
        (*ret_n)++;
    }
    return true;
}
