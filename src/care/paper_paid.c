/* paper_paid.c — what one pay run pays, by record and benefit, beside what the run before paid: who
 * was added, who stopped, whose amount changed; and the sums of a region.
 * Read first: paid_get(). */
#include "care/paper_inside.h"

#include "base/sort.h"
#include "care/inside.h"

/* ---- lines of a run, gathered */

static int by_subject(const void *a, const void *b)
{
    const PayLine *x = a, *y = b;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->subject.id != y->subject.id)
        return x->subject.id < y->subject.id ? -1 : 1;
    return x->month < y->month ? -1 : x->month > y->month;
}

static void gather_line(PaidLine *to, const PayLine *x, Month month, bool now)
{
    int64_t *standard = now ? &to->standard : &to->before;
    if (now)
        to->now = true;
    else
        to->past = true;
    if (x->month == month)
        *standard += x->fen;
    if (!now)
        return;
    to->returned |= x->returned;
    to->receiver = x->payee != 0 ? x->payee : x->subject.id;
    if (x->hold != HOLD_NONE) {
        to->hold = x->hold;
        to->held += x->fen;
        return;
    }
    to->fen += x->fen;
    to->months += x->fen > 0;
    if (x->month < month)
        *(x->fen > 0 ? &to->late : &to->back) += x->fen > 0 ? x->fen : -x->fen;
    if (to->since == 0 || x->month < to->since)
        to->since = x->month;
}

/* Whose line it is: of two things, whole; folded into one number, two benefits could share it. */
typedef struct PaidKey {
    int64_t id;
    unsigned rule;
} PaidKey;

static guint paid_key_hash(gconstpointer key)
{
    const PaidKey *k = key;
    return g_int64_hash(&k->id) * 31 + k->rule;
}

static gboolean paid_key_equal(gconstpointer a, gconstpointer b)
{
    const PaidKey *x = a, *y = b;
    return x->id == y->id && x->rule == y->rule;
}

static PaidLine *line_for(GArray *all, GHashTable *known, unsigned rule, size_t row, int64_t id)
{
    const PaidKey key = {.id = id, .rule = rule};
    gpointer at = g_hash_table_lookup(known, &key);
    if (at == NULL) {
        const PaidLine fresh = {.row = row, .rule = rule};
        g_array_append_val(all, fresh);
        at = GSIZE_TO_POINTER(all->len);
        g_hash_table_insert(known, g_memdup2(&key, sizeof key), at);
    }
    return &g_array_index(all, PaidLine, GPOINTER_TO_SIZE(at) - 1);
}

static bool gather(Making *f, const PayRun *run, bool now, GArray *all, GHashTable *known,
                   GError **error)
{
    const Model *m = f->care->model;
    const PayLinesAsk ask = {
        .county = run->county, .run = run->id, .held = -1, .amounts = true, .most = SIZE_MAX};
    PayLine *lines;
    size_t n;
    if (!pay_lines(f->care, f->session, &ask, f->arena, &lines, &n, error))
        return false;
    sort_rows(lines, n, sizeof *lines, by_subject);
    for (size_t i = 0; i < n; i++) {
        int64_t row =
            lines[i].rule < m->n_rules
                ? working_row(f->working, m->rules[lines[i].rule]->subject, lines[i].subject.id)
                : ROW_NONE;
        if (row != ROW_NONE)
            gather_line(line_for(all, known, lines[i].rule, (size_t)row, lines[i].subject.id),
                        &lines[i], run->month, now);
    }
    return true;
}

/* The last run of the same programme in the county that was not refused. */
static bool run_before(Making *f, const PayRun **ret, GError **error)
{
    PayRun *runs;
    size_t n;
    *ret = NULL;
    if (!pay_runs(f->care, f->session, f->arena, &runs, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const PayRun *r = &runs[i];
        if (r->county == f->run->county && str_equal(r->programme, f->run->programme) &&
            r->state != PAY_REFUSED && r->month < f->run->month &&
            (*ret == NULL || r->month > (*ret)->month))
            *ret = r;
    }
    return true;
}

static bool gather_failures(Making *f, GArray *all, GError **error)
{
    PayReturn *back;
    size_t n;
    if (!pay_returns(f->care, f->session, f->run->id, f->arena, &back, &n, error))
        return false;
    for (size_t i = 0; i < all->len; i++) {
        PaidLine *x = &g_array_index(all, PaidLine, i);
        for (size_t k = 0; x->returned && k < n; k++)
            if (back[k].receiver == x->receiver)
                x->failure = back[k].reason;
    }
    return true;
}

static void free_array(void *array)
{
    g_array_unref(array);
}

bool paid_get(Making *f, GError **error)
{
    const PayRun *before;
    GArray *all = g_array_new(FALSE, TRUE, sizeof(PaidLine));
    g_autoptr(GHashTable) known =
        g_hash_table_new_full(paid_key_hash, paid_key_equal, g_free, NULL);
    arena_on_free(f->arena, free_array, all);
    if (!run_before(f, &before, error) || !gather(f, f->run, true, all, known, error) ||
        (before != NULL && !gather(f, before, false, all, known, error)) ||
        !gather_failures(f, all, error))
        return fail_while(error, "reading what the run pays");
    f->paid = arena_new_of(f->arena, Paid);
    *f->paid = (Paid){(PaidLine *)(void *)all->data, all->len, f->run->month};
    return true;
}

/* ---- which of them */

static bool is_added(const PaidLine *x)
{
    return x->now && !x->past && x->fen > 0;
}

static bool is_stopped(const PaidLine *x)
{
    return x->past && x->before > 0 && (!x->now || (x->standard == 0 && x->held == 0));
}

bool paid_changed(const PaidLine *x)
{
    return is_added(x) || is_stopped(x) || (x->past && x->now && x->standard != x->before) ||
           x->late > 0 || x->back > 0;
}

bool paid_has_word(const PaperRows *r, PaperWordIndex word)
{
    for (size_t k = 0; k < r->n_columns; k++)
        if (r->columns[k].kind == PRINTED_WORD && r->columns[k].word == word)
            return true;
    return false;
}

typedef struct Placed {
    PaidLine *line;
    uint32_t rank;
} Placed;

static int by_rank(const void *a, const void *b)
{
    const Placed *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->line->rule < y->line->rule ? -1 : x->line->rule > y->line->rule;
}

static bool is_listed(const PaidLine *x, bool changes, bool held, bool failed)
{
    return changes  ? paid_changed(x)
           : held   ? x->now && x->held != 0
           : failed ? x->returned
                    : x->now && x->fen != 0;
}

/* A list that names the change is one of changes; one that names how much is held, of what is held;
 * one that names the failure, of what came back; all others list who is paid. */
bool paid_lines_of(Making *f, const PaperRows *r, PaidLine ***ret, size_t *ret_n, GError **error)
{
    const uint32_t *order;
    size_t rows = working_rows(f->working, r->of), n = 0;
    bool changes = paid_has_word(r, PAPER_WORD_paid_change);
    bool held = paid_has_word(r, PAPER_WORD_paid_held);
    bool failed = paid_has_word(r, PAPER_WORD_paid_failure);
    *ret = arena_many(f->arena, PaidLine *, f->paid->n + 1);
    *ret_n = 0;
    if (rows == 0)
        return true;
    if (!working_order(f->care, f->working, r->of, &order, error))
        return false;
    g_autofree uint32_t *rank = g_new0(uint32_t, rows);
    g_autofree Placed *placed = g_new(Placed, f->paid->n + 1);
    for (size_t i = 0; i < rows; i++)
        rank[order[i]] = (uint32_t)i;
    for (size_t i = 0; i < f->paid->n; i++) {
        PaidLine *x = &f->paid->list[i];
        if (f->care->model->rules[x->rule]->subject == r->of && is_listed(x, changes, held, failed))
            placed[n++] = (Placed){x, rank[x->row]};
    }
    sort_rows(placed, n, sizeof *placed, by_rank);
    for (size_t i = 0; i < n; i++)
        (*ret)[i] = placed[i].line;
    *ret_n = n;
    return true;
}

/* ---- words of one line */

static const char *const holds[HOLD_KINDS] = {
    [HOLD_NONE] = "",         [HOLD_DEATH] = "疑似死亡待核实", [HOLD_CONFLICT] = "信息冲突",
    [HOLD_FACT] = "缺信息",   [HOLD_PROOF] = "缺佐证",         [HOLD_JUDGEMENT] = "待人工认定",
    [HOLD_RETURNED] = "退票", [HOLD_NOTICE] = "公示未结束",    [HOLD_OTHER] = "其他"};

static const char *change_word(const PaidLine *x)
{
    return is_added(x)                                     ? "新增"
           : is_stopped(x)                                 ? "停发"
           : x->past && x->now && x->standard != x->before ? "变更"
           : x->late > 0                                   ? "补发"
           : x->back > 0                                   ? "抵扣"
                                                           : "";
}

/* What came back says why, as the bank has it. */
static const char *result_word(const Making *f, const PaidLine *x)
{
    return x->returned && x->failure.len > 0
               ? arena_printf(f->arena, "失败：%.*s", STR_ARG(x->failure))
           : x->returned                 ? "失败"
           : f->run->state == PAY_BOOKED ? "成功"
           : x->held != 0 && x->fen == 0 ? "暂缓"
                                         : "待回盘";
}

static const Rule *rule_of(const Making *f, const PaidLine *x)
{
    return f->care->model->rules[x->rule];
}

static Str funds_text(const Making *f, const Rule *rule)
{
    const Enum *e = model_enum(f->care->model, STR("fund"));
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < rule->n_funds; i++) {
        Str name = rule->funds[i].fund;
        for (size_t k = 0; e != NULL && k < e->n_codes; k++)
            if (str_equal(e->codes[k].name, name) && e->codes[k].label.zh.len > 0)
                name = e->codes[k].label.zh;
        g_string_append_printf(text, "%s%.*s", i > 0 ? "、" : "", STR_ARG(name));
    }
    return text->len > 0 ? arena_str(f->arena, (Str){text->str, text->len}) : STR("未写明");
}

static Str run_text(Making *f, PaperWordIndex word)
{
    static const char *const states[] = {
        [PAY_REFUSED] = "已退回",  [PAY_PREPARED] = "编制",  [PAY_REVIEWED] = "已复核",
        [PAY_APPROVED] = "已审批", [PAY_FINANCE] = "在财政", [PAY_BANK] = "在银行",
        [PAY_BOOKED] = "已回盘"};
    if (word == PAPER_WORD_paid_number)
        return making_text(f, "%" G_GINT64_FORMAT, f->run->id);
    if (word == PAPER_WORD_paid_month)
        return month_words(f->run->month, f->arena);
    return str_of(states[f->run->state]);
}

Str paid_text(Making *f, PaperWordIndex word, const PaidLine *x)
{
    switch (word) {
    case PAPER_WORD_paid_benefit:
        return benefit_words(f->care->model, rule_of(f, x)->name);
    case PAPER_WORD_paid_change:
        return str_of(change_word(x));
    case PAPER_WORD_paid_before:
        return money_words(x->before, f->arena);
    case PAPER_WORD_paid_standard:
        return money_words(x->standard, f->arena);
    case PAPER_WORD_paid_since:
        return is_stopped(x)   ? month_words(f->run->month, f->arena)
               : x->since != 0 ? month_words(x->since, f->arena)
                               : STR("");
    case PAPER_WORD_paid_months:
        return making_text(f, "%u", x->months);
    case PAPER_WORD_paid_amount:
        return money_words(x->fen, f->arena);
    case PAPER_WORD_paid_late:
        return money_words(x->late, f->arena);
    case PAPER_WORD_paid_back:
        return money_words(x->back, f->arena);
    case PAPER_WORD_paid_held:
        return money_words(x->held, f->arena);
    case PAPER_WORD_paid_reason:
        return str_of(holds[x->hold]);
    case PAPER_WORD_paid_result:
        return str_of(result_word(f, x));
    case PAPER_WORD_paid_failure:
        return x->failure;
    case PAPER_WORD_paid_fund:
        return funds_text(f, rule_of(f, x));
    case PAPER_WORD_paid_amount_before:
        return money_words(x->before, f->arena);
    case PAPER_WORD_paid_persons:
        return STR("1");
    default:
        return run_text(f, word);
    }
}

/* ---- sums */

typedef struct PaidSum {
    int64_t persons, persons_before, added, stopped, suspended, fen, before, late, back, held;
} PaidSum;

static bool lies_in(Making *f, const PaidLine *x, int32_t region)
{
    const Entity *e = rule_of(f, x)->subject;
    const int32_t *places;
    if (region == ROW_NONE)
        return true;
    return working_places(f->care, f->working, e, f->on, &places, NULL) &&
           places[x->row] != ROW_NONE && region_in(f->care->regions, places[x->row], region);
}

static void sum_line(PaidSum *s, const PaidLine *x)
{
    s->persons += x->now && x->fen != 0;
    s->persons_before += x->past && x->before > 0;
    s->added += is_added(x);
    s->stopped += is_stopped(x);
    s->suspended += x->now && x->past && x->before > 0 && x->fen == 0 && !is_stopped(x);
    s->fen += x->fen;
    s->before += x->before;
    s->late += x->late;
    s->back += x->back;
    s->held += x->held;
}

static int by_amount(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* 80.00元 1,200人；100.00元 60人: by what each gets a month. */
static Str bands_text(Making *f, int32_t region)
{
    g_autofree int64_t *all = g_new(int64_t, f->paid->n + 1);
    g_autoptr(GString) text = g_string_new(NULL);
    size_t n = 0;
    for (size_t i = 0; i < f->paid->n; i++) {
        const PaidLine *x = &f->paid->list[i];
        if (x->now && x->fen != 0 && x->standard > 0 && lies_in(f, x, region))
            all[n++] = x->standard;
    }
    sort_rows(all, n, sizeof *all, by_amount);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i; k < n && all[k] == all[i];)
            k++;
        Str amount = money_words(all[i], f->arena);
        g_string_append_printf(text, "%s%.*s元 %zu人", i > 0 ? "；" : "", STR_ARG(amount), k - i);
    }
    return arena_str(f->arena, (Str){text->str, text->len});
}

static Str benefits_text(Making *f, bool funds)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < f->run->n_sums; i++) {
        const PaySum *s = &f->run->sums[i];
        const Rule *rule = f->care->model->rules[s->rule];
        if (s->lines == 0 && s->held_lines == 0)
            continue;
        Str word = funds ? funds_text(f, rule) : benefit_words(f->care->model, rule->name);
        g_autofree char *copy = g_strndup(word.at, word.len);
        if (strstr(text->str, copy) == NULL)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "、" : "", copy);
    }
    if (text->len == 0 && f->run->programme.len > 0)
        return benefit_words(f->care->model, f->run->programme);
    return arena_str(f->arena, (Str){text->str, text->len});
}

Str paid_sum_text(Making *f, PaperWordIndex word, int32_t region)
{
    PaidSum s = {0};
    int64_t count;
    for (size_t i = 0; i < f->paid->n; i++)
        if (lies_in(f, &f->paid->list[i], region))
            sum_line(&s, &f->paid->list[i]);
    switch (word) {
    case PAPER_WORD_paid_persons:
        count = s.persons;
        break;
    case PAPER_WORD_paid_persons_before:
        count = s.persons_before;
        break;
    case PAPER_WORD_paid_added:
        count = s.added;
        break;
    case PAPER_WORD_paid_stopped:
        count = s.stopped;
        break;
    case PAPER_WORD_paid_suspended:
        count = s.suspended;
        break;
    case PAPER_WORD_paid_amount:
        return money_words(s.fen, f->arena);
    case PAPER_WORD_paid_amount_before:
    case PAPER_WORD_paid_before:
        return money_words(s.before, f->arena);
    case PAPER_WORD_paid_late:
        return money_words(s.late, f->arena);
    case PAPER_WORD_paid_back:
        return money_words(s.back, f->arena);
    case PAPER_WORD_paid_held:
        return money_words(s.held, f->arena);
    case PAPER_WORD_paid_bands:
        return bands_text(f, region);
    case PAPER_WORD_paid_benefit:
        return benefits_text(f, false);
    case PAPER_WORD_paid_fund:
        return benefits_text(f, true);
    case PAPER_WORD_paid_number:
    case PAPER_WORD_paid_month:
    case PAPER_WORD_paid_state:
        return run_text(f, word);
    default:
        return STR("");
    }
    return making_text(f, "%" G_GINT64_FORMAT, count);
}
