/* score_book.c — what was told of scores in the session's scope: what waits first; as JSON.
 * Read first: score_book(). */
#include "base/decimal.h"
#include "base/identifier.h"
#include "care/score_inside.h"
#include "care/score_notice.h"
#include "format/json.h"

typedef struct Booking {
    Care *care;
    Working *working;
    const Session *session;
    const ScoreQuery *query;
    Arena *arena;
    ScoreBook *to;
    GArray *lines; /* ScoreNotice */
    int32_t region;
} Booking;

/* Objections wait for us; then what runs out first; what is settled last, newest first. */
static gint by_urgency(gconstpointer a, gconstpointer b)
{
    static const int rank[SCORE_NOTICE_STATES] = {
        [SCORE_OBJECTED] = 0, [SCORE_AGAIN] = 1,  [SCORE_TOLD] = 2,      [SCORE_SILENT] = 3,
        [SCORE_AGREED] = 3,   [SCORE_STANDS] = 3, [SCORE_TAKEN_BACK] = 4};
    const ScoreNotice *x = a, *y = b;
    if (rank[x->state] != rank[y->state])
        return rank[x->state] < rank[y->state] ? -1 : 1;
    bool late_first = rank[x->state] < 3;
    if (x->until != y->until)
        return (x->until < y->until) == late_first ? -1 : 1;
    return x->key.id < y->key.id ? -1 : x->key.id > y->key.id;
}

static bool is_shown(const Booking *b, const ScoreNotice *x)
{
    return (b->query->only.len == 0 || str_equal(b->query->only, x->score->name)) &&
           session_sees(b->session, x->score->entity) &&
           (b->region == ROW_NONE ||
            (x->region != ROW_NONE && region_in(b->care->regions, x->region, b->region))) &&
           scope_allows(b->care, b->working, b->session, x->score->entity, x->record, NULL);
}

static bool add_of_state(Booking *b, DocketState state, unsigned kinds, GError **error)
{
    Docket *all;
    size_t n;
    if (!store_dockets(b->care->store, DOCKET_SCORE, state, b->arena, &all, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        ScoreNotice x;
        if (!score_notice_of(b->care, &all[i], b->to->on, &x))
            continue;
        if (!score_notice_now(b->care, b->working, b->to->on, b->arena, &x, error))
            return false;
        if (!is_shown(b, &x))
            continue;
        b->to->counts[x.state]++;
        if ((kinds >> x.state & 1) != 0)
            g_array_append_val(b->lines, x);
    }
    return true;
}

static void take_page(Booking *b)
{
    const ScoreQuery *q = b->query;
    size_t n = b->lines->len, from = MIN(n, q->page * q->page_rows);
    size_t most = q->page_rows > 0 ? MIN(q->page_rows, n - from) : n;
    g_array_sort(b->lines, by_urgency);
    b->to->total = n;
    b->to->n_lines = most;
    b->to->lines = arena_many(b->arena, ScoreNotice, most + 1);
    if (most > 0)
        memcpy(b->to->lines, &g_array_index(b->lines, ScoreNotice, from),
               most * sizeof(ScoreNotice));
}

bool score_book(Care *c, const Session *s, const ScoreQuery *q, Arena *a, ScoreBook *ret,
                GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ScoreNotice));
    const unsigned waits = 1u << SCORE_TOLD | 1u << SCORE_OBJECTED | 1u << SCORE_AGAIN;
    Booking b = {c, NULL, s, q, a, ret, lines, q->region};
    *ret = (ScoreBook){.on = q->on != 0 ? q->on : care_today(c)};
    if (!session_may(s, MAY_PERSON_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" may not do this", s->role->word);
    if (!working_get(c, &w, error))
        return false;
    b.working = w;
    for (unsigned state = 0; state < DOCKET_STATES; state++)
        if (!add_of_state(&b, (DocketState)state, q->kinds != 0 ? q->kinds : waits, error))
            return fail_while(error, "listing what was told of scores");
    take_page(&b);
    return true;
}

/* ---- JSON */

static void put_day(JsonWriter *j, const char *key, bool has, Date day)
{
    if (has)
        json_put_date(j, key, day);
    else
        json_put_null(j, key);
}

static void put_answer(JsonWriter *j, const ScoreNotice *x)
{
    put_day(j, "answered", x->is_answered, x->answered);
    json_put_str(j, "answer", x->is_answered ? x->answer : (Str){NULL, 0});
    json_put_str(j, "answered_by", x->is_answered ? x->answered_by : (Str){NULL, 0});
    put_day(j, "decided", x->is_decided && x->decided != 0, x->decided);
    json_put_str(j, "outcome", x->is_decided ? x->outcome : (Str){NULL, 0});
    json_put_str(j, "decided_by", x->is_decided ? x->decided_by : (Str){NULL, 0});
}

static bool put_notice(Care *c, const Session *s, JsonWriter *j, const ScoreNotice *x, Arena *a,
                       GError **error)
{
    char id[ID_TEXT], points[DECIMAL_TEXT];
    Str title;
    if (!record_title(c, s, x->score->entity, x->record, a, &title, error))
        return false;
    decimal_format((Decimal){x->points, x->score->points->type.scale}, points);
    json_put_object(j, NULL);
    json_put_str(j, "number", str_of(id_format(x->key.id, id)));
    json_put_str(j, "score", x->score->name);
    json_put_str(j, "entity", x->score->entity->name);
    json_put_str(j, "record", str_of(id_format(x->record.id, id)));
    json_put_str(j, "title", title);
    json_put_str(j, "region", x->region != ROW_NONE ? c->regions->code[x->region] : (Str){NULL, 0});
    json_put_str(j, "state", str_of(score_notice_words[x->state]));
    json_put_str(j, "points", str_of(points));
    json_put_str(j, "grade", x->grade != NULL ? x->grade->name : (Str){NULL, 0});
    json_put_bool(j, "changed", x->changed);
    json_put_date(j, "told", x->told);
    json_put_date(j, "until", x->until);
    json_put_str(j, "how", x->how);
    json_put_str(j, "by", x->by);
    put_answer(j, x);
    json_put_end(j);
    return true;
}

static bool put_notices(Care *c, const Session *s, JsonWriter *j, const ScoreBook *b,
                        const char *name, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    json_put_array(j, name);
    for (size_t i = 0; i < b->n_lines; i++)
        if (!put_notice(c, s, j, &b->lines[i], a, error))
            return false;
    json_put_end(j);
    return true;
}

bool score_book_json(Care *c, const Session *s, const ScoreBook *b, GString *out, GError **error)
{
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_date(&j, "on", b->on);
    json_put_object(&j, "counts");
    for (size_t i = 0; i < SCORE_NOTICE_STATES; i++)
        json_put_uint(&j, score_notice_words[i], b->counts[i]);
    json_put_end(&j);
    json_put_uint(&j, "total", b->total);
    if (!put_notices(c, s, &j, b, "lines", error))
        return false;
    json_put_end(&j);
    json_finish(&j);
    return true;
}

static void put_points(JsonWriter *j, const char *key, const Score *s, bool known, int64_t n)
{
    char points[DECIMAL_TEXT];
    decimal_format((Decimal){n, s->points->type.scale}, points);
    json_put_str(j, key, known ? str_of(points) : (Str){NULL, 0});
}

static void put_item(JsonWriter *j, const Score *s, const ScoreItemView *x)
{
    json_put_object(j, NULL);
    json_put_str(j, "item", x->item->name);
    put_points(j, "most", s, true, x->item->most);
    put_points(j, "points", s, x->known, x->n_lacking > 0 ? 0 : x->worth);
    json_put_array(j, "needs");
    for (size_t i = 0; i < x->n_lacking; i++)
        json_put_str(j, NULL, x->lacking[i]->name);
    json_put_end(j);
    json_put_end(j);
}

static void put_score(JsonWriter *j, const ScoreView *v)
{
    json_put_object(j, NULL);
    json_put_str(j, "score", v->score->name);
    put_points(j, "points", v->score, v->has_points, v->points);
    json_put_str(j, "grade", v->grade != NULL ? v->grade->name : (Str){NULL, 0});
    json_put_bool(j, "final", v->final);
    put_day(j, "until", v->has_until, v->until);
    json_put_bool(j, "expired", v->expired);
    json_put_array(j, "items");
    for (size_t i = 0; i < v->score->n_items; i++)
        put_item(j, v->score, &v->items[i]);
    json_put_end(j);
    json_put_end(j);
}

bool score_record_json(Care *c, const Session *s, const ScoreView *scores, size_t n,
                       const ScoreBook *notices, GString *out, GError **error)
{
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_date(&j, "on", notices->on);
    json_put_array(&j, "scores");
    for (size_t i = 0; i < n; i++)
        put_score(&j, &scores[i]);
    json_put_end(&j);
    if (!put_notices(c, s, &j, notices, "notices", error))
        return false;
    json_put_end(&j);
    json_finish(&j);
    return true;
}
