/* row.c — the algebra of dated facts, and the canonical bytes of a record. */
#include "store/row.h"

#include "base/sort.h"

#define ROW_VERSION 1 /* of the canonical bytes; older digests are compared through it */

Row *row_new(Arena *a, const TablePlan *t)
{
    Row *r = arena_new_of(a, Row);

    r->plan = t;
    r->slots = arena_many(a, Slot, t->n_fields + 1);
    return r;
}

void row_clear(Row *r)
{
    memset(r->slots, 0, r->plan->n_fields * sizeof *r->slots);
    r->key = (RecordKey){0};
    r->seq = r->known = 0;
    r->state = STATE_LIVE;
    r->was = NULL;
    r->n_was = r->was_room = 0;
}

/* ---- pieces ------------------------------------------------------------------------------ */

void slot_add(Slot *s, Arena *a, Piece p)
{
    if (s->n_pieces == s->room) {
        size_t room = s->room * 2 + 6;
        Piece *more = arena_many(a, Piece, room);

        if (s->n_pieces > 0)
            memcpy(more, s->pieces, s->n_pieces * sizeof *more);
        s->pieces = more;
        s->room = room;
    }
    s->pieces[s->n_pieces++] = p;
}

void slot_open(Slot *s, Arena *a)
{
    if (s->value.type == CELL_NONE)
        return;
    for (size_t i = 0; i < s->n_pieces; i++) {
        if (s->pieces[i].origin == ORIGIN_CURRENT)
            return;
    }
    slot_add(s, a,
             (Piece){s->since, s->until, s->known, SEQ_OPEN, s->value, ORIGIN_CURRENT, false});
}

static bool live(const Piece *p)
{
    return p->gone == SEQ_OPEN;
}

static void piece_supersede(Slot *s, Arena *a, size_t i, Date since, Date until, int64_t seq)
{
    Piece old = s->pieces[i];

    s->pieces[i].gone = seq;
    s->pieces[i].changed = old.origin == ORIGIN_STORED;
    if (old.since < since)
        slot_add(s, a, (Piece){old.since, since, seq, SEQ_OPEN, old.value, ORIGIN_NEW, false});
    if (until < old.until)
        slot_add(s, a, (Piece){until, old.until, seq, SEQ_OPEN, old.value, ORIGIN_NEW, false});
}

void slot_hold(Slot *s, Arena *a, Date since, Date until, Cell value, int64_t seq)
{
    size_t n = s->n_pieces;

    for (size_t i = 0; i < n; i++) {
        Piece *p = &s->pieces[i];

        if (!live(p) || p->until <= since || until <= p->since)
            continue;
        if (p->since <= since && until <= p->until && cell_equal(p->value, value))
            return; /* known already */
        piece_supersede(s, a, i, since, until, seq);
    }
    if (value.type != CELL_NONE)
        slot_add(s, a, (Piece){since, until, seq, SEQ_OPEN, value, ORIGIN_NEW, false});
}

Date slot_next(const Slot *s, Date since)
{
    Date next = DATE_MAX;

    for (size_t i = 0; i < s->n_pieces; i++) {
        if (live(&s->pieces[i]) && s->pieces[i].since > since)
            next = MIN(next, s->pieces[i].since);
    }
    return next;
}

Cell slot_on(const Slot *s, Date day)
{
    for (size_t i = 0; i < s->n_pieces; i++) {
        const Piece *p = &s->pieces[i];

        if (live(p) && p->since <= day && day < p->until)
            return p->value;
    }
    return (Cell){0};
}

static int piece_order(const void *a, const void *b)
{
    const Piece *x = a, *y = b;

    if (x->since != y->since)
        return x->since < y->since ? -1 : 1;
    return x->known < y->known ? -1 : x->known > y->known;
}

/* What came and went in one entry was never known. */
static void pieces_drop_momentary(Slot *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n_pieces; i++) {
        if (s->pieces[i].known != s->pieces[i].gone)
            s->pieces[kept++] = s->pieces[i];
    }
    s->n_pieces = kept;
}

/* A piece of E_x that is now the last one moves to E: known anew, since nothing is deleted. */
static Piece *piece_to_current(Slot *s, Arena *a, size_t i, int64_t seq)
{
    Piece moved = s->pieces[i];

    if (moved.origin == ORIGIN_STORED) {
        s->pieces[i].gone = seq;
        s->pieces[i].changed = true;
        moved.known = seq;
        slot_add(s, a, moved);
        i = s->n_pieces - 1;
    }
    s->pieces[i].origin = ORIGIN_CURRENT;
    return &s->pieces[i];
}

void slot_settle(Slot *s, Arena *a, int64_t seq)
{
    size_t last = 0;
    bool found = false;

    if (s->n_pieces == 0)
        return;
    pieces_drop_momentary(s);
    for (size_t i = 0; i < s->n_pieces; i++) {
        if (live(&s->pieces[i]) && (!found || s->pieces[i].since > s->pieces[last].since)) {
            last = i;
            found = true;
        }
    }
    for (size_t i = 0; i < s->n_pieces; i++) {
        if (s->pieces[i].origin == ORIGIN_CURRENT && !(found && i == last))
            s->pieces[i].origin = ORIGIN_NEW; /* leaves E, is written to E_x */
    }
    s->value = (Cell){0};
    s->since = s->until = 0;
    s->known = 0;
    if (found) {
        const Piece *p = piece_to_current(s, a, last, seq);

        s->value = p->value;
        s->since = p->since;
        s->until = p->until;
        s->known = p->known;
    }
    sort_rows(s->pieces, s->n_pieces, sizeof *s->pieces, piece_order);
}

/* ---- superseded versions ----------------------------------------------------------------- */

void row_add_was(Row *r, Arena *a, Was w)
{
    if (r->n_was == r->was_room) {
        size_t room = r->was_room * 2 + 4;
        Was *more = arena_many(a, Was, room);

        if (r->n_was > 0)
            memcpy(more, r->was, r->n_was * sizeof *more);
        r->was = more;
        r->was_room = room;
    }
    r->was[r->n_was++] = w;
}

void row_supersede(Row *r, Arena *a, int64_t seq)
{
    Was w = {.known = r->known, .gone = seq, .fresh = true};

    if (r->known == seq)
        return;
    w.cells = arena_many(a, Cell, r->plan->n_fields + 1);
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        if (!r->plan->fields[i].dated)
            w.cells[i] = r->slots[i].value;
    }
    row_add_was(r, a, w);
    r->known = seq;
}

/* ---- canonical bytes --------------------------------------------------------------------- */

static void bytes_current(Bytes *b, const Row *r)
{
    bytes_byte(b, ROW_VERSION);
    bytes_uint(b, r->plan->number);
    bytes_int(b, r->key.county);
    bytes_int(b, r->key.id);
    bytes_int(b, r->seq);
    bytes_int(b, r->known);
    bytes_uint(b, (uint64_t)r->state);
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const FieldPlan *f = &r->plan->fields[i];
        const Slot *s = &r->slots[i];

        if (s->value.type == CELL_NONE && !s->has_blind)
            continue;
        bytes_uint(b, f->number);
        bytes_cell(b, s->value);
        if (f->dated) {
            bytes_int(b, s->since);
            bytes_int(b, s->until);
            bytes_int(b, s->known);
        }
        if (s->has_blind)
            bytes_put(b, s->blind, sizeof s->blind);
    }
    bytes_uint(b, 0); /* no field has number 0 */
}

static void bytes_pieces(Bytes *b, const FieldPlan *f, const Slot *s)
{
    for (size_t i = 0; i < s->n_pieces; i++) {
        const Piece *p = &s->pieces[i];

        if (p->origin == ORIGIN_CURRENT)
            continue;
        bytes_uint(b, f->number);
        bytes_int(b, p->since);
        bytes_int(b, p->until);
        bytes_cell(b, p->value);
        bytes_int(b, p->known);
        bytes_int(b, p->gone);
    }
}

static void bytes_was(Bytes *b, const Row *r, const Was *w)
{
    bytes_int(b, w->known);
    bytes_int(b, w->gone);
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        if (w->cells[i].type == CELL_NONE)
            continue;
        bytes_uint(b, r->plan->fields[i].number);
        bytes_cell(b, w->cells[i]);
    }
    bytes_uint(b, 0);
}

void row_digest(const Row *r, Bytes *scratch, Sm3 *hash, uint8_t to[SM3_SIZE])
{
    bytes_reset(scratch);
    bytes_current(scratch, r);
    for (size_t i = 0; i < r->plan->n_fields; i++)
        bytes_pieces(scratch, &r->plan->fields[i], &r->slots[i]);
    bytes_uint(scratch, 0);
    for (size_t i = 0; i < r->n_was; i++)
        bytes_was(scratch, r, &r->was[i]);
    sm3_reset(hash);
    sm3_add(hash, scratch->at, scratch->len);
    sm3_end(hash, to);
}
