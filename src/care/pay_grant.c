/* pay_grant.c — see pay_grant.h.  Read first: grants_new(), grant_standing(). */
#include "care/pay_grant.h"

#include "base/limits.h"
#include "care/param_text.h"
#include "care/write.h"

#define GRANT_ENTITY STR("benefit_grant")

typedef struct GrantKey {
    unsigned rule;
    int64_t subject;
} GrantKey;

typedef struct GrantRow { /* one that was put up */
    size_t row;
    bool changed;
    Month since; /* of a changed one */
    int64_t fen;
} GrantRow;

struct Grants {
    Care *care;
    Working *working;
    Date on;
    Arena *arena;
    const Entity *entity; /* NULL: nothing is noticed */
    const Field *benefit, *kind, *first_month, *amount;
    int64_t code_new, code_changed;
    int *code_of;         /* per rule of the Model: code of `benefit`; -1: not noticed */
    const Field **ref_of; /* per rule: the reference to whom it is for */
    GHashTable *rows;     /* GrantKey → GArray of GrantRow, in order */
    NoticeBook **books;   /* of the publications of the entity */
    const Publish **notices;
    size_t n_notices;
};

/* ---- what the documents say ------------------------------------------------------------------ */

static guint grant_hash(gconstpointer key)
{
    const GrantKey *k = key;
    return (guint)(((uint64_t)k->subject ^ (uint64_t)k->rule << 50) *
                       UINT64_C(0x9e3779b97f4a7c15) >>
                   32);
}

static gboolean grant_equal(gconstpointer a, gconstpointer b)
{
    const GrantKey *x = a, *y = b;
    return x->rule == y->rule && x->subject == y->subject;
}

static const Field *field_of(const Entity *e, Str name, Kind kind)
{
    const Field *f = entity_field(e, name);
    return f != NULL && f->type.kind == kind && f->compute == NULL ? f : NULL;
}

static int64_t code_named(const Enum *e, Str name)
{
    for (size_t i = 0; i < e->n_codes; i++)
        if (str_equal(e->codes[i].name, name))
            return e->codes[i].number;
    return -1;
}

static const Field *reference_to(const Entity *e, const Entity *to)
{
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->type.kind == KIND_REF && e->fields[i]->type.to == to)
            return e->fields[i];
    return NULL;
}

static void rules_bind(Grants *g)
{
    const Model *m = g->care->model;
    g->code_of = arena_many(g->arena, int, m->n_rules + 1);
    g->ref_of = arena_many(g->arena, const Field *, m->n_rules + 1);
    for (size_t i = 0; i < m->n_rules; i++) {
        const Rule *r = m->rules[i];
        g->code_of[i] = -1;
        if (g->entity == NULL || r->kind != RULE_BENEFIT)
            continue;
        g->ref_of[i] = reference_to(g->entity, r->subject);
        if (g->ref_of[i] != NULL)
            g->code_of[i] = (int)code_named(g->benefit->type.of, r->name);
    }
}

static void entity_bind(Grants *g)
{
    const Entity *e = model_entity(g->care->model, GRANT_ENTITY);
    if (e == NULL || e->event_day == NULL)
        return;
    g->benefit = field_of(e, STR("benefit"), KIND_ENUM);
    g->kind = field_of(e, STR("kind"), KIND_ENUM);
    g->first_month = field_of(e, STR("first_month"), KIND_DATE);
    g->amount = field_of(e, STR("amount"), KIND_MONEY);
    if (g->benefit == NULL || g->kind == NULL || g->first_month == NULL || g->amount == NULL)
        return;
    g->code_new = code_named(g->kind->type.of, STR("new_grant"));
    g->code_changed = code_named(g->kind->type.of, STR("changed_grant"));
    if (g->code_new >= 0)
        g->entity = e;
}

/* ---- what there is --------------------------------------------------------------------------- */

static bool cell(const Grants *g, const Field *f, size_t row, int64_t *ret)
{
    const Batch *b = g->working->data->batches[g->entity->number];
    const Column *c = f->index < b->n_columns ? b->columns[f->index] : NULL;
    return c != NULL && column_at(c, row, g->on, ret);
}

static void row_keep(Grants *g, GrantKey key, const GrantRow *row)
{
    GArray *all = g_hash_table_lookup(g->rows, &key);
    if (all == NULL) {
        all = g_array_new(FALSE, FALSE, sizeof(GrantRow));
        g_hash_table_insert(g->rows, g_memdup2(&key, sizeof key), all);
    }
    g_array_append_vals(all, row, 1);
}

static void row_add(Grants *g, size_t row)
{
    const Model *m = g->care->model;
    int64_t benefit, kind, at, since = 0;
    GrantRow x = {.row = row};
    if (!cell(g, g->benefit, row, &benefit) || !cell(g, g->kind, row, &kind) ||
        (kind != g->code_new && kind != g->code_changed))
        return;
    x.changed = kind != g->code_new;
    if (x.changed && (!cell(g, g->first_month, row, &since) || !cell(g, g->amount, row, &x.fen)))
        return;
    x.since = x.changed ? month_of((Date)since) : 0;
    for (size_t i = 0; i < m->n_rules; i++) {
        if (g->code_of[i] < 0 || g->code_of[i] != benefit || !cell(g, g->ref_of[i], row, &at))
            continue;
        const Batch *to = g->working->data->batches[m->rules[i]->subject->number];
        if (to == NULL || at < 0 || (size_t)at >= to->rows)
            continue;
        row_keep(g, (GrantKey){(unsigned)i, to->ids[at]}, &x);
    }
}

static bool books_open(Grants *g, GError **error)
{
    const Model *m = g->care->model;
    g->books = arena_many(g->arena, NoticeBook *, m->n_publications + 1);
    g->notices = arena_many(g->arena, const Publish *, m->n_publications + 1);
    for (size_t i = 0; i < m->n_publications; i++) {
        const Publish *p = m->publications[i];
        if (p->entity != g->entity || p->lasts == NULL)
            continue;
        NoticeBook *b = notice_book_new(g->care, g->working, p, g->on, error);
        if (b == NULL)
            return false;
        g->notices[g->n_notices] = p;
        g->books[g->n_notices++] = b;
    }
    return true;
}

Grants *grants_new(Care *c, Working *w, Date on, Arena *a, GError **error)
{
    g_autoptr(Grants) g = g_new0(Grants, 1);
    *g = (Grants){.care = c, .working = w, .on = on, .arena = a};
    g->rows = g_hash_table_new_full(grant_hash, grant_equal, g_free, (GDestroyNotify)g_array_unref);
    entity_bind(g);
    rules_bind(g);
    if (g->entity == NULL)
        return g_steal_pointer(&g);
    for (size_t i = 0; i < working_rows(w, g->entity); i++)
        row_add(g, i);
    return books_open(g, error) ? g_steal_pointer(&g) : NULL;
}

void grants_free(Grants *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->n_notices; i++)
        notice_book_free(g->books[i]);
    g_hash_table_unref(g->rows);
    g_free(g);
}

bool grants_noticed(const Grants *g, const Rule *rule)
{
    return g->n_notices > 0 && g->code_of[rule->number] >= 0;
}

/* ---- one ---------------------------------------------------------------------------------------
 */

typedef struct Looking {
    const Grants *of;
    int32_t region;
    const Param *found;
} Looking;

static void unset_look(const Expr *e, void *user)
{
    Looking *l = user;
    const Care *c = l->of->care;
    ParamText text;
    if (e->kind != EXPR_PARAM || l->found != NULL)
        return;
    param_text(c->model, c->regions, e->param, l->region, l->of->on, l->of->arena, &text);
    if (text.unset)
        l->found = e->param;
}

static const Param *unset_of(const Grants *g, const Publish *p)
{
    Looking l = {.of = g, .region = g->care->place};
    expr_walk(p->lasts, unset_look, &l);
    return l.found;
}

/* Of several notices the one that waits longest: a person is asked about the worst of them. */
static const uint8_t worse[NOTICE_STATES] = {
    [NOTICE_NONE] = 0,     [NOTICE_CLOSED] = 1,  [NOTICE_UP] = 2,
    [NOTICE_OBJECTED] = 3, [NOTICE_UNKNOWN] = 4, [NOTICE_UPHELD] = 5,
};

static bool row_standing(Grants *g, size_t row, Arena *a, GrantStanding *ret, GError **error)
{
    const Batch *b = g->working->data->batches[g->entity->number];
    int64_t day;
    *ret = (GrantStanding){.grant = {b->counties[row], b->ids[row]}};
    bool early = cell(g, g->entity->event_day, row, &day) && day > g->on;
    for (size_t i = 0; i < g->n_notices; i++) {
        NoticeStanding s;
        if (!notice_ask(g->books[i], ret->grant, a, &s, error))
            return false;
        if (worse[s.state] <= worse[ret->standing.state])
            continue;
        ret->standing = s;
        ret->notice = g->notices[i];
    }
    if (ret->standing.state == NOTICE_NONE && !early)
        ret->standing.state = NOTICE_CLOSED; /* no notice is about her */
    if (ret->standing.state == NOTICE_UNKNOWN)
        ret->unset = unset_of(g, ret->notice);
    return true;
}

bool grant_asked(Grants *g, const GrantDraft *d, Arena *a, GrantStanding *ret, GError **error)
{
    const GrantKey key = {d->rule->number, d->subject};
    const GArray *all = g_hash_table_lookup(g->rows, &key);
    *ret = (GrantStanding){0};
    for (guint i = all != NULL ? all->len : 0; i-- > 0;) {
        const GrantRow *x = &g_array_index(all, GrantRow, i);
        if (x->changed == d->changed && (!x->changed || (x->since == d->since && x->fen == d->fen)))
            return row_standing(g, x->row, a, ret, error);
    }
    return true;
}

bool grant_standing(Grants *g, const Rule *rule, int64_t subject, Arena *a, GrantStanding *ret,
                    GError **error)
{
    const GrantKey key = {rule->number, subject};
    const GArray *all = g_hash_table_lookup(g->rows, &key);
    *ret = (GrantStanding){0};
    for (guint i = 0; all != NULL && i < all->len; i++) {
        GrantStanding s;
        if (!row_standing(g, g_array_index(all, GrantRow, i).row, a, &s, error))
            return false;
        if (ret->grant.id == 0 || worse[s.standing.state] >= worse[ret->standing.state])
            *ret = s;
    }
    return true;
}

/* ---- putting up ------------------------------------------------------------------------------ */

static WriteField field_set(const Field *f, Value v)
{
    return (WriteField){.field = f, .value = v, .since = DATE_MIN, .until = DATE_MAX};
}

static bool draft_request(Grants *g, const GrantDraft *d, Arena *a, WriteRequest *ret,
                          GError **error)
{
    const Batch *b = g->working->data->batches[d->rule->subject->number];
    int64_t row = working_row(g->working, d->rule->subject, d->subject);
    WriteField *f = arena_many(a, WriteField, 6);
    if (row == ROW_NONE)
        return fail(error, FAIL_ABSENT, "whom the grant is for is not there any more") ||
               fail_zh(error, "享受人已经不在登记里");
    f[0] = field_set(g->ref_of[d->rule->number], VALUE_NUM(d->subject));
    f[1] = field_set(g->benefit, VALUE_NUM(g->code_of[d->rule->number]));
    f[2] = field_set(g->kind, VALUE_NUM(d->changed ? g->code_changed : g->code_new));
    f[3] = field_set(g->first_month, VALUE_NUM(month_first(d->since)));
    f[4] = field_set(g->amount, VALUE_NUM(d->fen));
    f[5] = field_set(g->entity->event_day, VALUE_NUM(g->on));
    *ret = (WriteRequest){.kind = WRITE_CREATE,
                          .entity = g->entity,
                          .key = {.county = b->counties[row]},
                          .expected = -1,
                          .fields = f,
                          .n_fields = 6};
    return care_new_id(g->care, &ret->key.id, error);
}

bool grants_put_up(Grants *g, const Session *s, const GrantDraft *drafts, size_t n,
                   uint64_t *ret_made, GError **error)
{
    const WriteBy by = {s->account, s->via};
    g_autofree WriteRequest *chunk = g_new0(WriteRequest, LIMIT_IMPORT_CHUNK);
    *ret_made = 0;
    for (size_t i = 0; i < n;) {
        g_autoptr(Arena) a = arena_new();
        size_t k = 0;
        for (; i < n && k < LIMIT_IMPORT_CHUNK; i++) {
            if (drafts[i].changed && g->code_changed < 0)
                continue;
            if (!draft_request(g, &drafts[i], a, &chunk[k++], error))
                return false;
        }
        if (k > 0 && !care_write_chunk(g->care, &by, chunk, k, error))
            return fail_while(error, "putting up new grants");
        *ret_made += k;
    }
    return true;
}
