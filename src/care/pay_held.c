/* pay_held.c — who is held by what records say, on a day.
 * A doubt about a payment is an ordinary record: an entity `payment_doubt` of the documents, dated
 * by the day on which it was found, with a reference to whom it is about, an enum `kind` whose
 * codes are `doubt_` and the word of a hold (death, conflict, proof …), and a date `settled_on`.
 * Until that day nothing is paid to or for her; when it is settled everything comes with the next
 * run.  What ends it is `checked`, so two persons do; it is not taken off the books before.  So is
 * a record that may be somebody's second one, until a person says which (same.h): the later of the
 * two. A hold on a person holds what is paid for her under another record, too: her stay in a home.
 * Read first: pay_held(). */
#include "care/pay_inside.h"
#include "care/same.h"

#define DOUBT_ENTITY STR("payment_doubt")
#define DOUBT_PREFIX STR("doubt_")

typedef struct Holding {
    Care *care;
    const Working *working;
    int32_t county;
    Date on;
    GHashTable *of; /* record → PayHold */
    GArray *to;     /* PayHeld */
} Holding;

/* Of several the first kind: a death before an account. */
static void held_add(Holding *h, int64_t subject, PayHold kind)
{
    int there = GPOINTER_TO_INT(g_hash_table_lookup(h->of, &subject));
    if (there == 0 || there > (int)kind)
        g_hash_table_insert(h->of, g_memdup2(&subject, sizeof subject), GINT_TO_POINTER((int)kind));
}

static PayHold kind_of(const Enum *e, int64_t code)
{
    PayHold kind;
    for (size_t i = 0; i < e->n_codes; i++) {
        Str name = e->codes[i].name;
        if (e->codes[i].number == code && name.len > DOUBT_PREFIX.len &&
            pay_hold_parse((Str){name.at + DOUBT_PREFIX.len, name.len - DOUBT_PREFIX.len}, &kind))
            return kind;
    }
    return HOLD_OTHER;
}

static const Column *column_of(const Holding *h, const Field *f)
{
    const Batch *b = f != NULL ? h->working->data->batches[f->entity->number] : NULL;
    return b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;
}

static bool number_at(const Holding *h, const Field *f, size_t row, int64_t *ret)
{
    const Column *c = column_of(h, f);
    return c != NULL && column_at(c, row, h->on, ret);
}

static void doubt_add(Holding *h, const Entity *e, size_t row, PayHold kind)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        int64_t at;
        if (f->type.kind != KIND_REF || entity_is_region(f->type.to) || !number_at(h, f, row, &at))
            continue;
        const Batch *to = h->working->data->batches[f->type.to->number];
        if (to != NULL && at >= 0 && (size_t)at < to->rows)
            held_add(h, to->ids[at], kind);
    }
}

static void doubts_read(Holding *h)
{
    const Entity *e = model_entity(h->care->model, DOUBT_ENTITY);
    const Field *kind = e != NULL ? entity_field(e, STR("kind")) : NULL;
    const Field *settled = e != NULL ? entity_field(e, STR("settled_on")) : NULL;
    const Batch *b = e != NULL ? h->working->data->batches[e->number] : NULL;
    if (b == NULL || kind == NULL || kind->type.kind != KIND_ENUM || settled == NULL ||
        e->event_day == NULL)
        return;
    for (size_t row = 0; row < b->rows; row++) {
        int64_t found, done, code;
        if (!number_at(h, e->event_day, row, &found) || found > h->on ||
            (number_at(h, settled, row, &done) && done <= h->on))
            continue;
        bool says = number_at(h, kind, row, &code);
        doubt_add(h, e, row, says ? kind_of(kind->type.of, code) : HOLD_OTHER);
    }
}

bool pay_doubt_open(const Care *c, const Entity *e, const Record *r)
{
    const Field *settled =
        str_equal(e->name, DOUBT_ENTITY) ? entity_field(e, STR("settled_on")) : NULL;
    if (settled == NULL)
        return false;
    const Value *v = &r->facts[settled->index].value;
    return !v->known || v->num > care_today(c);
}

static bool by_hand(Holding *h, Arena *a, GError **error)
{
    PayHoldRow *all;
    size_t n;
    if (!store_pay_holds(h->care->store, 0, true, a, &all, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        held_add(h, all[i].subject, all[i].kind);
    return true;
}

/* What cannot be without her: her stay, not her husband's file. */
static void dependants_add(Holding *h, const Entity *e, const Field *f)
{
    const Column *c = column_of(h, f);
    const Batch *b = h->working->data->batches[e->number];
    const Batch *to = h->working->data->batches[f->type.to->number];
    for (size_t row = 0; c != NULL && to != NULL && row < b->rows; row++) {
        int64_t at;
        if (b->counties == NULL || b->counties[row] != h->county ||
            !column_at(c, row, h->on, &at) || at < 0 || (size_t)at >= to->rows)
            continue;
        int kind = GPOINTER_TO_INT(g_hash_table_lookup(h->of, &to->ids[at]));
        const PayHeld held = {b->ids[row], (PayHold)kind};
        if (kind != 0)
            g_array_append_val(h->to, held);
    }
}

static void dependants(Holding *h)
{
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    const Model *m = h->care->model;
    for (size_t i = 0; i < m->n_rules; i++) {
        const Entity *e = m->rules[i]->subject;
        if (m->rules[i]->kind != RULE_BENEFIT || !g_hash_table_add(done, (gpointer)e))
            continue;
        for (size_t k = 0; k < e->n_fields; k++)
            if (e->fields[k]->type.kind == KIND_REF && e->fields[k]->required &&
                !entity_is_region(e->fields[k]->type.to))
                dependants_add(h, e, e->fields[k]);
    }
}

/* Persons have a name and a day on which they began. */
static bool may_be_twice(const Entity *e)
{
    return e->place != NULL && !entity_is_region(e) && e->begin != NULL && e->n_title > 0 &&
           e->title[0]->type.kind == KIND_TEXT && e->title[0]->compute == NULL;
}

bool pay_alike(Care *c, Arena *a, PayAlike *ret, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i < c->model->n_entities; i++) {
        int64_t *some;
        size_t n;
        if (!may_be_twice(c->model->entities[i]))
            continue;
        if (!alike_later(c, c->model->entities[i], a, &some, &n, error))
            return false;
        g_array_append_vals(all, some, (guint)n);
    }
    ret->later = arena_list(a, all, &ret->n);
    return true;
}

bool pay_held(Care *c, const Working *w, int32_t county, Date on, const PayAlike *alike, Arena *a,
              PayHeld **ret, size_t *ret_n, GError **error)
{
    Holding h = {.care = c, .working = w, .county = county, .on = on};
    GHashTableIter iter;
    gpointer id, kind;
    h.of = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    h.to = g_array_new(FALSE, FALSE, sizeof(PayHeld));
    doubts_read(&h);
    for (size_t i = 0; i < alike->n; i++)
        held_add(&h, alike->later[i], HOLD_CONFLICT);
    bool fine = by_hand(&h, a, error);
    if (fine && g_hash_table_size(h.of) > 0)
        dependants(&h);
    g_hash_table_iter_init(&iter, h.of);
    while (g_hash_table_iter_next(&iter, &id, &kind)) {
        const PayHeld held = {*(const int64_t *)id, (PayHold)GPOINTER_TO_INT(kind)};
        g_array_append_val(h.to, held);
    }
    *ret_n = h.to->len;
    *ret = arena_many(a, PayHeld, h.to->len + 1);
    if (h.to->len > 0)
        memcpy(*ret, h.to->data, h.to->len * sizeof **ret);
    g_array_unref(h.to);
    g_hash_table_unref(h.of);
    return fine;
}
