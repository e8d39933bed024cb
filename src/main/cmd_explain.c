/* cmd_explain.c — anlao explain: one decision as sentences. */
#include "base/decimal.h"
#include "care/receipt.h"
#include "care/region_check.h"
#include "format/json.h"
#include "main/main.h"

static const char *truth_mark(Truth t)
{
    static const char *const marks[] = {"✗", "?", "☐", "✓"};
    return marks[t];
}

static void json_lines(JsonWriter *j, const Explanation *x)
{
    json_put_array(j, "lines");
    for (size_t i = 0; i < x->n_lines; i++) {
        const ExplainLine *line = &x->lines[i];
        json_put_object(j, NULL);
        json_put_int(j, "depth", line->depth);
        json_put_str(j, "text_zh", line->zh);
        json_put_str(j, "text_en", line->en);
        json_put_str(j, "truth",
                     line->truth == TRUTH_PERSON ? STR("person") : str_of(truth_word(line->truth)));
        json_put_str(j, "source", line->source_zh);
        json_put_str(j, "source_en", line->source_en);
        json_put_end(j);
    }
    json_put_end(j);
}

static void json_missing(JsonWriter *j, const Explanation *x)
{
    json_put_array(j, "missing");
    for (size_t i = 0; i < x->n_missing; i++)
        json_put_str(j, NULL, x->missing[i].name);
    json_put_end(j);
    json_put_array(j, "supply");
    for (size_t i = 0; i < x->n_missing; i++) {
        const MissingFact *m = &x->missing[i];
        json_put_object(j, NULL);
        json_put_str(j, "name", m->name);
        json_put_str(j, "kind", str_of(missing_kind(m)));
        json_put_str(j, "who_zh", m->who_zh);
        json_put_str(j, "who_en", m->who_en);
        if (m->is_param) {
            json_put_str(j, "document", m->document);
            json_put_str(j, "clause", m->clause);
        }
        json_put_end(j);
    }
    json_put_end(j);
}

static void json_change(JsonWriter *j, const Explanation *x)
{
    json_put_array(j, "nearest");
    for (size_t i = 0; i < x->n_nearest; i++) {
        const NearChange *n = &x->nearest[i];
        json_put_object(j, NULL);
        json_put_str(j, "by", str_of(near_words[n->kind]));
        json_put_int(j, "distance", n->distance);
        json_put_str(j, "text_zh", n->zh);
        json_put_str(j, "text_en", n->en);
        if (n->kind == NEAR_TIME)
            json_put_date(j, "on", n->on);
        json_put_end(j);
    }
    json_put_end(j);
    if (!x->has_change) {
        json_put_null(j, "next_change");
        return;
    }
    json_put_object(j, "next_change");
    json_put_date(j, "on", x->change_on);
    json_put_str(j, "because", x->change_zh);
    json_put_str(j, "because_en", x->change_en);
    json_put_str(j, "to", str_of(truth_word(x->change_to)));
    json_put_end(j);
}

static void json_fact(JsonWriter *j, const ExplainFact *f)
{
    json_put_object(j, NULL);
    json_put_str(j, "name", f->name);
    json_put_str(j, "label_zh", f->zh);
    json_put_str(j, "label_en", f->en);
    json_put_str(j, "value_zh", f->value_zh);
    json_put_str(j, "value_en", f->value_en);
    if (f->since > DATE_MIN)
        json_put_date(j, "since", f->since);
    if (f->document.len > 0) {
        json_put_str(j, "document", f->document);
        json_put_str(j, "clause", f->clause);
    } else if (f->seq > 0) {
        json_put_object(j, "recorded");
        json_put_int(j, "seq", f->seq);
        json_put_int(j, "at_us", f->at);
        if (f->by.len > 0)
            json_put_str(j, "by", f->by);
        json_put_str(j, "role_zh", f->role_zh);
        json_put_str(j, "role_en", f->role_en);
        json_put_str(j, "via", f->via);
        json_put_str(j, "kind", f->kind);
        json_put_str(j, "reason", f->reason);
        json_put_end(j);
    }
    json_put_end(j);
}

static void json_answer(JsonWriter *j, Truth outcome, int64_t fen)
{
    json_put_str(j, "outcome", str_of(truth_word(outcome)));
    if (outcome == TRUTH_YES)
        json_put_int(j, "amount_fen", fen);
}

/* What is stored, whether today's answer is the same; of a receipt whether it gives the answer. */
static void json_stored(JsonWriter *j, const Receipt *r)
{
    if (!r->decided) {
        json_put_null(j, "stored");
        return;
    }
    json_put_object(j, "stored");
    json_put_int(j, "run", r->run);
    json_put_int(j, "at_us", r->at);
    json_put_int(j, "policy", r->policy);
    json_answer(j, r->outcome, r->amount);
    json_put_bool(j, "other_policy", r->other_policy);
    json_put_bool(j, "same_today", r->same);
    if (r->recomputed) {
        json_put_bool(j, "agrees", r->agrees);
        json_put_object(j, "today");
        json_answer(j, r->outside_now ? TRUTH_NO : r->now.outcome,
                    r->now.has_amount ? r->now.amount : 0);
        json_put_end(j);
        json_put_array(j, "differences");
        for (size_t i = 0; i < r->n_differences; i++) {
            json_put_object(j, NULL);
            json_put_str(j, "then_zh", r->differences[i].then_zh);
            json_put_str(j, "then_en", r->differences[i].then_en);
            json_put_str(j, "now_zh", r->differences[i].now_zh);
            json_put_str(j, "now_en", r->differences[i].now_en);
            json_put_end(j);
        }
        json_put_end(j);
    }
    json_put_end(j);
}

/* Of a fund that pays up to its balance the pay run says how much. */
static void json_funds(JsonWriter *j, const Explanation *x)
{
    if (x->n_funds == 0)
        return;
    json_put_array(j, "funds");
    for (size_t i = 0; i < x->n_funds; i++) {
        json_put_object(j, NULL);
        json_put_str(j, "fund", x->funds[i].name);
        if (x->funds[i].known)
            json_put_int(j, "fen", x->funds[i].amount);
        else
            json_put_null(j, "fen");
        json_put_end(j);
    }
    json_put_end(j);
}

static void print_json(const Explanation *x, const Receipt *r)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "rule", x->rule);
    json_put_str(&j, "entity", x->subject);
    json_put_str(&j, "key", x->key);
    json_put_date(&j, "on", x->on);
    json_put_str(&j, "outcome", str_of(truth_word(x->outcome)));
    if (x->has_amount)
        json_put_int(&j, "amount_fen", x->amount);
    if (x->has_most)
        json_put_int(&j, "judgement_ceiling_fen", x->most);
    json_funds(&j, x);
    json_put_str(&j, "clause", x->clause);
    json_put_str(&j, "document", x->document);
    json_lines(&j, x);
    json_missing(&j, x);
    json_change(&j, x);
    json_put_array(&j, "facts");
    for (size_t i = 0; i < x->n_facts; i++)
        json_fact(&j, &x->facts[i]);
    json_put_end(&j);
    json_stored(&j, r);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

/* ---- as words: in Chinese, or in English */

static void print_fact(const ExplainFact *f, bool english)
{
    char day[DATE_TEXT];
    Str label = in_words(english, f->zh, f->en), role = in_words(english, f->role_zh, f->role_en);
    printf("  %.*s %.*s", STR_ARG(label.len > 0 ? label : f->name),
           STR_ARG(in_words(english, f->value_zh, f->value_en)));
    if (f->document.len > 0)
        printf(either(english, "：《%.*s》%.*s", ": %.*s %.*s"), STR_ARG(f->document),
               STR_ARG(f->clause));
    else if (f->seq > 0)
        printf(either(english, "：%s %.*s%s%.*s%s%.*s（第 %" G_GINT64_FORMAT " 号留痕，%.*s）",
                      ": %s %.*s%s%.*s%s%.*s (entry %" G_GINT64_FORMAT ", %.*s)"),
               date_format((Date)(f->at / (INT64_C(86400) * 1000000)), day), STR_ARG(role),
               english && role.len > 0 && f->by.len > 0 ? " " : "", STR_ARG(f->by),
               role.len + f->by.len > 0 ? " " : "", STR_ARG(f->kind), f->seq, STR_ARG(f->via));
    putchar('\n');
}

static void print_missing(const MissingFact *m, bool english)
{
    Str who = in_words(english, m->who_zh, m->who_en);
    const char *what = m->is_judgement ? either(english, "待认定", "to be decided")
                                       : either(english, "缺", "missing");
    const char *by = m->is_param       ? either(english, "由此设定", "set by")
                     : m->is_judgement ? either(english, "认定人", "decided by")
                                       : either(english, "可登记的人", "entered by");
    printf(either(english, "%s：%.*s（%.*s）", "%s: %.*s (%.*s)"), what,
           STR_ARG(in_words(english, m->zh, m->en)), STR_ARG(m->name));
    if (who.len > 0)
        printf(either(english, "，%s：%.*s", ", %s: %.*s"), by, STR_ARG(who));
    if (m->is_param && m->document.len > 0)
        printf(either(english, "（%.*s %.*s）", " (%.*s %.*s)"), STR_ARG(m->document),
               STR_ARG(m->clause));
    putchar('\n');
}

static const char *money(Truth outcome, int64_t fen, bool english, char to[DECIMAL_TEXT])
{
    static const char *const zh[] = {[TRUTH_NO] = "不符合",
                                     [TRUTH_UNKNOWN] = "待核实",
                                     [TRUTH_PERSON] = "待人工认定",
                                     [TRUTH_YES] = "符合"};
    if (outcome != TRUTH_YES)
        g_strlcpy(to, either(english, zh[outcome], truth_word(outcome)), DECIMAL_TEXT);
    else
        money_format(fen, to);
    return to;
}

static void print_stored(const Receipt *r, bool english)
{
    char then[DECIMAL_TEXT], now[DECIMAL_TEXT];
    if (!r->decided)
        return;
    Truth today = r->outside_now ? TRUTH_NO : r->now.outcome;
    printf(either(english,
                  "已存决定：第 %" G_GINT64_FORMAT " 次（文件第 %" G_GINT64_FORMAT
                  " 版）：%s；按今天的事实和文件：%s%s\n",
                  "as decided: run %" G_GINT64_FORMAT ", policy %" G_GINT64_FORMAT
                  ": %s; by today's facts and documents: %s%s\n"),
           r->run, r->policy, money(r->outcome, r->amount, english, then),
           money(today, r->now.has_amount ? r->now.amount : 0, english, now),
           r->same           ? ""
           : r->other_policy ? either(english, "（文件已换）", " (other documents)")
                             : either(english, "（事实已改）", " (other facts)"));
    for (size_t i = 0; i < r->n_differences; i++) {
        const ReceiptDifference *d = &r->differences[i];
        if (d->then_zh.len > 0)
            printf(either(english, "  当时：%.*s\n", "  then: %.*s\n"),
                   STR_ARG(in_words(english, d->then_zh, d->then_en)));
        if (d->now_zh.len > 0)
            printf(either(english, "  现在：%.*s\n", "  now: %.*s\n"),
                   STR_ARG(in_words(english, d->now_zh, d->now_en)));
    }
}

static void print_sentences(const Explanation *x, bool english)
{
    for (size_t i = 0; i < x->n_lines; i++) {
        const ExplainLine *line = &x->lines[i];
        Str source = in_words(english, line->source_zh, line->source_en);
        printf("%*s%s %.*s", (int)line->depth * 2, "", truth_mark(line->truth),
               STR_ARG(in_words(english, line->zh, line->en)));
        if (source.len > 0)
            printf(either(english, "  ［%.*s］", "  [%.*s]"), STR_ARG(source));
        putchar('\n');
    }
    for (size_t i = 0; i < x->n_missing; i++)
        print_missing(&x->missing[i], english);
    for (size_t i = 0; i < x->n_nearest; i++)
        printf("%s%.*s\n",
               i == 0 ? either(english, "离符合最近： ", "nearest: ")
                      : either(english, "　　　　其次： ", "   then: "),
               STR_ARG(in_words(english, x->nearest[i].zh, x->nearest[i].en)));
    if (x->has_change)
        printf("→ %.*s\n", STR_ARG(in_words(english, x->change_zh, x->change_en)));
    for (size_t i = 0; i < x->n_facts; i++)
        print_fact(&x->facts[i], english);
}

/* As it was decided, or as of now with what is stored beside it. */
static bool explain_rule_of(Care *care, const Session *session, const Rule *rule, RecordKey key,
                            Month month, bool receipt, Arena *a, Receipt *r, GError **error)
{
    if (!decision_receipt(care, session, rule, key, month, receipt, a, r, error))
        return false;
    if (receipt && !r->decided)
        return fail(error, FAIL_ABSENT,
                    "\"%.*s\" was not decided for that month: there is no receipt",
                    STR_ARG(rule->name));
    if (receipt && !r->agrees)
        return fail(error, FAIL_INPUT,
                    "the facts and documents of run %" G_GINT64_FORMAT
                    " do not give the stored answer; run \"anlao verify\"",
                    r->run);
    if (receipt && r->outside_then)
        return fail(error, FAIL_ABSENT,
                    "\"%.*s\" said nothing about this record in that month, as it was known then",
                    STR_ARG(rule->name));
    if (!receipt && r->outside_now) /* for its words */
        return decision_explain(care, session, rule, key, month, a, &r->now, error);
    return true;
}

typedef struct Asked {
    const char *rule;
    Date on; /* 0: the business day */
    gboolean receipt, english;
} Asked;

static void print_answer(const Common *c, const Asked *q, Explanation *x, const Receipt *r)
{
    if (c->json) {
        print_json(x, r);
        return;
    }
    print_sentences(x, q->english);
    print_stored(r, q->english);
}

/* Of a region, by its code, on the day itself; nothing of it is stored. */
static bool explain_region(const Common *c, const Asked *q, Care *care, const Session *s,
                           const Rule *check, Arena *a, GError **error)
{
    Receipt r = {0};
    int32_t region;
    if (!region_given(care, c->rest[1], &region, error))
        return false;
    if (q->receipt)
        return fail(error, FAIL_INPUT,
                    "\"%s\" is a check of regions: it is asked anew each time, and has no receipt",
                    q->rule);
    Date on = q->on != 0 ? q->on : care_today(care);
    if (!region_check_explain(care, s, check, region, on, a, &r.now, error))
        return false;
    print_answer(c, q, &r.now, &r);
    return true;
}

static bool explain_it(const Common *c, const Asked *q, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *session;
    RecordKey key;
    Receipt r;
    if (!open_care(c, true, &care, error) ||
        !session_local(care, str_of(c->as), a, &session, error))
        return false;
    const Entity *e = model_entity(care_model(care), str_of(c->rest[0]));
    const Rule *rule = model_rule(care_model(care), str_of(q->rule));
    if (e == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[0]);
    if (rule != NULL && rule->subject == e && rule->asked != NULL)
        return explain_region(c, q, care, session, rule, a, error);
    if (rule == NULL || rule->subject != e)
        return fail(error, FAIL_INPUT, "there is no rule \"%s\" about %s", q->rule, c->rest[0]);
    if (!record_find(care, session, e, str_of(c->rest[1]), &key, error) ||
        !explain_rule_of(care, session, rule, key, month_of(q->on != 0 ? q->on : care_today(care)),
                         q->receipt, a, &r, error))
        return false;
    Explanation *x = q->receipt ? &r.then : &r.now;
    x->key = str_of(c->rest[1]);
    print_answer(c, q, x, &r);
    return true;
}

int command_explain(int argc, char **argv)
{
    Common c;
    Asked q = {0};
    char *on_text = NULL;
    const GOptionEntry own[] = {
        {"on", 0, 0, G_OPTION_ARG_STRING, &on_text,
         "day of the decision, whose month is explained; the business day if left out", "DATE"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &q.english, "the text in English", NULL},
        {"receipt", 0, 0, G_OPTION_ARG_NONE, &q.receipt,
         "as it was decided: by the facts and documents known then", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "explain", argc, argv, own) ||
        (on_text != NULL && !parse_day("explain", on_text, &q.on)))
        return 2;
    if (c.n_rest != 3)
        return wrong_usage("explain", "needs an entity, a record and a rule; of a check of regions "
                                      "\"region\", the region's code and the check");
    q.rule = c.rest[2];
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    if (!explain_it(&c, &q, a, &error))
        return finish(error);
    return 0;
}
