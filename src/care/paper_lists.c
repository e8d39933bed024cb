/* paper_lists.c — rows of what the program keeps beside records: runs, payments, decisions, tasks,
 * items, duties.  Each list gives its words one by one; papers choose among them.
 * Read first: fill_list_rows(). */
#include "care/paper_inside.h"

#include "base/decimal.h"
#include "base/limits.h"
#include "care/figures_text.h"
#include "care/follow.h"
#include "care/record.h"
#include "care/score_notice.h"

typedef Str WordOf(Making *f, PaperWordIndex word, const void *line);

static void put_lines(Tabling *t, const PaperRows *r, const void *lines, size_t n, size_t size,
                      WordOf *word_of)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < r->n_columns; k++) {
            const PaperPrinted *p = &r->columns[k];
            const char *line = (const char *)lines + i * size;
            tabling_cell(t, p->kind == PRINTED_WORD ? word_of(t->f, p->word, line) : STR(""));
        }
}

static Str clause_words(const Making *f, const Home *home)
{
    return making_text(f, "《%.*s》%.*s", STR_ARG(home->document->title.zh),
                       home->clause != NULL ? (int)home->clause->number.len : 0,
                       home->clause != NULL ? home->clause->number.at : "");
}

static Str label_zh(Label label, Str name)
{
    return label.zh.len > 0 ? label.zh : name;
}

static Str place_words(const Making *f, int32_t region)
{
    return region == ROW_NONE ? STR("") : f->care->model->regions[region].name;
}

static Str day_words(const Making *f, bool has, Date day)
{
    char to[DATE_TEXT];
    return has ? arena_str(f->arena, str_of(date_format(day, to))) : STR("");
}

/* A record the session may not see is a number. */
static Str record_words(Making *f, const Entity *e, RecordKey key)
{
    Str title = STR("");
    GError *gone = NULL;
    if (!title_seen(f->care, f->working, f->session, e, key, f->arena, &title, &gone))
        g_error_free(gone);
    return title;
}

/* ---- pay runs and payments */

static const char *const run_states[] = {
    [PAY_REFUSED] = "已退回",  [PAY_PREPARED] = "编制",  [PAY_REVIEWED] = "已复核",
    [PAY_APPROVED] = "已审批", [PAY_FINANCE] = "在财政", [PAY_BANK] = "在银行",
    [PAY_BOOKED] = "已回盘"};

static Str run_number(const Making *f, int64_t run)
{
    return making_text(f, "%" G_GINT64_FORMAT, run);
}

static Str run_word(Making *f, PaperWordIndex word, const void *line)
{
    const PayRun *r = line;
    const PaySum sum = pay_run_total(r);
    switch (word) {
    case PAPER_WORD_runs_number:
        return run_number(f, r->id);
    case PAPER_WORD_runs_month:
        return month_words(r->month, f->arena);
    case PAPER_WORD_runs_benefit:
        return r->programme.len > 0 ? benefit_words(f->care->model, r->programme) : STR("全部待遇");
    case PAPER_WORD_runs_state:
        return str_of(run_states[r->state]);
    default:
        return money_words(pay_sum_fen(&sum), f->arena);
    }
}

static bool list_runs(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    PayRun *runs;
    size_t n, kept = 0;
    if (!session_may(f->session, MAY_MONEY_READ))
        return true; /* who sees no money hands none over */
    if (!pay_runs(f->care, f->session, f->arena, &runs, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        int32_t at = pay_county_region(f->care, runs[i].county);
        bool open = runs[i].state != PAY_REFUSED && runs[i].state != PAY_BOOKED;
        if (open && at != ROW_NONE && region_in(f->care->regions, at, f->region))
            runs[kept++] = runs[i];
    }
    put_lines(t, r, runs, kept, sizeof *runs, run_word);
    return true;
}

static Str payment_word(Making *f, PaperWordIndex word, const void *line)
{
    const PayLine *p = line;
    switch (word) {
    case PAPER_WORD_payments_month:
        return month_words(p->month, f->arena);
    case PAPER_WORD_payments_benefit:
        return benefit_words(f->care->model, f->care->model->rules[p->rule]->name);
    case PAPER_WORD_payments_amount:
        return money_words(p->fen, f->arena);
    case PAPER_WORD_payments_number:
        return run_number(f, p->run);
    default:
        return p->hold != HOLD_NONE ? STR("暂缓")
               : p->returned        ? STR("退票")
                                    : str_of(run_states[p->state]);
    }
}

static bool list_payments(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    PayLine *lines;
    size_t n, kept = 0;
    if (!pay_of_record(f->care, f->session, f->paper->entity, f->key, f->arena, &lines, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (lines[i].state != PAY_REFUSED && lines[i].rule < f->care->model->n_rules)
            lines[kept++] = lines[i];
    put_lines(t, r, lines, kept, sizeof *lines, payment_word);
    return true;
}

/* ---- decisions */

static Str decision_word(Making *f, PaperWordIndex word, const void *line)
{
    static const char *const outcomes[] = {[TRUTH_NO] = "不符合",
                                           [TRUTH_YES] = "符合",
                                           [TRUTH_UNKNOWN] = "待核实",
                                           [TRUTH_PERSON] = "待人工认定"};
    const Explanation *x = line;
    g_autoptr(GString) text = g_string_new(NULL);
    switch (word) {
    case PAPER_WORD_decisions_benefit:
        return x->label_zh;
    case PAPER_WORD_decisions_outcome:
        return str_of(outcomes[x->outcome]);
    case PAPER_WORD_decisions_amount:
        return x->has_amount ? money_words(x->amount, f->arena) : STR("");
    case PAPER_WORD_decisions_clause:
        return making_text(f, "%.*s %.*s", STR_ARG(x->document), STR_ARG(x->clause));
    default:
        for (size_t i = 0; i < x->n_missing; i++)
            g_string_append_printf(text, "%s%.*s", i > 0 ? "、" : "", STR_ARG(x->missing[i].zh));
        return arena_str(f->arena, (Str){text->str, text->len});
    }
}

/* Benefits alone; a check is nothing anybody receives.  What does not hold is left out, unless the
 * paper says how each stands. */
static bool list_decisions(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    Explanation *all;
    size_t n, kept = 0;
    bool each = false;
    if (!decision_all(f->care, f->session, f->paper->entity, f->key, month_of(f->on), f->arena,
                      &all, &n, error))
        return false;
    for (size_t k = 0; k < r->n_columns; k++)
        each |= r->columns[k].kind == PRINTED_WORD &&
                r->columns[k].word == PAPER_WORD_decisions_outcome;
    for (size_t i = 0; i < n; i++) {
        const Rule *rule = model_rule(f->care->model, all[i].rule);
        if (rule != NULL && rule->kind == RULE_BENEFIT && (each || all[i].outcome == TRUTH_YES))
            all[kept++] = all[i];
    }
    put_lines(t, r, all, kept, sizeof *all, decision_word);
    return true;
}

/* ---- tasks, items, duties */

static Str task_word(Making *f, PaperWordIndex word, const void *line)
{
    static const char *const states[TASK_STATES] = {[TASK_ESTABLISH] = "先核实",
                                                    [TASK_OVERDUE] = "已逾期",
                                                    [TASK_DUE] = "待办",
                                                    [TASK_LATER] = "下期",
                                                    [TASK_DONE] = "已办"};
    const TaskLine *x = line;
    switch (word) {
    case PAPER_WORD_tasks_task:
        return label_zh(x->task->label, x->task->name);
    case PAPER_WORD_tasks_record:
        return record_words(f, x->task->subject, x->key);
    case PAPER_WORD_tasks_place:
        return place_words(f, x->region);
    case PAPER_WORD_tasks_due:
        return day_words(f, x->has_due, x->due);
    default:
        return str_of(states[x->state]);
    }
}

static bool list_tasks(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    const FollowQuery q = {.on = f->on, .region = f->region, .page_rows = LIMIT_PAPER_ROWS + 1};
    TaskBook book;
    if (!follow_tasks(f->care, f->session, &q, f->arena, &book, error))
        return false;
    put_lines(t, r, book.lines, book.n_lines, sizeof *book.lines, task_word);
    return true;
}

static Str item_word(Making *f, PaperWordIndex word, const void *line)
{
    const ItemLine *x = line;
    switch (word) {
    case PAPER_WORD_items_procedure:
        return label_zh(x->procedure->label, x->procedure->name);
    case PAPER_WORD_items_record:
        return record_words(f, x->procedure->entity, x->key);
    case PAPER_WORD_items_place:
        return place_words(f, x->region);
    case PAPER_WORD_items_state:
        return x->state != NULL ? label_zh(x->state->label, x->state->name) : STR("未开始");
    default:
        return day_words(f, x->state != NULL, x->since);
    }
}

static bool list_items(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    const FollowQuery q = {.on = f->on, .region = f->region, .page_rows = LIMIT_PAPER_ROWS + 1};
    ProcedureBook book;
    if (!follow_procedures(f->care, f->session, &q, f->arena, &book, error))
        return false;
    put_lines(t, r, book.lines, book.n_lines, sizeof *book.lines, item_word);
    return true;
}

static Str agency_words(const Making *f, const Str *list, size_t n)
{
    const Enum *e = model_enum(f->care->model, STR("agency"));
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        Str name = list[i];
        for (size_t k = 0; e != NULL && k < e->n_codes; k++)
            if (str_equal(e->codes[k].name, name)) {
                name = label_zh(e->codes[k].label, name);
                break;
            }
        g_string_append_printf(text, "%s%.*s", i > 0 ? "、" : "", STR_ARG(name));
    }
    return arena_str(f->arena, (Str){text->str, text->len});
}

static Str duty_figures(const Making *f, const DutyLine *x)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < x->n_targets; i++) {
        const TargetFigure *g = &x->targets[i];
        const Indicator *what = g->target->indicator;
        Str done = figure_words(what, &g->figure, f->arena);
        g_string_append_printf(text, "%s%.*s %.*s", i > 0 ? "；" : "",
                               STR_ARG(label_zh(what->label, what->name)), STR_ARG(done));
        if (!g->number_unset && !g->each) {
            const Figure aim = {.value = g->value->number};
            Str most = figure_words(what, &aim, f->arena);
            g_string_append_printf(text, "/%.*s", STR_ARG(most));
        }
    }
    return arena_str(f->arena, (Str){text->str, text->len});
}

static Str duty_word(Making *f, PaperWordIndex word, const void *line)
{
    static const char *const states[DUTY_STATES] = {[DUTY_OVERDUE] = "已逾期",
                                                    [DUTY_OPEN] = "进行中",
                                                    [DUTY_DONE] = "已完成",
                                                    [DUTY_UNRECORDED] = "没有登记"};
    const DutyLine *x = line;
    switch (word) {
    case PAPER_WORD_duties_clause:
        return clause_words(f, &x->duty->home);
    case PAPER_WORD_duties_task:
        return label_zh(x->duty->label, x->duty->name);
    case PAPER_WORD_duties_lead:
        return agency_words(f, x->duty->lead, x->duty->n_lead);
    case PAPER_WORD_duties_co:
        return agency_words(f, x->duty->with, x->duty->n_with);
    case PAPER_WORD_duties_due:
        return day_words(f, x->is.has_due, x->is.due);
    case PAPER_WORD_duties_done:
        return day_words(f, x->is.has_done, x->is.done);
    case PAPER_WORD_duties_figures:
        return duty_figures(f, x);
    default:
        return str_of(states[x->is.state]);
    }
}

static bool list_duties(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    const FollowQuery q = {.on = f->on,
                           .region = f->region,
                           .kinds = (1u << DUTY_STATES) - 1,
                           .page_rows = LIMIT_PAPER_ROWS + 1};
    DutyBook book;
    if (!follow_duties(f->care, f->session, &q, f->arena, &book, error))
        return false;
    put_lines(t, r, book.lines, book.n_lines, sizeof *book.lines, duty_word);
    return true;
}

/* ---- scores */

static Str points_words(const Making *f, const Score *s, int64_t n)
{
    char text[DECIMAL_TEXT];
    decimal_format((Decimal){n, s->points->type.scale}, text);
    return making_text(f, "%s", text);
}

typedef struct ScoredItem {
    const Score *score;
    const ScoreItemView *view;
} ScoredItem;

static Str score_word(Making *f, PaperWordIndex word, const void *line)
{
    const ScoredItem *x = line;
    const ScoreItemView *v = x->view;
    g_autoptr(GString) text = g_string_new(NULL);
    switch (word) {
    case PAPER_WORD_scores_score:
        return label_zh(x->score->label, x->score->name);
    case PAPER_WORD_scores_item:
        return label_zh(v->item->label, v->item->name);
    case PAPER_WORD_scores_most:
        return points_words(f, x->score, v->item->most);
    case PAPER_WORD_scores_points:
        return v->known ? points_words(f, x->score, v->n_lacking > 0 ? 0 : v->worth) : STR("");
    default:
        for (size_t i = 0; i < v->n_lacking; i++)
            g_string_append_printf(text, "%s%.*s", i > 0 ? "、" : "",
                                   STR_ARG(v->lacking[i]->label.zh));
        return arena_str(f->arena, (Str){text->str, text->len});
    }
}

static bool list_scores(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    ScoreView *scores;
    size_t n;
    if (!score_views(f->care, f->session, f->paper->entity, f->key, f->on, f->arena, &scores, &n,
                     error))
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t n_items = scores[i].score->n_items;
        ScoredItem *items = arena_many(f->arena, ScoredItem, n_items + 1);
        for (size_t k = 0; k < n_items; k++)
            items[k] = (ScoredItem){scores[i].score, &scores[i].items[k]};
        put_lines(t, r, items, n_items, sizeof *items, score_word);
    }
    return true;
}

static Str score_notice_word(Making *f, PaperWordIndex word, const void *line)
{
    static const char *const states[SCORE_NOTICE_STATES] = {
        [SCORE_TOLD] = "已告知",    [SCORE_OBJECTED] = "有异议", [SCORE_AGAIN] = "重新评分",
        [SCORE_STANDS] = "维持",    [SCORE_AGREED] = "无异议",   [SCORE_SILENT] = "期满未答复",
        [SCORE_TAKEN_BACK] = "收回"};
    const ScoreNotice *x = line;
    switch (word) {
    case PAPER_WORD_score_notices_score:
        return label_zh(x->score->label, x->score->name);
    case PAPER_WORD_score_notices_points:
        return points_words(f, x->score, x->points);
    case PAPER_WORD_score_notices_grade:
        return x->grade != NULL ? label_zh(x->grade->label, x->grade->name) : STR("");
    case PAPER_WORD_score_notices_told:
        return day_words(f, true, x->told);
    case PAPER_WORD_score_notices_until:
        return day_words(f, true, x->until);
    case PAPER_WORD_score_notices_how:
        return x->how;
    case PAPER_WORD_score_notices_answer:
        return x->answer;
    case PAPER_WORD_score_notices_outcome:
        return x->outcome;
    default:
        return str_of(states[x->state]);
    }
}

static bool list_score_notices(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    ScoreNotice *all;
    size_t n, kept = 0;
    if (!score_notices(f->care, f->session, f->paper->entity, f->key, f->on, f->arena, &all, &n,
                       error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (all[i].state != SCORE_TAKEN_BACK)
            all[kept++] = all[i];
    put_lines(t, r, all, kept, sizeof *all, score_notice_word);
    return true;
}

/* ---- a run by benefit */

static Str fund_words(const Making *f, const Rule *rule)
{
    const Enum *e = model_enum(f->care->model, STR("fund"));
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < rule->n_funds; i++) {
        Str name = rule->funds[i].fund;
        for (size_t k = 0; e != NULL && k < e->n_codes; k++)
            if (str_equal(e->codes[k].name, name))
                name = label_zh(e->codes[k].label, name);
        g_string_append_printf(text, "%s%.*s", i > 0 ? "、" : "", STR_ARG(name));
    }
    return text->len > 0 ? arena_str(f->arena, (Str){text->str, text->len}) : STR("未写明");
}

static Str benefit_word(Making *f, PaperWordIndex word, const void *line)
{
    const PaySum *x = line;
    const Rule *rule = f->care->model->rules[x->rule];
    switch (word) {
    case PAPER_WORD_benefits_benefit:
        return benefit_words(f->care->model, rule->name);
    case PAPER_WORD_benefits_fund:
        return fund_words(f, rule);
    case PAPER_WORD_benefits_persons:
        return making_text(f, "%" G_GINT64_FORMAT, x->persons);
    case PAPER_WORD_benefits_amount:
        return money_words(pay_sum_fen(x), f->arena);
    default:
        return money_words(x->held_fen, f->arena);
    }
}

static bool list_benefits(Making *f, const PaperRows *r, Tabling *t, GError **error)
{
    (void)error;
    PaySum *sums = arena_many(f->arena, PaySum, f->run->n_sums + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->run->n_sums; i++)
        if (f->run->sums[i].lines > 0 || f->run->sums[i].held_lines > 0)
            sums[n++] = f->run->sums[i];
    put_lines(t, r, sums, n, sizeof *sums, benefit_word);
    return true;
}

static const struct {
    PaperList list;
    const char *title;
    bool (*fill)(Making *f, const PaperRows *r, Tabling *t, GError **error);
} lists[] = {
    {LIST_runs, "未完的发放批次", list_runs},
    {LIST_payments, "发放记录", list_payments},
    {LIST_decisions, "待遇", list_decisions},
    {LIST_tasks, "待办任务", list_tasks},
    {LIST_items, "未结事项", list_items},
    {LIST_duties, "任务分工", list_duties},
    {LIST_benefits, "按待遇分列", list_benefits},
    {LIST_scores, "逐项得分", list_scores},
    {LIST_score_notices, "告知和陈述申辩", list_score_notices},
};

bool fill_list_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error)
{
    Tabling t;
    bool fine = true;
    tabling_begin(f, r, to, &t);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (lists[i].list != r->list)
            continue;
        to->title = str_of(lists[i].title);
        fine = lists[i].fill(f, r, &t, error);
    }
    return tabling_end(&t, fine ? error : NULL) && fine;
}
