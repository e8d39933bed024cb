/* replay_record.c — entries about records, dockets and accounts, from their bodies: what write.c
 * did, without its questions; each row is held against the digest its entry left.
 * Read first: replay_record(). */
#include "store/erase.h"
#include "store/replay_inside.h"

/* ---- fields -------------------------------------------------------------------------------- */

static bool dated_set(Writing *w, ChangeKind kind, Row *r, Slot *s, const BodyField *b)
{
    if (b->since >= b->until)
        return false;
    if (kind == CHANGE_CREATE && s->n_pieces == 0 && s->value.type == CELL_NONE) {
        s->value = b->after;
        s->since = b->since;
        s->until = b->until;
        s->known = r->seq;
        return true;
    }
    slot_open(s, w->arena);
    s->touched = true;
    slot_hold(s, w->arena, b->since, b->until, b->after, r->seq);
    return true;
}

static void plain_set(Writing *w, ChangeKind kind, Row *r, Slot *s, const BodyField *b)
{
    if (kind == CHANGE_RESEAL) { /* the value stays what it was */
        s->value = b->after;
        return;
    }
    if (cell_equal(s->value, b->after))
        return;
    if (kind != CHANGE_CREATE)
        row_supersede(r, w->arena, r->seq);
    s->value = b->after;
}

/* The index by which a secret is found: under the key of now.  While that is being changed, a body
 * says its value under the next key from the entry on that began it: it stands under both, so that
 * the rotation can go on; until it is done, such a record is found by its name alone. */
static bool blind_set(Replay *p, const Entry *e, Row *r, const FieldPlan *f, Slot *s, bool has,
                      const uint8_t blind[SM3_SIZE], GError **error)
{
    Writing *w = p->w;

    if (!writing_keys(w, error) ||
        (s->has_blind &&
         (!identity_drop_under(w, r, f, s, w->keys.blind, error) ||
          (w->keys.next != 0 && !identity_drop_under(w, r, f, s, w->keys.next, error)))))
        return false;
    s->has_blind = has;
    if (!has)
        return true;
    memcpy(s->blind, blind, SM3_SIZE);
    return identity_add(w, r, f, w->keys.blind, blind, error) &&
           (w->keys.next == 0 || e->at < p->keys_at ||
            identity_add(w, r, f, w->keys.next, blind, error));
}

/* A range may come from another node: what it says of a field must be something the field can hold.
 */
static bool cell_fits(const FieldPlan *f, Cell c)
{
    Kind k = f->field->type.kind;

    if (c.type == CELL_NONE)
        return true;
    if (f->secret)
        return c.type == CELL_BYTES;
    if (f->link)
        return c.type == CELL_LINK && c.county > 0;
    if (kind_is_text(k) || k == KIND_REGION)
        return c.type == CELL_TEXT && str_utf8_valid(c.text, NULL);
    if (c.type != CELL_INT || (k == KIND_DATE && (c.num < DATE_MIN || c.num > DATE_MAX)))
        return false;
    return k != KIND_BOOL || c.num == 0 || c.num == 1;
}

static bool field_replay(Replay *p, const Entry *e, ChangeKind kind, Row *r, BodyField *b,
                         GError **error)
{
    const FieldPlan *f = table_numbered(r->plan, b->number);

    if (f == NULL || f->dated != b->dated)
        return replay_fail(e, error,
                           "the database has no field number %" G_GUINT64_FORMAT " of "
                           "%.*s as it speaks of",
                           b->number, STR_ARG(r->plan->entity->name));
    if (!cell_fits(f, b->after) || b->since < DATE_MIN || b->until > DATE_MAX)
        return replay_fail(
            e, error, "it says of field number %" G_GUINT64_FORMAT " of %.*s what that cannot hold",
            b->number, STR_ARG(r->plan->entity->name));
    Slot *s = &r->slots[f - r->plan->fields];

    b->after = cell_keep(p->w->arena, b->after);
    if (!f->dated)
        plain_set(p->w, kind, r, s, b);
    else if (!dated_set(p->w, kind, r, s, b))
        return replay_fail(e, error, "a period of it has no days");
    return !f->blinded || blind_set(p, e, r, f, s, b->has_blind, b->blind, error);
}

static bool fields_replay(Replay *p, const Entry *e, Body *body, Row *r, GError **error)
{
    for (size_t i = 0; i < body->n_fields; i++) {
        BodyField b;

        if (!body_next(body, &b))
            return replay_fail(e, error, "its body is damaged");
        if (!field_replay(p, e, body->kind, r, &b, error))
            return false;
    }
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        if (r->slots[i].touched)
            slot_settle(&r->slots[i], p->w->arena, r->seq);
    }
    return true;
}

/* ---- kinds of change ----------------------------------------------------------------------- */

static Cell *values_of(Writing *w, const Row *r)
{
    Cell *cells = arena_many(w->arena, Cell, r->plan->n_fields + 1);

    for (size_t i = 0; i < r->plan->n_fields; i++)
        cells[i] = r->slots[i].value;
    return cells;
}

static bool create(Replay *p, const Entry *e, Body *body, Row *r, GError **error)
{
    Writing *w = p->w;

    row_clear(r);
    r->key = (RecordKey){e->county, e->id};
    r->seq = r->known = e->seq;
    return fields_replay(p, e, body, r, error) && row_insert(w->conn, r, error) &&
           grams_change(w, r, NULL, error);
}

static bool change(Replay *p, const Entry *e, Body *body, Row *r, GError **error)
{
    Writing *w = p->w;
    Cell *before = body->kind == CHANGE_REVIVE ? NULL : values_of(w, r);

    if (body->kind != CHANGE_RESEAL)
        r->seq = e->seq;
    if (body->kind == CHANGE_REVIVE) {
        r->known = e->seq;
        r->state = STATE_LIVE;
    }
    return fields_replay(p, e, body, r, error) && row_update(w->conn, r, error) &&
           grams_change(w, r, before, error);
}

static bool blinds_drop(Replay *p, const Entry *e, Row *r, GError **error)
{
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        Slot *s = &r->slots[i];

        if (s->has_blind && !blind_set(p, e, r, &r->plan->fields[i], s, false, s->blind, error))
            return false;
    }
    return true;
}

static bool end(Replay *p, const Entry *e, const Body *body, Row *r, GError **error)
{
    Writing *w = p->w;

    r->seq = e->seq;
    row_supersede(r, w->arena, r->seq);
    r->state = body->kind == CHANGE_LEAVE ? STATE_LEFT : STATE_ENDED;
    return blinds_drop(p, e, r, error) && row_update(w->conn, r, error) &&
           grams_remove(w, r, error);
}

/* Where the bodies were gone before they were shipped there is no row yet. */
static bool erase(Replay *p, const Entry *e, Body *body, Row *r, bool found, GError **error)
{
    Writing *w = p->w;
    g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int state;

    if (!erased_read(body, seqs, &state))
        return replay_fail(e, error, "its body is damaged");
    if (found &&
        (!blinds_drop(p, e, r, error) || !grams_remove(w, r, error) || !erase_history(w, r, error)))
        return false;
    r->key = (RecordKey){e->county, e->id};
    erase_row(r, e->seq, state);
    return erase_bodies(w, e->county, seqs, error) &&
           (found ? row_update(w->conn, r, error) : row_insert(w->conn, r, error));
}

/* ---- a record ------------------------------------------------------------------------------ */

static Row *row_of(Replay *p, const TablePlan *t)
{
    Row **seat = &p->rows[t - p->s->plan->tables];

    if (*seat == NULL)
        *seat = row_new(p->arena, t);
    return *seat;
}

static bool row_check(Replay *p, const Entry *e, const Row *r, GError **error)
{
    uint8_t digest[SM3_SIZE];

    row_digest(r, &p->w->scratch, p->w->hash, digest);
    return memcmp(digest, e->row, SM3_SIZE) == 0 ||
           replay_fail(e, error, "replayed, its %.*s is not as it was written",
                       STR_ARG(r->plan->entity->name));
}

/* Whether an earlier entry of the record has no body: then nobody can know how it stood here, and
 * a later entry of kind erase has to come. */
static bool was_erased(Replay *p, const Entry *e, bool *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT count(*) FROM journal j WHERE j.county=?1 AND j.entity=?2 AND j.id=?3 AND NOT "
            "EXISTS (SELECT 1 FROM journal_body b WHERE b.county=j.county AND b.seq=j.seq)");
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(p->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->entity);
    bind_int(st, 3, e->id);
    if (!conn_number(p->w->conn, st, 0, &n, error))
        return false;
    *ret = n > 0;
    return true;
}

static bool apply(Replay *p, const Entry *e, Body *b, Row *r, bool found, GError **error)
{
    switch (b->kind) {
    case CHANGE_CREATE:
        return create(p, e, b, r, error);
    case CHANGE_SET:
    case CHANGE_CORRECT:
    case CHANGE_REVIVE:
    case CHANGE_RESEAL:
        return change(p, e, b, r, error);
    case CHANGE_END:
    case CHANGE_LEAVE:
        return end(p, e, b, r, error);
    case CHANGE_ERASE:
        return erase(p, e, b, r, found, error);
    default:
        return replay_fail(e, error, "this version of the program cannot replay such an entry");
    }
}

/* Papers that named somebody who was erased: how they read now came before. */
static bool papers_replay(Replay *p, const Entry *e, Body *b, GError **error)
{
    g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int state;

    return erased_read(b, seqs, &state) ? erase_bodies(p->w, e->county, seqs, error)
                                        : replay_fail(e, error, "its body is damaged");
}

bool replay_record(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    const TablePlan *t = plan_numbered(p->s->plan, x->e.entity);
    bool found = false, erased = false;

    (void)h;
    if (b->kind == CHANGE_ERASE && x->e.entity == ENTITY_NONE)
        return papers_replay(p, &x->e, b, error);
    if (t == NULL)
        return replay_fail(&x->e, error, "the database has no entity number %" G_GINT64_FORMAT,
                           x->e.entity);
    if (p->copy && entity_is_region(t->entity))
        return true; /* every node has the places itself */
    Row *r = row_of(p, t);

    if (b->kind != CHANGE_CREATE) {
        if (!row_load(p->w->conn, r, (RecordKey){x->e.county, x->e.id}, p->w->arena, &found, error))
            return false;
        if (b->kind != CHANGE_ERASE && !was_erased(p, &x->e, &erased, error))
            return false;
        if (erased)
            return true;
        if (!found && b->kind != CHANGE_ERASE)
            return replay_fail(&x->e, error, "no entry before it made this %.*s",
                               STR_ARG(t->entity->name));
    }
    memset(p->w->seen, 0, sizeof p->w->seen);
    return apply(p, &x->e, b, r, found, error) &&
           (p->copy || stale_mark(p->w, r, 0, month_of(DATE_MIN), error)) &&
           row_check(p, &x->e, r, error);
}

/* ---- dockets ------------------------------------------------------------------------------- */

static bool content_replay(Replay *p, const Shipped *x, const Docket *d, Str stored, GError **error)
{
    Reader r = reader_of(x->beside);
    Content c = {.sealed = x->beside.len > 0 ? reader_str(&r) : (Str){NULL, 0}};
    uint8_t digest[SM3_SIZE];

    if (d->kind != DOCKET_FILE || d->hash.len == 0) /* emptied by law */
        return true;
    if (c.sealed.at == NULL || r.bad || d->hash.len != SM3_SIZE)
        return replay_fail(&x->e, error, "the file that it speaks of is not there");
    sm3(c.sealed.at, c.sealed.len, digest);
    if (stored.len != SM3_SIZE || memcmp(stored.at, digest, SM3_SIZE) != 0)
        return replay_fail(&x->e, error, "the file beside it is not the one that was written");
    memcpy(c.hash, d->hash.at, SM3_SIZE);
    return content_put(p->w, x->e.county, &c, error);
}

bool replay_docket(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    Reader peek = b->fields;
    uint8_t digest[SM3_SIZE];
    Docket d;
    Str stored;

    (void)h;
    (void)reader_uint(&peek);
    (void)reader_uint(&peek);
    int64_t entity = reader_int(&peek);

    if (!body_read_docket(b, &d, &stored) || !str_utf8_valid(d.by, NULL) ||
        !str_utf8_valid(d.decided_by, NULL))
        return replay_fail(&x->e, error, "its body is damaged");
    if (d.kind <= DOCKET_NONE || d.kind >= DOCKET_KINDS || d.state >= DOCKET_STATES)
        return replay_fail(&x->e, error, "this version of the program cannot replay such an entry");
    d.key = (RecordKey){x->e.county, x->e.id};
    d.seq = x->e.seq;
    d.at = x->e.at;
    if (!content_replay(p, x, &d, stored, error) || !docket_blank(p->w, &d, entity, error))
        return false;
    docket_digest(&p->w->scratch, p->w->hash, &d, entity, digest);
    return memcmp(digest, x->e.row, SM3_SIZE) == 0 ||
           replay_fail(&x->e, error, "replayed, it is not as it was written");
}

/* ---- accounts ------------------------------------------------------------------------------ */

bool replay_account(Replay *p, Head *h, const Shipped *x, Body *b, GError **error)
{
    uint8_t digest[SM3_SIZE];
    AccountRow a;

    if (!body_read_account(b, &a))
        return replay_fail(&x->e, error, "its body is damaged");
    a.id = x->e.id;
    account_digest(&p->w->scratch, p->w->hash, x->e.county, x->e.seq, &a, digest);
    if (memcmp(digest, x->e.row, SM3_SIZE) != 0)
        return replay_fail(&x->e, error, "replayed, the account is not as it was written");
    return sign_in_put(p->w, h, &a, error);
}
