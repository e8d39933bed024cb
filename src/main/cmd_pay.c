/* cmd_pay.c — anlao pay: prepares pay runs and moves them on to the bank and back; funds, holds,
 * and a past run again.  Read first: the table `verbs`. */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/identifier.h"
#include "care/pay.h"
#include "format/json.h"
#include "main/main.h"

#define CHANGES_SHOWN 100000 /* of each kind: a county's month has some hundred */

typedef struct Asked {
    Common common;
    char *month, *since, *only, *reason, *to, *region, *kind;
    gboolean dry;
    bool list; /* of all runs: not what each waits for, which is looked for as things stand now */
    Care *care;
    const Session *session;
    Arena *arena;
    const char *name; /* of the verb */
    char **rest;      /* behind it */
    size_t n_rest;
} Asked;

/* ---- runs as words and JSON */

static void sums_json(JsonWriter *j, const Model *m, const PayRun *r)
{
    json_put_array(j, "by_benefit");
    for (size_t i = 0; i < r->n_sums; i++) {
        const PaySum *s = &r->sums[i];
        json_put_object(j, NULL);
        json_put_str(j, "benefit", m->rules[s->rule]->name);
        json_put_int(j, "subjects", s->subjects);
        json_put_int(j, "yes", s->yes);
        json_put_int(j, "no", s->no);
        json_put_int(j, "unknown", s->unknown);
        json_put_int(j, "judgement", s->judgement);
        json_put_int(j, "lines", s->lines);
        json_put_int(j, "persons", s->persons);
        json_put_int(j, "sum_fen", pay_sum_fen(s));
        json_put_int(j, "month_fen", s->month_fen);
        json_put_int(j, "supplements_fen", s->late_fen);
        json_put_int(j, "recoveries_fen", s->back_fen);
        json_put_int(j, "held", s->held_lines);
        json_put_int(j, "held_fen", s->held_fen);
        json_put_int(j, "to_recover_fen", s->open_fen);
        json_put_end(j);
    }
    json_put_end(j);
}

static void steps_json(JsonWriter *j, const PayRun *r)
{
    char at[MOMENT_TEXT];
    json_put_array(j, "steps");
    for (size_t i = 0; i < r->n_steps; i++) {
        json_put_object(j, NULL);
        json_put_str(j, "state", str_of(pay_state_word(r->steps[i].state)));
        json_put_str(j, "by", r->steps[i].actor);
        json_put_str(j, "at", str_of(moment_format(r->steps[i].at, at)));
        json_put_str(j, "reason", r->steps[i].reason);
        json_put_end(j);
    }
    json_put_end(j);
}

/* What several lines wait for, of a run that is stored: one that is only tried has a number, too.
 */
static bool waits_find(const Asked *q, const PayRun *r, PayWait **ret, size_t *ret_n,
                       bool *ret_more, GError **error)
{
    *ret_n = 0;
    *ret_more = false;
    return r->id == 0 || q->dry || q->list ||
           pay_waits(q->care, q->session, r->id, q->arena, ret, ret_n, ret_more, error);
}

static bool waits_json(const Asked *q, JsonWriter *j, const PayRun *r, GError **error)
{
    PayWait *all;
    size_t n;
    bool more;
    if (q->list)
        return true;
    if (!waits_find(q, r, &all, &n, &more, error))
        return false;
    json_put_array(j, "waits");
    for (size_t i = 0; i < n; i++) {
        const MissingFact *m = &all[i].what;
        json_put_object(j, NULL);
        json_put_str(j, "name", m->name);
        json_put_str(j, "kind", str_of(missing_kind(m)));
        json_put_str(j, "label_zh", m->zh);
        json_put_str(j, "label_en", m->en);
        json_put_uint(j, "subjects", all[i].subjects);
        json_put_uint(j, "lines", all[i].lines);
        json_put_str(j, "who_zh", m->who_zh);
        json_put_str(j, "who_en", m->who_en);
        json_put_str(j, "document", m->document);
        json_put_str(j, "clause", m->clause);
        json_put_end(j);
    }
    json_put_end(j);
    return true;
}

static bool run_json(const Asked *q, JsonWriter *j, const PayRun *r, GError **error)
{
    const Model *m = care_model(q->care);
    char month[DATE_TEXT];
    const PaySum t = pay_run_total(r);
    json_put_object(j, NULL);
    json_put_int(j, "run", r->id);
    json_put_int(j, "county", r->county);
    json_put_str(j, "programme", r->programme);
    json_put_str(j, "month", str_of(month_format(r->month, month)));
    json_put_str(j, "state", str_of(pay_state_word(r->state)));
    json_put_int(j, "lines", t.lines);
    json_put_int(j, "sum_fen", pay_sum_fen(&t));
    json_put_int(j, "held", t.held_lines);
    json_put_int(j, "held_fen", t.held_fen);
    json_put_int(j, "supplements_fen", t.late_fen);
    json_put_int(j, "recoveries_fen", t.back_fen);
    json_put_int(j, "to_recover_fen", t.open_fen);
    json_put_int(j, "returned", r->returned);
    json_put_int(j, "returned_fen", r->returned_fen);
    sums_json(j, m, r);
    steps_json(j, r);
    if (!waits_json(q, j, r, error))
        return false;
    json_put_end(j);
    return true;
}

/* One document: the totals, and each county's run. */
static bool runs_json(const Asked *q, const PayRun *runs, size_t n, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    PaySum all = {0};
    json_put_object(&j, NULL);
    for (size_t i = 0; i < n; i++) {
        const PaySum t = pay_run_total(&runs[i]);
        all.lines += t.lines;
        all.held_lines += t.held_lines;
        all.month_fen += pay_sum_fen(&t);
        all.back_fen += t.back_fen;
    }
    json_put_int(&j, "run", n == 1 ? runs[0].id : 0);
    if (q->month != NULL)
        json_put_str(&j, "month", str_of(q->month));
    json_put_int(&j, "lines", all.lines);
    json_put_int(&j, "sum_fen", all.month_fen);
    json_put_int(&j, "held", all.held_lines);
    json_put_int(&j, "recoveries_fen", all.back_fen);
    json_put_array(&j, "runs");
    for (size_t i = 0; i < n; i++)
        if (!run_json(q, &j, &runs[i], error))
            return false;
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
    return true;
}

static const char *yuan(const Asked *q, int64_t fen)
{
    char text[DECIMAL_TEXT];
    return arena_printf(q->arena, "%s", money_format(fen, text));
}

static bool waits_words(const Asked *q, const PayRun *r, GError **error)
{
    PayWait *all;
    size_t n;
    bool more;
    if (!waits_find(q, r, &all, &n, &more, error))
        return false;
    for (size_t i = 0; i < n; i++)
        printf("  %.*s\n", STR_ARG(pay_wait_words(&all[i], more, q->arena).en));
    return true;
}

static void run_words(const Asked *q, const PayRun *r)
{
    char month[DATE_TEXT];
    const PaySum t = pay_run_total(r);
    printf("run %" G_GINT64_FORMAT "  county %d  %s  %s  %" G_GINT64_FORMAT
           " lines, %s yuan; held %" G_GINT64_FORMAT
           " (%s), still to recover %s; came back %" G_GINT64_FORMAT " (%s)\n",
           r->id, r->county, month_format(r->month, month), pay_state_word(r->state), t.lines,
           yuan(q, pay_sum_fen(&t)), t.held_lines, yuan(q, t.held_fen), yuan(q, t.open_fen),
           r->returned, yuan(q, r->returned_fen));
}

static void run_details(const Asked *q, const PayRun *r)
{
    char at[MOMENT_TEXT];
    const Model *m = care_model(q->care);
    printf("%-28s %9s %9s %9s %9s %9s %14s %12s %12s %12s\n", "benefit", "yes", "no", "unknown",
           "judgement", "persons", "month", "supplements", "taken back", "held");
    for (size_t i = 0; i < r->n_sums; i++) {
        const PaySum *s = &r->sums[i];
        if (s->lines == 0 && s->yes == 0 && s->unknown == 0 && s->judgement == 0)
            continue;
        printf("%-28.*s %9" G_GINT64_FORMAT " %9" G_GINT64_FORMAT " %9" G_GINT64_FORMAT
               " %9" G_GINT64_FORMAT " %9" G_GINT64_FORMAT " %14s %12s %12s %12s\n",
               STR_ARG(m->rules[s->rule]->name), s->yes, s->no, s->unknown, s->judgement,
               s->persons, yuan(q, s->month_fen), yuan(q, s->late_fen), yuan(q, s->back_fen),
               yuan(q, s->held_fen));
    }
    for (size_t i = 0; i < r->n_steps; i++)
        printf("%s  %-9s %.*s  %.*s\n", moment_format(r->steps[i].at, at),
               pay_state_word(r->steps[i].state), STR_ARG(r->steps[i].actor),
               STR_ARG(r->steps[i].reason));
}

static bool runs_print(const Asked *q, const PayRun *runs, size_t n, GError **error)
{
    if (q->common.json)
        return runs_json(q, runs, n, error);
    for (size_t i = 0; i < n; i++) {
        run_words(q, &runs[i]);
        if (!waits_words(q, &runs[i], error))
            return false;
    }
    if (n == 1)
        run_details(q, &runs[0]);
    if (n == 0)
        puts("no runs");
    return true;
}

/* ---- verbs */

static bool number_read(const char *text, int64_t *ret)
{
    char *end = NULL;
    *ret = g_ascii_strtoll(text, &end, 10);
    return end != text && *end == '\0' && *ret > 0;
}

static bool run_read(const Asked *q, int64_t *ret, GError **error)
{
    return (q->n_rest > 0 && number_read(q->rest[0], ret)) ||
           fail(error, FAIL_USAGE, "pay %s needs the number of a run", q->name);
}

static bool do_prepare(Asked *q, GError **error)
{
    PayAsk ask = {.only = str_of(q->only), .dry = q->dry};
    PayRun *runs;
    size_t n;
    if (!parse_month("pay", q->month, &ask.month) ||
        (q->since != NULL && !parse_month("pay", q->since, &ask.since)))
        return fail(error, FAIL_USAGE, "pay needs --month YYYY-MM");
    if (!pay_prepare(q->care, q->session, &ask, q->arena, &runs, &n, error))
        return false;
    return runs_print(q, runs, n, error);
}

/* Who is new by the month and stands nowhere yet is put up, before the run is prepared. */
static bool do_grants(Asked *q, GError **error)
{
    uint64_t made = 0;
    PayAsk ask = {.only = str_of(q->only), .dry = true, .grants = true, .ret_grants = &made};
    PayRun *runs;
    size_t n;
    if (!parse_month("pay", q->month, &ask.month))
        return fail(error, FAIL_USAGE, "pay grants needs --month YYYY-MM");
    if (!pay_prepare(q->care, q->session, &ask, q->arena, &runs, &n, error))
        return false;
    printf("%" G_GUINT64_FORMAT " new grants put up\n", made);
    return true;
}

static bool changes_of(Asked *q, int64_t run, PayShow show, GError **error)
{
    static const char *const words[] = {"new", "stopped", "changed"};
    const Model *m = care_model(q->care);
    PayChangeLine *lines;
    size_t n;
    char id[ID_TEXT];
    if (!pay_changes(q->care, q->session, run, show, 0, CHANGES_SHOWN, q->arena, &lines, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const PayChange *c = &lines[i].change;
        printf("%-8s %-28.*s %s  %12s", words[show], STR_ARG(m->rules[c->rule]->name),
               id_format(c->subject, id), yuan(q, c->before));
        printf(" -> %12s  %.*s\n", yuan(q, c->fen), STR_ARG(lines[i].reason_en));
    }
    return true;
}

/* Who gets another amount than in the month before, and why. */
static bool do_changes(Asked *q, GError **error)
{
    int64_t run;
    return run_read(q, &run, error) && changes_of(q, run, PAY_SHOW_FRESH, error) &&
           changes_of(q, run, PAY_SHOW_STOPPED, error) &&
           changes_of(q, run, PAY_SHOW_CHANGED, error);
}

static bool do_list(Asked *q, GError **error)
{
    PayRun *runs;
    size_t n;
    q->list = true;
    if (!pay_runs(q->care, q->session, q->arena, &runs, &n, error))
        return false;
    return runs_print(q, runs, n, error);
}

static bool show(Asked *q, int64_t run, GError **error)
{
    PayRun one;
    if (!pay_run_of(q->care, q->session, run, q->arena, &one, error))
        return false;
    return runs_print(q, &one, 1, error);
}

static bool do_show(Asked *q, GError **error)
{
    int64_t run = 0;
    return run_read(q, &run, error) && show(q, run, error);
}

static bool move_on(Asked *q, PayState to, GError **error)
{
    int64_t run;
    return run_read(q, &run, error) &&
           pay_move_on(q->care, q->session, run, to, str_of(q->reason), q->arena, error) &&
           show(q, run, error);
}

static bool do_review(Asked *q, GError **error)
{
    return move_on(q, PAY_REVIEWED, error);
}

static bool do_approve(Asked *q, GError **error)
{
    return move_on(q, PAY_APPROVED, error);
}

static bool do_refuse(Asked *q, GError **error)
{
    return move_on(q, PAY_REFUSED, error);
}

static bool do_finance(Asked *q, GError **error)
{
    int64_t run;
    if (!move_on(q, PAY_FINANCE, error))
        return false;
    return q->to == NULL || (run_read(q, &run, error) &&
                             pay_request_file(q->care, q->session, run, q->to, q->arena, error));
}

static bool do_release(Asked *q, GError **error)
{
    return move_on(q, PAY_BANK, error);
}

static bool do_bank_file(Asked *q, GError **error)
{
    int64_t run, fen;
    uint64_t lines;
    if (!run_read(q, &run, error))
        return false;
    if (q->to == NULL)
        return fail(error, FAIL_USAGE, "pay bank-file needs --to FILE.csv or FILE.xlsx");
    if (!pay_bank_file(q->care, q->session, run, q->to, q->arena, &lines, &fen, error))
        return false;
    printf("%" G_GUINT64_FORMAT " payments, %s yuan, in %s\n", lines, yuan(q, fen), q->to);
    return true;
}

static bool do_reply(Asked *q, GError **error)
{
    int64_t run;
    uint64_t returned = 0, fresh = 0;
    if (!run_read(q, &run, error))
        return false;
    if (q->n_rest < 2)
        return fail(error, FAIL_USAGE, "pay reply needs the run and the bank's file");
    if (!pay_reply_file(q->care, q->session, run, q->rest[1], q->arena, &returned, &fresh, error))
        return false;
    if (!q->common.json)
        printf("%" G_GUINT64_FORMAT " payments came back, %" G_GUINT64_FORMAT " of them new\n",
               returned, fresh);
    return show(q, run, error);
}

static bool do_replay(Asked *q, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    PayReplay r;
    int64_t run;
    if (!run_read(q, &run, error) || !pay_replay(q->care, q->session, run, q->arena, &r, error))
        return false;
    if (q->common.json) {
        JsonWriter j = json_begin(out);
        json_put_object(&j, NULL);
        json_put_int(&j, "run", r.run);
        json_put_uint(&j, "lines", r.lines);
        json_put_uint(&j, "differ", r.differ);
        json_put_int(&j, "stored_fen", r.stored_fen);
        json_put_int(&j, "then_fen", r.then_fen);
        json_put_uint(&j, "now_differs", r.now_lines);
        json_put_int(&j, "now_more_fen", r.now_more_fen);
        json_put_int(&j, "now_less_fen", r.now_less_fen);
        json_put_end(&j);
        json_finish(&j);
        print_out(out);
    } else {
        printf("as known then: %" G_GUINT64_FORMAT
               " lines, %s yuan prepared, %s recomputed, %" G_GUINT64_FORMAT " lines differ\n",
               r.lines, yuan(q, r.stored_fen), yuan(q, r.then_fen), r.differ);
        printf("as known now: %" G_GUINT64_FORMAT " months of somebody are owed otherwise: %s yuan "
               "more, %s yuan less\n",
               r.now_lines, yuan(q, r.now_more_fen), yuan(q, r.now_less_fen));
    }
    return r.differ == 0 || fail(error, FAIL_INPUT, "the run does not come out as it was prepared");
}

static bool do_hold(Asked *q, GError **error)
{
    const Entity *e;
    RecordKey key;
    PayHold kind;
    int64_t id;
    char text[ID_TEXT];
    if (q->n_rest < 2)
        return fail(error, FAIL_USAGE, "pay hold needs ENTITY KEY --kind KIND --reason TEXT");
    e = model_entity(care_model(q->care), str_of(q->rest[0]));
    if (e == NULL)
        return fail(error, FAIL_USAGE, "there is no register \"%s\"", q->rest[0]);
    if (!pay_hold_parse(str_of(q->kind != NULL ? q->kind : "other"), &kind))
        return fail(error, FAIL_USAGE,
                    "kinds: death conflict fact proof judgement returned notice "
                    "other");
    if (!record_find(q->care, q->session, e, str_of(q->rest[1]), &key, error) ||
        !pay_hold_open(q->care, q->session, e, key, kind, str_of(q->reason), q->arena, &id, error))
        return false;
    printf("held: %s\n", id_format(id, text));
    return true;
}

static bool do_unhold(Asked *q, GError **error)
{
    int64_t id;
    if (q->n_rest < 1 || !id_parse(str_of(q->rest[0]), &id))
        return fail(error, FAIL_USAGE, "pay unhold needs the number of a hold, and --reason TEXT");
    if (!pay_hold_close(q->care, q->session, id, str_of(q->reason), q->arena, error))
        return false;
    puts("released; the next run pays what was held back");
    return true;
}

static void holds_json(const PayHoldRow *all, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    char text[ID_TEXT], at[MOMENT_TEXT];
    json_put_object(&j, NULL);
    json_put_array(&j, "holds");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "number", str_of(id_format(all[i].id, text)));
        json_put_str(&j, "kind", str_of(pay_hold_word(all[i].kind)));
        json_put_int(&j, "county", all[i].county);
        json_put_str(&j, "record", str_of(id_format(all[i].subject, text)));
        json_put_str(&j, "since", str_of(moment_format(all[i].opened_at, at)));
        json_put_str(&j, "by", all[i].opened_by);
        json_put_str(&j, "reason", all[i].reason);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static bool do_holds(Asked *q, GError **error)
{
    PayHoldRow *all;
    size_t n;
    char text[ID_TEXT], at[MOMENT_TEXT];
    if (!pay_holds(q->care, q->session, true, q->arena, &all, &n, error))
        return false;
    if (q->common.json) {
        holds_json(all, n);
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        printf("%s  %-9s county %d  %s  by %.*s: %.*s", id_format(all[i].id, text),
               pay_hold_word(all[i].kind), all[i].county, moment_format(all[i].opened_at, at),
               STR_ARG(all[i].opened_by), STR_ARG(all[i].reason));
        printf("  (%s)\n", id_format(all[i].subject, text));
    }
    return true;
}

static void funds_json(const PayFund *all, size_t n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_array(&j, "funds");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_int(&j, "county", all[i].county);
        json_put_str(&j, "fund", all[i].fund);
        json_put_int(&j, "posted_fen", all[i].posted);
        json_put_int(&j, "reserved_fen", all[i].held);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static bool do_funds(Asked *q, GError **error)
{
    PayFund *all;
    size_t n;
    if (!pay_funds(q->care, q->session, q->arena, &all, &n, error))
        return false;
    if (q->common.json) {
        funds_json(all, n);
        return true;
    }
    for (size_t i = 0; i < n; i++)
        printf("county %d  %-20.*s %16s yuan, of which %s reserved\n", all[i].county,
               STR_ARG(all[i].fund), yuan(q, all[i].posted), yuan(q, all[i].held));
    return true;
}

static bool do_arrange(Asked *q, GError **error)
{
    static const uint8_t fresh[16];
    int64_t yuans;
    if (q->n_rest < 2 || q->region == NULL || !number_read(q->rest[1], &yuans) ||
        yuans > INT64_MAX / 1000)
        return fail(error, FAIL_USAGE,
                    "pay arrange needs FUND YUAN (whole yuan) --region CODE --reason TEXT");
    return pay_fund_add(q->care, q->session, str_of(q->region), str_of(q->rest[0]), yuans * 100,
                        str_of(q->reason), fresh, q->arena, error) &&
           do_funds(q, error);
}

static const struct Verb {
    const char *name;
    bool (*run)(Asked *q, GError **error);
} verbs[] = {
    {"grants", do_grants},       {"changes", do_changes}, {"list", do_list},
    {"show", do_show},           {"review", do_review},   {"approve", do_approve},
    {"refuse", do_refuse},       {"finance", do_finance}, {"release", do_release},
    {"bank-file", do_bank_file}, {"reply", do_reply},     {"replay", do_replay},
    {"hold", do_hold},           {"unhold", do_unhold},   {"holds", do_holds},
    {"funds", do_funds},         {"arrange", do_arrange},
};

static const struct Verb *verb_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (g_str_equal(verbs[i].name, name))
            return &verbs[i];
    return NULL;
}

int command_pay(int argc, char **argv)
{
    Asked q = {.reason = NULL};
    const GOptionEntry own[] = {
        {"month", 0, 0, G_OPTION_ARG_STRING, &q.month, "prepare the runs of this month", "YYYY-MM"},
        {"since", 0, 0, G_OPTION_ARG_STRING, &q.since,
         "first month this ledger pays (first run; else the month itself)", "YYYY-MM"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &q.only, "one benefit alone", "BENEFIT"},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &q.dry, "count, write nothing", NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &q.reason, "why", "TEXT"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &q.to, "file to write", "FILE"},
        {"region", 0, 0, G_OPTION_ARG_STRING, &q.region, "place whose fund", "CODE"},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &q.kind, "kind of a hold", "KIND"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GError *error = NULL;
    g_autoptr(Care) care = NULL;
    g_autoptr(Arena) a = arena_new();
    bool (*run)(Asked *, GError **) = do_prepare;
    if (!common_parse(&q.common, "pay", argc, argv, own))
        return 2;
    if (q.common.n_rest > 0) {
        const struct Verb *v = verb_of(q.common.rest[0]);
        if (v == NULL)
            return wrong_usage("pay", "there is no \"%s\" of pay runs", q.common.rest[0]);
        run = v->run;
        q.name = v->name;
        q.rest = q.common.rest + 1;
        q.n_rest = q.common.n_rest - 1;
    }
    q.arena = a;
    if (!open_care(&q.common, true, &care, &error))
        return finish(error);
    q.care = care;
    if (!session_local(care, str_of(q.common.as), a, &q.session, &error) || !run(&q, &error))
        return finish(error);
    return 0;
}
