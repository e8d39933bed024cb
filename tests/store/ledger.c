/* ledger.c — money, hours and bed-nights: nothing comes from nowhere, nothing goes below its limit,
 * nothing is done twice.  LAW architecture 7.  $TRANSFERS: how many at random (quick: 3,000). */
#include "store/ledger.h"
#include "base/limits.h"
#include "fixture.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- short ways to write ----------------------------------------------------------------- */

static bool move_do(Store *s, const LedgerMove *m, ChangeAnswer *answer, GError **error)
{
    const Change c = {.kind = CHANGE_LEDGER,
                      .ledger = m,
                      .actor = STR("clerk"),
                      .via = STR("test"),
                      .reason = STR("a test moves money")};

    if (!store_write(s, &c, 1, answer, error))
        return false;
    if (answer->error != NULL)
        g_propagate_error(error, answer->error);
    return answer->done;
}

static int64_t account_open(Fixture *f, LedgerUnit unit, const char *kind, const char *owner,
                            int64_t lowest, int64_t highest)
{
    g_autoptr(GError) error = NULL;
    const LedgerAccount a = {.id = store_new_id(f->store),
                             .unit = unit,
                             .kind = str_of(kind),
                             .owner = str_of(owner),
                             .lowest = lowest,
                             .highest = highest};
    const LedgerMove m = {.county = COUNTY, .accounts = &a, .n_accounts = 1};
    ChangeAnswer answer;

    move_do(f->store, &m, &answer, &error);
    g_assert_no_error(error);
    return a.id;
}

static LedgerMove move_of(const LedgerTransfer *t, uint64_t key)
{
    LedgerMove m = {.county = COUNTY, .transfers = t, .n_transfers = 1, .key = {1}};

    memcpy(m.key + 8, &key, sizeof key);
    return m;
}

/* The transfer's id; its key is the id, too. */
static int64_t move_ok(Fixture *f, LedgerTransfer t)
{
    g_autoptr(GError) error = NULL;
    ChangeAnswer answer;

    t.id = store_new_id(f->store);
    LedgerMove m = move_of(&t, (uint64_t)t.id);
    move_do(f->store, &m, &answer, &error);
    g_assert_no_error(error);
    g_assert_false(answer.repeated);
    return t.id;
}

static void move_refused(Fixture *f, LedgerTransfer t, int code, const char *words)
{
    g_autoptr(GError) error = NULL;
    ChangeAnswer answer;

    t.id = store_new_id(f->store);
    LedgerMove m = move_of(&t, (uint64_t)t.id);
    g_assert_false(move_do(f->store, &m, &answer, &error));
    g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_nonnull(strstr(error->message, words));
}

static LedgerAccount account_of(Fixture *f, int64_t id)
{
    g_autoptr(Arena) a = arena_new();
    LedgerAccount *all = NULL;
    size_t n = 0;

    g_assert_true(store_ledger_accounts(f->store, COUNTY, STR(""), a, &all, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        if (all[i].id == id)
            return all[i];
    }
    g_error("no account");
}

static LedgerTransfer posted(int64_t from, int64_t to, int64_t amount)
{
    return (LedgerTransfer){.state = TRANSFER_POSTED, .from = from, .to = to, .amount = amount};
}

static LedgerTransfer held(int64_t from, int64_t to, int64_t amount)
{
    return (LedgerTransfer){.state = TRANSFER_HELD, .from = from, .to = to, .amount = amount};
}

static LedgerTransfer about(TransferState state, int64_t of)
{
    return (LedgerTransfer){.state = state, .of = of};
}

/* The budget, a fund that must not be overspent, and those it pays. */
typedef struct Books {
    Fixture *f;
    int64_t budget, fund, paid;
} Books;

static Books books_new(void)
{
    Books b = {.f = fixture_new()};

    b.budget = account_open(b.f, LEDGER_FEN, "source", "budget", -LEDGER_MOST, LEDGER_MOST);
    b.fund = account_open(b.f, LEDGER_FEN, "fund", "welfare_lottery", 0, LEDGER_MOST);
    b.paid = account_open(b.f, LEDGER_FEN, "benefit", "allowance", 0, LEDGER_MOST);
    move_ok(b.f, posted(b.budget, b.fund, 100000));
    return b;
}

/* ---- cases ------------------------------------------------------------------------------- */

static void test_hold_and_post(void)
{
    Books b = books_new();
    int64_t hold = move_ok(b.f, held(b.fund, b.paid, 30000));
    g_autoptr(Arena) a = arena_new();
    LedgerLine *lines = NULL;
    size_t n = 0;

    g_assert_cmpint(account_of(b.f, b.fund).posted, ==, 100000);
    g_assert_cmpint(account_of(b.f, b.fund).held, ==, 30000);
    g_assert_cmpint(account_of(b.f, b.paid).coming, ==, 30000);
    move_ok(b.f, about(TRANSFER_POSTED, hold));
    g_assert_cmpint(account_of(b.f, b.fund).posted, ==, 70000);
    g_assert_cmpint(account_of(b.f, b.fund).held, ==, 0);
    g_assert_cmpint(account_of(b.f, b.paid).posted, ==, 30000);
    g_assert_cmpint(account_of(b.f, b.paid).coming, ==, 0);
    g_assert_cmpint(ask(b.f, "SELECT sum(posted) FROM account"), ==, 0);
    g_assert_true(store_ledger_lines(b.f->store, COUNTY, b.fund, 10, a, &lines, &n, NULL));
    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpint(lines[0].state, ==, TRANSFER_POSTED);
    g_assert_cmpint(lines[0].of, ==, hold);
    g_assert_true(str_is(lines[0].actor, "clerk"));
    g_assert_true(str_is(lines[0].reason, "a test moves money"));
    assert_verified(b.f->store);
    fixture_free(b.f);
}

/* What is held can't be spent a second time; what is released can. */
static void test_a_fund_is_not_overspent(void)
{
    Books b = books_new();
    int64_t hold = move_ok(b.f, held(b.fund, b.paid, 60000));

    move_refused(b.f, held(b.fund, b.paid, 40001), FAIL_CONFLICT, "0.01 yuan too little");
    move_refused(b.f, posted(b.fund, b.paid, 40001), FAIL_CONFLICT, "has not enough");
    g_assert_cmpint(account_of(b.f, b.fund).held, ==, 60000);
    move_ok(b.f, about(TRANSFER_RELEASED, hold));
    move_ok(b.f, posted(b.fund, b.paid, 100000));
    g_assert_cmpint(account_of(b.f, b.fund).posted, ==, 0);
    move_refused(b.f, posted(b.fund, b.paid, 1), FAIL_CONFLICT, "has not enough");
    assert_verified(b.f->store);
    fixture_free(b.f);
}

/* A time bank keeps 1,500 hours at most: what is promised counts. */
static void test_upper_limit(void)
{
    Fixture *f = fixture_new();
    int64_t city = account_open(f, LEDGER_MINUTE, "source", "city", -LEDGER_MOST, LEDGER_MOST);
    int64_t wang = account_open(f, LEDGER_MINUTE, "hours", "王桂兰", 0, 90000);
    int64_t hold = move_ok(f, held(city, wang, 89000));

    move_refused(f, posted(city, wang, 1001), FAIL_CONFLICT, "above its limit by 1 minute");
    move_ok(f, posted(city, wang, 1000));
    move_ok(f, about(TRANSFER_POSTED, hold));
    g_assert_cmpint(account_of(f, wang).posted, ==, 90000);
    /* A fund of yuan is no account of hours. */
    int64_t fund = account_open(f, LEDGER_FEN, "fund", "budget", 0, LEDGER_MOST);

    move_refused(f, posted(wang, fund, 1), FAIL_INPUT,
                 "minute cannot be moved to an account of fen");
    assert_verified(f->store);
    fixture_free(f);
}

static void test_once_only(void)
{
    Books b = books_new();
    int64_t hold = move_ok(b.f, held(b.fund, b.paid, 500));
    int64_t done = move_ok(b.f, about(TRANSFER_POSTED, hold));

    move_refused(b.f, about(TRANSFER_POSTED, hold), FAIL_CONFLICT, "once only");
    move_refused(b.f, about(TRANSFER_RELEASED, hold), FAIL_CONFLICT, "once only");
    move_refused(b.f, about(TRANSFER_REVERSAL, hold), FAIL_CONFLICT, "once only");
    int64_t back = move_ok(b.f, about(TRANSFER_REVERSAL, done));

    g_assert_cmpint(account_of(b.f, b.fund).posted, ==, 100000);
    g_assert_cmpint(account_of(b.f, b.paid).posted, ==, 0);
    move_refused(b.f, about(TRANSFER_REVERSAL, done), FAIL_CONFLICT, "once only");
    move_refused(b.f, about(TRANSFER_REVERSAL, back), FAIL_CONFLICT, "only what is posted");
    move_refused(b.f, about(TRANSFER_RELEASED, done + 999), FAIL_ABSENT, "no such transfer");
    move_refused(b.f, about(TRANSFER_RELEASED, 0), FAIL_USAGE, "needs");
    move_refused(b.f, posted(b.fund, b.fund, 5), FAIL_INPUT, "two different accounts");
    move_refused(b.f, posted(b.fund, b.paid, 0), FAIL_INPUT, "more than nothing");
    move_refused(b.f, posted(b.fund, 12345, 5), FAIL_ABSENT, "no such account");
    assert_verified(b.f->store);
    fixture_free(b.f);
}

/* A bank file that comes twice, a click that comes twice: done once, answered alike. */
static void test_repeated(void)
{
    Books b = books_new();
    LedgerTransfer t = posted(b.fund, b.paid, 700);
    g_autoptr(GError) error = NULL;
    ChangeAnswer first, again;

    t.id = store_new_id(b.f->store);
    LedgerMove m = move_of(&t, 77);

    g_assert_true(move_do(b.f->store, &m, &first, &error));
    t.id = store_new_id(b.f->store);
    g_assert_true(move_do(b.f->store, &m, &again, &error));
    g_assert_true(again.repeated);
    g_assert_cmpint(again.seq, ==, first.seq);
    t.amount = 701;
    g_assert_false(move_do(b.f->store, &m, &again, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
    g_assert_cmpint(account_of(b.f, b.paid).posted, ==, 700);
    g_clear_error(&error);
    memset(m.key, 0, sizeof m.key);
    g_assert_false(move_do(b.f->store, &m, &again, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_USAGE);
    assert_verified(b.f->store);
    fixture_free(b.f);
}

/* All of a move or nothing: LIMIT_LEDGER_MOVE transfers at most. */
static void test_whole_moves(void)
{
    Books b = books_new();
    LedgerTransfer many[LIMIT_LEDGER_MOVE + 1];
    LedgerMove m = {.county = COUNTY, .transfers = many, .key = {9}};
    g_autoptr(GError) error = NULL;
    ChangeAnswer answer;

    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = posted(b.fund, b.paid, 1);
        many[i].id = store_new_id(b.f->store);
    }
    m.n_transfers = LIMIT_LEDGER_MOVE + 1;
    g_assert_false(move_do(b.f->store, &m, &answer, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_USAGE);
    g_clear_error(&error);
    m.n_transfers = LIMIT_LEDGER_MOVE;
    many[LIMIT_LEDGER_MOVE - 1].amount = 100000;
    g_assert_false(move_do(b.f->store, &m, &answer, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
    g_assert_cmpint(account_of(b.f, b.paid).posted, ==, 0);
    g_clear_error(&error);
    many[LIMIT_LEDGER_MOVE - 1].amount = 1;
    g_assert_true(move_do(b.f->store, &m, &answer, &error));
    g_assert_cmpint(account_of(b.f, b.paid).posted, ==, LIMIT_LEDGER_MOVE);
    assert_verified(b.f->store);
    fixture_free(b.f);
}

/* ---- behind the program's back ----------------------------------------------------------- */

static void assert_found(Fixture *f, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    VerifyReport r;

    g_assert_true(store_verify(f->store, a, &r, &error));
    g_assert_no_error(error);
    g_assert_false(r.ok);
    g_assert_cmpuint(r.ledger_differ, >, 0);
    g_assert_nonnull(strstr(r.first_fault.at, words));
}

static void test_tampering(void)
{
    static const struct {
        const char *sql, *words;
    } cases[] = {
        /* Both sides together, so that no sum gives it away. */
        {"UPDATE account SET posted=posted+(CASE kind WHEN 'fund' THEN -5 ELSE 5 END) "
         "WHERE kind IN ('fund','benefit')",
         "its balance"},
        {"UPDATE transfer SET amount=amount+1 WHERE amount=300", "not those it made"},
        {"UPDATE transfer SET from_id=to_id, to_id=from_id WHERE amount=300", "not those it made"},
        {"DELETE FROM transfer WHERE amount=300", "are missing"},
        {"INSERT INTO transfer SELECT county,id+100000,unit,from_id,to_id,amount,state,of,"
         "zeroblob(16),part,seq+1000 FROM transfer WHERE amount=300",
         "no entry made"},
        {"UPDATE account SET lowest=-1000 WHERE kind='fund'", "limits"},
        {"UPDATE account SET owner='donation' WHERE kind='fund'", "owner"},
        {"INSERT INTO account SELECT county,id+1000,unit,'fund','mine',lowest,highest,0,0,0 "
         "FROM account WHERE kind='fund'",
         "no entry of the journal opened it"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Books b = books_new();

        move_ok(b.f, posted(b.fund, b.paid, 300));
        move_ok(b.f, posted(b.fund, b.paid, 400));
        assert_verified(b.f->store);
        tamper(b.f, cases[i].sql);
        assert_found(b.f, cases[i].words);
        fixture_free(b.f);
    }
}

/* The database itself refuses what would break a limit or a unit, whoever writes it. */
static void test_the_database_refuses(void)
{
    static const char *const cases[] = {
        "UPDATE account SET posted=posted-100001 WHERE kind='fund'",
        "UPDATE account SET held=-1 WHERE kind='fund'",
        "UPDATE account SET coming=1 WHERE kind='benefit' AND highest=5",
        "UPDATE transfer SET amount=0",
        "UPDATE transfer SET to_id=from_id",
        "UPDATE transfer SET state=3",
        /* Keys between tables: another program's connection to a SQLite file does not ask them. */
        "UPDATE transfer SET unit=2",
        "DELETE FROM account WHERE kind='fund'",
    };
    size_t n = G_N_ELEMENTS(cases) - (database_on_postgres() ? 0 : 2);

    for (size_t i = 0; i < n; i++) {
        if (g_test_subprocess()) {
            Books b = books_new();

            account_open(b.f, LEDGER_FEN, "benefit", "full", 0, 5);
            tamper(b.f, "UPDATE account SET posted=5 WHERE highest=5");
            tamper(b.f, cases[g_ascii_strtoll(g_getenv("CASE"), NULL, 10)]);
            return;
        }
        g_autofree char *number = g_strdup_printf("%zu", i);

        g_setenv("CASE", number, TRUE);
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_failed();
    }
}

/* ---- at random, by several clients, killed in the midst of it ------------------------------ */

enum { CLIENTS = 16, ACCOUNTS = 24, BASE = 1 << 30 };

typedef struct Client {
    Store *store;
    int number, report;
    int64_t next, most;
} Client;

typedef struct Ack {
    int32_t client, done; /* done: 1; refused: 0 */
    int64_t n;
} Ack;

static int64_t transfer_id(int client, int64_t n)
{
    return BASE + (int64_t)client * (1 << 24) + n;
}

static uint64_t scramble(uint64_t x)
{
    x = (x ^ x >> 31) * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ x >> 29;
}

/* The n-th transfer of a client is always the same one, so that it can be sent again. */
static LedgerTransfer transfer_at(int client, int64_t n)
{
    uint64_t r = scramble((uint64_t)client << 32 | (uint64_t)n);
    int64_t from = 1 + (int64_t)(r % ACCOUNTS), to = 1 + (int64_t)(r >> 16 & 0xffff) % ACCOUNTS;
    LedgerTransfer t = {.id = transfer_id(client, n),
                        .state = n % 4 == 0 ? TRANSFER_HELD : TRANSFER_POSTED,
                        .from = from,
                        .to = to == from ? from % ACCOUNTS + 1 : to,
                        .amount = 1 + (int64_t)(r >> 40 & 0x1ff)};

    if (n % 4 == 1) /* what was held is posted or released */
        t = (LedgerTransfer){.id = t.id,
                             .state = r & 1 << 20 ? TRANSFER_POSTED : TRANSFER_RELEASED,
                             .of = transfer_id(client, n - 1)};
    if (n % 4 == 3 && (r & 1 << 21) != 0)
        t = (LedgerTransfer){
            .id = t.id, .state = TRANSFER_REVERSAL, .of = transfer_id(client, n - 1)};
    return t;
}

static gpointer client_run(gpointer what)
{
    Client *me = what;

    for (int64_t n = me->next; n < me->most; n++) {
        const LedgerTransfer t = transfer_at(me->number, n);
        const LedgerMove m = move_of(&t, (uint64_t)t.id);
        /* Some send everything twice. */
        for (int times = me->number % 3 == 0 ? 2 : 1; times > 0; times--) {
            g_autoptr(GError) error = NULL;
            ChangeAnswer answer = {0};
            bool ok = move_do(me->store, &m, &answer, &error);
            Ack ack = {me->number, ok, n};

            if (!ok && error->code == FAIL_SYSTEM)
                _exit(7);
            if (write(me->report, &ack, sizeof ack) != sizeof ack)
                _exit(8);
        }
    }
    return NULL;
}

static void clients_run(Fixture *f, int report, const int64_t *next, int64_t most)
{
    Client clients[CLIENTS];
    GThread *threads[CLIENTS];

    if (!store_open(f->uri, f->model, &f->store, NULL))
        _exit(9);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (Client){f->store, i, report, next[i], most};
        threads[i] = g_thread_new("client", client_run, &clients[i]);
    }
    for (int i = 0; i < CLIENTS; i++)
        g_thread_join(threads[i]);
    _exit(0);
}

/* What was acknowledged is there, what was refused is not. */
static void acks_check(Fixture *f, const GArray *acks)
{
    g_autoptr(GPtrArray) rows =
        database_rows(f->uri, "SELECT id FROM transfer WHERE id>1073741823");
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) acked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < rows->len; i++) {
        char **row = rows->pdata[i];
        gint64 id = g_ascii_strtoll(row[0], NULL, 10);

        g_hash_table_add(there, g_memdup2(&id, sizeof id));
    }
    g_assert_cmpuint(g_hash_table_size(there), ==, rows->len);
    for (guint i = 0; i < acks->len; i++) {
        const Ack *a = &g_array_index(acks, Ack, i);
        gint64 id = transfer_id(a->client, a->n);

        if (a->done)
            g_hash_table_add(acked, g_memdup2(&id, sizeof id));
        g_assert_true(!a->done || g_hash_table_contains(there, &id));
    }
    /* No more than one of each client was done and not acknowledged when it was killed. */
    g_assert_cmpuint(g_hash_table_size(there), <=, g_hash_table_size(acked) + CLIENTS);
}

/* Reads until the child is done, or has said enough: then it is killed. */
static void acks_read(int from, pid_t child, GArray *acks, guint enough, int64_t *next)
{
    guint begin = acks->len;
    bool killed = false;
    Ack a;

    while (read(from, &a, sizeof a) == sizeof a) {
        g_array_append_val(acks, a);
        next[a.client] = MAX(next[a.client], a.n + 1);
        if (!killed && acks->len - begin >= enough) {
            kill(child, SIGKILL);
            killed = true;
        }
    }
}

static void test_at_random(void)
{
    const char *asked = g_getenv("TRANSFERS");
    int64_t usual = database_on_postgres() ? 640 : 3000;
    int64_t most = (asked != NULL ? g_ascii_strtoll(asked, NULL, 10) : usual) / CLIENTS;
    int64_t next[CLIENTS] = {0}, seed[ACCOUNTS];
    g_autoptr(GArray) acks = g_array_new(FALSE, FALSE, sizeof(Ack));
    Fixture *f = fixture_new();
    LedgerAccount all[ACCOUNTS];
    ChangeAnswer answer;
    bool done = false;

    for (int i = 0; i < ACCOUNTS; i++) {
        seed[i] = i == 0 ? -LEDGER_MOST : -1000 * (i % 3);
        all[i] = (LedgerAccount){.id = i + 1,
                                 .unit = LEDGER_FEN,
                                 .kind = STR("purse"),
                                 .owner = str_of(arena_printf(f->arena, "%d", i)),
                                 .lowest = seed[i],
                                 .highest = i == 0 ? LEDGER_MOST : 5000};
    }
    const LedgerMove open = {.county = COUNTY, .accounts = all, .n_accounts = ACCOUNTS};

    g_assert_true(move_do(f->store, &open, &answer, NULL));
    for (int round = 0; !done; round++) {
        int ends[2], status = 0;

        store_close(f->store);
        f->store = NULL;
        g_assert_cmpint(pipe(ends), ==, 0);
        fflush(stdout);
        pid_t child = fork();

        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
            close(ends[0]);
            clients_run(f, ends[1], next, most);
        }
        close(ends[1]);
        acks_read(ends[0], child, acks, (guint)(most * CLIENTS / 7) + (guint)round, next);
        close(ends[0]);
        waitpid(child, &status, 0);
        done = WIFEXITED(status);
        g_assert_true(done ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
        fixture_reopen(f);
        acks_check(f, acks);
    }
    assert_verified(f->store);
    g_assert_cmpint(ask(f, "SELECT sum(posted) FROM account"), ==, 0);
    g_assert_cmpint(ask(f, "SELECT count(*)-count(DISTINCT request) FROM transfer"), ==, 0);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM account WHERE posted-held<lowest OR "
                           "posted+coming>highest"),
                    ==, 0);
    g_test_message("%u acknowledged, %d transfers", acks->len,
                   (int)ask(f, "SELECT count(*) FROM transfer"));
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ledger/hold-and-post", test_hold_and_post);
    g_test_add_func("/ledger/a-fund-is-not-overspent", test_a_fund_is_not_overspent);
    g_test_add_func("/ledger/upper-limit", test_upper_limit);
    g_test_add_func("/ledger/once-only", test_once_only);
    g_test_add_func("/ledger/repeated", test_repeated);
    g_test_add_func("/ledger/whole-moves", test_whole_moves);
    g_test_add_func("/ledger/tampering", test_tampering);
    g_test_add_func("/ledger/the-database-refuses", test_the_database_refuses);
    g_test_add_func("/ledger/at-random", test_at_random);
    return g_test_run();
}
