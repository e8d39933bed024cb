/* why.c — 认定依据: one decision as sentences, each with its truth, value, source and clause. */
#include "care/receipt.h"
#include "page/ask.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

static void fill_lines(Req *q, View *v, const Explanation *e)
{
    ViewList *lines = view_list(v, "lines");
    for (size_t i = 0; i < e->n_lines; i++) {
        const ExplainLine *line = &e->lines[i];
        View *l = view_add(lines);
        view_int(l, "depth", MIN(line->depth, 5u));
        view_text(l, "text", q->lang == LANG_EN ? line->en : line->zh);
        view_word(l, "mark", words_mark(line->truth));
        view_word(l, "kind", words_class(line->truth));
        view_text(l, "label",
                  line->truth == TRUTH_YES  ? say(q, "line_yes")
                  : line->truth == TRUTH_NO ? say(q, "line_no")
                                            : words_outcome(q, line->truth));
        view_text(l, "source", q->lang == LANG_EN ? line->source_en : line->source_zh);
    }
}

/* Title and clause, of a document by its name. */
static Str cited(const Req *q, Str document, Str clause)
{
    const Document *d = model_document(care_model(q->care), document);
    Str title = d != NULL ? label_of(q, d->title) : document;
    return str_of(arena_printf(q->arena, "%.*s %.*s", STR_ARG(title), STR_ARG(clause)));
}

static void fill_missing(Req *q, View *v, const Explanation *e, Str edit)
{
    ViewList *list = view_list(v, "missing");
    view_flag(v, "has_missing", e->n_missing > 0);
    for (size_t i = 0; i < e->n_missing; i++) {
        const MissingFact *m = &e->missing[i];
        View *fact = view_add(list);
        view_text(fact, "label", missing_label(q, m->name, m->zh, m->en));
        view_flag(fact, "is_param", m->is_param);
        view_flag(fact, "is_judgement", m->is_judgement);
        view_text(fact, "who", q->lang == LANG_EN ? m->who_en : m->who_zh);
        if (m->is_param && m->document.len > 0)
            view_text(fact, "clause", cited(q, m->document, m->clause));
        Str name = m->name, entity = str_cut(&name, '.');
        bool own = !m->is_param && str_equal(entity, e->subject) && name.len > 0;
        if (own && session_may(q->session, MAY_PERSON_WRITE))
            view_url(fact, "fix_url",
                     str_of(arena_printf(q->arena, "%.*s#f_%.*s", STR_ARG(edit), STR_ARG(name))));
    }
}

/* ---- why not, where from, and as decided ---- */

static void fill_nearest(Req *q, View *v, const Explanation *e)
{
    ViewList *list = view_list(v, "nearest");
    for (size_t i = 0; i < e->n_nearest; i++)
        view_text(view_add(list), "text", q->lang == LANG_EN ? e->nearest[i].en : e->nearest[i].zh);
    view_flag(v, "has_nearest", e->n_nearest > 0);
}

/* When, by whom, in which post, how: what is known of these; of a param or a computed field the
 * document and clause. */
static Str fact_from(Req *q, const ExplainFact *f)
{
    if (f->document.len > 0)
        return cited(q, f->document, f->clause);
    if (f->seq == 0)
        return STR("");
    const Str parts[] = {words_moment(q, f->at), f->by,
                         q->lang == LANG_EN ? f->role_en : f->role_zh, words_journal(q, f->via)};
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].len > 0)
            g_string_append_printf(text, "%s%.*s", text->len > 0 ? " · " : "", STR_ARG(parts[i]));
    return arena_str(q->arena, (Str){text->str, text->len});
}

static void fill_facts(Req *q, View *v, const Explanation *e)
{
    ViewList *list = view_list(v, "facts");
    for (size_t i = 0; i < e->n_facts; i++) {
        const ExplainFact *f = &e->facts[i];
        View *row = view_add(list);
        view_text(row, "label", label_of(q, (Label){f->zh, f->en}));
        view_text(row, "value", q->lang == LANG_EN ? f->value_en : f->value_zh);
        if (f->since > DATE_MIN)
            view_text(row, "since", words_date(q, f->since));
        view_text(row, "from", fact_from(q, f));
    }
    view_flag(v, "has_facts", e->n_facts > 0);
}

static Str answer_text(Req *q, Truth outcome, int64_t amount)
{
    return outcome == TRUTH_YES && amount > 0 ? words_money(q, amount) : words_outcome(q, outcome);
}

/* The stored decision beside today's; the two are shown where they differ, each by a link. */
static void fill_stored(Req *q, View *v, const Receipt *r, Str address, Month month)
{
    char text[DATE_TEXT];
    if (!r->decided)
        return;
    View *s = view_object(v, "stored");
    bool now_yes = !r->outside_now && r->now.has_amount;
    view_text(s, "then", answer_text(q, r->outcome, r->amount));
    view_text(
        s, "now",
        answer_text(q, r->outside_now ? TRUTH_NO : r->now.outcome, now_yes ? r->now.amount : 0));
    view_int(s, "number", r->run);
    view_int(s, "policy", r->policy);
    view_flag(s, "same", r->same);
    view_flag(s, "other_policy", r->other_policy);
    view_flag(s, "shown_then", r->recomputed);
    month_format(month, text);
    view_url(s, "then_url",
             str_of(arena_printf(q->arena, "%.*s?month=%s&as=decided", STR_ARG(address), text)));
    view_url(s, "now_url", str_of(arena_printf(q->arena, "%.*s?month=%s", STR_ARG(address), text)));
    ViewList *list = view_list(v, "differences");
    for (size_t i = 0; i < r->n_differences; i++) {
        const ReceiptDifference *d = &r->differences[i];
        View *row = view_add(list);
        view_text(row, "was", q->lang == LANG_EN ? d->then_en : d->then_zh);
        view_text(row, "by_now", q->lang == LANG_EN ? d->now_en : d->now_zh);
    }
}

/* As of now; with ?as=decided as it was decided, where a decision is stored. */
static bool explain(Req *q, const Rule *rule, RecordKey key, Month month, Receipt *r,
                    const Explanation **ret, GError **error)
{
    bool decided = str_is(fields_get(&q->query, "as"), "decided");
    if (!decision_receipt(q->care, q->session, rule, key, month, decided, q->arena, r, error))
        return false;
    *ret = &r->now;
    if (decided && r->recomputed && r->agrees && !r->outside_then) {
        *ret = &r->then;
        return true;
    }
    if (decided && r->recomputed && !r->agrees)
        return fail(error, FAIL_SYSTEM, "a stored decision is not what its receipt gives");
    return !r->outside_now || decision_explain(q->care, q->session, rule, key, month, q->arena,
                                               &r->now, error); /* for its words */
}

static void fill_months(Req *q, View *v, Str address, Month month)
{
    char text[DATE_TEXT];
    const char *format = "%.*s?month=%s";
    view_text(v, "month", words_month(q, month));
    view_word(v, "month_value", arena_printf(q->arena, "%s", month_format(month, text)));
    view_url(
        v, "previous_url",
        str_of(arena_printf(q->arena, format, STR_ARG(address), month_format(month - 1, text))));
    view_url(
        v, "next_url",
        str_of(arena_printf(q->arena, format, STR_ARG(address), month_format(month + 1, text))));
}

static void fill_why(Req *q, View *v, const Rule *rule, const Explanation *e)
{
    View *outcome = view_object(v, "outcome");
    view_word(outcome, "mark", words_mark(e->outcome));
    view_word(outcome, "kind", words_class(e->outcome));
    view_text(outcome, "label", /* nobody is entitled by a check of regions */
              rule->asked == NULL ? words_outcome(q, e->outcome) : words_check(q, e->outcome));
    if (e->has_amount && e->outcome == TRUTH_YES)
        view_text(v, "amount", words_money(q, e->amount));
    if (e->has_most)
        view_text(v, "most", words_money(q, e->most));
    view_text(v, "title", label_of(q, rule->label));
    view_text(v, "document", label_of(q, rule->home.document->title));
    view_text(v, "clause_label", clause_label(q, rule->home.clause));
    view_url(v, "clause_url", clause_address(q, rule->home.document, rule->home.clause));
    if (rule->home.clause != NULL)
        fill_prose(q, v, rule->home.clause);
    fill_lines(q, v, e);
    if (e->has_change)
        view_text(v, "change", q->lang == LANG_EN ? e->change_en : e->change_zh);
}

bool why_show(Req *q, GError **error)
{
    const Entity *entity = NULL;
    RecordKey key;
    Receipt r;
    const Explanation *e = NULL;
    Str title = STR("");
    const Rule *rule = model_rule(care_model(q->care), q->arguments[2]);
    Month month = req_month(q);
    if (!req_entity(q, q->arguments[0], &entity, error) ||
        !req_key(q, q->arguments[1], &key, error))
        return false;
    if (rule == NULL || rule->subject != entity || rule->asked != NULL)
        return fail(error, FAIL_ABSENT, "no such rule about these records");
    if (!record_title(q->care, q->session, entity, key, q->arena, &title, error) ||
        !explain(q, rule, key, month, &r, &e, error))
        return fail_while(error, "explaining a decision");
    View *v = view_new(q->arena);
    Str address =
        record_address(q, entity, key, arena_printf(q->arena, "/why/%.*s", STR_ARG(rule->name)));
    view_text(v, "page_title", say(q, "why_title"));
    view_text(v, "subject", title);
    view_url(v, "subject_url", record_address(q, entity, key, ""));
    fill_why(q, v, rule, e);
    fill_missing(q, v, e, record_address(q, entity, key, "/edit"));
    fill_nearest(q, v, e);
    fill_facts(q, v, e);
    fill_stored(q, v, &r, address, month);
    fill_months(q, v, address, month);
    return page_show(q, VIEW_PAGE_WHY, 200, v, error);
}

/* Of a check of regions nothing is stored: the answer of the day that was asked for, or of today.
 */
bool region_why_show(Req *q, GError **error)
{
    Explanation e = {0};
    const Date on = req_day(q);
    const Rule *check = model_rule(care_model(q->care), q->arguments[1]);
    const int32_t region = region_coded(q, q->arguments[0]);
    if (check == NULL || check->asked == NULL || region == ROW_NONE)
        return fail(error, FAIL_ABSENT, "no such check of regions");
    if (!region_check_explain(q->care, q->session, check, region, on, q->arena, &e, error))
        return fail_while(error, "explaining a check of regions");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "why_title"));
    view_text(v, "subject", region_name(q, region));
    view_url(v, "subject_url",
             str_of(arena_printf(q->arena, "/alerts?only=%.*s", STR_ARG(check->name))));
    view_text(v, "month", words_date(q, on));
    fill_why(q, v, check, &e);
    fill_missing(q, v, &e, STR(""));
    fill_nearest(q, v, &e);
    fill_facts(q, v, &e);
    return page_show(q, VIEW_PAGE_WHY, 200, v, error);
}
