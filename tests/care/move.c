/* move.c — a person goes on in another county: asked for on one side, accepted on the other; her
 * history goes along, both journals stay; a crash between the sides loses nobody. */
#include "house.h"

#include "../store/database.h"
#include "base/identifier.h"
#include "care/attach.h"
#include "care/move.h"

#define WHY STR("户口迁到乙区")

static void assert_sound(House *h)
{
    g_autoptr(GError) error = NULL;
    VerifyReport report;
    store_verify(h->care->store, h->arena, &report, &error);
    g_assert_no_error(error);
    if (!report.ok)
        g_error("%.*s", STR_ARG(report.first_fault));
}

static Record *get(House *h, const char *entity, int64_t id)
{
    g_autoptr(GError) error = NULL;
    Record *r = NULL;
    record_get(h->care, h->local, house_entity(h, entity), (RecordKey){0, id}, 0, h->arena, &r,
               &error);
    g_assert_no_error(error);
    return r;
}

static char *text_on(House *h, int64_t id, const char *field, Date on)
{
    g_autoptr(GError) error = NULL;
    const Field *f = house_field(h, "elder", field);
    Record *r = NULL;
    record_get(h->care, h->local, f->entity, (RecordKey){0, id}, on, h->arena, &r, &error);
    g_assert_no_error(error);
    Str s = value_text(h->care, f, r->facts[f->index].value, false, h->arena);
    return arena_dup(h->arena, s.at, s.len);
}

static int ask(House *h, const Session *s, RecordKey key, const char *place, const char *since)
{
    g_autoptr(GError) error = NULL;
    Date day;
    Said said = {NULL, NULL};
    g_assert_true(date_parse(str_of(since), &day));
    bool done =
        move_ask(h->care, s, house_entity(h, "elder"), key, str_of(place), day, WHY, &said, &error);
    g_assert_true(done == (error == NULL));
    g_assert_true((said.zh != NULL) == (error != NULL && error->code == FAIL_INPUT));
    return error != NULL ? error->code : 0;
}

static size_t waiting(House *h, const Session *s, MoveLine *ret)
{
    g_autoptr(GError) error = NULL;
    MoveLine *list;
    size_t n;
    move_list(h->care, s, h->arena, &list, &n, &error);
    g_assert_no_error(error);
    if (n > 0)
        *ret = list[0];
    return n;
}

static int decide(House *h, const Session *s, RecordKey move, MoveVerdict v)
{
    g_autoptr(GError) error = NULL;
    RecordKey to;
    Said said = {NULL, NULL};
    move_decide(h->care, s, move, v, STR("材料齐全"), &to, &said, &error);
    return error != NULL ? error->code : 0;
}

typedef struct Case {
    House *h;
    const Session *here, *there;
    RecordKey elder, assessment, stay;
} Case;

static Case case_new(void)
{
    Case c = {.h = house_new(false)};
    RecordKey none = {0};
    char id[ID_TEXT];
    House *h = c.h;
    c.here = house_session(h, "jia", "clerk", "990302", 0);
    c.there = house_session(h, "yi", "clerk", "990313", 0);
    c.elder = house_save(h, c.here, "elder", none, "name", "甲某", "born", "1940-05-01",
                         "residence", "990302101", "id_number", house_number(h, 1), "phone",
                         "13900000042", "living", "alone", "income", "900", NULL);
    c.assessment = house_save(h, c.here, "assessment", none, "elder", id_format(c.elder.id, id),
                              "assessed_at", "2020-01-05", "level", "severe", NULL);
    house_save(h, c.here, "facility", none, "name", "某院", "region", "990302102", NULL);
    c.stay = house_save(h, c.here, "stay", none, "elder", id, "facility", "某院", "moved_in",
                        "2020-01-05", NULL);
    return c;
}

/* And back again, into a county that still keeps what it knew, with what was learned meanwhile. */
static void go_back(Case *of)
{
    Case c = *of;
    House *h = c.h;
    MoveLine line;
    Date before, after;
    const RecordKey key = get(h, "elder", c.elder.id)->key;

    g_assert_cmpint(ask(h, c.there, key, "990302102", "2020-06-01"), ==, 0);
    g_assert_cmpuint(waiting(h, c.here, &line), ==, 1);
    g_assert_cmpint(decide(h, c.here, line.key, MOVE_ACCEPT), ==, 0);
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990302);
    /* with what was learned meanwhile */
    date_make(2020, 5, 31, &before);
    date_make(2020, 6, 1, &after);
    g_assert_cmpstr(text_on(h, c.elder.id, "residence", before), ==, "南镇");
    g_assert_cmpstr(text_on(h, c.elder.id, "residence", after), ==, "西镇");
    g_assert_cmpstr(text_on(h, c.elder.id, "phone", 0), ==, "*********99");
    assert_sound(h);
}

static void test_move(void)
{
    Case c = case_new();
    g_autoptr(House) h = c.h;
    g_autoptr(GError) error = NULL;
    MoveLine line;
    Date before, after;
    HistoryLine *lines;
    size_t n;

    date_make(2020, 2, 29, &before);
    date_make(2020, 3, 1, &after);
    g_assert_cmpint(ask(h, c.there, c.elder, "990313101", "2020-03-01"), ==, FAIL_RIGHT);
    g_assert_cmpint(ask(h, c.here, c.elder, "990302102", "2020-03-01"), ==, FAIL_INPUT); /* own */
    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2018-03-01"), ==, FAIL_INPUT);
    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, FAIL_INPUT); /* twice */
    /* until it is accepted the old county has her */
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990302);
    g_assert_cmpuint(waiting(h, c.here, &line), ==, 1);
    g_assert_false(line.incoming);
    g_assert_cmpint(decide(h, c.here, line.key, MOVE_ACCEPT), ==, FAIL_RIGHT);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 1);
    g_assert_true(line.incoming && str_is(line.title, "甲某"));
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, 0);

    Record *r = get(h, "elder", c.elder.id);
    g_assert_cmpint(r->key.county, ==, 990313);
    g_assert_cmpint(r->key.id, ==, c.elder.id); /* the same number for ever */
    g_assert_cmpstr(text_on(h, c.elder.id, "residence", before), ==, "东镇");
    g_assert_cmpstr(text_on(h, c.elder.id, "residence", after), ==, "南镇");
    g_assert_cmpstr(text_on(h, c.elder.id, "phone", 0), ==, "*********42");
    g_assert_cmpstr(text_on(h, c.elder.id, "income", before), ==, "900.00");
    g_assert_cmpstr(text_on(h, c.elder.id, "ability", 0), ==, "重度");
    /* what hangs on her went along, what lies elsewhere stayed and still refers to her */
    g_assert_cmpint(get(h, "assessment", c.assessment.id)->key.county, ==, 990313);
    g_assert_cmpint(get(h, "stay", c.stay.id)->key.county, ==, 990302);
    RecordKey found;
    g_assert_true(find_secret(h->care, house_field(h, "elder", "id_number"),
                              str_of(house_number(h, 1)), &found, NULL));
    g_assert_cmpint(found.county, ==, 990313);
    /* hers to correct there, not here; both journals tell */
    house_save(h, c.there, "elder", r->key, "phone", "13900000099", NULL);
    g_assert_cmpint(house_refused(h, c.here, "elder", r->key, NULL, "phone", "13900000011", NULL),
                    ==, FAIL_RIGHT);
    g_assert_true(record_history(h->care, h->local, r->key.id ? house_entity(h, "elder") : NULL,
                                 r->key, 50, h->arena, &lines, &n, &error));
    g_assert_true(str_is(lines[0].kind, "change"));
    g_assert_true(str_is(lines[n - 1].kind, "create"));
    g_assert_cmpuint(n, >=, 5); /* create, move, leave | create, arrive, change */
    g_assert_cmpuint(waiting(h, h->local, &line), ==, 0);
    assert_sound(h);
    go_back(&c);
}

static void test_refused(void)
{
    Case c = case_new();
    g_autoptr(House) h = c.h;
    MoveLine line;

    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 1);
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_REFUSE), ==, 0);
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, FAIL_INPUT);
    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpuint(waiting(h, c.here, &line), ==, 1);
    g_assert_cmpint(decide(h, c.here, line.key, MOVE_TAKE_BACK), ==, 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 0);
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990302);
    assert_sound(h);
}

static House *between; /* of the test that stands between the two sides */

static bool stop_here(int side)
{
    return side == 0;
}

/* Another process opens the database just then, and finishes what it takes for a crash. */
static bool other_finishes(int side)
{
    if (side == 0)
        return true;
    g_autoptr(GError) error = NULL;
    const CareOptions o = {between->uri, between->packs, between->keys, false};
    Care *other = NULL;

    care_open(&o, &other, &error);
    g_assert_no_error(error);
    care_close(other);
    return true;
}

static void test_other_process(void)
{
    Case c = case_new();
    g_autoptr(House) h = c.h;
    MoveLine line;

    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 1);
    between = h;
    move_between = other_finishes;
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, 0);
    move_between = NULL;
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990313);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM elder WHERE state=0"), ==, 1);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM assessment WHERE state=0"), ==, 1);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM docket WHERE kind=5"), ==, 1);
    assert_sound(h);
}

static RecordKey entered; /* while nobody had her */

/* Somebody else enters her there, just then: her number is nobody's for a moment. */
static bool entered_anew(int side)
{
    House *h = between;
    RecordKey none = {0};

    if (side == 0)
        return true;

    entered = house_save(h, house_session(h, "ding", "clerk", "990313", 0), "elder", none, "name",
                         "甲某", "born", "1940-05-01", "residence", "990313101", "id_number",
                         house_number(h, 1), NULL);
    return true;
}

static RecordKey written; /* about her, when what goes along was gathered already */

static bool assessed_again(int side)
{
    House *h = between;
    RecordKey none = {0};
    char id[ID_TEXT];

    if (side == 0 && written.id == 0)
        written = house_save(h, h->local, "assessment", none, "elder", id_format(entered.id, id),
                             "assessed_at", "2020-02-05", "level", "mild", NULL);
    return true;
}

/* What is written about her at that moment goes along: left behind it would lie in a county that
 * has no place for it, and nobody could correct it. */
static void test_written_meanwhile(void)
{
    Case c = case_new();
    g_autoptr(House) h = c.h;
    MoveLine line;

    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 1);
    between = h;
    entered = c.elder;
    move_between = assessed_again;
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, 0);
    move_between = NULL;
    g_assert_cmpint(written.id, !=, 0);
    g_assert_cmpint(get(h, "assessment", c.assessment.id)->key.county, ==, 990313);
    g_assert_cmpint(get(h, "assessment", written.id)->key.county, ==, 990313);
    assert_sound(h);
}

/* She neither arrives nor goes back: the database opens, the move is shown, and when the number is
 * corrected it is accepted once more. */
static void test_entered_anew(void)
{
    Case c = case_new();
    g_autoptr(House) h = c.h;
    MoveLine line;

    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 1);
    g_assert_false(line.stuck);
    between = h;
    move_between = entered_anew;
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, FAIL_CONFLICT);
    move_between = NULL;
    assert_sound(h);
    house_close(h);
    house_open(h);
    c.there = house_session(h, "yi", "clerk", "990313", 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 1);
    g_assert_true(line.stuck && line.incoming);
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_REFUSE), ==, FAIL_INPUT);
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, FAIL_CONFLICT);
    house_save(h, c.there, "elder", entered, "id_number", "", NULL);
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 0);
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, FAIL_INPUT);
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990313);
    g_assert_cmpint(get(h, "assessment", c.assessment.id)->key.county, ==, 990313);
    assert_sound(h);
}

/* The process ends between the two sides: she is taken in at the next start. */
static void test_crash(void)
{
    Case c = case_new();
    g_autoptr(House) h = c.h;
    MoveLine line;

    g_assert_cmpint(ask(h, c.here, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpuint(waiting(h, c.there, &line), ==, 1);
    move_between = stop_here;
    g_assert_cmpint(decide(h, c.there, line.key, MOVE_ACCEPT), ==, FAIL_SYSTEM);
    move_between = NULL;
    house_close(h);
    house_open(h);
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990313);
    g_assert_cmpint(get(h, "assessment", c.assessment.id)->key.county, ==, 990313);
    g_assert_cmpstr(text_on(h, c.elder.id, "phone", 0), ==, "*********42");
    assert_sound(h);
    house_close(h); /* once only */
    house_open(h);
    assert_sound(h);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM elder WHERE state=0"), ==, 1);
}

/* Four eyes: a desk that works for both counties asks, and another person accepts. */
static void test_two_people(void)
{
    Case c = case_new();
    g_autoptr(House) h = c.h;
    const Session *asks = house_session(h, "shi", "clerk", "990300", 0),
                  *other = house_session(h, "bing", "clerk", "990300", 0);
    MoveLine line;

    g_assert_cmpint(ask(h, asks, c.elder, "990313101", "2020-03-01"), ==, 0);
    g_assert_cmpuint(waiting(h, asks, &line), ==, 1);
    g_assert_false(line.incoming); /* hers to take back alone */
    g_assert_cmpint(decide(h, asks, line.key, MOVE_ACCEPT), ==, FAIL_INPUT);
    g_assert_cmpint(decide(h, asks, line.key, MOVE_REFUSE), ==, FAIL_INPUT);
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990302);
    g_assert_cmpuint(waiting(h, other, &line), ==, 1);
    g_assert_true(line.incoming);
    g_assert_cmpint(decide(h, other, line.key, MOVE_ACCEPT), ==, 0);
    g_assert_cmpint(get(h, "elder", c.elder.id)->key.county, ==, 990313);
    assert_sound(h);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/move/move", test_move);
    g_test_add_func("/care/move/two people", test_two_people);
    g_test_add_func("/care/move/refused", test_refused);
    g_test_add_func("/care/move/crash", test_crash);
    g_test_add_func("/care/move/other process", test_other_process);
    g_test_add_func("/care/move/entered anew", test_entered_anew);
    g_test_add_func("/care/move/written meanwhile", test_written_meanwhile);
    return g_test_run();
}
