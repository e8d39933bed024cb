/* replay.c — ranges applied in order: the chain held entry by entry, each entry by its kind.
 * Parts: replay_record.c, replay_money.c; what a new database is made of: range_base.c.
 * Read first: replay_range(), entry_replay(). */
#include "store/replay_inside.h"

#include <stdarg.h>

#include "base/identifier.h"
#include "base/limits.h"
#include "store/about.h"
#include "store/copy.h"

Replay *replay_new(Store *s)
{
    Replay *p = g_new0(Replay, 1);

    p->s = s;
    p->w = s->work;
    p->arena = arena_new();
    p->rows = arena_many(p->arena, Row *, s->plan->n_all + 1);
    return p;
}

void replay_free(Replay *p)
{
    if (p == NULL)
        return;
    arena_free(p->arena);
    g_free(p);
}

bool replay_fail(const Entry *e, GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return fail(error, FAIL_INPUT, "county %d, entry %" G_GINT64_FORMAT " (%.*s): %s", e->county,
                e->seq, STR_ARG(e->kind), text);
}

/* ---- one entry ----------------------------------------------------------------------------- */

static bool chain_check(Writing *w, const Head *h, const Shipped *x, GError **error)
{
    uint8_t digest[SM3_SIZE];
    Entry e = x->e;

    if (!str_utf8_valid(e.actor, NULL) || !str_utf8_valid(e.via, NULL) ||
        !str_utf8_valid(e.kind, NULL))
        return fail(error, FAIL_INPUT, "county %d, entry %" G_GINT64_FORMAT ": it is damaged",
                    e.county, e.seq);
    if (x->has_body) {
        entry_digest(w->hash, x->salt, x->body, digest);
        if (memcmp(digest, e.digest, SM3_SIZE) != 0)
            return replay_fail(&x->e, error, "its body is not the one that was written");
    }
    entry_link(w->hash, &w->scratch, h->link, &e);
    return memcmp(e.link, x->e.link, SM3_SIZE) == 0 ||
           replay_fail(&x->e, error,
                       "it does not follow on the entry before it (its link differs)");
}

/* An entry whose body went: what it wrote went with it, and a later one of kind erase says so;
 * accounts do not leave their node.  Money and answers are never erased. */
static bool bodiless(const Shipped *x, GError **error)
{
    static const ChangeKind kinds[] = {CHANGE_CREATE,  CHANGE_SET,   CHANGE_CORRECT, CHANGE_END,
                                       CHANGE_RESEAL,  CHANGE_LEAVE, CHANGE_REVIVE,  CHANGE_NOTE,
                                       CHANGE_ACCOUNT, CHANGE_ISSUE};
    bool may = x->e.entity == ENTITY_DOCKET || x->e.entity == ENTITY_PAY_HOLD;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        may = may || str_is(x->e.kind, change_word(kinds[i]));
    return may || replay_fail(&x->e, error, "its body is missing");
}

/* The office's journal is replayed first: what stands in others can be told before and after. */
static bool note_replay(Replay *p, const Shipped *x, const Body *b, GError **error)
{
    if (p->copy || x->e.county != p->s->facts.home_county)
        return true;
    if (str_starts(b->reason, STR("keys ")))
        p->keys_at = x->e.at;
    return replay_copied(p, b->reason, error);
}

static bool entry_replay(Replay *p, Head *h, const Shipped *x, GError **error)
{
    Body b;

    if (!x->has_body)
        return bodiless(x, error);
    if (!body_read(x->body, &b))
        return replay_fail(&x->e, error,
                           "its body is of another version of the program: this one cannot replay "
                           "it");
    if (p->copy && (b.kind == CHANGE_ACCOUNT || b.kind == CHANGE_DECIDE ||
                    b.kind == CHANGE_LEDGER || b.kind == CHANGE_PAY || b.kind == CHANGE_ISSUE))
        return true;
    switch (b.kind) {
    case CHANGE_NOTE:
        return note_replay(p, x, &b, error);
    case CHANGE_ACCOUNT:
        return replay_account(p, h, x, &b, error);
    case CHANGE_DOCKET:
        return replay_docket(p, h, x, &b, error);
    case CHANGE_DECIDE:
        return replay_decide(p, h, x, &b, error);
    case CHANGE_LEDGER:
        return replay_ledger(p, h, x, &b, error);
    case CHANGE_PAY:
        return replay_pay(p, h, x, &b, error);
    case CHANGE_ISSUE:
        return replay_issue(p, h, x, &b, error);
    default:
        return replay_record(p, h, x, &b, error);
    }
}

/* ---- a range ------------------------------------------------------------------------------- */

typedef struct Ranging {
    Replay *p;
    const RangeHead *h;
    Reader r;
    int64_t next; /* of the entries in the payload */
} Ranging;

/* What is there already must be the same. */
static bool known_check(const Head *h, const Shipped *x, GError **error)
{
    return x->e.seq < h->seq || memcmp(x->e.link, h->link, SM3_SIZE) == 0 ||
           replay_fail(&x->e, error, "another entry stands in its place here");
}

static bool entries_apply(Ranging *g, Head *h, size_t most, GError **error)
{
    Writing *w = g->p->w;

    for (size_t n = 0; n < most && g->next <= g->h->to; n++) {
        Shipped x;

        if (!shipped_read(&g->r, g->h->county, g->next, &x))
            return fail(error, FAIL_INPUT, "entry %" G_GINT64_FORMAT " cannot be read", g->next);
        g->next++;
        if (x.e.seq <= h->seq) {
            if (!known_check(h, &x, error))
                return false;
            continue;
        }
        w->at = x.e.at;
        w->decided = -1;
        if (!chain_check(w, h, &x, error) || !entry_replay(g->p, h, &x, error) ||
            !writing_put(w, h, &x.e, x.has_body ? x.salt : NULL, x.body, error) ||
            !conn_settle(w->conn, error))
            return false;
    }
    return true;
}

static bool requests_apply(Ranging *g, GError **error)
{
    static const Sql sql = SQL("INSERT INTO request(county,key,seq,answer,at) "
                               "VALUES(?1,?2,?3,?4,?5) ON CONFLICT(county,key) DO NOTHING");
    Statement *st = NULL;

    while (reader_byte(&g->r) == 1) {
        Str key = reader_str(&g->r);

        if (!conn_statement(g->p->w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, g->h->county);
        bind_bytes(st, 2, key.at, key.len);
        for (int i = 3; i < 6; i++)
            bind_int(st, i, reader_int(&g->r));
        if (g->r.bad || !conn_done(g->p->w->conn, st, error))
            return false;
    }
    return true;
}

static bool seals_apply(Ranging *g, GError **error)
{
    static const Sql sql = SQL("INSERT INTO seal(county,seq,link,at,key,signature) "
                               "VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT(county,seq) DO NOTHING");
    Statement *st = NULL;

    while (reader_byte(&g->r) == 1) {
        if (!conn_statement(g->p->w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, g->h->county);
        for (int i = 2; i < 7; i++)
            bind_cell(st, i, reader_cell(&g->r));
        if (g->r.bad || !conn_done(g->p->w->conn, st, error))
            return false;
    }
    return true;
}

static bool begins(Ranging *g, Head **ret, GError **error)
{
    Head *h = writing_head(g->p->w, g->h->county, error);

    *ret = h;
    if (h == NULL)
        return false;
    return h->seq >= g->h->from - 1 ||
           fail(error, FAIL_INPUT,
                "entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " of county %d are missing",
                h->seq + 1, g->h->from - 1, g->h->county);
}

/* A chunk of entries in a transaction of its own. */
static bool chunk_apply(Ranging *g, GError **error)
{
    Head *h = NULL;
    bool ok = writing_begin(g->p->w, error);

    if (!ok)
        return false;
    ok = begins(g, &h, error) && entries_apply(g, h, LIMIT_IMPORT_CHUNK, error) &&
         (g->next <= g->h->to || g->p->copy ||
          (requests_apply(g, error) && seals_apply(g, error) &&
           access_replay(g->p->w, g->h->county, &g->r, error)));
    if (!ok) {
        writing_abort(g->p->w);
        return (error == NULL || *error != NULL) ? false : fail(error, FAIL_INPUT, "it is damaged");
    }
    return writing_commit(g->p->w, error);
}

static bool payload_begin(Ranging *g)
{
    if (reader_byte(&g->r) != 0) {
        (void)reader_int(&g->r);
        (void)reader_str(&g->r);
    }
    return reader_uint(&g->r) == (uint64_t)(g->h->to - g->h->from + 1) && !g->r.bad;
}

/* Another node makes records and dockets under its own number alone: what had ours, or a third
 * one's, could not be told from theirs any more. */
static bool number_check(const Ranging *g, const Shipped *x, GError **error)
{
    const TablePlan *t = plan_numbered(g->p->s->plan, x->e.entity);
    char id[ID_TEXT];
    Body b;

    if (!x->has_body || !body_read(x->body, &b) || b.kind == CHANGE_NOTE ||
        b.kind == CHANGE_ACCOUNT || b.kind == CHANGE_DECIDE || b.kind == CHANGE_LEDGER ||
        b.kind == CHANGE_PAY || id_node(x->e.id) == g->h->node ||
        (b.kind == CHANGE_ERASE && x->e.entity == ENTITY_NONE) ||
        (b.kind != CHANGE_DOCKET && t != NULL && entity_is_region(t->entity)))
        return true;
    return replay_fail(&x->e, error,
                       "its number %s is one of node %u and not of node %u, which sent it; nothing "
                       "of this range is taken: ask that node how it came by it",
                       id_format(x->e.id, id), id_node(x->e.id), g->h->node);
}

/* Before anything is applied: half of what a node sends with a number that is not its own would be
 * hard to take back. */
static bool numbers_check(Ranging g, GError **error)
{
    for (; g.next <= g.h->to; g.next++) {
        Shipped x;

        if (!shipped_read(&g.r, g.h->county, g.next, &x))
            return fail(error, FAIL_INPUT, "entry %" G_GINT64_FORMAT " cannot be read", g.next);
        if (!number_check(&g, &x, error))
            return false;
    }
    return true;
}

bool replay_range(Replay *p, const RangeHead *h, Str payload, GError **error)
{
    Ranging g = {.p = p, .h = h, .r = reader_of(payload), .next = h->from};
    bool ok = payload_begin(&g);

    if (!ok)
        return fail(error, FAIL_INPUT, "it does not hold the entries that it names");
    if (p->all_copies && !numbers_check(g, error))
        return false;
    g_mutex_lock(&p->s->writing);
    p->copy = true;
    ok = p->all_copies || writing_is_copy(p->w, h->county, &p->copy, error);
    while (ok && g.next <= h->to)
        ok = chunk_apply(&g, error);
    g_mutex_unlock(&p->s->writing);
    return ok;
}

/* ---- the end ------------------------------------------------------------------------------- */

/* Numbers of runs go on behind the last; ids have a new incarnation. */
static bool counters(Conn *c, GError **error)
{
    static const Sql sql[] = {
        SQL("INSERT INTO counter(name,next) SELECT 'run',max(id)+1 FROM run HAVING count(*)>0 "
            "ON CONFLICT(name) DO UPDATE SET next=excluded.next"),
        SQL("INSERT INTO counter(name,next) SELECT 'pay_run',max(id)+1 FROM pay_run HAVING "
            "count(*)>0 ON CONFLICT(name) DO UPDATE SET next=excluded.next")};

    for (size_t i = 0; i < G_N_ELEMENTS(sql); i++) {
        if (!conn_run(c, sql[i], error))
            return false;
    }
    return true;
}

/* Marks and the calendar were not shipped: every rule that was decided about is asked again, and
 * answers that stay the same are not touched. */
static bool rules_mark(Writing *w, GError **error)
{
    static const Sql clear = SQL("DELETE FROM stale"),
                     sql = SQL("INSERT INTO stale_rule(rule,place,from_month,version) "
                               "SELECT n.number,'',(SELECT min(first_month) FROM run),"
                               "CAST(?1 AS INTEGER) FROM naming n WHERE n.owner='rule' AND "
                               "EXISTS (SELECT 1 FROM run)");
    Statement *st = NULL;

    if (!conn_run(w->conn, clear, error) || !conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, w->s->policy);
    return conn_done(w->conn, st, error);
}

bool replay_end(Replay *p, GError **error)
{
    bool ok = false;

    g_mutex_lock(&p->s->writing);
    ok = writing_begin(p->w, error);
    if (ok && (!counters(p->w->conn, error) || !rules_mark(p->w, error))) {
        writing_abort(p->w);
        ok = false;
    }
    ok = ok && writing_commit(p->w, error);
    g_mutex_unlock(&p->s->writing);
    return ok;
}

/* ---- an empty database --------------------------------------------------------------------- */

bool store_create_from(const char *uri, const Model *m, const StoreBase *base, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);
    StoreFacts facts = {.base = base};

    return k != NULL && base_facts(base, a, &facts, error) && k->is_free(where, error) &&
           k->create(where, m, &facts, error);
}
