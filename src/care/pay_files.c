/* pay_files.c — what goes to the finance office and the bank, and what comes back, as CSV or XLSX.
 * That a file with names and accounts was made enters the journal before it is written.
 * Read first: pay_bank_file(), pay_reply_file(). */
#include "care/pay_inside.h"

#include "base/identifier.h"
#include "care/keys.h"
#include "care/pay_layout.h"
#include "format/capitals.h"

/* Whole fen as banks read them: 80.00. */
static Str yuan_text(int64_t fen, Arena *a)
{
    return str_of(arena_printf(a, "%s%" G_GINT64_FORMAT ".%02d", fen < 0 ? "-" : "", ABS(fen) / 100,
                               (int)(ABS(fen) % 100)));
}

/* ---- to the bank ------------------------------------------------------------------------------
 */

typedef struct BankFile {
    Care *care;
    const Session *session;
    const PayRun *run;
    Arena *arena;
    PayLayout layout;
    LayoutWriter out;
    uint64_t lines;
    int64_t fen;
} BankFile;

/* All of one receiver's, from *at on: what is to be paid, nothing when it was stopped. */
static const PayPayment *receiver_next(const PayPayment *all, size_t n, size_t *at, int64_t *ret)
{
    const PayPayment *first = &all[*at];
    *ret = 0;
    for (; *at < n && all[*at].receiver == first->receiver; ++*at)
        *ret += all[*at].returned ? 0 : all[*at].fen;
    return first;
}

static const Entity *receiver_entity(const Model *m, const PayPayment *p)
{
    const Rule *r = m->rules[p->rule];
    bool to = p->to_payee && r->to != NULL && r->to->kind == EXPR_FIELD && r->to->n_path > 0;
    return to ? r->to->path[r->to->n_path - 1]->type.to : r->subject;
}

/* The field a place calls an account: secret, and named so. */
static const Field *account_field(const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        Str name = e->fields[i]->name;
        const Str end = STR("account");
        if (e->fields[i]->type.kind == KIND_TEXT && name.len >= end.len &&
            memcmp(name.at + name.len - end.len, end.at, end.len) == 0)
            return e->fields[i];
    }
    return NULL;
}

bool pay_account_of(Care *c, const PayRun *run, const PayPayment *p, Arena *a, Str *ret,
                    GError **error)
{
    const Entity *e = receiver_entity(c->model, p);
    const RecordKey key = {run->county, p->receiver};
    const Field *field = account_field(e);
    Str sealed;
    Record *r;
    *ret = STR("");
    if (field == NULL)
        return true;
    if (!field->secret) {
        if (!store_record(c->store, e, key, a, &r, error))
            return false;
        if (r->facts[field->index].value.known)
            *ret = r->facts[field->index].value.text;
        return true;
    }
    if (!store_sealed(c->store, field, key, a, &sealed, error))
        return false;
    return sealed.len == 0 || keys_unseal(c->keys, field, key.id, sealed, a, ret, error);
}

typedef struct PaymentWords {
    Str number, name, account, amount, fen, month, row, run;
} PaymentWords;

/* What a column of the layout holds of a payment. */
static Str words_of(const PaymentWords *w, Str part)
{
    const struct {
        const char *part;
        Str text;
    } parts[] = {{"number", w->number}, {"name", w->name}, {"account", w->account},
                 {"amount", w->amount}, {"fen", w->fen},   {"month", w->month},
                 {"row", w->row},       {"run", w->run}};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (str_is(part, parts[i].part))
            return parts[i].text;
    return STR("");
}

static Str number_text(int64_t n, Arena *a)
{
    return str_of(arena_printf(a, "%" G_GINT64_FORMAT, n));
}

static bool payment_write(BankFile *f, const PayPayment *p, int64_t fen, GError **error)
{
    const Entity *e = receiver_entity(f->care->model, p);
    const RecordKey key = {f->run->county, p->receiver};
    char number[ID_TEXT], month[DATE_TEXT];
    g_autoptr(Arena) a = arena_new();
    PaymentWords w = {.number = str_of(id_format(p->receiver, number)),
                      .amount = yuan_text(fen, a),
                      .fen = number_text(fen, a),
                      .month = str_of(month_format(f->run->month, month)),
                      .row = number_text((int64_t)f->lines + 1, a),
                      .run = number_text(f->run->id, a)};
    if (!record_title(f->care, f->session, e, key, a, &w.name, error) ||
        !pay_account_of(f->care, f->run, p, a, &w.account, error))
        return fail_while(error, "the payment to %s", id_format(p->receiver, number));
    for (size_t i = 0; i < f->layout.n_columns; i++)
        layout_cell(&f->out, words_of(&w, f->layout.columns[i].part));
    layout_end_row(&f->out);
    f->lines++;
    f->fen += fen;
    return true;
}

static bool payments_write(BankFile *f, const PayPayment *all, size_t n, GError **error)
{
    for (size_t i = 0; i < n;) {
        int64_t fen;
        const PayPayment *p = receiver_next(all, n, &i, &fen);
        if (fen != 0 && !payment_write(f, p, fen, error))
            return false;
    }
    return true;
}

static bool file_note(Care *c, const Session *s, const PayRun *run, const char *what, Arena *a,
                      GError **error)
{
    Str reason = str_of(arena_printf(a, "%s of pay run %" G_GINT64_FORMAT, what, run->id));
    return care_note(c, s, NULL, (RecordKey){run->county, 0}, NULL, reason, error);
}

bool pay_bank_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                   uint64_t *ret_lines, int64_t *ret_fen, GError **error)
{
    PayRun r;
    PayPayment *all;
    size_t n;
    BankFile f = {.care = c, .session = s, .run = &r, .arena = a};
    if (!pay_run_of(c, s, run, a, &r, error))
        return false;
    if (!session_may(s, MAY_PAY_PREPARE | MAY_REVEAL))
        return fail(error, FAIL_RIGHT, "the role \"%s\" makes no bank files", s->role->word) ||
               fail_zh(error, "本岗位不能制作银行文件");
    if (r.state != PAY_BANK)
        return fail(error, FAIL_CONFLICT,
                    "pay run %" G_GINT64_FORMAT " is %s: a bank file is made once it is with the "
                    "bank",
                    run, pay_state_word(r.state)) ||
               fail_zh(error, "这个批次现在不在银行代发：到了银行代发才能制作银行文件");
    if (!store_pay_payments(c->store, r.county, run, a, &all, &n, error) ||
        !pay_layout(c, STR("bank_file"), r.county, care_today(c), a, &f.layout, error) ||
        !file_note(c, s, &r, "bank file with accounts in full", a, error) ||
        !layout_open(&f.layout, path, "代发", &f.out, error))
        return false;
    bool fine = payments_write(&f, all, n, error) && layout_close(&f.out, error);
    layout_clear(&f.out);
    *ret_lines = f.lines;
    *ret_fen = f.fen;
    return fine;
}

/* ---- to the finance office --------------------------------------------------------------------
 */

static void request_row(SheetWriter *w, const Model *m, const PaySum *sum, Arena *a)
{
    const Rule *rule = m->rules[sum->rule];
    GString *funds = g_string_new(NULL);
    for (size_t i = 0; i < rule->n_funds; i++)
        g_string_append_printf(funds, "%s%.*s", i > 0 ? "、" : "", STR_ARG(rule->funds[i].fund));
    sheet_text(w, rule->label.zh);
    sheet_text(w, funds->len > 0 ? (Str){funds->str, funds->len} : FUND_UNSTATED);
    sheet_text(w, str_of(arena_printf(a, "%" G_GINT64_FORMAT, sum->persons)));
    sheet_text(w, yuan_text(sum->month_fen, a));
    sheet_text(w, yuan_text(sum->late_fen, a));
    sheet_text(w, yuan_text(sum->back_fen, a));
    sheet_text(w, yuan_text(pay_sum_fen(sum), a));
    sheet_end_row(w);
    g_string_free(funds, TRUE);
}

static void request_line(SheetWriter *w, Str head, Str text)
{
    sheet_text(w, head);
    sheet_text(w, text);
    sheet_end_row(w);
}

/* In all, in capitals; who prepared, reviewed and approved; where it is signed and sealed. */
static void request_foot(SheetWriter *w, const PayRun *r, Arena *a)
{
    const PaySum t = pay_run_total(r);
    g_autoptr(GString) capitals = g_string_new(NULL);
    int64_t persons = 0;
    for (size_t i = 0; i < r->n_sums; i++)
        persons += r->sums[i].lines > 0 ? r->sums[i].persons : 0;
    capitals_money(pay_sum_fen(&t), capitals);
    sheet_text(w, STR("合计（人次）"));
    sheet_text(w, STR(""));
    sheet_text(w, number_text(persons, a));
    sheet_text(w, yuan_text(t.month_fen, a));
    sheet_text(w, yuan_text(t.late_fen, a));
    sheet_text(w, yuan_text(t.back_fen, a));
    sheet_text(w, yuan_text(pay_sum_fen(&t), a));
    sheet_end_row(w);
    request_line(w, STR("金额大写"), (Str){capitals->str, capitals->len});
    request_line(w, STR("发放批次"), number_text(r->id, a));
    request_line(w, STR("经办"), r->prepared_by);
    request_line(w, STR("复核"), r->reviewed_by);
    request_line(w, STR("审批"), r->approved_by);
    request_line(w, STR("负责人（盖章）"), STR(""));
    request_line(w, STR("日期"), STR(""));
}

bool pay_request_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                      GError **error)
{
    static const char *const heads[] = {"待遇名称",       "资金来源",   "人数",
                                        "本月应发（元）", "补发（元）", "抵扣多发（元）",
                                        "实发（元）"};
    SheetWriter w;
    PayRun r;
    if (!pay_run_of(c, s, run, a, &r, error))
        return false;
    if (r.state < PAY_APPROVED)
        return fail(error, FAIL_CONFLICT,
                    "pay run %" G_GINT64_FORMAT " is %s: money is asked for "
                    "once it is approved",
                    run, pay_state_word(r.state)) ||
               fail_zh(error, "发放批次 %" G_GINT64_FORMAT " 还没有批准：批准之后才能申请款项",
                       run);
    if (!file_note(c, s, &r, "request for funds", a, error) ||
        !sheet_writer_open(path, "用款申请", &w, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        sheet_head(&w, str_of(heads[i]));
    sheet_end_row(&w);
    for (size_t i = 0; i < r.n_sums; i++)
        if (r.sums[i].lines > 0)
            request_row(&w, c->model, &r.sums[i], a);
    request_foot(&w, &r, a);
    bool fine = sheet_writer_close(&w, error);
    sheet_writer_clear(&w);
    return fine;
}

/* ---- from the bank ----------------------------------------------------------------------------
 */

typedef struct Reply {
    PayLayout layout;
    Sheet sheet;
    size_t number, result, reason; /* columns; SIZE_MAX: none */
    GHashTable *answered;          /* receivers */
    GArray *back;                  /* PayReturn */
    Arena *arena;
} Reply;

/* By its head or its word where there is a first row, else by its place. */
static size_t reply_column(const Reply *r, const char *part, const Str *names, size_t n)
{
    size_t at = layout_column(&r->layout, part);
    if (!r->layout.header)
        return at;
    for (size_t i = 0; i < n; i++)
        if (str_is(names[i], part) ||
            (at != SIZE_MAX && str_equal(names[i], r->layout.columns[at].head)))
            return i;
    return SIZE_MAX;
}

static bool reply_head(Reply *r, GError **error)
{
    const Str *names = NULL;
    size_t n = 0, at = layout_column(&r->layout, "number"),
           of = layout_column(&r->layout, "result");
    if (r->layout.header && !sheet_header(&r->sheet, &names, &n, error))
        return false;
    r->number = reply_column(r, "number", names, n);
    r->result = reply_column(r, "result", names, n);
    r->reason = reply_column(r, "reason", names, n);
    if (r->number != SIZE_MAX && r->result != SIZE_MAX)
        return true;
    Str number = at != SIZE_MAX ? r->layout.columns[at].head : STR("number");
    Str result = of != SIZE_MAX ? r->layout.columns[of].head : STR("result");
    return fail(error, FAIL_INPUT, "the reply needs the columns %.*s (number) and %.*s (result)",
                STR_ARG(number), STR_ARG(result)) ||
           fail_zh(error, "银行回盘须有“%.*s”（编号）和“%.*s”（结果）两列", STR_ARG(number),
                   STR_ARG(result));
}

static bool reply_row(Reply *r, const Str *cells, size_t n, GError **error)
{
    int64_t receiver;
    size_t line = sheet_line(&r->sheet);
    PayReturn x = {0};
    if (n <= MAX(r->number, r->result) || !id_parse(str_trim(cells[r->number]), &receiver))
        return fail(error, FAIL_INPUT, "line %zu of the reply has no number of a payment", line) ||
               fail_zh(error, "银行回盘第 %zu 行没有发放编号", line);
    Str result = str_trim(cells[r->result]);
    bool paid = layout_word(r->layout.success, result);
    if (!paid && !layout_word(r->layout.failed, result))
        return fail(error, FAIL_INPUT,
                    "line %zu of the reply: the result is %.*s or %.*s, not \"%.*s\"", line,
                    STR_ARG(r->layout.success), STR_ARG(r->layout.failed), STR_ARG(result)) ||
               fail_zh(error, "银行回盘第 %zu 行：结果应为“%.*s”或“%.*s”，不是“%.*s”", line,
                       STR_ARG(r->layout.success), STR_ARG(r->layout.failed), STR_ARG(result));
    if (!g_hash_table_add(r->answered, g_memdup2(&receiver, sizeof receiver)))
        return fail(error, FAIL_INPUT, "line %zu of the reply answers a payment a second time",
                    line) ||
               fail_zh(error, "银行回盘第 %zu 行重复了前面的一笔", line);
    if (paid)
        return true;
    x.receiver = receiver;
    x.reason = r->reason != SIZE_MAX && r->reason < n
                   ? arena_str(r->arena, str_trim(cells[r->reason]))
                   : STR("");
    if (x.reason.len == 0)
        x.reason = STR("the bank gave no reason");
    g_array_append_val(r->back, x);
    return true;
}

static bool reply_read(Reply *r, GError **error)
{
    const Str *cells;
    size_t n;
    GError *why = NULL;
    if (!reply_head(r, error))
        return false;
    while (sheet_next(&r->sheet, &cells, &n, &why))
        if (!reply_row(r, cells, n, error))
            return false;
    if (why == NULL)
        return true;
    g_propagate_error(error, why);
    return false;
}

/* Every payment that went to the bank is answered, and nothing else. */
static bool reply_whole(const Reply *r, const PayPayment *all, size_t n, GError **error)
{
    uint64_t asked = 0, open = 0;
    for (size_t i = 0; i < n;) {
        int64_t fen;
        const PayPayment *p = receiver_next(all, n, &i, &fen);
        bool there = g_hash_table_contains(r->answered, &p->receiver);
        asked += there;
        open += !there && fen != 0;
    }
    if (asked < g_hash_table_size(r->answered))
        return fail(error, FAIL_INPUT,
                    "the reply answers payments that the run does not make: it "
                    "is another run's") ||
               fail_zh(error, "银行回盘里有本批次没有的发放，是别的批次的回盘");
    return open == 0 ||
           fail(error, FAIL_INPUT,
                "the reply leaves %" G_GUINT64_FORMAT
                " payments of the run unanswered: nothing is booked",
                open) ||
           fail_zh(error, "银行回盘还缺本批次 %" G_GUINT64_FORMAT " 笔的结果，没有入账", open);
}

static bool reply_load(Reply *r, const char *path, GError **error)
{
    if (!layout_read(&r->layout, path, &r->sheet, error))
        return false;
    bool fine = reply_read(r, error);
    sheet_close(&r->sheet);
    return fine;
}

bool pay_reply_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                    uint64_t *ret_returned, uint64_t *ret_fresh, GError **error)
{
    g_autoptr(GHashTable) answered =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(PayReturn));
    Reply r = {.answered = answered, .back = back, .arena = a};
    PayPayment *all;
    size_t n;
    PayRun x;
    if (!pay_run_of(c, s, run, a, &x, error) ||
        !pay_layout(c, STR("bank_reply"), x.county, care_today(c), a, &r.layout, error) ||
        !reply_load(&r, path, error) ||
        !store_pay_payments(c->store, x.county, run, a, &all, &n, error))
        return false;
    if (x.state == PAY_BANK && !reply_whole(&r, all, n, error))
        return false;
    *ret_returned = back->len;
    return pay_reply(c, s, run, (const PayReturn *)(const void *)back->data, back->len, a,
                     ret_fresh, error);
}
