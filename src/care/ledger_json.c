/* ledger_json.c — balances and statements as JSON: whole numbers of fen, minutes or nights. */
#include "base/clock.h"
#include "base/identifier.h"
#include "care/ledger.h"
#include "format/json.h"
#include "store/ledger.h"

static const char *const state_words[] = {[TRANSFER_HELD] = "held",
                                          [TRANSFER_POSTED] = "posted",
                                          [TRANSFER_RELEASED] = "released",
                                          [TRANSFER_REVERSAL] = "reversal"};

static void put_account(JsonWriter *j, const Account *x)
{
    json_put_str(j, "account", x->name);
    json_put_str(j, "unit", str_of(ledger_unit_word(ledger_unit_of(x))));
    json_put_str(j, "document", x->home.document->name);
    json_put_str(j, "clause", x->home.clause != NULL ? x->home.clause->number : STR(""));
}

/* Who holds it, or the other side in words. */
static void put_side(JsonWriter *j, const Account *account, RecordKey key, Label other)
{
    char id[ID_TEXT];
    if (key.id == 0) {
        json_put_str(j, "other", other.en);
        return;
    }
    json_put_str(j, "entity", account->holder->name);
    json_put_str(j, "record", str_of(id_format(key.id, id)));
}

static void put_side_object(JsonWriter *j, const char *name, const Account *account,
                            const LedgerSide *x)
{
    json_put_object(j, name);
    put_side(j, account, x->key, x->label);
    json_put_end(j);
}

static void put_limits(JsonWriter *j, bool has_low, int64_t low, bool has_high, int64_t high)
{
    if (has_low)
        json_put_int(j, "lowest", low);
    if (has_high)
        json_put_int(j, "highest", high);
}

void ledger_balances_json(const LedgerBalance *list, size_t n, GString *to)
{
    JsonWriter j = json_begin(to);
    json_put_object(&j, NULL);
    json_put_array(&j, "balances");
    for (size_t i = 0; i < n; i++) {
        const LedgerBalance *b = &list[i];
        json_put_object(&j, NULL);
        put_account(&j, b->account);
        json_put_int(&j, "county", b->county);
        put_side(&j, b->account, b->key, b->other);
        json_put_int(&j, "posted", b->posted);
        json_put_int(&j, "held", b->held);
        put_limits(&j, b->has_low, b->low, b->has_high, b->high);
        json_put_bool(&j, "outside", b->outside);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
}

void ledger_waiting_json(const LedgerWaiting *list, size_t n, bool more, GString *to)
{
    JsonWriter j = json_begin(to);
    char id[ID_TEXT], at[MOMENT_TEXT];
    json_put_object(&j, NULL);
    json_put_array(&j, "waiting");
    for (size_t i = 0; i < n; i++) {
        const LedgerWaiting *x = &list[i];
        json_put_object(&j, NULL);
        put_account(&j, x->account);
        json_put_int(&j, "county", x->county);
        json_put_str(&j, "transfer", str_of(id_format(x->id, id)));
        json_put_str(&j, "at", str_of(moment_format(x->at, at)));
        json_put_int(&j, "amount", x->amount);
        put_side_object(&j, "from", x->account, &x->from);
        put_side_object(&j, "to", x->account, &x->to);
        json_put_str(&j, "actor", x->actor);
        json_put_str(&j, "reason", x->reason);
        json_put_bool(&j, "mine", x->mine);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_bool(&j, "more", more);
    json_put_end(&j);
    json_finish(&j);
}

static void put_entry(JsonWriter *j, const LedgerEntry *l)
{
    char id[ID_TEXT], at[MOMENT_TEXT];
    json_put_object(j, NULL);
    json_put_str(j, "transfer", str_of(id_format(l->id, id)));
    json_put_str(j, "at", str_of(moment_format(l->at, at)));
    json_put_str(j, "state", str_of(state_words[l->state]));
    json_put_int(j, "amount", l->into ? l->amount : -l->amount);
    json_put_int(j, "balance", l->balance);
    json_put_str(j, "other", l->other.en);
    if (l->event != NULL) {
        json_put_str(j, "event", l->event->name);
        json_put_str(j, "record", str_of(id_format(l->record.id, id)));
    }
    json_put_str(j, "actor", l->actor);
    json_put_str(j, "reason", l->reason);
    json_put_end(j);
}

void ledger_statement_json(const LedgerStatement *t, GString *to)
{
    JsonWriter j = json_begin(to);
    json_put_object(&j, NULL);
    put_account(&j, t->box.account);
    json_put_int(&j, "posted", t->box.posted);
    json_put_int(&j, "held", t->box.held);
    put_limits(&j, t->box.has_low, t->box.low, t->box.has_high, t->box.high);
    json_put_bool(&j, "outside", t->box.outside);
    json_put_bool(&j, "more", t->more);
    json_put_array(&j, "moves");
    for (size_t i = 0; i < t->n; i++)
        put_entry(&j, &t->list[i]);
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
}
