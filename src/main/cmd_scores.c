/* cmd_scores.c — anlao scores: how records were scored, what was told of it, what was answered and
 * decided.  Read first: scores_command(), the table `verbs`. */
#include "base/decimal.h"
#include "base/identifier.h"
#include "care/score_notice.h"
#include "format/json.h"
#include "main/telling.h"

typedef struct Asked {
    char *on, *region, *only, *how, *text, *reason;
    char **states;
    int most;
    gboolean agree, stands, again, english;
    Date day; /* 0: today */
    ScoreQuery query;
} Asked;

static const Asked *asked(const Telling *t)
{
    return t->asked;
}

static const char *points_text(const Score *s, int64_t n, char to[DECIMAL_TEXT])
{
    decimal_format((Decimal){n, s->points->type.scale}, to);
    return to;
}

/* ---- notices */

static const char *const state_words[SCORE_NOTICE_STATES][2] = {
    [SCORE_TOLD] = {"已告知，可以陈述申辩", "told, may be answered"},
    [SCORE_OBJECTED] = {"有异议，待处理", "objected, to be decided"},
    [SCORE_AGAIN] = {"异议成立，要重新评分", "to be scored again"},
    [SCORE_STANDS] = {"异议不成立，维持", "stands"},
    [SCORE_AGREED] = {"无异议", "agreed"},
    [SCORE_SILENT] = {"期满没有答复", "not answered in time"},
    [SCORE_TAKEN_BACK] = {"已收回", "taken back"},
};

static bool put_notice(const Telling *t, const ScoreNotice *x, GError **error)
{
    char id[ID_TEXT], points[DECIMAL_TEXT], told[DATE_TEXT], until[DATE_TEXT];
    Str title, grade = x->grade != NULL ? label_in(t, x->grade->label) : STR("");
    if (!record_title(t->care, t->session, x->score->entity, x->record, t->arena, &title, error))
        return false;
    g_string_append_printf(
        t->out, "%s  %s  %.*s  %.*s %s%s%.*s", id_format(x->key.id, id),
        state_words[x->state][t->english], STR_ARG(title), STR_ARG(label_in(t, x->score->label)),
        points_text(x->score, x->points, points), grade.len > 0 ? " " : "", STR_ARG(grade));
    g_string_append_printf(t->out, words(t, "  %s 告知，答复截至 %s", "  told %s, until %s"),
                           date_format(x->told, told), date_format(x->until, until));
    if (x->changed)
        g_string_append(t->out, words(t, "；得分已经变了", "; the points have changed since"));
    if (x->is_answered && x->answer.len > 0)
        g_string_append_printf(t->out, words(t, "；答复：%.*s", "; answer: %.*s"),
                               STR_ARG(x->answer));
    if (x->is_decided && x->outcome.len > 0)
        g_string_append_printf(t->out, words(t, "；处理：%.*s", "; decided: %.*s"),
                               STR_ARG(x->outcome));
    g_string_append_c(t->out, '\n');
    return true;
}

static bool list_them(const Telling *t, GError **error)
{
    ScoreBook b;
    if (!score_book(t->care, t->session, &asked(t)->query, t->arena, &b, error))
        return false;
    if (t->common->json)
        return score_book_json(t->care, t->session, &b, t->out, error);
    put_head(t, b.on, b.total, b.n_lines);
    for (unsigned i = 0; i < SCORE_NOTICE_STATES; i++)
        put_count(t, state_words[i], b.counts[i]);
    g_string_append_c(t->out, '\n');
    for (size_t i = 0; i < b.n_lines; i++)
        if (!put_notice(t, &b.lines[i], error))
            return false;
    return true;
}

/* ---- one record */

static bool find_record(const Telling *t, const Entity **ret_e, RecordKey *ret, GError **error)
{
    const Common *c = t->common;
    *ret_e = model_entity(care_model(t->care), str_of(c->rest[1]));
    return *ret_e != NULL ? record_find(t->care, t->session, *ret_e, str_of(c->rest[2]), ret, error)
                          : fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[1]);
}

static void put_items(const Telling *t, const ScoreView *v)
{
    char points[DECIMAL_TEXT], most[DECIMAL_TEXT];
    for (size_t i = 0; i < v->score->n_items; i++) {
        const ScoreItemView *x = &v->items[i];
        int64_t got = x->n_lacking > 0 ? 0 : x->worth;
        g_string_append_printf(t->out, "    %.*s  %s / %s", STR_ARG(label_in(t, x->item->label)),
                               x->known ? points_text(v->score, got, points) : "?",
                               points_text(v->score, x->item->most, most));
        for (size_t k = 0; k < x->n_lacking; k++)
            g_string_append_printf(t->out, words(t, "  缺 %.*s", "  needs %.*s"),
                                   STR_ARG(label_in(t, x->lacking[k]->label)));
        g_string_append_c(t->out, '\n');
    }
}

static void put_score(const Telling *t, const ScoreView *v)
{
    char points[DECIMAL_TEXT], day[DATE_TEXT];
    g_string_append_printf(t->out, "%.*s (%.*s)  %s", STR_ARG(label_in(t, v->score->label)),
                           STR_ARG(v->score->name),
                           v->has_points ? points_text(v->score, v->points, points) : "?");
    if (v->grade != NULL)
        g_string_append_printf(t->out, "  %.*s", STR_ARG(label_in(t, v->grade->label)));
    if (!v->final)
        g_string_append(t->out, words(t, "  还没有作数", "  not final yet"));
    if (v->has_until)
        g_string_append_printf(t->out, words(t, "  有效期至 %s", "  good until %s"),
                               date_format(v->until, day));
    g_string_append_c(t->out, '\n');
    put_items(t, v);
}

static bool show_it(const Telling *t, GError **error)
{
    const Entity *e;
    RecordKey key;
    ScoreView *scores;
    ScoreNotice *notices;
    size_t n_scores, n_notices;
    Date on = asked(t)->day != 0 ? asked(t)->day : care_today(t->care);
    if (!find_record(t, &e, &key, error) ||
        !score_views(t->care, t->session, e, key, on, t->arena, &scores, &n_scores, error) ||
        !score_notices(t->care, t->session, e, key, on, t->arena, &notices, &n_notices, error))
        return false;
    if (t->common->json) {
        const ScoreBook b = {.on = on, .lines = notices, .n_lines = n_notices, .total = n_notices};
        return score_record_json(t->care, t->session, scores, n_scores, &b, t->out, error);
    }
    for (size_t i = 0; i < n_scores; i++)
        put_score(t, &scores[i]);
    if (n_scores == 0)
        g_string_append(t->out, words(t, "这类记录不评分\n", "such records are not scored\n"));
    for (size_t i = 0; i < n_notices; i++)
        if (!put_notice(t, &notices[i], error))
            return false;
    return true;
}

/* ---- acts */

static const Score *score_of_name(const Model *m, Str name, const Entity *e)
{
    for (size_t i = 0; i < m->n_scores; i++)
        if (str_equal(m->scores[i]->name, name) && m->scores[i]->entity == e)
            return m->scores[i];
    return NULL;
}

static bool tell_it(const Telling *t, GError **error)
{
    const Entity *e;
    RecordKey key, made;
    char id[ID_TEXT];
    Str only = str_of(asked(t)->only);
    if (!find_record(t, &e, &key, error))
        return false;
    const Score *s = score_of_name(care_model(t->care), only, e);
    if (s == NULL)
        return fail(error, FAIL_INPUT, "\"%.*s\" is no score of %.*s", STR_ARG(only),
                    STR_ARG(e->name));
    if (!score_tell(t->care, t->session, s, key, asked(t)->day, str_of(asked(t)->how), &made, NULL,
                    error))
        return false;
    g_string_append_printf(t->out, "%s\n", id_format(made.id, id));
    return true;
}

static bool read_number(const Telling *t, RecordKey *ret, GError **error)
{
    *ret = (RecordKey){0};
    return id_parse(str_of(t->common->rest[1]), &ret->id) ||
           fail(error, FAIL_INPUT, "\"%s\" is no number of a notice", t->common->rest[1]);
}

static bool answer_it(const Telling *t, GError **error)
{
    RecordKey key;
    return read_number(t, &key, error) &&
           score_answer(t->care, t->session, key, asked(t)->day, asked(t)->agree,
                        str_of(asked(t)->text), NULL, error);
}

static bool decide_it(const Telling *t, GError **error)
{
    RecordKey key;
    return read_number(t, &key, error) && score_decide(t->care, t->session, key, asked(t)->stands,
                                                       str_of(asked(t)->reason), NULL, error);
}

static bool back_it(const Telling *t, GError **error)
{
    RecordKey key;
    return read_number(t, &key, error) &&
           score_take_back(t->care, t->session, key, str_of(asked(t)->reason), NULL, error);
}

static const struct Verb {
    const char *word;
    unsigned n_rest;
    bool (*act)(const Telling *t, GError **error);
} verbs[] = {
    {"list", 1, list_them},   {"show", 3, show_it},     {"tell", 3, tell_it},
    {"answer", 2, answer_it}, {"decide", 2, decide_it}, {"back", 2, back_it},
};

static bool read_states(Asked *q)
{
    for (size_t i = 0; q->states != NULL && q->states[i] != NULL; i++) {
        unsigned kind = 0;
        if (!score_notice_parse(str_of(q->states[i]), &kind)) {
            wrong_usage("scores",
                        "\"%s\" is no state; --state takes told, objected, again, "
                        "stands, agreed, silent, back",
                        q->states[i]);
            return false;
        }
        q->query.kinds |= kind;
    }
    return true;
}

static const struct Verb *verb_of(const Common *c)
{
    if (c->n_rest == 0)
        return &verbs[0];
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(c->rest[0], verbs[i].word) == 0 && c->n_rest == verbs[i].n_rest)
            return &verbs[i];
    return NULL;
}

/* What the verb cannot do without; NULL: nothing is missing. */
static const char *lacks(const struct Verb *v, const Asked *q)
{
    if (v->act == tell_it && (q->only == NULL || q->how == NULL))
        return "tell takes --only SCORE and --how TEXT";
    if (v->act == answer_it && (q->text != NULL) == q->agree)
        return "answer takes --text TEXT or --agree";
    if (v->act == decide_it && (q->stands == q->again || q->reason == NULL))
        return "decide takes --stands or --again, and --reason TEXT";
    if (v->act == back_it && q->reason == NULL)
        return "back takes --reason TEXT";
    return q->most < 0 ? "--most takes a number" : NULL;
}

int command_scores(int argc, char **argv)
{
    Common c;
    Asked q = {0};
    char **states = NULL;
    const GOptionEntry own[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &q.on, "the day; the business day if left out", "DATE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &q.region, "this region and all below", "CODE"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &q.only, "one score, by its name", "SCORE"},
        {"state", 0, 0, G_OPTION_ARG_STRING_ARRAY, &states, "told, objected, again, …", "STATE"},
        {"most", 0, 0, G_OPTION_ARG_INT, &q.most, "at most so many lines", "N"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &q.english, "the text in English", NULL},
        {"how", 0, 0, G_OPTION_ARG_STRING, &q.how, "to whom it was told, and how", "TEXT"},
        {"text", 0, 0, G_OPTION_ARG_STRING, &q.text, "the objection", "TEXT"},
        {"agree", 0, 0, G_OPTION_ARG_NONE, &q.agree, "the answer is that nothing is objected",
         NULL},
        {"stands", 0, 0, G_OPTION_ARG_NONE, &q.stands, "the objection was not right", NULL},
        {"again", 0, 0, G_OPTION_ARG_NONE, &q.again, "it was: to be scored again", NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &q.reason, "why, for the journal", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "scores", argc, argv, own))
        return 2;
    const struct Verb *v = verb_of(&c);
    if (v == NULL)
        return wrong_usage("scores", "takes options, or show, tell ENTITY KEY, or answer, decide, "
                                     "back NUMBER");
    const char *missing = lacks(v, &q);
    if (missing != NULL)
        return wrong_usage("scores", "%s", missing);
    q.states = states;
    if ((q.on != NULL && !parse_day("scores", q.on, &q.day)) || !read_states(&q))
        return 2;
    q.query.on = q.day;
    q.query.only = str_of(q.only);
    q.query.page_rows = (size_t)q.most;
    GError *error = NULL;
    const TellingAsk ask = {&c, &q, q.region, &q.query.region, q.english};
    telling(&ask, v->act, &error);
    return finish(error);
}
