/* ledger.c — declared accounts as an office meets them: what a form says when an account refuses, a
 * box and a statement in the file, who sees and who moves by hand, and what becomes of a balance
 * when its holder goes to another county or turns out to be one with somebody. */
#include "../store/database.h"
#include "house.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/import_jobs.h"
#include "care/ledger.h"
#include "care/move.h"
#include "care/same.h"

static const char bank_text[] =
    "---\n"
    "document: bank\ntitle: 时间银行办法\ntitle en: Time bank rule\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-model, house-place, bank-model\n"
    "---\n\n# 3b 时间银行 / Time bank\n\n"
    "```anlao\n"
    "param cap \"上限\" / \"cap\" : hours = 5 hours\n"
    "param both \"两区\" / \"both\" : regions = 990302, 990313\n"
    "account bank \"时间银行\" / \"time bank\" of elder in hours {\n"
    "  in  saving.time where sure, gift.time by receiver\n"
    "  out spending.time, gift.time by giver\n"
    "  limit 0..cap\n  only for care\n  settle between both\n"
    "}\n"
    "account bed_nights \"床夜\" / \"bed-nights\" of facility in nights { in stay; limit 0..20 }\n"
    "```\n";

static const char records_text[] =
    "---\n"
    "document: bank-model\ntitle: 台账\ntitle en: Registers\nlayer: model\nin force: 2019-01-01\n"
    "builds on: house-model\n"
    "---\n\n# 台账 / Registers\n\n"
    "```anlao\n"
    "enum use \"用途\" / \"use\" { care \"照护\" / \"care\"; other \"其他\" / \"other\" }\n"
    "entity saving \"存入\" / \"saving\" {\n"
    "  place place\n  dated by on\n  key no\n  title elder, on\n"
    "  no text(20) \"编号\" / \"number\" unique\n"
    "  elder elder \"谁\" / \"whose\" required\n  place region \"在哪里\" / \"where\" required\n"
    "  on date \"日期\" / \"on\" required\n"
    "  time hours \"时长\" / \"time\" required range 0 hours..24 hours\n"
    "  sure bool \"确认\" / \"confirmed\" dated\n"
    "}\n"
    "entity spending \"支取\" / \"spending\" {\n"
    "  place place\n  dated by on\n  title elder, on\n"
    "  elder elder \"谁\" / \"whose\" required\n  place region \"在哪里\" / \"where\" required\n"
    "  on date \"日期\" / \"on\" required\n"
    "  time hours \"时长\" / \"time\" required range 0 hours..24 hours\n"
    "  kind use \"用途\" / \"use\" required\n"
    "}\n"
    "entity gift \"转赠\" / \"gift\" {\n"
    "  place giver.residence\n  dated by on\n  title giver, on\n"
    "  giver elder \"转出\" / \"giver\" required\n  receiver elder \"转入\" / \"receiver\" "
    "required\n"
    "  on date \"日期\" / \"on\" required\n"
    "  time hours \"时长\" / \"time\" required range 0 hours..24 hours\n"
    "  kind use \"用途\" / \"use\" required\n"
    "}\n"
    "```\n";

typedef struct Office {
    House *h;
    const Session *clerk, *other, *reviewer;
    const Account *bank;
    RecordKey wang, li;
} Office;

static Office office_new(void)
{
    Office o = {.h = house_new_with(false, records_text)};
    House *h = o.h;
    house_write(h, "packs/bank.md", bank_text, NULL);
    house_put_in_force(h);
    o.clerk = house_session(h, "jing", "clerk", "990302", 0);
    o.reviewer = house_session(h, "fu", "review", "990302", 0);
    o.other = house_session(h, "yi", "clerk", "990313", 0);
    o.bank = ledger_account_called(h->care->model, STR("bank"));
    o.wang = house_elder(h, "王桂兰", "990302101", house_number(h, 1));
    o.li = house_elder(h, "李秀英", "990302102", house_number(h, 2));
    return o;
}

static char *id_of(House *h, RecordKey key)
{
    char id[ID_TEXT];
    return arena_printf(h->arena, "%s", id_format(key.id, id));
}

static RecordKey save_hours(Office *o, RecordKey elder, const char *hours, const char *sure)
{
    return house_save(o->h, o->clerk, "saving", (RecordKey){0}, "elder", id_of(o->h, elder),
                      "place", "990302101", "on", "2020-05-01", "time", hours, "sure", sure, NULL);
}

static RecordKey spend(Office *o, const Session *s, RecordKey elder, const char *place,
                       const char *hours)
{
    return house_save(o->h, s, "spending", (RecordKey){0}, "elder", id_of(o->h, elder), "place",
                      place, "on", "2020-05-02", "time", hours, "kind", "care", NULL);
}

static LedgerBox box_of(Office *o, RecordKey elder)
{
    g_autoptr(GError) error = NULL;
    LedgerBox *boxes;
    size_t n;
    ledger_of_record(o->h->care, o->h->local, house_entity(o->h, "elder"), (RecordKey){0, elder.id},
                     o->h->arena, &boxes, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    return boxes[0];
}

static LedgerStatement statement_of(Office *o, RecordKey elder)
{
    g_autoptr(GError) error = NULL;
    LedgerStatement t;
    ledger_statement(o->h->care, o->h->local, house_entity(o->h, "elder"), (RecordKey){0, elder.id},
                     o->bank, 100, o->h->arena, &t, &error);
    g_assert_no_error(error);
    return t;
}

static void assert_sound(Office *o)
{
    g_autoptr(GError) error = NULL;
    VerifyReport report;
    store_verify(o->h->care->store, o->h->arena, &report, &error);
    g_assert_no_error(error);
    if (!report.ok)
        g_error("%.*s", STR_ARG(report.first_fault));
}

static char *text(Office *o, Str s)
{
    return arena_dup(o->h->arena, s.at, s.len);
}

/* What the form says beside the field, in Chinese and English. */
static FieldFault refused(Office *o, const Session *s, const char *entity, const WriteField *fields,
                          size_t n)
{
    g_autoptr(GError) error = NULL;
    const WriteRequest r = {.kind = WRITE_CREATE,
                            .entity = house_entity(o->h, entity),
                            .fields = fields,
                            .n_fields = n};
    WriteAnswer answer;
    FieldFault *faults = NULL;
    size_t n_faults = 0;
    g_assert_false(care_write(o->h->care, s, &r, o->h->arena, &answer, &faults, &n_faults, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpuint(n_faults, ==, 1);
    return faults[0];
}

static FieldFault spending_refused(Office *o, RecordKey elder, int64_t minutes, int64_t use)
{
    Date on;
    date_make(2020, 5, 3, &on);
    const WriteField fields[] = {
        {.field = house_field(o->h, "spending", "elder"), .value = VALUE_NUM(elder.id)},
        {.field = house_field(o->h, "spending", "place"), .value = VALUE_TEXT(STR("990302101"))},
        {.field = house_field(o->h, "spending", "on"), .value = VALUE_NUM(on)},
        {.field = house_field(o->h, "spending", "time"), .value = VALUE_NUM(minutes)},
        {.field = house_field(o->h, "spending", "kind"), .value = VALUE_NUM(use)}};
    return refused(o, o->clerk, "spending", fields, G_N_ELEMENTS(fields));
}

static void test_box(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    LedgerBox box = box_of(&o, o.wang);
    g_assert_true(box.has_low && box.has_high && box.low == 0 && box.high == 300);
    g_assert_cmpuint(box.lines, ==, 0);
    save_hours(&o, o.wang, "2", "yes");
    save_hours(&o, o.wang, "3", "no"); /* not confirmed: not credited */
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 120);
    spend(&o, o.clerk, o.wang, "990302101", "0.5");
    LedgerStatement t = statement_of(&o, o.wang);
    g_assert_cmpuint(t.n, ==, 2);
    g_assert_cmpint(t.list[0].balance, ==, 90);
    g_assert_cmpint(t.list[1].balance, ==, 120);
    g_assert_true(!t.list[0].into && str_is(t.list[0].event->name, "spending"));
    g_assert_cmpstr(text(&o, t.list[1].other.zh), ==, "存入");
    g_assert_cmpstr(text(&o, ledger_amount_text(o.bank, 90, false, h->arena)), ==, "1 小时 30 分");
    g_autoptr(GString) csv = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    ledger_statement_csv(h->care, o.clerk, house_entity(h, "elder"), o.wang, &t, true, h->arena,
                         csv, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(csv->str, "spending,,0:30,1:30,jing,"));
    /* that it left, and who took it, is in the journal */
    JournalEntry *entries;
    size_t n;
    store_history(h->care->store, house_entity(h, "elder"), o.wang, 9, h->arena, &entries, &n,
                  &error);
    g_assert_no_error(error);
    g_assert_true(n > 0 && str_is(entries[0].kind, "note") && str_is(entries[0].actor, "jing"));
    g_assert_true(str_find(entries[0].reason, STR("statement of account")) >= 0);
    assert_sound(&o);
}

/* A stay counts when it ends; what would be too many nights is said beside its end. */
static void test_nights(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    const char *field;
    LedgerBox *boxes;
    size_t n;
    RecordKey home = house_save(h, o.clerk, "facility", (RecordKey){0}, "name", "某院", "region",
                                "990302102", NULL);
    RecordKey stay = house_save(h, o.clerk, "stay", (RecordKey){0}, "elder", id_of(h, o.wang),
                                "facility", id_of(h, home), "moved_in", "2020-05-01", NULL);
    ledger_of_record(h->care, o.clerk, house_entity(h, "facility"), home, h->arena, &boxes, &n,
                     &error);
    g_assert_no_error(error);
    g_assert_cmpint(boxes[0].posted, ==, 0);
    g_assert_cmpint(
        house_refused(h, o.clerk, "stay", stay, &field, "moved_out", "2020-05-22", NULL), ==,
        FAIL_INPUT);
    g_assert_cmpstr(field, ==, "moved_out");
    house_save(h, o.clerk, "stay", stay, "moved_out", "2020-05-21", NULL);
    ledger_of_record(h->care, o.clerk, house_entity(h, "facility"), home, h->arena, &boxes, &n,
                     &error);
    g_assert_cmpint(boxes[0].posted, ==, 20);
    assert_sound(&o);
}

/* Nothing is saved, and the words name the account, its document and clause. */
static void test_refused(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    save_hours(&o, o.wang, "2", "yes");
    FieldFault f = spending_refused(&o, o.wang, 121, 0);
    g_assert_true(str_is(f.field->name, "time"));
    g_assert_cmpstr(text(&o, f.zh), ==,
                    "账户“时间银行”（时间银行办法 3b）现有2 小时，不能低于0 小时；没有保存");
    g_assert_cmpstr(text(&o, f.en), ==,
                    "the account \"time bank\" (Time bank rule 3b) has 2 hours and may not fall "
                    "below 0 hours; nothing was saved");
    f = spending_refused(&o, o.wang, 60, 1);
    g_assert_true(str_is(f.field->name, "kind"));
    g_assert_cmpstr(text(&o, f.zh), ==,
                    "账户“时间银行”（时间银行办法 3b）只能用于“照护”；没有保存");
    /* The cap is a param of the document. */
    const char *field;
    g_assert_cmpint(house_refused(h, o.clerk, "saving", (RecordKey){0}, &field, "elder",
                                  id_of(h, o.wang), "place", "990302101", "on", "2020-05-01",
                                  "time", "3.5", "sure", "yes", NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpstr(field, ==, "time");
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 120);
    assert_sound(&o);
}

/* Rows of a file: what an account refuses is left out with the reason, the others go in. */
static void test_imported(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    char *path;
    ImportReport report;
    g_autofree char *file =
        g_strdup_printf("elder,place,on,time,sure\n%s,990302101,2020-05-01,4,yes\n"
                        "%s,990302101,2020-05-02,2,yes\n"
                        "%s,990302101,2020-05-03,1,yes\n",
                        id_of(h, o.wang), id_of(h, o.wang), id_of(h, o.wang));
    house_write(h, "saving.csv", file, &path);
    /* tried before, the file says what an account will refuse, and nothing is moved */
    const ImportOptions dry = {.dry_run = true}, options = {.made_up = false};
    care_import(h->care, o.clerk, house_entity(h, "saving"), path, &dry, h->arena, &report, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(report.accepted, ==, 2);
    g_assert_cmpuint(report.rejected, ==, 1);
    g_assert_cmpuint(report.n_reasons, ==, 1);
    g_assert_true(str_find(report.reasons[0].text, STR("不能高于")) >= 0);
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 0);
    g_autofree char *rejected = NULL;
    g_assert_true(g_file_get_contents(report.rejected_path.at, &rejected, NULL, NULL));
    g_assert_nonnull(strstr(rejected, "2020-05-02,2,yes,"));
    g_assert_null(strstr(rejected, "2020-05-01"));
    assert_sound(&o);
    care_import(h->care, o.clerk, house_entity(h, "saving"), path, &options, h->arena, &report,
                &error);
    g_assert_no_error(error); /* the row that is refused comes back as it did when it was tried */
    g_assert_cmpuint(report.accepted, ==, 2);
    g_assert_cmpuint(report.rejected, ==, 1);
    g_autofree char *again = NULL;
    g_assert_true(g_file_get_contents(report.rejected_path.at, &again, NULL, NULL));
    g_assert_cmpstr(again, ==, rejected);
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 300);
    assert_sound(&o);
    g_free(path);
}

/* Of a long file only the first rows are put to the accounts, and the report says from where on
 * none was. */
static void test_tried_long(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new("elder,place,on,time,sure\n");
    g_autofree char *path = NULL;
    const ImportOptions dry = {.dry_run = true};
    ImportReport r;
    for (unsigned i = 0; i < LIMIT_IMPORT_TRIED + 10; i++)
        g_string_append_printf(text, "%s,990302101,2020-05-01,%s,yes\n", id_of(h, o.wang),
                               i + 1 < LIMIT_IMPORT_TRIED ? "0" : "6");
    house_write(h, "long.csv", text->str, &path);
    care_import(h->care, o.clerk, house_entity(h, "saving"), path, &dry, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.accepted, ==, LIMIT_IMPORT_TRIED + 9);
    g_assert_cmpuint(r.rejected, ==, 1); /* the last that was asked about */
    g_assert_cmpuint(r.n_notes, ==, 1);
    g_assert_cmpuint(r.notes[0].line, ==, LIMIT_IMPORT_TRIED + 2);
}

/* A file that was sent by the page, of which the account refuses more rows than are told one by
 * one: it went well, those that are told are in the file of rejected rows, and how many more there
 * were is said.  Why each was left out does not stay in the database once it was told. */
static void test_sent_long(void)
{
    enum { MORE = 3 };
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new("elder,place,on,time,sure\n");
    ImportJob job;
    RecordKey key;
    Str back;
    bool more;
    g_string_append_printf(text, "%s,990302101,2020-05-01,1,yes\n", id_of(h, o.wang));
    for (unsigned i = 0; i < LIMIT_IMPORT_REFUSED + MORE; i++)
        g_string_append_printf(text, "%s,990302101,2020-05-02,6,yes\n", id_of(h, o.wang));
    import_job_new(h->care, o.clerk, house_entity(h, "saving"), STR("long.csv"), str_of(text->str),
                   false, &key, &error);
    g_assert_no_error(error);
    g_assert_true(import_job_find(h->care, o.clerk, key, h->arena, &job, &error));
    g_assert_true(import_job_confirm(h->care, o.clerk, &job, &error));
    g_assert_true(import_job_turn(h->care, &more, &error));
    g_assert_no_error(error);
    g_assert_true(import_job_find(h->care, o.clerk, key, h->arena, &job, &error));
    g_assert_cmpint(job.now, ==, JOB_ENDED);
    g_assert_cmpuint(job.fault.len, ==, 0);
    g_assert_cmpuint(job.report.rejected, ==, LIMIT_IMPORT_REFUSED);
    g_assert_cmpuint(job.report.untold, ==, MORE);
    g_assert_true(import_job_rejected(h->care, o.clerk, &job, h->arena, &back, &error));
    unsigned lines = 0;
    for (size_t i = 0; i < back.len; i++)
        lines += back.at[i] == '\n';
    g_assert_cmpuint(lines, ==, 1 + LIMIT_IMPORT_REFUSED);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM import_row"), ==, 0);
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 60);
    assert_sound(&o);
}

/* ---- by hand: one asks, another confirms ----------------------------------------------------- */

static LedgerWaiting *waiting(Office *o, const Session *s, size_t n)
{
    g_autoptr(GError) error = NULL;
    LedgerWaiting *list;
    size_t have;
    bool more;
    ledger_waiting(o->h->care, s, o->h->arena, &list, &have, &more, &error);
    g_assert_no_error(error);
    g_assert_true(more == (have == LIMIT_LEDGER_SHOWN));
    g_assert_cmpuint(have, ==, n);
    return list;
}

static void decided(Office *o, const Session *s, int64_t transfer, LedgerVerdict verdict)
{
    g_autoptr(GError) error = NULL;
    ledger_decide(o->h->care, s, transfer, verdict, STR("与旧账核对过"), NULL, &error);
    g_assert_no_error(error);
}

static void not_decided(Office *o, const Session *s, int64_t transfer, LedgerVerdict verdict,
                        int code)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    g_assert_false(
        ledger_decide(o->h->care, s, transfer, verdict, STR("与旧账核对过"), &said, &error));
    g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_true(said.zh != NULL && said.en != NULL); /* on a page, in either language */
}

static void asked(Office *o, const LedgerHand *x)
{
    g_autoptr(GError) error = NULL;
    ledger_hand(o->h->care, o->clerk, x, NULL, &error);
    g_assert_no_error(error);
}

static void not_asked(Office *o, const Session *s, const LedgerHand *x, int code)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    g_assert_false(ledger_hand(o->h->care, s, x, &said, &error));
    g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_true((said.zh != NULL && said.en != NULL) == (code != FAIL_RIGHT));
}

/* Until a second person has confirmed it, nothing is in the balance; what is to go out is held, so
 * that it is not spent meanwhile. */
static void test_by_hand(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    LedgerHand opening = {
        .account = o.bank, .to = o.wang, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    not_asked(&o, o.reviewer, &opening, FAIL_RIGHT);
    asked(&o, &opening);
    asked(&o, &opening); /* a click twice */
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 0);
    g_assert_cmpint(box_of(&o, o.wang).coming, ==, 200);
    LedgerWaiting *list = waiting(&o, o.reviewer, 1);
    g_assert_true(list[0].amount == 200 && list[0].to.key.id == o.wang.id && !list[0].mine);
    g_assert_true(waiting(&o, o.clerk, 1)[0].mine);
    waiting(&o, o.other, 0); /* another district */
    not_decided(&o, o.clerk, list[0].id, LEDGER_CONFIRM, FAIL_RIGHT);
    not_decided(&o, o.reviewer, list[0].id, LEDGER_TAKE_BACK, FAIL_RIGHT);
    not_decided(&o, o.other, list[0].id, LEDGER_CONFIRM, FAIL_ABSENT);
    decided(&o, o.reviewer, list[0].id, LEDGER_CONFIRM);
    not_decided(&o, o.reviewer, list[0].id, LEDGER_CONFIRM, FAIL_ABSENT); /* once */
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 200);
    const LedgerHand gift = {
        .account = o.bank, .from = o.wang, .to = o.li, .amount = 50, .reason = STR("登记错了人")};
    LedgerHand more = gift, mute = gift;
    asked(&o, &gift);
    g_assert_cmpint(box_of(&o, o.wang).held, ==, 50);
    more.amount = 151; /* of what is not held already */
    not_asked(&o, o.clerk, &more, FAIL_CONFLICT);
    /* Too short, a line that would forge another on a screen, more than anybody reads. */
    g_autofree char *endless = g_strnfill(LIMIT_REASON + 1, '9');
    const Str mutes[] = {STR("错"), STR("登记错了\x1b[2K人"), STR("登记错了\n人"),
                         STR("登记错了\xff"), str_of(endless)};
    for (size_t i = 0; i < G_N_ELEMENTS(mutes); i++) {
        mute.reason = mutes[i];
        not_asked(&o, o.clerk, &mute, FAIL_INPUT);
    }
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_REFUSE);
    g_assert_true(box_of(&o, o.wang).held == 0 && box_of(&o, o.li).posted == 0);
    asked(&o, &gift);
    decided(&o, o.clerk, waiting(&o, o.clerk, 1)[0].id, LEDGER_TAKE_BACK);
    asked(&o, &gift);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    g_assert_true(box_of(&o, o.wang).posted == 150 && box_of(&o, o.li).posted == 50);
    assert_sound(&o);
}

/* For one more person an opening of a minute, and 256 more of them: as a file of old balances. */
static void many_held(Office *o, uint8_t nth)
{
    static const char last[] = "FROM transfer WHERE seq=(SELECT max(seq) FROM transfer)";
    g_autoptr(GError) error = NULL;
    g_autofree char *from = g_strconcat("SELECT from_id ", last, NULL),
                    *to = g_strconcat("SELECT to_id ", last, NULL);
    LedgerTransfer held[LIMIT_LEDGER_MOVE];
    const LedgerHand opening = {
        .account = o->bank,
        .to = house_elder(o->h, "某人", "990302101", house_number(o->h, nth + 100u)),
        .amount = 1,
        .reason = STR("旧系统的余额"),
        .key = {8, nth}};
    asked(o, &opening);
    const LedgerTransfer like = {.state = TRANSFER_HELD,
                                 .from = database_ask(o->h->uri, from),
                                 .to = database_ask(o->h->uri, to),
                                 .amount = 1};
    for (size_t i = 0; i < LIMIT_LEDGER_MOVE; i++) {
        held[i] = like;
        g_assert_true(care_new_id(o->h->care, &held[i].id, &error));
    }
    const LedgerMove move = {.county = o->wang.county,
                             .transfers = held,
                             .n_transfers = LIMIT_LEDGER_MOVE,
                             .key = {9, nth}};
    care_write_ledger(o->h->care, o->clerk, &move, opening.reason, &error);
    g_assert_no_error(error);
}

/* Who asked after five thousand others is decided on as they are, and the list says that more wait
 * than it holds. */
static void test_behind_the_list(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    const LedgerHand opening = {
        .account = o.bank, .to = o.wang, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    for (uint8_t i = 0; i * LIMIT_LEDGER_MOVE < LIMIT_LEDGER_SHOWN; i++)
        many_held(&o, i);
    asked(&o, &opening);
    const int64_t last = database_ask(h->uri, "SELECT id FROM transfer WHERE amount=200");
    LedgerWaiting *list = waiting(&o, o.reviewer, LIMIT_LEDGER_SHOWN);
    for (size_t i = 0; i < LIMIT_LEDGER_SHOWN; i++)
        g_assert_true(list[i].id != last);
    not_decided(&o, o.other, last, LEDGER_CONFIRM, FAIL_ABSENT);
    not_decided(&o, o.clerk, last, LEDGER_CONFIRM, FAIL_RIGHT);
    decided(&o, o.reviewer, last, LEDGER_CONFIRM);
    not_decided(&o, o.reviewer, last, LEDGER_CONFIRM, FAIL_ABSENT);
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 200);
}

/* Who stands in one township finds hers behind five thousand of the other's, and is not told that
 * more wait: what is shown is counted, not what was looked at. */
static void test_small_scope(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    const Session *town = house_session(h, "dong", "clerk", "990302102", 0);
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    for (uint8_t i = 0; i * LIMIT_LEDGER_MOVE < LIMIT_LEDGER_SHOWN; i++)
        many_held(&o, i);
    waiting(&o, town, 0);
    asked(&o, &opening);
    LedgerWaiting *list = waiting(&o, town, 1);
    g_assert_true(list[0].to.key.id == o.li.id && list[0].amount == 200);
    waiting(&o, o.other, 0);
}

/* So with balances: accounts of five thousand whom the session does not see stand before hers. */
static void test_small_scope_balances(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    LedgerAccount others[LIMIT_LEDGER_MOVE];
    LedgerBalance *all;
    size_t n;
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    asked(&o, &opening);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    for (unsigned k = 0; k * LIMIT_LEDGER_MOVE < LIMIT_LEDGER_SHOWN; k++) {
        const LedgerMove move = {.county = o.li.county,
                                 .accounts = others,
                                 .n_accounts = LIMIT_LEDGER_MOVE,
                                 .key = {9, (uint8_t)k}};
        for (unsigned i = 0; i < LIMIT_LEDGER_MOVE; i++) {
            unsigned number = k * LIMIT_LEDGER_MOVE + i;
            others[i] = (LedgerAccount){.unit = LEDGER_MINUTE,
                                        .kind = o.bank->name,
                                        .owner = str_of(arena_printf(h->arena, "0%04u", number)),
                                        .highest = 300};
            g_assert_true(care_new_id(h->care, &others[i].id, &error));
        }
        care_write_ledger(h->care, o.clerk, &move, opening.reason, &error);
        g_assert_no_error(error);
    }
    ledger_balances(h->care, o.reviewer, o.bank, h->arena, &all, &n, NULL, &error);
    g_assert_no_error(error);
    size_t hers = 0;
    for (size_t i = 0; i < n; i++)
        hers += all[i].key.id == o.li.id && all[i].posted == 200;
    g_assert_cmpuint(hers, ==, 1);
    g_assert_cmpuint(n, <, 10); /* the other sides of her county, none of the others */
}

/* The list has its five thousand; the sum is of everybody. (Whose accounts they are does not
 * matter: these are many of one person.) */
static void test_sum_of_all(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    LedgerAccount many[LIMIT_LEDGER_MOVE];
    const Model *m = care_model(h->care);
    LedgerSum *sums = arena_many(h->arena, LedgerSum, m->n_accounts);
    LedgerBalance *all;
    size_t n, at = 0, hers = 0;
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    asked(&o, &opening);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    for (unsigned k = 0; k * LIMIT_LEDGER_MOVE < LIMIT_LEDGER_SHOWN; k++) {
        const LedgerMove move = {.county = o.li.county,
                                 .accounts = many,
                                 .n_accounts = LIMIT_LEDGER_MOVE,
                                 .key = {9, (uint8_t)k}};
        for (unsigned i = 0; i < LIMIT_LEDGER_MOVE; i++) {
            many[i] =
                (LedgerAccount){.unit = LEDGER_MINUTE,
                                .kind = o.bank->name,
                                .owner = str_of(arena_printf(h->arena, "%" G_GINT64_FORMAT "x%u",
                                                             o.wang.id, k * LIMIT_LEDGER_MOVE + i)),
                                .highest = 300};
            g_assert_true(care_new_id(h->care, &many[i].id, &error));
        }
        care_write_ledger(h->care, o.clerk, &move, opening.reason, &error);
        g_assert_no_error(error);
    }
    ledger_balances(h->care, o.reviewer, o.bank, h->arena, &all, &n, sums, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        hers += all[i].key.id == o.li.id;
    g_assert_cmpuint(hers, ==, 0); /* she stands behind them */
    while (m->accounts[at] != o.bank)
        at++;
    g_assert_cmpuint(sums[at].holders, >, LIMIT_LEDGER_SHOWN);
    g_assert_cmpint(sums[at].posted, ==, 200);
}

static void goes_back(Office *o, int64_t transfer, int code)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    bool fine = ledger_reverse(o->h->care, o->clerk, house_entity(o->h, "elder"), o->li, o->bank,
                               transfer, STR("弄错了人"), &said, &error);
    g_assert_true(fine == (code == 0));
    if (fine)
        return;
    g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_true(said.zh != NULL && said.en != NULL);
}

/* The newest line of the statement: may it be asked back? */
static bool newest_reversible(Office *o, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    const LedgerStatement t = statement_of(o, key);
    bool may;
    g_assert_true(ledger_reversible(o->h->care, &t.list[0], &may, &error));
    g_assert_no_error(error);
    return may;
}

/* What was moved by hand goes back by two persons as well, and once; what follows from a record is
 * put right there. */
static void test_goes_back(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 50, .reason = STR("旧系统的余额")};
    asked(&o, &opening);
    int64_t moved = waiting(&o, o.reviewer, 1)[0].id;
    goes_back(&o, moved, FAIL_INPUT); /* it is taken back, not undone */
    decided(&o, o.reviewer, moved, LEDGER_CONFIRM);
    goes_back(&o, moved, FAIL_INPUT);
    moved = statement_of(&o, o.li).list[0].id;
    g_assert_true(newest_reversible(&o, o.li));
    goes_back(&o, moved, 0);
    goes_back(&o, moved, FAIL_CONFLICT);
    g_assert_false(newest_reversible(&o, o.li)); /* it waits */
    g_assert_true(box_of(&o, o.li).posted == 50 && box_of(&o, o.li).held == 50);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_REFUSE);
    goes_back(&o, moved, 0); /* asked for again */
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    g_assert_true(box_of(&o, o.li).posted == 0 && box_of(&o, o.li).held == 0);
    goes_back(&o, moved, FAIL_CONFLICT);
    save_hours(&o, o.li, "1", "yes");
    g_assert_false(newest_reversible(&o, o.li)); /* a record's */
    goes_back(&o, statement_of(&o, o.li).list[0].id, FAIL_INPUT);
    assert_sound(&o);
}

/* Between two districts both ledgers are held, and both are posted by one word. */
static void test_by_hand_between(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    const Session *city = house_session(h, "shi", "clerk", "990300", 0),
                  *second = house_session(h, "er", "review", "990300", 0);
    RecordKey far = house_elder(h, "丙某", "990313101", house_number(h, 3));
    const LedgerHand gift = {
        .account = o.bank, .from = o.wang, .to = far, .amount = 60, .reason = STR("登记错了人")};
    save_hours(&o, o.wang, "2", "yes");
    ledger_hand(h->care, city, &gift, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(box_of(&o, o.wang).held == 60 && box_of(&o, far).coming == 60);
    decided(&o, second, waiting(&o, second, 1)[0].id, LEDGER_CONFIRM);
    g_assert_true(box_of(&o, o.wang).posted == 60 && box_of(&o, far).posted == 60);
    waiting(&o, second, 0);
    assert_sound(&o);
}

/* Earned in one district, spent in the other; whoever is not of the district sees nothing of it. */
static void test_two_counties(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    LedgerBox *boxes;
    LedgerBalance *all;
    size_t n, between = 0;
    save_hours(&o, o.wang, "3", "yes");
    house_elder(h, "丙某", "990313101", house_number(h, 3));
    spend(&o, o.other, o.wang, "990313101", "1");
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 120);
    g_assert_false(ledger_of_record(h->care, o.other, house_entity(h, "elder"), o.wang, h->arena,
                                    &boxes, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    g_assert_true(ledger_balances(h->care, o.other, NULL, h->arena, &all, &n, NULL, &error));
    for (size_t i = 0; i < n; i++) {
        g_assert_cmpint(all[i].county, ==, 990313);
        g_assert_cmpint(all[i].key.id, ==, 0);
        between += str_is(all[i].other.en, "between here and District A") && all[i].posted == -60;
    }
    g_assert_cmpuint(between, ==, 1);
    assert_sound(&o);
}

/* With her records a person takes her balance along. */
static void test_moved_away(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    MoveLine *list;
    RecordKey to;
    Date day;
    size_t n;
    house_save(h, o.clerk, "gift", (RecordKey){0}, "giver", id_of(h, o.li), "receiver",
               id_of(h, o.wang), "on", "2020-05-01", "time", "0", "kind", "care", NULL);
    save_hours(&o, o.li, "4", "yes");
    save_hours(&o, o.wang, "1", "yes");
    house_save(h, o.clerk, "gift", (RecordKey){0}, "giver", id_of(h, o.li), "receiver",
               id_of(h, o.wang), "on", "2020-05-01", "time", "3.5", "kind", "care", NULL);
    spend(&o, o.clerk, o.wang, "990302101", "4");
    date_make(2020, 6, 1, &day);
    move_ask(h->care, o.clerk, house_entity(h, "elder"), o.li, STR("990313101"), day,
             STR("户口迁到乙区"), NULL, &error);
    g_assert_no_error(error);
    move_list(h->care, o.other, h->arena, &list, &n, &error);
    g_assert_cmpuint(n, ==, 1);
    move_decide(h->care, o.other, list[0].key, MOVE_ACCEPT, STR("材料齐全"), &to, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(box_of(&o, o.li).posted, ==, 30);
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 30);
    assert_sound(&o);
}

static void test_one_person(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    MergeReport report;
    save_hours(&o, o.wang, "4", "yes");
    save_hours(&o, o.li, "3", "yes");
    spend(&o, o.clerk, o.li, "990302101", "2.5");
    record_merge(h->care, h->local, house_entity(h, "elder"), o.li, o.wang, STR("同一个人"),
                 h->arena, &report, &error);
    g_assert_no_error(error);
    LedgerBox box = box_of(&o, o.wang);
    g_assert_cmpint(box.posted, ==, 270);
    g_assert_false(box.outside);
    assert_sound(&o);
    record_unmerge(h->care, h->local, house_entity(h, "elder"), o.li.id, STR("弄错了人"), h->arena,
                   &report, &error);
    g_assert_no_error(error);
    g_assert_cmpint(box_of(&o, o.wang).posted, ==, 240);
    g_assert_cmpint(box_of(&o, o.li).posted, ==, 30);
    assert_sound(&o);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/ledger/box", test_box);
    g_test_add_func("/care/ledger/nights", test_nights);
    g_test_add_func("/care/ledger/refused", test_refused);
    g_test_add_func("/care/ledger/imported", test_imported);
    g_test_add_func("/care/ledger/sent-long", test_sent_long);
    g_test_add_func("/care/ledger/tried-long", test_tried_long);
    g_test_add_func("/care/ledger/by-hand", test_by_hand);
    g_test_add_func("/care/ledger/behind-the-list", test_behind_the_list);
    g_test_add_func("/care/ledger/small-scope", test_small_scope);
    g_test_add_func("/care/ledger/small-scope-balances", test_small_scope_balances);
    g_test_add_func("/care/ledger/sum-of-all", test_sum_of_all);
    g_test_add_func("/care/ledger/goes-back", test_goes_back);
    g_test_add_func("/care/ledger/by-hand-between", test_by_hand_between);
    g_test_add_func("/care/ledger/two-counties", test_two_counties);
    g_test_add_func("/care/ledger/moved-away", test_moved_away);
    g_test_add_func("/care/ledger/one-person", test_one_person);
    return g_test_run();
}
