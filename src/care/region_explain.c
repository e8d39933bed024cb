/* region_explain.c — why a check of regions holds in one of them, or not: the figure and the value
 * it is compared with, of which days, by which documents; what is missing, what cures it.
 * In: a session, a check, a region, a day.  Out: an Explanation.  Start: region_check_explain(). */
#include "care/explain_inside.h"
#include "care/figures_json.h"
#include "care/param_text.h"
#include "care/region_check.h"

typedef struct Telling {
    Care *care;
    Working *working;
    const Rule *text; /* in force in the region on the day */
    int32_t region;
    Date on;
    Arena *arena;
    GArray *lines; /* of ExplainLine */
    GArray *facts; /* of ExplainFact */
} Telling;

/* ---- words */

static Str kept(const Telling *t, const GString *s)
{
    return arena_str(t->arena, (Str){s->str, s->len});
}

static Label figure_label(const Telling *t, const Indicator *i, const Figure *f)
{
    g_autoptr(GString) zh = g_string_new(NULL), en = g_string_new(NULL);
    region_figure_text(i, f, false, zh);
    region_figure_text(i, f, true, en);
    return (Label){kept(t, zh), kept(t, en)};
}

static Label citation(const Telling *t, const Home *home)
{
    if (home->document == NULL)
        return (Label){STR(""), STR("")};
    Str clause = home->clause != NULL ? home->clause->number : STR("");
    const Label *title = &home->document->title;
    return (Label){
        str_of(arena_printf(t->arena, "《%.*s》%.*s", STR_ARG(title->zh), STR_ARG(clause))),
        str_of(arena_printf(t->arena, "%.*s %.*s", STR_ARG(title->en), STR_ARG(clause)))};
}

static void say(Telling *t, unsigned depth, Truth truth, const Home *source, const char *zh,
                const char *en)
{
    Label by = source != NULL ? citation(t, source) : (Label){STR(""), STR("")};
    const ExplainLine line = {.depth = depth,
                              .truth = truth,
                              .zh = str_of(zh),
                              .en = str_of(en),
                              .source_zh = by.zh,
                              .source_en = by.en};
    g_array_append_val(t->lines, line);
}

/* ---- lines */

static void say_outcome(Telling *t, Truth truth)
{
    static const char *const zh[] = {[TRUTH_NO] = "不符合",
                                     [TRUTH_UNKNOWN] = "不清楚",
                                     [TRUTH_PERSON] = "不清楚",
                                     [TRUTH_YES] = "符合"},
                             *const en[] = {[TRUTH_NO] = "does not hold",
                                            [TRUTH_UNKNOWN] = "not known",
                                            [TRUTH_PERSON] = "not known",
                                            [TRUTH_YES] = "holds"};
    const Label *label = &t->text->label;
    say(t, 0, truth, &t->text->home,
        arena_printf(t->arena, "%.*s：%s", STR_ARG(label->zh), zh[truth]),
        arena_printf(t->arena, "%.*s: %s", STR_ARG(label->en), en[truth]));
}

/* Of a field that is one of some codes in people's words: 级别为县、市. */
static bool codes_words(const Telling *t, const Expr *e, Label *ret)
{
    g_autoptr(GString) zh = g_string_new(NULL), en = g_string_new(NULL);
    bool one = e->kind == EXPR_EQ && e->b->kind == EXPR_CODE,
         some = e->kind == EXPR_IN && e->b->kind == EXPR_SET;
    if ((!one && !some) || e->a->kind != EXPR_FIELD || e->a->n_path != 1)
        return false;
    const Label *field = &e->a->path[0]->label;
    const Enum *of = e->b->type.of;
    for (size_t i = 0, n = 0; i < of->n_codes; i++) {
        const Label *code = &of->codes[i].label;
        if (one ? e->b->number != (int64_t)i : !((uint64_t)e->b->number >> i & 1))
            continue;
        g_string_append_printf(zh, "%s%.*s", n > 0 ? "、" : "", STR_ARG(code->zh));
        g_string_append_printf(en, "%s%.*s", n > 0 ? " or " : "", STR_ARG(code->en));
        n++;
    }
    ret->zh = str_of(arena_printf(t->arena, "%.*s为%s", STR_ARG(field->zh), zh->str));
    ret->en = str_of(arena_printf(t->arena, "whose %.*s is %s", STR_ARG(field->en), en->str));
    return true;
}

static void say_meant(Telling *t, Truth meant)
{
    const Expr *where = t->text->asked->asks.each_where;
    g_autoptr(GString) when = g_string_new(NULL);
    Label of;
    if (where == NULL)
        return;
    if (!codes_words(t, where, &of)) {
        expr_print(where, when);
        of.zh = str_of(arena_printf(t->arena, " %s ", when->str));
        of.en = str_of(arena_printf(t->arena, "where %s", when->str));
    }
    say(t, 1, meant, NULL, arena_printf(t->arena, "适用于%.*s的地区", STR_ARG(of.zh)),
        arena_printf(t->arena, "about regions %.*s", STR_ARG(of.en)));
}

/* The period up to the day, and how much is in doubt. */
static void say_days(Telling *t, const Figure *f)
{
    char from[DATE_TEXT], on[DATE_TEXT];
    const RegionCheck *x = t->text->asked;
    date_format(region_check_from(x, t->on), from);
    date_format(t->on, on);
    if (x->asks.indicator->flow)
        say(t, 2, TRUTH_YES, NULL, arena_printf(t->arena, "%s 至 %s", from, on),
            arena_printf(t->arena, "%s to %s", from, on));
    else
        say(t, 2, TRUTH_YES, NULL, arena_printf(t->arena, "截至 %s", on),
            arena_printf(t->arena, "as of %s", on));
    int64_t doubt = f->unknown + f->judged;
    if (doubt > 0)
        say(t, 2, TRUTH_UNKNOWN, NULL,
            arena_printf(t->arena, "另有 %" G_GINT64_FORMAT " 条待核实", doubt),
            arena_printf(t->arena, "%" G_GINT64_FORMAT " records in doubt", doubt));
    if (f->no_case)
        say(t, 2, TRUTH_UNKNOWN, NULL, "没有对象", "there is nothing to compute it from");
}

static void say_compared(Telling *t, const RegionAsked *asked, Truth truth)
{
    const RegionCheck *x = t->text->asked;
    const Indicator *i = x->asks.indicator;
    const Figure *f = &asked->figure[t->region], fixed = {.value = x->value.number},
                 *value = asked->value != NULL ? &asked->value[t->region] : &fixed;
    Label is = figure_label(t, i, f), ought = figure_label(t, i, value);
    say(t, 1, truth, &i->home,
        arena_printf(t->arena, "%.*s %.*s，应 %s %.*s", STR_ARG(i->label.zh), STR_ARG(is.zh),
                     compare_sign(x->asks.compare), STR_ARG(ought.zh)),
        arena_printf(t->arena, "%.*s %.*s, to be %s %.*s", STR_ARG(i->label.en), STR_ARG(is.en),
                     compare_sign(x->asks.compare), STR_ARG(ought.en)));
    say_days(t, f);
}

/* ---- where the numbers came from */

static void tell_param(const Expr *e, void *context)
{
    Telling *t = context;
    ParamText text;
    size_t n;
    if (e->kind != EXPR_PARAM)
        return;
    const Param *p = e->param;
    param_text(t->care->model, t->care->regions, p, t->region, t->on, t->arena, &text);
    if (text.unset)
        return;
    const ParamValue **held = param_in_force(t->care->regions, p, t->region, t->on, t->arena, &n);
    const Home *home = n == 1 ? &held[0]->home : &p->home;
    const ExplainFact fact = {.name = p->name,
                              .zh = p->label.zh,
                              .en = p->label.en,
                              .value_zh = text.zh,
                              .value_en = text.en,
                              .known = true,
                              .is_param = true,
                              .since = n == 1 ? held[0]->since : DATE_MIN,
                              .document = home->document->name,
                              .clause = home->clause != NULL ? home->clause->number : STR("")};
    g_array_append_val(t->facts, fact);
}

static void tell_figure(Telling *t, const Indicator *i, const Figure *f)
{
    Label value = figure_label(t, i, f);
    const ExplainFact fact = {.name = i->name,
                              .zh = i->label.zh,
                              .en = i->label.en,
                              .value_zh = value.zh,
                              .value_en = value.en,
                              .known = figure_known(f),
                              .since = DATE_MIN,
                              .document = i->home.document->name,
                              .clause = i->home.clause != NULL ? i->home.clause->number : STR("")};
    if (figure_known(f))
        g_array_append_val(t->facts, fact);
}

/* ---- all of it */

static bool tell_cure(Telling *t, const Rule *check, Explanation *to, GError **error)
{
    Label cure;
    if (!region_check_cure(t->care, t->working, check, t->region, t->on, t->arena, &cure, error))
        return false;
    to->cure_zh = cure.zh;
    to->cure_en = cure.en;
    if (cure.zh.len > 0)
        say(t, 1, TRUTH_NO, NULL, arena_printf(t->arena, "怎么补：%.*s", STR_ARG(cure.zh)),
            arena_printf(t->arena, "to mend it: %.*s", STR_ARG(cure.en)));
    return true;
}

static bool tell_missing(Telling *t, const Session *s, const Rule *check, Explanation *to,
                         GError **error)
{
    const Explaining who = {.care = t->care,
                            .session = s,
                            .model = t->care->model,
                            .data = t->working->data,
                            .regions = t->care->regions,
                            .arena = t->arena};
    if (!region_check_missing(t->care, t->working, check, t->region, t->on, t->arena, &to->missing,
                              &to->n_missing, error))
        return false;
    explain_who(&who, to);
    return true;
}

static bool tell(Telling *t, const Session *s, const Rule *check, Explanation *to, GError **error)
{
    const RegionCheck *x = t->text->asked;
    RegionAsked asked;
    if (!region_check_ask(t->care, t->working, x, t->on, &asked, error))
        return false;
    Truth meant = asked.meant != NULL ? region_check_meant(&asked.meant[t->region]) : TRUTH_YES;
    if (meant == TRUTH_NO)
        return fail(error, FAIL_ABSENT, "\"%.*s\" says nothing about this region: its 'when' is no",
                    STR_ARG(to->rule));
    const Figure *f = &asked.figure[t->region],
                 *value = asked.value != NULL ? &asked.value[t->region] : NULL;
    to->outcome = region_check_judge(x, meant, f, value);
    say_outcome(t, to->outcome);
    say_meant(t, meant);
    say_compared(t, &asked, region_check_judge(x, TRUTH_YES, f, value));
    tell_figure(t, x->asks.indicator, f);
    if (x->value.value != NULL)
        expr_walk(x->value.value, tell_param, t);
    return to->outcome == TRUTH_NO        ? tell_cure(t, check, to, error)
           : to->outcome == TRUTH_UNKNOWN ? tell_missing(t, s, check, to, error)
                                          : true;
}

bool region_check_explain(Care *c, const Session *s, const Rule *check, int32_t region, Date on,
                          Arena *a, Explanation *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!region_check_seen(c, s, region))
        return fail(error, FAIL_RIGHT,
                    "the place lies outside your region, or is not shown to you");
    if (!working_get(c, &w, error))
        return false;
    const Rule *text = region_check_text(check, c->regions, region, on);
    if (text == NULL)
        return fail(error, FAIL_ABSENT,
                    "\"%.*s\" says nothing about this region on that day: it is outside the "
                    "check's place, or the check was not in force",
                    STR_ARG(check->name));
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ExplainLine)),
                      facts = g_array_new(FALSE, FALSE, sizeof(ExplainFact));
    Telling t = {c, w, text, region, on, a, lines, facts};
    *ret = (Explanation){.rule = check->name,
                         .document = text->home.document->name,
                         .clause = text->home.clause != NULL ? text->home.clause->number : STR(""),
                         .label_zh = text->label.zh,
                         .label_en = text->label.en,
                         .subject = check->subject->name,
                         .key = c->regions->code[region],
                         .on = on};
    bool fine = tell(&t, s, check, ret, error);
    ret->lines = arena_list(a, lines, &ret->n_lines);
    ret->facts = arena_list(a, facts, &ret->n_facts);
    return fine || fail_while(error, "explaining \"%.*s\"", STR_ARG(check->name));
}
