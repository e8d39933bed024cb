/* stream.c — merging the tables of an entity. */
#include "store/stream.h"

typedef struct Side { /* E_x of one field, or E_was */
    Statement *st;
    bool row;
    RecordKey key; /* of the row it stands on */
} Side;

struct Stream {
    Conn *conn;
    const TablePlan *plan;
    Statement *main;
    Side *sides; /* n_fields (those of undated fields unused), then E_was */
    Row *row;
    Arena *own, *texts; /* texts: of the present record */
    unsigned since_fresh;
    uint64_t loose;
    bool ended;
};

static int key_order(RecordKey a, RecordKey b)
{
    if (a.county != b.county)
        return a.county < b.county ? -1 : 1;
    return a.id < b.id ? -1 : a.id > b.id;
}

static bool side_step(Stream *s, Side *side, GError **error)
{
    if (!conn_step(s->conn, side->st, &side->row, error))
        return false;
    if (side->row)
        side->key = (RecordKey){column_int(side->st, 0), column_int64(side->st, 1)};
    return true;
}

static bool sides_open(Stream *s, GError **error)
{
    for (size_t i = 0; i <= s->plan->n_fields; i++) {
        bool was = i == s->plan->n_fields;
        Side *side = &s->sides[i];

        if (!was && !s->plan->fields[i].dated)
            continue;
        if (!conn_scan(s->conn, was ? s->plan->was_scan : s->plan->fields[i].period_scan, &side->st,
                       error) ||
            !side_step(s, side, error))
            return false;
    }
    return true;
}

bool stream_open(Conn *c, const TablePlan *t, Stream **ret, GError **error)
{
    Arena *own = arena_new();
    Stream *s = arena_new_of(own, Stream);

    s->own = own;
    s->texts = arena_new();
    s->conn = c;
    s->plan = t;
    s->row = row_new(own, t);
    s->sides = arena_many(own, Side, t->n_fields + 1);
    if (!conn_scan(c, t->scan, &s->main, error) || !sides_open(s, error)) {
        stream_close(s);
        return false;
    }
    *ret = s;
    return true;
}

void stream_close(Stream *s)
{
    if (s == NULL)
        return;
    if (s->main != NULL)
        statement_reset(s->main);
    for (size_t i = 0; i <= s->plan->n_fields; i++) {
        if (s->sides[i].st != NULL)
            statement_reset(s->sides[i].st);
    }
    arena_free(s->texts);
    arena_free(s->own);
}

/* Moves a side past the record, adding what belongs to it. */
static bool side_take(Stream *s, size_t i, bool at_end, GError **error)
{
    Side *side = &s->sides[i];

    while (side->st != NULL && side->row) {
        int order = at_end ? -1 : key_order(side->key, s->row->key);

        if (order > 0)
            return true;
        if (order < 0) {
            s->loose++;
        } else if (i == s->plan->n_fields) {
            row_add_was(s->row, s->texts, was_from(side->st, s->plan, s->texts));
            s->row->residue = s->row->residue || was_residue(side->st, s->plan);
        } else {
            slot_add(&s->row->slots[i], s->texts,
                     piece_from(side->st, &s->plan->fields[i], s->texts));
        }
        if (!side_step(s, side, error))
            return false;
    }
    return true;
}

bool stream_next(Stream *s, const Row **ret, uint64_t *ret_loose, GError **error)
{
    bool row = false;

    *ret = NULL;
    if (++s->since_fresh >= 256) { /* an arena per record would cost more than the record */
        arena_free(s->texts);
        s->texts = arena_new();
        s->since_fresh = 0;
    }
    if (!s->ended) {
        if (!conn_step(s->conn, s->main, &row, error))
            return false;
        s->ended = !row;
    }
    if (row) {
        row_from(s->main, s->row, s->texts);
        s->row->residue = row_residue(s->main, s->plan);
    }
    for (size_t i = 0; i <= s->plan->n_fields; i++) {
        if (!side_take(s, i, !row, error))
            return false;
    }
    *ret_loose = s->loose;
    *ret = row ? s->row : NULL;
    return true;
}
