/* recurring.c — draws and exchanges that documents ask for every so often, as lines of a page: the
 * list "recurring" of parts/recurring.html.  Start: fill_recurring(). */
#include "care/trade.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/policy.h"

static const struct {
    const char *kind, *mark, *key;
} states[DUTY_STATES] = {[DUTY_OVERDUE] = {"alert", "✗", KEY("overdue")},
                         [DUTY_OPEN] = {"late", "△", KEY("task_due")},
                         [DUTY_DONE] = {"yes", "✓", KEY("duty_done")},
                         [DUTY_UNRECORDED] = {"unknown", "?", KEY("duty_unrecorded")}};

const char *recur_address(const RecurLine *l)
{
    return l->draw != NULL ? "/draws" : "/exchange";
}

/* With whom a file is lacking, one way. */
static Str lacking(Req *q, const RecurLine *l, bool out)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < l->n_parts; i++) {
        Str who = label_of(q, trade_who(l->parts[i].who));
        if (l->parts[i].out == out && l->parts[i].state != DUTY_DONE)
            g_string_append_printf(text, "%s%.*s",
                                   text->len == 0       ? ""
                                   : q->lang == LANG_EN ? ", "
                                                        : "、",
                                   STR_ARG(who));
    }
    Str all = arena_str(q->arena, str_of(text->str));
    g_string_free(text, TRUE);
    return all;
}

static void add_row(Req *q, ViewList *list, const RecurLine *l)
{
    View *v = view_add(list);
    view_text(v, "label", label_of(q, recur_label(l)));
    view_url(v, "link_url", str_of(recur_address(l)));
    view_text(v, "every", label_of(q, l->every));
    view_text(v, "region", region_name(q, l->region));
    view_word(v, "kind", states[l->is.state].kind);
    view_word(v, "mark", states[l->is.state].mark);
    view_text(v, "word", say(q, states[l->is.state].key));
    view_flag(v, "next", l->is.state == DUTY_DONE && l->is.has_due);
    view_text(v, "opens", l->is.has_opens ? words_date(q, l->is.opens) : STR(""));
    view_text(v, "due", l->is.has_due ? words_date(q, l->is.due) : STR(""));
    view_text(v, "done_on", l->is.has_done ? words_date(q, l->is.done) : STR(""));
    view_text(v, "missed_on", l->is.has_missed ? words_date(q, l->is.missed) : STR(""));
    if (l->draw != NULL)
        view_text(v, "by", label_of(q, follow_names(&l->draw->by, q->arena)));
    view_text(v, "lacks_in", lacking(q, l, false));
    view_text(v, "lacks_out", lacking(q, l, true));
    fill_clause(q, v, recur_home(l));
}

bool fill_recurring(Req *q, View *v, const FollowQuery *f, RecurKind what, GError **error)
{
    RecurBook b;
    ViewList *list = view_list(v, "recurring");
    if (!follow_recurring(q->care, q->session, f, what, q->arena, &b, error))
        return false;
    for (size_t i = 0; i < b.n_lines; i++)
        add_row(q, list, &b.lines[i]);
    view_flag(v, "has_recurring", b.n_lines > 0);
    return true;
}
