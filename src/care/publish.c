/* publish.c — see publish.h.  A record is up from the day it entered the state (`at`), happened
 * (`dated by`), or from the first day of the period in which notices are put up (`every month`);
 * until `for` is over, else as long as its condition holds.
 * Read first: publishing_span(), publication_read(). */
#include "care/publish_inside.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/inside.h"
#include "care/record.h"
#include "care/shown.h"
#include "care/texts.h"
#include "compile/follow.h"
#include "evaluate/evaluate.h"
#include "evaluate/past.h"

#define OUT_SHOWN 0

struct Publishing {
    Care *care;
    Working *working;
    const Publish *p;
    Program *program;
    Evaluation *evaluation;
    Arena *arena;
    const WorkCalendar *calendar;
    const Column *state, *day;
    Date on;
    size_t lasts, place; /* outputs; 0: none */
};

/* ---- when */

static const Column *column_of(const Working *w, const Field *f)
{
    const Batch *b = f != NULL ? working_batch(w, f->entity) : NULL;
    return b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
}

Publishing *publishing_new(Care *c, Working *w, const Publish *p, Date on, GError **error)
{
    Publishing *x = g_new0(Publishing, 1);
    const Entity *e = p->entity;
    Output outputs[3] = {
        [OUT_SHOWN] = {.kind = OUTPUT_CONDITION, .document = p->home.document, .expr = p->where}};
    size_t n = 1;
    const CompileOptions o = {.data = w->data, .regions = c->regions};
    *x = (Publishing){.care = c, .working = w, .p = p, .arena = arena_new(), .on = on};
    x->calendar = work_calendar_new(x->arena, c->model);
    if (p->lasts != NULL)
        outputs[x->lasts = n++] = (Output){.kind = OUTPUT_EXPR, .expr = p->lasts};
    if (e->place != NULL && p->wording.of != NULL)
        outputs[x->place = n++] = (Output){.kind = OUTPUT_EXPR, .expr = e->place};
    x->program = program_new(c->model, e, outputs, n, &o, error);
    if (x->program != NULL)
        x->evaluation = evaluation_new(x->program, w->data, error);
    if (x->evaluation == NULL) {
        publishing_free(x);
        fail_while(error, "publishing \"%.*s\"", STR_ARG(p->name));
        return NULL;
    }
    if (p->state >= 0)
        x->state = column_of(w, e->procedure->state);
    x->day = column_of(w, e->event_day);
    return x;
}

void publishing_free(Publishing *x)
{
    if (x == NULL)
        return;
    evaluation_free(x->evaluation);
    program_free(x->program);
    arena_free(x->arena);
    g_free(x);
}

/* The last time it entered the state, and whether it is in it still. */
static bool last_entered(const Column *c, size_t row, Date on, int64_t state, Date *ret,
                         bool *ret_still)
{
    PastSpan s;
    bool found = false;
    *ret_still = false;
    for (size_t i = 0; c != NULL && past_span(c, row, i, &s) && s.since <= on; i++) {
        *ret_still = s.known && s.value == state;
        if (*ret_still) {
            *ret = s.since;
            found = s.since != DATE_MIN;
        }
    }
    return found;
}

/* With `every month` what begins inside a month is put up on the first day of the next. */
static Date put_up(const Publish *p, Date begun)
{
    if (p->period == PERIOD_NONE || period_first(p->period, begun) == begun)
        return begun;
    return period_last(p->period, begun) + 1;
}

static void span_begin(const Publishing *x, size_t row, PublishSpan *ret, bool *ret_still)
{
    int64_t day;
    Date entered = 0;
    *ret_still = true;
    if (x->p->state >= 0) {
        ret->has_from = last_entered(x->state, row, x->on, x->p->state, &entered, ret_still);
        ret->from = ret->has_from ? put_up(x->p, entered) : 0;
    } else if (x->p->entity->event_day != NULL) {
        ret->has_from = x->day != NULL && column_at(x->day, row, x->on, &day);
        ret->from = ret->has_from ? put_up(x->p, (Date)day) : 0;
    } else if (x->p->period != PERIOD_NONE) {
        ret->has_from = true;
        ret->from = period_first(x->p->period, x->on);
    }
}

/* The length is that of the first day: later changes neither lengthen nor shorten it. */
static bool span_end(const Publishing *x, size_t row, PublishSpan *ret)
{
    int64_t n;
    Date end;
    if (x->p->lasts == NULL) {
        ret->forever = true;
        return true;
    }
    if (!ret->has_from || !evaluation_value(x->evaluation, x->lasts, row, ret->from, &n) ||
        !time_add(ret->from, n, time_unit_of(&x->p->lasts->type), x->calendar, &end))
        return false;
    ret->has_until = true;
    ret->until = end - 1; /* seven days from the 1st: the 1st to the 7th */
    if (time_unit_of(&x->p->lasts->type) == TIME_WORKING_DAYS)
        ret->until = end; /* the seventh working day itself */
    return true;
}

/* What is up for a time stands as it was put up; what stands as long as something holds goes by the
 * text of the day (semantics 49).  Before its document nothing was put up. */
static bool by_this_text(const Publishing *x, size_t row, const PublishSpan *s)
{
    Date asked = s->has_from && s->has_until ? s->from : x->on;
    int64_t region = ROW_NONE;
    if (asked < x->p->home.document->from)
        return false;
    if (x->p->wording.of == NULL)
        return true;
    if (x->place != 0 && !evaluation_value(x->evaluation, x->place, row, asked, &region))
        region = ROW_NONE;
    return text_holds(x->care, &x->p->wording, (int32_t)region, asked);
}

bool publishing_span(Publishing *x, size_t row, Arena *a, PublishSpan *ret, GError **error)
{
    bool still;
    Trace t;
    *ret = (PublishSpan){.shown = TRUTH_NO};
    span_begin(x, row, ret, &still);
    bool begins = x->p->state >= 0 || x->p->entity->event_day != NULL;
    if (begins && (!ret->has_from || ret->from > x->on))
        return true;
    bool ends = span_end(x, row, ret);
    if ((ret->forever && !still) || !by_this_text(x, row, ret))
        return true;
    Date asked = ret->has_until ? date_earlier(x->on, ret->until) : x->on;
    if (!evaluation_row(x->evaluation, OUT_SHOWN, row, asked, a, &t, error))
        return false;
    ret->shown = t.outcome == TRUTH_YES && !ends ? TRUTH_UNKNOWN : t.outcome;
    return true;
}

static bool stands(const PublishSpan *s, Date on)
{
    return s->shown == TRUTH_YES && (!s->has_until || on <= s->until);
}

/* ---- which: kept with the working set */

typedef struct PublishedRow {
    uint32_t row;
    PublishSpan span;
} PublishedRow;

typedef struct Published {
    GArray *rows; /* PublishedRow, newest first */
    uint64_t doubtful;
} Published;

void published_free(void *published)
{
    Published *x = published;
    if (x != NULL)
        g_array_unref(x->rows);
    g_free(x);
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const PublishedRow *x = a, *y = b;
    Date from = x->span.has_from ? x->span.from : DATE_MIN;
    Date other = y->span.has_from ? y->span.from : DATE_MIN;
    if (from != other)
        return from > other ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static Published *published_compute(Care *c, Working *w, const Publish *p, Date on, GError **error)
{
    g_autoptr(Publishing) x = publishing_new(c, w, p, on, error);
    g_autoptr(Arena) scratch = arena_new();
    size_t n = working_rows(w, p->entity);
    if (x == NULL)
        return NULL;
    Published *all = g_new0(Published, 1);
    all->rows = g_array_new(FALSE, FALSE, sizeof(PublishedRow));
    for (size_t i = 0; i < n; i++) {
        PublishedRow r = {.row = (uint32_t)i};
        if (i % BATCH_STEP == 0) {
            arena_free(scratch);
            scratch = arena_new();
        }
        if (!publishing_span(x, i, scratch, &r.span, error)) {
            published_free(all);
            return NULL;
        }
        all->doubtful += r.span.shown == TRUTH_UNKNOWN;
        if (stands(&r.span, on))
            g_array_append_val(all->rows, r);
    }
    g_array_sort(all->rows, newest_first);
    return all;
}

static bool published_get(Care *c, Working *w, const Publish *p, Date on, const Published **ret,
                          GError **error)
{
    int64_t key = (int64_t)p->number << 32 | (uint32_t)on;
    g_mutex_lock(w->lock);
    Published *x = g_hash_table_lookup(w->published, &key);
    if (x == NULL) {
        x = published_compute(c, w, p, on, error);
        if (x != NULL)
            g_hash_table_insert(w->published, g_memdup2(&key, sizeof key), x);
    }
    g_mutex_unlock(w->lock);
    *ret = x;
    return x != NULL;
}

/* ---- what is seen */

static void put_code_point(GString *to, Str *rest)
{
    const char *at = rest->at;
    (void)str_utf8_next(rest);
    g_string_append_len(to, at, (gssize)(rest->at - at));
}

/* First `head` and last `tail` characters as they are. */
static Str stars_between(Str plain, size_t head, size_t tail, Arena *a)
{
    g_autoptr(GString) to = g_string_new(NULL);
    size_t n = str_utf8_length(plain);
    for (size_t i = 0; i < n; i++) {
        if (i < head || i + tail >= n)
            put_code_point(to, &plain);
        else {
            (void)str_utf8_next(&plain);
            g_string_append_c(to, '*');
        }
    }
    return arena_str(a, (Str){to->str, to->len});
}

Str text_masked(const Field *f, Str plain, Arena *a)
{
    size_t n = str_utf8_length(plain);
    if (f->secret)
        return plain; /* it came masked: record.h */
    if (f->type.kind == KIND_CITIZEN_ID || f->type.kind == KIND_CREDIT_CODE)
        return secret_masked(f, plain, a);
    if (f->type.kind == KIND_PHONE && n >= 7)
        return stars_between(plain, 3, 2, a);
    if (n <= 1)
        return n == 0 ? plain : STR("*");
    return stars_between(plain, 1, n > 2 && n <= 4 ? 1 : 0, a);
}

static bool read_cell(Shown *r, const ShownField *shown, size_t row, Str *ret, GError **error)
{
    const Field *f = shown->path->path[shown->path->n_path - 1];
    Str text;
    if (!shown_text(r, shown->path, row, &text, error))
        return false;
    *ret = shown->masked ? text_masked(f, text, r->arena) : text;
    return true;
}

static bool read_line(Shown *r, const Publish *p, const PublishedRow *from, PublicLine *to,
                      GError **error)
{
    const Batch *b = working_batch(r->working, p->entity);
    *to = (PublicLine){.key = {b->counties != NULL ? b->counties[from->row] : 0, b->ids[from->row]},
                       .has_from = from->span.has_from,
                       .has_until = from->span.has_until,
                       .from = from->span.from,
                       .until = from->span.until,
                       .cells = arena_many(r->arena, Str, p->n_fields + 1)};
    for (size_t i = 0; i < p->n_fields; i++)
        if (!read_cell(r, &p->fields[i], from->row, &to->cells[i], error))
            return false;
    return true;
}

bool publication_read(Care *c, const Publish *p, Date on, bool english, size_t page, size_t rows,
                      Arena *a, PublicBook *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    const Published *all;
    *ret = (PublicBook){.what = p, .on = on != 0 ? on : care_today(c)};
    if (!working_get(c, &w, error) || !published_get(c, w, p, ret->on, &all, error))
        return fail_while(error, "reading what \"%.*s\" makes public", STR_ARG(p->name));
    size_t n = all->rows->len, from = rows == 0 ? 0 : page > n / rows ? n : page * rows;
    Shown r = {.care = c, .working = w, .arena = a, .on = ret->on, .english = english};
    ret->total = n;
    ret->doubtful = all->doubtful;
    ret->n_lines = rows == 0 ? n : MIN(rows, n - from);
    ret->lines = arena_many(a, PublicLine, ret->n_lines + 1);
    for (size_t i = 0; i < ret->n_lines; i++)
        if (!read_line(&r, p, &g_array_index(all->rows, PublishedRow, from + i), &ret->lines[i],
                       error))
            return false;
    return true;
}

bool publication_count(Care *c, const Publish *p, uint64_t *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    const Published *all;
    if (!working_get(c, &w, error) || !published_get(c, w, p, care_today(c), &all, error))
        return false;
    *ret = all->rows->len;
    return true;
}
