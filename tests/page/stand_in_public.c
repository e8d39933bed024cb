/* stand_in_public.c — what stands in public and a draw, for pages without a store: in poison words.
 */
#include "care/draw.h"
#include "care/publish_file.h"
#include "stand_in.h"

static const Str words = {POISON, 5};
static const Label poison = {{POISON, 5}, {POISON, 5}};
static Field field = {.name = {POISON, 5}, .label = {{POISON, 5}, {POISON, 5}}};
static const Field *path[] = {&field};
static Expr shown_path = {.kind = EXPR_FIELD, .path = path, .n_path = 1};
static ShownField shown = {.path = &shown_path, .label = {{POISON, 5}, {POISON, 5}}};
static Publish publish;
static Draw draw;
static ReceiptCommit commits[] = {{{POISON, 5}, {POISON, 5}, {POISON, 5}}};
static ReceiptClass classes[] = {{{POISON, 5}, 2, 1}};
static ReceiptName of[] = {{{POISON, 5}, {POISON, 5}, {POISON, 5}}};
static ReceiptName with[] = {{.id = {"i", 1}, .name = {POISON, 5}}};
static size_t sent[] = {0};
static ReceiptTaken taken[] = {{.of = 0, .ticket = {POISON, 5}, .with = sent, .n_with = 1}};

const Publish *publish_named(const Model *m, Str name)
{
    const Document *d = m->documents[0];
    publish = (Publish){.name = STR("places"), .label = poison, .fields = &shown, .n_fields = 1};
    publish.home = (Home){.document = d, .clause = d->clauses[1]};
    return str_is(name, "places") ? &publish : NULL;
}

Str publish_address(const Care *c, const Publish *p, Arena *a)
{
    (void)c;
    (void)a;
    return p->name;
}

const Publish *publish_found(const Care *c, Str name)
{
    return publish_named(care_model(c), name);
}

bool publish_in_force(const Care *c, const Publish *p)
{
    (void)c;
    (void)p;
    return true;
}

bool publication_count(Care *c, const Publish *p, uint64_t *ret, GError **error)
{
    (void)c, (void)p, (void)error;
    *ret = 1;
    return true;
}

bool publication_read(Care *c, const Publish *p, Date on, bool english, size_t page, size_t rows,
                      Arena *a, PublicBook *ret, GError **error)
{
    (void)c, (void)on, (void)english, (void)page, (void)rows, (void)error;
    *ret = (PublicBook){.what = p, .lines = arena_many(a, PublicLine, 1), .n_lines = 1, .total = 1};
    ret->lines[0] = (PublicLine){.cells = arena_many(a, Str, 1)};
    ret->lines[0].cells[0] = words;
    return true;
}

void public_book_csv(const PublicBook *b, bool english, GString *to)
{
    (void)b, (void)english;
    g_string_append(to, "a\n");
}

void public_book_json(const PublicBook *b, GString *to)
{
    (void)b;
    g_string_append(to, "{}\n");
}

const Draw *draw_named(const Model *m, Str name)
{
    (void)m;
    draw = (Draw){.name = STR("inspection"), .label = poison};
    return str_is(name, "inspection") ? &draw : NULL;
}

Draw **stand_in_draws(void)
{
    static Draw *all[] = {&draw};
    draw = (Draw){.name = STR("inspection"), .label = poison};
    return all;
}

bool draw_offered(const Care *c, const Session *s, const Draw *d)
{
    (void)c;
    (void)s;
    (void)d;
    return true;
}

static DrawRound a_round(void)
{
    DrawRound x = {.draw = &draw, .text = STR("anlao-draw\n")};
    x.receipt = (Receipt){.number = STR("R1"),
                          .draw = words,
                          .title = words,
                          .document = words,
                          .clause = words,
                          .place = words,
                          .place_name = words,
                          .each = 2,
                          .public_what = words,
                          .commits = commits,
                          .n_commits = 1,
                          .classes = classes,
                          .n_classes = 1,
                          .of = of,
                          .n_of = 1,
                          .with = with,
                          .n_with = 1,
                          .list = words,
                          .drawn = true,
                          .value = words,
                          .dice = words,
                          .seed = words,
                          .taken = taken,
                          .n_taken = 1,
                          .digest = words};
    return x;
}

bool draw_find(Care *c, Str number, Arena *a, DrawRound *ret, GError **error)
{
    (void)c, (void)a;
    *ret = a_round();
    return str_is(number, "R1") || fail(error, FAIL_ABSENT, "there is no draw");
}

bool draw_rounds(Care *c, Arena *a, DrawRound **ret, size_t *ret_n, GError **error)
{
    (void)error;
    DrawRound *all = arena_many(a, DrawRound, 2);
    all[0] = all[1] = a_round();
    all[1].receipt.number = STR("R2"); /* published today */
    all[1].receipt.draw = STR("inspection");
    all[1].receipt.place = STR("360302");
    all[1].receipt.listed = care_today(c);
    all[1].receipt.public_on = care_today(c) + 9;
    all[1].receipt.public_what = STR("twice");
    all[1].receipt.n_commits = 0;
    all[1].receipt.drawn = false;
    *ret = all;
    *ret_n = 2;
    return true;
}

bool draw_list(Care *c, const Session *s, const DrawOrder *o, Arena *a, DrawRound *ret,
               GError **error)
{
    (void)c, (void)s, (void)o, (void)a, (void)ret;
    return fail(error, FAIL_INPUT, "%s", POISON);
}

bool draw_make(Care *c, const Session *s, Str number, const DrawSeed *seed, Arena *a,
               DrawRound *ret, GError **error)
{
    (void)c, (void)s, (void)number, (void)seed, (void)a, (void)ret;
    return fail(error, FAIL_CONFLICT, "%s", POISON);
}
