/* site_money.c — the pages of payments, accounts and papers, as site.c asks for the others. */
#include "site_case.h"

#include "base/identifier.h"

/* Pay runs: buttons only for who may, names only for who sees files. */
static void pay(void)
{
    const struct {
        const char *role, *target;
        unsigned status;
    } tries[] = {{"clerk", "/pay", 200},
                 {"finance", "/pay", 200},
                 {"village", "/pay", 403},
                 {"admin", "/pay", 403},
                 {"audit", "/pay/7", 200},
                 {"audit", "/pay/8", 404},
                 {"audit", "/pay/x", 404},
                 {"clerk", "/pay/7?show=held&page=3", 200},
                 {"clerk", "/pay/7?show=stopped", 200},
                 {"clerk", "/pay/7?show=waiting", 200},
                 {"clerk", "/pay-holds", 200},
                 {"village", "/pay-holds", 403},
                 {"finance", "/pay/7?show=fresh", 200}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "GET", .target = tries[i].target, .token = token_of(tries[i].role));
        g_test_message("%s %s: %u", tries[i].role, tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_null(strstr(got.body, POISON));
    }
    g_auto(Answered) audit = ASK(.method = "GET", .target = "/pay/7", .token = token_of("audit"));
    g_assert_null(strstr(audit.body, "value=\"review\""));
    g_assert_nonnull(strstr(audit.body, "/why/"));
    g_auto(Answered) review = ASK(.method = "GET", .target = "/pay/7", .token = token_of("review"));
    g_assert_nonnull(strstr(review.body, "value=\"review\""));
    g_auto(Answered) finance =
        ASK(.method = "GET", .target = "/pay/7", .token = token_of("finance"));
    g_assert_null(strstr(finance.body, "/why/"));
    /* In capitals, with its places; the list of who was stopped for who sees files alone. */
    g_assert_nonnull(strstr(audit.body, "贰佰元整"));
    g_auto(Answered) stopped =
        ASK(.method = "GET", .target = "/pay/7?show=stopped", .token = token_of("audit"));
    g_assert_nonnull(strstr(stopped.body, "/why/"));
    g_auto(Answered) none =
        ASK(.method = "GET", .target = "/pay/7?show=stopped", .token = token_of("finance"));
    g_assert_null(strstr(none.body, "/why/"));
    g_assert_nonnull(strstr(audit.body, "90 天未见到 2 人"));
    g_assert_null(strstr(finance.body, "90 天未见到"));
    g_auto(Answered) unseen =
        ASK(.method = "GET", .target = "/pay/7?show=unseen", .token = token_of("audit"));
    g_assert_nonnull(strstr(unseen.body, "2019-04-14"));
    /* Of what she held herself a clerk is offered no release. */
    g_auto(Answered) h = ASK(.method = "GET", .target = "/pay-holds", .token = token_of("clerk"));
    g_assert_nonnull(strstr(h.body, "action=\"/pay-holds/5\""));
    g_assert_null(strstr(h.body, "action=\"/pay-holds/6\""));
}

/* Accounts: a box in the file, the statement with its file, the region's balances. */
static void ledger(void)
{
    g_autofree char *statement = below("/accounts/bank"), *none = below("/accounts/none"),
                    *file = below("/accounts/bank/csv"), *record = below("");
    const struct {
        const char *role, *target;
        unsigned status;
    } tries[] = {{"clerk", "/ledger", 200},    {"clerk", "/ledger?lang=en", 200},
                 {"finance", "/ledger", 403},  {"clerk", statement, 200},
                 {"village", statement, 200},  {"clerk", none, 404},
                 {"clerk", file, 200},         {"admin", statement, 403},
                 {"clerk", "/api/ledger", 200}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "GET", .target = tries[i].target, .token = token_of(tries[i].role));
        g_test_message("%s %s: %u", tries[i].role, tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_null(strstr(got.body, POISON));
    }
    g_auto(Answered) elder = ASK(.method = "GET", .target = record, .token = token_of("clerk"));
    g_assert_nonnull(strstr(elder.body, "/accounts/bank\""));
    g_assert_null(strstr(elder.body, POISON));
}

/* Why a step was not done stands on the page in its language: its own words where there are any in
 * Chinese, else those of its kind, never the English ones. */
static void pay_faults(void)
{
    static const struct {
        const char *role, *target, *lang, *form;
        unsigned status;
        const char *says, *not ;
    } tries[] = {
        {"review", "/pay/7", "zh", "do=refuse", 400, "请写明原因&lt;", "say why"},
        {"review", "/pay/7", "en", "do=refuse", 400, "say why&lt;", "请写明原因"},
        {"clerk", "/pay", "zh", "month=2020-01", 409, "别人改过这条记录", "role=\"alert\">&lt;"},
        {"clerk", "/pay", "en", "month=2020-01", 409, "role=\"alert\">&lt;", "别人改过"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "POST", .target = tries[i].target, .token = token_of(tries[i].role),
                .origin = ORIGIN, .csrf = SESSION, .form = tries[i].form, .lang = tries[i].lang);
        g_test_message("%s %s %s: %u", tries[i].target, tries[i].lang, tries[i].form, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_nonnull(strstr(got.body, tries[i].says));
        g_assert_null(strstr(got.body, tries[i].not ));
        g_assert_null(strstr(got.body, POISON));
    }
}

/* What is in the accounts of a place is the sum of all who hold one, not of those who are listed.
 */
static void ledger_sum(void)
{
    g_auto(Answered) got = ASK(.method = "GET", .target = "/ledger", .token = token_of("clerk"));
    g_assert_nonnull(strstr(got.body, "5,001"));
    g_assert_nonnull(strstr(got.body, "150030"));
}

/* Transfers by hand: entered by who may write, listed for who reads, decided with a reason; what is
 * wrong stands beside what was typed, in the language of the page. */
static void transfers(void)
{
    char id[ID_TEXT];
    g_autofree char *statement = below("/accounts/bank"),
                    *theirs = g_strconcat("/ledger/waiting/", id_format(5, id), NULL),
                    *mine = g_strconcat("/ledger/waiting/", id_format(6, id), NULL),
                    *one = g_strdup_printf("transfer=%s&reason=登记错了", id_format(5, id)),
                    *two = g_strdup_printf("transfer=%s&reason=登记错了", id_format(6, id)),
                    *to = g_strconcat("/ledger/bank/transfer?to=", stand_in_key(), NULL);
    const struct {
        const char *method, *role, *target, *form;
        unsigned status;
        const char *holds; /* of the body, or the address led to */
    } tries[] = {
        {"GET", "clerk", "/ledger", NULL, 200, "/ledger/bank/transfer"},
        {"GET", "audit", "/ledger", NULL, 200, "/ledger/waiting"},
        {"GET", "audit", "/ledger", NULL, 200, "不低于"},
        {"GET", "audit", "/ledger?lang=en", NULL, 200, "at least"},
        {"GET", "clerk", "/pay", NULL, 200, "\"/ledger\""},
        {"GET", "review", "/", NULL, 200, "/ledger/waiting?by="},
        {"GET", "clerk", to, NULL, 200, stand_in_key()},
        {"GET", "review", "/ledger/bank/transfer", NULL, 403, ""},
        {"GET", "clerk", "/ledger/none/transfer", NULL, 404, ""},
        {"GET", "review", "/ledger/waiting", NULL, 200, "value=\"confirm\""},
        {"GET", "review", "/ledger/waiting?lang=en", NULL, 200, "Confirm"},
        {"GET", "finance", "/ledger/waiting", NULL, 403, ""},
        {"POST", "clerk", "/ledger/bank/transfer", "amount=3&to=none&reason=旧系统余额", 422,
         "none"},
        {"POST", "clerk", "/ledger/bank/transfer", "amount=x&reason=旧系统余额", 422, "旧系统余额"},
        {"POST", "clerk", "/ledger/bank/transfer",
         "amount=3&request=00112233445566778899aabbccddeeff&reason=旧系统余额", 303,
         "/ledger/waiting?asked=1"},
        {"POST", "clerk", "/ledger/bank/transfer",
         "amount=900&request=00112233445566778899aabbccddeeff&reason=旧系统余额", 422, "余额不够"},
        {"POST", "clerk", "/ledger/bank/transfer", "amount=3&reason=旧系统余额", 400, ""},
        {"POST", "review", "/ledger/bank/transfer", "amount=3", 403, ""},
        {"POST", "review", theirs, "what=confirm&reason=核对过了", 303, "/ledger/waiting?done=1"},
        {"POST", "review", mine, "what=refuse&reason=核对过了", 422, "另一个人复核"},
        {"POST", "review", theirs, "what=x&reason=核对过了", 400, ""},
        {"POST", "review", "/ledger/waiting/x", "what=confirm&reason=核对过了", 404, ""},
        {"POST", "village", theirs, "what=confirm", 403, ""},
        {"POST", "clerk", statement, one, 303, "/ledger/waiting?asked=1"},
        {"POST", "clerk", statement, two, 422, "已经调回"},
        {"POST", "clerk", statement, "transfer=x&reason=登记错了", 404, ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got = ASK(.method = tries[i].method, .target = tries[i].target,
                                   .token = token_of(tries[i].role), .origin = ORIGIN,
                                   .csrf = SESSION, .form = tries[i].form);
        g_test_message("%s %s %s: %u", tries[i].role, tries[i].target,
                       tries[i].form != NULL ? tries[i].form : "", got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_null(strstr(got.body, POISON));
        g_assert_nonnull(strstr(got.location != NULL ? got.location : got.body, tries[i].holds));
    }
}

/* One's own is only taken back; who may not approve, or not write, sees no button. */
static void transfers_offered(void)
{
    g_autofree char *statement = below("/accounts/bank");
    g_auto(Answered) audit =
        ASK(.method = "GET", .target = "/ledger/waiting", .token = token_of("audit"));
    g_assert_null(strstr(audit.body, "value=\"confirm\""));
    g_auto(Answered) shown = ASK(.method = "GET", .target = statement, .token = token_of("clerk"));
    g_assert_nonnull(strstr(shown.body, "?from="));
    g_assert_nonnull(strstr(shown.body, "name=\"transfer\""));
    g_auto(Answered) read = ASK(.method = "GET", .target = statement, .token = token_of("audit"));
    g_assert_null(strstr(read.body, "name=\"transfer\""));
}

/* A paper before it is issued, issued, and as a workbook; amounts beside their capitals. */
static void papers(void)
{
    g_autofree char *preview = below("/papers/roster"), *none = below("/papers/none"),
                    *file = below("");
    const struct {
        const char *target;
        unsigned status;
    } tries[] = {{preview, 200},           {none, 404},
                 {"/papers", 200},         {"/papers?q=x", 200},
                 {"/papers/N1", 200},      {"/papers/N2", 404},
                 {"/papers/N1/xlsx", 200}, {"/papers/N1/xlsx?apart=1", 200}};
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_auto(Answered) got =
            ASK(.method = "GET", .target = tries[i].target, .token = token_of("clerk"));
        g_test_message("%s: %u", tries[i].target, got.status);
        g_assert_cmpuint(got.status, ==, tries[i].status);
        g_assert_null(strstr(got.body, POISON));
    }
    g_auto(Answered) shown = ASK(.method = "GET", .target = preview, .token = token_of("clerk"));
    g_assert_nonnull(strstr(shown.body, "捌拾元整"));
    g_assert_nonnull(strstr(shown.body, "壹仟贰佰叁拾肆元整"));
    g_auto(Answered) record = ASK(.method = "GET", .target = file, .token = token_of("clerk"));
    g_assert_nonnull(strstr(record.body, "/papers/roster"));
    g_assert_nonnull(strstr(record.body, "/papers/N1"));
    g_auto(Answered) made = ASK(.method = "POST", .target = preview, .token = token_of("clerk"),
                                .origin = ORIGIN, .csrf = SESSION, .form = "request=00ff");
    g_assert_cmpuint(made.status, ==, 303);
    g_auto(Answered) lost = ASK(.method = "POST", .target = preview, .token = token_of("clerk"),
                                .origin = ORIGIN, .csrf = SESSION, .form = "");
    g_assert_cmpuint(lost.status, ==, 400);
    g_assert_nonnull(strstr(lost.body, "没有办成"));
    g_assert_nonnull(
        strstr(lost.body, "表单没有编号")); /* why, not only that something was wrong */
    g_assert_nonnull(strstr(shown.body, "name=\"request\" value=\""));
    g_auto(Answered) not_made =
        ASK(.method = "POST", .target = preview, .token = token_of("leader"), .origin = ORIGIN,
            .csrf = SESSION, .form = "request=00ff");
    g_assert_cmpuint(not_made.status, ==, 403);
}

/* A list that is not whole says so, and how to have all of it: whoever looks often could push an
 * earlier look off it. */
static void looks_cut(void)
{
    char *target = below("/looks");
    g_auto(Answered) all = ASK(.method = "GET", .target = target, .token = token_of("clerk"));
    g_assert_cmpuint(all.status, ==, 200);
    g_assert_null(strstr(all.body, "anlao audit"));
    stand_in_looks_many = true;
    g_auto(Answered) cut = ASK(.method = "GET", .target = target, .token = token_of("clerk"));
    stand_in_looks_many = false;
    g_assert_nonnull(strstr(cut.body, "anlao audit"));
    g_free(target);
}

void site_money_tests(void)
{
    g_test_add_func("/page/site/pay", pay);
    g_test_add_func("/page/site/pay-faults", pay_faults);
    g_test_add_func("/page/site/ledger-sum", ledger_sum);
    g_test_add_func("/page/site/ledger", ledger);
    g_test_add_func("/page/site/transfers", transfers);
    g_test_add_func("/page/site/transfers-offered", transfers_offered);
    g_test_add_func("/page/site/papers", papers);
    g_test_add_func("/page/site/looks-cut", looks_cut);
}
