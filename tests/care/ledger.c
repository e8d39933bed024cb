/* ledger.c — declared accounts as an office meets them: what a form says when an account refuses, a
 * box and a statement in the file, who sees and who moves by hand, and what becomes of a balance
 * when its holder goes to another county or turns out to be one with somebody. */
#include "../store/database.h"
#include "office.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/import_jobs.h"
#include "care/ledger.h"
#include "care/move.h"
#include "care/same.h"

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
    g_assert_nonnull(strstr(fail_in_chinese(error), text(o, faults[0].zh)));
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
    LedgerBox box = office_box(&o, o.wang);
    g_assert_true(box.has_low && box.has_high && box.low == 0 && box.high == 300);
    g_assert_cmpuint(box.lines, ==, 0);
    office_saved(&o, o.wang, "2", "yes");
    office_saved(&o, o.wang, "3", "no"); /* not confirmed: not credited */
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 120);
    office_spent(&o, o.clerk, o.wang, "990302101", "0.5");
    LedgerStatement t = office_statement(&o, o.wang);
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
    office_sound(&o);
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
    RecordKey stay = house_save(h, o.clerk, "stay", (RecordKey){0}, "elder", office_id(h, o.wang),
                                "facility", office_id(h, home), "moved_in", "2020-05-01", NULL);
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
    office_sound(&o);
}

/* Nothing is saved, and the words name the account, its document and clause. */
static void test_refused(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    office_saved(&o, o.wang, "2", "yes");
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
                                  office_id(h, o.wang), "place", "990302101", "on", "2020-05-01",
                                  "time", "3.5", "sure", "yes", NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpstr(field, ==, "time");
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 120);
    office_sound(&o);
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
                        office_id(h, o.wang), office_id(h, o.wang), office_id(h, o.wang));
    house_write(h, "saving.csv", file, &path);
    /* tried before, the file says what an account will refuse, and nothing is moved */
    const ImportOptions dry = {.dry_run = true}, options = {.made_up = false};
    care_import(h->care, o.clerk, house_entity(h, "saving"), path, &dry, h->arena, &report, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(report.accepted, ==, 2);
    g_assert_cmpuint(report.rejected, ==, 1);
    g_assert_cmpuint(report.n_reasons, ==, 1);
    g_assert_true(str_find(report.reasons[0].text, STR("不能高于")) >= 0);
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 0);
    g_autofree char *rejected = NULL;
    g_assert_true(g_file_get_contents(report.rejected_path.at, &rejected, NULL, NULL));
    g_assert_nonnull(strstr(rejected, "2020-05-02,2,yes,"));
    g_assert_null(strstr(rejected, "2020-05-01"));
    office_sound(&o);
    care_import(h->care, o.clerk, house_entity(h, "saving"), path, &options, h->arena, &report,
                &error);
    g_assert_no_error(error); /* the row that is refused comes back as it did when it was tried */
    g_assert_cmpuint(report.accepted, ==, 2);
    g_assert_cmpuint(report.rejected, ==, 1);
    g_autofree char *again = NULL;
    g_assert_true(g_file_get_contents(report.rejected_path.at, &again, NULL, NULL));
    g_assert_cmpstr(again, ==, rejected);
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 300);
    office_sound(&o);
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
        g_string_append_printf(text, "%s,990302101,2020-05-01,%s,yes\n", office_id(h, o.wang),
                               i + 1 < LIMIT_IMPORT_TRIED ? "0" : "6");
    house_write(h, "long.csv", text->str, &path);
    care_import(h->care, o.clerk, house_entity(h, "saving"), path, &dry, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.accepted, ==, LIMIT_IMPORT_TRIED + 9);
    g_assert_cmpuint(r.rejected, ==, 1); /* the last that was asked about */
    g_assert_cmpuint(r.n_notes, ==, 2);  /* and that the file must not come twice */
    g_assert_cmpuint(r.notes[1].line, ==, LIMIT_IMPORT_TRIED + 2);
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
    g_string_append_printf(text, "%s,990302101,2020-05-01,1,yes\n", office_id(h, o.wang));
    for (unsigned i = 0; i < LIMIT_IMPORT_REFUSED + MORE; i++)
        g_string_append_printf(text, "%s,990302101,2020-05-02,6,yes\n", office_id(h, o.wang));
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
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 60);
    office_sound(&o);
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
    office_saved(&o, o.wang, "3", "yes");
    house_elder(h, "丙某", "990313101", house_number(h, 3));
    office_spent(&o, o.other, o.wang, "990313101", "1");
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 120);
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
    office_sound(&o);
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
    house_save(h, o.clerk, "gift", (RecordKey){0}, "giver", office_id(h, o.li), "receiver",
               office_id(h, o.wang), "on", "2020-05-01", "time", "0", "kind", "care", NULL);
    office_saved(&o, o.li, "4", "yes");
    office_saved(&o, o.wang, "1", "yes");
    house_save(h, o.clerk, "gift", (RecordKey){0}, "giver", office_id(h, o.li), "receiver",
               office_id(h, o.wang), "on", "2020-05-01", "time", "3.5", "kind", "care", NULL);
    office_spent(&o, o.clerk, o.wang, "990302101", "4");
    date_make(2020, 6, 1, &day);
    move_ask(h->care, o.clerk, house_entity(h, "elder"), o.li, STR("990313101"), day,
             STR("户口迁到乙区"), NULL, &error);
    g_assert_no_error(error);
    move_list(h->care, o.other, h->arena, &list, &n, &error);
    g_assert_cmpuint(n, ==, 1);
    move_decide(h->care, o.other, list[0].key, MOVE_ACCEPT, STR("材料齐全"), &to, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(office_box(&o, o.li).posted, ==, 30);
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 30);
    office_sound(&o);
}

static void test_one_person(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    MergeReport report;
    office_saved(&o, o.wang, "4", "yes");
    office_saved(&o, o.li, "3", "yes");
    office_spent(&o, o.clerk, o.li, "990302101", "2.5");
    record_merge(h->care, h->local, house_entity(h, "elder"), o.li, o.wang, STR("同一个人"),
                 h->arena, &report, &error);
    g_assert_no_error(error);
    LedgerBox box = office_box(&o, o.wang);
    g_assert_cmpint(box.posted, ==, 270);
    g_assert_false(box.outside);
    office_sound(&o);
    record_unmerge(h->care, h->local, house_entity(h, "elder"), o.li.id, STR("弄错了人"), h->arena,
                   &report, &error);
    g_assert_no_error(error);
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 240);
    g_assert_cmpint(office_box(&o, o.li).posted, ==, 30);
    office_sound(&o);
}

/* What a clerk types, on whatever keyboard, and what a page shows and is copied back. */
static void test_amounts(void)
{
    static const struct {
        AccountUnit unit;
        const char *typed;
        int64_t is; /* 0: not an amount */
        const char *zh, *en;
    } tries[] = {{ACCOUNT_YUAN, "12.50", 1250, "12.50 元", "12.50 yuan"},
                 {ACCOUNT_YUAN, "１２．５０", 1250, "12.50 元", "12.50 yuan"},
                 {ACCOUNT_YUAN, "304,800.00", 30480000, "304,800.00 元", "304,800.00 yuan"},
                 {ACCOUNT_YUAN, "1，234，567", 123456700, "1,234,567.00 元", "1,234,567.00 yuan"},
                 {ACCOUNT_HOURS, "1", 60, "1 小时", "1 hour"},
                 {ACCOUNT_HOURS, "2.5", 150, "2 小时 30 分", "2 h 30 min"},
                 {ACCOUNT_HOURS, "1000", 60000, "1,000 小时", "1,000 hours"},
                 {ACCOUNT_NIGHTS, "1", 1, "1 晚", "1 night"},
                 {ACCOUNT_NIGHTS, "2", 2, "2 晚", "2 nights"},
                 {ACCOUNT_YUAN, "1,5", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "1234,567", 0, NULL, NULL},
                 {ACCOUNT_YUAN, ",123", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "1,,234", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "1,23.4", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "1.234,567", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "-1", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "一", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "", 0, NULL, NULL},
                 {ACCOUNT_YUAN, "11111111111111111111111111111111111111111111", 0, NULL, NULL},
                 {ACCOUNT_HOURS, "0.333", 0, NULL, NULL}};
    g_autoptr(Arena) a = arena_new();
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        const Account x = {.unit = tries[i].unit};
        int64_t is = 0;
        const bool read = ledger_amount_read(&x, str_of(tries[i].typed), &is);
        g_test_message("%s", tries[i].typed);
        g_assert_true(read == (tries[i].is > 0));
        if (!read)
            continue;
        g_assert_cmpint(is, ==, tries[i].is);
        g_assert_true(str_is(ledger_amount_text(&x, is, false, a), tries[i].zh));
        g_assert_true(str_is(ledger_amount_text(&x, is, true, a), tries[i].en));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/ledger/amounts", test_amounts);
    g_test_add_func("/care/ledger/box", test_box);
    g_test_add_func("/care/ledger/nights", test_nights);
    g_test_add_func("/care/ledger/refused", test_refused);
    g_test_add_func("/care/ledger/imported", test_imported);
    g_test_add_func("/care/ledger/sent-long", test_sent_long);
    g_test_add_func("/care/ledger/tried-long", test_tried_long);
    g_test_add_func("/care/ledger/two-counties", test_two_counties);
    g_test_add_func("/care/ledger/moved-away", test_moved_away);
    g_test_add_func("/care/ledger/one-person", test_one_person);
    return g_test_run();
}
