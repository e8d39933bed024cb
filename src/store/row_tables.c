/* row_tables.c — whole records between tables and memory, in the column order of plan_sql.c. */
#include "store/methods.h"

void row_bind(Statement *st, const Row *r)
{
    int at = SYSTEM_COLUMNS + 1;

    bind_int(st, 1, r->key.county);
    bind_int(st, 2, r->key.id);
    bind_int(st, 3, r->seq);
    bind_int(st, 4, r->state);
    bind_int(st, 5, r->known);
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const FieldPlan *f = &r->plan->fields[i];
        const Slot *s = &r->slots[i];
        bool held = s->value.type != CELL_NONE;

        if (f->link)
            bind_cell(st, at++,
                      held ? (Cell){.type = CELL_INT, .num = s->value.county} : (Cell){0});
        bind_cell(st, at++, s->value);
        if (f->dated) {
            bind_cell(st, at++, held ? (Cell){.type = CELL_INT, .num = s->since} : (Cell){0});
            bind_cell(st, at++, held ? (Cell){.type = CELL_INT, .num = s->until} : (Cell){0});
            bind_cell(st, at++, held ? (Cell){.type = CELL_INT, .num = s->known} : (Cell){0});
        }
        if (f->blinded && s->has_blind)
            bind_bytes(st, at++, s->blind, sizeof s->blind);
        else if (f->blinded)
            bind_null(st, at++);
    }
}

static Cell cell_from(Statement *st, bool link, int at, Arena *a)
{
    Cell c = column_cell(st, link ? at + 1 : at);

    if (link && c.type == CELL_INT) {
        c.type = CELL_LINK;
        c.county = column_int(st, at);
    }
    return cell_keep(a, c);
}

static void slot_from(Statement *st, const FieldPlan *f, Slot *s, Arena *a)
{
    int at = SYSTEM_COLUMNS + f->at;

    s->value = cell_from(st, f->link, at, a);
    at += 1 + f->link;
    if (f->dated && s->value.type != CELL_NONE) {
        s->since = column_int(st, at);
        s->until = column_int(st, at + 1);
        s->known = column_int64(st, at + 2);
    }
    at += f->dated ? 3 : 0;
    if (f->blinded && !column_is_null(st, at)) {
        Str blind = column_str(st, at);

        s->has_blind = blind.len == SM3_SIZE;
        if (s->has_blind)
            memcpy(s->blind, blind.at, SM3_SIZE);
    }
}

void row_from(Statement *st, Row *r, Arena *a)
{
    row_clear(r);
    r->key = (RecordKey){column_int(st, 0), column_int64(st, 1)};
    r->seq = column_int64(st, 2);
    r->state = column_int(st, 3);
    r->known = column_int64(st, 4);
    for (size_t i = 0; i < r->plan->n_fields; i++)
        slot_from(st, &r->plan->fields[i], &r->slots[i], a);
}

/* What stands beside a value is there when the value is, and only then. */
static bool slot_residue(Statement *st, const FieldPlan *f)
{
    int at = SYSTEM_COLUMNS + f->at;
    bool none = column_is_null(st, f->link ? at + 1 : at), sound = true;

    sound = !f->link || column_is_null(st, at) == none;
    at += 1 + f->link;
    for (int i = 0; i < 3 && f->dated; i++)
        sound = column_is_null(st, at++) == none && sound;
    return !sound || (f->blinded && !column_is_null(st, at) && column_str(st, at).len != SM3_SIZE);
}

bool row_residue(Statement *st, const TablePlan *t)
{
    for (size_t i = 0; i < t->n_fields; i++)
        if (slot_residue(st, &t->fields[i]))
            return true;
    return false;
}

bool was_residue(Statement *st, const TablePlan *t)
{
    int at = 4;

    for (size_t i = 0; i < t->n_fields; i++) {
        const FieldPlan *f = &t->fields[i];

        if (f->dated)
            continue;
        if (f->link && column_is_null(st, at) != column_is_null(st, at + 1))
            return true;
        at += 1 + f->link;
    }
    return false;
}

Piece piece_from(Statement *st, const FieldPlan *f, Arena *a)
{
    Piece p = {.origin = ORIGIN_STORED};

    p.since = column_int(st, 2);
    p.until = column_int(st, 3);
    p.value = column_cell(st, 5);
    if (f->link && p.value.type == CELL_INT) {
        p.value.type = CELL_LINK;
        p.value.county = column_int(st, 4);
    }
    p.value = cell_keep(a, p.value);
    p.known = column_int64(st, 6);
    p.gone = column_int64(st, 7);
    return p;
}

Was was_from(Statement *st, const TablePlan *t, Arena *a)
{
    Was w = {.known = column_int64(st, 2), .gone = column_int64(st, 3)};
    int at = 4;

    w.cells = arena_many(a, Cell, t->n_fields + 1);
    for (size_t i = 0; i < t->n_fields; i++) {
        const FieldPlan *f = &t->fields[i];

        if (f->dated)
            continue;
        w.cells[i] = cell_from(st, f->link, at, a);
        at += 1 + f->link;
    }
    return w;
}

static bool row_load_history(Conn *c, Row *r, Arena *a, GError **error)
{
    Statement *st = NULL;
    bool row = false;

    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const FieldPlan *f = &r->plan->fields[i];

        if (!f->dated)
            continue;
        if (!conn_statement(c, f->period_read, &st, error))
            return false;
        bind_int(st, 1, r->key.county);
        bind_int(st, 2, r->key.id);
        for (;;) {
            if (!conn_step(c, st, &row, error))
                return false;
            if (!row)
                break;
            slot_add(&r->slots[i], a, piece_from(st, f, a));
        }
    }
    if (!conn_statement(c, r->plan->was_read, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_int(st, 2, r->key.id);
    for (;;) {
        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            return true;
        row_add_was(r, a, was_from(st, r->plan, a));
    }
}

bool row_load(Conn *c, Row *r, RecordKey key, Arena *a, bool *ret_found, GError **error)
{
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, r->plan->read, &st, error))
        return false;
    bind_int(st, 1, key.county);
    bind_int(st, 2, key.id);
    if (!conn_step(c, st, &row, error))
        return false;
    *ret_found = row;
    if (!row)
        return true;
    row_from(st, r, a);
    statement_reset(st);
    return row_load_history(c, r, a, error);
}

/* ---- writing ----------------------------------------------------------------------------- */

static bool piece_write(Conn *c, const Row *r, const FieldPlan *f, const Piece *p, GError **error)
{
    Statement *st = NULL;
    bool insert = p->origin == ORIGIN_NEW;

    if (!insert && !p->changed)
        return true;
    if (!conn_statement(c, insert ? f->period_insert : f->period_gone, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_int(st, 2, r->key.id);
    bind_int(st, 3, p->since);
    if (insert) {
        bind_int(st, 4, p->until);
        bind_int(st, 5, p->value.county);
        bind_cell(st, 6, p->value);
        bind_int(st, 7, p->known);
        bind_int(st, 8, p->gone);
    } else {
        bind_int(st, 4, p->known);
        bind_int(st, 5, p->gone);
    }
    return insert ? conn_put(c, st, error) : conn_done(c, st, error);
}

static bool was_write(Conn *c, const Row *r, const Was *w, GError **error)
{
    Statement *st = NULL;
    int at = 5;

    if (!w->fresh)
        return true;
    if (!conn_statement(c, r->plan->was_insert, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_int(st, 2, r->key.id);
    bind_int(st, 3, w->known);
    bind_int(st, 4, w->gone);
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const FieldPlan *f = &r->plan->fields[i];
        Cell v = w->cells[i];

        if (f->dated)
            continue;
        if (f->link && v.type == CELL_LINK)
            bind_int(st, at++, v.county);
        else if (f->link)
            bind_null(st, at++);
        bind_cell(st, at++, v);
    }
    return conn_put(c, st, error);
}

bool row_write_history(Conn *c, const Row *r, GError **error)
{
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const Slot *s = &r->slots[i];

        for (size_t j = 0; j < s->n_pieces; j++) {
            if (s->pieces[j].origin != ORIGIN_CURRENT &&
                !piece_write(c, r, &r->plan->fields[i], &s->pieces[j], error))
                return false;
        }
    }
    for (size_t i = 0; i < r->n_was; i++) {
        if (!was_write(c, r, &r->was[i], error))
            return false;
    }
    return true;
}

static bool row_put(Conn *c, Sql sql, const Row *r, bool insert, GError **error)
{
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    row_bind(st, r);
    return insert ? conn_put(c, st, error) : conn_done(c, st, error);
}

bool row_insert(Conn *c, const Row *r, GError **error)
{
    return row_put(c, r->plan->insert, r, true, error) && row_write_history(c, r, error);
}

bool row_update(Conn *c, const Row *r, GError **error)
{
    return row_put(c, r->plan->update, r, false, error) && row_write_history(c, r, error);
}
