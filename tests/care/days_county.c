/* days_county.c — the county of days.c: its documents, its people, what is done there on which day.
 * Start: walk_begin(). */
#include "days_walk.h"

#include "base/identifier.h"
#include "care/alert_ack.h"
#include "care/draw.h"
#include "care/migrate.h"
#include "care/places.h"
#include "care/trade.h"

/* A demonstration stands at a day of its own: the office's on which somebody acts. */
Date stand_at(House *h, Date day)
{
    StoreFacts *facts = (StoreFacts *)store_facts(h->care->store);
    Date before = facts->demo_day;
    facts->demo_day = day;
    return before;
}

static Date day_of(const char *text)
{
    Date day;
    g_assert_true(date_parse(str_of(text), &day));
    return day;
}

/* ---- what happens in the county */

static void save(House *h, const char *entity, RecordKey *key, ...) G_GNUC_NULL_TERMINATED;
/* Field, text, since (or NULL), …, NULL. */
static void save(House *h, const char *entity, RecordKey *key, ...)
{
    FieldEdit fields[12];
    RecordEdit edit = {.entity = house_entity(h, entity), .key = *key, .fields = fields};
    FieldFault *faults;
    size_t n;
    g_autoptr(GError) error = NULL;
    const char *name;
    va_list args;
    va_start(args, key);
    while ((name = va_arg(args, const char *)) != NULL) {
        const char *text = va_arg(args, const char *), *since = va_arg(args, const char *);
        FieldEdit *f = &fields[edit.n_fields++];
        *f = (FieldEdit){.field = house_field(h, entity, name), .text = str_of(text)};
        if (since[0] != '\0')
            g_assert_true(date_parse(str_of(since), &f->since));
    }
    va_end(args);
    edit.reason = STR("日历 minutes");
    record_save(h->care, h->local, &edit, h->arena, key, &faults, &n, &error);
    g_assert_no_error(error);
}

static const char *id(House *h, RecordKey key)
{
    char text[ID_TEXT];
    return arena_printf(h->arena, "%s", id_format(key.id, text));
}

static void seen(House *h, RecordKey elder, const char *day)
{
    RecordKey key = {0};
    save(h, "visit", &key, "elder", id(h, elder), "", "seen_at", day, "", NULL);
}

static void people(Walk *w)
{
    static const char *const born[] = {"1940-06-30", "1930-05-05", "1941-09-10"};
    House *h = w->h;
    for (size_t i = 0; i < G_N_ELEMENTS(born); i++)
        save(h, "elder", &w->elders[i], "name", "某某", "", "born", born[i], "", "residence",
             "990302101", "2019-01-01", "living", "-", "2019-01-01", NULL);
    save(h, "elder", &w->elders[0], "living", "alone", "2020-02-10", NULL);
    const Session *local = h->local;
    h->local =
        house_session(h, "li", "clerk", "990302", 0); /* what a person of the county decides */
    save(h, "elder", &w->elders[0], "hardship", "yes", "2020-10-05", NULL);
    h->local = local;
    save(h, "elder", &w->elders[1], "died", "2021-02-02", "", NULL);
    save(h, "elder", &w->elders[2], "residence", "990302102", "2021-08-15", NULL);
    seen(h, w->elders[0], "2020-03-01");
    seen(h, w->elders[0], "2020-04-20");
    seen(h, w->elders[0], "2021-05-10");
}

static void furnish(Walk *w)
{
    House *h = w->h;
    RecordKey key = {0}, facility = {0};
    people(w);
    save(h, "assessment", &key, "elder", id(h, w->elders[0]), "", "assessed_at", "2020-05-01", "",
         "level", "severe", "", "valid_until", "2021-04-30", "", NULL);
    save(h, "facility", &facility, "name", "甲院", "", "region", "990302101", "", NULL);
    save(h, "stay", &w->stay, "elder", id(h, w->elders[2]), "", "facility", id(h, facility), "",
         "moved_in", "2020-09-15", "", "moved_out", "2021-01-10", "", NULL);
    key = (RecordKey){0};
    save(h, "storm", &key, "region", "990302", "", "from_day", "2021-05-20", "", "to_day",
         "2021-06-02", "", NULL);
    save(h, "home", &w->home, "number", "H1", "", "name", "甲院", "", "region", "990302101", "",
         "points", "60", "", "checked_on", "2020-04-01", "", "state", "filed", "2020-03-01", NULL);
    save(h, "home", &w->home, "state", "checked", "2020-04-01", NULL);
    key = (RecordKey){0};
    save(h, "benefit_grant", &key, "elder", id(h, w->elders[0]), "", "benefit", "noticed", "",
         "kind", "new_grant", "", "first_month", "2020-06-01", "", "amount", "80", "", "noticed_on",
         "2020-07-03", "", NULL);
}

/* One that ends, one that is withdrawn before, one without an end. */
static void agree(Walk *w)
{
    static const char *const days[][3] = {{"2020-03-10", "2021-06-15", ""},
                                          {"2020-03-10", "2021-06-15", "2020-09-01"},
                                          {"2022-02-28", "", ""}};
    House *h = w->h;
    const char *elder = id(h, w->elders[0]);
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        const char *name = arena_printf(h->arena, "C%zu", i);
        RecordKey key = {0};
        save(h, "consent", &key, "consent_no", name, "", "elder", elder, "", "matters", "elder", "",
             "from_day", days[i][0], "", "until_day", days[i][1], "", "withdrawn_on", days[i][2],
             "", NULL);
        w->kin[i] = house_session(h, name, "family", "990302", key.id);
    }
    save(h, "shop", &w->shop, "number", "S1", "", "name", "甲店", "", "region", "990302101", "",
         "points", "60", "", NULL);
}

/* Somebody takes note of the alert of one county until the middle of July. */
static void take_note(Walk *w)
{
    g_autoptr(GError) error = NULL;
    House *h = w->h;
    RecordKey key;
    Date until;
    g_assert_true(date_parse(STR("2020-07-15"), &until));
    record_find(h->care, h->local, house_entity(h, "region"), STR("990313"), &key, &error);
    g_assert_no_error(error);
    alert_acknowledge(h->care, h->local, model_rule(h->care->model, STR("visited")), key, until,
                      STR("七月中旬去"), NULL, &error);
    g_assert_no_error(error);
}

/* What is published on one day is drawn on another. */
static void draw(Walk *w, const char *name, const char *listed, const char *made)
{
    g_autoptr(GError) error = NULL;
    House *h = w->h;
    const DrawSeed seed = {.value = STR("47109")};
    DrawOrder o = {.draw = draw_named(h->care->model, str_of(name)), .region = ROW_NONE};
    DrawRound x;
    o.public_what = STR("体彩排列五");
    o.public_on = day_of(made);
    stand_at(h, day_of(listed));
    draw_list(h->care, h->local, &o, h->arena, &x, &error);
    g_assert_no_error(error);
    stand_at(h, day_of(made));
    draw_make(h->care, h->local, x.receipt.number, &seed, h->arena, &x, &error);
    g_assert_no_error(error);
}

static void file(Walk *w, const char *name, const char *who, bool out, const char *day)
{
    g_autoptr(GError) error = NULL;
    House *h = w->h;
    g_autofree char *path = g_build_filename(h->folder, "file.csv", NULL);
    const TradeFile f = {.exchange = trade_named(h->care, str_of(name)),
                         .path = path,
                         .who = str_of(who),
                         .letter = STR("函1"),
                         .made_up = true};
    TradeCounts counts;
    uint64_t n;
    stand_at(h, day_of(day));
    if (out) {
        trade_give(h->care, h->local, &f, h->arena, &n, &error);
    } else {
        g_file_set_contents(path, "id_number,died\n", -1, &error);
        g_assert_no_error(error);
        trade_take(h->care, h->local, &f, h->arena, &counts, &error);
    }
    g_assert_no_error(error);
}

static void draw_and_exchange(Walk *w)
{
    Date today = care_today(w->h->care);
    draw(w, "each_quarter", "2020-02-10", "2020-03-31");
    draw(w, "each_quarter", "2020-06-30", "2020-08-05");
    draw(w, "each_quarter", "2021-11-29", "2021-11-30");
    draw(w, "each_quarter", "2021-12-19", "2021-12-20");
    draw(w, "each_so_often", "2020-04-09", "2020-04-10");
    draw(w, "each_so_often", "2020-07-19", "2020-07-20");
    file(w, "elder.lists", "police", true, "2020-01-31");
    file(w, "elder.lists", "police", true, "2020-03-01");
    file(w, "elder.lists", "police", true, "2020-03-31");
    /* Once with each, each way: the last of the four is what counts. */
    file(w, "elder.moved", "police", true, "2020-01-10");
    file(w, "elder.moved", "police", false, "2020-01-10");
    file(w, "elder.moved", "civil_affairs", true, "2020-02-10");
    file(w, "elder.moved", "civil_affairs", false, "2020-06-30");
    file(w, "elder.moved", "police", true, "2020-12-10");
    file(w, "elder.moved", "police", false, "2020-12-10");
    file(w, "elder.moved", "civil_affairs", true, "2020-12-10");
    stand_at(w->h, today);
}

/* county.md: one of each; later.md: what a later document says anew, and ends. */
static char *document(const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("DAYS"), name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

/* What a document adds to the registers is carried over. */
static void carry_over(House *h)
{
    const MigrateOptions o = {.uri = h->uri, .packs = h->packs};
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Migrate m;
    house_close(h);
    bool fine = migrate_read(&o, ds, a, &m, &error);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(ds->list->pdata[i], text);
    if (!fine)
        g_error("%s%s", text->str, error != NULL ? error->message : "");
    migrate_do(&o, a, &m, &error);
    g_assert_no_error(error);
    house_open(h);
}

void walk_begin(Walk *w)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *county = document("county.md"), *later = document("later.md"),
                    *plan = document("plan.md");
    *w = (Walk){.h = house_new_with(true, county)};
    house_write(w->h, "packs/late.md", later, NULL);
    house_write(w->h, "packs/plan.md", plan, NULL);
    carry_over(w->h);
    care_fill_places(w->h->care, &error);
    g_assert_no_error(error);
    furnish(w);
    take_note(w);
    agree(w);
    draw_and_exchange(w);
    g_assert_true(working_get(w->h->care, &w->w, &error));
}
