/* papers.c — the 42 papers that a bureau hands out, on a demonstration of 萍乡: each is issued and
 * has its columns; totals are those of the rows, workbooks open and hold the same, the upper
 * office's blank keeps what is not ours; numbers of letters run on without a gap; a report is
 * locked by its first issue; who may not, may not. */
#include "house.h"

#include "care/demo.h"
#include "care/paper.h"
#include "care/pay.h"
#include "care/places.h"
#include "format/capitals.h"
#include "format/xlsx.h"

#include <glib/gstdio.h>
#include <string.h>

#include "papers_wanted.h"

/* ---- a demonstration, with two months paid: the first has a payment that came back */

typedef struct Bureau {
    House *house;
    const Session *clerk, *village;
    int64_t first, second; /* pay runs */
} Bureau;

static Bureau bureau;

static const Session *post(const char *account)
{
    g_autoptr(GError) error = NULL;
    const Session *s = NULL;
    session_local(bureau.house->care, str_of(account), bureau.house->arena, &s, &error);
    g_assert_no_error(error);
    return s;
}

static Date day_of(const char *text)
{
    Date day = 0;
    g_assert_true(date_parse(str_of(text), &day));
    return day;
}

static House *place_new(const char *code, Date day)
{
    House *h = g_new0(House, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(Diags) ds = diags_new();
    h->folder = g_dir_make_tmp("anlao-papers-XXXXXX", &error);
    h->packs = g_strdup(g_getenv("PACKS"));
    h->file = g_build_filename(h->folder, "place.db", NULL);
    h->uri = g_strconcat("sqlite:", h->file, NULL);
    h->keys = g_build_filename(h->folder, "place.key", NULL);
    g_autoptr(Model) m = model_read_packs(h->packs, code, ds, &error);
    g_assert_no_error(error);
    const RegionRow *r = model_region(m, str_of(code));
    StoreFacts facts = {.place = str_of(code), .demo = true, .demo_day = day};
    facts.home_county = (int32_t)g_ascii_strtoll(r->code.at, NULL, 10);
    g_assert_true(keys_create(h->keys, &error) && store_create(h->uri, m, &facts, &error));
    g_assert_no_error(error);
    house_open(h);
    care_fill_places(h->care, &error);
    g_assert_no_error(error);
    return h;
}

static void move_on(int64_t run, const char *who, PayState to)
{
    g_autoptr(GError) error = NULL;
    pay_move_on(bureau.house->care, post(who), run, to, STR("测试用的"), bureau.house->arena,
                &error);
    g_assert_no_error(error);
}

static int64_t prepare(const char *month)
{
    g_autoptr(GError) error = NULL;
    PayAsk ask = {0};
    PayRun *runs;
    size_t n;
    g_assert_true(month_parse(str_of(month), &ask.month));
    pay_prepare(bureau.house->care, bureau.clerk, &ask, bureau.house->arena, &runs, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    return runs[0].id;
}

static void arrange(void)
{
    static const char *const funds[] = {"welfare_lottery", "unstated",        "county_budget",
                                        "city_budget",     "province_budget", "central_budget"};
    for (size_t i = 0; i < G_N_ELEMENTS(funds); i++) {
        g_autoptr(GError) error = NULL;
        static const uint8_t fresh[16];
        pay_fund_add(bureau.house->care, post("finance"), STR("360302"), str_of(funds[i]),
                     100000000, STR("年度预算"), fresh, bureau.house->arena, &error);
        g_assert_no_error(error);
    }
}

static void come_back(int64_t run)
{
    g_autoptr(GError) error = NULL;
    PayLine *lines;
    size_t n, at = 0;
    uint64_t fresh;
    const Model *m = care_model(bureau.house->care);
    const PayLinesAsk ask = {.run = run, .most = 1000};
    pay_lines(bureau.house->care, bureau.clerk, &ask, bureau.house->arena, &lines, &n, &error);
    g_assert_no_error(error);
    while (at < n && !str_is(m->rules[lines[at].rule]->subject->name, "elder"))
        at++;
    g_assert_cmpuint(at, <, n);
    const PayReturn back = {
        .receiver = lines[at].subject.id, .fen = lines[at].fen, .reason = STR("账户冻结")};
    pay_reply(bureau.house->care, bureau.clerk, run, &back, 1, bureau.house->arena, &fresh, &error);
    g_assert_no_error(error);
}

static void bureau_open(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *profile = g_build_filename(g_getenv("PACKS"), "demo", "360300.tsv", NULL);
    g_autofree char *stop = g_build_filename(g_getenv("PACKS"), "demo", "stop-names.txt", NULL);
    DemoReport report;
    bureau.house = place_new("360300", day_of("2021-09-30"));
    Care *c = bureau.house->care;
    g_assert_true(demo_fill(c, profile, stop, 1500, 7, NULL, &report, &error));
    g_assert_no_error(error);
    g_assert_true(care_make_demo_accounts(c, &error));
    bureau.clerk = post("clerk");
    bureau.village = post("village");
    arrange();
    bureau.first = prepare("2021-08");
    move_on(bureau.first, "review", PAY_REVIEWED);
    move_on(bureau.first, "leader", PAY_APPROVED);
    move_on(bureau.first, "clerk", PAY_FINANCE);
    move_on(bureau.first, "finance", PAY_BANK);
    come_back(bureau.first);
    bureau.second = prepare("2021-09");
}

/* ---- the table */

static RecordKey place_key(const char *code)
{
    g_autoptr(GError) error = NULL;
    RecordKey key;
    record_find(bureau.house->care, bureau.house->local, house_entity(bureau.house, "region"),
                str_of(code), &key, &error);
    g_assert_no_error(error);
    return key;
}

/* Records that it may be about: a place, a run, or whatever the demonstration made. */
static size_t keys_for(const Paper *p, RecordKey *to, size_t most)
{
    House *h = bureau.house;
    g_autoptr(Working) w = NULL;
    bool replies = str_is(p->name, "payment_resend") || str_is(p->name, "payment_replies");
    if (p->entity == NULL) {
        to[0] = (RecordKey){0, replies ? bureau.first : bureau.second};
        return 1;
    }
    if (entity_is_region(p->entity)) {
        static const char *const places[] = {"360302", "360313", "360321",
                                             "360322", "360323", "360300"};
        if (str_is(p->name, "annex_targets") || str_is(p->name, "village_page")) {
            to[0] = place_key(str_is(p->name, "annex_targets") ? "360300" : "360302001");
            return 1;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
            to[i] = place_key(places[i]);
        return G_N_ELEMENTS(places);
    }
    g_assert_true(working_get(h->care, &w, NULL));
    const Batch *b = working_batch(w, p->entity);
    size_t n = b != NULL ? MIN(b->rows, most) : 0;
    for (size_t i = 0; i < n; i++)
        to[i] = (RecordKey){b->counties[i], b->ids[i]};
    return n;
}

#define TRIED 200u

/* Issued about the first from `from` on that may have it: some wait for a state of their case. */
static bool issue_from(const char *name, size_t *from, PaperSheet *ret)
{
    House *h = bureau.house;
    const Paper *p = paper_named(care_model(h->care), str_of(name));
    RecordKey keys[TRIED];
    if (p == NULL)
        g_error("no paper %s", name);
    size_t n = keys_for(p, keys, TRIED);
    const Session *s = p->entity == NULL ? bureau.clerk : h->local;
    while (*from < n) {
        g_autoptr(GError) error = NULL;
        if (paper_issue(h->care, s, p, keys[(*from)++], 0, h->arena, ret, &error))
            return true;
        if (!g_error_matches(error, FAIL_DOMAIN, FAIL_CONFLICT))
            g_error("%s: %s", name, error->message);
    }
    return false;
}

static void issue_one(const char *name, PaperSheet *ret)
{
    size_t from = 0;
    if (!issue_from(name, &from, ret))
        g_error("%s: the demonstration has no record for it", name);
}

static bool stands(const char *text, Str word)
{
    g_autofree char *one = g_strndup(word.at, word.len);
    return strstr(text, one) != NULL;
}

/* What a letter's own number is called on paper. */
static void check_words(const Wanted *w, const PaperSheet *p, const char *text, GString *lacking)
{
    Str rest = str_of(w->words);
    while (rest.at != NULL && rest.len > 0) {
        Str word = str_cut(&rest, ' ');
        bool found = false;
        if (str_is(word, "文号"))
            found = p->letter.len > 0;
        else
            for (Str one = word; one.at != NULL && !found;) /* a|b: that, or one of the two */
                found = stands(text, word) || stands(text, str_cut(&one, '|'));
        if (!found)
            g_string_append_printf(lacking, "%d %s lacks %.*s\n", w->number, w->name,
                                   STR_ARG(word));
    }
}

/* ---- totals, by hand */

static void check_totals(const char *name, const PaperTable *t)
{
    size_t rows = 0;
    for (size_t g = 0; g < t->n_groups; g++)
        rows += t->groups[g].n_rows;
    if (t->n_groups > 0 && rows != t->n_rows)
        g_error("%s: groups hold %zu of %zu rows", name, rows, t->n_rows);
    for (size_t k = 0; k < t->n_columns; k++) {
        int64_t fen, sum = 0, parts = 0;
        Decimal part;
        if (!paper_sum(t, k, &fen))
            continue;
        for (size_t i = 0; i < t->n_rows; i++) {
            int64_t x = 0;
            Str text = t->cells[i * t->n_columns + k];
            if (text.len > 0 && !str_is(text, "?") && !money_parse(text, &x))
                g_error("%s: \"%.*s\" is no money", name, STR_ARG(text));
            sum += x;
        }
        g_assert_cmpint(sum, ==, fen);
        for (size_t g = 0, at = 0; g < t->n_groups; at += t->groups[g++].n_rows) {
            g_assert_true(paper_total(t, k, at, t->groups[g].n_rows, &part));
            parts += part.mantissa;
        }
        g_assert_true(t->n_groups == 0 || parts == fen);
    }
}

/* ---- the workbook, read back by our own reader */

static size_t filled_rows(const char *path, const char *sheet, GString *all)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(XlsxReader) r = xlsx_open(path, sheet, &error);
    const Str *cells;
    size_t n, rows = 0;
    g_assert_no_error(error);
    while (xlsx_next(r, &cells, &n, &error)) {
        for (size_t i = 0; i < n; i++)
            g_string_append_printf(all, "%.*s\t", STR_ARG(cells[i]));
        g_string_append_c(all, '\n');
        rows++;
    }
    g_assert_no_error(error);
    return rows;
}

static void check_book(const char *name, const PaperSheet *p)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) all = g_string_new(NULL);
    g_autofree char *path = g_build_filename(bureau.house->folder, "book.xlsx", NULL);
    g_assert_true(paper_workbook(p, path, false, &error));
    g_assert_no_error(error);
    size_t rows = filled_rows(path, NULL, all), least = 3 + p->n_entries;
    for (size_t i = 0; i < p->n_tables; i++)
        least += p->tables[i].n_rows;
    if (rows < least)
        g_error("%s: %zu rows of the workbook, %zu on paper", name, rows, least);
    if (!stands(all->str, p->title) || !stands(all->str, STR("填报单位")) ||
        !stands(all->str, STR("（盖章）")))
        g_error("%s: head or foot is missing:\n%s", name, all->str);
    for (size_t i = 0; i < p->n_tables; i++)
        for (size_t k = 0; k < p->tables[i].n_columns; k++) {
            int64_t fen;
            g_autoptr(GString) words = g_string_new("合计大写：");
            if (p->tables[i].n_rows == 0 || !paper_sum(&p->tables[i], k, &fen))
                continue;
            capitals_money(fen, words);
            if (strstr(all->str, words->str) == NULL)
                g_error("%s: no %s", name, words->str);
        }
    (void)g_unlink(path);
}

/* The blank of an upper office: what stood in it stands in it, beside ours. */
static void check_blank(const char *name, const PaperSheet *p)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) all = g_string_new(NULL);
    g_autofree char *blank = g_build_filename(bureau.house->folder, "blank.xlsx", NULL);
    g_autofree char *to = g_build_filename(bureau.house->folder, "filled.xlsx", NULL);
    XlsxWriter *w = xlsx_writer_open(blank, "表", &error);
    xlsx_head(w, STR("上级的表头"));
    xlsx_end_row(w);
    g_assert_true(xlsx_writer_close(w, &error));
    xlsx_writer_free(w);
    if (!paper_fill_blank(p, blank, NULL, to, &error))
        g_error("%s: %s", name, error->message);
    (void)filled_rows(to, NULL, all);
    g_assert_true(stands(all->str, STR("上级的表头")));
    for (size_t i = 0; i < p->n_entries; i++)
        if (p->entries[i].kind == PAPER_TEXT && !stands(all->str, p->entries[i].text))
            g_error("%s: %.*s is not in the sheet", name, STR_ARG(p->entries[i].text));
    (void)g_unlink(blank);
    (void)g_unlink(to);
}

/* Number, digest and size on each; what comes back sealed and scanned lies under that number. */
static void check_kept(const char *name, const PaperSheet *p)
{
    static const char pdf[] = "%PDF-1.4\n%%EOF\n";
    House *h = bureau.house;
    g_autoptr(GError) error = NULL;
    PaperFound found;
    FileLine *lines;
    size_t n;
    Said said = {NULL, NULL};
    const Session *s =
        paper_named(care_model(h->care), str_of(name))->entity == NULL ? bureau.clerk : h->local;
    if (p->number.len == 0 || p->digest.len != 64 || p->format.size < 3 || p->format.size > 5)
        g_error("%s: number, digest or size is missing", name);
    paper_find(h->care, s, p->number, h->arena, &found, &error);
    g_assert_no_error(error);
    paper_scan(h->care, s, &found, STR("盖章.pdf"), str_of(pdf), STR("盖章回传件"), &said, &error);
    g_assert_no_error(error);
    g_assert_true(paper_scans(h->care, &found, h->arena, &lines, &n, &error));
    g_assert_cmpuint(n, ==, 1);
}

static void test_all(void)
{
    bool seen[43] = {false};
    g_autoptr(GString) lacking = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        PaperSheet p, again;
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GString) here = g_string_new("-");
        seen[wanted[i].number] = true;
        /* A made-up record may leave a field open: one of them fills all of the paper. */
        for (size_t from = 0; here->len > 0 && issue_from(wanted[i].name, &from, &p);) {
            g_string_truncate(here, 0);
            g_string_truncate(text, 0);
            paper_print(&p, text);
            check_words(&wanted[i], &p, text->str, here);
        }
        g_assert_cmpuint(text->len, >, 0);
        g_string_append(lacking, here->str);
        paper_parse((Str){text->str, text->len}, bureau.house->arena, &again, &error);
        g_assert_no_error(error);
        for (size_t k = 0; k < p.n_tables; k++)
            check_totals(wanted[i].name, &again.tables[k]);
        check_book(wanted[i].name, &again);
        check_kept(wanted[i].name, &p);
        if (p.n_tables <= 1) /* of several, the longer would stand where the next begins */
            check_blank(wanted[i].name, &again);
    }
    fputs(lacking->str, stderr); /* as it is, whatever the terminal's letters */
    g_assert_cmpuint(lacking->len, ==, 0);
    for (int k = 1; k <= 42; k++)
        if (!seen[k])
            g_error("paper %d is missing", k);
}

/* ---- docs/papers.md: number, declaration, what stands on it */

static void words_line(const Wanted *w, GString *to)
{
    g_string_append_printf(to, "| %d | `%s` | ", w->number, w->name);
    const Paper *p = paper_named(care_model(bureau.house->care), str_of(w->name));
    g_string_append_printf(to, "%.*s | ", STR_ARG(p->label.zh));
    for (const char *at = w->words; *at != '\0'; at++)
        g_string_append(to, *at == ' ' ? "、" : *at == '|' ? "\\|" : (const char[]){*at, '\0'});
    g_string_append(to, " |\n");
}

/* The table that people read says what is tested, and no paper is declared that it does not name.
 */
static void test_listed(void)
{
    g_autofree char *path = g_build_filename(g_getenv("PACKS"), "..", "docs", "papers.md", NULL);
    g_autofree char *text = NULL;
    const Model *m = care_model(bureau.house->care);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        words_line(&wanted[i], line);
        if (strstr(text, line->str) == NULL)
            g_error("docs/papers.md lacks: %s", line->str);
    }
    for (size_t i = 0; i < m->n_papers; i++) {
        g_autofree char *name = g_strdup_printf("`%.*s`", STR_ARG(m->papers[i]->name));
        if (strstr(text, name) == NULL)
            g_error("docs/papers.md does not name %s", name);
    }
}

/* ---- payments */

static const PaperTable *table_of(const PaperSheet *p, size_t i)
{
    g_assert_cmpuint(i, <, p->n_tables);
    return &p->tables[i];
}

static size_t column_of(const PaperTable *t, const char *label)
{
    for (size_t k = 0; k < t->n_columns; k++)
        if (str_is(t->columns[k].label, label))
            return k;
    g_error("no column %s", label);
}

static int64_t sum_of(const PaperTable *t, const char *label)
{
    Decimal d;
    if (!paper_total(t, column_of(t, label), 0, t->n_rows, &d))
        g_error("%s is not added up", label);
    return d.mantissa;
}

static int64_t entry_fen(const PaperSheet *p, const char *label)
{
    for (size_t i = 0; i < p->n_entries; i++) {
        int64_t fen = 0;
        if (str_is(p->entries[i].label, label) && money_parse(p->entries[i].text, &fen))
            return fen;
    }
    g_error("no amount %s", label);
}

static void test_payments(void)
{
    PaperSheet roster, homes, summary, changes, resend, request;
    issue_one("payment_roster", &roster);
    issue_one("payment_roster_homes", &homes);
    issue_one("payment_summary", &summary);
    issue_one("payment_changes", &changes);
    issue_one("payment_resend", &resend);
    issue_one("fund_request", &request);
    const PaperTable *t = table_of(&summary, 0), *c = table_of(&changes, 0);
    int64_t all = entry_fen(&roster, "金额");
    g_assert_cmpint(all, >, 0);
    g_assert_cmpint(sum_of(table_of(&roster, 0), "金额") + sum_of(table_of(&homes, 0), "金额"), ==,
                    all);
    g_assert_cmpint(sum_of(t, "本月|金额"), ==, all);
    g_assert_cmpint(sum_of(table_of(&request, 0), "金额"), ==, all);
    g_assert_cmpint(sum_of(t, "上月|人数") + sum_of(t, "变动|新增") - sum_of(t, "变动|停发") -
                        sum_of(t, "变动|暂缓"),
                    ==, sum_of(t, "本月|人数"));
    g_assert_cmpuint(roster.format.size, ==, 3);
    g_assert_true(roster.format.across);
    g_assert_cmpuint(table_of(&roster, 0)->n_groups, >, 1);
    g_assert_cmpuint(table_of(&resend, 0)->n_rows, ==, 1);
    g_assert_true(str_is(table_of(&resend, 0)->cells[column_of(table_of(&resend, 0), "失败原因")],
                         "账户冻结"));
    for (size_t i = 0; i < c->n_rows; i++)
        g_assert_cmpuint(c->cells[i * c->n_columns].len, >, 0);
    g_autoptr(GString) words = g_string_new(NULL);
    capitals_money(all, words);
    g_assert_nonnull(strstr(request.texts[0].at, words->str));
    for (size_t i = 0; i < table_of(&roster, 0)->n_rows; i++) {
        Str number = table_of(&roster, 0)->cells[i * table_of(&roster, 0)->n_columns + 1];
        g_assert_true(number.len == 0 || str_find(number, STR("****")) >= 0);
    }
}

/* ---- 附件 */

static void compare_cell(const PaperTable *t, Str region, Str indicator, Str year, Str value,
                         unsigned *compared)
{
    static const struct {
        const char *name, *label;
    } names[] = {{"urban_facilities_cumulative", "城市居家和社区养老服务设施"},
                 {"rural_mutual_meal_facilities_cumulative", "具备助餐功能的农村互助养老服务设施"},
                 {"embedded_homes_new", "新增嵌入式养老院"},
                 {"beds_new", "新增床位"},
                 {"nursing_beds_new", "新增护理型床位"}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!str_is(indicator, names[i].name))
            continue;
        bool total = str_is(year, "total");
        g_autofree char *label = g_strdup_printf(
            "%s|%.*s%s", names[i].label, total ? 0 : (int)year.len, year.at, total ? "合计" : "年");
        for (size_t r = 0; r < t->n_rows; r++) {
            Str name = t->cells[r * t->n_columns];
            if (!str_equal(name, region) && !(str_is(name, "合计") && str_is(region, "全市合计")) &&
                !(str_starts(name, region) && region.len > 6) &&
                !(str_is(region, "萍乡经开区") && str_starts(name, STR("萍乡经济"))) &&
                !(str_is(region, "武功山") && str_starts(name, STR("武功山"))))
                continue;
            Str cell = t->cells[r * t->n_columns + column_of(t, label)];
            if (!str_equal(cell, value))
                g_error("%.*s %s: %.*s, the document has %.*s", STR_ARG(region), label,
                        STR_ARG(cell), STR_ARG(value));
            (*compared)++;
            break;
        }
    }
}

static void test_annex(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("PACKS"), "..", "tests", "packs", "pingxiang-targets.csv", NULL);
    g_autofree char *text = NULL;
    PaperSheet p;
    unsigned compared = 0;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    issue_one("annex_targets", &p);
    const PaperTable *t = table_of(&p, 0);
    Str rest = str_of(text);
    while (rest.at != NULL && rest.len > 0) {
        Str line = str_trim(str_cut(&rest, '\n')), cells[4];
        for (int i = 0; i < 4; i++)
            cells[i] = str_cut(&line, ',');
        compare_cell(t, cells[0], cells[1], cells[2], cells[3], &compared);
    }
    g_assert_cmpuint(compared, ==, 8 * (3 + 3 + 4 + 4 + 4));
    g_assert_cmpuint(t->n_columns, ==, 1 + 5 + 5 + 6 + 6 + 6);
    g_assert_true(str_is(t->cells[(t->n_rows - 1) * t->n_columns], "合计"));
    size_t asked = column_of(t, "新增床位|2021年"), done = column_of(t, "新增床位|2021年完成");
    int64_t sum = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        Decimal a, b, c;
        const Str *row = &t->cells[r * t->n_columns];
        g_assert_true(decimal_parse(row[asked], &a) && decimal_parse(row[done], &b) &&
                      decimal_parse(row[done + 1], &c));
        g_assert_cmpint(b.mantissa - a.mantissa, ==, c.mantissa);
        if (r + 1 < t->n_rows)
            sum += b.mantissa;
        else
            g_assert_cmpint(sum, ==, b.mantissa);
    }
}

/* ---- numbers, locks, scans, rights, limits */

static void test_numbers(void)
{
    House *h = bureau.house;
    const Paper *p = paper_named(care_model(h->care), STR("rectification_notice"));
    RecordKey keys[TRIED];
    size_t n = keys_for(p, keys, TRIED);
    g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < n && i < 30; i++) {
        g_autoptr(GError) error = NULL;
        PaperSheet x;
        paper_issue(h->care, h->local, p, keys[i], 0, h->arena, &x, &error);
        g_assert_no_error(error);
        g_assert_true(str_ends(x.letter, STR("号")) && str_find(x.letter, STR("〔2021〕")) > 0);
        ptrdiff_t at = str_find(x.letter, STR("〕"));
        g_autofree char *office = g_strndup(x.letter.at, (size_t)at);
        int number = (int)g_ascii_strtoll(x.letter.at + at + strlen("〕"), NULL, 10);
        int before = GPOINTER_TO_INT(g_hash_table_lookup(last, office));
        if (before != 0)
            g_assert_cmpint(number, ==, before + 1);
        g_hash_table_insert(last, g_steal_pointer(&office), GINT_TO_POINTER(number));
    }
    g_assert_cmpuint(g_hash_table_size(last), >, 1); /* each county counts its own */
}

/* A double click, or the form once more, is no second paper; another form is. */
static void test_once(void)
{
    House *h = bureau.house;
    const Paper *p = paper_named(care_model(h->care), STR("rectification_notice"));
    const Str forms[] = {STR("a"), STR("a"), STR("b"), STR("a"), STR("b"), STR("")};
    RecordKey keys[TRIED];
    PaperSheet x[G_N_ELEMENTS(forms)];
    size_t n = keys_for(p, keys, TRIED), before, after;
    IssuedPaper *list;
    g_autoptr(GError) error = NULL;
    g_assert_cmpuint(n, >, 1);
    paper_list(h->care, h->local, p->entity, keys[0], h->arena, &list, &before, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (!paper_issue_once(h->care, h->local, p, keys[0], forms[i], h->arena, &x[i], &error))
            break;
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT); /* the last form has no number */
    g_clear_error(&error);
    for (size_t i = 1; i < 5; i++)
        g_assert_true(str_equal(x[i].number, x[str_is(forms[i], "a") ? 0 : 2].number));
    g_assert_true(str_equal(x[3].digest, x[0].digest));
    g_assert_false(str_equal(x[0].number, x[2].number));
    paper_list(h->care, h->local, p->entity, keys[0], h->arena, &list, &after, &error);
    g_assert_cmpuint(after, ==, before + 2);
    paper_issue_once(h->care, h->local, p, keys[1], forms[0], h->arena, &x[0], &error);
    g_assert_no_error(error); /* about another record */
    g_assert_false(str_equal(x[0].number, x[1].number));
}

static Str cell_at(const PaperTable *t, size_t row, const char *label)
{
    return t->cells[row * t->n_columns + column_of(t, label)];
}

static size_t row_of(const PaperTable *t, const char *first)
{
    for (size_t r = 0; r < t->n_rows; r++)
        if (str_is(t->cells[r * t->n_columns], first))
            return r;
    g_error("no row %s", first);
}

/* The month's report is locked by its first issue; what changes afterwards stands apart. */
static void test_locked(void)
{
    House *h = bureau.house;
    const Paper *p = paper_named(care_model(h->care), STR("monthly_report"));
    RecordKey place = place_key("360313");
    PaperSheet x, y;
    g_autoptr(GError) error = NULL;
    paper_issue(h->care, h->local, p, place, 0, h->arena, &x, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(x.n_tables, ==, 1);
    const PaperTable *t = table_of(&x, 0);
    Str was = arena_str(h->arena, cell_at(t, row_of(t, "在册老年人"), "本期"));
    (void)house_elder(h, "黎细秀", "360313001", house_number(h, 3));
    paper_issue(h->care, h->local, p, place, 0, h->arena, &y, &error);
    g_assert_no_error(error);
    t = table_of(&y, 0);
    g_assert_true(str_equal(cell_at(t, row_of(t, "在册老年人"), "本期"), was));
    t = table_of(&y, 1);
    size_t r = row_of(t, "在册老年人");
    g_assert_true(str_equal(cell_at(t, r, "锁定数"), was));
    Decimal a, b;
    g_assert_true(decimal_parse(was, &a) && decimal_parse(cell_at(t, r, "现在的数"), &b));
    g_assert_cmpint(b.mantissa, ==, a.mantissa + 1);
    /* a year later only the locked figure is compared with */
    paper_preview(h->care, h->local, p, place, day_of("2022-09-30"), h->arena, &x, NULL, &error);
    g_assert_no_error(error);
    t = table_of(&x, 0);
    g_assert_true(str_equal(cell_at(t, row_of(t, "在册老年人"), "去年同期|锁定数"), was));
}

static void test_scans(void)
{
    static const char pdf[] = "%PDF-1.4\n%%EOF\n";
    House *h = bureau.house;
    PaperSheet x;
    PaperFound found;
    FileLine *lines, line;
    size_t n;
    Str bytes;
    Said said = {NULL, NULL};
    g_autoptr(GError) error = NULL, none = NULL;
    issue_one("fund_request", &x);
    paper_find(h->care, bureau.clerk, x.number, h->arena, &found, &error);
    g_assert_no_error(error);
    g_assert_true(found.entity == NULL && found.key.id == bureau.second);
    paper_scan(h->care, bureau.clerk, &found, STR("盖章.pdf"), str_of(pdf), STR("sealed scan"),
               &said, &error);
    g_assert_no_error(error);
    g_assert_true(paper_scans(h->care, &found, h->arena, &lines, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    paper_scan_get(h->care, bureau.clerk, &found, lines[0].key, h->arena, &line, &bytes, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(bytes, pdf));
    g_assert_false(paper_scan(h->care, bureau.village, &found, STR("盖章.pdf"), str_of(pdf),
                              STR("sealed scan"), &said, &none));
    g_assert_error(none, FAIL_DOMAIN, FAIL_RIGHT);
}

static void refuse(const Session *s, const char *name, RecordKey key, bool issues, int code)
{
    House *h = bureau.house;
    const Paper *p = paper_named(care_model(h->care), str_of(name));
    PaperSheet x;
    g_autoptr(GError) error = NULL;
    bool done = issues ? paper_issue(h->care, s, p, key, 0, h->arena, &x, &error)
                       : paper_preview(h->care, s, p, key, 0, h->arena, &x, NULL, &error);
    if (done)
        g_error("%s was made", name);
    if (!g_error_matches(error, FAIL_DOMAIN, code))
        g_error("%s: %s", name, error->message);
}

static void test_rights(void)
{
    const Model *m = care_model(bureau.house->care);
    RecordKey keys[TRIED], run = {0, bureau.second};
    g_assert_cmpuint(keys_for(paper_named(m, STR("claim_approval_notice")), keys, TRIED), >, 0);
    refuse(bureau.village, "claim_approval_notice", keys[0], true, FAIL_RIGHT);
    refuse(bureau.village, "payment_roster", run, false, FAIL_RIGHT);
    refuse(bureau.clerk, "monthly_report", place_key("360300"), false, FAIL_RIGHT);
    refuse(bureau.clerk, "monthly_report", place_key("360313"), true, FAIL_RIGHT);
    refuse(post("finance"), "payment_roster", run, false, FAIL_RIGHT);
    refuse(post("home"), "village_page", place_key("360302"), false, FAIL_RIGHT);
    /* what was issued with benefits on it is not read by who sees no money, whoever the elder is */
    PaperSheet card;
    PaperFound found;
    g_autoptr(GError) none = NULL;
    issue_one("benefit_card", &card);
    const Session *wide = house_session(bureau.house, "cun", "village", "360300", 0);
    g_assert_false(
        paper_find(bureau.house->care, wide, card.number, bureau.house->arena, &found, &none));
    g_assert_error(none, FAIL_DOMAIN, FAIL_RIGHT);
    g_assert_true(
        paper_may(bureau.house->care, bureau.village, paper_named(m, STR("village_page"))));
    g_assert_false(
        paper_may(bureau.house->care, bureau.village, paper_named(m, STR("monthly_report"))));
}

static void spend(House *h, const char *on, const char *source, const char *purpose,
                  const char *yuan)
{
    house_save(h, h->local, "fund_use", (RecordKey){0}, "region", "360302", "source", source,
               "purpose", purpose, "used_on", on, "amount", yuan, NULL);
}

/* The statement of a year counts that year: of 2021's 2,000 yuan 1,200 were for elderly care, of
 * the lottery's 1,000 yuan 200; the year before all 5,000 were. */
static void test_fund_statement(void)
{
    House *h = place_new("360300", day_of("2021-09-30"));
    g_autoptr(GError) error = NULL;
    RecordKey place;
    PaperSheet x;
    spend(h, "2020-12-31", "welfare_lottery", "elderly_care", "5000");
    spend(h, "2021-01-01", "welfare_lottery", "elderly_care", "200");
    spend(h, "2021-03-01", "welfare_lottery", "children", "800");
    spend(h, "2021-09-30", "county_budget", "elderly_care", "1000");
    record_find(h->care, h->local, house_entity(h, "region"), STR("360302"), &place, &error);
    g_assert_no_error(error);
    const Paper *p = paper_named(care_model(h->care), STR("fund_statement"));
    paper_preview(h->care, h->local, p, place, 0, h->arena, &x, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(x.entries[1].label, "本年支出里养老服务占比"));
    g_assert_true(str_is(x.entries[1].text, "60.00%"));
    g_assert_true(str_is(x.entries[2].label, "本年福彩公益金里养老服务占比"));
    g_assert_true(str_is(x.entries[2].text, "20.00%"));
    g_assert_cmpuint(x.tables[1].n_rows, ==, 3);
    paper_preview(h->care, h->local, p, place, day_of("2020-12-31"), h->arena, &x, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(x.entries[2].text, "100.00%"));
    house_free(h);
}

static void test_kept(void)
{
    g_autoptr(GError) error = NULL;
    VerifyReport v;
    store_verify(bureau.house->care->store, bureau.house->arena, &v, &error);
    g_assert_no_error(error);
    g_assert_true(v.ok);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    bureau_open();
    g_test_add_func("/papers/all", test_all);
    g_test_add_func("/papers/listed", test_listed);
    g_test_add_func("/papers/payments", test_payments);
    g_test_add_func("/papers/annex", test_annex);
    g_test_add_func("/papers/numbers", test_numbers);
    g_test_add_func("/papers/once", test_once);
    g_test_add_func("/papers/locked", test_locked);
    g_test_add_func("/papers/scans", test_scans);
    g_test_add_func("/papers/rights", test_rights);
    g_test_add_func("/papers/fund-statement", test_fund_statement);
    g_test_add_func("/papers/kept", test_kept);
    int status = g_test_run();
    house_free(bureau.house);
    return status;
}
