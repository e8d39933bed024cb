/* pay_seen.c — who of a run nobody saw lately, by what ordinary life shows: `seen_on`, which the
 * documents' `shows` make (language.md).  A hint before one signs, no hold: a benefit that asks for
 * a sighting says so itself.  Read first: pay_unseen(). */
#include "base/limits.h"
#include "care/pay_inside.h"

#define SEEN_FIELD STR("seen_on")

typedef struct Seeing {
    Care *care;
    Working *working;
    Date on;
    Arena *arena;
    GHashTable *known;  /* ids of persons that were looked at */
    GArray *to;         /* PayUnseen */
    const Field *field; /* whose column was asked for last */
    const Column *column;
} Seeing;

static const Field *seen_field(const Entity *e)
{
    const Field *f = entity_field(e, SEEN_FIELD);
    return f != NULL && f->type.kind == KIND_DATE && f->compute != NULL ? f : NULL;
}

/* She herself, or whom the record cannot be without: the one of a stay. */
static const Field *way_to_person(const Entity *e)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->type.kind == KIND_REF && e->fields[i]->required &&
            seen_field(e->fields[i]->type.to) != NULL)
            return e->fields[i];
    return NULL;
}

static int64_t person_row(const Seeing *s, const Entity *e, int64_t row, const Entity **ret)
{
    const Field *way = seen_field(e) == NULL ? way_to_person(e) : NULL;
    const Batch *b = working_batch(s->working, e);
    int64_t at = row;
    *ret = way != NULL ? way->type.to : e;
    if (row == ROW_NONE || (way == NULL && seen_field(e) == NULL))
        return ROW_NONE;
    const Column *c = way != NULL && way->index < b->n_columns ? b->columns[way->index] : NULL;
    return way == NULL || (c != NULL && column_at(c, (size_t)row, s->on, &at)) ? at : ROW_NONE;
}

static bool line_look(Seeing *s, const PayLine *l, GError **error)
{
    const Entity *e = s->care->model->rules[l->rule]->subject, *person;
    int64_t row = person_row(s, e, working_row(s->working, e, l->subject.id), &person);
    const Batch *b = working_batch(s->working, person);
    int64_t day = 0;
    if (row == ROW_NONE || b == NULL || (size_t)row >= b->rows)
        return true;
    if (!g_hash_table_add(s->known, g_memdup2(&b->ids[row], sizeof b->ids[row])))
        return true;
    if (s->field != seen_field(person)) {
        s->field = seen_field(person);
        if (!working_column(s->care, s->working, s->field, s->on, s->arena, &s->column, error))
            return false;
    }
    PayUnseen x = {.entity = person, .key = {b->counties[row], b->ids[row]}, .rule = l->rule};
    x.seen = s->column != NULL && column_at(s->column, (size_t)row, s->on, &day);
    x.seen_on = (Date)day;
    if (!x.seen || x.seen_on + PAY_UNSEEN_DAYS < s->on)
        g_array_append_val(s->to, x);
    return true;
}

static bool anybody_seen(const Care *c)
{
    for (size_t i = 0; i < c->model->n_entities; i++)
        if (seen_field(c->model->entities[i]) != NULL)
            return true;
    return false;
}

bool pay_unseen(Care *c, const Session *s, int64_t run, Arena *a, PayUnseen **ret, size_t *ret_n,
                bool *ret_looked, GError **error)
{
    const PayLinesAsk ask = {.run = run, .held = -1, .amounts = true, .most = SIZE_MAX};
    g_autoptr(Working) w = NULL;
    PayLine *lines;
    PayRun r;
    size_t n;
    *ret_n = 0;
    *ret_looked = false;
    if (!pay_run_of(c, s, run, a, &r, error))
        return false;
    if (!anybody_seen(c) || pay_run_total(&r).lines > LIMIT_PAY_HINTS)
        return true;
    if (!pay_lines(c, s, &ask, a, &lines, &n, error) || !working_get(c, &w, error))
        return false;
    Seeing x = {.care = c, .working = w, .on = care_today(c), .arena = a};
    x.known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    x.to = g_array_new(FALSE, FALSE, sizeof(PayUnseen));
    bool fine = true;
    for (size_t i = 0; fine && i < n; i++)
        fine = line_look(&x, &lines[i], error);
    *ret_looked = fine;
    *ret = arena_list(a, x.to, ret_n);
    g_array_unref(x.to);
    g_hash_table_unref(x.known);
    return fine;
}
