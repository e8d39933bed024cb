/* why.c — 认定依据: one decision as sentences, each with its truth, value, source and clause. */
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
        Str name = m->name, entity = str_cut(&name, '.');
        bool own = !m->is_param && str_equal(entity, e->subject) && name.len > 0;
        if (own && session_may(q->session, MAY_PERSON_WRITE))
            view_url(fact, "fix_url",
                     str_of(arena_printf(q->arena, "%.*s#f_%.*s", STR_ARG(edit), STR_ARG(name))));
    }
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
    view_text(outcome, "label", words_outcome(q, e->outcome));
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
    Explanation e = {0};
    Str title = STR("");
    const Rule *rule = model_rule(care_model(q->care), q->arguments[2]);
    Month month = req_month(q);
    if (!req_entity(q, q->arguments[0], &entity, error) ||
        !req_key(q, q->arguments[1], &key, error))
        return false;
    if (rule == NULL || rule->subject != entity)
        return fail(error, FAIL_ABSENT, "no such rule about these records");
    if (!record_title(q->care, q->session, entity, key, q->arena, &title, error) ||
        !decision_explain(q->care, q->session, rule, key, month, q->arena, &e, error))
        return fail_while(error, "explaining a decision");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "why_title"));
    view_text(v, "subject", title);
    view_url(v, "subject_url", record_address(q, entity, key, ""));
    fill_why(q, v, rule, &e);
    fill_missing(q, v, &e, record_address(q, entity, key, "/edit"));
    fill_months(
        q, v,
        record_address(q, entity, key, arena_printf(q->arena, "/why/%.*s", STR_ARG(rule->name))),
        month);
    return page_show(q, VIEW_PAGE_WHY, 200, v, error);
}
