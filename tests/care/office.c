/* office.c — see office.h. */
#include "office.h"
#include "../store/database.h"

#include "base/identifier.h"

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

Office office_new(void)
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

char *office_id(House *h, RecordKey key)
{
    char id[ID_TEXT];
    return arena_printf(h->arena, "%s", id_format(key.id, id));
}

RecordKey office_saved(Office *o, RecordKey elder, const char *hours, const char *sure)
{
    return house_save(o->h, o->clerk, "saving", (RecordKey){0}, "elder", office_id(o->h, elder),
                      "place", "990302101", "on", "2020-05-01", "time", hours, "sure", sure, NULL);
}

RecordKey office_spent(Office *o, const Session *s, RecordKey elder, const char *place,
                       const char *hours)
{
    return house_save(o->h, s, "spending", (RecordKey){0}, "elder", office_id(o->h, elder), "place",
                      place, "on", "2020-05-02", "time", hours, "kind", "care", NULL);
}

LedgerBox office_box(Office *o, RecordKey elder)
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

LedgerStatement office_statement(Office *o, RecordKey elder)
{
    g_autoptr(GError) error = NULL;
    LedgerStatement t;
    ledger_statement(o->h->care, o->h->local, house_entity(o->h, "elder"), (RecordKey){0, elder.id},
                     o->bank, 100, o->h->arena, &t, &error);
    g_assert_no_error(error);
    return t;
}

void office_sound(Office *o)
{
    g_autoptr(GError) error = NULL;
    VerifyReport report;
    store_verify(o->h->care->store, o->h->arena, &report, &error);
    g_assert_no_error(error);
    if (!report.ok)
        g_error("%.*s", STR_ARG(report.first_fault));
}
