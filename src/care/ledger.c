/* ledger.c — declared accounts as people see them.  Read first: ledger_of_record(),
 * ledger_statement(). */
#include "care/ledger.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/sort.h"
#include "care/access.h"
#include "care/consent_inside.h"
#include "care/inside.h"
#include "care/pay_inside.h"
#include "care/write.h"
#include "compile/param.h"
#include "format/csv.h"

#define AMOUNT_MOST 40 /* letters of an amount as typed */

/* ---- words ------------------------------------------------------------------------------------
 */

const Account *ledger_account_called(const Model *m, Str name)
{
    for (size_t i = 0; i < m->n_accounts; i++)
        if (str_equal(m->accounts[i]->name, name))
            return m->accounts[i];
    return NULL;
}

/* 1,234,567 */
static const char *grouped(Arena *a, int64_t n)
{
    char digits[24];
    const size_t len = (size_t)g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, n);
    char *text = arena_many(a, char, 40), *at = text;
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return text;
}

Str ledger_amount_text(const Account *account, int64_t n, bool english, Arena *a)
{
    const char *sign = n < 0 ? "-" : "";
    const int64_t whole = n < 0 ? -n : n;
    if (account->unit == ACCOUNT_YUAN)
        return str_of(arena_printf(a, "%s%s.%02d %s", sign, grouped(a, whole / 100),
                                   (int)(whole % 100), english ? "yuan" : "元"));
    if (account->unit == ACCOUNT_NIGHTS)
        return str_of(arena_printf(a, "%s%s %s", sign, grouped(a, whole),
                                   !english     ? "晚"
                                   : whole == 1 ? "night"
                                                : "nights"));
    if (whole % 60 == 0)
        return str_of(arena_printf(a, "%s%s %s", sign, grouped(a, whole / 60),
                                   !english      ? "小时"
                                   : whole == 60 ? "hour"
                                                 : "hours"));
    return str_of(arena_printf(a, english ? "%s%s h %02d min" : "%s%s 小时 %02d 分", sign,
                               grouped(a, whole / 60), (int)(whole % 60)));
}

/* As people type, and as the pages show it: full-width forms are plain ones, and commas stand
 * before each three digits of the whole part or nowhere.  False: too long, or a comma elsewhere. */
static bool amount_plain(Str typed, char to[AMOUNT_MOST], Str *ret)
{
    size_t n = 0, group = 0;
    bool commas = false, whole = true;
    while (typed.len > 0 && n < AMOUNT_MOST) {
        uint32_t c = str_utf8_next(&typed);
        if (c > 0xFF00 && c <= 0xFF5E)
            c -= 0xFF00 - ' ';
        if (c >= 0x80)
            return false;
        if (c == ',' && !(whole && (commas ? group == 3 : group > 0 && group <= 3)))
            return false;
        if (c == '.' && whole && commas && group != 3)
            return false;
        whole = whole && c != '.';
        commas = commas || c == ',';
        group = c == ',' ? 0 : whole ? group + 1 : group;
        if (c != ',')
            to[n++] = (char)c;
    }
    *ret = (Str){to, n};
    return typed.len == 0 && !(commas && group != 3);
}

bool ledger_amount_read(const Account *account, Str typed, int64_t *ret)
{
    char plain[AMOUNT_MOST];
    Str text;
    const int64_t unit = account->unit == ACCOUNT_YUAN    ? 100
                         : account->unit == ACCOUNT_HOURS ? 60
                                                          : 1;
    int64_t whole = 0, part = 0, of = 1;
    size_t at = 0, digits = 0;
    if (!amount_plain(typed, plain, &text))
        return false;
    for (; at < text.len && g_ascii_isdigit(text.at[at]); at++, digits++) {
        whole = whole * 10 + (text.at[at] - '0');
        if (whole > LEDGER_MOST / 1000)
            return false;
    }
    if (at < text.len && text.at[at] == '.')
        for (at++; at < text.len && g_ascii_isdigit(text.at[at]) && of < 10000; at++, of *= 10)
            part = part * 10 + (text.at[at] - '0');
    *ret = whole * unit + part * unit / of;
    return at == text.len && digits > 0 && part * unit % of == 0 && *ret > 0;
}

Label refusal_words(Arena *a, const LedgerRefusal *r)
{
    const Account *x = r->account;
    Str clause = x->home.clause != NULL ? x->home.clause->number : STR("");
    Label document = x->home.document->title;
    const char *zh = arena_printf(a, "账户“%.*s”（%.*s %.*s）", STR_ARG(x->label.zh),
                                  STR_ARG(document.zh), STR_ARG(clause)),
               *en = arena_printf(a, "the account \"%.*s\" (%.*s %.*s)", STR_ARG(x->label.en),
                                  STR_ARG(document.en), STR_ARG(clause));
    Str has[2], bound[2];
    for (int k = 0; k < 2; k++) {
        has[k] = ledger_amount_text(x, r->balance, k == 1, a);
        bound[k] = ledger_amount_text(x, r->limit, k == 1, a);
    }
    if (r->kind == REFUSAL_PURPOSE)
        return (Label){str_of(arena_printf(a, "%s只能用于“%.*s”；没有保存", zh,
                                           STR_ARG(x->purpose->label.zh))),
                       str_of(arena_printf(a, "%s is for \"%.*s\" alone; nothing was saved", en,
                                           STR_ARG(x->purpose->label.en)))};
    if (r->kind == REFUSAL_UNSETTLED)
        return (Label){
            str_of(arena_printf(a, "%s在别的县区，条文没有说两地之间通兑；没有保存", zh)),
            str_of(arena_printf(
                a,
                "%s lies in another county, and is not settled between the two; nothing was saved",
                en))};
    return (Label){
        str_of(arena_printf(a,
                            r->kind == REFUSAL_BELOW ? "%s现有%.*s，不能低于%.*s；没有保存"
                                                     : "%s已有%.*s，不能高于%.*s；没有保存",
                            zh, STR_ARG(has[0]), STR_ARG(bound[0]))),
        str_of(arena_printf(a, "%s has %.*s and may not %s %.*s; nothing was saved", en,
                            STR_ARG(has[1]), r->kind == REFUSAL_BELOW ? "fall below" : "rise above",
                            STR_ARG(bound[1])))};
}

/* ---- limits -----------------------------------------------------------------------------------
 */

/* In fen, minutes or nights: what a limit in terms of params comes to in a county today. */
static bool bound_at(const Care *c, const Expr *e, int32_t county, int64_t *ret)
{
    const ParamWorld world = {.model = c->model, .regions = c->regions};
    unsigned scale = e->type.scale;
    ParamAnswer answer;
    if (e->kind == EXPR_RESCALE)
        e = e->a;
    if (e->kind != EXPR_PARAM || e->n_args > 0)
        return false;
    answer = param_at(&world, e->param, ledger_place(c, county), NULL, care_today(c));
    *ret = answer.value;
    for (unsigned i = e->type.scale; i < scale; i++)
        *ret *= 10;
    return answer.known;
}

/* A param that is not set limits nothing: what nobody decided refuses nobody. */
static void limits_now(void *with, const Account *a, int32_t county, int64_t *low, int64_t *high)
{
    const Care *c = with;
    int64_t n;
    if (low != NULL && bound_at(c, a->low, county, &n))
        *low = n;
    if (high != NULL && bound_at(c, a->high, county, &n))
        *high = n;
}

bool ledger_begin(Care *c)
{
    store_ledger_limits(c->store, limits_now, c);
    return true;
}

/* ---- one record -------------------------------------------------------------------------------
 */

static bool may_see_unit(const Session *s, const Account *a)
{
    return a->unit != ACCOUNT_YUAN || session_may(s, MAY_MONEY_READ);
}

bool ledger_sees(const Session *s, const Account *account)
{
    return may_see_unit(s, account) &&
           (account->holder == NULL || session_sees(s, account->holder));
}

int32_t ledger_place(const Care *c, int32_t county)
{
    for (size_t i = 0; i < c->model->n_regions; i++)
        if (c->model->regions[i].county == county)
            return region_row(c->regions, c->model->regions[i].code);
    return ROW_NONE;
}

static bool may_see_record(Care *c, const Session *s, const Entity *e, RecordKey *key,
                           GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, *key, error))
        return false;
    const Batch *b = w->data->batches[e->number];
    if (key->county == 0 && b->counties != NULL)
        key->county = b->counties[working_row(w, e, key->id)];
    return true;
}

static bool box_fill(Care *c, const Account *account, RecordKey key, Arena *a, LedgerBox *ret,
                     LedgerAccount **ret_all, GError **error)
{
    char owner[24];
    LedgerBox box = {.account = account};
    if (!store_ledger_owned(c->store, account->name, str_of(ledger_owner_text(key.id, owner)), a,
                            ret_all, &box.lines, error))
        return false;
    for (size_t i = 0; i < box.lines; i++) {
        box.posted += (*ret_all)[i].posted;
        box.held += (*ret_all)[i].held;
        box.coming += (*ret_all)[i].coming;
    }
    store_ledger_bounds(c->store, account, key.county, &box.low, &box.high);
    box.has_low = box.low > -LEDGER_MOST;
    box.has_high = box.high < LEDGER_MOST;
    box.outside = box.posted - box.held < box.low || box.posted + box.coming > box.high;
    *ret = box;
    return true;
}

bool ledger_of_record(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                      LedgerBox **ret, size_t *ret_n, GError **error)
{
    const Model *m = c->model;
    LedgerAccount *all;
    *ret = arena_many(a, LedgerBox, m->n_accounts + 1);
    *ret_n = 0;
    if (!may_see_record(c, s, e, &key, error))
        return false;
    if (!consent_opens(c, s, e))
        return true;
    for (size_t i = 0; i < m->n_accounts; i++) {
        if (m->accounts[i]->holder != e || !may_see_unit(s, m->accounts[i]))
            continue;
        if (!box_fill(c, m->accounts[i], key, a, &(*ret)[*ret_n], &all, error))
            return false;
        ++*ret_n;
    }
    return true;
}

/* ---- its statement ----------------------------------------------------------------------------
 */

static Label place_label(const Care *c, int32_t county)
{
    for (size_t i = 0; i < c->model->n_regions; i++) {
        const RegionRow *r = &c->model->regions[i];
        if (r->county == county)
            return (Label){r->name, r->name_en.len > 0 ? r->name_en : r->name};
    }
    return (Label){STR("别的县区"), STR("another county")};
}

/* Who the other side of a transfer is, in words: the event's register, another county, a hand. */
Label ledger_other_label(const Care *c, Str owner, Arena *a)
{
    Str rest = owner, word = str_cut(&rest, ':');
    const Entity *e = model_entity(c->model, rest);
    if (e != NULL)
        return e->label;
    if (str_is(word, "between")) {
        const char *number = arena_dup(a, rest.at, rest.len);
        Label l = place_label(c, (int32_t)g_ascii_strtoll(number, NULL, 10));
        return (Label){str_of(arena_printf(a, "与%.*s之间", STR_ARG(l.zh))),
                       str_of(arena_printf(a, "between here and %.*s", STR_ARG(l.en)))};
    }
    if (str_is(rest, "hand"))
        return (Label){STR("手工"), STR("by hand")};
    return (Label){STR("另一账户"), STR("another account")};
}

static int newest_first(const void *a, const void *b)
{
    const LedgerEntry *x = a, *y = b;
    return x->at != y->at ? (x->at < y->at ? 1 : -1) : 0;
}

static bool lines_add(Care *c, const LedgerAccount *of, size_t most, Arena *a, GArray *to,
                      GError **error)
{
    LedgerLine *lines;
    size_t n;
    if (!store_ledger_lines(c->store, of->county, of->id, most, a, &lines, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const LedgerLine *l = &lines[i];
        LedgerEntry x = {.id = l->id,
                         .at = l->at,
                         .county = of->county,
                         .state = l->state,
                         .into = l->to == of->id,
                         .amount = l->amount,
                         .event = l->event,
                         .record = {0, l->record},
                         .actor = l->actor,
                         .reason = l->reason};
        x.other = ledger_other_label(c, l->other, a);
        g_array_append_val(to, x);
    }
    return true;
}

static bool statement_read(Care *c, const Session *s, const Entity *e, RecordKey key,
                           const Account *account, size_t most, Arena *a, LedgerStatement *ret,
                           GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(LedgerEntry));
    LedgerAccount *all;
    int64_t balance;
    *ret = (LedgerStatement){0};
    if (account->holder != e)
        return fail(error, FAIL_INPUT, "\"%.*s\" holds no account \"%.*s\"", STR_ARG(e->name),
                    STR_ARG(account->name));
    if (!may_see_unit(s, account))
        return fail(error, FAIL_RIGHT, "the role \"%s\" sees no amounts", s->role->word);
    if (!consent_opens(c, s, e))
        return fail(error, FAIL_RIGHT, "the consent of this account does not name the file");
    if (!may_see_record(c, s, e, &key, error) ||
        !box_fill(c, account, key, a, &ret->box, &all, error))
        return false;
    for (size_t i = 0; i < ret->box.lines; i++)
        if (!lines_add(c, &all[i], most + 1, a, list, error))
            return false;
    if (list->len > 0)
        sort_rows(list->data, list->len, sizeof(LedgerEntry), newest_first);
    ret->more = list->len > most;
    ret->n = MIN(list->len, most);
    ret->list = arena_many(a, LedgerEntry, ret->n + 1);
    balance = ret->box.posted;
    for (size_t i = 0; i < ret->n; i++) {
        LedgerEntry *x = &ret->list[i];
        *x = g_array_index(list, LedgerEntry, i);
        x->balance = balance;
        if (x->state == TRANSFER_POSTED || x->state == TRANSFER_REVERSAL)
            balance -= x->into ? x->amount : -x->amount;
    }
    return true;
}

bool ledger_last(Care *c, const Session *s, const Entity *e, RecordKey key, const Account *account,
                 size_t most, Arena *a, LedgerStatement *ret, GError **error)
{
    return statement_read(c, s, e, key, account, most, a, ret, error);
}

bool ledger_statement(Care *c, const Session *s, const Entity *e, RecordKey key,
                      const Account *account, size_t most, Arena *a, LedgerStatement *ret,
                      GError **error)
{
    return statement_read(c, s, e, key, account, most, a, ret, error) &&
           may_see_record(c, s, e, &key, error) && access_note(c, s, e, key, "look", error);
}

static const Label state_labels[] = {
    [TRANSFER_HELD] = {{"冻结", 6}, {"held", 4}},
    [TRANSFER_POSTED] = {{"入账", 6}, {"posted", 6}},
    [TRANSFER_RELEASED] = {{"解冻", 6}, {"released", 8}},
    [TRANSFER_REVERSAL] = {{"冲正", 6}, {"reversed", 8}},
};

Label ledger_state_label(TransferState state)
{
    return state_labels[state];
}

/* Amounts as plain numbers of yuan, hours or nights: they are added up elsewhere. */
static Str plain_amount(const Account *account, int64_t n, Arena *a)
{
    const char *sign = n < 0 ? "-" : "";
    const int64_t whole = n < 0 ? -n : n;
    if (account->unit == ACCOUNT_NIGHTS)
        return str_of(arena_printf(a, "%s%" G_GINT64_FORMAT, sign, whole));
    if (account->unit == ACCOUNT_HOURS)
        return str_of(
            arena_printf(a, "%s%" G_GINT64_FORMAT ":%02d", sign, whole / 60, (int)(whole % 60)));
    return str_of(
        arena_printf(a, "%s%" G_GINT64_FORMAT ".%02d", sign, whole / 100, (int)(whole % 100)));
}

static void statement_print(const LedgerStatement *t, bool english, Arena *a, GString *to)
{
    static const Label heads[] = {{{"日期", 6}, {"day", 3}},         {{"事项", 6}, {"what", 4}},
                                  {{"来往", 6}, {"from or to", 10}}, {{"收入", 6}, {"in", 2}},
                                  {{"支出", 6}, {"out", 3}},         {{"余额", 6}, {"balance", 7}},
                                  {{"经办", 6}, {"by", 2}},          {{"理由", 6}, {"reason", 6}}};
    const Account *x = t->box.account;
    g_autoptr(CsvWriter) w = csv_writer_new(to, true);
    char day[MOMENT_TEXT];
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        csv_cell(w, english ? heads[i].en : heads[i].zh);
    csv_end_row(w);
    for (size_t i = 0; i < t->n; i++) {
        const LedgerEntry *l = &t->list[i];
        Str amount = plain_amount(x, l->amount, a);
        csv_cell(w, str_of(moment_format(l->at, day)));
        csv_cell(w, english ? state_labels[l->state].en : state_labels[l->state].zh);
        csv_cell(w, english ? l->other.en : l->other.zh);
        csv_cell(w, l->into ? amount : STR(""));
        csv_cell(w, l->into ? STR("") : amount);
        csv_cell(w, plain_amount(x, l->balance, a));
        csv_cell(w, l->actor);
        csv_cell(w, l->reason);
        csv_end_row(w);
    }
    csv_writer_close(w, NULL);
}

bool ledger_statement_csv(Care *c, const Session *s, const Entity *e, RecordKey key,
                          const LedgerStatement *t, bool english, Arena *a, GString *to,
                          GError **error)
{
    char *what = arena_printf(a, "statement of account %.*s taken along, %zu moves",
                              STR_ARG(t->box.account->name), t->n);
    if (!may_see_record(c, s, e, &key, error) ||
        !care_note(c, s, e, key, NULL, str_of(what), error))
        return fail_while(error, "noting the statement in the journal");
    statement_print(t, english, a, to);
    return true;
}

/* ---- a region ---------------------------------------------------------------------------------
 */

static void balance_limits(Care *c, const LedgerAccount *x, LedgerBalance *to)
{
    store_ledger_bounds(c->store, to->account, x->county, &to->low, &to->high);
    to->has_low = to->low > -LEDGER_MOST;
    to->has_high = to->high < LEDGER_MOST;
    to->outside = x->posted - x->held < to->low || x->posted + x->coming > to->high;
}

/* `sum`: of the holders that are seen; what stands behind the most that are listed goes into it
 * alone. */
static void add_balance(Care *c, Working *w, const Session *s, const Account *account,
                        const LedgerAccount *x, Arena *a, GArray *to, bool listed, LedgerSum *sum,
                        bool holders)
{
    LedgerBalance b = {
        .account = account, .county = x->county, .posted = x->posted, .held = x->held};
    g_autofree char *owner = g_strndup(x->owner.at, x->owner.len);
    bool of_place = str_is(x->owner, "place");
    b.key.id = holders && account->holder != NULL ? g_ascii_strtoll(owner, NULL, 10) : 0;
    if (holders && (b.key.id == 0 || !scope_allows(c, w, s, account->holder, b.key, NULL)))
        return;
    if (holders && sum != NULL) {
        sum->holders++;
        sum->posted += x->posted;
    }
    if (!listed)
        return;
    if (b.key.id == 0)
        b.other = of_place ? place_label(c, b.county) : ledger_other_label(c, x->owner, a);
    if (holders || of_place)
        balance_limits(c, x, &b);
    g_array_append_val(to, b);
}

/* Of those who hold the account, or of the other sides, the first that the session sees, however
 * many of others stand before them. */
static bool balances_in(Care *c, Working *w, const Session *s, const Account *account,
                        int32_t county, bool holders, Arena *a, GArray *to, LedgerSum *sum,
                        GError **error)
{
    const guint before = to->len;
    Str behind = STR("");
    for (size_t n = LIMIT_LEDGER_SHOWN; n == LIMIT_LEDGER_SHOWN;) {
        g_autoptr(Arena) page = arena_new();
        LedgerAccount *some;
        if (!store_ledger_kind(c->store, county, account, holders, behind, LIMIT_LEDGER_SHOWN, page,
                               &some, &n, error))
            return false;
        for (size_t i = 0; i < n; i++) {
            bool listed = to->len - before < LIMIT_LEDGER_SHOWN;
            if (listed || sum != NULL)
                add_balance(c, w, s, account, &some[i], a, to, listed, sum, holders);
        }
        if (to->len - before == LIMIT_LEDGER_SHOWN && (sum == NULL || !holders))
            return true;
        if (n > 0)
            behind = arena_str(a, some[n - 1].owner);
    }
    return true;
}

/* Who stands below a county sees those of her place among the county's. */
static bool balances_of(Care *c, Working *w, const Session *s, const Account *account, Arena *a,
                        GArray *to, LedgerSum *sum, GError **error)
{
    size_t n_counties;
    int32_t *counties = pay_counties(c, s, a, &n_counties);
    const int32_t own = county_of_place(c, s->region);
    bool whole = n_counties > 0 && s->facility == 0;
    for (size_t k = 0; k < (whole ? n_counties : 1); k++) {
        const int32_t county = whole ? counties[k] : own;
        if (!balances_in(c, w, s, account, county, true, a, to, sum, error) ||
            (whole && !balances_in(c, w, s, account, county, false, a, to, sum, error)))
            return false;
    }
    return true;
}

bool ledger_balances(Care *c, const Session *s, const Account *only, Arena *a, LedgerBalance **ret,
                     size_t *ret_n, LedgerSum *sums, GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerBalance));
    if (!session_may(s, MAY_PERSON_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" reads no records", s->role->word);
    if (!working_get(c, &w, error))
        return false;
    for (size_t i = 0; i < c->model->n_accounts; i++) {
        const Account *x = c->model->accounts[i];
        if (sums != NULL)
            sums[i] = (LedgerSum){0};
        if ((only != NULL && x != only) || !ledger_sees(s, x))
            continue;
        if (!balances_of(c, w, s, x, a, all, sums != NULL ? &sums[i] : NULL, error))
            return false;
    }
    *ret = arena_list(a, all, ret_n);
    return true;
}
