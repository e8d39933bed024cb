/* cmd_follow.c — anlao tasks, procedures, duties, alerts: what is to be done, by whom, by when.
 * Read first: book_command(), the table `books`. */
#include "base/identifier.h"
#include "care/alert_ack.h"
#include "care/follow_json.h"
#include "main/recurring.h"

typedef struct Asked {
    const struct Book *book;
    FollowQuery query;
    const char *note, *until, *reason; /* alerts: take note of this record's */
    char *const *states;               /* NULL-ended; may be NULL */
} Asked;

static const Asked *asked(const Telling *t)
{
    return t->asked;
}

/* One of the four: its words for states, and how it answers. */
typedef struct Book {
    const char *name;
    bool (*state)(Str word, unsigned *ret_kind); /* NULL: a procedure's own states */
    const char *states;
    bool (*tell)(const Telling *t, GError **error);
} Book;

#define MOST_AHEAD 3660 /* ten years: no deadline lies further */

/* ---- words */

static const char *region_code(const Telling *t, int32_t region)
{
    Str code = region == ROW_NONE ? STR("-") : care_regions(t->care)->code[region];
    return arena_printf(t->arena, "%.*s", STR_ARG(code));
}

static const char *day_or(const Telling *t, bool has, Date day)
{
    char text[DATE_TEXT];
    if (!has || day == DATE_MAX || day == DATE_MIN)
        return "-         ";
    return arena_printf(t->arena, "%s", date_format(day, text));
}

static bool put_record(const Telling *t, const Entity *e, RecordKey key, GError **error)
{
    char id[ID_TEXT];
    Str title;
    if (!record_title(t->care, t->session, e, key, t->arena, &title, error))
        return false;
    g_string_append_printf(t->out, "  %.*s (%.*s %s)", STR_ARG(title), STR_ARG(e->name),
                           id_format(key.id, id));
    return true;
}

static void put_missing(const Telling *t, const MissingFact *missing, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Label l = {missing[i].zh, missing[i].en};
        if (missing_before(missing, i))
            continue;
        g_string_append_printf(t->out, "%s%.*s",
                               i == 0 ? words(t, "  缺：", "  missing: ") : words(t, "、", ", "),
                               STR_ARG(label_in(t, l)));
    }
}

static void put_clause(const Telling *t, const Home *h)
{
    Str clause = h->clause != NULL ? h->clause->number : STR("");
    g_string_append_printf(t->out, "  ［%.*s %.*s］", STR_ARG(h->document->name), STR_ARG(clause));
}

/* ---- tasks */

static const char *const task_words[TASK_STATES][2] = {[TASK_ESTABLISH] = {"待核实", "establish"},
                                                       [TASK_OVERDUE] = {"逾期", "overdue"},
                                                       [TASK_DUE] = {"待办", "due"},
                                                       [TASK_LATER] = {"以后", "later"},
                                                       [TASK_DONE] = {"已办", "done"}};

static void put_task_sum(const Telling *t, const TaskSum *sum)
{
    static const TaskState order[] = {TASK_OVERDUE, TASK_DUE, TASK_ESTABLISH, TASK_LATER,
                                      TASK_DONE};
    Label by = follow_names(&sum->task->by, t->arena);
    g_string_append_printf(t->out, "%.*s (%.*s, %.*s)", STR_ARG(label_in(t, sum->task->label)),
                           STR_ARG(sum->task->name), STR_ARG(label_in(t, by)));
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        put_count(t, task_words[order[i]], sum->counts[order[i]]);
    put_clause(t, &sum->task->home);
    g_string_append_c(t->out, '\n');
}

static bool put_task(const Telling *t, const TaskLine *line, GError **error)
{
    g_string_append_printf(t->out, "%s  %s  %s  %.*s", task_words[line->state][t->english],
                           day_or(t, line->has_due, line->due), region_code(t, line->region),
                           STR_ARG(label_in(t, line->task->label)));
    if (line->class != NULL)
        g_string_append_printf(t->out, " · %.*s", STR_ARG(label_in(t, line->class->label)));
    if (line->sooner)
        g_string_append(t->out,
                        words(t, "（重点时段提前）", " (sooner, by a time of special care)"));
    if (!put_record(t, line->task->subject, line->key, error))
        return false;
    put_missing(t, line->missing, line->n_missing);
    g_string_append_c(t->out, '\n');
    return true;
}

static bool tasks_tell(const Telling *t, GError **error)
{
    TaskBook b;
    if (!follow_tasks(t->care, t->session, &asked(t)->query, t->arena, &b, error))
        return false;
    if (t->common->json)
        return task_book_json(t->care, t->session, &b, t->out, error);
    put_head(t, b.on, b.total, b.n_lines);
    for (size_t i = 0; i < b.n_sums; i++)
        put_task_sum(t, &b.sums[i]);
    for (size_t i = 0; i < b.n_lines; i++)
        if (!put_task(t, &b.lines[i], error))
            return false;
    return true;
}

/* ---- procedures */

static void put_procedure_sum(const Telling *t, const ProcedureSum *sum)
{
    const Enum *states = sum->procedure->states;
    g_string_append_printf(t->out, "%.*s (%.*s)", STR_ARG(label_in(t, sum->procedure->label)),
                           STR_ARG(sum->procedure->name));
    for (size_t i = 0; i < states->n_codes; i++)
        g_string_append_printf(t->out, "  %.*s %" G_GUINT64_FORMAT,
                               STR_ARG(label_in(t, states->codes[i].label)), sum->items[i]);
    put_clause(t, &sum->procedure->home);
    g_string_append_c(t->out, '\n');
}

static void put_hold(const Telling *t, const HoldLine *h)
{
    Str cure = t->english ? h->cure_en : h->cure_zh;
    g_string_append_printf(t->out, words(t, "；被卡住：%.*s", "; held: %.*s"),
                           STR_ARG(label_in(t, h->hold->label)));
    if (cure.len > 0)
        g_string_append_printf(t->out, words(t, "，%.*s", ", %.*s"), STR_ARG(cure));
    put_missing(t, h->why.missing, h->why.n_missing);
}

/* A step out of the state with all that speaks against it. */
static void put_step(const Telling *t, const StepLine *s)
{
    static const char *const marks[] = {"✗", "?", "☐", "✓"};
    Label by = follow_names(&s->step->by, t->arena);
    g_string_append_printf(t->out, "    %s → %.*s（%.*s）", marks[s->may],
                           STR_ARG(label_in(t, s->to->label)), STR_ARG(label_in(t, by)));
    if (s->has_due)
        g_string_append_printf(t->out, words(t, "  期限 %s", "  due %s"), day_or(t, true, s->due));
    if (s->overdue)
        g_string_append(t->out, words(t, "，已过期", ", overdue"));
    if (s->has_guard) {
        g_string_append(t->out, words(t, "；前提不满足", "; its condition is not met"));
        put_missing(t, s->guard.missing, s->guard.n_missing);
    }
    for (size_t i = 0; i < s->n_lacking; i++)
        g_string_append_printf(t->out, words(t, "；缺 %.*s", "; needs %.*s"),
                               STR_ARG(label_in(t, s->lacking[i]->label)));
    for (size_t i = 0; i < s->n_holds; i++)
        put_hold(t, &s->holds[i]);
    if (s->too_early)
        g_string_append_printf(t->out, words(t, "；不早于 %s", "; not before %s"),
                               day_or(t, true, s->not_before));
    if (s->wrong_year)
        g_string_append(t->out, words(t, "；不在规定年度内", "; not in the years it runs"));
    if (s->unheard != NULL)
        g_string_append_printf(t->out,
                               words(t, "；“%.*s”还没有告知，或者陈述申辩还没有完",
                                     "; “%.*s” was not told, or may still be answered"),
                               STR_ARG(label_in(t, s->unheard->label)));
    if (s->full != NULL)
        g_string_append_printf(t->out, words(t, "；名额已满（%u）", "; full (%u)"), s->full->most);
    g_string_append_c(t->out, '\n');
}

static bool put_item(const Telling *t, const ItemLine *line, GError **error)
{
    Str state = line->state != NULL ? label_in(t, line->state->label) : STR("-");
    g_string_append_printf(t->out, "%.*s  %s", STR_ARG(state),
                           day_or(t, line->state != NULL, line->since));
    if (line->place > 0)
        g_string_append_printf(t->out, line->best < line->place ? "  #%zu–%zu" : "  #%zu",
                               line->best < line->place ? line->best : line->place, line->place);
    g_string_append_printf(t->out, "  %s", region_code(t, line->region));
    if (!put_record(t, line->procedure->entity, line->key, error))
        return false;
    g_string_append_c(t->out, '\n');
    for (size_t i = 0; i < line->n_steps; i++)
        put_step(t, &line->steps[i]);
    return true;
}

static bool procedures_tell(const Telling *t, GError **error)
{
    ProcedureBook b;
    if (!follow_procedures(t->care, t->session, &asked(t)->query, t->arena, &b, error))
        return false;
    if (t->common->json)
        return procedure_book_json(t->care, t->session, &b, t->out, error);
    put_head(t, b.on, b.total, b.n_lines);
    for (size_t i = 0; i < b.n_sums; i++)
        put_procedure_sum(t, &b.sums[i]);
    for (size_t i = 0; i < b.n_lines; i++)
        if (!put_item(t, &b.lines[i], error))
            return false;
    return true;
}

/* ---- duties */

static void put_agencies(const Telling *t, const Str *names, size_t n)
{
    const Enum *agency = model_enum(care_model(t->care), STR("agency"));
    for (size_t i = 0; i < n; i++) {
        const Code *c = agency != NULL ? enum_code(agency, names[i]) : NULL;
        Str text = c != NULL ? label_in(t, c->label) : names[i];
        g_string_append_printf(t->out, "%s%.*s", i > 0 ? words(t, "、", ", ") : "", STR_ARG(text));
    }
}

static void put_duty(const Telling *t, const DutyLine *line)
{
    const Duty *d = line->duty;
    g_string_append_printf(t->out, "%s  %s  %.*s (%.*s)  ", duty_words[line->is.state][t->english],
                           day_or(t, line->is.has_due, line->is.due),
                           STR_ARG(label_in(t, d->label)), STR_ARG(d->name));
    put_agencies(t, d->lead, d->n_lead);
    if (d->n_with > 0) {
        g_string_append(t->out, words(t, "；配合：", "; with "));
        put_agencies(t, d->with, d->n_with);
    }
    if (line->is.has_missed)
        g_string_append_printf(t->out, words(t, "；%s 那次没有办", "; missed on %s"),
                               day_or(t, true, line->is.missed));
    if (line->is.before)
        g_string_append(t->out, words(t, "；期限在启用本库之前",
                                      "; its day was over before this database began"));
    if (line->is.has_done)
        g_string_append_printf(t->out, words(t, "；完成于 %s", "; done on %s"),
                               day_or(t, true, line->is.done));
    if (line->asks_files && line->n_files == 0)
        g_string_append(t->out, words(t, "；没有上传佐证", "; no evidence was put with it"));
    put_clause(t, &d->home);
    g_string_append_c(t->out, '\n');
}

static bool duties_tell(const Telling *t, GError **error)
{
    DutyBook b;
    RecurBook r;
    if (!follow_duties(t->care, t->session, &asked(t)->query, t->arena, &b, error) ||
        !follow_recurring(t->care, t->session, &asked(t)->query, RECUR_ALL, t->arena, &r, error))
        return false;
    if (t->common->json) {
        duty_book_json(t->care, &b, &r, t->out);
        return true;
    }
    put_head(t, b.on, b.total, b.n_lines);
    for (unsigned i = 0; i < DUTY_STATES; i++)
        put_count(t, duty_words[i], b.counts[i]);
    g_string_append_c(t->out, '\n');
    for (size_t i = 0; i < b.n_lines; i++)
        put_duty(t, &b.lines[i]);
    put_recurring_sums(t, &r);
    put_recurring(t, &r);
    return true;
}

/* ---- alerts */

static bool alert_state(Str word, unsigned *ret_kind)
{
    static const Truth truths[] = {TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES};
    for (size_t i = 0; i < G_N_ELEMENTS(truths); i++)
        if (str_is(word, truth_word(truths[i]))) {
            *ret_kind = 1u << truths[i];
            return true;
        }
    return false;
}

static bool put_alert(const Telling *t, const AlertLine *line, GError **error)
{
    Str cure = t->english ? line->cure_en : line->cure_zh;
    bool no = line->truth == TRUTH_NO;
    g_string_append_printf(t->out, "%s  %s  %.*s",
                           no                         ? words(t, "预警", "alert")
                           : line->truth == TRUTH_YES ? words(t, "达标", "in order")
                                                      : words(t, "未出示", "not shown"),
                           region_code(t, line->region), STR_ARG(label_in(t, line->check->label)));
    if (line->check->asked != NULL)
        g_string_append_printf(t->out, "  %.*s",
                               STR_ARG(care_model(t->care)->regions[line->region].name));
    else if (!put_record(t, line->check->subject, line->key, error))
        return false;
    if (no && cure.len > 0)
        g_string_append_printf(t->out, "  → %.*s", STR_ARG(cure));
    put_missing(t, line->missing, line->n_missing);
    if (line->ack != NULL)
        g_string_append_printf(
            t->out, words(t, "；%.*s 已知晓，到 %s：%.*s", "; noted by %.*s until %s: %.*s"),
            STR_ARG(line->ack->by), day_or(t, true, line->ack->until), STR_ARG(line->ack->reason));
    put_clause(t, &line->check->home);
    g_string_append_c(t->out, '\n');
    return true;
}

static bool alerts_tell(const Telling *t, GError **error)
{
    AlertBook b;
    if (!follow_alerts(t->care, t->session, &asked(t)->query, t->arena, &b, error))
        return false;
    if (t->common->json)
        return alert_book_json(t->care, t->session, &b, t->out, error);
    put_head(t, b.on, b.total, b.n_lines);
    for (size_t i = 0; i < b.n_lines; i++)
        if (!put_alert(t, &b.lines[i], error))
            return false;
    return true;
}

/* ---- the four commands */

static const Book books[] = {
    {"tasks", task_state_parse, "establish, overdue, due, later, done", tasks_tell},
    {"procedures", NULL, "a state of the procedure", procedures_tell},
    {"duties", duty_state_parse, "overdue, open, done, unrecorded", duties_tell},
    {"alerts", alert_state, "no, unknown, yes", alerts_tell},
};

/* A name nobody declared must not look like an empty list. */
static bool check_only(const Book *b, const Care *c, const FollowQuery *q, GError **error)
{
    const Model *m = care_model(c);
    const Rule *rule = model_rule(m, q->only);
    bool there =
        q->only.len == 0 || (b->tell == tasks_tell && model_task(m, q->only) != NULL) ||
        (b->tell == duties_tell && (duty_named(m, q->only) != NULL || recur_named(m, q->only))) ||
        (b->tell == alerts_tell && rule != NULL && rule->kind == RULE_CHECK) ||
        (b->tell == procedures_tell && model_procedure(m, q->only) != NULL);
    bool state = q->state.len == 0;
    for (size_t i = 0; i < m->n_procedures && !state; i++)
        state = enum_code(m->procedures[i]->states, q->state) != NULL;
    if (!there)
        return fail(error, FAIL_INPUT, "\"%.*s\" is none of the %s of the documents in force here",
                    STR_ARG(q->only), b->name);
    if (q->class.len > 0 && !follow_class(c, q->class))
        return fail(error, FAIL_INPUT, "\"%.*s\" is no code that a task's interval is looked up by",
                    STR_ARG(q->class));
    if (!state)
        return fail(error, FAIL_INPUT, "\"%.*s\" is no state of a procedure in force here",
                    STR_ARG(q->state));
    return true;
}

static bool take_note(const Telling *t, GError **error)
{
    const Asked *q = asked(t);
    const Rule *check = model_rule(care_model(t->care), q->query.only);
    RecordKey key;
    Date until;
    if (check == NULL || q->until == NULL || q->reason == NULL)
        return fail(error, FAIL_INPUT, "--note takes --only CHECK, --until DATE and --reason TEXT");
    if (!date_parse(str_of(q->until), &until))
        return fail(error, FAIL_INPUT, "\"%s\" is no date", q->until);
    return record_find(t->care, t->session, check->subject, str_of(q->note), &key, error) &&
           alert_acknowledge(t->care, t->session, check, key, until, str_of(q->reason), NULL,
                             error);
}

static bool book_tell(const Telling *t, GError **error)
{
    const Asked *q = asked(t);
    if (!check_only(q->book, t->care, &q->query, error))
        return false;
    return q->note != NULL ? take_note(t, error) : q->book->tell(t, error);
}

static bool read_states(const Book *b, Asked *q)
{
    for (size_t i = 0; q->states != NULL && q->states[i] != NULL; i++) {
        unsigned kind = 0;
        if (b->state == NULL) {
            q->query.state = str_of(q->states[i]);
            continue;
        }
        if (!b->state(str_of(q->states[i]), &kind)) {
            wrong_usage(b->name, "\"%s\" is no state; --state takes %s", q->states[i], b->states);
            return false;
        }
        q->query.kinds |= kind;
    }
    return true;
}

static int book_command(const Book *b, int argc, char **argv)
{
    Common c;
    Asked q = {.book = b};
    char *on = NULL, *region = NULL, *by = NULL, *only = NULL;
    char *note = NULL, *until = NULL, *reason = NULL, *class = NULL;
    char **states = NULL;
    int most = 0, ahead = 0;
    gboolean english = FALSE;
    GOptionEntry own[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on, "the day; the business day if left out", "DATE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &region, "this region and all below", "CODE"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &by, "what this role or agency has to do", "ROLE"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &only, "one of them, by its name", "NAME"},
        {"state", 0, 0, G_OPTION_ARG_STRING_ARRAY, &states, b->states, "STATE"},
        {"most", 0, 0, G_OPTION_ARG_INT, &most, "at most so many lines; the counts are of all",
         "N"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &english, "the text in English", NULL},
        {"ahead", 0, 0, G_OPTION_ARG_INT, &ahead,
         "reminders: what is overdue or due within so many days", "DAYS"},
        {"class", 0, 0, G_OPTION_ARG_STRING, &class, "tasks of who is in this class, as of risk",
         "CODE"},
        {"note", 0, 0, G_OPTION_ARG_STRING, &note, "take note of this record's alert", "KEY"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &until, "it is open again the day after", "DATE"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, "why", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (b->tell != tasks_tell) /* only tasks are looked up by a class, … */
        memmove(&own[8], &own[9], 4 * sizeof own[0]);
    if (b->tell != alerts_tell) /* … and only alerts are taken note of */
        own[b->tell != tasks_tell ? 8 : 9] = own[G_N_ELEMENTS(own) - 1];
    if (!common_parse(&c, b->name, argc, argv, own) ||
        (on != NULL && !parse_day(b->name, on, &q.query.on)))
        return 2;
    if (c.n_rest > 0 || most < 0 || ahead < 0 || ahead > MOST_AHEAD)
        return wrong_usage(b->name, c.n_rest > 0 ? "takes options only"
                                    : most < 0   ? "--most takes a number"
                                                 : "--ahead takes a number of days, at most 3660");
    q.note = note;
    q.until = until;
    q.reason = reason;
    q.states = states;
    q.query.by = str_of(by);
    q.query.class = str_of(class);
    q.query.only = str_of(only);
    q.query.page_rows = (size_t)most;
    q.query.ahead = (unsigned)ahead;
    if (!read_states(b, &q))
        return 2;
    GError *error = NULL;
    const TellingAsk ask = {&c, &q, region, &q.query.region, english};
    telling(&ask, book_tell, &error);
    return finish(error);
}

int command_tasks(int argc, char **argv)
{
    return book_command(&books[0], argc, argv);
}

int command_procedures(int argc, char **argv)
{
    return book_command(&books[1], argc, argv);
}

int command_duties(int argc, char **argv)
{
    return book_command(&books[2], argc, argv);
}

int command_alerts(int argc, char **argv)
{
    return book_command(&books[3], argc, argv);
}
