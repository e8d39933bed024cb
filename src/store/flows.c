/* flows.c — which flows an entity has, and what a row wants moved by one of them.
 * The conditions are a small closed part of the language (declare/link_account.c, is_own()): they
 * are asked here of cells, with the four truths of semantics 21. */
#include "store/flows.h"

/* ---- conditions over one row ------------------------------------------------------------- */

static Value field_value(const Row *r, const Field *f)
{
    int at = r->plan->of_index[f->index];

    return at < 0 ? VALUE_UNKNOWN : value_of_cell(&r->plan->fields[at], r->slots[at].value);
}

static bool number_of(const Expr *e, const Row *r, int64_t *ret)
{
    Value v;

    switch (e->kind) {
    case EXPR_FIELD:
        v = field_value(r, e->path[0]);
        *ret = v.num;
        return v.known;
    case EXPR_TRUTH:
        *ret = e->number == TRUTH_YES;
        return true;
    case EXPR_RESCALE:
        if (!number_of(e->a, r, ret))
            return false;
        for (unsigned i = e->a->type.scale; i < e->type.scale; i++)
            *ret *= 10;
        return true;
    default:
        *ret = e->number;
        return true;
    }
}

static bool compare(ExprKind k, int64_t a, int64_t b)
{
    switch (k) {
    case EXPR_EQ:
        return a == b;
    case EXPR_NE:
        return a != b;
    case EXPR_LT:
        return a < b;
    case EXPR_LE:
        return a <= b;
    case EXPR_GT:
        return a > b;
    case EXPR_GE:
        return a >= b;
    case EXPR_IN:
        return a >= 0 && a < 64 && (((uint64_t)b >> a) & 1) != 0;
    case EXPR_HAS_ANY:
        return ((uint64_t)a & (uint64_t)b) != 0;
    default: /* EXPR_HAS_ALL */
        return ((uint64_t)a & (uint64_t)b) == (uint64_t)b;
    }
}

static Truth truth_of(const Expr *e, const Row *r)
{
    int64_t a = 0, b = 0, c = 0;
    Truth t;

    switch (e->kind) {
    case EXPR_TRUTH:
        return (Truth)e->number;
    case EXPR_AND:
        t = truth_of(e->a, r);
        return MIN(t, truth_of(e->b, r));
    case EXPR_OR:
        t = truth_of(e->a, r);
        return MAX(t, truth_of(e->b, r));
    case EXPR_NOT:
        t = truth_of(e->a, r);
        return t == TRUTH_YES ? TRUTH_NO : t == TRUTH_NO ? TRUTH_YES : t;
    case EXPR_KNOWN:
        return field_value(r, e->a->path[0]).known ? TRUTH_YES : TRUTH_NO;
    case EXPR_FIELD:
        return !number_of(e, r, &a) ? TRUTH_UNKNOWN : a != 0 ? TRUTH_YES : TRUTH_NO;
    case EXPR_BETWEEN:
        if (!number_of(e->a, r, &a) || !number_of(e->b, r, &b) || !number_of(e->c, r, &c))
            return TRUTH_UNKNOWN;
        return a >= b && a <= c ? TRUTH_YES : TRUTH_NO;
    default:
        if (!number_of(e->a, r, &a) || !number_of(e->b, r, &b))
            return TRUTH_UNKNOWN;
        return compare(e->kind, a, b) ? TRUTH_YES : TRUTH_NO;
    }
}

/* ---- what a row wants -------------------------------------------------------------------- */

static int64_t amount_of(const FlowPlan *p, const Row *r)
{
    const Entity *e = p->flow->entity;
    Value v, end;

    if (p->flow->amount != NULL) {
        v = field_value(r, p->flow->amount);
        return v.known ? v.num : 0;
    }
    v = field_value(r, e->begin);
    end = field_value(r, e->end);
    return v.known && end.known ? end.num - v.num : 0; /* nights; while it lasts: none yet */
}

char *ledger_owner_text(int64_t id, char to[24])
{
    g_snprintf(to, 24, "%" G_GINT64_FORMAT, id);
    return to;
}

void between_text(int32_t county, char to[24])
{
    g_snprintf(to, 24, OWNER_BETWEEN "%d", county);
}

FlowWant flow_want(const FlowPlan *p, const Row *r)
{
    FlowWant w = {.county = r->key.county, .id = r->key.id};

    if (r->state != STATE_LIVE ||
        (p->flow->where != NULL && truth_of(p->flow->where, r) != TRUTH_YES))
        return w;
    if (p->account->holder == NULL) {
        w.id = 0;
    } else if (p->flow->by != NULL) {
        int at = r->plan->of_index[p->flow->by->index];
        const Cell *c = &r->slots[at].value;

        if (c->type != CELL_LINK)
            return w;
        w.id = c->num;
        w.county = c->county;
    }
    w.amount = MAX(amount_of(p, r), 0);
    if (w.id == 0)
        memcpy(w.owner, "place", sizeof "place");
    else
        ledger_owner_text(w.id, w.owner);
    return w;
}

FlowWant flow_paid(const FlowPlan *p, RecordKey where, int64_t fen)
{
    FlowWant w = {.county = where.county, .id = where.id, .amount = MAX(fen, 0)};

    if (p->account->holder == NULL) {
        w.id = 0;
        memcpy(w.owner, "place", sizeof "place");
    } else {
        ledger_owner_text(w.id, w.owner);
    }
    return w;
}

bool flow_purpose_kept(const FlowPlan *p, const Row *r)
{
    Value v;

    if (p->in || p->account->purpose == NULL || p->flow->purpose == NULL)
        return true;
    v = field_value(r, p->flow->purpose);
    return v.known && v.num == (int64_t)p->account->purpose->number;
}

void flow_key(const FlowPlan *p, int64_t entity, RecordKey event, uint8_t to[16])
{
    uint8_t digest[SM3_SIZE];
    Bytes b = {0};

    bytes_str(&b, STR("flow"));
    bytes_str(&b, p->account->name);
    bytes_byte(&b, p->in);
    bytes_uint(&b, p->nth);
    bytes_int(&b, entity);
    bytes_int(&b, event.county);
    bytes_int(&b, event.id);
    sm3(b.at, b.len, digest);
    memcpy(to, digest, 16);
    bytes_free(&b);
}

/* ---- the plan ---------------------------------------------------------------------------- */

/* Everything that decides what moves: another text here means that events are looked at anew. */
static void expr_bytes(Bytes *b, const Expr *e)
{
    if (e == NULL) {
        bytes_byte(b, 0);
        return;
    }
    bytes_byte(b, 1 + (uint8_t)e->kind);
    bytes_int(b, e->kind == EXPR_CODE || e->kind == EXPR_SET ? 0 : e->number);
    for (size_t i = 0; (e->kind == EXPR_CODE || e->kind == EXPR_SET) && i < e->type.of->n_codes;
         i++)
        if (e->kind == EXPR_CODE ? (int64_t)i == e->number : ((uint64_t)e->number >> i & 1) != 0)
            bytes_str(b, e->type.of->codes[i].name);
    for (size_t i = 0; i < e->n_path; i++)
        bytes_str(b, e->path[i]->name);
    expr_bytes(b, e->a);
    expr_bytes(b, e->b);
    expr_bytes(b, e->c);
}

static void flow_bytes(Bytes *b, const FlowPlan *p)
{
    bytes_str(b, p->account->name);
    bytes_byte(b, p->in);
    bytes_uint(b, p->nth);
    bytes_str(b, p->flow->entity != NULL ? p->flow->entity->name : p->flow->rule->name);
    bytes_str(b, p->flow->amount != NULL ? p->flow->amount->name : STR(""));
    bytes_str(b, p->flow->by != NULL ? p->flow->by->name : STR(""));
    expr_bytes(b, p->flow->where);
}

static const char *counter_of(Arena *a, bool in, Str name)
{
    g_autofree char *text = g_strdup_printf("%s:%.*s", in ? "in" : "out", STR_ARG(name));

    return arena_dup(a, text, strlen(text));
}

/* What a benefit pays comes in; nothing goes out by one. */
static void paid_add(Flows *f, const Account *a, const Flow *flow, Bytes *b)
{
    FlowPlan *more = arena_many(f->arena, FlowPlan, f->n_paid + 1);
    FlowPlan p = {.account = a, .flow = flow, .in = true};

    p.counter = counter_of(f->arena, true, flow->rule->name);
    for (size_t i = 0; i < f->n_paid; i++)
        p.nth += f->paid[i].account == a;
    p.nth += 1000; /* beside those of records */
    if (f->n_paid > 0)
        memcpy(more, f->paid, f->n_paid * sizeof *more);
    more[f->n_paid++] = p;
    f->paid = more;
    flow_bytes(b, &p);
}

static void flow_add(Flows *f, const Account *a, const Flow *flow, bool in, Bytes *b)
{
    unsigned at = flow->entity->number;
    size_t n = f->n_of[at];
    FlowPlan *more = arena_many(f->arena, FlowPlan, n + 1);
    FlowPlan p = {.account = a, .flow = flow, .in = in};

    for (size_t i = 0; i < n; i++)
        p.nth += f->of[at][i].account == a && f->of[at][i].in == in;
    p.counter = counter_of(f->arena, in, flow->entity->name);
    if (n > 0)
        memcpy(more, f->of[at], n * sizeof *more);
    more[n] = p;
    f->of[at] = more;
    f->n_of[at]++;
    f->n++;
    flow_bytes(b, &p);
}

/* To an entity that may fail. */
static bool refers_to_flow(const Flows *f, const TablePlan *t)
{
    for (size_t i = 0; i < t->entity->n_fields; i++) {
        const Field *own = t->entity->fields[i];

        if (own->type.kind == KIND_REF && own->compute == NULL && own->type.to != NULL &&
            f->may_fail[own->type.to->number])
            return true;
    }
    return false;
}

static void may_fail_mark(Flows *f, const Plan *p)
{
    f->may_fail = arena_many(f->arena, bool, p->n_tables + 1);
    for (bool more = f->n > 0; more;) {
        more = false;
        for (size_t i = 0; i < p->n_tables; i++) {
            if (f->may_fail[i] || (f->n_of[i] == 0 && !refers_to_flow(f, &p->tables[i])))
                continue;
            f->may_fail[i] = more = true;
        }
    }
}

Flows *flows_new(const Model *m, const Plan *p)
{
    Flows *f = g_new0(Flows, 1);
    uint8_t digest[SM3_SIZE];
    g_autofree char *hex = NULL;
    Bytes b = {0};

    f->arena = arena_new();
    f->of = arena_many(f->arena, FlowPlan *, p->n_tables + 1);
    f->n_of = arena_many(f->arena, size_t, p->n_tables + 1);
    for (size_t i = 0; i < m->n_accounts; i++) {
        const Account *a = m->accounts[i];

        for (size_t k = 0; k < a->n_in + a->n_out; k++) {
            const Flow *flow = k < a->n_in ? &a->in[k] : &a->out[k - a->n_in];

            if (flow->entity != NULL)
                flow_add(f, a, flow, k < a->n_in, &b);
            else if (flow->rule != NULL && k < a->n_in)
                paid_add(f, a, flow, &b);
        }
    }
    may_fail_mark(f, p);
    sm3(b.at, b.len, digest);
    hex = hex_of(digest, sizeof digest);
    memcpy(f->digest, hex, sizeof f->digest);
    bytes_free(&b);
    return f;
}

void flows_free(Flows *f)
{
    if (f == NULL)
        return;
    arena_free(f->arena);
    g_free(f);
}
