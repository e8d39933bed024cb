/* ledger_follow.c — a record of an event moves what its account's declaration says, in the
 * transaction that writes the record: once, under a key made from record and flow; what a
 * correction changes is reversed and posted anew, what is taken off the books is reversed. A holder
 * whose records lie in another county is paid through two accounts, one in each ledger, that say
 * what the counties owe each other: two transfers under one key, in one transaction. In: the row as
 * it is now.  Out: an entry in each ledger that moved.  Read first: flow_follow(). */
#include "store/flows.h"
#include "store/ledger_inside.h"

#define SIDES_MOST 3 /* the event's county, and those of the old holder and the new */

typedef struct Side { /* what happens in one county's ledger */
    int32_t county;
    int64_t parts;             /* rows that are there under the key */
    LedgerAccount accounts[6]; /* to be opened, or with other limits */
    LedgerTransfer transfers[2];
    size_t n_accounts, n;
} Side;

typedef struct Follow {
    Writing *w;
    const Change *c;
    const Row *r;
    const FlowPlan *p;
    uint8_t key[16];
    Side sides[SIDES_MOST];
    size_t n_sides;
    unsigned ids;
} Follow;

typedef struct Standing { /* what was moved last under the key, in one county */
    bool live;
    int64_t id, amount, parts;
    LedgerAccount holder; /* its side of the holder: an owner's, or between counties */
} Standing;

/* ---- limits ------------------------------------------------------------------------------ */

LedgerUnit ledger_unit_of(const Account *a)
{
    return a->unit == ACCOUNT_YUAN    ? LEDGER_FEN
           : a->unit == ACCOUNT_HOURS ? LEDGER_MINUTE
                                      : LEDGER_NIGHT;
}

static bool plain_number(const Expr *e, int64_t *ret)
{
    unsigned scale = e->type.scale;

    if (e->kind == EXPR_RESCALE)
        e = e->a;
    if (e->kind != EXPR_NUMBER)
        return false;
    *ret = e->number;
    for (unsigned i = e->type.scale; i < scale; i++)
        *ret *= 10;
    for (unsigned i = scale; e->type.kind == KIND_MONEY && i < 2; i++)
        *ret *= 10;
    return true;
}

void store_ledger_limits(Store *s, LedgerLimits limits, void *with)
{
    s->limits = limits;
    s->limits_with = with;
}

void store_ledger_bounds(Store *s, const Account *a, int32_t county, int64_t *low, int64_t *high)
{
    *low = -LEDGER_MOST;
    *high = LEDGER_MOST;
    if (a->low != NULL && !plain_number(a->low, low) && s->limits != NULL)
        s->limits(s->limits_with, a, county, low, NULL);
    if (a->high != NULL && !plain_number(a->high, high) && s->limits != NULL)
        s->limits(s->limits_with, a, county, NULL, high);
    *low = CLAMP(*low, -LEDGER_MOST, LEDGER_MOST);
    *high = CLAMP(*high, *low, LEDGER_MOST);
}

static const char *amount_words(LedgerUnit u, int64_t n, char to[48])
{
    const int64_t whole = n < 0 ? -n : n;
    const char *sign = n < 0 ? "-" : "";

    if (u == LEDGER_FEN)
        g_snprintf(to, 48, "%s%" G_GINT64_FORMAT ".%02d yuan", sign, whole / 100,
                   (int)(whole % 100));
    else if (u == LEDGER_MINUTE)
        g_snprintf(to, 48, "%s%" G_GINT64_FORMAT " h %02d min", sign, whole / 60,
                   (int)(whole % 60));
    else
        g_snprintf(to, 48, "%s%" G_GINT64_FORMAT " nights", sign, whole);
    return to;
}

static Str clause_of(const Account *a)
{
    return a->home.clause != NULL ? a->home.clause->number : STR("");
}

/* Kept in the Writing, too, so that a form can say it beside the field. */
static bool refuse(Follow *f, RefusalKind kind, int64_t balance, int64_t limit, GError **error)
{
    const Account *a = f->p->account;
    const Flow *flow = f->p->flow;
    const Field *beside = kind == REFUSAL_PURPOSE ? flow->purpose
                          : flow->amount != NULL  ? flow->amount
                                                  : flow->entity->end;
    const LedgerUnit u = ledger_unit_of(a);
    Str document = a->home.document->name, clause = clause_of(a);
    char has[48], bound[48];

    f->w->refusal = (LedgerRefusal){kind, a, beside, balance, limit};
    if (kind == REFUSAL_PURPOSE)
        return fail(error, FAIL_CONFLICT,
                    "the account \"%.*s\" is for %.*s alone (%.*s %.*s), and nothing was written",
                    STR_ARG(a->label.en), STR_ARG(a->purpose->label.en), STR_ARG(document),
                    STR_ARG(clause));
    if (kind == REFUSAL_UNSETTLED)
        return fail(error, FAIL_CONFLICT,
                    "the account \"%.*s\" (%.*s %.*s) is of another county, and it does not say "
                    "that it is settled between them: nothing was written",
                    STR_ARG(a->label.en), STR_ARG(document), STR_ARG(clause));
    return fail(error, FAIL_CONFLICT,
                "the account \"%.*s\" (%.*s %.*s) has %s and may not %s %s: nothing was written",
                STR_ARG(a->label.en), STR_ARG(document), STR_ARG(clause),
                amount_words(u, balance, has), kind == REFUSAL_BELOW ? "fall below" : "rise above",
                amount_words(u, limit, bound));
}

/* ---- what is there ----------------------------------------------------------------------- */

/* The last row under the key, or the one before it where the last takes an older one back: what is
 * corrected may be posted anew first. */
static bool standing_read(Follow *f, int32_t county, Standing *ret, GError **error)
{
    static const Sql sql = SQL("SELECT id,state,amount,part,from_id,to_id,of FROM transfer WHERE "
                               "county=?1 AND request=?2 ORDER BY part DESC LIMIT 2");
    Statement *st = NULL;
    bool ok;
    int64_t holder = 0, taken_back = 0;

    *ret = (Standing){0};
    if (!conn_statement(f->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_bytes(st, 2, f->key, sizeof f->key);
    while (conn_next(f->w->conn, st, &ok, error)) {
        ret->parts = MAX(ret->parts, column_int64(st, 3) + 1);
        if (column_int(st, 1) == TRANSFER_REVERSAL && taken_back == 0) {
            taken_back = column_int64(st, 6);
        } else if (!ret->live && column_int(st, 1) == TRANSFER_POSTED &&
                   column_int64(st, 0) != taken_back) {
            ret->live = true;
            ret->id = column_int64(st, 0);
            ret->amount = column_int64(st, 2);
            holder = column_int64(st, f->p->in ? 5 : 4);
        }
    }
    if (!ok)
        return false;
    return !ret->live || ledger_account_read(f->w, county, holder, &ret->holder, error);
}

/* The county that a near standing leads to; 0: the holder is in this one. */
static int32_t far_of(const Standing *near)
{
    const Str owner = near->holder.owner, prefix = STR(OWNER_BETWEEN);

    if (!near->live || !str_starts(owner, prefix))
        return 0;
    g_autofree char *number = g_strndup(owner.at + prefix.len, owner.len - prefix.len);

    return (int32_t)g_ascii_strtoll(number, NULL, 10);
}

static bool account_named(Follow *f, int32_t county, Str owner, LedgerAccount *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,id,unit,kind,owner,lowest,highest,posted,held,coming FROM account "
            "WHERE county=?1 AND unit=?2 AND kind=?3 AND owner=?4");
    const Account *a = f->p->account;
    Statement *st = NULL;
    bool row = false;

    *ret = (LedgerAccount){.county = county,
                           .unit = ledger_unit_of(a),
                           .kind = a->name,
                           .owner = owner,
                           .lowest = -LEDGER_MOST,
                           .highest = LEDGER_MOST};
    if (!conn_statement(f->w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, ret->unit);
    bind_str(st, 3, ret->kind);
    bind_str(st, 4, owner);
    if (!conn_step(f->w->conn, st, &row, error))
        return false;
    if (row) {
        *ret = ledger_account_from(st, f->w->arena);
        statement_reset(st);
    }
    return true;
}

/* ---- what is to happen ------------------------------------------------------------------- */

static Side *side_of(Follow *f, int32_t county, int64_t parts)
{
    for (size_t i = 0; i < f->n_sides; i++) {
        if (f->sides[i].county == county)
            return &f->sides[i];
    }
    g_assert(f->n_sides < SIDES_MOST);
    f->sides[f->n_sides] = (Side){.county = county, .parts = parts};
    return &f->sides[f->n_sides++];
}

/* No counter can be asked inside a transaction that may be undone: a number from the entry it will
 * stand in and its place there.  Should it be taken, the same write succeeds as another entry. */
static bool id_make_new(Follow *f, int32_t county, int64_t *ret, GError **error)
{
    const Head *h = writing_head(f->w, county, error);
    uint8_t digest[SM3_SIZE];
    Bytes b = {0};

    if (h == NULL)
        return false;
    bytes_int(&b, county);
    bytes_int(&b, h->seq);
    bytes_put(&b, f->key, sizeof f->key);
    bytes_uint(&b, f->ids++);
    sm3(b.at, b.len, digest);
    bytes_free(&b);
    memcpy(ret, digest, sizeof *ret);
    *ret = (*ret & INT64_MAX) | 1;
    return true;
}

static bool account_open(Follow *f, LedgerAccount *a, GError **error)
{
    Side *s = side_of(f, a->county, 0);

    if (a->id != 0)
        return true;
    if (!id_make_new(f, a->county, &a->id, error))
        return false;
    g_assert(s->n_accounts < G_N_ELEMENTS(s->accounts));
    s->accounts[s->n_accounts++] = *a;
    return true;
}

static bool other_side(Follow *f, int32_t county, const char *owner, int64_t *ret, GError **error)
{
    LedgerAccount a;

    if (!account_named(f, county, arena_str(f->w->arena, str_of(owner)), &a, error) ||
        !account_open(f, &a, error))
        return false;
    *ret = a.id;
    return true;
}

/* The holder's limits: those declared, or what it has already where that lies outside; it then gets
 * no further outside.  `peak`: how far it rises on the way. */
static bool holder_limits(Follow *f, LedgerAccount *a, int64_t delta, int64_t peak, GError **error)
{
    const int64_t has = a->posted - a->held, top = a->posted + a->coming;
    int64_t low, high, lowest, highest;

    store_ledger_bounds(f->w->s, f->p->account, a->county, &low, &high);
    if (!f->c->settles && delta < 0 && has + delta < low)
        return refuse(f, REFUSAL_BELOW, has, low, error);
    if (!f->c->settles && delta > 0 && top + delta > high)
        return refuse(f, REFUSAL_ABOVE, top, high, error);
    lowest = MIN(low, MIN(has, has + delta));
    highest = MAX(MAX(high, top), top + MAX(delta, peak));
    if (a->id != 0 && a->lowest == lowest && a->highest == highest)
        return true;
    a->lowest = lowest;
    a->highest = highest;
    if (a->id == 0)
        return account_open(f, a, error);
    Side *s = side_of(f, a->county, 0);

    s->accounts[s->n_accounts++] = *a;
    return true;
}

static bool leg(Follow *f, int32_t county, int64_t holder, int64_t other, int64_t amount,
                GError **error)
{
    Side *s = side_of(f, county, 0);
    LedgerTransfer t = {.state = TRANSFER_POSTED,
                        .from = f->p->in ? other : holder,
                        .to = f->p->in ? holder : other,
                        .amount = amount};

    if (!id_make_new(f, county, &t.id, error))
        return false;
    s->transfers[s->n++] = t;
    return true;
}

static bool post(Follow *f, const FlowWant *want, int64_t holder, GError **error)
{
    const int32_t near = f->r->key.county;
    char here[24], there[24];
    int64_t counter = 0, out = 0, in = 0;

    if (!other_side(f, near, f->p->counter, &counter, error))
        return false;
    if (want->county == near)
        return leg(f, near, holder, counter, want->amount, error);
    between_text(want->county, here);
    between_text(near, there);
    return other_side(f, near, here, &out, error) &&
           other_side(f, want->county, there, &in, error) &&
           leg(f, near, out, counter, want->amount, error) &&
           leg(f, want->county, holder, in, want->amount, error);
}

static bool take_back(Follow *f, int32_t county, const Standing *x, GError **error)
{
    LedgerTransfer t = {.state = TRANSFER_REVERSAL, .of = x->id};

    if (!x->live)
        return true;
    Side *s = side_of(f, county, x->parts);

    if (!id_make_new(f, county, &t.id, error))
        return false;
    s->transfers[s->n++] = t;
    return true;
}

/* Both regions are among those between which it is settled. */
static bool settled_between(const Follow *f, int32_t a, int32_t b)
{
    const Param *p = f->p->account->settle;
    const Model *m = f->w->s->model;
    bool first = false, second = false;

    for (size_t i = 0; p != NULL && i < m->n_regions && !(first && second); i++) {
        const RegionRow *r = &m->regions[i];

        for (size_t k = 0; k < p->n_regions && (r->county == a || r->county == b); k++) {
            first = first || (r->county == a && str_equal(p->regions[k], r->code));
            second = second || (r->county == b && str_equal(p->regions[k], r->code));
        }
    }
    return first && second;
}

static bool entries_write(Follow *f, GError **error)
{
    for (size_t i = 0; i < f->n_sides; i++) {
        Side *s = &f->sides[i];
        LedgerMove m = {.county = s->county,
                        .accounts = s->accounts,
                        .n_accounts = s->n_accounts,
                        .transfers = s->transfers,
                        .n_transfers = s->n,
                        .first_part = (size_t)s->parts};
        Entry e = {.actor = f->c->actor,
                   .via = f->c->via,
                   .kind = str_of(change_word(CHANGE_LEDGER)),
                   .entity = f->r->plan->number,
                   .id = f->r->key.id};
        Head *h = s->n == 0 ? NULL : writing_head(f->w, s->county, error);

        if (s->n == 0)
            continue;
        memcpy(m.key, f->key, sizeof m.key);
        body_begin(&f->w->body, CHANGE_LEDGER, f->c->reason, 0);
        if (h == NULL || !ledger_move(f->w, &m, h->seq + 1, &f->w->body, error) ||
            !writing_append(f->w, h, &e, error))
            return false;
    }
    return true;
}

/* ---- one flow ---------------------------------------------------------------------------- */

static bool is_same_account(const LedgerAccount *a, const LedgerAccount *b)
{
    return a->id != 0 && a->id == b->id && a->county == b->county;
}

/* The new holder's limits and the old one's, which may be the same. */
static bool limits_of_both(Follow *f, const FlowWant *want, LedgerAccount *fresh,
                           const Standing *old, GError **error)
{
    const int64_t sign = f->p->in ? 1 : -1;
    LedgerAccount was = old->holder;

    if (want->amount > 0 && old->live && is_same_account(fresh, &was))
        return holder_limits(f, fresh, sign * (want->amount - old->amount),
                             f->p->in ? want->amount : old->amount, error);
    if (want->amount > 0 && !holder_limits(f, fresh, sign * want->amount, 0, error))
        return false;
    return !old->live || holder_limits(f, &was, -sign * old->amount, 0, error);
}

/* What is posted anew stands before what is taken back where that lets the balance rise first:
 * below its limit it never is on the way. */
static bool flow_move(Follow *f, const FlowWant *want, const Standing *near, int32_t far_county,
                      const Standing *far, GError **error)
{
    const Standing *old = far_county != 0 ? far : near;
    LedgerAccount fresh = {0};

    if (want->amount > 0 &&
        !account_named(f, want->county, arena_str(f->w->arena, str_of(want->owner)), &fresh, error))
        return false;
    side_of(f, f->r->key.county, near->parts);
    if (far_county != 0)
        side_of(f, far_county, far->parts);
    if (want->amount > 0 && want->county != f->r->key.county && want->county != far_county) {
        Standing there; /* rows of an earlier time under the same key */

        if (!standing_read(f, want->county, &there, error))
            return false;
        side_of(f, want->county, there.parts);
    }
    if (!limits_of_both(f, want, &fresh, old, error) ||
        (f->p->in && want->amount > 0 && !post(f, want, fresh.id, error)) ||
        !take_back(f, f->r->key.county, near, error) ||
        (far_county != 0 && !take_back(f, far_county, far, error)) ||
        (!f->p->in && want->amount > 0 && !post(f, want, fresh.id, error)))
        return false;
    return entries_write(f, error);
}

static bool want_follow(Follow *f, const FlowWant *want, GError **error)
{
    const int32_t here = f->r->key.county;
    Standing near = {0}, far = {0};
    int32_t far_county = 0;

    if (f->c->kind != CHANGE_CREATE && !standing_read(f, here, &near, error))
        return false;
    far_county = far_of(&near);
    if (far_county != 0 && !standing_read(f, far_county, &far, error))
        return false;
    const LedgerAccount *held = far_county != 0 ? &far.holder : &near.holder;

    if (!near.live ? want->amount == 0
                   : want->amount == near.amount && held->county == want->county &&
                         str_is(held->owner, want->owner))
        return true;
    if (want->amount > LEDGER_MOST)
        return fail(error, FAIL_INPUT, "no account can hold so much") ||
               fail_zh(error, "数额太大，任何账户都容不下");
    if (want->amount > 0 && !f->c->settles && !flow_purpose_kept(f->p, f->r))
        return refuse(f, REFUSAL_PURPOSE, 0, 0, error);
    if (want->amount > 0 && want->county != here && !f->c->settles &&
        !settled_between(f, want->county, here))
        return refuse(f, REFUSAL_UNSETTLED, 0, 0, error);
    return flow_move(f, want, &near, far_county, &far, error);
}

bool flow_follow(Writing *w, const Change *c, const Row *r, const FlowPlan *p, GError **error)
{
    Follow f = {.w = w, .c = c, .r = r, .p = p};
    const FlowWant want = flow_want(p, r);

    if (c->kind == CHANGE_CREATE && want.amount == 0)
        return true;
    flow_key(p, r->plan->number, r->key, f.key);
    return want_follow(&f, &want, error);
}

bool paid_follow(Writing *w, const Change *c, const FlowPlan *p, int64_t fen, GError **error)
{
    const Row r = {.plan = &w->s->plan->tables[c->entity->number], .key = c->key};
    Follow f = {.w = w, .c = c, .r = &r, .p = p};
    RecordKey where = c->key;

    flow_key(p, r.plan->number, r.key, f.key);
    if (p->account->holder != NULL &&
        !link_find(w, c->entity, c->key.county, c->key.id, &where.county, error))
        return false;
    if (where.county == 0)
        return true; /* no longer on the books: its account stays as it is */
    const FlowWant want = flow_paid(p, where, fen);

    return want_follow(&f, &want, error);
}

/* ---- records ----------------------------------------------------------------------------- */

bool flows_follow(Writing *w, const Change *c, const Row *r, GError **error)
{
    const Flows *f = w->s->flows;
    const unsigned at = c->entity->number;

    /* What was earned stays earned when the law has the event's own record erased. */
    if (f == NULL || c->kind == CHANGE_RESEAL || c->kind == CHANGE_ERASE)
        return true;
    for (size_t i = 0; i < f->n_of[at]; i++) {
        if (!flow_follow(w, c, r, &f->of[at][i], error))
            return false;
    }
    return true;
}

static bool named_county(Writing *w, const Change *c, const FlowPlan *p, GArray *to, GError **error)
{
    int32_t county = 0;

    for (size_t i = 0; i < c->n_fields; i++) {
        if (c->fields[i].field != p->flow->by || !c->fields[i].value.known)
            continue;
        if (!link_find(w, p->flow->by->type.to, c->key.county, c->fields[i].value.num, &county,
                       error))
            return false;
        if (county != 0)
            g_array_append_val(to, county);
    }
    return true;
}

/* Who holds it now, of a record that is there. */
static bool held_county(Writing *w, const Change *c, const FlowPlan *p, GArray *to, GError **error)
{
    Row *r = w->rows[c->entity->number];
    const int at = r->plan->of_index[p->flow->by->index];
    bool found = false;

    if (!row_load(w->conn, r, (RecordKey){change_county(w, c), c->key.id}, w->arena, &found, error))
        return false;
    if (found && r->slots[at].value.type == CELL_LINK)
        g_array_append_val(to, r->slots[at].value.county);
    return true;
}

bool flows_counties(Writing *w, const Change *c, GArray *to, GError **error)
{
    const Flows *f = w->s->flows;

    if (f == NULL || f->n == 0 || c->entity == NULL || w->counties->len < 2 ||
        c->entity->number >= w->s->plan->n_tables)
        return true;
    for (size_t i = 0; i < f->n_of[c->entity->number]; i++) {
        const FlowPlan *p = &f->of[c->entity->number][i];

        if (p->flow->by == NULL)
            continue;
        if (!named_county(w, c, p, to, error) ||
            (c->kind != CHANGE_CREATE && !held_county(w, c, p, to, error)))
            return false;
    }
    return true;
}
