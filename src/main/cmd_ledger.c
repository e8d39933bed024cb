/* cmd_ledger.c — anlao ledger: declared accounts, their balances and statements; moves by hand,
 * asked for by one and confirmed by another. */
#include "base/clock.h"
#include "base/identifier.h"
#include "care/ledger.h"
#include "main/main.h"

#define LINES_SHOWN 1000u

typedef struct Asked {
    char *account, *reason, *to;
    gboolean english;
} Asked;

static const char *const usage =
    "needs balances [--account NAME], statement ENTITY KEY ACCOUNT [--to FILE], transfer ACCOUNT "
    "FROM TO AMOUNT --reason TEXT (FROM, TO: keys; - is the outside), reverse ENTITY KEY ACCOUNT "
    "TRANSFER --reason TEXT, waiting, confirm|refuse|back TRANSFER --reason TEXT (another person; "
    "back: who asked), or rebuild";

static bool find_account(Care *care, const char *name, const Account **ret, GError **error)
{
    *ret = ledger_account_called(care_model(care), str_of(name));
    return *ret != NULL || fail(error, FAIL_INPUT, "the documents declare no account \"%s\"", name);
}

static bool balances(const Common *c, Care *care, const Session *s, const Asked *o, Arena *a,
                     GError **error)
{
    const Account *only = NULL;
    LedgerBalance *all;
    size_t n;
    if ((o->account != NULL && !find_account(care, o->account, &only, error)) ||
        !ledger_balances(care, s, only, a, &all, &n, NULL, error))
        return false;
    if (c->json) {
        g_autoptr(GString) out = g_string_new(NULL);
        ledger_balances_json(all, n, out);
        print_out(out);
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        const LedgerBalance *b = &all[i];
        Str title = b->other.en, amount = ledger_amount_text(b->account, b->posted, true, a);
        if (b->key.id != 0 && !record_title(care, s, b->account->holder, b->key, a, &title, error))
            return false;
        printf("%.*s  %d  %.*s  %.*s%s\n", STR_ARG(b->account->name), b->county, STR_ARG(title),
               STR_ARG(amount), b->outside ? "  outside its limits" : "");
    }
    printf("%zu balances\n", n);
    return true;
}

/* ENTITY KEY ACCOUNT, from the second word on. */
static bool find_holder(const Common *c, Care *care, const Session *s, const Entity **ret_entity,
                        RecordKey *ret_key, const Account **ret_account, GError **error)
{
    *ret_entity = model_entity(care_model(care), str_of(c->rest[1]));
    if (*ret_entity == NULL)
        return fail(error, FAIL_INPUT, "there is no entity \"%s\"", c->rest[1]);
    return record_find(care, s, *ret_entity, str_of(c->rest[2]), ret_key, error) &&
           find_account(care, c->rest[3], ret_account, error);
}

static void print_lines(const LedgerStatement *t, Arena *a)
{
    const Account *x = t->box.account;
    char id[ID_TEXT], at[MOMENT_TEXT];
    Str balance = ledger_amount_text(x, t->box.posted, true, a);
    for (size_t i = 0; i < t->n; i++) {
        const LedgerEntry *l = &t->list[i];
        Str amount = ledger_amount_text(x, l->into ? l->amount : -l->amount, true, a),
            after = ledger_amount_text(x, l->balance, true, a);
        printf("%s  %s  %.*s  %.*s  %.*s  %.*s\n", id_format(l->id, id), moment_format(l->at, at),
               STR_ARG(ledger_state_label(l->state).en), STR_ARG(amount), STR_ARG(after),
               STR_ARG(l->other.en));
    }
    printf("balance %.*s%s\n", STR_ARG(balance), t->box.outside ? ", outside its limits" : "");
}

static bool statement(const Common *c, Care *care, const Session *s, const Asked *o, Arena *a,
                      GError **error)
{
    const Entity *e;
    const Account *x;
    RecordKey key;
    LedgerStatement t;
    g_autoptr(GString) out = g_string_new(NULL);
    if (!find_holder(c, care, s, &e, &key, &x, error) ||
        !ledger_statement(care, s, e, key, x, LINES_SHOWN, a, &t, error))
        return false;
    if (o->to != NULL)
        return ledger_statement_csv(care, s, e, key, &t, o->english, a, out, error) &&
               g_file_set_contents(o->to, out->str, (gssize)out->len, error);
    if (c->json) {
        ledger_statement_json(&t, out);
        print_out(out);
        return true;
    }
    print_lines(&t, a);
    return true;
}

static bool find_side(Care *care, const Session *s, const Account *x, const char *word,
                      RecordKey *ret, GError **error)
{
    *ret = (RecordKey){0};
    return strcmp(word, "-") == 0 || record_find(care, s, x->holder, str_of(word), ret, error);
}

static bool transfer(const Common *c, Care *care, const Session *s, const Asked *o, GError **error)
{
    LedgerHand h = {.reason = str_of(o->reason)};
    if (!find_account(care, c->rest[1], &h.account, error))
        return false;
    if (h.account->holder == NULL)
        return fail(error, FAIL_INPUT, "the account \"%s\" is a county's: only records move it",
                    c->rest[1]);
    if (!ledger_amount_read(h.account, str_of(c->rest[4]), &h.amount))
        return fail(error, FAIL_INPUT, "\"%s\" is no amount above nothing in the account's unit",
                    c->rest[4]);
    if (!find_side(care, s, h.account, c->rest[2], &h.from, error) ||
        !find_side(care, s, h.account, c->rest[3], &h.to, error) ||
        !ledger_hand(care, s, &h, NULL, error))
        return false;
    printf("held: another person confirms it (anlao ledger waiting)\n");
    return true;
}

static bool reverse(const Common *c, Care *care, const Session *s, const Asked *o, GError **error)
{
    const Entity *e;
    const Account *x;
    RecordKey key;
    int64_t id;
    if (!id_parse(str_of(c->rest[4]), &id))
        return fail(error, FAIL_INPUT, "\"%s\" is no number of a transfer", c->rest[4]);
    if (!find_holder(c, care, s, &e, &key, &x, error) ||
        !ledger_reverse(care, s, e, key, x, id, str_of(o->reason), NULL, error))
        return false;
    printf("held, to go back: another person confirms it (anlao ledger waiting)\n");
    return true;
}

static bool side_title(Care *care, const Session *s, const Account *x, const LedgerSide *side,
                       Arena *a, Str *ret, GError **error)
{
    *ret = side->label.en;
    return side->key.id == 0 || record_title(care, s, x->holder, side->key, a, ret, error);
}

static bool waiting(const Common *c, Care *care, const Session *s, Arena *a, GError **error)
{
    LedgerWaiting *all;
    size_t n;
    bool more;
    char id[ID_TEXT], at[MOMENT_TEXT];
    if (!ledger_waiting(care, s, a, &all, &n, &more, error))
        return false;
    if (c->json) {
        g_autoptr(GString) out = g_string_new(NULL);
        ledger_waiting_json(all, n, more, out);
        print_out(out);
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        const LedgerWaiting *x = &all[i];
        Str from, to, amount = ledger_amount_text(x->account, x->amount, true, a);
        if (!side_title(care, s, x->account, &x->from, a, &from, error) ||
            !side_title(care, s, x->account, &x->to, a, &to, error))
            return false;
        printf("%s  %s  %.*s  %.*s  %.*s -> %.*s  %.*s%s  %.*s\n", id_format(x->id, id),
               moment_format(x->at, at), STR_ARG(x->account->name), STR_ARG(amount), STR_ARG(from),
               STR_ARG(to), STR_ARG(x->actor), x->mine ? " (you)" : "", STR_ARG(x->reason));
    }
    printf("%zu wait%s\n", n, more ? "; more do, and are listed when these are decided" : "");
    return true;
}

static bool settle(const Common *c, Care *care, const Session *s, const Asked *o, GError **error)
{
    static const struct {
        const char *verb, *said;
        LedgerVerdict verdict;
    } verdicts[] = {{"confirm", "posted\n", LEDGER_CONFIRM},
                    {"refuse", "refused: nothing was moved\n", LEDGER_REFUSE},
                    {"back", "taken back: nothing was moved\n", LEDGER_TAKE_BACK}};
    int64_t id;
    if (!id_parse(str_of(c->rest[1]), &id))
        return fail(error, FAIL_INPUT, "\"%s\" is no number of a transfer", c->rest[1]);
    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (strcmp(c->rest[0], verdicts[i].verb) != 0)
            continue;
        if (!ledger_decide(care, s, id, verdicts[i].verdict, str_of(o->reason), NULL, error))
            return false;
        fputs(verdicts[i].said, stdout);
    }
    return true;
}

static bool rebuild(Care *care, const Session *s, GError **error)
{
    uint64_t moved;
    if (!ledger_rebuild(care, s, &moved, error))
        return false;
    printf("%" G_GUINT64_FORMAT " records moved something\n", moved);
    return true;
}

static bool ledger_it(const Common *c, const Asked *o, Arena *a, GError **error)
{
    g_autoptr(Care) care = NULL;
    const Session *s;
    const char *verb = c->rest[0];
    if (!open_care(c, true, &care, error) || !session_local(care, str_of(c->as), a, &s, error))
        return false;
    if (strcmp(verb, "balances") == 0)
        return balances(c, care, s, o, a, error);
    if (strcmp(verb, "statement") == 0)
        return statement(c, care, s, o, a, error);
    if (strcmp(verb, "transfer") == 0)
        return transfer(c, care, s, o, error);
    if (strcmp(verb, "reverse") == 0)
        return reverse(c, care, s, o, error);
    if (strcmp(verb, "waiting") == 0)
        return waiting(c, care, s, a, error);
    return strcmp(verb, "rebuild") == 0 ? rebuild(care, s, error) : settle(c, care, s, o, error);
}

int command_ledger(int argc, char **argv)
{
    static const struct {
        const char *verb;
        size_t words;
        bool reason;
    } verbs[] = {{"balances", 1, false}, {"statement", 4, false}, {"transfer", 5, true},
                 {"reverse", 5, true},   {"waiting", 1, false},   {"confirm", 2, true},
                 {"refuse", 2, true},    {"back", 2, true},       {"rebuild", 1, false}};
    Common c;
    Asked o = {0};
    const GOptionEntry own[] = {
        {"account", 0, 0, G_OPTION_ARG_STRING, &o.account, "this account alone", "NAME"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why, for the journal", "TEXT"},
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &o.to, "the statement as CSV into a file", "FILE"},
        {"english", 0, 0, G_OPTION_ARG_NONE, &o.english, "its words in English", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "ledger", argc, argv, own))
        return 2;
    bool known = false;
    for (size_t i = 0; i < G_N_ELEMENTS(verbs) && c.n_rest > 0; i++)
        known = known || (strcmp(c.rest[0], verbs[i].verb) == 0 && c.n_rest == verbs[i].words &&
                          (o.reason != NULL || !verbs[i].reason));
    if (!known)
        return wrong_usage("ledger", "%s", usage);
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();
    return ledger_it(&c, &o, a, &error) ? 0 : finish(error);
}
