/* record.c — one record as a file: its facts with their dates, what the rules in force say about
 * it this month, and the records that refer to it.  For a person this is 一人一档.
 * Read first: record_show(), fill_decisions(). */
#include "base/identifier.h"
#include "care/consent.h"
#include "care/proposal.h"
#include "care/receipt.h"
#include "care/same.h"
#include "page/cells.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/ledger.h"
#include "page/pages.h"
#include "page/papers.h"
#include "page/pay.h"
#include "page/policy.h"
#include "page/score.h"

#define CHILDREN_SHOWN 5u

typedef struct File {
    Req *q;
    const Entity *entity;
    const Record *record;
    View *v;
    Month month;
    StoredAnswer *stored; /* of the month, by rule */
    size_t n_stored;
    ViewList *blank; /* facts that were never recorded */
} File;

/* ---- facts ---- */

static bool read_periods(const File *f, const Field *field, Fact **ret, size_t *ret_n,
                         GError **error)
{
    Req *q = f->q;
    *ret_n = 0;
    return !field->dated || field->secret || field->compute != NULL ||
           record_periods(q->care, q->session, field, f->record->key, q->arena, ret, ret_n, error);
}

static void fill_periods(Req *q, View *v, const Field *field, const Fact *facts, size_t n)
{
    ViewList *list = view_list(v, "periods");
    for (size_t i = n > 0 ? n - 1 : 0; i-- > 0;) { /* the latest stands in the field itself */
        View *p = view_add(list);
        const Value *value = &facts[i].value;
        view_text(p, "value", value_text(q->care, field, *value, q->lang == LANG_EN, q->arena));
        view_flag(p, "absent", !value->known);
        view_text(p, "since", words_date(q, facts[i].since));
        view_text(p, "until", words_date(q, facts[i].until));
    }
}

/* What was never recorded stands by its name alone, below the facts. */
static bool add_field(File *f, ViewList *list, const Field *field, GError **error)
{
    Req *q = f->q;
    Str text = STR("");
    bool known = fact_text(q, field, f->record, &text);
    Fact *facts = NULL;
    size_t n = 0;
    if (!read_periods(f, field, &facts, &n, error))
        return false;
    if (!known && n <= 1) {
        view_text(view_add(f->blank), "label", label_of(q, field->label));
        return true;
    }
    View *v = view_add(list);
    view_text(v, "label", label_of(q, field->label));
    view_text(v, "value", text);
    view_flag(v, "absent", !known);
    view_flag(v, "computed", field->compute != NULL);
    view_flag(v, "secret", field->secret);
    if (field->dated && field->index < f->record->n_facts && known)
        view_text(v, "since", words_date(q, f->record->facts[field->index].since));
    if (field->type.kind == KIND_REF && known)
        view_url(v, "to_url",
                 record_address(q, field->type.to,
                                (RecordKey){0, f->record->facts[field->index].value.num}, ""));
    if (field->secret && known && session_reveals(q->session, field))
        view_url(v, "reveal_url",
                 record_address(q, f->entity, f->record->key,
                                arena_printf(q->arena, "/reveal/%.*s", STR_ARG(field->name))));
    fill_periods(q, v, field, facts, n);
    return true;
}

static bool fill_fields(File *f, GError **error)
{
    ViewList *list = view_list(f->v, "fields");
    f->blank = view_list(f->v, "blank");
    for (size_t i = 0; i < f->entity->n_fields; i++)
        if (!add_field(f, list, f->entity->fields[i], error))
            return false;
    if (f->blank->count > 0)
        view_text(f->v, "blank_count", words_count(f->q, f->blank->count));
    return true;
}

/* Groups a person has, her place, her level: what one sees at a glance. */
static void fill_tags(File *f)
{
    Req *q = f->q;
    ViewList *tags = view_list(f->v, "tags");
    for (size_t i = 0; i < f->entity->n_list; i++) {
        const Field *field = f->entity->list[i];
        Str text = STR("");
        bool titled = false;
        for (size_t k = 0; k < f->entity->n_title; k++)
            titled = titled || f->entity->title[k] == field;
        if (titled || field->secret || !fact_text(q, field, f->record, &text))
            continue;
        View *v = view_add(tags);
        view_text(v, "label", label_of(q, field->label));
        view_text(v, "value", text);
    }
}

/* 最后见到：the day, whatever showed it. */
static void fill_seen(File *f)
{
    const Field *seen = f->entity->seen;
    Str text = STR("");
    bool known = seen != NULL && fact_text(f->q, seen, f->record, &text);
    if (seen == NULL)
        return;
    view_text(f->v, "seen_label", label_of(f->q, seen->label));
    view_text(f->v, "seen_on", known ? text : STR(""));
}

/* ---- decisions ---- */

typedef struct Group {
    RuleKind kind;
    Truth truth;
    const char *key;
    bool folded; /* long and seldom asked for */
} Group;

/* The condition that is nearest to hold, else the first that refuses, as a sentence. */
static Str first_refusal(const Req *q, const Explanation *e)
{
    if (e->n_nearest > 0)
        return q->lang == LANG_EN ? e->nearest[0].en : e->nearest[0].zh;
    for (size_t i = 0; i < e->n_lines; i++)
        if (e->lines[i].depth > 0 && e->lines[i].truth == TRUTH_NO)
            return q->lang == LANG_EN ? e->lines[i].en : e->lines[i].zh;
    return STR("");
}

/* What is stored, where it is not today's answer. */
static void fill_stored(File *f, View *v, const Rule *rule, const Explanation *e)
{
    for (size_t i = 0; i < f->n_stored; i++) {
        const StoredAnswer *s = &f->stored[i];
        int64_t now = e->has_amount && e->outcome == TRUTH_YES ? e->amount : 0;
        if (s->rule != rule || (s->outcome == e->outcome && s->amount == now))
            continue;
        view_text(v, "decided",
                  s->outcome == TRUTH_YES && s->amount > 0 ? words_money(f->q, s->amount)
                                                           : words_outcome(f->q, s->outcome));
    }
}

static void add_decision(File *f, ViewList *list, const Rule *rule, const Explanation *e)
{
    Req *q = f->q;
    View *v = view_add(list);
    char month[DATE_TEXT];
    view_text(v, "label", label_of(q, rule->label));
    if (e->has_amount && e->outcome == TRUTH_YES)
        view_text(v, "amount", words_money(q, e->amount));
    Str document = label_of(q, rule->home.document->title);
    view_word(v, "clause_label",
              arena_printf(q->arena, "%.*s %.*s", STR_ARG(document), STR_ARG(e->clause)));
    view_url(v, "clause_url", clause_address(q, rule->home.document, rule->home.clause));
    view_url(v, "why_url",
             record_address(q, f->entity, f->record->key,
                            arena_printf(q->arena, "/why/%.*s?month=%s", STR_ARG(rule->name),
                                         month_format(f->month, month))));
    if (e->outcome == TRUTH_NO)
        view_text(v, "note", first_refusal(q, e));
    fill_stored(f, v, rule, e);
    ViewList *missing = view_list(v, "missing");
    for (size_t i = 0; e->outcome == TRUTH_UNKNOWN && i < e->n_missing; i++)
        view_text(view_add(missing), "label",
                  missing_label(q, e->missing[i].name, e->missing[i].zh, e->missing[i].en));
    if (e->has_change)
        view_text(v, "change", q->lang == LANG_EN ? e->change_en : e->change_zh);
}

static void add_group(File *f, ViewList *groups, const Group *g, const Explanation *all, size_t n)
{
    const Model *m = care_model(f->q->care);
    ViewList *decisions = NULL;
    View *v = NULL;
    for (size_t i = 0; i < n; i++) {
        const Rule *rule = model_rule(m, all[i].rule);
        if (rule == NULL || rule->kind != g->kind || all[i].outcome != g->truth)
            continue;
        if (v == NULL) {
            v = view_add(groups);
            view_text(v, "title", say(f->q, g->key));
            view_word(v, "mark", words_mark(g->truth));
            view_word(v, "kind",
                      g->kind == RULE_BENEFIT && g->truth == TRUTH_NO
                          ? "open" /* nothing is wrong */
                          : words_class(g->truth));
            view_flag(v, "folded", g->folded);
            decisions = view_list(v, "decisions");
        }
        add_decision(f, decisions, rule, &all[i]);
    }
    if (v != NULL)
        view_text(v, "count", words_count(f->q, decisions->count));
}

static bool fill_decisions(File *f, GError **error)
{
    static const Group groups[] = {
        {RULE_BENEFIT, TRUTH_YES, KEY("file_entitled"), false},
        {RULE_BENEFIT, TRUTH_UNKNOWN, KEY("file_waiting"), false},
        {RULE_BENEFIT, TRUTH_PERSON, KEY("file_judgement"), false},
        {RULE_CHECK, TRUTH_NO, KEY("file_alerts"), false},
        {RULE_CHECK, TRUTH_UNKNOWN, KEY("file_unproven"), false},
        {RULE_BENEFIT, TRUTH_NO, KEY("file_not_entitled"), true},
        {RULE_CHECK, TRUTH_YES, KEY("file_in_order"), true},
    };
    Req *q = f->q;
    const Model *m = care_model(q->care);
    Explanation *all = NULL;
    size_t n = 0;
    char text[DATE_TEXT];
    bool benefits = entity_has_rules(m, f->entity, RULE_BENEFIT);
    bool checks = entity_has_rules(m, f->entity, RULE_CHECK);
    bool shown = (benefits || checks) && session_may(q->session, MAY_MONEY_READ);
    view_flag(f->v, "has_rules", shown);
    view_text(f->v, "month", words_month(q, f->month));
    view_word(f->v, "month_value", arena_printf(q->arena, "%s", month_format(f->month, text)));
    ViewList *list = view_list(f->v, "groups");
    if (!shown)
        return true;
    if (!decision_all(q->care, q->session, f->entity, f->record->key, f->month, q->arena, &all, &n,
                      error) ||
        !decision_stored(q->care, q->session, f->entity, f->record->key, f->month, q->arena,
                         &f->stored, &f->n_stored, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        add_group(f, list, &groups[i], all, n);
    return true;
}

/* ---- what refers to it ---- */

static Str child_address(const Req *q, const File *f, const Entity *e, const Field *by,
                         const char *below)
{
    return str_of(arena_printf(q->arena, "/records/%.*s%s?by=%.*s&of=%.*s", STR_ARG(e->name), below,
                               STR_ARG(by->name), STR_ARG(key_text(q, f->record->key))));
}

static bool add_children(File *f, ViewList *list, ViewList *add, const Entity *e, const Field *by,
                         GError **error)
{
    Req *q = f->q;
    ListResult r = {0};
    g_autoptr(GError) refused = NULL;
    if (!record_children(q->care, q->session, e, by, f->record->key, CHILDREN_SHOWN, q->arena, &r,
                         &refused)) {
        if (g_error_matches(refused, FAIL_DOMAIN, FAIL_RIGHT))
            return true; /* not for this role: the file shows the rest */
        g_propagate_error(error, g_steal_pointer(&refused));
        return false;
    }
    bool may_add = session_writes(q->session, e);
    View *v = view_add(r.total > 0 ? list : add);
    view_text(v, "label", label_of(q, e->label));
    if (may_add)
        view_url(v, "new_url", child_address(q, f, e, by, "/new"));
    if (r.total == 0)
        return true;
    view_text(v, "count", words_count(q, r.total));
    if (r.total > r.n)
        view_url(v, "more_url", child_address(q, f, e, by, ""));
    fill_heads(q, v, e, by);
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < r.n; i++)
        fill_row(q, view_add(rows), e, &r.rows[i], by);
    return true;
}

/* ---- what was paid ---- */

#define PAYMENTS_SHOWN 24u

/* Newest months first; of a role that sees no amounts nothing. */
static bool fill_payments(File *f, GError **error)
{
    Req *q = f->q;
    ViewList *list = view_list(f->v, "payments");
    PayLine *lines;
    size_t n;
    char month[DATE_TEXT];
    GError *why = NULL;
    bool kin = session_is_kin(q->session); /* what the elder agreed to */
    if (!kin && !session_may(q->session, MAY_MONEY_READ | MAY_PERSON_READ))
        return true;
    if (!pay_of_record(q->care, q->session, f->entity, f->record->key, q->arena, &lines, &n,
                       &why)) {
        if (kin && g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT)) {
            g_error_free(why);
            return true;
        }
        g_propagate_error(error, why);
        return fail_while(error, "what was paid");
    }
    view_flag(f->v, "has_payments", n > 0);
    for (size_t i = n; i-- > 0 && n - i <= PAYMENTS_SHOWN;) {
        const Rule *rule = care_model(q->care)->rules[lines[i].rule];
        View *row = view_add(list);
        view_text(row, "benefit", label_of(q, rule->label));
        view_url(row, "link_url",
                 record_address(q, f->entity, f->record->key,
                                arena_printf(q->arena, "/why/%.*s?month=%s", STR_ARG(rule->name),
                                             month_format(lines[i].month, month))));
        fill_pay_line(q, row, &lines[i], lines[i].month);
    }
    return true;
}

static bool fill_children(File *f, GError **error)
{
    const Model *m = care_model(f->q->care);
    ViewList *list = view_list(f->v, "children"), *add = view_list(f->v, "add");
    for (size_t i = 0; i < m->n_entities; i++)
        for (size_t k = 0; k < m->entities[i]->n_fields; k++) {
            const Field *by = m->entities[i]->fields[k];
            if (by->type.kind != KIND_REF || by->type.to != f->entity || by->compute != NULL)
                continue;
            if (!add_children(f, list, add, m->entities[i], by, error))
                return false;
        }
    view_flag(f->v, "has_add", add->count > 0);
    return true;
}

/* ---- the page ---- */

static void fill_links(File *f)
{
    Req *q = f->q;
    RecordKey key = f->record->key;
    view_url(f->v, "list_url",
             str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(f->entity->name))));
    view_url(f->v, "self_url", record_address(q, f->entity, key, ""));
    if (session_writes(q->session, f->entity))
        view_url(f->v, "edit_url", record_address(q, f->entity, key, "/edit"));
    if (f->entity->place != NULL && !session_is_kin(q->session)) /* offices' own */
        view_url(f->v, "around_url", record_address(q, f->entity, key, "/around"));
    if (session_may(q->session, MAY_JOURNAL_READ))
        view_url(f->v, "history_url", record_address(q, f->entity, key, "/history"));
    if (session_may(q->session, MAY_REVEAL) || session_may(q->session, MAY_JOURNAL_READ))
        view_url(f->v, "looks_url", record_address(q, f->entity, key, "/looks"));
}

static bool fill_waiting_changes(File *f, GError **error)
{
    size_t n = 0;
    Req *q = f->q;
    if (session_is_kin(q->session)) /* it is between offices, and the page of it is theirs */
        return true;
    if (!proposal_count(q->care, q->session, f->entity, f->record->key, &n, error))
        return false;
    if (n > 0) {
        view_text(f->v, "changes_wait", words_count(q, n));
        view_url(f->v, "changes_url", STR("/changes"));
    }
    return true;
}

bool record_page(Req *q, const Entity *e, RecordKey key, unsigned status, const FieldFault *faults,
                 size_t n_faults, GError **error)
{
    File f = {.q = q, .month = req_month(q), .entity = e};
    Record *record = NULL;
    Str title = STR("");
    char number[ID_TEXT];
    if (!record_get(q->care, q->session, f.entity, key, req_day(q), q->arena, &record, error) ||
        !record_title(q->care, q->session, f.entity, key, q->arena, &title, error))
        return fail_while(error, "showing a record");
    f.record = record;
    f.v = view_new(q->arena);
    view_text(f.v, "page_title", title);
    view_text(f.v, "title", title);
    view_text(f.v, "entity_label", label_of(q, f.entity->label));
    view_word(f.v, "number", arena_printf(q->arena, "%s", id_format(record->key.id, number)));
    view_flag(f.v, "saved", fields_has(&q->query, "saved"));
    view_flag(f.v, "unchanged", fields_has(&q->query, "unchanged"));
    fill_links(&f);
    fill_tags(&f);
    fill_seen(&f);
    if (!fill_waiting_changes(&f, error) ||
        !fill_handling(q, f.v, e, key, record->seq, faults, n_faults, error) ||
        !fill_fields(&f, error) || !fill_decisions(&f, error) ||
        !fill_accounts(q, f.v, e, key, error) || !fill_payments(&f, error) ||
        !fill_scores(q, f.v, e, key, error) || !fill_children(&f, error) ||
        !fill_papers(q, f.v, e, key, error))
        return fail_while(error, "showing a record");
    return page_show(q, VIEW_PAGE_RECORD, status, f.v, error);
}

/* The number of a record that went into another one leads there. */
bool record_show(Req *q, GError **error)
{
    const Entity *e;
    RecordKey key, led;
    g_autoptr(GError) why = NULL;
    if (!req_entity(q, q->arguments[0], &e, error) || !req_key(q, q->arguments[1], &key, error))
        return false;
    if (record_page(q, e, key, 200, NULL, 0, &why))
        return true;
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT) &&
        record_led(q->care, e, key.id, &led, NULL))
        return page_redirect(q, record_address(q, e, led, ""));
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}
