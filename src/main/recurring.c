/* recurring.c — see recurring.h. */
#include "main/recurring.h"

#include "care/follow_json.h"
#include "care/trade.h"

const char *const duty_words[DUTY_STATES][2] = {[DUTY_OVERDUE] = {"逾期", "overdue"},
                                                [DUTY_OPEN] = {"未完成", "open"},
                                                [DUTY_DONE] = {"已完成", "done"},
                                                [DUTY_UNRECORDED] = {"无从记载", "unrecorded"}};

/* What of an exchange is lacking: 给出：公安; 接收：财政. */
static void put_parts(const Telling *t, const RecurLine *l)
{
    for (size_t i = 0; i < l->n_parts; i++) {
        const RecurPart *p = &l->parts[i];
        if (p->state == DUTY_DONE)
            continue;
        g_string_append_printf(t->out,
                               p->out ? words(t, "；没有给%.*s", "; not given to %.*s yet")
                                      : words(t, "；没有收到%.*s的", "; nothing from %.*s yet"),
                               STR_ARG(label_in(t, trade_who(p->who))));
    }
}

static void put_line(const Telling *t, const RecurLine *l)
{
    const Home *home = recur_home(l);
    Str clause = home->clause != NULL ? home->clause->number : STR("");
    char day[DATE_TEXT];
    g_string_append_printf(t->out, "%s  ", duty_words[l->is.state][t->english]);
    if (l->is.has_opens)
        g_string_append_printf(t->out, "%s..", date_format(l->is.opens, day));
    g_string_append_printf(
        t->out, "%s  %.*s  %.*s (%.*s)  %.*s", l->is.has_due ? date_format(l->is.due, day) : "-",
        STR_ARG(care_regions(t->care)->code[l->region]), STR_ARG(label_in(t, recur_label(l))),
        STR_ARG(recur_name(l)), STR_ARG(label_in(t, l->every)));
    if (l->draw != NULL)
        g_string_append_printf(t->out, words(t, "，%.*s", ", %.*s"),
                               STR_ARG(label_in(t, follow_names(&l->draw->by, t->arena))));
    if (l->is.has_missed)
        g_string_append_printf(t->out, words(t, "；%s 那次没有办", "; missed on %s"),
                               date_format(l->is.missed, day));
    if (l->is.has_done)
        g_string_append_printf(t->out, words(t, "；完成于 %s", "; done on %s"),
                               date_format(l->is.done, day));
    put_parts(t, l);
    g_string_append_printf(t->out, "  ［%.*s %.*s］\n", STR_ARG(home->document->name),
                           STR_ARG(clause));
}

void put_recurring_sums(const Telling *t, const RecurBook *b)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < DUTY_STATES; i++)
        all += b->counts[i];
    if (all == 0)
        return;
    g_string_append(t->out, words(t, "定期的抽查和数据往来", "draws and files that recur"));
    for (unsigned i = 0; i < DUTY_UNRECORDED; i++)
        put_count(t, duty_words[i], b->counts[i]);
    g_string_append_c(t->out, '\n');
}

void put_recurring(const Telling *t, const RecurBook *b)
{
    for (size_t i = 0; i < b->n_lines; i++)
        put_line(t, &b->lines[i]);
}

typedef struct Asked {
    RecurKind what;
    FollowQuery query;
} Asked;

static bool tell(const Telling *t, GError **error)
{
    const Asked *q = t->asked;
    RecurBook b;
    if (!follow_recurring(t->care, t->session, &q->query, q->what, t->arena, &b, error))
        return false;
    if (t->common->json) {
        recur_book_json(t->care, &b, t->out);
        return true;
    }
    put_head(t, b.on, b.n_lines, b.n_lines);
    put_recurring(t, &b);
    return true;
}

int recurring_tell(const RecurAsk *ask, const char *command)
{
    GError *error = NULL;
    Asked q = {.what = ask->what};
    const TellingAsk to = {ask->common, &q, ask->region, &q.query.region, ask->english};
    if (ask->on != NULL && !parse_day(command, ask->on, &q.query.on))
        return 2;
    return telling(&to, tell, &error) ? 0 : finish(error);
}
