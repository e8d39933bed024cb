/* follow_json.c — see follow_json.h. */
#include "care/follow_json.h"

#include "base/identifier.h"
#include "care/alert_ack.h"
#include "care/figures_json.h"

const char *const task_state_words[TASK_STATES] = {[TASK_ESTABLISH] = "establish",
                                                   [TASK_OVERDUE] = "overdue",
                                                   [TASK_DUE] = "due",
                                                   [TASK_LATER] = "later",
                                                   [TASK_DONE] = "done"};
const char *const duty_state_words[DUTY_STATES] = {[DUTY_OVERDUE] = "overdue",
                                                   [DUTY_OPEN] = "open",
                                                   [DUTY_DONE] = "done",
                                                   [DUTY_UNRECORDED] = "unrecorded"};

static bool word_parse(const char *const *words, unsigned n, Str word, unsigned *ret_kind)
{
    for (unsigned i = 0; i < n; i++)
        if (str_is(word, words[i])) {
            *ret_kind = 1u << i;
            return true;
        }
    return false;
}

bool task_state_parse(Str word, unsigned *ret_kind)
{
    return word_parse(task_state_words, TASK_STATES, word, ret_kind);
}

bool duty_state_parse(Str word, unsigned *ret_kind)
{
    return word_parse(duty_state_words, DUTY_STATES, word, ret_kind);
}

/* ---- what all books write */

typedef struct Writing {
    Care *care;
    const Session *session;
    JsonWriter *j;
    Arena *arena;
} Writing;

static void put_home(JsonWriter *j, const Home *h)
{
    json_put_str(j, "document", h->document->name);
    if (h->clause != NULL)
        json_put_str(j, "clause", h->clause->number);
    else
        json_put_null(j, "clause");
}

static void put_named(JsonWriter *j, const char *key, Str name, Label label)
{
    json_put_str(j, key, name);
    json_put_str(j, "label_zh", label.zh);
    json_put_str(j, "label_en", label.en);
}

static void put_region(const Care *c, JsonWriter *j, int32_t region)
{
    if (region == ROW_NONE)
        json_put_null(j, "region");
    else
        json_put_str(j, "region", care_regions(c)->code[region]);
}

static void put_day(JsonWriter *j, const char *key, bool has, Date day)
{
    if (has && day != DATE_MIN && day != DATE_MAX)
        json_put_date(j, key, day);
    else
        json_put_null(j, key);
}

static bool put_record(const Writing *w, const Entity *e, RecordKey key, GError **error)
{
    char id[ID_TEXT];
    Str title;
    if (!record_title(w->care, w->session, e, key, w->arena, &title, error))
        return false;
    json_put_str(w->j, "entity", e->name);
    json_put_str(w->j, "key", str_of(id_format(key.id, id)));
    json_put_int(w->j, "county", key.county);
    json_put_str(w->j, "title", title);
    return true;
}

static void put_missing(JsonWriter *j, const MissingFact *missing, size_t n)
{
    json_put_array(j, "missing");
    for (size_t i = 0; i < n; i++)
        if (!missing_before(missing, i))
            json_put_str(j, NULL, missing[i].name);
    json_put_end(j);
}

static Str who_name(const Who *w)
{
    return w->role != NULL ? w->role->name : w->agency != NULL ? w->agency->name : w->level->name;
}

static void put_who(JsonWriter *j, const Whos *by)
{
    json_put_array(j, "by");
    for (size_t i = 0; i < by->n; i++)
        json_put_str(j, NULL, who_name(&by->list[i]));
    json_put_end(j);
}

static void book_begin(JsonWriter *j, Date on, const char *sums)
{
    json_put_object(j, NULL);
    json_put_date(j, "on", on);
    json_put_array(j, sums);
}

/* Between the sums and the lines. */
static void book_lines(JsonWriter *j, uint64_t total)
{
    json_put_end(j);
    json_put_uint(j, "total", total);
    json_put_array(j, "lines");
}

static void book_end(JsonWriter *j)
{
    json_put_end(j);
    json_put_end(j);
    json_finish(j);
}

/* ---- tasks */

static void put_task_sum(JsonWriter *j, const TaskSum *sum)
{
    json_put_object(j, NULL);
    put_named(j, "task", sum->task->name, sum->task->label);
    put_home(j, &sum->task->home);
    put_who(j, &sum->task->by);
    for (unsigned i = 0; i < TASK_STATES; i++)
        json_put_uint(j, task_state_words[i], sum->counts[i]);
    json_put_end(j);
}

static bool put_task(const Writing *w, const TaskLine *line, GError **error)
{
    json_put_object(w->j, NULL);
    json_put_str(w->j, "task", line->task->name);
    json_put_str(w->j, "state", str_of(task_state_words[line->state]));
    if (!put_record(w, line->task->subject, line->key, error))
        return false;
    put_region(w->care, w->j, line->region);
    put_day(w->j, "due", line->has_due, line->due);
    if (line->class != NULL)
        put_named(w->j, "class", line->class->name, line->class->label);
    json_put_bool(w->j, "sooner", line->sooner);
    put_day(w->j, "last", line->has_last, line->last);
    json_put_uint(w->j, "count", line->count);
    put_missing(w->j, line->missing, line->n_missing);
    json_put_end(w->j);
    return true;
}

bool task_book_json(Care *c, const Session *s, const TaskBook *b, GString *out, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    JsonWriter j = json_begin(out);
    const Writing w = {c, s, &j, a};
    book_begin(&j, b->on, "tasks");
    for (size_t i = 0; i < b->n_sums; i++)
        put_task_sum(&j, &b->sums[i]);
    book_lines(&j, b->total);
    for (size_t i = 0; i < b->n_lines; i++)
        if (!put_task(&w, &b->lines[i], error))
            return false;
    book_end(&j);
    return true;
}

/* ---- procedures */

static void put_procedure_sum(JsonWriter *j, const ProcedureSum *sum)
{
    const Procedure *p = sum->procedure;
    json_put_object(j, NULL);
    put_named(j, "procedure", p->name, p->label);
    put_home(j, &p->home);
    json_put_str(j, "entity", p->entity->name);
    json_put_array(j, "states");
    for (size_t i = 0; i < p->states->n_codes; i++) {
        json_put_object(j, NULL);
        put_named(j, "state", p->states->codes[i].name, p->states->codes[i].label);
        json_put_uint(j, "items", sum->items[i]);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

static void put_holds(JsonWriter *j, const StepLine *s)
{
    json_put_array(j, "holds");
    for (size_t i = 0; i < s->n_holds; i++) {
        const HoldLine *h = &s->holds[i];
        json_put_object(j, NULL);
        json_put_str(j, "label_zh", h->hold->label.zh);
        json_put_str(j, "label_en", h->hold->label.en);
        json_put_str(j, "truth", str_of(truth_word(h->truth)));
        json_put_str(j, "cure_zh", h->cure_zh);
        json_put_str(j, "cure_en", h->cure_en);
        put_missing(j, h->why.missing, h->why.n_missing);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_step(JsonWriter *j, const StepLine *s)
{
    json_put_object(j, NULL);
    json_put_str(j, "to", s->to->name);
    put_who(j, &s->step->by);
    json_put_bool(j, "mine", s->mine);
    json_put_str(j, "may", str_of(truth_word(s->may)));
    put_day(j, "due", s->has_due, s->due);
    json_put_bool(j, "overdue", s->overdue);
    put_day(j, "not_before", s->too_early, s->not_before);
    json_put_bool(j, "guarded", s->has_guard);
    if (s->has_guard)
        put_missing(j, s->guard.missing, s->guard.n_missing);
    json_put_array(j, "needs");
    for (size_t i = 0; i < s->n_lacking; i++)
        json_put_str(j, NULL, s->lacking[i]->name);
    json_put_end(j);
    put_holds(j, s);
    json_put_bool(j, "wrong_year", s->wrong_year);
    json_put_bool(j, "full", s->full != NULL);
    json_put_str(j, "unheard", s->unheard != NULL ? s->unheard->name : (Str){NULL, 0});
    json_put_end(j);
}

static bool put_item(const Writing *w, const ItemLine *line, GError **error)
{
    JsonWriter *j = w->j;
    json_put_object(j, NULL);
    json_put_str(j, "procedure", line->procedure->name);
    if (!put_record(w, line->procedure->entity, line->key, error))
        return false;
    put_region(w->care, j, line->region);
    json_put_str(j, "state", line->state != NULL ? line->state->name : (Str){NULL, 0});
    put_day(j, "since", line->state != NULL, line->since);
    json_put_uint(j, "place", line->place);
    json_put_uint(j, "best", line->best);
    json_put_array(j, "steps");
    for (size_t i = 0; i < line->n_steps; i++)
        put_step(j, &line->steps[i]);
    json_put_end(j);
    json_put_end(j);
    return true;
}

bool procedure_book_json(Care *c, const Session *s, const ProcedureBook *b, GString *out,
                         GError **error)
{
    g_autoptr(Arena) a = arena_new();
    JsonWriter j = json_begin(out);
    const Writing w = {c, s, &j, a};
    book_begin(&j, b->on, "procedures");
    for (size_t i = 0; i < b->n_sums; i++)
        put_procedure_sum(&j, &b->sums[i]);
    book_lines(&j, b->total);
    for (size_t i = 0; i < b->n_lines; i++)
        if (!put_item(&w, &b->lines[i], error))
            return false;
    book_end(&j);
    return true;
}

/* ---- duties */

static void put_names(JsonWriter *j, const char *key, const Str *names, size_t n)
{
    json_put_array(j, key);
    for (size_t i = 0; i < n; i++)
        json_put_str(j, NULL, names[i]);
    json_put_end(j);
}

static void put_duty(const Care *c, JsonWriter *j, const DutyLine *line)
{
    const Duty *d = line->duty;
    json_put_object(j, NULL);
    put_named(j, "duty", d->name, d->label);
    put_home(j, &d->home);
    put_names(j, "lead", d->lead, d->n_lead);
    put_names(j, "with", d->with, d->n_with);
    put_region(c, j, line->region);
    json_put_str(j, "state", str_of(duty_state_words[line->is.state]));
    put_day(j, "due", line->is.has_due, line->is.due);
    put_day(j, "done", line->is.has_done, line->is.done);
    put_day(j, "missed", line->is.has_missed, line->is.missed);
    json_put_bool(j, "before_database", line->is.before);
    if (line->by_reports)
        json_put_uint(j, "reported", line->n_reported);
    if (line->asks_files)
        json_put_uint(j, "files", line->n_files);
    json_put_str(j, "needs", d->needs.len > 0 ? d->needs : (Str){NULL, 0});
    json_put_array(j, "targets");
    for (size_t i = 0; i < line->n_targets; i++)
        target_figure_json(c, j, &line->targets[i]);
    json_put_end(j);
    json_put_end(j);
}

static void put_recurring(const Care *c, JsonWriter *j, const RecurLine *line)
{
    json_put_object(j, NULL);
    put_named(j, line->draw != NULL ? "draw" : "exchange", recur_name(line), recur_label(line));
    put_home(j, recur_home(line));
    json_put_str(j, "every_zh", line->every.zh);
    json_put_str(j, "every_en", line->every.en);
    put_region(c, j, line->region);
    if (line->draw != NULL)
        put_who(j, &line->draw->by);
    json_put_bool(j, "mine", line->mine);
    json_put_str(j, "state", str_of(duty_state_words[line->is.state]));
    put_day(j, "from", line->is.has_opens, line->is.opens);
    put_day(j, "due", line->is.has_due, line->is.due);
    put_day(j, "done", line->is.has_done, line->is.done);
    put_day(j, "missed", line->is.has_missed, line->is.missed);
    if (line->exchange != NULL)
        json_put_array(j, "files");
    for (size_t i = 0; i < line->n_parts; i++) {
        json_put_object(j, NULL);
        json_put_str(j, "with", who_name(line->parts[i].who));
        json_put_bool(j, "out", line->parts[i].out);
        json_put_bool(j, "done", line->parts[i].state == DUTY_DONE);
        json_put_end(j);
    }
    if (line->exchange != NULL)
        json_put_end(j);
    json_put_end(j);
}

static void put_recurrings(const Care *c, JsonWriter *j, const RecurBook *b)
{
    json_put_array(j, "recurring");
    for (size_t i = 0; i < b->n_lines; i++)
        put_recurring(c, j, &b->lines[i]);
    json_put_end(j);
}

void recur_book_json(const Care *c, const RecurBook *b, GString *out)
{
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_date(&j, "on", b->on);
    put_recurrings(c, &j, b);
    json_put_end(&j);
    json_finish(&j);
}

void duty_book_json(const Care *c, const DutyBook *b, const RecurBook *r, GString *out)
{
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_date(&j, "on", b->on);
    json_put_object(&j, "duties");
    for (unsigned i = 0; i < DUTY_STATES; i++)
        json_put_uint(&j, duty_state_words[i], b->counts[i]);
    json_put_uint(&j, "soon", b->soon);
    book_lines(&j, b->total);
    for (size_t i = 0; i < b->n_lines; i++)
        put_duty(c, &j, &b->lines[i]);
    json_put_end(&j);
    put_recurrings(c, &j, r);
    json_put_end(&j);
    json_finish(&j);
}

/* ---- alerts */

static void put_alert_sum(JsonWriter *j, const AlertSum *sum)
{
    json_put_object(j, NULL);
    put_named(j, "check", sum->check->name, sum->check->label);
    put_home(j, &sum->check->home);
    json_put_str(j, "entity", sum->check->subject->name);
    json_put_uint(j, "no", sum->no);
    json_put_uint(j, "unknown", sum->unknown);
    json_put_uint(j, "yes", sum->yes);
    json_put_uint(j, "noted", sum->noted);
    json_put_end(j);
}

static void put_ack(JsonWriter *j, const AlertAck *ack)
{
    if (ack == NULL) {
        json_put_null(j, "noted");
        return;
    }
    json_put_object(j, "noted");
    json_put_str(j, "by", ack->by);
    json_put_date(j, "until", ack->until);
    json_put_str(j, "reason", ack->reason);
    json_put_end(j);
}

/* A region is called by its name, whether or not the session sees its record. */
static void put_place(const Writing *w, const AlertLine *line)
{
    char id[ID_TEXT];
    json_put_str(w->j, "entity", line->check->subject->name);
    json_put_str(w->j, "key", str_of(id_format(line->key.id, id)));
    json_put_int(w->j, "county", line->key.county);
    json_put_str(w->j, "title", care_model(w->care)->regions[line->region].name);
}

static bool put_alert(const Writing *w, const AlertLine *line, GError **error)
{
    json_put_object(w->j, NULL);
    json_put_str(w->j, "check", line->check->name);
    if (line->check->asked != NULL)
        put_place(w, line);
    else if (!put_record(w, line->check->subject, line->key, error))
        return false;
    put_region(w->care, w->j, line->region);
    json_put_str(w->j, "truth", str_of(truth_word(line->truth)));
    json_put_str(w->j, "cure_zh", line->cure_zh);
    json_put_str(w->j, "cure_en", line->cure_en);
    put_ack(w->j, line->ack);
    put_missing(w->j, line->missing, line->n_missing);
    json_put_end(w->j);
    return true;
}

bool alert_book_json(Care *c, const Session *s, const AlertBook *b, GString *out, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    JsonWriter j = json_begin(out);
    const Writing w = {c, s, &j, a};
    book_begin(&j, b->on, "checks");
    for (size_t i = 0; i < b->n_sums; i++)
        put_alert_sum(&j, &b->sums[i]);
    book_lines(&j, b->total);
    for (size_t i = 0; i < b->n_lines; i++)
        if (!put_alert(&w, &b->lines[i], error))
            return false;
    book_end(&j);
    return true;
}
