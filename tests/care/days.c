/* days.c — three years, day by day, over a small county that declares one of everything that has a
 * day in it: what each comes to on a day, as the days on which that changes.  A clock that is moved
 * by a day, fires twice or not at all writes another line.  Each kind of declaration is walked here
 * or says why it has no clock.  Not here: the documents of packs/, answers to scores, working days
 * (calendar.c, clocks.c).
 * LAW issue 5: every declared deadline, recurrence and expiry fires on its day, once. */
#include "days_walk.h"

#include "care/decide.h"
#include "care/figures.h"
#include "care/follow.h"
#include "care/param_text.h"
#include "care/pay_grant.h"
#include "care/publish.h"
#include "care/score.h"
#include "care/texts.h"
#include "declare/statement.h"

/* ---- what is walked */

typedef struct Clock {
    DeclarationKind kind;
    const char *says;                                      /* what a clerk would check */
    char *(*state)(Walk *w, const char *name, size_t who); /* on the day */
    const char *name;
    size_t who;
    const char *days; /* "DAY STATE; DAY STATE": each day on which it changes */
} Clock;

static const char *day_text(Walk *w, Date day)
{
    char text[DATE_TEXT];
    return arena_printf(w->arena, "%s", date_format(day, text));
}

static char *said(const char *format, ...) G_GNUC_PRINTF(1, 2);
static char *said(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return text;
}

/* ---- decisions of the month that holds the day */

static char *decided(Walk *w, const char *name, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Decided) d = NULL;
    const Rule *r = model_rule(w->h->care->model, str_of(name));
    decided_get(w->h->care, w->w, r->subject, month_of(w->on), &d, &error);
    g_assert_no_error(error);
    int64_t row = working_row(w->w, r->subject, key.id);
    for (size_t k = 0; k < d->n_rules; k++) {
        const Result *x = &d->results->list[k];
        if (d->rules[k] != r)
            continue;
        if (x->outcome[row] == OUTCOME_OUTSIDE)
            return said("-");
        return x->outcome[row] == TRUTH_YES
                   ? said("%" G_GINT64_FORMAT, result_amount(x, (size_t)row) / 100)
                   : said("%s", truth_word((Truth)x->outcome[row]));
    }
    g_assert_not_reached();
}

static char *benefit(Walk *w, const char *name, size_t who)
{
    return decided(w, name, w->elders[who]);
}

static char *of_stay(Walk *w, const char *name, size_t who)
{
    (void)who;
    return decided(w, name, w->stay);
}

/* ---- figures, targets, params */

static char *figure(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    const Indicator *i = model_indicator(w->h->care->model, str_of(name));
    const Figure *all;
    Date from = i->flow ? figures_period_start(i, w->on) : w->on;
    (void)who;
    figures_of(w->h->care, w->w, i, from, w->on, &all, &error);
    g_assert_no_error(error);
    const Figure *f = &all[w->h->care->place];
    return figure_known(f) ? said("%" G_GINT64_FORMAT, f->value) : said("none");
}

static char *target(Walk *w, const char *name, size_t who)
{
    static const char *const words[] = {"missed", "unknown", "met", "not due"};
    g_autoptr(GError) error = NULL;
    TargetFigure *all;
    size_t n;
    (void)who;
    figures_targets(w->h->care, w->h->local, model_indicator(w->h->care->model, str_of(name)),
                    ROW_NONE, w->on, w->arena, &all, &n, &error);
    g_assert_no_error(error);
    GString *to = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(to, "%s%d %s", i > 0 ? ", " : "", date_ymd(all[i].value->due).year,
                               words[all[i].met]);
    return g_string_free(to, FALSE);
}

static char *param(Walk *w, const char *name, size_t who)
{
    ParamText text;
    (void)who;
    param_text(w->h->care->model, w->h->care->regions, model_param(w->h->care->model, str_of(name)),
               w->h->care->place, w->on, w->arena, &text);
    return said("%.*s", STR_ARG(text.zh));
}

/* ---- alerts */

static char *alerts(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = str_of(name)};
    AlertBook b;
    (void)who;
    follow_alerts(w->h->care, w->h->local, &q, w->arena, &b, &error);
    g_assert_no_error(error);
    return said("%u open, %u noted", (unsigned)(b.sums[0].no - b.sums[0].noted),
                (unsigned)b.sums[0].noted);
}

/* ---- what people do */

static char *task(Walk *w, const char *name, size_t who)
{
    static const char *const words[] = {"establish", "overdue", "due", "later", "done"};
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = str_of(name), .kinds = ~0u};
    TaskBook b;
    (void)who;
    follow_tasks(w->h->care, w->h->local, &q, w->arena, &b, &error);
    g_assert_no_error(error);
    if (b.n_lines == 0)
        return said("-");
    g_assert_cmpuint(b.n_lines, ==, 1);
    return said("%s %s", words[b.lines[0].state],
                b.lines[0].has_due ? day_text(w, b.lines[0].due) : "-");
}

static char *duty(Walk *w, const char *name, size_t who)
{
    static const char *const words[] = {"overdue", "open", "done", "unrecorded"};
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = str_of(name), .kinds = ~0u};
    DutyBook b;
    (void)who;
    follow_duties(w->h->care, w->h->local, &q, w->arena, &b, &error);
    g_assert_no_error(error);
    if (b.n_lines == 0)
        return said("-");
    g_assert_cmpuint(b.n_lines, ==, 1);
    return said("%s %s", words[b.lines[0].is.state],
                b.lines[0].is.has_due ? day_text(w, b.lines[0].is.due) : "-");
}

/* Draws and files that are due every so often; the machine stands at the place of the document. */
static char *recurs(Walk *w, const char *name, size_t who)
{
    static const char *const words[] = {"overdue", "open", "done", "unrecorded"};
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE, .only = str_of(name)};
    RecurBook b;
    (void)who;
    follow_recurring(w->h->care, w->h->local, &q, RECUR_ALL, w->arena, &b, &error);
    g_assert_no_error(error);
    if (b.n_lines == 0)
        return said("-");
    g_assert_cmpuint(b.n_lines, ==, 1);
    const RecurLine *x = &b.lines[0];
    bool late = x->is.state == DUTY_OVERDUE && x->is.has_missed;
    g_assert_true(late || x->is.state != DUTY_OVERDUE || x->is.due < w->on);
    return said("%s %s", words[x->is.state], day_text(w, late ? x->is.missed : x->is.due));
}

/* The step out of the state of the home. */
static char *item_step(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    ItemLine x;
    bool is;
    (void)name;
    follow_item(w->h->care, w->h->local, house_entity(w->h, "home"), w->home, w->on, w->arena, &is,
                &x, &error);
    g_assert_no_error(error);
    if (x.state == NULL || x.n_steps == 0)
        return said("%s", x.state == NULL ? "-" : "at its end");
    const StepLine *s = &x.steps[0];
    if (who == 1)
        return said("%s", s->n_holds > 0 ? "held" : "free");
    return said("%.*s %s%s%s", STR_ARG(s->to->name), s->overdue ? "overdue " : "",
                s->too_early ? "early " : "", s->has_due ? day_text(w, s->due) : "-");
}

static char *score(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    ScoreView *v;
    size_t n;
    (void)name;
    (void)who;
    score_views(w->h->care, w->h->local, house_entity(w->h, "home"), w->home, w->on, w->arena, &v,
                &n, &error);
    g_assert_no_error(error);
    if (n == 0 || v[0].grade == NULL)
        return said("-");
    return said("%.*s%s", STR_ARG(v[0].grade->name), v[0].expired ? " expired" : "");
}

/* How many scores a shop has. */
static char *scores_of_shop(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    ScoreView *v;
    size_t n;
    (void)name;
    (void)who;
    score_views(w->h->care, w->h->local, house_entity(w->h, "shop"), w->shop, w->on, w->arena, &v,
                &n, &error);
    g_assert_no_error(error);
    return said("%zu", n);
}

/* ---- what is put up */

static char *published(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    PublicBook b;
    (void)who;
    publication_read(w->h->care, publish_named(w->h->care->model, str_of(name)), w->on, true, 0, 0,
                     w->arena, &b, &error);
    g_assert_no_error(error);
    return said("%u up", (unsigned)b.total);
}

static char *granted(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Grants) g = grants_new(w->h->care, w->w, w->on, w->arena, &error);
    GrantStanding s;
    g_assert_no_error(error);
    grant_standing(g, model_rule(w->h->care->model, str_of(name)), w->elders[who].id, w->arena, &s,
                   &error);
    g_assert_no_error(error);
    return said("%s", notice_words[s.standing.state]);
}

/* ---- what a family sees by a consent */

static char *family(Walk *w, const char *name, size_t who)
{
    g_autoptr(GError) error = NULL;
    House *h = w->h;
    Record *r;
    Date today = stand_at(h, w->on);
    bool sees = record_get(h->care, w->kin[who], house_entity(h, "elder"), w->elders[0], 0,
                           w->arena, &r, &error);
    (void)name;
    stand_at(h, today);
    g_assert_true(sees || g_error_matches(error, FAIL_DOMAIN, FAIL_RIGHT));
    return said("%s", sees ? "sees" : "-");
}

/* ---- which text is in force */

static char *text_of(Walk *w, const Wording *s)
{
    size_t i = s->of == NULL ? 0 : version_at(s->of, w->h->care->regions, w->h->care->place, w->on);
    return s->of != NULL && i == s->of->n ? said("ended") : said("text %zu", i);
}

#define TEXT_OF(function, list, count)                                                             \
    static char *function(Walk *w, const char *name, size_t who)                                   \
    {                                                                                              \
        const Model *m = w->h->care->model;                                                        \
        (void)who;                                                                                 \
        for (size_t i = 0; i < m->count; i++)                                                      \
            if (str_is(m->list[i]->name, name))                                                    \
                return text_of(w, &m->list[i]->wording);                                           \
        g_assert_not_reached();                                                                    \
    }
TEXT_OF(draw_in_force, draws, n_draws)
TEXT_OF(paper_in_force, papers, n_papers)
TEXT_OF(account_in_force, accounts, n_accounts)
TEXT_OF(exchange_in_force, exchanges, n_exchanges)

static char *post(Walk *w, const char *name, size_t who)
{
    House *h = w->h;
    Date today = stand_at(h, w->on);
    const Role *r = role_in_force(h->care, str_of(name), h->care->place);
    (void)who;
    stand_at(h, today);
    return said("%s", r != NULL ? "in force" : "-");
}

/* ---- the clocks */

static const Clock clocks[] = {
    {DECLARES_BENEFIT, "满八十周岁那个月就有，标准按当月最后一天的", benefit, "any_day", 0,
     "2020-01-01 no; 2020-06-01 100; 2021-01-01 120; 2021-07-01 100"},
    {DECLARES_BENEFIT, "二月二日去世，二月还有，三月没有", benefit, "any_day", 1,
     "2020-01-01 100; 2021-01-01 120; 2021-03-01 -"},
    {DECLARES_BENEFIT, "月底那天满了才有", benefit, "last_day", 0, "2020-01-01 no; 2020-06-01 100"},
    {DECLARES_BENEFIT, "二月底已去世，二月没有", benefit, "last_day", 1,
     "2020-01-01 100; 2021-02-01 -"},
    {DECLARES_ENDS, "月初那天满了才有；后来的文件停了，停的那天以后的月份没有", benefit,
     "first_day", 0, "2020-01-01 no; 2020-07-01 100; 2021-04-01 -"},
    {DECLARES_BENEFIT, "八月十五日迁出，当月只算十四天", benefit, "each_day", 2,
     "2020-01-01 310; 2021-08-01 140; 2021-09-01 no"},
    {DECLARES_AMEND, "后来的文件改了数额；迁出那个月没有", benefit, "local", 2,
     "2020-01-01 100; 2021-03-01 150; 2021-08-01 no"},
    {DECLARES_BENEFIT, "满八十周岁那个月起不再有", benefit, "young", 2,
     "2020-01-01 100; 2021-09-01 no"},
    {DECLARES_BENEFIT, "每年十二月一日，只在十二月", benefit, "yearly", 0,
     "2020-01-01 -; 2020-12-01 200; 2021-01-01 -; 2021-12-01 200; 2022-01-01 -; 2022-12-01 200"},
    {DECLARES_BENEFIT, "入住那个月一次", of_stay, "once_in", 0,
     "2020-01-01 -; 2020-09-01 300; 2020-10-01 -"},
    {DECLARES_BENEFIT, "规定的那个月的下一个月起，到规定的那天止", benefit, "after", 0,
     "2020-01-01 no; 2020-04-01 50; 2021-10-01 -"},
    {DECLARES_ENTITY, "最近一次见到之后九十天内", benefit, "proven", 0,
     "2020-01-01 unknown; 2020-03-01 60; 2020-07-01 no; 2021-05-01 60; 2021-08-01 no"},
    {DECLARES_DERIVE, "评估有效期的最后一天还算", benefit, "cared", 0,
     "2020-01-01 unknown; 2020-05-01 70; 2021-05-01 unknown"},
    {DECLARES_EXCEPTION, "独居多五元；后来的文件停了例外", benefit, "heat", 0,
     "2020-01-01 30; 2020-02-01 35; 2021-03-01 30"},
    {DECLARES_COMBINE, "七月起同取暖只发高的一项，到期各发各的", benefit, "meal", 0,
     "2020-01-01 20; 2020-07-01 no; 2022-01-01 20"},
    {DECLARES_JUDGEMENT, "认定那个月起", benefit, "judged", 0,
     "2020-01-01 no; 2020-06-01 judgement; 2020-10-01 90"},
    {DECLARES_DERIVE, "生日那天起算，去世次日不算", figure, "grown_up", 0,
     "2020-01-01 1; 2020-06-30 2; 2021-02-03 1; 2021-09-10 2"},
    {DECLARES_AMEND, "后来的文件只数八十以上的", figure, "here", 0,
     "2020-01-01 3; 2021-02-03 2; 2021-03-16 1; 2021-09-10 2"},
    {DECLARES_ENTITY, "入住那天算，离院那天不算", figure, "stays", 0,
     "2020-01-01 0; 2020-09-15 1; 2021-01-10 0"},
    {DECLARES_ENTITY, "最后一天还算", figure, "storms", 0,
     "2020-01-01 0; 2021-05-20 1; 2021-06-03 0"},
    {DECLARES_DERIVE, "满六个月那天；后来的文件改为二十四个月", figure, "alone_long", 0,
     "2020-01-01 0; 2020-08-10 1; 2021-03-16 0; 2022-02-10 1"},
    {DECLARES_EXTEND, "评估有效", figure, "valid", 0, "2020-01-01 0; 2020-05-01 1; 2021-05-01 0"},
    {DECLARES_ENTITY, "三十天内见到过", figure, "seen_lately", 0,
     "2020-01-01 0; 2020-03-01 1; 2020-04-01 0; 2020-04-20 1; 2020-05-21 0; 2021-05-10 1; "
     "2021-06-10 0"},
    {DECLARES_TABLE, "后来的文件改了表", figure, "bonus", 0,
     "2020-01-01 1000; 2020-06-30 2000; 2021-02-03 1000; 2021-03-16 2100; 2021-09-10 4000"},
    {DECLARES_INDICATOR, "每月从头数", figure, "visits_by_month", 0,
     "2020-01-01 0; 2020-03-01 1; 2020-04-01 0; 2020-04-20 1; 2020-05-01 0; 2021-05-10 1; "
     "2021-06-01 0"},
    {DECLARES_INDICATOR, "每季从头数", figure, "visits_by_quarter", 0,
     "2020-01-01 0; 2020-03-01 1; 2020-04-01 0; 2020-04-20 1; 2020-07-01 0; 2021-05-10 1; "
     "2021-07-01 0"},
    {DECLARES_INDICATOR, "每年从头数", figure, "visits_by_year", 0,
     "2020-01-01 0; 2020-03-01 1; 2020-04-20 2; 2021-01-01 0; 2021-05-10 1; 2022-01-01 0"},
    {DECLARES_INDICATOR, "按期探访率", figure, "covered", 0,
     "2020-01-01 none; 2020-02-10 0; 2020-03-01 10000; 2020-04-01 0; 2020-04-20 10000; 2020-05-21 "
     "0; 2021-05-10 10000; 2021-06-10 0"},
    {DECLARES_TARGET, "到期那天才算", target, "grown_up", 0,
     "2020-01-01 2020 not due; 2020-12-31 2020 met"},
    {DECLARES_TARGET, "每年年底那天算", target, "visits_by_year", 0,
     "2020-01-01 2020 not due; 2020-12-31 2020 met; 2021-01-01 2020 met, 2021 not due; 2021-12-31 "
     "2020 met, 2021 missed; 2022-01-01 2020 met, 2021 missed, 2022 not due; 2022-12-31 2020 met, "
     "2021 missed, 2022 missed"},
    {DECLARES_TARGET, "期限那天算", target, "here", 0,
     "2020-01-01 2021 not due; 2021-06-30 2021 missed"},
    {DECLARES_SET, "一月一日起，六月三十日还是", param, "rate", 0,
     "2020-01-01 100.00 元; 2021-01-01 120.00 元; 2021-07-01 100.00 元"},
    {DECLARES_CHECK, "独居满六个月的那个月起预警", alerts, "lonely", 0,
     "2020-01-01 0 open, 0 noted; 2020-08-01 1 open, 0 noted; 2021-03-01 0 open, 0 noted; "
     "2022-02-01 1 open, 0 noted"},
    {DECLARES_CHECK, "每年从头核查；知晓到七月十五日", alerts, "visited", 0,
     "2020-01-01 6 open, 1 noted; 2020-03-01 3 open, 1 noted; 2020-07-16 4 open, 0 noted; "
     "2021-01-01 7 open, 0 noted; 2021-05-10 4 open, 0 noted; 2022-01-01 7 open, 0 noted"},
    {DECLARES_TASK, "见到后三十天；恶劣天气三天", task, "visiting", 0,
     "2020-01-01 -; 2020-02-10 due 2020-03-11; 2020-03-01 done 2020-03-31; 2020-04-01 overdue "
     "2020-03-31; 2020-04-20 done 2020-05-20; 2020-05-21 overdue 2020-05-20; 2021-05-10 done "
     "2021-06-09; 2021-05-20 done 2021-05-20; 2021-05-21 overdue 2021-05-20; 2021-06-03 done "
     "2021-06-09; 2021-06-10 overdue 2021-06-09"},
    {DECLARES_TASK, "每季一次", task, "quarterly", 0,
     "2020-01-01 -; 2020-02-10 due 2020-03-31; 2020-03-01 done 2020-06-30; 2020-04-01 due "
     "2020-06-30; 2020-04-20 done 2020-09-30; 2020-07-01 due 2020-09-30; 2020-10-01 due "
     "2020-12-31; 2021-01-01 due 2021-03-31; 2021-04-01 due 2021-06-30; 2021-05-10 done "
     "2021-09-30; 2021-07-01 due 2021-09-30; 2021-10-01 due 2021-12-31; 2022-01-01 due 2022-03-31; "
     "2022-04-01 due 2022-06-30; 2022-07-01 due 2022-09-30; 2022-10-01 due 2022-12-31"},
    {DECLARES_TASK, "独居起二十天内，只一次", task, "first", 0,
     "2020-01-01 -; 2020-02-10 due 2020-03-01; 2020-03-02 overdue 2020-03-01; 2020-05-01 done -"},
    {DECLARES_DUTY, "期限那天还没逾期；做了就没有了", duty, "plan", 0,
     "2020-01-01 open 2021-04-30; 2021-05-01 overdue 2021-04-30; 2021-05-10 done -"},
    {DECLARES_DUTY, "每年三月三十一日前", duty, "report", 0,
     "2020-01-01 open 2020-03-31; 2020-03-01 done 2021-03-31; 2021-01-01 open 2021-03-31; "
     "2021-04-01 overdue 2021-03-31; 2021-05-10 done 2022-03-31; 2022-01-01 open 2022-03-31; "
     "2022-04-01 overdue 2022-03-31"},
    {DECLARES_PROCEDURE, "二十天内核查；十天以后才能开业，年底前", item_step, "opening", 0,
     "2020-01-01 -; 2020-03-01 checked 2020-03-21; 2020-03-22 checked overdue 2020-03-21; "
     "2020-04-01 open early 2020-12-31; 2020-04-11 open 2020-12-31; 2021-01-01 open overdue "
     "2020-12-31"},
    {DECLARES_HOLD, "检查后四十五天内卡住", item_step, "opening", 1,
     "2020-01-01 -; 2020-03-01 free; 2020-04-01 held; 2020-05-17 free"},
    {DECLARES_SCORE, "十八个月的最后一天还有效", score, "star", 0,
     "2020-01-01 two; 2021-10-01 two expired"},
    {DECLARES_PUBLISH, "公示七天", published, "new_ones", 0,
     "2020-01-01 0 up; 2020-07-03 1 up; 2020-07-10 0 up"},
    {DECLARES_PUBLISH, "下月一日起公布十天", published, "monthly", 0,
     "2020-01-01 0 up; 2020-03-01 1 up; 2020-03-11 0 up; 2020-05-01 1 up; 2020-05-11 0 up; "
     "2021-06-01 1 up; 2021-06-11 0 up"},
    {DECLARES_PUBLISH, "检查后三十天", published, "checked_lately", 0,
     "2020-01-01 1 up; 2020-05-02 0 up"},
    {DECLARES_PUBLISH, "公示期满次日办结", granted, "noticed", 0,
     "2020-01-01 none; 2020-07-03 up; 2020-07-10 closed"},
    {DECLARES_ROLE, "停了的岗位", post, "visitor", 0, "2020-01-01 in force; 2021-03-16 -"},
    {DECLARES_DRAW, "停了的抽查", draw_in_force, "spot", 0, "2020-01-01 text 0; 2021-03-16 ended"},
    {DECLARES_DRAW, "每季抽一次，出了结果才算；季末那天还不晚，过了季就欠着，补抽的算在补的那季",
     recurs, "each_quarter", 0,
     "2020-01-01 open 2020-03-31; 2020-03-31 done 2020-06-30; 2020-04-01 open 2020-06-30; "
     "2020-07-01 overdue 2020-06-30; 2020-08-05 done 2020-12-31; 2020-10-01 open 2020-12-31; "
     "2021-01-01 overdue 2020-12-31; 2021-04-01 overdue 2021-03-31; 2021-07-01 overdue 2021-06-30; "
     "2021-10-01 overdue 2021-09-30; 2021-11-30 done 2022-03-31; 2022-01-01 open 2022-03-31; "
     "2022-04-01 overdue 2022-03-31; 2022-07-01 overdue 2022-06-30; 2022-10-01 overdue 2022-09-30"},
    {DECLARES_DRAW, "上次之后一百天，第一次从文件那天数", recurs, "each_so_often", 0,
     "2020-01-01 open 2020-04-10; 2020-04-10 done 2020-07-19; 2020-07-20 done 2020-10-28; "
     "2020-10-29 overdue 2020-10-28"},
    {DECLARES_EXCHANGE, "每月给一次；停了以后不再要", recurs, "elder.lists", 0,
     "2020-01-01 open 2020-01-31; 2020-01-31 done 2020-02-29; 2020-02-01 open 2020-02-29; "
     "2020-03-01 done 2020-04-30; 2020-04-01 open 2020-04-30; 2020-05-01 overdue 2020-04-30; "
     "2020-06-01 overdue 2020-05-31; 2020-07-01 overdue 2020-06-30; 2020-08-01 overdue 2020-07-31; "
     "2020-09-01 overdue 2020-08-31; 2020-10-01 overdue 2020-09-30; 2020-11-01 overdue 2020-10-31; "
     "2020-12-01 overdue 2020-11-30; 2021-01-01 overdue 2020-12-31; 2021-02-01 overdue 2021-01-31; "
     "2021-03-01 overdue 2021-02-28; 2021-03-16 -"},
    {DECLARES_EXCHANGE, "每半年，和每一家、收和给都要有", recurs, "elder.moved", 0,
     "2020-01-01 open 2020-06-30; 2020-06-30 done 2020-12-31; 2020-07-01 open 2020-12-31; "
     "2021-01-01 overdue 2020-12-31; 2021-07-01 overdue 2021-06-30; 2022-01-01 overdue 2021-12-31; "
     "2022-07-01 overdue 2022-06-30"},
    {DECLARES_PAPER, "停了的表", paper_in_force, "sheet", 0, "2020-01-01 text 0; 2021-03-16 ended"},
    {DECLARES_ACCOUNT, "停了的账户", account_in_force, "nights", 0,
     "2020-01-01 text 0; 2021-03-16 ended"},
    {DECLARES_EXCHANGE, "停了的交换", exchange_in_force, "elder.death", 0,
     "2020-01-01 text 0; 2021-03-16 ended"},
    /* Consents. */
    {DECLARES_ENTITY, "到期那天起家属不再看得到，前一天还看得到", family, "consent", 0,
     "2020-01-01 -; 2020-03-10 sees; 2021-06-15 -"},
    {DECLARES_ENTITY, "撤回那天起看不到，不等到期", family, "consent", 1,
     "2020-01-01 -; 2020-03-10 sees; 2020-09-01 -"},
    {DECLARES_ENTITY, "没有写到哪天", family, "consent", 2, "2020-01-01 -; 2022-02-28 sees"},
    {DECLARES_ENTITY, "同意的起止", figure, "consents", 0,
     "2020-01-01 0; 2020-03-10 2; 2021-06-15 0; 2022-02-28 1"},
    /* Of a document that holds from 1 June 2020 to 31 May 2021. */
    {DECLARES_BENEFIT, "月底那天文件还有效的月份", benefit, "plan_month", 0,
     "2020-01-01 -; 2020-06-01 15; 2021-06-01 -"},
    {DECLARES_BENEFIT, "按天算的也是", benefit, "plan_day", 0,
     "2020-01-01 -; 2020-06-01 310; 2021-06-01 -"},
    {DECLARES_BENEFIT, "按阶梯表的也是", benefit, "plan_step_up", 0,
     "2020-01-01 -; 2020-06-01 10; 2021-06-01 -"},
    {DECLARES_CHECK, "文件有效时才查", alerts, "plan_seen", 0,
     "2020-01-01 0 open, 0 noted; 2020-06-01 2 open, 0 noted; 2021-02-01 1 open, 0 noted; "
     "2021-06-01 0 open, 0 noted"},
    {DECLARES_TARGET, "文件管到的那一年", target, "plan_count", 0,
     "2020-01-01 2020 not due; 2020-12-31 2020 met"},
    {DECLARES_SET, "数额跟着文件", param, "plan_days", 0,
     "2020-01-01 ; 2020-06-01 30 天; 2021-06-01 "},
    {DECLARES_TASK, "文件最后一天还要办", task, "plan_visit", 0,
     "2020-01-01 -; 2020-06-01 due 2020-07-01; 2020-07-02 overdue 2020-07-01; 2021-05-10 done "
     "2021-06-09; 2021-06-01 -"},
    {DECLARES_DUTY, "每年三月底；文件完了就不再要", duty, "plan_write", 0,
     "2020-01-01 -; 2020-06-01 open 2021-03-31; 2021-04-01 overdue 2021-03-31; 2021-06-01 -"},
    {DECLARES_DRAW, "每半年抽一次，到文件最后一天", recurs, "plan_draw", 0,
     "2020-01-01 -; 2020-06-01 open 2020-06-30; 2020-07-01 overdue 2020-06-30; 2021-01-01 overdue "
     "2020-12-31; 2021-06-01 -"},
    {DECLARES_DRAW, "文件完了不再抽", draw_in_force, "plan_draw", 0,
     "2020-01-01 text 0; 2021-06-01 ended"},
    {DECLARES_SCORE, "文件完了不再评", scores_of_shop, "plan_score", 0,
     "2020-01-01 1; 2021-06-01 0"},
    {DECLARES_PUBLISH, "文件有效时挂着", published, "plan_shops", 0,
     "2020-01-01 0 up; 2020-06-01 1 up; 2021-06-01 0 up"},
    {DECLARES_PUBLISH, "文件以前的不公示；挂出去的挂满六十天", published, "plan_week", 0,
     "2020-01-01 0 up; 2021-05-10 1 up; 2021-07-09 0 up"},
    {DECLARES_PAPER, "文件完了不再出表", paper_in_force, "plan_sheet", 0,
     "2020-01-01 text 0; 2021-06-01 ended"},
    {DECLARES_ACCOUNT, "文件完了不再进出", account_in_force, "plan_nights", 0,
     "2020-01-01 text 0; 2021-06-01 ended"},
    {DECLARES_EXCHANGE, "每季一次，到文件最后一天", recurs, "elder.plan", 0,
     "2020-01-01 -; 2020-06-01 open 2020-06-30; 2020-07-01 overdue 2020-06-30; 2020-10-01 overdue "
     "2020-09-30; 2021-01-01 overdue 2020-12-31; 2021-04-01 overdue 2021-03-31; 2021-06-01 -"},
    {DECLARES_EXCHANGE, "文件完了不再往来", exchange_in_force, "elder.plan", 0,
     "2020-01-01 text 0; 2021-06-01 ended"},
    {DECLARES_ROLE, "文件以前还没有这个岗位，文件完了也没有了", post, "shopkeeper", 0,
     "2020-01-01 -; 2020-06-01 in force; 2021-06-01 -"},
    {DECLARES_INDICATOR, "文件最后一天还数，第二天没有数了", figure, "plan_count", 0,
     "2020-01-01 3; 2021-02-03 2; 2021-06-01 none"},
};

/* Kinds that have no day of their own. */
static const struct {
    DeclarationKind kind;
    const char *why;
} still[] = {
    {DECLARES_ENUM, "codes hold always"},
    {DECLARES_REGIONS, "the tree of places is the documents', as they are"},
    {DECLARES_PARAM, "its values have days: set"},
    {DECLARES_DELEGATE, "bounds are checked when documents are read, for all days"},
    {DECLARES_NOTHING, "nothing runs"},
    {DECLARES_EXAMPLE, "a test of others"},
};

typedef struct Told { /* of one clock */
    GString *days;
    char *last;
    unsigned fired;
} Told;

static void look(Walk *w, const Clock *c, Told *t)
{
    char day[DATE_TEXT];
    char *now = c->state(w, c->name, c->who);
    if (t->last != NULL && strcmp(now, t->last) == 0) {
        g_free(now);
        return;
    }
    g_string_append_printf(t->days, "%s%s %s", t->last != NULL ? "; " : "", date_format(w->on, day),
                           now);
    t->fired += t->last != NULL;
    g_free(t->last);
    t->last = now;
}

/* How often each kind fired; every kind of declaration does, or says why it does not. */
static void count_kinds(const Told *told)
{
    unsigned fired[DECLARATIONS] = {0};
    bool known[DECLARATIONS] = {false};
    for (size_t i = 0; i < G_N_ELEMENTS(clocks); i++)
        fired[clocks[i].kind] += told[i].fired;
    for (size_t i = 0; i < G_N_ELEMENTS(still); i++)
        known[still[i].kind] = true;
    for (DeclarationKind k = 0; k < DECLARATIONS; k++) {
        g_test_message("%s: %u", declaration_words[k], fired[k]);
        if (known[k] == (fired[k] > 0))
            g_error("'%s' has days that are not walked here, or none that were promised",
                    declaration_words[k]);
    }
}

static void test_days(void)
{
    Walk w;
    Told told[G_N_ELEMENTS(clocks)];
    Date first, last;
    bool fine = true;
    walk_begin(&w);
    g_assert_true(date_parse(STR("2020-01-01"), &first) && date_parse(STR("2022-12-31"), &last));
    for (size_t i = 0; i < G_N_ELEMENTS(clocks); i++)
        told[i] = (Told){g_string_new(NULL), NULL, 0};
    for (w.on = first; w.on <= last; w.on++) {
        w.arena = arena_new();
        for (size_t i = 0; i < G_N_ELEMENTS(clocks); i++)
            look(&w, &clocks[i], &told[i]);
        arena_free(w.arena);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(clocks); i++)
        if (strcmp(told[i].days->str, clocks[i].days) != 0) {
            g_test_message("%s (%s):\n  says %s\n  not  %s", clocks[i].says, clocks[i].name,
                           told[i].days->str, clocks[i].days);
            fine = false;
        }
    g_assert_true(fine);
    count_kinds(told);
    for (size_t i = 0; i < G_N_ELEMENTS(clocks); i++) {
        g_string_free(told[i].days, TRUE);
        g_free(told[i].last);
    }
    working_unref(w.w);
    house_free(w.h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/days/three-years", test_days);
    return g_test_run();
}
