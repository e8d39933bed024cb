/* api.c — the same pages for programs: JSON, codes instead of labels, money in fen, dates in ISO
 * 8601, ids as text.  The same session, the same predicate. */
#include "base/chinese.h"
#include "base/limits.h"
#include "care/figures_json.h"
#include "care/simulate.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/widget.h"

#define DRAFT         "draft" /* what messages call a text without a name */
#define EFFECT_MOVERS 20

static void free_text(void *text)
{
    g_string_free(text, TRUE);
}

static JsonWriter api_begin(Req *q)
{
    GString *out = g_string_sized_new(4096);
    arena_on_free(q->arena, free_text, out);
    return json_begin(out);
}

static bool api_end(Req *q, JsonWriter *j)
{
    json_finish(j);
    return page_json(q, 200, (Str){j->out->str, j->out->len});
}

/* ---- figures ---- */

bool api_figures(Req *q, GError **error)
{
    TargetFigure *all = NULL;
    size_t n = 0;
    Date on = req_day(q);
    JsonWriter j;
    if (!figures_targets(q->care, q->session, NULL, req_region(q), on, q->arena, &all, &n, error))
        return false;
    j = api_begin(q);
    json_put_object(&j, NULL);
    json_put_date(&j, "on", on);
    json_put_array(&j, "figures");
    for (size_t i = 0; i < n; i++)
        target_figure_json(q->care, &j, &all[i]);
    json_put_end(&j);
    json_put_end(&j);
    return api_end(q, &j);
}

/* ---- documents ---- */

/* What stands for this, and what this stands for. */
static void write_versions(JsonWriter *j, const ClauseItem *item)
{
    const Versions *of = item->versions;
    if (of == NULL)
        return;
    json_put_array(j, "versions");
    for (size_t i = 0; i < of->n; i++) {
        const Version *x = &of->list[i];
        json_put_object(j, NULL);
        json_put_str(j, "document", x->home.document->name);
        json_put_str(j, "clause", x->home.clause != NULL ? x->home.clause->number : STR(""));
        json_put_str(j, "place", x->home.document->place);
        if (x->from > DATE_MIN)
            json_put_date(j, "from", x->from);
        if (x->until < DATE_MAX)
            json_put_date(j, "until", x->until);
        json_put_bool(j, "ends", x->ends);
        json_put_bool(j, "this", i == item->version);
        json_put_end(j);
    }
    json_put_end(j);
}

static void write_item(Req *q, JsonWriter *j, const ClauseItem *item)
{
    const Rule *rule = clause_item_rule(item);
    json_put_object(j, NULL);
    json_put_str(j, "kind", str_of(declaration_words[item->kind]));
    json_put_str(j, "name", item->name);
    json_put_str(j, "label_zh", item->label.zh);
    json_put_str(j, "label_en", item->label.en);
    if (rule != NULL) {
        json_put_int(j, "yes", (int64_t)item->yes);
        json_put_int(j, "no", (int64_t)item->no);
        json_put_int(j, "unknown", (int64_t)item->unknown);
        json_put_int(j, "judgement", (int64_t)item->judgement);
    }
    if (item->kind == DECLARES_JUDGEMENT) {
        json_put_int(j, "decided", (int64_t)item->yes);
        json_put_int(j, "waiting", (int64_t)item->judgement);
    }
    if (rule != NULL && rule->kind == RULE_BENEFIT && session_may(q->session, MAY_MONEY_READ)) {
        json_put_int(j, "sum_fen", item->sum);
        json_put_int(j, "judgement_ceiling_fen", item->most);
        json_put_int(j, "judgement_without_ceiling", (int64_t)item->unbounded);
    }
    write_versions(j, item);
    if (item->kind == DECLARES_PARAM) {
        json_put_bool(j, "unset", item->unset);
        json_put_str(j, "value_zh", item->value_zh);
        json_put_str(j, "value_en", item->value_en);
    }
    if (item->kind == DECLARES_INDICATOR && figure_known(&item->figure))
        json_put_int(j, "value", item->figure.value);
    if (item->kind == DECLARES_INDICATOR && item->n_cells > 0) {
        json_put_array(j, "figures");
        for (size_t i = 0; i < item->n_cells; i++)
            indicator_figure_json(q->care, j, item->what, &item->cells[i]);
        json_put_end(j);
    }
    if (item->n_targets > 0) {
        json_put_array(j, "targets");
        for (size_t i = 0; i < item->n_targets; i++)
            target_figure_json(q->care, j, &item->targets[i]);
        json_put_end(j);
    }
    json_put_end(j);
}

static void write_clause(Req *q, JsonWriter *j, const ClauseView *c)
{
    json_put_object(j, NULL);
    json_put_str(j, "clause", c->clause->number);
    json_put_str(j, "title_zh", c->clause->title.zh);
    json_put_str(j, "title_en", c->clause->title.en);
    json_put_str(j, "state", str_of(clause_state_words[c->state]));
    json_put_bool(j, "judged", c->judged);
    json_put_array(j, "items");
    for (size_t i = 0; i < c->n_items; i++)
        write_item(q, j, &c->items[i]);
    json_put_end(j);
    json_put_end(j);
}

bool api_document(Req *q, GError **error)
{
    const Document *d = model_document(care_model(q->care), q->arguments[0]);
    DocumentView dv;
    JsonWriter j;
    char month[DATE_TEXT];
    if (d == NULL)
        return fail(error, FAIL_ABSENT, "no such document");
    if (!document_view(q->care, q->session, d, req_region(q), req_month(q), q->arena, &dv, error))
        return false;
    j = api_begin(q);
    json_put_object(&j, NULL);
    json_put_str(&j, "document", d->name);
    json_put_str(&j, "title_zh", d->title.zh);
    json_put_str(&j, "title_en", d->title.en);
    json_put_str(&j, "month", str_of(month_format(req_month(q), month)));
    json_put_str(&j, "region", care_regions(q->care)->code[req_region(q)]);
    json_put_int(&j, "running", (int64_t)dv.running);
    json_put_int(&j, "judged", (int64_t)dv.judged);
    json_put_int(&j, "declared", (int64_t)dv.declared);
    json_put_int(&j, "missing", (int64_t)dv.missing);
    json_put_array(&j, "clauses");
    for (size_t i = 0; i < dv.n_clauses; i++)
        write_clause(q, &j, &dv.clauses[i]);
    json_put_end(&j);
    json_put_end(&j);
    return api_end(q, &j);
}

/* ---- drafts ---- */

/* The same in Chinese; what is not translated yet, as it is. */
static void put_chinese(JsonWriter *j, const char *text, const char *hint)
{
    g_autoptr(Arena) a = arena_new();
    json_put_str(j, "text_zh", str_of(in_chinese(a, text)));
    json_put_str(j, "hint_zh", str_of(in_chinese(a, hint != NULL ? hint : "")));
}

static void write_diag(JsonWriter *j, const DraftDiag *d)
{
    json_put_object(j, NULL);
    json_put_str(j, "document", d->document);
    json_put_bool(j, "own", d->own);
    json_put_uint(j, "line", d->line);
    json_put_uint(j, "column", d->column);
    json_put_uint(j, "length", d->length);
    json_put_str(j, "severity", d->severity == DIAG_ERROR ? STR("error") : STR("warning"));
    json_put_str(j, "text", d->text);
    json_put_str(j, "hint", d->hint);
    put_chinese(j, d->text.at, d->hint.at);
    json_put_end(j);
}

bool api_document_check(Req *q, GError **error)
{
    DraftCheck check;
    JsonWriter j;
    if (!draft_check(q->care, q->session, fields_get(&q->form, "text"), q->arena, &check, error))
        return false;
    j = api_begin(q);
    json_put_object(&j, NULL);
    json_put_str(&j, "document", check.document);
    json_put_uint(&j, "errors", check.errors);
    json_put_uint(&j, "warnings", check.warnings);
    json_put_uint(&j, "rules", check.rules);
    json_put_uint(&j, "examples", check.examples);
    json_put_array(&j, "diagnostics");
    for (size_t i = 0; i < check.n; i++)
        write_diag(&j, &check.list[i]);
    json_put_end(&j);
    json_put_end(&j);
    return api_end(q, &j);
}

/* What is wrong in what is supposed: of its own, or of a document around it. */
static void write_fault(JsonWriter *j, const Diag *d)
{
    Str source = str_of(d->pos.source != NULL ? d->pos.source->name : "");
    json_put_object(j, NULL);
    json_put_str(j, "document", source);
    json_put_bool(j, "own", str_is(source, DRAFT) || str_is(source, "--set"));
    json_put_uint(j, "line", d->pos.line);
    json_put_uint(j, "column", d->pos.column);
    json_put_uint(j, "length", MAX(d->pos.length, 1));
    json_put_str(j, "severity", d->severity == DIAG_ERROR ? STR("error") : STR("warning"));
    json_put_str(j, "text", str_of(d->text));
    json_put_str(j, "hint", str_of(d->hint != NULL ? d->hint : ""));
    put_chinese(j, d->text, d->hint);
    json_put_end(j);
}

static void write_faults(JsonWriter *j, const Diags *ds)
{
    json_put_uint(j, "errors", ds->errors);
    json_put_uint(j, "warnings", ds->warnings);
    json_put_array(j, "diagnostics");
    for (guint i = 0; i < ds->list->len; i++)
        write_fault(j, ds->list->pdata[i]);
    json_put_end(j);
}

/* text: a draft; set: values, each once more; month, until, region as everywhere. */
bool api_document_effect(Req *q, GError **error)
{
    const DocumentFile draft = {DRAFT, fields_get(&q->form, "text")};
    Str sets[LIMIT_WHAT_IF_SETS + 1];
    WhatIf what = {.sets = sets,
                   .drafts = &draft,
                   .n_drafts = draft.text.len > 0,
                   .region = ROW_NONE,
                   .movers = EFFECT_MOVERS};
    g_autoptr(Diags) ds = diags_new();
    Simulation s;
    JsonWriter j;
    for (size_t at = 0; what.n_sets < G_N_ELEMENTS(sets) &&
                        fields_next(&q->form, STR("set"), &at, &sets[what.n_sets]);)
        what.n_sets++;
    if (!month_parse(fields_get(&q->form, "month"), &what.from))
        what.from = month_of(care_today(q->care));
    if (!month_parse(fields_get(&q->form, "until"), &what.until))
        what.until = what.from;
    if (!simulate(q->care, q->session, &what, ds, q->arena, &s, error))
        return false;
    j = api_begin(q);
    json_put_object(&j, NULL);
    write_faults(&j, ds);
    simulation_json(q->care, &j, &s, true);
    json_put_end(&j);
    return api_end(q, &j);
}

/* ---- records ---- */

static void write_fact(Req *q, JsonWriter *j, const Field *f, const Fact *fact)
{
    const char *key = arena_dup(q->arena, f->name.at, f->name.len);
    if (!fact->value.known)
        json_put_null(j, key);
    else if (f->type.kind == KIND_INT || f->type.kind == KIND_MONEY)
        json_put_int(j, key, fact->value.num);
    else if (f->type.kind == KIND_BOOL)
        json_put_bool(j, key, fact->value.num != 0);
    else
        json_put_str(j, key, widget_text(q, f, &fact->value));
}

static void write_record(Req *q, JsonWriter *j, const Entity *e, const Record *r)
{
    json_put_object(j, NULL);
    json_put_str(j, "key", key_text(q, r->key));
    json_put_int(j, "seq", r->seq);
    json_put_object(j, "facts");
    for (size_t i = 0; i < e->n_fields && i < r->n_facts; i++)
        write_fact(q, j, e->fields[i], &r->facts[i]);
    json_put_end(j);
    json_put_end(j);
}

bool api_records(Req *q, GError **error)
{
    const Entity *e = NULL;
    ListQuery lq;
    ListResult r = {0};
    JsonWriter j;
    if (!req_entity(q, q->arguments[0], &e, error))
        return false;
    if (!list_query_read(q, e, &lq, error) ||
        !record_list(q->care, q->session, &lq, q->arena, &r, error))
        return false;
    j = api_begin(q);
    json_put_object(&j, NULL);
    json_put_str(&j, "entity", e->name);
    json_put_int(&j, "total", (int64_t)r.total);
    json_put_int(&j, "page", (int64_t)lq.page + 1);
    json_put_array(&j, "records");
    for (size_t i = 0; i < r.n; i++)
        write_record(q, &j, e, &r.rows[i]);
    json_put_end(&j);
    json_put_end(&j);
    return api_end(q, &j);
}

bool api_record(Req *q, GError **error)
{
    const Entity *e = NULL;
    RecordKey key;
    Record *r = NULL;
    JsonWriter j;
    if (!req_entity(q, q->arguments[0], &e, error) || !req_key(q, q->arguments[1], &key, error) ||
        !record_get(q->care, q->session, e, key, req_day(q), q->arena, &r, error))
        return false;
    j = api_begin(q);
    write_record(q, &j, e, r);
    return api_end(q, &j);
}
