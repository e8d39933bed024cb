/* tamper.c — whoever changes the file by hand is found, and the right place is named.
 * LAW architecture 3: `anlao verify` finds any change made behind its back. */
#include "fixture.h"

#include "store/access.h"
#include "store/backup.h"
#include "store/seal.h"

typedef struct Tampering {
    const char *sql;   /* done by hand; %ID% is the first elder */
    const char *words; /* in the first fault */
    int64_t broken;    /* entry named by the chain; 0 = the chain is sound */
    int differ, missing, extra;
} Tampering;

/* Entries: 1 made, 2 policy, 3 facility, 4 elder, 5 change (ability), 6 correction (born), 7 twin,
 * 8 account, 9 another than 77, 10 a file. */
static const Tampering tamperings[] = {
    {"UPDATE elder SET born=born+1 WHERE id=%ID%", "not as entry 6 wrote it", 0, 1, 0, 0},
    {"UPDATE elder SET ability=4 WHERE id=%ID%", "not as entry 6 wrote it", 0, 1, 0, 0},
    {"UPDATE elder SET ability_since=ability_since-400 WHERE id=%ID%", "not as entry 6", 0, 1, 0,
     0},
    {"UPDATE elder_ability SET value=2 WHERE id=%ID%", "not as entry 6 wrote it", 0, 1, 0, 0},
    {"UPDATE elder_ability SET until=2932896 WHERE id=%ID% AND gone=9223372036854775807",
     "not as entry 6 wrote it", 0, 1, 0, 0}, /* and two periods overlap */
    {"UPDATE elder_was SET born=0 WHERE id=%ID%", "not as entry 6 wrote it", 0, 1, 0, 0},
    /* what nobody reads today, because the value beside it is unknown */
    {"UPDATE elder SET ability_since=0 WHERE id<>%ID%", "beside the values", 0, 1, 0, 0},
    {"UPDATE elder SET ability_until=9 WHERE id<>%ID%", "beside the values", 0, 1, 0, 0},
    {"UPDATE elder SET ability_known=4 WHERE id<>%ID%", "beside the values", 0, 1, 0, 0},
    {"UPDATE elder SET home_county=360302 WHERE id<>%ID%", "beside the values", 0, 1, 0, 0},
    {"UPDATE elder SET id_number_blind=zeroblob(3) WHERE id<>%ID%", "beside the values", 0, 1, 0,
     0},
    /* 2^32 more is another number to the database, and the same one to who reads 32 bits of it */
    {"UPDATE elder SET state=state+4294967296 WHERE id<>%ID%", "not as entry 7 wrote it", 0, 1, 0,
     0},
    {"UPDATE elder SET ability_since=ability_since-4294967296 WHERE id=%ID%", "not as entry 6", 0,
     1, 0, 0},
    {"UPDATE elder_ability SET until=until+4294967296 WHERE id=%ID%", "not as entry 6", 0, 1, 0, 0},
    {"UPDATE docket SET kind=kind+4294967296 WHERE kind=1", "docket", 0, 1, 0, 0},
    {"UPDATE docket SET state=state+4294967296 WHERE kind=6", "docket", 0, 1, 0, 0},
    {"UPDATE sign_in SET disabled=4294967296", "account", 0, 1, 0, 0},
    {"UPDATE sign_in SET disabled=2", "account", 0, 1, 0, 0},
    {"DELETE FROM elder_was WHERE id=%ID%", "not as entry 6 wrote it", 0, 1, 0, 0},
    {"UPDATE elder SET state=1 WHERE id=%ID%", "not as entry 6 wrote it", 0, 1, 0, 0},
    {"DELETE FROM elder WHERE id<>%ID%", "missing", 0, 0, 1, 0},
    {"INSERT INTO elder(county,id,seq,state,known,name) VALUES(360302,77,4,0,4,'幽灵')",
     "no entry of the journal made it", 0, 0, 0, 1},
    {"INSERT INTO elder_ability(county,id,since,until,value,known,gone) VALUES(360302,99,0,9,1,3,"
     "9223372036854775807)",
     "belong to no record", 0, 0, 0, 1},
    {"UPDATE identity_recent SET id=5", "identity is missing", 0, 1, 0, 0},
    {"UPDATE sign_in SET role='leader'", "account", 0, 1, 0, 0},
    {"UPDATE journal SET actor='wang' WHERE seq=5", "entry 5: the entry or one before", 5, 0, 0, 0},
    {"UPDATE journal SET at=at+1 WHERE seq=1", "entry 1: the entry or one before", 1, 0, 0, 0},
    {"UPDATE journal SET row=zeroblob(32) WHERE seq=6", "entry 6: the entry", 6, 1, 0, 0},
    {"UPDATE journal_body SET body=zeroblob(20) WHERE seq=4", "entry 4: its body is not", 4, 0, 0,
     0},
    {"UPDATE journal_body SET salt=zeroblob(16) WHERE seq=4", "entry 4: its body is not", 4, 0, 0,
     0},
    {"DELETE FROM journal_body WHERE seq=5", "entry 5: its body is missing", 5, 0, 0, 0},
    {"DELETE FROM journal WHERE seq=5", "entry 5: the entry is missing", 5, 0, 0, 0},
    {"DELETE FROM journal WHERE seq=8; DELETE FROM journal_body WHERE seq=8",
     "entry 8: the entry is missing", 8, 0, 0, 1},
    {"UPDATE head SET link=zeroblob(32) WHERE county=360302", "the head is not", 10, 0, 0, 0},
    {"UPDATE head SET schema=schema+1", "says of itself", 0, 0, 0, 0},
    {"UPDATE head SET program=program+1", "another generation or version", 0, 0, 0, 0},
    {"INSERT INTO head SELECT 360399,0,zeroblob(32),schema+1,program FROM head",
     "another generation or version", 0, 0, 0, 0},
    {"UPDATE docket SET state=1 WHERE kind=1", "docket", 0, 1, 0, 0},
    {"UPDATE docket SET body=zeroblob(3) WHERE kind=6", "docket", 0, 1, 0, 0},
    {"DELETE FROM docket WHERE kind=1", "docket", 0, 0, 1, 0},
    {"INSERT INTO docket SELECT county,7,seq,at,kind,state,entity,subject,other_county,other,"
     "made_by,decided_by,hash,body FROM docket WHERE kind=1",
     "no entry of the journal made it", 0, 0, 0, 1},
    {"UPDATE content SET sealed=zeroblob(9)", "it is not what was put there", 0, 1, 0, 0},
    {"DELETE FROM content", "it is missing", 0, 0, 1, 0},
    {"INSERT INTO content(county,hash,sealed) VALUES(360302,zeroblob(32),zeroblob(4))",
     "it lies with no record", 0, 0, 0, 1},
    {"UPDATE document SET text='# another'", "document \"packs/small.md\"", 0, 0, 0, 0},
    {"UPDATE naming SET number=number+50 WHERE owner='enum ability' AND name='total'",
     "stored numbers", 0, 0, 0, 0},
    {"UPDATE about SET value='0' WHERE name='demo'", "says of itself", 0, 0, 0, 0},
    {"UPDATE about SET value='360300' WHERE name='place'", "says of itself", 0, 0, 0, 0},
    {"UPDATE about SET value='7' WHERE name='incarnation'", "incarnation is 7", 0, 0, 0, 0},
    {"UPDATE policy SET seq=1", "policy 1 is not the one", 0, 0, 0, 0},
    {"UPDATE policy SET documents=zeroblob(32)", "policy 1 is not the one", 0, 0, 0, 0},
    {"INSERT INTO policy(version,hash,seq,documents) SELECT 2,hash,seq,documents FROM policy",
     "policy 2 is not the one", 0, 0, 0, 0},
    {"DELETE FROM document", "policy 1 is not the one", 0, 0, 0, 0},
    {"UPDATE region SET name='别处' WHERE code='360302'", "place 360302", 0, 0, 0, 0},
    {"DELETE FROM region WHERE code='360313'", "4 places are stored", 0, 0, 0, 0},
    {"INSERT INTO region SELECT '999999',since,until,name,name_en,level,parent,managing,county "
     "FROM "
     "region WHERE code='360302'",
     "place 999999", 0, 0, 0, 0},
    {"UPDATE access SET actor='wang' WHERE n=2", "look 2 of process 7", 0, 0, 0, 0},
    {"DELETE FROM access WHERE n=2", "look 3 of process 7", 0, 0, 0, 0},
    {"INSERT INTO access SELECT county,process,9,at,actor,entity,id,what,link FROM access WHERE "
     "n=1",
     "look 9 of process 7", 0, 0, 0, 0},
    /* what says behind which entry looks are shipped */
    {"UPDATE access_at SET seq=seq+1 WHERE n=2", "look 2 of process 7 is not noted", 0, 0, 0, 0},
    {"UPDATE access_at SET seq=1 WHERE n=2", "look 2 of process 7 is not noted", 0, 0, 0, 0},
    {"UPDATE access_at SET upto=3 WHERE n=1", "look 2 of process 7 is not noted", 0, 0, 0, 0},
    {"DELETE FROM access_at WHERE n=1", "look 2 of process 7 is not noted", 0, 0, 0, 0},
    {"DELETE FROM access_at WHERE n=3", "look 3 of process 7 is not noted", 0, 0, 0, 0},
    {"INSERT INTO access_at SELECT county,process,4,5,seq FROM access_at WHERE n=1",
     "look 4 of process 7 was taken away", 0, 0, 0, 0},
    {"DELETE FROM access WHERE n=3", "look 3 of process 7 was taken away", 0, 0, 0, 0},
    {"UPDATE seal SET link=zeroblob(32)", "a seal of entry 10", 0, 0, 0, 0},
    {"UPDATE seal SET at=at+1", "no valid signature", 0, 0, 0, 0},
    {"UPDATE elder SET home_id=NULL, home_county=NULL, home_since=NULL, home_until=NULL, "
     "home_known=NULL WHERE id=%ID%",
     "not as entry 6 wrote it", 0, 1, 0, 0},
    {"UPDATE elder SET id_number=zeroblob(20) WHERE id=%ID%", "not as entry 6 wrote it", 0, 1, 0,
     0},
    {"UPDATE elder SET id_number_blind=zeroblob(32) WHERE id=%ID%", "not as entry 6", 0, 1, 0, 0},
    {"UPDATE facility SET code='A2'", "not as entry 3 wrote it", 0, 1, 0, 0},
    {"DELETE FROM facility", "missing", 0, 0, 1, 0},
    {"DELETE FROM identity_recent", "identity is missing", 0, 1, 0, 0},
    {"INSERT INTO identity SELECT county,field,key_id,zeroblob(32),id FROM identity_recent",
     "holds 1 that no record has", 0, 0, 0, 1},
    {"DELETE FROM sign_in", "missing", 0, 0, 1, 0},
    {"INSERT INTO sign_in SELECT county,id+1,'ghost',role,region,facility,shown,password,disabled,"
     "seq FROM sign_in",
     "no entry of the journal made it", 0, 0, 0, 1},
    {"INSERT INTO journal_body SELECT county,99,salt,body FROM journal_body WHERE seq=4",
     "a body without an entry", 99, 0, 0, 0},
};

/* Two facts about the first elder: she is another than 77, and a file lies with her. */
static void dockets_write(Fixture *f, RecordKey key)
{
    Content content = {.sealed = STR("sealed bytes of a scan")};
    Docket apart = {.kind = DOCKET_APART,
                    .key = {0, store_new_id(f->store)},
                    .entity = f->elder,
                    .subject = key.id,
                    .other = {COUNTY, 77},
                    .by = STR("li")};
    Docket file = {.kind = DOCKET_FILE,
                   .key = {0, store_new_id(f->store)},
                   .entity = f->elder,
                   .subject = key.id,
                   .by = STR("li"),
                   .body = STR("scan.pdf")};
    Draft *d = draft_new(f->arena, CHANGE_DOCKET, f->elder, (RecordKey){COUNTY, 0});

    sm3("a scan", 6, content.hash);
    file.hash = (Str){(const char *)content.hash, sizeof content.hash};
    d->change.docket = &apart;
    write_ok(f->store, d);
    d->change.docket = &file;
    d->change.content = &content;
    write_ok(f->store, d);
}

/* The node signs what is newest. */
static void seal_now(Fixture *f)
{
    static const uint8_t secret[KEY_SIZE] = {3};
    StoreHead *heads;
    size_t n;

    g_assert_true(store_heads(f->store, f->arena, &heads, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GString) message = g_string_new(NULL);
        Seal s = {.county = heads[i].county, .seq = heads[i].seq, .at = 1000};

        memcpy(s.link, heads[i].link, SM3_SIZE);
        sm2_public(secret, s.key);
        seal_message(store_facts(f->store)->place, &s, message);
        g_assert_true(sm2_sign(secret, (Str){message->str, message->len}, s.signature,
                               &s.signature_len, NULL));
        g_assert_true(store_put_seals(f->store, &s, 1, NULL));
    }
}

static int64_t prepare(Fixture *f)
{
    RecordKey home = facility_new(f, "A1", "安源养老院");
    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    Draft *set = draft_new(f->arena, CHANGE_SET, f->elder, key);
    Draft *correct = draft_new(f->arena, CHANGE_CORRECT, f->elder, key);
    Draft *account = draft_new(f->arena, CHANGE_ACCOUNT, NULL, (RecordKey){0, 0});
    AccountRow li = {.id = store_new_id(f->store), .name = STR("li"), .role = STR("clerk")};

    draft_on(set, "ability", 1, "2019-01-01");
    draft_on(set, "ability", 3, "2020-01-01");
    draft_on(set, "home", home.id, "2020-01-01");
    write_ok(f->store, set);
    draft_number(correct, "born", day("1939-06-30"));
    write_ok(f->store, correct);
    elder_new(f, "王桂兰", NULL);
    account->change.account = &li;
    write_ok(f->store, account);
    dockets_write(f, key);
    seal_now(f);
    for (int i = 0; i < 3; i++) {
        AccessRow look = {COUNTY, 1000 + i, STR("li"), STR("file"), f->elder, key.id};

        g_assert_true(store_put_access(f->store, 7, &look, 1, NULL));
    }
    return key.id;
}

static void check(const Fixture *f, const Tampering *t)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    VerifyReport r;

    g_assert_true(store_verify(f->store, a, &r, &error));
    if (r.ok || strstr(r.first_fault.at, t->words) == NULL)
        g_error("after %s: \"%.*s\" does not say \"%s\"", t->sql, STR_ARG(r.first_fault), t->words);
    g_assert_cmpint(r.broken_seq, ==, t->broken);
    g_assert_cmpint(r.broken_county, ==, t->broken != 0 ? COUNTY : 0);
    g_assert_cmpuint(r.rows_differ, ==, t->differ);
    g_assert_cmpuint(r.rows_missing, ==, t->missing);
    g_assert_cmpuint(r.rows_extra, ==, t->extra);
}

static void test_each(gconstpointer with)
{
    const Tampering *t = with;
    Fixture *f = fixture_new();
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, prepare(f));
    g_auto(GStrv) parts = g_strsplit(t->sql, "%ID%", -1);
    g_autofree char *sql = g_strjoinv(id, parts);

    assert_verified(f->store);
    store_close(f->store);
    f->store = NULL;
    tamper(f, sql);
    fixture_reopen(f);
    check(f, t);
    fixture_free(f);
}

/* Nobody opens a database by a document that was changed in it: who reads it is told which. */
static void test_document(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    DocumentFile *files;
    size_t n;

    g_assert_true(store_policy_documents(f->store, 0, f->arena, &files, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    store_close(f->store);
    f->store = NULL;
    tamper(f, "UPDATE document SET text=text||' '");
    fixture_reopen(f);
    g_assert_false(store_policy_documents(f->store, 0, f->arena, &files, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "document \"packs/small.md\" is not the text"));
    fixture_free(f);
}

/* An index that says something else than its table is the database's to find. */
static void test_damaged_page(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize len = 0;
    VerifyReport r;

    for (int i = 0; i < 300; i++)
        elder_new(f, "李秀英", NULL);
    store_close(f->store);
    f->store = NULL;
    g_assert_true(g_file_get_contents(f->path, &text, &len, NULL));
    memset(text + len - 3 * 4096 + 100, 0x5a, 2000);
    g_assert_true(g_file_set_contents(f->path, text, (gssize)len, NULL));
    if (store_open(f->uri, f->model, &f->store, &error) && store_verify(f->store, a, &r, &error)) {
        g_assert_false(r.ok);
    } else {
        g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
        g_assert_nonnull(strstr(error->message, "damaged"));
    }
    fixture_free(f);
}

/* A journal is walked some hundred entries at a time: of several faults the first is named,
 * wherever it stands, and nothing is found where nothing was changed. */
static void test_long_journal(void)
{
    static const struct {
        const char *sql, *words;
        int64_t broken;
    } cases[] = {
        {"UPDATE journal_body SET body=zeroblob(20) WHERE seq IN (255,256,257,600)",
         "entry 255: its body is not", 255},
        {"UPDATE journal SET at=at+1 WHERE seq=700", "entry 255: its body is not", 255},
        {"UPDATE journal SET actor='wang' WHERE seq=254", "entry 254: the entry or one before",
         254},
        {"UPDATE journal_body SET body=zeroblob(3000000) WHERE seq=100",
         "entry 100: its body is not", 100},
        {"UPDATE journal SET digest=zeroblob(31) WHERE seq=99", "entry 99: its digests are", 99},
        {"UPDATE journal_body SET salt=zeroblob(15) WHERE seq=98", "entry 98: its body is damaged",
         98},
        {"DELETE FROM journal WHERE seq BETWEEN 60 AND 90", "entry 60: the entry is missing", 60},
    };
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree Change *elders = g_new0(Change, 900);

    elders_make(f, f->arena, elders, 900, 5);
    store_write_chunk(f->store, elders, 900, NULL, &error);
    g_assert_no_error(error);
    assert_verified(f->store);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Arena) a = arena_new();
        VerifyReport r;

        store_close(f->store);
        f->store = NULL;
        tamper(f, cases[i].sql);
        fixture_reopen(f);
        g_assert_true(store_verify(f->store, a, &r, NULL));
        if (r.ok || strstr(r.first_fault.at, cases[i].words) == NULL)
            g_error("after %s: \"%.*s\" does not say \"%s\"", cases[i].sql, STR_ARG(r.first_fault),
                    cases[i].words);
        g_assert_cmpint(r.broken_seq, ==, cases[i].broken);
    }
    fixture_free(f);
}

/* Every table of the program's own is changed by hand in some test and found, or lies outside the
 * journal on purpose: docs/security.md says why of each. */
static const char *const table_names[] = {
#define TABLE(name, columns) #name,
#define INDEX(name, on)
#define INDEX_ONE(name, on)
#define RESERVED(name)
#include "store/tables.def"
#undef TABLE
#undef INDEX
#undef INDEX_ONE
#undef RESERVED
};

static const char *const elsewhere[] = {
    "account",  "transfer",                                         /* store/ledger.c, flows.c */
    "decision", "run",                                              /* store/decision.c */
    "issued",                                                       /* store/issue.c */
    "copied",                                                       /* store/replay.c */
    "data_key",                                                     /* care/keys.c */
    "pay_run",  "pay_sum",    "pay_line", "pay_rest", "pay_change", /* care/pay.c */
    "pay_town", "pay_return", "pay_hold", "pay_step",
};

static const char *const outside[] = {
    "counter",    "request",    "identity_meanwhile", "tail", "gram",
    "gram_due",   "stale",      "stale_rule",         "due",  "import",
    "import_row", "import_map", "import_job",
};

static bool among(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(name, list[i]))
            return true;
    return false;
}

static bool is_tampered_with(const char *table)
{
    static const char *const before[] = {"UPDATE ", "DELETE FROM ", "INSERT INTO "};

    for (size_t i = 0; i < G_N_ELEMENTS(tamperings); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(before); k++) {
            g_autofree char *text = g_strconcat(before[k], table, NULL);
            size_t n = strlen(text);

            if (g_str_has_prefix(tamperings[i].sql, text) &&
                strchr(" (", tamperings[i].sql[n]) != NULL)
                return true;
        }
    return false;
}

static void test_each_table(void)
{
    const char *path = g_getenv("SECURITY");
    g_autofree char *words = NULL;

    g_assert_true(path == NULL || g_file_get_contents(path, &words, NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(table_names); i++) {
        const char *name = table_names[i];
        bool out = among(name, outside, G_N_ELEMENTS(outside));

        if (is_tampered_with(name) + among(name, elsewhere, G_N_ELEMENTS(elsewhere)) + out != 1)
            g_error("table %s: changed by hand in one test, or said to be outside", name);
        g_autofree char *said = g_strdup_printf("`%s`", name);
        if (out && words != NULL && strstr(words, said) == NULL)
            g_error("docs/security.md does not say why %s is outside the journal", name);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* A database a case: on PostgreSQL some of them each time, all of them in `make deep`. */
    const bool all = !database_on_postgres() || g_getenv("TAMPER_ALL") != NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(tamperings); i++) {
        if (!all && g_test_rand_int_range(0, 4) != 0)
            continue;
        g_autofree char *name = g_strdup_printf("/tamper/%02zu", i + 1);

        g_test_add_data_func(name, &tamperings[i], test_each);
    }
    g_test_add_func("/tamper/a document", test_document);
    g_test_add_func("/tamper/a long journal", test_long_journal);
    g_test_add_func("/tamper/each table", test_each_table);
    if (!database_on_postgres())
        g_test_add_func("/tamper/damaged-page", test_damaged_page);
    return g_test_run();
}
