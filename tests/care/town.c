/* town.c — see town.h. */
#include "town.h"

#include "base/identifier.h"
#include "care/decide.h"
#include "care/move.h"
#include "care/proposal.h"
#include "care/same.h"

static const char model_text[] =
    "---\n"
    "document: house-model\ntitle: 测试\ntitle en: Test\nlayer: model\nin force: 2018-01-01\n"
    "---\n\n# 档案 / Records\n\n"
    "```anlao\n"
    "enum region_level ordered \"级别\" / \"level\" {\n"
    "  township \"乡镇\" / \"township\"\n  county \"县区\" / \"county\"\n"
    "  city \"市\" / \"city\"\n}\n"
    "enum agency \"单位\" / \"agency\" { civil_affairs \"民政局\" / \"civil affairs\" }\n"
    "enum fund \"资金\" / \"fund\" {\n  lottery \"福彩\" / \"lottery\"\n"
    "  budget \"预算\" / \"budget\"\n}\n"
    "entity region \"区划\" / \"region\" {\n  key code\n  title name\n"
    "  code text(12) \"代码\" / \"code\" required unique\n"
    "  name text(60) \"名称\" / \"name\" required\n}\n"
    "entity elder \"老年人\" / \"elder\" {\n"
    "  place residence\n  holds born through died\n  title name\n"
    "  name text(20) \"姓名\" / \"name\" required\n"
    "  born date \"出生\" / \"born\" required\n  died date \"去世\" / \"died\" open\n"
    "  residence region \"常住地\" / \"residence\" required dated\n"
    "  bank_account text(32) \"账户\" / \"account\" secret because \"发放\"\n"
    "  income money \"收入\" / \"income\" dated range 0 yuan..100000 yuan\n}\n"
    "enum granted_benefit \"待遇\" / \"benefit\" {\n  any_benefit \"待遇\" / \"benefit\"\n"
    "  aid \"补助\" / \"aid\"\n  graded \"分档\" / \"graded\"\n}\n"
    "enum grant_kind \"类型\" / \"kind\" {\n  new_grant \"新增\" / \"new\"\n"
    "  changed_grant \"变更\" / \"changed\"\n}\n"
    "entity benefit_grant \"授予\" / \"grant\" {\n  place elder.residence\n"
    "  dated by noticed_on\n  title elder, benefit\n"
    "  elder elder \"老年人\" / \"elder\" required\n"
    "  benefit granted_benefit \"待遇\" / \"benefit\" required\n"
    "  kind grant_kind \"类型\" / \"kind\" required\n"
    "  first_month date \"起始月\" / \"first month\" required\n"
    "  amount money \"金额\" / \"amount\"\n"
    "  noticed_on date \"公示\" / \"put up on\" required\n}\n"
    "enum doubt_kind \"疑点\" / \"doubt\" {\n  doubt_death \"死亡\" / \"death\"\n"
    "  doubt_proof \"未证实\" / \"not proven\"\n}\n"
    "entity payment_doubt \"疑点\" / \"doubt\" {\n  place elder.residence\n"
    "  dated by found_on\n  title elder, kind\n"
    "  elder elder \"老年人\" / \"elder\" required\n"
    "  kind doubt_kind \"类型\" / \"kind\" required\n"
    "  found_on date \"发现\" / \"found on\" required\n"
    "  settled_on date \"了结\" / \"settled on\" checked\n}\n"
    "entity notice_objection \"异议\" / \"objection\" {\n  place region\n"
    "  dated by raised_on\n  title notice\n  notice text(48) \"公示\" required\n"
    "  record text(60) \"对象\" required\n  region region \"地区\" required\n"
    "  raised_on date \"日期\" required\n  closed_on date \"答复\"\n"
    "  upheld bool \"成立\"\n}\n"
    "entity facility \"设施\" / \"facility\" {\n  place region\n  title name\n"
    "  name text(20) \"名称\" / \"name\" required\n"
    "  region region \"所在地\" / \"region\" required\n"
    "  private bool \"民办\" / \"private\" dated\n}\n"
    "entity stay \"入住\" / \"stay\" {\n  place facility.region\n  holds moved_in to moved_out\n"
    "  title elder, facility\n"
    "  elder elder \"老年人\" / \"elder\" required\n"
    "  facility facility \"设施\" / \"facility\" required\n"
    "  moved_in date \"入住\" / \"moved in\" required\n"
    "  moved_out date \"离开\" / \"moved out\" open\n}\n"
    "```\n\n"
    "```anlao\n"
    "table bank_file \"代发文件格式\" / \"layout of the bank's file\" key part {\n"
    "  part  text \"内容\" / \"part\"\n"
    "  place int  \"第几列\" / \"column\"\n"
    "  says  text \"写法\" / \"as it is written\"\n"
    "}\n"
    "```\n"
    "\n"
    "| part | place | says |\n"
    "| --- | --- | --- |\n"
    "| number | 1 | 流水号 |\n"
    "| name | 2 | 户名 |\n"
    "| account | 3 | 账号 |\n"
    "| amount | 4 | 金额（元） |\n"
    "| month | 5 | 月份 |\n"
    "| separator | | comma |\n"
    "| encoding | | utf-8 |\n"
    "| header | | yes |\n"
    "\n"
    "```anlao\n"
    "table bank_reply \"回盘文件格式\" / \"layout of the bank's answer\" key part {\n"
    "  part  text \"内容\" / \"part\"\n"
    "  place int  \"第几列\" / \"column\"\n"
    "  says  text \"写法\" / \"as it is written\"\n"
    "}\n"
    "```\n"
    "\n"
    "| part | place | says |\n"
    "| --- | --- | --- |\n"
    "| number | 1 | 流水号 |\n"
    "| result | 2 | 结果 |\n"
    "| reason | 3 | 失败原因 |\n"
    "| success | | 成功、success |\n"
    "| failed | | 失败、failed |\n"
    "| separator | | comma |\n"
    "| header | | yes |\n"
    "\n```anlao\ndelegate bank_file to county\ndelegate bank_reply to county\n```\n"
    "\n";

static const char rules_text[] =
    "---\n"
    "document: house-rules\ntitle: 规则\ntitle en: Rules\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-model, house-place\n"
    "---\n\n# 一 规则 / Rules\n\n"
    "```anlao\n"
    "param floor_age : int = %d\n"
    "param notice_days : days%s\n"
    "publish new_aid \"新增\" / \"new\" of benefit_grant where benefit = aid for notice_days {\n"
    " elder.name masked, amount }\n"
    "param limit : money = 2000 yuan\n"
    "set limit = %d yuan from 2020-04-01\n"
    "benefit old_age \"高龄\" / \"old age\" { for elder\n every month any day\n"
    "  when age(born) >= floor_age\n  pay if age(born) >= 90 then 150 yuan else 80 yuan\n"
    "  fund lottery 33.33%%, budget rest }\n"
    "benefit aid \"补助\" / \"aid\" { for elder\n every month on last day\n"
    "  when income < limit\n  pay max(0 yuan, limit / 10 - 0.5 yuan)\n  round down to 1 fen\n"
    "  fund budget }\n"
    "benefit care \"运营\" / \"care\" { for stay\n to facility\n every month each day\n"
    "  when facility.private\n  pay 200 yuan\n  round half_up to 1 fen }\n"
    "account received \"已领\" / \"received\" of elder in yuan { in old_age, aid }\n"
    "```\n";

int below(Town *t, int n)
{
    return g_rand_int_range(t->chance, 0, n);
}

Session session_of(const House *h, const char *name, const char *role, const char *region)
{
    Session s = {.account = str_of(name), .shown = str_of(name), .via = STR("test")};
    for (size_t i = 0; i < n_role_facts; i++)
        if (g_str_equal(role_facts[i].word, role))
            s.role = &role_facts[i];
    g_assert_nonnull(s.role);
    s.region = ROW_NONE;
    for (size_t i = 0; i < h->care->regions->n; i++)
        if (str_is(h->care->regions->code[i], region))
            s.region = (int32_t)i;
    return s;
}

static char *rules_of(const Town *t)
{
    g_autofree char *rules = g_strdup_printf(rules_text, t->floor, t->days, t->limit);
    return g_strconcat(rules, t->extra, NULL);
}

Town town_new(guint32 seed)
{
    Town t = {.chance = g_rand_new_with_seed(seed), .month = SINCE};
    t.floor = 80;
    t.limit = 2500;
    t.days = " = 7 days";
    g_autofree char *rules = rules_of(&t);
    t.house = house_new_of(model_text, house_place_text, rules);
    t.clerk = session_of(t.house, "jing", "clerk", "990300");
    t.review = session_of(t.house, "fu", "review", "990300");
    t.leader = session_of(t.house, "shen", "leader", "990300");
    t.finance = session_of(t.house, "cai", "finance", "990300");
    t.elders = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    t.facilities = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    t.stays = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    t.grants = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    t.gone = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    t.twins = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return t;
}

void town_free(Town *t)
{
    g_array_unref(t->elders);
    g_array_unref(t->facilities);
    g_array_unref(t->stays);
    g_array_unref(t->grants);
    g_array_unref(t->gone);
    g_hash_table_unref(t->twins);
    g_rand_free(t->chance);
    house_free(t->house);
}

/* ---- what happens ------------------------------------------------------------------------- */

static const char *day_text(Town *t, Date day)
{
    char text[DATE_TEXT];
    return arena_printf(t->house->arena, "%s", date_format(day, text));
}

static Date some_day(Town *t)
{
    return month_first(SINCE) + below(t, (int)(month_first(t->month + 1) - month_first(SINCE)));
}

const char *id_of(Town *t, RecordKey key)
{
    char text[ID_TEXT];
    return arena_printf(t->house->arena, "%s", id_format(key.id, text));
}

RecordKey any_of(Town *t, const GArray *of)
{
    return g_array_index(of, RecordKey, below(t, (int)of->len));
}

static const char *const town_codes[] = {"990302101", "990302102", "990302101", "990313101"};

void new_elder(Town *t)
{
    Date born;
    t->n++;
    date_make(1928 + below(t, 15), 1 + below(t, 12), 1 + below(t, 28), &born);
    RecordKey key = house_save(t->house, t->house->local, "elder", (RecordKey){0}, "name",
                               arena_printf(t->house->arena, "甲%u", t->n), "born",
                               day_text(t, born), "residence", town_codes[below(t, 4)],
                               "bank_account", arena_printf(t->house->arena, "000%u", t->n), NULL);
    g_array_append_val(t->elders, key);
}

void new_facility(Town *t)
{
    RecordKey key = house_save(t->house, t->house->local, "facility", (RecordKey){0}, "name",
                               arena_printf(t->house->arena, "院%u", t->n++), "region", "990302101",
                               "private", below(t, 3) ? "yes" : "no", NULL);
    g_array_append_val(t->facilities, key);
}

static void new_stay(Town *t)
{
    RecordKey key = house_save(
        t->house, t->house->local, "stay", (RecordKey){0}, "elder", id_of(t, any_of(t, t->elders)),
        "facility", id_of(t, any_of(t, t->facilities)), "moved_in", day_text(t, some_day(t)), NULL);
    g_array_append_val(t->stays, key);
}

/* Some are refused (moved out before moved in): then nothing happened. */
void set_text(Town *t, const char *entity, RecordKey key, const char *field, const char *text,
              Date since)
{
    g_autoptr(GError) error = NULL;
    const FieldEdit edit = {house_field(t->house, entity, field), str_of(text), since};
    RecordEdit e = {.entity = house_entity(t->house, entity),
                    .key = key,
                    .fields = &edit,
                    .n_fields = 1,
                    .reason = STR("测试用的")};
    FieldFault *faults;
    Record *now;
    size_t n;
    if (!record_get(t->house->care, t->house->local, e.entity, key, 0, t->house->arena, &now, NULL))
        return;
    e.expected = now->seq;
    record_save(t->house->care, t->house->local, &e, t->house->arena, &key, &faults, &n, &error);
}

/* Late facts, facts put back in time, deaths and deaths undone. */
void something_happens(Town *t)
{
    static const char *const incomes[] = {"50", "1999.99", "2000", "2400", "2600", ""};
    switch (below(t, 14)) {
    case 9:
        move_over(t, (guint)below(t, (int)t->elders->len), some_day(t));
        break;
    case 12:
        merge_some(t);
        break;
    case 13:
        unmerge_some(t);
        break;
    case 10:
        doubt(t, any_of(t, t->elders), below(t, 2) ? "doubt_death" : "doubt_proof");
        break;
    case 11:
        notices_age(t);
        break;
    case 0:
        new_elder(t);
        break;
    case 1:
    case 2:
        set_text(t, "elder", any_of(t, t->elders), "died",
                 below(t, 3) ? day_text(t, some_day(t)) : "", 0);
        break;
    case 3:
    case 4:
        set_text(t, "elder", any_of(t, t->elders), "income", incomes[below(t, 6)], some_day(t));
        break;
    case 5:
        new_stay(t);
        break;
    case 6:
        if (t->stays->len > 0)
            set_text(t, "stay", any_of(t, t->stays), "moved_out",
                     below(t, 4) ? day_text(t, some_day(t)) : "", 0);
        break;
    case 7: /* another home all the time: another payee */
        if (t->stays->len > 0)
            set_text(t, "stay", any_of(t, t->stays), "facility", id_of(t, any_of(t, t->facilities)),
                     0);
        break;
    default:
        set_text(t, "facility", any_of(t, t->facilities), "private", below(t, 2) ? "yes" : "no",
                 some_day(t));
    }
}

void town_rules(Town *t)
{
    g_autofree char *rules = rules_of(t);
    house_write(t->house, "packs/more.md", rules, NULL);
    house_put_in_force(t->house);
}

void rules_change(Town *t)
{
    int floor = 79 + below(t, 3), limit = 2000 + 100 * below(t, 8);
    if (floor == t->floor && limit == t->limit)
        return;
    t->floor = floor;
    t->limit = limit;
    town_rules(t);
}

void merge_some(Town *t)
{
    g_autoptr(GError) error = NULL;
    MergeReport report;
    guint at = (guint)below(t, (int)t->elders->len);
    const RecordKey pair[2] = {g_array_index(t->elders, RecordKey, at), any_of(t, t->elders)};
    if (pair[0].id == pair[1].id || pair[0].county != pair[1].county)
        return;
    record_merge(t->house->care, t->house->local, house_entity(t->house, "elder"), pair[0], pair[1],
                 STR("同一个人，重复登记"), t->house->arena, &report, &error);
    if (error != NULL) { /* the one that stays died before the other did something */
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
        return;
    }
    for (int i = 0; i < 2; i++)
        g_hash_table_add(t->twins, g_memdup2(&pair[i].id, sizeof pair[i].id));
    g_array_append_val(t->gone, pair[0]);
    g_array_remove_index(t->elders, at);
}

void unmerge_some(Town *t)
{
    g_autoptr(GError) error = NULL;
    MergeReport report;
    if (t->gone->len == 0)
        return;
    guint at = (guint)below(t, (int)t->gone->len);
    const RecordKey key = g_array_index(t->gone, RecordKey, at);
    record_unmerge(t->house->care, t->house->local, house_entity(t->house, "elder"), key.id,
                   STR("是两个人，合并有误"), t->house->arena, &report, &error);
    if (error != NULL) { /* the one that stays moved, or went on into a third */
        g_assert_true(g_error_matches(error, FAIL_DOMAIN, FAIL_CONFLICT) ||
                      g_error_matches(error, FAIL_DOMAIN, FAIL_ABSENT) ||
                      g_error_matches(error, FAIL_DOMAIN, FAIL_INPUT));
        return;
    }
    g_array_append_val(t->elders, key);
    g_array_remove_index(t->gone, at);
}

/* ---- money ---------------------------------------------------------------------------------- */

void arrange(Town *t, const char *county, const char *fund)
{
    g_autoptr(GError) error = NULL;
    static const uint8_t fresh[16];
    pay_fund_add(t->house->care, &t->finance, str_of(county), str_of(fund), 100000000,
                 STR("年度预算"), fresh, t->house->arena, &error);
    g_assert_no_error(error);
}

PayRun run_now(Town *t, int64_t run)
{
    g_autoptr(GError) error = NULL;
    PayRun one = {0};
    pay_run_of(t->house->care, &t->clerk, run, t->house->arena, &one, &error);
    g_assert_no_error(error);
    return one;
}

size_t prepare_all(Town *t, Month month, PayRun **ret)
{
    g_autoptr(GError) error = NULL;
    const PayAsk ask = {.month = month, .since = SINCE};
    size_t n = 0;
    pay_prepare(t->house->care, &t->clerk, &ask, t->house->arena, ret, &n, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < (*ret)[i].n_sums; k++) {
            const PaySum *s = &(*ret)[i].sums[k];
            g_assert_cmpint(s->yes + s->no + s->unknown + s->judgement, ==, s->subjects);
        }
    return n;
}

PayRun prepare(Town *t, Month month)
{
    PayRun *runs = NULL;
    g_assert_cmpuint(prepare_all(t, month, &runs), ==, 1);
    return runs[0];
}

void move_on(Town *t, const Session *s, int64_t run, PayState to)
{
    g_autoptr(GError) error = NULL;
    pay_move_on(t->house->care, s, run, to, STR("测试用的"), t->house->arena, &error);
    g_assert_no_error(error);
}

void step_reason_refused(Town *t, const Session *s, int64_t run, PayState to, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(
        pay_move_on(t->house->care, s, run, to, str_of(reason), t->house->arena, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

void move_refused(Town *t, const Session *s, int64_t run, PayState to, int code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(
        pay_move_on(t->house->care, s, run, to, STR("测试用的"), t->house->arena, &error));
    g_assert_error(error, FAIL_DOMAIN, code);
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" says nothing of \"%s\"", error->message, words);
}

void to_the_bank(Town *t, int64_t run)
{
    move_on(t, &t->review, run, PAY_REVIEWED);
    move_on(t, &t->leader, run, PAY_APPROVED);
    move_on(t, &t->clerk, run, PAY_FINANCE);
    move_on(t, &t->finance, run, PAY_BANK);
}

/* Some payments come back; the reply is booked, sometimes twice. */
void reply(Town *t, int64_t run, int one_in)
{
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(PayReturn));
    g_autoptr(GError) error = NULL;
    House *h = t->house;
    PayPayment *all;
    size_t n;
    uint64_t fresh = 0, again = 0;
    g_assert_true(
        store_pay_payments(h->care->store, run_now(t, run).county, run, h->arena, &all, &n, NULL));
    for (size_t i = 0; i < n;) {
        const PayReturn r = {.receiver = all[i].receiver, .reason = STR("户名不符")};
        int64_t fen = 0;
        for (; i < n && all[i].receiver == r.receiver; i++)
            fen += all[i].returned ? 0 : all[i].fen;
        if (fen > 0 && one_in > 0 && below(t, one_in) == 0)
            g_array_append_val(back, r);
    }
    const PayReturn *list = (const PayReturn *)(const void *)back->data;
    pay_reply(h->care, &t->clerk, run, list, back->len, h->arena, &fresh, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(fresh, ==, back->len);
    pay_reply(h->care, &t->clerk, run, list, back->len, h->arena, &again, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(again, ==, 0);
}

void hold_somebody(Town *t)
{
    g_autoptr(GError) error = NULL;
    int64_t id;
    pay_hold_open(t->house->care, &t->clerk, house_entity(t->house, "elder"), any_of(t, t->elders),
                  HOLD_DEATH, STR("村里报去世"), t->house->arena, &id, &error);
    if (error != NULL)
        g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT); /* held already */
}

/* One asks for it, another person approves. */
void doubt_settle(Town *t, RecordKey d, const char *day)
{
    g_autoptr(GError) error = NULL;
    House *h = t->house;
    ProposalLine *all;
    size_t n;
    Said said = {NULL, NULL};
    set_text(t, "payment_doubt", d, "settled_on", day, 0);
    g_assert_true(proposal_list(h->care, &t->review, h->arena, &all, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        proposal_decide(h->care, &t->review, all[i].key, PROPOSAL_APPROVE, STR("核实无误"), &said,
                        &error);
        g_assert_no_error(error);
    }
}

static void doubts_settle(Town *t, int one_in)
{
    g_autoptr(Working) w = NULL;
    const Entity *e = house_entity(t->house, "payment_doubt");
    g_assert_true(working_get(t->house->care, &w, NULL));
    const Batch *b = w->data->batches[e->number];
    for (size_t i = 0; b != NULL && i < b->rows; i++)
        if (one_in <= 1 || below(t, one_in) == 0)
            doubt_settle(t, (RecordKey){b->counties[i], b->ids[i]}, "2020-01-02");
}

void release_all(Town *t, int one_in)
{
    PayHoldRow *all;
    size_t n;
    g_assert_true(pay_holds(t->house->care, &t->review, true, t->house->arena, &all, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GError) error = NULL;
        if (one_in > 1 && below(t, one_in) != 0)
            continue;
        pay_hold_close(t->house->care, &t->review, all[i].id, STR("核实无误"), t->house->arena,
                       &error);
        g_assert_no_error(error);
    }
    doubts_settle(t, one_in);
}

RecordKey doubt(Town *t, RecordKey elder, const char *kind)
{
    return house_save(t->house, t->house->local, "payment_doubt", (RecordKey){0}, "elder",
                      id_of(t, elder), "kind", kind, "found_on", "2020-01-01", NULL);
}

void notices_age(Town *t)
{
    g_autoptr(Working) w = NULL;
    const Entity *e = house_entity(t->house, "benefit_grant");
    g_assert_true(working_get(t->house->care, &w, NULL));
    const Batch *b = w->data->batches[e->number];
    for (size_t i = 0; b != NULL && i < b->rows; i++)
        set_text(t, "benefit_grant", (RecordKey){b->counties[i], b->ids[i]}, "noticed_on",
                 "2020-01-02", 0);
}

void move_over(Town *t, guint at, Date since)
{
    g_autoptr(GError) error = NULL;
    House *h = t->house;
    RecordKey *key = &g_array_index(t->elders, RecordKey, at);
    bool here = key->county == 990302;
    Session from = session_of(h, "qian", "clerk", here ? "990302" : "990313");
    Session to = session_of(h, "jie", "clerk", here ? "990313" : "990302");
    Said said = {NULL, NULL};
    MoveLine *list;
    size_t n;
    if (!move_ask(h->care, &from, house_entity(h, "elder"), *key,
                  here ? STR("990313101") : STR("990302101"), since, STR("户口迁出"), &said,
                  &error)) {
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT); /* a day before she lived there */
        return;
    }
    g_assert_true(move_list(h->care, &to, h->arena, &list, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    move_decide(h->care, &to, list[0].key, MOVE_ACCEPT, STR("材料齐全"), key, &said, &error);
    g_assert_no_error(error);
}

/* A run as known then comes to its lines, to the fen. */
void assert_replays(Town *t, int64_t run)
{
    g_autoptr(GError) error = NULL;
    PayReplay r;
    pay_replay(t->house->care, &t->review, run, t->house->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.differ, ==, 0);
    g_assert_cmpint(r.stored_fen, ==, r.then_fen);
}

void assert_sound(Town *t)
{
    g_autoptr(GError) error = NULL;
    VerifyReport v;
    store_verify(t->house->care->store, t->house->arena, &v, &error);
    g_assert_no_error(error);
    if (!v.ok)
        g_error("verify: %.*s", STR_ARG(v.first_fault));
    g_assert_cmpuint(v.pay_differ + v.ledger_differ, ==, 0);
}

/* ---- an oracle: months one by one, by plain sums -------------------------------------------- */

/* What was paid to a record for a month by a benefit: lines neither held, refused nor returned. */
int64_t paid_for(const PayLine *lines, size_t n, unsigned rule, Month month)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        if (lines[i].rule == rule && lines[i].month == month && lines[i].hold == HOLD_NONE &&
            lines[i].state != PAY_REFUSED && !lines[i].returned)
            sum += lines[i].fen;
    return sum;
}

static void balance_record(Town *t, const char *entity, RecordKey key, Month last, Balance *to)
{
    House *h = t->house;
    PayLine *lines;
    size_t n;
    const Entity *e = house_entity(h, entity);
    g_assert_true(pay_of_record(h->care, h->local, e, key, h->arena, &lines, &n, NULL));
    for (Month m = SINCE; m <= last; m++) {
        DecisionRow *rows;
        size_t n_rows;
        g_assert_true(store_decisions(h->care->store, m, &key, h->arena, &rows, &n_rows, NULL));
        for (unsigned rule = 0; rule < h->care->model->n_rules; rule++) {
            int64_t owed = 0, paid = paid_for(lines, n, rule, m);
            bool open = false;
            for (size_t i = 0; i < n_rows; i++)
                if (rows[i].rule == rule) {
                    owed = rows[i].outcome == TRUTH_YES ? rows[i].amount : 0;
                    open = rows[i].outcome == TRUTH_UNKNOWN || rows[i].outcome == TRUTH_PERSON;
                }
            if (open)
                continue;
            g_assert_cmpint(paid, >=, 0);
            to->less += MAX(0, owed - paid);
            to->more += MAX(0, paid - owed);
        }
    }
}

Balance balance_all(Town *t, Month last)
{
    Balance b = {0};
    for (guint i = 0; i < t->elders->len; i++)
        balance_record(t, "elder", g_array_index(t->elders, RecordKey, i), last, &b);
    for (guint i = 0; i < t->stays->len; i++)
        balance_record(t, "stay", g_array_index(t->stays, RecordKey, i), last, &b);
    return b;
}

Town one_elder(RecordKey *ret)
{
    Town t = town_new(1);
    *ret = house_save(t.house, t.house->local, "elder", (RecordKey){0}, "name", "李秀英", "born",
                      "1935-03-01", "residence", "990302101", "bank_account", "0001", NULL);
    g_array_append_val(t.elders, *ret);
    arrange(&t, "990302", "lottery");
    arrange(&t, "990302", "budget");
    return t;
}
