/* document.c — the living document: beside each clause what its declarations do right now.
 * In: the working set, a document, a region and a month.  Out: DocumentView.
 * Read first: document_view(); which clauses run: observable.h. */
#include "care/document_inside.h"
#include "care/figures.h"
#include "care/param_text.h"
#include "declare/catalogue.h"

static bool view_indicator(const Viewing *v, const Indicator *i, ClauseItem *item, GError **error)
{
    const Figure *all;
    Date from = i->flow ? figures_period_start(i, v->on) : v->on;
    size_t n = indicator_cells(i);
    if (!figures_of(v->care, v->working, i, from, v->on, &all, error))
        return false;
    item->figure = all[v->region];
    item->cells = arena_array(v->arena, n, sizeof *item->cells);
    for (size_t cell = 1; cell < n; cell++)
        item->cells[item->n_cells++] = all[cell * v->care->regions->n + (size_t)v->region];
    return true;
}

static bool view_target(const Viewing *v, const Target *t, ClauseItem *item, GError **error)
{
    TargetFigure *all;
    size_t n;
    if (!figures_targets(v->care, v->session, t->indicator, v->region, v->on, v->arena, &all, &n,
                         error))
        return false;
    item->targets = arena_array(v->arena, n + 1, sizeof *item->targets);
    for (size_t i = 0; i < n; i++)
        if (all[i].target == t)
            item->targets[item->n_targets++] = all[i];
    return true;
}

/* What a duty is measured by: the district's targets of those indicators. */
static bool view_duty(const Viewing *v, const Duty *duty, ClauseItem *item, GError **error)
{
    int32_t region = duty->region.len > 0 ? region_row(v->care->regions, duty->region) : v->region;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(TargetFigure));
    for (size_t k = 0; k < duty->n_measured && region != ROW_NONE; k++) {
        TargetFigure *all;
        size_t n;
        if (!figures_targets(v->care, v->session, duty->measured[k], region, v->on, v->arena, &all,
                             &n, error)) {
            g_array_free(found, TRUE);
            return false;
        }
        for (size_t i = 0; i < n; i++)
            if (all[i].region == region)
                g_array_append_val(found, all[i]);
    }
    item->n_targets = found->len;
    item->targets = arena_list(v->arena, found, NULL);
    g_array_free(found, TRUE);
    return true;
}

static void view_param(const Viewing *v, const Param *p, ClauseItem *item)
{
    ParamText text;
    param_text(v->care->model, v->care->regions, p, v->region, v->on, v->arena, &text);
    item->unset = text.unset;
    item->value_zh = text.zh;
    item->value_en = text.en;
    item->source = text.source;
}

/* Of what people do and are given. */
static const Versions *versions_of_act(DeclarationKind kind, const void *what)
{
    switch (kind) {
    case DECLARES_ROLE:
        return ((const Role *)what)->wording.of;
    case DECLARES_PROCEDURE:
        return ((const Procedure *)what)->wording.of;
    case DECLARES_ACCOUNT:
        return ((const Account *)what)->wording.of;
    case DECLARES_DRAW:
        return ((const Draw *)what)->wording.of;
    case DECLARES_SCORE:
        return ((const Score *)what)->wording.of;
    case DECLARES_PUBLISH:
        return ((const Publish *)what)->wording.of;
    case DECLARES_PAPER:
        return ((const Paper *)what)->wording.of;
    case DECLARES_EXCHANGE:
        return ((const Exchange *)what)->wording.of;
    default:
        return NULL;
    }
}

/* What stood, stands and will stand in its place (semantics 49). */
static void find_versions(const Model *m, const Statement *s, ClauseItem *item)
{
    const Field *f = item->what;
    if (item->what == NULL)
        return;
    switch (s->of) {
    case DECLARES_BENEFIT:
    case DECLARES_CHECK:
        item->versions = ((const Rule *)item->what)->versions;
        break;
    case DECLARES_DERIVE:
        if (f->compute != NULL && f->compute->kind == EXPR_VERSION)
            item->versions = f->compute->versions;
        break;
    case DECLARES_TABLE:
        if (model_catalogue(m, s->name) == NULL) /* a list of a place is not amended */
            item->versions = ((const Table *)item->what)->versions;
        break;
    case DECLARES_INDICATOR:
        item->versions = ((const Indicator *)item->what)->versions;
        break;
    case DECLARES_TARGET:
        item->versions = ((const Target *)item->what)->wording.of;
        break;
    case DECLARES_TASK:
        item->versions = ((const Task *)item->what)->wording.of;
        break;
    case DECLARES_DUTY:
        item->versions = ((const Duty *)item->what)->wording.of;
        break;
    case DECLARES_HOLD:
        item->versions = ((const Hold *)item->what)->wording.of;
        break;
    default:
        item->versions = versions_of_act(s->of, item->what);
        break;
    }
    for (size_t i = 0; item->versions != NULL && i < item->versions->n; i++)
        if (pos_same(item->versions->list[i].home.pos, s->home.pos))
            item->version = i;
}

static bool view_item(const Viewing *v, ClauseItem *item, GError **error)
{
    switch (item->kind) {
    case DECLARES_BENEFIT:
    case DECLARES_CHECK:
        return view_rule(v, item->what, item, error);
    case DECLARES_AMEND:
        return clause_item_rule(item) == NULL || view_rule(v, item->what, item, error);
    case DECLARES_JUDGEMENT:
        return view_judgement(v, item->what, item, error);
    case DECLARES_INDICATOR:
        return view_indicator(v, item->what, item, error);
    case DECLARES_TARGET:
        return view_target(v, item->what, item, error);
    case DECLARES_DUTY:
        return view_duty(v, item->what, item, error);
    case DECLARES_PARAM:
        view_param(v, item->what, item);
        return true;
    default:
        return true;
    }
}

/* It runs up to where a person decides. */
static bool is_judged(const Statement *s)
{
    return s->kind == DECLARES_JUDGEMENT ||
           (s->kind == DECLARES_BENEFIT && ((const Rule *)s->what)->judged);
}

static bool view_clause(const Viewing *v, const Clause *clause, ClauseView *to, GError **error)
{
    const Model *m = v->care->model;
    size_t n;
    const Statement **all = clause_statements(m, clause, v->arena, &n);
    *to = (ClauseView){.clause = clause, .items = arena_array(v->arena, n + 1, sizeof *to->items)};
    to->n_items = n;
    to->state = clause_state(m, v->care->seen, all, n);
    for (size_t i = 0; i < n; i++) {
        to->items[i] = (ClauseItem){.kind = all[i]->kind,
                                    .what = all[i]->what,
                                    .name = all[i]->name,
                                    .label = statement_label(m, all[i])};
        if (all[i]->what != NULL)
            find_versions(m, all[i], &to->items[i]);
        to->judged = to->judged || is_judged(all[i]);
        if (!view_item(v, &to->items[i], error))
            return fail_while(error, "clause %.*s", STR_ARG(clause->number));
    }
    return true;
}

/* A heading with headings below it and no words of its own is a part, not a clause to be counted.
 */
static bool is_part(const Document *d, size_t i)
{
    bool deeper = i + 1 < d->n_clauses && d->clauses[i + 1]->level > d->clauses[i]->level;
    return deeper;
}

bool document_view(Care *c, const Session *s, const Document *d, int32_t region, Month month,
                   Arena *a, DocumentView *ret, GError **error)
{
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see the documents", s->role->word);
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    Date on = month_last(month) < care_today(c) ? month_last(month) : care_today(c);
    Viewing v = {c, w, s, region == ROW_NONE ? c->place : region, month, on, a};
    if (v.on < month_first(month))
        v.on = month_first(month);
    *ret = (DocumentView){.document = d, .n_clauses = d->n_clauses};
    ret->clauses = arena_array(a, d->n_clauses + 1, sizeof *ret->clauses);
    for (size_t i = 0; i < d->n_clauses; i++) {
        ClauseView *clause = &ret->clauses[i];
        if (!view_clause(&v, d->clauses[i], clause, error))
            return fail_while(error, "document %.*s", STR_ARG(d->name));
        if (is_part(d, i) && clause->n_items == 0)
            continue;
        ret->running += clause->state == CLAUSE_RUNNING;
        ret->judged += clause->judged;
        ret->declared += clause->state == CLAUSE_DECLARED;
        ret->missing += clause->state == CLAUSE_MISSING;
    }
    return true;
}
