/* tail_fill.c — last digits of telephones that were recorded when none were kept: by an older
 * version, under documents that did not have them found, in a node that was made from a journal.
 * What was done goes along in `about`, in the transaction that does it, so that whoever is stopped
 * goes on, and of two processes one does a piece.  Read first: store_tails_at(),
 * store_tails_fill(). */
#include "store/about.h"
#include "store/keys.h"

#define ABOUT_TAILS "tails"
#define ALL_DONE    "done"

static bool has_tails(const TablePlan *t)
{
    bool has = false;

    for (size_t i = 0; i < t->n_fields; i++)
        has = has || t->fields[i].tail;
    return has;
}

/* Which fields have them: others begin anew. */
static char *fields_words(const Plan *p)
{
    GString *s = g_string_new(NULL);

    for (size_t i = 0; i < p->n_tables; i++) {
        for (size_t k = 0; k < p->tables[i].n_fields; k++) {
            if (p->tables[i].fields[k].tail)
                g_string_append_printf(s, "%u.%u ", p->tables[i].number,
                                       p->tables[i].fields[k].number);
        }
    }
    return g_string_free(s, FALSE);
}

/* The next register behind one; NULL: all are done. */
static const Entity *next_entity(const Plan *p, const Entity *e)
{
    for (size_t i = e != NULL ? e->number + 1 : 0; i < p->n_tables; i++) {
        if (has_tails(&p->tables[i]))
            return p->tables[i].entity;
    }
    return NULL;
}

static char *at_words(const Store *s, const TailsAt *at)
{
    g_autofree char *fields = fields_words(s->plan);

    if (at->entity == NULL)
        return g_strconcat(fields, ALL_DONE, NULL);
    return g_strdup_printf("%s%u %d %" G_GINT64_FORMAT, fields,
                           s->plan->tables[at->entity->number].number, at->after.county,
                           at->after.id);
}

static bool at_read(Store *s, Conn *c, Arena *a, TailsAt *ret, GError **error)
{
    g_autofree char *fields = fields_words(s->plan);
    unsigned number = 0;
    Str said;

    *ret = (TailsAt){.entity = next_entity(s->plan, NULL)};
    if (!about_read(c, a, ABOUT_TAILS, &said, error))
        return false;
    if (said.at == NULL || !str_starts(said, str_of(fields)))
        return true;
    const char *place = arena_dup(a, said.at + strlen(fields), said.len - strlen(fields));
    int county = 0;
    int64_t id = 0;

    if (g_str_equal(place, ALL_DONE)) {
        *ret = (TailsAt){0};
    } else if (sscanf(place, "%u %d %" G_GINT64_FORMAT, &number, &county, &id) == 3) {
        const TablePlan *t = plan_numbered(s->plan, number);

        if (t != NULL && !t->hidden && has_tails(t))
            *ret = (TailsAt){t->entity, {county, id}};
    }
    return true;
}

bool store_tails_at(Store *s, TailsAt *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Conn *c = NULL;

    if (!reader_take(s, &c, error))
        return false;
    bool ok = at_read(s, c, a, ret, error);

    reader_give(s, c);
    return ok;
}

/* Whoever was changed or erased meanwhile is left to who did it. */
static bool row_fill(Writing *w, const TailFill *t, GError **error)
{
    const FieldPlan *f = plan_field(w->s->plan, t->field);
    const Row r = {.plan = &w->s->plan->tables[t->field->entity->number], .key = t->key};
    Statement *st = NULL;
    bool row = false, same = false;

    if (!conn_statement(w->conn, f->tail_still, &st, error))
        return false;
    bind_int(st, 1, t->key.county);
    bind_int(st, 2, t->key.id);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    same = row && str_equal(column_str(st, 0), t->sealed);
    if (row)
        statement_reset(st);
    return !same || tail_put(w, &r, f, t->tail, t->next_tail, error);
}

static bool fill(Writing *w, const TailsPiece *p, GError **error)
{
    TailsAt now, next = {p->at.entity, p->last};

    if (!at_read(w->s, w->conn, w->arena, &now, error))
        return false;
    if (now.entity != p->at.entity || now.after.county != p->at.after.county ||
        now.after.id != p->at.after.id)
        return true; /* another process has done it */
    if (!writing_keys(w, error))
        return false;
    if (p->generation != w->keys.generation)
        return fail(error, FAIL_CONFLICT, "the keys were changed meanwhile");
    for (size_t i = 0; i < p->n; i++) {
        if (writing_head(w, p->list[i].key.county, error) == NULL ||
            !row_fill(w, &p->list[i], error))
            return false;
    }
    if (p->last.county == 0)
        next = (TailsAt){.entity = next_entity(w->s->plan, p->at.entity)};
    g_autofree char *words = at_words(w->s, &next);

    return about_write(w->conn, ABOUT_TAILS, str_of(words), error);
}

bool store_tails_fill(Store *s, const TailsPiece *p, GError **error)
{
    g_mutex_lock(&s->writing);
    bool ok = writing_begin(s->work, error);

    if (ok && !fill(s->work, p, error)) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}
