/* load_known.c — loads what was known at an entry of the past (law 8): superseded versions of
 * undated fields, pieces of dated ones by known <= s < gone. */
#include "store/load.h"
#include "store/stream.h"

/* The undated cells as known at `s`; NULL: the record was not known, or was off the books. */
static const Cell *version_at(const Row *r, int64_t s, Cell *now)
{
    if (r->known <= s) {
        for (size_t i = 0; i < r->plan->n_fields; i++)
            now[i] = r->slots[i].value;
        return r->state == STATE_LIVE ? now : NULL;
    }
    for (size_t i = 0; i < r->n_was; i++) {
        if (r->was[i].known <= s && s < r->was[i].gone)
            return r->was[i].cells;
    }
    return NULL;
}

static void period_push(Load *l, TableLoad *t, ColumnLoad *c, Date since, Date until, Cell cell)
{
    Period p = {.row = (uint32_t)t->rows, .since = since, .until = until};

    p.known = load_value(l, c, cell, &p.value);
    g_array_append_val(c->periods, p);
}

static void dated_push(Load *l, TableLoad *t, ColumnLoad *c, const Slot *slot, int64_t s)
{
    c->known[t->rows] = 1; /* decided by the periods */
    load_number(c, t->rows, 0);
    for (size_t i = 0; i < slot->n_pieces; i++) {
        const Piece *p = &slot->pieces[i];

        if (p->known <= s && s < p->gone)
            period_push(l, t, c, p->since, p->until, p->value);
    }
    if (slot->value.type != CELL_NONE && slot->known <= s)
        period_push(l, t, c, slot->since, slot->until, slot->value);
}

/* The latest text known then; earlier texts have no place in a column. */
static void dated_text_push(TableLoad *t, ColumnLoad *c, const Slot *slot, int64_t s)
{
    Cell latest = {0};
    Date since = DATE_MIN, until = DATE_MAX;

    for (size_t i = 0; i < slot->n_pieces; i++) {
        const Piece *p = &slot->pieces[i];

        if (p->known <= s && s < p->gone && p->since >= since) {
            latest = p->value;
            since = p->since;
            until = p->until;
        }
    }
    if (slot->value.type != CELL_NONE && slot->known <= s) {
        latest = slot->value;
        since = slot->since;
        until = slot->until;
    }
    c->known[t->rows] = latest.type != CELL_NONE;
    c->texts[t->rows] =
        latest.type != CELL_NONE ? arena_str(t->texts, latest.text) : (Str){NULL, 0};
    c->since[t->rows] = since;
    if (c->until == NULL)
        load_untils(c, t->rows, t->room);
    c->until[t->rows] = until;
}

static void plain_push(Load *l, TableLoad *t, ColumnLoad *c, Cell cell)
{
    int64_t v = 0;

    c->known[t->rows] = cell.type != CELL_NONE;
    if (c->physical == PHYSICAL_TEXT) {
        c->texts[t->rows] =
            cell.type != CELL_NONE ? arena_str(t->texts, cell.text) : (Str){NULL, 0};
        return;
    }
    c->known[t->rows] = load_value(l, c, cell, &v);
    load_number(c, t->rows, c->known[t->rows] ? v : 0);
}

static void row_push(Load *l, TableLoad *t, const Row *r, const Cell *cells, int64_t s)
{
    load_row(t, r->key);
    for (size_t i = 0; i < t->n_columns; i++) {
        ColumnLoad *c = &t->columns[i];
        const Slot *slot = &r->slots[c->position];

        if (!c->plan->dated)
            plain_push(l, t, c, cells[c->position]);
        else if (c->physical == PHYSICAL_TEXT)
            dated_text_push(t, c, slot, s);
        else
            dated_push(l, t, c, slot, s);
    }
    t->rows++;
}

bool load_known(Load *l, TableLoad *t, GError **error)
{
    g_autofree Cell *now = g_new0(Cell, t->plan->n_fields + 1);
    g_autoptr(Stream) stream = NULL;
    const Row *r = NULL;
    uint64_t loose = 0;

    for (size_t i = 0; i < t->n_columns; i++) {
        if (t->columns[i].plan->dated)
            t->columns[i].periods = g_array_new(FALSE, FALSE, sizeof(Period));
    }
    if (!stream_open(l->conn, t->plan, &stream, error))
        return false;
    for (;;) {
        if (!stream_next(stream, &r, &loose, error))
            return false;
        if (r == NULL)
            return true;
        int64_t s = load_known_at(l, r->key.county);
        const Cell *cells = version_at(r, s, now);

        if (cells != NULL)
            row_push(l, t, r, cells, s);
    }
}
