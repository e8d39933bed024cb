/* policy.c — the living document: each clause, and beside it what it does now.
 * Read first: policy_show(), add_item(). */
#include "page/policy.h"

#include "page/figure.h"
#include "page/frame.h"
#include "page/html.h"
#include "page/pages.h"

#define TARGET_ROWS_MOST 12u
#define FIGURE_ROWS_MOST 40u
#define LEADS_SHOWN      3u

/* ---- shared with the first page ---- */

static Str outcome_address(const Req *q, const Rule *r, Truth t, Month month, int32_t region)
{
    char text[DATE_TEXT];
    return str_of(arena_printf(q->arena, "/records/%.*s?rule=%.*s&outcome=%s&month=%s&region=%.*s",
                               STR_ARG(r->subject->name), STR_ARG(r->name), truth_word(t),
                               month_format(month, text),
                               STR_ARG(care_regions(q->care)->code[region])));
}

/* Regions are told of among the alerts. */
static Str region_check_address(const Req *q, const Rule *r, Truth t, int32_t region)
{
    return str_of(arena_printf(q->arena, "/alerts?only=%.*s&state=%s&region=%.*s", STR_ARG(r->name),
                               truth_word(t), STR_ARG(care_regions(q->care)->code[region])));
}

static void add_outcome(Req *q, ViewList *list, const Rule *r, Truth t, uint64_t count, Month month,
                        int32_t region)
{
    bool alert = r->kind == RULE_CHECK && t == TRUTH_NO;
    View *o = view_add(list);
    view_word(o, "mark", alert ? "▲" : words_mark(t));
    view_word(o, "kind", alert ? "alert" : words_class(t));
    view_text(o, "label", r->kind == RULE_CHECK ? words_check(q, t) : words_outcome(q, t));
    view_text(o, "count", words_count(q, count));
    view_flag(o, "some", count > 0 && session_may(q->session, MAY_PERSON_READ));
    view_url(o, "link_url",
             r->asked != NULL ? region_check_address(q, r, t, region)
                              : outcome_address(q, r, t, month, region));
}

/* Benefits: who gets it first; checks: what is wrong first. */
void fill_outcomes(Req *q, View *v, const ClauseItem *item, Month month, int32_t region)
{
    static const Truth orders[][4] = {
        [RULE_BENEFIT] = {TRUTH_YES, TRUTH_UNKNOWN, TRUTH_PERSON, TRUTH_NO},
        [RULE_CHECK] = {TRUTH_NO, TRUTH_UNKNOWN, TRUTH_PERSON, TRUTH_YES},
    };
    const Rule *r = item->what;
    const uint64_t counts[] = {
        [TRUTH_NO] = item->no,
        [TRUTH_UNKNOWN] = item->unknown,
        [TRUTH_PERSON] = item->judgement,
        [TRUTH_YES] = item->yes,
    };
    ViewList *list = view_list(v, "outcomes");
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        Truth t = orders[r->kind][i];
        if (t != TRUTH_PERSON || counts[t] > 0)
            add_outcome(q, list, r, t, counts[t], month, region);
    }
}

Str clause_address(const Req *q, const Document *d, const Clause *c)
{
    if (c == NULL)
        return str_of(arena_printf(q->arena, "/policies/%.*s", STR_ARG(d->name)));
    return str_of(arena_printf(q->arena, "/policies/%.*s#c%zu", STR_ARG(d->name), c->index));
}

Str document_title(const Req *q, Str name)
{
    const Document *d = model_document(care_model(q->care), name);
    return d != NULL ? label_of(q, d->title) : name;
}

Str clause_label(const Req *q, const Clause *c)
{
    if (c == NULL)
        return STR("");
    Str title = label_of(q, c->title);
    if (str_equal(c->number, c->title.zh))
        return title;
    return str_of(arena_printf(q->arena, "%.*s %.*s", STR_ARG(c->number), STR_ARG(title)));
}

void fill_prose(Req *q, View *v, const Clause *c)
{
    bool english = q->lang == LANG_EN && c->prose_en.len > 0;
    Html *h = html_new(q->arena);
    html_prose(h, english ? c->prose_en : c->prose_zh);
    view_html(v, "prose_html", h);
    view_flag(v, "prose_zh", !english);
}

Str missing_label(const Req *q, Str name, Str zh, Str en)
{
    const Entity *e = str_equal(name, zh) ? model_entity(care_model(q->care), name) : NULL;
    if (e != NULL)
        return label_of(q, e->label);
    return q->lang == LANG_EN && en.len > 0 ? en : zh;
}

/* ---- items of a clause ---- */

static void add_missing(Req *q, View *v, const ClauseItem *item)
{
    ViewList *list = view_list(v, "missing");
    for (size_t i = 0; i < item->n_missing; i++) {
        View *m = view_add(list);
        const struct ClauseMissing *from = &item->missing[i];
        view_text(m, "label", missing_label(q, from->name, from->zh, from->en));
        view_text(m, "count", words_count(q, item->missing[i].count));
        view_flag(m, "is_param", item->missing[i].is_param);
    }
}

static Str version_place(Req *q, const Version *x)
{
    Str code = x->home.document->place;
    const RegionRow *r = code.len > 0 ? model_region(care_model(q->care), code) : NULL;
    return r != NULL ? label_of(q, (Label){r->name, r->name_en}) : say(q, KEY("policy_everywhere"));
}

/* What stands for this, and what this stands for, with the clause of each. */
static void add_versions(Req *q, View *to, const ClauseItem *item)
{
    const Versions *of = item->versions;
    ViewList *list = view_list(to, "versions");
    for (size_t i = 0; of != NULL && i < of->n; i++) {
        const Version *x = &of->list[i];
        if (i == item->version || (item->version > 0 && i > 0))
            continue;
        View *v = view_add(list);
        view_flag(v, "first", i == 0);
        view_flag(v, "amended", i > 0 && !x->ends);
        view_flag(v, "ended", i > 0 && x->ends);
        view_text(v, "place", version_place(q, x));
        view_text(v, "date", words_date(q, x->from));
        view_text(v, "document", label_of(q, x->home.document->title));
        view_text(v, "clause", clause_label(q, x->home.clause));
        view_url(v, "link_url", clause_address(q, x->home.document, x->home.clause));
    }
}

/* Semantics 20: where no day of the month has the rule, it has no rows, and says why. */
static void add_absence(Req *q, View *to, const ClauseItem *item, Month month)
{
    const Rule *r = item->what;
    const Version *x = item->version > 0 ? &item->versions->list[item->version] : NULL;
    Date from = x != NULL ? x->from : r->from, until = x != NULL ? x->until : r->until;
    bool later = from > month_last(month);
    if (!later && until >= month_first(month))
        return;
    View *v = view_object(to, "absent");
    view_flag(v, "later", later);
    view_text(v, "date", words_date(q, later ? from : until + 1));
}

static void add_benefit(Req *q, View *to, const ClauseItem *item, Month month, int32_t region)
{
    const Rule *r = item->what;
    View *v = view_object(to, r->kind == RULE_CHECK ? "check" : "benefit");
    view_text(v, "label", label_of(q, item->label));
    add_versions(q, v, item);
    add_absence(q, v, item, month);
    fill_outcomes(q, v, item, month, region);
    add_missing(q, v, item);
    if (r->kind == RULE_CHECK)
        return;
    view_flag(v, "has_sum", r->pay != NULL && session_may(q->session, MAY_MONEY_READ));
    view_text(v, "sum", words_money(q, item->sum));
    view_text(v, "month", words_month(q, month));
    if (item->judgement == 0 || r->pay == NULL || !session_may(q->session, MAY_MONEY_READ))
        return;
    View *open = view_object(v, "open"); /* beside the sum, not part of it */
    view_text(open, "count", words_count(q, item->judgement));
    if (item->judgement > item->unbounded)
        view_text(open, "most", words_money(q, item->most));
    if (item->unbounded > 0)
        view_text(open, "unbounded", words_count(q, item->unbounded));
}

static void fill_value(Req *q, View *v, const Indicator *i, const Figure *f)
{
    view_text(v, "value", figure_value(q, i, f));
    view_text(v, "unit", label_of(q, i->unit));
    if (f->unknown > 0)
        view_text(v, "unknown", words_count(q, (uint64_t)f->unknown));
    Str lacking = figure_lacking(q, i, f);
    bool unset = f->param_unset || lacking.len > 0;
    view_flag(v, "unset", unset);
    view_text(v, "lacking", lacking);
    view_flag(v, "lacks", f->fact_missing);
    view_flag(v, "no_case", f->no_case && !unset);
}

/* The whole, and each code by itself. */
static void add_figure(Req *q, View *to, const ClauseItem *item)
{
    const Indicator *i = item->what;
    View *v = view_object(to, "figure");
    view_text(v, "label", label_of(q, item->label));
    fill_value(q, v, i, &item->figure);
    ViewList *cells = view_list(v, "cells");
    for (size_t k = 0; k < item->n_cells && k < FIGURE_ROWS_MOST; k++) {
        View *cell = view_add(cells);
        view_text(cell, "label", figure_codes_label(q, i, item->cells[k].cell));
        fill_value(q, cell, i, &item->cells[k]);
    }
}

/* Place, code and, where the target is due more than once, which time. */
static Str target_row_name(Req *q, const ClauseItem *item, const TargetFigure *f)
{
    g_autoptr(GString) to = g_string_new(NULL);
    Str codes = figure_codes_label(q, f->target->indicator, f->cell);
    bool many = false;
    for (size_t i = 0; i < item->n_targets; i++)
        many = many || item->targets[i].value->due != f->value->due;
    g_string_append_printf(to, "%.*s", STR_ARG(region_name(q, f->region)));
    if (codes.len > 0)
        g_string_append_printf(to, " · %.*s", STR_ARG(codes));
    if (many)
        g_string_append_printf(to, " · %.*s", STR_ARG(target_period_text(q, f)));
    if (f->each && f->target->each)
        g_string_append_printf(to, " · %.*s", STR_ARG(say(q, "target_together")));
    return arena_str(q->arena, (Str){to->str, to->len});
}

static void add_target_row(Req *q, ViewList *rows, const ClauseItem *item, const TargetFigure *f)
{
    View *v = view_add(rows);
    view_text(v, "region", target_row_name(q, item, f));
    view_text(v, "value", target_done_text(q, f));
    view_text(v, "target", target_value_text(q, f));
    view_text(v, "due", words_date(q, f->value->due));
    fill_bar(v, f);
    fill_met(q, v, f);
    fill_failing(q, v, f);
}

static void add_target(Req *q, View *to, const ClauseItem *item)
{
    View *v = view_object(to, "target");
    view_text(v, "label", label_of(q, item->label));
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < item->n_targets && i < TARGET_ROWS_MOST; i++)
        add_target_row(q, rows, item, &item->targets[i]);
    if (item->n_targets > TARGET_ROWS_MOST)
        view_text(v, "more", words_count(q, item->n_targets));
    view_url(v, "more_url", STR("/progress"));
}

/* Labels of codes: 民政局、财政局; a word that is none stands as it is. */
static Str code_labels(Req *q, const char *of, const Str *codes, size_t n)
{
    const Enum *e = model_enum(care_model(q->care), str_of(of));
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        const Code *c = e != NULL ? enum_code(e, codes[i]) : NULL;
        Str name = c != NULL ? label_of(q, c->label) : codes[i];
        if (to->len > 0)
            g_string_append(to, q->lang == LANG_EN ? ", " : "、");
        g_string_append_len(to, name.at, (gssize)name.len);
    }
    return (Str){arena_dup(q->arena, to->str, to->len), to->len};
}

Str agency_labels(Req *q, const Str *codes, size_t n)
{
    return code_labels(q, "agency", codes, n);
}

Str paper_labels(Req *q, const Str *codes, size_t n)
{
    return code_labels(q, "paper", codes, n);
}

static void add_duty(Req *q, View *to, const ClauseItem *item)
{
    const Duty *d = item->what;
    View *v = view_object(to, "duty");
    bool many = d->n_lead > LEADS_SHOWN + 1;
    view_text(v, "label", label_of(q, item->label));
    view_text(v, "lead", agency_labels(q, d->lead, many ? LEADS_SHOWN : d->n_lead));
    if (many) {
        view_text(v, "lead_more", words_count(q, d->n_lead));
        view_text(v, "leads", agency_labels(q, d->lead, d->n_lead));
    }
    view_text(v, "with", agency_labels(q, d->with, d->n_with));
    view_text(v, "until", words_date(q, d->until));
    view_flag(v, "late", d->until < care_today(q->care));
    view_text(v, "needs", paper_labels(q, &d->needs, 1));
}

static void add_judgement(Req *q, View *to, const ClauseItem *item, Month month, int32_t region)
{
    const Rule *r = item->waiting;
    View *v = view_object(to, "judgement");
    view_text(v, "label", label_of(q, item->label));
    view_text(v, "who", label_of(q, item->who));
    view_text(v, "papers", label_of(q, item->papers));
    view_text(v, "most", q->lang == LANG_EN ? item->most_en : item->most_zh);
    view_text(v, "waiting", words_count(q, item->judgement));
    view_text(v, "decided", words_count(q, item->yes));
    if (r != NULL && session_may(q->session, MAY_PERSON_READ))
        view_url(v, "link_url", outcome_address(q, r, TRUTH_PERSON, month, region));
}

static void add_param(Req *q, View *to, const ClauseItem *item)
{
    View *v = view_object(to, "param");
    Str address;
    if (item->what != NULL && what_if_offered(q, item->what, &address))
        view_url(v, "try_url", address);
    view_text(v, "label", label_of(q, item->label));
    view_text(v, "value", q->lang == LANG_EN ? item->value_en : item->value_zh);
    view_flag(v, "unset", item->unset);
    view_text(v, "source", item->source);
}

/* What has no picture of its own is named, with what kind of declaration it is. */
static void add_chip(Req *q, View *to, const ClauseItem *item)
{
    const Observable *kind = &observables[item->kind];
    View *v = view_object(to, "chip");
    view_text(v, "label", label_of(q, item->label));
    view_text(v, "kind", str_of(q->lang == LANG_EN ? kind->en : kind->zh));
    add_versions(q, v, item);
    if (item->kind == DECLARES_ENTITY && session_may(q->session, MAY_PERSON_READ))
        view_url(v, "link_url",
                 str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(item->name))));
}

static void add_item(Req *q, ViewList *items, const ClauseItem *item, const Clause *clause,
                     Month month, int32_t region)
{
    View *to = view_add(items);
    switch (item->kind) {
    case DECLARES_BENEFIT:
    case DECLARES_CHECK:
        add_benefit(q, to, item, month, region);
        break;
    case DECLARES_AMEND:
        if (clause_item_rule(item) != NULL)
            add_benefit(q, to, item, month, region);
        else
            add_chip(q, to, item);
        break;
    case DECLARES_INDICATOR:
        add_figure(q, to, item);
        break;
    case DECLARES_TARGET:
        add_target(q, to, item);
        break;
    case DECLARES_DUTY:
        add_duty(q, to, item);
        break;
    case DECLARES_JUDGEMENT:
        add_judgement(q, to, item, month, region);
        break;
    case DECLARES_PARAM:
        add_param(q, to, item);
        break;
    case DECLARES_TABLE:
    case DECLARES_SET:
        if (!add_list(q, to, item, clause, care_today(q->care)))
            add_chip(q, to, item);
        break;
    default:
        add_chip(q, to, item);
        break;
    }
}

/* ---- the document ---- */

/* How a clause stands: of those that run, apart which wait for a person. */
typedef enum Stands { STANDS_RUNNING, STANDS_JUDGED, STANDS_DECLARED, STANDS_MISSING } Stands;

static Stands stands(const ClauseView *c)
{
    static const Stands of[] = {[CLAUSE_RUNNING] = STANDS_RUNNING,
                                [CLAUSE_DECLARED] = STANDS_DECLARED,
                                [CLAUSE_MISSING] = STANDS_MISSING};
    return c->judged ? STANDS_JUDGED : of[c->state];
}

static const struct {
    const char *mark, *kind, *key;
} states[] = {
    [STANDS_RUNNING] = {"■", "running", KEY("clause_running")},
    [STANDS_JUDGED] = {"☐", "judged", KEY("clause_judged")},
    [STANDS_DECLARED] = {"▣", "declared", KEY("clause_declared")},
    [STANDS_MISSING] = {"□", "missing", KEY("clause_missing")},
};

static void fill_state(Req *q, View *v, Stands s)
{
    view_word(v, "mark", states[s].mark);
    view_word(v, "kind", states[s].kind);
    view_text(v, "label", say(q, states[s].key));
}

/* A heading with deeper headings below it is a title; what it says stands in them. */
static bool is_leaf(const DocumentView *d, size_t i)
{
    return i + 1 == d->n_clauses || d->clauses[i + 1].clause->level <= d->clauses[i].clause->level;
}

static void add_clause(Req *q, ViewList *list, const DocumentView *d, size_t i, Month month,
                       int32_t region)
{
    const ClauseView *c = &d->clauses[i];
    bool leaf = is_leaf(d, i) || c->n_items > 0;
    View *v = view_add(list);
    view_word(v, "anchor", arena_printf(q->arena, "c%zu", c->clause->index));
    view_text(v, "number",
              str_equal(c->clause->number, c->clause->title.zh) ? STR("") : c->clause->number);
    view_text(v, "title", label_of(q, c->clause->title));
    view_int(v, "level", MIN(c->clause->level, 4u));
    view_flag(v, "heading", !leaf);
    fill_prose(q, v, c->clause);
    if (leaf)
        fill_state(q, view_object(v, "state"), stands(c));
    ViewList *items = view_list(v, "items");
    for (size_t k = 0; k < c->n_items; k++)
        add_item(q, items, &c->items[k], c->clause, month, region);
}

static void add_contents(Req *q, ViewList *list, const Clause *c)
{
    View *v = view_add(list);
    view_url(v, "link_url", str_of(arena_printf(q->arena, "#c%zu", c->index)));
    view_text(v, "number", str_equal(c->number, c->title.zh) ? STR("") : c->number);
    view_text(v, "title", label_of(q, c->title));
    view_int(v, "level", MIN(c->level, 4u));
}

/* ---- which clauses are shown ---- */

typedef enum Show {
    SHOW_ALL,
    SHOW_ALERT,
    SHOW_WAITING,
    SHOW_UNSET,
    SHOW_LATE,
    SHOW_RUNNING, /* from here on in the order of Stands */
    SHOW_JUDGED,
    SHOW_DECLARED,
    SHOW_MISSING,
    SHOW_N
} Show;

static const struct {
    const char *word, *key;
} shows[SHOW_N] = {
    [SHOW_ALL] = {"", KEY("filter_all")},
    [SHOW_ALERT] = {"alert", KEY("show_alert")},
    [SHOW_WAITING] = {"waiting", KEY("outcome_unknown")},
    [SHOW_UNSET] = {"unset", KEY("show_unset")},
    [SHOW_LATE] = {"late", KEY("duty_late")},
    [SHOW_RUNNING] = {"running", KEY("clause_running")},
    [SHOW_JUDGED] = {"judged", KEY("clause_judged")},
    [SHOW_DECLARED] = {"declared", KEY("clause_declared")},
    [SHOW_MISSING] = {"missing", KEY("clause_missing")},
};

static bool item_fits(const Req *q, const ClauseItem *item, Show show)
{
    switch (show) {
    case SHOW_ALERT:
        for (size_t i = 0; item->kind == DECLARES_TARGET && i < item->n_targets; i++)
            if (item->targets[i].met == MET_NO)
                return true;
        return clause_item_rule(item) != NULL && clause_item_rule(item)->kind == RULE_CHECK &&
               item->no > 0;
    case SHOW_WAITING:
        return item->unknown + item->judgement > 0 || item->figure.unknown > 0;
    case SHOW_UNSET:
        return item->unset || item->figure.param_unset;
    case SHOW_LATE:
        return item->kind == DECLARES_DUTY &&
               ((const Duty *)item->what)->until < care_today(q->care);
    default:
        return false;
    }
}

static bool clause_fits(const Req *q, const DocumentView *d, size_t i, Show show)
{
    const ClauseView *c = &d->clauses[i];
    if (show == SHOW_ALL)
        return true;
    if (show >= SHOW_RUNNING)
        return is_leaf(d, i) && stands(c) == (Stands)(show - SHOW_RUNNING);
    for (size_t k = 0; k < c->n_items; k++)
        if (item_fits(q, &c->items[k], show))
            return true;
    return false;
}

static Show req_show(const Req *q)
{
    Str asked = fields_get(&q->query, "show");
    for (int i = 1; i < SHOW_N; i++)
        if (str_is(asked, shows[i].word))
            return (Show)i;
    return SHOW_ALL;
}

static void fill_shows(Req *q, View *v, const DocumentView *d)
{
    ViewList *list = view_list(v, "shows");
    for (int i = 0; i < SHOW_RUNNING; i++) {
        size_t n = 0;
        for (size_t k = 0; k < d->n_clauses; k++)
            n += i != SHOW_ALL && clause_fits(q, d, k, (Show)i);
        if (i != SHOW_ALL && n == 0)
            continue;
        View *s = view_add(list);
        view_text(s, "label", say(q, shows[i].key));
        if (n > 0)
            view_text(s, "count", words_count(q, n));
        view_url(s, "link_url", query_with(q->arena, &q->query, "show", str_of(shows[i].word)));
        view_flag(s, "current", req_show(q) == (Show)i);
    }
}

static void fill_states(Req *q, View *v, const DocumentView *d)
{
    const size_t counts[] = {d->running - d->judged, d->judged, d->declared, d->missing};
    ViewList *list = view_list(v, "states");
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        View *s = view_add(list);
        const char *word = shows[SHOW_RUNNING + i].word;
        fill_state(q, s, (Stands)i);
        view_text(s, "count", words_count(q, counts[i]));
        view_url(s, "link_url", query_with(q->arena, &q->query, "show", str_of(word)));
        view_flag(s, "current", req_show(q) == (Show)(SHOW_RUNNING + i));
    }
    view_text(v, "total", words_count(q, d->running + d->declared + d->missing));
}

static void fill_head(Req *q, View *v, const Document *d, int32_t region, Month month)
{
    char text[DATE_TEXT];
    view_text(v, "page_title", label_of(q, d->title));
    view_text(v, "title", label_of(q, d->title));
    view_text(v, "number", d->number);
    view_text(v, "issued", d->issued);
    view_text(v, "from", words_date(q, d->from));
    view_text(v, "until", words_date(q, d->until));
    view_word(v, "month_value", arena_printf(q->arena, "%s", month_format(month, text)));
    view_text(v, "month", words_month(q, month));
    fill_regions(q, v, "regions", region);
    view_text(v, "region_label", region_name(q, region));
}

bool policy_show(Req *q, GError **error)
{
    const Document *d = model_document(care_model(q->care), q->arguments[0]);
    DocumentView dv;
    Month month = req_month(q);
    int32_t region = req_region(q);
    Show show = req_show(q);
    if (d == NULL)
        return fail(error, FAIL_ABSENT, "no such document");
    if (!document_view(q->care, q->session, d, region, month, q->arena, &dv, error))
        return fail_while(error, "showing a document");
    View *v = view_new(q->arena);
    fill_head(q, v, d, region, month);
    fill_states(q, v, &dv);
    fill_shows(q, v, &dv);
    ViewList *contents = view_list(v, "contents"), *clauses = view_list(v, "clauses");
    for (size_t i = 0; i < dv.n_clauses; i++) {
        if (!clause_fits(q, &dv, i, show))
            continue;
        if (dv.clauses[i].clause->level <= 2 || show != SHOW_ALL)
            add_contents(q, contents, dv.clauses[i].clause);
        add_clause(q, clauses, &dv, i, month, region);
    }
    return page_show(q, VIEW_PAGE_POLICY, 200, v, error);
}
