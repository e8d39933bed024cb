/* queues.c — what is being handled: per procedure its states with how many stand there, and the
 * items in the order of their queue, each with what its next steps need.
 * Read first: procedures_show(). */
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define ITEM_DAYS_AHEAD 7u /* "soon": what is late, or due within a week */

/* The procedure the address names, or the first one with something in it. */
static const Procedure *chosen(const Req *q, const ProcedureBook *b)
{
    const Procedure *p = model_procedure(care_model(q->care), fields_get(&q->query, "only"));
    for (size_t i = 0; p == NULL && i < b->n_sums; i++)
        if (b->sums[i].overdue + b->sums[i].soon > 0)
            p = b->sums[i].procedure;
    for (size_t i = 0; p == NULL && i < b->n_sums; i++)
        for (size_t k = 0; k < b->sums[i].procedure->states->n_codes; k++)
            if (b->sums[i].items[k] > 0)
                p = b->sums[i].procedure;
    return p != NULL || b->n_sums == 0 ? p : b->sums[0].procedure;
}

static Str state_address(const Req *q, const Procedure *p, Str state)
{
    Fields none = {arena_many(q->arena, FieldPair, 4), 0};
    static const char *const kept[] = {"region", "by"};
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        if (fields_get(&q->query, kept[i]).len > 0)
            none.pairs[none.n++] = (FieldPair){str_of(kept[i]), fields_get(&q->query, kept[i])};
    none.pairs[none.n++] = (FieldPair){STR("only"), p->name};
    return query_with(q->arena, &none, "state", state);
}

/* A way from state to state, with counts. */
static void fill_states(const Req *q, View *v, const ProcedureSum *s, bool is_chosen)
{
    const Procedure *p = s->procedure;
    ViewList *l = view_list(v, "states");
    Str now = fields_get(&q->query, "state");
    for (size_t k = 0; k < p->states->n_codes; k++) {
        const Code *c = &p->states->codes[k];
        View *state = view_add(l);
        bool current = is_chosen && str_equal(now, c->name);
        view_text(state, "label", label_of(q, c->label));
        view_text(state, "count", words_count(q, s->items[k]));
        view_flag(state, "some", s->items[k] > 0);
        view_flag(state, "current", current);
        view_word(state, "kind", p->facts[k].last ? "yes" : "open");
        view_url(state, "link_url", state_address(q, p, current ? STR("") : c->name));
    }
}

static void fill_sums(Req *q, View *v, const ProcedureBook *b, const Procedure *p)
{
    ViewList *l = view_list(v, "procedures");
    for (size_t i = 0; i < b->n_sums; i++) {
        const ProcedureSum *s = &b->sums[i];
        View *row = view_add(l);
        view_text(row, "label", label_of(q, s->procedure->label));
        view_url(row, "only_url", state_address(q, s->procedure, STR("")));
        view_flag(row, "current", s->procedure == p);
        fill_clause(q, row, &s->procedure->home);
        fill_states(q, row, s, s->procedure == p);
    }
}

static void fill_choices(const Req *q, View *v, const FollowQuery *f, const Procedure *p)
{
    const Model *m = care_model(q->care);
    WhoList whos = who_list_begin(q, view_list(v, "choices"), say(q, "procedures_by"), f->by);
    ViewList *hidden = view_list(v, "hidden");
    static const char *const names[] = {"only", "state"};
    for (size_t i = 0; i < m->n_procedures; i++)
        for (size_t k = 0; k < m->procedures[i]->n_steps; k++)
            who_list_add(q, &whos, &m->procedures[i]->steps[k].by);
    who_list_end(q, &whos);
    for (size_t i = 0; p != NULL && i < G_N_ELEMENTS(names); i++) {
        Str value = fields_get(&q->query, names[i]);
        if (value.len == 0)
            continue;
        View *h = view_add(hidden);
        view_word(h, "name", names[i]);
        view_text(h, "value", value);
    }
}

/* A step in one line: mark, where it leads, by when, what speaks against it in a word. */
static void fill_step(const Req *q, View *v, const StepLine *s)
{
    view_word(v, "kind", words_class(s->may));
    view_word(v, "mark", words_mark(s->may));
    view_text(v, "to", label_of(q, s->to->label));
    view_text(v, "due", s->has_due ? words_date(q, s->due) : STR(""));
    view_flag(v, "overdue", s->overdue);
    view_flag(v, "held", s->n_holds > 0);
    view_flag(v, "guarded", s->has_guard);
    view_flag(v, "early", s->too_early);
    view_flag(v, "unheard", s->unheard != NULL);
    view_flag(v, "full", s->full != NULL || s->wrong_year);
    ViewList *needs = view_list(v, "needs");
    for (size_t i = 0; i < s->n_lacking; i++)
        view_text(view_add(needs), "label", label_of(q, s->lacking[i]->label));
}

static bool fill_rows(Req *q, View *v, const ProcedureBook *b, GError **error)
{
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < b->n_lines; i++) {
        const ItemLine *line = &b->lines[i];
        View *row = view_add(rows);
        if (!fill_record(q, row, line->procedure->entity, line->key, error))
            return false;
        view_text(row, "state", line->state != NULL ? label_of(q, line->state->label) : STR(""));
        view_text(row, "since", line->state != NULL ? words_date(q, line->since) : STR(""));
        view_text(row, "region", region_name(q, line->region));
        if (line->place > 0) {
            view_text(row, "rank", words_count(q, line->place));
            if (line->best < line->place)
                view_text(row, "best", words_count(q, line->best));
        }
        ViewList *steps = view_list(row, "steps");
        for (size_t k = 0; k < line->n_steps; k++)
            fill_step(q, view_add(steps), &line->steps[k]);
    }
    return true;
}

/* Counts of all procedures, items of one: two questions to the same book. */
bool procedures_show(Req *q, GError **error)
{
    FollowQuery f = follow_query_read(q), all;
    if (fields_has(&q->query, "soon"))
        f.ahead = ITEM_DAYS_AHEAD;
    all = f;
    ProcedureBook sums, b = {0};
    all.only = STR("");
    all.page = 0;
    all.page_rows = 1;
    if (!follow_procedures(q->care, q->session, &all, q->arena, &sums, error))
        return false;
    const Procedure *p = chosen(q, &sums);
    if (p != NULL) {
        f.only = p->name;
        f.state = fields_get(&q->query, "state");
        if (!follow_procedures(q->care, q->session, &f, q->arena, &b, error))
            return false;
    }
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_procedures"));
    view_text(v, "on", words_date(q, sums.on));
    view_flag(v, "has_procedures", care_model(q->care)->n_procedures > 0);
    if (p != NULL)
        view_text(v, "chosen", label_of(q, p->label));
    fill_follow(q, v, &f, "/procedures");
    fill_choices(q, v, &f, p);
    fill_sums(q, v, &sums, p);
    fill_paging(q, v, f.page, f.page_rows, b.n_lines, b.total);
    if (!fill_rows(q, v, &b, error))
        return fail_while(error, "listing what is being handled");
    return page_show(q, VIEW_PAGE_PROCEDURES, 200, v, error);
}
