/* flows.c — what a record of an event moves on a declared account: in the same write, once, put
 * right by a correction, found missing by verify.  The account: hours of an elder; a visit that was
 * seen brings its minutes in, one that was not takes them out; 0..5 hours.  LAW architecture 7. */
#include "base/limits.h"
#include "fixture.h"
#include "store/ledger.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEEN     0
#define NOT_SEEN 1

/* ---- the account, made by hand ----------------------------------------------------------- */

static const Expr *outcome_is(Arena *a, const Field *f, int64_t code)
{
    Expr *field = arena_new_of(a, Expr), *literal = arena_new_of(a, Expr),
         *is = arena_new_of(a, Expr);
    const Field **path = arena_many(a, const Field *, 1);

    path[0] = f;
    *field = (Expr){.kind = EXPR_FIELD, .type = f->type, .path = path, .n_path = 1};
    *literal = (Expr){.kind = EXPR_CODE, .type = f->type, .number = code};
    *is = (Expr){.kind = EXPR_EQ, .a = field, .b = literal};
    return is;
}

static const Expr *hours(Arena *a, int64_t n)
{
    Expr *e = arena_new_of(a, Expr);

    *e = (Expr){.kind = EXPR_NUMBER, .type = {.kind = KIND_HOURS}, .number = n * 60};
    return e;
}

static Flow *flow_made(Fixture *f, int64_t code)
{
    Flow *flow = arena_new_of(f->arena, Flow);
    const Field *outcome = field_of(f->visit, "outcome");

    *flow = (Flow){.entity = f->visit,
                   .amount = field_of(f->visit, "minutes"),
                   .by = field_of(f->visit, "elder"),
                   .where = outcome_is(f->arena, outcome, code)};
    return flow;
}

/* `settled`: between the two counties. */
static void account_declare(Fixture *f, bool settled)
{
    Account *x = arena_new_of(f->arena, Account);
    Document *d = arena_new_of(f->arena, Document);
    Clause *clause = arena_new_of(f->arena, Clause);
    Param *between = arena_new_of(f->arena, Param);

    d->name = STR("time-bank");
    clause->number = STR("2e");
    between->n_regions = 2;
    between->regions = arena_many(f->arena, Str, 2);
    between->regions[0] = STR("360302");
    between->regions[1] = STR("360313");
    *x = (Account){.name = STR("bank"),
                   .label = {STR("时间银行"), STR("time bank")},
                   .holder = f->elder,
                   .unit = ACCOUNT_HOURS,
                   .in = flow_made(f, SEEN),
                   .n_in = 1,
                   .out = flow_made(f, NOT_SEEN),
                   .n_out = 1,
                   .low = hours(f->arena, 0),
                   .high = hours(f->arena, 5),
                   .settle = settled ? between : NULL,
                   .home = {.document = d, .clause = clause}};
    f->model->accounts = arena_many(f->arena, Account *, 1);
    f->model->accounts[0] = x;
    f->model->n_accounts = 1;
}

static Fixture *bank_new(bool settled)
{
    Fixture *f = fixture_new();

    account_declare(f, settled);
    fixture_reopen(f);
    return f;
}

/* ---- short ways to write ----------------------------------------------------------------- */

static RecordKey elder_in(Fixture *f, const char *name, int32_t county)
{
    RecordKey key = {county, store_new_id(f->store)};
    Draft *d = draft_new(f->arena, CHANGE_CREATE, f->elder, key);

    draft_text(d, "name", name);
    write_ok(f->store, d);
    return key;
}

static Draft *visit_draft(Fixture *f, RecordKey elder, int32_t county, int64_t minutes, int outcome)
{
    RecordKey key = {county, store_new_id(f->store)};
    Draft *d = draft_new(f->arena, CHANGE_CREATE, f->visit, key);

    draft_number(d, "elder", elder.id);
    draft_number(d, "day", day("2020-06-01"));
    draft_number(d, "minutes", minutes);
    draft_number(d, "outcome", outcome);
    return d;
}

static RecordKey visit(Fixture *f, RecordKey elder, int64_t minutes, int outcome)
{
    Draft *d = visit_draft(f, elder, COUNTY, minutes, outcome);

    write_ok(f->store, d);
    return d->change.key;
}

static int64_t balance(Fixture *f, RecordKey elder)
{
    g_autoptr(Arena) a = arena_new();
    LedgerAccount *all = NULL;
    size_t n = 0;
    char owner[24];
    int64_t sum = 0;

    g_assert_true(store_ledger_owned(
        f->store, STR("bank"), str_of(ledger_owner_text(elder.id, owner)), a, &all, &n, NULL));
    for (size_t i = 0; i < n; i++)
        sum += all[i].posted;
    return sum;
}

static void assert_sound(Fixture *f)
{
    assert_verified(f->store);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM (SELECT county,unit FROM account GROUP BY "
                           "county,unit HAVING sum(posted)<>0) AS x"),
                    ==, 0);
}

/* ---- cases ------------------------------------------------------------------------------- */

static void test_in_and_out(void)
{
    Fixture *f = bank_new(false);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY);
    g_autoptr(Arena) a = arena_new();
    LedgerAccount x;
    LedgerLine *lines = NULL;
    size_t n = 0;
    char owner[24];

    visit(f, wang, 120, SEEN);
    visit(f, wang, 30, NOT_SEEN);
    g_assert_cmpint(balance(f, wang), ==, 90);
    g_assert_true(store_ledger_account(f->store, COUNTY, LEDGER_MINUTE, STR("bank"),
                                       str_of(ledger_owner_text(wang.id, owner)), a, &x, NULL));
    g_assert_cmpint(x.lowest, ==, 0);
    g_assert_cmpint(x.highest, ==, 300);
    /* The statement names the event; the other side is its register. */
    g_assert_true(store_ledger_lines(f->store, COUNTY, x.id, 10, a, &lines, &n, NULL));
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(lines[0].event == f->visit);
    g_assert_true(str_is(lines[0].other, "out:visit"));
    g_assert_true(str_is(lines[1].other, "in:visit"));
    assert_sound(f);
    fixture_free(f);
}

/* Nothing of a refused record is written: neither it, nor its entry, nor a transfer. */
static void test_limits(void)
{
    Fixture *f = bank_new(false);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY);
    int64_t entries, visits;

    visit(f, wang, 120, SEEN);
    entries = ask(f, "SELECT count(*) FROM journal");
    visits = ask(f, "SELECT count(*) FROM visit");
    write_refused(f->store, visit_draft(f, wang, COUNTY, 121, NOT_SEEN), FAIL_CONFLICT,
                  "\"time bank\" (time-bank 2e) has 2 h 00 min and may not fall below 0 h 00 min");
    write_refused(f->store, visit_draft(f, wang, COUNTY, 181, SEEN), FAIL_CONFLICT,
                  "may not rise above 5 h 00 min");
    g_assert_cmpint(ask(f, "SELECT count(*) FROM journal"), ==, entries);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM visit"), ==, visits);
    visit(f, wang, 180, SEEN);
    visit(f, wang, 300, NOT_SEEN);
    g_assert_cmpint(balance(f, wang), ==, 0);
    assert_sound(f);
    fixture_free(f);
}

static void test_correction_and_end(void)
{
    Fixture *f = bank_new(false);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY), li = elder_in(f, "李秀英", COUNTY);
    RecordKey first = visit(f, wang, 120, SEEN), out = visit(f, wang, 90, NOT_SEEN);
    Draft *d;

    /* 120 → 100 leaves 10; 120 → 80 would leave −10. */
    d = draft_new(f->arena, CHANGE_CORRECT, f->visit, first);
    draft_number(d, "minutes", 80);
    write_refused(f->store, d, FAIL_CONFLICT, "may not fall below");
    g_assert_cmpint(balance(f, wang), ==, 30);
    d = draft_new(f->arena, CHANGE_CORRECT, f->visit, first);
    draft_number(d, "minutes", 100);
    write_ok(f->store, d);
    g_assert_cmpint(balance(f, wang), ==, 10);
    /* Another field: nothing moves. */
    int64_t transfers = ask(f, "SELECT count(*) FROM transfer");

    d = draft_new(f->arena, CHANGE_SET, f->visit, first);
    draft_text(d, "note", "在家");
    write_ok(f->store, d);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM transfer"), ==, transfers);
    /* What was taken out was another's: both accounts are put right. */
    visit(f, li, 100, SEEN);
    d = draft_new(f->arena, CHANGE_CORRECT, f->visit, out);
    draft_number(d, "elder", li.id);
    write_ok(f->store, d);
    g_assert_cmpint(balance(f, wang), ==, 100);
    g_assert_cmpint(balance(f, li), ==, 10);
    /* It never was. */
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->visit, out));
    g_assert_cmpint(balance(f, li), ==, 100);
    assert_sound(f);
    fixture_free(f);
}

/* The same form twice: one record, one transfer, the same answer. */
static void test_repeated(void)
{
    Fixture *f = bank_new(false);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY);
    Draft *d = visit_draft(f, wang, COUNTY, 60, SEEN);
    ChangeAnswer first, again;

    d->change.request[0] = 7;
    g_assert_true(store_write(f->store, &d->change, 1, &first, NULL));
    g_assert_true(store_write(f->store, &d->change, 1, &again, NULL));
    g_assert_true(again.repeated);
    g_assert_cmpint(first.seq, ==, again.seq);
    g_assert_cmpuint(first.entries, ==, 2);
    g_assert_cmpint(balance(f, wang), ==, 60);
    /* The record's own entry is what a later change is based on. */
    d = draft_new(f->arena, CHANGE_SET, f->visit, d->change.key);
    d->change.expected = first.seq;
    draft_number(d, "minutes", 61);
    write_ok(f->store, d);
    assert_sound(f);
    fixture_free(f);
}

/* Earned here, spent there: each ledger says what the counties owe each other. */
static void test_between_counties(void)
{
    Fixture *f = bank_new(true);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY);
    Draft *d;

    visit(f, wang, 120, SEEN);
    elder_in(f, "李秀英", OTHER);
    d = visit_draft(f, wang, OTHER, 50, NOT_SEEN);
    write_ok(f->store, d);
    g_assert_cmpint(balance(f, wang), ==, 70);
    g_assert_cmpint(ask(f, "SELECT posted FROM account WHERE county=360302 AND "
                           "owner='between:360313'"),
                    ==, 50);
    g_assert_cmpint(ask(f, "SELECT posted FROM account WHERE county=360313 AND "
                           "owner='between:360302'"),
                    ==, -50);
    assert_sound(f);
    write_refused(f->store, visit_draft(f, wang, OTHER, 71, NOT_SEEN), FAIL_CONFLICT,
                  "may not fall below");
    assert_sound(f);
    /* Corrected there: both ledgers follow. */
    RecordKey there = d->change.key;

    d = draft_new(f->arena, CHANGE_CORRECT, f->visit, there);
    draft_number(d, "minutes", 20);
    write_ok(f->store, d);
    g_assert_cmpint(balance(f, wang), ==, 100);
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->visit, there));
    g_assert_cmpint(balance(f, wang), ==, 120);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM account WHERE owner LIKE 'between%' AND "
                           "posted<>0"),
                    ==, 0);
    assert_sound(f);
    fixture_free(f);
}

static void test_not_settled(void)
{
    Fixture *f = bank_new(false);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY);

    visit(f, wang, 120, SEEN);
    elder_in(f, "李秀英", OTHER);
    write_refused(f->store, visit_draft(f, wang, OTHER, 50, NOT_SEEN), FAIL_CONFLICT,
                  "does not say that it is settled");
    assert_sound(f);
    fixture_free(f);
}

/* What was earned stays earned when the law has the event's own record erased, or the holder's. */
static void test_erased(void)
{
    Fixture *f = bank_new(false);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY), first = visit(f, wang, 120, SEEN);

    visit(f, wang, 60, SEEN);
    write_ok(f->store, draft_new(f->arena, CHANGE_ERASE, f->visit, first));
    g_assert_cmpint(balance(f, wang), ==, 180);
    assert_sound(f);
    write_ok(f->store, draft_new(f->arena, CHANGE_ERASE, f->elder, wang));
    g_assert_cmpint(balance(f, wang), ==, 180);
    assert_sound(f);
    fixture_free(f);
}

/* Events that were there before: posted when the database is next opened, in whatever state that
 * leaves the account; from there it may only come back inside. */
static void test_declared_later(void)
{
    Fixture *f = fixture_new();
    RecordKey wang = elder_in(f, "王桂兰", COUNTY), li = elder_in(f, "李秀英", COUNTY);
    uint64_t moved = 1;

    visit(f, wang, 120, SEEN);
    visit(f, wang, 150, NOT_SEEN);
    visit(f, li, 400, SEEN);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM transfer"), ==, 0);
    account_declare(f, false);
    fixture_reopen(f);
    g_assert_cmpint(balance(f, wang), ==, -30);
    g_assert_cmpint(balance(f, li), ==, 400);
    assert_sound(f);
    g_assert_true(store_ledger_settle(f->store, &moved, NULL));
    g_assert_cmpuint(moved, ==, 0);
    write_refused(f->store, visit_draft(f, wang, COUNTY, 1, NOT_SEEN), FAIL_CONFLICT, "fall below");
    write_refused(f->store, visit_draft(f, li, COUNTY, 1, SEEN), FAIL_CONFLICT, "rise above");
    visit(f, wang, 60, SEEN);
    visit(f, li, 200, NOT_SEEN);
    write_refused(f->store, visit_draft(f, wang, COUNTY, 31, NOT_SEEN), FAIL_CONFLICT,
                  "has 0 h 30 min");
    assert_sound(f);
    fixture_free(f);
}

/* LIMIT_LEDGER_SHOWN: a page of balances shows no more holders of one account in a county. */
static void test_many_holders(void)
{
    Fixture *f = bank_new(false);
    g_autoptr(Arena) a = arena_new();
    LedgerAccount many[LIMIT_LEDGER_MOVE], *all = NULL;
    size_t n = 0;

    visit(f, elder_in(f, "王桂兰", COUNTY), 60, SEEN);
    for (int64_t next = 1; next <= LIMIT_LEDGER_SHOWN; next += LIMIT_LEDGER_MOVE) {
        const LedgerMove m = {.county = COUNTY, .accounts = many, .n_accounts = LIMIT_LEDGER_MOVE};
        const Change c = {.kind = CHANGE_LEDGER, .ledger = &m, .actor = STR("x"), .via = STR("x")};
        ChangeAnswer answer;

        for (int64_t i = 0; i < LIMIT_LEDGER_MOVE; i++)
            many[i] =
                (LedgerAccount){.id = 1000000 + next + i,
                                .unit = LEDGER_MINUTE,
                                .kind = STR("bank"),
                                .owner = str_of(arena_printf(a, "%d", (int)(9000000 + next + i))),
                                .highest = 300};
        g_assert_true(store_write(f->store, &c, 1, &answer, NULL) && answer.done);
    }
    const Account *bank = f->model->accounts[0];

    g_assert_true(store_ledger_kind(f->store, COUNTY, bank, true, STR(""), LIMIT_LEDGER_SHOWN, a,
                                    &all, &n, NULL));
    g_assert_cmpuint(n, ==, LIMIT_LEDGER_SHOWN);
    g_assert_true(store_ledger_kind(f->store, COUNTY, bank, false, STR(""), LIMIT_LEDGER_SHOWN, a,
                                    &all, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(str_is(all[0].owner, "in:visit"));
    assert_sound(f);
    fixture_free(f);
}

/* ---- behind the program's back ----------------------------------------------------------- */

static void test_tampering(void)
{
    static const struct {
        const char *sql, *words;
    } cases[] = {
        {"UPDATE transfer SET request=zeroblob(16) WHERE amount=120", "its transfer is missing"},
        {"UPDATE transfer SET part=part+9 WHERE amount=30", "not those it made"},
        {"DELETE FROM transfer WHERE amount=120", "missing"},
        {"UPDATE account SET highest=highest+1 WHERE owner NOT LIKE '%:%'", "limits"},
        {"UPDATE account SET owner='12345' WHERE owner NOT LIKE '%:%'", "owner"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fixture *f = bank_new(false);
        RecordKey wang = elder_in(f, "王桂兰", COUNTY);
        g_autoptr(Arena) a = arena_new();
        VerifyReport r;

        visit(f, wang, 120, SEEN);
        Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->visit, visit(f, wang, 20, SEEN));

        draft_number(d, "minutes", 30);
        write_ok(f->store, d);
        assert_verified(f->store);
        tamper(f, cases[i].sql);
        g_assert_true(store_verify(f->store, a, &r, NULL));
        g_assert_false(r.ok);
        g_assert_nonnull(strstr(r.first_fault.at, cases[i].words));
        fixture_free(f);
    }
}

/* ---- killed in the midst of it ----------------------------------------------------------- */

/* Writes visits in two counties until it is killed: each is acknowledged by a byte. */
static void child_run(Fixture *f, RecordKey wang, int report)
{
    if (!store_open(f->uri, f->model, &f->store, NULL))
        _exit(9);
    for (int64_t n = 0;; n++) {
        Draft *d = visit_draft(f, wang, OTHER, 1 + n % 7, n % 2 == 0 ? SEEN : NOT_SEEN);
        ChangeAnswer answer = {0};

        if (!store_write(f->store, &d->change, 1, &answer, NULL))
            _exit(7);
        g_clear_error(&answer.error);
        if (write(report, &answer.done, 1) != 1)
            _exit(8);
    }
}

/* A record and its transfers in two ledgers are there together or not at all. */
static void test_killed(void)
{
    Fixture *f = bank_new(true);
    RecordKey wang = elder_in(f, "王桂兰", COUNTY);
    int64_t acked = 0;

    visit(f, wang, 120, SEEN);
    elder_in(f, "李秀英", OTHER);
    for (int round = 0; round < 4; round++) {
        int ends[2];
        char done;

        store_close(f->store);
        f->store = NULL;
        g_assert_cmpint(pipe(ends), ==, 0);
        fflush(stdout);
        pid_t child = fork();

        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            close(ends[0]);
            child_run(f, wang, ends[1]);
        }
        close(ends[1]);
        for (int n = 0; n < 20 + round * 7 && read(ends[0], &done, 1) == 1; n++)
            acked += done;
        kill(child, SIGKILL);
        while (read(ends[0], &done, 1) == 1)
            acked += done;
        close(ends[0]);
        waitpid(child, NULL, 0);
        fixture_reopen(f);
        assert_sound(f);
        g_assert_cmpint(ask(f, "SELECT count(*) FROM visit WHERE county=360313"), >=, acked);
        g_assert_cmpint(ask(f, "SELECT count(*) FROM visit WHERE county=360313"), <=,
                        acked + round + 1);
    }
    g_assert_cmpint(ask(f, "SELECT count(*) FROM transfer t WHERE county=360313 AND NOT EXISTS "
                           "(SELECT 1 FROM transfer o WHERE o.county=360302 AND "
                           "o.request=t.request AND o.amount=t.amount)"),
                    ==, 0);
    fixture_free(f);
}

/* ---- at random, by several clients, killed in the midst of it ------------------------------ */

enum { CLIENTS = 8, HOLDERS = 6 };

typedef struct Client {
    Fixture *f;
    const RecordKey *elders;
    uint64_t state;
    int report;
} Client;

static unsigned below(Client *me, unsigned n)
{
    me->state = me->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(me->state >> 33) % n;
}

/* A visit, or a correction of one, or the end of one; a refusal is an answer like another. */
static bool client_write(Client *me, Arena *a, GArray *mine, int64_t *ret_id)
{
    Fixture *f = me->f;
    const bool old = mine->len > 0 && below(me, 3) == 0;
    const bool ends = old && below(me, 2) == 0;
    const RecordKey key = old ? g_array_index(mine, RecordKey, below(me, mine->len))
                              : (RecordKey){below(me, 2) ? COUNTY : OTHER, store_new_id(f->store)};
    Draft *d = draft_new(a,
                         ends  ? CHANGE_END
                         : old ? CHANGE_CORRECT
                               : CHANGE_CREATE,
                         f->visit, key);
    ChangeAnswer answer = {0};

    if (!ends) {
        draft_number(d, "elder", me->elders[below(me, HOLDERS)].id);
        draft_number(d, "minutes", 1 + below(me, 90));
        draft_number(d, "outcome", below(me, 2));
    }
    if (!store_write(f->store, &d->change, 1, &answer, NULL))
        _exit(7);
    g_clear_error(&answer.error);
    if (answer.done && !old)
        g_array_append_val(mine, key);
    *ret_id = answer.done && !old ? key.id : 0;
    return true;
}

static gpointer client_run(gpointer what)
{
    Client *me = what;
    g_autoptr(GArray) mine = g_array_new(FALSE, FALSE, sizeof(RecordKey));

    for (;;) {
        g_autoptr(Arena) a = arena_new();
        int64_t id = 0;

        client_write(me, a, mine, &id);
        if (write(me->report, &id, sizeof id) != sizeof id)
            _exit(8);
    }
    return NULL;
}

static void clients_run(Fixture *f, const RecordKey *elders, int report, int round)
{
    Client clients[CLIENTS];
    GThread *threads[CLIENTS];

    if (!store_open(f->uri, f->model, &f->store, NULL))
        _exit(9);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (Client){f, elders, (uint64_t)(round * CLIENTS + i + 1) << 20, report};
        threads[i] = g_thread_new("client", client_run, &clients[i]);
    }
    for (int i = 0; i < CLIENTS; i++)
        g_thread_join(threads[i]);
    _exit(0);
}

/* Until the child has said enough: then it is killed.  What it acknowledged is noted. */
static void killed_after(Fixture *f, const RecordKey *elders, int round, int enough, GArray *acked)
{
    int ends[2];
    int64_t id;

    store_close(f->store);
    f->store = NULL;
    g_assert_cmpint(pipe(ends), ==, 0);
    fflush(stdout);
    pid_t child = fork();

    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        close(ends[0]);
        clients_run(f, elders, ends[1], round);
    }
    close(ends[1]);
    for (int n = 0; read(ends[0], &id, sizeof id) == sizeof id; n++) {
        if (id != 0)
            g_array_append_val(acked, id);
        if (n == enough)
            kill(child, SIGKILL);
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    fixture_reopen(f);
}

/* $EVENTS: how many (quick: 240).  Every limit kept, upper and lower, in both counties; every
 * acknowledged record there, with what it moved; sums zero. */
static void test_at_random(void)
{
    const char *asked = g_getenv("EVENTS");
    const int usual = database_on_postgres() ? 120 : 240,
              most = asked != NULL ? (int)g_ascii_strtoll(asked, NULL, 10) : usual, rounds = 4;
    g_autoptr(GArray) acked = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Fixture *f = bank_new(true);
    RecordKey elders[HOLDERS];

    for (int i = 0; i < HOLDERS; i++)
        elders[i] = elder_in(f, "王桂兰", i % 2 ? COUNTY : OTHER);
    for (int round = 0; round < rounds; round++) {
        killed_after(f, elders, round, most / rounds + round, acked);
        assert_sound(f);
        g_assert_cmpint(ask(f, "SELECT count(*) FROM account WHERE owner NOT LIKE '%:%' AND "
                               "(posted<0 OR posted>300 OR lowest<>0 OR highest<300)"),
                        ==, 0);
    }
    g_autoptr(GPtrArray) rows = database_rows(f->uri, "SELECT id FROM visit");
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < rows->len; i++) {
        gint64 id = g_ascii_strtoll(((char **)rows->pdata[i])[0], NULL, 10);

        g_hash_table_add(there, g_memdup2(&id, sizeof id));
    }
    for (guint i = 0; i < acked->len; i++)
        g_assert_true(g_hash_table_contains(there, &g_array_index(acked, int64_t, i)));
    g_assert_cmpuint(acked->len, >, 0);
    g_assert_cmpuint(rows->len, <=, acked->len + CLIENTS * (guint)rounds);
    g_test_message("%u records, %d transfers", acked->len,
                   (int)ask(f, "SELECT count(*) FROM transfer"));
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/in-and-out", test_in_and_out);
    g_test_add_func("/flows/limits", test_limits);
    g_test_add_func("/flows/correction-and-end", test_correction_and_end);
    g_test_add_func("/flows/repeated", test_repeated);
    g_test_add_func("/flows/between-counties", test_between_counties);
    g_test_add_func("/flows/not-settled", test_not_settled);
    g_test_add_func("/flows/erased", test_erased);
    g_test_add_func("/flows/declared-later", test_declared_later);
    g_test_add_func("/flows/many-holders", test_many_holders);
    g_test_add_func("/flows/tampering", test_tampering);
    g_test_add_func("/flows/killed", test_killed);
    g_test_add_func("/flows/at-random", test_at_random);
    return g_test_run();
}
